"""One page a need family: autism, SEMH, and speech, language and communication."""

from __future__ import annotations

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.sections.need.level import AGE_GROUPS
from sendneeds.chapter.words import compared, show
from sendneeds.foundation.placements import SETTING_GROUPS, setting_group
from sendneeds.foundation.vocabulary import NEEDS

FAMILIES = {"ASD": ("ASD_DX",), "SEMH": ("CAMHS",), "SLCN": ("SLT",)}
"""Primary need of each page, and the services whose lists belong on it."""


def fill(kit: ChapterBuilder) -> None:
    """Add the records, tables and figures of the three pages."""
    kit.facts["families"] = {}
    for need, services in FAMILIES.items():
        kit.facts["families"][need] = {
            "name": NEEDS[need],
            "services": [s for s in services if s in kit.facts["services"]],
            "asked": services,
            "rates": _rates(kit, need),
            "places": _places(kit, need),
            "ages": _ages(kit, need),
        }
        _ahead(kit, need)


def _rates(kit: ChapterBuilder, need: str) -> dict[str, object] | None:
    """Add the trend of pupils with a plan per 1,000 pupils; return its years and words."""
    years = sorted(
        int(r.id.rsplit(".", 1)[1]) for r in kit.book if r.id.startswith(f"rate.{need}.") and r.shown
    )
    years = [y for y in years if kit.book.shown(f"rate.england.{need}.{y}")]
    if len(years) < 2:
        return None
    last, first = years[-1], years[0]
    own, national, then = (
        kit.book[f"rate.{need}.{last}"],
        kit.book[f"rate.england.{need}.{last}"],
        kit.book[f"rate.{need}.{first}"],
    )
    word = compared(own, national)
    table = kit.table(
        f"rate_{need.lower()}",
        f"Pupils with an EHC plan and {NEEDS[need].lower()} as primary need, per 1,000 pupils",
        ["January", kit.area.name, "England"],
        [(str(y), [f"rate.{need}.{y}", f"rate.england.{need}.{y}"]) for y in years],
        note="By school attended. The range under a figure is a 95% interval for chance variation.",
    )
    name = {"ASD": "autism", "SEMH": "SEMH", "SLCN": "speech, language and communication needs"}[need]
    way = "up" if own.number > then.number else "down"
    cut, mind = kit.breaks("sen_pupils", first, last)
    kit.figure(
        f"rate_{need.lower()}",
        f"In {last}, {show(own)} of every 1,000 pupils had a plan for {name}, {way} from {show(then)} in {first}; "
        f"that is {word} England ({show(national)})",
        f"Line chart of pupils with a plan for {name} per 1,000 pupils, {first} to {last}. {kit.area.name} goes from "
        f"{show(then)} to {show(own)}; England ends at {show(national)}.",
        lambda: charts.trend(
            [
                charts.Series(
                    kit.area.name,
                    years,
                    [kit.book[f"rate.{need}.{y}"].number for y in years],
                    [kit.book[f"rate.{need}.{y}"].lower_end for y in years],
                    [kit.book[f"rate.{need}.{y}"].upper_end for y in years],
                ),
                charts.Series(
                    "England",
                    years,
                    [kit.book[f"rate.england.{need}.{y}"].number for y in years],
                    dashed=True,
                ),
            ],
            "pupils with a plan per 1,000 pupils; the band is a 95% interval",
            fmt="{:.1f}",
            height=3.1,
            breaks=cut,
        ),
        table,
        "pupils with a plan per 1,000 pupils",
        mind=mind,
    )
    return {"first": first, "last": last, "word": word}


def _places(kit: ChapterBuilder, need: str) -> bool:
    last = kit.facts["last"]
    known = rows(kit.area, "ehc_plans", census_january=last, age="all")
    known = known[known["placement"] != "all"] if len(known) else known
    if not len(known):
        return False
    known = known.assign(group=known["placement"].map(setting_group))
    for place, group in enumerate(SETTING_GROUPS):
        for code, mine in ((need, known[known["need"] == need]),):
            total = float(mine.loc[mine["group"] == group, "plans"].sum())
            kit.published(
                f"placed.{code}.{place}",
                f"EHC plans, {NEEDS[code].lower()}: {group.lower()}",
                total,
                "plans",
                f"January {last}",
                "ehc_plans",
            )
    total = sum(kit.book[f"placed.{need}.{place}"].number for place in range(len(SETTING_GROUPS)))
    for place, group in enumerate(SETTING_GROUPS):
        share = 100 * kit.book[f"placed.{need}.{place}"].number / total if total else None
        kit.published(
            f"placed_share.{need}.{place}",
            f"Share of EHC plans, {NEEDS[need].lower()}: {group.lower()}",
            share,
            "percent",
            f"January {last}",
            "ehc_plans",
        )
    kit.table(
        f"placed_{need.lower()}",
        f"Where children with a plan for {NEEDS[need].lower()} are educated, January {last}",
        ["Setting", "Plans", "Share"],
        [
            (group, [f"placed.{need}.{place}", f"placed_share.{need}.{place}"])
            for place, group in enumerate(SETTING_GROUPS)
        ],
    )
    return True


def _ages(kit: ChapterBuilder, need: str) -> dict[str, object] | None:
    """Return the age group with the most plans, and add new plans of the last year."""
    last = kit.facts["last"]
    new = rows(kit.area, "ehc_flow", calendar_year=last - 1, stage="new_plans_by_cohort_age", need=need)
    total = new.loc[new["age"] == "all", "count"] if len(new) else new
    value = (
        float(total.iloc[0])
        if len(total) == 1
        else (float(new["count"].sum()) if len(new) and not new["count"].isna().any() else None)
    )
    kit.published(
        f"new.{need}",
        f"New EHC plans with {NEEDS[need].lower()} as primary need",
        value,
        "plans",
        f"calendar year {last - 1}",
        "ehc_flow",
    )
    cells = (
        [kit.book[f"plans.cell.{need}.{j}"].number for j in range(len(AGE_GROUPS))]
        if f"plans.cell.{need}.0" in kit.book
        else []
    )
    if not cells or any(c is None for c in cells):
        return None
    j = int(np.argmax(cells))
    return {"group": list(AGE_GROUPS)[j], "id": f"plans.cell.{need}.{j}"}


def _ahead(kit: ChapterBuilder, need: str) -> None:
    """Add plans, SEN support and both together in the years shown."""
    children = kit.result.need.data["children"]
    for year in kit.facts["shown_years"]:
        both = children.sel(year=year, need=need, provision=["E", "K"]).sum(("age", "provision")).values
        kit.drawn(
            f"proj.EK.{need}.{year}",
            f"Children and young people with {NEEDS[need].lower()} as primary need",
            both,
            "children",
            f"January {year}",
            "sendneeds projection from the published figures of this chapter",
        )
    from sendneeds.chapter.sections.need.projection import note, year_name

    kit.table(
        f"ahead_{need.lower()}",
        f"{NEEDS[need]}: children and young people aged 0 to 25, projected",
        ["January", "With an EHC plan", "At SEN support", "Both"],
        [
            (year_name(kit, y), [f"proj.E.{need}.{y}", f"proj.K.{need}.{y}", f"proj.EK.{need}.{y}"])
            for y in kit.facts["shown_years"]
        ],
        note=note(kit),
    )
    count = figure_of(
        kit.area,
        "ehc_plans",
        "plans",
        census_january=kit.facts["last"],
        need=need,
        age="all",
        placement="all",
    )
    if f"plans.need.{need}" not in kit.book:
        kit.published(
            f"plans.need.{need}",
            f"EHC plans, {NEEDS[need].lower()}",
            count,
            "plans",
            f"January {kit.facts['last']}",
            "ehc_plans",
        )
