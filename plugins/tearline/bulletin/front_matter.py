"""The front matter of a document: strict YAML with places, every fault a finding, nothing ever cut silently.

The block is read entry by entry (an entry is a line that begins in column one and what hangs under it), so that one
unreadable entry does not hide the faults of the others. What is accepted is a subset of YAML and means what YAML
means, with every scalar left a string. Refused: comments, anchors, aliases, tags, several documents, duplicate and
merge keys, missing values, depth over ``MAX_DEPTH``, and more than ``MAX_LENGTH`` code points or ``MAX_VALUES`` values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from tearline.bulletin.entries import FORBIDDEN_CHARACTERS, MAX_DEPTH, MAX_VALUES, EntryReader, RefusedError
from tearline.bulletin.quoting import Trap, traps
from tearline.bulletin.values import Edit, Entry, Origin, Value, applied
from tearline.findings import Finding, Place, finding

__all__ = [
    "FORBIDDEN_CHARACTERS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_VALUES",
    "Entry",
    "FrontMatter",
    "Value",
    "kind_of",
    "quote_fixes",
    "split_front_matter",
]

MAX_LENGTH: Final = 64 * 1024

_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_ENTRY = re.compile(r"^(?:[^\s\]}-]|-(?![ \t\r\n]|\Z))", re.MULTILINE)
_TAB_INDENT = re.compile(r"^[ ]*(\t)[ \t]*[^\s]", re.MULTILINE)
_KEY = re.compile(r"([A-Za-z_][\w-]*)[ ]*:")


class FrontMatter(NamedTuple):
    """What stands between the two ``---`` lines.

    ``root`` is a mapping, or ``None`` where there is nothing to read; entries that could not be read are in it as
    broken values. ``body_start`` is the offset of the first character behind the closing line.
    """

    root: Value | None
    body_start: int
    findings: list[Finding]


def split_front_matter(text: str, path: str) -> FrontMatter:
    """Read the front matter that ``text`` (without a byte order mark) begins with. Never raises.

    Without a front matter all of the text is body; where the closing line is missing, none is.
    """
    span = _span(text)
    if span is None:
        return FrontMatter(None, 0, [finding("no-front-matter", Place(path))])
    start, end, body = span
    if end < 0:
        return FrontMatter(None, body, [finding("no-front-matter", Place(path), "the closing line --- is missing")])
    if end > MAX_LENGTH:
        limit = f"front matter is limited to {MAX_LENGTH} characters"
        return FrontMatter(None, body, [finding("too-large", Place(path), limit)])
    reader = _Reader.of(text[:end], path)
    return FrontMatter(reader.read(start), body, reader.findings)


def kind_of(root: Value) -> Literal["bulletin", "page"]:
    """A document with an ``id`` is a bulletin, any other a page."""
    return "bulletin" if "id" in (root.entries or {}) else "page"


def quote_fixes(text: str) -> list[tuple[int, int, str]]:
    """The edits ``(start, end, replacement)`` that put quotes around values which YAML would cut or misread.

    They are in order and do not overlap; a comment behind a value stays outside its quotes.
    """
    span = _span(text)
    if span is None or not 0 <= span[1] <= MAX_LENGTH:
        return []
    clean = _clean(text[: span[1]])
    return [
        (start + trap.start, start + trap.end, _replacement(text[start:end], trap))
        for start, end in _entries(clean, span[0])
        for trap in traps(clean[start:end])
        if trap.edits
    ]


def _replacement(entry: str, trap: Trap) -> str:
    edits = [Edit(edit.start - trap.start, edit.end - trap.start, edit.text) for edit in trap.edits]
    return applied(entry[trap.start : trap.end], edits)


def _span(text: str) -> tuple[int, int, int] | None:
    """Offsets of the first entry, of the closing line (-1: there is none) and of the body."""
    opening = _OPENING.match(text)
    if opening is None:
        return None
    closing = _CLOSING.search(text, opening.end())
    return (opening.end(), closing.start(), closing.end()) if closing else (opening.end(), -1, len(text))


def _clean(text: str) -> str:
    """Text of the same length without what YAML readers disagree on. A tab between words is one more blank."""
    return FORBIDDEN_CHARACTERS.sub(lambda m: "\ufffd" * len(m.group()), text).replace("\t", " ")


def _entries(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Half-open spans of the entries from ``start`` on: together all of the text, but for blank lines before them."""
    begins = [m.start() for m in _ENTRY.finditer(text, start)]
    if text[start : begins[0] if begins else len(text)].strip():
        begins.insert(0, start)
    return zip(begins, [*begins[1:], len(text)], strict=False)


@dataclass(slots=True)
class _Reader:
    """Reads one front matter. ``text`` is cleaned and ends before the closing line."""

    text: str
    path: str
    line_starts: Sequence[int]
    tabs: Sequence[int]
    findings: list[Finding] = field(default_factory=list)
    budget: int = MAX_VALUES

    @classmethod
    def of(cls, text: str, path: str) -> _Reader:
        """A reader of ``text``, with the faults of single characters found already."""
        line_starts = [0, *(m.end() for m in re.finditer("\n", text))]
        reader = cls(_clean(text), path, line_starts, [m.start(1) for m in _TAB_INDENT.finditer(text)])
        whole = Origin.of(text, 0, (), line_starts)
        for tab in reader.tabs:
            reader.report(whole, "front-matter-syntax", tab, "a tab stands in the indent; use blanks")
        for start, end in pairwise([*line_starts, len(text)]):
            if found := FORBIDDEN_CHARACTERS.search(text, start, end):  # the first of a line is enough said
                reader.report(whole, "forbidden-character", found.start(), f"U+{ord(found.group()[0]):04X}")
        return reader

    def report(self, origin: Origin, rule: str, index: int, detail: str = "", width: int = 1) -> None:
        """Keep a finding about offset ``index`` of ``origin``'s text."""
        self.findings.append(finding(rule, Place(self.path, *origin.position(index)), detail, width=width))

    def read(self, start: int) -> Value | None:
        """The root, from offset ``start`` on."""
        entries: dict[str, Entry] = {}
        spans = list(_entries(self.text, start))
        for span in spans[: MAX_VALUES + 1]:
            self.budget -= 1
            for key, entry in self._entry(*span).items():
                if key in entries:
                    place = Place(self.path, entry.line, entry.column)
                    self.findings.append(finding("duplicate-key", place, width=len(key)))
                else:
                    entries[key] = entry
            if self.budget < 0:
                limit = f"front matter is limited to {MAX_VALUES} values"
                self.findings.append(finding("too-large", Place(self.path), limit))
                return None
        if not spans:
            self.findings.append(finding("no-front-matter", Place(self.path), "it is empty"))
        return Value(1, 1, entries) if spans else None

    def _entry(self, start: int, end: int) -> dict[str, Entry]:
        typed = self.text[start:end]
        found = traps(typed)
        plain = Origin.of(typed, start, (), self.line_starts)
        for trap in found:
            self.report(plain, "quote-value", trap.start, width=max(1, min(trap.end, len(typed)) - trap.start))
            if trap.feature:
                self.report(plain, "yaml-feature", trap.start)
        edits = [edit for trap in found for edit in trap.edits]
        origin = Origin.of(typed, start, edits, self.line_starts)
        reader = EntryReader(origin, lambda *fault: self.report(origin, *fault), self.budget)
        try:
            return reader.read()
        except RefusedError as refused:
            explained = any(not trap.edits for trap in found) or any(start <= tab < end for tab in self.tabs)
            if not explained or refused.rule != "front-matter-syntax":
                self.report(origin, refused.rule, refused.index, refused.detail)
            return self._unread(plain)
        finally:
            self.budget = reader.budget

    @staticmethod
    def _unread(origin: Origin) -> dict[str, Entry]:
        """What can be said of an entry that could not be read: its key, if it has one."""
        key = _KEY.match(origin.text)
        if key is None:
            return {}
        return {key[1]: Entry(*origin.position(0), Value(*origin.position(key.end()), "", broken=True))}
