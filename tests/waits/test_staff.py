"""Staff: posts fall vacant and are filled, and today's number stays in the mean."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.demand.calendar import mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError
from sendneeds.waits.services.workforce import (
    Post,
    in_post_today,
    mean_strength,
    planned_ring_fence,
    posts_of,
    staff_at_work,
    staff_today,
    vacant_wte,
)


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
    staff = staff_today(parameters, "SLT", mondays(date(2025, 1, 6), 260), draws, 1)
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


HEADER = (
    "service,post,band,wte,filled,start,end,clinical_share,agency,firsts_share,follow_ups_share,advice_share,"
    "basis\n"
)
ROWS = """\
SLT,SLT-01,band 7,1.0,yes,,,0.8,no,0.3,0.5,0.2,local
SLT,SLT-02,band 6,1.0,yes,,2025-12-31,1.0,no,,,,local
SLT,SLT-03,band 6,0.5,no,2025-03-03,,1.0,no,,,,local
SLT,SLT-04,band 6,1.0,no,,,1.0,no,,,,local
SLT,SLT-05,band 6,1.0,yes,2025-06-02,2026-05-31,1.0,yes,,,,local
"""


@pytest.fixture
def with_posts(bedford, tmp_path):
    folder = tmp_path / "pack"
    sn.new_pack(folder, "E06000055", "Somewhere", tables=("posts",))
    (folder / "posts.csv").write_text(HEADER + ROWS, encoding="utf-8")
    assert [fault for fault in sn.check_folder(folder) if "posts" in str(fault.file)] == []
    table = pd.read_csv(folder / "posts.csv")
    meta = TableMeta("posts", "synthetic", "none", None, "local", "")
    return replace(bedford, tables={**bedford.tables, "posts": table}, meta={**bedford.meta, "posts": meta})


def test_posts_of_the_pack_take_the_place_of_the_figure(with_posts):
    parameters, days = Parameters(with_posts), mondays(date(2025, 1, 6), 104)
    staff = staff_today(parameters, "SLT", days, 2000, 1)
    assert np.median(staff[0]) == pytest.approx(0.8 + 1.0)  # nobody is in the vacant posts yet
    week = {day: int((np.datetime64(day) - days[0]).astype(int)) // 7 for day in ("2025-06-09", "2026-06-08")}
    filled, agency = 0.5, 1.0
    assert np.quantile(staff[week["2025-06-09"]], 0.9) == pytest.approx(1.8 + agency + filled, abs=0.3)
    assert staff[week["2026-06-08"]].max() <= 0.8 + filled + 1e-9  # the fixed term and the cover are over
    assert vacant_wte(parameters, "SLT", 3, 1).tolist() == [1.0] * 3  # the one that is not recruited to
    assert in_post_today(parameters, "SLT", 3, 1).tolist() == pytest.approx(
        [1.8] * 3
    )  # who starts later is not
    assert in_post_today(parameters, "OT", 3, 1) == pytest.approx(parameters.draw("OT", "in_post_wte", 3, 1))
    assert planned_ring_fence(with_posts, "SLT") == pytest.approx(0.3 / 0.8)
    few = sn.project(with_posts, to=2027, draws=20)
    named = sn.simulate(with_posts, few, ["SLT"])
    assert "in_post_wte" not in set(named.parameters["parameter"])
    assert float(named.data["overdue_sessions"].isel(week=-1).mean()) > 50  # the job plans ring-fence firsts


def test_posts_are_checked(tmp_path):
    folder = tmp_path / "pack"
    sn.new_pack(folder, "E06000055", "Somewhere", tables=("posts",))
    wrong = (
        ROWS.replace("SLT-01", "Jo Smith")
        .replace("0.3,0.5,0.2", "0.3,0.5,")
        .replace("2026-05-31", "2024-05-31")
    )
    (folder / "posts.csv").write_text(HEADER + wrong.replace("0.5,no,2025", "2.5,no,2025"), encoding="utf-8")
    text = "\n".join(map(str, sn.check_folder(folder)))
    for words in ("do not use a person's name", "that add up to 1", "a day from 2025-06-02", "2.5"):
        assert words in text, words


def test_funded_posts_and_staff_in_post_are_drawn_together(bedford):
    """One draw: the posts vacant are as many in a bad year as in a good one, and never less than none."""
    table = bedford.table("service_parameters")
    slt = (table["service"] == "SLT") & table["parameter"].isin(["funded_wte", "in_post_wte"])
    columns = ["service", "parameter", "unit", "low", "central", "high", "basis", "source"]
    rows = [
        ("SLT", "funded_wte", "WTE", 8.0, 10.0, 12.0, "local", "made up"),
        ("SLT", "in_post_wte", "WTE", 6.4, 8.0, 9.6, "local", "made up"),
    ]
    table = pd.concat([table[~slt], pd.DataFrame(rows, columns=columns)], ignore_index=True)
    area = replace(bedford, tables={**bedford.tables, "service_parameters": table})
    parameters = Parameters(area)
    in_post, vacant = parameters.draw("SLT", "in_post_wte", 500, 1), vacant_wte(parameters, "SLT", 500, 1)
    # in post is four fifths of what is funded throughout
    np.testing.assert_allclose(vacant, in_post / 4)
    assert np.ptp(in_post) > 2
