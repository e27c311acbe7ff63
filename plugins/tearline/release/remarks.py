"""What an author should know about a release: sections that went whole or were emptied, numbers with gaps.

Everything is worked out on the source's own tree and the numbers of the portions that were kept, and told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tearline.bulletin.tree import Block, Box, Heading, Portion, Tearline, portions_of
from tearline.effective import Marked
from tearline.findings import Finding, finding
from tearline.policy import Edition
from tearline.release.picking import Picking

_FIRST: Final = frozenset({"1", "a", "A", "i", "I"})
_COMPONENT: Final = re.compile(r"[0-9]+|[A-Za-z]+")


@dataclass(slots=True)
class _Section:
    """A section while it is walked: whether the source has words in it, what was kept, what went with the heading."""

    heading: Heading
    kept: bool
    inside: bool = False  # a withheld section
    filled: bool = False
    left: bool = False
    taken: bool = False


def remarks(picking: Picking) -> Iterator[Finding]:
    """The warnings about what a sanitized edition gets of a bulletin."""
    found = [*_section_remarks(picking), *(("number-gap", portion) for portion in _gaps(picking))]
    for rule, portion in found:
        label = f"{picking.bulletin.metadata.id} ¶{portion.number}"
        yield finding(rule, picking.bulletin.place(portion.at), portion=label)


def _section_remarks(picking: Picking) -> Iterator[tuple[str, Portion]]:
    """Released headings under which nothing is left of what the source has, withheld ones with lower portions."""
    open_: list[_Section] = []
    for block in picking.bulletin.blocks:
        if isinstance(block, Heading):
            while open_ and open_[-1].heading.rank >= block.rank:
                yield from _said_of(open_.pop())
        _count(picking, block, open_)
        if isinstance(block, Heading):
            inside = any(not section.kept for section in open_)
            open_.append(_Section(block, block.portion.number in picking.kept, inside))
    for section in reversed(open_):
        yield from _said_of(section)


def _said_of(section: _Section) -> Iterator[tuple[str, Portion]]:
    if section.kept and section.filled and not section.left:
        yield "empty-section", section.heading.portion
    if section.taken and not section.kept and not section.inside:
        yield "section-withheld", section.heading.portion


def _count(picking: Picking, block: Block, sections: Iterable[_Section]) -> None:
    """Note for every section around a block what became of it. What a stand-in says is not lower than its place."""
    numbers = {portion.number for portion in portions_of(block)}
    left = not numbers.isdisjoint(picking.kept)
    of_its_own = [portion for portion in _own_portions(block) if portion.number not in picking.kept]
    taken = any(picking.sees(portion) for portion in of_its_own)
    for section in sections:
        section.filled |= bool(numbers)
        section.left |= left
        section.taken |= taken


def _own_portions(block: Block) -> Iterator[Portion]:
    """The portions of a block that stand in no stand-in."""
    if isinstance(block, Box):
        if block.title is not None:
            yield block.title
        for child in block.children:
            yield from _own_portions(child)
    elif not isinstance(block, Tearline):
        yield from portions_of(block)


def _gaps(picking: Picking) -> Iterator[Portion]:
    """Withheld portions with a typed number after which a released one goes on counting."""
    waiting: dict[tuple[int, str], list[Portion]] = {}
    own = {portion.number for block in picking.bulletin.blocks for portion in _own_portions(block)}
    for rank, portion in _numbered(picking.bulletin.blocks):
        key = rank, _COMPONENT.sub(lambda part: "1" if part[0].isdigit() else "a", portion.ordinal)
        if portion.number in picking.kept:
            before = waiting.pop(key, [])
            if _COMPONENT.findall(portion.ordinal)[-1] not in _FIRST:
                yield from (one for one in before if one.ordinal != portion.ordinal)
        elif portion.number in own:
            waiting.setdefault(key, []).append(portion)


def _numbered(blocks: Iterable[Block]) -> Iterator[tuple[int, Portion]]:
    for block in blocks:
        rank = block.rank if isinstance(block, Heading) else 0
        yield from ((rank, portion) for portion in portions_of(block) if portion.ordinal)


def check_stand_ins(marked: Marked, editions: Iterable[Edition]) -> list[Finding]:
    """Stand-ins that no edition could show which withholds anything (section 5): nobody would read them."""
    sanitized = [edition for edition in editions if edition.sanitized]
    found = []
    for block in _tearlines(marked.bulletin.blocks):
        known = [marked.effective.get(portion.number) for portion in portions_of(block)]
        if sanitized and not any(
            all(one is not None and edition.may_see(one.mark) for one in known) for edition in sanitized
        ):
            place = marked.bulletin.place(block.at)
            found.append(finding("tearline-mark", place, portion=marked.bulletin.metadata.id))
    return found


def _tearlines(blocks: Iterable[Block]) -> Iterator[Tearline]:
    for block in blocks:
        if isinstance(block, Tearline):
            yield block
        elif isinstance(block, Box):
            yield from _tearlines(block.children)
