"""How many places there are in settings with a limit, and where those go whom they have no place for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.kernel.places import year as kernel
from sendneeds.waits.places.cells import published_cells
from sendneeds.waits.places.settings import CAPPED, LIMITED, OVERFLOW, STAYS_IN

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
        ``places``, by the rows of it that say for whom they are (`cells.published_cells`) or in all.

    Examples
    --------
    >>> import sendneeds as sn
    >>> commissioned_places(sn.open_area("bedford"))
    {}
    """
    found = published_places(area)
    found |= stated_places(area)
    return {name: found[name] for name in CAPPED if name in found}


def published_places(area: Area) -> dict[str, int]:
    """Return the places of the table ``places``, by setting, of the needs and phases that its rows name."""
    found = {}
    for setting in CAPPED if area.has("places") else ():
        cells = published_cells(
            area.table("places"), setting, list(NEEDS), np.zeros(len(NEEDS) * len(PHASES), int)
        )
        if cells:
            found[setting] = sum(cell.places for cell in cells)
    return found


def stated_places(area: Area) -> dict[str, int]:
    """Return the places in all of the rows ``commissioned_places_...`` of ``PLACES``, by setting."""
    found = {}
    if area.has("service_parameters"):
        figures = Parameters(area)
        for name in CAPPED:
            if figures.has("PLACES", f"commissioned_places_{name}"):
                found[name] = round(figures.get("PLACES", f"commissioned_places_{name}").central)
    return found


def overflow(area: Area, draws: int, seed: int) -> np.ndarray:
    """Return where those go whom a setting has no place for, by phase, (S, S + 1, P, L), in units of 2**-16."""
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
    return out
