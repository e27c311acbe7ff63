"""The text under the scanner's finger: offsets to places, the findings made on the way, and when to stop.

A document that is refused anyway need not be read to its end: after ``MAX_ERRORS`` errors, or when there is more
in it than a bulletin of any length has, ``Reader`` makes one last finding and raises ``EnoughError``. That keeps
every hostile file within a second, whatever is repeated in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tearline.findings import Finding, Place, Severity, finding

MAX_ERRORS: Final = 100
MAX_FINDINGS: Final = 5_000  # a long manual may have a warning in every portion
MAX_PORTION: Final = 100_000  # characters
# Lines of containers, inlines, and portions at PORTION_WORK each; a manual of 400 pages takes 50,000.
MAX_WORK: Final = 80_000
PORTION_WORK: Final = 5
LINK_WORK: Final = 5
_END: Final = 1 << 60


class EnoughError(Exception):
    """Reading goes no further; the finding that says so has been made."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the lines of one text start."""

    path: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, path: str, text: str) -> Positions:
        """The positions of a text whose lines end in LF."""
        return cls(path, (0, *(match.end() for match in re.finditer("\n", text))))

    def place(self, at: int) -> Place:
        """Line and column (1-based, code points) of an offset into the text."""
        line = bisect_right(self.starts, at)
        return Place(self.path, line, at - self.starts[line - 1] + 1)


@dataclass(slots=True)
class Reader:
    """Collects findings about one text; nothing here is kept in the tree.

    ``label`` is the document's id once it is known; ``portions`` counts the portions read so far.
    """

    text: str
    positions: Positions
    system: str
    label: str = ""
    portions: int = 0
    findings: list[Finding] = field(default_factory=list)
    errors: int = 0
    work: int = 0

    def report(self, rule: str, at: int, detail: str = "", *, width: int = 1) -> None:
        """Note a finding at an offset. ``detail`` must be safe to print (see ``findings``)."""
        portion = f"{self.label or 'document'} ¶{self.portions}" if self.portions else ""
        self.take([finding(rule, self.positions.place(at), detail, portion=portion, width=width)])

    def take(self, findings: Iterable[Finding]) -> None:
        """Note findings made elsewhere. Raises ``EnoughError`` where there are too many to be listed."""
        for found in findings:
            self.findings.append(found)
            self.errors += found.severity is Severity.ERROR
            if self.errors == MAX_ERRORS or len(self.findings) == MAX_FINDINGS:
                self.stop("more-findings", found.place)

    def spend(self, work: int, at: int) -> None:
        """Count work to be done near an offset. Raises ``EnoughError`` where it is more than any bulletin needs."""
        self.work += work
        if self.work > MAX_WORK:
            self.stop("too-large", self.positions.place(at))

    def measure(self, text: str, at: int) -> None:
        """Raises ``EnoughError`` where a portion is too long. Signs that could hide marks take time to look at."""
        if len(text) > MAX_PORTION:
            self.stop("too-large", self.positions.place(at))
        self.spend(text.count("&") + text.count("\\"), at)

    def stop(self, rule: str, place: Place) -> None:
        """Note why reading ends here, and end it."""
        self.findings.append(finding(rule, place))
        raise EnoughError


@dataclass(frozen=True, slots=True)
class Content:
    """The words of one portion, joined from its lines, with the way back to the source.

    ``pieces`` holds pairs (offset in ``text``, offset in the source), ascending.
    """

    text: str
    pieces: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, at: int) -> Content:
        """Words that stand on one line of the source, from offset ``at`` on."""
        return cls(text, ((0, at),))

    def at(self, index: int) -> int:
        """The source offset of the character at ``index``."""
        piece = bisect_right(self.pieces, (index, _END)) - 1
        start, source = self.pieces[max(piece, 0)]
        return source + index - start

    def part(self, start: int, end: int | None = None) -> Content:
        """The content from ``start`` to before ``end``."""
        first = bisect_right(self.pieces, (start, _END))
        last = len(self.pieces) if end is None else max(bisect_left(self.pieces, (end, 0)), first)
        kept = [(index - start, source) for index, source in self.pieces[first:last]]
        return Content(self.text[start:end], ((0, self.at(start)), *kept))
