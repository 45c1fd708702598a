"""What has changed since an earlier chapter: figures, statements, paragraphs that people wrote, and how it forecast."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sendneeds.chapter.forms.earlier import Earlier, Sentence
from sendneeds.chapter.markup import TEMPLATES, html_templates
from sendneeds.chapter.records import Indicator, IndicatorRecords
from sendneeds.chapter.tables import plain
from sendneeds.chapter.units import Unit
from sendneeds.chapter.words import MARKS, number

WORDS = (
    ("above", "below", "similar to", "not compared with"),
    ("rose by", "fell by", "changed little", "stayed about the same"),
    ("a rise of", "a fall of"),
    ("rose", "fell"),
    ("faster than", "more slowly than", "about as fast as"),
    (
        *("almost certain", "highly likely", "likely", "a realistic possibility", "about even"),
        *("unlikely", "highly unlikely", "a remote chance"),
    ),
    ("more than", "less than", "fewer than"),
    ("higher", "lower"),
    ("earlier", "later"),
    ("would run short", "would not run short"),
)  # fmt: skip
"""Words that a statement turns on: a sentence with another word of the group than before has flipped."""
PARAMETERS = "service_parameters"
CITED = re.compile(r"\[\[([^\[\]\n]+)\]\]|\{\{\s*n\(\s*[\"']([^\"'\n]+)[\"']\s*\)\s*\}\}")
_TYPED = re.compile(r"(?<![\w.#/-])£?\d[\d,]*(?:\.\d+)?%?(?![\w/-])")
_YEAR = re.compile(r"^(19|20)\d\d$")


@dataclass(frozen=True)
class Moved:
    """A figure that has moved: what was printed and what is, whether beyond its old interval, and why."""

    id: str
    title: str
    period: str
    old: str
    new: str
    change: str
    beyond: str
    cause: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph that somebody wrote and that somebody has to read again."""

    section: str
    text: str
    moved: list[str]
    typed: list[str]


@dataclass(frozen=True)
class Scored:
    """What the earlier chapter projected for a January that is published now."""

    title: str
    period: str
    said: str
    came: str
    verdict: str


@dataclass(frozen=True)
class Changes:
    """What has changed since an earlier chapter.

    Parameters
    ----------
    moved : list of Moved
    flipped : list of (Sentence, Sentence)
        Statements of which a word that they turn on is another: as it was, as it is.
    paragraphs : list of Paragraph
    scored : list of Scored
    added, gone : list of str
        Titles and periods of figures that are new, and that are no longer there.
    """

    moved: list[Moved] = field(default_factory=list)
    flipped: list[tuple[Sentence, Sentence]] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    scored: list[Scored] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def headline(self) -> str:
        """The first line."""
        return (
            f"{_count(len(self.moved), 'figure')} moved, "
            f"{_count(len(self.flipped), 'statement')} {'is' if len(self.flipped) == 1 else 'are'} no longer true, "
            f"{_count(len(self.paragraphs), 'paragraph')} {'needs' if len(self.paragraphs) == 1 else 'need'} a person."
        )


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def changes_since(
    old: Earlier,
    records: IndicatorRecords,
    said: Sequence[Sentence],
    prose: Mapping[str, str],
    about: Mapping[str, Any],
) -> Changes:
    """Return what has changed.

    Parameters
    ----------
    old : Earlier
    records : IndicatorRecords
        Figures of the chapter.
    said : sequence of Sentence
        Its sentences.
    prose : mapping of str to str
        Paragraphs that people wrote, by section.
    about : mapping
        Its provenance: version, seed, draws, inputs and levers.
    """
    moved = [found for record in records if (found := _moved(old, record, about)) is not None]
    ids = {one.id for one in moved}
    now = {record.id for record in records}
    added = [f"{r.title}, {r.period}" for r in records if r.id not in old.figures and r.shown]
    gone = [
        f"{line['title']}, {line['period']}"
        for id, line in old.figures.items()
        if id not in now and line["state"] == "shown"
    ]
    return Changes(
        moved,
        _flipped(old.sentences, said),
        [p for section, text in sorted(prose.items()) for p in _paragraphs(section, text, ids)],
        _scored(old, records),
        sorted(dict.fromkeys(added)),
        sorted(dict.fromkeys(gone)),
    )


def _moved(old: Earlier, record: Indicator, about: Mapping[str, Any]) -> Moved | None:
    line = old.figures.get(record.id)
    if line is None:
        return None
    before = float(line["value"]) if line["state"] == "shown" else None
    unit = record.unit if line["unit"] == record.unit else Unit(line["unit"])
    was = MARKS[line["state"]] if before is None else number(before, unit)
    value = (
        float(plain(record.number)) if record.shown else None
    )  # to as many places as the file of before has
    is_now = MARKS[record.state] if value is None else number(value, record.unit)
    if was == is_now:
        return None
    change, beyond = "", "no interval before"
    if before is not None and value is not None:
        change = ("+" if value > before else "") + number(value - before, record.unit)
    if line["low"] and line["high"]:
        inside = value is not None and float(line["low"]) <= value <= float(line["high"])
        beyond = "no" if inside else "yes"
    return Moved(
        record.id, record.title, record.period, was, is_now, change, beyond, _cause(old, record, about)
    )


def _cause(old: Earlier, record: Indicator, about: Mapping[str, Any]) -> str:
    """Return why a figure moved, as far as what both chapters were made from can say."""
    if record.basis in ("published", "local", "scaled"):
        return "revised"
    before, now = old.provenance.get("inputs", {}), about["inputs"]
    changed = [name for name in now if name in before and now[name] != before[name]]
    new = [name for name in now if name not in before]
    causes = []
    data = [name for name in changed if name != PARAMETERS]
    if new or any(now[name]["last"] > before[name]["last"] for name in data):
        causes.append("new data")
    if any(now[name]["last"] <= before[name]["last"] for name in data):
        causes.append("revised")
    if PARAMETERS in changed or old.provenance.get("levers") != about["levers"]:
        causes.append("assumption")
    if any(old.provenance.get(key) != about[key] for key in ("version", "seed", "draws")) or not before:
        causes.append("method")
    return ", ".join(causes) or "method"


def _turns_on(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a sentence without its numbers and the words that it turns on, and those words."""
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(match.group(0))
        return next(f"<{n}>" for n, group in enumerate(WORDS) if match.group(0).lower() in group)

    return _PATTERN.sub(take, text), tuple(word.lower() for word in found)


_LONGEST_FIRST = sorted({word for group in WORDS for word in group}, key=lambda word: (-len(word), word))
_PATTERN = re.compile(rf"\b(?:{'|'.join(_LONGEST_FIRST)})\b", re.IGNORECASE)


def _flipped(before: Sequence[Sentence], now: Sequence[Sentence]) -> list[tuple[Sentence, Sentence]]:
    """Return the sentences that say the contrary, or another thing of the same kind, of what they said."""
    earlier: dict[tuple[str, str], list[tuple[Sentence, tuple[str, ...]]]] = defaultdict(list)
    for sentence in before:
        skeleton, words = _turns_on(sentence.skeleton)
        if words:
            earlier[sentence.section, skeleton].append((sentence, words))
    out = []
    for sentence in now:
        skeleton, words = _turns_on(sentence.skeleton)
        queue = earlier.get((sentence.section, skeleton))
        if words and queue:
            was, turned_on = queue.pop(0)
            if turned_on != words:
                out.append((was, sentence))
    return out


def _paragraphs(section: str, text: str, moved: set[str]) -> list[Paragraph]:
    """Return the paragraphs of a section that cite a figure that moved, or hold a number typed by hand."""
    out = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        cited = [first or second for first, second in CITED.findall(paragraph)]
        bare = re.sub(r"^\s*\d+[.)] ", "", CITED.sub(" ", paragraph), flags=re.MULTILINE)
        typed = [n for n in _TYPED.findall(bare) if not _YEAR.match(n)]
        stale = sorted(moved.intersection(cited))
        if stale or typed:
            out.append(Paragraph(section, paragraph.strip(), stale, typed))
    return out


def _scored(old: Earlier, records: IndicatorRecords) -> list[Scored]:
    """Return what the earlier chapter projected of plans for Januaries published since."""
    out = []
    for id, line in old.figures.items():
        match = re.fullmatch(r"proj\.E\.(\d{4})", id)
        if match is None or not line["low"]:
            continue
        came = f"plans.{match.group(1)}"
        if not records.shown(came):
            continue
        record = records[came]
        low, high = float(line["low"]), float(line["high"])
        inside = low <= record.number <= high
        unit = record.unit
        said = f"{number(float(line['value']), unit)} ({number(low, unit)} to {number(high, unit)})"
        out.append(
            Scored(
                line["title"],
                line["period"],
                said,
                number(record.number, unit),
                "inside" if inside else "outside",
            )
        )
    return out


def changes_page(
    changes: Changes,
    area_name: str,
    since: str,
    disclosure: Sequence[str],
    marked: bool,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the page of what has changed; sections are named by their `titles`, by id."""
    from markupsafe import Markup

    return html_templates().get_template("changes.html").render(
        changes=changes,
        area_name=area_name,
        since=since,
        disclosure=disclosure,
        marked=marked,
        titles=titles,
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
    )  # fmt: skip
