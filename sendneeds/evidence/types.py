"""Types that every part of the evidence uses: a finding, the source of a table, and the tables of an area."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.cards import Card
from sendneeds.foundation.errors import MissingDataError, printable, unknown
from sendneeds.foundation.outputs import Basis
from sendneeds.foundation.vocabulary import BASES

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["info", "caution", "serious"]
ADDED_UP = "areas added up"
"""Kind of an area that is the sum of others (`sendneeds.add_up`): the findings on its evidence are theirs."""
TOGETHER = ("integrated_care_board", "region")
"""Kinds of areas whose packs name their parts."""
SEVERITIES: tuple[Severity, ...] = ("serious", "caution", "info")


@dataclass(frozen=True)
class Finding(Card):
    """A defect of an area's figures that does not stop them from being used.

    Parameters
    ----------
    name : str
        The defect, a key of `sendneeds.evidence.quality.findings.DEFECTS`.
    severity : str
        ``serious`` (an answer that rests on it may be wrong), ``caution`` (it is less sure) or ``info``.
    where : str
        Table, period and place.
    found : str
        What was found, with the figures.
    meaning : str
        What it means for an answer.
    do : str
        What to do about it.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.open_area("luton").findings[0].severity
    'serious'
    """

    name: str
    severity: Severity
    where: str
    found: str
    meaning: str
    do: str

    def text(self) -> str:
        """Return the finding as lines of a report.

        Returns
        -------
        str

        Examples
        --------
        >>> print(Finding("odd", "info", "ehc_plans 2025", "3", "little", "nothing").text())
          info: odd (ehc_plans 2025)
            found: 3
            means: little
            do:    nothing
        """
        return (
            f"  {self.severity}: {self.name} ({printable(self.where)})\n    found: {printable(self.found)}\n"
            f"    means: {self.meaning}\n    do:    {self.do}"
        )


@dataclass(frozen=True)
class TableMeta:
    """Where a table came from.

    Parameters
    ----------
    title, source, licence : str
    extracted_on : date or None
    basis : str
        A word of ``vocabulary.BASES``, or ``mixed`` where each row says its own. A chapter that rests
        on a table of basis ``local`` says that it is not for publication.
    note : str
    """

    title: str
    source: str
    licence: str
    extracted_on: dt.date | None
    basis: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class AreaTables:
    """The tables of one area of England, with where each came from: what `Area` adds its findings to.

    Parameters
    ----------
    slug, code, name, kind : str
        Short name, ONS code, name, and ``local_authority``, ``integrated_care_board``, ``region``, ``country`` or
        ``areas added up``.
    settings : dict
        The rest of ``area.toml``: partners, funders, simulation, chapter.
    tables : dict of str to DataFrame
        Typed columns; an empty figure is missing, and the column ``flag`` beside it says why.
    meta : dict of str to TableMeta
    folder : Path or None
        Where it was read from.
    read_findings : list of Finding
        Defects detected when the tables were read.
    parts : tuple of AreaTables
        The areas of which it is the sum; empty for one that has its own tables.
    """

    slug: str
    code: str
    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    meta: dict[str, TableMeta] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    read_findings: list[Finding] = field(default_factory=list, repr=False)
    parts: tuple[Any, ...] = field(default=(), repr=False)

    def has(self, name: str) -> bool:
        """Return whether the area has a table.

        Parameters
        ----------
        name : str
            A key of `sendneeds.evidence.schema.tables.TABLES`.

        Returns
        -------
        bool

        Raises
        ------
        UnknownNameError
            A pack has no table of that name.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.open_area("bedford").has("referrals")
        False
        """
        if name not in TABLES:
            raise unknown("table", name, TABLES)
        return name in self.tables

    def table(self, name: str) -> pd.DataFrame:
        """Return a table.

        Parameters
        ----------
        name : str
            A key of `sendneeds.evidence.schema.tables.TABLES`.

        Returns
        -------
        DataFrame
            One row per key, in the columns and units that the data dictionary describes.

        Raises
        ------
        MissingDataError
            The area does not have it; the message says what it would answer.
        UnknownNameError
            A pack has no table of that name.

        Examples
        --------
        >>> import sendneeds as sn
        >>> int(sn.open_area("bedford").table("ehc_plans")["plans"].iloc[0])
        694
        """
        if self.has(name):
            return self.tables[name]
        table = TABLES[name]
        raise MissingDataError(
            f"{self.name} has no table {table.file} ({table.title}). It answers {table.purpose}. "
            f"Add it to the area's pack: its columns are {', '.join(table.names())}."
        )

    @property
    def basis(self) -> Basis:
        """The bases of all tables, and of their rows where a table is mixed.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.open_area("bedford").basis.is_open
        True
        """
        words = {meta.basis for meta in self.meta.values()}
        words |= {word for table in self.tables.values() if "basis" in table for word in table["basis"]}
        return Basis(frozenset(words & set(BASES)))  # "mixed" is no basis: each row has its own

    @property
    def start(self) -> dt.date:
        """Monday on which simulations start: that of the settings, else the first from 6 January of the last caseload.

        Raises
        ------
        MissingDataError
            The settings have no start, and the area has no table ``ehc_plans``.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.open_area("bedford").start.isoformat()
        '2025-01-06'
        """
        set_start = self.settings.get("simulation", {}).get("start")
        if set_start is not None:
            return set_start if isinstance(set_start, dt.date) else dt.date.fromisoformat(set_start)
        day = dt.date(int(self.table("ehc_plans")["census_january"].max()), 1, 6)
        return day + dt.timedelta(days=-day.weekday() % 7)

    @property
    def as_of(self) -> dt.date:
        """Day on which the area's chapter stands: that of the settings, else `start`.

        Raises
        ------
        MissingDataError
            As `start`.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.open_area("luton").as_of.isoformat()
        '2025-01-06'
        """
        day = self.settings.get("chapter", {}).get("as_of")
        if day is None:
            return self.start
        return day if isinstance(day, dt.date) else dt.date.fromisoformat(day)

    def partners(self, role: str) -> list[dict[str, Any]]:
        """Return the partners with a role.

        Parameters
        ----------
        role : str
            A key of `sendneeds.evidence.pack.settings.ROLES`.

        Returns
        -------
        list of dict
            Their entries in ``area.toml``.

        Examples
        --------
        >>> import sendneeds as sn
        >>> [partner["role"] for partner in sn.open_area("bedford").partners("icb")]
        ['icb']
        """
        return [p for p in self.settings.get("partners", []) if p["role"] == role]
