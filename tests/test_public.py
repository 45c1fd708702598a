"""The public surface, pinned: a name or a parameter is added or taken away on purpose, and told in the change log.

When it changes: `python -m pytest tests/test_public.py --regenerate`, and read the diff.
"""

import inspect
import pkgutil
from itertools import pairwise
from types import ModuleType

import pytest

import sendneeds as sn

ROOMS = {
    "evidence": "Evidence: what is known about an area",
    "need": "Need: how many children",
    "demand": "Demand: from children to referrals",
    "waits": "Waits: how long the lists",
    "scenarios": "Scenarios: what each option would change",
    "returns": "Returns: what the Department for Education asks for",
    "chapter": "Chapter: what comes out",
    "explorer": "Explore: a notebook that answers",
    "foundation": "Results: what is kept",
    "errors": "",
    "formulas": "",
}
MODULES = {
    "errors": "Errors (sendneeds.errors): what a call may raise",
    "formulas": "Formulas: closed forms for waiting lists",
    "levers": "Levers (sendneeds.levers): what a scenario is made of",
}
"""Public modules, each with a heading of its own."""


def home(thing) -> str:
    """Return the room in which a public thing lives."""
    return (thing.__name__ if isinstance(thing, ModuleType) else thing.__module__).split(".")[1]


def parameters(thing) -> str:
    """Return the parameters of a function or class; none are named where an exception takes a message."""
    try:
        return str(inspect.signature(thing))
    except ValueError:
        return "(message)"


def signatures():
    """Return each public name with its parameters; a class with its public methods."""
    lines = []
    for name in sn.__all__:
        thing = getattr(sn, name)
        if isinstance(thing, ModuleType):
            lines += [f"{name}.{inner}{parameters(getattr(thing, inner))}" for inner in sorted(thing.__all__)]
        else:
            lines.append(f"{name}{inspect.signature(thing)}")
            methods = inspect.getmembers(thing, inspect.isfunction) if inspect.isclass(thing) else []
            lines += [
                f"{name}.{method}{inspect.signature(function)}"
                for method, function in methods
                if not method.startswith("_")
            ]
    return "\n".join(lines) + "\n"


def reference_page():
    """Return the page of the documentation that lists the public names by room."""
    parts = [
        "# The library\n\n```python\n>>> import sendneeds as sn\n\n```\n\n"
        "Importing is quick: what is heavy is imported by the function that uses it. "
        "Every function below has an example that runs.\n\n```{eval-rst}\n"
    ]
    for room, title in ROOMS.items():
        public = [name for name in sn.__all__ if home(getattr(sn, name)) == room]
        modules = [name for name in public if isinstance(getattr(sn, name), ModuleType)]
        listed = [(title, "sendneeds", [name for name in public if name not in modules])]
        listed += [(MODULES[name], getattr(sn, name).__name__, getattr(sn, name).__all__) for name in modules]
        for heading, module, names in listed:
            if names:
                lines = "\n".join(f"   {name}" for name in sorted(names))
                parts.append(
                    f".. currentmodule:: {module}\n\n{heading}\n{'-' * len(heading)}\n\n"
                    f".. autosummary::\n   :toctree: generated\n\n{lines}\n\n"
                )
    return "".join(parts).rstrip() + "\n```\n"


@pytest.mark.parametrize(
    ("file", "made"),
    [("tests/data/public.txt", signatures), ("docs/reference/api.md", reference_page)],
    ids=["signatures", "reference"],
)
def test_the_public_surface_is_this(root, request, file, made):
    if request.config.getoption("regenerate"):
        (root / file).write_text(made(), encoding="utf-8", newline="\n")
    assert (root / file).read_text(encoding="utf-8") == made(), "see the top of this file"


def test_every_public_name_lives_in_a_room_of_the_reference():
    assert {home(getattr(sn, name)) for name in sn.__all__} <= set(ROOMS)
    rooms = {module.name for module in pkgutil.iter_modules(sn.__path__) if module.ispkg}
    assert set(ROOMS) - {"errors", "formulas"} <= rooms


def test_names_are_sorted_and_told_by_dir():
    assert sn.__all__ == sorted(sn.__all__)
    assert set(sn.__all__) <= set(dir(sn))
    assert not any(name.startswith("_") for name in sn.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'open_aera'"):
        sn.open_aera  # noqa: B018


@pytest.mark.parametrize("name", sn.__all__)
def test_public_functions_are_annotated(name):
    thing = getattr(sn, name)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        for parameter in signature.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty, f"{name}({parameter.name})"
            assert parameter.kind is not inspect.Parameter.VAR_KEYWORD, "no **kwargs tunnels"


def methods():
    """Yield (name, function) for the public methods of public classes, and of the exceptions."""
    classes = {name: getattr(sn, name) for name in sn.__all__ if inspect.isclass(getattr(sn, name))}
    classes |= {f"errors.{name}": getattr(sn.errors, name) for name in sn.errors.__all__}
    for name, kind in classes.items():
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            shown = not method.startswith("_") or method == "__getitem__"
            if shown and function.__module__.startswith("sendneeds."):
                yield f"{name}.{method}", function


def titles(doc):
    """Return the titles of a numpydoc docstring's sections."""
    lines = doc.splitlines()
    return {a for a, b in pairwise(lines) if a and b == "-" * len(a)}


@pytest.mark.parametrize(("name", "function"), [pytest.param(n, f, id=n) for n, f in methods()])
def test_public_methods_say_what_they_take_and_return_and_show_it(name, function):
    doc = inspect.getdoc(function) or ""
    signature = inspect.signature(function)
    needed = {"Examples"}
    needed |= {"Parameters"} if len(signature.parameters) > 1 else set()
    needed |= {"Returns"} if signature.return_annotation not in (None, "None") else set()
    assert needed <= titles(doc), f"{name}: no section {sorted(needed - titles(doc))}"
    assert ">>>" in doc, f"{name}: its Examples do not run"


@pytest.mark.parametrize("name", [n for n in sn.__all__ if inspect.isclass(getattr(sn, n))])
def test_public_classes_say_what_they_hold_and_show_it(name):
    needed = {"Parameters", "Examples"}
    assert needed <= titles(inspect.getdoc(getattr(sn, name)) or "")


@pytest.mark.parametrize("name", sn.errors.__all__)
def test_every_exception_is_shown(name):
    doc = inspect.getdoc(getattr(sn.errors, name)) or ""
    assert "Examples" in titles(doc)
    assert ">>>" in doc
    assert issubclass(getattr(sn.errors, name), sn.errors.SendneedsError) or name == "Fault"
