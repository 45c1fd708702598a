"""Dated referrals into dated slots: against a plain search, whatever the order of the rows."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendneeds.foundation.errors import DomainError, FaultsError
from sendneeds.waits.lists.schedule import schedule

DAY = dt.date(2026, 3, 2)


def plain(referred, priority, seen, slots):
    """The twin: for each slot in turn, look through all who wait."""
    seen = list(seen)
    for slot in sorted(slots):
        able = [row for row in range(len(referred)) if seen[row] is None and referred[row] < slot]
        if able:
            first = min(able, key=lambda row: (priority[row], referred[row], row))
            seen[first] = slot
    return seen


days = st.integers(0, 40).map(lambda number: DAY + dt.timedelta(days=number))
children = st.lists(st.tuples(days, st.integers(1, 3), st.booleans()), max_size=25)


@given(children=children, slots=st.lists(days, max_size=20))
def test_equals_a_plain_search(children, slots):
    referred, priority = [c[0] for c in children], [c[1] for c in children]
    seen = [c[0] + dt.timedelta(days=3) if c[2] else None for c in children]
    table = pd.DataFrame({"referred": referred, "priority": priority, "seen": seen}, dtype="object")
    found = schedule(table, slots)["seen"]
    expected = plain(referred, priority, seen, slots)
    assert [None if pd.isna(day) else day.date() for day in found] == expected


@settings(max_examples=30, deadline=None)
@given(children=children, slots=st.lists(days, max_size=20), seed=st.integers(0, 100))
def test_order_of_rows_changes_no_date(children, slots, seed):
    table = pd.DataFrame({"referred": [c[0] for c in children], "priority": [c[1] for c in children]})
    shuffled = table.sample(frac=1, random_state=seed)
    one, other = schedule(table, slots), schedule(shuffled, slots)
    key = ["priority", "referred", "seen"]
    assert one.sort_values(key)[key].values.tolist() == other.sort_values(key)[key].values.tolist()
    assert other.index.tolist() == shuffled.index.tolist()


def test_slot_on_the_day_of_referral_is_not_usable():
    table = pd.DataFrame({"referred": ["2026-03-02"], "name": ["a"]})
    assert schedule(table, ["2026-03-01", "2026-03-02"])["seen"].isna().all()
    booked = schedule(table, ["2026-03-02", "2026-03-03"])
    assert booked["seen"].iloc[0] == pd.Timestamp("2026-03-03")
    assert booked["name"].iloc[0] == "a"
    assert booked["weeks_waited"].iloc[0] == pytest.approx(1 / 7)


def test_slots_as_a_table_of_counts():
    slots = pd.DataFrame({"date": ["2026-03-10", "2026-03-03"], "slots": [2, 1]})
    found = schedule(["2026-03-04", "2026-03-01", "2026-03-05"], slots)["seen"]
    assert found.dt.strftime("%d").tolist() == ["10", "03", "10"]


def test_every_fault_is_told_at_once():
    table = pd.DataFrame({"referred": ["2026-03-02", "soon", None], "priority": [1, 0.5, "x"]})
    with pytest.raises(FaultsError) as told:
        schedule(table, ["2026-03-03", "never"])
    text = str(told.value)
    assert "5 faults" in text
    for part in ("referrals row 3, column referred", "found:   soon", "row 4", "found:   x", "slots row 3"):
        assert part in text
    with pytest.raises(FaultsError, match="before the referral"):
        schedule(pd.DataFrame({"referred": ["2026-03-02"], "seen": ["2026-03-01"]}), [])
    with pytest.raises(FaultsError, match="a column 'slots'"):
        schedule(["2026-03-02"], pd.DataFrame({"date": ["2026-03-03"]}))
    with pytest.raises(FaultsError, match="a column 'referred'"):
        schedule(pd.DataFrame({"day": ["2026-03-02"]}), [])


def test_ten_thousand_referrals_are_first_in_first_out():
    rng = np.random.default_rng(1)
    referred = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 2000, 10_000), unit="D")
    slots = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 2200, 9_000), unit="D")
    found = schedule(pd.DataFrame({"referred": referred}), slots).sort_values(["referred", "seen"])
    seen = found["seen"].dropna()
    assert seen.is_monotonic_increasing
    assert (found["seen"] > found["referred"])[found["seen"].notna()].all()


def test_a_column_of_dates_is_read_in_one_order():
    iso = schedule(["2026-06-07", "2026-06-17"], ["2026-07-08", "2026-07-09"])
    for referred in (["07/06/2026", "17/06/2026"], [46180, 46190], ["2026-06-06T23:00Z", "17 June 2026"]):
        found = schedule(pd.DataFrame({"referred": referred}), ["08/07/2026", 46212])
        assert found.equals(iso)
    assert iso["weeks_waited"].tolist() == pytest.approx([31 / 7, 22 / 7])
    with pytest.raises(FaultsError, match=r"row 3, column referred\n +found: +06/17/2026"):
        schedule(["07/06/2026", "06/17/2026"], ["2026-07-08"])
    for word in ("today", "NaT", 5, True):
        with pytest.raises(FaultsError, match="slots row 2, column date"):
            schedule(["2026-06-07"], [word])


def test_numbers_that_are_missing_and_columns_that_are_there_twice_are_told():
    missing = pd.array([1, pd.NA], dtype="Int64")
    days = ["2026-03-02", "2026-03-03"]
    for waiting, slots, where in (
        (pd.DataFrame({"referred": days, "priority": missing}), days, ("referrals", 3, "priority")),
        (days, pd.DataFrame({"date": days, "slots": missing}), ("slots", 3, "slots")),
        (days, pd.DataFrame({"date": days, "slots": [1, 1e18]}), ("slots", 3, "slots")),
        (pd.DataFrame([days], columns=["referred"] * 2), days, ("referrals", 0, "referred")),
        (days, pd.DataFrame([[*days, 1]], columns=["date", "date", "slots"]), ("slots", 0, "date")),
    ):
        with pytest.raises(FaultsError) as error:
            schedule(waiting, slots)
        assert [(f.file, f.row, f.column) for f in error.value.faults] == [where]


def test_slots_by_day_in_a_dict_are_refused():
    with pytest.raises(DomainError, match="the column referred"):
        schedule({"2026-03-02": 1}, ["2026-03-03"])
    with pytest.raises(DomainError, match="columns date and slots"):
        schedule(["2026-03-02", "2026-03-03"], {"2026-05-01": 2})


def test_what_only_can_be_made_a_number_is_no_priority_and_no_number_of_slots():
    days = ["2026-03-02", "2026-03-03"]
    for cells in ([1, True], pd.to_datetime(days), pd.to_timedelta([1, 2]), [1 + 0j, 2]):
        with pytest.raises(FaultsError, match="a whole number from 1") as error:
            schedule(pd.DataFrame({"referred": days, "priority": cells}), days)
        assert error.value.faults[-1].row == 3
        with pytest.raises(FaultsError, match="a whole number from 0 to 100,000"):
            schedule(days, pd.DataFrame({"date": days, "slots": cells}))
    # a text of a plain number is one: the more urgent child has the one slot
    waiting = pd.DataFrame({"referred": days, "priority": ["2", " 1.0 "]})
    assert schedule(waiting, ["2026-03-04"])["seen"].notna().tolist() == [False, True]
