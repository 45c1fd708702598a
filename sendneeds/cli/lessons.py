"""The command that copies the notebooks that ship, to be opened and changed."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.folders import PROVENANCE
from sendneeds.foundation.outputs import Basis, write_output
from sendneeds.foundation.shipped import shipped_notebooks

OPEN = Basis(frozenset({"published", "scaled", "illustrative"}))
"""The notebooks show packs that ship, in which nothing is an area's own record."""


def do_notebooks(args: argparse.Namespace) -> int:
    """Copy every notebook into a folder; one that is there already and differs is kept, and the copy refused."""
    source, out = shipped_notebooks(), Path(args.folder)
    if source is None:
        raise MissingDataError("The notebooks are missing from this installation. Install sendneeds again.")
    if (out / "area.toml").exists() or (out / PROVENANCE).exists():
        raise DomainError(f"{out}: this is a pack or a folder of results. Name another folder.")
    if out.exists() and not out.is_dir():
        raise DomainError(f"{out}: this is a file. Name a folder.")
    found = {path.name: path.read_bytes() for path in sorted(source.glob("*.ipynb"))}
    changed = [n for n, text in found.items() if (out / n).exists() and (out / n).read_bytes() != text]
    if changed:
        raise DomainError(
            f"{out}: {', '.join(changed)} differ from those that ship, and are kept. Name another folder."
        )
    out.mkdir(parents=True, exist_ok=True)
    for name, text in found.items():
        print(write_output(out, name, text, OPEN))
    if importlib.util.find_spec("jupyterlab") is None:
        print("To open them, first: python -m pip install 'sendneeds[notebook]'")
    print(f"Open them: {Path(sys.executable).name} -m jupyter lab {out}")
    return 0
