"""The settings file `area.toml`: its JSON Schema, and its reader, checker and writer.

The checker supports the keywords that `SCHEMA` uses and no others.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from sendneeds.evidence.types import TOGETHER
from sendneeds.foundation.errors import Fault, nearest
from sendneeds.foundation.toml_text import read_toml
from sendneeds.foundation.vocabulary import BASES, FUNDERS, SERVICES

FILE = "area.toml"
UNASSIGNED = "not yet assigned"
MOST_FAULTS = 100

ROLES = {
    "council": "the local authority",
    "icb": "the integrated care board",
    "community_provider": "a provider of community health services",
    "mental_health_provider": "a provider of mental health services",
    "schools": "the schools forum",
    "parent_carer_forum": "the parent carer forum",
    "other": "any other partner",
}
"""Roles of partners."""


def _words(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, "minLength": 1, **more}


def _list(description: str) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": {"type": "string", "minLength": 1}}


def _day(description: str) -> dict[str, Any]:
    return {"type": "string", "format": "date", "description": description}


def _record(properties: dict[str, Any], required: tuple[str, ...], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_AREA = _record(
    {
        "slug": _words(
            "Short name of the pack, in small letters", pattern="[a-z0-9]+(-[a-z0-9]+)*", maxLength=60
        ),
        "code": _words("ONS code of the area", pattern=r"[EWSN]\d{8}"),
        "name": _words("Name of the area", maxLength=120),
        "kind": _words("Kind of area", enum=["local_authority", *TOGETHER, "country"]),
        "parts": _list(
            "The packs of which an integrated care board or a region is the sum: names of packs that ship, or of "
            "folders beside this one"
        ),
        "dfe_code": _words(
            "The three digits by which the Department for Education knows it", pattern=r"\d{3}"
        ),
    },
    ("slug", "code", "name", "kind"),
    "Name and codes of the area.",
)
_PARTNER = _record(
    {
        "role": _words("Role of the partner", enum=list(ROLES)),
        "name": _words("Name of the organisation; never of a person", maxLength=200),
        "code": _words("ONS code, where it has one; tables may hold rows of it", pattern=r"[EWSN]\d{8}"),
        "services": {
            "type": "array",
            "description": "The services that it provides or pays for",
            "items": {"type": "string", "enum": list(SERVICES)},
        },
    },
    ("role", "name"),
    "An organisation that commissions or provides here.",
)
_FUNDER = _record(
    {
        "funder": _words("Who pays", enum=list(FUNDERS)),
        "partner": _words("Role of the partner that holds the budget", enum=list(ROLES)),
    },
    ("funder", "partner"),
    "The partner that holds the budget of a funder.",
)
_SIMULATION = _record(
    {"start": _day("The Monday from which lists are simulated")}, ("start",), "Start of the simulation."
)
_CHAPTER = _record(
    {
        "topic_owner": _words("The role that owns the topic, or 'not yet assigned'"),
        "authors": _list("Roles of those who wrote it"),
        "quality_check": _words("The role that checked it, or 'not yet assigned'"),
        "endorsed_by": _words("The board that endorsed it, or 'not yet assigned'"),
        "replaces_version": _words("The version that it replaces, or 'none'"),
        "linked_topics": _list("Other topics of the needs assessment that belong with it"),
        "next_refresh": _words("The month in which it is due again (2026-11), or 'not yet assigned'"),
        "as_of": _day(
            "Day on which the chapter stands: dates of actions are compared with it, never the clock"
        ),
    },
    (),
    "The chapter's front matter, by role: no person is named.",
)
_PLAN = _record(
    {
        "title": _words("Title of the plan that the actions are of"),
        "dated": _day("Day on which it was agreed"),
        "state": _words("Whether it is being worked on; a closed plan is not rated", enum=["open", "closed"]),
    },
    ("title", "dated", "state"),
    "The plan whose actions stand in actions.csv.",
)
_TABLE = _record(
    {
        "file": _words("The CSV file", pattern=r"[A-Za-z0-9_]+\.csv"),
        "title": _words("Its title"),
        "source": _words("Where the figures come from, as a citation"),
        "licence": _words("Licence with its attribution, or who may see the table"),
        "extracted_on": _day("Day on which the figures were extracted"),
        "basis": _words(
            "Where the figures come from; mixed only where the table has a column basis",
            enum=[*BASES, "mixed"],
        ),
        "note": {"type": "string", "description": "Cautions for whoever uses it"},
    },
    ("file", "title", "source", "licence", "extracted_on", "basis"),
    "A table of the pack, its source and its licence.",
)
_FINDING = _record(
    {
        "name": _words("The defect, a name of the list of findings", pattern="[a-z0-9_]+"),
        "where": _words("Table, period and place", maxLength=500),
        "seen": _words("What was found, with the figures", maxLength=2000),
    },
    ("name", "where", "seen"),
    "A defect detected when the tables were read from a release.",
)
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "area.toml of a sendneeds area pack",
    **_record(
        {
            "area": _AREA,
            "partners": {"type": "array", "items": _PARTNER, "description": _PARTNER["description"]},
            "funders": {"type": "array", "items": _FUNDER, "description": _FUNDER["description"]},
            "simulation": _SIMULATION,
            "chapter": _CHAPTER,
            "plan": _PLAN,
            "tables": {"type": "array", "items": _TABLE, "description": _TABLE["description"]},
            "findings": {"type": "array", "items": _FINDING, "description": _FINDING["description"]},
        },
        ("area",),
        "The area, its partners, and the source of each table.",
    ),
}
"""JSON Schema of `area.toml`. TOML dates count as strings of format ``date``."""

NAMES = {"string": "text in quotation marks", "array": "a list", "object": "a table"}


def schema_json() -> str:
    """Return the JSON Schema of `area.toml`, for editors and other tools."""
    return json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n"


def read_settings(data: bytes) -> tuple[dict[str, Any], list[Fault]]:
    r"""Return the content of `area.toml`, and its faults.

    Examples
    --------
    >>> settings, faults = read_settings(b'[area]\nslug = "x"\ncode = "E06000055"\nkind = "town"')
    >>> [fault.column for fault in faults]
    ['area.kind', 'area.name']
    """
    settings, faults = read_toml(data, FILE, "Compare with the template that `sendneeds new-pack` writes.")
    if faults:
        return {}, faults
    _walk(settings, SCHEMA, "", faults)
    return settings, faults[:MOST_FAULTS]


def _walk(value: Any, schema: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
    kind = schema["type"]
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = value.isoformat()
    if not isinstance(value, {"string": str, "array": list, "object": dict}[kind]):
        found = f"{type(value).__name__} {value!r}"[:80]
        faults.append(
            Fault(FILE, 0, place, found, NAMES[kind], schema.get("description", "Write it so") + ".")
        )
    elif kind == "array":
        for number, item in enumerate(value, start=1):
            _walk(item, schema["items"], f"{place}[{number}]", faults)
    elif kind == "object":
        _walk_record(value, schema, place, faults)
    else:
        _walk_text(value, schema, place, faults)


def _walk_record(value: dict[str, Any], schema: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
    properties = schema["properties"]
    inside = f"{place}." if place else ""
    for name in value:
        if name in properties:
            _walk(value[name], properties[name], inside + name, faults)
        else:
            close = nearest(name, properties)
            cure = f"Rename it to {' or '.join(close)}." if close else "Take it out."
            faults.append(Fault(FILE, 0, inside + name, "an unknown key", ", ".join(properties), cure))
    for name in schema["required"]:
        if name not in value:
            what = properties[name].get("description", name)
            faults.append(Fault(FILE, 0, inside + name, "nothing", what, f"Add the key {name}."))


def _walk_text(value: str, schema: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
    what = schema.get("description", "")
    found = repr(value if len(value) <= 60 else value[:57] + "...")
    if "enum" in schema and value not in schema["enum"]:
        close = nearest(value, schema["enum"])
        cure = f"Write {' or '.join(close)}." if close else f"{what}: write one of these."
        faults.append(Fault(FILE, 0, place, found, ", ".join(schema["enum"]), cure))
    elif "pattern" in schema and not re.fullmatch(schema["pattern"], value, re.ASCII):
        other = next(
            (w for w in (value.strip().upper(), value.strip().lower()) if re.fullmatch(schema["pattern"], w)),
            "",
        )
        cure = f"Write {other}." if other else "Write it so."
        faults.append(Fault(FILE, 0, place, found, f"{what} (pattern {schema['pattern']})", cure))
    elif len(value) < schema.get("minLength", 0):
        faults.append(
            Fault(FILE, 0, place, "empty text", what, f"Fill it in; '{UNASSIGNED}' if nobody has it.")
        )
    elif len(value) > schema.get("maxLength", 20_000):
        faults.append(Fault(FILE, 0, place, f"{len(value)} letters", what, "Shorten it."))
    elif schema.get("format") == "date":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            faults.append(Fault(FILE, 0, place, found, "a date as 2025-01-31", "Write year, month and day."))


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as TOML, keys in the order of `SCHEMA`; the same settings always give the same text."""
    blocks = []
    for name, schema in SCHEMA["properties"].items():
        if name not in settings:
            continue
        records = settings[name] if schema["type"] == "array" else [settings[name]]
        head = f"[[{name}]]" if schema["type"] == "array" else f"[{name}]"
        keys = (schema["items"] if schema["type"] == "array" else schema)["properties"]
        for record in records:
            lines = [f"{key} = {_toml(record[key])}" for key in keys if key in record]
            blocks.append("\n".join([head, *lines]) + "\n")
    return "\n".join(blocks)


def _toml(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
