"""Level of need: EHC plans and SEN support now and over the years, by need and age, against England."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows, stands_in, suppressed
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.words import compared, mark, number, show
from sendneeds.evidence.definitions import differences
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.need.prevalence import wilson

AGE_GROUPS = {
    "0 to 4": ("0-2", "3", "4"),
    "5 to 7": ("5", "6", "7"),
    "8 to 10": ("8", "9", "10"),
    "11 to 13": ("11", "12", "13"),
    "14 to 15": ("14", "15"),
    "16 to 18": ("16", "17", "18"),
    "19 to 25": ("19", "20", "21", "22", "23", "24", "25", "20-25"),
}
"""Ages at 31 August, grouped as schools and colleges are."""

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

PLANS = "EHC plans that the council maintains, by residence, ages 0 to 25"
BY_SCHOOL = "Pupils counted at the school that they attend, wherever they live"


def fill(kit: ChapterBuilder) -> None:
    """Add the level of need to the chapter."""
    _totals(kit)
    _shares(kit)
    _needs(kit)
    _heat(kit)


def _totals(kit: ChapterBuilder) -> None:
    for slug, area in (("", kit.area), (".england", kit.england)):
        totals = rows(area, "ehc_plans", need="all", age="all", placement="all").dropna(subset=["plans"])
        for year, plans in zip(totals["census_january"], totals["plans"], strict=True):
            kit.published(
                f"plans{slug}.{year}",
                f"EHC plans, {area.name}",
                plans,
                "plans",
                f"January {year}",
                "ehc_plans",
                area=area,
                definition=PLANS,
            )
    years = sorted(int(r.id.rsplit(".", 1)[1]) for r in kit.book if r.id.startswith("plans.2"))
    last, base = years[-1], max(years[0], years[-1] - 5)
    kit.facts |= {"last": last, "base": base, "area_name": kit.area.name, "plan_years": years}
    for slug, area in (("", kit.area), (".england", kit.england)):
        now, then = (kit.book[f"plans{slug}.{y}"] for y in (last, base))
        kit.published(
            f"plans.growth{slug}",
            f"Change in EHC plans, {area.name}",
            100 * (now.number / then.number - 1),
            "percent",
            f"January {base} to January {last}",
            "ehc_plans",
            area=area,
        )
    for year in years:
        for slug, area in (("", kit.area), (".england", kit.england)):
            kit.published(
                f"plans.index{slug}.{year}",
                f"EHC plans as a percentage of {base}, {area.name}",
                100 * kit.book[f"plans{slug}.{year}"].number / kit.book[f"plans{slug}.{base}"].number,
                "percent",
                f"January {year}",
                "ehc_plans",
                area=area,
            )
    table = kit.table(
        "plans_trend",
        f"EHC plans in {kit.area.name} and England, and each as a percentage of January {base}",
        [
            "January",
            f"{kit.area.name}, plans",
            "England, plans",
            f"{kit.area.name}, % of {base}",
            f"England, % of {base}",
        ],
        [
            (str(y), [f"plans.{y}", f"plans.england.{y}", f"plans.index.{y}", f"plans.index.england.{y}"])
            for y in years
        ],
    )
    own, national = kit.book["plans.growth"].number, kit.book["plans.growth.england"].number
    faster = (
        "faster than"
        if own > national + 2
        else "more slowly than"
        if own < national - 2
        else "about as fast as"
    )
    title = (
        f"EHC plans in {kit.area.name} {'rose' if own > 0 else 'fell'} by {number(abs(own), 'percent')} from "
        f"{base} to {last}, {faster} in England ({number(national, 'percent')})"
    )
    cut, mind = kit.breaks("ehc_plans", years[0], last)
    kit.figure(
        "plans_trend",
        title,
        f"Line chart of EHC plans each January from {years[0]} to {last} as a percentage of {base}: {kit.area.name} "
        f"ends at {number(100 + own, 'percent')} and England at {number(100 + national, 'percent')}.",
        lambda: charts.trend(
            [
                charts.Series(
                    area.name,
                    years,
                    [kit.book[f"plans.index{slug}.{y}"].number for y in years],
                    dashed=bool(slug),
                )
                for slug, area in (("", kit.area), (".england", kit.england))
            ],
            f"EHC plans as a percentage of January {base}",
            percent=True,
            fmt="{:.0f}%",
            breaks=cut,
        ),
        table,
        f"EHC plans, January {base} = 100%",
        mind=mind,
    )


def _shares(kit: ChapterBuilder) -> None:
    """Add shares of pupils with a plan and at SEN support; an interval on the area's decides the comparison."""
    kit.facts["share_scaled"] = stands_in(kit.area, "sen_percent")
    frame = rows(kit.area, "sen_percent").iloc[: 0 if kit.facts["share_scaled"] else None]
    years = sorted(int(y) for y in frame["census_january"].unique()) if len(frame) else []
    kit.facts["share_years"] = years
    for provision, what in (("E", "an EHC plan"), ("K", "SEN support")):
        for year in years:
            for slug, area in (("", kit.area), (".england", kit.england)):
                percent = figure_of(
                    area, "sen_percent", "percent_of_pupils", census_january=year, provision=provision
                )
                more: dict[str, Any] = {"definition": BY_SCHOOL}
                rolls = _rolls(area).get(year)
                if percent is not None and rolls:
                    low, high = map(float, wilson(percent / 100 * rolls, rolls))
                    more |= {"low": 100 * low, "high": 100 * high, "level": 95}
                kit.published(
                    f"share{slug}.{provision}.{year}",
                    f"Pupils with {what}, {area.name}",
                    percent,
                    "percent",
                    f"January {year}",
                    "sen_percent",
                    area=area,
                    **more,
                )
        if not years:
            continue
        own, national = (kit.book[f"share{s}.{provision}.{years[-1]}"] for s in ("", ".england"))
        kit.facts[f"share_word_{provision}"] = compared(own, national)
    if not years:
        kit.book.missing(
            "share",
            "Share of pupils with a plan and at SEN support",
            "percent",
            "last January",
            "a sen_percent.csv table from the school census",
        )
        return
    table = kit.table(
        "pupil_shares",
        "Share of pupils with an EHC plan and at SEN support",
        [
            "January",
            *(
                f"{name}, {what}"
                for what in ("EHC plan", "SEN support")
                for name in (kit.area.name, "England")
            ),
        ],
        [(str(y), [f"share{s}.{p}.{y}" for p in "EK" for s in ("", ".england")]) for y in years],
        note="The range under a figure is a 95% interval for chance variation. Pupils are counted at their school.",
    )
    last = years[-1]
    words = {p: kit.facts[f"share_word_{p}"] for p in "EK"}
    title = (
        f"The share of pupils with an EHC plan is {words['E']} England's, and at SEN support "
        f"{'also ' if words['E'] == words['K'] else ''}{words['K']} it"
    )
    cut, mind = kit.breaks("sen_percent", years[0], last)
    kit.figure(
        "pupil_shares",
        title,
        f"Line chart of the share of pupils each January from {years[0]} to {last}. "
        + " ".join(
            f"{r.title}: {show(r)} in {last}."
            for r in (kit.book[f"share{s}.{p}.{last}"] for p in "KE" for s in ("", ".england"))
        ),
        lambda: charts.trend(
            [
                charts.Series(
                    f"{area.name}, {'EHC plan' if p == 'E' else 'SEN support'}",
                    years,
                    [kit.book[f"share{s}.{p}.{y}"].number for y in years],
                    dashed=bool(s),
                )
                for p in "KE"
                for s, area in (("", kit.area), (".england", kit.england))
            ],
            "percentage of pupils",
            percent=True,
            fmt="{:.1f}%",
            breaks=cut,
        ),
        table,
        "percentage of pupils, by school attended",
        mind=[*mind, *differences("percent_with_plan", "percent_with_sen_support")],
    )


def _needs(kit: ChapterBuilder) -> None:
    """Add plans by need, and pupils with a plan by need per 1,000 pupils against England."""
    last = kit.facts["last"]
    counts = {
        need: figure_of(
            kit.area, "ehc_plans", "plans", census_january=last, need=need, age="all", placement="all"
        )
        for need in NEEDS
    }
    needs = sorted(
        (n for n in NEEDS if counts[n] or (n != "UNK" and counts[n] == 0)), key=lambda n: -(counts[n] or 0)
    )
    kit.facts["needs"] = needs
    lines = []
    for need in needs:
        plans = counts[need]
        kit.published(
            f"plans.need.{need}",
            f"EHC plans with {NEEDS[need].lower()} as primary need",
            plans,
            "plans",
            f"January {last}",
            "ehc_plans",
            definition=PLANS,
        )
        kit.published(
            f"plans.need_share.{need}",
            f"Share of EHC plans with {NEEDS[need].lower()} as primary need",
            100 * (plans or 0) / kit.book[f"plans.{last}"].number,
            "percent",
            f"January {last}",
            "ehc_plans",
        )
        lines.append((need, _rate(kit, need, last)))
    kit.table(
        "plans_by_need",
        f"EHC plans by primary need, {kit.area.name}, January {last}",
        [
            "Primary need",
            "Plans",
            "Share of plans",
            "Pupils per 1,000",
            "England, per 1,000",
            "Against England",
        ],
        [
            (
                NEEDS[need],
                [
                    f"plans.need.{need}",
                    f"plans.need_share.{need}",
                    f"rate.{need}.{last}",
                    f"rate.england.{need}.{last}",
                    word,
                ],
            )
            for need, word in lines
        ],
        note="Plans are of residents aged 0 to 25. Rates are pupils with a plan for each 1,000 pupils on roll, "
        "by school attended; the range under a rate is a 95% interval and decides the last column.",
    )
    kit.facts["needs_above"] = [NEEDS[n].lower() for n, word in lines if word == "above"]
    kit.facts["needs_below"] = [NEEDS[n].lower() for n, word in lines if word == "below"]
    kit.facts["top_needs"] = needs[:3]


def _rolls(area: Area) -> dict[int, float]:
    """Return pupils on roll by January; empty where the area has no table of its own."""
    return (
        {}
        if not area.has("pupils") or stands_in(area, "pupils")
        else area.table("pupils").groupby("census_january")["pupils"].sum().to_dict()
    )


def _rate(kit: ChapterBuilder, need: str, last: int) -> str:
    """Add the rates of all years for one need, and return the word for the latest against England."""
    for slug, area in (("", kit.area), (".england", kit.england)):
        found = rows(area, "sen_pupils", provision="E", need=need, year_group="all").dropna(subset=["pupils"])
        pupils = dict(zip(found["census_january"].astype(int), found["pupils"].astype(float), strict=True))
        rolls = _rolls(area)
        for year in sorted({*pupils, last}):
            more: dict[str, Any] = {"definition": BY_SCHOOL}
            rate = None
            if year in pupils and rolls.get(year):
                low, high = map(float, wilson(pupils[year], rolls[year]))
                rate = 1000 * pupils[year] / rolls[year]
                more |= {"low": 1000 * low, "high": 1000 * high, "level": 95}
            kit.published(
                f"rate{slug}.{need}.{year}",
                f"Pupils with a plan and {NEEDS[need].lower()} per 1,000 pupils, {area.name}",
                rate,
                "rate",
                f"January {year}",
                "sen_pupils",
                area=area,
                **more,
            )
    own, national = kit.book[f"rate.{need}.{last}"], kit.book[f"rate.england.{need}.{last}"]
    return compared(own, national)


def _heat(kit: ChapterBuilder) -> None:
    last = kit.facts["last"]
    needs = [need for need in kit.facts["needs"] if kit.book[f"plans.need.{need}"].number]
    if not needs:
        return
    detail = rows(kit.area, "ehc_plans", census_january=last, placement="all")
    values = np.full((len(needs), len(AGE_GROUPS)), np.nan)
    for i, need in enumerate(needs):
        for j, (group, ages) in enumerate(AGE_GROUPS.items()):
            found = detail[(detail["need"] == need) & detail["age"].isin(ages)]
            known = (
                len(found) > 0 and not found["plans"].isna().any()
            )  # no row is no count, not a count of nought
            total = float(found["plans"].sum()) if known else None
            values[i, j] = np.nan if total is None else total
            kit.published(
                f"plans.cell.{need}.{j}",
                f"EHC plans, {NEEDS[need].lower()}, age {group}",
                total,
                "plans",
                f"January {last}",
                "ehc_plans",
                suppressed=suppressed(found),
                definition=PLANS,
            )
    table = kit.table(
        "need_by_age",
        f"EHC plans by primary need and age, {kit.area.name}, January {last}",
        ["Primary need", *AGE_GROUPS],
        [(NEEDS[n], [f"plans.cell.{n}.{j}" for j in range(len(AGE_GROUPS))]) for n in needs],
    )
    if not np.isfinite(values).any():
        kit.withheld["need_by_age"] = table.title
        return
    row, column = (int(k) for k in np.unravel_index(np.nanargmax(values), values.shape))
    need, group = needs[row], list(AGE_GROUPS)[column]
    title = f"{NEEDS[need]} at ages {group} is the largest group, with {number(values[row, column], 'plans')} plans"
    kit.figure(
        "need_by_age",
        title,
        f"Heat map of EHC plans with {len(needs)} primary needs as rows and {len(AGE_GROUPS)} age groups as columns; "
        f"every cell prints its number. {title}.",
        lambda: charts.heat_map(
            [NEEDS[n] for n in needs],
            list(AGE_GROUPS),
            values,
            [[mark(kit.book[f"plans.cell.{n}.{j}"]) for j in range(len(AGE_GROUPS))] for n in needs],
            "plans",
            "Age at 31 August",
        ),
        table,
        "EHC plans",
    )
