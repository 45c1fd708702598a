"""The twin of `places`: one lane, a group at a time, largest remainders by sorting."""

from __future__ import annotations


def split(total: int, weights: list[int]) -> list[int]:
    """Split a total by weight, by largest remainder; ties go to the first."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda part: -(total * weights[part] % whole))
    for part in order[: total - sum(parts)]:
        parts[part] += 1
    return parts


def filled(
    want: list[list[int]], ceiling: list[int], passed_to: list[int]
) -> tuple[list[list[int]], list[list[int]]]:
    """Fill settings in order; `want` is by setting and group."""
    coming = [list(row) for row in want]
    placed, unplaced = [], []
    for setting, room in enumerate(ceiling):
        here = coming[setting]
        most = sum(here) if room < 0 else min(room, sum(here))
        placed.append(split(most, here))
        unplaced.append([n - m for n, m in zip(here, placed[-1], strict=True)])
        if passed_to[setting] >= 0:
            onward = coming[passed_to[setting]]
            coming[passed_to[setting]] = [n + m for n, m in zip(onward, unplaced[-1], strict=True)]
    return placed, unplaced
