"""The forms of a chapter beside one another: every cell the same, every part accessible, the same bytes twice."""

import csv
import io
import json
import zipfile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from sendneeds.chapter.forms.html_tree import tree
from sendneeds.chapter.forms.word import document_bytes, fixed_archive
from sendneeds.chapter.forms.workbook import sheet_names
from sendneeds.chapter.words import number
from sendneeds.foundation.csv_text import unescape_formula


@pytest.fixture(scope="module")
def page(chapter):
    return tree((chapter / "index.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def word(chapter):
    return docx.Document(str(chapter / "chapter.docx"))


@pytest.fixture(scope="module")
def book(chapter):
    return openpyxl.load_workbook(chapter / "tables.xlsx")


def cells_of_page(table):
    return [[cell.text() for cell in row.children if not isinstance(cell, str)] for row in table.find("tr")]


def squeezed(text):
    return "".join(text.split())


def test_every_cell_of_the_page_is_in_the_document(page, word):
    tables = page.first("main").find("table")
    assert len(tables) == len(word.tables) > 20
    for own, other in zip(tables, word.tables, strict=True):
        written = [
            ["".join(t.text or "" for t in c.iter(qn("w:t"))) for c in row.iter(qn("w:tc"))]
            for row in other._tbl.iter(qn("w:tr"))
        ]
        for row, line in zip(cells_of_page(own), written, strict=True):
            assert [squeezed(cell) for cell in row] == [squeezed(cell) for cell in line]


def test_a_sheet_says_what_each_row_rests_on(book):
    """Those waiting are scaled from an NHS list or illustrative; a sheet of published figures has no such column."""
    rows = list(book["waits_now"].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[0] == "Service")
    assert rows[head][-1] == "Basis"
    found = {row[0]: row[-1] for row in rows[head + 1 :] if row[0] and row[-1]}
    assert found["Speech and language therapy"] == "scaled"
    assert found["Autism assessment"] == "illustrative"
    assert all("Basis" not in row for row in book["personal_budgets"].iter_rows(values_only=True))


def test_every_cell_of_the_workbook_is_in_the_files_and_on_the_page(chapter, page, book):
    printed = {}
    for holder in page.walk():
        id = holder.attrs.get("id", "")
        if id.startswith("table-") and holder.first("table") is not None:
            printed[id.removeprefix("table-")] = cells_of_page(holder.first("table"))
    files = [
        p for p in sorted((chapter / "tables").glob("*.csv")) if p.stem not in ("indicators", "run_summary")
    ]
    names = sheet_names([p.stem for p in files])
    assert len(book.sheetnames) == len(files) + 3 - ("Notes" not in book.sheetnames)
    compared = 0
    for path in files:
        lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        sheet = book[names[path.stem]]
        region = next(iter(sheet.tables.values())).ref
        grid = [[cell.value for cell in row] for row in sheet[region]]
        heads = [str(h) for h in grid[0]]
        position = {}
        for values in grid[1:]:
            position.setdefault(str(values[0]), []).append(values)
        for line in lines:
            found = position.get(unescape_formula(line["row"])) or position.get(line["row"]) or []
            columns = [i for i, head in enumerate(heads) if head.split(" [note")[0] == line["column"]]
            if len(found) != 1 or len(columns) != 1:
                continue
            value = found[0][columns[0]]
            if line["state"] != "shown":
                assert value == {"missing": "[x]", "withheld": "[c]"}[line["state"]]
            elif line["unit"] == "text":
                assert str(value) == (line["value"] or "[z]")
            else:
                assert value == pytest.approx(float(line["value"]), abs=5e-7)
                if line["low"]:
                    assert found[0][columns[0] + 1] == pytest.approx(float(line["low"]), abs=5e-7)
                    assert found[0][columns[0] + 2] == pytest.approx(float(line["high"]), abs=5e-7)
            compared += 1
        on_page = {row[0]: row[1:] for row in printed.get(path.stem, [])[1:]}
        for name, texts in on_page.items():
            mine = [line for line in lines if line["row"] == name]
            for line, text in zip(mine, texts, strict=False):
                if line["state"] == "shown" and line["unit"] != "text":
                    assert squeezed(text).startswith(squeezed(number(float(line["value"]), line["unit"])))
    assert compared > 1000


def test_the_document_has_real_headings_captions_and_header_rows(word, page):
    headings = [p for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert [p.text for p in headings if p.style.name == "Heading 1"] == [
        h.text() for h in page.first("main").find("h2")
    ]
    for table in word.tables:
        first = next(table._tbl.iter(qn("w:tr")))
        assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
    captions = [p for p in word.paragraphs if p.style.name == "Caption"]
    assert len(captions) >= len(word.tables)
    pictures = list(word.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == len(page.find("figure"))
    assert all(len(picture.get("descr")) > 60 for picture in pictures)
    assert word.core_properties.language == "en-GB"
    xml = word.element.xml
    assert 'TOC \\o "1-3"' in xml.replace("&quot;", '"')


def test_documents_carry_no_time_of_day(chapter):
    for name in ("chapter.docx", "tables.xlsx"):
        with zipfile.ZipFile(chapter / name) as archive:
            assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
            assert "2000-01-01" in core
            assert "2026" not in core


def test_the_same_page_is_the_same_document():
    html = "<html><body><main><h2>One</h2><p>A <strong>b</strong> c.</p></main></body></html>"
    first, second = (document_bytes(html, "t", {}) for _ in range(2))
    assert first == second
    assert fixed_archive(first) == first
    paragraphs = [p.text for p in docx.Document(io.BytesIO(first)).paragraphs]
    assert "A b c." in paragraphs


def test_the_schema_describes_every_file(chapter):
    schema = json.loads((chapter / "tables" / "schema.json").read_text("utf-8"))
    found = {resource["path"]: resource["schema"]["fields"] for resource in schema["resources"]}
    files = {p.name for p in (chapter / "tables").glob("*.csv")}
    assert found.keys() == files
    for name, described in found.items():
        with (chapter / "tables" / name).open(encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        assert [field["name"] for field in described] == list(lines[0])
        for field in described:
            if field["type"] == "number":
                for line in lines:
                    assert line[field["name"]] == "" or float(line[field["name"]]) is not None
