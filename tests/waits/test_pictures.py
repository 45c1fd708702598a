"""Plots of waits: nothing runs off the picture, nothing lies exactly over another, and each says what it shows."""

from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import UnknownNameError
from sendneeds.waits.services.plots import MOST_BANDS


@pytest.fixture(scope="module")
def waits():
    bedford = shipped("bedford")
    need = sn.project(bedford, to=2027, draws=20, seed=1)
    options = {f"plus {n}": {"SLT": sn.ServiceOption(extra_wte=float(n))} for n in (1, 2, 3, 4)}
    options["other service"] = {"OT": sn.ServiceOption(extra_wte=1.0)}
    return sn.simulate(bedford, need, ["SLT", "OT", "EP"], until=date(2026, 12, 31), scenarios=options)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def held(figure):
    """Whether every word of a picture lies inside it, as plain savefig has it."""
    figure.canvas.draw()
    box, inner = figure.bbox, figure.canvas.get_renderer()
    words = [t for ax in figure.axes for t in (*ax.texts, ax.title, ax._left_title)]
    words += [t for ax in figure.axes if ax.get_legend() for t in ax.get_legend().get_texts()]
    places = [t.get_window_extent(inner) for t in words if t.get_text()]
    return all(p.x0 >= box.x0 and p.x1 <= box.x1 and p.y0 >= box.y0 and p.y1 <= box.y1 for p in places)


def test_every_word_lies_inside_the_picture(waits):
    for made in (
        waits.plot_slots("SLT").figure,
        waits.plot_backlog("SLT")[0].figure,
        waits.plot("SLT", "share_within_18").figure,
        waits.plot_probability("SLT").figure,
        waits.plot_bands("SLT").figure,
    ):
        assert held(made)


def test_slots_say_which_scenario_and_are_means_of_quarters(waits):
    ax = waits.plot_slots("SLT", "plus 2")
    assert "scenario: plus 2" in ax.get_title(loc="left")
    bars = ax.containers[0].patches
    assert len(bars) == 8
    used = waits.data["slots"].sel(service="SLT", scenario="plus 2", use="advice").mean("draw")
    first = used.values[:3].sum() / waits.data["weeks_of_month"].values[:3].sum()
    assert bars[0].get_height() == pytest.approx(first)


def test_options_on_one_line_share_it_and_are_named_at_its_end(waits):
    panel = waits.plot_backlog("SLT")[0]
    assert panel.get_legend() is None
    names = [text.get_text() for text in panel.texts]
    assert "baseline, other service" in names
    assert len(panel.lines) == len(names) == 5
    assert len(panel.collections) == MOST_BANDS
    assert len({(line.get_color(), line.get_linestyle()) for line in panel.lines}) == 5


def test_lateness_is_a_short_table_of_intervals(waits):
    table = waits.lateness("SLT")
    assert table.columns.tolist() == [2025, 2026]
    assert table.index.names == ["scenario", "service"]
    draws = waits.weeks_late().sel(scenario="baseline", service="SLT", calendar_year=2026).values
    low, central, high = np.quantile(draws, (0.1, 0.5, 0.9))
    assert table.loc[("baseline", "SLT"), 2026] == f"{central:.1f} ({low:.1f} to {high:.1f})"
    assert set(waits.lateness().index.get_level_values("service")) == {"SLT", "OT"}  # EP gives no sessions
    with pytest.raises(UnknownNameError, match="service 'SALT'"):
        waits.lateness("SALT")
