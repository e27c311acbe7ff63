"""What may be led to on a page, and what counts its parts: anchors made of words, and numbers in order."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from typing import Final

from tearline.verify.authored import Authored
from tearline.verify.decoding import TAG, unescaped
from tearline.verify.templates import Values, made_of
from tearline.verify.written import is_name

_ID = re.compile(r"""\sid="([^"]*)\"""")
_NAMED = re.compile(r"<(h[1-6]|label)\s[^<>]*>")
_NAME = re.compile(r'\s(?:id|for)="([^"]*)"')
_NOTE = re.compile(r"fn(?:ref([0-9]{0,3}))?:(?:[0-9]-)?(.+)", re.DOTALL)
_NUMBERED = re.compile(r"(.*?)([0-9]{1,6})\Z", re.DOTALL)
_COPY = re.compile(r"(.*)_([0-9]{1,4})\Z", re.DOTALL)
_COUNTED = re.compile(r"__[a-z]+[_-](?:[0-9]{1,4}[_-])?[0-9]{1,6}")
_LINES = re.compile(r'\sdata-linenos="\s*([0-9]{1,6})\s*"')
_GROUP = re.compile(r'\sname="(__tabbed_[0-9]{1,4})"')
_TABS = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_REFERS: Final = 'class="footnote-'
_NOTES = re.compile(r'<li id="fn:([^"]*)"')
_REFERRED = re.compile(r'<a class="footnote-ref" href="#fn:([^"]*)">([0-9]{1,6})</a>')
_BACK = re.compile(
    r'<a class="footnote-backref" href="#fnref[0-9]*:([^"]*)" title="Jump back to footnote ([0-9]{1,6}) '
)
_BESIDE: Final = '<div class="linenodiv">'
_COLUMN = re.compile(
    rf"{_BESIDE}<pre>(?:<span></span>)?"
    r'(?:<span class="(?:normal|special)">(?:<a[^<>]*>)?[ ]*[0-9]{1,6}(?:</a>)?</span>\s*)+'
)
_LINE = re.compile(r">[ ]*([0-9]{1,6})</")
_HEADING: Final = 3000  # characters of a heading with its markup
_HEADINGS: Final = 3000  # of a page
_LARGE: Final = 200_000  # characters of a page that is not looked through for each anchor
_SECTION: Final = "section"


@dataclass
class Anchors:
    """The anchors of one page."""

    raw: str
    own: Authored

    @cached_property
    def all(self) -> frozenset[str]:
        """Every anchor of the page."""
        return frozenset(map(unescaped, _ID.findall(self.raw)))

    def has(self, value: str) -> bool:
        """Whether the page has an anchor."""
        return (len(self.raw) < _LARGE and f' id="{value}"' in self.raw) or value in self.all

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The words of each heading and label by its anchor, as an anchor would be made of them."""
        found: dict[str, str] = {}
        for begun in islice(_NAMED.finditer(self.raw), _HEADINGS):
            name = _NAME.search(begun[0])
            end = self.raw.find(f"</{begun[1]}>", begun.end(), begun.end() + _HEADING)
            if name is not None and end >= 0:
                inner = self.raw[begun.end() : end]
                found[unescaped(name[1])] = unescaped(f"{TAG.sub('', inner)} {TAG.sub(' ', inner)}")
        return found

    @cached_property
    def lines(self) -> frozenset[int]:
        """The numbers of lines of code that the page has."""
        return frozenset(int(each) for each in _LINES.findall(self.raw))

    @cached_property
    def tabs(self) -> Counter[str]:
        """How many tabs each group has."""
        return Counter(_GROUP.findall(self.raw))

    def explains(self, name: str, value: str, known: Mapping[str, Values]) -> bool:
        """Whether an anchor, or a name of the kind that anchors have, is made of what is on the page."""
        if name == "name" and is_name(name, value):
            return self._follows(value, lambda: frozenset(self.tabs))
        note = _NOTE.fullmatch(value)
        if note is not None:
            return self.own.has_note(note[2]) and self._is_repeated(note[1] or "", note[2])
        if self._is_of_words(value) or (_COUNTED.fullmatch(value) and self._follows(value, lambda: self.all)):
            return True
        pieces = known[name].holed if name in known else set()
        return any(self._is_number(made_of(value, one), value) for one in pieces)

    def counts(self, name: str, value: str) -> bool:
        """Whether a number that counts is right: of a group of tabs, of a line of code, of a list's first entry."""
        if name == "data-tabs":
            tabs = _TABS.fullmatch(value)
            return tabs is not None and self.tabs[f"__tabbed_{tabs[1]}"] == int(tabs[2])
        if not value.strip().isdecimal():
            return False
        number = int(value.strip()[:9])
        return number in self.own.numbers or (name == "data-linenos" and (number <= 1 or number - 1 in self.lines))

    def _is_of_words(self, value: str) -> bool:
        """Whether an anchor is made of the words of its heading; one that stands twice has a number at its end."""
        said = self.words.get(value)
        if said is None:
            return False
        copy = _COPY.fullmatch(value)
        if _is_slug(value, said):
            return True
        if copy is None or not (_is_slug(copy[1], said) or copy[1] in ("", _SECTION)):
            return False
        return (copy[2] == "1" and (not copy[1] or copy[1] in self.all)) or f"{copy[1]}_{int(copy[2]) - 1}" in self.all

    def _is_repeated(self, number: str, label: str) -> bool:
        """Whether a note is referred to as often as its anchor says."""
        return not number or f"fnref{int(number) - 1 if int(number) > 2 else ''}:{label}" in self.all  # noqa: PLR2004 - the first has none

    def _is_number(self, between: list[str], value: str) -> bool:
        return len(between) == 1 and between[0].isdecimal() and self._follows(value, lambda: self.all)

    def _follows(self, value: str, others: Callable[[], frozenset[str]]) -> bool:
        """Whether the number at its end is the first one, or comes after another."""
        found = _NUMBERED.fullmatch(value)
        if found is None:
            return False
        before, number = found[1], int(found[2])
        if number > 1:
            return f"{before}{number - 1}" in others() or number in self.own.numbers
        outer = _NUMBERED.fullmatch(before[:-1])
        if outer is None or int(outer[2]) <= 1:
            return True
        return f"{outer[1]}{int(outer[2]) - 1}{before[-1]}{number}" in others()


def _is_slug(value: str, said: str) -> bool:
    """Whether an anchor is made of words in their order: those of a mark among them are left out."""
    for text in (unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode(), said):
        left = iter(re.sub(r"[^\w\s-]", "", text).lower().replace("-", " ").split())
        if all(part in left for part in value.split("-") if part):
            return True
    return value == _SECTION


def miscounted(raw: str) -> Iterator[int]:
    """Where the number of a note, or of a line of code beside it, is not the one that its place in a list makes it."""
    if _REFERS in raw:
        notes = {label: number for number, label in enumerate(_NOTES.findall(raw), 1)}
        for pattern in (_REFERRED, _BACK):
            for found in pattern.finditer(raw):
                if notes.get(found[1]) != int(found[2]):
                    yield found.start()
    for table in _COLUMN.finditer(raw) if _BESIDE in raw else ():
        numbers = list(map(int, _LINE.findall(table[0])))
        if any(after != before + 1 for before, after in pairwise(numbers)):
            yield table.start()
