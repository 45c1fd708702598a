"""Who is at risk: plans for each 1,000 residents by age, and by group where anybody counts them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, is_scaled, rows
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import Standing, against, compared
from sendneeds.evidence.area import Area
from sendneeds.kernel.streams import generator
from sendneeds.need.inputs.population import residents
from sendneeds.need.prevalence import wilson

BANDS = {
    "0 to 4": (0, 4),
    "5 to 10": (5, 10),
    "11 to 15": (11, 15),
    "16 to 18": (16, 18),
    "19 to 25": (19, 25),
}
DRAWS = 64
WELL_KNOWN = 80.0
"""Percentage of plans with a known ethnic group, below which shares are given with a warning."""
UNKNOWN = ("unknown", "Unclassified")
"""Groups that are left out of shares."""
FIFTHS = {
    "1": "the most deprived fifth",
    "2": "the second most deprived fifth",
    "3": "the middle fifth",
    "4": "the second least deprived fifth",
    "5": "the least deprived fifth",
}
"""Fifths of deprivation of the home, in words."""


def group_words(group: str) -> str:
    """Return a sex or an ethnic group as a reader knows it: without the heading of the release, initials as written.

    Examples
    --------
    >>> group_words("White - White British"), group_words("Asian - Any other Asian background"), group_words("male")
    ('White British', 'Any other Asian background', 'Male')
    """
    name = group.split(" - ")[-1]
    return name[:1].upper() + name[1:]


@dataclass(frozen=True)
class RiskByAge:
    """Plans for each 1,000 residents of a group of ages.

    Parameters
    ----------
    name : str
    rate, england : Indicator
    standing : Standing
    """

    name: str
    rate: Indicator
    england: Indicator
    standing: Standing


@dataclass(frozen=True)
class Group:
    """Pupils identified in one group against all pupils of the area."""

    name: str
    rate: Indicator
    standing: Standing

    @property
    def title(self) -> str:
        """Its name as a sentence has it."""
        return FIFTHS.get(self.name, self.name)


@dataclass(frozen=True)
class PublishedGroup:
    """A sex or an ethnic group, with its share of plans here and in England."""

    characteristic: str
    name: str
    plans: Indicator
    share: Indicator
    england: Indicator
    standing: Standing

    @property
    def title(self) -> str:
        """Its name as a reader knows it."""
        return group_words(self.name)


@dataclass(frozen=True)
class Risk:
    """Who is at risk.

    Parameters
    ----------
    by_age : list of RiskByAge
        Empty where the area has no residents of its own.
    groups : list of Group
        Ethnic groups and sexes of the pack's table ``ethnicity``.
    quintiles : list of Group
        Of its table ``deprivation``.
    published : list of PublishedGroup
        Sexes and ethnic groups as published for plans: each one's share of plans beside England's.
    known : Indicator or None
        Share of plans whose ethnic group is known.
    """

    by_age: list[RiskByAge]
    groups: list[Group]
    quintiles: list[Group]
    published: list[PublishedGroup]
    known: Indicator | None

    @property
    def is_thin(self) -> bool:
        """Whether the ethnic group of so many plans is unknown that a share of the others may mislead."""
        return self.known is not None and self.known.shown and self.known.number < WELL_KNOWN

    @property
    def male(self) -> PublishedGroup | None:
        """The share of plans that boys and young men have."""
        return next((line for line in self.published if line.name == "male"), None)

    @property
    def differing(self) -> list[PublishedGroup]:
        """Ethnic groups whose share of plans differs most from England's, largest first, three at most."""
        apart = [
            line
            for line in self.published
            if line.characteristic == "ethnic_group" and line.standing in (Standing.ABOVE, Standing.BELOW)
        ]
        return sorted(apart, key=lambda line: -abs(line.share.number - line.england.number))[:3]

    @property
    def highest(self) -> RiskByAge | None:
        """The ages with the highest rate."""
        return max(self.by_age, key=lambda line: line.rate.number, default=None)

    @property
    def above(self) -> list[str]:
        """Groups identified more often than the area's pupils are."""
        return [group.title for group in (*self.groups, *self.quintiles) if group.standing is Standing.ABOVE]

    @property
    def below(self) -> list[str]:
        """Groups identified less often than the area's pupils are."""
        return [group.title for group in (*self.groups, *self.quintiles) if group.standing is Standing.BELOW]


def add_risk(chapter: ChapterBuilder, last: int) -> Risk:
    """Add rates of plans by age, and of pupils identified by group; `last` is the latest January published."""
    by_age = [] if is_scaled(chapter.area, "population") else _by_age(chapter, last)
    published = _published(chapter)
    groups, quintiles = _groups(chapter, "ethnicity", "group"), _groups(chapter, "deprivation", "quintile")
    if not groups:
        chapter.add_missing(
            "gap.ethnicity", "Pupils identified by ethnic group, with all pupils of each group", "", "now",
            "an ethnicity.csv table, from the school census",
        )  # fmt: skip
    if not quintiles:
        chapter.add_missing(
            "gap.deprivation", "Level of need by deprivation", "", "now",
            "a deprivation.csv table: pupils with SEN by deprivation of home, from the school census",
        )  # fmt: skip
    return Risk(by_age, groups, quintiles, published, _known(chapter))


def _known(chapter: ChapterBuilder) -> Indicator | None:
    """Add the share of plans whose ethnic group is known; None where no plan is counted by it."""
    table = rows(chapter.area, "ehc_plans_by_group", need="all", characteristic="ethnic_group")
    table = table[table["census_january"] == table["census_january"].max()] if len(table) else table
    total = float(table["plans"].sum()) if len(table) and not table["plans"].isna().any() else 0.0
    if not total:
        return None
    known = float(table[~table["group"].isin(UNKNOWN)]["plans"].sum())
    return chapter.add_published(
        "plans.group.known", "Share of plans whose ethnic group is known", 100 * known / total, "percent",
        str(january(int(table["census_january"].iloc[0]))), "ehc_plans_by_group",
    )  # fmt: skip


def _published(chapter: ChapterBuilder) -> list[PublishedGroup]:
    """Add plans by sex and ethnic group in the latest January, each as a share of plans whose group is known."""
    tables = []
    for _, area in chapter.areas:
        found = rows(area, "ehc_plans_by_group", need="all")
        tables.append(
            found[found["census_january"] == found["census_january"].max()] if len(found) else found
        )
    own = tables[0]
    if not len(own):
        return []
    period = str(january(int(own["census_january"].iloc[0])))
    lines = []
    for characteristic in dict.fromkeys(own["characteristic"]):
        shares: list[dict[str, tuple[float, float]]] = []
        for table in tables:
            mine = table[(table["characteristic"] == characteristic) & ~table["group"].isin(UNKNOWN)]
            known = mine.dropna(subset=["plans"])
            total = float(known["plans"].sum())
            shares.append({g: (float(n), total) for g, n in zip(known["group"], known["plans"], strict=True)})
        for group, (count, total) in shares[0].items():
            if not total or group not in shares[1]:
                continue
            low, high = (100 * float(end) for end in wilson(count, total))
            id = f"plans.group.{characteristic}.{group}"
            plans = chapter.add_published(
                id, f"EHC plans: {group}", count, "plans", period, "ehc_plans_by_group"
            )
            share = chapter.add_published(
                f"{id}.share", f"Share of EHC plans: {group}", 100 * count / total, "percent", period,
                "ehc_plans_by_group", low=low, high=high, level=95,
            )  # fmt: skip
            national = chapter.add_published(
                f"{id}.share.england", f"Share of EHC plans in England: {group}",
                100 * shares[1][group][0] / shares[1][group][1], "percent", period, "ehc_plans_by_group",
                area=chapter.england,
            )  # fmt: skip
            lines.append(
                PublishedGroup(characteristic, group, plans, share, national, compared(share, national))
            )
    chapter.add_table(
        "plans_by_group",
        f"EHC plans by sex and by ethnic group, {period}",
        ["Group", "Plans", "Share of plans", "England", "Against England"],
        [(line.title, [line.plans, line.share, line.england, line.standing]) for line in lines],
        note="Shares are of plans whose group is known. They are not rates: how many children of each group live "
        "here is not "
        "in the release. The range under a share is a 95% interval.",
    )
    return lines


def _by_age(chapter: ChapterBuilder, year: int) -> list[RiskByAge]:
    found: list[dict[str, Indicator]] = []
    for slug, area in chapter.areas:
        plans = plans_by_age(area, year)
        if not plans or not area.has("population"):
            return []
        people = residents(area, year, year, generator(1, "nation", "population"), DRAWS).central()[0]
        rates = {}
        for name, (first, end) in BANDS.items():
            some, all_of = (
                sum(plans.get(age, 0.0) for age in range(first, end + 1)),
                float(people[first : end + 1].sum()),
            )
            low, high = map(float, wilson(some, all_of))
            rates[name] = chapter.add(
                Indicator(
                    f"risk.age{slug}.{first}", f"EHC plans for each 1,000 residents aged {name}, {area.name}",
                    1000 * some / all_of, "rate", str(january(year)), area.meta["ehc_plans"].source, "estimate",
                    "Plans maintained over residents, aged on from the last estimate", low=1000 * low,
                    high=1000 * high, level=95,
                )
            )  # fmt: skip
        found.append(rates)
    lines = [
        RiskByAge(name, found[0][name], found[1][name], compared(found[0][name], found[1][name]))
        for name in BANDS
    ]
    chapter.add_table(
        "risk_by_age",
        f"EHC plans for each 1,000 residents by age, January {year}",
        ["Age", chapter.area.name, "England", "Against England"],
        [(line.name, [line.rate, line.england, line.standing]) for line in lines],
        note="The range under a figure is a 95% interval for chance variation.",
    )
    return lines


def plans_by_age(area: Area, year: int) -> dict[int, float]:
    """Return plans by completed years, under 3 at 2; empty where any age is not counted."""
    known = rows(area, "ehc_plans", census_january=year, need="all", placement="all")
    known = known[~known["age"].isin(["all", "unknown"])] if len(known) else known
    if not len(known) or known["plans"].isna().any():
        return {}
    return {
        2 if age == "0-2" else int(age): float(plans)
        for age, plans in zip(known["age"], known["plans"], strict=True)
    }


def _groups(chapter: ChapterBuilder, name: str, column: str) -> list[Group]:
    """Return pupils identified of each group, per 1,000 of it, against all groups together."""
    table = rows(chapter.area, name)
    if not len(table):
        return []
    table = table[table["census_january"] == table["census_january"].max()]
    if "need" in table:
        table = table[table["need"] == "all"]
    provision = "E" if (table["provision"] == "E").any() else str(table["provision"].iloc[0])
    table = table[(table["provision"] == provision) & table["persons"].notna()]
    known = table[table["identified"].notna()]
    if not len(known) or not float(known["persons"].sum()):
        return []
    overall = 1000 * float(known["identified"].sum()) / float(known["persons"].sum())
    meta, period = chapter.area.meta[name], str(january(int(table["census_january"].iloc[0])))
    found = []
    for group, identified, persons in zip(table[column], table["identified"], table["persons"], strict=True):
        title = f"Pupils with {'a plan' if provision == 'E' else 'SEN'} for each 1,000, {group}"
        if pd.isna(identified) or not persons:  # withheld here or by its source
            record = chapter.add_published(
                f"group.{name}.{group}", title, None, "rate", period, name, suppressed=True
            )
            found.append(Group(str(group), record, Standing.NOT_COMPARED))
            continue
        low, high = (1000 * float(end) for end in wilson(float(identified), float(persons)))
        record = chapter.add(
            Indicator(
                f"group.{name}.{group}", title, 1000 * float(identified) / float(persons), "rate", period, meta.source,
                meta.basis, low=low, high=high, level=95,
            )
        )  # fmt: skip
        found.append(Group(str(group), record, against(low, high, overall)))
    title = "ethnic group or sex" if name == "ethnicity" else "deprivation of home"
    chapter.add_table(
        f"by_{name}",
        f"Pupils with {'an EHC plan' if provision == 'E' else 'SEN'} for each 1,000, by {title}, {period}",
        ["Group", "For each 1,000", "Against all pupils here"],
        [(group.title[:1].upper() + group.title[1:], [group.rate, group.standing]) for group in found],
        note="The range under a figure is a 95% interval for chance variation. A low rate can be need that "
        "nobody has "
        "identified.",
    )
    return found
