"""Places for children with a plan: who keeps one, who seeks one, what there is, and what overflows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.kernel.places import year as kernel
from sendneeds.kernel.streams import uniforms
from sendneeds.waits.places import mix as place_mix
from sendneeds.waits.places.cells import Ceilings, by_year, cells_of
from sendneeds.waits.places.costs import costs
from sendneeds.waits.places.limits import ONE, commissioned_places, overflow, stated_places
from sendneeds.waits.places.mix import placement_mix
from sendneeds.waits.places.need_prior import prior_by_need
from sendneeds.waits.places.notes import assumed
from sendneeds.waits.places.phase_moves import due_to_move
from sendneeds.waits.places.result import PlacesResult, dataset
from sendneeds.waits.places.settings import CAPPED, LIMITED, PlaceChange, is_price

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

__all__ = [
    "CAPPED",
    "PHASES",
    "SETTINGS",
    "PlaceChange",
    "PlacesResult",
    "commissioned_places",
    "placement_mix",
    "project_places",
]


def project_places(
    area: Area,
    need: NeedProjection,
    *,
    commissioned: Mapping[str, int] | None = None,
    place_changes: Sequence[PlaceChange] = (),
    mix: str = "observed",
    preferred: pd.DataFrame | None = None,
    awaiting_share: float | None = None,
    moving_share: float | None = None,
) -> PlacesResult:
    """Project where children with a plan are placed, and how many more places are wanted than there are.

    The first January is the one published, by need and setting. A child with a place keeps it from one
    January to the next until the plan ends or the phase does; children new to the area or to a plan, those
    who change phase and those awaiting a place seek a setting in the proportions of the mix. Settings with a
    ceiling take as many as there is room for; of the rest a stated share goes on to a special or an independent
    school, and the others stay in mainstream with support (`OVERFLOW`). A share of those with a place look for
    another each year, and move if there is room. Children educated elsewhere, not in education, under a notice
    to cease or awaiting a place are outcomes, and no places needed.

    Parameters
    ----------
    area : Area
        With ``ehc_plans`` by placement and need; by placement and age besides, where it has them.
    need : NeedProjection
    commissioned : mapping of setting to int, optional
        Places at the start in settings of `CAPPED`, in place of the pack's ``commissioned_places_resourced``,
        ``commissioned_places_state_special`` and ``commissioned_places_independent`` of ``PLACES`` (central
        figures). Where neither says, resourced provision and state special schools have as many as were filled
        at the latest count, and independent schools take all who come.
    place_changes : sequence of PlaceChange
    mix : {"observed", "preferred"}
        The proportions in which settings are sought: as observed in those who came into a phase in the latest
        year, which is bound by the places there are, or as preferred.
    preferred : pandas.DataFrame, optional
        The preferred mix: columns need, setting, share, and phase where it differs. Left out, the pack's
        ``placement_mix`` serves, and where it has none England's observed mix, labelled so.
    awaiting_share : float, optional
        Share of children who at a January await a place though there is room. Left out, it is the share
        published in "other placement settings", which the release says includes them.
    moving_share : float, optional
        Share of those with a place who look for another within a year. Left out, it is the pack's
        ``placement_moved_share`` of ``PLACES``, or 0.

    Returns
    -------
    PlacesResult

    Raises
    ------
    MissingDataError
        If the area has no plans by placement and need, or the projection no flows of plans.
    UnknownNameError
        If places are commissioned in, or opened for, a setting that has no ceiling.
    DomainError
        If a number of places, a year, a share or the mix lies outside its domain.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = project_places(bedford, sn.project(bedford, to=2027, draws=20))
    >>> bool((found.data["placed"].sum("setting") + found.data["awaiting"] == found.data["children"]).all())
    True
    """
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    if commissioned is not None and not isinstance(commissioned, Mapping):
        raise arguments.refusal(
            "commissioned", commissioned, "places by setting", "Write commissioned={'resourced': 60}."
        )
    if preferred is not None:
        kinds(preferred=(preferred, "table"))
    place_changes = arguments.listed("place_changes", place_changes, PlaceChange)
    _check(need.data["year"].values, {**stated_places(area), **(commissioned or {})}, place_changes, mix)
    demand = PlaceDemand(
        area, need, mix=mix, preferred=preferred, awaiting_share=awaiting_share, moving_share=moving_share
    )
    return demand.within(place_changes, commissioned)


class PlaceDemand:
    """Who seeks which setting under one projection of need, whatever places there are.

    Options that change places alone share one: what they differ in is `within`.

    Parameters
    ----------
    area, need, mix, preferred, awaiting_share, moving_share
        As in `project_places`.
    """

    def __init__(
        self,
        area: Area,
        need: NeedProjection,
        *,
        mix: str = "observed",
        preferred: pd.DataFrame | None = None,
        awaiting_share: float | None = None,
        moving_share: float | None = None,
    ) -> None:
        for name, share in (("awaiting_share", awaiting_share), ("moving_share", moving_share)):
            if share is not None:
                arguments.share(name, share)
        self.area, self.need = area, need
        self.children, self.staying, self.needs = _groups(need)
        draws, self.seed = self.children.shape[-1], int(need.data.attrs["seed"])
        # no setting has more of a group's children than there are
        self.counts = np.int16 if self.children.max(initial=0) < 2**15 else np.int32
        self.mixes = _mixes(area, self.needs, self.children[0], self.seed, mix, preferred)
        known = self.mixes.known
        waiting = known[..., -1:] / np.maximum(known.sum(axis=-1, keepdims=True), 1e-9)
        if awaiting_share is not None:
            waiting = np.full_like(waiting, awaiting_share)
        self.held_back = np.rint(ONE * waiting).astype(np.int64).reshape(-1, 1)
        self.begun = _opening(known, self.children[0])
        self.looking = _looking(area, moving_share, draws, self.seed)
        self.onward = overflow(area, draws, self.seed)
        self.said = (mix, self.mixes.source, awaiting_share, moving_share)

    @cached_property
    def unbound(self) -> dict[str, np.ndarray]:
        """Children by setting were there room for all, ``needed``, and by the preferred mix, ``wanted``."""
        shape = (len(self.children), len(SETTINGS), *self.children.shape[1:])
        needed, wanted = np.zeros(shape, self.counts), np.zeros(shape, self.counts)
        no_ceiling = np.full(len(SETTINGS), -1)
        free = self._first()
        for y, children in enumerate(self.children):
            luck = self._luck(y)
            wanted[y] = kernel.split(children, self.mixes.preferred, luck[2, : len(children)])
            if y:
                free = self._year(y, free, no_ceiling, luck)
            needed[y] = free.placed
        return {"needed": needed, "wanted": wanted}

    def within(
        self, place_changes: Sequence[PlaceChange] = (), commissioned: Mapping[str, int] | None = None
    ) -> PlacesResult:
        """Return placements within the places that there are.

        Parameters
        ----------
        place_changes, commissioned
            As in `project_places`.
        """
        area, need, years = self.area, self.need, self.need.data["year"].values
        stated, room = commissioned_places(area), {**stated_places(area), **(commissioned or {})}
        _check(years, room, place_changes)
        ceiling = by_year(
            cells_of(area, self.needs, self.begun[:-1, :, 0], room), self.needs, years, place_changes
        )
        arrays = {**self._filled(ceiling), **self.unbound, "children": self.children}
        found = dataset(area, need, self.needs, arrays, ceiling)
        found["due_to_move"] = due_to_move(need, self.needs, arrays["placed"])
        found = found.merge(costs(area, found, place_changes, self.seed)).assign_attrs(need.data.attrs)
        given = dict.fromkeys(stated, "the pack") | dict.fromkeys(commissioned or {}, "as given")
        notes = assumed(area, given, *self.said)
        return PlacesResult(found, {**need.provenance, "places": notes}, area.name)

    def _first(self) -> kernel.Year:
        return kernel.Year(self.begun[:-1], self.begun[-1], np.zeros(0), np.zeros(0))

    def _luck(self, year: int) -> np.ndarray:
        """Return luck for a year from the start, (purpose, row, draw), the same whatever is opened."""
        rows, draws = max(self.children.shape[1], len(SETTINGS)), self.children.shape[-1]
        of = (self.area.code, "places", str(year))
        raw = uniforms(self.seed, of, kernel.PURPOSES * rows, draws)
        return (raw >> np.uint64(64 - kernel.BITS)).astype(np.int64).reshape(kernel.PURPOSES, rows, draws)

    def _year(
        self, y: int, held: kernel.Year, places: np.ndarray, luck: np.ndarray, cells: np.ndarray | None = None
    ) -> kernel.Year:
        """Step placements to the January numbered `y`."""
        flows = (self.staying[y - 1], self.children[y], self.mixes.sought, self.held_back, self.looking)
        return kernel.year(held.placed, held.awaiting, *flows, places, self.onward, luck, cells)

    def _filled(self, ceiling: Ceilings) -> dict[str, np.ndarray]:
        """Run placements from January to January; arrays as `dataset` takes them."""
        years, groups, draws = self.children.shape
        placed = np.zeros((years, len(SETTINGS), groups, draws), self.counts)
        awaiting = np.zeros((years, groups, draws), self.counts)
        turned, moved = (
            np.zeros((years - 1, *shape), np.int32) for shape in ((len(SETTINGS), draws), (draws,))
        )
        held = self._first()
        for y in range(years):
            if y:
                held = self._year(y, held, ceiling.places[y], self._luck(y), ceiling.of)
                turned[y - 1], moved[y - 1] = held.turned_away, held.moved
            placed[y], awaiting[y] = held.placed, held.awaiting
        return {"placed": placed, "awaiting": awaiting, "turned_away": turned, "moved": moved}


def places_by_option(
    area: Area,
    need: NeedProjection,
    needs: Mapping[str, NeedProjection],
    openings: Mapping[str, Sequence[PlaceChange]],
) -> dict[str, PlacesResult]:
    """Return places under every option; those that leave need as it is share who seeks a place.

    Parameters
    ----------
    area : Area
    need : NeedProjection
        Of the baseline.
    needs : mapping of option to NeedProjection
        Of options that change need.
    openings : mapping of option to sequence of PlaceChange
        Of every option; one that changes neither need nor places has the result of the baseline.
    """
    demand: dict[str, PlaceDemand] = {}
    out: dict[str, PlacesResult] = {}
    for name, opened in openings.items():
        of = name if name in needs else BASELINE
        if of == BASELINE and not opened and BASELINE in out:
            out[name] = out[BASELINE]
            continue
        if of not in demand:
            demand[of] = PlaceDemand(area, needs.get(name, need))
        out[name] = demand[of].within(opened)
    return out


class _Mixes(NamedTuple):
    """What children are placed in and what they seek.

    ``known``, (N, P, S + 1), has the children of the first January by setting, those awaiting last;
    ``sought`` and ``preferred``, (S, G, L) or (S, G, 1), are whole weights; ``source`` says where the
    preferred mix comes from.
    """

    known: np.ndarray
    sought: np.ndarray
    preferred: np.ndarray
    source: str


def _mixes(
    area: Area, needs: list[str], first: np.ndarray, seed: int, mix: str, preferred: pd.DataFrame | None
) -> _Mixes:
    """Return the mixes; `first`, (G, L), are the children of the first January."""
    at = first[:, 0].reshape(len(needs), len(PHASES))
    observed = place_mix.settings_table(area, needs, at)
    nation = area.england()
    national = place_mix.settings_table(nation, needs, place_mix.by_need_and_phase(nation, needs))
    own, england = place_mix.shares(observed, national), place_mix.shares(national, national)
    given, source = _preferred(area, preferred)
    liked = england if given is None else place_mix.preferred_mix(given, needs, england)
    fixed = place_mix.whole_weights(liked[..., None])
    if mix == "preferred":
        return _Mixes(_recorded(observed, own), fixed, fixed, source)
    counts = placement_mix(area).reindex(needs, fill_value=0.0).to_numpy()[:, : len(SETTINGS)]
    counts = counts + prior_by_need(observed, national).sum(axis=1)
    seeking, counted = place_mix.sought(area, observed, national)
    drawn = place_mix.drawn(seeking, counts, counted, seed, area.code, first.shape[-1])
    return _Mixes(_recorded(observed, own), drawn, fixed, source)


def _check(
    years: np.ndarray,
    commissioned: Mapping[str, int],
    place_changes: Sequence[PlaceChange],
    mix: str = "observed",
) -> None:
    """Raise where what was asked lies outside its domain."""
    kinds(mix=(mix, "text"), commissioned=(commissioned, "mapping"))
    if mix not in ("observed", "preferred"):
        raise DomainError(f"mix={mix!r}: observed or preferred.")
    for name in [*commissioned, *(change.setting for change in place_changes)]:
        if name not in CAPPED:
            raise unknown("setting with a ceiling", name, CAPPED)
    for name, number in commissioned.items():
        arguments.amount(f"commissioned[{name!r}]", number, lambda n: n >= 0, "places, 0 or more", 60)
    for change in place_changes:
        if not years[0] < change.year <= years[-1] or change.fill_years < 1:
            raise DomainError(
                f"Places in {change.setting} from {change.year} over {change.fill_years} years: a January from "
                f"{years[0] + 1} to {years[-1]}, filled over 1 year or more."
            )
        if change.setting not in (*LIMITED, *commissioned):
            raise DomainError(f"Places open in {change.setting}, whose places at the start are not given.")
        if change.gbp_per_place is not None and not is_price(change.gbp_per_place):
            allowed = "three numbers over 0 and in order: low, central and high"
            cure = "Write gbp_per_place=(30_000, 35_000, 40_000)."
            raise arguments.refusal("gbp_per_place", change.gbp_per_place, allowed, cure)


def _groups(need: NeedProjection) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return children with a plan by year, need x phase and draw, those in the same group a year on, and the needs.

    Children whose primary need is changed count as new to the group they come into.
    """
    if "ceased" not in need.data:
        raise MissingDataError("The projection has no flows of plans, from which places are filled.")
    plans = need.data["children"].sel(provision="E").transpose("year", "need", "age", "draw")
    some = plans.sel(need=need.data["plan_need"].values).values
    gone = need.data["ceased"].transpose("calendar_year", "plan_need", "age", "draw").values
    if "changed_need" in need.data:
        changed = need.data["changed_need"].transpose("calendar_year", "plan_need", "age", "draw").values
        gone = gone + np.maximum(-changed, 0)
    kept = np.maximum(some[:-1, :, :-1] - gone[:, :, 1:], 0)  # by age at the close, from 1
    held = [n for n in range(some.shape[1]) if some[:, n].any()]
    children, staying = [], []
    for first, last in PHASES.values():
        children.append(some[:, held, first : last + 1].sum(axis=2))
        staying.append(kept[:, held, first:last].sum(axis=2))
    needs = [str(need.data["plan_need"].values[n]) for n in held]
    joined = [np.stack(a, axis=2).reshape(len(a[0]), -1, some.shape[-1]) for a in (children, staying)]
    whole, stay = (a.astype(np.int64) for a in joined)
    return whole, np.minimum(stay, whole[1:]), needs


def _preferred(area: Area, given: pd.DataFrame | None) -> tuple[pd.DataFrame | None, str]:
    """Return the preferred mix as a table, or None for England's, and where it comes from."""
    if given is not None:
        return given, "as given"
    if area.has("placement_mix"):
        meta = area.meta.get("placement_mix")
        return area.table("placement_mix"), f"the pack's ({meta.source})" if meta else "the pack's"
    return None, "England's as observed, which stands in: the pack has no table placement_mix"


def _recorded(observed: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the table with children whose placement is not recorded placed as the others of their group."""
    known = observed[..., :-1]
    whole, total = observed.sum(axis=-1, keepdims=True), known.sum(axis=-1, keepdims=True)
    spread = np.where(total > 0, known / np.where(total > 0, total, 1), 0)
    spread[..., :-1] = np.where(total > 0, spread[..., :-1], own)
    return spread * whole


def _opening(table: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return whole children placed and awaiting at the first January, (S + 1, G, L)."""
    patterns, which = np.unique(first, axis=1, return_inverse=True)
    parts = [place_mix.opening(table, p.reshape(table.shape[:2])) for p in patterns.T]
    cells = np.stack(parts, axis=-1).transpose(2, 0, 1, 3)
    return cells.reshape(cells.shape[0], -1, len(parts))[..., which.ravel()]


def _looking(area: Area, given: float | None, draws: int, seed: int) -> np.ndarray:
    share = np.full(draws, float(given or 0.0))
    if given is None and area.has("service_parameters"):
        share = Parameters(area).draw_or("PLACES", "placement_moved_share", draws, seed, 0.0)
    return np.rint(ONE * share).astype(np.int64)
