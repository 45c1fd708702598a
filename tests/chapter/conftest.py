"""Synthetic runs for the chapter: small arrays in the shape of a real one, with numbers that mean nothing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.evidence.pack import open_area
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.need.national import shipped_record

DRAWS = 24
SERVICES = ("SLT", "OT", "ASD_DX")


def synthetic_need(area, rng, to=2035):
    years = np.arange(2025, to + 1)
    needs = [n for n in NEEDS if n not in ("NSA",)] + ["NONE"]
    shape = (len(years), 3, len(needs), 26, DRAWS)
    children = rng.poisson(3.0, shape).astype("int32")
    children[:, 0, :-1] = 0
    children[:, 1:, -1] = 0
    children = (children * (1 + 0.05 * np.arange(len(years)))[:, None, None, None, None]).astype("int32")
    data = xr.Dataset(
        {
            "children": (("year", "provision", "need", "age", "draw"), children),
            "population": (("year", "age", "draw"), 2000 + children.sum(axis=(1, 2), dtype="int32")),
        },
        coords={"year": years, "provision": ["N", "K", "E"], "need": needs, "age": np.arange(26)},
        attrs={"start": 2025, "scored_to": 2030},
    )
    by_need = lambda p="E", needs=None: data["children"].sel(provision=p).sum("age")  # noqa: E731
    return SimpleNamespace(
        data=data,
        area=area,
        assumptions=["Births stay as they were.", "Growth fades after the fifth year."],
        record=shipped_record_frame(),
        scored_to=2030,
        provenance={"seed": 7, "draws": DRAWS},
        total=lambda p="E": data["children"].sel(provision=p).sum(("need", "age")),
        by_need=by_need,
    )


def shipped_record_frame():
    frame = pd.DataFrame(shipped_record())
    words = ("method", "target", "origin")
    return frame.assign(**{c: pd.to_numeric(frame[c]) for c in frame if c not in words})


def synthetic_run(area, services=SERVICES, options=2, seed=0):
    rng = np.random.default_rng(seed)
    need = synthetic_need(area, rng)
    types = xr.Dataset(
        {"children": (("year", "need_type", "draw"), 300 + rng.poisson(60, (11, 4, DRAWS)).cumsum(axis=0))},
        coords={"year": need.data["year"].values, "need_type": ["ASD", "SEMH", "SLT", "OT"]},
    )
    names = ["baseline", *(f"option_{i}" for i in range(1, options + 1))]
    scenarios = [
        SimpleNamespace(
            name=n,
            title=n.replace("_", " ").capitalize(),
            levers=[] if n == "baseline" else [f"lever of {n}"],
        )
        for n in names
    ]
    weeks = np.datetime64("2025-01-06") + 7 * np.arange(209)
    size = (len(names), len(services), len(weeks), DRAWS)
    waiting = 100 + rng.poisson(50, size)
    over18 = rng.binomial(waiting, 0.3)
    over52 = rng.binomial(over18, 0.2)
    dims = ("scenario", "service", "week", "draw")
    lists = xr.Dataset(
        {
            "waiting": (dims, waiting),
            "waiting_within_18": (dims, waiting - over18),
            "waiting_over_52": (dims, over52),
            "waiting_median": (dims, rng.integers(5, 20, size)),
            "waiting_p92": (dims, rng.integers(20, 60, size)),
        },
        coords={"scenario": names, "service": list(services), "week": weeks},
    )
    flows = (*dims[:2], "week_commencing", "draw")
    load = xr.Dataset(
        {"demand": (flows, rng.gamma(20, 5, size)), "capacity": (flows, rng.gamma(20, 4.5, size))},
        coords={"scenario": names, "service": list(services), "week_commencing": weeks},
    )
    return SimpleNamespace(
        area=area,
        need=need,
        types=SimpleNamespace(data=types),
        scenarios=scenarios,
        services=list(services),
        lists=lists,
        load=load,
        costs=pd.DataFrame(),
        parameters=area.tables.get("service_parameters") if services else None,
    )


def synthetic_comparison(run, seed=1):
    rng = np.random.default_rng(seed)
    months = [str(m) for m in np.arange("2025-02", "2029-01", dtype="datetime64[M]")]
    names = [s.name for s in run.scenarios]
    probability, differences, costs = [], [], []
    for i, name in enumerate(names):
        for service in run.services:
            for k, month in enumerate(months):
                p = float(1 / (1 + np.exp(-(k - 40 + 12 * i) / 5)))
                probability.append((name, service, month, p, (p * (1 - p) / DRAWS) ** 0.5))
                if i:
                    for measure in ("waiting", "waiting_over_18", "waiting_over_52"):
                        low, mid, high = sorted(-rng.integers(0, 90, 3).astype(float))
                        differences.append((name, service, month, measure, low, mid, high))
        if i:
            for funder in ("council_high_needs", "icb"):
                costs.append((name, funder, 40_000.0 * i, 56_000.0 * i, 70_000.0 * i))
    return SimpleNamespace(
        probability=pd.DataFrame(
            probability, columns=["scenario", "service", "month", "probability", "standard_error"]
        ),
        differences=pd.DataFrame(
            differences, columns=["scenario", "service", "month", "measure", "low", "central", "high"]
        ),
        costs=pd.DataFrame(costs, columns=["scenario", "funder", "low", "central", "high"]),
    )


@pytest.fixture(scope="session")
def bedford():
    return open_area("bedford")


@pytest.fixture(scope="session")
def central():
    return open_area("central-bedfordshire")


@pytest.fixture(scope="session")
def run(bedford):
    return synthetic_run(bedford)
