"""Options compared: when the target is met, and what each option changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.lists_ahead import RUN, basis_of
from sendneeds.chapter.sections.need.projection import MODEL, note, year_name
from sendneeds.chapter.sections.options import (
    costs as option_costs,
)
from sendneeds.chapter.sections.options import (
    effects as option_effects,
)
from sendneeds.chapter.sections.options import (
    verdict as option_verdict,
)
from sendneeds.chapter.words import likelihood, lower, month_words, number, show
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.judge import LIKELY, Judgement, judge, stays_from

MOST_LINES = 4


def fill(kit: ChapterBuilder, comparison: Any) -> None:
    """Add probabilities by month, differences and costs; only words where no list was simulated."""
    scenarios = list(kit.result.scenarios)
    names = [s.name for s in scenarios]
    titles = {s.name: s.title for s in scenarios}
    _need_options(kit, titles)
    kit.facts |= {
        "options": scenarios,
        "titles": titles,
        "option_cards": [],
        "option_lines": [],
        "probability_figures": [],
        "overdue_figures": [],
    }
    option_effects.fill(kit, names, titles)
    option_costs.fill(kit, kit.result.costs, names, titles)
    if not kit.facts["services"]:
        return
    kit.facts["hold_weeks"] = comparison.hold_weeks
    months = _records(kit, comparison.probability, titles)
    changed = set(comparison.changed())
    judgement = judge(comparison)
    option_verdict.fill(kit, comparison, judgement, names, titles)
    for code in kit.facts["services"]:
        moved = [n for n in names if (n, code) in changed]
        if moved:
            _figure(kit, code, months, [names[0], *moved], titles)
            option_verdict.figure(kit, code, [names[0], *moved], titles)
    shown = _januaries(months)
    kit.table(
        "probability_baseline",
        f"Probability that {show(kit.book['standard.share'])} of those waiting are under "
        f"{show(kit.book['standard.weeks'])} weeks, as things are",
        ["Service", *(month_words(m) for m in shown)],
        [(SERVICES[c], [f"prob.{c}.{names[0]}.{m}" for m in shown]) for c in kit.facts["services"]],
        note=DRAWING,
        ranges=False,
    )
    _messages(kit, months[-1], judgement, names[0], titles)
    if changed:
        option_verdict.differences(kit, comparison.differences, names, titles)


DRAWING = "The file has a 95% range with each: what a limited number of draws leaves open, not the model's own doubt."


def _need_options(kit: ChapterBuilder, titles: dict[str, str]) -> None:
    """Add EHC plans under every option that changes need itself."""
    if not kit.result.needs:
        return
    years = kit.facts["shown_years"]
    rows = [(titles["baseline"], [f"proj.E.{y}" for y in years])]
    for name, need in kit.result.needs.items():
        total = need.total("E")
        for year in years:
            title = f"EHC plans: {titles[name]}"
            kit.drawn(
                f"proj.{name}.{year}", title, total.sel(year=year).values, "plans", f"January {year}", MODEL
            )
        rows.append((titles[name], [f"proj.{name}.{y}" for y in years]))
    kit.table(
        "need_options",
        f"EHC plans in {kit.area.name} under the options that change need",
        ["Option", *(year_name(kit, y) for y in years)],
        rows,
        note=note(kit),
    )


def _records(kit: ChapterBuilder, table: Any, titles: dict[str, str]) -> list[str]:
    """Add a record for every service, option and month; return the months."""
    frame = table.assign(month=table["month"].astype(str).str[:7])
    bases = {code: basis_of(kit, code) for code in kit.facts["services"]}
    for row in frame.itertuples():
        reach = 1.96 * row.standard_error
        kit.book.add(
            Indicator(
                f"prob.{row.service}.{row.scenario}.{row.month}",
                f"{SERVICES[row.service]}: probability that the waiting target is met, {titles[row.scenario]}",
                float(row.probability),
                "probability",
                row.month,
                RUN,
                bases[row.service],
                better="up",
                low=max(0.0, row.probability - reach),
                high=min(1.0, row.probability + reach),
                level=95,
                definition=DRAWING,
            )
        )
    return sorted(frame["month"].unique())


def _januaries(months: list[str]) -> list[str]:
    """Return the months that a table shows: every twelfth from the second year on, and the last."""
    return list(dict.fromkeys([*months[12::12], months[-1]]))


def _figure(
    kit: ChapterBuilder, code: str, months: list[str], names: list[str], titles: dict[str, str]
) -> None:
    """Draw at most four options: the baseline and the three that reach furthest; the table has them all."""
    chance = {n: [kit.book[f"prob.{code}.{n}.{m}"].number for m in months] for n in names}
    base = names[0]
    drawn = [base, *sorted(names[1:], key=lambda n: (-chance[n][-1], -sum(chance[n]), n))[: MOST_LINES - 1]]
    shown = _januaries(months)
    made = kit.table(
        f"probability_{code.lower()}",
        f"{SERVICES[code]}: probability that the waiting target is met, and stays met, by option",
        ["Option", *(month_words(m) for m in shown)],
        [(titles[n], [f"prob.{code}.{n}.{m}" for m in shown]) for n in names],
        note=DRAWING,
        ranges=False,
    )
    title = _finding(kit, code, titles, months, {n: chance[n] for n in drawn})
    id = f"probability_{code.lower()}"
    kit.figure(
        id,
        title,
        f"Line chart of the probability that the target is met, by month from {month_words(months[0])} to "
        f"{month_words(months[-1])}. "
        + " ".join(
            f"{titles[n]}: highest {number(max(chance[n]), 'probability')}, at the end "
            f"{number(chance[n][-1], 'probability')}."
            for n in drawn
        ),
        lambda: bars.by_date(
            [titles[n] for n in drawn],
            np.array(months, "datetime64[M]"),
            np.array([chance[n] for n in drawn]),
            "probability that the target is met and stays met",
            marks=[(LIKELY, "80% likely")],
        ),
        made,
        "probability, as a percentage of draws",
    )
    kit.facts["probability_figures"].append(id)


def _finding(
    kit: ChapterBuilder, code: str, titles: dict[str, str], months: list[str], chance: dict[str, list[float]]
) -> str:
    """Return the title of a probability chart, judged at its end: who gets there and stays, and at what price."""
    inside, last = lower(SERVICES[code]), month_words(months[-1])
    stays = {
        name: since
        for name, line in chance.items()
        if (since := stays_from(line, months, kit.facts["ahead"], LIKELY))
    }
    base = next(iter(chance))
    if base in stays:
        return f"{SERVICES[code]} is 80% likely to be at the target from {month_words(stays[base])} on as things are"
    if stays:
        best = min(stays, key=lambda n: (option_verdict.harms(kit, code, n), stays[n], n))
        return (
            f"“{titles[best]}” makes it 80% likely that {inside} is at the target from {month_words(stays[best])} on"
            f"{option_verdict.harm_clause(kit, code, best)}"
        )
    best = max(chance, key=lambda n: chance[n][-1])
    text = (
        f"No option makes it 80% likely that {inside} is at the target in {last}; the highest chance then is "
        f"{number(chance[best][-1], 'probability')}"
        + (
            " as things are"
            if best == base
            else f", with “{titles[best]}”{option_verdict.harm_clause(kit, code, best)}"
        )
    )
    brief = [n for n, line in chance.items() if n not in (base, best) and max(line) >= LIKELY]
    if brief:
        worst = max(brief, key=lambda n: max(chance[n]))
        text += (
            f"; “{titles[worst]}” gets there for a time and is at {number(chance[worst][-1], 'probability')} in the end"
            f"{option_verdict.harm_clause(kit, code, worst)}"
        )
    return text


def _messages(
    kit: ChapterBuilder,
    last: str,
    judgement: Judgement,
    base: str,
    titles: dict[str, str],
) -> None:
    """Add the summary's card and sentences: each service as things are, and the best option where one helps."""
    by_word: dict[str, list[str]] = {}
    for code in kit.facts["services"]:
        by_word.setdefault(likelihood(kit.book[f"prob.{code}.{base}.{last}"].number), []).append(code)
    kit.facts["target_month"] = month_words(last)
    kit.facts["target_words"] = [
        {
            "word": word,
            "services": [lower(SERVICES[c]) for c in codes],
            "id": f"prob.{codes[0]}.{base}.{last}",
        }
        for word, codes in sorted(
            by_word.items(), key=lambda at: -(kit.book[f"prob.{at[1][0]}.{base}.{last}"].number)
        )
    ]
    for code in kit.facts["services"]:
        best = judgement.best(code)
        if best is None:
            continue
        kit.facts["option_lines"].append(option_verdict.line(kit, best, base, titles, last))
        if len(kit.facts["option_cards"]) < 1:
            kit.facts["option_cards"].append(
                {"id": f"prob.{code}.{base}.{last}", "service": lower(SERVICES[code])}
            )
