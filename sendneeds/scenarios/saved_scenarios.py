"""A scenario as text for a saved run, and back: the same levers, whether they came from a file or from Python."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sendneeds.scenarios.files import Scenario
from sendneeds.scenarios.levers import Lever

_DATE = "__date__"


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as JSON text.

    Examples
    --------
    >>> lever = Lever("extra_posts", "SLT", {"from": date(2027, 9, 1), "wte": (1.0, 2.0, 3.0)})
    >>> more = Scenario("more", "More posts", levers=(lever,))
    >>> scenario_from_text(scenario_text(more)) == more
    True
    """
    levers = [[v.kind, v.service, dict(v.values), v.file, v.place] for v in scenario.levers]
    return json.dumps([scenario.name, scenario.title, scenario.note, levers], default=_date_out)


def scenario_from_text(text: str) -> Scenario:
    """Return the scenario that `scenario_text` wrote."""
    name, title, note, levers = json.loads(text, object_hook=_date_in)
    return Scenario(name, title, note, tuple(Lever(*map(_tuples, lever)) for lever in levers))


def _date_out(value: Any) -> dict[str, str]:
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise TypeError(f"a lever holds a {type(value).__name__}, which cannot be saved.")


def _date_in(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DATE]) if set(value) == {_DATE} else value


def _tuples(value: Any) -> Any:
    """Return lists as tuples, in mappings too: JSON knows no tuple."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return {k: _tuples(v) for k, v in value.items()} if isinstance(value, dict) else value
