"""An area within a saved result: who it is as JSON, each of its tables as the bytes of a CSV, and back."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.evidence.area import Area
from sendneeds.evidence.pack.read import shipped_packs
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation import json_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def area_dataset(area: Area) -> xr.Dataset:
    """Return an area as a dataset: as it is, whatever a check of a pack would say.

    Examples
    --------
    >>> import sendneeds as sn
    >>> luton = sn.open_area("luton")
    >>> again = area_of(area_dataset(luton))
    >>> again.code, all(again.table(name).equals(luton.table(name)) for name in luton.tables)
    ('E06000032', True)
    """
    import xarray as xr

    tables: dict[str, Any] = {}
    for name, frame in area.tables.items():
        content = np.frombuffer(
            frame.to_csv(index=False, lineterminator="\n").encode("utf-8"), dtype=np.uint8
        )
        attrs = {
            "dtypes": json_text.dumps({str(column): str(dtype) for column, dtype in frame.dtypes.items()}),
            "gaps": json_text.dumps([str(column) for column in frame if frame[column].isna().any()]),
        }
        tables[name] = ((f"bytes of {name}",), content, attrs)
    who: dict[str, Any] = {
        "slug": area.slug,
        "code": area.code,
        "name": area.name,
        "kind": area.kind,
        "settings": area.settings,
        "meta": {name: asdict(meta) for name, meta in area.meta.items()},
        "findings": [asdict(finding) for finding in area.read_findings],
        "tables": list(area.tables),
        "ships": area.folder is not None and area.folder == shipped_packs().get(area.slug),
    }
    for number, part in enumerate(area.parts):
        own = area_dataset(part)
        who.setdefault("parts", []).append(json_text.loads(own.attrs["area"]))
        tables |= {
            f"{number}. {name}": (tuple(f"{number}. {dim}" for dim in array.dims), array.values, array.attrs)
            for name, array in own.data_vars.items()
        }
    return xr.Dataset(tables, attrs={"area": json_text.dumps(who)})


def area_of(data: xr.Dataset) -> Area:
    """Return the area of a dataset that `area_dataset` made; its folder is known only where its pack ships."""
    tables = {str(name): _table(array) for name, array in data.data_vars.items()}
    return _area(json_text.loads(data.attrs["area"]), tables)


def _area(who: dict[str, Any], held: dict[str, pd.DataFrame], before: str = "") -> Area:
    """Return the area of what was written of it, its tables those whose names begin with `before`."""
    tables = {name: held[before + name] for name in who["tables"]}
    return Area(
        who["slug"],
        who["code"],
        who["name"],
        who["kind"],
        who["settings"],
        tables,
        {name: TableMeta(**meta) for name, meta in who["meta"].items()},
        shipped_packs().get(who["slug"]) if who["ships"] else None,
        [Finding(**finding) for finding in who["findings"]],
        tuple(_area(part, held, f"{number}. ") for number, part in enumerate(who.get("parts", []))),
    )


def _table(array: xr.DataArray) -> pd.DataFrame:
    """Return the table of the bytes of a CSV, every column of the type that it had."""
    import pandas as pd

    dtypes, gaps = (json_text.loads(array.attrs[key]) for key in ("dtypes", "gaps"))
    texts = pd.read_csv(io.BytesIO(array.values.tobytes()), dtype=str, keep_default_na=False)
    columns = {}
    for name, dtype in dtypes.items():
        values = texts[name]
        if name in gaps:
            values = values.mask(values == "")
        number = dtype.lower().startswith(("int", "uint", "float"))
        columns[name] = (values.astype("float64") if number else values).astype(dtype)
    return pd.DataFrame(columns)
