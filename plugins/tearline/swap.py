"""Replacing what others read, in one step: the old tree or the new one is there, whole, whenever anybody looks.

``exchange`` asks Linux to swap two folders (renameat2 with RENAME_EXCHANGE). Where the file system cannot, it moves
the old one aside and the new one in: the place is empty for the moment between two renames, and ``finish_exchange``
completes a pair that was cut short.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o755  # a server reads as somebody else; what keeps it out is the folder around
FILE_MODE: Final = 0o644
_HERE: Final = -100  # AT_FDCWD
_EXCHANGE: Final = 2  # RENAME_EXCHANGE
_CANNOT: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})


class TargetError(Exception):
    """A folder that cannot be written or replaced. The message is one line for whoever typed the command."""


def check_target(target: Path) -> None:
    """Refuse a target that is there and is not a folder of its own. Raises ``TargetError``."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise TargetError(f"{target} is not a folder, and is not replaced")


def exchange(new: Path, target: Path) -> None:
    """Put the tree ``new`` at ``target``; what was there is at ``new`` afterwards. Both lie on one disk.

    Raises ``TargetError`` where it cannot be done; then nothing has changed.
    """
    check_target(target)
    try:
        if not target.exists():
            new.rename(target)
        elif not _renameat2(new, target):
            _rename_pair(new, target)
        sync(target.parent)
        sync(new.parent)
    except OSError as error:
        raise TargetError(f"cannot replace {target}: {error.strerror}") from None


def _renameat2(new: Path, target: Path) -> bool:
    """Swap two folders at once. False where this system or file system has no such call."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(new), _HERE, os.fsencode(target), ctypes.c_uint(_EXCHANGE)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(target))


def _rename_pair(new: Path, target: Path) -> None:
    aside = _aside(new)
    target.rename(aside)
    try:
        new.rename(target)
    except OSError:
        aside.rename(target)
        raise
    aside.rename(new)


def _aside(new: Path) -> Path:
    return new.with_name(f"{new.name}.replaced")


def finish_exchange(new: Path, target: Path) -> None:
    """Complete an exchange by two renames that was cut short; nothing to do after any other."""
    aside = _aside(new)
    if aside.exists():
        if not target.exists():
            new.rename(target)
        aside.rename(new)


def sync(path: Path) -> None:
    """Have a file or folder on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_trees(roots: Sequence[Path]) -> None:
    """Have every file and folder below these, and themselves, on the disk. They lie on one disk.

    Linux is asked once for the whole disk: one file after the other takes minutes for a large site.
    """
    if not roots or _syncfs(roots[0]):
        return
    for root in roots:
        for folder, _, files in os.walk(root):
            for name in files:
                sync(Path(folder, name))
            sync(Path(folder))


def _syncfs(root: Path) -> bool:
    """Write out the disk that ``root`` is on. False where this system has no such call, or it failed."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if call is None:
        return False
    descriptor = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return bool(call(descriptor) == 0)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that whoever reads it finds the old bytes or the new ones, also after a power cut."""
    made = path.with_name(f"{path.name}.new")
    with made.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    sync(path.parent)


@contextmanager
def locked(path: Path, busy: str = "") -> Iterator[None]:
    """Hold the lock on a file or folder; one that dies lets go of it.

    Where somebody else holds it, wait; or raise ``TargetError`` with the message ``busy``, if there is one.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
    except OSError as error:
        os.close(descriptor)
        raise TargetError(busy if isinstance(error, BlockingIOError) else f"{path} cannot be locked") from None
    try:
        yield
    finally:
        os.close(descriptor)


def make_readable(tree: Path) -> None:
    """Let everybody read a tree that is to be published, whatever the umask said. Raises ``OSError``."""
    tree.chmod(FOLDER_MODE)
    with os.scandir(tree) as found:
        inside = list(found)
    for one in inside:
        told = one.stat(follow_symlinks=False)
        if stat.S_ISDIR(told.st_mode):
            make_readable(Path(one.path))
        elif stat.S_IMODE(told.st_mode) != FILE_MODE and not stat.S_ISLNK(told.st_mode):
            os.chmod(one.path, FILE_MODE)  # noqa: PTH101 - as many as a site has
