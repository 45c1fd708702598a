"""Checks of plans, flows, timeliness, pupils and population."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from sendneeds.evidence.quality.findings import Detection
from sendneeds.evidence.series import (
    CHILD_LEVEL,
    CONVERSION,
    FEW_PLANS,
    JUMP,
    REORGANISED,
    SAME_BOUNDARY,
    cohort_age_plans,
    flows,
    implausible_new_plans,
    residuals,
    totals,
)
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.vocabulary import FLAGS_WITHOUT_VALUE

WEEKS_TO_ISSUE = ["within_20_weeks", "from_20_to_52_weeks", "over_52_weeks"]


def _implausible(area: AreaTables) -> Iterator[Detection]:
    issued = flows(area, "assess_issued")
    for year, found in implausible_new_plans(area).items():
        counted = f"; {issued[year]:,} assessments led to a plan" if year in issued.index else ""
        yield Detection("implausible_new_plans", f"ehc_flow new_plans, {year}", found + counted)


def _stock_and_flow(area: AreaTables) -> Iterator[Detection]:
    table = residuals(area)
    table = table[~table["calendar_year"].isin(list(implausible_new_plans(area)))]
    known = table.dropna()
    if len(known):
        parts = "; ".join(
            f"{year}: {opening:,} + {new:,} new - {ended:,} ended {moved:+,} moved = {closing:,}"
            for year, opening, new, ended, moved, closing in known.to_numpy(int)
            if moved
        )
        if parts:
            years = f"{known['calendar_year'].iloc[0]} to {known['calendar_year'].iloc[-1]}"
            yield Detection("stock_flow_residual", f"ehc_plans and ehc_flow, {years}", parts)
    unknown = [str(year) for year in table.loc[table["moved"].isna(), "calendar_year"]]
    if unknown:
        yield Detection(
            "stock_flow_unknown",
            "ehc_flow",
            f"new or ended plans are not published for {_years(unknown)}",
        )


def _years(years: list[str]) -> str:
    return years[0] if len(years) == 1 else f"{len(years)} years, {years[0]} to {years[-1]}"


def _two_age_bases(area: AreaTables) -> Iterator[Detection]:
    if not area.has("ehc_flow"):
        return
    start, cohort = flows(area, "new_plans"), cohort_age_plans(area, "all")
    both = sorted(set(cohort.index) & set(start.index))
    if not both:
        return
    year = both[-1]
    table = area.table("ehc_flow")
    at_three = table[
        (table["stage"] == "new_plans") & (table["age"] == "3") & (table["calendar_year"] == year)
    ]
    three = at_three["count"].sum(), cohort_age_plans(area, "3").get(year, 0)
    found = (
        f"new plans at age 3: {three[0]:,} by age when the plan started, {three[1]:,} by age in the caseload"
    )
    yield Detection("two_age_bases", f"ehc_flow {year}", found)
    if start[year] != cohort[year]:
        found = f"{start[year]:,} new plans by age, {cohort[year]:,} by need"
        yield Detection("totals_differ", f"ehc_flow {year}", found)


def _breakdowns(area: AreaTables) -> Iterator[Detection]:
    """Compare breakdowns with totals, in plans and in flows."""
    if area.has("ehc_plans"):
        plans = area.table("ehc_plans")
        total = totals(area)
        for dimension, name in (("age", "parts_short_of_total"), ("need", "needs_short_of_total")):
            other = {"age": "need", "need": "age"}[dimension]
            rows = plans[
                (plans[other] == "all") & (plans["placement"] == "all") & (plans[dimension] != "all")
            ]
            parts = rows.groupby("census_january")["plans"].sum()
            yield from _compare_with_total("ehc_plans", dimension, name, parts, total)
        inner = plans[plans["placement"].eq("all") & plans["need"].ne("all")]
        cells = inner[inner["age"] != "all"].groupby("census_january")["plans"].sum(min_count=1).dropna()
        needs = inner[inner["age"] == "all"].groupby("census_january")["plans"].sum(min_count=1).dropna()
        yield from _compare_with_total("ehc_plans", "need by age", "parts_short_of_total", cells, needs)
        placed = plans[(plans["placement"] != "all") & (plans["age"] == "all")]
        by_need = placed[placed["need"] != "all"].groupby("census_january")["plans"].sum()
        alone = placed[placed["need"] == "all"].groupby("census_january")["plans"].sum()
        parts = alone.combine_first(by_need)
        yield from _compare_with_total("ehc_plans", "placement", "parts_short_of_total", parts, total)
    if area.has("ehc_flow"):
        table = area.table("ehc_flow")
        rows = table[(table["stage"] == "new_plans") & (table["need"] == "all") & (table["age"] != "all")]
        parts = rows.groupby("calendar_year")["count"].sum(min_count=1).dropna()
        # an implausible total says nothing about its breakdown
        believed = flows(area, "new_plans").drop(list(implausible_new_plans(area)))
        yield from _compare_with_total(
            "ehc_flow", "new_plans by age", "parts_short_of_total", parts, believed
        )
        rows = table[(table["stage"] == "new_plans_by_cohort_age") & (table["age"] != "all")]
        parts = rows[rows["need"] != "all"].groupby("calendar_year")["count"].sum(min_count=1).dropna()
        whole = cohort_age_plans(area, "all")
        yield from _compare_with_total(
            "ehc_flow", "new_plans_by_cohort_age by age", "parts_short_of_total", parts, whole
        )
        rows = table[(table["stage"] == "ceased") & (table["age"] == "all") & (table["reason"] != "all")]
        parts = rows.groupby("calendar_year")["count"].sum()
        yield from _compare_with_total(
            "ehc_flow", "ceased by reason", "parts_short_of_total", parts, flows(area, "ceased")
        )


def _groups_and_residence(area: AreaTables) -> Iterator[Detection]:
    """Compare plans by sex, by ethnic group and by weeks of residence with their totals."""
    if area.has("ehc_plans_by_group") and area.has("ehc_plans"):
        groups = area.table("ehc_plans_by_group")
        groups = groups[groups["need"] == "all"]
        for characteristic, rows in groups.groupby("characteristic", observed=True):
            parts = rows.groupby("census_january")["plans"].agg(lambda s: s.sum(skipna=False)).dropna()
            yield from _compare_with_total(
                "ehc_plans_by_group", str(characteristic), "parts_short_of_total", parts, totals(area)
            )
    if area.has("residential_places"):
        table = area.table("residential_places")
        parts = table[table["weeks"] != "all"].groupby("census_january")["plans"]
        parts = parts.agg(lambda s: s.sum(skipna=False)).dropna()
        whole = table[table["weeks"] == "all"].set_index("census_january")["plans"].dropna()
        yield from _compare_with_total("residential_places", "weeks", "parts_short_of_total", parts, whole)


def _compare_with_total(
    table: str, what: str, name: str, parts: pd.Series, total: pd.Series
) -> Iterator[Detection]:
    for period in parts.index:
        if period not in total.index:
            continue
        whole, part = int(total[period]), int(parts[period])
        if not whole or part == whole:
            continue
        where = f"{table} {what}, {period}"
        if part == 0:
            yield Detection("detail_missing", where, f"a total of {whole:,} and no breakdown")
        else:
            yield Detection(
                name, where, f"the breakdown adds up to {part:,}, the total is {whole:,} ({part - whole:+,})"
            )


def _requests(area: AreaTables) -> Iterator[Detection]:
    requests = flows(area, "requests_received_in_year")
    decided = flows(area, "request_outcome_six_weeks") + flows(area, "request_outcome_over_6_weeks")
    for year in decided.dropna().index.intersection(requests.index):
        if decided[year] > requests[year]:
            found = f"{decided[year]:,} decisions notified, {requests[year]:,} requests received"
            yield Detection("six_week_outcomes_exceed_requests", f"ehc_flow {year}", found)


def _timeliness(area: AreaTables) -> Iterator[Detection]:
    if not area.has("ehc_timeliness"):
        return
    table = area.table("ehc_timeliness")
    issued = table.pivot(index="calendar_year", columns="exceptions", values="issued")
    if {"including", "excluding"} <= set(issued.columns):
        known = issued.dropna()
        for year, whole, without in zip(known.index, known["including"], known["excluding"], strict=True):
            if whole > 0 and without == 0:
                found = f"{whole:,} plans issued, all with an exception"
                yield Detection("every_plan_an_exception", f"ehc_timeliness {year}", found)
            elif without < whole / 2:
                found = f"{without:,} of {whole:,} plans issued have no exception"
                yield Detection("most_plans_exceptions", f"ehc_timeliness {year}", found)
    for row in table.dropna(subset=["issued", *WEEKS_TO_ISSUE]).to_dict("records"):
        parts = sum(int(row[column]) for column in WEEKS_TO_ISSUE)
        if parts != row["issued"]:
            found = f"{parts:,} by weeks, {row['issued']:,} issued"
            where = f"ehc_timeliness {row['calendar_year']} {row['exceptions']} exceptions"
            yield Detection("outcomes_after_20_weeks_short", where, found)
    yield from _mean_weeks(table)


def _mean_weeks(table: pd.DataFrame) -> Iterator[Detection]:
    """Compare the mean time to issue with what the plans issued by weeks allow."""
    if "mean_weeks" not in table:
        return
    for row in table.dropna(subset=["mean_weeks", "issued", *WEEKS_TO_ISSUE]).to_dict("records"):
        within, late, over = (int(row[column]) for column in WEEKS_TO_ISSUE)
        plans = within + late + over
        if not plans:
            continue
        least = (20 * late + 52 * over) / plans
        most = float("inf") if over else (20 * within + 52 * late) / plans
        if not least <= row["mean_weeks"] <= most:
            limit = f"at least {least:.2f}" if row["mean_weeks"] < least else f"at most {most:.2f}"
            found = f"a mean of {row['mean_weeks']:g} weeks; plans by weeks make it {limit}"
            where = f"ehc_timeliness {row['calendar_year']} {row['exceptions']} exceptions"
            yield Detection("mean_weeks_contradicted", where, found)


def _series(area: AreaTables) -> Iterator[Detection]:
    total = totals(area)
    for before, after in zip(total.index, total.index[1:], strict=False):
        if after != before + 1 or not total[before]:
            continue
        change = total[after] / total[before] - 1
        found = f"{total[before]:,} in January {before}, {total[after]:,} in January {after} ({change:+.1%})"
        if abs(change) > JUMP and total[before] >= FEW_PLANS:
            yield Detection("plans_jumped", f"ehc_plans {after}", found)
        elif change < 0:
            yield Detection("plans_fell", f"ehc_plans {after}", found)
    if 0 < len(total) < 4:
        found = f"{len(total)} Januaries, from {total.index[0]}"
        yield Detection("series_starts_late", "ehc_plans", found)
    if len(total) and total.iloc[-1] < FEW_PLANS:
        yield Detection("small_area", f"ehc_plans {total.index[-1]}", f"{total.iloc[-1]:,} plans")
    if area.code in REORGANISED and area.code not in SAME_BOUNDARY:
        name, year, what = REORGANISED[area.code]
        yield Detection("reorganised_authority", f"{name}, April {year}", what)
    if len(total) and total.index[0] <= CONVERSION[1]:
        found = "statements of special educational needs became EHC plans from September 2014 to March 2018"
        yield Detection("break_in_series", f"ehc_plans {CONVERSION[0]} to {CONVERSION[1]}", found)
    if len(total) and total.index[0] < CHILD_LEVEL <= total.index[-1]:
        found = "the collection changed from totals per authority to one record per child"
        yield Detection("break_in_series", f"ehc_plans and ehc_flow {CHILD_LEVEL}", found)


def _flags(area: AreaTables) -> Iterator[Detection]:
    for name, table in area.tables.items():
        if "flag" not in table:
            continue
        counts = table["flag"].value_counts()
        if counts.get("suppressed", 0):
            yield Detection("suppressed_figures", name, f"{counts['suppressed']:,} of {len(table):,} rows")
        without = table["flag"].isin(set(FLAGS_WITHOUT_VALUE) - {"suppressed"})
        if without.any():
            found = f"{without.sum():,} of {len(table):,} rows{_by_year(table, without)}"
            yield Detection("unavailable_figures", name, found)


def _by_year(table: pd.DataFrame, rows: pd.Series) -> str:
    if "calendar_year" not in table:
        return ""
    counts = table.loc[rows, "calendar_year"].value_counts().sort_index()
    return "; by year, " + ", ".join(f"{year}: {count}" for year, count in counts.items())


def _population(area: AreaTables) -> Iterator[Detection]:
    if not area.has("population"):
        return
    if area.meta["population"].basis == "scaled":
        yield Detection("population_from_rolls", "population", area.meta["population"].note.split(". ")[0])
        return
    residents = area.table("population")
    last = int(residents["mid_year"].max())
    total = totals(area)
    start = int(total.index[-1]) if len(total) else last
    if last < start - 1:
        yield Detection(
            "population_aged_on",
            f"population {last}",
            f"the last estimate is for mid-{last}, the start is January {start}",
        )
    if not area.has("pupils"):
        return
    pupils = area.table("pupils")
    census = int(pupils["census_january"].max())
    gap = census - 1 - last  # mid-year of the year before a January census
    base = residents[residents["mid_year"] == last].groupby("age")["persons"].sum()
    rows = pupils[(pupils["census_january"] == census) & pupils["age"].str.fullmatch(r"\d+")]
    over = []
    for age, roll in zip(rows["age"].astype(int), rows["pupils"], strict=True):
        if 5 <= age <= 15 and age - gap in base.index and roll > base[age - gap] * 1.02:
            over.append(f"{age}: {roll:,} against {base[age - gap]:,}")
    if over and gap > 0:
        found = f"pupils against residents aged forward from mid-{last}, by age: {'; '.join(over)}"
        yield Detection("rolls_exceed_residents", f"pupils {census}", found)


def _pupils(area: AreaTables) -> Iterator[Detection]:
    for name in ("pupils", "sen_percent"):
        if name in area.meta and area.meta[name].basis == "scaled":
            yield Detection("scaled_from_england", name, area.meta[name].note)
    if not area.has("sen_pupils"):
        yield Detection("sen_support_by_need_absent", "sen_pupils", "no such table")
        return
    table = area.table("sen_pupils")
    if not (table["provision"] == "K").any():
        yield Detection("sen_support_by_need_absent", "sen_pupils", "no rows of provision K")
    wrong = table[(table["need"] == "NSA") & (table["provision"] == "E") & (table["pupils"].fillna(0) > 0)]
    if len(wrong):
        found = f"{len(wrong)} rows of NSA with a plan, {int(wrong['pupils'].sum()):,} pupils"
        yield Detection("need_at_wrong_provision", "sen_pupils", found)
    total = totals(area)
    with_plan = table[(table["provision"] == "E") & (table["year_group"] == "all") & (table["need"] != "all")]
    counts = with_plan.groupby("census_january")["pupils"].sum()
    both = counts.index.intersection(total.index)
    if len(both):
        year = both[-1]
        found = (
            f"{counts[year]:,} pupils with a plan at schools in the area, {total[year]:,} plans maintained"
        )
        yield Detection("plans_are_not_pupils", f"sen_pupils and ehc_plans {year}", found)


CHECKS: tuple[Callable[[AreaTables], Iterator[Detection]], ...] = (
    _implausible,
    _stock_and_flow,
    _two_age_bases,
    _breakdowns,
    _groups_and_residence,
    _requests,
    _timeliness,
    _series,
    _flags,
    _population,
    _pupils,
)
