"""A further option runs again only what its levers touch."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.scenarios import run as run_module
from sendneeds.waits.ehc.clock import EhcClock
from sendneeds.waits.places.project import PlaceDemand
from sendneeds.waits.services.runner import Service


@pytest.fixture
def calls(monkeypatch):
    """Count what a run computes: projections of need and of places, clocks, and each service under each scenario."""
    counted = Counter()

    def count(holder, name, key):
        made = getattr(holder, name)

        def counting(*args, **kwargs):
            counted[key(*args)] += 1
            return made(*args, **kwargs)

        monkeypatch.setattr(holder, name, counting)

    count(run_module, "project", lambda *_: "need")
    count(PlaceDemand, "within", lambda *_: "places")
    count(PlaceDemand, "__init__", lambda *_: "seekers")
    count(EhcClock, "result", lambda *_: "clock")
    count(Service, "prepare", lambda service, _: service.name)
    return counted


def test_an_option_runs_only_what_it_touches(bedford, early_options, calls):
    """One service for posts and places for places; need is never run again.

    Psychologists give advice sooner, which moves the clock. Advice comes before all else of a therapist's, so that more
    of them give it in the same weeks. Who seeks a place is worked out once, whatever places an option opens.
    """
    options = early_options
    alone = sn.run(bedford, [], draws=10, to=2027)
    services = dict.fromkeys(alone.lists["service"].values.tolist(), 1)
    assert calls == {"need": 1, "seekers": 1, "places": 1, "clock": 1, **services}

    calls.clear()
    made = sn.run(bedford, [options["resourced-places-60"]], draws=10, to=2027)
    assert calls == {"need": 1, "seekers": 1, "places": 2, "clock": 1, **services}
    assert made.clock["resourced-places-60"] is made.clock["baseline"]

    calls.clear()
    made = sn.run(bedford, [options["two-psychologists"], options["fill-two-slt-posts"]], draws=10, to=2027)
    assert calls == {"need": 1, "seekers": 1, "places": 1, "clock": 2, **services, "EP": 2, "SLT": 2}
    assert made.clock["fill-two-slt-posts"] is made.clock["baseline"]
    assert made.places["two-psychologists"] is made.places["baseline"]


def test_no_plan_is_issued_sooner_before_an_option_begins(bedford):
    """Four locum psychologists from July 2027: every quarter that ends before is as it was, in every draw."""
    start = date(2027, 7, 1)
    lever = sn.levers.LocumPosts(
        service="EP", start=start, end=date(2028, 6, 30), wte=8, gbp_per_wte_year=(9e4, 9.5e4, 1e5),
        funders={"council_general_fund": 1.0},
    )  # fmt: skip
    made = sn.run(bedford, [sn.Scenario("locums", "Locums", levers=(lever,))], draws=40, to=2029)
    issued, before = (made.clock[name].data["issued"] for name in ("locums", "baseline"))
    ended = (issued["quarter"] + np.timedelta64(91, "D")).values <= np.datetime64(start)
    assert ended.sum() == 10  # of 2025, of 2026, and two of 2027
    assert (issued.values[ended] == before.values[ended]).all()
    later = issued.values[~ended].sum(axis=0) - before.values[~ended].sum(axis=0)
    assert later.min() >= 0
    assert later.mean() > 5
