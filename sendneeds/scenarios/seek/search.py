"""The smallest of some amounts whose probability reaches a level, over draws that share their luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sendneeds.foundation.constants import Z80
from sendneeds.waits.services.targets import standard_error

COARSE = 9
"""Amounts tried first, evenly over the range."""
AT_ONCE = 8
"""Most amounts simulated side by side."""
BELOW, ABOVE = 2, 3
"""Neighbours of the answer that are tried as well: so many amounts less, so many more."""
GRAIN = 50
"""A large answer is sought to this part of it: one of 195 places in threes."""
Met = Callable[[Sequence[int]], np.ndarray]
"""From amounts, as whole numbers of steps, to whether each draw meets the target: (amount, draw)."""


@dataclass
class Search:
    """Amounts tried, each with the draws in which it meets the target.

    Parameters
    ----------
    met : callable
        See `Met`; all amounts have the same draws.
    most : int
        Largest amount, in steps; 0 is no lever.
    grain : int
        Amounts told apart, in steps.
    tried : dict of int to ndarray of bool, (draw,)
    """

    met: Met
    most: int
    grain: int = 1
    tried: dict[int, np.ndarray] = field(default_factory=dict)

    def try_(self, amounts: Sequence[int]) -> None:
        """Try amounts that have not been tried."""
        new = sorted({a for a in amounts if 0 <= a <= self.most} - self.tried.keys())
        for first in range(0, len(new), AT_ONCE):
            some = new[first : first + AT_ONCE]
            self.tried.update(zip(some, self.met(some), strict=True))

    @property
    def draws(self) -> int:
        """Draws of each amount."""
        return len(next(iter(self.tried.values())))

    def probability(self, amount: int, errors: float = 0.0) -> float:
        """Return the share of draws that meet the target, moved by so many standard errors."""
        share = float(self.tried[amount].mean())
        return share + errors * float(standard_error(share, self.draws))

    def smallest(self, level: float, guess: int | None = None, errors: float = 0.0) -> int | None:
        """Return the smallest amount whose probability reaches a level; None where none in the range does.

        Parameters
        ----------
        level : float
        guess : int, optional
            An amount near which to look first; the whole range is looked over where left out.
        errors : float
            Standard errors by which each probability is moved first.

        Notes
        -----
        The probability is taken to rise with the amount between amounts tried. Where follow-ups share the slots a path
        need not: `steady` holds the answer against its neighbours.
        """

        def reaches(amount: int) -> bool:
            return self.probability(amount, errors) >= level

        if guess is None:
            self.try_([round(x) for x in np.linspace(0, self.most, COARSE)])
        else:
            width = AT_ONCE // 2
            self.try_([0, *range(guess - width * self.grain, guess + width * self.grain, self.grain)])
            gap = width * self.grain
            while True:
                near = sorted(a for a in self.tried if a)
                low, high = (near[0], near[-1]) if near else (0, 0)
                if low > 1 and reaches(low):
                    self.try_([max(low - n * gap, 1) for n in range(1, width + 1)])
                elif high < self.most and not any(map(reaches, self.tried)):
                    self.try_([min(high + n * gap, self.most) for n in range(1, width + 1)])
                else:
                    break
                gap *= 2
        there = [a for a in sorted(self.tried) if reaches(a)]
        if not there:
            return None
        high = there[0]
        low = max((a for a in self.tried if a < high), default=high)
        while high - low > self.grain:
            inner = np.linspace(low, high, min(AT_ONCE, (high - low - 1) // self.grain) + 2)[1:-1]
            self.try_([round(x) for x in inner])
            high = next(a for a in sorted(self.tried) if a > low and reaches(a))
            low = max(a for a in self.tried if a < high)
        return high

    def steady(self, level: float, answer: int) -> tuple[int, bool]:
        """Return the smallest amount, from the answer on, whose neighbours above reach the level, and if it moved."""
        found = answer
        while True:
            above = range(found, min(found + ABOVE * self.grain, self.most) + 1, self.grain)
            self.try_([*range(found - BELOW * self.grain, found, self.grain), *above])
            failing = [a for a in above if self.probability(a) < level]
            if not failing or failing[-1] >= self.most:
                return found, found != answer
            found = min(failing[-1] + self.grain, self.most)

    def range_of_answers(self, level: float, answer: int) -> tuple[int, int | None]:
        """Return the answers that draws of another seed might give: 80 % of them; None where the range ends first."""
        low = self.smallest(level, answer, +Z80)
        return min(answer if low is None else low, answer), self.smallest(level, answer, -Z80)
