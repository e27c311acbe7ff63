"""What a release is: words an edition may see and nothing that was derived from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
class Released:
    """What one edition gets of one bulletin.

    ``texts``, ``values`` (dates, product, …) and ``facets`` are keyed as in the front matter, facets hold the
    vocabulary's slugs; ``value_marks`` are the marks that values and facets were given; ``asides`` are what an edition
    that withholds nothing tells besides; ``notes`` are in the order of their numbers; ``assets`` in the order of use;
    ``banner`` is the roll-up of what is in here, ``legend`` the marks a reader will see, lowest first. Portions in
    ``blocks`` have no number and no offset: those would count what is withheld.
    """

    id: str
    system: str
    title: Shown
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
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
class Decision:
    """What became of a bulletin: its release (None: absent from the edition), the words that stay behind, remarks.

    ``recalled`` tells a bulletin that the edition had, until it was recalled.
    """

    released: Released | None
    withheld_words: tuple[str, ...]
    findings: tuple[Finding, ...]
    recalled: bool = False
