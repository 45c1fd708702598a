"""Plans by sex and by ethnic group, from the caseload and the needs of a SEN2 release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sendneeds.evidence.published.layout import canon
from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.vocabulary import GROUPS, NEEDS

if TYPE_CHECKING:
    import pandas as pd

ALIASES = {"notknown": "unknown", "notrecorded": "unknown", "girls": "female", "boys": "male"}
WORDS = {name: {canon(group): group for group in groups} for name, groups in GROUPS.items()}


def group_word(characteristic: str, label: str) -> str | None:
    """Return a group in the form of a pack; None if the label is not one.

    Examples
    --------
    >>> group_word("sex", "Female"), group_word("ethnic_group", "Asian - Indian"), group_word("sex", "Total")
    ('female', 'Asian - Indian', None)
    """
    text = canon(label)
    return WORDS[characteristic].get(ALIASES.get(text, text) if characteristic == "sex" else text)


def group_rows(
    caseload: pd.DataFrame, needs: pd.DataFrame, code: str, detections: list[Detection]
) -> list[list[Any]]:
    """Return rows of area, January, characteristic, group, need and the count as published.

    Parameters
    ----------
    caseload, needs : DataFrame
        One area's rows, as `sen2.read_release` returns them.
    code : str
    detections : list of Detection
        Labels that are no group are appended.
    """
    rows: list[list[Any]] = []
    held = [need for need in NEEDS if need in needs]
    for where, table, columns in (
        ("caseload", caseload, {"all": "plans"}),
        ("needs", needs, dict(zip(held, held, strict=True))),
    ):
        lost: list[str] = []
        for row in table[table["topic"].isin(list(GROUPS))].to_dict("records"):
            group = group_word(row["topic"], row["label"])
            if group is None:
                lost.append(row["label"])
                continue
            rows += [
                [code, row["year"], row["topic"], group, need, row[column]]
                for need, column in columns.items()
            ]
        if lost:
            unknown = ", ".join(map(repr, dict.fromkeys(lost)))
            detections.append(Detection("figures_not_read", where, f"unknown groups: {unknown}"))
    order = {group: at for groups in GROUPS.values() for at, group in enumerate(groups)}
    names = list(GROUPS)
    rows.sort(key=lambda r: (names.index(r[2]), r[4] != "all", r[4], r[1], order[r[3]]))
    return rows
