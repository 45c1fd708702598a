"""Health services: whole years, lists beside sessions, slots and advice."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.chapter.build import build_chapter
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.page import render
from sendneeds.chapter.sections.board.board import add_board
from sendneeds.chapter.sections.health import backlog
from sendneeds.chapter.sections.health.backlog import Waiting
from sendneeds.chapter.sections.health.health import add_health_services
from sendneeds.chapter.sections.health.service_run import ServiceRun, bases_of, ratio
from sendneeds.evidence.quality.list_checks import BY_RATIO


@pytest.mark.parametrize(
    ("within", "late", "waiting", "words"),
    [
        (100.0, 20.0, Waiting.UNDER_WAY, "looks green"),
        (40.0, 20.0, Waiting.BOTH, "both wait"),
        (40.0, 0.2, Waiting.LIST, "but only 40%"),
        (100.0, 0.2, Waiting.NEITHER, "keep close to time"),
        (92.0, 1.0, Waiting.UNDER_WAY, "looks green"),  # at the standard, and a week late: both count
    ],
)
def test_a_short_list_is_not_reported_without_the_sessions_behind_it(record, within, late, waiting, words):
    late = record("late", late, "weeks on average")
    within = record("within", within, "whole percent")
    assert backlog.who_waits(late, within, record("standard", 92, "whole percent")) is waiting
    title = backlog.finding("Speech", 2030, late, within, waiting)
    assert words in title
    assert (f"{late.number:.1f} weeks late" in title) == (late.number >= 1)


def small_run():
    """Two draws of one service over 60 weeks from 30 December 2024: 52 of 2025, and seven of 2026."""
    weeks = np.datetime64("2024-12-30", "ns") + np.arange(61) * np.timedelta64(7, "D")
    waiting = np.stack([np.arange(61.0), 100 + np.arange(61.0)], axis=1)
    flow = np.ones((60, 2))
    data = xr.Dataset(
        {
            "waiting": (("scenario", "service", "week", "draw"), waiting[None, None]),
            "seen": (("scenario", "service", "week_commencing", "draw"), flow[None, None]),
        },
        coords={
            "scenario": ["baseline"],
            "service": ["SLT"],
            "week": weeks,
            "week_commencing": weeks[:-1],
        },
    )
    return ServiceRun(data, ["SLT"], ("SLT",), {"all": "scaled", "OT": "illustrative"}, {})


def test_years_of_a_run_are_those_it_holds_whole():
    run = small_run()
    assert run.years == {2025: slice(1, 53)}  # weeks that begin from 6 January to 29 December 2025
    assert run.in_year("seen", "SLT", 2025).tolist() == [52, 52]
    # the list at the start of those weeks is 1 to 52: a mean of 26.5, and 100 more in the second draw
    assert run.weekly("waiting", "SLT")[run.years[2025]].mean(axis=0).tolist() == [26.5, 126.5]


def test_a_service_without_parameters_of_its_own_has_the_basis_of_those_of_every_service():
    run = small_run()
    assert [run.basis(service) for service in ("SLT", "OT")] == ["scaled", "illustrative"]
    table = pd.DataFrame({"service": ["all", "SLT", "SLT"], "basis": ["scaled", "local", "published"]})
    assert bases_of(table) == {"all": "scaled", "SLT": "scaled"}


def test_a_share_is_taken_only_in_draws_with_something_to_take_it_of():
    assert ratio(np.array([3, 0, 4]), np.array([4, 0, 16])).tolist() == [0.75, 0.25]


def test_every_service_has_its_list_beside_its_sessions(chapter, run, section, table):
    text = section(chapter, "detail")
    for code in run.services:
        assert (chapter / "figures" / f"backlog_{code.lower()}.svg").is_file()
        rows = {r["row"] for r in table(chapter, f"backlog_{code.lower()}")}
        assert {"Mean weeks late of a session given", "Chance that demand is above capacity"} <= rows
    assert "reach the age limit" in text
    assert "At the central figures never" in text


def test_slots_of_a_service_add_up(chapter, table):
    rows = table(chapter, "slots_by_use")
    for service in {r["row"] for r in rows}:
        *parts, missed = [float(r["value"]) for r in rows if r["row"] == service]
        assert len(parts) == 4
        assert sum(parts) == 100
        assert 0 <= missed <= parts[3]


def test_slots_of_a_service_that_has_none_in_some_draws_add_up(bedford, one_service):
    """Of 24 draws six have no slots; in the others advice takes a quarter, and first appointments the rest."""
    data = one_service.waits.data.copy(deep=True)
    data["slots"][:] = 0
    for use, slots in (("advice", 10), ("first", 30)):
        data["slots"].loc[{"use": use}] = np.where(np.arange(24) < 6, 0, slots)
    chapter = ChapterBuilder(bedford, bedford.england())
    add_health_services(chapter, replace(one_service, waits=replace(one_service.waits, data=data)))
    cells = dict(chapter.tables["slots_by_use"].rows)["Speech and language therapy"]
    assert [cell.value for cell in cells] == [25, 0, 75, 0, 0]


@pytest.mark.parametrize(("torn", "says"), [(True, True), (False, False)])
@pytest.mark.usefixtures("undrawn")
def test_an_interval_from_nothing_to_all_is_no_finding(bedford, small_run, torn, says):
    run = replace(small_run, waits=replace(small_run.waits, data=small_run.waits.data.copy()))
    done = run.lists["advice_done"]
    none = xr.DataArray(np.arange(done.sizes["draw"]) < (12 if torn else 0), dims="draw")
    run.lists["advice_in_time"] = done.where(~none, 0)
    chapter = ChapterBuilder(bedford, bedford.england())
    contents = compose(chapter, run)
    page = render(chapter, contents, add_board(chapter, contents), {})["annex.html"]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert ("the figures cannot tell" in text) is says


@pytest.fixture(scope="module")
def one_service(bedford, make_run):
    return make_run(bedford, services=("SLT",))


@pytest.mark.parametrize(("without", "state"), [(0, "shown"), (1, "shown"), (30, "missing")])
def test_a_service_without_slots_in_some_draws_has_no_load(bedford, one_service, without, state):
    run = one_service
    data = run.waits.data.copy(deep=True)
    data["queue_load"][..., :without] = np.inf
    run = replace(run, waits=replace(run.waits, data=data))
    ahead = add_health_services(ChapterBuilder(bedford, bedford.england()), run).simulated.ahead
    percent = ahead.loads["SLT"][2025].percent
    assert percent.state == state
    assert percent.value is None or np.isfinite([percent.low, percent.value, percent.high]).all()


@pytest.mark.usefixtures("undrawn")
def test_a_list_of_the_areas_own_is_not_called_scaled(bedford, make_run):
    own = pd.DataFrame(
        {
            "area_code": [bedford.code],
            "service": ["SLT"],
            "snapshot": ["2025-01-06"],
            "weeks_band": ["all"],
            "waiting": [200],
            "flag": ["ok"],
        }
    )
    meta = replace(bedford.meta["ehc_plans"], title="Waiting lists of the area", basis="local")
    area = replace(
        bedford, tables=bedford.tables | {"waiting_list": own}, meta=bedford.meta | {"waiting_list": meta}
    )
    run = make_run(area, services=("SLT", "OT"))
    used = run.waits.parameters
    used = used[~((used["service"] == "SLT") & (used["parameter"] == "opening_list"))]
    run = replace(run, waits=replace(run.waits, parameters=used))
    now = add_health_services(ChapterBuilder(area, area.england()), run).simulated.now
    assert {code: record.basis for code, record in now.waiting.items()} == {"SLT": "local", "OT": "scaled"}
    assert now.own == "some"
    assert "speech and language therapy is the area's own" in now.sources


@pytest.mark.usefixtures("undrawn")
def test_nothing_is_said_from_another_area_s_services(bedford, run, tmp_path, section):
    """A pack made from a release has another area's services, by the ratio of residents under 18."""
    used = bedford.table("service_parameters")
    source = used["source"] + ", those of Luton by " + BY_RATIO
    area = replace(bedford, tables=bedford.tables | {"service_parameters": used.assign(source=source)})
    folder = build_chapter(area, run, tmp_path / "out", explorer=4)
    assert not (folder / "explorer.html").exists()
    assert "those of another area" in section(folder, "health")
    assert "Demand and capacity" not in section(folder, "health")
    assert "have waited over" not in section(folder, "needs")
    assert "a year. Travel costs" not in section(folder, "spend")
    assert "demand is above capacity" not in section(folder, "priorities")
