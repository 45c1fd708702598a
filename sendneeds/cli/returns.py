"""The command that fills returns: projects, and writes the tables into a folder."""

from __future__ import annotations

import argparse

import sendneeds as sn
from sendneeds.cli.commands import area_of, chosen_scenarios, output_folder, progress_bar
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.returns.rows import TOTAL

RETURNS = ("lsrp",)
"""Returns that can be filled."""


def do_return(args: argparse.Namespace) -> int:
    """Write a return."""
    args.suffix = f"-{args.which}"
    area = area_of(args)
    out = output_folder(args)
    args.to = None
    chosen = chosen_scenarios(args, area) if args.scenarios else []
    years = {} if args.last_year is None else {"last_year": args.last_year}
    with progress_bar(args.progress) as tick:
        made = sn.lsrp_return(
            area, chosen, args.draws, args.seed, age_basis=args.age_basis, progress=tick, **years
        )
    sn.build_return(made, out, force=args.force, profile=args.profile)
    print(f"{area.name}: EHC plans, base year and projected, from one projection")
    rows = made.figures[(made.figures["table"] == "5.1") & (made.figures["row"] == TOTAL)]
    for row in rows.itertuples():
        named = "" if row.scenario == BASELINE else f"  {row.scenario}"
        told = f"  ({row.low:,.0f} to {row.high:,.0f})" if row.kind == "projected" else "  published"
        print(f"  {row.calendar_year}  {row.central:>8,.0f}{told}{named}")
    print(f"{out}: lsrp.xlsx")
    return 0
