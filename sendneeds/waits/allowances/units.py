"""Units of the arrays of allowances: flow or stock, and how text names and prints them."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit of an array (year, draw).

    Parameters
    ----------
    thing : str
        What is counted, as text prints it; empty where the printed figure says so itself.
    period : str
        Over which a flow is counted, ``a year``; empty for a stock at the January.
    form : str
        Format of a printed figure.
    scale : int
        What a figure is divided by before it is printed.
    """

    thing: str
    period: str = ""
    form: str = "{:,.0f}"
    scale: int = 1

    @property
    def kind(self) -> str:
        """Whether the array is a ``flow`` or a ``stock``."""
        return "flow" if self.period else "stock"


def _counted(period: str, *things: str) -> dict[str, Unit]:
    return {f"{thing} {period}".strip(): Unit(thing, period) for thing in things}


UNITS: dict[str, Unit] = {
    **_counted("", "beds", "children", "orders"),
    **_counted("a year", "admissions", "contacts", "nights", "orders", "sessions"),
    **_counted("a week", "hours", "nights"),
    "GBP a year": Unit("GBP thousand", "a year", scale=1000),
    "share": Unit("", form="{:.0%}"),
    "probability": Unit("", form="{:.0%}"),
}
"""Every unit, by its name in the attribute ``units``."""
