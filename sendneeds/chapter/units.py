"""Units of the chapter's figures: each has a name, as it is printed, and a form, by which its figures are printed."""

from __future__ import annotations

from enum import Enum
from typing import Self

from sendneeds.evidence.schema.parameter_units import USUAL


class Form(Enum):
    """How the figures of a unit are printed."""

    COUNT = "whole numbers"
    MEASURED = "four significant digits"
    AVERAGE = "one decimal"
    PER_WEEK = "one decimal below 20, else whole numbers"
    RATE = "one decimal, for rates and differences"
    PERCENT = "per cent with one decimal"
    WHOLE_PERCENT = "whole per cent"
    WHOLE_WEEKS = "whole weeks"
    PROBABILITY = "whole per cent of a share, with open ends"
    MONEY = "pounds, in the largest plain unit"
    MILLIONS = "millions of pounds with one decimal"


_NAMES: dict[Form, tuple[str, ...]] = {
    Form.PERCENT: ("percent",),
    Form.WHOLE_PERCENT: ("whole percent",),
    Form.WHOLE_WEEKS: ("whole weeks",),
    Form.PROBABILITY: ("probability",),
    Form.RATE: ("rate", "points"),
    Form.MONEY: (
        *("GBP", "GBP a night", "GBP a year", "GBP an hour", "GBP capital"),
        *("GBP per WTE-year", "GBP per assessment", "GBP per statutory report"),
    ),
    Form.MILLIONS: ("GBP million",),
    Form.PER_WEEK: (
        *("assessments completed a week", "children a week", "hours a week", "nights a week"),
        *("requests a week", "slots a week"),
    ),
    Form.AVERAGE: ("months on average", "times on average", "weeks on average"),
    Form.MEASURED: (
        *("WTE", "hours", "hours per assessment", "points of score", "ratio", "sessions", "share", "slots"),
        *("slots each", "slots per WTE-week", "statutory reports per WTE-week", "weeks", "years"),
        *("statutory reports' worth of time each", "admissions a year", "contacts a year", "nights a year"),
        *("orders a year", "reviews a year", "sessions a year"),
    ),
}
FORMS: dict[str, Form] = {name: form for form, names in _NAMES.items() for name in names}
"""The form of each unit that is not one of things counted."""


class Unit(str):
    """A unit by its name; a name that is not in `FORMS` is a plural noun of things that are counted.

    It is the text of its name, so that it prints and compares as such.

    Parameters
    ----------
    name : str
    form : Form, optional
        Where the name comes from an input, and its form is known otherwise.

    Examples
    --------
    >>> Unit("plans").form, Unit("percent").form, Unit("plans") == "plans"
    (<Form.COUNT: 'whole numbers'>, <Form.PERCENT: 'per cent with one decimal'>, True)
    """

    __slots__ = ("form",)
    form: Form

    def __new__(cls, name: str, form: Form | None = None) -> Self:
        """Return the unit of a name."""
        unit = super().__new__(cls, name)
        unit.form = form or (name.form if isinstance(name, Unit) else FORMS.get(name, Form.COUNT))
        return unit

    def __getnewargs__(self) -> tuple[str, Form]:  # type: ignore[override]  # a copy keeps the form
        return str(self), self.form

    @property
    def is_count(self) -> bool:
        """Whether figures in this unit are whole numbers of things."""
        return self.form is Form.COUNT


def parameter_unit(parameter: str, name: str) -> Unit:
    """Return the unit of a service parameter as its table names it, in the form of the parameter's usual unit.

    Examples
    --------
    >>> parameter_unit("missed_share", "share of offered").form is Form.MEASURED
    True
    """
    return Unit(name, Unit(USUAL[parameter].units[0]).form)


def given_unit(name: str) -> Unit:
    """Return a unit that a user's table names freely: where it is none of ours, its decimals are kept.

    Examples
    --------
    >>> given_unit("percent").form, given_unit("days late").form
    (<Form.PERCENT: 'per cent with one decimal'>, <Form.MEASURED: 'four significant digits'>)
    """
    return Unit(name, FORMS.get(name, Form.MEASURED))
