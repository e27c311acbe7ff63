"""The kinds of value that front matter may hold, each read from where it was typed.

    (U//LES) words                        marked text
    {marking: U//LES, value: words}       the same; any value that is shown to readers may be written so
    2026-03-12, 2026-03-12 02:55 EST      a date, or a date-time with its zone

``FieldReader`` has one method for a kind. A fault is a finding at its own place, after which the method raises
``ReportedError``; nobody else needs to say anything about that value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from tearline.bulletin.page import without_mentions
from tearline.bulletin.values import Entry, Value
from tearline.findings import Finding, Place, finding
from tearline.marking import SYSTEMS, Likeness, Mark, Reading, find_marks, join, open_mark, read_mark

T = TypeVar("T")
When: TypeAlias = dt.datetime | dt.date

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_ZONE = r"(?P<zone>Z|[A-Z]{3,4})|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)"
_WHEN = re.compile(rf"{_DATE}(?:(?:T|[ ]+){_TIME}[ ]*(?P<zoned>{_ZONE})?)?", re.ASCII | re.IGNORECASE)
_ZONES: Mapping[str, int] = {
    "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_YEARS: Final = range(1900, 3000)  # so that no later change of zone can leave the calendar
_MAX_REPEATS = 10  # of one rule in one value: finding a place takes time
_HIDEABLE = frozenset({"feedback", "footer", "navigation", "path", "tags", "toc"})
_LINK_TARGET = re.compile(r"\]\(\s*<?(?P<target>[^\s()<>\"']{1,80})")
_BREAK = re.compile(r"[ ]*\n\s*")
_KEY_LIKE = re.compile(r"[a-z_]{1,30}")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """Words and their mark. ``mark`` is None only where text may stand unmarked.

    ``words`` are as typed, on one line. ``place`` is where the value begins (at the mark), ``words_place`` the words.
    """

    mark: Mark | None
    words: str
    place: Place
    words_place: Place


@dataclass(frozen=True, slots=True)
class MarkedValue(Generic[T]):
    """A value that may have a mark of its own; without one it is released with its bulletin."""

    value: T
    mark: Mark | None
    place: Place


class ReportedError(ValueError):
    """The value has its finding already. A ``ValueError``, since those are what pydantic collects."""


def suggestion(key: str, known: Mapping[str, object]) -> str:
    """The known key that an unknown one may mean, for a detail that never prints the unknown one."""
    near = get_close_matches(key, known, n=1, cutoff=0.7) if _KEY_LIKE.fullmatch(key) else []
    return f"did you mean {near[0]}?" if near else ""


@dataclass(slots=True)
class FieldReader:
    """Reads the values of one document of marking system ``system`` and collects what is wrong with them."""

    path: str
    system: str
    page: bool
    key: str = ""  # one of ours: what is being read
    unknown: int = 0
    findings: list[Finding] = field(default_factory=list)

    def place(self, value: Value, offset: int = 0) -> Place:
        """Where the character at ``offset`` of a value stands; the value's beginning for 0."""
        return Place(self.path, *(value.position(offset) if offset else (value.line, value.column)))

    def fault(self, rule: str, place: Place, detail: str = "", width: int = 1) -> ReportedError:
        """Keep a finding; the error to raise where reading cannot go on."""
        self.findings.append(finding(rule, place, detail, portion=self.key, width=width))
        return ReportedError()

    def unknown_key(self, key: str, entry: Entry, known: Mapping[str, object]) -> ReportedError:
        """Report a key that is not in ``known``."""
        place = Place(self.path, entry.line, entry.column)
        self.unknown += 1
        hint = suggestion(key, known) if self.unknown <= _MAX_REPEATS else ""
        return self.fault("unknown-key", place, hint, len(key))

    # One method for each kind of value.

    def text(self, value: Value) -> str:
        """A plain string."""
        if value.broken:
            raise ReportedError
        if value.text is None:
            raise self.fault("bad-value", self.place(value), "a text is expected here")
        return value.text

    def mark(self, value: Value) -> Mark:
        """A mark on its own, with or without parentheses."""
        text = self.text(value).strip()
        bare = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
        return self._understood(read_mark(bare, self.system), self.place(value), len(text))

    def marked_text(self, value: Value, *, bare: bool = False) -> MarkedText:
        """Words that open with their mark. With ``bare`` they need not have one."""
        mark, inner = self._unwrapped(value)
        text = self.text(inner)
        mark, start = (mark, 0) if mark else self._opened(inner, text)
        if mark is None and not bare:
            raise self.fault("unmarked-portion", self.place(inner))
        words = text[start:]
        if not words.strip():
            raise self.fault("empty-portion", self.place(value))
        self._check_words(inner, text, start, mark)
        start += len(words) - len(words.lstrip())
        words_place = Place(self.path, *inner.position(start))
        return MarkedText(mark, _BREAK.sub(" ", words.strip()), self.place(value), words_place)

    def plain_text(self, value: Value) -> str:
        """Text of a page, which carries no marks but as mentions in inline code."""
        text = self.text(value)
        likes = find_marks(without_mentions(text), self.system)
        for like in likes:
            self.fault("page-rule", Place(self.path, *value.position(like.start)), str(like.mark or ""))
        if likes:
            raise ReportedError
        return _BREAK.sub(" ", text.strip())

    def marked_value(self, value: Value, read: Callable[[Value, str], T]) -> MarkedValue[T]:
        """A value read by ``read(value, text)``, which may have a mark in either notation."""
        mark, inner = self._unwrapped(value)
        text = self.text(inner)
        mark, start = (mark, 0) if mark else self._opened(inner, text)
        return MarkedValue(read(inner, text[start:].strip()), mark, self.place(value))

    def marked_values(self, value: Value, read: Callable[[Value, str], T]) -> tuple[MarkedValue[T], ...]:
        """A list of them, or a single one. A mark of the whole list is every member's too."""
        mark, inner = self._unwrapped(value)
        read_all = []
        reported: ReportedError | None = None
        for item in (inner,) if inner.items is None else inner.items:
            try:
                read_all.append(self.marked_value(item, read))
            except ReportedError as error:
                reported = error
        if reported:
            raise reported
        return tuple(MarkedValue(one.value, self._joined(mark, one.mark), one.place) for one in read_all)

    def word(self, value: Value, text: str) -> str:
        """A string that policy or a list of ours is going to look up: no mark inside."""
        if find_marks(text, self.system):
            raise self.fault("misplaced-mark", self.place(value))
        if not text:
            raise self.fault("bad-value", self.place(value), "the value is missing")
        return _BREAK.sub(" ", text)

    def slug(self, value: Value, text: str) -> str:
        """A word whose case does not matter, in lower case."""
        return self.word(value, text).lower()

    def priority(self, value: Value, text: str) -> str:
        """``urgent``, ``priority`` or ``routine``."""
        if text.lower() not in {"urgent", "priority", "routine"}:
            raise self.fault("bad-value", self.place(value), "urgent, priority or routine is expected here")
        return text.lower()

    def identifier(self, value: Value, text: str) -> str:
        """A product number: short, and without characters that mean something in a path."""
        if not _ID.fullmatch(text) or not text.isascii():
            raise self.fault("bad-id", self.place(value), "letters, digits and . _ - are expected here")
        return text

    def day(self, value: Value, text: str) -> dt.date:
        """A date without a time."""
        when = self.when(value, text)
        if isinstance(when, dt.datetime):
            raise self.fault("bad-value", self.place(value), "a date without a time is expected here, like 2026-03-12")
        return when

    def when(self, value: Value, text: str) -> When:
        """A date, or a date-time with a zone. Which of the two was typed stays to be seen."""
        match = _WHEN.fullmatch(text)
        if match is None:
            detail = "a date is expected here, like 2026-03-12 or 2026-03-12 02:55 EST"
            raise self.fault("bad-value", self.place(value), detail)
        if match["hour"] and not match["zoned"]:
            raise self.fault("bad-value", self.place(value), "add the zone, for example EST or -05:00")
        try:
            when = _when(match)
        except ValueError:
            raise self.fault("bad-value", self.place(value), "there is no such day, time or zone") from None
        if when.year not in _YEARS:
            raise self.fault("bad-value", self.place(value), "the year cannot be meant")
        return when

    def flag(self, value: Value) -> bool:
        """Yes or no, in the ways YAML writers say it. ``draft: yes`` must never be lost."""
        flag = _FLAGS.get(self.text(value).strip().lower())
        if flag is None:
            raise self.fault("bad-value", self.place(value), "true or false is expected here")
        return flag

    def nothing(self, value: Value) -> Literal["none"]:
        """The word ``none``."""
        if self.text(value).strip() != "none":
            raise self.fault("bad-value", self.place(value), "only `none` can be said here")
        return "none"

    def system_name(self, value: Value) -> str:
        """The name of a marking system there is."""
        name = self.text(value).strip()
        if name not in SYSTEMS:
            raise self.fault("bad-value", self.place(value), f"the systems are {', '.join(sorted(SYSTEMS))}")
        return name

    def hidden(self, value: Value) -> tuple[str, ...]:
        """The parts of a page's frame that it does without, by the theme's names."""
        named = [self.text(item).strip() for item in ((value,) if value.items is None else value.items)]
        if not _HIDEABLE.issuperset(named):
            detail = f"{', '.join(sorted(_HIDEABLE))} can stand here"
            raise self.fault("bad-value", self.place(value), detail)
        return tuple(named)

    def file(self, value: Value) -> str:
        """A file's name relative to the document's folder, in that folder or below."""
        name = self.text(value).strip()
        if re.search(r"[\\:\n]", name) or any(part in {"", ".", ".."} for part in name.split("/")):
            raise self.fault("bad-value", self.place(value), "a file beside the document is expected here")
        return name

    # Marks.

    def _unwrapped(self, value: Value) -> tuple[Mark | None, Value]:
        """The mark and the value of ``{marking: …, value: …}``; anything else is its own value."""
        entries = value.entries
        if entries is None:
            return None, value
        known: Mapping[str, object] = {"marking": "", "value": ""}
        faults = [self.unknown_key(key, entry, known) for key, entry in entries.items() if key not in known]
        faults += [self.fault("missing-key", self.place(value), key) for key in known if key not in entries]
        if faults:
            raise faults[0]
        return self.mark(entries["marking"].value), entries["value"].value

    def _opened(self, value: Value, text: str) -> tuple[Mark | None, int]:
        """The mark that ``text`` opens with, and the offset of the words behind it."""
        lead = len(text) - len(text.lstrip())
        opening = open_mark(text[lead:], self.system)
        if opening is None:
            return None, 0
        mark = self._understood(opening.reading, self.place(value), opening.end - opening.start)
        return mark, lead + opening.end

    def _understood(self, reading: Reading, place: Place, width: int) -> Mark:
        if reading.mark is None or reading.problem:
            raise self.fault(reading.problem or "malformed-mark", place, reading.detail, width)
        if not reading.canonical:
            self.fault("alias-mark", place, str(reading.mark), width)
        return reading.mark

    def _joined(self, *marks: Mark | None) -> Mark | None:
        given = [mark for mark in marks if mark]
        return join(self.system, given) if given else None

    def _check_words(self, value: Value, text: str, start: int, mark: Mark | None) -> None:
        """Report what may not stand among words: marks, however they hide, and inline portions."""
        words = text[start:]
        targets = {m.start("target"): m["target"] for m in _LINK_TARGET.finditer(words)}
        inline = [at for at, target in targets.items() if read_mark(target, self.system).mark]
        found = [("inline-portion", at, at + len(targets[at]), "") for at in inline]
        found += [
            (_rule_for(like, mark), like.start, like.end, str(like.mark or ""))
            for like in find_marks(words, self.system)
            if {like.start, like.start + 1}.isdisjoint(inline)  # a link's target, with or without its parenthesis
        ]
        said: Counter[str] = Counter()
        for rule, begin, end, detail in found:
            said[rule] += 1
            if said[rule] <= _MAX_REPEATS:
                self.fault(rule, Place(self.path, *value.position(start + begin)), detail, end - begin)


def _rule_for(like: Likeness, own: Mark | None) -> str:
    """The rule that a mark inside a portion breaks. Its own mark, repeated, is read alike by everyone."""
    if like.classified:
        return "classified-mark"
    return "repeated-mark" if own is not None and like.mark == own else "misplaced-mark"


def _when(match: re.Match[str]) -> When:
    """The date or date-time of a ``_WHEN`` match. Raises ``ValueError`` where the calendar has no such thing."""
    day = dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    if not match["hour"]:
        return day
    time = dt.time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    return dt.datetime.combine(day, time, _zone(match))


def _zone(match: re.Match[str]) -> dt.timezone:
    if name := (match["zone"] or "").upper():
        if name not in _ZONES:
            raise ValueError
        return dt.timezone(dt.timedelta(hours=_ZONES[name]), "UTC" if name in {"Z", "GMT"} else name)
    hours, minutes = int(match["hours"]), int(match["minutes"])
    if minutes > 59 or hours > 14:  # noqa: PLR2004 - no place on earth keeps such a time
        raise ValueError
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if match["sign"] == "-" else offset)
