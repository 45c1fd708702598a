import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from sendneeds.chapter.charts import bars, heat, labels, probability, style
from sendneeds.chapter.charts import lines as charts
from sendneeds.foundation.errors import DomainError

YEARS = list(range(2020, 2036))
MONTHS = np.arange("2025-01", "2028-01", dtype="datetime64[M]")


def line(label="Plans", shift=0.0):
    y = np.linspace(100, 400, len(YEARS)) + shift
    return charts.Series(label, YEARS, y, y * 0.9, y * 1.1)


def all_kinds():
    bands = np.array([[120.0, 40, 60, 11], [30, 8, 22, 2]])
    values = np.array([[12.0, np.nan], [0.0, 3.0]])
    return {
        "trend": charts.trend([line()], "plans", observed_to=2025, scored_to=2030),
        "heat": heat.heat_map(
            ["ASD", "SLCN"], ["0 to 4", "5 to 7"], values, [["12", "[c]"], ["0", "3"]], "plans", "Age"
        ),
        "stacked": bars.stacked(
            ["SLT", "OT"], list("abcd"), bands, bands.astype(str), "children", totals=["231", "62"]
        ),
        "dumbbell": bars.dumbbell(
            ["SLT", "OT"], [14, 5], [11, 6], ("Demand", "Capacity"), ["127%", "83%"], "children"
        ),
        "grouped": bars.grouped(
            ["this", "naive"], ["1 year", "3 years"], np.array([[3.0, 7], [9, np.nan]]), "error"
        ),
        "waterfall": bars.waterfall(
            ["a cause", "another"], [40.0, -60.0], ["+40", "−60"], "plans", ("both", "−20")
        ),
        "probability": probability.probability_by_month(
            ["As now", "More"], MONTHS, np.linspace(0, 1, 72).reshape(2, 36), "probability"
        ),
    }


def test_charts_are_the_same_bytes_twice_and_say_no_date_or_version():
    first, second = all_kinds(), all_kinds()
    assert first == second
    for text in first.values():
        assert "matplotlib.org" not in text
        assert "<dc:date>" not in text
        ET.fromstring(text)


def test_a_chart_never_has_more_than_four_series():
    with pytest.raises(DomainError, match="split it or group them"):
        charts.trend([line(str(i)) for i in range(5)], "plans")
    with pytest.raises(DomainError):
        bars.stacked(["SLT"], list("abcde"), np.ones((1, 5)), [["1"] * 5], "children")
    with pytest.raises(DomainError):
        probability.probability_by_month(list("abcde"), MONTHS, np.zeros((5, 36)), "probability")


def test_what_is_not_scored_is_said_in_words_and_only_then():
    assert "not scored" in charts.trend([line()], "plans", scored_to=2030)
    assert "not scored" not in charts.trend([line()], "plans", scored_to=2035)


def test_lines_differ_by_more_than_colour():
    text = charts.trend([line("One"), line("Two", 50)], "plans")
    assert "One: 400" in text
    assert "Two: 450" in text
    assert len({*style.MARKERS}) == len({*map(str, style.DASHES)}) == len(style.SERIES) == 4


def test_a_withheld_cell_is_hatched_and_printed_as_its_mark():
    kinds = all_kinds()
    assert "[c]" in kinds["heat"]
    assert "<pattern" in kinds["heat"]


@pytest.mark.parametrize("colour", [*style.SERIES_TEXT, style.TEXT, style.DARK_GREY])
def test_words_in_charts_have_contrast_for_small_text(colour):
    rgb = tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    assert style.contrast(rgb, (1, 1, 1)) >= 4.5


def test_labels_keep_apart_and_keep_their_order():
    placed = labels.spread([5.0, 5.1, 5.2, 40.0], 3.0)
    assert all(b - a >= 3.0 - 1e-9 for a, b in itertools.pairwise(placed))
    assert placed[3] == 40.0


def test_two_panels_are_the_same_bytes_twice_and_refuse_five_lines():
    line = charts.Series("Waiting", [2025.0, 2026.0], [231.0, 330.0], [200.0, 300.0], [250.0, 400.0])
    drawn = [charts.side_by_side([("list", [line]), ("sessions", [line])]) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert "Waiting: 330" in drawn[0]
    with pytest.raises(DomainError):
        charts.side_by_side([("list", [line] * 5), ("sessions", [line])])


def test_labels_of_two_heights_keep_apart_and_above_the_foot():
    heights = [10.0, 20.0, 5.0]
    placed = np.array(labels.spread([1.0, 2.0, 1.5], heights, foot=0.0))
    order = np.argsort(placed)
    ends = placed[order] + np.array(heights)[order] / 2
    starts = placed[order] - np.array(heights)[order] / 2
    assert starts[0] >= 0
    assert (starts[1:] >= ends[:-1] - 1e-9).all()


def test_lists_of_one_year_are_points_and_no_empty_panels():
    """A line through one year is a marker in its colour; the axes go on to both sides of it."""
    waiting = charts.Series("Waiting", [2025], np.array([120.0]), np.array([100.0]), np.array([150.0]))
    svg = charts.side_by_side([("children waiting", [waiting]), ("sessions past due", [waiting])])
    markers = [e.get("style", "") for e in ET.fromstring(svg).iter() if e.tag.endswith("use")]
    assert sum(style.SERIES[0].lower() in marker for marker in markers) == 2
