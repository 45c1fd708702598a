"""A made-up pack with every table that a partnership can keep: Bedford's published tables, and local ones made here.

No number in it is of a child. `python tests/chapter/rich_pack.py FOLDER` writes it, for `sendneeds chapter FOLDER`.
"""

import csv
import shutil
import sys
from pathlib import Path

from sendneeds.evidence.area import shipped
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.vocabulary import WEEK_BANDS

CODE = "E06000055"
OUTCOMES = ("happy", "healthy", "ambitious", "independent", "heard")
LOCAL = {
    "outcomes": [(name, f"Be {name}") for name in OUTCOMES],
    "outcome_map": [
        ("happy", "Youth offer", "belonging"),
        ("healthy", "Therapies", "therapy_in_time"),
        ("ambitious", "Post-16 team", "neet"),
        ("independent", "Travel training", ""),
        ("heard", "Advice service", "complaints_upheld"),
    ],
    "targets": [
        ("therapy_in_time", 92, "up", "NHS children's lead", "2027-03-31"),
        ("neet", 8, "down", "council post-16 lead", "2026-09-30"),
        ("complaints_upheld", 5, "down", "", ""),
        ("belonging", 4, "up", "council youth lead", "2027-03-31"),
    ],
    "indicator_values": [
        ("therapy_in_time", "2023", 61, "", "", 120, "percent", "provider's record", "ok"),
        ("therapy_in_time", "2024", 54, "", "", 131, "percent", "provider's record", "ok"),
        ("neet", "2023", 11.5, "", "", 260, "percent", "council's record", "ok"),
        ("neet", "2024", 9.6, "", "", 271, "percent", "council's record", "ok"),
        ("complaints_upheld", "2024", 4, "", "", "", "complaints", "council's record", "ok"),
        ("belonging", "2024", 3.2, 2.9, 3.5, 88, "mean score, 1 to 5", "school survey", "ok"),
    ],
    "actions": [
        ("A1", "Waits", "Fill two therapy posts", "NHS children's lead", "2024-12-31", "Posts filled",
         "therapy_in_time", "in_progress", "One post filled", "", 90000),
        ("A2", "Waits", "Open a drop-in for early language", "council early years lead", "2025-02-15",
         "Four a month", "", "in_progress", "", "premises", ""),
        ("A3", "Voice", "Publish what changed each term", "", "2025-07-31", "Three reports", "", "not_started", "", "",
         ""),
        ("A4", "Adult life", "Job coaches in two colleges", "council post-16 lead", "2024-06-30", "20 placed", "neet",
         "done", "24 placed", "", ""),
    ],
    "priorities": [
        ("Therapy in time", "Waits grow while posts are vacant", "NHS children's lead", "2027-03-31",
         "therapy_in_time"),
        ("Places near home", "Children travel far", "council schools lead", "2028-09-01", ""),
        ("A job or a course at 19", "One in ten has neither", "council post-16 lead", "2026-09-30", "neet"),
    ],
    "survey": [
        (2024, "be heard", "parent carers", 64, 2.9, "1 to 5", 4, "survey of the forum", "ok", ""),
        (2024, "be happy", "young people", 5, 3.1, "1 to 5", 4, "survey in schools", "ok", ""),
        (2024, "be healthy", "young people", 41, 3.4, "1 to 5", 4, "survey in schools", "ok", ""),
    ],
    "you_said": [
        (2024, "We wait and nobody tells us how long", "A letter says the wait", "Fewer calls to the service", "forum"),
        (2024, "We want to be asked first", "", "", "forum"),
    ],
    "unmet_need": [
        ("Placement panel", "2024", "SEMH", "11-15", "day places near home", 14, "ok"),
        ("Placement panel", "2024", "ASD", "5-10", "resourced places", 3, "ok"),
        ("Therapies panel", "2024", "SLCN", "all", "a block of therapy in term", 22, "ok"),
    ],
    "neighbours": [("E06000032", "ring of the town"), ("E06000042", "growth"), ("E06000056", "shared provider")],
    "ethnicity": [
        (CODE, 2025, "E+K", group, identified, persons, "ok")
        for group, identified, persons in (
            ("White", 2900, 17000), ("Asian", 610, 5900), ("Black", 420, 2500), ("Mixed", 640, 3400), ("Other", 3, 700),
        )
    ],
    "workforce": [
        (CODE, "SLT", "band 6", "2024-12", 6.0, 4.4, 0.6, 0.2),
        (CODE, "SLT", "band 7", "2024-12", 3.0, 2.6, 0.0, 0.0),
        (CODE, "OT", "band 6", "2024-12", 4.0, 3.8, 0.0, 0.4),
        (CODE, "EP", "soulbury", "2024-12", 7.0, 5.5, 0.5, 0.0),
    ],
    "high_needs": [
        (2025, "allocation", 39400000, 39400000, 39400000, "local", "council's budget"),
        (2025, "deficit", 6100000, 6100000, 6100000, "local", "council's budget"),
        (2025, "therapies", 900000, 900000, 900000, "local", "council's budget"),
    ],
    "waiting_list": [
        (CODE, service, "first_appointment", "2024-12-31", band, "all", count, "ok")
        for service, counts in (("SLT", (12, 18, 25, 60, 41, 66, 3)), ("OT", (4, 6, 9, 20, 14, 11, 2)))
        for band, count in zip(WEEK_BANDS, counts, strict=True)
    ],
    "deprivation": [
        (CODE, 2025, "E+K", "all", str(fifth), identified, persons)
        for fifth, identified, persons in (
            (1, 1650, 7900), (2, 1230, 7000), (3, 980, 6300), (4, 760, 5600), (5, 540, 5100),
        )
    ],
}  # fmt: skip
"""Rows by table; a table without some columns has the heads below."""
HEADS = {
    "actions": "id objective action owner_role due success_test indicator status progress resources gbp_icb",
    "unmet_need": "panel period need age_band not_met children flag",
    "ethnicity": "area_code census_january provision group identified persons flag",
    "waiting_list": "area_code service stage snapshot weeks_band priority waiting flag",
}
PROSE = """A partner wrote this. Bedford has {{ n("plans.2025") }} plans, and 12 workshops were held.

![A picture](https://example.org/picture.png)
"""


def write_rich_pack(folder):
    """Write the pack and return its folder."""
    shutil.copytree(Path(shipped("bedford").folder), folder)
    settings = (folder / "area.toml").read_text(encoding="utf-8")
    settings = settings.replace('slug = "bedford"', 'slug = "rich"').replace(
        "[chapter]\n", "[chapter]\nas_of = 2025-01-31\n"
    )
    settings = settings.replace('state = "closed"', 'state = "open"').replace("2018-07-06", "2024-04-01")
    settings = settings.replace(
        'topic_owner = "not yet assigned"', 'topic_owner = "director of children\'s services"'
    )
    for name, rows in LOCAL.items():
        heads = HEADS[name].split() if name in HEADS else TABLES[name].names()
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heads, *rows])
        if f'"{name}.csv"' in settings:
            parts = settings.split("[[tables]]")
            parts = [
                part.replace('basis = "published"', 'basis = "local"') if f'"{name}.csv"' in part else part
                for part in parts
            ]
            settings = "[[tables]]".join(parts)
        else:
            settings += (
                f'\n[[tables]]\nfile = "{name}.csv"\ntitle = "Made up: {name.replace("_", " ")}"\n'
                'source = "made up for tests"\nlicence = "none"\nextracted_on = 2025-01-31\nbasis = "local"\n'
            )
    (folder / "area.toml").write_text(settings, encoding="utf-8")
    (folder / "prose").mkdir()
    (folder / "prose" / "voice.md").write_text(PROSE, encoding="utf-8")
    return folder


if __name__ == "__main__":
    print(write_rich_pack(Path(sys.argv[1])))
