"""Many small files of one tree, written and read with as few calls to the system as there can be.

Of a site of ten thousand bulletins every file is made anew in every build. Making a folder and a file in it is what a
disk takes its time for; asking each time whether the folder is there would take as much again.
"""

from __future__ import annotations

import array
import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602  # FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of linux/fs.h
_TOP: Final = 0x20000  # FS_TOPDIR_FL: chattr's T
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class Placing:
    """Writes files into a tree that nobody else writes to. Each folder is made once, before its first file."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._made: set[str] = set()

    def put(self, name: str, data: bytes) -> None:
        """Write the file ``name``, with slashes, below the root. Raises ``OSError``."""
        folder = name.rpartition("/")[0]
        if folder not in self._made:
            self._make(folder)
        descriptor = os.open(f"{self._root}/{name}", _NEW, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)

    def _make(self, folder: str) -> None:
        path = f"{self._root}/{folder}" if folder else self._root
        with suppress(FileExistsError):
            try:
                os.mkdir(path)  # noqa: PTH102 - as many as a site has
            except FileNotFoundError:
                os.makedirs(path, exist_ok=True)  # noqa: PTH103 - likewise
        self._made.add(folder)


def spread(folder: Path) -> None:
    """Have the disk put each folder below this one in a place of its own, by its name, where it can.

    By itself ext4 makes what is new beside what its parent has, where the last build has just removed as much; and an
    inode that was removed within minutes is looked at and passed over each time that one is made.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            flags = array.array("L", [0])
            fcntl.ioctl(descriptor, _GET_FLAGS, flags)
            flags[0] |= _TOP
            fcntl.ioctl(descriptor, _SET_FLAGS, flags)
        finally:
            os.close(descriptor)


def below(root: Path) -> list[str]:
    """The names of all files below a folder, with slashes, in order. Links to folders are not followed."""
    return sorted(_below(os.fspath(root), ""))


def _below(folder: str, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as found:
        for one in found:
            if one.is_dir(follow_symlinks=False):
                yield from _below(one.path, f"{prefix}{one.name}/")
            elif one.is_file():
                yield prefix + one.name


def content(path: str) -> bytes:
    """The bytes of a file. Raises ``OSError``."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        parts = [os.read(descriptor, size + 1)]
        while parts[-1] and sum(map(len, parts)) != size:
            parts.append(os.read(descriptor, size + 1))
    finally:
        os.close(descriptor)
    return b"".join(parts)
