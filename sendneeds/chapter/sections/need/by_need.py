"""EHC plans by primary need and age, and pupils with a plan by need against England."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows, suppressed
from sendneeds.chapter.charts import heat
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.plans import PLANS, PlanTrend
from sendneeds.chapter.sections.need.shares import BY_SCHOOL, pupils_on_roll
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import Standing, compared, join, mark, number
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
COMMONEST = 3


@dataclass(frozen=True)
class NeedRates:
    """Pupils with a plan for one need per 1,000 pupils, by year.

    Parameters
    ----------
    area, england : dict of int to Indicator
    standing : Standing
        How the latest rate compares with England's.
    """

    area: dict[int, Indicator]
    england: dict[int, Indicator]
    standing: Standing


@dataclass(frozen=True)
class PlansByNeed:
    """Plans of the latest January by primary need.

    Parameters
    ----------
    plans, share : dict of str to Indicator
        Plans, and their percentage of all plans, by need: the commonest first, only needs that are counted.
    rates : dict of str to NeedRates
    by_age : dict of str to list of Indicator
        Plans of each group of `AGE_GROUPS`, for needs with any plan.
    top_share : Indicator or None
        Share of plans with the commonest needs; None where no need is counted.
    by_share : dict of str to Standing
        How the share of plans compares with England's, where no rate of pupils is known; else empty.
    """

    plans: dict[str, Indicator]
    share: dict[str, Indicator]
    rates: dict[str, NeedRates]
    by_age: dict[str, list[Indicator]]
    top_share: Indicator | None
    by_share: dict[str, Standing]

    @property
    def top_names(self) -> list[str]:
        """Names of the commonest needs."""
        return [NEEDS[need].lower() for need in list(self.plans)[:COMMONEST]]

    @property
    def above(self) -> list[str]:
        """Names of needs whose rate, or share of plans, is above England's."""
        return self._names(Standing.ABOVE)

    @property
    def below(self) -> list[str]:
        """Names of needs whose rate, or share of plans, is below England's."""
        return self._names(Standing.BELOW)

    def _names(self, standing: Standing) -> list[str]:
        found = self.by_share or {need: rates.standing for need, rates in self.rates.items()}
        return [NEEDS[need].lower() for need, known in found.items() if known is standing]


def add_plans_by_need(chapter: ChapterBuilder, trend: PlanTrend) -> PlansByNeed:
    """Add plans by need and age, and pupils with a plan by need per 1,000 pupils against England."""
    last = trend.last
    where = {"census_january": last, "age": "all", "placement": "all"}
    counts = {need: figure_of(chapter.area, "ehc_plans", "plans", need=need, **where) for need in NEEDS}
    counted = (n for n in NEEDS if counts[n] or (n != "UNK" and counts[n] == 0))
    plans, share, rates = {}, {}, {}
    has_rates = bool(len(rows(chapter.area, "sen_pupils", provision="E", year_group="all")))
    for need in sorted(counted, key=lambda n: -(counts[n] or 0)):
        name = NEEDS[need].lower()
        plans[need] = chapter.add_published(
            f"plans.need.{need}", f"EHC plans with {name} as primary need", counts[need], "plans", january(last),
            "ehc_plans", definition=PLANS,
        )  # fmt: skip
        share[need] = chapter.add_published(
            f"plans.need_share.{need}", f"Share of EHC plans with {name} as primary need",
            100 * (counts[need] or 0) / trend.latest.number, "percent", january(last), "ehc_plans",
            **({} if has_rates else _ends(counts[need] or 0, trend.latest.number)),
        )  # fmt: skip
        if has_rates:
            rates[need] = add_rates(chapter, (need,), need, name, last)
    if not has_rates:
        by_share = _add_shares(chapter, plans, share, last)
        by_age = _add_ages(chapter, [need for need in plans if plans[need].number], last)
        return PlansByNeed(plans, share, {}, by_age, _top_share(chapter, share, last), by_share)
    chapter.add_table(
        "plans_by_need",
        f"EHC plans by primary need, {chapter.area.name}, January {last}",
        [
            "Primary need",
            "Plans",
            "Share of plans",
            "Pupils per 1,000",
            "England, per 1,000",
            "Against England",
        ],
        [
            (NEEDS[n], [plans[n], share[n], rates[n].area[last], rates[n].england[last], rates[n].standing])
            for n in plans
        ],
        note="Plans are of residents aged 0 to 25. Rates are pupils with a plan for each 1,000 pupils on roll, "
        "by school attended; the range under a rate is a 95% interval and decides the last column."
        + zero_note([n for n in plans if not plans[n].number and rates[n].area[last].number > 0]),
    )
    by_age = _add_ages(chapter, [need for need in plans if plans[need].number], last)
    return PlansByNeed(plans, share, rates, by_age, _top_share(chapter, share, last), {})


def _top_share(chapter: ChapterBuilder, share: dict[str, Indicator], last: int) -> Indicator | None:
    """Add the share of plans with the commonest needs; None where no need is counted."""
    top = list(share.values())[:COMMONEST]
    if not top:
        return None
    return chapter.add_published(
        "plans.top_share", "Share of EHC plans with the three commonest primary needs",
        sum(record.number for record in top), "percent", january(last), "ehc_plans",
    )  # fmt: skip


def _ends(count: float, whole: float) -> dict[str, Any]:
    """Return Wilson's interval of a share, percent, as a record has it."""
    low, high = (100 * float(end) for end in wilson(count, whole))
    return {"low": low, "high": high, "level": 95}


def _add_shares(
    chapter: ChapterBuilder, plans: dict[str, Indicator], share: dict[str, Indicator], last: int
) -> dict[str, Standing]:
    """Add the table of plans by need beside England's share, and a gap for pupils by need."""
    chapter.add_missing(
        "gap.pupils_by_need", "Pupils with a plan by primary need, per 1,000 pupils", "rate", january(last),
        "a sen_pupils.csv table, from the release Special educational needs in England",
    )  # fmt: skip
    where = {"census_january": last, "age": "all", "placement": "all"}
    every = figure_of(chapter.england, "ehc_plans", "plans", need="all", **where)
    found: dict[str, Standing] = {}
    lines: list[tuple[str, list[Cell]]] = []
    for need in plans:
        count = figure_of(chapter.england, "ehc_plans", "plans", need=need, **where)
        national = chapter.add_published(
            f"plans.need_share.{need}.england", f"Share of EHC plans in England with {NEEDS[need].lower()}",
            100 * count / every if count is not None and every else None, "percent", january(last), "ehc_plans",
            area=chapter.england,
        )  # fmt: skip
        found[need] = compared(share[need], national)
        lines.append((NEEDS[need], [plans[need], share[need], national, found[need]]))
    chapter.add_table(
        "plans_by_need",
        f"EHC plans by primary need, {chapter.area.name}, January {last}",
        ["Primary need", "Plans", "Share of plans", "England, share", "Against England"],
        lines,
        note="Plans are of residents aged 0 to 25. The range under a share is a 95% interval and decides the last "
        "column.",
    )
    return found


def zero_note(needs: list[str]) -> str:
    """Return what is said of needs with no plan in the council's return and pupils with one in the school census.

    Examples
    --------
    >>> zero_note(["OTH"])  # doctest: +ELLIPSIS
    " No plan is recorded for other difficulty or disability in the council's return; schools record pupils..."
    """
    if not needs:
        return ""
    return (
        f" No plan is recorded for {join([NEEDS[need].lower() for need in needs])} in the council's return; schools "
        "record pupils with one in their census. The two returns record need in different ways, and pupils may live "
        "elsewhere."
    )


def add_rates(chapter: ChapterBuilder, needs: tuple[str, ...], key: str, name: str, last: int) -> NeedRates:
    """Add the rates of one need, or of several together, in all years, with Wilson's interval."""
    found: list[dict[int, Indicator]] = []
    for slug, area in chapter.areas:
        table = rows(area, "sen_pupils", provision="E", year_group="all").dropna(subset=["pupils"])
        table = table[table["need"].isin(needs)]
        by_year = table.groupby(table["census_january"].astype(int))["pupils"]
        whole = by_year.count() == len(needs)  # a need that is withheld leaves the sum unknown
        pupils = {int(y): float(n) for y, n in by_year.sum()[whole].items()}
        roll = pupils_on_roll(area)
        rates = {}
        for year in sorted({*pupils, last}):
            more: dict[str, Any] = {"definition": BY_SCHOOL}
            rate = None
            if year in pupils and roll.get(year):
                low, high = map(float, wilson(pupils[year], roll[year]))
                rate = 1000 * pupils[year] / roll[year]
                more |= {"low": 1000 * low, "high": 1000 * high, "level": 95}
            rates[year] = chapter.add_published(
                f"rate{slug}.{key}.{year}",
                f"Pupils with a plan and {name} per 1,000 pupils, {area.name}",
                rate, "rate", january(year), "sen_pupils", area=area, **more,
            )  # fmt: skip
        found.append(rates)
    return NeedRates(found[0], found[1], compared(found[0][last], found[1][last]))


def _add_ages(chapter: ChapterBuilder, needs: list[str], last: int) -> dict[str, list[Indicator]]:
    """Add plans by need and group of ages, with a table and a heat map; a group without a row has no count."""
    if not needs:
        return {}
    detail = rows(chapter.area, "ehc_plans", census_january=last, placement="all")
    cells: dict[str, list[Indicator]] = {}
    for need in needs:
        mine = detail[detail["need"] == need]
        cells[need] = []
        for j, (group, ages) in enumerate(AGE_GROUPS.items()):
            found = mine[mine["age"].isin(ages)]
            known = len(found) > 0 and not found["plans"].isna().any()
            cells[need].append(
                chapter.add_published(
                    f"plans.cell.{need}.{j}", f"EHC plans, {NEEDS[need].lower()}, age {group}",
                    float(found["plans"].sum()) if known else None, "plans", january(last), "ehc_plans",
                    suppressed=suppressed(found), definition=PLANS,
                )
            )  # fmt: skip
    title = f"EHC plans by primary need and age, {chapter.area.name}, January {last}"
    table = chapter.add_table(
        "need_by_age", title, ["Primary need", *AGE_GROUPS], [(NEEDS[n], cells[n]) for n in needs]
    )
    values = np.array([[cell.number for cell in cells[need]] for need in needs])
    if not np.isfinite(values).any():
        chapter.hidden_figures["need_by_age"] = title
        return cells
    row, column = (int(k) for k in np.unravel_index(np.nanargmax(values), values.shape))
    finding = (
        f"{NEEDS[needs[row]]} at ages {list(AGE_GROUPS)[column]} is the largest group, with "
        f"{number(values[row, column], 'plans')} plans"
    )
    chapter.add_figure(
        "need_by_age",
        finding,
        f"Heat map of EHC plans with {len(needs)} primary needs as rows and {len(AGE_GROUPS)} age groups as columns; "
        f"every cell prints its number. {finding}.",
        lambda: partial(
            heat.heat_map,
            [NEEDS[n] for n in needs],
            list(AGE_GROUPS),
            values,
            [[mark(cell) for cell in cells[n]] for n in needs],
            "plans",
            "Age at 31 August",
        ),
        table,
        "EHC plans",
    )
    return cells
