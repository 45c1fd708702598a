"""Schema of the table of funded posts, and its consistency rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from sendneeds.evidence.schema.columns import basis_column, choice_column, number_column, text_column
from sendneeds.evidence.schema.types import Column, Table, Wrong
from sendneeds.foundation import vocabulary as v

BANDS = (*(f"band {number}" for number in range(2, 10)), "soulbury", "medical", "other")
"""Pay bands: Agenda for Change, Soulbury (educational psychologists), doctors, and others."""
JOB_PLAN = ("firsts_share", "follow_ups_share", "advice_share")
_CODE = re.compile(r"[A-Za-z_]{1,12}-?\d{1,4}")


def posts_rule(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield violations in ``posts`` that single columns do not show."""
    plan = [name for name in JOB_PLAN if name in table]
    for row, post in enumerate(table["post"]):
        if not _CODE.fullmatch(str(post)):
            cure = "Give each post a code; do not use a person's name."
            yield Wrong(row, "post", repr(post), "a code of letters and a number, such as SLT-01", cure)
    for row in range(len(table)):
        first, last = table["start"].iloc[row], table["end"].iloc[row]
        if not pd.isna(first) and not pd.isna(last) and str(last) < str(first):
            yield Wrong(row, "end", str(last), f"a day from {first}", "Put the last day after the first.")
        shares = [table[name].iloc[row] for name in plan]
        given = [share for share in shares if not pd.isna(share)]
        if given and (len(given) < len(JOB_PLAN) or abs(sum(given) - 1) > 0.01):
            allowed = f"{', '.join(JOB_PLAN)} that add up to 1, or all three empty"
            yield Wrong(
                row, JOB_PLAN[0], ", ".join(f"{share:g}" for share in given), allowed, "Correct the shares."
            )


POSTS = Table(
    "posts",
    "Funded posts",
    "how many staff will be at work, week by week",
    ("service", "post"),
    (
        choice_column("service", "Service", tuple(v.SERVICES)),
        text_column("post", "A code for the post, never a name of a person", blank=False),
        choice_column("band", "Pay band", BANDS),
        number_column("wte", "Whole-time equivalents of the post", "WTE", low=0, high=1),
        choice_column("filled", "Whether somebody holds it, or is to start on the day given", ("yes", "no")),
        Column(
            "start",
            "date",
            "Filled: the first day; empty where before the run. Vacant: the day on which recruitment begins; empty "
            "where it is not being recruited to",
            blank=True,
        ),
        Column("end", "date", "The last day for which it is funded; empty where for good", blank=True),
        number_column("clinical_share", "Share of time for appointments and advice", low=0, high=1),
        choice_column("agency", "Agency cover: at full pace at once, replaced without a gap", ("yes", "no")),
        number_column(
            "firsts_share",
            "Job plan: share of clinical time for first assessments",
            low=0,
            high=1,
            blank=True,
            required=False,
        ),
        number_column(
            "follow_ups_share",
            "Job plan: share of clinical time for follow-ups",
            low=0,
            high=1,
            blank=True,
            required=False,
        ),
        number_column(
            "advice_share",
            "Job plan: share of clinical time for statutory advice, which is served first whatever the plan",
            low=0,
            high=1,
            blank=True,
            required=False,
        ),
        basis_column(),
    ),
    shape="one row per post; replaces in_post_wte and funded_wte",
    rule=posts_rule,
)
