"""Released -> canonical Markdown: one blank line between blocks, four-space nesting, lists tight or loose throughout.

What is written here stays inside the marking language (marks open blocks, inline portions are links to marks),
so that a staged tree can be read by people, by Tearline itself and by any renderer. Whether the renderer reads
what was meant is not taken on trust: see ``proof``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tearline.bulletin.tree import (
    Block,
    Box,
    Fence,
    Heading,
    ItemList,
    Note,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    words_of,
)
from tearline.emit.inlines import Addresses, Inlines, escaped, escaped_start, replaced, seen_from
from tearline.release import Released, Shown

__all__ = [
    "STAND_IN_TITLE",
    "Addresses",
    "emit",
    "escaped",
    "escaped_start",
    "replaced",
    "seen_from",
    "shown",
    "title_of_code",
]

INDENT: Final = "    "
STAND_IN_TITLE: Final = "Wording in the EOC edition"
_DASHES: Final = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}


def emit(released: Released, addresses: Addresses, plain: frozenset[int] = frozenset()) -> str:
    """The body of a bulletin's page: title heading, blocks, notes. Ends with a line end.

    ``plain`` numbers the portions, in reading order from 0, that go without emphasis and code.
    """
    writer = _Writer(addresses, plain)
    lines = writer.blocks([*released.blocks, *released.notes])
    return "\n".join([f"# {shown(released.title)}", "", *lines]).rstrip("\n") + "\n"


def shown(text: Shown) -> str:
    """A marked text of the front matter as one line of Markdown."""
    return f"({text.mark}) {escaped(text.words)}".rstrip(" ")


def title_of_code(portion: Portion) -> str:
    """A code block's title is plain text, between quotes that nothing can escape."""
    return f"({portion.mark}) {words_of(portion.inlines)}".strip().replace('"', "\u201d")


class _Writer:
    """Writes the blocks of one page; ``number`` counts its portions."""

    def __init__(self, addresses: Addresses, plain: frozenset[int]) -> None:
        self.addresses = addresses
        self.plain = plain
        self.number = -1

    def portion(self, portion: Portion, newline: str = " ", *, title: bool = False) -> list[str]:
        """Ordinal, mark and words as lines; more than one only after hard breaks, where ``newline`` allows them."""
        self.number += 1
        inlines = Inlines(self.addresses, newline, plain=self.number in self.plain, title=title)
        first, *more = inlines.written(portion.inlines).split("\n")
        if portion.mark is None:
            first = escaped_start(first)
        else:
            lead = f"{portion.ordinal} " if portion.ordinal else ""
            first = f"{lead}({portion.mark}) {first}"
        lines = [first, *map(escaped_start, more)]
        return [*lines[:-1], lines[-1].rstrip(" ")]

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """The lines of a sequence of blocks, one blank line between them."""
        lines: list[str] = []
        for block in blocks:
            lines += [*([""] if lines else []), *self.block(block)]
        return lines

    def block(self, block: Block) -> list[str]:
        """The lines of one block."""
        match block:
            case Heading(portion=portion) | Paragraph(portion=portion):
                hashes = f"{'#' * block.rank} " if isinstance(block, Heading) else ""
                first, *more = self.portion(portion, " " if hashes else "\n")
                return [hashes + first, *more]
            case ItemList():
                return self.items(block)
            case Quote(children=children):
                return [f"> {line}" if line else ">" for line in self.blocks(children)]
            case Box():
                return self.box(block)
            case Tearline(children=children):
                return [f'??? tearline "{STAND_IN_TITLE}"', *_indented(self.blocks(children))]
            case Table():
                return self.table(block)
            case Fence():
                return self.fence(block)
            case Note(label=label, children=children):
                return self.note(label, children)
            case Rule():
                return ["---"]

    def items(self, block: ItemList) -> list[str]:
        """A list. Tight or loose is all or nothing: renderers disagree about mixtures."""
        loose = not _tight(block)
        lines: list[str] = []
        for number, item in enumerate(block.items, start=block.start):
            marker = f"{number}. " if block.ordered else "- "
            first, *more = self.portion(item.portion, "\n")
            lines += [*([""] if loose and lines else []), marker + first, *_indented(more)]
            for child in item.children:
                lines += [*([""] if loose else []), *_indented(self.block(child))]
        return lines

    def box(self, box: Box) -> list[str]:
        """An admonition, folding block or tab."""
        title = f' "{self.portion(box.title, title=True)[0]}"' if box.title is not None else ""
        kind = "" if box.opener.startswith("=") else f" {box.kind}"
        return [f"{box.opener}{kind}{title}", *_indented(self.blocks(box.children))]

    def table(self, table: Table) -> list[str]:
        """A table with outer pipes."""
        dashes = "|" + "|".join(_DASHES[align] for align in table.align) + "|"
        return [self.row(table.header), dashes, *(self.row(row) for row in table.rows)]

    def row(self, cells: Sequence[Portion]) -> str:
        """One row on one line."""
        return "| " + " | ".join(self.portion(cell)[0] for cell in cells) + " |"

    def fence(self, fence: Fence) -> list[str]:
        """A code block, its fence longer than any run of backticks in it."""
        self.number += 1
        longest = max((len(run) for run in re.findall(r"`{3,}", fence.code)), default=2)
        ticks = "`" * (longest + 1)
        opening = f'{ticks}{fence.language or "text"} title="{title_of_code(fence.portion)}"'
        return [opening, *fence.code.expandtabs(4).split("\n"), ticks]

    def note(self, label: str, children: Sequence[Block]) -> list[str]:
        """A footnote; what does not begin with a paragraph begins on a line of its own."""
        lines = self.blocks(children)
        if isinstance(children[0], Paragraph):
            return [f"[^{label}]: {lines[0]}", *_indented(lines[1:])]
        return [f"[^{label}]:", *_indented(lines)]


def _tight(block: ItemList) -> bool:
    """Whether no item holds anything but its words and tight lists."""
    children = (child for item in block.items for child in item.children)
    return all(isinstance(child, ItemList) and _tight(child) for child in children)


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line if line.strip() else "" for line in lines]
