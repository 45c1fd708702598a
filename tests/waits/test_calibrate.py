"""Calibration: known removals and capacity are found again, at the stated confidence, and faults are told."""

import numpy as np
import pandas as pd
import pytest

from sendneeds.foundation.errors import DomainError, FaultsError
from sendneeds.kernel import streams
from sendneeds.kernel.lists import fifo as lists
from sendneeds.kernel.lists import waits
from sendneeds.waits.lists.calibrate import calibrate

MONTHS, HAZARD, SLOTS = 24, 0.008, 18
BANDS = (0, 4, 12, 18, 52)


@pytest.fixture(scope="module")
def histories():
    """Snapshots every four weeks of 200 simulated lists of 400."""
    weeks, lanes = 4 * MONTHS, 200
    u = streams.uniforms(8, ("calibrate",), weeks, lanes)
    slots = SLOTS - streams.binomial(SLOTS, 0.08, streams.uniforms(8, ("missed",), weeks, lanes))
    path = lists.fifo(
        streams.poisson(20.0, u), slots, np.full(20, 20), HAZARD, streams.lane_keys(8, ("leave",), lanes)
    )
    over = {edge: waits.waiting_over(path, edge)[::4] for edge in BANDS}
    flows = {name: getattr(path, name).reshape(MONTHS, 4, lanes).sum(axis=1) for name in ("arrivals", "seen")}
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
