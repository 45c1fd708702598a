"""A command that is stopped from the keyboard ends with a sentence, and leaves nothing half written."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
LONGEST = 240


def stopped(arguments, ready, folder, environment=None):
    """Start a command, interrupt its whole group once `ready`, and return its status and what it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "sendneeds", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
        # a shell that starts the tests in the background has them, and what they start, ignore the keyboard
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        env={**os.environ, **(environment or {})},
        text=True,
    ) as running:
        until = time.monotonic() + LONGEST
        while not ready(running) and time.monotonic() < until and running.poll() is None:
            time.sleep(0.05)
        assert running.poll() is None, running.stderr.read()
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=LONGEST)
    return running.returncode, said


def test_a_chapter_that_is_stopped_leaves_no_folder(tmp_path):
    def begun(running):
        return " GB of memory" in running.stderr.readline()

    status, said = stopped(["chapter", "luton", "--draws", "3000", "--progress"], begun, tmp_path)
    assert status == 130
    assert said.strip().splitlines()[-1].endswith("sendneeds: stopped; nothing was written")
    assert "Traceback" not in said
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_areas_that_are_done_stay_when_the_rest_is_stopped(tmp_path, jobs):
    if jobs == "2":
        pytest.importorskip("distributed")
    names = ["luton", "milton-keynes", "central-bedfordshire", "bedford"]
    out = tmp_path / "areas"
    asked = ["run-areas", *names, "--draws", "100", "--to", "2030", "--jobs", jobs, "--out", str(out)]
    status, said = stopped(asked, lambda _: bool(list(out.glob("E*.nc"))), tmp_path)
    assert status == 130
    assert "sendneeds: stopped; areas that are done stay; the same command goes on" in said
    assert "Traceback" not in said
    kept = list(out.iterdir())
    assert 1 <= len(kept) < len(names)
    assert all(path.suffix == ".nc" for path in kept)
