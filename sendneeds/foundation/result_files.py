"""A result as one NetCDF file and back: its arrays, tables, areas and the results within it, each a group of the file.

The root of the file is the result's own dataset, so that any NetCDF reader opens it. A field that is not
text or numbers is a group: a table, an area or another result. A thing that is there twice is written once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation import json_text
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.outputs import INTERNAL, MARK, Basis, write_output
from sendneeds.foundation.sealed_files import is_as_sealed, seal
from sendneeds.foundation.vocabulary import BASES

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FORMAT = 1
"""Version of the layout of a saved result; a file of another version is refused."""

DISCLOSURE = "disclosure"
RESTS_ON_RECORDS = f"Rests on an area's own records, in which no small count is withheld: {MARK}."
"""What a result says of itself, in its file and where it is shown, unless all that it rests on is published."""
CLASS, FORMAT_KEY, FIELDS, NAMES, SAME = "sendneeds_class", "sendneeds_format", "fields", "names", "same_as"
MISSING_TEXT = "<NA>"
TABLE, GROUPS = "DataFrame", "dict"
_SQUEEZE = {"zlib": True, "complevel": 1}
_CODERS: dict[str, tuple[Callable[[Any], xr.Dataset], Callable[[xr.Dataset], Any]]] = {}


def save(result: Any, path: str | Path) -> Path:
    """Write a result to one NetCDF file, whole or not at all, and return its path."""
    import xarray as xr

    path = Path(path)
    if path.exists() and is_as_sealed(path) is None:
        raise DomainError(f"{path} is there and is no result that sendneeds saved. Name another file.")
    groups: dict[str, xr.Dataset] = {}
    _write(groups, {}, "", result)
    groups["/"] = groups.pop("").assign_attrs({FORMAT_KEY: FORMAT})
    basis = basis_of(result)
    if not basis.is_open:  # the area is in the file, as it is
        groups["/"].attrs[DISCLOSURE] = RESTS_ON_RECORDS
    encoding = {
        group: {name: _SQUEEZE for name, array in data.variables.items() if array.ndim and _numeric(array)}
        for group, data in groups.items()
    }
    tree = xr.DataTree.from_dict(groups)

    def netcdf(part: Path) -> None:
        tree.to_netcdf(part, engine="h5netcdf", encoding=encoding)
        seal(part)

    return write_output(path.parent, path.name, netcdf, basis.cleared_by(INTERNAL))


def basis_of(result: Any) -> Basis:
    """Return what a result rests on: what its provenance says, else the bases of its parameters."""
    words = set((getattr(result, "provenance", None) or {}).get("bases", ()))
    parameters = getattr(result, "parameters", None)
    if parameters is not None and "basis" in parameters:
        words |= set(parameters["basis"].dropna()) & set(BASES)
    return Basis(frozenset(words))


def open_result(path: str | Path) -> Any:
    """Open a saved result as what it was.

    Parameters
    ----------
    path : str or Path
        A file that a result's ``to_netcdf`` wrote.

    Returns
    -------
    ResultBase
        Of the class that was saved, with its methods: a `NeedProjection` opens as a `NeedProjection`, a run as a
        `RunResult`. The area it rests on is in the file, as it was.

    Raises
    ------
    MissingDataError
        If there is no such file, or it is not a saved result.
    DomainError
        If it was saved in another layout, or holds a class that this version does not know.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> need = sn.project(sn.open_area("bedford"), to=2026, draws=10)
    >>> path = need.to_netcdf(Path(tempfile.mkdtemp()) / "need.nc")
    >>> type(sn.open_result(path)).__name__
    'NeedProjection'
    """
    kinds(path=(path, "path"))
    import xarray as xr

    path = Path(path)
    if not path.is_file():
        raise MissingDataError(
            f"{path}: there is no such file. Save a result with result.to_netcdf('{path.name}')."
        )
    if is_as_sealed(path) is False:
        raise DomainError(f"{path}: damaged since it was saved. Copy it again, or make the result again.")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except (OSError, ValueError) as error:
        raise MissingDataError(f"{path}: this is not a result that sendneeds saved ({error}).") from None
    if CLASS not in tree.attrs:
        raise MissingDataError(f"{path}: this is not a result that sendneeds saved: it names no class.")
    found = tree.attrs.get(FORMAT_KEY)
    if found != FORMAT:
        raise DomainError(
            f"{path}: found layout {found}; allowed: {FORMAT}. Open it with the version of sendneeds that saved it "
            f"({_version(tree.attrs)}), or make the result again."
        )
    groups = {node.path.rstrip("/"): node.to_dataset(inherit=False) for node in tree.subtree}
    try:
        return _read(groups, {}, "")
    except (KeyError, TypeError, ValueError) as error:
        raise DomainError(f"{path}: {error}") from error


def _version(attrs: Mapping[Any, Any]) -> str:
    """Return the version that made a result, as its provenance tells it."""
    try:
        return str(json.loads(attrs["provenance"])["version"])
    except (KeyError, ValueError, TypeError):
        return "not recorded"


def _numeric(array: xr.Variable) -> bool:
    return array.dtype.kind in "iufbM"


def register(kind: type, write: Callable[[Any], xr.Dataset], read: Callable[[xr.Dataset], Any]) -> None:
    """Say how what is not a result, but a field of one, becomes a dataset and is made from it again."""
    _CODERS[kind.__name__] = (write, read)


def _write(groups: dict[str, xr.Dataset], known: dict[int, str], path: str, value: Any) -> None:
    """Add the groups of a value; one that is known already becomes a note of where it stands."""
    import pandas as pd
    import xarray as xr

    if id(value) in known:
        groups[path] = xr.Dataset(attrs={SAME: known[id(value)]})
        return
    if isinstance(value, dict):
        groups[path] = xr.Dataset(attrs={CLASS: GROUPS, NAMES: json.dumps(list(value))})
        for name, inner in value.items():
            _write(groups, known, f"{path}/{_group(name)}", inner)
        return
    known[id(value)] = path
    if isinstance(value, pd.DataFrame):
        groups[path] = table_dataset(value).assign_attrs({CLASS: TABLE})
    elif type(value).__name__ in _CODERS:
        name = type(value).__name__
        groups[path] = _CODERS[name][0](value).assign_attrs({CLASS: name})
    else:
        _write_result(groups, known, path, value)


def _write_result(groups: dict[str, xr.Dataset], known: dict[int, str], path: str, value: Any) -> None:
    """Add the group of a result, and those of its fields."""
    import xarray as xr

    plain: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for field in fields(value):
        if field.name in ("data", "provenance"):
            continue
        held = value._saved_field(field.name)
        (plain if _is_plain(held) else inner)[field.name] = held
    data = getattr(value, "data", None)
    own = data if isinstance(data, xr.Dataset) else xr.Dataset()
    attrs = {
        CLASS: type(value).__name__,
        "provenance": json.dumps(value.provenance, sort_keys=True, default=str),
        FIELDS: json_text.dumps(plain),
    }
    groups[path] = own.assign_attrs(attrs)
    for name, held in inner.items():
        _write(groups, known, f"{path}/{name}", held)


def _group(name: str) -> str:
    """Return a name as that of a group: a slash would open a group within."""
    return name.replace("/", "-")


def _is_plain(value: Any) -> bool:
    """Return whether a value is text, a number, a date, nothing, or a sequence of such or a mapping of it by text."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return bool(value) and all(isinstance(k, str) and _is_plain(v) for k, v in value.items())
    return value is None or isinstance(value, (str, int, float, bool, date))


def _read(groups: Mapping[str, xr.Dataset], known: dict[str, Any], path: str) -> Any:
    """Return the value of a group."""
    data = groups[path]
    if SAME in data.attrs:
        return _read(groups, known, data.attrs[SAME])
    if path not in known:
        name = data.attrs[CLASS]
        if name == TABLE:
            known[path] = dataset_table(data)
        elif name == GROUPS:
            names = json.loads(data.attrs[NAMES])
            known[path] = {n: _read(groups, known, f"{path}/{_group(n)}") for n in names}
        elif name in _CODERS:
            known[path] = _CODERS[name][1](data)
        else:
            kind = _class_of(name)
            within = [p[len(path) + 1 :] for p in groups if p.startswith(f"{path}/")]
            held = {n: _read(groups, known, f"{path}/{n}") for n in within if "/" not in n}
            known[path] = _read_result(kind, data, held)
    return known[path]


def _class_of(name: str) -> Any:
    """Return the class of results of a name, importing its module."""
    import sendneeds

    kind = getattr(sendneeds, name) if name in sendneeds.__all__ else None
    if not hasattr(kind, "_from_saved"):
        raise DomainError(
            f"found a {name}, which this version of sendneeds ({sendneeds.__version__}) does not know. "
            "Open it with the version that saved it."
        )
    return kind


def _read_result(kind: Any, data: xr.Dataset, inner: Mapping[str, Any]) -> Any:
    """Return a result from its group and from what stands within."""
    attrs = {key: value for key, value in data.attrs.items() if key not in (CLASS, FORMAT_KEY, DISCLOSURE)}
    provenance = json.loads(attrs.pop("provenance", "{}"))
    plain = json_text.loads(attrs.pop(FIELDS, "{}"))
    bare = data.copy(deep=False)
    bare.attrs = attrs
    return kind._from_saved(bare, provenance, {**{n: _tuples(v) for n, v in plain.items()}, **inner})


def _tuples(value: Any) -> Any:
    """Return JSON lists as tuples, which is what results hold."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return {k: _tuples(v) for k, v in value.items()} if isinstance(value, dict) else value


def table_dataset(table: pd.DataFrame) -> xr.Dataset:
    """Return a table as a dataset over rows, types kept.

    Parameters
    ----------
    table : pandas.DataFrame
        Its index is not kept.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"need": ["ASD", None], "children": [3, 4]})
    >>> dataset_table(table_dataset(table))
      need  children
    0  ASD         3
    1  NaN         4
    """
    import pandas as pd
    import xarray as xr

    out = {}
    for name, column in table.items():
        attrs: dict[str, Any] = {"pandas_dtype": str(column.dtype)}
        if isinstance(column.dtype, pd.CategoricalDtype):
            attrs["categories"] = json.dumps([str(c) for c in column.cat.categories])
            attrs["ordered"] = int(column.cat.ordered)
        values = column.to_numpy()
        if values.dtype.kind not in "iufbM":
            better = column.infer_objects() if column.dtype == object else column
            values = better.to_numpy()
            if values.dtype.kind not in "iufbM":
                texts = [MISSING_TEXT if pd.isna(value) else str(value) for value in column]
                values = np.array(texts, dtype=object) if texts else np.empty(0, dtype="<U1")
        out[str(name)] = (("row",), values, attrs)
    return xr.Dataset(out)


def dataset_table(data: xr.Dataset) -> pd.DataFrame:
    """Return the table of a dataset that `table_dataset` made."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, array in data.variables.items():
        values, dtype = array.values, array.attrs["pandas_dtype"]
        if values.dtype.kind in "OUT":
            texts = [None if value == MISSING_TEXT else str(value) for value in values]
            values = pd.Series(texts, dtype=object)
        if dtype == "category":
            allowed = json.loads(array.attrs["categories"])
            columns[str(name)] = pd.Categorical(values, allowed, ordered=bool(array.attrs["ordered"]))
        else:
            columns[str(name)] = pd.Series(values).astype(dtype)
    return pd.DataFrame(columns)
