"""One list, Poisson arrivals and weekly slots, in four engines that give the same waits in law.

Each takes the number of replications and the opening list by whole weeks waited, and returns, a replication each,
the mean wait of those seen and the waits within which half and 92 % were seen; each also keeps the list's path.
"""

import random

import ciw
import numba
import numpy as np
import simpy

from sendneeds.kernel import inverse_tables, streams
from sendneeds.kernel.binomial import Binomial
from sendneeds.kernel.lists import fifo as lists
from sendneeds.kernel.lists import waiting_list, waits
from sendneeds.kernel.random_streams import RandomStreams

WEEKS, RATE = 520, 20.0
SLOTS = np.tile([20, 20, 21, 20, 21], WEEKS // 5).astype(np.int32)
SHARES = (0.5, 0.92)
BLOCK = 1024  # draws at a time: their curves fit the second-level cache
TABLE, BOUNDS = inverse_tables._table(inverse_tables.POISSON, RATE, ())


def sendneeds(replications, opening, seed=1):
    firsts = range(0, replications, BLOCK)
    blocks = [_block(first, min(BLOCK, replications - first), opening, seed) for first in firsts]
    return np.concatenate(blocks, axis=1)


def _block(first, draws, opening, seed):
    """Return the waits of one block of draws; its curves are released on return, for the next to use."""
    arrivals = streams.poisson(RATE, streams.uniforms(seed, ("bench",), WEEKS, draws, first))
    path = lists.fifo(arrivals, SLOTS, opening)
    return [waits.seen_mean(path, None), *waits.seen_percentile(path, SHARES, None)]


@numba.njit
def _compiled(replications, slots, opening, table, bounds, tabled, seed, path, out):
    weeks, oldest = slots.size, opening.size
    rows, tally = np.empty(oldest + weeks, np.int32), np.empty(oldest + weeks + 1, np.int64)
    np.random.seed(seed)  # noqa: NPY002 (the generator that a numba loop has)
    state = np.uint64(seed)
    for r in range(replications):
        waiting = 0
        for age in range(oldest):
            rows[age] = opening[oldest - 1 - age]
            waiting += rows[age]
        path[r, 0] = waiting
        tally[:] = 0
        head = total = number = 0
        for week in range(weeks):
            if tabled:  # splitmix64 and the same table as the kernel's
                state += np.uint64(0x9E3779B97F4A7C15)
                x = state
                x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                x ^= x >> np.uint64(31)
                joining = table[x >> np.uint64(48)]
                if joining < 0:
                    joining = np.searchsorted(bounds, (x >> np.uint64(11)) * 2.0**-53, side="right")
            else:
                joining = np.random.poisson(20.0)  # noqa: NPY002
            rows[oldest + week] = joining
            waiting += joining
            free = min(waiting, slots[week])
            waiting -= free
            number += free
            while free > 0:
                taken = min(rows[head], free)
                tally[oldest + week - head] += taken
                total += taken * (oldest + week - head)
                rows[head] -= taken
                free -= taken
                if rows[head] == 0:
                    head += 1
            path[r, week + 1] = waiting
        out[0, r] = total / number
        seen, half = 0, False
        for wait in range(tally.size):
            seen += tally[wait]
            if not half and seen >= 0.5 * number:
                out[1, r], half = wait, True
            if seen >= 0.92 * number:
                out[2, r] = wait
                break


def _numba(replications, opening, seed, tabled):
    out, path = np.empty((3, replications)), np.empty((replications, WEEKS + 1), np.int32)
    _compiled(replications, SLOTS, opening.astype(np.int32), TABLE, BOUNDS, tabled, seed, path, out)
    return out


def numba_tables(replications, opening, seed=1):
    return _numba(replications, opening, seed, True)


def numba_poisson(replications, opening, seed=1):
    return _numba(replications, opening, seed, False)


def _summary(waited):
    waited = np.sort(np.asarray(waited))
    return [waited.mean(), *(waited[int(np.ceil(share * waited.size - 1e-9)) - 1] for share in SHARES)]


def simpy_list(arrivals, opening):
    """Return the wait of every child seen, and the path: a store that a weekly clinic takes from."""
    env = simpy.Environment()
    queue = simpy.Store(env)
    waited, path = [], [int(opening.sum())]
    for age in reversed(range(opening.size)):
        for _ in range(opening[age]):
            queue.put(-age - 1)

    def weeks():
        for week in range(WEEKS):
            for _ in range(arrivals[week]):
                yield queue.put(week)
            for _ in range(min(SLOTS[week], len(queue.items))):
                waited.append(week - (yield queue.get()))
            path.append(len(queue.items))
            yield env.timeout(1)

    env.process(weeks())
    env.run()
    return waited, path


def simpy_engine(replications, opening, seed=1):
    rng = np.random.default_rng(seed)
    return np.array(
        [_summary(simpy_list(rng.poisson(RATE, WEEKS), opening)[0]) for _ in range(replications)]
    ).T


class _Batches(ciw.dists.Distribution):
    """Batch sizes in turn, from a list."""

    def __init__(self, sizes):
        self.sizes = iter(sizes)

    def sample(self, t=None, ind=None):
        return next(self.sizes, 0)


def ciw_list(arrivals):
    """Return the wait of every child seen; Ciw has no opening list, so it starts empty."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Deterministic(1.0)],
        service_distributions=[ciw.dists.Deterministic(0.0)],
        batching_distributions=[_Batches([int(n) for n in arrivals])],
        number_of_servers=[
            ciw.Slotted(slots=[w + 1.5 for w in range(WEEKS)], slot_sizes=[int(s) for s in SLOTS])
        ],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(WEEKS + 1)
    records = simulation.get_all_records()
    return [round(r.service_start_date - 0.5) - round(r.arrival_date) for r in records]


def ciw_engine(replications, opening, seed=1):
    ciw.seed(seed)
    random.seed(seed)
    rng = np.random.default_rng(seed)
    return np.array([_summary(ciw_list(rng.poisson(RATE, WEEKS))) for _ in range(replications)]).T


LEAVING, IN_ORDER = 0.004, 0.45
PART_SLOTS = np.tile([18, 19, 18, 19, 18], WEEKS // 5).astype(np.int32)


def sendneeds_in_part_order(draws, opening, order=IN_ORDER, leaving=LEAVING, shares=(), seed=1):
    """Draw and run lists of which a share is seen in order and some children leave; return every output."""
    arrivals = streams.poisson(RATE, streams.uniforms(seed, ("bench",), WEEKS, draws))
    luck = RandomStreams(seed, ("bench",), draws)
    return waiting_list.run(arrivals, PART_SLOTS[:, None], opening, luck, order, leaving, shares=shares)


@numba.njit
def _splitmix(state):
    x = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(fastmath={"reassoc"})
def _added_up(curve, first, end):
    total = np.float32(0)
    for row in range(first, end):
        total += curve[row]
    return np.int64(total)


@numba.njit
def _sampled(curve, first, end, count, total, start):
    """Take `count` of `total` evenly along the curve, as the kernel does, vectorized over rows."""
    step = np.float32(count / max(total, 1))
    offset = np.float32((start + 0.5) / max(total, 1))
    for row in range(first, end):
        curve[row] -= np.float32(np.int32(curve[row] * step + offset))  # not negative, so this is the floor


@numba.njit
def _compiled_in_part_order(
    draws,
    slots,
    opening,
    edges,
    order,
    poisson,
    poisson_bounds,
    table,
    start_at,
    bounds,
    width,
    seed,
    stocks,
    flows,
):
    weeks, oldest, bands = slots.size, opening.size, edges.size
    curve, before = np.empty(oldest + weeks + 1, np.float32), np.empty(bands, np.float32)
    state, golden = np.uint64(seed), np.uint64(0x9E3779B97F4A7C15)
    for lane in range(draws):
        curve[0] = 0
        for age in range(oldest):
            curve[age + 1] = curve[age] + opening[oldest - 1 - age]
        waiting, end, first, rest = np.int64(curve[oldest]), oldest + 1, 1, 0
        since = _added_up(curve, first, end)
        for bound in range(weeks + 1):
            stocks[lane, bound, 0] = waiting
            for band in range(bands):
                over = curve[max(end - 1 - edges[band], 0)]
                after = curve[max(end - 1 - edges[band + 1], 0)] if band + 1 < bands else np.float32(0)
                stocks[lane, bound, band + 1] = np.int32(over - after)
            if bound == weeks:
                break
            state += golden
            u = _splitmix(state)
            cell = (np.int64(waiting) << 10) | np.int64(u >> np.uint64(54))
            left = np.int64(table[cell])
            if left < 0:  # the law steps in this cell
                at = start_at[cell]
                while bounds[at] <= u:
                    at += 1
                left = np.int64(at & (width - 1))
            state += golden
            piece = _splitmix(state)
            _sampled(
                curve,
                first,
                end,
                left,
                waiting,
                np.int64(((piece & np.uint64(0xFFFFFFFF)) * np.uint64(waiting)) >> np.uint64(32)),
            )
            waiting -= left
            state += golden
            u = _splitmix(state)
            joining = np.int64(poisson[u >> np.uint64(48)])
            if joining < 0:
                joining = np.searchsorted(poisson_bounds, (u >> np.uint64(11)) * 2.0**-53, side="right")
            since = _added_up(curve, first, end)
            curve[end] = curve[end - 1] + joining
            end += 1
            waiting += joining
            since += waiting
            seen = min(waiting, slots[bound])
            for band in range(bands):
                before[band] = curve[max(end - 2 - edges[band] + (band == 0), 0)]
            due = rest + seen * order
            longest, rest = due >> 16, due & 65535
            for row in range(first, end):
                curve[row] = max(curve[row] - np.float32(longest), np.float32(0))
            while first < end - 1 and curve[first] == 0:
                first += 1
            others, behind = seen - longest, waiting - longest
            _sampled(
                curve,
                first,
                end,
                others,
                behind,
                np.int64(((piece >> np.uint64(32)) * np.uint64(behind)) >> np.uint64(32)),
            )
            waiting -= seen
            now = _added_up(curve, first, end)
            flows[lane, bound, 0], flows[lane, bound, 1] = seen, left
            flows[lane, bound, 2] = since - now - seen
            since = now
            later = np.float32(0)
            for band in range(bands - 1, -1, -1):
                over = before[band] - curve[max(end - 2 - edges[band] + (band == 0), 0)]
                flows[lane, bound, 3 + band] = np.int32(over - later)
                later = over


_LEAVERS = Binomial(LEAVING, 1, np.int16)
_LEAVERS._grow(1023)


def numba_in_part_order(draws, opening, order=IN_ORDER, seed=1):
    """The same lists lane by lane, compiled: stocks (lane, bound, 1 + bands) and flows (lane, week, 3 + bands)."""
    edges = np.array(waiting_list.EDGES)
    stocks = np.empty((draws, WEEKS + 1, 1 + edges.size), np.int32)
    flows = np.empty((draws, WEEKS, 3 + edges.size), np.int32)
    tables = _LEAVERS._table, _LEAVERS._start, _LEAVERS._bounds, _LEAVERS._width
    share = round(order * 65536)
    _compiled_in_part_order(
        draws, PART_SLOTS, opening.astype(np.int32), edges, share, TABLE, BOUNDS, *tables, seed, stocks, flows
    )
    return stocks, flows
