"""Source -> Marked: the mark that governs each portion, with the reason, and the overall marking checked.

A portion's effective mark is the join of everything that governs it: its own mark or the one it inherits, its
containers, its row, column and table, and a compilation. Sections are not part of it, because what a heading
decides depends on whether the heading itself is released; see ``release``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tearline.bulletin.document import Bulletin
from tearline.bulletin.metadata import Asset, MarkedText, MarkedValue, Metadata, Revision
from tearline.bulletin.tree import (
    Block,
    Box,
    Fence,
    Heading,
    InlinePortion,
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
    words_of,
)
from tearline.findings import Finding, finding
from tearline.marking import Mark, join


@dataclass(frozen=True, slots=True)
class Effective:
    """What governs a portion, and why: typed, parent item, lead-in, container, row, column, compilation."""

    mark: Mark
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A bulletin in which every portion, by number, has an effective mark.

    ``compilation`` is the overall marking where it is higher than the roll-up; it governs everything but
    stand-ins.
    """

    bulletin: Bulletin
    effective: Mapping[int, Effective]
    compilation: Mark | None
    rollup: Mark


# What may govern a portion, and the reason it would be given.
Governing = Sequence[tuple[Mark | None, str]]


class _Marker:
    """Walks the blocks; ``above`` is what containers contribute."""

    def __init__(self, bulletin: Bulletin, *, every_item: bool) -> None:
        self.bulletin = bulletin
        self.system = bulletin.system
        self.every_item = every_item
        self.effective: dict[int, Effective] = {}
        self.findings: list[Finding] = []

    def report(self, rule: str, portion: Portion) -> None:
        label = f"{self.bulletin.metadata.id} ¶{portion.number}"
        self.findings.append(finding(rule, self.bulletin.place(portion.at), portion=label))

    def settle(self, portion: Portion, above: Mark | None, inherited: Governing = ()) -> Mark:
        """Note the join of what governs a portion: its own mark, what it inherits, its containers.

        A portion with neither a mark nor anything to inherit one from stays out, whatever contains it: it is
        withheld (marking-language.md, section 3: if any portion is marked, all must be).
        """
        own = [(mark, why) for mark, why in ((portion.mark, "typed"), *inherited) if mark is not None]
        parts = [*own, *([(above, "container")] if above is not None else [])]
        mark = join(self.system, [mark for mark, _ in parts])
        if own:
            self.effective[portion.number] = Effective(mark, tuple(dict.fromkeys(why for _, why in parts)))
        return mark

    def blocks(self, blocks: Sequence[Block], above: Mark | None) -> None:
        before: Block | None = None
        for block in blocks:
            self.block(block, above, before)
            before = block

    def block(self, block: Block, above: Mark | None, before: Block | None) -> None:
        match block:
            case Heading(portion=portion) | Paragraph(portion=portion) | Fence(portion=portion):
                self.settle(portion, above)
            case ItemList():
                self.top_list(block, above, before)
            case Quote(children=children):
                self.blocks(children, above)
            case Note(children=children):  # a note is one portion: the mark it opens with takes all it contains
                self.blocks(children, next((portion.mark for portion in portions_of(block)), None))
            case Tearline(children=children):  # bound by nothing that it stands in (section 5)
                self.blocks(children, None)
            case Box(title=title, children=children):
                self.blocks(children, self.settle(title, above) if title is not None else above)
            case Table():
                self.table(block, above)
            case Rule():
                pass

    def table(self, table: Table, above: Mark | None) -> None:
        """The first header cell marks the table, another its column, a row's first cell its row; the join counts."""
        whole = self.settle(table.header[0], above)
        for cell in table.header[1:]:
            self.settle(cell, None, [(whole, "table")])
        for row in table.rows:
            line = self.settle(row[0], whole)
            for cell, column in zip(row[1:], table.header[1:], strict=True):
                self.settle(cell, None, [(line, "row"), (column.mark, "column")])

    def top_list(self, block: ItemList, above: Mark | None, before: Block | None) -> None:
        """A list outside any item: every top item is marked, or none is and a lead-in speaks for all."""
        lead = self.lead_in(block, before)
        if any(portion.mark is not None for portion in _item_portions(block)):
            for item in block.items:
                if item.portion.mark is None:
                    self.report("list-partly-marked", item.portion)
        elif lead is None or self.every_item:
            for item in block.items:
                self.report("unmarked-portion", item.portion)
        self.items(block, above, [(lead, "lead-in")])

    def items(self, block: ItemList, above: Mark | None, inherited: Governing) -> None:
        for item in block.items:
            mine = self.settle(item.portion, above, inherited if item.portion.mark is None else ())
            before: Block | None = None
            for child in item.children:
                if isinstance(child, ItemList):
                    self.child_list(child, mine, before)
                else:
                    self.block(child, mine, before)
                before = child

    def child_list(self, block: ItemList, parent: Mark, before: Block | None) -> None:
        """A list inside an item: a child without a mark has its parent's (CAPCO p25), and that of a lead-in between."""
        if self.every_item:
            for item in block.items:
                if item.portion.mark is None:
                    self.report("unmarked-portion", item.portion)
        self.items(block, parent, [(parent, "parent item"), (self.lead_in(block, before), "lead-in")])

    def lead_in(self, block: ItemList, before: Block | None) -> Mark | None:
        """The mark of the paragraph that a list belongs to: it ends in a colon, or nothing parts the two."""
        if not isinstance(before, Paragraph):
            return None
        ends_in_colon = words_of(before.portion.inlines).rstrip().endswith((":", "\uff1a"))
        known = self.effective.get(before.portion.number)
        return known.mark if known is not None and (ends_in_colon or block.glued) else None


def _item_portions(block: ItemList) -> Iterable[Portion]:
    for item in block.items:
        yield item.portion
        for child in item.children:
            if isinstance(child, ItemList):
                yield from _item_portions(child)


def effective_marks(bulletin: Bulletin, *, every_item: bool = False) -> tuple[Marked, list[Finding]]:
    """Settle every portion's mark. ``every_item`` asks for a mark on every list item (a policy).

    The overall marking may not be lower than the roll-up (CAPCO: the banner is the most restrictive of all
    portions), and where it is higher it needs a reason and governs every portion but those of stand-ins.
    """
    marker = _Marker(bulletin, every_item=every_item)
    marker.blocks(bulletin.blocks, None)
    for note in bulletin.notes.values():
        marker.block(note, None, None)
    rollup = join(bulletin.system, set(_typed_marks(bulletin)))
    compilation = _compilation(bulletin, rollup, marker.findings)
    effective = marker.effective
    if compilation is not None:
        free = _stand_in_numbers(bulletin)
        effective = {
            number: known if number in free else _under(compilation, known) for number, known in effective.items()
        }
    return Marked(bulletin, effective, compilation, rollup), marker.findings


def _under(compilation: Mark, known: Effective) -> Effective:
    return Effective(join(compilation.system, [known.mark, compilation]), (*known.why, "compilation"))


def _typed_marks(bulletin: Bulletin) -> Iterator[Mark]:
    for portion in bulletin.portions():
        if portion.mark is not None:
            yield portion.mark
        for inline in nested(portion.inlines):
            if isinstance(inline, InlinePortion):
                yield inline.mark
    yield from _metadata_marks(bulletin.metadata)


def _metadata_marks(metadata: Metadata) -> Iterator[Mark]:
    """The marks in the front matter; the overall marking and the reason for it are not portions."""
    for key in Metadata.model_fields:
        value = getattr(metadata, key)
        for one in value if isinstance(value, tuple) else (value,):
            if key != "compilation_reason":
                yield from _value_marks(one)


def _value_marks(value: object) -> Iterator[Mark]:
    match value:
        case MarkedText(mark=Mark() as mark) | MarkedValue(mark=Mark() as mark):
            yield mark
        case Revision():
            yield from _value_marks(value.at)
            yield from _value_marks(value.change)
        case Asset():
            yield value.marking
            for text in (value.caption, value.alt, value.source):
                yield from _value_marks(text)


def _stand_in_numbers(bulletin: Bulletin) -> set[int]:
    """The numbers of the portions of stand-ins, and of the notes that nothing but stand-ins refers to."""
    inside = {portion.number for portion in _stand_in_portions(bulletin.blocks)}
    wanted: dict[str, bool] = {}
    for portion in (portion for block in bulletin.blocks for portion in portions_of(block)):
        for inline in nested(portion.inlines):
            if isinstance(inline, NoteRef):
                wanted[inline.label] = wanted.get(inline.label, True) and portion.number in inside
    notes = [bulletin.notes[label] for label, free in wanted.items() if free and label in bulletin.notes]
    return inside | {portion.number for note in notes for portion in portions_of(note)}


def _stand_in_portions(blocks: Iterable[Block]) -> Iterator[Portion]:
    for block in blocks:
        if isinstance(block, Tearline):
            yield from portions_of(block)
        elif isinstance(block, Box):
            yield from _stand_in_portions(block.children)


def _compilation(bulletin: Bulletin, rollup: Mark, findings: list[Finding]) -> Mark | None:
    """The overall marking where it is higher than the roll-up; too low, or without a reason, it is a finding."""
    overall = bulletin.metadata.marking
    if overall is None or overall.system != bulletin.system or overall == rollup:
        return None
    place = bulletin.metadata.place_of("marking")
    if not rollup <= overall:
        findings.append(finding("marking-too-low", place, f"the roll-up is {rollup}"))
        return None
    if bulletin.metadata.compilation_reason is None:
        findings.append(finding("compilation-reason", place, f"the roll-up is {rollup}"))
    return overall
