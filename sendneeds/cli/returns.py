"""The command that fills returns: projects, and writes the tables into a folder."""

from __future__ import annotations

import argparse

import sendneeds as sn
from sendneeds.cli.commands import area_of, chosen_scenarios, output_folder
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.progress import Progress, progress_bar
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.returns.result import ReturnTables
from sendneeds.returns.rows import AGE_BASIS, TOTAL

RETURNS = ("lsrp", "scap")
"""Returns that can be filled."""


def do_return(args: argparse.Namespace) -> int:
    """Write a return."""
    args.suffix = f"-{args.which}"
    area = area_of(args)
    out = output_folder(args)
    args.to = None
    chosen = chosen_scenarios(args, area) if args.scenarios else []
    with progress_bar(args.progress) as tick:
        made = _made(args, area, chosen, tick)
    sn.build_return(made, out, force=args.force, profile=args.profile)
    print(f"{area.name}: {made.title}, base year and projected")
    for table in made.main:
        print(f"  {made.titles[table]}")
        rows = made.figures[(made.figures["table"] == table) & (made.figures["row"] == TOTAL)]
        for _, row in rows.iterrows():
            named = "" if row["scenario"] == BASELINE else f"  {row['scenario']}"
            told = (
                f"  ({row['low']:,.0f} to {row['high']:,.0f})"
                if row["kind"] == "projected"
                else f"  {made.base}"
            )
            print(f"    {made.heading(row[made.time])}  {row['central']:>8,.0f}{told}{named}")
    print(f"{out}: {made.short}.xlsx")
    return 0


def _made(args: argparse.Namespace, area: sn.Area, chosen: list[sn.Scenario], tick: Progress) -> ReturnTables:
    """Return the tables of the return that was asked for."""
    if args.which == "scap":
        if args.last_year is not None or args.age_basis != AGE_BASIS:
            raise DomainError(
                "return scap goes as far ahead as the survey asks, by age at 31 August: leave "
                "--last-year and --age-basis out."
            )
        return sn.scap_return(area, chosen, args.draws, args.seed, progress=tick)
    last = {} if args.last_year is None else {"last_year": args.last_year}
    return sn.lsrp_return(
        area, chosen, args.draws, args.seed, age_basis=args.age_basis, progress=tick, **last
    )
