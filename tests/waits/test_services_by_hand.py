"""Lists, staff and rules of made-up services, every number worked by hand."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.demand.bridge import across, referral_ages
from sendneeds.demand.calendar import mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.area import Area, shipped
from sendneeds.evidence.own_lists import refuse_far
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.vocabulary import WEEK_BANDS
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.waits.lists.list_ages import by_band, older, reaching
from sendneeds.waits.lists.opening_list import opening_list, spread_bands
from sendneeds.waits.lists.order import OrderLaw
from sendneeds.waits.lists.order_fit import posterior
from sendneeds.waits.lists.pooled import PooledLists
from sendneeds.waits.services import plots, runner, workforce
from sendneeds.waits.services.options import NO_CHANGE, RuleChange, ServiceOption
from sendneeds.waits.services.recorder import Kept, Recorder
from sendneeds.waits.services.result import WaitsResult
from sendneeds.waits.services.rules_from_parameters import _units, figures
from sendneeds.waits.services.runner import Accepted, Service, _later, _weekly, plans_growth
from sendneeds.waits.services.side_by_side import in_packages
from sendneeds.waits.services.simulate import weeks_of
from sendneeds.waits.services.targets import at_target
from sendneeds.waits.services.throughput import _totals, factor, growth, line
from sendneeds.waits.services.workforce import Post, listed_posts, mean_strength, staff_at_work

TERM = mondays(date(2025, 1, 6), 6)  # six weeks of term, and the week of 17 February outside it


def area(parameters: dict[tuple[str, str], float] | None = None, **tables) -> Area:
    """Return an area whose figures are certain."""
    if parameters is not None:
        rows = [(s, p, "unit", v, v, v, "local", "made up") for (s, p), v in parameters.items()]
        columns = ["service", "parameter", "unit", "low", "central", "high", "basis", "source"]
        tables["service_parameters"] = pd.DataFrame(rows, columns=columns)
    meta = {name: TableMeta(name, "made up", "none", None, "local") for name in tables}
    return Area("made-up", "E1", "Made-up", "local_authority", tables=tables, meta=meta)


# what is recorded of a list


def path_of(bands: np.ndarray) -> SimpleNamespace:
    """Return a path of a service with a list by band, (band, week + 1, lane), and nothing else."""
    weeks, lanes = bands.shape[1] - 1, bands.shape[2]
    nothing = np.zeros((weeks, lanes), dtype=np.int16)
    named = dict.fromkeys(("joined", "left", "aged_out", "outsourced", "seen_weeks", "sessions"), nothing)
    named |= dict.fromkeys(("late_weeks", "discharged", "advice_done", "advice_in_time"), nothing)
    named |= {
        f"{use}_slots": nothing + n
        for n, use in enumerate(("advice", "follow_up", "first", "wasted", "idle"))
    }
    stocks = np.zeros((weeks + 1, lanes), dtype=np.int16)
    named |= dict.fromkeys(("overdue", "overdue_weeks", "in_service", "advice_waiting"), stocks)
    seen = np.arange(7)[:, None, None] * np.ones((1, weeks, lanes), dtype=int)
    return SimpleNamespace(
        waiting_bands=bands,
        waiting=bands.sum(axis=0)[None],
        seen=nothing[None],
        seen_bands=seen,
        percentiles=None,
        **named,
    )


def test_those_within_18_weeks_are_the_bands_to_18():
    assert list(WEEK_BANDS) == ["0-1", ">1-2", ">2-4", ">4-12", ">12-18", ">18-52", ">52"]
    bands = np.array([1, 2, 4, 8, 16, 32, 64])[:, None, None] * np.ones((1, 3, 1), dtype=int)
    found = Kept(TERM[:2], "week").counts(path_of(bands), 2)
    assert found["waiting"][0, 0] == 127
    assert found["waiting_within_18"][0, 0] == 31
    assert found["waiting_over_52"][0, 0] == 64
    assert (found["waiting_median"] == -1).all()  # a service without a list has no wait


def test_weeks_are_gathered_by_month_january_and_year():
    days = mondays(date(2024, 12, 23), 7)  # 23 and 30 December, 6 to 27 January, 3 February
    recorder = Recorder(["baseline"], ["SLT"], days, 1)
    assert recorder.kept.months.tolist() == [0, 2, 6]
    assert recorder.kept.januaries.tolist() == [2]
    assert (recorder.kept.years.tolist(), recorder.kept.year_starts.tolist()) == ([2024, 2025], [0, 2])
    bands = np.arange(8)[None, :, None] * np.ones((7, 1, 1), dtype=int)
    found = recorder.kept.counts(path_of(bands), 2)
    assert found["waiting_by_band"][:, 3, 0].tolist() == [2]
    # two, four and one weeks of 0, 1, 2, 3 and 4 units, of which two make a slot
    assert found["slots"][:, :, 0].tolist() == [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8], [0, 0.5, 1, 1.5, 2]]
    assert found["seen_by_band"][:, 3, 0].tolist() == [6, 15]
    case = SimpleNamespace(
        asked=np.arange(1.0, 8)[:, None], available=np.full((7, 1), 4.0), figures=SimpleNamespace(units=2)
    )
    load = recorder._load(case)
    assert load["slots_asked"][:, 0].tolist() == [0.75, 2.5]  # (1 + 2) / 2 / 2 and (3 + ... + 7) / 5 / 2
    assert load["slots_available"][:, 0].tolist() == [2, 2]
    # five weeks of the last year are no year
    np.testing.assert_array_equal(load["queue_load"][:, 0], [0.375, np.nan])
    alone = Recorder(["baseline"], ["SLT"], days[2:], 1)
    case.asked, case.available = case.asked[2:], case.available[2:]
    assert alone._load(case)["queue_load"][:, 0].tolist() == [1.25], "nor is another year held"


def test_a_scenario_that_leaves_a_service_as_it_is_has_its_figures():
    """Two scenarios of SLT in blocks of one draw; the second leaves OT as it is. 40,000 children need 32 bits."""
    recorder = Recorder(["baseline", "option"], ["SLT", "OT"], mondays(date(2025, 1, 6), 2), 2)
    given = {name: np.zeros(recorder._shapes[name], np.int32) for name in recorder.dims}

    def store(place, waiting):
        for draw, children in enumerate(waiting):
            block = slice(draw, draw + 1)
            for name, array in given.items():
                found = np.full_like(array[..., block], children) if name == "waiting" else array[..., block]
                recorder._store(name, place, block, found)
        recorder.advice.setdefault(recorder.scenarios[place[0]], {})[recorder.services[place[1]]] = None

    store((0, 0), (3, 4))
    store((1, 0), (5, 40_000))
    store((0, 1), (7, 8))
    recorder.copy(1, 1, 0)
    cells = recorder.cells["overdue_sessions"]
    assert cells[1, 1] is cells[0, 1]
    data = recorder.dataset(area({}), 1, [True, True])
    waiting = data["waiting"]
    assert waiting.dtype == np.int32
    assert waiting.isel(week=2).values.tolist() == [[[3, 4], [7, 8]], [[5, 40_000], [7, 8]]]
    assert waiting.sel(scenario="option", service="SLT").values.tolist() == [[5, 40_000]] * 3
    assert waiting.isel(scenario=[1, 0], service=1, draw=[1]).values.tolist() == [[[8]] * 3] * 2
    assert waiting.sum("draw").isel(week=0).values.tolist() == [[7, 15], [40_005, 15]]
    with pytest.raises(ValueError, match="read-only"):
        cells[0, 0] += 1  # what two scenarios share is nobody's to change


def result(**variables) -> WaitsResult:
    """Return a result of one scenario and service with variables by (week, draw) or (calendar_year, draw)."""
    dims = {"week": 8, "week_commencing": 8}
    data = {}
    for name, (dim, values) in variables.items():
        array = np.array(values)
        assert dims.get(dim, len(array)) == len(array)
        data[name] = (("scenario", "service", dim, "draw"), array[None, None])
    days = mondays(date(2025, 1, 6), 8).astype("datetime64[ns]")
    coords = {"scenario": ["baseline"], "service": ["SLT"], "has_list": ("service", [True])}
    coords |= {"week": days, "week_commencing": days}
    return WaitsResult(xr.Dataset(data, coords=coords), {}, pd.DataFrame(), "Made-up")


def test_share_within_18_weeks_and_nobody_waiting():
    made = result(
        waiting=("week", [[100, 50]] * 7 + [[0, 0]]), waiting_within_18=("week", [[92, 25]] * 7 + [[0, 0]])
    )
    found = made.share_within_18().isel(scenario=0, service=0)
    assert found.isel(week=0).values.tolist() == pytest.approx([0.92, 0.5])
    assert found.isel(week=7).values.tolist() == [1, 1]


def test_the_target_is_met_while_it_holds():
    within = [[92, 0], [92, 0], [92, 0], [91, 0], [92, 0], [92, 0], [91, 0], [92, 0]]
    made = result(waiting=("week", [[100, 0]] * 8), waiting_within_18=("week", within))
    found = made.probability_in(hold_weeks=2)
    # January's first week and the two after hold; of February's (week 4), the second after does not
    assert found["month"].astype(str).tolist() == ["2025-01-06", "2025-02-03"]
    assert found["probability_in"].tolist() == [1.0, 0.5]
    # Wilson of one error: half of 2 / (1 + 1/2) sqrt(1/16 + p (1 - p) / 2), that is 1/6 at p = 1, sqrt(3)/6 at 1/2
    assert found["standard_error"].tolist() == pytest.approx([1 / 6, np.sqrt(3) / 6])
    assert made.probability_in(hold_weeks=1)["probability_in"].tolist() == [1.0, 1.0]
    assert made.probability_in(target=0.93, hold_weeks=1)["probability_in"].tolist() == [0.5, 0.5]


def test_in_a_month_by_it_and_staying_from_it():
    """Of four draws one is never there, one in January alone, one from February on, one always."""
    never, january, later, always = [0] * 8, [95] * 4 + [50] * 4, [50] * 4 + [95] * 4, [95] * 8
    within = np.stack([never, january, later, always], axis=1)
    waiting, over_52 = np.full((8, 4), 100), np.zeros((8, 4), int)
    over_52[0] = 10  # in the first week alone ten of a hundred have waited over a year
    made = result(
        waiting=("week", waiting), waiting_within_18=("week", within), waiting_over_52=("week", over_52)
    )
    inside, by = made.probability_in(hold_weeks=3), made.probability_by(hold_weeks=3)
    staying = at_target(made.data, hold_weeks=3)
    assert inside["month"].astype(str).tolist() == ["2025-01-06", "2025-02-03"]
    assert inside["probability_in"].tolist() == [0.5, 0.5]
    assert by["probability_by"].tolist() == [0.5, 0.75]
    assert staying["probability_staying"].tolist() == [0.25, 0.5]
    assert made.probability_by("2025-02", hold_weeks=3)["probability_by"].tolist() == [0.75]
    assert made.probability_staying(date(2025, 1, 31))["probability_staying"].tolist() == [0.25]
    assert made.probability_in(within=52, hold_weeks=1)["probability_in"].tolist() == [0.0, 1.0]
    for wrong in ({"month": "2026-01"}, {"target": 92}, {"within": 20}, {"within": True}, {"hold_weeks": 7}):
        with pytest.raises(DomainError, match=next(iter(wrong))):
            made.probability_in(**wrong)
    with pytest.raises(UnknownNameError, match="OT"):
        made.probability_by(service="OT")


def test_overload_is_a_load_over_one():
    values = np.array([[0.5, 1.0, 1.5, 2.0]])
    data = xr.Dataset(
        {"queue_load": (("scenario", "service", "calendar_year", "draw"), values[None, None])},
        coords={"scenario": ["baseline"], "service": ["SLT"], "calendar_year": [2025]},
    )
    row = WaitsResult(data, {}, pd.DataFrame(), "Made-up").overload().iloc[0]
    assert (row["low"], row["central"], row["high"]) == pytest.approx((0.65, 1.25, 1.85))
    assert row["probability_over_1"] == 0.5
    assert row["load"] == "1.25 (0.65 to 1.85)"


def test_a_last_year_of_a_few_weeks_is_not_told_as_a_year(bedford):
    """A run to January 2026 holds three weeks of that year, and no January after it."""
    run = sn.run(bedford, [], draws=4, to=2026)
    assert run.lists["calendar_year"].values.tolist() == [2025, 2026]
    last = {"calendar_year": 2026}
    assert run.lists["queue_load"].sel(last).isnull().all()
    assert run.clock["baseline"]["reviews_needed"].sel(last).isnull().all()
    assert set(run.waits.overload()["calendar_year"]) == {2025}
    for result, name in ((run.waits, "queue_load"), (run.clock["baseline"], "reviews_needed")):
        told = result.summary(name)
        assert 2026 not in set(told["calendar_year"])
        assert told[["low", "central", "high"]].notna().all(axis=None)


def test_a_service_without_slots_has_no_load():
    values = np.array([[[0.5, np.inf, 1.5, 2.0], [0.5, 1.0, 1.5, 2.0]]])
    data = xr.Dataset(
        {"queue_load": (("scenario", "service", "calendar_year", "draw"), values[None])},
        coords={"scenario": ["baseline"], "service": ["SLT"], "calendar_year": [2025, 2026]},
    )
    without, some = WaitsResult(data, {}, pd.DataFrame(), "Made-up").overload().to_dict("records")
    assert without["load"] == "no slots"
    assert np.isnan([without["low"], without["central"], without["high"]]).all()
    assert without["probability_over_1"] == 0.75  # what is asked is more than nothing
    assert some["central"] == 1.25


def test_staff_set_to_nothing_by_an_option_have_no_load():
    bedford = shipped("bedford")
    weeks = 104
    nobody = {"nobody": {"SLT": ServiceOption(wte=np.zeros(weeks))}}
    need = sn.project(bedford, to=2027, draws=5, seed=1)
    table = sn.simulate(bedford, need, ["SLT"], until=date(2026, 12, 28), scenarios=nobody).overload()
    table = table.set_index(["scenario", "calendar_year"])
    assert table.loc["nobody", "load"].tolist() == ["no slots", "no slots"]
    assert table.loc["nobody", "central"].isna().all()
    assert np.isfinite(table.loc["baseline", "central"]).all()


def test_weeks_late_and_advice_in_time_are_ratios_of_a_year():
    made = result(
        late_weeks=("week_commencing", [[1, 0]] * 4 + [[5, 0]] * 4),
        sessions=("week_commencing", [[2, 0]] * 8),
        advice_in_time=("week_commencing", [[1, 1]] * 8),
        advice_done=("week_commencing", [[4, 2]] * 8),
    )
    assert made.weeks_late().values.ravel()[0] == pytest.approx(24 / 16)
    assert np.isnan(made.weeks_late().values.ravel()[1])
    assert made.advice_in_time().values.ravel().tolist() == [0.25, 0.5]


# the opening list


def test_bands_spread_over_weeks():
    found = spread_bands({"0-1": 3, ">2-4": 4, ">18-52": 34, ">52": 100})
    assert found[:5].tolist() == [3, 0, 2, 2, 0]
    assert found[17:20].tolist() == [0, 1, 1]
    assert (len(found), found[51]) == (104, 1)
    # each week of the open band holds 96 % of the one before: 100 x 0.04 / (1 - 0.96^52)
    assert found[52:54].tolist() == pytest.approx([4.54392, 4.36216], abs=1e-4)
    assert found.sum() == pytest.approx(141)


def test_a_list_without_bands_goes_back_as_many_weeks_as_it_holds():
    made = area({("MADE_UP", "opening_list"): 25, ("MADE_UP", "referrals_accepted_per_week"): 10})
    found, basis, _ = opening_list(made, "MADE_UP", Parameters(made), 2, 1)
    assert found[:4, 0].tolist() == [8, 9, 8, 0]  # three weeks of 8.33, the running sum rounded
    assert (basis, found.shape) == ("local", (104, 2))


def test_an_areas_own_bands_stand():
    rows = pd.DataFrame(
        {
            "service": "SLT",
            "snapshot": "2025-01-06",
            "weeks_band": ["all", *WEEK_BANDS],
            "waiting": pd.array([63, 1, 2, 4, 8, 12, 34, 2], "Int64"),
            "flag": "ok",
        }
    )
    older = rows.assign(snapshot="2024-12-02", waiting=pd.array([9] * 8, "Int64"))
    half = rows.assign(snapshot="2025-02-03").iloc[:5]  # bands are lacking, so the one before is taken
    later = rows.assign(
        snapshot="2025-03-03", waiting=pd.array([7] * 8, "Int64")
    )  # whole, and further from the start
    made = area({}, waiting_list=pd.concat([older, rows, half, later]))
    made = replace(made, settings={"simulation": {"start": date(2025, 1, 13)}})
    found, basis, how = opening_list(made, "SLT", Parameters(made), 1, 1)
    assert found[:6, 0].tolist() == [1, 2, 2, 2, 1, 1]
    assert (found[4:12, 0].sum(), found[12:18, 0].sum(), found[18:52, 0].sum(), found[52:, 0].sum()) == (
        8,
        12,
        34,
        2,
    )
    assert (basis, how) == ("local", "the area's own bands of 2025-01-06")


def test_a_list_of_another_time_is_no_beginning():
    """From 6 January 2025 there are 92 days back to 6 October 2024 and 92 on to 8 April 2025; a day more is too far."""
    rows = pd.DataFrame({"weeks_band": list(WEEK_BANDS), "waiting": pd.array([5] * 7, "Int64"), "flag": "ok"})
    counted = {"SLT": "2024-10-06", "OT": "2024-10-05", "CAMHS": "2025-04-08", "PT": "2025-04-09"}
    tables = [rows.assign(service=service, snapshot=day) for service, day in counted.items()]
    made = area({}, waiting_list=pd.concat(tables))
    made = replace(made, settings={"simulation": {"start": date(2025, 1, 6)}})
    with pytest.raises(DomainError) as caught:
        refuse_far(made, [*counted, "ASD_DX"])
    told = str(caught.value)
    assert "counts OT on 2024-10-05, PT on 2025-04-09, and lists are run from 2025-01-06" in told
    assert "start = 2025-04-14 " in told  # the Monday after the latest of them
    refuse_far(made, ["SLT", "CAMHS"])


# staff


def staff(post: Post, weeks: int, **more) -> list[float]:
    given = {"weeks_to_hire": (2.0, 2.0, 2.0), "turnover": 0.0} | more
    return staff_at_work([post], weeks, 1, 1, ("made-up",), **given)[:, 0].tolist()


def test_a_vacant_post_is_filled_and_ramps_up_until_it_ends():
    # advertised in week 3, filled in week 5 at half strength, an eighth of the rest more each week, over in week 10
    found = staff(Post("band 6", 2.0, filled=False, advertised=3, ends=10, clinical_share=0.8), 12)
    assert found == pytest.approx([0] * 5 + [0.8, 0.9, 1.0, 1.1, 1.2] + [0, 0])
    assert staff(Post("band 6", 1.0, filled=False), 12)[9:11] == pytest.approx([0.9375, 1.0])
    assert staff(Post("band 6", 1.0, filled=False), 4, ramp_from=1.0) == [0, 0, 1, 1]


def test_agency_staff_are_at_full_strength_at_once():
    assert staff(Post("agency", 0.5, starts=1, ends=3, agency=True), 4) == [0, 0.5, 0.5, 0]
    assert staff(Post("agency", 0.5, filled=False, advertised=2, agency=True), 4) == [0, 0, 0.5, 0.5]


def test_somebody_leaves_and_is_replaced(monkeypatch):
    # one in twenty leaves a week; this luck lies half a week past the second
    luck = np.array([[int((1 - 0.95**2.5) * 2**64)]], dtype=np.uint64)
    monkeypatch.setattr(workforce, "uniforms", lambda seed, key, rows, draws: luck)
    found = staff(Post("band 6", 1.0), 12, weeks_to_hire=(3.0, 3.0, 3.0), turnover=1 - 0.95 ** (365.25 / 7))
    # there two weeks, gone three, there two, gone three
    assert found == pytest.approx([1, 1, 0, 0, 0, 0.5, 0.5625, 0, 0, 0, 0.5, 0.5625])


def test_share_that_leaves_a_week():
    assert workforce._hazard(np.array([0.0, 0.5])) == pytest.approx([0, 1 - 0.5 ** (7 / 365.25)])


def test_hired_within_so_many_weeks():
    assert workforce._hired_within(np.array([0, 8, 12, 16]), (8.0, 12.0, 16.0)) == pytest.approx(
        [0, 0.1, 0.5, 0.9], abs=1e-9
    )
    assert workforce._hired_within(np.array([11, 12, 13]), (12.0, 12.0, 12.0)).tolist() == [0, 1, 1]


def test_mean_strength_by_hand():
    """A quarter leave a week, and every post is filled two weeks later."""
    found = mean_strength(4, (2.0, 2.0, 2.0), np.array([1 - 0.75 ** (365.25 / 7)]))[:, 0]
    # in post at the end of each week: 3/4; 9/16; 3/4 of (9/16 + 1/4); 3/4 of (39/64 + 3/16). Of them the quarter that
    # came in week 2 and the 3/16 that came in week 3, as far as still there, lack half their strength, then 7/16
    expected = [0.75, 0.5625, 0.609375 - 0.5 * 0.1875, 0.59765625 - 0.5 * 0.140625 - 0.4375 * 0.140625]
    assert found == pytest.approx(expected, abs=1e-6)


def posts(*rows) -> Area:
    columns = [
        "band",
        "wte",
        "filled",
        "start",
        "end",
        "clinical_share",
        "agency",
        "firsts_share",
        "follow_ups_share",
    ]
    table = pd.DataFrame(rows, columns=columns).assign(service="SLT")
    made = area({("SLT", "funded_wte"): 9.0, ("SLT", "in_post_wte"): 7.5}, posts=table)
    made.settings["simulation"] = {"start": date(2025, 1, 6)}
    return made


def test_posts_of_a_table_by_week():
    made = posts(
        ("a", 1.0, "yes", None, None, 0.8, "no", 0.3, 0.5),
        ("b", 0.5, "no", "2025-01-20", "2025-01-26", 1.0, "no", None, None),
        ("c", 1.0, "no", None, None, 0.5, "yes", 0.1, 0.1),
        ("d", 1.0, "yes", "2025-01-13", None, 1.0, "no", None, None),
        ("e", 2.0, "yes", None, "2025-01-05", 1.0, "no", None, None),
        ("f", 4.0, "yes", None, "2025-01-06", 1.0, "no", None, None),
    )
    a, b, c, d, e, f = listed_posts(made, "SLT", TERM)
    assert (a.filled, a.starts, a.ends, a.clinical_share, a.agency) == (True, -1000, None, 0.8, False)
    assert (b.filled, b.advertised, b.ends) == (
        False,
        2,
        3,
    )  # the last day is a Sunday: over from the next Monday
    assert (c.advertised, c.agency) == (6, True)  # nobody is recruited to it in these six weeks
    assert (d.starts, e.ends, f.ends) == (1, 0, 1)
    assert workforce.in_post_today(Parameters(made), "SLT", 2, 1).tolist() == pytest.approx([4.8, 4.8])
    assert workforce.vacant_wte(Parameters(made), "SLT", 2, 1).tolist() == [0.5, 0.5]
    # 0.8 and 0.5 of a job plan: (0.8 x 0.3 + 0.5 x 0.1) firsts, (0.8 x 0.5 + 0.5 x 0.1) follow-ups
    assert workforce.planned_ring_fence(made, "SLT") == pytest.approx(0.29 / 0.74)
    assert workforce.planned_ring_fence(made, "OT") == 0


def test_posts_of_one_figure():
    made = area({("SLT", "funded_wte"): 9.0, ("SLT", "in_post_wte"): 7.5})
    made.settings["simulation"] = {"start": date(2025, 1, 6)}
    assert workforce.vacant_wte(Parameters(made), "SLT", 2, 1).tolist() == [1.5, 1.5]
    assert workforce.in_post_today(Parameters(made), "SLT", 1, 1).tolist() == [7.5]
    assert workforce.hiring(Parameters(made), "SLT", 1, 1)[0] == (8.0, 12.0, 16.0)
    assert workforce.hiring(Parameters(made), "SLT", 1, 1)[1].tolist() == [0.12]
    first, second = workforce.posts_of(np.array([1.25, 0.5]))
    assert (first.wte.tolist(), second.wte.tolist()) == ([1, 0.5], [0.25, 0])
    assert workforce.posts_of(np.zeros(2)) == []


@pytest.mark.parametrize("wrong", [{"turnover": 1.0}, {"turnover": -0.1}, {"weeks_to_hire": (0.0, 1.0, 2.0)}])
def test_staff_that_cannot_be(wrong):
    with pytest.raises(DomainError):
        staff(Post("a", 1.0), 2, **wrong)
    with pytest.raises(DomainError):
        staff(Post("a", 1.0, clinical_share=-0.1), 2)


# rules


CLINIC = {
    ("SLT", "slots_per_wte_week"): 10,
    ("SLT", "first_slots"): 1.5,
    ("SLT", "advice_slots"): 2,
    ("SLT", "advice_requests_per_week"): 3,
    ("SLT", "block_share"): 0.5,
    ("SLT", "block_sessions"): 6,
    ("SLT", "block_spacing_weeks"): 2,
    ("SLT", "review_share"): 0.25,
    ("SLT", "reviews_per_year"): 2,
    ("SLT", "review_years"): 3,
    ("SLT", "absence_share"): 0.2,
    ("SLT", "missed_share"): 0.1,
    ("SLT", "outside_term_share"): 0.25,
}


def clinic(option: ServiceOption = NO_CHANGE, weeks: int = 7):
    days = mondays(date(2025, 1, 6), weeks)
    return figures(Parameters(area(CLINIC)), "SLT", days, 2, 1, np.full((weeks, 2), 1.5), option)


def test_figures_of_a_clinic():
    found = clinic()
    assert found.units == 2  # a first takes one and a half slots
    assert (found.rules.first_units, found.rules.advice_units) == (3, 4)
    block, review = found.rules.packages
    assert (block.share.tolist(), block.sessions, block.spacing, block.units) == ([0.5, 0.5], 6, 2, 2)
    assert (review.share.tolist(), review.sessions, review.spacing, review.units) == ([0.25, 0.25], 6, 26, 2)
    assert found.advice.tolist() == [3, 3]
    assert found.work[0].tolist() == [3 + 0.5 * 6 * 2 + 0.25 * 6 * 2] * 2
    # 1.5 staff x 10 slots x 0.8 = 12 slots, 24 units; a quarter of it in the week outside term
    assert found.slots[:, 0].tolist() == [24] * 6 + [6]
    assert found.rules.missed.tolist() == [0.1, 0.1]
    assert (found.rules.ring_fenced_share, found.later) == (0, ())


def test_the_share_in_order_is_a_figure_of_the_service_or_that_of_a_provider_of_england():
    providers = shipped("england").table("list_shapes").query("service == 'SLT'")["in_order_share"]
    drawn = clinic().rules.in_order_share.tolist()
    assert set(drawn) <= set(providers.astype(float))
    made = area(CLINIC | {("SLT", "in_order_share"): 0.45})
    found = figures(Parameters(made), "SLT", mondays(date(2025, 1, 6), 7), 2, 1, np.full((7, 2), 1.5))
    assert found.rules.in_order_share.tolist() == [0.45, 0.45]


def test_an_option_changes_staff_and_rules_from_its_week():
    change = RuleChange(first=2, end=4, ring_fenced_share=0.5, missed=0.5, group_share=0.4, group_size=2)
    found = clinic(ServiceOption(extra_wte=0.5, throughput_factor=2.0, rules=(change,)))
    assert found.units == 4  # a place in a group of two takes half a slot
    assert found.slots[0, 0] == 2 * 2.0 * 10 * 0.8 * 4
    assert [week for week, _ in found.later] == [2, 4]
    (_, during), (_, after) = found.later
    alone, group, review = during.packages
    assert (alone.share.tolist(), alone.units) == ([pytest.approx(0.3)] * 2, 4)
    assert (group.share.tolist(), group.units) == ([pytest.approx(0.2)] * 2, 2)
    assert (review.share.tolist(), review.units) == ([0.25, 0.25], 4)
    assert (during.ring_fenced_share, during.missed.tolist()) == (0.5, [0.05, 0.05])
    assert (after.ring_fenced_share, after.missed.tolist()) == (0, [0.1, 0.1])
    assert [package.share.tolist() for package in after.packages] == [[0.5, 0.5], [0, 0], [0.25, 0.25]]
    # 6 + 0.3 x 6 x 4 + 0.2 x 6 x 2 + 0.25 x 6 x 4 against 6 + 0.5 x 6 x 4 + 0.25 x 6 x 4
    assert found.work[:, 0].tolist() == pytest.approx([24, 24, 21.6, 21.6, 24, 24, 24])


@pytest.mark.parametrize("size", [5, 6, 7, 8])
def test_a_place_in_a_group_takes_its_part_of_a_slot(size):
    """Slots a child: 1.5 first, 6 x 0.3 alone, 6 x 0.2 in groups of so many, 6 x 0.25 reviews: 4.8 + 1.2 / size."""
    change = RuleChange(group_share=0.4, group_size=size)
    found = clinic(ServiceOption(rules=(change,)))
    (alone, group, _) = found.rules.packages
    assert (found.units, alone.units, group.units) == (2 * size, 2 * size, 2)
    assert found.work[0, 0] == pytest.approx(2 * size * (4.8 + 1.2 / size))
    with pytest.raises(DomainError, match="from 1 to 8"):
        RuleChange(group_share=0.4, group_size=9)


def test_figures_of_an_output_alone():
    made = area({("ASD_DX", "assessments_per_week"): 10, ("ASD_DX", "outside_term_share"): 0.0})
    found = figures(Parameters(made), "ASD_DX", mondays(date(2025, 1, 6), 104), 1, 1)
    # a year of 52 weeks has 39 in term, so that each gives 10 x 52 / 39
    assert found.slots[:52].sum() == 519  # 13.33 a week, the fraction carried, to just under 520
    assert found.slots[6, 0] == 0
    assert (found.units, found.rules.packages, found.rules.first_units) == (1, (), 1)
    with pytest.raises(DomainError, match="no staff figure"):
        figures(Parameters(made), "ASD_DX", TERM, 1, 1, option=ServiceOption(extra_wte=1.0))


def test_figures_of_advice_alone():
    made = area({("EP", "reports_per_wte_week"): 1.5, ("EP", "advice_requests_per_week"): 4})
    found = figures(Parameters(made), "EP", TERM, 1, 1, np.full((6, 1), 2.0))
    assert (found.units, found.rules.advice_units) == (10, 10)
    assert found.slots[:, 0].tolist() == [30] * 6
    assert found.rules.missed.tolist() == [0]


def test_figures_of_autism_assessments():
    made = area(
        {
            ("ASD_DX", "hours_per_assessment"): 11.5,
            ("ASD_DX", "assessments_per_week"): 2,
            ("ASD_DX", "diverted_to_support_share"): 0.25,
        }
    )
    found = figures(Parameters(made), "ASD_DX", TERM, 1, 1)
    (soon,) = found.rules.packages
    assert (found.units, found.rules.first_units) == (2, 2)  # half-hours; an hour of screening
    assert (soon.share.tolist(), soon.sessions, soon.spacing, soon.weeks_to_first, soon.units) == (
        [1],
        3,
        2,
        2,
        7,
    )
    assert found.slots[:, 0].tolist() == [46] * 6  # 2 x 11.5 hours
    option = ServiceOption(rules=(RuleChange(first=3, pathway="needs_first"),))
    changed = figures(Parameters(made), "ASD_DX", TERM, 1, 1, option=option)
    ((week, rules),) = changed.later
    soon, later = rules.packages
    assert (week, rules.first_units, soon.share.tolist()) == (3, 6, [0])
    assert (later.share.tolist(), later.weeks_to_first, later.spacing, later.units) == ([0.75], 12, 2, 7)


@pytest.mark.parametrize(
    ("slots", "units"), [([1, 2], 1), ([1.5, 2], 2), ([1 / 3, 1], 3), ([0.25, 0.5], 4), ([1.5, 0.75], 4)]
)
def test_units_that_make_every_appointment_whole(slots, units):
    assert _units("SLT", slots) == units


def test_units_that_nothing_makes_whole():
    with pytest.raises(DomainError, match="not whole"):
        _units("SLT", [0.2])


# options


def test_rules_hold_from_their_first_week_to_their_end():
    option = ServiceOption(
        rules=(RuleChange(first=2, end=5, missed=0.5), RuleChange(first=4, missed=0.5, ring_fenced_share=1.0))
    )
    assert option.changes(10) == [0, 2, 4, 5]
    assert option.changes(5) == [0, 2, 4]
    assert [option.at(week).missed for week in (1, 2, 4, 5)] == [1, 0.5, 0.25, 0.5]
    assert [option.at(week).ring_fenced_share for week in (3, 4)] == [None, 1.0]


def test_an_option_that_changes_nothing():
    assert NO_CHANGE.changes_nothing
    assert ServiceOption(extra_wte=np.zeros(3), throughput_factor=np.ones(2)).changes_nothing
    assert not ServiceOption(extra_wte=np.array([0.0, 0.1])).changes_nothing
    assert not ServiceOption(rules=(RuleChange(),)).changes_nothing
    assert len(ServiceOption(rules=(RuleChange(),)).combine(ServiceOption(rules=(RuleChange(),))).rules) == 2


def test_options_together_add_and_multiply():
    one = ServiceOption(extra_wte=1.0, throughput_factor=1.5, outsourced=np.array([1.0, 2.0]))
    two = ServiceOption(extra_wte=2.0, throughput_factor=2.0, diverted=np.array([0.5, 0.5]))
    both = one.combine(two)
    assert (both.extra_wte, both.throughput_factor) == (3, 3)
    assert (both.outsourced.tolist(), both.diverted.tolist()) == ([1, 2], [0.5, 0.5])
    assert one.combine(one).outsourced.tolist() == [2, 4]
    with pytest.raises(DomainError, match="two levers set diverted"):
        two.combine(ServiceOption(diverted=np.array([0.4, 0.5])))


# inputs by week


def test_children_referred_again_come_thirteen_weeks_later():
    assert _later(np.arange(1, 16)[:, None])[:, 0].tolist() == [0] * 13 + [1, 2]
    assert _later(np.ones((13, 1)))[:, 0].tolist() == [0] * 13
    assert _weekly(np.array([1.0, 2.0]), 2, 3).tolist() == [[1, 1, 1], [2, 2, 2]]
    assert _weekly(None, 2, 1).tolist() == [[0], [0]]
    with pytest.raises(DomainError, match="3 weeks where the services run for 2"):
        _weekly(np.ones(3), 2, 1)


def test_children_on_a_list_are_older_than_when_referred():
    """Ten wait: six under a week, four a year and a half; of those referred 3 in 4 are 15, the others 17."""
    referred = np.zeros((26, 1))
    referred[15], referred[17] = 3, 1
    opening = np.zeros((105, 1), int)
    opening[0], opening[78] = 6, 4
    half = 78 / 52.17857142857143 - 1  # of the year after the first
    found = older(referred, opening, 18)[:, 0]
    # of the six 4.5 are 15 and 1.5 are 17; of the four, 3 began at 15 and are 16, or 17; 17-year-olds have left
    on = np.array([4.5, 3 * (1 - half), 1.5 + 3 * half])
    assert found[15:18] == pytest.approx(on / on.sum())
    assert found.sum() == pytest.approx(1)
    assert found[18:].sum() == 0
    assert reaching(found[:, None], 18)[0] == pytest.approx(on[2] / on.sum() / 52.17857142857143)
    nobody = older(referred, np.zeros((3, 1), int), 18)[:, 0]
    assert nobody[[15, 17]].tolist() == [0.75, 0.25]


def test_ages_on_a_list_as_the_pack_has_them():
    ages = np.zeros((26, 1))
    ages[[3, 6, 7, 12, 17]] = np.array([0.4, 0.1, 0.3, 0.1, 0.1])[:, None]
    stated = {"0-4": np.array([0.2]), "5-10": np.array([0.6])}
    found = by_band(ages, stated, 18)[:, 0]
    # a fifth is left to the others, half of them 12 and half 17
    assert found[[3, 6, 7, 12, 17]] == pytest.approx([0.2, 0.15, 0.45, 0.1, 0.1])
    assert found.sum() == pytest.approx(1)
    nobody = by_band(ages, {"11-15": np.array([1.0]), "19-25": np.array([0.3])}, 12)[:, 0]
    assert nobody[11] == pytest.approx(
        1
    )  # of the band only those of 11 are under the limit, and none was thought of


def test_shares_of_referrals_by_age_add_up_to_the_bridge():
    need = sn.project(shipped("bedford"), to=2026, draws=3, seed=2)
    by_age = referral_ages(need, "SLT", 2)
    whole = across(need, "referral_rate", 2, ["SLT"]).isel(service=0, year=0).sum(("provision", "age_band"))
    np.testing.assert_allclose(by_age.sum(axis=0), whole.values)


PACKAGED = {
    ("SLT", "in_post_wte"): 1.0, ("SLT", "slots_per_wte_week"): 10.0, ("SLT", "first_slots"): 2.0,
    ("SLT", "block_share"): 0.8, ("SLT", "block_sessions"): 5.0, ("SLT", "block_spacing_weeks"): 2.0,
    ("SLT", "review_share"): 0.5, ("SLT", "reviews_per_year"): 2.0, ("SLT", "review_years"): 2.0,
    ("SLT", "in_order_share"): 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("both", "onward"),
    [
        (None, 0.3),  # no fewer can have both: 0.8 + 0.5 - 1
        (0.4, 0.4),
        (0.1, 0.3),
        (0.7, 0.5),  # no more than have reviews
    ],
)
def test_a_child_may_have_a_block_and_reviews(both, onward):
    stated = PACKAGED if both is None else PACKAGED | {("SLT", "block_and_review_share"): both}
    found = figures(Parameters(area(stated)), "SLT", TERM, 1, 1, np.ones((6, 1)))
    block, review = found.rules.packages
    assert block.then == 1
    assert block.share[0] * block.then_share[0] == pytest.approx(onward)
    assert review.share[0] == pytest.approx(0.5 - onward)
    # whoever has what, a child takes 2 slots at first, 0.8 x 5 in blocks and 0.5 x 4 in reviews
    assert found.work[0, 0] == pytest.approx(2 + 0.8 * 5 + 0.5 * 4)
    option = ServiceOption(rules=(RuleChange(group_share=0.25, group_size=2),))
    alone, together, after = figures(
        Parameters(area(stated)), "SLT", TERM, 1, 1, np.ones((6, 1)), option
    ).rules.packages
    assert (alone.then, together.then, after.then) == (2, 2, None)
    assert [alone.share[0], together.share[0]] == pytest.approx([0.6, 0.2])
    assert alone.then_share[0] == together.then_share[0] == block.then_share[0]


def test_a_block_and_reviews_that_exclude_each_other():
    stated = PACKAGED | {("SLT", "block_share"): 0.5, ("SLT", "review_share"): 0.25}
    found = figures(Parameters(area(stated)), "SLT", TERM, 1, 1, np.ones((6, 1)))
    assert [package.then for package in found.rules.packages] == [None, None]
    assert found.work[0, 0] == pytest.approx(2 + 0.5 * 5 + 0.25 * 4)


def test_the_year_before_leaves_its_last_requests_for_advice(monkeypatch):
    """Of 3 requests a week for a year 7 stand open: three under a week old, three a week older, one two weeks."""
    asked = np.full((52, 1), 3)
    monkeypatch.setattr(runner, "poisson", lambda *_: asked)
    ran = SimpleNamespace(due=None, overdue_by_week=None, advice_waiting=np.array([[0], [7]]))
    monkeypatch.setattr(runner, "serve", lambda *_, **__: ran)
    monkeypatch.setattr(Service, "_annual_reviews", lambda *_: np.zeros((52, 1), int))
    made = service(
        load="steady", accepted=Accepted(*([np.zeros((60, 1))] * 3)), opening=np.zeros((0, 1)), need=None,
        today=SimpleNamespace(rules=Rules(), units=1), year_slots=np.full((52, 1), 9), days=TERM,
        advice_a_week=np.array([3.0]), _begun=None,
    )  # fmt: skip
    found = made._in_hand(SimpleNamespace(rules=Rules(), units=1))
    assert found[:2] == (None, None)
    assert found[2][:4, 0].tolist() == [3, 3, 1, 0]
    assert found[2].sum() == 7


def test_requests_for_advice_grow_as_new_plans():
    def need(counts):
        new = xr.DataArray(
            counts, dims=("calendar_year", "draw"), coords={"calendar_year": [2025, 2026]}, name="new_plans"
        )
        return SimpleNamespace(data=new.to_dataset(), new_plans=new)

    days = np.array(["2024-12-30", "2025-12-29", "2026-01-05", "2027-01-04"], dtype="datetime64[D]")
    found = plans_growth(need([[100, 120], [150, 90]]), days, need([[40, 60], [999, 999]]))
    assert found.tolist() == [[2, 2.4], [2, 2.4], [3, 1.8], [3, 1.8]]


def service(**attributes) -> Service:
    """Return a service of one draw with some attributes, and nothing else."""
    made = Service.__new__(Service)
    vars(made).update({"name": "SLT", "seed": 1, "draws": 1, "key": ("E1", "SLT")} | attributes)
    return made


def test_slots_that_annual_reviews_take():
    figures_of = area({("SLT", "annual_review_share"): 1.0, ("SLT", "annual_review_reports"): 0.1})
    plans = np.array([390.0, 780.0])[:, None, None, None, None]
    data = xr.Dataset(
        {"children": (("year", "provision", "need", "age", "draw"), plans)},
        coords={"year": [2025, 2026], "provision": ["E"]},
    )
    days = np.array(
        ["2024-12-16", "2025-01-06", "2025-02-17", "2026-01-05", "2027-01-04"], dtype="datetime64[D]"
    )
    made = service(parameters=Parameters(figures_of), days=days)
    # 390 plans, a tenth of a report each of ten units, over 39 weeks in term; twice as many from 2026 on
    assert made._annual_reviews(SimpleNamespace(data=data), 10)[:, 0].tolist() == [10, 10, 0, 20, 20]
    without = service(parameters=Parameters(area({})), days=days)
    assert without._annual_reviews(SimpleNamespace(data=data), 10).tolist() == [[0]] * 5


def test_sessions_due_for_children_in_the_service_at_the_start():
    rules = Rules(packages=(Package(0.5, 3, 2, after=4),), advice_units=2, missed=0.5)
    today = SimpleNamespace(rules=rules, work=np.array([[2.0]]))
    slots, accepted = np.full((52, 1), 20), Accepted(*([np.full((60, 1), 3.0)] * 3))
    made = service(accepted=accepted, today=today, year_slots=slots, advice_a_week=np.array([1.0]))
    # 20 slots half missed, less 2 for advice, are 8 units or 4 children a week, but only 3 come: 1.5 a week for the
    # block; four weeks of first sessions, two of the second and third
    assert made._taken_on()[:, :, 0].T.tolist() == [[1, 2, 1, 2], [1, 2, 0, 0], [1, 2, 0, 0]]
    made.accepted = Accepted(*([np.full((60, 1), 9.0)] * 3))
    assert made._taken_on()[:, 0, 0].tolist() == [2, 2, 2, 2]  # 4 a week
    none = service(load="none", today=today, advice_a_week=np.ones(1))
    assert none._in_hand(SimpleNamespace(rules=rules)) == (None, None, None)


def test_those_who_have_reviews_after_a_block_count_among_those_taken_on():
    block, reviews = Package(0.8, 1, 2, then=1, then_share=0.5), Package(0.1, 1, 2)
    today = SimpleNamespace(rules=Rules(packages=(block, reviews)), work=np.array([[2.3]]))
    slots, accepted = np.full((52, 1), 23), Accepted(*([np.full((60, 1), 99.0)] * 3))
    made = service(accepted=accepted, today=today, year_slots=slots, advice_a_week=np.zeros(1))
    # ten a week: eight in blocks, and one and half of the eight in reviews
    assert made._taken_on()[:, :, 0].tolist() == [[8, 5], [8, 5]]


def test_those_in_the_service_keep_the_package_they_have():
    """Sessions of a block of two and of reviews, by kind of rules that part the block: nobody is in a group yet."""
    block, reviews = Package(0.5, 2, 1, units=1), Package(0.2, 1, 8, units=1)
    alone, together = Package(0.1, 2, 1, units=3), Package(0.4, 2, 1, units=1)
    rules = Rules(packages=(alone, together, Package(0.2, 1, 8, units=3)))
    sessions = np.array([[[5], [3], [2]]])
    found = in_packages(sessions, Rules(packages=(block, reviews)), rules, 3)
    assert found[0, :, 0].tolist() == [5, 3, 0, 0, 2]


def test_children_sent_elsewhere_may_come_back():
    accepted = Accepted(np.full((15, 1), 8.0), np.full((15, 1), 10), np.full((52, 1), 8.0))
    diverted = np.array([1.0] * 2 + [0.0] * 13)
    made = service(days=np.zeros(15))
    kept, away = made._triage(accepted, ServiceOption(diverted=diverted, rereferred=1.0))
    assert away[:, 0].tolist() == [10, 10] + [0] * 13
    assert kept.drawn[:, 0].tolist() == [0, 0] + [10] * 11 + [20, 20]
    assert kept.expected[:, 0].tolist() == [0, 0] + [8] * 11 + [16, 16]
    assert made._triage(accepted, ServiceOption())[0] is accepted


def test_the_factor_holds_a_list_to_its_record():
    """Twenty slots a week, ten join, one of a hundred of 200 leaves; a tenth missed, two advised, two slots a child."""
    one = np.ones(1)
    stands = factor(20 * one, 10 * one, 200 * one, 0.01 * one, 2 * one, 2 * one, 0.1 * one, 0 * one)
    assert stands[0] == pytest.approx((2 + 2 * (10 - 2)) / 0.9 / 20)
    year = 365.25 / 7
    falls = factor(20 * one, 10 * one, 200 * one, 0.01 * one, 2 * one, 2 * one, 0.1 * one, -0.1 * one)
    assert falls[0] == pytest.approx((2 + 2 * (8 + 20 / year)) / 0.9 / 20)
    grows = factor(20 * one, 1 * one, 200 * one, 0.01 * one, 2 * one, 2 * one, 0.1 * one, 0 * one)
    assert grows[0] == pytest.approx(2 / 0.9 / 20)  # more leave than join: slots for advice alone


def test_staff_grow_with_what_is_asked_in_the_year_around():
    asked = np.concatenate([np.full((52, 1), 10.0), np.full((78, 1), 15.0)])
    found = growth(asked)[:104, 0]
    assert (found[:27] == 1).all()
    assert found[52] == pytest.approx((26 * 10 + 26 * 15) / 520)
    assert found[78:].tolist() == pytest.approx([1.5] * 26)
    assert (growth(np.full((52, 1), 3.0)) == 1).all()


def test_a_drift_is_from_month_to_the_same_month():
    months = np.array([0, 2, 12, 14, 24])
    totals = np.array([100.0, 400.0, 110.0, 440.0, 121.0])  # a tenth more each year, whatever the season
    slope, error, points = line(months, totals)
    assert (slope, points) == (pytest.approx(np.log(1.1)), 5)
    assert 0 < error <= 0.09
    assert line(np.array([0, 1, 2, 3]), np.array([9.0, 8.0, 7.0, 6.0])) is None  # no month twice
    assert line(np.array([0, 12]), np.array([9.0, 8.0])) is None


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: ServiceOption(extra_wte=np.nan), "extra_wte: nan"),
        (lambda: ServiceOption(wte=-1.0), "wte: -1"),
        (lambda: ServiceOption(extra_slots=np.array([1.0, np.inf])), "extra_slots: inf in 1 of 2 places"),
        (lambda: ServiceOption(initiative=np.full(3, -5.0)), "initiative: -5 in 3 of 3 places"),
        (lambda: ServiceOption(diverted=np.array([0.5, 1.5])), "diverted: 1.5"),
        (lambda: ServiceOption(rereferred=20), "rereferred: 20"),
        (lambda: ServiceOption(throughput_factor="twice"), "throughput_factor='twice'"),
        (lambda: RuleChange(ring_fenced_share=-1), "ring_fenced_share: -1"),
        (lambda: RuleChange(group_share=1.5), "group_share: 1.5"),
        (lambda: RuleChange(missed=np.nan), "missed: nan"),
        (lambda: RuleChange(first=1.5), "first=1.5"),
        (lambda: RuleChange(first=10, end=5), "end=5: a week after the first, 10"),
        (lambda: RuleChange(group_share=0.5, group_size=2.5), "group_size=2.5"),
        (lambda: RuleChange(missed="0.5"), "missed='0.5'"),
        (lambda: ServiceOption(extra_wte=None), "extra_wte=None"),
        (lambda: ServiceOption(referrals=None), "referrals=None"),
        (lambda: ServiceOption(throughput_factor="1.5"), "throughput_factor='1.5'"),
        (lambda: ServiceOption(outsourced_return=None), "outsourced_return=None"),
        (lambda: ServiceOption(rules=RuleChange(missed=0.5)), "a list of RuleChange"),
        (lambda: ServiceOption(rules="missed"), "rules='missed'"),
        (lambda: ServiceOption(rules=None), "rules=None"),
        (lambda: ServiceOption(extra_wte=np.ones((5, 4))).check(4, 5), "extra_wte has shape"),
        (lambda: ServiceOption(throughput_factor=np.ones(4)).check(4, 5), "throughput_factor has shape"),
        (lambda: ServiceOption(rules=(RuleChange(missed=np.ones(4)),)).check(4, 5), "missed has shape"),
    ],
)
def test_what_is_no_number_is_refused(make, named):
    with pytest.raises(DomainError, match=named):
        make()


def test_lists_are_read_as_arrays_and_rules():
    half = RuleChange(missed=[0.5, 0.5])
    made = ServiceOption(rules=[half, RuleChange(missed=0.5)], extra_wte=[1, 2])
    assert made.rules[0] is half
    assert made.at(0).missed.tolist() == [0.25, 0.25]
    assert made.combine(made).extra_wte.tolist() == [2, 4]


def test_numbers_by_week_add_to_those_by_week_and_draw():
    both = ServiceOption(extra_wte=np.array([1.0, 2.0])).combine(ServiceOption(extra_wte=np.ones((2, 3))))
    assert both.extra_wte.tolist() == [[2, 2, 2], [3, 3, 3]]
    both.check(2, 3)


def test_a_factor_on_referrals_counts_each_so_many_times():
    accepted = Accepted(np.full((15, 1), 8.0), np.full((15, 1), 10), np.full((52, 1), 8.0))
    made = service(days=np.zeros(15))
    factor = np.array([2.0] * 5 + [1.0] * 5 + [0.0] * 5)[:, None]
    more = made._referred(accepted, ServiceOption(referrals=factor))
    assert more.drawn[:, 0].tolist() == [20] * 5 + [10] * 5 + [0] * 5
    assert more.expected[:, 0].tolist() == [16] * 5 + [8] * 5 + [0] * 5
    part = made._referred(accepted, ServiceOption(referrals=np.full((15, 1), 1.5)))
    assert np.all((part.drawn >= 10) & (part.drawn <= 20))
    assert made._referred(accepted, ServiceOption()) is accepted
    both = ServiceOption(referrals=factor).combine(ServiceOption(referrals=1.5))
    np.testing.assert_array_equal(both.referrals[:, 0], [3.0] * 5 + [1.5] * 5 + [0.0] * 5)


# small lists, lone figures and edges


def test_ages_of_a_list_add_up_to_one_where_few_are_referred():
    """0.3 of a child a week is referred at 5 and 0.1 at 7; nobody waits yet: three quarters and one."""
    referred = np.zeros((10, 1))
    referred[[5, 7], 0] = 0.3, 0.1
    found = older(referred, np.zeros((3, 1), int), 9)[:, 0]
    assert found[[5, 7]].tolist() == pytest.approx([0.75, 0.25])
    assert found.sum() == pytest.approx(1)


def test_where_providers_do_not_differ_every_share_in_order_is_their_mean():
    assert OrderLaw("SLT", 0.4, 0.0, 3).quantile(np.array([0.01, 0.5, 0.99])).tolist() == [0.4, 0.4, 0.4]


def test_before_any_list_is_seen_a_share_in_order_has_the_law_of_providers():
    """Mean 0.5 and variance 0.05 is the beta law of 2 and 2, F(x) = 3 x^2 - 2 x^3, in steps of 0.05 about each share.

    F(0.025) = 0.001875 - 0.00003125 for the first, and as much for the last; for a half F(0.525) - F(0.475), of which
    one is 0.826875 - 0.28940625 and the other 0.676875 - 0.21434375.
    """
    found = posterior([], 0.5, 0.05**0.5)
    assert found[[0, 10, 20]] == pytest.approx([0.00184375, 0.0749375, 0.00184375], rel=1e-6)


def pooled(*waiting: list[int]) -> PooledLists:
    """Return lists added up, by band of weeks waited (rows) and week, of one draw."""
    data = xr.Dataset(
        {"waiting": (("band", "week", "draw"), np.array(waiting)[:, :, None])},
        coords={"week": range(len(waiting[0]))},
    )
    return PooledLists(data, {})


def test_the_share_within_some_weeks_is_that_of_the_bands_below():
    """Ten in the first band, then 0, 0, 20, 30, 20 and 20: of 100, 10 are within 1 week, 60 within 18, 80 within 52."""
    made = pooled([10, 5], [0, 0], [0, 0], [20, 0], [30, 0], [20, 0], [20, 5])
    shares = {weeks: float(made.within(weeks).isel(week=0, draw=0)) for weeks in (1, 4, 12, 18, 52)}
    assert shares == pytest.approx({1: 0.1, 4: 0.1, 12: 0.3, 18: 0.6, 52: 0.8})
    line = made.plot().get_lines()[0]
    assert line.get_ydata().tolist() == pytest.approx([0.6, 0.5])


def test_bars_of_a_list_stand_on_those_of_shorter_waits():
    """1, 2, 3 and 4 up to 12 weeks are 10; then 5, 6 and 7: bars from 0, 10, 15 and 21, up to 28."""
    waiting = xr.DataArray(
        np.arange(1, 8)[None, :, None] * np.ones((1, 1, 3)),
        dims=("january", "band", "draw"),
        coords={"january": np.array(["2027-01-01"], dtype="datetime64[ns]")},
    )
    bars = plots.bands(waiting, "A list", None).patches
    assert [bar.get_y() for bar in bars] == [0, 10, 15, 21]
    assert [bar.get_height() for bar in bars] == [10, 5, 6, 7]


def test_a_list_that_hardly_moves_is_drawn_from_nothing():
    array = xr.DataArray(
        np.full((1, 3, 2), 500.0) + np.arange(3)[None, :, None],
        dims=("scenario", "week", "draw"),
        coords={
            "scenario": ["baseline"],
            "week": np.array(["2027-01-04", "2027-01-11", "2027-01-18"], "M8[ns]"),
        },
        attrs={"units": "children"},
    )
    assert plots.fan(array, "A list", None).get_ylim()[0] == 0


@pytest.mark.parametrize("spacing", [None, 0.0, 0.4])
def test_sessions_of_a_block_are_a_week_apart_where_nothing_longer_is_stated(spacing):
    stated = {key: value for key, value in CLINIC.items() if key[1] != "block_spacing_weeks"}
    stated |= {} if spacing is None else {("SLT", "block_spacing_weeks"): spacing}
    found = figures(Parameters(area(stated)), "SLT", TERM, 1, 1, np.ones((6, 1)))
    assert found.rules.packages[0].spacing == 1


def test_no_week_has_fewer_slots_than_none():
    """Of 1.5 at work two leave: no slot, where one who leaves has 0.5 x 10 slots x 0.8 = 4 in a week of term."""
    assert clinic(ServiceOption(extra_wte=-1.0)).slots[0, 0] == 4 * clinic().units
    assert not clinic(ServiceOption(extra_wte=-2.0)).slots.any()


def test_a_post_more_of_a_service_with_an_output_alone_is_never_away_where_no_absence_is_stated():
    """A post gives 4 slots a week besides, in term and outside it for ten weeks; with a fifth away it gives 3.2."""
    stated = {("ASD_DX", "assessments_per_week"): 10, ("ASD_DX", "slots_per_wte_week"): 4}
    option = ServiceOption(extra_wte=1.0)

    def more(**besides: float) -> float:
        made = Parameters(area(stated | {("ASD_DX", name): value for name, value in besides.items()}))
        without, found = (
            figures(made, "ASD_DX", mondays(date(2025, 1, 6), 10), 1, 1, option=one)
            for one in (NO_CHANGE, option)
        )
        return float(found.slots.sum() - without.slots.sum())

    assert more() == 40
    assert more(absence_share=0.2) == 32


def test_an_output_is_the_mean_of_the_year_that_begins_with_the_first_week():
    """Of the 52 Mondays from 1 June 2026 forty are in term: 13 a week in them, 520 over the year, are 10 a week."""
    stated = {("OT", "assessments_per_week"): 10, ("OT", "outside_term_share"): 0}
    found = figures(Parameters(area(stated)), "OT", mondays(date(2026, 6, 1), 52), 1, 1)
    assert set(found.slots[:, 0].tolist()) == {0, 13}
    assert found.slots.sum() == 520
    assert found.advice.tolist() == [0]  # none is stated


def test_staff_grow_with_the_record_alone(monkeypatch):
    """What changes nothing is as today while staff follow the record; staff that stand, or an option, are not."""
    monkeypatch.setattr(Service, "_figures", lambda _, *asked: asked)
    made, posts = service(today="today"), ServiceOption(extra_wte=1.0)
    cases = [(NO_CHANGE, "follows_record"), (NO_CHANGE, "fixed"), (posts, "follows_record")]
    found = [made._figures_of(SimpleNamespace(option=o, staffing=s)) for o, s in cases]
    assert found == ["today", *cases[1:]]


def test_lists_run_to_the_january_with_which_the_projection_ends():
    """From Monday 28 December 2026 to 15 January 2027 there are the Mondays of 28 December, 4 and 11 January."""
    made = SimpleNamespace(start=date(2026, 12, 28))
    years = SimpleNamespace(scored_to=2027, data={"year": xr.DataArray([2025, 2026, 2027])})
    assert weeks_of(made, years, None).astype(str).tolist() == ["2026-12-28", "2027-01-04", "2027-01-11"]
    assert len(weeks_of(made, years, date(2027, 1, 17))) == 3  # the Sunday
    assert len(weeks_of(made, years, date(2027, 1, 18))) == 4  # the Monday after
    early = SimpleNamespace(name="Made-up", start=date(2024, 12, 30))
    with pytest.raises(DomainError, match="from 2024-12-30, and the projection begins in January 2025"):
        weeks_of(early, years, None)


def test_totals_of_a_list_are_those_of_the_months_of_its_days():
    """Of January the row of all weeks counts, not its band besides; of February there are bands alone, 7 and 5.

    A band of March is withheld, so that March has no total.
    """
    rows = [
        ("2025-01-05", "all", 9),
        ("2025-01-05", ">52", 4),
        ("2025-02-16", ">18-52", 7),
        ("2025-02-16", ">52", 5),
        ("2025-03-16", ">18-52", 8),
        ("2025-03-16", ">52", None),
    ]
    table = pd.DataFrame(rows, columns=["snapshot", "weeks_band", "waiting"]).assign(service="SLT")
    months, totals = _totals(area(waiting_list=table), "waiting_list", "SLT")
    assert months.tolist() == [55 * 12, 55 * 12 + 1]  # months since January 1970
    assert totals.tolist() == [9, 12]


def test_staff_grow_as_much_where_little_is_asked():
    """Half a slot a week for a year, then three quarters: from half a year into that year half as much again."""
    asked = np.concatenate([np.full((52, 1), 0.5), np.full((78, 1), 0.75)])
    found = growth(asked)[:104, 0]
    assert found[0] == 1
    assert found[78:].tolist() == pytest.approx([1.5] * 26)
