"""Many areas: the same integers on one process or several, resumed where they were broken off, added up by draw."""

import contextlib
import dataclasses
import os
import signal
import socket

import numpy as np
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.evidence.area import shipped
from sendneeds.scenarios import areas as module

SMALL = {"draws": 6, "seed": 3, "to": 2027}


@pytest.fixture(scope="module")
def councils():
    return [shipped(name) for name in ("bedford", "luton")]


@pytest.fixture(scope="module", autouse=True)
def run_once():
    """Run an area once with equal settings: what is held here is what becomes of the runs, which are always alike."""
    made, true_run = {}, module.run

    def run(area, scenarios, **settings):
        key = (id(area), tuple(scenarios), *sorted(settings.items()))
        if key not in made:
            made[key] = true_run(area, scenarios, **settings), area
        return made[key][0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "run", run)
        yield


@pytest.fixture(scope="module")
def serial(councils, run_once, tmp_path_factory):
    return sn.run_areas(councils, **SMALL, folder=tmp_path_factory.mktemp("serial"), jobs=1)


def test_the_sum_is_that_of_the_projections_draw_by_draw(councils, serial):
    need = sn.add_up([sn.project(a, **SMALL) for a in councils], "both")
    whole = serial.add_up().sel(scenario="baseline")
    assert np.array_equal(whole["plans"].transpose("year", "draw"), need.total("E"))
    assert int(whole["plans"].sel(year=2025)[0]) == 2170 + 2723  # as published, January 2025
    assert np.array_equal(whole["plans_by_need"].sum("need"), whole["plans"])


def test_moves_between_the_areas_cancel(serial):
    apart, closed = serial.add_up(), serial.add_up(internal_moves=1.0)
    assert int(closed["moved_in"].sum()) == 0
    assert np.array_equal(apart["ceased"] - closed["ceased"], apart["moved_in"])


def test_a_count_that_some_areas_lack_says_how_many_have_it(serial):
    whole = serial.add_up()
    assert whole["plans"].attrs["areas"] == 2
    assert whole["place_cost"].attrs["areas"] == 1  # Luton's pack has no prices
    assert set(serial.summary(["place_cost"])["area"]) == {"Bedford"}
    with pytest.raises(MissingDataError, match="nothing_such"):
        serial.summary(["nothing_such"])


def test_calendar_years_of_the_clock_are_whole(serial):
    assert serial.area("E06000055")["clock_year"].values.tolist() == [2025, 2026]


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(councils, serial, tmp_path, monkeypatch):
    ran = []
    true_run = module.run

    def broken(area, *rest, **options):
        ran.append(area.code)
        if len(ran) == 2:
            raise KeyboardInterrupt
        return true_run(area, *rest, **options)

    monkeypatch.setattr(module, "run", broken)
    with pytest.raises(KeyboardInterrupt):
        sn.run_areas(councils, **SMALL, folder=tmp_path, jobs=1)
    assert [p.name for p in tmp_path.iterdir()] == ["E06000055.nc"]
    again = sn.run_areas(councils, **SMALL, folder=tmp_path, jobs=1)
    assert ran == ["E06000055", "E06000032", "E06000032"]
    xr.testing.assert_equal(again.add_up(), serial.add_up())
    sn.run_areas(councils[1:], **{**SMALL, "seed": 4}, folder=tmp_path, jobs=1)
    assert ran[3:] == ["E06000032"]  # other inputs: run again


def test_an_area_whose_figures_cannot_be_is_told_and_the_others_are_run(councils, serial, tmp_path):
    plans = councils[1].table("ehc_plans").copy()
    plans.loc[(plans["census_january"] == 2025) & (plans["need"] == "all"), "plans"] //= 3
    broken = dataclasses.replace(councils[1], tables={**councils[1].tables, "ehc_plans": plans})
    (tmp_path / "E06000032.nc").write_bytes(b"of an earlier run")
    made = sn.run_areas([broken, councils[0]], **SMALL, folder=tmp_path, jobs=1)
    assert made.codes == ("E06000055",)
    assert [path.name for path in tmp_path.iterdir()] == ["E06000055.nc"]
    assert [code for code, _ in made.refused] == ["E06000032"]
    first = made.missing().iloc[0]
    assert first["area_code"] == "E06000032"
    assert "not run" in first["missing"]
    whole = made.add_up()
    assert (whole.attrs["added"], whole.attrs["left_out"]) == (["E06000055"], ["E06000032"])
    assert int(whole["plans"].sel(scenario="baseline", year=2025)[0]) == 2170
    with pytest.raises(DomainError, match="E06000032"):
        sn.run_areas([broken], **SMALL, folder=tmp_path / "alone", jobs=1)


def test_what_a_worker_killed_while_writing_left_stops_no_run(councils, serial, tmp_path):
    dead, at_work = tmp_path / "E06000055.nc.part-7", tmp_path / "E06000032.nc.part-8"
    for half in (dead, at_work):
        half.write_bytes(b"half a file")
    os.utime(dead, (0, 0))
    made = sn.run_areas(councils[:1], **SMALL, folder=tmp_path, jobs=1)
    assert {path.name for path in tmp_path.iterdir()} == {"E06000055.nc", at_work.name}
    xr.testing.assert_equal(made.area("E06000055"), serial.area("E06000055"))


def test_a_damaged_file_is_made_again(councils, serial, tmp_path):
    (tmp_path / "E06000055.nc").write_bytes(b"half a file")
    made = sn.run_areas(councils[:1], **SMALL, folder=tmp_path, jobs=1)
    xr.testing.assert_equal(made.area("E06000055"), serial.area("E06000055"))


def test_what_cannot_be_run_is_refused_before_any_work(councils, serial, tmp_path):
    with pytest.raises(DomainError, match="twice: E06000055"):
        sn.run_areas([councils[0], councils[0]], **SMALL, folder=tmp_path / "a", jobs=1)
    with pytest.raises(MissingDataError, match="release="):
        sn.run_areas(["E06000055"], **SMALL, folder=tmp_path / "b", jobs=1)
    with pytest.raises(DomainError, match=r"allowed: a list\. Put it in brackets"):
        sn.run_areas(councils[0], **SMALL, folder=tmp_path / "c", jobs=1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(DomainError, match=r"did not write: notes\.txt"):
        sn.run_areas(councils, **SMALL, folder=tmp_path / "mine", jobs=1)
    with pytest.raises(UnknownNameError):
        serial.area("E09000001")
    with pytest.raises(DomainError, match="internal_moves"):
        serial.add_up(internal_moves=2)


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_the_integers_are_the_same(councils, serial, tmp_path):
    from distributed import Client, LocalCluster

    killed = []
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0
        ) as cluster,
        Client(cluster) as client,
    ):
        numbers = dict(client.run(os.getpid))
        client.run_on_scheduler(lambda dask_scheduler: None)
        true = client.map

        def kill_one(*given, **options):
            futures = true(*given, **options)
            pid = next(iter(numbers.values()))
            os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            killed.append(pid)
            return futures

        client.map = kill_one
        made = sn.run_areas(councils, **SMALL, folder=tmp_path, client=client)
        own_clients = client.run(lambda dask_worker: dask_worker._client)
    assert len(killed) == 1
    assert list(own_clients.values()) == [
        None,
        None,
    ]  # one would outlive its worker, and end with a traceback
    assert made.codes == serial.codes
    xr.testing.assert_equal(made.add_up(), serial.add_up())


@pytest.mark.slow
def test_two_processes_give_the_same_integers_where_another_run_has_the_usual_port(
    councils, serial, tmp_path
):
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # the port of dask's own page; taken already is as well
            held.enter_context(socket.create_server(("", 8787)))
        made = sn.run_areas(councils, **SMALL, folder=tmp_path, jobs=2)
    xr.testing.assert_equal(made.add_up(), serial.add_up())
