"""What every section of a chapter found, and the order in which sections are added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc.clock import Clock, add_clock
from sendneeds.chapter.sections.ehc.duties import Duties, add_duties
from sendneeds.chapter.sections.ehc.process import Appeals, EhcProcess, add_appeals, add_process
from sendneeds.chapter.sections.ehc.timeliness import Timeliness, add_timeliness
from sendneeds.chapter.sections.health.health import HealthServices, add_health_services
from sendneeds.chapter.sections.need.by_need import PlansByNeed, add_plans_by_need
from sendneeds.chapter.sections.need.causes import add_causes
from sendneeds.chapter.sections.need.councils import Councils, add_councils
from sendneeds.chapter.sections.need.expected import add_expected_plans
from sendneeds.chapter.sections.need.families import NeedPage, add_need_pages
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.need.like_areas import LikeAreas, add_like_areas
from sendneeds.chapter.sections.need.need_types import add_need_types
from sendneeds.chapter.sections.need.plans import PlanTrend, add_plan_trend
from sendneeds.chapter.sections.need.projection import Projection, add_projection
from sendneeds.chapter.sections.need.residence import PlansByResidence, add_plans_by_residence
from sendneeds.chapter.sections.need.residents import Residents, add_residents
from sendneeds.chapter.sections.need.risk import Risk, add_risk
from sendneeds.chapter.sections.need.shares import PupilShares, add_pupil_shares
from sendneeds.chapter.sections.need.track_record import TrackRecord, add_track_record
from sendneeds.chapter.sections.options.options import Options, add_options
from sendneeds.chapter.sections.partnership.actions import Actions, add_actions
from sendneeds.chapter.sections.partnership.indicators import add_indicators
from sendneeds.chapter.sections.partnership.outcomes import Outcomes, add_outcomes
from sendneeds.chapter.sections.partnership.priorities import (
    Priority,
    add_priorities,
    add_unmet_need,
    add_workforce,
)
from sendneeds.chapter.sections.partnership.voice import Voice, add_voice
from sendneeds.chapter.sections.provision.care import Care, add_care
from sendneeds.chapter.sections.provision.places import Places, add_places
from sendneeds.chapter.sections.provision.transition import Transition, add_transition
from sendneeds.chapter.sections.summary import questions
from sendneeds.chapter.sections.summary.front import FrontMatter, front_matter
from sendneeds.chapter.sections.summary.register import Registers, add_expected_gaps, add_registers
from sendneeds.chapter.words import Standing

if TYPE_CHECKING:
    from sendneeds.scenarios.run_result import RunResult


@dataclass(frozen=True)
class Contents:
    """What the sections found, by the names that templates use.

    Parameters
    ----------
    front : FrontMatter
    plans : PlanTrend
    shares : PupilShares
    by_need : PlansByNeed
    residence : PlansByResidence
    risk : Risk
    like : LikeAreas or None
    councils : Councils or None
        Of an area that is the sum of others.
    expected : dict of str to Standing
    horizon : Horizon
    residents : Residents
    projection : Projection
    track_record : TrackRecord
    explained : bool
        Whether the growth of plans is explained by cause.
    health : HealthServices
    need_pages : dict of str to NeedPage
        By id of the family of need, in order.
    process : EhcProcess
    duties : Duties
    timeliness : Timeliness
    appeals : Appeals
    clock : Clock or None
    places : Places or None
    care : Care
    transition : Transition
    outcomes : Outcomes
    actions : Actions
    voice : Voice
    priorities : list of Priority
    unmet : Indicator or None
        Needs that could not be met locally, in the latest period.
    options : Options
    questions : list of str
    registers : Registers
    """

    front: FrontMatter
    plans: PlanTrend
    shares: PupilShares
    by_need: PlansByNeed
    residence: PlansByResidence
    risk: Risk
    like: LikeAreas | None
    councils: Councils | None
    expected: dict[str, Standing]
    horizon: Horizon
    residents: Residents
    projection: Projection
    track_record: TrackRecord
    explained: bool
    health: HealthServices
    need_pages: dict[str, NeedPage]
    process: EhcProcess
    duties: Duties
    timeliness: Timeliness
    appeals: Appeals
    clock: Clock | None
    places: Places | None
    care: Care
    transition: Transition
    outcomes: Outcomes
    actions: Actions
    voice: Voice
    priorities: list[Priority]
    unmet: Indicator | None
    options: Options
    questions: list[str]
    registers: Registers


def compose(chapter: ChapterBuilder, run: RunResult) -> Contents:
    """Add every section to a chapter, and return what they found."""
    need, horizon = run.need, Horizon.of(run.need)
    plans = add_plan_trend(chapter)
    shares = add_pupil_shares(chapter)
    by_need = add_plans_by_need(chapter, plans)
    residence = add_plans_by_residence(chapter, need)
    risk = add_risk(chapter, plans.last)
    like = add_like_areas(chapter)
    councils = add_councils(chapter, run, horizon, plans.last)
    expected = add_expected_plans(chapter, need)
    residents = add_residents(chapter, need, horizon)
    add_need_types(chapter, run.types, horizon)
    projection = add_projection(chapter, need, horizon, plans)
    track_record = add_track_record(chapter, need)
    explained = add_causes(chapter, need, horizon)
    health = add_health_services(chapter, run)
    services = health.simulated
    need_pages = add_need_pages(
        chapter, need, horizon, by_need, projection, expected, track_record.narrow_by_need, plans.last
    )
    process = add_process(chapter, plans.area)
    duties = add_duties(chapter, plans.last)
    timeliness = add_timeliness(chapter)
    appeals = add_appeals(chapter, plans.last)
    clock = add_clock(chapter, run, services.run if services else None, timeliness)
    places = add_places(chapter, run, horizon)
    care = add_care(chapter, need, horizon)
    transition = add_transition(chapter, need, horizon, plans.last)
    indicators = add_indicators(chapter)
    outcomes = add_outcomes(chapter, indicators)
    actions = add_actions(chapter, indicators)
    voice = add_voice(chapter)
    priorities = add_priorities(chapter)
    unmet = add_unmet_need(chapter)
    add_workforce(chapter)
    options = add_options(chapter, run, horizon, projection, services, clock, places, health.standard)
    asked = (
        questions.identified(shares),
        questions.timely(timeliness),
        questions.refused(process.refusals),
        questions.overloaded(None if health.borrowed else services),
        questions.placed(projection, horizon, plans.last),
    )
    add_expected_gaps(chapter, options.are_compared)
    return Contents(
        front=front_matter(chapter, need, plans.last),
        plans=plans,
        shares=shares,
        by_need=by_need,
        residence=residence,
        risk=risk,
        like=like,
        councils=councils,
        expected=expected.standing,
        horizon=horizon,
        residents=residents,
        projection=projection,
        track_record=track_record,
        explained=explained,
        health=health,
        need_pages=need_pages,
        process=process,
        duties=duties,
        timeliness=timeliness,
        appeals=appeals,
        clock=clock,
        places=places,
        care=care,
        transition=transition,
        outcomes=outcomes,
        actions=actions,
        voice=voice,
        priorities=priorities,
        unmet=unmet,
        options=options,
        questions=[question for question in asked if question],
        registers=add_registers(chapter, need, health.parameters),
    )
