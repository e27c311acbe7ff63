"""A small store of made things, named by what they were made from: what did not change is not made again.

    FOLDER/<digest of the key>   a line that says for which key and with which SHA-256, then the content
    FOLDER/<name>.shelf          very many small things of one kind, in one file that sqlite reads and writes

A store speeds up and is never believed: an entry that is cut off, changed, another's or not ours is dropped, as is a
folder that others may write to. Whatever is wrong with a store, it comes to nothing being stored. Sizes and times say
nothing: a key is made of every byte that what is stored depends on, the code of this program among them.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

MODE: Final = 0o700
LARGEST: Final = 256 << 20  # bytes of a whole store
_SHAPE: Final = b"tearline-store 1"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_PART: Final = ".part-"
SHELF: Final = ".shelf"  # how names of shelves end, but for what sqlite puts beside them
_STALE: Final = 3600  # seconds after which an entry that was never finished goes
_KEPT: Final = 4  # openings of a shelf after which what nobody asked for goes
_PATIENCE: Final = 10  # seconds to wait for another build that writes to the same shelf
_PASSING: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}  # what is no fault of the file
_BATCH: Final = 500  # entries that are written at once
_ASKED: Final = ("user_version FROM pragma_user_version", "count(*) FROM sqlite_master")
_LAYOUT: Final = 2  # of the tables; a file of another is removed
# Large contents in the tree of keys would make it deep, and to note the use of one would write it again.
_TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, seal BLOB, content BLOB);
CREATE TABLE IF NOT EXISTS used (key TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opened (times INTEGER);
PRAGMA user_version = {_LAYOUT};
"""


class Store:
    """Entries below one folder. Reading and writing never raise for what is wrong with the disk or an entry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.usable = made(folder)

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


class Shelf:
    """Entries of one kind in one file. As with ``Store``, nothing that is wrong with it is ever raised or believed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}{SHELF}"
        self.base = _opened(self.path) if made(folder) else None
        self.times = 0
        self.asked: set[str] = set()
        self.fresh: dict[str, bytes] = {}
        for row in self._ask("SELECT times FROM opened"):
            self.times = row[0] if isinstance(row[0], int) else 0

    def get(self, key: str) -> bytes | None:
        """What was put under a key; None where there is nothing, or nothing that can be relied on."""
        for seal, content in self._ask("SELECT seal, content FROM entry WHERE key = ?", key):
            self.asked.add(key)
            if isinstance(content, bytes) and seal == _seal(key, content):
                with suppress(zlib.error):
                    return zlib.decompress(content)
        return None

    def keys(self) -> set[str]:
        """All keys that something was put under: for what is known by its key alone."""
        rows = self._ask("SELECT key, seal, content FROM entry")
        return {str(key) for key, seal, made in rows if isinstance(made, bytes) and seal == _seal(str(key), made)}

    def put(self, key: str, content: bytes) -> None:
        """Put content under a key. It is there for others after ``close``."""
        self.fresh[key] = zlib.compress(content, 1)
        if len(self.fresh) >= _BATCH:
            self._write()

    def use(self, keys: Iterable[str]) -> None:
        """Say that these were asked for, so that they stay."""
        self.asked.update(keys)

    def close(self) -> None:
        """Write what was put, and let go of what nobody asked for in some time."""
        self._write()
        self._do("UPDATE used SET times = ? WHERE key = ?", [(self.times + 1, key) for key in sorted(self.asked)])
        self._do("DELETE FROM used WHERE times < ?", [(self.times + 1 - _KEPT,)])
        self._do("DELETE FROM entry WHERE key NOT IN (SELECT key FROM used)", [()])
        self._do("DELETE FROM opened", [()])
        self._do("INSERT INTO opened VALUES (?)", [(self.times + 1,)])
        self._commit()
        if self.base is not None:
            self.base.close()
        self.base = None

    def _commit(self) -> None:
        try:
            if self.base is not None:
                self.base.commit()
        except sqlite3.Error as error:
            self._drop(error)

    def _write(self) -> None:
        rows = [(key, _seal(key, made), made) for key, made in self.fresh.items()]
        self._do("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)
        self._do("INSERT OR REPLACE INTO used VALUES (?, ?)", [(key, self.times + 1) for key in self.fresh])
        self.asked.difference_update(self.fresh)  # they are new, and say so themselves
        self.fresh.clear()
        self._commit()

    def _ask(self, asked: str, *values: str) -> list[tuple[object, ...]]:
        try:
            return self.base.execute(asked, values).fetchall() if self.base is not None else []
        except sqlite3.Error as error:
            self._drop(error)
            return []

    def _do(self, what: str, rows: Iterable[tuple[object, ...]]) -> None:
        try:
            if self.base is not None:
                self.base.executemany(what, rows)
        except sqlite3.Error as error:
            self._drop(error)

    def _drop(self, error: sqlite3.Error) -> None:
        """No more of this file: another build has it, or the disk is full, or it is broken and goes."""
        if self.base is not None:
            with suppress(sqlite3.Error):
                self.base.close()
        self.base = None
        if error.sqlite_errorcode not in _PASSING:
            _remove(self.path)


@contextmanager
def shelf(folder: Path, name: str) -> Iterator[Shelf]:
    """A shelf, closed at the end."""
    made = Shelf(folder, name)
    try:
        yield made
    finally:
        made.close()


def _opened(path: Path) -> sqlite3.Connection | None:
    """The file as a database; a file that is none, or not ours alone, is removed first."""
    for _ in range(3):
        with suppress(OSError):
            told = path.lstat()
            if not stat.S_ISREG(told.st_mode) or told.st_uid != os.geteuid() or told.st_mode & _OTHERS:
                _remove(path)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
            base = sqlite3.connect(path, timeout=_PATIENCE)
            base.execute("PRAGMA synchronous = OFF")  # what a fallen machine leaves half written is not believed
            if not _of_our_layout(base):
                base.close()
                _remove(path)
                continue
            base.executescript(_TABLES)
        except sqlite3.Error as error:
            if error.sqlite_errorcode in _PASSING:
                return None
            _remove(path)
        except OSError:
            _remove(path)
        else:
            return base
    return None


def _of_our_layout(base: sqlite3.Connection) -> bool:
    """Whether its tables are ours, or it has none yet."""
    layout, tables = (base.execute(f"SELECT {asked}").fetchone()[0] for asked in _ASKED)
    return layout == _LAYOUT or not tables


def _seal(key: str, content: bytes) -> bytes:
    return hashlib.sha256(b" ".join([_SHAPE, key.encode("utf-8", "replace"), content])).digest()


@cache
def ingredients() -> tuple[str, ...]:
    """What whatever is made here depends on beside its input, a line each: Python, our code and data, every library."""
    root = Path(str(files("tearline")))
    paths = sorted(path for path in root.rglob("*") if path.suffix in {".py", ".yml", ".txt"})
    ours = (part for path in paths for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()))
    places = filter(Path.is_dir, map(Path, sys.path))
    # Their names tell versions, and reading each one's data takes half a second.
    others = sorted(path.stem.replace("-", " ") for place in places for path in place.glob("*.dist-info"))
    return (f"Python {' '.join(sys.version.split())}", f"tearline's code {digest_of(ours)}", *others)


@cache
def identity() -> str:
    """All ingredients in one digest."""
    return digest_of(line.encode() for line in ingredients())


def digest_of(parts: Iterable[bytes]) -> str:
    """The key of what is made from these parts: no two lists of parts have the same."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def _head(key: str, content: bytes) -> bytes:
    return b" ".join([_SHAPE, key.encode(), hashlib.sha256(content).hexdigest().encode()])


def made(folder: Path) -> bool:
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
            if (
                stat.S_ISDIR(told.st_mode)
                or SHELF in entry.name
                or (entry.name.startswith(".") and not entry.name.startswith(_PART))
            ):
                continue  # what is not ours to trim
            if not entry.name.startswith(_PART):
                found.append((told, Path(entry.path)))
            elif told.st_mtime < folder.stat().st_mtime - _STALE:
                _remove(Path(entry.path))
    return found


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
