"""Whether this machine can make PDFs: the Python packages, and the system's libraries and fonts that they load.

Also what the bytes of a PDF depend on beside its document, and what the libraries get to see of the machine: all that
makes the same page the same bytes, whoever prints it.
"""

from __future__ import annotations

import ctypes
import os
import re
import resource
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from tearline.store import digest_of
from tearline.store import identity as program

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
MEMORY: Final = 2 << 30  # bytes that a process may take: a picture may be large, and a page may be somebody's trap
_MAPS: Final = Path("/proc/self/maps")
# Libraries that lay out, draw or pack, loaded by those above.
_DRAWS: Final = re.compile(
    r"/lib(?:pango|harfbuzz|graphite|freetype|fontconfig|fribidi|thai|datrie|glib|gobject|png|brotli|z)"
    r"[^/ ]*\.so[.0-9]*$"
)


def missing() -> list[str]:
    """What is not there, by the names it is installed by; nothing where PDFs can be made."""
    python = [EXTRA] if not all(map(_version, PACKAGES)) else []
    system = [package for library, package in LIBRARIES.items() if _loaded(library) is None]
    return [*python, *system, *([] if fonts() else [FONT_PACKAGE])]


def install(lacks: list[str]) -> str:
    """How what is missing is installed, in one line."""
    python, system = ([one for one in lacks if ("[" in one) is kind] for kind in (True, False))
    commands = [f"pip install '{one}'" for one in python] + ([f"apt-get install {' '.join(system)}"] if system else [])
    return " and ".join(commands)


def settle() -> None:
    """Make this process one that prints: the engine sees nothing of the machine but what sheets may use.

    It is asked before WeasyPrint is loaded. Only where temporary files go is up to whoever started the process.
    """
    folder = gettempdir()
    os.environ.clear()
    os.environ.update(
        PATH=os.defpath,
        LC_ALL="C.UTF-8",
        SOURCE_DATE_EPOCH="0",  # the fonts in a PDF would say when it was made
        FONTCONFIG_FILE=str(Path(__file__).parent / "fonts.conf"),
        XDG_CACHE_HOME=folder,
        TMPDIR=folder,
    )
    with suppress(OSError, ValueError):  # where there is no such bound, or a lower one
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@lru_cache(maxsize=1)
def identity() -> str:
    """What the bytes of a PDF depend on beside its document: this program, all versions, libraries and fonts."""
    own = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in {".css", ".conf"})
    parts = [program().encode(), *(path.read_bytes() for path in (*own, *fonts()))]
    return digest_of([*parts, *_libraries()])


def _libraries() -> Iterator[bytes]:
    """Which files the system's libraries are; only which Pango it is, where a process cannot see what it loaded."""
    pango, *_ = [_loaded(library) for library in LIBRARIES]
    yield str(pango.pango_version() if pango is not None else 0).encode()
    lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines() if _MAPS.exists() else []
    for path in sorted({line.split(maxsplit=5)[-1] for line in lines if _DRAWS.search(line)}):
        told = Path(path).stat()
        yield f"{path} {told.st_size} {told.st_mtime_ns}".encode()


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
