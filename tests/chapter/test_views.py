"""One figure in several views: a chart draws what its table prints, the board page what the chapter says."""

import csv
import io
import re
from concurrent.futures import Future

import numpy as np
import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts.artist import Drawing
from sendneeds.chapter.charts.lines import Series
from sendneeds.chapter.contents import compose
from sendneeds.chapter.forms.html_tree import Node, tree


class Sketcher:
    """Keep the calls that would draw."""

    def __init__(self):
        self.calls = []

    def draw(self, call):
        self.calls.append(call)
        done = Future()
        done.set_result(Drawing("<svg></svg>", "<svg></svg>", b""))
        return done


def numbers(value):
    """Every number that a chart is given, with those within its lines; their years are not among them."""
    if isinstance(value, Series):
        return [*numbers(value.y), *numbers(value.low), *numbers(value.high)]
    if isinstance(value, np.ndarray):
        return [] if value.dtype.kind not in "fiu" else value.astype(float).ravel().tolist()
    if isinstance(value, list | tuple):
        return [n for part in value for n in numbers(part)]
    return [float(value)] if isinstance(value, int | float | np.number) else []


@pytest.fixture(scope="module")
def sketched(bedford, run):
    sketcher = Sketcher()
    chapter = ChapterBuilder(bedford, bedford.england(), artist=sketcher)
    compose(chapter, run)
    return chapter, dict(zip(chapter.figures, sketcher.calls, strict=True))


def test_a_chart_draws_the_numbers_of_its_table(sketched):
    chapter, calls = sketched
    assert len(calls) > 20
    wrong = {}
    for id, call in calls.items():
        drawn = [n for n in numbers(call.args) if np.isfinite(n)]
        printed = [
            n
            for record in chapter.figures[id].table.records()
            if record.shown
            for n in (record.value, *(record.interval or ()))
        ]
        assert drawn, id
        found = np.abs(np.subtract.outer(drawn, printed)).min(axis=1) < 1e-6 * np.maximum(1, np.abs(drawn))
        found |= np.array(drawn) == 0  # a part that is not there has no length
        if not found.all():
            wrong[id] = [n for n, known in zip(drawn, found, strict=True) if not known][:6]
    assert wrong == {}


def test_what_a_text_alternative_says_of_a_chart_is_in_its_table(sketched):
    """Every number of four figures or more: years and counts of rows are shorter or are heads."""
    chapter, _ = sketched
    for id, figure in chapter.figures.items():
        table = figure.table
        heads = " ".join([*table.head, *(name for name, _ in table.rows)])
        cells = " ".join(
            f"{record.value:,.0f} {record.low or 0:,.0f} {record.high or 0:,.0f}"
            for record in table.records()
            if record.shown
        )
        heads += f" {figure.unit}"  # per 1,000 pupils
        said = re.findall(r"\d{1,3}(?:,\d{3})+", f"{figure.alt} {figure.title}")
        assert [n for n in said if n not in cells and n not in heads] == [], id


def test_the_board_page_and_the_first_section_say_the_same(chapter):
    board = tree((chapter / "board.html").read_text("utf-8")).first("main")
    body = tree((chapter / "index.html").read_text("utf-8"))
    first = next(node for node in body.find("section") if node.attrs.get("id") == "summary")
    for tag in ("li", "td"):
        own, other = ([cell.text() for cell in page.find(tag)] for page in (board, first))
        assert own
        assert own == other[: len(own)]


def test_the_tiles_print_the_records(chapter, table):
    known = {
        f"{float(row['value']):,.{places}f}"
        for row in csv.DictReader(io.StringIO((chapter / "tables" / "indicators.csv").read_text("utf-8")))
        for places in (0, 1)
        if row["value"] and row["state"] == "shown"
    }
    board = tree((chapter / "board.html").read_text("utf-8"))
    tiles = [strong.text().rstrip("%") for strong in board.find("strong") if re.match(r"\d", strong.text())]
    assert len(tiles) == 6
    assert [tile for tile in tiles if tile not in known] == []


def test_easy_read_rounds_the_chapters_own_figures(chapter, table):
    page = tree((chapter / "easy-read.html").read_text("utf-8")).first("main").text()
    plans = next(
        float(row["value"])
        for row in csv.DictReader(io.StringIO((chapter / "tables" / "indicators.csv").read_text("utf-8")))
        if row["id"] == "plans.2025"
    )
    rounded = f"about {round(plans, 1 - len(str(int(plans))) + 1):,.0f}"  # two figures
    assert rounded in page.lower()


def without(node, *tags):
    """The same element without those of some tags in it."""
    kept = [c if isinstance(c, str) else without(c, *tags) for c in node.children]
    return Node(node.tag, node.attrs, [c for c in kept if isinstance(c, str) or c.tag not in tags])


def printed_pages(page):
    """A4 pages of a body: its lines, rows and charts in points, a page for the contents, and a seventh for breaks.

    Bedford's chapter of four options, which a browser prints on 24 pages: 3,636 words, 117 paragraphs, 45 headings, 112
    rows, 13 tables and 13 charts, which is 14,492 points or 23.5 pages of 740.
    """
    shown = without(page.first("main"), "details")  # tables under charts are closed
    words = without(shown, "table", "figure")
    headings = sum(len(words.find(tag)) for tag in ("h2", "h3", "h4"))
    points = len(words.text().split()) / 11 * 15.75 + 12 * len(words.find("p")) + 40 * headings
    points += 16 * len(shown.find("tr")) + 40 * len(shown.find("table")) + 290 * len(shown.find("figure"))
    return 1 + 1.15 * points / 740


def test_the_body_prints_on_25_pages_at_most(chapter, bare):
    for folder in (chapter, bare):
        pages = printed_pages(tree((folder / "index.html").read_text("utf-8")))
        assert 10 < pages <= 25
