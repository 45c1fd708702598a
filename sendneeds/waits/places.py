"""Places for children with a plan: need by phase and setting against places commissioned, and what overflows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.results import Result
from sendneeds.kernel import places as kernel

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

SETTINGS = {
    "mainstream": "Mainstream school with support",
    "early_years": "Early years provider",
    "college": "College or other provider after 16",
    "resourced": "Resourced provision or SEN unit",
    "state_special": "State-funded special school",
    "alternative": "Alternative provision",
    "elsewhere": "Educated elsewhere, at home or by other arrangement",
    "not_in_education": "Not in education, or not recorded",
    "independent": "Independent or non-maintained special school, or out of area",
}
"""In the order in which they are filled."""
CAPPED = ("resourced", "state_special")
"""Settings held to the places commissioned; what they cannot take goes on as `PASSED_TO` says."""
PASSED_TO = {"resourced": "state_special", "state_special": "independent"}
PHASES = {"early_years": (0, 3), "primary": (4, 10), "secondary": (11, 15), "post_16": (16, 25)}
"""By age at 31 August."""
_ONLY = {"early_years": ("early_years",), "college": ("post_16",)}
_COSTS = {
    "mainstream": "gbp_per_place_mainstream_top_up",
    "resourced": "gbp_per_place_mainstream_top_up",
    "state_special": "gbp_per_place_state_special",
    "independent": "gbp_per_place_independent",
}


@dataclass(frozen=True)
class Opening:
    """New places, or with a negative number places that close.

    Parameters
    ----------
    setting : str
        One of `CAPPED`.
    year : int
        January by which the first of them are filled.
    places : int
    fill_years : int
        Years over which they fill, in equal parts.
    """

    setting: str
    year: int
    places: int
    fill_years: int = 3


@dataclass(frozen=True, repr=False)
class PlacesResult(Result):
    """Children with a plan by setting.

    `data` has the stocks ``placed`` and ``wanted`` (year, setting, need, phase, draw), ``places`` (year, capped
    setting), ``shortfall`` (year, capped setting, draw), ``awaiting`` (year, draw) and ``cost`` (year, costed
    setting, draw) in GBP a year.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    """

    title = "Places"


def setting_of(placement: str) -> str:
    """Return the setting that a placement of the SEN2 return belongs to.

    Examples
    --------
    >>> setting_of("Special - independent"), setting_of("Mainstream - academy (SEN unit)")
    ('independent', 'resourced')
    """
    text = placement.lower()
    if "resourced" in text or "sen unit" in text:
        return "resourced"
    if text.startswith("special"):
        return "independent" if "independent" in text or "non-maintained" in text else "state_special"
    for start, setting in (("mainstream", "mainstream"), ("ap/pru", "alternative"), ("fe -", "college")):
        if text.startswith(start):
            return setting
    if "early years" in text:
        return "early_years"
    gone = "neet" in text or "not in education" in text or "not recorded" in text
    return "not_in_education" if gone else "elsewhere"


def placement_mix(area: Area) -> pd.DataFrame:
    """Return plans by need and setting at the latest count, as observed: bound by the places there are.

    Parameters
    ----------
    area : Area

    Returns
    -------
    pandas.DataFrame
        Index need, columns settings.

    Raises
    ------
    MissingDataError
        If the area has no plans by placement.
    """
    table = area.table("ehc_plans")
    if "placement" not in table or not (table["placement"] != "all").any():
        raise MissingDataError(
            f"{area.name}: ehc_plans.csv has no plans by placement, which places are projected from."
        )
    rows = table[(table["placement"] != "all") & table["plans"].notna() & (table["need"] != "all")]
    rows = rows[rows["census_january"] == rows["census_january"].max()]
    rows = rows.assign(setting=rows["placement"].map(setting_of), plans=rows["plans"].astype(float))
    wide = rows.pivot_table(index="need", columns="setting", values="plans", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=list(SETTINGS), fill_value=0.0)


def project_places(
    area: Area,
    need: NeedProjection,
    *,
    commissioned: Mapping[str, int] | None = None,
    openings: Sequence[Opening] = (),
    mix: str = "observed",
) -> PlacesResult:
    """Project where children with a plan are placed, and how many more places are wanted than there are.

    Children of each need and phase want settings in the proportions of the mix; resourced provision and state special
    schools take as many as they have places, and the rest go on to the next: from resourced provision to a state
    special school, from there to an independent school or out of area. Nobody moves because a place comes free: each
    January is filled afresh.

    Parameters
    ----------
    area : Area
        With ``ehc_plans`` by placement and need.
    need : NeedProjection
    commissioned : mapping of setting to int, optional
        Places in `CAPPED` settings at the start; as many as were filled in the latest count when left out.
    openings : sequence of Opening
    mix : {"observed", "england"}
        The area's own mix by need, bound by the places it has, or England's.

    Returns
    -------
    PlacesResult

    Raises
    ------
    MissingDataError
        If the area has no plans by placement.
    UnknownNameError
        If places are commissioned in, or opened for, a setting without a ceiling.
    DomainError
        If a number of places, a year or the mix lies outside its domain.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = project_places(bedford, sn.project(bedford, to=2027, draws=20))
    >>> plans = found.data["placed"].sum(("setting", "need", "phase")) + found.data["awaiting"]
    >>> bool((plans == found.data["children"]).all())
    True
    """
    if mix not in ("observed", "england"):
        raise DomainError(f"mix={mix!r}: observed or england.")
    years = need.data["year"].values
    for name in [*(commissioned or {}), *(opening.setting for opening in openings)]:
        if name not in CAPPED:
            raise unknown("setting with a ceiling", name, CAPPED)
    for opening in openings:
        if not years[0] <= opening.year <= years[-1] or opening.fill_years < 1:
            raise DomainError(
                f"Places in {opening.setting} from {opening.year} over {opening.fill_years} years: a January from "
                f"{years[0]} to {years[-1]}, filled over 1 year or more."
            )
    if any(number < 0 for number in (commissioned or {}).values()):
        raise DomainError("Places commissioned cannot be negative.")
    own = placement_mix(area)
    names = list(SETTINGS)
    children, needs = _by_phase(need)
    weights = _with_phase(own if mix == "observed" else placement_mix(area.england()), needs, children[0])
    base = np.full(len(names), -1)
    for setting in CAPPED:
        given = (commissioned or {}).get(setting)
        base[names.index(setting)] = round(float(own[setting].sum())) if given is None else given
    planned = [(names.index(o.setting), int(o.year - years[0]), o.places, o.fill_years) for o in openings]
    ceiling = kernel.opened(base, planned, len(years))
    passed_to = [names.index(PASSED_TO[n]) if n in PASSED_TO else kernel.NOWHERE for n in names]
    draws = children.shape[-1]
    shape = (len(years), len(names), len(needs), len(PHASES), draws)
    want, placed, unplaced = (np.zeros(shape, np.int32) for _ in range(3))
    for y in range(len(years)):
        flat = children[y].reshape(-1, draws)
        wanted = kernel.wanted(flat, weights.reshape(len(flat), -1))
        room = np.repeat(ceiling[y][:, None], draws, axis=1)
        found, spilt = kernel.filled(wanted, room, passed_to)
        want[y], placed[y], unplaced[y] = (a.reshape(shape[1:]) for a in (wanted, found, spilt))
    data = _dataset(area, need, needs, want, placed, unplaced, ceiling, passed_to)
    notes = "places commissioned at the start: " + (
        "as given" if commissioned else "as many as were filled at the latest count"
    )
    return PlacesResult(data, {**need.provenance, "places": f"{notes}; mix {mix}"})


def _by_phase(need: NeedProjection) -> tuple[np.ndarray, list[str]]:
    """Return children with a plan by year, need, phase and draw."""
    plans = need.data["children"].sel(provision="E").transpose("year", "need", "age", "draw")
    values, needs = plans.values, [str(n) for n in plans["need"].values]
    phases = [values[:, :, first : last + 1].sum(axis=2) for first, last in PHASES.values()]
    children = np.stack(phases, axis=2)
    some = [n for n in range(len(needs)) if children[:, n].any()]
    return children[:, some], [needs[n] for n in some]


def _with_phase(mix: pd.DataFrame, needs: list[str], children: np.ndarray) -> np.ndarray:
    """Return settings by need and phase, fitted to settings by need and to phases by need, (N, P, S)."""
    phases, names = list(PHASES), list(SETTINGS)
    allowed = np.ones((len(phases), len(names)))
    for setting, only in _ONLY.items():
        allowed[[phase not in only for phase in phases], names.index(setting)] = 0.0
    out = np.zeros((len(needs), len(phases), len(names)))
    everyone = mix.sum(axis=0).to_numpy()
    for n, code in enumerate(needs):
        settings = mix.loc[code].to_numpy() if code in mix.index and mix.loc[code].sum() > 0 else everyone
        by_phase = children[n].mean(axis=-1) + 1e-9
        fit = allowed * settings
        for _ in range(50):  # iterative proportional fitting
            fit *= (by_phase / by_phase.sum() / np.maximum(fit.sum(axis=1), 1e-300))[:, None]
            fit *= settings / settings.sum() / np.maximum(fit.sum(axis=0), 1e-300)
        empty = fit.sum(axis=1) <= 1e-12
        fit[empty] = (allowed * settings)[empty]
        out[n] = fit
    return out


def _dataset(
    area: Area,
    need: NeedProjection,
    needs: list[str],
    want: np.ndarray,
    placed: np.ndarray,
    unplaced: np.ndarray,
    ceiling: np.ndarray,
    passed_to: list[int],
) -> xr.Dataset:
    import xarray as xr

    names, draws = list(SETTINGS), placed.shape[-1]
    capped = [names.index(n) for n in CAPPED]
    nowhere = [s for s, after in enumerate(passed_to) if after == kernel.NOWHERE]
    full = ("year", "setting", "need", "phase", "draw")

    def words(text: str, units: str = "children") -> dict[str, str]:
        return {"long_name": text, "units": units, "kind": "stock"}

    arrays: dict[str, tuple] = {
        "wanted": (full, want, words("Children by the setting they want")),
        "placed": (full, placed, words("Children by the setting they are placed in")),
        "children": (("year", "draw"), want.sum(axis=(1, 2, 3)), words("Children with a plan")),
        "places": (("year", "capped_setting"), ceiling[:, capped], words("Places commissioned", "places")),
        "shortfall": (
            ("year", "capped_setting", "draw"),
            unplaced[:, capped].sum(axis=(2, 3)),
            words("Children whom a setting has no place for"),
        ),
        "awaiting": (
            ("year", "draw"),
            unplaced[:, nowhere].sum(axis=(1, 2, 3)),
            words("Children awaiting a place"),
        ),
    }
    coords: dict[str, object] = {
        "year": need.data["year"].values,
        "setting": names,
        "need": needs,
        "phase": list(PHASES),
        "capped_setting": list(CAPPED),
        "draw": np.arange(draws),
    }
    if area.has("service_parameters"):
        parameters, seed = Parameters(area), int(need.data.attrs["seed"])
        priced = [n for n in _COSTS if parameters.has("PLACES", _COSTS[n])]
        if priced:
            prices = np.stack([parameters.draw("PLACES", _COSTS[n], draws, seed) for n in priced])
            count = placed[:, [names.index(n) for n in priced]].sum(axis=(2, 3))
            text = {"long_name": "Cost of places a year", "units": "GBP a year", "kind": "flow"}
            arrays["cost"] = (("year", "costed_setting", "draw"), count * prices, text)
            coords["costed_setting"] = priced
    return xr.Dataset(arrays, coords=coords, attrs={"area": area.code})
