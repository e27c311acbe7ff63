"""What an edition may not say, as a ledger: everything withheld in the sources, less what the site says of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.resources import files
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import cbor2
import yaml

from tearline.verify.folding import words
from tearline.verify.labels import labels
from tearline.verify.ledger import RUN, Ledger, Origin, Run, Told, ledger_from, says_little
from tearline.verify.neighbours import Edges, cut, side_by_side
from tearline.verify.settings import Settings, texts_of
from tearline.verify.shorthand import longhand, shorthand
from tearline.verify.sources import Document

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATA: Final = ("marking/systems", "policy/vocabulary.yml")
_OURS: Final = tuple(f"**/*.{suffix}" for suffix in ("html", "css", "js", "svg", "txt", "json"))
_PACKAGED: Final = ("*.html", "partials/**/*.html", "assets/stylesheets/*.css")


class Draft(NamedTuple):
    """A ledger as far as what is released makes no difference to it, and what of it may still go.

    ``cut`` are its runs that may be made of a label and a released text, ``themed`` its words that the theme has.
    """

    ledger: Ledger
    cut: Sequence[Run]
    themed: Sequence[str]

    def written(self) -> bytes:
        """It as bytes."""
        return cbor2.dumps([shorthand(self.ledger), [" ".join(run) for run in self.cut], " ".join(self.themed)])

    @classmethod
    def read(cls, written: bytes) -> Draft:
        """It from what was written."""
        ledger, cut, themed = cbor2.loads(written)
        return cls(longhand(ledger), [tuple(run.split()) for run in cut], themed.split())


def ledger_of(settings: Settings, documents: Sequence[Document]) -> Ledger:
    """The ledger of what these documents withhold; see ``draft_of`` and ``settled``."""
    return settled(draft_of(settings, documents), settings, documents)


def draft_of(settings: Settings, documents: Sequence[Document], more: Iterable[tuple[Told, Origin]] = ()) -> Draft:
    """The draft of the ledger of what these documents withhold and of ``more`` texts.

    What the configuration says is no secret, whoever else says it: the agency's name, its regions and its contacts,
    one after the other too. Nor is what is said of every mark and facet, nor the number and the address of a bulletin
    that is released, alone or beside words that say nothing.
    """
    whole = ledger_from(chain(_withheld(documents), more))
    texts = (*settings.texts, *_trade(), *_names(settings.theme), *_numbers(settings, documents))
    public = [hit.run for text in texts for _, hit in whole.find(words(text))]
    there = {word for document in documents if _is_there(document) for word in words(document.number)}
    runs = whole.runs.get(RUN, {})
    public += [run for run in runs if not there.isdisjoint(run) and says_little(run, there)]
    public += _rows(runs, {tuple(words(text)) for text in settings.texts})
    whole.drop(public)
    themed = sorted(_themes({word for word in whole.singles if word.isalpha()}, settings.theme))
    return Draft(whole, cut(whole.runs.get(RUN, {}), _labels(settings)), themed)


def settled(draft: Draft, settings: Settings, documents: Sequence[Document]) -> Ledger:
    """The ledger of a draft, in place, once it is known what these documents release.

    What a label and a released text say side by side is no secret, nor is a single word of the theme, such as the name
    of a class of elements, unless it is a name in the withheld text. Several words in a row are looked for in the theme
    like everywhere.
    """
    ordinary: set[str] = set()

    def edges() -> Iterator[Edges]:
        for document in documents:
            shown = document.shown
            ordinary.update(shown.small)
            yield shown.edges

    ledger, cut, themed = draft
    beside = side_by_side(cut, _labels(settings), edges())  # all documents are read by now
    ledger.know(ordinary)
    ledger.drop([*beside, *((word,) for word in themed if word not in ledger.strong)])
    return ledger


def _labels(settings: Settings) -> set[str]:
    """What pages say beside released texts."""
    return {*settings.texts, *_trade(), *labels(settings.theme, packages())}


def _trade() -> Iterator[str]:
    """What banners, legends and facets say on every site: plain data of the package, whoever reads it."""
    for place in _DATA:
        root = files("tearline").joinpath(place)
        for path in sorted(root.iterdir(), key=str) if root.is_dir() else [root]:
            if path.name.endswith(".yml"):
                yield from texts_of(yaml.load(path.read_bytes(), _Loader))  # noqa: S506 - safe, in C if there is one


def _rows(runs: Iterable[Run], texts: Collection[Run]) -> Iterator[Run]:
    """Those of these runs that are texts of the configuration one after the other, as a list of them is shown."""
    begins = {text[:size] for text in texts for size in range(1, min(len(text), RUN) + 1)}
    ends = {text[-size:] for text in texts for size in range(1, min(len(text), RUN) + 1)}

    def goes_on(run: Run) -> bool:
        return run in begins or any(run[:size] in texts and goes_on(run[size:]) for size in range(1, len(run)))

    for run in runs:
        if any(run[:size] in ends and goes_on(run[size:]) for size in range(1, RUN)):
            yield run


def _themes(wanted: set[str], theme: Path) -> Iterator[str]:
    """Those of these words that the site's theme or its package is made of."""
    for root, globs in ((theme, _OURS), *((package, _PACKAGED) for package in packages())):
        for path in sorted(path for glob in globs for path in root.glob(glob) if path.is_file()):
            found = wanted.intersection(words(path.read_text(encoding="utf-8", errors="replace")))
            wanted -= found
            yield from found


def packages() -> tuple[Path, ...]:
    """Where the theme's package keeps its files, without loading it."""
    spec = find_spec("material")
    return tuple(Path(root) / "templates" for root in (spec.submodule_search_locations or ())) if spec else ()


def _withheld(documents: Iterable[Document]) -> Iterator[tuple[Told, Origin]]:
    """Every withheld text, taken apart, with its place."""
    for document in documents:
        for one in document.gist:
            yield one.told, Origin(document.path, one.line, one.secret, one.cell)


def _numbers(settings: Settings, documents: Iterable[Document]) -> Iterator[str]:
    """The product numbers of what the edition has, and the addresses of its pages in each edition."""
    for document in documents:
        if _is_there(document):
            place = document.address.removesuffix("index.html")
            yield from (document.number, place, *(f"{url.rstrip('/')}/{place}" for url in settings.urls.values()))


def _is_there(document: Document) -> bool:
    """Whether the edition has a page of a bulletin with this number."""
    return bool(document.number) and (document.released or document.recalled)


def _names(theme: Path) -> Iterator[str]:
    """The names of the theme's files."""
    if theme.is_dir():
        yield from (path.relative_to(theme).as_posix() for path in sorted(theme.rglob("*")) if path.is_file())
