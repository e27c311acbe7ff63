"""Everything that is asked of one file of the site, in one go: its bytes are read once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify import agreement, offline, search
from tearline.verify.links import Links
from tearline.verify.provenance import Provenance
from tearline.verify.scan import Scanner, is_one_of
from tearline.verify.sources import Document

BANNERS: Final = 2  # top and end of every page
_DATA: Final = (".json", ".xml", ".txt", ".js", ".csv", ".webmanifest")


@dataclass(frozen=True, slots=True)
class Look:
    """What one reading of a file came to: findings, size in bytes, SHA-256 in hexadecimal."""

    findings: list[Finding]
    size: int
    digest: str


@dataclass(slots=True)
class Inspector:
    """The checks of one file. ``provenance`` is None where there is no stage to compare with."""

    scanner: Scanner
    links: Links
    provenance: Provenance | None
    bulletins: Mapping[str, Document] = field(default_factory=dict)

    def file(self, each: tuple[str, str, str]) -> Look:
        """What there is to say about one file: (path in the site, path on disk, name of the site)."""
        name, path, site = each
        data = Path(path).read_bytes()
        found = self.bytes_of(name, path, data, f"{site}/{self.scanner.shown(name)}".lstrip("/"))
        return Look(found, len(data), hashlib.sha256(data).hexdigest())

    def bytes_of(self, name: str, path: str, data: bytes, shown: str) -> list[Finding]:
        """The findings about the bytes of one file, which they call ``shown``."""
        found = self.scanner.file(name, data, shown)
        if is_one_of(self.scanner.trusted, name, data):
            return found
        if name.endswith(".html"):
            found += self.page(name, path, data.decode("utf-8", "replace"), shown)
        elif name.endswith((".css", ".svg")):
            raw = data.decode("utf-8", "replace")
            found += [*self.links.style(name, raw, shown), *self.links.text(raw, shown)]
        elif (
            name.endswith(_DATA)
            and not name.startswith((search.FOLDER, offline.DATA))
            and not is_one_of(self.scanner.themes, name, data)
        ):
            raw = data.decode("utf-8", "replace")
            found += self.links.text(raw, shown)
            found += (
                self.provenance.other(raw, shown, offline.wording(name, self.scanner.themes))
                if self.provenance is not None
                else ()
            )
        return found

    def page(self, name: str, path: str, raw: str, shown: str) -> Iterator[Finding]:
        """The findings about a page that its bytes alone do not tell."""
        yield from self.links.page(name, raw, shown)
        if 'name="marking"' not in raw or raw.count('class="tl-bar') < BANNERS:
            yield finding("banner-missing", Place(shown))
        if name in self.bulletins:
            yield from agreement.check(self.bulletins[name], Path(path), shown)
        if self.provenance is not None:
            yield from self.provenance.page(name, raw, shown)
