"""The attack and the cover, by hand and against every solution counted one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sendneeds.foundation.disclosure.attack import attack
from sendneeds.foundation.disclosure.cells import Cell, CellSystem
from sendneeds.foundation.disclosure.profiles import COUNCIL, PROFILES, profile
from sendneeds.foundation.disclosure.protect import protect
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.outputs import INTERNAL, Basis, write_output


def row(**counts):
    """A total and its parts, as one sum."""
    system = CellSystem()
    for name, count in counts.items():
        system.add(Cell(name, count))
    system.add_sum("total", [name for name in counts if name != "total"])
    return system


def grid(counts):
    """A table of rows and columns with both margins and the grand total."""
    counts = np.array(counts)
    system = CellSystem()
    whole = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1), int)
    whole[:-1, :-1] = counts
    whole[-1, :-1], whole[:-1, -1], whole[-1, -1] = counts.sum(0), counts.sum(1), counts.sum()
    for (i, j), count in np.ndenumerate(whole):
        system.add(Cell((i, j), int(count)))
    rows, columns = range(counts.shape[0]), range(counts.shape[1])
    for i in range(counts.shape[0] + 1):
        system.add_sum((i, counts.shape[1]), [(i, j) for j in columns])
    for j in range(counts.shape[1] + 1):
        system.add_sum((counts.shape[0], j), [(i, j) for i in rows])
    return system


def names(system, cells):
    return {system.cells[i].name for i in cells}


def test_a_small_count_alone_in_its_sum_is_the_total_less_the_others():
    system = row(total=20, girls=3, boys=17)
    (found,) = attack(system, {system.place["girls"]}, COUNCIL)
    assert (found.low, found.high) == (3, 3)


def test_two_small_counts_that_sum_to_five_hide_one_another():
    system = row(total=5, girls=2, boys=3)
    # each may be 0 to 5, and 1 to 4 where both are known to be small
    assert attack(system, {1, 2}, COUNCIL) == []


def test_two_counts_known_to_be_small_that_sum_to_eight_are_both_four():
    system = row(total=8, girls=4, boys=4)
    assert [(f.cell, f.low, f.high) for f in attack(system, {1, 2}, COUNCIL)] == [(1, 4, 4), (2, 4, 4)]
    assert names(system, protect(system, COUNCIL).covering) == {"total"}


def test_what_a_total_leaves_over_is_a_count_too():
    system = row(total=22, girls=10, boys=10)  # two not told
    assert system.cells[-1].value == 2
    assert system.cells[-1].is_implied
    (found,) = attack(system, set(), COUNCIL)
    assert (found.low, found.high) == (2, 2)
    assert len(protect(system, COUNCIL).covering) == 1


def test_the_smallest_other_part_covers_and_not_the_total():
    system = row(total=50, a=3, b=30, c=17)
    assert names(system, protect(system, COUNCIL).withheld) == {"a", "c"}


def test_a_zero_is_shown_and_five_is_no_small_count():
    system = row(total=12, a=0, b=5, c=7)
    assert protect(system, COUNCIL).withheld == frozenset()


def test_in_a_table_the_cover_is_a_rectangle():
    system = grid([[3, 20, 30], [9, 40, 50], [60, 70, 80]])
    withheld = names(system, protect(system, COUNCIL).withheld)
    assert (0, 0) in withheld
    assert all(sum((i, j) in withheld for j in range(4)) != 1 for i in range(4))
    assert all(sum((i, j) in withheld for i in range(4)) != 1 for j in range(4))


def test_what_is_published_already_is_known_and_is_never_withheld():
    system = row(total=20, girls=3, boys=17)
    system.cells[2].is_open = system.cells[0].is_open = True
    found = protect(system, COUNCIL)
    assert names(system, found.withheld) == {"girls"}
    assert [(one.low, one.high) for one in found.given_away] == [(3, 3)]


def test_a_count_that_its_source_withheld_is_not_given_away_by_a_total():
    system = CellSystem()
    for name, count in {"total": 30, "a": 10, "b": 17, "c": None}.items():
        system.add(Cell(name, count))
    system.add_sum("total", ["a", "b", "c"])
    found = protect(system, COUNCIL)
    assert names(system, found.withheld) == {"a", "c"}
    assert found.given_away == []


def test_sums_that_cannot_hold_with_what_a_source_withheld_are_left_out():
    system = CellSystem()
    for name, count in {"total": 90, "a": 10, "b": None}.items():
        system.add(Cell(name, count))
    system.add_sum("total", ["a", "b"])  # b would be 80, and is 1 to 4
    assert system.sums == []


def test_the_nhs_profile_rounds_and_withholds_up_to_seven():
    nhs = profile("nhs")
    assert [nhs.is_small(n) for n in (0, 1, 7, 8)] == [False, True, True, False]
    assert [nhs.shown(n) for n in (0, 8, 12, 13, 22, 23)] == [0, 10, 10, 15, 20, 25]
    # 40 and 30 as shown are 38 to 42 and 28 to 32, so that the other is 6 to 14: not said to be small
    system = row(total=40, a=7, b=31)
    assert names(system, protect(system, nhs).small) == {"a"}


def test_internal_withholds_nothing():
    assert protect(row(total=5, a=2, b=3), PROFILES["internal"]).withheld == frozenset()


def test_a_profile_that_nobody_has_is_named():
    with pytest.raises(UnknownNameError, match="council"):
        profile("councel")


def by_counting(system, withheld, small_known):
    """Every table that fits what is shown, counted one by one."""
    hidden = sorted(withheld | {i for i, cell in enumerate(system.cells) if cell.is_implied})
    top = max(cell.value for cell in system.cells) + 9
    spans = [
        range(1, 5) if small_known and COUNCIL.is_small(system.cells[i].value) else range(top) for i in hidden
    ]
    fits = []
    for guess in itertools.product(*spans):
        values = [cell.value for cell in system.cells]
        for i, value in zip(hidden, guess, strict=True):
            values[i] = value
        if all(values[s.total] == sum(values[p] for p in s.parts) + s.gap for s in system.sums):
            fits.append(guess)
    return {i: {guess[k] for guess in fits} for k, i in enumerate(hidden)}


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 7), min_size=4, max_size=4), st.sets(st.integers(0, 8), min_size=1, max_size=3)
)
def test_the_attack_finds_what_counting_every_table_finds(counts, withheld):
    system = grid([counts[:2], counts[2:]])
    expected = set()
    for known in (True, False):
        for i, values in by_counting(system, withheld, known).items():
            small = COUNCIL.is_small(system.cells[i].value)
            if len(values) == 1 or (not known and small and values <= {1, 2, 3, 4}):
                expected.add(i)
    assert {one.cell for one in attack(system, withheld, COUNCIL)} == expected


@settings(max_examples=25)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 12), min_size=n, max_size=n), min_size=2, max_size=5)
    )
)
def test_a_protected_table_withstands_a_linear_program_of_its_own(counts):
    system = grid(counts)
    found = protect(system, COUNCIL)
    assert found.given_away == []
    assert all(i in found.small for i, c in enumerate(system.cells) if 1 <= c.value <= 4)
    hidden = sorted(found.withheld)
    left = np.zeros((len(system.sums), len(hidden)))
    right = np.zeros(len(system.sums))
    for number, one in enumerate(system.sums):
        for i, sign in ((one.total, 1), *((p, -1) for p in one.parts)):
            if i in found.withheld:
                left[number, hidden.index(i)] += sign
            else:
                right[number] -= sign * system.cells[i].value
    for k, i in enumerate(hidden):
        goal = np.eye(len(hidden))[k]
        low = linprog(goal, A_eq=left, b_eq=right).fun
        answer = linprog(-goal, A_eq=left, b_eq=right)
        high = np.inf if answer.x is None else -answer.fun  # unbounded
        assert high - low > 0.5
        if i in found.small:
            assert low < 0.5 or high > 4.5


def test_what_fits_for_one_attacker_is_not_held_against_the_other():
    """Two counts of 1 in a row are hidden by one another only until it is known that both are small."""
    system = grid([[1, 1, 30], [20, 40, 60], [21, 35, 50]])
    found = protect(system, COUNCIL)
    assert found.given_away == attack(system, found.withheld, COUNCIL) == []


def test_an_output_on_local_records_needs_a_word_on_disclosure(tmp_path):
    local = Basis(frozenset({"local"}))
    with pytest.raises(DomainError, match="nothing says what of them may be shown"):
        write_output(tmp_path, "a.csv", "x\n", local)
    with pytest.raises(DomainError, match="does not say so"):
        write_output(tmp_path, "a.html", "<p>3</p>", local.cleared_by(INTERNAL))
    assert list(tmp_path.iterdir()) == []
    write_output(tmp_path, "a.html", "<p>Not for publication</p>", local.cleared_by(INTERNAL))
    write_output(tmp_path, "b.html", "<p>30</p>", local.cleared_by({"may_be_published": True}))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "b.html"]
