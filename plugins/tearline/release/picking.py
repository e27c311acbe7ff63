"""What has been picked for one edition so far, and what stays behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tearline.bulletin.document import Bulletin
from tearline.bulletin.metadata import Asset, MarkedText, MarkedValue, Metadata, Revision
from tearline.bulletin.tree import (
    Block,
    Box,
    Fence,
    Inline,
    InlinePortion,
    ItemList,
    Link,
    Note,
    Portion,
    Quote,
    Tearline,
    nested,
    portions_of,
    words_of,
)
from tearline.effective import Marked
from tearline.findings import Finding, finding
from tearline.marking import Mark, join
from tearline.policy import Edition
from tearline.release.model import Shown


@dataclass(slots=True)
class Picking:
    """One bulletin's way into one edition.

    ``bound`` is the compilation that governs what is being picked, None inside a stand-in. ``carried`` are the
    marks of all that was picked (the banner's), ``seen`` those that a reader meets (the legend's); ``kept`` the
    numbers of the source's portions that were picked; ``losses`` counts what was not, ``lost`` holds its words.
    """

    marked: Marked
    edition: Edition
    bound: Mark | None = None
    carried: list[Mark] = field(default_factory=list)
    seen: list[Mark] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)
    files: dict[str, None] = field(default_factory=dict)
    losses: int = 0
    lost: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bulletin(self) -> Bulletin:
        """The source."""
        return self.marked.bulletin

    def may_see(self, mark: Mark) -> bool:
        """Whether the edition may see what carries this mark, under the compilation that governs here."""
        return self.edition.may_see(mark if self.bound is None else self.roll_up([mark, self.bound]))

    def sees(self, portion: Portion) -> bool:
        """Whether the edition may see a portion. A portion that nothing governs is never seen."""
        known = self.marked.effective.get(portion.number)
        return known is not None and self.edition.may_see(known.mark)

    def lose(self, words: Iterable[str]) -> None:
        """Leave words behind."""
        self.losses += 1
        self.lost += words

    def text(self, value: MarkedText, released: MarkedText | None = None) -> Shown | None:
        """A marked text, or the wording given for editions that may not see it.

        That wording is a stand-in: a compilation does not bind it.
        """
        if value.mark is not None and self.may_see(value.mark):
            return self.show(value.mark, value.words)
        self.lose([value.words])
        if released is not None and released.mark is not None and self.edition.may_see(released.mark):
            return self.show(released.mark, released.words)
        return None

    def show(self, mark: Mark, words: str) -> Shown:
        """Words that the edition gets, with their mark."""
        self.carried.append(mark)
        self.seen.append(mark)
        return Shown(mark, " ".join(words.split()))

    def report(self, rule: str, at: int) -> None:
        """Note a finding at an offset of the source."""
        self.findings.append(finding(rule, self.bulletin.place(at), portion=self.bulletin.metadata.id))

    def roll_up(self, marks: Iterable[Mark]) -> Mark:
        """The join of marks in the bulletin's system."""
        return join(self.bulletin.system, marks)


# --- all the words of a source, for those who look for withheld ones in a built site ------------------------------


def words_of_portion(portion: Portion) -> Iterator[str]:
    """The words of a portion, and those in its links, titles and replacements."""
    yield words_of(portion.inlines)
    yield from words_behind(portion.inlines)


def words_behind(inlines: tuple[Inline, ...]) -> Iterator[str]:
    """Words that inlines hold beside those a reader sees."""
    for inline in nested(inlines):
        if isinstance(inline, Link):
            yield from (inline.target, inline.title)
        elif isinstance(inline, InlinePortion):
            yield words_of(inline.replacement or ())


def words_of_block(block: Block) -> Iterator[str]:
    """The words of a block and of everything nested in it."""
    for portion in portions_of(block):
        yield from words_of_portion(portion)
    yield from _code_of(block)


def _code_of(block: Block) -> Iterator[str]:
    match block:
        case Fence(code=code):
            yield code
        case ItemList(items=items):
            for item in items:
                for child in item.children:
                    yield from _code_of(child)
        case Quote(children=children) | Box(children=children) | Tearline(children=children) | Note(children=children):
            for child in children:
                yield from _code_of(child)
        case _:
            pass


def words_of_asset(asset: Asset) -> Iterator[str]:
    """A file's own name and what is said about it."""
    yield asset.file
    yield from (text.words for text in (asset.caption, asset.alt, asset.source) if text is not None)


def words_of_metadata(metadata: Metadata) -> Iterator[str]:
    """Every word of a front matter's texts and values."""
    for key in Metadata.model_fields:
        value = getattr(metadata, key)
        for one in value if isinstance(value, tuple) else (value,):
            match one:
                case MarkedText(words=words):
                    yield words
                case MarkedValue(value=str() as words):
                    yield words
                case Revision():
                    yield one.change.words
                case Asset():
                    yield from words_of_asset(one)


def words_of_bulletin(bulletin: Bulletin) -> Iterator[str]:
    """Every word of a bulletin, for one that an edition does not get at all."""
    for block in (*bulletin.blocks, *bulletin.notes.values()):
        yield from words_of_block(block)
    yield from words_of_metadata(bulletin.metadata)
