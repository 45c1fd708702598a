"""A comparison in words: what each option does, how surely, at whose cost, for what value, with what side effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.vocabulary import FUNDERS, SERVICES
from sendneeds.scenarios.cost import financial_year
from sendneeds.scenarios.value_result import pounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

A_POINT = 0.01
"""A difference in the share of plans in time that is worth a line."""
CLEARLY = 0.8
"""The probability from which an option is said to be likely to get a list to its target."""
NO_CAPITAL = 0.005
"""A share of the cost below which capital is not told of, and as much below all of it is told as all."""
TURNED_AWAY = 1.0
"""Referrals more that are not accepted, or children fewer who are seen, over a run, from which it is a side effect."""
MEDIANS_OF_DIFFERENCES = (
    "differences: each is the median, over draws, of option less baseline on the same luck, and need not be the "
    "difference of the two medians printed beside it"
)
AT_RISK = 0.1
"""The chance of a harm from which it is told."""
RULES = (
    "rules of the verdicts: it helps where the target is likelier by more than 2 points in the last month, for a time "
    "where more than 2 % more of the months ahead are at it; it harms where in some year sessions come a week or more "
    "later"
)


def more_or_fewer(
    low: float, central: float, high: float, things: str, *, words: tuple[str, str] = ("more", "fewer")
) -> str:
    """Return a difference with its interval in words: never a minus sign, never more of less.

    Examples
    --------
    >>> more_or_fewer(-60, -36, -12, "children")
    '36 fewer children (60 fewer to 12 fewer)'
    >>> more_or_fewer(-5, 3, 10, "children")
    '3 more children (5 fewer to 10 more)'
    >>> more_or_fewer(0, 0, 0, "children")
    'as many children'
    """

    def one(number: float, noun: str = "") -> str:
        shown = f"{abs(number):,.0f}"
        if shown == "0":
            return f"as many{noun}"
        return f"{shown} {words[0] if number > 0 else words[1]}{noun}"

    ends = [one(low), one(high)]
    interval = "" if ends[0] == ends[1] else f" ({ends[0]} to {ends[1]})"
    return f"{one(central, f' {things}')}{interval}"


def money_more_or_less(low: float, central: float, high: float) -> str:
    """Return a difference in money with its interval in words.

    Examples
    --------
    >>> money_more_or_less(-900, 2874, 4000)
    'GBP 2,874 more (900 less to 4,000 more)'
    """

    def one(number: float) -> str:
        shown = f"{abs(number):,.0f}"
        return "as much" if shown == "0" else f"{shown} {'more' if number > 0 else 'less'}"

    ends = [one(low), one(high)]
    interval = "" if ends[0] == ends[1] else f" ({ends[0]} to {ends[1]})"
    middle = one(central)
    return f"{middle if middle == 'as much' else f'GBP {middle}'}{interval}"


def option_lines(scenario: str, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the lines that describe an option; none where it changes nothing.

    Parameters
    ----------
    scenario : str
    tables : mapping of str to pandas.DataFrame
        Tables of a `sendneeds.scenarios.comparison.Comparison` by name.

    Returns
    -------
    list of str
    """
    own = {name: _of(table, scenario=scenario) for name, table in tables.items() if "scenario" in table}
    services = [
        s
        for s, rows in own["differences"].groupby("service", sort=False)
        if rows[["low", "high"]].any(axis=None)
    ]
    does = [*_lists(own, services), *_plans_do(own["plans"]), *_places_do(own["places"])]
    if not does:
        return []
    base = {name: _of(tables[name], scenario="baseline") for name in ("probability", "plans")}
    lines = [f"does: {'; '.join(does)}"]
    lines += [_target(own["probability"], base["probability"], service) for service in services]
    lines += _plans(own["plans"], base["plans"])
    lines += _places_money(own["places"])
    lines.append(f"cost{_over(own['costs'])}: {_cost(own['paid'])}")
    lines += _value(own["value"])
    lines.append(f"worst side effect: {side_effect(own, services)}")
    if "verdicts" in own:  # none where no service was judged
        lines += [_verdict(row) for row in own["verdicts"].to_dict("records")]
    return lines


def _of(frame: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame


def _service(code: str) -> str:
    name = SERVICES.get(code, code)
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _interval(row: Any, prefix: str = "") -> tuple[float, float, float]:
    return tuple(float(row[f"{prefix}{end}"]) for end in ("low", "central", "high"))  # type: ignore[return-value]


def _lists(own: Mapping[str, pd.DataFrame], services: list[str]) -> list[str]:
    """Return how many more or fewer wait in the last month, service by service."""
    out = []
    for service in services:
        rows = _of(own["differences"], service=service, measure="waiting")
        last = rows.loc[rows["month"].idxmax()]
        out.append(
            f"{more_or_fewer(*_interval(last), 'children')} wait for {_service(service)} in {last['month']:%B %Y}"
        )
    return out


def _plans_do(table: pd.DataFrame) -> list[str]:
    if not _plans_differ(table):
        return []
    last = table.iloc[-1]
    low, central, high = (100 * n for n in _interval(last, "difference_"))
    return [
        f"{more_or_fewer(low, central, high, 'points')} of plans within 20 weeks in {last['calendar_year']}"
    ]


def _places_do(table: pd.DataFrame) -> list[str]:
    if not len(table) or not table[["low", "high"]].to_numpy(dtype=float).any():
        return []
    at = _scored(table)
    low, central, high = _interval(_of(at, measure="avoided", of="independent").iloc[0])
    text = f"{more_or_fewer(-high, -central, -low, 'children')} in independent schools"
    for far in _of(at, measure="avoided_out_of_area").to_dict("records"):
        low, central, high = _interval(far)
        text += f" and {more_or_fewer(-high, -central, -low, 'out of the area')}"
    return [f"{text} in January {int(at['year'].iloc[0])}"]


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the last January with a track record."""
    scored = table.loc[table["scored"], "year"]
    return table[table["year"] == int((scored if len(scored) else table["year"]).max())]


def _target(own: pd.DataFrame, base: pd.DataFrame, service: str) -> str:
    """Return how surely a list is at its target in the last month, by it, and staying; and each January."""
    own, base = _of(own, service=service), _of(base, service=service)
    end, before, middle = own.iloc[-1], base.iloc[-1], own.iloc[len(own) // 2]
    yearly = own[own["month"].dt.month == 1].iloc[1:]
    januaries = ", ".join(f"{row.month:%Y} {row.probability_in:.2f}" for row in yearly.itertuples())
    each = f"; in each January: {januaries}" if januaries else ""
    return (
        f"target, {_service(service)}: in {end['month']:%B %Y} {end['probability_in']:.2f} (standard error "
        f"{end['standard_error']:.4f}; as things are {before['probability_in']:.2f}), by then "
        f"{end['probability_by']:.2f} ({before['probability_by']:.2f}), staying from {middle['month']:%B %Y} "
        f"{middle['probability_staying']:.2f}{each}"
    )


def _plans_differ(table: pd.DataFrame) -> bool:
    ends = table[["difference_low", "difference_high"]]
    return bool(len(table)) and float(ends.abs().max(axis=None)) >= A_POINT


def _plans(own: pd.DataFrame, base: pd.DataFrame) -> list[str]:
    """Return plans in time by year against the baseline, where they differ by a point or more."""
    if not _plans_differ(own):
        return []
    base = base.set_index("calendar_year")
    years = ", ".join(
        f"{row.calendar_year} {row.central:.0%} against {base.loc[row.calendar_year, 'central']:.0%} "
        f"(probability of {row.target:.0%} or more {row.probability:.2f} against "
        f"{base.loc[row.calendar_year, 'probability']:.2f})"
        for row in own.itertuples()
    )
    return [f"plans within 20 weeks: {years}"]


def _places_money(own: pd.DataFrame) -> list[str]:
    """Return what funders spend on places and transport, at the last January with a track record and the last."""
    if not len(own) or not own[["low", "high"]].to_numpy(dtype=float).any():
        return []
    out = []
    for year in dict.fromkeys([int(_scored(own)["year"].iloc[0]), int(own["year"].max())]):
        at = own[own["year"] == year]
        parts = []
        for row in _of(at, measure="saved").to_dict("records"):
            low, central, high = _interval(row)
            parts.append(
                f"{FUNDERS.get(row['of'], 'all funders')} {money_more_or_less(-high, -central, -low)}"
            )
        if parts:
            range_ = "" if at["scored"].iloc[0] else " (scenario range)"
            out.append(
                f"places and transport a year, January {year}{range_}, capital left out: {'; '.join(parts)}"
            )
    return out


def _over(costs: pd.DataFrame) -> str:
    """Return the financial years in which an option is paid for, in words; empty where it is not."""
    years = (
        sorted(costs.loc[costs["central"] > 0, "financial_year"].astype(int).unique()) if len(costs) else []
    )
    if not years:
        return ""
    first, last = financial_year(years[0]), financial_year(years[-1])
    return f" in {first}" if first == last else f" from {first} to {last}"


def _cost(paid: pd.DataFrame) -> str:
    """Return what each funder pays over the run."""
    if not len(paid):
        return "none that is known"
    parts = []
    for row in paid.to_dict("records"):
        low, central, high = (f"{n:,.0f}" for n in _interval(row))
        share = row["capital_share"]
        part = "all" if share > 1 - NO_CAPITAL else f"{share:.0%}"
        capital = "" if share < NO_CAPITAL else f", {part} of it capital"
        parts.append(f"{FUNDERS.get(row['funder'], 'all funders')} GBP {central} ({low} to {high}){capital}")
    return "; ".join(parts)


def _value(table: pd.DataFrame) -> list[str]:
    """Return the price of each outcome that some draws gain."""
    parts = [
        f"GBP {pounds(row['central'])} per {row['per']} ({pounds(row['low'])} to {pounds(row['high'])})"
        for row in table.to_dict("records")
        if np.isfinite(row["central"])
    ]
    return [f"value: {'; '.join(parts)}"] if parts else []


def side_effect(own: Mapping[str, pd.DataFrame], services: list[str]) -> str:
    """Return the worst that an option does besides, and the children whom it turns away."""
    found = [worst] if (worst := _worst(own, services)) else []
    judged = own["verdicts"].to_dict("records") if "verdicts" in own else []
    found += [text for row in judged if (text := turned_away(row))]
    return "; ".join(found) or "none found among sessions, lists, plans in time and placements"


def turned_away(row: Mapping[str, Any]) -> str:
    """Return in words the referrals more that are not accepted, and the children fewer who are seen, of a verdict.

    Examples
    --------
    >>> turned_away({"service": "SLT", "more_not_accepted": 699.0, "fewer_seen": 378.0})
    '699 more referrals are not accepted and 378 fewer children are seen for speech and language therapy over the run'
    >>> turned_away({"service": "SLT", "more_not_accepted": 0.0, "fewer_seen": -5.0})
    ''
    """
    words = {"more_not_accepted": "more referrals are not accepted", "fewer_seen": "fewer children are seen"}
    told = [f"{row[key]:,.0f} {text}" for key, text in words.items() if row.get(key, 0.0) >= TURNED_AWAY]
    return f"{' and '.join(told)} for {_service(str(row['service']))} over the run" if told else ""


def _worst(own: Mapping[str, pd.DataFrame], services: list[str]) -> str:
    """Return the worst of what an option does to sessions, other lists, plans or placements, the first of them.

    Sessions that come later stand before more sessions past due, a longer list, fewer plans in time and more children
    in independent schools.
    """
    late = own["sessions"]
    late = late[(late["measure"] == "weeks_late") & (late["difference_central"] >= 1.0)]
    if len(late):
        row = late.loc[late["difference_central"].idxmax()]
        more = f"{row['difference_central']:.1f} weeks later"
        return (
            f"sessions of {_service(row['service'])} given in {row['when']} come {more} "
            f"({row['central']:.1f} weeks late against {row['baseline']:.1f})"
        )
    due = _of(own["sessions"], measure="overdue_sessions_most")
    due = due[due["difference_central"] >= 1.0]
    if len(due):
        row = due.loc[due["difference_central"].idxmax()]
        text = more_or_fewer(*_interval(row, "difference_"), "sessions")
        return (
            f"{text} of {_service(row['service'])} past due in {_month(row['when'])}, when they are most "
            f"({row['central']:,.0f} against {row['baseline']:,.0f})"
        )
    for service in services:
        rows = _of(own["differences"], service=service, measure="waiting")
        worst = rows.loc[rows["central"].idxmax()]
        if worst["central"] >= 1:
            text = more_or_fewer(*_interval(worst), "children")
            return f"{text} wait for {_service(service)} in {worst['month']:%B %Y}"
    plans = own["plans"]
    if len(plans) and plans["difference_central"].min() <= -A_POINT:
        row = plans.loc[plans["difference_central"].idxmin()]
        low, central, high = (100 * n for n in _interval(row, "difference_"))
        return f"{more_or_fewer(low, central, high, 'points')} of plans within 20 weeks in {row['calendar_year']}"
    away = _of(own["places"], measure="avoided", of="independent")
    if len(away) and away["central"].min() <= -1:
        row = away.loc[away["central"].idxmin()]
        low, central, high = _interval(row)
        return f"{more_or_fewer(-high, -central, -low, 'children')} in independent schools in January {row['year']}"
    return ""


def _verdict(row: Mapping[str, Any]) -> str:
    """Return the verdict on an option for a service, by the rules of `judge`."""
    service = _service(str(row["service"]))
    likely = row["probability"] >= CLEARLY
    if row["helps"]:
        text = (
            "helps, and is likely to be at the target in the end"
            if likely
            else "helps, but is not likely to be at the target in the end"
        )
    elif row["helps_for_a_time"]:
        text = "helps for a time, and not in the end"
    else:
        text = "does not clearly help"
    if row["harms"]:
        more = f"{row['weeks_later']:.1f} weeks later in {row['late_year']:.0f}"
        text += f"; harms those already in the service, whose sessions come {more}"
    elif row["risk"] >= AT_RISK:
        text += f"; with a chance of {row['risk']:.2f} sessions of those already in the service come a week or more "
        text += f"later in {row['risk_year']:.0f}"
    if turned_away(row):
        text += "; children are turned away or fewer are seen, which the rules do not weigh"
    return f"verdict, {service}: {text}"


def _month(day: str) -> str:
    return np.datetime64(day, "D").item().strftime("%B %Y")
