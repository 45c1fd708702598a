"""Why: causes that add up to the total in every draw; and which inputs move a gain, on made-up draws."""

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.scenarios.sensitivity import _choice, _ordered, contrast


def both_levers(bedford):
    """Posts filled and an initiative beside them, of the library."""
    return sn.library_scenarios(bedford, ["fill-slt-posts-and-initiative"])[1]


@pytest.fixture(scope="module")
def found(bedford):
    return sn.why(bedford, both_levers(bedford), "child_weeks", "SLT", draws=30, to=2029)


def test_causes_add_up_to_the_total_in_every_draw(found):
    parts = found.draws.drop(columns="total").sum(axis=1)
    np.testing.assert_allclose(parts, found.draws["total"])
    mean = found.causes.set_index("cause")["mean"]
    assert mean.drop("total").sum() == pytest.approx(mean["total"])


def test_each_lever_alone_is_what_a_run_of_it_gains(bedford, found):
    scenario = both_levers(bedford)
    alone = sn.Scenario("alone", "Alone", levers=[scenario.levers[1]])
    run = sn.run(bedford, [alone, scenario], draws=30, to=2029)
    fewer = -run.draws("alone", "child_weeks", "SLT").groupby("draw")["difference"].sum()
    np.testing.assert_allclose(found.draws["initiative SLT"], fewer)
    total = -run.draws(scenario.name, "child_weeks", "SLT").groupby("draw")["difference"].sum()
    np.testing.assert_allclose(found.draws["total"], total)


def test_levers_that_take_each_others_work_do_less_together(found):
    assert found.causes.set_index("cause").loc["together", "mean"] < 0


def test_two_levers_alike_are_numbered(bedford):
    lever = both_levers(bedford).levers[1]
    twice = sn.Scenario("twice", "Twice", levers=[lever, lever])
    assert sn.why(bedford, twice, draws=4, to=2028).causes["cause"].tolist()[:2] == [
        "initiative SLT 1",
        "initiative SLT 2",
    ]


def test_a_waterfall_ends_at_the_total(found):
    bars = found.plot().patches
    assert bars[-1].get_y() == 0
    assert bars[-1].get_height() == pytest.approx(bars[-2].get_y() + bars[-2].get_height())


def test_one_lever_is_its_own_cause(bedford):
    with pytest.raises(DomainError, match="found 1 levers; allowed: 2 or more"):
        sn.why(bedford, sn.open_scenarios(bedford)[1], draws=4)


def test_a_contrast_by_hand():
    # the lowest two of ten inputs have outcomes 1 and 3, the highest two 10 and 14; NaN is left out
    values = np.arange(11.0)
    outcome = np.array([1, 3, 5, 5, 5, 5, 5, 5, 10, 14, np.nan])
    low, high, error = contrast(outcome, values)
    assert (low, high) == (2, 12)
    assert error == pytest.approx(np.sqrt(2 / 2 + 8 / 2))  # variances 2 and 8, two draws each


def test_the_widest_swing_is_first_and_one_within_its_error_is_not_clear():
    table = pd.DataFrame(
        {"input": ["a", "b", "c"], "swing": [1.0, -5.0, np.nan], "standard_error": [0.6, 1.0, 1.0]}
    )
    made = _ordered(table)
    assert made["input"].tolist() == ["b", "a"]
    assert made["clear"].tolist() == [True, False]


@pytest.fixture(scope="module")
def moved(result):
    return sn.sensitivity(result, "fill-slt-posts", "child_weeks", "SLT")


def test_the_vacancy_moves_what_filling_it_gains(bedford, result, moved):
    """Recomputed from the paired draws: the mean gain of the draws in which few and many posts are funded."""
    fewer = (
        -result.draws("fill-slt-posts", "child_weeks", "SLT").groupby("draw")["difference"].sum().to_numpy()
    )
    funded = Parameters(bedford).draw("SLT", "funded_wte", 100, 1)
    order = np.argsort(funded)
    row = moved.tornado.set_index("input").loc["funded wte (SLT)"]
    assert row["at_low"] == pytest.approx(fewer[order[:20]].mean())
    assert row["at_high"] == pytest.approx(fewer[order[-20:]].mean())
    assert moved.mean == pytest.approx(fewer.mean())


def test_the_preferred_option_is_the_cheaper_in_most_draws(result, moved):
    worth = sn.value(result, ["child_weeks"])
    table = worth.better.set_index(["option", "than"])["probability"]
    other = "fill-slt-posts-and-initiative"
    assert moved.preferred == ("fill-slt-posts" if table["fill-slt-posts", other] > 0.5 else other)
    assert moved.switching < 0.5
    assert "best value in most draws" in repr(moved)


def test_without_a_second_costed_option_there_is_no_choice(result):
    part = result.sel(scenario="fill-slt-posts")
    gains = {"fill-slt-posts": np.ones(100)}
    assert _choice(part, gains)[0] == ""
    assert sn.sensitivity(part, "fill-slt-posts", "child_weeks", "SLT").switches.empty


def test_what_cannot_be_said_is_told(result, more_places):
    with pytest.raises(UnknownNameError, match="fill-slt-posts"):
        sn.sensitivity(result, "fill", "child_weeks")
    with pytest.raises(UnknownNameError, match="SLT"):
        sn.sensitivity(result, "fill-slt-posts", "child_weeks", "SALT")
    with pytest.raises(MissingDataError, match="draws=1000"):
        sn.sensitivity(more_places, "fill-two-slt-posts")


def test_a_tornado_is_drawn_and_saved(moved, tmp_path):
    again = sn.open_result(moved.to_netcdf(tmp_path / "moved.nc"))
    assert repr(again) == repr(moved)
    assert again.plot().get_yticklabels()[-1].get_text() == moved.tornado["input"].iloc[0]
