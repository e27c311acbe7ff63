"""What all of a site's documents are asked about one: their withheld texts taken apart, and the words in small letters.

Taking apart is slow and a document says the same every time, so this is kept. Beside it are kept the document's units,
packed: few runs ask for those of a document that did not change, and ten thousand documents have very many.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from tearline.verify.ledger import Told, told
from tearline.verify.tokens import Term, small_words
from tearline.verify.units import Unit

_QUICK: Final = 1  # how hard zlib tries
_LINES: Final = Unit._fields.index("instead_of")
_TUPLES: Final = tuple(map(Unit._fields.index, ("more", "notes")))
# How umlauts are written where there are none; their dots are taken off when words are folded.
_SPELLED: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa"}
)


class Withheld(NamedTuple):
    """A withheld text, taken apart, and where it stands. ``secret``: by its mark; ``cell`` as in a unit."""

    line: int
    told: Told
    secret: bool = True
    cell: int = 0


Gist = tuple[Withheld, ...]  # what a document withholds


def gist_of(units: Iterable[Unit]) -> Gist:
    """The gist of these units."""
    return tuple(each for unit in units if unit.withheld for each in _withheld(unit))


def small_of(units: Iterable[Unit]) -> list[str]:
    """The words that these units write in small letters, withheld or not."""
    return sorted({word for unit in units for word in small_words(unit.visible)})


def _withheld(unit: Unit) -> Iterator[Withheld]:
    for text in (unit.visible, *unit.more):
        yield Withheld(unit.line, told(text), unit.secret, unit.cell)
        if not text.isascii() and (spelled := text.translate(_SPELLED)) != text:
            yield Withheld(unit.line, told(spelled), unit.secret, unit.cell)


def written(gist: Gist) -> bytes:
    """A gist as bytes."""
    texts = [
        [one.line, one.secret, one.cell, " ".join(one.told.words)]
        + [[" ".join(term.words), term.strong] for term in one.told.terms]
        for one in gist
    ]
    return shrunk(json.dumps(texts, separators=(",", ":")).encode())


def read_gist(gist: bytes) -> Gist:
    """A gist from what ``written`` made of it."""
    return tuple(map(_read, json.loads(grown(gist))))


def _read(text: Sequence[Any]) -> Withheld:
    line, secret, cell, said, *terms = text
    made = Told(said.split(), [Term(tuple(one.split()), strong) for one, strong in terms])
    return Withheld(line, made, secret, cell)


def shrunk(data: bytes) -> bytes:
    """The same in fewer bytes: ten thousand documents have very many, and they are kept."""
    return zlib.compress(data, _QUICK)


def grown(data: bytes) -> bytes:
    """What was shrunk."""
    return zlib.decompress(data)


def packed(units: Iterable[Unit]) -> bytes:
    """Units as few bytes."""
    return shrunk(json.dumps([*map(_plain, units)], separators=(",", ":")).encode())


def _plain(unit: Unit) -> Unit | list[Any]:
    lines = unit.instead_of
    return unit if lines is None else [*unit[:_LINES], [lines.start, lines.stop], *unit[_LINES + 1 :]]


def unpacked(units: bytes) -> tuple[Unit, ...]:
    """Units from what ``packed`` made of them."""
    made: list[list[Any]] = json.loads(grown(units))
    for unit in made:
        for at in _TUPLES:
            unit[at] = tuple(unit[at])
        unit[_LINES] = unit[_LINES] and range(*unit[_LINES])
    return tuple(map(Unit._make, made))
