"""Each service beside its list: children already in it, sessions past due, advice, slots, and who left unseen."""

from __future__ import annotations

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.sections.health import backlog_charts
from sendneeds.chapter.sections.health.lists_ahead import RUN, baseline, basis_of
from sendneeds.chapter.sections.health.yearly import WIDE, late_id, ratio, value_of, weekly, years_of
from sendneeds.chapter.words import lower, number, show
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.judge import comes_late

USES = {
    "advice": "Statutory advice",
    "follow_up": "Follow-ups",
    "first": "First appointments",
    "wasted": "Missed",
    "idle": "Not used",
}
PARTS = {
    "statutory advice": ("advice",),
    "follow-ups": ("follow_up",),
    "first appointments": ("first",),
    "missed or not used": ("wasted", "idle"),
}
"""Parts of a bar: at most four."""
FLOWS = {
    "referrals": "Joined the list",
    "seen": "Seen for a first appointment",
    "removed": "Left the list unseen",
    "aged_out": "Of them, reached the age limit while waiting",
}


def fill(kit: ChapterBuilder, services: list[str]) -> None:
    """Add what stands behind the lists of `services`, and the advice of every service that gives it."""
    lists = kit.result.lists
    whole = years_of(lists)
    every = [str(s) for s in lists["service"].values]
    kit.facts |= {"service_years": list(whole), "all_services": every, "backlogs": []}
    if not whole:
        return
    for code in services:
        _records(kit, code, whole)
    _slots(kit, every, whole)
    _advice(kit, every, whole)
    for code in services:
        kit.facts["backlogs"].append(backlog_charts.add(kit, code, list(whole)))
    _tables(kit, services, list(whole))
    last = list(whole)[-1]
    late = [c for c in services if comes_late(value_of(kit, late_id(c, last)))]
    late.sort(key=lambda c: -value_of(kit, late_id(c, last)))
    kit.facts["late_services"] = [lower(SERVICES[c]) for c in late]
    kit.facts["late_id"] = late_id(late[0], last) if late else ""


def _records(kit: ChapterBuilder, code: str, whole: dict[int, slice]) -> None:
    """Add a year's backlog, lateness and leavers of a service."""
    name, basis = SERVICES[code], basis_of(kit, code)
    parts = {
        n: weekly(kit, n, code) for n in ("overdue_sessions", "in_service", "late_weeks", "sessions", *FLOWS)
    }
    for year, at in whole.items():
        period = f"calendar year {year}"
        for stock, words, unit in (
            ("overdue_sessions", "follow-up sessions past due, mean over the year", "follow-up sessions"),
            (
                "in_service",
                "children between first assessment and last session, mean over the year",
                "children",
            ),
        ):
            better = "down" if stock == "overdue_sessions" else ""
            kit.drawn(
                f"{stock}.{code}.{year}", f"{name}: {words}", parts[stock][at].mean(axis=0), unit, period, RUN,
                basis, better=better,
            )  # fmt: skip
        for flow, words in FLOWS.items():
            kit.drawn(
                f"{flow}.{code}.{year}",
                f"{name}: {words.lower()}",
                parts[flow][at].sum(axis=0, dtype=np.int64),
                "children",
                period,
                RUN,
                basis,
            )
        late = ratio(*(parts[n][at].sum(axis=0, dtype=np.int64) for n in ("late_weeks", "sessions")))
        _drawn_or_missing(
            kit, late_id(code, year), f"{name}: mean weeks late of a follow-up session given", late,
            "weeks on average", period, basis, "a service that gives follow-ups", better="down",
        )  # fmt: skip
    waiting = weekly(kit, "waiting", code)
    weeks = len(waiting) - 1
    last = str(kit.result.lists["week"].values[-1])[:10]
    kit.drawn(
        f"growth.{code}", f"{name}: growth of the list", (waiting[-1] - waiting[0].astype(float)) / weeks,
        "children a week", f"the run, to {last}", RUN, basis, better="down",
    )  # fmt: skip


def _drawn_or_missing(
    kit: ChapterBuilder,
    id: str,
    title: str,
    draws: np.ndarray,
    unit: str,
    period: str,
    basis: str,
    by: str,
    better: str,
) -> None:
    """Add the interval of some draws, or say that there was nothing to count."""
    if len(draws):
        kit.drawn(id, title, draws, unit, period, RUN, basis, better=better)
    else:
        kit.book.missing(id, title, unit, period, by)


def _slots(kit: ChapterBuilder, every: list[str], whole: dict[int, slice]) -> None:
    """Add where the slots of the first whole year go."""
    slots, year = kit.result.lists["slots"], next(iter(whole))
    mine = slots["month"].dt.year.values == year
    period, shares = f"calendar year {year}", []
    for code in every:
        used = baseline(kit, "slots", code).transpose("month", "use", "draw").values[mine]
        by_use = dict(zip(slots["use"].values.tolist(), used.sum(axis=0, dtype=float), strict=True))
        total = np.maximum(sum(by_use.values()), 1e-9)
        for use, words in USES.items():
            kit.drawn(
                f"slots.{code}.{use}",
                f"{SERVICES[code]}: share of slots, {words.lower()}",
                100 * by_use[use] / total,
                "whole percent",
                period,
                RUN,
                basis_of(kit, code),
            )
        for part, uses in PARTS.items():
            kit.drawn(
                f"slots.{code}.part.{part}",
                f"{SERVICES[code]}: share of slots, {part}",
                100 * sum(by_use[u] for u in uses) / total,
                "whole percent",
                period,
                RUN,
                basis_of(kit, code),
            )
        mean = np.array(
            [float((100 * sum(by_use[u] for u in uses) / total).mean()) for uses in PARTS.values()]
        )
        shares.append(mean)
    table = kit.table(
        "slots_by_use",
        f"Where the slots of each service go in {year}, as things are",
        ["Service", *USES.values()],
        [(SERVICES[c], [f"slots.{c}.{u}" for u in USES]) for c in every],
        note="Share of the slots that staff in post have. Advice comes first, then follow-ups, then first "
        "appointments, unless an option keeps slots back. The range is an 80% interval; the parts of a row add up "
        "within a draw.",
    )
    values = np.array(shares)
    lead = [SERVICES[c] for c, row in zip(every, values, strict=True) if row[1] > row[2]]
    kit.figure(
        "slots_by_use",
        f"In {number(len(lead), '')} of {number(len(every), '')} services more slots go to follow-ups than to first "
        f"appointments",
        "Bar chart, one bar a service, split by what its slots are used for. "
        + " ".join(
            f"{SERVICES[c]}: "
            + ", ".join(f"{p} {show(kit.book[f'slots.{c}.part.{p}'])}" for p in PARTS)
            + "."
            for c in every
        ),
        lambda: bars.stacked(
            [SERVICES[c] for c in every],
            list(PARTS),
            values,
            [[f"{v:.0f}%" for v in row] for row in values],
            f"percentage of slots, {year}, mean of the draws",
        ),
        table,
        "percentage of slots",
    )


def _advice(kit: ChapterBuilder, every: list[str], whole: dict[int, slice]) -> None:
    """Add statutory advice given within six weeks, and what is in hand, by year."""
    years, given = list(whole), []
    for code in every:
        done, soon, hand = (weekly(kit, n, code) for n in ("advice_done", "advice_in_time", "advice_waiting"))
        if not (done.any() or hand.any()):
            continue
        given.append(code)
        for year, at in whole.items():
            basis, period = basis_of(kit, code), f"calendar year {year}"
            share = 100 * ratio(soon[at].sum(axis=0, dtype=np.int64), done[at].sum(axis=0, dtype=np.int64))
            title = f"{SERVICES[code]}: statutory advice given within six weeks"
            _drawn_or_missing(
                kit, f"advice.{code}.{year}", title, share, "whole percent", period, basis,
                "requests for the service's advice", better="up",
            )  # fmt: skip
            kit.drawn(
                f"advice_hand.{code}.{year}", f"{SERVICES[code]}: requests for advice in hand at the year's end",
                hand[at.stop], "requests", period, RUN, basis, better="down",
            )  # fmt: skip
    kit.facts["advisers"] = given
    if not given:
        return
    ends = list(dict.fromkeys([years[0], years[-1]]))
    kit.table(
        "advice_in_time",
        "Statutory advice given within six weeks, as things are",
        ["Service", *(str(y) for y in years), *(f"In hand at the end of {y}" for y in ends)],
        [
            (SERVICES[c], [*(f"advice.{c}.{y}" for y in years), *(f"advice_hand.{c}.{y}" for y in ends)])
            for c in given
        ],
        note="Share of the advice given in a year that took up to six weeks. Advice comes before clinics. The range is "
        "an 80% interval, and has no track record.",
    )
    worst = min(given, key=lambda c: (value_of(kit, f"advice.{c}.{years[-1]}"), c))
    record = kit.book[f"advice.{worst}.{years[-1]}"]
    kit.facts["worst_adviser"] = {
        "known": record.shown and record.upper_end - record.lower_end <= WIDE,
        "service": lower(SERVICES[worst]),
        "id": f"advice.{worst}.{years[-1]}",
        "year": years[-1],
    }


def _tables(kit: ChapterBuilder, services: list[str], years: list[int]) -> None:
    """Add the board's table, a row a service, and who left unseen."""
    mid = years[min(2, len(years) - 1)]
    kit.facts["board_year"] = mid
    kit.table(
        "services_ahead",
        f"Every service in {mid} if nothing changes: its list, and the children already in it",
        [
            "Service",
            "Waiting",
            "Up to 18 weeks",
            "Children in the service",
            "Sessions past due",
            "Weeks late of a session",
            "Growth of the list",
            "Chance that demand is above capacity",
        ],
        [
            (
                SERVICES[c],
                [
                    f"list_mean.{c}.{mid}",
                    f"list_within.{c}.{mid}",
                    f"in_service.{c}.{mid}",
                    f"overdue_sessions.{c}.{mid}",
                    late_id(c, mid),
                    f"growth.{c}",
                    f"load.{c}.over.{mid}",
                ],
            )
            for c in services
        ],
        note="Means over the year. Growth: children a week over the whole run. "
        "The range under a figure is an 80% interval, and has no track record.",
    )
    kit.table(
        "left_unseen",
        f"Who joined the lists, who was seen and who left unseen in {mid}, if nothing changes",
        ["Service", *FLOWS.values()],
        [(SERVICES[c], [f"{flow}.{c}.{mid}" for flow in FLOWS]) for c in services],
        note="Children a year. A child who left may have gone private, moved or given up: a shorter list is not less "
        "need. The range under a figure is an 80% interval.",
    )
