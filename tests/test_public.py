"""The public surface, pinned: a name is added or taken away on purpose, and told in the change log."""

import inspect

import pytest

import sendneeds as sn

NAMES = [
    "Area",
    "open_area",
]


def test_the_public_names_are_these():
    assert sn.__all__ == NAMES == sorted(NAMES)
    assert set(NAMES) <= set(dir(sn))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there(name):
    assert getattr(sn, name) is getattr(sn, name)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'open_aera'"):
        sn.open_aera  # noqa: B018


@pytest.mark.parametrize("name", NAMES)
def test_public_functions_are_annotated(name):
    thing = getattr(sn, name)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        for parameter in signature.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty, f"{name}({parameter.name})"
            assert parameter.kind is not inspect.Parameter.VAR_KEYWORD, "no **kwargs tunnels"
