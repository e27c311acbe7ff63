"""Files beside the text: read from allow-listed entries only, rebuilt from pixels, named by what they hold.

Rasters are drawn anew, pixel by pixel, so that nothing else of the file remains: no EXIF, XMP, ICC profile,
comment, thumbnail or trailing bytes. Everything else is kept verbatim, for editions that withhold nothing.
"""

from __future__ import annotations

import hashlib
import io
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from PIL import Image, ImageOps

MAX_BYTES: Final = 20 << 20
MAX_PIXELS: Final = 50_000_000
JPEG_QUALITY: Final = 90
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


def asset_path(sources: Path, document: str, file: str) -> Path:
    """Where an entry's file is: beside its bulletin or below it. Raises ``AssetError`` for anything else.

    ``document`` is the bulletin's path below ``sources``. Links are not followed: what they lead to may be
    anybody's.
    """
    parts = PurePosixPath(file).parts
    if not parts or file.startswith(("/", "~")) or "\\" in file or any(part in {"..", "."} for part in parts):
        raise AssetError("name a file beside the bulletin")
    path = sources / PurePosixPath(document).parent
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
    return Asset(hashlib.sha256(data).hexdigest()[:20] + suffix, data)


def rebuilt(data: bytes) -> tuple[bytes, str]:
    """A PNG or JPEG drawn anew, and its suffix. Raises ``AssetError`` where that cannot be done."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as source:
                kind = source.format or ""
                picture = ImageOps.exif_transpose(source) if _fits(source) else None
                drawn = _drawn(picture, kind) if picture is not None else None
    except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly anything on broken files
        raise AssetError("the file is not a readable PNG or JPEG") from None
    if drawn is None:
        raise AssetError("the image has too many pixels")
    return drawn


def _fits(picture: Image.Image) -> bool:
    return picture.width * picture.height <= MAX_PIXELS


def _drawn(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    """The pixels on a new sheet, saved without anything else."""
    transparent = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    plain = picture.convert("RGBA" if transparent else _MODES.get(picture.mode, picture.mode))
    sheet = Image.new(plain.mode, plain.size)
    sheet.paste(plain)
    out = io.BytesIO()
    if kind == "JPEG":
        sheet.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return out.getvalue(), ".jpg"
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue(), ".png"
