"""All sources of a site, read once: each by itself, against the policy, and against each other.

What is read here feeds everything after it; no source is opened a second time.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from tearline.assets import Asset, AssetError, asset_path, read_asset
from tearline.bulletin.document import MAX_BYTES, Bulletin, Page, read_document
from tearline.bulletin.metadata import MarkedValue
from tearline.bulletin.tree import Image, InlinePortion, Link, nested
from tearline.effective import Marked, effective_marks
from tearline.findings import Finding, Place, Severity, finding, in_order
from tearline.policy import Policy
from tearline.release import FACETS, check_stand_ins, is_raster

# Everything a Markdown site generator would take for a document, compared without case.
SUFFIXES: Final = frozenset({".md", ".markdown", ".mdown", ".mkdn", ".mkd"})
_ADDRESS: Final = ("http://", "https://", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class MarkedBulletin:
    """A bulletin that may be released: its marks settled, its files ready by the names its entries use."""

    marked: Marked
    assets: Mapping[str, Asset]

    @property
    def bulletin(self) -> Bulletin:
        """The source."""
        return self.marked.bulletin

    @property
    def id(self) -> str:
        """The product number."""
        return self.marked.bulletin.metadata.id


@dataclass(slots=True)
class Corpus:
    """Every document below the sources.

    ``refused`` maps the paths of documents with errors to their text: whatever it says counts as withheld.
    ``targets`` maps a bulletin's id and its path to its id, for links.
    """

    bulletins: list[MarkedBulletin] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    documents: int = 0

    def hold(self, paths: Iterable[str], findings: Iterable[Finding]) -> None:
        """Hold back documents that turned out to be refused later on; their words count as withheld."""
        held = set(paths)
        for entry in self.bulletins:
            if entry.bulletin.path in held:
                self.refused[entry.bulletin.path] = entry.bulletin.text
        for page in self.pages:
            if page.path in held:
                self.refused[page.path] = page.text
        self.bulletins = [entry for entry in self.bulletins if entry.bulletin.path not in held]
        self.pages = [page for page in self.pages if page.path not in held]
        self.findings = in_order([*self.findings, *(one for one in findings if one.place.path in held)])


@dataclass(frozen=True, slots=True)
class _File:
    """A source as found: its path below the sources, how it is named in findings, its bytes."""

    relative: str
    shown: str
    data: bytes


def read_corpus(policy: Policy, only: Iterable[Path] | None = None) -> Corpus:
    """Read and check the sources; with ``only``, just these files and folders (links lead anywhere then).

    Never raises for what it finds: a source that cannot be read is a finding.
    """
    corpus = Corpus()
    roots = [policy.sources] if only is None else list(only)
    files = [file for path in _walk(policy, corpus, roots) for file in _opened(policy, corpus, path)]
    whole = only is None
    if whole and not corpus.documents and not corpus.findings:
        corpus.findings.append(finding("no-sources", Place(_shown(policy, policy.sources))))
    documents = [(file, _read(policy, corpus, file)) for file in files]
    _index(corpus, [document for _, document in documents if isinstance(document, Bulletin)], policy)
    entries = [_checked(policy, corpus, file, document, whole=whole) for file, document in documents]
    errors = {found.place.path for found in corpus.findings if found.severity is Severity.ERROR}
    for (file, _), entry in zip(documents, entries, strict=True):
        if entry is None or file.shown in errors:
            corpus.refused[file.shown] = file.data.decode("utf-8", "replace")
        elif isinstance(entry, MarkedBulletin):
            corpus.bulletins.append(entry)
        else:
            corpus.pages.append(entry)
    corpus.findings = in_order(corpus.findings)
    return corpus


# --- finding files -------------------------------------------------------------------------------------------


def _shown(policy: Policy, path: Path) -> str:
    """A path as findings name it: from the site's root, in printable characters."""
    try:
        relative = path.relative_to(policy.root)
    except ValueError:
        relative = path
    text = os.fsencode(relative).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "?" for char in text.replace(os.sep, "/"))


def _walk(policy: Policy, corpus: Corpus, roots: Iterable[Path]) -> Iterator[Path]:
    """Every plain document, sorted by path. Links and special files are findings, whatever they are called."""
    pending = sorted(roots, reverse=True)
    while pending:
        path = pending.pop()
        try:
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                names = sorted((each for each in path.iterdir() if not each.name.startswith(".")), reverse=True)
                pending += names
                continue
        except (OSError, ValueError):
            corpus.findings.append(finding("not-a-plain-file", Place(_shown(policy, path))))
            continue
        document = path.suffix.lower() in SUFFIXES
        if stat.S_ISLNK(mode) or (document and not stat.S_ISREG(mode)):
            corpus.findings.append(finding("not-a-plain-file", Place(_shown(policy, path))))
        elif document:
            yield path


def _opened(policy: Policy, corpus: Corpus, path: Path) -> Iterator[_File]:
    corpus.documents += 1
    shown = _shown(policy, path)
    try:
        relative = path.relative_to(policy.sources).as_posix()
    except ValueError:
        relative = path.name
    try:
        with path.open("rb") as source:
            data = source.read(MAX_BYTES + 1)  # one byte more tells that it is too large
    except OSError:
        corpus.findings.append(finding("not-a-plain-file", Place(shown)))
        corpus.refused[shown] = ""
        return
    yield _File(relative, shown, data)


def document_paths(policy: Policy, only: Sequence[Path]) -> list[tuple[Path, str]]:
    """The documents among the sources, or among ``only``: each plain file, with its path as findings name it."""
    found = _walk(policy, Corpus(), list(only) or [policy.sources])
    return [(path, _shown(policy, path)) for path in found]


# --- one document -----------------------------------------------------------------------------------------------


def _read(policy: Policy, corpus: Corpus, file: _File) -> Bulletin | Page | None:
    reading = read_document(file.shown, file.data, policy.system)
    corpus.findings += reading.findings
    return reading.document


def _index(corpus: Corpus, bulletins: Iterable[Bulletin], policy: Policy) -> None:
    """Where links may lead, and ids that stand twice."""
    first: dict[str, str] = {}
    for bulletin in bulletins:
        name = bulletin.metadata.id
        known = first.setdefault(name.casefold(), bulletin.path)
        if known != bulletin.path:
            corpus.findings.append(finding("duplicate-id", bulletin.metadata.place_of("id"), f"also in {known}"))
            place = Place(known)
            corpus.findings.append(finding("duplicate-id", place, f"also in {bulletin.path}"))
        corpus.targets[name] = name
        corpus.targets[bulletin.path] = name
    prefix = _shown(policy, policy.sources)
    corpus.targets |= {path.removeprefix(f"{prefix}/"): name for path, name in corpus.targets.items()}


def _checked(
    policy: Policy, corpus: Corpus, file: _File, document: Bulletin | Page | None, *, whole: bool
) -> MarkedBulletin | Page | None:
    """What of a document goes on; its faults go to the corpus."""
    if isinstance(document, Bulletin):
        return _marked(policy, corpus, file, document, whole=whole)
    if document is not None and not policy.is_page(file.relative):
        place = Place(file.shown)
        corpus.findings.append(finding("page-rule", place, "it has no id, and is not in the policy's pages list"))
    return document


def _marked(policy: Policy, corpus: Corpus, file: _File, bulletin: Bulletin, *, whole: bool) -> MarkedBulletin:
    marked, found = effective_marks(bulletin, every_item=policy.require_item_marks)
    corpus.findings += found
    corpus.findings += check_stand_ins(marked, policy.editions.values())
    corpus.findings += _against_policy(policy, file.relative, bulletin)
    corpus.findings += _links(policy, corpus, file, bulletin, whole=whole)
    assets, found = _assets(policy, file, bulletin)
    corpus.findings += found
    return MarkedBulletin(marked, assets)


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


def _links(policy: Policy, corpus: Corpus, file: _File, bulletin: Bulletin, *, whole: bool) -> Iterator[Finding]:
    """A link to another bulletin names its id or its file; a link to a file is to one of the assets."""
    files = {asset.file for asset in bulletin.metadata.assets}
    for portion in bulletin.portions():
        for inline in nested(portion.inlines):
            if not isinstance(inline, Link) or inline.target.lower().startswith(_ADDRESS) or inline.target in files:
                continue
            known = policy.year_of(inline.target) is not None or target_id(corpus, file.relative, inline.target)
            if not known and (whole or PurePosixPath(inline.target).suffix.lower() not in SUFFIXES):
                label = f"{bulletin.metadata.id} ¶{portion.number}"
                yield finding("bad-link", bulletin.place(inline.at), portion=label)


def target_id(corpus: Corpus, relative: str, target: str) -> str | None:
    """The id of the bulletin that a link in the source at ``relative`` leads to, by id or by file; None if none."""
    if target in corpus.targets:
        return corpus.targets[target]
    parts: list[str] = []
    for part in (PurePosixPath(relative).parent / target).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return corpus.targets.get("/".join(parts))


def _assets(policy: Policy, file: _File, bulletin: Bulletin) -> tuple[dict[str, Asset], list[Finding]]:
    """The files that the body uses, ready to publish."""
    inlines = [inline for portion in bulletin.portions() for inline in nested(portion.inlines)]
    used = {one.file for one in inlines if isinstance(one, Image)} | {
        one.target for one in inlines if isinstance(one, Link)
    }
    ready: dict[str, Asset] = {}
    found: list[Finding] = []
    for entry in bulletin.metadata.assets:
        if entry.file not in used:
            continue
        try:
            path = asset_path(policy.sources, file.relative, entry.file)
            ready[entry.file] = read_asset(path, raster=is_raster(entry))
        except AssetError as error:
            found.append(finding("asset", entry.place, str(error)))
    return ready, found
