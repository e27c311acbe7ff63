"""The raw sources of a site, read naively: for each document what its edition may say, and what it may not.

A document that cannot be read, has no product number and is no page, is a draft or was recalled, is withheld whole.
Whether the sanitizer held one back is not known here: one whose page is not in the site counts as held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

import yaml

from tearline.verify import marks
from tearline.verify.folding import words
from tearline.verify.front import FrontReader, mapping, scalar
from tearline.verify.gist import Gist, gist_of, grown, packed, read_gist, shrunk, small_of, unpacked, written
from tearline.verify.ledger import SENTENCE
from tearline.verify.memory import Memory, Piece, key_of, plain, version
from tearline.verify.neighbours import Edges, edges_of
from tearline.verify.portions import BodyReader
from tearline.verify.settings import Settings
from tearline.verify.units import Unit
from tearline.verify.work import shared

_SIZE: Final = 4  # bytes that say how long a part is
_LARGEST: Final = 8 << 20  # bytes; a larger source is no document
_FALSE: Final = frozenset({"", "false", "no", "off", "0", "null", "~", "n"})
_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
# Values that come from lists of the site, or are not words.
_LISTED: Final = frozenset(
    "system marking product priority hazards lifelines regions hsec_sins date information_cutoff in_effect_until "
    "review_by draft recalled withheld_notice point_to_point originator".split()
)
_ASKED: Final = "document"  # how one is read of which it is not asked whether the site has its page
_SHOWN: Final = "document shown"
_HELD: Final = "document held"
BODY: Final = frozenset({"paragraph", "item", "cell", "fence", "title", "note", "heading"})


@dataclass(frozen=True, slots=True)
class Source:
    """One source as it was read; see ``Document``, which is what becomes of it."""

    path: str
    number: str
    address: str
    units: tuple[Unit, ...]
    recalled: bool = False
    system: str = ""
    high: bool = False

    @property
    def released(self) -> bool:
        """Whether any word of its body, or of a page, is released."""
        return any(not unit.withheld and unit.kind in BODY | {"page"} for unit in self.units)


class Shown(NamedTuple):
    """What others have to know of a document: the words in small letters, how its released texts begin and end."""

    small: Sequence[str]
    edges: Edges

    def written(self) -> bytes:
        """It as bytes. Words are made of letters and digits, so that other signs keep them apart."""
        lines = [" ".join(self.small), *map("\t".join, self.edges)]
        return shrunk("\n".join(lines).encode("utf-8", "surrogatepass"))

    @classmethod
    def read(cls, written: bytes) -> Shown:
        """It from what was written."""
        small, *edges = grown(written).decode("utf-8", "surrogatepass").split("\n")
        return cls(small.split(), Edges(*(line.split("\t") for line in edges)))


@dataclass(frozen=True, slots=True)
class Document:
    """One source: ``address`` is the path of its page in the site, empty where it has none.

    ``high``: its bytes hold a mark above the ceiling, whatever is made of them. Pages may write about marks, and are
    not asked. Of its units, ``released`` says whether any word of its body, or of a page, is released, ``own`` whether
    one has a mark of its own, ``above`` whether such a mark is above the ceiling, ``holds`` whether words are withheld,
    names of files aside, and ``long`` whether so many in a row that nobody else says the same.

    ``page`` is the address that it has if it is not held. ``key`` is by what it is known again, and ``kept`` what it is
    made from then: plain data, its gist, what is shown, its units.
    """

    path: str
    number: str
    address: str
    recalled: bool
    system: str
    high: bool
    released: bool
    own: bool
    above: bool
    holds: bool
    long: bool
    page: str
    key: str
    kept: Piece

    @classmethod
    def of(cls, source: Source, page: str = "") -> bytes:
        """What is kept of the document that a source comes to."""
        units = source.units
        hidden = [unit for unit in units if unit.withheld and unit.kind != "name"]
        told = (
            *(source.path, source.number, source.address, source.recalled, source.system, source.high),
            source.released,
            *(any(unit.own for unit in units), any(unit.high for unit in units), bool(hidden)),
            any(len(words(unit.visible)) >= SENTENCE for unit in hidden),
            page,
        )
        edges = edges_of(unit.visible for unit in units if not unit.withheld)
        parts = [
            json.dumps(told).encode(),
            written(gist_of(units)),
            Shown(small_of(units), edges).written(),
            packed(units),
        ]
        return b"".join(len(part).to_bytes(_SIZE, "big") + part for part in parts)

    @classmethod
    def again(cls, kept: Piece, key: str) -> Document:
        """The document that this was kept of."""
        values: list[Any] = [*json.loads(next(_parts(kept.data))), key, kept]
        return cls(*values)

    @property
    def told(self) -> bytes:
        """All that the draft of a ledger is made from."""
        return b"".join(islice(_parts(self.kept.data), 2))

    @property
    def gist(self) -> Gist:
        """What it withholds, taken apart."""
        return read_gist([*islice(_parts(self.kept.data), 2)][1])

    @property
    def shown(self) -> Shown:
        """What others have to know of it."""
        return Shown.read([*islice(_parts(self.kept.data), 3)][2])

    @property
    def units(self) -> tuple[Unit, ...]:
        """What it is made of."""
        return unpacked([*_parts(self.kept.data)][3])


def _parts(kept: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(kept):
        begin = at + _SIZE
        at = begin + int.from_bytes(kept[at:begin], "big")
        yield kept[begin:at]


def read_sources(
    settings: Settings,
    jobs: int = 1,
    files: Collection[str] | None = None,
    memory: Memory | None = None,
) -> list[Document]:
    """Every file below the sources; links are not followed. Raises ``OSError`` where there is no such folder.

    With the ``files`` of a site, documents without a page there are held. What ``memory`` knows is not read again.
    """
    root = settings.sources
    if not root.is_dir():
        raise NotADirectoryError(20, "is not a folder", str(root))
    world = key_of([version(), plain(settings).encode("utf-8", "surrogateescape")]).encode()

    memory = memory if memory is not None else Memory()
    known = memory.known
    ways = (_ASKED,) if files is None else (_SHOWN, _HELD)

    def way_of(page: str) -> str:
        return _ASKED if files is None else _SHOWN if page in files else _HELD

    def read(path: Path) -> tuple[str, bytes | None]:
        """The key by which the document is known again, and what is to be kept of it; None for what is known."""
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        name = path.relative_to(root).as_posix()
        told = (world, name.encode("utf-8", "surrogateescape"), data)
        keys = {way: key_of([way.encode(), *told]) for way in ways}
        for way, key in keys.items():
            if key in known and way == way_of(Document.again(known.piece(key), key).page):
                return key, None
        source = _read(data, name, path.relative_to(settings.base).as_posix(), settings)
        way = way_of(source.address)
        return keys[way], Document.of(_held(source) if way == _HELD else source, source.address)

    plainly = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [Document.again(memory.keep(key, new), key) for key, new in shared(read, plainly, jobs)]


def _held(source: Source) -> Source:
    """A source without a page in the site is withheld whole, its titles too.

    A bulletin of which no word is released keeps its address: the full edition has it.
    """
    if source.released:
        return _whole(source)
    return replace(_whole(source), address=source.address) if source.number else source


def _whole(source: Source) -> Source:
    """Everything in it withheld; what is not so by its mark is unpublished, but no secret."""
    units = (one._replace(withheld=one.kind not in _LISTED, secret=one.secret and one.withheld) for one in source.units)
    return replace(source, units=tuple(units), address="")


def _read(data: bytes, name: str, shown: str, settings: Settings) -> Source:
    path = PurePosixPath(name)
    named = Unit(shown, 1, "name", withheld=True, visible=re.sub(r"\.\w+$", "", path.name), secret=False)
    if path.suffix.lower() not in (".md", ".markdown"):
        text = "" if b"\x00" in data else data.decode("utf-8", "ignore")
        kept = Unit(shown, 1, "file", withheld=True, visible=text, secret=False)
        return Source(shown, "", "", (named, kept) if _is_text(data) else (named,))
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    source = _source(text, name, shown, settings)
    if source.number:
        named = named._replace(visible=_beside(source.number, named.visible))
        units = (named,) if words(named.visible) else ()
        return replace(source, units=(*source.units, *units), high=_marked(text, settings))
    if source.address:  # a page is published under its own name
        named = named._replace(withheld=False, visible=name.rpartition(".")[0])
    return replace(source, units=(*source.units, named))


def _beside(number: str, name: str) -> str:
    """What a file's name says beside the product number that it begins with: the front matter says whose that is."""
    ends = (at for at in range(len(name) + 1) if words(name[:at]) == words(number) and not name[at : at + 1].isalnum())
    return name[next(ends, 0) :]


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


def _source(text: str, name: str, shown: str, settings: Settings) -> Source:
    fence = _FENCE.match(text)
    node = mapping(fence[1]) if fence else None
    if fence is None or node is None:
        return Source(
            shown, "", "", (Unit(shown, 1, "document", withheld=True, visible=text, secret=_marked(text, settings)),)
        )
    keys = {str(key.value): value for key, value in node.value}
    number = scalar(keys.get("id"))
    body = text[fence.end() :].split("\n")
    first = text[: fence.end()].count("\n") + 1
    if not number:
        return _page(shown, name, keys, "\n".join(body), settings)
    system = scalar(keys.get("system")) or settings.system
    front = FrontReader(shown, settings, system)
    front.whole = front.is_above(scalar(keys.get("marking"))) and "compilation_reason" in keys
    reader = BodyReader(shown, settings, system, front.whole, front.files(keys.get("assets")))
    meta = front.units(node)
    units = (*meta, *reader.read(body, first))
    units += tuple(_labels(units))
    source = Source(shown, number, settings.address_of(number) or "", units, system=system)
    recalled = "recalled" in keys
    draft = scalar(keys.get("draft")).strip().lower() not in _FALSE
    if draft or recalled or not source.address:
        whole = _whole(source)
        units = tuple(one._replace(withheld=one.withheld and (one.kind != "id" or draft)) for one in whole.units)
        source = replace(whole, units=units, address="" if draft else source.address, recalled=recalled)
    return source


def _labels(units: Iterable[Unit]) -> Iterator[Unit]:
    """The labels of notes, which no edition shows: notes are numbered."""
    labelled = {unit.label: unit for unit in units if unit.label}
    for label, unit in labelled.items():
        yield Unit(unit.path, unit.line, "name", withheld=True, visible=label, secret=False)


def _page(shown: str, name: str, keys: dict[str, yaml.Node], body: str, settings: Settings) -> Source:
    """A page is covered by its marking; one that is on no list is withheld."""
    mark = marks.read(scalar(keys.get("marking"))) if "marking" in keys else None
    seen = (
        mark is not None
        and settings.is_page(name)
        and any(marks.releasable(mark, settings, system) for system in settings.releases or [settings.system])
    )
    address = "index.html" if name.lower() == "index.md" else re.sub(r"(?:/index)?\.\w+$", "", name) + "/index.html"
    said = "\n".join(scalar(keys.get(key)) for key in ("title", "description"))
    unit = Unit(shown, 1, "page", withheld=not seen, visible=f"{said}\n{body}")
    return Source(shown, "", address if seen else "", (unit,))


def _marked(text: str, settings: Settings) -> bool:
    return any(True for _ in marks.above(text, settings))
