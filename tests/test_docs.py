"""What the documentation says runs: docstrings, pages, the README; and the pages name what there is."""

import doctest
import importlib
import pkgutil
import re
import runpy
import shlex
import tomllib

import pytest

import sendneeds
from sendneeds.cli.parser import parser

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


def test_the_table_of_levers_is_that_of_the_code(root):
    """It is committed, so that it can be read without building the documentation, which writes it anew."""
    conf = runpy.run_path(str(root / "docs" / "conf.py"))
    written = (root / "docs" / "reference" / "generated" / "levers.md").read_text(encoding="utf-8")
    assert written == conf["levers"]()


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name, tmp_path, monkeypatch):
    module = importlib.import_module(name)
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(module, optionflags=FLAGS).failed == 0


def test_the_examples_in_pages_run(root, tmp_path, monkeypatch, subtests):
    monkeypatch.chdir(tmp_path)  # an example may write, and writes here
    ran = 0
    for path in pages(root)[1:]:  # the README's cell is a notebook's, and is tested with it
        with subtests.test(page=path.name):
            text = "\n\n".join(blocks(path, "python"))
            test = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
            runner = doctest.DocTestRunner(optionflags=FLAGS)
            runner.run(test)
            ran += len(test.examples)
            assert runner.failures == 0
            assert bool(test.examples) == bool(blocks(path, "python")), "a block of Python that nothing runs"
    assert ran > 10


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


def test_the_scenarios_in_pages_open(root, tmp_path):
    """Each TOML block that is a scenario runs on Bedford."""
    found = [block for path in pages(root) for block in blocks(path, "toml") if "[[levers]]" in block]
    assert len(found) >= 3
    for number, block in enumerate(found):
        (tmp_path / f"{number}.toml").write_text(block, encoding="utf-8")
    bedford = sendneeds.open_area("bedford")
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


def test_the_picture_is_small(root):
    pictures = list((root / "docs" / "images").glob("*.png"))
    assert pictures
    assert all(path.stat().st_size < 200_000 for path in pictures)
