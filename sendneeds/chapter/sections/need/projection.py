"""Projected need: residents, the four need types, plans and SEN support by year, and the method's track record."""

from __future__ import annotations

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import lower, number, show
from sendneeds.foundation.vocabulary import NEED_TYPES, NEEDS

MODEL = "sendneeds projection from the published figures of this chapter"
AGE_BANDS = {"0 to 4": (0, 4), "5 to 10": (5, 10), "11 to 15": (11, 15), "16 to 25": (16, 25)}


def fill(kit: ChapterBuilder) -> None:
    """Add residents, need types, plans and SEN support by year, and the track record."""
    years = [int(y) for y in kit.result.need.data["year"].values]
    start, scored = years[0], int(kit.result.need.scored_to)
    shown = sorted({years[0], *(start + step for step in (1, 3, 5, 10) if start + step in years), years[-1]})
    kit.facts |= {
        "years": years,
        "shown_years": shown,
        "start": start,
        "scored_to": min(scored, years[-1]),
        "end": years[-1],
        "beyond": years[-1] > scored,
    }
    _residents(kit, years, shown)
    _types(kit, years)
    _provision(kit, years)
    _needs(kit, shown)


def note(kit: ChapterBuilder) -> str:
    """Return what must be said under every table with years that have no track record."""
    facts = kit.facts
    text = "The range under a figure is an 80% interval."
    if facts["beyond"]:
        text += (
            f" Years after {facts['scored_to']} (marked *) are a scenario range: their intervals have no track "
            "record."
        )
    return text


def year_name(kit: ChapterBuilder, year: int) -> str:
    """Return a January for a row header, marked where its interval has no track record."""
    return f"{year}*" if year > kit.facts["scored_to"] else str(year)


def _residents(kit: ChapterBuilder, years: list[int], shown: list[int]) -> None:
    people = kit.result.need.data["population"]
    bands = {"0 to 25": (0, 25), **AGE_BANDS}
    for band, (first, last) in bands.items():
        draws = people.sel(age=slice(first, last)).sum("age")
        for year in years:
            kit.drawn(
                f"residents.{band}.{year}",
                f"Residents aged {band}",
                draws.sel(year=year).values,
                "residents",
                f"January {year}",
                f"{kit.area.meta['population'].source}, aged on with school rolls by sendneeds",
                definition="Age in completed years at the 31 August before",
            )
    table = kit.table(
        "residents",
        f"Residents of {kit.area.name} aged 0 to 25, each January",
        ["January", *bands],
        [(year_name(kit, y), [f"residents.{b}.{y}" for b in bands]) for y in shown],
        note=note(kit),
    )
    now, then = (kit.book[f"residents.0 to 25.{y}"] for y in (years[0], kit.facts["scored_to"]))
    total = people.sum("age")
    change = kit.drawn(
        "residents.growth",
        "Change in residents aged 0 to 25",
        100 * (total.sel(year=kit.facts["scored_to"]).values / total.sel(year=years[0]).values - 1),
        "percent",
        f"January {years[0]} to January {kit.facts['scored_to']}",
        now.source,
    )
    steady = change.lower_end < 0 < change.upper_end
    way = "rise" if change.number > 0 else "fall"
    verb = "could rise or fall" if steady else f"will {way} by about {show(change).lstrip('−')}"
    kit.figure(
        "residents",
        f"The number of residents aged 0 to 25 {verb} from {years[0]} to {kit.facts['scored_to']}",
        f"Line chart with 80% intervals of residents in four age groups from {years[0]} to {years[-1]}. "
        f"All ages together: {show(now)} in {years[0]} and {show(then)} in {kit.facts['scored_to']}.",
        lambda: charts.trend(
            [_fan(kit, f"Ages {b}", f"residents.{b}", years) for b in AGE_BANDS],
            "residents",
            scored_to=kit.facts["scored_to"],
        ),
        kit.table(
            "residents_by_year",
            f"Residents of {kit.area.name} by age group, every January",
            ["January", *bands],
            [(year_name(kit, y), [f"residents.{b}.{y}" for b in bands]) for y in years],
            note=note(kit),
        ),
        "residents, each January",
    )
    kit.facts["residents_table"] = table.id


def _fan(kit: ChapterBuilder, label: str, prefix: str, years: list[int]) -> charts.Series:
    records = [kit.book[f"{prefix}.{year}"] for year in years]
    return charts.Series(
        label,
        years,
        [r.number for r in records],
        [r.lower_end for r in records],
        [r.upper_end for r in records],
    )


def bridge_basis(kit: ChapterBuilder, service: str) -> str:
    """Return the weakest basis among the bridge table's shares for a service."""
    for area in (kit.area, kit.england):
        found = rows(area, "need_service", service=service, measure="share_in_need")
        if len(found):
            return weakest(["estimate", *found["basis"]])
    return "illustrative"


def _types(kit: ChapterBuilder, years: list[int]) -> None:
    """Add the headline view: children by need type, the four that commissioners name first."""
    children = kit.result.types.data["children"]
    for code, name in NEED_TYPES.items():
        therapy = code in ("SLT", "OT")
        definition = (
            f"Children and young people expected to need {name.lower()}, whatever their primary need"
            if therapy
            else f"{name} as primary need, at SEN support or with an EHC plan"
        )
        for year in years:
            kit.drawn(
                f"type.{code}.{year}",
                f"Children and young people: {name.lower()}",
                children.sel(need_type=code, year=year).values,
                "children",
                f"January {year}",
                MODEL,
                basis=bridge_basis(kit, code) if therapy else "estimate",
                definition=definition,
            )
        now, then = (children.sel(need_type=code, year=y).values for y in (years[0], kit.facts["scored_to"]))
        kit.drawn(
            f"type.{code}.growth",
            f"Growth to {kit.facts['scored_to']}: {name.lower()}",
            100 * (then / np.maximum(now, 1) - 1),
            "percent",
            f"January {years[0]} to January {kit.facts['scored_to']}",
            MODEL,
            basis=bridge_basis(kit, code) if therapy else "estimate",
        )
    scored = kit.facts["scored_to"]
    kit.table(
        "need_types",
        f"Children and young people aged 0 to 25 in {kit.area.name} by need type, each January",
        ["January", *NEED_TYPES.values()],
        [(year_name(kit, y), [f"type.{t}.{y}" for t in NEED_TYPES]) for y in years],
        note=note(kit)
        + " Autism and SEMH count a child's primary need, with a plan or at SEN support. The two therapies count"
        " children expected to need them, whatever the primary need. A child may be in more than one column. The"
        " ranges of the therapies rest on illustrative shares and have no track record in any year.",
    )
    kit.figure(
        "need_types",
        _rise_title(kit),
        f"Line chart with 80% intervals of children by need type from {years[0]} to {years[-1]}. "
        + " ".join(
            f"{name}: {number(kit.book[f'type.{t}.{years[0]}'].number, '')} in {years[0]}, "
            f"{number(kit.book[f'type.{t}.{scored}'].number, '')} in {scored}."
            for t, name in NEED_TYPES.items()
        ),
        lambda: charts.trend(
            [_fan(kit, SHORT[t], f"type.{t}", years) for t in NEED_TYPES],
            "children and young people, each January",
            scored_to=kit.facts["scored_to"],
        ),
        kit.tables["need_types"],
        "children and young people",
    )


SHORT = {"ASD": "Autism", "SEMH": "SEMH", "SLT": "Speech and language therapy", "OT": "Occupational therapy"}


def _rise_title(kit: ChapterBuilder) -> str:
    """Return a title that says which need type grows the most to the last scored year."""
    start, to = kit.facts["start"], kit.facts["scored_to"]
    growth = {code: kit.book[f"type.{code}.growth"] for code in NEED_TYPES}
    code = max(growth, key=lambda c: growth[c].number)
    name, amount = lower(NEED_TYPES[code]), show(growth[code])
    if all(record.lower_end > 0 for record in growth.values()):
        return f"All four need types are projected to grow from {start} to {to}, {name} the most: by about {amount}"
    return f"Of the four need types {name} is projected to change the most from {start} to {to}: by about {amount}"


def _provision(kit: ChapterBuilder, years: list[int]) -> None:
    last = kit.facts["last"]
    for code, what in (("E", "EHC plans"), ("K", "Children at SEN support")):
        total = kit.result.need.total(code)
        for year in years:
            if code == "E" and year == last:
                known = kit.book[f"plans.{last}"]
                kit.book.add(
                    Indicator(
                        f"proj.E.{year}", what, known.number, "plans", known.period, known.source, known.basis
                    )
                )
                continue
            kit.drawn(
                f"proj.{code}.{year}",
                what,
                total.sel(year=year).values,
                "plans" if code == "E" else "children",
                f"January {year}",
                MODEL,
            )
    scored = kit.facts["scored_to"]
    ahead = kit.book[f"proj.E.{scored}"]
    now, final = kit.book[f"plans.{last}"], kit.book[f"proj.E.{years[-1]}"]
    kit.drawn(
        "plans.more",
        f"More plans in {scored} than in {last}",
        kit.result.need.total("E").sel(year=scored).values - now.number,
        "plans",
        f"January {last} to January {scored}",
        MODEL,
    )
    kit.drawn(
        "proj.E.growth",
        f"Growth in EHC plans, {last} to {scored}",
        100 * (kit.result.need.total("E").sel(year=scored).values / now.number - 1),
        "percent",
        f"January {last} to January {scored}",
        MODEL,
    )
    table = kit.table(
        "plans_projected",
        f"EHC plans and SEN support in {kit.area.name}: published, then projected",
        ["January", "EHC plans", "SEN support"],
        [(str(y), [f"plans.{y}", ""]) for y in kit.facts["plan_years"] if y < years[0]]
        + [(year_name(kit, y), [f"proj.E.{y}", f"proj.K.{y}"]) for y in years],
        note=note(kit)
        + f" EHC plans to {last} are published counts; SEN support by residence is an estimate in every year.",
    )
    kit.figure(
        "plans_projected",
        f"EHC plans are projected to go from {number(now.number, '')} in {last} to about {number(ahead.number, '')} in "
        f"{scored}, and between {number(ahead.lower_end, '')} and {number(ahead.upper_end, '')} with 80% probability",
        f"Line chart of EHC plans from {kit.facts['plan_years'][0]} to {years[-1]}: published to {last}, then a fan "
        f"that widens to {number(final.lower_end, '')} to {number(final.upper_end, '')} in {years[-1]}. Years after "
        f"{scored} are hatched as a scenario range that has not been scored.",
        lambda: charts.trend(
            [_plans_line(kit, years)], "EHC plans, each January", observed_to=last, scored_to=scored
        ),
        table,
        "EHC plans",
    )


def _plans_line(kit: ChapterBuilder, years: list[int]) -> charts.Series:
    past = [y for y in kit.facts["plan_years"] if y < years[0]]
    seen = [kit.book[f"plans.{y}"].number for y in past]
    ahead = _fan(kit, "EHC plans", "proj.E", years)
    return charts.Series(
        "EHC plans",
        past + years,
        seen + list(ahead.y),
        seen + list(ahead.low),
        seen + list(ahead.high),
    )


def name_at(provision: str, need: str) -> str:
    """Return the name of a need; at SEN support those that no source tells apart are one."""
    return "Other needs, not told apart" if (provision, need) == ("K", "UNK") else NEEDS[need]


def _needs(kit: ChapterBuilder, shown: list[int]) -> None:
    """Add plans and SEN support by primary need in the years shown."""
    for code, what in (("E", "EHC plans"), ("K", "SEN support")):
        data = kit.result.need.by_need(code)
        needs = [str(n) for n in data["need"].values if str(n) in NEEDS]
        kept = []
        for need in needs:
            array = data.sel(need=need)
            if float(array.sum()) == 0:
                continue
            kept.append(need)
            for year in shown:
                kit.drawn(
                    f"proj.{code}.{need}.{year}",
                    f"{what}: {name_at(code, need).lower()}",
                    array.sel(year=year).values,
                    "plans" if code == "E" else "children",
                    f"January {year}",
                    MODEL,
                )
        kit.table(
            f"projected_{'plans' if code == 'E' else 'support'}_by_need",
            f"{what} by primary need, projected, {kit.area.name}",
            ["Primary need", *(year_name(kit, y) for y in shown)],
            [(name_at(code, n), [f"proj.{code}.{n}.{y}" for y in shown]) for n in kept],
            note=note(kit)
            + (
                " Only autism, SEMH and SLCN have a track record of their own; the ranges of the other needs "
                "are as wide as such needs have erred, unscored."
                if code == "E"
                else " No table of SEN support by need is published for one area with age: every figure is an estimate."
            ),
        )
