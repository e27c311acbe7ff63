"""A site's files as they lie on a disk: each one's path, size and SHA-256, and how two such lists differ.

Paths are relative, with slashes, sorted by code points. What is not a plain file in a plain folder (a link, a pipe,
an empty folder, a name that cannot be written down) is a finding: it could be anything tomorrow.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, ConfigDict, Field

from tearline.evidence import Seen
from tearline.findings import Finding, Place, finding, in_order

MAX_PATH: Final = 1024  # characters
_CHUNK: Final = 1 << 16  # bytes: nearly every file fits, and a larger buffer takes longer to get than to fill


def checked_path(path: str) -> str:
    """The path, if it leads down from the site's folder and nowhere else. Raises ``ValueError``."""
    parts = path.split("/")
    if not 0 < len(path) <= MAX_PATH or {"", ".", ".."} & set(parts) or "\\" in path or not path.isprintable():
        raise ValueError("not a path inside the site")
    return path


SitePath = Annotated[str, AfterValidator(checked_path)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, lt=1 << 53)]


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One file: its path below the site, its size in bytes, its SHA-256 in hexadecimal."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    path: SitePath
    size: Count
    sha256: Digest


@dataclass(slots=True)
class Inventory:
    """What was found below a folder: entries in order, and what there is to say about the rest.

    ``seen`` is what the disk said of each file before it was read, and ``taken`` when, by the disk's own clock.
    """

    entries: tuple[Entry, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    taken: int = 0
    seen: dict[str, Seen] = field(default_factory=dict)

    def known(self) -> dict[tuple[str, Seen], Entry]:
        """The files that are the same, unread, where the disk says the same of them."""
        told = ((one, self.seen[one.path]) for one in self.entries)
        return {(one.path, seen): one for one, seen in told if seen.settled(self.taken)}


def tree_digest(entries: Iterable[Entry]) -> str:
    """One digest for all of them: SHA-256 over the lines ``sha256 size path``, sorted by path."""
    lines = "".join(f"{one.sha256} {one.size} {one.path}\n" for one in sorted(entries))
    return hashlib.sha256(lines.encode()).hexdigest()


def take_inventory(site: Path, shown: str, taken: int = 0, before: Inventory | None = None) -> Inventory:
    """Read every file below ``site``; findings name it ``shown``. Raises ``OSError`` where something cannot be read.

    ``taken`` is the time by the disk's clock. What was read ``before`` and surely not touched since is not read again.
    """
    made = Inventory(taken=taken)
    if not stat.S_ISDIR(site.lstat().st_mode):
        made.findings.append(finding("site-file-kind", Place(shown), "the site is not a folder"))
        return made
    known = before.known() if before is not None else {}
    made.entries = tuple(sorted(_walk(os.fspath(site), "", shown, made, known), key=attrgetter("path")))
    if not made.entries and not made.findings:
        made.findings.append(finding("file-missing", Place(shown), "there is no file at all"))
    return made


def _walk(
    folder: str, prefix: str, shown: str, made: Inventory, known: Mapping[tuple[str, Seen], Entry]
) -> Iterator[Entry]:
    with os.scandir(folder) as found:
        inside = sorted(found, key=lambda one: one.name)
    if not inside and prefix:
        made.findings.append(finding("file-extra", Place(f"{shown}/{prefix}"), "an empty folder"))
    for one in inside:
        name = prefix + one.name
        try:
            checked_path(name)
        except ValueError:
            place = Place(printable(f"{shown}/{name}"))
            made.findings.append(finding("site-file-kind", place, "its name cannot be written down"))
            continue
        if one.is_dir(follow_symlinks=False):
            yield from _walk(one.path, f"{name}/", shown, made, known)
        elif one.is_file(follow_symlinks=False):
            seen = made.seen[name] = Seen.of(one.stat(follow_symlinks=False))
            yield known.get((name, seen)) or Entry(name, *measured(one.path))
        else:
            kind = "a link" if one.is_symlink() else "a special file"
            made.findings.append(finding("site-file-kind", Place(printable(f"{shown}/{name}")), kind))


def printable(text: str) -> str:
    """The text with a question mark for whatever a terminal should not be sent."""
    decoded = os.fsencode(text).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "?" for char in decoded)


def open_plain(path: Path | str) -> int:
    """A descriptor of a plain file; never follows a link at its end, never waits. Raises ``OSError``."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a plain file", str(path))
    return descriptor


def measured(path: Path | str) -> tuple[int, str]:
    """Size and SHA-256 of a file, of the bytes that were read."""
    size, hashed = 0, hashlib.sha256()
    descriptor = open_plain(path)
    try:
        while chunk := os.read(descriptor, _CHUNK):
            size += len(chunk)
            hashed.update(chunk)
    finally:
        os.close(descriptor)
    return size, hashed.hexdigest()


def fingerprint(paths: Iterable[Path]) -> str:
    """A digest of the files at and below these paths, by path and content; names that begin with a dot aside.

    Never raises: a file that cannot be read differs from one that can.
    """
    hashed = hashlib.sha256()
    for root in paths:
        for path in sorted([root, *root.rglob("[!.]*")]):
            said: object = "no plain file"
            try:
                if stat.S_ISREG(path.lstat().st_mode):
                    said = measured(path)
            except OSError as error:
                said = error.errno
            hashed.update(repr((os.fsencode(path), said)).encode())
    return hashed.hexdigest()


def differences(wanted: Iterable[Entry], found: Inventory, shown: str) -> list[Finding]:
    """Files of ``found`` that are changed, missing or too many, measured by ``wanted``, and its own findings."""
    want = {one.path: one for one in wanted}
    have = {one.path: one for one in found.entries}
    told = list(found.findings)
    for path in want.keys() | have.keys():
        place = Place(f"{shown}/{path}")
        if path not in have:
            told.append(finding("file-missing", place))
        elif path not in want:
            told.append(finding("file-extra", place))
        elif want[path] != have[path]:
            told.append(finding("file-changed", place))
    return in_order(told)
