"""PDF: the words on its pages, and every string and stream of its objects. Pixels and fonts in it are not read.

Everything is looked at twice: each stream of the file as far as it can be unpacked, and the document as a reader of
PDF makes it of them. The latter is somebody else's code at work on somebody else's file, so it has bounds.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Final

from tearline.verify.channels.bounded import bounded
from tearline.verify.channels.contents import UNPACKED, Content, Inner, Text, TooLargeError, Trouble, unpacked

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_HEAD: Final = 512  # bytes before a stream in which its dictionary says what it is
_EDGE: Final = 4  # lines at the top or end of a page: what runs on to the next one stands before or behind a footer
_APART: Final = "\n| x |\n"  # between words that do not stand beside each other
_BROKEN = re.compile(r"[-\u2010\u00ad]\s*\n\s*")
_OPEN: Final = ("/", ",", "-", "(", ":", "\u2010", "\u00ad")  # after which a line goes on in the next one
_GOES_ON: Final = frozenset("/,):")
_LETTERS = re.compile(r"(?<!\w)\w(?: \w)+(?!\w)")
# A string or comment, cut short where strings are nested; or else a number, or a string in hexadecimal.
_NUMBER = re.compile(
    r"(\((?:[^()\\]|\\.)*+\)?|%[^\r\n]*)|(?<![\w.])[-+]?\.?\d[\d.]*+(?!\w)|<[0-9A-Fa-f\s]*>", re.DOTALL
)
_HEXADECIMAL = re.compile(rb"<\s*(FEFF[0-9A-F\s]*)>", re.IGNORECASE)
_KINDS: Final = {
    "/Annot": "in a PDF note",
    "/EmbeddedFile": "in a PDF attachment",
    "/Filespec": "in the name of a PDF attachment",
    "/Metadata": "in the PDF's properties",
}
_FONTS: Final = (b"\x00\x01\x00\x00", b"\x01\x00\x04", b"OTTO", b"true", b"ttcf", b"%!PS")
_LANGUAGE: Final = ("/ObjStm", "/XRef", "/XObject", "/Pattern", "/CMap")
_ACTS: Final = ("/OpenAction", "/AA", "/AcroForm", "/Collection")
_NAMES: Final = ("/EmbeddedFiles", "/JavaScript")


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader of PDF makes of a file.

    ``contents`` is everything in it, ``sheets`` the text of each page, ``told`` what is said beside them in properties
    and bookmarks; ``acts`` where it has attachments, forms or scripts.
    """

    contents: list[Content]
    sheets: list[str]
    told: str = ""
    acts: bool = False


def read(data: bytes) -> Iterator[Content]:
    """Everything in a PDF that is words. Raises ``TooLargeError``."""
    bare, left, end = [], UNPACKED, 0
    for start, stop, head in _streams(data):
        bare.append(data[end:start])
        end = stop
        inner = b"" if b"/Image" in head else unpacked(memoryview(data)[start:stop]).data or data[start:stop]
        left -= len(inner)
        if left < 0:
            raise TooLargeError
        if not inner.startswith(_FONTS):
            yield Text(_words(inner), "in a PDF stream")
    yield Text(_words(b"".join([*bare, data[end:]])), "in the PDF's bytes")
    found = document(data)
    if found is None:
        yield Trouble("unreadable-file", "a PDF that cannot be read to its end")
    else:
        yield from found.contents


@lru_cache(maxsize=1)  # two checks of a file ask for it, one after the other
def document(data: bytes) -> Document | None:
    """A PDF as a reader has it, up to ``UNPACKED`` bytes; None where it cannot be read to its end."""
    import pypdf  # noqa: F401, PLC0415 - here, or each file's process would load it anew; few sites have a PDF at all

    return bounded(lambda: _document(data))


def _words(data: bytes) -> str:
    """PDF's own language less the numbers in it: a place on a page or in the file is no withheld number."""
    return _NUMBER.sub(lambda found: found[1] or "|", data.decode("latin-1"))


def _streams(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where streams begin and end, and what comes before them: a broken table of objects hides none of them."""
    at = data.find(b"stream")
    while at >= 0:
        start = at + len(b"stream")
        end = data.find(b"endstream", start)
        if end < 0:
            return
        head = data[max(0, at - _HEAD) : at].rpartition(b" obj")[2]
        yield start + len(data[start : start + 2]) - len(data[start : start + 2].lstrip(b"\r\n")), end, head
        at = data.find(b"stream", end + len(b"endstream"))


def _document(data: bytes) -> Document:
    """See ``document``. Raises whatever a broken file makes it raise."""
    from pypdf import PdfReader  # noqa: PLC0415 - see document

    reader = PdfReader(io.BytesIO(data), strict=True)
    found: list[Content] = []
    if reader.is_encrypted:
        found.append(Trouble("unreadable-file", "an encrypted PDF"))
        if not reader.decrypt(""):
            return Document(found, [])
    left = UNPACKED
    sheets = [page.extract_text() for page in reader.pages]
    for each in (*_pages(sheets), *_objects(reader)):
        left -= len(each.text if isinstance(each, Text) else each.data)
        if left < 0:
            return Document([*found, Trouble("unreadable-file", "a PDF that unpacks to more than can be read")], sheets)
        found.append(each)
    root: Any = reader.trailer["/Root"]
    names = root.get("/Names", {})
    acts = any(key in root for key in _ACTS) or any(key in names for key in _NAMES)
    return Document(found, sheets, "\n".join(_beside(reader, root)), acts)


def _beside(reader: PdfReader, root: Any) -> Iterator[str]:
    """What a document says beside its pages: properties in both their forms, bookmarks."""
    yield from (str(value) for value in (reader.metadata or {}).values())
    xmp = root["/Metadata"].get_data().decode("utf-8", "replace") if "/Metadata" in root else ""
    yield unescape(re.sub(r"<[^<>]*>|<\?.*?\?>", " ", xmp, flags=re.DOTALL))
    yield from _titles(reader.outline)


def _titles(outline: Any) -> Iterator[str]:
    for one in outline:
        if isinstance(one, list):
            yield from _titles(one)
        else:
            yield str(one.get("/Title", ""))


def _pages(texts: list[str]) -> Iterator[Text]:
    for place, text in enumerate(texts, 1):
        yield from (Text(each, f"on PDF page {place}") for each in _as_set(text))
    for place, (before, after) in enumerate(pairwise(texts), 1):
        edges = product(_own(before, after)[-_EDGE:], _own(after, before)[:_EDGE])
        joined = _APART.join(_BROKEN.sub("", f"{end}\n{begin}").replace("\n", " ") for end, begin in edges)
        yield Text(joined, f"from PDF page {place} to the next")


def _own(page: str, neighbour: str) -> list[str]:
    """The lines of a page without those that both pages have, such as banners: no sentence runs on over them."""
    running = set(neighbour.splitlines())
    return [line for line in page.splitlines() if line not in running]


def _as_set(text: str) -> Iterator[str]:
    """A page's text, and what it says where lines break words and runs of words, or blanks set letters apart."""
    yield text
    whole = _BROKEN.sub("", _apart(text)).replace("\n", " ")
    if whole != text:
        yield whole
    tight = _LETTERS.sub(lambda found: found[0].replace(" ", ""), whole)
    if tight != whole:
        yield tight


def _apart(text: str) -> str:
    """A page's text with bars round what it says more than once, such as its banner at the top and at the foot.

    A mark ends there, or the words of the next line would be read as its own. Words run on over a bar. Two lines that
    are always together, as those of a long banner, or of which one plainly is not whole, stay together.
    """
    lines = text.split("\n")
    often, pairs = Counter(lines), Counter(pairwise(lines))
    made = lines[:1]
    for before, after in pairwise(lines):
        is_edge = pairs[before, after] == 1 and max(often[before], often[after]) > 1
        made += ["|"] if is_edge and not before.rstrip().endswith(_OPEN) and after.lstrip()[:1] not in _GOES_ON else []
        made.append(after)
    return "\n".join(made)


def _objects(reader: PdfReader) -> Iterator[Text | Inner]:
    """Every string and every stream, whatever leads to it: properties, outlines, notes, scripts, attachments."""
    from pypdf.generic import IndirectObject  # noqa: PLC0415 - see _document

    told, drawn = reader.metadata, set(_drawn(reader.pages))
    numbers = {(number, generation) for generation, places in reader.xref.items() for number in places}
    for number, generation in sorted(numbers | {(number, 0) for number in reader.xref_objStm}):
        one: Any = IndirectObject(number, generation, reader).get_object()
        kind = str(one.get("/Type")) if isinstance(one, dict) else ""
        where = _KINDS["/Metadata"] if one == told else _KINDS.get(kind, "in a PDF object")
        said = list(_strings(one))
        yield Text("\n".join(each for each in said if isinstance(each, str)), where)
        yield from (Inner(each, "", where) for each in said if isinstance(each, bytes))
        if hasattr(one, "get_data") and one.get("/Subtype") != "/Image":
            data = one.get_data()
            is_language = number in drawn or kind in _LANGUAGE or b"begincmap" in data
            yield from _language(data, where) if is_language else _foreign(data, where)
            if one.get("/Subtype") == "/Form" and reader.pages:  # a page or a note shows it
                yield from (Text(each, where) for each in _as_set(reader.pages[0].extract_xform_text(one)))


def _drawn(pages: Iterable[PageObject]) -> Iterator[int]:
    """The numbers of the streams that draw pages."""
    for page in pages:
        held: Any = page.get("/Contents", [])
        many = held.get_object() if hasattr(held, "idnum") else held
        yield from (one.idnum for one in (many if isinstance(many, list) else [held]) if hasattr(one, "idnum"))


def _strings(one: Any) -> Iterator[str | bytes]:
    """The strings and names of an object, those of others that it points to left out."""
    if isinstance(one, dict):
        for key, value in one.items():  # an object that it points to is not looked up by this
            yield str(key)
            yield from _strings(value)
    elif isinstance(one, list):
        for each in one:
            yield from _strings(each)
    elif isinstance(one, (str, bytes)):
        yield one


def _language(data: bytes, where: str) -> Iterator[Text]:
    """What a stream in PDF's own language says."""
    yield Text(_words(data), where)
    for found in _HEXADECIMAL.findall(data):
        yield Text(bytes.fromhex(found.decode("ascii")).decode("utf-16-be", "replace"), where)


def _foreign(data: bytes, where: str) -> Iterator[Inner]:
    """A stream in any other: a file, a script, a form's data."""
    if not data.startswith(_FONTS):
        yield Inner(data, "", where)
