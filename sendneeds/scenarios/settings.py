"""Where the controls of the explorer stand, and the option that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sendneeds.demand.parameters import Parameters
from sendneeds.scenarios.checks import Checked
from sendneeds.scenarios.levers import (
    AutismPathway,
    FillVacancies,
    FundPosts,
    Groups,
    Initiative,
    Lever,
    MissedAppointments,
    NeedGrowth,
    NewPlaces,
)
from sendneeds.scenarios.scenario import Scenario
from sendneeds.waits.services.rules_from_parameters import AUTISM, LIST, services_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

SPREAD = 0.25
"""How far either side of a share set by hand its 80 % interval reaches, as a share of it."""
PRICE_SPREAD = 0.3
"""The same for the price of a first assessment that is bought."""
HEALTH, COUNCIL = "icb", "council_high_needs"
GROUP_SIZE = 3


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the controls stand; each as it is when nothing is changed, but for the service and the dates.

    Parameters
    ----------
    service : str
        The service whose list is shown, on which the levers on services act.
    start : date
        From which they act.
    posts : float
        Posts funded besides, WTE.
    vacancies : float
        Share of vacant posts filled.
    initiative : float
        First assessments bought, children a week, for `months`, at `gbp_per_child`.
    months : int
    gbp_per_child : float
    groups : float
        Share of children with a block of sessions who have it in a group of three.
    fewer_missed : float
        By which share fewer appointments are missed.
    pathway : str
        Of autism assessment; as it is where empty.
    psychologists : float
        Educational psychologists funded besides, WTE.
    places : int
        New places in `setting`, from `january`.
    setting : str
    january : int
    growth : str
        How plans grow; by the rule of recent years where empty.
    reform : str
        A scenario of the reform, by name; none where empty.
    payer : str
        Who pays what the levers on services cost; places and psychologists are the council's.

    Examples
    --------
    >>> at = Settings(service="SLT", start=date(2027, 9, 1), january=2028, posts=2)
    >>> [lever.kind for lever in at.levers()]
    ['fund_posts']
    """

    service: str
    start: date
    january: int
    posts: float = 0.0
    vacancies: float = 0.0
    initiative: float = 0.0
    months: int = 12
    gbp_per_child: float = 700.0
    groups: float = 0.0
    fewer_missed: float = 0.0
    pathway: str = ""
    psychologists: float = 0.0
    places: int = 0
    setting: str = "state_special"
    growth: str = ""
    reform: str = ""
    payer: str = HEALTH

    def levers(self, reform: Sequence[Scenario] = ()) -> list[Lever]:
        """Return the levers that the controls pull.

        Parameters
        ----------
        reform : sequence of Scenario
            Among which the one named is looked up.
        """
        paid, council = {self.payer: 1.0}, {COUNCIL: 1.0}
        on: dict[str, Any] = {"service": self.service, "start": self.start}
        out: list[Lever] = []
        if self.posts:
            out.append(FundPosts(**on, wte=self.posts, funders=paid))
        if self.vacancies:
            out.append(FillVacancies(**on, share=self.vacancies, funders=paid))
        if self.initiative:
            price = interval(self.gbp_per_child, PRICE_SPREAD)
            last = self.start + timedelta(days=round(self.months * 365.25 / 12) - 1)
            out.append(
                Initiative(
                    **on, end=last, children_per_week=self.initiative, gbp_per_child=price, funders=paid
                )
            )
        if self.groups:
            out.append(Groups(**on, share=interval(self.groups, SPREAD), size=GROUP_SIZE))
        if self.fewer_missed:
            high, central, low = (1 - x for x in interval(self.fewer_missed, SPREAD))
            out.append(MissedAppointments(**on, ratio=(max(low, 0.01), central, high)))
        if self.pathway:
            out.append(AutismPathway(service=AUTISM, start=self.start, pathway=self.pathway))
        if self.psychologists:
            out.append(FundPosts(service="EP", start=self.start, wte=self.psychologists, funders=council))
        if self.places:
            out.append(
                NewPlaces(setting=self.setting, places=self.places, january=self.january, funders=council)
            )
        if self.growth:
            by = self.january if self.growth == "england_rate" else None
            out.append(NeedGrowth(growth=self.growth, by=by))
        chosen = next((s for s in reform if s.name == self.reform), None)
        return out + list(chosen.levers if chosen else ())

    def scenario(self, name: str, title: str, reform: Sequence[Scenario] = ()) -> Scenario:
        """Return the option that the controls make."""
        return Scenario(name, title, note=self.words(), levers=self.levers(reform))

    def words(self) -> str:
        """Return where the controls stand that were moved, as a note of the option.

        Examples
        --------
        >>> Settings(service="SLT", start=date(2027, 9, 1), january=2028, posts=2).words()
        'SLT from 2027-09-01: posts 2.'
        """
        default = Settings(service=self.service, start=self.start, january=self.january)
        moved = [
            f"{f.name.replace('_', ' ')} {getattr(self, f.name):g}"
            if isinstance(getattr(self, f.name), float | int)
            else f"{f.name} {getattr(self, f.name)}"
            for f in fields(self)
            if getattr(self, f.name) != getattr(default, f.name)
        ]
        return f"{self.service} from {self.start}: {', '.join(moved) or 'as things stand'}."


def interval(central: float, spread: float) -> tuple[float, float, float]:
    """Return the 80 % interval about a figure set by hand; one that starts under 1 stays at 1 or less.

    Examples
    --------
    >>> interval(0.4, 0.25)
    (0.3, 0.4, 0.5)
    """
    high = central * (1 + spread)
    return round(central * (1 - spread), 6), central, round(min(high, 1.0) if central <= 1 else high, 6)


def services_with_list(area: Area) -> list[str]:
    """Return the services of an area that have a list, in the pack's order."""
    parameters = Parameters(area) if area.has("service_parameters") else None
    return [] if parameters is None else [s for s in services_of(parameters) if parameters.has(s, LIST)]


def can_be_pulled(area: Area, at: Settings, to: int, **moved: object) -> bool:
    """Return whether an area and a run allow a control to be moved: the pack has the figures that its lever takes."""
    from dataclasses import replace

    levers = replace(at, **moved).levers()  # type: ignore[arg-type]
    return bool(levers) and not Checked(area, to).faults("explored", levers)
