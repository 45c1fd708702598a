"""The page as a tree: what the other forms are made from, so that none of them can say anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "img", "source", "br", "hr", "link", "input", "col"})


@dataclass
class Node:
    """An element with its children, which are nodes and text.

    Parameters
    ----------
    tag : str
    attrs : dict of str to str
    children : list of Node or str
    """

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield the element and all within, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def find(self, tag: str) -> list[Node]:
        """Return the elements of a tag within, in the order of the page."""
        return [node for node in self.walk() if node.tag == tag and node is not self]

    def first(self, tag: str) -> Node | None:
        """Return the first element of a tag within, or None."""
        return next(iter(self.find(tag)), None)

    def has_class(self, name: str) -> bool:
        """Return whether it has a class."""
        return name in self.attrs.get("class", "").split()

    def text(self) -> str:
        """Return the words in it, with single spaces."""
        return " ".join(self._raw().split())

    def _raw(self) -> str:
        if self.tag in ("style", "script"):
            return ""
        edge = " " if self.tag not in INLINE else ""
        return edge + "".join(c if isinstance(c, str) else c._raw() for c in self.children) + edge


INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "span", "strong", "sub", "sup", "small"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("document")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(html: str) -> Node:
    """Return a page as a tree.

    Examples
    --------
    >>> tree("<p>About <b>1 in 6</b> children</p>").find("p")[0].text()
    'About 1 in 6 children'
    """
    reader = _Reader()
    reader.feed(re.sub(r"<!DOCTYPE[^>]*>", "", html))
    reader.close()
    return reader.root
