"""Schemas of the tables that a partnership keeps: outcomes, actions, voice, priorities, groups and staff."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sendneeds.evidence.schema.columns import (
    ALL,
    CENSUS,
    RANGE,
    area_column,
    choice_column,
    count_column,
    flag_column,
    number_column,
    range_column,
    text_column,
    year_column,
)
from sendneeds.evidence.schema.posts import BANDS
from sendneeds.evidence.schema.types import Column, Table, Wrong
from sendneeds.foundation import vocabulary as v

STATUSES = ("", "not_started", "in_progress", "done", "stopped")
"""Status of an action; empty where nobody has recorded one."""
BETTER = ("up", "down")
"""Which way an indicator improves."""


def _role() -> Column:
    return text_column(
        "owner_role", "Role that answers for it, never a name of a person; empty where nobody does"
    )


def confirmed_rule(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield assumptions that were confirmed by nobody on a day, or by somebody on none."""
    for row, (who, day) in enumerate(zip(table["confirmed_by"], table["confirmed_on"], strict=True)):
        by, on = not pd.isna(who) and str(who) != "", not pd.isna(day) and str(day) != ""
        if by != on:
            column = "confirmed_on" if by else "confirmed_by"
            yield Wrong(
                row,
                column,
                "nothing",
                "both or neither",
                "Say who confirmed it and on which day, or neither.",
            )


def _by_when() -> Column:
    return Column("by_when", "date", "Day by which it is to be reached", blank=True)


def _indicator(what: str, blank: bool = False) -> Column:
    return text_column("indicator", what, blank=blank)


ACTIONS = Table(
    "actions",
    "Actions of the plan",
    "what is being done, by whom and by when",
    ("id",),
    (
        text_column("id", "Number of the action in the plan", blank=False),
        text_column("objective", "Objective that it belongs to"),
        text_column("action", "What is to be done", blank=False),
        _role(),
        text_column("delivered_by", "Roles that deliver it", required=False),
        text_column(
            "due", "When it is due: 2027-03-31, 2027-03, or as the plan prints it (Mar-27, Sept - Nov 26)"
        ),
        text_column("success_test", "How success is recognised"),
        _indicator("Indicator that shows whether it helped, a name of indicator_values", blank=True),
        choice_column("status", "Where it stands; empty where nobody has recorded it", STATUSES),
        text_column("progress", "What has been done"),
        text_column("resources", "What it takes, in words"),
        *(
            number_column(f"gbp_{funder}", f"Paid by: {who}", "GBP", low=0, blank=True, required=False)
            for funder, who in v.FUNDERS.items()
        ),
    ),
    shape="one row per action; a plan's date, and whether it is closed, stand in area.toml",
)

PARTNERSHIP_TABLES = (
    Table(
        "outcomes",
        "Outcomes of the strategy",
        "what the partnership wants for children and young people",
        ("outcome",),
        (
            text_column("outcome", "Short name of the outcome", blank=False),
            text_column("statement", "The outcome in a sentence, as the strategy has it", blank=False),
        ),
        shape="one row per outcome",
    ),
    Table(
        "outcome_map",
        "Outcomes, the services that serve them, and the indicators that show it",
        "which outcomes have no indicator",
        ("outcome", "service", "indicator"),
        (
            text_column("outcome", "Outcome, a name of outcomes", blank=False),
            text_column("service", "Service or programme that serves it", blank=False),
            _indicator("Indicator, a name of indicator_values; empty where there is none", blank=True),
        ),
        shape="one row per outcome, service and indicator",
    ),
    Table(
        "targets",
        "Targets of the indicators",
        "which indicators are off target",
        ("indicator",),
        (
            _indicator("Indicator, a name of indicator_values"),
            number_column(
                "target", "Value to reach, in the indicator's unit; empty where none is set", blank=True
            ),
            choice_column("better", "Which way the indicator improves", BETTER),
            _role(),
            _by_when(),
        ),
        shape="one row per indicator",
    ),
    Table(
        "indicator_values",
        "Values of the indicators that a partnership keeps",
        "whether outcomes get better",
        ("indicator", "period"),
        (
            _indicator("Name of the indicator"),
            text_column(
                "period", "Period: 2024, 2023/24, or 2024-03; periods sort in the order of time", blank=False
            ),
            number_column("value", "The value", blank=True),
            number_column("low", "Lower end of an 80 % interval", blank=True, required=False),
            number_column("high", "Upper end of an 80 % interval", blank=True, required=False),
            count_column(
                "number", "People, or events, that the value counts or rests on", "people or events"
            ),
            text_column("unit", "Unit of the value", blank=False),
            text_column("source", "Source", blank=False),
            flag_column(),
        ),
        values=("value",),
        ordered=(("low", "value", "high"),),
        shape="one row per indicator and period",
    ),
    ACTIONS,
    Table(
        "priorities",
        "Focus areas of the partnership",
        "what comes first, and who answers for it",
        ("priority",),
        (
            text_column("priority", "The focus area", blank=False),
            text_column("why", "Why it comes first"),
            _role(),
            _by_when(),
            _indicator("Indicator that shows it, a name of indicator_values", blank=True),
        ),
        shape="one row per focus area, the first first",
    ),
    Table(
        "survey",
        "What children, young people, families and practitioners say, in scores",
        "what families think of the support",
        ("year", "question", "group"),
        (
            year_column("year", "Year of the survey"),
            text_column("question", "Question or outcome asked about", blank=False),
            text_column("group", "Who answered", blank=False),
            count_column("respondents", "People who answered; a mean of fewer than 8 is withheld", "people"),
            number_column("score", "Mean score", blank=True),
            text_column("scale", "The scale, such as 1 to 5"),
            number_column("target", "Score aimed for", blank=True),
            text_column("source", "Source", blank=False),
            flag_column(),
            text_column("note", "Caution", required=False),
        ),
        values=("respondents",),
        shape="one row per year, question and group; a published score whose respondents are not printed has the "
        "flag unavailable",
    ),
    Table(
        "you_said",
        "You said, we did",
        "what was done about what families said",
        ("year", "you_said"),
        (
            year_column("year", "Year in which it was said"),
            text_column("you_said", "What was said", blank=False),
            text_column("we_did", "What was done about it"),
            text_column("changed", "What changed for children and families"),
            text_column("source", "Who said it, and where", blank=False),
        ),
        shape="one row per thing said, the most often said first",
    ),
    Table(
        "unmet_need",
        "Needs seen at panels that could not be met locally",
        "which gaps in provision are known",
        ("panel", "period", "need", "age_band", "not_met"),
        (
            text_column("panel", "Panel at which it was seen", blank=False),
            text_column("period", "Period: 2024, 2023/24, or 2024-03", blank=False),
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            text_column("age_band", "Ages, such as 5-10, or all", blank=False),
            text_column("not_met", "What could not be met locally", blank=False),
            count_column("children", "Children and young people", "children"),
            *range_column(),
            flag_column(),
        ),
        values=("children",),
        ordered=(RANGE,),
        shape="flow, the period",
    ),
    Table(
        "neighbours",
        "Like areas that the partnership compares itself with",
        "how the area compares with areas like it",
        ("authority_code",),
        (
            text_column("authority_code", "ONS code of the authority", blank=False),
            text_column("why", "Why it is like this area, or whose list it is"),
        ),
        shape="one row per authority; replaces those that the chapter works out",
    ),
    Table(
        "authority_figures",
        "Published totals of every authority",
        "which areas are like this one, and how it stands among them",
        ("authority_code",),
        (
            text_column("authority_code", "ONS code of the authority", blank=False),
            CENSUS,
            count_column("plans", "EHC plans maintained that January", "plans", blank=False),
            count_column("requests", "Requests for an assessment in the calendar year before", "requests"),
            count_column("to_assess", "Decisions to assess", "decisions"),
            count_column("not_to_assess", "Decisions not to assess", "decisions"),
            count_column("issued", "Plans issued, leaving out permitted exceptions", "plans"),
            count_column("within_20_weeks", "Of them, within 20 weeks", "plans"),
        ),
        shape="stock, January, and flows of the calendar year before",
    ),
    Table(
        "ethnicity",
        "Pupils identified, by ethnic group or sex",
        "whether some groups are identified more than others",
        ("area_code", "census_january", "provision", "group"),
        (
            area_column(),
            CENSUS,
            choice_column("provision", "E plan, K SEN support, E+K both together", ("E", "K", "E+K")),
            text_column("group", "Ethnic group, or sex", blank=False),
            count_column("identified", "Pupils identified", "pupils"),
            count_column("persons", "All pupils of the group", "pupils"),
            *range_column(),
            flag_column(),
        ),
        values=("identified",),
        ordered=(RANGE,),
        shape="stock, January census",
    ),
    Table(
        "assumptions",
        "Owners of assumptions, and who confirmed them",
        "which assumptions have been confirmed, and by whom",
        ("id",),
        (
            text_column(
                "id", "The id that the register of assumptions gives it: SLT.slots_per_wte_week", blank=False
            ),
            _role(),
            text_column("confirmed_by", "Role that has confirmed it, never a name; empty where nobody has"),
            Column("confirmed_on", "date", "Day on which it was confirmed", blank=True),
            text_column("note", "What was confirmed, and on what evidence"),
        ),
        shape="one row per assumption",
        rule=confirmed_rule,
    ),
    Table(
        "workforce",
        "Staff funded and in post",
        "how many posts are vacant",
        ("area_code", "service", "band", "month"),
        (
            area_column(),
            choice_column("service", "Service", tuple(v.SERVICES)),
            choice_column("band", "Pay band, or all", (ALL, *BANDS)),
            Column("month", "month", "The month, at its end"),
            number_column("funded_wte", "Whole-time equivalents funded", "WTE", low=0),
            number_column("in_post_wte", "Of them in post, without agency staff", "WTE", low=0),
            number_column("agency_wte", "Agency staff", "WTE", low=0, blank=True, required=False),
            number_column("absent_wte", "In post and absent", "WTE", low=0, blank=True, required=False),
        ),
        ordered=(("in_post_wte", "funded_wte"),),
        shape="stock, month end; shown beside the figures that the services are run with, which stand in "
        "service_parameters or posts",
    ),
)
