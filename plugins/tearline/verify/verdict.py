"""The sentence: read the sources, lay the ledger over everything built, and say what is wrong."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

from tearline import __version__
from tearline.findings import Finding, Place, finding, in_order, refuses
from tearline.verify import fileset, offline, printed, search, second, sitemap, tripwire
from tearline.verify.folders import below, printable
from tearline.verify.fresh import Fresh, fresh
from tearline.verify.gist import Withheld, read_gist, written
from tearline.verify.ledger import Ledger, Origin, Told, make_ledger
from tearline.verify.ledger import told as taken_apart
from tearline.verify.links import Links
from tearline.verify.locating import Locator
from tearline.verify.looking import Looking, world_of
from tearline.verify.markup import markup_of
from tearline.verify.memory import Memory, Piece, bytes_below, key_of, plain, recalled, remember, version
from tearline.verify.pages import File, Inspector, Look
from tearline.verify.parted import There
from tearline.verify.provenance import provenance
from tearline.verify.record import Accepted
from tearline.verify.repetition import Repetitions
from tearline.verify.scan import Scanner, known_by
from tearline.verify.settings import Settings
from tearline.verify.sources import Document, read_sources
from tearline.verify.withholding import Draft, draft_of, packages, settled
from tearline.verify.work import apart, shared

_JOBS: Final = 2
_FULL: Final = "full"  # what findings call the full edition's site, wherever it stands
_UNPRINTED: Final = "its PDFs cannot be compared with what printing their pages gives"
_WITHOUT: Final = "`tearline verify --bytes-alone` does without"
_BULLETIN = re.compile(r"[0-9]{4}/[^/]+/index\.html")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the verifier. ``stage``, ``full`` and ``log`` are None where there is none to look at.

    ``others`` are the sites or stages of other editions, by their names: what links to them may lead to. ``offline``:
    the site is meant to be opened from a disk. ``bytes_alone``: what this machine lacks to verify more is no finding.
    """

    site: Path
    settings: Settings
    stage: Path | None = None
    full: Path | None = None
    log: Path | None = None
    accepted: Accepted = field(default_factory=Accepted)
    jobs: int = 0
    name: str = "site"
    offline: bool = False
    others: Mapping[str, Path] = field(default_factory=dict)
    memory: Path | None = None  # where it is kept what was clean
    bytes_alone: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the verifier says: findings in order, and which bytes it read: (path in the site, size, SHA-256).

    ``unprinted`` is why no PDF could be compared with its page printed again; empty where each was.
    """

    findings: list[Finding]
    read: tuple[tuple[str, int, str], ...]
    unprinted: str = ""

    def report(self) -> str:
        """Findings and verdict as JSON, for whoever seals the site."""
        lines = "".join(f"{digest} {size} {name}\n" for name, size, digest in sorted(self.read))
        verdict = {
            "verifier": f"tearline verify {__version__}",
            "passed": not refuses(self.findings, strict=True),
            "files": len(self.read),
            "bytes": sum(size for _, size, _ in self.read),
            "tree": hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest(),
        }
        return json.dumps({"findings": told(self.findings), "verdict": verdict})


def told(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as plain data, for a report to another program."""
    return [
        {
            "path": each.place.path,
            "line": each.place.line,
            "column": each.place.column,
            "width": each.width,
            "rule": each.rule.name,
            "detail": each.detail,
            "portion": each.portion,
        }
        for each in findings
    ]


@dataclass(slots=True)
class Reading:
    """What was read of sources and site before anything is judged."""

    documents: list[Document]
    files: dict[str, Path]
    odd: list[str]

    @property
    def pages(self) -> list[str]:
        """The HTML pages of the site."""
        return [name for name in self.files if name.endswith(".html")]


def verify(question: Question) -> Answer:
    """Everything that is wrong with a site. Raises ``OSError`` where something cannot be read at all."""
    settings = question.settings
    jobs = question.jobs or min(_JOBS, os.cpu_count() or 1)
    files, odd = site_files(question.site)
    memory = recalled(question.memory)
    documents = read_sources(settings, jobs, files, memory)
    reading = Reading(documents, files, odd)
    second = second_reading(question, documents, jobs, memory)
    found = second.findings
    themes = tuple(_themes(question))
    listed = _listed(question, files)
    inspector = _inspector(question, reading, themes)
    inspector.world, inspector.known = _world(question, inspector, memory), memory.known
    declared = _declared(documents)
    looking = Looking(listed, inspector, known_by(settings, themes, declared), memory, jobs)
    inspected = looking.inspecting()
    word = tripwire.canary()
    made_of = _made_of(question, chain((one.told for one in documents), second.told))
    draft = _draft(made_of, memory, jobs, lambda: draft_of(settings, documents, second.texts))
    ledger = settled(draft, settings, documents)
    ledger.enter(make_ledger([(word, tripwire.ORIGIN)]))
    told = inspected()  # others begin when these have ended: all at once, they would take half as much memory again
    look = Repetitions(ledger, question.accepted, Locator(settings.base, documents))
    repeated, said = look.check(documents, jobs, _compared(question), memory)
    found += [*repeated, *blind(settings, reading, ledger)]
    ledger.drop(said)
    with search.program(files) as program:
        scanner = Scanner(ledger, settings, declared, (*packages(), *program), themes)

        def shown(name: str) -> str:
            return f"{question.name}/{scanner.shown(name)}"

        known = memory.known.keys() if inspector.world else frozenset()
        there = {name: There(path, inspector.glances[name]) for name, path in files.items()}
        index = search.check(there, program, shown, jobs, known)
        found += index.findings
        found += tripwire.check(scanner, word, next((files[name] for name in reading.pages), None))
        expected = fileset.Expectation(documents, question.stage, (*themes, *scanner.trusted))
        found += fileset.check(offline.without(search.without(files)), odd, expected, shown)
        found += sitemap.check(files, settings.urls.get(settings.edition, ""), question.stage, shown)
        found += offline.check(files, themes, shown, jobs, offline=question.offline)
        scanned = looking.scanned(scanner, _sought(scanner.ledger, memory))
    # The renderer's log comes last, and is no part of the site.
    looks = (looking.look(at, scanned) for at, _ in enumerate(files))
    read = [(name, one.size, one.digest) for name, one in zip(files, looks, strict=True)]
    papers = printed.check(_printed(question), {name: digest for name, _, digest in read}, memory.known, jobs)
    found += [finding(rule, Place(shown(name)), detail) for name, (rule, detail) in papers.wrong.items()]
    if papers.lacks and not question.bytes_alone:
        found.append(finding("unreadable-file", Place(question.name), f"{_UNPRINTED}: {papers.lacks}; {_WITHOUT}"))
    for key in (*papers.clean, *index.clean):
        memory.keep(key)
    if not looking.moved:  # what is kept would be about other bytes than it is known by
        remember(question.memory, memory)
    for at in sorted({*told, *scanned}):
        found += together(listed[at], looking.look(at, told), looking.look(at, scanned), shown)
    return Answer(in_order(map(_printable, found)), tuple(read), papers.lacks)


def _printed(question: Question) -> printed.Site:
    settings = question.settings
    return printed.Site(question.site, settings.theme, settings.urls.get(settings.edition, ""))


def _printable(one: Finding) -> Finding:
    """A finding that is one line whatever files are called."""
    return replace(one, place=replace(one.place, path=printable(one.place.path)), detail=printable(one.detail))


def together(file: File, inspected: Look, scanned: Look, shown: Callable[[str], str]) -> Iterator[Finding]:
    """What both looks at a file found, under the name by which it may be ``shown``: they did not know that."""
    found = [*scanned.findings, *inspected.findings]
    if inspected.digest != scanned.digest:
        found.append(finding("unexpected-file", Place(file.shown), "not the same bytes when it was read again"))
    for one in found:
        own = one.place.path == file.shown and file.shown != file.name
        yield replace(one, place=replace(one.place, path=shown(file.name))) if own else one


def _world(question: Question, made: Inspector, memory: Memory) -> bytes:
    """The world that every page is compared with. Empty where there is nowhere to remember it."""
    if question.memory is None or made.provenance is None:
        return b""
    links = made.links
    others = (f"{name} {page}" for name, pages in links.others.items() for page in pages)
    there = (*made.provenance.titles.texts, *(f"/{name}" for name in links.files), *(f"//{each}" for each in others))
    said = json.dumps([made.provenance.told, sorted(links.others), plain(question.settings), question.offline])
    base = key_of([b"world", version(), said.encode("utf-8", "surrogateescape"), bytes_below(made.themes)])
    return world_of(base, there, memory)


def _made_of(question: Question, told: Iterable[bytes]) -> str:
    """All that the draft of a ledger is made from."""
    settings = plain(question.settings).encode("utf-8", "surrogateescape")
    return key_of([version(), settings, bytes_below([question.settings.theme]), *told])


def _compared(question: Question) -> str:
    """All that repetitions are looked for with, the ledger and the documents aside."""
    return key_of([version(), plain([question.settings, question.accepted]).encode("utf-8", "surrogateescape")])


def _draft(made_of: str, memory: Memory, jobs: int, make: Callable[[], Draft]) -> Draft:
    """The draft of a ledger that is made of this; read where it was made before.

    To make one takes three times the memory that it has.
    """
    key = key_of([b"ledger's draft", made_of.encode()])
    new = apart(lambda: make().written(), jobs) if key not in memory.known else None
    return Draft.read(memory.keep(key, new).data)


def _sought(ledger: Ledger, memory: Memory) -> Fresh:
    """What is looked for in clean files too, since it was not the last time. The canary is looked for in its own."""
    key = key_of([b"ledger", version()])
    told = ((kind, said, "") for kind, said, _ in ledger.told(tripwire.ORIGIN))  # wherever it comes from
    sought, kept = fresh(told, memory.known.get(key))
    memory.keep(key, kept)
    return sought


def _inspector(question: Question, reading: Reading, themes: tuple[Path, ...]) -> Inspector:
    settings, documents = question.settings, reading.documents
    told = markup = None
    if question.stage is not None:
        told = provenance(question.stage, settings.theme, packages())
        markup = markup_of(question.stage, settings, packages())
    sanitized = settings.releases is not None
    bulletins = {
        one.address: one for one in documents if sanitized and one.number and one.released and not one.recalled
    }
    others = {name: fileset.pages_of(folder) for name, folder in question.others.items()}
    there = frozenset(name for name in reading.files if not search.is_named_anew(name))
    links = Links(question.site, there, settings, others, served=not question.offline)
    return Inspector(links, told, bulletins, packages(), themes, markup)


def _listed(question: Question, files: Mapping[str, Path]) -> list[File]:
    """The files to look at: those of the site, and the renderer's log."""
    listed = [File(name, path, f"{question.name}/{name}") for name, path in files.items()]
    log = question.log
    return [*listed, File("renderer.log", log, "renderer.log")] if log is not None else listed


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What the full edition shows under marks that this edition may not see, and where sources do not say the same.

    ``gists`` are what its pages hold, packed, by their paths.
    """

    findings: list[Finding] = field(default_factory=list)
    gists: dict[str, Piece] = field(default_factory=dict)

    @property
    def texts(self) -> Iterator[tuple[Told, Origin]]:
        """The withheld texts, taken apart when they are asked for."""
        for path, gist in self.gists.items():
            yield from ((one.told, Origin(path, 1)) for one in read_gist(gist.data))

    @property
    def told(self) -> Iterator[bytes]:
        """The same as bytes."""
        for path, gist in self.gists.items():
            yield from (path.encode("utf-8", "surrogateescape"), gist.data)


def second_reading(question: Question, documents: Sequence[Document], jobs: int, memory: Memory) -> SecondReading:
    """The full edition's pages, read as a reader sees them. What ``memory`` knows is not read again."""
    full, settings, made = question.full, question.settings, SecondReading()
    if full is None or settings.releases is None:
        return made

    def read(document: Document) -> tuple[list[Finding], bytes | None, str] | None:
        """What is wrong with its page, what that withholds, and the key of this; None for what is known."""
        path = full / document.address
        if not document.number or document.recalled or not document.address or not path.is_file():
            return None
        data = path.read_bytes()
        key = key_of([b"second", document.key.encode(), data])  # a document's key has the settings in it
        if key in memory.known:
            return [], None, key
        seen = second.withheld(data.decode("utf-8", "replace"), settings, document.system)
        found = list(second.check(document, seen, f"{_FULL}/{document.address}"))
        texts = (text for one in seen if one.sure for text in one.text.split(second.BETWEEN))
        return found, written(tuple(Withheld(1, told=taken_apart(text)) for text in texts)), key

    for document, told in zip(documents, shared(read, documents, jobs), strict=True):
        if told is not None:
            found, new, key = told
            made.findings.extend(found)
            made.gists[f"{_FULL}/{document.address}"] = memory.keep("" if found else key, new)
    if next(made.texts, None) is None and any(document.above for document in documents):
        made.findings.append(finding("verifier-blind", Place(_FULL), "the full edition shows nothing that is withheld"))
    return made


def site_files(site: Path) -> tuple[dict[str, Path], list[str]]:
    """The plain files of a site by name, and the names of what is neither a plain file nor a folder of files."""
    if not site.is_dir():
        raise NotADirectoryError(20, "is not a folder", str(site))
    found = below(site)
    return found.files, [*found.odd, *found.deep]


def blind(settings: Settings, reading: Reading, ledger: Ledger) -> Iterator[Finding]:
    """Nothing read is nothing proved: zero files, documents, bulletins or portions, or a ledger without entries.

    Not everything that is nothing is wrong: a new site may have pages alone, or bulletins that everybody may see. So
    each emptiness is compared with something that was read in another way: the names of the site's files, the bytes
    of the sources.
    """
    bulletins = [document for document in reading.documents if document.number]
    shown = any(map(_BULLETIN.fullmatch, reading.files))
    place = Place("site")
    if not reading.pages:
        yield finding("verifier-blind", place, "the site has no pages")
    if not reading.documents:
        yield finding("verifier-blind", place, "no document was read")
    if shown and not bulletins:
        yield finding("verifier-blind", place, "no bulletin was read")
    if shown and not any(document.own for document in bulletins):
        yield finding("verifier-blind", place, "no portion was read")
    if settings.releases is None:
        return
    for document in bulletins:
        if document.high and not document.holds:
            detail = "a mark above the ceiling, and nothing that stands under it"
            yield finding("verifier-blind", Place(document.path), detail, portion=document.number)
    if any(document.long for document in reading.documents) and ledger.is_empty_but_for(tripwire.ORIGIN):
        yield finding("verifier-blind", place, "nothing is looked for, and something is withheld")


def _declared(documents: Iterable[Document]) -> frozenset[str]:
    """The pages on which marks may be mentioned."""
    return frozenset(document.address for document in documents if document.address and not document.number)


def _themes(question: Question) -> Iterator[Path]:
    yield question.settings.theme
    if question.stage is not None:
        yield question.stage / "theme"
