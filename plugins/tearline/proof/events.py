"""The notation in which a released tree and a rendered page are compared: a flat list of what begins, ends and says.

    ("begin", "ul")  ("begin", "li")  ("says", "p", words)  ("end", "li")  ("end", "ul")

Two trees are the same if and only if their lists are. ``words`` holds inline markup between control characters,
which no source can have: words that look like markup are never taken for it.
"""

from __future__ import annotations

import re
from typing import Final

Event = tuple[str, ...]
_BREAK: Final = "\x01br\x02"
_BREAKS: Final = re.compile(rf"\s*{_BREAK}\s*")
_BLANKS: Final = re.compile(r"\s+")


def marked(inner: str, *named: str) -> str:
    """Words inside an inline element with these details."""
    return f"\x01{chr(31).join(named)}\x02{inner}\x01/{named[0]}\x02"


def single(*named: str) -> str:
    """An inline element that holds no words."""
    return f"\x01{chr(31).join(named)}\x02"


def hard_break() -> str:
    """A line break."""
    return _BREAK


def squeezed(words: str) -> str:
    """Words with their white space as a reader of HTML sees it."""
    return _BREAKS.sub(_BREAK, _BLANKS.sub(" ", words)).strip()


def verbatim(code: str) -> str:
    """Code with its white space, less what is at the ends of lines and around the whole."""
    return "\n".join(line.rstrip() for line in code.split("\n")).strip("\n")


def begin(tag: str, *details: str) -> Event:
    """A container begins."""
    return ("begin", tag, *details)


def end(tag: str) -> Event:
    """A container ends."""
    return ("end", tag)


def says(tag: str, words: str, *details: str) -> Event:
    """A block of words."""
    return ("says", tag, squeezed(words), *details)
