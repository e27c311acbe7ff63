"""Markup cut between its outermost elements, so that a parser need not read those in which nothing is looked for.

    <section><p>one <i>1</i></p> two <ul><li>3</li></ul></section>  ->  <p>one <i>1</i></p> | two | <ul><li>3</li></ul>

Only where every end meets its beginning; for anything else a real parser has to say what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# Elements that only wrap others, and those that never hold anything.
_WRAPPERS: Final = frozenset({"article", "section", "header", "footer", "details", "blockquote", "figure", "dl"})
_VOID: Final = frozenset({"area", "base", "col", "embed", "input", "link", "meta", "param", "source", "track", "wbr"})
_TAG = re.compile(r"<(/?)([A-Za-z][^\s<>/]*)([^<>]*)>")
_NOT_PLAIN = re.compile(r"<[!?]|<(?:script|style|textarea|title|plaintext)\b", re.IGNORECASE)
_STRING = re.compile(r"[^<>]+")


def outermost(markup: str, hiding: frozenset[str]) -> list[str]:
    """The outermost elements, and what stands between them, in order; the markup as one where that is not plain.

    Elements that only wrap others are opened, unless a word of ``hiding`` stands in their tag.
    """
    found: list[str] = []
    above: list[str] = []
    start = number = 0
    for number, tag in enumerate(_TAG.finditer(markup), 1):  # noqa: B007 - counted
        closes, name = bool(tag[1]), tag[2].lower()
        if _stands_alone(name, tag[3]) or (not above and _only_wraps(name, tag[3], hiding)):
            continue
        if closes and (not above or above.pop() != name):
            return [markup]
        if not above:
            end = tag.end() if closes else tag.start()
            found.append(markup[start:end])
            start = end
        if not closes:
            above.append(name)
    if above or _NOT_PLAIN.search(markup) or not markup.count("<") == markup.count(">") == number:
        return [markup]
    return [*found, markup[start:]]


def strings(markup: str) -> Iterator[str]:
    """The texts in markup, attributes among them, entities as they are."""
    return iter(_STRING.findall(markup))


def _stands_alone(name: str, rest: str) -> bool:
    return name in _VOID or rest.endswith("/")


def _only_wraps(name: str, rest: str, hiding: frozenset[str]) -> bool:
    return name in _WRAPPERS and not any(word in rest for word in hiding)
