"""Every file of a site against the ledger and the ceiling: which withheld words and which marks stand where.

This is the part that reads all bytes, so it is made for speed: each file is taken apart once, what has been seen to be
clean on another page is not looked at again, and only what holds something is looked at closely. Files are shared out
among processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify import marks, offline
from tearline.verify.channels.contents import Text, Trouble
from tearline.verify.channels.table import channel_of, contents
from tearline.verify.decoding import Tags, pieces, readings
from tearline.verify.decoding import plain as plain_text
from tearline.verify.folding import words
from tearline.verify.fresh import ORDER
from tearline.verify.ledger import Hit, Ledger
from tearline.verify.memory import bytes_below, key_of, plain, version
from tearline.verify.settings import Settings

_MENTION = re.compile(r"<code>\(?[^<>()]{1,60}\)?</code>")
_BETWEEN: Final = r"(?:<[^<>]*>|&[#\w]+;|[\W_])*"
MASK: Final = "(withheld name)"
_KEPT: Final = 20_000  # tags that are remembered: those that are on many pages come early
_LONG: Final = 2000  # characters of a tag that is worth remembering
_APART: Final = "x"  # stands between the numbers of drawings
_SHOWN: Final = 4  # findings of one file from one source


@dataclass(slots=True)
class Scanner:
    """What one process needs to read files. ``declared`` are the pages on which a mark may be mentioned in code."""

    ledger: Ledger
    settings: Settings
    declared: frozenset[str] = frozenset()
    trusted: tuple[Path, ...] = ()  # what the theme's package brings
    themes: tuple[Path, ...] = ()  # the site's own theme, staged or not
    said: set[str] = field(default_factory=set)  # every word in any reading of the file that was looked at last
    _tags: Tags = field(default_factory=Tags)

    def file(self, name: str, data: bytes, shown: str) -> list[Finding]:
        """The findings about one file. ``name`` is its path in the site, ``shown`` the path that findings give."""
        self.said = {_APART}
        found = list(self.named(name, shown))
        if is_one_of(self.trusted, name, data):
            return found
        if channel_of(name, data)[0].name == "opaque" and is_one_of(self.themes, name, data):
            return found
        return [*found, *self.bytes_of(name, data, shown)]

    def shown(self, name: str) -> str:
        """A path as findings may give it: a part that holds withheld words is not repeated."""
        parts = [MASK if self._is_said(part) else part for part in name.split("/")]
        return "/".join(parts) if MASK in parts or not self._is_said(name) else MASK

    def _is_said(self, name: str) -> bool:
        return any(self.ledger.is_in(words(reading)) for _, reading in readings(name, Tags()))

    def named(self, name: str, shown: str) -> Iterator[Finding]:
        """Names of files and folders are words too."""
        for _, reading in readings(name, Tags()):
            said = words(reading)
            self.said.update(said)
            for _, hit in self.ledger.find(said):
                yield _said(hit, Place(shown), "in its name")
                return

    def bytes_of(self, name: str, data: bytes, shown: str) -> Iterator[Finding]:
        """What is wrong with the bytes of a file."""
        raw = ""
        for content in contents(name, offline.texts(name, data)):
            if isinstance(content, Trouble):
                yield finding(content.rule, Place(shown), content.detail)
            elif isinstance(content, Text):
                raw = raw or content.text
                yield from self.text(content, name, raw, shown)

    def text(self, content: Text, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """What is wrong with one text, in all its readings."""
        found: dict[tuple[str, str], Finding] = {}
        high: list[Finding] = []
        for how, reading in self._readings(content):
            where = f"{content.where} {how}".strip()
            said = words(reading)
            self.said.update(said)
            if self.ledger.is_in(said):
                for _, hit in sorted(self.ledger.find(said), key=lambda each: (each[0], each[1].run)):
                    key = (where, str(min(hit.origins, key=str)))
                    if key not in found and len(found) < _SHOWN:
                        found[key] = _said(hit, _place(raw, hit.run, shown), where)
            if name not in self.declared:
                high += self.marks(reading, raw, shown, where)
        if name in self.declared:
            for part in pieces(_MENTION.sub(" ", content.text)):
                for how, reading in readings(part, Tags()):
                    high += self.marks(reading, raw, shown, how)
        elif not found and not high and len(self._tags.clean) < _KEPT:
            self._tags.clean.update(tag for tag in self._tags.fresh if len(tag) < _LONG)
        yield from high
        yield from found.values()

    def _readings(self, content: Text) -> Iterator[tuple[str, str]]:
        for part in pieces(content.text):
            self.said.update(words(plain_text(part)))  # tags too that were clean in another file and are no reading
            yield from readings(part, self._tags, styled=content.styled)

    def marks(self, reading: str, raw: str, shown: str, where: str) -> Iterator[Finding]:
        """The marks in a reading that the edition may not see."""
        for mark in marks.above(reading, self.settings):
            yield finding("mark-above-ceiling", _marked(raw, mark, shown), where)


def known_by(settings: Settings, themes: Iterable[Path], declared: Collection[str]) -> Callable[[str, str], str]:
    """What makes the key by which a file is known again, of its name and its digest; see ``Scanner``.

    What is looked for is no part of it: that a clean file is still clean where more is, ``fresh`` tells.
    """
    parts = [b"scan", version(), ORDER.encode(), plain(settings).encode(), bytes_below(themes)]
    world = key_of(parts).encode()

    def key(name: str, digest: str) -> str:
        told = f"{name in declared} {digest} {name}"
        return key_of([world, told.encode("utf-8", "surrogateescape")])

    return key


def _said(hit: Hit, place: Place, where: str) -> Finding:
    origin = min(hit.origins, key=str)
    return finding("withheld-words", place, f"{where}, from {origin}" if where else f"from {origin}")


def _place(raw: str, run: Sequence[str], shown: str) -> Place:
    """Where a run of words stands in a text as it is; the top of the file where it is not to be seen there."""
    found = re.search(_BETWEEN.join(map(re.escape, run)), raw, re.IGNORECASE)
    return Place(shown) if found is None else _at(raw, found.start(), shown)


def _at(raw: str, place: int, shown: str) -> Place:
    return Place(shown, raw.count("\n", 0, place) + 1, place - raw.rfind("\n", 0, place))


def _marked(raw: str, mark: marks.Mark, shown: str) -> Place:
    token = max(mark.tokens, key=len)
    found = re.search(rf"(?<![A-Za-z0-9]){re.escape(token)}(?![A-Za-z0-9])", raw)
    return Place(shown) if found is None else _at(raw, found.start(), shown)


def is_one_of(roots: Iterable[Path], name: str, data: bytes) -> bool:
    """Whether a file is, byte for byte, one that stands below one of these folders under the same name."""
    return any((root / name).is_file() and (root / name).read_bytes() == data for root in roots)
