"""``python -m tearline.paper SITE THEME STORE URL``: a PDF beside every bulletin of a rendered site.

A process of its own that is told where the site, its theme and the store of what was made before are, and nothing
else. What it says is one line of two numbers: how many PDFs there are, and how many of them were made anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Final

from tearline.forked import forked
from tearline.paper.engine import face_of, identity, settle
from tearline.paper.maker import Maker, page_of, picture
from tearline.paper.sheet import Page, SheetError
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
    for page, made in zip(todo, _made(todo, Maker(site, theme)), strict=True):
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
        page = page_of(site, path.relative_to(site).as_posix(), site_url)
        if page is not None:
            yield page


def _key(page: Page, site: Path, face: bytes) -> str:
    """What a PDF depends on: the page's parts, its pictures, the font, and what makes it."""
    pictures = (picture(site, name) for name in page.images)
    return digest_of([identity().encode(), face, *(part.encode() for part in astuple(page)), *pictures])


_MAKER: list[Maker] = []


def _make(page: Page) -> bytes:
    return _MAKER[-1].make(page)


def _made(pages: Sequence[Page], maker: Maker) -> Iterator[bytes]:
    """The PDFs of these pages, in order."""
    if len(pages) <= _FEW:
        yield from map(maker.make, pages)
        return
    with forked(_JOBS, partial(_MAKER.append, maker)) as pool:
        yield from pool.map(_make, pages, chunksize=_FEW)


def main(arguments: Sequence[str]) -> int:
    """Run. Exit codes: 0 done, 1 a page that cannot be put on paper, with one line that does not quote it."""
    settle()
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
