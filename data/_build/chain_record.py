"""Check the chain from requests to places on the shipped packs and on ten areas of the release, and write the table.

``python data/_build/chain_record.py REFERENCE_FOLDER`` projects each area in 1,000 draws (four seeds of 250), runs the
clock and the places on them, and writes ``data/_build/chain_record.csv`` and the generated part of
``docs/explanation/services.md``; with ``--fixed-staff`` it prints the table of plans held up below that, and no more.
The ten areas are development areas that do not ship: the three whose plans were latest in 2024, and seven by size. Give
``--areas`` to do some of them again; the others keep their rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import sendneeds as sn
from ehc_constants import RELEASE, Tables
from forecast_record_page import markdown
from sendneeds.evidence.importing.release import read_sen2
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.evidence.published.sen2_area import area_tables
from sendneeds.evidence.series import totals
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.need.inputs.national import shipped_folder
from sendneeds.waits.ehc.published_rates import stage_counts, timeliness

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

SEEDS, DRAWS, TO = (1, 2, 3, 4), 250, 2031
PACKS = ("bedford", "central-bedfordshire", "luton", "milton-keynes", "england")
LATE, BY_SIZE = 3, 7
FIXED_DRAWS = 200
FEWEST_PLANS = 100
"""Plans issued in 2024 below which a share in time is too rough to call an area late."""
BEGIN = "<!-- chain: begin (written by python data/_build/chain_record.py) -->"
END = "<!-- chain: end -->"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "services.md"
YEARS = range(2025, 2031)
FORMS = {
    **dict.fromkeys(("over_3", "over_6", "over_8_per_100", "most_per_100"), ".1f"),
    **dict.fromkeys(
        ("reviews_over_plans", "sd_plans", "sd_plans_record", "sd_requests", "sd_requests_record"), ".2f"
    ),
    **dict.fromkeys(("stock_gap", "issued_gap"), ".0f"),
}
SHOWN = {
    "over_3": "a year over 3 times, % of draws",
    "over_6": "over 6 times",
    "over_8_per_100": "over 8 per 100 pupils",
    "most_per_100": "most per 100 pupils",
    "reviews_over_plans": "overdue over plans, most",
    "sd_plans": "sd of yearly log new plans",
    "sd_plans_record": "of the record",
    "sd_requests": "of requests",
    "sd_requests_record": "of requests, of the record",
    "stock_gap": "stock less its flows, most",
    "issued_gap": "issued less new plans, most",
}


def chosen(reference: Path) -> list[str]:
    """Return the codes of the ten areas: three with the least share in time, and seven spread by plans issued."""
    names = pd.read_csv(reference / "backtest" / "area_names.csv")
    shipped = {sn.open_area(name).code for name in PACKS}
    codes = sorted(set(names["area_code"]) - shipped)
    release, found = read_release(reference / RELEASE, codes), {}
    for code in codes:
        years = timeliness(Tables(area_tables(release, code)[0]))["excluding"]  # type: ignore[arg-type]
        if 2024 in years and years[2024][0] >= FEWEST_PLANS:
            found[code] = years[2024]
    late = sorted(found, key=lambda code: found[code][1] / found[code][0])[:LATE]
    by_size = sorted((c for c in found if c not in late), key=lambda code: found[code][0])
    places = ((2 * n + 1) * len(by_size) // (2 * BY_SIZE) for n in range(BY_SIZE))
    return late + [by_size[place] for place in places]


def pupils_5_to_15(code: str) -> float:
    """Return the pupils aged 5 to 15 of an area in the latest January; of England, the sum."""
    table = pd.read_csv(shipped_folder() / "pupils_5_to_15.csv")
    last = table[table["census_january"] == table["census_january"].max()].set_index("authority_code")[
        "pupils"
    ]
    return float(last.sum() if code == ENGLAND else last.get(code, np.nan))


def sd_of_changes(series: np.ndarray) -> np.ndarray:
    """Return the sd over years of the log change from one to the next, (draw,), of (year, draw)."""
    return np.diff(np.log(np.maximum(series, 0.5)), axis=0).std(axis=0, ddof=1)


def recorded(counts: dict[int, float], first: int = 2014) -> np.ndarray:
    """Return published counts by year, as one draw; a year of none is a year not returned, and left out."""
    years = [year for year in sorted(counts) if year >= first and counts[year] > 0]
    return np.array([[counts[year]] for year in years])


def stock_gap(need: NeedProjection) -> float:
    """Return how far any January's plans are from those of the January before and the flows between."""
    plans = need.total("E").transpose("year", "draw").values.astype(float)
    flows = {
        name: need.data[name]
        .sum([d for d in need.data[name].dims if d not in ("calendar_year", "draw")])
        .transpose("calendar_year", "draw")
        .values
        for name in ("new_plans", "moved_in", "ceased", "aged_out")
    }
    change = flows["new_plans"] + flows["moved_in"] - flows["ceased"] - flows["aged_out"]
    return float(np.abs(np.diff(plans, axis=0) - change).max())


def measured(area: Area, seed: int) -> dict[str, np.ndarray]:
    """Return what one seed finds, each by draw, or one number."""
    need = sn.project(area, to=TO, draws=DRAWS, seed=seed)
    clock = sn.ehc_process(area, need)
    requests = clock.yearly("requests").transpose("calendar_year", "draw").values
    issued = clock.yearly("issued").transpose("calendar_year", "draw")
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    new = new.sel(calendar_year=issued["calendar_year"]).values
    counts = stage_counts(area)
    record = {year: float(n) for year, n in counts["requests_received_in_year"].items()}
    plans = {year: float(n) for year, n in counts["new_plans"].items()}
    last = max(record)
    pupils = pupils_5_to_15(area.code)
    overdue = clock.data["reviews_overdue"].transpose("bound", "draw").values
    stock = need.total("E").transpose("year", "draw").values
    year = clock.data["bound"].dt.year.values
    in_place = stock[np.clip(year - int(need.data["year"][0]), 0, len(stock) - 1)]
    ratio = (
        clock.data["advice_ratio"].sel(calendar_year=list(YEARS)).transpose("calendar_year", "draw").values
    )
    share = clock.share_in_time(by="calendar_year").transpose("calendar_year", "draw").values
    return {
        "most": (requests / record[last]).max(axis=0),
        "per_100": 100 * requests.max(axis=0) / pupils,
        "reviews_over_plans": (overdue / in_place).max(axis=0),
        "sd_plans": sd_of_changes(np.concatenate([np.full((1, DRAWS), plans[max(plans)]), new])),
        "sd_plans_record": sd_of_changes(recorded(plans)),
        "sd_requests": sd_of_changes(np.concatenate([np.full((1, DRAWS), record[last]), requests])),
        "sd_requests_record": sd_of_changes(recorded(record)),
        "stock_gap": np.array([stock_gap(need)]),
        "issued_gap": np.array([np.abs(issued.values - new).max()]),
        **{f"ratio_{y}": ratio[i] for i, y in enumerate(YEARS)},
        **{f"share_{y}": share[i] for i, y in enumerate(YEARS)},
    }


def fixed_staff(area: Area) -> str:
    """Return plans each January with and without those that fixed staff hold up, and how far both are off, as text."""
    result = sn.run(area, [], draws=FIXED_DRAWS, seed=1, to=TO, staffing="fixed")
    both = (result.need, result.in_place["baseline"])
    rows = []
    for year in (*YEARS, TO):
        all_, issued = (one.total("E").sel(year=year).transpose("draw").values for one in both)
        three = {"plans projected": all_, "of them issued": issued, "held up": all_ - issued}
        cells = {name: np.quantile(values, (0.5, 0.1, 0.9)) for name, values in three.items()}
        rows.append(
            {
                "January": year,
                **{n: f"{m:,.0f} ({low:,.0f} to {high:,.0f})" for n, (m, low, high) in cells.items()},
            }
        )
    gaps = " and ".join(f"{stock_gap(one):.0f}" for one in both)
    table = markdown(pd.DataFrame(rows))
    return f"{table}\n\nEither stock less that of the January before and its flows, most: {gaps}."


def row(area: Area) -> dict[str, object]:
    """Return the row of one area."""
    parts = [measured(area, seed) for seed in SEEDS]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    out: dict[str, object] = {
        "area_code": area.code,
        "name": area.name,
        "plans": int(totals(area)[area.start.year]),
    }
    out |= {
        "over_3": 100 * float((found["most"] > 3).mean()),
        "over_6": 100 * float((found["most"] > 6).mean()),
        "over_8_per_100": 100 * float((found["per_100"] > 8).mean()),
        "most_per_100": float(found["per_100"].max()),
        "reviews_over_plans": float(found["reviews_over_plans"].max()),
        "stock_gap": float(found["stock_gap"].max()),
        "issued_gap": float(found["issued_gap"].max()),
    }
    out |= {name: float(np.median(found[name])) for name in SHOWN if name.startswith("sd_")}
    for name in (f"{what}_{y}" for what in ("ratio", "share") for y in YEARS):
        low, central, high = np.nanquantile(found[name], (0.1, 0.5, 0.9))
        out |= {f"{name}_low": low, name: central, f"{name}_high": high}
    return out


def page(rows: pd.DataFrame) -> str:
    """Return the tables of the page, in Markdown."""
    checks, advice = [], []
    for one in rows.to_dict("records"):
        ends = [
            f"{one[f'ratio_{y}']:.1f} ({one[f'ratio_{y}_low']:.1f} to {one[f'ratio_{y}_high']:.1f})"
            for y in YEARS
        ]
        checks.append(
            {"area": one["name"], **{title: f"{one[name]:{FORMS[name]}}" for name, title in SHOWN.items()}}
        )
        advice.append({"area": one["name"], **dict(zip(map(str, YEARS), ends, strict=True))})
    return "\n\n".join(
        [
            markdown(pd.DataFrame(checks)),
            "Reports of psychologists that the pace of the record asks for, over those of 2024 (80 % interval):",
            markdown(pd.DataFrame(advice)),
        ]
    )


def areas(reference: Path, only: list[str]) -> Iterator[Area]:
    """Yield the areas, one at a time."""
    for name in PACKS:
        area = sn.open_area(name)
        if not only or area.code in only:
            yield area
    for code in chosen(reference):
        if not only or code in only:
            yield read_sen2(reference / RELEASE, code)


def main() -> None:
    """Run every area, write its row as soon as it stands, and the page at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--areas", nargs="*", default=[], metavar="CODE")
    parser.add_argument(
        "--page", action="store_true", help="only write the tables that are there into the page"
    )
    parser.add_argument(
        "--fixed-staff", action="store_true", help="only print Bedford's stock if staff are fixed"
    )
    args = parser.parse_args()
    if args.fixed_staff:
        print(fixed_staff(sn.open_area("bedford")))
        return
    path = Path(__file__).with_suffix(".csv")
    for area in areas(args.reference, args.areas) if not args.page else ():
        rows = pd.read_csv(path).to_dict("records") if path.exists() else []
        rows = [one for one in rows if one["area_code"] != area.code] + [row(area)]
        pd.DataFrame(rows).round(4).to_csv(path, index=False, lineterminator="\n")
        print(area.name, flush=True)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{page(pd.read_csv(path))}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
