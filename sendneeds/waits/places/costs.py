"""What places cost, who travels to them, how many are out of the area, and what a place avoided saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.kernel.streams import binomial, uniforms
from sendneeds.waits.places.settings import PlaceChange

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area

PRICES = {
    "mainstream": "gbp_per_place_mainstream_top_up",
    "early_years": "gbp_per_place_early_years",
    "college": "gbp_per_place_college",
    "resourced": "gbp_per_place_resourced",
    "state_special": "gbp_per_place_state_special",
    "independent": "gbp_per_place_independent",
    "alternative": "gbp_per_place_alternative",
    "elsewhere": "gbp_per_place_elsewhere",
}
"""The figure of ``PLACES`` that prices a place in each setting; nobody pays for one in the others."""
UNIT_PLACE = 6_000.0
"""GBP a year of place funding of a filled place in resourced provision (DfE, High needs funding: operational guide)."""
STANDS_IN = {"gbp_per_place_resourced": ("gbp_per_place_mainstream_top_up", UNIT_PLACE)}
"""What stands in for a figure that a pack lacks: another one, and GBP a year besides. A resourced place has the top-up
of a mainstream one, and its place funding."""
TRAVEL = ("mainstream", "resourced", "state_special", "independent", "alternative", "college")
AWAY = ("state_special", "independent")
SERVICE = "PLACES"
BUILT = ("state_special", "resourced")
"""Settings whose new places take capital of the area."""
CAPITAL = "gbp_capital_per_place_state_special"
OWN_PRICE = (SERVICE, "new_places", "gbp_per_place")
"""The luck of a price that new places state: that of the key of the lever, so that both cost the same in every draw."""


def read_as(parameters: Parameters, name: str) -> tuple[str, float]:
    """Return the figure of ``PLACES`` that is read for one, its own or what stands in for it, and what is added."""
    return (name, 0.0) if parameters.has(SERVICE, name) else STANDS_IN.get(name, (name, 0.0))


def has_price(parameters: Parameters, setting: str) -> bool:
    """Return whether a pack's figures price a place in a setting, by its own or by what stands in for it."""
    return parameters.has(SERVICE, read_as(parameters, PRICES[setting])[0])


def costs(area: Area, data: xr.Dataset, place_changes: Sequence[PlaceChange], seed: int) -> xr.Dataset:
    """Return what the pack's figures make of placements: costs, journeys, children out of the area.

    A figure that the pack lacks leaves out what rests on it.

    Parameters
    ----------
    area : Area
    data : xarray.Dataset
        With ``placed``.
    place_changes : sequence of PlaceChange
    seed : int

    Returns
    -------
    xarray.Dataset
        ``cost`` (year, costed_setting, draw), ``price`` (costed_setting, draw), ``avoidable_share`` (draw),
        ``capital`` (year, draw), ``transported``, ``transport_cost`` (year, travelling_setting, draw),
        ``out_of_area`` (year, away_setting, draw).
    """
    import xarray as xr

    if not area.has("service_parameters"):
        return xr.Dataset()
    take = _Figures(area, data, seed)
    return xr.Dataset({**take.cost(), **take.capital(place_changes), **take.journeys()})


class _Figures:
    """The pack's figures for one projection of places."""

    def __init__(self, area: Area, data: xr.Dataset, seed: int) -> None:
        self.parameters, self.seed, self.code = Parameters(area), seed, area.code
        self.years, self.draws = data["year"].values, data.sizes["draw"]
        self.by_setting = data["placed"].sum(("need", "phase")).transpose("year", "setting", "draw")

    def placed(self, setting: str) -> np.ndarray:
        return self.by_setting.sel(setting=setting).values.astype(np.int64)

    def figure(self, name: str) -> np.ndarray:
        other, besides = read_as(self.parameters, name)
        return self.parameters.draw(SERVICE, other, self.draws, self.seed) + besides

    def having(self, names: dict[str, str]) -> list[str]:
        has = self.parameters.has
        return [s for s, name in names.items() if has(SERVICE, read_as(self.parameters, name)[0])]

    def array(
        self,
        dims: tuple[str, ...],
        parts: list[np.ndarray],
        words: tuple[str, str, str],
        labels: Sequence[str],
    ) -> xr.DataArray:
        import xarray as xr

        coords: dict[str, Any] = {"year": self.years, "draw": np.arange(self.draws), dims[-2]: list(labels)}
        attrs = dict(zip(("long_name", "units", "kind"), words, strict=True))
        stacked = np.stack(parts, axis=-2)
        return xr.DataArray(stacked, dims=dims, coords={d: coords[d] for d in dims}, attrs=attrs)

    def cost(self) -> dict[str, xr.DataArray]:
        import xarray as xr

        priced = self.having(PRICES)
        if not priced:
            return {}
        prices = [self.figure(PRICES[s]) for s in priced]
        paid = [self.placed(s) * price for s, price in zip(priced, prices, strict=True)]
        words = ("Cost of places a year", "GBP a year", "flow")
        lacking = [s for s in PRICES if s not in priced]
        out = {
            "cost": self.array(("year", "costed_setting", "draw"), paid, words, priced),
            "price": xr.DataArray(
                np.stack(prices),
                dims=("costed_setting", "draw"),
                coords={"costed_setting": priced},
                attrs={
                    "long_name": "Cost of a place a year",
                    "units": "GBP a year",
                    "unpriced": ", ".join(lacking),
                },
            ),
        }
        if self.parameters.has(SERVICE, "avoidable_cost_share"):
            attrs = {"long_name": "Share of the mean cost that a place avoided saves", "units": "share"}
            out["avoidable_share"] = xr.DataArray(
                self.figure("avoidable_cost_share"), dims="draw", attrs=attrs
            )
        return out

    def capital(self, place_changes: Sequence[PlaceChange]) -> dict[str, xr.DataArray]:
        import xarray as xr

        opened = [c for c in place_changes if c.places > 0 and c.setting in BUILT]
        if not self.parameters.has(SERVICE, CAPITAL) and any(c.gbp_per_place is None for c in opened):
            return {}
        paid = np.zeros((len(self.years), self.draws))
        for change in opened:
            paid[self.years == change.year] += change.places * self._price_to_build(change)
        attrs = {
            "long_name": "Capital of new places, at the price of a special place where they state none, in the year "
            "they open",
            "units": "GBP",
            "kind": "flow",
        }
        return {
            "capital": xr.DataArray(paid, dims=("year", "draw"), coords={"year": self.years}, attrs=attrs)
        }

    def _price_to_build(self, change: PlaceChange) -> np.ndarray:
        """Return the capital of a new place, (draw,): its own price on the luck of the lever that opens it."""
        if change.gbp_per_place is None:
            return self.figure(CAPITAL)
        luck = standard_normal(self.seed, (self.code, *OWN_PRICE), self.draws)
        return two_piece_lognormal(*change.gbp_per_place, luck)

    def journeys(self) -> dict[str, xr.DataArray]:
        away = self.having({s: f"out_of_area_{s}_share" for s in AWAY})
        going = self.having({s: f"transported_{s}_share" for s in TRAVEL})
        out, there = {}, {}
        for setting in away:
            share = np.broadcast_to(
                self.figure(f"out_of_area_{setting}_share"), (len(self.years), self.draws)
            )
            there[setting] = self._part(self.placed(setting), share, f"out of area {setting}")
        if away:
            words = ("Children placed out of the area", "children", "stock")
            out["out_of_area"] = self.array(
                ("year", "away_setting", "draw"), list(there.values()), words, away
            )
        if not going or not self.parameters.has(SERVICE, "gbp_per_place_transport"):
            return out
        ratio = self.parameters.draw_or(SERVICE, "out_of_area_transport_ratio", self.draws, self.seed, 1.0)
        near, far = [], []
        for setting in going:
            share = np.broadcast_to(
                self.figure(f"transported_{setting}_share"), (len(self.years), self.draws)
            )
            gone = there.get(setting, np.zeros_like(self.placed(setting)))
            near.append(self._part(self.placed(setting) - gone, share, f"transported {setting}"))
            far.append(self._part(gone, share, f"transported out {setting}"))
        # the figure is the mean over all who are transported, so it is kept as the mean of the first January
        n, f = (np.stack(a).sum(axis=0)[0].astype(float) for a in (near, far))
        price = self.figure("gbp_per_place_transport") * (n + f) / np.maximum(n + f * ratio, 1e-9)
        paid = [(a + b * ratio) * price for a, b in zip(near, far, strict=True)]
        dims = ("year", "travelling_setting", "draw")
        total = [a + b for a, b in zip(near, far, strict=True)]
        out["transported"] = self.array(
            dims, total, ("Children whose transport is paid", "children", "stock"), going
        )
        out["transport_cost"] = self.array(
            dims, paid, ("Cost of transport a year", "GBP a year", "flow"), going
        )
        return out

    def _part(self, count: np.ndarray, share: np.ndarray, purpose: str) -> np.ndarray:
        """Draw a share of children: a larger count has no fewer, on the same luck."""
        luck = uniforms(self.seed, (self.code, "places", purpose), 1, self.draws)
        return binomial(count, share, np.repeat(luck, len(self.years), axis=0)).astype(np.int64)
