"""Blocks: the lines of a bulletin's body -> a tuple of nodes, by recursive descent over containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tearline.bulletin.containers import read_box, read_list, read_note, read_quote
from tearline.bulletin.leaves import read_comment, read_fence, read_heading, read_rule, read_table
from tearline.bulletin.lines import lines_of
from tearline.bulletin.openers import Opener
from tearline.bulletin.reading import Reader
from tearline.bulletin.scanner import Body, Read, Scanner
from tearline.bulletin.tree import Block

MAX_LINES: Final = 30_000  # a manual of 400 pages has 20,000

READERS: Final[Mapping[Opener, Read]] = {
    Opener.COMMENT: read_comment,
    Opener.FENCE: read_fence,
    Opener.HEADING: read_heading,
    Opener.RULE: read_rule,
    Opener.TABLE: read_table,
    Opener.BOX: read_box,
    Opener.QUOTE: read_quote,
    Opener.ITEM: read_list,
    Opener.NOTE: read_note,
}


def read_blocks(reader: Reader, start: int) -> tuple[Block, ...]:
    """The blocks of the reader's text from an offset on. Every line has been claimed once, or there is a finding."""
    lines = lines_of(reader.text, start)
    if len(lines) > MAX_LINES:
        reader.stop("too-large", reader.positions.place(lines[MAX_LINES].start))
    scanner = Scanner(reader, READERS)
    blocks = scanner.blocks(Body(lines, headings=True, tearlines=True))
    if sorted(scanner.claimed) != list(range(len(lines))):
        reader.portions = 0
        reader.report("unread-text", start)
    return blocks
