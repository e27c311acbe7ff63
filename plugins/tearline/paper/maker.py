"""The pages of a site -> their PDFs, one after the other, with everything they share read once.

Whoever makes the PDFs of a site and whoever prints its pages again to compare (reprint) do it with this.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tearline.paper.engine import face_of
from tearline.paper.sheet import Page, SheetError, compose, read_page

if TYPE_CHECKING:
    from tearline.paper.drawing import Press


def page_of(site: Path, name: str, site_url: str) -> Page | None:
    """The page ``name`` of a site, where it is a bulletin's. Raises ``SheetError`` as ``read_page`` does."""
    return read_page((site / name).read_text(encoding="utf-8"), name, site_url)


def picture(site: Path, name: str) -> bytes:
    """The bytes of a picture of the site. Raises ``SheetError`` for one that is no plain file of the site."""
    path = site / name
    if not path.is_file() or not path.resolve().is_relative_to(site.resolve()):
        raise SheetError("a picture that is not a file of the site")
    return path.read_bytes()


class Maker:
    """Makes the PDFs of one site in one process."""

    def __init__(self, site: Path, theme: Path) -> None:
        self.site = site
        self.theme = theme
        self.press: Press | None = None

    def named(self, name: str, site_url: str) -> bytes | None:
        """The PDF of the page ``name``; None where it is no bulletin's. Raises ``SheetError`` and ``OSError``."""
        page = page_of(self.site, name, site_url)
        return self.make(page) if page is not None else None

    def make(self, page: Page) -> bytes:
        """The PDF of a page. Raises ``SheetError``."""
        if self.press is None:
            from tearline.paper.drawing import Press  # noqa: PLC0415 - a second to load: not where all is stored

            self.press = Press(face_of(self.theme))
        return self.press.print(compose(page, lambda name: picture(self.site, name)))
