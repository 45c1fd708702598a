"""The tables that a partnership keeps: dates as printed, and what is said of those that cannot be used."""

import datetime as dt

import pandas as pd
import pytest

from sendneeds.evidence.area import shipped
from sendneeds.evidence.partnership import read_due
from sendneeds.evidence.quality.partnership_checks import CHECKS
from sendneeds.evidence.types import AreaTables


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2027-02-10", "2027-02-10", "2027-02-10"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("Jan-19", "2019-01-01", "2019-01-31"),
        ("September 2018", "2018-09-01", "2018-09-30"),
        ("Sept - Nov 18", "2018-09-01", "2018-11-30"),
        ("Nov - Feb 19", "2018-11-01", "2019-02-28"),
    ],
)
def test_a_date_is_read_as_printed(text, first, last):
    assert read_due(text) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize("text", ["", "ongoing", "2027-02-30", "2027-13", "Foo-19", "19", "Mar"])
def test_a_date_that_names_no_month_is_none(text):
    assert read_due(text) is None


def made(plan="2018-07-06", **columns):
    frame = pd.DataFrame(columns)
    settings = {"plan": {"title": "P", "dated": plan, "state": "open"}}
    return AreaTables("x", "E06000055", "X", "local_authority", settings, {"actions": frame})


def found(area):
    return {d.name: d.found for check in CHECKS for d in check(area)}


def test_each_defect_of_an_action_is_named():
    area = made(
        id=["1", "2", "3", "4"],
        action=["Train staff", "train  STAFF", "Write", "Meet"],
        due=["2018-06", "Sept - Nov 18", "soon", "Jul-18"],
        owner_role=["council", " ", "NHS", ""],
        indicator=["", "waits", "", ""],
    )
    assert found(area) == {
        "action_before_plan": "the plan is of 2018-07-06: 1 (2018-06)",
        "action_due_a_range": "2 (Sept - Nov 18)",
        "action_without_date": "3",
        "action_without_owner": "2, 4",
        "action_twice": "1, 2",
        "indicator_without_values": "waits",
    }


def test_bedford_ships_its_statement_of_action_and_survey_of_2018():
    bedford = shipped("bedford")
    actions = bedford.table("actions")
    assert len(actions) == 116
    assert bedford.settings["plan"]["state"] == "closed"
    assert all(read_due(text) for text in actions["due"])
    found = {f.name: f.found for f in bedford.findings if f.where.startswith("actions")}
    assert "1.1.2 (Sept - Nov 18)" in found["action_due_a_range"]
    assert found["action_before_plan"].count("Jan-18") == 3  # and one of June 2018
    assert found["action_before_plan"].count("Jun-18") == 1
    assert found["action_twice"] == "5.1.3, 5.2.3"
    survey = bedford.table("survey").set_index(["question", "group"])["score"]
    assert survey["be heard", "parent carers"] == 2.86
    assert bedford.table("survey")["respondents"].isna().all()  # not printed
