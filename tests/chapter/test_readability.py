"""Flesch-Kincaid grade of running text, and the length of its sentences: the formula that the chapter is held to."""

import re
from html.parser import HTMLParser

import pytest

QUIET = {"table", "figure", "nav", "header", "footer", "h1", "h2", "h3", "h4", "style", "script", "dl", "svg"}


class Prose(HTMLParser):
    """Collect the text of paragraphs and items, without tables, charts, headings and the basis of figures."""

    def __init__(self):
        super().__init__()
        self.blocks, self.open = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("meta", "img", "br", "link", "polyline"):
            return
        quiet = (
            tag in QUIET
            or "basis" in attrs.get("class", "").split()
            or attrs.get("class") in ("source", "back")
        )
        self.open.append((tag, quiet or any(q for _, q in self.open)))
        if tag in ("p", "li") and not self.open[-1][1]:
            self.blocks.append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if (
            self.open
            and not self.open[-1][1]
            and any(tag in ("p", "li") for tag, _ in self.open)
            and self.blocks
        ):
            self.blocks[-1] += data


def prose(html):
    parser = Prose()
    parser.feed(html)
    return [" ".join(block.split()) for block in parser.blocks if block.strip()]


def sentences(block):
    """Split at a full stop or a question mark before a capital or a figure; a label in front is not a sentence."""
    text = re.sub(r"\([^()]*\d[^()]*\)", "", block)  # an interval in brackets is read over
    parts = [part.strip() for part in re.split(r"(?<=[.?!])\s+(?=[“\"A-Z0-9])", text)]
    return [part for part in parts if len(words(part)) > 1]


def words(sentence):
    return re.findall(r"[A-Za-z][A-Za-z'’-]*|\d[\d,.]*%?", sentence)


def syllables(word):
    """Groups of vowels, a silent e taken off; a number as it is read aloud, a letter of initials each."""
    if word[0].isdigit():  # about a syllable a digit, one for the point and two for per cent
        return sum(c.isdigit() for c in word) + word.count(".") + 2 * word.count("%")
    if word.isupper():
        return len(word)
    word = word.casefold()
    count = len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e(s|d)?$", "", word)))
    return max(1, count)


def grade(blocks):
    """0.39 words a sentence + 11.8 syllables a word - 15.59."""
    found = [words(sentence) for block in blocks for sentence in sentences(block)]
    found = [sentence for sentence in found if sentence]
    total = sum(map(len, found))
    return 0.39 * total / len(found) + 11.8 * sum(syllables(w) for s in found for w in s) / total - 15.59


def test_the_formula_of_the_reading_age_is_flesch_and_kincaid():
    assert syllables("education") == 4
    assert (syllables("74.2%"), syllables("SEN")) == (6, 3)
    assert words("About 2,170 plans.") == ["About", "2,170", "plans"]
    # two sentences, six words, eight syllables
    assert grade(["The child waits. A plan is late now."]) == pytest.approx(
        0.39 * 8 / 2 + 11.8 * 8 / 8 - 15.59
    )


def test_the_body_reads_at_grade_seven_to_nine_and_no_sentence_runs_on(chapter, bare):
    for folder in (chapter, bare):
        blocks = prose((folder / "index.html").read_text(encoding="utf-8"))
        assert 7 <= grade(blocks) <= 9
        assert [s for block in blocks for s in sentences(block) if len(words(s)) > 30] == []
