"""The rules of the house: who may import whom, how long a module may be, what a docstring holds."""

import ast
import functools
import importlib
import importlib.metadata
import inspect
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import sendneeds

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sendneeds"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = ("foundation", "evidence", "need", "demand", "waits", "scenarios", "returns", "chapter", "explorer")
KERNEL_MAY_IMPORT = {"numpy", "scipy", "sendneeds", *sys.stdlib_module_names}
LONGEST_MODULE = 400
TOP_LEVEL = {
    *("sendneeds", "data", "docs", "notebooks", "tests"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "CITATION.cff"),
    *("pyproject.toml", "constraints.txt"),
}
LATE_IMPORTS = ("statsmodels", "matplotlib", "dask", "pandas", "xarray", "scipy")


def room_of(path: Path) -> str:
    """Return the room a module lies in; empty for modules at the top."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports(path: Path) -> set[str]:
    """Return the dotted names of everything a module imports, relative imports resolved."""
    home = ["sendneeds", *path.relative_to(PACKAGE).parts[:-1]]
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = home[: len(home) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_the_house_has_its_rooms():
    """Without this, a moved package would make every rule below pass on nothing."""
    assert len(MODULES) > 30
    assert {room_of(path) for path in MODULES} == {"", "cli", "kernel", *ROOMS}, (
        "the corridor, and what stands outside"
    )


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) in ("kernel", *ROOMS)], ids=name_of)
def test_a_room_imports_only_rooms_to_its_left(path):
    room = room_of(path)
    may = {"kernel"} if room == "kernel" else {"kernel", *ROOMS[: ROOMS.index(room) + 1]}
    may |= {"formulas"} if room not in ("kernel", "foundation") else set()  # it knows foundation alone
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("sendneeds.")}
    may |= set() if room == "kernel" else {"__version__"}
    assert ours <= may, f"{name_of(path)} imports {sorted(ours - may)}; a room knows only those to its left"


def test_the_formulas_import_only_foundation():
    ours = {".".join(name.split(".")[:2]) for name in imports(PACKAGE / "formulas.py") if "sendneeds" in name}
    assert ours == {"sendneeds.foundation"}


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) == "kernel"], ids=name_of)
def test_the_kernel_imports_only_numpy_and_scipy(path):
    assert {name.split(".")[0] for name in imports(path)} <= KERNEL_MAY_IMPORT


def test_what_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *project["optional-dependencies"]["excel"],
        *project["optional-dependencies"]["areas"],
        *project["optional-dependencies"]["notebook"],
    ]  # asked for by name when missing
    declared = {re.match(r"[\w-]+", line)[0].lower() for line in lines}
    sold_as = importlib.metadata.packages_distributions()
    used = {name.split(".")[0]: name_of(path) for path in MODULES for name in imports(path)}
    foreign = {
        name: path for name, path in used.items() if name not in {"sendneeds", *sys.stdlib_module_names}
    }
    assert "numpy" in foreign
    missing = {
        name: path for name, path in foreign.items() if not {d.lower() for d in sold_as[name]} & declared
    }
    assert missing == {}


def test_the_kernel_runs_with_everything_else_blocked():
    """The kernel's modules import where only numpy, scipy and the standard library can be found."""
    kernel = [module_of(path) for path in MODULES if room_of(path) == "kernel"]
    blocked = sorted(set(importlib.metadata.packages_distributions()) - KERNEL_MAY_IMPORT)
    assert {"pandas", "xarray", "matplotlib", "statsmodels"} <= set(blocked)
    code = f"""
import importlib, sys
sys.modules.update(dict.fromkeys({blocked!r}))  # a name that is None there cannot be imported
for module in {kernel!r}:
    importlib.import_module(module)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_too_long(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_in_a_sentence(path):
    doc = ast.get_docstring(tree_of(path))
    assert doc, f"{name_of(path)} has no docstring"
    first = " ".join(doc.split("\n\n")[0].split())
    assert first.endswith((".", ":")), "the first paragraph is a sentence"
    assert len(re.split(r"(?<=[.?!]) (?=[A-Z])", first)) == 1, f"one sentence, then a blank line: {first!r}"


def test_every_folder_of_modules_is_a_package():
    """Without an `__init__.py` a folder has no docstring, and the wheel may leave it out."""
    folders = {path.parent for path in MODULES}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def import_graph() -> dict[str, set[str]]:
    """Return the modules that each module imports, at its top or inside a function."""
    paths = {module_of(path): path for path in MODULES}
    graph = {}
    for module, path in paths.items():
        graph[module] = set()
        for name in imports(path):
            while name and name not in paths:  # `sendneeds.a.b.function` is from the module `sendneeds.a.b`
                name = name.rpartition(".")[0]
            graph[module] |= {name} - {"", module}
    return graph


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach each other (strongly connected components of two or more)."""

    def reached(start: str) -> set[str]:
        seen, ahead = set(), [start]
        while ahead:
            new = graph[ahead.pop()] - seen
            seen |= new
            ahead += new
        return seen

    reach = {module: reached(module) for module in graph}
    groups = {
        tuple(sorted(other for other in reach[module] if module in reach[other]))
        for module in graph
        if module in reach[module]
    }
    return [list(group) for group in sorted(groups)]


def test_circles_are_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": {"f"}, "f": {"e"}, "g": set()}
    assert circles(graph) == [["a", "b", "c"], ["e", "f"]]


def test_no_modules_import_each_other_in_a_circle():
    assert circles(import_graph()) == []


def public_functions():
    """Yield (name, object) for the public names, and for the functions of public names that are modules."""
    for name in sendneeds.__all__:
        thing = getattr(sendneeds, name)
        if inspect.ismodule(thing):
            for inner, function in inspect.getmembers(thing, inspect.isfunction):
                if function.__module__ == thing.__name__ and not inner.startswith("_"):
                    yield f"sendneeds.{name}.{inner}", function
        elif callable(thing):
            yield f"sendneeds.{name}", thing


def section(doc: str, title: str) -> bool:
    return re.search(rf"^{title}\n-{{{len(title)}}}$", doc, re.MULTILINE) is not None


@pytest.mark.parametrize(("name", "thing"), [pytest.param(n, t, id=n) for n, t in public_functions()])
def test_public_functions_are_documented_with_an_example(name, thing):
    doc = inspect.getdoc(thing) or ""
    assert doc, f"{name} has no docstring"
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        if signature.parameters:
            assert section(doc, "Parameters"), f"{name}: no Parameters section"
        if signature.return_annotation not in (None, "None"):
            assert section(doc, "Returns") or section(doc, "Yields"), f"{name}: no Returns section"
        assert section(doc, "Examples"), f"{name}: no Examples section"
        assert ">>>" in doc, f"{name}: its Examples do not run"


def test_importing_the_package_stays_quick():
    code = f"import sys, sendneeds; print(*[m for m in {LATE_IMPORTS!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == "", "these are imported by the function that uses them"


def tracked() -> list[Path]:
    """Return the files that git tracks; outside a checkout, those of the folders that ship."""
    ran = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if ran.returncode == 0 and ran.stdout:
        found = [ROOT / name for name in ran.stdout.split("\0") if name]
    else:
        folders = [ROOT / name for name in ("sendneeds", "data", "docs", "notebooks", "tests")]
        found = [path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts]
    return [path for path in found if path.is_file()]


def test_the_top_level_holds_only_what_it_should():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} - TOP_LEVEL == set()


def test_every_pack_is_listed_for_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    forced = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    packs = {path.parent.name for path in ROOT.glob("data/*/area.toml")}
    assert {"bedford", "england"} <= packs
    data = {f"data/{name}": f"sendneeds/_packs/{name}" for name in (*packs, "README.md")}
    assert forced == {**data, "notebooks": "sendneeds/_notebooks"}


def test_what_is_wrong_with_a_wheel_is_found():
    """`.ci/run` asks this of the wheel that it has built."""
    faults = runpy.run_path(str(ROOT / "tests" / "wheel_contents.py"))["faults"]
    packs = [f"sendneeds/_packs/{path.parent.name}/area.toml" for path in ROOT.glob("data/*/area.toml")]
    lessons = [f"sendneeds/_notebooks/{path.name}" for path in ROOT.glob("notebooks/*.ipynb")]
    good = [*map(name_of, MODULES), *packs, *lessons, "sendneeds-0.1.0.dist-info/METADATA"]
    assert faults(good) == []
    bad = [name for name in good if name != "sendneeds/_packs/luton/area.toml"]
    assert faults([*bad, "tests/conftest.py", "sendneeds/_packs/_build/fit.py"]) == [
        "sendneeds/_packs/luton/area.toml is not in the wheel",
        "sendneeds/_packs/_build/fit.py is in the wheel",
        "tests/ is in the wheel",
    ]


def test_no_file_carries_a_path_of_one_machine():
    folders = "|".join(("work", "root", "tmp", "home", "Users"))
    pattern = re.compile(rf"(?<![\w.~>}}\])*/:-])/({folders})/\w")
    hits = []
    for path in tracked():
        if path.suffix in {".png", ".ico", ".nc", ".docx", ".xlsx"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                hits.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    assert not hits, "\n".join(hits)
