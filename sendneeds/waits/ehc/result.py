"""What a run of the EHC clock is: requests, decisions, plans, disputes and reviews by quarter and draw."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.intervals import interval_text, quantiles
from sendneeds.foundation.plots import COLOURS, new_axes
from sendneeds.foundation.results import Result
from sendneeds.waits.ehc.drawn_years import DrawnYears, as_interval, drawn_years
from sendneeds.waits.ehc.track_record import record_alone

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

PART_OF_A_WEEK = 0.5
"""Mean of what whole weeks, those begun counted in, have too much."""
BASES = ("excluding", "including")
LINES = {"excluding": (COLOURS[0], "-"), "including": (COLOURS[3], "--")}
WHOLE_QUARTER, WHOLE_YEAR, PUBLISHED_SHOWN = 12, 51, 4
"""Weeks that make a quarter and a year worth showing; published years drawn before them."""


@dataclass(frozen=True, repr=False, eq=False)
class EhcResult(Result):
    """The EHC process by quarter.

    `data` holds flows (quarter, draw) and stocks (bound, draw); refusals by ``refusal`` (to assess, to issue),
    mediations and appeals by ``dispute``; annual reviews; with calibrated services ``advice_factor`` (adviser, draw).
    These hold to the integer: requests less decided is the change of ``undecided``; decided is to assess, refused and
    withdrawn; refusals less final less overturned is the change of ``in_dispute``; requests agreed and overturned less
    assessments is the change of ``under_assessment``; assessments are plans, decisions not to issue and withdrawn.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
    >>> clock["requests"].dims
    ('quarter', 'draw')
    """

    title = "EHC clock"

    def share_in_time(self, exceptions: str = "excluding", by: str = "quarter") -> xr.DataArray:
        """Return the share of plans issued within 20 weeks, by quarter or calendar year.

        Plans that follow a decision overturned are left out, as they are of the figures published.

        Parameters
        ----------
        exceptions : {"excluding", "including"}
        by : {"quarter", "calendar_year"}

        Returns
        -------
        xarray.DataArray
            From 0 to 1, by quarter or calendar year and draw; NaN where there were none.

        Raises
        ------
        DomainError
            If `exceptions` or `by` is none of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> clock.share_in_time(by="calendar_year")["calendar_year"].values.tolist()
        [2025, 2026]
        """
        if exceptions not in BASES:
            raise DomainError(f"exceptions={exceptions!r}: excluding or including.")
        part = "issued_in_time_excluding" if exceptions == "excluding" else "issued_in_time"
        text = f"Share of plans issued within 20 weeks, {exceptions} exceptions"
        return self._share(part, f"issued_{exceptions}", by, "share_in_time", text)

    def mean_weeks(self, exceptions: str = "excluding", by: str = "quarter") -> xr.DataArray:
        """Return the mean weeks from request to plan, by quarter or calendar year in which plans are issued.

        Weeks of the clock are whole, those begun counted in, so that half a week is taken off here. Where a pack has
        the mean of the last published year, the spread of the clock's weeks begins as the one that gives it together
        with the share in time of that year.

        Parameters
        ----------
        exceptions : {"excluding", "including"}
        by : {"quarter", "calendar_year"}

        Returns
        -------
        xarray.DataArray
            Weeks by quarter or calendar year and draw; NaN where there were no plans.

        Raises
        ------
        DomainError
            If `exceptions` or `by` is none of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> clock.mean_weeks(by="calendar_year").dims
        ('calendar_year', 'draw')
        """
        if exceptions not in BASES:
            raise DomainError(f"exceptions={exceptions!r}: excluding or including.")
        text = f"Mean weeks from request to plan, {exceptions} exceptions"
        found = self._share(
            f"weeks_to_issue_{exceptions}", f"issued_{exceptions}", by, "mean_weeks_to_issue", text
        )
        return (found - PART_OF_A_WEEK).rename(found.name).assign_attrs(found.attrs, units="weeks")

    def share_drafted(self, by: str = "quarter") -> xr.DataArray:
        """Return the share of draft plans within 16 weeks of the request.

        Parameters
        ----------
        by : {"quarter", "calendar_year"}

        Returns
        -------
        xarray.DataArray
            From 0 to 1, by quarter or calendar year and draw; NaN where there were none.

        Raises
        ------
        DomainError
            If `by` is none of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> clock.share_drafted().dims
        ('quarter', 'draw')
        """
        text = "Share of draft plans within 16 weeks"
        return self._share("drafts_in_time", "drafts", by, "share_drafted", text)

    def share_decided(self, by: str = "quarter") -> xr.DataArray:
        """Return the share of requests decided within six weeks.

        Parameters
        ----------
        by : {"quarter", "calendar_year"}

        Returns
        -------
        xarray.DataArray
            From 0 to 1, by quarter or calendar year and draw; NaN where there were none.

        Raises
        ------
        DomainError
            If `by` is none of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> clock.share_decided().attrs["units"]
        'share'
        """
        text = "Share of requests decided within six weeks"
        return self._share("decided_in_time", "decided", by, "share_decided", text)

    def _share(self, part: str, whole: str, by: str, name: str, text: str) -> xr.DataArray:
        if by not in ("quarter", "calendar_year"):
            raise DomainError(f"by={by!r}: quarter or calendar_year.")
        top, bottom = self.data[part], self.data[whole]
        if by == "calendar_year":
            top, bottom = self._yearly(top), self._yearly(bottom)
        return (
            (top / bottom.where(bottom > 0))
            .rename(name)
            .assign_attrs(long_name=text, units="share", kind="flow")
        )

    def yearly(self, name: str) -> xr.DataArray:
        """Return a flow by calendar year, for the years that the run holds whole.

        Parameters
        ----------
        name : str
            A variable by quarter, such as ``requests`` or ``issued``.

        Returns
        -------
        xarray.DataArray
            By calendar year and draw, in the units of the variable.

        Raises
        ------
        UnknownNameError
            If there is no such variable.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=10))
        >>> clock.yearly("requests")["calendar_year"].values.tolist()
        [2025, 2026]
        """
        return self._yearly(self[name])

    def drawn_years(self) -> DrawnYears:
        """Return the years of which the share in time is a forecast, and why the first of the others is none.

        Returns
        -------
        DrawnYears
            ``years``, ``first_not`` and ``why``: an interval wider than 60 points, or outside what the published
            record alone gives. Exceptions are left out of the share.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> len(clock.drawn_years().years) <= 2
        True
        """
        share = 100 * self.share_in_time(by="calendar_year")
        years = [int(y) for y in share["calendar_year"].values]
        found = quantiles(share).transpose("calendar_year", ...).values
        ahead = {
            year: as_interval(row) if np.isfinite(row).all() else None
            for year, row in zip(years, found, strict=True)
        }
        return drawn_years(
            ahead, record_alone(self.provenance.get("published", {}).get("excluding", {}), years)
        )

    def _yearly(self, array: xr.DataArray) -> xr.DataArray:
        """Return a flow by calendar year, the years that the horizon holds whole; all where it holds none."""
        year = self.data["quarter"].dt.year.rename("calendar_year")
        weeks = np.diff(self.data["bound"].values).astype("timedelta64[D]").astype(int) / 7
        long = [y for y in set(year.values) if weeks[year.values == y].sum() >= WHOLE_YEAR]
        inside = np.isin(year.values, long) if long else np.ones(year.size, bool)
        return array.isel(quarter=inside).groupby(year.isel(quarter=inside)).sum()

    def by_year(self) -> pd.DataFrame:
        """Return the main figures by whole calendar year, with their 80 % intervals as text.

        Returns
        -------
        pandas.DataFrame
            A row a calendar year, a column a figure: counts a year and shares in per cent.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> clock.by_year().index.tolist()
        [2025, 2026]
        """
        import pandas as pd

        chosen = {
            "requests": self.data["requests"],
            "refused": self.data["refusals"].sel(refusal="to assess"),
            "overturned": self.data["refusals_overturned"].sum("refusal"),
            "assessments": self.data["assessments"],
            "plans issued": self.data["issued"],
            "mediations": self.data["mediations"].sum("dispute"),
            "appeals": self.data["appeals"].sum("dispute"),
        }
        chosen |= {
            name.replace("_", " "): self.data[name]
            for name in ("reviews_due", "reviews_held")
            if name in self.data
        }
        table = {}
        for name, array in chosen.items():
            table[name] = [interval_text(year) for year in self._yearly(array).transpose(..., "draw").values]
        shares = {
            "within 20 weeks, excluding": self.share_in_time("excluding", "calendar_year"),
            "within 20 weeks, including": self.share_in_time("including", "calendar_year"),
            "drafts within 16": self.share_drafted("calendar_year"),
            "decided within 6": self.share_decided("calendar_year"),
        }
        for name, array in shares.items():
            table[name] = [interval_text(year, "{:.0%}") for year in array.transpose(..., "draw").values]
        years = self.share_decided("calendar_year")["calendar_year"].values.tolist()
        return pd.DataFrame(table, index=pd.Index(years, name="year"))

    @classmethod
    def _from_saved(cls, data: xr.Dataset, provenance: dict[str, Any], held: dict[str, Any]) -> EhcResult:
        published = {
            basis: {int(year): share for year, share in shares.items()}
            for basis, shares in provenance.get("published", {}).items()
        }
        return cls(data, {**provenance, **({"published": published} if published else {})}, **held)

    def _heading(self) -> str:
        sizes = ", ".join(f"{name} {size}" for name, size in self.data.sizes.items())
        return f"{self.title}, {self.data.attrs['area']}: {sizes}"

    def _figures(self) -> pd.DataFrame:
        return self.by_year().T

    def _notes(self) -> list[str]:
        answered = "ehc_answers" in self.provenance
        first = [f"In time {self.provenance['ehc_answers']}.", f"{self._waits_for()}."] if answered else []
        return [
            *first,
            *(str(self.provenance[key]) for key in ("ehc", "ehc_notes") if key in self.provenance),
        ]

    def _waits_for(self) -> str:
        return f"Advice waits for {self.provenance['ehc_waits_for']}"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the share of plans issued within 20 weeks by quarter, on both bases, with its 80 % interval.

        A year whose interval is wider than 60 points, or that the published record contradicts, is no forecast and is
        not drawn, nor is a year after it; the title says why (`drawn_years`).

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> clock = sn.ehc_process(bedford, sn.project(bedford, to=2027, draws=4))
        >>> clock.plot().get_ylabel()
        'plans issued within 20 weeks, %'
        """
        ax = new_axes(ax, (8, 4.4))
        weeks = np.diff(self.data["bound"].values).astype("timedelta64[D]").astype(int) / 7
        whole = weeks >= WHOLE_QUARTER  # the horizon may end within one
        drawn = self.drawn_years()
        if drawn.first_not is not None:
            whole &= self.data["quarter"].dt.year.values < drawn.first_not
        middle = (self.data["bound"].values[:-1] + np.diff(self.data["bound"].values) / 2)[whole]
        for basis in BASES:
            colour, mark = LINES[basis]
            q = quantiles(self.share_in_time(basis)).values[whole] * 100
            if basis == "excluding":
                ax.fill_between(middle, q[:, 0], q[:, 2], color=colour, alpha=0.15, lw=0)
            else:
                ax.plot(middle, q[:, [0, 2]], ":", color=colour, lw=1)
            ax.plot(middle, q[:, 1], mark, color=colour, label=f"{basis} exceptions")
            known = self.provenance.get("published", {}).get(basis, {})
            years = sorted(known)[-PUBLISHED_SHOWN:]
            if years:
                at = np.array([np.datetime64(f"{year}-07-01") for year in years])
                label = "published, of the year" if basis == "excluding" else None
                ax.plot(at, [known[y] * 100 for y in years], "o", color=colour, ms=5, label=label)
        ax.set_ylim(0, 102)
        ax.set_ylabel("plans issued within 20 weeks, %")
        title = "Plans in time by quarter issued: median and 80 % interval"
        if "ehc_answers" in self.provenance:
            lines = textwrap.wrap(f"{self.provenance['ehc_answers']}. {self._waits_for()}", 88)
            title = "\n".join([title, *lines])
        if drawn.first_not is not None:
            title += f"\n{drawn.first_not} and after are not drawn: {drawn.why}"
        ax.set_title(title, loc="left", fontsize=10)
        ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncol=3)
        ax.spines[["top", "right"]].set_visible(False)
        return ax
