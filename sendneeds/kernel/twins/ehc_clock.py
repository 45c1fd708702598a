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
