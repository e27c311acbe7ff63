"""Source -> Marked: the mark that governs each portion, with the reason, and the overall marking checked.

A portion's effective mark is the join of everything that governs it: its own mark or the one it inherits, its
containers, its row, column and table, and a compilation. Sections are not part of it, because what a heading
decides depends on whether the heading itself is released; see ``release``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tearline.bulletin.document import Bulletin
from tearline.bulletin.metadata import MarkedText, MarkedValue, Metadata, Revision
from tearline.bulletin.tree import (
    Block,
    Box,
    Fence,
    Heading,
    InlinePortion,
    ItemList,
    Note,
    Paragraph,
    Portion,
    Quote,
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


class _Marker:
    """Walks the blocks; ``above`` is what containers contribute, with its reason."""

    def __init__(self, bulletin: Bulletin, *, every_item: bool) -> None:
        self.bulletin = bulletin
        self.system = bulletin.system
        self.every_item = every_item
        self.effective: dict[int, Effective] = {}
        self.findings: list[Finding] = []

    def report(self, rule: str, portion: Portion) -> None:
        label = f"{self.bulletin.metadata.id} ¶{portion.number}"
        self.findings.append(finding(rule, self.bulletin.place(portion.at), portion=label))

    def settle(self, portion: Portion, governing: Iterable[tuple[Mark | None, str]]) -> Mark:
        """Note the join of what governs a portion; a portion that nothing governs stays out and withheld."""
        parts = [(mark, why) for mark, why in ((portion.mark, "typed"), *governing) if mark is not None]
        mark = join(self.system, [mark for mark, _ in parts])
        if parts:
            self.effective[portion.number] = Effective(mark, tuple(dict.fromkeys(why for _, why in parts)))
        return mark

    def blocks(self, blocks: Sequence[Block], above: Mark | None) -> None:
        before: Block | None = None
        for block in blocks:
            self.block(block, above, before)
            before = block

    def block(self, block: Block, above: Mark | None, before: Block | None) -> None:
        container = [(above, "container")]
        match block:
            case Heading(portion=portion) | Paragraph(portion=portion) | Fence(portion=portion):
                self.settle(portion, container)
            case ItemList():
                self.top_list(block, above, before)
            case Quote(children=children) | Note(children=children):
                self.blocks(children, above)
            case Tearline(children=children):
                self.blocks(children, None)
            case Box(title=title, children=children):
                self.blocks(children, self.settle(title, container) if title is not None else above)
            case Table():
                self.table(block, above)
            case _:
                pass

    def table(self, table: Table, above: Mark | None) -> None:
        whole = self.settle(table.header[0], [(above, "container")])
        for cell in table.header[1:]:
            self.settle(cell, [(whole, "table")])
        for row in table.rows:
            line = self.settle(row[0], [(whole, "table")])
            for cell, column in zip(row[1:], table.header[1:], strict=True):
                self.settle(cell, [(line, "row"), (column.mark, "column")])

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
        self.items(block, above, lead, "lead-in")

    def items(self, block: ItemList, above: Mark | None, inherited: Mark | None, why: str) -> None:
        for item in block.items:
            governing = [(above, "container")]
            if item.portion.mark is None:
                governing.append((inherited, why))
                if self.every_item and why == "parent item":
                    self.report("unmarked-portion", item.portion)
            mine = self.settle(item.portion, governing)
            for child in item.children:
                if isinstance(child, ItemList):
                    self.items(child, mine, mine, "parent item")
                else:
                    self.block(child, mine, None)

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
    portions), and where it is higher it needs a reason and governs every portion.
    """
    marker = _Marker(bulletin, every_item=every_item)
    marker.blocks(bulletin.blocks, None)
    for note in bulletin.notes.values():
        marker.block(note, None, None)
    rollup = join(bulletin.system, [*_typed_marks(bulletin)])
    compilation = _compilation(bulletin, rollup, marker.findings)
    if compilation is not None:
        standins = {p.number for p in _standin_portions(bulletin.blocks)}
        marker.effective = {
            number: known
            if number in standins
            else Effective(join(bulletin.system, [known.mark, compilation]), (*known.why, "compilation"))
            for number, known in marker.effective.items()
        }
    return Marked(bulletin, marker.effective, compilation, rollup), marker.findings


def _typed_marks(bulletin: Bulletin) -> Iterable[Mark]:
    for portion in bulletin.portions():
        if portion.mark is not None:
            yield portion.mark
        for inline in nested(portion.inlines):
            if isinstance(inline, InlinePortion):
                yield inline.mark
    yield from _metadata_marks(bulletin.metadata)


def _metadata_marks(metadata: Metadata) -> Iterable[Mark]:
    """The marks in the front matter; the overall marking and the reason for it are not portions."""
    for key in Metadata.model_fields:
        value = getattr(metadata, key)
        for one in value if isinstance(value, tuple) else (value,):
            inner = one.change if isinstance(one, Revision) else one
            if isinstance(inner, MarkedText | MarkedValue) and key != "compilation_reason" and inner.mark is not None:
                yield inner.mark


def _standin_portions(blocks: Iterable[Block]) -> Iterable[Portion]:
    for block in blocks:
        if isinstance(block, Tearline):
            yield from portions_of(block)
        elif isinstance(block, Box):
            yield from _standin_portions(block.children)


def _compilation(bulletin: Bulletin, rollup: Mark, findings: list[Finding]) -> Mark | None:
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

