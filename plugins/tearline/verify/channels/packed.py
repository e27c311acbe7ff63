"""Compressed files are opened, and what is in them is read as what it is: gzip, zip, search fragments."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from tearline.verify.channels.contents import UNPACKED, Content, Inner, Text, Trouble, unpacked

_FRAGMENT = b"pagefind_dcd"
_HEADER = 1 << 16  # bytes in which a header ends that is no longer than a name may be
_EXTRA, _NAME, _COMMENT = 0b100, 0b1000, 0b10000  # flags of a gzip header


def read_gzip(data: bytes) -> Iterator[Content]:
    """Every member of a gzip file, each one's own header, and what follows the last."""
    at = 0
    while data.startswith(b"\x1f\x8b", at):
        yield from _header(data[at : at + _HEADER])
        member = unpacked(memoryview(data)[at:], wbits=31)
        yield Inner(member.data.removeprefix(_FRAGMENT), "", "in a gzip member")
        if not member.whole:
            yield Trouble("unreadable-file", "a gzip member that is broken or cut short")
            return
        at += member.size
    if at and data[at:]:
        yield Inner(data[at:], "", "after a gzip member")


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
