"""Pooled lists are sums of providers, and keep their longest waiters as England's lists do."""

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, FaultsError, MissingDataError, UnknownNameError
from sendneeds.kernel.lists import waiting_list
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.waits.lists.bands import BANDS, by_band, spread_bands
from sendneeds.waits.lists.order_fit import mean_list

SHORT = np.array([30, 28, 50, 90, 20, 0, 0.0])
LONG = np.array([20, 19, 38, 150, 105, 400, 90.0])


def frame(lists: dict[tuple[str, str], np.ndarray], level="provider") -> pd.DataFrame:
    """Return lists as they are read from workbooks, from bands by name and month."""
    rows = [
        (level, "", name, month, "SLT", band, round(float(count)), "ok")
        for (name, month), bands in lists.items()
        for band, count in [("all", bands.sum()), *zip(BANDS, bands, strict=True)]
    ]
    names = ["level", "code", "organisation", "month", "service", "weeks_band", "waiting", "flag"]
    return pd.DataFrame(rows, columns=names).astype({"waiting": "Int64"})


@pytest.fixture(scope="module")
def england():
    return sn.pool_lists("SLT", weeks=26, draws=20)


def test_the_pool_is_its_lists_added_up(england):
    table = shipped("england").table("list_shapes").query("service == 'SLT'")
    opening = england["waiting"].isel(week=0)
    assert (opening.sum("band") == table["over_0"].sum()).all()
    assert opening.sel(band=">52").values == pytest.approx(table["over_52"].sum(), abs=33)
    last = england["waiting"].isel(week=26).transpose("band", "draw")
    assert (england["waiting_at_end"].sum("organisation").transpose("band", "draw") == last).all()
    assert (england.over(0) == england["waiting"].sum("band")).all()
    assert ((england.within(18) - (1 - england.over(18) / england.over(0))).max()) == pytest.approx(0)


def test_providers_standing_still_keep_their_longest_waiters_and_one_list_does_not(england):
    """Half a year: by another hand 58.9 % within 18 weeks became 56.6 %, and 2,858 over a year 4,044."""
    assert float(england.within(18).isel(week=26).mean()) == pytest.approx(0.566, abs=0.02)
    grew = float((england.over(52).isel(week=26) / england.over(52).isel(week=0)).mean())
    assert grew == pytest.approx(4_044 / 2_858, rel=0.12)
    assert float(england.over(0).isel(week=26).mean()) == pytest.approx(
        float(england.over(0)[0, 0]), rel=0.01
    )
    bands = england["waiting"].isel(week=0, draw=0).values
    joining = np.full((26, 1), float(england["referrals_per_week"].isel(draw=0).sum()))
    opening = spread_bands(dict(zip(BANDS, bands.astype(float), strict=True)))
    one = by_band(mean_list(opening, joining, joining, np.array([0.43])))[:, 0]
    assert one[-1] < 0.02 * bands[-1]


def test_each_list_has_the_order_and_referrals_that_its_two_months_show():
    steady = np.ones((17, 1))
    after = {}
    for name, bands, joining, share in (("Strict", LONG, 40.0, 0.95), ("Slack", LONG, 40.0, 0.1)):
        opening = spread_bands(dict(zip(BANDS, bands, strict=True)))
        after[name] = by_band(mean_list(opening, joining * steady, joining * steady, np.array([share])))[:, 0]
    two = frame({(n, m): b for n in after for m, b in (("2031-02", LONG), ("2031-06", after[n]))})
    run = sn.pool_lists("SLT", two, weeks=10, draws=200)
    order = run["in_order_share"].mean("draw")
    assert float(order.sel(organisation="Strict")) > 0.7
    assert float(order.sel(organisation="Slack")) < 0.25
    assert run["referrals_per_week"].mean("draw").values == pytest.approx([40, 40], rel=0.15)
    assert run["waiting"].isel(week=0, draw=0).values == pytest.approx(sum(after.values()), abs=4)
    assert run.provenance["fitted_on_two_months"] == 2
    alone = sn.pool_lists("SLT", two, organisations=["SLACK"], weeks=10, draws=5)
    assert alone["waiting"].isel(week=0, draw=0).sum() == pytest.approx(after["Slack"].sum(), abs=4)


def test_a_list_of_one_month_stands_still_with_the_newest_as_they_are():
    run = sn.pool_lists("SLT", frame({("A", "2031-02"): LONG}), weeks=8, draws=300, in_order_share=0.2)
    newest = run["waiting"].isel(band=slice(0, 3)).sum("band").mean("draw")
    assert float(newest.isel(week=8)) == pytest.approx(LONG[:3].sum(), rel=0.04)
    assert float(run.over(0).isel(week=8).mean()) == pytest.approx(LONG.sum(), rel=0.02)
    drawn = sn.pool_lists("SLT", frame({("A", "2031-02"): LONG}), weeks=1, draws=2_000)["in_order_share"]
    law = shipped("england").table("list_order").set_index("service").loc["SLT"]
    assert (float(drawn.mean()), float(drawn.std())) == pytest.approx((law["mean"], law["sd"]), abs=0.02)


def test_lists_move_as_they_are_told_to():
    """Changes a month of 0.05 shared and 0.1 of each: in six months the root of six times their squares."""
    two = frame({(name, "2031-02"): 100 * SHORT for name in ("A", "B")})
    run = sn.pool_lists("SLT", two, weeks=26, draws=1_500, monthly_change=(0.05, 0.1))
    at_end = np.log(run["waiting_at_end"].sum("band").values / (100 * SHORT.sum()))
    # 26 weeks are 5.98 months; the last month's change is nearly whole
    assert at_end.std(axis=1) == pytest.approx(np.sqrt(5.98 * (0.05**2 + 0.1**2)), rel=0.05)
    assert np.corrcoef(at_end)[0, 1] == pytest.approx(0.05**2 / (0.05**2 + 0.1**2), abs=0.06)
    half = np.log(run.over(0).isel(week=13) / run.over(0).isel(week=0)).std()
    assert float(half) == pytest.approx(np.sqrt(2.99 * (0.05**2 + 0.1**2 / 2)), rel=0.05)


def test_the_strict_order_is_first_in_first_out():
    run = sn.pool_lists("SLT", frame({("A", "2031-02"): SHORT}), weeks=12, draws=50, in_order_share=1)
    assert int(run.over(12).isel(week=12).max()) == 0
    opening = np.diff(np.rint(np.cumsum(spread_bands(dict(zip(BANDS, SHORT, strict=True))))), prepend=0)
    rate = float(run["referrals_per_week"].isel(draw=0, organisation=0))
    assert rate == pytest.approx(SHORT[:3].sum() / 4)
    came = np.random.default_rng(3).poisson(rate, (12, 4_000)).astype(np.int32)
    slots = np.full((12, 1), int(rate))
    path = waiting_list.run(came, slots, opening.astype(np.int32), RandomStreams(1, ("x",), 4_000))
    assert float(run.within(4).isel(week=12).mean()) == pytest.approx(
        float((path.waiting_bands[:3, -1].sum(axis=0) / path.waiting[-1]).mean()), abs=0.03
    )


def test_what_cannot_be_pooled_is_told():
    lists = frame({("A", "2031-02"): LONG})
    with pytest.raises(UnknownNameError, match="'OT'"):
        sn.pool_lists("OT", lists)
    with pytest.raises(UnknownNameError, match="Allowed: A"):
        sn.pool_lists("SLT", lists, organisations=["B"])
    with pytest.raises(UnknownNameError, match="CAMHS"):
        sn.pool_lists("CAMHS")
    with pytest.raises(DomainError, match="names without lists"):
        sn.pool_lists("SLT", organisations=["A"])
    for bad in ({"weeks": 0}, {"draws": 1.5}, {"in_order_share": 2}, {"monthly_change": (0.1,)}):
        with pytest.raises(DomainError):
            sn.pool_lists("SLT", lists, **bad)
    for change in ((float("nan"), 0), ("x", 0), (True, 0), "ab", 0.1):
        with pytest.raises(DomainError, match="monthly_change"):
            sn.pool_lists("SLT", lists, monthly_change=change)
    with pytest.raises(DomainError, match="no column month, weeks_band"):
        sn.pool_lists("SLT", lists.drop(columns=["month", "weeks_band"]))
    with pytest.raises(MissingDataError, match="every band"):
        sn.pool_lists("SLT", lists[lists["weeks_band"] != ">52"])


@pytest.mark.parametrize("cell", [-1, 1.5, float("inf"), True, "<5", "1,204", 1e12, pd.Timestamp(2023, 6, 1)])
def test_a_figure_of_a_list_that_is_no_count_is_told_with_its_row(cell):
    lists = frame({("North", "2023-06"): LONG}).astype({"waiting": object})
    lists.loc[7, "waiting"] = cell  # the eighth figure stands in row 9
    with pytest.raises(FaultsError, match="a whole number from 0") as told:
        sn.pool_lists("SLT", lists, weeks=2, draws=2)
    assert [(fault.row, fault.column) for fault in told.value.faults] == [(9, "waiting")]


def test_months_of_other_forms_and_figures_that_contradict_each_other_are_told():
    one = frame({("North", "2023-06"): LONG})
    for month in ("Jun-23", "06/2023", "2023-6", "2023-13", pd.Timestamp(2023, 6, 1)):
        with pytest.raises(FaultsError, match="a month as YYYY-MM"):
            sn.pool_lists("SLT", pd.concat([one, one.assign(month=month)]), weeks=2, draws=2)
    with pytest.raises(FaultsError, match="21, and another above"):
        sn.pool_lists("SLT", pd.concat([one, one.loc[[1]].assign(waiting=21)]), weeks=2, draws=2)
    # the same figure once more is no other, and a text of a number is one
    twice = sn.pool_lists("SLT", pd.concat([one, one.astype({"waiting": str})]), weeks=2, draws=2)
    assert twice["waiting"].isel(week=0).sum("band").values.tolist() == [LONG.sum()] * 2
