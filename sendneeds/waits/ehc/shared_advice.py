"""Advice from services that share slots with their clinics, calibrated to the year before the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import in_term, mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.constants import DAYS_PER_YEAR, INTERVAL_LEVELS, TERM_WEEKS_PER_YEAR
from sendneeds.kernel.ehc import clock as ehc_clock
from sendneeds.kernel.slots import whole
from sendneeds.waits.ehc.advice_times import AdviceRequests, AdviceTimes, first_difference
from sendneeds.waits.ehc.implied_advice import PSYCHOLOGISTS, ImpliedAdvice
from sendneeds.waits.ehc.published_rates import stage_counts
from sendneeds.waits.ehc.requests import ASSESSED, PLAN, EhcRequests
from sendneeds.waits.services.workforce import in_post_today

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

RUN_IN = 52
"""Weeks before the start that advice is calibrated to."""
SHARE_AIM = "have the published share in time in the year before the start"
REPORT = 10
"""Units of work in a report."""
LEAST, MOST, HALVINGS = 0.2, 8.0, 11
"""Bounds of the factor on what a whole-time equivalent gives, and steps of the search between them."""
WRITING_WEEKS = 6
"""Weeks from the last advice to the plan, of the fourteen that the law has from the decision."""
NEARLY_ALL = 0.95
"""Of the share in time that ample staff reach: the aim is no higher, so that an answer exists."""
MOSTLY_IN_TIME = 0.5
"""Published share under which the record sets how much advice is given, and not how soon. A queue served first in,
first out makes nearly all plans late or nearly none: it has so low a share over a year only if it is cleared within
it, which would finish up to twice the assessments published and leave no backlog at the start."""


def shares_asked(
    area: Area, shared: Sequence[str], year: int, draws: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the share of assessments that ask each service for advice, from the requests a week the pack states."""
    if not shared:
        return {}
    parameters, a_year = Parameters(area), stage_counts(area)["assess_in_year"][year]
    return {
        service: np.ones(draws)  # every assessment asks a psychologist: it is the law
        if service == PSYCHOLOGISTS
        else np.minimum(
            parameters.draw(service, "advice_requests_per_week", draws, seed) * DAYS_PER_YEAR / 7 / a_year,
            1.0,
        )
        for service in shared
    }


class SharedAdvice:
    """The services that an area's assessments share with clinics."""

    def __init__(
        self,
        area: Area,
        need: NeedProjection,
        children: EhcRequests,
        asked: Mapping[str, np.ndarray],
        weeks: int,
    ) -> None:
        self.area, self.need, self.children, self.weeks = area, need, children, weeks
        self.draws, self.seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
        assessed = children.among(ASSESSED)
        self.asked = {
            service: assessed & (children.uniform(10 + n) < share[children.lane])
            for n, (service, share) in enumerate(asked.items())
        }
        self._answers: dict[str, tuple[np.ndarray, np.ndarray]] = {}  # of the first run asked about
        parameters = Parameters(area)
        self.alone = [
            s
            for s in asked
            if parameters.has(s, "reports_per_wte_week") and not parameters.has(s, "first_slots")
        ]

    def as_stated(self) -> AdviceRequests:
        """Return what is asked of the staff that the pack states, with the requests in hand at the start."""
        one = self.children
        elsewhere = one.advice_in
        open_ = elsewhere >= 0
        some = {s: asked & open_ for s, asked in self.asked.items()}
        return AdviceRequests(elsewhere, one.writing, one.consulted, some, {}, {}, ())

    def calibrated(self, published: np.ndarray, recorded: float) -> AdviceRequests:
        """Return what is asked of staff who give what the year before the start shows that they gave.

        Advice from elsewhere, and writing, take what they take where advice is never short; those who give advice
        alone are as many times as productive as it takes for the year to have its published share in time. Where
        most plans were late it is not the share that they are held to but the advice given: see `_held_to_flow`.

        Parameters
        ----------
        published : ndarray of float, (draw,)
            Share within 20 weeks in the year before the start, exceptions left out.
        recorded : float
            The same as last published, which says whether most plans were late.
        """
        if not self.alone:  # nobody whose pace the record could tell
            return self.as_stated()
        if recorded < MOSTLY_IN_TIME:
            return self._held_to_flow(recorded)
        one = self.children
        old = one.advice_in < -RUN_IN  # advised before the year: as they were
        elsewhere, writing, consulted = one.unhindered(np.where(old, 1.0, np.minimum(one.times_factor, 1.0)))
        before = {s: self.asked[s] & (one.begun < 0) & ~old for s in self.alone}
        room = {s: self._room(s) for s in self.alone}
        factor = self._solved(published, elsewhere, writing, before, room)
        done = self._run_in(elsewhere, before, room, factor)[1]
        last, ahead = elsewhere.copy(), {}
        for service, some in self.asked.items():
            in_hand = elsewhere >= 0
            if service in done:
                in_hand = done[service] == ehc_clock.NOT_YET
                last = np.where(in_hand, last, np.maximum(last, done[service]))
            ahead[service] = some & ((one.begun >= 0) | (in_hand & ~old))
        notes = tuple(self._said(service, factor) for service in self.alone)
        # an assessment still without advice did not end before the start
        before_it = self._year_before(np.where(self._any(ahead), ehc_clock.NOT_YET, last), writing)
        return AdviceRequests(
            last, writing, consulted, ahead, dict.fromkeys(self.alone, factor), before_it, notes
        )

    def following_record(self, implied: ImpliedAdvice) -> AdviceRequests:
        """Return what is asked of staff who follow demand: advice comes when the law of the share in time has it.

        Those who give advice alone give each week what they gave in the year before the start.
        """
        one = self.children
        law = one.advice_in
        in_hand = (one.begun >= 0) | (one.advised >= 0)
        some = {service: asked & in_hand for service, asked in self.asked.items()}
        factor = {}
        if implied.staff is not None and PSYCHOLOGISTS in self.alone:
            given = self._room(PSYCHOLOGISTS)[0].sum(axis=0)
            factor[PSYCHOLOGISTS] = REPORT * implied.advice[0] / np.maximum(given, 1e-9)
        aim = "give the advice of the year before the start"
        notes = tuple(self._said(service, each, aim) for service, each in factor.items())
        return AdviceRequests(law, one.writing, one.consulted, some, factor, {}, notes)

    def moved(
        self, asked: AdviceRequests, done: Mapping[str, np.ndarray], baseline: Mapping[str, np.ndarray]
    ) -> AdviceTimes:
        """Return when the last advice is in where an option answers sooner or later than the baseline.

        Each assessment's last advice moves by as many weeks as the last of its services' answers does, first in, first
        out. It never comes sooner than where advice is never short, and nothing moves before the first week in which
        the option answers otherwise.
        """
        one = self.children
        last = asked.last
        if any(done[service] is not baseline[service] for service in asked.some):
            before, after = (self._last_answer(asked, given) for given in (baseline, done))
            last = last.copy()
            begins = first_difference(done, baseline)
            for some in one.blocks():
                part, first, now = one.rows(some), before[some], after[some]
                most = part.unhindered(np.minimum(part.times_factor, 1.0))[0] - one.advised[some]
                moved = last[some] + np.maximum(now - first, np.minimum(most, 0)).astype(last.dtype)
                since = begins[part.lane]
                both = (np.maximum(first, now) < ehc_clock.NOT_YET) & (last[some] >= since)
                last[some] = np.where(both, np.maximum(moved, since), last[some])
        return AdviceTimes(last, asked.writing, asked.consulted, asked.factor, asked.before, asked.notes)

    def _last_answer(self, asked: AdviceRequests, given: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the week of the last answer that each assessment gets, -1 where it asks nobody."""
        one = self.children
        last = np.full(one.begun.size, -1, dtype=np.int32)
        for service, some in asked.some.items():
            known, week = self._answers.get(service, (np.zeros(0), np.zeros(0)))
            if not np.array_equal(known, given[service]):
                week = ehc_clock.finished(one.begun[some], one.lane[some], given[service])
                self._answers.setdefault(service, (given[service], week))
            last[some] = np.maximum(last[some], week)
        return last

    def _held_to_flow(self, recorded: float) -> AdviceRequests:
        """Return what is asked of staff who give as much advice as the record says was given in the year before.

        What made a plan late is the wait for their advice. So each assessment of the record has it as long before
        its end as writing takes where advice is never short; those that are still without are the queue at the
        start, and flow, stock and share in time go on from where the record leaves them.
        """
        one = self.children
        elsewhere, writing, consulted = one.unhindered(np.minimum(one.times_factor, 1.0))
        # an assessment is old at the start because it waited, so what is left of it takes no longer than the law has
        writing = np.where(one.begun < 0, np.minimum(writing, WRITING_WEEKS), writing)
        consulted = np.minimum(consulted, writing)
        advised = one.advice_in + one.writing - writing
        queued = (one.begun < 0) & (advised >= 0)
        factor, ahead, last = {}, {}, np.where(one.begun < 0, advised, elsewhere)
        for service, some in self.asked.items():
            waits = queued if service in self.alone else queued & (elsewhere >= 0)
            ahead[service] = some & ((one.begun >= 0) | waits)
            if service in self.alone:
                last[some & queued] = elsewhere[some & queued]
                year = some & (advised >= -RUN_IN) & (advised < 0)
                given, reviews = self._room(service)
                asked = REPORT * np.bincount(one.lane[year], minlength=self.draws) + reviews.sum(axis=0)
                factor[service] = asked / np.maximum(given.sum(axis=0), 1e-9)
        why = (
            f"{recorded:.0%} in time in the year before the start is too few to tell how soon advice came from a "
            "queue served first in, first out: the record sets how many assessments were advised in that year, and "
            "those not yet advised at its end are the queue. The oldest are advised first, so fewer may be in time at "
            "first."
        )
        aim = "advise as many as the record has in the year before the start"
        notes = (why, *(self._said(service, factor[service], aim) for service in self.alone))
        before = self._year_before(np.where(self._any(ahead), ehc_clock.NOT_YET, last), writing)
        return AdviceRequests(last, writing, consulted, ahead, factor, before, notes)

    def _any(self, some: dict[str, np.ndarray]) -> np.ndarray:
        return np.logical_or.reduce(list(some.values()))

    def _year_before(self, last: np.ndarray, writing: np.ndarray) -> dict[str, np.ndarray]:
        """Return assessments finished in the year before the start, and the share in time of its plans."""
        one, end = self.children, last + writing
        inside = one.among(ASSESSED) & (end >= -RUN_IN) & (end < 0)
        plans = inside & (one.kind == PLAN) & ~one.excepted
        soon = plans & (end - one.requested <= ehc_clock.PLAN_WEEKS)
        all_, whole_, part = (
            np.bincount(one.lane[some], minlength=self.draws) for some in (inside, plans, soon)
        )
        return {"assessments_before": all_, "share_before": part / np.maximum(whole_, 1)}

    def _room(self, service: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the units of work of a service that gives advice alone, in the year before the start, (week, draw).

        With them the units that annual reviews take before anything else.
        """
        figures = Parameters(self.area)

        def figure(name: str, default: float) -> np.ndarray:
            return figures.draw_or(service, name, self.draws, self.seed, default)

        days = mondays(self.area.start - timedelta(weeks=RUN_IN), RUN_IN)
        term = np.where(in_term(days)[:, None], 1.0, figure("outside_term_share", 1.0)[None, :])
        staff = in_post_today(figures, service, self.draws, self.seed) * (1.0 - figure("absence_share", 0.0))
        given = staff * figure("reports_per_wte_week", 0.0) * (1.0 - figure("missed_share", 0.0))
        plans = self.need.data["children"].sel(provision="E").isel(year=0).sum(("need", "age")).values
        attended = plans * figure("annual_review_share", 0.0) * figure("annual_review_reports", 0.0)
        held = in_term(days)[:, None] / TERM_WEEKS_PER_YEAR
        return term * given[None, :] * REPORT, held * attended[None, :] * REPORT

    def _run_in(
        self,
        elsewhere: np.ndarray,
        before: dict[str, np.ndarray],
        room: dict[str, tuple[np.ndarray, np.ndarray]],
        factor: np.ndarray,
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the week of the last advice of those asked for in the year, and when each service gave its own."""
        one, last, when = self.children, elsewhere.copy(), {}
        for service, some in before.items():
            asked, lane = one.begun[some] + RUN_IN, one.lane[some]
            came = ehc_clock.tallied(asked, lane, RUN_IN, self.draws)
            opening = np.bincount(lane[asked < 0], minlength=self.draws)
            given, reviews = room[service]
            done = ehc_clock.advice_done(
                came, whole(np.maximum(given * factor[None, :] - reviews, 0.0)), opening, REPORT
            )
            week = np.full(last.size, ehc_clock.NOT_YET, dtype=np.int64)
            found = ehc_clock.finished(asked, lane, done).astype(np.int64)
            week[some] = np.where(found == ehc_clock.NOT_YET, found, found - RUN_IN)
            last[some] = np.maximum(last[some], week[some])
            when[service] = week
        return last, when

    def _solved(
        self,
        published: np.ndarray,
        elsewhere: np.ndarray,
        writing: np.ndarray,
        before: dict[str, np.ndarray],
        room: dict[str, tuple[np.ndarray, np.ndarray]],
    ) -> np.ndarray:
        """Return the least factor on the advice given that gives the year its published share in time, (draw,)."""
        one = self.children
        measured = (one.kind == PLAN) & ~one.excepted & (one.begun < 0)
        lane = one.lane[measured]

        def share(factor: np.ndarray) -> np.ndarray:
            last = self._run_in(elsewhere, before, room, factor)[0]
            final = np.minimum(last + writing, ehc_clock.NOT_YET)[measured]
            inside = (final >= -RUN_IN) & (final < 0)
            soon = inside & (final - one.requested[measured] <= ehc_clock.PLAN_WEEKS)
            part, all_ = (np.bincount(lane[some], minlength=self.draws) for some in (soon, inside))
            return part / np.maximum(all_, 1)

        low, high = np.full(self.draws, LEAST), np.full(self.draws, MOST)
        aim = np.minimum(published, NEARLY_ALL * share(high))
        for _ in range(HALVINGS):
            middle = np.sqrt(low * high)
            enough = share(middle) >= aim
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high

    def requests(self, asked: AdviceRequests) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return requests for each service's advice: by week, (T, L), and those in hand by weeks waited, (A, L)."""
        one, came, waiting = self.children, {}, {}
        for service, some in asked.some.items():
            begun, lane = one.begun[some], one.lane[some]
            came[service] = ehc_clock.tallied(begun, lane, self.weeks, self.draws)
            age = -begun[begun < 0] - 1
            waiting[service] = ehc_clock.tallied(
                age, lane[begun < 0], int(age.max(initial=0)) + 1, self.draws
            )
        return came, waiting

    def answered(self, asked: AdviceRequests, done: Mapping[str, np.ndarray]) -> AdviceTimes:
        """Return when the last advice is in, given what each service has done each week, (T, L)."""
        one, last = self.children, asked.last.copy()
        for service, some in asked.some.items():
            week = ehc_clock.finished(one.begun[some], one.lane[some], done[service])
            last[some] = np.maximum(last[some], week)
        return AdviceTimes(last, asked.writing, asked.consulted, asked.factor, asked.before, asked.notes)

    def _said(self, service: str, factor: np.ndarray, aim: str = SHARE_AIM) -> str:
        figures = Parameters(self.area)
        drawn = in_post_today(figures, service, self.draws, self.seed)
        staff = drawn[0] if np.ptp(drawn) == 0 else figures.get(service, "in_post_wte").central
        each = figures.get(service, "reports_per_wte_week").central
        low, central, high = np.quantile(factor, INTERVAL_LEVELS)
        return (
            f"{service}: to {aim}, the {staff:.3g} WTE stated "
            f"would have to write {central * each:.2g} reports a week each ({low * each:.2g} to {high * each:.2g}); "
            f"the pack states {each:g}. More staff are counted at that pace."
        )
