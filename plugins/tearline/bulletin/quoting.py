"""Text that people type without quotes and YAML would cut or misread: found by looking at lines, before YAML does.

    title: (U) Surge #4                            YAML cuts the value at " #"
    title: (U) Alert: drones                       a second mapping, or an error far from its cause
    title: [sic] he said                           a list with words after it; also { * & ! % @ ` , | > and "
    title: '(U) The Governor's order'              the quote ends early
    change: {marking: U//LES, value: one, two}     the comma ends the value

The reading is lexical and only ever proposes quotes: what it does not recognise is left to the YAML reader, which
refuses what it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tearline.bulletin.values import Edit

_LINE = re.compile(r"[^\n]*\n?")
_LEAD = re.compile(
    r"""[ ]*(?P<dashes>(?:-[ ]+)*)(?:(?P<key><<|[A-Za-z_][\w-]*|"[^"\\\n]*+"|'[^'\n]*+')[ ]*:(?=[ \r\n]|$)[ ]*)?"""
)
_ANY_KEY = re.compile(r"[^\s#'\"\[{][^\n]*?:(?=[ \r\n]|$)[ ]*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]{0,2}[ ]*(?:#.*)?\r?\n?\Z")
_ALIAS = re.compile(r"\*[A-Za-z0-9_-]+[ ]*(?:#.*)?\Z")
_PROPERTY = re.compile(r"[&!][A-Za-z0-9_-]+[ ]+[^\s#]")
_TAG = re.compile(r"!(?:!|<|\S*[/:.])|[&!]\S+\s*\Z")
_QUOTED = {"'": re.compile(r"'(?:[^']|'')*+'"), '"': re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)}
_CUT = re.compile(r"(?<=\s)#")
_COLON = re.compile(r":(?=\s|\Z)")
_INDICATOR = re.compile(r"[\]},%@`]|[-?:](?=\s|\Z)")
_FLOW_PART = re.compile(r"[,{]\s*(?P<key>marking|value)\s*:\s+")
_FLOW_KEY = re.compile(r",\s*[A-Za-z_][\w-]*\s*:\s")
_FLOW_UNSAFE = re.compile(r"[,\[\]{}]|:(?=\s|\Z)|(?<=\s)#|\A[&*!|>%@`#]|\A[-?](?=\s|\Z)")


@dataclass(frozen=True, slots=True)
class Trap:
    """A value to be quoted: its half-open span in the entry, and the edits that quote it (none: by hand).

    ``feature`` says that YAML takes its beginning for an anchor or a tag.
    """

    start: int
    end: int
    edits: tuple[Edit, ...]
    feature: bool = False


@dataclass(frozen=True, slots=True)
class _Typed:
    """An unread value: where it begins, where its first line ends, and the end of all lines indented under its key."""

    start: int
    line_end: int
    end: int
    header: bool  # stands on its key's line


def traps(entry: str) -> list[Trap]:
    """All values in the text of one front-matter entry that need quotes, in order. Tabs count as blanks' equals."""
    return [trap for typed in _values(entry) for trap in _read(entry, typed)]


def _values(entry: str) -> Iterator[_Typed]:
    spans = [m.span() for m in _LINE.finditer(entry) if m.group()]
    owner, at = 0, 0
    while at < len(spans):
        start, end = spans[at]
        line = entry[start:end]
        lead = _LEAD.match(line) or _LEAD.match("")
        if lead is None:  # cannot be: every part of the expression may be empty
            return
        begin, keyed = lead.end(), lead["key"] is not None
        if at == 0 and not keyed and (any_key := _ANY_KEY.match(line)):
            begin, keyed = any_key.end(), True
        if keyed or lead["dashes"]:
            owner = lead.start("key") if lead["key"] else _last_dash(lead["dashes"], lead.start("dashes"))
        at += 1
        if not line[begin:].strip() or (at == 1 and not keyed):
            continue
        first = at
        while at < len(spans) and _goes_on(entry, spans[at], owner):
            at += 1
        yield _Typed(start + begin, end, spans[at - 1][1] if at > first else end, keyed)


def _last_dash(dashes: str, column: int) -> int:
    return column + dashes.rindex("-") if dashes else 0


def _goes_on(entry: str, span: tuple[int, int], owner: int) -> bool:
    line = entry[span[0] : span[1]]
    content = line.lstrip(" ")
    return not content.strip() or len(line) - len(content) > owner or (owner == 0 and line[0] in "]}")


def _read(entry: str, typed: _Typed) -> Iterator[Trap]:
    text = entry[typed.start : typed.end]
    line = entry[typed.start : typed.line_end]
    first = text[0]
    if first == "{" and (parts := _flow_parts(text)):
        for start, end in parts:
            if _misread_in_flow(text[start:end]):
                yield _quoted(entry, typed.start + start, typed.start + end)
    elif first == "#":
        if typed.header and not line[1:2].isspace() and line[1:2]:
            yield _whole(entry, typed, text)
    elif _misread(first, line, text, typed):
        yield _whole(entry, typed, text)


def _misread(first: str, line: str, text: str, typed: _Typed) -> bool:
    if first in _QUOTED:
        closed = _QUOTED[first].match(text)
        return closed is not None and _goes_on_behind(text, closed.end())
    if first in "[{":
        close = _closing(text)
        return close > 0 and _goes_on_behind(text, close)
    if first in "|>":
        return not _BLOCK_HEADER.match(line)
    if first == "*":
        return not _ALIAS.match(line.rstrip())
    if first in "&!":
        return not _TAG.match(line)
    return bool(_INDICATOR.match(text)) or _misread_plain(text, typed)


def _misread_plain(text: str, typed: _Typed) -> bool:
    """``words # note`` is left alone (a comment, refused by itself); ``words #4`` is not."""
    cut = _CUT.search(text)
    if cut and text[cut.end() : cut.end() + 1].strip():
        return True
    colon = _COLON.search(text, 0, cut.start() if cut else len(text))
    first_line = typed.line_end - typed.start
    # A colon further down under a value without a mark is rather a key at the wrong indent.
    return colon is not None and (colon.start() < first_line or text[0] == "(")


def _goes_on_behind(text: str, end: int) -> bool:
    rest = text[end:].partition("\n")[0]
    return bool(rest.strip()) and not re.match(r"\s+#", rest)


def _closing(text: str) -> int:
    """The offset behind the bracket that closes the one ``text`` begins with; 0 when none does."""
    depth = 0
    for token in re.finditer(r"[\[{]|[\]}]|(?<=[\[{,:\s])(?:'(?:[^']|'')*+'|\"(?:[^\"\\]|\\.)*+\")", text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    return 0


def _flow_parts(text: str) -> list[tuple[int, int]]:
    """The spans of both values of ``{marking: …, value: …}``, in either order; none for anything else."""
    end = len(text.rstrip())
    first = _FLOW_PART.match(text)
    if first is None or text[end - 1] != "}":
        return []
    others = [head for head in _FLOW_PART.finditer(text, first.end()) if head["key"] != first["key"]]
    if not others:
        return []
    # A value may hold pairs of its own; a mark holds none, so it ends at the first other key and begins at the last.
    other = others[0] if first["key"] == "marking" else others[-1]
    edges = [(first.end(), other.start()), (other.end(), end - 1)]
    return [(start, start + len(text[start:stop].rstrip())) for start, stop in edges]


def _misread_in_flow(text: str) -> bool:
    quotes = _QUOTED.get(text[:1])
    if quotes and quotes.fullmatch(text):
        return False
    if text[:1] in {"[", "{"} and _closing(text) == len(text):
        return False
    if _FLOW_KEY.search(text):  # rather a key that nobody knows, which YAML shows as such
        return False
    return bool(quotes or _FLOW_UNSAFE.search(text))


def _whole(entry: str, typed: _Typed, text: str) -> Trap:
    """The whole value in quotes, up to a comment (``# note``, set off by blanks), which is not words."""
    note = re.search(r"\s#(?=\s|\Z)", text)
    end = typed.start + len((text[: note.start()] if note else text).rstrip())
    return _quoted(entry, typed.start, end, feature=bool(_PROPERTY.match(text)))


def _quoted(entry: str, start: int, end: int, *, feature: bool = False) -> Trap:
    """Single quotes around a span; those already around it stay, and each inside is doubled."""
    text = entry[start:end]
    around = text[0] if len(text) > 1 and text[0] in _QUOTED and text[0] == text[-1] else ""
    if around == '"' and "\\" in text:
        return Trap(start, end, (), feature)
    rim = len(around)
    inner = [
        Edit(start + m.start(), start + m.end(), "''")
        for m in re.compile("''?" if around == "'" else "'").finditer(text, rim, len(text) - rim)
        if m.group() != "''"
    ]
    edits = (Edit(start, start + rim, "'"), *inner, Edit(end - rim, end, "'"))
    return Trap(start, end, edits, feature)
