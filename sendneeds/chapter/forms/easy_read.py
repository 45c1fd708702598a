"""The chapter in easy read, for young people and families: a picture on the left, one idea a sentence on the right."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.forms.easy_lint import about, faults_of, lint, one_in
from sendneeds.chapter.markup import TEMPLATES, html_templates
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc.duties import HELD
from sendneeds.foundation.errors import DomainError

FIT_BASES = ("published", "local", "estimate")
"""Bases that easy read may rest on: nothing scaled or made up for illustration."""
EASY_NEEDS = {
    "ASD": "autism",
    "HI": "trouble hearing",
    "MLD": "trouble learning",
    "MSI": "trouble seeing and hearing",
    "PD": "a physical disability",
    "PMLD": "a lot of trouble learning",
    "SEMH": "trouble with feelings or behaviour",
    "SLCN": "trouble talking or understanding words",
    "SLD": "a lot of trouble learning",
    "SPLD": "trouble reading, writing or counting",
    "VI": "trouble seeing",
}
MOST_SAID, MOST_DONE = 6, 6
"""What people said, and what will be done, at most."""
LATE, CLOSE = 10.0, 3.0
"""Late plans, per cent, that are told as going badly; and points within which two shares are about the same."""
EXPLAINED = {
    "review": "A review is a meeting about your plan each year.",
    "therapy": "Therapy is help from a trained person, to talk, move or feel better.",
}
"""Hard words that the page explains."""


@dataclass
class Part:
    """A part of the page: its heading, and what it says beside each picture.

    Parameters
    ----------
    title : str
    items : list of (str, list of str)
        What the picture should show, and the sentences beside it.
    """

    title: str
    items: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, picture: str, *sentences: str) -> None:
        """Add sentences beside a picture."""
        self.items.append((picture, list(sentences)))


def easy_read(chapter: ChapterBuilder, prose: Mapping[str, str]) -> list[Part]:
    """Return the parts of the easy-read page.

    Parameters
    ----------
    chapter : ChapterBuilder
    prose : mapping of str to str
        Paragraphs that people wrote: those under ``easy-read`` go in, a sentence a line.

    Raises
    ------
    DomainError
        If a sentence does not pass the lint.
    """
    facts = _Facts(chapter)
    good, bad = _how_it_goes(facts)
    parts = [_what(facts), _how_many(facts), good, bad, _told(facts), _plan(facts), _ask(facts)]
    lines = [line.strip() for line in prose.get("easy-read", "").splitlines() if line.strip()]
    if lines:
        parts.insert(-1, Part("What we want to add", [("what this says", [line]) for line in lines]))
    said = _explain(parts)
    wrong = lint(said, [word for word, meaning in EXPLAINED.items() if meaning in said])
    if wrong:
        raise DomainError(
            "easy read does not pass its lint:\n  " + "\n  ".join(wrong) + "\nSay it more simply."
        )
    return parts


def _explain(parts: list[Part]) -> list[str]:
    """Say what a hard word means where a partner's own words use it unexplained; return all sentences."""
    for word, meaning in EXPLAINED.items():
        said = [sentence for part in parts for _, some in part.items for sentence in some]
        if meaning in said:
            continue
        for sentences in (some for part in parts for _, some in part.items):
            if any(re.search(rf"\b{word}\b", sentence, re.IGNORECASE) for sentence in sentences):
                sentences.append(meaning)
                break
    return [sentence for part in parts for _, some in part.items for sentence in some]


class _Facts:
    """The figures that easy read may use."""

    def __init__(self, chapter: ChapterBuilder):
        self.chapter, self.area, self.name = chapter, chapter.area, chapter.area.name
        years = [int(r.id[6:]) for r in chapter.records if r.id[:6] == "plans." and r.id[6:].isdigit()]
        self.last = max(years, default=0)

    def get(self, id: str) -> Indicator | None:
        """Return a figure that is shown and rests on something, or None."""
        if not self.chapter.records.shown(id):
            return None
        record = self.chapter.records[id]
        return record if record.basis in FIT_BASES else None

    def latest(self, prefix: str) -> Indicator | None:
        """Return the figure of the latest year of a prefix."""
        years = [
            int(r.id[len(prefix) :])
            for r in self.chapter.records
            if r.id.startswith(prefix) and r.id[len(prefix) :].isdigit()
        ]
        found = (self.get(f"{prefix}{year}") for year in sorted(years, reverse=True))
        return next((record for record in found if record is not None), None)

    def by_need(self) -> list[tuple[str, float]]:
        """Return the needs with most plans in the last January."""
        found = rows(self.area, "ehc_plans", census_january=self.last, age="all", placement="all")
        found = found[found["need"].isin(list(EASY_NEEDS))].dropna(subset=["plans"])
        ranked = found.sort_values(["plans", "need"], ascending=[False, True])
        return [
            (str(need), float(plans)) for need, plans in zip(ranked["need"], ranked["plans"], strict=True)
        ]


def _what(facts: _Facts) -> Part:
    part = Part("What this is about")
    part.add("the area on a map", f"This is about children and young people in {facts.name}.")
    part.add("a child and a helper", "Some children find it harder to learn.", "They may need extra help.")
    part.add("a plan", "Some children have a plan.", "The plan says what help they must get.")
    part.add(
        "a plan with its name",
        "Its long name is an education, health and care plan.",
        "We call it a plan.",
    )
    return part


def _how_many(facts: _Facts) -> Part:
    part = Part("How many children")
    plans, growth = facts.get(f"plans.{facts.last}"), facts.get("plans.growth")
    if plans is not None:
        said = [f"{about(plans.number).capitalize()} children and young people have a plan."]
        if growth is not None and abs(growth.number) >= CLOSE:
            said.append(f"That is {'more' if growth.number > 0 else 'fewer'} than some years ago.")
        part.add("many children", *said)
    for kind, words in (("E", "have a plan"), ("K", "get extra help and have no plan")):
        share = facts.latest(f"share.{kind}.")
        if share is not None and share.number > 0:
            part.add("a class", f"{one_in(share.number).capitalize()} pupils {words}.")
    needs = facts.by_need()
    if needs:
        said = [f"Many of those with a plan have {EASY_NEEDS[needs[0][0]]}."]
        said += [f"Others have {EASY_NEEDS[need]}." for need, _ in needs[1:3]]
        part.add("different children", *said)
    ahead = [r for r in facts.chapter.records if r.id[:7] == "proj.E." and r.id[7:].isdigit() and r.interval]
    if ahead:
        scored = [record for record in ahead if int(record.id[7:]) <= facts.last + 5]
        last = max(scored or ahead, key=lambda record: record.id)
        part.add(
            "an arrow to the future",
            f"In {last.id[7:]}, {about(last.number)} may have a plan.",
            "Nobody can be sure about this number.",
        )
    return part


def _how_it_goes(facts: _Facts) -> tuple[Part, Part]:
    good, bad = Part("What goes well"), Part("What does not go well")
    year = max(
        (int(r.id[-4:]) for r in facts.chapter.records if r.id[:15] == "time.including." and r.shown),
        default=0,
    )
    own, national = facts.get(f"time.including.{year}"), facts.get(f"time.england.including.{year}")
    if own is not None:
        rule = "A new plan must be ready in less than five months."
        late = 100 - own.number
        if late <= LATE:
            good.add("a clock", rule, f"In {year} almost all plans were on time.")
        elif late <= 50:
            bad.add("a clock", rule, f"In {year} {one_in(late)} plans were late.")
        else:
            bad.add("a clock", rule, f"In {year} only {one_in(max(own.number, 3.0))} plans were on time.")
        if national is not None and abs(own.number - national.number) > CLOSE:
            better = own.number > national.number
            (good if better else bad).add(
                "a clock", f"{'More' if better else 'Fewer'} plans are on time here than in all of England."
            )
    _add_reviews(facts, good, bad)
    none = facts.get("duty.idle.count")
    if none is not None and none.number > 0:
        who = f"{about(none.number).capitalize()} children and young people with a plan are"
        if none.number == 1:
            who = "One child or young person with a plan is"
        bad.add("a child at home", f"{who} in no school or college.")
    for part in (good, bad):
        if not part.items:
            part.add("a question mark", "We do not have enough numbers to say.", "We need to find out more.")
    return good, bad


def _add_reviews(facts: _Facts, good: Part, bad: Part) -> None:
    flow = rows(facts.area, "ehc_flow", need="all", age="all", reason="all")
    if flow.empty:
        return
    year = int(flow["calendar_year"].max())
    due, *held = (
        figure_of(
            facts.area,
            "ehc_flow",
            "count",
            calendar_year=year,
            stage=stage,
            need="all",
            age="all",
            reason="all",
        )
        for stage in ("reviews_expected", *HELD)
    )
    if not due or any(count is None for count in held):
        return
    missed = 100 * (1 - sum(count for count in held if count is not None) / due)
    if missed <= LATE:
        good.add("a meeting", EXPLAINED["review"], f"In {year} almost every review took place.")
    elif missed <= 50:
        bad.add("a meeting", EXPLAINED["review"], f"In {year} {one_in(missed)} had no review.")
    else:
        bad.add("a meeting", EXPLAINED["review"], f"In {year} most children had no review.")


def _told(facts: _Facts) -> Part:
    part = Part("What you told us")
    said = rows(facts.area, "you_said")
    passed = []
    if len(said):
        latest = said[said["year"] == said["year"].max()]
        passed = [words for words in _sentences(latest["you_said"]) if not faults_of(words, EXPLAINED)][
            :MOST_SAID
        ]
    if passed:
        part.add("people talking", f"Families told us these things in {int(said['year'].max())}.")
        for word, meaning in EXPLAINED.items():
            if any(word in words.casefold() for words in passed):
                part.add("a word and what it means", meaning)
        for words in passed:
            part.add("a person speaking", words)
    else:
        part.add("people talking", "We have not asked enough people yet.", "Tell us what you think.")
    return part


def _plan(facts: _Facts) -> Part:
    part = Part("What we will do")
    found = rows(facts.area, "priorities")
    done = [w for w in _sentences(found["priority"]) if not faults_of(w, EXPLAINED)] if len(found) else []
    for words in done[:MOST_DONE]:
        part.add("people working", words)
    if not done:
        part.add("a question mark", "We have not said yet what we will do.", "People must agree on it first.")
    return part


def _ask(facts: _Facts) -> Part:
    part = Part("Whom to ask")
    whom = "your council" if facts.area.parts else f"the council in {facts.name}"
    part.add("a person at a desk", f"Ask {whom}.")
    part.add(
        "a person helping",
        "Your area has a free service that gives advice.",
        "It is there for you and your family.",
    )
    return part


def _sentences(texts: pd.Series) -> list[str]:
    words = [" ".join(str(text).split()).rstrip(".") for text in texts.dropna()]
    return [f"{text[:1].upper()}{text[1:]}." for text in words if text]


LINES_A_PAGE, LINE = 26, 42
"""Lines of a printed page at 16 point, and characters of a line beside a picture."""


def pages(parts: list[Part]) -> int:
    """Return how many printed pages easy read takes, at most: a picture is five lines high.

    Examples
    --------
    >>> pages([Part("What this is about", [("a map", ["This is about Bedford."])] * 4)])
    2
    """
    lines = 0
    for part in parts:
        lines += 4
        lines += sum(max(5, 1 + sum(math.ceil(len(s) / LINE) for s in some)) + 1 for _, some in part.items)
    return 1 + lines // LINES_A_PAGE


def easy_page(parts: list[Part], area_name: str, disclosure: list[str], marked: bool) -> str:
    """Return the easy-read page."""
    from markupsafe import Markup

    return html_templates().get_template("easy_read.html").render(
        parts=parts,
        area_name=area_name,
        disclosure=disclosure,
        marked=marked,
        style=Markup((TEMPLATES / "easy_read.css").read_text(encoding="utf-8")),
    )  # fmt: skip
