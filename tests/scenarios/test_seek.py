"""Seek: the search on made-up probabilities by hand, and its answers against those of a run."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.__main__ import main
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, MissingDataError, ScenarioError, UnknownNameError
from sendneeds.scenarios.seek.means import default_funders
from sendneeds.scenarios.seek.question import BY, IN, MEASURES, Question, read_month
from sendneeds.scenarios.seek.search import Search

DRAWS = 100


def search(share_of, most=40, grain=1):
    """A search over amounts each of which meets the target in the first so many of a hundred draws."""
    calls = []

    def met(amounts):
        calls.extend(amounts)
        return np.stack([np.arange(DRAWS) < round(DRAWS * share_of(a)) for a in amounts])

    return Search(met, most, grain), calls


def test_the_smallest_of_rising_probabilities_is_found_with_few_trials():
    # 0.02 a step: 0.80 is reached at 40 steps of 100, exactly
    one, calls = search(lambda a: 0.02 * a, most=45)
    assert one.smallest(0.8) == 40
    assert len(calls) == len(set(calls)) <= 17  # nine first, then what lies between two of them


def test_a_guess_far_below_and_far_above_leads_to_the_same_answer():
    for guess in (1, 20, 39, 95):
        assert search(lambda a: 0.02 * a, most=100)[0].smallest(0.8, guess) == 40


def test_where_nothing_is_enough_there_is_no_answer():
    one, _ = search(lambda a: min(0.01 * a, 0.3))
    assert one.smallest(0.8) is None
    assert one.smallest(0.8, 40) is None


def test_an_amount_whose_neighbours_fail_is_no_answer():
    # 10 meets the target by a fluke; from 12 on all do
    one, _ = search(lambda a: 0.9 if a == 10 or a >= 12 else 0.5)
    assert one.steady(0.8, 10) == (12, True)
    assert one.steady(0.8, 12) == (12, False)


def test_answers_of_other_random_numbers_lie_one_error_and_a_bit_either_side():
    # at 0.80 of 100 draws the standard error is 0.04 (Wilson: 0.0398); 1.28 of them are 0.051: at 0.02 a step, 3 steps
    one, _ = search(lambda a: min(0.02 * a, 1.0), most=60)
    assert one.range_of_answers(0.8, 40) == (38, 43)


def test_a_coarse_grain_is_kept():
    one, calls = search(lambda a: 0.002 * a, most=500, grain=5)
    answer = one.smallest(0.8, 390)
    assert 400 <= answer < 405
    assert len(calls) < 20


def question(how=IN, month=date(2027, 3, 1), hold=1, name="within"):
    return Question(MEASURES[name], "SLT", 0.92, 18, month, how, date(2027, 2, 1), 0.8, hold)


def test_by_a_month_counts_from_the_month_after_the_figures():
    months = question(BY, month=date(2027, 4, 1)).months()
    assert months == [date(2027, 2, 1), date(2027, 3, 1), date(2027, 4, 1)]
    assert question(IN).months() == [date(2027, 3, 1)]


def test_in_is_the_month_and_by_is_some_month_up_to_it():
    days = np.datetime64("2027-01-04") + 7 * np.arange(
        12
    )  # first Mondays: weeks 0, 4 (1 February) and 8 (1 March)
    at = np.zeros((12, 4), bool)
    at[8:10, 0] = True  # March's first week and the next
    at[8, 1] = True  # March's first week alone: not held
    at[4:6, 2] = True  # February
    at[0:2, 3] = True  # January, before the figures were taken
    assert question().met(at, days).tolist() == [True, False, False, False]
    assert question(BY).met(at, days).tolist() == [True, False, True, False]
    assert question(hold=0).met(at, days).tolist() == [True, True, False, False]


def test_a_target_is_told_in_words():
    told = Question(
        MEASURES["places_short"], "state_special", 0, 18, date(2030, 1, 1), IN, date(2027, 1, 1), 0.8, 4
    )
    assert told.text() == "no places are short in state special, in January 2030"
    assert "speech and language therapy" in question().text()


@pytest.mark.parametrize("text", ["2028", "2028-13", "March 2028", "2028-3"])
def test_a_month_is_read_or_refused(text):
    with pytest.raises(DomainError, match="year-month"):
        read_month("month", text, MEASURES["within"])
    assert read_month("month", "2028-03", MEASURES["within"]) == date(2028, 3, 1)


def test_places_are_asked_for_in_a_january():
    with pytest.raises(DomainError, match="2031-01"):
        read_month("month", "2030-06", MEASURES["places_short"])


@pytest.fixture(scope="module")
def found(bedford):
    return sn.seek(bedford, "OT", month="2028-03", confidence=0.85, draws=60, start=date(2027, 1, 4), to=2029)


def test_an_answer_has_the_probability_that_a_run_gives(bedford, found):
    """The same lever in a run of as many draws, compared: probability, its error and cost agree."""
    lever = sn.levers.FundPosts(
        service="OT",
        wte=found.amount,
        start=date(2027, 1, 4),
        funders={"council_high_needs": 0.5556, "icb": 0.4444},
    )
    result = sn.run(bedford, [sn.Scenario("more", "More", levers=[lever])], draws=60, to=2029)
    chance = sn.compare(result).probability.set_index(["scenario", "service", "month"]).sort_index()
    assert chance.loc[("more", "OT", "2028-03-06"), "probability_in"] == pytest.approx(found.probability)
    assert chance.loc[("baseline", "OT", "2028-03-06"), "probability_in"] == pytest.approx(found.baseline)
    whole = found.cost[(found.cost["funder"] == "all") & (found.cost["when"] == "2027/28")].iloc[0]
    costs = result.costs
    year = costs[(costs["funder"] == "all") & (costs["financial_year"] == 2027)].iloc[0]
    assert [whole[k] for k in ("low", "central", "high")] == pytest.approx(
        [year[k] for k in ("low", "central", "high")]
    )


def test_one_step_less_is_not_enough(found):
    table = found.tried.set_index("amount")["probability"]
    assert found.met
    assert table[found.amount] >= 0.85
    assert table[round(found.amount - 0.1, 1)] < 0.85
    assert found.low <= found.amount <= found.high


def test_half_a_post_is_told_from_a_whole_one():
    """With paired draws: two amounts that differ in few draws have a small error of their difference."""
    table = sn.seek(
        shipped("bedford"),
        "OT",
        month="2028-03",
        confidence=0.9,
        draws=200,
        most=2,
        start=date(2027, 1, 4),
        to=2029,
    ).tried
    gains = table.dropna()
    assert (gains["gain_error"] < gains["standard_error"]).all()


def test_where_nothing_is_enough_it_says_how_far_the_range_gets(bedford):
    found = sn.seek(bedford, "OT", month="2028-03", confidence=0.999, most=0.4, draws=40, to=2029)
    assert not found.met
    furthest = found.tried.loc[found.tried["probability"].idxmax()]
    assert found.probability == furthest["probability"] < 0.999
    assert found.amount == furthest["amount"] <= 0.4
    assert found.high is None
    assert f"(0.1 to 0.4 WTE more) is enough; furthest: {found.amount:g} WTE more" in repr(found)


def test_an_initiative_without_a_price_has_no_cost_and_says_so(bedford):
    asked = {"by": "2028-03", "using": "initiative", "confidence": 0.9, "draws": 30, "most": 30, "to": 2029}
    found = sn.seek(bedford, "SLT", **asked)
    assert found.cost.empty
    assert "cost not known: GBP a child of an initiative" in repr(found)
    priced = sn.seek(
        bedford, "SLT", **asked,
        gbp_per_child=(700, 700, 700), start=date(2027, 4, 5), end=date(2027, 4, 18), funders={"icb": 1.0},
    )  # fmt: skip
    # two weeks of one financial year; slots that stand empty are not paid
    (most,) = priced.cost["high"]
    assert 0 < priced.cost["central"].iloc[0] <= most <= priced.amount * 2 * 700 * 1.0001


def test_an_initiative_is_priced_as_a_run_prices_it(bedford):
    """The same lever in a run of as many draws: those seen are charged, in every funder's low, central and high."""
    asked = {"start": date(2027, 4, 5), "end": date(2027, 9, 26), "funders": {"icb": 1.0}}
    asked["gbp_per_child"] = (700, 700, 700)
    found = sn.seek(
        bedford,
        "SLT",
        month="2027-12",
        using="initiative",
        confidence=0.7,
        draws=30,
        most=30,
        to=2029,
        **asked,
    )
    lever = sn.levers.Initiative(service="SLT", children_per_week=found.amount, **asked)
    costs = sn.run(bedford, [sn.Scenario("clinics", "Clinics", levers=[lever])], draws=30, to=2029).costs
    run = costs[(costs["funder"] == "icb") & (costs["central"] > 0)]
    assert found.cost["when"].tolist() == ["2027/28"]
    for end in ("low", "central", "high"):
        assert found.cost[end].tolist() == pytest.approx(run[end].tolist())
    # 25 weeks of so many children would cost more: in some draws fewer wait to be seen
    assert found.cost["low"].iloc[0] < found.amount * 25 * 700


def test_the_latest_start_is_sought(bedford):
    lever = sn.levers.FundPosts(service="OT", wte=1, start=date(2027, 1, 4), funders={"icb": 1.0})
    found = sn.seek(
        bedford, "OT", month="2028-03", confidence=0.8, using="start", lever=lever, draws=60, to=2029
    )
    assert found.met
    table = found.tried.set_index("amount")["probability"]
    later = [day for day in table.index if day > found.amount]
    assert table[found.amount] >= 0.8
    assert all(table[day] < 0.8 for day in later)
    # `low` asks the least of the lever and so begins last; days are told from the first to the last
    known = replace(found, low="2027-07-01", high="2027-05-01")
    assert "other random numbers might give 2027-05-01 to 2027-07-01" in repr(known)
    beyond = replace(found, low="2027-07-01", high=None)
    assert "might give earlier than the range tried to 2027-07-01" in repr(beyond)


def test_plans_and_places_are_sought(bedford):
    plans = sn.seek(
        bedford, "EP", month="2027", using="psychologists", confidence=0.4, draws=30, most=8, to=2029
    )
    assert "staffing='fixed'" in repr(plans)
    assert plans.probability > plans.baseline
    places = sn.seek(bedford, "resourced", month="2029-01", using="places", draws=20, most=300, to=2029)
    assert places.met
    assert places.amount == int(places.amount)
    short = sn.project_places(
        bedford,
        sn.project(bedford, to=2029, draws=20),
        place_changes=[sn.PlaceChange("resourced", 2028, places.amount)],
    )["shortfall"].sel(year=2029, capped_setting="resourced")
    assert float((short == 0).mean()) == pytest.approx(places.probability)


ON_SLT = sn.levers.FundPosts(service="SLT", wte=2, start=date(2027, 1, 1), funders={"icb": 1.0})


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"month": None}, MissingDataError, "month='2028-03'"),
        ({"by": "2028-03"}, MissingDataError, "month='2028-03'"),
        ({"target": 92}, DomainError, "0.92, not 92|0.92"),
        ({"within": 12}, DomainError, "18 or 52 weeks"),
        ({"using": "post"}, UnknownNameError, "posts"),
        ({"measure": "plans"}, UnknownNameError, "plans_in_time"),
        ({"measure": "sessions_past_due"}, MissingDataError, "target=50"),
        ({"month": "2045-01"}, DomainError, "no further"),
        ({"month": "1999-01"}, DomainError, "lists run from 2025-01-06"),
        ({"month": None, "by": "2024-12"}, DomainError, "lists run from 2025-01-06"),
        ({"month": "1999-01"}, DomainError, "lists run from 2025-01-06 to .*, no further"),
        ({"month": "2024-12"}, DomainError, "month=2024-12: lists run from 2025-01-06"),
        # figures were taken in November 2026: the first Monday of that month and four weeks are before December
        ({"month": "2026-10"}, DomainError, "begins on 2026-12-01, so none acts by then"),
        ({"month": None, "by": "2026-10"}, DomainError, "by='2026-10': the lever begins on 2026-12-01"),
        ({"start": date(2080, 1, 1)}, ScenarioError, "2025-01-06 to 2030-12-31"),
        ({"using": "start"}, MissingDataError, "lever=sendneeds.levers"),
        ({"using": "places", "month": "2029-01"}, UnknownNameError, "resourced"),
        ({"using": "psychologists"}, DomainError, "EP"),
        ({"funders": {"icb": 0.5}}, ScenarioError, "add up to 1"),
        ({"confidence": 80}, DomainError, "0.8"),
        ({"using": "start", "lever": ON_SLT}, DomainError, "fund_posts of SLT: the target is one of OT"),
    ],
)
def test_what_cannot_be_sought_is_refused(bedford, changed, error, words):
    with pytest.raises(error, match=words):
        sn.seek(bedford, "OT", **{"month": "2028-03", "draws": 10, **changed})


@pytest.mark.parametrize(
    ("what", "paid"),
    [
        ("SLT", {"council_high_needs": 0.5556, "icb": 0.4444}),  # the pack's pool
        ("EP", {"council_general_fund": 1.0}),
        ("resourced", {"dfe": 1.0}),
        ("state_special", {"dfe": 1.0}),
        ("CAMHS", {"icb": 1.0}),
    ],
)
def test_who_pays_where_nobody_says(bedford, what, paid):
    """Capital of places is the Department's: it is no charge on the high needs block."""
    assert default_funders(bedford, what) == paid


def test_a_year_before_psychologists_begin_is_refused(bedford):
    for month, words in (("2025", "begins on 2026-12-01"), ("1999", "calendar years 2025 to")):
        with pytest.raises(DomainError, match=words):
            sn.seek(bedford, "EP", month=month, using="psychologists", draws=4)


def test_a_service_without_a_list_is_told(bedford):
    with pytest.raises(ScenarioError, match="SLT"):
        sn.seek(bedford, "EQUIP", month="2028-03", draws=10)
    with pytest.raises(MissingDataError, match=r"service_parameters\.csv"):
        sn.seek(shipped("luton"), "OT", month="2028-03")


def test_the_command_prints_and_writes(capsys, tmp_path):
    out = tmp_path / "seek"
    line = "seek bedford OT --in 2028-03 --with posts --confidence 0.8 --draws 30 --most 2 --from 2027-01-04"
    assert main([*line.split(), "--out", str(out)]) == 0
    assert "with probability 80% or more" in capsys.readouterr().out
    assert {f.name for f in out.iterdir()} >= {"tried.csv", "cost.csv", "provenance.json"}
    assert main(["seek", "bedford", "EQUIP", "--in", "2028-03"]) == 2
    with pytest.raises(SystemExit):
        main(["seek", "bedford", "OT", "--in", "2028-03", "--by", "2028-03"])


def test_a_saved_answer_opens_as_it_was(found, tmp_path):
    again = sn.open_result(found.to_netcdf(tmp_path / "seek.nc"))
    assert repr(again) == repr(found)
    assert again.plot().get_xlabel() == "WTE more"


@pytest.mark.parametrize("most", [-1, 0, float("nan"), float("inf"), True, "10"])
def test_the_largest_amount_tried_is_a_number_over_nought(bedford, most):
    with pytest.raises(DomainError, match="most="):
        sn.seek(bedford, "OT", month="2028-03", draws=4, most=most)


@pytest.mark.parametrize("target", [float("nan"), float("inf"), -1, True])
def test_a_target_that_is_no_count_is_refused(bedford, target):
    with pytest.raises(DomainError, match="the most that is few enough"):
        sn.seek(bedford, "resourced", month="2030-01", draws=4, using="places", target=target)
