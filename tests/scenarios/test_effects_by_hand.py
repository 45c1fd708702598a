"""What levers do week by week and what they cost, worked out by hand: dates, ramps, financial years, capital."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.scenarios import effects
from sendneeds.scenarios.checks import Checked, last_day
from sendneeds.scenarios.cost import as_seen, cost_table, financial_years
from sendneeds.scenarios.effects import effect, opening_of, posts_before
from sendneeds.scenarios.lever_context import Effect, LeverEffect, RunContext
from sendneeds.waits.services.options import RuleChange, ServiceOption

ICB = {"icb": 1.0}
PER_CHILD = (800, 800, 800)


def context(first="2027-01-04", weeks=10, draws=2):
    """A run from a Monday on, of an area without figures."""
    days = np.datetime64(first, "D") + 7 * np.arange(weeks)
    need = SimpleNamespace(data=xr.Dataset(coords={"draw": range(draws)}, attrs={"seed": 1}))
    return RunContext(SimpleNamespace(code="E06000055"), None, need, days)


def initiative(**changed):
    given = {"service": "SLT", "children_per_week": 6, "gbp_per_child": PER_CHILD, "funders": ICB} | changed
    return sn.levers.Initiative(**given)


@pytest.mark.parametrize(
    ("dates", "weekly"),
    [
        # weeks whose Monday lies within the dates: Monday 18 January is week 2; Sunday 14 February ends week 5
        ({"start": date(2027, 1, 18)}, [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]),
        ({"start": date(2027, 1, 17)}, [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]),
        ({"start": date(2027, 1, 24), "end": date(2027, 2, 14)}, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0]),
        ({"start": date(2027, 1, 24), "end": date(2027, 2, 15)}, [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]),
        ({"start": date(2027, 1, 20), "end": date(2027, 1, 20)}, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
        ({"start": date(2027, 1, 20), "ramp_weeks": 4}, [0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1]),
        ({"start": date(2027, 1, 20), "end": date(2027, 2, 3), "ramp_weeks": 4}, [0, 0, 0, 0.25, 0.5] + [0] * 5),
        ({"start": date(2026, 12, 21), "ramp_weeks": 4}, [0.75, 1, 1, 1, 1, 1, 1, 1, 1, 1]),  # two weeks before the run
        ({"start": date(2027, 1, 4), "ramp_weeks": 1}, [1] * 10),
        ({"start": date(2027, 1, 4), "ramp_weeks": 0.5}, [1] * 10),
    ],
)  # fmt: skip
def test_a_lever_works_from_its_first_week_to_its_last_and_builds_up_evenly(dates, weekly):
    found = effect(initiative(**dates), context())
    expected = np.outer(np.multiply(weekly, 6.0), [1, 1])
    np.testing.assert_allclose(found.option.initiative, expected)
    np.testing.assert_allclose(found.units, expected)
    np.testing.assert_allclose(found.price, [800, 800])
    assert (found.item, found.cost_type) == ("first assessments besides", "one_off")


def test_a_second_provider_takes_children_of_whom_some_come_back():
    lever = sn.levers.Outsource(
        service="SLT", start=date(2027, 1, 18), end=date(2027, 1, 31), children_per_week=4, return_share=0.5,
        gbp_per_child=PER_CHILD, funders=ICB,
    )  # fmt: skip
    found = effect(lever, context())
    assert found.option.outsourced[:, 0].tolist() == [0, 0, 4, 4, 0, 0, 0, 0, 0, 0]
    assert found.option.outsourced_return == 0.5
    assert found.option.initiative is None


@pytest.mark.parametrize(
    ("dates", "weeks"),
    [
        ({}, (0, None)),
        ({"start": date(2027, 1, 24), "end": date(2027, 2, 14)}, (2, 6)),  # weeks 2 to 5
        ({"start": date(2026, 12, 1), "end": date(2027, 1, 4)}, (0, 1)),
    ],
)
def test_rules_hold_between_the_weeks_of_the_dates(dates, weeks):
    (rule,) = effect(sn.levers.RingFence(service="SLT", share=0.5, **dates), context()).option.rules
    assert rule == RuleChange(*weeks, ring_fenced_share=0.5)


def test_rules_change_what_the_lever_says():
    found = effect(sn.levers.MissedAppointments(service="OT", ratio=(0.6, 0.6, 0.6)), context())
    np.testing.assert_allclose(found.option.rules[0].missed, [0.6, 0.6])
    found = effect(sn.levers.Groups(service="PT", share=(0.5, 0.9, 1.0), size=3), context(draws=200))
    assert (
        found.option.rules[0].group_share.max() == 1
    )  # a tenth of draws lie beyond the high end: all, and no more
    assert found.option.rules[0].group_size == 3
    found = effect(sn.levers.AutismPathway(service="ASD_DX", pathway="needs_first"), context())
    assert found.option == ServiceOption(rules=(RuleChange(pathway="needs_first"),))


def test_triage_diverts_a_share_of_whom_some_are_referred_again():
    lever = sn.levers.Triage(service="SLT", start=date(2027, 1, 18), ramp_weeks=2, share=(0.2, 0.2, 0.2))
    found = effect(lever, context(weeks=5))
    np.testing.assert_allclose(found.option.diverted[:, 1], [0, 0, 0.1, 0.2, 0.2])
    assert found.option.rereferred == 0
    again = effect(replace(lever, rereferred=(0.3, 0.3, 0.3)), context(weeks=5))
    np.testing.assert_allclose(again.option.rereferred, [0.3, 0.3])


def test_a_cost_a_year_is_paid_by_the_week_while_the_lever_works():
    lever = sn.levers.RingFence(
        service="SLT", share=0.5, start=date(2027, 1, 18), end=date(2027, 1, 31), gbp_per_year=(5000, 5000, 5000),
        funders=ICB,
    )  # fmt: skip
    found = effect(lever, context())
    np.testing.assert_allclose((found.units * found.price).sum(axis=0), 2 * 5000 / WEEKS_PER_YEAR)
    free = effect(sn.levers.RingFence(service="SLT", share=0.5), context())
    assert not free.units.any()
    assert not free.price.any()


@pytest.mark.parametrize(("end", "ends"), [(None, None), (date(2027, 2, 14), 6), (date(2027, 2, 15), 7)])
def test_posts_are_advertised_in_the_week_of_the_first_day_and_end_after_the_last(monkeypatch, end, ends):
    hired = []

    def at_work(posts, weeks, draws, *_, ramp_from, **__):
        hired.append((posts, ramp_from))
        return np.full((weeks, draws), ramp_from)

    monkeypatch.setattr(effects, "hiring", lambda *_: ((8, 10, 12), np.zeros(2)))
    monkeypatch.setattr(effects, "staff_at_work", at_work)
    monkeypatch.setattr(RunContext, "figure", lambda *_: np.array([50_000.0, 60_000.0]))
    monkeypatch.setattr(RunContext, "parameters", None)
    lever = sn.levers.FundPosts(service="SLT", wte=1.5, start=date(2027, 1, 24), end=end, funders=ICB)
    found = effect(lever, context())
    posts = hired[0][0]
    assert [post.wte.tolist() for post in posts] == [[1, 1], [0.5, 0.5]]
    assert {(post.advertised, post.ends) for post in posts} == {(2, ends)}
    assert hired[1][1] == 1.0, "a post is paid in full while its holder works up to pace"
    assert (found.units == 1.0).all()
    np.testing.assert_allclose(found.price * WEEKS_PER_YEAR, [50_000, 60_000])
    monkeypatch.setattr(effects, "vacant_wte", lambda *_: np.array([3.0, 1.0]))
    filled = sn.levers.FillVacancies(service="SLT", share=0.5, posts=1, start=date(2027, 1, 24), funders=ICB)
    effect(filled, context())
    assert [post.wte.tolist() for post in hired[2][0]] == [[1, 0.5]], "half of those vacant, one at most"


def test_a_later_lever_hires_the_posts_that_come_next(monkeypatch):
    """Two and a half vacant: one lever fills one, a second the next and a third what is left; one adds to them."""
    hired = []
    monkeypatch.setattr(effects, "hiring", lambda *_: ((8, 10, 12), np.zeros(2)))
    monkeypatch.setattr(
        effects, "staff_at_work", lambda posts, *_, **__: hired.append(posts) or np.zeros((10, 2))
    )
    monkeypatch.setattr(effects, "vacant_wte", lambda *_: np.array([2.5, 1.5]))
    monkeypatch.setattr(RunContext, "figure", lambda *_: np.zeros(2))
    monkeypatch.setattr(RunContext, "parameters", None)
    fill = {"service": "SLT", "start": date(2027, 1, 24), "funders": ICB, "posts": 1}
    one, two, three = (sn.levers.FillVacancies(**fill) for _ in range(3))
    more = sn.levers.FundPosts(service="SLT", wte=1, start=date(2027, 1, 24), funders=ICB)
    ot = sn.levers.FundPosts(service="OT", wte=1, start=date(2027, 1, 24), funders=ICB)
    levers = [one, ot, two, three, more]
    every = [posts_before(number, levers) for number in range(5)]
    assert every == [[], [], [one], [one, two], [one, two, three]]
    for lever, earlier in zip(levers, every, strict=True):
        effect(lever, context(), earlier)
    wte = [[post.wte.tolist() for post in posts] for posts in hired[::2]]
    assert wte[0] == [[1, 1]]
    assert wte[1] == [[1, 1]]
    assert wte[2] == [[0, 0], [1, 0.5]]
    assert wte[3] == [[0, 0], [0, 0], [0.5, 0]]
    # where 1.5 stood vacant the post added is half of the second and half of the third
    assert wte[4] == [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 0]]


def test_two_levers_of_one_post_are_one_of_two(bedford):
    """Integer for integer, whether the posts are new or stood vacant."""

    def option(name, kind, *posts):
        more = {"service": "SLT", "start": date(2025, 9, 1), "funders": ICB}
        return sn.Scenario(name, name, levers=[kind(**more, **some) for some in posts])

    fund, fill = sn.levers.FundPosts, sn.levers.FillVacancies
    options = [
        option("two-new", fund, {"wte": 2}),
        option("one-and-one-new", fund, {"wte": 1}, {"wte": 1}),
        option("two-vacant", fill, {"posts": 2}),
        option("one-and-one-vacant", fill, {"posts": 1}, {"posts": 1}),
    ]
    result = sn.run(bedford, options, draws=12, to=2027)
    waits = result.waits.data.sel(service="SLT")
    for two, one_and_one in (("two-new", "one-and-one-new"), ("two-vacant", "one-and-one-vacant")):
        for name in ("waiting", "seen", "sessions", "overdue_sessions", "slots"):
            np.testing.assert_array_equal(
                waits[name].sel(scenario=two), waits[name].sel(scenario=one_and_one)
            )
    new = waits["waiting"].sel(scenario=["baseline", "two-new"]).isel(week=-1)
    assert (new[0] > new[1]).any()
    spent = {
        s.name: float(result.spending.by_funder(s.name).sum(("funder", "financial_year")).mean())
        for s in options
    }
    assert spent["two-new"] == pytest.approx(spent["one-and-one-new"])
    assert spent["two-vacant"] == pytest.approx(spent["one-and-one-vacant"])


def test_locums_work_and_are_paid_from_the_first_week_to_the_last():
    lever = sn.levers.LocumPosts(
        service="EP", wte=1.5, start=date(2027, 1, 24), end=date(2027, 2, 15),
        gbp_per_wte_year=(120_000, 120_000, 120_000), funders=ICB,
    )  # fmt: skip
    found = effect(lever, context())
    weekly = np.outer([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], [1.5, 1.5])  # nobody has to be found first
    np.testing.assert_array_equal(found.option.extra_wte, weekly)
    np.testing.assert_array_equal(found.units, weekly)
    np.testing.assert_allclose(found.price, 120_000 / WEEKS_PER_YEAR)
    assert (found.item, found.cost_type) == ("agency staff", "one_off")
    assert replace(found.option, extra_wte=0.0).changes_nothing, "annual reviews stay with the staff"


def test_no_more_posts_are_left_empty_than_are_filled_and_nothing_is_saved(monkeypatch):
    """Of 2 in post in one draw and 1 in the other, 1.5 leave: 1.5 and 1."""
    monkeypatch.setattr(effects, "in_post_today", lambda *_: np.array([2.0, 1.0]))
    run = replace(context(weeks=5), figures="those of a pack")
    lever = sn.levers.EmptyPosts(service="SLT", wte=1.5, start=date(2027, 1, 18), end=date(2027, 1, 31))
    found = effect(lever, run)
    np.testing.assert_array_equal(found.option.extra_wte, -np.outer([0, 0, 1, 1, 0], [1.5, 1.0]))
    assert not (found.units * found.price).any()
    assert replace(found.option, extra_wte=0.0).changes_nothing


def test_agency_staff_and_assistants_give_a_part_of_a_post_and_are_paid_whole():
    given = {"service": "SLT", "wte": 2, "start": date(2027, 1, 18), "end": date(2027, 1, 31), "funders": ICB}
    price = {"gbp_per_wte_year": (90_000, 90_000, 90_000)}
    found = effect(sn.levers.AgencyStaff(**given, **price), context(weeks=5))
    np.testing.assert_array_equal(found.option.extra_wte[:, 0], [0, 0, 2, 2, 0])
    assert (found.item, found.cost_type) == ("agency staff", "one_off")
    half = effect(sn.levers.SkillMix(**given, **price, pace=(0.5, 0.5, 0.5), ramp_weeks=2), context(weeks=5))
    np.testing.assert_allclose(half.option.extra_wte[:, 0], [0, 0, 0.5, 1, 0])
    np.testing.assert_allclose(half.units[:, 0], [0, 0, 1, 2, 0])
    assert (half.item, half.cost_type) == ("assistants", "recurrent")


def test_referrals_compound_from_the_first_day_to_the_last_and_stay():
    twice = {"service": "SLT", "start": date(2027, 1, 11), "yearly": (2, 2, 2)}
    found = effect(sn.levers.ReferralGrowth(**twice), context(weeks=4))
    np.testing.assert_allclose(
        found.option.referrals[:, 0], [1, 1, *(2 ** (k / WEEKS_PER_YEAR) for k in (1, 2))]
    )
    ended = effect(sn.levers.ReferralGrowth(**twice, end=date(2027, 1, 17)), context(weeks=4))
    np.testing.assert_allclose(ended.option.referrals[:, 1], [1, 1, *[2 ** (1 / WEEKS_PER_YEAR)] * 2])
    assert not found.units.any()


def test_levers_with_a_cost_a_year_are_paid_in_the_same_weeks():
    """From Thursday 1 April 2027 to Friday 31 March 2028: 52 Mondays, 5 April to 27 March, in one financial year."""
    at = {"service": "SLT", "start": date(2027, 4, 1), "end": date(2028, 3, 31), "funders": ICB}
    ten = (10_000, 10_000, 10_000)
    levers = [
        sn.levers.EarlyLanguage(**at, delay_years=(1, 1, 1), ratio=(0.9, 0.9, 0.9), gbp_per_year=ten),
        sn.levers.Triage(**at, share=(0.1, 0.1, 0.1), gbp_per_year=ten),
        sn.levers.AgencyStaff(**at, wte=1, gbp_per_wte_year=ten),
    ]
    run = context("2027-01-04", weeks=80)
    for found in (effect(lever, run) for lever in levers):
        days = run.days[found.units[:, 0] > 0]
        assert (str(days[0]), str(days[-1]), len(days)) == ("2027-04-05", "2028-03-27", 52)
        np.testing.assert_allclose((found.units * found.price).sum(axis=0), 52 * 10_000 / WEEKS_PER_YEAR)


def test_early_language_support_is_paid_at_once_and_works_after_its_delay():
    weeks = 2 / WEEKS_PER_YEAR  # of delay, 2
    lever = sn.levers.EarlyLanguage(
        service="SLT", start=date(2027, 1, 11), end=date(2027, 1, 31), ramp_weeks=2, delay_years=(weeks, weeks, weeks),
        ratio=(0.8, 0.8, 0.8), gbp_per_year=(5000, 5000, 5000), funders=ICB,
    )  # fmt: skip
    found = effect(lever, context(weeks=8))
    np.testing.assert_allclose(found.option.referrals[:, 0], [1, 1, 1, 0.9, 0.8, 0.8, 1, 1])
    np.testing.assert_array_equal(found.units[:, 0], [0, 1, 1, 1, 0, 0, 0, 0])


def test_the_financial_year_starts_on_1_april():
    days = np.array(["2027-01-01", "2027-03-31", "2027-04-01", "2027-12-31", "2028-03-31"], "datetime64[D]")
    assert financial_years(days).tolist() == [2026, 2026, 2027, 2027, 2027]
    assert financial_years(np.array(["1969-03-31", "1969-04-01"], "datetime64[D]")).tolist() == [1968, 1969]


def costs(*found, days):
    return cost_table([LeverEffect(*one) for one in found], days).set_index(
        ["funder", "financial_year", "item"]
    )


def test_costs_fall_in_the_financial_year_of_their_week_and_are_shared():
    days = np.array(["2027-03-22", "2027-03-29", "2027-04-05", "2027-04-12", "2027-04-19"], "datetime64[D]")
    lever = initiative(start=date(2027, 3, 22), funders={"icb": 0.75, "schools": 0.25})
    children = np.array([[1, 2], [1, 2], [2, 4], [0, 0], [4, 8]])
    buys = Effect(ServiceOption(), children, np.array([100.0, 100.0]), "children", "one_off")
    table = costs(("a", "SLT", lever, buys), days=days)
    # two draws, of which the second costs twice as much: the median is one and a half times the first
    expected = {
        ("icb", 2026): 0.75 * 300, ("schools", 2026): 0.25 * 300, ("all", 2026): 300,
        ("icb", 2027): 0.75 * 900, ("schools", 2027): 0.25 * 900, ("all", 2027): 900,
    }  # fmt: skip
    found = {key[:2]: row for key, row in table["central"].items()}
    assert found == pytest.approx(expected)
    assert table["weeks"].groupby(level="financial_year").first().to_dict() == {2026: 2, 2027: 3}
    row = table.loc[("all", 2026, "all")]
    assert row[["low", "high"]].tolist() == pytest.approx([200 + 0.1 * 200, 200 + 0.9 * 200])
    assert set(table["service"]) == {"SLT", "all"}


def test_a_total_is_summed_draw_by_draw_over_levers():
    days = np.array(["2027-04-05"], "datetime64[D]")
    lever = initiative(start=date(2027, 4, 5))
    first, second = (
        Effect(ServiceOption(), np.array([units]), np.ones(2), item, "one_off")
        for units, item in (([10, 30], "first"), ([30, 10], "second"))
    )
    table = costs(("a", "SLT", lever, first), ("a", "OT", lever, second), days=days)
    total = table.loc[("all", 2027, "all")]
    assert total[["low", "central", "high"]].tolist() == [40, 40, 40]
    assert table.loc[("icb", 2027, "first"), "low"] == pytest.approx(12)


def test_capital_is_spent_evenly_over_the_52_weeks_before_the_january_of_opening():
    lever = sn.levers.NewPlaces(
        setting="state_special",
        places=104,
        january=2028,
        fill_years=2,
        gbp_per_place=(100, 100, 100),
        funders=ICB,
    )
    run = context("2026-06-01", weeks=120)
    found = effect(lever, run)
    spent = run.days[found.units[:, 0] > 0]
    # 15 January 2028 is a Saturday, in the week of Monday the 10th
    assert (str(spent[0]), str(spent[-1]), len(spent)) == ("2027-01-11", "2028-01-03", 52)
    assert set(found.units[found.units > 0]) == {2.0}
    assert (found.item, found.cost_type) == ("new places", "capital")
    table = costs(("a", "PLACES", lever, found), days=run.days)
    # Mondays from 11 January to 29 March 2027 are 12, and 40 follow
    assert table.loc[("icb", 2026, "new places"), "central"] == pytest.approx(12 * 2 * 100)
    assert table.loc[("icb", 2027, "new places"), "central"] == pytest.approx(40 * 2 * 100)
    assert table["weeks"].isna().all(), "capital is not paid by the week"
    running = effect(initiative(start=date(2027, 1, 11), end=date(2027, 3, 31)), run)
    both = costs(
        ("a", "PLACES", lever, found),
        ("a", "SLT", initiative(start=date(2027, 1, 11)), running),
        days=run.days,
    )
    assert both.loc[("all", 2026, "all"), "weeks"] == 44  # of the 44 weeks of that year in the run
    assert both.loc[("all", 2026, "all"), "central"] == pytest.approx(2400 + 12 * 6 * 800)
    opening = opening_of(lever)
    assert (opening.setting, opening.year, opening.places, opening.fill_years) == (
        "state_special",
        2028,
        104,
        2,
    )


@pytest.mark.parametrize(
    ("given", "last"),
    [
        ({}, date(2030, 12, 31)),  # five years are scored
        ({"to": 2028}, date(2028, 1, 15)),
        ({"to": 2031}, date(2030, 12, 31)),
        ({"to": 2028, "until": date(2032, 1, 1)}, date(2032, 1, 1)),
    ],
)
def test_the_last_day_of_a_lever_on_a_service(bedford, given, last):
    assert last_day(bedford, **given) == last


@pytest.mark.parametrize(
    ("lever", "outside"),
    [
        (initiative(start=date(2025, 1, 5)), True),  # the run starts on Monday 6 January
        (initiative(start=date(2025, 1, 6)), False),
        (initiative(start=date(2028, 1, 15)), False),
        (initiative(start=date(2028, 1, 16)), True),
        (sn.levers.NewPlans(start=date(2027, 12, 31), ratio=(1, 1, 1)), False),
        (sn.levers.NewPlans(start=date(2028, 1, 1), ratio=(1, 1, 1)), True),
        (sn.levers.NewPlaces(setting="state_special", places=1, january=2025, funders=ICB), True),
        (sn.levers.NewPlaces(setting="state_special", places=1, january=2026, funders=ICB), False),
        (sn.levers.NewPlaces(setting="state_special", places=1, january=2028, funders=ICB), False),
        (sn.levers.NewPlaces(setting="state_special", places=1, january=2029, funders=ICB), True),
        (sn.levers.RingFence(service="SLT", share=1.0), False),
    ],
)
def test_dates_lie_inside_a_run_to_january_2028(bedford, lever, outside):
    assert bool(Checked(bedford, to=2028).faults("one", [lever])) is outside


def test_a_year_has_52_mondays():
    run = context(first="2027-08-02", weeks=80)
    lever = initiative(start=date(2027, 9, 1), end=date(2028, 8, 31))
    assert run.strength(lever).sum() == 52


def test_what_is_charged_is_who_is_seen():
    """Two initiatives buy six and three a week, of whom three a week are seen: two of them and one."""
    run = context(weeks=2, draws=1)
    first = {"start": date(2027, 1, 4)}
    both = [
        initiative(**first),
        initiative(**first, children_per_week=3),
        initiative(**first, contract="block"),
    ]
    found = [LeverEffect("a", "SLT", lever, effect(lever, run)) for lever in both[:2]]
    block = [LeverEffect("b", "SLT", both[2], effect(both[2], run))]
    bought = {
        ("a", "SLT", "initiative"): np.array([[3.0], [0.0]]),
        ("b", "SLT", "initiative"): np.zeros((2, 1)),
    }
    seen = as_seen([*found, *block], bought)
    assert [one.effect.units[:, 0].tolist() for one in seen] == [[2, 0], [1, 0], [6, 6]]
    costs = cost_table(seen, run.days).set_index(["scenario", "funder"])["central"]
    assert costs["a", "all"] == 3 * 800
    assert costs["b", "all"] == 12 * 800
