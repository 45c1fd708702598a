"""What a simulation of services with stages is: stocks and flows by service, week and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.results import Result, quantiles
from sendneeds.foundation.vocabulary import SERVICES, WEEK_BANDS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from sendneeds.evidence.area import Area
    from sendneeds.kernel.service_path import ServicePath
    from sendneeds.waits.service_figures import Figures

STOCKS = {
    "waiting": ("Children waiting for a first assessment", "children"),
    "waiting_within_18": ("Children waiting 18 weeks or less", "children"),
    "waiting_over_52": ("Children waiting over 52 weeks", "children"),
    "overdue_sessions": ("Follow-up sessions past due", "sessions"),
    "overdue_weeks": ("Weeks past due of the sessions past due, added up", "weeks"),
    "in_service": ("Children between their first assessment and their last session", "children"),
    "advice_waiting": ("Requests for statutory advice in hand", "requests"),
}
FLOWS = {
    "joined": ("Referrals accepted", "children a week"),
    "diverted": ("Referrals not accepted", "children a week"),
    "left": ("Children who left the list unseen", "children a week"),
    "aged_out": ("Children who reached the age limit waiting", "children a week"),
    "seen": ("Children seen for the first time", "children a week"),
    "outsourced": ("Children seen by a second provider", "children a week"),
    "seen_weeks": ("Weeks waited by those seen, added up", "weeks"),
    "sessions": ("Follow-up sessions delivered", "sessions a week"),
    "late_weeks": ("Weeks past due of the sessions delivered, added up", "weeks"),
    "discharged": ("Children discharged", "children a week"),
    "advice_done": ("Statutory advice given", "requests a week"),
    "advice_in_time": ("Statutory advice given within six weeks", "requests a week"),
}
USES = ("advice", "follow_up", "first", "wasted", "idle")


@dataclass(frozen=True, repr=False)
class ServiceResult(Result):
    """Services with stages over weeks and draws.

    `data` has stocks (service, week, draw) at the start of each week, the opening in front; flows (service,
    week_commencing, draw); ``slots`` (service, use, week_commencing, draw); ``waiting_by_band`` and ``seen_by_band``
    (service, band, week or week_commencing, draw); and ``load`` (service, calendar_year, draw), the slots that
    referrals and requests ask for over those there are.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    parameters : pandas.DataFrame
        Every figure used, with its interval, basis and source.
    area_name : str
    """

    parameters: pd.DataFrame
    area_name: str

    title = "Services with stages"

    def overload(self) -> pd.DataFrame:
        """Return the load by service and year, and the probability that it is over 1: that waits grow without end."""
        import pandas as pd

        load = self.data["load"]
        low, central, high = (load.quantile(q, dim="draw").values for q in (0.1, 0.5, 0.9))
        over = (load > 1).mean("draw").values
        index = pd.MultiIndex.from_product(
            [load["service"].values, load["calendar_year"].values], names=["service", "calendar_year"]
        )
        columns = {"low": low, "central": central, "high": high, "probability_over_1": over}
        frame = pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)
        return frame.reset_index()

    def plot(self, service: str) -> Figure:
        """Plot a service's list beside its overdue sessions: medians and 80 % intervals.

        Parameters
        ----------
        service : str
        """
        import matplotlib.pyplot as plt

        if service not in self.data["service"].values:
            raise unknown("service", service, map(str, self.data["service"].values))
        figure, panels = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
        for panel, name in zip(panels, ("waiting", "overdue_sessions"), strict=True):
            array = self.data[name].sel(service=service)
            q = quantiles(array)
            week = q["week"].values
            panel.fill_between(week, q.isel(quantile=0), q.isel(quantile=2), color="#12436D", alpha=0.2, lw=0)
            panel.plot(week, q.isel(quantile=1), color="#12436D")
            panel.set_title(array.attrs["long_name"], loc="left")
            panel.set_ylabel(array.attrs["units"])
            panel.set_ylim(bottom=0)
        figure.suptitle(f"{self.area_name}: {SERVICES[service]}")
        return figure


def dataset(
    area: Area, paths: dict[str, tuple[ServicePath, Figures, np.ndarray]], days: np.ndarray, seed: int
) -> xr.Dataset:
    """Return paths by service as labelled arrays."""
    import xarray as xr

    bounds = np.append(days, days[-1] + 7)
    bands = list(WEEK_BANDS)
    at_18, at_52 = bands.index(">18-52"), bands.index(">52")
    year = days.astype("datetime64[Y]").astype(int) + 1970
    columns: dict[str, list[np.ndarray]] = {}
    for path, found, expected in paths.values():
        waiting = path.waiting.sum(axis=0)
        values: dict[str, Any] = {name: getattr(path, name) for name in FLOWS if name != "seen"}
        values |= {
            "seen": path.seen.sum(axis=0),
            "waiting": waiting,
            "waiting_within_18": waiting - path.waiting_bands[at_18:].sum(axis=0),
            "waiting_over_52": path.waiting_bands[at_52],
            "overdue_sessions": path.overdue,
            "overdue_weeks": path.overdue_weeks,
            "in_service": path.in_service,
            "advice_waiting": path.advice_waiting,
            "waiting_by_band": path.waiting_bands,
            "seen_by_band": path.seen_bands,
            "slots": np.stack([getattr(path, f"{use}_slots") for use in USES]) / np.float32(found.units),
            "load": np.stack(
                [
                    expected[year == y].sum(axis=0) / np.maximum(found.slots[year == y].sum(axis=0), 1e-9)
                    for y in np.unique(year)
                ]
            ).astype(np.float32),
        }
        for name, value in values.items():
            columns.setdefault(name, []).append(value)
    dims: dict[str, tuple[str, ...]] = dict.fromkeys(STOCKS, ("service", "week", "draw"))
    dims |= dict.fromkeys(FLOWS, ("service", "week_commencing", "draw"))
    dims |= {
        "waiting_by_band": ("service", "band", "week", "draw"),
        "seen_by_band": ("service", "band", "week_commencing", "draw"),
        "slots": ("service", "use", "week_commencing", "draw"),
        "load": ("service", "calendar_year", "draw"),
    }
    words = {name: (*text, "stock") for name, text in STOCKS.items()}
    words |= {name: (*text, "flow") for name, text in FLOWS.items()}
    words |= {
        "waiting_by_band": ("Children waiting by weeks waited", "children", "stock"),
        "seen_by_band": ("Children seen by weeks waited", "children a week", "flow"),
        "slots": ("Slots by use", "slots a week", "flow"),
        "load": ("Slots asked for over slots there are", "ratio", "flow"),
    }
    arrays = {
        name: (
            dims[name],
            np.stack(column),
            dict(zip(("long_name", "units", "kind"), words[name], strict=True)),
        )
        for name, column in columns.items()
    }
    return xr.Dataset(
        arrays,
        coords={
            "service": list(paths),
            "week": bounds.astype("datetime64[ns]"),
            "week_commencing": days.astype("datetime64[ns]"),
            "band": bands,
            "use": list(USES),
            "calendar_year": np.unique(year),
            "draw": np.arange(next(iter(paths.values()))[1].slots.shape[1]),
        },
        attrs={"area": area.code, "seed": seed},
    )
