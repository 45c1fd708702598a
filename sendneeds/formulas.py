"""Closed forms for waiting lists, in the words the NHS uses for them; weeks in, weeks out.

Every function takes numbers or arrays that broadcast, and refuses values outside the domain where it holds. They
are rules of thumb for a list in balance. For a real list, with its ages and its percentiles, simulate.

References
----------
Fong K., Mushtaq Y., House T., Gordon D., Chen Y., Griffths D., Ahmad S., Walton N. (2022),
    Understanding Waiting Lists Pressures, medRxiv 2022.08.23.22279117.
Kingman J. F. C. (1961), The single server queue in heavy traffic, Proc. Camb. Phil. Soc. 57, 902-904.
Erlang A. K. (1917), Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges.
Little J. D. C. (1961), A proof for the queuing formula L = lambda W, Operations Research 9, 383-387.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.errors import DomainError
from sendneeds.kernel import formulas as _kernel

__all__ = [
    "erlang_b",
    "erlang_c",
    "mmc_mean_wait",
    "mmc_wait_quantile",
    "percentile_factor",
    "queue_load",
    "relief_capacity",
    "target_capacity",
    "target_mean_wait",
    "target_queue_size",
    "waiting_list_pressure",
]

Number = float | np.ndarray


def queue_load(demand: ArrayLike, capacity: ArrayLike) -> Number:
    """Return the load of a list: demand over capacity.

    At 1 or more no balance exists: the list grows without end.

    Parameters
    ----------
    demand : array_like
        Children joining a week, 0 or more.
    capacity : array_like
        Children that can be seen a week, over 0.

    Returns
    -------
    float or ndarray
        A ratio.

    Raises
    ------
    DomainError
        A value is outside its domain or is not a number.

    References
    ----------
    Fong et al. (2022), fact 1.

    Examples
    --------
    >>> round(queue_load(30, 27), 6)
    1.111111
    """
    return _out(_kernel.queue_load(_from_zero("demand", demand), _positive("capacity", capacity)))


def percentile_factor(share: ArrayLike) -> Number:
    """Return how many times the mean wait a target must be, for a share to be seen within it.

    Waits are taken to be exponential, so the factor is ``-ln(1 - share)``: 2.526 for 92 %, 4 for 98.2 %.

    Parameters
    ----------
    share : array_like
        Over 0 and under 1.

    Returns
    -------
    float or ndarray
        A factor for the functions here that take one.

    Raises
    ------
    DomainError
        The share is 0 or less, or 1 or more (in an exponential law some always wait longer).

    References
    ----------
    Fong et al. (2022), facts 3 and 4.

    Examples
    --------
    >>> round(percentile_factor(0.92), 6)
    2.525729
    """
    return _out(_kernel.percentile_factor(_share("share", share)))


def target_mean_wait(target_wait: ArrayLike, factor: ArrayLike = 4.0) -> Number:
    """Return the mean wait of a list in balance that keeps its target.

    Parameters
    ----------
    target_wait : array_like
        Weeks, over 0.
    factor : array_like
        Target over mean wait, over 0. At 4, 1.8 % wait longer; `percentile_factor` gives it for a share.

    Returns
    -------
    float or ndarray
        Weeks.

    Raises
    ------
    DomainError
        A value is outside its domain or is not a number.

    References
    ----------
    Fong et al. (2022), fact 4.

    Examples
    --------
    >>> target_mean_wait(52)
    13.0
    """
    return _out(_kernel.target_mean_wait(_positive("target_wait", target_wait), _positive("factor", factor)))


def target_queue_size(demand: ArrayLike, target_wait: ArrayLike, factor: ArrayLike = 4.0) -> Number:
    """Return the size of a list in balance that keeps its target, by Little's law.

    Parameters
    ----------
    demand : array_like
        Children joining a week, 0 or more.
    target_wait : array_like
        Weeks, over 0.
    factor : array_like
        As in `target_mean_wait`.

    Returns
    -------
    float or ndarray
        Children waiting.

    Raises
    ------
    DomainError
        A value is outside its domain or is not a number.

    References
    ----------
    Fong et al. (2022), facts 5 and 6; Little (1961).

    Examples
    --------
    >>> target_queue_size(30, 52)
    390.0
    """
    return _out(
        _kernel.target_queue_size(
            _from_zero("demand", demand), _positive("target_wait", target_wait), _positive("factor", factor)
        )
    )


def relief_capacity(
    demand: ArrayLike, queue_size: ArrayLike, target_queue_size: ArrayLike, weeks: ArrayLike = 26.0
) -> Number:
    """Return the capacity that brings a list to its target size in a number of weeks.

    Parameters
    ----------
    demand : array_like
        Children joining a week, 0 or more.
    queue_size, target_queue_size : array_like
        Children waiting now, and to be waiting then; 0 or more. The list now is not under the target.
    weeks : array_like
        Over 0.

    Returns
    -------
    float or ndarray
        Children to be seen a week, removals left out.

    Raises
    ------
    DomainError
        A value is outside its domain, or the list is under its target and needs no relief.

    References
    ----------
    Fong et al. (2022), fact 7.

    Examples
    --------
    >>> round(relief_capacity(30, 1200, 390, 26), 5)
    61.15385
    """
    now, then = _from_zero("queue_size", queue_size), _from_zero("target_queue_size", target_queue_size)
    _require(
        now >= then,
        "queue_size, target_queue_size",
        now - then,
        "a list at or over its target",
        "use target_capacity for a list that is already under its target",
    )
    return _out(_kernel.relief_capacity(_from_zero("demand", demand), now, then, _positive("weeks", weeks)))


def target_capacity(
    demand: ArrayLike,
    target_wait: ArrayLike,
    factor: ArrayLike = 4.0,
    cv_demand: ArrayLike = 1.0,
    cv_capacity: ArrayLike = 1.0,
) -> Number:
    """Return the capacity that keeps a target in the long run.

    ``demand + (cv_demand**2 + cv_capacity**2) / 2 * factor / target_wait``: Kingman's heavy-traffic mean wait,
    solved for capacity. It is near the truth when load is near 1, and asks for more than is needed otherwise.

    Parameters
    ----------
    demand : array_like
        Children joining a week, 0 or more.
    target_wait : array_like
        Weeks, over 0.
    factor : array_like
        As in `target_mean_wait`.
    cv_demand, cv_capacity : array_like
        Coefficient of variation of the time between referrals, and between appointments, 0 or more; 1 is random.

    Returns
    -------
    float or ndarray
        Children to be seen a week.

    Raises
    ------
    DomainError
        A value is outside its domain or is not a number.

    References
    ----------
    Kingman (1961); Fong et al. (2022), fact 8.

    Examples
    --------
    >>> round(target_capacity(30, 52, factor=1), 5)
    30.01923
    """
    return _out(
        _kernel.target_capacity(
            _from_zero("demand", demand),
            _positive("target_wait", target_wait),
            _positive("factor", factor),
            _from_zero("cv_demand", cv_demand),
            _from_zero("cv_capacity", cv_capacity),
        )
    )


def waiting_list_pressure(mean_wait: ArrayLike, target_wait: ArrayLike) -> Number:
    """Return the pressure on a list: twice its mean wait over its target, both in weeks.

    Over 1 the list will most likely miss its target.

    Parameters
    ----------
    mean_wait : array_like
        Mean wait of those seen, weeks, 0 or more.
    target_wait : array_like
        Weeks, over 0.

    Returns
    -------
    float or ndarray
        A ratio.

    Raises
    ------
    DomainError
        A value is outside its domain or is not a number.

    References
    ----------
    Fong et al. (2022), fact 9.

    Examples
    --------
    >>> round(waiting_list_pressure(63, 52), 6)
    2.423077
    """
    return _out(
        _kernel.waiting_list_pressure(
            _from_zero("mean_wait", mean_wait), _positive("target_wait", target_wait)
        )
    )


def erlang_b(offered: ArrayLike, servers: ArrayLike) -> Number:
    """Return the chance that all servers are busy where nobody can wait (Erlang's loss formula).

    Parameters
    ----------
    offered : array_like
        Offered load, arrival rate over service rate, over 0.
    servers : array_like
        A whole number, 1 or more.

    Returns
    -------
    float or ndarray
        A chance.

    Raises
    ------
    DomainError
        A value is outside its domain or is not a number.

    References
    ----------
    Erlang (1917).

    Examples
    --------
    >>> round(erlang_b(10, 10), 7)
    0.2145823
    """
    return _out(_kernel.erlang_b(_positive("offered", offered), _servers(servers)))


def erlang_c(arrival_rate: ArrayLike, service_rate: ArrayLike, servers: ArrayLike) -> Number:
    """Return the chance that an arrival has to wait in M/M/c (Erlang's delay formula).

    Parameters
    ----------
    arrival_rate : array_like
        Arrivals a week, over 0.
    service_rate : array_like
        Children that one server sees a week, over 0.
    servers : array_like
        A whole number, 1 or more; the load ``arrival_rate / (servers * service_rate)`` is under 1.

    Returns
    -------
    float or ndarray
        A chance.

    Raises
    ------
    DomainError
        A value is outside its domain, or the load is 1 or more.

    References
    ----------
    Erlang (1917).

    Examples
    --------
    >>> round(erlang_c(8, 1, 10), 7)
    0.4091802
    """
    return _out(_kernel.erlang_c(*_stable(arrival_rate, service_rate, servers)))


def mmc_mean_wait(arrival_rate: ArrayLike, service_rate: ArrayLike, servers: ArrayLike) -> Number:
    """Return the mean wait before service in M/M/c, those who do not wait included.

    Parameters
    ----------
    arrival_rate, service_rate, servers : array_like
        As in `erlang_c`.

    Returns
    -------
    float or ndarray
        Weeks.

    Raises
    ------
    DomainError
        A value is outside its domain, or the load is 1 or more.

    References
    ----------
    Erlang (1917).

    Examples
    --------
    >>> round(mmc_mean_wait(6, 3, 3), 7)
    0.1481481
    """
    return _out(_kernel.mmc_mean_wait(*_stable(arrival_rate, service_rate, servers)))


def mmc_wait_quantile(
    share: ArrayLike, arrival_rate: ArrayLike, service_rate: ArrayLike, servers: ArrayLike
) -> Number:
    """Return the wait within which a share of arrivals begins service in M/M/c.

    ``max(0, ln(C / (1 - share)) / (servers * service_rate - arrival_rate))`` with C from `erlang_c`.

    Parameters
    ----------
    share : array_like
        Over 0 and under 1.
    arrival_rate, service_rate, servers : array_like
        As in `erlang_c`.

    Returns
    -------
    float or ndarray
        Weeks; 0 where at least that share does not wait.

    Raises
    ------
    DomainError
        A value is outside its domain, or the load is 1 or more.

    References
    ----------
    Erlang (1917).

    Examples
    --------
    >>> round(mmc_wait_quantile(0.92, 8, 1, 10), 7)
    0.8160644
    """
    return _out(
        _kernel.mmc_wait_quantile(_share("share", share), *_stable(arrival_rate, service_rate, servers))
    )


def _out(value: np.ndarray) -> Number:
    return float(value) if np.ndim(value) == 0 else value


def _require(ok: np.ndarray, name: str, found: np.ndarray, allowed: str, cure: str) -> None:
    if not np.all(ok):
        first = np.asarray(found)[~np.asarray(ok)].flat[0] if np.ndim(found) else found
        raise DomainError(f"{name}: found {first:g}; allowed: {allowed}. {cure}.")


def _checked(
    name: str, value: ArrayLike, inside: Callable[[np.ndarray], np.ndarray], allowed: str
) -> np.ndarray:
    number = np.asarray(value, dtype=np.float64)
    _require(
        np.isfinite(number) & inside(number), name, number, allowed, "Give a finite number in that range"
    )
    return number


def _positive(name: str, value: ArrayLike) -> np.ndarray:
    return _checked(name, value, lambda x: x > 0, "over 0")


def _from_zero(name: str, value: ArrayLike) -> np.ndarray:
    return _checked(name, value, lambda x: x >= 0, "0 or more")


def _share(name: str, value: ArrayLike) -> np.ndarray:
    return _checked(name, value, lambda x: (x > 0) & (x < 1), "over 0 and under 1 (0.92, not 92)")


def _servers(value: ArrayLike) -> np.ndarray:
    return _checked("servers", value, lambda x: (x >= 1) & (x == np.floor(x)), "a whole number, 1 or more")


def _stable(
    arrival_rate: ArrayLike, service_rate: ArrayLike, servers: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arrivals, service = _positive("arrival_rate", arrival_rate), _positive("service_rate", service_rate)
    number = _servers(servers)
    load = np.asarray(arrivals / (number * service))
    grows = float(np.max(arrivals - number * service))
    _require(
        load < 1,
        "load, arrival_rate / (servers * service_rate)",
        load,
        "under 1",
        f"At these rates there is no balance: the list grows by {max(grows, 0):g} a week",
    )
    return arrivals, service, number
