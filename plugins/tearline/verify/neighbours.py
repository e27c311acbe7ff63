"""Runs of withheld words that are the end of one released text and the beginning of another.

A page shows texts side by side that nobody wrote as one: a label after a summary, a title after a title in a list. What
stands there then, "... 41 households" and "Where", may be four words of a withheld text by chance, and of ten thousand
bulletins it sometimes is. Each of its parts is released. Of a body the texts stand in their own order, and are laid
together as ``repetition`` reads them; here one of the two is a label or a text of the front matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tearline.verify.folding import words
from tearline.verify.ledger import RUN, Run

_SIDE: Final = RUN - 1  # words of a run that one of two texts can have
Edge = Sequence[str]  # the first words of a text and its last ones, ``_SIDE`` of each; of a shorter text all, twice


def edge_of(said: Sequence[str]) -> tuple[str, str]:
    """How a text begins and ends."""
    return " ".join(said[:_SIDE]), " ".join(said[-_SIDE:])


def edges_of(texts: Iterable[tuple[str, bool]]) -> tuple[Sequence[Edge], Sequence[Edge]]:
    """The edges of texts, those of a body (True beside them) by themselves; each once."""
    found: tuple[set[tuple[str, str]], set[tuple[str, str]]] = (set(), set())
    for text, is_body in texts:
        found[is_body].add(edge_of(words(text)))
    return sorted(found[False]), sorted(found[True])


@dataclass(slots=True)
class Anywhere:
    """The texts that may stand beside any other: with which words they begin and end, and the shortest as wholes."""

    begins: set[Run] = field(default_factory=set)
    ends: set[Run] = field(default_factory=set)
    wholes: set[Run] = field(default_factory=set)

    def add(self, edge: Edge) -> None:
        """One more text."""
        first, last = (tuple(each.split()) for each in edge)
        self.begins.update(first[:size] for size in range(1, len(first) + 1))
        self.ends.update(last[-size:] for size in range(1, len(last) + 1))
        if len(first) < _SIDE:
            self.wholes.add(first)

    def cut(self, run: Run) -> Iterator[tuple[Run, Run]]:
        """The words of a run before and after each place where it may be cut, one of them this or a whole between."""
        for at in range(1, len(run)):
            goes_on = run[at : at + 1] in self.begins
            if goes_on or run[at - 1 : at] in self.ends:  # few words are at the edge of any
                left, right = run[:at], run[at:]
                if left in self.ends or right in self.begins:
                    yield left, right
                if goes_on:
                    yield from ((left, rest) for rest in self._after_wholes(right))

    def _after_wholes(self, run: Run) -> Iterator[Run]:
        """What is left of words after one or more of the shortest texts."""
        for size in range(1, len(run)):
            if run[:size] in self.wholes:
                yield run[size:]
                yield from self._after_wholes(run[size:])


def side_by_side(runs: Iterable[Run], anywhere: Anywhere, bodies: Iterable[Edge]) -> set[Run]:
    """Those of these runs that released texts make side by side, one of which may stand beside any other.

    ``bodies`` are the edges of the other texts; they are read once, and not kept.
    """
    cuts = [(run, left, right) for run in runs for left, right in anywhere.cut(run)]
    ends = {left: left in anywhere.ends for _, left, _ in cuts}
    begins = {right: right in anywhere.begins for _, _, right in cuts}
    lasts, firsts = {left[-1] for left in ends}, {right[0] for right in begins}
    for first, last in bodies:
        begun, ended = tuple(first.split()), tuple(last.split())
        if begun and begun[0] in firsts:
            begins.update((begun[:size], True) for size in range(1, len(begun) + 1) if begun[:size] in begins)
        if ended and ended[-1] in lasts:
            ends.update((ended[-size:], True) for size in range(1, len(ended) + 1) if ended[-size:] in ends)
    return {run for run, left, right in cuts if ends[left] and begins[right]}
