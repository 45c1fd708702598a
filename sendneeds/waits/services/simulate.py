"""Simulate the services of an area, option by option, on shared random numbers."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.demand.referrals import referrals
from sendneeds.evidence.own_lists import refuse_far
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, MissingDataError, checked, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.lists.opening_list import opening_list
from sendneeds.waits.lists.order import in_order_share
from sendneeds.waits.services.cases import Accepted, Case, Prepared
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.recorder import By, Recorder
from sendneeds.waits.services.result import WaitsResult
from sendneeds.waits.services.rules_from_parameters import LIST, services_of
from sendneeds.waits.services.runner import YEAR, Load, Service
from sendneeds.waits.services.throughput import Staffing, check_staffing, said_of

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.foundation.beside import Beside
    from sendneeds.need.projection import NeedProjection

AHEAD = 2
"""Services made ready while those before them are run by processes beside this one."""
Options = Mapping[str, Mapping[str, ServiceOption]]
ByService = Mapping[str, np.ndarray]


class NoFollowUpLoadWarning(UserWarning):
    """A service is begun as if no child were in it: its follow-ups, and so its waits, are too low for months."""


def simulate(
    area: Area,
    need: NeedProjection,
    services: list[str] | None = None,
    *,
    until: date | None = None,
    scenarios: Options | None = None,
    needs: Mapping[str, NeedProjection] | None = None,
    advice: Mapping[str, ByService] | None = None,
    advice_opening: Mapping[str, ByService] | None = None,
    follow_up_load: Load = "steady",
    age_limit: int = 18,
    staffing: Staffing = "follows_record",
    by: By = "week",
    progress: Callable[[int, int, str], None] | None = None,
) -> WaitsResult:
    """Simulate services week by week: their lists, the therapy under way, and the advice they give, on shared slots.

    Each week, in order: leavers; joiners; statutory advice; follow-ups falling due; first assessments; packages. The
    draws of an option are those of the services without it.

    Parameters
    ----------
    area : Area
        With ``service_parameters``; its start is ``simulation.start`` in ``area.toml``.
    need : NeedProjection
        Moves referrals and requests for advice; its seed and draws are used.
    services : list of str, optional
        All with enough figures when left out.
    until : date, optional
        Last week wanted; the end of the projection's scored years when left out.
    scenarios : mapping of scenario to (mapping of service to ServiceOption), optional
        What each option changes. The baseline, with none, is always there and comes first.
    needs : mapping of scenario to NeedProjection, optional
        For options that change need itself, with the seed and draws of `need`.
    advice : mapping of scenario to (mapping of service to ndarray of int, shape (week, draw)), optional
        Requests for statutory advice, in place of those drawn about the pack's figure; the EHC clock gives them. A
        scenario left out has those of the baseline.
    advice_opening : mapping of scenario to (mapping of service to ndarray of int, (weeks waited, draw)), optional
        Requests in hand at the start by whole weeks waited.
    follow_up_load : {"steady", "none"} or int
        Children in the service at the start. ``steady``: as many as its slots have been taking on, week in, week out; a
        number: as many as a run of that many weeks beforehand leaves; ``none``: nobody, with a warning.
    age_limit : int
        Age, 1 to 25, at which a child leaves the list. How old those waiting are is what the pack says of the service
        (``list_age_5_to_10_share`` and the others), else what the ages at referral and the waits make of them
        (`WaitsResult.list_ages`).
    staffing : {"follows_record", "fixed"}
        Whether staff grow as what is asked of a service does, as lists that have stood for years show; or stay as they
        are: a stress test. Either way what a post gives is held to the record of the list: `WaitsResult.throughput`.
    by : {"week", "month"}
        How flows and percentiles of waits are kept: by month takes half the memory and two thirds of the time, and
        changes no other number.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    WaitsResult

    Raises
    ------
    MissingDataError
        If the area has no service with enough figures.
    UnknownNameError
        If a service asked for, or changed, is not among those.
    DomainError
        If `until` is not after the start, or lies beyond the projection, or a figure lies outside its domain.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> waits = sn.simulate(bedford, sn.project(bedford, to=2027, draws=20), ["SLT"])
    >>> bool((waits.data["waiting"].isel(week=0).sel(service="SLT") > 0).all())
    True
    """
    kinds(
        area=(area, "Area"),
        need=(need, "NeedProjection"),
        needs=(needs, "mapping or nothing"),
        advice=(advice, "mapping or nothing"),
        advice_opening=(advice_opening, "mapping or nothing"),
        progress=(progress, "function or nothing"),
    )
    for scenario, own in (needs or {}).items():
        kinds(**{f"needs[{scenario!r}]": (own, "NeedProjection")})
    _check_options(scenarios, None if services is None else arguments.listed("services", services, str))
    return simulate_with_advice(
        area,
        need,
        services,
        until=until,
        scenarios=scenarios,
        needs=needs,
        advice=advice,
        advice_opening=advice_opening,
        follow_up_load=follow_up_load,
        age_limit=age_limit,
        staffing=staffing,
        by=by,
        progress=progress,
    )[0]


def simulate_with_advice(
    area: Area,
    need: NeedProjection,
    services: list[str] | None = None,
    *,
    until: date | None = None,
    scenarios: Options | None = None,
    needs: Mapping[str, NeedProjection] | None = None,
    advice: Mapping[str, ByService] | None = None,
    advice_opening: Mapping[str, ByService] | None = None,
    follow_up_load: Load = "steady",
    age_limit: int = 18,
    staffing: Staffing = "follows_record",
    own_staffing: Mapping[str, Staffing] | None = None,
    by: By = "week",
    progress: Callable[[int, int, str], None] | None = None,
    beside: Beside | None = None,
) -> tuple[WaitsResult, dict[str, dict[str, np.ndarray]], dict[tuple[str, str, str], np.ndarray]]:
    """Simulate services, and return with them what is given week by week, (week, draw).

    That is statutory advice by scenario and service, and the children whom an ``initiative`` or a second provider
    (``outsource``) sees, by scenario, service and which of the two.

    The arguments, and what they raise, are those of `simulate`; `own_staffing` is of scenarios that have one of their
    own. Processes `beside` this one run lists too.
    """
    check_staffing(staffing)
    if not isinstance(by, str) or by not in ("week", "month"):
        raise arguments.refusal("by", by, "'week' or 'month'", "Write by='month'.")
    parameters = Parameters(area)
    known = services_of(parameters)
    if not known:
        raise MissingDataError(
            f"{area.name}: no service in service_parameters.csv has referrals, an opening list and either staff and "
            "slots or an output. Add them for at least one service."
        )
    names, needs = known if services is None else arguments.listed("services", services, str), needs or {}
    options = {BASELINE: {}, **{scenario: {} for scenario in needs}, **(scenarios or {})}
    for name in [*names, *(s for changed in options.values() for s in changed)]:
        if name not in known:
            raise unknown("service", name, known)
    _check(follow_up_load, age_limit)
    refuse_far(area, names)
    days, seed, draws = weeks_of(area, need, until), int(need.data.attrs["seed"]), need.data.sizes["draw"]
    _check_advice("advice", advice, draws, len(days))
    _check_advice("advice_opening", advice_opening, draws, None)
    listed = [name for name in names if parameters.has(name, LIST)]
    accepted = _accepted(area, listed, need, needs, len(days), seed)
    nobody = Accepted(*(np.zeros((len(days), draws), kind) for kind in (np.float32, np.int32, np.float32)))
    out = Recorder(list(options), names, days, draws, by)
    notes, done, total = [], 0, len(names) * len(options)
    begun: deque[tuple[int, str, list[int], list[Prepared], Iterator]] = deque()

    def finish() -> None:
        nonlocal done
        j, name, at, prepared, parts = begun.popleft()
        if progress is not None:
            progress(done, total, name)
        done += len(options)
        for numbers, block, served in parts:
            out.put([(at[n], j) for n in numbers], block, served, [prepared[n] for n in numbers])
        for i in set(range(len(options))) - set(at):
            out.copy(i, j, 0)

    def begin(j: int, name: str) -> None:
        opening = np.zeros((0, draws), np.int32)
        if name in listed:
            opening, basis, how = opening_list(area, name, parameters, draws, seed)
            notes.append(f"{name}: opening list ({basis}), {how}.")
            share, how = in_order_share(parameters, name, draws, seed)
            notes.append(f"{name}: {how}.")
            if not parameters.has(name, "in_order_share"):
                parameters.record(name, "in_order_share", "share", share, how[0].upper() + how[1:])
        came = accepted[BASELINE].get(name, nobody)
        own_advice = (advice or {}).get(BASELINE, {}).get(name)
        service = Service(parameters, name, need, days, opening, came, follow_up_load, age_limit, own_advice)
        if name in listed:
            out.put_ages(j, service.ages)
            notes.append(f"{name}: {service.ages_from}.")
        out.put_throughput(j, service.factor if service.stated else np.full(draws, np.nan), service.grown)
        prepared, at = [], []
        for i, (scenario, changed) in enumerate(options.items()):
            option, own = changed.get(name, NO_CHANGE), (advice or {}).get(scenario, {})
            like = option is options[BASELINE].get(name, NO_CHANGE) or option.changes_nothing
            staffed = (own_staffing or {}).get(scenario, staffing)
            if i and like and scenario not in needs and name not in own and staffed == staffing:
                continue
            asked, old = (
                (given or {}).get(scenario, (given or {}).get(BASELINE, {})).get(name)
                for given in (advice, advice_opening)
            )
            came = accepted.get(scenario, accepted[BASELINE]).get(name, nobody)
            case = Case(option, needs.get(scenario, need), came, asked, old, staffed)
            prepared.append(service.prepare(case))
            at.append(i)
        begun.append((j, name, at, prepared, service.run(prepared, out.kept, beside)))
        notes.extend(service.today.notes)
        notes.append(f"{name}: children in the service at the start: {follow_up_load}.")
        if name in listed:
            notes.append(said_of(name, service.factor, service.drift.record, service.stated))

    for j, name in enumerate(names):
        begin(j, name)  # what only it holds is let go before the next
        if len(begun) > (0 if beside is None else AHEAD):
            finish()
    while begun:
        finish()
    data = out.dataset(area, seed, [name in listed for name in names])
    return (
        WaitsResult(data, {**need.provenance, "waits": notes}, parameters.table(), area.name),
        out.advice,
        out.bought,
    )


def _accepted(
    area: Area,
    listed: list[str],
    need: NeedProjection,
    needs: Mapping[str, NeedProjection],
    weeks: int,
    seed: int,
) -> dict[str, dict[str, Accepted]]:
    """Return referrals accepted by scenario (the baseline, and those with a need of their own) and service."""
    if not listed:
        return {BASELINE: {}}
    ahead = max(weeks + YEAR // 2, YEAR)
    found = {BASELINE: referrals(area, need, listed, area.start, ahead, seed)}
    for scenario, own in needs.items():
        found[scenario] = referrals(area, own, listed, area.start, ahead, seed, base=need)

    def accepted(data: xr.Dataset) -> Accepted:
        expected, drawn = (data[part].values for part in ("expected", "referrals"))
        return Accepted(expected[:weeks], drawn[:weeks], expected)

    return {
        scenario: {name: accepted(one.data.sel(service=name)) for name in listed}
        for scenario, one in found.items()
    }


def _check_options(scenarios: Options | None, services: list[str] | None) -> None:
    """Refuse options of another kind, one in the baseline, and one of a service that is not simulated."""
    like = "scenarios={'more staff': {'SLT': sendneeds.ServiceOption(extra_wte=2.0)}}"
    if services is not None and not services:
        raise arguments.refusal("services", services, "a list of services", "Leave it out for all of them.")
    if len(set(services or ())) < len(services or ()):
        raise arguments.refusal(
            "services", services, "each service once", f"Write services={[*dict.fromkeys(services or ())]}."
        )
    if scenarios is not None and not isinstance(scenarios, Mapping):
        raise arguments.refusal(
            "scenarios", scenarios, "services and their options by scenario", f"Write {like}."
        )
    for scenario, changed in (scenarios or {}).items():
        name = f"scenarios[{scenario!r}]"
        if not isinstance(changed, Mapping):
            raise arguments.refusal(name, changed, "options by service", f"Write {like}.")
        for service, option in changed.items():
            if not isinstance(option, ServiceOption):
                raise arguments.refusal(f"{name}[{service!r}]", option, "a ServiceOption", f"Write {like}.")
            if services is not None and service not in services and not option.changes_nothing:
                raise unknown("service", service, services, "Simulate it too, or take its option out.")
            if scenario == BASELINE and not option.changes_nothing:
                raise DomainError(f"{name}: the baseline has no option. Give the scenario a name of its own.")


def _check_advice(name: str, given: Mapping[str, ByService] | None, draws: int, weeks: int | None) -> None:
    """Refuse requests for advice that are no counts by week and draw."""
    shape = f"({weeks or 'weeks waited'}, {draws})"
    for scenario, by_service in (given or {}).items():
        kinds(**{f"{name}[{scenario!r}]": (by_service, "mapping")})
        for service, asked in by_service.items():
            numbers = checked(f"{name}[{scenario!r}][{service!r}]", asked, lambda n: n >= 0, "0 or more")
            if numbers.ndim != 2 or numbers.shape[1] != draws or numbers.shape[0] != (weeks or len(numbers)):
                raise DomainError(
                    f"{name}[{scenario!r}][{service!r}] has shape {numbers.shape}; allowed: {shape}."
                )


def _check(load: Load, age_limit: int) -> None:
    if isinstance(load, int) and not isinstance(load, bool) and load < 1:
        raise DomainError(f"follow_up_load={load}: a warm-up takes 1 week or more.")
    is_weeks = isinstance(load, int | np.integer) and not isinstance(load, bool)
    if not is_weeks and not (isinstance(load, str) and load in ("steady", "none")):
        raise DomainError(f"follow_up_load={load!r}: 'steady', 'none' or a number of weeks.")
    if load == "none":
        warnings.warn(
            "follow_up_load='none': the services begin with no child in follow-up, so their waits are too low for as "
            "long as a package lasts. Give 'steady' or a number of weeks of warm-up.",
            NoFollowUpLoadWarning,
            stacklevel=3,
        )
    arguments.whole("age_limit", age_limit, 1, 25, 18)


def weeks_of(area: Area, need: NeedProjection, until: date | None) -> np.ndarray:
    """Return the Mondays of the weeks that services are simulated for.

    Raises
    ------
    DomainError
        If `until` is not after the start, or lies beyond the projection, or lists begin before the projection does.
    """
    last = date(need.scored_to, 12, 31) if until is None else arguments.day("until", until)
    years = need.data["year"].values
    if until is None:
        last = min(last, date(int(years[-1]), 1, 15))
    if area.start.year < int(years[0]):
        raise DomainError(
            f"{area.name}: lists are run from {area.start}, and the projection begins in January {int(years[0])}. "
            "Write a start no earlier under [simulation] in area.toml."
        )
    if last <= area.start or last.year > int(years[-1]):
        raise DomainError(
            f"until={last}: lists run from {area.start} and no further than the projection, {int(years[-1])}."
        )
    return mondays(area.start, (last - area.start).days // 7 + 1)
