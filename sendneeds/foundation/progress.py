"""A bar that moves while something long is under way: in a notebook, in a terminal, or nowhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sendneeds.foundation.arguments import refusal

Progress = Callable[[int, int, str], None]


def progress_bar(show: bool | None = True) -> AbstractContextManager[Progress]:
    """Give a callback that moves a bar, to be handed on as ``progress=``; the bar goes when the work ends.

    Parameters
    ----------
    show : bool or None
        Whether there is a bar; None shows it where standard error is a terminal.

    Returns
    -------
    context manager
        Gives the callback, called as ``progress(done, total, "what is being done")``.

    Raises
    ------
    DomainError
        If `show` is none of the three.

    Examples
    --------
    >>> import sendneeds as sn
    >>> with sn.progress_bar(show=False) as progress:
    ...     need = sn.project(sn.open_area("luton"), draws=20, to=2027, progress=progress)
    """
    if show not in (True, False, None):
        raise refusal("show", show, "True, False or None", "Write show=True.")
    return _bar(sys.stderr.isatty() if show is None else show)


@contextmanager
def _bar(show: bool) -> Iterator[Progress]:
    from tqdm.auto import tqdm  # a widget in a notebook

    if not show:
        yield lambda done, total, what: None
        return
    layout = "{desc} {bar} {percentage:3.0f}% {elapsed}"
    with tqdm(file=sys.stderr, leave=False, bar_format=layout) as drawn:

        def move(done: int, total: int, what: str) -> None:
            if total != drawn.total:
                drawn.reset(total)
            drawn.set_description_str(what, refresh=False)
            drawn.update(done - drawn.n)
            drawn.refresh()

        yield move
