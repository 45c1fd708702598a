"""Workbooks of community waits in every layout they have had: every organisation by name, never by place."""

import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.published.community_waits import read_community_waits
from sendneeds.foundation.errors import DomainError, ReleaseError, UnknownNameError
from sendneeds.foundation.vocabulary import WEEK_BANDS

SERVICES = (
    *("(A) Audiology", "(A) Therapy interventions: speech and language", "(CYP) Vision screening"),
    *("(CYP) Therapy interventions: Physiotherapy", "(CYP) Therapy interventions: Speech and language"),
)
TITLES = {
    "all": "Total waiting list by service",
    "0-1": "Number waiting 0-1 weeks (0-7 days) by service",
    ">1-2": "Number waiting >1-2 weeks (8-14 days) by service",
    ">2-4": "Number waiting >2-4 weeks (15-28 days) by service",
    ">4-12": "Number waiting >4-12 weeks (29-84 days) by service",
    ">12-18": "Number waiting >12-18 weeks (85-126 days) by service",
    ">18-52": "Number waiting >18-52 weeks (127-364 days) by service",
    ">52": "Number waiting over 52 weeks (over 365 days) by service",
}
PLACES = (
    ("National", "", "England"),
    ("Region", "Y99", "North Shire"),
    ("ICB", "QZ1", "Moor and Fen"),
    ("ICB", "QZ2", "Dale"),
    ("Provider", "RZ1", "Moor Community Trust"),
    ("Provider", "RZ2", "The Dale Group"),
)


def figure(band: int, place: int, service: int):
    """Return a figure that no other cell has; the last provider gives no physiotherapy."""
    return None if (place, service) == (5, 3) else 10_000 * band + 100 * place + service


def workbook(path, layout, *, titled="March 2031", contents="March 2031", bands=TITLES):
    """Write a workbook in the layout of February, June or August 2023."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    left = 1 if layout == "february" else 0
    sheet = book.create_sheet("Contents")
    for row, (band, title) in enumerate(bands.items(), 2 - left):
        name = "Table 4" + ("" if band == "all" else "abcdefg"[list(WEEK_BANDS).index(band)])
        sheet.cell(row, 1 + left, f"{name}: {title.replace('>', '')}, {contents}".removesuffix(", "))
    for number, title in enumerate(bands.values()):
        sheet = book.create_sheet(f"Table 4{' abcdefg'[number].strip()}")
        sheet.cell(1, 1 + left, title if layout == "february" else f"{title}, {titled}")
        sheet.cell(2, 1 + left, "Blanks indicate no organisation submitted for the service line")
        head = 6 if layout == "february" else 5
        words = {"february": [None, None, None], "june": ["Organisation Type", "Organisation Name"]}
        words = words.get(layout, ["Organisation Type", "Organisation Code", "Organisation Name"])
        for column, text in enumerate([*words, *SERVICES], 1):
            sheet.cell(head, column, text)
        before = ""
        for place, (kind, code, name) in enumerate(PLACES):
            if (
                layout == "february"
            ):  # a merged cell has its text in the first row alone, and England's is empty
                kind = {"National": "", "Provider": "Organisation"}.get(kind, kind)
                cells = [None, None if kind == before else kind, name]
                before = kind
            elif layout == "june":
                cells = [kind, name]
            else:
                cells = [kind, code, name if place == 0 else name.upper()]
            blank = "" if layout == "february" else None
            values = [figure(number, place, service) for service in range(len(SERVICES))]
            for column, value in enumerate([*cells, *(blank if v is None else v for v in values)], 1):
                sheet.cell(head + 1 + place, column, value)
    book.save(path)
    return path


def damaged(path):
    """State one cell as the dimension of every sheet, and point each to a drawing that is not there."""
    whole = path.with_name("damaged.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(whole, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                text = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', data.decode())
                data = text.replace("</worksheet>", '<drawing xmlns:r="r" r:id="rId9"/></worksheet>').encode()
            new.writestr(info.filename, data)
    return whole


@pytest.mark.parametrize("layout", ["february", "june", "august"])
def test_every_layout_gives_the_same_lists(tmp_path, layout):
    lists = sn.read_community_lists(workbook(tmp_path / "w.xlsx", layout))
    assert len(lists) == 8 * 6 * 2  # bands, organisations, and the two services of children that are modelled
    assert set(lists["month"]) == {"2031-03"}
    levels = ["country", "region", "icb", "icb", "provider", "provider"]
    places = lists[["level", "code", "organisation"]].drop_duplicates()
    assert places["level"].tolist() == levels
    assert places["organisation"].str.casefold().tolist() == [name.casefold() for _, _, name in PLACES]
    assert places["code"].tolist() == ([code for _, code, _ in PLACES] if layout == "august" else [""] * 6)
    for number, band in enumerate(TITLES):
        for place in range(6):
            found = lists[lists["weeks_band"] == band].iloc[2 * place : 2 * place + 2].set_index("service")
            assert found.loc["SLT", "waiting"] == figure(number, place, 4)
            if place < 5:
                assert found.loc["PT", "waiting"] == figure(number, place, 3)
            else:
                assert pd.isna(found.loc["PT", "waiting"])
                assert found.loc["PT", "flag"] == "unavailable"


def test_a_workbook_with_false_dimensions_and_no_drawing_is_read(tmp_path):
    path = workbook(tmp_path / "w.xlsx", "august")
    assert sn.read_community_lists(damaged(path)).equals(sn.read_community_lists(path))


def test_the_month_is_that_of_the_title_else_of_the_contents_else_the_callers(tmp_path):
    path = workbook(tmp_path / "w.xlsx", "february", contents="")
    with pytest.raises(ReleaseError, match="8 faults") as told:
        sn.read_community_lists(path)
    assert "month='2023-02'" in str(told.value)
    assert set(sn.read_community_lists(path, month="2031-05")["month"]) == {"2031-05"}
    path = workbook(tmp_path / "x.xlsx", "june", contents="April 2031")
    assert set(sn.read_community_lists(path)["month"]) == {"2031-03"}
    with pytest.raises(ReleaseError, match=r"of 2031-03(.|\n)*allowed: lists of 2031-05"):
        sn.read_community_lists(path, month="2031-05")
    with pytest.raises(DomainError, match="a month as YYYY-MM"):
        sn.read_community_lists(path, month="March")


@pytest.mark.parametrize("layout", ["february", "june", "august"])
@pytest.mark.parametrize("name", ["MOOR AND FEN", "NHS Moor and Fen ICB", "moor and fen"])
def test_an_organisation_is_found_however_it_is_written(tmp_path, layout, name):
    path = workbook(tmp_path / "w.xlsx", layout)
    frame = read_community_waits(path, name, "E06000055")[0]["nhs_waiting_list"]
    assert frame["area"].unique().tolist() == [name]
    slt = frame[frame["service"] == "SLT"].set_index("weeks_band")["waiting"]
    assert slt.to_dict() == {band: 10_000 * number + 204 for number, band in enumerate(TITLES)}
    with pytest.raises(UnknownNameError, match=r"(?i)moor and fen"):
        read_community_waits(path, "Moor and Fens", "E06000055")
    if layout == "august":
        by_code = read_community_waits(path, "qz1", "E06000055")[0]["nhs_waiting_list"]
        assert by_code["waiting"].equals(frame["waiting"])


@pytest.mark.parametrize(
    ("file", "month", "total", "long", "longest", "providers"),
    [
        ("2023-04", "2023-02", 65_871, 20_048, 2_342, 80),
        ("2023-08", "2023-06", 72_071, 24_908, 4_109, 81),
        ("2023-10", "2023-08", 61_739, 21_176, 3_458, 84),
    ],
)
def test_the_workbooks_as_published(file, month, total, long, longest, providers):
    folder = os.environ.get("SENDNEEDS_REFERENCE")
    path = Path(folder or "", "published", f"community_health_{file}.xlsx")
    if not folder or not path.is_file():
        pytest.skip("SENDNEEDS_REFERENCE does not name a folder with the published releases")
    lists = sn.read_community_lists(path)
    slt = lists[(lists["service"] == "SLT")]
    assert set(slt["month"]) == {month}
    table = slt.pivot(index=["level", "organisation"], columns="weeks_band", values="waiting")
    assert table.loc[("country", "England"), ["all", ">18-52", ">52"]].tolist() == [total, long, longest]
    assert len(table.loc["region"]) == 7
    assert len(table.loc["icb"]) == 42
    assert table.loc["region"].sum().equals(table.loc["country"].sum())
    given = table.loc["provider"].dropna(subset="all")
    assert len(given) == providers
    assert given["all"].sum() == total
