"""Options judged by how they end, by their months at the target, and by the worst they do to sessions on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.lists_ahead import RUN, basis_of
from sendneeds.chapter.sections.health.yearly import LATE, years_of
from sendneeds.chapter.words import lower, month_words, number, show
from sendneeds.foundation.vocabulary import SERVICES

MOST_LINES = 4
MEASURES = {
    "waiting": ("Children waiting", "children", 1.0),
    "share_within_18": ("Points of share within 18 weeks", "points", 100.0),
    "waiting_over_52": ("Waiting over 52 weeks", "children", 1.0),
}
"""Differences that are shown: column, unit, and what turns the run's unit into it."""
WEEKS_OF_MONTH = 3
"""Weeks of a month that the run must hold for the month's mean to be given."""
HARM = 0.1
"""An option's worst month for sessions is told, not its best, where it is worse by more than this part of the best."""


def fill(
    kit: ChapterBuilder,
    months: list[str],
    names: list[str],
    titles: dict[str, str],
    changed: set[tuple[str, str]],
) -> None:
    """Add months at the target, and the peak of sessions past due and of weeks late of every option that differs."""
    kit.facts["ahead"] = ahead = months_ahead(kit, months)
    kit.facts["ahead_from"], kit.facts["ahead_to"] = month_words(ahead[0]), month_words(ahead[-1])
    _count(kit, ahead)
    for code in kit.facts["services"]:
        for name in names:
            if name != names[0] and (name, code) not in changed:
                continue
            chances = [kit.book[f"prob.{code}.{name}.{m}"].number for m in ahead]
            kit.book.add(
                Indicator(
                    f"months.{code}.{name}",
                    f"{SERVICES[code]}: months at the target of {len(ahead)}, {titles[name]}",
                    float(sum(chances)),
                    "months on average",
                    f"{ahead[0]} to {ahead[-1]}",
                    RUN,
                    basis_of(kit, code),
                    better="up",
                    definition="Probabilities of the months after the figures were taken, added up",
                )
            )
            if name != names[0]:
                gained = [kit.book[f"months.{code}.{n}"].number for n in (name, names[0])]
                kit.book.add(
                    Indicator(
                        f"diff.{code}.{name}.months",
                        f"{SERVICES[code]}: months at the target, {titles[name]} less the baseline",
                        gained[0] - gained[1],
                        "months on average",
                        f"{ahead[0]} to {ahead[-1]}",
                        RUN,
                        basis_of(kit, code),
                        better="up",
                    )
                )
                _overdue(kit, code, name, names[0], titles)
                _late(kit, code, name, names[0], titles)


def months_ahead(kit: ChapterBuilder, months: list[str]) -> list[str]:
    """Return the months after the day on which the pack's figures were taken: one that is past is no answer."""
    days: list[date] = [m.extracted_on for m in kit.area.meta.values() if m.extracted_on is not None]
    taken = max(days).isoformat()[:7] if days else ""
    return [m for m in months if m > taken] or months[-1:]


def _count(kit: ChapterBuilder, ahead: list[str]) -> None:
    period = f"{ahead[0]} to {ahead[-1]}"
    kit.book.add(
        Indicator("months.ahead", "Months after the figures were taken", len(ahead), "months", period, RUN, "published")
    )  # fmt: skip


def stays_from(line: list[float], months: list[str], ahead: list[str], level: float) -> str | None:
    """Return the first month still ahead from which a probability stays at a `level` to the end, or None."""
    found = None
    for month, chance in zip(reversed(months), reversed(line), strict=True):
        if chance < level or month not in ahead:
            break
        found = month
    return found


def worst(gained: np.ndarray) -> int:
    """Return where a difference (over time) does the most harm, or where it helps the most if it does next to none."""
    harmful = gained.max() > HARM * max(-gained.min(), 0)
    return int(gained.argmax() if harmful else gained.argmin())


def monthly(kit: ChapterBuilder, code: str, scenario: str) -> tuple[list[str], np.ndarray]:
    """Return whole months and a service's sessions past due under a scenario, mean of each month, (month, draw)."""
    array = kit.result.lists["overdue_sessions"].sel(scenario=scenario, service=code)
    time = "week" if "week" in array.dims else "week_commencing"
    values = array.transpose(time, "draw").values
    each, first, weeks = np.unique(
        array[time].values.astype("datetime64[M]"), return_index=True, return_counts=True
    )
    means = np.add.reduceat(values.astype(float), first, axis=0) / weeks[:, None]
    whole = weeks >= WEEKS_OF_MONTH  # the one week in which a run ends is a holiday's and no month's
    return [str(m) for m in each[whole]], means[whole]


def _overdue(kit: ChapterBuilder, code: str, name: str, base: str, titles: dict[str, str]) -> None:
    """Add sessions past due in the month in which the option makes the greatest difference, beside the baseline's."""
    months, mine = monthly(kit, code, name)
    other = monthly(kit, code, base)[1]
    at = worst(np.median(mine - other, axis=1))
    about = (months[at], RUN, basis_of(kit, code))
    title = f"{SERVICES[code]}: sessions past due"
    for id, words, draws in (
        (f"overdue_peak.{code}.{name}", f"{title}, {titles[name]}", mine[at]),
        (f"overdue_peak.{code}.{name}.now", f"{title}, as things are", other[at]),
        (f"diff.{code}.{name}.overdue", f"{title}, {titles[name]} less the baseline", mine[at] - other[at]),
    ):
        kit.drawn(id, words, draws, "follow-up sessions", *about, better="down")


def _late(kit: ChapterBuilder, code: str, name: str, base: str, titles: dict[str, str]) -> None:
    """Add mean weeks late of the year's sessions less the baseline's, in the year that differs the most."""
    lists, whole = kit.result.lists, years_of(kit.result.lists)
    title = f"{SERVICES[code]}: weeks late of a session, {titles[name]} less the baseline"

    def late(of: str, at: slice) -> np.ndarray:
        parts = []
        for variable in ("late_weeks", "sessions"):
            array = lists[variable].sel(scenario=of, service=code)
            parts.append(array.transpose("week_commencing", "draw").values[at].sum(axis=0, dtype=np.int64))
        return np.where(parts[1] > 0, parts[0] / np.maximum(parts[1], 1), np.nan)

    found = {}
    for year, at in whole.items():
        draws = late(name, at) - late(base, at)
        if np.isfinite(draws).any():
            found[year] = draws[np.isfinite(draws)]
    if not found:
        kit.book.missing(
            f"diff.{code}.{name}.late", title, "weeks on average", "", "a service that gives follow-ups"
        )
        return
    year = list(found)[worst(np.array([np.median(d) for d in found.values()]))]
    kit.drawn(
        f"diff.{code}.{name}.late", title, found[year], "weeks on average", f"calendar year {year}", RUN,
        basis_of(kit, code), better="down",
    )  # fmt: skip


def harms(kit: ChapterBuilder, code: str, name: str) -> bool:
    """Return whether in some year an option makes sessions come so much later that its list must not look good."""
    id = f"diff.{code}.{name}.late"
    return kit.book.shown(id) and kit.book[id].number >= LATE


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
    kit: ChapterBuilder, code: str, best: str, base: str, titles: dict[str, str], last: str, clear: float
) -> dict[str, Any]:
    """Return what the summary says of the option that ends best: end, months at target, and sessions at the worst."""
    then, now = kit.book[f"prob.{code}.{best}.{last}"], kit.book[f"prob.{code}.{base}.{last}"]
    gained = kit.book[f"diff.{code}.{best}.months"].number if best != base else 0.0
    peak = kit.book[f"overdue_peak.{code}.{best}"]
    late = kit.book[f"diff.{code}.{best}.late"]
    return {
        "service": SERVICES[code],
        "code": code,
        "name": best,
        "base": base,
        "title": titles[best],
        "month": month_words(last),
        "best": then.id,
        "now": now.id,
        "helps": then.number > now.number + clear,
        "for_a_time": gained > clear * kit.book["months.ahead"].number,
        "peak_month": month_words(peak.period),
        "late_year": late.period.removeprefix("calendar year "),
        "harms": harms(kit, code, best),
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
        months, values = monthly(kit, code, name)
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
