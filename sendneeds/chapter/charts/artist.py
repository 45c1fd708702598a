"""Charts drawn while the chapter is written: by a process beside this one, where the machine has two cores."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO

from sendneeds.chapter.charts import style


@dataclass(frozen=True)
class Drawing:
    """A chart as it is written.

    Parameters
    ----------
    wide, narrow : str
        SVG, for a page or a screen, and for a telephone.
    picture : bytes
        PNG of the wide one.
    """

    wide: str
    narrow: str
    picture: bytes


def drawn(draw: Callable[[], str]) -> Drawing:
    """Draw a chart at both widths.

    Parameters
    ----------
    draw : callable
        Returns SVG: `sendneeds.chapter.charts` of some arguments.

    Examples
    --------
    >>> from functools import partial
    >>> from sendneeds.chapter.charts.lines import Series, trend
    >>> found = drawn(partial(trend, [Series("Plans", [2024, 2025], [1597, 1868])], "plans"))
    >>> found.wide[:4], found.narrow[:4], found.picture[1:4]
    ('<svg', '<svg', b'PNG')
    """
    with style.pictures() as taken:
        wide = draw()
    with style.narrow():
        return Drawing(wide, draw(), taken[wide])


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Artist:
    """Draws charts, in order, while its caller goes on; at once where there is one core.

    The drawings are the same either way. The other process ends with the block.

    Examples
    --------
    >>> from functools import partial
    >>> from sendneeds.chapter.charts.bars import waterfall
    >>> with Artist() as artist:
    ...     found = artist.draw(partial(waterfall, ["Births"], [4], ["+4"], "plans", ("All", "+4")))
    ...     found.result().wide[:4]
    '<svg'
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def __enter__(self) -> Artist:
        if cores() > 1 and sys.executable:
            code = "from sendneeds.chapter.charts.artist import serve; serve()"
            path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
            with contextlib.suppress(OSError):  # no process may be started here: draw in this one
                self._process = subprocess.Popen(
                    [sys.executable, "-c", code],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": path},
                )
                self._thread = ThreadPoolExecutor(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=kind is not None)
        if self._process is not None:
            _end(self._process)
        self._process = self._thread = None

    def draw(self, draw: Callable[[], str]) -> Future[Drawing]:
        """Return the drawing to come of a chart; `draw` can be pickled."""
        if self._thread is not None:
            return self._thread.submit(self._ask, draw)
        done: Future[Drawing] = Future()
        done.set_result(drawn(draw))
        return done

    def _ask(self, draw: Callable[[], str]) -> Drawing:
        """Have the other process draw; draw here if it is gone."""
        process = self._process
        if process is not None and process.stdin is not None and process.stdout is not None:
            asked = pickle.dumps(draw)
            try:
                process.stdin.write(asked)
                process.stdin.flush()
                answer = pickle.load(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._process = None
                process.kill()
                _end(process)
            else:
                if isinstance(answer, BaseException):
                    raise answer
                return answer
        return drawn(draw)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Say that nothing more comes, and wait for the end."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def serve(asked: BinaryIO | None = None, answers: BinaryIO | None = None) -> None:
    """Draw what is asked for, until nothing more comes."""
    asked, answers = asked or sys.stdin.buffer, answers or sys.stdout.buffer
    with contextlib.redirect_stdout(io.StringIO()):  # the answers alone go out
        while True:
            try:
                draw: Any = pickle.load(asked)
            except (EOFError, KeyboardInterrupt):
                return
            try:
                answer: Any = drawn(draw)
            except Exception as error:
                answer = error
            pickle.dump(answer, answers)
            answers.flush()
