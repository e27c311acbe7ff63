"""The body: blocks assembled from the portions that an edition may see, in their containers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tearline.bulletin.tree import (
    Block,
    Box,
    Fence,
    Heading,
    Item,
    ItemList,
    Note,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    Text,
    portions_of,
)
from tearline.release.picking import Picking, words_of_block
from tearline.release.portions import Portions
from tearline.release.tidying import joined


class Body:
    """Picks blocks. Each method gives what of a block the edition gets: the block, less of it, or nothing."""

    def __init__(self, picking: Picking) -> None:
        self.picking = picking
        self.portions = Portions(picking, self.number_of)
        self.noted: dict[str, tuple[int, tuple[Block, ...]]] = {}
        self.silent: set[str] = set()

    def blocks(self, blocks: Iterable[Block]) -> list[Block]:
        """A container's blocks. A withheld heading takes its section along; a stand-in takes the place of what went."""
        out: list[Block] = []
        closed = 0  # the rank of the withheld heading whose section this is
        missed = False  # anything of the block before
        for block in blocks:
            if isinstance(block, Tearline):
                out += self.tearline(block, wanted=missed)
                missed = False
            elif isinstance(block, Rule):
                out += [] if closed else [block]
            else:
                before = self.picking.losses
                if isinstance(block, Heading) and block.rank <= closed:
                    closed = 0
                picked = self.lose(block) if closed else self.block(block)
                if isinstance(block, Heading) and not picked and not closed:
                    closed = block.rank
                out += picked
                missed = self.picking.losses > before
        return joined(out)

    def block(self, block: Block) -> list[Block]:
        """What the edition gets of a block that stands in nothing withheld."""
        match block:
            case Heading(portion=portion) | Paragraph(portion=portion):
                shown = self.portions.pick(portion)
                return self.lose(block) if shown is None else [replace(block, portion=shown), *self.captions([shown])]
            case Fence(portion=portion):
                title = self.portions.title_of_code(portion)
                return self.lose(block) if title is None else [replace(block, portion=title)]
            case ItemList(items=items):
                kept = tuple(one for item in items for one in self.item(item))
                return [ItemList(block.ordered, block.start, kept)] if kept else []
            case Quote(children=children):
                inside = tuple(self.blocks(children))
                return [Quote(inside)] if inside else []
            case Box():
                return self.box(block)
            case Table():
                return self.table(block)
            case Tearline() | Note() | Rule():
                return []  # none gets here: the first has its place in ``blocks``, notes have theirs

    def lose(self, block: Block) -> list[Block]:
        """Leave a block behind. What remains of it are the stand-ins it holds, which take its place (section 5)."""
        if isinstance(block, Tearline):
            return self.stand_in(block)
        if isinstance(block, Box):
            if block.title is not None:
                self.portions.lose(block.title)
            return [one for child in block.children for one in self.lose(child)]
        if not isinstance(block, Rule):
            self.picking.lose(words_of_block(block))
        return []

    def tearline(self, block: Tearline, *, wanted: bool) -> list[Block]:
        """A stand-in where it is wanted; for an edition that withholds nothing, the block as it is."""
        if self.picking.edition.sanitized:
            return self.stand_in(block) if wanted else []
        inside = tuple(self.blocks(block.children))
        return [Tearline(inside)] if inside else []

    def stand_in(self, block: Tearline) -> list[Block]:
        """The blocks of a stand-in. A compilation does not bind them."""
        bound, self.picking.bound = self.picking.bound, None
        inside = self.blocks(block.children)
        self.picking.bound = bound
        return inside

    def captions(self, portions: Sequence[Portion]) -> list[Block]:
        """A paragraph for each text beneath a picture (DoDM 5200.01 V2 encl. 3 sec. 6e(3))."""
        shown = [text for portion in portions for text in self.portions.captions(portion)]
        return [Paragraph(Portion(text.mark, (Text(text.words),))) for text in shown]

    def item(self, item: Item) -> list[Item]:
        """An item with its children; withheld, it takes them with it."""
        shown = self.portions.pick(item.portion)
        if shown is None:
            self.lose(ItemList(ordered=False, start=1, items=(item,)))
            return []
        return [Item(shown, (*self.captions([shown]), *self.blocks(item.children)))]

    def box(self, box: Box) -> list[Block]:
        """A box with what is left in it. A titled one stays without anything, as a heading does."""
        title = self.portions.pick(box.title) if box.title is not None else None
        if box.title is not None and title is None:
            return self.lose(box)
        inside = (*self.captions([title] if title is not None else []), *self.blocks(box.children))
        return [Box(box.opener, box.kind, title, inside)] if inside or title is not None else []

    def table(self, table: Table) -> list[Block]:
        """Withheld cells are blank; withheld rows and columns are gone; a table without rows is gone."""
        sees = self.picking.sees
        left = any(sees(row[0]) for row in table.rows) or not (table.rows or self.picking.edition.sanitized)
        if not left or not sees(table.header[0]):
            return self.lose(table)
        columns = [sees(cell) for cell in table.header]
        header = self.row(table.header, columns)
        rows = [self.row(row, columns) for row in table.rows]
        align = tuple(each for each, kept in zip(table.align, columns, strict=True) if kept)
        body = tuple(row for row in rows if row)
        return [Table(header, align, body), *self.captions([cell for row in (header, *body) for cell in row])]

    def row(self, row: Sequence[Portion], columns: Sequence[bool]) -> tuple[Portion, ...]:
        """The cells of a row in the columns that are kept; nothing where its first cell is withheld."""
        gone = not self.picking.sees(row[0])
        picked: list[Portion] = []
        for index, (cell, kept) in enumerate(zip(row, columns, strict=True)):
            shown = self.portions.pick(cell, hollow=index == 0) if kept and not gone else None
            if shown is None:
                self.portions.lose(cell)
            if kept and not gone:
                picked.append(shown or Portion(None, ()))
        return tuple(picked)

    # --- notes --------------------------------------------------------------------------------------------------

    def number_of(self, label: str) -> int | None:
        """A note's number, given where the first released words refer to it; None where nothing of it is released."""
        if label in self.noted:
            return self.noted[label][0]
        note = self.picking.bulletin.notes.get(label)
        if note is None or label in self.silent:
            self.picking.losses += 1
            return None
        self.silent.add(label)  # until something of it is picked
        if any(self.picking.sees(portion) for portion in portions_of(note)):
            blocks = tuple(self.blocks(note.children))
        else:
            blocks = ()
            self.picking.lose(words_of_block(note))
        if not blocks:
            return None
        self.silent.remove(label)
        self.noted[label] = (len(self.noted) + 1, blocks)
        return self.noted[label][0]

    def notes(self) -> tuple[Note, ...]:
        """The notes that released words refer to, in the order of their numbers; the others stay behind."""
        for label, note in self.picking.bulletin.notes.items():
            if label not in self.noted and label not in self.silent:
                self.picking.lose(words_of_block(note))
        return tuple(Note(str(number), blocks) for number, blocks in self.noted.values())
