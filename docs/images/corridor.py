"""Draw the rooms, and which uses which, from the code's own imports.

`python docs/images/corridor.py` writes `corridor.svg`.
"""

import ast
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sendneeds"
PICTURE = Path(__file__).with_suffix(".svg")

ROOMS = {
    "evidence": "What is known about the area?",
    "need": "How many children will need what?",
    "demand": "How many referrals a week?",
    "waits": "How long will they wait, and where?",
    "scenarios": "What does an option change?",
    "returns": "What does the department ask for?",
    "chapter": "What does the board read?",
    "explorer": "What if we moved this lever?",
}
UNDER = {
    "foundation": "for all rooms: words, errors, results, files",
    "kernel": "numpy and scipy only: arrays in, arrays out",
}

WIDTH, BOX, GAP, LEFT = 720, 116, 34, 12
INK, PALE, LINE, MUTED = "#1b2733", "#eef4f8", "#35607c", "#44535f"


def uses(room: str) -> list[str]:
    """Return the rooms that a room imports, in the order of the corridor."""
    found = set()
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            found |= {name.split(".")[1] for name in names if name.startswith("sendneeds.")}
    return [name for name in ROOMS if name in found and name != room]


def inside(room: str) -> list[str]:
    """Return the rooms within a room."""
    return sorted(path.parent.name for path in (PACKAGE / room).glob("*/__init__.py"))


def text(x: float, y: float, words: str, size: int, fill: str = INK, bold: bool = False) -> str:
    """Return a line of text."""
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{weight}>{escape(words)}</text>'


def box(y: float, height: float, fill: str) -> str:
    """Return a box as wide as the picture."""
    return (
        f'<rect x="{LEFT}" y="{y}" width="{WIDTH - 2 * LEFT}" height="{height}" rx="8" fill="{fill}" '
        f'stroke="{LINE}" stroke-width="2"/>'
    )


def arrow(y: float) -> str:
    """Return an arrow down from a box to the next."""
    x = LEFT + 60
    return (
        f'<path d="M{x} {y} V{y + GAP - 10}" stroke="{LINE}" stroke-width="4"/>'
        f'<path d="M{x - 10} {y + GAP - 13} L{x} {y + GAP - 1} L{x + 10} {y + GAP - 13} Z" fill="{LINE}"/>'
    )


def draw() -> str:
    """Return the picture as SVG: a box a room, downwards, and what lies under all of them."""
    parts, y, x = [], 8, LEFT + 20
    for room, question in ROOMS.items():
        parts.append(box(y, BOX, PALE))
        parts.append(text(x, y + 34, room, 28, bold=True))
        parts.append(text(x + 172, y + 34, question, 24))
        rooms, used = inside(room), uses(room)
        within = ", ".join(rooms) if rooms else "no rooms within"
        parts.append(text(x, y + 70, within, 22, MUTED))
        parts.append(
            text(x, y + 100, f"uses {', '.join(used)}" if used else "uses none of the others", 22, MUTED)
        )
        y += BOX
        if room != list(ROOMS)[-1]:
            parts.append(arrow(y))
            y += GAP
    y += 22
    for room, words in UNDER.items():
        parts.append(box(y, 86, "#ffffff"))
        parts.append(text(x, y + 34, room, 28, bold=True))
        parts.append(text(x, y + 68, words, 22, MUTED))
        y += 86 + 12
    title = (
        "The rooms of sendneeds, in the order in which figures pass through them from evidence to explorer"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" '
        f'aria-label="{title}" font-family="DejaVu Sans, Verdana, Arial, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8", newline="\n")
