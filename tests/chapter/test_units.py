"""Each unit has a form, and its figures are printed by it."""

import copy
import pickle

import pytest

from sendneeds.chapter.units import FORMS, Form, Unit, given_unit, parameter_unit
from sendneeds.chapter.words import number
from sendneeds.evidence.schema.parameter_units import USUAL


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1868.4, "plans", "1,868"),
        (-12, "children", "−12"),
        (74.25, "percent", "74.2%"),
        (49.6, "whole percent", "50%"),
        (-0.0, "whole percent", "0%"),
        (17.5, "whole weeks", "18"),
        (0.004, "probability", "under 1%"),
        (0.996, "probability", "over 99%"),
        (0.47, "probability", "47%"),
        (56_400, "GBP a year", "£56,000"),
        (-846, "GBP a night", "−£846"),
        (3.25e6, "GBP", "£3.25 million"),
        (-0.0, "GBP million", "£0.0m"),
        (12.34, "rate", "12.3"),
        (-0.04, "points", "0.0"),
        (12.34, "children a week", "12.3"),
        (20.4, "slots a week", "20"),
        (7.06, "weeks on average", "7.1"),
        (0.004, "share", "0.004"),
        (1234.5, "WTE", "1,234"),
        (12.345, "weeks", "12.35"),
    ],
)
def test_a_figure_is_printed_in_the_form_of_its_unit(value, unit, text):
    assert number(value, unit) == text


def test_a_unit_of_a_parameter_has_the_form_of_the_parameter_whatever_follows_it():
    assert number(0.004, parameter_unit("removed_share_per_week", "share a week")) == "0.004"
    assert number(0.15, parameter_unit("uptake_share", "share of children with a plan")) == "0.15"
    assert parameter_unit("opening_list", "children").is_count
    assert parameter_unit("gbp_per_hour", "GBP an hour").form is Form.MONEY


def test_the_usual_unit_of_every_parameter_is_known_or_counted():
    counted = {"beds", "children", "places"}
    assert {u for usual in USUAL.values() for u in usual.units} - set(FORMS) == counted


def test_a_unit_of_a_users_table_keeps_its_decimals():
    assert number(4.25, given_unit("days late")) == "4.25"
    assert number(4.25, given_unit("percent")) == "4.2%"


def test_a_copy_of_a_unit_keeps_its_form():
    unit = Unit("days late", Form.AVERAGE)
    for other in (copy.deepcopy(unit), pickle.loads(pickle.dumps(unit)), Unit(unit)):
        assert other == "days late"
        assert other.form is Form.AVERAGE
