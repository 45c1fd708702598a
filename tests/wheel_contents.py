"""Say what is wrong with a wheel: a pack that it lacks, or what only maintainers need in it."""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def faults(names: list[str]) -> list[str]:
    """Return what is wrong with the file names of a wheel."""
    wanted = {f"sendneeds/_packs/{path.parent.name}/area.toml" for path in ROOT.glob("data/*/area.toml")}
    wanted |= {path.relative_to(ROOT).as_posix() for path in ROOT.glob("sendneeds/**/*.py")}
    wanted |= {f"sendneeds/_notebooks/{path.name}" for path in ROOT.glob("notebooks/*.ipynb")}
    tops = {name.split("/")[0] for name in names}
    return [
        *(f"{name} is not in the wheel" for name in sorted(wanted - set(names))),
        *(f"{name} is in the wheel" for name in names if "/_build/" in name or "__pycache__" in name),
        *(
            f"{top}/ is in the wheel"
            for top in sorted(tops)
            if top != "sendneeds" and not top.endswith(".dist-info")
        ),
    ]


if __name__ == "__main__":
    found = faults(zipfile.ZipFile(sys.argv[1]).namelist())
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
