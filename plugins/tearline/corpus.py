"""All sources of a site: each by itself, against the policy, and against each other.

What is read here feeds everything after it. A bulletin that is as it was before is not parsed again: its record tells
what the rest of the site has to know of it. One that is new is drafted at once, while its tree is at hand. That goes no
further, so that an archive takes the memory of its records.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from tearline.assets import Asset, AssetError, asset_path, read_asset
from tearline.bulletin.document import Bulletin, Page, read_document
from tearline.crew import Watch, unwatched
from tearline.crew import each as for_each
from tearline.findings import Finding, Place, Severity, finding, in_order, refuses
from tearline.naming import address_key, bulletin_name, page_name, page_problem
from tearline.packing import packed_of, unpacked
from tearline.policy import Policy
from tearline.records import Record, Wanted, key_of, recorded, wanted
from tearline.release import Released
from tearline.sources import SUFFIXES, Source, find_sources, shown_path
from tearline.store import Shelf

_ID: Final = re.compile(rb"^id:[ \t]*([A-Za-z0-9._-]{1,64})[ \t]*$", re.MULTILINE)
_HEAD: Final = 4096  # bytes in which an id is looked for before a document is read


@dataclass(frozen=True, slots=True)
class KnownBulletin:
    """A bulletin that may be released: its record, its source, its files ready by the names its entries use."""

    record: Record
    source: Source
    assets: Mapping[str, Asset]

    @property
    def id(self) -> str:
        """The product number."""
        return self.record.id

    @property
    def path(self) -> str:
        """The source's path, as findings name it."""
        return self.record.path

    @property
    def relative(self) -> str:
        """The source's path below the sources."""
        return self.record.relative

    def read_again(self, policy: Policy) -> dict[str, Released] | None:
        """What each edition that has it gets, with the body; None where the source is no more as it was recorded."""
        data = self.source.read()
        if data is None or key_of(policy, self.path, self.relative, data) != self.record.key:
            return None
        document = read_document(self.path, data, policy.system).document
        if not isinstance(document, Bulletin):
            return None
        return recorded(policy, self.record.key, self.relative, document)[1]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page and the files its entries name; ``name`` is its staged file below docs."""

    page: Page
    relative: str
    assets: Mapping[str, Asset]

    @property
    def name(self) -> str:
        """Its staged file below docs."""
        return page_name(self.relative)

    @property
    def path(self) -> str:
        """The source's path, as findings name it."""
        return self.page.path

    @property
    def text(self) -> str:
        """The source itself."""
        return self.page.text


@dataclass(slots=True)
class Corpus:
    """Every document below the sources.

    ``refused`` are the paths of documents with errors: whatever they say counts as withheld. ``targets`` maps a
    bulletin's id and its path below the sources to its id, for links; ``documents`` holds the paths of all documents
    below the sources, readable or not; ``others`` files that were named and are none; ``whole`` is whether all sources
    were read. ``drafts`` are what bulletins that were read anew were drafted as, by the keys of their records.
    """

    bulletins: list[KnownBulletin] = field(default_factory=list)
    pages: list[SitePage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    others: list[Path] = field(default_factory=list)
    whole: bool = True
    drafts: dict[str, bytes] = field(default_factory=dict)

    def hold(self, paths: Iterable[str], findings: Iterable[Finding]) -> bool:
        """Hold back documents that turn out to be refused later on; whether there was any to hold.

        Their words count as withheld from then on.
        """
        named = set(paths)
        held = named & {*(one.path for one in self.bulletins), *(one.path for one in self.pages)}
        self.refused |= held
        self.bulletins = [one for one in self.bulletins if one.path not in held]
        self.pages = [one for one in self.pages if one.path not in held]
        self.findings = in_order([*self.findings, *(one for one in findings if one.place.path in held)])
        return bool(held)


# Drafts a bulletin that was read anew: of its record, its releases, its files, and the pages that links may lead to, by
# the ids and paths of bulletins, as far as they can be told before all are read.
Draft = Callable[[Record, Mapping[str, Released], Mapping[str, Asset], Mapping[str, str]], bytes]


def read_corpus(
    policy: Policy,
    only: Iterable[Path] = (),
    stored: Shelf | None = None,
    draft: Draft | None = None,
    watch: Watch = unwatched,
) -> Corpus:
    """Read and check the sources; with ``only``, just these files and folders (links lead anywhere then).

    ``stored`` are records of an earlier time: a bulletin that was made from the same is not parsed again. One that is
    read anew is drafted by ``draft``. ``watch`` is told how many documents are read.

    Never raises for what it finds: a source that cannot be read is a finding.
    """
    named = list(only)
    found = find_sources(policy, named)
    documents = frozenset(source.relative for source in found.sources)
    corpus = Corpus(findings=list(found.findings), documents=documents, others=found.others, whole=not named)
    top = shown_path(policy, policy.sources)
    if corpus.whole and not documents:
        corpus.findings.append(finding("no-sources", Place(top)))
    corpus.refused |= {one.place.path for one in found.findings if one.place.path != top}
    readings = _Readings(policy, found.sources, stored if policy.digest else None, draft).all(watch)
    corpus.findings += [one for reading in readings for one in reading.findings]
    _index(corpus, [one.record for one in readings if one.record is not None])
    read = list(zip(found.sources, readings, strict=True))
    _addresses(corpus, [source for source, one in read if one.page is not None])
    kept = [_checked(policy, corpus, source, one) for source, one in read]
    errors = {one.place.path for one in corpus.findings if one.severity is Severity.ERROR}
    for (source, reading), one in zip(read, kept, strict=True):
        if one is None or source.shown in errors:
            corpus.refused.add(source.shown)
        elif isinstance(one, SitePage):
            corpus.pages.append(one)
        else:
            corpus.bulletins.append(one)
            corpus.drafts |= {one.record.key: reading.draft} if reading.draft is not None else {}
    corpus.findings = in_order(corpus.findings)
    return corpus


# Files by the names that entries use, and what is wrong with others.
_Assets = tuple[dict[str, Asset], list[Finding]]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a source came to: findings, and the bulletin's record or the page, where it can be read as one.

    ``assets`` are the bulletin's, where they were read for its ``draft``.
    """

    findings: Sequence[Finding] = ()
    record: Record | None = None
    page: Page | None = None
    assets: _Assets | None = None
    draft: bytes | None = None


@dataclass(slots=True)
class _Readings:
    """The readings of all sources; those that were made before are taken from ``stored``.

    ``ahead`` are the pages that links may lead to, as far as they can be told before all are read.
    """

    policy: Policy
    sources: Sequence[Source]
    stored: Shelf | None
    draft: Draft | None
    ahead: dict[str, str] = field(default_factory=dict)

    def all(self, watch: Watch) -> list[_Reading]:
        """One for each source, in their order."""
        made = {at: reading for at, source in enumerate(self.sources) if (reading := self.known(source)) is not None}
        todo = [at for at in range(len(self.sources)) if at not in made]
        for at, (packed, reading) in zip(todo, for_each(self.anew, todo, watch), strict=True):
            made[at] = self.noted(packed, reading) if packed is not None else reading
        return [made[at] for at in range(len(self.sources))]

    def known(self, source: Source) -> _Reading | None:
        """The reading that is stored; None where the source has to be read anew, whose id is then guessed at."""
        data = source.read()
        if data is None:
            return _Reading([finding("not-a-plain-file", Place(source.shown))])
        key = key_of(self.policy, source.shown, source.relative, data)
        packed = self.stored.get(key) if self.stored is not None else None
        record = unpacked(packed) if packed is not None else None
        if isinstance(record, Record) and record.key == key:
            self.expect(source, record.id)
            return _Reading(record.findings, record)
        for typed in _ID.findall(data[:_HEAD])[:1]:
            self.expect(source, typed.decode("ascii"))
        return None

    def expect(self, source: Source, name: str) -> None:
        """Note where the page of a bulletin will be."""
        if (year := self.policy.year_of(name)) is not None:
            self.ahead[name] = self.ahead[source.relative] = bulletin_name(year, name)

    def anew(self, at: int) -> tuple[bytes | None, _Reading]:
        """A source read: a bulletin's record is packed, since it may have to travel."""
        source = self.sources[at]
        data = source.read()
        if data is None:
            return None, _Reading([finding("not-a-plain-file", Place(source.shown))])
        reading = read_document(source.shown, data, self.policy.system)
        if not isinstance(reading.document, Bulletin):
            return None, _Reading(reading.findings, page=reading.document)
        key = key_of(self.policy, source.shown, source.relative, data)
        record, releases = recorded(self.policy, key, source.relative, reading.document, reading.findings)
        packed = packed_of(record)
        if self.draft is None or refuses(record.findings):
            return packed, _Reading()
        ready, missing = assets = _assets(source, record.files)
        draft = None if missing else self.draft(record, releases, ready, self.ahead)
        return packed, _Reading(assets=assets, draft=draft)

    def noted(self, packed: bytes, reading: _Reading) -> _Reading:
        """The reading with its record, which is stored."""
        record: Record = unpacked(packed)
        if self.stored is not None:
            self.stored.put(record.key, packed)
        return replace(reading, findings=record.findings, record=record)


def _index(corpus: Corpus, records: Iterable[Record]) -> None:
    """Where links may lead, and ids that stand twice."""
    first: dict[str, Record] = {}
    for record in records:
        known = first.setdefault(record.id.casefold(), record)
        if known is not record:
            for one, other in ((record, known), (known, record)):
                corpus.findings.append(finding("duplicate-id", one.id_place, f"also in {other.path}"))
        corpus.targets[record.id] = record.id
        corpus.targets[record.relative] = record.id


def _addresses(corpus: Corpus, pages: Iterable[Source]) -> None:
    """Pages whose names make no address, one of the stage's own, or the same one on some disk or server."""
    first: dict[str, Source] = {}
    for source in pages:
        name = page_name(source.relative)
        if problem := page_problem(name):
            corpus.findings.append(finding("page-rule", Place(source.shown), problem))
        known = first.setdefault(address_key(name), source)
        if known is not source:
            for one, other in ((source, known), (known, source)):
                corpus.findings.append(finding("path-taken", Place(one.shown), f"also wanted by {other.shown}"))


def _checked(policy: Policy, corpus: Corpus, source: Source, reading: _Reading) -> KnownBulletin | SitePage | None:
    """What of a document goes on; its faults go to the corpus."""
    if reading.record is not None:
        corpus.findings += _links(policy, corpus, reading.record)
        assets, found = reading.assets or _assets(source, reading.record.files)
        corpus.findings += found
        return KnownBulletin(reading.record, source, assets)
    if reading.page is None:
        return None
    if not policy.is_page(source.relative):
        place = Place(source.shown)
        corpus.findings.append(finding("page-rule", place, "it has no id, and is not in the policy's pages list"))
    assets, found = _assets(source, map(wanted, reading.page.metadata.assets))
    corpus.findings += found
    return SitePage(reading.page, source.relative, assets)


def _links(policy: Policy, corpus: Corpus, record: Record) -> Iterator[Finding]:
    """A link to another bulletin names its id or its file."""
    for one in record.references:
        if not _leads_somewhere(policy, corpus, record.relative, one.target):
            yield finding("bad-link", one.place, portion=one.portion)


def _leads_somewhere(policy: Policy, corpus: Corpus, relative: str, target: str) -> bool:
    """Whether there may be a bulletin at a link's target. A document that cannot be read now may be one."""
    if policy.year_of(target) is not None or target_id(corpus, relative, target):
        return True
    if not corpus.whole:
        return PurePosixPath(target).suffix.lower() in SUFFIXES
    place = resolved(relative, target)
    return place in corpus.documents and not policy.is_page(place)


def resolved(relative: str, target: str) -> str:
    """The path below the sources that a target typed in the document at ``relative`` stands for."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(relative), target))


def target_id(corpus: Corpus, relative: str, target: str) -> str | None:
    """The id of the bulletin that a link in the source at ``relative`` leads to, by id or by file; None if none."""
    return corpus.targets.get(target) or corpus.targets.get(resolved(relative, target))


def _assets(source: Source, files: Iterable[Wanted]) -> _Assets:
    """The files of these entries, ready to publish."""
    ready: dict[str, Asset] = {}
    found: list[Finding] = []
    for one in files:
        try:
            ready[one.file] = read_asset(asset_path(source.path.parent, one.file), raster=one.raster)
        except AssetError as error:
            found.append(finding("asset", one.place, str(error)))
    return ready, found
