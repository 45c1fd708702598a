"""Pages generated from the schemas: the data dictionary, the sources of the packs, and JSON schemas.

Run ``python data/_build/data_dictionary.py`` in the root of the project after a change of `sendneeds.evidence.schema`,
`definitions`, `symbols`, `quality.findings`, the levers or a shipped pack.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sendneeds.evidence.area import open_area
from sendneeds.evidence.definitions import DEFINITIONS
from sendneeds.evidence.pack.read import shipped_packs
from sendneeds.evidence.pack.settings import SCHEMA, schema_json
from sendneeds.evidence.quality.findings import DEFECTS
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.schema.types import Column, Table
from sendneeds.evidence.symbols import SYMBOLS
from sendneeds.foundation.vocabulary import BASES, FLAGS_WITHOUT_VALUE
from sendneeds.scenarios.levers.schema import scenario_json

GENERATED = (
    "This page is generated from the schemas of the package by `python data/_build/data_dictionary.py`."
)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def data_dictionary() -> str:
    """Return the data dictionary as Markdown."""
    lines = ["# Data dictionary", "", GENERATED, "", _keys(), "## Tables", ""]
    for table in TABLES.values():
        lines += [f"### `{table.file}`", "", f"{table.title}: {table.purpose}.", ""]
        lines += [f"Key: {', '.join(f'`{k}`' for k in table.key)}; {table.shape}.", ""]
        lines += [_row("column", "unit", "what it holds", "allowed", "required"), _row(*["---"] * 5)]
        for column in table.columns:
            unit = column.unit or "-"
            needed = "yes" if column.required else "no"
            lines.append(_row(f"`{column.name}`", unit, column.description, column.allows(), needed))
        lines.append("")
    return "\n".join([*lines, _measures(), _symbols(), _defects()])


def _keys() -> str:
    lines = ["## `area.toml`", ""]
    for name, schema in SCHEMA["properties"].items():
        record = schema["items"] if schema["type"] == "array" else schema
        head = f"[[{name}]]" if schema["type"] == "array" else f"[{name}]"
        lines += [f"### `{head}`", "", record["description"], ""]
        lines += [_row("key", "what it says", "allowed", "required"), _row(*["---"] * 4)]
        for key, spec in record["properties"].items():
            allowed = ", ".join(spec.get("enum", [])) or spec.get("format") or spec["type"]
            needed = "yes" if key in record["required"] else "no"
            lines.append(_row(f"`{key}`", spec["description"], allowed, needed))
        lines.append("")
    lines += ["Kinds of source of a figure (`basis`):", ""]
    return "\n".join([*lines, *(f"- `{word}`: {what}" for word, what in BASES.items()), ""])


def _measures() -> str:
    head = _row("measure", "what it counts", "basis", "period", "share of", "exceptions", "source")
    lines = ["## Measures", "", head, _row(*["---"] * 7)]
    lines += [
        _row(f"`{d.id}`", d.title, d.basis, d.period, d.denominator or "-", d.exceptions or "-", d.source)
        for d in DEFINITIONS.values()
    ]
    return "\n".join([*lines, ""])


def _symbols() -> str:
    empty = ", ".join(FLAGS_WITHOUT_VALUE)
    lines = ["## Symbols in published tables", "", f"An empty figure has one of the flags {empty}.", ""]
    lines += [_row("symbol", "flag", "meaning"), _row(*["---"] * 3)]
    lines += [_row(f"`{symbol}`", flag, meaning) for symbol, (flag, meaning) in SYMBOLS.items()]
    lines += [
        _row("`<5`, `1-4`", "suppressed", "a small count, suppressed; models draw it from the range"),
        "",
    ]
    return "\n".join(lines)


def _defects() -> str:
    lines = [
        "## Findings",
        "",
        _row("finding", "severity", "what it means", "what to do"),
        _row(*["---"] * 4),
    ]
    lines += [_row(f"`{name}`", d.severity, d.meaning, d.do) for name, d in DEFECTS.items()]
    return "\n".join([*lines, ""])


def packs_readme() -> str:
    """Return the sources of the shipped packs as Markdown."""
    lines = ["# Area packs", "", GENERATED, ""]
    lines += [
        "What each column means: `docs/reference/data-dictionary.md`. Paths are relative to this folder.",
        "",
    ]
    for slug in shipped_packs():
        area = open_area(slug)
        lines += [f"## {area.name} (`{slug}`, {area.code})", ""]
        lines += [_row("table", "basis", "source", "licence", "extracted on", "note"), _row(*["---"] * 6)]
        for name, meta in area.meta.items():
            day = meta.extracted_on.isoformat() if meta.extracted_on else "not stated"
            lines.append(
                _row(
                    f"`{TABLES[name].file}`",
                    meta.basis,
                    meta.source,
                    meta.licence,
                    day,
                    meta.note or "-",
                )
            )
        lines.append("")
    return "\n".join(lines)


def table_schema(table: Table) -> dict[str, Any]:
    """Return the JSON Schema of one row of a table.

    Examples
    --------
    >>> table_schema(TABLES["sen_percent"])["properties"]["provision"]["enum"]
    ['E', 'K']
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.file,
        "description": f"{table.title}: {table.purpose}. Key: {', '.join(table.key)}.",
        "type": "object",
        "properties": {column.name: _property(column) for column in table.columns},
        "required": [column.name for column in table.columns if column.required],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    kind = {"count": "integer", "age": "integer", "year": "integer", "number": "number"}.get(
        column.kind, "string"
    )
    schema: dict[str, Any] = {
        "description": column.description,
        "type": [kind, "null"] if column.blank else kind,
    }
    if column.allowed:
        schema["enum"] = list(column.allowed)
    if column.low is not None:
        schema["minimum"] = column.low
    if column.high is not None:
        schema["maximum"] = column.high
    return schema


def tables_json() -> str:
    """Return the JSON Schemas of all tables, by name."""
    schemas = {name: table_schema(table) for name, table in TABLES.items()}
    return json.dumps(schemas, indent=2, ensure_ascii=False) + "\n"


PAGES = {
    "docs/reference/data-dictionary.md": data_dictionary,
    "docs/reference/area.schema.json": schema_json,
    "docs/reference/tables.schema.json": tables_json,
    "docs/reference/scenario.schema.json": scenario_json,
    "data/README.md": packs_readme,
}
"""Path of each generated page in the project, and the function that returns its text."""


def write_pages(root: Path) -> None:
    """Write every page below the root of the project."""
    for name, text_of in PAGES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
