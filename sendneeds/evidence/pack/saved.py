"""An area within a saved result: the files of its pack, byte for byte, and back."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.evidence.area import Area
from sendneeds.evidence.pack.read import read_folder, shipped_packs
from sendneeds.evidence.pack.settings import FILE, settings_text
from sendneeds.evidence.pack.write import settings_of, table_text
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.errors import PackError

if TYPE_CHECKING:
    import xarray as xr


def area_dataset(area: Area) -> xr.Dataset:
    """Return an area as a dataset: each file of its pack as the bytes of its text.

    Examples
    --------
    >>> import sendneeds as sn
    >>> luton = sn.open_area("luton")
    >>> again = area_of(area_dataset(luton))
    >>> again.code, all(again.table(name).equals(luton.table(name)) for name in luton.tables)
    ('E06000032', True)
    """
    import xarray as xr

    texts = {FILE: settings_text(settings_of(area))}
    texts |= {TABLES[name].file: table_text(frame, TABLES[name]) for name, frame in area.tables.items()}
    files = {
        name: ((f"bytes of {name}",), np.frombuffer(text.encode("utf-8"), dtype=np.uint8))
        for name, text in texts.items()
    }
    return xr.Dataset(files, attrs={"ships": int(area.folder == shipped_packs().get(area.slug))})


def area_of(data: xr.Dataset) -> Area:
    """Return the area of a dataset that `area_dataset` made.

    Raises
    ------
    PackError
        If no area can be read from it.
    """
    with tempfile.TemporaryDirectory() as unpacked:
        for name, array in data.data_vars.items():
            (Path(unpacked) / str(name)).write_bytes(array.values.tobytes())
        tables, faults = read_folder(Path(unpacked))
    if tables is None:
        raise PackError("The area in the saved result cannot be used", faults)
    folder = shipped_packs().get(tables.slug) if data.attrs["ships"] else None
    return replace(Area.from_tables(tables), folder=folder)
