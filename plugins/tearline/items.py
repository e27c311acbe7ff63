"""Released bulletins and recalls -> items: the few lines that feeds and e-mail say of each, in one order.

An item is handed on without its page, so it says its banner and the exercise line itself. Its dates are the
bulletin's own: a build at another moment tells nobody that something is new.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tearline.bulletin.metadata import When
from tearline.entries import Entry, Neighbours, spelled
from tearline.marking import Mark, join
from tearline.policy import Edition, Policy
from tearline.presentation import (
    DATE_LABELS,
    EXERCISE,
    RECALLED,
    TEXT_LABELS,
    banner_of,
    carried_by,
    carried_by_tombstone,
    desk,
)
from tearline.release import Shown

LIMIT: Final = 100  # items of a feed, and of the mailers' index
_KEPT: Final = 1024  # items that are not made again: one is in several feeds, and in two texts
_STATES: Final = {"ended": "ENDED", "superseded": "REPLACED", "recalled": "RECALLED"}
# What XML cannot hold, and what turns the direction of a line that a marking stands in.
_FOREIGN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Line:
    """A label, perhaps empty, its words, and the address below the site's root that they lead to, perhaps none."""

    label: str
    words: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A bulletin as it is handed on: ``entry`` is None where it was recalled, and nothing is said of it but that.

    ``mark`` is the banner in its short form; ``alert`` one word in capitals that stands before the title, perhaps none;
    ``updated`` and ``published`` are moments as feeds spell them, ``revised`` is whether a revision is told of.
    """

    id: str
    address: str
    marks: tuple[Mark, ...]
    banner: str
    mark: str
    exercise: str
    alert: str
    state: str
    priority: str
    title: str
    lines: tuple[Line, ...]
    sharing: str
    contact: str
    published: str
    updated: str
    revised: bool = False
    entry: Entry | None = None


Make = Callable[[str], Item]


def plain(words: str) -> str:
    """Words as one line that every format can hold: a line break would make a second one, perhaps a header."""
    return _FOREIGN.sub("\ufffd", " ".join(words.split()))


def stamp(when: When, zone: dt.tzinfo) -> str:
    """A date or moment as feeds spell it; a date is its first moment in the site's time zone.

    In UTC it would be the evening before to a reader in America. Its end would be later than what happened that day.
    """
    moment = when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time(), zone)
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Recall:
    """A bulletin that was recalled: the address of its tombstone, the day, and what replaces it in the edition."""

    address: str
    when: dt.date
    instead: tuple[str, ...]


class Items:
    """Everything that an edition hands on, what changed last first; an item is made when it is asked for.

    ``ids`` are in that order, ``addresses`` those of the pages; ``recalled`` are the ids of those of which nothing is
    said but that.
    """

    def __init__(
        self, changed: Mapping[str, str], addresses: Mapping[str, str], recalled: Collection[str], make: Make
    ) -> None:
        self.ids = sorted(changed, key=lambda name: (changed[name], name), reverse=True)
        self.addresses = addresses
        self.recalled = recalled
        self.of = lru_cache(_KEPT)(make)

    def __iter__(self) -> Iterator[Item]:
        return map(self.of, self.ids)


def items(recalled: Mapping[str, Recall], among: Neighbours, policy: Policy, edition: Edition) -> Items:
    """Everything that an edition hands on."""
    changed = {name: _times(entry, policy)[1] for name, entry in among.present.items()}
    changed |= {name: stamp(recall.when, policy.zone) for name, recall in recalled.items()}
    addresses = {name: entry.address for name, entry in among.present.items()}
    addresses |= {name: recall.address for name, recall in recalled.items()}

    def make(name: str) -> Item:
        if name in recalled:
            return _recall(name, recalled[name], among, policy, edition)
        return _item(among.present[name], among, policy, edition)

    return Items(changed, addresses, recalled.keys(), make)


def _times(entry: Entry, policy: Policy) -> tuple[str, str]:
    """When a bulletin was published, and when it was last changed."""
    published = stamp(entry.values.get("date", dt.date(int(entry.year), 1, 1)), policy.zone)
    return published, max([published, *(stamp(at, policy.zone) for at, _ in entry.released.revised)])


def _item(entry: Entry, among: Neighbours, policy: Policy, edition: Edition) -> Item:
    released = entry.released
    state, sentence = entry.state(among.now)
    priority = entry.priority(among.now)
    current = state not in _STATES
    contact = released.texts.get("contact") or desk(policy, edition)
    marks = tuple(carried_by(entry, contact, among))
    published, updated = _times(entry, policy)
    return Item(
        id=released.id,
        address=entry.address,
        marks=marks,
        banner=_banner(marks, policy),
        mark=_short(marks, policy),
        exercise=_exercise(policy),
        alert="URGENT" if current and priority == "urgent" else _STATES.get(state, ""),
        state=state,
        priority=priority,
        title=_marked(released.title),
        lines=tuple(_lines(entry, priority if current else "", sentence, among.present, policy.zone)),
        sharing=released.banner.sharing,
        contact=_marked(contact) if contact is not None else "",
        published=published,
        updated=updated,
        revised=bool(released.revised),
        entry=entry,
    )


def _lines(entry: Entry, priority: str, state: str, present: Mapping[str, Entry], zone: dt.tzinfo) -> Iterator[Line]:
    """What a reader has to know before opening it: how urgent, until when, what changed last, what to do, where.

    Labels and words are those of the page, so that what is handed on says nothing that its page does not.
    """
    if priority:
        yield Line("Priority", plain(priority.capitalize()))
    if state:
        yield Line("State", plain(state))
    for name in entry.superseded_by:
        if name in present:
            yield Line("Use instead", name, present[name].address)
    if entry.released.revised:
        at, change = max(entry.released.revised, key=lambda each: stamp(each[0], zone))
        yield Line(f"Updated {plain(spelled(at))}", _marked(change))
    for key in ("summary", "action", "area"):
        if key in entry.released.texts:
            yield Line(TEXT_LABELS[key], _marked(entry.released.texts[key]))
    if "date" in entry.values:
        yield Line(DATE_LABELS["date"], plain(spelled(entry.values["date"])))


def _recall(name: str, recall: Recall, among: Neighbours, policy: Policy, edition: Edition) -> Item:
    """A recalled bulletin: its number, the day, whom to ask; no title, no words, no reason."""
    contact = desk(policy, edition)
    marks = tuple(carried_by_tombstone(recall.instead, contact, policy, among))
    return Item(
        id=name,
        address=recall.address,
        marks=marks,
        banner=_banner(marks, policy),
        mark=_short(marks, policy),
        exercise=_exercise(policy),
        alert=_STATES["recalled"],
        state="recalled",
        priority="",
        title="do not use",
        lines=(Line("State", f"Recalled on {spelled(recall.when)}: do not use. {RECALLED}"),),
        sharing="",
        contact=_marked(contact) if contact is not None else "",
        published=stamp(recall.when, policy.zone),
        updated=stamp(recall.when, policy.zone),
    )


def _marked(text: Shown) -> str:
    return f"({text.mark}) {plain(text.words)}"


def _exercise(policy: Policy) -> str:
    return EXERCISE if policy.exercise else ""


def _banner(marks: Iterable[Mark], policy: Policy) -> str:
    return banner_of(marks, policy)["banner"]


def _short(marks: Iterable[Mark], policy: Policy) -> str:
    """The roll-up as portions spell it, one for each marking system."""
    given = list(marks)
    names = sorted({mark.system for mark in given}, key=lambda name: (name != policy.system, name))
    return " · ".join(str(join(name, [mark for mark in given if mark.system == name])) for name in names)
