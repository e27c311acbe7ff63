"""Built bytes -> what they say, every way a reader or a program might read them.

Compressed members are opened. Markup is read block by block, so that neighbours do not become one sentence, and
each block twice: tags as blanks, and tags as nothing (a tag may stand inside a word). Attributes, comments and
names are read by themselves.
"""

from __future__ import annotations

import gzip
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import unquote

MOST_OPENED: Final = 64 << 20  # bytes of one compressed member
DEEPEST: Final = 3  # archives in archives
MARKUP: Final = (".html", ".xml", ".svg")
PIXELS: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".woff", ".woff2", ".ttf", ".otf")

_BLOCK: Final = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|button|caption|dd|details|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|h[1-6]|head|header|hr|html|label|legend|li|link|loc|lastmod|main|meta|nav|ol|option|p|pre|script"
    r"|section|style|summary|svg|table|tbody|td|tfoot|th|thead|title|tr|ul|url)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"<[^<>]*>")
_COMMENT: Final = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"""[\w:-]=\s*(?:"([^"]*)"|'([^']*)')""")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORD: Final = re.compile(r"\w+", re.UNICODE)


class UnreadableError(Exception):
    """A compressed file that cannot be opened, and so cannot be vouched for."""


def members(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """A file and, where it is compressed, all that is in it, with names. Raises ``UnreadableError``."""
    yield name, data
    try:
        if data[:2] == b"\x1f\x8b":
            inside = [(f"{name}#", _unzipped(data, depth))]
        elif data[:4] == b"PK\x03\x04":
            inside = list(_archived(name, data, depth))
        else:
            return
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        raise UnreadableError(name) from None
    for inner, content in inside:
        yield from members(inner, content, depth + 1)


def _unzipped(data: bytes, depth: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        content = file.read(MOST_OPENED + 1)
    if len(content) > MOST_OPENED or depth >= DEEPEST:
        raise ValueError
    return content


def _archived(name: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.file_size > MOST_OPENED or depth >= DEEPEST:
                raise ValueError
            yield f"{name}#{member.filename}", archive.read(member)


def text_of(data: bytes) -> str:
    """The bytes as text. Two-byte encodings are told by their byte-order mark."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def pieces_of(text: str, *, markup: bool) -> Iterator[str]:
    """The pieces of a text that belong together, still encoded: blocks, comments, attributes; or the whole."""
    if not markup:
        yield text
        return
    yield from _COMMENT.findall(text)
    bare = _COMMENT.sub(" ", text)
    yield from (double or single for double, single in _ATTRIBUTE.findall(bare))
    yield from _BLOCK.split(bare)


def readings_of(piece: str, *, markup: bool) -> list[str]:
    """A piece as a reader sees it, decoded: tags as blanks, and as nothing where that makes a difference."""
    if not markup or "<" not in piece:
        return [decoded(piece)]
    return list(dict.fromkeys((decoded(_TAG.sub(" ", piece)), decoded(_TAG.sub("", piece)))))


def decoded(text: str) -> str:
    r"""Entities (twice, for what was escaped twice), ``%41`` and ``\u0041`` as the characters they stand for."""
    if "&" in text:
        text = unescape(unescape(text))
    if "%" in text:
        text = unquote(text)
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text


def words_of(text: str) -> list[str]:
    """The words of a text, folded: one spelling for what readers take for the same word."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u200b", "")
    return _WORD.findall(text.casefold())
