"""The body of a bulletin, read naively line by line: which words stand under which mark.

No grammar, no tree: a stack of indented containers, the headings above, and one unit of text at a time. What it cannot
make sense of takes the status of what stands before it. A unit is withheld when its own mark is, or the heading above,
or a container around it; a tearline block answers for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tearline.verify import marks
from tearline.verify.inline import inside
from tearline.verify.preceding import Preceding
from tearline.verify.settings import Settings
from tearline.verify.units import Unit, settled

_TAB: Final = 4
_QUOTE = re.compile(r"([ ]*)(?:>[ ]?)+")
_HEADING = re.compile(r"(#{1,6})(?:[ ]+|(?=\())(.*?)(?:[ ]+#+)?[ ]*$")
_BOX = re.compile(r'(?:!!!|\?\?\?\+?|===[!+]?)[ ]*((?:[A-Za-z][\w-]*[ ]*)*)(?:["\u201c](.*)["\u201d])?[ ]*$')
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:[ ]*(.*)")
_ITEM = re.compile(r"(?:[-*+\u2022\u25e6\u25aa\u25cf\u2023]|[0-9]{1,9}[.)])(?:[ ]+|$)(.*)")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
_FENCE_TITLE = re.compile(r'title="([^"]*)"')
_RULE = re.compile(r"(?:[-*_][ ]*){3,}$|\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)+\|?$|\|[ ]*:?-+:?[ ]*\|$")
_NUMBER = re.compile(
    r"(?:\([0-9A-Za-z]{1,6}\)|[A-Za-z]{1,6}[.)]|[0-9]{1,4}(?:\.[0-9A-Za-z]{1,4})*[.)]?)[ ]+(?=[*_`~ ]*\()"
)
_CELL = re.compile(r"(?<!\\)\|")
_ALONE: Final = frozenset({"tearline", "note"})  # containers that no heading and no container around them governs
_MARKED_KINDS: Final = frozenset({"paragraph", "heading", "headline"})


@dataclass(slots=True)
class _Container:
    indent: int
    withheld: bool
    kind: str
    label: str = ""
    instead_of: range | None = None


@dataclass(slots=True)
class _Open:
    line: int
    kind: str
    text: list[str]


@dataclass(slots=True)
class BodyReader:
    """Reads one body. ``whole`` withholds everything but tearlines; ``files`` are the pictures that may be shown."""

    path: str
    settings: Settings
    system: str
    whole: bool = False
    files: frozenset[str] = frozenset()
    units: list[Unit] = field(default_factory=list)
    _stack: list[_Container] = field(default_factory=list)
    _headings: list[tuple[int, bool]] = field(default_factory=list)
    _open: _Open | None = None
    _table: list[tuple[int, str]] = field(default_factory=list)
    _last: bool = False
    _quoted: bool = False
    _before: Preceding = field(default_factory=Preceding)

    def read(self, lines: list[str], first: int) -> list[Unit]:
        """All units of the body, in order; ``first`` is the number of its first line."""
        numbered = iter(enumerate(lines, first))
        for number, raw in numbered:
            line = raw.expandtabs(_TAB).replace("\u00a0", " ").rstrip()
            quote = _QUOTE.match(line)
            line = quote[1] + line[quote.end() :] if quote else line
            if quote and not self._quoted:  # a quote goes on where its sign is left out, and begins where it is set
                self._close()
            self._quoted = quote is not None or (self._quoted and bool(line))
            text = line.lstrip(" ")
            indent = len(line) - len(text)
            if text.startswith("<!--"):
                self._comment(number, text, numbered)
            elif fence := _FENCE.match(text):
                self._fence(number, indent, fence, numbered)
            else:
                self._line(number, indent, text)
        self._close()
        return settled(self.units)

    # --- blocks -------------------------------------------------------------------------------------------

    def _line(self, number: int, indent: int, text: str) -> None:
        if text.startswith("|"):
            if not self._table:
                self._enter(indent)
                self._starts("table", number)
            self._table.append((number, text))
            return
        if self._table or not text or _RULE.match(text):
            self._close()
        if not text or _RULE.match(text):
            return
        if heading := _HEADING.match(text):
            self._heading(number, heading)
        elif note := _NOTE.match(text):
            self._begin(number, indent, "note", note[2], note[1])
        elif box := _BOX.match(text):
            self._box(number, indent, box)
        elif item := _ITEM.match(text):
            self._begin(number, indent, "item", item[1])
        elif self._open is not None:
            self._open.text.append(text)
        else:
            self._enter(indent)
            self._starts("paragraph", number)
            self._open = _Open(number, "paragraph", [text])

    def _begin(self, number: int, indent: int, kind: str, text: str, label: str = "") -> None:
        """An item or note: a unit, and a container for what is indented below it."""
        self._enter(indent)
        self._starts(kind, number)
        if kind == "note":
            withheld = self.whole or self._above(text)
        else:
            withheld = self._judge(text, lead=not any(one.kind == "item" for one in self._stack))
        self._stack.append(_Container(indent, withheld, kind, label))
        self._open = _Open(number, kind, [text])

    def _box(self, number: int, indent: int, box: re.Match[str]) -> None:
        self._enter(indent)
        kind = "tearline" if "tearline" in box[1].split() else "box"
        if kind == "tearline":
            lines = self._before.lines(len(self._stack), number)
            self._stack.append(_Container(indent, withheld=False, kind=kind, instead_of=lines))
            return
        self._starts(kind, number)
        withheld = self._judge(box[2] or "", lead=False)
        if box[2]:
            self._add(number, "title", box[2], withheld)
        self._stack.append(_Container(indent, withheld, kind))

    def _heading(self, number: int, heading: re.Match[str]) -> None:
        self._enter(0)
        self._starts("heading", number)
        rank = len(heading[1])
        self._headings = [one for one in self._headings if one[0] < rank]
        withheld = self._judge(heading[2])
        self._add(number, "heading" if rank > 1 else "headline", heading[2], withheld)
        self._headings += [(rank, withheld)] if rank > 1 else []

    def _enter(self, indent: int) -> None:
        """Finish the open unit, and leave the containers that a line at this indent is not inside of."""
        self._close()
        while self._stack and indent <= self._stack[-1].indent:
            self._stack.pop()

    def _starts(self, kind: str, number: int) -> None:
        led_in = bool(self.units) and self.units[-1].visible.rstrip(" *_").endswith(":")
        self._before.begins(kind, number, len(self._stack), led_in=led_in)

    def _comment(self, number: int, text: str, numbered: Iterator[tuple[int, str]]) -> None:
        self._close()
        said = [text]
        while "-->" not in said[-1] and (line := next(numbered, None)) is not None:
            said.append(line[1])
        visible = " ".join(said)[4:]
        # Nobody's secret unless it says so: a note to oneself may name what a portion names.
        secret = any(True for _ in marks.above(visible, self.settings))
        self.units.append(Unit(self.path, number, "comment", withheld=True, visible=visible, secret=secret))

    def _fence(self, number: int, indent: int, fence: re.Match[str], numbered: Iterator[tuple[int, str]]) -> None:
        self._enter(indent)
        self._starts("fence", number)
        title = _FENCE_TITLE.search(fence[2])
        said = []
        for _, line in numbered:
            bare = line.strip("> \t")
            if bare.startswith(fence[1]) and not bare.strip(fence[1][0]):
                break
            said.append(line)
        opened = title[1] if title else ""
        mark, end = marks.opening(opened)
        withheld = self._judge(opened)
        self._append(Unit(self.path, number, "fence", withheld, "\n".join([opened[end:], *said]), own=mark is not None))

    def _close(self) -> None:
        """The unit being read is complete."""
        rows, self._table = self._table, []
        if rows:
            self._rows(rows)
        if self._open is not None:
            unit, self._open = self._open, None
            text = "\n".join(unit.text)
            contained = unit.kind in ("item", "note")
            self._add(unit.line, unit.kind, text, self._stack[-1].withheld if contained else self._judge(text))

    # --- judging ------------------------------------------------------------------------------------------

    def _judge(self, text: str, *, lead: bool = True) -> bool:
        """Whether a unit that begins with this text is withheld. Without a mark it follows what stands before it."""
        mark, _ = marks.opening(_unnumbered(text))
        own = not marks.releasable(mark, self.settings, self.system) if mark is not None else lead and self._last
        alone = next((at for at in reversed(range(len(self._stack))) if self._stack[at].kind in _ALONE), None)
        if alone is not None:
            return (own and mark is not None) or any(one.withheld for one in self._stack[alone:])
        if mark is None and self._stack:
            own = self._stack[-1].withheld or (lead and self._last and self._stack[-1].kind == "box")
        return own or self.whole or any(one.withheld for one in self._stack) or any(one[1] for one in self._headings)

    def _add(self, number: int, kind: str, text: str, withheld: bool, cell: int = 0) -> None:  # noqa: FBT001 - the unit's fate
        """A unit of running text, with its inline portions as units of their own."""
        bare = _unnumbered(text)
        mark, end = marks.opening(bare)
        seen = inside(bare[end:], self._withholds)
        inner = next(marks.above(seen.visible, self.settings), None)
        shown = [alt for file, alt in seen.images if file in self.files]
        hidden = [*seen.withheld, *(alt for file, alt in seen.images if file not in self.files)]
        label = next((one.label for one in reversed(self._stack) if one.label), "")
        above = withheld or inner is not None
        # A link to another bulletin is published as its address, and only where that is: it says nothing by itself.
        more = [one for one in seen.more if above or self.settings.address_of(one) is None]
        unit = Unit(self.path, number, kind, above, seen.visible, (*more, *shown), mark is not None)
        unit = unit._replace(label=label, notes=tuple(seen.notes), before=text[: len(text) - len(bare)])
        stray = max(inner.tokens, key=len) if inner is not None and not withheld else ""
        self._append(unit._replace(high=self._above(bare), cell=cell, stray=stray))
        inline = Unit(self.path, number, "inline", withheld=True, visible="", own=True, cell=cell)
        self.units += [inline._replace(visible=one) for one in hidden if one]

    def _append(self, unit: Unit) -> None:
        lines = next((one.instead_of for one in self._stack if one.instead_of is not None), None)
        self.units.append(unit._replace(instead_of=lines))
        if unit.own or unit.kind in _MARKED_KINDS:
            self._last = unit.withheld

    def _withholds(self, target: str) -> bool | None:
        """For a link's target: None where it is no mark, else whether the edition may not see it."""
        mark = marks.read(target)
        return None if mark is None else not marks.releasable(mark, self.settings, self.system)

    def _rows(self, rows: list[tuple[int, str]]) -> None:
        """A table: the first header cell speaks for all, the others for their columns, a row's first for the row."""
        split = [(number, _cells(text)) for number, text in rows if not _RULE.match(text)]
        if not split:
            return
        below = [self._above(cells[0]) for _, cells in split[1:]]
        whole = self._judge(split[0][1][0]) or (bool(below) and all(below))
        columns = [self._above(cell) for cell in split[0][1]]
        for number, cells in split:
            row = whole or self._above(cells[0])
            for place, cell in enumerate(cells):
                column = 0 < place < len(columns) and columns[place]
                self._add(number, "cell", cell, row or column or self._above(cell), place + 1)
        self._last = whole

    def _above(self, cell: str) -> bool:
        mark, _ = marks.opening(cell)
        return mark is not None and not marks.releasable(mark, self.settings, self.system)


def _unnumbered(text: str) -> str:
    """``6. (U) Words`` without the number, which stands before the mark."""
    found = _NUMBER.match(text)
    if found is None or marks.opening(text)[0] is not None:
        return text
    return text[found.end() :] if marks.opening(text[found.end() :])[0] is not None else text


def _cells(row: str) -> list[str]:
    """The cells of ``| a | b |``."""
    return [one.strip() for one in _CELL.split(row.strip())[1:-1]] or [row.strip("| ")]
