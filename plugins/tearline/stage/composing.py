"""Decided documents -> the edition's files: bulletins, tombstones, listings, home and the site's own pages."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from tearline.assets import Asset
from tearline.corpus import KnownBulletin, SitePage, resolved, target_id
from tearline.emit import Addresses
from tearline.entries import Entry, Gone, Neighbours, spelled
from tearline.facets import offered, told_of, told_of_page, told_of_tombstone
from tearline.feeds import Channel, feeds
from tearline.findings import Place, finding
from tearline.home import home, next_turn
from tearline.items import Recall, items
from tearline.listings import FED, groups, listings, search
from tearline.marking import Mark, lowest
from tearline.messages import messages
from tearline.naming import ASSETS, FEED, HOME, page_name
from tearline.pages import GONE, Surroundings, page_body
from tearline.presentation import (
    RECALLED,
    asking,
    bulletin_page,
    carried_by_tombstone,
    cut_at_numbers,
    desk,
    legend_of,
    page_of,
    said_by_phone,
)
from tearline.proof import Renderer
from tearline.release import Released, is_raster
from tearline.stage.bodies import Body
from tearline.stage.deciding import Decided
from tearline.stage.drafting import addresses, emitted
from tearline.stage.model import File


class Composer:
    """Fills an edition's tree. Each method adds one page, or says why it cannot be there.

    ``changed`` are the bulletins whose sources are no more as they were recorded when they are read again.
    """

    def __init__(
        self, decided: Decided, now: dt.datetime, renderer: Renderer, elsewhere: Mapping[str, Mapping[str, str]]
    ) -> None:
        self.decided = decided
        self.corpus = decided.corpus
        self.policy = decided.policy
        self.edition = decided.edition
        self.tree = decided.tree
        self.entries = decided.entries
        self.now = now
        self.renderer = renderer
        self.changed: set[str] = set()
        self.recalled = {name: decided.address(name) for name in decided.recalled}
        self.gone = [Gone(name, when, self.recalled[name]) for name, when in decided.recalled.items()]
        tombstones = {name: page.removesuffix(".md") + "/" for name, page in self.recalled.items()}
        self.among = Neighbours(self.entries, tombstones, elsewhere, now)
        self.names = {HOME, *(page.name for page in decided.pages), *(entry.page for entry in self.entries.values())}
        self.names.update(self.recalled.values())

    def compose(self, bulletins: Mapping[str, Callable[[], File]]) -> None:
        """Every page, and the files that pages use. ``bulletins`` give the bulletins' pages, by id."""
        self.tree.turn = next_turn(self.entries.values(), self.gone, self.now)
        for name, entry in self.entries.items():
            self.put_bulletin(self.decided.sources[name], entry, bulletins.get(name))
        for name, when in self.decided.recalled.items():
            self.tombstone(name, when)
        self.handed_on()
        for made in listings(list(self.entries.values()), self.policy, self.now, self.gone, feeds=self.fed):
            feed = {"feed": made.feed} if made.feed else {}
            told = self.told("listing", made.marks, marks=legend_of(made.marks), **feed, **made.told)
            self.put(made.page, {"title": made.title, "tearline": told}, made.body)
        self.search()
        self.home()
        for page in self.decided.pages:
            if page.name != HOME:
                text, marks = self.page_text(page, page.name)
                told = self.told("page", marks, search=told_of_page(page.name, page.page.metadata.marking))
                self.put(page.name, {**_front(page), "tearline": told}, text)

    def put(self, name: str, told: Mapping[str, Any], body: str) -> None:
        """A page of the edition."""
        self.tree.files[name] = File(told, body)

    def publish(self, assets: Iterable[Asset]) -> None:
        """Files that a page uses."""
        self.tree.assets |= {f"{ASSETS}/{asset.name}": asset for asset in assets}

    def told(self, kind: str, carried: Iterable[Mark], /, **more: Any) -> dict[str, Any]:
        """What the theme is told about a page."""
        return page_of(kind, self.edition, self.policy, carried, **more)

    # --- bulletins ------------------------------------------------------------------------------------------

    def addresses(self, name: str) -> Addresses:
        """Where links and files are, seen from the bulletin's page."""
        source = self.decided.sources[name]
        return addresses(
            self.entries[name].released, source.assets, lambda target: self.page_of(self.led(source, target))
        )

    def led(self, source: KnownBulletin, target: str) -> str:
        """The bulletin that a link leads to by its number or file name; empty where it leads to none."""
        return target_id(self.corpus, source.relative, target) or ""

    def emitted(self, name: str, released: Released) -> Body | None:
        """The body of the bulletin's page; None where the renderer would misread it. Nothing is changed by it."""
        return emitted(released, self.addresses(name), self.renderer)

    def page(self, name: str, body: Body) -> File:
        """The page of the bulletin with this id and body."""
        source, entry = self.decided.sources[name], self.entries[name]
        linked = dict.fromkeys(
            other
            for target, there in body.links.items()
            if there is not None and self.page_of(other := self.led(source, target)) is not None
        )
        front = bulletin_page(entry, self.edition, self.policy, self.among, linked)
        front["tearline"]["search"] = told_of(entry, self.policy, self.now)
        return File(front, body.text)

    def put_bulletin(self, source: KnownBulletin, entry: Entry, page: Callable[[], File] | None) -> None:
        """A bulletin's page and its files; a finding where there is no page."""
        if page is None:
            rule = "sources-changed" if source.id in self.changed else "emission-mismatch"
            self.tree.findings.append(finding(rule, Place(source.path), portion=source.id))
            self.tree.refused.append(source.path)
            return
        self.tree.files.later(entry.page, page)
        self.publish(source.assets[file] for file in entry.released.assets)

    def tombstone(self, name: str, when: dt.date) -> None:
        """A recalled bulletin's address says that it is, when, and whom to ask; nothing of what it said."""
        title = f"{name} was recalled"
        contact = desk(self.policy, self.edition)
        instead = self.decided.replacing(name)
        shown = [*([contact.mark] if contact is not None else []), *self.among.marks(instead)]
        marks = carried_by_tombstone(instead, contact, self.policy, self.among)
        said = f"Recalled on {spelled(when)}"
        told = self.told("tombstone", marks, marks=legend_of(shown), id=name, state="recalled", state_text=said)
        told["search"] = told_of_tombstone(name, when, lowest(self.policy.system))
        if instead:
            told["superseded_by"] = self.among.mentions(instead)
        if contact is not None:
            told["contact"] = said_by_phone(contact)
        whom = cut_at_numbers(asking(self.policy, self.edition, "Questions"))
        said = "".join(f"[{part['text']}](tel:{part['call']})" if "call" in part else part["text"] for part in whom)
        body = f"# {title}\n\n{RECALLED}{said}\n"
        self.put(self.decided.address(name), {"title": title, "tearline": told}, body)
        self.tree.recalled.append(f"{self.decided.address(name).removesuffix('.md')}/index.html")

    def search(self) -> None:
        """The search page, with what there is to narrow a search by."""
        entries = list(self.entries.values())
        made = search(entries, self.policy, self.now)
        told = self.told(
            "search", made.marks, marks=legend_of(made.marks), facets=offered(entries, self.policy, self.now)
        )
        self.put(made.page, {"title": made.title, "tearline": told}, made.body)

    # --- feeds and e-mail ------------------------------------------------------------------------------------

    @property
    def fed(self) -> bool:
        """Whether it has feeds: their addresses are absolute and never guessed, and nobody follows a copy on a disk."""
        return bool(self.edition.site_url) and self.tree.offline is None

    def handed_on(self) -> None:
        """What leaves the site without its pages: feeds, and texts for a mailer. A copy on a disk has neither."""
        if self.tree.offline is not None:
            return
        recalled = {
            name: Recall(self.among.recalled[name], when, self.decided.replacing(name))
            for name, when in self.decided.recalled.items()
        }
        made = items(recalled, self.among, self.policy, self.edition)
        channels = [Channel("", self.edition.site_name)]
        for folder, title, values in groups(list(self.entries.values()), self.policy):
            for name, label, chosen in values if folder in FED else ():
                ids = frozenset(entry.released.id for entry in chosen)
                channels.append(Channel(f"browse/{folder}/{name}/", f"{self.edition.site_name}. {title}: {label}", ids))
        self.tree.texts.update(feeds(made, channels, self.policy, self.edition, self.now))
        self.tree.texts.take(messages(made, self.policy, self.edition))

    # --- pages ------------------------------------------------------------------------------------------------

    def home(self) -> None:
        """What is urgent, in effect and latest, ways to the rest; then the words of the site's own index page."""
        made = home(list(self.entries.values()), self.policy, self.edition, self.now, self.gone)
        marks, body, front = list(made.marks), f"# {made.headline}\n", {"title": self.edition.site_name}
        own = next((page for page in self.decided.pages if page.name == HOME), None)
        if own is not None:
            text, more = self.page_text(own, HOME)
            body = f"{body}\n{_below_the_title(text)}"
            marks += more
            front |= _front(own)
        feed = {"feed": FEED} if self.fed else {}
        told = self.told("home", marks, marks=legend_of(made.marks), **feed, **made.told)
        self.put(HOME, {**front, "tearline": told}, body)

    def page_text(self, page: SitePage, name: str) -> tuple[str, list[Mark]]:
        """A page's Markdown in this edition, and the marks it carries: its own, and those of its pictures."""
        marks = [page.page.metadata.marking]
        folder = posixpath.dirname(name) or "."

        def link(target: str) -> str | None:
            path, hash_, fragment = target.partition("#")
            here = self.place_of(page.relative, path)
            return quote(posixpath.relpath(here, folder)) + hash_ + fragment if here else here

        def picture(target: str) -> str | None:
            entry = next((one for one in page.page.metadata.assets if one.file == target), None)
            if entry is None or target not in page.assets:
                return None
            if not self.edition.may_see(entry.marking) or (self.edition.sanitized and not is_raster(entry)):
                return GONE
            marks.append(entry.marking)
            self.publish([page.assets[target]])
            return posixpath.relpath(f"{ASSETS}/{page.assets[target].name}", folder)

        body = page_body(page, name, Surroundings(link, picture, self.has, self.renderer.render))
        if self.corpus.whole and body.findings:
            self.tree.findings += body.findings
            self.tree.refused.append(page.path)
        return body.text, marks

    def place_of(self, relative: str, target: str) -> str | None:
        """The staged page that a page's link leads to; ``GONE`` where only this edition lacks it, else None."""
        known = target_id(self.corpus, relative, target)
        if known is not None or self.policy.year_of(target) is not None:
            return self.page_of(known or "") or GONE
        path = resolved(relative, target)
        if path in self.corpus.documents:
            return page_name(path) if any(one.relative == path for one in self.decided.pages) else GONE
        return path if self.has(path) else None

    def page_of(self, name: str) -> str | None:
        """The staged page of a bulletin that the edition has, or had before it was recalled."""
        return self.entries[name].page if name in self.entries else self.recalled.get(name)

    def has(self, name: str) -> bool:
        """Whether there is such a file below docs in this edition."""
        return name in self.names or name in self.tree.files or name in self.tree.texts or name in self.tree.assets


def _front(page: SitePage) -> dict[str, Any]:
    """What a page's own front matter tells."""
    metadata = page.page.metadata
    given = {"title": metadata.title, "description": metadata.description, "hide": list(metadata.hide)}
    return {key: value for key, value in given.items() if value}


def _below_the_title(body: str) -> str:
    """A page's Markdown where it follows another's: its own title becomes a heading among others."""
    return re.sub(r"\A#[ \t]+", "## ", body)
