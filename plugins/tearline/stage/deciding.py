"""What each document comes to in one edition. From here on, nothing knows a source any more than it may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from tearline.bulletin.metadata import MarkedValue
from tearline.corpus import Corpus, MarkedBulletin, SitePage
from tearline.entries import Entry
from tearline.marking import Mark
from tearline.policy import Edition, Policy
from tearline.release import FACETS, Released, release
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
        self.sources: dict[str, MarkedBulletin] = {}
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

    def decide(self, source: MarkedBulletin) -> None:
        """A bulletin: what it comes to in this edition."""
        decision = release(source.marked, self.edition, self.policy.vocabulary)
        self.tree.findings += decision.findings
        when = source.bulletin.metadata.recalled
        if decision.released is not None:
            self.enter(source, decision.released)
        elif decision.recalled and when is not None:
            self.recalled[source.id] = when

    def decide_page(self, page: SitePage) -> None:
        """A page, which is in the edition whole or not at all."""
        if self.edition.may_see(page.page.metadata.marking):
            self.pages.append(page)

    def enter(self, source: MarkedBulletin, released: Released) -> None:
        """A bulletin that is in the edition. What goes on of its front matter is picked here, and nothing else."""
        metadata = source.bulletin.metadata
        values = {key: getattr(metadata, key) for key in released.visible}
        listed = [value for key in (*FACETS, "supersedes", "related") for value in getattr(metadata, key)]
        changes = [row for row in metadata.revised if row.change.mark and self.edition.may_see(row.change.mark)]
        listed += [row.at for row in changes]  # lists show when, and are ordered by it
        self.entries[source.id] = Entry(
            released,
            {key: value.value for key, value in values.items()},
            tuple(self.seen_marks([*values.values(), *listed])),
            self.address(source.id),
            quiet=metadata.withheld_notice is not None,
        )
        self.sources[source.id] = source

    def seen_marks(self, values: Iterable[MarkedValue[Any]]) -> Iterator[Mark]:
        """The marks that values were given, of those that the edition may see."""
        yield from (one.mark for one in values if one.mark is not None and self.edition.may_see(one.mark))

    def replacing(self, name: str) -> tuple[str, ...]:
        """The released bulletins that say they replace this one."""
        return tuple(sorted(self.newer.get(name, set()) - {name}))

    def address(self, name: str) -> str:
        """A bulletin's staged file comes from its product number: a source's own name never becomes public."""
        return f"{self.policy.year_of(name)}/{name.lower()}.md"
