"""Draw places for Bedford to 2035 and print the tables of the page on services. Run from the root of the repository."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import sendneeds as sn
from sendneeds.foundation.placements import SETTINGS
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.waits.allowances import entitlements as allowances
from sendneeds.waits.places.settings import OVERFLOW

DRAWS, SEED, TO = 1_000, 1, 2035
YEARS = (2025, 2030, 2035)


def cell(array, digits=0):
    """Return a median, with its 80 % interval where it has one."""
    low, central, high = (f"{x:,.{digits}f}" for x in np.quantile(np.asarray(array, float), (0.1, 0.5, 0.9)))
    return f"{central} ({low} to {high})" if low != high else central


def by_need(found):
    """Print state special places needed, and children in independent schools, by need."""
    special, away = found.by_need("state_special", "needed"), found.by_need("independent")
    order = special.sel(year=2035).median("draw").to_series().sort_values(ascending=False).index
    listed = {NEEDS[n]: [n] for n in order[:6]} | {"All other needs": list(order[6:]), "All": list(order)}
    for name, needs in listed.items():
        both = [array.sel(need=needs).sum("need") for array in (special, away)]
        print(f"| {name} | {' | '.join(cell(array.sel(year=year)) for array in both for year in YEARS)} |")


def by_setting(found):
    """Print children wanted by the preferred mix against placed, and the places there are."""
    for setting in found.data["setting"].values:
        parts = [
            cell(found.by_setting(k).sel(year=2030, setting=setting)) for k in ("needed", "placed", "wanted")
        ]
        gap = found.by_setting("wanted") - found.by_setting()
        print(
            f"| {SETTINGS[str(setting)]} | {' | '.join(parts)} | {cell(gap.sel(year=2030, setting=setting))} |"
        )


def options(area, need, base):
    """Print what new state special places avoid and save."""
    for places in (30, 60, 120, 300):
        more = sn.project_places(area, need, place_changes=[sn.PlaceChange("state_special", 2027, places)])
        found = sn.compare_places(base, more)
        at = found.data.sel(year=2030)
        cells = [
            cell(at["avoided"].sel(setting="independent")),
            *(cell(at[name] / 1e3) for name in ("gross", "avoidable", "added")),
            *(cell(at["saved"].sel(funder=f) / 1e3) for f in at["funder"].values),
            cell(found.data["capital"].sum("year") / 1e6, 1),
            f"{found.probability_saving(2030):.2f}",
        ]
        print(f"| {places} | {' | '.join(cells)} |")


def travel(found):
    """Print children transported and what it costs."""
    data = found.data
    for year in YEARS:
        cells = [
            cell(data["transported"].sel(year=year).sum("travelling_setting")),
            cell(data["out_of_area"].sel(year=year).sum("away_setting")),
            cell(data["transport_cost"].sel(year=year).sum("travelling_setting") / 1e6, 1),
            cell(data["cost"].sel(year=year).sum("costed_setting") / 1e6, 1),
        ]
        print(f"| {year} | {' | '.join(cells)} |")


def overflow(area):
    """Print what the assumed overflow does: nobody goes on, all shares at their low ends, drawn, at their high ends."""
    need = sn.project(area, to=2031, draws=400, seed=SEED)
    parameters = area.table("service_parameters")
    figures = dict(OVERFLOW.values())
    for words, at in (("none", None), ("low ends", 0), ("as assumed, drawn", ...), ("high ends", 2)):
        rows = parameters[~parameters["parameter"].isin(figures)]
        if at is not ...:
            like = parameters.iloc[[0]].assign(service="PLACES", unit="share", basis="illustrative")
            shares = {name: interval[at] if at is not None else 0.0 for name, interval in figures.items()}
            own = [like.assign(parameter=n, low=x, central=x, high=x) for n, x in shares.items()]
            rows = pd.concat([rows, *own], ignore_index=True)
        one = replace(area, tables=area.tables | {"service_parameters": rows})
        base = sn.project_places(one, need)
        more = sn.project_places(one, need, place_changes=[sn.PlaceChange("state_special", 2027, 60)])
        avoided = sn.compare_places(base, more).data["avoided"].sel(year=2030, setting="independent")
        settings = [
            cell(base.by_setting("placed").sel(year=2030, setting=s)) for s in ("mainstream", "independent")
        ]
        print(f"| {words} | {' | '.join(settings)} | {cell(avoided)} |")


def allowed(area, need):
    """Print what is wanted beyond clinics and places against what there is."""
    asked = (
        ("short_breaks", "nights", "Nights of short break a year"),
        ("inpatient_beds", "admissions", "Admissions to mental health wards a year"),
        ("continuing_care", "hours", "Hours of continuing care a week"),
        ("continuing_care", "nights", "Nights of continuing care a week"),
        ("community_nursing", "contacts", "Contacts of community nurses a year"),
    )
    for function, what, words in asked:
        data = getattr(allowances, function)(area, need).data
        for year in (2025, 2030):
            at = data.sel(year=year)
            parts = [cell(at[f"{what}_{k}"]) for k in ("wanted", "given", "elsewhere", "unmet")]
            print(f"| {words}, {year} | {' | '.join(parts)} |")


def main():
    """Write the chart, and print the tables below it."""
    area = sn.open_area("bedford")
    need = sn.project(area, to=TO, draws=DRAWS, seed=SEED)
    base = sn.project_places(area, need)
    base.plot()[0].figure.savefig(Path(__file__).with_name("places-bedford.png"), dpi=90)
    for part in (by_need, by_setting, travel):
        part(base)
        print()
    options(area, need, base)
    print()
    allowed(area, need)
    print()
    overflow(area)


if __name__ == "__main__":
    main()
