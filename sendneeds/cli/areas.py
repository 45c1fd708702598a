"""The command that runs many areas."""

from __future__ import annotations

import argparse
from pathlib import Path

import sendneeds as sn
from sendneeds.cli.commands import tell
from sendneeds.foundation.beside import cores
from sendneeds.foundation.errors import UnknownNameError
from sendneeds.foundation.intervals import interval_table
from sendneeds.foundation.memory import Size
from sendneeds.foundation.progress import progress_bar
from sendneeds.scenarios.areas import FIRST_YEAR, SERVICES_OF_A_RELEASE

SHOWN = 10


def do_run_areas(args: argparse.Namespace) -> int:
    """Run areas of a release, or packs that ship, and print the plans of all together."""
    areas = args.areas or authorities(args.release)
    out = Path(args.out)
    processes = 1 if args.scheduler else min(args.jobs or cores(), len(areas))
    tell(args, Size(args.draws, 1, SERVICES_OF_A_RELEASE, args.to - FIRST_YEAR, processes).text())
    given = areas if args.release else [sn.open_area(name) for name in areas]
    with progress_bar(args.progress) as tick:
        result = sn.run_areas(
            given,
            draws=args.draws,
            seed=args.seed,
            to=args.to,
            folder=out,
            release=args.release,
            client=args.scheduler,
            jobs=None if args.scheduler else args.jobs,
            progress=tick,
        )
    plans = interval_table(result.add_up()["plans"]).set_index("year")
    asked = f" of {len(result) + len(result.refused)}" if result.refused else ""
    print(f"{len(result)}{asked} areas added up draw by draw: EHC plans each January (80 % interval)")
    for year, row in plans.iterrows():
        print(f"  {year}  {row['central']:>10,.0f}  ({row['low']:,.0f} to {row['high']:,.0f})")
    absent = result.missing()
    for row in absent.head(SHOWN).itertuples():
        print(f"  {row.area_code}: {row.missing}")
    if len(absent) > SHOWN:
        print(f"  and {len(absent) - SHOWN} more")
    print(f"{out}: one file an area")
    return 0


def authorities(release: str | None) -> list[str]:
    """Return the codes of the authorities that have plans in the latest January of the release's list."""
    if release is None:
        raise UnknownNameError(
            "Name the areas, packs that ship, or give --release to run every authority of it."
        )
    table = sn.open_area("england").table("authorities")
    now = table[table["last_january"] == table["last_january"].max()]
    return list(now["authority_code"])
