"""The command `seek`: its arguments, and what it does."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import sendneeds as sn
from sendneeds.cli.arguments import FORCE, above_zero, day, interval, share, shares, whole
from sendneeds.cli.commands import in_pounds, tables_folder
from sendneeds.foundation.disclosure.profiles import COUNCIL, PROFILES
from sendneeds.foundation.folders import check_replaceable
from sendneeds.foundation.progress import progress_bar


def seeks(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `seek`."""
    command.add_argument("area", metavar="AREA", help="a pack that ships (bedford) or a folder of your own")
    command.add_argument(
        "service",
        metavar="SERVICE",
        help="a service with a list (OT); EP for plans in time; for places a setting (resourced, state_special)",
    )
    when = command.add_mutually_exclusive_group(required=True)
    when.add_argument("--in", dest="month", metavar="MONTH", help="met in that month: 2028-03")
    when.add_argument(
        "--by",
        metavar="MONTH",
        help="met in some month from the one after the figures were taken up to that one",
    )
    command.add_argument(
        "--target",
        type=float,
        metavar="NUMBER",
        help="a share (default: 0.92 of a list, 0.6 of plans), else the most that is few enough",
    )
    command.add_argument(
        "--within", type=int, choices=(18, 52), default=18, help="weeks within which a list is counted"
    )
    command.add_argument(
        "--confidence", type=share, default=0.8, metavar="SHARE", help="how surely (default: 0.8)"
    )
    command.add_argument(
        "--with",
        dest="using",
        default="posts",
        metavar="LEVER",
        help="posts (default), psychologists, initiative, places, or start: how late --posts may begin",
    )
    command.add_argument(
        "--measure",
        metavar="NAME",
        help="within, over_52, sessions_past_due, plans_in_time or places_short (default: by the lever)",
    )
    command.add_argument("--posts", type=above_zero, metavar="WTE", help="the posts whose start is sought")
    command.add_argument("--from", dest="start", type=day, metavar="DAY", help="first day of the lever")
    command.add_argument("--until", dest="end", type=day, metavar="DAY", help="last day of the lever")
    command.add_argument("--most", type=above_zero, metavar="NUMBER", help="the largest amount to try")
    command.add_argument(
        "--funders", type=shares, metavar="SHARES", help="who pays: icb=0.4,council_high_needs=0.6"
    )
    command.add_argument(
        "--gbp-per-child",
        type=interval,
        metavar="LOW,CENTRAL,HIGH",
        help="price of an initiative: 500,700,900",
    )
    command.add_argument(
        "--staffing",
        choices=("follows_record", "fixed"),
        help="whether staff for advice follow demand (default; fixed where plans in time are sought)",
    )
    command.add_argument("--draws", type=whole(10, 100_000), help="draws, instead of as many as are needed")
    command.add_argument("--seed", type=whole(0, 2**31 - 1), default=1, help="default: 1")
    command.add_argument("--to", type=whole(2026, 2045), default=2035, metavar="YEAR", help="default: 2035")
    command.add_argument("--out", metavar="FOLDER", help="write tried.csv and cost.csv, whole or not at all")
    command.add_argument("--force", action="store_true", help=FORCE)
    command.add_argument(
        "--profile",
        choices=tuple(PROFILES),
        default=COUNCIL.name,
        help=f"who may read it: see `sendneeds run --help` (default: {COUNCIL.name})",
    )
    command.add_argument(
        "--progress", action=argparse.BooleanOptionalAction, default=None, help="default: only at a terminal"
    )


def do_seek(args: argparse.Namespace) -> int:
    """Print the smallest lever that meets a target, and write its tables where a folder is named."""
    area = sn.open_area(args.area)
    if args.out:
        check_replaceable(Path(args.out), args.force)
    given: dict[str, Any] = {
        name: getattr(args, name)
        for name in (
            *("month", "by", "target", "within", "confidence", "using", "measure", "start", "end", "most"),
            *("funders", "gbp_per_child", "staffing", "draws", "seed", "to"),
        )
    }
    if args.using == "start" and args.posts:
        given["lever"] = sn.levers.FundPosts(
            service=args.service, wte=args.posts, start=area.start, funders=args.funders or {"icb": 1.0}
        )
    with progress_bar(args.progress) as tick:
        found = sn.seek(area, args.service, **given, progress=tick)
    if args.out:
        made = {**found.provenance, "command": args.command, "to": args.to}
        with tables_folder(args, area, Path(args.out), made) as tables:
            tables |= {"tried": found.tried, "cost": in_pounds(found.cost)}
    print(found)
    if args.out:
        print(args.out)
    return 0
