"""Causes add up to the change, draw by draw."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError
from sendneeds.need.explain import CAUSES
from sendneeds.need.inputs.change import FlowMultiplier, NeedChange


def test_causes_add_up_in_every_draw(need):
    why = sn.explain(need).data["growth"]
    total = need.total("E").astype(float)
    np.testing.assert_allclose(
        why.sum("cause"), (total - total.sel(year=2025)).sel(year=why["year"]), atol=1e-6
    )
    assert list(why["cause"].values) == list(CAUSES)


def test_a_policy_break_shows_as_identification_and_duration(bedford):
    def cause(name, change=None):
        made = sn.explain(sn.project(bedford, to=2030, draws=200, change=change))
        return float(made.data["growth"].sel(year=2030, cause=name).median("draw"))

    fewer = NeedChange(new_plans=(FlowMultiplier(2027, 0.6, 0.6, 0.6),))
    assert cause("identification", fewer) - cause("identification") < -200
    longer = NeedChange(ceased=(FlowMultiplier(2027, 0.5, 0.5, 0.5),))
    assert cause("duration", longer) - cause("duration") > 100


def test_one_year_is_too_short(bedford):
    with pytest.raises(DomainError, match="two years"):
        sn.explain(sn.project(bedford, to=2026, draws=10))


def test_waterfall_names_every_cause(need):
    axes = sn.explain(need).plot(2030)
    words = " ".join(text.get_text() for text in axes.texts)
    for name in CAUSES.values():
        assert name in words
