"""Scenario files, runs and comparisons."""

from dataclasses import replace

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, MissingDataError, ScenarioError, UnknownNameError

FAULTY = """
name = "faulty"
titel = "Misspelt"

[[levers]]
kind = "fill_vacancy"
service = "SLT"

[[levers]]
kind = "fund_posts"
service = "SALT"
from = "2027-09-01"
wte = -1
funders = { icb = 0.5, counsil = 0.5 }

[[levers]]
kind = "initiative"
service = "SLT"
from = 2027-09-01
to = 2027-01-01
children_per_week = 5
gbp_per_child = { low = 5, central = 4, high = 6 }
funders = { icb = 0.9 }
"""


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    (tmp_path / "faulty.toml").write_text(FAULTY, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        sn.open_scenarios(tmp_path)
    text = str(caught.value)
    for words in (
        "titel",
        "Did you mean title?",
        "Did you mean fill_vacancies?",
        "'SALT'"[1:-1],
        "Did you mean SLT?",
        "a date without quotes",
        "a number over 0",
        "add up to 1",
        "a date from 2027-09-01",
        "over 0 and in order",
    ):
        assert words in text, words
    assert len(caught.value.faults) >= 9


def test_a_file_that_is_not_toml_is_told(tmp_path):
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"bad.toml line 1\n.*\n    allowed: TOML"):
        sn.open_scenarios(tmp_path)
    with pytest.raises(MissingDataError, match="no such file or folder"):
        sn.open_scenarios(tmp_path / "none.toml")


def test_a_date_outside_the_simulation_is_refused(bedford, tmp_path):
    pack = tmp_path / "scenarios"
    pack.mkdir()
    (pack / "late.toml").write_text(
        'name = "late"\ntitle = "Late"\n[[levers]]\nkind = "fund_posts"\nservice = "SLT"\nfrom = 2080-01-01\nwte = 1\n'
        "funders = { icb = 1.0 }\n",
        encoding="utf-8",
    )
    area = replace(bedford, folder=tmp_path)
    with pytest.raises(ScenarioError, match="2025-01-06 to 2030-12-31, the end of the lists"):
        sn.open_scenarios(area)
    (pack / "late.toml").write_text(
        (pack / "late.toml").read_text().replace("2080", "2040"), encoding="utf-8"
    )
    with pytest.raises(ScenarioError, match="2025-01-06 to 2030-12-31"):
        sn.open_scenarios(area)
    (pack / "late.toml").write_text(
        (pack / "late.toml").read_text().replace("2040", "2029"), encoding="utf-8"
    )
    opened = sn.open_scenarios(area)
    with pytest.raises(ScenarioError, match="2025-01-06 to 2027-01-15, the end of the lists") as caught:
        sn.run(bedford, opened, draws=5, to=2027)
    assert "late.toml line 6, key levers[1].from" in str(caught.value)
    assert "until" not in str(caught.value)
    with pytest.raises(ScenarioError, match="2025-01-06 to 2027-01-15"):
        sn.open_scenarios(area, to=2027)


@pytest.fixture(scope="module")
def found(result):
    return sn.compare(result)


def test_options_run_and_differ_only_where_they_act(result, found):
    assert result.scenarios[0].name == "baseline"
    assert set(found.changed()) == {("fill-slt-posts", "SLT"), ("fill-slt-posts-and-initiative", "SLT")}
    before = result.lists["waiting"].sel(service="SLT", week=slice(None, "2027-08-30"))
    assert np.all(before.sel(scenario="fill-slt-posts") == before.sel(scenario="baseline"))


def test_filled_posts_shorten_the_list(result):
    """In the mean: with follow-ups, an earlier first assessment brings earlier therapy, and a path may be longer."""
    slt = result.lists["waiting"].sel(service="SLT").isel(week=slice(-52, None)).mean("draw")
    assert np.all(slt.sel(scenario="fill-slt-posts") < slt.sel(scenario="baseline") - 50)
    paths = result.lists["waiting"].sel(service="SLT").astype(int)
    longer = paths.sel(scenario="fill-slt-posts") > paths.sel(scenario="baseline")
    assert float(longer.mean()) < 0.02


def test_an_initiative_sees_children_and_leaves_their_therapy(result):
    both, posts = "fill-slt-posts-and-initiative", "fill-slt-posts"
    d = result.lists.sel(service="SLT", month=slice("2027-09", "2028-08"))
    more = (d["seen"].sel(scenario=both).astype(int) - d["seen"].sel(scenario=posts)).sum("month")
    assert 20 < float(more.mean()) < 12 * 52  # posts alone nearly clear the list
    late = result.lists["overdue_sessions"].sel(service="SLT", week="2028-09-04").mean("draw")
    assert float(late.sel(scenario=both)) > float(late.sel(scenario=posts))


def test_posts_start_after_a_time_to_hire_and_ramp_up(result):
    slots = result.lists["slots"].sel(service="SLT").sum("use") / result.lists["weeks_of_month"]
    gain = (slots.sel(scenario="fill-slt-posts") - slots.sel(scenario="baseline")).mean("draw")
    assert float(gain.sel(month="2027-09-01")) == pytest.approx(0, abs=0.5)
    each = 18 * float(result.lists["throughput_factor"].sel(service="SLT").mean())
    assert 3 * each * 0.8 < float(gain.sel(month="2028-06-01")) < 3 * each


def test_probability_is_a_share_of_draws_that_hold(result):
    table = result.probability_in()
    share = (
        result.waits.share_within_18().sel(scenario="baseline", service="PT").transpose("week", "draw").values
    )
    weeks = result.lists["week"].values.astype("datetime64[D]")
    row = table[(table["scenario"] == "baseline") & (table["service"] == "PT")].iloc[20]
    at = int(np.flatnonzero(weeks == row["month"].to_datetime64().astype("datetime64[D]"))[0])
    held = (share[at : at + 5] >= 0.92).all(axis=0).mean()
    assert row["probability_in"] == held
    assert row["standard_error"] == pytest.approx(np.sqrt(held * (1 - held) / 100), abs=0.01)


def test_funders_sum_to_the_total(result):
    costs = result.costs
    assert (costs["low"] <= costs["central"]).all()
    whole = costs[(costs["scenario"] == "fill-slt-posts") & (costs["funder"] == "all")].set_index(
        "financial_year"
    )["central"]
    parts = costs[(costs["scenario"] == "fill-slt-posts") & (costs["funder"] != "all")]
    summed = parts.groupby("financial_year")["central"].sum()  # one item: funders share every draw alike
    np.testing.assert_allclose(summed, whole)
    assert set(parts["funder"]) == {"council_high_needs", "icb"}
    assert not (costs["scenario"] == "baseline").any()


def test_cost_is_posts_times_price(result):
    costs = result.costs
    row = costs[
        (costs["scenario"] == "fill-slt-posts")
        & (costs["funder"] == "all")
        & (costs["financial_year"] == 2029)
    ]
    assert float(row["central"].iloc[0]) == pytest.approx(3 * 56000, rel=0.15)


def test_an_area_without_services_still_runs():
    made = sn.run(shipped("central-bedfordshire"), draws=10, to=2027)
    assert made.services == []
    with pytest.raises(MissingDataError, match=r"service_parameters\.csv is not in the pack"):
        made.lists  # noqa: B018
    with pytest.raises(MissingDataError, match="nothing to compare"):
        sn.compare(made)


def test_options_need_names_of_their_own_and_services_that_exist(bedford):
    with pytest.raises(DomainError, match="one name"):
        sn.run(bedford, [sn.Scenario("a", "A"), sn.Scenario("a", "B")], draws=5, to=2027)
    options = sn.open_scenarios("bedford")
    with pytest.raises(ScenarioError, match="cannot be run on this area"):
        sn.run(shipped("central-bedfordshire"), options, draws=5, to=2031)


def test_a_lever_on_need_moves_referrals_and_the_stock(bedford, tmp_path):
    (tmp_path / "break.toml").write_text(
        'name = "break"\ntitle = "Fewer new plans"\n[[levers]]\nkind = "new_plans"\nfrom = 2027-01-01\n'
        "ratio = { low = 0.5, central = 0.6, high = 0.7 }\n",
        encoding="utf-8",
    )
    made = sn.run(bedford, sn.open_scenarios(tmp_path), draws=24, to=2029)
    changed, base = made.needs["break"].total("E"), made.need.total("E")
    np.testing.assert_array_equal(changed.sel(year=2027), base.sel(year=2027))
    assert float((changed - base).sel(year=2029).mean()) < -100
    late = made.lists["referrals"].sel(month=slice("2028-01", None)).mean(("month", "draw"))
    early = made.lists["referrals"].sel(month=slice(None, "2026-11")).mean(("month", "draw"))
    np.testing.assert_array_equal(early.sel(scenario="break"), early.sel(scenario="baseline"))
    listed = made.lists["has_list"]
    assert np.all((late.sel(scenario="break") < late.sel(scenario="baseline"))[listed.values])
    plans = made.lists["advice_done"].sel(month=slice("2028-01", None)).sum(("month", "draw"))
    assert int(plans.sel(scenario="break", service="SLT")) < int(
        plans.sel(scenario="baseline", service="SLT")
    )
    again = sn.open_result(made.to_netcdf(tmp_path / "run.nc"))
    np.testing.assert_array_equal(again.needs["break"].total("E"), changed)


def test_a_lever_on_need_that_cannot_be_is_told(tmp_path):
    (tmp_path / "no.toml").write_text(
        'name = "no"\ntitle = "No"\n[[levers]]\nkind = "need_growth"\ngrowth = "plans"\nby = 2030\n',
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError, match="needs plans="):
        sn.open_scenarios(tmp_path)
    (tmp_path / "no.toml").write_text(
        'name = "no"\ntitle = "No"\n[[levers]]\nkind = "need_growth"\ngrowth = "fast"\nby = 20\n',
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        sn.open_scenarios(tmp_path)
    assert "england_rate" in str(caught.value)
    assert "a whole number from 2000 to 2100" in str(caught.value)


def test_two_of_three_posts_may_be_filled(bedford, tmp_path):
    (tmp_path / "two.toml").write_text(
        'name = "two"\ntitle = "Two posts"\n[[levers]]\nkind = "fill_vacancies"\nservice = "SLT"\n'
        "from = 2025-09-01\nposts = 2\nfunders = { icb = 1.0 }\n",
        encoding="utf-8",
    )
    made = sn.run(bedford, sn.open_scenarios(tmp_path, bedford), draws=60, to=2028)
    costs = made.costs[(made.costs["funder"] == "icb") & (made.costs["financial_year"] == 2026)]
    assert float(costs["central"].iloc[0]) == pytest.approx(2 * 56000, rel=0.15)
    text = repr(sn.compare(made))
    assert "each January: 2026" in text
    assert "wait for speech and language therapy in" in text


def test_a_folder_of_options_keeps_to_the_dates_of_its_area(bedford, tmp_path):
    early = '[[levers]]\nkind = "fund_posts"\nservice = "SLT"\nfrom = 2019-01-01\nwte = 1\nfunders = { icb = 1.0 }\n'
    (tmp_path / "early.toml").write_text('name = "early"\ntitle = "Early"\n' + early, encoding="utf-8")
    with pytest.raises(ScenarioError, match="2025-01-06 to"):
        sn.open_scenarios(tmp_path, bedford)
    (tmp_path / "early.toml").write_text("from = 01/09/2027", encoding="utf-8")
    with pytest.raises(ScenarioError, match="dates are 2027-09-01 without quotes"):
        sn.open_scenarios(tmp_path)


@pytest.mark.parametrize("verb", [sn.project, sn.run])
def test_a_name_in_place_of_an_area_is_told(verb):
    with pytest.raises(DomainError, match=r"an Area.*[Oo]pen it first"):
        verb("bedford")


@pytest.mark.parametrize("verb", [sn.need_types, sn.explain])
def test_an_area_in_place_of_a_projection_is_told(verb, bedford):
    with pytest.raises(DomainError, match="need is a Area; it has to be a NeedProjection: project it first"):
        verb(bedford)


def test_a_provision_that_is_none_is_told(need):
    with pytest.raises(UnknownNameError, match="provision 'EHC'"):
        need.by_need("EHC")


ON_SERVICES = """
name = "all"
title = "Every lever on a service"
[[levers]]
kind = "outsource"
service = "SLT"
from = 2026-01-05
to = 2027-12-31
ramp_weeks = 10
children_per_week = 4
return_share = 0.5
gbp_per_child = { low = 600, central = 800, high = 1000 }
funders = { icb = 1.0 }
[[levers]]
kind = "ring_fence"
service = "SLT"
from = 2026-09-01
share = 0.5
[[levers]]
kind = "missed_appointments"
service = "OT"
ratio = { low = 0.4, central = 0.6, high = 0.8 }
gbp_per_year = { low = 8000, central = 10000, high = 12000 }
funders = { icb = 0.5, council_general_fund = 0.5 }
[[levers]]
kind = "groups"
service = "PT"
share = { low = 0.2, central = 0.4, high = 0.6 }
size = 3
[[levers]]
kind = "triage"
service = "COMM_PAEDS"
from = 2026-01-05
share = { low = 0.1, central = 0.2, high = 0.3 }
rereferred = { low = 0.1, central = 0.2, high = 0.3 }
[[levers]]
kind = "autism_pathway"
service = "ASD_DX"
from = 2026-01-05
pathway = "needs_first"
[[levers]]
kind = "personal_budgets"
from = 2026-01-05
uptake = 0.1
funders = { council_high_needs = 1.0 }
"""


@pytest.fixture(scope="module")
def levers(bedford, tmp_path_factory):
    folder = tmp_path_factory.mktemp("levers")
    (folder / "all.toml").write_text(ON_SERVICES, encoding="utf-8")
    return sn.run(bedford, sn.open_scenarios(folder, bedford), draws=60, to=2028, by="week")


def test_every_lever_on_a_service_works_on_shared_luck(levers):
    d = levers.lists
    base, option = (d.sel(scenario=name) for name in ("baseline", "all"))
    year = {"calendar_year": 2027}
    for service in ("SLT", "OT", "PT", "COMM_PAEDS"):
        load = [one["queue_load"].sel(service=service, **year).median() for one in (base, option)]
        assert float(load[1]) < float(load[0]), service
    assert int(option["outsourced"].sel(service="SLT").max()) == 4
    seen = option["outsourced"].sel(service="SLT").max("draw")
    assert int(seen.sel(week_commencing="2026-01-26")) <= 2  # the fourth of ten weeks of ramp
    assert int(seen.sel(week_commencing="2026-06-01")) == 4
    assert float(seen.sel(week_commencing=slice("2028-01-03", None)).sum()) == 0
    hidden = [one["overdue_sessions"].sel(service="SLT").isel(week=-1).mean() for one in (base, option)]
    assert float(hidden[1]) > float(hidden[0])
    missed = [one["slots"].sel(service="OT", use="wasted").sum() for one in (base, option)]
    fenced = [one["overdue_sessions"].sel(service="SLT", week="2026-08-31") for one in (base, option)]
    assert float(fenced[1].mean()) < float(fenced[0].mean()) + 30  # not before its day
    assert float(missed[1] / missed[0]) == pytest.approx(0.6, abs=0.1)
    same = [one["slots_available"].sel(service="PT") for one in (base, option)]
    np.testing.assert_allclose(same[1], same[0], rtol=0.02)  # groups add no slot; parts of a slot round


def test_levers_cost_what_they_buy_once(levers):
    costs = levers.costs[levers.costs["financial_year"] == 2026].set_index("item")
    assert float(costs.loc["fewer missed appointments", "central"].sum()) == pytest.approx(10_000, rel=0.1)
    seen = levers.lists["outsourced"].sel(scenario="all", service="SLT")
    a_year = seen.sel(week_commencing=slice("2026-04-01", "2027-03-31")).sum("week_commencing")
    charged = float(costs.loc["children of a second provider", "central"])
    assert charged == pytest.approx(
        float(a_year.median()) * 800, rel=0.1
    )  # those it sees, not those it could
    assert charged < 4 * 52 * 800
    budgets = levers.costs[levers.costs["item"] == "personal budgets, gross"]
    assert set(budgets["service"]) == {"PLACES"}
    assert "sessions freed" not in costs.index
    assert "ring-fence" not in costs.index


def test_levers_on_services_that_cannot_be_are_told_at_once(bedford, tmp_path):
    (tmp_path / "wrong.toml").write_text(
        'name = "wrong"\ntitle = "Wrong"\n'
        '[[levers]]\nkind = "groups"\nservice = "SLT"\nsize = 9\n'
        "share = { low = 0.1, central = 0.2, high = 0.3 }\n"
        '[[levers]]\nkind = "autism_pathway"\nservice = "ASD_DX"\npathway = "needs first"\n'
        '[[levers]]\nkind = "ring_fence"\nservice = "SLT"\nshare = 50\n'
        "gbp_per_year = { low = 1, central = 2, high = 3 }\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        sn.open_scenarios(tmp_path, bedford)
    text = str(caught.value)
    for words in ("from 2 to 8", "diagnosis_first, needs_first", "a number from 0 to 1", "Say who pays"):
        assert words in text, words
    (tmp_path / "wrong.toml").write_text(
        'name = "wrong"\ntitle = "Wrong"\n'
        '[[levers]]\nkind = "autism_pathway"\nservice = "SLT"\npathway = "needs_first"\n'
        '[[levers]]\nkind = "fund_posts"\nservice = "ASD_DX"\nfrom = 2026-01-05\nwte = 1\nfunders = { icb = 1.0 }\n'
        '[[levers]]\nkind = "groups"\nservice = "COMM_PAEDS"\nsize = 2\n'
        "share = { low = 0.1, central = 0.2, high = 0.3 }\n"
        '[[levers]]\nkind = "initiative"\nservice = "EP"\nfrom = 2026-01-05\nchildren_per_week = 2\n'
        "gbp_per_child = { low = 1, central = 2, high = 3 }\nfunders = { icb = 1.0 }\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        sn.run(bedford, sn.open_scenarios(tmp_path, bedford), draws=5, to=2027)
    text = str(caught.value)
    for words in ("ASD_DX", "a service with staff", "a service with blocks", "a list for first appointments"):
        assert words in text, words
