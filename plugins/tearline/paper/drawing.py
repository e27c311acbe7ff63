"""A composed document -> the bytes of a tagged PDF, the same ones for the same document.

The one module that knows WeasyPrint. Nothing is fetched: what a document shows, it holds.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import weasyprint
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

VARIANT: Final = "pdf/ua-1"
DOTS: Final = 200  # per inch: more of a picture's would make a file larger and no sheet sharper
WEIGHTS: Final = (400, 700)
_FACE: Final = '@font-face {{ font-family: "Public Sans"; font-weight: {}; src: url("data:font/ttf;base64,{}") }}\n'
_PRODUCER = re.compile(rb' pdf:Producer="[^"]*"')


class Press:
    """A style sheet and its font, made ready once, for many documents. Without a ``face``, the system's is used."""

    def __init__(self, face: bytes) -> None:
        own = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
        self.style = "".join(_faces(face)) + own
        self.fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def print(self, document: str) -> bytes:
        """The PDF of a document.

        Fonts are configured anew for each: what a document comes to must not depend on which ones were made before.
        """
        fonts = FontConfiguration()
        style = weasyprint.CSS(string=self.style, font_config=fonts, url_fetcher=self.fetcher)
        out = io.BytesIO()
        weasyprint.HTML(string=document, url_fetcher=self.fetcher).write_pdf(
            out, stylesheets=[style], font_config=fonts, pdf_variant=VARIANT, dpi=DOTS, finisher=_unsigned
        )
        return out.getvalue()


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
