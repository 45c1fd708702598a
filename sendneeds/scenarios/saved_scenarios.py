"""A scenario as text for a saved run, and back: the same levers, whether they came from a file or from Python."""

from __future__ import annotations

from typing import Any

from sendneeds.foundation import json_text
from sendneeds.scenarios.levers import LEVERS, Lever
from sendneeds.scenarios.levers.base import keys_of, read_from
from sendneeds.scenarios.scenario import Scenario


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as JSON text.

    Examples
    --------
    >>> from datetime import date
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
    return json_text.dumps([scenario.name, scenario.title, scenario.note, levers, scenario.staffing])


def scenario_from_text(text: str) -> Scenario:
    """Return the scenario that `scenario_text` wrote."""
    name, title, note, levers, staffing = json_text.loads(text)
    return Scenario(name, title, note, [_lever(*lever) for lever in levers], staffing)


def _lever(kind: str, values: dict[str, Any], file: str, place: str) -> Lever:
    given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    made = LEVERS[kind](**given)
    return read_from(made, file, place)
