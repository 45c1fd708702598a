"""Health services: lists now and ahead, waits, demand against capacity, and what is published nearby."""

from __future__ import annotations

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health import backlog, lists_ahead
from sendneeds.chapter.sections.health.lists_ahead import RUN, baseline, basis_of
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import band_words, join, lower, month_words, number, show
from sendneeds.foundation.vocabulary import SERVICES, WEEK_BANDS

STANDARD = (
    "National Health Service Commissioning Board and Clinical Commissioning Groups (Responsibilities and "
    "Standing Rules) Regulations 2012, regulation 45, as a yardstick"
)
LISTED = ("SLT", "OT", "PT", "ASD_DX", "CAMHS", "COMM_PAEDS")
"""Services whose lists a chapter should hold."""
BESIDE = {
    "PLACES": "Places",
    "EHC": "EHC process",
    "CCC": "Children's continuing care",
    "COMM_NURSING": "Community nursing",
    "EQUIP": "Specialist equipment",
    "SHORT_BREAK": "Short breaks",
}
"""What has figures in the pack beside services with a list."""
PARTS = {
    "up to 12 weeks": ("0-1", ">1-2", ">2-4", ">4-12"),
    "over 12 to 18": (">12-18",),
    "over 18 to 52": (">18-52",),
    "over 52 weeks": (">52",),
}
"""Parts of a bar: NHS England's bands of weeks, put together into four."""


def fill(kit: ChapterBuilder) -> None:
    """Add the lists and all that goes with them; where there are none, say what would supply them."""
    services = [str(s) for s in kit.result.services]
    kit.facts |= {
        "services": services,
        "service_names": SERVICES,
        "parameters": [],
        "service_gaps": [],
        "service_gap_names": [],
        "list_month": "",
        "opening_words": "",
        "guessed": False,
        "icb_name": "the NHS area around",
    }
    for id, title, value, unit in (
        ("standard.weeks", "Weeks that a child should wait at most", 18, "weeks"),
        ("standard.share", "Share of those waiting who should be within it", 92, "share of"),
    ):
        kit.book.add(
            Indicator(
                id,
                title,
                value,
                "whole percent" if "share" in id else unit,
                "in force",
                STANDARD,
                "published",
            )
        )
    _parameters(kit)
    for code in LISTED:
        if code not in services:
            kit.book.missing(
                f"list.{code}.waiting",
                f"Children waiting: {lower(SERVICES[code])}",
                "children",
                "now",
                "a waiting_list.csv table from the provider, or the rows of service_parameters.csv for this service",
            )
            kit.facts["service_gaps"].append(f"list.{code}.waiting")
            kit.facts["service_gap_names"].append(lower(SERVICES[code]))
    if services:
        _now(kit, services)
        lists_ahead.fill(kit, services)
        backlog.fill(kit, services)
    _published(kit)


def _parameters(kit: ChapterBuilder) -> None:
    """Add every figure that the services used, then those that places, the EHC clock and care at home rest on."""
    used = kit.result.parameters
    for row in used.to_dict("records") if len(used) else ():
        _parameter(kit, row, "param")
    given = rows(kit.area, "service_parameters")
    beside = given["service"].isin(BESIDE) | given["parameter"].astype(str).str.startswith("tier4")
    for row in given[beside].to_dict("records"):
        _parameter(kit, row, "beside")


def _parameter(kit: ChapterBuilder, row: dict[str, object], prefix: str) -> None:
    """Add one figure as a record and as a row of the register."""
    service = str(row["service"])
    name = SERVICES.get(service, {"all": "Every service", **BESIDE}.get(service, service))
    what = str(row["parameter"]).replace("_", " ").replace("gbp", "cost").replace("wte", "WTE")
    low, central, high = (float(str(row[end])) for end in ("low", "central", "high"))
    spread = low < high
    record = kit.book.add(
        Indicator(
            f"{prefix}.{service}.{row['parameter']}",
            f"{name}: {what}",
            central,
            str(row["unit"]),
            "start of the run",
            str(row["source"]),
            str(row["basis"]),
            low=low if spread else None,
            high=high if spread else None,
        )
    )
    note = str(row.get("note") or "")
    source = record.source + (f" ({note})" if note and note != "nan" else "")
    kit.facts["parameters"].append((record.title, [record, record.unit, source]))


def _now(kit: ChapterBuilder, services: list[str]) -> None:
    """Add the opening lists by band."""
    lists = kit.result.lists
    when = str(lists["january"].values[0])[:10]
    lines = []
    for code in services:
        name = SERVICES[code]
        count_basis = _opening_basis(kit, code)
        # how long they have waited is England's spread or an even one, whatever the count rests on
        spread = count_basis if count_basis == "local" else weakest([count_basis, "scaled"])
        bands = baseline(kit, "waiting_by_band", code).isel(january=0).transpose("band", "draw").values
        by_band = dict(zip(WEEK_BANDS, bands, strict=True))
        common = {"unit": "children", "period": when, "source": RUN, "better": "down"}
        for band, draws in by_band.items():
            title = f"{name}: waiting {band_words(band).lower()} weeks"
            kit.drawn(f"list.{code}.{band}", title, draws, basis=spread, **common)
        for part, (label, within) in enumerate(PARTS.items()):
            draws = sum(by_band[band] for band in within)
            kit.drawn(f"list.{code}.part{part}", f"{name}: waiting {label}", draws, basis=spread, **common)
        over = by_band[">18-52"] + by_band[">52"]
        kit.drawn(
            f"list.{code}.waiting",
            f"Children waiting: {lower(name)}",
            bands.sum(axis=0),
            basis=count_basis,
            **common,
        )
        kit.drawn(f"list.{code}.over18", f"{name}: waiting more than 18 weeks", over, basis=spread, **common)
        lines.append((name, [*(f"list.{code}.{band}" for band in WEEK_BANDS), f"list.{code}.waiting"]))
    table = kit.table(
        "waits_now",
        "Children waiting for a first appointment at the start of the run, by weeks waited so far",
        ["Service", *(band_words(b) for b in WEEK_BANDS), "All"],
        lines,
        note="Columns are weeks. The range under a figure is an 80% interval.",
    )
    own = [c for c in services if kit.book[f"list.{c}.waiting"].basis in ("local", "published")]
    kit.facts |= {
        "opening_words": _opening_words(kit, services),
        "list_month": month_words(when),
        "own_lists": "all" if len(own) == len(services) else "some" if own else "none",
        "guessed": any(basis_of(kit, c) == "illustrative" for c in services),
    }
    parts = np.array(
        [[kit.book[f"list.{c}.part{p}"].number for p in range(len(PARTS))] for c in services], float
    )
    totals = {c: number(kit.book[f"list.{c}.waiting"].number, "children") for c in services}
    over_draws = sum(
        baseline(kit, "waiting_by_band", c).isel(january=0).sel(band=[">18-52", ">52"]).sum("band").values
        for c in services
    )
    all_draws = sum(baseline(kit, "waiting_by_band", c).isel(january=0).sum("band").values for c in services)
    share = kit.drawn(
        "list.over18_share",
        "Share of all those waiting who have waited more than 18 weeks",
        100 * over_draws / np.maximum(all_draws, 1),
        "whole percent",
        when,
        RUN,
        weakest([kit.book[f"list.{c}.over18"].basis for c in services]),
    )
    kit.figure(
        "lists_by_band",
        f"On these figures {show(share)} of the children on the lists have waited more than 18 weeks",
        "Bar chart, one bar a service, split by weeks waited. "
        + " ".join(
            f"{SERVICES[c]}: {totals[c]} waiting, {show(kit.book[f'list.{c}.over18'])} over 18 weeks."
            for c in services
        ),
        lambda: bars.stacked(
            [SERVICES[c] for c in services],
            list(PARTS),
            parts,
            [[number(v, "children") for v in line] for line in parts],
            "children waiting for a first appointment",
            totals=list(totals.values()),
        ),
        table,
        "children waiting",
    )


def _opening_basis(kit: ChapterBuilder, service: str) -> str:
    """Return what the number on a list at the start rests on: the parameter used, or the area's own table."""
    used = f"param.{service}.opening_list"
    if used in kit.book:
        return kit.book[used].basis
    own = len(rows(kit.area, "waiting_list", service=service)) > 0
    return kit.area.meta["waiting_list"].basis if own else basis_of(kit, service)


def _opening_words(kit: ChapterBuilder, services: list[str]) -> str:
    """Return in a sentence what the opening lists rest on."""
    told = {
        "scaled": "England's, scaled to the area",
        "illustrative": "illustrative",
        "local": "the area's own",
        "published": "published",
        "estimate": "estimates",
    }
    words = []
    for basis, what in told.items():
        mine = [lower(SERVICES[c]) for c in services if kit.book[f"list.{c}.waiting"].basis == basis]
        if mine:
            words.append(
                f"The lists for {join(mine)} are {what}."
                if len(mine) > 1
                else f"The list for {mine[0]} is {what}."
            )
    return " ".join(words)


def _published(kit: ChapterBuilder) -> None:
    """Add the latest published lists, of the NHS area around and of England, with every band."""
    for slug, area, id in (
        ("icb", kit.area, "published_lists"),
        ("england", kit.england, "published_england"),
    ):
        frame = rows(area, "nhs_waiting_list")
        if not len(frame):
            continue
        month = str(frame["month"].max())
        latest = frame[frame["month"] == month]
        name = str(latest["area"].iloc[0])
        if slug == "icb":
            kit.facts["icb_name"] = name
        codes = [c for c in SERVICES if c in set(latest["service"])]
        for code in codes:
            for band in ("all", *WEEK_BANDS):
                found = latest[(latest["service"] == code) & (latest["weeks_band"] == band)]["waiting"]
                value = found.iloc[0] if len(found) == 1 else None
                kit.published(
                    f"published.{slug}.{code}.{band}",
                    f"{SERVICES[code]}: waiting, {name}, {band_words(band)} weeks",
                    value,
                    "children",
                    month,
                    "nhs_waiting_list",
                    area=area,
                    supplied_by="providers that give weeks waited to NHS England",
                )
        kit.table(
            id,
            f"Children waiting for a first appointment by weeks waited, {name}, {month_words(month)}",
            ["Service", *(f"{band_words(b)} weeks" for b in WEEK_BANDS), "All"],
            [(SERVICES[c], [f"published.{slug}.{c}.{b}" for b in (*WEEK_BANDS, "all")]) for c in codes],
            note="Bands can fall short of the total where a provider does not give weeks.",
        )
