"""Undoing what hides words from a reader of bytes: encodings, entities, escapes, tags inside words, data addresses.

Everything here errs towards reading too much: a reading that nobody meant costs nothing, since only withheld words
are looked for in it.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Collection, Iterator
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
_STYLE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n\r\f]?")
_BLANK = re.compile(r"\\[nrtbfv]")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_QUOTED = re.compile(r"=(?:\r?\n|([0-9A-F]{2}))")
_INSIDE = re.compile(r"\w<[!/?A-Za-z][^<>]*>(?:<[!/?A-Za-z][^<>]*>)*\w")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:(?:%0A|\\n|\s)+[A-Za-z0-9+/_-]{16,})*(?:%3D|=){0,2}")
_BASE64_END = re.compile(r"(?:%0A|\\n|\s)+[A-Za-z0-9+/_-]{2,15}(?![A-Za-z0-9+/_-])")
_PATH = re.compile(r"""(?<=\s)(?:d|points|viewBox)=(["'])[-+,.\sMmZzLlHhVvCcSsQqTtAaEe0-9]*\1""")
_SURROGATES = re.compile("[\ud800-\udfff]+")
_MAGIC: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"<svg", b"<?xml")
_PRINTABLE: Final = 0.85


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


def plain(text: str) -> str:
    """A text with entities and escapes undone, as often as it takes."""
    for _ in range(ROUNDS):
        if not _ESCAPED.search(text):
            break
        before = text
        if "&" in text:
            text = html.unescape(text)
        if "\\" in text:
            text = _BLANK.sub(" ", _UNICODE.sub(_character, text))
            text = _SURROGATES.sub(_paired, text)
        if "%" in text and _PERCENT.search(text):
            text = unquote(text, errors="replace")
        if text == before:
            break
    return text


def _apart(found: re.Match[str]) -> str:
    """The numbers of a drawing, so that neighbours are not taken for one."""
    return re.sub(r"[-+,.\s]+", " | x ", found[0])


def _character(found: re.Match[str]) -> str:
    octal = found[4]
    code = int(octal, 8) if octal else int(found[1] or found[2] or found[3], 16)
    return chr(code) if code < 0x110000 else " "  # noqa: PLR2004 - the end of Unicode


def _paired(found: re.Match[str]) -> str:
    return found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def readings(text: str, *, styled: bool = False, known: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """A text without tags in every way it may be meant, escapes undone: (how, text).

    ``styled``: it may hold style sheets, whose escapes are of another kind. ``known``: tags that need no reading.
    """
    parts = TAG.split(text)
    yield "", plain(" ".join(parts[0::2]))
    if len(parts) > 1:
        tags = "\n".join(tag for tag in dict.fromkeys(parts[1::2]) if tag not in known)
        yield INSIDE, plain(_PATH.sub(_apart, tags))
    yield from _rarer(text, styled=styled)


def _rarer(text: str, *, styled: bool) -> Iterator[tuple[str, str]]:
    """The readings that most texts do not need."""
    if _INSIDE.search(text):
        torn = "\n".join(line for line in text.split("\n") if _INSIDE.search(line))
        yield "with tags inside words", plain(TAG.sub("", torn))
    undone = plain(text)
    if undone != text and undone.count("<") > text.count("<"):
        yield "escaped", TAG.sub(" ", undone)
        yield "escaped", TAG.sub("", undone)
        yield "escaped", undone
    if INVISIBLE.search(undone):
        yield "with invisible characters", TAG.sub(" ", spaced(undone))
    if styled and "\\" in text and _STYLE.search(text):
        yield "escaped", _STYLE.sub(lambda found: chr(min(int(found[1], 16), 0x10FFFF)), text)
    if "=" in text and text.isascii() and len(_QUOTED.findall(text)) > 1:
        yield "quoted-printable", _QUOTED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)


def hidden_bytes(text: str) -> Iterator[bytes]:
    """What base64 in a text decodes to, where that is text or a kind of file.

    A short last line may be the end of it, or the next word: it is read both ways.
    """
    for found in _BASE64.finditer(text):
        end = _BASE64_END.match(text, found.end())
        for run in (found[0], found[0] + end[0]) if end and "=" not in found[0] else (found[0],):
            data = _unpacked(run)
            if data.startswith(_MAGIC) or _is_text(data):
                yield data


def _unpacked(run: str) -> bytes:
    run = re.sub(r"%0A|\\n|\s|%3D|=", "", run).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + "==", validate=False)
    except (binascii.Error, ValueError):
        return b""


def _is_text(data: bytes) -> bool:
    """Whether bytes look like words, in UTF-8 or UTF-16."""
    shown = sum(32 <= each < 127 or each in (0, 9, 10, 13) or each >= 0xC3 for each in data)  # noqa: PLR2004
    return bool(data) and (shown >= _PRINTABLE * len(data) or _is_utf8(data))


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are mostly letters of any script in UTF-8; the last one may be cut."""
    text = data.decode("utf-8", "replace").rstrip("\ufffd")
    shown = sum((char.isprintable() or char.isspace()) and char != "\ufffd" for char in text)
    return shown >= _PRINTABLE * len(text) > 0
