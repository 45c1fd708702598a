"""The high needs block: its rows add up, its balances by hand, and options save what places say that they save."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, FaultsError, MissingDataError, UnknownNameError
from sendneeds.scenarios.high_needs_budget import check_budget

COLUMNS = ["financial_year", "measure", "low", "central", "high", "basis", "source"]


def budget(*rows):
    """A table of known amounts: (year, measure, GBP)."""
    return pd.DataFrame([(y, m, a, a, a, "local", "made up") for y, m, a in rows], columns=COLUMNS)


@pytest.fixture(scope="module")
def run(more_places):
    return more_places


@pytest.fixture(scope="module")
def found(run):
    known = budget(
        (2024, "allocation", 30e6), (2026, "allocation", 40e6), (2025, "deficit", 5e6), (2026, "transfer", 1e6),
        (2024, "tribunals", 100e3), (2024, "other", 1e6),
    )  # fmt: skip
    return sn.high_needs(run, known, allocation_growth=0.1)


def test_income_by_hand(found):
    # 30, and a tenth more in 2025/26; 40 and 1 of transfer in 2026/27; then a tenth more each year
    income = found["income"].isel(draw=0).values / 1e6
    assert income.tolist() == pytest.approx([30, 33, 41, 44, 48.4, 53.24, 58.564])


def test_balances_begin_with_the_deficit_and_carry_forward(found):
    in_year = (found["income"] - found["spend"].sum("row")).transpose(*found["in_year"].dims)
    np.testing.assert_allclose(found["in_year"], in_year)
    path = found["cumulative"].sel(scenario="baseline")
    own = in_year.sel(scenario="baseline")
    np.testing.assert_allclose(path.sel(financial_year=2025), -5e6 + own.sel(financial_year=2025))
    np.testing.assert_allclose(
        path.sel(financial_year=2027), -5e6 + own.sel(financial_year=slice(2025, 2027)).sum("financial_year")
    )


def test_places_cost_what_the_projection_of_places_says(run, found):
    settings = [
        "mainstream",
        "resourced",
        "state_special",
        "independent",
        "alternative",
        "post_16",
        "other_settings",
    ]
    spent = (
        found["spend"].sel(scenario="baseline", row=settings).sum("row").transpose("financial_year", "draw")
    )
    cost = run.places["baseline"]["cost"].sum("costed_setting").transpose("year", "draw")
    np.testing.assert_allclose(spent, cost)
    np.testing.assert_allclose(
        found["by_need"].sum("need").transpose("scenario", "setting_row", "financial_year", "draw"),
        found["spend"]
        .sel(row=found.data["setting_row"].values)
        .transpose("scenario", "row", "financial_year", "draw"),
    )


def test_an_option_saves_what_places_say_it_saves(run, found):
    """The part of a mean cost that does not come back is a row, so the two agree."""
    total = found["spend"].sum("row")
    less = (total.sel(scenario="baseline") - total.sel(scenario="more")).transpose("financial_year", "draw")
    saved = sn.compare_places(run.places["baseline"], run.places["more"])["saved"].sel(
        funder="council_high_needs"
    )
    np.testing.assert_allclose(less, saved.transpose("year", "draw"), atol=1e-3)
    table = found.saves().set_index(["scenario", "financial_year"])
    assert table.loc[("more", 2029), "central"] == pytest.approx(float(np.median(saved.sel(year=2030))))


def test_the_block_pays_its_share_of_posts_and_goes_on_paying(run, found):
    paid = run.spending.by_funder("fill-two-slt-posts").sel(funder="council_high_needs")
    row = found["spend"].sel(scenario="fill-two-slt-posts", row="levers")
    np.testing.assert_allclose(row.sel(financial_year=2028), paid.sel(financial_year=2028))
    np.testing.assert_allclose(
        row.sel(financial_year=2030), paid.sel(financial_year=2029)
    )  # its last whole year
    assert float(row.sel(financial_year=2026).max()) == 0
    assert (
        float(found["spend"].sel(scenario="more", row="levers").max()) == 0
    )  # capital is no charge on the block


def test_a_part_last_year_is_told_where_recurrent_cost_goes_on(run, found):
    # lists to January 2031: 2030/31 is held in part, and the posts go on at what 2029/30 costs
    name = run.scenarios[2].name
    paid = run.spending.by_funder(name, cost_types=("recurrent",)).sel(funder="council_high_needs")
    levers = found["spend"].sel(scenario=name, row="levers")
    np.testing.assert_allclose(levers.sel(financial_year=2030), paid.sel(financial_year=2029))
    assert (paid.sel(financial_year=2030) < 0.9 * paid.sel(financial_year=2029)).all()
    (note,) = [text for text in found.notes if "recurrent cost" in text]
    assert note.startswith("recurrent cost of options in 2030/31 and after is that of 2029/30")
    assert note in repr(found)
    alone = replace(run, scenarios=run.scenarios[:2])  # capital alone goes on nowhere
    assert not [text for text in sn.high_needs(alone).notes if "recurrent cost" in text]


def test_place_funding_is_ten_thousand_a_special_place(run, found):
    placed = run.places["baseline"].by_setting().sel(setting="state_special").transpose("year", "draw")
    own = found["place_funding"].sel(scenario="baseline", funded_setting="state_special")
    np.testing.assert_allclose(own.transpose("financial_year", "draw"), 10_000 * placed)
    # a resourced place without a price of its own has a mainstream top-up and 6,000 of place funding
    of_units = found["place_funding"].sel(scenario="baseline", funded_setting="resourced")
    placed = run.places["baseline"].by_setting().sel(setting="resourced").transpose("year", "draw")
    np.testing.assert_allclose(of_units.transpose("financial_year", "draw"), 6_000 * placed)
    price = run.places["baseline"].data["price"]
    np.testing.assert_allclose(
        price.sel(costed_setting="resourced") - price.sel(costed_setting="mainstream"), 6_000
    )


def test_what_has_no_price_is_named_and_is_no_nought(run, found):
    told = " ".join(found.missing)
    assert "no price of a place in college" in told
    assert "tribunals" not in told
    bare = sn.high_needs(run)
    assert any("add a row tribunals" in text for text in bare.missing)
    assert any("no allocation" in text for text in bare.missing)
    assert "cumulative" not in bare
    assert "look better than they are" in repr(found)


def test_the_table_has_the_rows_of_the_plan_and_adds_up(found):
    table = found.table("more")
    at = table[table["financial_year"] == 2029].set_index("row")
    assert at.loc["tribunals", "central"] == 100e3
    assert "cumulative" in at.index
    assert "stays" in at.index
    assert "stays" not in set(found.table()["row"])
    with pytest.raises(UnknownNameError, match="more"):
        found.table("moer")


def test_prices_that_grow(run, found):
    dear = sn.high_needs(run, price_growth=0.1)
    same = sn.high_needs(run)
    ratio = (dear["spend"].sum("row") / same["spend"].sum("row")).isel(draw=0).sel(scenario="baseline").values
    assert ratio.tolist() == pytest.approx([1.1**n for n in range(7)])


def test_what_cannot_be_is_told(run):
    with pytest.raises(DomainError, match=r"0\.03"):
        sn.high_needs(run, allocation_growth=3)
    with pytest.raises(MissingDataError, match="no places"):
        sn.high_needs(replace(run, places={}))


def test_a_pack_may_hold_the_table(tmp_path, bedford):
    shutil.copytree(bedford.folder, tmp_path / "own")
    (tmp_path / "own" / "high_needs.csv").write_text(
        "financial_year,measure,low,central,high,basis,source\n"
        "2025,allocation,30000000,30000000,30000000,local,made up\n"
        "2025,reserve,1000000,2000000,1500000,local,made up\n",
        encoding="utf-8",
    )
    text = (tmp_path / "own" / "area.toml").read_text(encoding="utf-8")
    entry = "\n".join(
        [
            "",
            "[[tables]]",
            'file = "high_needs.csv"',
            'title = "x"',
            'source = "x"',
            'licence = "x"',
            'basis = "local"',
            "",
        ]
    )
    (tmp_path / "own" / "area.toml").write_text(text + entry, encoding="utf-8")
    faults = sn.check_folder(tmp_path / "own")
    assert any("high" in fault.column for fault in faults), "low, central, high are out of order"


def test_the_path_is_drawn(found):
    axes = found.plot()
    assert axes.get_ylabel() == "GBP million at the year's end"
    assert len(axes.lines) == 4  # three scenarios and nought


def test_an_allocation_that_is_made_up_is_told_on_the_picture_and_in_the_notes(run, found):
    import matplotlib.pyplot as plt

    made_up = budget((2025, "allocation", 30e6)).assign(basis="illustrative", source="an example")
    told = sn.high_needs(run, made_up)
    ax = told.plot()
    assert ax.get_title(loc="left").splitlines()[-1] == (
        "Illustrative allocation, not the council's: an example"
    )
    assert "the allocation is illustrative: an example" in told.notes
    assert "llustrative" not in found.plot().get_title(loc="left")
    assert not any("llustrative" in note for note in found.notes)
    plt.close("all")


def test_everything_wrong_with_a_budget_is_told_at_once():
    table = pd.DataFrame(
        {
            "financial_year": ["2025", "2025-26", 2025, 2025, 2026],
            "measure": ["allocation", "other", "Allocation", "allocation", "deficit"],
            "low": [9, 9, 9, 9, "1,000"],
            "central": [10, 10, 10, 8, 2000],
            "high": [11, 11, 11, 11, float("inf")],
        }
    )
    with pytest.raises(FaultsError) as told:
        check_budget(table)
    assert [(fault.row, fault.column) for fault in told.value.faults] == [
        (3, "financial_year"),
        (4, "measure"),  # in small letters
        (5, "central"),  # under its low
        (5, "measure"),  # the allocation of 2025 once more
        (6, "low"),
        (6, "central"),
        (6, "high"),
    ]
    check_budget(table.iloc[:1])
    with pytest.raises(FaultsError, match="0 columns of that name"):
        check_budget(table.drop(columns="measure"))
