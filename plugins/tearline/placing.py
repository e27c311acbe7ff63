"""Many small files of one tree, written and read with as few calls to the system as there can be.

Making a folder and a file in it is what a disk takes its time for; asking each time whether the folder is there would
take as much again. Where a tree of an earlier time is there to be mended, a file with the right bytes is left alone.
"""

from __future__ import annotations

import array
import fcntl
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602  # FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of linux/fs.h
_TOP: Final = 0x20000  # FS_TOPDIR_FL: chattr's T
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class Placing:
    """Writes files into a tree that nobody else writes to. Each folder is made once, before its first file.

    With ``names``, the tree may be there from an earlier time. Whatever else it holds is removed first, folders called
    as in ``leave`` aside; and a file of these names stays where it is the same bytes that are put there.
    """

    def __init__(self, root: Path, names: Collection[str] | None = None, leave: Collection[str] = ()) -> None:
        self._root = os.fspath(root)
        self._made: set[str] = set()
        self._there: dict[str, int] = {}  # how many bytes each file has
        if names is not None and root.is_dir():
            folders = {name[:end] for name in names for end, char in enumerate(name) if char == "/"}
            self._there = dict(_mended(self._root, "", frozenset(names), frozenset(folders), frozenset(leave)))

    def put(self, name: str, data: bytes) -> None:
        """Write the file ``name``, with slashes, below the root. Raises ``OSError``."""
        path = f"{self._root}/{name}"
        if name in self._there:
            if self._there[name] == len(data) and content(path) == data:
                return
            os.unlink(path)  # noqa: PTH108 - as many as a site has. Whoever reads the old file goes on reading that
            del self._there[name]
        folder = name.rpartition("/")[0]
        if folder not in self._made:
            self._make(folder)
        descriptor = os.open(path, _NEW, 0o666)
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


def _mended(
    folder: str, prefix: str, names: frozenset[str], folders: frozenset[str], leave: frozenset[str]
) -> Iterator[tuple[str, int]]:
    """The plain files of these names, and how many bytes each has. All else is removed, a link whatever its name.

    So is what is somebody else's, or has two names.
    """
    with os.scandir(folder) as found:
        inside = list(found)
    for one in inside:
        name, told = prefix + one.name, one.stat(follow_symlinks=False)
        ours = told.st_uid == os.geteuid()
        if stat.S_ISDIR(told.st_mode):
            if ours and name in leave:
                continue
            if ours and name in folders:
                yield from _mended(one.path, f"{name}/", names, folders, leave)
            else:
                shutil.rmtree(one.path)
        elif ours and name in names and stat.S_ISREG(told.st_mode) and told.st_nlink == 1:
            yield name, told.st_size
        else:
            os.unlink(one.path)  # noqa: PTH108 - likewise


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
