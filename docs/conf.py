"""How the documentation is built: `python -m sphinx -W -b html docs build/docs`."""

import shutil
import sys
from pathlib import Path

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

import sendneeds

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

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
    """Bring in the notebooks, and the pages that come from the code."""
    import generated_pages  # found beside this file

    shutil.copytree(HERE.parent / "notebooks", HERE / "notebooks", dirs_exist_ok=True)
    generated_pages.write(HERE / "reference" / "generated")


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
