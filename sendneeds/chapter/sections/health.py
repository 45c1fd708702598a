"""Health services: lists now and ahead, waits, demand against capacity, and what is published nearby."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter import bars
from sendneeds.chapter.indicators import Indicator
from sendneeds.chapter.kit import Kit, rows
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import band_words, join, lower, month_words, number
from sendneeds.foundation.vocabulary import SERVICES, WEEK_BANDS

RUN = "sendneeds simulation from the service parameters of the area's pack"
STANDARD = (
    "National Health Service Commissioning Board and Clinical Commissioning Groups (Responsibilities and "
    "Standing Rules) Regulations 2012, regulation 45, as a yardstick"
)
LISTED = ("SLT", "OT", "PT", "ASD_DX", "CAMHS", "COMM_PAEDS")
"""Services whose lists a chapter should hold."""
BANDS = ("up to 18 weeks", "over 18 to 52 weeks", "over 52 weeks")


def fill(kit: Kit) -> None:
    """Add the lists and all that goes with them; where there are none, say what would supply them."""
    services = [str(s) for s in kit.result.services]
    kit.facts |= {
        "services": services,
        "service_names": SERVICES,
        "parameters": [],
        "service_gaps": [],
        "list_lines": [],
        "opening_words": "",
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
    if services:
        _now(kit, services)
        _ahead(kit, services)
        _load(kit, services)
    _published(kit)


def basis_of(kit: Kit, service: str) -> str:
    """Return the weakest basis among what a service's simulated list rests on."""
    return weakest(
        [r.basis for r in kit.book if r.id.startswith((f"param.{service}.", "param.all."))]
        or ["illustrative"]
    )


def _parameters(kit: Kit) -> None:
    frame = kit.result.parameters
    if frame is None or not len(frame):
        return
    for row in frame.to_dict("records"):
        service = str(row["service"])
        name = SERVICES.get(
            service, {"all": "Every service", "PLACES": "Places", "POOL": "Pooled fund"}.get(service, service)
        )
        what = str(row["parameter"]).replace("_", " ").replace("gbp", "cost").replace("wte", "WTE")
        record = kit.book.add(
            Indicator(
                f"param.{service}.{row['parameter']}",
                f"{name}: {what}",
                float(row["central"]),
                str(row["unit"]),
                "start of the run",
                str(row["source"]),
                str(row["basis"]),
                low=float(row["low"]),
                high=float(row["high"]),
            )
        )
        note = str(row.get("note") or "")
        kit.facts["parameters"].append(
            (
                record.title,
                [
                    record,
                    record.unit,
                    record.source + (f" ({note})" if note and note != "nan" else ""),
                ],
            )
        )


def _baseline(kit: Kit, name: str, service: str) -> Any:
    lists = kit.result.lists
    return lists[name].sel(scenario=lists["scenario"].values[0], service=service)


def _now(kit: Kit, services: list[str]) -> None:
    lines = []
    for code in services:
        name = SERVICES[code]
        opening = (
            kit.book[f"param.{code}.opening_list"].basis
            if f"param.{code}.opening_list" in kit.book
            else basis_of(kit, code)
        )
        total, within, over = (
            _baseline(kit, v, code).isel(week=0).values
            for v in ("waiting", "waiting_within_18", "waiting_over_52")
        )
        when = str(kit.result.lists["week"].values[0])[:10]
        common = {"unit": "children", "period": when, "source": RUN, "better": "down"}
        spread = weakest(
            [opening, "scaled"]
        )  # how long they have waited is England's spread, whatever the count's basis
        kit.drawn(f"list.{code}.waiting", f"Children waiting: {lower(name)}", total, basis=opening, **common)
        kit.drawn(f"list.{code}.within18", f"{name}: waiting up to 18 weeks", within, basis=spread, **common)
        kit.drawn(
            f"list.{code}.over18",
            f"{name}: waiting more than 18 weeks",
            total - within,
            basis=spread,
            **common,
        )
        kit.drawn(
            f"list.{code}.mid",
            f"{name}: waiting more than 18 and up to 52 weeks",
            total - within - over,
            basis=spread,
            **common,
        )
        kit.drawn(f"list.{code}.over52", f"{name}: waiting more than 52 weeks", over, basis=spread, **common)
        common["unit"] = "weeks"
        for variable, title in (("waiting_median", "median"), ("waiting_p92", "92nd percentile")):
            values = _baseline(kit, variable, code).isel(week=0).values
            kit.drawn(
                f"list.{code}.{variable}",
                f"{name}: wait so far of those waiting, {title}",
                values,
                basis=spread,
                **common,
            )
        lines.append(
            (
                name,
                [
                    f"list.{code}.{v}"
                    for v in ("within18", "mid", "over52", "waiting", "waiting_median", "waiting_p92")
                ],
            )
        )
        kit.facts["list_lines"].append({"code": code, "name": name})
    table = kit.table(
        "waits_now",
        "Children waiting now, by how long they have waited",
        [
            "Service",
            *(b[0].upper() + b[1:] for b in BANDS),
            "All",
            "Median wait so far, weeks",
            "92% have waited less than, weeks",
        ],
        lines,
        note="The range under a figure is an 80% interval. Bands are summed within each draw, so central figures need not add up.",
    )
    bases = sorted({kit.book[f"list.{c}.waiting"].basis for c in services})
    told = {
        "scaled": "the opening lists of {} are England's, scaled to the area",
        "illustrative": "the opening lists of {} are illustrative",
        "local": "the opening lists of {} are the area's own",
        "published": "the opening lists of {} are published",
        "estimate": "the opening lists of {} are estimates",
    }
    words = [
        told[b].format(
            join([lower(SERVICES[c]) for c in services if kit.book[f"list.{c}.waiting"].basis == b])
        )
        for b in bases
    ]
    text = "; ".join(words)
    kit.facts["opening_words"] = text[0].upper() + text[1:] + "."
    parts = np.array(
        [[kit.book[f"list.{c}.{v}"].value for v in ("within18", "mid", "over52")] for c in services], float
    )
    share = 100 * parts[:, 1:].sum() / max(parts.sum(), 1)
    kit.book.add(
        Indicator(
            "list.over18_share",
            "Share of all waiting who have waited more than 18 weeks",
            share,
            "percent",
            str(kit.result.lists["week"].values[0])[:10],
            RUN,
            weakest([kit.book[f"list.{c}.over18"].basis for c in services]),
        )
    )
    kit.figure(
        "lists_by_band",
        f"On these figures {number(share, 'percent')} of the children on the {len(services)} lists have waited more than 18 weeks",
        "Bar chart, one bar a service, split by weeks waited. "
        + " ".join(
            f"{SERVICES[c]}: {number(kit.book[f'list.{c}.waiting'].value, '')} waiting, "
            f"{number(kit.book[f'list.{c}.over18'].value, '')} over 18 weeks."
            for c in services
        ),
        lambda: bars.stacked(
            [SERVICES[c] for c in services],
            BANDS,
            parts,
            [[number(v, "") for v in line] for line in parts],
            "children waiting for a first appointment",
            totals=[number(kit.book[f"list.{c}.waiting"].value, "") for c in services],
        ),
        table,
        "children waiting",
        table_open=True,
    )


def _ahead(kit: Kit, services: list[str]) -> None:
    """Add the baseline's lists a year apart, with the waits of those waiting and of those seen."""
    weeks = kit.result.lists["week"].values
    steps = [w for w in (0, 52, 104, 156, 260) if w < len(weeks)]
    for code in services:
        waiting, within = (_baseline(kit, v, code) for v in ("waiting", "waiting_within_18"))
        for step in steps:
            basis, when = basis_of(kit, code), str(weeks[step])[:10]
            if step:
                kit.drawn(
                    f"ahead.{code}.{step}",
                    f"{SERVICES[code]}: waiting, as things are",
                    waiting.isel(week=step).values,
                    "children",
                    when,
                    RUN,
                    basis,
                    better="down",
                )
            total, soon = waiting.isel(week=step).values, within.isel(week=step).values
            share = np.where(total > 0, 100 * soon / np.maximum(total, 1), 100.0)
            kit.drawn(
                f"ahead_share.{code}.{step}",
                f"{SERVICES[code]}: share waiting up to 18 weeks, as things are",
                share,
                "percent",
                when,
                RUN,
                basis,
                better="up",
            )
    years = {step: month_words(str(weeks[step])) for step in steps}
    kit.table(
        "lists_ahead",
        "Children waiting if nothing changes, and the share of them within 18 weeks",
        [
            "Service",
            *(f"{y}: waiting" for y in years.values()),
            *(f"{y}: within 18 weeks" for y in years.values()),
        ],
        [
            (
                SERVICES[c],
                [f"ahead.{c}.{s}" if s else f"list.{c}.waiting" for s in steps]
                + [f"ahead_share.{c}.{s}" for s in steps],
            )
            for c in services
        ],
        note="The range under a figure is an 80% interval.",
    )


def _load(kit: Kit, services: list[str]) -> None:
    """Add demand and capacity in the first year, where the run gives them."""
    load = getattr(kit.result, "load", None)
    if load is None:
        return
    lines, shown = [], []
    for code in services:
        both = []
        for variable, title in (("demand", "slots asked for a week"), ("capacity", "slots offered a week")):
            array = (
                load[variable]
                .sel(scenario=load["scenario"].values[0], service=code)
                .isel(week_commencing=slice(0, 52))
            )
            both.append(array.values.mean(axis=0))
            kit.drawn(
                f"load.{code}.{variable}",
                f"{SERVICES[code]}: {title}, first year",
                both[-1],
                "slots a week",
                "first year",
                RUN,
                basis_of(kit, code),
            )
        if not both[1].any():
            continue
        ratio = both[0] / np.maximum(both[1], 1e-9)
        kit.drawn(
            f"load.{code}.percent",
            f"{SERVICES[code]}: demand as a share of capacity",
            100 * ratio,
            "percent",
            "first year",
            RUN,
            basis_of(kit, code),
            better="down",
        )
        kit.book.add(
            Indicator(
                f"load.{code}.over",
                f"{SERVICES[code]}: chance that demand is above capacity",
                float((ratio > 1).mean()),
                "probability",
                "first year",
                RUN,
                basis_of(kit, code),
                better="down",
            )
        )
        shown.append(code)
        lines.append(
            (SERVICES[code], [f"load.{code}.{v}" for v in ("demand", "capacity", "percent", "over")])
        )
    if not shown:
        return
    table = kit.table(
        "demand_capacity",
        "Demand and capacity in the first year, as things are",
        [
            "Service",
            "Slots asked for a week",
            "Slots offered a week",
            "Demand over capacity",
            "Chance that demand is above capacity",
        ],
        lines,
        note="Slots include follow-up appointments and statutory advice. The range is an 80% interval.",
    )
    over = [lower(SERVICES[c]) for c in shown if kit.book[f"load.{c}.over"].value > 0.5]
    kit.figure(
        "demand_capacity",
        f"On these figures demand is more likely than not to be above capacity in {len(over)} of {len(shown)} services"
        if over
        else f"On these figures capacity is likely to cover demand in all {len(shown)} services",
        "Dot chart of slots a week asked for and offered. "
        + " ".join(
            f"{SERVICES[c]}: {number(kit.book[f'load.{c}.percent'].value, 'percent')} of capacity."
            for c in shown
        ),
        lambda: bars.dumbbell(
            [SERVICES[c] for c in shown],
            [kit.book[f"load.{c}.demand"].value for c in shown],
            [kit.book[f"load.{c}.capacity"].value for c in shown],
            ("Slots asked for", "Slots offered"),
            [f"{kit.book[f'load.{c}.percent'].value:.0f}% of capacity" for c in shown],
            "slots a week",
        ),
        table,
        "slots a week",
    )


def _published(kit: Kit) -> None:
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
