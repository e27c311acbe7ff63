"""Containers: the blocks that hold other blocks.

    box   = ("!!!" | "???" | "???+" | "===") kind? quoted-title?  then lines indented by two or more
    list  = items of one kind; an item is a bullet or number, its words, then lines indented by two or more
    quote = lines that open with ">"
    note  = "[^" label "]:" then lines indented by two or more

Two columns are enough to be inside an item: what is inside a withheld container is withheld, the safe reading. Boxes
and notes take blocks that are indented by four, as every reader does; a block indented by two or three is a finding.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final

from tearline.bulletin.lines import TAB, Line, Lines
from tearline.bulletin.openers import BOX, BULLET, FENCE, HEADING, NOTE, NUMBER, Opener, number_of, opened
from tearline.bulletin.reading import Content
from tearline.bulletin.scanner import Body, Scanner
from tearline.bulletin.tree import (
    Box,
    Item,
    ItemList,
    Note,
    NoteRef,
    Portion,
    Quote,
    Rule,
    Tearline,
    nested,
    portions_of,
)
from tearline.marking import find_marks

CHILD_INDENT: Final = 2  # columns past its container's marker from which a line is inside it
_KIND = re.compile(r"[\w-]*(?:[ \t]+(?:inline|end))*")
_TASK = re.compile(r"\[[ xX]\](?:[ \t]|$)")
_LIKENESS = 0.8
_TEARLINE = "tearline"


def _inside(scanner: Scanner, lines: Lines, index: int, column: int, *, numbered: bool = False) -> list[Line]:
    """The lines from ``index`` on that are inside a container whose marker stands on the line before.

    Those in ``column`` or right of it are. One that is not goes on with the paragraph above it, unless a blank line
    parts them or it opens a block.
    """
    taken: list[Line] = []
    end = 0
    for here in range(index, len(lines)):
        line = lines[here]
        if not line.blank and line.column < column:
            if end < len(taken) or not scanner.goes_on(lines, here, numbered=numbered):
                break
            line = line.as_lazy
        taken.append(line)
        if not line.blank:
            end = len(taken)
    return taken[:end]


def read_quote(scanner: Scanner, body: Body, index: int) -> int:
    """Lines that open with ``>``, and those that go on with a quoted paragraph."""
    lines, inner = body.lines, [body.lines[index].quoted()]
    scanner.refuse_lazy(lines[index : index + 1])
    for end in range(index + 1, len(lines)):
        line = lines[end]
        if line.text.startswith(">"):
            inner.append(line.quoted())
        elif line.blank or inner[-1].blank or not scanner.goes_on(lines, end):
            break
        else:
            inner.append(Line(line.number, line.start, 0, line.text, lazy=True))
    body.found.append(Quote(scanner.blocks(body.inner(inner, 0))))
    return index + len(inner)


def read_box(scanner: Scanner, body: Body, index: int) -> int:
    """An admonition, folding block or tab, whose quoted title marks it; or a tearline."""
    line = body.lines[index]
    match = BOX.match(line.text)
    opener, kind, title = (match["opener"], match["kind"].strip(), match["title"]) if match else ("!!!", "", None)
    inner = _inside(scanner, body.lines, index + 1, line.column + CHILD_INDENT)
    scanner.claim([line])
    if _is_tearline(kind):
        _tearline(scanner, body, line, inner, plain=opener == "!!!" and kind == _TEARLINE and title is None)
        return index + 1 + len(inner)
    portion, edge = None, line.column + TAB
    if match and title is not None and title[1:-1].strip():
        portion = scanner.portion(Content.of(title[1:-1], line.start + match.start("title") + 1))
    elif opener.startswith("="):
        scanner.reader.report("unmarked-portion", line.start, 'write === "(U) Title"')
    if not _KIND.fullmatch(kind) or (kind and opener.startswith("=")) or opener in {"===!", "===+"}:
        scanner.reader.report("unsupported-markup", line.start)
    children = scanner.blocks(body.inner(inner, edge, floor=edge, tearlines=True))
    if not children:
        scanner.reader.report("empty-portion", line.start)
    body.found.append(Box(opener, kind or "note", portion, children))
    return index + 1 + len(inner)


def _is_tearline(kind: str) -> bool:
    """Whether a box is meant as a tearline; one misspelt must not be shown to everybody as an admonition."""
    said = re.sub(r"[\W_]", "", kind.casefold())
    return said.startswith(_TEARLINE) or SequenceMatcher(None, said[:20], _TEARLINE).ratio() > _LIKENESS


def _tearline(scanner: Scanner, body: Body, line: Line, inner: Lines, *, plain: bool) -> None:
    """Stands directly after the block it stands in for, at top level or in a box."""
    before = body.found[-1] if body.found else None
    if not plain:
        scanner.reader.report("tearline-place", line.start, "did you mean !!! tearline?")
    elif not body.tearlines or before is None or isinstance(before, Tearline | Note | Rule):
        scanner.reader.report("tearline-place", line.start)
    edge = line.column + TAB
    children = scanner.blocks(body.inner(inner, edge, floor=edge))
    if not children:
        scanner.reader.report("empty-portion", line.start)
    body.found.append(Tearline(children, line.start))


def read_note(scanner: Scanner, body: Body, index: int) -> int:
    """A footnote's definition, at top level; its blocks carry marks, and refer to no other note."""
    line = body.lines[index]
    match = NOTE.match(line.text)
    label, skip = (match[1], match.end()) if match else ("", 0)
    inner = _inside(scanner, body.lines, index + 1, line.column + CHILD_INDENT)
    edge = line.column + TAB
    first = line.after(skip)._replace(column=edge)
    if find_marks(label, scanner.reader.system):
        scanner.reader.report("misplaced-mark", line.start)
    if body.depth:
        scanner.reader.report("footnote", line.start, "it stands inside another block")
    scanner.refuse_lazy([line])
    children = scanner.blocks(body.inner([first, *inner], edge, floor=edge))
    inlines = (one for child in children for portion in portions_of(child) for one in nested(portion.inlines))
    for ref in (one for one in inlines if isinstance(one, NoteRef)):
        scanner.reader.report("footnote", ref.at, "a note refers to no other")
    if not children:
        scanner.reader.report("empty-portion", line.start)
    body.found.append(Note(label, children, line.start))
    return index + 1 + len(inner)


def read_list(scanner: Scanner, body: Body, index: int) -> int:
    """A list: bullets or numbers, one after the other, blank lines between them or not.

    An item without a mark has that of what it belongs to. So it must be plain that it is an item and no prose ("in /
    2019. Then", whose number would go), and that it is no child of the item above, by a column less than children have.
    """
    lines, first = body.lines, number_of(body.lines[index].text)
    ordered, number = first is not None, first
    items: list[Item] = []
    glued = body.glued
    while True:
        column = lines[index].column
        item, index = _item(scanner, body, index, ordered=ordered)
        items.append(item)
        ahead = next((i for i in range(index, len(lines)) if not lines[i].blank), len(lines))
        if ahead == len(lines) or _is_ordered(lines, ahead) is not ordered:
            break
        after = number_of(lines[ahead].text)
        marker = BULLET.match(lines[ahead].text) or NUMBER.match(lines[ahead].text)
        marked = scanner.is_marked(lines[ahead], marker.end() if marker else 0)
        jumps = ahead == index and ordered and number is not None and after not in (number, number + 1, 1)
        if not marked and (jumps or lines[ahead].column > column):
            scanner.reader.report("unclear-nesting", lines[ahead].start)
        number = after
        scanner.claim(lines[index:ahead])
        index = ahead
    body.found.append(ItemList(ordered, first if first is not None else 1, tuple(items), glued))
    return index


def _is_ordered(lines: Lines, index: int) -> bool | None:
    """Whether an item is numbered; None for what is no item."""
    return number_of(lines[index].text) is not None if opened(lines, index) is Opener.ITEM else None


def _item(scanner: Scanner, body: Body, index: int, *, ordered: bool) -> tuple[Item, int]:
    """An item: its first portion, and the blocks below it that are indented by two or more; the index after it."""
    line = body.lines[index]
    scanner.refuse_lazy([line])
    marker = BULLET.match(line.text) or NUMBER.match(line.text)
    words = line.after(marker.end() if marker else 1)
    column = line.column + CHILD_INDENT
    inner = [words, *_inside(scanner, body.lines, index + 1, column, numbered=ordered)]
    after = index + len(inner)
    edge = max(column, min(words.column, line.column + TAB))
    if _TASK.match(words.text):
        scanner.reader.report("unsupported-markup", words.start, "a task list")
    if _opens_block(words.text):
        scanner.reader.report("unmarked-portion", words.start)
        return Item(Portion(None, ()), scanner.blocks(body.inner(inner, edge))), after
    stop = scanner.paragraph_end(inner, 0)
    portion = scanner.portion(scanner.joined(inner[:stop]), marked=False)
    return Item(portion, scanner.blocks(body.inner(inner[stop:], edge))), after


def _opens_block(text: str) -> bool:
    """Whether an item begins with a block of another kind instead of words."""
    return any(pattern.match(text) for pattern in (BULLET, NUMBER, FENCE, HEADING, BOX, re.compile(">|<!--")))
