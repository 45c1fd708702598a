"""Front matter and the summary, made when every other section is there."""

from __future__ import annotations

from typing import Any

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import join
from sendneeds.foundation.vocabulary import NEEDS

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


def front(kit: ChapterBuilder) -> dict[str, Any]:
    """Return the title and the rows of the front matter; a role that nobody has says so."""
    from sendneeds import __version__

    given = kit.area.settings.get("chapter", {})
    partners = kit.area.settings.get("partners", [])
    rows = [("Area", f"{kit.area.name} ({kit.area.code})")]
    named = [p["name"] for p in partners if p["name"] != UNASSIGNED]
    if named:
        rows.append(("Partners", join(named)))
    for key, title in ROLES.items():
        value = given.get(key) or UNASSIGNED
        rows.append((title, join(value) if isinstance(value, list) else str(value)))
    rows.append(
        (
            "Data to",
            f"January {kit.facts['last']} (EHC plans); “What this chapter covers” gives the period of every source",
        )
    )
    licences = sorted({m.licence for m in kit.area.meta.values() if m.licence})
    return {
        "title": "Special educational needs and disabilities",
        "subtitle": f"Needs, services and options for children and young people in {kit.area.name}",
        "rows": rows,
        "licence": ". ".join(text.rstrip(".") for text in licences if "Open Government" in text) + ".",
        "version": __version__,
        "slug": kit.area.slug,
        "seed": kit.result.need.provenance["seed"],
        "draws": kit.result.need.provenance["draws"],
    }


def fill(kit: ChapterBuilder) -> None:
    """Add what the summary alone says."""
    top = kit.facts.get("top_needs", [])
    kit.facts["top_names"] = [NEEDS[n].lower() for n in top]
    if top:
        share = sum(kit.book[f"plans.need_share.{n}"].number for n in top)
        kit.published(
            "plans.top_share",
            "Share of EHC plans with the three commonest primary needs",
            share,
            "percent",
            f"January {kit.facts['last']}",
            "ehc_plans",
        )
    areas = kit.facts["record_areas"]
    kit.book.add(
        Indicator(
            "record.areas",
            "Areas in the track record",
            areas,
            "areas",
            "all origins",
            "forecast record",
            "published",
        )
    )
