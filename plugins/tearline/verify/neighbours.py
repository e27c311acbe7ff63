"""Runs of withheld words that are only there because a page shows two texts side by side that nobody wrote as one.

After a summary stands a label, and "... 41 households" and "Where" may be four words of a withheld text by chance: of
ten thousand bulletins it sometimes is. Such a run is the end of a text that is released and the beginning of a label,
or the other way round: one cut, and no run is put together of several labels. What one document shows side by side, by
itself, ``repetition`` reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tearline.verify.folding import words
from tearline.verify.ledger import RUN, Run

SIDE: Final = RUN - 1  # words of a run that one of two texts can have
_FRONTS: Final = 40  # texts of front matter; no page shows more of them side by side, and somebody may write thousands


class Edges(NamedTuple):
    """How texts begin and end: their first word, two and so on up to ``SIDE``, and their last ones, each once."""

    begins: Sequence[str]
    ends: Sequence[str]


def edges_of(texts: Iterable[str]) -> Edges:
    """The edges of these texts."""
    said = [words(one) for one in texts]
    sized = [(one, size) for one in said for size in range(1, min(len(one), SIDE) + 1)]
    begins, ends = {" ".join(one[:size]) for one, size in sized}, {" ".join(one[-size:]) for one, size in sized}
    return Edges(sorted(begins), sorted(ends))


def cut(runs: Iterable[Run], labels: Collection[str]) -> list[Run]:
    """Those of these runs that begin or end as a label does: ``side_by_side`` finds no others."""
    begins, ends = _ends_of(labels)
    return [run for run in runs if any(run[at:] in begins or run[:at] in ends for at in range(1, len(run)))]


def side_by_side(runs: Iterable[Run], labels: Collection[str], released: Iterable[Edges]) -> set[Run]:
    """Those of these runs that a label and a released text make side by side.

    ``released`` are the edges of all released texts; they are read once, and not kept.
    """
    begins, ends = _ends_of(labels)
    before: dict[str, list[Run]] = {}  # what a text has to end with for a label after it to make these runs
    after: dict[str, list[Run]] = {}
    for run in runs:
        for at in range(1, len(run)):
            if run[at:] in begins:
                before.setdefault(" ".join(run[:at]), []).append(run)
            if run[:at] in ends:
                after.setdefault(" ".join(run[at:]), []).append(run)
    found: set[Run] = set()
    for one in released:
        found.update(run for said in after.keys() & one.begins for run in after[said])
        found.update(run for said in before.keys() & one.ends for run in before[said])
    return found


def _ends_of(labels: Collection[str]) -> tuple[set[Run], set[Run]]:
    """How labels begin, and how they end: with one word, with two, and so on."""
    told = [tuple(words(one)) for one in labels]
    sizes = [(one, size) for one in told for size in range(1, min(len(one), SIDE) + 1)]
    return {one[:size] for one, size in sizes}, {one[-size:] for one, size in sizes}


def windows(fronts: Sequence[Sequence[str]], body: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Words in a row, the end of one text and the beginning of another, as a document's page may show its texts.

    Each text of its front matter may stand beside any other and at both ends of the body, whose texts are in order.
    """
    tail: list[str] = []
    for text in body:
        yield [*tail, *text[:SIDE]]
        tail = [*tail, *text][-SIDE:]
    head = [word for text in body for word in text[:SIDE]][:SIDE]
    given = [list(one) for one in dict.fromkeys(map(tuple, fronts))][:_FRONTS]
    for one in given:
        yield from ([*one[-SIDE:], *other[:SIDE]] for other in given if other is not one)
        yield from ([*one[-SIDE:], *head], [*tail, *one[:SIDE]])
