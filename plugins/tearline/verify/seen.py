"""What a reader sees of an HTML page, by a simple rule of its own: text in blocks, split where a mark stands.

The words that only a screen reader hears beside a mark are left out, and so are the numbers of notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tearline.verify import marks
from tearline.verify.decoding import TAG, unescaped
from tearline.verify.folding import words
from tearline.verify.spans import Span, less, spans, without

UNSEEN = re.compile(
    r'<span class="tl-vh">(?=[^<]*</span>)|<(script|style|template|svg|head)\b|<(sup) id="fnref|(<!--)'
    r'|<(a) class="(?:footnote-backref|headerlink)"'
)
# Tags that do not end a run of words; every other tag does.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|strike|sub|sup|time|tt|u|"
    r"var|wbr|nobr)\b[^<>]*>",
    re.IGNORECASE,
)


_PICTURE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)


class _Inline(dict[str, str | None]):
    """What stands for a tag in a run of words, worked out when it is first met: most tags of a site are on many pages.

    Nothing does for a tag inside of words, a blank does for a picture between them, and None says that the run ends.
    """

    def __missing__(self, tag: str) -> str | None:
        instead = "" if _INLINE.fullmatch(tag) else " " if _PICTURE.fullmatch(tag) else None
        if len(self) < _KEPT:
            self[tag] = instead
        return instead


_KEPT: Final = 20_000  # tags that are remembered: those that are on many pages come early
_INSTEAD: Final = _Inline()
_MARK = re.compile(r"(\([^()\n]{1,120}\))")
_BEGINS: Final = '<div class="tl-body '  # a bulletin's first portion may say what its title says, or what a mark means
_ENDS = re.compile(r'<div class="tl-end"|</article>|<footer\b')
_NAVIGATION = re.compile(r"<nav\b")
# A box without a title shows its kind.
_UNTITLED = re.compile(
    r'<div class="admonition (\w+)">\s*<p class="admonition-title">\1</p>'
    r'|<details class="(\w+)"[^<>]*>\s*<summary>\2</summary>',
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""\s(?:title|alt|aria-label|aria-description|content|placeholder|value|label|summary|data-[a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')"""
)


@dataclass(frozen=True, slots=True)
class Piece:
    """The words from one mark to the next; ``mark`` is None before the first."""

    mark: marks.Mark | None
    words: tuple[str, ...]
    place: int = 0


def closing(begun: re.Match[str]) -> str:
    """What ends that which a reader does not see."""
    return "-->" if begun[3] else f"</{begun[1] or begun[2] or begun[4] or 'span'}>"


def blocks(page: str, unseen: Iterable[Span] | None = None) -> Iterator[str]:
    """The text of each block of a page, tags inside it taken out. ``unseen`` are its spans of that, where known."""
    parts = TAG.split(less(page, spans(page, UNSEEN, closing) if unseen is None else unseen))
    run = parts[0]
    for tag, text in zip(parts[1::2], parts[2::2], strict=True):
        instead = _INSTEAD[tag]
        if instead is not None:
            run += instead + text
            continue
        if run and not run.isspace():
            yield unescaped(run)
        run = text
    if run and not run.isspace():
        yield unescaped(run)


def attributes(page: str) -> Iterator[str]:
    """The values of attributes that are words."""
    for double, single in set(_ATTRIBUTE.findall(page)):
        yield unescaped(double or single)


def body_of(page: str) -> str:
    """A page's body up to the end of what it is about, without lists of its own headings and names of kinds.

    Where the theme does not say that it begins, it is the whole page up to there.
    """
    begin = page.find(_BEGINS)
    end = _ENDS.search(page, max(begin, 0))
    body = page[max(begin, 0) : end.start() if end else len(page)]
    return _UNTITLED.sub(" ", without(body, _NAVIGATION, lambda _: "</nav>"))


def pieces(page: str) -> list[Piece]:
    """A page's text split at its marks."""
    found: list[Piece] = []
    mark: marks.Mark | None = None
    said: list[str] = []
    for text in blocks(page):
        for one in at_marks(text):
            if isinstance(one, marks.Mark):
                found.append(Piece(mark, tuple(said)))
                mark, said = one, []
            else:
                said += words(one)
    found.append(Piece(mark, tuple(said)))
    return found


def at_marks(text: str) -> Iterator[str | marks.Mark]:
    """A text and the marks in it, in order."""
    for part in _MARK.split(text):
        read = marks.read(part[1:-1]) if part.startswith("(") and part.endswith(")") else None
        yield part if read is None or marks.is_word(part[1:-1], read) else read
