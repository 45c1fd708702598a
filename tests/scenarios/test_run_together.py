"""A board's run is the sum of its councils' runs, draw by draw, and says what it does not add up."""

import datetime as dt

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.evidence.pack.read import shipped_packs
from sendneeds.foundation.errors import DomainError, ScenarioError
from sendneeds.need.inputs.change import FlowMultiplier, NeedChange
from sendneeds.scenarios import areas
from sendneeds.scenarios.scenario import Scenario

FOUR = ("bedford", "central-bedfordshire", "luton", "milton-keynes")
ASKED = {"draws": 6, "seed": 3, "to": 2027}


@pytest.fixture(scope="module")
def board():
    return sn.run(shipped("blmk"), [], **ASKED)


@pytest.fixture(scope="module")
def councils():
    return [sn.run(shipped(slug), [], **ASKED) for slug in FOUR]


def test_plans_of_the_board_are_the_councils_added_draw_by_draw_and_its_median_is_of_that_sum(
    board, councils
):
    total = sum(run.need.total("E").values for run in councils)
    assert np.array_equal(board.need.total("E").values, total)
    row = board.by_part.query("area_code == 'E54000024' and measure == 'plans' and period == 2027")
    assert row["central"].item() == np.median(total[-1])
    assert row["low"].item() == np.quantile(total[-1], 0.1)
    assert total[0].tolist() == [2170 + 4035 + 2723 + 2982] * 6


@pytest.mark.parametrize(
    "flow", ["requests", "decided", "issued", "issued_in_time_excluding", "reviews_held"]
)
def test_the_clock_of_the_board_is_the_sum_of_the_councils(board, councils, flow):
    total = sum(run.clock["baseline"].data[flow].values for run in councils)
    assert np.array_equal(board.clock["baseline"].data[flow].values, total)


def test_the_share_in_time_is_of_all_plans_and_no_mean_of_shares(board, councils):
    def yearly(name):
        return sum(run.clock["baseline"].yearly(name).values for run in councils)

    share = board.clock["baseline"].share_in_time(by="calendar_year").values
    assert np.allclose(share, yearly("issued_in_time_excluding") / yearly("issued_excluding"))
    given = sum(run.clock["baseline"].data["advice_given"].values for run in councils)
    assert np.allclose(board.clock["baseline"].data["advice_ratio"].values, given / given[0])


@pytest.mark.parametrize("measure", ["placed", "needed", "wanted"])
def test_places_of_the_board_are_the_sum_of_the_councils(board, councils, measure):
    mine = board.places["baseline"].by_setting(measure)
    for setting in mine["setting"].values:
        theirs = sum(
            run.places["baseline"].by_setting(measure).sel(setting=setting).values
            for run in councils
            if setting in run.places["baseline"].data["setting"].values
        )
        assert np.array_equal(mine.sel(setting=setting).values, theirs)


def test_children_placed_and_awaiting_are_the_children_with_a_plan(board):
    data = board.places["baseline"].data
    whole = data["placed"].sum(("setting", "need", "phase")) + data["awaiting"].sum(("need", "phase"))
    assert np.array_equal(whole.values, board.need.total("E").values)


def test_need_types_are_those_of_the_councils_to_a_rounding(board, councils):
    mine = board.types["children"]
    theirs = sum(run.types["children"].values for run in councils)
    exact = [i for i, name in enumerate(mine["need_type"].values) if name in ("ASD", "SEMH")]
    assert np.array_equal(mine.values[:, exact], theirs[:, exact])
    assert np.abs(mine.values - theirs).max() < 4 * 3 * 5 * 4  # each of four rounds 3 provisions in 5 ages


def test_each_council_beside_the_whole_is_what_its_own_run_says(board, councils):
    for run in councils:
        mine = board.by_part.query(f"area_code == '{run.area.code}' and measure == 'plans'").set_index(
            "period"
        )
        own = np.quantile(run.need.total("E").values, [0.1, 0.5, 0.9], axis=1)
        assert np.allclose(mine[["low", "central", "high"]].to_numpy().T, own)


def test_ranges_of_the_whole_are_narrower_than_those_of_the_councils_added(board):
    rows = board.by_part.query("measure == 'plans' and period == 2027").set_index("area_code")
    width = rows["high"] - rows["low"]
    assert width["E54000024"] < width.drop("E54000024").sum()


def test_lists_of_one_council_are_not_taken_for_the_boards(board):
    assert board.waits is None
    assert board.services == []
    assert any("Bedford stand in the chapter of that council" in text for text in board.missing)


def test_a_lever_on_need_is_pulled_in_every_council(tmp_path):
    text = (shipped_packs()["blmk"] / "area.toml").read_text(encoding="utf-8")
    text = text.replace('"bedford", "central-bedfordshire", "luton", ', '"luton", ')
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "area.toml").write_text(text, encoding="utf-8")
    lever = sn.levers.Requests(start=dt.date(2026, 1, 1), ratio=(0.8, 0.8, 0.8))
    fewer, asked = [Scenario("fewer", "Fewer requests", levers=(lever,))], {**ASKED, "draws": 4}
    found = sn.run(sn.open_area(tmp_path / "two"), fewer, **asked)
    change = NeedChange(requests=(FlowMultiplier(2026, 0.8, 0.8, 0.8),))
    alone = [sn.project(shipped(slug), change=change, **asked) for slug in ("luton", "milton-keynes")]
    mine = found.needs["fewer"].total("E").values
    assert np.array_equal(mine, sum(one.total("E").values for one in alone))
    assert (mine[-1] < found.need.total("E").values[-1]).all()


def test_a_lever_on_a_service_belongs_to_one_council():
    option = sn.open_scenarios("bedford")[1]
    with pytest.raises(ScenarioError, match="one council's"):
        sn.run(shipped("blmk"), [option], **ASKED)


def test_a_projection_of_the_board_is_the_same_as_its_runs(board):
    need = sn.project(shipped("blmk"), to=2027, draws=6, seed=3)
    assert need.data.equals(board.need.data)
    assert need.area.code == "E54000024"
    with pytest.raises(DomainError, match="issues a share of its own"):
        sn.project(shipped("blmk"), to=2027, draws=4, issued={2025: np.ones(4)})


def test_a_board_in_many_areas_stands_for_its_councils(councils, tmp_path, monkeypatch):
    made = {run.area.code: run for run in councils}
    monkeypatch.setattr(areas, "run", lambda area, *_, **__: made.pop(area.code))
    found = sn.run_areas([shipped("blmk")], **ASKED, folder=tmp_path, jobs=1)
    assert made == {}  # each was asked for once
    assert found.codes == tuple(shipped(slug).code for slug in FOUR)


def test_a_saved_run_of_a_board_opens_as_it_was(board, tmp_path):
    again = sn.open_result(board.to_netcdf(tmp_path / "board.nc"))
    assert again.by_part.equals(board.by_part)
    assert len(again.area.parts) == 4
    assert again.clock["baseline"].data.equals(board.clock["baseline"].data)
