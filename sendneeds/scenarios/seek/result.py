"""What a search found: the smallest amount, how sure it is, what was tried, and what it costs whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from sendneeds.foundation.plots import COLOURS, GREY, new_axes, plain
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import FUNDERS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class SeekResult(TableResult):
    """The smallest amount of a lever that meets a target.

    Parameters
    ----------
    tried : pandas.DataFrame
        A row an amount tried with the last number of draws: ``amount`` (in `unit`; for ``start`` the first day),
        ``probability``, ``standard_error`` (Monte Carlo), and ``gain`` over the row before with its ``gain_error``,
        from draws paired by their luck.
    cost : pandas.DataFrame
        What the answer costs, or what goes furthest where nothing is enough: funder, ``when`` (``all``: to the month of
        the target; else a financial year), weeks of the year that are counted, and low, central and high GBP.
    question : str
        The target in words.
    met : bool
        Whether an amount in the range meets it.
    amount : float or str
        The answer in `unit`; the first day for ``start``; what goes furthest where `met` is false.
    low, high : float, str or None
        Answers that other random numbers might give, 80 % of them; None where the range tried ends first.
    answer : str
        The answer in words.
    unit : str
    range_tried : str
    probability, standard_error, baseline : float
        That the answer meets the target, its Monte Carlo error, and that no lever at all does; with ``by``, in some
        month from the one after the figures were taken.
    confidence : float
    draws : int
        Chosen by the search where none were asked for.
    area_name : str
    notes : tuple of str
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.seek(sn.open_area("bedford"), "OT", month="2028-03", confidence=0.85, draws=50)
    >>> found.met, found.unit
    (True, 'WTE more')
    """

    title = "Seek"
    what: ClassVar = {"tried": "An amount tried", "cost": "A funder and financial year"}

    tried: pd.DataFrame
    cost: pd.DataFrame
    question: str
    met: bool
    amount: float | str
    low: float | str | None
    high: float | str | None
    answer: str
    unit: str
    range_tried: str
    probability: float
    standard_error: float
    baseline: float
    confidence: float
    draws: int
    area_name: str
    notes: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the answer as a table of one row, or a table whole.

        Parameters
        ----------
        name : str, optional
            ``tried`` or ``cost``.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.seek(sn.open_area("bedford"), "OT", month="2028-03", confidence=0.85, draws=50)
        >>> found.summary().columns.tolist()[:4]
        ['target', 'confidence', 'met', 'amount']
        """
        import pandas as pd

        if name is not None:
            return self[name].copy()
        row = {
            "target": self.question,
            "confidence": self.confidence,
            "met": self.met,
            "amount": self.amount,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "probability": self.probability,
            "standard_error": self.standard_error,
            "baseline": self.baseline,
            "draws": self.draws,
        }
        return pd.DataFrame([row])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the probability of the target against the amount, one standard error either side.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.seek(sn.open_area("bedford"), "OT", month="2028-03", confidence=0.85, draws=50)
        >>> found.plot().get_xlabel()
        'WTE more'
        """
        ax = new_axes(ax)
        table = self.tried
        ax.errorbar(
            table["amount"], table["probability"], yerr=table["standard_error"],
            color=COLOURS[0], marker="o", markersize=4, linewidth=1.2, capsize=2,
        )  # fmt: skip
        ax.axhline(self.confidence, color=GREY, linewidth=0.8, linestyle="--")
        ax.annotate(
            f"{self.confidence:.0%} asked for", (0.01, self.confidence), xycoords=("axes fraction", "data"),
            xytext=(0, 3), textcoords="offset points", color=GREY, fontsize=9,
        )  # fmt: skip
        if self.met:
            ax.plot([self.amount], [self.probability], marker="o", markersize=9, color=COLOURS[2])
        ax.set_ylim(0, 1.02)
        ax.set_ylabel("probability")
        ax.set_xlabel(self.unit)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(
            f"{plain(self.area_name)}: {self.answer}\n{self.question}", loc="left", fontsize=9, wrap=True
        )
        return ax

    def _heading(self) -> str:
        return f"Seek, {self.area_name}: {self.question}, with probability {self.confidence:.0%} or more"

    def _notes(self) -> list[str]:
        error = f"standard error {self.standard_error:.3f}, {self.draws:,} draws"
        if self.met:
            first = f"answer: {self.answer}: probability {self.probability:.2f} ({error})"
            ends = [self.low, self.high]
            if isinstance(self.amount, str):  # a day: what asks more of the lever begins earlier
                ends.reverse()
            less, more = ("earlier", "later") if isinstance(self.amount, str) else ("less", "more")
            low, high = (
                f"{word} than the range tried" if end is None else str(end)
                for end, word in zip(ends, (less, more), strict=True)
            )
            span = f"{low} to {high}"
            other = (
                []
                if self.low == self.high
                else [f"other random numbers might give {span} {self.unit}".rstrip()]
            )
        else:
            furthest = f"{self.answer}, {self.probability:.2f} ({error})"
            first = f"nothing tried ({self.range_tried}) is enough; furthest: {furthest}"
            other = []
        return [
            first,
            f"with no lever: probability {self.baseline:.2f}",
            *other,
            *self._cost_lines(),
            *self.notes,
        ]

    def _cost_lines(self) -> list[str]:
        out = []
        for when, rows in self.cost.groupby("when", sort=False):
            parts = [
                f"{FUNDERS.get(row.funder, 'all funders')} GBP {row.central:,.0f} ({row.low:,.0f} to {row.high:,.0f})"
                for row in rows.itertuples()
            ]
            out.append(f"cost {when}: {'; '.join(parts)}")
        return out

    def _figures(self) -> pd.DataFrame:
        near = self.tried[["amount", "probability", "standard_error", "gain", "gain_error"]]
        return near.round(4)
