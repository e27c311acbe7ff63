"""The mark that opens a block: ``opening = blanks? , wrapper? , "(" , mark , ")" , wrapper? , blanks?``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tearline.marking.classified import is_classified
from tearline.marking.folding import bare
from tearline.marking.reading import BLANKS, LONGEST, Reading, read_mark
from tearline.marking.shape import is_ordinary, is_shaped

_OPEN = re.compile(rf"[ \t]*(?P<wrap>(?:\*\*\*|\*\*|\*|___|__|_|`)?)\((?P<text>[^()\n]{{1,{LONGEST}}})\)(?P=wrap)")
_REST = re.compile(rf"[{BLANKS}]*")
_GLUED = re.compile(r"[\w\"'\u201c\u2018\u00ab(\[*_`!$#<&\\]")
_FOLDED = re.compile(rf" ?\((?P<text>[^()]{{1,{LONGEST}}})\)")


@dataclass(frozen=True, slots=True)
class Opening:
    """The mark that opens a block: ``text`` between parentheses at ``start``; ``end`` is where the words begin."""

    start: int
    end: int
    text: str
    reading: Reading


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
