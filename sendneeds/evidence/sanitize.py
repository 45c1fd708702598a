"""Text that travels to a spreadsheet or a page cannot run there."""

from __future__ import annotations

import re

RUNS = re.compile(r"'*[=+\-@\t\r]")


def escape_formula(cell: str) -> str:
    """Return text that a spreadsheet shows and does not run; `opened` gives back the first text.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("speech"), opened(escape_formula("=1+1"))
    ("'=1+1", 'speech', '=1+1')
    """
    return "'" + cell if RUNS.match(cell) else cell


def opened(cell: str) -> str:
    """Return the text that `escape_formula` was given."""
    return cell[1:] if cell.startswith("'") and RUNS.match(cell[1:]) else cell
