"""From need to referrals on a made-up area: the bridge, need types, the calendar, figures and referrals, by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.demand import bridge
from sendneeds.demand import parameters as parameters_module
from sendneeds.demand.bridge import across
from sendneeds.demand.calendar import holidays, in_term, mondays, month_starts, sums_by_period
from sendneeds.demand.need_types import need_types
from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.demand.referrals import _over_weeks, referrals, season_index
from sendneeds.evidence.area import Area
from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.projection import NeedProjection

NEEDS = ["ASD", "SEMH", "SLCN", "none"]


def area(**tables) -> Area:
    return Area("made-up", "E1", "Made-up", "local_authority", tables=tables)


def bridge_rows(*rows) -> pd.DataFrame:
    """Return rows (measure, service, need, provision, age_from, age_to, low, central, high) of the bridge table."""
    columns = ["measure", "service", "need", "provision", "age_from", "age_to", "low", "central", "high"]
    return pd.DataFrame(rows, columns=columns)


def figures(*rows) -> pd.DataFrame:
    """Return rows (service, parameter, low, central, high) of the table of service parameters."""
    table = pd.DataFrame(rows, columns=["service", "parameter", "low", "central", "high"])
    return table.assign(unit="unit", basis="local", source="made up")


def need_of(where: Area, cells: list[tuple], draws: int = 2) -> NeedProjection:
    """Return a projection with the cells (year, provision, need, age, count), and nobody else."""
    years = (2025, 2026)
    cube = np.zeros((len(years), 3, len(NEEDS), 26, draws), dtype=np.int32)
    for year, provision, need, age, count in cells:
        cube[years.index(year), ["N", "K", "E"].index(provision), NEEDS.index(need), age] = count
    data = xr.Dataset(
        {"children": (("year", "provision", "need", "age", "draw"), cube)},
        coords={
            "year": list(years),
            "provision": ["N", "K", "E"],
            "need": NEEDS,
            "age": np.arange(26),
            "draw": np.arange(draws),
        },
        attrs={"seed": 1, "draws": draws},
    )
    return NeedProjection(data, {}, where, pd.DataFrame())


# the bridge


def test_the_bridge_adds_rows_over_ages_and_provisions():
    table = bridge_rows(
        ("share_in_need", "SLT", "SLCN", "E", 4, 10, 0.5, 0.5, 0.5),
        ("share_in_need", "SLT", "ASD", "all", 0, 25, 0.25, 0.25, 0.25),
        ("share_in_need", "SLT", "HI", "E", 0, 25, 1.0, 1.0, 1.0),  # a need that nobody has here
        ("share_in_need", "OT", "ASD", "K", 11, 11, 1.0, 1.0, 1.0),
        ("referral_rate", "SLT", "SLCN", "E", 0, 25, 9.0, 9.0, 9.0),
    )
    need = need_of(
        area(need_service=table),
        cells=[
            *((2025, "E", "SLCN", 3, 1000), (2025, "E", "SLCN", 4, 10), (2025, "E", "SLCN", 5, 20)),
            *((2025, "E", "SLCN", 10, 40), (2025, "E", "SLCN", 11, 2000), (2025, "K", "SLCN", 7, 4000)),
            *((2025, "K", "ASD", 11, 8), (2025, "E", "ASD", 25, 100), (2026, "E", "ASD", 25, 200)),
            *((2025, "K", "ASD", 10, 16), (2025, "K", "ASD", 12, 16)),
        ],
    )
    found = across(need, "share_in_need", 1).isel(draw=0)
    assert found["service"].values.tolist() == ["SLT", "OT"]
    slt = found.sel(service="SLT", year=2025)
    assert slt.sel(provision="E").values.tolist() == [5, 30, 0, 0, 25]
    assert slt.sel(provision="K").values.tolist() == [0, 4, 6, 0, 0]
    assert slt.sel(provision="N").values.tolist() == [0] * 5
    assert found.sel(service="SLT", year=2026, provision="E").values.tolist() == [0, 0, 0, 0, 50]
    assert found.sel(service="OT", year=2025, provision="K").values.tolist() == [0, 0, 8, 0, 0]


def test_half_of_a_coefficients_luck_is_its_services(monkeypatch):
    luck = {4: 1.0, 5: 0.5}  # a key of the service alone, and one with the row
    monkeypatch.setattr(bridge, "standard_normal", lambda seed, key, draws: np.full(draws, luck[len(key)]))
    table = bridge_rows(
        ("share_in_need", "SLT", "SLCN", "E", 0, 25, 0.1, 0.2, 0.4),
        ("share_in_need", "OT", "SLCN", "E", 0, 25, 0.4, 0.8, 1.6),
        ("referral_rate", "OT", "SLCN", "E", 0, 25, 0.4, 0.8, 1.6),
    )
    need = need_of(area(need_service=table), cells=[(2025, "E", "SLCN", 7, 1000)])

    def rate(measure: str, service: str) -> float:
        return float(across(need, measure, 1, [service]).isel(year=0, draw=0).sum()) / 1000

    # double at the 90th percentile, which is 1.28155; here 1.5 / sqrt 2 = 1.06066
    assert rate("share_in_need", "SLT") == pytest.approx(0.2 * 2 ** (1.06066 / 1.28155), rel=1e-5)
    assert rate("share_in_need", "OT") == 1.0  # 1.42 is more than all
    assert rate("referral_rate", "OT") == pytest.approx(0.8 * 2 ** (1.06066 / 1.28155), rel=1e-5)


def test_a_service_that_the_bridge_lacks_is_named():
    table = bridge_rows(("share_in_need", "SLT", "SLCN", "E", 0, 25, 1.0, 1.0, 1.0))
    need = need_of(area(need_service=table), cells=[])
    with pytest.raises(MissingDataError, match="no share_in_need for OT, PT"):
        across(need, "share_in_need", 1, ["SLT", "OT", "PT"])


# need types


def test_need_types_by_band_and_provision():
    table = bridge_rows(("share_in_need", "SLT", "SLCN", "all", 0, 25, 0.5, 0.5, 0.5))
    need = need_of(
        area(need_service=table),
        cells=[
            *((2025, "E", "ASD", 4, 1), (2025, "E", "ASD", 5, 2), (2025, "K", "ASD", 10, 4)),
            *((2025, "E", "ASD", 16, 8), (2025, "E", "ASD", 25, 16), (2026, "E", "ASD", 11, 32)),
            *((2025, "E", "SLCN", 5, 7), (2025, "K", "SLCN", 5, 13), (2025, "E", "SEMH", 5, 99)),
        ],
    )
    data = need_types(need, ["SLT", "ASD"]).data.isel(draw=0)
    assert data["need_type"].values.tolist() == ["SLT", "ASD"]
    assert data["children"].sel(year=2025).values.tolist() == [
        10,
        31,
    ]  # 3.5 and 6.5 both go to the even number
    assert data["children"].sel(year=2026).values.tolist() == [0, 32]
    assert data["by_provision"].sel(year=2025, need_type="ASD").values.tolist() == [0, 4, 27]
    assert data["by_provision"].sel(year=2025, need_type="SLT").values.tolist() == [0, 6, 4]
    assert data["by_age_band"].sel(year=2025, need_type="ASD").values.tolist() == [1, 6, 0, 8, 16]


# the calendar


def days(*written: str) -> np.ndarray:
    return np.array(written, dtype="datetime64[D]")


def test_a_week_begins_on_its_monday():
    assert mondays(date(2025, 1, 5), 2).tolist() == [date(2024, 12, 30), date(2025, 1, 6)]
    assert mondays(date(2025, 1, 6), 1).tolist() == [date(2025, 1, 6)]


def test_months_start_with_their_first_monday():
    # 15 and 22 September, then 29; 6, 13, 20 and 27 October; 3 November
    assert month_starts(mondays(date(2025, 9, 15), 8)).tolist() == [0, 3, 7]
    assert month_starts(mondays(date(2025, 12, 29), 2)).tolist() == [0, 1]


def test_weeks_out_of_school_in_2025():
    expected = [
        "02-17",
        "04-07",
        "04-14",
        "05-26",
        "07-21",
        "07-28",
        "08-04",
        "08-11",
        "08-18",
        "08-25",
        "10-27",
        "12-22",
        "12-29",
    ]
    assert holidays(2025) == {date.fromisoformat(f"2025-{day}") for day in expected}


@pytest.mark.parametrize(
    ("year", "fortnight"),
    [
        (2023, ("2023-04-03", "2023-04-10")),  # Easter on 9 April: Good Friday's week and the next
        (2024, ("2024-03-25", "2024-04-01")),
        (2039, ("2039-03-28", "2039-04-04")),  # on 10 April: the week before and Good Friday's
    ],
)
def test_the_fortnight_of_easter(year, fortnight):
    spring = {day for day in holidays(year) if 3 <= day.month <= 4}
    assert spring == {date.fromisoformat(day) for day in fortnight}


def test_christmas_reaches_into_the_next_year():
    # Christmas 2023 fell on a Monday, so that its second week began on 1 January
    assert in_term(days("2024-01-01", "2024-01-08")).tolist() == [False, True]
    assert in_term(days("2025-07-14", "2025-07-21", "2025-08-25", "2025-09-01")).tolist() == [
        True,
        False,
        False,
        True,
    ]


# figures


def test_a_services_own_figure_stands_before_that_of_all():
    made = Parameters(
        area(
            service_parameters=figures(
                ("all", "missed_share", 0.1, 0.1, 0.1),
                ("SLT", "missed_share", 0.2, 0.2, 0.2),
                ("OT", "slots", 3, 3, 3),
            )
        )
    )
    assert (made.get("SLT", "missed_share").central, made.get("OT", "missed_share").central) == (0.2, 0.1)
    assert made.draw("OT", "missed_share", 2, 1).tolist() == [0.1, 0.1]
    assert made.draw_or("OT", "slots", 2, 1, 9.0).tolist() == [3, 3]
    assert made.draw_or("SLT", "slots", 2, 1, 9.0).tolist() == [9, 9]
    assert (made.has("SLT", "slots"), made.has("PT", "missed_share")) == (False, True)
    assert made.services(["missed_share"]) == ["SLT"]
    assert made.services([]) == ["SLT", "OT"]
    used = made.table()
    assert used[["service", "parameter", "central"]].values.tolist() == [
        ["all", "missed_share", 0.1],
        ["SLT", "missed_share", 0.2],
        ["OT", "slots", 3],
    ]
    with pytest.raises(MissingDataError, match="no 'slots' for SLT"):
        made.get("SLT", "slots")


@pytest.fixture
def uniform(monkeypatch):
    """Give every draw the same uniforms, and keep nothing of them."""

    def given(*luck):
        array = np.array([[int(u * 2**64) if u < 1 else 2**64 - 1 for u in luck]], dtype=np.uint64)
        monkeypatch.setattr(parameters_module, "uniforms", lambda seed, key, rows, draws: array)
        standard_normal.cache_clear()

    yield given
    standard_normal.cache_clear()


@pytest.mark.parametrize(("at", "expected"), [(0.1, 2.0), (0.5, 4.0), (0.9, 12.0)])
def test_a_figure_is_drawn_through_its_interval(uniform, at, expected):
    uniform(at)
    table = figures(("SLT", "slots", 2.0, 4.0, 12.0), ("SLT", "block_share", 0.5, 0.75, 1.5))
    made = Parameters(area(service_parameters=table))
    assert made.draw("SLT", "slots", 1, 1) == pytest.approx([expected])
    assert made.draw("SLT", "block_share", 1, 1) == pytest.approx([{0.1: 0.5, 0.5: 0.75, 0.9: 1.0}[at]])


@pytest.mark.parametrize(("interval", "expected"), [((2, 2, 8), 2), ((1, 4, 4), 1)])
def test_a_figure_with_a_spread_on_one_side(uniform, interval, expected):
    uniform(0.1)
    made = Parameters(area(service_parameters=figures(("SLT", "slots", *interval))))
    assert made.draw("SLT", "slots", 1, 1) == pytest.approx([expected])


def test_a_normal_from_a_uniform(uniform):
    uniform(0.0, 0.975, 1.0)
    low, middle, high = standard_normal(1, ("x",), 3)
    assert middle == pytest.approx(1.959964, abs=1e-6)
    assert (low, high) == pytest.approx((-8.21, 8.21), abs=0.01)  # finite at both ends


def test_luck_that_is_shared_cannot_be_altered():
    luck = standard_normal(1, ("x",), 3)
    assert standard_normal(1, ("x",), 3) is luck
    with pytest.raises(ValueError, match="read-only"):
        luck += 1.0


def test_weeks_added_up_by_period():
    """Weeks 0 to 1, 2 to 4 and 5; in 16 bits each, and more than those hold in a sum."""
    weekly = np.array([[1, 30_000], [2, 30_000], [3, 0], [4, 1], [5, 2], [6, 3]], np.int16)
    found = sums_by_period(weekly, np.array([0, 2, 5]))
    assert found.tolist() == [[3, 60_000], [12, 3], [6, 3]]
    assert sums_by_period(weekly, np.array([0, 2, 5]), np.int32).dtype == np.int32
    assert sums_by_period(np.array([0.5, 0.25, 4.0]), np.array([0, 1])).tolist() == [0.5, 4.25]


# referrals


def test_january_stocks_between_censuses():
    yearly = xr.DataArray(
        np.array([[[0.0], [365.0], [1095.0]]]),
        dims=("service", "year", "draw"),
        coords={"service": ["SLT"], "year": [2025, 2026, 2027]},
    )
    weeks = days(
        "2025-01-06", "2025-01-15", "2025-01-20", "2026-01-12", "2026-01-15", "2026-01-19", "2028-01-03"
    )
    # a child a day in the first year, two a day in the second, none before or after
    assert _over_weeks(yearly, weeks)[0, :, 0].tolist() == pytest.approx([0, 0, 5, 362, 365, 373, 1095])


def season(service: str, **index) -> pd.DataFrame:
    values = dict.fromkeys(range(1, 13), 1.0) | {int(k[1:]): v for k, v in index.items()}
    return pd.DataFrame({"service": service, "month": list(values), "index": list(values.values())})


def test_the_season_of_a_service_or_of_all():
    table = pd.concat([season("all", m8=0.5), season("SLT", m7=0.25), season("OT", m8=9.0).iloc[:11]])
    found = season_index(area(season=table), ["SLT", "OT"], days("2025-07-28", "2025-08-04", "2025-12-29"))
    assert [index.tolist() for index in found] == [[0.25, 1, 1], [1, 0.5, 1]]


def expected_referrals(parameters: pd.DataFrame | None, base_children: int | None = None) -> np.ndarray:
    table = bridge_rows(("referral_rate", "SLT", "SLCN", "E", 0, 25, 0.1, 0.1, 0.1))
    tables = {"need_service": table, "season": season("all", m7=0.5)}
    where = area(**tables, **({} if parameters is None else {"service_parameters": parameters}))
    need = need_of(where, cells=[(2025, "E", "SLCN", 7, 100), (2026, "E", "SLCN", 9, 200)])
    base = None if base_children is None else need_of(where, cells=[(2025, "E", "SLCN", 7, base_children)])
    made = referrals(where, need, ["SLT"], date(2025, 1, 13), 27, 1, base)
    assert made.data["week_commencing"].values[[0, -1]].astype("datetime64[D]").tolist() == [
        date(2025, 1, 13),
        date(2025, 7, 14),
    ]
    return made.data["expected"].isel(service=0, draw=0).values[[0, -1]]


def test_referrals_follow_the_bridge_where_the_pack_states_none():
    # 10 a year in January; 180 of 365 days on, 10 x (1 + 180 / 365), at half in July
    assert expected_referrals(None) == pytest.approx([10 / 52.17857, 14.931507 / 52.17857 / 2], rel=1e-6)


def test_referrals_start_from_the_level_that_the_pack_states():
    stated = figures(("SLT", "referrals_accepted_per_week", 5, 5, 5))
    assert expected_referrals(stated) == pytest.approx([5, 5 * 1.4931507 / 2], rel=1e-6)
    # the level was counted when 200 children were there: half as many are referred
    assert expected_referrals(stated, 200) == pytest.approx([2.5, 5 * 1.4931507 / 4], rel=1e-6)


def test_referrals_counted_scatter_about_what_is_expected():
    table = bridge_rows(("referral_rate", "SLT", "SLCN", "E", 0, 25, 0.1, 0.1, 0.1))
    stated = figures(("SLT", "referrals_accepted_per_week", 10, 10, 10))
    where = area(need_service=table, season=season("all"), service_parameters=stated)
    need = need_of(where, draws=4000, cells=[(y, "E", "SLCN", 7, 100) for y in (2025, 2026)])
    counts = referrals(where, need, ["SLT"], date(2025, 1, 13), 10).data["referrals"].values
    assert counts.mean() == pytest.approx(10, rel=0.01)
    assert counts.var() == pytest.approx(10 + 10**2 / 20, rel=0.03)


def test_services_stand_in_the_order_asked():
    table = bridge_rows(
        *(("share_in_need", s, "SLCN", "E", 0, 25, k, k, k) for s, k in (("SLT", 0.5), ("OT", 0.25)))
    )
    need = need_of(area(need_service=table), cells=[(2025, "E", "SLCN", 7, 100)])
    found = (
        across(need, "share_in_need", 1, ["OT", "SLT"]).sum(("provision", "age_band")).isel(year=0, draw=0)
    )
    assert found.values.tolist() == [25, 50]
