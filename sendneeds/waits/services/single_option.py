"""Services under one option, for those who need their weeks and no scenario: the EHC clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.services.options import ServiceOption
from sendneeds.waits.services.runner import Load
from sendneeds.waits.services.simulate import simulate

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

__all__ = ["ServiceOption", "simulate_services"]


def simulate_services(
    area: Area,
    need: NeedProjection,
    services: list[str] | None = None,
    *,
    until: date | None = None,
    service_options: Mapping[str, ServiceOption] | None = None,
    follow_up_load: Load = "steady",
    age_limit: int = 18,
    advice: Mapping[str, np.ndarray] | None = None,
    advice_opening: Mapping[str, np.ndarray] | None = None,
) -> Result:
    """Simulate services under one option: `simulate.simulate` without the dimension ``scenario``.

    Parameters
    ----------
    area, need, services, until, follow_up_load, pathway, age_limit, advice_opening
        As in `simulate.simulate`.
    service_options : mapping of service to ServiceOption, optional
    advice : mapping of service to ndarray of int, shape (week, draw), optional

    Returns
    -------
    Result
        `data` has the variables of `result.WaitsResult` by service.
    """
    name = "option" if service_options else BASELINE
    ran = simulate(
        area,
        need,
        services,
        until=until,
        scenarios={name: service_options or {}},
        follow_up_load=follow_up_load,
        age_limit=age_limit,
        advice={BASELINE: advice or {}},
        advice_opening={BASELINE: advice_opening or {}},
    )
    return Result(ran.data.sel(scenario=name, drop=True), ran.provenance)
