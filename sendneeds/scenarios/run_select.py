"""A part of a run: the results that it holds, each narrowed to some labels of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sendneeds.foundation.errors import UnknownNameError, unknown
from sendneeds.foundation.vocabulary import BASELINE


def narrowed(run: Any, labels: Mapping[str, Any]) -> Any:
    """Return a run for some labels by dimension, the baseline always kept (`RunResult.sel`)."""
    own = dict(labels)
    asked = own.pop("scenario", None)
    kept = [s.name for s in run.scenarios]
    if asked is not None:
        names = {BASELINE, *([asked] if isinstance(asked, str) else asked)}
        for name in sorted(names - set(kept)):
            raise unknown("scenario", name, kept)
        kept = [name for name in kept if name in names]
    dims = {str(dim) for part in run.parts.values() for dim in part.data.dims}
    for dim in own:
        if dim not in dims:
            raise unknown("dimension", dim, dims)
    absent: dict[str, UnknownNameError] = {}
    found: set[str] = set()
    known: dict[int, Any] = {}  # what is there twice stays one thing

    def part(of: Any) -> Any:
        if id(of) in known:
            return known[id(of)]
        out = of.sel(scenario=kept) if "scenario" in of.data.dims else of
        for dim, wanted in own.items():
            if dim in of.data.dims:
                try:
                    out = out.sel(**{dim: wanted})
                    found.add(dim)
                except UnknownNameError as error:  # another part may have the label
                    absent[dim] = error
        return known.setdefault(id(of), out)

    def parts(of: dict[str, Any]) -> dict[str, Any]:
        return {name: part(one) for name, one in of.items() if name in kept}

    selected = replace(
        run,
        need=part(run.need),
        types=part(run.types),
        waits=None if run.waits is None else part(run.waits),
        scenarios=[s for s in run.scenarios if s.name in kept],
        costs=run.costs[run.costs["scenario"].isin(kept)].reset_index(drop=True),
        needs=parts(run.needs),
        in_place=parts(run.in_place),
        spending=part(run.spending.of(kept)),
        clock=parts(run.clock),
        places=parts(run.places),
        by_part=run.by_part[run.by_part["scenario"].isin(kept)].reset_index(drop=True)
        if len(run.by_part)
        else run.by_part,
    )
    for dim in own:
        if dim not in found:
            raise absent[dim]
    return selected
