"""Time and memory of `sn.run` as draws and options grow, and what shared random numbers save; never pass or fail.

Run with ``python -m pytest tests/benchmarks/test_run.py -m bench -s``. Each size is a process of its own, and no other
beside it, so that its peak of memory is its own. Seconds are the processor's; those on the clock stand beside them.
"""

import json
import subprocess
import sys

import pytest

import sendneeds as sn

pytestmark = pytest.mark.bench
NAMES = (
    "fill-two-slt-posts", "two-psychologists", "resourced-places-60", "slt-initiative-year",
    "slt-groups-and-attendance",
)  # fmt: skip
EIGHTH = "ADHD_DX"
"""Bedford has seven services that are simulated; physiotherapy's rows, once more, are the eighth."""
ONE = """
import json, resource, sys, time
from dataclasses import replace
import pandas as pd
import sendneeds as sn
from sendneeds.demand.bridge import bridge_table

draws, names, eighth = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
area = sn.open_area("bedford")
tables = {"service_parameters": area.table("service_parameters"), "need_service": bridge_table(area)}
for name, table in tables.items():
    tables[name] = pd.concat([table, table[table["service"] == "PT"].assign(service=eighth)], ignore_index=True)
area = replace(area, tables={**area.tables, **tables})
options = sn.library_scenarios(area, names) if names else []
clock, start = time.perf_counter(), time.process_time()
result = sn.run(area, options, draws=draws, seed=1, jobs=1)
print(json.dumps({
    "services": result.lists.sizes["service"],
    "cpu": time.process_time() - start,
    "wall": time.perf_counter() - clock,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def measured(draws, names):
    command = [sys.executable, "-c", ONE, str(draws), json.dumps(names), EIGHTH]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_growth_with_draws_and_options():
    sizes = [(draws, NAMES) for draws in (200, 400, 1000)]
    sizes += [(200, NAMES[:count]) for count in (0, 1, 3)]
    print("\n draws  options with the baseline  services  processor s  clock s  peak MB")
    for draws, names in sizes:
        found = measured(draws, list(names))
        assert found["services"] == 8
        print(
            f"{draws:6,} {len(names) + 1:26} {found['services']:9} {found['cpu']:12.1f} {found['wall']:8.1f} "
            f"{found['peak']:8.0f}"
        )


def test_variance_of_a_paired_difference():
    """Beside that of two runs on random numbers of their own: the sum of their variances."""
    area = sn.open_area("bedford")
    result = sn.run(area, sn.library_scenarios(area, NAMES[:2]), draws=400, seed=1, to=2031)
    print("\noutcome                paired       unpaired  draws that sharing saves")
    asked = (
        ("child_weeks", "SLT", NAMES[0]),
        ("sessions_past_due", "SLT", NAMES[0]),
        ("plans_in_time", None, NAMES[1]),
    )
    for outcome, service, option in asked:
        drawn = result.draws(option, outcome, service).groupby("draw").sum(numeric_only=True)
        paired = drawn["difference"].var()
        apart = drawn["baseline"].var() + drawn["option"].var()
        print(f"{outcome:18} {paired:12.4g} {apart:14.4g} {apart / paired:8.1f} times")
