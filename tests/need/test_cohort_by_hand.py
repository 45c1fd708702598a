"""Rates, reasons, SEN support and residents of made-up areas, every number worked by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.evidence.area import Area
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.adding import add_up
from sendneeds.need.cohort import rates, sen_support_stock
from sendneeds.need.cohort.area_rates import LEAST_OF_ENGLAND, area_evidence, moved_in
from sendneeds.need.cohort.plans import _by_reason
from sendneeds.need.explain import CAUSES, explain
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.population import residents
from sendneeds.need.inputs.setup import base_year
from sendneeds.need.inputs.transitions import transition_draws
from sendneeds.need.prevalence import _standing, byar
from sendneeds.need.projection import NeedProjection

SLCN, ASD, SEMH = (stock.PLAN_NEEDS.index(need) for need in ("SLCN", "ASD", "SEMH"))
FLOW = ["calendar_year", "stage", "need", "age", "reason", "count", "flag"]
PLANS = ["census_january", "need", "age", "placement", "plans", "flag"]


def area(**tables) -> Area:
    meta = {name: TableMeta(name, "made up", "none", None, "published") for name in tables}
    return Area("made-up", "E1", "Made-up", "local_authority", tables=tables, meta=meta)


def flow(*rows) -> pd.DataFrame:
    """Return rows (year, stage, need, age, reason, count) of the flow table."""
    table = pd.DataFrame([(*row, "ok") for row in rows], columns=FLOW)
    return table.astype({"count": "Int64"})


def plans(*rows) -> pd.DataFrame:
    """Return rows (January, need, age, plans) of the table of plans."""
    table = pd.DataFrame([(*row[:3], "all", row[3], "ok") for row in rows], columns=PLANS)
    return table.astype({"plans": "Int64"})


class Means:
    """A generator whose gamma draws are their means, and which keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def gamma(self, shape, scale=1.0, size=None):
        self.asked.append((shape, scale))
        return np.broadcast_to(np.asarray(shape) * scale, np.shape(shape) if size is None else size)


# age groups


def test_plans_under_three_are_spread_by_a_falling_shape():
    assert stock.young_shape()[:4] == pytest.approx([0.006859, 0.0361, 0.19, 1])
    spread = stock.spread_group(1000, "0-2", stock.young_shape())
    assert spread[:4] == pytest.approx([29.4430, 154.9629, 815.5942, 0], abs=1e-3)
    assert stock.spread_group(12, "20-25", np.ones(26))[19:].tolist() == [0, 2, 2, 2, 2, 2, 2]
    assert stock.spread_group(12, "7", np.zeros(26))[6:9].tolist() == [0, 12, 0]


def test_plans_by_age_are_those_of_all_needs_in_one_january():
    table = plans(
        (2024, "all", "7", 5),
        (2025, "all", "7", 6),
        (2025, "all", "all", 99),
        (2025, "SLCN", "7", 4),
        (2025, "all", "unknown", 1),
    )
    assert stock.plans_by_age(area(ehc_plans=table), 2025).sum() == 6
    with pytest.raises(MissingDataError, match="no plans by age for January 2026"):
        stock.plans_by_age(area(ehc_plans=table), 2026)
    assert base_year(area(ehc_plans=table)) == 2025


def test_plans_by_need_and_age():
    table = plans(
        (2025, "SLCN", "7", 4),
        (2025, "SLCN", "20-25", 7),
        (2025, "ASD", "0-2", 10),
        (2024, "ASD", "9", 3),
        (2025, "all", "7", 6),
    )
    found = stock.plans(area(ehc_plans=table), 2025)
    assert found[SLCN, [6, 7, 8]].tolist() == [0, 4, 0]
    assert found[SLCN, 20:].tolist() == [2, 1, 1, 1, 1, 1]  # the plan left over goes to the first age
    assert found[ASD, :3].tolist() == [0, 2, 8]  # of 10: 0.29, 1.55 and 8.16
    assert found.sum() == 21


# England's rates


def england(transfers: int = 104, more_at_12: int = 0) -> Area:
    """Return an England with 100 plans at every age and 117 a year on, in areas that hold half of all plans."""
    after = [117] * 26
    after[12] += more_at_12
    ages = [str(a) for a in range(26)]
    whole = ("all", "all", "all")
    rows = [(2024, "new_plans_by_cohort_age", "SLCN", a, "all", 54) for a in ages[:-1]]
    rows += [(2024, "ceased", "all", a, "transfer", 4) for a in ages]
    rows += [(2024, "ceased", "all", "all", "transfer", transfers)]
    closing = 2 * sum(after)
    # closing = opening + new - ended + 52 moved
    rows += [(2024, "new_plans", *whole, 1350), (2024, "ceased", *whole, 5000 + 1350 + 52 - closing)]
    matched = pd.DataFrame({"age": ages, "plans_january_2024": 100, "plans_january_2025": after})
    totals = plans((2024, "all", "all", 5000), (2025, "all", "all", closing))
    return area(ehc_flow=flow(*rows), matched_plans_by_age=matched, ehc_plans=totals)


def test_transfers_that_show_up_again_are_part_of_leaving():
    found = rates.national_rates(england(), np.full(26, 1000.0))
    # of 100 plans 117 - 54 / 2 = 90 are kept, net; 4 of 200 leave as transfers, of which 52 of 104 show up again
    assert found.year == 2024
    assert found.net[:25] == pytest.approx([0.9] * 25)
    assert found.leave[:25] == pytest.approx([0.11] * 25)
    assert found.moved_in[:25] == pytest.approx([0.01] * 25)
    assert (found.net[25], found.leave[25], found.moved_in[25]) == (0, 1, 0)
    assert found.moved_weight[:25] == pytest.approx([0.01 / 0.89] * 25)
    # 1,000 residents a year on less the 180 of 200 plans that are kept
    assert found.without_plan[:25] == pytest.approx([820] * 25)
    assert found.without_plan[25] == 1
    assert found.hazard[SLCN, :25] == pytest.approx([54 / 820] * 25)
    assert found.hazard.sum() == pytest.approx(25 * 54 / 820)


def test_no_more_transfers_show_up_again_than_there_were():
    found = rates.national_rates(england(transfers=40), np.full(26, 1000.0))
    assert found.leave[10] == pytest.approx(0.12)  # all 2 % of them


def test_more_plans_kept_than_there_were_came_from_elsewhere():
    found = rates.national_rates(england(more_at_12=20), np.full(26, 1000.0))
    assert (found.net[11], found.leave[11], found.moved_in[11]) == pytest.approx((1.1, 0.0, 0.1))
    assert found.leave[10] == pytest.approx(0.11)


def test_survival_under_three_is_that_at_three():
    before, after, new = np.full(26, 100.0), np.arange(26.0) * 10, np.full(26, 5.0)
    found = rates.survival(before, after, new)
    assert found[:5] == pytest.approx([0.35, 0.35, 0.35, 0.35, 0.45])  # at age 3, (40 - 5) / 100
    assert found[24:] == pytest.approx([2.45, 0])


def test_new_plans_of_a_group_lie_as_the_plans_a_year_on():
    after = np.zeros(26)
    after[1:4] = 1, 2, 3
    after[21:26] = 1, 1, 1, 1, 6
    table = flow(
        (2024, "new_plans_by_cohort_age", "ASD", "0-2", "all", 12),
        (2024, "new_plans_by_cohort_age", "ASD", "20-25", "all", 10),
    )
    found = rates.spread_new(table, 2024, after)[ASD, :, 0]
    assert found[:4].tolist() == [2, 4, 6, 0]
    assert found[19:].tolist() == [0, 1, 1, 1, 1, 6, 0]


def test_residuals_are_shares_of_the_opening_stock():
    whole = ("all", "all", "all")
    made = area(
        ehc_plans=plans((2023, "all", "all", 200), (2024, "all", "all", 210), (2025, "all", "all", 230)),
        ehc_flow=flow(
            (2023, "new_plans", *whole, 30),
            (2023, "ceased", *whole, 24),
            (2024, "new_plans", *whole, 35),
            (2024, "ceased", *whole, 8),
        ),
    )
    # 210 - 200 - 30 + 24 = 4 of 200; 230 - 210 - 35 + 8 = -7 of 210
    assert rates.residual_rates(made) == pytest.approx({2023: 0.02, 2024: -7 / 210})


# reasons


def ceased(*rows) -> pd.DataFrame:
    return flow(*((2024, "ceased", "all", age, reason, count) for age, reason, count in rows))


def test_reasons_by_band_lean_on_england():
    nation = ceased(
        *(("15", "left", 10), ("15", "transfer", 30)),
        *(("16", "left", 20), ("18", "left", 10), ("16", "transfer", 10)),
        *(("19", "left", 40), ("25", "transfer", 10)),
        *(("all", "left", 80), ("15", "all", 40)),
    )
    other_years = flow(
        (2023, "ceased", "all", "15", "moved", 500), (2023, "ceased", "all", "15", "left", 500)
    )
    own = pd.concat([ceased(("15", "transfer", 5), ("16", "left", 4), ("18", "left", 6)), other_years])
    reasons, shares = rates.reason_shares(area(ehc_flow=own), area(ehc_flow=nation), 2024)
    assert reasons == ["left", "transfer"]
    # England's mix counts as 20 plans: (0 + 5, 5 + 15) of 25; (10 + 15, 0 + 5) of 30; England's own
    np.testing.assert_allclose(shares, [[0.2, 0.8], [25 / 30, 5 / 30], [0.8, 0.2]])


def test_reasons_go_by_the_age_at_which_the_year_opens():
    closing = np.zeros((1, 1, 26, 1), dtype=int)
    for age, count in ((1, 2), (16, 3), (17, 5), (19, 7), (20, 11), (25, 13)):
        closing[0, 0, age] = count
    # one reason a band: opening ages 0 and 15, 16 and 18, 19 and 24
    assert _by_reason(closing, np.eye(3), np.random.default_rng(1))[0, :, 0].tolist() == [5, 12, 24]


# an area's own rates


def evidence_of(moved: int = 15):
    """Return what is known of an area with 150 plans, where twice as many end at school age as in England."""
    national = rates.NationalRates(
        2024,
        np.append(np.full(25, 0.1), 1.0),
        np.full(26, 0.02),
        np.zeros((len(stock.PLAN_NEEDS), 26)),
        np.ones(26),
        np.full(26, 0.9),
    )
    national.new[SLCN, 10] = 0.01
    people = np.full(26, 1000.0)
    people[11] = 2090
    whole = ("all", "all", "all")
    own = area(
        ehc_plans=plans(
            *((2024, "all", "10", 100), (2024, "all", "17", 50), (2024, "all", "all", 150)),
            *((2025, "all", "10", 100), (2025, "all", "all", 150 + moved)),
        ),
        ehc_flow=flow(
            (2024, "new_plans_by_cohort_age", "SLCN", "10", "all", 30),
            *((2024, "ceased", "all", "10", "all", 20), (2024, "ceased", "all", "17", "all", 10)),
            *((2024, "ceased", "all", "10", "left", 20), (2024, "ceased", "all", "17", "left", 10)),
            *((2024, "new_plans", *whole, 30), (2024, "ceased", *whole, 30)),
        ),
    )
    nation = area(
        ehc_plans=plans(
            *((2024, "all", "10", 1000), (2024, "all", "17", 400), (2024, "all", "all", 1400)),
            *((2025, "all", "10", 1000), (2025, "all", "all", 1428)),
        ),
        ehc_flow=flow(
            *((2024, "ceased", "all", "10", "all", 100), (2024, "ceased", "all", "17", "all", 80)),
            *((2024, "ceased", "all", str(age), "left", 10) for age in (10, 17, 20)),
            *((2024, "new_plans", *whole, 180), (2024, "ceased", *whole, 180)),
        ),
    )
    constants = {
        "cohort_alpha_need": 10.0,
        "cohort_alpha_cell": 4.0,
        "cohort_alpha_ceased": 30.0,
        "cohort_moved_cv": 0.2,
    }
    return area_evidence(own, nation, national, people, constants), own, nation


def test_evidence_on_an_areas_rates():
    found, _, _ = evidence_of()
    # 30 new plans, and 0.01 of 2,090 - 0.9 x 100 = 2,000 children expected: (10 + 30) / (10 + 20)
    assert found.need[SLCN, 0] == pytest.approx(4 / 3)
    assert found.need[ASD, 0] == 1
    assert found.expected[SLCN, 10] == pytest.approx(20 * 4 / 3)
    # England ends 10 % at 10 and 20 % at 17
    np.testing.assert_allclose(found.ended, [(20, 10), (10, 10), (0, 0)])
    assert found.moved_in == pytest.approx((0.1 + 0.02) / 2)


def test_rates_drawn_are_englands_times_gammas():
    found, _, _ = evidence_of()
    luck = Means()
    made = found.draw(luck, 3)
    # 0.01 for the nation, 4/3 for the need, and (4 + 30) / (4 + 26.67) at this age
    assert made.hazard[SLCN, 10] == pytest.approx([0.01 * 4 / 3 * 34 / (4 + 80 / 3)] * 3)
    assert made.hazard[SLCN, 9].tolist() == [0, 0, 0]
    # (30 + 20) / (30 + 10) to age 15, (30 + 10) / (30 + 10) to 18, England's after
    assert made.leave[[0, 15, 16, 18, 19, 25], 0] == pytest.approx([0.125, 0.125, 0.1, 0.1, 0.1, 1])
    assert made.moved_in_rate == pytest.approx([0.06] * 3)
    shape, scale = luck.asked[-1]
    assert (shape, scale) == pytest.approx((25, 0.04 * 0.06))  # a coefficient of variation of 0.2


def test_moves_in_are_midway_and_never_under_a_tenth_of_englands():
    _, own, nation = evidence_of()
    rate, note = moved_in(own, nation)
    assert rate == pytest.approx(0.06)
    assert "Far out" not in note  # 10.0 % is not over 10 %
    _, own, nation = evidence_of(moved=-3)
    rate, note = moved_in(own, nation)
    assert LEAST_OF_ENGLAND == 0.1
    assert rate == pytest.approx(0.002)  # (-0.02 + 0.02) / 2 = 0 is under a tenth of 2 %
    _, own, nation = evidence_of(moved=16)
    assert (
        "Far out, and more likely errors of the returns than moves: 2024: +10.7 %."
        in moved_in(own, nation)[1]
    )


# a child-level history


def test_chances_of_a_history_by_hand():
    table = pd.DataFrame(
        {
            "age": [10, 10, 10, 10, 30],
            "from_need": ["SLCN", "SLCN", "SLCN", "NSA", "SLCN"],
            "to_need": ["LEFT", "SLCN", "ASD", "ASD", "LEFT"],
            "children": [9, 50, 20, 99, 99],
        }
    )
    chance, recode = transition_draws(table, np.full((26, 2), 0.05), EveryMean())
    # 20 children at 5 % and 79 of whom 9 left: 10 / 99
    assert chance[SLCN, 10] == pytest.approx([10 / 99] * 2)
    assert chance[SLCN, 9] == pytest.approx([0.05] * 2)
    assert chance[SLCN, 25].tolist() == [1, 1]
    # 20 children staying and 70: 70 / 90 and 20 / 90
    assert recode[SLCN, 0, [SLCN, ASD]] == pytest.approx([70 / 90, 20 / 90])
    assert recode[ASD, 0, [SLCN, ASD]].tolist() == [0, 1]


class EveryMean(Means):
    def gamma(self, shape, scale=1.0, size=None):
        return np.broadcast_to(shape, np.shape(shape) if size is None else size).astype(float)


# SEN support


def test_pupils_on_roll_of_open_groups():
    pupils = pd.DataFrame(
        {
            "census_january": [2025, 2025, 2025, 2024],
            "age": ["2_and_under", "5", "19_and_over", "5"],
            "pupils": [1000, 20, 30, 99],
        }
    )
    found = sen_support_stock.on_roll(area(pupils=pupils), 2025)
    assert found[:4] == pytest.approx([29.4430, 154.9629, 815.5942, 0], abs=1e-3)
    assert (found[5], found[19], found.sum()) == pytest.approx((20, 30, 1050))


def test_flows_of_sen_support(monkeypatch):
    """Shares at their central value, 75 % of new plans from SEN support and 10 % ended a year, and no luck."""

    class Central:
        def standard_normal(self, shape):
            return np.zeros(shape)

        def binomial(self, number, share):
            return np.rint(number * share).astype(int)

    monkeypatch.setattr(sen_support_stock, "generator", lambda *key, block: Central())
    setup = SimpleNamespace(blocks=range(1), seed=1, area=SimpleNamespace(code="E1"))
    by_age, new = np.zeros((2, 26, 256), dtype=int), np.zeros((1, 26, 256), dtype=int)
    for age, count in ((10, 100), (11, 100), (14, 8), (18, 10), (19, 40), (25, 7)):
        by_age[0, age] = count
    for age, count in ((11, 120), (12, 50), (15, 8), (19, 9)):
        by_age[1, age] = count
    new[0, 11] = 20
    new[0, 15] = 12
    flows = sen_support_stock.support_flows(setup, by_age, new)
    to_plan, ended, identified = (flows[name][0][0, 0] for name in ("to_plan", "ended", "identified"))
    # to a plan: 15 of the 20 at 11; of 12 at 15 only the 8 there were count, 6 of them
    assert to_plan == 15 + 6
    # at 11 8 of 85 end; at 12 50, for no more than 50 stay; at 15 none; at 19 1 of 10; all 40 at 20; and 7 pass 25
    assert ended == 8 + 50 + 0 + 1 + 40 + 7
    # 120 - (85 - 8) at 11, 8 - 2 at 15
    assert identified == 43 + 6


# residents


def population(variant: str, by_year: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"mid_year": year, "age": age, "variant": variant, "persons": count}
            for year, count in by_year.items()
            for age in range(26)
        ]
    )


def rolls(by_census: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"census_january": census, "age": str(age), "pupils": count}
            for census, count in by_census.items()
            for age in range(4, 16)
        ]
    )


class Shares:
    """A generator that says how far recent moves and the trend of births go on: half, and a quarter."""

    def random(self, shape):
        return np.tile([0.5, 0.25], (shape[0], 1))


def test_residents_of_a_january_are_those_of_the_summer_before():
    table = population("principal", {2024: 600, 2025: 1200, 2026: 4800})
    people = residents(area(population=table, pupils=rolls({2026: 900})), 2025, 2027, Shares(), 2)
    assert people.persons[:, 5, 0].tolist() == [600, 1200, 4800]
    assert people.growth() == pytest.approx({2026: np.log(2), 2027: np.log(4)})
    assert people.pupils_per_resident == pytest.approx(0.75)  # 900 of 1,200 in January 2026
    with pytest.raises(MissingDataError, match="no mid-year 2027"):
        residents(area(population=table), 2025, 2028, Shares(), 1)


def test_residents_that_were_made_say_so():
    made = area(population=population("principal", {2024: 600}))
    assert len(residents(made, 2025, 2025, Shares(), 1).assumptions) == 1
    made.meta["population"] = replace(made.meta["population"], basis="scaled", note="from England's")
    first, _ = residents(made, 2025, 2025, Shares(), 1).assumptions
    assert first == "Residents by age are scaled, not published for the area: from England's"


def test_residents_aged_on():
    tables = {
        "population": population("estimate", {2023: 1000, 2024: 1200}),
        "pupils": rolls({2024: 100, 2025: 110, 2026: 121}),
    }
    people = residents(area(**tables), 2025, 2032, Shares(), 1)
    found = {year: people.persons[i, :, 0] for i, year in enumerate(people.years)}
    assert (found[2025] == 1200).all()
    # rolls show 10 % more to January 2026; over 15 the estimates rose by a fifth from age to age
    assert found[2026][[1, 2, 15, 16, 25]].tolist() == [1320, 1320, 1320, 1440, 1440]
    # from there on half of the moves go on: 1,320 x 1.05, and 1,200 x 1.2 twice
    assert found[2027][[2, 15, 16, 17]].tolist() == [1386, 1386, 1584, 1728]
    # births follow a quarter of their yearly rise of a fifth, for five years
    births = [round(1200 * 1.2 ** (0.25 * k)) for k in (1, 2, 3, 4, 5, 5, 5)]
    assert [found[year][0] for year in range(2026, 2033)] == births
    assert found[2027][1] == round(1200 * 1.2**0.25 * 1.05)
    with pytest.raises(MissingDataError, match="January 2024 lies before it"):
        residents(area(**tables), 2024, 2026, Shares(), 1)


def test_moves_of_the_last_three_years_count():
    tables = {
        "population": population("estimate", {2025: 1000}),
        "pupils": rolls({2022: 100, 2023: 300, 2024: 300, 2025: 330, 2026: 396}),
    }
    people = residents(area(**tables), 2026, 2027, Shares(), 1)
    # 0, 10 and 20 %, on average 10 %, of which half; the trebling before is out
    assert people.persons[1, 1:16, 0].tolist() == [1050] * 15
    assert people.persons[1, 16, 0] == 1000  # one estimate says nothing of older ages
    assert people.persons[1, 0, 0] == 1000


# causes


def test_causes_of_growth_by_hand():
    """Three ages, two years; the plans go 10, 20, 5 to 2, 12, 16 to 8, 8, 9."""

    def flows(first, second):
        return (("calendar_year", "plan_need", "age", "draw"), np.array([[first], [second]])[..., None])

    children = np.array([[10, 20, 5], [2, 12, 16], [8, 8, 9]])[:, None, None, :, None]
    data = xr.Dataset(
        {
            "children": (("year", "provision", "need", "age", "draw"), children),
            "population": (
                ("year", "age", "draw"),
                np.array([[99] * 3, [20, 39, 116], [40, 28, 109]])[..., None],
            ),
            "new_plans": flows([2, 3, 0], [8, 5, 0]),
            "moved_in": flows([0, 1, 0], [0, 2, 0]),
            "ceased": flows([0, 2, 4], [0, 1, 3]),
        },
        coords={
            "year": [2025, 2026, 2027],
            "calendar_year": [2025, 2026],
            "provision": ["E"],
            "need": ["ASD"],
            "draw": [0],
        },
    )
    made = explain(NeedProjection(data, {}, SimpleNamespace(name="Made-up"), pd.DataFrame()))
    growth = made.data["growth"].sel(draw=0)
    assert growth.sel(cause="balance").values.tolist() == [
        -5,
        -10,
    ]  # 5 new + 1 moved in - 6 ended - 5 past the last age
    found = {str(c): float(growth.sel(cause=c, year=2027)) for c in growth["cause"].values}
    # children without a plan go from 20, 30, 100 to 40, 25, 100; a tenth gets one at first, then a fifth
    assert found == pytest.approx(
        {
            "balance": -10,
            "population": 0.1 * 20 - 0.1 * 5,
            "identification": 0.1 * 20 + 0.1 * 30,
            "interaction": 0.1 * 20 - 0.1 * 5,
            "stock": 0.2 * 8 + 0.2 * 8 - (16 - 5),  # a fifth ended, of 2 and 12 where there were 10 and 20
            "duration": -(0.3 * 2 + 0.05 * 12),  # then a half and a quarter
            "moves": 1,
        }
    )
    assert sum(found.values()) == pytest.approx(25 - 35)
    # each bar of the waterfall starts where the one before ended
    bars = made.plot().patches
    sizes = [found[cause] for cause in CAUSES]
    assert [bar.get_x() for bar in bars] == pytest.approx([0, *np.cumsum(sizes)[:-1]])
    assert [bar.get_width() for bar in bars] == pytest.approx(sizes)


# areas added up


def two_areas(*moves: tuple[int, int], draws: int = 10, seed: int = 1) -> list[NeedProjection]:
    """Return projections of areas with plans moved in and ended, (moved in, ended) an area."""
    out = []
    for number, (came, gone) in enumerate(moves):
        flow_dims, one = ("calendar_year", "plan_need"), np.ones((1, 1), dtype=np.int32)
        data = xr.Dataset(
            {
                "children": (("year", "need"), np.full((1, 1), 100 * (number + 1), dtype=np.int32)),
                "moved_in": (flow_dims, came * one),
                "ceased": (flow_dims, gone * one),
            },
            coords={"year": [2026], "need": ["ASD"], "calendar_year": [2025], "plan_need": ["ASD"]},
            attrs={"seed": seed, "draws": draws, "start": 2025, "scored_to": 2026},
        )
        code = f"E{number}"
        table = plans((2024 + number, "all", "all", 5), (2025, "all", "all", 10 * (number + 1)))
        place = area(ehc_plans=table.assign(area_code=code))
        place = replace(place, slug=code, code=code, name=code)
        out.append(NeedProjection(data, {"assumptions": [], "bases": ["published"]}, place, pd.DataFrame()))
    return out


@pytest.mark.parametrize(("share", "moved", "gone"), [(0.0, 7, 9), (0.3, 5, 7), (1.0, 0, 2)])
def test_moves_between_areas_added_up_cancel(share, moved, gone):
    made = add_up(two_areas((3, 4), (4, 5)), "Both", internal_moves=share)
    counted = made.area.table("ehc_plans")
    # of January 2024 one alone has a count; of 2025 the second has two rows, 5 and 20
    assert counted[["census_january", "plans"]].values.tolist() == [[2025, 35]]
    whole = made.data
    assert (whole["moved_in"].item(), whole["ceased"].item(), whole["children"].item()) == (moved, gone, 300)


def test_no_more_moves_cancel_than_there_were_plans_ended():
    whole = add_up(two_areas((3, 1), (4, 1)), "Both", internal_moves=1.0).data
    assert (whole["moved_in"].item(), whole["ceased"].item()) == (5, 0)


def test_areas_that_cannot_be_added_up():
    pair = two_areas((3, 4), (4, 5))
    for share in (-0.1, 1.1):
        with pytest.raises(DomainError, match="a share from 0 to 1"):
            add_up(pair, "Both", internal_moves=share)
    with pytest.raises(DomainError, match="twice"):
        add_up([pair[0], pair[0]], "Both")
    with pytest.raises(DomainError, match="has seed 2"):
        add_up([pair[0], two_areas((1, 1), (1, 1), seed=2)[1]], "Both")
    with pytest.raises(DomainError, match="nothing to add up"):
        add_up([], "None")


# expected and identified


def test_byars_limits_of_ten():
    low, high = byar(10)
    assert (float(low), float(high)) == pytest.approx((4.787, 18.391), abs=1e-3)
    low, high = byar(1)  # (1 - 1/9 - 1.96/3) cubed, and twice (1 - 1/18 + 1.96/(3 sqrt 2)) cubed
    assert (float(low), float(high)) == pytest.approx((0.0131, 5.564), abs=1e-3)
    low, high = byar(0)
    assert (float(low), float(high)) == pytest.approx((0, 3.668), abs=1e-3)  # (1 - 1/9 + 1.96/3) cubed


@pytest.mark.parametrize(
    ("low", "high", "due", "standing"),
    [
        (11, 15, 10, "above"),
        (10, 15, 10, "similar"),
        (5, 9, 10, "below"),
        (5, 10, 10, "similar"),
        (3, 5, 0, "similar"),
    ],
)
def test_standing_against_what_is_due(low, high, due, standing):
    assert _standing(low, high, due) == standing
