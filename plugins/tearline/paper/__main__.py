"""``python -m tearline.paper SITE THEME STORE URL``: a PDF beside every bulletin of a rendered site.

A process of its own that is told where the site, its theme and the store of what was made before are, and nothing
else. What it says is one line of two numbers: how many PDFs there are, and how many of them were made anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from tearline.paper.engine import face_of, identity
from tearline.paper.sheet import Page, SheetError, compose, read_page
from tearline.store import Store, digest_of

_JOBS: Final = 2
_FEW: Final = 4  # bulletins that one process has made before another one has started


def print_site(site: Path, theme: Path, store: Store, site_url: str) -> tuple[int, int]:
    """Make every PDF of a site. Returns how many there are and how many were made anew; raises ``SheetError``."""
    face = face_of(theme)
    keys: dict[str, str] = {}
    todo: list[Page] = []
    for page in _bulletins(site, site_url):
        keys[page.name] = _key(page, site, face)
        made = store.get(keys[page.name])
        if made is None:
            todo.append(page)
        else:
            paper_of(site, page.name).write_bytes(made)
    for page, made in zip(todo, _made(todo, site, face), strict=True):
        store.put(keys[page.name], made)
        paper_of(site, page.name).write_bytes(made)
    store.trim()
    return len(keys), len(todo)


def paper_of(site: Path, name: str) -> Path:
    """Where the PDF of the page ``name`` is: beside it, called as its folder is."""
    folder = (site / name).parent
    return folder / f"{folder.name}.pdf"


def _bulletins(site: Path, site_url: str) -> Iterator[Page]:
    for path in sorted(site.glob("[0-9][0-9][0-9][0-9]/*/index.html")):
        page = read_page(path.read_text(encoding="utf-8"), path.relative_to(site).as_posix(), site_url)
        if page is not None:
            yield page


def _key(page: Page, site: Path, face: bytes) -> str:
    """What a PDF depends on: the page's parts, its pictures, the font, and what makes it."""
    pictures = (_picture(site, name) for name in page.images)
    return digest_of([identity().encode(), face, *(part.encode() for part in astuple(page)), *pictures])


def _picture(site: Path, name: str) -> bytes:
    """The bytes of a picture of the site. Raises ``SheetError`` for one that is no plain file of the site."""
    path = site / name
    if not path.is_file() or not path.resolve().is_relative_to(site.resolve()):
        raise SheetError("a picture that is not a file of the site")
    return path.read_bytes()


class _Maker:
    """Makes PDFs in one process, with everything they share read once."""

    def __init__(self, site: Path, face: bytes) -> None:
        from tearline.paper.drawing import Press  # noqa: PLC0415 - a second to load, and not needed where all is stored

        self.site = site
        self.press = Press(face)

    def make(self, page: Page) -> bytes:
        return self.press.print(compose(page, lambda name: _picture(self.site, name)))


_MAKER: list[_Maker] = []


def _begin(site: Path, face: bytes) -> None:
    _MAKER.append(_Maker(site, face))


def _make(page: Page) -> bytes:
    return _MAKER[-1].make(page)


def _made(pages: Sequence[Page], site: Path, face: bytes) -> Iterator[bytes]:
    """The PDFs of these pages, in order."""
    if len(pages) <= _FEW:
        if pages:
            _begin(site, face)
        yield from map(_make, pages)
        return
    with ProcessPoolExecutor(_JOBS, get_context("fork"), _begin, (site, face)) as pool:
        yield from pool.map(_make, pages, chunksize=_FEW)


def main(arguments: Sequence[str]) -> int:
    """Run. Exit codes: 0 done, 1 a page that cannot be put on paper, with one line that does not quote it."""
    site, theme, store, site_url = arguments
    try:
        count, anew = print_site(Path(site), Path(theme), Store(Path(store)), site_url)
    except SheetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{count} {anew}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
