"""Ways in which a word can stand in a built site without being seen: each makes a file that says it."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

import cbor2

from tearline.selftest.canaries import Canary
from tearline.selftest.documents import FOLDER, jpeg, png

SOFT_HYPHEN, ZERO_WIDTH, NO_BREAK = "\u00ad", "\u200b", "\u00a0"
Page = Callable[[bytes | str], bytes]
NAMED: Final = "file name"


@dataclass(frozen=True, slots=True)
class Plant:
    """A file that was put into a site: what says which canary, and where; its own name may be hidden in findings."""

    encoding: str
    canary: Canary
    path: str


def plant(site: Path, canaries: list[Canary]) -> list[Plant]:
    """Put every canary into a built site, in every encoding, each in a file of its own."""
    page = _page(site)
    done = []
    for number, (name, (suffix, make)) in enumerate(ENCODINGS.items()):
        for at, canary in enumerate(canaries):
            folder = f"{FOLDER}/{number}-{at}"
            file = f"{canary.text}.html" if name == NAMED else f"file{suffix}"
            path = site / folder / file
            path.parent.mkdir(parents=True)
            path.write_bytes(make(canary.text, page))
            done.append(Plant(name, canary, f"{folder}/{file}"))
    return done


def _page(site: Path) -> Page:
    """A real page of the site, the shortest, with something put before its end."""
    pages = sorted(site.rglob("*.html"), key=lambda path: (path.stat().st_size, path))
    before, end, after = pages[0].read_bytes().rpartition(b"</body>")

    def page(markup: bytes | str) -> bytes:
        return before + (markup.encode() if isinstance(markup, str) else markup) + end + after

    return page


def _each(text: str, form: str) -> str:
    return "".join(form.format(ord(char)) for char in text)


def _script(text: str, form: str) -> str:
    return f'<script>var a="{_each(text, chr(92) + form)}"</script>'


def _split(text: str) -> str:
    middle = len(text) // 2
    return f"{text[: middle - 1]}<b>{text[middle - 1 : middle + 1]}</b>{text[middle + 1 :]}"


def _zipped(data: bytes, name: str = "note.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _indexed(data: bytes) -> bytes:
    """A part of a search index, as Pagefind packs it."""
    return gzip.compress(b"pagefind_dcd" + data, mtime=0)


def _pdf(text: str) -> bytes:
    stream = zlib.compress(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode())
    font = b"/Resources << /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R %s >>" % font,
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def _in_base64(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(f"It says: {text}".encode(encoding)).decode()


ENCODINGS: Final[dict[str, tuple[str, Callable[[str, Page], bytes]]]] = {
    "text": (".html", lambda text, page: page(f"<p>{text}</p>")),
    "capitals": (".html", lambda text, page: page(f"<p>{text.upper()}</p>")),
    "entities": (".html", lambda text, page: page(f"<p>{_each(text, '&#{};')}</p>")),
    "hexadecimal entities": (".html", lambda text, page: page(f"<p>{_each(text, '&#x{:X};')}</p>")),
    "entities twice": (".html", lambda text, page: page(f"<p>{escape(_each(text, '&#{};'))}</p>")),
    "tags inside words": (".html", lambda text, page: page(f"<p>{_split(text)}</p>")),
    "soft hyphens": (".html", lambda text, page: page(f"<p>{SOFT_HYPHEN.join(text)}</p>")),
    "zero-width characters": (".html", lambda text, page: page(f"<p>{ZERO_WIDTH.join(text)}</p>")),
    "no-break spaces": (".html", lambda text, page: page(f"<p>{text.replace(' ', NO_BREAK)}</p>")),
    "full-width letters": (".html", lambda text, page: page(f"<p>{_wide(text)}</p>")),
    "comment": (".html", lambda text, page: page(f"<!-- {text} -->")),
    "attribute": (".html", lambda text, page: page(f'<p aria-label="{text}"></p>')),
    "percent": (".html", lambda text, page: page(f'<a href="#{quote(text)}">x</a>')),
    "percent of all": (".html", lambda text, page: page(f'<a href="#{_each(text, "%{:02X}")}">x</a>')),
    "\\u in a script": (".html", lambda text, page: page(_script(text, "u{:04x}"))),
    "\\x in a script": (".html", lambda text, page: page(_script(text, "x{:02x}"))),
    "base64": (".html", lambda text, page: page(f'<img src="data:text/plain;base64,{_in_base64(text)}">')),
    "base64 of UTF-16": (".html", lambda text, page: page(f'<p data-x="{_in_base64(text, "utf-16")}"></p>')),
    "UTF-16": (".txt", lambda text, _: text.encode("utf-16")),
    "JSON": (".json", lambda text, _: json.dumps({"docs": [{"title": "x", "text": text}]}).encode()),
    "style sheet": (".css", lambda text, _: f'p:after{{content:"{text}"}}'.encode()),
    "sitemap": (".xml", lambda text, _: f"<urlset><url><loc>https://x/{quote(text)}/</loc></url></urlset>".encode()),
    "gzip": (".json.gz", lambda text, _: gzip.compress(text.encode(), mtime=0)),
    "search fragment": (".pf_fragment", lambda text, _: _indexed(json.dumps({"meta": {"title": text}}).encode())),
    "search filter": (".pf_filter", lambda text, _: _indexed(cbor2.dumps(["hazard", [[text, [0]]]]))),
    "zip": (".zip", lambda text, _: _zipped(text.encode())),
    "zip in a zip": (".zip", lambda text, _: _zipped(_zipped(text.encode()), "inner.zip")),
    "PNG text": (".png", lambda text, _: png(text)),
    "after a PNG": (".png", lambda text, _: png("x") + text.encode()),
    "JPEG EXIF": (".jpg", lambda text, _: jpeg(text)),
    "SVG title": (".svg", lambda text, _: f"<svg xmlns='http://www.w3.org/2000/svg'><title>{text}</title></svg>".encode()),
    "PDF": (".pdf", lambda text, _: _pdf(text)),
    NAMED: (".html", lambda _, page: page("<p>x</p>")),
}  # fmt: skip


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def names() -> Iterator[str]:
    """The encodings in order."""
    yield from ENCODINGS
