"""The high needs block: what places, therapies and options cost it, against its allocation, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import MissingDataError, expect
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.placements import SETTINGS
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.cost import financial_year
from sendneeds.scenarios.high_needs_budget import Budget, check_budget
from sendneeds.scenarios.high_needs_result import PLACE_FUNDING, ROWS, HighNeedsResult
from sendneeds.waits.places.compare import HIGH_NEEDS, compare_places
from sendneeds.waits.places.costs import PRICES, has_price
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.workforce import has_staff, in_post_today

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.run_result import RunResult

RUNNING = ("recurrent", "one_off")
ROW_OF = {
    "early_years": "mainstream",
    "mainstream": "mainstream",
    "resourced": "resourced",
    "state_special": "state_special",
    "independent": "independent",
    "alternative": "alternative",
    "college": "post_16",
    "elsewhere": "other_settings",
}
"""The row of the management plan in which children of each setting are."""
THERAPIES = ("SLT", "OT", "PT")


def high_needs(
    result: RunResult,
    budget: pd.DataFrame | None = None,
    *,
    allocation_growth: float = 0.0,
    price_growth: float = 0.0,
) -> HighNeedsResult:
    """Set spending from the high needs block against its allocation, as things go on and under each option.

    Children in January of a year are paid for through the financial year that it lies in, at the mean price of their
    setting. Of an independent place that an option avoids only the pack's avoidable share of the mean comes back: the
    rest is a row of its own, so that an option saves what `compare_places` says. Capital is left out, as grants pay for
    it; transport is the council's general fund's, and stands beside.

    Parameters
    ----------
    result : RunResult
        With places.
    budget : pandas.DataFrame, optional
        As the table ``high_needs`` of a pack, which it stands in for: allocation, transfers, reserve or deficit at the
        start of a year, and what is known of therapies, tribunals and the rest.
    allocation_growth : float
        Growth a year of the allocation from the latest year for which it is stated.
    price_growth : float
        Growth a year of every price from the first financial year on; 0 keeps the prices of the pack's figures.

    Returns
    -------
    HighNeedsResult
        What has no price or no figure is named in its ``missing`` and counted in no row.

    Raises
    ------
    MissingDataError
        If the run has no places, or no place has a price.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = sn.high_needs(sn.run(bedford, [], draws=4, to=2027))
    >>> found["spend"].dims
    ('scenario', 'row', 'financial_year', 'draw')
    """
    import xarray as xr

    expect(result, "RunResult", "result", "run the options first, result = sn.run(area)")
    kinds(budget=(budget, "table or nothing"))
    for name, rate in (("allocation_growth", allocation_growth), ("price_growth", price_growth)):
        arguments.amount(name, rate, lambda x: -0.5 < x < 0.5, "a rate a year, 0.03 for 3 %", 0.03)
    if budget is not None:
        check_budget(budget)
    area = result.area
    if not result.places:
        raise MissingDataError(f"{area.name}: the run has no places: {' '.join(result.missing)}")
    base = result.places[BASELINE]
    if "price" not in base:
        raise MissingDataError(
            f"{area.name}: no place has a price: add gbp_per_place_... of PLACES to service_parameters.csv."
        )
    if budget is None and area.has("high_needs"):
        budget = area.table("high_needs")
    years = base.data["year"].values.astype(int) - 1
    draws = base.data.sizes["draw"]
    factor = (1.0 + price_growth) ** np.arange(len(years))[:, None]
    given = Budget(area.code, budget, years, draws, int(result.need.data.attrs["seed"]), allocation_growth)
    unpriced = _unpriced(base)
    missing = [f"no price of a place in {name}" for name in unpriced]
    left_out = [SETTINGS[name][0].lower() + SETTINGS[name][1:] for name in unpriced]
    names = [s.name for s in result.scenarios]
    spend = np.zeros((len(names), len(ROWS), len(years), draws))
    by_need, funding, transport = [], [], []
    services = {row: given.spend(row) for row in ("therapies", "tribunals", "other")}
    if services["therapies"] is None:
        services["therapies"] = _therapies(result, draws)
    for row, amount in services.items():
        if amount is None:
            missing.append(f"no figure of {ROWS[row].lower()}: add a row {row} to high_needs.csv")
            left_out.append("other spending" if row == "other" else ROWS[row].lower())
    for i, name in enumerate(names):
        places = result.places[name]
        each = _by_row_and_need(places) * factor
        by_need.append(each)
        funding.append(_place_funding(area, places))
        settings = [row for row in ROWS if row in set(ROW_OF.values())]
        for k, row in enumerate(settings):
            spend[i, list(ROWS).index(row)] = each[k].sum(axis=0)
        for row, amount in services.items():
            if amount is not None:
                spend[i, list(ROWS).index(row)] += amount * factor
        spend[i, list(ROWS).index("stays")] = _stays(base, places) * factor
        spend[i, list(ROWS).index("levers")] = _levers(result, name, years) * factor
        transport.append(_transport(places) * factor)
    income, opening, first = given.income(), given.opening(), given.first
    if income is None:
        missing.append(
            "no allocation: add rows of measure allocation to high_needs.csv; balances are not given"
        )
    if "transport_cost" not in base:
        missing.append("no price of transport: it is not shown beside")
    for setting in PLACE_FUNDING:
        if not has_price(Parameters(area), setting):
            missing.append(f"no {PRICES[setting]}: place funding of {setting} is not told apart from top-up")
    data = _dataset(names, base, years, spend, np.stack(by_need), np.stack(funding), np.stack(transport))
    data = data.assign_attrs(left_out="; ".join(left_out))
    if income is not None:
        in_year = income[None] - spend.sum(axis=1)
        counted = np.where((years >= first)[None, :, None], in_year, 0.0)
        dims = ("scenario", "financial_year", "draw")
        words = {"units": "GBP", "kind": "flow"}
        data["income"] = xr.DataArray(
            income, dims=dims[1:], attrs={"long_name": "Allocation and transfers in", **words}
        )
        data["in_year"] = xr.DataArray(in_year, dims=dims, attrs={"long_name": "In-year balance", **words})
        data["cumulative"] = xr.DataArray(
            opening[None, None] + np.cumsum(counted, axis=1),
            dims=dims,
            attrs={"long_name": "Balance carried forward", "units": "GBP", "kind": "stock"},
        )
        data = data.assign_attrs(balance_from=first, illustrative_allocation=given.illustrative)
    notes = (
        *given.notes,
        f"prices grow by {price_growth:.1%} a year"
        if price_growth
        else "prices as in the pack's figures, not uprated",
        *_going_on(result),
    )
    return HighNeedsResult(
        data,
        {**result.provenance, "allocation_growth": allocation_growth, "price_growth": price_growth},
        area.name,
        tuple(dict.fromkeys(missing)),
        notes,
    )


def _unpriced(places: Any) -> list[str]:
    """Return the settings with children that have no price."""
    told = [name for name in str(places["price"].attrs.get("unpriced", "")).split(", ") if name]
    placed = places.by_setting()
    return [name for name in told if bool(placed.sel(setting=name).any())]


def _by_row_and_need(places: Any) -> np.ndarray:
    """Return what places cost by row of the plan, need, year and draw."""
    price = places["price"].transpose("costed_setting", "draw")
    placed = places["placed"].sum("phase").transpose("setting", "need", "year", "draw")
    rows = [row for row in ROWS if row in set(ROW_OF.values())]
    out = np.zeros((len(rows), *placed.shape[1:]))
    for setting in map(str, price["costed_setting"].values):
        if setting in ROW_OF:
            each = price.sel(costed_setting=setting).values[None, None, :]
            out[rows.index(ROW_OF[setting])] += placed.sel(setting=setting).values * each
    return out


def _place_funding(area: Area, places: Any) -> np.ndarray:
    """Return place funding by setting of `PLACE_FUNDING`, year and draw; NaN where its price does not hold it."""
    placed, figures = places.by_setting(), Parameters(area)
    rows = []
    for setting, each in PLACE_FUNDING.items():
        count = placed.sel(setting=setting).transpose("year", "draw").values.astype(float)
        rows.append(count * each if has_price(figures, setting) else np.full_like(count, np.nan))
    return np.stack(rows)


def _transport(places: Any) -> np.ndarray:
    if "transport_cost" not in places:
        return np.full((places.data.sizes["year"], places.data.sizes["draw"]), np.nan)
    return np.asarray(places["transport_cost"].sum("travelling_setting").transpose("year", "draw").values)


def _stays(base: Any, places: Any) -> np.ndarray:
    """Return the part of the mean cost of independent places avoided that is spent still, (year, draw)."""
    shape = base.data.sizes["year"], base.data.sizes["draw"]
    if places is base or "avoidable_share" not in base:
        return np.zeros(shape)
    found = compare_places(base, places).data
    return np.asarray((found["gross"] - found["avoidable"]).transpose("year", "draw").values)


def _levers(result: RunResult, option: str, years: np.ndarray) -> np.ndarray:
    """Return what the high needs block pays of an option's levers, capital left out, (year, draw).

    After the run's last whole financial year recurrent cost that is paid still goes on as in it.
    """
    out = np.zeros((len(years), result.need.data.sizes["draw"]))
    spending = result.spending
    if HIGH_NEEDS not in spending.data["funder"].values:
        return out
    paid, recurrent = (
        spending.by_funder(option, cost_types=kinds)
        .sel(funder=HIGH_NEEDS)
        .transpose("financial_year", "draw")
        for kinds in (RUNNING, ("recurrent",))
    )
    known = paid["financial_year"].values.tolist()
    ongoing = len(known) > 1 and bool(recurrent.values[-1].any())
    for i, year in enumerate(years.tolist()):
        if year in known[:-1] or (year in known and not ongoing):
            out[i] = paid.sel(financial_year=year).values
        elif ongoing and year >= known[-1]:
            out[i] = recurrent.values[-2]
    return out


def _going_on(result: RunResult) -> list[str]:
    """Return how recurrent cost goes on in `_levers` where some option has some at the end, in words."""
    paid = result.spending.data["financial_year"].values.tolist()
    ends = [
        result.spending.by_funder(s.name, cost_types=("recurrent",)).sel(funder=HIGH_NEEDS).values[-1].any()
        for s in result.scenarios
        if HIGH_NEEDS in result.spending.data["funder"].values
    ]
    if len(paid) < 2 or not any(ends):
        return []
    whole, last = (financial_year(year) for year in paid[-2:])
    return [
        f"recurrent cost of options in {last} and after is that of {whole}, the last whole year of the lists; "
        f"`compare` and the costs of a run have of {last} only the weeks in which the lists run, and nothing after"
    ]


def _therapies(result: RunResult, draws: int) -> np.ndarray | None:
    """Return the council's share of the pay of therapists in post, (1, draw); None where figures lack."""
    if result.waits is None:
        return None
    figures, seed = Parameters(result.area), int(result.need.data.attrs["seed"])
    if not figures.has("POOL", "council_share"):
        return None
    share = figures.draw("POOL", "council_share", draws, seed)
    out, found = np.zeros(draws), False
    for service in THERAPIES:
        if (
            service in services_of(figures)
            and has_staff(figures, service)
            and figures.has(service, "gbp_per_wte_year")
        ):
            out += in_post_today(figures, service, draws, seed) * figures.draw(
                service, "gbp_per_wte_year", draws, seed
            )
            found = True
    return (out * share)[None, :] if found else None


def _dataset(
    names: list[str], base: Any, years: np.ndarray, spend: np.ndarray, by_need: np.ndarray, funding: np.ndarray,
    transport: np.ndarray,
) -> xr.Dataset:  # fmt: skip
    import xarray as xr

    words = {"units": "GBP a financial year", "kind": "flow"}
    settings = [row for row in ROWS if row in set(ROW_OF.values())]
    return xr.Dataset(
        {
            "spend": (
                ("scenario", "row", "financial_year", "draw"),
                spend,
                {"long_name": "Spent from the block", **words},
            ),
            "by_need": (
                ("scenario", "setting_row", "need", "financial_year", "draw"),
                by_need,
                {"long_name": "Spent on places by need", **words},
            ),
            "place_funding": (
                ("scenario", "funded_setting", "financial_year", "draw"),
                funding,
                {"long_name": "Of it, place funding; the rest is top-up", **words},
            ),
            "transport": (
                ("scenario", "financial_year", "draw"),
                transport,
                {"long_name": "Transport, which the general fund pays", **words},
            ),
        },
        coords={
            "scenario": names,
            "row": list(ROWS),
            "setting_row": settings,
            "need": [str(n) for n in base.data["need"].values],
            "funded_setting": list(PLACE_FUNDING),
            "financial_year": years,
            "draw": np.arange(spend.shape[-1]),
        },
        attrs={"scored_to": base.scored_to},
    )
