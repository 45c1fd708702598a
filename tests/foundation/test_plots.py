"""Plots draw what they were given: lines at the median, bands at the interval, nothing left out in silence."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.plots import COLOURS, draw_interval, label_ends, new_axes, new_panels


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def few(bedford):
    return sn.project(bedford, to=2031, draws=8)


def test_axes_given_are_used_and_others_made():
    _, ax = plt.subplots()
    assert new_axes(ax) is ax
    assert new_axes(size=(3, 2)).figure.get_size_inches().tolist() == [3, 2]


def test_panels_are_as_many_as_asked_for():
    panels = new_panels(4, size=(2, 1), rows=2, title="Four")
    assert panels.shape == (4,)
    assert panels[0].figure.get_size_inches().tolist() == [4, 2]
    assert panels[0].figure.get_suptitle() == "Four"
    assert new_panels(2, panels[:2]).tolist() == panels[:2].tolist()
    with pytest.raises(DomainError, match="found 4 axes; allowed: 2"):
        new_panels(2, panels)


def test_an_interval_is_a_line_at_the_median_in_a_band():
    ax = new_axes()
    draws = xr.DataArray([[0.0, 10.0], [20.0, 40.0]], dims=("year", "draw"), coords={"year": [2025, 2026]})
    assert draw_interval(ax, draws, COLOURS[0]) == 30.0
    (line,) = ax.get_lines()
    assert line.get_ydata().tolist() == [5.0, 30.0]
    (band,) = ax.collections
    assert {tuple(np.round(point, 9)) for point in band.get_paths()[0].vertices} == {
        (2025, 1.0), (2025, 9.0), (2026, 22.0), (2026, 38.0),
    }  # fmt: skip


def test_years_without_a_record_are_paler():
    ax = new_axes()
    draws = xr.DataArray(np.ones((3, 2)), dims=("year", "draw"), coords={"year": [2025, 2026, 2027]})
    draw_interval(ax, draws, COLOURS[0], scored_to=2026)
    seen, later = ax.collections
    assert seen.get_alpha() > later.get_alpha()
    assert seen.get_paths()[0].vertices[:, 0].max() == 2026
    assert later.get_paths()[0].vertices[:, 0].min() == 2026


def test_labels_at_one_place_are_moved_apart():
    ax = new_axes()
    ax.set_ylim(0, 100)
    label_ends(ax, 1, [("a", 50.0, "k"), ("b", 50.0, "k"), ("c", 99.0, "k")], apart=0.1)
    at = {text.get_text(): text.xy[1] for text in ax.texts}
    # the top one is held at 97 % of the axis, and the others keep their distance from each other
    assert at["b"] - at["a"] == pytest.approx(10.0)
    assert at["c"] == pytest.approx(97.0)


def test_more_needs_than_can_be_told_apart_are_refused_and_none_is_left_out(few):
    needs = ["ASD", "SEMH", "SLCN", "MLD", "SLD", "HI"]
    with pytest.raises(DomainError, match="needs to plot: found 6; allowed: 4"):
        few.plot("E", needs)
    ax = few.plot("E", needs[:4])
    assert len(ax.get_lines()) == 4 + 1, "a line a need, and the last year with a record"
    assert [text.get_text() for text in ax.texts] != []
    assert {text.get_text() for text in ax.texts} == set(needs[:4])


@pytest.mark.parametrize(
    ("provision", "title"),
    [("E", "EHC plans"), ("K", "SEN support"), ("N", "No identified SEN")],
)
def test_each_provision_has_its_own_title(few, provision, title):
    ax = few.plot(provision)
    assert (
        ax.get_title(loc="left") == f"Bedford: {title}, 80 % interval (scenario range after {few.scored_to})"
    )
    middle = few.total(provision).median("draw").values
    assert ax.get_lines()[0].get_ydata().tolist() == pytest.approx(middle.tolist())


def test_an_unknown_provision_or_need_or_a_text_for_a_list_is_refused(few):
    with pytest.raises(UnknownNameError, match="provision 'X'"):
        few.plot("X")
    with pytest.raises(UnknownNameError, match="need 'AUT' is not known"):
        few.plot("E", ["AUT"])
    with pytest.raises(DomainError, match=r"needs='ASD': a text.*needs=\['ASD'\]"):
        few.plot("E", "ASD")


def test_more_need_types_than_four_are_refused(few):
    types = sn.need_types(few, ["ASD", "SEMH", "SLT", "OT", "PT"])
    with pytest.raises(DomainError, match="need types to plot: found 5"):
        types.plot()
    assert len(types.sel(need_type=["ASD", "PT"]).plot().texts) == 2


def test_a_selection_is_no_ground_for_a_finding_on_the_whole(few):
    assert few.sel(need="ASD").findings == []
    assert few.sel(year=[2025, 2026]).total("E").sizes["year"] == 2
