"""JSON text that keeps dates."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

_DATE = "__date__"


def dumps(value: Any) -> str:
    """Return a value as JSON text; a date in it stays one.

    Examples
    --------
    >>> loads(dumps({"from": date(2027, 9, 1), "wte": 2.5}))
    {'from': datetime.date(2027, 9, 1), 'wte': 2.5}
    """
    return json.dumps(value, default=_date_out)


def loads(text: str) -> Any:
    """Return the value that `dumps` wrote; a tuple in it has become a list."""
    return json.loads(text, object_hook=_date_in)


def _date_out(value: Any) -> dict[str, str]:
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise TypeError(f"found a {type(value).__name__}, which cannot be saved.")


def _date_in(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DATE]) if set(value) == {_DATE} else value
