"""What a run is: need, services, the EHC clock, places and cost by option; saved to a file and opened again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.need_types import NeedTypes
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.outputs import write_output
from sendneeds.foundation.results import interval_table
from sendneeds.need.project import shipped_record_table
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios.files import Scenario
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.places.result import PlacesResult
from sendneeds.waits.services.result import WaitsResult

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area

PLACE_MEASURES = ("shortfall", "cost", "transported", "transport_cost", "out_of_area", "capital")
"""What is told of places beside children by setting."""


class ByScenario(dict[str, Any]):
    """Results by scenario; a name that none has is told with those there are."""

    def __missing__(self, name: str) -> Any:
        raise unknown("option", str(name), self, "" if self else "None was made: see what is lacking.")


@dataclass(frozen=True, repr=False)
class RunResult:
    """What every option does in one area.

    Parameters
    ----------
    area : Area
    need : NeedProjection
        Of the baseline.
    types : NeedTypes
    scenarios : list of Scenario
    waits : WaitsResult or None
        None where the area has no service with enough figures.
    needs : dict of str to NeedProjection
        For options that change need itself.
    costs : pandas.DataFrame
        A row a scenario, funder, financial year, cost type and item: low, central, high GBP (80 % of draws).
    clock : dict of str to EhcResult
        The EHC process by scenario, in the first draws of the run (`clocks.CLOCK_DRAWS`); empty where the area lacks
        its tables. Its services are those of `waits`: what they are asked for, and when they answer, is the same.
    places : dict of str to PlacesResult
        Children with a plan by setting, by scenario; empty where the area lacks its tables.
    lacking : tuple of str
        What could not be made, and why.
    notes : tuple of str
        What is odd in an option but was run, a sentence each.
    """

    area: Area
    need: NeedProjection
    types: NeedTypes
    scenarios: list[Scenario]
    waits: WaitsResult | None
    costs: pd.DataFrame
    needs: dict[str, NeedProjection] = field(default_factory=dict)
    clock: dict[str, EhcResult] = field(default_factory=dict)
    places: dict[str, PlacesResult] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("clock", "places"):
            object.__setattr__(self, name, ByScenario(getattr(self, name)))

    @property
    def services(self) -> list[str]:
        """Services with a list."""
        return [] if self.waits is None else self.waits.with_list

    @property
    def lists(self) -> xr.Dataset:
        """The services by scenario, service, week and draw, those without a list included.

        Raises
        ------
        MissingDataError
            If no list could be simulated.
        """
        if self.waits is None:
            raise MissingDataError(
                f"{self.area.name}: no list was simulated, because service_parameters.csv is not in the pack. "
                "Start from the Bedford pack's table and put in the area's own figures."
            )
        return self.waits.data

    @property
    def parameters(self) -> pd.DataFrame:
        """Every service figure used, with its interval, basis and source."""
        import pandas as pd

        return pd.DataFrame() if self.waits is None else self.waits.parameters

    @property
    def provenance(self) -> dict[str, Any]:
        """What a reader needs to make the same numbers again."""
        base = dict(self.need.provenance if self.waits is None else self.waits.provenance)
        return {**base, "scenarios": [s.name for s in self.scenarios]}

    def __repr__(self) -> str:
        lines = [
            f"Run of {self.area.name}: {len(self.scenarios)} options, {self.need.provenance['draws']} draws"
        ]
        lines += [f"  {s.name}: {s.title}" for s in self.scenarios]
        lines.append(f"  lists: {', '.join(self.services) or 'none'}")
        if self.clock:
            share = self.clock["baseline"].share_in_time("excluding", "calendar_year").isel(calendar_year=-1)
            low, central, high = np.nanquantile(share.values, (0.1, 0.5, 0.9))
            year = int(share["calendar_year"])
            lines.append(f"  plans within 20 weeks in {year}: {central:.0%} ({low:.0%} to {high:.0%})")
        if self.places:
            away = self.places["baseline"].by_setting("placed").sel(setting="independent").isel(year=-1)
            low, central, high = np.quantile(away.values, (0.1, 0.5, 0.9))
            lines.append(
                f"  in independent special schools in January {int(away['year'])}: {central:,.0f} "
                f"({low:,.0f} to {high:,.0f})"
            )
        lines += [f"  not made: {text}" for text in self.lacking]
        return "\n".join([*lines, *(f"  note: {text}" for text in self.notes)])

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"

    def to_tidy(self) -> pd.DataFrame:
        """Return need types, lists month by month, the clock and places as one tidy table of 80 % intervals."""
        import pandas as pd

        frames = [self.types.to_tidy("children")]
        if self.waits is not None:
            monthly = WaitsResult(
                self.waits.data.isel(week=slice(None, None, 4))[
                    ["waiting", "waiting_over_52", "waiting_p92"]
                ],
                {},
                self.waits.parameters,
                self.area.name,
            )
            frames.append(monthly.to_tidy())
        frames += [
            table.assign(scenario=name) for name, one in self.clock.items() for table in clock_tables(one)
        ]
        frames += [
            table.assign(scenario=name) for name, one in self.places.items() for table in place_tables(one)
        ]
        return pd.concat(frames, ignore_index=True)

    def save(self, path: str | Path) -> Path:
        """Write the run to one NetCDF file, whole or not at all: groups need, types, lists, clock and places."""
        import xarray as xr

        path = Path(path)
        tree = {"/need": self.need.data, "/types": self.types.data}
        tree |= {f"/needs/{name}": own.data for name, own in self.needs.items()}
        if self.waits is not None:
            tree["/lists"] = self.waits.data
        for kind, results in (("clock", self.clock), ("places", self.places)):
            for name, one in results.items():
                if name == "baseline" or one is not results["baseline"]:  # the others have the baseline's
                    made = json.dumps(one.provenance, sort_keys=True, default=str)
                    tree[f"/{kind}/{name}"] = one.data.assign_attrs(provenance=made)
        top = xr.Dataset(
            attrs={
                "provenance": json.dumps(self.provenance, sort_keys=True, default=str),
                "area_slug": self.area.slug,
                "costs": self.costs.to_json(orient="records"),
                "parameters": self.parameters.to_json(orient="records"),
                "scenarios": json.dumps([[s.name, s.title, s.note] for s in self.scenarios]),
                "lacking": json.dumps(self.lacking),
                "notes": json.dumps(self.notes),
            }
        )
        whole = xr.DataTree.from_dict({"/": top, **tree})
        squeeze = {"zlib": True, "complevel": 1}
        encoding = {group: {str(v): squeeze for v in data.data_vars} for group, data in tree.items()}

        def netcdf(part: Path) -> None:
            whole.to_netcdf(part, engine="h5netcdf", encoding=encoding)

        return write_output(path.parent, path.name, netcdf, self.area.basis)


def open_run(path: str | Path, area: Area | None = None) -> RunResult:
    """Open a run that `RunResult.save` wrote.

    Parameters
    ----------
    path : str or Path
    area : Area, optional
        The area of the run; the shipped pack of the same name when left out.

    Returns
    -------
    RunResult
        Its scenarios carry names, titles and notes; their levers are not saved.

    Raises
    ------
    MissingDataError
        If there is no such file, or it is not a saved run.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> luton = sn.run(sn.open_area("luton"), draws=10, to=2026)
    >>> sn.open_run(luton.save(Path(tempfile.mkdtemp()) / "run.nc")).scenarios[0].name
    'baseline'
    """
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.pack.read import open_area

    path = Path(path)
    if not path.is_file():
        raise MissingDataError(f"{path}: there is no such file. Save a run with result.save('{path.name}').")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
        made = json.loads(tree.attrs["provenance"])
        titles = json.loads(tree.attrs["scenarios"])
    except (OSError, KeyError, ValueError) as error:
        raise MissingDataError(f"{path}: this is not a run that sendneeds saved ({error}).") from None
    area = area or open_area(tree.attrs["area_slug"])
    need = NeedProjection(tree["need"].to_dataset(), made, area, shipped_record_table())
    types = NeedTypes(tree["types"].to_dataset(), made, area.name)
    costs, used = (pd.DataFrame(json.loads(tree.attrs[k])) for k in ("costs", "parameters"))
    waits = (
        WaitsResult(tree["lists"].to_dataset(), made, used, area.name) if "lists" in tree.children else None
    )
    needs = {
        str(name): NeedProjection(group.to_dataset(), made, area, need.record)
        for name, group in (tree["needs"].children.items() if "needs" in tree.children else ())
    }
    clock: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for name, *_ in titles:
        for kind, out in (("clock", clock), ("places", places)):
            group = tree[kind].children if kind in tree.children else {}
            if "baseline" not in group:
                continue
            if name not in group:
                out[name] = out["baseline"]
                continue
            data = group[name].to_dataset()
            own = json.loads(data.attrs.pop("provenance"))
            out[name] = EhcResult(data, own) if kind == "clock" else PlacesResult(data, own, area.name)
    options = [Scenario(*title) for title in titles]
    lacking, notes = (tuple(json.loads(tree.attrs.get(k, "[]"))) for k in ("lacking", "notes"))
    return RunResult(area, need, types, options, waits, costs, needs, clock, places, lacking, notes)


def clock_tables(clock: EhcResult) -> list[pd.DataFrame]:
    """Return the EHC process by quarter as tidy tables of 80 % intervals: flows, stocks, and the shares in time."""
    frames = [clock.to_tidy()]
    for exceptions in ("excluding", "including"):
        share = clock.share_in_time(exceptions)
        frame = interval_table(share)
        frame.insert(0, "variable", f"share_in_time_{exceptions}")
        frames.append(frame.assign(units="share"))
    return frames


def place_tables(places: PlacesResult) -> list[pd.DataFrame]:
    """Return children by setting, what is short and what it costs, by year, as tidy tables of 80 % intervals."""
    frames = []
    for name in ("placed", "needed", "wanted"):
        frame = interval_table(places.by_setting(name))
        frame.insert(0, "variable", name)
        frames.append(frame.assign(units="children"))
    frames += [places.to_tidy(name) for name in PLACE_MEASURES if name in places.data]
    return frames
