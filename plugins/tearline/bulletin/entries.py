"""One entry of a front matter, through PyYAML's scanner and parser, to a key and a value with places.

The pure-Python scanner and parser are used because they are iterative: the C ones overrun the stack on deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from yaml import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner
from yaml.tokens import DirectiveToken, ScalarToken, Token

from tearline.bulletin.values import Entry, Origin, Value

MAX_DEPTH: Final = 16
MAX_VALUES: Final = 1000

# Control, format, bidirectional and zero-width characters, lone surrogates, private use and non-characters, line
# separators that only some readers break lines at, and a carriage return that ends no line.
FORBIDDEN_CHARACTERS: Final = re.compile(
    "(?:[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff]|\r(?!\n))+"
)

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_NO_BLANK = re.compile(r"[A-Za-z_][\w-]*:[^ \r\n]")
_DETAILS = {  # what PyYAML was doing when it stopped -> what to say, and whether to point at where that began
    "while scanning a quoted scalar": "a quote is never closed, or goes on in column one",
    "while scanning a double-quoted scalar": "a \\ in double quotes begins nothing known; use single quotes",
    "while parsing a flow sequence": "a list in [ ] is never closed, or has a stray character",
    "while parsing a flow mapping": "a mapping in { } is never closed, or has a stray character",
}


_Data: TypeAlias = str | tuple[Value, ...] | dict[str, Entry]


class RefusedError(Exception):
    """Reading an entry ends here: a rule, an offset in the entry's text, and a detail without source words."""

    def __init__(self, rule: str, index: int, detail: str = "") -> None:
        super().__init__(rule, index, detail)
        self.rule, self.index, self.detail = rule, index, detail


class _Tokens(Reader, Scanner, Parser):
    """PyYAML's loader without composer and constructor, which notes everything that no token covers."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        self.source = text
        self.covered = 0
        self.comments: list[int] = []

    def get_token(self) -> Token:
        """The next token. Characters between two tokens, blanks aside, can only be a comment's."""
        token: Token = super().get_token()  # type: ignore[no-untyped-call]
        start, end = token.start_mark.index, token.end_mark.index
        self._note(self.covered, start)
        if isinstance(token, DirectiveToken):
            raise RefusedError("yaml-feature", start)
        if isinstance(token, ScalarToken) and token.style in {"|", ">"}:
            header_end = self.source.find("\n", start)
            self._note(start, header_end if header_end >= 0 else end, beside="|>+-0123456789")
        self.covered = max(self.covered, end)
        return token

    def next_event(self) -> Event:
        """The next event. The last one ends the stream."""
        event: Event = self.get_event()  # type: ignore[no-untyped-call]
        return event

    def fetch_flow_collection_start(self, TokenClass: type[Token]) -> None:  # noqa: N803 - PyYAML's own name
        """Stop here already: before it yields an event the scanner looks far ahead, at a cost of depth squared."""
        if self.flow_level > MAX_DEPTH:
            raise RefusedError("too-deep", self.index)
        super().fetch_flow_collection_start(TokenClass)

    def _note(self, start: int, end: int, beside: str = "") -> None:
        rest = self.source[start:end].lstrip(beside + " \r\n")
        if rest:
            self.comments.append(end - len(rest))


def _index(event: Event) -> int:
    return event.start_mark.index if event.start_mark else 0


@dataclass(slots=True)
class EntryReader:
    """Reads the one entry whose text is ``origin.text``.

    ``report(rule, index, detail, width)`` takes the faults; ``budget`` is how many values there may still be.
    """

    origin: Origin
    report: Callable[[str, int, str, int], None]
    budget: int

    def read(self) -> dict[str, Entry]:
        """The keys and values of the entry: usually one. Raises ``RefusedError`` where reading ends early."""
        tokens = _Tokens(self.origin.text)
        try:
            return self._document(tokens)
        except MarkedYAMLError as error:
            raise self._refusal(error) from None
        except (YAMLError, ValueError, OverflowError):  # chr() of an escape beyond Unicode, int() of a long version
            raise RefusedError("front-matter-syntax", 0, "an escape cannot be read") from None
        finally:
            for index in tokens.comments:
                self.report("yaml-feature", index, "a comment, or text that belongs in quotes", 1)

    def _document(self, tokens: _Tokens) -> dict[str, Entry]:
        self._expect(tokens, StreamStartEvent)
        start = tokens.next_event()
        if isinstance(start, StreamEndEvent):
            return {}
        if isinstance(start, DocumentStartEvent) and start.explicit:
            raise RefusedError("front-matter-syntax", _index(start), "a second document begins")
        root = tokens.next_event()
        if not isinstance(root, MappingStartEvent) or root.flow_style:
            raise RefusedError("front-matter-syntax", _index(root), self._hint() or "a line `key: value` is expected")
        if _index(root) and self.origin.text[_index(root) - 1] != "\n":
            raise RefusedError("front-matter-syntax", _index(root), "the keys begin in column one")
        entries = self._mapping(tokens, root, 1)
        while not isinstance(event := tokens.next_event(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                raise RefusedError("front-matter-syntax", _index(event), "a second document begins")
        return entries

    @staticmethod
    def _expect(tokens: _Tokens, kind: type[Event]) -> None:
        if not isinstance(event := tokens.next_event(), kind):
            raise RefusedError("front-matter-syntax", _index(event))

    def _refusal(self, error: MarkedYAMLError) -> RefusedError:
        detail = _DETAILS.get(error.context or "", "")
        mark = (error.context_mark if detail else error.problem_mark) or error.problem_mark or error.context_mark
        return RefusedError("front-matter-syntax", mark.index if mark else 0, detail or self._hint())

    def _hint(self) -> str:
        return "put a blank after the colon" if _NO_BLANK.match(self.origin.text) else ""

    def _mapping(self, tokens: _Tokens, start: Event, depth: int) -> dict[str, Entry]:
        self._admit(start, depth)
        entries: dict[str, Entry] = {}
        while not isinstance(event := tokens.next_event(), MappingEndEvent):
            index = _index(event)
            line, column = self.origin.position(index)
            key = self._key(event)
            value = self._node(tokens, tokens.next_event(), depth + 1)
            if key in entries:
                self.report("duplicate-key", index, "", len(key))
            elif key is not None:
                entries[key] = Entry(line, column, value)
        return entries

    def _key(self, event: Event) -> str | None:
        index = _index(event)
        if not isinstance(event, ScalarEvent):
            raise RefusedError("front-matter-syntax", index, "a key is a plain word")
        self._plain(event)
        if event.value == "<<":
            self.report("yaml-feature", index, "keys cannot be merged", len(event.value))
            return None
        if not event.value.strip():
            self.report("front-matter-syntax", index, "a key is missing", 1)
            return None
        return event.value

    def _node(self, tokens: _Tokens, event: Event, depth: int) -> Value:
        self._admit(event, depth if not isinstance(event, ScalarEvent) else 0)
        if isinstance(event, MappingStartEvent):
            return self._value(event, self._mapping(tokens, event, depth))
        if isinstance(event, SequenceStartEvent):
            return self._value(event, self._sequence(tokens, depth))
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        raise RefusedError("front-matter-syntax", _index(event))

    def _sequence(self, tokens: _Tokens, depth: int) -> tuple[Value, ...]:
        items = []
        while not isinstance(event := tokens.next_event(), SequenceEndEvent):
            items.append(self._node(tokens, event, depth + 1))
        return tuple(items)

    def _scalar(self, event: ScalarEvent) -> Value:
        index = _index(event)
        missing = not event.value.strip() or (event.implicit[0] and event.value in _NULLS)
        if missing:
            self.report("bad-value", index, "the value is missing", 1)
        elif event.style == '"' and FORBIDDEN_CHARACTERS.search(event.value):
            self.report("forbidden-character", index, "as an escape", 1)
        return self._value(event, event.value, broken=missing)

    def _value(self, event: NodeEvent, data: _Data, *, broken: bool = False) -> Value:
        index = _index(event)
        style = (event.style or "") if isinstance(event, ScalarEvent) else ""
        return Value(*self.origin.position(index), data, broken, index, style, self.origin)

    def _admit(self, event: Event, depth: int) -> None:
        """Count a value in, if it is one that this front matter may hold."""
        index = _index(event)
        if isinstance(event, AliasEvent):
            raise RefusedError("yaml-feature", index)
        if isinstance(event, NodeEvent):
            self._plain(event)
        if depth > MAX_DEPTH:
            raise RefusedError("too-deep", index)
        self.budget -= 1
        if self.budget < 0:
            raise RefusedError("too-large", index, f"front matter is limited to {MAX_VALUES} values")

    def _plain(self, event: NodeEvent) -> None:
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            self.report("yaml-feature", _index(event), "", 1)
