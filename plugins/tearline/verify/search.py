"""The search index: every file of it is one that its own table names, and says what a page of the site says of itself.

A program that comes with it is compared with what the installed Pagefind writes for an empty page. A fragment holds the
values of its page's head, a filter the pages that have each value. Words of the index are stems, so they are compared
with the words of the pages that they are said to be on: a stem is the beginning of a word, but for its last letter.
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import cbor2

from tearline.findings import Finding, Place, finding
from tearline.verify.decoding import TAG
from tearline.verify.work import shared

FOLDER: Final = "pagefind/"
_ENTRY: Final = f"{FOLDER}pagefind-entry.json"
_PROGRAM: Final = f"{FOLDER}pagefind.js"
_SIGN: Final = b"pagefind_dcd"
_LIMIT: Final = 120  # seconds that a page without words may take
_LARGEST: Final = 64 << 20
_INDEXED: Final = re.compile(r"\sdata-pagefind-body[\s>]")
_TOLD: Final = re.compile(
    r'<meta name="([^"]*)" content="([^"]*)" (data-tl-found|data-pagefind-(?:meta|filter)="[\w-]+\[content\]")>'
)
_OWN: Final = frozenset({"title", "image", "image_alt"})  # names of values that Pagefind has by itself
_BLANK: Final = re.compile(r"[ \t\r\n\f]+")
_SIGNS: Final = re.compile(r"[\W_]+")
_RUN: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=[0-9])|(?<=[0-9])(?=[^\W\d_])")
# The few words of English that a stemmer knows by heart.
_IRREGULAR: Final = {"dying": "die", "lying": "lie", "tying": "tie", "skies": "sky", "skis": "ski"}
_SUFFIX: Final = 8  # letters that a stemmer may take off
Said = Callable[[str, str], Finding]


class _BrokenError(Exception):
    """A file of the index that cannot be read, or holds what no index does. The message is the finding's detail."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page says of itself in its head, and the words on it."""

    meta: Mapping[str, str]
    filters: Mapping[str, list[str]]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the index, folded, and the pages by number."""

    stem: str
    pages: list[int]


@dataclass(slots=True)
class _Reader:
    """The index on disk, and which of its files have been accounted for."""

    files: Mapping[str, Path]
    seen: set[str] = field(default_factory=set)

    def data(self, name: str) -> bytes:
        """A file's bytes. Raises ``_BrokenError`` where there is none."""
        self.seen.add(name)
        if name not in self.files:
            raise _BrokenError("a file that the index names is missing")
        return self.files[name].read_bytes()

    def unpacked(self, name: str) -> bytes:
        """What is packed in a file, without Pagefind's sign. One member, and nothing after it."""
        data = self.data(name)
        worker = zlib.decompressobj(wbits=31)
        try:
            inner = worker.decompress(data, _LARGEST)
        except zlib.error:
            raise _BrokenError("a part of the index that cannot be opened") from None
        if not worker.eof or worker.unused_data or not inner.startswith(_SIGN):
            raise _BrokenError("a part of the index that is not as Pagefind packs it")
        return inner.removeprefix(_SIGN)

    def table(self, name: str) -> Any:
        """The data in a packed file."""
        stream = io.BytesIO(self.unpacked(name))
        try:
            made = cbor2.load(stream)
        except (cbor2.CBORDecodeError, RecursionError, ValueError, TypeError):
            raise _BrokenError("a part of the index that cannot be read") from None
        if stream.read(1):
            raise _BrokenError("a part of the index with something after its end")
        return made


def without(files: Mapping[str, Path]) -> dict[str, Path]:
    """The files of a site that are no part of the index."""
    return {name: path for name, path in files.items() if not name.startswith(FOLDER)}


@contextmanager
def program(files: Mapping[str, Path]) -> Iterator[tuple[Path, ...]]:
    """A folder with the files that Pagefind writes whatever a site says, named as in the site; none without an index."""
    if not any(name.startswith(FOLDER) for name in files):
        yield ()
        return
    with TemporaryDirectory(prefix="tearline-") as made:
        root = Path(made)
        language = next((found[1] for name in files if (found := re.fullmatch(r"pagefind/wasm\.([\w-]+)\.pagefind", name))), "en")
        (root / "index.html").write_text(f'<html lang="{language}"><body>x</body></html>', encoding="utf-8")
        try:
            subprocess.run(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-P", "-s", "-B", "-m", "pagefind", "--silent", "--site", made],
                cwd=made,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield ()
            return
        wanted = (root / _PROGRAM, *root.glob("pagefind/wasm.*.pagefind"))
        for path in sorted(root.rglob("*")):
            if path.is_file() and path not in wanted:
                path.unlink()
        yield (root,)


def check(
    files: Mapping[str, Path], roots: Iterable[Path], shown: Callable[[str], str], jobs: int
) -> Iterator[Finding]:
    """Everything that is wrong with a site's index. ``roots`` are what ``program`` gave."""
    if not any(name.startswith(FOLDER) for name in files):
        return
    reader = _Reader(files)
    addresses = sorted(name for name in files if name.endswith(".html"))
    read = shared(_page, [str(files[name]) for name in addresses], jobs)
    pages = {
        f"/{name.removesuffix('index.html')}": page for name, page in zip(addresses, read, strict=True) if page is not None
    }
    yield from _index(reader, pages, roots, shown)
    for name in sorted(files):
        if name.startswith(FOLDER) and name not in reader.seen:
            yield finding("unexpected-file", Place(shown(name)), "the search index does not name it")


def _index(
    reader: _Reader, pages: Mapping[str, _Page], roots: Iterable[Path], shown: Callable[[str], str]
) -> Iterator[Finding]:
    """The findings about what the index consists of, from its entry down."""

    def said(name: str, detail: str, rule: str = "unreadable-file") -> Finding:
        return finding(rule, Place(shown(name)), detail)

    at = _ENTRY
    try:
        language, digest, version = _entry(reader)
        for at in (_PROGRAM, f"{FOLDER}wasm.{language}.pagefind"):
            same = [root / at for root in roots if (root / at).is_file()]
            if reader.data(at) not in [path.read_bytes() for path in same]:
                detail = "not what Pagefind writes" if same else "Pagefind is not here to compare it with"
                yield said(at, detail, "unexpected-file")
        at = f"{FOLDER}pagefind.{digest}.pf_meta"
        told = reader.table(at)
        if not (isinstance(told, list) and len(told) == 6 and told[0] == version):  # noqa: PLR2004 - its six columns
            raise _BrokenError("a table of the index that is not as Pagefind writes it")
        _, listed, chunks, filters, sorts, names = told
        order: list[_Page] = []
        for place, _ in listed:
            at = f"{FOLDER}fragment/{place}.pf_fragment"
            order.append(_fragment(json.loads(reader.unpacked(at)), pages, order))
        at = f"{FOLDER}pagefind.{digest}.pf_meta"
        if len(order) != len(pages):
            yield said(at, "it is not made of the pages that search reads", "missing-file")
        if set(names) - _OWN - {key for page in order for key in page.meta}:
            raise _BrokenError("a name in the index that no page tells")
        if any(one[0] != "date" or sorted(one[1]) != list(range(len(order))) for one in sorts):
            raise _BrokenError("an order of pages that is none")
        tables = {}
        for first, last, place in chunks:
            at = f"{FOLDER}index/{place}.pf_index"
            tables[at] = _table(reader.table(at), (first, last))
        stems = _Stems(frozenset(word.stem for table in tables.values() for word in table))
        for at, table in tables.items():
            if strange := _strange(table, order, stems):
                yield said(at, f"{strange} words that are not on the pages they are said to be on", "unexplained-words")
        for name, place in filters:
            at = f"{FOLDER}filter/{place}.pf_filter"
            if not _is_filter(reader.table(at), name, order):
                yield said(at, "a value that no page tells, or not of these pages", "unexplained-words")
    except _BrokenError as error:
        yield said(at, str(error), "unexplained-words" if "tells" in str(error) else "unreadable-file")
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError):
        yield said(at, "a part of the index that is not as Pagefind writes it")


def _entry(reader: _Reader) -> tuple[str, str, str]:
    """The language of the index, the digest in its table's name, and Pagefind's version."""
    told = json.loads(reader.data(_ENTRY))
    if set(told) != {"version", "languages", "include_characters"} or len(told["languages"]) != 1:
        raise _BrokenError("an entry that is not as Pagefind writes it")
    ((language, of),) = told["languages"].items()
    plain = all(len(one) == 1 and not one.isalnum() for one in told["include_characters"])
    named = re.fullmatch(rf"{re.escape(language)}_[0-9a-f]+", of["hash"]) and re.fullmatch(r"[a-z]{2,3}(-[a-z]+)?", language)
    if set(of) != {"hash", "wasm", "page_count"} or of["wasm"] != language or not (plain and named):
        raise _BrokenError("an entry that is not as Pagefind writes it")
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", told["version"]) or not isinstance(of["page_count"], int):
        raise _BrokenError("an entry that is not as Pagefind writes it")
    return language, of["hash"], told["version"]


def _fragment(told: Mapping[str, Any], pages: Mapping[str, _Page], before: Iterable[_Page]) -> _Page:
    """The page of a fragment, which holds what the page tells and nothing else. Raises ``_BrokenError``."""
    page = pages.get(told["url"])
    if page is None or any(page is one for one in before):
        raise _BrokenError("a fragment of a page that search does not read, or a second one")
    if set(told) != {"url", "content", "word_count", "filters", "meta", "anchors"} or not isinstance(told["word_count"], int):
        raise _BrokenError("a fragment that is not as Pagefind writes it")
    filters = {name: sorted(values) for name, values in told["filters"].items()}
    if told["content"] or told["anchors"] or told["meta"] != page.meta or filters != page.filters:
        raise _BrokenError("a fragment that says what no page tells")
    return page


def _is_filter(told: Any, name: str, order: list[_Page]) -> bool:
    """Whether a filter gives each value of this name exactly the pages that tell it."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(order):
        for value in page.filters.get(name, ()):
            wanted[value].append(number)
    return bool(told == [name, [[value, wanted[value]] for value in sorted(wanted)]])


def _table(told: Any, bounds: tuple[str, str]) -> list[_Word]:
    """The words of a part of the index, with the numbers of the pages that each is said to be on."""
    ((*entries,),) = told
    if not (entries[0][0].startswith(bounds[0]) and entries[-1][0].startswith(bounds[1])):
        raise _BrokenError("a part of the index that does not begin or end as its table says")
    found = []
    for word, on, variants in entries:
        forms = [_Word(_folded(form), list(accumulate(each[0] for each in at))) for form, at in ((word, on), *variants)]
        everywhere = sorted({number for form in forms for number in form.pages})
        found += [_Word(forms[0].stem, everywhere), *forms[1:]]
    return found


def _strange(words: Iterable[_Word], order: list[_Page], stems: _Stems) -> int:
    """How many of these words are not on the pages that they are said to be on."""
    return sum(not all(stems.on(order[number], word.stem) for number in word.pages or [-1]) for word in words)


@dataclass(slots=True)
class _Stems:
    """Which stems of an index each page explains: the beginnings of its words, but for a last letter."""

    stems: frozenset[str]
    _cut: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _of: dict[str, frozenset[str]] = field(default_factory=dict)
    _pages: dict[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for stem in self.stems:
            if len(stem) > 1:
                self._cut[stem[:-1]].append(stem)

    def on(self, page: _Page, stem: str) -> bool:
        """Whether a word of the page has this stem."""
        if id(page) not in self._pages:
            self._pages[id(page)] = frozenset().union(*map(self.of, page.words))
        return not stem or stem in self._pages[id(page)]

    def of(self, word: str) -> frozenset[str]:
        """The stems that a word explains."""
        if word not in self._of:
            sizes = range(max(1, len(word) - _SUFFIX), len(word) + 1)
            begins = [word[:size] for size in sizes if word[size:].isalpha() or size == len(word)]
            nearly = (stem for one in begins if one.isalpha() and len(one) > 1 for stem in self._cut.get(one, ()))
            self._of[word] = frozenset({*begins, _IRREGULAR.get(word, word), *nearly} & self.stems)
        return self._of[word]


def _folded(text: str) -> str:
    """Small letters without accents and signs."""
    if text.isascii():
        return _SIGNS.sub("", text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())


def _page(path: str) -> _Page | None:
    """What search reads of a page; None where it does not read it."""
    raw = Path(path).read_text(encoding="utf-8", errors="replace")
    if not _INDEXED.search(raw):
        return None
    meta: dict[str, str] = {}
    filters: dict[str, list[str]] = defaultdict(list)
    for name, value, how in _TOLD.findall(raw):
        if "filter" in how:
            filters[html.unescape(name)].append(html.unescape(value))
        else:
            meta[html.unescape(name)] = html.unescape(value)
    tokens: set[str] = set()
    for text in map(html.unescape, (raw, TAG.sub("", raw), TAG.sub(" ", raw))):
        tokens.update(text.split())
        tokens.update(_BLANK.split(text) if "\xa0" in text else ())
    said = frozenset().union(*map(_parts, tokens))
    return _Page(meta, {name: sorted(values) for name, values in filters.items()}, said)


@lru_cache(1 << 16)
def _parts(token: str) -> frozenset[str]:
    """What search may make of one token: all of it, and its runs of letters and digits, cut at humps too."""
    return frozenset(map(_folded, (token, *_RUN.findall(token), *_RUN.findall(_HUMP.sub(" ", token)))))
