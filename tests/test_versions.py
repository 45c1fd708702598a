"""One version, told alike by the package, its metadata, the citation and the change log."""

import importlib.metadata
import json
import re
import tomllib

import jsonschema
import yaml

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
    assert len(parts) == len(releases(root)), "a heading is not of the form '## 1.2.3 (2026-11-21)'"
    for part in parts:
        assert re.search(r"^### Numbers$", part, re.MULTILINE), part.splitlines()[0]
