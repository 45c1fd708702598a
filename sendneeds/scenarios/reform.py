"""Scenarios of the reform of SEND, which ship for England and are scaled to any area."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import MissingDataError, expect
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.scenarios.files import open_scenarios
from sendneeds.scenarios.levers import ExpertsAtHand, Lever, NewPlaces
from sendneeds.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

FOLDER = "reform"
"""Folder of England's pack with the scenario files."""
SCHOOL_AGES = tuple(str(age) for age in range(5, 16))


def reform_scenarios(area: Area) -> list[Scenario]:
    """Return the scenarios of the reform for an area, the baseline without a policy first.

    Plans reviewed at moves between phases (with half and double as bounds), plans for specialist needs only, Experts
    at Hand (with requests as they are, a tenth fewer, a tenth more), and bases in mainstream schools. They ship as
    scenario files of England, dated and with their sources; experts and places are scaled to the area's share of
    England's pupils.

    Parameters
    ----------
    area : Area

    Returns
    -------
    list of Scenario

    Raises
    ------
    MissingDataError
        If no count of the area's pupils is there, published or in its pack.

    Examples
    --------
    >>> import sendneeds as sn
    >>> [s.name for s in sn.reform_scenarios(sn.open_area("bedford"))][:2]
    ['baseline', 'bases-in-mainstream']
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    folder = shipped("england").folder
    if folder is None:
        raise MissingDataError("The pack for England has no folder: install sendneeds again.")
    share = share_of_pupils(area)
    found = open_scenarios(folder / FOLDER)
    return [replace(s, levers=[_scaled(lever, share) for lever in s.levers]) for s in found]


def share_of_pupils(area: Area) -> float:
    """Return an area's share of England's pupils aged 5 to 15 at the latest January published.

    Parameters
    ----------
    area : Area

    Raises
    ------
    MissingDataError
        If neither England's counts by authority nor the area's own pack have the area's pupils.

    Examples
    --------
    >>> import sendneeds as sn
    >>> round(share_of_pupils(sn.open_area("bedford")), 4)
    0.0037
    """
    if area.code == ENGLAND:
        return 1.0
    table = area.england().table("pupils_5_to_15")
    latest = table[table["census_january"] == table["census_january"].max()]
    own = latest[latest["authority_code"] == area.code]
    if len(own):
        return float(own["pupils"].sum() / latest["pupils"].sum())
    if not area.has("pupils"):
        raise MissingDataError(
            f"{area.name}: no count of its pupils is published here, and its pack has no pupils.csv: add it, so that "
            "England's figures can be scaled."
        )
    counts = []
    for source in (area, area.england()):
        pupils = source.table("pupils")
        pupils = pupils[pupils["age"].astype(str).isin(SCHOOL_AGES)]
        counts.append(pupils.groupby("census_january")["pupils"].sum())
    years = counts[0].index.intersection(counts[1].index)
    if not len(years):
        raise MissingDataError(f"{area.name}: pupils.csv has no January that England's counts have.")
    return float(counts[0][years.max()] / counts[1][years.max()])


def _scaled(lever: Lever, share: float) -> Lever:
    """Return a lever of England's at an area's share of it; one that is a rule and no number is as it was."""
    if isinstance(lever, NewPlaces):
        return replace(lever, places=max(round(lever.places * share), 1))
    if isinstance(lever, ExpertsAtHand):
        return replace(lever, wte=lever.wte * share)
    return lever
