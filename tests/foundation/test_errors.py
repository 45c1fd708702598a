"""Messages say where, what was found, what is allowed and what to do; one class catches them all."""

import pickle

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import (
    DomainError,
    Fault,
    FaultsError,
    MissingDataError,
    PackError,
    ReleaseError,
    ScenarioError,
    SendneedsError,
    UnknownNameError,
    expect,
    from_zero,
    nearest,
    positive,
    proper_share,
    unknown,
)


def test_the_public_module_has_every_exception_of_the_foundation():
    from sendneeds.foundation import errors

    kinds = {n for n, k in vars(errors).items() if isinstance(k, type) and issubclass(k, SendneedsError)}
    assert set(sn.errors.__all__) == kinds | {"Fault"}
    assert all(getattr(sn.errors, name) is getattr(errors, name) for name in sn.errors.__all__)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (DomainError, ValueError),
        (MissingDataError, LookupError),
        (UnknownNameError, KeyError),
        (PackError, ValueError),
    ],
)
def test_each_is_ours_and_the_builtin_that_python_users_expect(kind, builtin):
    assert issubclass(kind, SendneedsError)
    assert issubclass(kind, builtin)


def test_the_text_of_an_unknown_name_has_no_quotes_of_a_key_error():
    assert str(UnknownNameError("service 'X' is not known.")) == "service 'X' is not known."


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        (Fault("pupils.csv", 4, "pupils", "", "", ""), "pupils.csv row 4, column pupils"),
        (Fault("pupils.csv", 0, "pupils", "", "", ""), "pupils.csv, column pupils"),
        (Fault("area.toml", 0, "area.code", "", "", ""), "area.toml, key area.code"),
        (Fault("area.toml", 0, "", "", "", ""), "area.toml"),
    ],
)
def test_a_fault_says_where(fault, where):
    assert fault.where() == where


def test_faults_are_told_all_at_once_and_kept():
    faults = [Fault("a.csv", row, "n", "-1", "0 or more", "mend it") for row in (3, 2)]
    error = FaultsError("the pack", faults)
    assert str(error).splitlines()[0] == "the pack: 2 faults"
    assert str(error).count("found:   -1") == 2
    assert error.faults == faults
    assert sorted(faults)[0].row == 2, "faults sort by file and row"
    assert str(FaultsError("the pack", faults[:1])).splitlines()[0] == "the pack: 1 fault"


@pytest.mark.parametrize("kind", [FaultsError, PackError, ReleaseError, ScenarioError])
def test_an_error_with_faults_comes_whole_from_another_process(kind):
    error = kind("the pack", [Fault("population.csv", 4, "persons", "-1", "a count", "Mend it.")])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (again.what, again.faults, str(again)) == (error.what, error.faults, str(error))


def test_nearest_names_ignore_case_and_leave_out_the_far():
    assert nearest("asd", ["ASD", "SEMH"]) == ["ASD"]
    assert nearest("zzz", ["ASD", "SEMH"]) == []
    assert nearest("OT", ["OT", "PT", "SLT", "OTH"], count=2)[0] == "OT"


def test_an_unknown_name_without_a_near_one_lists_what_is_allowed():
    assert str(unknown("need", "zzz", ["SEMH", "ASD"], "Ask.")) == (
        "need 'zzz' is not known. Allowed: ASD, SEMH. Ask."
    )


def test_expect_takes_a_subclass_and_names_the_class_it_wanted():
    expect(True, int, "count", "count it")
    with pytest.raises(DomainError, match="area is a str; it has to be an Area: open it"):
        expect("bedford", "Area", "area", "open it")


@pytest.mark.parametrize(
    ("check", "good", "bad", "shown"),
    [
        (positive, 1e-9, 0.0, "found 0; allowed: over 0"),
        (from_zero, 0.0, -0.5, "found -0.5; allowed: 0 or more"),
        (proper_share, 0.92, 1.0, "found 1; allowed: over 0 and under 1"),
        (proper_share, 0.92, 0.0, "found 0; allowed: over 0 and under 1"),
        (positive, 1.0, np.inf, "found inf"),
        (from_zero, 1.0, np.nan, "found nan"),
    ],
)
def test_numbers_outside_their_domain_are_named(check, good, bad, shown):
    assert check("x", good) == good
    with pytest.raises(DomainError, match=f"x: {shown}"):
        check("x", bad)
    with pytest.raises(DomainError, match=f"x: {shown}"):
        check("x", [good, bad])  # the first that is wrong, not the first
