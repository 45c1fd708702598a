"""School capacity: places in special provision by phase, from rows of authorities or of their schools."""

import pandas as pd
import pytest

from sendneeds.evidence.area import open_area
from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.published.school_capacity import read_school_capacity
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import ReleaseError
from sendneeds.waits.places.limits import commissioned_places

CODE = "E06000055"
PLACE = "time_period,time_identifier,geographic_level,country_code,new_la_code,la_name"
COLUMNS = (
    "primary_resourced_provision_capacity,secondary_resourced_provision_capacity,primary_SEND_unit_capacity,"
    "secondary_SEND_unit_capacity,special_school_places,special_school_pupils_on_roll,school_capacity,special_pc"
)


def row(level, *cells, code=CODE, period="202324"):
    return ",".join([period, "Academic year", level, "E92000001", code, "Bedford", *map(str, cells)])


def places(tmp_path, *rows, columns=COLUMNS, more=""):
    path = tmp_path / "capacity.csv"
    path.write_text("\n".join([f"{PLACE}{more},{columns}", *rows]) + "\n", encoding="utf-8")
    return read_school_capacity(path, CODE)[0]["places"]


def figures(frame):
    return {
        (r["setting"], r["phase"]): None if pd.isna(r["commissioned"]) else r["commissioned"]
        for r in frame.to_dict("records")
    }


def test_an_authoritys_own_row_stands_before_its_schools(tmp_path):
    frame = places(
        tmp_path,
        row("Local authority", 30, 40, 10, 20, 400, 390, 9000, 4.5),
        row("School", 1, 1, 1, 1, 1, 1, 1, 1),
        row("Local authority", 9, 9, 9, 9, 9, 9, 9, 9, code="E06000032"),
    )
    assert figures(frame) == {
        ("resourced", "primary"): 40,
        ("resourced", "secondary"): 60,
        ("state_special", "all"): 400,
    }
    assert frame.set_index("setting").loc["state_special", "occupied"] == 390
    assert set(frame["academic_year"]) == {2024}
    assert read_table(table_text(frame, TABLES["places"]).encode(), TABLES["places"])[1] == []


def test_schools_are_added_up_and_one_without_a_figure_leaves_the_sum_unavailable(tmp_path):
    frame = places(
        tmp_path,
        row("School", 12, "z", 8, "", 100, 95, 300, 1),
        row("School", "z", 15, "z", "x", 60, "x", 500, 1),
    )
    assert figures(frame) == {
        ("resourced", "primary"): 20,
        ("resourced", "secondary"): None,
        ("state_special", "all"): 160,
    }
    assert frame.set_index("phase").loc["secondary", "flag"] == "unavailable"
    assert pd.isna(frame.set_index("setting").loc["state_special", "occupied"])


def test_a_suppressed_school_makes_a_range(tmp_path):
    frame = places(tmp_path, row("School", 12, *[0] * 7), row("School", "c", *[0] * 7))
    found = frame.set_index("phase").loc["primary"]
    assert (found["flag"], found["at_least"], found["at_most"]) == ("suppressed", 13, 16)


def test_only_the_total_over_types_of_school_is_taken(tmp_path):
    total = row("Local authority", "Total", 30, 40, 10, 20, 400, 390, 9000, 4.5)
    academies = row("Local authority", "Academies", 3, 4, 1, 2, 40, 39, 900, 4.5)
    assert figures(places(tmp_path, academies, total, more=",school_type"))["state_special", "all"] == 400


def test_a_file_without_places_of_the_area_is_refused(tmp_path):
    with pytest.raises(ReleaseError, match="resourced_provision_capacity"):
        places(tmp_path, row("Local authority", *[1] * 8, code="E06000032"))
    with pytest.raises(ReleaseError, match="resourced_provision_capacity"):
        places(tmp_path, row("Local authority", 1), columns="school_capacity")


def test_published_places_are_the_ceilings_where_the_pack_names_none(tmp_path):
    bedford = open_area("bedford")  # its tables are changed below
    frame = places(tmp_path, row("Local authority", 30, 40, 10, 20, 400, 390, 9000, 4.5))
    bedford.tables["places"] = frame
    bedford.meta["places"] = TableMeta("", "", "", None, "published")
    assert commissioned_places(bedford) == {"resourced": 100, "state_special": 400}
    parameters = bedford.tables["service_parameters"]
    own = parameters.iloc[:1].assign(
        service="PLACES",
        parameter="commissioned_places_resourced",
        unit="places",
        low=80,
        central=80,
        high=80,
    )
    bedford.tables["service_parameters"] = pd.concat([parameters, own], ignore_index=True)
    assert commissioned_places(bedford) == {"resourced": 80, "state_special": 400}
