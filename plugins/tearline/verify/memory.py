"""What was read and looked at before, by everything that it depended on: documents taken apart, files that were clean.

    FOLDER/<name>   a line with the SHA-256 of the rest; then for each entry its key, how long it is, and the entry

A key is made of the bytes that were read and of all that they were compared with, this program's own code and the
versions of its libraries among them. No finding is ever kept: it is found again. A file that is cut off, changed or
not ours says nothing, and everything is read and looked at.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from tearline.verify.folders import below

_OURS: Final = frozenset({".py", ".yml", ".txt", ".css", ".conf"})
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_HEAD: Final = struct.Struct(">32sI")  # of an entry: its key, and how many bytes it has


@dataclass(slots=True)
class Memory:
    """What is known from before, and what is to be kept for the next time: what nobody asks for again is forgotten."""

    known: Mapping[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, key: str, entry: bytes = b"") -> None:
        """Keep an entry. There is nothing to keep without a key."""
        if key:
            self.kept[key] = entry


def remembered(path: Path | None) -> dict[str, bytes]:
    """The entries by their keys; none where there is no such file, or none that can be relied on."""
    if path is None:
        return {}
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            told = os.fstat(file.fileno())
            ours = stat.S_ISREG(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS
            sealed, rest = (file.readline(), file.read()) if ours else (b"", b"")
    except OSError:
        return {}
    with suppress(struct.error):
        return dict(_entries(rest)) if sealed == _seal(rest) else {}
    return {}


def _entries(rest: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(rest):
        key, size = _HEAD.unpack_from(rest, at)
        at += _HEAD.size + size
        yield key.hex(), rest[at - size : at]


def remember(path: Path | None, entries: Mapping[str, bytes]) -> None:
    """Keep these entries and no others. Whatever is wrong with the disk, nothing is kept then."""
    if path is None:
        return
    told = ((bytes.fromhex(key), entries[key]) for key in sorted(entries))
    rest = b"".join(part for key, entry in told for part in (_HEAD.pack(key, len(entry)), entry))
    part = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_seal(rest))
            file.write(rest)
        os.replace(part, path)  # noqa: PTH105 - a name that mkstemp gave
    except OSError:
        with suppress(OSError):
            os.unlink(part)  # noqa: PTH108 - likewise


def key_of(parts: Iterable[bytes]) -> str:
    """One key for these parts: no two lists of parts have the same."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def plain(value: object) -> str:
    """Any plain data as a text, the same in every run: a set has no order of its own."""
    if is_dataclass(value):
        return f"{type(value).__name__}({', '.join(plain(getattr(value, each.name)) for each in fields(value))})"
    if isinstance(value, re.Pattern):
        return repr(value.pattern)
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{plain(key)}: {plain(inner)}' for key, inner in value.items()))}}}"
    if isinstance(value, AbstractSet):
        return f"{{{', '.join(sorted(map(plain, value)))}}}"
    return f"[{', '.join(map(plain, value))}]" if isinstance(value, list | tuple) else repr(value)


@cache
def version() -> bytes:
    """The code and data of this package, Python, and the version of every library there is."""
    root = Path(str(files("tearline")))
    paths = sorted(path for path in root.rglob("*") if path.suffix in _OURS)
    ours = (part for path in paths for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()))
    places = filter(Path.is_dir, map(Path, sys.path))
    # Their names tell versions, and reading each one's data takes half a second.
    others = sorted(path.name for place in places for path in place.glob("*.dist-info"))
    return key_of([sys.version.encode(), "\n".join(others).encode(), *ours]).encode()


def bytes_below(roots: Iterable[Path]) -> bytes:
    """One digest of every file below these folders."""
    return key_of(
        part
        for root in filter(Path.is_dir, roots)
        for name, path in sorted(_read(root).items())
        for part in (name.encode("utf-8", "surrogateescape"), path.read_bytes())
    ).encode()


def _read(root: Path) -> dict[str, Path]:
    """The files below a folder by name, and those that links in it lead to."""
    found = below(root)
    return found.files | {name: root / name for name in found.odd if (root / name).is_file()}


def _seal(rest: bytes) -> bytes:
    return b"tearline-memory 2 " + hashlib.sha256(rest).hexdigest().encode() + b"\n"
