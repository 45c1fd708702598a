"""The anchor service for three engines: the kernel, a compiled one lane by lane, and SimPy child by child."""

import bisect

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.inverse_tables import BINOMIAL, POISSON
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.kernel.services.simulate import serve
from sendneeds.kernel.slots import whole
from sendneeds.kernel.twins.service import Twin

KEY = ("bench", "slt")
PACKAGES = (Package(0.7, 7, 2), Package(0.25, 12, 17))
MISSED, LEAVING, ARRIVALS, ADVICE = 0.08, 0.004, 13.6, 3.5
FIRST, ADVICE_UNITS = 2, 4
SIMPY_OUTPUTS = (
    "left",
    "joined",
    "seen",
    "seen_weeks",
    "seen_bands",
    "sessions",
    "late_weeks",
    "advice_done",
    "advice_in_time",
    "advice_slots",
    "first_slots",
    "wasted_slots",
    "idle_slots",
    "discharged",
    "waiting",
    "waiting_bands",
    "advice_waiting",
    "overdue",
    "overdue_weeks",
    "in_service",
)


def rules(fence=0.0, leaving=LEAVING):
    """Return the anchor's rules."""
    return Rules(PACKAGES, FIRST, ADVICE_UNITS, missed=MISSED, leaving=leaving, ring_fenced_share=fence)


def opening(children=420, weeks=31):
    """Return an opening list spread evenly over weeks waited."""
    return np.diff(np.arange(weeks + 1) * children // weeks)


def inputs(lanes, weeks, wte, seed=1):
    """Draw referrals and requests for advice; return them with the slots."""
    came = streams.poisson(ARRIVALS, streams.uniforms(seed, (*KEY, "referrals"), weeks, lanes))
    asked = streams.poisson(ADVICE, streams.uniforms(seed, (*KEY, "advice"), weeks, lanes))
    return came, asked, whole(np.full((weeks, 1), wte * 18.0))


def kernel(lanes, weeks=520, wte=9, fence=0.0, leaving=LEAVING, old=None, seed=1):
    """Run the kernel, draws included."""
    came, asked, slots = inputs(lanes, weeks, wte, seed)
    old = opening() if old is None else old
    return serve(rules(fence, leaving), came, slots, RandomStreams(seed, KEY, lanes), [old], advice=asked)


def twin(lanes, weeks=520, wte=9, fence=0.0, leaving=LEAVING, old=None, seed=1):
    """Run the plain twin, draws included."""
    from sendneeds.kernel.services.simulate import EDGES

    came, asked, slots = inputs(lanes, weeks, wte, seed)
    old = (opening() if old is None else old).tolist()
    nothing = [0] * weeks
    runs = []
    for lane in range(lanes):
        columns = came[:, lane].tolist(), slots[:, 0].tolist(), [old], asked[:, lane].tolist()
        one = Twin(rules(fence, leaving), lane, seed, KEY, *columns, [], [], [], nothing, nothing, EDGES)
        runs.append(one.run())
    return runs


def simpy_run(weeks=520, wte=9, leaving=LEAVING, seed=1):
    """Run one lane in SimPy: a process for each child, slots shared out week by week; return its outputs by week."""
    import heapq
    import random

    import simpy

    rng = random.Random(seed)
    env = simpy.Environment()
    first, later, advice = [], [], []
    edges = (0, 1, 2, 4, 12, 18, 52)
    out = {name: [] for name in SIMPY_OUTPUTS}
    seen_by_wait = [0] * (weeks + len(opening()))
    order, gone, in_service, ended = [0], [0], [0], [0]

    def poisson(mean):
        limit, k, p = np.exp(-mean), 0, rng.random()
        while p > limit:
            k, p = k + 1, p * rng.random()
        return k

    def attended(offered):
        return sum(rng.random() >= MISSED for _ in range(offered))

    def band(weeks_waited):
        for number in range(len(edges) - 1, 0, -1):
            if weeks_waited > edges[number]:
                return number
        return 0

    class Child:
        __slots__ = ("gone", "joined")

    def waits(child):
        while child.joined is not None:
            yield env.timeout(1)
            if child.joined is None:
                return
            if rng.random() < leaving:
                child.gone = True
                gone[0] += 1
                return

    def treat(spacing, sessions):
        in_service[0] += 1
        for number in range(sessions):
            delivered = env.event()
            yield env.timeout(spacing)
            order[0] += 1
            heapq.heappush(later, (env.now, number, order[0], delivered))
            yield delivered
        in_service[0] -= 1
        ended[0] += 1

    def join(week, children):
        for _ in range(children):
            child = Child()
            child.joined, child.gone = week, False
            first.append(child)
            if leaving:
                env.process(waits(child))

    def week_of_work():
        part_first = part_advice = 0
        while True:
            week = env.now
            came = poisson(ARRIVALS)
            join(week, came)
            first[:] = [child for child in first if not child.gone]
            left, gone[0] = gone[0], 0
            advice.extend([week] * poisson(ADVICE))
            slots = int(wte * 18)
            offered = min(slots, ADVICE_UNITS * len(advice) - part_advice)
            advice_slots = attended(offered)
            part_advice += advice_slots
            done = part_advice // ADVICE_UNITS
            in_time = sum(week - asked <= 6 for asked in advice[:done])
            del advice[:done]
            part_advice %= ADVICE_UNITS
            wasted = offered - advice_slots
            slots -= offered
            yield env.timeout(0)
            offered = min(slots, len(later))
            sessions, late = attended(offered), 0
            for _ in range(sessions):
                due, _, _, delivered = heapq.heappop(later)
                late += week - due
                delivered.succeed()
            wasted += offered - sessions
            slots -= offered
            yield env.timeout(0)
            offered = min(slots, max(FIRST * len(first) - part_first, 0))
            first_slots = attended(offered)
            part_first += first_slots
            wasted += offered - first_slots
            seen, seen_bands, seen_weeks, discharged = part_first // FIRST, [0] * len(edges), 0, ended[0]
            ended[0] = 0
            for child in first[:seen]:
                wait = week - child.joined
                seen_by_wait[wait] += 1
                seen_bands[band(wait)] += 1
                seen_weeks += wait
                child.joined = None
                luck = rng.random()
                if luck < PACKAGES[0].share:
                    env.process(treat(PACKAGES[0].spacing, PACKAGES[0].sessions))
                elif luck < PACKAGES[0].share + PACKAGES[1].share:
                    env.process(treat(PACKAGES[1].spacing, PACKAGES[1].sessions))
                else:
                    discharged += 1
            del first[:seen]
            part_first %= FIRST
            yield env.timeout(0)
            bands = [0] * len(edges)
            for child in first:
                bands[band(week + 1 - child.joined)] += 1
            overdue_weeks = sum(week + 1 - due for due, *_ in later)
            values = (
                left,
                came,
                seen,
                seen_weeks,
                seen_bands,
                sessions,
                late,
                done,
                in_time,
                advice_slots,
                first_slots,
                wasted,
                slots - offered,
                discharged,
                len(first),
                bands,
                len(advice),
                len(later),
                overdue_weeks,
                in_service[0],
            )
            for name, value in zip(SIMPY_OUTPUTS, values, strict=True):
                out[name].append(value)
            yield env.timeout(1)

    for age, count in reversed(list(enumerate(opening()))):
        join(-age - 1, count)
    env.process(week_of_work())
    env.run(until=weeks)
    return out, seen_by_wait


def simpy_clinic(weeks=520, wte=9, leaving=LEAVING, seed=1):
    """Run one lane in SimPy as its guide writes a clinic: therapists a resource, each appointment a request for one.

    Appointments follow one another through the week, in place of week by week. Children who wait give up in a drawn
    week. Return the outputs by week, and children seen by whole weeks waited.
    """
    import random

    import simpy

    rng = random.Random(seed)
    env = simpy.Environment()
    therapists, slot = simpy.PriorityResource(env, capacity=wte), 1 / 18
    edges = (1, 2, 4, 12, 18, 52)
    flows = dict.fromkeys(SIMPY_OUTPUTS, 0)
    bands = {name: [0] * 7 for name in ("seen_bands", "waiting_bands")}
    out = {name: [] for name in SIMPY_OUTPUTS}
    seen_by_wait = [0] * (weeks + len(opening()))
    waiting, due, asked = {}, {}, {}

    def appointment(priority, use):
        while True:
            with therapists.request(priority=priority) as turn:
                yield turn
                yield env.timeout(slot)
            if rng.random() >= MISSED:
                flows[use] += 1
                return
            flows["wasted_slots"] += 1

    def child(number, joined):
        waiting[number] = joined
        gives_up = env.timeout(rng.expovariate(leaving) if leaving else 10 * weeks)
        turn = therapists.request(priority=(2, joined, number))
        yield turn | gives_up
        del waiting[number]
        if not turn.triggered:
            turn.cancel()
            flows["left"] += 1
            return
        wait = int(env.now) - joined
        flows["seen"] += 1
        flows["seen_weeks"] += wait
        seen_by_wait[wait] += 1
        bands["seen_bands"][bisect.bisect_left(edges, wait)] += 1
        yield env.timeout(slot)
        therapists.release(turn)
        missed = rng.random() < MISSED
        flows["wasted_slots" if missed else "first_slots"] += 1
        for _ in range(FIRST if missed else FIRST - 1):
            yield from appointment((2, joined, number), "first_slots")
        luck = rng.random()
        for package in PACKAGES:
            luck -= package.share
            if luck < 0:
                flows["in_service"] += 1
                for session in range(package.sessions):
                    yield env.timeout(package.spacing)
                    due[number] = env.now
                    yield from appointment((1, env.now, session), "sessions")
                    flows["late_weeks"] += int(env.now - due.pop(number))
                flows["in_service"] -= 1
                break
        flows["discharged"] += 1

    def advise(number):
        asked[number] = env.now
        for _ in range(ADVICE_UNITS):
            yield from appointment((0, asked[number], number), "advice_slots")
        flows["advice_done"] += 1
        flows["advice_in_time"] += env.now - asked.pop(number) <= 7

    def poisson(mean):
        limit, k, p = np.exp(-mean), 0, rng.random()
        while p > limit:
            k, p = k + 1, p * rng.random()
        return k

    def year():
        number = 0
        for age, count in reversed(list(enumerate(opening()))):
            for _ in range(count):
                number += 1
                env.process(child(number, -age - 1))
        while True:
            came = poisson(ARRIVALS)
            for _ in range(came):
                number += 1
                env.process(child(number, env.now))
            for _ in range(poisson(ADVICE)):
                number += 1
                env.process(advise(number))
            yield env.timeout(1)
            bands["waiting_bands"] = [0] * 7
            for joined in waiting.values():
                bands["waiting_bands"][bisect.bisect_left(edges, env.now - joined)] += 1
            used = sum(flows[name] for name in ("advice_slots", "sessions", "first_slots", "wasted_slots"))
            stocks = {
                "joined": came,
                "idle_slots": wte * 18 - used,
                "waiting": len(waiting),
                "advice_waiting": len(asked),
                "overdue": len(due),
                "overdue_weeks": sum(env.now - since for since in due.values()),
            }
            for name in SIMPY_OUTPUTS:
                out[name].append(bands.get(name) or stocks.get(name, flows[name]))
                if name != "in_service":
                    flows[name] = 0
            bands["seen_bands"] = [0] * 7

    env.process(year())
    env.run(until=weeks + slot)
    return out, seen_by_wait


def compiled():
    """Return the compiled engine, `run(lanes, weeks, slots, fence, leaving, old, seed)`: guide tables, lane by lane."""
    import numba

    top = 256

    def guided(cdf):
        return np.searchsorted(cdf, np.arange(256) / 256, side="right").astype(np.int16)

    def table(chance, rows=top):
        n = np.arange(rows, dtype=float)
        law = BINOMIAL.cdf(n, n[:, None], np.asarray(chance))
        return law, np.array([guided(law[row, : row + 1]) for row in range(rows)])

    def poisson_table(mean):
        law = POISSON.cdf(np.arange(64.0), np.asarray(mean))
        return law, guided(law)

    spare = 1 - PACKAGES[0].share
    laws = (
        *poisson_table(ARRIVALS),
        *poisson_table(ADVICE),
        *table(MISSED),
        *table(PACKAGES[0].share),
        *table(PACKAGES[1].share / spare),
    )
    plan, kinds = 16, PACKAGES[0].sessions + PACKAGES[1].sessions

    @numba.njit(inline="always")
    def uniform(state):
        state[0] += np.uint64(0x9E3779B97F4A7C15)
        x = state[0]
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53

    @numba.njit(inline="always")
    def inverse(law, guide, u):
        k = guide[int(u * 256)]
        while law[k] <= u:
            k += 1
        return k

    @numba.njit
    def lanes_loop(
        out,
        bands,
        seen_bands,
        hist,
        weeks,
        slots,
        fence,
        leaving,
        old,
        leave_law,
        leave_guide,
        ends,
        seed,
        came_law,
        came_guide,
        asked_law,
        asked_guide,
        miss_law,
        miss_guide,
        a_law,
        a_guide,
        b_law,
        b_guide,
    ):
        oldest = len(old)
        edges = np.array([0, 1, 2, 4, 12, 18, 52])
        n_edges = len(edges)
        ahead = 32
        state = np.zeros(1, np.uint64)
        for lane in range(out.shape[1]):
            state[0] = np.uint64(seed * 1_000_003 + lane * 7919)
            cohort = np.zeros(oldest + weeks, np.int32)
            for age in range(oldest):
                cohort[oldest - 1 - age] = old[age]
            waiting = old.sum()
            over = np.zeros(n_edges, np.int32)
            for age in range(oldest):
                for b in range(n_edges):
                    if age + 1 > edges[b]:
                        over[b] += old[age]
            head, would_be = 0, cohort[0]
            ring = np.zeros((plan, 4096), np.int32)
            fill = np.zeros(plan, np.int32)
            due = np.zeros((weeks + ahead, kinds), np.int32)
            late_week, late_kind, overdue, late, pending = 0, 0, 0, 0, 0
            requests = np.zeros(weeks, np.int32)
            request_head, in_hand, part_advice, part_first = 0, 0, 0, 0
            for week in range(weeks):
                left = 0
                if leaving > 0:
                    first_row = oldest + week - 1
                    stop = 0 if week % plan == 0 else oldest
                    row = first_row
                    while row >= head:
                        planned = row >= oldest and (first_row - row) % plan == 0
                        if (planned or (row < oldest and stop == 0)) and cohort[row] > 0:
                            count = inverse(leave_law[cohort[row]], leave_guide[cohort[row]], uniform(state))
                            if row == head:
                                would_be = cohort[row]
                            for _ in range(count):
                                after = 0
                                u = uniform(state)
                                while ends[after] <= u:
                                    after += 1
                                slot = (week + after) % plan
                                ring[slot, fill[slot]] = row
                                fill[slot] += 1
                        if row > oldest:
                            row -= plan if (first_row - row) % plan == 0 else 1
                            if row < oldest and stop != 0:
                                break
                        elif stop == 0:
                            row -= 1
                        else:
                            break
                    slot = week % plan
                    for number in range(fill[slot]):
                        row = ring[slot, number]
                        if cohort[row] == 0 or row < head:
                            continue
                        goes = True
                        if row == head:
                            goes = uniform(state) * would_be < cohort[row]
                            would_be -= 1
                        if goes:
                            cohort[row] -= 1
                            left += 1
                            age = week + oldest - row
                            for b in range(n_edges):
                                if age > edges[b]:
                                    over[b] -= 1
                    fill[slot] = 0
                waiting -= left
                joined = inverse(came_law, came_guide, uniform(state))
                cohort[oldest + week] = joined
                waiting += joined
                over[0] += joined
                asked = inverse(asked_law, asked_guide, uniform(state))
                requests[week] = asked
                in_hand += asked
                offered = min(slots[week], ADVICE_UNITS * in_hand - part_advice)
                lost = inverse(miss_law[offered], miss_guide[offered], uniform(state))
                work = part_advice + offered - lost
                done, part_advice = work // ADVICE_UNITS, work % ADVICE_UNITS
                in_time, rest = 0, done
                while rest > 0:
                    some = min(rest, requests[request_head])
                    if week - request_head <= 6:
                        in_time += some
                    requests[request_head] -= some
                    rest -= some
                    if requests[request_head] == 0 and request_head < week:
                        request_head += 1
                in_hand -= done
                free = slots[week] - offered
                wasted = lost
                out[0, lane, week], out[1, lane, week], out[2, lane, week] = offered - lost, done, in_time
                fallen = 0
                for kind in range(kinds):
                    fallen += due[week, kind]
                overdue += fallen
                need = FIRST * waiting - part_first
                fenced = min(int(free * fence), need)
                offered = min(free - fenced, overdue)
                lost = inverse(miss_law[offered], miss_guide[offered], uniform(state))
                work, sessions, ended, late_now = offered - lost, offered - lost, 0, 0
                while work > 0:
                    some = min(work, due[late_week, late_kind])
                    if some > 0:
                        due[late_week, late_kind] -= some
                        work -= some
                        late_now += some * (week - late_week)
                        if late_kind < 7:
                            if late_kind == 6:
                                ended += some
                            else:
                                due[week + 2, late_kind + 1] += some
                        elif late_kind == kinds - 1:
                            ended += some
                        else:
                            due[week + 17, late_kind + 1] += some
                    if due[late_week, late_kind] == 0:
                        late_kind += 1
                        if late_kind == kinds:
                            if late_week == week:
                                late_kind = kinds - 1
                                break
                            late_kind = 0
                            late_week += 1
                overdue -= sessions
                late += overdue - late_now
                wasted += lost
                free -= offered
                offered = min(free, need)
                lost = inverse(miss_law[offered], miss_guide[offered], uniform(state))
                firsts = offered - lost
                work = part_first + firsts
                seen, part_first = work // FIRST, work % FIRST
                wasted += lost
                rest, waited = seen, 0
                for b in range(n_edges):
                    some = min(over[b], seen)
                    seen_bands[b, lane, week] = some
                    over[b] -= some
                while rest > 0:
                    some = min(rest, cohort[head])
                    wait = week + oldest - head
                    hist[lane, wait] += some
                    waited += some * wait
                    cohort[head] -= some
                    rest -= some
                    if rest > 0:
                        head += 1
                        would_be = cohort[head]
                waiting -= seen
                for b in range(1, n_edges):
                    row = oldest + week - edges[b]
                    if row >= 0:
                        over[b] += cohort[row]
                    bands[b - 1, lane, week] = over[b - 1]
                bands[n_edges - 1, lane, week] = over[n_edges - 1]
                block = inverse(a_law[seen], a_guide[seen], uniform(state))
                review = inverse(b_law[seen - block], b_guide[seen - block], uniform(state))
                due[week + 2, 0] += block
                due[week + 17, 7] += review
                pending += block + review - ended
                values = (
                    left,
                    joined,
                    seen,
                    waited,
                    sessions,
                    late_now,
                    firsts,
                    wasted,
                    free - offered,
                    seen - block - review + ended,
                    waiting,
                    in_hand,
                    overdue,
                    late,
                    pending,
                )
                number = 3
                for value in values:
                    out[number, lane, week] = value
                    number += 1

    def run(lanes, weeks, slots, fence=0.0, leaving=LEAVING, old=None, seed=1):
        old = opening() if old is None else old
        out = np.empty((18, lanes, weeks), np.int32)
        bands, seen_bands = (np.empty((7, lanes, weeks), np.int16) for _ in range(2))
        hist = np.zeros((lanes, len(old) + weeks), np.int32)
        gone = 1 - (1 - leaving) ** np.arange(1, plan + 1)
        leave = table(max(gone[-1], 1e-9))
        lanes_loop(
            out,
            bands,
            seen_bands,
            hist,
            weeks,
            slots[:, 0].astype(np.int64),
            fence,
            leaving,
            old.astype(np.int64),
            *leave,
            gone / max(gone[-1], 1e-9),
            seed,
            *laws,
        )
        return out, bands, seen_bands, hist

    return run
