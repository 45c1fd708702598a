"""Draw England's plans beside what the Department for Education and Mime project.

`python docs/images/england_others.py` writes `england-others.png` of `docs/explanation/forecast.md`; some minutes at
1,000 draws.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import sendneeds as sn

DRAWS, TO = 1_000, 2040


def main() -> None:
    """Write the picture."""
    need = sn.project(sn.open_area("england"), to=TO, draws=DRAWS)
    axes = need.plot()
    axes.figure.set_size_inches(9, 5.2)
    axes.figure.savefig(Path(__file__).with_name("england-others.png"), dpi=90)
    plt.close("all")
    for year in (2026, 2030, 2035, 2040):
        low, central, high = (
            need.total("E").sel(year=year).quantile(q).item() / 1000 for q in (0.1, 0.5, 0.9)
        )
        print(f"| {year} | {central:,.0f} ({low:,.0f} to {high:,.0f}) |")


if __name__ == "__main__":
    main()
