"""Closed forms for waiting lists, in the words the NHS uses for them; weeks in, weeks out.

Every function takes numbers or arrays that broadcast, and refuses values outside the domain where it holds. They
are rules of thumb for a list in balance. For a real list, with its ages and its percentiles, simulate.

References
----------
Fong K., Mushtaq Y., House T., Gordon D., Chen Y., Griffths D., Ahmad S., Walton N. (2022),
    Understanding Waiting Lists Pressures, medRxiv 2022.08.23.22279117.
Kingman J. F. C. (1961), The single server queue in heavy traffic, Proc. Camb. Phil. Soc. 57, 902-904.
Little J. D. C. (1961), A proof for the queuing formula L = lambda W, Operations Research 9, 383-387.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from sendneeds.foundation.domains import Number, from_zero, plain, positive, proper_share, require
from sendneeds.kernel import formulas as _kernel
from sendneeds.servers import erlang_b, erlang_c, mmc_mean_wait, mmc_wait_quantile

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
    return plain(_kernel.queue_load(from_zero("demand", demand), positive("capacity", capacity)))


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
    return plain(_kernel.percentile_factor(proper_share("share", share)))


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
    return plain(_kernel.target_mean_wait(positive("target_wait", target_wait), positive("factor", factor)))


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
    return plain(
        _kernel.target_queue_size(
            from_zero("demand", demand), positive("target_wait", target_wait), positive("factor", factor)
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
    now, then = from_zero("queue_size", queue_size), from_zero("target_queue_size", target_queue_size)
    require(
        now >= then,
        "queue_size, target_queue_size",
        now - then,
        "a list at or over its target",
        "use target_capacity for a list that is already under its target",
    )
    return plain(_kernel.relief_capacity(from_zero("demand", demand), now, then, positive("weeks", weeks)))


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
    return plain(
        _kernel.target_capacity(
            from_zero("demand", demand),
            positive("target_wait", target_wait),
            positive("factor", factor),
            from_zero("cv_demand", cv_demand),
            from_zero("cv_capacity", cv_capacity),
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
    return plain(
        _kernel.waiting_list_pressure(from_zero("mean_wait", mean_wait), positive("target_wait", target_wait))
    )
