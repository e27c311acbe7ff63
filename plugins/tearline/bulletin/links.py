"""Links: ``tail = "(" target [blank quoted] ")"`` behind a bracket, and what may stand in the target.

A target is an address (http, https, mailto, tel), another bulletin by its id or file, or a mark, which makes the
link an inline portion (marking-language.md, sections 4 and 5).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.entities import html5

from tearline.bulletin.reading import Content, Reader
from tearline.bulletin.tree import Image, Inline, InlinePortion, Link, NoteRef, nested
from tearline.marking import Mark, open_mark, read_mark

_TAIL = re.compile(
    r"""\(\s*+
    (?P<target> <[^<>\n]{0,2000}+>
      | (?:[^\s()<>"“]|\([^\s()<>"]{0,500}+\)){1,2000}+ (?:[ \t]++[A-Za-z0-9/,:+&-]{1,40}+){0,12}+ )
    (?:\s++(?P<title>"(?:[^"\\]|\\.){0,2000}+"|'(?:[^'\\]|\\.){0,2000}+'|“[^”]{0,2000}+”))?+
    \s*+\)""",
    re.VERBOSE | re.DOTALL,
)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@|tel:[+\d])", re.IGNORECASE)
_BULLETIN = re.compile(r"(?!.*//)[A-Za-z0-9._~/ -]{1,200}")
_PLURAL = re.compile(r"[a-z]|es|ies|[0-9]{1,3}")
_MARK_REACH = 200


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands behind a link's bracket, decoded. ``at`` is the target's index, ``end`` the index after it all.

    ``quoted`` is the title as it stands in the source.
    """

    target: str
    title: str
    quoted: Content
    at: int
    end: int

    @property
    def is_plural(self) -> bool:
        """Whether this is no link but a word's ending, or a number: ``[country trigraph](s)``, ``[3](4)``."""
        return not self.title and _PLURAL.fullmatch(self.target) is not None and self.target != "u"


def decoded(text: str) -> str:
    """The text with its entities decoded; only those that end in a semicolon are entities."""
    return ENTITY.sub(lambda m: html.unescape(m[0]) if m[0][1] == "#" or m[0][1:] in html5 else m[0], text)


def tail_at(content: Content, index: int) -> Tail | None:
    """The tail that begins at ``index``; None where there is none."""
    match = _TAIL.match(content.text, index)
    if match is None:
        return None
    start, end = (match.start("title") + 1, match.end("title") - 1) if match["title"] else (index, index)
    typed = match["target"]
    target = decoded(typed[1:-1] if typed[0] == "<" else typed).strip()
    title = " ".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", decoded(content.text[start:end])).split())
    return Tail(target, title, content.part(start, end), match.start("target"), match.end())


def mark_of(tail: Tail, content: Content, reader: Reader) -> Mark | None:
    """The mark that a target is. One that is meant as a mark and cannot be read is reported."""
    if "://" in tail.target:
        return None
    reading = read_mark(tail.target, reader.system)
    at, width = content.at(tail.at), len(tail.target)
    if reading.mark is not None:
        if not reading.canonical:
            reader.report("alias-mark", at, str(reading.mark), width=width)
        return reading.mark
    opening = open_mark(f"({tail.target[:_MARK_REACH]}) ", reader.system)
    if opening is not None:
        reader.report(opening.reading.problem or "malformed-mark", at, opening.reading.detail, width=width)
    return None


def as_portion(
    mark: Mark, children: tuple[Inline, ...], words: tuple[Inline, ...] | None, at: int, reader: Reader
) -> InlinePortion:
    """An inline portion. It holds words, and so does what replaces it."""
    unfit = any(isinstance(inline, Link | Image | NoteRef | InlinePortion) for inline in nested(words or ()))
    if unfit or not children or any(isinstance(inline, Image) for inline in nested(children)):
        reader.report("inline-portion", at)
    return InlinePortion(mark, children, words, at)


def as_link(tail: Tail, children: tuple[Inline, ...], at: int, content: Content, reader: Reader) -> Link:
    """A link; its target is checked as far as one document can tell."""
    if not children or any(isinstance(inline, NoteRef) for inline in nested(children)):
        reader.report("bad-link", at)
    if not _ADDRESS.match(tail.target) and not _BULLETIN.fullmatch(tail.target):
        reader.report("bad-link", content.at(tail.at), width=len(tail.target))
    return Link(tail.target, tail.title, children, at)
