import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from sendneeds.chapter.charts import bars, style
from sendneeds.chapter.charts import lines as charts
from sendneeds.foundation.errors import DomainError

YEARS = list(range(2020, 2036))
MONTHS = np.arange("2025-01", "2028-01", dtype="datetime64[M]")


def line(label="Plans", shift=0.0):
    y = np.linspace(100, 400, len(YEARS)) + shift
    return charts.Series(label, YEARS, y, y * 0.9, y * 1.1)


def all_kinds():
    bands = np.array([[120.0, 40, 60, 11], [30, 8, 22, 2]])
    heat = np.array([[12.0, np.nan], [0.0, 3.0]])
    return {
        "trend": charts.trend([line()], "plans", observed_to=2025, scored_to=2030),
        "heat": charts.heat_map(
            ["ASD", "SLCN"], ["0 to 4", "5 to 7"], heat, [["12", "[c]"], ["0", "3"]], "plans", "Age"
        ),
        "stacked": bars.stacked(
            ["SLT", "OT"], list("abcd"), bands, bands.astype(str), "children", totals=["231", "62"]
        ),
        "dumbbell": bars.dumbbell(
            ["SLT", "OT"], [14, 5], [11, 6], ("Demand", "Capacity"), ["127%", "83%"], "children"
        ),
        "dots": bars.dots(
            ["this", "naive"], ["1 year", "3 years"], np.array([[3.0, 7], [9, np.nan]]), "error"
        ),
        "waterfall": bars.waterfall(["a cause", "another"], [40.0, -60.0], ["+40", "−60"], "plans"),
        "by_date": bars.by_date(
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
        bars.by_date(list("abcde"), MONTHS, np.zeros((5, 36)), "probability")


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
    placed = charts.spread([5.0, 5.1, 5.2, 40.0], 3.0)
    assert all(b - a >= 3.0 - 1e-9 for a, b in itertools.pairwise(placed))
    assert placed[3] == 40.0
