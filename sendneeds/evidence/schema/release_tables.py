"""Schemas of tables of published releases that describe plans otherwise than by need, age and placement."""

from __future__ import annotations

from sendneeds.evidence.schema.columns import (
    ALL,
    CENSUS,
    RANGE,
    area_column,
    choice_column,
    count_column,
    flag_column,
    range_column,
    year_column,
)
from sendneeds.evidence.schema.types import Table
from sendneeds.foundation import vocabulary as v
from sendneeds.foundation.placements import PHASES

PLACE_SETTINGS = ("resourced", "state_special", "independent")
RESIDENTIAL_WEEKS = (ALL, "38_to_51", "52")

RELEASE_TABLES = (
    Table(
        "ehc_plans_by_group",
        "EHC plans by sex and by ethnic group",
        "whether some groups have plans more often than others",
        ("area_code", "census_january", "characteristic", "group", "need"),
        (
            area_column(),
            CENSUS,
            choice_column("characteristic", "What the groups are of", tuple(v.GROUPS)),
            choice_column(
                "group",
                "Sex, or ethnic group",
                tuple(dict.fromkeys(g for gs in v.GROUPS.values() for g in gs)),
            ),
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            count_column("plans", "Plans maintained by the area", "plans"),
            *range_column(),
            flag_column(),
        ),
        values=("plans",),
        ordered=(RANGE,),
        shape="stock, January",
    ),
    Table(
        "places",
        "Places in special schools, units and resourced provision",
        "how many places there are for children who need one, by phase",
        ("area_code", "academic_year", "setting", "phase", "need"),
        (
            area_column(),
            year_column("academic_year", "Year in which the academic year ends"),
            choice_column("setting", "Setting of the place", PLACE_SETTINGS),
            choice_column("phase", "Phase, or all", (ALL, *PHASES)),
            choice_column("need", "Primary need that the place is for, or all", (ALL, *v.NEEDS)),
            count_column("commissioned", "Places commissioned, or the capacity as published", "places"),
            count_column("occupied", "Pupils on roll in them", "pupils"),
            *range_column(),
            flag_column(),
        ),
        values=("commissioned",),
        ordered=(RANGE,),
        shape="stock, in the summer term of the academic year",
    ),
    Table(
        "residential_places",
        "Plans with a residential placement",
        "how many children and young people live where they learn",
        ("area_code", "census_january", "weeks"),
        (
            area_column(),
            CENSUS,
            choice_column("weeks", "Weeks of residence a year, or all", RESIDENTIAL_WEEKS),
            count_column("plans", "Plans with a residential placement", "plans"),
            *range_column(),
            flag_column(),
        ),
        values=("plans",),
        ordered=(RANGE,),
        shape="stock, January",
    ),
)
