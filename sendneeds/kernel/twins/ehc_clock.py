"""The twin of `ehc_clock`: one queue a lane and service, a child at a time."""

from __future__ import annotations


def issued(
    lane: list[int],
    decided: list[int],
    advised: list[int],
    writing: list[int],
    shared: list[tuple[list[bool], list[list[int]]]],
) -> list[int | None]:
    """Return the week in which each plan is final, None where the horizon ends first.

    `shared` holds, for each service, who asks for its advice and the requests met by week and lane.
    """
    last: list[int | None] = list(advised)
    for asked, done in shared:
        for one in set(lane):
            queue = sorted(
                (child for child in range(len(lane)) if asked[child] and lane[child] == one),
                key=decided.__getitem__,
            )
            for week, row in enumerate(done):
                for _ in range(row[one]):
                    if queue:
                        child = queue.pop(0)
                        so_far = last[child]
                        last[child] = None if so_far is None else max(so_far, week)
            for child in queue:
                last[child] = None
    return [None if week is None else week + weeks for week, weeks in zip(last, writing, strict=True)]


def advice_done(asked: list[int], room: list[int], opening: int, each: int) -> list[int]:
    """Return pieces of advice finished each week of one lane, a unit of work at a time."""
    queue, out = [each] * opening, []
    for came, units in zip(asked, room, strict=True):
        queue += [each] * came
        done = 0
        while units and queue:
            units, queue[0] = units - 1, queue[0] - 1
            if not queue[0]:
                queue.pop(0)
                done += 1
        out.append(done)
    return out


def settled(
    refused: int, mediated: bool, appealed: bool, mediation: int, registered: int, appeal: int
) -> tuple[int | None, int | None, int]:
    """Return when one refusal's mediation ends and its appeal is registered, None if not at all, and it is settled."""
    week, ends, begins = refused, None, None
    if mediated:
        week = ends = refused + mediation
    if appealed:
        while week < refused + registered:
            week += 1
        begins = week
        week += appeal
    return ends, begins, week
