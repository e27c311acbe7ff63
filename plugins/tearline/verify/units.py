"""The smallest pieces of a document that share one fate, as the naive reading finds them."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """Words that share one fate. ``visible`` is what a reader sees, ``more`` what only a program does.

    ``own``: a mark of its own opens it; ``secret``: its words are sensitive by mark, not merely unpublished;
    ``label``: the note it belongs to; ``notes``: those it refers to; ``cell``: which one of its row, 1-based, else 0.
    """

    path: str
    line: int
    kind: str
    withheld: bool
    visible: str
    more: tuple[str, ...] = ()
    own: bool = False
    secret: bool = True
    label: str = ""
    notes: tuple[str, ...] = ()
    before: str = ""  # a number that stands before the mark
    high: bool = False  # its own mark is above the ceiling
    instead_of: range | None = None  # in a tearline block: the lines of what it stands for
    cell: int = 0
    stray: str = ""  # a word of a mark above the ceiling that stands inside of it

    @property
    def stands_in(self) -> bool:
        """Whether it is in a tearline block, which is shown only where it is needed."""
        return self.instead_of is not None


def settled(units: list[Unit]) -> list[Unit]:
    """Notes that only withheld units refer to are withheld, and so on through notes that refer to notes."""
    while True:
        live = {name for unit in units if not unit.withheld for name in unit.notes}
        known = {name for unit in units for name in unit.notes}
        lost = [unit for unit in units if unit.label in known - live and not unit.withheld]
        if not lost:
            return units
        units = [unit._replace(withheld=True) if unit in lost else unit for unit in units]
