"""An area of England: its tables, where each came from, and the defects of its figures."""

from __future__ import annotations

import html
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sendneeds.evidence.pack.read import find_pack, read_folder, shipped_tables
from sendneeds.evidence.quality.breaks import breaks
from sendneeds.evidence.quality.coverage import coverage
from sendneeds.evidence.quality.detect import detect
from sendneeds.evidence.types import ADDED_UP, SEVERITIES, AreaTables, Finding
from sendneeds.foundation.errors import PackError
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import ENGLAND

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Area(AreaTables):
    """One area of England as evidence: open one with `sendneeds.open_area` or `sendneeds.read_sen2`.

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
        Defects detected on reading; `findings` adds those that the tables show.
    parts : tuple of Area
        The areas of which an integrated care board or a region is the sum; empty for the rest.

    Examples
    --------
    >>> import sendneeds as sn
    >>> luton = sn.open_area("luton")
    >>> luton.name, luton.start.isoformat()
    ('Luton', '2025-01-06')
    """

    @classmethod
    def from_tables(cls, tables: AreaTables) -> Area:
        """Return the area of tables that `sendneeds.evidence.pack.read.read_folder` read.

        Parameters
        ----------
        tables : AreaTables

        Returns
        -------
        Area

        Examples
        --------
        >>> Area.from_tables(shipped_tables("luton")).code
        'E06000032'
        """
        held = {field.name: getattr(tables, field.name) for field in fields(AreaTables)}
        return cls(**{**held, "parts": tuple(cls.from_tables(part) for part in tables.parts)})

    def england(self) -> Area:
        """Return the shipped pack for England, with which areas are compared; England returns itself.

        Returns
        -------
        Area

        Examples
        --------
        >>> open_area("bedford").england().name
        'England'
        """
        if self.code == ENGLAND:
            return self
        return shipped("england")

    @cached_property
    def findings(self) -> list[Finding]:
        """Defects of the figures, serious ones first; those of its parts, of an area that is the sum of others.

        Examples
        --------
        >>> open_area("bedford").findings[0].severity
        'serious'
        """
        own = () if self.parts or self.kind == ADDED_UP else detect(self)
        theirs = (
            replace(finding, where=f"{part.name}: {finding.where}")
            for part in self.parts
            for finding in part.findings
        )
        found = [*self.read_findings, *own, *theirs]
        return sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.name, f.where))

    def breaks(self) -> pd.DataFrame:
        """Return the known breaks in the series, to be marked on charts.

        Returns
        -------
        DataFrame
            Columns table, year, until and what; see `sendneeds.evidence.quality.breaks.breaks`.

        Examples
        --------
        >>> open_area("bedford").breaks()["year"].tolist()
        [2023, 2015, 2023, 2023, 2025]
        """
        return breaks(self)

    def coverage(self) -> pd.DataFrame:
        """Return which partner has supplied which figures of each service, and which questions lack figures.

        Returns
        -------
        DataFrame
            See `sendneeds.evidence.quality.coverage.coverage`; ``coverage_page`` there lays it out for print.

        Examples
        --------
        >>> open_area("bedford").coverage().columns.tolist()[:4]
        ['service', 'aspect', 'partner', 'state']
        """
        return coverage(self)

    def __repr__(self) -> str:
        lines = [f"Area {self.name} ({self.code}), {len(self.tables)} tables"]
        for name, frame in self.tables.items():
            lines.append(f"  {name:<20} {len(frame):>7,} rows  {self.meta[name].basis}")
        counts = {s: sum(f.severity == s for f in self.findings) for s in SEVERITIES}
        listed = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
        return "\n".join([*lines, f"  findings: {listed or 'none'}"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{html.escape(self.meta[name].title)}</td>"
            f"<td style='text-align:right'>{len(frame):,}</td><td>{html.escape(self.meta[name].basis)}</td>"
            f"<td>{html.escape(self.meta[name].source)}</td></tr>"
            for name, frame in self.tables.items()
        )
        found = "".join(
            f"<li><b>{f.severity}</b> {html.escape(f'{f.name} ({f.where}): {f.found}')}</li>"
            for f in self.findings
        )
        return (
            f"<table><caption>{html.escape(self.name)} ({html.escape(self.code)})</caption><thead><tr>"
            "<th>table</th><th>title</th><th>rows</th><th>basis</th><th>source</th></tr></thead>"
            f"<tbody>{rows}</tbody></table><details><summary>{len(self.findings)} findings</summary>"
            f"<ul>{found}</ul></details>"
        )


def open_area(name: str | Path) -> Area:
    """Return the area of a pack that ships, or of a folder.

    Parameters
    ----------
    name : str or Path
        The name of a pack that ships (``"bedford"``), or the path of a folder with ``area.toml`` in it.

    Returns
    -------
    Area

    Raises
    ------
    UnknownNameError
        No pack of that name ships and no such folder exists.
    PackError
        The pack has faults; the message has all of them.

    Examples
    --------
    >>> import sendneeds as sn
    >>> area = sn.open_area("bedford")
    >>> area.code, area.start.isoformat()
    ('E06000055', '2025-01-06')
    """
    kinds(name=(name, "path"))
    tables, faults = read_folder(find_pack(name))
    if tables is None:
        raise PackError(f"The pack {str(name)!r} cannot be used", faults)
    return Area.from_tables(tables)


@cache
def shipped(slug: str) -> Area:
    """Return the area of a pack that ships, read once: for reading only."""
    return Area.from_tables(shipped_tables(slug))
