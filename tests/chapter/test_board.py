"""The board page: its messages, their ranking by hand, its budget, and the links of terms."""

import math
from dataclasses import replace

import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.board.board import WORD_BUDGET, Decision, add_board, check_budget
from sendneeds.chapter.sections.board.messages import (
    MOST_WORDS,
    Message,
    candidates,
    chosen,
    distance,
    goes_on,
    says_little,
)
from sendneeds.chapter.sections.board.tiles import checked, direction, polyline, tile, tiles
from sendneeds.foundation.errors import DomainError


@pytest.fixture(scope="module")
def made(composed):
    chapter, contents = composed
    return chapter, contents, add_board(chapter, contents)


def test_messages_are_few_short_and_published(made):
    _, _, board = made
    assert len(board.messages) == 5
    assert all(message.words <= MOST_WORDS for message in board.messages)
    assert sum(message.basis in ("published", "local") for message in board.messages) >= 4
    assert len({message.topic for message in board.messages}) == 5
    assert not any(message.basis in ("illustrative", "scaled") for message in board.messages)


def test_scores_are_the_change_the_distance_from_england_and_the_law(made):
    _, contents, board = made
    scores = {message.topic: message.score for message in board.ranked}
    timeliness = contents.timeliness
    now, before, england = (
        record.number
        for record in (timeliness.last, timeliness.before, timeliness.england["excluding"][2024])
    )
    assert (round(now, 1), round(before, 1), round(england, 1)) == (74.2, 90.0, 46.4)  # as published
    assert scores["in time"] == pytest.approx(
        0.5 + abs(math.log(now / england)) + abs(math.log(now / before))
    )
    assert scores["appeals"] == pytest.approx(
        0.5 + abs(math.log((26 / 2330) / (contents.appeals.england_rate.number / 100)))
    )
    assert [m.score for m in board.ranked] == sorted((m.score for m in board.ranked), reverse=True)


@pytest.mark.parametrize(
    ("low", "high", "little"),
    [(20.7, 100.0, True), (30.0, 70.0, False), (0.0, 56.1, True), (None, None, False)],
)
def test_a_share_of_a_few_is_no_message(low, high, little):
    """One plan of one in time has a 95 % interval from 20.7 % to 100 %; a share without an interval has no width."""
    value = 50.0 if low is None else (low + high) / 2
    share = Indicator("time", "In time", value, "percent", "2024", "SEN2", "published", low=low, high=high)
    assert says_little(share) is little


def test_published_figures_of_the_area_are_on_it(made):
    _, contents, _ = made
    assert contents.appeals.own.number == 26
    assert (contents.duties.review_decisions.count.number, contents.duties.review_decisions.of.number) == (
        266,
        1476,
    )
    assert contents.duties.idle_semh.count.number == 47
    # of the 156 not in education 58 are NEET, and 98 have notice that their plan will end
    counts = contents.duties.idle, contents.duties.without_notice, contents.duties.with_notice
    assert [share.count.number for share in counts] == [156, 58, 98]
    assert round(contents.duties.without_notice.share.number, 1) == 2.7  # of 2,170
    assert contents.duties.semh_without_notice.count.number == 23
    assert contents.duties.school_age.count.number == 0
    assert contents.care.budgets.number == 6


def test_no_topic_twice_and_one_estimate_at_most():
    def message(topic, basis, score):
        return Message(topic, "x", basis, score)

    ranked = [
        message("a", "estimate", 9), message("b", "estimate", 8), message("c", "illustrative", 7),
        message("d", "published", 6), message("d", "published", 5), message("e", "local", 4),
    ]  # fmt: skip
    assert [(m.topic, m.score) for m in chosen(ranked)] == [("a", 9), ("d", 6), ("e", 4)]


def test_growth_goes_on_only_where_it_is_like_the_past():
    # of 1,000 plans 5 % in 5 years are 10 a year, 25 % of 1,050 are 52
    assert goes_on(10, 52) == "faster"
    assert goes_on(60, 79) == "about as fast"
    assert goes_on(-2, 3) == "faster"
    assert goes_on(30, -1) == "with a fall"
    assert goes_on(40, 29) == "more slowly"
    assert distance(18, 44.4) == pytest.approx(0.9029, abs=1e-4)


def test_the_page_fails_over_its_budget(made):
    board = made[2]
    long = Message("x", " ".join(["word"] * (MOST_WORDS + 1)), "published", 1.0)
    with pytest.raises(DomainError, match="26 words"):
        check_budget(replace(board, messages=[long]))
    wordy = Decision(" ".join(["word"] * WORD_BUDGET), "x", "x", "x", "x", "")
    with pytest.raises(DomainError, match="scenario files"):
        check_budget(replace(board, decisions=[wordy]))
    with pytest.raises(DomainError, match="more than 4"):
        check_budget(replace(board, decisions=[wordy] * 5))


@pytest.mark.usefixtures("undrawn")
def test_draft_until_every_role_is_assigned(chapter, bedford, small_run):
    text = (chapter / "board.html").read_text(encoding="utf-8")
    assert "<strong>DRAFT.</strong>" in text
    assert (chapter / "index.html").read_text(encoding="utf-8").count("ot yet assigned") == 1
    roles = {"topic_owner": "Director of children's services", "authors": ["Analyst"], "quality_check": "Head of data",
             "endorsed_by": "SEND board"}  # fmt: skip
    area = replace(bedford, settings=bedford.settings | {"chapter": roles})
    made = ChapterBuilder(area, area.england())
    board = add_board(made, compose(made, small_run))
    assert board.final
    assert board.owner == "Director of children's services"


def test_a_tile_says_which_way_and_whether_that_is_better(record):
    years = {2023: record("a", 90, "percent", better="up"), 2024: record("b", 74, "percent", better="up")}
    assert direction(years) == "down from 90.0% in 2023, worse"
    assert direction({2024: record("a", 5, "plans")}) == "no earlier figure"
    assert direction({2023: record("a", 100, "plans"), 2024: record("b", 101, "plans")}).startswith(
        "little changed"
    )
    assert polyline([0.0, 5.0, 10.0]) == "3.0,23.0 55.0,13.0 107.0,3.0"


def test_terms_are_linked_at_their_first_use_alone(chapter):
    text = (chapter / "index.html").read_text(encoding="utf-8")
    for term in ("sen-support", "interval", "phase"):
        assert text.count(f'href="annex.html#term-{term}"') == 1, term
        assert f'id="term-{term}"' in (chapter / "annex.html").read_text(encoding="utf-8")


def test_a_figure_far_from_what_is_usual_is_no_part_of_the_line_of_its_tile():
    """A region's 6,078 of 2022 would make a flat line of 331, 464 and 536; those alone are one that rises."""
    years = {2021: 331, 2022: 6078, 2023: 464, 2024: 536}
    own = {y: Indicator(f"a.{y}", "New", n, "plans", str(y), "s", "published") for y, n in years.items()}
    one = checked(tile("New plans", own), own, {"ehc_flow new_plans 2022"}, "ehc_flow new_plans")
    assert one.line == polyline([331, 464, 536])
    assert one.direction == "up from 464 in 2023"
    assert checked(tile("New plans", own), own, set(), "ehc_flow new_plans").line == polyline(
        [*years.values()]
    )


@pytest.mark.usefixtures("undrawn")
def test_tiles_and_messages_say_what_to_check_first(bedford, small_run):
    """Of 473 requests in 2024 a tenth is 47, far from those of 2023; of 355 plans issued so is 35, all in time."""
    flow, issued = bedford.table("ehc_flow").copy(), bedford.table("ehc_timeliness").copy()
    received = (flow["stage"] == "requests_received_in_year") & (flow["calendar_year"] == 2024)
    flow.loc[received & (flow["need"] == "all") & (flow["age"] == "all"), "count"] = 47
    last = issued["calendar_year"] == 2024
    counts = [c for c in ("issued", "within_20_weeks") if c in issued]
    issued.loc[last, counts] = 35
    area = replace(bedford, tables=bedford.tables | {"ehc_flow": flow, "ehc_timeliness": issued})
    chapter = ChapterBuilder(area, area.england())
    found = compose(chapter, small_run)
    said = {one.title.split(",")[0]: one.direction for one in tiles(found)}
    assert said["Requests for an assessment"] == "far from what is usual in 2024: check it first"
    assert said["Plans within 20 weeks"] == "far from what is usual in 2024: check it first"
    assert said["EHC plans"] == "up from 1,899 in 2024"
    message = next(m for m in candidates(found, "Bedford") if m.topic == "in time")
    assert message.text.endswith("Check first: its count is unusual.")
    assert message.words <= MOST_WORDS
    assert "check before quoting: requests received in 2024" in found.process.doubted
