"""Several changes as one: made in a private folder, written down in a journal, completed by whoever comes next.

    BESIDE/.tearline-xxxxxxxx/             locked while anybody works in it, our renderers included
    BESIDE/.tearline-xxxxxxxx/commit.json  only while changes are being carried out

Folders are exchanged, each in one step. Files (a manifest, its signature) are put aside before and put in place after
the folders: a file that is there agrees with the folders, and for the moment between there is none. Once the journal
is on the disk everything new is too, so a run that finds the journal of a dead process carries it out to its end.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tearline.placing import spread
from tearline.swap import TargetError, check_target, exchange, finish_exchange, locked, sync, sync_trees, write_whole

PREFIX: Final = ".tearline-"
_JOURNAL: Final = "commit.json"
_ASIDE: Final = "aside-"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_HANDS: Final = 2  # threads that remove; more of them wait for the same disk
_SETTLED: Final = 10  # seconds after which a new folder is surely locked by whoever made it


@dataclass(frozen=True, slots=True)
class Change:
    """``source``, below the private folder, goes to ``name`` beside it; without a source the file ``name`` goes.

    ``inode`` tells the new one from the old, so that no step is taken twice.
    """

    name: str
    source: str = ""
    inode: int = 0
    tree: bool = False

    @classmethod
    def of(cls, folder: Path, source: Path, name: str) -> Change:
        """The change that puts ``source`` in place."""
        told = source.lstat()
        return cls(name, source.relative_to(folder).as_posix(), told.st_ino, stat.S_ISDIR(told.st_mode))


@dataclass(frozen=True, slots=True)
class Private:
    """A private folder and the lock on it; a process that inherits the lock keeps the folder from being swept."""

    path: Path
    lock: int

    def room(self, name: str) -> Path:
        """Where to make an edition's trees: its name is another each time, and so is its place on the disk."""
        return self.path / f"{name}-{self.path.name.removeprefix(PREFIX)}"


@contextmanager
def private_folder(beside: Path) -> Iterator[Private]:
    """A folder below ``beside`` that only we can read, gone afterwards. Raises ``TargetError`` if none can be made.

    What dead processes left there is completed or removed first.
    """
    try:
        beside.mkdir(parents=True, exist_ok=True)
        sweep(beside)
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
    except OSError as error:
        raise TargetError(f"cannot write below {beside}: {error.strerror}") from None
    lock = -1
    try:
        spread(path)
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        with suppress(OSError):  # a disk without locks: then nothing is ever swept
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield Private(path, lock)
    finally:
        _clear(path)
        if lock >= 0:
            os.close(lock)


def sweep(beside: Path) -> None:
    """Complete what dead processes were carrying out in ``beside``, and remove their folders.

    What is locked, somebody else's, or so new that it may be about to be locked stays.
    """
    for folder in sorted(beside.glob(f"{PREFIX}{'?' * 8}")):
        with suppress(OSError, TargetError):
            told = folder.lstat()
            ours = stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS
            settled = time.time() - told.st_mtime > _SETTLED or (folder / _JOURNAL).exists()
            if ours and settled:
                with locked(folder, "it lives"):
                    _complete(folder)


def _complete(folder: Path) -> None:
    with suppress(OSError, TargetError):
        if changes := _journal(folder):
            _carry_out(folder, changes)
    _clear(folder)


def _clear(folder: Path) -> None:
    """Remove a private folder, as far as this disk lets us: what is in it at once, since most of it is waiting."""
    with suppress(OSError), ThreadPoolExecutor(_HANDS) as threads:
        for tree in folder.iterdir():
            threads.submit(shutil.rmtree, tree, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _journal(folder: Path) -> list[Change]:
    """The changes that a dead process had begun to carry out; none where it had not."""
    with suppress(FileNotFoundError, ValueError, TypeError):
        changes = [Change(**each) for each in json.loads((folder / _JOURNAL).read_bytes())]
        if all("/" not in one.name and ".." not in {one.name, *one.source.split("/")} for one in changes):
            return changes
    return []


def commit(folder: Path, changes: Sequence[Change]) -> None:
    """Carry out all changes beside the private folder; if killed, the next run there does the rest.

    Raises ``TargetError`` where one cannot be done; then none of them is.
    """
    beside = folder.parent
    for one in changes:
        _check(beside / one.name, one)
    try:
        for one in changes:
            if one.source and not one.tree:
                sync(folder / one.source)
        sync_trees([folder / one.source for one in changes if one.tree])
        write_whole(folder / _JOURNAL, json.dumps([asdict(one) for one in changes]).encode())
        _carry_out(folder, changes)
    except OSError as error:
        _undo(folder, changes)
        raise TargetError(f"cannot write below {beside}: {error.strerror}") from None
    except BaseException:  # a signal too: the folder, and its journal, are about to go
        _undo(folder, changes)
        raise


def _check(target: Path, change: Change) -> None:
    if change.tree:
        check_target(target)
    elif target.is_symlink() or (target.exists() and not target.is_file()):
        raise TargetError(f"{target} is not a plain file, and is not replaced")


def _carry_out(folder: Path, changes: Sequence[Change]) -> None:
    beside = folder.parent
    for one in changes:
        if not one.tree and _inode(beside / one.name) not in {None, one.inode}:
            (beside / one.name).replace(folder / f"{_ASIDE}{one.name}")
    sync(beside)
    for one in changes:
        if one.tree:
            finish_exchange(folder / one.source, beside / one.name)
            if _inode(beside / one.name) != one.inode:
                exchange(folder / one.source, beside / one.name)
    for one in changes:
        if one.source and not one.tree and _inode(beside / one.name) != one.inode:
            (folder / one.source).replace(beside / one.name)
    sync(beside)
    (folder / _JOURNAL).unlink()


def _undo(folder: Path, changes: Sequence[Change]) -> None:
    """Put back what was there, as far as this disk still lets us; the journal goes, so nobody tries again."""
    beside = folder.parent
    with suppress(OSError, TargetError):
        (folder / _JOURNAL).unlink(missing_ok=True)
        for one in changes:
            here, there = folder / one.source, beside / one.name
            if one.source and _inode(there) == one.inode:
                if one.tree and here.exists():
                    exchange(here, there)
                else:
                    there.replace(here)
        for one in changes:
            aside = folder / f"{_ASIDE}{one.name}"
            if aside.exists():
                aside.replace(beside / one.name)


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None
