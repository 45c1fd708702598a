"""Every public function told something that it cannot take names the argument, and raises no error from inside."""

import inspect

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.errors import DomainError, UnknownNameError
from sendneeds.foundation.kinds import KINDS, kinds


class Odd:
    """Nothing that any argument could be taken for."""


def functions():
    """Give the public functions by name, those of the formulas too."""
    for name in sn.__all__:
        if inspect.isfunction(getattr(sn, name)):
            yield name, getattr(sn, name)
    for name, function in inspect.getmembers(sn.formulas, inspect.isfunction):
        if function.__module__ == sn.formulas.__name__ and not name.startswith("_"):
            yield f"formulas.{name}", function


def required(function):
    """Return the arguments without a default; the first of all where every one has."""
    arguments = inspect.signature(function).parameters
    return [n for n, one in arguments.items() if one.default is one.empty] or list(arguments)[:1]


FUNCTIONS = dict(functions())
OPTIONAL = {
    "compare": ("target", "plans_target", "hold_weeks"),
    "value": ("outcomes", "net", "discount", "target", "hold_weeks"),
    "high_needs": ("budget", "allocation_growth", "price_growth"),
    "sensitivity": ("outcome", "service"),
    "pool": ("rule", "caps", "starts", "over", "under", "lead", "service", "uses"),
    "prevalence": ("level", "studies"),
    "project_places": ("commissioned", "mix", "awaiting_share", "moving_share"),
    "equipment": ("within_weeks",),
    "add_up": ("internal_moves",),
    "library_scenarios": ("names",),
    "project": ("fade_years", "beyond", "change", "issued", "progress"),
    "ehc_process": ("staffing",),
    "run": ("staffing", "by", "progress"),
    "seek": ("service", "target", "within", "using", "measure", "most", "funders", "staffing", "progress"),
    "lsrp_return": ("age_basis",),
    "replay_ehc": ("draws", "seed"),
    "simulate": ("follow_up_load", "staffing", "by", "needs", "advice", "progress"),
}
"""Function -> arguments that may be left out, and are told apart when they are wrong."""
GIVEN = {
    "sensitivity": {"option": "fill-slt-posts"},
    "pool": {"option": "fill-slt-posts", "contributions": {"icb": 1.0}},
    "add_up": {"name": "Two"},
    "project": {"to": 2026, "draws": 2},
    "run": {"scenarios": [], "draws": 2, "to": 2026},
    "seek": {"service": "SLT", "month": "2028-03", "draws": 2},
    "replay_ehc": {"year": 2024},
    "simulate": {"services": ["OT"]},
}
WRONG = (Odd(), b"x", 1 + 0j, pd.NA, np.array([1.0, 2.0]), pd.DataFrame({"a": [1]}), [Odd()])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_type_is_told_by_the_name_of_its_argument(name):
    wrong = required(FUNCTIONS[name])
    call = FUNCTIONS[name]
    with pytest.raises((TypeError, ValueError, DomainError)) as told:
        list(call(**{argument: Odd() for argument in wrong}))
    assert any(argument in str(told.value) for argument in wrong), told.value


def test_the_walk_reaches_them_all():
    assert len(FUNCTIONS) >= 70
    assert {"run", "simulate", "formulas.erlang_c"} <= set(FUNCTIONS)


def test_all_faults_are_told_at_once():
    with pytest.raises(DomainError) as told:
        kinds(area=(3, "Area"), need=(None, "NeedProjection"), out=("build", "path"))
    first, second = str(told.value).splitlines()
    assert first == "area=3: an int; allowed: an Area. Open it first: area = sn.open_area('bedford')."
    assert second.startswith("need=None: nothing; allowed: a NeedProjection.")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("path", "my-area", 3),
        ("number", [1.0, 2.5], "many"),
        ("number", 3, None),
        ("text", "SLT", 3),
        ("rows", [1], "abc"),
        ("iterable", (x for x in [1]), "abc"),
        ("path or Area", "my-area", 3),
        ("areas", [], 3),
    ],
)
def test_a_kind_is_known(kind, good, bad):
    assert KINDS[kind][0](good)
    assert not KINDS[kind][0](bad)


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_wrong_type_of_what_may_be_left_out_is_told_too(name, bedford, need, result):
    first = {"area": bedford, "need": need, "result": result, "projections": [need]}
    call = FUNCTIONS[name]
    given = {n: first[n] for n in inspect.signature(call).parameters if n in first} | GIVEN.get(name, {})
    for argument in OPTIONAL[name]:
        for wrong in WRONG:
            if argument == "budget" and isinstance(wrong, pd.DataFrame):
                continue  # told by its columns
            with pytest.raises((DomainError, UnknownNameError), match=f"(?i){argument.split('_')[0]}"):
                call(**{**given, argument: wrong})
