"""Cases of a service that may run side by side, as lanes of one run: their rules and inputs put end to end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sendneeds.kernel.services.rules import Rules
from sendneeds.waits.services.cases import Prepared


def cases_alike(cases: list[Prepared]) -> list[list[int]]:
    """Return the numbers of cases that may run side by side: those whose rules differ in shares alone."""

    def kind(rules: Rules) -> tuple:
        packages = tuple((p.sessions, p.spacing, p.after, p.units, p.then) for p in rules.packages)
        return packages, rules.first_units, rules.advice_units, rules.ring_fenced_share

    groups: dict[tuple, list[int]] = {}
    for number, case in enumerate(cases):
        found = case.figures
        later = tuple((week, kind(rules)) for week, rules in found.later)
        groups.setdefault((kind(found.rules), later, found.units), []).append(number)
    return list(groups.values())


def later_beside(cases: list[Prepared], lanes: slice) -> tuple[tuple[int, Rules], ...]:
    """Return the rules that take over from a week on, of cases side by side."""
    every = (case.figures.later for case in cases)
    return tuple(
        (rows[0][0], rules_beside([rules for _, rules in rows], lanes)) for rows in zip(*every, strict=True)
    )


def rules_beside(every: list[Rules], lanes: slice) -> Rules:
    """Return the rules of cases side by side, shares lane by lane."""
    one = every[0]

    def beside(values: list) -> np.ndarray:
        return np.concatenate([_lanes(value, lanes) for value in values], axis=-1)

    shares: dict[str, Any] = {
        name: beside([getattr(rules, name) for rules in every])
        for name in ("missed", "outsourced_return", "in_order_share", "leaving", "age_out")
        if getattr(one, name) is not None
    }
    packages = [
        replace(
            package,
            share=beside([rules.packages[n].share for rules in every]),
            then_share=beside([rules.packages[n].then_share for rules in every]),
        )
        for n, package in enumerate(one.packages)
    ]
    return replace(one, packages=tuple(packages), **shares)


def _lanes(value: np.ndarray | float, lanes: slice) -> np.ndarray:
    array = np.asarray(value)
    width = lanes.stop - lanes.start
    if array.ndim == 0 or array.shape[-1] == 1:
        return np.broadcast_to(array, (*array.shape[:-1], width))
    return array[..., lanes]


def inputs_beside(cases: list[Prepared], lanes: slice) -> dict:
    """Return the inputs of cases side by side; inputs that a case lacks are zero there."""
    out: dict = {}
    for name in cases[0].inputs:
        given = [case.inputs[name] for case in cases]
        if all(one is None for one in given):
            continue
        shape = max((one.shape[:-1] for one in given if one is not None), key=lambda sizes: sizes[0])
        rows = np.zeros((*shape, len(cases) * (lanes.stop - lanes.start)), np.int32)
        for place, one in enumerate(given):
            if one is not None:
                width = lanes.stop - lanes.start
                rows[: len(one), ..., place * width : (place + 1) * width] = one[..., lanes]
        out[name] = [rows] if name == "opening" else rows
    return out


def in_packages(sessions: np.ndarray, before: Rules, rules: Rules, ratio: int) -> np.ndarray:
    """Return sessions by kind of the rules as they were by kind of other rules, in each package that is the same.

    Parameters
    ----------
    sessions : ndarray of int, (weeks, kinds, draw)
    before, rules : Rules
    ratio : int
        Units in a slot of `rules` over those of `before`.
    """
    out = np.zeros((len(sessions), rules.sessions, sessions.shape[-1]), sessions.dtype)
    at, left = 0, list(range(len(before.packages)))
    starts = np.cumsum([0, *(package.sessions for package in before.packages)])
    for package in rules.packages:
        for number in left:
            old = before.packages[number]
            if (old.sessions, old.spacing, old.after, old.units * ratio) == (
                package.sessions, package.spacing, package.after, package.units,
            ):  # fmt: skip
                out[:, at : at + package.sessions] = sessions[:, starts[number] : starts[number + 1]]
                left.remove(number)
                break
        at += package.sessions
    return out
