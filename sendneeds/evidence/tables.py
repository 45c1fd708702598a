"""What each table of a pack must hold: the one description that the checker, the data dictionary, the JSON
schemas and the blank templates are made from.
"""

from __future__ import annotations

from sendneeds.evidence.schema import Column, Table
from sendneeds.foundation import vocabulary as v

ALL = "all"
AGE_WORDS = tuple(str(age) for age in range(3, 26))
PLAN_AGES = (ALL, "0-2", *AGE_WORDS, "unknown")
FLOW_AGES = (ALL, "0-2", *AGE_WORDS, "20-25", "unknown")
PUPIL_AGES = (ALL, "2_and_under", *(str(age) for age in range(3, 19)), "19_and_over")
YEAR_GROUPS = (
    *(ALL, "nc_early_years", "nc_reception"),
    *(f"nc_year_{year}" for year in range(1, 15)),
    "nc_not_followed",
)
BANDS = (ALL, *v.WEEK_BANDS)
SERVICE_WORDS = (*v.SERVICES, ALL, "PLACES", "POOL")
BUDGETS = (ALL, "health", "education", "social_care", "integrated", "organised_arrangements")
BRIDGE_MEASURES = ("referral_rate", "share_in_need")


def _area() -> Column:
    return Column("area_code", "area", "The area that the row is about")


def _year(name: str, what: str) -> Column:
    return Column(name, "year", what, low=1990, high=2100)


def _choice(name: str, what: str, allowed: tuple[str, ...], required: bool = True) -> Column:
    return Column(name, "choice", what, allowed=allowed, required=required)


def _count(name: str, what: str, unit: str, blank: bool = True) -> Column:
    return Column(name, "count", what, unit=unit, low=0, blank=blank)


def _flag() -> Column:
    return _choice("flag", "The state of the figure; the only reason for an empty one", v.FLAGS)


def _range() -> tuple[Column, Column]:
    """Columns that keep what a suppressed count lies between."""
    return (
        Column("at_least", "count", "Least that a suppressed figure can be", blank=True, required=False),
        Column("at_most", "count", "Most that a suppressed figure can be", blank=True, required=False),
    )


def _basis(words: tuple[str, ...] = tuple(v.BASES)) -> Column:
    return _choice("basis", "Where the figure comes from", words)


def _text(name: str, what: str, blank: bool = True, required: bool = True) -> Column:
    return Column(name, "text", what, blank=blank, required=required)


def _number(name: str, what: str, unit: str = "", **more: float | bool | None) -> Column:
    return Column(name, "number", what, unit=unit, **more)  # type: ignore[arg-type]


def _interval(what: str, blank: bool = False) -> tuple[Column, Column, Column]:
    return (
        _number("low", f"{what}: lower end of an 80 % interval", blank=blank),
        _number("central", f"{what}: central figure", blank=blank),
        _number("high", f"{what}: upper end of an 80 % interval", blank=blank),
    )


SPREAD = ("low", "central", "high")
RANGE = ("at_least", "at_most")

CENSUS = _year("census_january", "January of the school census or SEN2 caseload")
CALENDAR = _year("calendar_year", "The calendar year, January to December")

_AREA_TABLES = (
    Table(
        "population",
        "Residents by single year of age",
        "how many children live here, and how many will",
        ("area_code", "mid_year", "age", "sex", "variant"),
        (
            _area(),
            _year("mid_year", "30 June of the year"),
            Column("age", "age", "Completed years on 30 June", low=0, high=120),
            _choice("sex", "Sex, where the source gives it", (ALL, "female", "male"), required=False),
            _choice("variant", "An estimate, or which projection", ("estimate", "principal", "high", "low")),
            _count("persons", "Residents", "persons", blank=False),
        ),
        shape="stock, 30 June",
    ),
    Table(
        "pupils",
        "All pupils by age, located by school",
        "how rolls have moved since the last population estimate",
        ("area_code", "census_january", "age"),
        (
            _area(),
            CENSUS,
            _choice("age", "Completed years on 31 August before", PUPIL_AGES),
            _count("pupils", "Pupils in schools located in the area", "pupils", blank=False),
        ),
        shape="stock, January census",
    ),
    Table(
        "ehc_plans",
        "EHC plans maintained",
        "how many children have a plan, by need, age and placement",
        ("area_code", "census_january", "need", "age", "placement"),
        (
            _area(),
            CENSUS,
            _choice("need", "Primary need, or all", (ALL, *v.NEEDS)),
            _choice("age", "Completed years on 31 August before, or all", PLAN_AGES),
            _choice("placement", "Placement, or all", (ALL, *v.PLACEMENTS)),
            _count("plans", "Plans and, to 2018, statements maintained by the area", "plans"),
            *_range(),
            _flag(),
        ),
        values=("plans",),
        ordered=(RANGE,),
        shape="stock, January",
    ),
    Table(
        "ehc_flow",
        "The EHC process: requests, assessments, new and ended plans",
        "how many plans start and end, and how many assessments are asked for",
        ("area_code", "calendar_year", "stage", "need", "age", "reason"),
        (
            _area(),
            CALENDAR,
            _choice("stage", "Step of the process", tuple(v.EHC_STAGES)),
            _choice("need", "Primary need, or all", (ALL, *v.NEEDS)),
            _choice("age", "Age at the event, or on the caseload's base; all for the total", FLOW_AGES),
            _choice("reason", "Why a plan ended, or all", (ALL, *v.CEASED_REASONS)),
            _count("count", "Children or plans", "children or plans"),
            *_range(),
            _flag(),
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
            _area(),
            CALENDAR,
            _choice(
                "exceptions",
                "Whether plans with a permitted exception are counted",
                ("excluding", "including"),
            ),
            _count("issued", "Plans issued", "plans"),
            _count("within_20_weeks", "Issued within 20 weeks of the request", "plans"),
            _count("from_20_to_52_weeks", "Issued after 20 and within 52 weeks", "plans"),
            _count("over_52_weeks", "Issued after 52 weeks", "plans"),
            _flag(),
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
            _area(),
            CALENDAR,
            _count("appeals_registered", "Appeals registered", "appeals"),
            _number(
                "appealable_decisions",
                "Decisions open to appeal",
                "decisions",
                low=0,
                required=False,
                blank=True,
            ),
            Column("flag", "choice", "The state of the figure", allowed=v.FLAGS, required=False),
        ),
        values=("appeals_registered",),
        shape="flow, calendar year",
    ),
    Table(
        "personal_budgets",
        "EHC plans with a personal budget",
        "how many families hold a budget",
        ("area_code", "census_january", "budget"),
        (
            _area(),
            CENSUS,
            _choice("budget", "What the budget covers; all for plans with a budget", BUDGETS),
            _count("plans", "Plans", "plans"),
            _flag(),
        ),
        values=("plans",),
        shape="stock, January",
    ),
    Table(
        "sen_pupils",
        "Pupils with SEN by primary need, located by school",
        "how need is spread over pupils with SEN support and with a plan",
        ("area_code", "census_january", "provision", "need", "year_group"),
        (
            _area(),
            CENSUS,
            _choice("provision", "E plan, K SEN support, E+K both together", ("E", "K", "E+K")),
            _choice("need", "Primary need, or all", (ALL, *v.NEEDS)),
            _choice("year_group", "National Curriculum year group, or all", YEAR_GROUPS),
            _count("pupils", "Pupils in schools located in the area", "pupils"),
            *_range(),
            _flag(),
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
            _area(),
            CENSUS,
            _choice("provision", "E plan, K SEN support", ("E", "K")),
            _number("percent_of_pupils", "Share of all pupils", "per cent", low=0, high=100),
        ),
        shape="stock, January census",
    ),
    Table(
        "sen_support",
        "Published points on SEN support by need",
        "how SEN support splits by need where no local table says",
        ("measure", "period"),
        (
            _text("measure", "What was measured", blank=False),
            Column("period", "month", "Month of the census"),
            _number("value", "The figure", low=0),
            _choice(
                "unit", "Its unit", ("percent of all pupils", "percent of pupils at SEN support", "pupils")
            ),
            _text("source", "Where it is published", blank=False),
            _text("caution", "What to mind"),
        ),
        shape="as stated in each row",
    ),
)

_NHS_TABLES = (
    Table(
        "nhs_waiting_list",
        "Children waiting for community health services",
        "how long children wait for a first appointment in the NHS area around",
        ("area_code", "month", "service", "stage", "weeks_band"),
        (
            _area(),
            _text("area", "The organisation as published", blank=False),
            Column("month", "month", "End of the month"),
            _choice("service", "Service", tuple(v.SERVICES)),
            _choice("stage", "What is waited for", ("first_appointment",)),
            _choice("weeks_band", "Weeks waited: more than, up to; all for the published total", BANDS),
            _count("waiting", "Children and young people waiting", "children"),
            *_range(),
            _flag(),
        ),
        values=("waiting",),
        ordered=(RANGE,),
        shape="stock, month end",
    ),
    Table(
        "waiting_list",
        "The area's own waiting lists",
        "where each list starts from",
        ("area_code", "service", "stage", "snapshot", "weeks_band", "priority"),
        (
            _area(),
            _choice("service", "Service", tuple(v.SERVICES)),
            _choice("stage", "What is waited for", ("first_appointment", "therapy", "review", "assessment")),
            Column("snapshot", "date", "The day of the count"),
            _choice("weeks_band", "Weeks waited: more than, up to; all for the total", BANDS),
            _choice("priority", "Priority, or all", (ALL, "urgent", "routine"), required=False),
            _count("waiting", "Children and young people waiting", "children"),
            *_range(),
            _flag(),
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
            _area(),
            _choice("service", "Service", tuple(v.SERVICES)),
            Column("month", "month", "The month"),
            _count("referrals", "Referrals received", "referrals"),
            _count("accepted", "Referrals accepted", "referrals"),
            _flag(),
        ),
        values=("referrals",),
        shape="flow, month",
    ),
)

_MODEL_TABLES = (
    Table(
        "claims",
        "Figures printed in local documents",
        "whether what local documents print reconciles with published counts",
        ("figure_id",),
        (
            _text("figure_id", "A name for the figure", blank=False),
            _text("area", "The area that it is about", blank=False),
            _text("value", "The figure, or several with semicolons between", blank=False),
            _text("unit", "Its unit", blank=False),
            _text("period", "When", blank=False),
            _text("measure", "What was measured, as far as the document says", blank=False),
            _text("printed_as", "How it is printed", blank=False),
            _text("document", "Where", blank=False),
            _text("caution", "What to mind"),
        ),
        shape="one printed figure a row; never a model input",
    ),
    Table(
        "service_parameters",
        "Lists, staff, slots, packages and costs of the services",
        "how long waits will be and what each option costs",
        ("service", "parameter"),
        (
            _choice("service", "Service; all, PLACES and POOL for what is not of one service", SERVICE_WORDS),
            _text("parameter", "Name of the parameter", blank=False),
            _text("unit", "Its unit", blank=False),
            *_interval("The parameter"),
            _basis(),
            _text("source", "Where it comes from", blank=False),
            _text("note", "What to mind"),
        ),
        ordered=(SPREAD,),
        shape="one parameter a row",
    ),
    Table(
        "need_service",
        "The bridge from need to service",
        "how many children with a need are referred to a service",
        ("service", "need", "provision", "age_from", "age_to", "measure"),
        (
            _choice("service", "Service", tuple(v.SERVICES)),
            _choice(
                "need", "Primary need, all, or NONE for children without SEN", (ALL, *v.NEEDS, v.NO_NEED)
            ),
            _choice("provision", "E, K, N, or all", (ALL, *v.PROVISIONS)),
            Column("age_from", "age", "First age", low=0, high=25),
            Column("age_to", "age", "Last age", low=0, high=25),
            _choice("measure", "A yearly rate of referral, or a share in need", BRIDGE_MEASURES),
            *_interval("Rate a child and year, or share"),
            _basis(),
            _text("source", "Where it comes from", blank=False),
        ),
        ordered=(SPREAD, ("age_from", "age_to")),
        shape="one rate a row",
    ),
    Table(
        "matched_plans_by_age",
        "Plans by age in two Januaries, over the areas with detail in both",
        "how many plans of a cohort are still there a year later",
        ("age",),
        (
            _choice("age", "Completed years on 31 August before", ("0-2", *AGE_WORDS)),
            _count("plans_january_2024", "Plans in January 2024", "plans", blank=False),
            _count("plans_january_2025", "Plans in January 2025", "plans", blank=False),
            _count("areas", "Areas with detail in both years", "areas", blank=False),
        ),
        shape="stock, two Januaries",
    ),
    Table(
        "season",
        "Referrals by month of the year",
        "when in the year referrals come",
        ("service", "month"),
        (
            _choice("service", "Service, or all", (ALL, *v.SERVICES)),
            Column("month", "age", "Month of the year", low=1, high=12),
            _number("index", "Referrals as a multiple of the year's mean", low=0),
            _basis(),
            _text("source", "Where it comes from", blank=False),
        ),
        shape="one month a row",
    ),
    Table(
        "forecast_national",
        "England's series that the forecast rule uses",
        "how England's plans have grown",
        ("year", "measure"),
        (
            _year("year", "January for stocks, calendar year for flows"),
            _text("measure", "What is counted", blank=False),
            _number("value", "The figure", blank=True),
        ),
        shape="as the measure says",
    ),
    Table(
        "cohort_constants",
        "Fitted constants of the cohort model",
        "how far an area's rates of starting and ending plans stand from England's",
        ("name",),
        (
            _text("name", "Name of the constant", blank=False),
            _number("value", "The constant"),
            _text("derivation", "How it was fitted", blank=False),
        ),
        shape="one constant a row",
    ),
    Table(
        "forecast_constants",
        "Fitted constants of the forecast rule",
        "how the forecast rule weighs what it knows",
        ("name",),
        (
            _text("name", "Name of the constant", blank=False),
            _number("value", "The constant"),
            _text("source", "How it was fitted", blank=False),
        ),
        shape="one constant a row",
    ),
    Table(
        "cohort_constants",
        "Fitted constants of the cohort of plans",
        "how far an area's own rates are believed over England's",
        ("name",),
        (
            _text("name", "Name of the constant", blank=False),
            _number("value", "The constant"),
            _text("derivation", "How it was fitted", blank=False),
        ),
        shape="one constant a row",
    ),
    Table(
        "forecast_record",
        "How wrong the forecast has been",
        "how far a forecast can be trusted",
        ("method", "target", "origin", "horizon"),
        (
            _text("method", "The rule", blank=False),
            _text("target", "What was forecast", blank=False),
            _text("origin", "January of the last count known", blank=False),
            _text("horizon", "Years ahead", blank=False),
            _count("forecasts", "Forecasts scored", "forecasts"),
            _count("areas", "Areas scored", "areas"),
            _number("mape", "Mean absolute error", "per cent", low=0, blank=True),
            _number("bias", "Mean signed error", "per cent", blank=True),
            _number("crps_x100", "Ranked probability score of the log, times 100", low=0, blank=True),
            _number("coverage_80", "Share of outcomes inside the 80 % interval", low=0, high=1, blank=True),
            _number("coverage_95", "Share of outcomes inside the 95 % interval", low=0, high=1, blank=True),
            _number(
                "width_80", "Width of the 80 % interval over the forecast", "per cent", low=0, blank=True
            ),
        ),
        shape="one score a row",
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in (*_AREA_TABLES, *_NHS_TABLES, *_MODEL_TABLES)}
"""Every table that a pack may hold, by name."""
