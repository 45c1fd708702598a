"""Figures printed in local documents, checked against published counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from sendneeds.evidence.pack.read import shipped_tables
from sendneeds.evidence.series import totals
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.kinds import kinds

RECONCILES = "reconciles"
DOES_NOT = "does not reconcile"
CANNOT_CHECK = "cannot be checked"
ADULT = 18


class Verdict(NamedTuple):
    """The verdict on a claim, the published figure, and the reason."""

    verdict: str
    published: float | None
    why: str


def claims(area: AreaTables) -> pd.DataFrame:
    """Check the claims of an area against published counts.

    Parameters
    ----------
    area : AreaTables
        With the table ``claims``.

    Returns
    -------
    DataFrame
        The columns of ``claims``; ``verdict`` (reconciles, does not reconcile, cannot be checked);
        ``published`` (the published figure in the claim's unit, if there is one); and ``why``.

    Raises
    ------
    MissingDataError
        The area has no table ``claims``.

    Examples
    --------
    >>> import sendneeds as sn
    >>> checked = claims(sn.open_area("bedford")).set_index("figure_id")
    >>> checked.loc["ehc_growth_since_2014", "verdict"], float(checked.loc["ehc_growth_since_2014", "published"])
    ('does not reconcile', 55.8)
    """
    kinds(area=(area, "AreaTables"))
    table = area.table("claims").copy()
    verdicts = [_verdict(area, row) for _, row in table.iterrows()]
    table["verdict"] = [v.verdict for v in verdicts]
    table["published"] = [v.published for v in verdicts]
    table["why"] = [v.why for v in verdicts]
    return table


def _verdict(area: AreaTables, claim: pd.Series) -> Verdict:
    if claim["area"] not in (area.name, "England"):
        return Verdict(CANNOT_CHECK, None, f"about {claim['area']}, which this pack has no figures of")
    of = area if claim["area"] == area.name else shipped_tables("england")
    try:
        value = float(str(claim["value"]))
    except ValueError:
        return Verdict(CANNOT_CHECK, None, "several figures in one claim, with no published counterpart")
    for pattern, rule in RULES:
        if re.search(pattern, str(claim["measure"])):
            return rule(of, value, str(claim["period"]))
    parts = _printed_parts(str(claim["printed_as"]), value)
    return Verdict(CANNOT_CHECK, None, "the pack has no published count with this definition" + parts)


def _printed_parts(printed: str, value: float) -> str:
    """Return a note on the sum of percentages printed in brackets; empty if fewer than two are printed."""
    inside = re.search(r"\((.*)\)", printed)
    parts = [float(p) for p in re.findall(r"(\d+(?:\.\d+)?) ?%", inside[1])] if inside else []
    if len(parts) < 2:
        return ""
    return f"; its printed parts add up to {sum(parts):.1f} against {value:g}"


def _compare(value: float, published: float, what: str, digits: int | None = None) -> Verdict:
    """Compare to the number of decimals that the claim prints."""
    places = digits if digits is not None else len(f"{value:g}".partition(".")[2])
    same = abs(value - published) <= 0.5 * 10**-places + 1e-9
    shown = round(published, max(places, 1))
    verdict = RECONCILES if same else DOES_NOT
    return Verdict(verdict, shown, f"published: {what}{'' if same else f', against {value:g} printed'}")


def _growth(area: AreaTables, value: float, period: str) -> Verdict:
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d{2}\b", period)]
    plans = totals(area)
    if len(years) != 2 or not set(years) <= set(plans.index):
        return Verdict(CANNOT_CHECK, None, "no published count of plans for these years")
    first, last = int(plans[years[0]]), int(plans[years[1]])
    if not first:
        return Verdict(CANNOT_CHECK, None, "the published count of plans in the first year is 0")
    growth = 100 * (last / first - 1)
    what = f"{first:,} ({years[0]}) and {last:,} ({years[1]}), {growth:+.1f} %"
    return _compare(value, growth, what)


def _sen_share(area: AreaTables, value: float, period: str) -> Verdict:
    year = _year(period)
    table = area.table("sen_percent") if area.has("sen_percent") else None
    rows = table[table["census_january"] == year] if table is not None else None
    if rows is None or set(rows["provision"]) != {"E", "K"}:
        return Verdict(CANNOT_CHECK, None, "no published share of pupils for that January")
    shares = rows.set_index("provision")["percent_of_pupils"]
    what = f"{shares['E']:g} % with a plan and {shares['K']:g} % at SEN support, January {year}"
    total = float(shares["E"] + shares["K"])
    if abs(value - total) <= 0.1 + 1e-9:  # each share is rounded to one decimal
        return Verdict(RECONCILES, round(total, 1), f"published: {what}")
    return _compare(value, total, what)


def _in_20_weeks(area: AreaTables, value: float, period: str) -> Verdict:
    if not area.has("ehc_timeliness"):
        return Verdict(CANNOT_CHECK, None, "no published timeliness")
    table = area.table("ehc_timeliness").dropna(subset=["issued", "within_20_weeks"])
    table = table[table["issued"] > 0].set_index(["exceptions", "calendar_year"]).sort_index()
    shares = 100 * table["within_20_weeks"].astype(float) / table["issued"].astype(float)
    if "excluding" not in shares.index.get_level_values(0):
        return Verdict(CANNOT_CHECK, None, "no published timeliness excluding exceptions")
    excluding = shares["excluding"]
    year = _year(period)
    if "academic" in period:
        near = ", ".join(f"{excluding[y]:.1f} in {y}" for y in (year, year + 1) if y in excluding.index)
        return Verdict(
            CANNOT_CHECK, None, f"an academic year: published are calendar years, excluding exceptions {near}"
        )
    if year not in excluding.index:
        return Verdict(CANNOT_CHECK, None, "no published timeliness for that calendar year")
    what = f"{excluding[year]:.1f} % in {year} excluding exceptions"
    if ("including", year) in shares.index:
        what += f", {shares['including', year]:.1f} % including them"
    return _compare(value, float(excluding[year]), what)


def _children(area: AreaTables, value: float, period: str) -> Verdict:
    if not area.has("population"):
        return Verdict(CANNOT_CHECK, None, "no table of residents")
    table = area.table("population")
    year = _year(period)
    near = min(set(table["mid_year"]), key=lambda y: abs(y - year))
    rows = table[(table["mid_year"] == near) & (table["age"] < ADULT)]
    children = float(rows["persons"].sum())
    what = f"{children:,.0f} residents aged 0 to 17 in mid-{near}"
    if near != year:
        return Verdict(CANNOT_CHECK, None, f"the pack has no estimate for {year}; {what}")
    return _compare(value, children, what)


def _all_ages(area: AreaTables, value: float, period: str) -> Verdict:
    return Verdict(CANNOT_CHECK, None, "the pack has residents up to age 26 only")


def _pupils_with_sen(area: AreaTables, value: float, period: str) -> Verdict:
    year = _year(period)
    if not (area.has("sen_percent") and area.has("pupils")):
        return Verdict(CANNOT_CHECK, None, "no published shares and rolls")
    shares = area.table("sen_percent").query("census_january == @year")["percent_of_pupils"].sum()
    roll = area.table("pupils").query("census_january == @year")["pupils"].sum()
    if not shares or not roll:
        return Verdict(CANNOT_CHECK, None, "no published shares and rolls for that January")
    count = float(shares * roll / 100)
    what = f"{shares:.1f} % of {roll:,} pupils, about {count:,.0f}, January {year}"
    if count >= value:
        return Verdict(RECONCILES, round(count), f"published: {what}; the claim is a lower bound")
    return Verdict(
        DOES_NOT, round(count), f"published: {what}, fewer than the claim's lower bound of {value:,.0f}"
    )


def _year(period: str) -> int:
    found = re.search(r"\b(19|20)\d{2}", period)
    return int(found[0]) if found else 0


RULES: tuple[tuple[str, Callable[[AreaTables, float, str], Verdict]], ...] = (
    (r"^growth in EHC plans", _growth),
    (r"^SEN support \+ EHC plan share of pupils$", _sen_share),
    (r"^new EHC plans issued within 20 weeks", _in_20_weeks),
    (r"^resident population aged 0-17$", _children),
    (r"^resident population$", _all_ages),
    (r"^children with SEND$", _pupils_with_sen),
)
"""Pattern of the measure that a claim names, and the function that checks it."""
