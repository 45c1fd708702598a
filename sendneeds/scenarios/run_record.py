"""What a run was made from, as hashes and texts, and two runs joined where they were made from the same."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.csv_text import table_csv
from sendneeds.foundation.errors import DomainError, expect
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.saved_scenarios import scenario_text

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.scenario import Scenario

ALIKE = ("area", "seed", "draws", "version", "inputs")
"""What has to be the same in two runs for their options to be compared."""


def recorded(area: Area, scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Return the text and hash of each scenario, the hash of each table, and the versions that computed.

    Parameters
    ----------
    area : Area
    scenarios : sequence of Scenario

    Returns
    -------
    dict
        ``scenario_texts`` and ``scenario_hashes`` by scenario, ``inputs`` by table, ``versions`` by package.
    """
    import pandas as pd
    import scipy
    import xarray as xr

    texts = {s.name: scenario_text(s) for s in scenarios}
    return {
        "scenario_texts": texts,
        "scenario_hashes": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
        "inputs": {
            name: hashlib.sha256(table_csv(table).encode()).hexdigest()
            for name, table in sorted(area.tables.items())
        },
        "versions": {
            "python": ".".join(map(str, sys.version_info[:3])),
            **{one.__name__: one.__version__ for one in (np, scipy, pd, xr)},
        },
    }


def differences(one: Any, other: Any) -> list[str]:
    """Return in what two runs differ so that their options cannot be compared, a line each."""
    mine, its = one.provenance, other.provenance
    out = []
    for name in ALIKE[:-1]:
        if mine.get(name) != its.get(name):
            out.append(f"{name}: {mine.get(name)} and {its.get(name)}")
    tables = {**mine["inputs"], **its["inputs"]}
    changed = [name for name in tables if mine["inputs"].get(name) != its["inputs"].get(name)]
    if changed:
        out.append(f"tables that are not the same: {', '.join(changed)}")
    years, own = (run.need.data["year"].values.tolist() for run in (one, other))
    if years != own:
        out.append(f"years: to {years[-1]} and to {own[-1]}")
    if (one.waits is None) != (other.waits is None):
        out.append("lists: one run has them and the other has not")
    elif one.waits is not None:
        for name, what in (("week", "weeks of the lists"), ("service", "services")):
            if one.lists[name].values.tolist() != other.lists[name].values.tolist():
                out.append(f"{what}: {one.lists.sizes[name]} and {other.lists.sizes[name]}, not all the same")
    if not out and one.waits is not None:
        base = (run.lists["waiting"].sel(scenario=BASELINE).values for run in (one, other))
        if not np.array_equal(*base):
            out.append("the baselines: staffing or levers of the baseline are not the same")
    return out


def joined_runs(one: Any, other: Any) -> Any:
    """Return a run with the options of another besides its own (`RunResult.join`)."""
    import pandas as pd
    import xarray as xr

    expect(other, "RunResult", "other", "run the options first, other = sn.run(area)")
    told = differences(one, other)
    if told:
        lines = "".join(f"\n  {line}" for line in told)
        raise DomainError(
            f"The two runs cannot be compared; they differ in{lines}\nRun the options of both in one run."
        )
    names = [s.name for s in one.scenarios]
    new = [s for s in other.scenarios if s.name not in names]
    if not new:
        return one
    added = [s.name for s in new]
    waits = one.waits
    if waits is not None:
        both = xr.concat([waits.data, other.waits.data.sel(scenario=added)], "scenario", data_vars="minimal")
        waits = replace(waits, data=both.assign_attrs(waits.data.attrs))
    parts = {
        name: {**getattr(one, name), **{k: v for k, v in getattr(other, name).items() if k in added}}
        for name in ("needs", "clock", "places", "in_place")
    }
    for name in (
        "clock",
        "places",
    ):  # what an option leaves as it is stays one thing with this run's baseline
        for option in added:
            theirs = getattr(other, name)
            if option in theirs and theirs[option] is theirs[BASELINE]:
                parts[name][option] = parts[name][BASELINE]
    costs = pd.concat([one.costs, other.costs[other.costs["scenario"].isin(added)]], ignore_index=True)
    return replace(
        one,
        scenarios=[*one.scenarios, *new],
        waits=waits,
        costs=costs,
        spending=one.spending.join(other.spending.of(added)),
        notes=(*one.notes, *(text for text in other.notes if text.partition(":")[0] in added)),
        **parts,
    )
