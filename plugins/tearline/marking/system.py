"""What a marking system is: tokens, what outranks what, spellings and sentences. ``loading.py`` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

_WORD = re.compile(r"[A-Z0-9]+")

Words = tuple[str, ...]


class MarkError(ValueError):
    """A mark that cannot be, two systems compared, or a data file that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Rider:
    """A token spelled as a suffix of others: NF in ``LES-NF``, NOFORN in ``LES NOFORN``."""

    carriers: frozenset[str]
    portion: str
    banner: str


@dataclass(frozen=True, slots=True)
class Token:
    """One control or level: how it is written and said, and what it asks of an audience."""

    name: str
    portion: str
    banner: str
    spoken: str
    style: str = ""
    rank: int = -1
    sharing: str = ""
    limits: str = ""
    notice: str = ""
    outranks: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    bare: bool = False
    rider: Rider | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that are known to be wrong: the rule they break and what to write instead."""

    rule: str
    instead: str


@dataclass(frozen=True, slots=True)
class Audience:
    """The REL TO of a system: its words, the country always in it, and the token that means nobody else."""

    words: str
    home: str
    none: str
    section: int
    spoken: str
    limits: str


@dataclass(frozen=True, slots=True)
class Countries:
    """The codes that REL TO may name, those that are words as well, and the groups that stand for several."""

    codes: frozenset[str]
    ambiguous: frozenset[str]
    groups: Mapping[str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class System:
    """A marking system. ``tokens`` holds levels first, lowest first, then controls in the order of a mark.

    ``readings`` maps the words people write to a token's name, to REL TO (``AUDIENCE``) or to a refusal.
    ``alone`` are the words that stand in parentheses without a level; ``ordinary`` are spellings that are never marks.
    ``family`` is shared by systems with the same marks, which therefore cannot be mixed up.
    """

    name: str
    title: str
    family: str
    levels: tuple[str, ...]
    sections: tuple[tuple[str, ...], ...]
    tokens: Mapping[str, Token]
    implied: str
    audience: Audience | None
    banner_is_level: bool
    designation: bool
    prefix: str
    notices: Mapping[str, str]
    readings: Mapping[Words, str | Refusal] = field(repr=False)
    alone: frozenset[Words] = field(repr=False)
    ordinary: frozenset[str] = field(repr=False)
    phrases: tuple[Words, ...] = field(repr=False)

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest spelling."""
        return max(map(len, self.readings))

    @cached_property
    def _closures(self) -> dict[str, frozenset[str]]:
        return {name: self._reach(name) for name in self.tokens}

    def _reach(self, name: str) -> frozenset[str]:
        found, todo = {name}, [name]
        while todo:
            more = self.tokens[todo.pop()].outranks - found
            found |= more
            todo.extend(more)
        return frozenset(found)

    def closure(self, tokens: Iterable[str]) -> frozenset[str]:
        """These tokens and all they outrank. Raises ``MarkError`` for a token of no such system."""
        try:
            return frozenset().union(*(self._closures[name] for name in tokens))
        except KeyError as error:
            raise MarkError(f"{self.name} has no such token") from error

    def barred_from(self, audience: str) -> frozenset[str]:
        """The tokens whose own definition keeps this kind of audience out, for example ``sltt``."""
        return frozenset(name for name, token in self.tokens.items() if audience in token.barred)


AUDIENCE = "REL TO"  # what `readings` gives for the words that open a list of countries


def words(text: str) -> Words:
    """The letters and digits of a text in words and capitals, whatever separates them."""
    return tuple(_WORD.findall(text.upper()))
