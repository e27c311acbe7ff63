"""Whether this machine can make PDFs: the Python packages, and the system's libraries and fonts that they load."""

from __future__ import annotations

import ctypes
import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

EXTRA: Final = "tearline[pdf]"
PACKAGES: Final = ("weasyprint", "pydyf")
# What WeasyPrint loads, and the Debian package that has it. Each brings the others it needs.
LIBRARIES: Final = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# The one family of the system's that sheets use, so that another machine's fonts change no byte: fonts.conf has these
# folders too.
FONT: Final = "DejaVuSans.ttf"
FONT_PACKAGE: Final = "fonts-dejavu-core"
THEME_FONT: Final = "assets/fonts/public-sans-latin-wght-normal.woff2"
FOLDERS: Final = (
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/dejavu"),
    Path("/usr/share/fonts/dejavu-sans-fonts"),
)


def missing() -> list[str]:
    """What is not there, by the names it is installed by; nothing where PDFs can be made."""
    python = [EXTRA] if not all(map(_version, PACKAGES)) else []
    system = [package for library, package in LIBRARIES.items() if _loaded(library) is None]
    return [*python, *system, *([] if fonts() else [FONT_PACKAGE])]


@lru_cache(maxsize=1)
def identity() -> str:
    """What the bytes of a PDF depend on beside its document: versions, fonts, and how we make it ourselves."""
    pango = _loaded("libpango-1.0.so.0")
    known = [f"{name} {_version(name)}" for name in PACKAGES]
    if pango is not None:
        known.append(f"pango {pango.pango_version()}")
    own = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in {".py", ".css", ".conf"})
    known += [hashlib.sha256(path.read_bytes()).hexdigest() for path in (*own, *fonts())]
    return " ".join(known)


def face_of(theme: Path) -> bytes:
    """The theme's own font; nothing where it has another or none, and sheets are set in the system's."""
    font = theme / THEME_FONT
    return font.read_bytes() if font.is_file() else b""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def fonts() -> list[Path]:
    """The files of the system's family that sheets use; none where it is not installed."""
    folder = next((one for one in FOLDERS if (one / FONT).is_file()), None)
    return sorted(folder.glob("DejaVuSans*.ttf")) if folder is not None else []


def _loaded(library: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(library)
    except OSError:
        return None
