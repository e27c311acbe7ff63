"""A PDF is, to the last byte, what printing the page beside it gives: the page is printed again and compared.

A PDF can say very much that no sheet shows, in ways that nobody can list: notes, layers, objects that nothing leads to,
bytes between them, a picture. So what is in it is not asked here. The page is verified by itself, what prints it is
told nothing else and has no store of what was made before, and the same page is the same bytes. This tells that
something is wrong; ``papers`` and ``channels.document``, which read a PDF by code of others, tell what.
"""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from tearline.verify.fileset import paper_of
from tearline.verify.memory import bytes_below, key_of, version

_COMMAND: Final = (sys.executable, "-P", "-s", "-B", "-m", "tearline.paper.reprint")
_START: Final = 200  # seconds until something is printed, on a busy machine
_EACH: Final = 10  # seconds that each page may take beyond that
_FEW: Final = 4  # pages that are sooner printed than another process has begun
_MISSING: Final = 3
_NONE: Final = "-"
_SOURCE: Final = re.compile(r'\bsrc="([^"]*)"')
_CHANGED: Final = (
    "unexpected-file",
    "not what printing its page gives: it was changed, or made with other versions than are here; "  # noqa: ISC004
    "with `pdf: false` in mkdocs.yml the site is built without PDFs",
)
_STRAY: Final = ("unexpected-file", "nothing beside it can be printed")
_FAILED: Final = ("unreadable-file", "its page could not be printed again, so there is nothing to compare it with")


@dataclass(frozen=True, slots=True)
class Site:
    """The site whose pages are printed again, with the theme that it has and the address where it is read."""

    folder: Path
    theme: Path
    address: str


@dataclass(frozen=True, slots=True)
class Printed:
    """What comparing came to: for a PDF's name the rule and the detail, and the keys of those that are right.

    ``lacks`` is why nothing could be compared; empty where everything was.
    """

    wrong: Mapping[str, tuple[str, str]]
    clean: frozenset[str] = frozenset()
    lacks: str = ""


def check(site: Site, digests: Mapping[str, str], clean: Collection[str], jobs: int) -> Printed:
    """Print again the pages of PDFs that are not known to be right. ``digests``: the SHA-256 of all files by name."""
    pages = {page: paper_of(page) for page in sorted(digests) if paper_of(page) in digests}
    if not pages:
        return Printed({})
    engine, lacks = _engine()
    if lacks:
        return Printed({}, lacks=lacks)
    world = key_of([b"printed", version(), engine.encode(), site.address.encode(), bytes_below([site.theme])])
    keys = {page: _key(world, site.folder, page, digests) for page in pages}
    todo = [page for page in pages if keys[page] not in clean]
    wrong: dict[str, tuple[str, str]] = {}
    for page, made in _made(site, todo, jobs):
        if made != digests[pages[page]]:
            wrong[pages[page]] = {None: _FAILED, _NONE: _STRAY}.get(made, _CHANGED)
    return Printed(wrong, frozenset(key for page, key in keys.items() if pages[page] not in wrong))


def _key(world: str, site: Path, page: str, digests: Mapping[str, str]) -> str:
    """By what a PDF is known again: its bytes, those of its page and of each picture there, and all that prints it."""
    raw = (site / page).read_text(encoding="utf-8", errors="replace")
    shown = {posixpath.normpath(posixpath.join(posixpath.dirname(page), unescape(one))) for one in _SOURCE.findall(raw)}
    names = [page, paper_of(page), *sorted(shown & digests.keys())]
    said = [world, *(part for name in names for part in (name, digests[name]))]
    return key_of(part.encode("utf-8", "surrogateescape") for part in said)


def _engine() -> tuple[str, str]:
    """What the bytes of PDFs depend on here, and why there can be none: one of both is empty."""
    with TemporaryDirectory(prefix="tearline-") as folder:
        try:
            told = subprocess.run(  # noqa: S603 - our own interpreter, no shell
                _COMMAND,
                cwd=folder,
                env=_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_START,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "", "the program that makes PDFs does not answer"
    said = told.stdout.decode("utf-8", "replace").strip()
    if told.returncode == _MISSING:
        return "", said
    return (said, "") if said and not told.returncode else ("", "the program that makes PDFs fails")


def _made(site: Site, pages: Sequence[str], jobs: int) -> Iterator[tuple[str, str | None]]:
    """Each page with the SHA-256 of its PDF; with None where whoever printed it came to an end before it."""
    several = max(1, min(jobs, len(pages) // _FEW)) if pages else 0
    with TemporaryDirectory(prefix="tearline-") as made:
        shares: list[_Share] = []
        try:
            shares += (_Share(site, pages[at::several], Path(made, str(at))) for at in range(several))
            for share in shares:
                yield from zip_longest(share.pages, share.lines())
        finally:
            for share in shares:
                share.process.kill()
                share.process.wait()


class _Share:
    """A process that prints some of the pages. It stays in our process group: who stops us stops it."""

    def __init__(self, site: Site, pages: Sequence[str], folder: Path) -> None:
        self.pages = pages
        self.out = folder / "out"
        folder.mkdir()
        asked = folder / "asked"
        asked.write_bytes(b"".join(page.encode("utf-8", "surrogateescape") + b"\0" for page in pages))
        with asked.open("rb") as names, self.out.open("wb") as out:
            self.process = _started(site, folder, names, out)

    def lines(self) -> list[str]:
        """What it says of its pages, as far as it comes."""
        try:
            self.process.wait(timeout=_START + _EACH * len(self.pages))
        except subprocess.TimeoutExpired:
            self.process.kill()
        return self.out.read_text(encoding="ascii", errors="replace").splitlines()[: len(self.pages)]


def _started(site: Site, folder: Path, names: IO[bytes], out: IO[bytes]) -> subprocess.Popen[bytes]:
    told = [str(site.folder.absolute()), str(site.theme.absolute()), site.address]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no outside words
        [*_COMMAND, *told],
        cwd=folder,
        env=_environment(str(folder)),
        stdin=names,
        stdout=out,
        stderr=subprocess.DEVNULL,
    )


def _environment(folder: str) -> dict[str, str]:
    """What the process begins with; what it prints with is its own to say."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "TMPDIR": folder}
