"""The board page: what it says, and the budget that it must keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.board.messages import (
    MOST_WORDS,
    WIDEST,
    Message,
    about_even,
    candidates,
    chosen,
    distance,
)
from sendneeds.chapter.sections.board.tiles import Tile, tiles
from sendneeds.chapter.sections.options.costs import OptionCost
from sendneeds.chapter.words import Standing, day_words, pounds, show
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import FUNDERS

if TYPE_CHECKING:
    from sendneeds.chapter.contents import Contents

MOST_DECISIONS = 4
MOST_FOCUS = MOST_OPTIONS = 2
"""Focus areas, and options, among them, so that a duty that is not met has room."""
WORD_BUDGET = 420
"""Words of messages, decisions and what is not known: more do not fit on one A4 page beside the tiles."""
NOBODY = "nobody yet"
MOST_ASKED = 4


@dataclass(frozen=True)
class Decision:
    """One decision asked of the board; every field in words."""

    decision: str
    owner: str
    by_when: str
    cost: str
    changes: str
    basis: str


@dataclass(frozen=True)
class Board:
    """The board page.

    Parameters
    ----------
    final : bool
        Whether every role of the front matter is assigned, and the chapter endorsed.
    owner : str
    data_to : str
    local_share : Indicator or None
        Share of the figures of the chapter's body that are published or the area's own, percent; known when its
        sections are written.
    messages : list of Message
    ranked : list of Message
        All that were eligible, the highest score first.
    tiles : list of Tile
    decisions : list of Decision
    asked : list of (str, str)
        What is not known here yet, and whom to ask for what.
    """

    final: bool
    owner: str
    data_to: str
    local_share: Indicator | None
    messages: list[Message]
    ranked: list[Message]
    tiles: list[Tile]
    decisions: list[Decision]
    asked: list[tuple[str, str]]


def add_board(chapter: ChapterBuilder, found: Contents) -> Board:
    """Return the board page, and add the table of how its messages were ranked.

    Raises
    ------
    DomainError
        If a message, or the page as a whole, is longer than its budget.
    """
    ranked = candidates(found, chapter.area.name)
    shown = chosen(ranked)
    front = found.front
    board = Board(
        front.final,
        front.owner or NOBODY,
        f"January {found.plans.last}",
        None,
        shown,
        ranked,
        tiles(found),
        _decisions(chapter, found),
        _asked(chapter),
    )
    check_budget(board)
    chapter.add_table(
        "key_messages",
        "Every key message that could be given, and its score",
        ["Message", "About", "Rests on", "Score", "On the board page"],
        [
            (m.text, [m.topic, m.basis, _score(chapter, place, m), "yes" if m in shown else "no"])
            for place, m in enumerate(ranked, start=1)
        ],
        note="Score: size of the change since the figure that the message names, plus distance from England, "
        "each as the "
        "natural logarithm of a ratio, plus 0.5 for a legal duty. At most one message rests on an estimate, none "
        "on an "
        "illustrative or scaled figure, and no two are about the same thing. A share whose 95% interval is wider than "
        f"{WIDEST:g} points is none.",
    )
    return board


def _score(chapter: ChapterBuilder, place: int, message: Message) -> Indicator:
    """Add the score of a message."""
    return chapter.add(
        Indicator(f"board.score.{place}", f"Score of a key message about {message.topic}", round(message.score, 2),
                  "points of score", "this chapter", "this chapter", "published")
    )  # fmt: skip


def check_budget(board: Board) -> None:
    """Raise DomainError where a message or the page is too long to be read in one look."""
    for message in board.messages:
        if message.words > MOST_WORDS:
            raise DomainError(
                f"a key message has {message.words} words, more than {MOST_WORDS}: {message.text}"
            )
    if len(board.decisions) > MOST_DECISIONS:
        raise DomainError(f"the board page has {len(board.decisions)} decisions, more than {MOST_DECISIONS}")
    texts = [m.text for m in board.messages]
    texts += [" ".join((d.decision, d.owner, d.by_when, d.cost, d.changes)) for d in board.decisions]
    texts += [" ".join(pair) for pair in board.asked]
    words = sum(len(text.split()) for text in texts)
    if words > WORD_BUDGET:
        raise DomainError(
            f"the board page has {words} words, more than {WORD_BUDGET}: shorten the titles of options in their "
            f"scenario "
            "files, and of focus areas in priorities.csv."
        )


def local_share(chapter: ChapterBuilder, told: Iterable[Indicator]) -> Indicator:
    """Add the share of the figures `told` of the area that are published for it or its own, each figure once."""
    shown = {record.id: record for record in told if record.shown and ".england" not in record.id}
    own = sum(record.basis in ("published", "local") for record in shown.values())
    return chapter.add(
        Indicator("board.local", "Share of the chapter's figures that are published or local",
                  100 * own / max(len(shown), 1), "whole percent", "this chapter", "this chapter", "published")
    )  # fmt: skip


def _decisions(chapter: ChapterBuilder, found: Contents) -> list[Decision]:
    """Return the decisions asked: focus areas of the partnership, the options that help most, and duties.

    Options whose figures are illustrative come last, and ask for the real ones first.
    """
    made = [
        Decision(
            f"Agree the focus area “{p.name}”", p.owner or NOBODY, day_words(p.by_when) if p.by_when else "no date",
            "not stated", _measured(found, p.indicator) or p.why or "not stated", "",
        )
        for p in found.priorities[:MOST_FOCUS]
    ]  # fmt: skip
    target = found.options.target
    costs = {line.title: line for line in found.options.costs.options} if found.options.costs else {}
    month = target.month if target else ""
    guessed: list[Decision] = []
    asked: set[str] = set()  # an option that helps several services is one decision
    for row in target.rows if target else []:
        option = row.option
        if option.title in asked or len(asked) == MOST_OPTIONS:
            continue
        asked.add(option.title)
        cost = costs.get(option.title)
        is_guess = row.probability.basis == "illustrative"
        (guessed if is_guess else made).append(
            Decision(
                f"Confirm the figures behind it, then decide: {option.title}" if is_guess else option.title,
                NOBODY,
                "no date",
                _cost(cost, found.options.costs.years if found.options.costs else ""),
                f"{row.service}: chance of the waiting target in {month} {about_even(row.probability)}, "
                f"against {show(row.probability_baseline)} as things are",
                row.probability.basis,
            )
        )  # fmt: skip
    made += _duties(found) + guessed
    if not made:
        made.append(
            Decision(
                "Name an owner and a date for each focus area", NOBODY, "no date", "none",
                "Nothing in the pack says what the board has decided", "",
            )
        )  # fmt: skip
    return made[:MOST_DECISIONS]


def _duties(found: Contents) -> list[Decision]:
    """Return what to decide where a legal duty is met less often than in England, the farthest from it first."""
    duties, timely = found.duties, found.timeliness
    late = []
    if timely.last is not None and timely.standing is Standing.BELOW:
        national = timely.england["excluding"][timely.years[-1]]
        late = [(timely.last, national, "issue plans within 20 weeks")]
    behind = late + [
        (share.share, share.england, words)
        for share, words in (
            (duties.review_decisions, "tell decisions after a yearly review within four weeks"),
            (duties.reviews, "hold the yearly reviews that are due"),
            (duties.six_weeks, "decide within six weeks whether to assess"),
            (duties.school_age, "find a suitable education for those of school age who have a plan and none"),
            (
                duties.without_notice,
                "bring those with no education back into it, leaving out plans that will end",
            ),
        )
        if share is not None
        and share.standing is (Standing.BELOW if share.share.better == "up" else Standing.ABOVE)
    ]
    behind.sort(key=lambda line: -distance(line[0].number, line[1].number))
    return [
        Decision(
            f"Agree how to {words}", NOBODY, "no date", "not costed",
            f"{show(share)} now; England {show(national)}. How likely an action is to change it is not known",
            "",
        )
        for share, national, words in behind
    ]  # fmt: skip


def _measured(found: Contents, indicator: str) -> str:
    """Return where the indicator of a focus area stands and what it is to reach; empty where neither is known."""
    kept = found.outcomes.indicators.get(indicator)
    if kept is None or kept.latest is None or not kept.latest.shown:
        return ""
    goal = (
        f", to reach {show(kept.target)}" if kept.target is not None and kept.target.shown else ", no target"
    )
    return f"{kept.title}: {show(kept.latest)} in {kept.latest.period}{goal}. How likely is not known"


def _cost(cost: OptionCost | None, years: str) -> str:
    """Return what an option costs over some financial years, by funder."""
    if cost is None:
        return "not costed"
    parts = [f"{FUNDERS[funder]} {pounds(amount)}" for funder, amount in cost.by_funder.items() if amount]
    return f"{'; '.join(parts) or show(cost.total)}, over {years}"


def _asked(chapter: ChapterBuilder) -> list[tuple[str, str]]:
    """Return figures that stand in for the area's own, and whom to ask for what."""
    area = chapter.area
    asked = []
    if area.has("service_parameters"):
        guessed = area.table("service_parameters")
        if guessed["basis"].isin(["illustrative", "scaled"]).any():
            asked.append(("lists, referrals, staff and appointment slots", "each health provider"))
    for id, what, whom in (
        ("gap.commissioned", "places commissioned", "each council" if area.parts else "the council"),
        ("gap.voice", "what families say", "the parent carer forum"),
        ("gap.actions", "actions with owners", "the partnership's board"),
        (
            "gap.spend",
            "spend by funder",
            "finance leads of the councils and the NHS" if area.parts else "council and NHS finance leads",
        ),
        ("gap.workforce", "vacancies", "each health provider"),
    ):
        if id in chapter.records and not chapter.records.shown(id):
            asked.append((what, whom))
    return asked[:MOST_ASKED]
