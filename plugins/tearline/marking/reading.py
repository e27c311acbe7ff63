"""The text of a mark to a ``Reading``.

    mark    = level? , { separator , ( control | audience ) }
    audience = "REL TO" , country , { separator , country }

Tokens are taken from the words of the text, longest spelling first, so any order, case and unambiguous separator is
understood. Every word must belong to a token: what is accepted is never read as less than what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from tearline.marking.classified import is_classified
from tearline.marking.folding import bare
from tearline.marking.loading import SYSTEMS, countries, system
from tearline.marking.mark import Mark
from tearline.marking.system import AUDIENCE, Refusal, System, Words, words

LONGEST = 160  # characters; no mark is longer
_SHORTEST = 3  # letters of a word that may be meant by another

BLANKS = " \t\u00a0\u2007\u202f"
_PLAIN = re.compile(rf"[A-Za-z0-9/,;:|&+.\-{BLANKS}]+")
_ITEM = re.compile(r"[A-Z0-9+-]{1,12}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mark's text says: a mark, or the name of the rule it breaks.

    ``canonical`` is whether it is spelled as it should be. ``detail`` is safe to print: a canonical mark, or the token
    at fault where it is short and in capitals, with a suggestion.
    """

    mark: Mark | None
    canonical: bool = False
    problem: str = ""
    detail: str = ""


@dataclass(slots=True)
class _Parse:
    """What the words of a mark's text are in one system. ``ambiguous``: a country's code has another meaning."""

    tokens: list[str]
    refusals: list[Refusal]
    unknown: list[str]
    audience: frozenset[str] | None = None
    ambiguous: bool = False

    def levels(self, of: System) -> frozenset[str]:
        return frozenset(self.tokens) & frozenset(of.levels)


def read_mark(text: str, system: str) -> Reading:
    """What a text between a mark's parentheses says. Raises for no text, but ``KeyError`` for no such system."""
    return _cached(text, system) if len(text) <= LONGEST else Reading(None, problem="malformed-mark")


@lru_cache(maxsize=4096)
def plain_mark(text: str, name: str) -> Mark | None:
    """The mark that a text spells, in whatever order; None where it spells none. Says nothing of what is wrong."""
    stripped = text.strip(BLANKS)
    if len(text) > LONGEST or not _PLAIN.fullmatch(stripped) or not (stripped[0].isalnum() and stripped[-1].isalnum()):
        return None
    of = system(name)
    parse = _parse(words(text), of)
    mark = None if parse.unknown or parse.refusals else _mark(parse, text, of)
    # USA, CAN/GEO may end in a category, and USA AND CAN may name two countries: only the canonical spelling tells.
    return mark if mark is None or str(mark) == text or not parse.ambiguous else None


@lru_cache(maxsize=4096)
def _cached(text: str, name: str) -> Reading:
    folded = bare(text)[0]
    if is_classified(folded):
        return Reading(None, problem="classified-mark")
    mark = plain_mark(text, name)
    if mark is not None:
        official = _loosely(text) == _loosely(str(mark))
        return Reading(mark, canonical=official, detail="" if official else f"({mark})")
    stripped = text.strip(BLANKS)
    if _PLAIN.fullmatch(stripped) and stripped[0].isalnum() and stripped[-1].isalnum():
        return _problem(text, system(name))
    seen = plain_mark(folded, name) if folded != text else None
    return Reading(None, problem="malformed-mark", detail=f"it only looks like ({seen})" if seen else "")


def _loosely(text: str) -> list[tuple[list[bool], list[str]]]:
    """A spelling but for the order of the alphabet: ``CUI//LEI/INV`` is as official as ``CUI//INV/LEI``.

    That specified categories, which have a prefix ("SP-"), come first still counts.
    """
    sections = [section.split("/") for section in text.split("//")]
    return [(["-" in each for each in one], sorted(one)) for one in sections]


def _parse(found: Words, of: System) -> _Parse:
    """Tokens, refusals, countries and unknown words, longest spelling first."""
    parse = _Parse([], [], [])
    at = 0
    while at < len(found):
        step, meaning = _next(found, at, of)
        at += step
        if meaning is None:
            parse.unknown.append(found[at - 1])
        elif isinstance(meaning, Refusal):
            parse.refusals.append(meaning)
        elif meaning == AUDIENCE:
            at, listed = _countries(found, at)
            parse.audience = listed if parse.audience is None else parse.audience & listed
            parse.ambiguous |= any((each,) in of.readings or each in countries().ambiguous for each in listed)
        else:
            parse.tokens.append(meaning)
    return parse


def _next(found: Words, at: int, of: System) -> tuple[int, str | Refusal | None]:
    for length in range(min(of.longest, len(found) - at), 0, -1):
        meaning = of.readings.get(found[at : at + length])
        if meaning is not None:
            return length, meaning
    return 1, None


def _countries(found: Words, at: int) -> tuple[int, frozenset[str]]:
    """The countries from ``at`` on, groups spelled out, and where they end."""
    known = countries()
    listed: set[str] = set()
    while at < len(found) and (found[at] in known.codes or found[at] in known.groups):
        listed |= known.groups.get(found[at], {found[at]})
        at += 1
    return at, frozenset(listed)


def _mark(parse: _Parse, text: str, of: System) -> Mark | None:
    """The mark of a text all of whose words are known; None where they do not make one."""
    levels = parse.levels(of)
    if len(levels) > 1 or (not levels and not _stands_alone(text, of)):
        return None
    home = of.audience.home if of.audience else ""
    if parse.audience is not None and home not in parse.audience:
        return None
    tokens = frozenset(parse.tokens)
    level = next(iter(levels), of.implied)
    if of.tokens[level].bare and (len(tokens) > 1 or parse.audience is not None):
        return None
    return Mark.of(of.name, tokens | {level}, parse.audience)


def _stands_alone(text: str, of: System) -> bool:
    """Whether controls without a level are still plainly a mark: ``LES``, ``FOUO//NF``."""
    if not of.implied:
        return False
    found = words(text)
    starts = range(len(found))
    return "//" in text or any(found[at : at + len(each)] == each for each in of.alone for at in starts)


def _problem(text: str, of: System) -> Reading:
    """The rule that a text without a mark breaks."""
    parse = _parse(words(text), of)
    if _is_of_another(words(text), parse, of):
        return Reading(None, problem="mixed-systems", detail=f"this document is marked in {of.name}")
    if parse.unknown:
        return Reading(None, problem="unknown-control", detail=_named(text, parse.unknown, of))
    if parse.refusals:
        wrong = parse.refusals[0]
        return Reading(None, problem=wrong.rule, detail=f"write {wrong.instead}")
    return Reading(None, problem="malformed-mark")


def _is_of_another(found: Words, parse: _Parse, of: System) -> bool:
    """Whether the words are another system's mark, open with its level, or are known once all systems are."""
    for other in (each for each in SYSTEMS.values() if each.family != of.family):
        theirs = _parse(found, other)
        if theirs.levels(other) and not (theirs.unknown or theirs.refusals) and _mark(theirs, "", other):
            return True
        if theirs.levels(other) and found[0] in parse.unknown and _next(found, 0, other)[1] in other.levels:
            return True
    return bool(parse.unknown) and _known_elsewhere(of).issuperset(parse.unknown)


@lru_cache(maxsize=16)
def _known_elsewhere(of: System) -> frozenset[str]:
    """All words of the systems that this one can be mixed up with."""
    others = (each for each in SYSTEMS.values() if each.family != of.family)
    return frozenset(chain.from_iterable(chain.from_iterable(each.readings) for each in others))


def _named(text: str, unknowns: list[str], of: System) -> str:
    """The unknown token where it may be printed, and the nearest known one."""
    unknown = next((each for each in unknowns if each != of.prefix), unknowns[0])
    item = next((each for each in re.split(r"[/,;:|&.\s]+", text) if unknown in words(each)), "")
    printed = f"'{item}'" if _ITEM.fullmatch(item) else ""
    near = nearest(unknown, of)
    return " ".join(filter(None, (printed, f"(did you mean {near}?)" if near else "")))


def nearest(unknown: str, of: System) -> str:
    """The known one-word spelling that differs by one letter or by two swapped ones; empty if none does."""
    near = {each for drop in _drops(unknown[:LONGEST]) for each in _by_drop(of).get(drop, ())}
    return min(near, key=lambda each: (abs(len(each) - len(unknown)), each), default="")


def _drops(word: str) -> set[str]:
    """A word, and the word less each of its letters: two words that are near share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


@lru_cache(maxsize=16)
def _by_drop(of: System) -> dict[str, list[str]]:
    drops: dict[str, list[str]] = {}
    for spelling in (each[0] for each in of.readings if len(each) == 1 and len(each[0]) >= _SHORTEST):
        for drop in _drops(spelling):
            drops.setdefault(drop, []).append(spelling)
    return drops
