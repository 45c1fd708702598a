"""A pooled budget: who pays what of it, by rule, cap and start; what is over or under; and who gains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from sendneeds.foundation.arguments import amount, day, refusal
from sendneeds.foundation.errors import DomainError, MissingDataError, expect, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import BASELINE, FUNDERS
from sendneeds.scenarios.pool_result import PoolResult
from sendneeds.scenarios.pool_shares import BY_SHARES, Shared, share_out
from sendneeds.waits.places.compare import compare_places

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.scenarios.run_result import RunResult

Rule = Literal["fixed", "activity", "benefit"]
RULES = ("fixed", "activity", "benefit")
USES = {"council_high_needs": ("advice",), "icb": ("first", "follow_up")}
"""Whose activity the slots of a service are where nobody says otherwise: statutory advice the council's, the rest the
integrated care board's."""


def pool(
    result: RunResult,
    option: str,
    contributions: Mapping[str, float],
    rule: Rule = "fixed",
    *,
    caps: Mapping[str, float] | None = None,
    starts: Mapping[str, date] | None = None,
    over: str = BY_SHARES,
    under: str = BY_SHARES,
    lead: str | None = None,
    service: str | None = None,
    uses: Mapping[str, tuple[str, ...]] | None = None,
) -> PoolResult:
    """Share what an option costs between the partners of a pooled budget, whatever funders its levers name.

    Parameters
    ----------
    result : RunResult
    option : str
        Whose spending is pooled.
    contributions : mapping of funder to float
        GBP a year that each plans to put in; the fixed shares are in proportion to them.
    rule : {"fixed", "activity", "benefit"}
        By contributions; by the slots of `service` used for each partner; or by what each gains (spends less on places
        and transport), where it gains anything. A year in which no partner has activity or gain is shared by
        contributions.
    caps : mapping of funder to float, optional
        GBP a year over which a partner pays nothing more; the others pay the rest in their shares, or `lead` all of it.
    starts : mapping of funder to date, optional
        Day on which a partner joins: before it, the others pay; its contribution of that year is in proportion to the
        days that are left.
    over, under : "shares" or a funder
        Who bears what is spent beyond the contributions planned, and who keeps what is spent less: all in their shares,
        or one of them.
    lead : str, optional
        Who pays all that caps leave unpaid, once it has joined; it has no cap itself.
    service : str, optional
        Whose slots are counted, with ``rule="activity"``.
    uses : mapping of funder to tuple of str, optional
        Which uses of slots (``advice``, ``first``, ``follow_up``) are a partner's activity; `USES` where left out.

    Returns
    -------
    PoolResult
        In every draw and year shares add up to 1 and funders to what is spent.

    Raises
    ------
    UnknownNameError
        If there is no such option, funder, rule, service or use.
    DomainError
        If a contribution, cap or start cannot be, or the lead is capped.
    MissingDataError
        If the option costs nothing, the rule needs what the run does not have, or all partners are capped, so that
        nobody pays the rest.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2029)
    >>> shared = sn.pool(result, "fill-two-slt-posts", {"council_high_needs": 100_000, "icb": 80_000})
    >>> bool(abs(shared["share"].sum("funder") - 1).max() < 1e-12)
    True
    """
    expect(result, "RunResult", "result", "run the options first, result = sn.run(area)")
    kinds(
        option=(option, "text"),
        rule=(rule, "text"),
        over=(over, "text"),
        under=(under, "text"),
        lead=(lead, "text or nothing"),
        service=(service, "text or nothing"),
        uses=(uses, "mapping or nothing"),
    )
    names = [s.name for s in result.scenarios]
    if option not in names:
        raise unknown("option", option, names)
    caps, starts = {} if caps is None else caps, {} if starts is None else starts
    partners = _checked(contributions, rule, caps, starts, (over, under, lead))
    paid = result.spending.by_funder(option).sum("funder").transpose("financial_year", "draw")
    if not paid.values.any():
        whole = " (a lever that costs is pulled in one of its councils)" if result.area.parts else ""
        raise MissingDataError(
            f"{option} costs nothing in this run of {result.area.name}{whole}, so there is nothing to share. Pool an "
            "option with a lever that costs."
        )
    years = paid["financial_year"].values
    gained = _gained(result, option, partners, years)
    weights = None
    if rule == "activity":
        weights = _activity(result, option, service, partners, years, uses or USES)
    elif rule == "benefit":
        weights = np.maximum(gained, 0.0)
    made = share_out(
        paid.values,
        years,
        contributions,
        weights,
        caps=caps,
        starts=starts,
        over=over,
        under=under,
        lead=lead,
    )
    return PoolResult(
        _dataset(partners, years, paid.values, made, gained),
        {**result.provenance, "option": option, "rule": rule},
        result.area.name,
        tuple(_told(contributions, rule, caps, starts, over, under, lead)),
    )


def _checked(
    contributions: Mapping[str, float],
    rule: str,
    caps: Mapping[str, float],
    starts: Mapping[str, date],
    named: tuple[str | None, ...],
) -> list[str]:
    if rule not in RULES:
        raise unknown("rule of a pool", rule, RULES)
    for name, given in (("contributions", contributions), ("caps", caps), ("starts", starts)):
        if not isinstance(given, Mapping):
            raise refusal(name, given, "a mapping by funder", f"Write {name}={{'icb': ...}}.")
    partners = list(contributions)
    if not partners:
        raise MissingDataError(
            "contributions: nobody pays in. Write contributions={'council_high_needs': 100_000, ...}."
        )
    for name in partners:
        if name not in FUNDERS:
            raise unknown("funder", str(name), FUNDERS)
        amount(
            f"contributions[{name!r}]", contributions[name], lambda gbp: gbp > 0, "GBP a year over 0", 100_000
        )
    for name in (*caps, *starts, *(n for n in named if n not in (None, BY_SHARES))):
        if name not in partners:
            raise unknown("partner of the pool", str(name), partners)
    for name, start in starts.items():
        day(f"starts[{name!r}]", start)
    _check_caps(caps, partners, named[-1])
    return partners


def _check_caps(caps: Mapping[str, float], partners: list[str], lead: str | None) -> None:
    for name, cap in caps.items():
        amount(f"caps[{name!r}]", cap, lambda gbp: gbp >= 0, "GBP a year, 0 or more", 100_000)
    if lead is not None and lead in caps:
        raise DomainError(
            f"lead={lead!r}: it pays what caps leave and has a cap of its own, GBP {caps[lead]:,.0f} a year; "
            "allowed: a partner without a cap. Take its cap away, or name another lead."
        )
    if set(partners) <= set(caps):
        raise MissingDataError(
            "caps: every partner is capped, so that nobody pays what is left. Take the cap of one away."
        )


def _gained(result: RunResult, option: str, partners: list[str], years: np.ndarray) -> np.ndarray:
    """Return what each partner spends less on places and transport, (partner, year, draw): a January for its year."""
    out = np.zeros((len(partners), len(years), result.need.data.sizes["draw"]))
    places = result.places
    if option not in places or places[option] is places[BASELINE]:
        return out
    try:
        saved = compare_places(places[BASELINE], places[option])["saved"].transpose("year", "funder", "draw")
    except MissingDataError:
        return out
    for i, partner in enumerate(partners):
        if partner in saved["funder"].values:
            own = saved.sel(funder=partner)
            for j, year in enumerate(years):
                if year + 1 in own["year"].values:
                    out[i, j] = own.sel(year=int(year) + 1).values
    return out


def _activity(
    result: RunResult,
    option: str,
    service: str | None,
    partners: list[str],
    years: np.ndarray,
    uses: Mapping[str, tuple[str, ...]],
) -> np.ndarray:
    """Return the slots of a service used for each partner, (partner, year, draw)."""
    if result.waits is None:
        raise MissingDataError("rule='activity': the run has no service whose slots could be counted.")
    services = [str(s) for s in result.lists["service"].values]
    if service is None:
        raise MissingDataError(
            f"rule='activity' needs a service whose slots are counted: one of {', '.join(services)}."
        )
    if service not in services:
        raise unknown("service", service, services)
    slots = result.lists["slots"].sel(scenario=option, service=service).transpose("month", "use", "draw")
    known = [str(u) for u in slots["use"].values]
    month = slots["month"].values.astype("datetime64[M]").astype(int)
    year = (month - 3) // 12 + 1970
    out = np.zeros((len(partners), len(years), slots.sizes["draw"]))
    for i, partner in enumerate(partners):
        own = list(uses.get(partner, ()))
        for use in own:
            if use not in known:
                raise unknown("use of slots", use, known)
        part = slots.sel(use=own).sum("use").values
        for j, one in enumerate(years):
            out[i, j] = part[year == one].sum(axis=0)
    return out


def _told(
    contributions: Mapping[str, float],
    rule: str,
    caps: Mapping[str, float],
    starts: Mapping[str, date],
    over: str,
    under: str,
    lead: str | None,
) -> list[str]:
    words = {
        "fixed": "shares in proportion to contributions",
        "activity": "shares by the slots used for each partner",
        "benefit": "shares by what each partner gains, by contributions in a year without gain",
    }

    def who(name: str) -> str:
        return "all in their shares" if name == BY_SHARES else FUNDERS[name]

    lines = [
        words[rule],
        "planned a year: "
        + ", ".join(f"{FUNDERS[p]} GBP {amount:,.0f}" for p, amount in contributions.items()),
        f"an overspend is borne by {who(over)}, an underspend kept by {who(under)}",
    ]
    lines += [f"{FUNDERS[p]} pays no more than GBP {cap:,.0f} a year" for p, cap in caps.items()]
    if caps and lead is not None:
        lines.append(f"{FUNDERS[lead]} pays what caps leave")
    lines += [f"{FUNDERS[p]} joins on {day}" for p, day in starts.items()]
    return lines


def _dataset(
    partners: list[str], years: np.ndarray, spent: np.ndarray, made: Shared, gained: np.ndarray
) -> xr.Dataset:
    import xarray as xr

    each, total = ("funder", "financial_year", "draw"), ("financial_year", "draw")
    even = made.planned / np.maximum(made.planned.sum(axis=0), 1e-300)
    share = np.where(spent > 0, made.paid / np.where(spent > 0, spent, 1.0), even[:, :, None])

    def words(text: str, units: str = "GBP a financial year") -> dict[str, str]:
        return {"long_name": text, "units": units, "kind": "flow"}

    return xr.Dataset(
        {
            "spent": (total, spent, words("Spent from the pool")),
            "over": (total, made.over, words("Spent beyond the contributions planned")),
            "planned": (each[:2], made.planned, words("Contribution planned")),
            "share": (each, share, words("Share of what is spent", "share")),
            "paid": (each, made.paid, words("Paid")),
            "gained": (each, gained, words("Spent less on places and transport")),
        },
        coords={"funder": partners, "financial_year": years, "draw": np.arange(spent.shape[-1])},
    )
