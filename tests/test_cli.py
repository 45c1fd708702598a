"""The command line: it teaches, it tells mistakes without a traceback, and it writes whole or not at all."""

import csv
import importlib.metadata
import io
import json
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.__main__ import main
from sendneeds.evidence.area import shipped
from sendneeds.foundation.progress import progress_bar

COMMANDS = ["chapter", "project", "run", "compare", "check", "new-pack", "import-sen2", "return", "notebooks"]
SUFFIXES = {"chapter": "", "project": "-need", "run": "-run", "compare": "-options"}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
QUICK = ["--draws", "20", "--to", "2028"]


def call(*argv, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "sendneeds", *map(str, argv)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        **kwargs,
    )


@pytest.fixture
def pack(tmp_path):
    """Return a copy of Bedford's pack, to be spoilt."""
    return shutil.copytree(shipped("bedford").folder, tmp_path / "my-area")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    assert f"examples:\n  sendneeds {command} " in text, "an example to copy"
    if command in SUFFIXES:
        assert all(option in text for option in ("--out", "--draws", "--seed"))
        assert f"default: build/AREA{SUFFIXES[command]})" in " ".join(text.split())


def test_the_two_ways_in_are_one():
    run = call("--version")
    assert run.stdout.decode().strip() == f"sendneeds {sn.__version__}"
    (script,) = (
        point
        for point in importlib.metadata.entry_points(group="console_scripts")
        if point.name == "sendneeds"
    )
    assert script.load() is main


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["chapter", "bedfrod"], "bedford"),
        (["project", "bedford", "--draws", "many"], "'many' is not a whole number from 10"),
        (["project", "bedford", "--to", "2019"], "'2019' is not a whole number from 2026"),
        (["run", "bedford", "--scenarios", "no-such-folder"], "no-such-folder"),
        (["chaptre", "bedford"], "chapter"),
        (["chapter"], "AREA"),
        ([], "COMMAND"),
    ],
)
def test_a_mistake_is_told_without_a_traceback(argv, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    try:
        status = main(argv)
    except SystemExit as left:  # the parser leaves so
        status = left.code
    out, error = capsys.readouterr()
    assert status == 2, error
    assert told in error
    assert "Traceback" not in error
    assert out == ""
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_mistake_in_a_process_of_its_own_has_the_status_2_and_no_traceback(tmp_path):
    run = call("chapter", "bedfrod", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"Did you mean bedford" in run.stderr
    assert b"Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_projection_is_written_with_what_it_was_made_from(tmp_path, capsys):
    out = tmp_path / "need"
    assert main(["project", "bedford", *QUICK, "--seed", "7", "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    told = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert {key: told[key] for key in ("area", "command", "draws", "seed", "to", "version")} == {
        "area": "E06000055",
        "command": "project",
        "draws": 20,
        "seed": 7,
        "to": 2028,
        "version": sn.__version__,
    }
    assert sorted(told["files"]) == sorted(path.name for path in out.glob("*.csv"))
    children = pd.read_csv(out / "children.csv")
    assert set(children["year"]) == {2025, 2026, 2027, 2028}
    assert (children["low"] <= children["high"]).all()


def live_cells(folder):
    """Return the cells of CSV files that a spreadsheet would run: they start like a formula and are no number."""
    found = []
    for path in folder.rglob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")):
            found += [cell for cell in row if cell[:1] in tuple("=+-@\t\r") and not NUMBER.fullmatch(cell)]
    return found


def test_a_run_is_written_by_scenario_and_service_with_no_live_formula(pack, tmp_path):
    """A pack may come by e-mail: its names and sources stand in nearly every row."""
    parameters = pack / "service_parameters.csv"
    parameters.write_text(
        parameters.read_text(encoding="utf-8").replace("no published figure", "'=1+1"), encoding="utf-8"
    )
    option = pack / "scenarios" / "fill-two-slt-posts.toml"
    for other in {*option.parent.glob("*.toml")} - {option}:
        other.unlink()
    option.write_text(
        option.read_text(encoding="utf-8").replace('title = "Fill', 'title = "=1+1 Fill'),
        encoding="utf-8",
    )
    out = tmp_path / "run"
    assert main(["run", str(pack), *QUICK, "--staffing", "fixed", "--out", str(out)]) == 0
    assert json.loads((out / "provenance.json").read_text(encoding="utf-8"))["staffing"] == "fixed"
    assert live_cells(out) == []
    assert "'=1+1" in set(pd.read_csv(out / "parameters.csv")["source"].str[:5])
    lists = pd.read_csv(out / "lists.csv")
    assert set(lists["scenario"]) >= {"baseline", "fill-two-slt-posts"}
    assert pd.read_csv(out / "record.csv")["bias"].min() < 0, "a negative number stays one"
    assert {"SLT", "OT"} <= set(lists["service"])
    assert {"low", "central", "high", "variable"} <= set(lists.columns)


def test_a_pack_of_ones_own_is_written_beside_that_which_ships(pack, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["project", "my-area", *QUICK]) == 0
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["my-area-need"]


def test_an_area_without_services_still_has_its_need_written(tmp_path, capsys):
    out = tmp_path / "luton"
    assert main(["run", "luton", *QUICK, "--out", str(out)]) == 0
    assert (out / "by_need.csv").exists()
    assert not (out / "lists.csv").exists()
    assert main(["compare", "luton", *QUICK, "--out", str(tmp_path / "options")]) == 2
    assert "no list was simulated" in capsys.readouterr().err


def test_what_somebody_else_wrote_is_kept(tmp_path, capsys):
    out = tmp_path / "need"
    out.mkdir()
    (out / "minutes.txt").write_text("of the board", encoding="utf-8")
    argv = ["project", "bedford", *QUICK, "--out", str(out)]
    assert main(argv) == 2
    assert "did not write" in capsys.readouterr().err
    assert main([*argv, "--force"]) == 2
    assert [path.name for path in out.iterdir()] == ["minutes.txt"]
    (out / "minutes.txt").unlink()
    assert main(argv) == 0
    assert main(argv) == 0, "what it wrote itself it replaces"


def test_check_finds_no_fault_in_a_pack_that_ships(capsys):
    assert main(["check", "bedford"]) == 0
    assert "no faults" in capsys.readouterr().out


def test_check_writes_its_report_where_asked(tmp_path, capsys):
    report = tmp_path / "report.txt"
    assert main(["check", "luton", "--out", str(report)]) == 0
    assert report.read_text(encoding="utf-8") == capsys.readouterr().out
    assert main(["check", "luton", "--out", str(tmp_path / "none" / "report.txt")]) == 2
    assert "Give a file in a folder that is there" in capsys.readouterr().err


def test_check_tells_the_faults_of_scenarios_with_those_of_tables(pack, capsys):
    for path in (pack / "scenarios").glob("*.toml"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("fill_vacancies", "fill_vacancy"), encoding="utf-8"
        )
    assert main(["check", str(pack)]) == 1
    assert "Did you mean fill_vacancies" in capsys.readouterr().out


def test_check_tells_every_fault_with_its_place(pack, capsys):
    table = pack / "population.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ",lots"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    plans = pack / "ehc_plans.csv"
    plans.write_text(plans.read_text(encoding="utf-8").replace("SEMH", "SEHM"), encoding="utf-8")
    assert main(["check", str(pack)]) == 1
    text = capsys.readouterr().out
    assert "population.csv row 4, column persons" in text
    assert "lots" in text
    assert "SEHM" in text
    assert "SEMH" in text, "the nearest valid name"
    assert main(["project", str(pack)]) == 2
    assert "population.csv row 4, column persons" in capsys.readouterr().err


def test_a_blank_pack_tells_what_is_to_be_filled_in(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new-pack", "torbay", "--code", "E06000027", "--name", "Torbay"]) == 0
    assert "sendneeds check torbay" in capsys.readouterr().out
    assert (tmp_path / "torbay" / "ehc_plans.csv").exists()
    assert main(["new-pack", "torbay"]) == 2
    assert "never replaced" in capsys.readouterr().err


def test_a_release_as_published_becomes_a_pack(reference, tmp_path, capsys):
    (release,) = (reference / "published").glob("*.zip")
    assert main(["import-sen2", str(release), "E06000055", str(tmp_path / "bedford")]) == 0
    assert main(["check", str(tmp_path / "bedford")]) == 0
    assert main(["import-sen2", str(release), "E06999999", str(tmp_path / "nowhere")]) == 2
    assert "E06999999" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_shows_everything_it_can(encoding, monkeypatch):
    """A code page that lacks a character shows a mark in its place, and no traceback."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    assert main(["check", "bedford"]) == 0
    assert b"no faults" in written.getvalue()


def test_a_windows_console_in_a_process_of_its_own_has_a_report():
    run = call("check", "bedford", env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert run.returncode == 0, run.stderr
    assert b"no faults" in run.stdout


def test_a_bar_is_drawn_when_asked_for_and_not_into_a_file(capsys):
    with progress_bar(None) as move:
        move(1, 2, "project")
    assert capsys.readouterr().err == ""
    with progress_bar(True) as move:
        move(1, 2, "project")
        said = capsys.readouterr().err
        assert "project" in said
        assert " 50%" in said
        move(3, 4, "places")
        said = capsys.readouterr().err
        assert "places" in said
        assert " 75%" in said


def test_a_reader_that_has_seen_enough_is_no_error():
    command = [sys.executable, "-m", "sendneeds", "check", "bedford"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 0


def test_a_comparison_writes_plans_places_and_sessions_in_the_same_bytes_each_time(tmp_path, capsys):
    out, options = tmp_path / "one", tmp_path / "options.toml"
    options.write_text(
        'name = "both"\ntitle = "Psychologists and places"\n[[levers]]\nkind = "fund_posts"\nservice = "EP"\n'
        "from = 2026-01-05\nwte = 6\nfunders = { council_general_fund = 1.0 }\n"
        '[[levers]]\nkind = "new_places"\nsetting = "state_special"\nplaces = 60\njanuary = 2027\n'
        "funders = { council_high_needs = 1.0 }\n",
        encoding="utf-8",
    )
    for name in ("one", "two"):
        asked = ["compare", "bedford", "--scenarios", str(options), *QUICK, "--out", str(tmp_path / name)]
        assert main(asked) == 0
    told = capsys.readouterr().out
    assert "plans within 20 weeks" in told
    assert re.search(r"\d+ fewer children .*in independent schools", told)
    for name in ("plans", "places", "sessions", "costs"):
        assert f"{name}.csv" in told
        assert len(pd.read_csv(out / f"{name}.csv")), name
    costs = pd.read_csv(out / "costs.csv")
    assert (costs[["low", "central", "high"]] % 1 == 0).all(axis=None)
    assert costs.loc[costs["cost_type"] == "capital", "weeks"].isna().all()
    assert costs.loc[costs["cost_type"] == "recurrent", "weeks"].notna().all()
    files = sorted(path.name for path in out.iterdir())
    assert len(files) >= 4
    for name in files:
        assert (out / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_notebooks_are_copied_and_one_that_was_changed_is_kept(tmp_path, capsys, root):
    shipped = sorted(path.name for path in (root / "notebooks").glob("*.ipynb"))
    out = tmp_path / "lessons"
    assert main(["notebooks", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == shipped
    assert f"-m jupyter lab {out}" in capsys.readouterr().out
    assert main(["notebooks", str(out)]) == 0, "nothing was changed"
    (out / shipped[0]).write_text("mine", encoding="utf-8")
    (out / shipped[1]).unlink()
    assert main(["notebooks", str(out)]) == 2
    assert shipped[0] in capsys.readouterr().err
    assert (out / shipped[0]).read_text(encoding="utf-8") == "mine"
    assert not (out / shipped[1]).exists(), "whole or not at all"


def test_notebooks_are_not_mixed_with_a_pack(pack, capsys):
    assert main(["notebooks", str(pack)]) == 2
    assert "Name another folder" in capsys.readouterr().err
    assert not list(pack.glob("*.ipynb"))
