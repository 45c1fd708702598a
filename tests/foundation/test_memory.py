"""The memory of a run is told before it begins, by hand, and what does not fit is refused with what would."""

import re

import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation import memory
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.memory import Size
from sendneeds.scenarios import run


def test_a_size_by_hand():
    size = Size(2000, options=3, services=5, years=20)
    assert size.bytes_a_draw == 2 * (200_000 + 5 * 11_000 + 3 * 40_000)
    assert size.bytes == 350_000_000 + 2000 * size.bytes_a_draw
    assert size.text() == "2,000 draws x 3 options x 5 services: about 1.9 GB of memory"
    assert Size(1, 1, 0, processes=2).text() == "1 draw x 1 option x 2 processes: about 0.7 GB of memory"
    assert size._replace(needs=2).bytes_a_draw == size.bytes_a_draw + 2 * 2 * 320_000


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


def test_a_process_beside_counts_and_goes_first():
    """A run of 200,000 + 7 x 11,000 + 4 x 40,000 = 437,000 bytes a draw, and 450,000 with one beside it."""
    size = Size(1000, options=4, services=7, beside=1)
    assert size.bytes_a_draw == 437_000 + 450_000
    assert size.bytes == 650_000_000 + 887_000_000
    assert size.fits(2_000_000_000)  # four fifths are 1.6
    assert not size.fits(1_900_000_000)
    assert proposed(size, 1_900_000_000) == ("jobs", 1)
    assert proposed(size, 900_000_000)[0] == "draws"


@pytest.mark.parametrize(
    ("draws", "cores", "there", "beside"),
    [
        (1000, 2, 16_000_000_000, 1),
        (1000, 8, None, 1),
        (429, 2, 16_000_000_000, 1),  # times seven services, 3,003
        (428, 2, 16_000_000_000, 0),
        (1000, 1, 16_000_000_000, 0),
        (1000, 2, 1_900_000_000, 0),
    ],
)
def test_a_large_run_has_one_beside_it_where_cores_and_memory_are(monkeypatch, draws, cores, there, beside):
    monkeypatch.setattr(run, "cores", lambda: cores)
    monkeypatch.setattr(memory, "memory_of_the_machine", lambda: there)
    assert run.size_of_run(shipped("bedford"), draws, 4, 2035).beside == beside
    assert run.size_of_run(shipped("bedford"), draws, 4, 2035, jobs=3).beside == 2


def test_every_run_is_held_to_the_memory_before_it_begins(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "memory_of_the_machine", lambda: 1_000_000_000)
    luton, bedford = shipped("luton"), shipped("bedford")
    runs = [
        lambda: sn.project(luton, draws=100_000),
        lambda: sn.run(bedford, [], draws=100_000),
        lambda: sn.run(shipped("blmk"), [], draws=100_000),
        lambda: sn.seek(bedford, "OT", month="2028-03", draws=100_000),
        lambda: sn.run_areas([luton], draws=100_000, folder=tmp_path / "areas", jobs=1),
        lambda: sn.scap_return(luton, draws=100_000),
    ]
    for one in runs:
        with pytest.raises(DomainError, match="GB of memory"):
            one()


def test_the_machine_says_what_it_has():
    there = memory.memory_of_the_machine()
    assert there is None or there > 100_000_000
