"""Run options over one area: need, lists and cost in one result, on shared random numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.need_types import NeedTypes, need_types
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError, Fault, MissingDataError, ScenarioError, expect
from sendneeds.need.change import NeedChange
from sendneeds.need.project import project, shipped_record_table
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios.cost import cost_table
from sendneeds.scenarios.effects import Effect, Setting, cannot, effect
from sendneeds.scenarios.files import Scenario, open_scenarios
from sendneeds.scenarios.levers import LEVERS, Lever, need_change
from sendneeds.waits.options import AS_IT_IS, ServiceOption
from sendneeds.waits.result import WaitsResult
from sendneeds.waits.service_figures import services_of
from sendneeds.waits.simulate import simulate, weeks_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area

Progress = Callable[[int, int, str], None]


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
    """

    area: Area
    need: NeedProjection
    types: NeedTypes
    scenarios: list[Scenario]
    waits: WaitsResult | None
    costs: pd.DataFrame
    needs: dict[str, NeedProjection] = field(default_factory=dict)

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
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"

    def to_tidy(self) -> pd.DataFrame:
        """Return children by need type and the monthly state of every list as one tidy table of 80 % intervals."""
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
        return pd.concat(frames, ignore_index=True)

    def save(self, path: str | Path) -> Path:
        """Write the run to one NetCDF file with the groups need, types and lists, whole or not at all."""
        import xarray as xr

        path = Path(path)
        tree = {"/need": self.need.data, "/types": self.types.data}
        tree |= {f"/needs/{name}": own.data for name, own in self.needs.items()}
        if self.waits is not None:
            tree["/lists"] = self.waits.data
        top = xr.Dataset(
            attrs={
                "provenance": json.dumps(self.provenance, sort_keys=True, default=str),
                "area_slug": self.area.slug,
                "costs": self.costs.to_json(orient="records"),
                "parameters": self.parameters.to_json(orient="records"),
                "scenarios": json.dumps([[s.name, s.title, s.note] for s in self.scenarios]),
            }
        )
        part = path.with_name(path.name + ".part")
        whole = xr.DataTree.from_dict({"/": top, **tree})
        squeeze = {"zlib": True, "complevel": 1}
        encoding = {group: {str(v): squeeze for v in data.data_vars} for group, data in tree.items()}
        whole.to_netcdf(part, engine="h5netcdf", encoding=encoding)
        os.replace(part, path)
        return path


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

    from sendneeds.evidence.pack import open_area

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
    return RunResult(area, need, types, [Scenario(*t) for t in titles], waits, costs, needs)


def run(
    area: Area,
    options: Sequence[Scenario] | None = None,
    draws: int = 1000,
    seed: int = 1,
    *,
    to: int = 2035,
    until: date | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Project need, simulate the lists under every option and cost them.

    Parameters
    ----------
    area : Area
    options : sequence of Scenario, optional
        Those that the pack ships when left out; the baseline is always run.
    draws, seed : int
        Options share their random numbers, so differences are between like and like.
    to : int
        Last January of the projection.
    until : date, optional
        Last week of the lists; the end of the scored years when left out.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    RunResult

    Raises
    ------
    ScenarioError
        If a lever names a service that has no list here, or a date outside the run: all of them at once.
    DomainError
        If two options have one name.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2031)
    >>> [s.name for s in result.scenarios]
    ['baseline', 'fill-slt-posts']
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    scenarios = list(options) if options is not None else open_scenarios(area)
    if not any(s.name == "baseline" for s in scenarios):
        scenarios.insert(0, Scenario("baseline", "As things stand"))
    names = [s.name for s in scenarios]
    if len(set(names)) < len(names):
        raise DomainError(f"two options have one name: {', '.join(names)}. Give each a name of its own.")
    need = project(area, to=to, draws=draws, seed=seed, progress=progress)
    types = need_types(need)
    needs = {
        s.name: project(area, to=to, draws=draws, seed=seed, change=change, progress=progress)
        for s in scenarios
        if (change := need_change(s.levers)) != NeedChange()
    }
    on_services = [(s.name, lever) for s in scenarios for lever in s.levers if lever.kind in LEVERS]
    if not area.has("service_parameters"):
        _refuse(on_services, None, [], None)
        return RunResult(area, need, types, scenarios, None, cost_table([], np.array([])), needs)
    parameters = Parameters(area)
    days = weeks_of(area, need, until)
    _refuse(on_services, parameters, services_of(parameters), days)
    effects = _effects(on_services, Setting(parameters, need, days))
    changed = {s.name: _together([(v, e) for n, v, e in effects if n == s.name]) for s in scenarios}
    waits = simulate(area, need, until=until, options=changed, needs=needs, progress=progress)
    return RunResult(area, need, types, scenarios, waits, cost_table(effects, days), needs)


def _effects(levers: list[tuple[str, Lever]], at: Setting) -> list[tuple[str, Lever, Effect]]:
    """Return what every lever does; a budget that buys sessions of two services is paid for once."""
    out, paid = [], set()
    for name, lever in levers:
        found = effect(lever, at)
        if lever.kind == "personal_budgets":
            if name in paid:
                found = replace(found, units=np.zeros_like(found.units))
            paid.add(name)
        out.append((name, lever, found))
    return out


def _refuse(
    levers: list[tuple[str, Lever]],
    parameters: Parameters | None,
    services: list[str],
    days: np.ndarray | None,
) -> None:
    """Raise every lever that this run cannot pull."""
    faults = []
    for name, lever in levers:
        lacking = (
            "none: the pack has no services" if parameters is None else cannot(lever, parameters, services)
        )
        if lacking:
            cure = "Name another service, or add its figures to service_parameters.csv."
            faults.append(Fault(name, 0, f"{lever.kind}.service", lever.service, lacking, cure))
        elif days is not None and lever.start is not None and np.datetime64(lever.start, "D") > days[-1]:
            allowed = f"up to {days[-1]}, the last week of the run"
            cure = "Start the lever earlier, or run the lists longer (until=...)."
            faults.append(Fault(name, 0, f"{lever.kind}.from", str(lever.start), allowed, cure))
    if faults:
        raise ScenarioError("The options cannot be run on this area", faults)


def _together(effects: list[tuple[Lever, Effect]]) -> dict[str, ServiceOption]:
    """Put together what the levers of one scenario do to each service."""
    out: dict[str, ServiceOption] = {}
    for lever, found in effects:
        out[lever.service] = out.get(lever.service, AS_IT_IS).and_also(found.option)
    return out
