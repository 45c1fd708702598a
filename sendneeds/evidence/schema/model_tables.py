"""Schemas of the tables that models use, and of their track record."""

from __future__ import annotations

from sendneeds.evidence.schema.columns import (
    AGE_WORDS,
    ALL,
    BRIDGE_MEASURES,
    CALENDAR,
    CENSUS,
    PHASE_WORDS,
    SERVICE_WORDS,
    SPREAD,
    area_column,
    basis_column,
    choice_column,
    count_column,
    interval_column,
    number_column,
    text_column,
    year_column,
)
from sendneeds.evidence.schema.posts import POSTS
from sendneeds.evidence.schema.service_rules import service_rule
from sendneeds.evidence.schema.types import Column, Table
from sendneeds.foundation import vocabulary as v
from sendneeds.foundation.placements import SETTINGS


def _constants(name: str, title: str, purpose: str, how: str) -> Table:
    """Return a table of fitted constants; its column `how` says how each was fitted."""
    return Table(
        name,
        title,
        purpose,
        ("name",),
        (
            text_column("name", "Name of the constant", blank=False),
            number_column("value", "The constant"),
            text_column(how, "How it was fitted", blank=False),
        ),
        shape="one row per constant",
    )


MODEL_TABLES = (
    Table(
        "claims",
        "Figures printed in local documents",
        "whether figures in local documents reconcile with published counts",
        ("figure_id",),
        (
            text_column("figure_id", "A name for the figure", blank=False),
            text_column("area", "The area that it is about", blank=False),
            text_column("value", "The figure, or several with semicolons between", blank=False),
            text_column("unit", "Its unit", blank=False),
            text_column("period", "Period", blank=False),
            text_column("measure", "What was measured, as far as the document says", blank=False),
            text_column("printed_as", "Wording in the document", blank=False),
            text_column("document", "Document", blank=False),
            text_column("caution", "Caution"),
        ),
        shape="one row per printed figure; never a model input",
    ),
    Table(
        "service_parameters",
        "Lists, staff, slots, packages and costs of the services",
        "how long waits will be and what each option costs",
        ("service", "parameter"),
        (
            choice_column(
                "service", "Service; all, EHC, PLACES and POOL for what is not of one service", SERVICE_WORDS
            ),
            text_column("parameter", "Name of the parameter", blank=False),
            text_column("unit", "Its unit", blank=False),
            *interval_column("The parameter"),
            basis_column(),
            text_column("source", "Source", blank=False),
            text_column("note", "Note"),
        ),
        ordered=(SPREAD,),
        shape="one row per parameter",
        rule=service_rule,
    ),
    POSTS,
    Table(
        "high_needs",
        "The high needs block of the dedicated schools grant",
        "whether the block's allocation covers what is spent from it",
        ("financial_year", "measure"),
        (
            year_column("financial_year", "Financial year, by the calendar year in which it begins"),
            choice_column(
                "measure",
                "allocation and transfer: in; reserve or deficit: with which the year begins; therapies, tribunals, "
                "other: spent on what is not a place",
                ("allocation", "transfer", "reserve", "deficit", "therapies", "tribunals", "other"),
            ),
            *(
                number_column(end, f"{what} of an 80 % interval; alike where known", "GBP", low=0)
                for end, what in (("low", "Lower end"), ("central", "Central figure"), ("high", "Upper end"))
            ),
            basis_column(),
            text_column("source", "Source", blank=False),
        ),
        ordered=(SPREAD,),
        shape="one row per year and measure",
    ),
    Table(
        "placement_mix",
        "The settings that are preferred",
        "how many places of each kind are preferred; existing places do not show that",
        ("need", "phase", "setting"),
        (
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            choice_column("phase", "Phase, by age at 31 August, or all", PHASE_WORDS),
            choice_column("setting", "Setting", tuple(SETTINGS)),
            number_column("share", "Share of the children of that need and phase", low=0, high=1),
            basis_column(),
            text_column("source", "Whose preference it is, and the source", blank=False),
        ),
        shape="one row per share; the settings of a need and phase add up to 1",
    ),
    Table(
        "lsrp_splits",
        "Shares of children in rows that nothing published tells apart",
        "the rows of a local SEND reform plan that only the council can divide",
        ("row", "need"),
        (
            choice_column(
                "row",
                "support_bases: of children in mainstream schools; independent_other: of those in independent schools; "
                "post_16_specialist: of those in specialist bases",
                ("support_bases", "independent_other", "post_16_specialist"),
            ),
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            number_column(
                "share", "Share of the children of the row from which they are taken", low=0, high=1
            ),
            basis_column(),
            text_column("source", "Source", blank=False),
        ),
        shape="one row per share",
    ),
    Table(
        "transitions",
        "Children's plans from one January to the next",
        "how often plans of a need end, and how often a primary need is changed",
        ("area_code", "census_january", "age", "from_need", "from_setting", "to_need", "to_setting"),
        (
            area_column(),
            CENSUS,
            Column("age", "age", "Completed years at the first of the two Januaries", low=0, high=25),
            choice_column("from_need", "Primary need at the first January", tuple(v.NEEDS)),
            text_column("from_setting", "Setting at the first January, or all", blank=False),
            choice_column("to_need", "Primary need a year on; LEFT where the plan ended", (*v.NEEDS, "LEFT")),
            text_column("to_setting", "Setting a year on, or all", blank=False),
            count_column("children", "Children and young people", "children", blank=False),
        ),
        shape="flow, January to January",
    ),
    Table(
        "deprivation",
        "Children identified by deprivation quintile",
        "whether some groups are identified more than others",
        ("area_code", "census_january", "provision", "need", "quintile"),
        (
            area_column(),
            CENSUS,
            choice_column("provision", "E plan, K SEN support, E+K both together", ("E", "K", "E+K")),
            choice_column("need", "Primary need, or all", (ALL, *v.NEEDS)),
            choice_column("quintile", "National quintile, 1 the most deprived", ("1", "2", "3", "4", "5")),
            count_column("identified", "Children identified, by where they live", "children", blank=False),
            count_column("persons", "All children who live there", "persons", blank=False),
        ),
        shape="stock, January",
    ),
    Table(
        "need_service",
        "The bridge from need to service",
        "how many children with a need are referred to a service",
        ("service", "need", "provision", "age_from", "age_to", "measure"),
        (
            choice_column("service", "Service", tuple(v.SERVICES)),
            choice_column(
                "need", "Primary need, all, or NONE for children without SEN", (ALL, *v.NEEDS, v.NO_NEED)
            ),
            choice_column("provision", "E, K, N, or all", (ALL, "N", "K", "E")),
            Column("age_from", "age", "First age", low=0, high=25),
            Column("age_to", "age", "Last age", low=0, high=25),
            choice_column("measure", "A yearly rate of referral, or a share in need", BRIDGE_MEASURES),
            *interval_column("Rate a child and year, or share"),
            basis_column(),
            text_column("source", "Source", blank=False),
        ),
        ordered=(SPREAD, ("age_from", "age_to")),
        shape="one row per rate",
    ),
    Table(
        "matched_plans_by_age",
        "Plans by age in two Januaries, over the areas with detail in both",
        "how many plans of a cohort are still there a year later",
        ("age",),
        (
            choice_column("age", "Completed years on 31 August before", ("0-2", *AGE_WORDS)),
            count_column("plans_january_2024", "Plans in January 2024", "plans", blank=False),
            count_column("plans_january_2025", "Plans in January 2025", "plans", blank=False),
            count_column("areas", "Areas with detail in both years", "areas", blank=False),
        ),
        shape="stock, two Januaries",
    ),
    Table(
        "season",
        "Referrals by month of the year",
        "when in the year referrals come",
        ("service", "month"),
        (
            choice_column("service", "Service, or all", (ALL, *v.SERVICES)),
            Column("month", "age", "Month of the year", low=1, high=12),
            number_column("index", "Referrals as a multiple of the year's mean", low=0),
            basis_column(),
            text_column("source", "Source", blank=False),
        ),
        shape="one row per month",
    ),
    Table(
        "pupils_5_to_15",
        "Pupils aged 5 to 15 of every authority",
        "how common plans are in an area whose pack has no school census",
        ("authority_code", "census_january"),
        (
            text_column("authority_code", "ONS code of the authority", blank=False),
            CENSUS,
            count_column("pupils", "Pupils aged 5 to 15 in schools located there", "pupils", blank=False),
        ),
        shape="stock, January census",
    ),
    Table(
        "authorities",
        "Every authority of England that the SEN2 release names",
        "whether a code, a name and a DfE number are of one authority",
        ("authority_code",),
        (
            text_column("authority_code", "ONS code of the authority", blank=False),
            text_column("dfe_code", "Its three digits at the Department for Education", blank=False),
            text_column("name", "Its name", blank=False),
            year_column("first_january", "The first January with a caseload in the release"),
            year_column("last_january", "The last; earlier than the release where the authority has gone"),
        ),
        shape="one row per authority",
    ),
    Table(
        "forecasts_of_others",
        "What others project for England",
        "how the projection stands beside those of others",
        ("who", "case", "measure", "january"),
        (
            text_column("who", "Who projects it", blank=False),
            year_column("published", "Year in which it was published"),
            text_column("case", "Which of their cases it is", blank=False),
            choice_column(
                "measure",
                "Plans maintained, 0 to 25, or pupils with a plan in schools",
                ("ehc_plans", "pupils_with_plan"),
            ),
            year_column("january", "January that it is for"),
            count_column("value", "The figure, as rounded in the source", "plans or pupils", blank=False),
            text_column("source", "Where it stands", blank=False),
        ),
        shape="one figure a row; never a model input",
    ),
    Table(
        "assessments_undecided",
        "Needs assessments of every authority with no decision at the year's end",
        "how many plans are already on their way",
        ("authority_code", "calendar_year"),
        (
            text_column("authority_code", "ONS code of the authority", blank=False),
            CALENDAR,
            count_column(
                "undecided", "Assessments with no decision on 31 December", "assessments", blank=False
            ),
        ),
        shape="stock, 31 December",
    ),
    Table(
        "forecast_national",
        "England's series that the forecast rule uses",
        "how England's plans have grown",
        ("year", "measure"),
        (
            year_column("year", "January for stocks, calendar year for flows"),
            text_column("measure", "What is counted", blank=False),
            number_column("value", "The figure", blank=True),
        ),
        shape="as the measure says",
    ),
    _constants(
        "cohort_constants",
        "Fitted constants of the cohort of plans",
        "how much weight an area's own rates have against England's",
        "derivation",
    ),
    _constants(
        "ehc_constants",
        "Fitted constants of the EHC clock",
        "how shares of the EHC process and requests move from year to year",
        "derivation",
    ),
    Table(
        "ehc_record",
        "How wrong requests and the share in time have been",
        "how far requests ahead and plans in time can be trusted",
        ("measure", "method", "horizon"),
        (
            text_column("measure", "What was forecast", blank=False),
            text_column("method", "The rule", blank=False),
            count_column("horizon", "Years ahead", "years"),
            count_column("forecasts", "Forecasts scored", "forecasts"),
            text_column("statistic", "What value is", blank=False),
            number_column("value", "The error", blank=False),
            number_column("held", "Share of outcomes inside the 80 % interval", blank=True),
        ),
        shape="as the measure says",
    ),
    Table(
        "list_order",
        "The order of waiting that England's lists keep",
        "how far services see the longest waiters first",
        ("service",),
        (
            text_column("service", "Service; all for the providers of every service together", blank=False),
            count_column("providers", "Providers with two pairs of months", "providers", blank=False),
            number_column("mean", "Mean share of first appointments that goes to the longest waiters"),
            number_column("sd", "Standard deviation over providers, as both pairs of months show it"),
            number_column("correlation", "Correlation between the pairs of months of one provider"),
            number_column("quartile_1", "Lower quartile of what single pairs give"),
            number_column("median", "Median of what single pairs give"),
            number_column("quartile_3", "Upper quartile of what single pairs give"),
            text_column("period", "Months of the counts", blank=False),
            text_column("source", "The publication", blank=False),
        ),
        shape="one row per service",
    ),
    Table(
        "list_shapes",
        "Lists of England's providers by weeks waited",
        "how long children wait in one place, and how far order is kept there",
        ("service", "provider"),
        (
            text_column("service", "Service", blank=False),
            count_column("provider", "Number of the provider, by size; no name", "", blank=False),
            *(
                count_column(
                    f"over_{edge}", f"Children who have waited over {edge} weeks", "children", blank=False
                )
                for edge in (0, 1, 2, 4, 12, 18, 52)
            ),
            number_column("in_order_share", "Share of first appointments that goes to the longest waiters"),
            number_column("referrals_per_week", "Referrals, fitted beside the order", "children a week"),
        ),
        shape="stock, end of June 2023; the last two columns from February to August 2023",
    ),
    _constants(
        "forecast_constants",
        "Fitted constants of the forecast rule",
        "the weights of the forecast rule",
        "source",
    ),
    Table(
        "forecast_record",
        "How wrong the forecast has been",
        "how far a forecast can be trusted",
        ("method", "target", "origin", "horizon"),
        (
            text_column("method", "The rule", blank=False),
            text_column("target", "What was forecast", blank=False),
            text_column("origin", "January of the last count known", blank=False),
            text_column("horizon", "Years ahead", blank=False),
            count_column("forecasts", "Forecasts scored", "forecasts"),
            count_column("areas", "Areas scored", "areas"),
            number_column("mape", "Mean absolute error", "per cent", low=0, blank=True),
            number_column("bias", "Mean signed error", "per cent", blank=True),
            number_column("crps_x100", "Ranked probability score of the log, times 100", low=0, blank=True),
            number_column(
                "coverage_80", "Share of outcomes inside the 80 % interval", low=0, high=1, blank=True
            ),
            number_column(
                "coverage_95", "Share of outcomes inside the 95 % interval", low=0, high=1, blank=True
            ),
            number_column(
                "width_80", "Width of the 80 % interval over the forecast", "per cent", low=0, blank=True
            ),
        ),
        shape="one row per score",
    ),
)
