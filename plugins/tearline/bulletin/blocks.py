"""Blocks: the lines of a bulletin -> a tuple of nodes, by recursive descent over containers.

    block     = comment | fence | heading | rule | table | box | quote | list | note | paragraph
    box       = ("!!!" | "???" | "???+" | "===") kind? quoted-title?  then lines indented by two or more
    list      = items of one kind; an item is a bullet or number, its words, then lines indented by two or more
    quote     = lines that open with ">"
    paragraph = lines up to a blank one or to a line that opens another block; any indent

A line belongs to exactly one leaf. Lines that open no block go on with the paragraph above them, at any
indent, as people type it. Every portion is read by ``Scanner.portion``: ordinal, mark, words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tearline.bulletin.inlines import MAX_NESTING, read_inlines
from tearline.bulletin.reading import Content, Reader
from tearline.bulletin.tree import (
    Block,
    Box,
    Fence,
    Heading,
    Item,
    ItemList,
    Note,
    NoteRef,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    nested,
    portions_of,
)
from tearline.marking import Mark, Opening, find_marks, open_mark

TAB: Final = 4
CHILD_INDENT: Final = 2  # columns past its container's marker from which a line is inside it
CODE_INDENT: Final = 4
MARK_REACH: Final = 400  # no mark is longer; keeps reading one linear
_NUMBER_THE_LIST: Final = "if this is an enumeration, number the list"

_BULLET = re.compile(r"[-*+•◦▪●‣](?=[ \t\u00a0]|$)[ \t\u00a0]*")
_NUMBER = re.compile(r"(\d{1,9})[.)](?=[ \t\u00a0]|$)[ \t\u00a0]*")
# A number typed before the mark. A capital in parentheses is never one: "(S) (U)" is a mark at a mark's place.
_ORDINAL = re.compile(
    r"(\((?:\d{1,4}|[a-tv-z]|[ivxlc]{2,6})\)|(?:[A-Za-z]|[ivxlc]{2,6}|[IVXLC]{2,6})[.)]"
    r"|\d{1,4}(?:\.(?:\d{1,4}|[A-Za-z])){0,6}[.)]?)[ \t\u00a0]+(?=[(*_`])"
)
_ENUMERATED = re.compile(r"\([A-Z]\)[ \t\u00a0]")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$|(?=\())")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_FENCE_INFO = re.compile(r"([\w+#.-]*)[ \t]*(?:title=(\"[^\"]*\"|“[^”]*”|'[^']*'))?[ \t]*$")
_RULE = re.compile(r"([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_BOX = re.compile(r"(!!!|\?\?\?\+?|===[!+]?)[ \t]*(?=[\w\"“])([^\"“]*)(?:[\"“](.*)[\"”])?[ \t]*$")
_BOX_KIND = re.compile(r"[\w-]*(?:[ \t]+(?:inline|end))*")
_QUOTED = re.compile(r">")
_NOTE = re.compile(r"\[\^([^\]\[\s^]{1,64})\]:[ \t]*")
_DELIMITER_ROW = re.compile(r"\|[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_PIPES = re.compile(r"\\.|`[^`]*`|(\|)")
_TASK = re.compile(r"\[[ xX]\](?:[ \t]|$)")
_REFERENCE = re.compile(r"\[[^\]\^][^\]]{0,200}\]:[ \t]*\S")
_UNSUPPORTED = re.compile(r"\*\[[^\]]{1,200}\]:|:[ \t]{1,3}\S|;--8<--|:::")  # abbreviation, definition, snippet, block


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or what is left of it inside its containers: its number, where it starts, in which column."""

    number: int
    start: int
    text: str
    column: int = 0

    @property
    def blank(self) -> bool:
        """Whether nothing but blanks is left."""
        return not self.text or self.text.isspace()

    @property
    def indent(self) -> int:
        """Columns of leading blanks; a tab goes to the next multiple of four."""
        column = self.column
        for char in self.text:
            if char == " ":
                column += 1
            elif char == "\t":
                column += TAB - column % TAB
            else:
                break
        return column - self.column

    def inside(self, columns: int) -> Line:
        """The line with up to that many columns of leading blanks taken off."""
        column, index, goal = self.column, 0, self.column + columns
        while column < goal and index < len(self.text) and self.text[index] in " \t":
            column += 1 if self.text[index] == " " else TAB - column % TAB
            index += 1
        return Line(self.number, self.start + index, self.text[index:], column)

    def after(self, characters: int) -> Line:
        """The line from a character on; the column follows, tabs included."""
        column = self.column
        for char in self.text[:characters]:
            column += TAB - column % TAB if char == "\t" else 1
        return Line(self.number, self.start + characters, self.text[characters:], column)

    @property
    def bare(self) -> Line:
        """The line without its leading blanks."""
        return self.after(len(self.text) - len(self.text.lstrip(" \t")))


Lines = Sequence[Line]


@dataclass(slots=True)
class Body:
    """The inside of a container while it is read: its lines, how deep it is, what may stand in it."""

    lines: Lines
    depth: int = 0
    headings: bool = False
    tearlines: bool = False
    found: list[Block] = field(default_factory=list)
    glued: bool = False

    def inner(self, lines: Lines, *, tearlines: bool = False) -> Body:
        """The inside of a container that stands in this one."""
        return Body(lines, self.depth + 1, tearlines=tearlines and self.tearlines)


class Scanner:
    """Reads blocks; what it finds wrong goes to the reader. ``claimed`` holds the number of each line read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.claimed: list[int] = []

    def claim(self, lines: Lines) -> None:
        """Note that these lines have been read; a line may be claimed only once."""
        self.claimed += [line.number for line in lines]

    def blocks(self, body: Body) -> tuple[Block, ...]:
        """The blocks of a container."""
        lines, index = body.lines, 0
        if body.depth > MAX_NESTING and lines:
            self.reader.report("too-deep", lines[0].start)
            self.claim(lines)
            return ()
        body.glued = False
        while index < len(lines):
            if lines[index].blank:
                self.claim(lines[index : index + 1])
                body.glued = False
                index += 1
            else:
                index = self.block(body, index)
                body.glued = True
        return tuple(body.found)

    def block(self, body: Body, index: int) -> int:
        """Read the block at ``index`` into ``body.found``; the index after it."""
        line = body.lines[index]
        text = line.bare.text
        if line.indent >= CODE_INDENT and not body.glued and not self.may_indent(text, body):
            self.reader.report("indented-code", line.bare.start)
            self.claim([line])
            return index + 1
        for opens, read in _BLOCKS:
            if opens(text, body.lines, index):
                return read(self, body, index)
        return self.paragraph(body, index)

    def may_indent(self, text: str, body: Body) -> bool:
        """Whether a deeply indented line is still no code: a marked portion, or a bullet inside a container."""
        bullet = _BULLET.match(text) or _NUMBER.match(text)
        return (bullet is not None and body.depth > 0) or self.marked(text, bullet.end() if bullet else 0)

    def marked(self, text: str, start: int = 0) -> bool:
        """Whether a mark opens the text at ``start``."""
        return open_mark(text[start : start + MARK_REACH], self.reader.system) is not None

    def interrupts(self, lines: Lines, index: int, *, numbers: bool = False) -> bool:
        """Whether a line right below a paragraph's line begins a block of its own.

        A number does if it is 1 or has a mark after it ("in / 2019. Then" is prose), or, with ``numbers``,
        always: inside a numbered list.
        """
        text = lines[index].bare.text
        number = _NUMBER.match(text)
        if number:
            return numbers or int(number[1]) == 1 or self.marked(text, number.end())
        return any(opens(text, lines, index) for opens, _ in _BLOCKS)

    # --- portions -------------------------------------------------------------------------------------

    def portion(self, content: Content, *, marked: bool = True, words: bool = True) -> Portion:
        """Ordinal, mark and words. ``marked``: a missing mark is a finding; ``words``: so are missing words."""
        reader = self.reader
        reader.portions += 1
        ordinal = _ORDINAL.match(content.text)
        skip = ordinal.end() if ordinal else 0
        opening = open_mark(content.text[skip : skip + MARK_REACH], reader.system)
        mark, rest = None, content
        if opening is not None:
            mark = self.read_opening(content, skip, opening)
            rest = content.rest(skip + opening.end)
        elif marked:
            enumerated = _ENUMERATED.match(content.text)
            reader.report("unmarked-portion", content.at(0), _NUMBER_THE_LIST if enumerated else "")
        if words and not rest.text.strip():
            reader.report("empty-portion", content.at(0))
        number, typed = reader.portions, ordinal[1] if ordinal and opening is not None else ""
        return Portion(mark, read_inlines(rest, reader, mark), number, typed, content.at(0))

    def read_opening(self, content: Content, skip: int, opening: Opening) -> Mark | None:
        """The mark that opens a portion; what is wrong with it is reported where it stands."""
        reading, at = opening.reading, content.at(skip + opening.start)
        width = opening.end - opening.start
        if reading.problem:
            single = reading.problem == "classified-mark" and len(opening.text.strip()) == 1
            self.reader.report(reading.problem, at, _NUMBER_THE_LIST if single else reading.detail, width=width)
        elif not reading.canonical:
            self.reader.report("alias-mark", at, f"({reading.mark})", width=width)
        return reading.mark

    def joined(self, lines: Lines) -> Content:
        """The words of a portion's lines, leading blanks off; trailing ones make hard breaks."""
        texts: list[str] = []
        pieces: list[tuple[int, int]] = []
        length = 0
        for bare in (line.bare for line in lines if not line.blank):
            pieces.append((length, bare.start))
            texts.append(bare.text)
            length += len(bare.text) + 1
        return Content("\n".join(texts).rstrip(" \t"), tuple(pieces) or ((0, lines[0].start),))

    # --- leaves -----------------------------------------------------------------------------------------

    def paragraph(self, body: Body, index: int) -> int:
        """Lines up to a blank one or another block."""
        end = self.paragraph_end(body.lines, index)
        lines = body.lines[index:end]
        self.refuse_markup(lines)
        self.claim(lines)
        body.found.append(Paragraph(self.portion(self.joined(lines))))
        return end

    def paragraph_end(self, lines: Lines, index: int) -> int:
        """The index after the paragraph that begins at ``index``."""
        end = index + 1
        while end < len(lines) and not lines[end].blank:
            bare = lines[end].bare
            if _UNDERLINE.match(bare.text):
                self.reader.report("setext-heading", bare.start, width=len(bare.text.rstrip()))
            elif self.interrupts(lines, end):
                break
            end += 1
        return end

    def refuse_markup(self, lines: Lines) -> None:
        """Markup that the language leaves out, recognised by how a line begins."""
        for bare in (line.bare for line in lines):
            if _REFERENCE.match(bare.text):
                self.reader.report("reference-link", bare.start)
            elif _UNSUPPORTED.match(bare.text):
                self.reader.report("unsupported-markup", bare.start)

    def comment(self, body: Body, index: int) -> int:
        """An analyst's note: in no edition. It stands alone and ends on a line of its own."""
        lines = body.lines
        for end in range(index, len(lines)):
            text = lines[end].bare.text
            close = text.find("-->", 4 if end == index else 0)
            if close >= 0:
                if text[close + 3 :].strip():
                    self.reader.report("raw-html", lines[end].bare.start)
                self.claim(lines[index : end + 1])
                return end + 1
        self.reader.report("unclosed", lines[index].bare.start)
        self.claim(lines[index:])
        return len(lines)

    def heading(self, body: Body, index: int) -> int:
        """``## (U) Words``; closing hashes are decoration."""
        line = body.lines[index].bare
        hashes = _HEADING.match(line.text)
        rank, skip = (len(hashes[1]), hashes.end()) if hashes else (1, 0)
        if not body.headings:
            self.reader.report("heading-place", line.start)
        words = line.after(skip)
        self.claim([line])
        text = re.sub(r"(?:^|[ \t]+)#+[ \t]*$", "", words.text).rstrip(" \t")
        body.found.append(Heading(rank, self.portion(Content(text, ((0, words.start),)))))
        return index + 1

    def rule(self, body: Body, index: int) -> int:
        """A thematic break."""
        self.claim(body.lines[index : index + 1])
        body.found.append(Rule())
        return index + 1

    def fence(self, body: Body, index: int) -> int:
        """A code block; its mark stands in its title. Marks in the code are marks: such a log must be split."""
        lines, line = body.lines, body.lines[index].bare
        match = _FENCE.match(line.text)
        ticks, info = (match[1], match[2]) if match else ("```", "")
        close = re.compile(rf"[ \t]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$")
        end = next((i for i in range(index + 1, len(lines)) if close.match(lines[i].text)), len(lines))
        if end == len(lines):
            self.reader.report("unclosed", line.start)
        self.claim(lines[index : end + 1])
        parts = _FENCE_INFO.match(info)
        if parts is None:
            self.reader.report("unsupported-markup", line.start)
        language, title = (parts[1], parts[2] or "") if parts else ("", "")
        at = line.start + (line.text.find(title, len(ticks)) + 1 if title else 0)
        portion = self.portion(Content(title[1:-1], ((0, at),)), words=False)
        code = [one.inside(lines[index].indent) for one in lines[index + 1 : end]]
        self.scan_code(code, portion.mark)
        body.found.append(Fence(language, portion, "\n".join(one.text for one in code)))
        return end + 1

    def scan_code(self, code: Lines, own: Mark | None) -> None:
        """Report the marks that stand in a code block."""
        pieces, length = [(0, 0)], 0
        for one in code:
            pieces.append((length, one.start))
            length += len(one.text) + 1
        content = Content("\n".join(one.text for one in code), tuple(pieces))
        for like in find_marks(content.text, self.reader.system):
            rule = "repeated-mark" if like.mark is not None and like.mark == own else "misplaced-mark"
            self.reader.report(rule, content.at(like.start), str(like.mark or ""), width=like.end - like.start)

    def table(self, body: Body, index: int) -> int:
        """A header, a row of dashes, and rows; each row with outer pipes and as many cells as the header."""
        lines, end = body.lines, index
        while end < len(lines) and lines[end].bare.text.startswith("|"):
            end += 1
        if end < len(lines) and not lines[end].blank and not self.interrupts(lines, end):
            self.reader.report("table-shape", lines[end].bare.start)
        self.claim(lines[index:end])
        rows = [self.cells(line) for line in lines[index:end]]
        for row, line in zip(rows, lines[index:end], strict=True):
            if len(row) != len(rows[0]):
                self.reader.report("table-shape", line.bare.start)
        fitting = [row for row in rows[2:] if len(row) == len(rows[0])]
        align = tuple(_alignment(cell.text) for cell in rows[1])
        body.found.append(Table(self.row(rows[0]), align, tuple(self.row(row) for row in fitting)))
        return end

    def row(self, cells: list[Content]) -> tuple[Portion, ...]:
        """The first cell's mark governs the row (in the header: the table), so it must be there."""
        return tuple(self.portion(cell, marked=column == 0, words=False) for column, cell in enumerate(cells))

    def cells(self, line: Line) -> list[Content]:
        """A row's cells; a pipe that is escaped or in a code span does not part them."""
        bare = line.bare
        text = bare.text.rstrip(" \t")
        cuts = [match.start() for match in _PIPES.finditer(text) if match[1]]
        if len(cuts) < 2 or cuts[-1] != len(text) - 1:
            self.reader.report("table-shape", bare.start)
            cuts.append(len(text))
        found = []
        for start, end in zip(cuts, cuts[1:], strict=False):
            cell = text[start + 1 : end]
            blanks = len(cell) - len(cell.lstrip(" \t"))
            found.append(_cell(cell.strip(" \t"), bare.start + start + 1 + blanks))
        return found

    # --- containers -------------------------------------------------------------------------------------

    def body_end(self, lines: Lines, index: int, indent: int, *, numbers: bool = False) -> int:
        """The index after the lines inside a container whose marker stands on the line before ``index``.

        Lines indented that far are inside. One that is not goes on with the paragraph above it, unless a
        blank line parts them or it opens a block.
        """
        end, fence = index, ""
        for here in range(index, len(lines)):
            line = lines[here]
            if line.blank:
                continue
            text = line.bare.text
            lazy = here == end and not fence and not _UNDERLINE.match(text)
            if line.indent < indent and not (lazy and not self.interrupts(lines, here, numbers=numbers)):
                break
            ticks = _FENCE.match(text)
            if ticks and not fence:
                fence = ticks[1]
            elif ticks and ticks[1].startswith(fence) and not ticks[2]:
                fence = ""
            end = here + 1
        return end

    def quote(self, body: Body, index: int) -> int:
        """Lines that open with ``>``, and those that go on with a quoted paragraph."""
        lines, end = body.lines, index + 1
        while end < len(lines) and not lines[end].blank:
            quoted = lines[end].bare.text.startswith(">")
            if not quoted and (lines[end - 1].bare.text.strip(" \t>") == "" or self.interrupts(lines, end)):
                break
            end += 1
        inner = []
        for bare in (line.bare for line in lines[index:end]):
            words = bare.after(1) if bare.text.startswith(">") else bare
            inner.append(words.after(1) if words.text.startswith(" ") and words is not bare else words)
        body.found.append(Quote(self.blocks(body.inner(inner))))
        return end

    def box(self, body: Body, index: int) -> int:
        """An admonition, folding block or tab, whose quoted title marks it; or a tearline."""
        line = body.lines[index].bare
        indent = body.lines[index].indent
        match = _BOX.match(line.text)
        opener, kind, title = (match[1], match[2].strip(), match[3]) if match else ("!!!", "", None)
        end = self.body_end(body.lines, index + 1, indent + CHILD_INDENT)
        inner = [one.inside(indent + TAB) for one in body.lines[index + 1 : end]]
        self.claim([line])
        if kind.split()[:1] == ["tearline"]:
            self.tearline(body, line, inner, plain=opener == "!!!" and kind == "tearline" and title is None)
            return end
        portion = None
        if match and title is not None:
            portion = self.portion(Content(title, ((0, line.start + match.start(3)),)))
        elif opener != "!!!":
            self.reader.report("unmarked-portion", line.start)
        if not _BOX_KIND.fullmatch(kind) or (kind and opener.startswith("=")) or opener in {"===!", "===+"}:
            self.reader.report("unsupported-markup", line.start)
        children = self.blocks(body.inner(inner, tearlines=True))
        if not children:
            self.reader.report("empty-portion", line.start)
        body.found.append(Box(opener, kind or "note", portion, children))
        return end

    def tearline(self, body: Body, line: Line, inner: Lines, *, plain: bool) -> None:
        """Stands directly after the block it stands in for, at top level or in a box."""
        before = next((block for block in reversed(body.found) if not isinstance(block, Rule)), None)
        if not plain or not body.tearlines or before is None or isinstance(before, Tearline | Note):
            self.reader.report("tearline-place", line.start)
        children = self.blocks(body.inner(inner))
        if not children:
            self.reader.report("empty-portion", line.start)
        body.found.append(Tearline(children, line.start))

    def note(self, body: Body, index: int) -> int:
        """A footnote's definition, at top level; its blocks carry marks, and refer to no other note."""
        line = body.lines[index].bare
        indent = body.lines[index].indent
        match = _NOTE.match(line.text)
        label, skip = (match[1], match.end()) if match else ("", 0)
        end = self.body_end(body.lines, index + 1, indent + CHILD_INDENT)
        inner = [line.after(skip), *(one.inside(indent + TAB) for one in body.lines[index + 1 : end])]
        if find_marks(label, self.reader.system):
            self.reader.report("misplaced-mark", line.start)
        if body.depth:
            self.reader.report("footnote", line.start)
        children = self.blocks(body.inner(inner))
        portions = [portion for child in children for portion in portions_of(child)]
        for ref in (one for portion in portions for one in nested(portion.inlines) if isinstance(one, NoteRef)):
            self.reader.report("footnote", ref.at)
        body.found.append(Note(label, children, line.start))
        return end

    def items(self, body: Body, index: int) -> int:
        """A list: bullets or numbers, one after the other, blank lines between them or not."""
        lines = body.lines
        ordered, start = _marker(lines[index].bare.text) or (False, 1)
        items: list[Item] = []
        glued = body.glued
        while index < len(lines):
            index = self.item(body, index, ordered, items)
            ahead = next((i for i in range(index, len(lines)) if not lines[i].blank), len(lines))
            marker = _marker(lines[ahead].bare.text) if ahead < len(lines) else None
            if marker is None or marker[0] != ordered:
                break
            self.claim(lines[index:ahead])
            index = ahead
        body.found.append(ItemList(ordered, start, tuple(items), glued))
        return index

    def item(self, body: Body, index: int, ordered: bool, items: list[Item]) -> int:  # noqa: FBT001 - the list's kind
        """An item: its first portion, and the blocks below it that are indented by two or more."""
        lines, line = body.lines, body.lines[index]
        bare = line.bare
        marker = _BULLET.match(bare.text) or _NUMBER.match(bare.text)
        words = bare.after(marker.end() if marker else 1)
        end = self.body_end(lines, index + 1, line.indent + CHILD_INDENT, numbers=ordered)
        width = words.column - line.column if not words.blank else 0
        width = min(max(width, line.indent + CHILD_INDENT), line.indent + TAB)
        inner = [words, *(one.inside(width) for one in lines[index + 1 : end])]
        if _TASK.match(words.text):
            self.reader.report("unsupported-markup", words.start)
        if _opens_block(words.text):
            self.reader.report("unmarked-portion", words.start)
            items.append(Item(Portion(None, ()), self.blocks(body.inner(inner))))
            return end
        stop = self.paragraph_end(inner, 0)
        self.refuse_markup(inner[:stop])
        self.claim(inner[:stop])
        portion = self.portion(self.joined(inner[:stop]), marked=False)
        items.append(Item(portion, self.blocks(body.inner(inner[stop:]))))
        return end


def _marker(text: str) -> tuple[bool, int] | None:
    """A list marker's kind (is it a number?) and number; None where the line opens no item."""
    if _BULLET.match(text):
        return None if _RULE.match(text) else (False, 1)
    number = _NUMBER.match(text)
    return (True, int(number[1])) if number else None


def _alignment(cell: str) -> str:
    left, right = cell.startswith(":"), cell.endswith(":")
    return "center" if left and right else "left" if left else "right" if right else ""


def _cell(cell: str, start: int) -> Content:
    """A cell's words; in a table an escaped pipe is a pipe."""
    pieces, text, read = [(0, start)], "", 0
    for part in re.split(r"(\\\|)", cell):
        text += "|" if part == "\\|" else part
        read += len(part)
        pieces.append((len(text), start + read))
    return Content(text, tuple(pieces))


def _opens_block(text: str) -> bool:
    """Whether an item begins with a block of another kind instead of words."""
    return _marker(text) is not None or any(pattern.match(text) for pattern in (_FENCE, _QUOTED, _BOX, _HEADING))


def _is_table(text: str, lines: Lines, index: int) -> bool:
    return text.startswith("|") and index + 1 < len(lines) and bool(_DELIMITER_ROW.match(lines[index + 1].bare.text))


def _opening(pattern: re.Pattern[str]) -> Callable[[str, Lines, int], bool]:
    return lambda text, _lines, _index: pattern.match(text) is not None


# What a line may open, in the order of trying. The first that fits reads it; nothing fits: a paragraph.
_BLOCKS: Final[tuple[tuple[Callable[[str, Lines, int], bool], Callable[[Scanner, Body, int], int]], ...]] = (
    (_opening(re.compile(r"<!--")), Scanner.comment),
    (_opening(_FENCE), Scanner.fence),
    (_opening(_HEADING), Scanner.heading),
    (_opening(_RULE), Scanner.rule),
    (_is_table, Scanner.table),
    (_opening(_BOX), Scanner.box),
    (_opening(_QUOTED), Scanner.quote),
    (lambda text, _lines, _index: _marker(text) is not None, Scanner.items),
    (_opening(_NOTE), Scanner.note),
)


def lines_of(text: str, start: int) -> list[Line]:
    """The lines of a text from an offset on, ends taken off (LF, CRLF or CR), numbered from 0."""
    found, at = [], start
    for number, line in enumerate(re.split(r"(?<=\n)", text[start:])):
        found.append(Line(number, at, line.rstrip("\r\n")))
        at += len(line)
    return found
