"""All sources of a site, read once: each by itself, against the policy, and against each other.

What is read here feeds everything after it; no source is opened a second time.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from tearline.assets import Asset, AssetError, asset_path, read_asset
from tearline.bulletin.document import Bulletin, Page, read_document
from tearline.bulletin.metadata import Asset as Entry
from tearline.bulletin.metadata import MarkedValue
from tearline.bulletin.tree import Image, InlinePortion, Link, nested
from tearline.crew import Watch, unwatched
from tearline.crew import each as for_each
from tearline.effective import Marked, effective_marks
from tearline.findings import Finding, Place, Severity, finding, in_order
from tearline.naming import address_key, page_name, page_problem
from tearline.packing import packed_of, unpacked
from tearline.policy import Policy
from tearline.release import FACETS, check_stand_ins, is_raster
from tearline.sources import SUFFIXES, Source, find_sources, shown_path
from tearline.store import Shelf, digest_of, identity

ELSEWHERE: Final = ("http://", "https://", "mailto:", "tel:")  # how addresses begin that lead out of the site


@dataclass(frozen=True, slots=True)
class MarkedBulletin:
    """A bulletin that may be released: its marks settled, its files ready by the names its entries use.

    ``relative`` is its path below the sources.
    """

    marked: Marked
    relative: str
    assets: Mapping[str, Asset]

    @property
    def bulletin(self) -> Bulletin:
        """The source."""
        return self.marked.bulletin

    @property
    def id(self) -> str:
        """The product number."""
        return self.marked.bulletin.metadata.id

    @property
    def path(self) -> str:
        """The source's path, as findings name it."""
        return self.marked.bulletin.path

    @property
    def text(self) -> str:
        """The source itself."""
        return self.marked.bulletin.text


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

    ``refused`` maps the paths of documents with errors to their text: whatever it says counts as withheld.
    ``targets`` maps a bulletin's id and its path below the sources to its id, for links; ``documents`` holds the
    paths of all documents below the sources, readable or not; ``others`` files that were named and are none;
    ``whole`` is whether all sources were read.
    """

    bulletins: list[MarkedBulletin] = field(default_factory=list)
    pages: list[SitePage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    others: list[Path] = field(default_factory=list)
    whole: bool = True

    def hold(self, paths: Iterable[str], findings: Iterable[Finding]) -> bool:
        """Hold back documents that turn out to be refused later on; whether there was any to hold.

        Their words count as withheld from then on.
        """
        wanted = set(paths)
        held = {one.path: one.text for one in self.bulletins if one.path in wanted}
        held |= {one.path: one.text for one in self.pages if one.path in wanted}
        self.refused |= held
        self.bulletins = [one for one in self.bulletins if one.path not in held]
        self.pages = [one for one in self.pages if one.path not in held]
        self.findings = in_order([*self.findings, *(one for one in findings if one.place.path in held)])
        return bool(held)


def read_corpus(
    policy: Policy, only: Iterable[Path] = (), stored: Shelf | None = None, watch: Watch = unwatched
) -> Corpus:
    """Read and check the sources; with ``only``, just these files and folders (links lead anywhere then).

    ``stored`` are readings of an earlier time: a document of the same bytes is not parsed again. ``watch`` is told how
    many documents are read.

    Never raises for what it finds: a source that cannot be read is a finding.
    """
    named = list(only)
    found = find_sources(policy, named)
    documents = frozenset(source.relative for source in found.sources)
    corpus = Corpus(findings=list(found.findings), documents=documents, others=found.others, whole=not named)
    top = shown_path(policy, policy.sources)
    if corpus.whole and not documents:
        corpus.findings.append(finding("no-sources", Place(top)))
    corpus.refused |= {one.place.path: "" for one in found.findings if one.place.path != top}
    texts: dict[str, str] = {}
    readings = _readings(policy, found.sources, stored, watch)
    read: list[tuple[Source, Bulletin | Page | None]] = []
    for source, (text, findings, document) in zip(found.sources, readings, strict=True):
        texts[source.shown] = text
        corpus.findings += findings
        read.append((source, document))
    _index(corpus, [(source, one) for source, one in read if isinstance(one, Bulletin)])
    _addresses(corpus, [source for source, one in read if isinstance(one, Page)])
    kept = [_checked(policy, corpus, source, one) for source, one in read]
    errors = {one.place.path for one in corpus.findings if one.severity is Severity.ERROR}
    for (source, _), one in zip(read, kept, strict=True):
        if one is None or source.shown in errors:
            corpus.refused[source.shown] = texts[source.shown]
        elif isinstance(one, MarkedBulletin):
            corpus.bulletins.append(one)
        else:
            corpus.pages.append(one)
    corpus.findings = in_order(corpus.findings)
    return corpus


# The text of a document, what is wrong with it, and the document, if it can be read as one.
_Reading = tuple[str, list[Finding], Bulletin | Page | None]


def _readings(policy: Policy, sources: Sequence[Source], kept: Shelf | None, watch: Watch) -> list[_Reading]:
    """Every document read; those that were read before are taken from there."""
    data = [source.read() for source in sources]
    if kept is None:
        return for_each(lambda at: _read(policy, sources[at], data[at]), range(len(sources)), watch)
    keys = [_key(policy, *pair) for pair in zip(sources, data, strict=True)]
    made: dict[int, _Reading] = {}
    for at, key in enumerate(keys):
        packed = kept.get(key)
        reading = unpacked(packed) if packed is not None else None
        if reading is not None:
            made[at] = reading
    todo = [at for at in range(len(sources)) if at not in made]

    def anew(at: int) -> tuple[_Reading, bytes]:
        reading = _read(policy, sources[at], data[at])
        return reading, packed_of(reading)

    for at, (reading, packed) in zip(todo, for_each(anew, todo, watch), strict=True):
        made[at] = reading
        kept.put(keys[at], packed)
    return [made[at] for at in range(len(sources))]


def _key(policy: Policy, source: Source, data: bytes | None) -> str:
    """What a reading depends on: our code, the path that it names in findings, the system of bare marks, the bytes."""
    said = b"" if data is None else b"." + data
    return digest_of([identity().encode(), source.shown.encode("utf-8", "replace"), policy.system.encode(), said])


def _read(policy: Policy, source: Source, data: bytes | None) -> _Reading:
    if data is None:
        return "", [finding("not-a-plain-file", Place(source.shown))], None
    reading = read_document(source.shown, data, policy.system)
    return data.decode("utf-8", "replace"), list(reading.findings), reading.document


def _index(corpus: Corpus, bulletins: Iterable[tuple[Source, Bulletin]]) -> None:
    """Where links may lead, and ids that stand twice."""
    first: dict[str, Bulletin] = {}
    for source, bulletin in bulletins:
        name = bulletin.metadata.id
        known = first.setdefault(name.casefold(), bulletin)
        if known is not bulletin:
            for one, other in ((bulletin, known), (known, bulletin)):
                corpus.findings.append(finding("duplicate-id", one.metadata.place_of("id"), f"also in {other.path}"))
        corpus.targets[name] = name
        corpus.targets[source.relative] = name


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


def _checked(
    policy: Policy, corpus: Corpus, source: Source, document: Bulletin | Page | None
) -> MarkedBulletin | SitePage | None:
    """What of a document goes on; its faults go to the corpus."""
    if isinstance(document, Bulletin):
        return _marked(policy, corpus, source, document)
    if document is None:
        return None
    if not policy.is_page(source.relative):
        place = Place(source.shown)
        corpus.findings.append(finding("page-rule", place, "it has no id, and is not in the policy's pages list"))
    assets, found = _assets(source, document.metadata.assets)
    corpus.findings += found
    return SitePage(document, source.relative, assets)


def _marked(policy: Policy, corpus: Corpus, source: Source, bulletin: Bulletin) -> MarkedBulletin:
    marked, found = effective_marks(bulletin, every_item=policy.require_item_marks)
    corpus.findings += found
    corpus.findings += check_stand_ins(marked, policy.editions.values())
    corpus.findings += _against_policy(policy, source.relative, bulletin)
    corpus.findings += _links(policy, corpus, source, bulletin)
    inlines = [inline for portion in bulletin.portions() for inline in nested(portion.inlines)]
    used = {one.file for one in inlines if isinstance(one, Image)} | {
        one.target for one in inlines if isinstance(one, Link)
    }
    assets, found = _assets(source, [entry for entry in bulletin.metadata.assets if entry.file in used])
    corpus.findings += found
    return MarkedBulletin(marked, source.relative, assets)


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


def _links(policy: Policy, corpus: Corpus, source: Source, bulletin: Bulletin) -> Iterator[Finding]:
    """A link to another bulletin names its id or its file; a link to a file is to one of the assets."""
    files = {asset.file for asset in bulletin.metadata.assets}
    for portion in bulletin.portions():
        for inline in nested(portion.inlines):
            if not isinstance(inline, Link) or inline.target.lower().startswith(ELSEWHERE) or inline.target in files:
                continue
            if not _leads_somewhere(policy, corpus, source.relative, inline.target):
                label = f"{bulletin.metadata.id} ¶{portion.number}"
                yield finding("bad-link", bulletin.place(inline.at), portion=label)


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


def _assets(source: Source, entries: Iterable[Entry]) -> tuple[dict[str, Asset], list[Finding]]:
    """The files of these entries, ready to publish."""
    ready: dict[str, Asset] = {}
    found: list[Finding] = []
    for entry in entries:
        try:
            ready[entry.file] = read_asset(asset_path(source.path.parent, entry.file), raster=is_raster(entry))
        except AssetError as error:
            found.append(finding("asset", entry.place, str(error)))
    return ready, found
