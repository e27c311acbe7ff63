"""A ledger as bytes, and back: making one of ten thousand documents takes much longer than reading what was made."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from tearline.verify.ledger import Ledger, Origin, Run

_QUICK: Final = 1  # how hard zlib tries
_Known = Mapping[str, frozenset[Origin]]


def shorthand(ledger: Ledger) -> bytes:
    """A ledger as bytes: each origin and each set of them once, entries of a kind as one text with numbers."""
    sets: dict[frozenset[Origin], int] = {}

    def entries(known: _Known) -> list[Any]:
        return [" ".join(known), [sets.setdefault(origins, len(sets)) for origins in known.values()]]

    def runs(known: Mapping[Run, frozenset[Origin]]) -> list[Any]:
        return entries({" ".join(run): origins for run, origins in known.items()})

    told = [
        [[length, *runs(known)] for length, known in ledger.runs.items()],
        entries(ledger.singles),
        entries(ledger.numbers),
        sorted(ledger.strong),
        {word: list(firsts) for word, firsts in ledger.leads.items()},
    ]
    ones: dict[Origin, int] = {}
    made_of = [[ones.setdefault(one, len(ones)) for one in sorted(each, key=str)] for each in sets]
    origins = [[one.path, one.line, one.secret, one.cell] for one in ones]
    return zlib.compress(json.dumps([origins, made_of, *told], separators=(",", ":")).encode(), _QUICK)


def longhand(written: bytes) -> Ledger:
    """A ledger from what ``shorthand`` made of it."""
    origins, made_of, runs, singles, numbers, strong, leads = json.loads(zlib.decompress(written))
    same: dict[str, str] = {}  # each word once
    ones = [Origin(*one) for one in origins]
    sets = [frozenset(map(ones.__getitem__, each)) for each in made_of]

    def entries(said: str, at: list[int]) -> dict[str, frozenset[Origin]]:
        return dict(zip(said.split(), map(sets.__getitem__, at), strict=True))

    def of_runs(length: int, said: str, at: list[int]) -> dict[Run, frozenset[Origin]]:
        words = (same.setdefault(word, word) for word in said.split())
        return dict(zip(zip(*[words] * length, strict=True), map(sets.__getitem__, at), strict=True))

    made = Ledger({length: of_runs(length, *rest) for length, *rest in runs}, entries(*singles), entries(*numbers))
    made.strong = set(strong)
    made.leads = {word: tuple(same.setdefault(first, first) for first in firsts) for word, firsts in leads.items()}
    made.firsts = frozenset(first for firsts in leads.values() for first in firsts)
    return made
