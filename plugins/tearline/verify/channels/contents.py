"""What a channel gives: texts, trouble, and bytes that another channel has to open."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

DEPTH: Final = 6  # files within files
LARGEST: Final = 64 << 20  # bytes of a file
UNPACKED: Final = 32 << 20  # bytes of a text, and bytes that a file may unpack to in all
_STEP: Final = 1 << 16  # packed bytes that are unpacked at a time


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


class TooLargeError(ValueError):
    """What is packed is more than ``UNPACKED``."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a packed stream holds; ``whole`` where nothing in it is broken; how many packed bytes it took."""

    data: bytes
    whole: bool
    size: int


def unpacked(packed: memoryview, wbits: int = zlib.MAX_WBITS) -> Unpacked:
    """Unpack a zlib stream, or with other ``wbits`` a gzip one. What comes before a fault in it is read, too.

    Raises ``TooLargeError``.
    """
    worker = zlib.decompressobj(wbits)
    out = bytearray()
    at = 0
    try:
        while not worker.eof and at < len(packed):
            out += worker.decompress(packed[at : at + _STEP], UNPACKED + 1 - len(out))
            at += _STEP
            if len(out) > UNPACKED:
                raise TooLargeError
    except zlib.error:
        return Unpacked(bytes(out), whole=False, size=len(packed))
    return Unpacked(bytes(out), worker.eof, min(at, len(packed)) - len(worker.unused_data))
