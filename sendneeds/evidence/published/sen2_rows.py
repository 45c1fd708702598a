"""Rows of a SEN2 table that are not as expected: totals under another name, rows that occur twice, none at all."""

from __future__ import annotations

import pandas as pd

from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError

UNKNOWN = "?"  # before the words of a breakdown that may be the total
KEYS = ["code", "year", "topic", "label"]
MOST_FAULTS = 5


def total_by_its_words(frame: pd.DataFrame) -> tuple[pd.DataFrame, set[str]]:
    """Return the rows, with a breakdown *All ...* taken for the total where none of its known names is there.

    Parameters
    ----------
    frame : DataFrame
        With the column topic, in which `UNKNOWN` stands before the words of such a breakdown.

    Returns
    -------
    (DataFrame, set of str)
        The rows, and the words taken for the total.

    Examples
    --------
    >>> frame = pd.DataFrame({"topic": ["?All plans", "age"]})
    >>> total_by_its_words(frame)[0]["topic"].tolist(), total_by_its_words(frame)[1]
    (['all', 'age'], {'All plans'})
    """
    labels = sorted(topic[len(UNKNOWN) :] for topic in set(frame["topic"]) if topic.startswith(UNKNOWN))
    if not labels:
        return frame, set()
    if len(labels) == 1 and not (frame["topic"] == "all").any():
        return frame.replace({"topic": {UNKNOWN + labels[0]: "all"}}), set(labels)
    return frame[~frame["topic"].str.startswith(UNKNOWN)].reset_index(drop=True), set()


def once(frame: pd.DataFrame, file: str, detections: list[Detection]) -> pd.DataFrame:
    """Return the rows, each once; rows that occur twice are noted.

    Raises
    ------
    ReleaseError
        Two rows of one area, year and breakdown have other figures.

    Examples
    --------
    >>> rows = pd.DataFrame([["E1", 2025, "all", "All", "7"]] * 2, columns=[*KEYS, "plans"])
    >>> noted = []
    >>> len(once(rows, "caseload.csv", noted)), noted[0].found
    (1, '1 rows occur twice and were read once')
    """
    if not frame.duplicated(KEYS).any():
        return frame
    single = frame.drop_duplicates(ignore_index=True)
    if len(single) < len(frame):
        found = f"{len(frame) - len(single):,} rows occur twice and were read once"
        detections.append(Detection("release_layout", file, found))
    again = single[single.duplicated(KEYS)]
    if again.empty:
        return single
    cure = "Download the release again; if it is so as published, keep the row that is right."
    faults = []
    for row in again.head(MOST_FAULTS).to_dict("records"):
        found = f"two rows of {row['code']} in {row['year']} that differ"
        faults.append(Fault(file, 0, str(row["label"]), found, "one", cure))
    raise ReleaseError(f"{file} cannot be read", faults)


def no_plans(release: str, file: str, found: str) -> ReleaseError:
    """Return the error that a release has no total of plans of any authority."""
    cure = "Download the release again; see whether it was renamed, and tell the maintainers the new name."
    fault = Fault(file, 0, "", found, "the EHC plans of each authority", cure)
    return ReleaseError(f"{release} cannot be read", [fault])
