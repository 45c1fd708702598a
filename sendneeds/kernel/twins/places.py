"""The twin of `places`: one lane, one child group at a time, shares as exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import floor

ONE = 1 << 16


def split(total: int, weights: list[int], luck: int) -> list[int]:
    """Split a total by weight: a part gets the whole numbers that its stretch of the line passes."""
    parts, before, summed = [], 0, 0
    for weight in weights:
        summed += weight
        edge = floor(Fraction(total * summed, max(sum(weights), 1)) + Fraction(luck, ONE))
        parts.append(edge - before)
        before = edge
    return parts


def filled(
    want: list[list[int]],
    room: list[int],
    onward: list[list[list[int]]],
    luck: list[int],
    luck_onward: list[int],
) -> tuple[list[list[int]], list[list[int]], list[int]]:
    """Fill settings in order; `want` is by setting and group, `onward` by setting, group and setting or awaiting."""
    coming = [list(row) for row in want]
    stay = [[0] * len(row) for row in want]
    placed, turned = [], []
    awaiting = [0] * len(want[0])
    for setting, free in enumerate(room):
        here = coming[setting]
        most = sum(here) if free < 0 else min(free, sum(here))
        placed.append(split(most, here, luck[setting]))
        turned.append([n - m for n, m in zip(here, placed[-1], strict=True)])
        for group, number in enumerate(turned[-1]):
            weights = onward[setting][group]
            if not sum(weights):
                awaiting[group] += number
                continue
            *parts, left = split(number, weights, luck_onward[group])
            awaiting[group] += left
            for other, part in enumerate(parts):
                (coming if other > setting else stay)[other][group] += part
    whole = [[n + m for n, m in zip(*rows, strict=True)] for rows in zip(placed, stay, strict=True)]
    return whole, turned, awaiting


def year(
    placed: list[list[int]],
    awaiting: list[int],
    staying: list[int],
    children: list[int],
    mix: list[list[int]],
    held_back: list[int],
    looking: int,
    ceiling: list[int],
    onward: list[list[list[int]]],
    luck: list[list[int]],
) -> tuple[list[list[int]], list[int], list[int], int]:
    """Step one lane by a year; `placed` and `mix` are by setting and group."""
    settings, groups = range(len(placed)), range(len(children))
    kept = [[0] * len(children) for _ in settings]
    want = [[0] * len(children) for _ in settings]
    back = []
    for g in groups:
        here = [*(placed[s][g] for s in settings), awaiting[g]]
        for s, part in zip(settings, split(staying[g], here, luck[0][g]), strict=False):
            kept[s][g] = part
        seeking = children[g] - sum(kept[s][g] for s in settings)
        back.append(min(floor(Fraction(children[g] * held_back[g] + luck[1][g], ONE)), seeking))
        for s, part in enumerate(split(seeking - back[g], [mix[s][g] for s in settings], luck[2][g])):
            want[s][g] = part
    wish = [[0] * len(children) for _ in settings]
    for g in groups:
        look = floor(Fraction(sum(kept[s][g] for s in settings) * looking + luck[4][g], ONE))
        for s, part in enumerate(split(look, [mix[s][g] for s in settings], luck[5][g])):
            wish[s][g] = part
    free = [wish[s] if ceiling[s] < 0 else [0] * len(children) for s in settings]
    held = _moved(kept, free, luck[6])
    room = [-1 if ceiling[s] < 0 else max(ceiling[s] - sum(held[s]), 0) for s in settings]
    found, turned, left_out = filled(want, room, onward, luck[3], luck[9])
    left = [max(room[s] - sum(found[s]), 0) for s in settings]
    later = [[0] * len(children) if ceiling[s] < 0 else wish[s] for s in settings]
    nowhere = [[[0] * (len(placed) + 1)] * len(children)] * len(placed)
    into, _, _ = filled(later, left, nowhere, luck[7], luck[9])
    last = _moved(held, into, luck[8])
    closing = [[last[s][g] + found[s][g] for g in groups] for s in settings]
    waiting = [back[g] + left_out[g] for g in groups]
    return closing, waiting, [sum(row) for row in turned], sum(map(sum, free)) + sum(map(sum, into))


def _moved(held: list[list[int]], into: list[list[int]], luck: list[int]) -> list[list[int]]:
    """Move children into settings from those that hold them."""
    out = [[n + m for n, m in zip(*rows, strict=True)] for rows in zip(held, into, strict=True)]
    for g in range(len(held[0])):
        came = sum(row[g] for row in into)
        for s, part in enumerate(split(came, [row[g] for row in held], luck[g])):
            out[s][g] -= part
    return out
