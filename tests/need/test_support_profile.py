"""SEN support by need: an estimate that adds up and says that it is one."""

import numpy as np

import sendneeds as sn
from sendneeds.need.support_profile import england_shares, support_profile


def test_england_shares_are_those_printed():
    shares = england_shares(sn.open_area("england"))
    assert shares["SLCN"] == 0.23
    assert 0.06 < shares["ASD"] < 0.1
    assert sum(shares.values()) < 1


def test_profile_adds_up_at_every_age(bedford):
    profile = support_profile(bedford, bedford.england())
    np.testing.assert_allclose(profile.weight.sum(axis=0), 1.0)
    assert (profile.weight >= 0).all()
    slcn = profile.weight[profile.needs.index("SLCN")]
    assert slcn[5] > slcn[10] > slcn[14]
    assert "estimate" in profile.notes[0]


def test_total_is_the_share_of_pupils_turned_to_residents(need, bedford):
    percent = bedford.table("sen_percent")
    share = percent[(percent["census_january"] == 2025) & (percent["provision"] == "K")][
        "percent_of_pupils"
    ].iloc[0]
    pupils = bedford.table("pupils")
    on_roll = pupils[pupils["census_january"] == 2025]["pupils"].sum()
    base = need.total("K").sel(year=2025).values
    assert abs(np.median(base) - share / 100 * on_roll / 0.949) < 0.01 * np.median(base)
