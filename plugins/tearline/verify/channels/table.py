"""Which channel reads which kind of file, by the end of its name and by how its bytes begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tearline.verify.channels import document, packed, picture, pixels, text
from tearline.verify.channels.contents import DEPTH, LARGEST, UNPACKED, Content, Inner, TooLargeError, Trouble

Reader = Callable[[bytes], Iterator[Content]]


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of file: its name, the ends of file names, how its bytes begin, and who reads it."""

    name: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...]
    read: Reader


_TEXTS: Final = (
    *(".html", ".htm", ".xml", ".json", ".js", ".mjs", ".css", ".map", ".txt", ".md", ".yml", ".yaml", ".csv", ".ics"),
    *(".rss", ".atom", ".webmanifest", ".xsl", ".log"),
)
_GZIPPED: Final = (".gz", ".svgz", ".pf_fragment", ".pf_meta", ".pf_index", ".pf_filter", ".pagefind")
_ZIPPED: Final = (".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar")
CHANNELS: Final = (
    Channel("png", (".png",), (b"\x89PNG\r\n\x1a\n",), pixels.read_png),
    Channel("jpeg", (".jpg", ".jpeg"), (b"\xff\xd8\xff",), pixels.read_jpeg),
    Channel("gif", (".gif",), (b"GIF87a", b"GIF89a"), pixels.read_gif),
    Channel("webp", (".webp",), (b"RIFF",), pixels.read_webp),
    Channel("pdf", (".pdf",), (b"%PDF",), document.read),
    Channel("gzip", _GZIPPED, (b"\x1f\x8b",), packed.read_gzip),
    Channel("zip", _ZIPPED, (b"PK\x03\x04", b"PK\x05\x06"), packed.read_zip),
    Channel("svg", (".svg",), (b"<svg",), picture.read),
    Channel("text", _TEXTS, (), text.read),
)
_LEAST: Final = 1 << 10  # bytes that a piece of a file counts for at least: many small ones take their time, too
_OPAQUE: Final = Channel("opaque", (), (), pixels.read_opaque)
_TEXT: Final = CHANNELS[-1]


def channel_of(name: str, data: bytes) -> tuple[Channel, bool]:
    """Who reads a file; and whether its name and its bytes agree about what it is."""
    suffix = PurePosixPath(name).suffix.lower()
    by_name = next((one for one in CHANNELS if suffix in one.suffixes), None)
    by_bytes = next((one for one in CHANNELS if one.magic and data.startswith(one.magic)), None)
    if by_bytes is not None and by_name is not by_bytes:
        return by_bytes, by_name is _TEXT and by_bytes.name == "svg"
    if by_name is not None and by_name.magic and by_bytes is None:
        return (by_name, True) if by_name.name == "svg" else (_OPAQUE, False)
    return by_name or _OPAQUE, True


def contents(name: str, data: bytes) -> Iterator[Content]:
    """Every text in a file, those of the files within it included; no ``Inner`` is left."""
    return _Opened().contents(name, data)


@dataclass(slots=True)
class _Opened:
    """One file being taken apart: ``left`` is how much it may yet unpack to, whatever is nested in what."""

    left: int = UNPACKED

    def contents(self, name: str, data: bytes, depth: int = 0, where: str = "") -> Iterator[Content]:
        if depth > DEPTH or len(data) > LARGEST:
            yield Trouble("unreadable-file", "it is too large to be read, or files within files are too deep")
            return
        channel, agree = channel_of(name, data)
        if depth and channel is _OPAQUE:
            channel = _TEXT
        elif not agree and not depth:
            yield Trouble("unreadable-file", "its bytes are not what its name says")
        try:
            self._spend(len(data) if depth else 0)
            for each in channel.read(data):
                yield from self._each(each, depth, where)
                self._spend(_LEAST)
        except TooLargeError:
            yield Trouble("unreadable-file", "it is too large to be read, or unpacks to more than can be")
        except (IndexError, ValueError, OverflowError, RecursionError):
            yield Trouble("unreadable-file", "its structure is broken")

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TooLargeError

    def _each(self, each: Content, depth: int, where: str) -> Iterator[Content]:
        """One thing that a file holds, opened."""
        if isinstance(each, Inner):
            yield from self.contents(each.name, each.data, depth + 1, f"{where} {each.where}".strip())
        elif isinstance(each, Trouble) or not where:
            yield each
        else:
            yield type(each)(each.text, f"{where} {each.where}".strip(), each.markup, each.styled)
