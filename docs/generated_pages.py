"""Write the pages of the reference that come from the code: the help of commands, the modules of rooms, the levers."""

import ast
import contextlib
import io
import os
from pathlib import Path

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
ROOMS = (
    *("foundation", "kernel", "evidence", "need", "demand"),
    *("waits", "scenarios", "returns", "chapter", "explorer"),
)
PACKAGE = Path(sendneeds.__file__).parent


def write(folder: Path) -> None:
    """Write each page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["COLUMNS"] = "100"
    for command in ("", *COMMANDS):
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
            main([*command.split(), "--help"])
        (folder / f"help-{command or 'sendneeds'}.txt").write_text(text.getvalue(), encoding="utf-8")
    (folder / "house-plan.md").write_text(house_plan(), encoding="utf-8")
    (folder / "levers.md").write_text(levers(), encoding="utf-8")


def house_plan() -> str:
    """Return the modules room by room, each with the first sentence of its docstring."""
    lines = []
    for room in (*ROOMS, ""):
        folder = PACKAGE / room
        modules = folder.rglob("*.py") if room else folder.glob("*.py")
        lines += ["", f"### {room or 'at the top'}", "", "| module | what it is for |", "|---|---|"]
        for path in sorted(modules):
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            name = path.relative_to(folder).as_posix()
            if name != "__init__.py" or not room:
                lines.append(f"| `{name}` | {' '.join(doc.split(chr(10) * 2)[0].split())} |")
    return "\n".join(lines) + "\n"


def levers() -> str:
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
