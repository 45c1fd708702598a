"""One version, told alike by the package, its metadata, the citation and the change log."""

import importlib.metadata
import json
import re
import tomllib

import jsonschema
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import sendneeds


def citation(root):
    # BaseLoader keeps dates as the text that the schema asks for
    return yaml.load((root / "CITATION.cff").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def releases(root):
    """Return (version, date) of the headings of the change log, newest first."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", text, re.MULTILINE)


def test_the_version_is_written_once_for_the_build(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "sendneeds/__init__.py"


def test_versions_agree(root):
    assert importlib.metadata.version("sendneeds") == sendneeds.__version__
    assert citation(root)["version"] == sendneeds.__version__
    assert releases(root)[0] == (sendneeds.__version__, citation(root)["date-released"])


def test_every_dependency_is_in_the_constraints(root):
    """Names and versions only, each one that `pyproject.toml` allows."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    held = {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [
        Requirement(line) for line in (*project["dependencies"], *(one for extra in extras for one in extra))
    ]
    assert len(wanted) > 30
    found = {str(one): held.get(canonicalize_name(one.name)) for one in wanted}
    wrong = {str(one) for one in wanted if not (held_at := found[str(one)]) or held_at not in one.specifier}
    assert wrong == set()


def test_the_citation_is_valid(root):
    schema = json.loads((root / "tests" / "data" / "cff-1.2.0.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(citation(root))


def test_the_citation_and_the_package_name_one_licence(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation(root)["license"] == project["license"] == "MIT"
    assert (root / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_every_release_says_whether_numbers_move(root):
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    if parts[0].startswith("Unreleased\n"):  # what no release holds yet stands first
        parts = parts[1:]
    assert len(parts) == len(releases(root)), "a heading is not of the form '## 1.2.3 (2026-11-21)'"
    for part in parts:
        assert re.search(r"^### Numbers$", part, re.MULTILINE), part.splitlines()[0]
