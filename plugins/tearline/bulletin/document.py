"""One source file -> a bulletin or a page, with everything that is wrong with it.

Whatever the bytes are, reading ends with a document or with findings that say why there is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tearline.bulletin.blocks import read_blocks
from tearline.bulletin.front_matter import split_front_matter
from tearline.bulletin.inlines import invisible
from tearline.bulletin.metadata import MarkedText, Metadata, PageMetadata, kind_of, read_metadata, system_of
from tearline.bulletin.page import check_page
from tearline.bulletin.reading import EnoughError, Positions, Reader
from tearline.bulletin.tree import (
    Block,
    Code,
    Heading,
    Image,
    Inline,
    InlinePortion,
    Note,
    NoteRef,
    Portion,
    Text,
    nested,
    portions_of,
    words_of,
)
from tearline.bulletin.values import Value
from tearline.findings import Finding, Place, finding

MAX_BYTES: Final = 1 << 20  # a bulletin of 1,500 words has about 10 kB; a manual of 400 pages fits
MAX_LINE: Final = 100_000
MAX_REPEATS: Final = 20  # findings about single characters; a document full of them has other faults too
_BOM = "\ufeff"
_ID = re.compile(r"[A-Z]{1,8}(?:[-.][A-Z0-9]{1,8}){1,4}")


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
        return list(_portions((*self.blocks, *self.notes.values())))


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
    try:
        document = _document(reader)
    except EnoughError:
        document = None
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


def _document(reader: Reader) -> Bulletin | Page | None:
    """Front matter and body. A body is read even if its front matter is refused, so that all findings come at once."""
    path, default = reader.positions.path, reader.system
    for at in invisible(reader.text)[:MAX_REPEATS]:
        reader.report("forbidden-character", at, f"U+{ord(reader.text[at]):04X}")
    front = split_front_matter(reader.text, path)
    reader.take(front.findings)
    if front.root is None:
        return None
    reader.system, reader.label = system_of(front.root, default), _label(front.root)
    page = kind_of(front.root) == "page"
    metadata, found = read_metadata(front.root, path, default, page=page)
    reader.take(found)
    if page:
        check_page(reader, front.body_start)
        body = reader.text[front.body_start :]
        return Page(path, reader.text, metadata, body) if isinstance(metadata, PageMetadata) else None
    blocks = read_blocks(reader, front.body_start)
    notes = _notes(reader, blocks)
    if not any(True for _ in _portions(blocks)):
        reader.report("empty-portion", front.body_start)
    _check_inline_portions(reader, blocks)
    if not isinstance(metadata, Metadata):
        return None
    _check_images(reader, blocks, {asset.file for asset in metadata.assets})
    body_blocks = tuple(block for block in blocks if not _is_aside(block, reader, metadata.title))
    return Bulletin(reader.text, reader.positions, metadata, body_blocks, notes)


def _label(front: Value) -> str:
    """The id, for findings, as far as the front matter lets it be known; never anything but a product number."""
    entry = (front.entries or {}).get("id")
    name = ((entry.value.text or "") if entry else "").strip()
    return name if _ID.fullmatch(name) else ""


def _portions(blocks: Iterable[Block]) -> Iterable[Portion]:
    return (portion for block in blocks for portion in portions_of(block))


def _is_aside(block: Block, reader: Reader, title: MarkedText) -> bool:
    """Notes are kept apart; a level-one heading repeats the title and is made anew."""
    if isinstance(block, Note):
        return True
    if not isinstance(block, Heading) or block.rank > 1:
        return False
    said = words_of(block.portion.inlines).split()
    if block.portion.mark != title.mark or said != title.words.split():
        reader.portions = block.portion.number
        reader.report("title-heading", block.portion.at)
    return True


def _notes(reader: Reader, blocks: tuple[Block, ...]) -> dict[str, Note]:
    """The notes by label. Each is defined once and referred to at least once."""
    notes: dict[str, Note] = {}
    reader.portions = 0
    for block in blocks:
        if isinstance(block, Note):
            if block.label in notes:
                reader.report("footnote", block.at, "it is defined twice")
            notes[block.label] = block
    body = _portions(block for block in blocks if not isinstance(block, Note))
    refs = [ref for portion in body for ref in nested(portion.inlines) if isinstance(ref, NoteRef)]
    for ref in refs:
        if ref.label not in notes:
            reader.report("footnote", ref.at, "it is not defined")
    used = {ref.label for ref in refs}
    for label, note in notes.items():
        if label not in used:
            reader.report("footnote", note.at, "nothing refers to it")
    return notes


def _check_images(reader: Reader, blocks: Iterable[Block], files: Collection[str]) -> None:
    """Every image is one of the bulletin's assets."""
    for portion in _portions(blocks):
        for inline in nested(portion.inlines):
            if isinstance(inline, Image) and inline.file not in files:
                reader.portions = portion.number
                reader.report("asset", inline.at)


def _check_inline_portions(reader: Reader, blocks: Iterable[Block]) -> None:
    """Without a replacement, an inline portion may not be, begin or end its portion (section 5)."""
    for portion in _portions(blocks):
        if all(isinstance(one, Text | Code) for one in portion.inlines):
            continue
        said: list[bool | InlinePortion] = []
        _outline(portion.inlines, said)
        worded = [index for index, one in enumerate(said) if one is True]
        first, last = (worded[0], worded[-1]) if worded else (len(said), -1)
        for index, one in enumerate(said):
            if isinstance(one, InlinePortion) and not first < index < last:
                reader.portions = portion.number
                reader.report("inline-portion", one.at)


def _outline(inlines: Iterable[Inline], said: list[bool | InlinePortion]) -> None:
    """What stands where in a portion: whether there are words, and the inline portions that nothing replaces."""
    for inline in inlines:
        match inline:
            case InlinePortion(replacement=None):
                said.append(inline)
            case InlinePortion(replacement=tuple() as words):
                said.append(_is_worded(words_of(words)))
            case Text(words=words) | Code(words=words):
                said.append(_is_worded(words))
            case _:
                _outline(getattr(inline, "children", ()), said)


def _is_worded(words: str) -> bool:
    return any(char.isalnum() for char in words)
