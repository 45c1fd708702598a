"""SEN support (K) by need and age: an estimate from England's published points and the area's own SLCN series.

No release in the shipped packs gives K by need for an area. Everything made here is marked an estimate until a
pack brings a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.vocabulary import AGES, NEEDS

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

YEAR_GROUP_AGE = {"nc_early_years": 3, "nc_reception": 4, **{f"nc_year_{y}": y + 4 for y in range(1, 7)}}
PRIMARY = slice(3, 11)
SPREAD_SD = 0.15
"""Standard deviation of the log of each need's share: 80 % within about a fifth either way. Assumed, not scored."""


@dataclass(frozen=True)
class SupportProfile:
    """How SEN support divides by need and age.

    Parameters
    ----------
    weight : ndarray, shape (need, age)
        Share of the pupils on SEN support at each age who have the need; adds up to 1 over needs.
    needs : tuple of str
        In the order of `weight`; ``UNK`` holds the needs that no published point tells apart.
    notes : tuple of str
    spread_sd : float
        Standard deviation of the log of each need's share: 0 where a table gives it.
    """

    weight: np.ndarray
    needs: tuple[str, ...]
    notes: tuple[str, ...]
    spread_sd: float


def support_profile(area: Area, england: Area) -> SupportProfile:
    """Estimate the mix of needs on SEN support in an area.

    Autism, SEMH, MLD and SLCN take England's share of SEN support in the latest published point; SLCN also
    falls with age as its published series by year group does, and is moved by how the area's series stands to
    England's. The rest is ``UNK``.

    An area whose table ``sen_pupils`` gives pupils on SEN support by need (provision ``K``) is read, not estimated.

    Parameters
    ----------
    area, england : Area
        England with ``sen_support``, ``sen_percent``, ``pupils`` and ``sen_pupils``.

    Returns
    -------
    SupportProfile
    """
    own = _own_table(area)
    if own is not None:
        return own
    shares = england_shares(england)
    slcn_rate = _slcn_by_age(england)
    relative, note = _relative_slcn(area, england)
    pupils = _pupils(england, 2022)
    level = pupils / pupils.sum()
    # England: SLCN at each age such that all ages together give the published share
    primary = np.where(np.isnan(slcn_rate), 0.0, slcn_rate)
    support = _support_percent(england, 2022) / 100
    slcn = primary / support
    inside = float((slcn * level)[PRIMARY].sum())
    older = np.r_[np.zeros(11), np.ones(len(AGES) - 11)].astype(bool)
    slcn[older] = max(shares["SLCN"] - inside, 0.0) / level[older].sum()
    slcn[:3] = slcn[3]
    slcn = np.minimum(slcn * relative, 0.9)
    known = [need for need in ("ASD", "SEMH", "MLD") if need in shares]
    rest = 1 - shares["SLCN"]
    needs = tuple(NEEDS)
    weight = np.zeros((len(needs), len(AGES)))
    weight[needs.index("SLCN")] = slcn
    for need in known:
        weight[needs.index(need)] = (1 - slcn) * shares[need] / rest
    weight[needs.index("UNK")] = (1 - slcn) * (rest - sum(shares[n] for n in known)) / rest
    listed = ", ".join(f"{need} {100 * share:.0f} %" for need, share in shares.items())
    notes = (
        f"SEN support by need is an estimate: England's published shares of pupils on SEN support ({listed}); "
        "the other needs are not told apart (need not known).",
        "SLCN on SEN support falls with age as England's published series by year group does; "
        "the other needs share the rest alike at every age.",
        note,
        "The share of pupils on SEN support is taken to be the same at every age on roll.",
    )
    return SupportProfile(weight, needs, notes, SPREAD_SD)


def _own_table(area: Area) -> SupportProfile | None:
    """Return the mix of needs of the area's own table in its last census, or None where it has none."""
    if not area.has("sen_pupils"):
        return None
    table = area.table("sen_pupils")
    rows = table[(table["provision"] == "K") & (table["year_group"] == "all") & (table["need"] != "all")]
    rows = rows[rows["pupils"].notna()]
    if rows.empty:
        return None
    year = int(rows["census_january"].max())
    counts = rows[rows["census_january"] == year].set_index("need")["pupils"].astype(float)
    needs = tuple(NEEDS)
    share = np.array([counts.get(need, 0.0) for need in needs])
    weight = np.repeat((share / share.sum())[:, None], len(AGES), axis=1)
    notes = (
        f"SEN support by need is the mix of the area's own table of January {year} ({area.meta['sen_pupils'].source}), "
        "the same at every age.",
        "The share of pupils on SEN support is taken to be the same at every age on roll.",
    )
    return SupportProfile(weight, needs, notes, 0.0)


def england_shares(england: Area) -> dict[str, float]:
    """Return England's share of SEN support by need at the latest published point.

    Returns
    -------
    dict of str to float
        SLCN as printed (2019); autism from the count of 2023; SEMH and MLD from their shares of all pupils (E + K,
        2020) less pupils with a plan. The denominator is the published percent times all pupils.
    """
    points = england.table("sen_support")

    def point(measure: str) -> tuple[int, float]:
        rows = points[points["measure"] == measure].sort_values("period")
        return int(str(rows["period"].iloc[-1])[:4]), float(rows["value"].iloc[-1])

    def on_support(year: int) -> float:
        return _support_percent(england, year) / 100 * _all_pupils(england, year)

    year, count = point("ASD at SEN support")
    shares = {"SLCN": point("SLCN share of pupils at SEN support")[1] / 100, "ASD": count / on_support(year)}
    for need in ("SEMH", "MLD"):
        year, percent = point(f"{need} share of all pupils (E + K)")
        both = percent / 100 * _all_pupils(england, year)
        shares[need] = (both - _pupils_with_plan(england, need, year)) / on_support(year)
    return shares


def _all_pupils(area: Area, year: int) -> float:
    table = area.table("pupils")
    return float(table.loc[table["census_january"] == year, "pupils"].sum())


def _pupils(area: Area, year: int) -> np.ndarray:
    table = area.table("pupils")
    rows = table[table["census_january"] == year]
    out = np.zeros(len(AGES))
    for age, count in zip(rows["age"].astype(str), rows["pupils"], strict=True):
        if age.isdigit():
            out[int(age)] = count
    return out


def _support_percent(area: Area, year: int) -> float:
    table = area.table("sen_percent")
    rows = table[(table["census_january"] == year) & (table["provision"] == "K")]
    return float(rows["percent_of_pupils"].iloc[0])


def _pupils_with_plan(area: Area, need: str, year: int) -> float:
    table = area.table("sen_pupils")
    rows = table[(table["census_january"] == year) & (table["need"] == need) & (table["provision"] == "E")]
    return float(rows["pupils"].sum())


def _slcn_rows(area: Area) -> pd.DataFrame:
    table = area.table("sen_pupils")
    return table[(table["provision"] == "E+K") & (table["need"] == "SLCN") & (table["year_group"] != "all")]


def _slcn_by_age(area: Area) -> np.ndarray:
    """Return pupils with SLCN on SEN support per pupil, ages 3-10, in the last year of the series (else nan).

    Pupils with a plan are taken off as England's plans for SLCN lie by age.
    """
    rows = _slcn_rows(area)
    year = int(rows["census_january"].max())
    rows = rows[rows["census_january"] == year]
    pupils = _pupils(area, year)
    both = np.full(len(AGES), np.nan)
    for group, count in zip(rows["year_group"], rows["pupils"], strict=True):
        both[YEAR_GROUP_AGE[group]] = count
    plans = area.table("ehc_plans")
    plans = plans[
        (plans["need"] == "SLCN") & (plans["placement"] == "all") & plans["age"].astype(str).str.isdigit()
    ]
    by_age = np.zeros(len(AGES))
    by_age[plans["age"].astype(int)] = plans["plans"]
    with_plan = _pupils_with_plan(area, "SLCN", year) * by_age / by_age[3:19].sum()
    return np.where(pupils > 0, (both - with_plan) / np.maximum(pupils, 1), np.nan)


def _relative_slcn(area: Area, england: Area) -> tuple[float, str]:
    """Return SLCN's part of SEN support in an area over England's, primary years, and how it was found."""
    if area.code == england.code:
        return 1.0, "SLCN stands as England's series does."
    if not area.has("sen_pupils") or _slcn_rows(area).empty or not area.has("sen_percent"):
        return 1.0, "The area has no SLCN series of its own: England's mix is used."
    year = int(_slcn_rows(area)["census_january"].max())

    def part(a: Area) -> float:
        rows = _slcn_rows(a)
        rate = rows.loc[rows["census_january"] == year, "pupils"].sum() / _pupils(a, year)[PRIMARY].sum()
        plans = a.table("sen_percent")
        plans = plans[plans["census_january"] == year].set_index("provision")["percent_of_pupils"]
        return float(rate / (plans["E"] + plans["K"]))

    ratio = part(area) / part(england)
    return (
        ratio,
        f"SLCN's part of SEN support is {ratio:.2f} times England's, as its primary series of January {year} stands.",
    )
