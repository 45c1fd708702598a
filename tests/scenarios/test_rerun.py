"""A further option runs again only what its levers touch."""

from collections import Counter

import pytest

import sendneeds as sn
from sendneeds.scenarios import run as run_module
from sendneeds.waits.ehc.clock import EhcClock
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
    count(run_module, "project_places", lambda *_: "places")
    count(EhcClock, "result", lambda *_: "clock")
    count(Service, "prepare", lambda service, _: service.name)
    return counted


def test_an_option_runs_only_what_it_touches(bedford, calls):
    """One service for posts and places for places; need is never run again.

    Psychologists give advice sooner, which moves the clock. Advice comes before all else of a therapist's, so that more
    of them give it in the same weeks.
    """
    options = {s.name: s for s in sn.open_scenarios(bedford)[1:]}
    alone = sn.run(bedford, [], draws=10, to=2027)
    services = dict.fromkeys(alone.lists["service"].values.tolist(), 1)
    assert calls == {"need": 1, "places": 1, "clock": 1, **services}

    calls.clear()
    made = sn.run(bedford, [options["resourced-places-60"]], draws=10, to=2029)
    assert calls == {"need": 1, "places": 2, "clock": 1, **services}
    assert made.clock["resourced-places-60"] is made.clock["baseline"]

    calls.clear()
    made = sn.run(bedford, [options["two-psychologists"], options["fill-two-slt-posts"]], draws=10, to=2029)
    assert calls == {"need": 1, "places": 1, "clock": 2, **services, "EP": 2, "SLT": 2}
    assert made.clock["fill-two-slt-posts"] is made.clock["baseline"]
    assert made.places["two-psychologists"] is made.places["baseline"]


def test_two_threads_give_the_numbers_of_one(bedford, monkeypatch):
    """Places beside the services, and clocks beside each other, on the same random numbers."""
    options = sn.open_scenarios(bedford)
    both = sn.run(bedford, options, draws=10, to=2029)

    class AtOnce:
        """An executor that does a piece of work when it is asked for."""

        def __init__(self, *_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def map(self, function, *items):
            return list(map(function, *items))

        def submit(self, function, *args):
            value = function(*args)
            return type("Done", (), {"result": staticmethod(lambda: value)})

        def shutdown(self, **_):
            pass

    monkeypatch.setattr("sendneeds.scenarios.run.ThreadPoolExecutor", AtOnce)
    monkeypatch.setattr("sendneeds.scenarios.clocks.ThreadPoolExecutor", AtOnce)
    one = sn.run(bedford, options, draws=10, to=2029)
    for scenario in both.clock:
        assert both.clock[scenario].data.equals(one.clock[scenario].data)
        assert both.places[scenario].data.equals(one.places[scenario].data)
    assert both.lists.equals(one.lists)
