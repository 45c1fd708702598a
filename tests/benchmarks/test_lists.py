"""Speed of one list beside its peers, in one run on one thread, printed as ratios; never a pass or fail on time.

Run with ``python -m pytest tests/benchmarks -m bench -s``. Times are the processor's own for the one thread, so that
other work on the machine is left out; engines take turns, so that what is left of it falls on all; each figure is
the median of its rounds.
"""

import cProfile
import importlib.util
import pstats
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sendneeds.kernel import streams
from sendneeds.kernel.lists import fifo as lists
from sendneeds.kernel.lists import list_law, waits

pytestmark = pytest.mark.bench
ROUNDS = 7
OPENINGS = {0: np.zeros(1, int), 500: np.full(25, 20), 1500: np.full(75, 20)}


@pytest.fixture(scope="module")
def peers():
    pytest.importorskip("ciw")
    pytest.importorskip("simpy")
    pytest.importorskip("numba")
    spec = importlib.util.spec_from_file_location("list_peers", Path(__file__).with_name("list_peers.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def median_rates(engines, work, rounds=ROUNDS):
    """Return the work done a second by each engine, the median of rounds in turn."""
    for name in engines:
        engines[name]()
    taken = {name: [] for name in engines}
    for _ in range(rounds):
        for name, run in engines.items():
            start = time.thread_time()
            run()
            taken[name].append(time.thread_time() - start)
    return {name: work[name] / statistics.median(times) for name, times in taken.items()}


def same_law(one, other):
    """Two engines agree: mean wait and percentiles, averaged over replications, within 4.5 standard errors."""
    error = np.sqrt(one.var(axis=1) / one.shape[1] + other.var(axis=1) / other.shape[1])
    assert (np.abs(one.mean(axis=1) - other.mean(axis=1)) < 4.5 * error).all()


def test_one_list_beside_its_peers(peers, capsys):
    none = OPENINGS[0]
    replications = {
        "sendneeds": 8192,
        "numba, same tables": 2048,
        "numba, np.random": 512,
        "SimPy": 3,
        "Ciw": 1,
    }
    engines = {
        "sendneeds": lambda: peers.sendneeds(8192, none),
        "numba, same tables": lambda: peers.numba_tables(2048, none),
        "numba, np.random": lambda: peers.numba_poisson(512, none),
        "SimPy": lambda: peers.simpy_engine(3, none),
        "Ciw": lambda: peers.ciw_engine(1, none),
    }
    children = {name: n * peers.WEEKS * peers.RATE for name, n in replications.items()}
    rate = median_rates(engines, children)
    with capsys.disabled():
        print(
            "\nOne list, Poisson 20 a week, 20.4 slots, 520 weeks: draws, path, mean and two percentiles of waits"
        )
        print(f"{'engine':22}{'children a second':>20}{'sendneeds is times as fast':>30}")
        for name, value in rate.items():
            print(f"{name:22}{value:>20,.0f}{rate['sendneeds'] / value:>30,.2f}")
    same_law(peers.sendneeds(8192, none), peers.numba_tables(2048, none))
    same_law(peers.sendneeds(8192, none), peers.simpy_engine(20, none))


def test_long_opening_lists(peers, capsys):
    ours = {size: (lambda o=o: peers.sendneeds(8192, o)) for size, o in OPENINGS.items()}
    compiled = {f"numba {size}": (lambda o=o: peers.numba_tables(2048, o)) for size, o in OPENINGS.items()}
    work = dict.fromkeys(ours, 8192 * 10400) | dict.fromkeys(compiled, 2048 * 10400)
    rate = median_rates(ours | compiled, work)
    with capsys.disabled():
        print(
            f"\n{'opening list':>14}{'children a second':>20}{'share of speed':>16}{'of numba, same tables':>24}"
        )
        for size in OPENINGS:
            own, other = rate[size] / rate[0], rate[size] / rate[f"numba {size}"]
            print(f"{size:>14,}{rate[size]:>20,.0f}{own:>16.2f}{other:>24.2f}")
    for opening in OPENINGS.values():
        same_law(peers.sendneeds(8192, opening), peers.numba_tables(2048, opening))


def test_draws_beside_the_generators(capsys):
    u = streams.uniforms(1, ("bench",), 520, 1024)
    generator = np.random.default_rng(1)
    by_draw = (
        20 * np.exp(0.15 * generator.standard_normal((1, 1024))) * (1 + 0.3 * np.sin(np.arange(520)))[:, None]
    )
    trials = streams.poisson(20.0, u)
    engines = {
        "uniforms": lambda: streams.uniforms(1, ("bench",), 520, 1024),
        "poisson, one rate": lambda: streams.poisson(20.0, streams.uniforms(1, ("bench",), 520, 1024)),
        "poisson, a rate a draw and week": lambda: streams.poisson(by_draw, u),
        "poisson, one rate, uniforms at hand": lambda: streams.poisson(20.0, u),
        "Generator.poisson": lambda: generator.poisson(20.0, (520, 1024)),
        "negative_binomial, one mean": lambda: streams.negative_binomial(20.0, 8.0, u),
        "negative_binomial, a mean a draw and week": lambda: streams.negative_binomial(by_draw, 8.0, u),
        "Generator.negative_binomial": lambda: generator.negative_binomial(8.0, 8 / 28, (520, 1024)),
        "binomial, n a draw and week": lambda: streams.binomial(trials, 0.7, u),
        "Generator.binomial": lambda: generator.binomial(trials, 0.7),
    }
    rate = median_rates(engines, dict.fromkeys(engines, u.size))
    with capsys.disabled():
        print(f"\n{'draws':44}{'a second':>16}")
        for name, value in rate.items():
            print(f"{name:44}{value:>16,.0f}")
        ratio = rate["poisson, one rate"] / rate["Generator.poisson"]
        print(f"poisson with its uniforms over Generator.poisson: {ratio:.1f}")
    drawn, expected = streams.poisson(by_draw, u), by_draw.mean()
    assert abs(drawn.mean() - expected) < 4.5 * np.sqrt(expected / u.size)


PART = {
    "0.4% leave, order kept 0.45": {},
    "the same, two percentiles a week": {"shares": (0.5, 0.92)},
    "0.4% leave, first in, first out": {"order": 1.0},
    "nobody leaves, order kept 0.45": {"leaving": None},
}


def test_lists_seen_partly_in_order(peers, capsys):
    """1,000 draws of 520 weeks, drawing and every output: the list and those seen by band, weeks, leavers."""
    draws, opening = 1000, np.full(20, 20)
    engines = {
        name: (lambda given=given: peers.sendneeds_in_part_order(draws, opening, **given))
        for name, given in PART.items()
    }
    engines["numba, 0.4% leave, order kept 0.45"] = lambda: peers.numba_in_part_order(draws, opening)
    rate = median_rates(engines, dict.fromkeys(engines, draws * peers.WEEKS))
    with capsys.disabled():
        print(
            f"\n{'list of some 400, 1,000 draws, 520 weeks':44}{'weeks of a list a second':>26}{'of numba':>10}"
        )
        for name, value in rate.items():
            print(f"{name:44}{value:>26,.0f}{value / rate['numba, 0.4% leave, order kept 0.45']:>10.2f}")
    path, (stocks, flows) = (
        engines["0.4% leave, order kept 0.45"](),
        peers.numba_in_part_order(draws, opening),
    )
    pairs = [(path.seen, flows[..., 0]), (path.left, flows[..., 1]), (path.seen_weeks, flows[..., 2])]
    pairs += [(path.waiting_bands[band], stocks[..., 1 + band]) for band in range(4, 6)]
    pairs += [(path.seen_bands[band], flows[..., 3 + band]) for band in range(4, 6)]
    for mine, other in pairs:
        mine, other = mine.mean(axis=0), other.mean(axis=1)
        assert abs(mine.mean() - other.mean()) <= 4.5 * np.hypot(mine.std(), other.std()) / np.sqrt(draws)


def test_the_exact_law(capsys):
    laws = {0.0: [], 0.005: []}
    for _ in range(3):
        for share, taken in laws.items():
            start = time.thread_time()
            list_law.list_law(np.full(520, 20.0), np.tile([20, 20, 21, 20, 21], 104), 420, hazard=share)
            taken.append(time.thread_time() - start)
    with capsys.disabled():
        for share, taken in laws.items():
            print(f"exact law, 520 weeks, {share:.1%} leave a week: {1000 * min(taken):.0f} ms")
    assert all(min(taken) > 0 for taken in laws.values())


MEMORY = r"""
import re, sys
from pathlib import Path
import numpy as np
from sendneeds.kernel import streams
from sendneeds.kernel.lists import fifo as lists, waits
slots = np.tile([20, 20, 21, 20, 21], 104)
def block(first):
    path = lists.fifo(streams.poisson(20.0, streams.uniforms(1, ("m",), 520, 1024, first)), slots, np.full(75, 20))
    return waits.seen_percentile(path, 0.92, None)
def peak():
    # the kernel's own high-water mark: the one of getrusage starts at the parent's
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
block(0)
before = peak()
out = [block(first) for first in range(0, int(sys.argv[1]), 1024)]
print(before, peak(), sum(part.nbytes for part in out) / 2**20)
"""


def test_memory_does_not_grow_with_draws(capsys):
    """Peak of a process that keeps one percentile a draw, block by block."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process is read from /proc")
    grown = {}
    for draws in (1024, 4096, 16_384, 65_536):
        command = [sys.executable, "-c", MEMORY, str(draws)]
        before, after, kept = map(float, subprocess.check_output(command, text=True).split())
        grown[draws] = after - before - kept, after, kept
    with capsys.disabled():
        print(f"\n{'draws':>10}{'peak, MB':>12}{'of it outputs, MB':>20}{'growth beyond outputs, MB':>28}")
        for draws, (growth, peak, kept) in grown.items():
            print(f"{draws:>10,}{peak:>12.0f}{kept:>20.2f}{growth:>28.1f}")
    assert grown[65_536][0] < 16


def test_where_the_time_goes(peers, capsys):
    u = streams.uniforms(1, ("bench",), 520, 1024)
    arrivals = streams.poisson(20.0, u)
    path = lists.fifo(arrivals, peers.SLOTS, OPENINGS[0])
    parts = {
        "uniforms": lambda: streams.uniforms(1, ("bench",), 520, 1024),
        "Poisson by table": lambda: streams.poisson(20.0, u),
        "list": lambda: lists.fifo(arrivals, peers.SLOTS, OPENINGS[0]),
        "mean wait": lambda: waits.seen_mean(path, None),
        "two percentiles": lambda: waits.seen_percentile(path, peers.SHARES, None),
    }
    rate = median_rates(parts, dict.fromkeys(parts, u.size))
    whole = sum(1 / value for value in rate.values())
    profile = cProfile.Profile()
    profile.runcall(peers.sendneeds_in_part_order, 1000, np.full(20, 20))
    rows = sorted(pstats.Stats(profile).stats.items(), key=lambda row: -row[1][2])[:8]
    total = sum(row[1][2] for row in pstats.Stats(profile).stats.items())
    with capsys.disabled():
        print(f"\n{'nobody leaves, 1,024 draws':34}{'ns a lane-week':>16}{'share':>8}")
        for name, value in rate.items():
            print(f"{name:34}{1e9 / value:>16.1f}{1 / value / whole:>8.0%}")
        print(f"\n{'0.4% leave a week, order kept 0.45':48}{'share of own time':>18}")
        for (file, _, function), (_, _, own, _, _) in rows:
            print(f"{Path(file).stem + '.' + function:48}{own / total:>18.0%}")
    assert total > 0
    assert whole > 0
