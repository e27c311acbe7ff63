"""A first look at the built bytes before they are published: marks above the ceiling, withheld words, banners.

It reads every file of the site, compressed ones too, all names, and the renderer's log. Withheld texts are looked
for in runs of four words, shorter ones whole. A run that a released portion has too is not counted; one that
only the stage or the theme has is excused while it is short enough to be chance: the stage is not trusted with more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from tearline.findings import Finding, Place, finding, in_order
from tearline.marking import SYSTEMS, find_marks
from tearline.policy import Edition
from tearline.reading import (
    MARKUP,
    PIXELS,
    UnreadableError,
    decoded,
    members,
    pieces_of,
    readings_of,
    text_of,
    words_of,
)
from tearline.stage import Tree, Withheld

BANNERS: Final = 2  # top and end of every page
RUN: Final = 4  # words; shorter withheld texts are looked for whole
CHANCE_IN_STAGE: Final = 7  # words in a row that a staged page may share with a withheld text: dates, labels
CHANCE_IN_THEME: Final = 4  # and a template
_SHORTEST: Final = 4  # letters of a single word with a digit that is looked for: a plate, a case number
PROGRAMS: Final = (".css", ".js")  # no reader sees their text, and it is full of slashes
_LINK_TARGET: Final = re.compile(r"\]\([^()\s]*\)")
_CODE_MARK: Final = re.compile(r"<code>\(?[^<>()]{1,60}\)?</code>")

Runs = tuple[frozenset[int], ...]  # by length less one: hashes of runs of words


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a piece has of withheld runs and of marks above the ceiling."""

    held: frozenset[int] = frozenset()
    marks: frozenset[str] = frozenset()


_CLEAN: Final = _Verdict()
_NONE: Final[frozenset[str]] = frozenset()
_APART: Final = " . . "  # what no mark can reach across


@dataclass(slots=True)
class Guard:
    """What must not be in an edition.

    ``known`` remembers pieces that many pages have, ``sources`` where a run comes from, once anybody asks.
    """

    edition: Edition
    withheld: Sequence[Withheld]
    runs: Runs
    mentions: frozenset[str] = frozenset()
    known: dict[int, _Verdict] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Tree, stage: Path, themes: Iterable[Path]) -> Guard:
        """What ``tree`` withholds, less what it releases and what ``stage`` and ``themes`` may say by chance."""
        wanted = runs_of(one.words for one in tree.withheld)
        wanted = _less(wanted, runs_of(tree.released, inner=True))
        for folder, longest in [(stage / "docs", CHANCE_IN_STAGE), *((theme, CHANCE_IN_THEME) for theme in themes)]:
            texts = (text_of(path.read_bytes()) for path in _files(folder) if path.suffix not in PIXELS)
            wanted = _less(wanted, _by_chance(texts, wanted, longest))
        return cls(tree.edition, tree.withheld, wanted, frozenset(map(_page_of, tree.mentions)))

    def check(self, site: Path, theirs: Path | None = None) -> list[Finding]:
        """Read every file below ``site``; one that is byte for byte below ``theirs`` is the theme package's own."""
        found: list[Finding] = []
        for path in _files(site):
            name = path.relative_to(site).as_posix()
            data = path.read_bytes()
            found += self.check_name(name)
            if theirs is None or not (theirs / name).is_file() or (theirs / name).read_bytes() != data:
                found += self.check_bytes(name, data)
        return in_order(found)

    def check_name(self, name: str) -> Iterator[Finding]:
        """Findings about a file's path."""
        if held := self.found(decoded(name).replace("_", " ")):
            yield finding("withheld-words", Place(name), self.source_of(held))

    def check_bytes(self, name: str, data: bytes) -> Iterator[Finding]:
        """Findings about one file, and about what is compressed in it."""
        try:
            for inner, content in members(name, data):
                yield from self.check_text(inner, text_of(content))
        except UnreadableError as error:
            yield finding("withheld-words", Place(str(error)), "a compressed file that cannot be opened")

    def check_text(self, name: str, text: str) -> Iterator[Finding]:
        """Findings about one text: a page, a file, a log."""
        suffix = PurePosixPath(name.removesuffix(".gz#").rstrip("#")).suffix.lower()
        if suffix in PIXELS:
            if noise := self.found(text, shortest=2):  # single words are in it by the thousand
                yield finding("withheld-words", Place(name), self.source_of(noise))
            return
        if name in self.mentions:
            text = _CODE_MARK.sub(" ", text)
        markup, held, marks = suffix in MARKUP, set[int](), set[str]()
        pieces = list(dict.fromkeys(pieces_of(text, markup=markup)))
        self.learn(pieces, markup=markup)
        for piece in pieces:
            verdict = self.known[hash((piece, markup))]
            held |= verdict.held
            marks |= verdict.marks if suffix not in PROGRAMS else set()
        if held:
            yield finding("withheld-words", Place(name), self.source_of(held))
        yield from (finding("mark-above-ceiling", Place(name), mark) for mark in sorted(marks))
        if suffix == ".html" and ('name="marking"' not in text or text.count('class="tl-bar') < BANNERS):
            yield finding("banner-missing", Place(name))

    def learn(self, pieces: Iterable[str], *, markup: bool) -> None:
        """Work out what is to be said of pieces, once for those that many pages have; marks all at once, as a rule."""
        readings = {one: readings_of(one, markup=markup) for one in pieces if hash((one, markup)) not in self.known}
        every = [" ".join(reading.split()) for each in readings.values() for reading in each]
        calm = _APART.join(each for each in every if each.isascii())
        odd = _APART.join(each for each in every if not each.isascii())
        marked = bool(marks_above(calm, self.edition) or marks_above(odd, self.edition))
        for piece, texts in readings.items():
            held = frozenset(run for text in texts for run in self.found(text))
            marks = frozenset(mark for text in texts for mark in marks_above(text, self.edition)) if marked else _NONE
            self.known[hash((piece, markup))] = _Verdict(held, marks) if held or marks else _CLEAN

    def found(self, text: str, shortest: int = 1) -> list[int]:
        """The withheld runs in a text, of ``shortest`` words or more."""
        words = words_of(text)
        lengths = [length for length in range(shortest, RUN + 1) if self.runs[length - 1]]
        return [run for length in lengths for run in self.runs[length - 1].intersection(_hashes(words, length))]

    def source_of(self, held: Iterable[int]) -> str:
        """Which source has these words: what an author needs to know, and all that may be said of them."""
        if not self.sources:
            for one in self.withheld:
                for runs in _runs(words_of(one.words)):
                    for run in runs:
                        self.sources.setdefault(run, one.path)
        paths = sorted({self.sources[run] for run in held if run in self.sources})
        return f"from {', '.join(paths[:3])}" if paths else ""


def marks_above(text: str, edition: Edition) -> list[str]:
    """The marks in a text that the edition may not see, classified ones among them."""
    first, *others = SYSTEMS
    likes = find_marks(text, first)
    if not likes:
        return []
    likes += [like for name in others for like in find_marks(text, name)]
    read = {str(like.mark) for like in likes if like.mark is not None and not edition.may_see(like.mark)}
    return sorted(read | ({"classified"} if any(like.classified for like in likes) else set()))


def runs_of(texts: Iterable[str], *, inner: bool = False) -> Runs:
    """The runs of ``RUN`` words of these texts, and shorter texts whole if they could not be anybody's words.

    With ``inner``, every shorter run inside a text too: for texts that may be said.
    """
    found: tuple[set[int], ...] = tuple(set() for _ in range(RUN))
    for text in texts:
        words = words_of(text)
        for length in range(1, RUN + 1) if inner else ():
            found[length - 1].update(_hashes(words, length))
        for runs, more in zip(found, _runs(words), strict=True):
            runs.update(more)
    return tuple(frozenset(runs) for runs in found)


def _runs(words: list[str]) -> tuple[set[int], ...]:
    """The runs of one text that are looked for, by length."""
    found: tuple[set[int], ...] = tuple(set() for _ in range(RUN))
    if len(words) >= RUN:
        found[RUN - 1].update(_hashes(words, RUN))
    elif len(words) > 1 or any(len(word) >= _SHORTEST and any(map(str.isdigit, word)) for word in words):
        found[len(words) - 1].update(_hashes(words, len(words)))
    return found


def _hashes(words: list[str], length: int) -> Iterator[int]:
    return map(hash, zip(*(words[start:] for start in range(length)), strict=False))


def _less(runs: Runs, others: Runs) -> Runs:
    return tuple(one - other for one, other in zip(runs, others, strict=True))


def _by_chance(texts: Iterable[str], wanted: Runs, longest: int) -> Runs:
    """The runs that these texts have in stretches of no more than ``longest`` words."""
    found: tuple[set[int], ...] = tuple(set() for _ in range(RUN))
    for text in texts:
        shown = _LINK_TARGET.sub("] ", text)  # a reader of the page sees no targets between the words of its links
        for words in {tuple(words_of(reading)): None for reading in (text, shown, *readings_of(text, markup=True))}:
            for length in range(1, RUN):
                found[length - 1].update(wanted[length - 1].intersection(_hashes(list(words), length)))
            found[RUN - 1].update(_short_stretches(list(words), wanted[RUN - 1], longest))
    return tuple(frozenset(runs) for runs in found)


def _short_stretches(words: list[str], wanted: frozenset[int], longest: int) -> Iterator[int]:
    """The wanted runs of ``RUN`` words that do not belong to a longer stretch than allowed."""
    stretch: list[int] = []
    for run in (*_hashes(words, RUN), None):
        if run in wanted:
            stretch.append(run)  # None, at the end, is in no set of numbers
            continue
        if len(stretch) + RUN - 1 <= longest:
            yield from stretch
        stretch = []


def _page_of(name: str) -> str:
    """The built file of a staged page: ``about/us.md`` -> ``about/us/index.html``."""
    stem = name.removesuffix(".md")
    return f"{stem}.html" if stem == "index" or stem.endswith("/index") else f"{stem}/index.html"


def _files(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted(root.rglob("*")) if path.is_file())
