"""Rendered site -> its search index, by Pagefind in a process of its own: ``site/pagefind/``.

Only what our own script uses is kept, and of a page's fragment only what a result shows: the words of a page are in
the index, and in the page. A large site has two indexes: one of its older pages, which seldom changes and is taken
from what was made before, and a small one of the newest, which the script asks beside it. Which page is in which is
told by the pages alone, so that a site is the same bytes whatever was built before.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import cbor2

from tearline.pagefind import BROKEN, files_of
from tearline.render import RenderError
from tearline.searched import Given, Page, read
from tearline.store import Shelf, digest_of, identity, shelf

FOLDER: Final = "pagefind"
PARTS: Final = "parts.json"  # how many pages each index has, by its name: the script's first question
MAIN: Final = "main"
RECENT: Final = "recent"  # the second index, in a folder of this name within the first's
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
_PROGRAM: Final = r"pagefind\.js|wasm\.(?!unknown\.)[\w-]+\.pagefind"
_INDEX: Final = (
    r"pagefind-entry\.json|pagefind\.[\w-]+\.pf_meta|(?:index|filter)/[\w-]+\.pf_(?:index|filter)"
    r"|fragment/~?\w[\w .-]*(?:/\w[\w .-]*)*\.pf_fragment"
)
_KEPT: Final = {MAIN: re.compile(f"{_PROGRAM}|{_INDEX}"), RECENT: re.compile(_INDEX)}
_SIGN: Final = b"pagefind_dcd"  # how everything that Pagefind packs begins
_PAGES, _FILTERS = 1, 3  # the columns of pages and of filters in an index's table
_FRAGMENT: Final = "fragment/{}.pf_fragment"


class Sizes(NamedTuple):
    """From how many pages on there are two indexes, and by how many pages at once the first one grows."""

    two: int = 1000
    block: int = 250


SIZES: Final = Sizes()


def index(site: Path, lock: int, kept: Path | None = None, sizes: Sizes = SIZES) -> None:
    """Write the index of a rendered site into it; nothing where no page of it is to be found by search.

    Below ``kept`` are the indexes that were made last of this edition: the same pages have the same one.
    Pagefind inherits ``lock`` as the renderer does. Raises ``RenderError`` where it fails, ``OSError`` for a full disk.
    """
    pages = read(site)
    parts = parted(pages, sizes)
    if kept is None:
        made = {part: _index(part, _of(pages, names), site, lock) for part, names in parts.items()}
    else:
        with shelf(kept, "search") as stored:
            made = {part: _remembered(stored, part, _of(pages, names), site, lock) for part, names in parts.items()}
    for part, files in made.items():
        _write(site / FOLDER / ("" if part == MAIN else part), files)
    if made:
        (site / FOLDER / PARTS).write_bytes(_json({part: len(names) for part, names in parts.items()}))


def parted(pages: Mapping[str, Page], sizes: Sizes) -> dict[str, list[str]]:
    """The names of the pages in each index, in order. Every page of the first is older than all of the second.

    The first one has whole blocks, and leaves the newest of them to the second: what changes is mostly new.
    """
    by_age = sorted(pages, key=lambda name: (pages[name].head.sort, name))
    count = len(by_age)
    older = count if count < sizes.two else (count // sizes.block - 1) * sizes.block
    names = {MAIN: sorted(by_age[:older]), RECENT: sorted(by_age[older:])}
    return {part: each for part, each in names.items() if each}


def fragments(site: Path, lock: int) -> list[dict[str, Any]]:
    """What the index of a rendered site would say of each page, with the page's words, in the order of addresses.

    Nothing is written. Raises as ``index`` does.
    """
    pages = read(site)
    files = files_of(Given(site, pages), _LEFT_OUT, site.parent, lock)
    try:
        made = [_fragment(data, pages) for name, data in files.items() if name.endswith(".pf_fragment")]
        return sorted(made, key=lambda each: str(each["url"]))
    except (KeyError, TypeError, ValueError):
        raise RenderError(BROKEN) from None


def _of(pages: Mapping[str, Page], names: Iterable[str]) -> dict[str, Page]:
    return {name: pages[name] for name in names}


def _remembered(stored: Shelf, part: str, pages: Mapping[str, Page], site: Path, lock: int) -> dict[str, bytes]:
    """The files of the index of a part, as they were made before of the same pages or as they are made now."""
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
        if isinstance(files, dict) and all(isinstance(name, str) and _KEPT[part].fullmatch(name) for name in files):
            return files
    return {}


def _index(part: str, pages: Mapping[str, Page], site: Path, lock: int) -> dict[str, bytes]:
    """The files of the index of these pages."""
    made = files_of(Given(site, pages), _LEFT_OUT, site.parent, lock)
    try:
        files = {name: data for name, data in made.items() if _KEPT[part].fullmatch(name)}
        _settle(part, files, pages)
    except (KeyError, TypeError, ValueError, cbor2.CBORDecodeError):
        raise RenderError(BROKEN) from None
    return files


def _settle(part: str, files: dict[str, bytes], pages: Mapping[str, Page]) -> None:
    """Put what Pagefind lists in no order of its own, filters and their values, into one, and name it by what it is.

    Fragments are named by their pages: names in a row are packed well, and the table with all of them is read first.
    """
    entry = json.loads(files["pagefind-entry.json"])
    for language, about in entry["languages"].items():
        table = cbor2.loads(_unpacked(files.pop(f"pagefind.{about['hash']}.pf_meta")))
        for place in table[_PAGES]:
            fragment = {**_fragment(files.pop(_FRAGMENT.format(place[0])), pages), "content": ""}
            place[0] = f"{'~' if part == RECENT else ''}{fragment['url'].strip('/')}"
            files[_FRAGMENT.format(place[0])] = _packed(_json(fragment))
        settled = []
        for name, old in sorted(table[_FILTERS]):
            values = cbor2.loads(_unpacked(files.pop(f"filter/{old}.pf_filter")))
            packed = _packed(cbor2.dumps([name, sorted(values[1])]))
            settled.append([name, f"{language}_{_digest(packed)}"])
            files[f"filter/{settled[-1][1]}.pf_filter"] = packed
        table[_FILTERS] = settled
        packed = _packed(cbor2.dumps(table))
        about["hash"] = f"{language}_{_digest(packed)}"
        files[f"pagefind.{about['hash']}.pf_meta"] = packed
    files["pagefind-entry.json"] = _json(entry)


def _fragment(packed: bytes, pages: Mapping[str, Page]) -> dict[str, Any]:
    """A fragment with its page's words, what a result shows, and what it may be narrowed by."""
    made = json.loads(_unpacked(packed))
    return {
        "url": made["url"],
        "content": made["content"],
        "word_count": made["word_count"],
        "filters": dict(sorted(made["filters"].items())),
        "meta": {"title": made["meta"]["title"], **pages[f"{made['url'].removeprefix('/')}index.html"].head.shown},
        "anchors": [],
    }


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for parent in {(folder / name).parent for name in files}:
        parent.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _packed(data: bytes) -> bytes:
    return gzip.compress(_SIGN + data, mtime=0)


def _unpacked(data: bytes) -> bytes:
    return gzip.decompress(data).removeprefix(_SIGN)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]
