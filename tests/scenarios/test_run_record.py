"""What a run records of its making, and two runs joined or refused."""

import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.csv_text import table_csv
from sendneeds.foundation.errors import DomainError
from sendneeds.scenarios.saved_scenarios import scenario_from_text


@pytest.fixture(scope="module")
def runs(bedford, early_options):
    options = [early_options[name] for name in ("fill-two-slt-posts", "resourced-places-60")]
    return [sn.run(bedford, some, draws=10, to=2027) for some in (options, options[:1], options[1:])]


def test_a_run_records_scenarios_tables_and_versions(bedford, runs):
    record = runs[0].provenance
    assert scenario_from_text(record["scenario_texts"]["fill-two-slt-posts"]) == runs[0].scenarios[1]
    text = record["scenario_texts"]["fill-two-slt-posts"]
    assert record["scenario_hashes"]["fill-two-slt-posts"] == hashlib.sha256(text.encode()).hexdigest()
    assert (
        record["inputs"]["pupils"] == hashlib.sha256(table_csv(bedford.table("pupils")).encode()).hexdigest()
    )
    assert {"python", "numpy", "xarray"} <= set(record["versions"])


def test_two_runs_joined_are_the_one_that_has_all(runs):
    whole, one, two = runs
    both = one.join(two)
    for name in ("lists/waiting", "lists/overdue_sessions"):
        np.testing.assert_array_equal(both[name], whole[name])
    for option in ("fill-two-slt-posts", "resourced-places-60"):
        np.testing.assert_allclose(
            both.spending.by_funder(option).sum("funder"), whole.spending.by_funder(option).sum("funder")
        )
    assert repr(sn.compare(both)) == repr(sn.compare(whole))
    assert one.join(one) is one


def test_a_joined_run_saves_and_opens(runs, tmp_path):
    both = runs[1].join(runs[2])
    again = sn.open_result(both.to_netcdf(tmp_path / "both.nc"))
    assert again.provenance["scenario_hashes"] == both.provenance["scenario_hashes"]
    assert repr(sn.compare(again)) == repr(sn.compare(both))


def test_runs_that_were_not_made_alike_are_refused_with_all_that_differs(bedford, runs):
    other = sn.run(bedford, [], draws=12, seed=2, to=2026)
    with pytest.raises(DomainError) as caught:
        runs[1].join(other)
    told = str(caught.value)
    for words in ("seed: 1 and 2", "draws: 10 and 12", "years: to 2027 and to 2026"):
        assert words in told
    fixed = sn.run(bedford, [], draws=10, to=2027, staffing="fixed")
    with pytest.raises(DomainError, match="the baselines"):
        runs[1].join(fixed)


@pytest.mark.parametrize("start", [date(2026, 11, 2), date(2027, 6, 7)])
def test_a_run_may_start_in_any_year_of_the_projection(bedford, start):
    """The clock issues in each whole calendar year as many plans as the projection has, draw by draw."""
    area = replace(bedford, settings=bedford.settings | {"simulation": {"start": start}})
    result = sn.run(area, [], draws=5, to=2029)
    assert str(result.lists["week"].values[0])[:10] == start.isoformat()
    issued = result.clock["baseline"].yearly("issued").transpose("calendar_year", "draw")
    assert issued["calendar_year"].values.tolist() == list(range(start.year + 1, 2029))
    new = result.need.new_plans.sel(calendar_year=issued["calendar_year"]).transpose("calendar_year", "draw")
    np.testing.assert_array_equal(issued, new)
