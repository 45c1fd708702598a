"""What a comparison tells: lists, sessions past due, plans in time, places and money."""

import re
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.scenarios.compare_tables import paid
from sendneeds.scenarios.compare_text import CLEARLY, MEDIANS_OF_DIFFERENCES, RULES, _verdict
from sendneeds.scenarios.judge import CLEAR, LATE, LIKELY
from sendneeds.scenarios.run import left_out
from sendneeds.waits.services.targets import standard_error

OPTIONS = {
    "ep": 'kind = "fund_posts"\nservice = "EP"\nfrom = 2026-01-05\nwte = 6\nfunders = { council_general_fund = 1.0 }',
    "fence": 'kind = "ring_fence"\nservice = "SLT"\nfrom = 2025-09-01\nto = 2027-08-31\nshare = 1.0',
    "nothing": 'kind = "ring_fence"\nservice = "SLT"\nfrom = 2026-01-05\nshare = 0.0',
    "places": 'kind = "new_places"\nsetting = "state_special"\nplaces = 60\njanuary = 2027\n'
    "funders = { council_high_needs = 1.0 }",
}


@pytest.fixture(scope="module")
def run(bedford, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    for name, lever in OPTIONS.items():
        text = f'name = "{name}"\ntitle = "{name}"\n[[levers]]\n{lever}\n'
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return sn.run(bedford, sn.open_scenarios(folder, bedford), draws=40, to=2030)


@pytest.fixture(scope="module")
def found(run):
    return sn.compare(run)


def test_more_psychologists_are_told_by_plans_in_time(found, run):
    plans = found.plans.set_index(["scenario", "calendar_year"])
    share = run.clock["ep"].share_in_time("excluding", "calendar_year").sel(calendar_year=2028)
    row = plans.loc[("ep", 2028)]
    assert row["central"] == pytest.approx(float(share.median()))
    assert row["probability"] == pytest.approx(float((share >= 0.6).mean()))
    assert row["central"] > plans.loc[("baseline", 2028), "central"] + 0.03
    base = run.clock["baseline"].share_in_time("excluding", "calendar_year").sel(calendar_year=2028)
    assert row["difference_central"] == pytest.approx(float((share - base).median()))
    assert row["difference_central"] > 0
    assert "plans within 20 weeks: " in repr(found)
    assert f"2028 {row['central']:.0%} against {plans.loc[('baseline', 2028), 'central']:.0%}" in repr(found)


def test_a_target_for_plans_may_be_chosen(found, run):
    lower = sn.compare(run, plans_target=0.05).plans
    assert (lower["probability"] >= found.plans["probability"]).all()
    assert (lower["probability"] > found.plans["probability"]).any()


def test_places_are_told_with_money_by_funder(found, run):
    assert re.search(r"fewer children \(.*?\) in independent schools", repr(found))
    last = found.places[(found.places["scenario"] == "places") & (found.places["year"] == 2030)]
    table = last.set_index(["measure", "of"])["central"]
    alone = sn.compare_places(run.places["baseline"], run.places["places"]).data.sel(year=2030)
    assert table["avoided", "independent"] == float(alone["avoided"].sel(setting="independent").median()) > 12
    assert table["avoided_out_of_area", "all"] > 0
    for funder in ("council_high_needs", "council_general_fund"):
        assert table["saved", funder] == pytest.approx(float(alone["saved"].sel(funder=funder).median()))
    assert "capital" not in set(found.places["measure"])


def test_a_fence_is_judged_by_its_end_and_by_sessions_past_due(found, run):
    due = run.lists["overdue_sessions"].sel(service="SLT").median("draw")
    own, base = due.sel(scenario="fence"), due.sel(scenario="baseline")
    row = found.sessions.set_index(["scenario", "service", "measure"]).loc[
        ("fence", "SLT", "overdue_sessions_most")
    ]
    assert row["central"] == float(own.max())
    assert row["when"] == str(own["week"].values[int(own.argmax("week"))])[:10]
    assert row["baseline"] == float(base.sel(week=row["when"]))
    (line,) = (text for text in repr(found).splitlines() if "target, speech" in text)
    assert "in December 2029" in line
    late = found.sessions[
        (found.sessions["measure"] == "weeks_late") & (found.sessions["scenario"] == "fence")
    ]
    worst = late.loc[late["service"] == "SLT", "difference_central"].max()
    assert worst > 5
    assert f"come {worst:.1f} weeks later" in repr(found)
    assert "harms those already in the service" in repr(found)
    assert "overdue_sessions" in set(found.differences["measure"])


def test_an_option_that_changes_nothing_is_said_so_beside_others(found):
    assert "  left out, as they change nothing: nothing" in repr(found).splitlines()
    assert {name for name, _ in found.changed()} == {"fence"}


def test_no_difference_is_told_with_a_minus_or_as_more_of_less(found):
    text = repr(found)
    assert not re.search(r"-\d[\d,]* (more|fewer|less)|GBP -\d", text)
    assert "fewer fewer" not in text


def test_what_an_option_does_is_its_difference_in_words(found):
    table = found.differences
    rows = table[
        (table["scenario"] == "fence") & (table["service"] == "SLT") & (table["measure"] == "waiting")
    ]
    last = rows.sort_values("month").iloc[-1]
    assert last["central"] > 0  # the fence has gone, and the sessions it held back are given first
    assert f"does: {last['central']:,.0f} more children (" in repr(found)


def test_each_option_has_its_cost_by_funder_and_all_together(found, run):
    whole = run.spending.by_funder("ep").sum("financial_year")
    table = found.paid.set_index(["scenario", "funder"])
    assert table.loc[("ep", "all"), "central"] == pytest.approx(float(whole.sum("funder").median()))
    assert f"all funders GBP {table.loc[('ep', 'all'), 'central']:,.0f}" in repr(found)
    assert "cost: none that is known" in repr(found)  # the fence
    # posts have no capital, new places nothing else
    assert table.loc["ep", "capital_share"].tolist() == [0.0, 0.0]
    assert table.loc["places", "capital_share"].tolist() == pytest.approx([1.0, 1.0])
    (posts, places) = (line for line in repr(found).splitlines() if "cost from " in line)
    assert "capital" not in posts
    assert places.endswith(", all of it capital")


def test_the_share_of_capital_is_its_mean_over_that_of_the_cost():
    spending = FakeSpending({"recurrent": [60.0, 180.0], "capital": [40.0, 0.0]})
    rows = paid(spending, ["both"]).set_index("funder")
    assert rows.loc["dfe", "central"] == 140.0  # 100 and 180
    assert rows["capital_share"].tolist() == pytest.approx([40 / 280] * 2)


class FakeSpending:
    """Two draws of one funder's GBP by type of cost."""

    def __init__(self, by_type):
        self.by_type = by_type

    def by_funder(self, option, cost_types=("recurrent", "one_off", "capital")):
        amount = sum(np.array(self.by_type[kind]) for kind in cost_types if kind in self.by_type)
        dims = ("financial_year", "funder", "draw")
        return xr.DataArray(
            amount[None, None], dims=dims, coords={"financial_year": [2027], "funder": ["dfe"]}
        )


def test_what_a_difference_is_is_said_once(found):
    assert repr(found).count(MEDIANS_OF_DIFFERENCES) == 1


def test_an_option_that_turns_children_away_says_so(bedford):
    triage = sn.levers.Triage(
        service="SLT", start=date(2026, 4, 1), share=(0.2, 0.2, 0.2), funders={"icb": 1.0}
    )
    run = sn.run(bedford, [sn.Scenario("triage", "Triage", levers=[triage])], draws=20, to=2028)
    months = run.lists[["diverted", "seen"]].sel(service="SLT").astype(int).sum("month")
    more = (months.sel(scenario="triage") - months.sel(scenario="baseline")).median("draw")
    assert more["diverted"] > 50
    text = f"{float(more['diverted']):,.0f} more referrals are not accepted"
    if more["seen"] <= -1:
        text += f" and {-float(more['seen']):,.0f} fewer children are seen"
    assert f"worst side effect: {text} for speech and language therapy over the run" in repr(sn.compare(run))


def test_verdicts_are_those_of_judge_and_their_rules_are_printed(found):
    pd.testing.assert_frame_equal(found.verdicts, sn.judge(found).to_dataframe())
    assert RULES in repr(found)
    assert CLEARLY == LIKELY
    assert (CLEAR, LATE) == (0.02, 1.0), "the numbers that the printed rules name"


@pytest.mark.parametrize(
    ("harms", "risk", "words"),
    [
        (
            False,
            0.1,
            "; with a chance of 0.10 sessions of those already in the service come a week or more later "
            "in 2027",
        ),
        (False, 0.09, ""),
        (True, 0.7, "; harms those already in the service, whose sessions come 2.5 weeks later in 2029"),
    ],
)
def test_a_chance_of_harm_is_told_beside_what_helps(harms, risk, words):
    row = {"service": "SLT", "probability": 0.9, "helps": True, "helps_for_a_time": True, "harms": harms}
    row |= {"weeks_later": 2.5, "late_year": 2029, "risk": risk, "risk_year": 2027}
    row |= {"more_not_accepted": 0.0, "fewer_seen": 0.0}
    helped = "verdict, speech and language therapy: helps, and is likely to be at the target in the end"
    assert _verdict(row) == helped + words


def test_what_a_run_leaves_out_of_places_is_told():
    """Of a pack with no figure of PLACES nothing of the three; of Bedford's all are there."""
    bare = SimpleNamespace(data={"placed": 0, "transported": 0})
    (note,) = left_out(bare)
    assert note.endswith(": what places cost and save, children placed out of the area.")
    assert left_out(SimpleNamespace(data=dict.fromkeys(("cost", "transported", "out_of_area")))) == ()


def test_no_probability_is_certain_of_itself(found):
    sure = found.probability[found.probability["probability_in"].isin([0.0, 1.0])]
    assert len(sure)
    assert (found.probability["standard_error"] > 0).all()
    assert (found.plans["standard_error"] > 0).all()
    assert float(standard_error(0.3, 1000)) == pytest.approx(np.sqrt(0.3 * 0.7 / 1000), rel=0.01)


def test_places_are_compared_where_no_list_is(tmp_path):
    text = f'name = "more"\ntitle = "More"\n[[levers]]\n{OPTIONS["places"]}\n'
    text += "gbp_per_place = { low = 50000, central = 60000, high = 70000 }\n"
    (tmp_path / "more.toml").write_text(text, encoding="utf-8")
    luton = shipped("luton")
    made = sn.compare(sn.run(luton, sn.open_scenarios(tmp_path, luton), draws=10, to=2029))
    assert made.waits is None
    assert set(made.places["measure"]) == {"avoided"}, "without prices, children alone"
    assert "not told of places, for want of figures of PLACES" in repr(made)
    assert re.search(r"fewer children \(.*?\) in independent schools", repr(made))
