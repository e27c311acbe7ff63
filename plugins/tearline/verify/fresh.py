"""What is looked for now and was not when a file was last found clean: only where that may stand is it read again.

Of each clean file the words in all of its readings are kept, as numbers of four bytes. Two words may have the same
one; then a file is read again for nothing. Nothing of a ledger can stand in a file without all of its words there, a
number's pieces included.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final
from zlib import crc32

ORDER: Final = sys.byteorder  # of what is kept


class _Numbers(dict[str, int]):
    """The number of each word, worked out when it is first met."""

    def __missing__(self, word: str) -> int:
        made = crc32(word.encode("utf-8", "surrogatepass"))
        if len(self) < _KEPT:
            self[word] = made
        return made


_KEPT: Final = 30_000  # words that are remembered: those that are on many pages come early
_OF: Final = _Numbers()


def numbered(said: Iterable[str]) -> bytes:
    """The numbers of words."""
    return array("I", map(_OF.__getitem__, said)).tobytes()


@dataclass(slots=True)
class Fresh:
    """What is looked for anew: single words, runs by one of their words, and numbers that may be written in pieces."""

    singles: set[int] = field(default_factory=set)
    runs: dict[int, list[frozenset[int]]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    wanted: set[int] = field(default_factory=set)
    everything: bool = False  # nothing was looked for before

    def __bool__(self) -> bool:
        """Whether there is anything new."""
        return self.everything or bool(self.wanted)

    def add(self, kind: str, said: str) -> None:
        """One more thing that is looked for, as the ledger tells it."""
        if kind == "run":
            self._run(said.split(" "))
        else:
            self._number(said.split(" ", 1)[0])

    def _run(self, said: list[str]) -> None:
        run = frozenset(_OF[word] for word in said)
        self.wanted |= run
        if len(said) == 1:
            self.singles |= run
        else:
            self.runs[_OF[max(said, key=len)]].append(run)

    def _number(self, joined: str) -> None:
        if joined not in self.numbers:
            size = len(joined)
            pieces = {joined[at:end] for at in range(size) for end in range(at + 1, size + 1)}
            self.numbers[joined] = {piece: _OF[piece] for piece in pieces}
            self.wanted.update(self.numbers[joined].values())

    def may_be_in(self, said: bytes) -> bool:
        """Whether any of it may stand in a file with these words, as ``numbered`` gave them."""
        if self.everything:
            return True
        there = self.wanted.intersection(array("I", said))
        if not self.singles.isdisjoint(there):
            return True
        if any(run <= there for lead in there for run in self.runs.get(lead, ())):
            return True
        return any(_is_made_of(joined, {one for one, of in known.items() if of in there})
                   for joined, known in self.numbers.items())  # fmt: skip


def _is_made_of(joined: str, pieces: set[str]) -> bool:
    """Whether pieces in a row can be this."""
    ends = {0}
    for at in range(len(joined)):
        if at in ends:
            ends.update(at + len(piece) for piece in pieces if joined.startswith(piece, at))
    return len(joined) in ends


def fresh(told: Iterable[tuple[str, str, str]], before: bytes | None) -> tuple[Fresh, bytes]:
    """What is told of a ledger and was not ``before``; and all of it, to be kept for the next time.

    It is told as kind, words, and what else there is to say of them: where that is another, they are new too. Where
    nothing is known of before, all of it is new, and is not listed.
    """
    known, all_of_it, made = frozenset(array("Q", before or b"")), array("Q"), Fresh(everything=before is None)
    for kind, said, beside in told:
        whole = f"{kind} {said} {beside}".encode("utf-8", "surrogatepass")
        one = int.from_bytes(blake2b(whole, digest_size=8).digest(), ORDER)
        all_of_it.append(one)
        if before is not None and one not in known:
            made.add(kind, said)
    return made, all_of_it.tobytes()
