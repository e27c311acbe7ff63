"""What a channel gives: texts, trouble, and bytes that another channel has to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEPTH: Final = 6  # files within files
LARGEST: Final = 256 << 20  # bytes that one file may unpack to


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and how it was come by: empty where it stands in the file as it is. ``markup``: it may hold tags."""

    text: str
    where: str = ""
    markup: bool = False
    styled: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with the file itself: the name of a rule, and what to say of it."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Inner:
    """A file within the file. ``name`` decides its kind and may be empty."""

    data: bytes
    name: str
    where: str


Content = Text | Trouble | Inner
