"""What makes a text recognisable: names, numbers, plates, addresses, identifiers, and words that are not common.

``common.txt`` says which words are common, ``known.txt`` which names everybody writes. A term is kept as the words it
is made of, and as the one word it becomes when somebody leaves out what stands between them: ``555-0100`` and
``5550100``, ``7 ABC-123`` and ``7ABC123``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from tearline.verify.folding import words

_ENDINGS: Final = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ly", ""),
    ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"),
)  # fmt: skip
_STEM: Final = 3  # letters that must be left
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DOMAIN = re.compile(r"(?<![\w@.])(?:[\w-]+\.)+[a-z]{2,10}(?![\w])(?:/[\w./?=&%-]*)?", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?<![\w])(?<![A-Za-z]-)\(?[A-Za-z]{0,6}[0-9][0-9A-Za-z]*\)?"
    r"(?:(?:[ ]?[-\u2010-\u2015][ ]?|[./ ])(?:[A-Za-z]{0,4}[0-9][0-9A-Za-z]*|[A-Z]{1,4}(?![A-Za-z])))*"
)
_COMPOUND = re.compile(r"(?<![\w])[A-Za-z0-9]+(?:[-./_][A-Za-z0-9]+)+")
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|(?<!\w)(?:[0-3]\d)?[0-2]\d[0-5]\d[A-Z](?:[A-Z]{3}\d\d)?(?!\w)"  # 0230Z, 040230ZAPR26
)
# What many things are called: C-130, I-405, SR 520, UN1005.
_TYPE = re.compile(r"[A-Za-z]{1,2}[- ]?\d{1,3}|UN[- ]?\d{4}")
_AMOUNT = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3}){1,4}(?![\d,]*\d)")
_SUM = re.compile(r"(?<![\d,.])\d{1,3},\Z")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|h|ft|in|m|km|mi|lb|kg|kw|mw|x|yd|yards?|mph|hrs?|min)")
_NAME = re.compile(r"(?<![\w])[^\W\d_][\w]*(?:['\u2019\-][^\W\d_][\w]*)*")
_ACRONYM = re.compile(r"[A-Z]{2,6}(?:['\u2019]?s)?")
_SMALL = re.compile(r"(?<![\w.@/-])[a-z]+(?![\w@/-])")
_PAIR_GAP = re.compile(r"[ \n]+(?:[A-Z]\.[ \n]+)*|,[ ]")
_INITIAL = re.compile(r"(?:[ \n]+[A-Z]\.)+")
_ALONE = re.compile(r"(?:(?<!\w)([A-Za-z]+)[ \n]+)?(?<!\w)[A-Z]\.[ \n]+$")
# What has letters for names, so that a sentence may end with one: "at Gate B. Paramedics wait".
_LETTERED: Final = frozenset(
    "annex apartment appendix area bay berth block building category checkpoint class column dock door "
    "entrance exhibit exit figure floor gate grade group hall hangar hepatitis influenza lane level line lot "
    "option part phase pier plan platform point pump ramp risk room route row runway schedule section sector "
    "shelter shift site stage stairwell suite tab table tank team terminal tier tower track type unit vitamin "
    "ward wing zone".split()
)
_SENTENCE = re.compile(r"(?:^|[.!?:]|[*_\"\u201c(])[\s*_\"\u201c(]*$")
_NEAR: Final = 24  # characters before a word that say whether a sentence begins with it
_DIGITS: Final = 4  # a plain number of fewer says little
_ROUND: Final = 100
CALENDAR: Final = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun am pm "
    "est edt cst cdt mst mdt pst pdt utc".split()
)
ADDRESS: Final = frozenset("http https www com org net gov edu html htm mailto tel index".split())


@dataclass(frozen=True, slots=True)
class Term:
    """A distinctive piece of a text. ``strong``: nobody else would say it, so that it stands twice is worth asking."""

    words: tuple[str, ...]
    strong: bool

    @property
    def joined(self) -> str:
        """Its words as one."""
        return "".join(self.words)


@lru_cache(maxsize=2)
def _listed(name: str) -> frozenset[str]:
    text = (files("tearline.verify") / name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=65536)
def is_common(word: str) -> bool:
    """Whether a folded word is common English, or of the calendar, or a number that says little."""
    if word.isdigit():
        return len(word) < _DIGITS or (len(word) == _DIGITS and word[:2] in ("19", "20"))
    return (
        len(word) == 1
        or word in CALENDAR | ADDRESS
        or word.removesuffix("s") in CALENDAR
        or word in _listed("common.txt")
        or any(each in _listed("common.txt") for each in _stems(word))
    )


def _is_known(word: str) -> bool:
    """Whether a folded word is common, or a name that everybody writes."""
    return is_common(word) or word in _listed("known.txt")


def _stems(word: str) -> Iterator[str]:
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _STEM:
            yield stem + instead
            if not instead and stem[-1] == stem[-2]:
                yield stem[:-1]


def terms(text: str) -> set[Term]:
    """Every distinctive term of a text."""
    found = set(_addresses(text)) | set(_numbers(text)) | set(_amounts(text)) | set(_names(text))
    found |= {Term((word,), strong=False) for word in words(text) if not is_common(word) and not word.isdigit()}
    strong = {term.words for term in found if term.strong}
    return {term for term in found if term.words and (term.strong or term.words not in strong)}


def _addresses(text: str) -> Iterator[Term]:
    for found in (*_EMAIL.finditer(text), *_DOMAIN.finditer(text)):
        yield Term(tuple(words(found[0])), strong="@" in found[0] or not is_common(words(found[0])[0]))


def _numbers(text: str) -> Iterator[Term]:
    for found in (*_NUMBERED.finditer(text), *_COMPOUND.finditer(text)):
        said = found[0].strip("().-/ ")
        parts = tuple(words(said))
        digits = sum(char.isdigit() for char in said)
        if not digits or _DATE.search(said) or all(map(_says_little, parts)):
            continue
        whole = "".join(parts)
        says = not _TYPE.fullmatch(said) and not _SUM.search(text, max(0, found.start() - 4), found.start())
        if whole.isdigit():
            if len(whole) > _DIGITS or (len(whole) == _DIGITS and not is_common(whole)):
                yield Term(parts, strong=says and int(whole) % _ROUND != 0 and (len(parts) > 1 or len(whole) > _DIGITS))
        elif len(whole) >= _DIGITS and digits > 1:
            yield Term(parts, strong=says and not any(part in CALENDAR for part in parts))


def _amounts(text: str) -> Iterator[Term]:
    """Sums of money and counts, written with commas and found without; round ones say little."""
    for found in _AMOUNT.finditer(text):
        parts = tuple(found[0].split(","))
        if int("".join(parts)) % _ROUND and not is_common("".join(parts)):  # 2,005 without its comma is a year
            yield Term(parts, strong=False)


def _says_little(part: str) -> bool:
    """Whether a group of a number is a common word, a quantity with its unit, a year or a small number."""
    return bool(_ORDINAL.fullmatch(part)) or (is_common(part) and not (part.isdigit() and len(part) == _STEM))


def _names(text: str) -> Iterator[Term]:
    """Words in capitals that are not common, and pairs of such words in either order."""
    before: re.Match[str] | None = None
    for found in _NAME.finditer(text):
        if before is not None and _INITIAL.fullmatch(text, before.end(), found.end() + 1):
            continue
        parts = tuple(words(found[0])) if found[0][0].isupper() else ()
        if not parts or any(map(str.isdigit, found[0])):
            before = None
            continue
        near = text[max(0, found.start() - _NEAR) : found.start()]
        starts = found.start() == 0 or bool(_SENTENCE.search(near))
        if starts and (alone := _ALONE.search(near)):  # no sentence ends after somebody's initial
            starts = (alone[1] or "").lower() in _LETTERED
        own = not all(map(is_common, parts))
        if own:
            says = not starts and not _ACRONYM.fullmatch(found[0]) and not all(map(_is_known, parts))
            yield Term(parts, strong=says and any(len(part) >= _STEM for part in parts))
        if before is not None and _PAIR_GAP.fullmatch(text[before.end() : found.start()]):
            first = tuple(words(before[0]))
            if own or not all(map(is_common, first)):
                both = not all(map(_is_known, parts)) and not all(map(_is_known, first))
                yield Term((*first, *parts), strong=both)
                yield Term((*parts, *first), strong=both)
        before = found
        if starts and all(map(is_common, parts)):
            before = None


def joined_spelling(text: str) -> str:
    """How a term is written down for a record: folded, without anything between its words."""
    return "".join(words(text))


def small_words(text: str) -> set[str]:
    """The words that a text writes in small letters only."""
    return {word for word in _SMALL.findall(text) if len(word) >= _STEM}
