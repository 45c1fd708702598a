"""Where the packs and notebooks that ship with the package stand: in the wheel, else in the source tree."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def shipped_root() -> Path | None:
    """Return the folder of the shipped packs; None where the installation has lost it."""
    for root in (PACKAGE / "_packs", PACKAGE.parent / "data"):
        if (root / "england").is_dir():
            return root
    return None


def shipped_notebooks() -> Path | None:
    """Return the folder of the shipped notebooks; None where the installation has lost it."""
    for root in (PACKAGE / "_notebooks", PACKAGE.parent / "notebooks"):
        if any(root.glob("*.ipynb")):
            return root
    return None
