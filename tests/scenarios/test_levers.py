"""Levers from Python and from a file are one thing: equal, and refused alike, with every fault at once."""

import dataclasses
import tomllib
from datetime import date, datetime

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import ScenarioError
from sendneeds.scenarios.levers import LEVERS
from sendneeds.scenarios.levers.base import is_required, keys_of

ICB = {"icb": 1.0}
START, END = date(2027, 9, 1), date(2028, 8, 31)
DATES = "from = 2027-09-01\nto = 2028-08-31\n"
PAID = "funders = { icb = 1.0 }\n"
SLT = 'service = "SLT"\n'
INTERVAL = "{ low = 600, central = 800, high = 1000 }\n"
SHARES = "{ low = 0.1, central = 0.2, high = 0.3 }\n"
ALIKE = {
    "fill_vacancies": (
        f"{SLT}{DATES}{PAID}share = 0.5\nposts = 2",
        sn.levers.FillVacancies(service="SLT", start=START, end=END, funders=ICB, share=0.5, posts=2),
    ),
    "fund_posts": (
        f"{SLT}from = 2027-09-01\n{PAID}wte = 2.0",
        sn.levers.FundPosts(service="SLT", wte=2, start=START, funders=ICB),
    ),
    "empty_posts": (
        f"{SLT}{DATES}wte = 2.5",
        sn.levers.EmptyPosts(service="SLT", start=START, end=END, wte=2.5),
    ),
    "locum_posts": (
        f'service = "EP"\n{DATES}{PAID}wte = 2.5\ngbp_per_wte_year = {INTERVAL}',
        sn.levers.LocumPosts(
            service="EP", start=START, end=END, funders=ICB, wte=2.5, gbp_per_wte_year=(600, 800, 1000)
        ),
    ),
    "agency_staff": (
        f"{SLT}{DATES}{PAID}ramp_weeks = 4\nwte = 2.5\npace = {SHARES}gbp_per_wte_year = {INTERVAL}",
        sn.levers.AgencyStaff(
            service="SLT", start=START, end=END, funders=ICB, ramp_weeks=4, wte=2.5, pace=(0.1, 0.2, 0.3),
            gbp_per_wte_year=(600, 800, 1000),
        ),
    ),
    "skill_mix": (
        f"{SLT}from = 2027-09-01\n{PAID}wte = 2.5\npace = {SHARES}gbp_per_wte_year = {INTERVAL}evidence = 'A trial'",
        sn.levers.SkillMix(
            service="SLT", start=START, funders=ICB, wte=2.5, pace=(0.1, 0.2, 0.3), gbp_per_wte_year=(600, 800, 1000),
            evidence="A trial",
        ),
    ),
    "referral_growth": (
        f"{SLT}{DATES}yearly = {SHARES}",
        sn.levers.ReferralGrowth(service="SLT", start=START, end=END, yearly=(0.1, 0.2, 0.3)),
    ),
    "early_language": (
        f"{SLT}{DATES}{PAID}ramp_weeks = 26\ndelay_years = {SHARES}ratio = {SHARES}gbp_per_year = {INTERVAL}",
        sn.levers.EarlyLanguage(
            service="SLT", start=START, end=END, funders=ICB, ramp_weeks=26, delay_years=(0.1, 0.2, 0.3),
            ratio=(0.1, 0.2, 0.3), gbp_per_year=(600, 800, 1000),
        ),
    ),
    "initiative": (
        f"{SLT}{DATES}{PAID}ramp_weeks = 8\nchildren_per_week = 6\ngbp_per_child = {INTERVAL}",
        sn.levers.Initiative(
            service="SLT", start=START, end=END, funders=ICB, ramp_weeks=8, children_per_week=6,
            gbp_per_child=(600, 800, 1000),
        ),
    ),
    "outsource": (
        f"{SLT}from = 2027-09-01\n{PAID}children_per_week = 4\nreturn_share = 0.5\ngbp_per_child = {INTERVAL}",
        sn.levers.Outsource(
            service="SLT", start=START, funders=ICB, children_per_week=4, return_share=0.5,
            gbp_per_child={"low": 600, "central": 800, "high": 1000},
        ),
    ),
    "ring_fence": (
        f"{SLT}share = 0.5\n{PAID}gbp_per_year = {INTERVAL}",
        sn.levers.RingFence(service="SLT", share=0.5, gbp_per_year=(600, 800, 1000), funders=ICB),
    ),
    "missed_appointments": (
        f"{SLT}ratio = {SHARES}",
        sn.levers.MissedAppointments(service="SLT", ratio=(0.1, 0.2, 0.3)),
    ),
    "groups": (
        f"{SLT}{DATES}size = 3\nshare = {SHARES}",
        sn.levers.Groups(service="SLT", start=START, end=END, share=(0.1, 0.2, 0.3), size=3),
    ),
    "triage": (
        f"{SLT}from = 2027-09-01\nshare = {SHARES}rereferred = {SHARES}",
        sn.levers.Triage(service="SLT", start=START, share=(0.1, 0.2, 0.3), rereferred=(0.1, 0.2, 0.3)),
    ),
    "autism_pathway": (
        'service = "ASD_DX"\npathway = "needs_first"',
        sn.levers.AutismPathway(service="ASD_DX", pathway="needs_first"),
    ),
    "personal_budgets": (
        f"from = 2027-09-01\n{PAID}uptake = 0.1",
        sn.levers.PersonalBudgets(start=START, funders=ICB, uptake=0.1),
    ),
    "new_places": (
        f'setting = "resourced"\nplaces = 12\njanuary = 2028\n{PAID}gbp_per_place = {INTERVAL}',
        sn.levers.NewPlaces(
            setting="resourced", places=12, january=2028, funders=ICB, gbp_per_place=(600, 800, 1000)
        ),
    ),
    "need_growth": (
        'growth = "plans"\nplans = 2500\nby = 2030',
        sn.levers.NeedGrowth(growth="plans", plans=2500, by=2030),
    ),
    "new_plans": (
        f"from = 2027-09-01\nratio = {SHARES}",
        sn.levers.NewPlans(start=START, ratio=(0.1, 0.2, 0.3)),
    ),
    "cessations": (
        f"from = 2027-09-01\nfirst_age = 16\nlast_age = 18\nratio = {SHARES}",
        sn.levers.Cessations(start=START, ratio=(0.1, 0.2, 0.3), first_age=16, last_age=18),
    ),
    "requests": (
        f"from = 2027-09-01\nto = 2029-08-31\nratio = {SHARES}",
        sn.levers.Requests(start=START, end=date(2029, 8, 31), ratio=(0.1, 0.2, 0.3)),
    ),
    "refusals": (
        f"from = 2027-09-01\nfirst_age = 4\nratio = {SHARES}",
        sn.levers.Refusals(start=START, ratio=(0.1, 0.2, 0.3), first_age=4),
    ),
    "phase_reviews": (
        "from = 2027-09-01\nshare = 0.14",
        sn.levers.PhaseReviews(start=START, share=0.14),
    ),
    "specialist_plans": (
        "from = 2027-09-01\nshare_of_peak = 0.7\nby = 2033",
        sn.levers.SpecialistPlans(start=START, share_of_peak=0.7, by=2033),
    ),
    "experts_at_hand": (
        f"{DATES}{PAID}ramp_weeks = 104\nwte = 22.5\nprofessions = {{ EP = 0.5, teachers = 0.5 }}\n"
        f"own_posts_share = {SHARES}\ngbp_per_wte_year = {INTERVAL}",
        sn.levers.ExpertsAtHand(
            start=START, end=END, funders=ICB, ramp_weeks=104, wte=22.5, professions={"EP": 0.5, "teachers": 0.5},
            own_posts_share=(0.1, 0.2, 0.3), gbp_per_wte_year=(600, 800, 1000),
        ),
    ),
}  # fmt: skip


def opened(folder, kind, keys):
    path = folder / "one.toml"
    path.write_text(f'name = "one"\ntitle = "One"\n[[levers]]\nkind = "{kind}"\n{keys}\n', encoding="utf-8")
    return sn.open_scenarios(path)[1].levers[0]


@pytest.mark.parametrize("kind", LEVERS)
def test_a_lever_from_python_equals_that_of_a_file(kind, tmp_path):
    keys, made = ALIKE[kind]
    read = opened(tmp_path, kind, keys)
    assert type(read) is type(made) is LEVERS[kind]
    assert read == made
    assert (read.file, read.place) == ("one.toml", "levers[1]")
    for key, value in tomllib.loads(keys).items():
        held = getattr(made, {"from": "start", "to": "end"}.get(key, key))
        ends = isinstance(value, dict) and "low" in value
        assert held == (tuple(value.values()) if ends else value), key


@pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)
def test_every_argument_is_documented_with_an_example(lever):
    for name, argument in keys_of(lever).items():
        kind, what = lever.__doc__.split(f"\n{name} : ")[1].split("\n")[:2]
        assert (", optional" in kind) == (not is_required(argument)), name
        assert argument.metadata["key"].what[1:] in what, name
    assert ">>> " in lever.__doc__.split("Examples\n--------\n")[1]


WRONG = [
    ("fund_posts", {"service": "SALT", "start": "2027-09-01", "wte": -1, "funders": {"icb": 0.5}},
     'service = "SALT"\nfrom = "2027-09-01"\nwte = -1\nfunders = { icb = 0.5 }'),
    ("fund_posts", {"service": "SLT", "start": datetime(2027, 1, 1), "wte": True, "funders": {"cib": 1.0}},
     'service = "SLT"\nfrom = 2027-01-01T00:00:00\nwte = true\nfunders = { cib = 1.0 }'),
    ("initiative", {"service": "SLT", "start": date(2027, 9, 1), "end": date(2027, 1, 1), "children_per_week": 0,
                    "gbp_per_child": {"low": 5, "central": 4, "high": 6}, "funders": {"icb": 0.9}},
     'service = "SLT"\nfrom = 2027-09-01\nto = 2027-01-01\nchildren_per_week = 0\n'
     "gbp_per_child = { low = 5, central = 4, high = 6 }\nfunders = { icb = 0.9 }"),
    ("ring_fence", {"service": "SLT", "share": 50, "gbp_per_year": (1, 2, 3)},
     'service = "SLT"\nshare = 50\ngbp_per_year = { low = 1, central = 2, high = 3 }'),
    ("groups", {"service": "SLT", "share": 0.5, "size": 9}, 'service = "SLT"\nshare = 0.5\nsize = 9'),
    ("new_places", {"setting": "academy", "places": 60.5, "january": 1999, "fill_years": 11, "funders": {}},
     'setting = "academy"\nplaces = 60.5\njanuary = 1999\nfill_years = 11\nfunders = {}'),
    ("need_growth", {"growth": "plans", "by": 2030}, 'growth = "plans"\nby = 2030'),
    ("need_growth", {"growth": "fast", "by": 20}, 'growth = "fast"\nby = 20'),
    ("cessations", {"start": date(2027, 1, 1), "ratio": (1, 2, 3), "first_age": 18, "last_age": 16},
     "from = 2027-01-01\nratio = { low = 1, central = 2, high = 3 }\nfirst_age = 18\nlast_age = 16"),
]  # fmt: skip
FAULTS = [4, 3, 4, 2, 2, 5, 1, 2, 1]
"""Of each of these levers."""


@pytest.mark.parametrize(
    ("kind", "arguments", "keys", "count"), [(*w, n) for w, n in zip(WRONG, FAULTS, strict=True)]
)
def test_a_faulty_lever_is_refused_alike_with_every_fault(kind, arguments, keys, count, tmp_path):
    with pytest.raises(ScenarioError) as python:
        LEVERS[kind](**arguments)
    with pytest.raises(ScenarioError) as file:
        opened(tmp_path, kind, keys)
    toml = {"start": "from", "end": "to"}
    seen = [(f"levers[1].{toml.get(f.column, f.column)}", f.allowed) for f in python.value.faults]
    assert sorted(seen) == sorted((f.column, f.allowed) for f in file.value.faults)
    assert [f.row for f in file.value.faults] == sorted(f.row for f in file.value.faults)
    assert len(seen) == count
    assert {f.file for f in python.value.faults} == {LEVERS[kind].__name__}


def test_a_fault_says_how_the_value_is_written_where_it_is():
    with pytest.raises(ScenarioError) as python:
        sn.levers.FundPosts(service="SLT", start="2027-09-01", wte=1, funders=ICB)
    (fault,) = python.value.faults
    assert fault.cure == "Write start=datetime.date(2027, 9, 1): first day, for example 2027-09-01."


def test_numbers_of_numpy_are_numbers():
    lever = sn.levers.NewPlaces(
        setting="resourced", places=np.int64(12), january=np.int32(2028), funders={"icb": np.float64(1)}
    )
    assert lever == sn.levers.NewPlaces(setting="resourced", places=12, january=2028, funders=ICB)


def test_a_lever_is_frozen_and_shows_how_it_was_made():
    lever = sn.levers.FundPosts(service="SLT", wte=2, start=START, funders=ICB)
    with pytest.raises(dataclasses.FrozenInstanceError):
        lever.wte = 3
    assert dataclasses.replace(lever, wte=3).wte == 3
    assert repr(lever) == (
        "FundPosts(service='SLT', start=datetime.date(2027, 9, 1), end=None, funders={'icb': 1.0}, wte=2)"
    )
    with pytest.raises(TypeError, match="wtee"):
        sn.levers.FundPosts(service="SLT", wtee=2, start=START, funders=ICB)


def test_a_scenario_is_built_from_levers_and_checked():
    posts = ALIKE["fund_posts"][1]
    made = sn.Scenario("more", title="More", levers=[posts])
    assert made == sn.Scenario("more", "More", "", (posts,))
    budgets, growth = ALIKE["personal_budgets"][1], ALIKE["need_growth"][1]
    with pytest.raises(ScenarioError) as caught:
        sn.Scenario("", title=5, levers=[budgets, "SLT", growth, budgets, growth])
    found = [(f.column, f.found) for f in caught.value.faults]
    assert found == [
        ("name", ""), ("title", "5"), ("levers[2]", "SLT"),
        ("levers[4]", "personal_budgets"), ("levers[5]", "need_growth"),
    ]  # fmt: skip
    for levers in (posts, "posts", None, {posts.kind: posts.wte}):
        with pytest.raises(ScenarioError, match="a list of levers"):
            sn.Scenario("one", "One", levers=levers)


def test_what_an_area_cannot_do_names_the_argument(bedford):
    late = dataclasses.replace(ALIKE["fund_posts"][1], start=date(2080, 1, 1))
    with pytest.raises(ScenarioError) as caught:
        sn.run(bedford, [sn.Scenario("late", "Late", levers=[late])], draws=5, to=2027)
    (fault,) = caught.value.faults
    assert fault.where() == "late, key levers[1] (fund_posts).start"


@pytest.mark.parametrize(
    ("lever", "given", "words"),
    [
        (sn.levers.Triage, {"share": (10, 20, 30), "start": START}, "from 0 to 1 (0.2, not 20)"),
        (
            sn.levers.Triage,
            {"share": (0.1, 0.2, 1.0), "rereferred": (0.1, 0.2, 1.01), "start": START},
            "from 0 to 1",
        ),
        (sn.levers.Groups, {"share": (0.5, 1, 2), "size": 3}, "from 0 to 1"),
        (sn.levers.MissedAppointments, {"ratio": (40, 60, 80)}, "factors up to 10 (0.6, not 60)"),
    ],
)
def test_per_cent_in_place_of_shares_and_factors_is_refused(lever, given, words):
    with pytest.raises(ScenarioError) as error:
        lever(service="SLT", **given)
    (fault,) = error.value.faults
    assert words in fault.allowed


def test_per_cent_in_a_file_is_refused_as_from_python(tmp_path):
    keys = f"{SLT}from = 2027-09-01\nshare = {{ low = 10, central = 20, high = 30 }}"
    with pytest.raises(ScenarioError, match=r"from 0 to 1 \(0\.2, not 20\)"):
        opened(tmp_path, "triage", keys)
    assert opened(tmp_path, "triage", keys.replace("0,", "0e-2,").replace("30 ", "1.0 ")).share == (
        0.1,
        0.2,
        1,
    )
