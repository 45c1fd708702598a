"""The EHC process of an area up to what it asks of services, and what follows from their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from sendneeds.demand.calendar import told_years, weeks_to
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.kernel import streams
from sendneeds.waits.ehc.advice_times import AdviceRequests, AdviceTimes, services_dataset
from sendneeds.waits.ehc.annual_reviews import ATTEND, Reviews, reviews
from sendneeds.waits.ehc.disputes import Law, ehc_figure, law, plans_in_place
from sendneeds.waits.ehc.implied_advice import PSYCHOLOGISTS, ImpliedAdvice, implied_advice
from sendneeds.waits.ehc.published_rates import Rates, rates, stage_counts, timeliness
from sendneeds.waits.ehc.quarterly_counts import Tally
from sendneeds.waits.ehc.requests import EhcRequests, children_of, concatenate
from sendneeds.waits.ehc.requests_law import joined
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.ehc.shared_advice import SharedAdvice, shares_asked
from sendneeds.waits.ehc.within_year import YearWeeks, weeks_by_year
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.simulate import weeks_of
from sendneeds.waits.services.workforce import has_staff, in_post_today

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

YEARS_BEFORE, YEARS_AFTER = 1, 2
"""Years of plans beside those of the horizon: assessments of the year before it, and requests for plans after it."""
Staffing = Literal["follows_record", "fixed"]
STAFFING: tuple[Staffing, ...] = ("follows_record", "fixed")
ANSWERS = {
    "follows_record": "if staff for advice grow as demand does, as the record shows that they have",
    "fixed": "if staff stay as they are, but for what an option changes",
}
"""Which of two questions a clock answers."""
MOST = 20_000
"""Requests a year that are followed one by one; where there are more, each stands for as many as needed."""


class EhcClock:
    """The EHC process of an area up to what it asks of services; `result` says what follows from their answers.

    Parameters
    ----------
    area, need, until, staffing, shared, reviews_a_year
        As in `ehc_process`.
    base : EhcClock, optional
        The clock of the baseline, where `need` is an option's: its shares of requests that end in a plan hold here too,
        so that more plans are more requests.
    ending_in_plan : mapping of calendar year to ndarray, (draw,), optional
        Factor on the share of requests assessed, where an option changes refusals.

    Attributes
    ----------
    requests, in_hand : dict of str to ndarray of int
        Requests for each shared service's advice by week and draw, and those in hand at the start by weeks waited.
    factor : dict of str to ndarray, (draw,)
        What a whole-time equivalent gives over what the pack states, for services held to the record.
    rates : Rates
        Shares by year that agree with requests and plans.
    implied : ImpliedAdvice
        The advice that the pace of the record asks for.
    """

    def __init__(
        self,
        area: Area,
        need: NeedProjection,
        *,
        until: date | None = None,
        staffing: Staffing = "follows_record",
        shared: Sequence[str] = (),
        reviews_a_year: float | None = None,
        base: EhcClock | None = None,
        ending_in_plan: Mapping[int, np.ndarray] | None = None,
    ) -> None:
        if not isinstance(staffing, str) or staffing not in STAFFING:
            raise DomainError(f"staffing={staffing!r}: one of {', '.join(STAFFING)}.")
        draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
        self.area, self.need, self.shared, self.days = area, need, tuple(shared), weeks_of(area, need, until)
        self.staffing = staffing
        found = rates(area, draws, seed)
        self._disputes, self._year = law(area, found.year, draws, seed), found.year
        self._borrowed, self._note = found.borrowed, found.note
        self._last = int(str(self.days[-1])[:4])
        plans = _plans(area, need, found.year, self._last, draws)
        best = ehc_figure(area, "in_time_without_shortage_share", draws, seed)
        through = weeks_by_year(found, {*plans, found.year}, best)
        if base is None:
            self.rates = joined(area, found, plans, draws, seed, through)
        else:
            self.rates = base.rates.with_assessed_times(ending_in_plan or {})
        self._children, self._stands_for = requests_behind(
            area, self.rates, self._disputes, plans, self.days[0], through, seed
        )
        if self._stands_for > 1 and shared:
            raise DomainError(
                f"{area.name}: services can be shared where an area has {MOST} requests a year at most."
            )
        if shared:
            _need_staff(area, shared)
        one = self._children
        self._reviews = reviews(area, need, self.days, reviews_a_year, fixed=staffing == "fixed")
        self.implied = self._implied(draws, seed)
        self._asked = AdviceRequests(one.advice_in, one.writing, one.consulted, {}, {}, {}, ())
        self.requests: dict[str, np.ndarray] = {}
        self.in_hand: dict[str, np.ndarray] = {}
        if shared:
            asked = shares_asked(area, shared, found.year, draws, seed)
            self._services = SharedAdvice(area, need, one, asked, len(self.days))
            if staffing == "fixed":
                before = found.at("in time", area.start.year - 1)
                self._asked = self._services.calibrated(before, float(found.at("in time", found.year)[0]))
            else:
                self._asked = self._services.following_record(self.implied)
            self.requests, self.in_hand = self._services.requests(self._asked)
        self.factor = self._asked.factor

    def _implied(self, draws: int, seed: int) -> ImpliedAdvice:
        parameters = Parameters(self.area) if self.area.has("service_parameters") else None
        each, staff = np.zeros(draws), None
        if parameters is not None and parameters.has(PSYCHOLOGISTS, "in_post_wte"):
            staff = in_post_today(parameters, PSYCHOLOGISTS, draws, seed)
            each = parameters.draw_or(PSYCHOLOGISTS, ATTEND, draws, seed, 0.0) * parameters.draw_or(
                PSYCHOLOGISTS, "annual_review_reports", draws, seed, 0.0
            )
        return implied_advice(
            self._children,
            self._stands_for,
            self.days[0],
            self.area.start.year - 1,
            self._last,
            each,
            self._reviews.yearly["held"],
            staff,
        )

    def staffed(self, options: Mapping[str, ServiceOption]) -> dict[str, ServiceOption]:
        """Return options with the staff of services that are held to the record."""
        held = {name: self.held(name) for name in self.factor}
        return {
            name: held.get(name, NO_CHANGE).combine(options.get(name, NO_CHANGE))
            for name in (*held, *options)
        }

    def held(self, service: str) -> ServiceOption:
        """Return the staff of a service that is held to the record, and what each of them gives."""
        if self.staffing == "fixed" or self.implied.staff is None:
            return ServiceOption(throughput_factor=self.factor[service])
        return ServiceOption(wte=self.implied.weekly(self.days), throughput_factor=self.factor[service])

    def result(
        self,
        done: Mapping[str, np.ndarray] | None = None,
        baseline: Mapping[str, np.ndarray] | None = None,
    ) -> EhcResult:
        """Return the process, given the advice that each shared service has done each week, (week, draw).

        Where staff follow the record, advice comes when its law has it, earlier or later by as much as `done` answers
        before or after `baseline`: what the services do without the option.
        """
        asked, one = self._asked, self._children
        advice = AdviceTimes(
            asked.last, asked.writing, asked.consulted, asked.factor, asked.before, asked.notes
        )
        if self.shared and done:
            if self.staffing == "fixed":
                advice = self._services.answered(asked, done)
            elif baseline:
                advice = self._services.moved(asked, done, baseline)
        content = _content(self.area, self.need, self._disputes, self.days)
        weeks = advice.last, advice.writing, advice.consulted
        tally = Tally.of(one, *weeks, self.days, self.need.data.sizes["draw"], self._stands_for)
        held = self._reviews
        data = tally.dataset(content, held.weekly, held.attended, self.area.code)
        data = data.merge(services_dataset(advice)) if advice.factor and advice.before else data
        data = data.merge(self.implied.dataset()).merge(_needed_reviews(held, self.implied.years, self.days))
        lacking = ", ".join(self._borrowed)
        borrowed = [f"England's shares, for want of the area's own: {lacking}."] if lacking else []
        names = ", ".join(SERVICES[name] for name in self.shared)
        waits = names if self.staffing == "fixed" else ""
        notes = {
            "staffing": self.staffing,
            "ehc_answers": ANSWERS[self.staffing],
            "ehc_waits_for": waits or "no service",
            "ehc": f"Shares and lateness published to {self._year}, moved from year to year as those of areas have; "
            f"services asked for advice: {', '.join(self.shared) or 'none'}. Outcomes of mediation and appeals are "
            "illustrative.",
            "ehc_notes": " ".join(filter(None, [*advice.notes, held.note, *borrowed, self._note])),
        }
        shares = {
            basis: {year: soon / issued for year, (issued, soon, _) in years.items() if issued}
            for basis, years in timeliness(self.area).items()
        }
        return EhcResult(data, {**self.need.provenance, **notes, "published": shares})


def _needed_reviews(held: Reviews, years: Sequence[int], days: np.ndarray) -> xr.Dataset:
    """Return the reviews that must be held a year for none to be overdue in the January after.

    NaN for a last year of which the run holds a few weeks: what it needs rests on a January that is not projected.
    """
    import xarray as xr

    rows = [held.yearly["needed"][year] for year in years]
    in_run, weeks = np.unique(days.astype("datetime64[Y]").astype(int) + 1970, return_counts=True)
    if not told_years(weeks)[-1] and years[-1] == in_run[-1]:
        rows[-1] = np.full_like(rows[-1], np.nan, dtype=float)
    text = {"long_name": "Annual reviews to hold for none to be overdue", "units": "reviews", "kind": "flow"}
    return xr.Dataset(
        {"reviews_needed": (("calendar_year", "draw"), np.stack(rows), text)},
        coords={"calendar_year": list(years)},
    )


def _plans(area: Area, need: NeedProjection, published: int, last: int, draws: int) -> dict[int, np.ndarray]:
    """Return new plans by calendar year: as published before the start, else of `need`, as the last ones after.

    From the year after that of the `published` shares on none is left out, however late the start: shares and requests
    go from year to year.
    """
    past = stage_counts(area).get("new_plans", {})
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    made = {int(y): new.sel(calendar_year=y).values for y in new["calendar_year"].values}
    plans = {}
    for year in range(min(area.start.year - YEARS_BEFORE, published + 1), last + YEARS_AFTER + 1):
        if year in made and (year >= area.start.year or year not in past):
            plans[year] = made[year]
        elif year < area.start.year:
            known = max((y for y in past if y <= year), default=None)
            if known is None:
                raise MissingDataError(f"{area.name}: ehc_flow.csv has no new plans to {year}.")
            plans[year] = np.full(draws, round(past[known]))
        else:
            plans[year] = plans[year - 1]
    return plans


def requests_behind(
    area: Area,
    found: Rates,
    disputes: Law,
    plans: dict[int, np.ndarray],
    start: np.datetime64,
    through: Mapping[int, YearWeeks],
    seed: int,
    even_years_from: int | None = None,
) -> tuple[EhcRequests, int]:
    """Return the requests behind the plans of all years, and how many each stands for."""
    draws = next(iter(plans.values())).size
    most = max(float(np.max(number)) for number in plans.values())
    requests = most / float(np.median(found.at("planned", found.year) * found.at("assessed", found.year)))
    stands_for = int(np.ceil(requests / MOST))
    keys = streams.lane_keys(seed, (area.code, "ehc", "children"), draws)
    parts = []
    for year, number in sorted(plans.items()):
        # a year is the weeks that begin in it, so that its quarters hold its plans and no other's
        first, after = (weeks_to(date(y, 1, 1), start) for y in (year, year + 1))
        place: tuple[float, float] = first, after - first
        if even_years_from is not None:
            place = 52.0 * (year - even_years_from), 52.0
        scaled = np.rint(number / stands_for)
        parts.append(children_of(scaled, found, disputes, year, place, through[year], keys))
    return concatenate(parts), stands_for


def _content(area: Area, need: NeedProjection, disputes: Law, days: np.ndarray) -> dict[str, np.ndarray]:
    """Return mediations and appeals about content or placement by week, drawn from plans in place."""
    draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
    stock = plans_in_place(plans.values.astype(float), plans["year"].values, days)
    out = {}
    for name, rate in disputes.content.items():
        luck = streams.uniforms(seed, (area.code, "ehc", f"{name} about content"), len(days), draws)
        out[name] = streams.poisson(stock * rate[None, :] / WEEKS_PER_YEAR, luck)
    return out


def _need_staff(area: Area, shared: Sequence[str]) -> None:
    """Raise a MissingDataError that names the services to be shared whose staff the pack does not give."""
    parameters = Parameters(area) if area.has("service_parameters") else None
    lacking = [name for name in shared if parameters is None or not has_staff(parameters, name)]
    if lacking:
        raise MissingDataError(
            f"{area.name}: no staff figure for {', '.join(lacking)}, so nothing says how many give advice. Add "
            "in_post_wte to service_parameters.csv, or posts.csv, or leave shared out."
        )
