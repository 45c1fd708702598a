"""Allowed words and columns that several tables share."""

from __future__ import annotations

from sendneeds.evidence.schema.types import Column
from sendneeds.foundation import vocabulary as v
from sendneeds.foundation.placements import PHASES

ALL = "all"
AGE_WORDS = tuple(str(age) for age in range(3, 26))
PLAN_AGES = (ALL, "0-2", *AGE_WORDS, "unknown")
FLOW_AGES = (ALL, "0-2", *AGE_WORDS, "20-25", "unknown")
PUPIL_AGES = (ALL, "2_and_under", *(str(age) for age in range(3, 19)), "19_and_over")
YEAR_GROUPS = (
    *(ALL, "nc_early_years", "nc_reception"),
    *(f"nc_year_{year}" for year in range(1, 15)),
    "nc_not_followed",
)
BANDS = (ALL, *v.WEEK_BANDS)
SERVICE_WORDS = (*v.SERVICES, ALL, "EHC", "PLACES", "POOL")
BUDGETS = (ALL, "health", "education", "social_care", "integrated", "organised_arrangements")
BRIDGE_MEASURES = ("referral_rate", "share_in_need")
PHASE_WORDS = (ALL, *PHASES)


def area_column() -> Column:
    """Return the column of the area's code."""
    return Column("area_code", "area", "The area that the row is about")


def year_column(name: str, what: str) -> Column:
    """Return a column of years."""
    return Column(name, "year", what, low=1990, high=2100)


def choice_column(name: str, what: str, allowed: tuple[str, ...], required: bool = True) -> Column:
    """Return a column of allowed words."""
    return Column(name, "choice", what, allowed=allowed, required=required)


def count_column(name: str, what: str, unit: str, blank: bool = True) -> Column:
    """Return a column of whole numbers from 0."""
    return Column(name, "count", what, unit=unit, low=0, blank=blank)


def flag_column() -> Column:
    """Return the column with the state of a figure."""
    return choice_column("flag", "State of the figure: why it is empty, or a caution", v.FLAGS)


def range_column() -> tuple[Column, Column]:
    """Return the columns with the range of a suppressed count."""
    return (
        Column("at_least", "count", "Lower limit of a suppressed figure", blank=True, required=False),
        Column("at_most", "count", "Upper limit of a suppressed figure", blank=True, required=False),
    )


def basis_column(words: tuple[str, ...] = tuple(v.BASES)) -> Column:
    """Return the column with the kind of source of a row."""
    return choice_column("basis", "Kind of source of the figure", words)


def text_column(name: str, what: str, blank: bool = True, required: bool = True) -> Column:
    """Return a column of any text."""
    return Column(name, "text", what, blank=blank, required=required)


def number_column(name: str, what: str, unit: str = "", **more: float | bool | None) -> Column:
    """Return a column of numbers."""
    return Column(name, "number", what, unit=unit, **more)  # type: ignore[arg-type]


def interval_column(what: str, blank: bool = False) -> tuple[Column, Column, Column]:
    """Return columns low, central and high of an 80 % interval."""
    return (
        number_column("low", f"{what}: lower end of an 80 % interval", blank=blank),
        number_column("central", f"{what}: central figure", blank=blank),
        number_column("high", f"{what}: upper end of an 80 % interval", blank=blank),
    )


SPREAD = ("low", "central", "high")
RANGE = ("at_least", "at_most")

CENSUS = year_column("census_january", "January of the school census or SEN2 caseload")
CALENDAR = year_column("calendar_year", "The calendar year, January to December")
