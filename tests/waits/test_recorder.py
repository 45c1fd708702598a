"""What is recorded of a service, by hand: the share within 18 weeks, and the slots that annual reviews take."""

from types import SimpleNamespace

import numpy as np
import xarray as xr

from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Rules
from sendneeds.kernel.services.simulate import serve
from sendneeds.waits.services.recorder import Kept
from sendneeds.waits.services.runner import PERCENTILES, Service

DAYS = np.arange("2025-01-06", "2025-01-27", 7, dtype="datetime64[D]")


def test_within_18_weeks_counts_to_18_and_over_52_from_52():
    """Ten wait: three for 17 whole weeks, two for 18, one for 51, four for 52; nobody is seen."""
    opening = np.zeros(60, int)
    opening[[17, 18, 51, 52]] = 3, 2, 1, 4
    nothing = np.zeros((3, 1), int)
    path = serve(Rules(), nothing, nothing, RandomStreams(1, ("x", "slt"), 1), [opening], shares=PERCENTILES)
    counts = Kept(DAYS, "week").counts(path, 1)
    assert counts["waiting"][:, 0].tolist() == [10, 10, 10, 10]
    assert counts["waiting_within_18"][:, 0].tolist() == [3, 0, 0, 0]
    assert counts["waiting_over_52"][:, 0].tolist() == [4, 5, 5, 5]
    # half of ten have waited 19 weeks or less: three for up to 18, two for up to 19
    assert counts["waiting_median"][:, 0].tolist() == [19, 20, 21, 22]
    assert counts["waiting_p92"][:, 0].tolist() == [53, 54, 55, 56]


def test_annual_reviews_take_slots_in_term():
    """3,900 plans, half with a report of two units, over 39 weeks of term: 100 units a week, none in a holiday."""
    days = np.array(["2025-01-13", "2025-01-20", "2025-08-04"], dtype="datetime64[D]")
    figures = {"annual_review_share": 0.5, "annual_review_reports": 1.0}
    parameters = SimpleNamespace(
        has=lambda service, name: name in figures,
        draw=lambda service, name, draws, seed: np.full(draws, figures[name]),
    )
    children = xr.DataArray(
        np.full((1, 2, 1, 1, 1), 3900.0),
        dims=("provision", "year", "need", "age", "draw"),
        coords={"provision": ["E"], "year": [2025, 2026]},
    )
    service = SimpleNamespace(parameters=parameters, name="EP", draws=1, seed=1, days=days)
    need = SimpleNamespace(data=xr.Dataset({"children": children}))
    assert Service._annual_reviews(service, need, 2)[:, 0].tolist() == [100, 100, 0]
