"""Whether a projected rise of plans is beyond anything that an area of its size has done in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.need.inputs.history import History

if TYPE_CHECKING:
    from sendneeds.evidence.types import Finding

SIZES = (0, 1000, 2000, 3000, 5000)
"""Plans at the start from which each size of area goes."""
LARGEST_RISES = {
    0: (1.4473, 1.8232, 2.1436, 2.2680, 2.4724),
    1000: (1.5427, 1.6133, 1.7466, 2.1513, 2.5871),
    2000: (1.2862, 1.5784, 1.7365, 2.1406, 2.2521),
    3000: (1.3197, 1.3928, 1.6714, 1.9058, 2.0913),
    5000: (1.2647, 1.5177, 1.5399, 1.7526, 1.8801),
}
"""By size, the most that plans rose to in 1 to 5 years, as a multiple of the start: 74 development areas (half of
England's authorities), Januaries 2010 to 2025 (`largest_rises`)."""


def size_of(plans: float) -> int:
    """Return the size of area that a number of plans belongs to.

    Examples
    --------
    >>> size_of(2170), size_of(6093)
    (2000, 5000)
    """
    return max(size for size in SIZES if size <= plans)


def largest_rises(histories: Sequence[History]) -> dict[int, tuple[float, ...]]:
    """Return by size of area the largest multiple that plans rose to over 1 to 5 years, from any January.

    Parameters
    ----------
    histories : sequence of History
        Of areas, without England.

    Returns
    -------
    dict of int to tuple of float
        Sizes that no area has are not there; 0 at a number of years without outcome.

    Examples
    --------
    >>> largest_rises([History("E06000055", {2024: 1900.0, 2025: 2170.0})])
    {1000: (1.1421, 0.0, 0.0, 0.0, 0.0)}
    """
    found: dict[int, list[float]] = {}
    for history in histories:
        for year, start in history.plans.items():
            for h in range(1, 6):
                end = history.plans.get(year + h)
                if start > 0 and end is not None:
                    most = found.setdefault(size_of(start), [0.0] * 5)
                    most[h - 1] = max(most[h - 1], end / start)
    return {size: tuple(round(rise, 4) for rise in found[size]) for size in sorted(found)}


def rise_beyond_record(published: Mapping[int, float], projected: Mapping[int, float]) -> list[Finding]:
    """Return a finding where the projected plans rise by more than any area of that size has in the record.

    Looked at over five years, or the projection's own length where that is less; later years are a scenario
    range without a record.

    Parameters
    ----------
    published : mapping of January to plans
        To the start; the last is where the projection starts.
    projected : mapping of January to plans
        The centre of the projection.

    Returns
    -------
    list of Finding
        One, ``rise_beyond_record``, or none.

    Examples
    --------
    >>> past = {2020: 4339.0, 2025: 6093.0}
    >>> for found in rise_beyond_record(past, {2030: 12000.0}):
    ...     print(found.found)
    plans rise by 97 % from January 2025 to 2030; no area with 5,000 plans or more rose by over 88 % in 5 years \
in the record of half of England's authorities; this area's own rose by 40 % in the 5 years to 2025
    >>> rise_beyond_record(past, {2030: 11000.0})
    []
    """
    start = max(published)
    ahead = [year - start for year in projected if 1 <= year - start <= 5]
    if not ahead or published[start] <= 0:
        return []
    h, size = max(ahead), size_of(published[start])
    rise, most = projected[start + h] / published[start], LARGEST_RISES[size][h - 1]
    if rise <= most:
        return []
    years = "1 year" if h == 1 else f"{h} years"
    found = (
        f"plans rise by {100 * (rise - 1):.0f} % from January {start} to {start + h}; no area with "
        f"{_between(size)} rose by over {100 * (most - 1):.0f} % in {years} in the record of half of England's "
        "authorities"
    )
    before = published.get(start - h)
    if before:
        change = 100 * (published[start] / before - 1)
        way = "rose" if change >= 0 else "fell"
        found += f"; this area's own {way} by {abs(change):.0f} % in the {years} to {start}"
    return [make_finding(Detection("rise_beyond_record", f"projected plans, {start + h}", found))]


def _between(size: int) -> str:
    above = [other for other in SIZES if other > size]
    if not above:
        return f"{size:,} plans or more"
    return f"{size:,} to {above[0] - 1:,} plans" if size else f"fewer than {above[0]:,} plans"
