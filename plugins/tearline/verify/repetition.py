"""Withheld words that stand in released text too: found between the sources, so that both places are known.

Each is an error until somebody accepts it for that bulletin. What a tearline shares with the block that it was written
for is no repetition as long as it is made of common words: somebody decided to say just that. The names and numbers of
the block are asked about there as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tearline.findings import Finding, Place, finding
from tearline.verify.folding import words
from tearline.verify.fresh import Fresh, fresh, numbered
from tearline.verify.gist import grown, shrunk
from tearline.verify.inline import GAP
from tearline.verify.ledger import RUN, SENTENCE, Hit, Ledger, Origin, Run
from tearline.verify.locating import Locator, Spot
from tearline.verify.memory import Memory, key_of
from tearline.verify.neighbours import windows
from tearline.verify.record import Accepted
from tearline.verify.sources import BODY, Document
from tearline.verify.units import Unit
from tearline.verify.work import shared

_NUMBERS: Final = frozenset({"id", "related", "supersedes"})  # values that are product numbers
_SIZE: Final = 4  # bytes
_APART: Final = ""  # stands between words that are in no row, and is none

Hits = Sequence[tuple[int, Hit]]


class _Span(NamedTuple):
    """Words in a row of a released text that are withheld elsewhere, by their places in it."""

    first: int
    last: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Looks for a ledger in released texts."""

    ledger: Ledger
    accepted: Accepted
    locator: Locator

    def check(
        self, documents: Iterable[Document], jobs: int = 1, world: str = "", memory: Memory | None = None
    ) -> tuple[list[Finding], Iterator[Run]]:
        """The repetitions in released texts, one finding each; and everything of the ledger that these texts say.

        A document without findings of which ``memory`` knows is asked again only where what is new in the ledger may be
        in it: ``world`` is by what all else is known, such as what was accepted. It may then be said to say what the
        ledger does not look for any more.
        """
        given = list(documents)
        memory = memory if memory is not None else Memory()
        keys = [key_of([b"repetition", world.encode(), one.key.encode()]) if world else "" for one in given]
        new = self._new(world, memory) if world else Fresh()
        passed = [self._passed(key, new, memory) for key in keys]
        looked = shared(self._document, [one for one, old in zip(given, passed, strict=True) if old is None], jobs)
        found: list[Finding] = []
        said: set[str] = set()
        for key, old in zip(keys, passed, strict=True):
            more, runs, there = ([], old, b"") if old is not None else next(looked)
            found += more
            said.update(runs.decode().splitlines())
            if there is not None and not more:
                memory.keep(key, None if old is not None else _entry(runs, there))
        return found, map(tuple, map(str.split, said))

    def _new(self, world: str, memory: Memory) -> Fresh:
        """What is new in the ledger. What was there before is new where it matters to others than it did.

        To a document it matters whether words are strong, and whether some other document has them as a secret.
        """
        key = key_of([b"repeated", world.encode()])
        strong = self.ledger.strong
        told = (
            (kind, said, f"{said.replace(' ', '') in strong} {_secret(origins)}")
            for kind, said, origins in self.ledger.told()
        )
        new, kept = fresh(told, memory.known.get(key))
        memory.keep(key, kept)
        return new

    def _passed(self, key: str, new: Fresh, memory: Memory) -> bytes | None:
        """What a document says that is known and has nothing new; None for any other."""
        if not key or key not in memory.known:
            return None
        runs, there = _parts(memory.known[key])
        return None if new.may_be_in(there) else runs

    def _document(self, document: Document) -> tuple[list[Finding], bytes, bytes | None]:
        """What is repeated there; everything of the ledger that it says, a line each; the numbers of all its words.

        There are none of the last where somebody accepted what is repeated: with less in the ledger, that may end, and
        what it covered is a repetition then. Such a document is asked each time.
        """
        excused = False
        found: list[Finding] = []
        said: set[Run] = set()
        there: set[str] = set()
        fronts: list[list[str]] = []
        body: list[list[str]] = []
        for unit in document.units:
            if unit.stray:
                found.append(self._stray(unit, document))
            if not unit.withheld:
                hits = [(text, list(self.ledger.find(text))) for text in map(words, (unit.visible, *unit.more))]
                said.update(hit.run for _, each in hits for _, hit in each)
                there.update(word for text, _ in hits for word in text)
                for one in self._unit(unit, document, hits):
                    excused |= one is None
                    found += [] if one is None else [one]
                (body if unit.kind in BODY else fronts).append(hits[0][0])
        said |= self._across([word for window in windows(fronts, body) for word in (*window, _APART)])
        return found, "\n".join(sorted(map(" ".join, said))).encode(), None if excused else numbered(there)

    def _across(self, said: Sequence[str]) -> set[Run]:
        """The runs of the ledger in words in a row; single words are none."""
        found = set[Run]()
        for length, known in self.ledger.runs.items():
            if not known.keys().isdisjoint(zip(*(said[at:] for at in range(length)), strict=False)):
                found |= known.keys() & set(zip(*(said[at:] for at in range(length)), strict=False))
        return found

    def runs(self, document: Document) -> Iterator[str]:
        """The words that a document's released texts repeat, joined."""
        for unit in document.units:
            for text in map(words, () if unit.withheld else (unit.visible, *unit.more)):
                hits = list(self.ledger.find(text))
                terms = [_Span(at, at + len(hit.run), _first(hit.origins)) for at, hit in hits if hit.strong]
                for one in (*terms, *_sentences(unit, hits)):
                    yield "".join(text[one.first : one.last])

    def _stray(self, unit: Unit, document: Document) -> Finding:
        """A mark inside of a released text. Its author is told here, not when the site is built."""
        here = self.locator.spot((unit.path, unit.line, unit.cell), words(unit.stray))
        place = Place(unit.path, here.line, here.column)
        return finding("misplaced-mark", place, portion=document.number or document.path, width=here.width)

    def _unit(
        self, unit: Unit, document: Document, texts: Iterable[tuple[list[str], Hits]]
    ) -> Iterator[Finding | None]:
        """The findings about one unit: each run once, the longest where they overlap; None for an accepted one."""
        told = set()
        bulletin = document.number or document.path
        for text, hits in texts:
            terms = [_Span(at, at + len(hit.run), _first(hit.origins)) for at, hit in hits if hit.strong]
            spans = {*(() if unit.kind in _NUMBERS else terms), *_sentences(unit, hits)}
            taken = {one for one in spans if self.accepted.has(bulletin, " ".join(text[one.first : one.last]))}
            yield from [None] if taken else []
            left = [one for one in spans if not any(_covers(other, one) for other in taken)]
            for one in sorted(left, key=lambda span: (span.first, span.last, _rank(span.origin))):
                run = tuple(text[one.first : one.last])
                if run not in told and not any(_covers(other, one) and other[:2] != one[:2] for other in left):
                    told.add(run)
                    here = self._spot(unit, document, run, _count(text[: one.first], run))
                    there = self.locator.spot((one.origin.path, one.origin.line, one.origin.cell), run)
                    also = f"also at {Place(one.origin.path, there.line, there.column)}"
                    place = Place(unit.path, here.line, here.column)
                    yield finding("repetition", place, also, portion=bulletin, width=here.width)

    def _spot(self, unit: Unit, document: Document, run: Sequence[str], before: int) -> Spot:
        """Where released words stand; the withheld words of inline portions may stand beside them."""
        if unit.kind == "name":
            return Spot(1)
        here = (unit.line, unit.cell)
        hidden = [one.visible for one in document.units if one.kind == "inline" and (one.line, one.cell) == here]
        return self.locator.spot((unit.path, *here), run, hidden, before=before)


def _secret(origins: Iterable[Origin]) -> str:
    """The document that alone has words as a secret; with several there is another one for each document."""
    paths = {one.path for one in origins if one.secret}
    return next(iter(paths)) if len(paths) == 1 else str(bool(paths))


def _entry(runs: bytes, there: bytes) -> bytes:
    said = shrunk(runs)
    return len(said).to_bytes(_SIZE, "big") + said + there


def _parts(entry: bytes) -> tuple[bytes, bytes]:
    end = _SIZE + int.from_bytes(entry[:_SIZE], "big")
    return grown(entry[_SIZE:end]), entry[end:]


def _count(text: Sequence[str], run: Sequence[str]) -> int:
    """How often words stand in a text."""
    return sum(tuple(text[at : at + len(run)]) == tuple(run) for at in range(len(text)))


def _covers(outer: _Span, inner: _Span) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _first(origins: Iterable[Origin]) -> Origin:
    """The place that is told: where the words are withheld by their mark, if there is one."""
    return min(origins, key=_rank)


def _rank(origin: Origin) -> tuple[bool, str, int, int]:
    return (not origin.secret, origin.path, origin.line, origin.cell)


def _sentences(unit: Unit, hits: Hits) -> Iterator[_Span]:
    """Rows of words so long that two texts do not share them by chance."""
    row: list[tuple[int, Hit]] = []
    for at, hit in sorted(((at, hit) for at, hit in hits if len(hit.run) == RUN), key=lambda each: each[0]):
        if any(one.secret and not _answers(unit, one) for one in hit.origins):  # of which there may be thousands
            if row and at > row[-1][0] + 1:
                yield from _sentence(unit, row)
                row = []
            row.append((at, hit))
    yield from _sentence(unit, row)


def _sentence(unit: Unit, row: Hits) -> Iterator[_Span]:
    """A row of words where it is long enough."""
    if row and row[-1][0] + RUN - row[0][0] >= SENTENCE:
        origins = row[0][1].origins
        yield _Span(
            row[0][0], row[-1][0] + RUN, _first(one for one in origins if one.secret and not _answers(unit, one))
        )


def _answers(unit: Unit, origin: Origin) -> bool:
    """Whether a unit was written to stand for the text that words come from: a tearline, wording in a link's title."""
    if unit.path != origin.path:
        return False
    if unit.instead_of is not None and origin.line in unit.instead_of:
        return True
    return GAP in unit.visible and (origin.line, origin.cell) == (unit.line, unit.cell)
