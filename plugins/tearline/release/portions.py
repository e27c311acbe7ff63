"""The words of portions: what an edition sees of each, under the mark that its readers are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final
from unicodedata import category

from tearline.bulletin.metadata import Asset
from tearline.bulletin.tree import (
    Code,
    Emphasis,
    Image,
    Inline,
    InlinePortion,
    Link,
    NoteRef,
    Portion,
    Text,
    nested,
    words_of,
)
from tearline.marking import Mark
from tearline.release.model import Shown
from tearline.release.picking import Picking, words_behind, words_of_asset, words_of_portion
from tearline.release.tidying import GAP, has_gap, tidied

RASTERS: Final = (".png", ".jpg", ".jpeg")


def is_raster(asset: Asset) -> bool:
    """Whether a file can be rebuilt from pixels (marking-language.md, section 6)."""
    return asset.file.lower().endswith(RASTERS)


class Portions:
    """Picks portions. ``number_of`` gives the number of the note with a label, None where it is withheld."""

    def __init__(self, picking: Picking, number_of: Callable[[str], int | None]) -> None:
        self.picking = picking
        self.number_of = number_of
        self.assets = {asset.file: asset for asset in picking.bulletin.metadata.assets}

    def pick(self, portion: Portion, *, hollow: bool = False) -> Portion | None:
        """The portion as the edition sees it; None where it is withheld, or where nothing is left of its words.

        A ``hollow`` one, which marks more than its words (a table, a row, a code block), stays without any.
        """
        if not self.picking.sees(portion):
            return None
        known = self.picking.marked.effective[portion.number].mark
        inner: list[Mark] = []
        picked = self.inlines(portion.inlines, known, inner)
        inlines = tidied(picked)
        if has_gap(picked) and not _says_anything(inlines):
            if not hollow:
                return None
            inlines = ()
        self.picking.kept.add(portion.number)
        self.picking.carried += [known, *inner]
        # What a reader is shown rolls up over the inline portions seen (CAPCO 2016 p182).
        mark = self.picking.roll_up([portion.mark or known, *inner]) if inner else portion.mark
        self.picking.seen += [*([mark] if mark is not None else []), *inner]
        return Portion(mark, inlines, ordinal=portion.ordinal)

    def title_of_code(self, portion: Portion) -> Portion | None:
        """A code block's title is plain text: no links, notes or pictures can stand in it."""
        plain = replace(portion, inlines=tuple(_plain(portion.inlines)))
        picked = self.pick(plain, hollow=True)
        return replace(picked, inlines=tidied([Text(words_of(picked.inlines))])) if picked is not None else None

    def lose(self, portion: Portion) -> None:
        """Leave a portion behind."""
        self.picking.lose(words_of_portion(portion))

    def inlines(self, inlines: Iterable[Inline], above: Mark, inner: list[Mark]) -> list[Inline]:
        """The inlines as the edition sees them, a gap where words went; the marks seen go to ``inner``."""
        picked: list[Inline] = []
        for inline in inlines:
            match inline:
                case InlinePortion():
                    picked += self.inline_portion(inline, above, inner)
                case Image():
                    picked.append(self.image(inline))
                case NoteRef(label=label):
                    number = self.number_of(label)
                    picked.append(GAP if number is None else NoteRef(str(number)))
                case Emphasis(strong=strong, children=children):
                    picked.append(Emphasis(strong, tuple(self.inlines(children, above, inner))))
                case Link(children=children):
                    picked += self.link(inline, tuple(self.inlines(children, above, inner)))
                case _:
                    picked.append(inline)
        return picked

    def inline_portion(self, inline: InlinePortion, above: Mark, inner: list[Mark]) -> list[Inline]:
        """The words with their mark; or else the replacement, which is at the mark of the portion around it.

        An edition that withholds nothing keeps the replacement too, to tell what others read.
        """
        whole = self.picking.roll_up([above, inline.mark])
        if self.picking.edition.may_see(whole):
            inner.append(inline.mark)
            told = inline.replacement if not self.picking.edition.sanitized else None
            return [InlinePortion(inline.mark, tuple(self.inlines(inline.children, whole, inner)), told)]
        self.picking.lose([words_of(inline.children), *words_behind(inline.children)])
        return list(inline.replacement) if inline.replacement else [GAP]

    def image(self, inline: Image) -> Inline:
        """A picture whose own entry may be seen too. Its alternative text has a mark of its own (section 6)."""
        asset = self.asset(inline.file, inline.at, published=is_raster)
        if asset is None:
            self.picking.lose([inline.alt, inline.file])
            return GAP
        said = filter(None, (inline.alt, self.alternative(asset)))
        return Image(inline.file, "; ".join(dict.fromkeys(said)))

    def alternative(self, asset: Asset) -> str:
        """The alternative text of a file's entry, which no reader is shown a mark of."""
        if asset.alt is None or asset.alt.mark is None:
            return ""
        if not self.picking.may_see(asset.alt.mark):
            self.picking.lose([asset.alt.words])
            return ""
        self.picking.carried.append(asset.alt.mark)
        return " ".join(asset.alt.words.split())

    def link(self, inline: Link, children: tuple[Inline, ...]) -> list[Inline]:
        """A link; one to a file that the edition does not get keeps its words and loses its target."""
        if inline.target not in self.assets:
            return [Link(inline.target, inline.title, children)]
        if self.asset(inline.target, inline.at, published=lambda _: False) is None:
            self.picking.lose([inline.target])
            return list(children)
        return [Link(inline.target, inline.title, children)]

    def asset(self, file: str, at: int, *, published: Callable[[Asset], bool]) -> Asset | None:
        """A file's entry if it goes with this edition; only ``published`` types do where anything is withheld."""
        asset = self.assets.get(file)
        if asset is None or not self.picking.may_see(asset.marking):
            return None
        if self.picking.edition.sanitized and not published(asset):
            self.picking.report("asset-withheld", at)
            return None
        self.picking.files[file] = None
        self.picking.carried.append(asset.marking)
        return asset

    def captions(self, portion: Portion) -> list[Shown]:
        """What is said beneath the pictures in a picked portion: caption and source, each under its own mark."""
        found: list[Shown] = []
        for asset in [self.assets[one.file] for one in nested(portion.inlines) if isinstance(one, Image)]:
            told = self.picking.text(asset.caption) if asset.caption is not None else None
            found += [told] if told is not None else []
            source = asset.source
            told = self.picking.text(replace(source, mark=source.mark or asset.marking)) if source is not None else None
            found += [replace(told, words=f"Source: {told.words}")] if told is not None else []
        return found

    def lose_unused_assets(self) -> None:
        """The names and words of the files that the edition does not get."""
        for file, asset in self.assets.items():
            if file not in self.picking.files:
                self.picking.lost += words_of_asset(asset)


def _plain(inlines: Iterable[Inline]) -> Iterable[Inline]:
    for inline in inlines:
        match inline:
            case Link(children=children) | Emphasis(children=children):
                yield from _plain(children)
            case InlinePortion(children=children):
                yield replace(inline, children=tuple(_plain(children)))
            case Image() | NoteRef():
                yield GAP
            case _:
                yield inline


def _says_anything(inlines: Iterable[Inline]) -> bool:
    """Whether these inlines hold more than punctuation."""
    return any(
        isinstance(one, Code | Image | InlinePortion)
        or (isinstance(one, Text) and any(category(char)[0] in "LNS" for char in one.words))
        for one in nested(tuple(inlines))
    )
