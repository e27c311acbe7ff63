"""What Markdown and its extensions write into pages whatever a page says: elements, attributes, values, class names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from typing import Final

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token, _TokenType
from pygments.util import ClassNotFound
from pymdownx.keymap_db import aliases, keymap

ELEMENTS: Final = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del ins mark sub sup a img br hr table thead tbody tr "
    "th td dl dt dd div span details summary input label abbr kbd".split()
)
# An attribute and the values that it may be given; what has none by itself is given a name of its own or none.
VALUES: Final = {
    "style": frozenset({"text-align: left;", "text-align: center;", "text-align: right;"}),
    "align": frozenset({"left", "center", "right"}),
    "type": frozenset({"checkbox", "radio"}),
    "colspan": frozenset({"2"}),  # of the title of code beside numbers
    "checked": frozenset({"", "checked"}),
    "disabled": frozenset({"", "disabled"}),
    "open": frozenset({"", "open"}),
    "xmlns": frozenset({"http://www.w3.org/2000/svg"}),
    **dict.fromkeys("id name for class href src alt title start data-tabs data-linenos".split(), frozenset[str]()),
}
CLASSES: Final = frozenset(
    "admonition admonition-title footnote footnote-ref footnote-backref headerlink toclink toc toctitle highlight "
    "highlighttable linenos linenodiv code filename hll special normal tabbed-set tabbed-alternate tabbed-labels "
    "tabbed-content tabbed-block tabbed-control task-list task-list-item task-list-control task-list-indicator "
    "arithmatex mermaid twemoji keys tl-mark tl-portion tl-inline tl-vh".split()
)
MARKED: Final = ("tl-mark--", "tl-portion--", "tl-inline--")  # and the style of a mark
_COLOURED: Final = frozenset(STANDARD_TYPES.values()) - {""}
LANGUAGE: Final = "language-"
PLAIN: Final = frozenset({"text"})  # the language of code that names none
KEY: Final = "key-"
_TABS: Final = re.compile(r"__tabbed_[0-9]{1,3}")


@cache
def keys() -> frozenset[str]:
    """The names of the keys of a keyboard."""
    return frozenset((*keymap, *aliases, *aliases.values()))


def is_name(attribute: str, value: str) -> bool:
    """Whether it is the name of a group of tabs."""
    return attribute == "name" and _TABS.fullmatch(value) is not None


def is_coloured(token: str, languages: frozenset[str]) -> bool:
    """Whether a class colours code: one that all languages have, or one that these languages bring."""
    return token in _COLOURED or ("-" in token and token in _brought(languages))


@lru_cache(maxsize=64)
def _brought(languages: frozenset[str]) -> frozenset[str]:
    """The classes that there are once what reads these languages is loaded."""
    for name in languages:
        with suppress(ClassNotFound):
            get_lexer_by_name(name)
    return frozenset(map(_class_of, _below(Token)))


def _below(kind: _TokenType) -> Iterator[_TokenType]:
    for each in kind.subtypes:
        yield each
        yield from _below(each)


def _class_of(kind: _TokenType) -> str:
    """The class of a kind of token: of the nearest one above it that has a short name, and the names from there."""
    names: list[str] = []
    while kind not in STANDARD_TYPES:
        names.insert(0, kind[-1])
        kind = kind.parent
    return "-".join([STANDARD_TYPES[kind], *names])
