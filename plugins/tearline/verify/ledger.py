"""What must not be said: runs of words and distinctive terms of withheld texts, each knowing where it comes from.

The same ledger is laid over the released texts first. What it finds there is a repetition, or a run of words that
anybody may write; it is not looked for in the site any more, since it would be found rightly.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar, Union, cast

from tearline.verify.folding import words
from tearline.verify.tokens import ADDRESS, CALENDAR, Term, is_common, terms

RUN: Final = 4  # words; shorter texts are looked for whole
SENTENCE: Final = 8  # words in a row that two texts do not share by chance
_PIECE = re.compile(r"[0-9]+|[^0-9]+")
_LONGEST: Final = 8  # groups of a number that somebody may write apart
_FEW: Final = 5  # signs of a number below which other groupings say nothing

Run = tuple[str, ...]
_Key = TypeVar("_Key", str, Run)
_Origins = Union["frozenset[Origin]", "set[Origin]"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a withheld text comes from. ``secret``: by its mark; ``cell``: of a table's row, 1-based, else 0."""

    path: str
    line: int
    secret: bool = True
    cell: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a withheld text that stands somewhere: the words, where they come from, and their kind."""

    run: Run
    origins: frozenset[Origin]
    strong: bool = False


@dataclass(slots=True)
class Ledger:
    """Runs of ``RUN`` words and shorter ones, by length; numbers as one word; which of them are strong.

    ``names`` are single words that are strong too if nobody writes them in small letters, as long as that is not known.
    """

    runs: dict[int, dict[Run, frozenset[Origin]]] = field(default_factory=dict)
    singles: dict[str, frozenset[Origin]] = field(default_factory=dict)
    numbers: dict[str, frozenset[Origin]] = field(default_factory=dict)
    strong: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    leads: dict[str, Sequence[str]] = field(default_factory=dict)
    firsts: frozenset[str] = frozenset()

    @property
    def entries(self) -> int:
        """How much there is to look for."""
        return sum(map(len, self.runs.values())) + len(self.singles) + len(self.numbers)

    def is_empty_but_for(self, origin: Origin) -> bool:
        """Whether it would find nothing but what comes from there."""
        found = [*self.singles.values(), *self.numbers.values()]
        found += [origins for known in self.runs.values() for origins in known.values()]
        return all(origins == {origin} for origins in found)

    def told(self, but: Origin | None = None) -> Iterator[tuple[str, str, frozenset[Origin]]]:
        """All that is looked for: kind, words, and where that comes from; less what comes from ``but`` alone.

        The kinds are run, number, and lead: a number, and what it may begin with.
        """
        alone = {but}
        for known in self.runs.values():
            yield from (("run", " ".join(run), origins) for run, origins in known.items() if origins != alone)
        yield from (("run", word, origins) for word, origins in self.singles.items() if origins != alone)
        yield from (("number", word, origins) for word, origins in self.numbers.items() if origins != alone)
        for word, firsts in self.leads.items():
            origins = self.numbers.get(word, frozenset())
            if origins and origins != alone:
                yield "lead", f"{word} {' '.join(firsts)}", origins

    # --- looking --------------------------------------------------------------------------------------------

    def is_in(self, said: Sequence[str]) -> bool:
        """Whether words in a row hold anything of the ledger. Made for speed: nearly every text holds nothing."""
        if not self.singles.keys().isdisjoint(said):
            return True
        for length, known in self.runs.items():
            if not known.keys().isdisjoint(zip(*(said[at:] for at in range(length)), strict=False)):
                return True
        return any(True for _ in self._numbers_in(said))

    def find(self, said: Sequence[str]) -> Iterator[tuple[int, Hit]]:
        """Everything of the ledger in words in a row, with the place of its first word."""
        if not self.singles.keys().isdisjoint(said):
            for at in _places(said, self.singles.keys() & set(said)):
                yield at, Hit((said[at],), self.singles[said[at]], said[at] in self.strong)
        for length, known in self.runs.items():
            if len(said) < length or known.keys().isdisjoint(zip(*(said[at:] for at in range(length)), strict=False)):
                continue
            for at, run in enumerate(zip(*(said[at:] for at in range(length)), strict=False)):
                if run in known:
                    yield at, Hit(run, known[run], length < RUN and "".join(run) in self.strong)
        yield from self._numbers_in(said)

    def _numbers_in(self, said: Sequence[str]) -> Iterator[tuple[int, Hit]]:
        """Numbers and identifiers, however their groups are set apart."""
        if self.firsts.isdisjoint(said):
            return
        for at in _places(said, self.firsts.intersection(said)):
            joined = ""
            for more in range(at, min(at + _LONGEST, len(said))):
                joined += said[more]
                if more > at and len(joined) <= _FEW:
                    continue
                # What other numbers may begin with says nothing: else it would matter to one which others there are.
                if said[at] in self.leads.get(joined, ()) and not (len(joined) <= RUN and _is_group(said, at, more)):
                    yield at, Hit(tuple(said[at : more + 1]), self.numbers[joined], joined in self.strong)

    # --- making ---------------------------------------------------------------------------------------------

    def know(self, ordinary: Collection[str]) -> None:
        """Learn which words somebody writes in small letters: those are no names."""
        self.strong |= self.names.difference(ordinary)
        self.names = set()

    def drop(self, found: Iterable[Run]) -> None:
        """Look no more for what was found. In place: a ledger of ten thousand documents is large."""
        for run in found:
            # A name goes in either order. What is not there takes nothing with it.
            if self._drop(run) and len(run) < RUN:
                for at in range(1, len(run)):
                    self._drop(run[at:] + run[:at])
        self.runs = {length: known for length, known in self.runs.items() if known}
        self.firsts = frozenset(first for firsts in self.leads.values() for first in firsts)

    def _drop(self, run: Run) -> bool:
        """Whether it was there."""
        joined = "".join(run)
        self.leads.pop(joined, None)
        gone = [self.runs.get(len(run), {}).pop(run, None), self.numbers.pop(joined, None)]
        if len(run) == 1:
            gone.append(self.singles.pop(joined, None))
        return any(gone)

    def enter(self, other: Ledger) -> None:
        """Look for what another ledger has too. Nothing of it may be in this one."""
        for length, known in other.runs.items():
            self.runs.setdefault(length, {}).update(known)
        self.singles |= other.singles
        self.numbers |= other.numbers
        self.strong |= other.strong
        self.names |= other.names
        self.leads |= other.leads
        self.firsts |= other.firsts


def _places(said: Sequence[str], wanted: Iterable[str]) -> Iterator[int]:
    """Where any of these words stand. Few words are wanted, and many are said."""
    for word in wanted:
        at = -1
        try:
            while True:
                at = said.index(word, at + 1)
                yield at
        except ValueError:
            continue


def _is_group(said: Sequence[str], first: int, last: int) -> bool:
    """Whether other digits touch a short number: a part of a telephone number is not that number."""
    return any(word.isdigit() for word in (*said[max(0, first - 1) : first], *said[last + 1 : last + 2]))


def _leads(parts: Sequence[str]) -> Iterator[str]:
    """The words that a number may begin with, as its groups and its letters and digits may be set apart."""
    whole = ""
    for part in parts:
        for piece in _PIECE.findall(part):
            whole += piece
            yield whole
    if whole.isdigit() and len(whole) > _FEW:
        yield whole[:3]


class Told(NamedTuple):
    """A withheld text taken apart: its words in a row, and its distinctive terms."""

    words: list[str]
    terms: list[Term]


def told(text: str) -> Told:
    """A withheld text, taken apart."""
    return Told(words(text), sorted(terms(text), key=lambda term: (term.words, term.strong)))


def make_ledger(texts: Iterable[tuple[str, Origin]], ordinary: Collection[str] = ()) -> Ledger:
    """The ledger of these withheld texts. ``ordinary`` are words that somebody writes in small letters: no names."""
    made = ledger_from((told(text), origin) for text, origin in texts)
    made.know(ordinary)
    return made


def ledger_from(texts: Iterable[tuple[Told, Origin]]) -> Ledger:
    """The same of texts that were taken apart before; what words are ordinary it still has to ``know``."""
    made = _Entries()
    leads: dict[str, set[str]] = defaultdict(set)
    same: dict[str, str] = {}  # each word once: there are hundreds of thousands of runs of few words
    for text, origin in texts:
        made.alone = frozenset({origin})
        for run in _runs([same.setdefault(word, word) for word in text.words]):
            made.run(run)
        for term in text.terms:
            made.enter(term)
            if term.joined in made.numbers:
                leads[term.joined].update(same.setdefault(lead, lead) for lead in _leads(term.words))
            if term.strong and origin.secret:
                (made.names if len(term.words) == 1 else made.strong).add(term.joined)
    runs = {length: made.settled(made.runs[length]) for length in sorted(made.runs)}
    ledger = Ledger(runs, made.settled(made.singles), made.settled(made.numbers), made.strong, made.names)
    ledger.leads = {word: tuple(sorted(firsts)) for word, firsts in leads.items()}
    ledger.firsts = frozenset(first for firsts in leads.values() for first in firsts)
    return ledger


def _runs(said: list[str]) -> Iterator[Run]:
    """Every run of ``RUN`` words that anybody would know again; a shorter text whole."""
    if len(said) < RUN:
        if len(said) > 1 and not all(map(is_common, said)):
            yield tuple(said)
        return
    says = [not _is_empty(word) for word in said]
    for at, run in enumerate(zip(said, said[1:], said[2:], said[3:], strict=False)):
        if sum(says[at : at + RUN]) > 1:
            yield run


_EMPTY: Final = frozenset(
    "a about after all also an and any are as at be been before but by can could did do for from had has have he her "
    "him his how if in into is it its may more most must no not of off on one only or other our out over own per said "
    "she should since so some such than that the their them then there these they this those to two under up upon us "
    "was we were what when where which while who whom whose will with within without would you your u s".split()
)


@lru_cache(maxsize=65536)
def _is_empty(word: str) -> bool:
    """Whether a word says nothing by itself."""
    return (
        word in _EMPTY or len(word) == 1 or word in CALENDAR or word in ADDRESS or (is_common(word) and word.isdigit())
    )


def says_little(run: Run, known: Collection[str]) -> bool:
    """Whether a run says nothing that anybody would know again, beside words that are ``known`` to all."""
    return sum(not _is_empty(word) and word not in known for word in run) <= 1


@dataclass(slots=True)
class _Entries:
    """A ledger while it is made: each entry with where it comes from. Most come from one place, and share the set.

    What comes from several has a set of its own, which grows; ``settled`` has equal ones be one.
    """

    runs: dict[int, dict[Run, _Origins]] = field(default_factory=lambda: defaultdict(dict))
    singles: dict[str, _Origins] = field(default_factory=dict)
    numbers: dict[str, _Origins] = field(default_factory=dict)
    strong: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    alone: frozenset[Origin] = frozenset()  # where what is entered now comes from
    _sets: dict[frozenset[Origin], frozenset[Origin]] = field(default_factory=dict)

    def settled(self, known: dict[_Key, _Origins]) -> dict[_Key, frozenset[Origin]]:
        """Entries, once nothing more is entered."""
        for key, origins in known.items():
            if isinstance(origins, set):
                known[key] = self._sets.setdefault(frozenset(origins), frozenset(origins))
        return cast("dict[_Key, frozenset[Origin]]", known)

    def run(self, run: Run) -> None:
        """Words in a row."""
        self._add(self.runs[len(run)], run)

    def enter(self, term: Term) -> None:
        """Put a term where it will be found in each of its spellings."""
        joined = term.joined
        if not joined.isalpha() and any(map(str.isdigit, joined)):
            if len(joined) < RUN:
                return
            self._add(self.numbers, joined)
            if 1 < len(term.words) <= RUN:
                self.run(term.words)
            return
        if len(term.words) == 1:
            if len(joined) < RUN and not term.strong:
                return
            self._add(self.singles, joined)
            self._add(self.singles, f"{joined}s")
            if joined.endswith("s") and len(joined) > RUN:
                self._add(self.singles, joined[:-1])
            return
        if len(term.words) <= RUN:
            self.run(term.words)
        self._add(self.singles, joined)

    def _add(self, known: dict[_Key, _Origins], key: _Key) -> None:
        before: _Origins = known.setdefault(key, self.alone)
        if isinstance(before, set):
            before |= self.alone
        elif before is not self.alone:
            known[key] = {*before, *self.alone}
