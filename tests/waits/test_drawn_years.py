"""A share in time is drawn as a forecast only where it says something, and where the record does not contradict it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.dates import date2num

import sendneeds as sn
from sendneeds.waits.ehc.drawn_years import drawn_years


def test_years_are_drawn_to_the_first_that_is_too_wide_or_contradicted():
    """60 points may be drawn, 61 may not, and no year after it, though its own be narrow."""
    found = drawn_years({2025: (30, 70, 90), 2026: (30, 70, 91), 2027: (50, 60, 70)})
    assert (found.years, found.first_not, found.contradicted) == ((2025,), 2026, False)
    assert "30% to 91%" in found.why
    record = {2025: (20, 50, 80)}
    assert drawn_years({2025: (10, 19.9, 30), 2026: (50, 60, 70)}, record).contradicted
    assert drawn_years({2025: (10, 20.0, 30)}, record).years == (2025,)
    assert drawn_years({2025: None}).first_not == 2025


def test_what_is_no_forecast_is_not_plotted(bedford):
    clock = sn.ehc_process(bedford, sn.project(bedford, to=2028, draws=60, seed=2))
    drawn = clock.drawn_years()
    assert drawn.first_not is not None
    ax = clock.plot()
    ends = [date2num(line.get_xdata()).max() for line in ax.lines if len(line.get_xdata())]
    assert max(ends) < date2num(np.datetime64(f"{drawn.first_not}-01-01"))
    assert f"{drawn.first_not} and after are not drawn: its 80% interval" in ax.get_title(loc="left")
    plt.close("all")
