"""Raster images: pixels cannot be read, so there may be nothing else in the file, and what there is else is read."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from tearline.verify.channels.contents import Content, Inner, Text, Trouble, unpacked

_PNG_PLAIN: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"pHYs", b"sBIT", b"bKGD"}
)
_JPEG_PLAIN: Final = frozenset({*range(0xC0, 0xCF), 0xD8, 0xDA, 0xDB, 0xDD})
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_STRINGS = re.compile(rb"[\x20-\x7e\xc0-\xff]{5,}")
_ZLIB = re.compile(rb"x(?=[\x01\x5e\x9c\xda])")
_TRIES: Final = 500  # places in a chunk that look like the beginning of a compressed stream
_WEBP_PLAIN: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})


def read_png(data: bytes) -> Iterator[Content]:
    """Every chunk that is not pixels, unpacked where it is packed, and what follows the end."""
    at = 8
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, chunk = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size
        if kind not in _PNG_PLAIN:
            yield Trouble("file-metadata", "a PNG chunk that is not pixels")
            yield from _packed(chunk, "in a PNG chunk")
        if kind == b"IEND":
            break
    yield from _after(data[at:])


def _packed(chunk: bytes, where: str) -> Iterator[Content]:
    """A chunk as it is, and what any compressed stream in it unpacks to."""
    yield Inner(chunk, "", where)
    for tried, begun in enumerate(_ZLIB.finditer(chunk)):
        if tried == _TRIES:
            yield Trouble("unreadable-file", "more compressed streams than anybody would put into an image")
            return
        inner = unpacked(memoryview(chunk)[begun.start() :]).data
        if inner:
            yield Inner(inner, "", where)


def read_jpeg(data: bytes) -> Iterator[Content]:
    """Every segment that is not pixels, and what follows the end."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - a marker
        marker = data[at + 1]
        if marker == 0xFF or marker in _JPEG_BARE:  # noqa: PLR2004 - padding
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        if marker == 0xD9:  # noqa: PLR2004 - the end
            break
        (size,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at + 4 : at + 2 + size]
        if marker not in _JPEG_PLAIN and not _is_frame(marker, segment):
            yield Trouble("file-metadata", "a JPEG segment that is not pixels")
            yield from _packed(segment, "in a JPEG segment")
        at += 2 + size
        if marker == 0xDA:  # noqa: PLR2004 - pixels follow
            at = _after_scan(data, at)
    yield from _after(data[at + 2 :])


def _is_frame(marker: int, segment: bytes) -> bool:
    """Whether an application segment is the plain JFIF or Adobe one, without a thumbnail."""
    plain = segment.startswith(b"JFIF\x00") and segment[12:14] == b"\x00\x00" and len(segment) == 14  # noqa: PLR2004
    return (marker == 0xE0 and plain) or (marker == 0xEE and segment.startswith(b"Adobe") and len(segment) == 12)  # noqa: PLR2004


def _after_scan(data: bytes, at: int) -> int:
    """The place of the next marker that is not part of the pixels."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and data[at + 1] not in _JPEG_BARE:
            return at
        at += 2
    return len(data)


def read_gif(data: bytes) -> Iterator[Content]:
    """Comments, plain text and application blocks, and what follows the end."""
    at = 13 + (3 << (data[10] & 7) + 1 if len(data) > 10 and data[10] & 0x80 else 0)  # noqa: PLR2004 - the colour table
    while at < len(data) and data[at] != 0x3B:  # noqa: PLR2004 - the end
        kind, label = data[at], data[at + 1] if at + 1 < len(data) else 0
        if kind == 0x2C:  # noqa: PLR2004 - a picture
            flags = data[at + 9] if at + 9 < len(data) else 0
            at, _ = _blocks(data, at + 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
            continue
        at, said = _blocks(data, at + 2)
        if label != 0xF9 and not said.startswith(b"NETSCAPE2.0"):  # noqa: PLR2004 - timing
            yield Trouble("file-metadata", "a GIF block that is not pixels")
            yield Inner(said, "", "in a GIF block")
    yield from _after(data[at + 1 :])


def _blocks(data: bytes, at: int) -> tuple[int, bytes]:
    """The sub-blocks from here: the place after them, and what they hold."""
    said = b""
    while at < len(data) and data[at]:
        said += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return at + 1, said


def read_webp(data: bytes) -> Iterator[Content]:
    """Chunks that are not pixels, and what follows the end."""
    (size,) = struct.unpack_from("<I", data, 4) if len(data) >= 12 else (0,)  # noqa: PLR2004 - the header
    at, end = 12, min(8 + size, len(data))
    while at + 8 <= end:
        (length,) = struct.unpack_from("<I", data, at + 4)
        if data[at : at + 4] not in _WEBP_PLAIN:
            yield Trouble("file-metadata", "a WebP chunk that is not pixels")
            yield from _packed(data[at + 8 : at + 8 + length], "in a WebP chunk")
        at += 8 + length + length % 2
    yield from _after(data[end:])


def _after(rest: bytes) -> Iterator[Content]:
    if rest:
        yield Trouble("file-metadata", "bytes after the image")
        yield Inner(rest, "", "after the image")


def read_opaque(data: bytes) -> Iterator[Content]:
    """Bytes of an unknown kind: what looks like words in them, and a finding in any case."""
    yield Trouble("unreadable-file", "a kind of file that cannot be read")
    for kept in (data, data.replace(b"\x00", b"")):
        yield Text("\n".join(run.decode("latin-1") for run in _STRINGS.findall(kept)), "in its bytes")
