"""The pages that answer a question of a board: every figure of their prose is one that their code prints."""

import calendar
import contextlib
import doctest
import io
import re

import pytest

MONTHS = list(calendar.month_name)[2:]
"""Without January, in which every stock is counted."""
FIGURE = re.compile(rf"(?:{'|'.join(MONTHS)})(?= \d{{4}})|(?<![\w.,])[+-]?\d+(?:,\d{{3}})*(?:\.\d+)?(?:k\b)?")
"""A number, or the month of a date."""
ONE = r"[+-]?\d+(?:,\d{3})*(?:\.\d+)?"
INTERVAL = re.compile(rf"(?<![\w.,])({ONE})([^()\d]*\()({ONE})(\s+to\s+)({ONE})")
"""A central figure, and low and high in brackets after it."""
CELL = re.compile(r"(?<=^```python\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
PAGES = 17


def value(token):
    """Return what a token stands for: 1,110 and 100k as they are read, a month as it stands."""
    if token in MONTHS:
        return token
    plain = token.replace(",", "")
    return float(plain[:-1]) * 1000 if plain.endswith("k") else float(plain)


def examples(page):
    return doctest.DocTestParser().get_examples(CELL.search(page)[0])


def printed(found):
    """Return the figures that the examples print, in order."""
    return [token for one in found for token in FIGURE.findall(one.want)]


def intervals(found):
    """Return the intervals that the examples print: central figure, low and high."""
    return [match.group(1, 3, 5) for one in found for match in INTERVAL.finditer(one.want)]


def typed(found):
    """Return the figures that the code asks with; a share may be said in per cent."""
    text = " ".join(one.source for one in found)
    both = text + " ".join(one.want for one in found)
    months = re.findall(r"\b\d{4}-(\d\d)", both) + re.findall(r"date\(\d{4}, (\d+),", both)
    named = {calendar.month_name[int(month)] for month in months}
    asked = {float(token) for token in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text.replace("_", ""))}
    return named | asked | {round(100 * number, 6) for number in asked if number <= 1}


def prose(page):
    """Return the sentences of a page, without its heading and code."""
    return re.sub(r"^#.*$", "", CELL.sub("", page), flags=re.MULTILINE)


def unsupported(page):
    """Return the figures of a page's prose that its code neither prints nor asks with, and its question has not."""
    found = examples(page)
    question = FIGURE.findall(page.partition("\n")[0])
    known = {value(token) for token in (*printed(found), *question)} | typed(found)
    return [token for token in FIGURE.findall(prose(page)) if value(token) not in known]


def run_again(page):
    """Return a page with its outputs and the figures of its prose as they are now, and figures that could not be moved.

    An interval moves with its central figure. A figure of the prose stays where the code printed it more than once, and
    now prints different ones in its place.
    """
    before, names, cell = examples(page), {}, []
    for one in before:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(one.source, "<page>", "single"), names)
        first, *more = one.source.splitlines()
        cell += [f">>> {first}\n", *(f"... {line}\n" for line in more), out.getvalue()]
    made = CELL.sub(lambda _: "".join(cell) + "\n", page)
    old, new = printed(before), printed(examples(made))
    assert len(old) == len(new), "the outputs have another form: write the prose anew"
    moved = {}
    for was, now in zip(old, new, strict=True):
        moved.setdefault(value(was), set()).add(now)
    whole = {}
    old, new = (intervals(found) for found in (before, examples(made)))
    for was, now in zip(old, new, strict=True):
        whole.setdefault(tuple(map(value, was)), set()).add(now)
    asked, left = typed(before), []

    def interval(match):
        now = whole.get(tuple(map(value, match.group(1, 3, 5))), set())
        if len(now) != 1:
            return FIGURE.sub(figure, match[0])
        central, low, high = min(now)
        return f"{central}{match[2]}{low}{match[4]}{high}"

    def figure(match):
        now = moved.get(value(match[0]), set())
        if len(now) > 1:
            left.append(f"{match[0]}: now {' or '.join(sorted(now))}")
        return min(now) if len(now) == 1 and value(match[0]) not in asked else match[0]

    head, *rest = re.split(r"(^```python\n.*?^```$)", made, flags=re.MULTILINE | re.DOTALL)
    title, _, said = head.partition("\n")
    parts = [part if part.startswith("```") else moved_in(part, interval, figure) for part in (said, *rest)]
    return f"{title}\n{''.join(parts)}", left


def moved_in(text, interval, figure):
    """Return a text with its intervals moved whole, and the figures between them."""
    out, end = [], 0
    for match in INTERVAL.finditer(text):
        out += [FIGURE.sub(figure, text[end : match.start()]), interval(match)]
        end = match.end()
    return "".join(out) + FIGURE.sub(figure, text[end:])


@pytest.fixture(scope="module")
def pages(root, request):
    """The pages; with ``--regenerate`` each is run first and written with today's figures, to be read as a diff."""
    found = sorted((root / "docs" / "how-to" / "questions").glob("[0-9]*.md"))
    assert len(found) == PAGES
    by_hand = {}
    for path in found if request.config.getoption("--regenerate") else ():
        text, by_hand[path.name] = run_again(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    assert {name: left for name, left in by_hand.items() if left} == {}, "write these by hand"
    return found


def test_figures_of_the_prose_are_those_that_the_code_prints(pages, subtests):
    for path in pages:
        with subtests.test(page=path.name):
            page = path.read_text(encoding="utf-8")
            assert len(FIGURE.findall(prose(page))) >= 2, "an answer has figures"
            assert unsupported(page) == []


MADE_UP = """# When are 92 % seen?

**Here.** At 80 % of 1,234 it is 7 (-5 to 12), of GBP 100k.

```python
>>> share, budget = 0.8, 100_000
>>> print("1,234:", 3 + 4, 9 - 14, "to", 3 * 4)
1,234: 7 -5 to 12

```
"""


def test_a_figure_that_nothing_prints_is_found():
    assert unsupported(MADE_UP) == []
    assert unsupported(MADE_UP.replace("it is 7", "it is 8")) == ["8"]
    assert unsupported(MADE_UP.replace("(-5 to", "(5 to")) == ["5"]
    assert unsupported(MADE_UP.replace("1,234 it", "1,235 it")) == ["1,235"]


def test_figures_move_with_the_outputs():
    changed = MADE_UP.replace("3 + 4, 9 - 14", "30 + 40, 18 - 9")
    again, left = run_again(changed)
    assert "it is 70 (9 to 12)" in again
    assert "1,234: 70 9 to 12\n\n```" in again
    assert left == []
    assert run_again(again) == (again, [])


def test_a_figure_that_may_be_either_of_two_stays_and_is_told():
    twice = MADE_UP.replace("9 - 14", "7 + 0").replace("-5", "7").replace("3 + 4", "3 + 40")
    again, left = run_again(twice)
    assert "it is 7 (7 to 12)" in again
    assert left == ["7: now 43 or 7"] * 2


def test_intervals_move_whole():
    """A low that two share is no doubt: each has its own central figure."""
    page = """# How many?

**Here.** It is 7 (2 to 9) or
8 children (2 to 11).

```python
>>> print(7, "(2 to 9),", 8, "(2 to 11)")
7 (2 to 9), 8 (2 to 11)

```
"""
    changed = page.replace('"(2 to 9),", 8, "(2 to 11)")', '"(3 to 9),", 6 + 3, "(4 to 12)")')
    again, left = run_again(changed)
    assert "It is 7 (3 to 9) or\n9 children (4 to 12)." in again
    assert left == []


def test_months_are_figures():
    page = MADE_UP.replace("it is 7", "in May 2029 it is 7")
    assert unsupported(page) == ["May", "2029"]
    assert (
        unsupported(page.replace('"1,234:"', '"1,234: 2029-05"').replace("\n1,234:", "\n1,234: 2029-05"))
        == []
    )
    assert unsupported(page.replace('"1,234:"', '"1,234: 2029-06"')) == ["May"]
