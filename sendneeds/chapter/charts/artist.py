"""Charts drawn while the chapter is written: by a process beside this one, where the machine has two cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sendneeds.chapter.charts import style
from sendneeds.foundation.beside import Beside, Task, cores


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


class Artist(Beside):
    """Draws charts while its caller goes on, by a process beside this one where the machine has two cores.

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
        super().__init__(__name__, processes=min(cores() - 1, 1))

    def draw(self, draw: Callable[[], str]) -> Task[Drawing]:
        """Return the drawing to come of a chart; `draw` can be pickled."""
        return self.submit(drawn, draw)
