"""The memory of a run is told before it begins, by hand, and what does not fit is refused with what would."""

import re

import pytest

import sendneeds as sn
from sendneeds.foundation import memory
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.memory import Size


def test_a_size_by_hand():
    size = Size(2000, options=3, services=5, years=20)
    assert size.bytes_a_draw == 2 * (200_000 + 3 * (15_000 + 5 * 11_000))
    assert size.bytes == 500_000_000 + 2000 * size.bytes_a_draw
    assert size.text() == "2,000 draws x 3 options x 5 services: about 2.1 GB of memory"
    assert Size(1, 1, 0, processes=2).text() == "1 draw x 1 option x 2 processes: about 1.0 GB of memory"


def proposed(size, there):
    with pytest.raises(DomainError) as error:
        size.check(there)
    found = re.search(r"Write (draws|jobs)=(\d+)", str(error.value))
    return found.group(1), int(found.group(2))


@pytest.mark.parametrize("options", [1, 3, 40])
@pytest.mark.parametrize("there", [2_000_000_000, 16_000_000_000])
def test_what_is_proposed_fits(options, there):
    size = Size(1_000_000, options, 6)
    name, draws = proposed(size, there)
    assert name == "draws"
    size._replace(draws=draws).check(there)


def test_fewer_processes_are_proposed_where_one_would_fit():
    size = Size(1000, 1, 6, processes=64)
    name, jobs = proposed(size, 8_000_000_000)
    assert name == "jobs"
    size._replace(processes=jobs).check(8_000_000_000)


def test_every_run_is_held_to_the_memory_before_it_begins(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "memory_of_the_machine", lambda: 1_000_000_000)
    luton, bedford = sn.open_area("luton"), sn.open_area("bedford")
    runs = [
        lambda: sn.project(luton, draws=100_000),
        lambda: sn.run(bedford, [], draws=100_000),
        lambda: sn.run(sn.open_area("blmk"), [], draws=100_000),
        lambda: sn.seek(bedford, "OT", month="2028-03", draws=100_000),
        lambda: sn.run_areas([luton], draws=100_000, folder=tmp_path / "areas", jobs=1),
        lambda: sn.scap_return(luton, draws=100_000),
    ]
    for run in runs:
        with pytest.raises(DomainError, match="GB of memory"):
            run()


def test_the_machine_says_what_it_has():
    there = memory.memory_of_the_machine()
    assert there is None or there > 100_000_000
