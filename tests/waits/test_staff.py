"""Staff: posts fall vacant and are filled, and today's number stays in the mean."""

import numpy as np
import pytest

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError
from sendneeds.waits.staff import Post, mean_strength, posts_of, staff_at_work, staff_today


def test_posts_leave_stand_vacant_and_are_filled():
    posts = [
        Post("band 7", 1.0),
        Post("band 6", 1.0, filled=False),
        Post("agency", 0.5, ends=10, agency=True),
    ]
    staff = staff_at_work(posts, 520, 400, 1, ("test",), turnover=0.2)
    assert np.median(staff[0]) == 1.5 == staff[0].max()  # the vacant post is empty in week 0
    assert staff.max() <= 2.5
    vacant = 12 / 52.18  # years a post stands empty; somebody stays 1 / -log(1 - 0.2) years
    stays = -1 / np.log(0.8)
    steady = stays / (stays + vacant)
    assert abs(staff[104:].mean() / 2 - steady) < 0.04  # the ramp takes a little more
    alone = staff_at_work(posts[:2], 520, 400, 1, ("test",), turnover=0.2)
    assert (staff[10:] == alone[10:]).all()  # a post has luck of its own


def test_the_mean_strength_is_that_of_many_draws():
    hire, draws = (6.0, 12.0, 30.0), 40_000
    turnover = np.full(draws, 0.3)
    found = staff_at_work(
        [Post("band 6", 1.0)], 156, draws, 1, ("test",), weeks_to_hire=hire, turnover=turnover
    )
    expected = mean_strength(156, hire, turnover[:1])[:, 0]
    np.testing.assert_allclose(found.mean(axis=1), expected, atol=0.006)
    assert expected[-1] < 0.95


def test_todays_staff_fluctuate_about_the_figure(bedford):
    parameters, draws = Parameters(bedford), 4000
    staff = staff_today(parameters, "SLT", 260, draws, 1)
    figure = parameters.draw("SLT", "in_post_wte", draws, 1)
    np.testing.assert_array_equal(staff[0][staff[0] >= figure - 1e-9].size > 0.9 * draws, True)
    np.testing.assert_allclose((staff / figure).mean(axis=1), 1.0, atol=0.01)
    assert 0.03 < float((staff[200] / figure).std()) < 0.15


def test_posts_add_up_to_the_figure():
    posts = posts_of(np.array([2.4, 0.5]))
    np.testing.assert_allclose(sum(post.wte for post in posts), [2.4, 0.5])
    assert all(post.filled for post in posts)
    assert not any(post.filled for post in posts_of(np.array([1.0]), advertised=3))


def test_what_cannot_be_is_told():
    with pytest.raises(DomainError, match="0 < low <= central <= high"):
        staff_at_work([Post("a", 1.0)], 4, 2, 1, ("test",), weeks_to_hire=(8.0, 6.0, 9.0))
    with pytest.raises(DomainError, match="a share of staff a year"):
        staff_at_work([Post("a", 1.0)], 4, 2, 1, ("test",), turnover=1.2)
    with pytest.raises(DomainError, match="not between 0 and 1"):
        staff_at_work([Post("a", 1.0, clinical_share=2.0)], 4, 2, 1, ("test",))
