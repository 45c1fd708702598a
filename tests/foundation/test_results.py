"""What a result is: parts by name, labels selected, tidy tables, intervals by hand, shown as text and as tables."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.foundation import results
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.results import Result


def words(text, units, kind="stock"):
    return {"long_name": text, "units": units, "kind": kind}


@pytest.fixture
def result():
    """Two years, two needs and five draws, so that the 10th, 50th and 90th percentiles are known by hand."""
    children = np.array([[[1, 2, 3, 4, 5], [10, 20, 30, 40, 50]], [[0, 0, 0, 0, 0], [2, 4, 6, 8, 10]]])
    return Result(
        xr.Dataset(
            {
                "children": (("year", "need", "draw"), children, words("Children", "persons")),
                "total": (("year", "draw"), children.sum(axis=1), words("All children", "persons")),
                "places": ("year", [7, 8], words("Places <commissioned>", "places")),
                "price": ((), 2.5, words("Price", "GBP")),
            },
            {
                "year": [2025, 2026],
                "need": ["ASD", "SEMH"],
                "draw": range(5),
                "first": ("need", [True, False]),
            },
        ),
        {"seed": 1, "bases": ["published"]},
    )


def test_a_variable_comes_by_name_and_an_unknown_one_names_the_nearest(result):
    assert result["total"].values.tolist() == [[11, 22, 33, 44, 55], [2, 4, 6, 8, 10]]
    assert list(result) == ["children", "total", "places", "price"]
    assert "places" in result
    assert "year" not in result
    with pytest.raises(UnknownNameError, match="Did you mean children"):
        result["childern"]


def test_a_narrow_count_times_a_price_does_not_wrap_round():
    seen = xr.DataArray(np.array([40, 300], np.int16), dims="draw", attrs=words("Seen", "children"))
    made = Result(xr.Dataset({"seen": seen, "share": ("draw", np.array([0.5, 1], np.float32))}), {})
    assert (made["seen"] * 1200).values.tolist() == [48_000, 360_000]  # past 2**15 - 1
    assert made["seen"].attrs == seen.attrs
    assert made["share"].dtype == np.float32
    assert made.data["seen"].dtype == np.int16


def test_one_label_keeps_its_dimension(result):
    one = result.sel(year=2026, need="SEMH")
    assert type(one) is Result
    assert one["children"].dims == ("year", "need", "draw")
    assert one["children"].values.tolist() == [[[2, 4, 6, 8, 10]]]
    assert one["places"].values.tolist() == [8]
    assert one.provenance == {"seed": 1, "bases": ["published"], "selected": {"year": "2026", "need": "SEMH"}}
    assert result.sel(need=["SEMH", "ASD"]).data["need"].values.tolist() == ["SEMH", "ASD"]
    assert result.sel(draw=slice(1, 3)).data.sizes["draw"] == 3
    assert result.provenance == {"seed": 1, "bases": ["published"]}, "the whole is as it was"


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"yaer": 2025}, "dimension 'yaer' is not known. Did you mean year"),
        ({"year": 2030}, "year '2030' is not known.*Allowed: 2025, 2026"),
        ({"need": ["ASD", "SEHM"]}, "need 'SEHM' is not known. Did you mean SEMH"),
        ({"need": "asd"}, "need 'asd' is not known. Did you mean ASD"),
    ],
)
def test_labels_that_are_not_there_are_named(result, labels, message):
    with pytest.raises(UnknownNameError, match=message):
        result.sel(**labels)


def test_a_tidy_table_has_a_row_a_cell_and_units_beside(result):
    table = result.to_dataframe("children")
    assert table.columns.tolist() == ["variable", "year", "need", "draw", "value"]
    assert len(table) == 2 * 2 * 5
    picked = table[(table["year"] == 2025) & (table["need"] == "SEMH") & (table["draw"] == 3)]
    assert picked["value"].tolist() == [40]
    assert table.attrs == {"units": {"children": "persons"}, "long_name": {"children": "Children"}}
    whole = result.to_dataframe()
    assert len(whole) == 20 + 10 + 2 + 1
    assert whole.loc[whole["variable"] == "price", "value"].tolist() == [2.5]
    assert whole.loc[whole["variable"] == "places", "draw"].isna().all()
    assert whole.columns[-1] == "value"


def test_a_table_beyond_memory_is_refused_with_what_to_do(result, monkeypatch):
    monkeypatch.setattr(results, "MOST_ROWS", 19)
    with pytest.raises(DomainError, match=r"would have 20 rows; allowed: 19.*\.sel\(\.\.\.\).*\.summary\(\)"):
        result.to_dataframe("children")
    assert len(result.to_dataframe("total")) == 10


def test_a_summary_has_intervals_worked_by_hand(result):
    table = result.summary()
    assert set(table["variable"]) == {"children", "total"}, "what has no draws has no interval"
    row = table[(table["variable"] == "children") & (table["year"] == 2025) & (table["need"] == "SEMH")].iloc[
        0
    ]
    # five draws 10..50: the 10th percentile is 10 + 0.4 x 10, the 90th 50 - 0.4 x 10
    assert (row["low"], row["central"], row["high"], row["units"]) == (14.0, 30.0, 46.0, "persons")
    places = result.summary("places")
    assert places[["low", "central", "high"]].values.tolist() == [[7, 7, 7], [8, 8, 8]]


def test_it_shows_itself_as_text_and_as_an_escaped_table(result):
    assert repr(result).splitlines()[0] == "Result: year 2, need 2, draw 5"
    assert "  children: Children [persons, stock] by year x need x draw" in repr(result).splitlines()
    shown = result._repr_html_()
    assert "<table" in shown
    assert "<td>Places &lt;commissioned&gt;</td>" in shown
    assert "<commissioned>" not in shown


def test_two_results_are_the_same_only_if_they_are_one(result):
    assert result == result
    assert result != Result(result.data, result.provenance)
    assert len({result, result}) == 1


def test_notes_and_figures_stand_above_the_variables(result):
    class Told(Result):
        def _notes(self):
            return ["5 < 6"]

        def _figures(self):
            return pd.DataFrame({"2025": ["1 & 2"]}, index=["ASD"])

    told = Told(result.data, result.provenance)
    assert repr(told).splitlines()[1:4] == ["  5 < 6", "      2025", "ASD  1 & 2"]
    shown = told._repr_html_()
    assert "<li>5 &lt; 6</li>" in shown
    assert shown.index("1 &amp; 2") < shown.index("<details>")
