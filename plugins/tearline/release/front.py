"""The front matter: what an edition may see of texts, values and the history of revisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from tearline.bulletin.metadata import MarkedValue, When
from tearline.marking import Mark
from tearline.policy import Vocabulary
from tearline.release.model import FACETS, SINGLES, TEXT_KEYS, Shown
from tearline.release.picking import Picking

ASIDES: Final = {
    "title_released": "Title in other editions",
    "summary_released": "Summary in other editions",
    "area_released": "Area in other editions",
    "action_released": "Action in other editions",
    "contact_released": "Contact in other editions",
    "compilation_reason": "Why the whole is marked higher than its parts",
}
T = TypeVar("T")


class FrontMatter:
    """Picks metadata. What has no mark is released with the bulletin (marking-language.md, section 3)."""

    def __init__(self, picking: Picking, vocabulary: Vocabulary) -> None:
        self.picking = picking
        self.vocabulary = vocabulary
        self.metadata = picking.bulletin.metadata
        self.marks: list[Mark] = []

    def texts(self) -> dict[str, Shown]:
        """The marked texts by key, or the wordings for editions that may not see them."""
        found: dict[str, Shown] = {}
        for key in TEXT_KEYS:
            value = getattr(self.metadata, key)
            shown = self.picking.text(value, getattr(self.metadata, f"{key}_released")) if value is not None else None
            if shown is not None:
                found[key] = shown
        return found

    def value(self, value: MarkedValue[T]) -> T | None:
        """A value without a mark, or one that the edition may see."""
        if value.mark is not None:
            if not self.picking.may_see(value.mark):
                self.picking.lose([str(value.value)])
                return None
            self.marks.append(value.mark)
            self.picking.carried.append(value.mark)
        return value.value

    def values(self, values: Iterable[MarkedValue[T]]) -> tuple[T, ...]:
        """Those of the values that the edition may see."""
        return tuple(kept for kept in map(self.value, values) if kept is not None)

    def singles(self) -> dict[str, When | str]:
        """The single values (dates, product, priority, originator) by key."""
        given = {key: value for key in SINGLES if (value := getattr(self.metadata, key)) is not None}
        return {key: shown for key, value in given.items() if (shown := self.value(value)) is not None}

    def facets(self) -> dict[str, tuple[str, ...]]:
        """The values of each facet as slugs."""
        return {facet: self.facet(facet) for facet in FACETS}

    def facet(self, facet: str) -> tuple[str, ...]:
        """A facet's values. One that the vocabulary does not list says nobody knows what: it is withheld."""
        known: list[str] = []
        for value in getattr(self.metadata, facet):
            listed = self.vocabulary.find(facet, value.value)
            if listed is None and self.picking.edition.sanitized:
                self.picking.lose([value.value])
            elif self.value(value) is not None:
                known.append(listed or value.value)
        return tuple(dict.fromkeys(known))

    def revisions(self) -> tuple[tuple[When, Shown], ...]:
        """The history of revisions. A row is shown whole or not at all."""
        shown: list[tuple[When, Shown]] = []
        for row in self.metadata.revised:
            mark = row.change.mark
            at = self.value(row.at) if mark is not None and self.picking.may_see(mark) else None
            if at is None or mark is None:
                self.picking.lose([row.change.words])
            else:
                shown.append((at, self.picking.show(mark, row.change.words)))
        return tuple(shown)

    def asides(self) -> tuple[tuple[str, Shown], ...]:
        """For readers of everything: what other editions are told instead, and why the whole is marked higher."""
        if self.picking.edition.sanitized:
            reason = self.metadata.compilation_reason
            if reason is not None and (reason.mark is None or not self.picking.may_see(reason.mark)):
                self.picking.lost.append(reason.words)
            return ()
        texts = [(label, getattr(self.metadata, key)) for key, label in ASIDES.items()]
        shown = [(label, self.picking.text(text)) for label, text in texts if text is not None]
        return tuple((label, text) for label, text in shown if text is not None)
