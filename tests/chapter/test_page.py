"""Templates and the page: nothing typed, nothing run, everything in order."""

import re
from pathlib import Path

import pytest

from sendneeds.chapter import page
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.foundation.errors import UnknownNameError

HOSTILE = '<script>alert("x")</script> [a](javascript:b) *c* | `d` {{ 7*7 }}'


@pytest.mark.parametrize("path", sorted(page.TEMPLATES.glob("*.md")), ids=lambda p: p.stem)
def test_no_number_is_typed_in_a_template(path: Path):
    """Ages, weeks, shares, years: each comes from a record or a fact, never from the keyboard."""
    text = re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}|^#+ ", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    allowed = re.sub(r"<[^>]+>|&lt;5|80% interval and 95% interval|SEN2|tables/\w+\.csv", "", text)
    assert re.findall(r"\d", allowed) == []


def test_every_section_has_a_template_and_every_template_a_section():
    names = {p.stem for p in page.TEMPLATES.glob("*.md")} - {"family"}
    assert names == set(page.SECTIONS)


def test_text_from_data_is_neither_html_nor_markdown():
    from sendneeds.chapter.page import _markdown, safe_inline

    html = _markdown(html=True).render(
        f"A {safe_inline(HOSTILE)} b.\n\n<ul>\n<li>{safe_inline(HOSTILE)}</li>\n</ul>"
    )
    assert "<script" not in html
    assert "<a " not in html
    assert "<em>" not in html
    assert "<code>" not in html


def test_paragraphs_that_people_write_stay_words(run, bedford):
    kit = ChapterBuilder(bedford, bedford.england(), run)
    kit.published("plans.2025", "Plans", 2170, "plans", "January 2025", "ehc_plans")
    html = page.written("# Ours\n\n" + HOSTILE + " and [[plans.2025]] plans.", kit)
    assert "<h3>Ours</h3>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "2,170 plans" in html
    with pytest.raises(UnknownNameError, match=r"plans\.2025"):
        page.written("[[plans.2024]]", kit)


def test_a_shared_basis_is_said_once_and_a_mixed_one_beside_each_number(run, bedford):
    kit = ChapterBuilder(bedford, bedford.england(), run)
    for id, basis in (("a", "scaled"), ("b", "illustrative"), ("c", "scaled")):
        from sendneeds.chapter.records import Indicator

        kit.book.add(Indicator(id, id, 7, "children", "now", "s", basis))
    one = page.table_html(kit.table("one", "T", ["x", "y"], [("r", ["a"]), ("q", ["c"])]))
    assert one.count('class="basis"') == 1
    mixed = page.table_html(kit.table("mixed", "T", ["x", "y", "z"], [("r", ["a", "b"]), ("q", ["b", "a"])]))
    assert mixed.count('class="basis"') == 4
    rows = page.table_html(kit.table("rows", "T", ["x", "y", "z"], [("r", ["a", "c"]), ("q", ["b", "b"])]))
    assert rows.count('class="basis"') == 2


def test_what_a_source_suppressed_is_withheld_and_what_nobody_gave_is_missing(run, bedford):
    from dataclasses import replace

    from sendneeds.chapter.sections.need import level
    from sendneeds.chapter.words import mark

    plans = bedford.table("ehc_plans").copy()
    cell = (plans["need"] == "ASD") & (plans["age"] == "5")
    plans.loc[cell, "plans"], plans.loc[cell, "flag"] = None, "suppressed"
    gone = (plans["need"] == "HI") & plans["age"].isin(["14", "15"])
    area = replace(bedford, tables=bedford.tables | {"ehc_plans": plans[~gone].reset_index(drop=True)})
    kit = ChapterBuilder(area, area.england(), run)
    level.fill(kit)
    assert mark(kit.book["plans.cell.ASD.1"]) == "[c]"
    assert mark(kit.book["plans.cell.HI.4"]) == "[x]"
    assert "[c]" in kit.figures["need_by_age"].svg
    html = page.table_html(kit.tables["need_by_age"])
    assert "[c]: withheld" in html
    assert "[x]: not available locally" in html


def test_a_list_of_the_areas_own_is_not_called_scaled(bedford, make_run):
    from dataclasses import replace

    import pandas as pd

    from sendneeds.chapter.sections.health import lists_now as health

    own = pd.DataFrame(
        {"area_code": [bedford.code], "service": ["SLT"], "weeks_band": ["all"], "waiting": [200]}
    )
    meta = replace(bedford.meta["ehc_plans"], title="Waiting lists of the area", basis="local")
    area = replace(
        bedford, tables=bedford.tables | {"waiting_list": own}, meta=bedford.meta | {"waiting_list": meta}
    )
    run = make_run(area, services=("SLT", "OT"))
    used = run.waits.parameters
    used = used[~((used["service"] == "SLT") & (used["parameter"] == "opening_list"))]
    kit = ChapterBuilder(area, area.england(), replace(run, waits=replace(run.waits, parameters=used)))
    health.fill(kit)
    assert kit.book["list.SLT.waiting"].basis == "local"
    assert kit.book["list.OT.waiting"].basis == "scaled"
    assert kit.facts["own_lists"] == "some"
    assert "speech and language therapy is the area's own" in kit.facts["opening_words"]
