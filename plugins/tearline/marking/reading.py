"""The text of a mark to a ``Reading``, and the opening of a block to an ``Opening``.

    mark    = level? , { separator , ( control | audience ) }
    audience = "REL TO" , country , { separator , country }

Tokens are taken from the words of the text, longest spelling first, so any order, case and unambiguous separator is
understood. Every word must belong to a token: what is accepted is never read as less than what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain

from tearline.marking.classified import is_classified
from tearline.marking.folding import bare
from tearline.marking.mark import Mark
from tearline.marking.system import AUDIENCE, SYSTEMS, Refusal, System, Words, countries, system, words

LONGEST = 160  # characters; no mark is longer

_BLANKS = " \t\u00a0\u2007\u202f"
_PLAIN = re.compile(rf"[A-Za-z0-9/,;:|&+.\-{_BLANKS}]+")
_ITEM = re.compile(r"[A-Z0-9+-]{1,12}")
_OPEN = re.compile(rf"[ \t]*(?P<wrap>(?:\*\*\*|\*\*|\*|___|__|_|`)?)\((?P<text>[^()\n]{{1,{LONGEST}}})\)(?P=wrap)")
_REST = re.compile(rf"[{_BLANKS}]*")
_GLUED = re.compile(r"[\w\"'\u201c\u2018\u00ab(\[*_`!$#<&\\]")
_FOLDED = re.compile(rf" ?\((?P<text>[^()]{{1,{LONGEST}}})\)")
_DOUBLE = re.compile(r"(?<!:)/ ?/")
_LETTER = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"[0158]")
_LETTERS = 2  # letters of the longest classified level that is also an ordinary abbreviation: (TS), (S)
_NEAR = 4  # letters of a word that may be near another; below that everything is near something
_CLOSE = 0.7  # difflib's ratio: NOFRON and NOFORN 0.83, FUOO and FOUO 0.75
_LOOK_ALIKES = (str.maketrans("01580", "OISBO"), str.maketrans("015", "OLS"))


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


@dataclass(frozen=True, slots=True)
class Opening:
    """The mark that opens a block: ``text`` between parentheses at ``start``; ``end`` is where the words begin."""

    start: int
    end: int
    text: str
    reading: Reading


@dataclass(slots=True)
class _Parse:
    """What the words of a mark's text are in one system."""

    tokens: list[str]
    refusals: list[Refusal]
    unknown: list[str]
    audience: frozenset[str] | None = None

    def levels(self, of: System) -> frozenset[str]:
        return frozenset(self.tokens) & frozenset(of.levels)


def read_mark(text: str, system: str) -> Reading:
    """What a text between a mark's parentheses says. Raises for no text, but ``KeyError`` for no such system."""
    return _cached(text, system) if len(text) <= LONGEST else Reading(None, problem="malformed-mark")


@lru_cache(maxsize=8192)
def _cached(text: str, name: str) -> Reading:
    folded, _ = bare(text)
    if is_classified(folded):
        return Reading(None, problem="classified-mark")
    stripped = text.strip(_BLANKS)
    if not _PLAIN.fullmatch(stripped) or not stripped[0].isalnum() or not stripped[-1].isalnum():
        return Reading(None, problem="malformed-mark", detail=_disguised(text, folded, name))
    return _read(text, system(name))


def _disguised(text: str, folded: str, name: str) -> str:
    """What to say of a text that is not plainly a mark."""
    if folded == text or not _PLAIN.fullmatch(folded.strip()):
        return ""
    seen = _read(folded, system(name)).mark
    return f"it only looks like ({seen})" if seen else ""


def _read(text: str, of: System) -> Reading:
    parse = _parse(words(text), of)
    if not parse.unknown and not parse.refusals:
        mark = _mark(parse, text, of)
        if mark is not None:
            return Reading(mark, canonical=str(mark) == text, detail="" if str(mark) == text else f"({mark})")
    return _problem(parse, text, of)


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


def _problem(parse: _Parse, text: str, of: System) -> Reading:
    """The rule that a text without a mark breaks."""
    if _is_of_another(words(text), parse, of):
        return Reading(None, problem="mixed-systems")
    if parse.unknown:
        return Reading(None, problem="unknown-control", detail=_named(text, parse.unknown, of))
    if parse.refusals:
        wrong = parse.refusals[0]
        return Reading(None, problem=wrong.rule, detail=f"write {wrong.instead}")
    return Reading(None, problem="malformed-mark")


def _is_of_another(found: Words, parse: _Parse, of: System) -> bool:
    """Whether the words are another system's mark, open with its level, or are known once all systems are."""
    others = [each for each in SYSTEMS.values() if each.family != of.family]
    for other in others:
        theirs = _parse(found, other)
        if theirs.levels(other) and not (theirs.unknown or theirs.refusals) and _mark(theirs, "", other):
            return True
        if theirs.levels(other) and found[0] in parse.unknown and _next(found, 0, other)[1] in other.levels:
            return True
    known = frozenset(chain.from_iterable(chain.from_iterable(each.readings) for each in others))
    return bool(parse.unknown) and known.issuperset(parse.unknown)


def _named(text: str, unknowns: list[str], of: System) -> str:
    """The unknown token where it may be printed, and the nearest known one."""
    unknown = next((each for each in unknowns if each != of.prefix), unknowns[0])
    item = next((each for each in re.split(r"[/,;:|&.\s]+", text) if unknown in words(each)), "")
    printed = f"'{item}'" if _ITEM.fullmatch(item) else ""
    near = nearest(unknown, of)
    return " ".join(filter(None, (printed, f"(did you mean {near}?)" if near else "")))


def nearest(unknown: str, of: System) -> str:
    """The known one-word spelling nearest to an unknown word, empty if none is near."""
    spellings = sorted(each[0] for each in of.readings if len(each) == 1)
    return next(iter(get_close_matches(unknown, spellings, 1, _CLOSE)), "")


# --- the opening of a block ---


def open_mark(text: str, system: str) -> Opening | None:
    """The mark at the very start of a block's text; None where there are only words.

    A parenthesis shaped like a mark is one even if it cannot be read. A mark in disguise (look-alike letters,
    invisible characters, entities, line breaks or emphasis inside it) is ``malformed-mark``, never a good one.
    """
    if not text or text[0].isalnum():
        return None
    plain = _OPEN.match(text)
    if plain is not None:
        return _plain_opening(text, plain, system)
    return _disguised_opening(text)


def _plain_opening(text: str, found: re.Match[str], name: str) -> Opening | None:
    inner = found["text"]
    reading = read_mark(inner, name)
    after = text[found.end() : found.end() + 1]
    if _is_word(inner, after) or not (reading.mark or reading.problem == "classified-mark" or is_shaped(inner)):
        return None
    end = _after(text, found.end())
    glued = bool(after) and end == found.end() and after not in "\r\n"
    if glued and not _GLUED.match(after):
        reading = Reading(None, problem=reading.problem or "malformed-mark", detail=reading.detail)
    elif (glued or found["wrap"]) and reading.mark:
        reading = replace(reading, canonical=False, detail=f"({reading.mark})")
    return Opening(found.start("text") - 1, end, inner, reading)


def _disguised_opening(text: str) -> Opening | None:
    folded, index = bare(text[: 4 * LONGEST])
    found = _FOLDED.match(folded)
    if found is None or not (is_shaped(found["text"]) or is_classified(found["text"])):
        return None
    inner = found["text"]
    problem = "classified-mark" if is_classified(inner) else "malformed-mark"
    detail = "put the mark before the emphasis" if text[0] in "*_`" else ""
    start, end = index[found.start("text") - 1], _after(text, index[found.end()])
    return Opening(start, end, inner, Reading(None, problem=problem, detail=detail))


def _after(text: str, end: int) -> int:
    found = _REST.match(text, end)
    return found.end() if found else end


def _is_word(inner: str, after: str) -> bool:
    """Whether a parenthesis is part of a word or a name: ``(s)ingular``, ``(Les)``."""
    lone = len(inner) == 1 and after.isalpha()
    return is_ordinary(inner) or (lone and (inner.islower() or (is_classified(inner) and after.islower())))


# --- the shape of a mark ---


def is_ordinary(inner: str) -> bool:
    """Whether a spelling is an ordinary word by the data of some system."""
    return any(inner in each.ordinary for each in SYSTEMS.values())


@lru_cache(maxsize=8192)
def is_known(folded: str) -> bool:
    """Whether folded text between parentheses is a known mark or alias of any system, digits for letters included."""
    return not is_ordinary(folded) and any(_reads(each) for each in _variants(folded))


def _variants(text: str) -> Iterator[str]:
    """The text, and with what stands for a letter in it replaced: digits, a small l for a capital I, spaced letters."""
    yield text
    if not text.isascii() or not _LETTER.search(text):
        return
    if _DIGIT.search(text):
        yield from (text.translate(each) for each in _LOOK_ALIKES)
    if "l" in text and not text.islower():
        yield text.replace("l", "I")
    found = words(text)
    if len(found) > 1 and all(len(each) == 1 for each in found):
        yield "".join(found)


def _reads(text: str) -> bool:
    found = words(text)
    if not found or found[0] not in _openers():
        return False
    return any(read_mark(text, name).mark is not None for name in _families())


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    return tuple({each.family: each.name for each in SYSTEMS.values()}.values())


@lru_cache(maxsize=1)
def _openers() -> frozenset[str]:
    """The first words of all spellings of all systems."""
    return frozenset(each[0] for one in SYSTEMS.values() for each in one.readings)


@lru_cache(maxsize=1)
def _levels() -> frozenset[Words]:
    return frozenset(
        each for one in SYSTEMS.values() for each, meaning in one.readings.items() if meaning in one.levels
    )


def is_meant(folded: str) -> bool:
    """Whether folded text between parentheses is no known mark but can only be meant as one, wherever it stands.

    A classified mark of more than its letters, ``//`` with a known token, or a level with ``/`` and nearly a token.
    """
    if "/" not in folded:
        return len(folded) > _LETTERS and folded.isupper() and is_classified(folded)
    if _DOUBLE.search(folded):
        return is_classified(folded) or any(
            (each,) in one.readings for each in words(folded) for one in SYSTEMS.values()
        )
    return _has_slashed_level(folded) and any(map(_is_near, words(folded)[1:]))


def is_shaped(inner: str) -> bool:
    """Whether text between parentheses at a mark's place is meant as a mark, readable or not."""
    folded = bare(inner)[0].strip()
    found = words(folded)
    if not found:
        return False
    if is_known(folded) or _DOUBLE.search(folded) or _has_prefix(folded) or _has_slashed_level(folded):
        return True
    level = next((n for n in range(min(3, len(found)), 0, -1) if found[:n] in _levels()), 0)
    if level:
        return len(found) == level or any(map(_is_near, found[level:]))
    return folded.isupper() and len(found) == 1 and _is_near_alone(found[0])


def _has_prefix(folded: str) -> bool:
    return any(folded.upper().startswith(f"{each.prefix}:") for each in SYSTEMS.values() if each.prefix)


def _has_slashed_level(folded: str) -> bool:
    """Whether a text is a level, a slash and something in capitals."""
    before, slash, after = folded.partition("/")
    return bool(slash) and words(before) in _levels() and after.strip()[:1].isupper()


def _is_near(word: str) -> bool:
    """Whether a word is a control, or nearly one and of four letters or more."""
    return any((word,) in each.readings or (len(word) >= _NEAR and nearest(word, each)) for each in SYSTEMS.values())


def _is_near_alone(word: str) -> bool:
    """Whether a word is nearly a control that people write without a level."""
    alone = [each[0] for one in SYSTEMS.values() for each in one.alone if len(each) == 1]
    return len(word) >= _NEAR and bool(get_close_matches(word, alone, 1, _CLOSE))
