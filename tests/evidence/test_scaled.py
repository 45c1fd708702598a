"""What stands in for an area's own figures, held against areas whose own are known."""

from dataclasses import replace

import pytest

from sendneeds.evidence.pack import open_area
from sendneeds.evidence.scaled import OUT_BY, children, scaled_parameters, scaled_population, share_of_england

AREAS = ("bedford", "central-bedfordshire", "luton", "milton-keynes")


def miss(slug, *tables):
    area = open_area(slug)
    bare = replace(area, tables={t: area.tables[t] for t in ("ehc_plans", *tables)})
    frame, meta = scaled_population(bare, area.england())
    made = replace(area, tables={**area.tables, "population": frame})
    assert meta.basis == "scaled"
    assert set(frame["age"]) == set(area.table("population")["age"])
    return children(made) / children(area) - 1


@pytest.mark.parametrize("slug", AREAS)
def test_residents_from_plans_miss_by_no_more_than_is_said(slug):
    assert abs(miss(slug)) <= float(OUT_BY.split()[0]) / 100 + 0.005


@pytest.mark.parametrize("slug", AREAS)
def test_residents_from_rolls_are_nearer(slug):
    assert abs(miss(slug, "pupils")) < 0.12


def test_the_mean_of_years_misses_less_than_the_last():
    last, mean = [], []
    for slug in AREAS:
        area = open_area(slug)
        england = area.england()
        true = children(area) / children(england)
        mean.append((share_of_england(area, england) / true - 1) ** 2)
        plans = area.table("ehc_plans")
        one = replace(area, tables={"ehc_plans": plans[plans["census_january"] == 2025]})
        last.append((share_of_england(one, england) / true - 1) ** 2)
    assert sum(mean) < sum(last)


def test_parameters_go_with_children_and_shares_stay():
    bedford, luton = open_area("bedford"), open_area("luton")
    frame, meta = scaled_parameters(luton)
    ours, theirs = (
        t.set_index(["service", "parameter"]) for t in (frame, bedford.table("service_parameters"))
    )
    ratio = children(luton) / children(bedford)
    key = ("SLT", "opening_list")
    assert ours.loc[key, "central"] == pytest.approx(theirs.loc[key, "central"] * ratio, abs=0.01)
    assert ours.loc[("SLT", "missed_share"), "central"] == theirs.loc[("SLT", "missed_share"), "central"]
    assert ours.loc[("EP", "advice_requests_per_week"), "basis"] == "published"
    assert not (ours.index.get_level_values("service") == "POOL").any()
    assert (frame["low"] <= frame["central"]).all()
    assert (frame["central"] <= frame["high"]).all()
    assert meta.basis == "mixed"
