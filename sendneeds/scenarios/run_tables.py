"""The tidy tables of a run: which figures of lists, the clock and places its summary holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.intervals import interval_table, interval_text
from sendneeds.foundation.results import check_rows
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.places.result import PlacesResult

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.foundation.results import Result
    from sendneeds.need.projection import NeedProjection
    from sendneeds.scenarios.scenario import Scenario

LIST_MEASURES = ("waiting", "waiting_over_52", "waiting_p92")
"""Stocks of the lists in a summary, at the start of each month's first week."""

PLACE_MEASURES = ("shortfall", "cost", "transported", "transport_cost", "out_of_area", "capital")
"""Figures of places in a summary beside children by setting."""


class ByScenario(dict[str, Any]):
    """Results by scenario; unknown names raise, listing the valid ones."""

    def __missing__(self, name: str) -> Any:
        raise unknown("option", str(name), self, "" if self else "None was made: see `missing`.")


def no_rows() -> pd.DataFrame:
    """Return a table without rows or columns."""
    import pandas as pd

    return pd.DataFrame()


def variables(parts: Mapping[str, Result]) -> pd.DataFrame:
    """Return what a run holds, a row a part; parts by scenario as the baseline's."""
    import pandas as pd

    rows = [
        (path, f"{part.title}: {', '.join(list(part))}", "", "", "")
        for path, part in parts.items()
        if path.partition("/")[2] in ("", BASELINE)
    ]
    return pd.DataFrame(rows, columns=["variable", "what", "units", "kind", "by"])


def clock_tables(clock: EhcResult) -> list[pd.DataFrame]:
    """Return the EHC process by quarter as tidy tables of 80 % intervals: flows, stocks, and the shares in time."""
    frames = [clock.summary()]
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
    frames += [places.summary(name) for name in PLACE_MEASURES if name in places.data]
    return frames


def plan_tables(needs: Mapping[str, tuple[NeedProjection, NeedProjection]]) -> pd.DataFrame:
    """Return plans each January by scenario, as projected and as issued, with 80 % intervals.

    Parameters
    ----------
    needs : mapping of scenario to (NeedProjection, NeedProjection)
        As projected, and without the plans that staff hold up.
    """
    import pandas as pd

    frames = [
        interval_table(need.total("E").rename("plans")).assign(scenario=scenario, counted=counted)
        for scenario, both in needs.items()
        for counted, need in zip(("projected", "issued"), both, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)[["scenario", "year", "counted", "low", "central", "high"]]


ADVICE = {"ratio": "advice_ratio", "wte": "implied_wte"}
"""What the pace of the record asks for: reports over those of the year before the start, and staff where known."""


def advice_table(clock: Mapping[str, EhcResult]) -> pd.DataFrame:
    """Return the advice that each scenario's requests ask for by calendar year, with 80 % intervals.

    Parameters
    ----------
    clock : mapping of scenario to EhcResult
    """
    import pandas as pd

    frames = [
        interval_table(one.data[name].rename(measure)).assign(scenario=scenario, measure=measure)
        for scenario, one in clock.items()
        for measure, name in ADVICE.items()
        if name in one.data
    ]
    columns = ["scenario", "calendar_year", "measure", "low", "central", "high"]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def advice_notes(clock: Mapping[str, EhcResult], names: Iterable[str]) -> list[str]:
    """Return what the requests of scenarios ask of psychologists where these stay the baseline's, a sentence each.

    Parameters
    ----------
    clock : mapping of scenario to EhcResult
    names : iterable of str
        Scenarios that change requests, and whose staff follow the record.
    """
    out = []
    for name in names:
        own, base = clock[name].data, clock[BASELINE].data
        before, year = int(own["calendar_year"][0]), int(clock[name].yearly("issued")["calendar_year"][-1])
        ratio, other = (one["advice_ratio"].sel(calendar_year=year) for one in (own, base))
        text = (
            f"{name}: its requests ask for {interval_text(ratio, '{:.2f}')} times the reports of {before} from "
            f"psychologists in {year}, where the baseline asks for {interval_text(other, '{:.2f}')}"
        )
        if "implied_wte" in own:
            staff, there = (one["implied_wte"].sel(calendar_year=year) for one in (own, base))
            text += f": {interval_text(staff, '{:.1f}')} whole-time equivalents for {interval_text(there, '{:.1f}')}"
        out.append(f"{text}. It is run on the baseline's staff: a lever on posts keeps the pace.")
    return out


def option_table(
    scenarios: Sequence[Scenario], clock: Mapping[str, EhcResult], places: Mapping[str, PlacesResult]
) -> pd.DataFrame:
    """Return a row an option: what it is, plans in time and children in independent schools at the end."""
    import pandas as pd

    table: dict[str, list[str]] = {"title": [s.title for s in scenarios]}
    names = [s.name for s in scenarios]
    if clock:
        shares = {
            name: part.share_in_time("excluding", "calendar_year").isel(calendar_year=-1)
            for name, part in clock.items()
        }
        year = int(shares[BASELINE]["calendar_year"])
        table[f"plans within 20 weeks, {year}"] = [interval_text(shares[n], "{:.0%}") for n in names]
    if places:
        away = {n: p.by_setting().sel(setting="independent").isel(year=-1) for n, p in places.items()}
        year = int(away[BASELINE]["year"])
        table[f"in independent schools, January {year}"] = [interval_text(away[n]) for n in names]
    return pd.DataFrame(table, index=pd.Index(names, name="option"))


def draws_table(run: Any, name: str | None) -> pd.DataFrame:
    """Return a run, or a part or variable of it, as one row a cell and draw (`RunResult.to_dataframe`)."""
    import pandas as pd

    chosen: dict[str, tuple[Result, str | None]]
    if name is None:
        chosen = {path: (part, None) for path, part in run.parts.items()}
    elif name in run.parts:
        chosen = {name: (run.parts[name], None)}
    else:
        path, _, inner = name.rpartition("/")
        _ = run[name]
        chosen = {path: (run.parts[path], inner)}
    check_rows(run.title, sum(part._cells(variable) for part, variable in chosen.values()))
    frames = []
    for path, (part, variable) in chosen.items():
        frame = part.to_dataframe(variable)
        frame.insert(0, "part", path)
        frames.append(frame)
    attrs = {
        what: {k: v for f in frames for k, v in f.attrs[what].items()} for what in ("units", "long_name")
    }
    table = pd.concat(frames, ignore_index=True)
    table = table[[*(c for c in table.columns if c != "value"), "value"]]
    table.attrs = attrs
    return table
