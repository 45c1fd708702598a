"""The labelled simulation of services: identities, shared luck, the real list at the start, what options do."""

import warnings
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.area import shipped
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.kernel.lists.fifo import fifo
from sendneeds.kernel.lists.waits import seen_percentile, waiting_percentile
from sendneeds.waits.lists.opening_list import opening_list, spread_bands
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.simulate import NoFollowUpLoadWarning
from sendneeds.waits.services.single_option import simulate_services

WEEKS = 156
OPTIONS = {
    "staff": {"SLT": sn.ServiceOption(extra_wte=3.0)},
    "initiative": {"SLT": sn.ServiceOption(initiative=np.full(WEEKS, 3.0))},
    "provider": {"SLT": sn.ServiceOption(outsourced=np.full(WEEKS, 3))},
    "fewer missed": {"SLT": sn.ServiceOption(rules=(sn.RuleChange(missed=0.25),))},
    "firsts first": {"SLT": sn.ServiceOption(rules=(sn.RuleChange(ring_fenced_share=1.0),))},
}


@pytest.fixture(scope="module")
def waits(bedford, need):
    few = sn.project(bedford, to=2028, draws=60, seed=3)
    return sn.simulate(bedford, few, until=date(2027, 12, 31), scenarios=OPTIONS)


@pytest.fixture(scope="module")
def lists(bedford, need):
    return sn.simulate(bedford, need, ["SLT", "OT"], until=date(2027, 12, 31))


def by_week(waits, *names):
    dims = ("scenario", "service", ..., "draw")
    return [waits.data[name].transpose(*dims).values.astype(int) for name in names]


def test_every_child_is_accounted_for(waits):
    d = waits.data
    waiting, came, seen, removed, aged = by_week(waits, "waiting", "referrals", "seen", "removed", "aged_out")
    np.testing.assert_array_equal(waiting[:, :, 1:], waiting[:, :, :-1] + came - seen - removed)
    assert np.all(aged <= removed)
    assert np.all(d["waiting_within_18"] + d["waiting_over_52"] <= d["waiting"])
    at = d["waiting"].sel(week=d["january"].values).rename(week="january")
    xr.testing.assert_equal(
        d["waiting_by_band"].sum("band").astype(int).transpose(*at.dims).drop_attrs(),
        at.astype(int).drop_attrs(),
    )
    year = d["week_commencing"].dt.year.rename("calendar_year")
    xr.testing.assert_equal(
        d["seen"].astype(int).groupby(year).sum().transpose(..., "calendar_year").drop_attrs(),
        d["seen_by_band"].sum("band").astype(int).transpose(..., "calendar_year").drop_attrs(),
    )
    handed, done, in_time = by_week(waits, "advice_waiting", "advice_done", "advice_in_time")
    assert np.all(in_time <= done)
    assert np.all(handed[:, :, 1:] - handed[:, :, :-1] + done >= 0)


def test_slots_by_use_are_the_slots_there_are(waits):
    d = waits.data.sel(scenario="baseline")
    used = d["slots"].sum(("use", "month"))
    weeks = d["week_commencing"].dt.year.to_series().value_counts().sort_index().values
    there = (d["slots_available"] * xr.DataArray(weeks, dims="calendar_year")).sum("calendar_year")
    np.testing.assert_allclose(used, there.transpose(*used.dims), rtol=1e-5)


def test_the_services_of_bedford_are_there(waits, bedford):
    assert list(waits.data["service"].values) == services_of(Parameters(bedford))
    assert {"SLT", "OT", "PT", "ASD_DX", "CAMHS", "COMM_PAEDS", "EP"} <= set(waits.data["service"].values)
    assert "EP" not in waits.with_list
    assert "EP" not in set(waits.probability_in()["service"])


def test_bedfords_loads_are_sensible_and_say_what_they_rest_on(waits):
    load = waits.data["queue_load"].sel(scenario="baseline", calendar_year=2025).median("draw")
    assert (load > 0.5).all()
    assert (load < 2.0).all()
    basis = waits.parameters.set_index(["service", "parameter"])["basis"]
    for service in waits.data["service"].values:
        staff = "assessments_per_week" if service == "ASD_DX" else "in_post_wte"
        assert basis[(service, staff)] == "illustrative", "a local figure? then say so here"
    assert {"scaled", "published"} <= set(basis)


def test_percentiles_of_a_list_without_stages_are_those_of_the_list(bedford):
    """A service with an output alone is a list: the same children in the same weeks give the same waits."""
    table = bedford.table("service_parameters")
    alone = table[(table["parameter"] != "hours_per_assessment") | (table["service"] != "ASD_DX")]
    alone = alone[~alone["parameter"].isin(["removed_share_per_week", "missed_share"])]
    strict = alone[alone["service"] == "ASD_DX"].head(1)
    strict = strict.assign(parameter="in_order_share", unit="share", low=1.0, central=1.0, high=1.0)
    alone = pd.concat([alone, strict], ignore_index=True)
    area = replace(bedford, tables={**bedford.tables, "service_parameters": alone})
    few = sn.project(bedford, to=2027, draws=20, seed=5)
    d = sn.simulate(area, few, ["ASD_DX"], age_limit=25).data.isel(scenario=0, service=0)
    came, seen = (d[name].transpose(..., "draw").values.astype(np.int32) for name in ("referrals", "seen"))
    opening, _, _ = opening_list(area, "ASD_DX", Parameters(area), 20, 5)
    left = d["removed"].transpose(..., "draw").values
    assert left.sum() < 0.02 * came.sum()  # those who reach 25 waiting: next to nobody
    path = fifo(came, seen, opening)
    same = left.sum(axis=0) == 0
    assert same.sum() > 3
    for name, share in (("median", 0.5), ("p92", 0.92)):
        weekly = d[f"waiting_{name}"].transpose(..., "draw").values
        assert (weekly == waiting_percentile(path, share))[:, same].all()
        assert (d[f"seen_{name}"].transpose(..., "draw").values == seen_percentile(path, share))[
            :, same
        ].all()


def test_options_share_their_luck_and_shorten_the_list(waits):
    d = waits.data
    for name in OPTIONS:
        assert (d["referrals"].sel(scenario=name) == d["referrals"].sel(scenario="baseline")).all()
        other = d.sel(scenario=[name, "baseline"]).drop_sel(service="SLT")
        assert (other["waiting"].isel(scenario=0) == other["waiting"].isel(scenario=1)).all()
        mean = d["waiting"].sel(service="SLT").mean(("week", "draw"))
        assert float(mean.sel(scenario=name)) < float(mean.sel(scenario="baseline"))


def test_protected_firsts_hide_the_backlog_of_therapy(waits):
    last = waits.data.sel(service="SLT").isel(week=-1)
    hidden, open_ = (
        last["overdue_sessions"].sel(scenario=name).median() for name in ("firsts first", "baseline")
    )
    assert hidden > open_ + 100
    late = waits.weeks_late().sel(service="SLT", calendar_year=2027).mean("draw")
    assert float(late.sel(scenario="firsts first")) > 2 * float(late.sel(scenario="baseline"))


def test_a_run_of_one_option_is_that_of_many(waits, bedford):
    few = sn.project(bedford, to=2028, draws=60, seed=3)
    alone = simulate_services(
        bedford, few, ["SLT"], until=date(2027, 12, 31), service_options=OPTIONS["initiative"]
    )
    for name in ("waiting", "overdue_sessions", "seen_p92", "queue_load"):
        beside = waits.data[name].sel(scenario="initiative", service=["SLT"])
        np.testing.assert_array_equal(alone.data[name].transpose(..., "draw"), beside.transpose(..., "draw"))


def test_load_and_its_probability(waits):
    table = waits.overload().set_index(["scenario", "service", "calendar_year"])
    load = waits.data["queue_load"].sel(scenario="baseline", service="SLT", calendar_year=2026)
    assert table.loc[("baseline", "SLT", 2026), "probability_over_1"] == float((load > 1).mean())
    assert (
        1.0 < float(load.median()) < 1.2
    )  # what a post gives is held to the list: what is left is who leave unseen
    less = waits.data["queue_load"].sel(service="SLT", calendar_year=2026).median("draw")
    for name in ("staff", "initiative", "provider", "fewer missed"):
        assert float(less.sel(scenario=name)) < float(load.median())


def test_needs_first_diagnoses_fewer(bedford, need):
    options = {"needs first": {"ASD_DX": sn.ServiceOption(rules=(sn.RuleChange(pathway="needs_first"),))}}
    d = sn.simulate(bedford, need, ["ASD_DX"], until=date(2026, 12, 31), scenarios=options).data
    sessions = d["sessions"].sum(("service", "week_commencing", "draw"))
    assert int(sessions.sel(scenario="needs first")) < int(sessions.sel(scenario="baseline"))


def test_groups_and_triage_leave_more_slots_for_others(bedford, need):
    options = {
        "groups": {"SLT": sn.ServiceOption(rules=(sn.RuleChange(group_share=0.5, group_size=3),))},
        "triage": {"SLT": sn.ServiceOption(diverted=np.full(WEEKS, 0.2), rereferred=0.3)},
        "slots": {"SLT": sn.ServiceOption(extra_slots=np.full(WEEKS, 20.0))},
    }
    few = sn.project(bedford, to=2028, draws=100, seed=3)
    d = sn.simulate(bedford, few, ["SLT"], until=date(2027, 12, 31), scenarios=options).data.isel(service=0)
    load = d["queue_load"].sel(calendar_year=2027).median("draw")
    waiting = d["waiting"].isel(week=-1).mean("draw")
    for name in options:
        assert float(load.sel(scenario=name)) < float(load.sel(scenario="baseline"))
        assert float(waiting.sel(scenario=name)) < float(waiting.sel(scenario="baseline")) - 10
    came, away = (
        d[name].sum("week_commencing").astype(float).mean("draw") for name in ("referrals", "diverted")
    )
    sent = float(away.sel(scenario="triage") - away.sel(scenario="baseline"))
    assert sent == pytest.approx(0.2 * float(came.sel(scenario="baseline")), rel=0.05)
    back = sent - float(came.sel(scenario="baseline") - came.sel(scenario="triage"))
    assert back == pytest.approx(0.3 * sent * (WEEKS - 13) / WEEKS, rel=0.15)
    np.testing.assert_allclose(
        d["slots_available"].sel(scenario="slots") - d["slots_available"].sel(scenario="baseline"),
        20,
        atol=0.2,
    )
    both = options["groups"]["SLT"].combine(options["slots"]["SLT"]).combine(options["slots"]["SLT"])
    assert (both.at(5).group_size, float(both.extra_slots[0])) == (3, 40.0)
    more = both.combine(sn.ServiceOption(rules=(sn.RuleChange(group_share=0.5, group_size=2, first=9),)))
    assert more.changes(WEEKS) == [0, 9]
    with pytest.raises(DomainError, match="set group_size of one service differently"):
        more.at(9)


def test_rules_change_from_a_week_on_and_back(bedford):
    """Until the week the service is as it was, to the child; then the fence, the groups, the pathway take hold."""
    half = {"first": 52, "end": 104}
    options = {
        "fence": {"SLT": sn.ServiceOption(rules=(sn.RuleChange(**half, ring_fenced_share=1.0),))},
        "groups": {"SLT": sn.ServiceOption(rules=(sn.RuleChange(**half, group_share=0.8, group_size=2),))},
        "missed": {"SLT": sn.ServiceOption(rules=(sn.RuleChange(**half, missed=0.3),))},
        "pathway": {"ASD_DX": sn.ServiceOption(rules=(sn.RuleChange(first=52, pathway="needs_first"),))},
    }
    few = sn.project(bedford, to=2028, draws=100, seed=3)
    ran = sn.simulate(bedford, few, ["SLT", "ASD_DX"], until=date(2027, 12, 31), scenarios=options)
    d = ran.data.transpose("scenario", "service", ..., "draw")
    base = d.sel(scenario="baseline")
    for name, service in (("fence", "SLT"), ("missed", "SLT"), ("pathway", "ASD_DX"), ("groups", "SLT")):
        one = d.sel(scenario=name, service=service)
        same = [x["waiting"].isel(week=slice(0, 53)).values for x in (one, base.sel(service=service))]
        if name == "groups":  # parts of a slot are finer, so that what is left of a week differs a little
            np.testing.assert_allclose(same[0].mean(axis=1), same[1].mean(axis=1), atol=2)
        else:
            np.testing.assert_array_equal(*same)
        after = [float(x["waiting"].isel(week=104).mean()) for x in (one, base.sel(service=service))]
        assert after[0] < after[1] - 5, name
    wasted = d["slots"].sel(service="SLT", use="wasted").mean("draw")
    ratio = wasted.sel(scenario="missed") / wasted.sel(scenario="baseline")
    for month, expected in (("2025-06-01", 1.0), ("2026-06-01", 0.3), ("2027-06-01", 1.0)):
        assert float(ratio.sel(month=month)) == pytest.approx(expected, abs=0.08)
    late = d["overdue_sessions"].sel(service="SLT", scenario="fence").mean("draw")
    assert float(late.isel(week=104)) > 100 + float(late.isel(week=52))
    assert float(late.isel(week=-1)) < float(late.isel(week=104))  # the fence is gone, and the backlog goes


def test_the_load_at_the_start_is_asked_for(bedford):
    few = sn.project(bedford, to=2027, draws=20)
    with pytest.warns(NoFollowUpLoadWarning, match="begin with no child in follow-up"):
        empty = sn.simulate(bedford, few, ["OT"], follow_up_load="none")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warm = sn.simulate(bedford, few, ["OT"], follow_up_load=30)
    assert int(empty.data["in_service"].isel(week=0).max()) == 0
    assert int(warm.data["in_service"].isel(week=0).min()) > 0


def test_annual_reviews_take_slots_of_psychologists(waits):
    """The slots left after reviews fall as the plans in place grow."""
    there = waits.data["slots_available"].sel(service="EP", scenario="baseline").mean("draw")
    assert float(there.sel(calendar_year=2027)) < float(there.sel(calendar_year=2025))


def test_children_reach_the_age_limit_waiting(waits, bedford):
    d = waits.data.sel(scenario="baseline")
    chance = d["list_age_share"].sel(age=17) / (365.25 / 7)
    for service in ("CAMHS", "COMM_PAEDS"):
        one = d.sel(service=service)
        expected = float((one["waiting"].isel(week=slice(-1)) * chance.sel(service=service)).sum())
        assert float(one["aged_out"].sum()) == pytest.approx(expected, rel=0.1)
    need = sn.project(bedford, to=2026, draws=60, seed=3).data["children"].isel(year=0)
    share = need.sel(provision=["K", "E"]).sum(("provision", "need", "draw"))
    everyone = float(share[17] / share[:18].sum())
    assert (
        float(d["list_age_share"].sel(service="SLT", age=17).mean()) < everyone / 1.5
    )  # rare on a therapy list
    np.testing.assert_allclose(d["list_age_share"].sel(service=waits.with_list).sum("age"), 1, rtol=1e-5)


def test_ages_of_a_list_in_a_table(waits):
    table = waits.list_ages().set_index(["service", "age_band"])
    slt = table.loc["SLT"]
    assert slt["children_central"].sum() == pytest.approx(230, rel=0.1)
    assert slt.loc["19-25"].tolist() == [0.0] * 6
    assert slt["share_central"].idxmax() == "5-10"
    assert any(
        "SLT: ages on the list from the ages at referral" in note for note in waits.provenance["waits"]
    )


def test_start_is_the_week_of_6_january_2025(lists):
    assert str(lists.data["week"].values[0])[:10] == "2025-01-06"
    opening = lists.data["waiting"].sel(service="SLT", scenario="baseline").isel(week=0)
    np.testing.assert_allclose(np.quantile(opening, [0.1, 0.5, 0.9]), [210, 231, 257], rtol=0.03)


def test_opening_ages_lie_as_the_national_bands(bedford):
    weeks, basis, how = opening_list(bedford, "SLT", Parameters(bedford), 500, 1)
    table = bedford.england().table("nhs_waiting_list")
    rows = table[(table["service"] == "SLT") & (table["month"] == "2023-10")].set_index("weeks_band")[
        "waiting"
    ]
    share = weeks[18:].sum() / weeks.sum()
    assert share == pytest.approx((rows[">18-52"] + rows[">52"]) / (rows.sum() - rows["all"]), rel=0.02)
    assert basis == "scaled"
    assert "England" in how


def test_an_areas_own_bands_are_taken_with_suppressed_ones_drawn(bedford):
    bands = ["0-1", ">1-2", ">2-4", ">4-12", ">12-18", ">18-52", ">52"]
    own = pd.DataFrame(
        {
            "area_code": bedford.code,
            "service": "SLT",
            "stage": "first_appointment",
            "snapshot": "2025-01-06",
            "weeks_band": bands,
            "waiting": pd.array([10, 8, 20, 60, 40, 90, None], "Int64"),
            "flag": ["ok"] * 6 + ["suppressed"],
        }
    )
    meta = TableMeta("waiting_list", "synthetic", "none", None, "local", "")
    area = replace(
        bedford, tables={**bedford.tables, "waiting_list": own}, meta={**bedford.meta, "waiting_list": meta}
    )
    weeks, basis, how = opening_list(area, "SLT", Parameters(area), 200, 1)
    assert set(weeks.sum(axis=0)) == {229, 230, 231, 232}
    assert (weeks[:18].sum(axis=0) == 138).all()
    assert (basis, how) == ("local", "the area's own bands of 2025-01-06")


def test_bands_are_refused_by_name():
    with pytest.raises(DomainError, match="'0-6' is not a band"):
        spread_bands({"0-6": 3})


def test_a_service_asked_alone_is_the_same_service(bedford, need, lists):
    alone = sn.simulate(bedford, need, ["OT"], until=date(2027, 12, 31)).data
    xr.testing.assert_equal(alone["waiting"], lists.data["waiting"].sel(service=["OT"]))


def test_what_is_asked_in_error_is_told(bedford, need):
    with pytest.raises(UnknownNameError, match="Did you mean SLT"):
        sn.simulate(bedford, need, ["SALT"])
    with pytest.raises(DomainError, match="no further than the projection"):
        sn.simulate(bedford, need, ["SLT"], until=date(2040, 1, 1))
    with pytest.raises(DomainError, match="1 week or more"):
        sn.simulate(bedford, need, ["OT"], follow_up_load=0)
    option = {"a": {"OT": sn.ServiceOption(initiative=np.ones(3))}}
    with pytest.raises(DomainError, match="initiative has shape"):
        sn.simulate(bedford, need, ["OT"], scenarios=option)
    shape = {"a": {"ASD_DX": sn.ServiceOption(rules=(sn.RuleChange(pathway="needs-first"),))}}
    with pytest.raises(DomainError, match="diagnosis_first or needs_first"):
        sn.simulate(bedford, need, ["ASD_DX"], scenarios=shape)
    with pytest.raises(DomainError, match="has no staff figure"):
        sn.simulate(bedford, need, ["ASD_DX"], scenarios={"a": {"ASD_DX": sn.ServiceOption(extra_wte=1.0)}})
    more = sn.ServiceOption(extra_wte=2)
    for scenarios, error, words in (
        ({"baseline": {"OT": more}}, DomainError, "the baseline has no option"),
        ({"a": {"SLT": more}}, UnknownNameError, "Simulate it too"),
        ({"OT": more}, DomainError, "options by service"),
        ([more], DomainError, "by scenario"),
        ({"a": {"OT": {"extra_wte": 2}}}, DomainError, "a ServiceOption"),
    ):
        with pytest.raises(error, match=words):
            sn.simulate(bedford, need, ["OT"], scenarios=scenarios)
    with pytest.raises(DomainError, match="Leave it out for all"):
        sn.simulate(bedford, need, [])
    with pytest.raises(DomainError, match="each service once"):
        sn.simulate(bedford, need, ["OT", "OT"])
    elsewhere = shipped("central-bedfordshire")
    with pytest.raises(MissingDataError, match="service_parameters"):
        sn.simulate(elsewhere, need)


def test_result_plots_in_one_call(lists):
    assert "Speech and language therapy" in lists.plot("SLT").get_title(loc="left")
    assert lists.plot("SLT", "share_within_18").get_ylabel() == "share"
    bars = lists.plot_bands("SLT")
    first = lists.data["waiting_by_band"].sel(service="SLT", scenario="baseline").isel(january=0)
    heights = sum(container[0].get_height() for container in bars.containers)
    assert heights == pytest.approx(float(first.median("draw").sum()), abs=1e-6)
    assert lists.data["area"].item() == "E06000055"
    assert lists.plot_probability("OT").get_ylim() == (0, 1)
    assert lists.plot_backlog("SLT").size == 2
    used = lists.plot_slots("SLT")
    assert used.get_ylabel() == "slots a week (means)"
    with pytest.raises(UnknownNameError):
        lists.plot("CAMHS")


def test_by_month_is_by_week_added_up(bedford):
    """Flows add up over the weeks that begin in a month; percentiles are those of the weeks they are kept for."""
    need = sn.project(bedford, to=2027, draws=6)
    weekly, monthly = (
        sn.simulate(bedford, need, ["SLT", "EP"], until=date(2026, 1, 30), by=by).data
        for by in ("week", "month")
    )
    assert monthly["seen"].attrs["units"] == "children a month"
    for name in ("seen", "late_weeks", "sessions", "advice_done", "diverted"):
        month = weekly["week_commencing"].values.astype("datetime64[M]")
        added = [
            weekly[name].isel(week_commencing=month == one).sum("week_commencing") for one in np.unique(month)
        ]
        np.testing.assert_array_equal(monthly[name].values, np.stack(added, axis=2))
    starts = monthly["month_start"]
    assert [str(day)[:10] for day in starts.values[[0, 1, -1]]] == ["2025-01-06", "2025-02-03", "2026-02-02"]
    for name in ("waiting_median", "waiting_p92"):
        at = weekly[name].sel(week=starts.values)
        np.testing.assert_array_equal(monthly[name].values, at.values)
    before = weekly.sel(week_commencing="2025-12-29")  # of those seen in the four weeks before 5 January 2026
    for name in ("seen_median", "seen_p92"):
        np.testing.assert_array_equal(monthly[name].sel(january="2026-01-05").values, before[name].values)
        assert (monthly[name].sel(january="2025-01-06") == -1).all()
    np.testing.assert_array_equal(monthly["waiting"].values, weekly["waiting"].values)
    with pytest.raises(DomainError, match="by='day'"):
        sn.simulate(bedford, need, ["SLT"], by="day")


def test_options_take_columns_of_pandas_as_they_take_arrays(bedford):
    weeks = pd.Series(np.full(3, 1.0), index=[5, 6, 7])
    more = sn.ServiceOption(extra_wte=weeks).combine(sn.ServiceOption(extra_wte=range(3)))
    assert more.extra_wte.tolist() == [1.0, 2.0, 3.0]  # by place, whatever the labels
    assert isinstance(sn.ServiceOption(throughput_factor=weeks).throughput_factor, np.ndarray)
    assert sn.RuleChange(ring_fenced_share=np.array(0.5)) == sn.RuleChange(ring_fenced_share=0.5)
    with pytest.raises(DomainError, match="allowed: one share"):
        sn.RuleChange(ring_fenced_share=[0.5, 0.5])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"needs": 3}, "needs=3: an int"),
        ({"needs": {"a": 1}}, r"needs\['a'\]=1: an int; allowed: a NeedProjection"),
        ({"advice": {"baseline": 3}}, r"advice\['baseline'\]=3"),
        ({"advice": {"baseline": {"SLT": np.ones(9)}}}, r"has shape \(9,\); allowed: \(8, 300\)"),
        ({"advice": {"baseline": {"SLT": np.ones((9, 300))}}}, r"has shape \(9, 300\)"),
        (
            {"advice": {"baseline": {"SLT": np.full((8, 300), -1)}}},
            r"\['SLT'\]: found -1; allowed: 0 or more",
        ),
        ({"advice_opening": {"baseline": {"SLT": np.ones((9, 2))}}}, r"allowed: \(weeks waited, 300\)"),
        ({"progress": 3}, "progress=3: an int; allowed: a function"),
    ],
)
def test_what_is_no_need_no_advice_and_no_function_is_told(bedford, need, given, message):
    with pytest.raises(DomainError, match=message):
        sn.simulate(bedford, need, ["SLT"], until=date(2025, 3, 1), **given)
