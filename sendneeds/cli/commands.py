"""What each command does: call the public functions, and write what they return."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sendneeds as sn
from sendneeds.cli.texts import OTHER_RELEASES
from sendneeds.evidence.disclosure.protected import protect_area
from sendneeds.evidence.disclosure.run_tables import NEED, SERVICES, shown_table
from sendneeds.foundation.csv_text import table_csv
from sendneeds.foundation.disclosure.profiles import profile
from sendneeds.foundation.errors import DomainError, PackError, ScenarioError, SendneedsError
from sendneeds.foundation.folders import check_replaceable, whole_folder
from sendneeds.foundation.intervals import interval_table
from sendneeds.foundation.outputs import INTERNAL, MARK, Basis, write_output
from sendneeds.foundation.progress import Progress, progress_bar
from sendneeds.foundation.vocabulary import BASELINE, BASES, NO_NEED

REFORM, LIBRARY = "reform", "library"
"""What stands for scenarios that ship in place of a path; names of the library may follow, ``library:a,b``."""
REPORT = "sendneeds check "
"""First words of every report of `check`."""
SERVICE_TABLES = ("lists", "flows", "bands", "years", "slots", "parameters", "sessions", "probability")
"""Tables that come from the simulation of services, which starts from the area's lists."""
COMPARED = (
    *("probability", "differences", "sessions", "plans", "places", "costs"),
    *("paid", "value", "verdicts"),
)
"""Tables of a comparison that are written, those that have rows."""


def output_folder(args: argparse.Namespace) -> Path:
    """Return the folder to write, having made sure before any long work that it may be written."""
    out = Path(args.out or Path("build") / f"{Path(args.area).resolve().name}{args.suffix}")
    check_replaceable(out, args.force)
    return out


def area_of(args: argparse.Namespace) -> Any:
    """Return the area asked for: of a pack, or of the release that ``--release`` names."""
    others = {name.replace("-", "_"): getattr(args, name.replace("-", "_"), None) for name in OTHER_RELEASES}
    if args.release is None:
        given = [name for name in (*OTHER_RELEASES, "icb") if getattr(args, name.replace("-", "_"), None)]
        if given:
            raise DomainError(
                f"--{given[0]} goes with --release ZIP, the SEN2 release: a pack has its own tables."
            )
        return sn.open_area(args.area)
    area = sn.read_area(args.area, release=args.release, icb=args.icb, **others)
    args.area = area.slug
    return area


def provenance_of(args: argparse.Namespace, result: Any) -> dict[str, Any]:
    """Return what a reader needs to make the same tables again."""
    return {**result.provenance, "command": args.command, "to": args.to}


def simulate(args: argparse.Namespace, area: Any, tick: Progress) -> Any:
    """Simulate the area under the scenarios that were asked for."""
    from sendneeds.scenarios.run import needs_changed, size_of_run

    chosen = chosen_scenarios(args, area)
    options = len(chosen) + all(one.name != BASELINE for one in chosen)
    size = size_of_run(area, args.draws, options, args.to, needs=len(needs_changed(chosen)))
    tell(args, size.text())
    return sn.run(
        area, chosen, draws=args.draws, seed=args.seed, to=args.to, staffing=args.staffing, progress=tick
    )


def tell(args: argparse.Namespace, text: str) -> None:
    """Print a line on standard error, where a progress bar is shown."""
    if sys.stderr.isatty() if args.progress is None else args.progress:
        print(text, file=sys.stderr)


def chosen_scenarios(args: argparse.Namespace, area: Any) -> list[Any]:
    """Return the scenarios that were asked for: of the reform or the library, of a path, else of the pack."""
    if args.scenarios == REFORM:
        return sn.reform_scenarios(area)
    word, colon, names = (args.scenarios or "").partition(":")
    if word == LIBRARY:
        return sn.library_scenarios(area, names.split(",") if colon else None)
    return sn.open_scenarios(args.scenarios or area, area, to=args.to)


def in_pounds(costs: Any) -> Any:
    """Return the costs in whole pounds: their figures are known to no more."""
    return costs.assign(**{name: costs[name].astype(float).round() for name in ("low", "central", "high")})


@contextmanager
def tables_folder(
    args: argparse.Namespace, area: Any, out: Path, made: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Give a mapping to fill with tables; each is written under its name, less what the profile withholds."""
    protected = protect_area(area, profile(args.profile))
    statement = protected.statement()
    basis = area.basis.cleared_by(statement)
    with whole_folder(out, {**made, "disclosure": statement}, args.force) as folder:
        tables: dict[str, Any] = {}
        yield tables
        for name, table in tables.items():
            made_by = SERVICES if name in SERVICE_TABLES else NEED
            write_output(folder, f"{name}.csv", table_csv(shown_table(table, protected, made_by)), basis)
    for sentence in protected.sentences():
        print(sentence)


def need_tables(need: Any) -> dict[str, Any]:
    """Return the tables of a projection by name: sums over draws first, then their 80 % intervals."""
    import pandas as pd

    children = need.data["children"]
    tables = {"totals": interval_table(children.sum(("need", "age")))}
    for name, cube in {"by_need": children.sum("age"), "children": children}.items():
        table = interval_table(cube)
        tables[name] = table[(table["provision"] == "N") == (table["need"] == NO_NEED)]
    return {**tables, "assumptions": pd.DataFrame({"assumption": need.assumptions}), "record": need.record}


def service_tables(lists: Any) -> dict[str, Any]:
    """Return the services, one table for each kind of time: weeks, months, Januaries by band, years.

    Percentiles of waits stand with the lists, at the weeks in which they are known.
    """
    import pandas as pd

    tables: dict[str, list[Any]] = {}
    names = {"week": "lists", "week_commencing": "flows", "january": "bands", "calendar_year": "years"}
    for variable, cube in lists.data_vars.items():
        if "scenario" not in cube.dims:
            time = "throughput"
        elif "month" in cube.dims:
            time = "slots" if "use" in cube.dims else "flows"
        else:
            if "band" not in cube.dims:
                at = {"month_start", "january"} & set(cube.dims)
                cube = cube.rename(dict.fromkeys(at, "week"))
            time = names[next(iter(set(names) & set(cube.dims)))]
        frame = interval_table(cube)
        frame.insert(0, "variable", variable)
        frame["units"] = cube.attrs["units"]
        tables.setdefault(time, []).append(frame)
    return {name: pd.concat(frames) for name, frames in tables.items()}


def by_scenario(results: dict[str, Any], tables: Callable[[Any], list[Any]]) -> Any:
    """Return the tidy tables of every scenario as one."""
    import pandas as pd

    return pd.concat(
        table.assign(scenario=scenario) for scenario, result in results.items() for table in tables(result)
    )


def do_chapter(args: argparse.Namespace) -> int:
    """Write the chapter."""
    area = area_of(args)
    out = output_folder(args)
    if args.template is not None:
        from sendneeds.chapter.template_check import check_template

        check_template(args.template)  # before the run, not after it
    with progress_bar(args.progress) as tick:
        result = simulate(args, area, tick)
        tick(0, 1, "the chapter")
        page = sn.build_chapter(
            area,
            result,
            out,
            force=args.force,
            profile=args.profile,
            since=args.since,
            template=args.template,
            explorer=args.explorer,
        )
        tick(1, 1, "done")
    print(f"{Path(page) / 'index.html'}: open it in a browser")
    return 0


def do_project(args: argparse.Namespace) -> int:
    """Write the projection."""
    area = area_of(args)
    out = output_folder(args)
    with progress_bar(args.progress) as tick:
        need = sn.project(area, to=args.to, draws=args.draws, seed=args.seed, progress=tick)
    with tables_folder(args, area, out, provenance_of(args, need)) as tables:
        tables |= need_tables(need)
    plans = interval_table(need.total("E")).set_index("year")
    print(f"{area.name}: children and young people with an EHC plan, each January (80 % interval)")
    for year, row in plans.iterrows():
        interval = "" if row["low"] == row["high"] else f"  ({row['low']:,.0f} to {row['high']:,.0f})"
        range_only = "  scenario range, not scored" if year > need.scored_to else ""
        print(f"  {year}  {row['central']:>8,.0f}{interval}{range_only}")
    print(out)
    return 0


def do_run(args: argparse.Namespace) -> int:
    """Write the projection, services, the EHC clock, places and what the options cost."""
    from sendneeds.scenarios.run_tables import clock_tables, place_tables

    area = area_of(args)
    out = output_folder(args)
    with progress_bar(args.progress) as tick:
        result = simulate(args, area, tick)
    with tables_folder(args, area, out, provenance_of(args, result)) as tables:
        tables |= need_tables(result.need)
        tables["need_types"] = interval_table(result.types.data["children"])
        if result.waits is not None:
            tables |= service_tables(result.lists)
        if result.clock:
            tables["clock"] = by_scenario(result.clock, clock_tables)
            tables["advice"] = result.implied_advice()
        if result.places:
            tables["places"] = by_scenario(result.places, place_tables)
        if len(result.by_part):
            tables["by_part"] = result.by_part
        tables |= {"costs": in_pounds(result.costs), "parameters": result.parameters}
    print(result)
    print(out)
    return 0


def do_compare(args: argparse.Namespace) -> int:
    """Write the comparison."""
    area = area_of(args)
    out = output_folder(args)
    with progress_bar(args.progress) as tick:
        result = simulate(args, area, tick)
    comparison = sn.compare(result, args.target, args.hold)
    made = {**provenance_of(args, result), "target": args.target, "hold_weeks": args.hold}
    with tables_folder(args, area, out, made) as tables:
        tables |= {name: getattr(comparison, name) for name in COMPARED if len(getattr(comparison, name))}
        tables |= {name: in_pounds(tables[name]) for name in ("costs", "paid") if name in tables}
    print(comparison)
    print(f"{out}: {', '.join(f'{name}.csv' for name in tables)}")
    return 0


def write_report(path: Path, text: str, basis: Basis) -> None:
    """Write the report of `check`; a file that is there is replaced only if it is such a report."""
    if path.is_file() and not path.read_bytes().startswith(REPORT.encode()):
        raise DomainError(f"{path} is there and is not a report of `check`. Name another file.")
    write_output(path.parent, path.name, text, basis)


def do_check(args: argparse.Namespace) -> int:
    """Print every fault and finding of a pack."""
    faults = sn.check_folder(args.area)
    try:
        sn.open_scenarios(sn.open_area(args.area) if not faults else Path(args.area) / "scenarios")
    except ScenarioError as error:
        faults += error.faults
    except SendneedsError:
        pass  # no folder of scenarios, or the pack's own faults, which are in the report already
    basis = Basis(frozenset(BASES))  # faults quote cells of tables whose basis cannot be read
    if faults:
        report = str(PackError(f"{REPORT}{args.area}", faults))
    else:
        area = sn.open_area(args.area)
        findings, basis = area.findings, area.basis
        count = f"{len(findings)} finding{'s' if len(findings) != 1 else ''}"
        head = f"{REPORT}{args.area}: no faults, {count} to know about, the serious first"
        report = "\n".join([head, *(finding.text() for finding in findings)])
    if not basis.is_open:
        report += f"\n  It may quote the area's own records: {MARK}."
    print(report)
    if args.out:
        write_report(Path(args.out), report + "\n", basis.cleared_by(INTERNAL))
    return 1 if faults else 0


def do_new(args: argparse.Namespace) -> int:
    """Write a blank pack."""
    folder = sn.new_pack(args.folder, args.code, args.name, force=args.force)
    print(f"{folder}: fill in its tables, then: sendneeds check {args.folder}")
    return 0


def do_import(args: argparse.Namespace) -> int:
    """Write a pack from releases as published."""
    folder = sn.import_sen2(
        args.release,
        args.code,
        args.folder,
        args.force,
        population=args.population,
        sen_in_england=args.sen_in_england,
        community_waits=args.community_waits,
        icb=args.icb,
        school_capacity=args.school_capacity,
    )
    print(f"{folder}: next: sendneeds check {args.folder}")
    return 0
