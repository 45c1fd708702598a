"""Front matter: whose chapter it is, who answers for it, and how it was built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import OPEN_BASES
from sendneeds.chapter.words import join
from sendneeds.need.projection import NeedProjection

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

UNASSIGNED = "not yet assigned"
ROLES = {
    "topic_owner": "Topic owner",
    "authors": "Authors",
    "quality_check": "Quality check",
    "endorsed_by": "Endorsed by",
    "replaces_version": "Replaces version",
    "linked_topics": "Linked topics",
    "next_refresh": "Next refresh",
}
OPTIONAL = ("replaces_version", "linked_topics", "next_refresh")
"""Said where they are known; a chapter is final without them."""
COUNTED = (
    "population",
    "pupils",
    "ehc_plans",
    "ehc_flow",
    "ehc_timeliness",
    "sen_pupils",
    "waiting_list",
    "referrals",
)
"""Tables that count children or young people, of which a chapter may show small counts."""


@dataclass(frozen=True)
class FrontMatter:
    """The front matter of a page.

    Parameters
    ----------
    title, subtitle : str
    rows : list of (str, str)
        What is said about the chapter: heading and text; only what is assigned.
    unassigned : list of str
        Roles that nobody has, as within a sentence.
    owner : str
        Role that owns the topic; empty where nobody does.
    licence : str
    version : str
        Of sendneeds.
    pack : str
    seed, draws : int
    disclosure : list of str
        What is said of the area's own records, where the chapter rests on any.
    may_be_published : bool
        Whether what could be recognised in them is withheld.
    """

    title: str
    subtitle: str
    rows: list[tuple[str, str]]
    unassigned: list[str]
    owner: str
    licence: str
    version: str
    pack: str
    seed: int
    draws: int
    disclosure: list[str]
    may_be_published: bool

    @property
    def final(self) -> bool:
        """Whether the chapter is final: every role that answers for it is assigned."""
        return not self.unassigned


def front_matter(chapter: ChapterBuilder, need: NeedProjection, last: int) -> FrontMatter:
    """Return the front matter; a role that nobody has says so. `last` is the latest January published."""
    from sendneeds import __version__

    area = chapter.area
    roles = area.settings.get("chapter", {})
    rows = [("Area", f"{area.name} ({area.code})")]
    named = [p["name"] for p in area.settings.get("partners", []) if p["name"] != UNASSIGNED]
    if named:
        rows.append(("Partners", join(named)))
    unassigned = []
    for key, title in ROLES.items():
        value = roles.get(key) or UNASSIGNED
        text = join(value) if isinstance(value, list) else str(value)
        if text != UNASSIGNED:
            rows.append((title, text))
        elif key not in OPTIONAL:
            unassigned.append(title.lower())
    rows.append(
        (
            "Data to",
            f"January {last} (EHC plans); “How current each source is” gives the period of every source",
        )
    )
    return FrontMatter(
        "Special educational needs and disabilities",
        f"Needs, services and options for children and young people in {area.name}",
        rows,
        unassigned,
        "" if "topic owner" in unassigned else str(roles.get("topic_owner", "")),
        _licence(area),
        __version__,
        area.slug,
        need.provenance["seed"],
        need.provenance["draws"],
        chapter.protected.sentences() if chapter.protected else [],
        chapter.protected is None or chapter.protected.may_be_published,
    )


def _licence(area: Area) -> str:
    """Return the licences of the published tables that count children, as the page states them."""
    known = (area.meta[name] for name in COUNTED if name in area.meta)
    licences = sorted(
        {meta.licence.rstrip(".") for meta in known if meta.basis in OPEN_BASES and meta.licence}
    )
    return ". ".join(licences) + "."
