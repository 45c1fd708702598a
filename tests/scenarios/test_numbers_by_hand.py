"""Small numbers and decisions of scenarios, each worked by hand: money, months sought, bounds, notes and tables."""

from datetime import date
from types import SimpleNamespace

import jsonschema
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.assumptions import AssumptionsRegister
from sendneeds.scenarios.compare_tables import _against
from sendneeds.scenarios.compare_text import side_effect
from sendneeds.scenarios.comparison import Comparison
from sendneeds.scenarios.high_needs import high_needs
from sendneeds.scenarios.high_needs_result import HighNeedsResult
from sendneeds.scenarios.lever_context import Effect, LeverEffect
from sendneeds.scenarios.levers.keys import LONGEST, read_value, shown
from sendneeds.scenarios.levers.schema import KINDS
from sendneeds.scenarios.money import Money, money_of, money_rows
from sendneeds.scenarios.outcomes import paired
from sendneeds.scenarios.seek.means import starts
from sendneeds.scenarios.seek.question import MEASURES, need_target
from sendneeds.scenarios.spending import spending

ICB = {"icb": 1.0}
PER_CHILD = (800, 800, 800)


def posts(**changed):
    """Two posts for SLT from a day in the middle of a month."""
    given = {"service": "SLT", "wte": 2, "start": date(2027, 3, 15), "funders": ICB}
    return sn.levers.FundPosts(**given | changed)


# money


def test_the_first_year_of_an_option_is_the_first_in_which_anything_is_spent():
    """Nothing in 2026; in 2027 GBP 10 runs and GBP 10 is capital; in 2028 GBP 30 runs: the first year costs 10."""
    nothing = np.zeros((3, 1))
    running, capital = np.array([[0.0], [10.0], [30.0]]), np.array([[0.0], [10.0], [0.0]])
    one = Money(np.arange(2026, 2029), running, capital, np.array([30.0]), 2028, nothing, nothing, True)
    rows = money_rows({"more": one}, {"more": one}, ["more"])
    first = rows[rows["measure"] == "first_year"].iloc[0]
    assert (int(first["financial_year"]), first["low"], first["central"], first["high"]) == (2027, 10, 10, 10)


def test_what_is_paid_once_in_the_last_year_of_the_lists_is_kept_beside_what_goes_on():
    """GBP 100 a week for 52 weeks of 2026 and 20 of 2027, and 10,000 once in 2027, the last year in part: 5,200 a year
    go on, so that 2027 costs 5,200 and the 10,000.
    """
    days = np.datetime64("2026-04-06") + 7 * np.arange(72)
    once = np.zeros((72, 1))
    once[60] = 1.0
    lines = [
        LeverEffect(scenario="more", service="SLT", lever=posts(funders={"icb": 1.0}), effect=effect)
        for effect in (
            Effect(None, np.ones((72, 1)), np.array([100.0]), "posts", "recurrent"),
            Effect(None, once, np.array([10_000.0]), "recruitment", "one_off"),
        )
    ]
    data = xr.Dataset(coords={"draw": [0], "year": [2026, 2030]}, attrs={"start": 2026})
    run = SimpleNamespace(
        need=SimpleNamespace(data=data), spending=spending(lines, days, 1, {}), waits=None, places={}
    )
    assert money_of(run, "more").running.ravel().tolist() == [0, 5_200, 12_000]
    ever = money_of(run, "more", ever=True)
    assert ever.years.tolist() == [2025, 2026, 2027, 2028, 2029]
    assert ever.running.ravel().tolist() == [0, 5_200, 15_200, 5_200, 5_200]


def test_a_funder_pays_nothing_of_a_line_that_names_others():
    """A line each for the ICB and the council: of GBP 100 a week over two weeks each pays 200, and no more."""
    days = np.array(["2027-04-05", "2027-04-12"], dtype="datetime64[D]")
    weekly = Effect(None, np.ones((2, 1)), np.array([100.0]), "posts", "recurrent")
    payers = ({"icb": 1.0}, {"council_high_needs": 1.0})
    lines = [
        LeverEffect(scenario="more", service="SLT", lever=posts(funders=payer), effect=weekly)
        for payer in payers
    ]
    found = spending(lines, days, 1, {}).by_funder("more")
    assert found.sel(funder="icb").values.ravel().tolist() == [200]
    assert found.sel(funder="council_high_needs").values.ravel().tolist() == [200]


def test_an_option_costs_what_it_costs_beyond_a_baseline_that_costs_nothing():
    """Two funders pay 40 and 60 in the one year and draw: the option 100, the baseline 0, the difference 100."""
    paid = xr.DataArray(
        np.array([[[40.0]], [[60.0]]]),
        dims=("funder", "financial_year", "draw"),
        coords={"financial_year": [2027]},
    )
    result = SimpleNamespace(spending=SimpleNamespace(by_funder=lambda option: paid))
    row = paired(result, "more", "cost", None).iloc[0]
    assert (row["year"], row["baseline"], row["option"], row["difference"]) == (2027, 0, 100, 100)


@pytest.mark.parametrize("name", ["allocation_growth", "price_growth"])
@pytest.mark.parametrize("rate", [-0.6, -0.5, 0.5])
def test_a_rate_of_half_or_more_a_year_is_refused_up_and_down(name, rate):
    class RunResult:
        area = None

    with pytest.raises(DomainError, match=name):
        high_needs(RunResult(), **{name: rate})


def test_the_summary_of_the_block_is_of_the_first_year_the_last_with_a_record_and_the_last():
    """January 2028, the last with a record, lies in the financial year that begins in 2027."""
    years = np.arange(2025, 2031)
    spend = 1e6 * (years - 2020.0)  # GBP 5 million in 2025 to 10 million in 2030
    data = xr.Dataset(
        {"spend": (("scenario", "row", "financial_year", "draw"), spend[None, None, :, None])},
        coords={"scenario": [BASELINE], "row": ["other"], "financial_year": years},
        attrs={"scored_to": 2028},
    )
    row = HighNeedsResult(data, {}, "Made-up")._figures().loc[BASELINE]
    assert [head.partition(" ")[0] for head in row.index] == ["2025/26", "2027/28", "2030/31"]
    assert [text.partition(" ")[0] for text in row] == ["5.0", "7.0", "10.0"]


# comparisons


def test_where_no_draw_has_a_value_each_end_and_median_is_unknown():
    """The baseline has 1, 1, 1, the option nothing: its median 1, and two times three ends that nobody knows."""
    found = _against(np.full(3, np.nan), np.ones(3))
    assert len(found) == 7
    assert found[0] == 1
    assert np.isnan(found[1:]).all()


def test_fewer_plans_in_time_are_told_in_points():
    """A share lower by 0.6, from 0.7 to 0.4, is 60 points, from 70 to 40; the year in which it is lowest is named."""
    ends = {"difference_low": -0.7, "difference_central": -0.6, "difference_high": -0.4}
    better = {"difference_low": 0.0, "difference_central": 0.01, "difference_high": 0.02}
    rows = [{"scenario": "posts", "calendar_year": y, **n} for y, n in ((2027, better), (2028, ends))]
    none = pd.DataFrame(columns=["measure", "difference_central", "of", "central"])
    own = {"sessions": none, "differences": none, "plans": pd.DataFrame(rows), "places": none}
    assert side_effect(own, []) == "60 fewer points (70 fewer to 40 fewer) of plans within 20 weeks in 2028"


def test_the_summary_sets_each_option_beside_the_baseline_in_the_last_month():
    """In the last month 0.2 in the baseline and 0.7 with posts: 0.5 more; a list that nothing changes is left out."""
    months = pd.to_datetime(["2027-01-01", "2027-02-01"])
    chances = {(BASELINE, "SLT"): (0.1, 0.2), ("posts", "SLT"): (0.3, 0.7), (BASELINE, "OT"): (0.4, 0.4)}
    chances |= {("posts", "OT"): (0.4, 0.4)}
    rows = [
        {"scenario": name, "service": service, "month": month, "probability_in": p, "probability_by": p}
        for (name, service), both in chances.items()
        for month, p in zip(months, both, strict=True)
    ]
    moved = {"scenario": ["posts", "posts"], "service": ["SLT", "OT"], "low": [-3.0, 0.0], "high": [0.0, 0.0]}
    no = pd.DataFrame()
    made = Comparison(pd.DataFrame(rows), pd.DataFrame(moved), no, no, no, no, 0.92, 0.9, 4, ("posts",), None)
    table = made.summary()
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["scenario"], row["service"], row["month"]) == ("posts", "SLT", months[1])
    assert (row["probability_in"], row["baseline"], row["difference"]) == pytest.approx((0.7, 0.2, 0.5))


def register(*rows: tuple[str, str]) -> AssumptionsRegister:
    """A register of assumptions by quality, and who confirmed each."""
    entries = pd.DataFrame(rows, columns=["quality", "confirmed_by"])
    return AssumptionsRegister(entries.assign(id=range(len(rows))), "Made-up")


def test_what_nobody_has_confirmed_stands_from_low_quality_to_high_and_unknown_after_medium():
    found = register(("high", ""), ("", ""), ("medium", ""), ("low", "A"), ("low", ""))
    assert found.unconfirmed["quality"].tolist() == ["low", "medium", "", "high"]
    assert found.unconfirmed["id"].tolist() == [4, 2, 1, 0]


def test_the_register_is_headed_by_how_many_are_confirmed():
    found = register(("low", "A"), ("low", ""), ("high", ""))
    assert found._heading() == "Assumptions, Made-up: 3, of which 1 confirmed"


# what is sought


def test_months_in_which_a_lever_may_begin_are_counted_from_the_first_to_that_of_the_target():
    """From March 2027 to May 2028 there are 10 of 2027 and 5 of 2028: one step is May 2028, fifteen are March 2027."""
    sought = starts(posts(), date(2027, 3, 15), date(2028, 5, 1))
    assert sought.most == 15
    assert sought.at(0) is None
    assert sought.at(1).start == date(2028, 5, 1)
    assert sought.at(5).start == date(2028, 1, 1)
    assert sought.at(6).start == date(2027, 12, 1)
    assert sought.at(15).start == date(2027, 3, 1)
    assert sought.value(14) == "2027-04-01"


@pytest.mark.parametrize("target", [1.5, 2.0, 0.0])
def test_a_target_that_is_a_share_is_over_nothing_and_no_more_than_all(target):
    with pytest.raises(DomainError, match="a share over 0, up to 1"):
        need_target(MEASURES["within"], target)
    assert need_target(MEASURES["within"], 1) == 1


# what a lever may be given


@pytest.mark.parametrize(
    ("kind", "fits", "wrong"),
    [
        ("share", [0, 0.5, 1], [-0.01, 1.01, 1.5, 2]),
        ("text", ["x", "x" * 500], ["", "x" * 501]),
        ("count", [1, 100_000], [0, 100_001]),
        ("professions", [{"SLT": 1.0}, {"SLT": 0.25, "EP": 0.75}], [{}, {"SLT": 0.5}]),
    ],
)
def test_values_are_taken_to_their_bounds_and_refused_beyond(kind, fits, wrong):
    for value in fits:
        assert read_value(kind, value) == ("", value)
    for value in wrong:
        allowed, read = read_value(kind, value)
        assert allowed, value
        assert read is None


@pytest.mark.parametrize(("kind", "all_of_it"), [("funders", "icb"), ("professions", "SLT")])
def test_the_schema_takes_one_who_pays_for_all_and_refuses_nobody(kind, all_of_it):
    check = jsonschema.Draft202012Validator(KINDS[kind])
    assert check.is_valid({all_of_it: 1})
    assert not check.is_valid({})


def test_a_value_that_just_fits_a_message_is_told_whole():
    assert shown("x" * LONGEST) == "x" * LONGEST
    assert shown("x" * (LONGEST + 1)) == "x" * LONGEST + "..."


def test_left_out_a_flow_lever_is_for_all_ages_and_nobody_comes_back_from_another_provider():
    given = {"service": "SLT", "children_per_week": 6, "gbp_per_child": PER_CHILD, "funders": ICB}
    assert sn.levers.Outsource(**given, start=date(2027, 1, 4)).return_share == 0
    flow = sn.levers.NewPlans(start=date(2027, 1, 1), ratio=(0.9, 0.9, 0.9))
    assert (flow.first_age, flow.last_age) == (0, 25)
