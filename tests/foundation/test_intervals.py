"""80 % intervals by hand: quantiles between draws, as tables and text, and draws from an interval."""

import numpy as np
import pytest
import xarray as xr
from scipy import special

from sendneeds.foundation.constants import DAYS_PER_YEAR, INTERVAL_LEVELS, WEEKS_PER_YEAR, Z80
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.intervals import interval_table, interval_text, quantiles, two_piece_lognormal


def test_the_constants_are_what_they_say():
    assert INTERVAL_LEVELS == (0.1, 0.5, 0.9)
    assert special.ndtr(Z80) == pytest.approx(0.9, abs=1e-15)
    assert WEEKS_PER_YEAR * 7 == DAYS_PER_YEAR == (4 * 365 + 1) / 4


def test_quantiles_lie_between_draws_and_come_last():
    draws = xr.DataArray(
        [[0.0, 10.0], [1.0, 3.0]],
        dims=("draw", "year"),
        coords={"year": [2025, 2026]},
        attrs={"units": "children"},
    )
    found = quantiles(draws)
    assert found.dims == ("year", "quantile")
    # two draws: a tenth, a half and nine tenths of the way from one to the other
    np.testing.assert_allclose(found.values, [[0.1, 0.5, 0.9], [3.7, 6.5, 9.3]])
    assert found.attrs == {"units": "children"}
    with pytest.raises(DomainError, match="need the dimension 'draw'; found year"):
        quantiles(draws.isel(draw=0))


def test_a_table_of_draws_alone_has_one_row():
    table = interval_table(xr.DataArray([1.0, 2.0, 3.0], dims="draw"))
    assert table.values.tolist() == [[1.2, 2.0, 2.8]]
    assert table.columns.tolist() == ["low", "central", "high"]


@pytest.mark.parametrize(
    ("draws", "form", "scale", "text"),
    [
        ([0.0, 1000.0], "{:,.0f}", 1.0, "500 (100 to 900)"),
        ([7.0, 7.0], "{:,.0f}", 1.0, "7"),
        ([0.0, 1.0], "{:.0%}", 1.0, "50% (10% to 90%)"),
        ([2000.0, np.nan, 2000.0], "{:,.0f}", 1000.0, "2"),
        ([-0.4, -0.4], "{:+,.0f}", 1.0, "0"),
        ([-10.0, 0.4], "{:+,.0f}", 1.0, "-5 (-9 to -1)"),
        ([np.nan], "{:.1f}", 1.0, ""),
    ],
)
def test_an_interval_as_text(draws, form, scale, text):
    assert interval_text(np.array(draws), form, scale) == text


def test_draws_from_an_interval_have_its_ends_at_the_tenth_and_ninetieth_percentile():
    at = two_piece_lognormal(8.0, 10.0, 20.0, np.array([-Z80, 0.0, Z80, 2 * Z80, -2 * Z80]))
    # in logs each side is straight: twice as far out multiplies by the same ratio again
    np.testing.assert_allclose(at, [8.0, 10.0, 20.0, 40.0, 6.4])
    np.testing.assert_array_equal(two_piece_lognormal(3.0, 3.0, 3.0, np.array([-5.0, 5.0])), [3.0, 3.0])
    for wrong in ((0.0, 1.0, 2.0), (2.0, 1.0, 3.0), (1.0, 3.0, 2.0)):
        with pytest.raises(DomainError, match="0 < low <= central <= high"):
            two_piece_lognormal(*wrong, np.zeros(1))
