"""The bulletins' pages, portion by portion, against the naive reading of their sources.

What the page shows under each mark has to be a released portion of that very bulletin, as often as the source has it,
and every released portion has to be there. This sees what no list of words can: a common word from a withheld cell,
a portion shown twice, one that two readers of the source judge differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify.folding import words
from tearline.verify.inline import MARK
from tearline.verify.seen import Piece, at_marks, body_of, pieces
from tearline.verify.sources import Document
from tearline.verify.units import Unit

_BODY: Final = frozenset({"paragraph", "item", "cell", "fence", "title", "note", "heading"})
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The smallest piece of a source that a page may show under a mark of its own."""

    words: Words
    unit: Unit


def check(document: Document, page: str, shown: str) -> Iterator[Finding]:
    """How a bulletin's page differs from what its source releases."""
    units = document.units
    parts = list(released(units))
    first = next((part for part in parts if part.words), None)
    if first is None:
        return
    there = body_pieces(page, first.words)
    if there is None:
        detail = "the page does not begin as its source does"
        yield finding("readings-disagree", Place(shown), detail, portion=document.number)
        return
    parts += captions(units)
    free = [True] * len(parts)
    for piece in there:
        if piece.words and not taken(piece.words, parts, free):
            detail = "a portion is not as its source releases it"
            yield finding("readings-disagree", Place(shown), detail, portion=document.number)
    for part, unused in zip(parts, free, strict=True):
        if unused and part.words and part.unit.kind in _BODY and not part.unit.stands_in:
            detail = "released by the source, but not on the page"
            yield finding("readings-disagree", Place(part.unit.path, part.unit.line), detail, portion=document.number)


def taken(said: Words, parts: Sequence[Part], free: list[bool]) -> bool:
    """Whether a piece is made of parts in a row that no other piece was made of; they are then taken."""
    for first, part in enumerate(parts):
        if not free[first] or not part.words or said[: len(part.words)] != part.words:
            continue
        end, last = len(part.words), first + 1
        while end < len(said) and last < len(parts) and said[end : end + len(parts[last].words)] == parts[last].words:
            if not free[last] and parts[last].words:
                break
            end, last = end + len(parts[last].words), last + 1
        if end == len(said):
            free[first:last] = [False] * (last - first)
            return True
    return False


def body_pieces(page: str, first: Words) -> list[Piece] | None:
    """The page's pieces from the first of the body on; None where that is not to be found."""
    found = pieces(body_of(page))
    start = next((at for at, piece in enumerate(found) if piece.words[: len(first)] == first), None)
    return None if start is None else found[start:]


def released(units: Sequence[Unit]) -> Iterator[Part]:
    """The released parts of a body. A number before a mark stands at the end of the part before, if there is one."""
    begun = False
    for unit in units:
        if not unit.withheld and unit.kind in _BODY:
            if unit.before and begun:
                yield Part(tuple(words(unit.before)), unit)
            begun = True
            for text in unit.visible.split(MARK):
                yield from (Part(said, unit) for said in _between_marks(text))


def _between_marks(text: str) -> Iterator[Words]:
    """The words of a text from one mark to the next: one that is repeated in its own portion is shown as a mark."""
    said: list[str] = []
    for one in at_marks(text):
        if isinstance(one, str):
            said += words(one)
        else:
            yield tuple(said)
            said = []
    yield tuple(said)


def captions(units: Sequence[Unit]) -> Iterator[Part]:
    """Texts of the front matter that a body may show beside a picture."""
    for unit in units:
        if unit.kind == "meta" and not unit.withheld:
            yield Part(tuple(words(unit.visible)), unit)
            yield Part(("source", *words(unit.visible)), unit)
