"""Easy read: its lint, the rule by which shares and counts are written, and what the page of Bedford says."""

from dataclasses import replace

import pandas as pd
import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.forms.easy_lint import about, faults_of, one_in
from sendneeds.chapter.forms.easy_read import EXPLAINED, Part, _explain, easy_read, pages
from sendneeds.chapter.forms.html_tree import tree
from sendneeds.foundation.errors import DomainError

TITLES = ["What this is about", "How many children", "What goes well", "What does not go well", "What you told us",
          "What we will do", "Whom to ask"]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Half, or 50%, of plans are late.", "percentage"),
        ("Ten per cent of plans are late.", "percentage"),
        ("There are 3.5 plans for each class.", "decimal"),
        ("Plans are late; we are sorry.", "semicolon"),
        ("Ask the SENDIASS team.", "abbreviation SENDIASS"),
        ("There are many things, e.g. help at home.", "abbreviation e.g"),
        ("In all 2,170 children have a plan.", "number 2,170"),
        ("About 1 in 6 of 30 pupils get help.", "number 30"),
        ("The tribunal is there to help.", "hard word tribunal"),
        ("There are many reviews.", "hard word reviews"),
        ("One two three four five six seven eight nine ten eleven twelve a b c d.", "16 words"),
        ("Plans are late. We are sorry.", "more than one sentence"),
    ],
)
def test_the_lint_fails_on(sentence, fault):
    assert any(fault in found for found in faults_of(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "About 1 in 6 pupils get help.",
        "About 2,200 children have a plan.",
        "In 2024 about 90 plans were late.",
        "We wait too long.",
    ],
)
def test_the_lint_passes(sentence):
    assert faults_of(sentence) == []


def test_a_hard_word_may_stand_where_it_is_explained():
    assert faults_of("There are many reviews.", ["review"]) == []


def test_numbers_are_round():
    assert [about(n) for n in (3, 47, 355, 2170, 2250)] == [
        "about 3",
        "about 50",
        "about 360",
        "about 2,200",
        "about 2,200",
    ]
    assert [one_in(p) for p in (27, 12.4, 4.7)] == ["about 1 in 4", "about 1 in 8", "about 1 in 20"]
    assert [one_in(p) for p in (44, 46, 48.4)] == ["about 4 in 10", "about 1 in 2", "about 1 in 2"]


def sentences(parts):
    return [s for part in parts for _, some in part.items for s in some]


def test_bedford_in_easy_read(chapter):
    page = tree((chapter / "easy-read.html").read_text("utf-8"))
    assert page.find("p")[0].text() == "Draft: test this with young people before use"
    assert [h.text() for h in page.find("h2")] == TITLES
    said = [p.text() for p in page.find("p")]
    # 2,170 plans; 259 of 355 in time, so that 96 are late; 1,316 and 73 reviews held of 1,801 due
    assert "About 2,200 children and young people have a plan." in said
    assert "In 2024 about 1 in 4 plans were late." in said
    assert "In 2024 about 1 in 4 had no review." in said
    assert "We wait too long." in said
    items = [node for node in page.walk() if node.has_class("item")]
    assert all(any(n.has_class("slot") for n in item.walk()) for item in items)
    assert len(items) > 15


@pytest.mark.usefixtures("undrawn")
def test_children_in_no_school_are_those_of_the_chapter(bedford, small_run):
    """Of Bedford's 2,170 plans 58 are not in education, and 98 are not with notice that they end."""
    chapter = ChapterBuilder(bedford, bedford.england())
    found = compose(chapter, small_run)
    said = sentences(easy_read(chapter, {}))
    assert found.duties.idle.count.value == 58 + 98
    assert "About 160 children and young people with a plan are in no school or college." in said
    alone = replace(chapter.records["duty.idle.count"], value=1)
    chapter.records._records["duty.idle.count"] = alone
    assert "One child or young person with a plan is in no school or college." in sentences(
        easy_read(chapter, {})
    )


def test_nothing_illustrative_or_scaled_is_in_it(composed, monkeypatch):
    chapter, _ = composed
    before = sentences(easy_read(chapter, {}))
    scaled = {
        id: replace(record, basis="scaled") if record.shown and record.basis != "illustrative" else record
        for id, record in chapter.records._records.items()
    }
    monkeypatch.setattr(chapter.records, "_records", scaled)
    after = sentences(easy_read(chapter, {}))
    assert any("have a plan" in s and "About" in s for s in before)
    assert not any(
        s.startswith(("About 1 in", "About 2,2")) and "plan" in s and "school" not in s for s in after
    )


def test_words_of_people_pass_the_lint_too(composed):
    chapter, _ = composed
    parts = easy_read(chapter, {"easy-read": "We will call you back.\nWe are sorry."})
    assert {"We will call you back.", "We are sorry."} <= set(sentences(parts))
    assert pages(parts) <= 20
    with pytest.raises(DomainError, match="abbreviation JSNA"):
        easy_read(chapter, {"easy-read": "Read the JSNA."})


@pytest.mark.usefixtures("undrawn")
def test_what_families_said_is_left_out_where_it_is_hard_to_read(bedford, small_run):
    said = pd.DataFrame(
        {"year": 2024, "you_said": ["We wait too long", "Therapy is far away", "The tribunal took 14 months"]}
    )
    said = said.assign(we_did="", changed="", source="a meeting")
    area = replace(bedford, tables=bedford.tables | {"you_said": said})
    chapter = ChapterBuilder(area, area.england())
    compose(chapter, small_run)
    told = next(part for part in easy_read(chapter, {}) if part.title == "What you told us")
    words = [s for _, some in told.items for s in some]
    assert words == [
        "Families told us these things in 2024.",
        EXPLAINED["therapy"],
        "We wait too long.",
        "Therapy is far away.",
    ]


@pytest.mark.usefixtures("undrawn")
def test_an_area_with_little_says_so(bare):
    said = tree((bare / "easy-read.html").read_text("utf-8")).text()
    assert "We have not asked enough people yet." in said


def test_a_hard_word_of_a_partner_is_explained_where_it_is_used():
    parts = [Part("What we will do", [("people", ["More plans."]), ("people", ["Therapy in time."])])]
    said = _explain(parts)
    assert parts[0].items[1][1] == ["Therapy in time.", EXPLAINED["therapy"]]
    assert EXPLAINED["review"] not in said
    assert _explain(parts) == said
