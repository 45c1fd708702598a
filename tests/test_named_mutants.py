"""Faults that no test found once, each set on purpose in a copy of the code: the test that was written for it fails."""

import os
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

SERVICES = "tests/waits/test_services_by_hand.py"
EFFECTS = "tests/scenarios/test_effects_by_hand.py"
FORECAST = "tests/need/test_forecast_by_hand.py"
COHORT = "tests/need/test_cohort_by_hand.py"
MUTANTS = [
    (
        "share within 18 weeks counts to 52",
        "waits/services/recorder.py",
        'over[bands.index(">18-52") :]',
        'over[bands.index(">52") :]',
        f"{SERVICES}::test_those_within_18_weeks_are_the_bands_to_18",
    ),
    (
        "an interval of a t has its standard deviation for its scale",
        "need/inputs/forecast.py",
        "np.sqrt((self.df - 2) / self.df)",
        "np.sqrt((self.df - 0) / self.df)",
        f"{FORECAST}::test_scale_of_a_t_gives_the_standard_deviation_asked_for",
    ),
    (
        "growth after an ambition begins a year late",
        "need/total/targets.py",
        "np.where(horizon > reached,",
        "np.where(horizon > reached + 1,",
        f"{FORECAST}::test_growth_after_an_ambition_is_that_of_residents",
    ),
    (
        "residents of a January are those of the summer after",
        "need/inputs/population.py",
        "august(projection[y - 1])",
        "august(projection[y - 0])",
        f"{COHORT}::test_residents_of_a_january_are_those_of_the_summer_before",
    ),
    (
        "bands of reasons lack their last age",
        "need/cohort/rates.py",
        "slice(first, last + 1)",
        "slice(first, last + 0)",
        f"{COHORT}::test_reasons_by_band_lean_on_england",
    ),
    (
        "transfers that show up again are taken off the leave rate",
        "need/cohort/rates.py",
        "np.clip(1 - net + moved, 0, 1)",
        "np.clip(1 - net - moved, 0, 1)",
        f"{COHORT}::test_transfers_that_show_up_again_are_part_of_leaving",
    ),
    (
        "the financial year starts in May",
        "scenarios/cost.py",
        "(months - 3) // 12",
        "(months - 4) // 12",
        f"{EFFECTS}::test_the_financial_year_starts_on_1_april",
    ),
    (
        "capital is spent over 53 weeks",
        "scenarios/effects.py",
        "week >= opens - 52",
        "week >= opens - 53",
        f"{EFFECTS}::test_capital_is_spent_evenly_over_the_52_weeks_before_the_january_of_opening",
    ),
    (
        "a lever builds up a week late",
        "scenarios/lever_context.py",
        "(since + 1) / ramp, 0.0, 1.0",
        "(since + 0) / ramp, 0.0, 1.0",
        f"{EFFECTS}::test_a_lever_works_from_its_first_week_to_its_last_and_builds_up_evenly",
    ),
    (
        "a lever stops a week before its last day",
        "scenarios/lever_context.py",
        "(week <= (len(week) if last is None",
        "(week < (len(week) if last is None",
        f"{EFFECTS}::test_a_lever_works_from_its_first_week_to_its_last_and_builds_up_evenly",
    ),
    (
        "the census is in February",
        "demand/referrals.py",
        '.astype("datetime64[D]") + 14',
        '.astype("datetime64[D]") + 45',
        "tests/demand/test_demand_by_hand.py::test_january_stocks_between_censuses",
    ),
    (
        "annual reviews take the slots of the year before",
        "waits/services/runner.py",
        'astype(int) + 1970 - int(need.data["year"].values[0])',
        'astype(int) + 1969 - int(need.data["year"].values[0])',
        f"{SERVICES}::test_slots_that_annual_reviews_take",
    ),
    (
        "what ends in the opening week is not in progress",
        "kernel/ehc/clock.py",
        'np.searchsorted(starts, np.arange(weeks), side="right")',
        'np.searchsorted(starts, np.arange(weeks), side="left")',
        "tests/kernel/test_by_hand.py::test_the_opening_week_of_the_clock",
    ),
]


@pytest.fixture(scope="module")
def copy(root, tmp_path_factory):
    """Return a copy of the tree in which code may be changed."""
    folder = tmp_path_factory.mktemp("mutants")
    for name in ("sendneeds", "tests", "data"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", folder)
    return folder


def run(folder, test):
    """Run one test in a copy of the tree, and return pytest's exit status."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    env = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=600).returncode


@pytest.mark.parametrize(
    ("path", "before", "after", "test"), [m[1:] for m in MUTANTS], ids=[m[0] for m in MUTANTS]
)
def test_a_fault_that_survived_is_found(copy, path, before, after, test):
    file = copy / "sendneeds" / path
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, (
        f"{path} no longer holds {before!r} once: set the fault where the line went"
    )
    assert run(copy, test) == 0
    file.write_text(text.replace(before, after), encoding="utf-8")
    try:
        assert run(copy, test) == 1
    finally:
        file.write_text(text, encoding="utf-8")
