"""Arrays by scenario and service in which scenarios that leave a service as it is share its figures in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from xarray.backends import BackendArray
from xarray.core import indexing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

Place = tuple[int, int]
"""Numbers of a scenario and a service."""


class SharedCells(BackendArray):
    """An array (scenario, service, ..., draw) put together from its cells when it is read.

    Parameters
    ----------
    cells : mapping of (int, int) to ndarray, (..., draw)
        The array of each scenario and service, all of one shape; one array may stand in several places. They are read
        as they are, and can be written to no more.
    """

    def __init__(self, cells: Mapping[Place, np.ndarray]) -> None:
        self._arrays = list({id(cell): cell for cell in cells.values()}.values())
        number = {id(cell): n for n, cell in enumerate(self._arrays)}
        self._at = np.empty([n + 1 for n in max(cells)], dtype=np.intp)
        for place, cell in cells.items():
            self._at[place] = number[id(cell)]
        for cell in self._arrays:
            cell.flags.writeable = False
        self.shape = (*self._at.shape, *self._arrays[0].shape)
        self.dtype = np.result_type(*self._arrays)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._read)

    def _read(self, key: tuple[int | slice, ...]) -> np.ndarray:
        """Return part of the array, by whole numbers and slices: of one cell as it is, of several put together."""
        some, within = np.asarray(self._at[key[:2]]), key[2:]
        if not some.ndim:
            return self._arrays[int(some)][within].astype(self.dtype, copy=False)
        parts = {n: self._arrays[n][within] for n in set(some.ravel().tolist())}
        out = np.empty((*some.shape, *next(iter(parts.values())).shape), self.dtype)
        for place in np.ndindex(some.shape):
            out[place] = parts[int(some[place])]
        return out


def variable(
    dims: tuple[str, ...], cells: Mapping[Place, np.ndarray], attrs: Mapping[str, str]
) -> xr.Variable:
    """Return cells as a variable (scenario, service, ..., draw), whose parts are read as they are asked for.

    Examples
    --------
    >>> cells = dict.fromkeys([(0, 0), (1, 0)], np.array([3, 4, 5]))
    >>> found = variable(("scenario", "service", "draw"), cells, {})
    >>> found.sizes["scenario"], found[1, 0, 1:].values.tolist()
    (2, [4, 5])
    """
    import xarray as xr

    return xr.Variable(dims, indexing.LazilyIndexedArray(SharedCells(cells)), attrs)
