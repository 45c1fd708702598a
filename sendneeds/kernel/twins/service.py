"""The twin of `service`: one lane, plain loops, cohorts and sessions in lists, in the order of a week."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from functools import lru_cache

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.inverse_tables import BINOMIAL
from sendneeds.kernel.lists.leaving import LeavingLaw
from sendneeds.kernel.services.rules import Rules


@lru_cache(maxsize=4096)
def _law(trials: int, chance: float) -> list[float]:
    k = np.arange(trials + 1.0)
    return BINOMIAL.cdf(k, np.full_like(k, trials), np.full_like(k, chance)).tolist()


def binomial(trials: int, chance: float, u: int) -> int:
    """Return the smallest k whose cumulative probability is over the uniform `u`, a whole number of 2^-64."""
    if chance in (0.0, 1.0):
        return trials if chance else 0
    return bisect_right(_law(trials, chance), (u >> 11) * 2.0**-53)


class Cohort:
    """The children who joined a list in one week and still wait."""

    def __init__(self, joined: int, waiting: int) -> None:
        self.joined, self.waiting = joined, waiting


def sample(cohorts: list[Cohort], count: int, piece: int) -> list[tuple[Cohort, int]]:
    """Take `count` children spread evenly along the cohorts, the oldest first; return how many of each."""
    total = sum(cohort.waiting for cohort in cohorts)
    start, before, out = piece * total >> 32, 0, []
    for cohort in cohorts:
        after = before + cohort.waiting
        if after > before:
            taken = (after * count + start) // total - (before * count + start) // total
            out.append((cohort, taken))
        before = after
    for cohort, taken in out:
        cohort.waiting -= taken
    return out


class Twin:
    """One lane of a service, run week by week by `run`; its outputs are lists by week in `out`."""

    def __init__(
        self,
        rules: Rules,
        lane: int,
        seed: int,
        key: tuple[str, ...],
        referrals: list[int],
        slots: list[int],
        opening: list[list[int]],
        advice: list[int],
        advice_opening: list[int],
        due: list[list[int]],
        overdue: list[list[int]],
        first_only: list[int],
        outsourced: list[int],
        edges: tuple[int, ...],
        later: tuple[tuple[int, Rules], ...] = (),
    ) -> None:
        self.rules, self.lane, self.seed, self.key, self.edges = rules, lane, seed, key, edges
        self.weeks, self.later = len(referrals), dict(later)
        self.referrals, self.slots, self.requests = referrals, slots, advice
        self.first_only, self.outsourced = first_only, outsourced
        self.law = LeavingLaw(rules.leaving, rules.age_out)
        self.uniforms: dict[str, list[int]] = {}
        self.lists: list[list[Cohort]] = []
        longest = max([len(one) for one in opening], default=0)
        for one in opening:
            ages = [*one, *[0] * (longest - len(one))]
            self.lists.append([Cohort(-age - 1, ages[age]) for age in reversed(range(longest))])
        self.advice = deque([-age - 1, advice_opening[age]] for age in reversed(range(len(advice_opening))))
        self.kinds = [(p, s) for p, package in enumerate(rules.packages) for s in range(package.sessions)]
        self.follow_ups: deque[list[int]] = deque()  # [week due, kind, sessions, units done of the first]
        for back in reversed(range(len(overdue))):
            self.follow_ups += [[-back - 1, k, n, 0] for k, n in enumerate(overdue[back]) if n]
        self.calendar: dict[int, list[int]] = {week: list(row) for week, row in enumerate(due)}
        self.part = [0] * len(self.lists)
        self.advice_part = 0
        self.rejoining: dict[int, int] = {}
        self.returning: dict[int, int] = {}
        self.in_service = sum(map(sum, due)) + sum(map(sum, overdue))
        self.out: dict[str, list] = {}
        shares = np.asarray(rules.in_order_share, dtype=float).reshape(-1)
        self.in_order = round(float(shares[lane if shares.size > 1 else 0]) * 65536)
        self.rest = [0] * len(self.lists)
        self.lapsed = [0] * len(self.lists)

    def draw(self, purpose: str, chance: float | np.ndarray, trials: int, week: int) -> int:
        """Return a binomial draw of a purpose."""
        chances = np.asarray(chance, dtype=float).reshape(-1)
        chance = float(chances[self.lane if chances.size > 1 else 0])
        if chance in (0.0, 1.0):
            return binomial(trials, chance, 0)
        return binomial(trials, chance, self.uniform(purpose, week))

    def uniform(self, purpose: str, week: int) -> int:
        """Return the uniform of a purpose and week, a whole number of 2^-64."""
        if purpose not in self.uniforms:
            drawn = streams.uniforms(self.seed, (*self.key, purpose), self.weeks, 1, self.lane)
            self.uniforms[purpose] = drawn[:, 0].tolist()
        return self.uniforms[purpose][week]

    def run(self) -> dict[str, list]:
        """Run every week and return the outputs."""
        self.record()
        for week in range(self.weeks):
            if week in self.later:
                self.change(self.later[week])
            self.leave(week)
            self.join(week)
            left = self.advise(week)
            needs = self.needs()
            self.fall_due(week)
            left, done, ended = self.follow_up(week, left, needs)
            assessed = self.assess(week, left + self.first_only[week], needs)
            self.packages(week, assessed, done, ended)
            self.record(week)
        return self.out

    def change(self, rules: Rules) -> None:
        """Switch to new rules from this week on."""
        if rules.first_units != self.rules.first_units:
            self.lapsed = [lapsed + part for lapsed, part in zip(self.lapsed, self.part, strict=True)]
            self.part = [0] * len(self.part)
        if rules.advice_units != self.rules.advice_units:
            self.advice_part = 0
        self.rules = rules

    def put(self, name: str, value: object) -> None:
        """Append to an output."""
        self.out.setdefault(name, []).append(value)

    def leave(self, week: int) -> None:
        """Draw how many leave in each band of weeks waited, and take them out."""
        left = aged = 0
        leaving = self.rules.leaving is not None or self.rules.age_out is not None
        for rank, cohorts in enumerate(self.lists if leaving else []):
            upper = None
            for band in reversed(range(len(self.law.edges))):
                edge = self.law.edges[band]
                some = [
                    cohort
                    for cohort in cohorts
                    if (week - cohort.joined - 1 >= edge)
                    and (upper is None or week - cohort.joined - 1 < upper)
                ]
                total = sum(cohort.waiting for cohort in some)
                count = self.draw(f"leavers {rank} {band}", self.law.chances[band], total, week)
                aged += self.draw(f"aged out {rank} {band}", self.law.aged[band], count, week)
                sample(some, count, self.uniform(f"order {rank}", week) & 0xFFFFFFFF)
                left += count
                upper = edge
        self.put("left", left)
        self.put("aged_out", aged)

    def join(self, week: int) -> None:
        """Put those accepted, and those who come back, on the list of their class."""
        rules = self.rules
        came = self.referrals[week] + self.returning.pop(week, 0)
        joined = self.draw("accepted", rules.accepted, came, week)
        back = self.draw("returned", rules.returned, came - joined, week)
        self.returning[week + rules.returned_after] = back
        again = self.rejoining.pop(week, 0)
        rest = joined + again
        for rank, cohorts in enumerate(self.lists):
            some = rest
            if rank < len(self.lists) - 1:
                purpose, chance = rules.ranks()[rank]
                some = self.draw(purpose, chance, rest, week)
            rest -= some
            cohorts.append(Cohort(week, some))
        self.put("joined", joined)
        self.put("rejoined", again)
        self.put("diverted", came - joined)

    def advise(self, week: int) -> int:
        """Serve statutory advice; return the slots left."""
        units = self.rules.advice_units
        self.advice.append([week, self.requests[week]])
        offered = min(self.slots[week], units * sum(n for _, n in self.advice) - self.advice_part)
        wasted = self.draw("advice missed", self.rules.missed, offered, week)
        done, self.advice_part = divmod(self.advice_part + offered - wasted, units)
        in_time, left = 0, done
        while left:
            taken = min(left, self.advice[0][1])
            in_time += taken if week - self.advice[0][0] <= 6 else 0
            self.advice[0][1] -= taken
            left -= taken
            if not self.advice[0][1]:
                self.advice.popleft()
        self.put("advice_slots", offered - wasted)
        self.put("wasted_slots", wasted)
        self.put("advice_done", done)
        self.put("advice_in_time", in_time)
        return self.slots[week] - offered

    def needs(self) -> list[int]:
        """Return the slots that first assessments need, by class; work on an empty list lapses."""
        out = []
        for rank, cohorts in enumerate(self.lists):
            waiting = sum(cohort.waiting for cohort in cohorts)
            if not waiting:
                self.lapsed[rank] += self.part[rank]
                self.part[rank] = 0
            out.append(self.rules.first_units * waiting - self.part[rank])
        return out

    def fall_due(self, week: int) -> None:
        """Put the sessions due this week at the queue's end, package by package, session by session."""
        row = self.calendar.pop(week, [0] * len(self.kinds))
        self.follow_ups += [[week, kind, count, 0] for kind, count in enumerate(row) if count]

    def units(self, kind: int) -> int:
        """Return the units of a slot that a session takes."""
        return self.rules.packages[self.kinds[kind][0]].units

    def follow_up(self, week: int, left: int, needs: list[int]) -> tuple[int, list[int], int]:
        """Deliver sessions; return the slots left, the sessions done by kind, and those discharged."""
        rules = self.rules
        need = sum(count * self.units(kind) - part for _, kind, count, part in self.follow_ups)
        ring_fenced = min(
            left * round(rules.ring_fenced_share * 65536) >> 16, max(sum(needs) - self.first_only[week], 0)
        )
        offered = min(left - ring_fenced, need)
        wasted = self.draw("follow-up missed", rules.missed, offered, week)
        done, late, work = [0] * len(self.kinds), 0, offered - wasted
        while work:
            entry = self.follow_ups[0]
            unit = self.units(entry[1])
            finished = min((entry[3] + work) // unit, entry[2])
            if not finished:
                entry[3] += work
                break
            work -= finished * unit - entry[3]
            entry[2], entry[3] = entry[2] - finished, 0
            done[entry[1]] += finished
            late += finished * (week - entry[0])
            if not entry[2]:
                self.follow_ups.popleft()
        self.put("follow_up_slots", offered - wasted)
        self.out["wasted_slots"][week] += wasted
        self.put("late_weeks", late)
        ended = 0
        for _ in range(self.draw("follow-up discharged", rules.discharged_follow_up, wasted, week)):
            if self.follow_ups:
                entry = self.follow_ups[0]
                entry[2], entry[3] = entry[2] - 1, 0
                ended += 1
                if not entry[2]:
                    self.follow_ups.popleft()
        self.in_service -= ended
        return left - offered, done, ended

    def assess(self, week: int, left: int, needs: list[int]) -> int:
        """Serve first assessments, class by class; return the children whose packages are to be settled."""
        rules = self.rules
        room = self.outsourced[week]
        assessed = elsewhere = missed_out = slots = wasted = weeks_waited = 0
        by_class, bands = [], [0] * len(self.edges)
        for rank, cohorts in enumerate(self.lists):
            offered = min(left, needs[rank])
            left -= offered
            lost = self.draw(f"first missed {rank}", rules.missed, offered, week)
            seen, self.part[rank] = divmod(self.part[rank] + offered - lost, rules.first_units)
            assessed += seen
            sent = min(room, sum(cohort.waiting for cohort in cohorts) - seen)
            room -= sent
            elsewhere += sent
            for cohort, taken in self.take(rank, seen + sent, self.uniform(f"order {rank}", week) >> 32):
                wait = week - cohort.joined
                weeks_waited += taken * wait
                bands[max(b for b, edge in enumerate(self.edges) if wait > edge or b == 0)] += taken
            gone = self.draw(f"first discharged {rank}", rules.discharged_first, lost, week)
            gone = min(gone, sum(cohort.waiting for cohort in cohorts))
            again = streams.hashed(np.array([self.uniform(f"order {rank}", week)], np.uint64), 1)
            missed_out += sum(taken for _, taken in self.take(rank, gone, int(again[0]) >> 32))
            slots += offered - lost
            wasted += lost
            by_class.append(seen + sent)
        self.put("first_slots", slots)
        self.out["wasted_slots"][week] += wasted
        self.put("idle_slots", left)
        for name, value in (("seen", by_class), ("seen_bands", bands), ("seen_weeks", weeks_waited)):
            self.put(name, value)
        self.put("outsourced", elsewhere)
        self.put("missed_out", missed_out)
        return assessed

    def take(self, rank: int, count: int, piece: int) -> list[tuple[Cohort, int]]:
        """Take children of a class, a share of them the longest waiters; return how many of each cohort."""
        cohorts, out = self.lists[rank], []
        longest, self.rest[rank] = divmod(self.rest[rank] + count * self.in_order, 65536)
        others = count - longest
        for cohort in cohorts:
            taken = min(longest, cohort.waiting)
            cohort.waiting -= taken
            longest -= taken
            out.append((cohort, taken))
        return [(cohort, taken) for cohort, taken in out + sample(cohorts, others, piece) if taken]

    def packages(self, week: int, assessed: int, done: list[int], ended: int) -> None:
        """Settle packages, put next sessions in their week, discharge, and send some back to the list."""
        rules = self.rules
        rest = assessed
        if any(self.outsourced):
            rest += self.draw(
                "outsourced return", rules.outsourced_return, self.out["outsourced"][week], week
            )
        finished = 0
        firsts = [self.kinds.index((package, 0)) for package in range(len(rules.packages))]
        for kind, (package, session) in enumerate(self.kinds):
            after = rules.packages[package]
            if session == 0:
                purpose, chance = rules.nested()[package]
                some = self.draw(purpose, chance, rest, week)
                rest -= some
                self.due_in(week + after.weeks_to_first, kind, some)
                self.in_service += some
            if session + 1 < after.sessions:
                self.due_in(week + after.spacing, kind + 1, done[kind])
            else:
                going = 0
                if after.then is not None:
                    going = self.draw(f"goes on {package}", after.then_share, done[kind], week)
                    self.due_in(week + rules.packages[after.then].weeks_to_first, firsts[after.then], going)
                finished += done[kind] - going
        self.in_service -= finished
        discharged = rest + finished + ended + self.out["missed_out"][week]
        back = self.draw("rejoined", rules.rereferred, discharged, week)
        self.rejoining[week + rules.rereferred_after] = back
        self.put("sessions", sum(done))
        self.put("discharged", discharged)

    def due_in(self, week: int, kind: int, count: int) -> None:
        """Put sessions in the week they fall due."""
        self.calendar.setdefault(week, [0] * len(self.kinds))[kind] += count

    def record(self, week: int = -1) -> None:
        """Record the stocks at the week's end."""
        bands = [0] * len(self.edges)
        for cohorts in self.lists:
            for cohort in cohorts:
                age = week + 1 - cohort.joined
                bands[max(b for b, edge in enumerate(self.edges) if age > edge)] += cohort.waiting
        self.put("waiting", [sum(cohort.waiting for cohort in cohorts) for cohorts in self.lists])
        self.put("waiting_bands", bands)
        self.put("advice_waiting", sum(n for _, n in self.advice))
        self.put("overdue", sum(entry[2] for entry in self.follow_ups))
        self.put("overdue_weeks", sum(entry[2] * (week + 1 - entry[0]) for entry in self.follow_ups))
        self.put("in_service", self.in_service)
