"""One source file -> a bulletin or a page, with everything that is wrong with it.

Whatever the bytes are, reading ends with a document or with findings that say why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tearline.bulletin.blocks import Body, Scanner, lines_of
from tearline.bulletin.front_matter import split_front_matter
from tearline.bulletin.inlines import invisible
from tearline.bulletin.metadata import Metadata, PageMetadata, kind_of, read_metadata
from tearline.bulletin.page import check_page
from tearline.bulletin.reading import Positions, Reader
from tearline.bulletin.tree import (
    Block,
    Heading,
    Image,
    InlinePortion,
    Note,
    NoteRef,
    Portion,
    nested,
    portions_of,
    words_of,
)
from tearline.findings import Finding, Place, finding

MAX_BYTES: Final = 2 << 20  # a bulletin of 1,500 words has about 10 kB; a 400-page manual has 1 MB
MAX_LINE: Final = 100_000
MAX_REPEATS: Final = 20  # findings of one kind about single characters
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A marked document. ``blocks`` holds no definitions of notes and no title heading; ``text`` is the source."""

    text: str
    positions: Positions
    metadata: Metadata
    blocks: tuple[Block, ...]
    notes: Mapping[str, Note]

    @property
    def path(self) -> str:
        """The source's path, as findings name it."""
        return self.positions.path

    @property
    def system(self) -> str:
        """The name of the document's marking system."""
        return self.metadata.system

    def place(self, at: int) -> Place:
        """Line and column of an offset into ``text``."""
        return self.positions.place(at)

    def portions(self) -> list[Portion]:
        """Every portion of the body and of its notes, in reading order."""
        return [p for block in (*self.blocks, *self.notes.values()) for p in portions_of(block)]


@dataclass(frozen=True, slots=True)
class Page:
    """An unmarked document whose ``marking:`` covers all of it; ``body`` is Markdown as typed."""

    path: str
    text: str
    metadata: PageMetadata
    body: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one file; ``document`` is None where it could not be read at all."""

    path: str
    document: Bulletin | Page | None
    findings: tuple[Finding, ...]


def read_document(path: str, data: bytes, system: str) -> Reading:
    """Read a file's bytes; ``system`` is the site's default marking system. Never raises on any bytes."""
    text, problem = _decoded(data)
    if problem:
        return Reading(path, None, (finding(problem, Place(path)),))
    reader = Reader(text, Positions.of(path, text), system)
    _check_characters(reader)
    front = split_front_matter(text, path)
    reader.findings += front.findings
    if front.root is None:
        if not front.findings:
            reader.report("no-front-matter", 0)
        return Reading(path, None, tuple(reader.findings))
    page = kind_of(front.root) == "page"
    metadata, found = read_metadata(front.root, path, system, page=page)
    reader.findings += found
    document: Bulletin | Page | None = None
    if isinstance(metadata, PageMetadata):
        reader.system = metadata.system
        check_page(reader, front.body_start)
        document = Page(path, text, metadata, text[front.body_start :])
    elif isinstance(metadata, Metadata):
        reader.system, reader.label = metadata.system, metadata.id
        document = _bulletin(reader, metadata, front.body_start)
    return Reading(path, document, tuple(reader.findings))


def _decoded(data: bytes) -> tuple[str, str]:
    """The text with line ends as LF and no byte-order mark, or the rule it breaks."""
    if len(data) > MAX_BYTES:
        return "", "too-large"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "", "not-utf8"
    text = text.removeprefix(_BOM).replace("\r\n", "\n")
    if any(len(line) > MAX_LINE for line in text.split("\n")):
        return "", "too-large"
    return text, ""


def _check_characters(reader: Reader) -> None:
    for at in invisible(reader.text)[:MAX_REPEATS]:
        reader.report("forbidden-character", at, f"U+{ord(reader.text[at]):04X}")


def _bulletin(reader: Reader, metadata: Metadata, start: int) -> Bulletin:
    lines = lines_of(reader.text, start)
    scanner = Scanner(reader)
    blocks = scanner.blocks(Body(lines, headings=True, tearlines=True))
    if sorted(scanner.claimed) != list(range(len(lines))):
        reader.portions = 0
        reader.report("unread-text", start)
    notes = _notes(reader, blocks)
    body = tuple(block for block in blocks if not _is_aside(block, reader, metadata))
    bulletin = Bulletin(reader.text, reader.positions, metadata, body, notes)
    if not bulletin.portions():
        reader.report("empty-portion", start)
    for portion in bulletin.portions():
        _check_inlines(reader, portion, metadata)
    return bulletin


def _is_aside(block: Block, reader: Reader, metadata: Metadata) -> bool:
    """Notes are kept apart; a level-one heading repeats the title and is made anew."""
    if isinstance(block, Note):
        return True
    if not isinstance(block, Heading) or block.rank > 1:
        return False
    title = metadata.title
    portion = block.portion
    if portion.mark != title.mark or _squeezed(words_of(portion.inlines)) != _squeezed(title.words):
        reader.report("title-heading", portion.at)
    return True


def _squeezed(words: str) -> str:
    return " ".join(words.split())


def _notes(reader: Reader, blocks: tuple[Block, ...]) -> dict[str, Note]:
    """The notes by label. Each is defined once and referred to at least once."""
    notes: dict[str, Note] = {}
    for block in blocks:
        if isinstance(block, Note):
            if block.label in notes:
                reader.report("footnote", block.at)
            notes[block.label] = block
    portions = [p for block in blocks if not isinstance(block, Note) for p in portions_of(block)]
    refs = [ref for p in portions for ref in nested(p.inlines) if isinstance(ref, NoteRef)]
    for ref in refs:
        if ref.label not in notes:
            reader.report("footnote", ref.at)
    used = {ref.label for ref in refs}
    for label, note in notes.items():
        if label not in used:
            reader.report("footnote", note.at)
    return notes


def _check_inlines(reader: Reader, portion: Portion, metadata: Metadata) -> None:
    reader.portions = portion.number
    files = {asset.file for asset in metadata.assets}
    for inline in nested(portion.inlines):
        if isinstance(inline, Image) and inline.file not in files:
            reader.report("asset", inline.at)
        if isinstance(inline, InlinePortion) and inline.replacement is None and _at_an_edge(portion, inline):
            reader.report("inline-portion", inline.at)


def _at_an_edge(portion: Portion, hidden: InlinePortion) -> bool:
    """Whether the words of a portion without any inline portions begin or end where ``hidden`` stood."""
    gap = "\0"
    said = "".join(_with_gaps(portion, hidden, gap)).strip()
    before, _, after = said.partition(gap)
    return not any(char.isalnum() for char in before) or not after.strip()


def _with_gaps(portion: Portion, hidden: InlinePortion, gap: str) -> list[str]:
    said: list[str] = []
    inside: set[int] = set()
    for inline in nested(portion.inlines):
        if inline is hidden:
            said.append(gap)
        if isinstance(inline, InlinePortion):
            inside |= {id(child) for child in nested(inline.children)}
            said.append(words_of(inline.replacement or ()))
        elif id(inline) not in inside and hasattr(inline, "words"):
            said.append(inline.words)
    return said

