"""Where words stand in a raw source, to the column: for findings that somebody has to act on.

The readings of a source fold and unwrap it, so they know lines at best. Here the raw lines of one unit are folded
again, each character remembering its column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from tearline.verify.folding import fold
from tearline.verify.sources import Document

_WORD = re.compile(r"[^\W_]+")
_CELL = re.compile(r"(?<!\\)\|")
_GROUPS: Final = 9  # words that a term may be set apart into
_SEEN = re.compile(r"[^\n]")
_FURTHEST: Final = 400  # lines of one unit that are looked through


class Spot(NamedTuple):
    """Lines and columns are 1-based, columns and ``width`` in code points; ``width`` ends with the line."""

    line: int
    column: int = 1
    width: int = 1


class _Word(NamedTuple):
    said: str
    line: int
    start: int
    end: int


@dataclass(slots=True)
class Locator:
    """The sources of a site. ``root`` is the folder that their shown paths begin at."""

    root: Path
    documents: Iterable[Document]
    _lines: dict[str, list[str]] = field(default_factory=dict)
    _begins: dict[str, list[int]] = field(default_factory=dict)

    def spot(
        self, at: tuple[str, int, int], run: Sequence[str], hidden: Iterable[str] = (), *, before: int = 0
    ) -> Spot:
        """Where these folded words stand in the unit that begins ``at`` a path, line and cell (1-based, else 0).

        They are not looked for in ``hidden`` texts in square brackets, and ``before`` is how often they stand there
        before. Other spellings count: groups of a number joined or apart, a plural, names the other way round. Where
        the words are not to be seen, it is the beginning of the line.
        """
        path, line, cell = at
        said = list(self._said(path, line, cell, hidden))
        size = len(run)
        places = [at for at in range(len(said)) if [word.said for word in said[at : at + size]] == list(run)]
        if places:
            return self._spot(path, said, places[min(before, len(places) - 1)], size)
        for size in (len(run), *range(1, max(_GROUPS, len(run)))):
            for first in range(len(said) - size + 1):
                if _alike([word.said for word in said[first : first + size]], run):
                    return self._spot(path, said, first, size)
        return Spot(line)

    def _spot(self, path: str, said: Sequence[_Word], first: int, size: int) -> Spot:
        begin, end = said[first], said[first + size - 1]
        last = end.end if end.line == begin.line else len(self._of(path)[begin.line - 1].rstrip())
        return Spot(begin.line, begin.start + 1, max(1, last - begin.start))

    def _said(self, path: str, line: int, cell: int, hidden: Iterable[str]) -> Iterator[_Word]:
        """The words of a unit, folded, with their places."""
        lines = self._of(path)
        after = next((one for one in self._begins[path] if one > line), len(lines) + 1)
        unit = lines[line - 1 : line if cell else min(after, line + _FURTHEST) - 1]
        text = "\n".join(unit)
        for each in hidden:
            text = text.replace(f"[{each}]", f"[{_SEEN.sub(' ', each)}]")
        for number, (raw, left) in enumerate(zip(unit, text.split("\n"), strict=True), line):
            first, last = _bounds(raw, cell)
            yield from _words(left, number, first, last)

    def _of(self, path: str) -> list[str]:
        """The lines of a source, none where it cannot be read."""
        if path not in self._lines:
            units = next((one.units for one in self.documents if one.path == path), ())
            self._begins[path] = sorted({unit.line for unit in units})
            try:
                text = (self.root / path).read_bytes().decode("utf-8", "replace") if units else ""
            except OSError:
                text = ""
            self._lines[path] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines[path]


def _alike(said: Sequence[str], run: Sequence[str]) -> bool:
    """Whether words are the same when their order or what stands between them is left aside."""
    return "".join(said).rstrip("s") == "".join(run).rstrip("s") or sorted(said) == sorted(run)


def _bounds(raw: str, cell: int) -> tuple[int, int]:
    """Where a cell of a table's row begins and ends."""
    bars = [found.start() for found in _CELL.finditer(raw)]
    return (bars[cell - 1], bars[cell]) if 0 < cell < len(bars) else (0, len(raw))


def _words(raw: str, number: int, first: int, last: int) -> Iterator[_Word]:
    folded, columns = "", []
    for column in range(first, last):
        seen = fold(raw[column])
        folded += seen
        columns += [column] * len(seen)
    for found in _WORD.finditer(folded):
        yield _Word(found[0], number, columns[found.start()], columns[found.end() - 1] + 1)
