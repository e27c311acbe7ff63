"""Compressed files are opened, and what is in them is read as what it is: gzip, zip, search fragments."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from tearline.verify.channels.contents import LARGEST, Content, Inner, Text, Trouble

_FRAGMENT = b"pagefind_dcd"
_EXTRA, _NAME, _COMMENT = 0b100, 0b1000, 0b10000  # flags of a gzip header


def read_gzip(data: bytes) -> Iterator[Content]:
    """Every member of a gzip file, each one's own header, and what follows the last."""
    rest = data
    while rest.startswith(b"\x1f\x8b"):
        yield from _header(rest)
        worker = zlib.decompressobj(wbits=31)
        try:
            inner = worker.decompress(rest, LARGEST)
        except zlib.error:
            yield Trouble("unreadable-file", "a gzip member that cannot be opened")
            break
        if worker.unconsumed_tail or not worker.eof:
            yield Trouble("unreadable-file", "a gzip member that is cut short or too large")
            break
        yield Inner(inner.removeprefix(_FRAGMENT), "", "in a gzip member")
        rest = worker.unused_data
    if rest and rest is not data:
        yield Inner(rest, "", "after a gzip member")


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
            if member.flag_bits & 1 or size > LARGEST:
                yield Trouble("unreadable-file", f"zip member {place} is encrypted or too large")
                continue
            try:
                inner = archive.read(member)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, RuntimeError, EOFError):
                yield Trouble("unreadable-file", f"zip member {place} cannot be opened")
                continue
            yield Inner(inner, member.filename, f"in zip member {place}")
    yield Text(data.decode("latin-1"), "in a zip file's own bytes")
