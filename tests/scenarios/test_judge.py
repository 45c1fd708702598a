"""The rules that judge an option, on comparisons small enough to work out by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.scenarios.comparison import Comparison
from sendneeds.scenarios.judge import (
    AtTarget,
    Verdict,
    at_target,
    comes_late,
    months_ahead,
    most_telling,
    sessions_past_due,
    stays_from,
)
from sendneeds.waits.services.result import WaitsResult

CHANCES = {"baseline": [0.1, 0.2, 0.3, 0.2, 0.5], "posts": [0.9, 0.2, 0.8, 0.85, 0.9]}
MONTHS = pd.to_datetime(["2026-10-05", "2026-11-02", "2026-12-07", "2027-01-04", "2027-02-01"])


def waits(past_due, weeks_late):
    """Two scenarios of one service over 2027 and three weeks of 2028; two draws, the second with twice as much."""
    weeks = np.arange("2027-01-04", "2028-01-24", 7, dtype="datetime64[D]").astype("datetime64[ns]")
    coords = {"scenario": ["baseline", "posts"], "service": ["SLT"], "week": weeks, "week_commencing": weeks}
    shape = (2, 1, len(weeks), 1)
    twice = np.array([1, 2])
    due = np.broadcast_to(past_due(weeks), shape) * twice
    late = np.broadcast_to(weeks_late(weeks), shape) * twice
    stock, flow = (("scenario", "service", week, "draw") for week in ("week", "week_commencing"))
    data = xr.Dataset(
        {
            "overdue_sessions": (stock, due),
            "late_weeks": (flow, late * 10),
            "sessions": (flow, np.full(late.shape, 10)),
        },
        coords=coords,
    )
    return WaitsResult(data, {}, pd.DataFrame(), "an area")


def in_month(name, baseline, option):
    """Return weekly numbers, (scenario, 1, week, 1): the option's own in one month and one more than none before it."""

    def numbers(weeks):
        at = weeks.astype("datetime64[M]") == np.datetime64(name)
        return np.stack([np.where(at, baseline, 0), np.where(at, option, 0)])[:, None, :, None]

    return numbers


def compared(past_due=None, weeks_late=None, taken=date(2026, 11, 19), lists=True):
    rows = [("SLT", s, m, p, 0.01) for s, line in CHANCES.items() for m, p in zip(MONTHS, line, strict=True)]
    probability = pd.DataFrame(
        rows, columns=["service", "scenario", "month", "probability_in", "standard_error"]
    )
    moved = pd.DataFrame({"scenario": ["posts"], "service": ["SLT"], "low": [-3.0], "high": [1.0]})
    nothing = pd.DataFrame()
    found = None
    if lists:
        none = in_month("2027-01", 0, 0)
        found = waits(past_due or none, weeks_late or none)
    return Comparison(
        probability, moved, nothing, nothing, nothing, nothing, 0.92, 0.6, 4, ("posts",), found, (), taken
    )  # fmt: skip


def test_months_before_the_figures_were_taken_are_no_answer_to_by_when():
    found = compared()
    assert months_ahead(found) == ["2026-12", "2027-01", "2027-02"]
    assert months_ahead(compared(taken=date(2026, 9, 30))) == [f"{month:%Y-%m}" for month in MONTHS]
    assert months_ahead(compared(taken=date(2027, 2, 1))) == ["2027-02"], "the last, where none is ahead"
    assert at_target(found, "baseline", "SLT") == AtTarget(0.5, 1.0, None)
    assert at_target(found, "posts", "SLT") == AtTarget(0.9, pytest.approx(2.55), "2026-12")


@pytest.mark.parametrize(
    ("chances", "level", "since"),
    [
        ([0.9, 0.8, 0.9], 0.8, "2027-02"),  # 0.8 is enough; the first month is past
        ([0.9, 0.79, 0.9], 0.8, "2027-03"),
        ([0.9, 0.9, 0.79], 0.8, None),
    ],
)
def test_a_probability_has_to_stay(chances, level, since):
    months = ["2027-01", "2027-02", "2027-03"]
    assert stays_from(chances, months, months[1:], level) == since


def test_harm_outweighs_ten_times_its_good():
    assert most_telling(np.array([0.0, 91.0, -900.0])) == 1
    assert most_telling(np.array([0.0, 90.0, -900.0])) == 2
    assert most_telling(np.array([0.0, 0.0, 0.0])) == 0
    assert [comes_late(weeks) for weeks in (0.99, 1.0)] == [False, True]


def test_months_of_sessions_past_due_are_whole_and_are_means():
    lists = waits(lambda weeks: np.arange(len(weeks))[None, None, :, None], in_month("2027-01", 0, 0)).data
    months, means = sessions_past_due(lists, "posts", "SLT")
    assert (months[0], months[-1], len(months)) == ("2027-01", "2028-01", 13)  # three weeks are a month
    assert means[:2].tolist() == [[1.5, 3.0], [5.5, 11.0]]  # weeks 0 to 3, and 4 to 7
    short = sessions_past_due(lists.isel(week=slice(54)), "posts", "SLT")[0]
    assert short[-1] == "2027-12", "two weeks are none"


def test_an_option_is_judged_by_its_end_and_the_worst_it_does():
    found = compared(in_month("2027-07", 11, 1512), in_month("2027-07", 13, 39))
    (verdict,) = sn.judge(found).verdicts
    assert (verdict.overdue_month, verdict.overdue.tolist()) == ("2027-07", [1512, 3024])
    assert verdict.overdue_baseline.tolist() == [11, 22]
    # four of 52 weeks have sessions 26 weeks later in the first draw, 52 in the second
    assert verdict.late_year == 2027
    np.testing.assert_allclose(verdict.weeks_later, [26 * 4 / 52, 52 * 4 / 52])
    assert (verdict.helps, verdict.helps_for_a_time, verdict.harms) == (True, True, True)
    row = sn.judge(found).to_dataframe().iloc[0]
    assert row[["months", "months_baseline", "months_ahead"]].tolist() == pytest.approx([2.55, 1.0, 3])
    assert row[["weeks_later", "sessions_past_due"]].tolist() == pytest.approx([3.0, 2268])
    assert sn.judge(found).best("SLT").scenario == "posts"
    assert sn.judge(found).best("OT") is None


def verdict(option, baseline, months=10, later=(0.0,)):
    return Verdict(
        "posts", "SLT", option, baseline, months, "2027-07", np.ones(1), np.ones(1), 2027, np.array(later)
    )


@pytest.mark.parametrize(("gain", "clear"), [(0.02, False), (0.021, True)])
def test_an_option_helps_by_more_than_two_points(gain, clear):
    assert verdict(AtTarget(0.5 + gain, 0.0, None), AtTarget(0.5, 0.0, None)).helps is clear
    lasting = verdict(AtTarget(0.5, 10 * gain, None), AtTarget(0.5, 0.0, None))
    assert lasting.helps_for_a_time is clear
    assert not lasting.helps


@pytest.mark.parametrize(("later", "harms"), [((0.5, 0.9, 9.0), False), ((0.5, 1.0, 1.0), True)])
def test_an_option_harms_where_the_median_draw_is_a_week_late(later, harms):
    same = AtTarget(0.5, 0.0, None)
    assert verdict(same, same, later=later).harms is harms


def test_a_service_without_sessions_is_not_late():
    found = compared()
    found.waits.data["sessions"] *= 0
    (one,) = sn.judge(found).verdicts
    assert (one.late_year, one.harms) == (None, False)


@pytest.mark.parametrize(
    ("flows", "not_accepted", "fewer"),
    [
        # in each of 55 weeks two of ten referrals are not accepted, and one child fewer is seen
        ({"referrals": (10, 8), "diverted": (0, 2), "seen": (5, 4)}, 165, 82.5),
        # two fewer come, and one fewer is seen: help that comes earlier
        ({"referrals": (10, 8), "diverted": (0, 0), "seen": (5, 4)}, 0, 0),
        # one fewer comes, and two fewer are seen
        ({"referrals": (10, 9), "diverted": (0, 0), "seen": (5, 3)}, 0, 165),
        ({"referrals": (10, 10), "diverted": (1, 1), "seen": (5, 6)}, 0, 0),
    ],
)
def test_children_turned_away_are_told(flows, not_accepted, fewer):
    found = compared()
    data = found.waits.data
    weeks = data.sizes["week_commencing"]
    for name, (base, own) in flows.items():
        weekly = np.broadcast_to(np.array([base, own])[:, None, None, None], (2, 1, weeks, 2))
        data[name] = (("scenario", "service", "month", "draw"), weekly * np.array([1, 2]))
    judgement = sn.judge(found)
    row = judgement.to_dataframe().iloc[0]
    assert (weeks, row["more_not_accepted"], row["fewer_seen"]) == (55, not_accepted, fewer)
    assert ("more_not_accepted" in repr(judgement)) is bool(not_accepted or fewer)


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(MissingDataError, match="No list was simulated"):
        sn.judge(compared(lists=False))
    with pytest.raises(DomainError, match="compare the options first"):
        sn.judge("bedford")
