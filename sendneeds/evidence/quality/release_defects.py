"""What a defect says, and the defects that published releases have as they are read."""

from __future__ import annotations

from typing import NamedTuple

from sendneeds.evidence.types import Severity


class Defect(NamedTuple):
    """A kind of defect: how serious it is, what it means for an answer, what to do."""

    severity: Severity
    meaning: str
    do: str


RELEASE_DEFECTS: dict[str, Defect] = {
    "mean_weeks_contradicted": Defect(
        "caution",
        "The mean time to issue a plan does not fit the plans issued within 20 weeks, to 52 weeks and after.",
        "Quote the plans by weeks; ask the authority how the mean was made.",
    ),
    "age_base_of_2026": Defect(
        "caution",
        "The release counts age at the start of the academic year. It is marked as a break wherever a series by age "
        "goes on from an earlier base.",
        "Do not join its ages to those of an earlier release without saying so.",
    ),
    "release_layout": Defect(
        "info",
        "The release names or writes something in another way than expected; it was read as stated here.",
        "Nothing, unless the reading is wrong.",
    ),
    "column_twice": Defect(
        "caution",
        "Two columns have the same name; the first was read.",
        "Compare the two in the release.",
    ),
    "column_missing": Defect(
        "serious",
        "A column of earlier releases is missing, so its figures are unavailable.",
        "Check whether the release renamed it, and tell the maintainers the new name.",
    ),
    "table_missing": Defect(
        "serious",
        "A table of the release is missing from the archive, so its figures are unavailable.",
        "Download the whole release.",
    ),
    "description_contradicts_content": Defect(
        "caution",
        "The release's guide describes a column differently from its name and figures.",
        "Use the two columns together, or ask the department.",
    ),
    "code_contradicts_name": Defect(
        "caution",
        "A row has the name of one authority and the code of another.",
        "Nothing: the name was used. Tell the publisher.",
    ),
    "release_footnote": Defect(
        "caution",
        "The publisher warns about this area's figures.",
        "Read the footnote before using the figures, and repeat it beside them.",
    ),
    "labels_differ": Defect(
        "info",
        "One thing is spelled in several ways in one release.",
        "Nothing: the spellings were treated as one.",
    ),
    "figures_not_read": Defect(
        "caution",
        "Some cells hold text that is neither a number nor a known symbol; they are treated as unavailable.",
        "Check them in the release.",
    ),
}
