"""A composed document -> the bytes of a tagged PDF, the same ones for the same document.

The one module that knows WeasyPrint. Nothing is fetched: what a document shows, it holds.
"""

from __future__ import annotations

import base64
import io
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import weasyprint
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from tearline.paper.engine import fonts

VARIANT: Final = "pdf/ua-1"
DOTS: Final = 200  # per inch: more of a picture's would make a file larger and no sheet sharper
WEIGHTS: Final = (400, 700)
_FACE: Final = '@font-face {{ font-family: "Public Sans"; font-weight: {}; src: url("data:font/ttf;base64,{}") }}\n'
LACKING: Final = "\N{WHITE SQUARE}"  # stands for what no font here has
_LACKING: Final = f'<p class="lacking">{LACKING} stands for a character that no font here has; the page has it.</p>'
_PRODUCER = re.compile(rb' pdf:Producer="[^"]*"')


class Press:
    """A style sheet and its font, made ready once, for many documents. Without a ``face``, the system's is used."""

    def __init__(self, face: bytes) -> None:
        own = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
        self.face = face
        self.style = "".join(_faces(face)) + own
        self.fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def print(self, document: str) -> bytes:
        """The PDF of a document.

        Fonts are configured anew for each: what a document comes to must not depend on which ones were made before.
        """
        configured = FontConfiguration()
        style = weasyprint.CSS(string=self.style, font_config=configured, url_fetcher=self.fetcher)
        out = io.BytesIO()
        weasyprint.HTML(string=self.spelled(document), url_fetcher=self.fetcher).write_pdf(
            out, stylesheets=[style], font_config=configured, pdf_variant=VARIANT, dpi=DOTS, finisher=_unsigned
        )
        return out.getvalue()

    def spelled(self, document: str) -> str:
        """A document in characters that there are fonts for, and a line that says so where others stood.

        The engine would draw boxes for them too, and lose the words of the whole line for whoever copies or hears it.
        """
        strange = {char for char in set(document) if not char.isascii() and ord(char) not in self.letters}
        if not strange:
            return document
        told = document.translate({ord(char): _instead(char) for char in strange})
        return told.replace("</body>", f"{_LACKING}</body>") if LACKING in told and LACKING not in document else told

    @cached_property
    def letters(self) -> frozenset[int]:
        """The characters that the fonts have."""
        found: set[int] = set()
        for source in (*([io.BytesIO(self.face)] if self.face else []), *fonts()):
            with TTFont(source, lazy=True) as font:
                found.update(font.getBestCmap())
        return frozenset(found)


def _instead(char: str) -> str:
    """What is drawn for a character that no font has: a sign that one is missing, a blank, or nothing."""
    kind = unicodedata.category(char)
    return " " if kind.startswith("Z") else "" if kind in {"Cc", "Cf", "Mn", "Me"} else LACKING


def _faces(face: bytes) -> Iterator[str]:
    """The weights of a variable font that sheets use, each as a font of its own: made once, not for each document."""
    for weight in WEIGHTS if face else ():
        font = TTFont(io.BytesIO(face), recalcTimestamp=False)
        font.flavor = None
        made = io.BytesIO()
        instantiateVariableFont(font, {"wght": weight}, inplace=True).save(made)
        yield _FACE.format(weight, base64.b64encode(made.getvalue()).decode())


def _unsigned(_: Any, pdf: Any) -> None:
    """Leave out which program made the file: a title, a language and a marking are all that is said of it."""
    pdf.info.pop("Producer", None)
    for each in pdf.objects:
        if getattr(each, "extra", {}).get("Type") == "/Metadata":
            each.stream = [_PRODUCER.sub(b"", part) for part in each.stream]
