"""Closed forms of waiting-list management and of queues with several servers, array in, array out.

Nothing is checked here: `sendneeds.formulas` says where each holds and refuses outside it.
"""

from __future__ import annotations

import numpy as np


def queue_load(demand: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Return demand over capacity."""
    return demand / capacity


def target_mean_wait(target_wait: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return the mean wait of a list that keeps its target."""
    return target_wait / factor


def target_queue_size(demand: np.ndarray, target_wait: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return the list that goes with the target mean wait, by Little's law."""
    return demand * target_wait / factor


def relief_capacity(
    demand: np.ndarray, queue_size: np.ndarray, target_queue_size: np.ndarray, weeks: np.ndarray
) -> np.ndarray:
    """Return the capacity that brings a list to its target size in so many weeks."""
    return demand + (queue_size - target_queue_size) / weeks


def target_capacity(
    demand: np.ndarray,
    target_wait: np.ndarray,
    factor: np.ndarray,
    cv_demand: np.ndarray,
    cv_capacity: np.ndarray,
) -> np.ndarray:
    """Return the capacity that keeps the target mean wait in the long run (heavy traffic)."""
    return demand + (cv_demand**2 + cv_capacity**2) / 2.0 * factor / target_wait


def waiting_list_pressure(mean_wait: np.ndarray, target_wait: np.ndarray) -> np.ndarray:
    """Return twice the mean wait over the target."""
    return 2.0 * mean_wait / target_wait


def percentile_factor(share: np.ndarray) -> np.ndarray:
    """Return how many mean waits cover a share of exponential waits."""
    return -np.log1p(-share)


def erlang_b(offered: np.ndarray, servers: np.ndarray) -> np.ndarray:
    """Return the chance that all servers are busy and a call is lost: ``1/B(n) = 1 + n/a * 1/B(n-1)``."""
    offered, servers = np.broadcast_arrays(offered, servers)
    inverse = np.ones(offered.shape)
    for number in range(1, int(servers.max(initial=0)) + 1):
        inverse = np.where(number <= servers, 1.0 + number / offered * inverse, inverse)
    return 1.0 / inverse


def erlang_c(arrival_rate: np.ndarray, service_rate: np.ndarray, servers: np.ndarray) -> np.ndarray:
    """Return the chance that an arrival waits in M/M/c."""
    load = arrival_rate / (servers * service_rate)
    lost = erlang_b(arrival_rate / service_rate, servers)
    return lost / (1.0 - load * (1.0 - lost))


def mmc_mean_wait(arrival_rate: np.ndarray, service_rate: np.ndarray, servers: np.ndarray) -> np.ndarray:
    """Return the mean wait before service in M/M/c."""
    return erlang_c(arrival_rate, service_rate, servers) / (servers * service_rate - arrival_rate)


def mmc_wait_quantile(
    share: np.ndarray, arrival_rate: np.ndarray, service_rate: np.ndarray, servers: np.ndarray
) -> np.ndarray:
    """Return the wait within which a share of arrivals is served in M/M/c, 0 where so many do not wait."""
    waits = erlang_c(arrival_rate, service_rate, servers)
    spare = servers * service_rate - arrival_rate
    return np.maximum(np.log(waits) - np.log1p(-share), 0.0) / spare
