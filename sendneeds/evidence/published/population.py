"""ONS mid-year estimates and subnational projections, with one column or one row per year."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sendneeds.evidence.published.archive import Archive
from sendneeds.evidence.published.layout import OGL, canon
from sendneeds.evidence.published.population_rows import (
    VARIANTS,
    Choice,
    age_label,
    choose_rows,
    choose_totals,
    missing_ages,
    uncovered_bands,
    uneven_ages,
    unknown_labels,
)
from sendneeds.evidence.published.sen2_layout import earlier_codes
from sendneeds.evidence.published.table_text import cut_short, records, text_of, unreadable
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import plain_text, read_symbol
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.arguments import refusal
from sendneeds.foundation.errors import Fault, ReleaseError
from sendneeds.foundation.kinds import kinds

OLDEST = 26
MOST_TITLE = 12  # most rows of titles above the header
CODE = re.compile(r"(areacode|area|ladcode\d*|ladcd|lad\d\dcd|geographycode|code|gsscode|ctycode\d*)")
AGE = ("age", "agegroup", "ageband", "singleyearofage", "cage")
PROJECTED = ("projectedyear", "projectionyear")
"""Columns of the year that figures are of, where another has the year they were made."""
YEAR = ("midyear", "year", "date", "time")
VALUE = ("persons", "value", "obsvalue", "population", "count", "observation")
WIDE = re.compile(r"(?:population|y|mid)?((?:19|20)\d{2})")
PROJECTION = ("snpp", "projection", "component", "variant")


@dataclass
class Found:
    """The rows of an area: figures by year and age, how many were rounded, and what was told on the way."""

    rows: list[list[float]] = field(default_factory=list)
    fractions: int = 0
    unread: int = 0
    told: list[str] = field(default_factory=list)
    variant: str = ""


def read_population(
    path: str | Path, area_code: str, variant: str | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    """Read residents by single year of age from a CSV as the ONS or Nomis publishes it.

    Of several rows for a year and age, that named or coded as the total is taken (both sexes, the count and not the
    percentage); males and females without a total are added.

    Parameters
    ----------
    path : str or Path
        One CSV, or a zip or folder with it: mid-year estimates (``population_2023``), subnational projections
        (``2022``, ``2023`` ...), or a long table with a column for the year.
    area_code : str
    variant : str, optional
        ``estimate``, ``principal``, ``high`` or ``low``; inferred from the file if left out. It chooses among the
        variants of a file that holds several.

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta, list of Finding)
        The table ``population``, ages 0 to 26.

    Raises
    ------
    DomainError
        `variant` is none of these.
    ReleaseError
        No table has the area's residents by single year of age, or more than one figure is left for a year and age.
    """
    kinds(path=(path, "path"), area_code=(area_code, "text"))
    if variant is not None and variant not in VARIANTS:
        raise refusal("variant", variant, ", ".join(VARIANTS), f"Write variant={VARIANTS[1]!r}, for example.")
    archive = Archive(path)
    reasons: list[Fault] = []
    for member in archive.tables():
        data = archive.read(member)
        if fault := unreadable(data, member.name):
            reasons.append(fault)
            continue
        text, odd = text_of(data, member.name)
        found = cut_short(text, member.name) or _read(text, member.name, area_code, variant)
        if isinstance(found, Fault):
            reasons.append(found)
            continue
        guessed = "principal" if _is_projection(member.name, text) else "estimate"
        kind = variant or found.variant or guessed
        odd += [Detection("release_layout", member.name, told) for told in found.told]
        if found.fractions:
            rounded = f"{found.fractions:,} figures were not whole numbers and were rounded"
            odd.append(Detection("release_layout", member.name, rounded))
        if found.unread:
            odd.append(Detection("figures_not_read", member.name, f"{found.unread:,} figures of {area_code}"))
        frame = pd.DataFrame(found.rows, columns=["mid_year", "age", "persons"])
        frame = frame.groupby(["mid_year", "age"], as_index=False)["persons"].sum()
        frame["persons"] = frame["persons"].round().astype("int64")
        frame.insert(0, "area_code", area_code)
        frame.insert(3, "variant", kind)
        source = f"Office for National Statistics, {archive.name}"
        meta = TableMeta(TABLES["population"].title, source, OGL, archive.day, "published", "Age on 30 June.")
        return {"population": frame}, {"population": meta}, [make_finding(s) for s in odd]
    if not reasons:
        reasons = [
            Fault(archive.name, 0, "", "no CSV file", "a CSV as the ONS publishes it", "Check the path.")
        ]
    raise ReleaseError(f"{archive.name} cannot be read", reasons)


def mid_year_of(cell: str) -> int:
    """Return the year of a mid-year period; 0 if it is none, as a financial or academic year.

    Examples
    --------
    >>> [mid_year_of(t) for t in ("2023", "mid-2023", "30/06/2023", "30 June 2023", "2023-06-30", "2023/24", "June")]
    [2023, 2023, 2023, 2023, 2023, 0, 0]
    """
    text = plain_text(cell)
    found = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text)
    if len(set(found)) != 1:
        return 0
    two = re.search(rf"{found[0]} ?[/–-] ?(\d{{2}})(?![\d/-])", text)
    return 0 if two and int(two[1]) == (int(found[0]) + 1) % 100 else int(found[0])


def _is_projection(name: str, text: str) -> bool:
    head = canon(name) + canon(text[:400])
    return any(word in head for word in PROJECTION)


def _read(text: str, file: str, area_code: str, variant: str | None) -> Found | Fault:
    rows = list(records(text, file))
    head = next((i for i, row in enumerate(rows[:MOST_TITLE]) if _age_column(row) is not None), None)
    cure = "Give the CSV with a column for the area's code, one for age, and one per year."
    if head is None:
        return Fault(file, 1, "", "no header with a column for age", "code, age and years", cure)
    width = max(i for i, cell in enumerate(rows[head], 1) if cell.strip())
    names = rows[head][:width]
    header = [canon(cell) for cell in names]
    body = [r[:width] for r in rows[head + 1 :] if len(r) >= width and not any(c.strip() for c in r[width:])]
    codes = [i for i, h in enumerate(header) if CODE.fullmatch(h)]
    wide = {i: int(m[1]) for i, h in enumerate(header) if (m := WIDE.fullmatch(h))}
    years = [i for i, h in enumerate(header) if h in PROJECTED] or [
        i for i, h in enumerate(header) if h in YEAR
    ]
    year = years[0] if years else None
    value = next((i for i, h in enumerate(header) if h in VALUE), None)
    if not codes or not (wide or (year is not None and value is not None)):
        return Fault(file, head + 1, "", ", ".join(names)[:200], "code, age and years", cure)
    wanted = area_code.casefold()
    code = next((i for i in codes if any(r[i].strip().casefold() == wanted for r in body)), codes[0])
    own = [r for r in body if r[code].strip().casefold() == wanted]
    if not own:
        seen = f"no rows of {area_code}"
        if older := sorted({r[code].strip() for r in body} & set(earlier_codes(area_code))):
            seen += f", and rows of {', '.join(older)}, an authority that was reorganised"
            cure = "Give a file by the authorities of today."
        return Fault(file, 0, names[code], seen, "the area's ONS code", cure)
    age = _age_column(names)
    assert age is not None  # the header was found by it
    values = [] if wide else [i for i, h in enumerate(header) if h in VALUE]
    if fault := _differing(own, names, file, age, years, values):
        return fault
    named = f"{header[age]}name" in header
    label_at = header.index(f"{header[age]}name") if named else age
    found = Found()
    if others := [r for r in rows[head + 1 :] if _is_uneven(r, width, wanted)]:
        found.told.append(
            f"{len(others):,} rows of {area_code} have too few or too many cells and were not read"
        )
    once = list(dict.fromkeys(map(tuple, own)))
    if len(once) < len(own):
        found.told.append(f"{len(own) - len(once):,} rows of {area_code} occur twice and were read once")
    chosen = choose_rows(once, header, names, file, variant)
    if isinstance(chosen, Fault):
        return chosen
    found.variant = chosen.variant
    looked_at = {*codes, age, label_at, year, value, *wide, *chosen.known}
    if len({(r[label_at], r[year] if year is not None else "") for r in chosen.rows}) < len(chosen.rows):
        chosen = Choice(choose_totals(chosen.rows, names, looked_at), chosen.parts, chosen.known)
    labels = {r[label_at] for r in chosen.rows}
    coded = not named and header[age] == "cage"
    ages = {label: age_label(label, coded) for label in labels}
    bands = uncovered_bands(labels, {a for a in ages.values() if a is not None})
    if not coded and (unknown := unknown_labels(labels)):
        found.told.append(f"ages not understood: {', '.join(map(repr, unknown[:8]))}")
    young = {a for a in ages.values() if a is not None and a <= OLDEST}
    if gaps := missing_ages(young):
        first = ", ".join(map(str, sorted(young)[:6]))
        seen = f"ages {first}: {', '.join(map(str, gaps[:4]))} and others are not there"
        cure = "Download single years of age: bands named by their first age are not single years."
        return Fault(file, 0, names[age], seen, "ages 0, 1, 2 ...", cure)
    if bands or all(a is None or a > OLDEST for a in ages.values()):
        seen = ", ".join(map(repr, bands[:5])) or "no single years of age"
        cure = "Download single years of age: 'Age 0', 'Age 1' and so on."
        return Fault(
            file, 0, names[age], f"bands of ages: {seen}" if bands else seen, "ages 0, 1, 2 ...", cure
        )
    kept: dict[tuple[int, int], list[float]] = defaultdict(list)
    for row in chosen.rows:
        years_old = ages[row[label_at]]
        if years_old is None or years_old > OLDEST:
            continue
        cells = wide or {value: mid_year_of(row[year])}  # type: ignore[index, dict-item]
        for index, mid_year in cells.items():
            persons = None if "%" in row[index] else read_symbol(row[index]).value
            if persons is None or persons < 0 or not 1990 <= mid_year <= 2100:
                found.unread += 1
                continue
            found.fractions += not float(persons).is_integer()
            kept[mid_year, years_old].append(persons)
    return _checked(kept, chosen, found, file, names, area_code)


def _differing(
    rows: list[list[str]], names: list[str], file: str, age: int, years: list[int], values: list[int]
) -> Fault | None:
    """Return the fault of two columns for one thing that differ: of ages under one heading, of years, or of figures."""
    ages = [i for i, name in enumerate(names) if canon(name) == canon(names[age])]
    dated = [i for i in years if any(mid_year_of(row[i]) for row in rows)]
    for places, what in ((ages, "age"), (dated, "the year"), (values, "figures")):
        read = mid_year_of if places is dated else plain_text
        if any(len({read(row[i]) for i in places}) > 1 for row in rows):
            found = f"the columns {' and '.join(repr(names[i]) for i in places)}, which differ"
            return Fault(file, 0, names[places[0]], found, f"one column of {what}", "Take out the others.")
    return None


def _is_uneven(row: list[str], width: int, wanted: str) -> bool:
    """Return whether a row of an area has other than as many cells as the header."""
    uneven = len(row) < width or any(cell.strip() for cell in row[width:])
    return uneven and wanted in (cell.strip().casefold() for cell in row)


def _checked(
    kept: dict[tuple[int, int], list[float]],
    chosen: Choice,
    found: Found,
    file: str,
    names: list[str],
    area_code: str,
) -> Found | Fault:
    """Return the figures, or the fault that more than one is left for a year and age, or that codes are no ages."""
    if not kept:
        return Fault(
            file, 0, "", f"no figures of {area_code}", "residents by single year of age", "Check the file."
        )
    for (mid_year, years_old), figures in kept.items():
        if len(figures) > chosen.parts:
            differ = [
                name
                for i, name in enumerate(names)
                if i not in chosen.known and len({r[i] for r in chosen.rows}) > 1
            ]
            seen = f"{len(figures)} figures for age {years_old} in {mid_year}"
            seen += f"; columns that differ: {', '.join(differ[:8])}" if differ else ""
            cure = "Keep the rows of one of each: all people, the count, one variant."
            return Fault(file, 0, "", seen, "one figure for a year and age", cure)
    persons = {key: sum(figures) for key, figures in kept.items() if len(figures) == chosen.parts}
    found.unread += len(kept) - len(persons)  # only one sex could be read
    if odd := uneven_ages(persons):
        cure = "Give the file with names of ages (AGE_NAME), or with single years of age."
        return Fault(file, 0, "", odd, "single years of age, not codes of bands", cure)
    found.rows = [[mid_year, years_old, n] for (mid_year, years_old), n in persons.items()]
    return found


def _age_column(row: list[str]) -> int | None:
    return next((i for i, cell in enumerate(row) if canon(cell) in AGE), None)
