"""Plans issued within 20 weeks as published, on both bases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.words import Standing, compared, show
from sendneeds.evidence.definitions import differences
from sendneeds.need.prevalence import wilson

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

LAW = "Special Educational Needs and Disability Regulations 2014, regulation 13"
EXCLUDING, INCLUDING = "excluding", "including"
EXCEPTIONS = {
    EXCLUDING: "Plans issued in the year, leaving out those with a permitted exception",
    INCLUDING: "All plans issued in the year, those with a permitted exception among them",
}


@dataclass(frozen=True)
class Timeliness:
    """The share of plans within the legal time.

    Parameters
    ----------
    legal_weeks : Indicator
    years : list of int
        Calendar years published.
    area, england : dict of str to dict of int to Indicator
        Share within the legal time, by basis (``excluding``, ``including`` exceptions) and year.
    """

    legal_weeks: Indicator
    years: list[int]
    area: dict[str, dict[int, Indicator]]
    england: dict[str, dict[int, Indicator]]

    @property
    def standing(self) -> Standing:
        """How the latest share, exceptions left out, compares with England's."""
        if not self.years:
            return Standing.NOT_COMPARED
        last = self.years[-1]
        return compared(self.area[EXCLUDING][last], self.england[EXCLUDING][last])

    def shown(self, basis: str, year: int) -> Indicator | None:
        """Return a share of the area; None where it is not published."""
        record = self.area.get(basis, {}).get(year)
        return record if record is not None and record.shown else None

    @property
    def last(self) -> Indicator | None:
        """The latest share, exceptions left out; None where it is not published."""
        return self.shown(EXCLUDING, self.years[-1]) if self.years else None

    @property
    def before(self) -> Indicator | None:
        """The share of the year before the latest."""
        return self.shown(EXCLUDING, self.years[-1] - 1) if self.years else None


def add_timeliness(chapter: ChapterBuilder) -> Timeliness:
    """Add the share of plans within 20 weeks by year on both bases, and the plans issued."""
    frame = rows(chapter.area, "ehc_timeliness")
    years = sorted(int(y) for y in frame["calendar_year"].unique())
    legal = chapter.add(
        Indicator("law.ehc_weeks", "Weeks from a request to a final plan", 20, "weeks", "in force", LAW, "published",
                  definition="Some exceptions are permitted")
    )  # fmt: skip
    own, england = (
        {basis: {year: _add_year(chapter, slug, area, basis, year) for year in years} for basis in EXCEPTIONS}
        for slug, area in chapter.areas
    )
    found = Timeliness(legal, years, own, england)
    if years:
        _add_figure(chapter, found)
    else:
        chapter.add_missing(
            "time.excluding", "Plans issued within the legal time", "percent", "last calendar year",
            "an ehc_timeliness.csv table from the council's SEN2 return",
        )  # fmt: skip
    return found


def _add_year(chapter: ChapterBuilder, slug: str, area: Area, basis: str, year: int) -> Indicator:
    """Add the plans issued in a year, and return the share of them within 20 weeks, with Wilson's interval."""
    issued, in_time = (
        figure_of(area, "ehc_timeliness", column, calendar_year=year, exceptions=basis)
        for column in ("issued", "within_20_weeks")
    )
    definition = EXCEPTIONS[basis]
    more: dict[str, Any] = {"definition": definition, "better": "up"}
    share = None
    if issued and in_time is not None:
        low, high = map(float, wilson(in_time, issued))
        share = 100 * in_time / issued
        more |= {"low": 100 * low, "high": 100 * high, "level": 95}
    record = chapter.add_published(
        f"time{slug}.{basis}.{year}", f"Plans issued within 20 weeks, {basis} exceptions, {area.name}", share,
        "percent", calendar_year(year), "ehc_timeliness", area=area, **more,
    )  # fmt: skip
    chapter.add_published(
        f"issued{slug}.{basis}.{year}", f"Plans issued, {basis} exceptions, {area.name}", issued, "plans",
        calendar_year(year), "ehc_timeliness", area=area, definition=definition,
    )  # fmt: skip
    return record


def _add_figure(chapter: ChapterBuilder, found: Timeliness) -> None:
    """Add the table and the chart of both areas on both bases."""
    years, last = found.years, found.years[-1]
    area, england = chapter.area.name, chapter.england.name
    table = chapter.add_table(
        "ehc_20_weeks",
        "Plans issued within 20 weeks, excluding and including permitted exceptions",
        ["Calendar year", *(f"{name}, {basis}" for basis in EXCEPTIONS for name in (area, england))],
        [(str(y), [of[b][y] for b in EXCEPTIONS for of in (found.area, found.england)]) for y in years],
        note="Excluding: plans with a permitted exception are left out. Including: all plans. The range is a 95% "
        "interval for chance variation.",
    )
    basis = next((basis for basis in EXCEPTIONS if found.area[basis][last].shown), EXCLUDING)
    own, national, before = (
        found.area[basis][last],
        found.england[basis][last],
        found.area[basis].get(last - 1),
    )
    since = ""
    if before is not None and before.shown and own.shown:
        way = "down" if own.number < before.number else "up"
        since = (
            f", as in {last - 1}"
            if show(own) == show(before)
            else f", {way} from {show(before)} in {last - 1}"
        )
    ends = [of[basis][last] for basis in EXCEPTIONS for of in (found.area, found.england)]
    cut, caveats = chapter.breaks("ehc_timeliness", years[0], last)
    chapter.add_figure(
        "ehc_20_weeks",
        f"{show(own)} of plans were issued within 20 weeks in {last} ({basis} exceptions){since}; "
        f"England {show(national)}"
        if own.shown
        else f"Plans within 20 weeks in {last} are not available for {area}",
        f"Line chart of the share of plans issued within 20 weeks, {years[0]} to {last}, on two bases. "
        + " ".join(f"{r.title}: {show(r)} in {last}." for r in ends),
        lambda: partial(
            charts.trend,
            [
                *(series(f"{area}, {basis}", found.area[basis]) for basis in EXCEPTIONS),
                *(series(f"{england}, {basis}", found.england[basis], dashed=True) for basis in EXCEPTIONS),
            ],
            "percentage of plans issued in the year, excluding and including exceptions",
            percent=True,
            fmt="{:.1f}%",
            breaks=cut,
        ),
        table,
        "percentage of plans issued in the calendar year",
        caveats=[*caveats, *differences(*(f"issued_in_20_weeks_{basis}" for basis in EXCEPTIONS))],
    )
