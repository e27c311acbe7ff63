"""What an offline copy has and a served site has not: its search, and the text that is read first; and the other way.

The script with the words that search finds is read as data: a row for each page that search reads, in one spelling,
with what that page says of itself in its head and with no word that is not on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tearline.findings import Finding, Place, finding
from tearline.verify.decoding import plain
from tearline.verify.folding import words
from tearline.verify.search import FOLDER as SEARCH
from tearline.verify.stems import Page, folded, page_of
from tearline.verify.work import shared

FOLDER: Final = "assets/offline/"
DATA: Final = f"{FOLDER}search-data.js"
README: Final = "READ-ME-FIRST.txt"
_WORDING: Final = "offline/readme.txt"  # of the theme
_OWN: Final = frozenset({DATA, README})
_SERVED: Final = frozenset({"404.html", "sitemap.xml", "sitemap.xml.gz"})
_HEAD: Final = "window.tearlinePages = [\n"
_TAIL: Final = "\n];\n"
_KEYS: Final = ["url", "words", "meta", "filters"]
_APART: Final = " | x | "  # between texts that do not stand beside each other


def without(files: Mapping[str, Path]) -> dict[str, Path]:
    """The files of a site that are not made for an offline copy alone."""
    return {name: path for name, path in files.items() if name not in _OWN}


def check(
    files: Mapping[str, Path], themes: Sequence[Path], shown: Callable[[str], str], jobs: int, *, offline: bool
) -> Iterator[Finding]:
    """What should not be in a copy of this kind, what should, and what is wrong with the words that search finds."""
    if not offline:
        for name in files:
            if name.startswith(FOLDER) or name in _OWN:
                yield finding("unexpected-file", Place(shown(name)), "only an offline copy has it")
        return
    for name in files:
        if name in _SERVED or name.startswith(SEARCH):
            yield finding("unexpected-file", Place(shown(name)), "only a site that is served has it")
    parts = {path.relative_to(root).as_posix() for root in themes for path in (root / FOLDER).glob("*")}
    for name in sorted((_OWN | parts) - files.keys()):
        yield finding("missing-file", Place(shown(name)))
    if DATA in files:
        yield from _data(files, shown(DATA), jobs)


def _data(files: Mapping[str, Path], shown: str, jobs: int) -> Iterator[Finding]:
    """The findings about the script with the words that search finds."""
    names = sorted(name for name in files if name.endswith(".html"))
    read = list(shared(page_of, [str(files[name]) for name in names], jobs))
    pages = {f"/{name.removesuffix('index.html')}": page for name, page in zip(names, read, strict=True) if page}
    rows = _rows(files[DATA].read_bytes())
    if rows is None:
        yield finding("unreadable-file", Place(shown), "not as an offline copy has it")
        return
    if [row["url"] for row in rows] != sorted(pages):
        yield finding("unexplained-words", Place(shown), "not of the pages that search reads, each once and in order")
    for line, row in enumerate(rows, 2):
        page = pages.get(row["url"])
        if page is not None and not _is_told(row, page):
            yield finding("unexplained-words", Place(shown, line), "it says what its page does not tell")


def _rows(data: bytes) -> list[dict[str, Any]] | None:
    """The rows of the script; None where it is anything but rows in the one spelling they have."""
    try:
        raw = data.decode("utf-8")
        rows = json.loads(f"[{raw.removeprefix(_HEAD).removesuffix(_TAIL)}]")
        fits = all(list(row) == _KEYS and isinstance(row["url"], str) for row in rows)
    except (ValueError, TypeError, RecursionError):
        return None
    made = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    spelled = made.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return rows if fits and raw == f"{_HEAD}{spelled}{_TAIL}" else None


def _is_told(row: Mapping[str, Any], page: Page) -> bool:
    """Whether a row says nothing but what its page does."""
    try:
        filters = {name: sorted(values) for name, values in row["filters"].items()}
        said = row["words"].split(" ") if row["words"] else []
    except (AttributeError, TypeError):
        return False
    plain_list = said == sorted(set(said)) and all(folded(word) in page.words for word in said)
    return row["meta"] == page.meta and filters == page.filters and plain_list


def texts(name: str, data: bytes) -> bytes:
    """A file as it is looked through for withheld words: of the script, all but its lists of words.

    In the order of the alphabet, any two words may be neighbours. Each is compared with the page that it is said to be
    on instead, which is looked through itself.
    """
    rows = _rows(data) if name == DATA else None
    if rows is None:
        return data
    return "\n".join(["", *(_APART.join(_strings({**row, "words": ""})) for row in rows)]).encode("utf-8")


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _strings(key) if key not in _KEYS else ()
            yield from _strings(value)
    elif isinstance(told, list):
        for each in told:
            yield from _strings(each)
    else:
        yield str(told)


def wording(name: str, themes: Sequence[Path]) -> Collection[str]:
    """The words that this file may have beside those of the site: the theme's, for the text that is read first."""
    if name != README:
        return frozenset()
    paths = [root / _WORDING for root in themes]
    return frozenset(word for path in paths if path.is_file() for word in words(plain(path.read_text("utf-8"))))
