"""Write the page on how the list kernel was validated: ``python docs/validate_kernel.py``.

Each check compares what the kernel gives with what it must give, and the page says both. The tests run the same
checks and hold the page to them. The rows on other engines need the extra ``bench``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import factorial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from sendneeds import formulas
from sendneeds.kernel import streams
from sendneeds.kernel.lists import fifo as lists
from sendneeds.kernel.lists import list_law, waiting_list, waits
from sendneeds.kernel.lists.cohort_curve import CohortCurve
from sendneeds.kernel.random_streams import RandomStreams

PAGE = Path(__file__).parent / "explanation" / "validation.md"
PEERS = Path(__file__).parents[1] / "tests" / "benchmarks" / "list_peers.py"
WEEKS, LANES, RATE = 520, 4096, 20.0
SLOTS = np.tile([20, 20, 21, 20, 21], WEEKS // 5)


class Check(NamedTuple):
    """One row of the page."""

    what: str
    expected: str
    found: str
    rule: str
    holds: bool


def near(what: str, expected: float, found: float, error: float, rule: str) -> Check:
    """Return a check that a figure lies within an error of what it should be."""
    return Check(what, f"{expected:.4f}", f"{found:.4f}", rule, bool(abs(found - expected) <= error))


def none(what: str, wrong: int, of: int, unit: str) -> Check:
    """Return a check that nothing is wrong among so many."""
    return Check(what, f"0 of {of:,} {unit}", f"{int(wrong):,}", "exact", int(wrong) == 0)


def against_the_exact_law() -> Iterator[Check]:
    """The simulation against the law of the list, and the law against known queues."""
    u = streams.uniforms(1, ("validation", "law"), WEEKS, LANES)
    arrivals = streams.poisson(RATE, u)
    for hazard, order in ((0.0, 1.0), (0.005, 0.45)):
        luck = RandomStreams(1, ("validation", "leave"), LANES)
        path = waiting_list.run(arrivals, SLOTS[:, None], np.full(21, 20), luck, order, hazard or None)
        law = list_law.list_law(np.full(WEEKS, RATE), SLOTS, 420, hazard=hazard)
        leaving = f", {hazard:.1%} leaving a week, order kept {order}" if hazard else ""
        for week in (26, 104, 520):
            sd = list_law.sd(law)[week]
            rule = "within 4.5 standard errors"
            list_now = path.waiting[week]
            name = f"Mean list after {week} weeks, 420 at the start{leaving}"
            yield near(name, list_law.mean(law)[week], list_now.mean(), 4.5 * sd / LANES**0.5, rule)
            middle = int(list_law.quantile(law, 0.8)[week])
            chance = list_law.at_most(law, middle)[week]
            error = 4.5 * (chance * (1 - chance) / LANES) ** 0.5
            name = f"Probability of {middle} or fewer then{leaving}"
            yield near(name, chance, (list_now <= middle).mean(), error, rule)
    long = list_law.list_law(np.full(3000, 0.8), np.ones(3000, int), 0)
    rule = "to 1e-8"
    yield near(
        "M/D/1 at load 0.8, mean number left (Pollaczek-Khinchine)", 1.6, list_law.mean(long)[-1], 1e-8, rule
    )
    long = list_law.list_law(np.full(3000, 8.5), np.full(3000, 10), 0)
    expected = crommelin_queue(8.5, 10)
    yield near("M/D/10 at load 0.85, mean queue (Crommelin)", expected, list_law.mean(long)[-1], 1e-8, rule)


def crommelin_queue(rate: float, servers: int) -> float:
    """Return the mean queue of M/D/c from the roots of z**c = exp(rate (z - 1)) in the unit disc."""
    total = 0.0 + 0.0j
    for k in range(1, servers):
        turn = 2j * np.pi * k / servers
        z = 0.5 * np.exp(turn)
        for _ in range(1000):
            z = np.exp(turn + rate * (z - 1) / servers)
        total += 1 / (1 - z)
    return (rate**2 - servers * (servers - 1)) / (2 * (servers - rate)) + total.real


def against_erlang() -> Iterator[Check]:
    """Closed forms against rational arithmetic, and the kernel against M/M/1 by its jumps."""
    for offered, servers in ((8, 10), (95, 100)):
        terms = [Fraction(offered) ** k / factorial(k) for k in range(servers + 1)]
        lost = float(terms[-1] / sum(terms))
        tail = terms[-1] * servers / (servers - offered)
        waits_for = float(tail / (sum(terms[:-1]) + tail))
        pairs = (
            ("B", lost, formulas.erlang_b(offered, servers)),
            ("C", waits_for, formulas.erlang_c(offered, 1, servers)),
        )
        for letter, expected, found in pairs:
            holds = abs(found / expected - 1) < 1e-10
            name = f"Erlang {letter}, {offered} erlangs, {servers} servers"
            yield Check(name, f"{expected:.9f}", f"{found:.9f}", "to 1e-10 of itself", holds)
    load, steps, lanes = 0.75, 2000, 8192
    up = streams.as_real(streams.uniforms(2, ("validation", "mm1"), steps, lanes)) < load / (1 + load)
    path = lists.fifo(up.astype(np.int32), 1 - up.astype(np.int32), np.zeros(0, int))
    number = path.waiting[-1]
    error = 4.5 * (load / (1 - load) ** 2) ** 0.5 / lanes**0.5
    rule = "within 4.5 standard errors"
    yield near(
        "M/M/1 at load 0.75, step by step: mean number in it", load / (1 - load), number.mean(), error, rule
    )
    wait = formulas.erlang_c(load, 1, 1)
    error = 4.5 * (wait * (1 - wait) / lanes) ** 0.5
    yield near("M/M/1 at load 0.75: chance of waiting (Erlang C)", wait, (number > 0).mean(), error, rule)


def identities() -> Iterator[Check]:
    """What must hold to the integer on any draws."""
    weeks, lanes = 260, 512
    rng = streams.generator(3, "validation", "identities")
    u = streams.uniforms(3, ("validation", "identities"), weeks, lanes)
    arrivals = streams.poisson(RATE, u)
    slots = rng.integers(16, 25, size=(weeks, lanes))
    opening = rng.integers(0, 12, size=(60, lanes))
    cells = weeks * lanes
    for order in (1.0, 0.45):
        luck = RandomStreams(3, ("validation", "identities"), lanes)
        leaving = waiting_list.run(arrivals, slots, opening, luck, order, 0.01, 0.002)
        change = leaving.waiting[:-1] + arrivals - leaving.seen - leaving.left - leaving.waiting[1:]
        kept = f", order kept {order}"
        yield none(
            f"Opening + joined - seen - left = closing{kept}", (change != 0).sum(), cells, "weeks of a list"
        )
        wrong = (leaving.waiting_bands.sum(axis=0) != leaving.waiting).sum() + (
            leaving.waiting_bands < 0
        ).sum()
        yield none(f"Bands of weeks waited add up to the list{kept}", wrong, cells + lanes, "stocks")
        wrong = (leaving.seen_bands.sum(axis=0) != leaving.seen).sum() + (leaving.seen_bands < 0).sum()
        yield none(f"Bands of those seen add up to those seen{kept}", wrong, cells, "weeks of a list")
    curve = CohortCurve(np.ones((97, 97), int), 0)
    curve.sample(np.full(97, 31), np.full(97, 97), np.arange(97))
    yield none(
        "31 of 97 at random, over every start: a child not taken 31 times",
        (np.diff(curve.read(np.arange(98)), axis=0).sum(axis=1) != 97 - 31).sum(),
        97,
        "children",
    )
    path = lists.fifo(arrivals, slots, opening)
    week = np.arange(weeks)[:, None]
    waited = (week * path.seen).sum(axis=0) + weeks * path.waiting[-1] - (week * arrivals).sum(axis=0)
    stock = path.waiting[1:].sum(axis=0)
    yield none(
        "Little: weeks waited by all = the list summed over week ends",
        (waited != stock).sum(),
        lanes,
        "lists",
    )
    more = lists.fifo(arrivals, slots + (week % 7 == 0), opening)
    yield none("A list longer for more slots", (more.waiting > path.waiting).sum(), cells, "weeks of a list")
    fuller = lists.fifo(streams.poisson(RATE * 1.02, u), slots, opening)
    yield none(
        "A list shorter for more referrals", (fuller.waiting < path.waiting).sum(), cells, "weeks of a list"
    )
    cut = 97
    first = lists.fifo(arrivals[:cut], slots[:cut], opening)
    left = waits.waiting_bands(first, tuple(range(60 + cut)))[:, -1]
    second = lists.fifo(arrivals[cut:], slots[cut:], left)
    wrong = (second.waiting != path.waiting[cut:]).sum()
    wrong += (waits.seen_within(second, 18) != waits.seen_within(path, 18)[cut:]).sum()
    yield none(
        "A run stopped and started again = a straight run", wrong, 2 * (weeks - cut) * lanes, "figures"
    )


def leavers() -> Iterator[Check]:
    """Children who leave unseen, where nobody is seen and the law is known."""
    lanes, hazard = 8192, np.array([0.02, 0.0, 0.05])
    luck, nobody = RandomStreams(4, ("validation", "leave"), lanes), np.zeros((40, lanes), np.int32)
    path = waiting_list.run(nobody, nobody, np.array([50]), luck, leaving=hazard)
    for week in (3, 40):
        stays = np.prod([1 - hazard[min(age, 2)] for age in range(week)])
        expected = stats.binom(50, stays)
        error = 4.5 * expected.std() / lanes**0.5
        name = f"Of 50, waiting after {week} weeks, where 2 %, 0 %, then 5 % leave a week"
        yield near(name, expected.mean(), path.waiting[week].mean(), error, "within 4.5 standard errors")
        wide = 4.5 * expected.var() * (2 / lanes) ** 0.5
        name = f"Variance of the same after {week} weeks"
        yield near(name, expected.var(), path.waiting[week].var(), wide, "within 4.5 standard errors")


def draws() -> Iterator[Check]:
    """The samplers, and what sharing their uniforms is worth."""
    laws = (
        ("Poisson, mean 20", lambda u: streams.poisson(RATE, u), stats.poisson(RATE)),
        (
            "Negative binomial, mean 20, k 5",
            lambda u: streams.negative_binomial(RATE, 5.0, u),
            stats.nbinom(5, 0.2),
        ),
        ("Binomial, 50 trials at 0.3", lambda u: streams.binomial(50, 0.3, u), stats.binom(50, 0.3)),
    )
    for name, sample, law in laws:
        found = np.zeros(400)
        for block in range(4):
            x = sample(streams.uniforms(5 + block, ("validation", name), 1000, 1000))
            found += np.bincount(x.ravel(), minlength=400)
        expected = law.pmf(np.arange(400)) * found.sum()
        keep = expected >= 5
        chance = stats.chisquare(
            found[keep], expected[keep] * found[keep].sum() / expected[keep].sum()
        ).pvalue
        rule = "p over 0.00001"
        yield Check(
            f"{name}: chi-squared on 4,000,000 draws", "a fair p", f"p = {chance:.3f}", rule, chance > 1e-5
        )
    u = streams.uniforms(6, ("validation", "shared"), 104, LANES)
    other = streams.uniforms(6, ("validation", "apart"), 104, LANES)
    opening, slots = np.full(20, 20), np.full(104, 20)
    base = lists.fifo(streams.poisson(RATE, u), slots, opening).waiting[-1]
    shared = lists.fifo(streams.poisson(RATE * 0.95, u), slots, opening).waiting[-1]
    apart = lists.fifo(streams.poisson(RATE * 0.95, other), slots, opening).waiting[-1]
    times = (base - apart).var() / (base - shared).var()
    name = "Variance of a difference between scenarios, apart over shared luck"
    yield Check(name, "over 4 times", f"{times:.1f} times", "over 4", bool(times > 4))


def other_engines() -> Iterator[Check]:
    """The same arrivals in general engines give the same departures."""
    spec = importlib.util.spec_from_file_location("list_peers", PEERS)
    assert spec is not None
    assert spec.loader is not None
    peers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peers)
    u = streams.uniforms(7, ("validation", "peers"), WEEKS, 3)
    arrivals = streams.poisson(RATE, u)
    engines: tuple[tuple[str, np.ndarray, Callable], ...] = (
        ("SimPy", np.array([12, 9, 30]), lambda a, o: peers.simpy_list(a, o)[0]),
        ("Ciw", np.zeros(0, int), lambda a, o: peers.ciw_list(a)),
    )
    for name, opening, engine in engines:
        path = lists.fifo(arrivals, SLOTS, opening)
        wrong = seen = 0
        for lane in range(3):
            waited = np.bincount(engine(arrivals[:, lane], opening), minlength=WEEKS)
            ours = [int(waits.seen_within(path, w)[:, lane].sum()) for w in range(WEEKS)]
            wrong += np.abs(np.diff(ours, prepend=0) - waited).sum()
            seen += waited.sum()
        yield none(f"{name} on the same arrivals: children with another wait", wrong, seen, "children seen")


SECTIONS: dict[str, Callable[[], Iterator[Check]]] = {
    "The simulation against the exact law, and the law against known queues": against_the_exact_law,
    "Erlang's formulas and M/M/1": against_erlang,
    "Identities, to the integer": identities,
    "Leavers": leavers,
    "Draws": draws,
    "Other engines": other_engines,
}

HEAD = """# How the list kernel was validated

This page is written by `python docs/validate_kernel.py`, and the tests run the same checks. Beside them, each fast
kernel stands next to a slow twin in plain loops, with a record for every child, and gives the same integers on
hundreds of random lists (`tests/kernel/`), whatever share of children is seen in order, and whoever leaves unseen.

Where peers differ, it is for a reason that can be named. NHSRwaitinglist's example passes its variability `F` as
the argument `factor` of target capacity, which is the target over the mean wait; the figures agree with
`sendneeds.formulas.target_capacity` for the same arguments, and answer different questions. Its simulator counts
days and lets a withdrawn patient keep a slot, so its lists are longer wherever anyone withdraws. Ciw cannot start
from a list, so the row below starts it empty.
"""


def page() -> tuple[str, list[Check]]:
    """Return the text of the page and its checks."""
    lines, found = [HEAD], []
    for title, checks in SECTIONS.items():
        lines += [f"\n## {title}\n", "| check | expected | found | rule | holds |", "|---|---|---|---|---|"]
        for check in checks():
            found.append(check)
            holds = "yes" if check.holds else "**no**"
            lines.append(f"| {check.what} | {check.expected} | {check.found} | {check.rule} | {holds} |")
    return "\n".join(lines) + "\n", found


if __name__ == "__main__":
    text, checks = page()
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {sum(check.holds for check in checks)} of {len(checks)} checks hold")
