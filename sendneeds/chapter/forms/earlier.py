"""An earlier version of a chapter, read from its folder: its figures, its sentences and what it was made from."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sendneeds.chapter.forms.html_tree import Node, tree
from sendneeds.evidence.area import Area
from sendneeds.foundation.csv_text import table_csv
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.folders import PROVENANCE

OWN_COUNTS = "tables/own_counts.csv"
"""The area's own counts that may be shown: what a later version is compared with."""
_NUMBER = re.compile(r"[−-]?£?\d[\d,]*(?:\.\d+)?(?:%| million|m\b)?")
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=[A-Z“#])")
_TIMES = ("census_january", "calendar_year", "mid_year", "month", "snapshot", "year")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page.

    Parameters
    ----------
    section : str
        Id of the section it stands in.
    text : str
    """

    section: str
    text: str

    @property
    def skeleton(self) -> str:
        """The sentence without its numbers."""
        return _NUMBER.sub("#", self.text)


@dataclass(frozen=True)
class Earlier:
    """An earlier chapter of an area.

    Parameters
    ----------
    provenance : dict
    figures : dict of str to dict of str to str
        The lines of its ``tables/indicators.csv`` by id.
    sentences : list of Sentence
    own_counts : dict of str to (int or None)
        Its own counts by cell, None where they were withheld.
    """

    provenance: dict[str, Any]
    figures: dict[str, dict[str, str]]
    sentences: list[Sentence]
    own_counts: dict[str, int | None]


def read_earlier(folder: str | Path, area: Area) -> Earlier:
    """Return the chapter in a folder.

    Raises
    ------
    DomainError
        If it is no chapter of the area, or not whole.
    """
    at = Path(folder)
    try:
        about = json.loads((at / PROVENANCE).read_text(encoding="utf-8"))
        figures = _lines(at / "tables" / "indicators.csv")
        page = (at / "index.html").read_text(encoding="utf-8")
        if (about["what"], about["area"]) != ("chapter", area.code):
            raise ValueError("another area")
    except (OSError, ValueError, KeyError, TypeError):
        raise DomainError(
            f"{folder}: this is not a chapter of {area.name}. "
            f"Give the folder of an earlier one, whole, with its {PROVENANCE}."
        ) from None
    counts = _lines(at / OWN_COUNTS) if (at / OWN_COUNTS).is_file() else []
    return Earlier(
        about,
        {line["id"]: line for line in figures},
        sentences(page),
        {c["cell"]: int(c["count"]) if c["count"].isdigit() else None for c in counts},
    )


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sentences(page: str) -> list[Sentence]:
    """Return the sentences of a page's paragraphs, items and captions, in order.

    Examples
    --------
    >>> html = '<main><section id="ehc"><p>Plans rose by 4%. They are late.</p></section></main>'
    >>> [(s.section, s.skeleton) for s in sentences(html)]
    [('ehc', 'Plans rose by #.'), ('ehc', 'They are late.')]
    """
    main = tree(page).first("main")
    out: list[Sentence] = []

    def visit(node: Node, section: str) -> None:
        if node.tag == "section" and node.attrs.get("id"):
            section = node.attrs["id"]
        if node.tag == "table" or node.has_class("written") or node.has_class("source"):
            return
        if node.tag in ("p", "li", "figcaption", "dd") and not node.find("li"):
            out.extend(Sentence(section, part) for part in _SENTENCE.split(node.text()) if part)
            return
        for child in node.children:
            if isinstance(child, Node):
                visit(child, section)

    if main is not None:
        visit(main, "")
    return out


def inputs_of(area: Area) -> dict[str, dict[str, str]]:
    """Return what identifies each table of an area: a hash of its content, and the last period in it.

    Examples
    --------
    >>> import sendneeds as sn
    >>> inputs_of(sn.open_area("bedford"))["ehc_plans"]["last"]
    '2025'
    """
    found = {}
    for name, frame in sorted(area.tables.items()):
        time = next((column for column in _TIMES if column in frame), None)
        last = "" if time is None else str(frame[time].dropna().max())
        found[name] = {"sha256": hashlib.sha256(table_csv(frame).encode()).hexdigest(), "last": last}
    return found
