"""What is asked of one file of the site beside its words and marks: links, banners, where its words come from.

None of this needs the ledger, so it is done while the ledger is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urljoin

from tearline.findings import Finding, Place, finding
from tearline.verify import agreement, handed, offline, papers, search
from tearline.verify.fileset import paper_of
from tearline.verify.glances import Glance, glance
from tearline.verify.handed import Part
from tearline.verify.links import Links
from tearline.verify.markup import Markup
from tearline.verify.memory import key_of
from tearline.verify.provenance import Provenance
from tearline.verify.scan import is_one_of
from tearline.verify.sources import Document
from tearline.verify.staged import staged
from tearline.verify.unseen import unseen

LARGEST: Final = 1 << 23  # characters of a page
BANNERS: Final = 2  # top and end of every page
_TOLD: Final = 50  # findings of one kind about one file; to place very many would take very long
_TEXTS: Final = (".html", ".css", ".svg")
_DATA: Final = (".json", ".xml", ".txt", ".js", ".csv", ".webmanifest")


class File(NamedTuple):
    """A file to look at: its path in the site, its path on disk, and what findings call it."""

    name: str
    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one reading of a file came to: findings, size in bytes, SHA-256 in hexadecimal.

    ``clean``: nothing was found, and it is enough to know the file's key to say so again; with what is ``kept`` of it.
    ``parts`` are the keys of those parts in which nothing was found.
    """

    findings: list[Finding]
    size: int
    digest: str
    clean: bool = False
    kept: bytes = b""
    parts: tuple[str, ...] = ()


def look(file: File, check: Callable[[str, bytes, str], list[Finding]], kept: Callable[[], bytes] = bytes) -> Look:
    """What a check says of a file, and of which bytes. ``kept`` gives what is to be kept of a clean file."""
    data = file.path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    try:
        found = check(file.name, data, file.shown)
    except (ValueError, IndexError, RecursionError):  # of some library, about something that no site should hold
        found = [finding("unreadable-file", Place(file.shown), "its structure is broken")]
    return Look(found, len(data), digest, not found, b"" if found else kept())


@dataclass(slots=True)
class Inspector:
    """The checks of one file. ``provenance`` is None where there is no stage to compare with."""

    links: Links
    provenance: Provenance | None
    bulletins: Mapping[str, Document] = field(default_factory=dict)
    trusted: tuple[Path, ...] = ()  # what the theme's package brings
    themes: tuple[Path, ...] = ()  # the site's own theme, staged or not
    markup: Markup | None = None  # as the provenance
    world: bytes = b""  # by what all that every page is compared with is known; empty where nothing is remembered
    known: Collection[str] = frozenset()  # the keys of what was clean before
    glances: Mapping[str, Glance] = field(default_factory=dict)  # the site's files by name, as they were read first
    parts: list[str] = field(default_factory=list)  # those of the clean parts of what was looked at last
    astray: bool = False  # whether that was compared with more than its key tells

    def file(self, file: File) -> Look:
        """What there is to say about one file."""
        self.links.crossed, self.parts, self.astray = False, [], False
        told = look(file, self.bytes_of)
        clean = told.clean and not self.links.crossed and not self.astray
        parts = [part for part in self.parts if part]
        return replace(told, clean=clean, kept=b"".join(map(bytes.fromhex, parts)), parts=tuple(parts))

    def glance(self, file: File) -> Glance:
        """What a file is by its bytes, and by those of its staged source, if it is a page."""
        is_page = file.name.endswith(".html") and self.provenance is not None
        source = staged(self.provenance.stage, file.name) if self.provenance is not None and is_page else None
        return glance(file.name, file.path.read_bytes(), source.read_bytes() if source is not None else None)

    def key(self, name: str) -> str:
        """What a page depends on beside what all depend on: its own bytes, its staged source, its document.

        A message depends on the page beside it too, a feed on those that it is about. What is compared with all pages,
        such as the map of the site, has no key.
        """
        if not self.world or self.provenance is None or not (name.endswith(".html") or handed.is_handed(name)):
            return ""
        own = self.glances[name]
        parts = [self.world, name.encode("utf-8", "surrogateescape"), own.digest.encode()]
        if handed.is_feed(name):
            there = [page for page in own.about if page in self.links.files]
            return key_of([b"handed", *parts, *(part for one in there for part in (one.encode(), self._side(one)))])
        page = handed.page_of(name) if handed.is_message(name) else name
        document = self.bulletins.get(name)
        return key_of([*parts, self._side(page), document.key.encode() if document is not None else b""])

    def _about(self, data: bytes) -> list[str]:
        """The pages of the site that a feed can be about."""
        return sorted(page for page in handed.named(data) if page in self.links.files)

    def bytes_of(self, name: str, data: bytes, shown: str) -> list[Finding]:
        """The findings about the bytes of one file, which they call ``shown``."""
        found: list[Finding] = []
        if is_one_of(self.trusted, name, data):
            return found
        ours = name.endswith((*_TEXTS, *_DATA)) and is_one_of(self.themes, name, data)
        if not name.endswith(_TEXTS) and (ours or not name.endswith(_DATA)):
            return found
        raw = data.decode("utf-8", "replace")
        found += () if ours else _characters(data, raw, shown)
        about = self._about(data) if handed.is_handed(name) else []
        if handed.is_handed(name):
            found += self.handed(name, raw, shown, about)
        if name.endswith(".html"):
            found += self.page(name, raw, shown) if not handed.is_message(name) else ()
        elif name.endswith((".css", ".svg")):
            found += islice(self.links.style(name, raw, shown), _TOLD)
            found += islice(self.links.text(raw, shown), _TOLD)
        elif not name.startswith((search.FOLDER, offline.DATA)):
            found += islice(self.links.text(raw, shown), _TOLD)
            if self.provenance is not None and not handed.is_message(name):  # all of that is held against its page
                found += self.provenance.other(raw, shown, offline.wording(name, self.themes), about)
                self.astray |= self.provenance.astray
        return found

    def paper(self, name: str, data: bytes, shown: str) -> Iterator[Finding]:
        """The findings about a bulletin's PDF beside its page; none where the file is no such PDF.

        It takes long to read, so this is asked when its words are looked through.
        """
        page, settings = _beside(name), self.links.settings
        if (beside := self.beside(name)) and (raw := (self.links.site / beside).read_bytes()):
            address = urljoin(settings.urls.get(settings.edition, ""), page.removesuffix("index.html"))
            told = papers.Beside(raw.decode("utf-8", "replace"), page.split("/")[-2], address)
            yield from papers.check(data, told, shown)

    def beside(self, name: str) -> str:
        """The page that a bulletin's PDF is beside; empty where the file is no such PDF."""
        page = _beside(name)
        return page if name == paper_of(page) and (self.links.site / page).is_file() else ""

    def handed(self, name: str, raw: str, shown: str, about: Collection[str]) -> Iterator[Finding]:
        """The findings about a feed or a message: what it says of each bulletin, and where it leads."""
        parts = handed.parts(name, raw, self.links.settings)
        if parts is None:
            yield finding("banner-missing", Place(shown), "its entries cannot be told apart")
        for part in parts or ():
            self.astray |= part.page not in about and not handed.is_message(name)
            key = self._part(part) if not handed.is_message(name) else ""  # which is known by its own key
            if key and key in self.known:
                self.parts.append(key)
                continue
            found = list(handed.check(part, self.links.site, shown))
            if self.provenance is not None:
                found += self.provenance.handed_on(part.page, part.texts, shown)
            if not found:
                self.parts.append(key)
            yield from found
        if name.endswith(".html"):
            yield from self.links.page(name, raw, shown)

    def _part(self, part: Part) -> str:
        """By what a part is known again: what it says, its page, that page's staged source."""
        if not self.world or not part.page or ".." in part.page.split("/"):
            return ""
        said = [*part.texts, "", *part.opened, "", *part.closed]
        return key_of([b"part", self.world, self._side(part.page), repr([part.page, *said]).encode()])

    def _side(self, page: str) -> bytes:
        """What a page and its staged source were by their bytes."""
        seen = self.glances.get(page)
        return f"{seen.digest} {seen.source}".encode() if seen is not None else b""

    def page(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The findings about a page that its bytes alone do not tell."""
        if len(raw) > LARGEST:
            yield finding("unreadable-file", Place(shown), "too large for a page")
            return
        yield from islice(self.links.page(name, raw, shown), _TOLD)
        if 'name="marking"' not in raw or raw.count('class="tl-bar') < BANNERS:
            yield finding("banner-missing", Place(shown))
        if name in self.bulletins:
            yield from agreement.check(self.bulletins[name], raw, shown)
        if self.provenance is not None:
            yield from islice(self.provenance.page(name, raw, shown), _TOLD)
        if self.markup is not None:
            yield from islice(self.markup.page(name, raw, shown), _TOLD)


def _beside(name: str) -> str:
    return f"{name.rpartition('/')[0]}/index.html"


def _characters(data: bytes, raw: str, shown: str) -> Iterator[Finding]:
    """What no text of a site is made of: bytes that are not UTF-8, characters that nobody sees."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        yield finding("unreadable-file", Place(shown), "not UTF-8")
    at = unseen(data, raw)
    if at is not None:
        line, column = raw.count("\n", 0, at) + 1, at - raw.rfind("\n", 0, at)
        yield finding("hidden-characters", Place(shown, line, column))
