"""The files of a site are exactly those it should have: pages of what is released, its assets, its theme, no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify.folders import below
from tearline.verify.settings import read_plain
from tearline.verify.sources import Document

_ALWAYS: Final = frozenset({"index.html", "404.html", "sitemap.xml", "sitemap.xml.gz"})
_LISTING = re.compile(
    r"(?:bulletins|search)/index\.html|browse/(?:(?:year|product|hazard|lifeline|region|information-need)/[a-z0-9-]+/)?index\.html"
)
_HANDED = re.compile(r"(?:browse/(?:hazard|region)/[a-z0-9-]+/)?feed\.(?:xml|json)|messages\.json")
_MESSAGE = re.compile(r"message\.(?:txt|html)$")
_ASSET = re.compile(r"assets/[0-9a-f]{20}\.(?:png|jpe?g|gif|webp)")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a site should be made of. ``stage`` is None where there is none to compare with."""

    documents: Sequence[Document]
    stage: Path | None
    themes: Sequence[Path]


def check(
    files: Mapping[str, Path], odd: Iterable[str], expected: Expectation, shown: Callable[[str], str]
) -> Iterator[Finding]:
    """Files that should not be there, files that should, and what is no plain file at all."""
    for place, name in enumerate(odd, 1):
        yield finding("unexpected-file", Place(shown(name)), f"entry {place}: neither file nor folder of files")
    pages = {document.address for document in expected.documents if document.address}
    wanted, same = staged(expected.stage) if expected.stage is not None else (set(), {})
    bulletins = {one.address for one in expected.documents if one.number and one.released and not one.recalled}
    if expected.stage is None:
        papers = {paper_of(page) for page in bulletins & files.keys()} & files.keys()
    else:
        papers = set(map(paper_of, bulletins & wanted)) if has_papers(expected.stage) else set()
    known = wanted | papers | same.keys() | _ALWAYS
    for name, path in files.items():
        if name in same and path.read_bytes() != same[name].read_bytes():
            yield finding("unexpected-file", Place(shown(name)), "not the bytes that were staged")
        elif name not in known and not _is_plausible(name, path, expected, pages):
            yield finding("unexpected-file", Place(shown(name)))
    for name in sorted((wanted | papers | same.keys()) - files.keys()):
        yield finding("missing-file", Place(shown(name)))
    for name in sorted(wanted & files.keys() - pages - _ALWAYS):
        if not _LISTING.fullmatch(name):
            yield finding("readings-disagree", Place(shown(name)), "a page that no source releases")


def _is_plausible(name: str, path: Path, expected: Expectation, pages: Collection[str]) -> bool:
    """Whether a file is the theme's or, where there is no stage to say so exactly, a page or picture by its name."""
    known = (_LISTING, _ASSET, _HANDED)
    page = _MESSAGE.sub("index.html", name)
    if expected.stage is None and (page in pages or any(pattern.fullmatch(name) for pattern in known)):
        return True
    return any((root / name).is_file() and (root / name).read_bytes() == path.read_bytes() for root in expected.themes)


def paper_of(page: str) -> str:
    """The PDF that belongs to a bulletin's page: beside it, called as its folder is."""
    folder = page.removesuffix("/index.html")
    return f"{folder}/{folder.rpartition('/')[2]}.pdf"


def has_papers(stage: Path) -> bool:
    """Whether the staged configuration says that bulletins have PDFs."""
    told = read_plain(stage / "mkdocs.yml").get("extra")
    ours = told.get("tearline") if isinstance(told, dict) else None
    return isinstance(ours, dict) and ours.get("pdf") is True


def pages_of(folder: Path) -> frozenset[str]:
    """The pages of a site, or those that a stage becomes. Raises ``OSError`` where there is no such folder."""
    if not folder.is_dir():
        raise NotADirectoryError(20, "is not a folder", str(folder))
    if (folder / "docs").is_dir() and (folder / "mkdocs.yml").is_file():
        return frozenset(staged(folder)[0])
    return frozenset(name for name in below(folder).files if name.endswith(".html"))


def staged(stage: Path) -> tuple[set[str], dict[str, Path]]:
    """The pages that a stage becomes, and the files that it hands on as they are."""
    files = below(stage / "docs").files
    plain = {name: path for name, path in files.items() if not name.endswith(".md")}
    return {address_of(name) for name in files if name not in plain}, plain


def address_of(source: str) -> str:
    """The page that a staged source becomes."""
    stem = source.removesuffix(".md")
    return f"{stem}.html" if stem.rpartition("/")[2] == "index" else f"{stem}/index.html"
