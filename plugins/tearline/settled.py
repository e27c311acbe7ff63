"""The files that Pagefind made of pages -> those that are published: always the same, and small where a reader waits.

What Pagefind lists in no order of its own, filters and their values, is put into one and named by what it is. Fragments
are named by their pages: names in a row are packed well, and the table with all of them is read first. Words are parted
anew, into more and smaller files: a reader fetches one for each word from every index.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import cbor2

from tearline.searched import Page
from tearline.stretches import MAIN

APART: Final = "~"  # between the name of an index and that of a page: the script tells by it where a result is from
_SIGN: Final = b"pagefind_dcd"  # how everything that Pagefind packs begins
_PAGES, _WORDS, _FILTERS = 1, 2, 3  # the columns of pages, of files of words and of filters in an index's table
_FRAGMENT: Final = "fragment/{}.pf_fragment"
_INDEX: Final = "index/{}.pf_index"
_ENTRY: Final = "pagefind-entry.json"
_LEAST: Final = 12_000  # bytes of words in a file, before they are packed to half
_ALIKE: Final = 4  # letters: words that have them in common are in the same file
_SHORT: Final = 3  # letters of a word from which on others that begin with it are in its file


class _Word(NamedTuple):
    """A word of an index with everything that is said of it, as CBOR."""

    word: str
    told: bytes


def settle(part: str, files: dict[str, bytes], pages: Mapping[str, Page]) -> None:
    """Bring the files of an index into order, by their names. Raises what a file raises that is not as it should be."""
    entry = json.loads(files[_ENTRY])
    for language, about in entry["languages"].items():
        table = cbor2.loads(unpacked(files.pop(f"pagefind.{about['hash']}.pf_meta")))
        for place in table[_PAGES]:
            told = {**fragment(files.pop(_FRAGMENT.format(place[0])), pages), "content": ""}
            place[0] = f"{'' if part == MAIN else part + APART}{told['url'].strip('/')}"
            files[_FRAGMENT.format(place[0])] = packed(as_json(told))
        table[_WORDS] = _words(language, table[_WORDS], files)
        table[_FILTERS] = _filters(language, table[_FILTERS], files)
        data = packed(cbor2.dumps(table))
        about["hash"] = f"{language}_{_digest(data)}"
        files[f"pagefind.{about['hash']}.pf_meta"] = data
    files[_ENTRY] = as_json(entry)


def fragment(data: bytes, pages: Mapping[str, Page]) -> dict[str, Any]:
    """A fragment with its page's words, what a result shows, and what it may be narrowed by."""
    made = json.loads(unpacked(data))
    return {
        "url": made["url"],
        "content": made["content"],
        "word_count": made["word_count"],
        "filters": dict(sorted(made["filters"].items())),
        "meta": {"title": made["meta"]["title"], **pages[f"{made['url'].removeprefix('/')}index.html"].head.shown},
        "anchors": [],
    }


def _words(language: str, listed: Sequence[Sequence[str]], files: dict[str, bytes]) -> list[list[str]]:
    """The files of words parted anew: with which letters each begins and ends, and its name.

    All are named after all of them, and numbered: names that differ little cost a reader little.
    """
    read = (cbor2.loads(unpacked(files.pop(_INDEX.format(name)))) for *_, name in listed)
    parts = list(_parted(each for (entries,) in read for each in entries))  # never all at once: they are large
    made = [packed(_listed(part)) for part in parts]
    digest = _digest(b"".join(made))
    settled = []
    for number, (part, data) in enumerate(zip(parts, made, strict=True)):
        settled.append([part[0].word[:_ALIKE], part[-1].word[:_ALIKE], f"{language}_{digest}_{number}"])
        files[_INDEX.format(settled[-1][-1])] = data
    return settled


def _parted(entries: Iterable[Sequence[Any]]) -> Iterator[list[_Word]]:
    """Words in files that are large enough, in order. Those that begin alike are in one file."""
    part: list[_Word] = []
    for alike in _together(_Word(entry[0], cbor2.dumps(entry)) for entry in entries):
        if part and _size(part) + _size(alike) > _LEAST:
            yield part
            part = []
        part += alike
    if part:
        yield part


def _together(words: Iterable[_Word]) -> Iterator[list[_Word]]:
    """Words that begin alike, or with a short word that is one of them.

    Of a word's beginning Pagefind fetches the file that it lies in, and no next one with more of what it begins. A
    short word that fills a file, as "the" does, is by itself: nobody means what it is the beginning of.
    """
    group: list[_Word] = []
    root = ""
    for word in words:
        if not (root and word.word.startswith(root)):
            if group:
                yield group
            group = []
            short = len(word.word) < _SHORT or (len(word.word) < _ALIKE and len(word.told) > _LEAST)
            root = "" if short else word.word[:_ALIKE]
        group.append(word)
    if group:
        yield group


def _size(words: Iterable[_Word]) -> int:
    return sum(len(word.told) for word in words)


def _listed(part: Sequence[_Word]) -> bytes:
    """A list with the list of these words, as CBOR."""
    out = io.BytesIO()
    encoder = cbor2.CBOREncoder(out)
    encoder.encode_length(4, 1)  # 4: a list
    encoder.encode_length(4, len(part))
    return b"".join([out.getvalue(), *(word.told for word in part)])


def _filters(language: str, listed: Iterable[list[str]], files: dict[str, bytes]) -> list[list[str]]:
    settled = []
    for name, old in sorted(listed):
        values = cbor2.loads(unpacked(files.pop(f"filter/{old}.pf_filter")))
        data = packed(cbor2.dumps([name, sorted(values[1])]))
        settled.append([name, f"{language}_{_digest(data)}"])
        files[f"filter/{settled[-1][1]}.pf_filter"] = data
    return settled


def as_json(value: Any) -> bytes:
    """Plain data as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def packed(data: bytes) -> bytes:
    """Data as Pagefind packs it."""
    return gzip.compress(_SIGN + data, mtime=0)


def unpacked(data: bytes) -> bytes:
    """What ``packed`` packed. Raises ``OSError``, ``EOFError`` or ``zlib.error`` for anything else."""
    return gzip.decompress(data).removeprefix(_SIGN)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]
