"""The explorer of an area: its controls as widgets, what they change beside them, and options pinned."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from sendneeds.explorer import panels
from sendneeds.explorer.controls import make_controls, text, with_slider
from sendneeds.explorer.engine import Answer, Engine
from sendneeds.explorer.worker import Worker
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.scenarios.checks import last_day
from sendneeds.scenarios.reform import reform_scenarios
from sendneeds.scenarios.scenario import Scenario, as_things_stand
from sendneeds.scenarios.settings import Settings, services_with_list
from sendneeds.scenarios.write import write_scenarios

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area


class Explorer:
    """What `explore` returns: shown by a notebook as controls and what they change.

    Parameters
    ----------
    area : Area
    quick, draws : int
        Draws at once, and refined.
    seed, to : int

    Examples
    --------
    >>> import sendneeds as sn
    >>> explorer = sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
    >>> explorer.set(posts=3)
    >>> [lever.kind for lever in explorer.scenario.levers]
    ['fund_posts']
    """

    def __init__(self, area: Area, quick: int, draws: int, seed: int, to: int) -> None:
        services = services_with_list(area)
        if not services:
            raise MissingDataError(
                f"{area.name}: no service has a list to explore. Add figures to service_parameters.csv."
            )
        self.area, self.to = area, to
        self.engine = Engine(area, quick, draws, seed, to)
        self.answer: Answer | None = None
        self.pins: dict[str, tuple[Scenario, Answer]] = {}
        try:
            self._reform = reform_scenarios(area)[1:]
        except MissingDataError:
            self._reform = []
        self.controls = make_controls(area, to, services, self._reform)
        self._worker = Worker(self.engine, self._told, self._failed)
        self._status = widgets.HTML("")
        self._head, self._charts, self._rest, self._compared = (widgets.HTML("") for _ in range(4))
        self._name = text("option-1", "Name of the option")
        self._folder = text("my-options", "Folder for files")
        self.widget = self._layout()
        for control in self.controls.values():
            control.observe(self._moved, names="value")
        self._moved()

    @property
    def settings(self) -> Settings:
        """Where the controls stand."""
        values = {name: control.value for name, control in self.controls.items() if name != "month"}
        return Settings(**{"january": self._last().year, **values})

    @property
    def scenario(self) -> Scenario:
        """The option that the controls make, under the name in the box, in lower case with hyphens."""
        name = re.sub("[^a-z0-9]+", "-", self._name.value.lower()).strip("-")[:60].rstrip("-") or "option"
        return self.settings.scenario(name, name.replace("-", " ").capitalize(), self._reform)

    def set(self, **values: Any) -> None:
        """Move controls, as by hand.

        Parameters
        ----------
        **values
            By the name of the control, as in `controls`.

        Raises
        ------
        DomainError
            If there is no such control here, or it cannot stand so.

        Examples
        --------
        >>> import sendneeds as sn
        >>> explorer = sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
        >>> explorer.set(service="OT", groups=0.4)
        >>> explorer.settings.service
        'OT'
        """
        for name, value in values.items():
            if name not in self.controls:
                raise DomainError(f"{name!r}: the controls here are {', '.join(self.controls)}.")
            before = self.controls[name].value
            try:
                self.controls[name].value = value
            except Exception as error:  # traitlets' own, which names a class
                raise DomainError(
                    f"{name}={value!r}: it cannot stand so, and stays at {before!r}."
                ) from error

    def wait(self, seconds: float = 120.0) -> Answer:
        """Wait for the refined answer to what the controls say.

        Parameters
        ----------
        seconds : float

        Returns
        -------
        Answer

        Raises
        ------
        DomainError
            If it takes longer, or the option cannot be run.

        Examples
        --------
        >>> import sendneeds as sn
        >>> explorer = sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
        >>> explorer.wait().refined
        True
        """
        if not self._worker.wait(seconds) or self.answer is None or not self.answer.refined:
            raise DomainError(f"No answer within {seconds:g} seconds. {self._status.value}".strip())
        return self.answer

    def pin(self, name: str | None = None) -> None:
        """Keep the option of now, with its answer, under a name.

        Parameters
        ----------
        name : str, optional
            What stands in the box when left out.

        Raises
        ------
        DomainError
            If nothing is answered yet.

        Examples
        --------
        >>> import sendneeds as sn
        >>> explorer = sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
        >>> explorer.set(posts=2)
        >>> _ = explorer.wait()
        >>> explorer.pin("two-posts")
        >>> explorer.compare()["option"].tolist()
        ['two-posts']
        """
        if name is not None:
            self._name.value = name
        scenario = self.scenario
        if self.answer is None or not self._is_of(self.answer, scenario):
            raise DomainError("This option is not answered yet: wait for its first figure, then pin.")
        self.pins[scenario.name] = scenario, self.answer
        number = len(self.pins) + 1
        self._name.value = f"option-{number}"
        self._show()

    def compare(self) -> pd.DataFrame:
        """Return the pinned options side by side.

        Returns
        -------
        pandas.DataFrame
            option, service, draws, probability_in (in the month shown), baseline, waiting (median at the end),
            in_time (share of plans in the last year), cost (GBP, medians of the years added).

        Examples
        --------
        >>> import sendneeds as sn
        >>> explorer = sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
        >>> len(explorer.compare())
        0
        """
        return panels.compared(
            {name: one for name, (_, one) in self.pins.items()}, self.controls["month"].value
        )

    def save(self, folder: str | Path) -> list[Path]:
        """Write the pinned options as scenario files.

        Parameters
        ----------
        folder : str or Path

        Returns
        -------
        list of Path

        Raises
        ------
        DomainError
            If none is pinned, or a file that is there says something else.

        Examples
        --------
        >>> import tempfile, sendneeds as sn
        >>> explorer = sn.explore(sn.open_area("bedford"), quick=10, draws=10, to=2027)
        >>> explorer.set(posts=2)
        >>> _ = explorer.wait()
        >>> explorer.pin("two-posts")
        >>> [path.name for path in explorer.save(tempfile.mkdtemp())]
        ['two-posts.toml']
        """
        return write_scenarios(self._pinned(), folder)

    def chapter(self, out: str | Path, draws: int = 1000) -> Path:
        """Write the chapter with the pinned options.

        Parameters
        ----------
        out : str or Path
            As in `build_chapter`.
        draws : int

        Returns
        -------
        Path

        Raises
        ------
        DomainError
            If none is pinned, or `out` may not be replaced.

        Examples
        --------
        >>> explorer.chapter("build/my-options")  # doctest: +SKIP
        """
        from sendneeds.chapter.build import build_chapter
        from sendneeds.scenarios.run import run

        options = [as_things_stand(), *self._pinned()]
        return build_chapter(self.area, run(self.area, options, draws, self.engine.seed), out)

    def _pinned(self) -> list[Scenario]:
        if not self.pins:
            raise DomainError("No option is pinned. Move the controls, then pin.")
        return [scenario for scenario, _ in self.pins.values()]

    def _last(self) -> date:
        return last_day(self.area, self.to)

    def _layout(self) -> Any:
        draws = self.engine.draws
        pin, save, chapter = (
            widgets.Button(description=words, tooltip=tip, layout=widgets.Layout(width="auto"))
            for words, tip in (
                ("Pin this option", "Keep it with its answer, to be compared"),
                ("Save pinned as files", "Scenario files, one each, in the folder named"),
                ("Write the chapter", f"A chapter with the pinned options, {draws} draws, in build/explored"),
            )
        )
        pin.on_click(self._clicked(lambda: self.pin()))
        save.on_click(self._clicked(lambda: self.save(self._folder.value), "Written: "))
        chapter.on_click(self._clicked(lambda: self.chapter(Path("build") / "explored", draws), "Written: "))
        title = widgets.HTML(
            f"<h3 style='margin:0'>{escape(self.area.name)}: what would each lever change?</h3>"
        )
        box = {"overflow": "visible", "min_width": "24em", "flex": "1 1 31em"}
        rows = [with_slider(name, control) for name, control in self.controls.items()]
        left = widgets.VBox([*rows, self._name, pin, self._folder, save, chapter, self._status])
        right = widgets.VBox([self._head, self._charts, self._rest, self._compared])
        left.layout, right.layout = widgets.Layout(**box), widgets.Layout(**{**box, "flex": "2 1 32em"})
        flow = widgets.Layout(display="flex", flex_flow="row wrap", width="100%")
        return widgets.VBox([title, widgets.Box([left, right], layout=flow)])

    def _clicked(self, do: Callable[[], Any], said: str = "") -> Callable[[Any], None]:
        def act(_: Any) -> None:
            try:
                made = do()
            except Exception as error:  # told beside the button: a notebook hides what a callback raises
                self._failed(str(error))
            else:
                paths = made if isinstance(made, list) else [made]
                self._status.value = escape(said + ", ".join(map(str, paths))) if made else ""

        return act

    def _moved(self, change: Any = None) -> None:
        if change is not None and change["owner"] is self.controls["month"]:
            self._show()
            return
        self._status.value = ""
        self._worker.ask(self.scenario, self.settings.service)

    def _told(self, answer: Answer) -> None:
        self.answer = answer
        for name, (scenario, _) in self.pins.items():
            if self._is_of(answer, scenario):  # pinned at the first look, and refined now
                self.pins[name] = scenario, answer
        self._show()

    def _is_of(self, answer: Answer, scenario: Scenario) -> bool:
        return answer.scenario.levers == scenario.levers and answer.scenario.note == scenario.note

    def _failed(self, words: str) -> None:
        self._status.value = (
            f'<div role="alert"><pre style="white-space:pre-wrap">{escape(words)}</pre></div>'
        )

    def _show(self) -> None:
        month = self.controls["month"].value
        pins = {name: one for name, (_, one) in self.pins.items()}
        if self.answer is not None:
            self._charts.value = panels.charts(self.answer, pins)
            self._rest.value = panels.rest(self.answer)
            self._head.value = panels.headline(self.answer, month)  # last: it says that the rest is there
        self._compared.value = panels.compared_html(pins, month)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.widget._repr_mimebundle_(**kwargs)

    def __repr__(self) -> str:
        return f"Explorer of {self.area.name}: {len(self.controls)} controls, {len(self.pins)} options pinned"
