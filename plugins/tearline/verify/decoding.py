"""Undoing what hides words from a reader of bytes: encodings, entities, escapes, tags inside words, data addresses.

Everything here errs towards reading too much: a reading that nobody meant costs nothing, since only withheld words
are looked for in it.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from tearline.verify.folding import INVISIBLE, spaced

INSIDE: Final = "inside a tag"
ROUNDS: Final = 6  # how often what was escaped may have been escaped again
TAG = re.compile(r"(<[!/?A-Za-z][^<>]*>)")
_ESCAPED = re.compile(
    r"\\u\{?[0-9a-fA-F]|\\x[0-9a-fA-F]|%[0-9a-fA-F]{2}|&[#A-Za-z]|\\[nrtbfv/\"']|=[0-9A-F]{2}|\\[0-7]{3}"
)
_UNICODE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([0-3][0-7]{2})")
_LONG = re.compile(r"&#[xX]?[0-9a-fA-F]{8}")
_ZEROS = re.compile(r"&#([xX]?)0+(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_STYLE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n\r\f]?")
_CONTINUED = re.compile(r"(?<=\w)\\\r?\n(?=\w)")  # a string goes on in the next line
_QUOTED_END = re.compile(
    r"""=(?:"[^"<>\n]*>[^"<>\n]*"|'[^'<>\n]*>[^'<>\n]*')"""
)  # the sign that ends a tag, in a value
_WHOLE_TAG = re.compile(r"""<[!/?A-Za-z][^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>""")
_BLANK = re.compile(r"\\[nrtbfv]")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_QUOTED = re.compile(r"=(?:\r?\n|([0-9A-F]{2}))")
_INSIDE = re.compile(r"<(?<=\w<)[!/?A-Za-z][^<>]*>(?:<[!/?A-Za-z][^<>]*>)*\w")  # begins with what is quickly found
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:(?:%0A|\\n|\s)+[A-Za-z0-9+/_-]{16,})*(?:%3D|=){0,2}")
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_IS_LETTER: Final = bytes(65 if each in _LETTERS else 32 for each in range(256))
_RUN: Final = b"A" * 16
_BASE64_END = re.compile(r"(?:%0A|\\n|\s)+[A-Za-z0-9+/_-]{2,15}(?![A-Za-z0-9+/_-])")
_PATH = re.compile(r"""(?<=\s)(?:d|points|viewBox)=(["'])[-+,.\sMmZzLlHhVvCcSsQqTtAaEe0-9]*\1""")
_SURROGATES = re.compile("[\ud800-\udfff]+")
_MAGIC: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"<svg", b"<?xml")
_PRINTABLE: Final = 0.85
_WRITTEN: Final = bytes([0, 9, 10, 13, *range(32, 127), *range(0xC3, 256)])
PIECE: Final = 1 << 21  # characters that are read at a time
OVERLAP: Final = 1 << 14  # characters that what is looked for may stretch over
_SHORT: Final = 256  # signs of a run that is remembered


def texts_of(data: bytes) -> Iterator[tuple[str, str]]:
    """Bytes as text, in each encoding they may be in: (how, text)."""
    try:
        yield "", data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield "", data.decode("utf-8", "replace")
        yield "as Latin-1", data.decode("cp1252", "replace")
    if b"\x00" in data:
        for name in ("utf-16-le", "utf-16-be"):
            for start in (0, 1):
                yield "as UTF-16", data[start:].decode(name, "replace")
        yield "without null bytes", data.replace(b"\x00", b"").decode("utf-8", "replace")


def pieces(text: str) -> Iterator[str]:
    """A text in pieces of ``PIECE`` characters that overlap, so that a large one is read in little memory."""
    at = 0
    while len(text) - at > PIECE + OVERLAP:
        yield text[at : _blank_before(text, at + PIECE + OVERLAP)]
        at = _blank_before(text, at + PIECE)
    yield text[at:]


def _blank_before(text: str, end: int) -> int:
    """Where to cut a text so that no word is, if there is such a place near."""
    near = end - OVERLAP // 4
    found = max(text.rfind(" ", near, end), text.rfind("\n", near, end))
    return found if found >= 0 else end


def plain(text: str) -> str:
    """A text with entities and escapes undone, as often as it takes."""
    for _ in range(ROUNDS):
        if not _ESCAPED.search(text):
            break
        before = text
        if "&" in text:
            text = unescaped(text)
        if "\\" in text:
            text = _BLANK.sub(" ", _UNICODE.sub(_character, text))
            text = _SURROGATES.sub(_paired, text)
        if "%" in text and _PERCENT.search(text):
            text = unquote(text, errors="replace")
        if text == before:
            break
    return text


def unescaped(text: str) -> str:
    """A text with its entities undone once. A number too long for any character is none."""
    if "&" not in text:
        return text
    if "&#" in text and _LONG.search(text):
        text = _NO_CHARACTER.sub("&#xfffd;", _ZEROS.sub(r"&#\1", text))
    return html.unescape(text)


def _apart(found: re.Match[str]) -> str:
    """The numbers of a drawing, so that neighbours are not taken for one."""
    return re.sub(r"[-+,.\s]+", " | x ", found[0])


def _character(found: re.Match[str]) -> str:
    octal = found[4]
    code = int(octal, 8) if octal else int(found[1] or found[2] or found[3], 16)
    return chr(code) if code < 0x110000 else " "  # noqa: PLR2004 - the end of Unicode


def _paired(found: re.Match[str]) -> str:
    return found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(slots=True)
class Tags:
    """Tags that hold nothing, and those that were read since and are not known to."""

    clean: set[str] = field(default_factory=set)
    fresh: list[str] = field(default_factory=list)


def readings(text: str, tags: Tags, *, styled: bool = False) -> Iterator[tuple[str, str]]:
    """A text without tags in every way it may be meant, escapes undone: (how, text).

    ``styled``: it may hold style sheets, whose escapes are of another kind. Of the tags only the fresh ones are read.
    """
    parts = TAG.split(text)
    yield "", plain(" ".join(parts[0::2]))
    tags.fresh = [tag for tag in dict.fromkeys(parts[1::2]) if tag not in tags.clean]
    if tags.fresh:
        yield INSIDE, plain(_PATH.sub(_apart, "\n".join(tags.fresh)))
    yield from _rarer(text, styled=styled)


def _rarer(text: str, *, styled: bool) -> Iterator[tuple[str, str]]:
    """The readings that most texts do not need."""
    torn = "\n".join(_torn(text))
    if torn:
        yield "with tags inside words", plain(TAG.sub("", torn))
    if _QUOTED_END.search(text):
        yield "with tags inside words", plain(_WHOLE_TAG.sub("", text))
    if "<![CDATA[" in text:
        yield "with sections inside words", plain(TAG.sub("", text.replace("<![CDATA[", "").replace("]]>", "")))
    if "\\" in text:
        yield (
            "escaped",
            "\n".join(line.replace("\\", "") for line in _CONTINUED.sub(r"\\", text).split("\n") if "\\" in line),
        )
    undone = plain(text)
    if undone != text and undone.count("<") > text.count("<"):
        yield "escaped", TAG.sub(" ", undone)
        yield "escaped", TAG.sub("", undone)
        yield "escaped", undone
    if not undone.isascii() and INVISIBLE.search(undone):
        yield "with invisible characters", TAG.sub(" ", spaced(undone))
    if styled and "\\" in text and _STYLE.search(text):
        yield "escaped", _STYLE.sub(lambda found: chr(min(int(found[1], 16), 0x10FFFF)), text)
    if "=" in text and text.isascii() and len(_QUOTED.findall(text)) > 1:
        yield "quoted-printable", _QUOTED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)


def _torn(text: str) -> Iterator[str]:
    """The lines with a tag inside a word."""
    end = -1
    for found in _INSIDE.finditer(text):
        if found.start() > end:
            end = text.find("\n", found.end())
            end = end if end >= 0 else len(text)
            yield text[text.rfind("\n", 0, found.start()) + 1 : end]


def hidden_bytes(text: str) -> Iterator[bytes]:
    """What base64 in a text decodes to, where that is text or a kind of file.

    A short last line may be the end of it, or the next word: it is read both ways.
    """
    for run in _runs(text):
        data = _short(run) if len(run) < _SHORT else _decoded(run)
        if data is not None:
            yield data


def _runs(text: str) -> Iterator[str]:
    """What base64 may be; looking for a row of its letters is much quicker than for what it may look like."""
    letters = text.encode("ascii", "replace").translate(_IS_LETTER)
    at = letters.find(_RUN)
    while at >= 0:
        found = _BASE64.match(text, at)
        if found is None:
            return
        yield found[0]
        end = _BASE64_END.match(text, found.end()) if "=" not in found[0] else None
        if end is not None:
            yield found[0] + end[0]
        at = letters.find(_RUN, found.end())


def _decoded(run: str) -> bytes | None:
    run = re.sub(r"%0A|\\n|\s|%3D|=", "", run).replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + "==", validate=False)
    except (binascii.Error, ValueError):
        return None
    return data if data.startswith(_MAGIC) or _is_text(data) else None


_short = lru_cache(maxsize=8192)(_decoded)  # the pages of a site have the names of files and anchors in common


def _is_text(data: bytes) -> bool:
    """Whether bytes look like words, in UTF-8 or UTF-16."""
    shown = len(data) - len(data.translate(None, _WRITTEN))
    return bool(data) and (shown >= _PRINTABLE * len(data) or _is_utf8(data))


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are mostly letters of any script in UTF-8; the last one may be cut."""
    text = data.decode("utf-8", "replace").rstrip("\ufffd")
    shown = sum((char.isprintable() or char.isspace()) and char != "\ufffd" for char in text)
    return shown >= _PRINTABLE * len(text) > 0
