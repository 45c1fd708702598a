"""The page on which a reader moves levers: interpolation by hand, nodes that are a run's, what it hides."""

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.chapter.forms.explorer_grid import Grid, simulated_grid, start_and_share
from sendneeds.chapter.forms.explorer_page import data_of, explorer_page, page_of, table_of
from sendneeds.chapter.forms.interpolation import centres, errors, interpolate
from sendneeds.errors import MissingDataError, UnknownNameError
from sendneeds.evidence.disclosure.protected import protect_area
from sendneeds.foundation.disclosure.profiles import profile

L = sn.levers
SQUARE = np.array([[10.0, 20.0], [30.0, 80.0]])


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ((0, 0), 10.0),  # nodes are as they are
        ((4, 5), 80.0),
        ((0, 2), 14.0),  # two fifths of the way from 10 to 20
        ((1, 0), 15.0),  # a quarter of the way from 10 to 30
        (
            (1, 2),
            23.0,
        ),  # three quarters of 14 and a quarter of 50, which is two fifths of the way from 30 to 80
        ((9, 5), 80.0),  # beyond the last node it holds
    ],
)
def test_between_nodes_it_is_linear_along_each_lever(at, value):
    assert interpolate([(0, 4), (0, 5)], SQUARE, at).item() == pytest.approx(value)


def test_it_takes_the_cell_in_which_the_setting_lies():
    values = np.array([0.0, 10.0, 100.0])
    assert [interpolate([(0, 1, 3)], values, [x]).item() for x in (0.5, 1, 2)] == [5.0, 10.0, 55.0]


def test_counts_go_along_their_root_and_chances_along_their_odds():
    assert interpolate([(0, 1)], np.array([100.0, 0.0]), [0.5], "root").item() == pytest.approx(
        25.0
    )  # 5 squared
    # odds of 0.5 are 1; of 0.9, 0.92 to 0.12; their geometric mean is 2.7689, and 1.04 x 2.7689 / 3.7689 - 0.02
    chance = interpolate([(0, 1)], np.array([0.5, 0.9]), [0.5], "odds").item()
    assert chance == pytest.approx(0.74406, abs=1e-5)
    assert interpolate([(0, 1)], np.array([0.0, 1.0]), [0], "odds").item() == pytest.approx(0.0, abs=1e-12)


def test_the_error_is_measured_in_the_middle_of_every_cell():
    axes = [(0, 1, 3), (0, 10)]
    assert centres(axes) == [(0.5, 5.0), (2.0, 5.0)]
    values = np.array([[0.0, 0.0], [4.0, 4.0], [8.0, 8.0]])[..., None]
    held = {(0.5, 5.0): np.array([3.0]), (2.0, 5.0): np.array([5.5])}  # it says 2 and 6
    assert errors(axes, values, held) == (0.75, 1.0)
    hidden = {(0.5, 5.0): np.array([np.nan]), (2.0, 5.0): np.array([5.5])}
    assert errors(axes, values, hidden) == (0.5, 0.5)


@pytest.fixture(scope="module")
def option():
    lever = L.FundPosts(
        service="SLT", start=date(2026, 9, 1), wte=1.0, funders={"council_high_needs": 0.25, "icb": 0.75}
    )
    return sn.Scenario("one-post", "One post", levers=[lever])


@pytest.fixture(scope="module")
def real(bedford, option):
    return sn.run(bedford, [option], draws=12, seed=3, to=2028)


@pytest.fixture(scope="module")
def grid(bedford, real):
    return simulated_grid(bedford, real, open_to(bedford), 400)


def open_to(area, name="council"):
    return protect_area(area, profile(name))


def test_the_nodes_are_those_of_a_run(bedford, real, grid):
    """The node of no lever is the baseline, that of one post the option, month by month."""
    assert (grid.service, grid.start, grid.council_share) == ("SLT", date(2026, 9, 1), 0.25)
    assert grid.levers == ("posts", "initiative", "groups")
    assert grid.months[0] == "2026-09"
    chance = sn.compare(real).sel(service="SLT").probability
    for node, scenario in (((0, 0, 0), "baseline"), ((1, 0, 0), "one-post")):
        table = chance[chance["scenario"] == scenario]
        table = table.set_index(table["month"].dt.strftime("%Y-%m"))
        assert grid.values["chance"][node][:, 1].tolist() == table["probability_in"].loc[grid.months].tolist()
    waiting = real["lists/waiting"].sel(service="SLT", scenario="one-post")
    first = waiting.sel(week=waiting["week"].dt.strftime("%Y-%m") == "2027-01").isel(week=0)
    own = grid.values["waiting"][1, 0, 0, grid.months.index("2027-01")]
    assert own.tolist() == np.quantile(first.values, [0.1, 0.5, 0.9]).tolist()


def test_the_cost_is_that_of_a_run_and_nothing_costs_nothing(real, grid):
    costs = real.costs.query("scenario == 'one-post' and funder == 'all'").set_index("financial_year")
    assert costs.index.tolist() == grid.years
    assert grid.values["cost"][1, 0, 0, :, 1] == pytest.approx(costs["central"].to_numpy())
    assert not grid.values["cost"][0, 0, 0].any()
    council = real.costs.query("scenario == 'one-post' and funder == 'council_high_needs'")
    assert council["central"].to_numpy() == pytest.approx(
        0.25 * costs["central"].to_numpy()
    )  # as the page shares it


def test_it_takes_no_more_draws_than_the_run(grid):
    assert grid.draws == 12


def by_hand(**more):
    """A grid of one lever and two months, the numbers made up."""
    values = {
        "chance": np.repeat([[[0.1], [0.2]], [[0.5], [0.6]], [[0.9], [1.0]]], 3, axis=-1),
        "waiting": np.array(
            [[[90, 100, 110], [81, 100, 121]], [[9, 16, 25], [4, 9, 16]], [[0, 1, 4], [0, 0, 1]]], float
        ),
        "overdue_sessions": np.full((3, 2, 3), 4.0),
        "cost": np.array([[[0, 0, 0]], [[40e3, 50e3, 60e3]], [[120e3, 150e3, 180e3]]], float),
    }  # fmt: skip
    held = {name: {(0.5,): cube[0] * 0 + 1, (2.0,): cube[2]} for name, cube in values.items()}
    made = {"council_share": 0.25, "values": values, "held": held, "bases": {"illustrative": 2, "local": 1}}
    months = {"months": ["2027-12", "2028-01"], "years": [2027]}
    return Grid("SLT", date(2027, 12, 1), 100, 7, ("posts",), **months, **(made | more))


def test_the_page_holds_its_nodes_its_errors_and_nothing_from_outside(bedford):
    grid = by_hand()
    page = page_of(grid, bedford, open_to(bedford), "index.html")
    data = json.loads(re.search(r'id="nodes-data">(.*?)</script>', page)[1])
    assert data["axes"] == [{"name": "posts", "unit": "WTE", "nodes": [0, 1, 3]}]
    assert data["values"]["chance"] == [[0.1, 0.2], [0.5, 0.6], [0.9, 1.0]]
    assert data["values"]["waiting"][1] == [9, 16, 25, 4, 9, 16]
    # at 0.5 posts cost of GBP 25,000 is said and 1 held, at 2 posts GBP 100,000 and 150,000
    assert data["errors"]["cost"] == [(24_999 + 50_000) / 2, 50_000]
    assert "cost of a year by £37,500 on average and £50,000 at most" in page
    assert "of the 3 figures of this service are illustrative" in page
    assert re.findall(r"(?:src|href)=\"(?!#)([^\"]+)", page) == ["index.html"]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_without_scripts_it_is_the_table_of_the_nodes():
    head, rows = table_of(by_hand())
    assert head == [
        "Posts added", "Chance, January 2028", "Waiting, January 2028", "Sessions past due, January 2028",
        "Cost, 2027 to 2028",
    ]  # fmt: skip
    assert rows[1] == ["1", "60%", "9 (4 to 16)", "4 (4 to 4)", "50,000 (40,000 to 60,000)"]
    assert len(rows) == 3


def test_what_is_withheld_is_nowhere(bedford):
    grid = by_hand()
    grid.values["waiting"][2, 1] = np.nan  # as `shown_table` leaves it
    grid.held["waiting"][2.0,][1] = np.nan
    assert data_of(grid)["values"]["waiting"][2] == [0, 1, 4, None, None, None]
    assert table_of(grid)[1][2][2] == "[c]"
    assert "[c]: a small number, not shown" in page_of(grid, bedford, open_to(bedford), "")


def test_records_of_its_own_mark_the_page_as_they_mark_the_chapter(bedford):
    table = bedford.table("service_parameters").assign(basis="local")
    own = replace(
        bedford,
        tables=bedford.tables | {"service_parameters": table},
        meta=bedford.meta
        | {"service_parameters": replace(bedford.meta["service_parameters"], basis="local")},
    )
    assert "Not for publication" in page_of(by_hand(), own, open_to(own, "internal"), "")
    page = page_of(by_hand(), own, open_to(own), "")
    assert "Not for publication" not in page
    assert 'class="notice"' in page


def test_it_is_one_file_with_the_same_bytes_each_time(bedford, real, tmp_path):
    first, second = (explorer_page(bedford, real, tmp_path / name, draws=4) for name in ("a.html", "b.html"))
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]
    assert first.stat().st_size < 200_000


def test_an_area_without_figures_of_services_has_no_page(bedford, real, tmp_path):
    bare = replace(bedford, tables={n: t for n, t in bedford.tables.items() if n != "service_parameters"})
    assert simulated_grid(bare, real, open_to(bare), 4) is None
    with pytest.raises(MissingDataError, match=r"service_parameters\.csv"):
        explorer_page(bare, real, tmp_path / "explorer.html")
    with pytest.raises(UnknownNameError, match="SLT"):
        explorer_page(bedford, real, tmp_path / "explorer.html", service="SALT")


def test_without_options_levers_start_in_the_second_september_and_the_nhs_pays(bedford, real):
    bare = replace(real, scenarios=real.scenarios[:1])
    assert bedford.start == date(2025, 1, 6)
    assert start_and_share(bedford, bare, "SLT") == (date(2026, 9, 1), 0.0)


@pytest.mark.usefixtures("undrawn")
def test_the_chapter_links_to_it_where_it_stands_beside(bedford, small_run, chapter, tmp_path):
    folder, without = sn.build_chapter(bedford, small_run, tmp_path / "with", explorer=4), chapter
    assert (folder / "explorer.html").is_file()
    assert "explorer.html" in json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["files"]
    assert 'href="explorer.html"' in (folder / "index.html").read_text(encoding="utf-8")
    assert not (without / "explorer.html").exists()
    assert "explorer.html" not in (without / "index.html").read_text(encoding="utf-8")
