"""The words of a search index against the words of the pages that they are said to be on.

An index holds stems. A stem is the beginning of a word, but for its last letter; the few that are not are known. What
has a digit is cut by no stemmer, except for letters at its end.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from tearline.verify.counts import counted
from tearline.verify.decoding import TAG

_READ: Final = re.compile(r"\sdata-pagefind-body[\s>]")
_TOLD: Final = re.compile(
    r'<meta name="([^"]*)" content="([^"]*)" (data-tl-found|data-pagefind-(?:meta|filter)="[\w-]+\[content\]")>'
)
_BLANK: Final = re.compile(r"[ \t\r\n\f]+")
_SIGNS: Final = re.compile(r"[\W_]+")
_RUN: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=[0-9])|(?<=[0-9])(?=[^\W\d_])")
_IRREGULAR: Final = {"dying": "die", "lying": "lie", "tying": "tie", "skies": "sky", "skis": "ski"}
_SUFFIX: Final = 8  # letters that a stemmer may take off


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself in its head, for results and for filters, and every word on it.

    ``count`` is how many words it has, by the quick rule.
    """

    meta: Mapping[str, str]
    filters: Mapping[str, list[str]]
    words: frozenset[str]
    path: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the index, folded, and the numbers of the pages that it is said to be on."""

    stem: str
    pages: tuple[int, ...]


def page_of(path: str) -> Page | None:
    """What search reads of a page; None where it does not read it. Raises ``OSError``."""
    raw = Path(path).read_text(encoding="utf-8", errors="replace")
    if not _READ.search(raw):
        return None
    meta: dict[str, str] = {}
    filters: dict[str, list[str]] = defaultdict(list)
    for name, value, how in _TOLD.findall(raw):
        if "filter" in how:
            filters[html.unescape(name)].append(html.unescape(value))
        else:
            meta[html.unescape(name)] = html.unescape(value)
    parts = TAG.split(raw)
    tokens: set[str] = set()
    for text in map(html.unescape, ("".join(parts[::2]), " ".join(parts[::2]))):
        tokens.update(_tokens(text))
    said = frozenset().union(*map(_parts, tokens), *map(_of_tag, set(parts[1::2])))
    return Page(meta, {name: sorted(values) for name, values in filters.items()}, said, path, counted(raw))


def _tokens(text: str) -> set[str]:
    found = set(text.split())
    return found.union(_BLANK.split(text)) if "\xa0" in text else found


@lru_cache(1 << 14)
def _of_tag(tag: str) -> frozenset[str]:
    """What search may make of what stands in a tag: pages have most tags in common."""
    return frozenset().union(*map(_parts, _tokens(html.unescape(tag))))


@lru_cache(1 << 16)
def _parts(token: str) -> frozenset[str]:
    """What search may make of one token: all of it, and its runs of letters and digits, cut at humps too."""
    return frozenset(map(folded, (token, *_RUN.findall(token), *_RUN.findall(_HUMP.sub(" ", token)))))


def folded(text: str) -> str:
    """Small letters and digits, without accents and signs."""
    if text.isascii():
        return _SIGNS.sub("", text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())


@dataclass(slots=True)
class Stems:
    """Which stems of an index each page explains."""

    stems: frozenset[str]
    _cut: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _of: dict[str, frozenset[str]] = field(default_factory=dict)
    _pages: dict[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for stem in self.stems:
            if len(stem) > 1:
                self._cut[stem[:-1]].append(stem)

    def strange(self, words: Iterable[Word], order: list[Page]) -> int:
        """How many of these words are not on the pages that they are said to be on, or on none."""
        said: dict[int, set[str]] = defaultdict(set)
        told = list(words)
        for word in told:
            for at in word.pages:
                said[at].add(word.stem)
        # Page by page, since sets are compared quickly; only where one says too much are its words counted.
        if all(word.pages for word in told) and all(stems - {""} <= self._on(order[at]) for at, stems in said.items()):
            return 0
        return sum(not word.pages or any(self._lacks(order[at], word.stem) for at in word.pages) for word in told)

    def _lacks(self, page: Page, stem: str) -> bool:
        return bool(stem) and stem not in self._on(page)

    def _on(self, page: Page) -> frozenset[str]:
        """The stems that a page explains."""
        if id(page) not in self._pages:
            self._pages[id(page)] = frozenset().union(*map(self._made_of, page.words))
        return self._pages[id(page)]

    def _made_of(self, word: str) -> frozenset[str]:
        """The stems that a word explains."""
        if word not in self._of:
            sizes = range(max(1, len(word) - _SUFFIX), len(word) + 1)
            begins = [word[:size] for size in sizes if word[size:].isalpha() or size == len(word)]
            nearly = (stem for one in begins if one.isalpha() and len(one) > 1 for stem in self._cut.get(one, ()))
            self._of[word] = frozenset({*begins, _IRREGULAR.get(word, word), *nearly} & self.stems)
        return self._of[word]
