"""Each option less carrying on as now: the lists in the last month, and sessions at their worst."""

from __future__ import annotations

from collections.abc import Mapping

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.sections.options.sessions import OptionsByService
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import lower, month_words, show
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.comparison import Comparison

MEASURES = {
    "waiting": ("Children waiting", "children", 1.0, "down"),
    "share_within_18": ("Points of share within 18 weeks", "points", 100.0, "up"),
    "waiting_over_52": ("Waiting over 52 weeks", "children", 1.0, "down"),
}
"""Title and unit of each difference, what turns the run's unit into it, and which way is better."""


def add_differences(
    chapter: ChapterBuilder,
    services: ServiceRun,
    comparison: Comparison,
    found: OptionsByService,
    titles: Mapping[str, str],
) -> None:
    """Add the table of what each option changes, for the services that it changes."""
    table = comparison.differences
    table = table.assign(month=table["month"].astype(str).str[:7])
    month = table["month"].max()
    last = table[table["month"] == month].set_index(["scenario", "service", "measure"])
    lines: list[tuple[str, list[Cell]]] = []
    for name, title in titles.items():
        for code in services.with_list:
            option = found.by_service[code].get(name)
            if option is None:
                continue
            cells = []
            for measure, (words, unit, scale, better) in MEASURES.items():
                row = last.loc[(name, code, measure)]
                low, central, high = (float(row[end]) * scale for end in ("low", "central", "high"))
                cells.append(
                    chapter.add(
                        Indicator(
                            f"diff.{code}.{name}.{measure}",
                            f"{SERVICES[code]}: {words.lower()}, {title} less the baseline", central, unit, month,
                            RUN, services.basis(code), low=low, high=high, better=better,
                        )
                    )
                )  # fmt: skip
            sessions: list[Cell] = [
                option.overdue_more,
                option.overdue_month,
                option.later,
                option.late_year,
            ]
            lines.append((f"{title}: {lower(SERVICES[code])}", [option.months_gained, *cells, *sessions]))
    if not lines:
        return
    chapter.add_table(
        "differences",
        f"Each option less carrying on as now: the lists in {month_words(month)}, and sessions at their worst",
        [
            "Option and service",
            f"Months at the target of {show(found.ahead_count)} ahead",
            *(words for words, _, _, _ in MEASURES.values()),
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
