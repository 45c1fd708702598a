"""Work shared with processes beside this one, where the machine has more than one core; the results are the same.

A task is done by whoever comes first: a process beside this one, or its asker, who does not wait for what nobody has
begun. Where no process can be started, or one is ended from outside, the asker does it all. The processes are plain
commands of Python and import nothing of the program that started them, so that a script needs no main guard.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO, Generic, Self, TypeVar

T = TypeVar("T")
CODE = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"  # the program that began it is asked, and ends it
    "import {module}\n"
    "from sendneeds.foundation.beside import serve; serve()"
)


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Task(Generic[T]):
    """A call that is made once, by whoever takes it first.

    Parameters
    ----------
    work : callable
    args : tuple
    kwargs : dict

    Examples
    --------
    >>> Task(sorted, ([-3, 1],), {"key": abs}).result()
    [1, -3]
    """

    def __init__(
        self,
        work: Callable[..., T],
        args: tuple,
        kwargs: dict[str, Any],
        others: Callable[[], Task | None] = lambda: None,
    ) -> None:
        self.asked: tuple[Callable[..., T], tuple, dict[str, Any]] | None = (work, args, kwargs)
        self._others = others
        self._news = threading.Condition()
        self._taken = self._done = self._failed = False
        self._answer: Any = None

    def take(self) -> bool:
        """Take the task; whether nobody had."""
        with self._news:
            taken, self._taken = self._taken, True
        return not taken

    def give_back(self) -> None:
        """Leave the task, once taken, to whoever asks for its result."""
        with self._news:
            self._taken = False
            self._news.notify_all()

    def settle(self, answer: Any, failed: bool = False) -> None:
        """Keep the answer, and let go what was asked."""
        with self._news:
            self._answer, self._failed, self.asked, self._done = answer, failed, None, True
            self._news.notify_all()

    def run(self) -> None:
        """Make the call here; whoever does has taken the task."""
        assert self.asked is not None
        work, args, kwargs = self.asked
        try:
            self.settle(work(*args, **kwargs))
        except Exception as error:
            self.settle(error, failed=True)

    def result(self) -> T:
        """Return what the call returns, or raise what it raises.

        Where nobody has begun it, it is made here; where somebody has, others that nobody has begun are made meanwhile.
        """
        while not self._done:
            other = self if self.take() else self._others()
            if other is not None:
                other.run()
                continue
            with self._news:
                self._news.wait_for(lambda: self._done or not self._taken)
        if self._failed:
            raise self._answer
        found: T = self._answer
        return found


class Beside:
    """Processes that share in the work of this one; they end with the block.

    Parameters
    ----------
    module : str
        What the processes import as they start: the module of the work.
    processes : int
        How many are started. None are where 0, and every task is then done when its result is asked for.

    Examples
    --------
    >>> with Beside("math", processes=1) as beside:
    ...     tasks = [beside.submit(divmod, number, 7) for number in (20, 30)]
    ...     [task.result() for task in tasks]
    [(2, 6), (4, 2)]
    """

    def __init__(self, module: str, processes: int) -> None:
        self.module, self.wanted = module, processes
        self.processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []
        self._queue: deque[Task] = deque()
        self._news = threading.Condition()
        self._closing = False

    def __enter__(self) -> Self:
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        for _ in range(self.wanted if sys.executable else 0):
            with contextlib.suppress(OSError):  # no process may be started here
                process = subprocess.Popen(
                    [sys.executable, "-c", CODE.format(module=self.module)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": path},
                )
                self.processes.append(process)
                thread = threading.Thread(
                    target=self._feed, args=(process,), daemon=True, name="sendneeds beside"
                )
                self._threads.append(thread)
                thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._news:
            self._closing = True
            self._queue.clear()
            self._news.notify_all()
        for process in self.processes:
            if kind is not None:
                process.kill()
        for thread in self._threads:
            thread.join()
        for process in self.processes:
            _end(process)
        self.processes, self._threads = [], []

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Task[T]:
        """Return the task of a call; work, arguments and result can be pickled."""
        task = Task(work, args, kwargs, self._next)
        if self.processes:
            with self._news:
                self._queue.append(task)
                self._news.notify()
        return task

    def _next(self) -> Task | None:
        """Return the first task that nobody has begun, taken; None where there is none."""
        with self._news:
            while self._queue:
                task = self._queue.popleft()
                if task.take():
                    return task
        return None

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        """Have a process do one task after the other, until the block ends or the process is gone."""
        while True:
            with self._news:
                self._news.wait_for(lambda: self._queue or self._closing)
                if self._closing:
                    return
            task = self._next()
            if task is None:
                continue
            try:
                answer, failed = _asked(process, task)
            except Exception:  # the process is gone, or the call or its answer cannot be sent
                process.kill()
                task.give_back()
                return
            task.settle(answer, failed)


def _asked(process: subprocess.Popen[bytes], task: Task) -> tuple[Any, bool]:
    """Have a process make a call; return its answer, and whether that is an error."""
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(task.asked, process.stdin, pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    answer: tuple[Any, bool] = pickle.load(process.stdout)
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """Say that nothing more comes, and wait for the end."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def serve(asked: BinaryIO | None = None, answers: BinaryIO | None = None) -> None:
    """Do what is asked for, until nothing more comes: calls come in, and go out as (answer, whether it failed)."""
    asked, answers = asked or sys.stdin.buffer, answers or sys.stdout.buffer
    # the answers alone go out; what cannot be read or sent ends it, as the end of the calls does, and its asker is told
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        while True:
            work, args, kwargs = pickle.load(asked)
            try:
                answer = work(*args, **kwargs), False
            except Exception as error:
                answer = error, True
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
