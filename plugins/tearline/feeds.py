"""Items -> Atom and JSON Feed: one of each for an edition, and for each hazard and region that has bulletins.

Plain texts that are staged and published byte for byte. Every entry begins with its banner and the exercise line,
since a feed reader shows it without its page. Addresses are absolute, made of the edition's ``site_url``; an edition
without one has no feeds.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any, Final
from xml.etree import ElementTree as ET

from tearline.items import LIMIT, Item, Items, plain, stamp
from tearline.naming import FEED
from tearline.policy import Edition, Policy
from tearline.presentation import banner_of, labels, product

_ATOM: Final = "http://www.w3.org/2005/Atom"
_JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
_CATEGORIES: Final = {"hazards": "hazard", "regions": "region"}  # facets, and the folders of their lists
_NEVER: Final = "1970-01-01T00:00:00Z"  # when a feed without entries last changed


@dataclass(frozen=True, slots=True)
class Channel:
    """One feed: its folder below the site's root ("" or ending in a slash), its title, and whose bulletins it has.

    ``ids`` is None for those of the whole edition.
    """

    folder: str
    title: str
    ids: Collection[str] | None = None


def feeds(
    items: Items, channels: Iterable[Channel], policy: Policy, edition: Edition, now: dt.datetime
) -> dict[str, str]:
    """The texts of all feeds by their place below docs; none for an edition without ``site_url``.

    ``now`` is the moment of the build. A recall is in every feed: nothing is known any more
    of what the bulletin was about.
    """
    if not edition.site_url:
        return {}
    root = edition.site_url.rstrip("/") + "/"
    made = _Maker(root, policy, stamp(now, policy.zone))
    texts: dict[str, str] = {}
    for channel in channels:
        ids = (name for name in items.ids if channel.ids is None or name in items.recalled or name in channel.ids)
        chosen = [items.of(name) for name in islice(ids, LIMIT)]
        texts[f"{channel.folder}{FEED}.xml"] = made.atom(channel, chosen)
        texts[f"{channel.folder}{FEED}.json"] = made.json_feed(channel, chosen)
    return texts


class _Maker:
    """Makes feeds of one edition. What an item becomes is made once, however many feeds it is in."""

    def __init__(self, root: str, policy: Policy, now: str) -> None:
        self.root = root
        self.policy = policy
        self.now = now
        self.entries: dict[str, ET.Element] = {}
        self.objects: dict[str, dict[str, Any]] = {}

    def atom(self, channel: Channel, chosen: Sequence[Item]) -> str:
        """A feed after RFC 4287."""
        home = self.root + channel.folder
        feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
        _add(feed, "id", f"{home}{FEED}.xml")
        _add(feed, "title", plain(channel.title))
        _add(feed, "subtitle", self.about(chosen))
        _add(feed, "updated", self.changed(chosen))
        _add(_add(feed, "author"), "name", plain(self.policy.agency))
        _add(feed, "link", rel="self", type="application/atom+xml", href=f"{home}{FEED}.xml")
        _add(feed, "link", rel="alternate", type="text/html", href=home)
        feed.extend(self.entry(one) for one in chosen)
        return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'

    def json_feed(self, channel: Channel, chosen: Sequence[Item]) -> str:
        """A feed after JSON Feed 1.1."""
        home = self.root + channel.folder
        told = {
            "version": _JSON_FEED,
            "title": plain(channel.title),
            "description": self.about(chosen),
            "home_page_url": home,
            "feed_url": f"{home}{FEED}.json",
            "language": "en",
            "authors": [{"name": plain(self.policy.agency)}],
            "items": [self.object(one) for one in chosen],
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def changed(self, chosen: Sequence[Item]) -> str:
        """When a feed changed last. What is dated later than the build does not count: it has not come yet."""
        past = [one.updated for one in chosen if one.updated <= self.now]
        return max(past, default=self.now if chosen else _NEVER)

    def about(self, chosen: Sequence[Item]) -> str:
        """The banner of all that a feed holds, and the exercise line."""
        banner = banner_of((mark for one in chosen for mark in one.marks), self.policy)["banner"]
        return ". ".join([banner, *sorted({one.exercise for one in chosen if one.exercise})])

    def entry(self, item: Item) -> ET.Element:
        """An Atom entry."""
        if item.id not in self.entries:
            entry = ET.Element("entry")
            entry.text = entry.tail = "\n"
            _add(entry, "id", self.root + item.address)
            _add(entry, "title", headline(item))
            _add(entry, "link", rel="alternate", type="text/html", href=self.root + item.address)
            _add(entry, "published", item.published)
            _add(entry, "updated", item.updated)
            for scheme, term, label in self.categories(item):
                _add(entry, "category", scheme=f"{self.root}browse/{scheme}/", term=term, label=label)
            _add(entry, "summary", summary(item))
            _add(entry, "content", self.content(item), type="html")
            self.entries[item.id] = entry
        return self.entries[item.id]

    def object(self, item: Item) -> dict[str, Any]:
        """An item of JSON Feed."""
        if item.id not in self.objects:
            address = self.root + item.address
            told = {
                "id": address,
                "url": address,
                "title": headline(item),
                "summary": summary(item),
                "content_html": self.content(item),
                "date_published": item.published,
                "date_modified": item.updated,
                "tags": [label for _, _, label in self.categories(item)],
            }
            self.objects[item.id] = {key: value for key, value in told.items() if value}
        return self.objects[item.id]

    def categories(self, item: Item) -> Iterator[tuple[str, str, str]]:
        """The kind, the slug and the label of everything that a bulletin is listed under."""
        if item.entry is None:
            return
        for facet, folder in _CATEGORIES.items():
            known: Mapping[str, str] = getattr(self.policy.vocabulary, facet)
            values = [value for value in known if value in item.entry.released.facets[facet]]
            yield from zip((folder for _ in values), values, labels(self.policy, facet, values), strict=True)
        if (kind := product(item.entry, self.policy)) is not None:
            yield "product", kind["slug"], kind["label"]

    def content(self, item: Item) -> str:
        """What an entry says, as HTML: banner and exercise line first, the way to the page and whom to ask last.

        The number ends the banner: words beside a banner would be read as more of it.
        """
        head = [f"<strong>{escape(item.banner)}</strong> · {escape(item.id)}", escape(item.exercise)]
        lines = [self.line(line.label, line.words, line.address) for line in item.lines]
        address = self.root + item.address
        tail = [self.line("Read it", address, item.address), self.line("Contact", item.contact) if item.contact else ""]
        return "\n".join(f"<p>{one}</p>" for one in (*head, *lines, *tail) if one)

    def line(self, label: str, words: str, address: str | None = None) -> str:
        """A labelled line as HTML."""
        said = escape(words)
        if address is not None:
            said = f'<a href="{escape(self.root + address)}">{said}</a>'
        return f"<strong>{escape(label)}:</strong> {said}"


def headline(item: Item) -> str:
    """An entry's title, as lists of titles show it alone: exercise, state, marked title, number."""
    exercise = "EXERCISE" if item.exercise else ""
    return " · ".join(filter(None, [exercise, item.alert, item.title, item.id]))


def summary(item: Item) -> str:
    """An entry in one plain line that begins with its banner."""
    lines = [f"{line.label}: {line.words}" for line in item.lines]
    return " · ".join(filter(None, [item.banner, item.exercise, *lines]))


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, tag, attributes)
    made.text, made.tail = text, "\n"
    return made
