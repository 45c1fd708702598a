"""What a director who read four chapters refused: one test for each kind, with hand-computed values."""

from dataclasses import replace

import pandas as pd
import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.page import render
from sendneeds.chapter.sections.board.board import add_board, local_share
from sendneeds.chapter.sections.board.messages import goes_on
from sendneeds.chapter.sections.board.tiles import direction, growth, tile
from sendneeds.chapter.sections.ehc.timeliness import add_timeliness
from sendneeds.chapter.sections.need.by_need import add_plans_by_need
from sendneeds.chapter.sections.need.like_areas import add_like_areas
from sendneeds.chapter.sections.need.plans import add_plan_trend
from sendneeds.chapter.sections.need.risk import UNKNOWN, add_risk
from sendneeds.chapter.sections.partnership.indicators import add_indicators
from sendneeds.chapter.sections.partnership.outcomes import add_outcomes
from sendneeds.chapter.sections.partnership.voice import add_voice
from sendneeds.chapter.sections.provision.transition import _add_older, _add_reasons, _add_shares
from sendneeds.chapter.words import Standing
from sendneeds.evidence.types import TableMeta


def with_table(area, name, frame):
    meta = TableMeta(name, "made up", "none", "2025-01-31", "local", "")
    return replace(area, tables={**area.tables, name: frame}, meta={**area.meta, name: meta})


def test_growth_is_faster_where_it_is_over_a_third_more_plans_a_year():
    """As the sentence prints it: 190 after 45, 280 after 197, 2,100 after 1,427; 240 after 197 is not."""
    assert [goes_on(*pair) for pair in ((45, 190), (197, 280), (1427, 2100))] == ["faster"] * 3
    assert goes_on(197, 240) == "about as fast"


def test_a_standing_stands_alone_in_a_table(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    table = chapter.add_table("t", "T", ["A", "B", "C"], [("r", [Standing.SIMILAR, Standing.NOT_COMPARED])])
    assert table.rows == [("r", ["similar", "not compared"])]


def test_groups_are_named_as_people_name_them_and_what_is_unknown_is_said(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    risk = add_risk(chapter, 2025)
    names = [name for name, _ in chapter.tables["plans_by_group"].rows]
    assert {"Male", "White British", "White and Black Caribbean"} <= set(names)
    assert not [name for name in names if " - " in name]
    table = bedford.table("ehc_plans_by_group")
    mine = table[(table["characteristic"] == "ethnic_group") & (table["need"] == "all")]
    mine = mine[mine["census_january"] == 2025].set_index("group")["plans"]
    unknown = mine.get("unknown", 0) + mine.get("Unclassified", 0)
    assert risk.known.number == pytest.approx(100 * (1 - unknown / mine.sum()))


def test_an_area_that_knows_the_group_of_few_is_told_so(bedford):
    table = bedford.table("ehc_plans_by_group").copy()
    mine = table["characteristic"] == "ethnic_group"
    table.loc[mine, "plans"] = 1
    table.loc[mine & table["group"].isin(UNKNOWN), "plans"] = 1000
    area = replace(bedford, tables={**bedford.tables, "ehc_plans_by_group": table})
    assert add_risk(ChapterBuilder(area, area.england()), 2025).is_thin
    assert not add_risk(ChapterBuilder(bedford, bedford.england()), 2025).is_thin


def test_a_fifth_of_deprivation_is_told_in_words(bedford):
    rows = [
        ("E06000055", 2025, "E+K", "all", str(f), n, 1000) for f, n in enumerate((400, 200, 200, 200, 50), 1)
    ]
    columns = ["area_code", "census_january", "provision", "need", "quintile", "identified", "persons"]
    area = with_table(bedford, "deprivation", pd.DataFrame(rows, columns=columns))
    risk = add_risk(ChapterBuilder(area, area.england()), 2025)
    assert risk.above == ["the most deprived fifth"]  # 400 of 1,000, against 1,050 of 5,000
    assert risk.below == ["the least deprived fifth"]


def test_like_areas_are_named_plainly_with_the_one_that_does_best(bedford):
    """Within 20 weeks, of 2024's: Torbay 28.9 %; nearest are eight, Herefordshire among them."""
    torbay = replace(bedford, code="E06000027", name="Torbay")
    like = add_like_areas(ChapterBuilder(torbay, torbay.england()))
    assert "Herefordshire" in like.names
    assert not [name for name in like.names if "," in name]
    figures = torbay.england().table("authority_figures").set_index("authority_code")
    names = torbay.england().table("authorities").set_index("name")["authority_code"]
    line = like.figures["in_time"]
    best = figures.loc[names[line.best]]
    assert line.best_figure.number == pytest.approx(100 * best["within_20_weeks"] / best["issued"])
    assert line.best_figure.number > line.own.number
    assert like.figures["rate"].best == ""  # more plans are neither better nor worse


def test_why_plans_end_is_set_beside_england(bedford):
    """10 of Bedford's 162 ended for work in 2024, and 4,053 of England's 44,862."""
    chapter = ChapterBuilder(bedford, bedford.england())
    found = _add_shares(chapter, _add_reasons(chapter, 2024), 2024)
    work = found["employ"]
    assert (work.count.number, work.share.number) == (10, pytest.approx(100 * 10 / 162))
    assert work.england.number == pytest.approx(100 * 4053 / 44862)
    assert work.standing is Standing.SIMILAR  # 3.4 % to 11.0 % holds 9.0 %
    older = _add_older(chapter, 2025)
    plans = bedford.table("ehc_plans")
    plans = plans[
        (plans["census_january"] == 2025) & (plans["need"] == "all") & (plans["placement"] == "all")
    ]
    ages = plans[~plans["age"].isin(["all", "unknown", "0-2"])]
    count = ages[ages["age"].astype(int) >= 19]["plans"].sum()
    assert older.share.number == pytest.approx(100 * count / 2170)


def test_a_score_that_is_withheld_is_not_one_whose_people_are_not_printed(bedford):
    columns = [
        "year",
        "question",
        "group",
        "respondents",
        "score",
        "scale",
        "target",
        "source",
        "flag",
        "note",
    ]
    rows = [(2024, "be heard", "parents", 64, 2.9, "1 to 5", 4, "s", "ok", ""),
            (2024, "be happy", "young people", 5, 3.1, "1 to 5", 4, "s", "ok", "")]  # fmt: skip
    area = with_table(bedford, "survey", pd.DataFrame(rows, columns=columns))
    chapter = ChapterBuilder(area, area.england())
    voice = add_voice(chapter)
    assert not voice.unprinted
    people = {name: cells[3] for name, cells in chapter.tables["survey"].rows}
    assert people["be happy, young people"].state == "withheld"
    assert people["be heard, parents"].number == 64


def test_a_need_whose_support_nobody_counts_is_projected_in_plans_alone(bedford, small_run, undrawn):
    sensory = ["PD", "HI", "VI", "MSI"]
    data = small_run.need.data.copy(deep=True)
    data["children"].loc[{"provision": "K", "need": sensory}] = 0
    changed = replace(small_run, need=replace(small_run.need, data=data))
    chapter = ChapterBuilder(bedford, bedford.england())
    contents = compose(chapter, changed)
    assert [id for id, page in contents.need_pages.items() if page.plans_only] == ["physical"]
    body = render(chapter, contents, add_board(chapter, contents), {})["index.html"]
    own = body[body.index("Physical and sensory needs</h3>") : body.index("Learning difficulty</h3>")]
    assert "with a plan or at SEN support" not in own
    assert "Nobody publishes how many more" in own
    pace = chapter.records["plans.pace.past"]
    assert pace.number == (2170 - 1185) / 5  # January 2020 to 2025


def test_without_pupils_by_need_a_share_of_plans_is_set_beside_englands(bedford, undrawn):
    """378 of Bedford's 2,170 plans are for SEMH, 17.4 %; 132,217 of England's 638,745 are, 20.7 %."""
    area = replace(bedford, tables={n: t for n, t in bedford.tables.items() if n != "sen_pupils"})
    chapter = ChapterBuilder(area, area.england())
    found = add_plans_by_need(chapter, add_plan_trend(chapter))
    table = chapter.tables["plans_by_need"]
    assert list(table.head) == [
        "Primary need",
        "Plans",
        "Share of plans",
        "England, share",
        "Against England",
    ]
    row = dict(table.rows)["Social, emotional and mental health"]
    assert row[1].number == pytest.approx(100 * 378 / 2170)
    assert row[2].number == pytest.approx(100 * 132217 / 638745)
    assert row[3] == "below"  # 15.9 % to 19.1 %
    assert "social, emotional and mental health" in found.below
    gaps = [gap for gap in chapter.gaps if "primary need" in gap.record.title]
    assert len(gaps) == 1  # one table would give them all


def test_a_fall_within_chance_is_no_news(record):
    before = record("s.2023", 49.9, "percent", period="2023", better="up")
    now = record("s.2024", 48.4, "percent", period="2024", better="up", low=45.9, high=50.9)
    assert direction({2023: before, 2024: now}) == "little changed since 2023"
    few = record("u.2024", 60.0, "percent", period="2024", better="up", low=41.0, high=78.0)
    assert direction({2023: before, 2024: few}) == "up from 49.9% in 2023, which may be chance"
    clear = record("t.2024", 43.0, "percent", period="2024", better="up", low=40.0, high=46.0)
    assert direction({2023: before, 2024: clear}) == "down from 49.9% in 2023, worse"


def test_a_tile_of_a_count_has_englands_movement_or_share_beside_it(record):
    own = {y: record(f"o.{y}", n, "plans", period=str(y)) for y, n in ((2024, 1535), (2025, 1643))}
    nation = {y: record(f"n.{y}", n, "plans", period=str(y)) for y, n in ((2024, 576474), (2025, 638745))}
    assert growth(own, 2025) == "up 7.0%"
    assert tile("Plans", own, growing=nation).england == "That is up 7.0%; England up 10.8%"
    share = (record("a", 2.3, "percent"), record("b", 3.2, "percent"))
    assert tile("Appeals", own, share=share).england == "That is 2.3%; England 3.2%"


def test_the_share_of_figures_is_of_those_that_the_body_tells(bedford, record):
    chapter = ChapterBuilder(bedford, bedford.england())
    told = [record("a", 1, "plans", basis="published"), record("b", 1, "plans", basis="estimate"),
            record("b", 1, "plans", basis="estimate"), record("a.england", 1, "plans", basis="published")]  # fmt: skip
    assert local_share(chapter, told).number == 50.0  # a figure counts once, and England's is not the area's


def test_indicators_of_a_pack_are_printed_in_words(bedford):
    def table(name, columns, rows):
        return name, pd.DataFrame(rows, columns=columns.split())

    area = bedford
    for name, frame in (
        table("outcomes", "outcome statement", [("healthy", "Be healthy")]),
        table("outcome_map", "outcome service indicator", [("healthy", "Therapies", "therapy_in_time")]),
        table(
            "targets",
            "indicator target better owner_role by_when",
            [("therapy_in_time", 92, "up", "lead", "")],
        ),
        table(
            "indicator_values",
            "indicator period value low high number unit source flag",
            [("therapy_in_time", "2024", 54, None, None, 131, "percent", "record", "ok")],
        ),
    ):
        area = with_table(area, name, frame)
    chapter = ChapterBuilder(area, area.england())
    found = add_outcomes(chapter, add_indicators(chapter))
    assert found.off_target == ["Therapy in time"]
    assert dict(chapter.tables["outcomes"].rows)["healthy"][1] == "Therapy in time"


def test_a_duty_met_less_often_than_in_england_is_a_decision_and_an_option_is_one(bedford, run, undrawn):
    """Plans within 20 weeks are such a duty: 30 of the year's in time, where England's share is 46.4 %."""
    late = bedford.table("ehc_timeliness").copy()
    last = late["calendar_year"] == late["calendar_year"].max()
    late.loc[last & (late["exceptions"] == "excluding"), "within_20_weeks"] = 30
    area = replace(bedford, tables={**bedford.tables, "ehc_timeliness": late})
    chapter = ChapterBuilder(area, area.england())
    asked = [
        line.decision for line in add_board(chapter, compose(chapter, replace(run, area=area))).decisions
    ]
    assert "Agree how to issue plans within 20 weeks" in asked
    assert len(set(asked)) == len(asked)


@pytest.mark.usefixtures("undrawn")
def test_a_chapter_without_a_share_in_time_of_its_own_names_no_like_area_that_does_better(bedford, small_run):
    """As the City of London, all of whose plans were exceptions in 2024."""
    chapter = ChapterBuilder(bedford, bedford.england())
    found = compose(chapter, small_run)
    assert "in_time" in found.like.figures
    figures = {name: line for name, line in found.like.figures.items() if name != "in_time"}
    without = replace(found, like=replace(found.like, figures=figures))
    page = render(chapter, without, add_board(chapter, without), {})["index.html"]
    assert "who does better, not why" not in page


@pytest.mark.parametrize(
    ("excluding", "including", "share", "words"),
    [
        # of plans issued in 2024 and 2023, those within 20 weeks
        (((0, 0), (6, 3)), ((5, 4), (8, 4)), "80.0%", "(including exceptions), up from 50.0% in 2023"),
        (((4, 3), (8, 6)), ((5, 4), (8, 4)), "75.0%", "(excluding exceptions), as in 2023"),
    ],
)
def test_the_title_of_plans_in_time_is_of_a_basis_that_is_known(bedford, excluding, including, share, words):
    issued = bedford.table("ehc_timeliness").copy()
    for basis, counts in (("excluding", excluding), ("including", including)):
        for year, pair in zip((2024, 2023), counts, strict=True):
            rows = (issued["exceptions"] == basis) & (issued["calendar_year"] == year)
            issued.loc[rows, ["issued", "within_20_weeks"]] = pair
    area = replace(bedford, tables=bedford.tables | {"ehc_timeliness": issued})
    chapter = ChapterBuilder(area, area.england())
    add_timeliness(chapter)
    assert chapter.figures["ehc_20_weeks"].title.startswith(
        f"{share} of plans were issued within 20 weeks in 2024 {words}; England"
    )
