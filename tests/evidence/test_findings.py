"""Known defects of published figures have findings, with the figures found."""

import sys
import zipfile
from dataclasses import replace
from functools import cache

import pytest

from sendneeds.evidence.area import shipped
from sendneeds.evidence.importing.scaled import scaled_parameters, scaled_population, scaled_schools
from sendneeds.evidence.pack.templates import FOR_AN_AREA
from sendneeds.evidence.pack.workbook import read_workbook, write_workbook
from sendneeds.evidence.published.community_waits import read_community_waits
from sendneeds.evidence.quality.claims import CANNOT_CHECK, DOES_NOT, RECONCILES, claims
from sendneeds.evidence.quality.findings import DEFECTS
from sendneeds.evidence.series import implausible_new_plans, residuals
from sendneeds.foundation.errors import MissingDataError


@cache
def all_findings(slug):
    return shipped(slug).findings


def findings_of(slug, name):
    return [f for f in all_findings(slug) if f.name == name]


@pytest.mark.parametrize(
    ("slug", "name", "figures"),
    [
        ("bedford", "stock_flow_residual", "+24 moved"),
        ("bedford", "six_week_outcomes_exceed_requests", "524 decisions notified, 473 requests"),
        ("bedford", "two_age_bases", "101 by age in the caseload"),
        ("england", "stock_flow_residual", "+11,811 moved"),
        ("england", "parts_short_of_total", "572,829"),
        ("england", "parts_short_of_total", "(-350)"),
        ("england", "two_age_bases", "at age 3: 2,134 by age when the plan started, 17,696"),
        ("england", "bands_short_of_total", "11,771"),
        ("england", "totals_differ", "97,747 new plans by age, 97,563 by need"),
        ("bedford", "list_absent", "published no list"),
        ("bedford", "population_aged_on", "mid-2020"),
        ("bedford", "rolls_exceed_residents", "13: 2,490 against 2,364"),
        ("bedford", "plans_fell", "1,199 in January 2019, 1,185 in January 2020"),
        ("bedford", "claim_does_not_reconcile", "+55.8 %"),
        ("bedford", "parameters_illustrative", "illustrative"),
        ("bedford", "sen_support_by_need_absent", "provision K"),
        ("england", "break_in_series", "statements"),
        ("england", "band_missing", "2023-06, 2023-07"),
    ],
)
def test_known_defects_are_found(slug, name, figures):
    found = findings_of(slug, name)
    assert any(figures in f.found for f in found), [f.found for f in found]


def test_a_finding_says_all_it_should():
    for finding in all_findings("bedford"):
        assert finding.name in DEFECTS
        assert finding.severity in ("info", "caution", "serious")
        assert all((finding.where, finding.found, finding.meaning, finding.do))
        assert finding.name in finding.text()


@pytest.mark.parametrize("slug", ["england", "bedford", "central-bedfordshire", "luton", "milton-keynes"])
def test_opening_and_flows_give_the_closing_stock(slug):
    table = residuals(shipped(slug)).dropna()
    assert len(table) == 3
    assert (table["opening"] + table["new"] - table["ended"] + table["moved"] == table["closing"]).all()


def test_claims_are_held_against_published_counts():
    told = claims(shipped("bedford")).set_index("figure_id")
    assert told.loc["ehc_20_weeks_england", "verdict"] == RECONCILES
    assert told.loc["sen_percent_of_pupils", "verdict"] == RECONCILES
    assert told.loc["ehc_growth_since_2014", "verdict"] == DOES_NOT
    assert told.loc["ehc_20_weeks_local", "verdict"] == CANNOT_CHECK
    assert "93.8" in told.loc["ehc_20_weeks_local", "why"]
    assert claims(shipped("central-bedfordshire"))["verdict"].tolist() == [RECONCILES, CANNOT_CHECK]


def test_breaks_inside_a_series_are_known():
    table = shipped("bedford").breaks()
    found = set(zip(table["table"], table["year"], strict=True))
    assert {("ehc_plans", 2015), ("ehc_plans", 2023), ("ehc_flow", 2023)} <= found
    assert ("sen_pupils", 2015) not in found  # the series starts in 2016


def test_needs_that_do_not_add_up_are_told():
    area = shipped("bedford")
    plans = area.table("ehc_plans").copy()
    one = plans.index[plans["need"].eq("ASD") & plans["age"].eq("10")][0]
    plans.loc[one, "plans"] += 5
    whole = plans.index[plans["need"].eq("SLCN") & plans["age"].eq("all") & plans["placement"].eq("all")][0]
    plans.loc[whole, "plans"] -= 7
    changed = replace(area, tables={**area.tables, "ehc_plans": plans})
    told = {(f.name, f.where): f.found for f in changed.findings}
    assert "(-7)" in told["needs_short_of_total", "ehc_plans need, 2025"]
    assert "(+12)" in told["parts_short_of_total", "ehc_plans need by age, 2025"]


def with_new_plans(year, count):
    """Return Bedford with another count of new plans in a year (published: 228 in 2022, 340 in 2023)."""
    area = shipped("bedford")
    flow = area.table("ehc_flow").copy()
    whole = flow["stage"].eq("new_plans") & flow[["need", "age", "reason"]].eq("all").all(axis=1)
    flow.loc[whole & flow["calendar_year"].eq(year), "count"] = count
    return replace(area, tables={**area.tables, "ehc_flow": flow})


def test_a_regions_new_plans_against_one_authority_are_told_and_left_out_of_residuals():
    area = with_new_plans(2022, 6078)
    told = {(f.name, f.where): f for f in area.findings}
    found = told["implausible_new_plans", "ehc_flow new_plans, 2022"]
    assert found.severity == "serious"
    assert "6,078 new plans against 215 and 340" in found.found
    assert "1,486 to 1,651 (+165)" in found.found
    # the year's parts are not called short of a total that is itself wrong, nor is it in the identity
    assert ("parts_short_of_total", "ehc_flow new_plans by age, 2022") not in told
    assert ("stock_flow_residual", "ehc_plans and ehc_flow, 2023 to 2024") in told
    table = residuals(area).set_index("calendar_year")
    assert table.loc[2022, "new"] == 6078  # as published
    assert table["moved"].dropna().to_dict() == {2023: -16, 2024: 75}


@pytest.mark.parametrize(
    ("year", "count", "told"),
    [
        (2022, 600, False),  # 1.8 times the larger neighbour: a backlog cleared
        (2024, 1010, False),  # under three times the one neighbour
        (2024, 1100, True),
        (2022, 50, False),  # under a third of both neighbours, but near the change of the caseload
        (2023, 2000, True),
    ],
)
def test_new_plans_are_doubted_only_far_from_neighbours_and_from_the_caseload(year, count, told):
    assert (year in implausible_new_plans(with_new_plans(year, count))) == told


def test_small_areas_are_not_doubted():
    area = with_new_plans(2022, 6078)
    plans = area.table("ehc_plans").copy()
    plans["plans"] = plans["plans"] // 20
    assert implausible_new_plans(replace(area, tables={**area.tables, "ehc_plans": plans})) == {}


def imported(slug):
    """Return a shipped area with what an import from the SEN2 release alone puts in place of its own tables."""
    area = shipped(slug)
    bare = replace(
        area, tables={name: area.tables[name] for name in ("ehc_plans", "ehc_flow")}, read_findings=[]
    )
    frame, meta = scaled_population(bare, bare.england())
    tables, made = scaled_schools(bare, bare.england())
    bare = replace(
        bare,
        tables={**bare.tables, **tables, "population": frame},
        meta={**bare.meta, **made, "population": meta},
    )
    frame, meta = scaled_parameters(bare)
    return replace(
        bare,
        tables={**bare.tables, "service_parameters": frame},
        meta={**bare.meta, "service_parameters": meta},
    )


def test_what_an_import_scaled_is_told_as_what_it_is():
    told = {(f.name, f.where): f for f in imported("luton").findings}
    for name in ("parameters_illustrative", "parameters_scaled"):
        found = told[name, "service_parameters"]
        assert "Lists and referrals are those of Bedford, scaled by children" in found.found
        assert "National" not in found.meaning
    shares = told["scaled_from_england", "sen_percent"]
    assert "share of England's plans" not in shares.meaning  # they are England's as they stand
    assert "--sen-in-england" in shares.do
    assert "--population" in told["population_from_rolls", "population"].do
    own = {f.name: f for f in all_findings("bedford")}
    assert "by children" not in own["parameters_illustrative"].found


def test_figures_that_are_not_given_are_counted_by_year():
    (found,) = (f for f in findings_of("bedford", "unavailable_figures") if f.where == "ehc_flow")
    flow = shipped("bedford").table("ehc_flow")
    rows = flow[flow["count"].isna() & (flow["flag"] != "suppressed")]
    for year, count in rows["calendar_year"].value_counts().items():
        assert f"{year}: {count}" in found.found


def test_a_lacking_reader_of_workbooks_says_what_to_install_from_a_clone_too(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    book = tmp_path / "a.xlsx"
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    for read in (
        lambda: read_community_waits(book, "Bedford", "E06000055"),
        lambda: read_workbook(book, tmp_path),
        lambda: write_workbook(tmp_path / "b.xlsx", FOR_AN_AREA),
    ):
        with pytest.raises(
            MissingDataError, match=r"sendneeds\[excel\]'.*clone: pip install -e '\.\[excel\]'"
        ):
            read()
