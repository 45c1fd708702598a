"""The EHC process of a made-up area: shares, requests, disputes, quarters and reviews, worked by hand."""

from dataclasses import replace
from datetime import date
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import special

from sendneeds.demand.calendar import mondays, weeks_to
from sendneeds.evidence.area import Area
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.kernel.ehc.clock import NOT_YET
from sendneeds.waits.ehc import annual_reviews, clock, disputes, published_rates, requests, requests_law
from sendneeds.waits.ehc.disputes import Disputes, Law, law, plans_in_place
from sendneeds.waits.ehc.published_rates import (
    Autoregression,
    Rates,
    odds,
    stage_counts,
    timeliness,
    yearly_sd,
)
from sendneeds.waits.ehc.quarterly_counts import Tally, ends, flows
from sendneeds.waits.ehc.requests import (
    NO_PLAN,
    PLAN,
    PLAN_ORDERED,
    REFUSED,
    RETURNED_PLAN,
    WITHDRAWN,
    EhcRequests,
    numbers,
)
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.ehc.shared_advice import SharedAdvice, shares_asked
from sendneeds.waits.ehc.weeks_law import decision_law, decision_weeks, median_weeks, spread_of_mean
from sendneeds.waits.ehc.within_year import Path, YearWeeks


def logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def flow_table(**stages: dict[int, float]) -> pd.DataFrame:
    rows = [
        {"stage": stage, "calendar_year": year, "need": "all", "age": "all", "reason": "all", "count": count}
        for stage, by_year in stages.items()
        for year, count in by_year.items()
    ]
    return pd.DataFrame(rows)


def area(nation: Area | None = None, **tables) -> Area:
    made = Area("made-up", "E1", "Made-up", "local_authority", tables=tables)
    made.settings["simulation"] = {"start": date(2025, 1, 6)}
    if nation is not None:
        object.__setattr__(made, "england", lambda: nation)
    return made


# published shares and how they move


def test_a_share_stands_as_published_and_returns_to_its_level(monkeypatch):
    luck = {"2023": 1.0, "2024": 0.5}
    monkeypatch.setattr(
        published_rates, "standard_normal", lambda seed, key, draws: np.full(draws, luck[key[-1]])
    )
    series = Autoregression({2020: -1.0, 2022: 0.0}, 1.0, 0.6, 0.5, 2, 1, ("made-up",))
    assert [series.scale(year)[0] for year in (2019, 2020, 2021, 2022)] == [-1, -1, -1, 0]
    # one under its level: 0.6 of that is left, and 0.5 x 0.8 x 1 comes to it; then 0.6 of -0.2, and 0.4 x 0.5
    assert series.scale(2023) == pytest.approx([0.8, 0.8])
    assert series.scale(2024) == pytest.approx([1.08, 1.08])
    assert series.at(2022) == pytest.approx([0.5, 0.5])


def test_log_odds_of_published_counts():
    part, whole = (
        {2019: 0.0, 2020: 5.0, 2021: 0.0, 2022: 12.0, 2023: 4.0, 2024: 8.0},
        {2020: 10.0, 2021: 8.0, 2022: 10.0, 2024: 8.0, 2019: 0.0},
    )
    found = odds(part, whole, 2024)  # more than there are, and a year without a whole, say nothing
    assert found == pytest.approx({2020: 0.0, 2021: np.log(0.5 / 8.5), 2024: np.log(8.5 / 0.5)})
    assert sorted(odds(part, whole, 2021)) == [2020, 2021]


def test_spread_of_a_years_change():
    known = {2022: -0.1, 2020: 0.0, 2021: 0.3}  # changes of 0.3 and -0.4
    assert yearly_sd(known) == pytest.approx(np.sqrt(0.25 / 2))
    assert yearly_sd({2020: 0.0, 2021: 0.01}) == 0.15


def test_counts_of_stages_are_those_of_all_ages_needs_and_reasons():
    table = pd.concat(
        [
            flow_table(requests={2023: 7.0, 2024: np.nan}),
            flow_table(requests={2024: 9.0}).assign(age="5"),
            flow_table(requests={2022: 3.0}).assign(reason=None),
        ]
    )
    assert stage_counts(area(ehc_flow=table)) == {"requests": {2023: 7.0, 2022: 3.0}}
    times = pd.DataFrame(
        {
            "exceptions": ["excluding", "excluding", "including"],
            "calendar_year": [2023, 2024, 2024],
            "issued": [10, np.nan, 20],
            "within_20_weeks": [6, 5, 8],
            "over_52_weeks": [1, 1, np.nan],
        }
    )
    found = timeliness(area(ehc_timeliness=times))
    assert found["excluding"] == {2023: (10.0, 6.0, 1.0)}
    assert found["including"][2024][:2] == (20.0, 8.0)


def test_shares_as_part_and_whole():
    counts = {
        "requests_decided_to_assess": {2024: 60.0},
        "requests_decided_not_to_assess": {2024: 30.0},
        "requests_withdrawn": {2024: 10.0},
        "request_outcome_six_weeks": {2024: 70.0},
        "request_outcome_over_6_weeks": {2024: 20.0},
        "outcome_decision_within_time": {2024: 3.0},
        "outcome_decision_over_time": {2024: 1.0},
        "assess_in_year": {2024: 50.0},
        "assess_issued": {2024: 45.0},
        "assess_not_issued": {2024: 4.0},
    }
    times = {"excluding": {2024: (40.0, 24.0, 1.0)}, "including": {2024: (44.0, 25.0, 2.0)}}
    found = {
        name: (part[2024], whole[2024])
        for name, (part, whole) in published_rates.share_parts(counts, times).items()
    }
    assert found == {
        "assessed": (60, 100),
        "refused of rest": (30, 40),
        "planned": (45, 50),
        "not issued of rest": (4, 5),
        "decided in time": (70, 90),
        "not issued in time": (3, 4),
        "exceptions": (4, 44),
        "in time": (24, 40),
        "in time excepted": (1, 4),
    }


SHARES = (
    *(
        "assessed",
        "refused of rest",
        "planned",
        "not issued of rest",
        "decided in time",
        "not issued in time",
    ),
    *("exceptions", "in time", "in time excepted"),
)


def published(year: int) -> Area:
    """Return an area with all that the clock needs of one year, which is its own England."""
    counts = {
        "requests_decided_to_assess": 60.0,
        "requests_decided_not_to_assess": 30.0,
        "requests_withdrawn": 10.0,
        "request_outcome_six_weeks": 70.0,
        "request_outcome_over_6_weeks": 20.0,
        "outcome_decision_within_time": 3.0,
        "outcome_decision_over_time": 1.0,
        "assess_in_year": 50.0,
        "assess_issued": 45.0,
        "assess_not_issued": 4.0,
    }
    times = pd.DataFrame(
        {
            "exceptions": ["excluding", "including"],
            "calendar_year": year,
            "issued": [40, 44],
            "within_20_weeks": [24, 25],
            "over_52_weeks": [1, 2],
        }
    )
    tables = {
        "ehc_flow": flow_table(**{name: {year: n} for name, n in counts.items()}),
        "ehc_timeliness": times,
    }
    rows = [{"name": f"{name.replace(' ', '_')}_level", "value": n} for n, name in enumerate(SHARES)]
    rows += [{"name": f"{name.replace(' ', '_')}_phi", "value": 0.1 * n} for n, name in enumerate(SHARES)]
    rows += [{"name": f"{name.replace(' ', '_')}_sd", "value": n + 0.5} for n, name in enumerate(SHARES)]
    return area(area(**tables, ehc_constants=pd.DataFrame(rows)), **tables)


def test_shares_move_by_the_constants_of_areas():
    found = published_rates.rates(published(2024), 2, 1)
    assert found.year == 2024
    assert found.borrowed == ()
    # each returns to its own level at its own rate
    for n, name in enumerate(SHARES):
        series = found.series[name]
        assert (series.level, series.phi, series.sd) == pytest.approx((n, 0.1 * n, n + 0.5)), name
    assert found.at("assessed", 2024) == pytest.approx([60.5 / 101] * 2)
    with pytest.raises(MissingDataError, match="no requests_decided_to_assess for 2023"):
        published_rates.rates(published(2024), 2, 1, 2023)


def test_spread_of_weeks_from_the_two_limits():
    rows = [("including", year, 100, 50, 5) for year in (2023, 2024)] + [("including", 2025, 100, 10, 90)]
    columns = ["exceptions", "calendar_year", "issued", "within_20_weeks", "over_52_weeks"]
    logs, sd = published_rates._tail(area(ehc_timeliness=pd.DataFrame(rows, columns=columns)), 2024)
    # half within 14 weeks of the decision and 95 % within 46: ln(46 / 14) over 1.644854, its log
    assert logs == pytest.approx({2023: -0.324048, 2024: -0.324048}, abs=1e-6)
    # the tail's odds moved by 0.15 either way give 4.33 and 5.76 %, and logs 0.0841 apart; no change besides
    assert sd == pytest.approx(0.0420482 / np.sqrt(2), abs=1e-6)


def test_the_median_weeks_have_the_share_in_time_to_the_last_digits():
    """Decisions after 3, 4, 5 and 6 weeks alike leave 17, 16, 15 and 14 of the 20: the mean of four normal areas."""
    share, spread = np.array([0.05, 0.3, 0.6, 0.97]), np.array([0.5, 0.75, 1.0, 0.4])
    median = median_weeks(share, np.ones(4), spread)
    areas = [
        NormalDist().cdf(np.log(left / m) / s)
        for m, s in zip(median, spread, strict=True)
        for left in (17, 16, 15, 14)
    ]
    np.testing.assert_allclose(np.reshape(areas, (4, 4)).mean(axis=1), share, atol=1e-12)


def test_a_published_mean_gives_the_spread():
    # a median of 15 weeks and a spread of 0.5, decisions after 3, 4, 5 and 6 weeks alike: normal areas of
    # ln(17/15), ln(16/15), 0 and ln(14/15) over 0.5 are 0.5988, 0.5514, 0.5 and 0.4451; the mean 4.5 + 15 exp(0.125)
    assert spread_of_mean(0.5238, 1.0, 21.497, 0.75) == pytest.approx(0.5, abs=0.005)
    assert spread_of_mean(0.5238, 1.0, 6.0, 0.75) is None
    times = published(2024)
    times.tables["ehc_timeliness"] = times.table("ehc_timeliness").assign(mean_weeks=[24.0, 26.0])
    found = published_rates.rates(times, 1, 1)
    known, prompt = found.at("in time", 2024)[0], found.at("decided in time", 2024)[0]
    spread = found.at("spread", 2024)[0]
    median = median_weeks(*(np.array([x]) for x in (known, prompt, spread)))[0]
    # those told late take ten weeks on the mean: six, and four past the sixth
    assert 4.5 * prompt + 10 * (1 - prompt) + median * np.exp(spread**2 / 2) == pytest.approx(24.0, abs=0.02)
    assert found.at("spread", 2025)[0] != spread


def test_weeks_to_the_decision():
    found = decision_law(np.arange(2, 10), np.array([0.8]))[:, 0]
    # a fifth in each of weeks 3 to 6; of the fifth told late a quarter in week 7 and three quarters of it a week after
    assert found == pytest.approx([0, 0.2, 0.2, 0.2, 0.2, 0.05, 0.0375, 0.028125])
    u = np.array([0.0, 0.199, 0.201, 0.799, 0.801, 0.849, 0.851, 0.8876])
    weeks = decision_weeks(np.full(8, 0.8), u)
    assert weeks.tolist() == [3, 3, 4, 6, 7, 7, 8, 9]


def test_median_weeks_put_a_share_within_the_limit():
    # decisions after 3, 4, 5 and 6 weeks alike leave 17, 16, 15 and 14: with next to no spread, a median of 15
    # weeks has the first two in time and half of the third
    one = np.ones(1)
    assert median_weeks(0.625 * one, one, 0.001 * one) == pytest.approx([15], abs=1e-3)
    assert median_weeks(0.625 * one, one, 0.001 * one, 16.0) == pytest.approx([11], abs=1e-3)
    # told late, after 7 weeks at the soonest, a quarter have 13 left
    assert median_weeks(0.125 * one, 0 * one, 0.001 * one) == pytest.approx([13], abs=1e-3)


def walks(**shares: float) -> Rates:
    """Return rates that stand still."""
    names = {name.replace("_", " "): logit(share) for name, share in shares.items()}
    return Rates(
        {name: Autoregression({2024: odd}, 0.0, 1.0, 0.0, 1, 1, (name,)) for name, odd in names.items()}, 2024
    )


def test_share_in_time_were_advice_never_short():
    found = walks(in_time=0.5)
    assert found.unhindered(2024, np.array([0.9])) == pytest.approx([0.9])
    assert found.unhindered(2024, np.array([0.3])) == pytest.approx([0.5])  # no less than it is


# disputes


FEW = Disputes(0.2, 0.1, 0.05, np.array([0.5]), np.array([0.8]))


def test_decisions_overturned_for_each_that_stands():
    assert FEW.overturned() == pytest.approx([0.2 * 0.5 + 0.15 * 0.8])


@pytest.mark.parametrize(
    ("overturned", "u", "path"),
    [
        # overturned: mediated 0.1, appealed 0.08, both 0.04 of 0.22
        (True, 0.45, (True, False)),
        (True, 0.46, (False, True)),
        (True, 0.81, (False, True)),
        (True, 0.82, (True, True)),
        (True, 0.99, (True, True)),
        # that stand: mediated 0.1, appealed 0.02, both 0.01 of 1
        (False, 0.099, (True, False)),
        (False, 0.101, (False, True)),
        (False, 0.121, (True, True)),
        (False, 0.131, (False, False)),
    ],
)
def test_how_a_refusal_is_disputed(overturned, u, path):
    mediated, appealed = FEW.paths(np.array([overturned]), np.zeros(1, int), np.array([u]))
    assert (mediated[0], appealed[0]) == path


def test_weeks_of_a_dispute_are_from_half_to_half_as_much_again():
    weeks = {
        "mediation_weeks": np.array([10.0]),
        "appeal_registered_weeks": np.array([8.0]),
        "appeal_weeks": np.array([20.0]),
    }
    found = Law({}, weeks, {}).times(np.zeros(3, int), np.array([0.0, 0.5, 1.0]))
    assert [part.tolist() for part in found] == [[5, 10, 15], [4, 8, 12], [10, 20, 30]]


def disputed_areas() -> Area:
    nation = area(
        ehc_flow=flow_table(
            requests_mediation={2024: 100.0},
            requests_tribunal={2024: 50.0},
            requests_mediation_tribunal={2024: 20.0},
            requests_decided_not_to_assess={2024: 1000.0},
            assess_mediation={2024: 60.0},
            assess_tribunal={2024: 30.0},
            assess_mediation_tribunal={2024: 6.0},
            assess_not_issued={2024: 300.0},
            other_mediation={2024: 400.0},
        ),
        ehc_plans=pd.DataFrame(
            {
                "census_january": [2024, 2025],
                "age": "all",
                "need": "all",
                "placement": "all",
                "plans": [8000, 10000],
            }
        ),
        appeals=pd.DataFrame({"calendar_year": [2023, 2024], "appeals_registered": [100, 180]}),
    )
    return area(
        nation,
        ehc_flow=flow_table(
            requests_mediation={2023: 99.0, 2024: 10.0},
            requests_tribunal={2024: 5.0},
            requests_mediation_tribunal={2024: 2.0},
            requests_decided_not_to_assess={2024: 50.0},
            other_mediation={2024: 12.0},
        ),
        ehc_plans=pd.DataFrame(
            {
                "census_january": [2024, 2025],
                "age": "all",
                "need": "all",
                "placement": "all",
                "plans": [900, 1000],
            }
        ),
        appeals=pd.DataFrame({"calendar_year": [2024, 2025], "appeals_registered": [30, 99]}),
    )


def test_disputes_of_an_area_lean_on_england(monkeypatch):
    monkeypatch.setattr(disputes, "standard_normal", lambda seed, key, draws: np.zeros(draws))
    found = law(disputed_areas(), 2024, 2, 1)
    assess, issue = found.refusals["to assess"], found.refusals["to issue"]
    # of 50 refusals with England's 10, 5 and 2 % of 30 more: 13 / 80, 6.5 / 80, 2.6 / 80
    assert (assess.mediated, assess.appealed, assess.both) == pytest.approx((10.4 / 80, 3.9 / 80, 2.6 / 80))
    assert (issue.mediated, issue.appealed, issue.both) == pytest.approx((0.2 - 0.02, 0.1 - 0.02, 0.02))
    assert assess.by_mediation.tolist() == [0.45, 0.45]
    assert {name: weeks[0] for name, weeks in found.weeks.items()} == pytest.approx(
        {"mediation_weeks": 7, "appeal_registered_weeks": 9, "appeal_weeks": 26}
    )
    # mediations: 12 of 1,000 plans and England's 4 % on 5 more; appeals: 30 less the 5 against refusals, England's
    # 180 - 50 - 30 = 100 of 10,000
    assert found.content["mediations"] == pytest.approx([17 / (1000 + 5 / 0.04)] * 2)
    assert found.content["appeals"] == pytest.approx([30 / (1000 + 5 / 0.01)] * 2)


def test_spread_of_appeals_from_year_to_year():
    _, spread = disputes._content_rates(disputed_areas().england(), 2024)
    assert spread == pytest.approx(0.25)  # one year with its plans says nothing of a change
    nation = disputed_areas().england()
    nation.tables["appeals"] = pd.DataFrame({"calendar_year": [2024, 2025], "appeals_registered": [80, 200]})
    assert disputes._content_rates(nation, 2025)[1] == pytest.approx(np.log(2))


def test_plans_in_place_between_januaries():
    stock, years = np.array([[100.0], [200.0], [400.0]]), np.array([2025, 2026, 2027])
    days = np.array(["2024-06-03", "2025-07-02", "2026-07-02", "2027-06-01"], dtype="datetime64[D]")
    assert plans_in_place(stock, years, days)[:, 0] == pytest.approx([100, 150, 300, 400], abs=0.5)


# requests


def test_requests_behind_a_years_plans():
    rates = walks(planned=0.8, assessed=0.5, refused_of_rest=0.6, not_issued_of_rest=0.5)
    refusals = {
        "to assess": Disputes(0.6, 0.0, 0.0, np.array([0.5]), np.array([0.0])),
        "to issue": Disputes(0.8, 0.0, 0.0, np.array([0.5]), np.array([0.0])),
    }
    found = numbers(np.array([80.0]), rates, Law(refusals, {}, {}), 2024)
    # 100 assessed of 200; refusals that stand 0.6 for each assessed, three tenths more overturned: 18 assessed, 14
    # planned; 0.125 not issued for each plan, two fifths more overturned: 3 of the other 66 plans are ordered
    assert [int(n[0]) for n in found] == [80 - 14 - 3, 20 - 4, 3, 14, 4, 60, 40]


def level_path(value: float) -> Path:
    """Return a quantity that is the same all year."""
    return Path(np.array([value]), np.array([value]), np.zeros(1))


def test_timeline_of_a_request(monkeypatch):
    """Every uniform a half, medians of 14 weeks to a plan and 10 to a decision not to issue, and no spread."""
    counts = dict.fromkeys(range(7), 0) | {PLAN: 2, PLAN_ORDERED: 1, REFUSED: 1, WITHDRAWN: 1}
    monkeypatch.setattr(requests, "numbers", lambda *given: [np.array([n]) for n in counts.values()])
    monkeypatch.setattr(requests.streams, "as_real", lambda raw: np.full(raw.shape, 0.5))
    plan, not_issued, alike = (level_path(np.log(weeks)) for weeks in (14 - 1e-9, 10 - 1e-9, 1.0))
    even = np.linspace(0.0, 1.0, 33)[None]
    through = YearWeeks(plan, plan, not_issued, alike, np.array([1e-6]), even)
    rates = walks(
        decided_in_time=0.8,
        spread=1e-6,
        exceptions=0.1,
        not_issued_of_rest=0.4,
    )
    mediated = Disputes(0.2, 0.0, 0.0, np.array([0.5]), np.array([0.0]))
    weeks = {name: np.array([8.0]) for name in ("mediation_weeks", "appeal_registered_weeks", "appeal_weeks")}
    disputes_ = Law({"to assess": mediated, "to issue": mediated}, weeks, {})
    keys = np.zeros(1, np.uint64)
    found = requests.children_of(np.array([2]), rates, disputes_, 2025, (100.0, 52.0), through, keys)
    assert found.kind.tolist() == [PLAN, PLAN, PLAN_ORDERED, REFUSED, WITHDRAWN]
    # two plans in weeks 113 and 139, the others in 126; 14 weeks from the decision, told after 5
    assert found.begun[:2].tolist() == [99, 125]
    assert found.decided[:2].tolist() == [99, 125]
    assert found.requested[:2].tolist() == [94, 120]
    # advice takes 0.55 of 14 weeks, whole; of the other seven four follow the draft
    assert (found.advice[0], found.writing[0], found.consulted[0]) == (7, 7, 4)
    # ordered: ten weeks to the refusal, eight of mediation and eleven to the plan, in week 126
    assert (found.begun[2], found.requested[2]) == (126 - 10 - 8 - 11, 126 - 10 - 8 - 11 - 5)
    assert (found.advice[2], found.writing[2], found.consulted[2]) == (7, 3, 0)  # 0.55 of the 10 / (10 / 14)
    assert (found.told_refused[2], found.mediated[2], found.appealed[2]) == (True, True, False)
    # without an assessment: asked and decided when one that ends in a plan in week 126 is
    assert found.requested[3:].tolist() == [107, 107]
    assert found.decided[3:].tolist() == [112, 112]
    assert found.mediated[3:].tolist() == [False, False]
    assert found.times_factor.tolist() == [1] * 5


def requests_of(*rows: dict) -> EhcRequests:
    """Return requests made in week 0, one a row, with all else 0 where it is not given."""
    whole = ("lane", "kind", "requested", "decided", "begun", "advice", "writing", "consulted")
    flags, weeks = ("told_refused", "excepted", "mediated", "appealed"), ("mediation", "registered", "appeal")
    columns = {name: np.array([row.get(name, 0) for row in rows]) for name in (*whole, *weeks)}
    columns |= {name: np.array([bool(row.get(name)) for row in rows]) for name in flags}
    return EhcRequests(**columns, times_factor=np.ones(len(rows)), luck=np.zeros(len(rows), np.uint64))


TEN = requests_of(
    {"kind": PLAN, "decided": 6},
    {"kind": PLAN, "decided": 7},
    {"kind": PLAN_ORDERED, "decided": 6, "told_refused": 1, "appealed": 1, "registered": 2, "appeal": 10},
    {"kind": NO_PLAN, "decided": 6, "told_refused": 1},
    {"kind": NO_PLAN, "decided": 6},
    {"kind": REFUSED, "decided": 6, "mediated": 1, "mediation": 4},
    {"kind": WITHDRAWN, "decided": 3},
    {"kind": RETURNED_PLAN, "decided": 5, "mediated": 1, "mediation": 3},
    {"kind": PLAN, "decided": 6, "excepted": 1},
    {"kind": PLAN, "decided": 6},
)
LAST = np.array([12, 13, 12, 13, 10, 0, 0, 20, 45, NOT_YET])
WRITING = np.array([8, 8, 4, 4, 4, 0, 0, 10, 8, 8])
CONSULTED = np.array([4, 4, 0, 0, 0, 0, 0, 4, 4, 4])


def test_when_everything_ends():
    end = ends(TEN, LAST, WRITING, CONSULTED)
    never = NOT_YET
    assert end.assessed.tolist() == [20, 21, 16, 17, 14, never, never, 30, 53, never]
    assert end.drafted.tolist() == [16, 17, never, never, never, never, never, 26, 49, never]
    # an order eleven weeks after the appeal, which begins two weeks after the refusal and takes ten
    assert end.final.tolist() == [20, 21, 39, never, never, never, never, 30, 53, never]
    assert end.refused.tolist() == [never, never, 16, 17, never, 6, never, 5, never, never]
    assert end.mediated.tolist() == [never] * 5 + [10, never, 8, never, never]
    assert end.appealed.tolist() == [never, never, 18] + [never] * 7
    assert end.settled.tolist() == [never, never, 28, 17, never, 10, never, 8, never, never]


def test_who_counts_in_each_flow():
    end = ends(TEN, LAST, WRITING, CONSULTED)
    found = {name: int(((week < NOT_YET) & some).sum()) for name, (week, some) in flows(TEN, end).items()}
    assert found == {
        "requests": 10,
        "decided": 10,
        "decided_in_time": 9,  # all but the one told after seven weeks
        "decided_to_assess": 7,
        "withdrawn": 1,
        "assessments": 7,
        "assessments_returned": 1,
        "assessments_withdrawn": 1,
        "not_issued": 2,
        "not_issued_in_time": 1,  # within 16 weeks, and after 17
        "drafts": 3,
        "drafts_in_time": 1,
        "issued": 5,
        "issued_returned": 1,
        "issued_ordered": 1,
        "issued_including": 3,
        "issued_in_time": 1,  # after 20 weeks; those after 21 and 53 are late
        "issued_excluding": 2,
        "issued_in_time_excluding": 1,
        "issued_over_52": 1,
    }


def test_weeks_count_from_the_request():
    later = replace(TEN, **{name: getattr(TEN, name) + 7 for name in ("requested", "decided", "begun")})
    end = ends(later, np.where(LAST == NOT_YET, NOT_YET, LAST + 7), WRITING, CONSULTED)
    found = {name: int(((week < NOT_YET) & some).sum()) for name, (week, some) in flows(later, end).items()}
    in_time = ("decided_in_time", "not_issued_in_time", "drafts_in_time", "issued_in_time", "issued_over_52")
    assert [found[name] for name in in_time] == [9, 1, 1, 1, 1]


@pytest.mark.parametrize("at_a_time", [1, 4, 100])
def test_counts_by_quarter(monkeypatch, at_a_time):
    monkeypatch.setattr(requests, "BLOCK", at_a_time)
    days = mondays(date(2025, 1, 6), 26)  # thirteen weeks that begin in each of two quarters
    tally = Tally.of(TEN, LAST, WRITING, CONSULTED, days, 1, 3)
    data = tally.dataset({}, {"reviews_due": np.arange(26)[:, None]}, {}, "E1").isel(draw=0)
    assert data["quarter"].values.astype("datetime64[D]").astype(str).tolist() == ["2025-01-01", "2025-04-01"]
    assert data["bound"].values.astype("datetime64[D]").astype(str).tolist() == [
        "2025-01-06",
        "2025-04-07",
        "2025-07-07",
    ]
    # each stands for three
    assert data["requests"].values.tolist() == [30, 0]
    assert data["issued"].values.tolist() == [0, 6]
    assert data["assessments"].values.tolist() == [0, 15]
    assert data["refusals"].values.tolist() == [[6, 0], [0, 6]]
    assert data["refusals_final"].sel(refusal="to assess").values.tolist() == [3, 0]
    assert data["refusals_overturned"].sel(refusal="to assess").values.tolist() == [3, 0]
    assert data["refusals_final"].sel(refusal="to issue").values.tolist() == [0, 3]
    assert data["in_dispute"].sel(refusal="to issue").values.tolist() == [0, 0, 3]  # to week 28
    assert data["mediations"].values.tolist() == [[6, 0], [0, 0]]
    assert data["appeals"].values.tolist() == [[0, 0], [0, 3]]
    assert data["in_progress"].values.tolist() == [0, 18, 12]  # of six plans to come two are issued
    assert data["reviews_due"].values.tolist() == [78, 247]


def clock_result(weeks: list[int], **flows_by_quarter) -> EhcResult:
    """Return a result with quarters from October 2024 of so many weeks each."""
    quarters = pd.date_range("2024-10-01", periods=len(weeks), freq="QS").values
    bounds = np.datetime64("2024-10-07") + 7 * np.cumsum([0, *weeks]).astype("timedelta64[D]")
    data = {
        name: (("quarter", "draw"), np.array(values)[:, None]) for name, values in flows_by_quarter.items()
    }
    coords = {"quarter": quarters, "bound": bounds.astype("datetime64[ns]")}
    return EhcResult(xr.Dataset(data, coords=coords), {})


def test_shares_by_year_are_of_whole_years():
    made = clock_result([13] * 5, drafts=[99, 10, 10, 20, 0], drafts_in_time=[99, 5, 10, 5, 0])
    assert made.share_drafted().values[:4, 0].tolist() == [1, 0.5, 1, 0.25]
    assert np.isnan(made.share_drafted().values[4, 0])
    by_year = made.share_drafted("calendar_year")
    assert by_year["calendar_year"].values.tolist() == [2025]
    assert by_year.values[:, 0].tolist() == [0.5]
    short = clock_result([13, 13, 13, 13, 11], drafts=[4] * 5, drafts_in_time=[4, 1, 1, 1, 1])
    assert short.share_drafted("calendar_year")["calendar_year"].values.tolist() == [2024, 2025]  # 50 weeks


# annual reviews


def need_with(plans: dict[int, float], new: dict[int, float]) -> SimpleNamespace:
    data = xr.Dataset(
        {
            "children": (
                ("year", "provision", "need", "age", "draw"),
                np.array(list(plans.values()), float)[:, None, None, None, None],
            ),
            "new_plans": (
                ("calendar_year", "plan_need", "age", "draw"),
                np.array(list(new.values()), float)[:, None, None, None],
            ),
        },
        coords={"year": list(plans), "provision": ["E"], "calendar_year": list(new)},
        attrs={"seed": 1},
    )
    return SimpleNamespace(data=data)


NEED = need_with({2025: 400, 2026: 480}, {2025: 100})


def test_reviews_held_and_overdue_over_the_weeks_in_term():
    """480 plans less 96 new are 384 due; three quarters held are 288 plans, 300 meetings, and 96 overdue."""
    counts = flow_table(
        reviews_expected={2024: 200.0},
        reviews_held_before={2023: 999.0, 2024: 30.0},
        reviews_not_held={2024: 20.0},
        reviews_held_in_year={2024: 140.0},
        reviews_held_since={2024: 10.0},
    )
    made = area(ehc_flow=counts)
    days = mondays(date(2025, 1, 6), 52)
    found = annual_reviews.reviews(made, NEED, days)
    held, due = found.weekly["reviews_held"][:, 0], found.weekly["reviews_due"][:, 0]
    assert held.sum() == 300
    assert found.yearly["held"][2025].tolist() == [300]
    assert found.yearly["needed"][2025] == pytest.approx([400])
    assert found.weekly["reviews_overdue"][[0, -1], 0].tolist() == [50, 96]
    assert due.sum() == 300 + 96 - 50
    # 39 weeks in term: a week's part of 300 is 7 or 8, and none outside term
    assert set(held.tolist()) == {0, 7, 8}
    assert held[6] == 0
    part = annual_reviews.reviews(made, NEED, days[10:20]).weekly["reviews_held"][:, 0]
    assert part.tolist() == held[10:20].tolist()
    assert "150 of 200, 75%" in found.note
    assert "50 overdue at the start" in found.note
    assert found.yearly["held"][2024] == pytest.approx([150 / 0.96])
    assert found.yearly["needed"][2024] == pytest.approx([200 / 0.96])


def test_reviews_are_held_as_far_as_there_is_room():
    nation = area(ehc_flow=flow_table(requests={2024: 1.0}))
    nothing = area(nation, ehc_flow=flow_table(requests={2024: 1.0}))
    days = mondays(date(2025, 1, 6), 52)
    found = annual_reviews.reviews(nothing, NEED, days, 100.0)
    assert found.weekly["reviews_overdue"][-1, 0] == 384 - 96
    assert annual_reviews.reviews(nothing, NEED, days, 500.0).weekly["reviews_overdue"][-1, 0] == 0
    assert list(annual_reviews.reviews(nothing, NEED, days).weekly) == ["reviews_due"]


# the process


def test_weeks_to_a_new_year():
    start = np.datetime64("2025-01-06")
    assert weeks_to(date(2026, 1, 1), start) == 52  # the week of 5 January
    assert weeks_to(date(2025, 1, 6), start) == 0
    assert weeks_to(date(2024, 1, 1), start) == -53
    assert weeks_to(date(2025, 1, 7), start) == 1


def test_plans_of_the_years_beside_the_horizon():
    counts = flow_table(new_plans={2022: 80.0, 2023: 90.0})
    new = xr.Dataset(
        {
            "new_plans": (
                ("calendar_year", "plan_need", "age", "draw"),
                np.array([70.0, 75.0])[:, None, None, None],
            )
        },
        coords={"calendar_year": [2024, 2025]},
    )
    late = clock._plans(area(ehc_flow=counts), SimpleNamespace(data=new), 2024, 2025, 1)
    # of the projection from 2024 on, and the last ones on for two years
    assert {year: int(number[0]) for year, number in late.items()} == {2024: 70, 2025: 75, 2026: 75, 2027: 75}
    # shares published for 2022 ask for all years after it: 2023 as published
    all_of_them = clock._plans(area(ehc_flow=counts), SimpleNamespace(data=new), 2022, 2025, 1)
    assert {year: int(number[0]) for year, number in all_of_them.items()} == {2023: 90} | {
        year: int(number[0]) for year, number in late.items()
    }
    from_2025 = SimpleNamespace(data=new.sel(calendar_year=[2025]))
    assert (
        int(clock._plans(area(ehc_flow=counts), from_2025, 2024, 2025, 1)[2024][0]) == 90
    )  # the last published
    with pytest.raises(MissingDataError, match="no new plans to 2024"):
        clock._plans(area(ehc_flow=flow_table(requests={2024: 1.0})), from_2025, 2024, 2025, 1)


# advice from services that are shared


def figures(**values: float) -> pd.DataFrame:
    rows = [("EP", name, "unit", value, value, value, "local", "made up") for name, value in values.items()]
    return pd.DataFrame(
        rows, columns=["service", "parameter", "unit", "low", "central", "high", "basis", "source"]
    )


def test_share_of_assessments_that_ask_for_advice():
    """Every assessment asks a psychologist; a therapist as many as the pack states, all at most."""
    made = area(
        ehc_flow=flow_table(assess_in_year={2024: 365.25}),
        service_parameters=figures(advice_requests_per_week=3.5).assign(service="SLT"),
    )
    assert shares_asked(made, ["EP"], 2024, 1, 1)["EP"].tolist() == [1]
    assert shares_asked(made, ["SLT"], 2024, 1, 1)["SLT"] == pytest.approx([0.5])
    made.tables["service_parameters"] = figures(advice_requests_per_week=8).assign(service="SLT")
    assert shares_asked(made, ["SLT"], 2024, 1, 1)["SLT"].tolist() == [1]


def shared(children: EhcRequests, **more) -> SharedAdvice:
    made = SharedAdvice.__new__(SharedAdvice)
    vars(made).update({"children": children, "draws": 1, "seed": 1, "weeks": 4} | more)
    return made


def test_requests_for_advice_by_week_and_in_hand():
    one = requests_of(*({"kind": PLAN, "begun": week} for week in (-3, -1, 0, 2, 2, 3)))
    asked = SimpleNamespace(some={"EP": np.array([True, True, True, True, True, False])})
    came, waiting = shared(one).requests(asked)
    assert came["EP"][:, 0].tolist() == [1, 0, 2, 0]
    assert waiting["EP"][:, 0].tolist() == [1, 0, 1]  # one asked last week, one two weeks before


def test_the_year_before_the_start():
    one = requests_of(
        *({"kind": PLAN, "requested": week} for week in (-30, -30, -90, -20)),
        {"kind": NO_PLAN, "requested": -30},
        {"kind": PLAN, "requested": -30, "excepted": 1},
        {"kind": REFUSED, "requested": -30},
    )
    end = np.array([-10, -9, -52, 0, -1, -5, -5])
    found = shared(one)._year_before(end - 4, np.full(7, 4))
    # finished in the 52 weeks: all but the one of week 0 and the refusal; of three plans one took 20 weeks
    assert found["assessments_before"].tolist() == [5]
    assert found["share_before"] == pytest.approx([1 / 3])
    outside = shared(one)._year_before(np.where(end == -52, -53, end) - 4, np.full(7, 4))
    assert outside["share_before"] == pytest.approx([1 / 2])


def test_room_of_a_service_that_gives_advice_alone():
    made = area(
        service_parameters=figures(
            in_post_wte=2,
            reports_per_wte_week=1.5,
            absence_share=0.2,
            missed_share=0.5,
            outside_term_share=0.25,
            annual_review_share=0.1,
            annual_review_reports=0.39,
        )
    )
    need = need_with({2025: 500}, {2025: 0})
    given, reviews = shared(TEN, area=made, need=need)._room("EP")
    assert given.shape == reviews.shape == (52, 1)
    # the 52 weeks from 8 January 2024: 2 x 0.8 x 1.5 x 0.5 reports of ten units, a quarter outside term
    assert (given[0, 0], given[-1, 0]) == pytest.approx((12, 3))
    # a tenth of 500 plans, 0.39 of a report each: 19.5 reports of ten units over 39 weeks in term
    assert (reviews[0, 0], reviews[-1, 0]) == pytest.approx((5, 0))


def test_advice_is_answered_in_order():
    one = requests_of(*({"kind": PLAN, "begun": week} for week in (0, 1, 1)))
    asked = SimpleNamespace(
        last=np.array([3, 0, 0]),
        some={"EP": np.ones(3, bool)},
        **dict.fromkeys(("writing", "consulted", "factor", "before", "notes")),
    )
    found = shared(one).answered(asked, {"EP": np.array([[0], [1], [1], [0]])})
    assert found.last.tolist() == [3, 2, NOT_YET]


def test_a_pace_moves_advice_and_writing():
    one = replace(
        requests_of({"kind": PLAN, "begun": 2, "advice": 10, "writing": 8, "consulted": 4}),
        kind=np.array([PLAN]),
    )
    elsewhere, writing, consulted = one.unhindered(np.array([0.5]))
    assert (elsewhere[0], writing[0], consulted[0]) == (7, 4, 3)  # three weeks of consultation at least
    elsewhere, writing, consulted = one.unhindered(np.array([0.1]))
    assert (elsewhere[0], writing[0], consulted[0]) == (3, 1, 1)


@pytest.mark.parametrize(
    ("widest", "kind"), [(16_383, np.int16), (-16_383, np.int16), (16_384, np.int32), (-16_384, np.int32)]
)
def test_a_column_is_narrow_where_two_of_its_values_add_up_in_it(widest, kind):
    found = requests._narrow(np.array([3, widest]))
    assert found.dtype == kind
    assert found.tolist() == [3, widest]
    assert (found + found).tolist() == [6, 2 * widest]


def test_the_last_advice_has_room_for_never():
    narrow = replace(TEN, begun=np.array([-3, 40], np.int16), advice=np.array([10, 8], np.int16))
    assert narrow.advice_in.dtype == np.int32
    assert narrow.advice_in.tolist() == [7, 48]


# edges of shares, times and advice


def test_a_share_of_a_count_that_is_not_published_says_nothing():
    """One plan, and none, of nobody knows how many; one of one has the odds 1.5 to 0.5."""
    assert odds({2023: 1.0, 2024: 0.0}, {}, 2024) == {}
    assert odds({2024: 1.0}, {2024: 1.0}, 2024) == pytest.approx({2024: np.log(3)})


def test_a_share_of_one_request_is_known_and_a_share_of_none_is_not():
    made = clock_result([13, 13, 13], drafts=[1, 1, 0], drafts_in_time=[1, 0, 0])
    found = made.share_drafted().values[:, 0]
    assert found[:2].tolist() == [1, 0]
    assert np.isnan(found[2])


def test_an_assessment_without_a_draft_is_not_consulted_on():
    one = requests_of(
        {"kind": NO_PLAN, "begun": 2, "advice": 10, "writing": 8, "consulted": 0},
        {"kind": PLAN, "begun": 2, "advice": 10, "writing": 8, "consulted": 1},
    )
    assert one.unhindered(np.ones(2))[2].tolist() == [0, 3]  # three weeks are the least there are


def test_the_spread_of_a_mean_lies_between_the_points_of_its_grid():
    """Spreads are sought at 0.1, 0.105 and so on; 0.501 is a fifth of a step past 0.5.

    A median of 15 weeks from the decision, told in week 3, 4, 5 or 6 alike, leaves 17, 16, 15 and 14 weeks of 20: the
    share within them is the mean of the four normal areas, and the mean is 4.5 + 15 exp(0.501^2 / 2).
    """
    spread = 0.501
    share = float(special.ndtr(np.log(np.array([17, 16, 15, 14]) / 15) / spread).mean())
    mean = 4.5 + 15 * float(np.exp(spread**2 / 2))
    assert spread_of_mean(share, 1.0, mean, 0.75) == pytest.approx(spread, abs=2e-4)


def test_logs_of_requests_add_up_the_years_of_england_and_lean_on_the_areas_own(monkeypatch):
    """England's luck is 1 in 2025 and 2 in 2026, of 0.1 each; the area's is 3 in both, half of the first kept.

    A step of the area is 0.2 x sqrt(1 - 0.5^2): 3 of them in 2025, and 1.5 + 3 in 2026. Nothing else moves.
    """
    luck = {("E1", "2025"): 3.0, ("E1", "2026"): 3.0, (ENGLAND, "2025"): 1.0, (ENGLAND, "2026"): 2.0}
    monkeypatch.setattr(
        requests_law, "standard_normal", lambda seed, key, draws: np.full(draws, luck[key[0], key[-1]])
    )
    made = requests_law.RequestLaw.__new__(requests_law.RequestLaw)
    vars(made).update(year=2024, draws=2, seed=1, code="E1", phi=0.5, sd=0.2, nation_sd=0.1)
    vars(made).update(growth=0.0, log_base=5.0, relative=0.0)
    step = 0.2 * np.sqrt(0.75)
    assert made.log_requests(2024).tolist() == [5, 5]
    assert made.log_requests(2025) == pytest.approx([5 + 0.1 + 3 * step] * 2)
    assert made.log_requests(2026) == pytest.approx([5 + 0.3 + 4.5 * step] * 2)


def test_advice_of_the_first_week_is_still_asked_for():
    """Begun three weeks before the start: advice in week -1 is done with, in week 0 and later it is in hand."""
    one = requests_of(*({"kind": PLAN, "begun": -3, "advice": weeks, "writing": 8} for weeks in (2, 3, 4)))
    made = shared(one, asked={"EP": np.ones(3, bool)}, alone=())
    asked = made.following_record(SimpleNamespace(staff=None))
    assert asked.some["EP"].tolist() == [False, True, True]
    assert asked.last.tolist() == [-1, 0, 1]


def test_staff_of_whom_no_report_is_stated_give_none():
    made = area(service_parameters=figures(in_post_wte=2))
    given, reviews = shared(TEN, area=made, need=need_with({2025: 500}, {2025: 0}))._room("EP")
    assert given.tolist() == reviews.tolist() == [[0.0]] * 52


def test_figures_that_stand_in_are_in_order_and_shares_are_no_more_than_all():
    for name, (low, central, high) in disputes.FIGURES.items():
        assert 0 < low < central < high, name
        assert high < 1 or not name.endswith("_share"), name


def test_some_refusals_stand_undisputed_however_many_are_disputed():
    """Of refusals that stand all would be appealed: those of the first 95 of 100 are, the rest are not."""
    one = Disputes(mediated=0.0, appealed=1.0, both=0.0, by_mediation=np.zeros(1), by_appeal=np.zeros(1))
    u = np.array([0.0, 0.94, 0.96, 0.99])
    mediated, appealed = one.paths(np.zeros(4, bool), np.zeros(4, int), u)
    assert appealed.tolist() == [True, True, False, False]
    assert not mediated.any()
