"""No trace of what went: gaps between words are closed, emptied markup is gone, neighbours are merged.

Everything here works on what is released already; nothing is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import Final

from tearline.bulletin.tree import (
    Block,
    Break,
    Code,
    Emphasis,
    Inline,
    InlinePortion,
    ItemList,
    Link,
    Quote,
    Rule,
    Text,
)

# The place of words that were not picked. It is an object of its own, so no words can be taken for it.
GAP: Final = Text("")

_Span = Emphasis | Link | InlinePortion
_BLANKS: Final = " \t"
_STOPS: Final = frozenset(",.;:!?")
_CLOSES_UP: Final = _STOPS | frozenset(")]}\u2019\u201d\u00bb")  # no blank before these
_OPENS: Final = frozenset("([{\u2018\u201c\u00ab")  # none after these
_AROUND: Final = frozenset({"()", "[]", "{}", "\u2018\u2019", "\u201c\u201d", "\u00ab\u00bb", '""', "''"})
_SERIES: Final = frozenset(",;")
_RUN: Final = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class _Open:
    span: _Span


@dataclass(frozen=True, slots=True)
class _Close:
    """The end of the innermost span."""


@dataclass(slots=True)
class _Between:
    """What parts two runs of words: markup, blanks, and maybe a place where words went."""

    markup: list[_Open | _Close]
    blank: bool = False
    gap: bool = False


_Token = str | Inline | _Open | _Close


def tidied(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """The inlines of a portion as a person would have typed them without what went.

    Around a gap blanks become one, none before closing punctuation; brackets and quotes around nothing go, and so
    does one of two commas. Blanks at the ends, empty markup, doubled or dangling breaks go as well. Emphasis inside
    or right beside the same emphasis is one, and begins and ends with words.
    """
    if len(inlines) == 1 and isinstance(inlines[0], Text):  # as most portions are
        words = _RUN.sub(" ", inlines[0].words.strip(_BLANKS))
        return (Text(words),) if words else ()
    parts: list[str | Inline] = []  # words and others, alternating with ``between``
    between = [_Between([])]
    for token in _tokens(inlines):
        _take(token, parts, between)
    _close_breaks(parts, between)
    return _rebuilt(parts, between)


def has_gap(inlines: Iterable[Inline]) -> bool:
    """Whether words went anywhere in these inlines."""
    return any(one is GAP or (isinstance(one, _Span) and has_gap(one.children)) for one in inlines)


def _tokens(inlines: Sequence[Inline]) -> Iterator[_Token]:
    for inline in inlines:
        if isinstance(inline, _Span):
            yield _Open(inline)
            yield from _tokens(inline.children)
            yield _Close()
        elif isinstance(inline, Text) and inline is not GAP:
            yield inline.words
        else:
            yield inline


def _take(token: _Token, parts: list[str | Inline], between: list[_Between]) -> None:
    """Add a token; the last of ``between`` is what stands after the last of ``parts``."""
    if isinstance(token, _Open | _Close):
        between[-1].markup.append(token)
    elif token is GAP:
        between[-1].gap = True
    elif not isinstance(token, str):
        parts.append(token)
        between.append(_Between([]))
    elif token:
        between[-1].blank |= token[0] in _BLANKS
        words = _closed_up(token.strip(_BLANKS), parts, between)
        if words:
            parts.append(_RUN.sub(" ", words))
            between.append(_Between([]))
        between[-1].blank |= token[-1] in _BLANKS


def _closed_up(words: str, parts: list[str | Inline], between: list[_Between]) -> str:
    """What is left of words that come after a gap; punctuation around the gap goes with it."""
    while words and between[-1].gap and parts and isinstance(before := parts[-1], str):
        if before[-1] in _SERIES and words[0] in _STOPS:
            _shorten(before[:-1], parts, between)
        elif before[-1] + words[0] in _AROUND and not between[-1].blank:
            between[-1].blank = words[1:2] in {*_BLANKS}
            words = words[1:].lstrip(_BLANKS)
            _shorten(before[:-1], parts, between)
        else:
            break
    last = between[-1]
    if words and last.gap and last.blank:
        after_opening = parts and isinstance(before := parts[-1], str) and before[-1] in _OPENS
        last.blank = not (words[0] in _CLOSES_UP or after_opening)
    return words


def _shorten(before: str, parts: list[str | Inline], between: list[_Between]) -> None:
    """Put shorter words at the end of the parts; where none are left, what was on both sides of them is one."""
    between[-1].blank |= before[-1:] in {*_BLANKS}
    parts[-1] = before.rstrip(_BLANKS)
    if not parts[-1]:
        parts.pop()
        last = between.pop()
        between[-1] = _Between(between[-1].markup + last.markup, between[-1].blank or last.blank, gap=True)


def _close_breaks(parts: list[str | Inline], between: list[_Between]) -> None:
    """Breaks need words on both sides."""
    index = 0
    while index < len(parts):
        first_or_doubled = index == 0 or isinstance(parts[index - 1], Break)
        if isinstance(parts[index], Break) and (first_or_doubled or index == len(parts) - 1):
            del parts[index]
            after = between.pop(index + 1)
            between[index] = _Between(between[index].markup + after.markup)
            index = max(index - 1, 0)
        else:
            index += 1


def _rebuilt(parts: Sequence[str | Inline], between: Sequence[_Between]) -> tuple[Inline, ...]:
    levels: list[tuple[_Span | None, list[Inline]]] = [(None, [])]
    for index, gap in enumerate(between):
        edge = index in {0, len(parts)} or any(isinstance(one, Break) for one in parts[index - 1 : index + 1])
        markup = _outside(gap.markup)
        closing = next((n for n, one in enumerate(markup) if isinstance(one, _Open)), len(markup))
        for place, one in enumerate([*markup[:closing], None, *markup[closing:]]):
            if isinstance(one, _Open):
                levels.append((one.span, []))
            elif isinstance(one, _Close):
                _finish(levels)
            elif place == closing and gap.blank and not edge:
                _append(levels[-1][1], Text(" "))
        if index < len(parts):
            part = parts[index]
            _append(levels[-1][1], Text(part) if isinstance(part, str) else part)
    return tuple(levels[0][1])


def _outside(markup: Sequence[_Open | _Close]) -> list[_Open | _Close]:
    """Markup without what it opens and closes again around nothing: closings first, then openings."""
    left: list[_Open | _Close] = []
    for one in markup:
        if isinstance(one, _Close) and left and isinstance(left[-1], _Open):
            left.pop()
        else:
            left.append(one)
    return left


def _finish(levels: list[tuple[_Span | None, list[Inline]]]) -> None:
    """Close the innermost span; emphasis inside the same emphasis dissolves."""
    span, children = levels.pop()
    around = levels[-1][1]
    if isinstance(span, Emphasis):
        doubled = any(isinstance(outer, Emphasis) and outer.strong == span.strong for outer, _ in levels)
        for child in children if doubled else [Emphasis(span.strong, tuple(children))]:
            _append(around, child)
    elif span is not None:
        _append(around, replace(span, children=tuple(children)))


def _append(children: list[Inline], inline: Inline) -> None:
    """Add an inline; neighbouring words are one run, neighbours in code or in the same emphasis are one."""
    before = children[-1] if children else None
    if isinstance(inline, Text) and isinstance(before, Text):
        children[-1] = Text(before.words + inline.words)
    elif isinstance(inline, Code) and isinstance(before, Code):
        children[-1] = Code(before.words + inline.words)
    elif isinstance(inline, Emphasis) and isinstance(before, Emphasis) and before.strong == inline.strong:
        merged = list(before.children)
        for child in inline.children:
            _append(merged, child)
        children[-1] = Emphasis(inline.strong, tuple(merged))
    else:
        children.append(inline)


# --- blocks -------------------------------------------------------------------------------------------------------


def joined(blocks: Iterable[Block]) -> list[Block]:
    """Neighbouring lists of one kind and neighbouring quotes are one; rules at the edges or doubled are none."""
    out: list[Block] = []
    for kind, run in groupby(blocks, key=_kind):
        same = list(run)
        if kind == "rule":
            out += same[:1] if out else []
        elif kind == "quote":
            quotes = [one for one in same if isinstance(one, Quote)]
            out.append(Quote(tuple(joined(chain.from_iterable(one.children for one in quotes)))))
        elif kind in {"ordered", "unordered"}:
            lists = [one for one in same if isinstance(one, ItemList)]
            items = tuple(chain.from_iterable(one.items for one in lists))
            out.append(ItemList(lists[0].ordered, lists[0].start, items))
        else:
            out += same
    if out and isinstance(out[-1], Rule):
        out.pop()
    return out


def _kind(block: Block) -> str:
    match block:
        case ItemList(ordered=ordered):
            return "ordered" if ordered else "unordered"
        case Quote():
            return "quote"
        case Rule():
            return "rule"
        case _:
            return "other"
