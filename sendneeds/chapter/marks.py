"""Marks of a paragraph: the basis of its figures, once, at its end; and a link at the first use of a term."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sendneeds.chapter.tables import tag, weakest

_BLOCK = re.compile(r"<(p|li)\b[^>]*>(?:(?!<(?:p|li|ul|ol)\b).)*?</\1>", re.DOTALL)
_BASIS = re.compile(r' data-basis="([a-z]+)"')
_TOKEN = re.compile(r"<[^>]*>|[^<]+")
_QUIET = ("h1", "h2", "h3", "h4", "a", "table", "figcaption", "summary", "code", "svg")
_QUIET_CLASSES = ("source", "tiles", "basis", "back")
_VOID = ("img", "br", "hr", "input", "meta", "link")
_TERM = re.compile(r"<li><strong>([^<]+):</strong>")


def mark_bases(html: str) -> str:
    """Return HTML in which every paragraph and item ends with the weakest basis of the figures in it.

    Examples
    --------
    >>> mark_bases('<p>About <span data-basis="estimate">5</span> of <span data-basis="published">9</span>.</p>')
    '<p>About <span>5</span> of <span>9</span>. <span class="basis">estimate</span></p>'
    """

    def mark(match: re.Match[str]) -> str:
        block = match.group(0)
        bases = _BASIS.findall(block)
        label = str(tag(weakest(bases))) if bases else ""
        end = f"</{match.group(1)}>"
        return block.removesuffix(end).rstrip() + label + end

    return _BASIS.sub("", _BLOCK.sub(mark, html))


def term_id(term: str) -> str:
    """Return the anchor of a term of the glossary.

    Examples
    --------
    >>> term_id("SEN support")
    'term-sen-support'
    """
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.casefold()).strip("-")


def anchor_terms(html: str) -> str:
    """Return the glossary with an anchor on every term."""
    return _TERM.sub(lambda m: f'<li id="{term_id(m.group(1))}"><strong>{m.group(1)}:</strong>', html)


def terms_of(html: str) -> list[str]:
    """Return the terms of a rendered glossary, the longest first, so that no term hides in a longer one."""
    return sorted(_TERM.findall(html), key=lambda term: (-len(term), term))


def link_terms(html: str, targets: Mapping[str, str]) -> str:
    """Return HTML in which the first use of each term in running text is a link to where it is explained.

    Parameters
    ----------
    html : str
    targets : mapping of str to str
        Address of each term.

    Examples
    --------
    >>> link_terms("<h2>Slot</h2><p>A slot is a slot.</p>", {"Slot": "annex.html#term-slot"})
    '<h2>Slot</h2><p>A <a href="annex.html#term-slot">slot</a> is a slot.</p>'
    """
    left = dict(targets)
    return "".join(_linked(html, left))


def _linked(html: str, left: dict[str, str]) -> Iterator[str]:
    open_tags: list[tuple[str, bool, bool]] = []  # name, whether it is quiet, whether it is running text
    for token in _TOKEN.findall(html):
        if not token.startswith("<"):
            _, quiet, running = open_tags[-1] if open_tags else ("", False, False)
            yield token if quiet or not running else _link_first(token, left)
            continue
        yield token
        name = re.match(r"</?([a-z0-9]+)", token)
        kind = name.group(1) if name else ""
        if token.startswith("</"):
            while open_tags and open_tags.pop()[0] != kind:
                pass
        elif kind and kind not in _VOID and not token.endswith("/>"):
            _, quiet, running = open_tags[-1] if open_tags else ("", False, False)
            quiet = quiet or kind in _QUIET or any(f'class="{word}"' in token for word in _QUIET_CLASSES)
            open_tags.append((kind, quiet, running or kind in ("p", "li")))


def _link_first(text: str, left: dict[str, str]) -> str:
    """Return text with a link at the first use of every term that is not linked yet."""
    found: list[tuple[int, int, str]] = []
    for term, target in list(left.items()):
        flags = 0 if term[:2].isupper() else re.IGNORECASE
        for match in re.finditer(rf"(?<![\w-]){re.escape(term)}(?:s)?(?![\w-])", text, flags):
            if any(start < match.end() and match.start() < end for start, end, _ in found):
                continue
            found.append((match.start(), match.end(), target))
            del left[term]
            break
    for start, end, target in sorted(found, reverse=True):
        text = f'{text[:start]}<a href="{target}">{text[start:end]}</a>{text[end:]}'
    return text
