"""Front matter and the summary, made when every other section is there."""

from __future__ import annotations

from typing import Any

from sendneeds.chapter.indicators import Indicator
from sendneeds.chapter.kit import Kit
from sendneeds.chapter.words import adverb, article, join, likelihood, lower, month_words
from sendneeds.foundation.vocabulary import NEEDS, SERVICES

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


def front(kit: Kit) -> dict[str, Any]:
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
            f"January {kit.facts['last']} (EHC plans); each source's period is in the section on what this chapter covers",
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


def fill(kit: Kit) -> None:
    """Add what the summary alone says."""
    top = kit.facts.get("top_needs", [])
    kit.facts["top_names"] = [NEEDS[n].lower() for n in top]
    if top:
        share = sum(kit.book[f"plans.need_share.{n}"].value for n in top)
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
    _options(kit)


def _options(kit: Kit) -> None:
    """Add a card and a sentence for each service with a target, and one for the best option."""
    names, titles = kit.facts["option_names"], kit.facts["titles"]
    for code in kit.facts["services"]:
        ids = sorted(r.id for r in kit.book if r.id.startswith(f"prob.{code}.{names[0]}."))
        if not ids:
            continue
        month = ids[min(23, len(ids) - 1)].rsplit(".", 1)[1]
        base = kit.book[f"prob.{code}.{names[0]}.{month}"]
        if code == "SLT":
            kit.facts["option_cards"].append(
                {"id": base.id, "service": lower(SERVICES[code]), "month": month_words(month)}
            )
        best = max(names[1:], key=lambda n: kit.book[f"prob.{code}.{n}.{month}"].value, default=None)
        text = f"As things are there is {article(likelihood(base.value))} that it meets the waiting target by {month_words(month)}."
        if best is not None:
            ahead = kit.book[f"prob.{code}.{best}.{month}"]
            if ahead.value > base.value + 0.02:
                text += f" With “{titles[best]}” it is {adverb(likelihood(ahead.value))} ({ahead.value:.0%} of draws)."
            else:
                text += " No option that was tried makes it clearly likelier by then."
        kit.facts["option_lines"].append({"lead": f"{SERVICES[code]}.", "text": text, "id": base.id})
