"""Whether text between parentheses is a mark, or is meant as one and merely cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from tearline.marking.classified import is_classified
from tearline.marking.folding import bare
from tearline.marking.loading import SYSTEMS, countries
from tearline.marking.reading import nearest, plain_mark
from tearline.marking.system import Words, words

_DOUBLE = re.compile(r"(?<!:)/ ?/")
_LETTER = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"[0158]")
_LETTERS = 2  # letters of the longest classified level that is also an ordinary abbreviation: (TS), (S)
_NEAR = 4  # letters of a word that may be near another; below that everything is near something
_LOOK_ALIKES = (str.maketrans("01580", "OISBO"), str.maketrans("015", "OLS"))


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
    return _vocabulary().issuperset(words(text)) and any(plain_mark(text, name) is not None for name in _families())


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    return tuple({each.family: each.name for each in SYSTEMS.values()}.values())


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    """Every word that stands in some mark."""
    spelled = chain.from_iterable(chain.from_iterable(each.readings) for each in SYSTEMS.values())
    return frozenset(spelled) | countries().codes | countries().groups.keys()


@lru_cache(maxsize=1)
def _tokens() -> frozenset[str]:
    """Every word that is a token, or an obvious mistake for one, by itself."""
    return frozenset(each[0] for one in SYSTEMS.values() for each in one.readings if len(each) == 1)


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
    return word in _tokens() or (len(word) >= _NEAR and any(nearest(word, each) for each in SYSTEMS.values()))


def _is_near_alone(word: str) -> bool:
    """Whether a word is nearly a control that people write without a level."""
    near = [(nearest(word, each),) in each.alone for each in SYSTEMS.values()]
    return len(word) >= _NEAR and any(near)
