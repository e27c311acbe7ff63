"""Released -> the events that a right rendering of it gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from tearline.bulletin.tree import (
    Block,
    Box,
    Break,
    Code,
    Emphasis,
    Fence,
    Heading,
    Image,
    Inline,
    InlinePortion,
    ItemList,
    Link,
    Note,
    NoteRef,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    Text,
)
from tearline.emit import STAND_IN_TITLE, Addresses, replaced, seen_from, title_of_code
from tearline.proof.events import Event, begin, end, hard_break, marked, says, single, squeezed, verbatim
from tearline.release import Released


class Expected:
    """Lists the events of a release; ``numbers`` holds for each the number ``emit`` gives its portion.

    ``plain`` numbers the portions whose emphasis and code ``emit`` was told to leave out.
    """

    def __init__(self, addresses: Addresses, plain: frozenset[int]) -> None:
        self.addresses = addresses
        self.plain = plain
        self.events: list[Event] = []
        self.numbers: list[int] = []
        self.number = -1

    def page(self, released: Released) -> None:
        """A whole page: title, body, notes."""
        self.add(says("h1", f"({released.title.mark}) {released.title.words}"))
        self.blocks(released.blocks)
        for note in released.notes:
            self.contained("note", note.children, note.label)

    def add(self, event: Event) -> None:
        """One event."""
        self.events.append(event)
        self.numbers.append(self.number)

    def contained(self, tag: str, children: Sequence[Block], *details: str) -> None:
        """A container and what is in it."""
        self.add(begin(tag, *details))
        self.blocks(children)
        self.add(end(tag))

    def portion(self, tag: str, portion: Portion, *details: str) -> None:
        """Ordinal, mark and words."""
        self.number += 1
        lead = f"{portion.ordinal} " if portion.ordinal else ""
        mark = f"{lead}({portion.mark}) " if portion.mark is not None else ""
        self.add(says(tag, mark + self.inlines(portion.inlines), *details))

    # --- inlines ------------------------------------------------------------------------------------------------

    def inlines(self, inlines: Iterable[Inline], *, linked: bool = False) -> str:
        """Inlines as marked-up words; inside an inline portion (``linked``) links have no target."""
        return "".join(self.inline(inline, linked=linked) for inline in inlines)

    def inline(self, inline: Inline, *, linked: bool) -> str:
        """One inline."""
        plain = self.number in self.plain
        match inline:
            case Text(words=words):
                return words
            case Code(words=words):
                return words if plain else marked(squeezed(words), "code")
            case Emphasis(strong=strong, children=children):
                inner = self.inlines(children, linked=linked)
                return inner if plain else marked(inner, "strong" if strong else "em")
            case Link():
                return self.link(inline, linked=linked)
            case Image(file=file, alt=alt):
                return single("img", self.addresses.asset(file), squeezed(alt))
            case NoteRef(label=label):
                return single("note", label)
            case Break():
                return hard_break()
            case InlinePortion(mark=mark, children=children):
                inner = f"({mark}) {self.inlines(children, linked=True)}"
                return marked(inner, "portion", replaced(inline))

    def link(self, link: Link, *, linked: bool) -> str:
        """A link, or its words where the edition has nothing at its target."""
        address = None if linked else seen_from(self.addresses, link.target)
        inner = self.inlines(link.children, linked=linked)
        return inner if address is None else marked(inner, "a", address, squeezed(link.title))

    # --- blocks -------------------------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[Block]) -> None:
        """Blocks in a row; tabs next to each other are a set."""
        for tabs, run in groupby(blocks, key=lambda block: isinstance(block, Box) and block.opener.startswith("=")):
            if tabs:
                self.add(begin("tabs"))
            for block in run:
                self.block(block)
            if tabs:
                self.add(end("tabs"))

    def block(self, block: Block) -> None:
        """One block."""
        match block:
            case Heading(portion=portion) | Paragraph(portion=portion):
                self.portion(f"h{block.rank}" if isinstance(block, Heading) else "p", portion)
            case ItemList():
                self.items(block)
            case Quote(children=children):
                self.contained("blockquote", children)
            case Box():
                self.box(block)
            case Tearline(children=children):
                self.add(begin("details", "tearline", ""))
                self.add(says("title", STAND_IN_TITLE))
                self.blocks(children)
                self.add(end("details"))
            case Table():
                self.table(block)
            case Fence():
                self.fence(block)
            case Rule():
                self.add(says("hr", ""))
            case Note():
                pass  # stands at the end of the page

    def items(self, block: ItemList) -> None:
        """A list; a tight item's words are a paragraph like any."""
        tag = "ol" if block.ordered else "ul"
        self.add(begin(tag, str(block.start) if block.ordered else "1"))
        for item in block.items:
            self.add(begin("li"))
            self.portion("p", item.portion)
            self.blocks(item.children)
            self.add(end("li"))
        self.add(end(tag))

    def box(self, box: Box) -> None:
        """An admonition, folding block or tab."""
        tag = "tab" if box.opener.startswith("=") else "details" if box.opener.startswith("?") else "box"
        details = ("open" if box.opener.endswith("+") else "",) if tag == "details" else ()
        self.add(begin(tag, *(() if tag == "tab" else (" ".join(sorted(box.kind.lower().split())),)), *details))
        if box.title is not None:
            self.portion("title", box.title)
        else:
            self.add(says("title", box.kind.split()[0].capitalize()))
        self.blocks(box.children)
        self.add(end(tag))

    def table(self, table: Table) -> None:
        """A table; the renderer gives one without rows a blank one."""
        self.add(begin("table"))
        for tag, row in (("th", table.header), *(("td", row) for row in table.rows)):
            self.add(begin("tr"))
            for cell, align in zip(row, table.align, strict=True):
                self.portion(tag, cell, align)
            self.add(end("tr"))
        self.add(end("table"))

    def fence(self, fence: Fence) -> None:
        """A code block: its title, its code to the letter."""
        self.number += 1
        self.add(begin("code"))
        self.add(says("title", title_of_code(fence.portion)))
        self.add(("says", "pre", verbatim(fence.code.expandtabs(4))))
        self.add(end("code"))
