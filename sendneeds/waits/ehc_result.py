"""What a run of the EHC clock is: requests, decisions and plans by quarter and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.results import Result

if TYPE_CHECKING:
    import xarray as xr

FLOWS = {
    "requests": "Requests for an EHC needs assessment",
    "decided": "Requests decided",
    "decided_in_time": "Requests decided within six weeks",
    "refused": "Requests refused or withdrawn",
    "assessments": "Assessments finished",
    "issued": "Plans issued",
    "issued_in_time": "Plans issued within 20 weeks",
    "issued_excluding": "Plans issued, exceptions left out",
    "issued_in_time_excluding": "Plans issued within 20 weeks, exceptions left out",
    "issued_over_52": "Plans issued after 52 weeks",
}


@dataclass(frozen=True, repr=False)
class EhcResult(Result):
    """The EHC process by quarter.

    `data` holds flows (quarter, draw), ``in_progress`` (bound, draw), the requests and assessments under way that
    will lead to a plan, ``appeals`` (quarter, draw) and ``annual_reviews`` (calendar_year, draw).

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    """

    title = "EHC clock"

    def share_in_time(self, exceptions: str = "excluding", by: str = "quarter") -> xr.DataArray:
        """Return the share of plans issued within 20 weeks, by quarter or calendar year.

        Parameters
        ----------
        exceptions : {"excluding", "including"}
        by : {"quarter", "calendar_year"}

        Returns
        -------
        xarray.DataArray
        """
        if exceptions not in ("excluding", "including") or by not in ("quarter", "calendar_year"):
            raise DomainError(
                f"exceptions={exceptions!r}, by={by!r}: excluding or including, by quarter or calendar_year."
            )
        tail = "_excluding" if exceptions == "excluding" else ""
        part, whole = self.data[f"issued_in_time{tail}"], self.data[f"issued{tail}"]
        if by == "calendar_year":
            year = self.data["quarter"].dt.year.rename("calendar_year")
            part, whole = part.groupby(year).sum(), whole.groupby(year).sum()
        share = part / whole.where(whole > 0)
        text = f"Share of plans issued within 20 weeks, {exceptions} exceptions"
        return share.rename("share_in_time").assign_attrs(long_name=text, units="share", kind="flow")
