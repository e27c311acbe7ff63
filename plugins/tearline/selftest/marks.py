"""The marks that an edition withholds and one that it shows, found in its policy and the marking systems' data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tearline.marking import SYSTEMS, Mark, MarkError, lowest, read_mark, system
from tearline.policy import Edition, Policy


@dataclass(frozen=True, slots=True)
class Range:
    """Marks of one system: ``low`` is released to an edition, ``high`` are all withheld from it, gravest first."""

    system: str
    low: Mark
    high: tuple[Mark, ...]


def ranges(policy: Policy, edition: Edition) -> list[Range]:
    """A range for each marking system of which the edition sees something and not everything; the site's own first."""
    names = sorted(SYSTEMS, key=lambda name: (name != policy.system, name))
    found = ((name, lowest(name), tuple(_withheld(name, edition))) for name in names)
    return [Range(name, low, high) for name, low, high in found if high and edition.may_see(low)]


def _withheld(name: str, edition: Edition) -> Iterator[Mark]:
    """The marks of one level and at most one control that the edition may not see, each spelling once."""
    of = system(name)
    tokens = sorted(of.tokens.values(), key=lambda token: -token.rank)
    seen: set[str] = set()
    for token in tokens:
        for level in of.levels:
            try:
                mark = Mark.of(name, {level, token.name})
            except MarkError:
                continue
            reading = read_mark(str(mark), name)
            if str(mark) not in seen and reading.mark == mark and reading.canonical and not edition.may_see(mark):
                seen.add(str(mark))
                yield mark
                break
