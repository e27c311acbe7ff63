"""A ledger as bytes, and back: making one of ten thousand documents takes much longer than reading what was made.

Each word of a run, each origin and each set of them stands there once; the rest are their numbers, four bytes each.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain, pairwise
from typing import Any, Final

import cbor2

from tearline.verify.ledger import Ledger, Origin, Run

_QUICK: Final = 1  # how hard zlib tries


def shorthand(ledger: Ledger) -> bytes:
    """A ledger as bytes."""
    sets, words = _Numbers(), _Numbers()

    def entries(known: Mapping[str, frozenset[Origin]]) -> list[Any]:
        return [" ".join(known), sets.of(known.values())]

    told = [
        [[size, words.of(chain.from_iterable(known)), sets.of(known.values())] for size, known in ledger.runs.items()],
        entries(ledger.singles),
        entries(ledger.numbers),
        " ".join(sorted(ledger.strong)),
        " ".join(sorted(ledger.names)),
        "\n".join(" ".join([word, *firsts]) for word, firsts in ledger.leads.items()),
    ]
    ones = _Numbers()
    made_of = [ones.of(sorted(each, key=str)) for each in sets]
    sizes = array("I", [len(each) for each in sets]).tobytes()
    origins = [[one.path, one.line, one.secret, one.cell] for one in ones]
    return zlib.compress(cbor2.dumps([origins, sizes, b"".join(made_of), " ".join(words), *told]), _QUICK)


def longhand(written: bytes) -> Ledger:
    """A ledger from what ``shorthand`` made of it."""
    origins, sizes, made_of, words, runs, singles, numbers, strong, names, leads = cbor2.loads(zlib.decompress(written))
    ones, said = [Origin(*one) for one in origins], words.split()
    ends = accumulate(array("I", sizes), initial=0)
    of = array("I", made_of)
    sets = [frozenset(map(ones.__getitem__, of[begin:end])) for begin, end in pairwise(ends)]
    same = {word: word for word in said}  # each word once

    def entries(told: str, at: bytes) -> dict[str, frozenset[Origin]]:
        return dict(zip(_once(told, same), map(sets.__getitem__, array("I", at)), strict=True))

    def of_runs(size: int, told: bytes, at: bytes) -> dict[Run, frozenset[Origin]]:
        each = map(said.__getitem__, array("I", told))
        return dict(zip(zip(*[each] * size, strict=True), map(sets.__getitem__, array("I", at)), strict=True))

    made = Ledger({size: of_runs(size, *rest) for size, *rest in runs}, entries(*singles), entries(*numbers))
    made.strong, made.names = set(_once(strong, same)), set(_once(names, same))
    for line in leads.splitlines():
        word, *firsts = _once(line, same)
        made.leads[word] = tuple(firsts)
    made.firsts = frozenset(chain.from_iterable(made.leads.values()))
    return made


class _Numbers(dict[Any, int]):
    """The number of each thing, in the order in which they were first met."""

    def __missing__(self, one: Any) -> int:
        self[one] = number = len(self)
        return number

    def of(self, each: Iterable[Any]) -> bytes:
        """The numbers of these."""
        return array("I", map(self.__getitem__, each)).tobytes()


def _once(told: str, same: dict[str, str]) -> Iterator[str]:
    """The words of a text, each as the one that there is already."""
    return (same.setdefault(word, word) for word in told.split())
