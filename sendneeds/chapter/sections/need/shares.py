"""Shares of pupils with a plan and at SEN support, in the area's schools and in England's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, is_scaled, rows, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import Standing, compared, show
from sendneeds.evidence.definitions import differences
from sendneeds.need.prevalence import wilson

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

BY_SCHOOL = "Pupils counted at the school that they attend, wherever they live"
PROVISIONS = {"E": "EHC plan", "K": "SEN support"}


@dataclass(frozen=True)
class PupilShares:
    """Shares of pupils by provision, ``E`` (a plan) and ``K`` (SEN support).

    Parameters
    ----------
    years : list of int
        Januaries published; empty where the area has no shares of its own.
    area, england : dict of str to dict of int to Indicator
        Share by provision and year.
    scaled : bool
        Whether the pack has England's own shares in place of the area's, which are then left out.
    """

    years: list[int]
    area: dict[str, dict[int, Indicator]]
    england: dict[str, dict[int, Indicator]]
    scaled: bool

    @property
    def standing(self) -> dict[str, Standing]:
        """How the latest share of each provision compares with England's; empty without shares."""
        if not self.years:
            return {}
        last = self.years[-1]
        return {p: compared(self.area[p][last], self.england[p][last]) for p in PROVISIONS}

    @property
    def below(self) -> list[str]:
        """Provisions whose latest share is below England's."""
        return [provision for provision, found in self.standing.items() if found is Standing.BELOW]


def add_pupil_shares(chapter: ChapterBuilder) -> PupilShares:
    """Add shares of pupils with a plan and at SEN support; an interval on the area's decides the comparison."""
    scaled = is_scaled(chapter.area, "sen_percent")
    frame = rows(chapter.area, "sen_percent").iloc[: 0 if scaled else None]
    years = sorted(int(y) for y in frame["census_january"].unique()) if len(frame) else []
    found: list[dict[str, dict[int, Indicator]]] = [{}, {}]
    for provision in PROVISIONS:
        for year in years:
            for by_provision, (slug, area) in zip(found, chapter.areas, strict=True):
                by_provision.setdefault(provision, {})[year] = _share(chapter, area, slug, provision, year)
    shares = PupilShares(years, found[0], found[1], scaled)
    if years:
        _add_table_and_figure(chapter, shares)
    else:
        chapter.add_missing(
            "share", "Share of pupils with a plan and at SEN support", "percent", "last January",
            "a sen_percent.csv table from the school census",
        )  # fmt: skip
    return shares


def _share(chapter: ChapterBuilder, area: Area, slug: str, provision: str, year: int) -> Indicator:
    """Add one share, with Wilson's interval where the pupils on roll are known."""
    percent = figure_of(area, "sen_percent", "percent_of_pupils", census_january=year, provision=provision)
    more: dict[str, Any] = {"definition": BY_SCHOOL}
    roll = pupils_on_roll(area).get(year)
    if percent is not None and roll:
        low, high = map(float, wilson(percent / 100 * roll, roll))
        more |= {"low": 100 * low, "high": 100 * high, "level": 95}
    title = f"Pupils with {'an EHC plan' if provision == 'E' else 'SEN support'}, {area.name}"
    return chapter.add_published(
        f"share{slug}.{provision}.{year}", title, percent, "percent", january(year), "sen_percent", area=area, **more
    )  # fmt: skip


def pupils_on_roll(area: Area) -> dict[int, float]:
    """Return pupils on roll by January; empty where the area has no table of its own."""
    if not area.has("pupils") or is_scaled(area, "pupils"):
        return {}
    return {
        int(y): float(n) for y, n in area.table("pupils").groupby("census_january")["pupils"].sum().items()
    }


def _add_table_and_figure(chapter: ChapterBuilder, shares: PupilShares) -> None:
    years, last, standing = shares.years, shares.years[-1], shares.standing
    both = (shares.area, shares.england)
    name = chapter.area.name
    table = chapter.add_table(
        "pupil_shares",
        "Share of pupils with an EHC plan and at SEN support",
        ["January", *(f"{place}, {what}" for what in PROVISIONS.values() for place in (name, "England"))],
        [(str(y), [found[p][y] for p in PROVISIONS for found in both]) for y in years],
        note="The range under a figure is a 95% interval for chance variation. Pupils are counted at their school.",
    )
    cut, caveats = chapter.breaks("sen_percent", years[0], last)
    drawn = [(found, p) for p in ("K", "E") for found in both]
    chapter.add_figure(
        "pupil_shares",
        f"The share of pupils with an EHC plan is {standing['E']} England's, and at SEN support "
        f"{'also ' if standing['E'] == standing['K'] else ''}{standing['K']} it",
        f"Line chart of the share of pupils each January from {years[0]} to {last}. "
        + " ".join(f"{found[p][last].title}: {show(found[p][last])} in {last}." for found, p in drawn),
        lambda: partial(
            charts.trend,
            [
                series(f"{area.name}, {PROVISIONS[p]}", found[p], dashed=bool(slug))
                for p in ("K", "E")
                for found, (slug, area) in zip(both, chapter.areas, strict=True)
            ],
            "percentage of pupils",
            percent=True,
            fmt="{:.1f}%",
            breaks=cut,
        ),
        table,
        "percentage of pupils, by school attended",
        caveats=[*caveats, *differences("percent_with_plan", "percent_with_sen_support")],
    )
