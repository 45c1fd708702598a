"""ONS mid-year estimates and subnational projections, with one column or one row per year."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from sendneeds.evidence.published.archive import Archive
from sendneeds.evidence.published.layout import OGL, canon, records, text_of
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.errors import Fault, ReleaseError

OLDEST = 26
MOST_TITLE = 12  # most rows of titles above the header
CODE = re.compile(r"(areacode|area|ladcode\d*|ladcd|lad\d\dcd|geographycode|code|gsscode|ctycode\d*)")
AGE = ("age", "agegroup", "ageband", "singleyearofage", "cage")
SEX = ("sex", "gender")
YEAR = ("midyear", "year", "date", "time")
VALUE = ("persons", "value", "obsvalue", "population", "count", "observation")
WIDE = re.compile(r"(?:population|y|mid)?((?:19|20)\d{2})")
BOTH = ("persons", "all", "total", "both", "allpersons", "3", "p")
PROJECTION = ("snpp", "projection", "component", "variant")


def read_population(
    path: str | Path, area_code: str, variant: str | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    """Read residents by single year of age from a CSV as the ONS publishes it.

    Parameters
    ----------
    path : str or Path
        One CSV, or a zip or folder with it: mid-year estimates (``population_2023``), subnational projections
        (``2022``, ``2023`` ...), or a long table with a column for the year.
    area_code : str
    variant : str, optional
        ``estimate``, ``principal``, ``high`` or ``low``; inferred from the file if left out.

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta, list of Finding)
        The table ``population``, ages 0 to 26.

    Raises
    ------
    ReleaseError
        No table has the area's residents by single year of age.
    """
    archive = Archive(path)
    detections: list[Detection] = []
    reasons: list[Fault] = []
    for member in archive.tables():
        text, odd = text_of(archive.read(member), member.name)
        kind = variant or ("principal" if _is_projection(member.name, text) else "estimate")
        found = _read(text, member.name, area_code)
        if isinstance(found, Fault):
            reasons.append(found)
            continue
        rows, fractions = found
        if fractions:
            rounded = f"{fractions:,} figures were not whole numbers and were rounded"
            odd.append(Detection("release_layout", member.name, rounded))
        frame = pd.DataFrame(rows, columns=["mid_year", "age", "persons"])
        frame = frame.groupby(["mid_year", "age"], as_index=False)["persons"].sum()
        frame["persons"] = frame["persons"].round().astype("int64")
        frame.insert(0, "area_code", area_code)
        frame.insert(3, "variant", kind)
        source = f"Office for National Statistics, {archive.name}"
        meta = TableMeta(TABLES["population"].title, source, OGL, archive.day, "published", "Age on 30 June.")
        return {"population": frame}, {"population": meta}, [make_finding(s) for s in [*detections, *odd]]
    if not reasons:
        reasons = [
            Fault(archive.name, 0, "", "no CSV file", "a CSV as the ONS publishes it", "Check the path.")
        ]
    raise ReleaseError(f"{archive.name} cannot be read", reasons)


def _is_projection(name: str, text: str) -> bool:
    head = canon(name) + canon(text[:400])
    return any(word in head for word in PROJECTION)


def _read(text: str, file: str, area_code: str) -> tuple[list[list[float]], int] | Fault:
    rows = list(records(text, file))
    head = next((i for i, row in enumerate(rows[:MOST_TITLE]) if _age_column(row) is not None), None)
    cure = "Give the CSV with a column for the area's code, one for age, and one per year."
    if head is None:
        return Fault(file, 1, "", "no header with a column for age", "code, age and years", cure)
    header = [canon(cell) for cell in rows[head]]
    age, code = _age_column(rows[head]), next((i for i, h in enumerate(header) if CODE.fullmatch(h)), None)
    sex = next((i for i, h in enumerate(header) if h in SEX), None)
    wide = {i: int(m[1]) for i, h in enumerate(header) if (m := WIDE.fullmatch(h))}
    year = next((i for i, h in enumerate(header) if h in YEAR), None)
    value = next((i for i, h in enumerate(header) if h in VALUE), None)
    if code is None or age is None or not (wide or (year is not None and value is not None)):
        return Fault(file, head + 1, "", ", ".join(rows[head])[:200], "code, age and years", cure)
    own = [r for r in rows[head + 1 :] if len(r) == len(header) and r[code].strip() == area_code]
    if not own:
        return Fault(file, 0, rows[head][code], f"no rows of {area_code}", "the area's ONS code", cure)
    both = sex is not None and any(canon(r[sex]) in BOTH for r in own)
    kept: list[list[float]] = []
    fractions = 0
    for row in own:
        if both and sex is not None and canon(row[sex]) not in BOTH:
            continue
        years_old = _age(row[age])
        if years_old is None or years_old > OLDEST:
            continue
        cells = wide or {value: int(re.sub(r"\D", "", row[year])[:4] or 0)}  # type: ignore[index, dict-item]
        for index, mid_year in cells.items():
            persons = read_symbol(row[index]).value
            if persons is not None and persons >= 0 and 1990 <= mid_year <= 2100:
                fractions += not float(persons).is_integer()
                kept.append([mid_year, years_old, persons])
    if not kept:
        return Fault(file, 0, rows[head][age], "no single years of age", "ages 0, 1, 2 ...", cure)
    return kept, fractions


def _age_column(row: list[str]) -> int | None:
    return next((i for i, cell in enumerate(row) if canon(cell) in AGE), None)


def _age(cell: str) -> int | None:
    """Return a single year of age; None for groups, totals and open ages.

    Examples
    --------
    >>> [_age(t) for t in ("7", "Age 7", "Aged under 1", "90 and over", "All ages", "0-4")]
    [7, 7, 0, None, None, None]
    """
    text = cell.strip().casefold()
    if "under 1" in text:
        return 0
    match = re.fullmatch(r"(?:aged? )?(\d{1,3})(?: years?)?", text)
    return int(match[1]) if match else None
