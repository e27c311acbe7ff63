"""Plain words are not searched for markup: most of a bulletin is prose, and Markdown looks for fifteen patterns in it.

Two steps, around the one that applies inline patterns: before it, a text that none of them can match is made one that
Markdown takes as it is; after it, it is made an ordinary one again. What comes out is the same to the byte. A site
whose extensions bring other patterns is rendered without this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markdown import inlinepatterns as of
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown import Markdown

# The patterns of Markdown itself and of footnotes, as they are written; none matches without one of these.
KNOWN: Final = frozenset(
    {of.BACKTICK_RE, of.ESCAPE_RE, of.LINK_RE, of.IMAGE_LINK_RE, of.REFERENCE_RE, of.IMAGE_REFERENCE_RE}
    | {of.AUTOLINK_RE, of.AUTOMAIL_RE, of.LINE_BREAK_RE, of.HTML_RE, of.ENTITY_RE, r"\*|_", r"\[\^([^\]]*)\]"}
)
NEEDED: Final = re.compile(r"[`\\\[<&*_]|  \n")


class Before(Treeprocessor):
    """Make texts without markup ones that are left alone, and remember where they are."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.texts: list[Element] = []
        self.tails: list[Element] = []

    def run(self, root: Element) -> None:
        """Look at all words of the tree."""
        self.texts, self.tails = [], []
        if not KNOWN.issuperset({each.pattern for each in self.md.inlinePatterns}):
            return
        for element in root.iter():
            if _is_plain(element.text):
                element.text = AtomicString(element.text)
                self.texts.append(element)
            if _is_plain(element.tail):
                element.tail = AtomicString(element.tail)
                self.tails.append(element)


class After(Treeprocessor):
    """Make them ordinary again: later steps look into words, and leave alone what is to be left alone."""

    def __init__(self, md: Markdown, before: Before) -> None:
        super().__init__(md)
        self.before = before

    def run(self, root: Element) -> None:  # noqa: ARG002 - the signature is Markdown's
        """Undo what was done before."""
        for element in self.before.texts:
            element.text = str(element.text)
        for element in self.before.tails:
            element.tail = str(element.tail)


def _is_plain(text: str | None) -> bool:
    return bool(text and not isinstance(text, AtomicString) and not NEEDED.search(text))


def register(md: Markdown) -> None:
    """Put both steps around ``inline`` (20)."""
    before = Before(md)
    md.treeprocessors.register(before, "tearline-plain", 20.5)
    md.treeprocessors.register(After(md, before), "tearline-plain-end", 19.5)
