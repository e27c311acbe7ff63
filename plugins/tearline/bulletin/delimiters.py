"""Delimiter runs -> emphasis: CommonMark's pairing of ``*`` and ``_``, as far as people use it.

Runs of more than three signs are words, and so is a star between digits (2*3*4). At most ``MAX_OPEN`` runs wait for
their partners at a time, so that emphasis is never deep and pairing takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tearline.bulletin.tree import Emphasis, Inline, Text

MAX_OPEN: Final = 8
_LONGEST: Final = 3
_STRONG: Final = 2
_RUN = re.compile(r"\*+|_+")


@dataclass(slots=True)
class Run:
    """A delimiter run that is not resolved yet; ``count`` is what is left of it."""

    char: str
    count: int
    opens: bool
    closes: bool

    @classmethod
    def at(cls, text: str, index: int) -> Run:
        """The run that begins at ``index``, and what may be done with it (CommonMark 0.31, section 6.2)."""
        char = text[index]
        run = _RUN.match(text, index)
        end = run.end() if run else index + 1
        before, after = text[index - 1] if index else " ", text[end : end + 1] or " "
        left = not after.isspace() and (after.isalnum() or not before.isalnum())
        right = not before.isspace() and (before.isalnum() or not after.isalnum())
        if char == "_":
            left, right = left and (not right or not before.isalnum()), right and (not left or not after.isalnum())
        elif before.isdigit() and after.isdigit():
            left = right = False
        short = end - index <= _LONGEST
        return cls(char, end - index, left and short, right and short)

    @property
    def is_live(self) -> bool:
        """Whether it could still be emphasis."""
        return self.opens or self.closes

    @property
    def text(self) -> str:
        """What is left of it, as words."""
        return self.char * self.count


def paired(parts: Sequence[Inline | Run]) -> tuple[Inline, ...]:
    """The parts with their runs paired, from the inside out; runs without a partner are words."""
    done: list[Inline | Run] = []
    openers: dict[str, list[int]] = {"*": [], "_": []}
    for part in parts:
        if isinstance(part, Run):
            if part.closes:
                _close(part, done, openers)
            if not part.count:
                continue
            if part.opens:
                openers[part.char].append(len(done))
                del openers[part.char][:-MAX_OPEN]
        done.append(part)
    return merged(done)


def _close(run: Run, done: list[Inline | Run], openers: dict[str, list[int]]) -> None:
    """Pair a closing run with the nearest opening ones, as long as both last."""
    waiting = openers[run.char]
    while run.count and waiting:
        index = waiting[-1]
        opener = done[index]
        children = merged(done[index + 1 :])
        if not isinstance(opener, Run) or not children:
            return
        size = _STRONG if min(run.count, opener.count) >= _STRONG else 1
        opener.count -= size
        run.count -= size
        del done[index + (1 if opener.count else 0) :]
        done.append(Emphasis(size == _STRONG, children))
        for stack in openers.values():
            while stack and stack[-1] >= len(done) - 1:
                stack.pop()


def merged(parts: Sequence[Inline | Run]) -> tuple[Inline, ...]:
    """Finished nodes: runs that are left are words, and neighbouring words are one run of words."""
    nodes: list[Inline] = []
    words: list[str] = []
    for part in parts:
        if isinstance(part, Run):
            words.append(part.text)
        elif isinstance(part, Text):
            words.append(part.words)
        else:
            if words:
                nodes.append(Text("".join(words)))
                words.clear()
            nodes.append(part)
    if words:
        nodes.append(Text("".join(words)))
    return tuple(nodes)
