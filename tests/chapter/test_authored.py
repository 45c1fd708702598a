"""Sections that an author writes anew: Markdown alone, and no way out of it."""

import re
from dataclasses import fields

import pytest

from sendneeds.__main__ import main
from sendneeds.chapter import page
from sendneeds.chapter.authored import section_renderer
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import Contents, compose
from sendneeds.chapter.markup import TEMPLATES
from sendneeds.chapter.page import SECTIONS
from sendneeds.chapter.sections.board.board import add_board
from sendneeds.chapter.template_check import NAMES, check_template
from sendneeds.foundation.errors import DomainError, FaultsError, UnknownNameError


def renderer(folder, text, name="voice"):
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return section_renderer(folder, SECTIONS)


def test_a_section_is_replaced_and_cites_figures(tmp_path):
    render = renderer(tmp_path, "We asked {{ n('a') }} *families*.")
    assert render("voice", {"n": lambda id: 40}) == "We asked 40 *families*."


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ n.__globals__ }}",
        "{{ n.__init__.__globals__['os'].system('id') }}",
        "{% include '/etc/passwd' %}",
        "{% include '../page.py' %}",
        "{{ nobody }}",
        "{% if %}",
    ],
)
def test_what_leaves_the_sandbox_or_is_not_defined_is_told_with_its_file(tmp_path, text):
    render = renderer(tmp_path, text)
    with pytest.raises(DomainError, match=r"voice\.md"):
        render("voice", {"n": test_a_section_is_replaced_and_cites_figures})


def test_a_template_of_no_section_is_told(tmp_path):
    with pytest.raises(UnknownNameError, match="voice"):
        renderer(tmp_path, "x", "voices")
    with pytest.raises(DomainError, match="no such folder"):
        section_renderer(tmp_path / "none", SECTIONS)
    (tmp_path / "voices.md").unlink()
    with pytest.raises(DomainError, match="holds no template"):
        section_renderer(tmp_path, SECTIONS)


def test_sections_that_are_not_replaced_are_as_shipped(tmp_path):
    render = renderer(tmp_path, "x")
    with pytest.raises(DomainError, match=r"methods\.md"):
        render("methods", {})  # the shipped template, which cites what is not there


FAULTY = """Good {{ n("plans.2025") }}.
{{ planz.latest }} {{ plans.latezt }}
{{ n.__globals__ }} {{ plans["__class__"] }}
{% include "../page.py" %}
{% for plans_ahead in questions %}{{ plans_ahead.upper() }}{% endfor %}
"""


def test_faults_are_told_before_the_run_with_file_and_line(tmp_path, capsys, monkeypatch):
    (tmp_path / "voice.md").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "summary.md").write_text("One\nTwo {% if plans %}\n", encoding="utf-8")
    (tmp_path / "risk.md").write_bytes(b"One\nCaf\xe9\n")
    with pytest.raises(FaultsError) as told:
        check_template(tmp_path)
    assert [
        (fault.file, fault.row, fault.found) for fault in told.value.faults if fault.file != "summary.md"
    ] == [
        ("risk.md", 2, "bytes that are not UTF-8"),
        ("voice.md", 2, "planz"),
        ("voice.md", 2, "plans.latezt"),
        ("voice.md", 3, "__globals__"),
        ("voice.md", 3, "__class__"),
        ("voice.md", 4, "../page.py"),
    ]
    assert "plans" in next(fault.cure for fault in told.value.faults if fault.found == "planz")
    assert [fault.file for fault in told.value.faults].count("summary.md") == 1
    monkeypatch.setattr("sendneeds.cli.commands.simulate", lambda *_: pytest.fail("the run began"))
    assert main(["chapter", "luton", "--template", str(tmp_path), "--out", str(tmp_path / "out")]) != 0
    assert re.search(r"voice\.md.*2", capsys.readouterr().err)


def test_the_shipped_templates_have_no_fault(tmp_path):
    for name in SECTIONS:
        (tmp_path / f"{name}.md").write_text((TEMPLATES / f"{name}.md").read_text("utf-8"), encoding="utf-8")
    check_template(tmp_path)


def test_what_a_template_may_cite_is_what_it_is_given(bedford, small_run, undrawn, monkeypatch):
    given = {}
    shipped = section_renderer(None, SECTIONS)

    def keep(*_):
        return lambda id, context: given.update(context) or shipped(id, context)

    chapter = ChapterBuilder(bedford, bedford.england())
    contents = compose(chapter, small_run)
    board = add_board(chapter, contents)
    monkeypatch.setattr(page, "section_renderer", keep)
    page.render(chapter, contents, board, {})
    assert set(given) == NAMES | {field.name for field in fields(Contents)}
