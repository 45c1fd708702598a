"""Small cases worked by hand: which week, which band, how many."""

import numpy as np
import pytest

from sendneeds.kernel.ehc import annual_reviews, clock
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Rules
from sendneeds.kernel.services.simulate import EDGES, serve

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
    stock = clock.in_progress(begun, ended, np.zeros(5, int), 3, 1)
    assert stock[:, 0].tolist() == [2, 2, 1, 1]


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
