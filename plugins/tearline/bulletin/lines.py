"""Lines, and what is left of them inside their containers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

TAB: Final = 4  # columns from one tab stop to the next
BLANKS: Final = " \t"


class Line(NamedTuple):
    """A line from its first character that is no blank on; ``text`` is empty where there are only blanks.

    ``number`` counts the body's lines from 0, ``start`` is the offset of ``text`` in the source, ``column`` its column
    from 0, tabs expanded, inside of quotes from the quote's edge on. ``lead`` holds the blanks before it. ``lazy``
    tells a line that its container has only because it goes on with the line above.
    """

    number: int
    start: int
    column: int
    text: str
    lead: str = ""
    lazy: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing stands here."""
        return not self.text

    @property
    def as_lazy(self) -> Line:
        """The same line as one that no container claims by its indent."""
        return Line(self.number, self.start, self.column, self.text, self.lead, lazy=True)

    def after(self, characters: int) -> Line:
        """The rest of the line from a character of ``text`` on."""
        column = column_after(self.text[:characters], self.column)
        return line_of(self.number, self.start + characters, self.text[characters:], column)

    def quoted(self) -> Line:
        """What stands after a quote's sign and the blank that may follow it; columns count from there."""
        text = self.text[1:].lstrip(BLANKS)
        lead = self.text[1 : len(self.text) - len(text)]
        start = self.start + len(self.text) - len(text)
        column = column_after(lead, self.column + 1) - self.column - (2 if lead else 1)
        return Line(self.number, start, column, "" if text.isspace() else text, lead[1:])

    def code(self, columns: int) -> tuple[str, int]:
        """The line as code, without up to that many columns of blanks, and the offset where that begins."""
        column, index = 0, 0
        while index < len(self.lead) and column < columns:
            column = column_after(self.lead[index], column)
            index += 1
        return self.lead[index:] + self.text, self.start - len(self.lead) + index


Lines = Sequence[Line]


def column_after(text: str, column: int) -> int:
    """The column after a text that begins in ``column``."""
    if "\t" not in text:
        return column + len(text)
    for char in text:
        column += TAB - column % TAB if char == "\t" else 1
    return column


def line_of(number: int, start: int, raw: str, column: int = 0) -> Line:
    """A line from the raw text that begins at offset ``start`` in ``column``."""
    text = raw.lstrip(BLANKS)
    lead = raw[: len(raw) - len(text)]
    return Line(number, start + len(lead), column_after(lead, column), "" if text.isspace() else text, lead)


def lines_of(text: str, start: int) -> list[Line]:
    """The lines of a text from an offset on, numbered from 0. Only LF ends a line."""
    found, at = [], start
    for number, raw in enumerate(text[start:].split("\n")):
        found.append(line_of(number, at, raw))
        at += len(raw) + 1
    return found
