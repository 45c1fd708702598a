"""Runs that are killed: nothing half-written stands, nothing is lost, and the next run clears up."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.folders import whole_folder
from sendneeds.foundation.working_folders import clear_leftovers

LIKE_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def write(out, text, **options):
    with whole_folder(out, {}, **options) as folder:
        (folder / "table.csv").write_text(text, encoding="utf-8")


def killed(tmp_path, body):
    """Run a script that says when it is to be killed, and kill it there."""
    script = textwrap.dedent(body)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout.readline() == "kill me\n"
        run.send_signal(LIKE_KILL)
        run.wait(60)


WRITING = """
    import sys, time
    from pathlib import Path
    from sendneeds.foundation.folders import whole_folder
    with whole_folder(Path(sys.argv[1]) / "results", {}) as folder:
        (folder / "table.csv").write_bytes(b"x" * 10_000_000)
        print("kill me", flush=True)
        time.sleep(60)
"""
BETWEEN_RENAMES = """
    import sys, time
    from pathlib import Path
    from sendneeds.foundation.folders import whole_folder
    rename = Path.rename
    def stop(self, target):
        if ".part-" in self.name:
            print("kill me", flush=True)
            time.sleep(60)
        return rename(self, target)
    Path.rename = stop
    with whole_folder(Path(sys.argv[1]) / "results", {}) as folder:
        (folder / "table.csv").write_text("new")
"""


def test_the_next_run_in_the_folder_deletes_what_a_killed_run_left(tmp_path):
    killed(tmp_path, WRITING)
    assert sum(path.stat().st_size for path in tmp_path.rglob("table.csv")) == 10_000_000
    write(tmp_path / "other", "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]


def test_results_left_without_their_name_between_two_renames_get_it_back(tmp_path):
    write(tmp_path / "results", "old")
    killed(tmp_path, BETWEEN_RENAMES)
    assert not (tmp_path / "results").exists()
    write(tmp_path / "other", "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "results"]
    assert (tmp_path / "results" / "table.csv").read_text() == "old"
    write(tmp_path / "results", "new")
    assert (tmp_path / "results" / "table.csv").read_text() == "new"


def test_a_run_at_work_is_left_alone(tmp_path):
    with whole_folder(tmp_path / "results", {}) as folder:
        (folder / "table.csv").write_text("1", encoding="utf-8")
        clear_leftovers(tmp_path)
        write(tmp_path / "other", "2")
    assert (tmp_path / "results" / "table.csv").read_text() == "1"


def test_two_runs_of_one_process_number_do_not_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with whole_folder(tmp_path / "results", {}) as first:
        write(tmp_path / "results", "second")
        (first / "table.csv").write_text("first", encoding="utf-8")
    assert (tmp_path / "results" / "table.csv").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_what_only_looks_like_leftovers_is_kept(tmp_path):
    for name in (".results.part-1234", ".results.old-abc", ".notes.lock-mine"):
        (tmp_path / name).mkdir()
    clear_leftovers(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["mine", "table.csv", "provenance.json"])
def test_a_pipe_in_the_results_stops_a_replacement(tmp_path, name):
    out = tmp_path / "results"
    write(out, "old")
    (out / name).unlink(missing_ok=True)
    os.mkfifo(out / name)
    with pytest.raises(DomainError, match="did not write"):
        write(out, "new", force=True)
    assert (out / name).is_fifo()
