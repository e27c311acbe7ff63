"""A small store of made things, named by what they were made from: what did not change is not made again.

    FOLDER/<digest of the key>   a line that says for which key and with which SHA-256, then the content

A store speeds up and is never believed: an entry that is cut off, changed, another's or not ours is dropped, as is a
folder that others may write to. Whatever is wrong with a store, it comes to nothing being stored.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

MODE: Final = 0o700
LARGEST: Final = 256 << 20  # bytes of a whole store
_SHAPE: Final = b"tearline-store 1"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_PART: Final = ".part-"
_STALE: Final = 3600  # seconds after which an entry that was never finished goes


class Store:
    """Entries below one folder. Reading and writing never raise for what is wrong with the disk or an entry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.usable = _made(folder)

    def get(self, key: str) -> bytes | None:
        """What was stored under a key; None where there is nothing, or nothing that can be relied on."""
        if not self.usable:
            return None
        path = self.folder / key
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                told = os.fstat(file.fileno())
                ours = stat.S_ISREG(told.st_mode) and told.st_uid == os.geteuid() and told.st_size <= LARGEST
                head, _, content = file.read().partition(b"\n") if ours else (b"", b"", b"")
        except FileNotFoundError:
            return None
        except OSError:
            head, content = b"", b""
        if head != _head(key, content):
            _remove(path)
            return None
        with suppress(OSError):
            os.utime(path)  # what is used stays longest
        return content

    def put(self, key: str, content: bytes) -> None:
        """Store content under a key, as a whole or not at all."""
        if not self.usable:
            return
        part = ""
        try:
            descriptor, part = tempfile.mkstemp(prefix=_PART, dir=self.folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_head(key, content) + b"\n" + content)
            os.replace(part, self.folder / key)  # noqa: PTH105 - a name that mkstemp gave
        except OSError:
            if part:
                _remove(Path(part))

    def trim(self, largest: int = LARGEST) -> None:
        """Remove entries, those that were not used for longest first, until the rest fits."""
        if not self.usable:
            return
        with suppress(OSError):
            left = 0
            for told, path in sorted(_listed(self.folder), key=lambda each: each[0].st_mtime_ns, reverse=True):
                left += told.st_size
                if left > largest:
                    _remove(path)


def digest_of(parts: Iterable[bytes]) -> str:
    """The key of what is made from these parts: no two lists of parts have the same."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def _head(key: str, content: bytes) -> bytes:
    return b" ".join([_SHAPE, key.encode(), hashlib.sha256(content).hexdigest().encode()])


def _made(folder: Path) -> bool:
    """Whether there is such a folder, ours alone; it is made where it is missing, and so are those above it."""
    try:
        for one in (folder.parent, folder):
            one.mkdir(mode=MODE, exist_ok=True)
        told = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS


def _listed(folder: Path) -> list[tuple[os.stat_result, Path]]:
    """The entries; what somebody began to write long ago and did not finish is removed."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            told = entry.stat(follow_symlinks=False)
            if not entry.name.startswith(_PART):
                found.append((told, Path(entry.path)))
            elif told.st_mtime < folder.stat().st_mtime - _STALE:
                _remove(Path(entry.path))
    return found


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
