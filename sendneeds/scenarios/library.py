"""Options that ship beside those of the chapter, and run when they are named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import MissingDataError, ScenarioError, expect, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.checks import Checked
from sendneeds.scenarios.files import open_scenarios
from sendneeds.scenarios.reform import reform_scenarios
from sendneeds.scenarios.scenario import Scenario, as_things_stand

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

LIBRARY = "library"
"""Folder in a pack's ``scenarios``, and in England's pack, whose files run when named."""


def library_scenarios(area: Area, names: Sequence[str] | None = None) -> list[Scenario]:
    """Return options that ship for an area beside those of its chapter, the baseline first.

    Those of the area's pack (its folder ``scenarios/library``), and the generic ones, which need no service of the
    pack: 40 special places, England's rate of identification, more requests, fewer refused. An option that is named
    may also be one of the chapter's or of the reform's (`reform_scenarios`).

    Parameters
    ----------
    area : Area
    names : sequence of str, optional
        Which of them; all of the library that the area can run where left out.

    Returns
    -------
    list of Scenario

    Raises
    ------
    UnknownNameError
        If a name is of none of them.
    ScenarioError
        If the area lacks what one that is named needs.

    Examples
    --------
    >>> import sendneeds as sn
    >>> luton = sn.open_area("luton")
    >>> [s.name for s in sn.library_scenarios(luton)][:3]
    ['baseline', 'equal-identification', 'fewer-refused']
    >>> [s.name for s in sn.library_scenarios(luton, ["special-places-40", "phase-reviews"])]
    ['baseline', 'special-places-40', 'phase-reviews']
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    kinds(names=(names, "texts or nothing"))
    names = list(() if names is None else names)
    england = shipped("england").folder
    if england is None:
        raise MissingDataError("The pack for England has no folder: install sendneeds again.")
    folders = [england / LIBRARY]
    if area.folder is not None:
        folders.append(Path(area.folder) / "scenarios" / LIBRARY)
    found = {s.name: s for folder in folders if folder.is_dir() for s in open_scenarios(folder)}
    if names and not set(names) <= set(found):
        found |= {s.name: s for s in [*open_scenarios(area), *reform_scenarios(area)]}
    found.pop(BASELINE, None)
    for name in names:
        if name not in found:
            raise unknown("scenario of the library", name, found)
    faults = {name: Checked(area).faults(name, scenario.levers) for name, scenario in found.items()}
    wrong = [fault for name in names for fault in faults[name]]
    if wrong:
        raise ScenarioError(f"The options cannot be run on this area ({area.name})", wrong)
    chosen = names or [name for name in found if not faults[name]]
    return [as_things_stand(), *(found[name] for name in chosen)]
