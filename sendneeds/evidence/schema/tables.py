"""Schemas of the tables of a pack.

The checker, the data dictionary, the JSON schemas and the blank templates are derived from them.
"""

from __future__ import annotations

from sendneeds.evidence.schema.columns import (
    ALL,
    BANDS,
    BUDGETS,
    CALENDAR,
    CENSUS,
    FLOW_AGES,
    PLAN_AGES,
    PUPIL_AGES,
    RANGE,
    YEAR_GROUPS,
    area_column,
    choice_column,
    count_column,
    flag_column,
    number_column,
    range_column,
    text_column,
    year_column,
)
from sendneeds.evidence.schema.complete_rules import population_rule, pupils_rule
from sendneeds.evidence.schema.model_tables import MODEL_TABLES
from sendneeds.evidence.schema.partnership import PARTNERSHIP_TABLES
from sendneeds.evidence.schema.release_tables import RELEASE_TABLES
from sendneeds.evidence.schema.types import Column, Table
from sendneeds.foundation import vocabulary as v
from sendneeds.foundation.placements import PLACEMENTS

_AREA_TABLES = (
    Table(
        "population",
        "Residents by single year of age",
        "how many children live here, and how many will",
        ("area_code", "mid_year", "age", "sex", "variant"),
        (
            area_column(),
            year_column("mid_year", "30 June of the year"),
            Column("age", "age", "Completed years on 30 June", low=0, high=120),
            choice_column("sex", "Sex, where the source gives it", (ALL, "female", "male"), required=False),
            choice_column(
                "variant", "An estimate, or which projection", ("estimate", "principal", "high", "low")
            ),
            count_column("persons", "Residents", "persons", blank=False),
        ),
        shape="stock, 30 June",
        rule=population_rule,
    ),
    Table(
        "pupils",
        "All pupils by age, located by school",
        "how rolls have moved since the last population estimate",
        ("area_code", "census_january", "age"),
        (
            area_column(),
            CENSUS,
            choice_column("age", "Completed years on 31 August before", PUPIL_AGES),
            count_column("pupils", "Pupils in schools located in the area", "pupils", blank=False),
        ),
        shape="stock, January census",
        rule=pupils_rule,
    ),
    Table(
        "ehc_plans",
        "EHC plans maintained",
        "how many children have a plan, by need, age and placement",
        ("area_code", "census_january", "need", "age", "placement"),
        (
            area_column(),
            CENSUS,
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            choice_column("age", "Completed years on 31 August before, or all", PLAN_AGES),
            choice_column("placement", "Placement, or all", (ALL, *PLACEMENTS)),
            count_column("plans", "Plans and, to 2018, statements maintained by the area", "plans"),
            *range_column(),
            flag_column(),
        ),
        values=("plans",),
        ordered=(RANGE,),
        shape="stock, January",
    ),
    Table(
        "ehc_flow",
        "The EHC process: requests, assessments, new and ended plans",
        "how many plans start and end, and how many assessments are requested",
        ("area_code", "calendar_year", "stage", "need", "age", "reason"),
        (
            area_column(),
            CALENDAR,
            choice_column("stage", "Step of the process", tuple(v.EHC_STAGES)),
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            choice_column(
                "age", "Age at the event, or in the January caseload; all for the total", FLOW_AGES
            ),
            choice_column("reason", "Reason why the plan ended, or all", (ALL, *v.CEASED_REASONS)),
            count_column("count", "Children or plans", "children or plans"),
            *range_column(),
            flag_column(),
        ),
        values=("count",),
        ordered=(RANGE,),
        shape="flow, calendar year",
    ),
    Table(
        "ehc_timeliness",
        "Plans issued, and how soon",
        "how many plans are issued within 20 weeks",
        ("area_code", "calendar_year", "exceptions"),
        (
            area_column(),
            CALENDAR,
            choice_column(
                "exceptions",
                "Whether plans with a permitted exception are counted",
                ("excluding", "including"),
            ),
            count_column("issued", "Plans issued", "plans"),
            count_column("within_20_weeks", "Issued within 20 weeks of the request", "plans"),
            count_column("from_20_to_52_weeks", "Issued after 20 and within 52 weeks", "plans"),
            count_column("over_52_weeks", "Issued after 52 weeks", "plans"),
            number_column(
                "mean_weeks", "Mean time to issue, from 2025", "weeks", low=0, blank=True, required=False
            ),
            flag_column(),
        ),
        values=("issued", "within_20_weeks"),
        shape="flow, calendar year",
    ),
    Table(
        "appeals",
        "Appeals to the SEND Tribunal",
        "how many decisions are appealed",
        ("area_code", "calendar_year"),
        (
            area_column(),
            CALENDAR,
            count_column("appeals_registered", "Appeals registered", "appeals"),
            number_column(
                "appealable_decisions",
                "Decisions open to appeal",
                "decisions",
                low=0,
                required=False,
                blank=True,
            ),
            Column("flag", "choice", "State of the figure", allowed=v.FLAGS, required=False),
        ),
        values=("appeals_registered",),
        shape="flow, calendar year",
    ),
    Table(
        "personal_budgets",
        "EHC plans with a personal budget",
        "how many families have a budget",
        ("area_code", "census_january", "budget"),
        (
            area_column(),
            CENSUS,
            choice_column("budget", "What the budget covers; all for plans with a budget", BUDGETS),
            count_column("plans", "Plans", "plans"),
            *range_column(),
            flag_column(),
        ),
        values=("plans",),
        shape="stock, January",
    ),
    Table(
        "sen_pupils",
        "Pupils with SEN by primary need, located by school",
        "the needs of pupils with SEN support and with a plan",
        ("area_code", "census_january", "provision", "need", "year_group"),
        (
            area_column(),
            CENSUS,
            choice_column("provision", "E plan, K SEN support, E+K both together", ("E", "K", "E+K")),
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            choice_column("year_group", "National Curriculum year group, or all", YEAR_GROUPS),
            count_column("pupils", "Pupils in schools located in the area", "pupils"),
            *range_column(),
            flag_column(),
        ),
        values=("pupils",),
        ordered=(RANGE,),
        shape="stock, January census",
    ),
    Table(
        "sen_percent",
        "Share of pupils with SEN",
        "how many pupils have SEN support",
        ("area_code", "census_january", "provision"),
        (
            area_column(),
            CENSUS,
            choice_column("provision", "E plan, K SEN support", ("E", "K")),
            number_column("percent_of_pupils", "Share of all pupils", "per cent", low=0, high=100),
        ),
        shape="stock, January census",
    ),
    Table(
        "sen_support",
        "Published figures of pupils with SEN",
        "how SEN support splits by need in areas without a table of their own, and what came after the tables",
        ("measure", "period"),
        (
            text_column("measure", "What was measured", blank=False),
            Column("period", "month", "Month of the census"),
            number_column("value", "The figure", low=0),
            choice_column(
                "unit",
                "Its unit",
                ("percent of all pupils", "percent of pupils at SEN support", "pupils", "schools"),
            ),
            text_column("source", "Publication", blank=False),
            text_column("caution", "Caution"),
        ),
        shape="as stated in each row",
    ),
)

_NHS_TABLES = (
    Table(
        "nhs_waiting_list",
        "Children waiting for community health services",
        "how long children wait for a first appointment in the surrounding NHS area",
        ("area_code", "month", "service", "stage", "weeks_band"),
        (
            area_column(),
            text_column("area", "The organisation as published", blank=False),
            Column("month", "month", "End of the month"),
            choice_column("service", "Service", tuple(v.SERVICES)),
            choice_column("stage", "What the children wait for", ("first_appointment",)),
            choice_column("weeks_band", "Weeks waited: more than, up to; all for the published total", BANDS),
            count_column("waiting", "Children and young people waiting", "children"),
            *range_column(),
            flag_column(),
        ),
        values=("waiting",),
        ordered=(RANGE,),
        shape="stock, month end",
    ),
    Table(
        "waiting_list",
        "The area's own waiting lists",
        "the opening position of each list",
        ("area_code", "service", "stage", "snapshot", "weeks_band", "priority"),
        (
            area_column(),
            choice_column("service", "Service", tuple(v.SERVICES)),
            choice_column(
                "stage",
                "What the children wait for",
                ("first_appointment", "therapy", "review", "assessment"),
            ),
            Column("snapshot", "date", "The day of the count"),
            choice_column("weeks_band", "Weeks waited: more than, up to; all for the total", BANDS),
            choice_column("priority", "Priority, or all", (ALL, "urgent", "routine"), required=False),
            count_column("waiting", "Children and young people waiting", "children"),
            *range_column(),
            flag_column(),
        ),
        values=("waiting",),
        ordered=(RANGE,),
        shape="stock, snapshot",
    ),
    Table(
        "referrals",
        "Referrals received and accepted",
        "how fast children join each list",
        ("area_code", "service", "month"),
        (
            area_column(),
            choice_column("service", "Service", tuple(v.SERVICES)),
            Column("month", "month", "The month"),
            count_column("referrals", "Referrals received", "referrals"),
            count_column("accepted", "Referrals accepted", "referrals"),
            Column(
                "accepted_at_least",
                "count",
                "Least accepted, where some are not recorded as accepted or not",
                blank=True,
                required=False,
            ),
            Column("accepted_at_most", "count", "Most accepted, likewise", blank=True, required=False),
            flag_column(),
        ),
        values=("referrals",),
        ordered=(("accepted", "referrals"), ("accepted_at_least", "accepted_at_most", "referrals")),
        shape="flow, month",
    ),
)

TABLES: dict[str, Table] = {
    t.name: t for t in (*_AREA_TABLES, *RELEASE_TABLES, *_NHS_TABLES, *PARTNERSHIP_TABLES, *MODEL_TABLES)
}
"""Every table that a pack may hold, by name."""
