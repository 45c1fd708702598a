"""Sections that an author writes anew: Markdown alone, and no way out of it."""

import pytest

from sendneeds.chapter.authored import section_renderer
from sendneeds.chapter.page import SECTIONS
from sendneeds.foundation.errors import DomainError, UnknownNameError


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
