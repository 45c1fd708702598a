"""What stands in for an area's own figures, held against areas whose own are known."""

from dataclasses import replace

import pandas as pd
import pytest

from sendneeds.evidence.area import shipped
from sendneeds.evidence.importing.scaled import (
    PLANS_MISS,
    ROLLS_MISS,
    budget_uptake,
    children,
    residents_miss,
    scaled_parameters,
    scaled_population,
    scaled_schools,
    share_of_england,
)
from sendneeds.evidence.schema.complete_rules import interval_rule
from sendneeds.foundation.vocabulary import ENGLAND

AREAS = ("bedford", "central-bedfordshire", "luton", "milton-keynes")


def unnamed(england):
    """England without the published number of pupils of each authority."""
    return replace(england, tables={n: t for n, t in england.tables.items() if n != "pupils_5_to_15"})


def miss(slug, *tables, england=None):
    area = shipped(slug)
    bare = replace(area, tables={t: area.tables[t] for t in ("ehc_plans", *tables)})
    frame, meta = scaled_population(bare, england or area.england())
    made = replace(area, tables={**area.tables, "population": frame})
    assert meta.basis == "scaled"
    assert set(frame["age"]) == set(area.table("population")["age"])
    return children(made) / children(area) - 1


@pytest.mark.parametrize("slug", AREAS)
def test_residents_from_plans_miss_by_no_more_than_is_said(slug):
    assert PLANS_MISS[0] < miss(slug, england=unnamed(shipped(slug).england())) < PLANS_MISS[1]


@pytest.mark.parametrize("slug", AREAS)
def test_residents_from_the_published_number_of_pupils_are_nearer(slug):
    assert ROLLS_MISS[0] < miss(slug) < ROLLS_MISS[1]


def test_residents_from_a_release_alone_are_as_many_as_its_pupils_say():
    """Torbay has 16,512 pupils of 5 to 15 in January 2025; its plans would make half as many residents more."""
    area = shipped("bedford")
    england = area.england()
    torbay = replace(area, code="E06000027", tables={"ehc_plans": area.table("ehc_plans")})
    pupils = england.table("pupils_5_to_15")
    last = pupils[pupils["census_january"] == 2025].set_index("authority_code")["pupils"]
    assert last["E06000027"] == 16512
    share = last["E06000027"] / last.sum()
    frame, meta = scaled_population(torbay, england)
    latest = frame[frame["mid_year"] == frame["mid_year"].max()]["persons"].sum()
    nation = england.table("population")
    nation = nation[(nation["variant"] == "estimate") & (nation["mid_year"] == nation["mid_year"].max())]
    assert latest == pytest.approx(nation["persons"].sum() * share, abs=13)  # each age is rounded
    assert "pupils aged 5 to 15" in meta.note
    assert scaled_schools(torbay, england)[0]["pupils"]["pupils"].sum() == pytest.approx(
        england.table("pupils")["pupils"].sum() * share, rel=0.001
    )


@pytest.mark.parametrize("slug", AREAS)
def test_residents_from_rolls_are_nearer(slug):
    assert ROLLS_MISS[0] < miss(slug, "pupils") < ROLLS_MISS[1] + 0.005


def test_what_is_said_of_residents_from_plans_is_what_half_of_the_authorities_show(reference):
    table = pd.read_csv(reference / "backtest" / "areas.csv")
    plans, pupils = (
        table[table["measure"] == measure]
        .astype({"period": int})
        .pivot_table(index="area_code", columns="period", values="value")
        for measure in ("ehc_plans", "pupils_aged_5_to_15")
    )
    years = list(range(2019, 2026))
    plans_share = (plans[years] / plans.loc[ENGLAND, years]).mean(axis=1)
    found = (plans_share / (pupils[2025] / pupils.loc[ENGLAND, 2025]) - 1).drop(ENGLAND)
    assert len(found) == 74
    assert tuple(round(float(found.quantile(q)), 2) for q in (0.025, 0.975)) == PLANS_MISS


def test_how_far_residents_may_miss_goes_with_how_they_were_made():
    area = shipped("bedford")
    assert residents_miss(area) == (0.0, 0.0)
    frame, meta = scaled_population(area, area.england())
    by_rolls = replace(
        area, tables={**area.tables, "population": frame}, meta={**area.meta, "population": meta}
    )
    assert residents_miss(by_rolls) == ROLLS_MISS
    bare = replace(area, tables={"ehc_plans": area.table("ehc_plans")})
    assert "between 25 % below and 59 % above" in scaled_population(bare, unnamed(area.england()))[1].note
    tables, made = scaled_schools(bare, area.england())
    by_pupils = replace(by_rolls, tables={**by_rolls.tables, **tables}, meta={**by_rolls.meta, **made})
    assert residents_miss(by_pupils) == ROLLS_MISS
    assert residents_miss(replace(by_pupils, code="E06000999")) == PLANS_MISS  # no release names it


def test_the_mean_of_years_misses_less_than_the_last():
    last, mean = [], []
    for slug in AREAS:
        area = shipped(slug)
        england = area.england()
        true = children(area) / children(england)
        mean.append((share_of_england(area, england) / true - 1) ** 2)
        plans = area.table("ehc_plans")
        one = replace(area, tables={"ehc_plans": plans[plans["census_january"] == 2025]})
        last.append((share_of_england(one, england) / true - 1) ** 2)
    assert sum(mean) < sum(last)


def test_parameters_go_with_children_and_shares_stay():
    bedford, luton = shipped("bedford"), shipped("luton")
    frame, meta = scaled_parameters(luton)
    ours, theirs = (
        t.set_index(["service", "parameter"]) for t in (frame, bedford.table("service_parameters"))
    )
    ratio = children(luton) / children(bedford)
    key = ("SLT", "opening_list")
    assert ours.loc[key, "central"] == pytest.approx(theirs.loc[key, "central"] * ratio, abs=0.01)
    assert ours.loc[("SLT", "missed_share"), "central"] == theirs.loc[("SLT", "missed_share"), "central"]
    assert ours.loc[("EP", "advice_requests_per_week"), "basis"] == "published"
    staff = {"funded_wte", "in_post_wte", "assessments_per_week"}
    assert not staff & set(ours.index.get_level_values("parameter"))  # nobody's staff are another area's
    # nor what they have room for: nights, hours, contacts and beds
    there = set(theirs.index.get_level_values("parameter"))
    kept = set(ours.index.get_level_values("parameter"))
    room = {name for name in there if "_available_" in name} | {"tier4_beds"}
    assert len(room) == 5
    assert not room & kept
    admitted = ("CAMHS", "tier4_admissions_per_year")
    assert ours.loc[admitted, "central"] == pytest.approx(6 * ratio, abs=0.01)
    assert not (ours.index.get_level_values("service") == "POOL").any()
    assert (frame["low"] <= frame["central"]).all()
    assert (frame["central"] <= frame["high"]).all()
    assert meta.basis == "mixed"


def test_the_uptake_of_personal_budgets_is_the_areas_own():
    bedford = shipped("bedford")
    shares, said = budget_uptake(bedford, bedford.england())
    # 6 of 2,170 plans in January 2025, 4 of 1,899 the year before, and England's 19,596 of 638,745
    assert shares == [0.0021, 0.0028, 0.0307]
    assert said.startswith("2025 as published")
    none = replace(bedford, tables={n: t for n, t in bedford.tables.items() if n != "personal_budgets"})
    assert budget_uptake(none, bedford.england()) is None
    luton = shipped("luton")
    plans, budgets = luton.table("ehc_plans"), luton.table("personal_budgets")
    now = budgets[(budgets["budget"] == "all") & (budgets["census_january"] == 2025)]["plans"].iloc[0]
    whole = plans[
        (plans[["need", "age", "placement"]] == "all").all(axis=1) & (plans["census_january"] == 2025)
    ]
    frame, _ = scaled_parameters(luton)
    row = frame[frame["parameter"] == "personal_budget_uptake_share"].iloc[0]
    assert row["central"] == round(now / whole["plans"].iloc[0], 4) != 0.0028
    assert row["basis"] == "published"
    assert "Bedford" not in row["note"]


@pytest.mark.parametrize(
    ("before", "now", "shares"),
    # of 1,899 and of 2,170 plans, beside England's 0.0307
    [
        (0, 6, [0.0028, 0.0028, 0.0307]),
        (4, 0, [0, 0, 0]),
        (0, 0, [0, 0, 0]),
        (None, 6, [0.0028, 0.0028, 0.0307]),
    ],
)
def test_a_january_without_personal_budgets_leaves_an_interval_that_can_be_drawn(before, now, shares):
    bedford = shipped("bedford")
    budgets = bedford.table("personal_budgets").copy()
    for january, count in ((2024, before), (2025, now)):
        rows = (budgets["budget"] == "all") & (budgets["census_january"] == january)
        budgets.loc[rows, "plans"] = pd.NA if count is None else count
    budgets = budgets[(budgets["census_january"] >= 2024)]
    changed = replace(bedford, tables={**bedford.tables, "personal_budgets": budgets})
    frame, _ = scaled_parameters(changed)
    row = frame[frame["parameter"] == "personal_budget_uptake_share"].iloc[0]
    assert row[["low", "central", "high"]].tolist() == shares
    assert not list(interval_rule(frame.reset_index(drop=True)))
