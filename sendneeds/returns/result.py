"""What a return is before it is written: its figures, the notes on them and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.returns.rows import FLOWS, TITLES, TOTAL

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False, eq=False)
class LsrpReturn(TableResult):
    """The tables of a local SEND reform plan; `sendneeds.build_return` writes them.

    Parameters
    ----------
    figures : pandas.DataFrame
        A row a figure: scenario, table (``"5.1"``), row, calendar_year, counted (the January, or the year), kind
        (published or projected), central (the median), low and high (80 % interval), adding_up (rounded so that parts
        add up) and flag (``unavailable`` where nobody publishes the row).
    notes : pandas.DataFrame
        table, row (empty for the whole table), note.
    assumptions : pandas.DataFrame
        tables, assumption.
    scenarios : pandas.DataFrame
        scenario, title; the baseline first.
    provenance : dict
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
    >>> made.table("6")["row"].iloc[-1], len(made.table("7.4"))
    ('Total', 14)
    """

    figures: pd.DataFrame
    notes: pd.DataFrame
    assumptions: pd.DataFrame
    scenarios: pd.DataFrame
    provenance: dict[str, Any]
    area_name: str = ""

    title = "Local SEND reform plan"
    what: ClassVar[dict[str, str]] = {
        "figures": "a row a figure",
        "notes": "a row a note",
        "assumptions": "a row an assumption",
        "scenarios": "a row a scenario",
    }

    def table(self, number: str, scenario: str = BASELINE, figure: str = "central") -> pd.DataFrame:
        """Return one table as it is printed: a row a row of the return, a column a calendar year.

        Parameters
        ----------
        number : str
            Of the table, such as ``"7.2"``.
        scenario : str
        figure : {"central", "low", "high", "adding_up"}

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        UnknownNameError
            If there is no such table, scenario or figure.

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
        >>> made.table("10", figure="adding_up").columns.tolist()
        ['row', 2024, 2025, 2026, 2027, 2028, 2029]
        """
        from sendneeds.foundation.errors import unknown

        for kind, name, allowed in (
            ("table", number, TITLES),
            ("scenario", scenario, list(self.scenarios["scenario"])),
            ("figure", figure, ("central", "low", "high", "adding_up")),
        ):
            if name not in allowed:
                raise unknown(kind, str(name), map(str, allowed))
        rows = self.figures[(self.figures["table"] == number) & (self.figures["scenario"] == scenario)]
        wide = rows.pivot(index="row", columns="calendar_year", values=figure)
        wide = wide.reindex(list(dict.fromkeys(rows["row"])))
        wide.columns = [int(year) for year in wide.columns]
        return wide.reset_index()

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the totals of tables 5.1, 10, 11 and 12 with their 80 % intervals, or one of its tables whole.

        Parameters
        ----------
        name : str, optional
            ``figures``, ``notes``, ``assumptions`` or ``scenarios``.

        Returns
        -------
        pandas.DataFrame

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.lsrp_return(sn.open_area("luton"), draws=10).summary()["table"].unique().tolist()
        ['5.1', '10', '11', '12']
        """
        if name is not None:
            return self[name]
        kept = ["scenario", "table", "calendar_year", "low", "central", "high"]
        main = (self.figures["row"] == TOTAL) & self.figures["table"].isin(["5.1", *FLOWS])
        return self.figures.loc[main, kept].reset_index(drop=True)
