"""How charts look, and how one becomes an SVG with the same bytes every time.

Colours are the Government Analysis Function palette for categorical data, in its order; the sequential
scale runs from light blue to dark blue. Source: Analysis Function, "Data visualisation: colours in charts".
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
DARK_GREY, LIGHT_PURPLE = "#3D3D3D", "#A285D1"
ORANGE_TEXT = "#A03A00"
TEXT, RULE, PAPER = "#0B0C0C", "#B1B4B6", "#FFFFFF"
SERIES = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE)
"""At most four series in a chart."""
SEQUENTIAL = ("#FFFFFF", "#E8F1F8", "#C6DCEC", "#8FB8D8", "#4E8CBB", "#2073BC", "#12436D")
SERIES_TEXT = (DARK_BLUE, "#1B766F", DARK_PINK, ORANGE_TEXT)
"""Words beside a line, in its hue, dark enough to read on white (contrast 4.5 or more)."""
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)))
MARKERS = ("o", "s", "^", "D")

WIDTH = 7.4
"""Inches; the page shows a chart about 740 pixels wide, so a point of type becomes 1.4 pixels."""

NARROW = 2.9
"""Inches of a chart for a telephone: a page of 320 pixels shows it in 288, so a point becomes 1.38 pixels."""
SMALLEST = {False: 8.0, True: 9.0}
"""Points of the smallest words, in a wide chart and in a narrow one: never under 12 pixels at 320."""

_FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_SETTINGS: Any = {
    # DejaVu Sans comes with matplotlib: measured by it, a label takes the same room on every machine
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "sendneeds",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#6F777B",
    "axes.labelcolor": TEXT,
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "axes.linewidth": 0.8,
    "axes.grid": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "path.simplify": True,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a title may hold a $
}


@contextmanager
def canvas(height: float, narrow_height: float | None = None) -> Iterator[Figure]:
    """Give a figure in the house style: `WIDTH` x `height` inches, or for a telephone `NARROW` x `narrow_height`.

    A reader's own settings of matplotlib change nothing.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    size = (NARROW, narrow_height or height) if is_narrow() else (WIDTH, height)
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield Figure(figsize=size, layout="constrained", dpi=POINTS)


_PICTURES: ContextVar[dict[str, bytes] | None] = ContextVar("pictures", default=None)
_NARROW: ContextVar[bool] = ContextVar("narrow", default=False)
PICTURE_DPI = 120
POINTS = 72
"""Dots to an inch in an SVG of matplotlib: a dot is a point."""


@contextmanager
def pictures() -> Iterator[dict[str, bytes]]:
    """Give a mapping that fills with the PNG of every chart drawn meanwhile, by its SVG."""
    taken: dict[str, bytes] = {}
    token = _PICTURES.set(taken)
    try:
        yield taken
    finally:
        _PICTURES.reset(token)


@contextmanager
def narrow() -> Iterator[None]:
    """Draw charts for a telephone meanwhile."""
    token = _NARROW.set(True)
    try:
        yield
    finally:
        _NARROW.reset(token)


def is_narrow() -> bool:
    """Return whether charts are drawn for a telephone."""
    return _NARROW.get()


def svg(figure: Figure) -> str:
    """Return the `figure` as SVG text without dates, versions or random ids."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.text import Text

    for words in figure.findobj(Text):
        words.set_fontsize(max(words.get_fontsize(), SMALLEST[is_narrow()]))
    # laid out once for all forms: saving does so, and draws twice, each time
    picture = FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine("none")
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(
        buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = text.replace("'DejaVu Sans'", _FONTS).replace("&#39;DejaVu Sans&#39;", _FONTS)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = text.replace("\r\n", "\n").rstrip() + "\n"
    taken = _PICTURES.get()
    if taken is not None:
        figure.set_dpi(PICTURE_DPI)
        shown = io.BytesIO()
        picture.print_png(shown, metadata={"Software": None})
        taken[text] = shown.getvalue()
    return text


def quiet_axes(axes: Axes, grid: str = "y") -> None:
    """Take away ink that says nothing: ticks and the spine along the value axis; leave light grid lines."""
    if grid:
        axes.grid(True, axis=grid, color="#DEE0E2", linewidth=0.8, zorder=0)  # type: ignore[arg-type]
        axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines["left" if grid == "y" else "bottom"].set_visible(False)


def contrast(rgb: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the WCAG 2.2 contrast ratio of two colours, each as red, green, blue from 0 to 1.

    Examples
    --------
    >>> round(contrast((0, 0, 0), (1, 1, 1)), 1)
    21.0
    """

    def light(colour: tuple[float, float, float]) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    first, second = sorted((light(rgb), light(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)
