"""What an edition may not say, as a ledger: everything withheld in the sources, less what the site says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tearline.verify.folding import words
from tearline.verify.ledger import Ledger, Origin, make_ledger
from tearline.verify.settings import Settings
from tearline.verify.sources import Document
from tearline.verify.tokens import small_words


def ledger_of(settings: Settings, documents: Sequence[Document], more: Iterable[tuple[str, Origin]] = ()) -> Ledger:
    """The ledger of what these documents withhold and of ``more`` texts.

    What the configuration says is no secret, whoever else says it: the agency's name, its regions and its contacts.
    """
    ordinary = {each for document in documents for unit in document.units for each in small_words(unit.visible)}
    whole = make_ledger([*withheld(documents), *more], ordinary)
    public = [hit for text in (*settings.texts, *_theme_names(settings)) for _, hit in whole.find(words(text))]
    return whole.without(public)


def withheld(documents: Iterable[Document]) -> Iterator[tuple[str, Origin]]:
    """Every withheld text with its place."""
    for document in documents:
        for unit in document.units:
            if unit.withheld:
                for text in (unit.visible, *unit.more):
                    yield text, Origin(unit.path, unit.line, unit.secret, unit.cell)


def _theme_names(settings: Settings) -> Iterator[str]:
    root = settings.theme
    yield from (path.relative_to(root).as_posix() for path in sorted(root.rglob("*"))) if root.is_dir() else ()
