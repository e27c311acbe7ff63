"""One portion: ``portion = [ordinal], mark, words``, the words being inlines.

A number stands before the mark (DoDM 5200.01 V2 encl. 3 sec. 6): ``6.1 (U) Change requests``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from tearline.bulletin.inlines import read_inlines
from tearline.bulletin.reading import PORTION_WORK, Content, Reader
from tearline.bulletin.tree import Portion
from tearline.marking import Mark, Opening, open_mark, read_mark

MARK_REACH: Final = 400  # no mark is longer; keeps reading one linear
_NUMBER_THE_LIST: Final = "if this is an enumeration, number the list"

# A number typed before the mark. A capital in parentheses is never one: "(S) (U)" is a mark at a mark's place.
_ORDINAL = re.compile(
    r"(\((?:[0-9]{1,4}|[a-tv-z]|[ivxlc]{2,6})\)|(?:[A-Za-z]|[ivxlc]{2,6}|[IVXLC]{2,6})[.)]"
    r"|[0-9]{1,4}(?:\.(?:[0-9]{1,4}|[A-Za-z])){0,6}[.)]?)[ \t\u00a0]+(?=[(*_`])"
)
_ENUMERATED = re.compile(r"\([A-Z]\)[ \t\u00a0]")
_WRAPPER = re.compile(r"\*{1,3}+|_{1,3}+|`++")
# What can only be meant as more of the mark before it: "(U) //LES", "(U)**/LES**", "(U) LES: ...".
_MORE = re.compile(
    r"[\s*_`\\\[]*+(?:/[\s/]*+(?P<slashed>[A-Z]{2,})|(?P<double>//)|(?P<colon>[A-Z]{2,12})[*_`]*+[ \t]?:)"
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before a portion's words: the number, the mark's opening, and the words that are left."""

    ordinal: str
    opening: Opening | None
    at: int
    rest: Content


def is_marked(text: str, system: str, start: int = 0) -> bool:
    """Whether a mark, readable or not, opens the text at ``start``."""
    return open_mark(text[start : start + MARK_REACH], system) is not None


def read_portion(
    content: Content, reader: Reader, *, marked: bool = True, worded: bool = True, mend: str = ""
) -> Portion:
    """Ordinal, mark and words.

    ``marked``: a missing mark is a finding, with the detail ``mend``; ``worded``: missing words are one.
    """
    reader.portions += 1
    number, at = reader.portions, content.at(0)
    reader.spend(PORTION_WORK, at)
    reader.measure(content.text, at)
    head = _head(content, reader.system)
    mark = None
    if head.opening is not None:
        mark = _report_opening(head.opening, content.at(head.at), reader)
        _report_more(head.rest, reader)
    elif marked:
        reader.report("unmarked-portion", at, _NUMBER_THE_LIST if _ENUMERATED.match(content.text) else mend)
    inlines = read_inlines(head.rest, reader, mark)
    if worded and not inlines:
        reader.report("empty-portion", at)
    return Portion(mark, inlines, number, head.ordinal, at)


def _head(content: Content, system: str) -> _Head:
    ordinal = _ORDINAL.match(content.text)
    start = ordinal.end() if ordinal else 0
    near = content.text[start : start + MARK_REACH]
    opening = open_mark(near, system)
    if opening is None:
        return _Head("", None, 0, content)
    typed = ordinal[1] if ordinal else ""
    wrapper = _WRAPPER.match(near)
    if wrapper is not None and wrapper[0][0] != "`" and opening.reading.mark is None:
        inner = open_mark(near[wrapper.end() :], system)
        if inner is not None and inner.start == 0 and inner.reading.mark is not None:
            return _inside(content, typed, start, wrapper[0], inner)
    if wrapper is not None:  # a rewriting has to take the wrapper too
        opening = replace(opening, start=0)
    return _Head(typed, opening, start + opening.start, content.part(start + opening.end))


def _inside(content: Content, typed: str, start: int, run: str, inner: Opening) -> _Head:
    """A mark that is the first thing in emphasis that goes on, ``**(U) Summary.** Words``: the two change places."""
    after = content.part(start + len(run) + inner.end)
    pieces = [(index + len(run), source) for index, source in after.pieces]
    rest = Content(run + after.text, ((0, content.at(start)), *pieces))
    reading = replace(inner.reading, canonical=False, detail=f"({inner.reading.mark}) {run}")
    return _Head(typed, replace(inner, start=0, end=len(run) + inner.end, reading=reading), start, rest)


def _report_opening(opening: Opening, at: int, reader: Reader) -> Mark | None:
    """The mark that opens a portion; what is wrong with it is said where it stands."""
    reading, width = opening.reading, opening.end - opening.start
    if reading.problem:
        single = reading.problem == "classified-mark" and len(opening.text.strip()) == 1
        reader.report(reading.problem, at, _NUMBER_THE_LIST if single else reading.detail, width=width)
    elif not reading.canonical:
        reader.report("alias-mark", at, reading.detail, width=width)
    return reading.mark


def _report_more(rest: Content, reader: Reader) -> None:
    """Report a mark that goes on after its parenthesis: its portion would be read as lower than it was meant."""
    more = _MORE.match(rest.text[:MARK_REACH])
    if more is None:
        return
    spellings = (f"U//{more['slashed'] or more['colon']}", f"CUI//{more['slashed']}")
    if more["double"] or any(read_mark(each, reader.system).mark is not None for each in spellings):
        reader.report("misplaced-mark", rest.at(0), width=more.end())
