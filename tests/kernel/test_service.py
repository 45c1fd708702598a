"""The service kernel against its twin, week by week, and the identities that hold whatever the input."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.kernel import streams
from sendneeds.kernel.binomial import Binomial
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.path import COUNTS, STOCKS, WEEKS_SUMMED
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.kernel.services.simulate import EDGES, serve
from sendneeds.kernel.twins.service import Twin

KEY = ("test", "service")
BY_CLASS = ("waiting", "waiting_bands", "seen", "seen_bands")
chances = st.sampled_from([0.0, 0.05, 0.3, 1.0])


@st.composite
def configurations(draw):
    """Return rules and inputs of a service of three lanes, drawn widely."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lanes, weeks = 3, draw(st.integers(1, 90))
    mixed = draw(st.booleans())
    unit = draw(st.sampled_from([1, 1, 2, 3]))
    packages = []
    for share in draw(st.sampled_from([(), (0.7,), (0.6, 0.3), (0.3, 0.3, 0.4)])):
        units = draw(st.integers(1, 4)) if mixed else unit
        after = draw(st.sampled_from([None, 1, 5]))
        packages.append(Package(share, draw(st.integers(1, 4)), draw(st.integers(1, 5)), after, units))
    if len(packages) > 1:
        onward = draw(st.sampled_from([0.0, 0.4, 1.0, np.array([0.1, 0.0, 0.7])]))
        packages[0] = replace(packages[0], then=len(packages) - 1, then_share=onward)
    leaving = draw(
        st.sampled_from([None, 0.01, 0.2, np.array([0.0, 0.3, 0.02]), np.array([[0.0, 0.05, 0.4]])])
    )
    rules = Rules(
        packages=tuple(packages),
        first_units=draw(st.integers(1, 3)),
        advice_units=draw(st.integers(1, 4)),
        accepted=draw(st.sampled_from([1.0, 0.8, np.array([0.9, 0.5, 1.0])])),
        returned=draw(chances),
        returned_after=draw(st.integers(1, 6)),
        missed=draw(st.sampled_from([0.0, 0.08, 0.4, np.array([0.0, 0.1, 0.6])])),
        discharged_first=draw(chances),
        discharged_follow_up=draw(chances),
        ring_fenced_share=draw(st.sampled_from([0.0, 0.3, 1.0])),
        classes=draw(st.sampled_from([(1.0,), (0.2, 0.8), (0.1, 0.2, 0.7)])),
        in_order_share=draw(st.sampled_from([1.0, 1.0, 0.45, 0.0, np.array([0.2, 1.0, 0.8])])),
        leaving=leaving,
        age_out=draw(st.sampled_from([None, None, 0.02, np.array([0.0, 0.1])])),
        rereferred=draw(chances),
        rereferred_after=draw(st.integers(1, 9)),
        outsourced_return=draw(chances),
    )
    kinds = rules.sessions
    oldest = draw(st.integers(0, 40))
    spare = draw(st.booleans())
    due = np.zeros((1, kinds, lanes), dtype=int)
    due[0] = rng.poisson(2, (kinds, lanes))
    inputs = {
        "referrals": rng.poisson(draw(st.sampled_from([0.5, 3.0, 8.0])), (weeks, lanes)),
        "slots": rng.poisson(draw(st.sampled_from([2.0, 15.0, 40.0])), (weeks, lanes)),
        "opening": [rng.poisson(1.0, (draw(st.integers(0, oldest)), lanes)) for _ in rules.classes],
        "advice": rng.poisson(draw(st.sampled_from([0.0, 1.0])), (weeks, lanes)),
        "advice_opening": rng.poisson(0.5, (draw(st.integers(0, 12)), lanes)),
        "due": due,
        "overdue": rng.poisson(1.0, (draw(st.integers(0, 6)), kinds, lanes)),
        "first_only": rng.poisson(2, (weeks, lanes)) if spare else None,
        "outsourced": rng.poisson(1.0, (weeks, lanes)) if spare and draw(st.booleans()) else None,
        "later": (),
    }
    if draw(st.booleans()):
        changed = replace(
            rules,
            packages=tuple(replace(package, share=package.share / 2) for package in packages),
            first_units=draw(st.integers(1, 3)),
            accepted=draw(st.sampled_from([1.0, 0.6])),
            missed=draw(st.sampled_from([0.0, 0.2])),
            ring_fenced_share=draw(st.sampled_from([0.0, 0.6, 1.0])),
            rereferred=draw(chances),
        )
        inputs["later"] = ((draw(st.integers(1, 60)), changed),)
    return rules, inputs


def run(rules, inputs, seed=1, lanes=3):
    rest = {name: value for name, value in inputs.items() if name not in ("referrals", "slots")}
    return serve(rules, inputs["referrals"], inputs["slots"], RandomStreams(seed, KEY, lanes), **rest)


def twin(rules, inputs, lane, seed=1):
    def column(name):
        return inputs[name][..., lane].tolist()

    zeros = [0] * len(inputs["referrals"])
    one = Twin(
        rules,
        lane,
        seed,
        KEY,
        column("referrals"),
        column("slots"),
        [opening[:, lane].tolist() for opening in inputs["opening"]],
        column("advice"),
        column("advice_opening"),
        column("due"),
        column("overdue"),
        zeros if inputs["first_only"] is None else column("first_only"),
        zeros if inputs["outsourced"] is None else column("outsourced"),
        EDGES,
        inputs["later"],
    )
    one.run()
    return one


def assert_same(path, one, lane):
    for name in (*COUNTS, *WEEKS_SUMMED, *STOCKS, "overdue_weeks"):
        assert getattr(path, name)[:, lane].tolist() == one.out[name], name
    for name in BY_CLASS:
        assert getattr(path, name)[:, :, lane].T.tolist() == one.out[name], name
    assert [part[lane] for part in path.part_done] == one.part
    assert [part[lane] for part in path.part_lapsed] == one.lapsed


@given(case=configurations(), seed=st.integers(0, 10_000))
def test_fast_equals_twin(case, seed):
    rules, inputs = case
    path = run(rules, inputs, seed)
    for lane in range(3):
        assert_same(path, twin(rules, inputs, lane, seed), lane)


@given(case=configurations(), seed=st.integers(0, 10_000))
def test_identities(case, seed):
    rules, inputs = case
    path = run(rules, inputs, seed)
    seen, firsts = path.seen.sum(axis=0), path.waiting.sum(axis=0)
    came = path.joined + path.rejoined - path.left - path.missed_out - seen
    assert (np.diff(firsts, axis=0) == came).all()
    assert (path.waiting_bands.sum(axis=0) == firsts).all()
    assert (path.seen_bands.sum(axis=0) == seen).all()
    assert all(
        (array >= 0).all() for array in (path.waiting, path.waiting_bands, path.seen_bands, path.overdue)
    )
    used = path.advice_slots + path.follow_up_slots + path.first_slots + path.wasted_slots + path.idle_slots
    besides = 0 if inputs["first_only"] is None else inputs["first_only"]
    assert (used == inputs["slots"] + besides).all()
    least = np.array([0, *(edge + 1 for edge in EDGES[1:])])  # weeks waited in each band
    assert (np.tensordot(least, path.seen_bands, 1) <= path.seen_weeks).all()
    most = np.array([*EDGES[1:], 200])
    assert (np.tensordot(most, path.seen_bands, 1) >= path.seen_weeks).all()
    own = seen - path.outsourced
    units = np.full((len(own), 1), rules.first_units)
    for week, changed in inputs["later"]:
        units[week:] = changed.first_units
    left_over = (path.first_slots - units * own).sum(axis=0)
    assert (left_over == sum(path.part_done) + sum(path.part_lapsed)).all()
    requests = inputs["advice"].sum(axis=0) + inputs["advice_opening"].sum(axis=0)
    assert (path.advice_done.sum(axis=0) + path.advice_waiting[-1] == requests).all()
    assert (path.advice_in_time <= path.advice_done).all()
    if not rules.discharged_follow_up:
        aged = np.diff(path.overdue_weeks, axis=0)
        assert (aged == path.overdue[1:] - path.late_weeks).all()
        in_care = (
            path.in_service[0] + path.outsourced.sum(axis=0) + own.sum(axis=0) + path.missed_out.sum(axis=0)
        )
        if inputs["outsourced"] is None or rules.outsourced_return == 1.0:
            assert (in_care == path.in_service[-1] + path.discharged.sum(axis=0)).all()
    overdue = path.overdue_by_week.sum(axis=(0, 1))
    assert (overdue == path.overdue[-1]).all()
    assert (path.due.sum(axis=(0, 1)) + overdue == path.in_service[-1]).all()


@given(case=configurations(), seed=st.integers(0, 10_000))
def test_lanes_do_not_touch_and_wide_counts_are_the_same(case, seed):
    """A lane's path is its own: the same with fewer lanes, from another first draw, and in 32 bits."""
    rules, inputs = case
    one = {
        k: [a[..., 2:] for a in v] if isinstance(v, list) else v if v is None else v[..., 2:]
        for k, v in inputs.items()
        if k != "later"
    }
    fields = {}
    for name in ("accepted", "missed", "leaving", "in_order_share"):
        value = getattr(rules, name)
        fields[name] = (
            value[..., 2:]
            if isinstance(value, np.ndarray)
            and value.shape[-1:] == (3,)
            and (name != "leaving" or value.ndim == 2)
            else value
        )
    inputs["later"] = tuple((week, replace(changed, **fields)) for week, changed in inputs["later"])
    path = run(rules, inputs, seed)
    fields["packages"] = tuple(
        replace(package, then_share=package.then_share[2:]) if np.ndim(package.then_share) else package
        for package in rules.packages
    )
    alone = serve(
        replace(rules, **fields),
        one.pop("referrals"),
        one.pop("slots"),
        RandomStreams(seed, KEY, 1, 2),
        **one,
        later=tuple(
            (
                week,
                replace(
                    changed,
                    packages=tuple(
                        replace(package, share=package.share / 2) for package in fields["packages"]
                    ),
                ),
            )
            for week, changed in inputs["later"]
        ),
    )
    for name in (*COUNTS, *WEEKS_SUMMED, *STOCKS):
        assert (getattr(path, name)[:, 2] == getattr(alone, name)[:, 0]).all(), name


def test_wide_counts_leave_sixteen_bits():
    rules = Rules(packages=(Package(0.5, 3, 2),), leaving=0.01)
    opening = [np.full((40, 2), 900)]
    path = serve(rules, np.full((30, 2), 10), np.full((30, 1), 5), RandomStreams(1, KEY, 2), opening)
    assert path.waiting.dtype == np.int32
    small = serve(
        rules, np.full((30, 2), 10), np.full((30, 1), 5), RandomStreams(1, KEY, 2), [np.full((40, 2), 9)]
    )
    assert small.waiting.dtype == np.int16
    assert (path.waiting[0, 0] == 36_000).all()


@pytest.mark.parametrize("chance", [0.01, 0.08, 0.5, 0.97])
def test_binomial_is_the_inverse_of_the_law(chance):
    n = np.arange(20_000) % 150
    u = streams.uniforms(3, ("binomial",), 1, n.size)[0]
    out = Binomial(chance, n.size).draw(n, u, np.empty(n.size, np.int32))
    assert (out == streams.binomial(n, chance, u)).all()


def test_luck_is_that_of_the_streams():
    luck = RandomStreams(5, KEY, 300, first_draw=100, copies=2)
    wanted = streams.uniforms(5, (*KEY, "accepted"), 40, 300, 100)
    for week in range(40):
        assert (luck.row("accepted", week) == np.tile(wanted[week], 2)).all()
