"""Heat maps: a table of cells whose shade and printed number both give the value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.chapter.charts.labels import Rows, say_unit, wrap

if TYPE_CHECKING:
    from matplotlib.patches import Rectangle


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    values: np.ndarray,
    labels: Sequence[Sequence[str]],
    unit: str,
    column_title: str,
) -> str:
    """Draw a table of cells whose shade and printed number both give the value.

    Parameters
    ----------
    rows, columns : sequence of str
        Labels.
    values : ndarray, shape (rows, columns)
        NaN where a cell is withheld or missing: hatched.
    labels : sequence of sequence of str
        What is printed in each cell.
    unit, column_title : str

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> heat_map(["ASD"], ["5 to 9"], np.array([[12.0]]), [["12"]], "plans", "Age")[:4]
    '<svg'
    """
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    values = np.asarray(values, float)
    shades = LinearSegmentedColormap.from_list("sequential", style.SEQUENTIAL)
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 1.0
    slim = style.is_narrow()
    names = Rows(rows)
    with style.canvas(0.75 + 0.3 * len(rows), 1.2 + names.height) as figure:
        axes = figure.subplots()
        scaled = np.sqrt(values / max(top, 1e-9))  # a square root keeps small needs apart from none
        for i in range(len(rows)):
            for j in range(len(columns)):
                blank = not np.isfinite(values[i, j])
                face = to_rgb("#FFFFFF") if blank else shades(scaled[i, j])[:3]
                axes.add_patch(
                    _cell(
                        j,
                        i + (1 - names.bar) / 2 if slim else i,
                        names.bar if slim else 1,
                        face,
                        "////" if blank else None,
                    )  # withheld cells are hatched, not only white
                )
                ink = "#FFFFFF" if style.contrast(face, (1, 1, 1)) >= 4.5 else style.TEXT
                axes.text(j + 0.5, i + 0.5, labels[i][j], ha="center", va="center", color=ink, fontsize=8.5)
        axes.set_xlim(0, len(columns))
        axes.set_xticks(np.arange(len(columns)) + 0.5, [wrap(c, 3) for c in columns] if slim else columns)
        if slim:
            names.place(axes, first=0.5)
        else:
            axes.set_ylim(len(rows), 0)
            axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        say_unit(axes, f"{column_title} ({unit} in each cell)")
        return style.svg(figure)


def _cell(x: int, y: float, height: float, face: tuple[float, float, float], hatch: str | None) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), 1, height, facecolor=face, edgecolor="#D0D3D5", linewidth=0.8, hatch=hatch)
