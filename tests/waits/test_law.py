"""The public law of a list: labels, refusals and one known answer; the kernel's tests hold its numbers."""

import numpy as np
import pytest

from sendneeds.foundation.errors import DomainError
from sendneeds.waits.lists.exact_law import list_law


def test_labels_and_identities():
    law = list_law([5.0] * 30, 5, opening=[3, 4, 5], dispersion=8.0, hazard=0.01)
    assert law.mean.dims == ("week",)
    assert law.mean.sizes["week"] == 31
    assert float(law.mean[0]) == 12
    assert float(law.sd[0]) == 0
    assert law.mean.attrs["units"] == "children"
    table = law.summary()
    assert (table["low"] <= table["central"]).all()
    assert (table["central"] <= table["high"]).all()
    assert law.at_most(10_000).values.tolist() == pytest.approx([1.0] * 31, abs=1e-12)
    assert law["chance"].sum("above").values.tolist() == pytest.approx([1.0] * 31, abs=1e-12)


def test_wider_arrivals_widen_the_law():
    poisson = list_law([20.0] * 40, 20, opening=2000)
    wider = list_law([20.0] * 40, 20, opening=2000, dispersion=4.0)
    assert float(wider.sd[-1]) == pytest.approx(np.sqrt(40 * (20 + 400 / 4)), rel=1e-9)
    assert float(poisson.sd[-1]) == pytest.approx(np.sqrt(40 * 20), rel=1e-9)


def test_plot_is_a_fan():
    ax = list_law([5.0] * 10, 5, opening=12).plot()
    assert ax.get_ylabel() == "children waiting"
    assert len(ax.collections) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([-1.0], 5, 0), "arrivals: found -1"),
        (([5.0], 4.5, 0), "slots: found 4.5; allowed: whole numbers"),
        (([5.0] * 3, [5, 5], 0), "one for each of the 3 weeks"),
        (([5.0], 5, 2.5), "opening: found 2.5"),
        (([np.nan], 5, 2), "arrivals: found nan"),
        (([[5.0, 5.0]], 5, 2), "one number, or one a week"),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(DomainError, match=words):
        list_law(*arguments)
    with pytest.raises(DomainError, match="hazard: found 1"):
        list_law([5.0], 5, 2, hazard=1.0)
    for given, found in (
        ({"dispersion": "x"}, "dispersion: found 'x'"),
        ({"dispersion": [1, 2]}, r"dispersion=\[1, 2\]"),
        ({"hazard": "x"}, "hazard: found 'x'"),
    ):
        with pytest.raises(DomainError, match=found):
            list_law([5.0], 5, 2, **given)
    with pytest.raises(DomainError, match="dispersion: found 0"):
        list_law([5.0], 5, 2, dispersion=0)


def test_dispersion_whose_law_cannot_be_held_is_refused_with_the_least_that_can():
    with pytest.raises(DomainError, match=r"dispersion: found 0.0001; allowed: \S+ or more") as told:
        list_law([10.0] * 200, 12, opening=5, dispersion=1e-4)
    least = float(str(told.value).split("allowed: ")[1].split()[0])
    # 200 weeks in 20 million cells are 100,000 wide: 37 x 10 / k, and 16 x sqrt(2,000 x 10 / k) beside it
    assert 37 * 10 / least + 16 * (2_000 * 10 / least) ** 0.5 == pytest.approx(100_000, rel=0.05)
    with pytest.raises(DomainError, match="Use simulate"):
        list_law([1e9] * 200, 10**9, opening=5)


def test_one_week_of_more_children_than_can_be_held_is_refused():
    with pytest.raises(DomainError, match="Use simulate"):
        list_law([1e9], 12, opening=5)


def test_thresholds_and_probabilities_are_single_numbers():
    law = list_law([2.0] * 4, 2, opening=3)
    for threshold in (float("nan"), float("inf"), None, [3], True, "3"):
        with pytest.raises(DomainError, match="threshold="):
            law.at_most(threshold)
    assert law.at_most(-0.5).values.tolist() == [0.0] * 5
    assert law.at_most(3.7).values.tolist() == law.at_most(3).values.tolist()
    with pytest.raises(DomainError, match="probability="):
        law.quantile([0.5, 0.9])
    with pytest.raises(DomainError, match="dispersion: found True"):
        list_law([2.0], 2, opening=3, dispersion=True)
