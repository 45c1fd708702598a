"""Synthetic runs for the chapter: small arrays in the shape of a real one, with numbers that mean nothing."""

import csv
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.chapter.build import build_chapter, indicators_csv
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.page import render
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.board.board import add_board
from sendneeds.demand.need_types import NeedTypes
from sendneeds.evidence.area import shipped
from sendneeds.foundation.vocabulary import NEEDS, WEEK_BANDS
from sendneeds.need.inputs.national import shipped_record
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios.cost import COLUMNS
from sendneeds.scenarios.files import Scenario
from sendneeds.scenarios.run import RunResult
from sendneeds.waits.ehc.process import ehc_process
from sendneeds.waits.places.project import PlaceChange, project_places
from sendneeds.waits.services.options import ServiceOption
from sendneeds.waits.services.recorder import USES
from sendneeds.waits.services.result import WaitsResult

DRAWS = 24
SERVICES = ("SLT", "OT", "ASD_DX")
ATTRS = {"units": "children", "long_name": "synthetic"}


def synthetic_need(area, rng, to):
    years = np.arange(2025, to + 1)
    needs = [*NEEDS, "NONE"]
    children = rng.poisson(3.0, (len(years), 3, len(needs), 26, DRAWS))
    children[:, 0, :-1] = 0
    children[:, 1:, -1] = 0
    growth = 1 + 0.05 * np.arange(len(years))
    children = (children * growth[:, None, None, None, None]).astype("int32")
    children[0] = children[0, ..., :1]  # the first January is a count: the same in every draw
    data = xr.Dataset(
        {
            "children": (("year", "provision", "need", "age", "draw"), children, ATTRS),
            "population": (("year", "age", "draw"), 2000 + children.sum(axis=(1, 2), dtype="int32"), ATTRS),
        },
        coords={"year": years, "provision": ["N", "K", "E"], "need": needs, "age": np.arange(26)},
        attrs={"start": 2025, "scored_to": 2030, "seed": 7, "draws": DRAWS},
    )
    flows = (len(years) - 1, len(needs) - 1, 26, DRAWS)
    for name in ("new_plans", "moved_in", "ceased"):
        data[name] = (("calendar_year", "plan_need", "age", "draw"), rng.poisson(1.0, flows), ATTRS)
    data = data.assign_coords(calendar_year=years[:-1], plan_need=needs[:-1])
    record = pd.DataFrame(shipped_record())
    words = ("method", "target", "origin")
    record = record.assign(**{c: pd.to_numeric(record[c]) for c in record if c not in words})
    made = {"seed": 7, "draws": DRAWS, "assumptions": ["Births stay as they were.", "Growth fades <slowly>."]}
    return NeedProjection(data, made, area, record)


def synthetic_lists(area, rng, names, services):
    weeks = np.datetime64("2025-01-06", "ns") + np.arange(210) * np.timedelta64(7, "D")
    january = weeks[[0, 52, 104, 156, 208]]
    stock, flow = (
        (len(names), len(services), len(weeks), DRAWS),
        (len(names), len(services), len(weeks) - 1, DRAWS),
    )
    waiting = rng.poisson(150, stock)
    over18 = rng.binomial(waiting, np.where(np.arange(len(names)) == 1, 0.05, 0.3)[:, None, None, None])
    # an option that changes one service leaves the others as they are
    waiting[1:, 1:], over18[1:, 1:] = waiting[:1, 1:], over18[:1, 1:]
    lead = ("scenario", "service")
    bands = rng.poisson(20, (len(names), len(services), len(january), len(WEEK_BANDS), DRAWS))

    load = rng.gamma(40, 0.026, (len(names), len(services), 4, DRAWS))

    def weekly(size, low, high):
        return (
            (*lead, "week" if size is stock else "week_commencing", "draw"),
            rng.integers(low, high, size),
            ATTRS,
        )

    months = np.unique(weeks[:-1].astype("datetime64[M]")).astype("datetime64[ns]")
    flows = ("removed", "aged_out", "seen", "sessions", "late_weeks", "advice_done", "advice_in_time")
    tops = {"removed": (2, 5), "aged_out": (0, 2), "late_weeks": (5, 60), "advice_in_time": (0, 3)}
    more = {name: weekly(flow, *tops.get(name, (5, 15))) for name in flows}
    more |= {name: weekly(stock, 10, 90) for name in ("overdue_sessions", "in_service", "advice_waiting")}
    used = rng.gamma(9, 1, (len(names), len(services), len(months), len(USES), DRAWS))
    more["slots"] = ((*lead, "month", "use", "draw"), used, ATTRS)
    for name, (dims, values, attrs) in more.items():
        values = values.copy()
        values[1:, 1:] = values[:1, 1:]
        more[name] = (dims, values, attrs)

    data = xr.Dataset(
        {
            **more,
            "waiting": ((*lead, "week", "draw"), waiting, ATTRS),
            "waiting_within_18": ((*lead, "week", "draw"), waiting - over18, ATTRS),
            "waiting_over_52": ((*lead, "week", "draw"), rng.binomial(over18, 0.2), ATTRS),
            "waiting_median": weekly(stock, 5, 20),
            "waiting_p92": weekly(stock, 20, 60),
            "referrals": weekly(flow, 5, 15),
            "slots_asked": ((*lead, "calendar_year", "draw"), 100 * load, ATTRS),
            "slots_available": ((*lead, "calendar_year", "draw"), np.full_like(load, 100.0), ATTRS),
            "seen_median": weekly(flow, -1, 20),
            "seen_p92": weekly(flow, 20, 60),
            "waiting_by_band": ((*lead, "january", "band", "draw"), bands, ATTRS),
            "queue_load": ((*lead, "calendar_year", "draw"), load),
        },
        coords={
            "scenario": names,
            "service": list(services),
            "has_list": ("service", [True] * len(services)),
            "week": weeks,
            "week_commencing": weeks[:-1],
            "january": january,
            "band": list(WEEK_BANDS),
            "month": months,
            "use": list(USES),
            "calendar_year": [2025, 2026, 2027, 2028],
        },
    )
    columns = ["service", "parameter", "unit", "low", "central", "high", "basis", "source"]
    used = area.table("service_parameters")
    return WaitsResult(data, {"seed": 7, "draws": DRAWS, "lists": []}, used[columns], area.name)


def synthetic_run(area, services=SERVICES, options=2, to=2035, seed=0):
    rng = np.random.default_rng(seed)
    need = synthetic_need(area, rng, to)
    years = need.data["year"].values
    types = xr.Dataset(
        {
            "children": (
                ("year", "need_type", "draw"),
                300 + rng.poisson(60, (len(years), 4, DRAWS)).cumsum(axis=0),
            )
        },
        coords={"year": years, "need_type": ["ASD", "SEMH", "SLT", "OT"]},
    )
    scenarios = [Scenario("baseline", "As things stand", "Nothing changes.")]
    scenarios += [
        Scenario(f"option-{i}", f"Option <b>{i}</b>", "A *note* with [a](b).") for i in range(1, options + 1)
    ]
    names = [s.name for s in scenarios]
    lists = synthetic_lists(area, rng, names, services) if services else None
    costs = [
        (name, "SLT", funder, year, "recurrent", "posts", 52, 40_000.0 * i, 56_000.0 * i, 70_000.0 * i)
        for i, name in enumerate(names[1:], 1)
        for year in (2027, 2028)
        for funder in ("council_high_needs", "icb", "all")
    ]
    order = [
        "scenario",
        "service",
        "funder",
        "financial_year",
        "cost_type",
        "item",
        "weeks",
        "low",
        "central",
        "high",
    ]
    assert set(order) == set(COLUMNS)
    clock, places = process_and_places(area, need, names, shared=("EP",) if services else ())
    return RunResult(
        area,
        need,
        NeedTypes(types, {}, area.name),
        scenarios,
        lists,
        pd.DataFrame(costs if services else [], columns=order),
        clock=clock,
        places=places,
    )


def process_and_places(area, need, names, shared):
    """The clock and places on a synthetic need: the first option adds psychologists, the second places."""
    staffing = "fixed" if shared else "follows_record"
    clock = dict.fromkeys(names, ehc_process(area, need, shared=shared, staffing=staffing))
    places = dict.fromkeys(names, project_places(area, need))
    if shared and len(names) > 1:
        clock[names[1]] = ehc_process(
            area, need, shared=shared, staffing=staffing, service_options={"EP": ServiceOption(extra_wte=6.0)}
        )
    if len(names) > 2:
        places[names[2]] = project_places(area, need, place_changes=[PlaceChange("state_special", 2027, 60)])
    return clock, places


@pytest.fixture(scope="session")
def central():
    return shipped("central-bedfordshire")


@pytest.fixture(scope="session")
def make_run():
    return synthetic_run


@pytest.fixture(scope="session")
def run(bedford):
    return synthetic_run(bedford)


@pytest.fixture(scope="session")
def small_run(bedford):
    """A synthetic run of one service, one option and few years, where a test is about something else."""
    return synthetic_run(bedford, services=("SLT",), options=1, to=2030)


@pytest.fixture(scope="session")
def bare_run(central):
    """A synthetic run of an area that has no table of services."""
    return synthetic_run(central, services=())


@pytest.fixture
def run_to_change(run):
    """The synthetic run with lists of its own, for a test to change."""
    return replace(run, waits=replace(run.waits, data=run.waits.data.copy()))


@pytest.fixture
def undrawn(empty_charts):
    """Leave figures empty."""
    with empty_charts():
        yield


@pytest.fixture(scope="session")
def composed(bedford, run, empty_charts):
    """A chapter before anything is written, its charts left empty: the builder, and what each section found."""
    chapter = ChapterBuilder(bedford, bedford.england())
    with empty_charts():
        return chapter, compose(chapter, run)


@pytest.fixture(scope="session")
def own(bedford):
    """Bedford with every table taken as its own unpublished record."""
    return replace(bedford, meta={n: replace(meta, basis="local") for n, meta in bedford.meta.items()})


@pytest.fixture(scope="session")
def own_chapter(own, run, empty_charts, tmp_path_factory):
    """A chapter on the area's own records, its charts left empty."""
    with empty_charts():
        return build_chapter(own, run, tmp_path_factory.mktemp("chapter") / "own")


@pytest.fixture(scope="session")
def chapter(bedford, run, tmp_path_factory):
    """A chapter of Bedford's published figures and a synthetic run."""
    return build_chapter(bedford, run, tmp_path_factory.mktemp("chapter") / "bedford")


@pytest.fixture(scope="session")
def bare(central, bare_run, empty_charts, tmp_path_factory):
    """A chapter of an area that has no table of services, its charts left empty."""
    with empty_charts():
        return build_chapter(central, bare_run, tmp_path_factory.mktemp("chapter") / "central")


@pytest.fixture
def write_pages(undrawn, tmp_path):
    """Return a function that adds a run to a chapter and writes its pages and tables: no other form, nothing drawn."""

    def write(chapter, run):
        contents = compose(chapter, run)
        pages = render(chapter, contents, add_board(chapter, contents), {})
        tables = {f"tables/{id}.csv": table.csv() for id, table in chapter.tables.items()}
        tables["tables/indicators.csv"] = indicators_csv(chapter.records)
        (tmp_path / "pages" / "tables").mkdir(parents=True)
        for name, text in {**pages, **tables}.items():
            (tmp_path / "pages" / name).write_text(text, encoding="utf-8")
        return tmp_path / "pages"

    return write


@pytest.fixture(scope="session")
def section():
    """A function that returns the words of one section of a chapter or of its annex."""

    def read(folder, name):
        pages = ((folder / page).read_text(encoding="utf-8") for page in ("index.html", "annex.html"))
        text = next(page for page in pages if f'<section id="{name}"' in page)
        start = text.index(f'<section id="{name}"')
        body = re.sub(r'src="data:[^"]*"', "", text[start : text.index("</section>", start)])
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))

    return read


@pytest.fixture(scope="session")
def table():
    """A function that returns the rows of one of a chapter's tables."""

    def read(folder, name):
        with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def record():
    """A function that makes an indicator record."""

    def make(id, value, unit, **more):
        about = {"period": "2030", "source": "s", "basis": "illustrative"} | more
        return Indicator(id, id, value, unit, **about)

    return make
