"""Templates and the page: nothing typed, nothing run, everything in order."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sendneeds.chapter import page
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.markup import TEMPLATES, markdown, safe_inline, table_html
from sendneeds.chapter.sections.need.by_need import add_plans_by_need
from sendneeds.chapter.sections.need.plans import add_plan_trend
from sendneeds.chapter.tables import Table
from sendneeds.chapter.words import mark
from sendneeds.foundation.errors import UnknownNameError

HOSTILE = '<script>alert("x")</script> [a](javascript:b) *c* | `d` {{ 7*7 }}'


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.md")), ids=lambda p: p.stem)
def test_no_number_is_typed_in_a_template(path: Path):
    """Ages, weeks, shares, years: each comes from a record or a fact, never from the keyboard."""
    text = re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}|^#+ ", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    allowed = re.sub(
        r"<[^>]+>|&lt;5|80% interval and 95% interval|SEN2|section 251|tables/\w+\.csv", "", text
    )
    assert re.findall(r"\d", allowed) == []


def test_every_section_has_a_template_and_every_template_a_section():
    names = {p.stem for p in TEMPLATES.glob("*.md")} - {"family"}
    assert len(page.BODY) == 15
    assert names == set(page.SECTIONS)


def test_text_from_data_is_neither_html_nor_markdown():
    html = markdown(html=True).render(
        f"A {safe_inline(HOSTILE)} b.\n\n<ul>\n<li>{safe_inline(HOSTILE)}</li>\n</ul>"
    )
    assert "<script" not in html
    assert "<a " not in html
    assert "<em>" not in html
    assert "<code>" not in html


def test_paragraphs_that_people_write_stay_words(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    chapter.add_published("plans.2025", "Plans", 2170, "plans", "January 2025", "ehc_plans")
    html = page.written("# Ours\n\n" + HOSTILE + " and [[plans.2025]] plans.", chapter)
    assert "<h3>Ours</h3>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "2,170 plans" in html
    with pytest.raises(UnknownNameError, match=r"plans\.2025"):
        page.written("[[plans.2024]]", chapter)


def test_a_shared_basis_is_said_once_and_a_mixed_one_beside_each_number(record):
    a, b, c = (
        record(id, 7, "children", basis=basis)
        for id, basis in (("a", "scaled"), ("b", "illustrative"), ("c", "scaled"))
    )

    def labels(head, rows):
        return table_html(Table("t", "T", head, rows)).count('class="basis"')

    assert labels(["x", "y"], [("r", [a]), ("q", [c])]) == 1  # the caption
    assert labels(["x", "y", "z"], [("r", [a, b]), ("q", [b, a])]) == 4  # every cell
    assert labels(["x", "y", "z"], [("r", [a, c]), ("q", [b, b])]) == 2  # every row
    assert labels(["x", "y", "z"], [("r", [a, b]), ("q", [c, b])]) == 2  # every column


def test_what_a_source_suppressed_is_withheld_and_what_nobody_gave_is_missing(bedford):
    plans = bedford.table("ehc_plans").copy()
    cell = (plans["need"] == "ASD") & (plans["age"] == "5")
    plans.loc[cell, "plans"], plans.loc[cell, "flag"] = None, "suppressed"
    gone = (plans["need"] == "HI") & plans["age"].isin(["14", "15"])
    area = replace(bedford, tables=bedford.tables | {"ehc_plans": plans[~gone].reset_index(drop=True)})
    chapter = ChapterBuilder(area, area.england())
    by_age = add_plans_by_need(chapter, add_plan_trend(chapter)).by_age
    assert (mark(by_age["ASD"][1]), mark(by_age["HI"][4])) == ("[c]", "[x]")
    assert "[c]" in chapter.figures["need_by_age"].svg
    html = table_html(chapter.tables["need_by_age"])
    assert "[c]: withheld" in html
    assert "[x]: not available locally" in html
