"""What an author's templates may cite, and the check of them before a run."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

from sendneeds.chapter.authored import check_templates
from sendneeds.chapter.contents import Contents
from sendneeds.chapter.page import SECTIONS

NAMES = frozenset({
    "n", "ni", "span", "gap", "has", "record", "even_words", "board", "figure", "table", "drawn", "tabled",
    "join", "first", "lower", "day_words", "capital", "moved", "change", "area_name", "ages", "oldest",
    "interval_level", "comparison_level", "service_names", "named", "intro", "most_indicators", "school_ages",
    "even_low", "even_high", "pace_words", "council", "scaled", "sections_count", "unwritten", "rest_figures",
    "rest_tables",
})  # fmt: skip
"""What a template may cite beside the fields of `Contents`."""


def check_template(folder: str | Path | None) -> None:
    """Raise what is wrong with an author's folder of templates, before anything is run; nothing where there is none.

    Raises
    ------
    FaultsError
        With the file and line of every name that the chapter does not have, slip of syntax, and way out of the sandbox.
    """
    if folder is None:
        return
    kinds = get_type_hints(Contents)
    known = {
        name: {*(one for one in dir(kind) if not one.startswith("_")), *(f.name for f in fields(kind))}
        for name, kind in kinds.items()
        if is_dataclass(kind) and isinstance(kind, type)
    }
    check_templates(folder, SECTIONS, NAMES | set(kinds), known)
