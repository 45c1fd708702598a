"""Draw England's plans under the scenarios of the reform, beside what the Department for Education forecasts.

`python docs/images/reform_england.py` writes `reform-england.png` and the table of `docs/explanation/reform.md`; some
minutes at 200 draws.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import sendneeds as sn
from sendneeds.foundation.plots import COLOURS
from sendneeds.scenarios.levers.need import need_change

DRAWS, TO = 200, 2036
SHOWN = {
    "baseline": ("no policy", "-"),
    "phase-reviews": ("phase reviews", "-"),
    "specialist-plans": ("specialist plans only", "-"),
}
BOUNDS = ("phase-reviews-half", "phase-reviews-double")
PAGE = Path(__file__).parents[1] / "explanation" / "reform.md"
FIRST, LAST = "<!-- table of reform_england.py -->", "<!-- end of table -->"
DARK, GREY = "#3D3D3D", "#767676"


def main() -> None:
    """Write the picture and the table."""
    england = sn.open_area("england")
    scenarios = {s.name: s for s in sn.reform_scenarios(england)}
    needs = {
        name: sn.project(england, to=TO, draws=DRAWS, change=need_change(scenarios[name].levers))
        for name in (*SHOWN, *BOUNDS)
    }
    fig, ax = plt.subplots(figsize=(9, 5.2), layout="constrained")
    for (name, (label, style)), colour in zip(SHOWN.items(), COLOURS, strict=False):
        total = needs[name].total("E")
        years = total["year"].values
        low, middle, high = (total.quantile(q, "draw").values / 1000 for q in (0.1, 0.5, 0.9))
        ax.fill_between(years, low, high, color=colour, alpha=0.15, lw=0)
        ax.plot(years, middle, style, color=colour, lw=2)
        ax.annotate(
            label, (years[-1], middle[-1]), (6, 0), textcoords="offset points", va="center", color=colour
        )
    for name, label in zip(BOUNDS, ("half as many", "twice as many"), strict=True):
        middle = needs[name].total("E").median("draw")
        ax.plot(middle["year"], middle / 1000, ":", color=COLOURS[1], lw=1.5)
        ax.annotate(
            label, (TO, float(middle[-1]) / 1000), (6, 0), textcoords="offset points", va="center", color=GREY
        )
    individual = needs["specialist-plans"].total("I").median("draw")
    ax.plot(individual["year"], individual / 1000, "--", color=COLOURS[2], lw=1.5)
    ax.annotate(
        "individual support plans,\nspecialist plans only",
        (2032, float(individual.sel(year=2032)) / 1000),
        (-10, 12),
        textcoords="offset points",
        ha="right",
        color=COLOURS[2],
    )
    ax.plot([2030, 2035], [910, 640], "o", color=DARK, ms=7)
    for year, value, place in ((2030, 910, (6, -14)), (2035, 640, (6, -14))):
        ax.annotate(f"DfE: about {value},000", (year, value), place, textcoords="offset points", color=DARK)
    ax.axvline(2030, color=GREY, lw=0.8, ls=":")
    ax.set(ylim=(0, 1600), xlim=(2025, 2039.5), ylabel="children and young people, thousand")
    ax.set_xticks(range(2025, TO + 1))
    ax.set_title(
        "England: EHC plans each January under scenarios of the reform, median and 80 % interval\n"
        "(after January 2030 no record scores them)",
        loc="left",
        fontsize=11,
    )
    ax.spines[["top", "right"]].set_visible(False)
    fig.savefig(Path(__file__).with_name("reform-england.png"), dpi=110)
    before, rest = PAGE.read_text(encoding="utf-8").split(FIRST)
    after = rest.split(LAST)[1]
    PAGE.write_text(f"{before}{FIRST}\n{table(needs)}{LAST}{after}", encoding="utf-8")


def table(needs: dict[str, sn.NeedProjection]) -> str:
    """Return the figures of the picture, and more, as a table beside the department's; thousands of plans, medians."""
    moved = needs["phase-reviews"]
    rows = [
        "| scenario | plans January 2030 | peak, to 2035 | plans January 2035 | fall from the peak | % of pupils 2035 "
        "| individual support plans 2035 |",
        "|---|---|---|---|---|---|---|",
        "| Department for Education, February 2026 | about 910 | about 910 (2029/30) | about 640 | 30 % | about 4.7 "
        "| one in eight has moved |",
    ]
    for name, need in needs.items():
        plans = need.total("E").sel(year=slice(None, 2035)).median("draw")
        peak, last = float(plans.max()), float(plans.sel(year=2035))
        pupils = float(need.percent_of_pupils().sel(year=2035).median("draw"))
        individual = float(need.total("I").sel(year=2035).median("draw")) if name != "baseline" else 0.0
        fall = f"{1 - last / peak:.0%}".replace("%", " %")
        cells = [name, *(f"{n / 1000:,.0f}" for n in (float(plans.sel(year=2030)), peak, last)), fall]
        rows.append(f"| {' | '.join([*cells, f'{pupils:.1f}', f'{individual / 1000:,.0f}'])} |")
    gone = moved.data["to_individual"].sel(calendar_year=slice(None, 2034))
    gone = gone.sum([d for d in gone.dims if d != "draw"])
    share = float((gone / moved.total("E").sel(year=2030)).median("draw"))
    cut = float(needs["specialist-plans"].provenance["cut"]["share"])
    told = [
        f"Thousands, medians of {DRAWS} draws.",
        f"Under `phase-reviews` {100 * share:.1f} % of the plans of January 2030 have become individual support plans "
        "by January 2035;",
        f"under `specialist-plans` {100 * cut:.0f} % of new plans are not given.",
    ]
    return "\n".join([*rows, "", " ".join(told), ""])


if __name__ == "__main__":
    main()
