"""Rendered pages -> what search reads of them: the parts with words, and what their heads tell of them.

Around these parts a page has menus, lists and links to other pages, which change with every bulletin. Search does not
read them, so they are not handed to Pagefind, and an index is known again by what was.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tearline.render import INDEXES

PAGE: Final = "index.html"
EVERY: Final = b"_"  # put on every page, as a word: asked for no word, Pagefind reads its whole index
_PART: Final = re.compile(rb"<(div|section)\b[^<>]*\sdata-pagefind-body[\s>]")
_SAME: Final = {name: re.compile(rb"<(/?)" + name + rb"[\s>]") for name in (b"div", b"section")}
_HTML: Final = re.compile(rb"<html\b[^<>]*>")
_TOLD: Final = re.compile(rb'<meta name="[^"]*" content="[^"]*" data-(?:pagefind|tl)-[^<>]*>')
_SHOWN: Final = re.compile(r'<meta name="([^"]*)" content="([^"]*)" data-tl-found>')
_SORT: Final = re.compile(r'<meta name="sort" content="([^"]*)" data-pagefind-sort=')
_PICTURE: Final = re.compile(rb'(<img\b[^<>]*?)\ssrc="[^"]*"')  # Pagefind would index its address
_STATE: Final = re.compile(rb'(<a\b[^<>]*?)\sdata-tl-state="[^"]*"')  # what became of the page that a link leads to


class Head(NamedTuple):
    """What a page's head tells a result, by name, and its place in time, as text that sorts."""

    shown: dict[str, str]
    sort: str


class Page(NamedTuple):
    """A page that search reads: what its head tells, and the SHA-256 of what is read of it."""

    head: Head
    digest: bytes


class Given(Mapping[str, bytes]):
    """What Pagefind is given of each of these pages of a site, by name: read from the disk when it is asked for."""

    def __init__(self, site: Path, names: Iterable[str]) -> None:
        self._site = site
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> bytes:
        """One page with the sign that is on every page."""
        return listed(given((self._site / name).read_bytes()))

    def __iter__(self) -> Iterator[str]:
        """The names, in their order."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)


def read(site: Path) -> dict[str, Page]:
    """Each page of a site that search reads, by the pages' names, in their order."""
    made = ((name, given(data)) for name, data in _pages(site))
    return {name: Page(told(page), hashlib.sha256(page).digest()) for name, page in made if page}


def given(data: bytes) -> bytes:
    """A page without what search does not read of it; nothing of one that search does not read.

    A page whose parts cannot be told apart is given as a whole: more is read of it, and nothing is lost.
    """
    parts, end = [], 0
    while begin := _PART.search(data, end):
        end = _end(data, begin.start(), begin[1])
        if not end:
            parts = [data]
            break
        parts.append(data[begin.start() : end])
    if not parts:
        return b""
    language = _HTML.search(data)
    head = [b"<!doctype html>", language[0] if language else b"<html>", b"<head>", *_TOLD.findall(_head(data))]
    body = [_STATE.sub(rb"\1", _PICTURE.sub(rb"\1", part)) for part in parts]
    return b"".join([*head, b"</head><body>", *body, b"</body></html>"])


def listed(page: bytes) -> bytes:
    """A page as it was given, with the sign that is on every page."""
    return page.replace(b"<body>", b"<body><p data-pagefind-body>" + EVERY + b"</p>", 1)


def told(page: bytes) -> Head:
    """What the head of a page says for search."""
    head = _head(page).decode("utf-8")
    sort = _SORT.search(head)
    shown = {html.unescape(name): html.unescape(value) for name, value in _SHOWN.findall(head)}
    return Head(shown, html.unescape(sort[1]) if sort else "")


def _head(page: bytes) -> bytes:
    return page[: page.find(b"</head>")]


def _end(data: bytes, begin: int, name: bytes) -> int:
    """Where the element that begins there ends; 0 where it does not."""
    depth = 0
    for tag in _SAME[name].finditer(data, begin):
        depth += -1 if tag[1] else 1
        if not depth:
            return data.index(b">", tag.start()) + 1
    return 0


def _pages(site: Path) -> Iterator[tuple[str, bytes]]:
    """The pages of a site by name, in the order of their names; none is where a site's indexes are."""
    folders = (Path(folder) for folder, _, names in os.walk(site) if PAGE in names)
    for path in sorted(folder / PAGE for folder in folders if not folder.is_relative_to(site / INDEXES)):
        yield path.relative_to(site).as_posix(), path.read_bytes()
