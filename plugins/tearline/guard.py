"""A first look at the built bytes before they are published: marks above the ceiling, withheld words, banners.

It reads every file of the site and the renderer's log, and trusts neither the stage nor the renderer. What a
source repeats in a released portion is in the staged documents and not counted here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding, in_order
from tearline.marking import SYSTEMS, find_marks
from tearline.policy import Edition

BANNERS: Final = 2  # top and end of every page
RUN: Final = 4  # words; shorter withheld texts are looked for whole
TEXT_SUFFIXES: Final = frozenset({".html", ".xml", ".json", ".txt", ".md", ".yml"})
_WORD = re.compile(r"\w+", re.UNICODE)
_TAG = re.compile(r"<[^<>]*>")
_CODE_MARK = re.compile(r"<code>\(?[^<>()]{1,60}\)?</code>")
_ATTRIBUTE = re.compile(r"""=\s*"([^"]*)"|=\s*'([^']*)'""")


@dataclass(frozen=True, slots=True)
class Guard:
    """What must not be in an edition: runs of withheld words, as tuples, by their first word."""

    edition: Edition
    runs: Mapping[str, frozenset[tuple[str, ...]]]

    @classmethod
    def of(cls, edition: Edition, withheld: Iterable[str], stage: Path) -> Guard:
        """Runs of words of the withheld texts, less those that the staged documents say."""
        wanted = by_first_word(run for text in withheld for run in runs_of(words_of(text)))
        said: set[tuple[str, ...]] = set()
        for path in (*_files(stage / "docs"), stage / "mkdocs.yml"):
            if path.suffix in TEXT_SUFFIXES:
                text = path.read_text(encoding="utf-8", errors="replace")
                said |= found_runs(text, wanted) | found_runs(plain(text), wanted)
        return cls(edition, by_first_word(run for runs in wanted.values() for run in runs if run not in said))

    def check(self, site: Path, trusted: Iterable[Path] = ()) -> list[Finding]:
        """Read every file below ``site``; one that equals a theme's own, below one of ``trusted``, says nothing."""
        found: list[Finding] = []
        themes = list(trusted)
        for path in _files(site):
            name = path.relative_to(site).as_posix()
            data = path.read_bytes()
            if not any((theme / name).is_file() and (theme / name).read_bytes() == data for theme in themes):
                found += self.check_text(name, data.decode("utf-8", "replace"), html=path.suffix == ".html")
            found += [finding("withheld-words", Place(name))] if self.says(name) else []
        return in_order(found)

    def check_text(self, name: str, text: str, *, html: bool) -> Iterator[Finding]:
        """Findings about one file's text, as it stands and as a reader sees it."""
        readings = [plain(text), *attributes(text)] if html else [text]
        if any(self.says(reading) for reading in (text, *readings)):
            yield finding("withheld-words", Place(name))
        for mark in self.marks_above(readings):
            yield finding("mark-above-ceiling", Place(name), mark)
        if html and ('name="marking"' not in text or text.count('class="tl-bar') < BANNERS):
            yield finding("banner-missing", Place(name))

    def says(self, text: str) -> bool:
        """Whether a text has any of the withheld runs."""
        return bool(found_runs(text, self.runs))

    def marks_above(self, readings: Iterable[str]) -> list[str]:
        """The marks in these texts that the edition may not see."""
        found = set()
        for reading in readings:
            for name in SYSTEMS:
                likes = find_marks(reading, name)
                found |= {
                    str(like.mark) for like in likes if like.mark is not None and not self.edition.may_see(like.mark)
                }
        return sorted(found)


def by_first_word(runs: Iterable[tuple[str, ...]]) -> dict[str, frozenset[tuple[str, ...]]]:
    """Runs of words by their first word."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for run in runs:
        found.setdefault(run[0], set()).add(run)
    return {first: frozenset(these) for first, these in found.items()}


def found_runs(text: str, runs: Mapping[str, frozenset[tuple[str, ...]]]) -> set[tuple[str, ...]]:
    """Those of the runs that a text has."""
    words = words_of(text)
    return {
        run
        for place, word in enumerate(words)
        for run in runs.get(word, ())
        if tuple(words[place : place + len(run)]) == run
    }


def plain(text: str) -> str:
    """HTML as a reader sees it: no tags, entities decoded; a mark alone in code is a mention and left out."""
    return unescape(_TAG.sub(" ", _CODE_MARK.sub(" ", text)))


def attributes(text: str) -> list[str]:
    """The values of attributes, which may hold words too."""
    return [unescape(double or single) for double, single in _ATTRIBUTE.findall(text)]


def words_of(text: str) -> list[str]:
    """The words of a text, folded: one spelling for what readers take for the same word."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def runs_of(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Every run of ``RUN`` words, or the whole of a shorter text if it could not be anybody's words."""
    if len(words) >= RUN:
        for place in range(len(words) - RUN + 1):
            yield tuple(words[place : place + RUN])
    elif len(words) > 1 or any(len(word) > 3 and any(char.isdigit() for char in word) for word in words):  # noqa: PLR2004
        yield tuple(words)


def _files(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted(root.rglob("*")) if path.is_file())
