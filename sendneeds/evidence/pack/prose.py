"""Paragraphs that people wrote, ``prose/<section>.md`` in a pack: read as UTF-8, or a fault with file and line."""

from __future__ import annotations

from pathlib import Path

from sendneeds.evidence.checking.csv_reader import decode, read_bytes
from sendneeds.foundation.errors import Fault

PROSE = "prose"
MOST_PROSE = 200_000
"""Bytes of one file of prose; a pack may come by e-mail."""


def prose_faults(folder: Path) -> list[Fault]:
    r"""Return the faults of a pack's prose: files that are too large, cannot be opened or are not UTF-8.

    Parameters
    ----------
    folder : Path
        Of the pack.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "prose").mkdir()
    >>> (folder / "prose" / "summary.md").write_bytes(b"Good\nCaf\xe9") and None
    >>> [(fault.file, fault.row) for fault in prose_faults(folder)]
    [('prose/summary.md', 2)]
    """
    if not (folder / PROSE).is_dir():
        return []
    faults = []
    for path in sorted((folder / PROSE).glob("*.md")):
        file = f"{PROSE}/{path.name}"
        if path.is_symlink():
            cure = "Copy the file into the pack."
            faults.append(Fault(file, 0, "", "a link", "a file in the pack", cure))
            continue
        data = read_bytes(path, file, MOST_PROSE)
        text = decode(data, file) if isinstance(data, bytes) else data
        if isinstance(text, Fault):
            faults.append(text)
    return faults
