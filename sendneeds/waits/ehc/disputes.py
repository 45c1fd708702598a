"""What becomes of refusals and plans that are disputed: mediations, appeals, and decisions that are overturned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.evidence.schema.service_rules import SHARES
from sendneeds.foundation.constants import DAYS_PER_YEAR
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.waits.ehc.published_rates import stage_counts

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

EHC = "EHC"
FIGURES: dict[str, tuple[float, float, float]] = {
    "mediation_weeks": (4.0, 7.0, 12.0),
    "mediation_resolved_share": (0.3, 0.45, 0.6),
    "appeal_registered_weeks": (6.0, 9.0, 13.0),
    "appeal_weeks": (12.0, 26.0, 45.0),
    "appeal_resolved_share": (0.7, 0.85, 0.95),
    "in_time_without_shortage_share": (0.79, 0.95, 0.98),
}
"""Low, central and high where a pack has none of its own under the service ``EHC``. All but the last are illustrative:
no release gives them. The last is what the upper quarter, tenth and twentieth of 149 areas reached in 2024."""
AFTER_ORDER_WEEKS = 11
"""Weeks that the SEND Regulations 2014 (44) allow from an order to make a plan to the final plan."""
LIKE_ENGLAND = 30.0
"""Refusals that England's rate of disputes counts for, beside an area's own."""
MOST_DISPUTED = 0.95
REFUSALS = ("to assess", "to issue")
DISPUTES = ("refusal to assess", "refusal to issue", "content or placement")
STAGES = {
    "to assess": ("requests", "requests_decided_not_to_assess"),
    "to issue": ("assess", "assess_not_issued"),
}


@dataclass(frozen=True)
class Disputes:
    """How refusals of one kind are disputed: ratios to the refusals that stand, which is what is published.

    Parameters
    ----------
    mediated, appealed, both : float
        Refusals with mediation alone, with an appeal alone, and with an appeal after mediation, for each that stands.
    by_mediation, by_appeal : ndarray, (draw,)
        Share of mediations without an appeal, and of appeals, after which the council assesses or issues after all.
    """

    mediated: float
    appealed: float
    both: float
    by_mediation: np.ndarray
    by_appeal: np.ndarray

    def overturned(self) -> np.ndarray:
        """Return decisions overturned for each that stands, (draw,)."""
        return self.mediated * self.by_mediation + (self.appealed + self.both) * self.by_appeal

    def paths(self, overturned: np.ndarray, lane: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return whether each refusal is mediated and whether it is appealed.

        Parameters
        ----------
        overturned : ndarray of bool, (N,)
        lane : ndarray of int, (N,)
        u : ndarray of float, (N,)

        Returns
        -------
        tuple of ndarray of bool
        """
        won, lost = self.by_mediation[lane], self.by_appeal[lane]
        chance = np.where(overturned, won, 1.0 - won), np.where(overturned, lost, 1.0 - lost)
        only, plain, both = self.mediated * chance[0], self.appealed * chance[1], self.both * chance[1]
        disputed = only + plain + both
        at = u * np.where(overturned, disputed, np.maximum(disputed / MOST_DISPUTED, 1.0))
        mediated = (at < only) | ((at >= only + plain) & (at < disputed))
        appealed = (at >= only) & (at < disputed)
        return mediated, appealed


@dataclass(frozen=True)
class Law:
    """Disputes of an area, and the weeks that they take.

    Parameters
    ----------
    refusals : dict of str to Disputes
        By `REFUSALS`.
    weeks : dict of str to ndarray, (draw,)
        Mean weeks from the decision to the end of mediation and to the appeal, and from there to its end.
    content : dict of str to ndarray, (draw,)
        Mediations and appeals about content or placement for each plan in place and year.
    """

    refusals: dict[str, Disputes]
    weeks: dict[str, np.ndarray]
    content: dict[str, np.ndarray]

    def times(self, lane: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return whole weeks to mediation and to the appeal, and of the appeal: from half to half as much again.

        Parameters
        ----------
        lane : ndarray of int, (N,)
        u : ndarray of float, (N,)
        """
        means = (
            self.weeks[name][lane] for name in ("mediation_weeks", "appeal_registered_weeks", "appeal_weeks")
        )
        one, two, three = (np.rint(mean * (0.5 + u)).astype(np.int64) for mean in means)
        return one, two, three


def ehc_figure(area: Area, name: str, draws: int, seed: int) -> np.ndarray:
    """Return draws of a figure of the EHC process: the pack's under the service ``EHC``, else that of `FIGURES`."""
    if area.has("service_parameters"):
        parameters = Parameters(area)
        if parameters.has(EHC, name):
            return parameters.draw(EHC, name, draws, seed)
    out = two_piece_lognormal(*FIGURES[name], standard_normal(seed, (area.code, EHC, name), draws))
    return np.minimum(out, 1.0) if name in SHARES else out


def law(area: Area, year: int, draws: int, seed: int) -> Law:
    """Return how an area's decisions are disputed, from figures to a year.

    Mediations and appeals for each refusal are the area's own, with England's as `LIKE_ENGLAND` more; those about
    content or placement are the appeals registered that are against no refusal, for each plan in place.

    Parameters
    ----------
    area : Area
    year : int
    draws, seed : int

    Returns
    -------
    Law
    """
    england = area.england()
    own, nation = stage_counts(area), stage_counts(england)
    won = {name: ehc_figure(area, f"{name}_resolved_share", draws, seed) for name in ("mediation", "appeal")}
    refusals = {}
    for refusal, (stem, refused) in STAGES.items():
        ratio = {}
        for what in ("mediation", "tribunal", "mediation_tribunal"):
            rate = _latest(nation, f"{stem}_{what}", year) / max(_latest(nation, refused, year), 1.0)
            count, whole = _latest(own, f"{stem}_{what}", year), _latest(own, refused, year)
            ratio[what] = (count + LIKE_ENGLAND * rate) / (whole + LIKE_ENGLAND)
        both = min(ratio["mediation_tribunal"], ratio["mediation"], ratio["tribunal"])
        refusals[refusal] = Disputes(
            ratio["mediation"] - both, ratio["tribunal"] - both, both, won["mediation"], won["appeal"]
        )
    names = ("mediation_weeks", "appeal_registered_weeks", "appeal_weeks")
    weeks = {name: ehc_figure(area, name, draws, seed) for name in names}
    return Law(refusals, weeks, _content(area, england, year, draws, seed))


def _latest(counts: dict[str, dict[int, float]], stage: str, year: int) -> float:
    """Return the count of the latest year to `year`; 0 where there is none."""
    known = {y: n for y, n in counts.get(stage, {}).items() if y <= year}
    return known[max(known)] if known else 0.0


def _content(area: Area, england: Area, year: int, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Return mediations and appeals about content or placement for each plan in place, with their spread."""
    rate, spread = _content_rates(england, year)
    out = {}
    own = _content_counts(area, year) if area.code != ENGLAND else None
    for name, nation in rate.items():
        central = nation
        if own is not None and own.get(name) is not None:
            few = 5.0  # cases that England's rate counts for
            central = (own[name] + few) / (own["plans"] + few / max(nation, 1e-9))
        luck = standard_normal(seed, (area.code, "ehc", f"content {name}"), draws)
        out[name] = central * np.exp(spread * luck)
    return out


def _plans(area: Area) -> dict[int, float]:
    table = area.table("ehc_plans")
    for column in ("age", "need", "placement"):
        if column in table:
            table = table[table[column] == "all"]
    table = table[table["plans"].notna()]
    return {
        int(y): float(n)
        for y, n in zip(table["census_january"].to_list(), table["plans"].to_list(), strict=True)
    }


def _registered(area: Area) -> dict[int, float]:
    if not area.has("appeals"):
        return {}
    table = area.table("appeals")
    table = table[table["appeals_registered"].notna()]
    return {int(r["calendar_year"]): float(r["appeals_registered"]) for r in table.to_dict("records")}


def _content_counts(area: Area, year: int) -> dict[str, float]:
    """Return an area's mediations and appeals about content or placement in its latest year, and its plans then."""
    counts, plans, appeals = stage_counts(area), _plans(area), _registered(area)
    out = {"mediations": _latest(counts, "other_mediation", year)}
    out["plans"] = plans[max(y for y in plans if y <= year + 1)]
    if appeals and "requests_tribunal" in counts:
        last = max((y for y in appeals if y <= year), default=None)
        if last is not None:
            against = sum(_latest(counts, f"{stem}_tribunal", last) for stem, _ in STAGES.values())
            out["appeals"] = max(appeals[last] - against, 0.0)
    return out


def _content_rates(england: Area, year: int) -> tuple[dict[str, float], float]:
    """Return England's rates a plan in place, and the spread of a year's change of appeals a plan."""
    found, plans, appeals = _content_counts(england, year), _plans(england), _registered(england)
    logs = [np.log(appeals[y] / plans[y]) for y in sorted(appeals) if y in plans and y <= year]
    changes = np.diff(logs)
    spread = float(np.sqrt(np.mean(changes**2))) if changes.size else 0.25
    rate = {name: found[name] / found["plans"] for name in ("mediations", "appeals")}
    return rate, spread


def plans_in_place(stock: np.ndarray, years: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return plans in place each week, in a straight line from one January to the next, (week, draw)."""
    at = days.astype("datetime64[D]").astype(float) / DAYS_PER_YEAR + 1970.0
    place = np.clip(at - years[0], 0.0, len(years) - 1.0)
    before = np.minimum(np.floor(place).astype(int), len(years) - 2)
    part = (place - before)[:, None]
    return stock[before] * (1.0 - part) + stock[before + 1] * part
