"""The words of a bulletin as an immutable tree.

The same nodes carry a source (as typed) and a release (only what ships); ``release`` builds the second from
the first by picking, never by deleting. Offsets are code points into the source text, spans are half-open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tearline.marking import Mark


@dataclass(frozen=True, slots=True)
class Text:
    """A run of plain words, decoded: no escapes and no entities are left in it."""

    words: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code span, verbatim."""

    words: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Emphasised words; ``strong`` tells bold from italic."""

    strong: bool
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Words with a target: an address, or the id or file of another bulletin."""

    target: str
    title: str
    children: tuple[Inline, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; ``file`` is the name that the bulletin's ``assets:`` list uses."""

    file: str
    alt: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class NoteRef:
    """A reference to a footnote."""

    label: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Break:
    """A hard line break."""


@dataclass(frozen=True, slots=True)
class InlinePortion:
    """Words inside a portion that carry a mark of their own, and what stands for them elsewhere."""

    mark: Mark
    children: tuple[Inline, ...]
    replacement: tuple[Inline, ...] | None
    at: int = 0


Inline = Text | Code | Emphasis | Link | Image | NoteRef | Break | InlinePortion


@dataclass(frozen=True, slots=True)
class Portion:
    """One run of inlines under one mark; ``mark`` is None where the portion takes it from its surroundings.

    ``number`` counts the portions of a document from 1 in reading order; ``ordinal`` is a number typed
    before the mark ("6.1"); ``at`` is where the portion begins in the source.
    """

    mark: Mark | None
    inlines: tuple[Inline, ...]
    number: int = 0
    ordinal: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of rank 1 to 6. Heads the section up to the next heading of the same or a higher rank."""

    rank: int
    portion: Portion


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or a figure where its only inline is an image."""

    portion: Portion


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: its first portion, then whatever is nested in it."""

    portion: Portion
    children: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ItemList:
    """A bulleted or numbered list; ``glued`` means no blank line parts it from the block before."""

    ordered: bool
    start: int
    items: tuple[Item, ...]
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote; its blocks carry their own marks."""

    children: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An admonition (``!!!``), a folding block (``???``, ``???+``) or a tab (``===``).

    ``title`` marks the whole box; an untitled admonition has none and marks nothing.
    """

    opener: str
    kind: str
    title: Portion | None
    children: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Tearline:
    """Wording for editions that may not see the block before it (ICD 209)."""

    children: tuple[Block, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header; every row has as many cells as ``header``. ``align``: left, right, center or ""."""

    header: tuple[Portion, ...]
    align: tuple[str, ...]
    rows: tuple[tuple[Portion, ...], ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block; the portion is its title."""

    language: str
    portion: Portion
    code: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break. Structure only: it carries no words."""


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote's definition."""

    label: str
    children: tuple[Block, ...]
    at: int = 0


Block = Heading | Paragraph | ItemList | Quote | Box | Tearline | Table | Fence | Rule | Note


def portions_of(block: Block | Item) -> Iterator[Portion]:
    """Every portion of a block, its own and those nested in it, in reading order."""
    for part in _parts(block):
        if isinstance(part, Portion):
            yield part
        else:
            yield from portions_of(part)


def _parts(block: Block | Item) -> Iterable[Portion | Block | Item]:
    match block:
        case Heading(portion=portion) | Paragraph(portion=portion) | Fence(portion=portion):
            return (portion,)
        case ItemList(items=items):
            return items
        case Item(portion=portion, children=children):
            return (portion, *children)
        case Table(header=header, rows=rows):
            return chain(header, *rows)
        case Box(title=Portion() as title, children=children):
            return (title, *children)
        case Rule():
            return ()
        case _:
            return block.children


def nested(inlines: tuple[Inline, ...]) -> Iterator[Inline]:
    """Every inline, outermost first; replacements of inline portions are not words of the portion."""
    for inline in inlines:
        yield inline
        if isinstance(inline, Emphasis | Link | InlinePortion):
            yield from nested(inline.children)


def words_of(inlines: tuple[Inline, ...]) -> str:
    """The words a reader would see, in order, breaks as a blank; alternative texts count, replacements do not."""
    said: list[str] = []
    for inline in nested(inlines):
        match inline:
            case Text(words=words) | Code(words=words) | Image(alt=words):
                said.append(words)
            case Break():
                said.append(" ")
            case _:
                pass
    return "".join(said)
