"""The rewritings that the marking language names: marks in their official spelling, front-matter texts in quotes.

Only spelling changes. A rewriting is kept if the file, read again, has the same marks and fewer findings.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tearline.bulletin.document import read_document
from tearline.bulletin.front_matter import quote_fixes
from tearline.corpus import document_paths
from tearline.findings import Finding
from tearline.policy import Policy

_BOM = "\ufeff"


def fixed(policy: Policy, paths: Sequence[Path], *, write: bool) -> list[tuple[str, int]]:
    """Rewrite the documents below the sources, or in ``paths``; (path as shown, number of rewritings) of each changed.

    Line ends, byte-order marks and permissions stay as they are. Raises ``OSError`` where a file cannot be written.
    """
    changed = []
    for path, shown in document_paths(policy, paths):
        data = path.read_bytes()
        text, count = rewritten(data, shown, policy.system)
        if count:
            changed.append((shown, count))
            if write:
                _replace(path, text)
    return changed


def rewritten(data: bytes, shown: str, system: str) -> tuple[bytes, int]:
    """A document's bytes after all rewritings, and how many there were."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data, 0
    bom, crlf = text.startswith(_BOM), "\r\n" in text
    text = text.removeprefix(_BOM).replace("\r\n", "\n")
    quotes = quote_fixes(text)
    for start, end, replacement in sorted(quotes, reverse=True):
        text = text[:start] + replacement + text[end:]
    text, marks = _official(text, shown, system)
    if not quotes and not marks:
        return data, 0
    text = (_BOM if bom else "") + (text.replace("\n", "\r\n") if crlf else text)
    return text.encode("utf-8"), len(quotes) + marks


def _official(text: str, shown: str, system: str) -> tuple[str, int]:
    """The text with every alias of a mark in its official spelling."""
    reading = read_document(shown, text.encode("utf-8"), system)
    aliases = [found for found in reading.findings if found.rule.name == "alias-mark"]
    lines = text.split("\n")
    for found in sorted(set(aliases), key=lambda one: one.place, reverse=True):
        row, column = found.place.line - 1, found.place.column - 1
        lines[row] = _spelled(lines[row], column, found)
    return "\n".join(lines), len(set(aliases))


def _spelled(line: str, column: int, found: Finding) -> str:
    """A line with one mark spelled officially; words glued to the mark get the blank they lack."""
    typed = line[column : column + found.width]
    mark = found.detail.strip("()")
    rest = line[column + found.width :]
    official = f"({mark})" if "(" in typed else mark
    blank = " " if "(" in typed and (typed[-1:].isspace() or (rest and rest[0].isalnum())) else ""
    return line[:column] + official + blank + rest


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file and rename, so that a full disk loses nothing."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tearline-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
