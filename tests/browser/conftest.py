"""A real Chromium, told where it is: what is missing here is a failure and never a skip."""

import os
from pathlib import Path

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOW = "set it as .ci/run does: Debian's chromium, axe-core from npm, and a chapter written by sendneeds"


def told(name: str) -> Path:
    """Return the path in an environment variable."""
    value = os.environ.get(name)
    assert value, f"{name} is not set; {HOW}"
    assert Path(value).exists(), f"{name}={value} is not there; {HOW}"
    return Path(value)


def told_names(name: str) -> list[str]:
    """Return the paths in an environment variable, parted as a search path is."""
    value = os.environ.get(name)
    assert value, f"{name} is not set; {HOW}"
    paths = value.split(os.pathsep)
    assert all(Path(path).exists() for path in paths), f"{name}={value} is not there; {HOW}"
    return paths


@pytest.fixture(scope="session")
def chapter() -> Path:
    return told("SENDNEEDS_CHAPTER")


@pytest.fixture(scope="session")
def others() -> list[Path]:
    """Chapters of other kinds of area: one from a release alone, where the releases are, and one with every table."""
    return [Path(name) for name in told_names("SENDNEEDS_OTHER_CHAPTERS")]


@pytest.fixture(scope="session")
def axe() -> str:
    return told("SENDNEEDS_AXE").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=told("SENDNEEDS_CHROMIUM"), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(chromium):
    """Return a function that opens a file at a width and gives the page, with what it asked for and said."""
    contexts = []

    def open_page(path: Path, width: int = 1280, **settings):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.said.append(f"error: {error}"))
        page.goto(path.resolve().as_uri())
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
