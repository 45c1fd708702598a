"""The notebooks run from top to bottom, and the outputs that are committed are what they give."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

NAMES = ["01_bedford_in_ten_minutes", "02_regenerate_the_chapter"]


def texts(notebook):
    """Return the text of every output, without what differs between two runs."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = output.get("text") or data.get("text/plain", "")
            found.append(re.sub(r" at 0x[0-9a-f]+", "", text))
    return found


@pytest.fixture(params=NAMES)
def notebook(request, root):
    return nbformat.read(root / "notebooks" / f"{request.param}.ipynb", as_version=4)


def test_it_runs_and_gives_what_is_committed(notebook, tmp_path):
    committed = texts(notebook)
    assert any(committed), "committed without outputs"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert texts(notebook) == committed


def test_it_is_small_and_says_what_each_step_is_for(notebook):
    assert len(nbformat.writes(notebook)) < 600_000
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= kinds.count("code") / 2
    assert not any(cell.get("metadata", {}).get("execution") for cell in notebook.cells), (
        "a clock in the file"
    )


def test_every_notebook_is_tested(root):
    assert sorted(path.stem for path in (root / "notebooks").glob("*.ipynb")) == NAMES
