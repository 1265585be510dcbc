"""A page taken apart: its elements as a tree, and what breaks the rules of well-formed HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("meta", "link", "input", "br", "wbr", "img", "hr"))
DRAWN = frozenset(("path", "circle", "rect", "use"))
"""Elements of SVG that may close themselves."""


BLOCKS = frozenset(
    ("td", "th", "tr", "p", "li", "div", "h1", "h2", "h3", "h4", "section", "article", "dt", "dd", "option")
)


@dataclass
class Node:
    tag: str
    attrs: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    @property
    def words(self) -> str:
        return " ".join(self._spaced().split())

    def _spaced(self) -> str:
        """The text, apart where a reader sees it apart."""
        edge = " " if self.tag in BLOCKS else ""
        return edge + "".join(c if isinstance(c, str) else c._spaced() for c in self.children) + edge

    def all(self, tag: str = "", **attrs: str) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                wanted = {k.rstrip("_").replace("_", "-"): v for k, v in attrs.items()}
                if (not tag or child.tag == tag) and all(child.has(k, v) for k, v in wanted.items()):
                    yield child
                yield from child.all(tag, **attrs)

    def has(self, name: str, value: str) -> bool:
        found = self.attrs.get(name, "")
        return value in found.split() if name == "class" else found == value

    def one(self, tag: str = "", **attrs: str) -> Node:
        return next(self.all(tag, **attrs))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("", {})
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [n for n, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"an attribute twice in <{tag}>")
        node = Node(tag, {n: v or "" for n, v in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in DRAWN:
            self.wrong.append(f"<{tag}/>")
        self.at.children.append(Node(tag, {n: v or "" for n, v in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        if self.at.tag != tag or self.at.parent is None:
            self.wrong.append(f"</{tag}> in <{self.at.tag}>")
            return
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def parse(text: str) -> Node:
    """The tree of a page that is well-formed."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert not reader.wrong, reader.wrong[:5]
    assert reader.at is reader.root, f"<{reader.at.tag}> is not closed"
    return reader.root
