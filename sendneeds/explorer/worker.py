"""One thread that answers the latest question, and drops what has been asked over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from sendneeds.explorer.engine import Answer, Engine
from sendneeds.foundation.errors import SendneedsError
from sendneeds.scenarios.scenario import Scenario


class AskedOver(Exception):
    """A newer question has come while one was being answered."""


class Worker:
    """Answers questions one after the other, the newest first, at once and then refined.

    Parameters
    ----------
    engine : Engine
    tell : callable
        Called in the thread with every answer.
    fail : callable
        Called in the thread with what went wrong, in words.
    pause : float
        Seconds without a new question before an answer is refined.
    """

    def __init__(
        self, engine: Engine, tell: Callable[[Answer], None], fail: Callable[[str], None], pause: float = 0.6
    ) -> None:
        self.engine, self.tell, self.fail, self.pause = engine, tell, fail, pause
        self._asked: tuple[Scenario, str] | None = None
        self._number = 0
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False

    def ask(self, scenario: Scenario, service: str) -> None:
        """Ask; what was asked before and is not answered is dropped."""
        with self._news:
            self._asked, self._number = (scenario, service), self._number + 1
            self._news.notify_all()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._answer, daemon=True, name="sendneeds explorer")
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is left to answer; whether that was so in time."""
        with self._news:
            return self._news.wait_for(lambda: self._asked is None and not self._busy, seconds)

    def _answer(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._asked is not None)
                assert self._asked is not None
                (scenario, service), number = self._asked, self._number
                self._asked, self._busy = None, True
            try:
                self.tell(self.engine.at_once(scenario, service))
                with self._news:
                    if self._news.wait_for(partial(self._is_over, number), self.pause):
                        continue
                self.tell(self.engine.refine(scenario, service, self._progress(number)))
            except AskedOver:
                continue
            except SendneedsError as error:
                self.fail(str(error))
            except Exception as error:  # a thread that dies silently leaves the reader waiting
                self.fail(f"{type(error).__name__}: {error}")
            finally:
                with self._news:
                    self._busy = False
                    self._news.notify_all()

    def _is_over(self, number: int) -> bool:
        return self._number != number

    def _progress(self, number: int) -> Callable[[int, int, str], None]:
        def stop_when_asked_over(done: int, total: int, what: str) -> None:
            if self._is_over(number):
                raise AskedOver

        return stop_when_asked_over
