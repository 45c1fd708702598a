"""The chapter as a folder: the same twice, whole or not at all, nothing typed, nothing lost."""

import csv
import io
import itertools
import json
import re
import shutil
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sendneeds.chapter.build import build_chapter
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import artist
from sendneeds.chapter.contents import compose
from sendneeds.chapter.forms.earlier import read_earlier
from sendneeds.chapter.page import ANNEX, BODY, render
from sendneeds.chapter.sections.board.board import add_board
from sendneeds.foundation.errors import DomainError, UnknownNameError


class Page(HTMLParser):
    """Collect what the tests look at: tags, ids, links, and the text of each section."""

    VOID = ("meta", "img", "source", "br", "hr", "link", "input")

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.images, self.headings = [], [], [], [], []
        self.section, self.texts, self.open, self.figures = "front", {}, [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "section" and attrs.get("id"):
            self.section = attrs["id"]
        if tag == "a":
            self.links.append(attrs["href"])
        if tag == "img":
            self.images.append(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes what is not open"

    def handle_data(self, data):
        if (
            "style" not in self.open
            and "main" in self.open
            and not {"h2", "h3", "a", "summary"} & set(self.open)
        ):
            kind = "cell" if {"td", "th"} & set(self.open) else "words"
            self.texts.setdefault((self.section, kind), []).append(data)


@pytest.fixture(scope="module")
def page(chapter):
    return Page((chapter / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def annex(chapter):
    return Page((chapter / "annex.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["index.html", "annex.html", "board.html"])
def any_page(chapter, request):
    return Page((chapter / request.param).read_text(encoding="utf-8"))


def every_file(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_the_same_inputs_give_the_same_bytes_on_any_number_of_cores_and_in_place_of_a_chapter(
    chapter, own_chapter, bedford, make_run, tmp_path, monkeypatch
):
    monkeypatch.setattr(artist, "cores", lambda: 1)
    out = tmp_path / "again"
    shutil.copytree(own_chapter, out)
    again = build_chapter(bedford, make_run(bedford), out)
    first, second = every_file(chapter), every_file(again)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_nothing_written_names_a_place_or_a_time(chapter):
    for name, data in every_file(chapter).items():
        if name.endswith((".docx", ".xlsx")):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                text = "".join(
                    archive.read(n).decode("utf-8") for n in archive.namelist() if n.endswith("xml")
                )
            text = text.replace("\r", "")  # of XML written by others
        else:
            text = data.decode("utf-8")
        assert "\r" not in text, name
        for bad in (str(chapter.parent), "/home/", "/Users/", "C:\\"):
            assert bad not in text, name


def test_a_folder_with_something_else_in_it_is_not_replaced(chapter, bedford, run, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(chapter, out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DomainError, match=r"notes\.txt"):
        build_chapter(bedford, run, out)
    assert every_file(out) == every_file(chapter) | {"notes.txt": b"mine"}


@pytest.mark.usefixtures("undrawn")
def test_a_chapter_that_fails_leaves_nothing_behind(bedford, small_run, tmp_path, monkeypatch):
    from sendneeds.chapter import build

    def broken(*_):
        raise UnknownNameError("a figure that nobody has")

    monkeypatch.setattr(build, "render", broken)
    with pytest.raises(UnknownNameError):
        build_chapter(bedford, small_run, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_provenance_says_what_made_it(chapter):
    provenance = json.loads((chapter / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["area"] == "E06000055"
    assert (provenance["seed"], provenance["draws"]) == (7, 24)
    assert provenance["scenarios"] == ["baseline", "option-1", "option-2"]
    assert set(provenance["files"]) == set(every_file(chapter)) - {"provenance.json"}


def numbers(text):
    return re.findall(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", text)


def test_every_number_in_the_text_is_a_record(chapter, any_page):
    """Numbers in sentences, titles and tables are prints of records, periods of records, or names of things."""
    with (chapter / "tables" / "indicators.csv").open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    from sendneeds.chapter.words import number

    known = set()
    for r in records:
        for column in ("value", "low", "high"):
            if r[column]:
                value = float(r[column])
                known |= set(numbers(number(value, r["unit"])))
        known |= set(numbers(r["period"])) | set(numbers(r["title"])) | set(numbers(r["definition"]))
        known.add(r["interval_level"] if "interval_level" in r else r["level"])
    # edges of age groups and of bands of weeks, the ages covered, the level of likely, rates per 1,000
    structural = {"0", "25", "31", "1", "2", "4", "12", "18", "52", "80", "1,000", "100", "5"}
    data_sections = ("scope", "assumptions", "findings", "sources", "methods", "gaps", "front")
    for (section, _), parts in any_page.texts.items():
        if section in data_sections:
            continue
        text = " ".join(parts)
        text = re.sub(
            r"Figure \d+|Option <b>\d</b>|\d{4}/\d\d|\d{4}\*?|mid-\d+|SEN2|\d+ lists|\d+ services", "", text
        )
        stray = [n for n in numbers(text) if n not in known | structural]
        assert stray == [], section


def test_every_page_is_well_formed(any_page):
    assert any_page.open == []
    assert len(any_page.ids) == len(set(any_page.ids))
    assert any_page.headings.count(1) == 1
    assert any_page.headings[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(any_page.headings))


def test_sections_are_in_order_in_the_chapter_and_the_annex(page, annex):
    assert [i for i in page.ids if i in BODY] == list(BODY)
    assert [i for i in annex.ids if i in ANNEX] == list(ANNEX)


def test_every_link_leads_to_something_in_the_folder(any_page, annex, chapter):
    for link in any_page.links:
        file, _, anchor = link.partition("#")
        if not file:
            assert anchor in any_page.ids, link
            continue
        assert (chapter / file).is_file(), link
        if file == "annex.html" and anchor:
            assert anchor in annex.ids, link


def test_tables_are_accessible(any_page):
    page = any_page
    cells = [(tag, a) for tag, a in page.tags if tag == "th"]
    assert cells
    assert all(a.get("scope") in ("row", "col") for _, a in cells)
    assert sum(t == "table" for t, _ in page.tags) == sum(t == "caption" for t, _ in page.tags)
    regions = [a for _, a in page.tags if a.get("role") == "region"]
    assert all(a.get("tabindex") == "0" and a.get("aria-label") for a in regions)
    labels = [a["aria-label"] for a in regions]
    assert len(labels) == len(set(labels))


def test_every_chart_has_a_text_alternative_a_title_and_a_table_and_stands_once(page, annex, chapter):
    tags, images = page.tags + annex.tags, page.images + annex.images
    figures = sum(t == "figure" for t, _ in tags)
    assert figures >= 12
    assert figures == sum(t == "figcaption" for t, _ in tags) == len(images)
    assert figures == sum(t == "details" for t, _ in tags) - 1
    files = {path.stem for path in (chapter / "figures").glob("*.svg")}
    wide = {name for name in files if not name.endswith("-narrow")}
    assert len(wide) == figures
    assert files - wide == {f"{name}-narrow" for name in wide}
    sources = [attrs for tag, attrs in tags if tag == "source"]
    assert len(sources) == figures
    assert all(source["srcset"].startswith("data:image/svg+xml;base64,") for source in sources)
    assert all(len(i["alt"]) > 60 for i in images)
    assert all(i["src"].startswith("data:image/svg+xml;base64,") for i in images)


def test_every_table_stands_in_one_of_the_two_pages(page, annex, chapter):
    files = {path.stem for path in (chapter / "tables").glob("*.csv")} - {"indicators", "run_summary"}
    linked = {link for link in page.links + annex.links if link.startswith("tables/")}
    assert files <= {link.removeprefix("tables/").removesuffix(".csv") for link in linked}


def test_text_from_scenarios_is_text(chapter):
    pages = {
        name: (chapter / name).read_text(encoding="utf-8")
        for name in ("index.html", "annex.html", "board.html")
    }
    for text in pages.values():
        assert "<b>1</b>" not in text
        assert "<em>note</em>" not in text
    assert "Option &lt;b&gt;1&lt;/b&gt;" in pages["index.html"]
    assert "Growth fades &lt;slowly&gt;." in pages["annex.html"]


def test_both_bases_of_the_20_weeks_are_always_named(page):
    words = " ".join(page.texts["ehc", "words"])
    assert "excluding exceptions" in words
    assert "including" in words
    summary = " ".join(page.texts["summary", "words"])
    assert "excluding exceptions" in summary


def test_illustrative_and_scaled_are_said(chapter):
    text = (chapter / "index.html").read_text(encoding="utf-8")
    health = text[text.index('<section id="health"') : text.index('<section id="care"')]
    options = text[text.index("Options compared</h3>") : text.index('<section id="priorities"')]
    assert health.count(">scaled<") >= 2
    assert health.count(">illustrative<") >= 3
    captions = re.findall(r"<figcaption>.*?</figcaption>", options)
    assert captions
    assert all(">illustrative<" in caption for caption in captions)


def test_a_paragraph_has_one_mark_at_its_end(page, chapter):
    text = (chapter / "index.html").read_text(encoding="utf-8")
    assert "data-basis" not in text
    for paragraph in re.findall(r"<p>(.*?)</p>", text, flags=re.DOTALL):
        marks = re.findall(r'<span class="basis">\w+</span>', paragraph)
        assert len(marks) <= 1
        assert not marks or paragraph.endswith(marks[0])
    assert text.count('class="basis"') < 100


def test_years_without_a_track_record_are_marked(chapter, page):
    head = [
        line.split(",")[1] for line in (chapter / "tables" / "need_types.csv").read_text().splitlines()[1:]
    ]
    assert {h for h in head if h.endswith("*")} == {f"{y}*" for y in range(2031, 2036)}
    assert "scenario range" in " ".join(page.texts["projection", "words"])


def test_no_word_of_the_program_is_left_in_the_text(chapter, bare):
    for path in (
        folder / name for folder in (chapter, bare) for name in ("index.html", "annex.html", "board.html")
    ):
        text = re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\b(?:nan|NaN|None|undefined)\b|<NA>|\{\{|\}\}", text) == []


def test_an_area_without_services_gets_a_whole_chapter(bare):
    text = (bare / "index.html").read_text(encoding="utf-8")
    parsed = Page(text)
    assert [i for i in parsed.ids if i in BODY] == list(BODY)
    health = " ".join(parsed.texts["health", "words"])
    assert "not available locally" in health
    assert "waiting_list.csv" in health


@pytest.fixture(scope="module")
def with_prose(bedford, small_run, empty_charts, tmp_path_factory):
    """The page of a chapter whose pack has a paragraph with a figure in it, and what would be fetched from outside."""
    folder = tmp_path_factory.mktemp("prose")
    shutil.copytree(bedford.folder, folder / "pack")
    (folder / "pack" / "prose").mkdir()
    words = (
        "We will issue [[issued.including.2024]] plans' worth of thanks.\n\n"
        "![a picture](https://example.org/a.png) <img src='https://example.org/b.png'> [a link](https://example.org/)"
    )
    (folder / "pack" / "prose" / "ehc.md").write_text(words, "utf-8")
    local = {"ehc_plans": replace(bedford.meta["ehc_plans"], basis="local")}
    area = replace(bedford, folder=folder / "pack", meta=bedford.meta | local)
    with empty_charts():
        return (build_chapter(area, small_run, folder / "out") / "index.html").read_text(encoding="utf-8")


def test_paragraphs_of_a_pack_are_kept(with_prose):
    assert "We will issue 355 plans" in with_prose
    assert "Rests on Bedford&#39;s own records: " in with_prose
    assert "Not for publication" not in with_prose


def test_nothing_that_people_wrote_is_fetched_from_outside(with_prose):
    assert "a picture" in with_prose
    assert all(i["src"].startswith("data:") for i in Page(with_prose).images)
    assert "default-src 'none'; img-src data:" in with_prose
    assert "!<a" not in with_prose  # the words of a picture stay, without its mark


def test_a_chapter_on_the_area_s_own_records_shows_no_small_count(own_chapter, chapter):
    assert "own records" not in (chapter / "index.html").read_text(encoding="utf-8").split("<h2")[1]
    folder = own_chapter
    about = json.loads((folder / "provenance.json").read_text("utf-8"))["disclosure"]
    assert about["may_be_published"] is True
    assert about["small_counts_withheld"] > 100
    people = {"plans", "pupils", "children", "persons", "appeals"}
    for path in (folder / "tables").glob("*.csv"):
        for row in csv.DictReader(path.read_text("utf-8").splitlines()):
            if row.get("basis") == "local" and people & set(row["unit"].split()):
                assert row["value"] not in ("1", "2", "3", "4"), row
    records = csv.DictReader((folder / "tables" / "indicators.csv").read_text("utf-8").splitlines())
    withheld = [record for record in records if record["state"] == "withheld"]
    assert len(withheld) > 20
    assert all(row["value"] == row["low"] == row["high"] == "" for row in withheld)


@pytest.mark.usefixtures("undrawn")
def test_an_internal_chapter_says_that_it_is_not_for_publication(own, small_run, tmp_path):
    folder = build_chapter(own, small_run, tmp_path / "out", profile="internal")
    assert "<strong>Not for publication.</strong>" in (folder / "index.html").read_text("utf-8")
    about = json.loads((folder / "provenance.json").read_text("utf-8"))["disclosure"]
    assert (about["profile"], about["may_be_published"]) == ("internal", False)


@pytest.mark.usefixtures("undrawn")
def test_a_later_chapter_knows_what_the_one_before_showed(own, own_chapter, run, tmp_path):
    first = own_chapter
    before = read_earlier(first, own).own_counts
    assert len(before) > 500
    again = build_chapter(own, run, tmp_path / "again", since=first)
    assert read_earlier(again, own).own_counts == before  # nothing moved, so nothing more is withheld
    changes = (again / "changes.html").read_text("utf-8")
    assert "0 figures moved, 0 statements are no longer true, 0 paragraphs need a person." in changes
    with pytest.raises(DomainError, match="not a chapter of Bedford"):
        build_chapter(own, run, tmp_path / "other", since=tmp_path)


def test_a_run_of_another_area_is_refused(bedford, bare_run, tmp_path):
    other = bare_run
    with pytest.raises(DomainError, match="Central Bedfordshire"):
        build_chapter(bedford, other, tmp_path / "out")
    with pytest.raises(DomainError, match="local authority"):
        build_chapter(bedford.england(), other, tmp_path / "out")


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "gone", [("ehc_timeliness", "sen_percent"), ("sen_pupils", "nhs_waiting_list", "claims")]
)
def test_tables_that_are_missing_are_among_the_gaps_of_a_whole_chapter(gone, bedford, small_run):
    area = replace(
        bedford,
        tables={name: table for name, table in bedford.tables.items() if name not in gone},
        meta={name: meta for name, meta in bedford.meta.items() if name not in gone},
    )
    chapter = ChapterBuilder(area, area.england())
    contents = compose(chapter, small_run)
    pages = render(chapter, contents, add_board(chapter, contents), {})
    parsed = Page(pages["annex.html"])
    assert [i for i in Page(pages["index.html"]).ids if i in BODY] == list(BODY)
    gaps = " ".join(parsed.texts["gaps", "cell"])
    # the lists of the area around and the claims of documents are no figures of a chapter's own
    assert all(f"{name}.csv" in gaps for name in gone if name not in ("nhs_waiting_list", "claims"))
