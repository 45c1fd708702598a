"""What a return is before it is written: its figures, the notes on them and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.returns.rows import FLOWS, SCAP_TITLES, TITLES, TOTAL, UNSEEN

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False, eq=False)
class ReturnTables(TableResult):
    """The tables of a return: a class of it says which, and how its columns are headed.

    Parameters
    ----------
    figures : pandas.DataFrame
        A row a figure: scenario, table, row, the column named by `time`, kind (published or projected), central (the
        median), low and high (80 % interval), adding_up (rounded so that parts add up) and flag.
    notes : pandas.DataFrame
        table, row (empty for the whole table), note.
    assumptions : pandas.DataFrame
        tables, assumption.
    scenarios : pandas.DataFrame
        scenario, title; the baseline first.
    provenance : dict
    area_name : str
    """

    figures: pd.DataFrame
    notes: pd.DataFrame
    assumptions: pd.DataFrame
    scenarios: pd.DataFrame
    provenance: dict[str, Any]
    area_name: str = ""

    title = "Return"
    what: ClassVar[dict[str, str]] = {
        "figures": "a row a figure",
        "notes": "a row a note",
        "assumptions": "a row an assumption",
        "scenarios": "a row a scenario",
    }
    short: ClassVar[str] = ""
    """What the command line calls it, and its workbook."""
    titles: ClassVar[dict[str, str]] = {}
    """Its tables."""
    main: ClassVar[tuple[str, ...]] = ()
    """Tables whose totals sum it up."""
    time: ClassVar[str] = "calendar_year"
    """The column of `figures` that says when."""
    corner: ClassVar[str] = "Calendar year"
    """Heading of the first column of a table."""
    base: ClassVar[str] = "published"
    """What the base column is."""

    def heading(self, when: int) -> str:
        """Return how a column is headed.

        Parameters
        ----------
        when : int
            A year, or January, of the figures.

        Returns
        -------
        str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
        >>> made.heading(2025)
        '2025'
        """
        return str(when)

    def about(self, table: str) -> str:
        """Return what a table counts, in a sentence.

        Parameters
        ----------
        table : str

        Returns
        -------
        str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
        >>> made.about("10")
        'Counted within the calendar year.'
        """
        return ""

    def cover_lines(self) -> list[str]:
        """Return what is counted, for the cover.

        Returns
        -------
        list of str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
        >>> len(made.cover_lines())
        4
        """
        return []

    def table(self, number: str, scenario: str = BASELINE, figure: str = "central") -> pd.DataFrame:
        """Return one table as it is printed: a row a row of the return, a column a year.

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
        for kind, name, allowed in (
            ("table", number, self.titles),
            ("scenario", scenario, list(self.scenarios["scenario"])),
            ("figure", figure, ("central", "low", "high", "adding_up")),
        ):
            if name not in allowed:
                raise unknown(kind, str(name), map(str, allowed))
        rows = self.figures[(self.figures["table"] == number) & (self.figures["scenario"] == scenario)]
        wide = rows.pivot(index="row", columns=self.time, values=figure)
        wide = wide.reindex(list(dict.fromkeys(rows["row"])))
        wide.columns = [int(year) for year in wide.columns]
        return wide.reset_index()

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the totals of the main tables with their 80 % intervals, or one of its tables whole.

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
        kept = ["scenario", "table", self.time, "low", "central", "high"]
        totals = (self.figures["row"] == TOTAL) & self.figures["table"].isin(self.main)
        return self.figures.loc[totals, kept].reset_index(drop=True)


NUMBERED = {number: f"{number} {title}" for number, title in TITLES.items()}


@dataclass(frozen=True, repr=False, eq=False)
class LsrpReturn(ReturnTables):
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

    title = "Local SEND reform plan"
    short = "lsrp"
    titles = NUMBERED
    main = ("5.1", *FLOWS)

    def about(self, table: str) -> str:
        """Return what a table counts, in a sentence.

        Parameters
        ----------
        table : str

        Returns
        -------
        str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
        >>> made.about("10")
        'Counted within the calendar year.'
        """
        if table in FLOWS:
            return "Counted within the calendar year."
        first = int(self.figures["calendar_year"].min())
        return f"{first} is January {first + 1}, and so on: plans in the January after the calendar year."

    def cover_lines(self) -> list[str]:
        """Return what is counted, for the cover.

        Returns
        -------
        list of str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
        >>> made.cover_lines()[0][:11]
        'Base: 2024,'
        """
        years = sorted({int(year) for year in self.figures["calendar_year"]})
        return [
            f"Base: {years[0]}, the last year published (plans in January {years[0] + 1}). Projected: {years[1]} to "
            f"{years[-1]}.",
            "Plans of a calendar year are those in the January after it; requests, assessments and new plans are of "
            "the year itself.",
            f"Age: {self.provenance['age_basis']}.",
            UNSEEN,
        ]


@dataclass(frozen=True, repr=False, eq=False)
class ScapReturn(ReturnTables):
    """Pupils who will need a special or resourced place, for the school capacity survey; `build_return` writes them.

    Parameters
    ----------
    figures : pandas.DataFrame
        As `LsrpReturn`, with ``january``: that of the academic year. Tables are named by setting and phase, such as
        ``state_special primary``.
    notes, assumptions, scenarios : pandas.DataFrame
    provenance : dict
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> made = sn.scap_return(sn.open_area("luton"), draws=10)
    >>> made.table("resourced secondary").columns.tolist()
    ['row', 2025, 2026, 2027, 2028, 2029, 2030, 2031, 2032]
    """

    title = "School capacity survey: places for pupils with a plan"
    short = "scap"
    titles = SCAP_TITLES
    main = tuple(SCAP_TITLES)
    time = "january"
    corner = "Academic year"
    base = "base"

    def heading(self, when: int) -> str:
        """Return how a column is headed: the academic year of a January.

        Parameters
        ----------
        when : int

        Returns
        -------
        str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.scap_return(sn.open_area("luton"), draws=10)
        >>> made.heading(2032)
        '2031/32'
        """
        return f"{when - 1}/{when % 100:02d}"

    def about(self, table: str) -> str:
        """Return what a table counts, in a sentence.

        Parameters
        ----------
        table : str

        Returns
        -------
        str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.scap_return(sn.open_area("luton"), draws=10)
        >>> made.about("resourced primary")[:18]
        'Pupils with a plan'
        """
        return "Pupils with a plan in January of the academic year, by age at the 31 August before it."

    def cover_lines(self) -> list[str]:
        """Return what is counted, for the cover.

        Returns
        -------
        list of str

        Examples
        --------
        >>> import sendneeds as sn
        >>> made = sn.scap_return(sn.open_area("luton"), draws=10)
        >>> made.cover_lines()[0][:14]
        'Base: 2024/25,'
        """
        first = int(self.figures["january"].min())
        return [
            f"Base: {self.heading(first)}, the last January published. Projected: five academic years ahead for "
            "primary ages, seven for secondary ages and after 16.",
            "Pupils are those who would be in such a place were there room for all who seek one, so that the tables "
            "show places needed and not places there are.",
            "Phases are ages at 31 August: primary 4 to 10, secondary 11 to 15, after 16 from 16 to 18.",
        ]
