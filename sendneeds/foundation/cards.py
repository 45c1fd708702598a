"""Small objects as cards in a notebook: a table of what was set, by name."""

from __future__ import annotations

import html
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

MOST = 12
"""Items of a sequence that a card lists before it counts the rest."""


class Card:
    """A dataclass that a notebook shows as a table: its name, and each field that was given, with its value.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Pair(Card):
    ...     left: int
    ...     right: int = 2
    >>> Pair(1)._repr_html_()
    '<table><caption>Pair</caption><tbody><tr><th scope="row">left</th><td>1</td></tr></tbody></table>'
    """

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{html.escape(name.replace("_", " "))}</th><td>{words(value)}</td></tr>'
            for name, value in _given(self)
        )
        empty = "" if rows else '<tr><td colspan="2">nothing is changed</td></tr>'
        return f"<table><caption>{html.escape(type(self).__name__)}</caption><tbody>{rows}{empty}</tbody></table>"


def words(value: Any) -> str:
    """Return a value as HTML text: sequences item by item, arrays by their shape and range.

    Examples
    --------
    >>> words({"icb": 1.0}), words((0.3, 0.4)), words(np.array([1, 2, 3]))
    ('icb: 1.0', '0.3, 0.4', '3 figures, 1 to 3')
    """
    if isinstance(value, np.ndarray) and value.ndim:
        if not value.size or not np.issubdtype(value.dtype, np.number):
            return f"{value.size} figures"
        return f"{' x '.join(map(str, value.shape))} figures, {value.min():g} to {value.max():g}"
    if isinstance(value, dict):
        return ", ".join(f"{html.escape(str(key))}: {words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        if any(isinstance(item, Card) for item in items):
            return "".join(item._repr_html_() if isinstance(item, Card) else words(item) for item in items)
        more = f" and {len(items) - MOST} more" if len(items) > MOST else ""
        return ", ".join(words(item) for item in items[:MOST]) + more
    return value._repr_html_() if isinstance(value, Card) else html.escape(str(value))


def _given(card: Any) -> list[tuple[str, Any]]:
    """Return the fields without a default, and those that differ from theirs."""
    out = []
    for one in fields(card):
        if not one.compare:  # where it was read from
            continue
        value = getattr(card, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        known = type(value) is type(default) and not isinstance(value, np.ndarray)
        if value is not default and not (known and value == default):
            out.append((one.name, value))
    return out
