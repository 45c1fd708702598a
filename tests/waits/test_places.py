"""Places: every child placed or awaiting, ceilings kept, incumbents who stay, and what an option avoids."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.evidence.schema.service_rules import service_rule
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.foundation.placements import AWAITING, NOT_RECORDED, PHASES, PLACEMENTS, SETTINGS, setting_of
from sendneeds.waits.places.compare import compare_places
from sendneeds.waits.places.project import PlaceChange, placement_mix, project_places
from sendneeds.waits.places.settings import CAPPED, LIMITED, OVERFLOW

SPECIAL = PlaceChange("state_special", 2027, 60, 3)


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2031, draws=40, seed=2)


@pytest.fixture(scope="module")
def base(bedford, need):
    return project_places(bedford, need)


@pytest.fixture(scope="module")
def more(bedford, need):
    return project_places(bedford, need, place_changes=[SPECIAL])


def independent(result):
    return result.by_setting().sel(setting="independent")


def test_every_placement_has_a_setting(bedford):
    assert {setting_of(placement) for placement in PLACEMENTS} == {*SETTINGS, AWAITING, NOT_RECORDED}
    table = bedford.table("ehc_plans")
    listed = table[(table["placement"] != "all") & (table["need"] != "all")]["plans"].astype(float).sum()
    assert placement_mix(bedford).to_numpy().sum() == listed


def test_nobody_is_lost_in_any_cell_and_no_ceiling_is_passed(more, need):
    data = more.data
    plans = need.data["children"].sel(provision="E").sum(("need", "age"))
    whole = data["children"].sum(("need", "phase"))
    assert (whole == plans.transpose(*whole.dims)).all()
    assert (data["placed"].sum("setting") + data["awaiting"] == data["children"]).all()
    assert (data["placed"] >= 0).all()
    assert (data["wanted"].sum("setting") == data["children"]).all()
    without = data["children"] - data["needed"].sum("setting")
    assert (without >= 0).all()
    assert float(without.sum() / data["children"].sum()) < 0.01, "those held back whatever room there is"
    for setting in LIMITED:
        assert (more.by_setting().sel(setting=setting) <= data["places"].sel(capped_setting=setting)).all()


def test_the_first_january_is_the_published_one(base, bedford):
    first = base.data["placed"].isel(year=0).sum("phase").median("draw").to_pandas().T
    published = placement_mix(bedford)
    names = list(SETTINGS)
    assert np.abs(first[names] - published.loc[first.index, names]).to_numpy().max() <= 1
    assert (
        float(base.data["awaiting"].isel(year=0).sum(("need", "phase")).median())
        == published["awaiting"].sum()
        == 2
    )
    table = bedford.table("ehc_plans")
    rows = table[(table["need"] == "all") & (table["placement"] != "all") & (table["census_january"] == 2025)]
    rows = rows[rows["age"].isin(["16", "17", "18"])]
    by_age = rows.groupby(rows["placement"].map(setting_of))["plans"].sum()
    placed = base.data["placed"].isel(year=0, draw=0).sel(phase="post_16").sum("need").to_series()
    assert placed["state_special"] == pytest.approx(by_age["state_special"], abs=4)


def test_a_new_place_is_filled_by_newcomers_and_draws_nobody_back_at_once(bedford, need, base, more):
    before, after = independent(base), independent(more)
    assert (after.sel(year=2026) == before.sel(year=2026)).all()
    fewer = (before - after).median("draw")
    # of 20 and then 60 places about 0.35 would have gone to an independent school: 7, and 21
    assert 2 <= float(fewer.sel(year=2027)) <= 9
    assert 14 <= float(fewer.sel(year=2030)) <= 26
    # where nobody with a place looks for another, what is avoided in a year is at most those turned away in it
    still, opened = (
        project_places(bedford, need, place_changes=some, moving_share=0.0) for some in ((), (SPECIAL,))
    )
    turned = still.data["turned_away"].sel(calendar_year=2026, setting="state_special")
    assert ((independent(still) - independent(opened)).sel(year=2027) <= turned).all()
    assert (base.data["shortfall"].sel(year=2030, capped_setting="state_special").median()) > 0


def test_incumbents_stay_where_nobody_looks_for_another_place(bedford, need):
    many = PlaceChange("state_special", 2027, 2000, 1)
    still = project_places(bedford, need, place_changes=[many], moving_share=0.0)
    moving = project_places(bedford, need, place_changes=[many], moving_share=0.5)
    for phase in ("primary", "secondary"):
        keep = independent_of(still, phase)
        # nobody new comes into an overflow that has ended, and those in it leave with time, not at once
        assert 0.4 * keep[2026] < keep[2027] < keep[2026] + 12
    assert int(still.data["moved"].sum()) == 0
    assert float(independent(moving).sel(year=2027).median()) < 0.8 * float(
        independent(still).sel(year=2027).median()
    )


def independent_of(result, phase):
    array = result.data["placed"].sel(setting="independent", phase=phase).sum("need").median("draw")
    return array.to_series()


def test_a_ceiling_on_independent_schools_leaves_children_awaiting(bedford, need, base):
    held = project_places(bedford, need, commissioned={"independent": 30}, awaiting_share=0.0)
    data = held.data
    assert (independent(held) <= 30).all()
    later = data["awaiting"].sum(("need", "phase")).sel(year=2030)
    assert float(later.median()) > 20
    assert int(later.min()) > 0
    assert set(data["capped_setting"].values) == set(CAPPED)
    none = project_places(bedford, need, awaiting_share=0.0).data["awaiting"]
    assert int(none.isel(year=slice(1, None)).sum()) == 0
    tenth = project_places(bedford, need, awaiting_share=0.1).data
    share = tenth["awaiting"].sum(("need", "phase", "draw")) / tenth["children"].sum(
        ("need", "phase", "draw")
    )
    assert float(share.sel(year=2030)) == pytest.approx(0.1, abs=0.01)


def test_a_closure_waits_for_children_to_leave(bedford, need):
    closed = project_places(bedford, need, place_changes=[PlaceChange("state_special", 2026, -444, 1)])
    special = closed.by_setting().sel(setting="state_special")
    assert (special.sel(year=2026) > 0).all()
    assert (special.diff("year") <= 0).all()
    assert float(special.sel(year=2031).median()) < 150


def test_the_preferred_mix_is_an_input(bedford, need, base):
    table = pd.DataFrame(
        {
            "need": ["all", "all", "ASD", "ASD"],
            "setting": ["mainstream", "state_special", "resourced", "mainstream"],
            "share": [0.7, 0.3, 0.4, 0.6],
        }
    )
    found = project_places(bedford, need, preferred=table)
    wanted = found.data["wanted"].isel(year=0, draw=0).sum("phase")
    plans = found.data["children"].isel(year=0, draw=0).sum("phase")
    assert wanted.sel(need="ASD", setting="resourced") == pytest.approx(
        0.4 * float(plans.sel(need="ASD")), abs=2
    )
    assert wanted.sel(need="MLD", setting="state_special") == pytest.approx(
        0.3 * float(plans.sel(need="MLD")), abs=2
    )
    assert (found.data["placed"] == base.data["placed"]).all(), (
        "preferred does not move anybody unless it is the mix"
    )
    sought = project_places(bedford, need, preferred=table, mix="preferred").data
    assert int(sought["turned_away"].sel(setting="resourced").sum()) > int(
        base.data["turned_away"].sel(setting="resourced").sum()
    )
    gap = found.gap(2030, by="need").set_index(["setting", "need"])
    assert gap.loc[("resourced", "ASD"), "central"] > 0
    assert "as given" in " ".join(found.provenance["places"])
    assert "England's as observed" in " ".join(base.provenance["places"])


def with_table(area, name, table):
    meta = TableMeta(name, "a survey of parents", "none", None, "local", "")
    return replace(area, tables={**area.tables, name: table}, meta={**area.meta, name: meta})


def test_a_pack_may_hold_the_preferred_mix(bedford, need):
    rows = {"need": "all", "phase": ["all", "all", "primary"], "share": [0.5, 0.5, 1.0]}
    table = pd.DataFrame({**rows, "setting": ["mainstream", "college", "resourced"]})
    found = project_places(with_table(bedford, "placement_mix", table), need)
    wanted, plans = (found.data[name].isel(year=0).sum("need") for name in ("wanted", "children"))
    assert (wanted.sel(phase="primary", setting="resourced") == plans.sel(phase="primary")).all()
    assert (wanted.sel(phase="secondary", setting="resourced") == 0).all()
    assert "a survey of parents" in " ".join(found.provenance["places"])


def test_nobody_is_lost_where_primary_needs_are_changed(bedford):
    ages = list(range(4, 16))
    rows = {"area_code": "E06000055", "census_january": 2024, "from_setting": "all", "to_setting": "all"}
    rows |= {"from_need": "SLCN"}
    table = pd.concat(
        [
            pd.DataFrame({"age": ages, **rows, "to_need": "ASD", "children": 400}),
            pd.DataFrame({"age": ages, **rows, "to_need": "SLCN", "children": 600}),
        ]
    )
    area = with_table(bedford, "transitions", table)
    made = sn.project(area, to=2028, draws=20)
    assert "changed_need" in made.data
    data = project_places(area, made).data
    assert (data["placed"].sum("setting") + data["awaiting"] == data["children"]).all()
    assert (data["placed"] >= 0).all()


def test_luck_is_shared_and_does_not_hang_on_the_number_of_draws(bedford):
    few, many = (
        project_places(bedford, sn.project(bedford, to=2028, draws=n, seed=3)).data for n in (10, 300)
    )
    assert (few["placed"] == many["placed"].isel(draw=slice(0, 10))).all()
    assert (few["transport_cost"] == many["transport_cost"].isel(draw=slice(0, 10))).all()


def test_journeys_and_cost(base, more):
    data = base.data
    children = data["placed"].sum(("need", "phase")).sel(setting=data["travelling_setting"].values)
    assert (data["transported"] <= children.rename(setting="travelling_setting")).all()
    assert (
        data["out_of_area"]
        <= children.sel(setting=["state_special", "independent"]).rename(setting="away_setting")
    ).all()
    mean = data["transport_cost"].isel(year=0).sum("travelling_setting") / data["transported"].isel(
        year=0
    ).sum("travelling_setting")
    assert float(mean.median()) == pytest.approx(8116, rel=0.15)
    going = [run["transported"].sel(travelling_setting="independent", year=2030) for run in (more.data, data)]
    assert float((going[1] - going[0]).mean()) > 5
    np.testing.assert_allclose(
        data["cost"].sel(costed_setting="independent"),
        independent(base) * data["price"].sel(costed_setting="independent"),
    )


def test_what_an_option_avoids_and_whose_it_is(base, more):
    data = compare_places(base, more).data
    assert (
        data["avoided"].sum("setting")
        == base.data["placed"].sum(("setting", "need", "phase"))
        - more.data["placed"].sum(("setting", "need", "phase"))
    ).all()
    np.testing.assert_allclose(data["avoidable"], data["gross"] * base.data["avoidable_share"])
    np.testing.assert_allclose(
        data["saved"].sel(funder="council_high_needs"), data["avoidable"] - data["added"]
    )
    assert (data["capital"].sel(year=2027) > 0).all()
    both = [run.data["transported"].sum("travelling_setting") for run in (base, more)]
    assert (data["avoided_transported"] == both[0] - both[1]).all()
    assert (data["capital"].drop_sel(year=2027) == 0).all()
    assert float(data["saved"].sel(year=2026).sum()) == 0
    same = compare_places(base, base)
    assert float(np.abs(same.data["saved"]).sum()) == 0
    assert same.probability_saving(2030) == 0
    found = compare_places(base, more)
    # of 60 places at 27,000 or so about 21 avoid an independent one, and of its cost a share is saved
    assert 0 < found.probability_saving(2031) < 0.5
    total = data["saved"].sel(year=slice(2027, 2031)).sum("year")
    np.testing.assert_allclose(found.saved(2027), total)


def test_results_print_tidy_and_plot(base, more):
    assert "placed: Children by the setting they are placed in" in repr(base)
    (places,) = (line for line in repr(base).splitlines() if "State-funded special school: places" in line)
    assert places.split()[-3:] == ["444", "444", "444"]
    assert "2031 (scenario range)" in repr(base)
    assert "Council: high needs block: GBP thousand less a year" in repr(compare_places(base, more))
    tidy = base.summary("shortfall")
    assert list(tidy.columns) == ["variable", "year", "capped_setting", "low", "central", "high", "units"]
    assert [ax.get_title(loc="left") for ax in base.plot()][-1] == "Awaiting a place"
    ax = compare_places(base, more).plot()
    assert ax.get_ylabel() == "GBP million a year"
    plt.close("all")


def test_an_area_without_ages_of_placements_or_figures_has_englands_shape(bedford, need):
    luton = shipped("luton")
    found = project_places(luton, sn.project(luton, to=2027, draws=20))
    assert "transported" not in found.data
    with pytest.raises(MissingDataError, match="avoidable_cost_share"):
        compare_places(found, found)


def test_errors_name_what_is_wrong(bedford, need, base):
    with pytest.raises(UnknownNameError, match="setting with a ceiling 'mainstream'"):
        project_places(bedford, need, commissioned={"mainstream": 100})
    with pytest.raises(DomainError, match="a January from 2026 to 2031"):
        project_places(bedford, need, place_changes=[PlaceChange("resourced", 2040, 10)])
    with pytest.raises(DomainError, match="whose places at the start are not given"):
        project_places(bedford, need, place_changes=[PlaceChange("independent", 2028, 10)])
    with pytest.raises(DomainError, match="observed or preferred"):
        project_places(bedford, need, mix="england")
    with pytest.raises(DomainError, match="awaiting_share=2: an int; allowed: a share from 0 to 1"):
        project_places(bedford, need, awaiting_share=2)
    with pytest.raises(DomainError, match=r"add up to 1; found 0\.9"):
        project_places(
            bedford,
            need,
            preferred=pd.DataFrame({"need": ["all"], "setting": ["mainstream"], "share": [0.9]}),
        )
    with pytest.raises(UnknownNameError, match="setting 'special'"):
        project_places(
            bedford, need, preferred=pd.DataFrame({"need": ["all"], "setting": ["special"], "share": [1.0]})
        )
    with pytest.raises(UnknownNameError, match="setting 'mars'"):
        base.by_need("mars")
    other = project_places(bedford, sn.project(bedford, to=2031, draws=40, seed=3))
    with pytest.raises(DomainError, match="differ in seed: 2 and 3"):
        compare_places(base, other)
    assert set(PHASES) == {"early_years", "primary", "secondary", "post_16", "post_19"}


def stating(area, **places):
    """The area with rows of places commissioned, by setting."""
    table = area.table("service_parameters")
    row = table.iloc[[0]].copy()
    rows = [
        row.assign(
            service="PLACES",
            parameter=f"commissioned_places_{setting}",
            unit="places",
            **dict.fromkeys(("low", "central", "high"), float(number)),
        )
        for setting, number in places.items()
    ]
    return replace(area, tables=dict(area.tables) | {"service_parameters": pd.concat([table, *rows])})


def test_the_pack_says_how_many_places_are_commissioned(bedford, need, base):
    table = stating(bedford, resourced=120, state_special=500, independent=40)
    stated = project_places(table, need)
    first = stated.data["places"].sel(year=2025)
    assert first.sel(capped_setting=["resourced", "state_special", "independent"]).values.tolist() == [
        120,
        500,
        40,
    ]
    given = project_places(
        bedford, need, commissioned={"resourced": 120, "state_special": 500, "independent": 40}
    )
    assert (given.data["placed"] == stated.data["placed"]).all()
    argument = project_places(table, need, commissioned={"state_special": 460}).data["places"]
    assert int(argument.sel(year=2025, capped_setting="state_special")) == 460
    assert "State-funded special school, the pack" in stated.provenance["places"][0]
    assert "as many as were filled" not in stated.provenance["places"][0]
    assert "commissioned_places_resourced" in base.provenance["places"][0]
    opened = project_places(table, need, place_changes=[PlaceChange("independent", 2028, 10, 1)])
    assert int(opened.data["places"].sel(year=2028, capped_setting="independent")) == 50


def test_the_rows_of_places_commissioned_are_known_to_the_check(bedford):
    table = (
        stating(bedford, resourced=120, state_special=500).table("service_parameters").reset_index(drop=True)
    )
    assert list(service_rule(table)) == []
    wrong = table.replace({"parameter": {"commissioned_places_resourced": "commissioned_places_resource"}})
    assert "commissioned_places_resourced" in next(iter(service_rule(wrong))).cure


def test_print_has_capital_and_the_chance_has_a_year_of_its_own(base, more):
    found = compare_places(base, more)
    line = next(line for line in repr(found).splitlines() if "Capital, once" in line)
    assert "(2027" in line
    assert f"GBP {float(found.data['capital'].sum('year').median()) / 1e6:,.1f} (" in line
    assert "  Capital: none" in repr(compare_places(base, base))
    assert found.probability_saving() == found.probability_saving(2030)
    with pytest.raises(DomainError, match="a January from 2025 to 2031"):
        found.probability_saving(2050)


def test_a_measure_for_a_setting_says_what_to_write(base):
    with pytest.raises(UnknownNameError, match=r"by_need\('state_special', 'needed'\)"):
        base.by_need("needed")
    with pytest.raises(UnknownNameError, match=r"by_setting\('needed'\).sel\(setting='independent'\)"):
        base.by_setting("independent")
    with pytest.raises(UnknownNameError, match="measure of places 'need'"):
        base.by_need("independent", "need")


def test_places_and_those_placed_in_them_share_a_label(base):
    panel = base.plot()[1]
    words = [text.get_text() for text in panel.texts]
    assert "placed, places" in words
    assert "places" not in words
    at = panel.texts[words.index("placed, places")].xy[1]
    assert at == pytest.approx(444, abs=5)
    plt.close("all")


def test_those_a_special_school_has_no_place_for_stay_or_go_on(bedford, need):
    """With all of the overflow staying in mainstream nobody more is in an independent school than seeks one."""
    table = bedford.table("service_parameters")
    none = table.iloc[:1].assign(service="PLACES", unit="share", low=1e-9, central=1e-9, high=1e-9)
    rows = [none.assign(parameter=figure) for figure, _ in OVERFLOW.values()]
    pack = replace(bedford, tables=bedford.tables | {"service_parameters": pd.concat([table, *rows])})
    stay, usual = project_places(pack, need), project_places(bedford, need)
    extra = stay.by_setting("placed") - stay.by_setting("needed")
    assert abs(float(extra.sel(setting="independent").mean())) < 2
    assert (extra.sel(setting="mainstream", year=2030) > 50).all()
    assert (independent(usual).sel(year=2030) > independent(stay).sel(year=2030)).all()
    assert (stay.data["awaiting"] == usual.data["awaiting"]).all()


def test_outcomes_are_named_by_need(base):
    """SEMH in January 2025: 23 not in education, 24 under notice that the plan ends, 33 educated elsewhere."""
    out = base.outcomes().sel(year=2025, need="SEMH").median("draw")
    assert set(out["outcome"].values) == {"elsewhere", "not_in_education", "notice_to_cease", "awaiting"}
    for outcome, count in {"not_in_education": 23, "notice_to_cease": 24, "elsewhere": 11 + 22}.items():
        assert float(out.sel(outcome=outcome)) == pytest.approx(count, abs=1)


def test_children_due_to_move_phase_are_those_of_the_age(base, need):
    """Ages 3, 10, 15 and 18 at the August before: reception, years 7 and 12, and after 19."""
    due = base.data["due_to_move"].sum(("setting", "need"))
    plans = need.data["children"].sel(provision="E").sum("need").transpose("year", "age", "draw")
    for move, age in {"reception": 3, "year_7": 10, "year_12": 15, "after_19": 18}.items():
        found = due.sel(move=move).transpose("year", "draw").values
        assert (found == plans.sel(age=age).values).all()
