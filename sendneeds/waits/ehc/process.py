"""When EHC requests are decided and plans are final: how many was settled by the projection of need.

Two questions, two answers. With ``staffing="follows_record"`` those who advise are taken on as demand grows, as the
record shows, so that plans are issued as `need` has them: the share in time follows its own law, and the run says how
much more advice that asks for. With ``staffing="fixed"`` staff stay as they are, plans wait for their advice, and those
not issued are not in place: a stress test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import mondays
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.kinds import kinds
from sendneeds.waits.ehc.clock import YEARS_AFTER, EhcClock, Staffing, requests_behind
from sendneeds.waits.ehc.disputes import law
from sendneeds.waits.ehc.published_rates import rates, stage_counts
from sendneeds.waits.ehc.quarterly_counts import Tally
from sendneeds.waits.ehc.requests_law import joined
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.ehc.within_year import weeks_by_year
from sendneeds.waits.services.options import ServiceOption
from sendneeds.waits.services.single_option import simulate_services

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection


def ehc_process(
    area: Area,
    need: NeedProjection,
    *,
    until: date | None = None,
    staffing: Staffing = "follows_record",
    shared: Sequence[str] = (),
    service_options: Mapping[str, ServiceOption] | None = None,
    reviews_a_year: float | None = None,
) -> EhcResult:
    """Say when requests are decided, disputed and assessed, and plans drafted and issued.

    Requests, plans and the shares between them are joined by the year in which plans end (`requests_law.joined`), and
    placed in time by the law of the share in time. Requests of a calendar year are an output.

    Parameters
    ----------
    area : Area
        With ``ehc_flow`` and ``ehc_timeliness``; with ``service_parameters`` where services are shared.
    need : NeedProjection
    until : date, optional
        Last week wanted; the end of the projection's scored years when left out.
    staffing : {"follows_record", "fixed"}
        Whether staff for advice grow as demand does, or stay as they are.
    shared : sequence of str
        Services whose advice comes from slots they share, for example ``("EP", "SLT", "OT")``.
    service_options : mapping of service to ServiceOption, optional
        What an option changes in those services.
    reviews_a_year : float, optional
        Annual reviews that can be held a year.

    Returns
    -------
    EhcResult

    Raises
    ------
    MissingDataError
        If published figures that the clock is set by are missing.
    DomainError
        If services are shared in an area too large to be followed child by child, or `staffing` is neither.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> need = sn.project(bedford, to=2027, draws=20)
    >>> clock = ehc_process(bedford, need)
    >>> issued = clock.data["issued"].sel(quarter="2025").sum("quarter")
    >>> made = need.data["new_plans"].sel(calendar_year=2025).sum(("plan_need", "age"))
    >>> bool((issued == made).all())
    True
    """
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    shared = arguments.listed("shared", shared, str)
    clock = EhcClock(area, need, until=until, staffing=staffing, shared=shared, reviews_a_year=reviews_a_year)

    def answered(changed: Mapping[str, ServiceOption]) -> dict[str, np.ndarray]:
        ran = simulate_services(
            area,
            need,
            list(shared),
            until=until,
            service_options=clock.staffed(changed),
            advice=clock.requests,
            advice_opening=clock.in_hand,
        ).data["advice_done"]
        return {s: ran.sel(service=s).transpose("week_commencing", "draw").values for s in shared}

    if not shared or (staffing == "follows_record" and not service_options):
        return clock.result()
    done = answered(service_options or {})
    return clock.result(done, done if staffing == "fixed" else answered({}))


def replay_ehc(area: Area, year: int, draws: int = 20, seed: int = 1) -> EhcResult:
    """Run the clock through a past calendar year, on shares and lateness published to the year before.

    Plans are those published; requests, assessments and shares in time may then be held against the year's own. Every
    year has 52 weeks here, so that a year's counts are whole.

    Parameters
    ----------
    area : Area
    year : int
    draws, seed : int

    Returns
    -------
    EhcResult

    Raises
    ------
    MissingDataError
        If the figures to the year before are missing.

    Examples
    --------
    >>> import sendneeds as sn
    >>> replay_ehc(sn.open_area("bedford"), 2024).data.sizes["quarter"]
    4
    """
    kinds(area=(area, "Area"))
    year = arguments.whole("year", year, 2000, 2100, 2024)
    draws, seed = arguments.draws(draws), arguments.seed(seed)
    found, past = rates(area, draws, seed, year - 1), _published(area)
    lacking = [y for y in (year - 1, year) if y not in past]
    if lacking:
        raise MissingDataError(
            f"{area.name}: ehc_flow.csv has no new plans for {', '.join(map(str, lacking))}."
        )
    plans = {y: np.full(draws, round(past[y])) for y in (year - 1, year)}
    growth = past[year] / max(past[year - 1], 1.0)
    for after in range(1, YEARS_AFTER + 1):
        plans[year + after] = np.rint(plans[year + after - 1] * growth).astype(np.int64)
    disputes = law(area, year - 1, draws, seed)
    days, through = mondays(date(year, 1, 4), 52), weeks_by_year(found, plans, np.full(draws, 0.5))
    found = joined(area, found, plans, draws, seed, through)
    one, stands_for = requests_behind(area, found, disputes, plans, days[0], through, seed, year)
    weeks = one.advice_in, one.writing, one.consulted
    data = Tally.of(one, *weeks, days, draws, stands_for).dataset({}, {}, {}, area.code)
    return EhcResult(data, {"area": area.code, "seed": seed, "draws": draws, "shares to": year - 1})


def _published(area: Area) -> dict[int, float]:
    counts = stage_counts(area)
    return counts.get("new_plans", {}) | counts.get("assess_issued", {})
