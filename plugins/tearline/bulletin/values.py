"""What a front matter holds: strings, lists and mappings that know where they were typed.

Every scalar is a string (``NO``, ``12:30`` and ``1.10`` stay what was typed); the schema converts. Lines and columns
are 1-based and count in the whole file; offsets count code points.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_BLANKS = re.compile(r"\s+")
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|\r?\n[ ]*|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the half-open span ``start:end`` of a text by ``text``."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Sequence[Edit]) -> str:
    """``text`` after ``edits``, which are in order and do not overlap."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the text of one entry came from: ``text`` is what YAML read, perhaps with quotes put in.

    ``pieces`` are ascending pairs: an offset in ``text`` and the file offset of that character. Between two of them
    both go on alike, but not beyond the second one's file offset. ``line_starts`` are the offsets of the file's lines.
    """

    text: str
    pieces: Sequence[tuple[int, int]]
    line_starts: Sequence[int]

    @classmethod
    def of(cls, typed: str, base: int, edits: Sequence[Edit], line_starts: Sequence[int]) -> Origin:
        """The origin of ``typed``, which stands at offset ``base`` of the file, after ``edits`` to it."""
        pieces, grown = [(0, base)], 0
        for edit in edits:
            pieces.append((edit.start + grown, base + edit.start))
            grown += len(edit.text) - (edit.end - edit.start)
            pieces.append((edit.end + grown, base + edit.end))
        return cls(applied(typed, edits), pieces, line_starts)

    def position(self, index: int) -> tuple[int, int]:
        """Line and column in the file of offset ``index`` in ``text``."""
        at = bisect_right(self.pieces, (index, sys.maxsize))
        start, source = self.pieces[at - 1]
        offset = source + index - start
        if at < len(self.pieces):
            offset = min(offset, self.pieces[at][1])
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1


@dataclass(frozen=True, slots=True)
class Value:
    """One value and the place where it begins.

    ``broken`` stands for a value that could not be read and has its finding already: it is there, and says nothing.
    """

    line: int
    column: int
    data: str | tuple[Value, ...] | Mapping[str, Entry]
    broken: bool = False
    start: int = field(default=0, repr=False, compare=False)
    style: str = field(default="", repr=False, compare=False)
    origin: Origin | None = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> str | None:
        """The string, if this is a readable scalar."""
        return self.data if isinstance(self.data, str) and not self.broken else None

    @property
    def items(self) -> tuple[Value, ...] | None:
        """The members, if this is a list."""
        return self.data if isinstance(self.data, tuple) else None

    @property
    def entries(self) -> Mapping[str, Entry] | None:
        """The keys and values, if this is a mapping."""
        return self.data if isinstance(self.data, Mapping) else None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the file of the character at ``offset`` of the string.

        YAML folds lines and undoes quotes and escapes, so the string is laid beside what was typed, from its start.
        """
        if self.origin is None or not isinstance(self.data, str):
            return self.line, self.column
        return self.origin.position(_typed(self.origin.text, self.start, self.style, self.data[:offset]))


@dataclass(frozen=True, slots=True)
class Entry:
    """One key's place and its value."""

    line: int
    column: int
    value: Value


def _typed(source: str, start: int, style: str, words: str) -> int:
    """The offset in ``source`` where the scalar that begins at ``start`` has spelt ``words``."""
    at, read = _content(source, start, style), 0
    if source.startswith(words, at) and not {"'", "\\"}.intersection(words):
        return at + len(words)
    while read < len(words) and at < len(source):
        if style == '"' and source[at] == "\\":
            escape = _ESCAPE.match(source, at)
            at = escape.end() if escape else at + 1
            read += 0 if escape and "\n" in escape.group() else 1
        elif words[read].isspace() and (typed := _BLANKS.match(source, at)):
            at = typed.end()
            read = next((i for i in range(read, len(words)) if not words[i].isspace()), len(words))
        else:
            at += 2 if style == "'" and source.startswith("''", at) else 1
            read += 1
    return at


def _content(source: str, start: int, style: str) -> int:
    if style in {"'", '"'}:
        return start + 1
    if style not in {"|", ">"}:
        return start
    lines = re.compile(r"[^\n]*\n\s*").match(source, start)
    return lines.end() if lines else start
