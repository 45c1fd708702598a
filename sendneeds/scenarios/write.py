"""Scenario files written: what `open_scenarios` reads back as the same scenarios."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.outputs import NO_FIGURES, write_output
from sendneeds.scenarios.levers.base import keys_of
from sendneeds.scenarios.levers.keys import toml_name
from sendneeds.scenarios.scenario import Scenario


def write_scenarios(scenarios: Sequence[Scenario], folder: str | Path) -> list[Path]:
    """Write scenarios as files, one each, named after them; a file that is there and differs is kept.

    Parameters
    ----------
    scenarios : sequence of Scenario
    folder : str or Path
        Made where it is not there. ``open_scenarios(folder)`` and ``--scenarios`` read it.

    Returns
    -------
    list of Path

    Raises
    ------
    DomainError
        If a file of that name is there and says something else, or two scenarios have one name. Nothing is written
        then.

    Examples
    --------
    >>> import datetime, tempfile
    >>> import sendneeds as sn
    >>> posts = sn.levers.FundPosts(
    ...     service="SLT", wte=2, start=datetime.date(2027, 9, 1), funders={"icb": 1.0}
    ... )
    >>> option = sn.Scenario("two-posts", "Two more posts", levers=[posts])
    >>> folder = tempfile.mkdtemp()
    >>> [path.name for path in sn.write_scenarios([option], folder)]
    ['two-posts.toml']
    >>> sn.open_scenarios(folder)[1] == option
    True
    """
    given = arguments.listed("scenarios", scenarios, Scenario)
    out = Path(folder)
    names = [s.name for s in given]
    if len(set(names)) < len(names):
        raise DomainError(f"scenarios are named {', '.join(names)}: a file each needs a name of its own.")
    texts = {f"{s.name}.toml": scenario_toml(s) for s in given}
    kept = [
        name
        for name, text in texts.items()
        if (out / name).exists() and (out / name).read_text(encoding="utf-8") != text
    ]
    if kept:
        raise DomainError(f"{out}: {', '.join(kept)} is there and says something else. Name another folder.")
    out.mkdir(parents=True, exist_ok=True)
    return [write_output(out, name, text, NO_FIGURES) for name, text in texts.items()]


def scenario_toml(scenario: Scenario) -> str:
    r"""Return a scenario as the text of a scenario file.

    Examples
    --------
    >>> print(scenario_toml(Scenario("firsts", 'Firsts "first"')), end="")
    name = "firsts"
    title = "Firsts \"first\""
    """
    head = {
        "name": scenario.name,
        "title": scenario.title,
        "note": scenario.note,
        "staffing": scenario.staffing,
    }
    lines = [f"{name} = {_value(value)}" for name, value in head.items() if value]
    for lever in scenario.levers:
        lines += ["", "[[levers]]", f'kind = "{lever.kind}"']
        for name in keys_of(type(lever)):
            value = getattr(lever, name)
            if value is not None:
                lines.append(f"{toml_name(name)} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        low, central, high = map(_value, value)
        return f"{{ low = {low}, central = {central}, high = {high} }}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_value(part)}" for name, part in value.items()) + " }"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
