"""Released bulletins among each other: what each is called, where it stands, and what became of it.

The source is out of reach: an ``Entry`` holds what the edition may see and nothing else, so an absent key can leave
no trace. States are told for a moment that is given, never for the clock's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tearline.bulletin.metadata import When
from tearline.marking import Mark
from tearline.release import Outline, Shown

IN_EFFECT: Final = "After this time, treat as ended."
# A date without a time lasts until it is over everywhere: an end must never come early for a reader.
_END_OF_DAY: Final = dt.timedelta(days=1, hours=12)
_FIRST_OF_DAY: Final = dt.timedelta(hours=14)  # and begins where the day begins first: nor may a beginning come late
# A date is to come when it is later than this: a site is not built again at the very minute a bulletin is for.
AHEAD: Final = dt.timedelta(days=1)
URGENT: Final = "urgent"
URGENT_FOR: Final = dt.timedelta(days=7)  # after its last date, where an urgent bulletin says no end


class _Placed:
    """What has a page below docs."""

    __slots__ = ()
    page: str

    @property
    def address(self) -> str:
        """The page's address below the site's root: ``2026/ib-2026-014/``."""
        return self.page.removesuffix(".md") + "/"

    @property
    def year(self) -> str:
        """The year in the product number."""
        return self.page.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Entry(_Placed):
    """A released bulletin and what the pages around it need to know.

    ``values`` holds the single values of the front matter that the edition may see (dates, product, …), ``marks``
    the marks that these, facets and references were given; ``page`` is the staged file below docs, such as
    ``2026/ib-2026-014.md``; ``quiet`` is whether the author asked that nothing be said of what is withheld.
    """

    released: Outline
    values: Mapping[str, Any]
    marks: tuple[Mark, ...]
    page: str
    quiet: bool = False
    superseded_by: tuple[str, ...] = ()

    @property
    def updates(self) -> list[tuple[When, Shown]]:
        """What the edition may see of the history of revisions, newest first."""
        return sorted(self.released.revised, key=lambda row: _in_time(row[0]), reverse=True)

    @property
    def last(self) -> When | None:
        """When it was last changed, or else published; None where the edition sees neither."""
        when: When | None = self.updates[0][0] if self.updates else self.values.get("date")
        return when

    @property
    def lapses(self) -> dt.datetime | None:
        """When an urgent bulletin that says no end stops to count as urgent; None for all others.

        Without a date, that is a week after the year in its number.
        """
        if self.values.get("priority") != URGENT or "in_effect_until" in self.values:
            return None
        last = self.last
        return end_of(last if last is not None else dt.date(max(int(self.year), 1), 12, 31)) + URGENT_FOR

    def ended(self, now: dt.datetime) -> bool:
        """Whether ``in_effect_until`` has passed."""
        until = self.values.get("in_effect_until")
        return until is not None and end_of(until) <= now

    def state(self, now: dt.datetime) -> tuple[str, str]:
        """The state's key and its sentence; both empty where nothing is known.

        ``superseded``, ``ended``, ``upcoming`` (its date is to come), ``lapsed`` (urgent without an end, long ago),
        ``open`` (urgent without an end) or ``in-effect``.
        """
        if self.superseded_by:
            return "superseded", f"Replaced by {', '.join(self.superseded_by)}"
        when, until, lapses = self.values.get("date"), self.values.get("in_effect_until"), self.lapses
        if until is not None and self.ended(now):
            return "ended", f"No longer in effect since {spelled(until)}"
        if when is not None and to_come(when, now):
            return "upcoming", f"Not in effect before {spelled(when)}"
        if lapses is not None:
            return self._without_end(past=lapses <= now)
        return ("in-effect", f"In effect until {spelled(until)}. {IN_EFFECT}") if until is not None else ("", "")

    def _without_end(self, *, past: bool) -> tuple[str, str]:
        """The state of an urgent bulletin that says no end: once it does not count any more, or while it does."""
        when = self.last
        if past:
            issued = f"when last updated, {spelled(when)}" if self.updates and when is not None else "when issued"
            issued += f", {spelled(when)}" if when is not None and not self.updates else ""
            return "lapsed", f"Urgent {issued}; no end given"
        since = self.values.get("date", when)
        return "open", f"Since {spelled(since)}; no end given" if since is not None else "No end given"

    def turns(self) -> Iterator[dt.datetime]:
        """The moments, past and to come, at which pages say something else of it by the clock alone."""
        for when in (*self.values.values(), *(at for at, _ in self.released.revised)):
            if isinstance(when, dt.date):
                yield from (start_of(when) - AHEAD, start_of(when), end_of(when))
        if self.lapses is not None:
            yield self.lapses

    def priority(self, now: dt.datetime) -> str:
        """How urgent it is; empty where nothing is known, before its date, and once an urgent one has lapsed."""
        return "" if self.state(now)[0] in {"lapsed", "upcoming"} else str(self.values.get("priority", ""))


def end_of(when: When) -> dt.datetime:
    """The moment at which something in effect until ``when`` has ended."""
    if isinstance(when, dt.datetime):
        return when
    return dt.datetime.combine(when, dt.time(), dt.UTC) + _END_OF_DAY


def start_of(when: When) -> dt.datetime:
    """The moment at which something dated ``when`` begins."""
    return when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time(), dt.UTC) - _FIRST_OF_DAY


def to_come(when: When, now: dt.datetime) -> bool:
    """Whether a date is later than a bulletin is made ready beforehand."""
    return start_of(when) > now + AHEAD


def _in_time(when: When) -> tuple[dt.date, dt.datetime]:
    """An order for dates and moments as their authors wrote them: a day without a time comes before its hours."""
    if isinstance(when, dt.datetime):
        return when.date(), when
    return when, dt.datetime.min.replace(tzinfo=dt.UTC)


def spelled(when: When) -> str:
    """A date or moment for readers: ``Thu 12 March 2026, 02:55 EST``."""
    day = f"{when:%a} {when.day} {when:%B} {when.year}"
    if not isinstance(when, dt.datetime):
        return day
    zone = when.tzname() or ""
    return f"{day}, {when:%H:%M} {zone if zone[:1].isalpha() else f'UTC{zone}'}".strip()


@dataclass(frozen=True, slots=True)
class Gone(_Placed):
    """A bulletin that the edition had and that was recalled: its number, the day, its tombstone's page below docs."""

    id: str
    when: dt.date
    page: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The other bulletins of an edition, for pages that mention them.

    ``present`` by id; ``recalled`` holds the addresses of those that only have a tombstone; ``elsewhere`` the
    absolute addresses of pages in editions that see less, by id.
    """

    present: Mapping[str, Entry]
    recalled: Mapping[str, str]
    elsewhere: Mapping[str, Mapping[str, str]]
    now: dt.datetime

    def mentions(self, names: Iterable[str]) -> list[dict[str, str]]:
        """What a page says of others that this edition has or had: number, address, title with its mark, state."""
        told = []
        for name in names:
            if name in self.present:
                other = self.present[name]
                title = other.released.title
                each = {"id": name, "url": other.address, "title": title.words, "mark": str(title.mark)}
                told.append(each | {"state": self.state(name)})
            elif name in self.recalled:
                told.append({"id": name, "url": self.recalled[name], "state": "recalled"})
        return [{key: value for key, value in each.items() if value} for each in told]

    def marks(self, names: Iterable[str]) -> Iterator[Mark]:
        """The marks of the titles that ``mentions`` shows."""
        yield from (self.present[name].released.title.mark for name in names if name in self.present)

    def state(self, name: str) -> str:
        """What became of a bulletin: the state's key, empty where nothing is known."""
        return "recalled" if name in self.recalled else self.present[name].state(self.now)[0]
