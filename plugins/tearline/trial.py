"""What an edition's store gains in a build stays there once the build has passed, and goes if it has not.

    FOLDER/.trial-xxxxxxxx   locked by a build that has not come to its end

Pages are rendered, indexed and printed before the verifier reads them, and each is stored where it is made. A store
holds what its edition may see, and jobs of that edition may keep it: what was refused is no part of it. Of a build that
was killed nobody knows what it had stored, so all goes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from tearline.store import SHELF, made

_MARK: Final = ".trial-"
_NAMES: Final = "SELECT key FROM entry"
# What goes is written over, and not left in pages that nothing leads to.
_SECURE: Final = "PRAGMA secure_delete = ON"

Names = Mapping[str, frozenset[str]]  # of files: the keys in them, if they are shelves


@contextmanager
def on_trial(folder: Path) -> Iterator[Callable[[], None]]:
    """What is stored below a folder meanwhile goes again, unless what is given is called."""
    if not made(folder):
        yield lambda: None
        return
    _sweep(folder)
    before, passed = _names(folder), list[bool]()
    mark = _marked(folder)
    try:
        yield lambda: passed.append(True)
    finally:
        if not passed:
            _keep_only(folder, before)
        if mark is not None:
            Path(mark.name).unlink(missing_ok=True)
            mark.close()


def _marked(folder: Path) -> IO[bytes] | None:
    """The file that says that a build is at work there, locked; None where none can be made, as on a disk that is full.

    Then nobody knows after a kill.
    """
    with suppress(OSError):
        descriptor, name = tempfile.mkstemp(prefix=_MARK, dir=folder)
        os.close(descriptor)
        mark = Path(name).open("rb")  # noqa: SIM115 - it is open as long as the build is at work
        with suppress(OSError):  # a disk without locks: then every build finds the other's mark
            fcntl.flock(mark, fcntl.LOCK_EX)
        return mark
    return None


def _sweep(folder: Path) -> None:
    """Empty a folder that a build left before it came to its end."""
    for mark in sorted(folder.glob(f"{_MARK}*")):
        with suppress(OSError):
            descriptor = os.open(mark, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while that build lives
                _keep_only(folder, {})
                mark.unlink(missing_ok=True)
            finally:
                os.close(descriptor)


def _names(folder: Path) -> Names:
    return {path.name: _keys(path) for path in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(_MARK)]


def _keys(path: Path) -> frozenset[str]:
    """The keys of a shelf; none of what is no shelf, or cannot be read."""
    if not path.name.endswith(SHELF) or not path.is_file():
        return frozenset()
    try:
        with closing(sqlite3.connect(path)) as base:
            return frozenset(str(key) for (key,) in base.execute(_NAMES))
    except sqlite3.Error:
        return frozenset()


def _keep_only(folder: Path, names: Names) -> None:
    """Remove every file and every entry that is not named. A shelf that cannot be read goes.

    What sqlite has put beside a shelf that stays is its own, or that of another build which is writing to it.
    """
    for path in _files(folder):
        if path.name in names and path.name.endswith(SHELF):
            gone = _keys(path) - names[path.name]
            try:
                with closing(sqlite3.connect(path)) as base:
                    base.execute(_SECURE)
                    base.executemany("DELETE FROM entry WHERE key = ?", [(key,) for key in gone])
                    base.commit()
            except sqlite3.Error:
                _remove(path)
        elif path.name not in names and path.name.partition(f"{SHELF}-")[0] + SHELF not in names:
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
