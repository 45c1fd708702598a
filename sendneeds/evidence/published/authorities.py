"""The authorities of a SEN2 release: their codes, names and short names."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from sendneeds.evidence.published.layout import canon
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.evidence.published.sen2_layout import FOLLOWED_BY
from sendneeds.foundation.errors import UnknownNameError, nearest
from sendneeds.foundation.vocabulary import ENGLAND

ONS_CODE = re.compile(r"[A-Z]\d{8}")
COLUMNS = ["slug", "code", "name", "kind"]


def slug_of(name: str) -> str:
    """Return the short name of an area.

    Examples
    --------
    >>> slug_of("Bath and North East Somerset"), slug_of("Bristol, City of")
    ('bath-and-north-east-somerset', 'bristol-city-of')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "area"


def plain_name(name: str) -> str:
    """Return the name of an area as a sentence has it, without what an index puts behind it.

    Examples
    --------
    >>> plain_name("Bristol, City of"), plain_name("Bournemouth, Christchurch and Poole")
    ('Bristol', 'Bournemouth, Christchurch and Poole')
    """
    return re.sub(r", (City|County) of$", "", name)


def authorities(path: str | Path) -> pd.DataFrame:
    """Return the areas of a SEN2 release with plans in its latest January, and England.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        Columns slug, code, name, kind and dfe_code, in the order of slugs.

    Raises
    ------
    ReleaseError
        The path is not a release.
    """
    return _latest(read_release(path, only={"caseload"}).frames["caseload"])


def _latest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the areas of a caseload with plans in its latest January."""
    rows = frame[(frame["topic"] == "all") & (frame["year"] == frame["year"].max())].drop_duplicates("code")
    found = rows[["code", "name", "dfe_code"]].copy()
    found.insert(0, "slug", found["name"].map(slug_of))
    kinds = {True: "country", False: "local_authority"}
    found.insert(3, "kind", (found["code"] == ENGLAND).map(kinds))
    return found.sort_values("slug", ignore_index=True)


def code_of(name: str, path: str | Path) -> str:
    """Return the ONS code of an area of a release by its code, DfE number, name or short name.

    Raises
    ------
    UnknownNameError
        The release has no such area; the nearest names are given.
    """
    name = str(name).strip()
    if ONS_CODE.fullmatch(name.upper()):
        return name.upper()
    frame = read_release(path, only={"caseload"}).frames["caseload"]
    table = _latest(frame)
    plain = table["name"].map(plain_name).map(canon)
    match = table[
        (table["dfe_code"] == name)
        | (table["name"].map(canon) == canon(name))
        | (plain == canon(name))
        | (table["slug"] == name)
    ]
    if len(match) == 1:
        return str(match["code"].iloc[0])
    close = nearest(name, [*table["name"], *table["slug"]])
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    for before in frame.loc[frame["name"].map(canon) == canon(name), "code"].unique():
        names = [str(n) for n in table.loc[table["code"].isin(FOLLOWED_BY.get(before, ())), "name"]]
        hint = f"{name} was reorganised: see {' and '.join(names)}. " if names else hint
    raise UnknownNameError(
        f"{Path(path).name} has no area {name!r}. {hint}Give the name or ONS code of one of its {len(table)} areas: "
        f"sn.list_areas(release=...) lists them."
    )
