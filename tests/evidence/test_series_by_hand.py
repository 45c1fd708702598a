"""Series, checks of them and claims, on tables of a few rows whose results are worked out by hand."""

import datetime as dt

import pandas as pd
import pytest

from sendneeds.evidence.quality.breaks import breaks
from sendneeds.evidence.quality.claims import CANNOT_CHECK, DOES_NOT, RECONCILES, claims
from sendneeds.evidence.quality.coverage import coverage
from sendneeds.evidence.quality.detect import detect
from sendneeds.evidence.series import cohort_age_plans, flows, implausible_new_plans, residuals, totals
from sendneeds.evidence.types import AreaTables, TableMeta

CODE = "E06000055"


def area(code=CODE, **tables):
    meta = {name: TableMeta(name, "", "", dt.date(2025, 6, 1), "published") for name in tables}
    return AreaTables("here", code, "Here", "local_authority", tables=tables, meta=meta)


def plans(counts, **rest):
    """Return `ehc_plans` with totals by January, or with what else a key of (January, need, age) says."""
    rows = []
    for key, count in counts.items():
        january, need, age = key if isinstance(key, tuple) else (key, "all", "all")
        rows.append([CODE, january, need, age, "all", count, "ok" if count is not None else "unavailable"])
    names = ["area_code", "census_january", "need", "age", "placement", "plans", "flag"]
    return pd.DataFrame(rows, columns=names).astype({"plans": "Int64"})


def flow(**stages):
    """Return `ehc_flow` from counts by year (or by year, need and age) of each stage."""
    rows = []
    for stage, counts in stages.items():
        for key, count in counts.items():
            year, need, age = key if isinstance(key, tuple) else (key, "all", "all")
            rows.append([CODE, year, stage, need, age, "all", count, "ok"])
    names = ["area_code", "calendar_year", "stage", "need", "age", "reason", "count", "flag"]
    return pd.DataFrame(rows, columns=names).astype({"count": "Int64"})


def found(area, name):
    return [f.found for f in detect(area) if f.name == name]


def test_totals_are_those_over_every_need_age_and_placement():
    table = plans({2022: 130, 2021: None, 2020: 100, (2020, "ASD", "all"): 40, (2020, "all", "7"): 9})
    assert totals(area(ehc_plans=table)).to_dict() == {2020: 100, 2022: 130}
    assert totals(area()).empty


def test_flows_are_those_over_every_need_age_and_reason():
    table = flow(new_plans={2021: 70, (2021, "all", "5"): 20}, ceased={2021: 30})
    assert flows(area(ehc_flow=table), "new_plans").to_dict() == {2021: 70}
    assert flows(area(), "new_plans").empty


def test_new_plans_by_cohort_age_are_added_over_needs_where_no_total_is_given():
    table = flow(
        new_plans_by_cohort_age={
            **{(2022, "all", "all"): 50, (2022, "ASD", "all"): 20, (2022, "SEMH", "all"): 25},
            **{(2023, "ASD", "all"): 31, (2023, "SEMH", "all"): 11},
        }
    )
    assert cohort_age_plans(area(ehc_flow=table), "all").to_dict() == {2022: 50, 2023: 42}


def test_opening_and_new_less_ended_and_moved_is_closing():
    table = residuals(
        area(
            ehc_plans=plans({2020: 1000, 2021: 1100, 2022: 1150}),
            ehc_flow=flow(new_plans={2020: 150, 2021: 140}, ceased={2020: 60}),
        )
    ).set_index("calendar_year")
    assert table.loc[2020].tolist() == [1000, 150, 60, 10, 1100]
    assert pd.isna(table.loc[2021, "moved"]), "plans that ended are not given"


LEVEL = [1000] * 6
RISE = [1000] * 3 + [1300] * 3


@pytest.mark.parametrize(
    ("stock", "new", "implausible"),
    [
        (LEVEL, (100, 100, 301, 100, 100), True),  # over 3 times both neighbours; 301 off the change of 0
        (LEVEL, (100, 100, 300, 100, 100), False),  # 3 times, not more
        (LEVEL, (100, 101, 302, 100, 100), False),  # 3 times the larger neighbour is 303
        ([150] * 6, (20, 20, 80, 20, 20), True),  # as many plans as are needed to tell
        ([149] * 6, (20, 20, 80, 20, 20), False),  # one fewer
        ([400] * 6, (20, 20, 80, 20, 20), False),  # off the change by 80, a fifth of 400, not more
        ([399] * 6, (20, 20, 80, 20, 20), True),
        (RISE, (300, 301, 99, 301, 300), True),  # 3 x 99 is under 301, and 99 is 201 off a change of 300
        (RISE, (300, 301, 100, 301, 300), False),  # 200 off, a fifth of 1,000, not more
        (RISE, (300, 297, 99, 297, 300), False),  # 3 x 99 is 297, not under it
    ],
)
def test_a_count_of_new_plans_is_implausible_beside_its_neighbours_and_the_stock(stock, new, implausible):
    years = range(2020, 2026)
    made = area(
        ehc_plans=plans(dict(zip(years, stock, strict=True))),
        ehc_flow=flow(new_plans=dict(zip(years, new, strict=False)), ceased={2022: 0}),
    )
    assert list(implausible_new_plans(made)) == ([2022] if implausible else [])
    moved = residuals(made).set_index("calendar_year").loc[2022, "moved"]
    assert pd.isna(moved) == implausible


@pytest.mark.parametrize(
    ("before", "after", "name", "text"),
    [
        (1000, 1201, "plans_jumped", "(+20.1%)"),
        (1000, 1200, "plans_jumped", None),  # a fifth, not more
        (150, 181, "plans_jumped", "(+20.7%)"),
        (149, 181, "plans_jumped", None),  # too few to say
        (1000, 799, "plans_jumped", "(-20.1%)"),
        (1000, 999, "plans_fell", "1,000 in January 2023, 999 in January 2024 (-0.1%)"),
        (1000, 1000, "plans_fell", None),
        (200, 149, "small_area", "149 plans"),
        (200, 150, "small_area", None),
    ],
)
def test_jumps_falls_and_small_areas(before, after, name, text):
    texts = found(area(ehc_plans=plans({2023: before, 2024: after})), name)
    assert len(texts) == (text is not None)
    assert all(text in t for t in texts)


def test_three_januaries_are_a_short_series_and_four_are_not():
    three = {2023: 500, 2024: 510, 2025: 520}
    assert found(area(ehc_plans=plans(three)), "series_starts_late") == ["3 Januaries, from 2023"]
    assert found(area(ehc_plans=plans({2022: 490, **three})), "series_starts_late") == []


def test_breakdowns_are_compared_with_totals():
    table = plans(
        {2025: 100, (2025, "all", "5"): 40, (2025, "all", "6"): 50, (2025, "ASD", "all"): 100}
        | {2024: 80, (2024, "all", "5"): 0, (2024, "ASD", "all"): 83}
    )
    made = area(ehc_plans=table)
    assert found(made, "parts_short_of_total") == ["the breakdown adds up to 90, the total is 100 (-10)"]
    assert found(made, "detail_missing") == ["a total of 80 and no breakdown"]
    assert found(made, "needs_short_of_total") == ["the breakdown adds up to 83, the total is 80 (+3)"]


def timeliness(rows):
    names = ["exceptions", "issued", "within_20_weeks", "from_20_to_52_weeks", "over_52_weeks"]
    frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[1:], "Int64"))
    return frame.assign(area_code=CODE, calendar_year=2024, flag="ok")


@pytest.mark.parametrize(
    ("excluding", "name"),
    [(0, "every_plan_an_exception"), (49, "most_plans_exceptions"), (50, None)],
)
def test_exceptions_are_most_from_more_than_half(excluding, name):
    made = area(
        ehc_timeliness=timeliness([["including", 100, 60, 30, 10], ["excluding", excluding, excluding, 0, 0]])
    )
    kinds = {"every_plan_an_exception", "most_plans_exceptions"}
    assert [f.name for f in detect(made) if f.name in kinds] == ([name] if name else [])


def test_plans_by_weeks_add_up_to_plans_issued():
    made = area(ehc_timeliness=timeliness([["including", 100, 60, 30, 9], ["excluding", 90, 60, 25, 5]]))
    assert found(made, "outcomes_after_20_weeks_short") == ["99 by weeks, 100 issued"]


@pytest.mark.parametrize(("roll", "over"), [(1021, True), (1020, False)])
def test_rolls_exceed_residents_of_the_same_cohort_by_over_two_per_cent(roll, over):
    """Pupils aged 10 in January 2023 were 8 in mid-2020."""
    residents = pd.DataFrame(
        {"mid_year": 2020, "age": [8, 10], "persons": [1000, 500], "variant": "estimate", "area_code": CODE}
    )
    pupils = pd.DataFrame({"area_code": CODE, "census_january": 2023, "age": ["10"], "pupils": [roll]})
    texts = found(area(population=residents, pupils=pupils), "rolls_exceed_residents")
    assert len(texts) == over
    assert all("10: 1,021 against 1,000" in text for text in texts)


@pytest.mark.parametrize(("decided", "told"), [((400, 101), True), ((400, 100), False)])
def test_more_decisions_than_requests_are_noted(decided, told):
    made = area(
        ehc_flow=flow(
            requests_received_in_year={2024: 500},
            request_outcome_six_weeks={2024: decided[0]},
            request_outcome_over_6_weeks={2024: decided[1]},
        )
    )
    assert bool(found(made, "six_week_outcomes_exceed_requests")) == told


def claim(measure, value, period, place="Here"):
    return pd.DataFrame(
        {
            **{"figure_id": ["f"], "area": [place], "value": [value], "unit": [""], "period": [period]},
            **{"measure": [measure], "printed_as": [str(value)], "document": ["plan"], "caution": [""]},
        }
    )


GROWTH, SEN, WEEKS = (
    "growth in EHC plans",
    "SEN support + EHC plan share of pupils",
    "new EHC plans issued within 20 weeks",
)


@pytest.mark.parametrize(
    ("measure", "value", "period", "verdict", "published"),
    [
        (GROWTH, "25", "2014-2018", RECONCILES, 25.4),  # 800 to 1,003 is 25.375 %: 25 to the digits printed
        (GROWTH, "25.4", "2014-2018", RECONCILES, 25.4),
        (GROWTH, "25.3", "2014-2018", DOES_NOT, 25.4),
        (GROWTH, "26", "2014-2018", DOES_NOT, 25.4),
        (GROWTH, "25", "2013-2018", CANNOT_CHECK, None),
        (SEN, "16.1", "January 2025", RECONCILES, 16.0),  # 4.0 + 12.0, each rounded
        (SEN, "16.2", "January 2025", DOES_NOT, 16.0),
        (WEEKS, "75", "2024", RECONCILES, 75.0),  # 150 of 200
        (WEEKS, "74.5", "2024", DOES_NOT, 75.0),
        (WEEKS, "76", "2024", DOES_NOT, 75.0),
        (WEEKS, "75", "2023/24 academic year", CANNOT_CHECK, None),
        ("children with SEND", "160", "2025", RECONCILES, 160.0),  # 16 % of 1,000: a lower bound
        ("children with SEND", "161", "2025", DOES_NOT, 160.0),
        ("resident population aged 0-17", "300", "2020", RECONCILES, 300.0),  # ages 0 and 17, not 18
        ("resident population aged 0-17", "300", "2019", CANNOT_CHECK, None),
        ("resident population", "300", "2020", CANNOT_CHECK, None),
        ("mean survey score", "3.1", "2020", CANNOT_CHECK, None),
        (GROWTH, "1, 2", "2014-2018", CANNOT_CHECK, None),
    ],
)
def test_claims_are_checked_to_the_digits_that_they_print(measure, value, period, verdict, published):
    made = area(
        claims=claim(measure, value, period),
        ehc_plans=plans({2014: 800, 2018: 1003}),
        sen_percent=pd.DataFrame(
            {"census_january": 2025, "provision": ["E", "K"], "percent_of_pupils": [4.0, 12.0]}
        ),
        pupils=pd.DataFrame({"census_january": 2025, "age": ["5", "6"], "pupils": [600, 400]}),
        population=pd.DataFrame(
            {"mid_year": 2020, "age": [0, 17, 18], "persons": [100, 200, 400], "variant": "estimate"}
        ),
        ehc_timeliness=timeliness([["excluding", 200, 150, 40, 10], ["including", 220, 150, 50, 20]]),
    )
    row = claims(made).iloc[0]
    assert row["verdict"] == verdict
    assert (None if pd.isna(row["published"]) else row["published"]) == published


def test_breaks_are_those_inside_the_series():
    north = area("E06000061", ehc_plans=plans({2010: 900, 2025: 2000}), ehc_flow=flow(new_plans={2023: 1}))
    assert breaks(north)[["table", "year", "until"]].values.tolist() == [
        ["ehc_plans", 2015, 2018],  # statements became plans
        ["ehc_plans", 2022, 2022],  # formed in April 2021
        ["ehc_plans", 2023, 2023],  # child-level collection
    ]
    assert breaks(area(ehc_plans=plans({2023: 900, 2025: 950}))).empty, "2023 itself is the first year"


def test_figures_are_supplied_scaled_illustrative_or_missing():
    rows = [
        ("SLT", "in_post_wte", "local"),
        ("SLT", "opening_list", "scaled"),
        ("OT", "in_post_wte", "illustrative"),
        ("all", "missed_share", "published"),
    ]
    parameters = pd.DataFrame(rows, columns=["service", "parameter", "basis"])
    referrals = pd.DataFrame(
        {
            "service": ["SLT", "OT"],
            "month": ["2025-03", "2025-02"],
            "referrals": pd.array([40, None], "Int64"),
        }
    )
    table = coverage(area(service_parameters=parameters, referrals=referrals))
    state = table.set_index(["service", "aspect"])["state"]
    assert state["SLT", "staff"] == "supplied"
    assert state["SLT", "waiting list"] == "scaled"
    assert state["SLT", "demand"] == "supplied"
    assert state["OT", "demand"] == "missing", "its only row is empty"
    assert state["OT", "staff"] == "illustrative"
    assert state["OT", "quality"] == "supplied", "the row for all services"
    assert state["PT", "quality"] == "missing", "no row of a service that has none of its own"


@pytest.mark.parametrize(
    ("january", "start"),
    [(2025, "2025-01-06"), (2024, "2024-01-08"), (2026, "2026-01-12"), (2023, "2023-01-09")],
)
def test_the_start_is_the_first_monday_from_the_sixth_of_january(january, start):
    assert area(ehc_plans=plans({january: 10})).start.isoformat() == start


def nhs(rows):
    frame = pd.DataFrame(rows, columns=["month", "service", "weeks_band", "waiting"])
    return frame.assign(area="The board", flag="ok").astype({"waiting": "Int64"})


BANDS = ("0-1", ">1-2", ">2-4", ">4-12", ">12-18", ">18-52", ">52")


def test_bands_are_compared_with_the_published_total_of_each_month():
    months = {"2024-01": 70, "2024-02": 75, "2024-03": 58}
    rows = [(month, "SLT", band, 10) for month in months for band in BANDS]  # 70 in all of them
    rows += [(month, "SLT", "all", total) for month, total in months.items()]
    rows += [("2024-01", "OT", band, 1) for band in BANDS] + [("2024-01", "OT", "all", 7)]
    made = area(nhs_waiting_list=nhs(rows))
    assert found(made, "bands_short_of_total") == ["2 months differ, by up to 12 of 58 (2024-03)"]
    assert found(made, "band_missing") == []
    assert found(made, "list_absent") == []


def test_bands_and_lists_that_are_not_published_are_noted():
    rows = [("2024-01", "SLT", band, 10) for band in BANDS] + [
        ("2024-02", "SLT", band, 10) for band in BANDS[:-1]
    ]
    rows += [("2024-02", "SLT", ">52", None)]
    made = area(nhs_waiting_list=nhs(rows), ehc_plans=plans({2024: 10}))
    assert found(made, "band_missing") == ["not published in 2024-02"]
    assert found(made, "list_absent") == ["The board published no list from 2024-01 to 2024-02"]  # of OT
    assert found(made, "lists_old") == [], "the last month is after the start, January 2024"
    later = area(nhs_waiting_list=nhs(rows), ehc_plans=plans({2025: 10}))
    assert found(later, "lists_old") == ["the last month is 2024-02, the start is 2025-01"]


def test_an_own_list_with_a_band_that_is_unavailable_is_noted():
    rows = [
        (service, day, band, 10, "ok")
        for service, day in (("SLT", "2024-01-08"), ("OT", "2025-01-06"))
        for band in BANDS
    ]
    rows += [("SLT", "2025-01-06", band, 10, "ok") for band in BANDS[:5]]
    rows += [
        ("SLT", "2025-01-06", ">18-52", None, "unavailable"),
        ("SLT", "2025-01-06", ">52", None, "suppressed"),
    ]
    table = pd.DataFrame(rows, columns=["service", "snapshot", "weeks_band", "waiting", "flag"])
    table.insert(0, "area_code", "E09")
    table.insert(2, "stage", "first_appointment")
    assert found(area(waiting_list=table, ehc_plans=plans({2025: 10})), "own_list_incomplete") == [
        "no figure for >18-52 weeks on 2025-01-06"
    ]


def test_a_service_with_a_list_needs_staff_and_slots_or_assessments():
    listed = [("SLT", "referrals_accepted_per_week"), ("SLT", "opening_list")]
    listed += [("OT", "referrals_accepted_per_week"), ("OT", "opening_list"), ("OT", "assessments_per_week")]
    listed += [("PT", "referrals_accepted_per_week"), ("SLT", "in_post_wte")]
    table = pd.DataFrame(listed, columns=["service", "parameter"]).assign(basis="illustrative", source="")
    table = table.assign(unit="", low=1.0, central=1.0, high=1.0)
    table.loc[0, "basis"] = "scaled"
    made = area(service_parameters=table)
    assert found(made, "service_incomplete") == ["no slots_per_wte_week, first_slots"]
    assert found(made, "parameters_illustrative") == ["6 of 7 figures are illustrative: SLT, OT, PT"]
    assert found(made, "parameters_scaled") == ["1 of 7 figures are scaled: SLT"]


def test_a_local_figure_whose_source_says_that_nobody_measured_it_is_told():
    """A copied pack, its basis changed and its source forgotten, service by service."""
    copied = "no published figure: a plausible value for the area to replace"
    rows = [
        ("SLT", "opening_list", "local", copied),
        ("SLT", "in_post_wte", "local", copied),
        ("OT", "in_post_wte", "local", "The provider's establishment list, March 2026"),
        ("PT", "in_post_wte", "illustrative", copied),
    ]
    table = pd.DataFrame(rows, columns=["service", "parameter", "basis", "source"])
    made = area(service_parameters=table.assign(unit="", low=1.0, central=1.0, high=1.0))
    assert found(made, "local_source_unchanged") == [
        f"basis local, source {copied!r}: opening_list, in_post_wte"
    ]


def sen_pupils(rows):
    frame = pd.DataFrame(rows, columns=["census_january", "provision", "need", "pupils"])
    return frame.assign(year_group="all", flag="ok").astype({"pupils": "Int64"})


def test_one_pupil_with_a_plan_and_no_specialist_assessment_is_noted():
    rows = [(2025, "E", "NSA", 1), (2025, "E", "ASD", 30), (2025, "K", "NSA", 12), (2024, "E", "NSA", 0)]
    made = area(sen_pupils=sen_pupils(rows), ehc_plans=plans({2025: 40}))
    assert found(made, "need_at_wrong_provision") == ["1 rows of NSA with a plan, 1 pupils"]
    assert found(made, "plans_are_not_pupils") == [
        "31 pupils with a plan at schools in the area, 40 plans maintained"
    ]
    assert found(made, "sen_support_by_need_absent") == []
    without = area(sen_pupils=sen_pupils(rows[:2]))
    assert found(without, "sen_support_by_need_absent") == ["no rows of provision K"]


@pytest.mark.parametrize(
    ("value", "verdict"), [("25", RECONCILES), ("26", RECONCILES), ("24", DOES_NOT), ("27", DOES_NOT)]
)
def test_half_a_unit_of_the_last_digit_printed_reconciles_either_way(value, verdict):
    made = area(claims=claim(GROWTH, value, "2014-2018"), ehc_plans=plans({2014: 200, 2018: 251}))  # 25.5 %
    assert claims(made)["verdict"].tolist() == [verdict]


def test_the_partner_who_pays_supplies_funding_and_the_provider_the_rest():
    partners = [
        {"role": "icb", "name": "The board"},
        {"role": "council", "name": "The council"},
        {"role": "community_provider", "name": "The trust", "services": ["OT"]},
    ]
    table = coverage(AreaTables("here", CODE, "Here", "local_authority", {"partners": partners}))
    partner = table.set_index(["service", "aspect"])["partner"]
    assert partner["OT", "funding"] == "The board"
    assert partner["OT", "staff"] == "The trust"
    assert partner["EP", "funding"] == "The council"
    assert partner["EP", "staff"] == "The council"
    assert partner["CAMHS", "staff"] == "mental health provider: not yet assigned"
