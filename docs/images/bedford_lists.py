"""Print the tables of Bedford's lists: factors, loads, and what posts do under both staffings.

Run from the root of the repository: ``python docs/images/bedford_lists.py [DRAWS]``.
"""

import sys
from datetime import date

import numpy as np

import sendneeds as sn
from sendneeds.foundation.intervals import interval_text

DRAWS = int(sys.argv[1]) if len(sys.argv) > 1 else 500
NAMES = {
    "SLT": "speech and language therapy",
    "OT": "occupational therapy",
    "PT": "physiotherapy",
    "CAMHS": "SEMH support",
    "COMM_PAEDS": "community paediatrics",
    "ASD_DX": "autism assessment",
}


def posts(number):
    """Return the option of so many posts more from September 2025."""
    lever = sn.levers.FundPosts(service="SLT", wte=number, start=date(2025, 9, 1), funders={"icb": 1.0})
    return sn.Scenario(f"posts-{number}", f"{number} posts more", levers=[lever])


def january(data, service, year, scenario="baseline"):
    """Return children waiting at the first week of a year, as text."""
    week = int(np.searchsorted(data["week"].values, np.datetime64(f"{year}-01-01")))
    return interval_text(data["waiting"].sel(scenario=scenario, service=service).isel(week=week))


area = sn.open_area("bedford")
options = [posts(number) for number in (1, 2, 3)]
runs = {
    staffing: sn.run(area, options, draws=DRAWS, seed=1, staffing=staffing).waits
    for staffing in ("follows_record", "fixed")
}
kept, fixed = (runs[staffing].data for staffing in ("follows_record", "fixed"))
print(f"{DRAWS} draws, seed 1\n")
print(
    "| service | factor | staff growth to 2030 | load 2026 | aged 0-4, 5-10, 11-15, 16-17 | waiting at the start "
    "| January 2031, staff follow the record | staff fixed |"
)
print("|---|---|---|---|---|---|---|---|")
ages = runs["follows_record"].list_ages().set_index(["service", "age_band"])["share_central"]
for service in runs["follows_record"].with_list:
    growth = kept["staff_growth"].sel(service=service, calendar_year=2030)
    load = kept["queue_load"].sel(scenario="baseline", service=service, calendar_year=2026)
    cells = (
        interval_text(kept["throughput_factor"].sel(service=service), "{:.2f}"),
        interval_text(growth, "{:.2f}"),
        interval_text(load, "{:.2f}"),
        ", ".join(f"{ages[service, band]:.0%}" for band in ("0-4", "5-10", "11-15", "16-18")).replace(
            "%", " %"
        ),
        f"{float(kept['waiting'].sel(scenario='baseline', service=service).isel(week=0).median()):.0f}",
        january(kept, service, 2031),
        january(fixed, service, 2031),
    )
    print(f"| {NAMES[service]} | {' | '.join(cells)} |")
print("\n| | waiting 2029 | 2031 | in March 2027 | in October 2030 |\n|---|---|---|---|---|")
for staffing, heading in (("follows_record", "staff follow the record"), ("fixed", "staff fixed")):
    chance = runs[staffing].probability_in(target=0.92, service="SLT")
    for number, name in enumerate(("baseline", *(option.name for option in options))):
        one = chance[chance["scenario"] == name].set_index("month")["probability_in"]
        told = [f"{float(one[month].iloc[0]):.2f}" for month in ("2027-03", "2030-10")]
        ends = [january(runs[staffing].data, "SLT", year, name) for year in (2029, 2031)]
        head = f"and {number} post{'s' * (number > 1)}" if number else heading
        print(f"| {head} | {' | '.join([*ends, *told])} |")
