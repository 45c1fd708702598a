"""From need to referrals: the bridge, the season, the level, the draws."""

from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.demand.calendar import WEEKS_OUTSIDE_TERM, holidays, in_term, mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.demand.referrals import referrals
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError


def test_other_therapies_and_needs_follow_the_same_form(need):
    types = sn.need_types(need, ["PT", "EQUIP", "HI"])
    assert list(types.data["need_type"].values) == ["PT", "EQUIP", "HI"]
    assert int(types.data["children"].min()) > 0
    with pytest.raises(UnknownNameError, match="Did you mean SLT"):
        sn.need_types(need, ["SALT"])
    with pytest.raises(DomainError, match="a list of needs and services"):
        sn.need_types(need, [])
    with pytest.raises(MissingDataError, match="no share_in_need for CAMHS"):
        sn.need_types(need, ["CAMHS"])


def test_schools_are_out_for_thirteen_weeks():
    for year in range(2024, 2036):
        assert len(holidays(year)) == WEEKS_OUTSIDE_TERM
    days = mondays(date(2025, 1, 6), 52)
    assert (~in_term(days)).sum() == WEEKS_OUTSIDE_TERM
    assert in_term(np.array(["2025-04-07", "2025-09-01", "2026-04-06"], dtype="datetime64[D]")).tolist() == [
        False,
        True,
        False,
    ]


def test_level_is_the_packs(need, bedford):
    made = referrals(bedford, need, ["SLT", "OT"], date(2025, 1, 6), 260)
    first = (
        made.data["expected"].sel(service="SLT").isel(week_commencing=slice(0, 52)).mean("week_commencing")
    )
    assert float(first.median()) == pytest.approx(12.9, rel=0.1)
    low, high = np.quantile(first, [0.1, 0.9])
    assert low == pytest.approx(10.1, rel=0.12)
    assert high == pytest.approx(13.6, rel=0.12)


def test_august_is_quiet_and_counts_are_overdispersed(need, bedford):
    made = referrals(bedford, need, ["SLT"], date(2025, 1, 6), 156).data.sel(service="SLT")
    month = made["week_commencing"].dt.month
    august = made["expected"].where(month == 8, drop=True).mean()
    march = made["expected"].where(month == 3, drop=True).mean()
    assert float(august) < 0.6 * float(march)
    excess = (
        (made["referrals"] - made["expected"]) ** 2 / (made["expected"] + made["expected"] ** 2 / 20)
    ).mean()
    assert float(excess) == pytest.approx(1.0, abs=0.05)


def test_figures_are_drawn_through_their_interval(bedford):
    parameters = Parameters(bedford)
    drawn = parameters.draw("SLT", "in_post_wte", 4000, seed=1)
    np.testing.assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), [6.5, 7.0, 7.5], rtol=0.01)
    np.testing.assert_array_equal(drawn[:100], parameters.draw("SLT", "in_post_wte", 100, seed=1))
    assert set(parameters.draw("SLT", "block_sessions", 10, seed=1)) == {7.0}
    np.testing.assert_array_equal(
        parameters.draw("SLT", "turnover_share_per_year", 50, 1),
        parameters.draw("OT", "turnover_share_per_year", 50, 1),
    )
    with pytest.raises(MissingDataError, match="no 'beds' for SLT"):
        parameters.get("SLT", "beds")
    assert set(parameters.table()["basis"]) <= {"published", "scaled", "illustrative", "local"}
