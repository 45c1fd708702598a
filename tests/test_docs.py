"""What the documentation says runs: docstrings, pages, the README; and the pages name what there is."""

import ast
import contextlib
import doctest
import functools
import importlib
import inspect
import pkgutil
import re
import runpy
import shlex
import subprocess
import sys
import tomllib

import pytest

import sendneeds
from sendneeds.chapter import build
from sendneeds.cli.parser import parser
from sendneeds.evidence.area import shipped
from sendneeds.explorer import explorer
from sendneeds.scenarios import areas

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = ["sendneeds", *(m.name for m in pkgutil.walk_packages(sendneeds.__path__, "sendneeds."))]


def blocks(path, language):
    """Return the fenced blocks of a language in a page."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def pages(root):
    written = [
        path for path in (root / "docs").rglob("*.md") if not {"_build", "notebooks"} & set(path.parts)
    ]
    return [root / "README.md", *sorted(written)]


def test_the_table_of_levers_is_that_of_the_code(root, request):
    """It is committed, so that it can be read without building the documentation, which writes it anew."""
    made = runpy.run_path(str(root / "docs" / "generated_pages.py"))["levers"]()
    page = root / "docs" / "reference" / "generated" / "levers.md"
    if request.config.getoption("regenerate"):
        page.write_text(made, encoding="utf-8", newline="\n")
    assert page.read_text(encoding="utf-8") == made


SHARED = (
    *("open_area", "open_scenarios", "project", "run", "simulate", "project_places", "ehc_process"),
    *("need_types", "compare", "high_needs", "backtest", "seek", "lsrp_return", "scap_return"),
    *("library_scenarios", "why", "sensitivity", "value", "run_areas"),
)
"""Functions whose results examples share: they give equal results for equal arguments, and none is changed."""

NO_NUMBER = {"folder", "jobs", "progress"}
"""Arguments that say how the work is done, or where results are kept."""


def key_of(name, function, args, kwargs):
    """Return the key of a call: its arguments and defaults, but for those that move no number of its result."""
    call = inspect.signature(function).bind(*args, **kwargs)
    call.apply_defaults()
    return name, keyed({key: call.arguments[key] for key in call.arguments.keys() - NO_NUMBER})


def keyed(value):
    """Return a key for an argument: plain values by what they are, and everything else by which one it is."""
    if isinstance(value, (list, tuple)):
        return type(value), tuple(keyed(item) for item in value)
    if isinstance(value, dict):
        return dict, tuple((key, keyed(item)) for key, item in sorted(value.items()))
    if isinstance(value, (str, int, float, bool, type(None))):
        return type(value), value
    return "which", id(value)


@pytest.fixture(scope="module")
def earlier():
    """Results of the calls of earlier examples, each with its arguments, so that none of them is another's later."""
    return {}


@pytest.fixture
def shared(earlier, monkeypatch):
    """Have examples share results: most open the same area and run it alike."""

    def sharing(name, function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            key = key_of(name, function, args, kwargs)
            if key not in earlier:
                earlier[key] = function(*args, **kwargs), args, kwargs
            return earlier[key][0]

        return call

    for name in SHARED:
        monkeypatch.setattr(sendneeds, name, sharing(name, getattr(sendneeds, name)))
    monkeypatch.setattr(areas, "run", sharing("run", areas.run))
    # what an explorer computes is kept by its engine: one engine serves every explorer of the examples
    monkeypatch.setattr(explorer, "Engine", sharing("Engine", explorer.Engine))


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name, empty_charts, tmp_path, monkeypatch):
    """Each as it stands, but for the charts of the chapter that one writes, which are left empty."""
    module = importlib.import_module(name)
    monkeypatch.chdir(tmp_path)
    with empty_charts() if name == build.__name__ else contextlib.nullcontext():
        assert doctest.testmod(module, optionflags=FLAGS).failed == 0


@pytest.mark.slow
def test_the_examples_in_pages_run(root, tmp_path, monkeypatch, subtests):
    monkeypatch.chdir(tmp_path)  # an example may write, and writes here
    ran = 0
    for path in pages(root)[1:]:  # the README's is below
        with subtests.test(page=path.name):
            text = "\n\n".join(blocks(path, "python"))
            test = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
            runner = doctest.DocTestRunner(optionflags=FLAGS)
            runner.run(test)
            ran += len(test.examples)
            assert runner.failures == 0
            assert bool(test.examples) == bool(blocks(path, "python")), "a block of Python that nothing runs"
    assert ran > 10


def run_as_printed(code):
    """Run a block as a notebook does, and return the text of its last line's value."""
    *before, last = ast.parse(code).body
    names = {}
    exec(compile(ast.Module(before, []), "<block>", "exec"), names)
    return str(eval(compile(ast.Expression(last.value), "<block>", "eval"), names))


@pytest.mark.slow
def test_the_python_of_the_readme_runs_and_gives_what_is_printed(root, tmp_path, monkeypatch):
    text = (root / "README.md").read_text(encoding="utf-8")
    pairs = re.findall(r"^```python\n(.*?)^```\n+^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [code for code, _ in pairs] == blocks(root / "README.md", "python"), (
        "each is shown with its output"
    )
    monkeypatch.chdir(tmp_path)
    for code, printed in pairs:
        assert [line.rstrip() for line in run_as_printed(code).splitlines()] == printed.splitlines()


def steps(block):
    """Return the commands of a block, one line each, without their comments."""
    lines = [re.sub(r"\s+#.*$", "", line) for line in block.splitlines()]
    return [step.strip() for line in lines for step in line.split("&&")]


SETS_UP = re.compile(r"python3 -m venv|uv (venv|pip)|.*-m (pip install|pytest|sphinx) ")
"""What needs a package index, or is a step of `.ci/run` of its own."""


@pytest.mark.slow
def test_the_commands_of_the_readme_run(root, tmp_path, monkeypatch, reference):
    """Each as printed, in a folder that holds what a clone does, with few draws; and the notebooks open."""
    for name in ("data", "docs", "notebooks"):
        (tmp_path / name).symlink_to(root / name)
    release = next((reference / "published").glob("education-health-and-care-plans_2025.zip"))
    (tmp_path / release.name).symlink_to(release)
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (tools / "python").chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(root))
    ran = []
    for step in [step for block in blocks(root / "README.md", "bash") for step in steps(block)]:
        if SETS_UP.match(step) or step == "bash .ci/run":
            continue
        step = step.replace("jupyter lab ", "jupyter lab --version ")
        quick = " --draws 20 --to 2028" if " sendneeds chapter" in step else ""
        done = subprocess.run(step + quick, shell=True, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stderr}"
        ran.append(step)
    assert len(ran) >= 7
    assert (tmp_path / "build" / "bedford" / "index.html").is_file()
    assert (tmp_path / "build" / "torbay" / "index.html").is_file()
    assert {path.name for path in (tmp_path / "lessons").iterdir()} == {
        path.name for path in (root / "notebooks").glob("*.ipynb")
    }


def test_the_readme_has_a_windows_line_for_every_command(root):
    def windows(step):
        step = (
            step.replace("python3 -m venv", "py -m venv")
            .replace("'", "")
            .replace(".venv/bin/", ".venv\\Scripts\\")
        )
        copied = re.fullmatch(r"cp -r (\S+) (\S+)", step)
        return f"xcopy /e /i /q {copied[1]} {copied[2]}".replace("/bed", "\\bed") if copied else step

    printed = [step for block in blocks(root / "README.md", "bash") for step in steps(block)]
    ours = {windows(step) for step in printed if not step.startswith("uv ")}
    theirs = {step for block in blocks(root / "README.md", "bat") for step in steps(block)}
    assert len(ours) > 8
    assert ours - theirs == set()


def test_a_command_to_copy_says_where_it_is(root):
    """In a clone nothing is on the path: a line to copy calls what stands in `.venv`."""
    bare = []
    for path in pages(root):
        for block in [*blocks(path, "bash"), *blocks(path, "bat")]:
            bare += [
                f"{path.name}: {line}"
                for line in block.splitlines()
                if re.match(r"(sendneeds|python|pytest) ", line)
            ]
    assert bare == []


def test_the_commands_in_pages_are_commands(root):
    """Each line that calls sendneeds parses as it stands."""
    found = 0
    for path in pages(root):
        for block in [*blocks(path, "bash"), *blocks(path, "console"), *blocks(path, "bat")]:
            for line in block.splitlines():
                for command in re.findall(r"(?:^|[\s/\\])sendneeds ([a-z-].*?)(?:\s+#.*)?$", line):
                    parser().parse_args(shlex.split(command))
                    found += 1
    assert found > 10


@pytest.mark.slow
def test_the_scenarios_in_pages_open(root, tmp_path):
    """Each TOML block that is a scenario runs on Bedford."""
    found = [block for path in pages(root) for block in blocks(path, "toml") if "[[levers]]" in block]
    assert len(found) >= 3
    for number, block in enumerate(found):
        (tmp_path / f"{number}.toml").write_text(block, encoding="utf-8")
    bedford = shipped("bedford")
    result = sendneeds.run(bedford, sendneeds.open_scenarios(tmp_path), draws=10, to=2031)
    assert len(result.scenarios) == len(found) + 1


def test_the_dependencies_are_explained(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    page = (root / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    first_table = page.split("## What the library needs")[1].split("## ")[0]
    assert set(re.findall(r"^\| ([\w-]+) \|", first_table, re.MULTILINE)) - {"package"} == needed
    assert all(f"`{extra}`" in page for extra in project["optional-dependencies"])


def test_the_links_of_the_readme_lead_somewhere(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert any(link.endswith(".png") for link in links), "the picture of the chapter"
    assert [link for link in links if not (root / link.split("#")[0]).exists()] == []


def test_the_links_of_pages_lead_somewhere_in_a_clone(root):
    """A page is read in the repository as well as built: what a build brings in is not there."""
    lost, built = [], root / "docs" / "notebooks"
    for path in pages(root)[1:]:
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if "://" not in link and not link.startswith(("#", "mailto:")):
                target = (path.parent / link.split("#")[0]).resolve()
                if not target.exists() or target.is_relative_to(built.resolve()):
                    lost.append(f"{path.name}: {link}")
    assert lost == []


def anchors(path):
    """Return the anchors that the headings of a page have, in the repository as in the build."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))
    for heading in re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-"))
    return found


def test_the_anchors_of_links_are_headings(root):
    """What no network is asked for; addresses outside are looked up by `sphinx -b linkcheck` (CONTRIBUTING.md)."""
    lost, seen = [], 0
    for path in pages(root):
        for link in re.findall(r"\]\(([^)\s]+\.md#[^)\s]+|#[^)\s]+)\)", path.read_text(encoding="utf-8")):
            target, _, anchor = link.partition("#")
            page = (path.parent / target).resolve() if target else path
            seen += 1
            if page.exists() and anchor not in anchors(page):
                lost.append(f"{path.name}: {link}")
    assert seen >= 5
    assert lost == []


def test_the_files_and_names_in_pages_are_there(root):
    """A page that names a module names one that there is."""
    top = "sendneeds|data|docs|tests|notebooks"
    lost = []
    for path in [*pages(root), root / "CONTRIBUTING.md", root / "data" / "README.md"]:
        text = path.read_text(encoding="utf-8")
        named = re.findall(rf"(?<![\w/.-])((?:{top})/[\w./-]+\.(?:py|ipynb|md|toml|csv))\b", text)
        lost += [f"{path.name}: {name}" for name in named if not (root / name).exists()]
        for dotted in re.findall(r"(?<![\w-])sendneeds((?:\.[A-Za-z_]+)+)", text):
            try:
                pkgutil.resolve_name(f"sendneeds{dotted}")
            except (AttributeError, ImportError):
                lost.append(f"{path.name}: sendneeds{dotted}")
    assert lost == []


def test_the_picture_of_the_rooms_is_that_of_the_code(root):
    corridor = runpy.run_path(str(root / "docs" / "images" / "corridor.py"))
    assert corridor["uses"]("need") == ["evidence"]
    written = (root / "docs" / "images" / "corridor.svg").read_text(encoding="utf-8")
    assert written == corridor["draw"](), "run: python docs/images/corridor.py"


def test_the_picture_is_small(root):
    pictures = list((root / "docs" / "images").glob("*.png"))
    assert pictures
    assert all(path.stat().st_size < 200_000 for path in pictures)
