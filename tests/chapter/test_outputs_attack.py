"""An attack on every output of a chapter of Bedford with records of its own: no byte depends on a withheld count."""

import csv
import importlib.util
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.chapter.build import build_chapter
from sendneeds.evidence.disclosure.protected import attack_area, protect_area

pytestmark = pytest.mark.slow

SECRETS = {
    "ethnicity": ("identified", 3, 1),
    "unmet_need": ("children", 3, 2),
    "survey": ("respondents", 5, 7),
}
"""Column, count in the made-up pack, and another count that would be withheld too: none is an input of the run."""


@pytest.fixture(scope="module")
def write_rich_pack():
    """The function that writes the made-up pack, from the file beside this one."""
    spec = importlib.util.spec_from_file_location("rich_pack", Path(__file__).with_name("rich_pack.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.write_rich_pack


def contents(folder):
    """Every output by name: its bytes, and of a document or workbook those of its parts."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
                found |= {f"{name}/{part}": parts.read(part) for part in parts.namelist()}
        else:
            found[name] = path.read_bytes()
    return found


def with_other_secrets(folder):
    """Change every withheld count of the tables above, and the score that rests on few answers."""
    for name, (column, count, other) in SECRETS.items():
        path = folder / f"{name}.csv"
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        mine = [row for row in rows if row[column] == str(count)]
        assert mine, name
        for row in mine:
            row[column] = str(other)
            if name == "survey":
                row["score"] = "3.9"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def test_two_packs_that_differ_in_withheld_counts_alone_have_the_same_outputs(
    make_run, write_rich_pack, tmp_path
):
    made = []
    for name, change in (("one", lambda folder: folder), ("two", with_other_secrets)):
        (tmp_path / name).mkdir()
        area = sn.open_area(change(write_rich_pack(tmp_path / name / "rich")))
        made.append(contents(build_chapter(area, make_run(area, options=1), tmp_path / name / "out")))
    one, two = made
    assert {name.split("/")[0] for name in one} >= {
        "annex.html", "board.html", "chapter.docx", "easy-read.html", "figures", "index.html", "provenance.json",
        "tables", "tables.xlsx",
    }  # fmt: skip
    assert set(one) == set(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_the_attack_sees_a_count_that_is_shown(make_run, write_rich_pack, tmp_path, undrawn):
    """It can fail: with nothing withheld the same two packs differ, in the tables and in every form of them."""
    made = []
    for name, change in (("one", lambda folder: folder), ("two", with_other_secrets)):
        (tmp_path / name).mkdir()
        area = sn.open_area(change(write_rich_pack(tmp_path / name / "rich")))
        out = build_chapter(area, make_run(area, options=0), tmp_path / name / "out", profile="internal")
        made.append(contents(out))
    moved = [name for name in made[0] if made[0][name] != made[1].get(name)]
    assert "annex.html" in moved
    assert "tables/unmet_need.csv" in moved
    assert any(name.startswith("tables.xlsx/") for name in moved)


def test_no_output_tells_a_small_count_that_a_run_starts_from(bedford, tmp_path, undrawn):
    """All of Bedford's tables taken as its own: what is withheld of them stays so where a run repeats it."""
    area = replace(bedford, meta={name: replace(meta, basis="local") for name, meta in bedford.meta.items()})
    protected = protect_area(area)
    assert len(protected.withheld) > 100
    assert attack_area(area, protected).empty
    run = sn.run(area, [], draws=20, seed=1, to=2027)
    out = build_chapter(area, run, tmp_path / "out")
    seen, told = 0, []
    for path in sorted((out / "tables").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if not {"value", "unit", "state"} <= set(reader.fieldnames or ()):
                continue
            for row in reader:
                if row["state"] != "shown" or row["unit"] not in (
                    "plans",
                    "children",
                    "young people",
                    "pupils",
                ):
                    continue
                indicator = row.get("indicator") or row.get("id") or ""
                if ".england" in indicator or row["low"] or row["basis"] == "published":
                    continue  # open, England's, or a range of draws: no fact
                seen += 1
                value = float(row["value"])
                if 0 < value < 5 and np.isclose(value, round(value)):
                    told.append((path.name, indicator, row.get("row"), row.get("column"), value))
    assert seen > 100
    assert told == []
