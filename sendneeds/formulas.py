"""Closed forms for waiting lists and for queues with several servers in balance; weeks in, weeks out.

Every function takes numbers or arrays that broadcast, returns a float or an array, and raises `DomainError` for values
that are not finite or lie outside the domain where it holds. They are rules of thumb for a list in balance. For a real
list, with its ages and its percentiles, simulate.

References
----------
Erlang A. K. (1917), Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges.
Fong K., Mushtaq Y., House T., Gordon D., Chen Y., Griffths D., Ahmad S., Walton N. (2022),
    Understanding Waiting Lists Pressures, medRxiv 2022.08.23.22279117.
Kingman J. F. C. (1961), The single server queue in heavy traffic, Proc. Camb. Phil. Soc. 57, 902-904.
Little J. D. C. (1961), A proof for the queuing formula L = lambda W, Operations Research 9, 383-387.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.errors import checked, from_zero, positive, proper_share, require
from sendneeds.foundation.kinds import kinds

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
    """Return the load of a list, demand over capacity: at 1 or more it grows without end (Fong et al., fact 1).

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

    Examples
    --------
    >>> round(queue_load(30, 27), 6)
    1.111111
    """
    _numbers(demand=demand, capacity=capacity)
    return _plain(from_zero("demand", demand) / positive("capacity", capacity))


def percentile_factor(share: ArrayLike) -> Number:
    """Return how many times the mean wait a target must be, for a share to be seen within it.

    Waits are taken to be exponential, so the factor is ``-ln(1 - share)`` (Fong et al., facts 3 and 4).

    Parameters
    ----------
    share : array_like
        Over 0 and under 1 (in an exponential law some always wait longer).

    Returns
    -------
    float or ndarray
        A factor for the functions here that take one: 2.526 for 92 %, 4 for 98.2 %.

    Examples
    --------
    >>> round(percentile_factor(0.92), 6)
    2.525729
    """
    _numbers(share=share)
    return _plain(-np.log1p(-proper_share("share", share)))


def target_mean_wait(target_wait: ArrayLike, factor: ArrayLike = 4.0) -> Number:
    """Return the mean wait of a list in balance that keeps its target (Fong et al., fact 4).

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

    Examples
    --------
    >>> target_mean_wait(52)
    13.0
    """
    _numbers(target_wait=target_wait, factor=factor)
    return _plain(positive("target_wait", target_wait) / positive("factor", factor))


def target_queue_size(demand: ArrayLike, target_wait: ArrayLike, factor: ArrayLike = 4.0) -> Number:
    """Return the size of a list in balance that keeps its target, by Little's law (Fong et al., facts 5 and 6).

    Parameters
    ----------
    demand : array_like
        Children joining a week, 0 or more.
    target_wait, factor : array_like
        As in `target_mean_wait`.

    Returns
    -------
    float or ndarray
        Children waiting.

    Examples
    --------
    >>> target_queue_size(30, 52)
    390.0
    """
    _numbers(demand=demand, target_wait=target_wait, factor=factor)
    rate, within, times = (
        from_zero("demand", demand),
        positive("target_wait", target_wait),
        positive("factor", factor),
    )
    return _plain(rate * within / times)


def relief_capacity(
    demand: ArrayLike, queue_size: ArrayLike, target_queue_size: ArrayLike, weeks: ArrayLike = 26.0
) -> Number:
    """Return the capacity that brings a list to its target size in a number of weeks (Fong et al., fact 7).

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

    Examples
    --------
    >>> round(relief_capacity(30, 1200, 390, 26), 5)
    61.15385
    """
    _numbers(demand=demand, queue_size=queue_size, target_queue_size=target_queue_size, weeks=weeks)
    now, then = from_zero("queue_size", queue_size), from_zero("target_queue_size", target_queue_size)
    require(
        now >= then,
        "queue_size, target_queue_size",
        now - then,
        "a list at or over its target",
        "use target_capacity for a list that is already under its target",
    )
    return _plain(from_zero("demand", demand) + (now - then) / positive("weeks", weeks))


def target_capacity(
    demand: ArrayLike,
    target_wait: ArrayLike,
    factor: ArrayLike = 4.0,
    cv_demand: ArrayLike = 1.0,
    cv_capacity: ArrayLike = 1.0,
) -> Number:
    """Return the capacity that keeps a target in the long run (Kingman; Fong et al., fact 8).

    ``demand + (cv_demand**2 + cv_capacity**2) / 2 * factor / target_wait``: Kingman's heavy-traffic mean wait,
    solved for capacity. It is near the truth when load is near 1, and asks for more than is needed otherwise.

    Parameters
    ----------
    demand : array_like
        Children joining a week, 0 or more.
    target_wait, factor : array_like
        As in `target_mean_wait`.
    cv_demand, cv_capacity : array_like
        Coefficient of variation of the time between referrals, and between appointments, 0 or more; 1 is random.

    Returns
    -------
    float or ndarray
        Children to be seen a week.

    Examples
    --------
    >>> round(target_capacity(30, 52, factor=1), 5)
    30.01923
    """
    _numbers(
        demand=demand, target_wait=target_wait, factor=factor, cv_demand=cv_demand, cv_capacity=cv_capacity
    )
    spread = from_zero("cv_demand", cv_demand) ** 2 + from_zero("cv_capacity", cv_capacity) ** 2
    more = spread / 2.0 * positive("factor", factor) / positive("target_wait", target_wait)
    return _plain(from_zero("demand", demand) + more)


def waiting_list_pressure(mean_wait: ArrayLike, target_wait: ArrayLike) -> Number:
    """Return twice the mean wait over the target: over 1 it will most likely be missed (Fong et al., fact 9).

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

    Examples
    --------
    >>> round(waiting_list_pressure(63, 52), 6)
    2.423077
    """
    _numbers(mean_wait=mean_wait, target_wait=target_wait)
    return _plain(2.0 * from_zero("mean_wait", mean_wait) / positive("target_wait", target_wait))


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

    Examples
    --------
    >>> round(erlang_b(10, 10), 7)
    0.2145823
    """
    _numbers(offered=offered, servers=servers)
    load, number = np.broadcast_arrays(positive("offered", offered), _servers(servers))
    inverse = np.ones(load.shape)
    for n in range(
        1, int(number.max(initial=0)) + 1
    ):  # 1 / B(n) = 1 + n / a / B(n - 1), which cannot overflow early
        inverse = np.where(n <= number, 1.0 + n / load * inverse, inverse)
    return _plain(1.0 / inverse)


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

    Examples
    --------
    >>> round(erlang_c(8, 1, 10), 7)
    0.4091802
    """
    _numbers(arrival_rate=arrival_rate, service_rate=service_rate, servers=servers)
    arrivals, service, number = (
        positive("arrival_rate", arrival_rate),
        positive("service_rate", service_rate),
        _servers(servers),
    )
    load = np.asarray(arrivals / (number * service))
    grows = max(float(np.max(arrivals - number * service)), 0.0)
    require(
        load < 1,
        "load, arrival_rate / (servers * service_rate)",
        load,
        "under 1",
        f"At these rates there is no balance: the list grows by {grows:g} a week",
    )
    lost = erlang_b(arrivals / service, number)
    return _plain(lost / (1.0 - load * (1.0 - lost)))


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

    Examples
    --------
    >>> round(mmc_mean_wait(6, 3, 3), 7)
    0.1481481
    """
    _numbers(arrival_rate=arrival_rate, service_rate=service_rate, servers=servers)
    return _plain(erlang_c(arrival_rate, service_rate, servers) / _spare(arrival_rate, service_rate, servers))


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

    Examples
    --------
    >>> round(mmc_wait_quantile(0.92, 8, 1, 10), 7)
    0.8160644
    """
    _numbers(share=share, arrival_rate=arrival_rate, service_rate=service_rate, servers=servers)
    within = proper_share("share", share)
    excess = np.log(erlang_c(arrival_rate, service_rate, servers)) - np.log1p(-within)
    return _plain(np.maximum(excess, 0.0) / _spare(arrival_rate, service_rate, servers))


def _servers(servers: ArrayLike) -> np.ndarray:
    return checked("servers", servers, lambda x: (x >= 1) & (x == np.floor(x)), "a whole number, 1 or more")


def _spare(arrival_rate: ArrayLike, service_rate: ArrayLike, servers: ArrayLike) -> np.ndarray:
    return np.asarray(servers, float) * np.asarray(service_rate, float) - np.asarray(arrival_rate, float)


def _numbers(**given: object) -> None:
    """Raise an error that names every argument which is no number."""
    kinds(**{name: (value, "number") for name, value in given.items()})


def _plain(value: Number) -> Number:
    return float(value) if np.ndim(value) == 0 else value
