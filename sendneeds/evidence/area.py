"""An Area: labelled tables, where each came from, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.outputs import Basis
from sendneeds.foundation.vocabulary import BASES, ENGLAND

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["info", "caution", "serious"]
SEVERITIES: tuple[Severity, ...] = ("serious", "caution", "info")


@dataclass(frozen=True)
class Finding:
    """A defect of the evidence that does not keep it from being used.

    Parameters
    ----------
    name : str
        Which defect, one of `sendneeds.evidence.quality.findings.NAMES`.
    severity : str
        ``serious`` (an answer that rests on it may be wrong), ``caution`` (it is less sure) or ``info``.
    where : str
        Table, period and place.
    seen : str
        What was seen, with the figures.
    meaning : str
        What it means for an answer.
    do : str
        What to do about it.
    """

    name: str
    severity: Severity
    where: str
    seen: str
    meaning: str
    do: str

    def text(self) -> str:
        """Return the finding as lines of a report."""
        return (
            f"  {self.severity}: {self.name} ({self.where})\n    seen:  {self.seen}\n"
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
class Area:
    """One area of England as evidence: open one with `sendneeds.open_area` or `sendneeds.read_sen2`.

    Parameters
    ----------
    slug, code, name, kind : str
        Short name, ONS code, name, and ``local_authority`` or ``country``.
    settings : dict
        The rest of ``area.toml``: partners, funders, simulation, chapter.
    tables : dict of str to DataFrame
        Typed columns; an empty figure is missing, and the column ``flag`` beside it says why.
    meta : dict of str to TableMeta
    folder : Path or None
        Where it was read from.
    read_findings : list of Finding
        What was noticed on reading; `findings` adds what the tables show.
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

    def has(self, name: str) -> bool:
        """Return whether the area has the table `name`.

        Raises
        ------
        UnknownNameError
            No table of that name exists anywhere.
        """
        if name not in TABLES:
            raise unknown("table", name, TABLES)
        return name in self.tables

    def table(self, name: str) -> pd.DataFrame:
        """Return the table `name`.

        Raises
        ------
        MissingDataError
            The area does not have it; the message says what it would answer.
        UnknownNameError
            No table of that name exists anywhere.

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

    def england(self) -> Area:
        """Return the pack for England that ships with the package; England itself for England."""
        if self.code == ENGLAND:
            return self
        from sendneeds.evidence.pack.read import shipped

        return shipped("england")

    @cached_property
    def findings(self) -> list[Finding]:
        """What is wrong with the evidence, the serious first."""
        from sendneeds.evidence.quality.findings import find

        found = [*self.read_findings, *find(self)]
        return sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.name, f.where))

    @property
    def basis(self) -> Basis:
        """What the tables rest on, by table and by row."""
        words = {meta.basis for meta in self.meta.values()}
        words |= {word for table in self.tables.values() if "basis" in table for word in table["basis"]}
        return Basis(frozenset(words & set(BASES)))  # "mixed" says that the rows tell

    @property
    def start(self) -> dt.date:
        """The Monday from which lists are simulated: the settings' own, else the first of the last January."""
        set_start = self.settings.get("simulation", {}).get("start")
        if set_start is not None:
            return set_start if isinstance(set_start, dt.date) else dt.date.fromisoformat(set_start)
        day = dt.date(int(self.table("ehc_plans")["census_january"].max()), 1, 6)
        return day + dt.timedelta(days=-day.weekday() % 7)

    def partners(self, role: str) -> list[dict[str, Any]]:
        """Return the partners of a `role` as the settings give them."""
        return [p for p in self.settings.get("partners", []) if p["role"] == role]

    def breaks(self) -> pd.DataFrame:
        """Return where the way of counting changed, to be marked on charts.

        Returns
        -------
        DataFrame
            Columns table, year, until and what; see `sendneeds.evidence.quality.breaks.breaks`.
        """
        from sendneeds.evidence.quality.breaks import breaks

        return breaks(self)

    def coverage(self) -> pd.DataFrame:
        """Return who has supplied what about each service, and what is missing for which question.

        Returns
        -------
        DataFrame
            See `sendneeds.evidence.quality.coverage.coverage`; ``coverage_page`` there prints it for a board.
        """
        from sendneeds.evidence.quality.coverage import coverage

        return coverage(self)

    def __repr__(self) -> str:
        lines = [f"Area {self.name} ({self.code}), {len(self.tables)} tables"]
        for name, frame in self.tables.items():
            lines.append(f"  {name:<20} {len(frame):>7,} rows  {self.meta[name].basis}")
        counts = {s: sum(f.severity == s for f in self.findings) for s in SEVERITIES}
        told = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
        return "\n".join([*lines, f"  findings: {told or 'none'}"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{html.escape(self.meta[name].title)}</td>"
            f"<td style='text-align:right'>{len(frame):,}</td><td>{html.escape(self.meta[name].basis)}</td>"
            f"<td>{html.escape(self.meta[name].source)}</td></tr>"
            for name, frame in self.tables.items()
        )
        found = "".join(
            f"<li><b>{f.severity}</b> {html.escape(f'{f.name} ({f.where}): {f.seen}')}</li>"
            for f in self.findings
        )
        return (
            f"<table><caption>{html.escape(self.name)} ({html.escape(self.code)})</caption><thead><tr>"
            "<th>table</th><th>title</th><th>rows</th><th>basis</th><th>source</th></tr></thead>"
            f"<tbody>{rows}</tbody></table><details><summary>{len(self.findings)} findings</summary>"
            f"<ul>{found}</ul></details>"
        )
