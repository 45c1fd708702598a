"""What a partnership keeps, in the chapter: ratings by the printed rule, scores withheld, outcomes unshown."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.sections.need.like_areas import add_like_areas, nearest
from sendneeds.chapter.sections.need.risk import add_risk
from sendneeds.chapter.sections.partnership.actions import add_actions, rate
from sendneeds.chapter.sections.partnership.indicators import add_indicators
from sendneeds.chapter.sections.partnership.outcomes import add_outcomes
from sendneeds.chapter.sections.partnership.priorities import add_priorities, add_unmet_need, add_workforce
from sendneeds.chapter.sections.partnership.voice import add_voice
from sendneeds.evidence.types import TableMeta

DAY = dt.date(2026, 1, 31)


def with_tables(area, basis="local", **tables):
    meta = {name: TableMeta(name, "the partnership", "none", None, basis) for name in tables}
    plan = {"title": "P", "dated": "2025-01-01", "state": "open"}
    settings = area.settings | {"plan": plan, "chapter": {"as_of": DAY.isoformat()}}
    gone = {
        name: table for name, table in area.tables.items() if name not in ("survey", "you_said", "actions")
    }
    made = replace(area, tables=gone | tables, meta=area.meta | meta, settings=settings)
    return ChapterBuilder(made, made.england())


def frame(**columns):
    return pd.DataFrame(columns)


VALUES = frame(
    indicator=["waits", "waits", "exclusions"], period=["2024", "2025", "2025"], value=[60.0, 55.0, 4.0],
    number=pd.array([90, 80, None], dtype="Int64"), unit=["percent"] * 3, source=["s"] * 3, flag=["ok"] * 3,
)  # fmt: skip
TARGETS = frame(
    indicator=["waits", "exclusions", "work"], target=[92.0, 5.0, None], better=["up", "down", "up"],
    owner_role=["NHS lead", "", ""], by_when=["2027-03-31", None, None],
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "progress", "due", "kept", "rating"),
    [
        ("in_progress", "", "2026-01-30", None, "Red"),  # its date is past and it is open
        ("not_started", "", "2026-01-31", None, "Amber"),  # due on the day
        ("in_progress", "", "2026-04-01", None, "Amber"),  # in 60 days
        ("in_progress", "", "2026-04-02", None, "On time"),  # in 61
        ("in_progress", "", "2027-01-01", "waits", "Amber"),  # its indicator gets worse
        ("done", "", "2025-01-01", "exclusions", "Green"),  # 4 against at most 5
        ("done", "", "2025-01-01", "waits", "Done, help not shown"),  # 55 against 92
        ("", "", "2020-01-01", None, "Not rated"),
        ("", "Two met", "2020-01-01", None, "Red"),
        ("stopped", "", "2020-01-01", None, "Stopped"),
    ],
)
def test_the_printed_rule(bedford, status, progress, due, kept, rating):
    indicators = add_indicators(with_tables(bedford, indicator_values=VALUES, targets=TARGETS))
    found = indicators.get(kept) if kept else None
    assert rate(status, progress, dt.date.fromisoformat(due), DAY, found) == rating
    assert rate(status, progress, dt.date.fromisoformat(due), DAY, found, closed=True) == "Closed plan"


def test_counts_and_those_without_an_owner_come_first(bedford):
    columns = {
        "id": ["1", "2", "3"], "objective": ["", "", ""], "action": ["a", "b", "c"], "owner_role": ["x", "", " "],
        "due": ["2025-12", "Mar-26", ""], "success_test": [""] * 3, "indicator": ["", "", "waits"],
        "status": ["in_progress", "in_progress", ""], "progress": [""] * 3, "resources": ["", "staff", ""],
        "gbp_icb": [None, 5000.0, None],
    }  # fmt: skip
    chapter = with_tables(bedford, actions=frame(**columns), indicator_values=VALUES)
    found = add_actions(chapter, add_indicators(chapter))
    assert {rating: count.number for rating, count in found.counts.items()} == {
        "Red": 1,
        "Amber": 1,
        "Not rated": 1,
    }
    assert (found.total.number, found.ownerless.number, found.without_indicator.number) == (3, 2, 2)
    assert [action.id for action in found.pressing] == ["1", "2"]
    cells = dict(chapter.tables["actions"].rows)
    assert cells["2"][-1] == "staff; Integrated care board £5,000"
    assert cells["2"][1] == "none"


def test_bedfords_plan_of_2018_is_closed_and_has_no_rating(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    found = add_actions(chapter, {})
    assert {rating: count.number for rating, count in found.counts.items()} == {"Closed plan": 116}
    assert found.ownerless.number == 0
    assert found.pressing == []


def test_an_outcome_without_an_indicator_and_an_indicator_off_target_are_named(bedford):
    outcomes = frame(outcome=["happy", "heard", "healthy"], statement=["Be happy", "Be heard", "Be healthy"])
    mapped = frame(outcome=["happy", "healthy"], service=["CAMHS", "Therapies"], indicator=["", "waits"])
    chapter = with_tables(
        bedford, outcomes=outcomes, outcome_map=mapped, indicator_values=VALUES, targets=TARGETS
    )
    found = add_outcomes(chapter, add_indicators(chapter))
    assert found.without_indicator == ["happy", "heard"]
    assert found.without_service == ["heard"]
    assert found.off_target == ["Waits"]
    assert found.without_value == ["Work"]


@pytest.mark.parametrize(
    ("basis", "people", "shown"),
    [
        ("local", 7, False),
        ("local", 8, True),
        ("local", None, False),
        ("published", None, True),
        ("published", 7, False),
    ],
)
def test_a_mean_of_few_people_is_withheld(bedford, basis, people, shown):
    survey = frame(
        year=[2025], question=["be heard"], group=["young people"], respondents=pd.array([people], dtype="Int64"),
        score=[2.5], scale=["1 to 5"], target=[4.0], source=["s"], flag=["ok" if people else "unavailable"], note=[""],
    )  # fmt: skip
    chapter = with_tables(bedford, basis, survey=survey)
    found = add_voice(chapter)
    assert chapter.records["voice.score.1"].shown is shown
    assert chapter.records.shown("voice.people.1") is (shown and people is not None)
    assert (found.lowest is not None) is shown


def test_focus_areas_unmet_need_and_staff(bedford):
    priorities = frame(
        priority=["Waits"], why=["long"], owner_role=["NHS lead"], by_when=["2027-03-31"], indicator=[""]
    )
    unmet = frame(
        panel=["Placement panel"] * 2, period=["2024", "2025"], need=["SEMH", "all"], age_band=["11-15", "all"],
        not_met=["day places", "therapy"], children=pd.array([6, 9], dtype="Int64"), flag=["ok"] * 2,
    )  # fmt: skip
    staff = frame(
        area_code=[bedford.code] * 3, service=["SLT"] * 3, band=["band 6", "band 7", "band 6"],
        month=["2025-12", "2025-12", "2025-11"], funded_wte=[6.0, 2.0, 6.0], in_post_wte=[4.0, 2.0, 3.0],
    )  # fmt: skip
    chapter = with_tables(bedford, priorities=priorities, unmet_need=unmet, workforce=staff)
    assert add_priorities(chapter)[0].owner == "NHS lead"
    assert add_unmet_need(chapter).number == 9
    assert add_workforce(chapter)
    # 8 funded, 6 in post in December: a quarter vacant
    assert chapter.records["staff.SLT.vacant"].number == 25


def test_like_areas_are_the_nearest_by_hand_unless_the_pack_names_them(bedford):
    table = pd.DataFrame({"size": [0.0, 1.0, 3.0], "growth": [0.0, 0.0, 0.5]}, index=["own", "near", "far"])
    assert nearest(table, "own", 2) == ["near", "far"]
    found = add_like_areas(ChapterBuilder(bedford, bedford.england()))
    assert len(found.names) == 8
    assert not found.chosen
    # 2,170 plans over the pupils of January 2025
    pupils = bedford.england().table("pupils_5_to_15")
    own = pupils[(pupils["authority_code"] == bedford.code) & (pupils["census_january"] == 2025)][
        "pupils"
    ].iloc[0]
    assert found.figures["rate"].own.number == pytest.approx(1000 * 2170 / own)
    chosen = with_tables(bedford, neighbours=frame(authority_code=["E06000032", "E06000042"], why=["", ""]))
    found = add_like_areas(chosen)
    assert found.chosen
    assert found.names == ["Luton", "Milton Keynes"]
    assert found.figures["in_time"].of == 3


def test_a_group_of_a_few_pupils_is_withheld_and_the_others_are_rates(bedford):
    pupils = frame(
        area_code=[bedford.code] * 2, census_january=[2025] * 2, provision=["E+K"] * 2, group=["White", "Other"],
        identified=pd.array([50, None], dtype="Int64"), persons=pd.array([1000, 700], dtype="Int64"),
        flag=["ok", "suppressed"],
    )  # fmt: skip
    chapter = with_tables(bedford, ethnicity=pupils)
    add_risk(chapter, 2025)
    assert chapter.records["group.ethnicity.White"].number == pytest.approx(50)
    assert not chapter.records.shown("group.ethnicity.Other")
