"""Defects of waiting lists, service parameters and claims: what an area's own tables show."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sendneeds.evidence.quality.claims import DOES_NOT, UNTOLD, claims
from sendneeds.evidence.quality.findings import Detection
from sendneeds.evidence.schema.service_rules import STAFFED
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.vocabulary import WEEK_BANDS

NAMED_FIRST = ("SLT", "OT")
BY_RATIO = "the ratio of residents under 18"  # how `scaled.scaled_parameters` writes a source


def _nhs(area: AreaTables) -> Iterator[Detection]:
    if not area.has("nhs_waiting_list"):
        return
    table = area.table("nhs_waiting_list")
    wide = table.pivot_table(
        index=["area", "service", "month"],
        columns="weeks_band",
        values="waiting",
        aggfunc="sum",
        observed=True,
    )
    bands = [band for band in WEEK_BANDS if band in wide.columns]
    if "all" in wide.columns:
        short = (wide["all"].fillna(0) - wide[bands].fillna(0).sum(axis=1)).astype(int)
        for service in sorted(set(short.index.get_level_values("service"))):
            gaps = short.xs(service, level="service")
            gaps = gaps[gaps != 0].abs()
            if len(gaps):
                at = int(gaps.argmax())
                month = gaps.index[at][1]
                total = int(wide["all"].xs(service, level="service").loc[gaps.index[at]])
                seen = f"{len(gaps)} months differ, at most by {gaps.iloc[at]:,} of {total:,} ({month})"
                yield Detection("bands_short_of_total", f"nhs_waiting_list {service}", seen)
    held = table[table["waiting"].notna()]
    for band in WEEK_BANDS:
        months = sorted(set(table["month"]) - set(held.loc[held["weeks_band"] == band, "month"]))
        if months:
            yield Detection(
                "band_missing", f"nhs_waiting_list band {band}", f"not given in {', '.join(months)}"
            )
    given = set(held["service"])
    place = str(table["area"].iloc[0]) if len(table) else area.name
    for service in NAMED_FIRST:
        if service not in given:
            seen = f"{place} published no list in {table['month'].min()} to {table['month'].max()}"
            yield Detection("list_absent", f"nhs_waiting_list {service}", seen)
    last = str(table["month"].max())
    if area.has("ehc_plans") and last < f"{area.start:%Y-%m}":
        seen = f"the last month is {last}, the start is {area.start:%Y-%m}"
        yield Detection("lists_old", "nhs_waiting_list", seen)


def _own(area: AreaTables) -> Iterator[Detection]:
    if area.kind == "country":
        return
    if not area.has("waiting_list"):
        yield Detection("own_lists_absent", "waiting_list", "no such table")
    if not area.has("referrals"):
        yield Detection("referrals_absent", "referrals", "no such table")


def _parameters(area: AreaTables) -> Iterator[Detection]:
    if not area.has("service_parameters"):
        return
    table = area.table("service_parameters")
    for basis in ("illustrative", "scaled"):
        rows = table[table["basis"] == basis]
        if len(rows):
            services = ", ".join(dict.fromkeys(rows["service"]))
            seen = f"{len(rows)} of {len(table)} figures are {basis}: {services}"
            if rows["source"].str.contains(BY_RATIO, regex=False).any():
                seen += f". {area.meta['service_parameters'].note}"
            yield Detection(f"parameters_{basis}", "service_parameters", seen)


def _claims(area: AreaTables) -> Iterator[Detection]:
    if not area.has("claims"):
        return
    for claim in claims(area).itertuples():
        seen = f"{claim.printed_as!r} ({claim.measure}, {claim.period}): {claim.why}"
        where = f"claims {claim.figure_id}, {claim.document}"
        if claim.verdict == DOES_NOT:
            yield Detection("claim_does_not_reconcile", where, seen)
        elif claim.verdict == UNTOLD:
            yield Detection("claim_cannot_be_told", where, seen)


def _incomplete(area: AreaTables) -> Iterator[Detection]:
    if not area.has("service_parameters"):
        return
    for service, rows in area.table("service_parameters").groupby("service"):
        names = set(rows["parameter"])
        listed = {"referrals_accepted_per_week", "opening_list"} <= names
        lacking = [name for name in STAFFED if name not in names]
        if listed and lacking and "assessments_per_week" not in names:
            yield Detection("service_incomplete", f"service_parameters {service}", f"no {', '.join(lacking)}")


CHECKS: tuple[Callable[[AreaTables], Iterator[Detection]], ...] = (
    _nhs,
    _own,
    _parameters,
    _incomplete,
    _claims,
)
