"""Like areas: the eight authorities nearest in published figures, or those that the pack names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import join
from sendneeds.evidence.published.authorities import plain_name

NEAREST = 8
SCHOOL_AGES = "5 to 15"
SINCE = 2016
"""January from which the change in pupils is taken."""
MEASURES: dict[str, tuple[str, str, Callable[[pd.DataFrame], pd.Series], str]] = {
    "rate": (
        "EHC plans for each 1,000 pupils aged 5 to 15",
        "rate",
        lambda t: 1000 * t["plans"] / t["pupils"],
        "",
    ),
    "in_time": (
        "Plans within 20 weeks, excluding exceptions",
        "percent",
        lambda t: 100 * t["within_20_weeks"] / t["issued"],
        "up",
    ),
    "refused": (
        "Decisions not to assess",
        "percent",
        lambda t: 100 * t["not_to_assess"] / (t["to_assess"] + t["not_to_assess"]),
        "",
    ),
}
"""Title, unit, figure and better direction of what is compared."""


@dataclass(frozen=True)
class LikeFigure:
    """One figure of the area among like areas.

    Parameters
    ----------
    title : str
    own, middle : Indicator
        The area's figure, and the median of the like areas'.
    rank, of : int
        Its place from the highest, among itself and the like areas that have the figure.
    best : str
        The like area that does best, where the figure has a better direction and it does better than the area.
    best_figure : Indicator
        Its figure; the median where there is none.
    """

    title: str
    own: Indicator
    middle: Indicator
    rank: int
    of: int
    best: str
    best_figure: Indicator

    @property
    def way(self) -> str:
        """Whether it is above or below the median of like areas."""
        if self.own.number == self.middle.number:
            return "the same as"
        return "above" if self.own.number > self.middle.number else "below"


@dataclass(frozen=True)
class LikeAreas:
    """Like areas and how the area stands among them.

    Parameters
    ----------
    names : list of str
    chosen : bool
        Whether the pack names them in neighbours.csv.
    figures : dict of str to LikeFigure
        By key of `MEASURES`, those that the area has.
    """

    names: list[str]
    chosen: bool
    figures: dict[str, LikeFigure]

    @property
    def listed(self) -> str:
        """Their names in words."""
        return join(self.names)


def nearest(features: pd.DataFrame, code: str, count: int = NEAREST) -> list[str]:
    """Return the codes nearest to one in features that are each divided by their spread, the nearest first.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [1.0, 1.1, 5.0], "growth": [0.0, 0.1, 0.0]}, index=["a", "b", "c"])
    >>> nearest(table, "a", 1)
    ['b']
    """
    scaled = features / features.std(ddof=0)
    apart = ((scaled - scaled.loc[code]) ** 2).sum(axis=1).drop(code)
    return [str(other) for other in apart.sort_values(kind="stable").index[:count]]


def add_like_areas(chapter: ChapterBuilder) -> LikeAreas | None:
    """Add the area among like areas; None, with a gap, where the country's pack has no figures of it.

    None, without a gap, for an area that is the sum of others.
    """
    england, code = chapter.england, chapter.area.code
    if chapter.area.parts:  # like areas are of one authority: each part's own chapter has them
        return None
    pupils = england.table("pupils_5_to_15").pivot(
        index="authority_code", columns="census_january", values="pupils"
    )
    figures = england.table("authority_figures").set_index("authority_code").astype(float)
    last = int(pupils.columns.max())
    table = figures.join(pupils[[SINCE, last]], how="inner").dropna(subset=[SINCE, last])
    table["pupils"] = table[last].astype(float)
    if code not in table.index:
        chapter.add_missing(
            "gap.like", "Like areas", "", "now", "a code of an authority that the releases of 2025 name"
        )
        return None
    features = pd.DataFrame(
        {"size": np.log(table["pupils"]), "growth": np.log(table["pupils"] / table[SINCE].astype(float))}
    )
    named = [c for c in rows(chapter.area, "neighbours")["authority_code"] if c in table.index and c != code]
    like = named or nearest(features, code)
    known = zip(*(england.table("authorities")[c] for c in ("authority_code", "name")), strict=True)
    names = {other: plain_name(name) for other, name in known}
    found = {}
    lines: list[tuple[str, list[Cell]]] = []
    for id, (title, unit, of, better) in MEASURES.items():
        values = of(table)
        own, others = values[code], values[like].dropna()
        if np.isnan(own) or not len(others):
            continue
        records = [
            chapter.add(
                Indicator(
                    f"like.{id}.{who}", f"{title}, {label}", float(value), unit, _period(id, last),
                    england.meta["authority_figures"].source, "published", better=better,
                )
            )
            for who, label, value in (
                ("own", chapter.area.name, own),
                ("middle", "median of like areas", others.median()),
                ("low", "lowest of like areas", others.min()),
                ("high", "highest of like areas", others.max()),
            )
        ]  # fmt: skip
        rank = 1 + int((others > own).sum())
        best = ""
        if better and rank > 1:
            best = names.get(str(others.idxmax()), str(others.idxmax()))
        found[id] = LikeFigure(title, records[0], records[1], rank, len(others) + 1, best, records[3])
        lines.append((title, [*records, f"{rank} of {len(others) + 1}"]))
    if lines:
        chapter.add_table(
            "like_areas",
            f"{chapter.area.name} among like areas",
            ["Figure", chapter.area.name, "Median of like areas", "Lowest", "Highest", "Place from the highest"],
            lines,
            note="Like areas: " + join([names.get(c, c) for c in like]) + ". "
            + (
                "The pack names them."
                if named
                else f"They are the {NEAREST} nearest in the number of pupils aged 5 to 15 and in its change "
                f"since {SINCE}."
            ),
        )  # fmt: skip
    return LikeAreas([names.get(c, c) for c in like], bool(named), found)


def _period(id: str, last: int) -> str:
    return f"January {last}" if id == "rate" else f"calendar year {last - 1}"
