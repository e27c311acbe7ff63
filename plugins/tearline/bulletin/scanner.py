"""The scanner: reads the blocks of a container, one after the other, and keeps count of the lines read.

    block     = comment | fence | heading | rule | table | box | quote | list | note | paragraph
    paragraph = lines up to a blank one or to a line that opens another block; any indent

A line belongs to exactly one leaf. Lines that open no block go on with the paragraph above them, at any indent,
as people type it. What the single kinds of block look like is in ``leaves`` and ``containers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tearline.bulletin.lines import Line, Lines
from tearline.bulletin.openers import (
    BARE_DELIMITERS,
    BULLET,
    NUMBER,
    UNDERLINE,
    Opener,
    number_of,
    opened,
)
from tearline.bulletin.portions import is_marked, read_portion
from tearline.bulletin.reading import Content, Reader
from tearline.bulletin.tree import Block, ItemList, Note, Paragraph, Portion, Table

MAX_DEPTH: Final = 12  # of containers; people stop at five or six
CODE_INDENT: Final = 4

# How lines begin that other readers take for markup which the language leaves out.
_LEFT_OUT: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (re.compile(r"\[[^\]\n]{0,1000}\]:"), "reference-link", ""),
    (re.compile(r"\*\[[^\]\n]{1,200}\]:"), "unsupported-markup", "an abbreviation"),
    (re.compile(r":[ \t]{1,3}\S"), "unsupported-markup", "a definition list"),
    (re.compile(r":::|/{3,}[ \t]"), "unsupported-markup", "a generic block"),
    (re.compile(r"#{2,}[^\s(]"), "unsupported-markup", "a heading needs one to six # and a blank"),
    (re.compile(r"(?:!!!|\?\?\?\+?|===[!+]?)[ \t]*[\w\"“]"), "unsupported-markup", "a title ends its line"),
    (BARE_DELIMITERS, "table-shape", ""),
)
_SUSPECT: Final = frozenset("[*:/#!?=|-")  # what these patterns begin with
# What some readers take into a list, table or note when no blank line parts the two, and others do not.
_STICKS: Final[Mapping[type[Block], frozenset[Opener]]] = {
    ItemList: frozenset({Opener.QUOTE, Opener.TABLE, Opener.FENCE}),
    Table: frozenset({Opener.QUOTE, Opener.FENCE, Opener.ITEM}),
    Note: frozenset({Opener.QUOTE, Opener.TABLE, Opener.FENCE, Opener.ITEM, Opener.BOX}),
}


@dataclass(slots=True)
class Body:
    """The inside of a container while it is read: its lines, how deep it is, what may stand in it.

    ``edge`` is the column where its words begin. A block that begins left of ``floor`` is inside for us and outside
    for other readers. ``glued`` tells that no blank line stands between the last block found and the next.
    """

    lines: Lines
    edge: int = 0
    floor: int = 0
    depth: int = 0
    headings: bool = False
    tearlines: bool = False
    found: list[Block] = field(default_factory=list)
    glued: bool = False

    def inner(self, lines: Lines, edge: int, *, floor: int = 0, tearlines: bool = False) -> Body:
        """The inside of a container that stands in this one."""
        return Body(lines, edge, floor, self.depth + 1, tearlines=tearlines and self.tearlines)


# Reads the block that the line at an index opens into ``body.found``; gives the index after it.
Read = Callable[["Scanner", Body, int], int]


class Scanner:
    """Reads blocks; what it finds wrong goes to the reader. ``claimed`` holds the number of each line read."""

    def __init__(self, reader: Reader, readers: Mapping[Opener, Read]) -> None:
        self.reader = reader
        self.readers = readers
        self.claimed: list[int] = []

    def claim(self, lines: Lines, *, lazy: bool = False) -> None:
        """Note that these lines have been read; only a paragraph may go on in ``lazy`` ones."""
        self.claimed += [line.number for line in lines]
        if not lazy:
            self.refuse_lazy(lines)

    def refuse_lazy(self, lines: Lines) -> None:
        """Report the first line that is no paragraph's and stands in its container only by going on."""
        line = next((line for line in lines if line.lazy), None)
        if line is not None:
            self.reader.report("unclear-nesting", line.start)

    def portion(self, content: Content, *, marked: bool = True, worded: bool = True, mend: str = "") -> Portion:
        """See ``read_portion``."""
        return read_portion(content, self.reader, marked=marked, worded=worded, mend=mend)

    def blocks(self, body: Body) -> tuple[Block, ...]:
        """The blocks of a container."""
        lines, index = body.lines, 0
        if body.depth and lines:
            self.reader.spend(len(lines), lines[0].start)
        if body.depth > MAX_DEPTH and lines:
            self.reader.report("too-deep", lines[0].start)
            self.claim(lines, lazy=True)
            return ()
        while index < len(lines):
            if lines[index].blank:
                self.claim(lines[index : index + 1])
                body.glued = False
                index += 1
            else:
                index = self.block(body, index)
        return tuple(body.found)

    def block(self, body: Body, index: int) -> int:
        """Read the block at ``index`` into ``body.found``; the index after it."""
        line = body.lines[index]
        opener = opened(body.lines, index)
        if line.column - body.edge >= CODE_INDENT and not self.may_indent(line, body, opener):
            self.reader.report("indented-code", line.start)
        sticks = body.glued and body.found and opener in _STICKS.get(type(body.found[-1]), ())
        if line.column < body.floor or sticks:
            self.reader.report("unclear-nesting", line.start)
        after = self.readers[opener](self, body, index) if opener else self.paragraph(body, index)
        body.glued = opener is not Opener.COMMENT
        return after

    def may_indent(self, line: Line, body: Body, opener: Opener | None) -> bool:
        """Whether a deeply indented line is still no code: a marked portion, or an item below what it belongs to."""
        bullet = BULLET.match(line.text) or NUMBER.match(line.text)
        if opener is Opener.ITEM and (body.depth or body.glued):
            return True
        return opener in (Opener.ITEM, None) and self.is_marked(line, bullet.end() if bullet else 0)

    def is_marked(self, line: Line, start: int = 0) -> bool:
        """Whether a mark opens the line's text at ``start``."""
        return is_marked(line.text, self.reader.system, start)

    def interrupts(self, lines: Lines, index: int) -> bool:
        """Whether a line right below a paragraph's line begins a block of its own.

        A number does if it is 1 or has a mark after it; "in / 2019. Then" is prose.
        """
        if opened(lines, index) is None:
            return False
        number = NUMBER.match(lines[index].text)
        return number is None or int(number[1]) == 1 or self.is_marked(lines[index], number.end())

    def goes_on(self, lines: Lines, index: int, *, numbered: bool = False) -> bool:
        """Whether a line that no indent puts into a container goes on with the paragraph above it.

        In a ``numbered`` list any number is the next item.
        """
        text = lines[index].text
        return not (
            UNDERLINE.match(text)
            or (numbered and number_of(text) is not None)
            or self.interrupts(lines, index)
        )  # fmt: skip

    def paragraph(self, body: Body, index: int) -> int:
        """Lines up to a blank one or another block."""
        end = self.paragraph_end(body.lines, index)
        self.refuse_lazy(body.lines[index : index + 1])
        body.found.append(Paragraph(self.portion(self.joined(body.lines[index:end]))))
        return end

    def paragraph_end(self, lines: Lines, index: int) -> int:
        """The index after the paragraph that begins at ``index``; its lines are claimed and checked."""
        end = index + 1
        while end < len(lines) and not lines[end].blank:
            line = lines[end]
            if UNDERLINE.match(line.text):
                self.reader.report("setext-heading", line.start, width=len(line.text.rstrip()))
            elif self.interrupts(lines, end):
                break
            end += 1
        self.claim(lines[index:end], lazy=True)
        for line in lines[index:end]:
            if line.text[:1] in _SUSPECT:
                self.refuse_markup(line)
        return end

    def refuse_markup(self, line: Line) -> None:
        """Report what the language leaves out, recognised by how a line begins."""
        found = next(((rule, detail) for pattern, rule, detail in _LEFT_OUT if pattern.match(line.text)), None)
        if found is not None:
            self.reader.report(found[0], line.start, found[1])

    @staticmethod
    def joined(lines: Lines) -> Content:
        """The words of a portion's lines, leading blanks off; trailing ones make hard breaks."""
        texts: list[str] = []
        pieces: list[tuple[int, int]] = []
        length = 0
        for line in lines:
            if not line.blank:
                pieces.append((length, line.start))
                texts.append(line.text)
                length += len(line.text) + 1
        return Content("\n".join(texts).rstrip(" \t"), tuple(pieces) or ((0, lines[0].start),))
