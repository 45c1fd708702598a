"""Calls made by a process beside this one, or here: once, with the same answer, and without waiting for nobody."""

import io
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest

from sendneeds.foundation.beside import Beside, Task, cores, serve
from sendneeds.foundation.errors import DomainError


def refuse(words):
    raise DomainError(words)


def test_a_process_beside_this_one_makes_the_calls_and_they_answer_in_any_order():
    with Beside("os", processes=1) as beside:
        tasks = [beside.submit(os.getpid) for _ in range(3)]
        deadline = time.monotonic() + 60
        while not all(task._done for task in tasks) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert {task.result() for task in reversed(tasks)} == {beside.processes[0].pid}
        ended = beside.processes
    assert [process.returncode for process in ended] == [0]


def test_what_nobody_has_begun_is_done_by_its_asker():
    with Beside("time", processes=1) as beside:
        slow = beside.submit(time.sleep, 1.0)
        while not slow._taken:
            time.sleep(0.01)
        assert beside.submit(os.getpid).result() == os.getpid()
        assert slow.result() is None
    with Beside("math", processes=0) as beside:
        assert beside.submit(math.comb, 5, 2).result() == 10
        assert not beside.processes


def test_a_call_is_made_once_however_often_it_is_asked_for():
    calls = []
    task = Task(calls.append, (1,), {})
    assert task.result() is task.result() is None
    assert calls == [1]
    assert not task.take()


@pytest.mark.parametrize("processes", [0, 1])
def test_what_fails_is_told_where_it_was_asked(processes):
    with Beside("math", processes) as beside:
        wrong = beside.submit(math.sqrt, -1.0)
        time.sleep(processes)
        with pytest.raises(ValueError, match="math domain error"):
            wrong.result()
        assert beside.submit(divmod, 20, 7).result() == (2, 6)


def test_a_process_that_is_gone_gives_its_task_back():
    with Beside("time", processes=1) as beside:
        task = beside.submit(time.sleep, 0.5)
        while not task._taken:
            time.sleep(0.01)
        threading.Timer(0.1, beside.processes[0].kill).start()
        assert task.result() is None
        assert beside.submit(os.getpid).result() == os.getpid()


def test_what_cannot_be_sent_is_done_here():
    with Beside("math", processes=1) as beside:
        assert beside.submit(lambda: os.getpid()).result() == os.getpid()


def test_an_answer_that_cannot_be_sent_is_worked_out_here():
    """A memory view is no answer that another process can give."""
    with Beside("math", processes=1) as beside:
        assert beside.submit(memoryview, b"seven").result().nbytes == 5
        assert beside.submit(os.getpid).result() == os.getpid()  # the process is gone


def test_where_no_process_starts_all_is_done_here(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with Beside("math", processes=2) as beside:
        assert beside.submit(os.getpid).result() == os.getpid()


def stopped(ended):
    with Beside("time", processes=1) as beside:
        ended += beside.processes
        task = beside.submit(time.sleep, 600)
        while not task._taken:
            time.sleep(0.01)
        refuse("stop")


def test_an_error_in_the_block_ends_the_processes_at_once():
    begun, ended = time.monotonic(), []
    with pytest.raises(DomainError, match="stop"):
        stopped(ended)
    assert time.monotonic() - begun < 60
    assert ended[0].returncode != 0


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_an_interruption_is_the_asker_s_alone():
    with Beside("math", processes=1) as beside:
        first = beside.submit(os.getpid)
        while not first._done:
            time.sleep(0.01)
        beside.processes[0].send_signal(signal.SIGINT)
        second = beside.submit(os.getpid)
        while not second._done:
            time.sleep(0.01)
        assert second.result() == beside.processes[0].pid


def test_the_other_process_answers_each_call_and_says_nothing_else():
    calls = [(divmod, (20, 7), {}), (print, ("words",), {}), (refuse, ("no",), {})]
    asked, answers, before = io.BytesIO(b"".join(map(pickle.dumps, calls))), io.BytesIO(), sys.stdout
    serve(asked, answers)
    assert sys.stdout is before
    answers.seek(0)
    assert pickle.load(answers) == ((2, 6), False)
    assert pickle.load(answers) == (None, False)
    error, failed = pickle.load(answers)
    assert failed
    assert str(error) == "no"
    assert answers.read() == b""


def test_cores_are_those_this_process_may_use():
    assert 1 <= cores() <= (os.cpu_count() or 1)
