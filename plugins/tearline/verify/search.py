"""The search index: every file of it is one that its own table names, and says what a page of the site says of itself.

The program that comes with it is compared with what the installed Pagefind writes for an empty page. A fragment holds
the values of its page's head, a filter the pages that have each value, and every word has to be on its pages. A large
site has several indexes: every page is in one of them. What an index says depends on its own bytes and on those of its
pages alone, so that one that was clean with the same is not read again.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import cbor2

from tearline.findings import Finding, Place, finding
from tearline.verify import parted
from tearline.verify.counts import asked
from tearline.verify.memory import bytes_below, key_of, version
from tearline.verify.parted import There
from tearline.verify.stems import Page, Stems, Word, folded, page_of
from tearline.verify.work import shared

FOLDER: Final = "pagefind/"
_PARTS: Final = f"{FOLDER}parts.json"
_ENTRY: Final = "pagefind-entry.json"
_OTHER: Final = re.compile(r"pagefind/([^/]+)/pagefind-entry\.json")  # of an index beside the first
_FRAGMENT: Final = "fragment/"
_FRAGMENTS: Final = ".pf_fragment"
_APART: Final = "~"  # between the name of an index and that of a page
_PROGRAM: Final = f"{FOLDER}pagefind.js"
_WASM: Final = re.compile(r"pagefind/wasm\.([a-z-]+)\.pagefind")
_SIGN: Final = b"pagefind_dcd"
# Neither a name nor a moment; then how hard it was packed, and on which system (a Unix, or it is not said).
_HEADERS: Final = tuple(b"\x1f\x8b\x08" + bytes(5) + bytes(more) for more in product((0, 2, 4), (3, 255)))
_LIMIT: Final = 120  # seconds that a page without words may take
_LARGEST: Final = 64 << 20
_COLUMNS: Final = 6  # of an index's table
_OWN: Final = frozenset({"title", "image_alt"})  # names of values that Pagefind reads by itself
_ODD: Final = "not as Pagefind writes it"
_MISCOUNTED: Final = "a number of words or pages that there are not"
_UNTOLD: Final = "it says what no page tells"


class _BrokenError(Exception):
    """A file of the index that cannot be read, or says what it should not: its path, the rule, the detail."""

    def __init__(self, name: str, detail: str, rule: str = "unreadable-file") -> None:
        super().__init__(detail)
        self.name = name
        self.rule = rule


def without(files: Mapping[str, Path]) -> dict[str, Path]:
    """The files of a site that are no part of the index."""
    return {name: path for name, path in files.items() if not name.startswith(FOLDER)}


def is_named_anew(name: str) -> bool:
    """Whether a file is a part of the index that may have another name with the next one; no page leads to one."""
    return name.startswith(FOLDER) and name.endswith((".pf_meta", ".pf_index", ".pf_filter", _FRAGMENTS, _ENTRY))


@contextmanager
def program(files: Mapping[str, Path]) -> Iterator[tuple[Path, ...]]:
    """A folder with the program that Pagefind writes whatever a site says, named as in the site.

    None without an index in the site, and none where Pagefind is not installed or does not answer.
    """
    if len(without(files)) == len(files):
        yield ()
        return
    with TemporaryDirectory(prefix="tearline-") as made:
        language = next((found[1] for found in map(_WASM.fullmatch, files) if found), "en")
        Path(made, "index.html").write_text(f'<html lang="{language}"><body>x</body></html>', encoding="utf-8")
        command = [sys.executable, "-P", "-s", "-B", "-m", "pagefind", "--silent", "--site", made]
        try:
            subprocess.run(  # noqa: S603 - our own interpreter, no shell
                command,
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
        for path in sorted(Path(made).rglob("*")):
            name = path.relative_to(made).as_posix()
            if path.is_file() and name != _PROGRAM and not _WASM.fullmatch(name):
                path.unlink()
        yield (Path(made),)


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that is wrong with a site's index, and the keys of those indexes that nothing is wrong with."""

    findings: list[Finding] = field(default_factory=list)
    clean: frozenset[str] = frozenset()


def check(
    site: Mapping[str, There], roots: Sequence[Path], shown: Callable[[str], str], jobs: int, clean: AbstractSet[str]
) -> Checked:
    """What is wrong with a site's index. ``roots`` are what ``program`` gave, ``clean`` keys of what was so before."""
    own = {name: one for name, one in sorted(site.items()) if name.startswith(FOLDER)}
    if not own:
        return Checked()
    files = {name: one.path for name, one in own.items()}
    pages = {f"/{name.removesuffix('index.html')}": site[name] for name in sorted(site) if name.endswith(".html")}
    indexes = _indexes(files, pages)
    found: list[Finding] = []
    same = set()
    for index in indexes.values():
        key = index.key(own, roots)
        if key in clean:
            index.order = index.named
        else:
            wrong = list(_wrong(index, roots, shown, jobs))
            index.pages.clear()  # all words of its pages
            found += wrong
            key = "" if wrong else key
        same.add(key)
    orders = {name: index.order for name, index in indexes.items() if index.order is not None}
    if len(orders) == len(indexes):
        for detail, rule in parted.faults(orders, pages, files.get(_PARTS)):
            found.append(finding(rule, Place(shown(_PARTS)), detail))
    return Checked(found, frozenset(same - {""}))


def _indexes(files: Mapping[str, Path], pages: Mapping[str, There]) -> dict[str, _Index]:
    """The indexes of a site by name, with all files below the folder of each; what is below none is of the first."""
    others = sorted(found[1] for found in map(_OTHER.fullmatch, files) if found)
    folders = {f"{FOLDER}{name}/": name for name in others}
    own: dict[str, dict[str, Path]] = {name: {} for name in (parted.MAIN, *others)}
    for name, path in files.items():
        folder = "/".join(name.split("/", 2)[:2]) + "/"
        if name != _PARTS:
            own[folders.get(folder, parted.MAIN)][name] = path
    return {name: _Index(name, each, pages) for name, each in own.items()}


def _wrong(index: _Index, roots: Sequence[Path], shown: Callable[[str], str], jobs: int) -> Iterator[Finding]:
    """Everything that is wrong with one index, files that it does not name among it."""
    try:
        index.read(jobs)
        for name, detail, rule in index.faults(roots):
            yield finding(rule, Place(shown(name)), detail)
    except _BrokenError as error:
        yield finding(error.rule, Place(shown(error.name)), str(error))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError):
        yield finding("unreadable-file", Place(shown(index.at)), _ODD)
    for name in sorted(index.files.keys() - index.seen):
        yield finding("unexpected-file", Place(shown(name)), "the search index does not name it")


@dataclass(slots=True)
class _Index:
    """An index on disk, the site's pages by their addresses, and which of its files and pages have been read."""

    name: str
    files: Mapping[str, Path]
    there: Mapping[str, There]
    pages: dict[str, Page] = field(default_factory=dict)  # those that its fragments are named by
    seen: set[str] = field(default_factory=set)
    counts: list[Any] = field(default_factory=list)  # of words, as fragments have them, in their order
    addresses: list[str] = field(default_factory=list)  # of the pages of its fragments, in their order
    order: list[str] | None = None  # the addresses of its pages, once all of it has been read
    at: str = ""

    @property
    def is_first(self) -> bool:
        """Whether the program lies beside it."""
        return self.name == parted.MAIN

    @property
    def folder(self) -> str:
        """Where its files are."""
        return FOLDER if self.is_first else f"{FOLDER}{self.name}/"

    @property
    def before(self) -> str:
        """What stands before a page's name in the name of a fragment."""
        return "" if self.is_first else f"{self.name}{_APART}"

    @property
    def named(self) -> list[str]:
        """The addresses that its fragments are named by."""
        begins = f"{self.folder}{_FRAGMENT}{self.before}"
        fragments = [name for name in self.files if name.startswith(begins) and name.endswith(_FRAGMENTS)]
        return [f"/{name[len(begins) : -len(_FRAGMENTS)]}/".replace("//", "/") for name in fragments]

    def key(self, site: Mapping[str, There], roots: Sequence[Path]) -> str:
        """What this index says depends on: its files, the pages that it names, how they are read, and the program."""
        own = ((name, site[name].seen.digest) for name in sorted(self.files))
        pages = ((name, self.there[name].seen.digest) for name in sorted(self.named) if name in self.there)
        told = (part.encode("utf-8", "surrogateescape") for each in (*own, *pages) for part in each)
        program = bytes_below(roots) if self.is_first else b""
        return key_of([b"index", version(), program, self.name.encode("utf-8", "surrogateescape"), *told])

    def read(self, jobs: int) -> None:
        """Read the pages that it names."""
        named = [name for name in self.named if name in self.there]
        read = list(shared(page_of, [str(self.there[name].path) for name in named], jobs))
        self.pages = {name: page for name, page in zip(named, read, strict=True) if page}

    def faults(self, roots: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
        """What is wrong with parts that can be read, from the entry down: path, detail, rule."""
        language, digest, version, pages = self.entry()
        for name in (_PROGRAM, f"{FOLDER}wasm.{language}.pagefind") if self.is_first else ():
            same = [(root / name).read_bytes() for root in roots if (root / name).is_file()]
            data = self.data(name)
            if data not in same or (name == _PROGRAM and f'"{version}"'.encode() not in data):
                detail = "not what Pagefind writes" if same else "there is no Pagefind here to compare it with"
                yield name, detail, "unexpected-file"
        table = f"{self.folder}pagefind.{digest}.pf_meta"
        told = self.table(table)
        if not (isinstance(told, list) and len(told) == _COLUMNS and told[0] == version):
            raise _BrokenError(table, _ODD)
        _, listed, chunks, filters, sorts, names = told
        order = self.fragments([place for place, _ in listed])
        if pages != len(order):
            yield f"{self.folder}{_ENTRY}", _MISCOUNTED, "unexplained-words"
        yield from self.miscounted(table, listed, order)
        ordered = all(name == "date" and sorted(places) == list(range(len(order))) for name, places in sorts)
        if not set(names) <= _OWN or not ordered:
            yield table, _UNTOLD, "unexplained-words"
        yield from self.words(table, chunks, order)
        for name, place in filters:
            if not _is_filter(self.table(f"{self.folder}filter/{place}.pf_filter"), name, order):
                yield self.at, _UNTOLD, "unexplained-words"
        self.order = self.addresses

    def entry(self) -> tuple[str, str, str, int]:
        """The language of the index, the digest in its table's name, Pagefind's version, and how many pages it has."""
        told = json.loads(self.data(f"{self.folder}{_ENTRY}"), object_pairs_hook=_once)
        ((language, of),) = told["languages"].items()
        plain = all(len(one) == 1 and not one.isalnum() for one in told["include_characters"])
        named = re.fullmatch(r"([a-z]{2,3}(?:-[a-z]+)?)_[0-9a-f]+", of["hash"])
        fits = set(told) == {"version", "languages", "include_characters"} and set(of) == {"hash", "wasm", "page_count"}
        numbers = isinstance(of["page_count"], int) and re.fullmatch(r"[0-9]+(\.[0-9]+)*", told["version"])
        if not (fits and plain and numbers and named and named[1] == language == of["wasm"]):
            raise _BrokenError(self.at, _ODD)
        return language, of["hash"], told["version"], of["page_count"]

    def fragments(self, places: Sequence[str]) -> list[Page]:
        """The pages of fragments, in their order. Each holds what its page tells and nothing else."""
        left = dict(self.pages)
        order = []
        for place in places:
            told = json.loads(self.unpacked(f"{self.folder}fragment/{place}.pf_fragment"), object_pairs_hook=_once)
            page = left.pop(told["url"], None)
            if place != f"{self.before}{told['url'].strip('/')}":
                raise _BrokenError(self.at, "not called as its page", "unexplained-words")
            if page is None:
                raise _BrokenError(
                    self.at, "of a page that search does not read, or a second one of it", "unexplained-words"
                )
            filters = {name: sorted(values) for name, values in told.pop("filters").items()}
            self.counts.append(told.pop("word_count"))
            if filters != page.filters:
                raise _BrokenError(self.at, _UNTOLD, "unexplained-words")
            if told != {"url": told["url"], "content": "", "meta": page.meta, "anchors": []}:
                raise _BrokenError(self.at, _UNTOLD, "unexplained-words")
            order.append(page)
            self.addresses.append(told["url"])
        return order

    def miscounted(
        self, table: str, listed: Sequence[Sequence[Any]], order: list[Page]
    ) -> Iterator[tuple[str, str, str]]:
        """The numbers of words that are not those of their pages, in the table and in fragments."""
        if [count for _, count in listed] != self.counts:
            yield table, _MISCOUNTED, "unexplained-words"
        words = [count - 1 if type(count) is int else None for count in self.counts]  # every page has one put on it
        for number in _miscounted(order, words):
            yield f"{self.folder}fragment/{listed[number][0]}.pf_fragment", _MISCOUNTED, "unexplained-words"

    def words(self, table: str, chunks: Sequence[Sequence[str]], order: list[Page]) -> Iterator[tuple[str, str, str]]:
        """The parts of the index with words that are not on their pages, and a table that says other ends of them."""
        tables: dict[str, list[Word]] = {}
        for first, last, place in chunks:
            told = self.table(f"{self.folder}index/{place}.pf_index")
            ((*entries,),) = told
            if not (entries[0][0].startswith(first) and entries[-1][0].startswith(last)):
                yield table, _UNTOLD, "unexplained-words"
            tables[self.at] = [word for entry in entries for word in _words(*entry)]
        stems = Stems(frozenset(word.stem for words in tables.values() for word in words))
        for name, words in tables.items():
            if strange := stems.strange(words, order):
                detail = f"{strange} words that are not on the pages they are said to be on"
                yield name, detail, "unexplained-words"

    def data(self, name: str) -> bytes:
        """A file's bytes. Raises ``_BrokenError`` where there is none."""
        self.at = name
        self.seen.add(name)
        if name not in self.files:
            raise _BrokenError(name, "the search index names it", "missing-file")
        return self.files[name].read_bytes()

    def unpacked(self, name: str) -> bytes:
        """What is packed in a file, without Pagefind's sign: one member, and nothing after it."""
        worker = zlib.decompressobj(wbits=31)
        data = self.data(name)
        try:
            inner = worker.decompress(data, _LARGEST)
        except zlib.error:
            raise _BrokenError(name, _ODD) from None
        if not data.startswith(_HEADERS) or not worker.eof or worker.unused_data or not inner.startswith(_SIGN):
            raise _BrokenError(name, _ODD)
        return inner.removeprefix(_SIGN)

    def table(self, name: str) -> Any:
        """The data in a packed file, which ends where they do."""
        stream = io.BytesIO(self.unpacked(name))
        try:
            made = cbor2.load(stream)
        except cbor2.CBORDecodeError:
            raise _BrokenError(name, _ODD) from None
        if stream.read(1):
            raise _BrokenError(name, _ODD)
        return made


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names each stand there once. Raises ``ValueError`` for any other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _miscounted(order: Sequence[Page], told: Sequence[Any]) -> Iterator[int]:
    """The pages that have not as many words as they are told to, by the quick rule nor by Pagefind's."""
    unlike = [number for number, page in enumerate(order) if told[number] != page.count]
    said = asked([order[number].path for number in unlike]) if unlike else {}
    yield from (number for number in unlike if told[number] is None or said.get(order[number].path) != told[number])


def _words(word: str, on: Sequence[Any], variants: Sequence[Any]) -> Iterator[Word]:
    """A word of the index in each of its spellings; pages are told by how far each is from the one before."""
    forms = [Word(folded(form), tuple(accumulate(each[0] for each in at))) for form, at in ((word, on), *variants)]
    yield Word(forms[0].stem, tuple(sorted({number for form in forms for number in form.pages})))
    yield from forms[1:]


def _is_filter(told: Any, name: str, order: Sequence[Page]) -> bool:
    """Whether a filter gives each value of this name exactly the pages that tell it."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(order):
        for value in page.filters.get(name, ()):
            wanted[value].append(number)
    return bool(told == [name, [[value, wanted[value]] for value in sorted(wanted)]])
