"""HTML -> elements: by Python's parser, or by a quicker one where both read the same.

Nearly all pages are written by Markdown's own serializer: known tags, attributes in double quotes, all else escaped.
What is not written so, be it one character, is left to Python's parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset({"br", "hr", "img", "input"})
_NAMES: Final = (
    "p|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|details|summary|div|span|em|strong|code|pre|a|img|br|hr|sup|h[1-6]"
    "|input|label"
)
_REFERENCE: Final = "&(?:amp|lt|gt|quot|#[0-9]{1,6});"
# What ends or begins, its name, its attributes, and whether it ends at once.
_TAG: Final = re.compile(rf'<(?:/({_NAMES})|({_NAMES})((?: [a-z]+(?:-[a-z]+)*="(?:[^"<>&]|{_REFERENCE})*")*)( /)?)>')
_ATTRIBUTE: Final = re.compile(r' ([a-z-]+)="([^"]*)"')


@dataclass(slots=True)
class Element:
    """An element of the page; ``#`` is the name of comments and the like."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The class names that are not the theme's own marks and chips."""
        return [name for name in self.attributes.get("class", "").split() if not name.startswith("tl-")]

    def has(self, name: str) -> bool:
        """Whether this is one of the class's name."""
        return name in self.attributes.get("class", "").split()

    def elements(self) -> Iterator[Element]:
        """The children that are elements."""
        return (child for child in self.children if isinstance(child, Element))

    def all(self) -> Iterator[Element]:
        """Every element inside, in order."""
        for child in self.elements():
            yield child
            yield from child.all()

    def text(self) -> str:
        """All the words inside."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def strange(self, *known: str, classes: Iterable[str] = ()) -> list[str]:
        """The attributes beside the ``known`` ones, and those of its classes that are not expected."""
        odd = [f"{name}={value}" for name, value in self.attributes.items() if name not in {*known, "class"}]
        return sorted([*odd, *(f"class={name}" for name in self.classes if name not in classes)])


class _Tree(HTMLParser):
    """HTML -> elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self.open = [self.root]

    def begin(self, tag: str, attributes: Mapping[str, str], *, ends: bool = False) -> None:
        """An element; what is void, or ends at once, has nothing inside."""
        element = Element(tag, attributes)
        self.open[-1].children.append(element)
        if not ends and tag not in _VOID:
            self.open.append(element)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.begin(tag, {name: value or "" for name, value in attrs})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.begin(tag, {name: value or "" for name, value in attrs}, ends=True)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag and len(self.open) > 1:
            self.open.pop()
            return
        depth = next((depth for depth in range(len(self.open) - 1, 0, -1) if self.open[depth].tag == tag), None)
        if depth is None:
            self.handle_comment(tag)
        else:
            del self.open[depth:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.open[-1].children.append(Element("#", {"": data}))

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)


def elements_of(page: str) -> Element:
    """The elements of a page, below a root."""
    tree = _Tree()
    parts = _TAG.split(page)
    if any("<" in text for text in parts[::5]):
        tree.feed(page)
        tree.close()
    else:
        _grow(tree, parts)
    return tree.root


def _grow(tree: _Tree, parts: list[str]) -> None:
    """Put a page that is cut at its tags into a tree."""
    for text, ending, beginning, attributes, ends in zip(*(parts[at::5] for at in range(5)), strict=False):
        if text:
            tree.handle_data(unescape(text))
        if ending:
            tree.handle_endtag(ending)
        else:
            tree.begin(beginning, _attributes(attributes), ends=bool(ends))
    if parts[-1]:
        tree.handle_data(unescape(parts[-1]))


@lru_cache(maxsize=4096)
def _attributes(written: str) -> Mapping[str, str]:
    """The attributes of a tag. They are never changed, so that elements may share them."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(written)}
