"""Released entries -> the pages that lead to them: all bulletins, and one page for each value of each facet.

Made of released metadata only; rows are told to the theme as data, as on the home page. What is not in an edition
leaves no gap here: counts, months and facet pages are made from what there is.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tearline.bulletin.metadata import When
from tearline.emit import escaped
from tearline.entries import Entry, Gone, end_of, spelled, to_come
from tearline.facets import SHOWN
from tearline.marking import Mark
from tearline.naming import ALL, BROWSE, FEED, SEARCH
from tearline.policy import Policy
from tearline.presentation import labels, machine_time
from tearline.release import FACETS

FACET_PAGES: Final = {
    "hazards": "hazard",
    "lifelines": "lifeline",
    "regions": "region",
    "hsec_sins": "information-need",
}
_BEFORE: Final = dt.timedelta(days=1)  # puts what is only known to be of a year after all that has a date in it
FED: Final = frozenset({"hazard", "region"})  # whose lists have feeds
FACET_TITLES: Final = {
    "hazards": "Hazard",
    "lifelines": "Community lifeline",
    "regions": "Region",
    "hsec_sins": "Standing information need",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A generated page: its file below docs, its title, its Markdown, and the marks it shows."""

    page: str
    title: str
    body: str
    marks: tuple[Mark, ...]
    feed: str = ""  # the place of its feeds below the site's root, without what tells their format
    told: Mapping[str, Any] = field(default_factory=dict)  # the rows that the theme lays out


class _Rows:
    """The rows of bulletins, each made once: a bulletin stands in many lists."""

    def __init__(self, policy: Policy, now: dt.datetime) -> None:
        self.policy = policy
        self.now = now
        self.made: dict[str, tuple[dict[str, Any], tuple[Mark, ...]]] = {}

    def of(self, entry: Entry) -> tuple[dict[str, Any], tuple[Mark, ...]]:
        """A bulletin's row and its marks. They are never changed, so lists share them."""
        name = entry.released.id
        if name not in self.made:
            self.made[name] = row(entry, self.policy, self.now), tuple(row_marks(entry))
        return self.made[name]


def newest_first(entries: Iterable[Entry], policy: Policy, now: dt.datetime) -> list[Entry]:
    """By the last change, then by number. What shows no date, or one that is to come, counts as older than its year.

    A year typed wrong must not keep a bulletin on top for ever.
    """

    def key(entry: Entry) -> tuple[dt.datetime, str]:
        when = entry.last if entry.last is not None and not to_come(entry.last, now) else None
        undated = when is None
        moment = _moment(when if when is not None else dt.date(max(int(entry.year), 1), 1, 1), policy)
        return (moment - _BEFORE if undated else moment, entry.released.id)

    return sorted(entries, key=key, reverse=True)


def _moment(when: When, policy: Policy) -> dt.datetime:
    """A date's first moment in the site's own zone; a moment as it is."""
    return when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time(), policy.zone)


def row(entry: Entry, policy: Policy, now: dt.datetime) -> dict[str, Any]:
    """A bulletin in a list, as the theme takes it: what it is, how urgent, until when, what changed last."""
    title, (state, sentence) = entry.released.title, entry.state(now)
    when, until, kind = (entry.values.get(key) for key in ("date", "in_effect_until", "product"))
    nameless = title.words == entry.released.id
    said = {
        "id": "" if nameless else entry.released.id,
        "url": entry.address,
        "title": f"Bulletin {title.words}" if nameless else title.words,
        "mark": str(title.mark),
        "product": ", ".join(labels(policy, "products", [kind])) if kind else "",
        "date": spelled(when) if when is not None else "",
        "priority": entry.priority(now),
        "state": state,
        "state_text": {"ended": "No longer in effect"}.get(state, sentence.split(". ")[0]),
        "until": machine_time(end_of(until)) if state == "in-effect" and until is not None else "",
        "lapses": machine_time(entry.lapses) if state == "open" and entry.lapses is not None else "",
        "updated": _update(entry),
    }
    return {key: value for key, value in said.items() if value}


def _update(entry: Entry) -> dict[str, str]:
    """When and how a bulletin was last changed."""
    for at, change in entry.updates[:1]:
        return {"at": spelled(at), "mark": str(change.mark), "text": change.words}
    return {}


def row_marks(entry: Entry) -> Iterator[Mark]:
    """The marks of what a row shows, or tells by standing where it stands."""
    yield entry.released.title.mark
    yield from (change.mark for _, change in entry.updates[:1])
    yield from entry.marks


def search(entries: Iterable[Entry], policy: Policy, now: dt.datetime) -> Listing:
    """The search page: it has no words of its own, and the marks of everything that a result can show."""
    chosen = newest_first(entries, policy, now)
    marks = [mark for entry in chosen for mark in row_marks(entry)]
    marks += [entry.released.texts[key].mark for entry in chosen for key in SHOWN if key in entry.released.texts]
    return Listing(SEARCH, "Search", "# Search\n", tuple(dict.fromkeys(marks)))


def _list_page(page: str, title: str, rows: _Rows, newest: Iterable[Entry], gone: Iterable[Gone] = ()) -> Listing:
    chosen = [rows.of(entry) for entry in newest]
    recalled = [gone_row(each) for each in latest_recall_first(gone)]
    empty = not chosen and not recalled
    told: dict[str, Any] = {"rows": [each for each, _ in chosen], "recalled": recalled, "empty": empty}
    marks = tuple(dict.fromkeys(mark for _, marks in chosen for mark in marks))
    return Listing(
        page, title, f"# {escaped(title)}\n", marks, told={key: value for key, value in told.items() if value}
    )


def gone_row(gone: Gone) -> dict[str, str]:
    """A recalled bulletin in a list: its number and the day, and nothing of what it said."""
    return {"id": gone.id, "url": gone.address, "date": spelled(gone.when)}


def latest_recall_first(gone: Iterable[Gone]) -> list[Gone]:
    """By the day of the recall, then by number."""
    return sorted(gone, key=lambda each: (each.when, each.id), reverse=True)


def _with_feed(listing: Listing) -> Listing:
    """A list that can be followed in a feed reader, and says so at its end."""
    feed = f"{listing.page.removesuffix('.md')}/{FEED}"
    here = posixpath.relpath(feed, posixpath.dirname(listing.page))
    said = f"Feeds of this list: [Atom]({here}.xml), [JSON Feed]({here}.json)"
    return replace(listing, body=f"{listing.body}\n{said}\n", feed=feed)


def groups(entries: Sequence[Entry], policy: Policy) -> Iterator[tuple[str, str, list[tuple[str, str, list[Entry]]]]]:
    """Per way of browsing: its folder, its title, and (file name, label, entries) of each value that has any."""
    for facet in FACETS:
        known: Mapping[str, str] = getattr(policy.vocabulary, facet)
        having = _having((entry, entry.released.facets[facet]) for entry in entries)
        values = [(value.lower(), label, having[value]) for value, label in known.items() if value in having]
        yield FACET_PAGES[facet], FACET_TITLES[facet], values
    having = _having((entry, [_product(entry, policy)]) for entry in entries)
    known = policy.vocabulary.products
    yield "product", "Product", [(name, label, having[name]) for name, label in known.items() if name in having]
    having = _having((entry, [entry.year]) for entry in entries)
    yield "year", "Year", [(year, year, having[year]) for year in sorted(filter(None, having), reverse=True)]


def _having(valued: Iterable[tuple[Entry, Iterable[str | None]]]) -> dict[str | None, list[Entry]]:
    """The entries that have each value, in their order."""
    found: dict[str | None, list[Entry]] = {}
    for entry, values in valued:
        for value in values:
            found.setdefault(value, []).append(entry)
    return found


def _product(entry: Entry, policy: Policy) -> str | None:
    value = entry.values.get("product")
    return policy.vocabulary.find("products", value) if value else None


def listings(
    entries: Sequence[Entry], policy: Policy, now: dt.datetime, gone: Sequence[Gone] = (), *, feeds: bool = False
) -> list[Listing]:
    """Every page that lists bulletins, but the home page. ``feeds``: whether the edition has any.

    What is ``gone`` stands in the list of all and in that of its year.
    """
    rows, newest = _Rows(policy, now), newest_first(entries, policy, now)
    made = [_list_page(ALL, "All bulletins", rows, newest, gone)]
    overview = ["# Browse", ""]
    for folder, title, values in groups(newest, policy):
        if values:
            overview += [f"## {title}", ""]
        for name, label, chosen in values:
            page = f"browse/{folder}/{name}.md"
            recalled = [each for each in gone if folder == "year" and each.year == name]
            listing = _list_page(page, f"{title}: {label}" if folder != "year" else label, rows, chosen, recalled)
            made.append(_with_feed(listing) if feeds and folder in FED else listing)
            overview.append(f"- [{escaped(label)}]({folder}/{name}.md) ({len(chosen):,})")
        overview += [""]
    if feeds:
        overview += ["## Feeds", "", f"For a feed reader: [Atom](../{FEED}.xml), [JSON Feed](../{FEED}.json). "]
        overview[-1] += "Each hazard and each region has feeds of its own, named at the end of its list."
    marks = tuple(dict.fromkeys(mark for entry in entries for mark in entry.marks))
    made.append(Listing(BROWSE, "Browse", "\n".join(overview), marks, told={} if entries else {"empty": True}))
    return made
