"""Text as the eye sees it: what hides a mark from a program is folded away, and every offset finds its way back.

``fold`` undoes what changes code points and not looks: compatibility forms, accents, look-alike letters, slashes,
hyphens and parentheses, invisible characters, entities and percent escapes, and every run of white space. ``bare``
takes Markdown's own signs away as well. Both are linear.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from tearline.marking.loading import load_data

Folded = tuple[str, Sequence[int]]

# Runs of 26 letters that compatibility leaves alone: negative circled, negative squared, regional indicators.
_ALPHABETS: Final = (0x1F150, 0x1F170, 0x1F1E6)
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_LONGEST: Final = 5  # longer compatibility forms are ligatures of other scripts

_UNIT = re.compile(
    r"""(?P<plain> (?: [^\s&%\x00-\x1f\x7f-\U0010ffff]+ | &(?![\#A-Za-z]) | %(?![2-7][0-9A-Fa-f]) | \x20(?=[!-~]) )+ )
      | (?P<blank> \s+ )
      | (?P<entity> & (?: \#[0-9]{1,7} | \#[xX][0-9a-fA-F]{1,6} | [A-Za-z][A-Za-z0-9]{1,31} ) ;? )
      | (?P<escape> (?: % [2-7][0-9A-Fa-f] )+ )
      | (?P<other> (?: (?!\s)[\x00-\x1f\x7f-\U0010ffff] )+ | & )""",
    re.VERBOSE,
)
_SIGNS = re.compile(r"[*_`~]+|\\")
_CALM = re.compile(r"[^\x20-\x7e\n]|[&%]|\s\s")


class _Table(dict[str, str]):
    """What each character looks like, worked out when first met; what looks like itself is not kept."""

    def __missing__(self, char: str) -> str:
        seen = self._look(char)
        if seen != char:
            self[char] = seen
        return seen

    @cached_property
    def _known(self) -> dict[str, str]:
        return _known_looks()

    def _look(self, char: str) -> str:
        known = self._known.get(char)
        if known is not None:
            return known
        if char.isspace():
            return " "
        forms = unicodedata.normalize("NFKD", char)
        if len(forms) > _LONGEST:
            return char
        kept = (each for each in forms if unicodedata.category(each) not in _INVISIBLE)
        return "".join(self._known.get(each, each) for each in kept)


def _known_looks() -> dict[str, str]:
    looks = {char: seen for seen, chars in load_data("looks.yml").items() for char in chars.split()}
    for first in _ALPHABETS:
        looks |= {chr(first + offset): chr(ord("A") + offset) for offset in range(26)}
    return looks


_TABLE: Final = _Table()


def fold(text: str) -> Folded:
    """The text as it looks, and for each offset in it (its length included) the offset in ``text``.

    White space of any kind and length becomes one blank. A span ``[i, j)`` of the result came from
    ``[map[i], map[j])``, which takes in the invisible characters that follow it.
    """
    if not _CALM.search(text):
        return text.replace("\n", " "), range(len(text) + 1)
    pieces: list[str] = []
    index: list[int] = []
    for unit in _UNIT.finditer(text):
        piece, places = _seen(unit)
        if piece[:1] == " " and pieces and pieces[-1][-1] == " ":
            piece, places = piece[1:], places[1:]
        if "  " in piece:
            piece, places = _single_blanks(piece, places)
        if piece:
            pieces.append(piece)
            index.extend(places)
    index.append(len(text))
    return "".join(pieces), index


def _single_blanks(piece: str, places: Sequence[int]) -> Folded:
    """A piece without its second and further blanks in a row."""
    kept = [at for at, char in enumerate(piece) if char != " " or piece[at - 1 : at] != " "]
    return "".join(piece[at] for at in kept), [places[at] for at in kept]


def _seen(unit: re.Match[str]) -> Folded:
    """What one unit of the text looks like, and the place in the text of each character of that."""
    start, source = unit.start(), unit.group()
    match unit.lastgroup:
        case "plain":
            return source, range(start, unit.end())
        case "blank":
            return " ", (start,)
        case "entity":
            seen = "".join(_TABLE[char] for char in html.unescape(source))
            return seen, [start] * len(seen)
        case "escape":
            return unquote(source), range(start, unit.end(), 3)
    looks = [_TABLE[char] for char in source]
    return "".join(looks), [start + at for at, look in enumerate(looks) for _ in look]


def bare(text: str) -> Folded:
    """``fold`` without emphasis, code and escape signs. A backslash before anything else counts as a slash."""
    folded, index = fold(text)
    if not _SIGNS.search(folded):
        return folded, index
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for sign in _SIGNS.finditer(folded):
        at = sign.start()
        pieces.append(folded[last:at])
        kept.extend(index[last:at])
        if sign.group() == "\\" and folded[at + 1 : at + 2].isalnum():
            pieces.append("/")
            kept.append(index[at])
        last = sign.end()
    pieces.append(folded[last:])
    kept.extend(index[last:])
    return "".join(pieces), kept
