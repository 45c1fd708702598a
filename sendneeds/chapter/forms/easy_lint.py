"""The lint of easy read: what no sentence of it may hold, and how its numbers are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

MOST_WORDS = 15
HARD = (
    "adjustment", "allocation", "appeal", "assessment", "authority", "baseline", "capacity", "caseload",
    "cohort", "commission", "commissioner", "commissioning", "consultation", "deficit", "diagnosis",
    "evaluate", "evidence", "exception", "expenditure", "identified", "implement", "independent", "indicator",
    "inequality", "intervention", "mainstream", "mediation", "methodology", "outcome", "partnership",
    "pathway", "prevalence", "process", "projection", "provision", "referral", "resourced", "review",
    "stakeholder", "statistic", "statutory", "strategy", "sufficiency", "therapist", "therapy", "timeliness",
    "transition", "trend", "tribunal", "wellbeing", "workforce",
)  # fmt: skip
"""Words that a sentence may hold only where the page has explained them."""
_ABOUT = re.compile(r"\b[Aa]bout (?:[1-9] in \d{1,2}|\d{1,3}(?:,\d{3})+|\d{1,3})\b(?![.,]\d)")
FAR = 2.5
"""Points off, past which a share is not told as one in so many."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ENDS = {"ies": "y", "s": ""}


def lint(sentences: Sequence[str], explained: Collection[str] = ()) -> list[str]:
    """Return what is wrong with sentences of easy read, each with its sentence; empty where nothing is.

    Parameters
    ----------
    sentences : sequence of str
    explained : collection of str
        Hard words that the page explains.

    Examples
    --------
    >>> lint(["About 1 in 6 pupils get extra help.", "About 2,200 children have a plan."])
    []
    >>> lint(["16.7% of pupils at SEN support wait; that is long."])  # doctest: +NORMALIZE_WHITESPACE
    ['a percentage: "16.7% of pupils at SEN support wait; that is long."',
     'a decimal: "16.7% of pupils at SEN support wait; that is long."',
     'a semicolon: "16.7% of pupils at SEN support wait; that is long."',
     'the abbreviation SEN: "16.7% of pupils at SEN support wait; that is long."']
    """
    return [f'{fault}: "{sentence}"' for sentence in sentences for fault in faults_of(sentence, explained)]


def faults_of(sentence: str, explained: Collection[str] = ()) -> list[str]:
    """Return what is wrong with one sentence."""
    found = []
    words = sentence.split()
    if len(words) > MOST_WORDS:
        found.append(f"{len(words)} words, more than {MOST_WORDS}")
    if re.search(r"[.!?] +\S", sentence):
        found.append("more than one sentence")
    if "%" in sentence or re.search(r"\bper ?cent", sentence, re.IGNORECASE):
        found.append("a percentage")
    if re.search(r"\d\.\d", sentence):
        found.append("a decimal")
    if ";" in sentence:
        found.append("a semicolon")
    found += [
        f"the abbreviation {short}" for short in re.findall(r"\b[A-Z]{2,}\b|\b(?:e\.g|i\.e|etc)\b", sentence)
    ]
    bare = _YEAR.sub("", _ABOUT.sub("", sentence))
    if not any("percent" in f or "decimal" in f for f in found):
        numbers = re.findall(r"\d[\d,]*", bare)
        found += [f"the number {n}, not written as about 1 in 6 or about 2,200" for n in numbers]
    known = {word.casefold() for word in explained}
    for word in re.findall(r"[a-z]+", sentence.casefold()):
        stems = {word, *(word.removesuffix(end) + put for end, put in _ENDS.items() if word.endswith(end))}
        hard = stems.intersection(HARD)
        if hard and not stems & known:
            found.append(f"the hard word {word}, not explained")
    return found


def about(value: float) -> str:
    """Return a count as easy read has it.

    Examples
    --------
    >>> about(2170), about(355), about(47), about(23.4)
    ('about 2,200', 'about 360', 'about 50', 'about 20')
    """
    step = 100 if value >= 1000 else 10 if value >= 20 else 1
    return f"about {step * round(value / step):,}"


def one_in(percent: float) -> str:
    """Return a share up to a half as easy read has it: one in so many, or so many in 10 where that is much nearer.

    Examples
    --------
    >>> one_in(16.2), one_in(4.7), one_in(28.9), one_in(48.0)
    ('about 1 in 6', 'about 1 in 20', 'about 3 in 10', 'about 1 in 2')
    """
    n = 100 / percent
    parts = max(2, round(n) if n < 15 else 5 * round(n / 5))
    if abs(100 / parts - percent) > FAR:
        tens = round(percent / 10)
        return "about 1 in 2" if tens == 5 else f"about {tens} in 10"
    return f"about 1 in {parts}"
