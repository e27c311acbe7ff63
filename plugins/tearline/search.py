"""Rendered site -> its search indexes, by Pagefind in processes of its own: ``site/pagefind/``.

Only what our own script uses is kept, and of a page's fragment only what a result shows: the words of a page are in
the index, and in the page. A large site has one index for each stretch of time, which the script asks as one: what did
not change is taken from what was made before, and Pagefind, whose memory grows with each page, never has all of them.
Which page is in which is told by the pages alone, so that a site is the same bytes whatever was built before.
"""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import cbor2

from tearline.pagefind import BROKEN, files_of
from tearline.placing import Placing
from tearline.render import INDEXES, RenderError
from tearline.searched import Given, Page, read
from tearline.settled import APART, as_json, fragment, settle
from tearline.store import Shelf, digest_of, identity, shelf
from tearline.stretches import MAIN, stretches

PARTS: Final = "parts.json"  # how many pages each index has, by its name, the oldest first: the script's first question
MOST: Final = 999  # pages of an index: each takes Pagefind 350 kB of memory and 4 ms; three digits are no number
# A change has one index made anew, and a reader asks each of them: of a site of so many pages, so many are in one.
_BOUNDS: Final = ((2_500, 250), (5_000, 500))
# Marks in words and in signs, the links beside headings, and states: an index is older than the reader's clock.
_LEFT_OUT: Final = (
    ".tl-mark",
    ".tl-vh",
    ".tl-state",
    ".tl-instead",
    ".tl-actions",
    ".headerlink",
    ".footnote-backref",
    ".footnote-ref",
)
_PROGRAM: Final = re.compile(r"pagefind\.js|wasm\.(?!unknown\.)[\w-]+\.pagefind")
_INDEX: Final = re.compile(
    r"pagefind-entry\.json|pagefind\.[\w-]+\.pf_meta|(?:index|filter)/[\w-]+\.pf_(?:index|filter)"
    rf"|fragment/(?:[a-z]+{APART})?\w[\w .-]*(?:/\w[\w .-]*)*\.pf_fragment"
)
_FAULTS: Final = (KeyError, TypeError, ValueError, OSError, EOFError, zlib.error, cbor2.CBORDecodeError)


def bound(pages: int) -> int:
    """How many of a site's pages are in one index at most: there are sixteen of them or fewer, as a rule."""
    return next((most for upto, most in _BOUNDS if pages <= upto), MOST)


def index(site: Path, lock: int, kept: Path | None = None, most: int | None = None) -> None:
    """Write the indexes of a rendered site into it, of ``most`` pages each; none where search reads no page.

    What another site had in their place goes.

    Below ``kept`` are the indexes that were made last of this edition: the same pages have the same one.
    Pagefind inherits ``lock`` as the renderer does. Raises ``RenderError`` where it fails, ``OSError`` for a full disk.
    """
    pages = read(site)
    parts = stretches(pages, most or bound(len(pages)))
    if kept is None:
        made = {part: _index(part, _of(pages, names), site, lock) for part, names in parts.items()}
    else:
        with shelf(kept, "search") as stored:
            made = {part: _remembered(stored, part, _of(pages, names), site, lock) for part, names in parts.items()}
    files = {
        name if part == MAIN else f"{part}/{name}": data for part, one in made.items() for name, data in one.items()
    }
    if not files:
        shutil.rmtree(site / INDEXES, ignore_errors=True)
        return
    files[PARTS] = as_json({part: len(names) for part, names in parts.items()})
    indexes = Placing(site / INDEXES, files)
    for name, data in files.items():
        indexes.put(name, data)


def fragments(site: Path, lock: int, most: int | None = None) -> list[dict[str, Any]]:
    """What the indexes of a rendered site would say of each page, with the page's words, in the order of addresses.

    Nothing is written. Raises as ``index`` does.
    """
    pages = read(site)
    made: list[dict[str, Any]] = []
    for names in stretches(pages, most or bound(len(pages))).values():
        files = files_of(Given(site, names), _LEFT_OUT, site.parent, lock)
        try:
            made += [fragment(data, pages) for name, data in files.items() if name.endswith(".pf_fragment")]
        except _FAULTS:
            raise RenderError(BROKEN) from None
    return sorted(made, key=lambda each: str(each["url"]))


def _of(pages: Mapping[str, Page], names: Iterable[str]) -> dict[str, Page]:
    return {name: pages[name] for name in names}


def _remembered(stored: Shelf, part: str, pages: Mapping[str, Page], site: Path, lock: int) -> dict[str, bytes]:
    """The files of an index, as they were made before of the same pages or as they are made now."""
    told = (each for name, page in pages.items() for each in (name.encode(), page.digest))
    key = digest_of([identity().encode(), part.encode(), *told])
    files = _stored(part, stored.get(key))
    if not files:
        files = _index(part, pages, site, lock)
        stored.put(key, cbor2.dumps(files))
    return files


def _stored(part: str, packed: bytes | None) -> dict[str, bytes]:
    """The files of an index that was made before; none where there is none."""
    with suppress(cbor2.CBORDecodeError):
        files = cbor2.loads(packed) if packed is not None else {}
        if isinstance(files, dict) and all(isinstance(name, str) and _is_kept(part, name) for name in files):
            return files
    return {}


def _index(part: str, pages: Mapping[str, Page], site: Path, lock: int) -> dict[str, bytes]:
    """The files of the index of these pages."""
    made = files_of(Given(site, pages), _LEFT_OUT, site.parent, lock)
    try:
        files = {name: data for name, data in made.items() if _is_kept(part, name)}
        settle(part, files, pages)
    except _FAULTS:
        raise RenderError(BROKEN) from None
    return files


def _is_kept(part: str, name: str) -> bool:
    """Whether our script uses a file of an index: the program is there once, beside the first."""
    return _INDEX.fullmatch(name) is not None or (part == MAIN and _PROGRAM.fullmatch(name) is not None)
