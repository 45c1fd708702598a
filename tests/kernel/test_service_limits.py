"""What a service must come to when all else is off: laws and formulas known without simulation."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sendneeds.kernel import streams
from sendneeds.kernel.lists import list_law
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.kernel.services.simulate import serve

KEY = ("limits",)


def test_a_bare_list_follows_the_slot_law():
    """Chi-squared of the list over 100,000 lanes against the exact law of one list."""
    weeks, lanes = 12, 100_000
    came = streams.poisson(4.0, streams.uniforms(2, (*KEY, "came"), weeks, lanes))
    path = serve(Rules(), came, np.full((weeks, 1), 4), RandomStreams(2, KEY, lanes), [np.array([6])])
    law = list_law.list_law(np.full(weeks, 4.0), np.full(weeks, 4), 6)
    for week in (1, 5, 12):
        cdf = np.array([list_law.at_most(law, k)[week] for k in range(40)])
        expected = np.append(np.diff(cdf, prepend=0.0), 1 - cdf[-1]) * lanes
        seen = np.bincount(np.minimum(path.waiting[0, week], 40), minlength=41)
        full = expected >= 20
        got = np.append(seen[full], seen[~full].sum())
        want = np.append(expected[full], expected[~full].sum())
        assert stats.chisquare(got, want * got.sum() / want.sum()).pvalue > 0.001


@pytest.mark.parametrize(("units", "slots", "waiting", "rate"), [(1, 5, 40, 3), (2, 14, 30, 5)])
def test_steady_referrals_and_slots_clear_when_the_formula_says(units, slots, waiting, rate):
    """D/D/1: with whole numbers throughout the list is empty after waiting / (slots / units - rate) weeks."""
    came = np.full((40, 2), rate)
    path = serve(
        Rules(first_units=units),
        came,
        np.full((40, 1), slots),
        RandomStreams(1, KEY, 2),
        [np.array([waiting])],
    )
    clears = waiting // (slots // units - rate)
    assert (path.waiting[0, clears] == 0).all()
    assert (path.waiting[0, clears - 1] > 0).all()


def test_leavers_alone_are_poisson():
    """With no slots and a constant chance h the list is M/G/infinity: Poisson with mean rate x (1 - (1 - h)^t)/h."""
    weeks, lanes, rate, hazard = 50, 20_000, 3.0, 0.1
    came = streams.poisson(rate, streams.uniforms(3, (*KEY, "came"), weeks, lanes))
    path = serve(Rules(leaving=hazard), came, np.zeros((weeks, 1), int), RandomStreams(3, KEY, lanes))
    for week in (3, 20, 50):
        mean = rate * (1 - (1 - hazard) ** week) / hazard
        found = path.waiting[0, week].astype(float)
        assert abs(found.mean() - mean) < 4 * np.sqrt(mean / lanes)
        assert abs(found.var() / mean - 1) < 0.05


def test_leavers_of_a_list_partly_seen_are_not_too_many():
    """Everyone faces the same chance each week, so those who leave are hazard x the list at the week's start."""
    weeks, lanes, hazard = 60, 4_000, 0.05
    came = streams.poisson(8.0, streams.uniforms(4, (*KEY, "came"), weeks, lanes))
    path = serve(
        Rules(leaving=hazard), came, np.full((weeks, 1), 7), RandomStreams(4, KEY, lanes), [np.full(20, 3)]
    )
    expected = hazard * path.waiting[0, :-1].astype(float)
    found = path.left.sum() / expected.sum()
    error = np.sqrt(expected.sum() * (1 - hazard)) / expected.sum()
    assert abs(found - 1) < 4 * error


def test_age_limit_and_leaving_have_their_shares():
    came = streams.poisson(6.0, streams.uniforms(5, (*KEY, "came"), 80, 3_000))
    rules = Rules(leaving=0.03, age_out=np.array([0.0, 0.0, 0.0, 0.0, 0.02]))
    path = serve(rules, came, np.full((80, 1), 4), RandomStreams(5, KEY, 3_000))
    assert 0 < path.aged_out.sum() < path.left.sum()
    early = serve(Rules(leaving=0.03, age_out=0.02), came, np.full((80, 1), 4), RandomStreams(5, KEY, 3_000))
    share = early.aged_out.sum() / early.left.sum()
    assert abs(share - 0.02 / (1 - 0.97 * 0.98)) < 4 * np.sqrt(0.25 / early.left.sum())


def test_more_slots_never_lengthen_where_firsts_alone_use_them():
    came = streams.poisson(6.0, streams.uniforms(6, (*KEY, "came"), 100, 500))
    few, more = (
        serve(Rules(), came, np.full((100, 1), n), RandomStreams(6, KEY, 500), [np.full(10, 4)])
        for n in (6, 7)
    )
    assert (more.waiting <= few.waiting).all()


def test_more_slots_shorten_the_mean_with_follow_ups():
    rules = Rules(packages=(Package(0.7, 7, 2), Package(0.25, 12, 17)), first_units=2, missed=0.08)
    came = streams.poisson(13.6, streams.uniforms(7, (*KEY, "came"), 208, 500))
    few, more = (
        serve(rules, came, np.full((208, 1), n), RandomStreams(7, KEY, 500), [np.full(30, 14)])
        for n in (150, 151)
    )
    assert more.waiting.mean() + more.overdue.mean() < few.waiting.mean() + few.overdue.mean()


def test_protected_firsts_hide_the_backlog():
    """The inspectors' finding: the list is green and ongoing therapy is late; follow-ups first shows it in the list."""
    rules = {
        share: Rules((Package(0.7, 7, 2), Package(0.25, 12, 17)), 2, 4, missed=0.08, ring_fenced_share=share)
        for share in (0.0, 1.0)
    }
    came = streams.poisson(13.6, streams.uniforms(8, (*KEY, "came"), 156, 200))
    asked = streams.poisson(3.5, streams.uniforms(8, (*KEY, "advice"), 156, 200))
    slots = np.full((156, 1), 126)
    paths = {
        share: serve(one, came, slots, RandomStreams(8, KEY, 200), [np.full(30, 14)], advice=asked)
        for share, one in rules.items()
    }
    assert paths[1.0].waiting[0, -1].mean() < 30 < 300 < paths[1.0].overdue[-1].mean()
    assert paths[0.0].overdue[-1].mean() < 30 < 300 < paths[0.0].waiting[0, -1].mean()


@pytest.mark.slow  # SimPy is in the extra `bench`
def test_simpy_agrees_in_distribution():
    """A general engine, child by child, gives the same lists and the same lateness, to sampling error."""
    where = Path(__file__).parents[1] / "benchmarks" / "service_peers.py"
    spec = importlib.util.spec_from_file_location("service_peers", where)
    peers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peers)
    weeks, lanes = 60, 40
    path = peers.kernel(1_000, weeks=weeks)
    runs = [peers.simpy_run(weeks=weeks, seed=seed) for seed in range(lanes)]
    for week in (10, 30, 55):
        for mine, other in (
            (path.waiting[0, week + 1], [run["waiting"][week] for run, _ in runs]),
            (path.overdue[week + 1], [run["overdue"][week] for run, _ in runs]),
            (path.advice_in_time[week], [run["advice_in_time"][week] for run, _ in runs]),
            (path.wasted_slots[week], [run["wasted_slots"][week] for run, _ in runs]),
        ):
            error = np.std(mine) / np.sqrt(lanes) + 1e-9
            assert abs(np.mean(mine) - np.mean(other)) < 4 * error
    mean = path.seen_weeks.sum() / path.seen.sum()
    seen = np.sum([by_wait for _, by_wait in runs], axis=0)
    assert abs((seen * np.arange(len(seen))).sum() / seen.sum() - mean) < 0.5
