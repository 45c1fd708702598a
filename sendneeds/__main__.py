"""The command line: a thin shell over the public functions."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sendneeds as sn
from sendneeds.foundation.errors import PackError, SendneedsError
from sendneeds.foundation.folders import check_replaceable, whole_folder
from sendneeds.foundation.results import interval_table
from sendneeds.foundation.vocabulary import NO_NEED

Progress = Callable[[int, int, str], None]

TOP = """\
How many children and young people with special educational needs and disabilities will need
which support, how long they will wait for it, and what each option would change.

  sendneeds chapter bedford            writes build/bedford/index.html, a JSNA chapter
  sendneeds check my-area              tells everything that is wrong with a pack of yours
  sendneeds chapter my-area            the same chapter, from your figures

AREA is the name of a pack that ships (bedford, central-bedfordshire, luton, milton-keynes,
england) or a folder of your own in the same layout."""

END = """\
Every command has its own help: sendneeds chapter --help. Nothing leaves this machine.
Exit status: 0 done; 1 `check` found faults; 2 a mistake that the message tells how to mend."""

CHAPTER = """\
Project need, simulate the waiting lists, compare the options, and write the chapter of a Joint
Strategic Needs Assessment: a folder with index.html, its tables as CSV, and provenance.json,
which says what every number was made from. The same inputs and seed give the same bytes."""

CHAPTER_END = """\
examples:
  sendneeds chapter bedford
  sendneeds chapter bedford --draws 200              a quick look, with rougher intervals
  sendneeds chapter my-area --options my-options     your figures, your scenario files"""

PROJECT = """\
Project the children of an area by need, provision and age. Writes totals.csv, by_need.csv and
children.csv (by age too) with 80 % intervals, assumptions.csv, and record.csv: how wrong the
method has been on years that it had not seen. It has been scored five years ahead; later years
are a scenario range."""

PROJECT_END = """\
examples:
  sendneeds project bedford
  sendneeds project luton --to 2030 --draws 500 --out build/luton-need"""

RUN = """\
Project need, then simulate every service for which the area has parameters, week by week, for
the baseline and each option. Writes lists.csv (waiting, over 18 and 52 weeks, median and 92nd
percentile, with 80 % intervals), costs.csv, parameters.csv and children.csv."""

RUN_END = """\
An option is a TOML file that lists levers; the baseline is the scenario with none. All options
share their luck, so a difference between two is caused by their levers.

examples:
  sendneeds run bedford
  sendneeds run bedford --options my-options         a folder of scenario files, or one file"""

COMPARE = """\
Simulate the options and set each against the baseline, draw by draw. Writes probability.csv
(that 92 % of a list is under 18 weeks in a month and stays so for four weeks), differences.csv
and costs.csv (by funder), and prints the probabilities at each year's end."""

COMPARE_END = """\
examples:
  sendneeds compare bedford
  sendneeds compare bedford --options my-options/fill-two-posts.toml --draws 2000"""

CHECK = """\
Read an area pack and tell everything that is wrong with it, each fault with its place, what was
found, what is allowed and what to do; then what is odd but can be used. Writes nothing."""

CHECK_END = """\
examples:
  sendneeds check my-area
  sendneeds check bedford"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its help is the first thing that many will read."""
    top = argparse.ArgumentParser(
        prog="sendneeds", description=TOP, epilog=END, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"sendneeds {sn.__version__}")
    commands = top.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)

    def add(name: str, summary: str, text: str, end: str, do: Callable[..., int]) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=summary,
            description=text,
            epilog=end,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(do=do)
        return command

    one = add("chapter", "write the JSNA chapter of an area: the main job", CHAPTER, CHAPTER_END, do_chapter)
    computes(one, "")
    options(one)
    computes(
        add("project", "how many children, by need, provision and age", PROJECT, PROJECT_END, do_project),
        "-need",
    )
    one = add("run", "how long the lists will be, option by option", RUN, RUN_END, do_run)
    computes(one, "-run")
    options(one)
    one = add("compare", "each option against the baseline", COMPARE, COMPARE_END, do_compare)
    computes(one, "-options")
    options(one)
    one = add("check", "what is wrong with a pack, every fault with its cure", CHECK, CHECK_END, do_check)
    one.add_argument("area", metavar="FOLDER", help="an area pack of your own, or the name of one that ships")
    return top


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def computes(command: argparse.ArgumentParser, suffix: str) -> None:
    """Add the arguments of a command that computes and writes a folder."""
    command.add_argument("area", metavar="AREA", help="a pack that ships (bedford) or a folder of your own")
    command.add_argument(
        "--out", metavar="FOLDER", help=f"where to write, whole or not at all (default: build/AREA{suffix})"
    )
    command.set_defaults(suffix=suffix)
    command.add_argument(
        "--draws",
        type=whole(10, 100_000),
        default=1000,
        help="how many futures to draw (default: 1000; 200 for a quick look)",
    )
    command.add_argument(
        "--seed",
        type=whole(0, 2**31 - 1),
        default=1,
        help="the same seed gives the same numbers on any machine (default: 1)",
    )
    command.add_argument(
        "--to",
        type=whole(2026, 2045),
        default=2035,
        metavar="YEAR",
        help="last January projected (default: 2035)",
    )
    command.add_argument(
        "--force",
        action="store_true",
        help="replace the folder even if it holds files that sendneeds did not write",
    )
    command.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show a progress bar (default: only at a terminal)",
    )


def options(command: argparse.ArgumentParser) -> None:
    """Add the argument that names scenario files."""
    command.add_argument(
        "--options",
        metavar="PATH",
        help="scenario files: a folder, or one TOML file (default: the scenarios of the pack)",
    )


@contextmanager
def bar(show: bool | None) -> Iterator[Progress]:
    """Give a callback ``(done, total, what)`` that moves a bar on standard error, or does nothing."""
    from tqdm import tqdm

    if not (sys.stderr.isatty() if show is None else show):
        yield lambda done, total, what: None
        return
    with tqdm(file=sys.stderr, leave=False, bar_format="{desc} {bar} {percentage:3.0f}% {elapsed}") as drawn:

        def move(done: int, total: int, what: str) -> None:
            drawn.total = total
            drawn.set_description_str(what, refresh=False)
            drawn.update(done - drawn.n)
            drawn.refresh()

        yield move


def place(args: argparse.Namespace, area: Any) -> Path:
    """Return the folder to write, having made sure before any long work that it may be written."""
    out = Path(args.out or Path("build") / f"{area.slug}{args.suffix}")
    if not args.force:
        check_replaceable(out)
    return out


def made_by(args: argparse.Namespace, result: Any) -> dict[str, Any]:
    """Return what a reader needs to make the same tables again."""
    return {**result.provenance, "command": args.command, "to": args.to}


def simulate(args: argparse.Namespace, area: Any, tick: Progress) -> Any:
    """Simulate the area under the scenarios that were asked for."""
    chosen = sn.open_scenarios(args.options or area)
    return sn.run(area, chosen, draws=args.draws, seed=args.seed, to=args.to, progress=tick)


def write(folder: Path, name: str, table: Any) -> None:
    """Write one table as CSV."""
    table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def write_need(folder: Path, need: Any) -> None:
    """Write the tables of a projection: sums over draws first, then their 80 % intervals."""
    import pandas as pd

    children = need.data["children"]
    write(folder, "totals", interval_table(children.sum(("need", "age"))))
    for name, cube in {"by_need": children.sum("age"), "children": children}.items():
        table = interval_table(cube)
        write(folder, name, table[(table["provision"] == "N") == (table["need"] == NO_NEED)])
    write(folder, "assumptions", pd.DataFrame({"assumption": need.assumptions}))
    write(folder, "record", need.record)


def do_chapter(args: argparse.Namespace) -> int:
    """Write the chapter."""
    area = sn.open_area(args.area)
    out = place(args, area)
    with bar(args.progress) as tick:
        result = simulate(args, area, tick)
        page = sn.build_chapter(area, result, out, force=args.force)
    print(f"{Path(page) / 'index.html'}: open it in a browser")
    return 0


def do_project(args: argparse.Namespace) -> int:
    """Write the projection."""
    area = sn.open_area(args.area)
    out = place(args, area)
    with bar(args.progress) as tick:
        need = sn.project(area, to=args.to, draws=args.draws, seed=args.seed, progress=tick)
    with whole_folder(out, made_by(args, need), args.force) as folder:
        write_need(folder, need)
    plans = interval_table(need.total("E")).set_index("year")
    print(f"{area.name}: children and young people with an EHC plan, each January (80 % interval)")
    for year, row in plans.iterrows():
        told = "" if row["low"] == row["high"] else f"  ({row['low']:,.0f} to {row['high']:,.0f})"
        range_only = "  scenario range, not scored" if year > need.scored_to else ""
        print(f"  {year}  {row['central']:>8,.0f}{told}{range_only}")
    print(out)
    return 0


def do_run(args: argparse.Namespace) -> int:
    """Write the simulated lists."""
    area = sn.open_area(args.area)
    out = place(args, area)
    with bar(args.progress) as tick:
        result = simulate(args, area, tick)
    with whole_folder(out, made_by(args, result), args.force) as folder:
        write(folder, "costs", result.costs)
    print(out)
    return 0


def do_compare(args: argparse.Namespace) -> int:
    """Write the comparison."""
    area = sn.open_area(args.area)
    out = place(args, area)
    with bar(args.progress) as tick:
        comparison = sn.compare(simulate(args, area, tick))
    with whole_folder(out, made_by(args, result), args.force) as folder:
        for name in ("probability", "differences", "costs"):
            write(folder, name, getattr(comparison, name))
    print(out)
    return 0


def do_check(args: argparse.Namespace) -> int:
    """Print every fault and finding of a pack."""
    faults = sn.check_folder(args.area)
    if faults:
        print(PackError(f"The pack {args.area!r} cannot be used as it stands", faults))
        return 1
    findings = sn.open_area(args.area).findings
    for finding in findings:
        print(finding.text())
    print(f"no faults; {len(findings)} finding{'s' if len(findings) != 1 else ''} to know about")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process when left out.

    Returns
    -------
    int
        0 done; 1 the pack that was checked has faults; 2 something the user can mend.

    Examples
    --------
    >>> main(["check", "bedford"])  # doctest: +ELLIPSIS
    no faults...
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that lacks a character shows ? and no traceback
            stream.reconfigure(errors="replace")
    args = parser().parse_args(argv)
    try:
        status: int = args.do(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (SendneedsError, OSError) as error:
        print(f"sendneeds: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sendneeds: stopped; nothing was written", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
