"""Ways of putting withheld words back into a built site: each changes a copy of it, and says where."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from PIL import Image, PngImagePlugin

PHRASE: Final = "seven grey herons stood watch at the weir"
NAME: Final = "Jorun Quillfeather"
PLATE: Final = "7ABC123"
PHONE: Final = "555-0167"
PAGE: Final = "2026/ib-2026-001/index.html"
Plant = Callable[[Path], str]


def into(markup: bytes | str, page: str = PAGE, before: bytes = b"</article>") -> Plant:
    """Put bytes into a page, before its end or in another place."""
    data = markup.encode() if isinstance(markup, str) else markup

    def plant(site: Path) -> str:
        path = site / page
        old = path.read_bytes()
        if before not in old:
            raise ValueError(page)
        path.write_bytes(old.replace(before, data + before, 1))
        return page

    return plant


def beside(name: str, data: bytes | str) -> Plant:
    """A file of its own."""

    def plant(site: Path) -> str:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return name

    return plant


def after(name: str, data: bytes) -> Plant:
    """Bytes after the end of a file that is there; ``*`` stands for its digest."""

    def plant(site: Path) -> str:
        path = next(site.glob(name))
        path.write_bytes(path.read_bytes() + data)
        return path.relative_to(site).as_posix()

    return plant


def entities(text: str, form: str = "&#{};") -> str:
    return "".join(form.format(ord(char)) for char in text)


def hexed(text: str) -> str:
    return "".join(f"&#x{ord(char):X};" for char in text)


def twice(text: str) -> str:
    return entities(text).replace("&", "&amp;")


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def symbols(text: str, first: int) -> str:
    """Small letters as symbols, of which this is the first."""
    return "".join(chr(first + ord(char) - ord("a")) for char in text)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def zipped(text: str, name: str = "note.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def nested(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.zip", zipped(text))
    return out.getvalue()


def picture(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, kind, **more)
    return out.getvalue()


def png(text: str, *, packed: bool = False, international: bool = False) -> bytes:
    notes = PngImagePlugin.PngInfo()
    if international:
        notes.add_itxt("Comment", text, zip=packed)
    else:
        notes.add_text("Comment", text, zip=packed)
    return picture("PNG", pnginfo=notes)


def profile(text: str) -> bytes:
    return picture("PNG", icc_profile=text.encode().ljust(200))


def exif(text: str) -> bytes:
    tags = Image.Exif()
    tags[0x010E] = text
    return picture("JPEG", exif=tags)


def segment(marker: int, text: str) -> bytes:
    whole = picture("JPEG")
    said = text.encode()
    return whole[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(said) + 2) + said + whole[2:]


def webp(text: str) -> bytes:
    tags = Image.Exif()
    tags[0x010E] = text
    return picture("WEBP", exif=tags)


def pdf(text: str, *, packed: bool = True, where: str = "text") -> bytes:
    """A small PDF that says a text on its page, in its properties or in an attachment."""
    said = f"BT /F1 12 Tf 20 100 Td ({text if where == 'text' else 'Nothing'}) Tj ET".encode()
    stream = zlib.compress(said) if packed else said
    told = f"/Title ({text if where == 'info' else 'Nothing'})"
    attached = zlib.compress(text.encode() if where == "attachment" else b"nothing")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a.txt) 6 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d%s >>\nstream\n%s\nendstream"
        % (len(stream), b" /Filter /FlateDecode" if packed else b"", stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Filespec /F (a.txt) /EF << /F 7 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(attached), attached),
        f"<< {told} >>".encode(),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return out


def fragment(text: str) -> bytes:
    return gzip.compress(b"pagefind_dcd" + json.dumps({"url": "/", "content": text}).encode())


def named_gzip(text: str) -> bytes:
    """A gzip member that says something only in its header."""
    out = io.BytesIO()
    with gzip.GzipFile(text, "wb", fileobj=out) as member:
        member.write(b"x")
    return out.getvalue()


def gif(text: str) -> bytes:
    return picture("GIF", comment=text.encode())


SOFT: Final = "\u00ad"
WIDE: Final = PHRASE.translate({char: char + 0xFEE0 for char in range(0x61, 0x7B)})
LIKE: Final = PHRASE.translate(str.maketrans("aeo", "\u0430\u0435\u043e"))  # Cyrillic letters

LEAKS: Final[dict[str, Plant]] = {
    # text
    "paragraph": into(f"<p>{PHRASE}</p>"),
    "capitals": into(f"<p>{PHRASE.upper()}</p>"),
    "half of it": into("<p>grey herons stood watch</p>"),
    "a name": into(f"<p>{NAME}</p>"),
    "a name turned round": into("<p>Quillfeather, Jorun</p>"),
    "a name's owner": into("<p>Quillfeather\u2019s</p>"),
    "a family": into("<p>the Quillfeathers</p>"),
    "a name as one word": into("<p>JorunQuillfeather</p>"),
    "a plate": into(f"<p>{PLATE}</p>"),
    "a plate apart": into("<p>7 ABC-123</p>"),
    "a number with dots": into("<p>555.0167</p>"),
    "a number as one": into("<p>5550167</p>"),
    "a number with an area": into("<p>(302) 555 0167</p>"),
    "a case number": into("<p>bwso 25 00713</p>"),
    "an address": into("<p>stoat at example dot org: stoat@example.org</p>"),
    # spelling and encoding
    "entities": into(f"<p>{entities(PHRASE)}</p>"),
    "hexadecimal entities": into(f"<p>{hexed(PHRASE)}</p>"),
    "entities twice": into(f"<p>{twice(PHRASE)}</p>"),
    "entities without end": into(f"<p>{entities('Quillfeather', '&#{}')}</p>"),
    "split tags": into("<p>Qu<b>ill</b>fea<i>ther</i></p>"),
    "a split plate": into("<p>7<b>ABC</b>123</p>"),
    "tags between": into(f"<p>{PHRASE.replace(' ', '</b><b>')}</p>"),
    "highlighter": into(f"<pre>{''.join(f'<span>{one}</span><span> </span>' for one in PHRASE.split())}</pre>"),
    "soft hyphens": into(f"<p>Quill{SOFT}feather</p>"),
    "entities of soft hyphens": into("<p>Quill&shy;feather</p>"),
    "zero width": into(f"<p>{chr(0x200B).join('Quillfeather')}</p>"),
    "zero width for blanks": into(f"<p>{PHRASE.replace(' ', chr(0x200B))}</p>"),
    "no-break spaces": into(f"<p>{PHRASE.replace(' ', '&nbsp;')}</p>"),
    "full width": into(f"<p>{WIDE}</p>"),
    "look-alike letters": into(f"<p>{LIKE}</p>"),
    "accents": into("<p>Qu\u00edllfe\u00e1ther</p>"),
    "accents taken off": into("<p>Nunez</p>"),
    "smart quotes": into("<p>seven \u201cgrey\u201d herons\u2014stood\u2013watch</p>"),
    "percent": into(f'<a href="#x?{quote(PHRASE)}">x</a>'),
    "percent of all": into("<p>" + "".join(f"%{ord(char):02X}" for char in PHRASE) + "</p>"),
    "\\u in a script": into(f'<script>var a="{escaped(PHRASE)}"</script>'),
    "\\x in a script": into("<script>var a='" + "".join(f"\\x{ord(c):02x}" for c in PHRASE) + "'</script>"),
    "a line break in a script": into('<script>var a="x\\nQuillfeather\\nx"</script>'),
    "content in a style": into(f'<style>p:after{{content:"{PHRASE}"}}</style>'),
    "escapes in a style": into('<style>p:after{content:"' + "".join(f"\\{ord(c):x} " for c in "Quillfeather") + '"}</style>'),
    "base64": into(f'<img src="data:text/plain;base64,{encoded(PHRASE)}">'),
    "base64 of UTF-16": into(f'<p data-x="{base64.b64encode(PHRASE.encode("utf-16")).decode()}"></p>'),
    "base64 of gzip": into(f'<p data-x="{base64.b64encode(gzip.compress(PHRASE.encode())).decode()}"></p>'),
    "UTF-16": into(b"<p>" + PHRASE.encode("utf-16-le") + b"</p>"),
    "UTF-16 the other way": into(b"<p>" + PHRASE.encode("utf-16-be") + b"</p>"),
    "Latin-1": into("<p>N\u00fa\u00f1ez</p>".encode("latin-1")),
    "mail autolink": into(f'<a href="{entities("mailto:stoat@example.org")}">{entities("stoat@example.org")}</a>'),
    "a sign inside a tag": into('<p>Quill<span title=">">fea</span>ther</p>'),
    "a string on two lines": into("<script>var a='Quill\\\nfeather'</script>"),
    "needless escapes": into("<script>var a='Quill\\feat\\her'</script>"),
    "sections of XML": into("<url><![CDATA[Quill]]>feather</url>", "sitemap.xml", b"</urlset>"),
    "umlauts written out": into("<p>Muessigbrodt</p>"),
    "an amount": into("<p>14,350</p>"),
    "an amount without comma": into("<p>$14350.00</p>"),
    "an amount with a dot": into("<p>14.350</p>"),
    "regional indicators": into("<p>" + symbols("quillfeather", 0x1F1E6) + "</p>"),
    "letters in black squares": into("<p>" + symbols("quillfeather", 0x1F170) + "</p>"),
    "letters in black circles": into("<p>" + symbols("quillfeather", 0x1F150) + "</p>"),
    "tag characters": into("<p>" + symbols("quillfeather", 0xE0061) + "</p>"),
    "entities of tag characters": into("<p>" + entities(symbols("quillfeather", 0xE0061)) + "</p>"),
    "a page that is not UTF-8": into("<p>Верещагин</p>".encode("cp1251"), "index.html"),
    # common words, by where they stand
    "a common word": into("<td>Tuesday</td>", before=b"</tbody>"),
    "another common word": into("<p>Basement</p>"),
    "a common word for listeners": into('<span class="tl-vh">Basement</span>'),
    "a common word in a picture": into("<svg><title>Basement</title></svg>"),
    "a common word in a title": into("<title>Basement</title>", before=b"</head>"),
    "a common word in a list of pages": into("<nav><a href='./'>Basement</a></nav>"),
    "another page's title": into("<p>Lantern</p>", "2026/ib-2026-003/index.html"),
    "another page's title as data": into('<p data-note="Lantern"></p>', "2026/ib-2026-003/index.html"),
    "a facet": into("<dd>Dam failure</dd>"),
    "a facet as it is written": into('<p data-note="dam-failure"></p>'),
    "a facet elsewhere": into("<p>Dam failure</p>", "index.html"),
    "a time": into("<p>02:47</p>", "index.html"),
    "a time as data": into('<p data-note="02:47"></p>', "index.html"),
    "a time in a comment": into("<!-- 02:47 -->", "index.html"),
    "a time in a script": into("<script>var a='02:47'</script>", "index.html"),
    "a small number": into("<p>17</p>", "index.html"),
    "a small number as data": into('<td data-note="17"></td>'),
    "digits apart": into("<p>5 5 5 0 1 6 7</p>", "index.html"),
    "digits with commas": into("<p>5,5,5,0,1,6,7</p>", "index.html"),
    # places in a page
    "comment": into(f"<!-- {PHRASE} -->"),
    "a comment after the end": after(PAGE, f"<!-- {PHRASE} -->".encode()),
    "title": into(f"<title>{PHRASE}</title>", before=b"</head>"),
    "description": into(f'<meta name="description" content="{PHRASE}">', before=b"</head>"),
    "alt": into(f'<img alt="{PHRASE}" src="../../assets/images/logo.svg">'),
    "aria": into(f'<p aria-label="{PHRASE}"></p>'),
    "data attribute": into(f"<p data-note='{PHRASE}'></p>"),
    "bare attribute": into("<p id=Quillfeather></p>"),
    "class": into('<p class="quillfeather"></p>'),
    "anchor": into('<h2 id="seven-grey-herons-stood-watch">x</h2>'),
    "link": into('<a href="../ib-2026-003/?q=Quillfeather">x</a>'),
    "hidden": into(f"<template><p hidden>{PHRASE}</p></template>"),
    "JSON in a page": into(f'<script type="application/json">{json.dumps({"a": PHRASE})}</script>'),
    "escaped HTML in JSON": into('<script type="application/json">{"a":"seven \\u003cb\\u003egrey\\u003c/b\\u003e herons stood"}</script>'),
    "listing": into(f"<p>{NAME}</p>", "bulletins/index.html"),
    "404": into(f"<p>{PHRASE}</p>", "404.html"),
    # other files
    "search index": beside("search/search_index.json", json.dumps({"docs": [{"title": "x", "text": f"a\n{PHRASE}"}]})),
    "search fragment": beside("pagefind/fragment/en_1234567.pf_fragment", fragment(PHRASE)),
    "sitemap": into("<url><loc>https://x/quillfeather/</loc></url>", "sitemap.xml", b"</urlset>"),
    "source map": beside("assets/x.js.map", json.dumps({"sourcesContent": [PHRASE]})),
    "script file": beside("assets/x.js", f"// {PHRASE}\n"),
    "style file": after("assets/stylesheets/tearline.css", f"/* {PHRASE} */".encode()),
    "text file": beside("notes.txt", PHRASE),
    "backup": beside("2026/ib-2026-001/index.html~", PHRASE),
    "an empty folder": lambda site: (site / "basement").mkdir() or "basement",  # type: ignore[func-returns-value]
    "dotfile": beside(".cache/page.html", PHRASE),
    "file name": beside("2026/quillfeather.html", "x"),
    "folder name": beside("seven-grey-herons-stood-watch/index.html", "x"),
    "encoded file name": beside("2026/%51uillfeather.html", "x"),
    "feed": beside("feed.xml", f"<rss><![CDATA[{PHRASE}]]></rss>"),
    # files within files
    "gzip": beside("a.json.gz", gzip.compress(PHRASE.encode())),
    "gzip twice": beside("a.gz", gzip.compress(gzip.compress(PHRASE.encode()))),
    "a second member": after("sitemap.xml.gz", gzip.compress(PHRASE.encode())),
    "the name of a gzip member": beside("a.json.gz", named_gzip(PHRASE)),
    "the name of a second member": after("sitemap.xml.gz", named_gzip(PHRASE)),
    "after gzip": after("sitemap.xml.gz", PHRASE.encode()),
    "zip": beside("a.zip", zipped(PHRASE)),
    "zip in zip": beside("a.zip", nested(PHRASE)),
    "zip member's name": beside("a.zip", zipped("x", "Quillfeather.txt")),
    "office": beside("a.docx", zipped(f"<w:t>{PHRASE}</w:t>", "word/document.xml")),
    # pictures and documents
    "PNG text": beside("assets/a.png", png(PHRASE)),
    "PNG packed text": beside("assets/a.png", png(PHRASE, packed=True)),
    "PNG international text": beside("assets/a.png", png(PHRASE, packed=True, international=True)),
    "PNG profile": beside("assets/a.png", profile(PHRASE)),
    "after the picture": after("assets/*.png", PHRASE.encode()),
    "zip after the picture": after("assets/*.png", zipped(PHRASE)),
    "JPEG EXIF": beside("assets/a.jpg", exif(PHRASE)),
    "JPEG comment": beside("assets/a.jpg", segment(0xFE, PHRASE)),
    "JPEG XMP": beside("assets/a.jpg", segment(0xE1, f"http://ns.adobe.com/xap/1.0/\0<x>{PHRASE}</x>")),
    "after JPEG": beside("assets/a.jpg", picture("JPEG") + PHRASE.encode()),
    "GIF comment": beside("assets/a.gif", gif(PHRASE)),
    "WebP": beside("assets/a.webp", webp(PHRASE)),
    "SVG title": beside("assets/a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><title>{PHRASE}</title></svg>"),
    "SVG description": beside("assets/a.svg", f"<svg><desc>{PHRASE}</desc></svg>"),
    "SVG text in pieces": beside("assets/a.svg", "<svg><text>Quill<tspan>feather</tspan></text></svg>"),
    "SVG attribute": beside("assets/a.svg", f"<svg><g inkscape:label='{PHRASE}'/></svg>"),
    "PDF text": beside("a.pdf", pdf(PHRASE)),
    "PDF plain text": beside("a.pdf", pdf(PHRASE, packed=False)),
    "PDF properties": beside("a.pdf", pdf(PHRASE, where="info")),
    "PDF attachment": beside("a.pdf", pdf(PHRASE, where="attachment")),
    "a font's bytes": beside("assets/a.woff2", b"wOF2\x00" + PHRASE.encode()),
}  # fmt: skip
# What no list of withheld words can hold is found by where it stands, or as what it is.
PLACED: Final = {"TL305", "TL306"}
CODES: Final[dict[str, set[str]]] = {
    **dict.fromkeys(
        (
            *("a common word", "another common word", "a common word for listeners", "a common word in a picture"),
            *("a common word in a title", "a common word in a list of pages", "another page's title"),
            *("another page's title as data", "a facet", "a facet as it is written", "a facet elsewhere", "a time"),
            *("a time as data", "a time in a comment", "a time in a script", "a small number"),
            *("a small number as data", "digits apart", "digits with commas"),
        ),
        PLACED,
    ),
    "tag characters": {"TL316"},
    "entities of tag characters": {"TL316"},
    "a page that is not UTF-8": {"TL313"},
    "an empty folder": {"TL307"},
}
