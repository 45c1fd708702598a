"""What services are asked for, and when the last advice of each assessment is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.kernel.ehc import clock as ehc_clock

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class AdviceTimes:
    """When the last advice of each assessment is in.

    Parameters
    ----------
    last : ndarray of int, (N,)
    writing, consulted : ndarray of int, (N,)
        Weeks from there to the end, and of those after the draft.
    factor : dict of str to ndarray, (draw,)
        For each service that gives advice alone, advice a whole-time equivalent gives over what the pack states.
    before : dict of str to ndarray, (draw,)
        Of the year before the start, as the calibrated services give it: assessments finished, and the share in time.
    notes : tuple of str
    """

    last: np.ndarray
    writing: np.ndarray
    consulted: np.ndarray
    factor: dict[str, np.ndarray]
    before: dict[str, np.ndarray]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class AdviceRequests:
    """What services are asked for from the start, before they have answered.

    Parameters
    ----------
    last : ndarray of int, (N,)
        Week in which advice from elsewhere is in.
    writing, consulted, factor, before, notes
        As in `AdviceTimes`.
    some : dict of str to ndarray of bool, (N,)
        For each service, the assessments that ask it for advice and have not had it.
    """

    last: np.ndarray
    writing: np.ndarray
    consulted: np.ndarray
    some: dict[str, np.ndarray]
    factor: dict[str, np.ndarray]
    before: dict[str, np.ndarray]
    notes: tuple[str, ...]


def services_dataset(advice: AdviceTimes) -> xr.Dataset:
    """Return what the calibration found, by draw."""
    import xarray as xr

    words = {
        "assessments_before": ("Assessments finished in the year before the start", "children"),
        "share_before": ("Share of plans within 20 weeks in the year before the start", "share"),
    }
    arrays: dict[str, tuple] = {
        name: ("draw", values, {"long_name": words[name][0], "units": words[name][1], "kind": "flow"})
        for name, values in advice.before.items()
    }
    text = {"long_name": "Advice a whole-time equivalent gives, over what the pack states", "units": "times"}
    arrays["advice_factor"] = (("adviser", "draw"), np.stack(list(advice.factor.values())), text)
    return xr.Dataset(arrays, coords={"adviser": list(advice.factor)})


def first_difference(done: Mapping[str, np.ndarray], baseline: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the first week in which any service gives another number of answers, (draw,); `NOT_YET` where none does.

    Examples
    --------
    >>> given, other = np.array([[2, 2], [2, 2], [2, 3]]), np.array([[2, 2], [2, 1], [2, 3]])
    >>> first_difference({"EP": other}, {"EP": given})[1].item()
    1
    """
    differs = np.logical_or.reduce([given != baseline[service] for service, given in done.items()])
    return np.where(differs.any(axis=0), differs.argmax(axis=0), ehc_clock.NOT_YET).astype(np.int32)
