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
)
from sendneeds.evidence.schema.types import Table
from sendneeds.foundation import vocabulary as v

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
