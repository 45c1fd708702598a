"""Readers of arguments of the command line, and words that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date

FORCE = (
    "replace earlier results even if they were edited since; a pack, options, and anything that sendneeds did "
    "not write are never replaced"
)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def share(text: str) -> float:
    """Read a share over 0, up to 1."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share over 0, up to 1 (92 % is 0.92)")
    return value


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, year-month-day (2027-04-01)") from None


def above_zero(text: str) -> float:
    """Read a number over 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number over 0")
    return value


def interval(text: str) -> tuple[float, float, float]:
    """Read low, central and high, written 500,700,900."""
    try:
        low, central, high = (float(part) for part in text.split(","))
    except ValueError:
        low, central, high = 0.0, 0.0, 0.0
    if not 0 < low <= central <= high < float("inf"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not low,central,high over 0 and in order (500,700,900)"
        )
    return low, central, high


def shares(text: str) -> dict[str, float]:
    """Read who pays which share, written icb=0.4,council_high_needs=0.6."""
    try:
        return {
            name.strip(): float(part) for name, _, part in (one.partition("=") for one in text.split(","))
        }
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not shares by funder (icb=0.4,council_high_needs=0.6)"
        ) from None
