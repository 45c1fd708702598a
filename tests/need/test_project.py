"""The projection: every child accounted for, the published base returned, the same seed the same children."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.validation.replay import replay_england

RATIOS = {4: 1.433, 10: 1.206, 11: 1.086, 16: 0.986, 17: 0.867, 18: 0.785, 19: 0.745, 20: 0.713, 21: 0.662}
RATIOS |= {22: 0.627, 23: 0.568, 24: 0.174}


def test_base_year_is_the_published_stock_by_need(need, bedford):
    table = bedford.table("ehc_plans")
    rows = table[(table["census_january"] == 2025) & (table["age"] == "all") & (table["placement"] == "all")]
    published = {n: c for n, c in zip(rows["need"], rows["plans"], strict=True) if n != "all"}
    base = need.data["children"].sel(year=2025, provision="E").sum("age")
    for code, count in published.items():
        assert np.all(base.sel(need=code) == count), code
    assert np.all(need.total("E").sel(year=2025) == 2170)


def test_everybody_is_n_k_or_e(need):
    children = need.data["children"]
    assert children.dims == ("year", "provision", "need", "age", "draw")
    assert int(children.min()) >= 0
    xr.testing.assert_equal(
        children.sum(("provision", "need"), dtype="int32").drop_attrs(), need.data["population"].drop_attrs()
    )


def test_stock_and_flow_agree_to_the_child(need):
    plans = need.data["children"].sel(provision="E").transpose("year", "need", "age", "draw")
    codes = need.data["plan_need"].values
    stock = plans.sel(need=codes).values.astype(int)
    aged_on = np.zeros_like(stock[:-1])
    aged_on[:, :, 1:] = stock[:-1, :, :-1]
    order = ("calendar_year", "plan_need", "age", "draw")
    new, moved, ceased = (need.data[k].transpose(*order).values for k in ("new_plans", "moved_in", "ceased"))
    np.testing.assert_array_equal(stock[1:], aged_on + new + moved - ceased)
    np.testing.assert_array_equal(
        need.data["aged_out"].transpose("calendar_year", "plan_need", "draw").values, stock[:-1, :, -1]
    )


def test_total_of_the_cohort_is_the_scored_total(need):
    from sendneeds.need.inputs.area_history import area_history
    from sendneeds.need.inputs.national import shipped_national
    from sendneeds.need.total import trend

    made = trend.forecast(area_history(need.area), shipped_national(), 2025, range(1, 6))
    low, central, high = made.quantile([0.1, 0.5, 0.9]).T
    drawn = need.total("E").sel(year=slice(2026, 2030)).quantile([0.1, 0.5, 0.9], dim="draw").values
    np.testing.assert_allclose(drawn[1], central, rtol=0.03)
    np.testing.assert_allclose(drawn[0], low, rtol=0.05)
    np.testing.assert_allclose(drawn[2], high, rtol=0.05)


def test_more_draws_and_more_years_alter_no_draw(bedford):
    short = sn.project(bedford, to=2027, draws=20, seed=3).data
    more = sn.project(bedford, to=2027, draws=300, seed=3).data.isel(draw=slice(0, 20))
    xr.testing.assert_equal(short["children"], more["children"])
    longer = sn.project(bedford, to=2029, draws=20, seed=3).data
    assert longer.sizes["year"] == 5
    assert not np.array_equal(
        short["children"], sn.project(bedford, to=2027, draws=20, seed=4).data["children"]
    )


def test_england_returns_the_published_cohort_ratios():
    table = replay_england(shipped("england"), draws=300).set_index("age")
    for age, printed in RATIOS.items():
        assert round(table.loc[age, "published"], 3) == printed
    assert (table["difference"].abs() < 2 * table["noise"]).all()


@pytest.mark.parametrize("slug", ["central-bedfordshire", "luton", "milton-keynes", "england"])
def test_every_shipped_area_projects(slug):
    made = sn.project(shipped(slug), to=2027, draws=20)
    assert made.scored_to == 2027
    assert float(made.total("E").sel(year=2027).median()) > float(made.total("E").sel(year=2025).median())


def test_faults_are_told_in_words(bedford):
    with pytest.raises(DomainError, match="last January published for Bedford is 2025"):
        sn.project(bedford, to=2025)
    with pytest.raises(DomainError, match=r"draws=0: .* a whole number from 1"):
        sn.project(bedford, draws=0)
    lacking = replace(bedford, tables={k: v for k, v in bedford.tables.items() if k != "ehc_plans"})
    with pytest.raises(MissingDataError, match="ehc_plans"):
        sn.project(lacking)


def test_result_tells_itself_and_plots(need):
    text = repr(need)
    assert "children: Children and young people by provision and primary need" in text
    tidy = need.summary("population")
    assert list(tidy.columns) == ["variable", "year", "age", "low", "central", "high", "units"]
    axes = need.plot("E", ["ASD", "SEMH"])
    assert "scenario range after 2030" in axes.get_title(loc="left")
    assert len(need.assumptions) >= 10
    assert set(need.record["target"]) >= {"total", "ASD", "SEMH", "SLCN", "K share"}


def test_result_opens_as_it_was_saved(need, tmp_path):
    path = need.to_netcdf(tmp_path / "need.nc")
    again = sn.open_result(path)
    xr.testing.assert_identical(again.data["children"], need.data["children"])
    assert again.provenance["assumptions"] == need.assumptions
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(MissingDataError, match="no such file"):
        sn.open_result(tmp_path / "none.nc")
    (tmp_path / "bad.nc").write_text("not a result")
    with pytest.raises(MissingDataError, match="not a result"):
        sn.open_result(tmp_path / "bad.nc")


def test_where_plans_exceed_residents_nobody_is_negative(bedford):
    table = bedford.table("population").copy()
    table["persons"] = (table["persons"] * 0.03).round()
    made = sn.project(replace(bedford, tables={**bedford.tables, "population": table}), to=2027, draws=20)
    assert int(made.data["children"].min()) == 0
    assert "Plans exceed the residents" in " ".join(made.assumptions)
    whole = made.data["children"].sum(("provision", "need"))
    np.testing.assert_array_equal(whole, made.data["population"])


def test_needs_without_a_rule_lean_on_englands_growth_for_them(bedford):
    made = sn.project(bedford, to=2030, draws=300)
    grown = np.log(made.by_need("E").sel(year=2028) / made.by_need("E").sel(year=2025)).median("draw")
    total = float(np.log(made.total("E").sel(year=2028) / made.total("E").sel(year=2025)).median())
    for need in ("SLD", "PD", "PMLD"):  # in England these grow far more slowly than all needs together
        assert float(grown.sel(need=need)) < total - 0.1, need
    spread = np.log(made.by_need("E", ["MLD"]).sel(year=2028)).std("draw")
    assert 0.15 < float(spread.item()) < 0.4


def test_no_scored_year_of_a_draw_has_fewer_new_plans_than_the_record_has(need):
    """Bedford had 228, 340 and 358: the first year has at least 191, and each its share of the last three."""
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw").values
    rows = [np.full(new.shape[1], count) for count in (228, 340, 358)] + list(new[:5])
    assert new[0].min() >= 191
    for year in range(3, 8):
        least = np.floor(0.62 * sum(rows[year - 3 : year]) / 3)
        assert np.all(rows[year] >= least), year
