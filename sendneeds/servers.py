"""Queues with several servers in balance: Erlang's formulas and the wait in M/M/c.

References
----------
Erlang A. K. (1917), Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.domains import Number, checked, plain, positive, proper_share, require
from sendneeds.kernel import formulas as _kernel


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
    return plain(_kernel.erlang_b(positive("offered", offered), _servers(servers)))


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
    return plain(_kernel.erlang_c(*_stable(arrival_rate, service_rate, servers)))


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
    return plain(_kernel.mmc_mean_wait(*_stable(arrival_rate, service_rate, servers)))


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
    return plain(
        _kernel.mmc_wait_quantile(proper_share("share", share), *_stable(arrival_rate, service_rate, servers))
    )


def _servers(value: ArrayLike) -> np.ndarray:
    return checked("servers", value, lambda x: (x >= 1) & (x == np.floor(x)), "a whole number, 1 or more")


def _stable(
    arrival_rate: ArrayLike, service_rate: ArrayLike, servers: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arrivals, service = positive("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    number = _servers(servers)
    load = np.asarray(arrivals / (number * service))
    grows = float(np.max(arrivals - number * service))
    require(
        load < 1,
        "load, arrival_rate / (servers * service_rate)",
        load,
        "under 1",
        f"At these rates there is no balance: the list grows by {max(grows, 0):g} a week",
    )
    return arrivals, service, number
