"""The files below the sources: found in order, named for findings, opened without following links.

What is no plain file is a finding, whatever it is called. Names that begin with a dot are nobody's document
(editors, repositories and desktops keep their own things there), and are passed over.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tearline.bulletin.document import MAX_BYTES
from tearline.findings import Finding, Place, finding
from tearline.policy import Policy

# Everything a Markdown site generator would take for a document, compared without case.
SUFFIXES: Final = frozenset({".md", ".markdown", ".mdown", ".mkdn", ".mkd"})


@dataclass(frozen=True, slots=True)
class Source:
    """A document's file: where it is, its path below the sources (with slashes), its path in findings.

    A file outside of the sources, which only ``check`` is given, counts as lying directly below them.
    """

    path: Path
    relative: str
    shown: str

    def read(self) -> bytes | None:
        """At most one byte more than a document may have, which tells that it is too large; None if unreadable.

        Neither follows a link nor waits for a pipe, in case the file was exchanged since it was found.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
                return file.read(MAX_BYTES + 1) if plain else None
        except (OSError, ValueError):
            return None


@dataclass(slots=True)
class Found:
    """What a walk came to: the documents by path, what is wrong with others, and named files that are no documents."""

    sources: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)


def shown_path(policy: Policy, path: Path) -> str:
    """A path as findings name it: from the site's root, bytes that are no printable text as ``%0A``."""
    relative = path.relative_to(policy.root) if path.is_relative_to(policy.root) else path
    text = os.fsencode(relative).decode("utf-8", "surrogateescape").replace(os.sep, "/")
    return text if text.isprintable() else "".join(char if char.isprintable() else _percent(char) for char in text)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))


def find_sources(policy: Policy, only: Iterable[Path] = ()) -> Found:
    """Every document below the sources, or below ``only`` (files and folders, absolute), once and sorted by path."""
    named = list(only)
    found = Found()
    seen: set[Path] = set()
    pending = sorted(named or [policy.sources], reverse=True)
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        inside = _look(policy, path, found, named=path in named)
        pending += sorted((each for each in inside if not each.name.startswith(".")), reverse=True)
    found.sources.sort(key=lambda source: source.path)
    return found


def _look(policy: Policy, path: Path, found: Found, *, named: bool) -> list[Path]:
    """Sort one path into what was found; what is in it, if it is a folder."""
    document = path.suffix.lower() in SUFFIXES
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            return list(path.iterdir())
    except (OSError, ValueError):
        found.findings.append(finding("not-a-plain-file", Place(shown_path(policy, path))))
        return []
    if stat.S_ISLNK(mode) or (document and not stat.S_ISREG(mode)):
        found.findings.append(finding("not-a-plain-file", Place(shown_path(policy, path))))
    elif document:
        below = path.is_relative_to(policy.sources)
        relative = path.relative_to(policy.sources).as_posix() if below else path.name
        found.sources.append(Source(path, relative, shown_path(policy, path)))
    elif named:
        found.others.append(path)
    return []
