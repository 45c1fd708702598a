"""`explorer_page`: one page on which a reader without Python moves up to three levers of one service."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from sendneeds import __version__
from sendneeds.chapter.forms.explorer_grid import LEVERS, SCALES, TARGET, Grid, simulated_grid
from sendneeds.chapter.forms.interpolation import EDGE, nodes_of
from sendneeds.chapter.markup import TEMPLATES, html_templates
from sendneeds.chapter.words import join, number
from sendneeds.evidence.disclosure.protected import ProtectedArea, protect_area
from sendneeds.foundation import arguments
from sendneeds.foundation.disclosure.profiles import COUNCIL
from sendneeds.foundation.disclosure.profiles import profile as profile_of
from sendneeds.foundation.errors import MissingDataError, expect, unknown
from sendneeds.foundation.outputs import write_output
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.run_result import RunResult
from sendneeds.scenarios.settings import services_with_list

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

EXPLORER = "explorer.html"
DRAWS = 60
"""Draws of the settings that are simulated ahead; more make the page surer, and slower to write."""
CHARTS = {
    "chance": "Chance by month that the list is at the target",
    "waiting": "Children waiting",
    "overdue_sessions": "Therapy sessions past due",
}
WITHHELD = "[c]"


def explorer_page(
    area: Area,
    result: RunResult,
    out: str | Path,
    *,
    draws: int = DRAWS,
    service: str | None = None,
    profile: str = COUNCIL.name,
) -> Path:
    """Write one page on which a reader without Python moves levers of a service.

    One service, and of posts, an initiative and groups those that the area has figures for. Stated settings are
    simulated ahead with the model; the page interpolates between them and prints how wrong that is at settings held
    back. It is one file, asks nothing of a network, and without scripts is the table of the settings.

    Parameters
    ----------
    area : Area
    result : RunResult
        A run of `area`: the page takes its options and seed. Levers start, and the council pays its share, as in the
        first of its options that pulls a lever on the service.
    out : str or Path
        The file to write.
    draws : int
        At most those of `result`.
    service : str, optional
        Code of a service with a list; the one on which the options pull most levers when left out.
    profile : str
        As in `build_chapter`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    MissingDataError
        If the area has no figures of a service on which a lever can be pulled, or the run is too short for one.
    UnknownNameError
        If there is no such service with a list here, or no such profile.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, draws=10, to=2030)
    >>> sn.explorer_page(bedford, result, Path(tempfile.mkdtemp()) / "explorer.html").name
    'explorer.html'
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    expect(result, "RunResult", "result", "run the area first, result = sn.run(area)")
    draws, at = arguments.draws(draws), Path(out)
    if service is not None and service not in services_with_list(area):
        raise unknown("service", service, services_with_list(area))
    protected = protect_area(area, profile_of(profile))
    page = explorer_html(area, result, protected, draws, service, chapter="")
    if page is None:
        raise MissingDataError(
            f"{area.name}: no service has the figures that a lever takes, or the run ends too soon after its levers "
            "begin. Add figures to service_parameters.csv, or run to a later January."
        )
    return write_output(at.parent, at.name, page, area.basis.cleared_by(protected.statement()))


def explorer_html(
    area: Area,
    result: RunResult,
    protected: ProtectedArea,
    draws: int = DRAWS,
    service: str | None = None,
    chapter: str = "index.html",
) -> str | None:
    """Return the page, or None where the area has no service on which a lever can be pulled.

    Parameters
    ----------
    area, result, draws, service
        As in `explorer_page`.
    protected : ProtectedArea
        What disclosure control made of the area.
    chapter : str
        The page that it stands beside, to which it links.
    """
    grid = simulated_grid(area, result, protected, draws, service)
    return None if grid is None else page_of(grid, area, protected, chapter)


def page_of(grid: Grid, area: Area, protected: ProtectedArea, chapter: str) -> str:
    """Return a grid as a page."""
    script = (TEMPLATES / "explorer.js").read_text(encoding="utf-8")
    style = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "explorer.css"))
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    head, rows = table_of(grid)
    bases = [f"{count} {'is' if count == 1 else 'are'} {basis}" for basis, count in grid.bases.items()]
    return html_templates().get_template("explorer.html").render(
        area_name=area.name,
        service_words=SERVICES[grid.service],
        target_words=f"{TARGET:.0%} of those waiting have waited 18 weeks or less, and stay so for four weeks",
        start=f"{grid.start:%B %Y}",
        last_month=month_words(grid.months[-1]),
        levers=[
            {"name": name, "words": words, "nodes": nodes, "step": step}
            for name, (words, _, nodes, step) in ((name, LEVERS[name]) for name in grid.levers)
        ],
        charts=CHARTS.items(),
        nodes=len(nodes_of(grid.axes)),
        held=len(grid.held["chance"]),
        months=len(grid.months),
        draws=grid.draws,
        seed=grid.seed,
        draw_error=f"{128 * (0.25 / grid.draws) ** 0.5:.0f}",
        errors=error_words(grid),
        bases=join(bases),
        illustrative=grid.bases.get("illustrative", 0),
        withheld=f" {WITHHELD}: a small number, not shown." if hides(grid) else "",
        bases_total=sum(grid.bases.values()),
        disclosure=protected.sentences(),
        marked=not protected.may_be_published,
        head=head,
        rows=rows,
        version=__version__,
        pack=area.slug,
        chapter=chapter,
        data=Markup(json.dumps(data_of(grid), separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
        style=Markup(style),
    )  # fmt: skip


def hides(grid: Grid) -> bool:
    """Return whether a figure of a grid is withheld."""
    return any(bool(np.isnan(cube).any()) for cube in grid.values.values())


def data_of(grid: Grid) -> dict[str, Any]:
    """Return what the script reads: the figures of every node, flat, the last lever fastest."""
    nodes = len(nodes_of(grid.axes))
    values = {}
    for measure, cube in grid.values.items():
        flat = cube[..., 1] if measure == "chance" else cube
        digits = {"chance": 4, "cost": 0}.get(measure, 1)
        values[measure] = [
            [None if np.isnan(x) else round(float(x), digits) for x in row] for row in flat.reshape(nodes, -1)
        ]
    axes = [{"name": n, "unit": LEVERS[n][1], "nodes": LEVERS[n][2]} for n in grid.levers]
    return {
        "axes": axes,
        "months": grid.months,
        "years": grid.years,
        "values": values,
        "scales": SCALES,
        "edge": EDGE,
        "draws": grid.draws,
        "council": grid.council_share,
        "errors": {m: [round(e, 4) for e in grid.error(m)] for m in grid.values},
        "words": CHARTS,
    }


def error_words(grid: Grid) -> str:
    """Return how wrong interpolation is, measure by measure, in words."""
    said = {
        "chance": ("the chance of the target", 100, " points", 1),
        "waiting": ("children waiting", 1, "", 0),
        "overdue_sessions": ("sessions past due", 1, "", 0),
        "cost": ("cost of a year", 1, "", 0),
    }
    parts = []
    for measure, (words, times, unit, digits) in said.items():
        mean, most = (
            f"{'£' if measure == 'cost' else ''}{times * e:,.{digits}f}" for e in grid.error(measure)
        )
        parts.append(f"{words} by {mean}{unit} on average and {most} at most")
    return "; ".join(parts)


def table_of(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """Return the settings that were simulated as a table: levers, chance each January, the lists at the end, cost."""
    januaries = [i for i, month in enumerate(grid.months) if month.endswith("-01")]
    last = month_words(grid.months[-1])
    head = [f"{LEVERS[name][0]}{', %' if LEVERS[name][1] == '%' else ''}" for name in grid.levers]
    head += [f"Chance, {month_words(grid.months[i])}" for i in januaries]
    head += [f"Waiting, {last}", f"Sessions past due, {last}"]
    head += [f"Cost, {year} to {year + 1}" for year in grid.years]
    rows = []
    for place, at in enumerate(nodes_of(grid.axes)):
        own = {m: cube.reshape(-1, *cube.shape[-2:])[place] for m, cube in grid.values.items()}
        row = [f"{x:g}" for x in at]
        row += [number(float(own["chance"][i, 1]), "probability") for i in januaries]
        row += [_range(own[m][-1], m) for m in ("waiting", "overdue_sessions")]
        row += [_range(cost, "cost") for cost in own["cost"]]
        rows.append(row)
    return head, rows


def month_words(month: str) -> str:
    """Return a month in words.

    Examples
    --------
    >>> month_words("2027-09")
    'September 2027'
    """
    return f"{np.datetime64(month, 'M').astype('O'):%B %Y}"


def _range(ends: np.ndarray, measure: str) -> str:
    if np.isnan(ends).any():
        return WITHHELD
    low, central, high = (f"{x:,.0f}" for x in (np.round(ends, -2) if measure == "cost" else ends))
    return f"{central} ({low} to {high})"
