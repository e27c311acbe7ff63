"""What each document comes to in one edition. From here on, nothing knows a source any more than it may."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tearline.corpus import Corpus, KnownBulletin, SitePage
from tearline.entries import Entry
from tearline.naming import bulletin_name
from tearline.policy import Edition, Policy
from tearline.stage.model import Tree


class Decided:
    """An edition's documents: ``entries`` by id, the ``pages`` it may see, and ``recalled`` with their dates.

    ``newer`` holds the bulletins that say they replace one, by its id.
    """

    def __init__(self, corpus: Corpus, policy: Policy, edition: Edition) -> None:
        self.corpus = corpus
        self.policy = policy
        self.edition = edition
        self.tree = Tree(edition)
        self.entries: dict[str, Entry] = {}
        self.sources: dict[str, KnownBulletin] = {}
        self.recalled: dict[str, dt.date] = {}
        self.pages: list[SitePage] = []
        for source in corpus.bulletins:
            self.decide(source)
        self.newer: dict[str, set[str]] = {}
        for name, one in self.entries.items():
            for older in one.released.supersedes:
                self.newer.setdefault(older, set()).add(name)
        self.entries = {name: replace(one, superseded_by=self.replacing(name)) for name, one in self.entries.items()}
        for page in corpus.pages:
            self.decide_page(page)
        self.tree.bulletins = len(self.entries)

    def decide(self, source: KnownBulletin) -> None:
        """A bulletin: what it comes to in this edition."""
        record, ruling = source.record, source.record.rulings[self.edition.name]
        self.tree.findings += ruling.findings
        if ruling.outline is not None:
            page, values = self.address(source.id), ruling.outline.values
            self.entries[source.id] = Entry(ruling.outline, values, ruling.marks, page, quiet=record.quiet)
            self.sources[source.id] = source
        elif ruling.recalled and record.recalled is not None:
            self.recalled[source.id] = record.recalled

    def decide_page(self, page: SitePage) -> None:
        """A page, which is in the edition whole or not at all."""
        if self.edition.may_see(page.page.metadata.marking):
            self.pages.append(page)

    def replacing(self, name: str) -> tuple[str, ...]:
        """The released bulletins that say they replace this one."""
        return tuple(sorted(self.newer.get(name, set()) - {name}))

    def address(self, name: str) -> str:
        """The staged file of the bulletin with this number."""
        return bulletin_name(self.policy.year_of(name) or "", name)
