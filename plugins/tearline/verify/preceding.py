"""Which block stands directly before a place in a body: what a tearline there was written to stand for."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Preceding:
    """The last block at each depth of containers, by its kind and first line."""

    _blocks: list[tuple[str, int]] = field(default_factory=list)

    def begins(self, kind: str, line: int, depth: int, *, led_in: bool) -> None:
        """A block begins. Items in a row are one block, together with a paragraph that leads in to them."""
        before, first = self._at(depth, line)
        goes_on = kind == "item" and (before == "item" or (before == "paragraph" and led_in))
        filled = self._blocks[:depth] + [("", line)] * (depth - len(self._blocks))
        self._blocks = [*filled, (kind, first if goes_on else line)]

    def lines(self, depth: int, line: int) -> range:
        """The lines of the block directly before a line at this depth; none where there is no such block."""
        return range(self._at(depth, line)[1], line)

    def _at(self, depth: int, line: int) -> tuple[str, int]:
        return self._blocks[depth] if depth < len(self._blocks) else ("", line)
