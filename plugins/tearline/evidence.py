"""What a disk says of files that nobody changed: enough to know, unread, that they are as they were.

A size and a time of change are no evidence: a re-marking can keep the one, and anybody can set the other. The inode
change time is: every write, rename and change of mode moves it on, and no ordinary program sets it back. Two changes
within one tick of a disk's clock cannot be told apart, so a file that was changed shortly before it was looked at is
read.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

TICK: Final = 2_000_000_000  # nanoseconds: more than any disk's clock takes for a step


class Seen(NamedTuple):
    """What a disk says of one file; times in nanoseconds."""

    mode: int
    disk: int
    inode: int
    size: int
    written: int
    changed: int

    @classmethod
    def of(cls, told: os.stat_result) -> Seen:
        """What is evidence of a file's state."""
        return cls(told.st_mode, told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)

    def settled(self, taken: int) -> bool:
        """Whether a change after ``taken`` would show. What was changed just before that may be changed unseen."""
        return self.changed < taken - TICK


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was below some folders at ``taken``, nanoseconds of the disk's clock, as one digest.

    Names are told from each folder on: a tree that is moved as a whole stays the same.
    """

    taken: int
    digest: str

    @classmethod
    def of(cls, roots: Sequence[Path], taken: int) -> Evidence:
        """The files at and below these paths. Never raises: what cannot be read differs from what can."""
        made = hashlib.sha256()
        for number, root in enumerate(roots):
            for name, told in _at(root, taken):
                made.update(f"{number} {told} {name}\n".encode("utf-8", "surrogateescape"))
        return cls(taken, made.hexdigest())

    def holds(self, roots: Sequence[Path]) -> bool:
        """Whether all is as it was."""
        return Evidence.of(roots, self.taken) == self


def disk_clock(folder: Path) -> int:
    """What the clock of the disk says that ``folder`` is on. Raises ``OSError`` where it cannot be written to."""
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.fstat(file.fileno()).st_ctime_ns


def _at(root: Path, taken: int) -> Iterator[tuple[str, str]]:
    """A path that was named, which may be a link, and what is below it."""
    try:
        told = root.stat()
    except OSError as error:
        yield "", f"fault {error.errno}"
        return
    if stat.S_ISDIR(told.st_mode):
        yield "", f"folder {told.st_mode}"
        yield from _below(os.fspath(root), "", taken)
    else:
        yield "", _said(told, os.fspath(root), taken)


def _below(folder: str, prefix: str, taken: int) -> Iterator[tuple[str, str]]:
    """Everything in a folder, hidden or not, in order; links are not followed."""
    try:
        with os.scandir(folder) as found:
            inside = sorted(found, key=lambda one: one.name)
    except OSError as error:
        yield prefix, f"fault {error.errno}"
        return
    for one in inside:
        name = prefix + one.name
        try:
            told = one.stat(follow_symlinks=False)
        except OSError as error:
            yield name, f"fault {error.errno}"
            continue
        if stat.S_ISDIR(told.st_mode):
            yield name, f"folder {told.st_mode}"
            yield from _below(one.path, f"{name}/", taken)
        else:
            yield name, _said(told, one.path, taken)


def _said(told: os.stat_result, path: str, taken: int) -> str:
    seen = Seen.of(told)
    if seen.settled(taken) or not stat.S_ISREG(seen.mode):
        return " ".join(map(str, seen))
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as many as a site has
            return f"{seen} {hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        return f"{seen} fault {error.errno}"
