"""The register of assumptions of a run, for quality assurance: source, interval, owner, and who confirmed each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sendneeds.foundation.errors import expect, nearest
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.levers.base import keys_of
from sendneeds.scenarios.levers.keys import INTERVALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sendneeds.scenarios.run_result import RunResult

QUALITY = {
    "published": "high",
    "local": "high",
    "scaled": "medium",
    "estimate": "medium",
    "illustrative": "low",
    "method": "medium",
    "scenario": "",
}
"""How good the evidence of each basis is taken to be; that of a scenario is its author's to say."""
OWNERS = {"method": "analyst of the model", "scenario": "author of the scenario"}
"""Roles that answer for assumptions for which a pack names none; a figure has none until the pack names one."""
REGISTER = [
    *("id", "area_of_work", "assumption", "used_for", "low", "central", "high", "unit", "basis", "quality"),
    *("source", "owner_role", "confirmed_by", "confirmed_on", "note"),
]
COLUMNS_OF_A_PACK = ("owner_role", "confirmed_by", "confirmed_on", "note")
LONGEST_ID = 8
"""Words of an assumption in prose that make its id."""


@dataclass(frozen=True, repr=False, eq=False)
class AssumptionsRegister(TableResult):
    """Every assumption of a run, under the headings that the Aqua Book asks for.

    Parameters
    ----------
    entries : pandas.DataFrame
        A row an assumption: ``id``; ``area_of_work`` (need, services, places, options); ``assumption`` in words;
        ``used_for``; low, central and high with their unit, where it is a figure; ``basis`` and ``quality`` of the
        evidence (high, medium, low); ``source``; ``owner_role``; ``confirmed_by`` (a role) and ``confirmed_on``.
    area_name : str
    notes : tuple of str
        Rows of the pack's ``assumptions.csv`` that name nothing this run assumes.
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.assumptions(sn.run(sn.open_area("bedford"), [], draws=4, to=2026))
    >>> found.entries.loc[found.entries["id"] == "SLT.slots_per_wte_week", "quality"].tolist()
    ['low']
    """

    title = "Assumptions"
    what: ClassVar = {"entries": "An assumption"}

    entries: pd.DataFrame
    area_name: str
    notes: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def unconfirmed(self) -> pd.DataFrame:
        """Assumptions that nobody has confirmed, those of low quality first."""
        order = {"low": 0, "medium": 1, "": 2, "high": 3}
        rows = self.entries[self.entries["confirmed_by"] == ""]
        return rows.iloc[np.argsort([order[q] for q in rows["quality"]], kind="stable")].reset_index(
            drop=True
        )

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return how many assumptions there are by area of work and quality, and how many are confirmed.

        Parameters
        ----------
        name : str, optional
            ``entries`` to have it whole instead.

        Returns
        -------
        pandas.DataFrame
            Columns area_of_work, quality, assumptions and confirmed.

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.assumptions(sn.run(sn.open_area("bedford"), [], draws=4, to=2026))
        >>> int(found.summary()["confirmed"].sum())
        0
        """
        if name is not None:
            return self[name].copy()
        table = self.entries.assign(confirmed=self.entries["confirmed_by"] != "")
        grouped = table.groupby(["area_of_work", "quality"], sort=False)
        return grouped.agg(assumptions=("id", "size"), confirmed=("confirmed", "sum")).reset_index()

    def _heading(self) -> str:
        confirmed = int((self.entries["confirmed_by"] != "").sum())
        return f"Assumptions, {self.area_name}: {len(self.entries)}, of which {confirmed} confirmed"

    def _notes(self) -> list[str]:
        return list(self.notes)


def assumptions(result: RunResult) -> AssumptionsRegister:
    """Return every assumption of a run, with its source, interval, owner, and who confirmed it and when.

    A pack names an owner or confirms an assumption in its table ``assumptions``, by the id that the register gives it:
    ``SLT.slots_per_wte_week`` for a figure, the first words for one in prose.

    Parameters
    ----------
    result : RunResult

    Returns
    -------
    AssumptionsRegister
        ``found.entries.to_csv("assumptions.csv", index=False)`` exports it.

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.assumptions(sn.run(sn.open_area("bedford"), [], draws=4, to=2026))
    >>> sorted(found.entries["area_of_work"].unique())
    ['need', 'places', 'services']
    """
    import pandas as pd

    expect(result, "RunResult", "result", "run the options first, result = sn.run(area)")
    rows: dict[str, dict[str, Any]] = {}
    for row in (*_figures(result), *_prose(result), *_levers(result)):
        alike = sum(id.partition("#")[0] == row["id"] for id in rows)
        row["id"] += f"#{alike + 1}" if alike else ""  # two sentences may begin alike
        rows[row["id"]] = row
    for row in rows.values():
        row["quality"] = QUALITY[row["basis"]]
        row["owner_role"] = OWNERS.get(row["basis"], "")
    notes = []
    if result.area.has("assumptions"):
        for given in result.area.table("assumptions").to_dict("records"):
            id = str(given["id"])
            if id not in rows:
                close = nearest(id, rows)
                hint = f" Did you mean {' or '.join(close)}?" if close else ""
                notes.append(f"assumptions.csv names {id}, which this run does not assume.{hint}")
                continue
            told = {name: given[name] for name in COLUMNS_OF_A_PACK if name in given}
            rows[id] |= {name: str(value)[:10] if name == "confirmed_on" else str(value) for name, value in told.items()
                         if not pd.isna(value) and str(value)}  # fmt: skip
    table = pd.DataFrame([dict.fromkeys(REGISTER, "") | row for row in rows.values()], columns=REGISTER)
    numbers = ["low", "central", "high"]
    table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce")
    return AssumptionsRegister(table, result.area.name, tuple(notes), result.provenance)


def _row(id: str, work: str, text: str, basis: str, source: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "area_of_work": work, "assumption": text, "basis": basis, "source": source, **more}


def _figures(result: RunResult) -> Iterator[dict[str, Any]]:
    """Yield a row a figure of service_parameters.csv that the run has used, and those of places."""
    used = result.parameters.to_dict("records")
    known = {(str(figure["service"]), str(figure["parameter"])) for figure in used}
    if result.places and result.area.has("service_parameters"):
        table = result.area.table("service_parameters")
        of_places = table[table["service"] == "PLACES"].to_dict("records")
        used += [figure for figure in of_places if ("PLACES", str(figure["parameter"])) not in known]
    for figure in used:
        service, name = str(figure["service"]), str(figure["parameter"])
        places = service == "PLACES"
        words = f"{SERVICES.get(service, 'every service' if service == 'all' else service)}: {name.replace('_', ' ')}"
        note = figure.get("note")
        yield _row(
            f"{service}.{name}", "places" if places else "services", words, str(figure["basis"]), str(figure["source"]),
            used_for="places and their cost" if service == "PLACES" else "lists, the EHC clock and cost",
            low=figure["low"], central=figure["central"], high=figure["high"], unit=str(figure["unit"]),
            note="" if note is None or note != note else str(note),
        )  # fmt: skip


def _prose(result: RunResult) -> Iterator[dict[str, Any]]:
    """Yield a row an assumption that is told in words: of the projection, and of the services."""
    for text in result.need.provenance.get("assumptions", []):
        yield _row(
            f"need.{slug(text)}",
            "need",
            text,
            "method",
            "the projection",
            used_for="children by need and age",
        )
    waits = {} if result.waits is None else result.waits.provenance
    for text in waits.get("waits", []):
        yield _row(f"services.{slug(text)}", "services", text, "method", "the simulation", used_for="lists")


def _levers(result: RunResult) -> Iterator[dict[str, Any]]:
    """Yield a row a figure of a lever that has an interval, or is a share or number that an option rests on."""
    for scenario in result.scenarios:
        for number, lever in enumerate(scenario.levers, 1):
            for name, argument in keys_of(type(lever)).items():
                key, value = argument.metadata["key"], getattr(lever, name)
                if value is None or key.kind not in (*INTERVALS, "share", "number", "count"):
                    continue
                low, central, high = value if key.kind in INTERVALS else (value,) * 3
                where = " ".join(part for part in (lever.kind, getattr(lever, "service", None)) if part)
                yield _row(
                    f"{scenario.name}.{number}.{name}", "options", f"{scenario.title}: {where}, {key.what}", "scenario",
                    lever.file or "made in Python", used_for=f"the option {scenario.name}", low=low, central=central,
                    high=high, note=scenario.note,
                )  # fmt: skip


def slug(text: str) -> str:
    """Return the first words of a sentence as an id.

    Examples
    --------
    >>> slug("Age at 31 August is taken from mid-year by five parts.")
    'age-at-31-august-is-taken-from-mid-year'
    """
    return "-".join(re.findall(r"[a-z0-9]+(?:-[a-z]+)?", text.lower())[:LONGEST_ID])
