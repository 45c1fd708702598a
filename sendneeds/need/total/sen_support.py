"""The rule for SEN support (K): an area's share of pupils grows at the rate at which England's has grown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.inputs.forecast import TAIL_DF, Forecast, Term
from sendneeds.need.inputs.history import Series, growth, known
from sendneeds.need.total.trend import SCORED_YEARS, fade


def forecast_support_share(
    area_code: str,
    shares: Series,
    england_shares: Series,
    constants: Mapping[str, float],
    origin: int,
    horizons: Sequence[int] = range(1, 11),
    *,
    fade_years: int = 5,
) -> Forecast:
    """Forecast the percent of pupils on SEN support; times the pupils to come, it is the total of K.

    Parameters
    ----------
    area_code : str
    shares, england_shares : mapping of January year to percent of pupils
        Figures later than the origin are ignored.
    constants : mapping of name to value
        ``support_sd_area`` and ``support_power``, the error seen on the published series.
    origin : int
        January of the last share.
    horizons : sequence of int
        Years ahead.
    fade_years : int
        Beyond five years growth falls in equal steps to nothing, after this many years.

    Returns
    -------
    Forecast
        Of the percent. Its interval rests on five published series only (four areas and England).

    Raises
    ------
    MissingDataError
        Where the area's share at the origin is missing, or England's growth is not known.

    Examples
    --------
    >>> spread = {"support_sd_area": 0.04, "support_power": 0.7}
    >>> made = forecast_support_share("E1", {2025: 12.0}, {2022: 12.6, 2025: 14.2}, spread, 2025, [1, 5])
    >>> made.quantile(0.5).round(2).tolist()
    [12.49, 14.65]
    """
    start = known(shares, origin)
    rate = growth({year: share for year, share in england_shares.items() if year <= origin}, origin)
    if start is None or rate is None:
        who = area_code if start is None else "England"
        raise MissingDataError(
            f"{who}: no share of pupils on SEN support for January {origin} or the years before."
        )
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    terms = [Term("share now", np.full_like(all_h, np.log(start))), Term("England's growth", rate * all_h)]
    terms.append(fade(terms, all_h, origin, fade_years, {}))
    pick = np.asarray(horizons, dtype=np.int64) - 1
    return Forecast(
        area_code=area_code,
        origin=origin,
        horizons=pick + 1,
        log_mean=np.sum([term.by_horizon for term in terms], axis=0)[pick],
        sd_shared=np.zeros(len(pick)),
        sd_own=(constants["support_sd_area"] * all_h ** (constants["support_power"] / 2))[pick],
        df=TAIL_DF,
        terms=tuple(Term(name, value[pick]) for name, value in terms),
        scored=pick < SCORED_YEARS,
    )
