"""What a file is by its bytes: told of every page and every part of the search index, so that most need no reading."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_READ: Final = re.compile(rb"\sdata-pagefind-body[\s>]")
_SORT: Final = re.compile(rb'<meta name="sort" content="([^"]*)" data-pagefind-sort="date\[content\]">')


@dataclass(frozen=True, slots=True)
class Glance:
    """Where a file is, its SHA-256, whether search reads it as a page, and its place in time, as text that sorts."""

    path: str
    digest: bytes
    is_read: bool
    sort: str


def glance(path: str) -> Glance:
    """A file at a glance. Raises ``OSError``."""
    data = Path(path).read_bytes()
    sort = _SORT.search(data)
    when = html.unescape(sort[1].decode("utf-8", "replace")) if sort else ""
    return Glance(path, hashlib.sha256(data).digest(), _READ.search(data) is not None, when)
