"""Expected children by need, at England's rates or a study's, against those identified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from sendneeds.evidence.importing.scaled import residents_miss
from sendneeds.foundation.arguments import amount, share
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.kernel.streams import generator
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.population import residents
from sendneeds.need.inputs.setup import base_year

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area


def byar(count: np.ndarray | float, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return Byar's interval for a Poisson count.

    Parameters
    ----------
    count : float or ndarray
        0 or more.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    (ndarray, ndarray)
        Lower and upper limit.

    Raises
    ------
    DomainError
        If a count is negative or the level is not between 0 and 1.

    Notes
    -----
    Breslow and Day (1987), Statistical Methods in Cancer Research II, as used for indirectly standardised
    ratios in public health in England.

    Examples
    --------
    >>> low, high = byar(100)
    >>> round(float(low), 1), round(float(high), 1)
    (81.4, 121.6)
    """
    x = np.asarray(count, dtype=float)
    if np.any(x < 0) or not 0 < share("level", level) < 1:
        raise DomainError("Byar's interval needs counts of 0 or more and a level between 0 and 1.")
    z = stats.norm.ppf((1 + level) / 2)
    safe = np.maximum(x, 1)
    low = np.where(x > 0, x * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3, 0.0)
    high = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    return low, high


def wilson(
    count: np.ndarray | float, total: np.ndarray | float, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval for a proportion.

    Parameters
    ----------
    count, total : float or ndarray
        ``0 <= count <= total``, total over 0.
    level : float

    Returns
    -------
    (ndarray, ndarray)
        Lower and upper limit of the proportion.

    Raises
    ------
    DomainError
        If a count lies outside its total, or the level is not between 0 and 1.

    Notes
    -----
    Wilson (1927), Journal of the American Statistical Association 22.

    Examples
    --------
    >>> low, high = wilson(10, 100)
    >>> round(float(low), 3), round(float(high), 3)
    (0.055, 0.174)
    """
    x, n = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    if np.any(n <= 0) or np.any(x < 0) or np.any(x > n) or not 0 < level < 1:
        raise DomainError(
            "Wilson's interval needs 0 <= count <= total, a total over 0 and a level between 0 and 1."
        )
    z = stats.norm.ppf((1 + level) / 2)
    p = x / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def prevalence(area: Area, level: float = 0.95, studies: dict[str, float] | None = None) -> pd.DataFrame:
    """Return expected children with a plan by need against those identified.

    Expected at England's rate of plans a resident by need and single year of age times the area's residents
    (indirect standardisation); or at a study's prevalence times residents aged 0-25. What is identified is
    not what there is: a low ratio may be unmet need.

    Parameters
    ----------
    area : Area
    level : float
        Confidence of the interval of the ratio.
    studies : dict of str to float, optional
        Prevalence by need code, for example ``{"ASD": 0.0176}``; replaces England's rate for that need. Say in
        the text which study it is.

    Returns
    -------
    pandas.DataFrame
        A row a need: ``identified`` and ``expected`` plans, ``ratio`` of the two with ``low`` and ``high``
        (Byar), ``gap`` (expected less identified: the plans that equal rates would add), ``standing``
        (above, below, similar; cannot tell) and ``basis``. Where the area's residents are England's, scaled,
        the limits are widened by how far such residents miss
        (`sendneeds.evidence.importing.scaled.residents_miss`), and what chance alone would call above or below is
        ``cannot tell`` where the widened limits have England's rate between them.

    Examples
    --------
    >>> import sendneeds as sn
    >>> table = prevalence(sn.open_area("bedford")).set_index("need")
    >>> table.loc["SLCN", "standing"]
    'above'
    """
    kinds(area=(area, "Area"), studies=(studies, "mapping or nothing"))
    import pandas as pd

    england, year = area.england(), base_year(area)
    own = stock.plans(area, year)
    nation = stock.plans(england, base_year(england))
    here, there = (
        residents(a, year, year, generator(1, "nation", "population"), 64).central()[0]
        for a in (area, england)
    )
    least, most = residents_miss(area)
    rows = []
    for n, need in enumerate(stock.PLAN_NEEDS):
        seen = float(own[n].sum())
        if studies and need in studies:
            name, allowed = f"studies[{need!r}]", "a share between 0 and 1"
            due = amount(name, studies[need], lambda x: 0 < x < 1, allowed, 0.02) * here.sum()
            basis = "stated study"
        else:
            due, basis = float((nation[n] / np.maximum(there, 1) * here).sum()), "England's rate by age"
        low, high = (float(limit) for limit in byar(seen, level))
        chance = _standing(low, high, due)
        # true residents are those made over (1 + miss), and what is due goes with them
        low, high = low * (1 + least), high * (1 + most)
        ratio = (low / due, seen / due, high / due) if due > 0 else (np.nan,) * 3
        standing = _standing(low, high, due)
        if standing != chance:
            standing = "cannot tell"
        rows.append((need, NEEDS[need], seen, due, ratio[1], ratio[0], ratio[2], due - seen, standing, basis))
    columns = ["need", "name", "identified", "expected", "ratio", "low", "high", "gap", "standing", "basis"]
    return pd.DataFrame(rows, columns=columns)


def _standing(low: float, high: float, due: float) -> str:
    return "above" if low > due > 0 else "below" if high < due else "similar"


def slope_index(rates: np.ndarray, weights: np.ndarray) -> float:
    """Return the slope index of inequality over groups ordered from the most to the least deprived.

    Parameters
    ----------
    rates : ndarray, shape (group,)
        Rate of each group, the most deprived first.
    weights : ndarray, shape (group,)
        Persons in each group.

    Returns
    -------
    float
        Rate at the most deprived end less that at the least, in the unit of `rates`, by weighted least squares on
        the midpoints of cumulative population shares.

    Raises
    ------
    DomainError
        If there are fewer than three groups, or a group has nobody.

    Notes
    -----
    Pamuk (1985), Population Studies 39; the form used by the Office for Health Improvement and Disparities.

    Examples
    --------
    >>> round(slope_index(np.array([5.0, 4, 3, 2, 1]), np.ones(5)), 6)
    5.0
    """
    y, w = np.asarray(rates, dtype=float), np.asarray(weights, dtype=float)
    if len(y) < 3 or len(y) != len(w) or np.any(w <= 0):
        raise DomainError("a slope index needs three groups or more, each with persons in it.")
    share = w / w.sum()
    rank = np.cumsum(share) - share / 2
    centre = (share * rank).sum()
    slope = (share * (rank - centre) * y).sum() / (share * (rank - centre) ** 2).sum()
    return float(-slope)


def inequality(area: Area, level: float = 0.95, draws: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Return the slope index of inequality of identified need over deprivation quintiles.

    Parameters
    ----------
    area : Area
        With the table ``deprivation``: children identified and all children by quintile, both by where they live.
    level : float
        Confidence of the interval.
    draws, seed : int
        The interval is that of the index over Poisson draws of the counts.

    Returns
    -------
    pandas.DataFrame
        A row a census, provision and need: ``slope`` (identified per 100 children, most deprived end less least),
        ``low``, ``high``. Little identified among the most deprived may be unmet need.

    Raises
    ------
    MissingDataError
        If the pack has no table ``deprivation``.
    DomainError
        If a group has fewer than three quintiles.

    Examples
    --------
    >>> import sendneeds as sn
    >>> inequality(sn.open_area("bedford"))
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.MissingDataError: Bedford has no table deprivation.csv ...
    """
    kinds(area=(area, "Area"))
    import pandas as pd

    rows = []
    for key, group in area.table("deprivation").groupby(["census_january", "provision", "need"]):
        group = group.sort_values("quintile")
        persons = group["persons"].to_numpy(float)
        counts = group["identified"].to_numpy(float)
        luck = generator(seed, area.code, "inequality", *map(str, key)).poisson(counts, (draws, len(counts)))
        slope = slope_index(100 * counts / persons, persons)
        drawn = [slope_index(100 * c / persons, persons) for c in luck]
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        rows.append((*key, slope, low, high))
    return pd.DataFrame(rows, columns=["census_january", "provision", "need", "slope", "low", "high"])
