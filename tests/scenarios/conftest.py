"""Runs that several files look at."""

from dataclasses import replace
from datetime import date

import pytest

import sendneeds as sn


@pytest.fixture(scope="session")
def more_places(bedford):
    """Return a run of 60 special school places that the block pays for, and of posts of Bedford's own options."""
    places = sn.levers.NewPlaces(
        setting="state_special", places=60, january=2028, funders={"council_high_needs": 1.0}
    )
    posts = sn.open_scenarios(bedford)[1]
    return sn.run(bedford, [sn.Scenario("more", "More", levers=[places]), posts], draws=20, to=2031)


@pytest.fixture(scope="session")
def early_options(bedford):
    """Return Bedford's own options by name, begun by January 2027, so that a run to then has them."""
    early = {"start": date(2025, 9, 1), "january": 2027}

    def begun(lever):
        return replace(lever, **{name: early[name] for name in early if hasattr(lever, name)})

    options = sn.open_scenarios(bedford)[1:]
    return {option.name: replace(option, levers=tuple(map(begun, option.levers))) for option in options}
