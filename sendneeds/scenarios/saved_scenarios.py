"""A scenario as text for a saved run, and back: the same levers, whether they came from a file or from Python."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sendneeds.scenarios.levers import LEVERS, Lever
from sendneeds.scenarios.levers.base import keys_of, read_from
from sendneeds.scenarios.scenario import Scenario

_DATE = "__date__"


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as JSON text.

    Examples
    --------
    >>> import sendneeds as sn
    >>> lever = sn.levers.RingFence(service="SLT", start=date(2027, 9, 1), share=0.5)
    >>> more = Scenario("more", "Firsts first", levers=[lever])
    >>> scenario_from_text(scenario_text(more)) == more
    True
    """
    levers = [
        [lever.kind, {name: getattr(lever, name) for name in keys_of(type(lever))}, lever.file, lever.place]
        for lever in scenario.levers
    ]
    return json.dumps([scenario.name, scenario.title, scenario.note, levers], default=_date_out)


def scenario_from_text(text: str) -> Scenario:
    """Return the scenario that `scenario_text` wrote."""
    name, title, note, levers = json.loads(text, object_hook=_date_in)
    return Scenario(name, title, note, [_lever(*lever) for lever in levers])


def _lever(kind: str, values: dict[str, Any], file: str, place: str) -> Lever:
    made = LEVERS[kind](**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})
    return read_from(made, file, place)


def _date_out(value: Any) -> dict[str, str]:
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise TypeError(f"a lever holds a {type(value).__name__}, which cannot be saved.")


def _date_in(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DATE]) if set(value) == {_DATE} else value
