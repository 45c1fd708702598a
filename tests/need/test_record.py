"""What the track record says of needs that are forecast to one side."""

import pandas as pd

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.need.record import bias_notes


def test_needs_forecast_to_one_side_are_told_with_how_often_intervals_held():
    rows = [
        ("default", "total", "all", 5, -20.0, 0.9),
        ("default", "SLCN", "all", 5, -22.6, 0.707),
        ("default", "ASD", "all", 5, 5.1, 0.8),
        ("default", "SEMH", "all", 5, -4.9, 0.8),
        ("default", "ASD", "all", 3, -30.0, 0.8),
        ("default", "ASD", "2019", 5, -30.0, 0.8),
        ("no change", "ASD", "all", 5, -30.0, 0.8),
    ]
    record = pd.DataFrame(rows, columns=["method", "target", "origin", "horizon", "bias", "coverage_80"])
    told = "forecasts of past years were {} on the mean at 5 years, and their 80% intervals held {}; they are not "
    told += "corrected."
    assert bias_notes(record) == [
        f"Speech, language and communication needs: {told.format('23% too low', '71%')}",
        f"Autistic spectrum disorder: {told.format('5% too high', '80%')}",
    ]


def test_every_projection_says_so():
    need = sn.project(shipped("bedford"), to=2026, draws=4)
    assert any(text.startswith("Speech, language") and "too low" in text for text in need.assumptions)
