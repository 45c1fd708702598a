"""Key messages of the board page: one sentence, one number, one comparator each, ranked by a printed rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import Standing, is_even, moved, number, show

if TYPE_CHECKING:
    from sendneeds.chapter.contents import Contents

MOST_WORDS = 25
SHOWN = 5
WIDEST = 40.0
"""Most percentage points between the ends of a share's 95 % interval, for a message: one plan of one says nothing."""
MOST_ESTIMATES = 1
"""Messages that rest on an estimate: at least four of the five rest on published or local figures."""
ISSUED = ("ehc_timeliness", "ehc_timeliness issued, excluding exceptions,")
"""Where a finding says that plans issued are an unusual number, before its year."""
LEGAL = 0.5
"""What a legal duty adds to the score of a message."""
LIKELY_ENDS = 4 / 3
"""Projected growth goes on where it is within this factor of the past, a year, each as a logarithm."""


@dataclass(frozen=True)
class Message:
    """One key message.

    Parameters
    ----------
    topic : str
        What it is about: no two messages shown share a topic.
    text : str
    basis : str
        The weakest basis of its figures.
    score : float
        Size of the change, plus distance from England, each as a natural logarithm, plus `LEGAL` for a legal duty.
    """

    topic: str
    text: str
    basis: str
    score: float

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def distance(value: float, reference: float) -> float:
    """Return how far apart two positive figures are: the size of the logarithm of their ratio, 0 where either is not.

    Examples
    --------
    >>> round(distance(2, 1), 2), distance(0, 1)
    (0.69, 0.0)
    """
    if not (value > 0 and reference > 0 and math.isfinite(value) and math.isfinite(reference)):
        return 0.0
    return abs(math.log(value / reference))


def says_little(share: Indicator) -> bool:
    """Return whether a share rests on so few that its interval is wider than `WIDEST`."""
    return share.upper_end - share.lower_end > WIDEST


def goes_on(past: float, ahead: float) -> str:
    """Return what projected growth is beside past growth, both in plans a year: as fast, faster, slower, or a turn.

    Examples
    --------
    >>> goes_on(197, 240), goes_on(197, 280), goes_on(197, 90), goes_on(20, -4)
    ('about as fast', 'faster', 'more slowly', 'with a fall')
    """
    if ahead <= 0:
        return "with a fall"
    if past <= 0 or ahead > LIKELY_ENDS * past:
        return "faster"
    return "more slowly" if ahead < past / LIKELY_ENDS else "about as fast"


def candidates(found: Contents, name: str) -> list[Message]:
    """Return every message that the figures allow, the highest score first; `name` is the area's."""
    messages = [
        *_plans(found, name),
        *_in_time(found),
        *_refused(found),
        *_duties(found),
        *_needs(found),
        *_appeals(found),
        *_places(found),
        *_voice(found),
    ]
    return sorted(messages, key=lambda m: (-m.score, m.topic, m.text))


def chosen(messages: list[Message]) -> list[Message]:
    """Return the messages shown: the highest of each topic, with few that rest on an estimate."""
    shown: list[Message] = []
    for message in messages:
        estimates = sum(m.basis == "estimate" for m in shown)
        if message.basis in ("scaled", "illustrative") or message.topic in {m.topic for m in shown}:
            continue
        if message.basis == "estimate" and estimates >= MOST_ESTIMATES:
            continue
        shown.append(message)
        if len(shown) == SHOWN:
            break
    return shown


def _plans(found: Contents, name: str) -> list[Message]:
    plans, ahead = found.plans, found.projection
    growth, national = plans.growth, plans.england_growth
    made = []
    if growth.shown and national.shown:
        text = (
            f"EHC plans in {name} {moved(growth.number)} in {plans.last - plans.base} years to January {plans.last}. "
            f"England's {moved(national.number)}."
        )
        score = distance(100 + growth.number, 100) + distance(100 + growth.number, 100 + national.number)
        made.append(Message("plans", text, growth.basis, score))
    then = ahead.plans[found.horizon.scored_to]
    pace = goes_on(ahead.past_pace.number, ahead.pace.number)
    if ahead.growth.lower_end > 0:
        beside = "as before" if pace == "about as fast" else "than before"
        text = (
            f"About {show(then)} plans are projected for January {found.horizon.scored_to} "
            f"({number(then.lower_end, then.unit)} to {number(then.upper_end, then.unit)}): growth {pace} {beside}."
        )
        made.append(Message("plans ahead", text, "estimate", distance(then.number, plans.latest.number)))
    return made


def _in_time(found: Contents) -> list[Message]:
    timeliness = found.timeliness
    now, before = timeliness.last, timeliness.before
    if now is None or says_little(now):
        return []
    year = timeliness.years[-1]
    national = timeliness.england["excluding"][year]
    text = (
        f"{show(now)} of plans came within 20 weeks in {year}, excluding exceptions. England's share was "
        f"{show(national)}."
    )
    score = LEGAL + distance(now.number, national.number)
    if before is not None:
        score += distance(now.number, before.number)
        text = (
            f"{show(now)} of plans came within 20 weeks in {year}, excluding exceptions. The year before it was "
            f"{show(before)}."
        )
    if any(f"{place} {year}" in found.registers.unusual for place in ISSUED):
        text += " Check first: its count is unusual."
    return [Message("in time", text, now.basis, score)]


def _refused(found: Contents) -> list[Message]:
    refusals = found.process.refusals
    if refusals is None or not refusals.share.shown or not refusals.england.shown:
        return []
    if says_little(refusals.share):
        return []
    year = found.process.years[-1]
    text = (
        f"{show(refusals.share)} of decisions in {year} were not to assess. "
        f"England's share was {show(refusals.england)}."
    )
    if f"ehc_flow requests_decided_not_to_assess {year}" in found.registers.unusual:
        text += " Check the count first: it is far from those before it."
    score = LEGAL + distance(refusals.share.number, refusals.england.number)
    return [Message("refusals", text, refusals.share.basis, score)]


def _duties(found: Contents) -> list[Message]:
    duties = found.duties
    made = []
    for topic, share, text in (
        (
            "reviews",
            duties.reviews,
            "{only}{own} of plans due a yearly review in {year} had one. England's share was {england}.",
        ),
        (
            "not in education",
            duties.semh_without_notice,
            "{own} of those with a plan for SEMH were not in education in January {january}, leaving out plans "
            "that will end. England's share was {england}.",
        ),
        (
            "not in education",
            duties.without_notice,
            "{own} of those with a plan were not in education in January {january}, leaving out plans that will "
            "end. England's share was {england}.",
        ),
        (
            "not in education",
            duties.school_age,
            "{own} of those with a plan were of school age and not in education in January {january}. England's share "
            "was {england}.",
        ),
        (
            "review decisions",
            duties.review_decisions,
            "{only}{own} of decisions after a yearly review came within four weeks in {year}. England's share "
            "was {england}.",
        ),
        (
            "six weeks",
            duties.six_weeks,
            "{only}{own} of decisions to assess or not came within six weeks in {year}. England's share was "
            "{england}.",
        ),
    ):
        if share is None or not share.share.shown or not share.england.shown or says_little(share.share):
            continue
        if share is duties.school_age and share.standing is not Standing.ABOVE:
            continue  # few children, of whom there should be none
        words = text.format(
            only="Only " if share.standing is Standing.BELOW else "",
            own=show(share.share),
            england=show(share.england),
            year=duties.year,
            january=duties.january,
        )
        score = LEGAL + distance(share.share.number, share.england.number)
        made.append(Message(topic, words, share.share.basis, score))
    return made


def _needs(found: Contents) -> list[Message]:
    rates = found.by_need.rates.get("SEMH")
    if rates is None:
        return []
    years = [year for year, record in rates.area.items() if record.shown]
    if len(years) < 2 or not rates.england.get(years[-1]):
        return []
    first, last = rates.area[years[0]], rates.area[years[-1]]
    text = (
        f"{show(last)} of every 1,000 pupils had a plan for SEMH in January {years[-1]}. In {years[0]} it was "
        f"{show(first)}."
    )
    score = distance(last.number, first.number) + distance(last.number, rates.england[years[-1]].number)
    return [Message("SEMH", text, last.basis, score)]


def _appeals(found: Contents) -> list[Message]:
    appeals = found.appeals
    if appeals.own is None or not appeals.own.shown:
        return []
    if appeals.rate is not None and appeals.england_rate is not None and appeals.rate.shown:
        text = (
            f"Families appealed against {show(appeals.rate)} of decisions open to appeal in {appeals.year}. "
            f"England's share was {show(appeals.england_rate)}."
        )
        score = LEGAL + distance(appeals.rate.number, appeals.england_rate.number)
        return [Message("appeals", text, appeals.own.basis, score)]
    if appeals.before is not None and appeals.before.shown:
        text = (
            f"{show(appeals.own)} appeals were registered in {appeals.year}, against {show(appeals.before)} in "
            f"{appeals.year - 1}."
        )
        return [
            Message(
                "appeals",
                text,
                appeals.own.basis,
                LEGAL + distance(appeals.own.number, appeals.before.number),
            )
        ]
    return []


def _places(found: Contents) -> list[Message]:
    places = found.places
    if places is None or "state_special" not in places.short:
        return []
    year = found.horizon.scored_to
    short, there = places.short["state_special"][year], places.places["state_special"][year]
    if short.lower_end <= 0:
        return []
    text = (
        f"State special schools would be short of about {show(short)} places by January {year} "
        f"({number(short.lower_end, short.unit)} to {number(short.upper_end, short.unit)}); there are {show(there)}."
    )
    return [Message("places", text, "estimate", LEGAL + distance(there.number + short.number, there.number))]


def _voice(found: Contents) -> list[Message]:
    voice = found.voice
    if voice.below is None or voice.scored is None or voice.year is None or not voice.below.number:
        return []
    text = (
        f"{show(voice.below)} of {show(voice.scored)} survey scores of {voice.year} were under their target."
    )
    return [Message("voice", text, voice.below.basis, voice.below.number / voice.scored.number / 4)]


def about_even(chance: Indicator) -> str:
    """Return a chance as a decision table prints it, with the word for one that is about even."""
    return f"{show(chance)} (about even)" if is_even(chance.number) else show(chance)
