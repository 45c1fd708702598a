"""An area as disclosure control shows it: its own small counts withheld, with what would give them away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from sendneeds.evidence.area import Area
from sendneeds.evidence.disclosure.cells import PEOPLE, cells_of, local_rows, local_tables, people_columns
from sendneeds.evidence.pack.together import added_tables
from sendneeds.evidence.schema.columns import RANGE
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.disclosure.attack import attack
from sendneeds.foundation.disclosure.cells import CellSystem
from sendneeds.foundation.disclosure.profiles import COUNCIL, Profile
from sendneeds.foundation.disclosure.protect import Protection, protect

CASELOADS = ("ehc_plans", "ehc_flow", "sen_pupils", "sen_percent", "population", "pupils", "transitions")
LISTS = ("waiting_list", "referrals", "service_parameters")
"""Tables from which a projection of need starts, and a simulation of services."""
FEWEST_ANSWERS = 8
"""A mean over fewer people is withheld."""
SMALL, COVERING = "small count", "would give a small count away"
Published = Mapping[str, int | None]
"""What an earlier version showed: the count of each cell by `cell_name`, None where it was withheld."""


@dataclass(frozen=True, eq=False)
class ProtectedArea:
    """An area with the counts withheld that a profile withholds.

    Parameters
    ----------
    area : Area
        Its tables hold no withheld count: what is made from them alone gives none away.
    profile : Profile
    local : list of str
        Tables with rows that are the area's own records.
    withheld : DataFrame
        A row a withheld count: table, column, cell and why. The counts themselves are not in it.
    given_away : list of str
        Counts that an earlier version gave away.
    shown : dict of str to int
        The area's own counts that may be shown, by cell: what a later version is compared with.
    """

    area: Area
    profile: Profile
    local: list[str]
    withheld: pd.DataFrame
    given_away: list[str] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether nothing in it is the area's own unpublished record."""
        return not self.local

    @property
    def may_be_published(self) -> bool:
        """Whether what is made from it may leave the partnership."""
        return self.is_open or (self.profile.withholds and not self.given_away)

    def starts_from_records(self, source: str) -> bool:
        """Return whether a part of a run starts from the area's own records; `source` as in `hides_fact`."""
        return any(name in (LISTS if "simulation" in source else CASELOADS) for name in self.local)

    def hides_fact(self, value: float, unit: str, source: str) -> bool:
        """Return whether a figure of a run in which all draws agree is withheld: it repeats a record.

        Parameters
        ----------
        value : float
        unit : str
            A count of children where it has a word of `PEOPLE` in it.
        source : str
            What worked it out: a simulation starts from the area's lists, the rest from its plans and pupils.

        Examples
        --------
        >>> import sendneeds as sn
        >>> protect_area(sn.open_area("bedford")).hides_fact(3, "plans", "projection")
        False
        """
        tables = LISTS if "simulation" in source else CASELOADS
        own = [name for name in self.local if name in tables]
        if not own or not self.profile.withholds or not PEOPLE & set(unit.split()) or value == 0:
            return False
        if self.profile.is_small(value):
            return True
        if not self.withheld["table"].isin(own).any():
            return False
        return self.profile.nearest > 1 or round(value) not in self._totals(own)

    def _totals(self, tables: list[str]) -> set[int]:
        """Return the totals of some tables that may be shown."""
        found = (name.split(" | ") for name in self.shown)
        return {
            count
            for (table, _, _, *labels), count in zip(found, self.shown.values(), strict=True)
            if table in tables and all(word == "all" or word[:4].isdigit() for word in labels)
        }

    def statement(self) -> dict[str, Any]:
        """Return what ``provenance.json`` says about disclosure.

        Examples
        --------
        >>> import sendneeds as sn
        >>> protect_area(sn.open_area("bedford")).statement()["may_be_published"]
        True
        """
        reasons = self.withheld["why"].value_counts() if len(self.withheld) else {}
        return {
            "profile": self.profile.name,
            "local_tables": self.local,
            "small_counts_withheld": int(reasons.get(SMALL, 0)),
            "covering_counts_withheld": int(reasons.get(COVERING, 0)),
            "given_away_before": self.given_away,
            "may_be_published": self.may_be_published,
        }

    def sentences(self) -> list[str]:
        """Return what a page says about disclosure; nothing where the area holds published tables alone."""
        if self.is_open:
            return []
        titles = [self.area.meta[name].title.lower() for name in self.local]
        if len(titles) > MOST_TITLES:
            titles = [f"{len(titles)} tables, each named in the annex's list of sources"]
        first = f"Rests on {self.area.name}'s own records: {', '.join(titles)}."
        if not self.profile.withholds:
            return [first, "Small counts in them are not withheld: not for publication."]
        says = self.statement()
        small, more = says["small_counts_withheld"], says["covering_counts_withheld"]
        counts = "1 count is" if small == 1 else f"{small} counts are"
        beside = f", and {more} more that would give {'it' if small == 1 else 'them'} away" if more else ""
        out = [first, self.profile.title, f"In these records {counts} withheld as small{beside}."]
        if self.given_away:
            out.append("An earlier version gives some away: not for publication until that is settled.")
        return out


MOST_TITLES = 4
"""Tables named in the statement of a page; of more it gives the number."""


def cell_name(name: Any) -> str:
    """Return the name of a cell as one text."""
    return " | ".join(map(str, name))


def protect_area(area: Area, profile: Profile = COUNCIL, before: Published | None = None) -> ProtectedArea:
    """Return an area with its own small counts withheld, and what would give them away.

    Parameters
    ----------
    area : Area
    profile : Profile
    before : mapping, optional
        What an earlier version showed. A count that it showed as it is now is known, and a count that moved by no
        more than a small count is withheld.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> protect_area(bedford).area is bedford
    True
    """
    if area.parts and profile.withholds:
        return _protect_parts(area, profile, before)
    return _protect_one(area, profile, before)


def _protect_parts(area: Area, profile: Profile, before: Published | None) -> ProtectedArea:
    """Return an area that is a sum, made again from its parts as their own chapters show them.

    A count withheld of one part is withheld of the whole, so what is shown is a sum of counts that are shown: set
    against the parts' own chapters it gives nothing away.
    """
    shown = [_protect_one(part, profile, None) for part in area.parts]
    if all(one.is_open for one in shown):
        return _protect_one(area, profile, before)
    was, _ = added_tables(area.parts, area.code)
    sums, _ = added_tables([one.area for one in shown], area.code)
    tables = {
        name: sums[name] if name in sums and frame.equals(was[name]) else frame
        for name, frame in area.tables.items()
    }
    parts = tuple(one.area for one in shown)
    whole = _protect_one(replace(area, tables=tables, parts=parts), profile, before)
    theirs = [
        one.withheld.assign(cell=[f"{part.name}: {cell}" for cell in one.withheld["cell"]])
        for part, one in zip(area.parts, shown, strict=True)
    ]
    return replace(
        whole,
        local=sorted({*whole.local, *(name for one in shown for name in one.local)} & set(area.tables)),
        withheld=pd.concat([*theirs, whole.withheld], ignore_index=True),
        given_away=[*(cell for one in shown for cell in one.given_away), *whole.given_away],
    )


def _protect_one(area: Area, profile: Profile, before: Published | None) -> ProtectedArea:
    """Return an area with its own tables protected, whatever it is the sum of."""
    local = local_tables(area)
    none = pd.DataFrame(columns=["table", "column", "cell", "why"])
    if not local or not profile.withholds:
        return ProtectedArea(area, profile, local, none)
    system, held = cells_of(area, profile)
    moved = _earlier(system, held, profile, before or {})
    found = protect(system, profile, moved)
    rows = [
        (held[i][0], held[i][2], cell_name(system.cells[i].name), SMALL if i in found.small else COVERING)
        for i in sorted(found.withheld)
        if i in held
    ]
    shown = {
        cell_name(cell.name): profile.shown(cell.value)
        for i, cell in enumerate(system.cells)
        if i in held and i not in found.withheld and cell.value is not None and _is_own(area, held[i])
        if not (
            held[i][0] == "survey" and cell.value < FEWEST_ANSWERS
        )  # withheld with the score that rests on them
    }
    return ProtectedArea(
        _without(area, profile, held, found),
        profile,
        local,
        pd.DataFrame(rows, columns=none.columns),
        [cell_name(system.cells[one.cell].name) for one in found.given_away],
        dict(sorted(shown.items())),
    )


def _earlier(system: CellSystem, held: dict[int, Any], profile: Profile, before: Published) -> frozenset[int]:
    """Mark as open what an earlier version showed, and return the counts that have moved by a small count since."""
    moved = set()
    for i in held:
        cell = system.cells[i]
        earlier = before.get(cell_name(cell.name))
        if earlier is None or cell.value is None or cell.is_open:
            continue
        if earlier == cell.value:
            cell.is_open = True
        elif profile.is_small(abs(cell.value - earlier)):
            moved.add(i)
    return frozenset(moved)


def _is_own(area: Area, place: tuple[str, Any, str]) -> bool:
    name, row, _ = place
    return bool(local_rows(area, name).loc[row])


def _without(area: Area, profile: Profile, held: dict[int, Any], found: Protection) -> Area:
    """Return the area without what is withheld, the rest rounded as the profile says."""
    tables = dict(area.tables)
    for name in local_tables(area):
        frame = tables[name].copy()
        if profile.nearest > 1:
            own = local_rows(area, name)
            for column in people_columns(TABLES[name]):
                if column in frame:
                    rounded = frame[column].map(lambda n: n if pd.isna(n) else profile.shown(n))
                    frame[column] = frame[column].where(~own, rounded.astype(frame[column].dtype))
        for i in sorted(found.withheld):
            if i not in held or held[i][0] != name:
                continue
            _, row, column = held[i]
            frame.loc[row, ["low", "central", "high"] if column == "central" else [column]] = pd.NA
            if "flag" in frame and column in TABLES[name].values[:1]:
                frame.loc[row, "flag"] = "suppressed"
            if i in found.small and all(end in frame for end in RANGE):
                frame.loc[row, list(RANGE)] = [1, profile.largest_small]
        tables[name] = frame
    if "sen_percent" in tables:
        tables["sen_percent"] = _rates(area, tables, "sen_percent")
    if "survey" in tables:
        tables["survey"] = _means(area)
    return replace(area, tables=tables)


def _rates(area: Area, tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Return a table of rates without those of counts that are withheld."""
    frame, own = tables[name], local_rows(area, name)
    counts = tables.get("sen_pupils")
    if counts is None or not own.any():
        return frame
    whole = counts[
        (counts["need"] == "all") & (counts["year_group"] == "all") & (counts["flag"] == "suppressed")
    ]
    hidden = set(zip(whole["census_january"], whole["provision"], strict=True))
    gone = [key in hidden for key in zip(frame["census_january"], frame["provision"], strict=True)]
    return frame[~(own & pd.Series(gone, index=frame.index))]


def _means(area: Area) -> pd.DataFrame:
    """Return the survey without the area's own scores of fewer than `FEWEST_ANSWERS`, or of a number not given."""
    frame = area.tables["survey"].copy()
    answers = pd.to_numeric(frame["respondents"], errors="coerce").fillna(0)
    few = local_rows(area, "survey") & (answers < FEWEST_ANSWERS)
    frame.loc[few, ["score", "respondents"]] = pd.NA
    if "flag" in frame:
        frame.loc[few, "flag"] = "suppressed"
    return frame


def attack_area(area: Area, protected: ProtectedArea) -> pd.DataFrame:
    """Return every withheld count that the shown ones give away, with the range that they leave to it.

    Parameters
    ----------
    area : Area
        As it is, unprotected: the attack needs the truth to be scored.
    protected : ProtectedArea

    Returns
    -------
    DataFrame
        Columns cell, low and high; empty where nothing is given away.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> len(attack_area(bedford, protect_area(bedford)))
    0
    """
    system, held = cells_of(area, protected.profile)
    gone = set(protected.withheld["cell"])
    withheld = {i for i in held if cell_name(system.cells[i].name) in gone}
    found = attack(system, withheld, protected.profile)
    rows = [(cell_name(system.cells[one.cell].name), one.low, one.high) for one in found]
    return pd.DataFrame(rows, columns=["cell", "low", "high"])
