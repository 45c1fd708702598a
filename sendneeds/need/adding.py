"""Projections added up draw by draw: an integrated care board, a region, England."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sendneeds.evidence.area import Area
from sendneeds.evidence.types import ADDED_UP
from sendneeds.foundation.arguments import share
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.kinds import kinds
from sendneeds.need.projection import NeedProjection


def add_up(projections: Sequence[NeedProjection], name: str, internal_moves: float = 0.0) -> NeedProjection:
    """Add areas up, draw by draw: an integrated care board, a region, England.

    Draws are added before any quantile is taken. England's shock, births and the bridge's luck are the same in
    every area of a draw, so they add up; what is an area's own averages away. Plans that move between the areas added
    leave one and enter another: that part of the moves cancels.

    Parameters
    ----------
    projections : sequence of NeedProjection
        Of different areas, with one seed, the same draws and the same years.
    name : str
        Name of the whole.
    internal_moves : float
        Share of plans moved in that come from the areas added: 1 for all of England; nobody publishes it
        for fewer areas.

    Returns
    -------
    NeedProjection
        Its area has the new name, the codes of its parts joined by ``+``, and one table, ``ehc_plans``: the plans of
        each January that every part has counted. What rests on other tables is to be asked of the parts,
        and so are findings on the evidence.

    Raises
    ------
    DomainError
        If the projections differ in seed, draws or years, or an area is there twice.

    Examples
    --------
    >>> import sendneeds as sn
    >>> two = [sn.project(sn.open_area(a), to=2026, draws=10) for a in ("bedford", "luton")]
    >>> int(sn.add_up(two, "Bedford and Luton").total("E").sel(year=2025, draw=0))
    4893
    """
    kinds(projections=(projections, "iterable"), name=(name, "text"))
    import xarray as xr

    projections, internal_moves = list(projections), share("internal_moves", internal_moves)
    if not projections:
        raise DomainError("there is nothing to add up: give at least one projection.")
    for number, one in enumerate(projections):
        kinds(**{f"projections[{number}]": (one, "NeedProjection")})
    first = projections[0]
    codes = [p.area.code for p in projections]
    if len(set(codes)) < len(codes):
        raise DomainError(f"an area is there twice: {', '.join(codes)}.")
    for p in projections[1:]:
        for key in ("seed", "draws", "start", "scored_to"):
            if p.data.attrs[key] != first.data.attrs[key]:
                raise DomainError(
                    f"{p.area.name} has {key} {p.data.attrs[key]}, {first.area.name} {first.data.attrs[key]}: "
                    "project every area with the same seed, draws and years."
                )
    # exact: an inner join would drop a need or a year that one area lacks without a word
    data = xr.concat([p.data for p in projections], "area", join="exact", combine_attrs="drop_conflicts")
    whole = data.sum("area", dtype="int32", keep_attrs=True)
    internal = np.minimum(np.rint(whole["moved_in"] * internal_moves), whole["ceased"]).astype("int32")
    for flow in ("moved_in", "ceased"):
        whole[flow] = (whole[flow] - internal).assign_attrs(data[flow].attrs)
    bases = sorted({word for p in projections for word in p.provenance["bases"]})
    made = {**first.provenance, "area": "+".join(codes), "area_name": name, "added": codes, "bases": bases}
    return NeedProjection(whole, made, _added_area([p.area for p in projections], name), first.record)


def _added_area(areas: Sequence[Area], name: str) -> Area:
    """Return the whole as an area: its code that of its parts, its one table the plans that all of them have counted.

    What else the parts' tables say is true of the parts alone, so the whole does not have it.
    """
    import pandas as pd

    plans = pd.concat([area.table("ehc_plans") for area in areas], ignore_index=True)
    cells = [column for column in plans if column not in ("area_code", "plans", "flag")]
    groups = plans[plans["plans"].notna()].groupby(cells, as_index=False, sort=False)
    added = groups.agg(plans=("plans", "sum"), parts=("area_code", "nunique"))
    added = added[added["parts"] == len(areas)].drop(columns="parts").reset_index(drop=True)
    code = "+".join(area.code for area in areas)
    added.insert(0, "area_code", code)
    added = added.assign(flag="ok").astype({"plans": plans["plans"].dtype})
    return Area(
        "-and-".join(area.slug for area in areas),
        code,
        name,
        ADDED_UP,
        tables={"ehc_plans": added[list(plans)]},
        meta={"ehc_plans": areas[0].meta["ehc_plans"]},
    )


def said_of_parts(parts: Sequence[Area], said: Sequence[Sequence[str]]) -> list[str]:
    """Return what was said of each part: of all alike once, of one with its name.

    Parameters
    ----------
    parts : sequence of Area
    said : sequence of sequence of str
        Sentences of each part, in order.
    """
    alike = [text for text in said[0] if all(text in others for others in said[1:])]
    own = [
        f"{part.name}: {text}"
        for part, texts in zip(parts, said, strict=True)
        for text in texts
        if text not in alike
    ]
    return [*alike, *own]


def whole_of(area: Area, projections: Sequence[NeedProjection]) -> NeedProjection:
    """Return the projection of an area that is the sum of its parts, from theirs.

    Parameters
    ----------
    area : Area
        With parts; what the projection says about tables is read from its own.
    projections : sequence of NeedProjection
        Of each part, in order.

    Returns
    -------
    NeedProjection
        The parts' draws added. What was assumed of all parts alike is said once, what of one with its name.
    """
    whole = add_up(projections, area.name)
    names = ", ".join(part.area.name for part in projections)
    how = (
        f"The sum of {names}, draw by draw: England's shock is the same in all of them, what is an area's own averages "
        "away. Nobody publishes how many plans move between them, so moves in and out are those of the parts added."
    )
    told = said_of_parts(area.parts, [part.assumptions for part in projections])
    sources = {name: area.meta[name].source for name in sorted(area.meta)}
    made = {**whole.provenance, "area": area.code, "assumptions": [how, *told], "sources": sources}
    data = whole.data.assign_attrs(area=area.code)
    return replace(whole, data=data, provenance=made, area=area)
