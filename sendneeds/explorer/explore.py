"""`explore`: the explorer of an area, in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import MissingDataError, expect
from sendneeds.need.inputs.setup import last_january

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.explorer.explorer import Explorer


def explore(area: Area, *, quick: int = 40, draws: int = 200, seed: int = 1, to: int = 2031) -> Explorer:
    """Return sliders and pickers of an area beside what they change, to be shown by a notebook.

    A control that is moved is answered from `quick` draws for the service that is shown, with the error of the draws;
    then everything, plans in time, places and cost included, from `draws` in the background. What a lever does not
    touch is kept. The numbers are those of `run` and `compare` with as many draws and the same seed.

    Parameters
    ----------
    area : Area
    quick, draws : int
        How many futures at once, and refined.
    seed : int
    to : int
        Last January of the projection.

    Returns
    -------
    Explorer
        Shown as the last line of a cell. Standard widgets (ipywidgets), tested in JupyterLab; VS Code is untested.

    Raises
    ------
    MissingDataError
        If ipywidgets is not installed, or the area has no service with a list.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
    Explorer of Bedford: ... controls, 0 options pinned
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    quick, draws, seed = arguments.draws(quick), arguments.draws(draws), arguments.seed(seed)
    to = last_january(area, to)
    try:
        from sendneeds.explorer.explorer import Explorer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "ipywidgets":
            raise
        raise MissingDataError(
            "The explorer needs ipywidgets. Install the extra: python -m pip install 'sendneeds[notebook]'"
        ) from None
    return Explorer(area, quick, draws, seed, to)
