"""A bulletin by itself -> its record: all that other documents, lists and pages need to know of it, without its words.

Of an archive, nearly all bulletins are as they were at the last build. Their records are kept, so that none of them has
to be parsed, marked and released again to know where links lead and what lists say. A record tells what every edition
may see, the fullest among them: it stays on the full side.

    bulletin + policy -> Record                     kept under the digest of all that it was made from
    Record + the other records -> findings, pages   made anew each time
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tearline.bulletin.document import Bulletin
from tearline.bulletin.metadata import Asset, MarkedValue, Metadata, When
from tearline.bulletin.tree import Image, InlinePortion, Link, nested
from tearline.effective import effective_marks
from tearline.findings import Finding, Place, finding
from tearline.marking import Mark
from tearline.policy import Edition, Policy
from tearline.release import FACETS, SINGLES, Decision, Outline, Released, check_stand_ins, is_raster, release
from tearline.store import digest_of, identity

ELSEWHERE: Final = ("http://", "https://", "mailto:", "tel:")  # how addresses begin that lead out of the site


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one edition gets of a bulletin: its outline (None: it is absent), and the remarks on that.

    ``marks`` are those that values, facets and references were given, as far as the edition may see them. ``recalled``
    tells a bulletin that the edition had, until it was recalled.
    """

    outline: Outline | None
    recalled: bool
    findings: tuple[Finding, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to what should be another bulletin: its target as typed, and how findings name it."""

    target: str
    place: Place
    portion: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a bulletin uses, and where its entry stands. ``raster``: it is drawn anew from its pixels."""

    file: str
    place: Place
    raster: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be known of a bulletin. ``findings`` are about it alone; ``rulings`` are by edition.

    ``key`` is the digest of all that it was made from. ``path`` is the source's as findings name it, ``relative`` that
    below the sources. ``quiet``: the author asked that nothing be said of what is withheld. ``dates`` are those of its
    publication and its changes; ``endless`` is the priority of one that says no end, and where it says that.
    """

    key: str
    path: str
    relative: str
    id: str
    id_place: Place
    findings: tuple[Finding, ...]
    references: tuple[Reference, ...]
    files: tuple[Wanted, ...]
    rulings: Mapping[str, Ruling]
    recalled: dt.date | None
    quiet: bool
    dates: tuple[tuple[When, Place], ...]
    endless: tuple[str, Place] | None


def key_of(policy: Policy, shown: str, relative: str, data: bytes) -> str:
    """What a record depends on: our code, the policy, the source's paths and its bytes."""
    named = (identity(), policy.digest, shown, relative)
    return digest_of([*(one.encode("utf-8", "surrogateescape") for one in named), data])


def recorded(
    policy: Policy, key: str, relative: str, bulletin: Bulletin, found: Iterable[Finding] = ()
) -> tuple[Record, dict[str, Released]]:
    """A bulletin's record, and what the editions that have it get, by name. ``found`` was found when it was read."""
    marked, findings = effective_marks(bulletin, every_item=policy.require_item_marks)
    findings += [*found, *check_stand_ins(marked, policy.editions.values())]
    findings += _against_policy(policy, relative, bulletin)
    metadata = bulletin.metadata
    decisions = {name: release(marked, one, policy.vocabulary) for name, one in policy.editions.items()}
    dates = [metadata.date, *(row.at for row in metadata.revised)]
    endless = metadata.priority if metadata.in_effect_until is None else None
    record = Record(
        key=key,
        path=bulletin.path,
        relative=relative,
        id=metadata.id,
        id_place=metadata.place_of("id"),
        findings=tuple(findings),
        references=tuple(_references(bulletin)),
        files=tuple(_files(bulletin)),
        rulings={name: _ruling(metadata, policy.editions[name], one) for name, one in decisions.items()},
        recalled=metadata.recalled,
        quiet=metadata.withheld_notice is not None,
        dates=tuple((one.value, one.place) for one in dates if one is not None),
        endless=(endless.value, endless.place) if endless is not None else None,
    )
    return record, {name: one.released for name, one in decisions.items() if one.released is not None}


def _ruling(metadata: Metadata, edition: Edition, decision: Decision) -> Ruling:
    """What of the front matter goes on is picked here, and nothing else."""
    released = decision.released
    if released is None:
        return Ruling(None, decision.recalled, decision.findings, ())
    listed = [getattr(metadata, key) for key in SINGLES if key in released.visible]
    listed += [value for key in (*FACETS, "supersedes", "related") for value in getattr(metadata, key)]
    changes = [row for row in metadata.revised if row.change.mark and edition.may_see(row.change.mark)]
    listed += [row.at for row in changes]  # lists show when, and are ordered by it
    return Ruling(released.outline, decision.recalled, decision.findings, tuple(_seen_marks(listed, edition)))


def _seen_marks(values: Iterable[MarkedValue[Any]], edition: Edition) -> Iterator[Mark]:
    """The marks that values were given, of those that the edition may see."""
    yield from (one.mark for one in values if one.mark is not None and edition.may_see(one.mark))


def _against_policy(policy: Policy, relative: str, bulletin: Bulletin) -> Iterator[Finding]:
    metadata = bulletin.metadata
    if policy.year_of(metadata.id) is None:
        yield finding("bad-id", metadata.place_of("id"))
    if policy.is_page(relative):
        yield finding("page-rule", metadata.place_of("id"), "a bulletin stands in the policy's pages list")
    if metadata.product is not None and policy.vocabulary.find("products", metadata.product.value) is None:
        yield finding("bad-value", metadata.product.place, "not one of the policy's products")
    for facet, value in ((key, each) for key in FACETS for each in getattr(metadata, key)):
        if policy.vocabulary.find(facet, value.value) is None:
            yield finding("unlisted-value", value.place, f"in {facet}")
    yield from _origin(policy, metadata.originator, bulletin)
    if not policy.inline_portions:
        yield from _inline_portions(bulletin)


def _inline_portions(bulletin: Bulletin) -> Iterator[Finding]:
    """Every inline portion, where the policy forbids them."""
    for inline in (inline for portion in bulletin.portions() for inline in nested(portion.inlines)):
        if isinstance(inline, InlinePortion):
            yield finding("inline-portion", bulletin.place(inline.at), "the policy forbids inline portions")


def _origin(policy: Policy, originator: MarkedValue[str] | None, bulletin: Bulletin) -> Iterator[Finding]:
    """Somebody else's point-to-point LES is never put on a web edition (CAPCO 2016 p182)."""
    if originator is not None and originator.value not in {*policy.originators, policy.agency}:
        yield finding("bad-value", originator.place, "not one of the policy's originators")
    if bulletin.metadata.point_to_point and (originator is None or originator.value != policy.agency):
        yield finding("point-to-point", bulletin.metadata.place_of("point_to_point"))


def _references(bulletin: Bulletin) -> Iterator[Reference]:
    """The links that lead neither out of the site nor to one of the bulletin's own files."""
    files = {asset.file for asset in bulletin.metadata.assets}
    for portion in bulletin.portions():
        for inline in nested(portion.inlines):
            if not isinstance(inline, Link) or inline.target.lower().startswith(ELSEWHERE) or inline.target in files:
                continue
            yield Reference(inline.target, bulletin.place(inline.at), f"{bulletin.metadata.id} ¶{portion.number}")


def _files(bulletin: Bulletin) -> Iterator[Wanted]:
    """The entries of the files that pictures show and links lead to."""
    inlines = [inline for portion in bulletin.portions() for inline in nested(portion.inlines)]
    used = {one.file for one in inlines if isinstance(one, Image)}
    used |= {one.target for one in inlines if isinstance(one, Link)}
    return (wanted(entry) for entry in bulletin.metadata.assets if entry.file in used)


def wanted(entry: Asset) -> Wanted:
    """What an entry of ``assets`` asks for."""
    return Wanted(entry.file, entry.place, is_raster(entry))
