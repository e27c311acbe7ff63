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
from typing import Final, NamedTuple

from tearline.verify.folders import below

_OURS: Final = frozenset({".py", ".yml", ".txt", ".css", ".conf"})
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_HEAD: Final = struct.Struct(">32sI")  # of an entry: its key, and how many bytes it has
_SEAL: Final = b"tearline-memory 2 %s\n"


class Pile:
    """A file without a name: what is put there is on the disk, and no part of this process. Forked workers read it too.

    Raises ``OSError`` where the disk does not let it.
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self._end = 0

    @classmethod
    def new(cls, folder: Path | None = None) -> Pile:
        """An empty one, on the disk of a folder that there is, else where the system has such files."""
        with suppress(OSError), tempfile.TemporaryFile(dir=folder) as made:
            return cls(os.dup(made.fileno()))
        with tempfile.TemporaryFile() as made:
            return cls(os.dup(made.fileno()))

    def __del__(self) -> None:
        os.close(self._file)

    def put(self, data: bytes) -> Piece:
        """Put bytes at its end."""
        at, rest = self._end, memoryview(data)
        try:
            while rest:
                done = os.pwrite(self._file, rest, self._end)
                self._end, rest = self._end + done, rest[done:]
        except OSError as error:
            raise OSError(error.errno, error.strerror, "a temporary file") from None
        return Piece(self, at, len(data))

    def read(self, at: int, size: int) -> bytes:
        """That many bytes from a place on."""
        data = os.pread(self._file, size, at)
        if len(data) != size:
            raise OSError(0, "a file that is kept was cut off while it was read")
        return data


class Piece(NamedTuple):
    """Bytes in a pile, read when somebody asks for them."""

    pile: Pile | None = None
    at: int = 0
    size: int = 0

    @property
    def data(self) -> bytes:
        """The bytes. Raises ``OSError``."""
        return self.pile.read(self.at, self.size) if self.pile is not None else b""


class Entries(Mapping[str, bytes]):
    """Entries by their keys, in hexadecimal. Each is read when it is asked for."""

    def __init__(self, pieces: Mapping[bytes, Piece] | None = None) -> None:
        self._pieces = pieces or {}

    def piece(self, key: str) -> Piece:
        """Where an entry is. Raises ``KeyError`` where there is no such entry."""
        return self._pieces[bytes.fromhex(key)]

    def __getitem__(self, key: str) -> bytes:
        """Raises ``KeyError`` where there is no such entry."""
        return self.piece(key).data

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bytes.fromhex(key) in self._pieces

    def __iter__(self) -> Iterator[str]:
        return (key.hex() for key in self._pieces)

    def __len__(self) -> int:
        return len(self._pieces)


@dataclass(slots=True)
class Memory:
    """What is known from before, and what is to be kept for the next time: what nobody asks for again is forgotten.

    Neither is in memory, in spite of the name: of ten thousand documents it is very much.
    """

    known: Entries = field(default_factory=Entries)
    kept: dict[str, Piece] = field(default_factory=dict)
    pile: Pile = field(default_factory=Pile.new)

    def keep(self, key: str, entry: bytes | None = None) -> Piece:
        """Keep an entry: as it is known, if no other is given. There is nothing to keep without a key."""
        known = self.known.piece(key) if key in self.known else Piece()
        piece = self.pile.put(entry) if entry is not None else known
        if key:
            self.kept[key] = piece
        return piece


def recalled(path: Path | None) -> Memory:
    """A memory of what was written down; of nothing where there is no such file, or none that can be relied on."""
    return Memory(remembered(path), pile=Pile.new(path.parent if path is not None else None))


def remembered(path: Path | None) -> Entries:
    """The entries by their keys; none where there is no such file, or none that can be relied on."""
    if path is None:
        return Entries()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        pile, told = Pile(descriptor), os.fstat(descriptor)
        ours = stat.S_ISREG(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS
        return Entries(_read_through(descriptor, pile) if ours else None)
    except (OSError, struct.error):
        return Entries()


def _read_through(descriptor: int, pile: Pile) -> dict[bytes, Piece]:
    """The pieces of a file by their keys; none where its seal is not of its bytes."""
    pieces: dict[bytes, Piece] = {}
    seal, whole = hashlib.sha256(), os.fstat(descriptor).st_size
    with os.fdopen(os.dup(descriptor), "rb") as file:
        sealed = file.readline()
        at = len(sealed)
        while head := file.read(_HEAD.size):
            key, size = _HEAD.unpack(head)
            if size > whole:  # what is cut off or changed says any size
                return {}
            entry = file.read(size)
            at += len(head)
            pieces[key] = Piece(pile, at, size)
            at += len(entry)
            seal.update(head)
            seal.update(entry)
    return pieces if sealed == _SEAL % seal.hexdigest().encode() and at == whole else {}


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
            for key, piece in sorted(memory.kept.items()):
                entry = piece.data
                head = _HEAD.pack(bytes.fromhex(key), len(entry))
                seal.update(head)
                seal.update(entry)
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
    """The code and data of this package, Python, its order of bytes, and the version of every library there is."""
    root = Path(str(files("tearline")))
    paths = sorted(path for path in root.rglob("*") if path.suffix in _OURS)
    ours = (part for path in paths for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()))
    places = filter(Path.is_dir, map(Path, sys.path))
    # Their names tell versions, and reading each one's data takes half a second.
    others = sorted(path.name for place in places for path in place.glob("*.dist-info"))
    return key_of([sys.version.encode(), sys.byteorder.encode(), "\n".join(others).encode(), *ours]).encode()


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
