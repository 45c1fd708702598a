"""The arguments of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from sendneeds import __version__
from sendneeds.chapter.forms.explorer_page import DRAWS
from sendneeds.cli import areas, commands, lessons, returns, seeking, texts
from sendneeds.cli.arguments import FORCE, share, whole
from sendneeds.cli.seeking import seeks
from sendneeds.foundation.disclosure.profiles import COUNCIL, PROFILES
from sendneeds.returns.rows import AGE_BASES, AGE_BASIS
from sendneeds.waits.ehc.clock import STAFFING


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its help is the first thing that many will read."""
    top = argparse.ArgumentParser(
        prog="sendneeds",
        description=texts.TOP,
        epilog=texts.END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"sendneeds {__version__}")
    names = top.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)

    def add(name: str, summary: str, text: str, end: str, do: Callable[..., int]) -> argparse.ArgumentParser:
        command = names.add_parser(
            name,
            help=summary,
            description=text,
            epilog=end,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(do=do)
        return command

    command = add(
        "chapter",
        "write the JSNA chapter of an area: the main job",
        texts.CHAPTER,
        texts.CHAPTER_END,
        commands.do_chapter,
    )
    computes(command, "")
    scenarios(command)
    command.add_argument(
        "--template",
        metavar="FOLDER",
        help="Markdown files named after sections, summary.md, that replace those that ship",
    )
    command.add_argument(
        "--explorer",
        type=whole(0, 100_000),
        default=DRAWS,
        metavar="DRAWS",
        help="draws of explorer.html, on which a reader moves levers of one service; 0 leaves it out "
        f"(default: {DRAWS})",
    )
    command.add_argument(
        "--since",
        metavar="FOLDER",
        help="the folder of the chapter before: nothing is shown that differs from it by a few children",
    )
    computes(
        add(
            "project",
            "how many children, by need, provision and age",
            texts.PROJECT,
            texts.PROJECT_END,
            commands.do_project,
        ),
        "-need",
    )
    command = add(
        "run", "how long the lists will be, option by option", texts.RUN, texts.RUN_END, commands.do_run
    )
    computes(command, "-run")
    scenarios(command)
    command = add(
        "compare", "each option against the baseline", texts.COMPARE, texts.COMPARE_END, commands.do_compare
    )
    computes(command, "-options")
    scenarios(command)
    command.add_argument(
        "--target",
        type=share,
        default=0.92,
        metavar="SHARE",
        help="share of those waiting who should have waited 18 weeks or less (default: 0.92)",
    )
    command.add_argument(
        "--hold",
        type=whole(0, 52),
        default=4,
        metavar="WEEKS",
        help="weeks for which it has to stay so (default: 4)",
    )
    seeks(
        add(
            "seek",
            "the smallest lever that meets a target, how surely, and what it costs whom",
            texts.SEEK,
            texts.SEEK_END,
            seeking.do_seek,
        )
    )
    command = add(
        "check",
        "what is wrong with a pack, every fault with its cure",
        texts.CHECK,
        texts.CHECK_END,
        commands.do_check,
    )
    command.add_argument(
        "area", metavar="FOLDER", help="an area pack of your own, or the name of one that ships"
    )
    command.add_argument("--out", metavar="FILE", help="write the report to a file beside printing it")
    command = add("new-pack", "a blank pack to fill", texts.NEW, texts.NEW_END, commands.do_new)
    writes_a_pack(command)
    command.add_argument("--code", default="", help="the ONS code of the area")
    command.add_argument("--name", default="", help="the name of the area")
    command = add(
        "import-sen2",
        "the pack of any area in England, from the SEN2 release as published",
        texts.IMPORT,
        texts.IMPORT_END,
        commands.do_import,
    )
    command.add_argument(
        "release", metavar="RELEASE", help="the zip as downloaded, or the folder unpacked from it"
    )
    command.add_argument("code", metavar="CODE", help="the ONS code of the area")
    writes_a_pack(command)
    other_releases(command)
    command = add(
        "notebooks",
        "the notebooks that ship, copied to be opened and changed",
        texts.NOTEBOOKS,
        texts.NOTEBOOKS_END,
        lessons.do_notebooks,
    )
    command.add_argument("folder", metavar="FOLDER", help="where to copy them; what is there is kept")
    many_areas(
        add(
            "run-areas",
            "many areas of the release, added up draw by draw",
            texts.AREAS,
            texts.AREAS_END,
            areas.do_run_areas,
        )
    )
    a_return(
        add(
            "return",
            "the tables of a return to the Department for Education",
            texts.RETURN,
            texts.RETURN_END,
            returns.do_return,
        )
    )
    return top


def many_areas(command: argparse.ArgumentParser) -> None:
    """Add the arguments of a run of many areas."""
    command.add_argument(
        "areas",
        nargs="*",
        metavar="AREA",
        help="ONS codes of the release, or packs that ship (default: every authority)",
    )
    command.add_argument(
        "--release", metavar="ZIP", help="the SEN2 release as published, from which codes are read"
    )
    command.add_argument(
        "--out", metavar="FOLDER", default="build/areas", help="one file an area (default: build/areas)"
    )
    chance(command, 1000)
    command.add_argument(
        "--to",
        type=whole(2026, 2045),
        default=2035,
        metavar="YEAR",
        help="last January projected (default: 2035)",
    )
    command.add_argument(
        "--jobs",
        type=whole(1, 1024),
        metavar="N",
        help="processes (default: one for each core; 1 needs no dask)",
    )
    command.add_argument(
        "--scheduler", metavar="ADDRESS", help="a dask scheduler, tcp://host:8786, instead of processes"
    )
    shows_progress(command)


def a_return(command: argparse.ArgumentParser) -> None:
    """Add the arguments of a return."""
    command.add_argument("which", choices=returns.RETURNS, help="which return")
    an_area(command)
    command.add_argument(
        "--out",
        metavar="FOLDER",
        help="where to write, whole or not at all (default: build/AREA-RETURN, such as build/bedford-lsrp)",
    )
    scenarios(command, "none")
    command.add_argument(
        "--last-year",
        type=whole(2026, 2045),
        metavar="YEAR",
        help="last calendar year (default: 2029)",
    )
    command.add_argument(
        "--age-basis",
        choices=tuple(AGE_BASES),
        default=AGE_BASIS,
        help=f"how ages are counted: at 31 August, or turned in the school year (default: {AGE_BASIS})",
    )
    chance(command, 1000)
    command.add_argument("--force", action="store_true", help=FORCE)
    reader(command)
    shows_progress(command)


def an_area(command: argparse.ArgumentParser) -> None:
    """Add the arguments that say which area, and from where it is read."""
    command.add_argument(
        "area",
        metavar="AREA",
        help="a pack that ships (bedford) or a folder of your own; with --release the code or name of any authority",
    )
    command.add_argument(
        "--release",
        metavar="ZIP",
        help="read the area from the SEN2 release as downloaded, zip or folder; no pack is written",
    )
    other_releases(command)


def other_releases(command: argparse.ArgumentParser) -> None:
    """Add the arguments of releases that stand beside the SEN2 release."""
    for name, what in texts.OTHER_RELEASES.items():
        command.add_argument(f"--{name}", metavar="FILE", help=what)
    command.add_argument("--icb", metavar="NAME", help="the NHS area whose waiting lists to read")


def writes_a_pack(command: argparse.ArgumentParser) -> None:
    """Add the arguments of a command that writes a pack."""
    command.add_argument("folder", metavar="FOLDER", help="where to write the pack, whole or not at all")
    command.add_argument("--force", action="store_true", help=FORCE)


def computes(command: argparse.ArgumentParser, suffix: str) -> None:
    """Add the arguments of a command that computes and writes a folder."""
    an_area(command)
    command.add_argument(
        "--out", metavar="FOLDER", help=f"where to write, whole or not at all (default: build/AREA{suffix})"
    )
    command.set_defaults(suffix=suffix)
    chance(command, 1000)
    command.add_argument(
        "--to",
        type=whole(2026, 2045),
        default=2035,
        metavar="YEAR",
        help="last January projected (default: 2035)",
    )
    command.add_argument("--force", action="store_true", help=FORCE)
    reader(command)
    shows_progress(command)


def chance(command: argparse.ArgumentParser, draws: int) -> None:
    """Add the arguments of what is drawn."""
    quick = "; 200 for a quick look" if draws > 200 else ""
    command.add_argument(
        "--draws",
        type=whole(10, 100_000),
        default=draws,
        help=f"how many futures to draw (default: {draws}{quick})",
    )
    command.add_argument(
        "--seed",
        type=whole(0, 2**31 - 1),
        default=1,
        help="the same seed gives the same numbers on any machine (default: 1)",
    )


def reader(command: argparse.ArgumentParser) -> None:
    """Add the argument that says who may read what is written."""
    command.add_argument(
        "--profile",
        choices=tuple(PROFILES),
        default=COUNCIL.name,
        help="who may read it: council and nhs withhold small counts of the area's own records, internal withholds "
        f"nothing and is not for publication (default: {COUNCIL.name})",
    )


def shows_progress(command: argparse.ArgumentParser) -> None:
    """Add the argument that shows a progress bar."""
    command.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show a progress bar (default: only at a terminal)",
    )


def scenarios(command: argparse.ArgumentParser, default: str = "those of the pack") -> None:
    """Add the arguments of a run of scenarios."""
    command.add_argument(
        "--scenarios",
        metavar="PATH",
        help="scenario files: a folder, or one TOML file; or reform, the scenarios of the reform that ship; or "
        "library, or library:NAME,NAME, options that ship beside those of the chapter "
        f"(default: {default})",
    )
    command.add_argument(
        "--staffing",
        choices=STAFFING,
        default=STAFFING[0],
        help="staff for statutory advice grow as demand does, as the record shows, or stay as they are, a stress test "
        f"(default: {STAFFING[0]})",
    )
