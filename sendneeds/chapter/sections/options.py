"""Options compared: when the target is met, and what each option changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter import bars
from sendneeds.chapter.indicators import Indicator
from sendneeds.chapter.kit import Kit
from sendneeds.chapter.sections import option_costs, option_effects
from sendneeds.chapter.sections.lists_ahead import RUN, basis_of
from sendneeds.chapter.sections.projection import MODEL, note, year_name
from sendneeds.chapter.sections.yearly import LATE, years_of
from sendneeds.chapter.words import likelihood, lower, month_words, number, show
from sendneeds.foundation.vocabulary import SERVICES

MOST_LINES = 4
LIKELY = 0.8
"""The probability at which an option is said to get a list to the target."""
CLEAR = 0.02
"""An option that lifts the probability by less is not said to help."""
MONTHS_AHEAD = 24
"""Differences are shown a year before the end of the lists, but at least so many months in: posts take time."""


def fill(kit: Kit, comparison: Any) -> None:
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
    }
    option_effects.fill(kit, names, titles)
    option_costs.fill(kit, kit.result.costs, names, titles)
    if not kit.facts["services"]:
        return
    kit.facts["hold_weeks"] = comparison.hold_weeks
    months = _records(kit, comparison.probability, titles)
    changed = set(comparison.changed())
    _sessions(kit, months, names[1:], titles, changed)
    for code in kit.facts["services"]:
        moved = [n for n in names if (n, code) in changed]
        if moved:
            _figure(kit, code, months, [names[0], *moved], titles)
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
    _messages(kit, months, names, titles, changed)
    if changed:
        _differences(kit, comparison.differences, names, titles)


DRAWING = "The file has a 95% range with each: what a limited number of draws leaves open, not the model's own doubt."


def _need_options(kit: Kit, titles: dict[str, str]) -> None:
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


def _records(kit: Kit, table: Any, titles: dict[str, str]) -> list[str]:
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


def _figure(kit: Kit, code: str, months: list[str], names: list[str], titles: dict[str, str]) -> None:
    """Draw at most four options: the baseline and the three that reach furthest; the table has them all."""
    chance = {n: [kit.book[f"prob.{code}.{n}.{m}"].number for m in months] for n in names}
    base = names[0]
    drawn = [base, *sorted(names[1:], key=lambda n: (-sum(chance[n]), n))[: MOST_LINES - 1]]
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


def _sessions(
    kit: Kit, months: list[str], names: list[str], titles: dict[str, str], changed: set[tuple[str, str]]
) -> None:
    """Add what each option does to the children already in the service, in the last whole year that is compared."""
    month = compared_month(months)
    whole = [y for y in years_of(kit.result.lists) if y <= int(month[:4])]
    kit.facts["sessions_year"] = year = whole[-1] if whole else None
    if year is None:
        return
    for name in names:
        for code in kit.facts["services"]:
            if (name, code) in changed:
                option_effects.sessions(kit, name, code, year, titles[name])


def compared_month(months: list[str]) -> str:
    """Return the month in which options are set against the baseline."""
    return months[-1] if len(months) < MONTHS_AHEAD + 1 else months[max(MONTHS_AHEAD, len(months) - 13)]


def price(kit: Kit, code: str, name: str) -> Indicator | None:
    """Return by how much later sessions come under an option, if it is so much that its list must not look good."""
    id = f"diff.{code}.{name}.late"
    return kit.book[id] if kit.book.shown(id) and kit.book[id].number >= LATE else None


def _finding(
    kit: Kit, code: str, titles: dict[str, str], months: list[str], chance: dict[str, list[float]]
) -> str:
    """Return the title of a probability chart: who gets there and at what price, or how near anybody comes."""
    service = SERVICES[code]
    reach = {
        name: next(month for month, p in zip(months, line, strict=True) if p >= LIKELY)
        for name, line in chance.items()
        if max(line) >= LIKELY
    }
    base, inside = next(iter(chance)), lower(service)
    if base in reach:
        return f"{service} is 80% likely to be at the target by {month_words(reach[base])} as things are"
    if reach:
        best = min(reach, key=lambda n: (price(kit, code, n) is not None, reach[n], n))
        later = price(kit, code, best)
        but = (
            f", but a session of those already in the service comes {show(later)} weeks later"
            if later
            else ""
        )
        return f"“{titles[best]}” makes it 80% likely that {inside} is at the target by {month_words(reach[best])}{but}"
    best = max(chance, key=lambda n: max(chance[n]))
    top = max(chance[best])
    return (
        f"No option makes it 80% likely that {inside} is at the target by {month_words(months[-1])}; the highest "
        f"chance is {number(top, 'probability')}, in {month_words(months[chance[best].index(top)])}"
    )


def _messages(
    kit: Kit, months: list[str], names: list[str], titles: dict[str, str], changed: set[tuple[str, str]]
) -> None:
    """Add the summary's card and sentences: each service as things are, and the best option where one helps."""
    last, base = months[-1], names[0]
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
        helping = [n for n in names if (n, code) in changed]
        if not helping:
            continue
        fair = [n for n in helping if price(kit, code, n) is None] or helping
        best, month = max(
            ((n, m) for n in fair for m in months),
            key=lambda at: kit.book[f"prob.{code}.{at[0]}.{at[1]}"].number,
        )
        later = price(kit, code, best)
        ahead, now = kit.book[f"prob.{code}.{best}.{month}"], kit.book[f"prob.{code}.{base}.{month}"]
        kit.facts["option_lines"].append(
            {
                "service": SERVICES[code],
                "title": titles[best],
                "month": month_words(month),
                "best": ahead.id,
                "now": now.id,
                "helps": ahead.number > now.number + CLEAR,
                "later": later.id if later else "",
            }
        )
        if len(kit.facts["option_cards"]) < 1:
            kit.facts["option_cards"].append(
                {"id": f"prob.{code}.{base}.{last}", "service": lower(SERVICES[code])}
            )


MEASURES = {
    "waiting": ("Children waiting", "children", 1.0),
    "share_within_18": ("Points of share within 18 weeks", "points", 100.0),
    "waiting_over_52": ("Waiting over 52 weeks", "children", 1.0),
    "waiting_p92": ("Weeks within which 92% have waited", "whole weeks", 1.0),
}
"""Differences that are shown: column, unit, and what turns the run's unit into it."""


def _differences(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    """Add what each option changes two years after it could start, where it changes anything."""
    months = sorted(table["month"].astype(str).str[:7].unique())
    month = compared_month(months)
    frame = table[table["month"].astype(str).str[:7] == month]
    year = kit.facts["sessions_year"]
    lines = []
    for name in names[1:]:
        for code in kit.facts["services"]:
            found = frame[(frame["scenario"] == name) & (frame["service"] == code)].set_index("measure")
            if not len(found) or not found[["low", "central", "high"]].to_numpy().any():
                continue
            cells = []
            for measure, (words, unit, scale) in MEASURES.items():
                low, central, high = (
                    float(found.loc[measure, k]) * scale for k in ("low", "central", "high")
                )
                cells.append(
                    kit.book.add(
                        Indicator(
                            f"diff.{code}.{name}.{measure}",
                            f"{SERVICES[code]}: {words.lower()}, {titles[name]} less the baseline",
                            central,
                            unit,
                            month,
                            RUN,
                            basis_of(kit, code),
                            low=low,
                            high=high,
                            better="up" if measure == "share_within_18" else "down",
                        )
                    )
                )
            if year is not None:
                cells += [kit.book[f"diff.{code}.{name}.{id}"] for id in option_effects.SESSIONS]
            lines.append((f"{titles[name]}: {lower(SERVICES[code])}", cells))
    behind = [] if year is None else [f"{words} ({year})" for words, _ in option_effects.SESSIONS.values()]
    kit.facts["difference_month"] = month_words(month)
    kit.table(
        "differences",
        f"Each option less carrying on as now, {month_words(month)}",
        ["Option and service", *(words for words, _, _ in MEASURES.values()), *behind],
        lines,
        note="A minus means fewer or shorter. The range under a figure is an 80% interval. Services that an option "
        "does "
        "not change are left out.",
    )
