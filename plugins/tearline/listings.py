"""Released entries -> the pages that lead to them: all bulletins, and one page for each value of each facet.

Plain Markdown, made of released metadata only. What is not in an edition leaves no gap here: counts, months and
facet pages are made from what there is.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tearline.emit import escaped
from tearline.entries import Entry, spelled
from tearline.facets import SHOWN
from tearline.marking import Mark
from tearline.naming import ALL, BROWSE, FEED, SEARCH
from tearline.policy import Policy
from tearline.presentation import labels
from tearline.release import FACETS

FACET_PAGES: Final = {
    "hazards": "hazard",
    "lifelines": "lifeline",
    "regions": "region",
    "hsec_sins": "information-need",
}
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


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """By publication date, then by number; what shows no date comes by the year in its number."""

    def key(entry: Entry) -> tuple[str, str]:
        when = entry.values.get("date")
        if isinstance(when, dt.datetime):
            when = when.astimezone(dt.UTC)
        return (when.isoformat() if when is not None else entry.year, entry.released.id)

    return sorted(entries, key=key, reverse=True)


def _link(entry: Entry, page: str) -> str:
    title = entry.released.title
    target = posixpath.relpath(entry.page, posixpath.dirname(page) or ".")
    return f"({title.mark}) [{escaped(title.words)}]({target})"


def _remarks(entry: Entry, policy: Policy, now: dt.datetime) -> str:
    """Number, product, date, and what a reader must know before opening it."""
    product, when = entry.values.get("product"), entry.values.get("date")
    said = [entry.released.id, *labels(policy, "products", [product] if product else [])]
    said += [spelled(when)] if when is not None else []
    state, sentence = entry.state(now)
    words = {"ended": "No longer in effect", "superseded": sentence, "in-effect": sentence.split(". ")[0]}
    strong = [f"**{escaped(words[state])}**"] if state else []
    return " · ".join([*map(escaped, said), *strong])


def _row(entry: Entry, page: str, policy: Policy, now: dt.datetime) -> list[str]:
    return [f"- {_link(entry, page)}  ", f"    {_remarks(entry, policy, now)}"]


def row_marks(entry: Entry) -> Iterator[Mark]:
    """The marks of what a row shows, or tells by standing where it stands."""
    yield entry.released.title.mark
    yield from entry.marks


def search(entries: Iterable[Entry]) -> Listing:
    """The search page: it has no words of its own, and the marks of everything that a result can show."""
    chosen = newest_first(entries)
    marks = [mark for entry in chosen for mark in row_marks(entry)]
    marks += [entry.released.texts[key].mark for entry in chosen for key in SHOWN if key in entry.released.texts]
    return Listing(SEARCH, "Search", "# Search\n", tuple(marks))


def _list_page(page: str, title: str, entries: Iterable[Entry], policy: Policy, now: dt.datetime) -> Listing:
    chosen = newest_first(entries)
    lines = [f"# {escaped(title)}", ""]
    lines += [line for entry in chosen for line in _row(entry, page, policy, now)]
    return Listing(page, title, "\n".join(lines) + "\n", tuple(mark for entry in chosen for mark in row_marks(entry)))


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
        values = [
            (value.lower(), label, [entry for entry in entries if value in entry.released.facets[facet]])
            for value, label in known.items()
        ]
        yield FACET_PAGES[facet], FACET_TITLES[facet], [group for group in values if group[2]]
    products = [
        (name, label, [entry for entry in entries if _product(entry, policy) == name])
        for name, label in policy.vocabulary.products.items()
    ]
    yield "product", "Product", [group for group in products if group[2]]
    years = sorted({entry.year for entry in entries}, reverse=True)
    yield "year", "Year", [(year, year, [entry for entry in entries if entry.year == year]) for year in years]


def _product(entry: Entry, policy: Policy) -> str | None:
    value = entry.values.get("product")
    return policy.vocabulary.find("products", value) if value else None


def listings(entries: Sequence[Entry], policy: Policy, now: dt.datetime, *, feeds: bool = False) -> list[Listing]:
    """Every page that lists bulletins, but the home page. ``feeds``: whether the edition has any."""
    made = [_list_page(ALL, "All bulletins", entries, policy, now)]
    overview = ["# Browse", ""]
    for folder, title, values in groups(entries, policy):
        if values:
            overview += [f"## {title}", ""]
        for name, label, chosen in values:
            page = f"browse/{folder}/{name}.md"
            listing = _list_page(page, f"{title}: {label}" if folder != "year" else label, chosen, policy, now)
            made.append(_with_feed(listing) if feeds and folder in FED else listing)
            overview.append(f"- [{escaped(label)}]({folder}/{name}.md) ({len(chosen)})")
        overview += [""]
    if feeds:
        overview += ["## Feeds", "", f"For a feed reader: [Atom](../{FEED}.xml), [JSON Feed](../{FEED}.json). "]
        overview[-1] += "Each hazard and each region has feeds of its own, named at the end of its list."
    marks = tuple(mark for entry in entries for mark in entry.marks)
    made.append(Listing(BROWSE, "Browse", "\n".join(overview), marks))
    return made
