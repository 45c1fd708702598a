"""A result that is made of tables: several pandas tables under one name, selected, saved and shown as one."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.results import ResultBase

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, repr=False, eq=False)
class TableResult(ResultBase):
    """Tables under one name. A class of it has tables among its fields, the main one first, and a `summary`."""

    what: ClassVar[dict[str, str]] = {}
    """What a row of each table is, by the table's name."""

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return one table by name.

        Parameters
        ----------
        name : str

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        UnknownNameError
            If there is no such table; the message names those there are.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.backtest(sn.open_area("luton"), ["naive"], [2022])["rows"]["horizon"].tolist()
        [1, 2, 3]
        """
        if name not in self.what:
            raise unknown("table", str(name), self.what)
        return getattr(self, name)

    def sel(self, **labels: Any) -> Self:
        """Return the result with the rows of some labels, of the same class.

        Parameters
        ----------
        **labels
            By column: one value or a list of them. A table without the column is left whole.

        Returns
        -------
        TableResult

        Raises
        ------
        UnknownNameError
            If no table has the column, or none has such a value in it.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.backtest(sn.open_area("luton"), ["naive"], [2021, 2022])
        >>> found.sel(origin=2022)["rows"]["horizon"].tolist()
        [1, 2, 3]
        """
        tables = {name: self[name] for name in self.what}
        for column, wanted in labels.items():
            having = {name: table for name, table in tables.items() if column in table}
            if not having:
                raise unknown("column", column, {str(c) for table in tables.values() for c in table})
            values = list(wanted) if isinstance(wanted, (list, tuple, set)) else [wanted]
            there = {value for table in having.values() for value in table[column]}
            for value in values:
                if value not in there:
                    raise unknown(column, str(value), map(str, there))
            tables |= {n: t[t[column].isin(values)].reset_index(drop=True) for n, t in having.items()}
        return replace(self, **tables)

    def to_dataframe(self, name: str | None = None) -> pd.DataFrame:
        """Return one table.

        Parameters
        ----------
        name : str, optional
            The main table when left out.

        Returns
        -------
        pandas.DataFrame
            A copy.

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.backtest(sn.open_area("luton"), ["naive"], [2022]).to_dataframe()["method"].tolist()
        ['naive', 'naive', 'naive']
        """
        return self[next(iter(self.what)) if name is None else name].copy()

    @classmethod
    def _from_saved(cls, data: xr.Dataset, provenance: dict[str, Any], held: dict[str, Any]) -> Self:
        own = {"provenance": provenance} if "provenance" in {field.name for field in fields(cls)} else {}
        return cls(**held, **own)

    def _figures(self) -> pd.DataFrame | None:
        return self.summary()

    def _variables(self) -> pd.DataFrame:
        import pandas as pd

        rows = [
            (name, f"{text}, {len(self[name]):,} rows: {', '.join(map(str, self[name]))}", "", "", "")
            for name, text in self.what.items()
        ]
        return pd.DataFrame(rows, columns=["variable", "what", "units", "kind", "by"])
