"""Options: when the target is met, at what price to sessions, and what they cost."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.sections.options import costs, target
from sendneeds.chapter.sections.options.options import worst_option
from sendneeds.chapter.sections.options.sessions import OptionForService
from sendneeds.scenarios.judge import AtTarget, Verdict

MONTHS = ["2027-01", "2027-02", "2027-03"]
HARM = "1,512 in July 2027 against 11, and sessions of 2027 come 24.0 weeks later"


@pytest.fixture
def option(record):
    """An option whose sessions come some weeks later in 2027 and pile up to 1,512 in July 2027."""

    def make(title, weeks, months=1.0):
        at_target = AtTarget(0.0, months, None)
        late = np.full(4, weeks)
        verdict = Verdict(
            title, "SLT", at_target, at_target, 3, "2027-07", np.full(4, 1512), np.full(4, 11), 2027, late
        )
        sessions = "follow-up sessions"
        return OptionForService(
            verdict,
            title,
            record("months", months, "months on average"),
            record("gained", 0, "months on average"),
            record("overdue", 1512, sessions),
            record("now", 11, sessions),
            record("more", 1501, sessions),
            record("later", weeks, "weeks on average"),
        )

    return make


def test_an_option_that_meets_the_target_at_the_cost_of_therapy_says_so(option):
    chances = {"baseline": [0.0, 0.1, 0.1], "ring-fence": [0.5, 0.9, 0.95]}
    titles = [
        target.finding("SLT", chances, {"ring-fence": option("Firsts first", weeks)}, MONTHS, MONTHS)
        for weeks in (24.0, 0.1)
    ]
    start = "“Firsts first” makes it 80% likely that speech and language therapy is at the target from February 2027 on"
    assert titles == [f"{start}, but sessions past due reach {HARM}", start]


def test_an_option_is_judged_by_its_end_and_not_by_its_best_month(option):
    chances = {"baseline": [0.0, 0.1, 0.1], "posts": [0.0, 0.1, 0.2], "ring-fence": [0.99, 0.99, 0.07]}
    found = {"posts": option("Fill posts", 0.0), "ring-fence": option("Firsts first", 24.0)}
    title = target.finding("SLT", chances, found, MONTHS, MONTHS)
    assert title.startswith("No option makes it 80% likely")
    assert "the highest chance then is 20%, with “Fill posts”; " in title
    assert "“Firsts first” gets there for a time and is at 7% in the end" in title
    assert HARM in title


def test_a_list_that_is_at_the_target_as_things_are_needs_no_option(option):
    chances = {"baseline": [0.1, 0.9, 0.9], "posts": [0.9, 0.9, 0.9]}
    title = target.finding("SLT", chances, {"posts": option("Fill posts", 0.0)}, MONTHS, MONTHS)
    assert title == (
        "Speech and language therapy is 80% likely to be at the target from February 2027 on as things are"
    )


def test_the_option_that_makes_sessions_latest_is_named_beside_the_best(option):
    mild, bad = option("Mild", 3.0, months=2.0), option("Bad", 24.0, months=5.0)
    assert worst_option([option("Harmless", 0.5), mild, bad]) == (
        f"“Bad” is there in 5.0 months, but sessions past due reach {HARM}"
    )
    assert worst_option([option("Harmless", 0.5)]) == ""


def test_sessions_at_the_worst_are_in_the_comparison_and_in_a_chart(
    bedford, run_to_change, write_pages, section
):
    run = run_to_change
    for name, peak in (("overdue_sessions", 1512), ("late_weeks", 2000)):
        array = run.lists[name]
        time = "week" if "week" in array.dims else "week_commencing"
        at = (array[time].dt.year == 2027) & (array["scenario"] == "option-1") & (array["service"] == "SLT")
        run.lists[name] = array.where(~at, peak)
    chapter = ChapterBuilder(bedford, bedford.england())
    folder = write_pages(chapter, run)
    assert chapter.records["overdue_peak.SLT.option-1"].number == 1512
    assert chapter.records["overdue_peak.SLT.option-1"].period[:4] == "2027"
    row = next(
        cells for name, cells in chapter.tables["differences"].rows if name.startswith("Option <b>1</b>")
    )
    assert any("2027" in cell for cell in row if isinstance(cell, str))
    assert "1,512" in chapter.figures["overdue_slt"].title
    line, *_ = re.findall(r"ends best\. .*? later", section(folder, "projection"))
    assert "1,512 in" in line
    assert re.search(r"Sessions of 2027 come [\d.]+", line)


def test_options_are_compared_on_plans_in_time_and_places_where_they_change_them(
    chapter, bare, section, table
):
    # the first option adds psychologists, the second special places: see the synthetic run
    assert {r["row"] for r in table(chapter, "options_in_time")} == {"As things stand", "Option <b>1</b>"}
    places = table(chapter, "options_places")
    assert {r["row"] for r in places} == {"Option <b>2</b>: 2030", "Option <b>2</b>: 2035*"}
    special = [float(r["high"] or r["value"]) for r in places if r["column"] == "In state special schools"]
    assert max(special) > 0
    spent = {r["column"] for r in table(chapter, "options_places_cost")}
    assert "Council: high needs block" in spent
    assert "No option changes when plans are issued" in section(bare, "detail")


@pytest.mark.usefixtures("undrawn")
def test_capital_and_running_cost_are_apart_and_a_saving_is_taken_off(bedford, run):
    capital = run.costs[run.costs["scenario"] == "option-2"].assign(
        cost_type="capital", central=4_000_000.0, high=5_000_000.0, weeks=np.nan
    )
    paid = pd.concat([run.costs[run.costs["scenario"] != "option-2"], capital], ignore_index=True)
    chapter = ChapterBuilder(bedford, bedford.england())
    first, second = compose(chapter, replace(run, costs=paid)).options.costs.options
    # two funders pay 56,000 a year each in two years for the first, 4 million each for the second
    assert (first.running, first.capital, first.saved, first.net) == (224_000, 0.0, None, None)
    assert (second.running, second.capital, list(second.kinds)) == (0.0, 16_000_000, ["capital"])
    sign = 1 if second.adds else -1
    assert second.net.number == pytest.approx(16_000_000 + sign * second.saved.number)
    title = chapter.figures["cost_by_funder"].title
    assert title.startswith("“Option <b>1</b>” costs about £224,000 to run over 2027/28 to 2028/29; ")
    spends = "adds" if second.adds else "saves"
    assert f"“Option <b>2</b>” takes about £16.0 million of capital and {spends} about" in title


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("less", "adds", "amount", "net"),
    [([1e6, 2e6, 3e6], False, 2e6, 2e6), ([-3e6, -2e6, 1e6], True, 2e6, 6e6)],
)
def test_what_is_not_saved_is_told_as_added(bedford, less, adds, amount, net):
    """Of 4 million of capital 2 are saved in the middle draw, or 2 are added: 2 in all, or 6."""
    rows = pd.DataFrame({"funder": ["council_high_needs"], "cost_type": ["capital"], "central": [4e6]})
    draws = xr.DataArray(np.array([less]), dims=("funder", "draw"))
    saving = SimpleNamespace(saved=lambda *_: draws)
    chapter = ChapterBuilder(bedford, bedford.england())
    found = costs._add_run(chapter, "a", "A", {"council_high_needs": 4e6}, rows, saving, [2027, 2028])
    assert (found.adds, found.saved.number, found.net.number) == (adds, amount, net)
    assert found.saved.better == ("down" if adds else "up")
