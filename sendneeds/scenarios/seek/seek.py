"""Find the smallest lever that meets a target with a given confidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, MissingDataError, ScenarioError, expect, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.memory import Size
from sendneeds.need.inputs.setup import base_year, last_january
from sendneeds.scenarios.checks import Checked
from sendneeds.scenarios.clocks import CLOCK_DRAWS
from sendneeds.scenarios.levers import Lever
from sendneeds.scenarios.seek import means as ways
from sendneeds.scenarios.seek.answer import Progress, settle
from sendneeds.scenarios.seek.means import Means
from sendneeds.scenarios.seek.question import BY, IN, WITHIN, Question, measure_of, need_target, read_month
from sendneeds.scenarios.seek.result import SeekResult
from sendneeds.scenarios.seek.trials import PlacesTrials, PlansTrials, ServiceTrials, Trials
from sendneeds.waits.places.settings import LIMITED

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.waits.ehc.process import Staffing

DRAWS = (256, 1024, 2048)
"""Draws of the rounds of a search: the first finds the neighbourhood, the others settle the answer."""
ROUNDS = {"plans_in_time": (CLOCK_DRAWS,), "places_short": (128, 512, 1024)}
"""Where other rounds are taken: the clock follows children one by one in some draws only, and places take longer."""
TRIALS: dict[str, type[Trials]] = {"plans_in_time": PlansTrials, "places_short": PlacesTrials}
"""What tries a lever on a measure; the lists of a service for the others."""
USUAL = {"psychologists": "plans_in_time", "places": "places_short"}
"""The measure that each lever is sought for where none is named; lists for the others."""

MOST = 100_000
"""Largest amount of a lever that can be tried."""


def seek(
    area: Area,
    service: str,
    *,
    month: str | None = None,
    by: str | None = None,
    target: float | None = None,
    within: int = 18,
    confidence: float = 0.8,
    using: str = "posts",
    measure: str | None = None,
    start: date | None = None,
    end: date | None = None,
    lever: Lever | None = None,
    most: float | None = None,
    funders: Mapping[str, float] | None = None,
    gbp_per_child: tuple[float, float, float] | None = None,
    hold_weeks: int = 4,
    staffing: Staffing | None = None,
    draws: int | None = None,
    seed: int = 1,
    to: int = 2035,
    progress: Progress | None = None,
) -> SeekResult:
    """Find the smallest amount of a lever that meets a target with a given confidence.

    Every amount is tried on the same random numbers, which are those of `run` with as many draws, so that its
    probability is the one that `compare` gives. With follow-ups a longer staff list can lengthen a path for a while, so
    the search works on probabilities and holds its answer against its neighbours.

    Parameters
    ----------
    area : Area
    service : str
        A service with a list; ``EP`` for plans in time; for places a setting, ``resourced`` or ``state_special``.
    month, by : str
        Give one of them. ``month="2028-03"``: met in that month (its first Monday, and `hold_weeks` after). ``by``: met
        in some month from the one after the figures were taken up to that one; `compare` and `probability_by` count
        from the first month of the run. A year for plans, a January for places.
    target : float, optional
        A share for lists (0.92 where left out) and plans (0.6), else the most that is few enough.
    within : {18, 52}
        Weeks within which the list is counted.
    confidence : float
        Probability with which the target has to be met.
    using : {"posts", "psychologists", "initiative", "places", "start"}
        What is sought: whole-time equivalents more, in tenths; children a week seen besides, in halves, for a year;
        places; or the latest month in which `lever` may begin.
    measure : {"within", "over_52", "sessions_past_due", "plans_in_time", "places_short"}, optional
        What the target is for. Where left out, plans in time for psychologists, places short for places, else the
        list.
    start, end : datetime.date, optional
        Days of the lever: from the month after the figures were taken, and to the end (a year for an initiative), where
        left out. Places open by the first January a year after `start`.
    lever : Lever, optional
        The lever whose start is sought, with ``using="start"``; on the service that is asked about.
    most : float, optional
        Largest amount tried.
    funders : mapping of str to float, optional
        Who pays which share. Left out: the pack's pool for therapies, else the integrated care board; the council for
        psychologists (general fund) and places (high needs block).
    gbp_per_child : tuple of float, optional
        Low, central and high price of an initiative; its cost is not given without.
    hold_weeks : int
        Weeks after the first Monday of a month for which a list has to stay at the target.
    staffing : {"follows_record", "fixed"}, optional
        As in `run`. Left out, ``fixed`` for plans in time, ``follows_record`` for all else.
    draws : int, optional
        Chosen by the search where left out: 1,024, and twice as many where the answer is not settled; 256 for plans.
    seed : int
    to : int
        Last January of the projection, as in `run`.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    SeekResult
        Where nothing in the range is enough its ``met`` is False, and it says how far the range gets.

    Raises
    ------
    DomainError
        If an argument is none of those allowed, or the month lies outside the run or before the lever begins.
    UnknownNameError
        If there is no such service with a list, setting, lever or measure.
    MissingDataError
        If neither month nor by is given, or a target, lever or figure is missing.
    ScenarioError
        If the lever cannot be pulled in this area.

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.seek(sn.open_area("bedford"), "OT", month="2028-03", confidence=0.85, draws=50)
    >>> found.probability >= 0.85
    True
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    kinds(
        service=(service, "text"),
        using=(using, "text"),
        measure=(measure, "text or nothing"),
        staffing=(staffing, "text or nothing"),
        funders=(funders, "mapping or nothing"),
        progress=(progress, "function or nothing"),
    )
    if most is not None:
        most = arguments.amount("most", most, lambda n: 0 < n <= MOST, f"a number over 0, up to {MOST:,}", 10)
    if using not in ways.WITH:
        raise unknown("lever to seek", using, ways.WITH)
    kind = measure_of(
        measure or USUAL.get(using, "plans_in_time" if service == ways.PSYCHOLOGY else "within")
    )
    if (month is None) == (by is None):
        raise MissingDataError(
            "seek needs a month: month='2028-03' (met in it) or by='2028-03' (met in it or before)."
        )
    if not isinstance(within, int) or within not in WITHIN:
        raise DomainError(f"within={within!r}: allowed: {' or '.join(map(str, WITHIN))} weeks.")
    if not area.has("service_parameters"):
        raise MissingDataError(
            f"{area.name}: nothing can be sought without service_parameters.csv in the pack."
        )
    confidence = arguments.share("confidence", confidence)
    hold_weeks = arguments.whole("hold_weeks", hold_weeks, 0, 52, 4)
    seed, to = arguments.seed(seed), last_january(area, to)
    since = figures_taken(area)
    question = Question(
        kind, service, need_target(kind, target), within,
        read_month("month" if by is None else "by", month if by is None else by, kind),
        IN if by is None else BY, since, confidence, hold_weeks,
    )  # fmt: skip
    first = arguments.day("start", start) if start is not None else since
    paid_by = ways.default_funders(area, service) if funders is None else funders
    sought = _means(area, question, using, first, end, lever, most, paid_by, gbp_per_child)
    some = sought.at(1)
    assert some is not None
    faults = Checked(area, to).faults("seek", [some])
    if faults:
        raise ScenarioError(f"{using} cannot be sought in {area.name}", faults)
    # what is before the run is refused with the dates of the run
    if using not in ("start", "places") and question.first_monday >= area.start:
        question.refuse_start(first)
    how = staffing or ("fixed" if kind.name == "plans_in_time" else "follows_record")
    make = TRIALS.get(kind.name, ServiceTrials)
    rounds = ROUNDS.get(kind.name, DRAWS) if draws is None else (arguments.draws(draws),)
    Size(max(rounds), 2, 1, to - base_year(area)).check()
    return settle(
        area, question, sought, lambda n: make(area, question, n, seed, to, how), rounds, how, seed, progress
    )


def figures_taken(area: Area) -> date:
    """Return the first day of the month after the area's figures were taken; the start of its run where none says."""
    days = [m.extracted_on for m in area.meta.values() if m.extracted_on is not None]
    taken = max(days, default=None)
    if taken is None or taken < area.start:
        return area.start
    return date(taken.year + taken.month // 12, taken.month % 12 + 1, 1)


def _means(
    area: Area,
    question: Question,
    using: str,
    first: date,
    end: date | None,
    lever: Lever | None,
    most: float | None,
    funders: Mapping[str, float],
    gbp_per_child: tuple[float, float, float] | None,
) -> Means:
    """Return what is sought."""
    name, service = question.measure.name, question.what
    if (using == "places") != (name == "places_short") and using != "start":
        raise DomainError(f"using={using!r}: places are sought for places_short, and for nothing else.")
    if using == "psychologists" and service != ways.PSYCHOLOGY:
        raise DomainError(
            f"service={service!r}: allowed: {ways.PSYCHOLOGY!r} where psychologists are sought."
        )
    if using == "start":
        acts_on = getattr(lever, "service", service)
        if acts_on != service:
            raise DomainError(
                f"lever={getattr(lever, 'kind', lever)} of {acts_on}: the target is one of {service}; "
                f"allowed: a lever on {service}. Ask for {acts_on}, or give lever=...(service={service!r}, ...)."
            )
        return ways.starts(lever, first, question.month)
    if using == "places":
        if service not in LIMITED:
            raise unknown("setting with a number of places", service, LIMITED)
        opens = first.year + 1 + (first > date(first.year, 1, 15))
        if opens > question.month.year:
            raise DomainError(
                f"month={question.month:%Y-%m}: places that are begun on {first} open by January {opens}, a year of "
                "building later. Ask for a later January, or give an earlier start."
            )
        return ways.places(service, opens, funders, most)
    if using == "initiative":
        return ways.initiative(area, service, first, end, funders, most, gbp_per_child)
    return ways.posts(area, service, using, first, end, funders, most)
