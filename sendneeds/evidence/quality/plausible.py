"""Figures that no check of a single cell can fault, and that are far from what is usual: slips of unit, digit or row.

Each is a caution with the usual value. Usual is what the area's own series, another of its tables, or England's shows;
the bounds are wide enough that none of the packs that ship, and no area of the release, is far beyond them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pandas as pd

from sendneeds.evidence.pack.read import shipped_tables
from sendneeds.evidence.quality.findings import Detection
from sendneeds.evidence.schema.parameter_units import USUAL
from sendneeds.evidence.series import children, flows, totals
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.vocabulary import ENGLAND

UNUSUAL = "unusual_figure"
NEIGHBOUR_AGES = 2.5  # residents of one age over those of the ages beside it
STEP = 3.0  # a count over the greatest, or under the least, of the years beside it
FEW = 100  # counts below this jump by chance
REFERRED = 0.05  # accepted referrals a year over residents under 18
WEEKS_OF_REFERRALS = 260  # a list over its weekly referrals
LIST_OVER_RECORD = 5.0  # a list over England's, by share of residents under 18
MAIN_STAGES = (
    *("requests_received_in_year", "requests_decided_to_assess", "requests_decided_not_to_assess"),
    *("assess_in_year", "assess_issued", "new_plans", "ceased", "reviews_expected"),
)
"""Steps of the process that are counted alike in every area; rare ones jump by chance, and by how they are recorded."""
FIRST_WHOLE_YEAR = 2015  # plans began in September 2014
OLD_SNAPSHOT = 1500  # days between a count of a list and the start of simulations
FAR_START = 500  # days between the last January of plans and the start of simulations


def _parameters(area: AreaTables) -> Iterator[Detection]:
    if not area.has("service_parameters"):
        return
    for row in area.table("service_parameters").itertuples():
        usual = USUAL[row.parameter]
        if not usual.low <= row.central <= usual.high:
            where = f"service_parameters {row.service} {row.parameter}"
            found = f"{row.central:,g} {row.unit}; usually {usual.low:,g} to {usual.high:,g}"
            yield Detection(UNUSUAL, where, found)


def _central(area: AreaTables, parameter: str) -> dict[str, float]:
    if not area.has("service_parameters"):
        return {}
    table = area.table("service_parameters")
    rows = table[table["parameter"] == parameter]
    return dict(zip(rows["service"], rows["central"].astype(float), strict=True))


def _children(area: AreaTables) -> float:
    """Return residents under 18 in the latest estimate; not a number where there is none."""
    return (children(area) if area.has("population") else 0.0) or float("nan")


def _lists(area: AreaTables) -> Iterator[Detection]:
    """Compare lists with referrals, referrals with children, and lists with England's."""
    referred, opening = _central(area, "referrals_accepted_per_week"), _central(area, "opening_list")
    children = _children(area)
    for service, week in referred.items():
        if week * 52 > REFERRED * children:
            found = f"{week:,g} children a week are {week * 52 / children:.0%} of residents under 18 in a year; usually"
            yield Detection(
                UNUSUAL,
                f"service_parameters {service} referrals_accepted_per_week",
                f"{found} up to {REFERRED:.0%}",
            )
        if service in opening and opening[service] > WEEKS_OF_REFERRALS * week:
            found = f"{opening[service]:,g} children wait, {week:,g} join a week: {opening[service] / week:,.0f} weeks"
            yield Detection(
                UNUSUAL,
                f"service_parameters {service} opening_list",
                f"{found} of referrals; usually up to {WEEKS_OF_REFERRALS}",
            )
    nation = shipped_tables("england")
    share = children / _children(nation)
    record = _latest_lists(nation)
    given = {f"service_parameters {service} opening_list": (service, n) for service, n in opening.items()}
    given |= {f"waiting_list {service}": (service, n) for service, n in _own_lists(area).items()}
    for where, (service, waiting) in given.items():
        expected = share * record.get(service, float("nan"))
        if waiting > LIST_OVER_RECORD * expected + FEW:
            found = f"{waiting:,g} children wait; England's list by share of children is {expected:,.0f}"
            yield Detection(UNUSUAL, where, found)


def _latest_lists(nation: AreaTables) -> dict[str, float]:
    table = nation.table("nhs_waiting_list")
    rows = table[(table["weeks_band"] == "all") & table["waiting"].notna()].sort_values("month")
    return {str(s): float(part["waiting"].iloc[-1]) for s, part in rows.groupby("service")}


def _own_lists(area: AreaTables) -> dict[str, float]:
    """Return the area's own lists for a first appointment in the latest snapshot: its total, else its bands."""
    if not area.has("waiting_list"):
        return {}
    table = area.table("waiting_list")
    table = table[(table["stage"] == "first_appointment") & table["waiting"].notna()]
    out = {}
    for service, rows in table.groupby("service"):
        last = rows[rows["snapshot"] == rows["snapshot"].max()]
        whole = last[last["weeks_band"] == "all"]
        out[str(service)] = float((whole if len(whole) else last)["waiting"].sum())
    return out


def _own_snapshots(area: AreaTables) -> Iterator[Detection]:
    """Tell the area's own lists whose bands add up to more than their total, or whose day is far from the start."""
    if not area.has("waiting_list"):
        return
    table = area.table("waiting_list")
    for (service, stage, day), rows in table.groupby(["service", "stage", "snapshot"]):
        if abs((dt.date.fromisoformat(str(day)) - area.start).days) > OLD_SNAPSHOT:
            found = f"counted on {day}; simulations start on {area.start.isoformat()}"
            yield Detection(UNUSUAL, f"waiting_list {service} {stage} {day}", found)
        whole = rows.loc[rows["weeks_band"] == "all", "waiting"].sum()
        bands = rows.loc[rows["weeks_band"] != "all", "waiting"].sum()
        if whole and bands > whole:
            found = f"the bands add up to {bands:,}, the total is {whole:,}"
            yield Detection(UNUSUAL, f"waiting_list {service} {stage} {day}", found)


def _population(area: AreaTables) -> Iterator[Detection]:
    """Tell residents of one age that are far from those of the ages beside it, and totals far from other years."""
    if not area.has("population"):
        return
    table = area.table("population")
    keys = ["mid_year", "variant", *(["sex"] if "sex" in table else [])]
    sums = {}
    for key, rows in table.groupby(keys):
        by_age = rows.groupby("age")["persons"].sum().astype(float)
        sums[key] = float(by_age[by_age.index <= 25].sum())
        for age in by_age.index[1:]:
            beside = [by_age[a] for a in (age - 1, age + 1) if a in by_age.index and age <= 25]
            if beside and max(*beside, by_age[age]) >= FEW and _far(by_age[age], beside, NEIGHBOUR_AGES):
                near = " and ".join(f"{n:,.0f}" for n in beside)
                found = f"{by_age[age]:,.0f} residents; {near} at the ages beside it"
                yield Detection(UNUSUAL, f"population {key[0]}, age {age}", found)
    for (year, *rest), total in sums.items():
        before = sums.get((year - 1, *rest))
        if before and max(total, before) > 1.25 * min(total, before):
            found = f"{total:,.0f} residents aged 0 to 25; {before:,.0f} the year before"
            yield Detection(UNUSUAL, f"population {year}", found)


def _far(value: float, beside: list[float], times: float) -> bool:
    return value > times * max(beside) or value * times < min(beside)


def _pupils(area: AreaTables) -> Iterator[Detection]:
    if not area.has("pupils"):
        return
    table = area.table("pupils")
    for age, rows in table.groupby("age"):
        series = rows.set_index("census_january")["pupils"].astype(float).sort_index()
        yield from _steps(series, f"pupils aged {age}, January", 1.6)


def _steps(series: pd.Series, where: str, times: float = STEP) -> Iterator[Detection]:
    """Tell the periods of a series whose count is far from those of the periods before and after."""
    for at, period in enumerate(series.index):
        beside = [float(series.iloc[i]) for i in (at - 1, at + 1) if 0 <= i < len(series)]
        value = float(series.iloc[at])
        if beside and max(value, *beside) >= FEW and _far(value, beside, times):
            # at an end of the series either neighbour may be the slip: it is told once, at the odd one of three
            if len(beside) == 1 and len(series) > 2:
                second = float(series.iloc[2 if at == 0 else -3])
                if not _far(value, [second], times):
                    continue
            near = " and ".join(f"{n:,.0f}" for n in beside)
            yield Detection(UNUSUAL, f"{where} {period}", f"{value:,.0f}; {near} in the periods beside it")


def _sen_percent(area: AreaTables) -> Iterator[Detection]:
    """Compare shares of pupils with SEN with the years beside, with each other and with England's."""
    if not area.has("sen_percent"):
        return
    wide = area.table("sen_percent").pivot(
        index="census_january", columns="provision", values="percent_of_pupils"
    )
    nation = shipped_tables("england").table("sen_percent")
    usual = nation.pivot(index="census_january", columns="provision", values="percent_of_pupils")
    for provision in wide:
        for year, value in wide[provision].dropna().items():
            nearest = usual.index[abs(usual.index - year).argmin()]
            england = float(usual.loc[nearest, provision])
            if not england / 4 < value < england * 3:
                found = f"{value:g} per cent of pupils; England {england:g}"
                yield Detection(UNUSUAL, f"sen_percent {provision} {year}", found)
    if {"E", "K"} <= set(wide):
        for year in wide.index[wide["E"] >= wide["K"]]:
            found = (
                f"E (plans) {wide['E'][year]:g} per cent, K (SEN support) {wide['K'][year]:g}; K is usually two to "
                "five times E"
            )
            yield Detection(UNUSUAL, f"sen_percent {year}", found)


def _sen_pupils(area: AreaTables) -> Iterator[Detection]:
    """Compare pupils with SEN of all needs with their share of all pupils, and each need with other years."""
    if not area.has("sen_pupils"):
        return
    table = area.table("sen_pupils")
    whole = table[table["year_group"] == "all"]
    for (provision, need), rows in whole.groupby(["provision", "need"]):
        series = rows.set_index("census_january")["pupils"].dropna().astype(float).sort_index()
        yield from _steps(series, f"sen_pupils {provision} {need}")
    if not (area.has("sen_percent") and area.has("pupils")):
        return
    percent = area.table("sen_percent").set_index(["census_january", "provision"])["percent_of_pupils"]
    rolls = area.table("pupils").groupby("census_january")["pupils"].sum()
    needs = whole[(whole["need"] != "all") & whole["provision"].isin(["E", "K"])]
    counted = needs.groupby(["census_january", "provision"])["pupils"].sum()
    for (year, provision), count in counted.items():
        if (year, provision) in percent.index and year in rolls.index and count >= FEW:
            expected = percent[year, provision] * rolls[year] / 100
            if count > 1.6 * expected:
                found = f"{count:,} pupils by need; {percent[year, provision]:g} per cent of pupils is {expected:,.0f}"
                yield Detection(UNUSUAL, f"sen_pupils {provision} {year}", found)


def _plans(area: AreaTables) -> Iterator[Detection]:
    """Tell plans of a need, an age or a placement, and steps of the process, that are far from other years."""
    if area.has("ehc_plans"):
        table = area.table("ehc_plans")
        for by in ("need", "age", "placement"):
            others = [c for c in ("need", "age", "placement") if c != by]
            rows = table[table[others].eq("all").all(axis=1)]
            for label, part in rows.groupby(by):
                series = part.set_index("census_january")["plans"].dropna().astype(float).sort_index()
                yield from _steps(series, f"ehc_plans {by} {label}, January")
    for stage in MAIN_STAGES:
        yield from _steps(flows(area, stage).astype(float), f"ehc_flow {stage}")
    assessed, asked = flows(area, "assess_in_year"), flows(area, "requests_received_in_year")
    for year in assessed.index.intersection(asked.index):
        if assessed[year] > 2 * asked[year] and assessed[year] >= FEW:
            found = f"{assessed[year]:,} assessments of {asked[year]:,} requests"
            yield Detection(UNUSUAL, f"ehc_flow {year}", found)


def _timeliness(area: AreaTables) -> Iterator[Detection]:
    if not area.has("ehc_timeliness"):
        return
    table = area.table("ehc_timeliness")
    for exceptions, rows in table.groupby("exceptions"):
        series = rows.set_index("calendar_year")["issued"].dropna().astype(float).sort_index()
        series = series[series.index >= FIRST_WHOLE_YEAR]
        yield from _steps(series, f"ehc_timeliness issued, {exceptions} exceptions,")
    wide = table.pivot(index="calendar_year", columns="exceptions", values="issued")
    if {"including", "excluding"} <= set(wide):
        for year in wide.index[(wide["excluding"] > wide["including"]).fillna(False)]:
            found = f"{wide['excluding'][year]:,} issued without exceptions, {wide['including'][year]:,} with them"
            yield Detection(UNUSUAL, f"ehc_timeliness {year}", found)
    new = flows(area, "new_plans")
    issued = wide["including"].dropna() if "including" in wide else new[:0]
    for year in issued.index.intersection(new.index):
        if max(issued[year], new[year]) >= FEW and _far(float(issued[year]), [float(new[year])], STEP):
            found = f"{issued[year]:,} plans issued; {new[year]:,} new plans in ehc_flow"
            yield Detection(UNUSUAL, f"ehc_timeliness {year}", found)


def _months(area: AreaTables) -> Iterator[Detection]:
    """Tell months of referrals, and published lists, that are far from the months beside them."""
    if area.has("referrals"):
        for service, rows in area.table("referrals").groupby("service"):
            series = rows.set_index("month")["referrals"].dropna().astype(float).sort_index()
            yield from _steps(series, f"referrals {service}", 4.0)
            children = _children(area)
            if len(series) and series.mean() * 12 > 4 * REFERRED * children:
                share = series.mean() * 12 / children
                found = f"{series.mean():,.0f} a month are {share:.0%} of residents under 18 a year"
                yield Detection(UNUSUAL, f"referrals {service}", found)
    if area.has("nhs_waiting_list"):
        table = area.table("nhs_waiting_list")
        for (service, band), rows in table.groupby(["service", "weeks_band"]):
            series = rows.groupby("month")["waiting"].sum(min_count=1).dropna().astype(float).sort_index()
            yield from _steps(series, f"nhs_waiting_list {service} {band}", 5.0)


def _reviews(area: AreaTables) -> Iterator[Detection]:
    """Tell reviews held that are more than those expected."""
    held = [
        flows(area, stage) for stage in ("reviews_held_in_year", "reviews_held_since", "reviews_held_before")
    ]
    for year, expected in flows(area, "reviews_expected").items():
        done = sum(float(part[year]) for part in held if year in part)
        if done > 1.02 * float(expected) + FEW:
            found = f"{done:,.0f} plans with a review held of {float(expected):,.0f} expected"
            yield Detection(UNUSUAL, f"ehc_flow {year} reviews_held_in_year", found)


def _assessed(area: AreaTables) -> Iterator[Detection]:
    """Tell assessments a week that are several times the referrals."""
    referred = _central(area, "referrals_accepted_per_week")
    for service, done in _central(area, "assessments_per_week").items():
        if service in referred and done > STEP * referred[service] > 0:
            found = f"{done:g} assessments a week beside {referred[service]:g} referrals"
            yield Detection(UNUSUAL, f"service_parameters {service} assessments_per_week", found)


def _parts_of_plans(area: AreaTables) -> Iterator[Detection]:
    """Tell budgets, residential places and appeals that are too many for the plans there are."""
    plans = totals(area)
    if area.has("residential_places"):
        for row in area.table("residential_places").dropna(subset=["plans"]).itertuples():
            whole = plans.get(row.census_january)
            if whole and row.plans > 0.05 * whole:
                found = f"{row.plans:,} residential placements of {whole:,} plans; usually under a hundredth"
                yield Detection(UNUSUAL, f"residential_places {row.census_january} {row.weeks}", found)
    if area.has("personal_budgets"):
        for row in area.table("personal_budgets").dropna(subset=["plans"]).itertuples():
            whole = plans.get(row.census_january)
            if whole and row.plans > 0.5 * whole:
                found = f"{row.plans:,} plans with a budget of {whole:,} plans; usually under a tenth"
                yield Detection(UNUSUAL, f"personal_budgets {row.census_january} {row.budget}", found)
    if area.has("appeals"):
        for row in area.table("appeals").dropna(subset=["appeals_registered"]).itertuples():
            whole = plans.get(row.calendar_year + 1)
            if whole and row.appeals_registered > 0.25 * whole:
                found = (
                    f"{row.appeals_registered:,} appeals beside {whole:,} plans; usually under a twentieth"
                )
                yield Detection(UNUSUAL, f"appeals {row.calendar_year}", found)


def _settings(area: AreaTables) -> Iterator[Detection]:
    """Hold the start, the code, the name and the slug to one another."""
    plans = totals(area)
    if len(plans):
        last = dt.date(int(plans.index[-1]), 1, 1)
        if abs((area.start - last).days) > FAR_START:
            found = (
                f"simulations start on {area.start.isoformat()}; the last caseload is of January {last.year}"
            )
            yield Detection(UNUSUAL, "area.toml simulation.start", found)
    if area.code == ENGLAND:
        return
    table = shipped_tables("england").table("authorities").set_index("authority_code")
    if area.code not in table.index:
        return
    known = table.loc[area.code]
    if _plain(area.name) != _plain(known["name"]):
        yield Detection(
            "code_is_of_another_area",
            "area.toml area.name",
            f"{area.name!r} with code {area.code}, which is {known['name']}",
        )
    others = {_plain(name).replace(" ", "-") for name in table["name"]} - {
        _plain(known["name"]).replace(" ", "-")
    }
    if area.slug in others:
        found = f"slug {area.slug!r} with code {area.code}, which is {known['name']}"
        yield Detection("code_is_of_another_area", "area.toml area.slug", found)
    dfe = area.settings.get("dfe_code")
    if dfe and dfe != known["dfe_code"]:
        found = f"{dfe} with code {area.code}, whose DfE number is {known['dfe_code']}"
        yield Detection("code_is_of_another_area", "area.toml area.dfe_code", found)


def _plain(name: str) -> str:
    """Return a name without case, punctuation, and the words that councils put round it."""
    words = "".join(c if c.isalnum() else " " for c in name.casefold()).split()
    return " ".join(
        w for w in words if w not in ("and", "of", "city", "county", "borough", "council", "the", "upon")
    )


CHECKS: tuple[Callable[[AreaTables], Iterator[Detection]], ...] = (
    _settings,
    _parameters,
    _lists,
    _own_snapshots,
    _population,
    _pupils,
    _sen_percent,
    _sen_pupils,
    _plans,
    _timeliness,
    _months,
    _parts_of_plans,
    _reviews,
    _assessed,
)
