"""Files beside the text: read from allow-listed entries only, rebuilt from pixels, named by what they hold.

Rasters are drawn anew, pixel by pixel, so that nothing else of the file remains: no EXIF, XMP, ICC profile,
comment, thumbnail or trailing bytes. Other known kinds of files are kept verbatim, for editions that withhold
nothing; what a browser would run, or the renderer take for a page, is never published.
"""

from __future__ import annotations

import hashlib
import io
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES: Final = 20 << 20
MAX_PIXELS: Final = 16_000_000  # two copies in memory, at four bytes each, stay below 200 MB
JPEG_QUALITY: Final = 90
ATTACHMENTS: Final = frozenset(
    {".csv", ".docx", ".geojson", ".gif", ".gpx", ".kml", ".kmz", ".mp3", ".mp4", ".odp", ".ods", ".odt", ".pdf"}
    | {".pptx", ".svg", ".tif", ".tiff", ".txt", ".webp", ".xlsx", ".zip"}
)
_FORMATS: Final = ("PNG", "JPEG")
_MODES: Final = {
    "1": "L",
    "P": "RGB",
    "I": "L",
    "I;16": "L",
    "F": "L",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "LAB": "RGB",
    "HSV": "RGB",
}


class AssetError(Exception):
    """A file that cannot be published. The message says why, without a word of the file."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file ready to publish: its neutral name and its bytes."""

    name: str
    data: bytes


def asset_path(folder: Path, file: str) -> Path:
    """Where an entry's file is: in its document's folder or below it. Raises ``AssetError`` for anything else.

    Links are not followed: what they lead to may be anybody's.
    """
    parts = PurePosixPath(file).parts
    if not parts or file.startswith(("/", "~")) or "\\" in file or any(part in {"..", "."} for part in parts):
        raise AssetError("name a file beside the document")
    path, mode = folder, 0
    for part in parts:
        path = path / part
        try:
            mode = path.lstat().st_mode
        except (OSError, ValueError):
            raise AssetError("there is no such file") from None
        if stat.S_ISLNK(mode):
            raise AssetError("links are not followed")
    if not stat.S_ISREG(mode):
        raise AssetError("not a plain file")
    return path


def read_asset(path: Path, *, raster: bool) -> Asset:
    """A file as it will be published. Raises ``AssetError`` where it is unreadable, too large or no image."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AssetError("the file is too large")
        data = path.read_bytes()
    except OSError:
        raise AssetError("the file cannot be read") from None
    if raster:
        data, suffix = rebuilt(data)
    else:
        suffix = path.suffix.lower()
        if suffix not in ATTACHMENTS:
            raise AssetError("files of this type are not published")
    return Asset(hashlib.sha256(data).hexdigest()[:20] + suffix, data)


def rebuilt(data: bytes) -> tuple[bytes, str]:
    """A PNG or JPEG drawn anew, and its suffix. Raises ``AssetError`` where that cannot be done."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as source:
                drawn = _drawn(source, source.format or "") if _fits(source) else None
    except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly anything on broken files
        raise AssetError("the file is not a readable PNG or JPEG") from None
    if drawn is None:
        raise AssetError("the image has too many pixels")
    return drawn


def _fits(picture: Image.Image) -> bool:
    return picture.width * picture.height <= MAX_PIXELS


def _drawn(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    """The pixels, turned as the camera was held, on a new sheet; saved without anything else."""
    from PIL import Image, ImageOps

    ImageOps.exif_transpose(picture, in_place=True)
    transparent = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    mode = "RGBA" if transparent else _MODES.get(picture.mode, picture.mode)
    sheet = Image.new(mode, picture.size)
    sheet.paste(picture if picture.mode == mode else picture.convert(mode))
    out = io.BytesIO()
    if kind == "JPEG":
        sheet.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return out.getvalue(), ".jpg"
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue(), ".png"
