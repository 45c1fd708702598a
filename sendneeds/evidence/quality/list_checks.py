"""Checks of waiting lists, referrals, service parameters and claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sendneeds.evidence.own_lists import far_from_start
from sendneeds.evidence.quality.claims import CANNOT_CHECK, DOES_NOT, claims
from sendneeds.evidence.quality.findings import Detection
from sendneeds.evidence.schema.service_rules import STAFFED
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.vocabulary import WEEK_BANDS

NAMED_FIRST = ("SLT", "OT")
BY_RATIO = "the ratio of residents under 18"  # in every source that `scaled.scaled_parameters` writes
INVENTED = "plausible value"  # in the source of every figure that nobody has measured: `vocabulary.BASES`


def _nhs_lists(area: AreaTables) -> Iterator[Detection]:
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
                found = f"{len(gaps)} months differ, by up to {gaps.iloc[at]:,} of {total:,} ({month})"
                yield Detection("bands_short_of_total", f"nhs_waiting_list {service}", found)
    held = table[table["waiting"].notna()]
    for band in WEEK_BANDS:
        months = sorted(set(table["month"]) - set(held.loc[held["weeks_band"] == band, "month"]))
        if months:
            yield Detection(
                "band_missing", f"nhs_waiting_list band {band}", f"not published in {', '.join(months)}"
            )
    given = set(held["service"])
    if area.has("waiting_list"):
        given |= set(area.table("waiting_list")["service"])
    place = str(table["area"].iloc[0]) if len(table) else area.name
    for service in NAMED_FIRST:
        if service not in given:
            found = f"{place} published no list from {table['month'].min()} to {table['month'].max()}"
            yield Detection("list_absent", f"nhs_waiting_list {service}", found)
    last = str(table["month"].max())
    if area.has("ehc_plans") and last < f"{area.start:%Y-%m}":
        found = f"the last month is {last}, the start is {area.start:%Y-%m}"
        yield Detection("lists_old", "nhs_waiting_list", found)


def _own_tables(area: AreaTables) -> Iterator[Detection]:
    if area.kind == "country":
        return
    if not area.has("waiting_list"):
        yield Detection("own_lists_absent", "waiting_list", "no such table")
    else:
        table = area.table("waiting_list")
        bands = table[(table["stage"] == "first_appointment") & (table["weeks_band"] != "all")]
        for service, rows in bands.groupby("service"):
            last = rows[rows["snapshot"] == rows["snapshot"].max()]
            held = set(last.loc[last["waiting"].notna() | (last["flag"] == "suppressed"), "weeks_band"])
            gone = [band for band in WEEK_BANDS if band not in held]
            if gone:
                found = f"no figure for {', '.join(gone)} weeks on {last['snapshot'].iloc[0]}"
                yield Detection("own_list_incomplete", f"waiting_list {service}", found)
        if area.has("ehc_plans"):
            for service, day in far_from_start(area, list(dict.fromkeys(table["service"]))).items():
                found = f"counted on {day}, lists are run from {area.start}"
                yield Detection("own_list_far_from_start", f"waiting_list {service}", found)
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
            found = f"{len(rows)} of {len(table)} figures are {basis}: {services}"
            if rows["source"].str.contains(BY_RATIO, regex=False).any():
                found += f". {area.meta['service_parameters'].note}"
            yield Detection(f"parameters_{basis}", "service_parameters", found)
    own = table[(table["basis"] == "local") & table["source"].str.contains(INVENTED, case=False, regex=False)]
    for service, rows in own.groupby("service", sort=False):
        found = f"basis local, source {rows['source'].iloc[0]!r}: {', '.join(rows['parameter'])}"
        yield Detection("local_source_unchanged", f"service_parameters {service}", found)


def _claims(area: AreaTables) -> Iterator[Detection]:
    if not area.has("claims"):
        return
    for claim in claims(area).itertuples():
        found = f"{claim.printed_as!r} ({claim.measure}, {claim.period}): {claim.why}"
        where = f"claims {claim.figure_id}, {claim.document}"
        if claim.verdict == DOES_NOT:
            yield Detection("claim_does_not_reconcile", where, found)
        elif claim.verdict == CANNOT_CHECK:
            yield Detection("claim_cannot_be_checked", where, found)


def _incomplete_services(area: AreaTables) -> Iterator[Detection]:
    if not area.has("service_parameters"):
        return
    for service, rows in area.table("service_parameters").groupby("service"):
        names = set(rows["parameter"])
        listed = {"referrals_accepted_per_week", "opening_list"} <= names
        missing = [name for name in STAFFED if name not in names]
        if listed and missing and "assessments_per_week" not in names:
            yield Detection("service_incomplete", f"service_parameters {service}", f"no {', '.join(missing)}")


CHECKS: tuple[Callable[[AreaTables], Iterator[Detection]], ...] = (
    _nhs_lists,
    _own_tables,
    _parameters,
    _incomplete_services,
    _claims,
)
