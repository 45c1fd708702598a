"""The latest published lists, of the NHS area around and of England."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.words import band_words, month_words
from sendneeds.foundation.vocabulary import SERVICES, WEEK_BANDS

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

ALL = "all"


def add_published_lists(chapter: ChapterBuilder) -> str:
    """Add the latest published lists with every band, and return the name of the NHS area around; empty without one."""
    around = _add_lists(chapter, "icb", chapter.area, "published_lists")
    _add_lists(chapter, "england", chapter.england, "published_england")
    return around


def _add_lists(chapter: ChapterBuilder, slug: str, area: Area, id: str) -> str:
    frame = rows(area, "nhs_waiting_list")
    if not len(frame):
        return ""
    month = str(frame["month"].max())
    latest = frame[frame["month"] == month]
    name = str(latest["area"].iloc[0])
    lines = []
    for code in (c for c in SERVICES if c in set(latest["service"])):
        cells = []
        for band in (*WEEK_BANDS, ALL):
            found = latest[(latest["service"] == code) & (latest["weeks_band"] == band)]["waiting"]
            cells.append(
                chapter.add_published(
                    f"published.{slug}.{code}.{band}",
                    f"{SERVICES[code]}: waiting, {name}, {band_words(band)} weeks",
                    found.iloc[0] if len(found) == 1 else None,
                    "children",
                    month,
                    "nhs_waiting_list",
                    area=area,
                    supplied_by="providers that give weeks waited to NHS England",
                )
            )
        lines.append((SERVICES[code], cells))
    chapter.add_table(
        id,
        f"Children waiting for a first appointment by weeks waited, {name}, {month_words(month)}",
        ["Service", *(f"{band_words(b)} weeks" for b in WEEK_BANDS), "All"],
        lines,
        note="Bands can fall short of the total where a provider does not give weeks.",
    )
    return name
