"""Private folders to build in, and finished trees put where readers look: whole, at once, or not at all.

A private folder can be read by its owner only and lies beside its target, on the same disk. It is locked while
anybody works in it, our renderers included. What a killed process left is not locked any more, and goes with the
next run.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = ".tearline-"
FOLDER_MODE: Final = 0o755
FILE_MODE: Final = 0o644
_SETTLED: Final = 10  # seconds after which a new folder is surely locked by whoever made it
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


class TargetError(Exception):
    """A folder that cannot be written or replaced. The message is one line for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class Private:
    """A private folder and the lock on it; a process that inherits the lock keeps the folder from being swept."""

    path: Path
    lock: int


@contextmanager
def private_folder(beside: Path) -> Iterator[Private]:
    """A folder below ``beside`` that only we can read, gone afterwards. Raises ``TargetError`` if none can be made."""
    try:
        beside.mkdir(parents=True, exist_ok=True)
        sweep(beside)
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
    except OSError as error:
        raise TargetError(f"cannot write below {beside}: {error.strerror}") from None
    lock = -1
    try:
        lock = os.open(path, os.O_RDONLY)
        with contextlib.suppress(OSError):  # a disk without locks: then nothing is ever swept
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield Private(path, lock)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if lock >= 0:
            os.close(lock)


def sweep(folder: Path) -> None:
    """Remove the private folders of our own dead processes; what is locked, new or somebody else's stays."""
    for path in folder.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            about = path.lstat()
            if not path.is_symlink() and path.is_dir() and about.st_uid == os.geteuid() and _settled(about):
                _sweep_one(path)


def _settled(about: os.stat_result) -> bool:
    return time.time() - about.st_mtime > _SETTLED


def _sweep_one(path: Path) -> None:
    lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)


def publish(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Put each finished tree in its target's place: all, or none where one of them cannot be.

    The old trees are left where the new ones were. Raises ``TargetError``.
    """
    done: list[tuple[Path, Path, bool]] = []
    try:
        for new, target in pairs:
            done.append((new, target, _swap(new, target)))
    except BaseException:
        for new, target, exchanged in reversed(done):
            with contextlib.suppress(OSError):
                _exchange(new, target) if exchanged else target.rename(new)
        raise


def _swap(new: Path, target: Path) -> bool:
    """Whether there was an old tree, which is now at ``new``."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise TargetError(f"{target} is not a folder, and is not replaced")
    try:
        try:
            new.rename(target)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            _exchange(new, target)
            return True
    except OSError as error:
        raise TargetError(f"cannot replace {target}: {error.strerror}") from None
    return False


def _exchange(one: Path, other: Path) -> None:
    """Let two folders trade places: in one step where the system can, else in three that are undone on failure."""
    try:
        _renameat2(one, other)
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
            raise
        aside = one.with_name(f"{one.name}.aside")
        other.rename(aside)
        try:
            one.rename(other)
        except BaseException:
            aside.rename(other)
            raise
        aside.rename(one)


def _renameat2(one: Path, other: Path) -> None:
    """Linux's rename with RENAME_EXCHANGE, which Python does not offer. Raises ``OSError``; ENOSYS elsewhere."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(other))


def make_readable(tree: Path) -> None:
    """Let everybody read a tree that is to be published, whatever the umask said."""
    tree.chmod(FOLDER_MODE)
    for path in tree.rglob("*"):
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
