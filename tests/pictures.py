"""README's two pictures: one passage of one bulletin, as each edition shows it.

    python tests/pictures.py     builds both editions and draws docs/images/*.png, which is what `make pictures` does

Between the title and the passage a page has its key facts and more; they are out of the frame, everything else is
the built page as it is.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from sites import ROOT, tearline

BULLETIN: Final = ROOT / "bulletins" / "2026" / "false-contractors-and-inspectors.md"
ADDRESS: Final = "2026/ib-2026-014/index.html"
PASSAGE: Final = "who-is-behind-it"  # a heading; the passage ends before the next one
IMAGES: Final = {edition: ROOT / "docs" / "images" / f"{edition}-edition.png" for edition in ("eoc", "full")}
WIDTH: Final = 640  # CSS pixels; the pictures stand side by side
COLOURS: Final = 96  # of the palette: flat colours and smoothed letters need no more
LARGEST: Final = 150_000  # bytes
_FRAME: Final = """id => {
    for (const one of document.querySelectorAll(".tl-facts, .tl-rail, .tl-handling, .tl-end, footer")) one.remove()
    const start = document.getElementById(id)
    let inside = false
    for (const one of [...start.parentElement.children]) {
        inside = one === start || (inside && !/^H[1-6]$/.test(one.tagName))
        if (!inside) one.remove()
    }
    document.querySelector(".tl-body").style.paddingBottom = "0"
    document.querySelector(".tl-doc").style.minHeight = "100vh"
    return Math.ceil(start.parentElement.getBoundingClientRect().bottom)
}"""


def main() -> None:
    """Build, draw, write."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ran = tearline("build", "--out", folder, cwd=ROOT)
        if ran.code:
            raise SystemExit(ran.said)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        framed = {edition: _framed(browser, Path(folder) / f"site-{edition}") for edition in IMAGES}
        height = max(bottom for _, bottom in framed.values()) + 48
        for edition, (page, _) in framed.items():
            page.set_viewport_size({"width": WIDTH, "height": height})
            IMAGES[edition].write_bytes(_small(page.screenshot()))
        browser.close()


def _framed(browser: Browser, site: Path) -> tuple[Page, int]:
    """The bulletin's page with nothing but the passage below its title, and where that ends."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 1200}, color_scheme="light", device_scale_factor=1.5)
    page.goto((site / ADDRESS).as_uri())
    return page, page.evaluate(_FRAME, PASSAGE)


def _small(drawn: bytes) -> bytes:
    """A picture with a palette of its own."""
    with Image.open(io.BytesIO(drawn)) as picture:
        plain = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    plain.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
