"""Calibration: known removals and capacity are found again, at the stated confidence, and faults are told."""

import numpy as np
import pandas as pd
import pytest

from sendneeds.foundation.errors import DomainError, FaultsError
from sendneeds.kernel import streams
from sendneeds.kernel.lists import waiting_list
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.waits.lists.calibrate import calibrate

MONTHS, HAZARD, SLOTS = 24, 0.008, 18
BANDS = (0, 4, 12, 18, 52)


@pytest.fixture(scope="module")
def histories():
    """Snapshots every four weeks of 200 simulated lists of 400."""
    weeks, lanes = 4 * MONTHS, 200
    u = streams.uniforms(8, ("calibrate",), weeks, lanes)
    slots = SLOTS - streams.binomial(SLOTS, 0.08, streams.uniforms(8, ("missed",), weeks, lanes))
    arrivals, luck = streams.poisson(20.0, u), RandomStreams(8, ("leave",), lanes)
    path = waiting_list.run(arrivals, slots, np.full(20, 20), luck, leaving=HAZARD, edges=BANDS)
    over = dict(zip(BANDS, np.cumsum(path.waiting_bands[::-1], axis=0)[::-1, ::4], strict=True))
    flows = {
        name: flow.reshape(MONTHS, 4, lanes).sum(axis=1)
        for name, flow in (("arrivals", arrivals), ("seen", path.seen))
    }
    dates = pd.date_range("2024-01-07", periods=MONTHS + 1, freq="28D")
    return [
        pd.DataFrame(
            {
                "month_end": dates,
                "referrals": np.concatenate([[0], flows["arrivals"][:, lane]]),
                "seen": np.concatenate([[0], flows["seen"][:, lane]]),
                **{f"over_{edge}": stock[:, lane] for edge, stock in over.items()},
            }
        )
        for lane in range(lanes)
    ]


def test_intervals_hold_the_truth_as_often_as_they_say(histories):
    found = [calibrate(table) for table in histories]
    # a child who leaves in a week is counted from the stock before it, less those seen since: a little under
    held = np.mean([f.removal_hazard.low <= HAZARD <= f.removal_hazard.high for f in found])
    assert 0.68 < held < 0.92
    capacity = SLOTS * 0.92
    held = np.mean([f.capacity.low <= capacity <= f.capacity.high for f in found])
    assert 0.68 < held < 0.92
    assert np.mean([f.removal_hazard.central for f in found]) == pytest.approx(HAZARD, rel=0.04)
    assert np.mean([f.dispersion for f in found]) < 1.5
    assert all(f.findings == () for f in found)


def test_account_comes_out_every_month(histories):
    flows = calibrate(histories[0]).flows
    assert len(flows) == MONTHS
    assert (flows.opening + flows.referrals - flows.seen - flows.removed == flows.closing).all()


def test_negative_flow_is_told_and_not_clamped(histories):
    table = histories[0].copy()
    table.loc[5, "referrals"] -= 60
    found = calibrate(table)
    assert any("more children than opening + referrals - seen" in text for text in found.findings)
    assert found.flows["removed"].iloc[4] < 0
    assert found.removal_hazard.central < calibrate(histories[0]).removal_hazard.central


def test_impossible_band_is_told(histories):
    table = histories[0].copy()
    table.loc[3, "over_18"] = table.loc[2, "over_12"] + 7
    table.loc[3, "over_12"] = max(table.loc[3, "over_12"], table.loc[3, "over_18"])
    told = [text for text in calibrate(table).findings if "over 18 weeks" in text]
    assert len(told) == 1
    assert told[0].startswith("March 2024: 7 more children")


def test_row_order_changes_nothing(histories):
    shuffled = histories[1].sample(frac=1, random_state=2)
    assert calibrate(shuffled).capacity == calibrate(histories[1]).capacity


def test_refusals(histories):
    table = histories[0]
    with pytest.raises(DomainError, match="found 2; allowed: 4 or more"):
        calibrate(table.head(3))
    with pytest.raises(DomainError, match="found -"):
        calibrate(table.assign(seen=table["seen"] + 40))
    empty = table.assign(over_0=0, over_4=0, over_12=0, over_18=0, over_52=0, referrals=80, seen=80)
    with pytest.raises(DomainError, match="shows its demand"):
        calibrate(empty)
    with pytest.raises(FaultsError, match="give the column 'seen'"):
        calibrate(table.drop(columns="seen"))
    bad = table.astype({"seen": "object", "month_end": "object"})
    bad.loc[4, "seen"], bad.loc[6, "month_end"], bad.loc[7, "over_18"] = "c", "x", 10_000
    with pytest.raises(FaultsError) as told:
        calibrate(bad)
    for part in ("3 faults", "row 6, column seen", "row 8, column month_end", "no more than over_12"):
        assert part in str(told.value)


def snapshots(seen, waiting=(100,) * 5, **more) -> pd.DataFrame:
    """Return five lists four weeks apart, with 40 referrals in each month between."""
    dates = pd.date_range("2025-01-05", periods=5, freq="28D")
    return pd.DataFrame(
        {"month_end": dates, "referrals": [0, *[40] * 4], "seen": [0, *seen], "over_0": waiting, **more}
    )


def test_removals_and_capacity_by_hand():
    even = calibrate(snapshots([36, 36, 36, 36]))
    # four of 40 a month leave, on a list of 100 for four weeks: 16 of 1,600 child-weeks; 36 seen in four weeks
    assert (even.removal_hazard.central, even.capacity.central) == pytest.approx((0.01, 9))
    # the gamma law of 16.5 over 1,600
    assert (even.removal_hazard.low, even.removal_hazard.high) == pytest.approx(
        (0.0072219, 0.0136704), abs=1e-6
    )
    assert (even.dispersion, even.capacity_cv) == (1, 0)
    assert even.flows["removed"].tolist() == [4, 4, 4, 4]
    odd = calibrate(snapshots([32, 36, 40, 36]))
    # 8, 4, 0 and 4 leave: (16 + 0 + 16 + 0) / 4 over three; 8, 9, 10 and 9 seen a week, t_3 at 0.9 = 1.637744
    assert odd.dispersion == pytest.approx(8 / 3)
    spread = np.sqrt(2 / 3)
    assert odd.capacity_cv == pytest.approx(spread / 9)
    assert odd.capacity.high - 9 == pytest.approx(1.637744 * spread / 2, abs=1e-6)
    assert (odd.removal_hazard.low, odd.removal_hazard.high) == pytest.approx(
        (0.0058679, 0.0165099), abs=1e-6
    )


def test_a_list_all_but_empty_shows_no_capacity():
    found = calibrate(snapshots([36, 36, 131, 40], (100, 104, 108, 8, 8)))
    # after 131 seen the 8 left are under a week's 32.75, after 40 under 10
    assert found.flows["empties"].tolist() == [False, False, True, True]
    assert found.capacity.central == 9
    with pytest.raises(DomainError, match="allowed: 2 or more"):
        calibrate(snapshots([36, 131, 40, 40], (100, 104, 8, 8, 8)))


def test_more_children_over_a_wait_than_could_have_come_there():
    more = {"over_4": [50, 50, 10, 50, 50], "over_8": [5, 5, 5, 12, 50]}
    found = calibrate(snapshots([36] * 4, **more)).findings
    assert len(found) == 1
    assert "2 more children over 8 weeks than were over 4 weeks a month before" in found[0]


def monthly(days) -> pd.DataFrame:
    """Return lists of 300 with 62 referred and 62 seen in each month."""
    return pd.DataFrame({"month_end": days, "referrals": 62, "seen": 62, "over_0": 300})


def test_first_days_of_months_are_a_month_apart_in_every_form():
    # 31, 30, 31, 31, 30 days from 1 May: 62 in each is 14, 14.467, 14, 14, 14.467 a week
    days = pd.date_range("2025-05-01", periods=6, freq="MS")
    serials = [(day - pd.Timestamp("1899-12-30")).days for day in days]
    for form in (
        list(days),
        days.strftime("%d/%m/%Y"),
        days.strftime("%Y-%m-%d"),
        serials,
        days.tz_localize("UTC"),
    ):
        found = calibrate(monthly(form))
        assert found.capacity.central == pytest.approx((3 * 14 + 2 * 62 * 7 / 30) / 5)
        assert found.findings == ()
    with pytest.raises(FaultsError, match="month first only"):
        calibrate(monthly([*days.strftime("%d/%m/%Y")[:5], "09/30/2025"]))


def test_a_missing_month_is_told_and_its_flows_are_not_spread():
    days = [*pd.date_range("2025-01-31", periods=9, freq="ME")]
    whole = calibrate(monthly(days))
    del days[4]
    found = calibrate(monthly(days))
    # without May and June: 28, 31, 30, then 31, 31, 30 days
    kept = [62 * 7 / n for n in (28, 31, 30, 31, 31, 30)]
    assert found.flows["seen_a_week"].tolist() == pytest.approx(kept)
    assert found.capacity.central == pytest.approx(sum(kept) / 6)
    assert found.capacity.central == pytest.approx(whole.capacity.central, rel=0.01)
    (told,) = found.findings
    assert "30 April 2025 to 30 June 2025: no snapshot for 61 days" in told
    with pytest.raises(DomainError, match="without a gap before them: found 3"):
        calibrate(monthly(days[1:6]))
    with pytest.raises(FaultsError, match=r"row 9, column month_end\n +found: +2025-09-30"):
        calibrate(monthly([*days, pd.Timestamp("2025-09-29")]))
    with pytest.raises(FaultsError, match="row 10, column month_end"):
        calibrate(monthly([*days, days[0]]))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_share_in_order_is_found_in_snapshots(share):
    """Over 40 simulated lists the interval holds the share that they were run with."""
    weeks, lanes = 52, 40
    opening = np.concatenate([np.full(18, 12), np.full(34, 5), np.full(12, 2)])
    arrivals = streams.poisson(20.0, streams.uniforms(9, ("order",), weeks, lanes))
    luck = RandomStreams(9, ("order", "leave"), lanes)
    path = waiting_list.run(
        arrivals, np.full((weeks, 1), 19), opening, luck, share, leaving=HAZARD, edges=(0, 4, 12, 18, 52)
    )
    over = np.cumsum(path.waiting_bands[::-1], axis=0)[::-1, ::4]
    flows = [flow.reshape(13, 4, lanes).sum(axis=1) for flow in (arrivals, path.seen)]
    found = []
    for lane in range(lanes):
        table = {
            "month_end": pd.date_range("2024-01-07", periods=14, freq="28D"),
            "referrals": np.concatenate([[0], flows[0][:, lane]]),
            "seen": np.concatenate([[0], flows[1][:, lane]]),
            **{f"over_{edge}": over[n, :, lane] for n, edge in enumerate((0, 4, 12, 18, 52))},
        }
        one = calibrate(pd.DataFrame(table))
        found.append(one.in_order_share)
        assert one.summary()["variable"].tolist() == ["removal_hazard", "capacity", "in_order_share"]
    assert np.mean([one.low - 0.05 <= share <= one.high + 0.05 for one in found]) > 0.8
    assert np.mean([one.central for one in found]) == pytest.approx(share, abs=0.15)
    assert np.mean([one.high - one.low for one in found]) < 0.45


def test_without_bands_or_a_quarter_of_a_year_the_order_is_not_told():
    assert calibrate(snapshots([36] * 4)).in_order_share is None
    assert calibrate(snapshots([36] * 4, over_18=[30] * 5)).in_order_share is None
    assert calibrate(snapshots([36] * 4, over_18=[30] * 5, over_52=[5] * 5)).in_order_share is not None


def months_of(dates, **more):
    return pd.DataFrame({"month_end": dates, "referrals": 90, "seen": 84, "over_0": 400, **more})


def test_dates_with_the_month_first_are_told_as_such():
    with pytest.raises(FaultsError, match="dates in numbers alone are read day first"):
        calibrate(months_of([f"{month}/1/2025" for month in range(1, 8)]))


def test_columns_that_are_there_twice_or_oddly_named_are_told():
    months = pd.date_range("2025-01-31", periods=6, freq="ME")
    for name in ("over_018", "over_²"):
        with pytest.raises(FaultsError, match="weeks in plain digits"):
            calibrate(months_of(months, **{name: 1}))
    twice = months_of(months, other=90).rename(columns={"other": "seen"})
    with pytest.raises(FaultsError, match="2 columns of that name"):
        calibrate(twice)


def test_headings_that_mean_a_band_are_not_passed_over():
    months = pd.date_range("2025-01-31", periods=6, freq="ME")
    for name in ("Over_18", "over18", "over_18 ", "over_18+", "over 18 weeks"):
        with pytest.raises(FaultsError, match="weeks in plain digits"):
            calibrate(months_of(months, **{name: 1}))
    assert len(calibrate(months_of(months, override=1)).flows) == 5


def test_what_only_can_be_made_a_number_is_no_count():
    months = pd.date_range("2025-01-31", periods=6, freq="ME")
    for cells in (months, [True] * 6, pd.to_timedelta([84] * 6), [84 + 0j] * 6, [84, 84, 84, 84, 84, True]):
        with pytest.raises(FaultsError, match="a count, 0 or more") as error:
            calibrate(months_of(months).assign(seen=cells))
        assert {fault.column for fault in error.value.faults} == {"seen"}


def test_a_list_from_which_nobody_is_seen_shows_no_capacity():
    with pytest.raises(DomainError, match="children seen over 4 months: found 0"):
        calibrate(snapshots([0] * 4))


def test_snapshots_a_day_apart_are_told_as_such():
    with pytest.raises(FaultsError, match="days and not months apart"):
        calibrate(months_of(pd.date_range("2025-01-13", periods=7)))
    # a week apart is a list counted weekly: 84 a week
    assert calibrate(months_of(pd.date_range("2025-01-13", periods=7, freq="7D"))).capacity.central == 84
