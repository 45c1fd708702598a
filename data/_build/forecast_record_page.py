"""The tables of the track record, as Markdown for ``docs/explanation/forecast.md``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.validation.backtest import Backtest
from sendneeds.need.validation.methods import SIMPLE

BEGIN = "<!-- record: begin (written by python data/_build/forecast_record.py) -->"
END = "<!-- record: end -->"
AHEAD = (1, 3, 5)


@dataclass(frozen=True)
class Record:
    """What the command makes.

    Parameters
    ----------
    national, constants, scores : DataFrame
        The tables that ship in ``data/england``.
    tests : mapping of target to Backtest
        The back-tests behind them.
    real_time, of_england : Backtest
        Of the total in the development areas, and in England: constants fitted on outcomes known at each origin.
    """

    national: pd.DataFrame
    constants: pd.DataFrame
    scores: pd.DataFrame
    tests: dict[str, Backtest]
    real_time: Backtest
    of_england: Backtest


def markdown(table: pd.DataFrame) -> str:
    """Return the table in Markdown, numbers as they are.

    Examples
    --------
    >>> print(markdown(pd.DataFrame({"method": ["naive"], "error": ["9.4"]})))
    | method | error |
    |---|---|
    | naive | 9.4 |
    """
    lines = [list(table.columns), *table.astype(str).to_numpy().tolist()]
    rows = ["| " + " | ".join(map(str, line)) + " |" for line in lines]
    return "\n".join([rows[0], "|" + "---|" * len(table.columns), *rows[1:]])


def by_method(found: Backtest) -> pd.DataFrame:
    """Return a row a method: error at 1, 3 and 5 years, bias, CRPS and WIS, coverage, width."""
    ahead = found.table(["method", "horizon"]).set_index(["method", "horizon"])
    whole = found.table("method").set_index("method")
    rows = []
    for method in sorted(whole.index, key=lambda m: ahead["crps_x100"][m].mean()):
        here = ahead.loc[method]
        rows.append(
            {
                "method": method,
                "MAPE 1 / 3 / 5": " / ".join(f"{here['mape'][h]:.1f}" for h in AHEAD),
                "bias 1 / 3 / 5": " / ".join(f"{here['bias'][h]:.1f}" for h in AHEAD),
                "CRPS x 100": f"{here['crps_x100'].mean():.2f}",
                "WIS x 100": f"{here['wis_x100'].mean():.2f}",
                "80 % holds": f"{whole['coverage_80'][method]:.3f}",
                "95 % holds": f"{whole['coverage_95'][method]:.3f}",
                "width 1 / 3 / 5": " / ".join(f"{here['width_80'][h]:.0f}" for h in AHEAD),
            }
        )
    return pd.DataFrame(rows)


def by_group(found: Backtest, group: str, title: str, method: str = "default") -> pd.DataFrame:
    """Return the scores of one method by horizon, origin or size."""
    table = found.table(["method", group]).query("method == @method")
    return pd.DataFrame(
        {
            title: table[group].astype(str),
            "forecasts": table["forecasts"].astype(str),
            "MAPE": table["mape"].map("{:.1f}".format),
            "bias": table["bias"].map("{:.1f}".format),
            "CRPS x 100": table["crps_x100"].map("{:.2f}".format),
            "50 % holds": table["coverage_50"].map("{:.2f}".format),
            "80 % holds": table["coverage_80"].map("{:.2f}".format),
            "95 % holds": table["coverage_95"].map("{:.2f}".format),
            "width 80 %": table["width_80"].map("{:.0f}".format),
            "mean PIT": table["pit_mean"].map("{:.2f}".format),
        }
    )


def nation(found: Backtest) -> pd.DataFrame:
    """Return England's forecasts beside what came, a row an origin and horizon."""
    rows = found.rows
    half = rows["scale"] * stats.t.ppf(0.9, rows["df"])

    def thousand(log: pd.Series) -> pd.Series:
        return (np.exp(log) / 1000).map("{:,.0f}".format)

    return pd.DataFrame(
        {
            "from January": rows["origin"].astype(str),
            "years ahead": rows["horizon"].astype(str),
            "forecast, thousands": thousand(rows["centre"]),
            "80 % interval": thousand(rows["centre"] - half) + " to " + thousand(rows["centre"] + half),
            "came": thousand(np.log(rows["outcome"])),
            "held": rows["covered_80"].map({True: "yes", False: "no"}),
        }
    )


def at_the_time(areas: Backtest, england: Backtest) -> list[str]:
    """Return the record with constants fitted only on outcomes known at each origin, of areas and of England."""
    whole, ahead = areas.table("method").iloc[0], areas.table("horizon").set_index("horizon")
    mape = " / ".join(f"{ahead['mape'][h]:.1f}" for h in AHEAD)
    method = str(areas.rows["method"].iloc[0])
    return [
        f"### The total as it would have been told, origins {areas.rows['origin'].min()}-{areas.rows['origin'].max()}",
        "Constants fitted only on outcomes known at each origin, from the first with three scored past ones. "
        f"MAPE {mape}, CRPS x 100 {ahead['crps_x100'].mean():.2f}, 80 % holds {whole['coverage_80']:.3f}, 95 % holds "
        f"{whole['coverage_95']:.3f}. The shipped table has it as method `{method}`.",
        *(
            markdown(by_group(areas, g, t, method))
            for g, t in (("horizon", "years ahead"), ("origin", "origin"))
        ),
        "England itself, by the same constants:",
        markdown(nation(england)),
    ]


def page(made: Record) -> str:
    """Return the generated part of the page: every method and target, and the constants."""
    tests, constants = made.tests, made.constants
    total = tests["total"]
    parts: list[str] = [
        f"### The total, {total.rows['area_code'].nunique()} development areas, origins "
        f"{total.rows['origin'].min()}-{total.rows['origin'].max()}",
        markdown(by_method(total)),
        "The default by years ahead, by origin and by plans at the origin:",
        *(
            markdown(by_group(total, group, title))
            for group, title in (("horizon", "years ahead"), ("origin", "origin"), ("size_band", "plans"))
        ),
    ]
    parts += at_the_time(made.real_time, made.of_england)
    for target, found in tests.items():
        if target != "total":
            origins = f"origins {found.rows['origin'].min()}-{found.rows['origin'].max()}"
            areas = f"{found.rows['area_code'].nunique()} series"
            parts += [f"### {target}, {areas}, {origins}", markdown(by_method(found)), *against_half(found)]
            parts += ["The default by years ahead:", markdown(by_group(found, "horizon", "years ahead"))]
    simple = constants["name"].str.contains("|".join(f"_{name}_" for name in SIMPLE)) & constants[
        "source"
    ].str.startswith("spread")
    shown = constants[~simple]
    parts += ["### Constants, fitted on all development areas", markdown(shown.astype({"value": str}))]
    return "\n\n".join(parts)


def against_half(found: Backtest) -> Sequence[str]:
    """Return the sentence that sets the default's error beside half own, half England's."""
    table = found.table(["method", "horizon"]).set_index(["method", "horizon"])["mape"]
    if "half" not in table.index.get_level_values("method"):
        return []
    ratios = " / ".join(f"{table['default', h] / table['half', h]:.2f}" for h in AHEAD)
    return [f"The default's error over that of half own, half England's growth at 1 / 3 / 5 years: {ratios}."]


def with_record(document: str, record: str) -> str:
    """Return the document with what stands between the two marks replaced.

    Raises
    ------
    MissingDataError
        Where the document lacks the marks.
    """
    if BEGIN not in document or END not in document:
        raise MissingDataError(f"docs/explanation/forecast.md lacks the lines {BEGIN!r} and {END!r}.")
    before, rest = document.split(BEGIN, 1)
    return f"{before}{BEGIN}\n\n{record}\n\n{END}{rest.split(END, 1)[1]}"
