"""Compressed files are opened, and what is in them is read as what it is: gzip, zip, search fragments."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import cbor2

from tearline.verify.channels.contents import UNPACKED, Content, Inner, Text, Trouble, unpacked

_PAGEFIND = b"pagefind_dcd"  # how everything begins that Pagefind packs: data as JSON or CBOR, and a program
_KEYS = frozenset({"url", "content", "word_count", "filters", "meta", "anchors"})  # of a fragment: Pagefind's own words
_COLUMNS, _FILES, _ENDS = 6, 2, 3  # of an index's table: its columns, that of files of words, what a row of it has
_APART = " | x | "  # between words that do not stand beside each other
_HEADER = 1 << 16  # bytes in which a header ends that is no longer than a name may be
_EXTRA, _NAME, _COMMENT = 0b100, 0b1000, 0b10000  # flags of a gzip header


def read_gzip(data: bytes) -> Iterator[Content]:
    """Every member of a gzip file, each one's own header, and what follows the last."""
    at = 0
    while data.startswith(b"\x1f\x8b", at):
        yield from _header(data[at : at + _HEADER])
        member = unpacked(memoryview(data)[at:], wbits=31)
        yield _packed(member.data)
        if not member.whole:
            yield Trouble("unreadable-file", "a gzip member that is broken or cut short")
            return
        at += member.size
    if at and data[at:]:
        yield Inner(data[at:], "", "after a gzip member")


def _packed(data: bytes) -> Inner:
    """What a gzip member holds; where Pagefind packed it, data or a program without the sign that it puts before."""
    if not data.startswith(_PAGEFIND):
        return Inner(data, "", "in a gzip member")
    data = data.removeprefix(_PAGEFIND)
    return Inner(data, "" if data.startswith(b"\x00asm") else "part.cbor", "in a part of a search index")


def read_cbor(data: bytes) -> Iterator[Content]:
    """The texts in a part of a search index, each for itself: in CBOR, length bytes hide where a word begins and ends.

    An index's own list of words is not among them, nor what its files begin and end with. It has stems and parts of
    numbers, which are like other words and numbers than those they come from: ``verify.search`` compares each with the
    pages that it is said to be on.
    """
    stream = io.BytesIO(data)
    try:
        told = json.loads(stream.read()) if data.startswith(b"{") else cbor2.load(stream)
    except (cbor2.CBORDecodeError, ValueError, TypeError):
        yield Trouble("unreadable-file", "data of a search index that cannot be read")
        yield Text(data.decode("latin-1"), "as it is")
        return
    if not (isinstance(told, list) and len(told) == 1):
        yield Text(_APART.join(_strings(_without_ends(told))))
    if rest := stream.read():
        yield Inner(rest, "", "after the end of CBOR")


def _without_ends(told: Any) -> Any:
    """An index's table without the words that its files begin and end with."""
    if not (isinstance(told, list) and len(told) == _COLUMNS and isinstance(told[_FILES], list)):
        return told
    files = [row[-1:] if isinstance(row, list) and len(row) == _ENDS else row for row in told[_FILES]]
    return [*told[:_FILES], files, *told[_FILES + 1 :]]


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, bytes):
        yield told.decode("latin-1")
    elif isinstance(told, list | tuple | set | frozenset):
        for each in told:
            yield from _strings(each)
    elif isinstance(told, dict):
        for key, value in told.items():
            yield from _strings(key) if key not in _KEYS else ()
            yield from _strings(value)
    elif isinstance(told, cbor2.CBORTag):
        yield from _strings(told.value)


def _header(member: bytes) -> Iterator[Content]:
    """The name in a member's header (RFC 1952, 2.3); other fields of it are a finding, whatever they say."""
    flags = member[3]
    if flags & (_EXTRA | _COMMENT):
        yield Trouble("file-metadata", "a gzip header with a comment or more")
    elif flags & _NAME:
        yield Text(member[10:].split(b"\x00", 1)[0].decode("latin-1"), "in a gzip header")


def read_zip(data: bytes) -> Iterator[Content]:
    """Every member of a zip file, with its name, comments and what stands around it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        yield Trouble("unreadable-file", "a zip file that cannot be opened")
        return
    with archive:
        yield Text(archive.comment.decode("latin-1"), "in a zip comment")
        size = 0
        for place, member in enumerate(archive.infolist(), 1):
            yield Text(f"{member.filename}\n{member.comment.decode('latin-1')}", f"in the name of zip member {place}")
            size += member.file_size
            if member.flag_bits & 1 or size > UNPACKED:
                yield Trouble("unreadable-file", f"zip member {place} is encrypted or too large")
                continue
            try:
                inner = archive.read(member)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, RuntimeError, EOFError):
                yield Trouble("unreadable-file", f"zip member {place} cannot be opened")
                continue
            yield Inner(inner, member.filename, f"in zip member {place}")
    yield Text(data.decode("latin-1"), "in a zip file's own bytes")
