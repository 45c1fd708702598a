"""Which rows of a population download are the total: both sexes, the count, one variant, single years of age."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sendneeds.evidence.published.layout import canon
from sendneeds.evidence.symbols import plain_text
from sendneeds.foundation.errors import Fault

Row = Sequence[str]

SEX = ("sexname", "gendername", "sex", "gender", "csexname", "csex")
"""Columns of sex, the first that is there taken before those under longer headings, as the census has them."""
OF_SEX = re.compile(r"c?(sex(?!ualorientation)|gender(?!identity))")
MALE, FEMALE = ("male", "males", "m", "men", "boys"), ("female", "females", "f", "women", "girls")
ONE_SEX = tuple(word for word in (*MALE, *FEMALE) if len(word) > 1)
PERSONS = (
    *(
        "persons",
        "person",
        "people",
        "all",
        "total",
        "both",
        "bothsexes",
        "allpersons",
        "allpeople",
        "p",
        "t",
    ),
    *("malesandfemales", "totalpersons", "totalpopulation"),
)
SEX_CODES = {("1", "2"): ("0", "3", "4"), ("5", "6"): ("7",)}
"""Codes of males and females -> codes that a total has beside them (Nomis GENDER 0, SEX 7)."""
MEASURE = ("measuresname", "measurename", "measures", "measure", "unit", "unitofmeasure")
COUNTS = ("value", "20100", "count", "number", "persons", "population", "estimate")
NO_COUNT = re.compile(r"per ?cent|%|20301|thousand|\brate\b|per 1,?000|proportion", re.IGNORECASE)
COMPONENT = ("component", "componentname", "componentofchange")
VARIANTS = ("estimate", "principal", "high", "low")
POWER = ("unitmult", "unitmultiplier")
"""Columns of the power of ten by which figures are multiplied."""
GROUPS = re.compile(
    r"c?(eth|religion|countryofbirth|cob$|nationalit|disab|tenure|marital|legalpartnership|economicactivity|generalhealth"
    r"|mainlanguage|sexualorientation|genderidentity)"
)
"""Columns of groups of people: where one has a single label, it has to be everybody."""
POPULATION = ("population", "totalpopulation", "persons", "total", "all")
TOTAL = re.compile(r"total(s|:? .*)?|all( .*)?|both sexes", re.IGNORECASE)
VARIANT = ("variantname", "variant", "projectiontype", "projection", "scenario", "projectionname")
EVEN = 2.5  # most by which the residents of two neighbouring ages under 16 differ, as a ratio
FEW = 200  # in an area with fewer at an age, ratios say little
SCHOOL = 16
YOUNG = 25
NOTE = re.compile(r"\[(note )?\w{1,3}\]")
GROUPED = re.compile(
    r"^$|total|\ball\b|median|mean|\+|plus|over|above|older|under|below|less|<|>|\d ?(-|–|to) ?\d",
    re.IGNORECASE,
)
"""Labels of totals, open ages and bands."""
FIRST_CODE = 101  # Nomis C_AGE: 101 is age 0


@dataclass(frozen=True)
class Choice:
    """The rows chosen, how many of them make up a figure (2 where sexes are added), and the columns looked at."""

    rows: list[Row]
    parts: int
    known: frozenset[int]
    variant: str = ""


def choose_rows(
    rows: Sequence[Row], header: list[str], names: list[str], file: str, variant: str | None
) -> Choice | Fault:
    """Return the rows of the total, or the fault that it cannot be told which they are.

    Parameters
    ----------
    rows : sequence of sequence of str
        Of one area.
    header, names : list of str
        The heading, in the form of `canon` and as it stands.
    file : str
    variant : str or None
        Variant wanted.

    Examples
    --------
    >>> rows = [("0", "2000"), ("1", "1020"), ("2", "980")]
    >>> choose_rows(rows, ["gender", "obsvalue"], ["GENDER", "OBS_VALUE"], "p.csv", None).rows
    [('0', '2000')]
    """
    kept = list(rows)
    known: set[int] = set()
    for group, wanted in (
        (MEASURE, COUNTS),
        (COMPONENT, POPULATION),
        (VARIANT, (canon(variant),) if variant else ()),
    ):
        index = next((header.index(h) for h in group if h in header), None)
        if index is None:
            continue
        known.add(index)
        labels = list(dict.fromkeys(row[index].strip() for row in kept))
        matching = [
            label for label in labels if any(w in (canon(label), canon(label)[: len(w)]) for w in wanted)
        ]
        exact = [label for label in labels if canon(label) in wanted]
        best = exact or matching
        if len(labels) > 1 and len(best) != 1:
            cure = f"Keep the rows of one of them in {names[index]}."
            found = f"several: {', '.join(map(repr, labels[:6]))}"
            return Fault(file, 0, names[index], found, "one, or one named as the total", cure)
        if len(labels) > 1:
            kept = [row for row in kept if row[index].strip() == best[0]]
        elif labels and group is MEASURE and NO_COUNT.search(labels[0]):
            cure = "Download the counts."
            return Fault(file, 0, names[index], labels[0], "counts of residents", cure)
        elif labels and labels[0] and group is COMPONENT and not best:
            cure = "Give the rows of the population itself."
            return Fault(file, 0, names[index], f"only {labels[0]!r}", "residents", cure)
    if fault := _of_some(kept, header, names, file):
        return fault
    held = _variant(kept, header)
    if variant and held and held != variant:
        cure = f"Ask for variant={held!r}, or give the file of the other."
        return Fault(file, 0, "", f"figures of the variant {held!r}", f"those of {variant!r}, as asked", cure)
    places = [header.index(h) for h in SEX if h in header]
    places += [i for i, h in enumerate(header) if OF_SEX.match(h) and i not in places]
    known |= set(places)
    if not places:
        return Choice(kept, 1, frozenset(known), held)
    chosen = _both_sexes(kept, places[0], names[places[0]], file, frozenset(known))
    return chosen if isinstance(chosen, Fault) else replace(chosen, variant=held)


def _of_some(rows: Sequence[Row], header: list[str], names: list[str], file: str) -> Fault | None:
    """Return the fault of figures of one group of people, or in thousands, which a column says once for all rows."""
    for index, name in enumerate(header):
        labels = {row[index].strip() for row in rows} - {""}
        if len(labels) != 1 or f"{name}name" in header:
            continue
        (label,) = labels
        if name in POWER and not re.fullmatch(r"0+(\.0*)?", label):
            found, cure = f"figures to be multiplied by 10 to the power {label}", "Download the counts."
            return Fault(file, 0, names[index], found, "counts of residents", cure)
        everybody = TOTAL.fullmatch(plain_text(label)) or canon(label) in PERSONS or label == "0"
        if canon(label) in ONE_SEX or (GROUPS.match(name) and not everybody):
            return Fault(
                file, 0, names[index], f"only {label!r}", "all people", "Give the rows of all people."
            )
    return None


def _variant(rows: Sequence[Row], header: list[str]) -> str:
    """Return the variant that the rows say they are of; empty where they say none that is known."""
    places = [header.index(h) for h in VARIANT if h in header]
    said = {canon(row[index]) for index in places for row in rows}
    return next((one for one in VARIANTS for label in said if label.startswith(one)), "")


def choose_totals(rows: list[Row], names: list[str], looked_at: Collection[int | None]) -> list[Row]:
    """Return the rows that are named as the total in every column, not looked at, in which one label says so.

    Parameters
    ----------
    rows : list of sequence of str
    names : list of str
    looked_at : collection of int
        Columns of the area, age, year, figures, and those that `choose_rows` has chosen by.

    Examples
    --------
    >>> choose_totals([("Total", "0"), ("White", "0")], ["ETHNIC_GROUP", "AGE"], {1})
    [('Total', '0')]
    """
    for index in range(len(names)):
        labels = {row[index].strip() for row in rows}
        totals = {label for label in labels if TOTAL.fullmatch(plain_text(label))}
        if index not in looked_at and len(labels) > 1 and len(totals) == 1:
            rows = [row for row in rows if row[index].strip() in totals]
    return rows


def _both_sexes(rows: list[Row], index: int, name: str, file: str, known: frozenset[int]) -> Choice | Fault:
    labels = {canon(row[index]) for row in rows}
    totals = labels & set(PERSONS)
    if labels == {"0", "1"}:  # a total and males, or males and females: codes differ
        found, cure = "codes 0 and 1", "Give the file with names of sexes, or the rows of all people."
        return Fault(file, 0, name, found, "a total of both sexes, or males and females", cure)
    male, female = labels & set(MALE), labels & set(FEMALE)
    for (one, two), codes in SEX_CODES.items():
        if labels <= {one, two, *codes}:
            totals = labels & set(codes)
            male, female = labels & {one}, labels & {two}
    if len(totals) == 1:
        return Choice([row for row in rows if canon(row[index]) in totals], 1, known)
    if not totals and len(male) == len(female) == 1 and labels == male | female:
        return Choice(rows, 2, known)
    found = ", ".join(sorted({repr(row[index].strip()) for row in rows})[:6])
    cure = "Keep the rows of all people, or those of males and of females."
    return Fault(file, 0, name, found, "a total of both sexes, or males and females", cure)


def age_label(cell: str, coded: bool = False) -> int | None:
    """Return a single year of age; None for bands, totals and open ages.

    Parameters
    ----------
    cell : str
    coded : bool
        Whether ages are the codes of Nomis (``C_AGE``), where 101 is age 0.

    Examples
    --------
    >>> [age_label(t) for t in ("7", "Age 7", "Aged under 1", "Aged under 16", "90 and over", "All ages", "0-4")]
    [7, 7, 0, None, None, None, None]
    >>> age_label("108", coded=True), age_label("8", coded=True)
    (7, None)
    """
    text = NOTE.sub("", plain_text(cell).casefold()).strip()
    if re.fullmatch(r"(aged? )?(under|less than|<) ?1( year)?( old)?", text):
        return 0
    match = re.fullmatch(r"(?:aged? )?(\d{1,3})(?:\.0+)?(?: ?y(?:ea)?rs?)?(?: old| of age)?", text)
    if not match:
        return None
    return int(match[1]) if not coded else int(match[1]) - FIRST_CODE if int(match[1]) >= FIRST_CODE else None


def unknown_labels(labels: Collection[str]) -> list[str]:
    """Return the labels that are no single age and neither a total, an open age nor a band.

    Examples
    --------
    >>> unknown_labels(["7", "Age 0 - 4", "90+", "All ages", "Aged under 16", "Reception"])
    ['Reception']
    """
    return sorted(
        label for label in labels if age_label(label) is None and not GROUPED.search(plain_text(label))
    )


def uncovered_bands(labels: Collection[str], singles: Collection[int]) -> list[str]:
    """Return the labels of bands of ages whose single years are not all there.

    Examples
    --------
    >>> uncovered_bands(["Aged 1 - 4 years", "Aged 2 to 3", "90 and over"], {2, 3})
    ['Aged 1 - 4 years']
    """
    found = []
    for label in sorted(labels):
        match = re.search(r"(\d{1,3}) ?(?:-|–|to) ?(\d{1,3})", label)
        if match and int(match[1]) <= YOUNG:
            ages = range(int(match[1]), min(int(match[2]), YOUNG) + 1)
            found += [label] if any(age not in singles for age in ages) else []
    return found


def missing_ages(singles: Collection[int]) -> list[int]:
    """Return the ages missing between the first and the last: bands that are named by their first age leave gaps.

    Examples
    --------
    >>> missing_ages({0, 5, 10})[:5], missing_ages({0, 1, 2})
    ([1, 2, 3, 4, 6], [])
    """
    found = set(singles)
    return [age for age in range(min(found), max(found)) if age not in found] if found else []


def uneven_ages(persons: Mapping[tuple[int, int], float]) -> str:
    """Return what is wrong where neighbouring ages under 16 differ as bands or totals do; else an empty text.

    Examples
    --------
    >>> uneven_ages({(2023, 1): 2100.0, (2023, 2): 8700.0})
    '2,100 at age 1 and 8,700 at age 2 in 2023'
    >>> uneven_ages({(2023, 1): 2100.0, (2023, 2): 2250.0})
    ''
    """
    for (year, age), (next_year, next_age) in pairwise(sorted(persons)):
        if year != next_year or next_age != age + 1 or next_age >= SCHOOL:
            continue
        one, other = persons[year, age], persons[year, next_age]
        low, high = sorted((one, other))
        if high >= FEW and high > EVEN * low:
            return f"{one:,.0f} at age {age} and {other:,.0f} at age {next_age} in {year}"
    return ""
