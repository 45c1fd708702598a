"""One service under one scenario: what is given, and what its kernel takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.waits.services.options import ServiceOption
from sendneeds.waits.services.rules_from_parameters import Figures
from sendneeds.waits.services.throughput import Staffing

if TYPE_CHECKING:
    from sendneeds.need.projection import NeedProjection


class Accepted(NamedTuple):
    """Referrals accepted: their mean, and their number drawn, (week, draw); 0 for a service without a list.

    ``ahead`` is their mean over half a year more than the run, and a year at least.
    """

    expected: np.ndarray
    drawn: np.ndarray
    ahead: np.ndarray


@dataclass(frozen=True)
class Case:
    """One service under one scenario.

    Parameters
    ----------
    option : ServiceOption
    need : NeedProjection
    accepted : Accepted
    advice : ndarray of int, (week, draw), optional
        Requests for statutory advice, in place of those drawn about the pack's figure.
    advice_opening : ndarray of int, (weeks waited, draw), optional
        Requests in hand at the start.
    staffing : {"follows_record", "fixed"}
        Whether staff grow as what is asked of the service does as things are, or stay as they are.
    """

    option: ServiceOption
    need: NeedProjection
    accepted: Accepted
    advice: np.ndarray | None = None
    advice_opening: np.ndarray | None = None
    staffing: Staffing = "follows_record"


@dataclass(frozen=True)
class Prepared:
    """A case as its kernel takes it; lanes are draws.

    Parameters
    ----------
    figures : Figures
    inputs : dict of str to ndarray or None
        Arguments of `kernel.service.serve`.
    diverted : ndarray of int, (week, draw)
        Referrals not accepted.
    asked, available : ndarray of float, (week, draw)
        Units of slots that referrals and requests ask for, and that there are, others' included.
    firsts_a_unit : ndarray of float, broadcast to (week, draw)
        First assessments that an offered unit of slots gives.
    """

    figures: Figures
    inputs: dict[str, np.ndarray | None]
    diverted: np.ndarray
    asked: np.ndarray
    available: np.ndarray
    firsts_a_unit: np.ndarray
