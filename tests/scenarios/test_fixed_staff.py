"""With fixed staff the plans that they hold up are not in place, and the run shows the stock with and without."""

from dataclasses import replace

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.errors import ScenarioError
from sendneeds.evidence.area import shipped
from sendneeds.scenarios.saved_scenarios import scenario_from_text, scenario_text


@pytest.fixture(scope="module")
def runs():
    bedford = shipped("bedford")
    return {
        s: sn.run(bedford, [], draws=40, seed=1, to=2028, staffing=s) for s in ("follows_record", "fixed")
    }


def totals(result, counted):
    table = result.plans()
    return table[table["counted"] == counted].set_index("year")["central"]


def test_where_staff_follow_the_record_all_plans_are_issued(runs):
    result = runs["follows_record"]
    assert result.in_place == {}
    assert totals(result, "issued").equals(totals(result, "projected"))
    issued = result.clock["baseline"].yearly("issued").sel(calendar_year=[2025, 2026, 2027])
    new = result.need["new_plans"].sum(("plan_need", "age")).sel(calendar_year=[2025, 2026, 2027])
    assert (issued.transpose(*new.dims).values == new.values).all()


def test_fixed_staff_hold_plans_up_out_of_stock_and_places(runs):
    """Half of the new plans of a year issued is half of them in place: the stock falls short by what is not issued."""
    result = runs["fixed"]
    stock = result.in_place["baseline"]
    issued = result.clock["baseline"].yearly("issued").sel(calendar_year=2026).transpose("draw").values
    new = stock["new_plans"].sum(("plan_need", "age")).sel(calendar_year=2026).transpose("draw").values
    assert np.abs(new - issued).max() <= 13  # each need is rounded
    assert (totals(result, "issued") <= totals(result, "projected") + 1).all()
    placed = result.places["baseline"]["children"].sum(("need", "phase")).sel(year=2028)
    whole = stock.total("E").sel(year=2028)
    assert (placed.transpose("draw").values == whole.transpose("draw").values).all()


def test_what_is_issued_and_what_waits_is_what_was_projected(runs):
    """Plans held up are under way: more than with staff who follow, by as many as are not issued."""
    fixed, follows = (runs[s].clock["baseline"] for s in ("fixed", "follows_record"))
    short = float((follows["issued"].sum("quarter") - fixed["issued"].sum("quarter")).mean())
    waiting = float((fixed["in_progress"] - follows["in_progress"]).isel(bound=-1).mean())
    assert waiting == pytest.approx(
        short, abs=25
    )  # but for those late at the start, issued before it in the other


def test_a_scenario_may_have_fixed_staff_beside_options_that_follow(runs, tmp_path):
    """It is the run with fixed staff, to the plan; the others are as without it."""
    path = tmp_path / "stress.toml"
    path.write_text('name = "stress"\ntitle = "Staff as they are"\nstaffing = "fixed"\n', encoding="utf-8")
    bedford = shipped("bedford")
    scenarios = sn.open_scenarios(path, bedford)
    assert scenario_from_text(scenario_text(scenarios[1])) == scenarios[1] != scenarios[0]
    both = sn.run(bedford, scenarios, draws=40, seed=1, to=2028)
    assert set(both.in_place) == {"stress"}
    for name, alone in (("baseline", "follows_record"), ("stress", "fixed")):
        assert (both.clock[name]["issued"] == runs[alone].clock["baseline"]["issued"]).all(), name
        placed = runs[alone].places["baseline"]["children"]
        assert (both.places[name]["children"] == placed).all(), name
    (note,) = both.notes
    assert note.startswith("stress: ")


def test_one_run_has_one_staffing_but_for_stress_tests():
    bedford = shipped("bedford")
    follows = sn.Scenario("other", "Other", staffing="follows_record")
    with pytest.raises(ScenarioError, match="staffing"):
        sn.run(bedford, [follows], draws=10, staffing="fixed")
    with pytest.raises(ScenarioError, match="staffing"):
        sn.run(bedford, [sn.Scenario("baseline", "As things stand", staffing="fixed")], draws=10)
    with pytest.raises(ScenarioError, match="follows_record, fixed"):
        sn.Scenario("other", "Other", staffing="fix")
    with pytest.raises(sn.errors.DomainError, match="follows_record, fixed"):
        sn.run(bedford, [], draws=10, staffing="fix")


def test_an_area_that_knows_nothing_of_staff_has_a_clock_at_the_pace_of_the_record(runs):
    bedford = shipped("bedford")
    figures = bedford.table("service_parameters")
    figures = figures[~figures["parameter"].isin(["in_post_wte", "funded_wte"])]
    tables = {name: table for name, table in bedford.tables.items() if name != "posts"}
    bare = replace(bedford, tables={**tables, "service_parameters": figures})
    found = sn.run(bare, [], draws=40, seed=1, to=2028)
    years = [2025, 2026, 2027]
    issued, known = (
        one.clock["baseline"].yearly("issued").sel(calendar_year=years)
        for one in (found, runs["follows_record"])
    )
    assert (issued.values == known.values).all()
    stressed = sn.run(bare, [], draws=4, seed=1, to=2026, staffing="fixed")
    assert stressed.clock == {}  # nothing says whom plans would wait for
    assert any("no staff figure" in reason for reason in stressed.missing)


@pytest.mark.parametrize("slug", ["milton-keynes", "blmk"])
def test_fixed_staff_of_an_area_without_services_are_no_clock(slug):
    """Nothing says whom plans would wait for: what was shown as staff that stay was staff that grow as demand does."""
    found = sn.run(shipped(slug), [], draws=4, seed=1, to=2026, staffing="fixed")
    assert found.clock == {}
    assert any("Milton Keynes: no staff figure of any service" in reason for reason in found.missing)
    assert sn.run(shipped(slug), [], draws=4, seed=1, to=2026).clock
