"""The years of a projection: which are shown, and which have a track record."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.need.projection import NeedProjection

MODEL = "sendneeds projection from the published figures of this chapter"
"""Source of a figure that is projected."""
STEPS_SHOWN = (1, 3, 5, 10)
"""Years from the start that tables of a few years show, beside the first and the last."""


@dataclass(frozen=True)
class Horizon:
    """The Januaries of a projection.

    Parameters
    ----------
    years : tuple of int
        The first is the last one published.
    scored_to : int
        The last whose intervals have a track record.

    Examples
    --------
    >>> horizon = Horizon((2025, 2026, 2027), scored_to=2026)
    >>> horizon.label(2027), horizon.is_beyond, horizon.shown
    ('2027*', True, (2025, 2026, 2027))
    """

    years: tuple[int, ...]
    scored_to: int

    @classmethod
    def of(cls, need: NeedProjection) -> Horizon:
        """Return the years of a projection of need."""
        years = tuple(int(y) for y in need.data["year"].values)
        return cls(years, min(int(need.scored_to), years[-1]))

    @property
    def start(self) -> int:
        """The first January."""
        return self.years[0]

    @property
    def end(self) -> int:
        """The last January."""
        return self.years[-1]

    @property
    def is_beyond(self) -> bool:
        """Whether any year lies after those with a track record."""
        return self.end > self.scored_to

    @property
    def shown(self) -> tuple[int, ...]:
        """The years of tables that show a few."""
        steps = (self.start + step for step in STEPS_SHOWN)
        return tuple(sorted({self.start, *(y for y in steps if y in self.years), self.end}))

    @property
    def note(self) -> str:
        """What is said under every table with years that have no track record."""
        text = "The range under a figure is an 80% interval."
        if not self.is_beyond:
            return text
        return (
            f"{text} Years after {self.scored_to} (marked *) are a scenario range: their intervals have no track "
            "record."
        )

    def label(self, year: int) -> str:
        """Return a year as a header, marked where its interval has no track record."""
        return f"{year}*" if year > self.scored_to else str(year)
