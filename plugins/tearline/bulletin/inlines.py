"""Inlines: the words of one portion -> a tuple of nodes, read once, left to right, in linear time.

    inline    = escape | entity | code | autolink | image | note | link | emphasis | break | words
    link      = "[" inline* "](" target [blank quoted] ")"      target: an address, a bulletin, or a mark
    image     = "![" words "](" file [blank quoted] ")"
    note      = "[^" label "]"
    code      = run of backticks ... the same run
    emphasis  = CommonMark's delimiter runs, without its rule of three

What is read here and not understood is words; what could be read two ways by two programs is a finding.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from html.entities import html5
from itertools import accumulate
from typing import Final

from tearline.bulletin.reading import Content, Reader, one_line
from tearline.bulletin.tree import (
    Break,
    Code,
    Emphasis,
    Image,
    Inline,
    InlinePortion,
    Link,
    NoteRef,
    Text,
    nested,
)
from tearline.marking import Mark, find_marks, read_mark

MAX_NESTING: Final = 24
_SPECIAL = re.compile(r"[\\&`<\[\]!*_{\n]|--8<--")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:|tel:)[^\s<>\"]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|<!--|<[!?][A-Za-z\[]")
_TICKS = re.compile(r"`+")
_NOTE = re.compile(r"\[\^([^\]\[\s^]{1,64})\]")
_BRACES = re.compile(r"\{(?:\{|%|#|:[ ]|\.[\w-]|\+\+|--|==|>>|~~)")
_TAIL = re.compile(
    r"""\(\s*(?P<target><[^<>\n]{0,2000}>
        |[^\s()<>"“]{1,2000}(?:\([^\s()<>"]{0,500}\)[^\s()<>"]{0,500}){0,4}
        |[A-Za-z][^()<>"“\n]{0,120}?)
    (?:\s+(?P<title>"(?:[^"\\]|\\.){0,2000}"|'(?:[^'\\]|\\.){0,2000}'|“[^”]{0,2000}”))?\s*\)""",
    re.VERBOSE,
)
_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@|tel:[+\d])", re.IGNORECASE)
_BULLETIN = re.compile(r"[A-Za-z0-9._~/ -]{1,200}")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]")  # fmt: skip


def invisible(text: str) -> list[int]:
    """Offsets of control, bidirectional and zero-width characters, which could hide words from a reader."""
    return [match.start() for match in _INVISIBLE.finditer(text)]


@dataclass(slots=True)
class _Run:
    """A delimiter run that is not resolved yet."""

    char: str
    count: int
    opens: bool
    closes: bool


@dataclass(slots=True)
class _Bracket:
    """An opening bracket that is not resolved yet: its place among the parts, the flat pieces and the content."""

    index: int
    piece: int
    at: int
    image: bool


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
        piece = bisect_right(self._starts, index) - 1
        _, at, verbatim = self._pieces[min(piece, len(self._pieces) - 1)]
        return at + index - self._starts[piece] if verbatim else at


class _Scanner:
    """Reads one content; see the grammar above."""

    def __init__(self, content: Content, reader: Reader, *, plain: bool = False) -> None:
        self.content = content
        self.text = content.text
        self.reader = reader
        self.plain = plain
        self.parts: list[Inline | _Run] = []
        self.brackets: list[_Bracket] = []
        self.flat = _Flat()
        self.asides: list[tuple[str, int]] = []
        self.depth: dict[int, int] = {}
        self.ticks: dict[int, list[int]] | None = None

    def report(self, rule: str, index: int, detail: str = "", width: int = 1) -> None:
        self.reader.report(rule, self.content.at(index), detail, width=width)

    def words(self, words: str, at: int, *, verbatim: bool = True) -> None:
        """Add plain words that stand at ``at``; not verbatim where they are decoded."""
        if words:
            self.parts.append(Text(words))
            self.flat.add(words, at, verbatim=verbatim)

    def run(self) -> tuple[Inline, ...]:
        index, end = 0, len(self.text)
        while index < end:
            special = _SPECIAL.search(self.text, index)
            if special is None:
                self.words(self.text[index:], index)
                break
            self.words(self.text[index : special.start()], index)
            index = _READERS[special[0]](self, special.start())
        return self.resolve(0)

    # Each reader takes the index of its first character and returns the index after what it read.

    def escape(self, index: int) -> int:
        if match := _ESCAPED.match(self.text, index):
            self.words(match[1], index + 1)
            return index + 2
        if self.text.startswith("\\\n", index):
            return self.hard_break(index, index + 2)
        self.words("\\", index)
        return index + 1

    def entity(self, index: int) -> int:
        match = _ENTITY.match(self.text, index)
        if match is None or (match[0][1] != "#" and match[0][1:] not in html5):
            self.words("&", index)
            return index + 1
        decoded = html.unescape(match[0])
        if not decoded or invisible(decoded):
            self.report("forbidden-character", index, width=len(match[0]))
            decoded = " "
        self.words(decoded, index, verbatim=False)
        return match.end()

    def code(self, index: int) -> int:
        if self.ticks is None:
            self.ticks = {}
            for run in _TICKS.finditer(self.text):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        opening = _TICKS.match(self.text, index)
        length = len(opening[0]) if opening else 1
        starts = self.ticks.get(length, [])
        after = bisect_right(starts, index)
        if after == len(starts):
            self.words("`" * length, index)
            return index + length
        words = self.text[index + length : starts[after]].replace("\n", " ")
        if len(words) > 2 and words[0] == words[-1] == " " and words.strip():
            words = words[1:-1]
        self.parts.append(Code(words))
        self.flat.add(words, index + length)
        return starts[after] + length

    def angle(self, index: int) -> int:
        if match := _AUTOLINK.match(self.text, index):
            target = match[1]
            self.flat.add(target, index + 1)
            self.parts.append(
                Link(target if ":" in target else f"mailto:{target}", "", (Text(target),), self.content.at(index))
            )
            return match.end()
        if match := _TAG.match(self.text, index):
            self.report("raw-html", index, width=len(match[0]))
        self.words("<", index)
        return index + 1

    def brace(self, index: int) -> int:
        if match := _BRACES.match(self.text, index):
            self.report("unsupported-markup", index, width=len(match[0]))
        self.words("{", index)
        return index + 1

    def snippet(self, index: int) -> int:
        self.report("unsupported-markup", index, width=6)
        self.words("--8<--", index)
        return index + 6

    def newline(self, index: int) -> int:
        if self.text.startswith("  ", max(index - 2, 0)):
            return self.hard_break(index, index + 1)
        self.words(" ", index)
        return index + 1

    def hard_break(self, index: int, end: int) -> int:
        self.parts.append(Break())
        self.flat.add(" ", index, verbatim=False)
        return end

    def delimiter(self, index: int) -> int:
        char = self.text[index]
        end = index
        while end < len(self.text) and self.text[end] == char:
            end += 1
        before = self.text[index - 1] if index else " "
        after = self.text[end] if end < len(self.text) else " "
        left = not after.isspace() and (after.isalnum() or before.isspace() or not before.isalnum())
        right = not before.isspace() and (before.isalnum() or after.isspace() or not after.isalnum())
        if char == "_":
            left, right = left and (not right or not before.isalnum()), right and (not left or not after.isalnum())
        self.parts.append(_Run(char, end - index, left, right))
        return end

    def bang(self, index: int) -> int:
        if not self.text.startswith("![", index):
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
        if len(self.brackets) == MAX_NESTING:
            del self.brackets[0]
        self.parts.append(Text(self.text[index:end]))
        piece = self.flat.add(self.text[index:end], index)
        self.brackets.append(_Bracket(len(self.parts) - 1, piece, index, image))
        return end

    def close_bracket(self, index: int) -> int:
        opener = self.brackets.pop() if self.brackets else None
        tail = _TAIL.match(self.text, index + 1) if opener else None
        if opener is None or tail is None:
            if opener is not None and self.text.startswith("(", index + 1):
                self.report("bad-link", opener.at, width=index + 1 - opener.at)
            self.words("]", index)
            return index + 1
        self.flat.drop(opener.piece)
        del self.parts[opener.index]
        self.parts.append(self.linked(opener, self.resolve(opener.index), tail))
        return tail.end()

    def linked(self, opener: _Bracket, children: tuple[Inline, ...], tail: re.Match[str]) -> Inline:
        at = self.content.at(opener.at)
        target = html.unescape(tail["target"].removeprefix("<").removesuffix(">").strip())
        title = " ".join(re.sub(r"\\(.)", r"\1", html.unescape((tail["title"] or "  ")[1:-1])).split())
        where = tail.start("target")
        if opener.image:
            self.asides += [(target, where), (title, where)]
            return Image(target, title if not children else _alt(children), at)
        inner = list(nested(children))
        if any(isinstance(inline, InlinePortion) for inline in inner):
            self.report("inline-portion", opener.at)
        if "://" not in target and (reading := read_mark(target, self.reader.system)) and reading.mark:
            if not reading.canonical:
                self.report("alias-mark", where, str(reading.mark), len(target))
            return self.portion(reading.mark, children, title, at, tail)
        self.asides += [(target, where), (title, where)]
        if not children or any(isinstance(inline, Link | Image | NoteRef) for inline in inner):
            self.report("bad-link", opener.at)
        if not _ADDRESS.match(target) and not _BULLETIN.fullmatch(target):
            self.report("bad-link", where, width=len(target))
        elif invisible(target) or invisible(title):
            self.report("forbidden-character", where)
        return Link(target, title, children, at)

    def portion(self, mark: Mark, children: tuple[Inline, ...], title: str, at: int, tail: re.Match[str]) -> Inline:
        replacement: tuple[Inline, ...] | None = None
        if title:
            source = one_line(title, self.content.at(tail.start("title") + 1))
            replacement = read_inlines(source, self.reader, None)
            if any(isinstance(inline, Link | Image | NoteRef | InlinePortion) for inline in nested(replacement)):
                self.reader.report("inline-portion", at)
        if not children or self.plain:
            self.reader.report("inline-portion", at)
        return InlinePortion(mark, children, replacement, at)

    def resolve(self, start: int) -> tuple[Inline, ...]:
        """Take the parts from ``start`` on, pair their delimiter runs, and give the finished nodes."""
        parts = self.parts[start:]
        del self.parts[start:]
        done: list[Inline | _Run] = []
        openers: dict[str, list[int]] = {"*": [], "_": []}
        for part in parts:
            if isinstance(part, _Run):
                self.close_run(part, done, openers)
                if part.count and part.opens:
                    openers[part.char].append(len(done))
                if part.count:
                    done.append(part)
            else:
                done.append(part)
        return _merged(done)

    def close_run(self, run: _Run, done: list[Inline | _Run], openers: dict[str, list[int]]) -> None:
        """Pair a closing run with the nearest opening ones, as long as both last."""
        while run.closes and run.count and openers[run.char]:
            index = openers[run.char][-1]
            opener = done[index]
            if not isinstance(opener, _Run):  # never: the index is kept in step below
                return
            children = _merged(done[index + 1 :])
            deep = 1 + max((self.depth.get(id(child), 0) for child in children), default=0)
            if deep > MAX_NESTING or not children:
                openers[run.char].clear()  # the rest is words; keeping them would be quadratic
                return
            size = 2 if run.count >= 2 and opener.count >= 2 else 1
            node = Emphasis(size == 2, children)
            self.depth[id(node)] = deep
            opener.count -= size
            run.count -= size
            del done[index + (1 if opener.count else 0) :]
            if not opener.count:
                openers[run.char].pop()
            for stack in openers.values():
                while stack and stack[-1] >= len(done):
                    stack.pop()
            done.append(node)


def _alt(children: tuple[Inline, ...]) -> str:
    said = [inline.words for inline in nested(children) if isinstance(inline, Text | Code)]
    return "".join(said)


def _merged(parts: list[Inline | _Run]) -> tuple[Inline, ...]:
    """Finished nodes: runs that found no partner are words, and neighbouring words are one run of words."""
    nodes: list[Inline] = []
    words: list[str] = []

    def flush() -> None:
        if words:
            nodes.append(Text("".join(words)))
            words.clear()

    for part in parts:
        match part:
            case _Run(char=char, count=count):
                words.append(char * count)
            case Text(words=said):
                words.append(said)
            case _:
                flush()
                nodes.append(part)
    flush()
    return tuple(nodes)


_READERS = {
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
    "\n": _Scanner.newline,
    "--8<--": _Scanner.snippet,
}


def _tidy(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Blanks at both ends of a portion and around hard breaks carry nothing."""
    kept = list(nodes)
    for index, node in enumerate(kept):
        if isinstance(node, Text):
            words = node.words
            if index == 0 or isinstance(kept[index - 1], Break):
                words = words.lstrip()
            if index == len(kept) - 1 or isinstance(kept[index + 1], Break):
                words = words.rstrip()
            kept[index] = Text(words)
    kept = [node for node in kept if not (isinstance(node, Text) and not node.words)]
    while kept and isinstance(kept[-1], Break):
        kept.pop()
    return tuple(kept)


def read_inlines(content: Content, reader: Reader, own: Mark | None) -> tuple[Inline, ...]:
    """The words of a portion as nodes; ``own`` is the portion's mark, for a mark repeated inside it.

    Findings go to ``reader``: marks inside the portion, links that lead nowhere known, markup that is
    not part of the language. Never raises on any text.
    """
    scanner = _Scanner(content, reader)
    nodes = _tidy(scanner.run())
    for like in find_marks(scanner.flat.text(), reader.system):
        at = content.at(scanner.flat.at(like.start))
        rule = "repeated-mark" if like.mark is not None and like.mark == own else "misplaced-mark"
        reader.report(rule, at, str(like.mark or ""), width=like.end - like.start)
    for aside, index in scanner.asides:
        if find_marks(aside, reader.system):
            reader.report("misplaced-mark", content.at(index))
    return nodes
