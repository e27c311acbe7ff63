"""Classified marks, recognised so that a spill is stopped. ``classified.yml`` lists what they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tearline.marking.loading import load_data


@dataclass(frozen=True, slots=True)
class Classified:
    """Alternatives for regular expressions, longest first, and the pattern of a whole mark."""

    levels: str
    words: str
    controls: str
    whole: re.Pattern[str]


def alternatives(spellings: Iterable[str]) -> str:
    """A regular expression for any of these, their words apart by a blank, a hyphen or nothing, longest first."""
    longest_first = sorted(sorted(spellings), key=len, reverse=True)
    first = "".join(sorted({each[0] for each in longest_first}))
    return f"(?=[{first}])(?:{'|'.join(re.escape(each).replace(chr(92) + ' ', '[ -]?') for each in longest_first)})"


@lru_cache(maxsize=1)
def classified() -> Classified:
    """The patterns made of ``classified.yml``."""
    data = load_data("classified.yml")
    levels = alternatives(data["letters"] + data["words"])
    long = alternatives(data["words"])
    controls = alternatives(data["controls"])
    foreign = alternatives(data["foreign"])
    whole = re.compile(
        rf"""(?: {levels} ) (?: \ ?[.]? $ | [ ]?[/,;|&-][ ]? (?: {controls} ) \b | [ ] (?: {controls} ) \b )
          |  (?i: {levels} ) [ ]?/[ ]?/
          |  /[ ]?/ .* (?<![A-Za-z0-9]) (?: {foreign} ) (?![A-Za-z0-9])
          |  .* /[ ]? (?: {long} | TS ) (?![A-Za-z0-9])""",
        re.VERBOSE,
    )
    return Classified(levels, long, controls, whole)


def is_classified(folded: str) -> bool:
    """Whether folded text between parentheses is a classified mark."""
    return classified().whole.match(folded.strip()) is not None
