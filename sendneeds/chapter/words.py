"""Words chosen from numbers: how a figure is printed, and whether it is above, below or similar."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from sendneeds.chapter.records import Indicator
from sendneeds.chapter.units import Form, Unit
from sendneeds.foundation.errors import DomainError

MISSING = "not available locally"
MARKS = {"missing": MISSING, "withheld": "[c]"}
"""What is printed where no number may be."""


def number(value: float, unit: str) -> str:
    """Return `value` as it is printed, without its unit save for per cent, pounds and probabilities.

    Parameters
    ----------
    value : float
    unit : Unit or str
        Its form decides: ``percent`` (0-100), ``probability`` (0-1), ``GBP``, ``rate`` (per 1,000) and the others of
        `sendneeds.chapter.units.FORMS`, or a plural noun of things that are counted.

    Examples
    --------
    >>> number(1868, "plans"), number(74.21, "percent"), number(0.003, "probability"), number(1.25e6, "GBP")
    ('1,868', '74.2%', 'under 1%', '£1.25 million')
    """
    if math.isnan(value):
        return MISSING
    if value < 0:
        size = number(-value, unit)
        return "−" + size if re.search("[1-9]", size) else size
    return _PRINTED[Unit(unit).form](abs(value))  # the sign of a negative zero is not printed


def _probability(value: float) -> str:
    if value < 0.01:
        return "under 1%"
    return "over 99%" if value > 0.99 else f"{100 * value:.0f}%"


def pounds(value: float) -> str:
    """Return an amount of money in pounds, in the largest plain unit.

    Examples
    --------
    >>> pounds(-846), pounds(56000), pounds(12_400_000)
    ('−£846', '£56,000', '£12.4 million')
    """
    sign, size = ("−" if value < 0 else ""), abs(value)
    if size >= 1e7:
        return f"{sign}£{size / 1e6:,.1f} million"
    if size >= 1e6:
        return f"{sign}£{size / 1e6:,.2f} million"
    if size >= 1e4:
        return f"{sign}£{round(size, -3):,.0f}"
    return f"{sign}£{size:,.0f}"


_PRINTED: dict[Form, Callable[[float], str]] = {
    Form.COUNT: lambda value: f"{round(value):,}",
    Form.MEASURED: lambda value: f"{value:,.4g}" if value < 1000 else f"{value:,.0f}",
    Form.AVERAGE: lambda value: f"{value:,.1f}",
    Form.PER_WEEK: lambda value: f"{value:,.0f}" if value >= 20 else f"{value:,.1f}",
    Form.RATE: lambda value: f"{value:,.1f}",
    Form.PERCENT: lambda value: f"{value:.1f}%",
    Form.WHOLE_PERCENT: lambda value: f"{value:.0f}%",
    Form.WHOLE_WEEKS: lambda value: f"{value:,.0f}",
    Form.PROBABILITY: _probability,
    Form.MONEY: pounds,
    Form.MILLIONS: lambda value: f"£{value:,.1f}m",
}
"""How a figure of each form is printed, its sign aside."""


def mark(record: Indicator) -> str:
    """Return a figure as a cell shows it: the shorthand of the Government Statistical Service where it is hidden."""
    return "[x]" if record.state == "missing" else show(record)


def show(record: Indicator, interval: bool = False) -> str:
    """Return the figure of a `record` as it is printed, with its interval if wanted.

    Examples
    --------
    >>> record = Indicator("a", "t", 250, "children", "2030", "s", "estimate", low=200, high=310)
    >>> show(record, interval=True)
    '250 (200 to 310)'
    """
    if not record.shown:
        return MARKS[record.state]
    assert record.value is not None
    text = number(record.value, record.unit)
    if interval and record.interval is not None:
        low, high = (number(end, record.unit) for end in record.interval)
        text += f" ({low} to {high})"
    return text


class Standing(StrEnum):
    """How a figure compares with a reference; prints as the words of a sentence."""

    ABOVE = "above"
    BELOW = "below"
    SIMILAR = "similar to"
    NOT_COMPARED = "not compared with"

    @property
    def alone(self) -> str:
        """The word without the name of what it is compared with: in a cell of a table.

        Examples
        --------
        >>> Standing.SIMILAR.alone, Standing.NOT_COMPARED.alone, Standing.BELOW.alone
        ('similar', 'not compared', 'below')
        """
        return self.removesuffix(" to").removesuffix(" with")


def against(low: float, high: float, reference: float) -> Standing:
    """Return how an interval compares with a `reference`: the interval decides, never the eye.

    Examples
    --------
    >>> [str(against(*ends, 5.3)) for ends in ((4.4, 4.9), (4.4, 5.6), (5.4, 5.6))]
    ['below', 'similar to', 'above']
    """
    if low > reference:
        return Standing.ABOVE
    return Standing.BELOW if high < reference else Standing.SIMILAR


def compared(own: Indicator, other: Indicator) -> Standing:
    """Return how a record compares with another; `NOT_COMPARED` where either is hidden or has no interval."""
    if own.interval is None or not own.shown or not other.shown:
        return Standing.NOT_COMPARED
    return against(*own.interval, other.number)


class BesideEngland:
    """What holds a share and England's: how the one compares with the other."""

    share: Indicator
    england: Indicator

    @property
    def standing(self) -> Standing:
        """How the share compares with England's."""
        return compared(self.share, self.england)


def moved(change: float, unit: str = "percent", steady: float = 1.0) -> str:
    """Return how a figure moved: ``rose by 12.4%``, ``fell by 3.1%``, ``changed little``.

    Examples
    --------
    >>> moved(12.0), moved(-0.4)
    ('rose by 12.0%', 'changed little')
    """
    if abs(change) < steady:
        return "changed little"
    return f"{'rose' if change > 0 else 'fell'} by {number(abs(change), unit)}"


def change(value: float, unit: str = "percent") -> str:
    """Return a change as a noun: ``a rise of 12.4%``, ``a fall of 3.1%``.

    Examples
    --------
    >>> change(-3.1)
    'a fall of 3.1%'
    """
    return f"{'a rise' if value >= 0 else 'a fall'} of {number(abs(value), unit)}"


def lower(title: str) -> str:
    """Return a title as it is written within a sentence; initials stay capital.

    Examples
    --------
    >>> lower("Speech and language therapy"), lower("SEMH support (CAMHS)")
    ('speech and language therapy', 'SEMH support (CAMHS)')
    """
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def join(items: Sequence[str], last: str = "and") -> str:
    """Return `items` as a list in a sentence.

    Examples
    --------
    >>> join(["ASD", "SEMH", "SLCN"])
    'ASD, SEMH and SLCN'
    """
    if not items:
        return ""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def day_words(day: object) -> str:
    """Return a day in words; what is no day as it stands.

    Examples
    --------
    >>> day_words("2018-07-06"), day_words("summer 2018")
    ('6 July 2018', 'summer 2018')
    """
    text = str(day)
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-\d\d", text):
        return text
    return f"{int(text[8:])} {month_words(text[:7])}"


def month_words(month: str) -> str:
    """Return a month in words.

    Examples
    --------
    >>> month_words("2027-03")
    'March 2027'
    """
    return f"{calendar.month_name[int(month[5:7])]} {month[:4]}"


def band_words(band: str) -> str:
    """Return a band of weeks as NHS England writes it in words.

    Examples
    --------
    >>> band_words("0-1"), band_words(">18-52"), band_words(">52")
    ('0 to 1', 'Over 18 to 52', 'Over 52')
    """
    return band.replace("-", " to ").replace(">", "Over ")


EVEN = (0.4, 0.6)
"""A chance from the one to the other is about even: which side it lies on is no finding."""


def is_even(probability: float) -> bool:
    """Return whether a chance is about even, as it is printed: from 40 to 60 percent.

    Examples
    --------
    >>> [is_even(p) for p in (0.39, 0.501, 0.6, 0.61)]
    [False, True, True, False]
    """
    return EVEN[0] <= round(probability, 2) <= EVEN[1]


def likelihood(probability: float) -> str:
    """Return the word for a probability on the scale of the Professional Head of Intelligence Assessment.

    The scale has gaps; the boundaries here are the middles of its gaps. From 40 to 60 percent it is "about even".

    Examples
    --------
    >>> [likelihood(p) for p in (0.01, 0.15, 0.3, 0.5, 0.7, 0.9, 0.99)]  # doctest: +NORMALIZE_WHITESPACE
    ['a remote chance', 'highly unlikely', 'unlikely', 'about even', 'likely', 'highly likely',
     'almost certain']
    """
    if not 0 <= probability <= 1:
        raise DomainError(f"a probability lies from 0 to 1, found {probability}")
    steps = (
        (0.075, "a remote chance"),
        (0.225, "highly unlikely"),
        (EVEN[0], "unlikely"),
        (0.775, "likely"),
        (0.925, "highly likely"),
    )
    if is_even(probability):
        return "about even"
    return next((word for edge, word in steps if probability < edge), "almost certain")
