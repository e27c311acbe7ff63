"""The text under the scanner's finger: offsets to places, and the findings made on the way."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from tearline.findings import Finding, Place, finding


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

    def report(self, rule: str, at: int, detail: str = "", *, width: int = 1) -> None:
        """Note a finding at an offset. ``detail`` must be safe to print (see ``findings``)."""
        portion = f"{self.label or 'document'} ¶{self.portions}" if self.portions else ""
        self.findings.append(finding(rule, self.positions.place(at), detail, portion=portion, width=width))


@dataclass(frozen=True, slots=True)
class Content:
    """The words of one portion, joined from its lines, with the way back to the source.

    ``pieces`` holds pairs (offset in ``text``, offset in the source), ascending.
    """

    text: str
    pieces: tuple[tuple[int, int], ...]

    def at(self, index: int) -> int:
        """The source offset of the character at ``index``."""
        piece = bisect_right(self.pieces, (index, 1 << 60)) - 1
        start, source = self.pieces[max(piece, 0)]
        return source + index - start

    def rest(self, index: int) -> Content:
        """The content from ``index`` on."""
        kept = [(start - index, source) for start, source in self.pieces if start > index]
        return Content(self.text[index:], ((0, self.at(index)), *kept))


def one_line(text: str, at: int) -> Content:
    """Content that stands on one line of the source, beginning at offset ``at``."""
    return Content(text, ((0, at),))
