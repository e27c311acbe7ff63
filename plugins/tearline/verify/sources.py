"""The raw sources of a site, read naively: for each document what its edition may say, and what it may not.

A document that cannot be read, has no product number and is no page, is a draft or was recalled, is withheld whole.
Whether the sanitizer held one back is not known here: one whose page is not in the site counts as held, see ``held``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml

from tearline.verify import marks
from tearline.verify.folding import words
from tearline.verify.front import FrontReader, mapping, scalar
from tearline.verify.portions import BodyReader
from tearline.verify.settings import Settings
from tearline.verify.units import Unit
from tearline.verify.work import shared

_LARGEST: Final = 8 << 20  # bytes; a larger source is no document
_FALSE: Final = frozenset({"", "false", "no", "off", "0", "null", "~", "n"})
_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
# Values that come from lists of the site, or are not words.
_LISTED: Final = frozenset(
    "system marking product priority hazards lifelines regions hsec_sins date information_cutoff in_effect_until "
    "review_by draft recalled withheld_notice point_to_point originator".split()
)
_BODY: Final = frozenset({"paragraph", "item", "cell", "fence", "title", "note", "heading"})


@dataclass(frozen=True, slots=True)
class Document:
    """One source: ``address`` is the path of its page in the site, empty where it has none.

    ``high``: its bytes hold a mark above the ceiling, whatever is made of them. Pages may write about marks, and are
    not asked. ``digest`` is the SHA-256 of its bytes, in hexadecimal.
    """

    path: str
    number: str
    address: str
    units: tuple[Unit, ...]
    recalled: bool = False
    system: str = ""
    high: bool = False
    digest: str = ""

    @property
    def released(self) -> bool:
        """Whether any word of its body, or of a page, is released."""
        return any(not unit.withheld and unit.kind in _BODY | {"page"} for unit in self.units)

    @property
    def withheld(self) -> list[Unit]:
        """What it says and the edition may not, names of files aside."""
        return [unit for unit in self.units if unit.withheld and unit.kind != "name"]


def read_sources(settings: Settings, jobs: int = 1) -> list[Document]:
    """Every file below the sources; links are not followed. Raises ``OSError`` where there is no such folder."""
    root = settings.sources
    if not root.is_dir():
        raise NotADirectoryError(20, "is not a folder", str(root))

    def read(path: Path) -> Document:
        name = path.relative_to(root).as_posix()
        return _read(path, name, path.relative_to(settings.base).as_posix(), settings)

    plain = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    return shared(read, plain, jobs)


def held(documents: Iterable[Document], files: Iterable[str]) -> list[Document]:
    """The documents; those without a page in the site are withheld whole, their titles too.

    A bulletin of which no word is released keeps its address: the full edition has it.
    """
    there = set(files)

    def whole(document: Document) -> Document:
        if document.address in there:
            return document
        if document.released:
            return _whole(document)
        return replace(_whole(document), address=document.address) if document.number else document

    return [whole(document) for document in documents]


def _whole(document: Document) -> Document:
    """Everything in it withheld; what is not so by its mark is unpublished, but no secret."""
    units = (
        replace(one, withheld=one.kind not in _LISTED, secret=one.secret and one.withheld) for one in document.units
    )
    return replace(document, units=tuple(units), address="")


def _read(path: Path, name: str, shown: str, settings: Settings) -> Document:
    named = Unit(shown, 1, "name", withheld=True, visible=re.sub(r"\.\w+$", "", path.name), secret=False)
    data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    if path.suffix.lower() not in (".md", ".markdown"):
        text = "" if b"\x00" in data else data.decode("utf-8", "ignore")
        kept = Unit(shown, 1, "file", withheld=True, visible=text, secret=False)
        return Document(shown, "", "", (named, kept) if _is_text(data) else (named,))
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    document = replace(_document(text, name, shown, settings), digest=hashlib.sha256(data).hexdigest())
    if document.number:
        units = () if words(named.visible) == words(document.number) else (named,)
        return replace(document, units=(*document.units, *units), high=_marked(text, settings))
    if document.address:  # a page is published under its own name
        named = replace(named, withheld=False, visible=name.rpartition(".")[0])
    return replace(document, units=(*document.units, named))


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


def _document(text: str, name: str, shown: str, settings: Settings) -> Document:
    fence = _FENCE.match(text)
    node = mapping(fence[1]) if fence else None
    if fence is None or node is None:
        return Document(
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
    document = Document(shown, number, settings.address_of(number) or "", units, system=system)
    recalled = "recalled" in keys
    draft = scalar(keys.get("draft")).strip().lower() not in _FALSE
    if draft or recalled or not document.address:
        whole = _whole(document)
        units = tuple(replace(one, withheld=one.withheld and (one.kind != "id" or draft)) for one in whole.units)
        document = replace(whole, units=units, address="" if draft else document.address, recalled=recalled)
    return document


def _labels(units: Iterable[Unit]) -> Iterator[Unit]:
    """The labels of notes, which no edition shows: notes are numbered."""
    labelled = {unit.label: unit for unit in units if unit.label}
    for label, unit in labelled.items():
        yield Unit(unit.path, unit.line, "name", withheld=True, visible=label, secret=False)


def _page(shown: str, name: str, keys: dict[str, yaml.Node], body: str, settings: Settings) -> Document:
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
    return Document(shown, "", address if seen else "", (unit,))


def _marked(text: str, settings: Settings) -> bool:
    return any(True for _ in marks.above(text, settings))
