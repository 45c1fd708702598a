"""Draw every plot of the library, and write the page that shows them.

``python docs/images/gallery.py`` from the root of the repository writes a picture a plot into ``docs/images/gallery``,
and ``docs/gallery.md``. The tests draw the same with few draws, and hold that no public class with a plot is left out.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import sendneeds as sn

DOCS = Path(__file__).parents[1]
SERVICE, PLAN = "SLT", "fill-two-slt-posts"
DOTS = 70
"""A picture of 200 kB or less has so many dots an inch."""


def examples(draws: int, to: int = 2031) -> dict[str, Any]:
    """Return an object of every public class that shows itself in a notebook, by its name."""
    area = sn.open_area("bedford")
    scenarios = sn.open_scenarios(area)[:2]
    result = sn.run(area, scenarios, draws=draws, seed=1, to=to)
    need = result.need
    places = sn.project_places(area, need)
    opened = sn.PlaceChange("state_special", 2027, 60)
    lists = pd.DataFrame(
        {
            "month_end": pd.date_range("2025-01-31", periods=6, freq="ME"),
            "referrals": [0, 90, 85, 95, 88, 92],
            "seen": [0, 80, 84, 82, 81, 83],
            "over_0": [400, 403, 396, 402, 401, 404],
        }
    )
    more = sn.FlowMultiplier(2027, 1.05, 1.1, 1.15)
    return {
        "Area": area,
        "Finding": area.findings[0],
        "NeedProjection": need,
        "Explanation": sn.explain(need),
        "Backtest": sn.backtest(area, ["default", "naive"]),
        "Score": sn.score(sn.project(area, to=2025, draws=max(draws, 50), seed=1, origin=2024), area),
        "NeedTypes": result.types,
        "FlowMultiplier": more,
        "NeedChange": sn.NeedChange(requests=(more,)),
        "WaitsResult": result.waits,
        "EhcResult": result.clock["baseline"],
        "PlacesResult": places,
        "PlaceChange": opened,
        "PlacesComparison": sn.compare_places(places, sn.project_places(area, need, place_changes=[opened])),
        "AllowanceResult": sn.short_breaks(area, need),
        "ListDistribution": sn.list_law([20.0] * 104, [20, 20, 21, 20, 21, 20, 20, 21] * 13, opening=120),
        "PooledLists": sn.pool_lists(SERVICE, weeks=52, draws=min(draws, 60)),
        "Calibration": sn.calibrate(lists),
        "RuleChange": sn.RuleChange(group_share=0.4, group_size=3),
        "ServiceOption": sn.ServiceOption(extra_wte=1.0),
        "Scenario": scenarios[1],
        "RunResult": result,
        "Comparison": sn.compare(result),
        "Sensitivity": sn.sensitivity(result, PLAN, "child_weeks", SERVICE),
        "PoolResult": sn.pool(result, PLAN, {"council_high_needs": 100_000, "icb": 80_000}),
        "HighNeedsResult": sn.high_needs(result),
        "ValueResult": sn.value(result, ["child_weeks"]),
        "WhyResult": sn.why(
            area,
            sn.library_scenarios(area, ["fill-slt-posts-and-initiative"])[1],
            "child_weeks",
            draws=min(draws, 50),
            to=2029,
        ),
        "SeekResult": sn.seek(area, "OT", month="2028-03", confidence=0.8, draws=min(draws, 50)),
        "Spending": result.spending,
        "AssumptionsRegister": sn.assumptions(result),
        "LsrpReturn": sn.lsrp_return(area, draws=min(draws, 50)),
        "ScapReturn": sn.scap_return(area, draws=min(draws, 50)),
    }


PLOTS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "plans": (
        "NeedProjection",
        "`need.plot()`: children with a plan, and what was published before",
        lambda r: r.plot(),
    ),
    "explanation": ("Explanation", "`sn.explain(need).plot()`: why plans grow", lambda r: r.plot()),
    "backtest": ("Backtest", "`sn.backtest(area).plot()`: how wrong the method has been", lambda r: r.plot()),
    "score": ("Score", "`sn.score(need, area).plot()`: a projection beside what came", lambda r: r.plot()),
    "need-types": (
        "NeedTypes",
        "`result.types.plot()`: children by need that a service meets",
        lambda r: r.plot(),
    ),
    "list": (
        "WaitsResult",
        '`result.waits.plot("SLT")`: the list, option by option',
        lambda r: r.plot(SERVICE),
    ),
    "backlog": (
        "WaitsResult",
        '`result.waits.plot_backlog("SLT")`: the list beside therapy under way',
        lambda r: r.plot_backlog(SERVICE),
    ),
    "slots": (
        "WaitsResult",
        '`result.waits.plot_slots("SLT")`: what slots are used for',
        lambda r: r.plot_slots(SERVICE),
    ),
    "bands": (
        "WaitsResult",
        '`result.waits.plot_bands("SLT")`: the list by weeks waited',
        lambda r: r.plot_bands(SERVICE),
    ),
    "probability": (
        "WaitsResult",
        '`result.waits.plot_probability("SLT")`: the chance of the target',
        lambda r: r.plot_probability(SERVICE),
    ),
    "plans-in-time": (
        "EhcResult",
        '`result.clock["baseline"].plot()`: plans within 20 weeks',
        lambda r: r.plot(),
    ),
    "places": (
        "PlacesResult",
        "`sn.project_places(area, need).plot()`: places needed and placed",
        lambda r: r.plot(),
    ),
    "places-compared": (
        "PlacesComparison",
        "`sn.compare_places(now, more).plot()`: placements avoided",
        lambda r: r.plot(),
    ),
    "short-breaks": (
        "AllowanceResult",
        "`sn.short_breaks(area, need).plot()`: nights at a given uptake",
        lambda r: r.plot(),
    ),
    "list-law": (
        "ListDistribution",
        "`sn.list_law(...).plot()`: a list week by week, exactly",
        lambda r: r.plot(),
    ),
    "pooled": (
        "PooledLists",
        '`sn.pool_lists("SLT").plot()`: many providers\' lists as one',
        lambda r: r.plot(),
    ),
    "comparison": (
        "Comparison",
        '`sn.compare(result).plot("SLT")`: each option against the baseline',
        lambda r: r.plot(SERVICE),
    ),
    "sensitivity": (
        "Sensitivity",
        "`sn.sensitivity(...).plot()`: on which inputs the gain hangs",
        lambda r: r.plot(),
    ),
    "pool": (
        "PoolResult",
        "`sn.pool(...).plot()`: a pooled budget shared between funders",
        lambda r: r.plot(),
    ),
    "high-needs": ("HighNeedsResult", "`sn.high_needs(result).plot()`: high needs spend", lambda r: r.plot()),
    "value": ("ValueResult", '`sn.value(result).plot("SLT")`: what a pound buys', lambda r: r.plot(SERVICE)),
    "why": ("WhyResult", "`sn.why(...).plot()`: which lever does what", lambda r: r.plot()),
    "seek": (
        "SeekResult",
        "`sn.seek(...).plot()`: the smallest lever that meets a target",
        lambda r: r.plot(),
    ),
}
"""Picture -> the public class that draws it, the call in words, and the call."""


def page() -> str:
    """Return the page that shows the pictures."""
    parts = [
        "# Gallery\n\nEvery plot, for Bedford as the packs ship. Each returns its axes, takes `ax` to draw into a "
        "figure of yours, and says in its title what is seen. Staffing and prices are illustrative, so waits show how "
        "options differ, not what will happen.\n"
    ]
    for name, (_, words, _) in PLOTS.items():
        alt = words.split(": ", 1)[1]
        parts.append(
            f"## {alt[:1].upper()}{alt[1:]}\n\n{words.split(': ', 1)[0]}\n\n![{alt}](images/gallery/{name}.png)\n"
        )
    return "\n".join(parts)


def main() -> None:
    """Write the pictures and the page."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.axes import Axes

    folder = DOCS / "images" / "gallery"
    folder.mkdir(exist_ok=True)
    made = examples(200)
    for name, (kind, _, draw) in PLOTS.items():
        axes = draw(made[kind])
        first: Axes = np.ravel(np.asarray(axes, object))[0]
        first.figure.savefig(
            folder / f"{name}.png", dpi=DOTS, bbox_inches="tight", metadata={"Software": None}
        )
        plt.close(first.figure)
    (DOCS / "gallery.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
