"""The rewritings that the marking language names: marks in their official spelling, front-matter texts in quotes.

Only spelling changes. A mark is rewritten if the file, read again, has the same portions under the same marks.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tearline.bulletin.document import MAX_BYTES, Bulletin, read_document
from tearline.bulletin.front_matter import quote_fixes
from tearline.findings import Finding
from tearline.marking import read_mark
from tearline.policy import Policy
from tearline.release.picking import words_of_bulletin
from tearline.sources import find_sources

_BOM = "\ufeff"
_QUOTES = ("'", '"')
_WRAPPER = re.compile(r"[*_`]+")


@dataclass(frozen=True, slots=True)
class Fixed:
    """What became of one file: its path as shown, the number of rewritings, or why there could be none."""

    shown: str
    count: int = 0
    problem: str = ""


def fixed(policy: Policy, paths: Sequence[Path], *, write: bool) -> list[Fixed]:
    """Rewrite the documents below the sources, or in ``paths``; each that changed, or that could not be changed.

    Line ends, byte-order marks and permissions stay as they are.
    """
    found = find_sources(policy, paths)
    done = [Fixed(one.place.path, problem="not a plain file, left as it is") for one in found.findings]
    done += [Fixed(str(path), problem="not a Markdown file") for path in found.others]
    for source in found.sources:
        data = source.read()
        if data is None or len(data) > MAX_BYTES:
            done.append(Fixed(source.shown, problem="cannot be read" if data is None else "too large"))
            continue
        text, count = rewritten(data, source.shown, policy.system)
        if count:
            problem = _written(source.path, text) if write else ""
            done.append(Fixed(source.shown, 0 if problem else count, problem))
    return done


def rewritten(data: bytes, shown: str, system: str) -> tuple[bytes, int]:
    """A document's bytes after all rewritings, and how many there were."""
    try:
        typed = data.decode("utf-8")
    except UnicodeDecodeError:
        return data, 0
    text = typed.removeprefix(_BOM).replace("\r\n", "\n")
    quotes = quote_fixes(text)
    for start, end, replacement in sorted(quotes, reverse=True):
        text = text[:start] + replacement + text[end:]
    text, marks = _official(text, shown, system)
    if not quotes and not marks:
        return data, 0
    return _with_line_ends(text, typed).encode("utf-8"), len(quotes) + marks


def _with_line_ends(text: str, typed: str) -> str:
    """The text with the byte-order mark and the line ends that the file had, line by line where they were mixed."""
    ends = ["\r\n" if line.endswith("\r") else "\n" for line in typed.split("\n")]
    lines = text.split("\n")
    if len(lines) != len(ends):  # a quoted text that now takes fewer lines
        ends = [max(ends[:-1], key=ends.count, default="\n")] * len(lines)
    joined = "".join(line + end for line, end in zip(lines[:-1], ends, strict=False)) + lines[-1]
    return (_BOM if typed.startswith(_BOM) else "") + joined


def _official(text: str, shown: str, system: str) -> tuple[str, int]:
    """The text with aliases of marks in their official spelling, if it then has the same words under the same marks."""
    before = read_document(shown, text.encode("utf-8"), system)
    system = before.document.metadata.system if before.document is not None else system
    aliases = {found for found in before.findings if found.rule.name == "alias-mark"}
    lines, count = text.split("\n"), 0
    for found in sorted(aliases, key=lambda one: one.place, reverse=True):
        row = found.place.line - 1
        line = _spelled(lines[row], found, system)
        count += line is not None
        lines[row] = lines[row] if line is None else line
    after = read_document(shown, "\n".join(lines).encode("utf-8"), system)
    same = _meaning(before.document) == _meaning(after.document) and len(after.findings) <= len(before.findings)
    return ("\n".join(lines), count) if same else (text, 0)


def _meaning(document: object) -> tuple[list[str], list[str]] | None:
    """The marks of a bulletin's portions, in order, and all its words."""
    if not isinstance(document, Bulletin):
        return None
    marks = [str(portion.mark) for portion in document.portions()]
    return [str(document.metadata.title.mark), *marks], list(words_of_bulletin(document))


def _spelled(line: str, found: Finding, system: str) -> str | None:
    """A line with one mark spelled officially; words glued to the mark get the blank they lack.

    None where the text at that place is not plainly this mark.
    """
    column = found.place.column - 1
    column += line[column : column + 1] in _QUOTES  # the value's own
    end = column + found.width
    wrapper = _WRAPPER.match(line, column, end)
    if wrapper and not line[column:end].rstrip().endswith(wrapper[0][::-1]):  # emphasis that ends right after the mark
        if not line.startswith(wrapper[0][::-1], end):
            return None
        end += len(wrapper[0])
    typed = line[column:end]
    if not wrapper and typed.rstrip().endswith(("*", "_", "`")):
        return None
    mark = found.detail.strip("()")
    reading = read_mark(typed.strip().strip("*_`").strip().removeprefix("(").removesuffix(")"), system)
    if str(reading.mark) != mark:
        return None
    rest = line[end:]
    official = f"({mark})" if "(" in typed else mark
    blank = " " if "(" in typed and (typed[-1:].isspace() or (rest and rest[0].isalnum())) else ""
    return line[:column] + official + blank + rest


def _written(path: Path, data: bytes) -> str:
    """Write beside the file and rename, so that a full disk loses nothing; why it could not be done, or nothing."""
    try:
        mode = path.stat().st_mode
        if not mode & stat.S_IWUSR:
            return "read-only, left as it is"
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tearline-")
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(name).chmod(stat.S_IMODE(mode))
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        return f"cannot be written: {error.strerror}"
    return ""
