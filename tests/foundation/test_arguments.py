"""Arguments of the wrong kind are refused at the door, with what to write instead."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError

ONE_UP = "a whole number from 1 to 1000000. Write draws=1000."
SEEDS = f"a whole number from 0 to {2**63 - 1}. Write seed=1."
SHARES = "a share from 0 to 1. Write target=0.92, for example."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("many", f"draws='many': a text; allowed: {ONE_UP}"),
        (0, f"draws=0: an int; allowed: {ONE_UP}"),
        (True, f"draws=True: a bool; allowed: {ONE_UP}"),
        (None, f"draws=None: nothing; allowed: {ONE_UP}"),
    ],
)
def test_draws_that_are_no_whole_number_are_refused(value, message):
    with pytest.raises(DomainError) as refused:
        arguments.draws(value)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("read", "name", "value", "message"),
    [
        (lambda _, v: arguments.seed(v), "", "x", f"seed='x': a text; allowed: {SEEDS}"),
        (lambda _, v: arguments.seed(v), "", -1, f"seed=-1: an int; allowed: {SEEDS}"),
        (arguments.share, "target", float("nan"), f"target=nan: a float; allowed: {SHARES}"),
        (arguments.share, "target", None, f"target=None: nothing; allowed: {SHARES}"),
        (
            arguments.day,
            "until",
            dt.datetime(2029, 1, 2),
            "until=datetime.datetime(2029, 1, 2, 0, 0): a datetime; allowed: a date. "
            "Write until=datetime.date(2029, 1, 2).",
        ),
        (
            arguments.day,
            "until",
            pd.NaT,
            "until=NaT: a NaTType; allowed: a date. Write until=datetime.date(2030, 12, 31).",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_write(read, name, value, message):
    with pytest.raises(DomainError) as refused:
        read(name, value)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "services=5: an int; allowed: a list of str. Give a list of str."),
        (["SLT", 5], "services[1]=5: an int; allowed: a str. Give a list of str."),
    ],
)
def test_what_is_no_list_is_refused(value, message):
    with pytest.raises(DomainError) as refused:
        arguments.listed("services", value, str)
    assert str(refused.value) == message


def test_what_is_right_is_returned_as_plain_python():
    assert type(arguments.draws(np.int64(1000))) is int
    assert arguments.whole("to", 2100, 2026, 2100) == 2100
    assert [arguments.share("target", x) for x in (0, 1, np.float32(0.5))] == [0.0, 1.0, 0.5]
    assert arguments.day("until", dt.date(2029, 12, 31)) == dt.date(2029, 12, 31)
    assert arguments.listed("services", np.array(["SLT"]), str) == ["SLT"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"to": "2035"}, r"to='2035': a text; .* Write to=2035\."),
        ({"to": 2025}, "the last January published for Bedford is 2025; ask for a later year"),
        ({"to": 2500}, "a whole number from 2000 to 2100"),
        ({"draws": "many"}, "draws='many'"),
        ({"draws": 1.5}, "draws=1.5"),
        ({"seed": "x"}, "seed='x'"),
    ],
)
def test_a_projection_and_a_run_refuse_before_any_work(bedford, wrong, message):
    for function in (sn.project, sn.run):
        with pytest.raises(DomainError, match=message):
            function(bedford, **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scenarios": "bedford"}, "scenarios='bedford': a text; allowed: a list of Scenario"),
        ({"scenarios": sn.Scenario("one", "One")}, "Write scenarios=.Scenario"),
        ({"until": "2030-12-31"}, r"Write until=datetime.date\(2030, 12, 31\)"),
    ],
)
def test_a_run_refuses_what_is_no_list_and_no_date(bedford, wrong, message):
    with pytest.raises(DomainError, match=message):
        sn.run(bedford, **wrong)
