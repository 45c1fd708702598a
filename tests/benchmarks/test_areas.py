"""The measuring of England, tried on few areas and draws."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("areas.py")


@pytest.fixture(scope="module")
def areas():
    pytest.importorskip("psutil")
    spec = importlib.util.spec_from_file_location("areas_measured", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sizes_grow_in_one_thing_at_a_time_and_the_areas_of_half_are_among_the_areas_of_the_whole(areas):
    grown = {name: [size[1:] for size in areas.sizes(name, 153, 1000, 2)] for name in areas.NAMES}
    assert grown["areas"] == [(8, 1000, 2), (16, 1000, 2), (32, 1000, 2)]
    assert grown["draws"] == [(16, 250, 2), (16, 500, 2), (16, 1000, 2)]
    assert grown["processes"] == [(16, 1000, 1), (16, 1000, 2), (16, 1000, 4)]
    codes = [f"E{place:08}" for place in range(153)]
    assert set(areas.spread(codes, 8)) < set(areas.spread(codes, 16)) < set(areas.spread(codes, 32))
    assert areas.spread(codes, 153) == codes


def test_seconds_of_parts_are_added_up_and_the_largest_memory_is_kept(areas, tmp_path):
    size = areas.Size("all", 4, 10, 2)
    other = areas.Size("all", 4, 10, 1)
    for part, of, row in (
        ("1", size, (30, 50, 100, 300, 650)),
        ("1", size, (61, 99, 110, 310, 700)),  # half a minute later
        ("2", size, (9, 12, 105, 320, 660)),  # gone on with
        ("3", other, (500, 500, 500, 500, 500)),
    ):
        found = areas.Measured(*row)
        areas._append(tmp_path / "parts.csv", {**of._asdict(), "part": part, **areas._row(found)})
    whole = areas._all_parts(tmp_path, size)
    assert whole == (70, 111, 110, 320, 700)
    areas._append(tmp_path / "sizes.csv", {**size._asdict(), **areas._row(whole)})
    assert (
        areas.table(tmp_path).splitlines()[2] == "| all | 4 | 10 | 2 | 70.0 | 17.5 | 111 | 110 | 320 | 700 |"
    )


@pytest.mark.slow
def test_a_size_is_measured_once(reference, tmp_path):
    release = str(reference / "published" / "education-health-and-care-plans_2025.zip")
    asked = ["need", "--most=1", "--draws=4", "--jobs=1", f"--out={tmp_path}"]
    command = [sys.executable, str(SCRIPT), release, *asked]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2))
    assert "s in all" in first.stdout
    assert "s in all" not in second.stdout
    assert first.stdout.splitlines()[-1] == second.stdout.splitlines()[-1]
    assert second.stdout.splitlines()[-1].startswith("| need | 1 | 4 | 1 |")
