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
_SEAL: Final = b"tearline-memory 2 %s\n"


class Entries(Mapping[str, bytes]):
    """Entries by their keys, in hexadecimal, all in one piece: a copy is made of what is asked for, and of no more."""

    def __init__(self, rest: bytes = b"") -> None:
        self._rest = rest
        self._at: dict[bytes, tuple[int, int]] = {}
        at = 0
        while at < len(rest):
            key, size = _HEAD.unpack_from(rest, at)
            at += _HEAD.size + size
            self._at[key] = (at - size, at)

    def __getitem__(self, key: str) -> bytes:
        """Raises ``KeyError`` where there is no such entry."""
        begin, end = self._at[bytes.fromhex(key)]
        return self._rest[begin:end]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bytes.fromhex(key) in self._at

    def __iter__(self) -> Iterator[str]:
        return (key.hex() for key in self._at)

    def __len__(self) -> int:
        return len(self._at)


@dataclass(slots=True)
class Memory:
    """What is known from before, and what is to be kept for the next time: what nobody asks for again is forgotten.

    What is kept as it is known is None in ``kept``.
    """

    known: Mapping[str, bytes] = field(default_factory=Entries)
    kept: dict[str, bytes | None] = field(default_factory=dict)

    def keep(self, key: str, entry: bytes | None = None) -> None:
        """Keep an entry: as it is known, if no other is given. There is nothing to keep without a key."""
        if key:
            self.kept[key] = entry if entry is not None or key in self.known else b""

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """What is kept, by keys that are bytes, in order."""
        for key, entry in sorted(self.kept.items()):
            yield bytes.fromhex(key), self.known[key] if entry is None else entry


def remembered(path: Path | None) -> Mapping[str, bytes]:
    """The entries by their keys; none where there is no such file, or none that can be relied on."""
    if path is None:
        return Entries()
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            told = os.fstat(file.fileno())
            ours = stat.S_ISREG(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS
            sealed, rest = (file.readline(), file.read()) if ours else (b"", b"")
    except OSError:
        return Entries()
    with suppress(struct.error):
        return Entries(rest if sealed == _SEAL % hashlib.sha256(rest).hexdigest().encode() else b"")
    return Entries()


def remember(path: Path | None, memory: Memory) -> None:
    """Write down what is kept, and nothing else. Whatever is wrong with the disk, nothing is written then."""
    if path is None:
        return
    part, seal = "", hashlib.sha256()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_SEAL % seal.hexdigest().encode())
            for key, entry in memory.entries():
                head = _HEAD.pack(key, len(entry))
                seal.update(head + entry)
                file.write(head)
                file.write(entry)
            file.seek(0)
            file.write(_SEAL % seal.hexdigest().encode())
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
