"""From trials to an answer: more draws until it is settled, and what it costs whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.progress import Progress
from sendneeds.scenarios.cost import as_seen, financial_year
from sendneeds.scenarios.effects import effect, places_effect
from sendneeds.scenarios.lever_context import LeverEffect, RunContext
from sendneeds.scenarios.levers import Lever, NewPlaces
from sendneeds.scenarios.seek.means import UNPRICED, Means
from sendneeds.scenarios.seek.question import Question
from sendneeds.scenarios.seek.result import SeekResult
from sendneeds.scenarios.seek.search import GRAIN, Search
from sendneeds.scenarios.seek.trials import Trials
from sendneeds.scenarios.spending import spending
from sendneeds.waits.services.simulate import weeks_of
from sendneeds.waits.services.targets import standard_error

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

CLOSE_STEPS, CLOSE_SHARE = 2, 0.1
"""An answer is settled once other random numbers would move it by no more steps, or by no larger part of it."""


@dataclass(frozen=True)
class Found:
    """The answer of one round."""

    search: Search
    answer: int | None
    span: tuple[int, int | None]
    moved: bool

    @property
    def settled(self) -> bool:
        """Whether other random numbers would hardly move it."""
        if self.answer is None:
            return True
        low, high = self.span
        return high is not None and high - low <= max(
            CLOSE_STEPS * self.search.grain, CLOSE_SHARE * self.answer
        )


def settle(
    area: Area,
    question: Question,
    sought: Means,
    make: Callable[[int], Trials],
    rounds: tuple[int, ...],
    staffing: str,
    seed: int,
    progress: Progress | None,
) -> SeekResult:
    """Search with more draws, round by round, until the answer is settled."""
    guess: int | None = None
    trials, found = None, None
    for number, draws in enumerate(rounds):
        if progress is not None:
            progress(number, len(rounds), f"{draws:,} draws")
        trials = make(draws)
        grain = 1 if guess is None else max(guess // GRAIN, 1)
        search = Search(lambda amounts, t=trials: t.met([sought.at(a) for a in amounts]), sought.most, grain)  # type: ignore[misc]
        found = _round(search, question.confidence, guess)
        guess = found.answer if found.answer is not None else sought.most
        if number and found.settled:
            break
    assert trials is not None
    assert found is not None
    if progress is not None:
        progress(len(rounds), len(rounds), "done")
    return _result(area, question, sought, found, trials, staffing, seed)


def _round(search: Search, confidence: float, guess: int | None) -> Found:
    answer = search.smallest(confidence, guess)
    search.try_([0])
    if answer is None:
        return Found(search, None, (search.most, None), False)
    steady, moved = search.steady(confidence, answer)
    return Found(search, steady, search.range_of_answers(confidence, steady), moved)


def _result(
    area: Area,
    question: Question,
    sought: Means,
    found: Found,
    trials: Trials,
    staffing: str,
    seed: int,
) -> SeekResult:
    search, context = found.search, trials.context
    if found.answer is None:
        amount = max(search.tried, key=lambda a: (search.probability(a), -a))
        low = high = None
    else:
        amount = found.answer
        low, high = (None if a is None else sought.value(a) for a in found.span)
    lever = sought.at(amount)
    cost, unpriced = _cost(question, sought, lever, trials)
    share = search.probability(amount)
    value = sought.value
    notes = [*unpriced]
    if found.moved:
        notes.append("a smaller amount meets the target but the next ones do not: the answer is where all do")
    if found.answer is not None and not found.settled:
        notes.append("more draws would settle the answer further: give draws=")
    if question.measure.name == "plans_in_time" or staffing == "fixed":
        stays = (
            "stay as they are but for the lever"
            if staffing == "fixed"
            else "follow demand as the record shows"
        )
        notes.append(f"staff who give advice for plans {stays} (staffing='{staffing}')")
    if isinstance(lever, NewPlaces):
        notes.append(
            "cost is capital alone: what places cost to run, and what they save elsewhere, is told by `compare`"
        )
    if getattr(lever, "contract", "block") == "seen":
        notes.append("cost is that of the children who are seen, as a run charges them")
    if search.grain > 1:
        notes.append(f"sought in steps of {sought.step * search.grain:g}")
    notes.append(
        "prices are those of the pack's figures, not uprated; see its service_parameters.csv for their basis"
    )
    asked = {"question": question.text(), "using": sought.kind, "staffing": staffing, "seed": seed}
    provenance = {**context.need.provenance, **asked}
    return SeekResult(
        tried=_tried(search, sought),
        cost=cost,
        question=question.text(),
        met=found.answer is not None,
        amount=value(amount),
        low=low,
        high=high,
        answer=sought.text(amount),
        unit=sought.unit,
        range_tried=" to ".join(str(v) for v in sorted((value(1), value(sought.most))))
        + f" {sought.unit}".rstrip(),
        probability=share,
        standard_error=float(standard_error(share, search.draws)),
        baseline=search.probability(0),
        confidence=question.confidence,
        draws=search.draws,
        area_name=area.name,
        notes=tuple(notes),
        provenance=provenance,
    )


def _tried(search: Search, sought: Means) -> pd.DataFrame:
    """Return a row an amount tried, with what it gains over the one before from draws paired by their luck."""
    import pandas as pd

    rows, before = [], None
    for amount in sorted(search.tried):
        met = search.tried[amount].astype(float)
        gain = error = np.nan
        if before is not None:
            gap = met - before
            gain, error = float(gap.mean()), float(gap.std() / np.sqrt(gap.size))
        share = float(met.mean())
        rows.append((sought.value(amount), share, float(standard_error(share, met.size)), gain, error))
        before = met
    return pd.DataFrame(rows, columns=["amount", "probability", "standard_error", "gain", "gain_error"])


def _cost(
    question: Question, sought: Means, lever: Lever | None, trials: Trials
) -> tuple[pd.DataFrame, list[str]]:
    """Return cost by funder and financial year, to the year after that of the target, and what has no price.

    A lever that is paid for the children it sees is charged as a run charges it, no further than lists run.
    """
    import pandas as pd

    context = trials.context

    columns = ["funder", "when", "weeks", "low", "central", "high"]
    if lever is None:
        return pd.DataFrame(columns=columns), []
    if not sought.priced:
        return pd.DataFrame(columns=columns), [f"cost not known: {UNPRICED}"]
    last = np.datetime64(f"{question.month.year + 1 + (question.month.month > 3)}-03-31")
    days = np.arange(context.days[0], last + 1, 7)
    if getattr(lever, "contract", "block") == "seen":
        days = days[days <= weeks_of(context.area, context.need, None)[-1]]
    longer = RunContext(context.area, context.figures, context.need, days)
    try:
        one = places_effect(lever, longer) if isinstance(lever, NewPlaces) else effect(lever, longer)
    except MissingDataError as error:
        return pd.DataFrame(columns=columns), [f"cost not known: {error}"]
    effects = as_seen([LeverEffect("seek", lever.costed_as, lever, one)], trials.seen(lever, days))
    made = spending(effects, days, context.draws, {})
    paid = made.by_funder("seek")
    rows = []
    weeks = made.data["weeks"].isel(cost_line=0) if made.data.sizes["cost_line"] else None
    for year in paid["financial_year"].values:
        at = paid.sel(financial_year=year)
        if weeks is None or not at.values.any():
            continue
        count = float(weeks.sel(financial_year=year))
        part = " (part)" if count < 52 else ""
        when = f"{financial_year(int(year))}{part}"
        if at.sizes["funder"] > 1:
            rows += [(str(f), when, count, *_interval(at.sel(funder=f))) for f in at["funder"].values]
            rows.append(("all", when, count, *_interval(at.sum("funder"))))
        else:
            rows.append((str(at["funder"].values[0]), when, count, *_interval(at.sum("funder"))))
    return pd.DataFrame(rows, columns=columns), []


def _interval(values: Any) -> tuple[float, float, float]:
    low, central, high = np.quantile(np.asarray(values), INTERVAL_LEVELS)
    return float(low), float(central), float(high)
