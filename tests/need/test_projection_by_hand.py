"""Totals by need, SEN support by need, the labelled projection and its record, on made-up figures, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sendneeds.evidence.area import Area
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.need import project
from sendneeds.need.cohort.plans import Plans, new_plans_beyond
from sendneeds.need.cohort.support_profile import england_shares, support_profile
from sendneeds.need.inputs import setup as starts
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.history import ENGLAND, History, National
from sendneeds.need.inputs.plausibility import largest_rises, rise_beyond_record
from sendneeds.need.inputs.stock import PLAN_NEEDS
from sendneeds.need.total import targets
from sendneeds.need.validation import scores
from sendneeds.need.validation.backtest import backtest
from sendneeds.need.validation.methods import METHODS, for_need, longest, of_counts, plain_forecast

ASD, SLD, SLCN = (PLAN_NEEDS.index(need) for need in ("ASD", "SLD", "SLCN"))


class Normals:
    """A generator whose standard normals are all the same."""

    def __init__(self, value: float):
        self.value = value

    def standard_normal(self, shape):
        return np.full(shape, self.value)


# totals by need


def test_needs_without_a_rule_follow_englands_excess(monkeypatch):
    years = range(2022, 2026)
    pupils = {
        "ASD": {y: 50 * np.exp(0.15 * (y - 2025)) for y in years},
        "SLD": {y: 200 * np.exp(0.05 * (y - 2025)) - 50 * np.exp(0.15 * (y - 2025)) for y in years},
    }
    monkeypatch.setattr(targets, "area_history", lambda area: History(ENGLAND, {}, pupils_by_need=pupils))
    monkeypatch.setattr(targets, "generator", lambda *key, block: Normals(1.0))
    setup = SimpleNamespace(
        horizons=range(1, 8),
        england=None,
        start=2025,
        lanes=256,
        seed=1,
        area=SimpleNamespace(code="E1"),
        blocks=range(1),
    )
    base = np.zeros(len(PLAN_NEEDS))
    base[ASD] = 100
    found = targets._other_needs(setup, base)[..., 0]
    # England's autism grew by 15 % a year, all needs by 5 %: 0.1 x (1, 1.8, ...); and chance, 1 / 100 a year, beside
    # 0.06 a year up to five
    assert found[0, ASD] == pytest.approx(0.1 + np.sqrt(0.01 + 0.06**2))
    assert found[1, ASD] == pytest.approx(0.18 + np.sqrt(0.02 + 0.12**2))
    fading = (1 - 0.8**7) / 0.2
    assert found[6, ASD] == pytest.approx(0.1 * fading + np.sqrt(0.07 + 0.3**2))
    # a need that nobody has: as one plan, and England says nothing of it
    assert found[0, SLCN] == pytest.approx(np.sqrt(1 + 0.06**2))


def test_a_need_whose_forecasts_erred_to_one_side_is_told(monkeypatch):
    def row(target, bias, origin="all", horizon="5"):
        keys = ("method", "target", "origin", "horizon", "bias", "coverage_80")
        return dict(zip(keys, ("default", target, origin, horizon, bias, "0.71"), strict=True))

    rows = [row("SLCN", "-18.2"), row("ASD", "9.9"), row("SEMH", "12", "2020"), row("total", "30")]
    monkeypatch.setattr(targets, "shipped_record", lambda: rows)
    (note,) = targets.needs_notes()
    assert note.startswith("SLCN: five years ahead past forecasts were 18 % too low")
    assert "held 71 %" in note


def test_needs_are_scaled_to_the_total(monkeypatch):
    """100 plans double; autism by a rule of its own to three times, severe learning difficulty as the total."""
    start = np.zeros((len(PLAN_NEEDS), 26), dtype=int)
    start[ASD, 5], start[SLD, 9] = 60, 40
    rule = SimpleNamespace(log_mean=np.log([150.0]), terms=(), left_out=())
    paths = {"total": np.log([[200.0, 100.0]]), "ASD": np.log([[90.0, 30.0]])}

    def by_need(history, national, need, *given, **more):
        if need != "ASD":
            raise MissingDataError("too short")
        return need

    monkeypatch.setattr(targets.trend, "forecast", lambda *given, **more: rule)
    monkeypatch.setattr(targets, "forecast_need", by_need)
    monkeypatch.setattr(targets, "_other_needs", lambda setup, base: 0.0)
    monkeypatch.setattr(targets.stock, "plans", lambda area, year: start)
    monkeypatch.setattr(targets, "total_notes", lambda made: ["made"])
    monkeypatch.setattr(targets, "record_notes", lambda *given: ["its record"])
    monkeypatch.setattr(targets, "needs_notes", lambda: ["needs"])
    setup = SimpleNamespace(
        area=None,
        start=2025,
        horizons=range(1, 2),
        fade_years=5,
        national=None,
        history=History("E1", {2025: 100.0}, pupils_by_need={"ASD": {2025: 30.0}}),
        people=SimpleNamespace(growth=dict),
        paths=lambda made, purpose: paths[purpose],
    )
    parts, notes = targets.plan_targets(setup, NeedChange())
    # 60 x 3 and 40 x 2 of 200, 138.5 and 61.5; 60 x 1 and 40 x 1 of 100
    assert parts[0, [ASD, SLD]].tolist() == [[138, 60], [62, 40]]
    assert parts.sum(axis=1).tolist() == [[200, 100]]
    assert notes == ["made", "its record", "needs"]
    # a scenario moves the centre of the total: from 150 to 100
    parts, _ = targets.plan_targets(setup, NeedChange("none"))
    assert parts.sum(axis=1).tolist() == [[133, 67]]


def test_new_plans_beyond_the_scored_years_stand_at_the_mean_a_head_of_the_last_three():
    """Two needs, one lane: 30, 40, 50 of 1,000 residents are 0.04 a head; 1,100 residents later are 44."""
    flows = [np.array([[n], [2 * n]]) for n in (10, 20, 30, 40, 50)]
    heads = np.array([[1000.0]] * 5 + [[1100.0], [500.0]])
    assert new_plans_beyond(flows, heads, 1).tolist() == [[44], [88]]
    assert new_plans_beyond(flows, heads, 2).tolist() == [[20], [40]]


def test_growth_that_halves_goes_on_from_the_last_scored_year():
    """10 % a year: the mean of years 3 to 5 is 100 x (1 + e^0.1 + e^-0.1) / 3 = 100.334, a year before the last."""
    flows = [np.array([[1e6 * np.exp(0.1 * (t - 3))]]) for t in range(5)]
    heads = np.ones((8, 1))
    mean = 1e6 * (1 + np.exp(0.1) + np.exp(-0.1)) / 3
    found = [int(new_plans_beyond(flows, heads, k, "halving")[0, 0]) for k in (1, 2, 3)]
    # one year of growth to the last scored year, then a half, a quarter and an eighth of it
    assert found == [round(mean * np.exp(0.1 * g)) for g in (1.5, 1.75, 1.875)]


@pytest.mark.parametrize(("draws", "lanes"), [(1, 256), (256, 256), (257, 512)])
def test_draws_are_made_in_whole_blocks(monkeypatch, draws, lanes):
    for name in ("residents", "area_history", "shipped_national"):
        monkeypatch.setattr(starts, name, lambda *given: None)
    monkeypatch.setattr(starts, "base_year", lambda area: 2025)
    area = Area("made-up", "E1", "Made-up", "local_authority")
    made = starts.set_up(area, 2027, draws, 1, 5)
    assert (made.lanes, list(made.blocks), list(made.horizons)) == (lanes, list(range(lanes // 256)), [1, 2])
    with pytest.raises(DomainError, match="to=2025"):
        starts.set_up(area, 2025, 1, 1, 5)
    with pytest.raises(DomainError, match="draws=0"):
        starts.set_up(area, 2026, 0, 1, 5)


# SEN support by need


def area_with(code: str, slcn: float, percent: dict[str, float]) -> Area:
    """Return an area with 100 pupils at each age from 3 to 18, `slcn` of them with SLCN at each from 3 to 10."""
    groups = ["nc_early_years", "nc_reception", *(f"nc_year_{y}" for y in range(1, 7))]
    rows = [(2022, "E+K", "SLCN", group, slcn) for group in groups] + [(2021, "E+K", "SLCN", "nc_year_1", 99)]
    rows += [(2022, "E", "SLCN", "all", 32), (2020, "E", "SEMH", "all", 40), (2020, "E", "MLD", "all", 20)]
    pupils = [(2022, str(age), 100) for age in range(3, 19)]
    pupils += [(2023, "5", 5000), (2020, "5", 4000)]
    points = [
        ("SLCN share of pupils at SEN support", "2019", 25.0),
        ("ASD at SEN support", "2022/23", 99.0),
        ("ASD at SEN support", "2023/24", 60.0),
        ("SEMH share of all pupils (E + K)", "2020", 3.0),
        ("MLD share of all pupils (E + K)", "2020", 2.0),
    ]
    shares = [(year, provision, value) for year in (2020, 2022, 2023) for provision, value in percent.items()]
    tables = {
        "sen_pupils": pd.DataFrame(
            rows, columns=["census_january", "provision", "need", "year_group", "pupils"]
        ),
        "pupils": pd.DataFrame(pupils, columns=["census_january", "age", "pupils"]),
        "sen_support": pd.DataFrame(points, columns=["measure", "period", "value"]),
        "sen_percent": pd.DataFrame(shares, columns=["census_january", "provision", "percent_of_pupils"]),
        "ehc_plans": pd.DataFrame(
            {"need": "SLCN", "placement": "all", "age": [*map(str, range(3, 20))], "plans": [*[10] * 16, 90]}
        ),
    }
    return Area("made-up", code, "Made-up", "local_authority", tables=tables)


def test_englands_shares_of_sen_support():
    england = area_with(ENGLAND, 4, {"E": 3.0, "K": 10.0})
    table = england.tables["sen_percent"]
    table.loc[table["census_january"] == 2023, "percent_of_pupils"] = 12.0
    # 60 of 12 % of 5,000; 3 % of 4,000 less 40, and 2 % less 20, of 10 %
    assert england_shares(england) == pytest.approx({"SLCN": 0.25, "ASD": 0.1, "SEMH": 0.2, "MLD": 0.15})


def test_mix_of_needs_on_sen_support_by_age():
    england = area_with(ENGLAND, 4, {"E": 3.0, "K": 10.0})
    england.tables["sen_support"].loc[2, "value"] = 50.0  # of 10 % of 5,000: a tenth
    weight = dict(zip(NEEDS, support_profile(england, england).weight, strict=True))
    # (4 - 2 with a plan) of 100 pupils, over 10 % on SEN support: a fifth at primary ages, half of all pupils; the
    # others have what brings all to a quarter
    assert weight["SLCN"][[0, 3, 10, 11, 18]] == pytest.approx([0.2, 0.2, 0.2, 0.3, 0.3])
    assert weight["ASD"][[5, 12]] == pytest.approx([0.8 * 0.1 / 0.75, 0.7 * 0.1 / 0.75])
    assert weight["SEMH"][5] == pytest.approx(0.8 * 0.2 / 0.75)
    assert weight["MLD"][5] == pytest.approx(0.8 * 0.15 / 0.75)
    assert weight["UNK"][5] == pytest.approx(0.8 * 0.3 / 0.75)
    # an area with 8 % SLCN and 20 % of pupils with SEN, England with 4 and 13: 1.3 times
    local = support_profile(area_with("E1", 8, {"E": 4.0, "K": 16.0}), england)
    assert local.weight[list(NEEDS).index("SLCN")][[5, 12]] == pytest.approx([0.26, 0.39])
    assert "1.30 times England's" in " ".join(local.notes)


# the labelled projection


def test_everybody_without_a_need_is_left():
    shape = (2, len(PLAN_NEEDS), 26, 1)
    plans = {name: np.zeros((1, *shape[1:]), int) for name in ("new", "moved_in", "ceased", "changed_need")}
    held, support, people = (
        np.zeros(shape, int),
        np.zeros((2, len(NEEDS), 26, 1), int),
        np.full((2, 26, 1), 100),
    )
    held[1, SLCN, 5], support[1, 0, 5] = 10, 20
    people[1, 6], held[1, SLCN, 6] = 3, 5
    none = dict.fromkeys(("individual", "to_individual", "instead"), np.zeros((0, 1, 1, 1), int))
    made = Plans(
        stock=held,
        aged_out=np.zeros((1, len(PLAN_NEEDS), 1), int),
        cut=np.zeros((1, 1), int),
        ceased_by_reason=np.zeros((1, 1, 1), int),
        **plans,
        **none,
    )
    setup = SimpleNamespace(start=2025, to=2026, people=SimpleNamespace(persons=people))
    data = project._label(setup, made, SimpleNamespace(stock=support, flows={}), ("left",)).isel(draw=0)
    at = data["children"].sel(year=2026).sum("need")
    assert at.sel(age=5).values.tolist() == [70, 20, 10]
    assert at.sel(age=6).values.tolist() == [0, 0, 5]  # who has a plan lives here
    assert data["population"].sel(year=2026, age=[5, 6]).values.tolist() == [100, 5]
    assert "changed_need" not in data
    lack = np.maximum(held.sum(axis=1) - people, 0)
    assert "at age 6, by up to about 2 children" in project.lack_notes(lack)[0]
    assert project.lack_notes(0 * lack) == []


# what no area has done


def test_a_rise_just_as_large_as_the_largest_is_not_told():
    assert rise_beyond_record({2025: 1.0}, {2026: 1.4473}) == []
    (found,) = rise_beyond_record({2025: 1.0}, {2026: 1.4474})
    assert "by over 45 % in 1 year" in found.found
    (found,) = rise_beyond_record({2023: 1200.0, 2025: 999.0}, {2027: 1900.0})
    assert "with fewer than 1,000 plans rose by over 82 % in 2 years" in found.found
    assert "this area's own fell by 17 % in the 2 years to 2025" in found.found
    assert rise_beyond_record({2025: 0.0}, {2026: 5.0}) == []


def test_largest_rises_by_size_and_years():
    found = largest_rises(
        [
            History("a", {2020: 1000.0, 2021: 1500.0, 2025: 4000.0}),
            History("b", {2020: 999.0, 2021: 1998.0, 2022: 0.0}),
        ]
    )
    assert found == {0: (2.0, 0.0, 0.0, 0.0, 0.0), 1000: (1.5, 0.0, 0.0, 2.6667, 4.0)}


# the back-test


def test_scores_by_hand():
    # the median counts half its distance, intervals a quarter and a tenth; all over two and a half
    inside = scores.weighted_interval_score(0.0, 0.0, 1.0, np.inf, (0.5, 0.8))
    assert float(inside) == pytest.approx((0.25 * 1.34898 + 0.1 * 2.56310) / 2.5, abs=1e-5)
    outside = scores.weighted_interval_score(2.0, 0.0, 1.0, np.inf, (0.5, 0.8))
    assert float(outside) == pytest.approx(1.455006, abs=1e-5)
    half = scores.half_width(2.0, np.inf, 0.8)
    assert half == pytest.approx(2.563103, abs=1e-6)
    assert scores.covered([half, -half, 1.001 * half], 0.0, 2.0, np.inf, 0.8).tolist() == [True, True, False]
    assert float(scores.interval_width(0.1, np.inf, 0.8)) == pytest.approx(25.7012, abs=1e-3)
    assert float(scores.pit(1.2815516, 0.0, 1.0, np.inf)) == pytest.approx(0.9)
    assert float(scores.crps_draws(2.0, [6.0, 1.0, 2.0])) == pytest.approx(5 / 3 - 10 / 9)


CONSTANTS = {
    f"total_{name}_{part}": value
    for name in ("naive", "own", "england", "half", "linear")
    for part, value in (("sd_area", 0.12), ("power", 2.0))
}
NATION = National(History(ENGLAND, {2021: 100.0, 2022: 100.0, 2025: 100 * np.exp(0.3)}), {}, CONSTANTS)


def grown(name: str, plans: dict[int, float]) -> list[float]:
    made = METHODS[name](History("E1", plans), NATION, 2025, [1, 2])
    assert made.sd_own == pytest.approx([0.13, 0.26])  # sqrt(0.12^2 + 1 / 400), as the years ahead
    return (made.log_mean - np.log(400)).tolist()


def test_methods_that_go_on_as_it_went():
    plans = {2021: 9.0, 2022: 400 * np.exp(-0.6), 2023: 400 * np.exp(-0.1), 2025: 400.0}
    assert grown("naive", plans) == [0, 0]
    assert grown("own", plans) == pytest.approx([0.2, 0.4])  # over three years
    assert grown("england", plans) == pytest.approx([0.1, 0.2])
    assert grown("half", plans) == pytest.approx([0.15, 0.3])
    assert longest(History("E1", plans), 2025) == (3,)
    assert longest(History("E1", {2024: 1.0, 2023: 2.0}), 2025) == (2,)
    assert longest(History("E1", {2021: 1.0}), 2025) == ()
    with pytest.raises(MissingDataError, match="'own' lacks"):
        grown("own", {2025: 400.0})


def test_a_line_through_the_last_five_counts():
    plans = {2020: 9999.0, 2021: 300.0, 2022: 350.0, 2023: 350.0, 2024: 350.0, 2025: 400.0}
    # a slope of 20 and a level of 390 at the last
    assert np.exp(grown("linear", plans)) * 400 == pytest.approx([410, 430])
    del plans[2022]
    with pytest.raises(DomainError, match="needs 5 January counts in a row up to 2025; there are 3"):
        grown("linear", plans)


def test_a_model_of_counts_on_the_log_scale():
    made = of_counts(History("E1", {}), 2025, [1, 3], np.array([100.0, 0.0, 0.5]), np.array([10.0, 0.0, 0.0]))
    assert made.log_mean == pytest.approx([np.log(100), 0])
    assert made.sd_own == pytest.approx([0.1, 1e-4])
    assert made.scored.tolist() == [True, True]
    assert plain_forecast(History("E1", {}), 2025, [5, 6], np.zeros(2), np.ones(2)).scored.tolist() == [
        True,
        False,
    ]


def test_a_method_for_one_need_has_the_series_and_spread_of_the_need():
    history = History("E1", {2025: 1.0}, pupils_by_need={"ASD": {2025: 400.0}})
    spreads = {"ASD_naive_sd_area": 0.12, "ASD_naive_power": 2.0, "total_naive_sd_area": 9.0}
    made = for_need(METHODS["naive"], "ASD")(history, National(History(ENGLAND, {}), {}, spreads), 2025, [1])
    assert (np.exp(made.log_mean[0]), made.sd_own[0]) == pytest.approx((400, 0.13))


def test_rows_of_a_back_test():
    plans = {2020: 900.0, 2021: 1000.0, 2022: 1100.0, 2023: 990.0}

    def mine(history, national, origin, horizons):
        n = len(horizons)
        return plain_forecast(history, origin, horizons, np.full(n, np.log(1000.0)), np.full(n, 0.1))

    made = backtest(History("E1", plans), {"mine": mine}, [2020, 2021], [1, 2, 5], national=NATION)
    rows = made.rows
    assert rows[["origin", "horizon", "outcome"]].values.tolist() == [
        [2020, 1, 1000],
        [2020, 2, 1100],
        [2021, 1, 1100],
        [2021, 2, 990],
    ]
    assert rows["size_band"].tolist() == ["under 1,000", "under 1,000", "1,000-1,999", "1,000-1,999"]
    assert rows["error"].tolist() == pytest.approx([0, -100 / 11, -100 / 11, 100 / 99])
    # the log of 1.1 is 0.0953 away, within 80 % (0.128) and not within 50 % (0.067)
    assert rows["covered_50"].tolist() == [True, False, False, True]
    assert rows["covered_80"].all()
    # CRPS of the middle of a normal: its spread x (2 / sqrt(2 pi) - 1 / sqrt(pi)) = 0.23370
    assert rows["crps_x100"].iloc[0] == pytest.approx(100 * 0.1 * 0.233695, abs=1e-4)
    table = made.table("method").iloc[0]
    assert (table["forecasts"], table["areas"]) == (4, 1)
    assert table["mape"] == pytest.approx((200 / 11 + 100 / 99) / 4)
    assert table["bias"] == pytest.approx((-200 / 11 + 100 / 99) / 4)
    assert table["interval"] == "refused: fewer than 5 outcomes"
    five = backtest(
        [History("E1", plans), History("E2", {2020: 1000.0, 2021: 1000.0})],
        {"mine": mine},
        [2020, 2021],
        [1, 2],
        national=NATION,
    )
    table = five.table("method").iloc[0]
    assert (table["forecasts"], table["areas"], table["interval"]) == (5, 2, "scored")
    assert table["coverage_50"] == pytest.approx(0.6)
