import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.chapter.records import Indicator, IndicatorRecords
from sendneeds.chapter.tables import Table, plain, weakest
from sendneeds.chapter.words import against, join, likelihood, number, show
from sendneeds.foundation.csv_text import escape_formula
from sendneeds.foundation.errors import DomainError, UnknownNameError


def record(id="a", value=250.0, **more):
    about = {"unit": "children", "period": "2030", "source": "s", "basis": "estimate"} | more
    return Indicator(id, "Title", value, **about)


@pytest.mark.parametrize(
    "bad",
    [
        {"basis": "guess"},
        {"state": "lost"},
        {"value": None},
        {"value": float("nan")},
        {"state": "missing"},
        {"low": 3.0, "high": 2.0},
    ],
)
def test_a_record_that_could_mislead_is_refused(bad):
    with pytest.raises(DomainError):
        record(**bad)


def test_two_figures_of_one_id_are_refused_and_the_nearest_id_is_named():
    records = IndicatorRecords()
    records.add(record("plans.total"))
    with pytest.raises(DomainError):
        records.add(record("plans.total"))
    with pytest.raises(UnknownNameError, match=r"plans\.total"):
        records["plans.totl"]


def test_a_missing_figure_prints_words_and_never_a_zero():
    missing = IndicatorRecords().missing("x", "t", "children", "now", "a table")
    assert show(missing) == "not available locally"
    assert show(record(value=None, state="withheld")) == "[c]"


@given(
    st.floats(-1e9, 1e9), st.sampled_from(["children", "percent", "GBP", "rate", "weeks", "children a week"])
)
def test_every_finite_number_prints_with_a_digit_and_a_true_minus(value, unit):
    text = number(value, unit)
    assert any(c.isdigit() for c in text)
    assert not text.startswith("-")
    assert "e+" not in text or unit == "children a week"


@given(st.floats(0, 1))
def test_no_probability_from_draws_is_printed_as_certain(p):
    assert number(p, "probability") not in ("0%", "100%")
    assert likelihood(p)


@given(st.floats(-50, 50), st.floats(0, 20), st.floats(-50, 50))
def test_an_interval_decides_and_the_three_words_exclude_each_other(low, width, reference):
    word = against(low, low + width, reference)
    assert (word == "similar to") == (low <= reference <= low + width)


def test_words_for_a_list():
    assert join([]) == ""
    assert join(["a"]) == "a"
    assert join(["a", "b"], "or") == "a or b"


def test_a_table_keeps_its_shape_and_its_csv_keeps_the_interval():
    cell = record(low=200.0, high=310.5)
    with pytest.raises(DomainError):
        Table("t", "T", ["x", "y"], [("row", [cell, cell])])
    text = Table("t", "T", ["x", "y"], [("=row", [cell])]).csv()
    assert text.splitlines()[1] == "t,'=row,y,250,200,310.5,80,children,2030,estimate,shown,a,s"


@given(st.text(max_size=20))
def test_no_cell_of_a_file_starts_as_a_formula(text):
    assert not escape_formula(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.floats(-1e6, 1e6))
def test_numbers_in_files_have_no_exponent_and_no_separator(value):
    assert float(plain(value)) == pytest.approx(value, abs=1e-6)
    assert "e" not in plain(value)


def test_the_least_certain_basis_is_named():
    assert weakest(["published", "estimate", "illustrative", "scaled"]) == "illustrative"
    assert weakest([]) == "published"
