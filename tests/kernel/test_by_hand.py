"""Small cases worked by hand: which week, which band, how many."""

import numpy as np
import pytest
from scipy import stats

from sendneeds.kernel import cohort, streams
from sendneeds.kernel.binomial import Binomial
from sendneeds.kernel.ehc import annual_reviews, clock
from sendneeds.kernel.inverse_tables import POISSON, added_up, as_real, binomial_laws, inverse
from sendneeds.kernel.lists import list_law
from sendneeds.kernel.lists.cohort_curve import CohortCurve
from sendneeds.kernel.lists.curves import over_window
from sendneeds.kernel.places.year import opened
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.kernel.services.simulate import EDGES, serve
from sendneeds.kernel.split import capped_shares

KEY = ("x", "slt")


def by_weeks_waited(**children):
    """Return an opening list from w17=3 and so on: three children who have waited 17 whole weeks."""
    out = np.zeros(60, int)
    for weeks, count in children.items():
        out[int(weeks[1:])] = count
    return out


def test_bands_of_those_waiting_at_their_edges():
    """17 whole weeks and a part is under 18; 18 whole weeks and a part is over 18; 52 and a part over 52."""
    opening = by_weeks_waited(w17=3, w18=2, w51=1, w52=4)
    none = np.zeros((1, 1), int)
    path = serve(Rules(), none, none, RandomStreams(1, KEY, 1), [opening])
    assert EDGES == (0, 1, 2, 4, 12, 18, 52)
    assert path.waiting_bands[:, 0, 0].tolist() == [0, 0, 0, 0, 3, 3, 4]
    assert path.waiting_bands[:, 1, 0].tolist() == [0, 0, 0, 0, 0, 5, 5], (
        "a week later three more are over 18"
    )


def test_bands_of_those_seen_at_their_edges():
    """Seen in week 0 a child of the opening list has waited one week more than its whole weeks."""
    opening = by_weeks_waited(w16=1, w17=3, w18=2, w51=1, w52=4)
    path = serve(Rules(), np.zeros((1, 1), int), np.full((1, 1), 11), RandomStreams(1, KEY, 1), [opening])
    assert path.seen_bands[:, 0, 0].tolist() == [0, 0, 0, 0, 4, 3, 4]
    assert path.seen_weeks[0, 0] == 17 + 3 * 18 + 2 * 19 + 52 + 4 * 53


def test_advice_in_time_is_within_six_weeks_of_the_request():
    """One request a week waits for the single slot of week 6, another for that of week 8."""
    asked, slots = np.zeros((9, 1), int), np.zeros((9, 1), int)
    asked[[0, 1]] = slots[[6, 8]] = 1
    path = serve(Rules(), np.zeros((9, 1), int), slots, RandomStreams(1, KEY, 1), advice=asked)
    assert path.advice_done[:, 0].tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 1]
    assert path.advice_in_time[:, 0].tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0]


def test_the_opening_week_of_the_clock():
    """In progress at the start: begun before week 0 and ended in week 0 or later."""
    begun = np.array([-2, -1, -1, 0, 1])
    ended = np.array([-1, 0, 1, 1, clock.NOT_YET])
    counts = clock.ByPeriod(np.arange(3), 3, np.zeros(5, int), 1)
    assert counts.stock(begun, ended, np.ones(5, bool))[:, 0].tolist() == [2, 2, 1, 1]


def test_entries_by_period_and_lane():
    """Periods of weeks 0 to 1, 2 to 4 and 5; lane 1 has the last two entries, of which the count leaves one out."""
    week = np.array([-1, 0, 1, 2, 4, 5, 6, clock.NOT_YET, 1, 5])
    lane = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    some = np.array([True] * 9 + [False])
    counts = clock.ByPeriod(np.array([0, 2, 5]), 6, lane, 2)
    assert counts.flow(week, some).tolist() == [[2, 1], [2, 0], [1, 0]]
    assert counts.flow(week, some, np.arange(10)).tolist() == [[1 + 2, 8], [3 + 4, 0], [5, 0]]
    begun = np.full(10, -3)
    assert counts.stock(begun, week, some).tolist() == [[7, 1], [5, 0], [3, 0], [2, 0]]


def test_a_plan_waits_for_the_longest_advice():
    """Two requests of one week share a service that answers one in week 2 and one in week 5; writing takes 3 weeks."""
    done = np.zeros((6, 1), int)
    done[[2, 5]] = 1
    shared = [clock.Shared(np.array([True, True, False]), done)]
    lane, decided = np.zeros(3, int), np.zeros(3, int)
    issued = clock.issued(lane, decided, np.array([4, 4, 4]), np.full(3, 3), shared)
    assert issued.tolist() == [4 + 3, 5 + 3, 4 + 3]
    late = clock.issued(
        lane, decided, np.array([4, 4, 4]), np.full(3, 3), [clock.Shared(np.ones(3, bool), done)]
    )
    assert late.tolist() == [7, 8, clock.NOT_YET], "the horizon ends before the third is answered"


def test_statutory_weeks():
    assert (clock.DECISION_WEEKS, clock.DRAFT_WEEKS, clock.PLAN_WEEKS) == (6, 16, 20)


@pytest.mark.parametrize(("year", "weeks"), [(7, [1, 2, 0, 2, 2]), (10, [2, 3, 0, 2, 3])])
def test_a_year_is_parted_over_its_weeks(year, weeks):
    """Four weeks in term: 7 makes 1.75, 3.5, 5.25, 7 so far, which are rounded down."""
    parted = annual_reviews.spread_over(np.array([year]), np.array([1.0, 1, 0, 1, 1]))
    assert parted[:, 0].tolist() == weeks


def test_a_uniform_on_a_step_of_the_law_is_over_it():
    """One trial with the chance 0.3: none below 0.7, one from 0.7 on, to the last of the 53 binary places."""
    step = np.uint64(np.ceil(0.7 * 2**53)) << np.uint64(11)
    u = np.array([step - np.uint64(1), step])
    assert Binomial(0.3, 2).draw(np.array([1, 1]), u, np.empty(2, np.int32)).tolist() == [0, 1]
    half = np.array([0.5, np.nextafter(0.5, 0)])
    found = added_up(half, np.array([1, 1]), np.array([0.5, 0.5]), np.array([1.0, 1.0]))
    assert found.tolist() == [1, 0]


def test_means_that_differ_are_each_inverted():
    """Two means side by side, in more draws than make a table: as many as one by one."""
    u = np.arange(4_000, dtype=np.uint64).reshape(2_000, 2) << np.uint64(52)
    both = inverse(POISSON, (np.array([1.0, 3.0]),), u)
    for lane, mean in enumerate((1.0, 3.0)):
        expected = stats.poisson.ppf(as_real(u[:, lane]) + 1e-15, mean)
        assert both[:, lane].tolist() == expected.astype(int).tolist()


def test_the_only_child_of_a_list_goes():
    curve = CohortCurve(np.array([[1]]), weeks=0)
    curve.sample(np.array([1]), np.array([1]), np.array([0]))
    assert curve.read(np.array([1])).tolist() == [[0.0]]


def test_no_list_is_under_the_least_it_can_be():
    """Five at the start, nobody comes and one is seen: four for certain, and no chance of three or fewer."""
    law = list_law.ListLaw(np.array([5, 4]), np.array([[1.0], [1.0]]), 0.0)
    assert list_law.at_most(law, 3).tolist() == [0.0, 0.0]
    assert list_law.at_most(law, 4).tolist() == [0.0, 1.0]
    assert list_law.at_most(law, 99).tolist() == [1.0, 1.0]


def test_who_has_no_room_pays_no_more():
    """Of 100, 60 and 0, the first two are capped at 70 and 60: the third pays 30, though it has no weight."""
    paid, caps = np.array([[100.0], [60.0], [0.0]]), np.array([70.0, 60.0, np.inf])
    assert capped_shares(paid, caps, np.array([[1.0], [1.0], [0.0]]))[:, 0].tolist() == [70.0, 60.0, 30.0]


def test_who_finishes_a_block_goes_on_with_reviews():
    """Ten are seen in week 0, all have one session two weeks later, and then all a review four weeks after it."""
    rules = Rules(packages=(Package(1.0, 1, 2, then=1, then_share=1.0), Package(0.0, 2, 4)))
    came = np.zeros((14, 1), int)
    came[0] = 10
    path = serve(rules, came, np.full((14, 1), 10), RandomStreams(1, KEY, 1))
    assert np.flatnonzero(path.sessions[:, 0]).tolist() == [2, 6, 10]
    assert path.in_service[:, 0].tolist() == [0] + [10] * 10 + [0] * 4
    assert path.discharged[:, 0].tolist() == [0] * 10 + [10] + [0] * 3


def test_one_place_opens_and_one_closes():
    """Five places, of which one more opens, or one closes, in the second year and stays so."""
    assert opened(np.array([5]), [(0, 1, 1, 1)], 3).ravel().tolist() == [5, 6, 6]
    assert opened(np.array([5]), [(0, 1, -1, 1)], 3).ravel().tolist() == [5, 4, 4]


def test_where_no_weight_is_chances_are_even_over_the_last_axis():
    """Two needs of three ages: a third each where all are 0, else as the weights are."""
    found = cohort._chances(np.array([[[0.0, 0.0, 0.0], [1.0, 0.0, 3.0]]]))
    assert found[0].tolist() == [[1 / 3] * 3, [0.25, 0, 0.75]]


def test_sums_over_a_window_are_by_lane():
    """Weeks 1, 2 and 3 of one lane and 10, 20 and 30 of another."""
    flow = np.array([[1, 10], [2, 20], [3, 30]])
    assert over_window(flow, None).tolist() == [6, 60]
    assert over_window(flow, 2).tolist() == [[1, 10], [3, 30], [5, 50]]


def test_laws_of_neighbouring_trials():
    """Of one, two and three trials with a chance of a quarter: 3/4; 9/16 and 15/16; 27/64, 54/64 and 63/64; then 1."""
    laws = binomial_laws(1, 3, 0.25)
    assert laws[0].tolist() == [0.75, 1, 1, 1]
    assert laws[1].tolist() == [0.5625, 0.9375, 1, 1]
    assert laws[2].tolist() == [27 / 64, 54 / 64, 63 / 64, 1]
    for chance in np.linspace(0.01, 0.99, 50):  # all trials and more are certain, not nearly so
        for row, law in enumerate(binomial_laws(5, 30, chance)):
            assert (law[5 + row :] == 1).all()


def test_few_trials_beside_many_take_no_more_than_they_are():
    """A third of one, two or five trials, and of 600 beside them, at the last uniform there is and at the middle."""
    n = np.array([1, 2, 5, 600] * 2)
    last = np.uint64(2**64 - 1)
    u = np.array([last] * 4 + [np.uint64(2**63)] * 4, dtype=np.uint64)
    found = streams.binomial(n, np.full(8, 1 / 3), u)
    assert found[:3].tolist() == [1, 2, 5]
    assert 280 < found[3] < 320  # 200 and eight to ten standard deviations of 11.5, not all 600
    # F(0) of one is 2/3; F(0), F(1) of two are 4/9, 8/9; F(1), F(2) of five 0.46, 0.79; the mean of 600 is 200
    assert found[4:].tolist() == [0, 1, 2, 200]
