"""Places and allowances of a made-up area, every number worked by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.evidence.area import Area
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.need.projection import NeedProjection
from sendneeds.waits.allowances.capacity import continuing_care, inpatient_beds, short_breaks
from sendneeds.waits.allowances.entitlements import equipment, personal_budgets
from sendneeds.waits.places import cells, limits, mix, project
from sendneeds.waits.places.compare import compare_places
from sendneeds.waits.places.costs import costs
from sendneeds.waits.places.need_prior import as_shares, prior_by_need
from sendneeds.waits.places.result import PlacesResult
from sendneeds.waits.places.settings import OVERFLOW, PlaceChange

MAINSTREAM, SPECIAL, FE = "Mainstream - academy", "Special - LA maintained", "FE - UKRLP provider"
UNIT, INDEPENDENT = "Mainstream - academy (SEN unit)", "Special - independent"
NAMES = list(SETTINGS)


def area(
    figures: dict[tuple[str, str], float | tuple] | None = None, nation: Area | None = None, **tables
) -> Area:
    """Return an area whose figures are certain, or stand as (low, central, high)."""
    if figures is not None:
        rows = []
        for (service, name), value in figures.items():
            interval = value if isinstance(value, tuple) else (value, value, value)
            rows.append((service, name, "unit", *interval, "local", "made up"))
        columns = ["service", "parameter", "unit", "low", "central", "high", "basis", "source"]
        tables["service_parameters"] = pd.DataFrame(rows, columns=columns)
    made = Area("made-up", "E1", "Made-up", "local_authority", tables=tables)
    if nation is not None:
        object.__setattr__(made, "england", lambda: nation)
    return made


def plans(*rows) -> pd.DataFrame:
    """Return rows (January, need, age, placement, plans) of the table of plans."""
    columns = ["census_january", "need", "age", "placement", "plans"]
    return pd.DataFrame(rows, columns=columns).astype({"plans": "Int64"})


# what is published of placements


def test_mix_by_need_of_the_latest_january():
    table = plans(
        *(
            (2024, "ASD", "all", MAINSTREAM, 99),
            (2025, "ASD", "all", MAINSTREAM, 3),
            (2025, "ASD", "all", SPECIAL, 4),
        ),
        *((2025, "ASD", "all", "Special - Academy/free schools", 5), (2025, "SEMH", "all", FE, 7)),
        *(
            (2025, "all", "all", SPECIAL, 50),
            (2025, "ASD", "all", "all", 12),
            (2025, "SEMH", "all", SPECIAL, None),
        ),
    )
    found = mix.placement_mix(area(ehc_plans=table))
    assert found.loc["ASD"][found.loc["ASD"] > 0].to_dict() == {"mainstream": 3, "state_special": 9}
    assert found.loc["SEMH"][found.loc["SEMH"] > 0].to_dict() == {"college": 7}


def by_age_table(after: dict[str, tuple[int, int]], whole: int | None = None) -> pd.DataFrame:
    """Return plans by age in mainstream and special schools in January 2025, and their total."""
    rows = [
        (2025, "all", age, placement, count)
        for age, counts in after.items()
        for placement, count in zip((MAINSTREAM, SPECIAL), counts, strict=True)
    ]
    total = sum(map(sum, after.values())) if whole is None else whole
    return plans(*rows, (2025, "all", "all", "all", total))


def test_plans_by_age_are_raised_to_the_total():
    table = by_age_table({"0-2": (1, 0), "3": (1, 0), "4": (4, 2), "10": (8, 4), "11": (16, 4)}, whole=80)
    found = mix.by_age(area(ehc_plans=table))
    assert found[2025][[2, 3, 4, 10, 11], 0].tolist() == [2, 2, 8, 16, 32]
    assert mix.by_phase(area(ehc_plans=table))[:3, [0, NAMES.index("state_special")]].tolist() == [
        [4, 0],
        [24, 12],
        [32, 8],
    ]
    fewer = by_age_table({"4": (4, 2)}, whole=5)  # a table is never lowered to a total
    assert mix.by_age(area(ehc_plans=fewer))[2025].sum() == 6


def test_who_came_into_a_phase_and_setting():
    before = [
        (2024, "all", "9", MAINSTREAM, 60),
        (2024, "all", "9", SPECIAL, 40),
        (2024, "all", "10", MAINSTREAM, 50),
    ]
    after = by_age_table({"10": (60, 30), "11": (20, 40)})
    new = pd.DataFrame(
        {
            "stage": "new_plans_by_cohort_age",
            "calendar_year": [2024, 2024, 2024, 2023],
            "need": ["ASD", "SEMH", "all", "ASD"],
            "age": ["10", "10", "10", "10"],
            "count": [6, 4, 99, 50],
        }
    )
    found = mix.coming(area(ehc_plans=pd.concat([plans(*before), after]), ehc_flow=new))
    special = NAMES.index("state_special")
    # at 10 there are 90, of whom 10 new: of the 100 at 9 a year before 80 % lasted, 48 and 32
    assert found[1, [0, special]] == pytest.approx([60 - 48, 0])
    # at 11 all have come from another phase
    assert found[2, [0, special]].tolist() == [20, 40]


def test_those_of_20_to_25_who_stay_are_not_new():
    """60 of 20 to 25 and 30 of 19 a year before: of 66, 6 are new, and a third of those of 19 lasted."""
    before = [(2024, "all", "19", FE, 30), (2024, "all", "20-25", FE, 60)]
    after = [(2025, "all", "20-25", FE, 66), (2025, "all", "all", "all", 66)]
    new = pd.DataFrame(
        {
            "stage": ["new_plans_by_cohort_age"],
            "calendar_year": [2024],
            "need": ["ASD"],
            "age": ["20-25"],
            "count": [6],
        }
    )
    found = mix.coming(area(ehc_plans=plans(*before, *after), ehc_flow=new))
    assert found[:, NAMES.index("college")] == pytest.approx([0, 0, 0, 0, 6])


def test_a_phase_with_nobody_is_sought_as_england_has_it():
    """An area of 11 children in primary mainstream schools: nothing divides by nobody."""
    nation = area(ehc_plans=by_age_table({"10": (30, 10), "11": (20, 20)}))
    table = np.zeros((2, len(PHASES), len(mix.COLUMNS)))
    table[0, 1, 0] = 11
    with np.errstate(all="raise"):
        found, counted = mix.sought(area(nation=nation, ehc_plans=plans()), table)
    special = NAMES.index("state_special")
    assert found[1, 2, [0, special]] == pytest.approx([0.5, 0.5])
    assert found[:, 1:3].sum(axis=-1) == pytest.approx(np.ones((2, 2)))
    assert counted[2, [0, special]].tolist() == [15, 15]


def test_needs_by_phase():
    table = plans(
        *((2025, "ASD", "3", "all", 1), (2025, "ASD", "4", "all", 2), (2025, "ASD", "0-2", "all", 4)),
        *((2025, "ASD", "15", "all", 8), (2025, "ASD", "19", "all", 16), (2025, "ASD", "16", SPECIAL, 99)),
        *((2025, "SEMH", "18", "all", 3), (2024, "SEMH", "19", "all", 99), (2025, "all", "5", "all", 99)),
    )
    found = mix.by_need_and_phase(area(ehc_plans=table), ["ASD", "HI", "SEMH"])
    assert found.tolist() == [[5, 2, 8, 0, 16], [0] * 5, [0, 0, 0, 3, 0]]


def test_a_table_as_whole_children():
    table = np.array([[[1.5, 0.5], [2.5, 1.5]]])
    found = mix.opening(table, np.array([[2, 4]]))
    assert found.sum(axis=2).tolist() == [[2, 4]]
    assert found.sum(axis=1).tolist() == [[4, 2]]


def test_shares_fall_back_where_nobody_is():
    width = len(SETTINGS)
    table, other = np.zeros((2, 1, width + 2)), np.zeros((2, 1, width + 2))
    table[0, 0, [0, 4]] = 3, 1
    table[0, 0, width] = 99  # those awaiting are left out
    other[1, 0, [0, 5]] = 1, 1
    found = mix.shares(table, other)
    assert found[0, 0, [0, 4]].tolist() == [0.75, 0.25]
    assert found[1, 0, [0, 5]].tolist() == [0.5, 0.5]
    other[1] = 0
    other[0, 0, 2] = 7
    assert mix.shares(table, other)[1, 0, 2] == 1  # the need has none anywhere: as all needs


def test_a_preferred_mix_from_the_general_to_the_particular():
    given = pd.DataFrame(
        {
            "need": ["all", "all", "ASD", "all"],
            "phase": ["all", "all", "all", "primary"],
            "setting": ["mainstream", "state_special", "independent", "resourced"],
            "share": [0.603, 0.402, 1.0, 1.0],  # 1.005 in all, which is near enough and made 1
        }
    )
    fallback = np.full((2, len(PHASES), len(SETTINGS)), 1 / len(SETTINGS))
    found = mix.preferred_mix(given, ["ASD", "SEMH"], fallback)
    special, resourced = NAMES.index("state_special"), NAMES.index("resourced")
    assert found[1, 2, [0, special]] == pytest.approx([0.6, 0.4])
    assert found[1, 1, resourced] == 1
    assert found[0, 2, NAMES.index("independent")] == 1
    with pytest.raises(DomainError, match=r"add up to 1; found 1\.02"):
        mix.preferred_mix(given.assign(share=[0.61, 0.41, 1.0, 1.0]), ["ASD"], fallback)


def test_whole_weights():
    found = mix.whole_weights(np.array([[[[0.25], [0.75]]]]))
    assert found[:, 0, 0].tolist() == [262144, 786432]


def test_few_children_of_a_need_are_placed_as_the_areas_others_and_englands_are():
    """Two needs and one phase: of the second, four in the first setting and six in the second."""
    national = np.zeros((2, len(PHASES), len(mix.COLUMNS)))
    national[:, 1, :2] = [[50, 50], [80, 20]]
    table = np.zeros_like(national)
    table[1, 1, :2] = 4, 6
    found = prior_by_need(table, national)
    # the first: England's halves times (4 + 1) / (8 + 1) and (6 + 1) / (2 + 1); the second has no other need beside it
    assert found[0, 1, :2] == pytest.approx([60 * 0.1923077, 60 * 0.8076923])
    assert found[1, 1, :2] == pytest.approx([48, 12])
    assert found.sum() == pytest.approx(120)


# places from January to January


def test_places_commissioned_and_opened():
    filled = np.repeat(
        np.arange(len(SETTINGS))[:, None] * 2, len(PHASES), axis=1
    )  # of one need, ten times the place
    changes = [PlaceChange("state_special", 2026, 30, 3), PlaceChange("independent", 2027, -4, 1)]
    start = cells.cells_of(area(), ["ASD"], filled, {"independent": 10})
    found = cells.by_year(start, ["ASD"], np.arange(2025, 2029), changes).total
    resourced, special, independent = (NAMES.index(n) for n in ("resourced", "state_special", "independent"))
    assert found[:, resourced].tolist() == [10 * resourced] * 4  # as many as are filled
    assert found[:, special].tolist() == [10 * special + n for n in (0, 10, 20, 30)]
    assert found[:, independent].tolist() == [10, 10, 6, 6]
    assert (found[:, 0] == -1).all()
    assert project.commissioned_places(
        area({("PLACES", "commissioned_places_resourced"): (1, 12.4, 20)})
    ) == {"resourced": 12}


def published(*rows) -> pd.DataFrame:
    """Return rows (year, setting, phase, need, places) of the table of places."""
    columns = ["academic_year", "setting", "phase", "need", "commissioned"]
    return pd.DataFrame(rows, columns=columns).astype({"commissioned": "Int64"})


def test_places_by_need_and_phase():
    needs, filled = ["ASD", "SEMH"], np.zeros((len(SETTINGS), 10), int)
    filled[NAMES.index("state_special")] = np.arange(10)
    table = published(
        (2024, "resourced", "primary", "ASD", 99),
        (2025, "resourced", "primary", "ASD", 10),
        (2025, "resourced", "secondary", "ASD", 5),
        (2025, "resourced", "all", "all", 20),
        (2025, "state_special", "primary", "all", 40),
        (2025, "state_special", "secondary", "all", 30),
    )
    start = cells.cells_of(area(places=table), needs, filled, {})
    assert [(c.setting, c.need, c.phase, c.places) for c in start] == [
        ("resourced", "ASD", "primary", 10),
        ("resourced", "ASD", "secondary", 5),
        ("resourced", "other", "other", 5),  # the rest of 20
        ("state_special", "all", "primary", 40),
        ("state_special", "all", "secondary", 30),
        ("state_special", "other", "other", 0 + 3 + 4 + 5 + 8 + 9),  # those filled by other phases
    ]
    assert np.flatnonzero(start[0].groups).tolist() == [1]
    assert np.flatnonzero(start[4].groups).tolist() == [2, 7]
    years = np.arange(2025, 2028)
    opened = [
        PlaceChange("resourced", 2026, 6, 1, need="ASD"),
        PlaceChange("state_special", 2027, 7, 1),
        PlaceChange("state_special", 2027, -10, 1, phase="primary"),
    ]
    found = cells.by_year(start, needs, years, opened)
    resourced, special = NAMES.index("resourced"), NAMES.index("state_special")
    assert found.places[:, resourced].tolist() == [[10, 5, 5], [14, 7, 5], [14, 7, 5]]  # as 10 to 5
    # of 99 places 7 more are 40/99, 30/99 and 29/99 of them: 3, 2 and 2
    assert found.places[2, special].tolist() == [40 + 3 - 10, 30 + 2, 29 + 2]
    assert found.total[:, resourced].tolist() == [20, 26, 26]
    assert found.of[resourced].tolist() == [2, 0, 1, 2, 2, 2, 2, 2, 2, 2]
    assert limits.commissioned_places(area(places=table)) == {"resourced": 20, "state_special": 70}
    with pytest.raises(DomainError, match="state_special for SEMH"):
        cells.by_year(start, needs, years, [PlaceChange("state_special", 2026, 6, 1, need="SEMH")])
    gap = published(
        (2025, "resourced", "primary", "all", 10),
        (2025, "resourced", "secondary", "all", None),
        (2025, "resourced", "all", "all", 14),
    )
    told = cells.published_cells(gap, "resourced", needs, filled[resourced])
    assert [(c.need, c.phase, c.places) for c in told] == [("all", "all", 14)]
    # a figure of places in all stands before the table
    one = area({("PLACES", "commissioned_places_resourced"): 12}, places=table)
    assert limits.stated_places(one) == {"resourced": 12}
    assert cells.cells_of(one, needs, filled, limits.stated_places(one))[0].places == 12


@pytest.mark.parametrize(("year", "fill_years"), [(2025, 1), (2029, 1), (2026, 0)])
def test_openings_outside_the_years(year, fill_years):
    years = np.arange(2025, 2029)
    with pytest.raises(DomainError, match="a January from 2026 to 2028"):
        project._check(years, {}, [PlaceChange("resourced", year, 5, fill_years)], "observed")
    project._check(years, {"resourced": 0}, [PlaceChange("resourced", 2028, 5, 1)], "observed")
    for number in (-1, float("nan"), "x", None):
        with pytest.raises(DomainError, match="places, 0 or more"):
            project._check(years, {"resourced": number}, [], "observed")


def test_groups_and_who_stays_in_them():
    children = np.zeros((2, 1, 2, 26, 1))
    children[0, 0, 0, [3, 4, 9, 10], 0] = 5, 20, 30, 40
    children[1, 0, 0, [4, 5, 10, 11], 0] = 9, 18, 27, 36
    ceased = np.zeros((1, 2, 26, 1))
    ceased[0, 0, [4, 5, 10, 11], 0] = 1, 2, 3, 4  # at the age the year closes
    changed = np.zeros((1, 2, 26, 1))
    changed[0, 0, [5, 10], 0] = -1, 1
    dims = ("calendar_year", "plan_need", "age", "draw")
    data = xr.Dataset(
        {
            "children": (("year", "provision", "need", "age", "draw"), children),
            "ceased": (dims, ceased),
            "changed_need": (dims, changed),
        },
        coords={"provision": ["E"], "need": ["ASD", "SEMH"], "plan_need": ["ASD", "SEMH"]},
    )
    whole, staying, needs = project._groups(SimpleNamespace(data=data))
    assert needs == ["ASD"]  # nobody has the other
    assert whole[:, :, 0].tolist() == [[5, 90, 0, 0, 0], [0, 54, 36, 0, 0]]
    # in primary at 4 and 9 and still there a year on: 20 - 2 - 1 and 30 - 3; those of 3 and 10 change phase
    assert staying[0, :, 0].tolist() == [0, 17 + 27, 0, 0, 0]


def test_children_not_recorded_are_placed_as_the_others():
    width = len(SETTINGS)
    observed, own = np.zeros((1, 2, width + 2)), np.zeros((1, 2, width))
    observed[0, 0, [0, 4, width, width + 1]] = 6, 2, 2, 5
    observed[0, 1, width + 1] = 7
    own[0, 1, 0] = 1
    found = project._recorded(observed, own)
    assert found[0, 0, [0, 4, width]].tolist() == pytest.approx([9, 3, 3])
    assert found[0, 1, 0] == 7


def test_children_who_look_for_another_place():
    made = area({("PLACES", "placement_moved_share"): 0.25})
    assert project._looking(made, None, 2, 1).tolist() == [16384, 16384]  # in units of 2**-16
    assert project._looking(made, 0.5, 1, 1).tolist() == [32768]
    assert project._looking(area(), None, 1, 1).tolist() == [0]


# costs

FIGURES = {
    ("PLACES", "gbp_per_place_mainstream_top_up"): 10,
    ("PLACES", "gbp_per_place_state_special"): 20,
    ("PLACES", "gbp_per_place_independent"): 60,
    ("PLACES", "avoidable_cost_share"): 0.5,
    ("PLACES", "gbp_capital_per_place_state_special"): 100,
    ("PLACES", "transported_independent_share"): 1.0,
    ("PLACES", "transported_state_special_share"): 1.0,
    ("PLACES", "out_of_area_independent_share"): 1.0,
    ("PLACES", "out_of_area_transport_ratio"): 3.0,
    ("PLACES", "gbp_per_place_transport"): 8,
}
SHOWN = ["mainstream", "resourced", "state_special", "independent", "alternative", "college"]


def placed(*by_year) -> xr.Dataset:
    """Return children placed by year, in the order of `SHOWN`."""
    array = np.array(by_year)[:, :, None, None, None] * np.ones((1, 1, 1, 1, 3), dtype=int)
    dims = ("year", "setting", "need", "phase", "draw")
    coords = {
        "year": [2025, 2026],
        "setting": SHOWN,
        "need": ["ASD"],
        "phase": ["primary"],
        "draw": [0, 1, 2],
    }
    return xr.Dataset(
        {"placed": (dims, array)}, coords=coords, attrs={"area": "E1", "seed": 1, "scored_to": 2026}
    )


def with_costs(data: xr.Dataset, *openings: PlaceChange) -> PlacesResult:
    found = data.merge(costs(area(FIGURES), data, openings, 1)).assign_attrs(data.attrs)
    return PlacesResult(found, {}, "Made-up")


def test_cost_of_places_and_transport():
    data = with_costs(placed([5, 4, 3, 2, 9, 9], [5, 4, 6, 1, 9, 9])).data.isel(draw=0)
    # in resourced provision four, each at a mainstream top-up of 10 and 6,000 of place funding
    assert data["cost"].values.tolist() == [[50, 24_040, 60, 120], [50, 24_040, 120, 60]]
    assert data["out_of_area"].sel(away_setting="independent").values.tolist() == [2, 1]
    assert data["transported"].values.tolist() == [[3, 2], [6, 1]]
    # 8 is the mean of three near and two far, who cost three times as much: 8 x 5 / 9 and 24 x 5 / 9
    near = 8 * 5 / 9
    assert data["transport_cost"].values.ravel().tolist() == pytest.approx(
        [3 * near, 6 * near, 6 * near, 3 * near]
    )
    assert float(data["transport_cost"].isel(year=0).sum()) == pytest.approx(5 * 8)


def test_capital_in_the_year_of_opening():
    openings = [
        PlaceChange("state_special", 2026, 30),
        PlaceChange("resourced", 2026, 5),
        PlaceChange("state_special", 2025, -9),
    ]
    data = with_costs(placed([1] * 6, [1] * 6), *openings, PlaceChange("independent", 2026, 7)).data
    assert data["capital"].isel(draw=0).values.tolist() == [0, 3500]
    one = with_costs(placed([1] * 6, [1] * 6), PlaceChange("state_special", 2026, 1)).data
    assert one["capital"].isel(draw=0).values.tolist() == [0, 100]


def test_capital_at_the_price_that_new_places_state():
    own = PlaceChange("resourced", 2026, 5, gbp_per_place=(40, 40, 40))
    both = (own, PlaceChange("state_special", 2026, 3))
    base, more = (with_costs(placed([1] * 6, [1] * 6), *some) for some in ((), both))
    assert more.data["capital"].isel(draw=0).values.tolist() == [0, 5 * 40 + 3 * 100]
    assert float(compare_places(base, more)["capital"].sel(year=2026).max()) == 500
    lacking = {key: value for key, value in FIGURES.items() if "capital" not in key[1]}
    data = placed([1] * 6, [1] * 6)
    assert costs(area(lacking), data, [own], 1)["capital"].isel(draw=0).values.tolist() == [0, 200]
    assert "capital" not in costs(area(lacking), data, both, 1)


@pytest.mark.parametrize("price", [40, (1, 2), (3, 2, 1), ("1", "2", "3"), (0, 1, 2), (1, 2, np.inf)])
def test_a_price_of_new_places_is_an_interval(price):
    change = PlaceChange("resourced", 2026, 5, gbp_per_place=price)
    with pytest.raises(DomainError, match="low, central and high"):
        project._check(np.array([2025, 2026]), {"resourced": 1}, [change])


def test_what_an_option_saves():
    base = with_costs(placed([5, 4, 3, 4, 0, 0], [5, 4, 3, 4, 0, 0]))
    more = with_costs(placed([5, 4, 3, 4, 0, 0], [4, 4, 6, 2, 0, 0]), PlaceChange("state_special", 2026, 2))
    data = compare_places(base, more).data.sel(year=2026).isel(draw=0)
    assert data["avoided"].sel(setting=SHOWN[:4]).values.tolist() == [1, 0, -3, 2]
    assert float(data["gross"]) == 120
    assert float(data["avoidable"]) == 60  # half of the mean cost of the two
    assert float(data["added"]) == 3 * 20 - 10
    assert data["saved"].sel(funder="council_high_needs") == 10
    assert float(data["capital"]) == 200
    assert (float(data["avoided_transported"]), float(data["avoided_out_of_area"])) == (-1, 2)
    back = compare_places(more, base).data.sel(year=2026).isel(draw=0)
    assert (float(back["gross"]), float(back["avoidable"])) == (
        -120,
        -60,
    )  # one rule: a share of the mean either way


def test_chance_of_saving_and_savings_over_years():
    base = with_costs(placed([0, 0, 0, 4, 0, 0], [0, 0, 0, 4, 0, 0]))
    fewer = with_costs(placed([0, 0, 0, 4, 0, 0], [0, 0, 0, 3, 0, 0]))
    found = compare_places(base, fewer)
    assert (found.probability_saving(2025), found.probability_saving(2026)) == (0, 1)
    # half of 60, and a far journey at 8 x 4 / 12 x 3
    assert found.saved().sum("funder").values.tolist() == pytest.approx([30 + 8] * 3)
    assert found.saved(2025, 2025).sum("funder").values.tolist() == [0, 0, 0]


# allowances


def need_with(*cells, draws: int = 2) -> NeedProjection:
    """Return a projection of two Januaries with cells (year, provision, need, age, children)."""
    needs = ["ASD", "MSI", "PD", "PMLD", "SEMH", "SLD"]
    cube = np.zeros((2, 3, 6, 26, draws), dtype=np.int32)
    for year, provision, need, age, count in cells:
        cube[year - 2025, "NKE".index(provision), needs.index(need), age] = count
    coords = {
        "year": [2025, 2026],
        "provision": list("NKE"),
        "need": needs,
        "age": np.arange(26),
        "draw": np.arange(draws),
    }
    data = xr.Dataset(
        {"children": (("year", "provision", "need", "age", "draw"), cube)},
        coords=coords,
        attrs={"seed": 1, "scored_to": 2026, "start": 2025},
    )
    return NeedProjection(data, {}, area(), pd.DataFrame())


CHILDREN = [
    *(
        (2025, "E", "ASD", 17, 12),
        (2025, "E", "PMLD", 3, 8),
        (2025, "E", "ASD", 18, 99),
        (2025, "K", "ASD", 9, 99),
    ),
    *((2026, "E", "ASD", 17, 22), (2026, "E", "PMLD", 3, 8)),
]


def test_nights_of_short_break():
    name = "SHORT_BREAK"
    figures = {
        (name, "uptake_share"): 1.0,
        (name, "nights_per_child_year"): 2.5,
        (name, "nights_available_year"): 30,
        (name, "bought_elsewhere_share"): 1.0,
        (name, "gbp_per_night"): 100,
        (name, "gbp_per_night_elsewhere"): 150,
    }
    data = short_breaks(area(figures), need_with(*CHILDREN), available={2026: 45}).data.isel(draw=0)
    assert data["children"].values.tolist() == [20, 30]
    assert data["nights_wanted"].values.tolist() == [50, 75]
    assert data["nights_available"].values.tolist() == [30, 45]
    assert data["nights_given"].values.tolist() == [30, 45]
    assert data["nights_elsewhere"].values.tolist() == [20, 30]
    assert data["nights_unmet"].values.tolist() == [0, 0]
    assert data["cost"].values.tolist() == [30 * 100 + 20 * 150, 45 * 100 + 30 * 150]
    with pytest.raises(DomainError, match="from a January of 2025 to 2026"):
        short_breaks(area(figures), need_with(*CHILDREN), available={2027: 45})
    with pytest.raises(DomainError, match="0 or more"):
        short_breaks(area(figures), need_with(*CHILDREN), available={2026: -1})
    with pytest.raises(DomainError, match="a share"):
        short_breaks(area(figures), need_with(*CHILDREN), uptake=1.1)


def test_hours_and_nights_of_continuing_care():
    name = "CCC"
    figures = {
        (name, "uptake_share"): 1.0,
        (name, "hours_per_child_week"): 3,
        (name, "hours_available_week"): 20,
        (name, "nights_per_child_week"): 0.5,
        (name, "nights_available_week"): 9,
        (name, "bought_elsewhere_share"): 0.0,
        (name, "gbp_per_hour"): 30,
        (name, "gbp_per_night"): 200,
        (name, "council_share"): 0.25,
    }
    made = area({k: v if v else (1e-12, 1e-12, 1e-12) for k, v in figures.items()})
    data = continuing_care(made, need_with(*CHILDREN)).data.isel(draw=0, year=0)
    assert int(data["children"]) == 8  # with a complex need alone
    assert [int(data[f"hours_{part}"]) for part in ("wanted", "given", "elsewhere", "unmet")] == [
        24,
        20,
        0,
        4,
    ]
    assert [int(data[f"nights_{part}"]) for part in ("wanted", "given", "unmet")] == [4, 4, 0]
    weekly = 20 * 30 + 4 * 200
    assert float(data["cost"]) == pytest.approx(weekly * 365.25 / 7)
    assert float(data["cost_council"]) == pytest.approx(weekly * 365.25 / 28)
    assert float(data["cost_icb"]) == pytest.approx(weekly * 365.25 * 3 / 28)


def test_beds_that_are_all_taken():
    figures = {
        ("CAMHS", "tier4_admissions_per_year"): 365.25 / 7,
        ("CAMHS", "tier4_weeks_per_stay"): 2,
        ("CAMHS", "tier4_beds"): 2,
        ("CAMHS", "tier4_out_of_area_share"): 1.0,
    }
    cells = [
        (2025, "K", "SEMH", 17, 10),
        (2025, "E", "SEMH", 5, 10),
        (2026, "K", "SEMH", 9, 40),
        (2025, "K", "SEMH", 18, 99),
    ]
    data = inpatient_beds(area(figures), need_with(*cells, draws=2000)).data
    # two, then four beds needed on average: Erlang's B of two beds, 2 / (1 + 2 + 2) and 8 / (1 + 4 + 8)
    assert data["chance_full"].isel(draw=0).values == pytest.approx([0.4, 8 / 13])
    assert data["beds_needed"].mean("draw").values == pytest.approx([2, 4], rel=0.05)
    assert (
        data["admissions_overflow"].sum("draw") / data["admissions_wanted"].sum("draw")
    ).values == pytest.approx([0.4, 8 / 13], rel=0.02)
    assert data["admissions_wanted"].mean("draw").values == pytest.approx([52.18, 104.36], rel=0.02)
    none = inpatient_beds(area(figures), need_with(*cells), available={2026: 0}).data
    assert none["chance_full"].isel(draw=0).values == pytest.approx([0.4, 1])


def test_budgets_and_the_sessions_they_replace():
    figures = {
        ("PLACES", "personal_budget_uptake_share"): 1.0,
        ("PLACES", "gbp_per_personal_budget"): 100,
        ("PLACES", "personal_budget_substituted_share"): 0.25,
        ("SLT", "personal_budget_sessions_per_child_year"): 6,
    }
    found = personal_budgets(area(figures), need_with(*CHILDREN, (2025, "E", "ASD", 25, 1)))
    data = found.data.isel(draw=0)
    assert data["children"].values.tolist() == [120, 30]  # of every age
    assert data["cost"].values.tolist() == [12000, 3000]
    assert data["substituted"].values.tolist() == [3000, 750]
    assert data["net_cost"].values.tolist() == [9000, 2250]
    assert data["sessions_replaced"].sel(service="SLT").values.tolist() == [180, 45]
    days = np.array(["2024-12-30", "2025-12-29", "2026-01-05", "2027-01-04"], dtype="datetime64[D]")
    assert found.sessions_a_week("SLT", days)[:, 0] == pytest.approx(
        [v * 7 / 365.25 for v in (180, 180, 45, 45)]
    )


def test_orders_of_equipment():
    bridge = pd.DataFrame(
        [("share_in_need", "EQUIP", "ASD", "E", 0, 25, 0.5, 0.5, 0.5)],
        columns=["measure", "service", "need", "provision", "age_from", "age_to", "low", "central", "high"],
    )
    made = area(
        {("EQUIP", "orders_per_child_year"): 365.25 / 70, ("EQUIP", "lead_time_weeks"): (9, 18, 36)},
        need_service=bridge,
    )
    need = need_with((2025, "E", "ASD", 9, 200), draws=2000)
    need = NeedProjection(need.data, {}, made, pd.DataFrame())
    data = equipment(made, need).data.sel(year=2025)
    # 100 children, ten orders a week, of which half take over the median of 18 weeks
    assert float(data["delivered_within"].isel(draw=0)) == pytest.approx(0.5)
    assert float(data["orders"].mean()) == pytest.approx(3652.5 / 7, rel=0.01)
    assert float(data["delivered_late"].mean()) == pytest.approx(3652.5 / 14, rel=0.01)
    # in hand: ten a week for the mean of the law, 18 exp(s^2 / 2) with s = ln 2 / 1.28155
    assert float(data["on_order"].mean()) == pytest.approx(208.35, rel=0.01)
    assert float(equipment(made, need, 36).data["delivered_within"].isel(year=0, draw=0)) == pytest.approx(
        0.9
    )
    with pytest.raises(DomainError, match="over 0"):
        equipment(made, need, 0)


# what moves by one child, one place or one sign


def test_capital_of_an_option_is_beyond_that_of_the_baseline():
    """GBP 100 a place: three places of the baseline and five of the option leave 200; the other way round -200."""
    three, five = (
        with_costs(placed([1] * 6, [1] * 6), PlaceChange("state_special", 2026, places)) for places in (3, 5)
    )
    assert compare_places(three, five).data["capital"].isel(draw=0).values.tolist() == [0, 200]
    assert compare_places(five, three).data["capital"].isel(draw=0).values.tolist() == [0, -200]


def test_a_need_of_one_child_keeps_the_setting_of_that_child():
    """One child with ASD is in a special school, nine with SEMH are in mainstream, all at primary age."""
    table = plans((2025, "ASD", "all", SPECIAL, 1), (2025, "SEMH", "all", MAINSTREAM, 9))
    primary = np.zeros((2, len(PHASES)))
    at = list(PHASES).index("primary")
    primary[:, at] = 1, 9
    found = mix.settings_table(
        area(nation=area(ehc_plans=plans()), ehc_plans=table), ["ASD", "SEMH"], primary
    )
    by_setting = dict(zip(mix.COLUMNS, found[:, at].T.round(6).tolist(), strict=True))
    assert by_setting["state_special"] == [1, 0]
    assert by_setting["mainstream"] == [0, 9]
    assert found.sum() == pytest.approx(10)


def test_shares_add_up_to_one_however_small_their_sum():
    """0.3 and 0.1 are three quarters and one; nothing stays nothing."""
    found = as_shares(np.array([[0.3, 0.1], [0.0, 0.0]]))
    assert found.ravel().tolist() == pytest.approx([0.75, 0.25, 0, 0])


def test_assumed_shares_that_go_on_elsewhere_are_in_order_and_leave_some():
    """Shares of the children whom one setting turns away: those of both that they may go to add up to 1 at most."""
    for _, (low, central, high) in OVERFLOW.values():
        assert 0 < low < central < high < 1
    resourced = [interval[2] for (first, _), (_, interval) in OVERFLOW.items() if first == "resourced"]
    assert sum(resourced) <= 1
