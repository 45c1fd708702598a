"""Options judged by how they end, by their months at the target, and by the worst they do to sessions on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.lists_ahead import RUN, basis_of
from sendneeds.chapter.sections.health.yearly import years_of
from sendneeds.chapter.words import lower, month_words, number, show
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.comparison import Comparison
from sendneeds.scenarios.judge import (
    Judgement,
    Verdict,
    at_target,
    comes_late,
    months_ahead,
    sessions_past_due,
)

MOST_LINES = 4
MEASURES = {
    "waiting": ("Children waiting", "children", 1.0),
    "share_within_18": ("Points of share within 18 weeks", "points", 100.0),
    "waiting_over_52": ("Waiting over 52 weeks", "children", 1.0),
}
"""Differences that are shown: column, unit, and what turns the run's unit into it."""


def fill(
    kit: ChapterBuilder,
    comparison: Comparison,
    judgement: Judgement,
    names: list[str],
    titles: dict[str, str],
) -> None:
    """Add months at the target, and the peak of sessions past due and of weeks late of every option that differs."""
    kit.facts["ahead"] = ahead = months_ahead(comparison)
    verdicts = {(v.scenario, v.service): v for v in judgement.verdicts}
    kit.facts["ahead_from"], kit.facts["ahead_to"] = month_words(ahead[0]), month_words(ahead[-1])
    _count(kit, ahead)
    for code in kit.facts["services"]:
        for name in names:
            if name != names[0] and (name, code) not in verdicts:
                continue
            kit.book.add(
                Indicator(
                    f"months.{code}.{name}",
                    f"{SERVICES[code]}: months at the target of {len(ahead)}, {titles[name]}",
                    at_target(comparison, name, code).months,
                    "months on average",
                    f"{ahead[0]} to {ahead[-1]}",
                    RUN,
                    basis_of(kit, code),
                    better="up",
                    definition="Probabilities of the months after the figures were taken, added up",
                )
            )
            if name != names[0]:
                verdict = verdicts[name, code]
                kit.book.add(
                    Indicator(
                        f"diff.{code}.{name}.months",
                        f"{SERVICES[code]}: months at the target, {titles[name]} less the baseline",
                        verdict.option.months - verdict.baseline.months,
                        "months on average",
                        f"{ahead[0]} to {ahead[-1]}",
                        RUN,
                        basis_of(kit, code),
                        better="up",
                    )
                )
                _overdue(kit, verdict, titles[name])
                _late(kit, verdict, titles[name])


def _count(kit: ChapterBuilder, ahead: list[str]) -> None:
    period = f"{ahead[0]} to {ahead[-1]}"
    kit.book.add(
        Indicator("months.ahead", "Months after the figures were taken", len(ahead), "months", period, RUN, "published")
    )  # fmt: skip


def _overdue(kit: ChapterBuilder, verdict: Verdict, option: str) -> None:
    """Add sessions past due in the month in which the option makes the greatest difference, beside the baseline's."""
    code, name = verdict.service, verdict.scenario
    about = (verdict.overdue_month, RUN, basis_of(kit, code))
    title = f"{SERVICES[code]}: sessions past due"
    own, baseline = verdict.overdue, verdict.overdue_baseline
    for id, words, draws in (
        (f"overdue_peak.{code}.{name}", f"{title}, {option}", own),
        (f"overdue_peak.{code}.{name}.now", f"{title}, as things are", baseline),
        (f"diff.{code}.{name}.overdue", f"{title}, {option} less the baseline", own - baseline),
    ):
        kit.drawn(id, words, draws, "follow-up sessions", *about, better="down")


def _late(kit: ChapterBuilder, verdict: Verdict, option: str) -> None:
    """Add mean weeks late of the year's sessions less the baseline's, in the year that differs the most."""
    id = f"diff.{verdict.service}.{verdict.scenario}.late"
    title = f"{SERVICES[verdict.service]}: weeks late of a session, {option} less the baseline"
    if verdict.late_year is None:
        kit.book.missing(id, title, "weeks on average", "", "a service that gives follow-ups")
        return
    kit.drawn(
        id, title, verdict.weeks_later, "weeks on average", f"calendar year {verdict.late_year}", RUN,
        basis_of(kit, verdict.service), better="down",
    )  # fmt: skip


def harms(kit: ChapterBuilder, code: str, name: str) -> bool:
    """Return whether in some year an option makes sessions come so much later that its list must not look good."""
    id = f"diff.{code}.{name}.late"
    return kit.book.shown(id) and comes_late(kit.book[id].number)


def harm_clause(kit: ChapterBuilder, code: str, name: str) -> str:
    """Return what an option does to the sessions of children already in a service, at the worst; empty if no harm."""
    if not harms(kit, code, name):
        return ""
    late, peak = kit.book[f"diff.{code}.{name}.late"], kit.book[f"overdue_peak.{code}.{name}"]
    return (
        f", but sessions past due reach {show(peak)} in {month_words(peak.period)} against "
        f"{show(kit.book[f'{peak.id}.now'])}, and sessions of {late.period.removeprefix('calendar year ')} come "
        f"{show(late)} weeks later"
    )


def line(
    kit: ChapterBuilder, verdict: Verdict, base: str, titles: dict[str, str], last: str
) -> dict[str, Any]:
    """Return what the summary says of the option that ends best: end, months at target, and sessions at the worst."""
    code, best = verdict.service, verdict.scenario
    peak = kit.book[f"overdue_peak.{code}.{best}"]
    late = kit.book[f"diff.{code}.{best}.late"]
    return {
        "service": SERVICES[code],
        "code": code,
        "name": best,
        "base": base,
        "title": titles[best],
        "month": month_words(last),
        "best": f"prob.{code}.{best}.{last}",
        "now": f"prob.{code}.{base}.{last}",
        "helps": verdict.helps,
        "for_a_time": verdict.helps_for_a_time,
        "peak_month": month_words(peak.period),
        "late_year": late.period.removeprefix("calendar year "),
        "harms": verdict.harms,
        "dear": worst_option(kit, code, best, titles),
    }


def worst_option(kit: ChapterBuilder, code: str, best: str, titles: dict[str, str]) -> str:
    """Return what the option that makes sessions latest does, if it is not the one that ends best; else nothing."""
    others = [n for n in titles if n != best and harms(kit, code, n)]
    if not others:
        return ""
    worst = max(others, key=lambda n: kit.book[f"diff.{code}.{n}.late"].number)
    months = show(kit.book[f"months.{code}.{worst}"])
    return f"“{titles[worst]}” is there in {months} months{harm_clause(kit, code, worst)}"


def figure(kit: ChapterBuilder, code: str, names: list[str], titles: dict[str, str]) -> None:
    """Draw sessions past due under the options that differ the most in them, beside carrying on as now."""
    base, moved = names[0], [n for n in names[1:] if kit.book[f"diff.{code}.{n}.overdue"].number]
    if not moved:
        return
    moved.sort(key=lambda n: (-abs(kit.book[f"diff.{code}.{n}.overdue"].number), n))
    drawn = [base, *moved[: MOST_LINES - 1]]
    whole, lines, series = years_of(kit.result.lists), [], []
    for name in [base, *moved]:
        months, values = sessions_past_due(kit.result.lists, name, code)
        x = [int(m[:4]) + (int(m[5:7]) - 0.5) / 12 for m in months]
        if name in drawn:
            series.append(charts.Series(titles[name], x, np.median(values, axis=1).tolist()))
        cells = []
        for year in whole:
            id = f"overdue_sessions.{code}.{year}" if name == base else f"overdue.{code}.{name}.{year}"
            if id not in kit.book:
                mine = values[[int(m[:4]) == year for m in months]].mean(axis=0)
                kit.drawn(
                    id, f"{SERVICES[code]}: sessions past due, mean over the year, {titles[name]}", mine,
                    "follow-up sessions", f"calendar year {year}", RUN, basis_of(kit, code), better="down",
                )  # fmt: skip
            cells.append(id)
        at = f"overdue_peak.{code}.{name}"
        last = ["", ""] if name == base else [at, month_words(kit.book[at].period)]
        lines.append((titles[name], [*cells, *last]))
    id = f"overdue_{code.lower()}"
    table = kit.table(
        id,
        f"{SERVICES[code]}: sessions past due by option",
        ["Option", *(f"Mean of {y}" for y in whole), "In the month that differs most", "Which month"],
        lines,
        note="The range under a figure is an 80% interval.",
    )
    first = moved[0]
    peak = kit.book[f"overdue_peak.{code}.{first}"]
    way = "up to" if kit.book[f"diff.{code}.{first}.overdue"].number > 0 else "down to"
    kit.figure(
        id,
        f"“{titles[first]}” takes the sessions past due of {lower(SERVICES[code])} {way} {show(peak)} in "
        f"{month_words(peak.period)}, against {show(kit.book[f'{peak.id}.now'])} as things are",
        "Line chart of follow-up sessions past due, median of each month. "
        + " ".join(
            f"{titles[n]}: {number(max(s.y), 'follow-up sessions')} at most, "
            f"{number(s.y[-1], 'follow-up sessions')} at the end."
            for n, s in zip(drawn, series, strict=True)
        ),
        lambda: charts.trend(series, "follow-up sessions past due, mean of each month, median of the draws"),
        table,
        "follow-up sessions",
    )
    kit.facts["overdue_figures"].append(id)


def differences(kit: ChapterBuilder, table: Any, names: list[str], titles: dict[str, str]) -> None:
    """Add what each option changes at the end of the lists, and to sessions at the worst, where it changes anything."""
    month = max(table["month"].astype(str).str[:7])
    frame = table[table["month"].astype(str).str[:7] == month]
    lines = []
    for name in names[1:]:
        for code in kit.facts["services"]:
            if f"months.{code}.{name}" not in kit.book:
                continue
            found = frame[(frame["scenario"] == name) & (frame["service"] == code)].set_index("measure")
            cells: list[Indicator | str] = [f"diff.{code}.{name}.months"]
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
            for id, period in (
                ("overdue", month_words),
                ("late", lambda p: p.removeprefix("calendar year ")),
            ):
                record = kit.book[f"diff.{code}.{name}.{id}"]
                cells += [record, period(record.period) if record.period else ""]
            lines.append((f"{titles[name]}: {lower(SERVICES[code])}", cells))
    kit.table(
        "differences",
        f"Each option less carrying on as now: the lists in {month_words(month)}, and sessions at their worst",
        [
            "Option and service",
            f"Months at the target of {show(kit.book['months.ahead'])} ahead",
            *(words for words, _, _ in MEASURES.values()),
            "Sessions past due",
            "in",
            "Weeks late of a session",
            "in the year",
        ],
        lines,
        note="A minus means fewer or shorter. Months at the target are on average over the draws. Sessions are shown "
        "when the option makes them worst, or where it makes none worse, best. The range under a figure is an 80% "
        "interval. Services that an option does not change are left out.",
    )
