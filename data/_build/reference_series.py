"""Reading the reference folder that the record is made from: the development areas, England, SEN support."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sendneeds.need.inputs.area_history import DECIDED
from sendneeds.need.inputs.history import ENGLAND, History, rolled_on
from sendneeds.need.inputs.national import MEASURES, MEDIAN_LATE, NEED_PREFIX, authority_series

RELEASE = "published/education-health-and-care-plans_2025.zip"
WHOLE = ("All requests for EHC needs assessments", "All EHC needs assessments")


def read_flows(release: Path) -> pd.DataFrame:
    """Return requests and assessments of every area in a SEN2 release, indexed by code and year."""
    parts = []
    with zipfile.ZipFile(release) as archive:
        for name in ("requests", "assessments"):
            table = pd.read_csv(archive.open(f"data/{name}.csv"), dtype=str, encoding="utf-8-sig")
            table = table[
                table["breakdown_topic"].isin(WHOLE)
                & table["geographic_level"].isin(["National", "Local authority"])
            ]
            national = table["geographic_level"] == "National"
            table = table.assign(
                code=table["new_la_code"].mask(national, ENGLAND), year=table["time_period"].astype(int)
            )
            wanted = [c for c in table if c.startswith(("requests_", "assess_")) and not c.endswith("_pc")]
            parts.append(table.set_index(["code", "year"])[wanted].apply(pd.to_numeric, errors="coerce"))
    return pd.concat(parts, axis=1)


def pipeline(code: str, flows: pd.DataFrame) -> dict[str, dict[int, float]]:
    """Return requests refused and assessments undecided of one area, the latter rolled on."""
    own = {name: {int(y): float(v) for y, v in flows.loc[code][name].dropna().items()} for name in flows}
    undecided = rolled_on(
        authority_series("assessments_undecided", "undecided").get(code, {}),
        own["requests_received_in_year"],
        [own[name] for name in DECIDED],
        own["requests_withdrawn"],
    )
    return {"refused": own["requests_decided_not_to_assess"], "undecided": undecided}


def read_histories(folder: Path) -> list[History]:
    """Return the histories of the development areas and England (by need from ``figures/``).

    Requests refused and the outcomes of assessments are those of the SEN2 release in ``published/``.
    """
    flows = read_flows(folder / RELEASE)
    table = pd.read_csv(folder / "backtest" / "areas.csv").dropna(subset=["value"])
    needs = pd.concat(
        [
            pd.read_csv(folder / "backtest" / "pupils_by_need.csv"),
            pd.read_csv(folder / "figures" / "ehc_pupils_by_need.csv").query(f"area_code == '{ENGLAND}'"),
        ]
    ).dropna(subset=["pupils"])
    found = []
    for code, rows in table.groupby("area_code"):
        series = {
            MEASURES[str(measure)]: series_of(part, "period", "value")
            for measure, part in rows.groupby("measure")
            if measure in MEASURES
        }
        of_area = needs[needs["area_code"] == code]
        by_need = {
            str(need): series_of(part, "census_january", "pupils") for need, part in of_area.groupby("need")
        }
        series |= pipeline(str(code), flows)
        found.append(History(str(code), pupils_by_need=by_need, **series))
    return found


def read_shares(folder: Path) -> dict[str, dict[int, float]]:
    """Return the percent of pupils on SEN support, by area and year."""
    table = pd.read_csv(folder / "figures" / "sen_percent_of_pupils.csv").query("provision == 'K'")
    return {
        str(code): series_of(part, "census_january", "percent_of_pupils")
        for code, part in table.groupby("area_code")
    }


def series_of(rows: pd.DataFrame, year: str, value: str) -> dict[int, float]:
    """Return {year: value} of the rows of one series."""
    return {int(y): float(v) for y, v in zip(rows[year], rows[value], strict=True)}


def national_table(england: History, areas: Sequence[History]) -> pd.DataFrame:
    """Return England's series and the yearly median lateness of the areas, tidy: year, measure, value."""
    series = {measure: getattr(england, field) for measure, field in MEASURES.items()}
    series |= {NEED_PREFIX + need: counts for need, counts in sorted(england.pupils_by_need.items())}
    medians = {}
    for year in sorted(england.issued):
        late = [share for area in areas if (share := area.late(year)) is not None]
        if len(late) > len(areas) / 2:
            medians[year] = round(float(np.median(late)), 4)
    series[MEDIAN_LATE] = medians
    rows = [(year, name, value) for name, counts in series.items() for year, value in sorted(counts.items())]
    return pd.DataFrame(rows, columns=["year", "measure", "value"])


def text_rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows as text, as a CSV reader would."""
    return [{str(k): str(v) for k, v in row.items()} for row in table.to_dict("records")]
