"""Many areas run one after another or on several processes, one file an area, and added up draw by draw.

Nothing of an area stays in memory once its file is written, so memory does not grow with the number of areas, and a
run that was broken off goes on where it stopped. England's shock is the same in every area of a draw (it is drawn from
the seed and the nation's name), so areas run apart add up as if they had been run together.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sendneeds import __version__
from sendneeds.evidence.area import Area
from sendneeds.evidence.importing.release import area_from_release
from sendneeds.evidence.published.sen2 import Release, read_release
from sendneeds.foundation import arguments
from sendneeds.foundation.beside import cores
from sendneeds.foundation.errors import DomainError, MissingDataError, SendneedsError
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.memory import Size
from sendneeds.foundation.outputs import INTERNAL, Basis, write_output
from sendneeds.foundation.progress import Progress
from sendneeds.scenarios.area_summary import area_summary
from sendneeds.scenarios.areas_result import AreasResult
from sendneeds.scenarios.run import run
from sendneeds.scenarios.saved_scenarios import scenario_text
from sendneeds.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from sendneeds.waits.ehc.process import Staffing

RETRIES = 3
"""Times that an area is given to another worker where its worker died."""
SERVICES_OF_A_RELEASE, FIRST_YEAR = 6, 2025
"""Services of an area read from a release, and its first January, for the estimate of memory."""
MOST_TOLD = 5
"""Refusals that are told where no area can be run."""
INSTALL = "pip install 'sendneeds[areas]'"


HALF_WRITTEN = re.compile(r".+\.nc\.part-\d+")
"""What a worker killed while it wrote an area's file leaves behind."""
LONG_DEAD = 60.0
"""Seconds after which such a file is nobody's: writing one takes less than one."""


class Task(NamedTuple):
    """One area to run, and everything on which its numbers depend."""

    area: Area | None
    release: str | None
    code: str
    folder: str
    key: str
    scenarios: list[Scenario]
    draws: int
    seed: int
    to: int
    staffing: Staffing


def run_areas(
    areas: Iterable[Area | str],
    scenarios: Sequence[Scenario] | None = None,
    draws: int = 1000,
    seed: int = 1,
    *,
    folder: str | Path,
    release: str | Path | None = None,
    to: int = 2035,
    staffing: Staffing = "follows_record",
    client: Any = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> AreasResult:
    """Run every area: need, services, the EHC clock, places and costs; keep the counts by draw of each in a file.

    Parameters
    ----------
    areas : iterable of Area or str
        Areas, or ONS codes of areas of the `release`; one that is the sum of others stands for these.
    scenarios : sequence of Scenario, optional
        Run in every area; only the baseline when left out.
    draws, seed : int
        The same for every area, so that areas may be added up draw by draw.
    folder : str or Path
        Where each area's file stands, ``CODE.nc``. An area whose file is there and rests on the same inputs is not
        run again: after a run that was broken off, the same call goes on.
    release : str or Path, optional
        The SEN2 release from which codes are read.
    to : int
        Last January of the projection.
    staffing : {"follows_record", "fixed"}
        As for `run`.
    client : dask.distributed.Client or str, optional
        Workers to use, or the address of a scheduler; they have to see `folder` and `release` under the same paths.
    jobs : int, optional
        Without a client: processes of a local cluster, as many as the cores it may use when left out. 1 runs in this
        process and needs no dask.
    progress : callable, optional
        Called as ``progress(done, total, code)``.

    Returns
    -------
    AreasResult

    Raises
    ------
    DomainError
        If an area is there twice, `folder` holds files that this function did not write, or no area can be run. Where
        some can, the others are left out, and `AreasResult.missing` says why.
    MissingDataError
        If dask is needed and not installed, or codes are given without a release.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> two = [sn.open_area(name) for name in ("bedford", "luton")]
    >>> result = sn.run_areas(two, draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
    >>> int(result.add_up()["plans"].sel(scenario="baseline", year=2025)[0])
    4893
    """
    kinds(areas=(areas, "iterable"), folder=(folder, "path"))
    draws, seed = arguments.draws(draws), arguments.seed(seed)
    if isinstance(areas, (str, Area)):
        raise DomainError("areas: give a list, of areas or of codes: [area], ['E06000055'].")
    folder = _own_folder(Path(folder))
    chosen = arguments.listed("scenarios", scenarios or [], Scenario)
    each = [one for area in areas for one in (getattr(area, "parts", ()) or (area,))]
    tasks = [_task(area, release, folder, chosen, draws, seed, to, staffing) for area in each]
    codes = [task.code for task in tasks]
    if len(set(codes)) < len(codes):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        raise DomainError(f"an area is there twice: {', '.join(twice)}.")
    if client is None:
        workers = min(jobs or cores(), len(tasks) or 1)
        Size(
            draws,
            len(chosen) or 1,
            SERVICES_OF_A_RELEASE,
            arguments.whole("to", to, 2000, 2100) - FIRST_YEAR,
            workers,
        ).check()
    refused: dict[str, str] = {}
    with closing(_finished(tasks, client, jobs)) as finished:  # workers end here, whatever stops the loop
        for done, (code, refusal) in enumerate(finished, 1):
            if refusal:
                refused[code] = refusal
            if progress is not None:
                progress(done, len(tasks), code)
    ran = tuple(code for code in codes if code not in refused)
    if refused and not ran:
        raise DomainError("\n".join(refused[code] for code in codes[:MOST_TOLD]))
    return AreasResult(folder, ran, tuple((code, refused[code]) for code in codes if code in refused))


def _own_folder(folder: Path) -> Path:
    """Return the folder, made where it is not there; refuse one with files that `run_areas` did not write."""
    if folder.exists() and not folder.is_dir():
        raise DomainError(
            f"{folder} is a file, and a folder of areas is to stand there. Name another folder."
        )
    found = list(folder.iterdir()) if folder.exists() else []
    half = [path for path in found if HALF_WRITTEN.fullmatch(path.name) and path.is_file()]
    foreign = [path.name for path in found if path.suffix != ".nc" and path not in half]
    if foreign:
        raise DomainError(
            f"{folder} holds what run_areas did not write: {', '.join(sorted(foreign)[:5])}. Name another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in half:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > LONG_DEAD:
                path.unlink()
    return folder.resolve()


def _task(
    area: Any,
    release: str | Path | None,
    folder: Path,
    scenarios: list[Scenario],
    draws: int,
    seed: int,
    to: int,
    staffing: Staffing,
) -> Task:
    """Return the work for one area; its key is a hash of everything that moves its numbers."""
    if isinstance(area, Area):
        own, path, code, inputs = area, None, area.code, _tables_hash(area)
    elif release is None:
        raise MissingDataError(
            f"{area!r}: give release=, from which areas named by code are read, or an Area."
        )
    else:
        path = str(Path(release).resolve())
        own, code, inputs = None, str(area), _file_hash(path, os.stat(path).st_mtime_ns)
    facts = [__version__, code, inputs, draws, seed, to, staffing, [scenario_text(s) for s in scenarios]]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return Task(own, path, code, str(folder), key, scenarios, draws, seed, to, staffing)


def _tables_hash(area: Area) -> str:
    import pandas as pd

    parts = hashlib.sha256(json.dumps(area.settings, sort_keys=True, default=str).encode())
    for name, table in sorted(area.tables.items()):
        parts.update(name.encode())
        parts.update(pd.util.hash_pandas_object(table.astype(str), index=False).to_numpy().tobytes())
    return parts.hexdigest()


@lru_cache(maxsize=4)
def _file_hash(path: str, changed: int) -> str:
    """Return the SHA-256 of a file; `changed` is when it last was."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=1)
def _release(path: str) -> Release:
    """Return a release, read once in each process."""
    return read_release(path)


def run_task(task: Task) -> tuple[str, str]:
    """Run one area, unless its file stands from the same inputs; return its code, and why it was refused if it was.

    What is wrong with the figures of one area stops no other: it is told, and the file that stood there goes.
    """
    path = Path(task.folder) / f"{task.code}.nc"
    if not _stands(path, task.key):
        try:
            _write(task, path)
        except SendneedsError as error:
            path.unlink(missing_ok=True)
            return task.code, str(error)
    return task.code, ""


def _write(task: Task, path: Path) -> None:
    """Run one area and write its file."""
    area = task.area if task.area is not None else area_from_release(_release(task.release or ""), task.code)
    # each area has a process of its own: one more beside it would take the core of another
    result = run(
        area, task.scenarios, draws=task.draws, seed=task.seed, to=task.to, staffing=task.staffing, jobs=1
    )
    summary = area_summary(result).assign_attrs(run_key=task.key)
    squeeze = {name: {"zlib": True, "complevel": 1} for name in summary.data_vars}

    def netcdf(part: Path) -> None:
        summary.to_netcdf(part, engine="h5netcdf", encoding=squeeze)

    basis = Basis(frozenset(result.provenance.get("bases", ()))).cleared_by(INTERNAL)
    write_output(path.parent, path.name, netcdf, basis)


def run_on_worker(task: Task) -> tuple[str, str]:
    """Run one area on a worker of dask.

    Writing a file, xarray would ask dask for a client of the worker's own, which nobody closes and which ends with a
    traceback when the worker does.
    """
    import dask

    with dask.config.set(scheduler="synchronous"):
        return run_task(task)


def _stands(path: Path, key: str) -> bool:
    """Return whether an area's file is there, whole, and from the same inputs."""
    import xarray as xr

    if not path.is_file():
        return False
    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            return bool(data.attrs.get("run_key") == key)
    except (OSError, ValueError):
        return False


def _finished(tasks: list[Task], client: Any, jobs: int | None) -> Generator[tuple[str, str], None, None]:
    """Yield the codes of the areas as they are done, each with why it was refused if it was."""
    if client is None and jobs == 1:
        yield from map(run_task, tasks)
        return
    if jobs is not None:
        jobs = arguments.whole("jobs", jobs, 1, 1024)
    with _client(client, jobs) as workers:
        from distributed import as_completed

        futures = workers.map(
            run_on_worker, tasks, key=[f"{t.code}-{t.key[:16]}" for t in tasks], retries=RETRIES
        )
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            workers.cancel(futures)


@contextmanager
def _client(client: Any, jobs: int | None) -> Iterator[Any]:
    """Give the workers: those given, those at an address, or a local cluster that ends with the block."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise MissingDataError(
            f"running areas on several processes needs dask: {INSTALL}, or give jobs=1 to run them one by one."
        ) from None
    if client is not None and not isinstance(client, str):
        yield client
    elif client is not None:
        with Client(client) as found:
            yield found
    else:
        # workers that hear a Ctrl-C end before they can be told to, each with a traceback
        with _deaf_to_interrupts():
            cluster = LocalCluster(
                n_workers=jobs or cores(),
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",  # a free port: another run may have the usual one
                memory_limit=0,
                silence_logs=logging.CRITICAL,
            )
        with cluster, Client(cluster) as found:
            yield found


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Have processes that are started in the block pass over Ctrl-C: the process that started them ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
