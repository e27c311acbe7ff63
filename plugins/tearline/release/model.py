"""What a release is: words an edition may see and nothing that was derived from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from tearline.bulletin.metadata import When
from tearline.bulletin.tree import Block, Note
from tearline.findings import Finding
from tearline.marking import Mark

TEXT_KEYS: Final = ("title", "summary", "area", "action", "contact")
FACETS: Final = ("hazards", "lifelines", "regions", "hsec_sins")
SINGLES: Final = ("date", "information_cutoff", "in_effect_until", "product", "priority", "originator")


@dataclass(frozen=True, slots=True)
class Shown:
    """Words of the front matter that an edition may see, with the mark they are shown under."""

    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What one edition gets of one bulletin, but for the body: all that lists and other pages need to know.

    ``texts``, ``values`` (dates, product, …) and ``facets`` are keyed as in the front matter, facets hold the
    vocabulary's slugs; ``value_marks`` are the marks that values and facets were given; ``asides`` are what an edition
    that withholds nothing tells besides; ``assets`` are in the order of use; ``banner`` is the roll-up of all that the
    edition gets, the body among it, ``legend`` the marks a reader will see, lowest first.
    """

    id: str
    system: str
    title: Shown
    texts: Mapping[str, Shown]
    facets: Mapping[str, tuple[str, ...]]
    values: Mapping[str, When | str]
    value_marks: tuple[Mark, ...]
    revised: tuple[tuple[When, Shown], ...]
    asides: tuple[tuple[str, Shown], ...]
    supersedes: tuple[str, ...]
    related: tuple[str, ...]
    assets: tuple[str, ...]
    banner: Mark
    legend: tuple[Mark, ...]
    withheld: bool

    @property
    def visible(self) -> frozenset[str]:
        """Which single values may be shown."""
        return frozenset(self.values)


@dataclass(frozen=True, slots=True)
class Released(Outline):
    """What one edition gets of one bulletin, with the body.

    ``notes`` are in the order of their numbers. Portions in ``blocks`` have no number and no offset: those would count
    what is withheld.
    """

    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]

    @property
    def outline(self) -> Outline:
        """The same without the body."""
        return Outline(**{each.name: getattr(self, each.name) for each in fields(Outline)})


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a bulletin: its release (None: absent from the edition), the words that stay behind, remarks.

    ``recalled`` tells a bulletin that the edition had, until it was recalled.
    """

    released: Released | None
    withheld_words: tuple[str, ...]
    findings: tuple[Finding, ...]
    recalled: bool = False
