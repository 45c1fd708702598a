"""The notebooks run from top to bottom, and the outputs that are committed are what they give.

When numbers move: `python -m pytest tests/test_notebooks.py --regenerate`, and read the diff.
"""

import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

NAMES = [
    *("01_bedford_in_ten_minutes", "02_regenerate_the_chapter", "03_waiting_list_formulas"),
    *("04_the_therapy_list", "05_autism_diagnosis_or_needs_first", "06_plans_in_time", "07_places"),
    *("08_the_reform_and_the_return", "09_your_own_area", "10_an_icb_of_four_councils"),
]
PLAIN = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


WIDGET = "application/vnd.jupyter.widget-view+json"


def kept(cell):
    """Return the outputs of a cell but for bars of progress, which go when the work ends."""
    return [output for output in cell.get("outputs", []) if WIDGET not in output.get("data", {})]


def texts(notebook):
    """Return the text of every output."""
    outputs = [output for cell in notebook.cells for output in kept(cell)]
    return [output.get("text") or output["data"].get("text/plain", "") for output in outputs]


def text_of(notebook):
    """Return the notebook as it is committed: no clock, no version of the Python that ran it."""
    notebook.metadata = PLAIN
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = kept(cell)
    return nbformat.writes(notebook) + "\n"


@pytest.fixture(params=NAMES)
def path(request, root):
    return root / "notebooks" / f"{request.param}.ipynb"


@pytest.mark.slow
def test_it_runs_and_gives_what_is_committed(path, tmp_path, request):
    notebook = nbformat.read(path, as_version=4)
    committed = texts(notebook)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env={key: value for key, value in os.environ.items() if key != "MPLBACKEND"})
    if request.config.getoption("regenerate"):
        path.write_text(text_of(notebook), encoding="utf-8", newline="\n")
    else:
        assert any(committed), "committed without outputs"
        assert texts(notebook) == committed, "see the top of this file"


def test_it_is_small_and_says_what_each_step_is_for(path):
    notebook = nbformat.read(path, as_version=4)
    assert path.stat().st_size < 600_000
    assert path.read_text(encoding="utf-8") == text_of(notebook), "committed with a clock in it"
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= kinds.count("code") / 2


def test_every_notebook_is_tested(root):
    assert sorted(path.stem for path in (root / "notebooks").glob("*.ipynb")) == NAMES


def test_the_readme_ends_on_a_cell_with_its_output(root, request):
    readme = (root / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    notebook = nbformat.read(root / "notebooks" / f"{NAMES[0]}.ipynb", as_version=4)
    set_up, _, last = code.strip().rpartition("\n\n")
    (cell,) = (cell for cell in notebook.cells if cell.source.strip() == last)
    (output,) = texts(nbformat.v4.new_notebook(cells=[cell]))
    given = "".join(line.rstrip() + "\n" for line in output.splitlines())
    assert set_up, "the cell alone does not run: the README prepares what it takes"
    if request.config.getoption("regenerate"):
        (root / "README.md").write_text(readme.replace(shown, given), encoding="utf-8", newline="\n")
    else:
        assert shown == given, "see the top of this file"
