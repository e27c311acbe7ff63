"""The text under the scanner's finger: offsets to places, and the findings made on the way."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from tearline.findings import Finding, Place, finding


@dataclass(slots=True)
class Reader:
    """Collects findings about one text; nothing here is kept in the tree.

    ``label`` is the document's id once it is known; ``portions`` counts the portions read so far.
    """

    path: str
    text: str
    system: str
    label: str = ""
    portions: int = 0
    findings: list[Finding] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def place(self, at: int) -> Place:
        """Line and column (1-based, code points) of an offset into the text."""
        if not self._starts:
            self._starts = [0, *(i + 1 for i, char in enumerate(self.text) if char == "\n")]
        line = bisect_right(self._starts, at)
        return Place(self.path, line, at - self._starts[line - 1] + 1)

    def report(self, rule: str, at: int, detail: str = "", *, width: int = 1) -> None:
        """Note a finding at an offset. ``detail`` must be safe to print (see ``findings``)."""
        portion = f"{self.label or 'document'} ¶{self.portions}" if self.portions else ""
        self.findings.append(finding(rule, self.place(at), detail, portion=portion, width=width))


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
