"""What a line opens: the first characters decide, and a table needs the line below it too.

A line that opens nothing begins a paragraph or goes on with one, at any indent (marking-language.md, section 4).
Every pattern takes time linear in the line: no two neighbouring repetitions of one can match the same characters.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Final

from tearline.bulletin.lines import Lines

SIGNS: Final = "-*+•◦▪●‣"
BULLET: Final = re.compile(rf"[{SIGNS}](?=[ \t\u00a0]|$)[ \t\u00a0]*")
NUMBER: Final = re.compile(r"([0-9]{1,9})[.)](?=[ \t\u00a0]|$)[ \t\u00a0]*")
HEADING: Final = re.compile(r"(#{1,6})(?:[ \t]+|$|(?=\())")
FENCE: Final = re.compile(r"(?P<run>`{3,}+(?=[^`]*$)|~{3,}+)[ \t]*+(?P<info>.*)$")
NOTE: Final = re.compile(r"\[\^([^\]\[\s^]{1,64})\]:[ \t]*")
BOX: Final = re.compile(
    r"(?P<opener>!!!|\?\?\?\+?|===[!+]?)[ \t]*+(?=[\w\"“])(?P<kind>[^\"“]*+)(?P<title>[\"“].*[\"”])?[ \t]*+$"
)
DELIMITERS: Final = re.compile(r"\|(?:[ \t]*+:?-++:?[ \t]*+\|)*+(?:[ \t]*+:?-++:?[ \t]*+)?+$")
# A table without outer pipes, which other readers take for one.
BARE_DELIMITERS: Final = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+\|[ \t]*+[-:|][-:| \t]*+$")
RULE: Final = re.compile(r"([-*_])(?:[ \t]*+\1){2,}+[ \t]*+$")
UNDERLINE: Final = re.compile(r"(?:=++|-++)[ \t]*+$")


class Opener(enum.Enum):
    """The kinds of block that a line can open, paragraphs aside."""

    COMMENT = enum.auto()
    FENCE = enum.auto()
    HEADING = enum.auto()
    RULE = enum.auto()
    TABLE = enum.auto()
    BOX = enum.auto()
    QUOTE = enum.auto()
    ITEM = enum.auto()
    NOTE = enum.auto()


# By the first character of a line, in the order of trying.
_TRIED: Final[Mapping[str, tuple[tuple[re.Pattern[str], Opener], ...]]] = {
    "<": ((re.compile("<!--"), Opener.COMMENT),),
    **dict.fromkeys("`~", ((FENCE, Opener.FENCE),)),
    "#": ((HEADING, Opener.HEADING),),
    "_": ((RULE, Opener.RULE),),
    **dict.fromkeys(SIGNS, ((BULLET, Opener.ITEM),)),
    **dict.fromkeys("-*", ((RULE, Opener.RULE), (BULLET, Opener.ITEM))),
    **dict.fromkeys("0123456789", ((NUMBER, Opener.ITEM),)),
    **dict.fromkeys("!?=", ((BOX, Opener.BOX),)),
    ">": ((re.compile(">"), Opener.QUOTE),),
    "[": ((NOTE, Opener.NOTE),),
    "|": ((re.compile(r"\|"), Opener.TABLE),),
}


def opened(lines: Lines, index: int) -> Opener | None:
    """What the line at ``index`` opens; None for a line of words."""
    text = lines[index].text
    for pattern, opener in _TRIED.get(text[:1], ()):
        if pattern.match(text) and (opener is not Opener.TABLE or _has_delimiters(lines, index + 1)):
            return opener
    return None


def _has_delimiters(lines: Lines, index: int) -> bool:
    return index < len(lines) and DELIMITERS.match(lines[index].text) is not None


def number_of(text: str) -> int | None:
    """The number that an item begins with; None for a bullet or anything else."""
    match = NUMBER.match(text)
    return int(match[1]) if match else None
