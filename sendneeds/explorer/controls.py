"""The controls of the explorer: standard widgets, each with a name, those that an area has figures for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from sendneeds.foundation.vocabulary import FUNDERS, SERVICES
from sendneeds.scenarios.checks import last_day
from sendneeds.scenarios.settings import HEALTH, Settings, can_be_pulled
from sendneeds.waits.services.rules_from_parameters import AUTISM

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.scenario import Scenario

WIDE = {"description_width": "17em"}
GROWTH = {
    "by the rule of recent years": "",
    "slower each year": "damped",
    "none: as many plans as now": "none",
    "to England's rate": "england_rate",
}
SLIDERS: dict[str, tuple[str, float, float, float]] = {
    "posts": ("Posts added (WTE)", 10, 0.5, 2),
    "vacancies": ("Vacant posts filled (share)", 1, 0.05, 1),
    "initiative": ("Initiative: children a week", 40, 1, 5),
    "months": ("Initiative: months", 36, 1, 12),
    "groups": ("Given in groups (share)", 0.8, 0.05, 0.4),
    "fewer_missed": ("Fewer missed (share)", 0.8, 0.05, 0.4),
    "psychologists": ("Psychologists added (WTE)", 10, 0.5, 2),
    "places": ("New special school places", 200, 10, 40),
}
"""Control -> what it says, the most, the step, and a value by which it is tried whether the area can."""


def make_controls(area: Area, to: int, services: list[str], reform: Sequence[Scenario]) -> dict[str, Any]:
    """Return the controls that the area has figures for, by name."""
    months = months_between(area.start, last_day(area, to))
    starts = [(f"{m:%B %Y}", m) for m in months if m >= area.start and m.month in (1, 4, 9)]
    start = starts[min(len(starts) - 1, len(starts) // 3)][1]
    januaries = list(range(area.start.year + 1, to + 1))
    at = Settings(service=services[0], start=start, january=januaries[len(januaries) // 2])
    reforms = [("none", ""), *((s.title, s.name) for s in reform)]

    def able(**moved: Any) -> bool:
        return can_be_pulled(area, at, to, **moved)

    def some(**moved: Any) -> bool:
        return any(can_be_pulled(area, replace(at, service=s), to, **moved) for s in services)

    out: dict[str, Any] = {
        "service": _picker("Service", [(SERVICES[s], s) for s in services], services[0]),
        "month": _picker("Month told", [(f"{m:%B %Y}", m) for m in months[:-2]], months[-3]),
        "start": _picker("Levers start", starts, start),
    }
    for name, (words, most, step, tried) in SLIDERS.items():
        if name == "months" or (
            some(**{name: tried}) if name not in ("psychologists", "places") else able(**{name: tried})
        ):
            out[name] = _number(words, most, step, 12 if name == "months" else 0)
    if some(pathway="needs_first") and AUTISM in services:
        shapes = [
            ("as it is", ""),
            ("diagnosis first", "diagnosis_first"),
            ("needs first", "needs_first"),
        ]
        out["pathway"] = _picker("Autism pathway", shapes, "")
    if "places" in out:
        out["january"] = _picker("Places open in January", [(str(y), y) for y in januaries], at.january)
    out["growth"] = _picker("Plans grow", list(GROWTH.items()), "")
    if reform:
        out["reform"] = _picker("Reform", reforms, "")
    payers = (HEALTH, "council_high_needs", "pool")
    out["payer"] = _picker("Levers on services paid by", [(FUNDERS[f], f) for f in payers], HEALTH)
    return out


def months_between(first: date, last: date) -> list[date]:
    """Return the first of every month from the month of a day to that of another.

    Examples
    --------
    >>> [str(m) for m in months_between(date(2025, 11, 5), date(2026, 1, 3))]
    ['2025-11-01', '2025-12-01', '2026-01-01']
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    ahead = [first.month - 1 + i for i in range(count)]
    return [date(first.year + at // 12, at % 12 + 1, 1) for at in ahead]


def text(value: str, words: str) -> Any:
    """Return a box for words."""
    return widgets.Text(value=value, description=words, style=WIDE, layout=widgets.Layout(width="98%"))


def _picker(words: str, options: list[tuple[str, Any]], value: Any) -> Any:
    return widgets.Dropdown(
        description=words, options=options, value=value, style=WIDE, layout=widgets.Layout(width="98%")
    )


def _number(words: str, most: float, step: float, value: float) -> Any:
    """Return a number box: a control that every assistive technology knows by name and value."""
    low, style = (1 if value else 0), {"description_width": "17em"}
    layout = widgets.Layout(width="23em", flex="0 0 auto")
    kind = widgets.BoundedIntText if float(step).is_integer() else widgets.BoundedFloatText
    made = int if kind is widgets.BoundedIntText else float
    return kind(
        made(value),
        min=made(low),
        max=made(most),
        step=made(step),
        description=words,
        style=style,
        layout=layout,
    )


def with_slider(name: str, control: Any) -> Any:
    """Return a number box with a slider beside it, moved together by the browser; another control as it is.

    The handle of the standard slider has no name of its own, so the box is the control and the slider its shadow.
    """
    if name not in SLIDERS:
        return control
    kind = widgets.IntSlider if isinstance(control, widgets.BoundedIntText) else widgets.FloatSlider
    slider = kind(
        control.value,
        min=control.min,
        max=control.max,
        step=control.step,
        readout=False,
        layout=widgets.Layout(flex="1 1 8em", min_width="6em", width="auto"),
    )
    widgets.jslink((slider, "value"), (control, "value"))
    return widgets.HBox([control, slider], layout=widgets.Layout(width="98%", overflow="visible"))
