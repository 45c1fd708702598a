"""Speed of the anchor service beside its peers, in one run on one thread, printed as ratios; never pass or fail.

Run with ``python -m pytest tests/benchmarks/test_service.py -m bench -s``. Ten years, draws and all outputs included.
Times are the processor's own for the one thread; engines take turns, and each figure is the median of its rounds.
"""

import importlib.util
import statistics
import time
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.bench
WEEKS, ROUNDS = 520, 4


@pytest.fixture(scope="module")
def peers():
    pytest.importorskip("simpy")
    pytest.importorskip("numba")
    spec = importlib.util.spec_from_file_location(
        "service_peers", Path(__file__).with_name("service_peers.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rates(engines, rounds=ROUNDS):
    """Return lane-weeks a second of each (function, lanes), the median of rounds in turn, the first left out.

    Each engine runs once untimed before every timing, so that all find the memory for their outputs as they left it.
    """
    found = {name: [] for name in engines}
    for number in range(rounds + 1):
        for name, (run, lanes) in engines.items():
            run()
            start = time.process_time()
            run()
            if number:
                found[name].append(lanes * WEEKS / (time.process_time() - start))
    return {name: statistics.median(values) for name, values in found.items()}


@pytest.mark.parametrize("lanes", [1_000, 8_000])
def test_anchor(peers, lanes):
    compiled, slots = peers.compiled(), peers.inputs(1, WEEKS, 9)[2]
    path = peers.kernel(lanes)
    out = compiled(lanes, WEEKS, slots)[0]
    for name, row in (("left", 3), ("sessions", 7), ("first_slots", 9), ("discharged", 12), ("overdue", 15)):
        mine = getattr(path, name)[-WEEKS:].mean(axis=0)
        error = np.hypot(mine.std(), out[row].mean(axis=1).std()) / np.sqrt(lanes)
        assert abs(mine.mean() - out[row].mean()) < 5 * error + 1e-9, name
    clinics = [peers.simpy_clinic(seed=seed)[0] for seed in range(4)]
    for name in ("sessions", "first_slots", "wasted_slots", "discharged"):
        mine, other = getattr(path, name).mean(), np.mean([run[name] for run in clinics])
        assert abs(mine - other) < 0.03 * mine, name
    found = rates(
        {
            "kernel": (lambda: peers.kernel(lanes), lanes),
            "kernel, nobody leaves": (lambda: peers.kernel(lanes, leaving=None), lanes),
            "compiled, lane by lane": (lambda: compiled(lanes, WEEKS, slots), lanes),
            "plain twin": (lambda: peers.twin(4), 4),
            "SimPy, week by week": (lambda: peers.simpy_run(), 1),
            "SimPy, as a clinic": (lambda: peers.simpy_clinic(), 1),
        }
    )
    print(f"\n{lanes} lanes, {path.bytes_a_lane() / 1024:.0f} KiB of outputs a lane")
    for name, rate in found.items():
        print(
            f"  {name:24s} {rate:12,.0f} lane-weeks a second; the kernel {found['kernel'] / rate:8.2f} times"
        )
    print(f"  leavers cost {1 - found['kernel'] / found['kernel, nobody leaves']:.0%} of the time")


@pytest.mark.parametrize("case", ["overload", "long opening list"])
def test_hard_cases(peers, case):
    compiled, lanes = peers.compiled(), 4_000
    if case == "overload":
        kernel, mine = {"wte": 7, "fence": 0.5}, {"fence": 0.5}
    else:
        kernel = mine = {"old": peers.opening(2_000, 150)}
    slots = peers.inputs(1, WEEKS, kernel.get("wte", 9))[2]
    found = rates(
        {
            "kernel": (lambda: peers.kernel(lanes, **kernel), lanes),
            "compiled": (lambda: compiled(lanes, WEEKS, slots, **mine), lanes),
        },
        rounds=3,
    )
    print(f"\n{case}: kernel over compiled {found['kernel'] / found['compiled']:.2f}")


def test_memory_beside_outputs_does_not_grow_with_weeks(peers):
    """Peak of what is held while running, less the outputs and inputs, bytes a lane."""
    import tracemalloc

    lanes, found = 1_000, {}
    for weeks in (130, 520):
        inputs = peers.inputs(lanes, weeks, 9)
        peers.kernel(8, weeks)
        tracemalloc.start()
        rules, luck = peers.rules(), peers.RandomStreams(1, peers.KEY, lanes)
        path = peers.serve(rules, inputs[0], inputs[2], luck, [peers.opening()], advice=inputs[1])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[weeks] = peak / lanes - path.bytes_a_lane()
        print(
            f"\n{weeks} weeks: outputs {path.bytes_a_lane():,.0f}, besides {found[weeks]:,.0f} bytes a lane"
        )
    assert found[520] < 4 * found[130]
