"""What children, young people and families say: scores, and what was done."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import OPEN_BASES, Indicator
from sendneeds.chapter.tables import Cell

FEWEST = 8
"""A mean score of fewer people is withheld; so is a local one whose respondents are not given."""


@dataclass(frozen=True)
class Voice:
    """The section on voice.

    Parameters
    ----------
    year : int or None
        Of the latest survey.
    lowest, highest : tuple of (str, str, Indicator) or None
        Question, group and score.
    below : int
        Scores that are under their target, of `scored`.
    scored : int
    unprinted, printed : bool
        Whether respondents are not printed for some score of the year, and whether they are for some.
    said : list of str
        What was said first, in the latest year.
    said_year : int or None
    undone : int
        Things said of which nothing done is recorded.
    """

    year: int | None
    lowest: tuple[str, str, Indicator] | None
    highest: tuple[str, str, Indicator] | None
    below: Indicator | None
    scored: Indicator | None
    unprinted: bool
    printed: bool
    said: list[str]
    said_year: int | None
    undone: Indicator | None


def is_withheld(respondents: float | None, basis: str) -> bool:
    """Return whether a mean score may not be shown.

    Examples
    --------
    >>> is_withheld(7, "published"), is_withheld(8, "local"), is_withheld(None, "local"), is_withheld(None, "published")
    (True, False, True, False)
    """
    if respondents is None or pd.isna(respondents):
        return basis not in OPEN_BASES
    return respondents < FEWEST


def add_voice(chapter: ChapterBuilder) -> Voice:
    """Add survey scores, and you said, we did."""
    survey, said = rows(chapter.area, "survey"), rows(chapter.area, "you_said")
    if not len(survey):
        chapter.add_missing(
            "gap.voice",
            "What children, young people and families say",
            "",
            "now",
            "a survey.csv table, from the parent carer forum and the council",
        )
    year = int(survey["year"].max()) if len(survey) else None
    scored = _add_scores(chapter, survey)
    latest = [(q, g, s, t) for y, q, g, s, t in scored if y == year and s.shown]
    judged = [(s, t) for _, _, s, t in latest if t is not None]
    last_said = int(said["year"].max()) if len(said) else None
    first = said[said["year"] == last_said] if len(said) else said
    if len(said):
        chapter.add_table(
            "you_said",
            "You said, we did, and what changed",
            ["You said", "Year", "We did", "What changed"],
            [
                (row.you_said, [str(row.year), row.we_did or "not recorded", row.changed or "not recorded"])
                for row in said.itertuples()
            ],
        )

    def count(id: str, title: str, value: int, table: str) -> Indicator:
        return chapter.add_published(f"voice.{id}", title, value, "scores", str(year or last_said), table)

    ranked = sorted(latest, key=lambda line: line[2].number)
    return Voice(
        year,
        ranked[0][:3] if ranked else None,
        ranked[-1][:3] if ranked else None,
        count("below", "Scores under their target", sum(s.number < t for s, t in judged), "survey")
        if judged
        else None,
        count("scored", "Scores with a target", len(judged), "survey") if judged else None,
        bool(_unprinted(survey, year).any()),
        bool(len(survey) and not _unprinted(survey, year).all()),
        list(first["you_said"]) if len(first) else [],
        last_said,
        count(
            "undone",
            "Things said of which nothing done is recorded",
            int((first["we_did"] == "").sum()),
            "you_said",
        )
        if len(first)
        else None,
    )


def _unprinted(survey: pd.DataFrame, year: int | None) -> pd.Series:
    """Return which scores of a year have no number of respondents, where it was not withheld."""
    mine = survey[survey["year"] == year]
    hidden = mine["flag"] == "suppressed" if "flag" in mine else False
    return mine["respondents"].isna() & ~hidden


def _add_scores(
    chapter: ChapterBuilder, survey: pd.DataFrame
) -> list[tuple[int, str, str, Indicator, float | None]]:
    """Add the score of every question and group, those of few people withheld."""
    found = []
    lines: list[tuple[str, list[Cell]]] = []
    basis = chapter.area.meta["survey"].basis if len(survey) else ""
    for number, row in enumerate(survey.itertuples(), start=1):
        hidden = is_withheld(row.respondents, basis)
        score = chapter.add_published(
            f"voice.score.{number}",
            f"{row.question}, {row.group}",
            None if hidden else row.score,
            "points of score",
            str(row.year),
            "survey",
            suppressed=hidden,
            better="up",
        )
        goal = None if pd.isna(row.target) else float(row.target)
        target: Cell = ""
        if goal is not None:
            target = chapter.add_published(
                f"voice.target.{number}",
                f"{row.question}, {row.group}: target",
                goal,
                "points of score",
                str(row.year),
                "survey",
            )
        people: Cell = "not printed"
        if hidden or not pd.isna(row.respondents):
            people = chapter.add_published(
                f"voice.people.{number}",
                f"{row.question}, {row.group}: respondents",
                None if hidden else row.respondents,
                "people",
                str(row.year),
                "survey",
                suppressed=hidden,
            )
        found.append((int(row.year), row.question, row.group, score, goal))
        lines.append((f"{row.question}, {row.group}", [str(row.year), score, target, people, row.scale]))
    if lines:
        chapter.add_table(
            "survey",
            "Scores of the survey, by question and who answered",
            ["Question and group", "Year", "Score", "Target", "Respondents", "Scale"],
            lines,
            note="A mean of fewer than 8 people is withheld.",
        )
    return found
