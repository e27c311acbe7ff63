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


class Gist(NamedTuple):
    """What a document withholds, and which words it writes in small letters."""

    withheld: tuple[Withheld, ...] = ()
    small: tuple[str, ...] = ()


def gist_of(units: Iterable[Unit]) -> Gist:
    """The gist of these units."""
    kept = list(units)
    small = {word for unit in kept for word in small_words(unit.visible)}
    return Gist(tuple(each for unit in kept if unit.withheld for each in _withheld(unit)), tuple(sorted(small)))


def _withheld(unit: Unit) -> Iterator[Withheld]:
    for text in (unit.visible, *unit.more):
        yield Withheld(unit.line, told(text), unit.secret, unit.cell)
        if not text.isascii() and (spelled := text.translate(_SPELLED)) != text:
            yield Withheld(unit.line, told(spelled), unit.secret, unit.cell)


def written(gist: Gist) -> bytes:
    """A gist as bytes without a line's end."""
    texts = [
        [one.line, one.secret, one.cell, " ".join(one.told.words)]
        + [[" ".join(term.words), term.strong] for term in one.told.terms]
        for one in gist.withheld
    ]
    return json.dumps([texts, " ".join(gist.small)], separators=(",", ":")).encode()


def read_gist(gist: bytes) -> Gist:
    """A gist from what ``written`` made of it."""
    texts, small = json.loads(gist)
    return Gist(tuple(map(_read, texts)), tuple(small.split()))


def _read(text: Sequence[Any]) -> Withheld:
    line, secret, cell, said, *terms = text
    made = Told(said.split(), [Term(tuple(one.split()), strong) for one, strong in terms])
    return Withheld(line, made, secret, cell)


def packed(units: Iterable[Unit]) -> bytes:
    """Units as few bytes."""
    return zlib.compress(json.dumps([*map(_plain, units)], separators=(",", ":")).encode(), _QUICK)


def _plain(unit: Unit) -> Unit | list[Any]:
    lines = unit.instead_of
    return unit if lines is None else [*unit[:_LINES], [lines.start, lines.stop], *unit[_LINES + 1 :]]


def unpacked(units: bytes) -> tuple[Unit, ...]:
    """Units from what ``packed`` made of them."""
    made: list[list[Any]] = json.loads(zlib.decompress(units))
    for unit in made:
        for at in _TUPLES:
            unit[at] = tuple(unit[at])
        unit[_LINES] = unit[_LINES] and range(*unit[_LINES])
    return tuple(map(Unit._make, made))
