"""England, area by area: time and memory as areas, draws and processes grow.

``python tests/benchmarks/areas.py ZIP --out FOLDER [need england areas draws processes]`` runs `sendneeds run-areas` on
the SEN2 release as published, each size in processes of its own, and writes a row to ``FOLDER/sizes.csv`` as each ends.
A size that has its row is not run again. One that was broken off goes on where it stopped, and the seconds of its parts
(``FOLDER/parts.csv``, a line every half minute) are added up. Needs the extras ``areas`` and ``bench``.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import psutil

import sendneeds as sn
from sendneeds.cli.areas import authorities
from sendneeds.evidence.importing.release import area_from_release
from sendneeds.evidence.published.sen2 import Release, read_release
from sendneeds.foundation.errors import SendneedsError

LAST = 2035
FEW = 16
"""Areas of the sizes that grow in draws or in processes."""
LOOK, TELL = 0.5, 30.0
"""Seconds between two looks at the processes, and between two lines of progress."""
MEASURED = ("clock_s", "processor_s", "parent_mb", "worker_mb", "together_mb")
"""Parent and worker: the largest process of its kind at its largest; together: all at one moment."""
NAMES = ("need", "england", "areas", "draws", "processes")


class Size(NamedTuple):
    """How large a run is; `rooms` is need alone or all of them."""

    rooms: str
    areas: int
    draws: int
    processes: int

    def folder(self, out: Path) -> Path:
        """Return where the files of the areas stand."""
        return out / "files" / f"{self.rooms}-{self.areas}-{self.draws}-{self.processes}"


class Measured(NamedTuple):
    """Seconds and MB of one run."""

    clock_s: float
    processor_s: float
    parent_mb: float
    worker_mb: float
    together_mb: float


def sizes(name: str, england: int, draws: int, processes: int) -> list[Size]:
    """Return the sizes of one table."""
    grown = {
        "need": [("need", england, draws, processes)],
        "england": [("all", england, draws, processes)],
        "areas": [("all", areas, draws, processes) for areas in (8, FEW, 32)],
        "draws": [("all", FEW, most, processes) for most in (draws // 4, draws // 2, draws)],
        "processes": [("all", FEW, draws, most) for most in (1, 2, 4)],
    }
    return [Size(*each) for each in grown[name]]


def spread(codes: list[str], number: int) -> list[str]:
    """Return so many codes, evenly spread over the list; those of half the number are among them."""
    return [codes[place * len(codes) // number] for place in range(number)]


def command(size: Size, release: str, codes: list[str], out: Path) -> list[str]:
    """Return the command that runs a size."""
    common = [f"--draws={size.draws}", f"--jobs={size.processes}", f"--out={size.folder(out)}", *codes]
    if size.rooms == "need":
        return [sys.executable, __file__, release, "--need-alone", *common]
    return [sys.executable, "-m", "sendneeds", "run-areas", "--release", release, f"--to={LAST}", *common]


def watched(process: subprocess.Popen[bytes]) -> Iterator[Measured]:
    """Yield what a process and those it started have taken, look by look, until it ends."""
    began, parent = time.perf_counter(), psutil.Process(process.pid)
    most: dict[int, float] = defaultdict(float)
    spent: dict[int, float] = defaultdict(float)
    together = 0.0
    while process.poll() is None:
        now = 0.0
        for each in [parent, *_children(parent)]:
            try:
                held, times = each.memory_info().rss / 2**20, each.cpu_times()
            except psutil.Error:
                continue
            now += held
            most[each.pid] = max(most[each.pid], held)
            spent[each.pid] = times.user + times.system
        together = max(together, now)
        workers = [held for pid, held in most.items() if pid != process.pid]
        seconds = time.perf_counter() - began
        yield Measured(seconds, sum(spent.values()), most[process.pid], max(workers, default=0.0), together)
        time.sleep(LOOK)


def _children(parent: psutil.Process) -> list[psutil.Process]:
    try:
        return parent.children(recursive=True)
    except psutil.Error:
        return []


def measure(size: Size, release: str, codes: list[str], out: Path) -> Measured:
    """Run a size, or what is left of it, and return what all its parts took."""
    folder = size.folder(out)
    part, told = f"{time.time():.0f}", 0.0
    process = subprocess.Popen(command(size, release, codes, out), stdout=subprocess.DEVNULL)
    found = Measured(0, 0, 0, 0, 0)
    try:
        for found in watched(process):
            if found.clock_s - told >= TELL:
                told = found.clock_s
                _append(out / "parts.csv", {**size._asdict(), "part": part, **_row(found)})
                done = len(list(folder.glob("*.nc")))
                print(
                    f"    {found.clock_s:6.0f} s  {done} of {size.areas}  {found.together_mb:,.0f} MB",
                    flush=True,
                )
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        _append(out / "parts.csv", {**size._asdict(), "part": part, **_row(found)})
    if process.returncode:
        raise SystemExit(
            f"{size}: the command ended with {process.returncode}; give this one again to go on."
        )
    return _all_parts(out, size)


def _all_parts(out: Path, size: Size) -> Measured:
    """Add up the seconds of the parts of a size, and keep the largest of each memory."""
    last: dict[str, list[float]] = {}
    for row in _rows(out / "parts.csv"):
        if _size(row) == size:
            last[row["part"]] = [float(row[name]) for name in MEASURED]
    clock, processor, *memory = zip(*last.values(), strict=True)
    return Measured(sum(clock), sum(processor), *(max(held) for held in memory))


def _size(row: dict[str, str]) -> Size:
    return Size(row["rooms"], int(row["areas"]), int(row["draws"]), int(row["processes"]))


def _row(found: Measured) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in found._asdict().items()}


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _append(path: Path, row: dict[str, object]) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)


def table(out: Path) -> str:
    """Return what was measured as a table of Markdown."""
    named = ("rooms", "areas", "draws", "processes", "on the clock, s", "an area, s", "processor, s")
    columns = [*named, "parent, MB", "a worker, MB", "together, MB"]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in sorted(_rows(out / "sizes.csv"), key=_size):
        size, found = _size(row), [float(row[name]) for name in MEASURED]
        numbers = [found[0], found[0] / size.areas, *found[1:]]
        shown = [f"{number:,.{1 if place < 2 else 0}f}" for place, number in enumerate(numbers)]
        lines.append(f"| {' | '.join([size.rooms, *(f'{n:,}' for n in size[1:]), *shown])} |")
    return "\n".join(lines)


def need_alone(release: str, codes: list[str], draws: int, jobs: int, folder: Path) -> None:
    """Project need of areas on several processes; a file an area holds its plans in the last year."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(release, code, draws, folder / f"{code}.nc") for code in codes]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        list(pool.map(_need, [task for task in tasks if not task[-1].exists()]))


def _need(task: tuple[str, str, int, Path]) -> None:
    release, code, draws, path = task
    if release not in _READ:
        _READ[release] = read_release(release)
    try:
        need = sn.project(area_from_release(_READ[release], code), draws=draws, to=LAST)
        path.write_text(f"{int(need.total('E').sel(year=LAST).median())}\n")
    except SendneedsError as error:  # its figures cannot be, and it is left out
        path.write_text(f"{error}\n")


_READ: dict[str, Release] = {}


def main() -> None:
    """Run the sizes asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("release", help="the SEN2 release as published")
    parser.add_argument("rest", nargs="*", help=f"tables: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--out", type=Path, required=True, help="where the tables and the areas' files stand")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most", type=int, help="this many areas for England, for a try")
    parser.add_argument("--need-alone", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_intermixed_args()
    if args.need_alone:
        need_alone(args.release, args.rest, args.draws, args.jobs, args.out)
        return
    if unknown := set(args.rest) - set(NAMES):
        parser.error(f"no table {', '.join(sorted(unknown))}; they are {', '.join(NAMES)}")
    codes = authorities(args.release)
    england = args.most or len(codes)
    asked = dict.fromkeys(
        s for name in args.rest or NAMES for s in sizes(name, england, args.draws, args.jobs)
    )
    args.out.mkdir(parents=True, exist_ok=True)
    for size in asked:
        if size in map(_size, _rows(args.out / "sizes.csv")):
            continue
        print(size, flush=True)
        found = measure(size, args.release, spread(codes, size.areas), args.out)
        _append(args.out / "sizes.csv", {**size._asdict(), **_row(found)})
        print(f"    {found.clock_s:.0f} s in all", flush=True)
    print(table(args.out))


if __name__ == "__main__":
    main()
