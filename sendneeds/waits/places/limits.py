"""How many places there are in settings with a limit, and where those go whom they have no place for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.kernel.places import year as kernel
from sendneeds.waits.places.settings import CAPPED, LIMITED, OVERFLOW, STAYS_IN, PlaceChange

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

ONE = 1 << kernel.BITS


def commissioned_places(area: Area) -> dict[str, int]:
    """Return the places that the pack says are commissioned, by setting with a ceiling; the settings it leaves out not.

    Parameters
    ----------
    area : Area

    Returns
    -------
    dict of str to int
        The central figure of each row ``commissioned_places_...`` of ``PLACES``, else the latest year of the table
        ``places``, phases and needs added up.

    Examples
    --------
    >>> import sendneeds as sn
    >>> commissioned_places(sn.open_area("bedford"))
    {}
    """
    found = _published_places(area) if area.has("places") else {}
    if area.has("service_parameters"):
        figures = Parameters(area)
        for name in CAPPED:
            if figures.has("PLACES", f"commissioned_places_{name}"):
                found[name] = round(figures.get("PLACES", f"commissioned_places_{name}").central)
    return {name: found[name] for name in CAPPED if name in found}


def _published_places(area: Area) -> dict[str, int]:
    """Return the places of each setting in the latest year of the table ``places`` that gives all of them."""
    table = area.table("places")
    found = {}
    for setting, rows in table.groupby("setting", observed=True):
        for year in sorted(set(rows["academic_year"]), reverse=True):
            own = rows[rows["academic_year"] == year]
            for column in ("need", "phase"):
                whole = own[own[column] == "all"]
                own = whole if len(whole) else own
            if own["commissioned"].notna().all():
                found[str(setting)] = int(own["commissioned"].sum())
                break
    return found


def ceilings(
    filled: np.ndarray,
    years: np.ndarray,
    commissioned: Mapping[str, int],
    place_changes: Sequence[PlaceChange],
) -> np.ndarray:
    """Return places by year and setting, -1 where there is no ceiling; `filled` are those of the first January."""
    names = list(SETTINGS)
    base = np.full(len(names), -1)
    for name in CAPPED:
        if name in LIMITED or name in commissioned:
            base[names.index(name)] = commissioned.get(name, filled[names.index(name)])
    planned = [
        (names.index(o.setting), int(o.year - years[0]), o.places, o.fill_years) for o in place_changes
    ]
    return kernel.opened(base, planned, len(years))


def overflow(area: Area, needs: int, draws: int, seed: int) -> np.ndarray:
    """Return where those go whom a setting has no place for, (S, S + 1, G, L), in units of 2**-16."""
    names, phases = list(SETTINGS), list(PHASES)
    out = np.zeros((len(names), len(names) + 1, len(phases), draws), dtype=np.int64)
    parameters = Parameters(area) if area.has("service_parameters") else None
    for setting in LIMITED:
        left = np.full(draws, ONE)
        for (source, other), (figure, interval) in OVERFLOW.items():
            if source != setting:
                continue
            if parameters is not None and parameters.has("PLACES", figure):
                share = parameters.draw("PLACES", figure, draws, seed)
            else:
                share = two_piece_lognormal(
                    *interval, standard_normal(seed, (area.code, "PLACES", figure), draws)
                )
            part = np.minimum(np.rint(ONE * share).astype(np.int64), left)
            out[names.index(setting), names.index(other)] = part
            left = left - part
        for p, phase in enumerate(phases):
            out[names.index(setting), names.index(STAYS_IN[phase]), p] = left
    return np.tile(out, (1, 1, needs, 1))
