"""The list of pages for search engines, and the same list packed: every page once, one day for all, no more."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from tearline.findings import Finding, Place, finding
from tearline.verify.decoding import unescaped
from tearline.verify.fileset import address_of
from tearline.verify.folders import below
from tearline.verify.handed import is_message

LIST: Final = "sitemap.xml"
PACKED: Final = f"{LIST}.gz"
_WHOLE = re.compile(
    r'<\?xml version="1\.0" encoding="UTF-8"\?>\s*<urlset xmlns="http://www\.sitemaps\.org/schemas/sitemap/0\.9">\s*'
    r"(?P<pages>(?:<url>\s*<loc>[^<>]*</loc>\s*<lastmod>[0-9-]{10}</lastmod>\s*</url>\s*)*)</urlset>\s*"
)
_PAGE = re.compile(r"<loc>([^<>]*)</loc>\s*<lastmod>([0-9-]{10})</lastmod>")
_PUBLISHED = re.compile(r'^  published:\s[^\n]*?"?at"?: ["\']?([0-9]{4}-[0-9]{2}-[0-9]{2})T', re.MULTILINE)
_FRONT: Final = 1 << 20  # characters of the front page's source that are looked through
_HEADER: Final = struct.Struct("<2sBBIBB")
_DEFLATE: Final = 8  # the method of packing
_NAMED: Final = 8  # the flag of a header that has a name and nothing else
_SYSTEMS: Final = (3, 255)  # that it was packed on: a Unix, or it is not said
_EFFORTS: Final = (0, 2, 4)
_DAY: Final = 86_400  # seconds
_LARGEST: Final = 64 << 20
_UNTOLD: Final = "not the site's pages, each once and in order, of the day of the build"


def check(files: Mapping[str, Path], root: str, stage: Path | None, shown: Callable[[str], str]) -> Iterator[Finding]:
    """What is wrong with the lists of a site whose address is ``root``."""
    raw = files[LIST].read_bytes() if LIST in files else b""
    days: set[str] = set()
    if LIST in files:
        found = _WHOLE.fullmatch(raw.decode("utf-8", "replace"))
        told = [(unescaped(page), day) for page, day in _PAGE.findall(found["pages"] if found is not None else "")]
        days = {day for _, day in told}
        if found is None or not _is_right(told, files, root, stage):
            yield finding("unexplained-words", Place(shown(LIST)), _UNTOLD)
    if PACKED in files and not _is_same(files[PACKED].read_bytes(), raw, days or _days(stage, days)):
        yield finding("unexplained-words", Place(shown(PACKED)), f"not {LIST} packed on the day of the build")


def _is_right(told: list[tuple[str, str]], files: Mapping[str, Path], root: str, stage: Path | None) -> bool:
    """Whether a list has every page of the site, in order where that is known, and the one day that may be known."""
    pages = {name for name in files if name.endswith(".html") and not is_message(name)} - {"404.html"}
    listed = [f"{root.rstrip('/')}/{name.removesuffix('index.html')}" for name in _ordered(pages, stage)]
    said = [unquote(page) for page, _ in told]
    days = {day for _, day in told}
    right = said == listed if stage is not None else sorted(said) == sorted(listed)
    return (right and len(days) == 1 and days <= _days(stage, days)) if root else not told


def _ordered(pages: set[str], stage: Path | None) -> list[str]:
    """Pages as the renderer has them: by the paths of their sources, of which ``index`` goes first, then others."""
    if stage is None:
        return sorted(pages)
    sources = [PurePosixPath(name) for name in below(stage / "docs").files if name.endswith(".md")]
    named = [address_of(str(one)) for one in sorted(sources, key=_order)]
    return [name for name in named if name in pages] + sorted(pages.difference(named))


def _order(source: PurePosixPath) -> tuple[tuple[int, str], ...]:
    last = (int(source.stem != "index"), source.name)
    return (*((2, part) for part in source.parts[:-1]), last)


def _days(stage: Path | None, days: set[str]) -> set[str]:
    """The days that a build may be of: the one that the front page says, else any one that there is."""
    front = stage / "docs" / "index.md" if stage is not None else None
    if front is None or not front.is_file():
        return days
    said = _PUBLISHED.search(front.read_text(encoding="utf-8", errors="replace")[:_FRONT])
    return {said[1]} if said is not None else days


def _is_same(packed: bytes, raw: bytes, days: set[str]) -> bool:
    """Whether a packed file is these bytes in one member, whose header says its name and the day at most."""
    if len(packed) < _HEADER.size:
        return False
    sign, method, flags, moment, effort, system = _HEADER.unpack_from(packed)
    named = packed[_HEADER.size :].startswith(f"{LIST}\0".encode()) if flags == _NAMED else flags == 0
    plain = sign == b"\x1f\x8b" and method == _DEFLATE and effort in _EFFORTS and system in _SYSTEMS
    worker = zlib.decompressobj(wbits=31)
    try:
        inner = worker.decompress(packed, _LARGEST)
    except zlib.error:
        return False
    whole = worker.eof and not worker.unused_data and inner == raw
    return plain and named and whole and moment % _DAY == 0 and (not days or moment in map(_midnight, days))


def _midnight(day: str) -> int:
    """The first second of a day; -1 where there is no such day."""
    try:
        return int(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC).timestamp())
    except ValueError:
        return -1
