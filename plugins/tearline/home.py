"""Released entries -> the front page: what is urgent, what else is in effect, the latest, and ways to all the rest.

It is told to the theme as data, which lays it out. A site that nobody builds any more must not look like a quiet
night, so it says when it was published, and whom to call when that was long ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tearline.entries import URGENT, Entry, Gone, end_of, spelled
from tearline.listings import gone_row, groups, latest_recall_first, newest_first, row, row_marks
from tearline.marking import Mark
from tearline.policy import Edition, Policy
from tearline.presentation import above_lowest, desk, machine_time, said_by_phone

RECALLED_FOR: Final = dt.timedelta(days=14)  # a recall is told on the front page
LATEST: Final = 8  # entries of the "latest" list
STALE_AFTER: Final = 12  # hours after which a reader should wonder
TRADE: Final = frozenset({"information-need"})  # ways that only the trade looks for; the browse page has them


@dataclass(frozen=True, slots=True)
class Home:
    """The front page: its headline, what the theme is told, and the marks of what it shows."""

    headline: str
    told: dict[str, Any]
    marks: tuple[Mark, ...]


def home(
    entries: Sequence[Entry], policy: Policy, edition: Edition, now: dt.datetime, gone: Sequence[Gone] = ()
) -> Home:
    """The front page as it is at ``now``. ``gone`` is what was recalled."""
    newest = newest_first(entries, policy, now)
    states = {entry.released.id: entry.state(now)[0] for entry in newest}
    urgent = [entry for entry in newest if _is_urgent(entry, now)]
    rest = _without(newest, urgent)
    others = [entry for entry in rest if states[entry.released.id] == "in-effect"]
    latest = _without(rest, others)[:LATEST]
    contact = desk(policy, edition)
    told = {
        "urgent": [_card(entry, policy, now) for entry in urgent],
        "current": [_card(entry, policy, now) for entry in others],
        "latest": [row(entry, policy, now) for entry in latest],
        "recalled": [gone_row(each) for each in latest_recall_first(gone) if _told_until(each) > now],
        "browse": list(_ways(entries, policy)),
        "published": {
            "text": spelled(now.astimezone(policy.zone)),
            "at": machine_time(now),
            "stale_after": STALE_AFTER,
        },
        "contact": said_by_phone(contact),
    }
    marks = [mark for entry in (*urgent, *others, *latest) for mark in _marks(entry)]
    marks += [mark for entry in entries for mark in entry.marks]  # those of the counts
    marks += above_lowest([contact.mark]) if contact is not None else []
    return Home(
        _headline(urgent, others), {key: value for key, value in told.items() if value}, tuple(dict.fromkeys(marks))
    )


def next_turn(entries: Iterable[Entry], gone: Iterable[Gone], now: dt.datetime) -> dt.datetime | None:
    """The first moment after ``now`` at which any page of an edition says something else, but for a new day."""
    turns = [one for entry in entries for one in entry.turns() if one > now]
    return min([*turns, *(one for each in gone if (one := _told_until(each)) > now)], default=None)


def _told_until(gone: Gone) -> dt.datetime:
    return end_of(gone.when) + RECALLED_FOR


def _without(entries: Iterable[Entry], some: Iterable[Entry]) -> list[Entry]:
    """Entries but some of them, in the same order."""
    names = {entry.released.id for entry in some}
    return [entry for entry in entries if entry.released.id not in names]


def _is_urgent(entry: Entry, now: dt.datetime) -> bool:
    """Whether it stands at the top: urgent, and until its time is over or, where it names none, until it lapses."""
    return entry.state(now)[0] in {"in-effect", "open"} and entry.priority(now) == URGENT


def _headline(urgent: Sequence[Entry], others: Sequence[Entry]) -> str:
    """What a reader in a hurry has to know first; an empty state is said in words."""
    if not urgent:
        return f"No urgent bulletins in effect{f', {len(others):,} others' if others else ''}"
    more = f", {len(others):,} more" if others else ""
    return f"In effect now: {len(urgent):,} urgent{more}"


def _card(entry: Entry, policy: Policy, now: dt.datetime) -> dict[str, Any]:
    """A bulletin, readable without opening it: what, until when, what to do, where."""
    said = row(entry, policy, now)
    for key in ("action", "area"):
        if key in entry.released.texts:
            text = entry.released.texts[key]
            said[key] = {"mark": str(text.mark), "text": text.words}
    return said


def _marks(entry: Entry) -> Iterator[Mark]:
    yield from row_marks(entry)
    yield from (entry.released.texts[key].mark for key in ("action", "area") if key in entry.released.texts)


def _ways(entries: Iterable[Entry], policy: Policy) -> Iterator[dict[str, Any]]:
    """The ways to browse that an emergency manager looks for, with how many bulletins each value has."""
    for folder, title, values in groups(list(entries), policy):
        if values and folder not in TRADE:
            ways = [
                {"label": label, "url": f"browse/{folder}/{name}/", "count": f"{len(of):,}"}
                for name, label, of in values
            ]
            yield {"title": title, "ways": ways}
