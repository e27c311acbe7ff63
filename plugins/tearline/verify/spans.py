"""What a page holds between a beginning and its end: comments, scripts, links. Linear, whatever is not closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """The match that begins it, and where it ends."""

    begun: re.Match[str]
    end: int


def spans(text: str, begins: re.Pattern[str], ends: Callable[[re.Match[str]], str]) -> Iterator[Span]:
    """Each span that is closed, in order, none inside of another. ``ends`` says what closes one."""
    missing: set[str] = set()  # what is nowhere in the rest of the text is not looked for again
    at = 0
    while (begun := begins.search(text, at)) is not None:
        at = begun.end()
        closing = ends(begun)
        end = -1 if closing in missing else text.find(closing, at)
        if end < 0:
            missing.add(closing)
        else:
            at = end + len(closing)
            yield Span(begun, at)


def without(text: str, begins: re.Pattern[str], ends: Callable[[re.Match[str]], str]) -> str:
    """The text with a blank for each of its spans."""
    return less(text, spans(text, begins, ends))


def less(text: str, found: Iterable[Span]) -> str:
    """The text with a blank for each of these spans of it."""
    kept, at = [], 0
    for begun, end in found:
        kept.append(text[at : begun.start()])
        at = end
    return " ".join([*kept, text[at:]]) if kept else text
