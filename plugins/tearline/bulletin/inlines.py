"""Inlines: the words of one portion -> a tuple of nodes, read once, left to right, in linear time.

    inline    = escape | entity | code | autolink | address | image | note | link | emphasis | break | words
    link      = "[" inline* "](" target [blank quoted] ")"      target: an address, a bulletin, or a mark
    image     = "![" words "](" file [blank quoted] ")"
    note      = "[^" label "]"
    code      = run of backticks ... the same run
    address   = "http" ["s"] "://" ...                          its signs are words: a_b, a*b, a&copy;b
    emphasis  = CommonMark's delimiter runs of up to three, without its rule of three, not between digits

What is read here and not understood is words; what could be read two ways by two programs is a finding. Links do not
stand in links: the outer one is words, and a finding.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from tearline.bulletin.delimiters import Run, paired
from tearline.bulletin.links import ENTITY, Tail, as_link, as_portion, decoded, mark_of, tail_at
from tearline.bulletin.markup import html_at
from tearline.bulletin.reading import LINK_WORK, Content, Reader
from tearline.bulletin.tree import Break, Code, Image, Inline, InlinePortion, Link, NoteRef, Text, nested, words_of
from tearline.marking import Mark, find_marks

MAX_BRACKETS: Final = 24  # open at the same time; older ones are words
_SPECIAL = re.compile(r"[\\&`<\[\]*_{]|!(?=\[)|-8<-|(?<=  )\n|https?://(?=\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_AUTOLINK = re.compile(
    r"<((?:https?://|mailto:|tel:)[^\s<>\"]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>", re.IGNORECASE
)
_URL = re.compile(r"https?://[^\s<>\"“”\[\]`\\]+")
_URL_END: Final = "*_.,;:!?'\u2019)"  # signs at an address's end that belong to the sentence
_TICKS = re.compile(r"`+")
_NOTE = re.compile(r"\[\^([^\]\[\s^]{1,64})\]")
# Macros, template comments, attribute lists, critic marks.
_BRACES = re.compile(r"\{(?:\{|%|#|:?[ ]{0,4}[.#][\w-]|:[ ]|[ ]{0,4}[\w-]{1,40}=|\+\+|--|==|>>|~~)")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)


def invisible(text: str) -> list[int]:
    """Offsets of control, bidirectional and zero-width characters, which could hide words from a reader."""
    return [match.start() for match in _INVISIBLE.finditer(text)]


def code_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the code spans in a text, backticks included. A run that no equal run follows opens none."""
    runs = [(run.start(), run.end()) for run in _TICKS.finditer(text)]
    starts: dict[int, list[int]] = {}
    for start, end in runs:
        starts.setdefault(end - start, []).append(start)
    spans, last = [], 0
    for first, end in runs:
        if first < last:
            continue
        start = first + _is_escaped(text, first)
        same = starts.get(end - start, [])
        after = bisect_right(same, first)
        if after < len(same):
            last = same[after] + end - start
            spans.append((start, last))
    return spans


def _is_escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before a character. No more than a few are looked at."""
    before = text[max(at - 16, 0) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


@dataclass(slots=True)
class _Bracket:
    """An opening bracket that is not resolved yet: its place among the parts, the flat pieces and the content.

    ``holds_link`` is whether a link has ended inside it.
    """

    part: int
    piece: int
    at: int
    image: bool
    holds_link: bool = False


class _Flat:
    """The visible words in order, each with the way back to the content: what a mark could hide in."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, int, bool]] = []
        self._starts: list[int] = []

    def add(self, words: str, at: int, *, verbatim: bool = True) -> int:
        """Add words that stand at ``at``; the number of the piece, for ``drop``."""
        self._pieces.append((words, at, verbatim))
        return len(self._pieces) - 1

    def drop(self, piece: int) -> None:
        """Take back a piece that turned out to be markup."""
        self._pieces[piece] = ("", 0, False)

    def text(self) -> str:
        """All the words."""
        self._starts = [0, *accumulate(len(words) for words, _, _ in self._pieces)]
        return "".join(words for words, _, _ in self._pieces)

    def at(self, index: int) -> int:
        """Where in the content the character at ``index`` of ``text()`` stands."""
        piece = min(bisect_right(self._starts, index), len(self._pieces)) - 1
        _, at, verbatim = self._pieces[piece]
        return at + index - self._starts[piece] if verbatim else at


class _Scanner:
    """Reads one content; see the grammar above. ``asides`` are words that stand in no flow: targets, titles, labels."""

    def __init__(self, content: Content, reader: Reader) -> None:
        self.content = content
        self.text = content.text
        self.reader = reader
        self.parts: list[Inline | Run] = []
        self.brackets: list[_Bracket] = []
        self.flat = _Flat()
        self.asides: list[tuple[str, int]] = []
        self._code: dict[int, int] | None = None

    def report(self, rule: str, index: int, detail: str = "", width: int = 1) -> None:
        self.reader.report(rule, self.content.at(index), detail, width=width)

    def words(self, words: str, at: int, *, verbatim: bool = True) -> None:
        """Add plain words that stand at ``at``; not verbatim where they are decoded."""
        if words:
            words = words.replace("\n", " ")
            self.parts.append(Text(words))
            self.flat.add(words, at, verbatim=verbatim)

    def run(self) -> tuple[Inline, ...]:
        index, begin = 0, self.content.at(0)
        for special in _SPECIAL.finditer(self.text):
            if special.start() >= index:
                self.reader.spend(1, begin)
                self.words(self.text[index : special.start()], index)
                index = _READERS[special[0][:1]](self, special.start())
        self.words(self.text[index:], index)
        return paired(self.parts)

    # Each reader takes the index of its first character and returns the index after what it read.

    def escape(self, index: int) -> int:
        if match := _ESCAPED.match(self.text, index):
            self.words(match[1], index + 1)
            return index + 2
        if self.text.startswith("\\\n", index):
            return self.hard_break(index + 1)
        self.words("\\", index)
        return index + 1

    def entity(self, index: int) -> int:
        match = ENTITY.match(self.text, index)
        said = decoded(match[0]) if match else "&"
        if match is None or said == match[0]:
            self.words("&", index)
            return index + 1
        if not said or invisible(said):
            self.report("forbidden-character", index, width=len(match[0]))
            said = " "
        self.words(" " if said in "\t\n" else said, index, verbatim=False)
        return match.end()

    def code(self, index: int) -> int:
        if self._code is None:
            self._code = dict(code_spans(self.text))
        opening = _TICKS.match(self.text, index)
        length = opening.end() - index if opening else 1
        end = self._code.get(index)
        if end is None:
            self.words("`" * length, index)
            return index + length
        words = self.text[index + length : end - length].replace("\n", " ")
        if words.strip() and words[0] == words[-1] == " ":
            words = words[1:-1]
        self.parts.append(Code(words))
        self.flat.add(words, index + length)
        return end

    def angle(self, index: int) -> int:
        if match := _AUTOLINK.match(self.text, index):
            said = decoded(match[1])
            self.flat.add(said, index + 1)
            target = said if ":" in said else f"mailto:{said}"
            self.parts.append(Link(target, "", (Text(said),), self.content.at(index)))
            return match.end()
        if width := html_at(self.text, index):
            self.report("raw-html", index, width=width)
        self.words("<", index)
        return index + 1

    def address(self, index: int) -> int:
        """An address typed as it is: words, whatever signs are in it."""
        match = _URL.match(self.text, index)
        end = index + len(match[0].rstrip(_URL_END)) if match else index + 1
        self.words(self.text[index:end], index)
        return end

    def brace(self, index: int) -> int:
        if match := _BRACES.match(self.text, index):
            self.report("unsupported-markup", index, "a macro, attribute list or edit mark", width=len(match[0]))
        self.words("{", index)
        return index + 1

    def snippet(self, index: int) -> int:
        self.report("unsupported-markup", index, "a snippet", width=4)
        self.words("-8<-", index)
        return index + 4

    def hard_break(self, index: int) -> int:
        """Two blanks or a backslash at a line's end."""
        self.parts.append(Break())
        self.flat.add(" ", index, verbatim=False)
        return index + len("\n")

    def delimiter(self, index: int) -> int:
        run = Run.at(self.text, index)
        self.parts.append(run if run.is_live else Text(run.text))
        if not run.is_live:
            self.flat.add(run.text, index)
        return index + run.count

    def bang(self, index: int) -> int:
        if _NOTE.match(self.text, index + 1):
            self.words("!", index)
            return index + 1
        return self.open_bracket(index, index + 2, image=True)

    def bracket(self, index: int) -> int:
        if match := _NOTE.match(self.text, index):
            self.parts.append(NoteRef(match[1], self.content.at(index)))
            self.asides.append((match[1], index + 2))
            return match.end()
        return self.open_bracket(index, index + 1, image=False)

    def open_bracket(self, index: int, end: int, *, image: bool) -> int:
        if len(self.brackets) == MAX_BRACKETS:
            del self.brackets[0]
        self.parts.append(Text(self.text[index:end]))
        piece = self.flat.add(self.text[index:end], index)
        self.brackets.append(_Bracket(len(self.parts) - 1, piece, index, image))
        return end

    def close_bracket(self, index: int) -> int:
        opener = self.brackets.pop() if self.brackets else None
        tail = tail_at(self.content, index + 1) if opener else None
        if opener is None or tail is None or (opener.holds_link and not opener.image):
            if opener is not None and self.text.startswith("(", index + 1):
                self.report("bad-link", opener.at, width=index + 1 - opener.at)
            self.words("]", index)
            return index + 1
        if tail.is_plural and not opener.image:
            self.words("]", index)
            return index + 1
        self.flat.drop(opener.piece)
        inside = self.parts[opener.part + 1 :]
        del self.parts[opener.part :]
        self.reader.spend(LINK_WORK, self.content.at(index))
        self.parts.append(self.linked(opener, paired(inside), tail))
        return tail.end

    def linked(self, opener: _Bracket, children: tuple[Inline, ...], tail: Tail) -> Inline:
        at = self.content.at(opener.at)
        if opener.image:
            self.asides += [(tail.target, tail.at), (tail.title, tail.at)]
            if any(isinstance(inline, InlinePortion) for inline in nested(children)):
                self.report("inline-portion", opener.at)
            return Image(tail.target, words_of(children) or tail.title, at)
        for bracket in self.brackets:
            bracket.holds_link = True
        errors = self.reader.errors
        mark = mark_of(tail, self.content, self.reader)
        if self.reader.errors > errors:
            return Link(tail.target, tail.title, children, at)
        if mark is not None:
            words = read_inlines(tail.quoted, self.reader, None) if tail.title else None
            return as_portion(mark, children, words, at, self.reader)
        self.asides += [(tail.target, tail.at), (tail.title, tail.at)]
        if invisible(tail.target) or invisible(tail.title):
            self.report("forbidden-character", tail.at)
        return as_link(tail, children, at, self.content, self.reader)


_READERS: Final[Mapping[str, Callable[[_Scanner, int], int]]] = {
    "\\": _Scanner.escape,
    "&": _Scanner.entity,
    "`": _Scanner.code,
    "<": _Scanner.angle,
    "!": _Scanner.bang,
    "[": _Scanner.bracket,
    "]": _Scanner.close_bracket,
    "*": _Scanner.delimiter,
    "_": _Scanner.delimiter,
    "{": _Scanner.brace,
    "\n": _Scanner.hard_break,
    "-": _Scanner.snippet,
    "h": _Scanner.address,
}


def _tidy(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Blanks and breaks at both ends of a portion, and blanks around hard breaks, carry nothing."""
    kept = list(nodes)
    while kept and _is_empty(kept[0]):
        del kept[0]
    while kept and _is_empty(kept[-1]):
        del kept[-1]
    for index, node in enumerate(kept):
        if isinstance(node, Text):
            words = node.words
            if index == 0 or isinstance(kept[index - 1], Break):
                words = words.lstrip()
            if index == len(kept) - 1 or isinstance(kept[index + 1], Break):
                words = words.rstrip()
            kept[index] = Text(words)
    return tuple(node for node in kept if not (isinstance(node, Text) and not node.words))


def _is_empty(node: Inline) -> bool:
    return isinstance(node, Break) or (isinstance(node, Text) and not node.words.strip())


def read_inlines(content: Content, reader: Reader, own: Mark | None) -> tuple[Inline, ...]:
    """The words of a portion as nodes; ``own`` is the portion's mark, for a mark repeated inside it.

    Findings go to ``reader``: marks inside the portion, links that lead nowhere known, markup that is
    not part of the language.
    """
    if not content.text:
        return ()
    scanner = _Scanner(content, reader)
    nodes = _tidy(scanner.run())
    report_marks(scanner.flat.text(), lambda index: content.at(scanner.flat.at(index)), reader, own)
    for aside, index in scanner.asides:
        if find_marks(aside, reader.system):
            reader.report("misplaced-mark", content.at(index))
    return nodes


def report_marks(text: str, place: Callable[[int], int], reader: Reader, own: Mark | None) -> None:
    """Report the marks in a text that belongs to a portion marked ``own``; ``place`` leads back to the source.

    The portion's own mark is only a warning, once: every reading of it agrees (marking-language.md, section 4).
    """
    repeated = False
    likes = find_marks(text, reader.system)
    if likes:
        reader.spend(len(likes), place(likes[0].start))
    for like in likes:
        rule = "classified-mark" if like.classified else "misplaced-mark"
        if like.mark is not None and like.mark == own:
            if repeated:
                continue
            rule, repeated = "repeated-mark", True
        reader.report(rule, place(like.start), str(like.mark or ""), width=like.end - like.start)
