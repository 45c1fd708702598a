"""The explorer: the option that its controls make by hand, its answers those of a run, pins that are kept."""

import threading
from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.errors import DomainError, MissingDataError
from sendneeds.explorer import panels
from sendneeds.explorer.controls import months_between
from sendneeds.explorer.engine import OPTION, Answer, Engine
from sendneeds.explorer.pictures import Line, lines_svg
from sendneeds.explorer.worker import Worker
from sendneeds.scenarios.settings import Settings

AT = {"service": "SLT", "start": date(2026, 9, 1), "january": 2028}
L = sn.levers


def test_controls_that_stand_still_pull_no_lever():
    assert Settings(**AT).levers() == []


def test_the_levers_are_those_written_by_hand():
    at = Settings(
        **AT,
        posts=2.0,
        vacancies=0.5,
        initiative=6,
        months=12,
        gbp_per_child=1000.0,
        groups=0.4,
        fewer_missed=0.2,
        psychologists=3.0,
        places=40,
        growth="england_rate",
    )
    first, icb, council = date(2026, 9, 1), {"icb": 1.0}, {"council_high_needs": 1.0}
    assert at.levers() == [
        L.FundPosts(service="SLT", start=first, wte=2.0, funders=icb),
        L.FillVacancies(service="SLT", start=first, share=0.5, funders=icb),
        L.Initiative(
            service="SLT",
            start=first,
            end=date(2027, 8, 31),  # 365 days
            children_per_week=6,
            gbp_per_child=(700.0, 1000.0, 1300.0),  # 30 % either side
            funders=icb,
        ),
        L.Groups(service="SLT", start=first, share=(0.3, 0.4, 0.5), size=3),  # 25 % either side
        L.MissedAppointments(service="SLT", start=first, ratio=(0.75, 0.8, 0.85)),  # 15, 20, 25 % fewer
        L.FundPosts(service="EP", start=first, wte=3.0, funders=council),
        L.NewPlaces(setting="state_special", places=40, january=2028, funders=council),
        L.NeedGrowth(growth="england_rate", by=2028),
    ]


def test_the_first_look_is_a_run_with_as_many_draws(bedford):
    """Posts, and a change of need: the list of one service alone, and the same as among all the others."""
    engine = Engine(bedford, 12, 12, 3, 2028)
    both = {
        "posts": Settings(**AT, posts=3.0),
        "need": Settings(**AT, growth="none", initiative=5),
    }
    options = [settings.scenario(name, name) for name, settings in both.items()]
    result = sn.run(bedford, options, draws=12, seed=3, to=2028)
    chance = sn.compare(result).sel(service="SLT").probability
    for name, settings in both.items():
        quick = engine.at_once(settings.scenario("option", "Option"), "SLT")
        for scenario, of_run in (("baseline", "baseline"), (OPTION, name)):
            mine, its = (
                t[t["scenario"] == of].sort_values("month")["probability_in"].to_list()
                for t, of in ((quick.probability, scenario), (chance, of_run))
            )
            assert mine == its
        waiting = result["lists/waiting"].sel(service="SLT", scenario=name).isel(week=-1)
        table = quick.lists.query("scenario == 'option' and measure == 'waiting'")
        last = table[table["month"] <= waiting["week"].values].iloc[-1]
        at = result["lists/waiting"].sel(service="SLT", scenario=name, week=last["month"])
        assert last["central"] == float(np.median(at.values))


def test_what_a_lever_does_not_touch_is_made_once(bedford, monkeypatch):
    from sendneeds.explorer import engine as module

    made = []
    for name in ("project", "Clocks"):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, r=real, n=name, **k: made.append(n) or r(*a, **k))
    engine = Engine(bedford, 10, 10, 1, 2027)
    at = {**AT, "january": 2027}
    for moved in ({"posts": 1.0}, {"posts": 2.0}, {"groups": 0.4}):
        engine.at_once(Settings(**at, **moved).scenario("x", "x"), "SLT")
    assert made == ["project", "Clocks"]
    engine.at_once(Settings(**at, growth="none").scenario("x", "x"), "SLT")
    engine.at_once(Settings(**at, growth="none", posts=2.0).scenario("x", "x"), "SLT")
    assert made == ["project", "Clocks", "project", "Clocks"]


class Slow:
    """An engine whose refinements go on until they are stopped."""

    def __init__(self):
        self.begun, self.stopped = threading.Event(), []

    def at_once(self, scenario, service):
        return f"{scenario} at once"

    def refine(self, scenario, service, progress):
        self.begun.set()
        for _ in range(200):
            if scenario == "last":
                return "last refined"
            try:
                progress(0, 1, "")
            except Exception:
                self.stopped.append(scenario)
                raise
            threading.Event().wait(0.05)
        return "never"


def test_a_question_asked_over_is_dropped_and_the_last_is_refined():
    told, failed, engine = [], [], Slow()
    worker = Worker(engine, told.append, failed.append, pause=0.01)
    worker.ask("first", "SLT")
    assert engine.begun.wait(5)
    worker.ask("last", "SLT")
    assert worker.wait(10)
    assert told == ["first at once", "last at once", "last refined"]
    assert engine.stopped == ["first"]
    assert failed == []


@pytest.fixture(scope="module")
def explorer(bedford):
    one = sn.explore(bedford, quick=10, draws=10, to=2027)
    one.set(posts=3.0)
    one.wait()
    return one


def test_pinned_options_become_scenario_files_that_open_as_they_were(explorer, tmp_path, bedford):
    explorer.pin("Three posts!")
    explorer.save(tmp_path / "mine")
    found = sn.open_scenarios(tmp_path / "mine", bedford, to=2027)
    assert [s.name for s in found] == ["baseline", "three-posts"]
    assert found[1].levers == explorer.pins["three-posts"][0].levers
    assert found[1].levers[0].wte == 3.0
    table = explorer.compare().set_index("option")
    month = explorer.controls["month"].value
    assert table.loc["three-posts", "probability_in"] == panels.chance(explorer.answer, OPTION, month)[0]
    total = explorer.answer.costs.query("funder == 'all'")["central"].sum()
    assert table.loc["three-posts", "cost"] == total > 0


def test_an_option_not_answered_is_not_pinned_with_the_answer_of_another(explorer):
    explorer.set(posts=4.0)
    explorer.answer = Answer(
        Settings(**AT).scenario("x", "x"), "SLT", 10, 0.0, explorer.answer.probability, explorer.answer.lists
    )
    with pytest.raises(DomainError, match="not answered yet"):
        explorer.pin("four")


def test_every_control_has_a_name(explorer):
    assert len(explorer.controls) > 10
    assert all(control.description for control in explorer.controls.values())
    with pytest.raises(DomainError, match="the controls here are service"):
        explorer.set(post=3)
    with pytest.raises(DomainError, match="stays at"):
        explorer.set(service="SALT")


def test_what_an_area_has_no_figures_for_has_no_control(bedford, monkeypatch):
    monkeypatch.setattr("sendneeds.explorer.explorer.services_with_list", lambda area: [])
    with pytest.raises(MissingDataError, match="no service has a list"):
        sn.explore(bedford)


def test_months_between():
    assert months_between(date(2025, 12, 31), date(2026, 2, 1)) == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_a_line_runs_from_corner_to_corner():
    """From 0 at the first month to 100 % at the last: the corners of a plot of 560 x 230 with its margins."""
    months = np.array(["2026-01-05", "2027-01-04"], "datetime64[D]")
    svg = lines_svg("Chance", [Line("this option", months, np.array([0.0, 1.0]))], share=True)
    assert 'points="46.0,202.0 548.0,12.0"' in svg
    assert 'aria-label="Chance: this option 100% at the end"' in svg


def test_scenarios_are_not_written_over_what_is_there(tmp_path):
    one = sn.Scenario("one", 'A "quoted" title', note="a\\b")
    sn.write_scenarios([one], tmp_path)
    assert sn.open_scenarios(tmp_path)[1] == one
    (tmp_path / "one.toml").write_text('name = "one"\ntitle = "mine"\n', encoding="utf-8")
    with pytest.raises(DomainError, match=r"one\.toml is there"):
        sn.write_scenarios([one, sn.Scenario("two", "Two")], tmp_path)
    assert not (tmp_path / "two.toml").exists(), "whole or not at all"
    with pytest.raises(DomainError, match="a name of its own"):
        sn.write_scenarios([one, one], tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_all_the_shipped_options_survive_being_written(bedford, tmp_path):
    shipped = [*sn.open_scenarios(bedford)[1:], *sn.reform_scenarios(bedford)[1:]]
    sn.write_scenarios(shipped, tmp_path)
    found = {s.name: s for s in sn.open_scenarios(tmp_path)}
    assert [found[s.name] for s in shipped] == shipped
