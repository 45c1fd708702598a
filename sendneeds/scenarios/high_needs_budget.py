"""What a pack or a table states of the high needs block: its allocation, balances and spending, drawn by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.columns import numbers_of
from sendneeds.foundation.errors import Fault, FaultsError, nearest
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.scenarios.cost import financial_year

if TYPE_CHECKING:
    import pandas as pd

OPENING = ("reserve", "deficit")
MEASURES = ("allocation", "transfer", *OPENING, "therapies", "tribunals", "other")
NUMBERS = ("financial_year", "low", "central", "high")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def check_budget(table: pd.DataFrame) -> None:
    """Raise a FaultsError with everything in a budget that cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"financial_year": 2025, "measure": "allocations", "low": 9, "central": 10, "high": 11}
    >>> check_budget(pd.DataFrame([row]))
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.FaultsError: the budget: 1 fault
      budget row 2, column measure
        found:   allocations
        allowed: allocation, transfer, reserve, deficit, therapies, tribunals, other
        do:      Write allocation.
    """
    columns = ("measure", *NUMBERS)
    faults = [
        Fault(
            "budget",
            0,
            name,
            f"{list(table.columns).count(name)} columns of that name",
            "one",
            "Name it once.",
        )
        for name in columns
        if list(table.columns).count(name) != 1
    ]
    if faults:
        raise FaultsError("the budget", faults)
    year, low, central, high = (numbers_of(table[name]) for name in NUMBERS)
    wrong = {
        "financial_year": ~((year >= FIRST_YEAR) & (year <= LAST_YEAR) & (year % 1 == 0)),
        "low": ~(np.isfinite(low) & (low >= 0)),
        "central": ~(np.isfinite(central) & (central >= low)),
        "high": ~(np.isfinite(high) & (high >= central)),
    }
    allowed = {
        "financial_year": "the year in which it begins, such as 2025",
        "low": "GBP, 0 or more",
        "central": "GBP, low or more",
        "high": "GBP, central or more",
    }
    for name, rows in wrong.items():
        for at in np.flatnonzero(rows).tolist():
            found = str(table[name].iloc[at])
            faults.append(Fault("budget", at + 2, name, found, allowed[name], "Give the number."))
    seen: set[tuple[str, float]] = set()
    for row, (measure, when) in enumerate(zip(map(str, table["measure"]), year.tolist(), strict=True), 2):
        if measure not in MEASURES:
            close = nearest(measure, MEASURES, 1)
            cure = f"Write {close[0]}." if close else "Choose one, or leave the row out."
            faults.append(Fault("budget", row, "measure", measure, ", ".join(MEASURES), cure))
        if (measure, when) in seen:
            found = f"{measure} of {when:.0f} once more"
            faults.append(Fault("budget", row, "measure", found, "each measure once a year", "Take one out."))
        seen.add((measure, when))
    if faults:
        raise FaultsError("the budget", sorted(faults, key=lambda fault: fault.row))


class Budget:
    """The table ``high_needs`` of a pack: drawn from its intervals, by measure and financial year."""

    def __init__(
        self, code: str, table: pd.DataFrame | None, years: np.ndarray, draws: int, seed: int, growth: float
    ) -> None:
        self.years, self.draws, self.growth = years, draws, growth
        self.rows: dict[str, dict[int, np.ndarray]] = {}
        self.notes: tuple[str, ...] = ()
        self.illustrative = ""
        """What an illustrative allocation is; empty where none is."""
        for row in [] if table is None else table.to_dict("records"):
            luck = standard_normal(seed, (code, "high needs", str(row["measure"])), draws)
            low, central, high = (float(row[end]) for end in ("low", "central", "high"))
            value = two_piece_lognormal(low, central, high, luck) if low > 0 else np.full(draws, central)
            self.rows.setdefault(str(row["measure"]), {})[int(row["financial_year"])] = value
            if row["measure"] == "allocation" and row.get("basis") == "illustrative":
                self.illustrative = str(row["source"])
        if self.illustrative:
            self.notes = (f"the allocation is illustrative: {self.illustrative}",)

    @property
    def first(self) -> int:
        """The financial year from which balances are carried forward."""
        opened = [y for name in OPENING for y in self.rows.get(name, {})]
        given = [y for y in self.rows.get("allocation", {}) if y >= self.years[0]]
        return max(min(opened, default=min(given, default=int(self.years[0]))), int(self.years[0]))

    def _each(self, name: str, grows: bool) -> np.ndarray | None:
        """Return a measure by year, (year, draw): the last stated goes on."""
        known = self.rows.get(name)
        if not known:
            return None
        out = np.zeros((len(self.years), self.draws))
        for i, year in enumerate(self.years.tolist()):
            at = max((y for y in known if y <= year), default=min(known))
            rate = (1.0 + self.growth) ** max(year - at, 0) if grows else 1.0
            out[i] = known[at] * rate
        return out

    def income(self) -> np.ndarray | None:
        """Return allocation and transfers in, (year, draw); None where there is no allocation."""
        allocation = self._each("allocation", True)
        if allocation is None:
            return None
        last = max(self.rows["allocation"])
        if last < self.years[-1]:
            goes = f"grows by {self.growth:.1%} a year" if self.growth else "stays as it is"
            self.notes += (f"the allocation {goes} after {financial_year(last)}, the last stated",)
        transfer = np.zeros_like(allocation)
        for year, amount in self.rows.get("transfer", {}).items():
            transfer[self.years == year] = amount
        return allocation + transfer

    def opening(self) -> np.ndarray:
        """Return the reserve less the deficit with which the first year begins, (draw,)."""
        reserve, deficit = (
            sum((a for y, a in self.rows.get(name, {}).items() if y == self.first), np.zeros(self.draws))
            for name in OPENING
        )
        return np.asarray(reserve - deficit)

    def spend(self, name: str) -> np.ndarray | None:
        """Return what is stated of a kind of spending, (year, draw); None where nothing is."""
        return self._each(name, False)
