"""The pages of a site -> its search indexes: each has the pages of one stretch of time, the oldest first.

A stretch with too many pages is halved, always at the same days, and one day by what its pages are called. So pages
themselves tell which index they are in, whatever was built before, and a page more, less or changed, new or old, is a
matter of one index, or of two where that is parted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from tearline.searched import Page

MAIN: Final = "main"  # the first index, which has the program beside it
_DAY: Final = 3  # bytes of a day's number
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"  # without vowels: no name of an index is a word, a number or a date
_WIDTH: Final = 6  # letters for so many bytes


class _Placed(NamedTuple):
    """A page's place in time, as bytes that sort, and its name."""

    place: bytes
    name: str


def stretches(pages: Mapping[str, Page], most: int) -> dict[str, list[str]]:
    """The names of the pages of each index, in order, ``most`` or fewer; by the indexes' names, the oldest first."""
    placed = sorted(_Placed(_place(name, page), name) for name, page in pages.items())
    made: dict[str, list[str]] = {}
    for begins, part in _halved(placed, most, b"") if placed else ():
        made[_called(begins) if made else MAIN] = sorted(each.name for each in part)
    return made


def _place(name: str, page: Page) -> bytes:
    """By its day, then by what it is sorted by in results, then by name. The site's own pages have no day."""
    day = 0
    with suppress(ValueError):
        day = dt.date.fromisoformat(page.head.sort[:10]).toordinal()
    return b"\0".join([day.to_bytes(_DAY, "big") + page.head.sort.encode(), name.encode()])


def _halved(placed: list[_Placed], most: int, begins: bytes) -> Iterator[tuple[bytes, list[_Placed]]]:
    """Stretches with the places that they begin at. Halves are told by the first bit in which places differ."""
    if len(placed) <= most:
        yield begins, placed
        return
    size = max(len(each.place) for each in placed)
    first, last = (int.from_bytes(placed[at].place.ljust(size, b"\0"), "big") for at in (0, -1))
    low = (first ^ last).bit_length() - 1
    cut = next(at for at, each in enumerate(placed) if int.from_bytes(each.place.ljust(size, b"\0"), "big") >> low & 1)
    later = (last >> low << low).to_bytes(size, "big").rstrip(b"\0")
    yield from _halved(placed[:cut], most, begins)
    yield from _halved(placed[cut:], most, later)


def _called(begins: bytes) -> str:
    """A name for the stretch that begins at a place, whatever others there are."""
    name, rest = _spelled(begins[:_DAY].ljust(_DAY, b"\0")), begins[_DAY:]
    digest = hashlib.sha256(rest).digest()
    return name + (_spelled(digest[:_DAY]) + _spelled(digest[-_DAY:]) if rest else "")


def _spelled(day: bytes) -> str:
    number = int.from_bytes(day, "big")
    letters = ""
    for _ in range(_WIDTH):
        number, at = divmod(number, len(_LETTERS))
        letters = _LETTERS[at] + letters
    return letters
