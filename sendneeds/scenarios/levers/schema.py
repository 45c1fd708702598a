"""The JSON Schema of a scenario file, made of the keys of the levers: for editors and other tools."""

from __future__ import annotations

import json
from dataclasses import MISSING
from typing import Any

from sendneeds.foundation.vocabulary import FUNDERS
from sendneeds.scenarios.levers import LEVERS
from sendneeds.scenarios.levers.base import Lever, is_required, keys_of
from sendneeds.scenarios.levers.keys import (
    HUGE,
    INTERVALS,
    LONGEST_TEXT,
    MOST,
    PROFESSIONS,
    WHOLE,
    WORDS,
    toml_name,
)
from sendneeds.scenarios.scenario import LONGEST_NAME, LONGEST_TITLE, NAME
from sendneeds.waits.ehc.clock import STAFFING


def _interval(most: float) -> dict[str, Any]:
    end = {"type": "number", "exclusiveMinimum": 0, **({"maximum": most} if most < HUGE else {})}
    return {
        "type": "object",
        "properties": {name: dict(end) for name in ("low", "central", "high")},
        "required": ["low", "central", "high"],
        "additionalProperties": False,
    }


def _shares(names: tuple[str, ...]) -> dict[str, Any]:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "type": "object",
        "properties": dict.fromkeys(names, share),
        "minProperties": 1,
        "additionalProperties": False,
    }


KINDS: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    **{kind: {"type": "number", "exclusiveMinimum": 0, "maximum": most} for kind, most in MOST.items()},
    **{kind: _interval(most) for kind, (most, _) in INTERVALS.items()},
    "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
    "funders": _shares(tuple(FUNDERS)),
    "professions": _shares(PROFESSIONS),
    **{kind: {"type": "integer", "minimum": low, "maximum": high} for kind, (low, high) in WHOLE.items()},
    **{kind: {"type": "string", "enum": list(words)} for kind, words in WORDS.items()},
}
"""Schema of each kind of key."""


def lever_schema(lever: type[Lever]) -> dict[str, Any]:
    """Return the JSON Schema of the table of one kind of lever.

    Examples
    --------
    >>> import sendneeds as sn
    >>> lever_schema(sn.levers.FundPosts)["required"]
    ['kind', 'service', 'from', 'funders', 'wte']
    """
    properties: dict[str, Any] = {"kind": {"const": lever.kind}}
    for name, argument in keys_of(lever).items():
        key = argument.metadata["key"]
        properties[toml_name(name)] = {**KINDS[key.kind], "description": key.what}
        if argument.default not in (None, MISSING):
            properties[toml_name(name)]["default"] = argument.default
    needed = [toml_name(name) for name, argument in keys_of(lever).items() if is_required(argument)]
    return {
        "title": lever.kind,
        "description": (lever.__doc__ or "").split("\n", 1)[0],
        "type": "object",
        "properties": properties,
        "required": ["kind", *needed],
        "additionalProperties": False,
    }


def scenario_json() -> str:
    """Return the JSON Schema of a scenario file as text."""
    text: dict[str, Any] = {"type": "string"}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario file of sendneeds",
        "description": "Dates are without quotes. That shares add up to 1, and intervals rise, is checked on reading.",
        "type": "object",
        "properties": {
            "name": {**text, "pattern": f"^{NAME.pattern}$", "maxLength": LONGEST_NAME},
            "title": {**text, "minLength": 1, "maxLength": LONGEST_TITLE},
            "note": text,
            "staffing": {**text, "enum": list(STAFFING)},
            "levers": {"type": "array", "items": {"oneOf": [lever_schema(one) for one in LEVERS.values()]}},
        },
        "required": ["name", "title"],
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
