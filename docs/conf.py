"""How the documentation is built: `python -m sphinx -W -b html docs build/docs`."""

import ast
import contextlib
import io
import os
import shutil
from pathlib import Path

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

import sendneeds
from sendneeds.__main__ import main
from sendneeds.foundation.vocabulary import FUNDERS
from sendneeds.scenarios.levers import ON_NEED, ON_PLACES, ON_SERVICES
from sendneeds.scenarios.levers.base import is_required, keys_of
from sendneeds.scenarios.levers.keys import toml_name

COMMANDS = (
    *("chapter", "project", "run", "compare", "seek", "check", "new-pack"),
    *("import-sen2", "run-areas", "return", "notebooks"),
)
HERE = Path(__file__).parent
PACKAGE = Path(sendneeds.__file__).parent

project = "sendneeds"
author = "The sendneeds authors"
copyright = "2026, the sendneeds authors; figures: public sector information, Open Government Licence v3.0"
version = release = sendneeds.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build", "reference/generated/house-plan.md", "reference/generated/levers.md"]
nitpicky = False

html_theme = "pydata_sphinx_theme"
html_title = "sendneeds"
html_theme_options = {
    "show_prev_next": False,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
}
html_show_sourcelink = False
html_math_renderer = "mathml"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the tests execute the notebooks; here their committed outputs are shown

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's Parameters sections carry the types
numpydoc_show_class_members = False


def gather(app):
    """Bring in the notebooks, and the help of each command as it is."""
    shutil.copytree(HERE.parent / "notebooks", HERE / "notebooks", dirs_exist_ok=True)
    generated = HERE / "reference" / "generated"
    generated.mkdir(parents=True, exist_ok=True)
    os.environ["COLUMNS"] = "100"
    for command in ("", *COMMANDS):
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
            main([*command.split(), "--help"])
        (generated / f"help-{command or 'sendneeds'}.txt").write_text(text.getvalue(), encoding="utf-8")

    (generated / "house-plan.md").write_text(house_plan(), encoding="utf-8")
    (generated / "levers.md").write_text(levers(), encoding="utf-8")


def house_plan():
    """Return the modules room by room, each with the first sentence of its docstring."""
    lines = []
    for room in (
        *[
            "foundation",
            "kernel",
            "evidence",
            "need",
            "demand",
            "waits",
            "scenarios",
            "returns",
            "chapter",
            "explorer",
        ],
        "",
    ):
        folder = PACKAGE / room
        modules = folder.rglob("*.py") if room else folder.glob("*.py")
        lines += ["", f"### {room or 'at the top'}", "", "| module | what it is for |", "|---|---|"]
        for path in sorted(modules):
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            name = path.relative_to(folder).as_posix()
            if name != "__init__.py" or not room:
                lines.append(f"| `{name}` | {' '.join(doc.split(chr(10) * 2)[0].split())} |")
    return "\n".join(lines) + "\n"


def levers():
    """Return the keys that each lever takes, and the funders that may pay for one."""
    lines = []
    rooms = {
        "Levers on services": ON_SERVICES,
        "Levers on places": ON_PLACES,
        "Levers on need": ON_NEED,
    }
    for title, kinds in rooms.items():
        lines += ["", f"## {title}"]
        for lever in kinds:
            lines += ["", f"### `{lever.kind}`", "", "| key | type | meaning |", "|---|---|---|"]
            for name, argument in keys_of(lever).items():
                key = argument.metadata["key"]
                default = "" if argument.default is None else f", default {argument.default}"
                need = ", required" if is_required(argument) else default
                lines.append(f"| `{toml_name(name)}` | {key.kind}{need} | {key.what} |")
    lines += ["", "## Funders", "", "| code | who |", "|---|---|"]
    lines += [f"| `{code}` | {name} |" for code, name in FUNDERS.items()]
    return "\n".join(lines) + "\n"


def mathml(text, display="inline"):
    """Return a formula as MathML, which every browser shows by itself: nothing is asked of a network."""
    return convert(text.strip(), display=display)


def inline_formula(translator, node):
    translator.body.append(mathml(node.astext()))
    raise SkipNode


def block_formula(translator, node):
    translator.body.append(
        f'<div class="math" style="margin: 1em 0; overflow-x: auto">{mathml(node.astext(), "block")}</div>\n'
    )
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
    app.connect("builder-inited", gather, priority=100)  # before autosummary and the reading of files
