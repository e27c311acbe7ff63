"""Markup cut between its outermost elements, so that a parser need not read those in which nothing is looked for.

    <div><p>1 <i>a</i></p> 2 <ul><li>3</li></ul></div>  ->  <div> | <p>1 <i>a</i></p> | 2 | <ul><li>3</li></ul> | </div>

Only where every end meets its beginning; for anything else a real parser has to say what it means. An element may be
left out, and the rest is read as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_VOID: Final = frozenset({"area", "base", "col", "embed", "input", "link", "meta", "param", "source", "track", "wbr"})
_TAG = re.compile(r"<(/?)([A-Za-z][^\s<>/]*)[^<>]*>")
_NOT_PLAIN = re.compile(r"<[!?]|<(?:script|style|textarea|title|plaintext)\b", re.IGNORECASE)
_STRING = re.compile(r"[^<>]+")


@dataclass(frozen=True, slots=True)
class Element:
    """An element with all that is in it, or what stands between two; that has no ``name``."""

    name: str
    markup: str

    @property
    def tag(self) -> str:
        """The tag that begins it."""
        return self.markup[: self.markup.find(">") + 1] if self.name else ""

    def strings(self) -> list[str]:
        """The texts in it, the insides of tags among them, entities as they are."""
        return _STRING.findall(self.markup)


def outermost(markup: str, opened: re.Pattern[str]) -> list[Element]:
    """The outermost elements and what is between them, in order; all as one without a name where it is not plain.

    An element whose tag ``opened`` matches only wraps others: what is in it counts as outermost.
    """
    whole, found = [Element("", markup)], list[Element]()
    above: list[str] = []
    start = tags = 0
    for tag in _TAG.finditer(markup):
        tags += 1
        closes, name = bool(tag[1]), tag[2].lower()
        if name in _VOID or tag[0].endswith("/>") or (not above and (closes or opened.match(tag[0]))):
            continue
        if not above:
            found.append(Element("", markup[start : tag.start()]))
            start = tag.start()
        if not closes:
            above.append(name)
        elif above.pop() != name:
            return whole
        elif not above:
            found.append(Element(name, markup[start : tag.end()]))
            start = tag.end()
    if above or _NOT_PLAIN.search(markup) or not markup.count("<") == markup.count(">") == tags:
        return whole
    return [*found, Element("", markup[start:])]
