"""A pytest plugin that records which tests, and which shared fixtures, run which lines.

`python -m pytest -p line_contexts` with `tests/` on PYTHONPATH; `tests/mutants.py` does so. Set `LINE_CONTEXTS` to the
folder to write to, `LINE_CONTEXTS_INCLUDE` to the files to trace and `LINE_CONTEXTS_OMIT` to those of them to leave
out (globs, separated by the path separator).

What a session fixture runs is run once, within the first test that asks for it. So each fixture wider than one test has
a context of its own, and a test is taken to cover what its fixtures cover.
"""

import json
import os
import time
from pathlib import Path

import coverage
import pytest


class Recorder:
    """Switch coverage's context as tests and fixtures come and go, and keep the seconds that each took."""

    def __init__(self, folder: Path, include: list[str], omit: list[str]):
        self.folder = folder
        file = str(folder / "coverage.sqlite")
        self.coverage = coverage.Coverage(data_file=file, include=include, omit=omit, config_file=False)
        self.context = ""
        self.tests: dict[str, dict] = {}
        self.fixtures: dict[str, float] = {}
        self.coverage.start()

    def switch(self, context: str) -> str:
        """Enter a context and return the one that was left."""
        left, self.context = self.context, context
        self.coverage.switch_context(context)
        return left

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        if fixturedef.scope == "function":
            return (yield)
        name = fixture_name(fixturedef)
        outer, begun = self.switch(name), time.perf_counter()
        try:
            return (yield)
        finally:
            self.fixtures[name] = time.perf_counter() - begun
            self.switch(outer)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        definitions = item._fixtureinfo.name2fixturedefs
        shared = [definitions[name][-1] for name in item.fixturenames if name in definitions]
        names = [fixture_name(fixture) for fixture in shared if fixture.scope != "function"]
        self.tests[item.nodeid] = {"seconds": 0.0, "passed": False, "fixtures": names}
        self.switch(item.nodeid)
        try:
            return (yield)
        finally:
            self.switch("")

    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            self.tests[report.nodeid]["seconds"] = report.duration
            self.tests[report.nodeid]["passed"] = report.passed

    def pytest_sessionfinish(self):
        self.coverage.stop()
        self.coverage.save()
        found = {"tests": self.tests, "fixtures": self.fixtures}
        (self.folder / "tests.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def fixture_name(fixturedef) -> str:
    """Return the context of a fixture: where it is defined, and its name."""
    return f"fixture {fixturedef.baseid}::{fixturedef.argname}"


def pytest_configure(config):
    folder = Path(os.environ["LINE_CONTEXTS"])
    include, omit = (os.environ[f"LINE_CONTEXTS_{name}"].split(os.pathsep) for name in ("INCLUDE", "OMIT"))
    config.pluginmanager.register(Recorder(folder, include, omit))
