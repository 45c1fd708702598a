"""A pooled budget of GBP 100k of the council and GBP 80k of the NHS, shared out by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.kernel.split import capped_shares
from sendneeds.scenarios.pool_shares import share_out

COUNCIL, NHS = "council_high_needs", "icb"
ANCHOR = {COUNCIL: 100_000.0, NHS: 80_000.0}


def paid(spent, weights=None, year=2027, **changed):
    """What council and NHS pay of one year's spending."""
    given = None if weights is None else np.array(weights, float)[:, None, None]
    made = share_out(np.array([[float(spent)]]), np.array([year]), ANCHOR, given, **changed)
    return made.paid[:, 0, 0].round(2).tolist()


@pytest.mark.parametrize(
    ("spent", "changed", "expected"),
    [
        # five ninths and four ninths of what is planned, of a tenth over, and of a tenth under
        (180_000, {}, [100_000, 80_000]),
        (198_000, {}, [110_000, 88_000]),
        (162_000, {}, [90_000, 72_000]),
        # 18,000 over borne by the council alone; 18,000 under kept by the NHS alone
        (198_000, {"over": COUNCIL}, [118_000, 80_000]),
        (162_000, {"under": NHS}, [100_000, 62_000]),
        # 100,000 under, kept by the NHS: its 80,000 first, then 20,000 of the council's
        (80_000, {"under": NHS}, [80_000, 0]),
        # the NHS pays no more than 80,000: the council has all the rest
        (198_000, {"caps": {NHS: 80_000}}, [118_000, 80_000]),
        (162_000, {"caps": {NHS: 80_000}}, [90_000, 72_000]),
        # the council leads: it pays the 8,000 that the cap leaves
        (198_000, {"caps": {NHS: 80_000}, "lead": COUNCIL}, [118_000, 80_000]),
        # the NHS joins on 1 October 2027, 183 days of the 366 from 1 April 2027: 80,000 / 2 beside 100,000
        (140_000, {"starts": {NHS: date(2027, 10, 1)}}, [100_000, 40_000]),
        (70_000, {"starts": {NHS: date(2027, 10, 1)}}, [50_000, 20_000]),
        # it joins a year later: the council pays all
        (70_000, {"starts": {NHS: date(2028, 4, 1)}}, [70_000, 0]),
    ],
)
def test_who_pays_what_by_hand(spent, changed, expected):
    assert paid(spent, **changed) == pytest.approx(expected, abs=0.01)


def test_the_lead_alone_pays_what_caps_leave():
    # shares of 5, 4 and 1 tenths of 200,000, of which the NHS pays 50,000: 30,000 are left
    three = {COUNCIL: 50_000, NHS: 40_000, "schools": 10_000}
    spent, year = np.array([[200_000.0]]), np.array([2027])
    for changed, expected in (
        ({}, [125_000, 50_000, 25_000]),  # by shares: 5 sixths and 1 sixth of them
        ({"lead": "schools"}, [100_000, 50_000, 50_000]),
        # before the lead joins the council and the NHS have 5 and 4 ninths, and the council the rest
        ({"lead": "schools", "starts": {"schools": date(2028, 4, 1)}}, [150_000, 50_000, 0]),
    ):
        made = share_out(spent, year, three, caps={NHS: 50_000}, **changed)
        assert made.paid[:, 0, 0].tolist() == pytest.approx(expected)


def test_by_activity_and_by_benefit_the_weights_decide():
    assert paid(180_000, [1, 3]) == pytest.approx([45_000, 135_000])
    assert paid(180_000, [0, 0]) == pytest.approx([100_000, 80_000])  # nothing to go by: by contributions
    assert paid(180_000, [1, 3], starts={NHS: date(2028, 4, 1)}) == pytest.approx([180_000, 0])


def test_money_spent_before_anybody_joins_is_refused():
    with pytest.raises(DomainError, match="before any partner has joined"):
        paid(10, starts={COUNCIL: date(2029, 1, 1), NHS: date(2029, 1, 1)})


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=4),
    st.tuples(st.floats(0, 10), st.floats(0, 10)),
    st.sampled_from([{}, {NHS: 50_000.0}, {NHS: 0.0}]),
    st.sampled_from(["shares", COUNCIL, NHS]),
    st.sampled_from(["shares", COUNCIL, NHS]),
)
def test_funders_add_up_to_what_is_spent_in_every_draw(spent, weights, caps, over, under):
    amounts = np.array([spent])
    given = np.array(weights)[:, None, None] * np.ones((2, *amounts.shape))
    made = share_out(amounts, np.array([2027]), ANCHOR, given, caps=caps, over=over, under=under)
    np.testing.assert_allclose(made.paid.sum(axis=0), amounts, rtol=1e-9, atol=1e-6)
    assert (made.paid >= -1e-6).all()
    for name, cap in caps.items():
        assert (made.paid[list(ANCHOR).index(name)] <= cap + 1e-6).all()


def test_what_a_capped_payer_does_not_pay_goes_to_those_with_room():
    # 30 over a cap of 50; of the two others one has room for 10: it takes 10, and the last takes 20
    found = capped_shares(
        np.array([80.0, 40.0, 40.0]), np.array([50.0, 50.0, np.inf]), np.array([8.0, 4.0, 4.0])
    )
    assert found.tolist() == pytest.approx([50, 50, 60])


@pytest.fixture(scope="module")
def shared(result):
    return sn.pool(result, "fill-slt-posts", {COUNCIL: 100_000, NHS: 80_000})


def test_an_option_is_shared_whatever_funders_its_levers_name(result, shared):
    whole = result.spending.by_funder("fill-slt-posts").sum("funder")
    np.testing.assert_allclose(shared["paid"].sum("funder"), whole)
    np.testing.assert_allclose(shared["share"].sum("funder"), 1)
    np.testing.assert_allclose(shared["paid"].sel(funder=COUNCIL), whole * 5 / 9)
    assert "Council: high needs block GBP 100,000" in repr(shared)


def test_by_activity_the_slots_of_the_service_decide(result):
    found = sn.pool(result, "fill-slt-posts", ANCHOR, "activity", service="SLT")
    slots = result.lists["slots"].sel(scenario="fill-slt-posts", service="SLT")
    year = slots.sel(month=slice("2028-04-01", "2029-03-01")).sum("month")
    advice = year.sel(use="advice")
    expected = advice / (advice + year.sel(use=["first", "follow_up"]).sum("use"))
    np.testing.assert_allclose(found["share"].sel(funder=COUNCIL, financial_year=2028), expected, rtol=1e-4)


def test_who_gains_stands_beside_who_pays(more_places):
    result = more_places
    both = {COUNCIL: 1.0, "council_general_fund": 1.0}
    found = sn.pool(result, "more", both, "benefit")
    saved = sn.compare_places(result.places["baseline"], result.places["more"])["saved"]
    np.testing.assert_allclose(
        found["gained"].sel(financial_year=2028), saved.sel(year=2029, funder=list(both))
    )
    np.testing.assert_allclose(found["share"].sum("funder"), 1)
    assert found.plot().get_legend_handles_labels()[1] == ["paid", "gained"]


def test_an_option_without_cost_is_not_shared(result):
    with pytest.raises(MissingDataError, match="baseline costs nothing in this run of Bedford, so"):
        sn.pool(result, "baseline", ANCHOR)
    fewer = sn.levers.NewPlans(start=date(2027, 1, 1), ratio=(0.9, 0.9, 0.9))
    region = sn.run(
        sn.open_area("blmk"), [sn.Scenario("fewer", "Fewer plans", levers=[fewer])], draws=4, to=2028
    )
    with pytest.raises(MissingDataError, match=r"fewer costs nothing .*pulled in one of its councils"):
        sn.pool(region, "fewer", ANCHOR)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"option": "more"}, UnknownNameError, "fill-slt-posts"),
        ({"contributions": {}}, MissingDataError, "nobody pays in"),
        ({"contributions": {"counsil": 1.0}}, UnknownNameError, "council"),
        ({"contributions": {NHS: -1.0}}, DomainError, "over 0"),
        ({"contributions": {"icb": "x"}}, DomainError, "over 0"),
        ({"caps": {NHS: "x"}}, DomainError, "0 or more"),
        ({"rule": "fair"}, UnknownNameError, "benefit"),
        ({"caps": {"schools": 1.0}}, UnknownNameError, "partner of the pool"),
        ({"caps": {NHS: -1.0}}, DomainError, "0 or more"),
        ({"caps": {NHS: 1.0, COUNCIL: 1.0}}, MissingDataError, "every partner is capped"),
        ({"caps": {NHS: 20_000}, "lead": NHS}, DomainError, "cap of its own, GBP 20,000"),
        ({"caps": {NHS: "20000"}}, DomainError, "0 or more"),
        ({"caps": [NHS]}, DomainError, "mapping by funder"),
        ({"contributions": {NHS: "80k"}}, DomainError, "over 0"),
        ({"contributions": {NHS: None}}, DomainError, "over 0"),
        ({"contributions": [NHS]}, DomainError, "mapping by funder"),
        ({"starts": {NHS: "2027-04-01"}}, DomainError, "2027, 4, 1"),
        ({"rule": "activity"}, MissingDataError, "needs a service"),
        ({"rule": "activity", "service": "SALT"}, UnknownNameError, "SLT"),
        ({"rule": "activity", "service": "SLT", "uses": {NHS: ("firsts",)}}, UnknownNameError, "first"),
    ],
)
def test_what_cannot_be_shared_is_told(result, changed, error, words):
    given = {"option": "fill-slt-posts", "contributions": ANCHOR, **changed}
    with pytest.raises(error, match=words):
        sn.pool(result, **given)
