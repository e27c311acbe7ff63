"""What a file is by its bytes: told of every file when it is read first, so that most need no reading again."""

from __future__ import annotations

import hashlib
import html
import re
from typing import Final, NamedTuple

from tearline.verify import handed

_BODY: Final = b"data-pagefind-body"
_READ: Final = re.compile(rb"\s" + _BODY + rb"[\s>]")
_SORT: Final = re.compile(rb'<meta name="sort" content="([^"]*)" data-pagefind-sort="date\[content\]">')


class Glance(NamedTuple):
    """A file's size and SHA-256; of a page, whether search reads it, and its place in time, as text that sorts.

    ``about`` are the pages that a feed can be about, ``source`` is the SHA-256 of a page's staged source, if there is
    one.
    """

    size: int
    digest: str
    is_read: bool = False
    sort: str = ""
    about: tuple[str, ...] = ()
    source: str = ""


def glance(name: str, data: bytes, source: bytes | None = None) -> Glance:
    """A file at a glance. ``source`` is its staged one."""
    seen = Glance(len(data), digest(data))
    if handed.is_feed(name):
        return seen._replace(about=tuple(sorted(handed.named(data))))
    if not name.endswith(".html"):
        return seen
    sort = _SORT.search(data)
    return seen._replace(
        is_read=_BODY in data and _READ.search(data) is not None,  # most e-mail has none, and that is quickly found
        sort=html.unescape(sort[1].decode("utf-8", "replace")) if sort else "",
        source=digest(source) if source is not None else "",
    )


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
