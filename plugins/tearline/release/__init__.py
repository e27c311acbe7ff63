"""Marked -> Released: an edition's own tree, assembled from what it may see and from nothing else.

Every function here builds something new out of portions that ``Edition.may_see`` has said yes to. What it did
not pick is counted as withheld, so that the built site can be searched for it later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tearline.bulletin.metadata import Asset, MarkedText, MarkedValue, Metadata, When
from tearline.bulletin.tree import (
    Block,
    Box,
    Break,
    Emphasis,
    Fence,
    Heading,
    Image,
    Inline,
    InlinePortion,
    Item,
    ItemList,
    Link,
    Note,
    NoteRef,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    Text,
    nested,
    portions_of,
    words_of,
)
from tearline.effective import Marked
from tearline.findings import Finding, finding
from tearline.marking import Mark, join, lowest
from tearline.policy import Edition, Vocabulary

TEXT_KEYS: Final = ("title", "summary", "area", "action", "contact")
FACETS: Final = ("hazards", "lifelines", "regions", "hsec_sins")
DATES: Final = ("date", "information_cutoff", "in_effect_until")
ASIDES: Final = {
    "title_released": "Title in other editions",
    "summary_released": "Summary in other editions",
    "area_released": "Area in other editions",
    "action_released": "Action in other editions",
    "contact_released": "Contact in other editions",
    "compilation_reason": "Why the whole is marked higher than its parts",
}
RASTERS: Final = (".png", ".jpg", ".jpeg")
_GAP = "\0"  # where words went; no source can hold it
_GAPS = re.compile(rf"[ ]*{_GAP}[ {_GAP}]*")
_BLANKS = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Shown:
    """Words of the front matter that an edition may see, with the mark they are shown under."""

    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class Released:
    """What one edition gets of one bulletin.

    ``texts`` and ``facets`` are keyed as in the front matter, facets hold the vocabulary's slugs; ``asides`` are
    what an edition that withholds nothing tells besides; ``notes`` are in the order of their numbers;
    ``banner`` is the roll-up of what is in here, ``legend`` the marks a reader will see, lowest first.
    """

    id: str
    system: str
    title: Shown
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    texts: Mapping[str, Shown]
    facets: Mapping[str, tuple[str, ...]]
    visible: frozenset[str]
    revised: tuple[tuple[When, Shown], ...]
    asides: tuple[tuple[str, Shown], ...]
    supersedes: tuple[str, ...]
    related: tuple[str, ...]
    assets: tuple[str, ...]
    banner: Mark
    legend: tuple[Mark, ...]
    withheld: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a bulletin: its release (None: absent from the edition), the words that stay behind, remarks.

    ``recalled`` tells a bulletin that the edition had, until it was recalled.
    """

    released: Released | None
    withheld_words: tuple[str, ...]
    findings: tuple[Finding, ...]
    recalled: bool = False


def is_raster(asset: Asset) -> bool:
    """Whether a file can be rebuilt from pixels (marking-language.md, section 6)."""
    return asset.file.lower().endswith(RASTERS)


class _Assembly:
    """One bulletin for one edition. ``lost`` holds the words that were not picked."""

    def __init__(self, marked: Marked, edition: Edition, vocabulary: Vocabulary) -> None:
        self.marked = marked
        self.edition = edition
        self.vocabulary = vocabulary
        self.bulletin = marked.bulletin
        self.metadata: Metadata = marked.bulletin.metadata
        self.lost: list[str] = []
        self.findings: list[Finding] = []
        self.marks: list[Mark] = []
        self.shown: list[Mark] = []
        self.numbers: dict[str, int] = {}
        self.files: dict[str, None] = {}
        self.assets = {asset.file: asset for asset in self.metadata.assets}

    # --- decisions ----------------------------------------------------------------------------------------

    def sees(self, portion: Portion) -> bool:
        """Whether the edition may see a portion. A portion that nothing governs is never seen."""
        known = self.marked.effective.get(portion.number)
        return known is not None and self.edition.may_see(known.mark)

    def bound(self, mark: Mark) -> Mark:
        """A mark under the document's compilation, if it has one."""
        parts = [mark] if self.marked.compilation is None else [mark, self.marked.compilation]
        return join(self.bulletin.system, parts)

    def report(self, rule: str, portion: Portion, detail: str = "") -> None:
        label = f"{self.metadata.id} ¶{portion.number}"
        self.findings.append(finding(rule, self.bulletin.place(portion.at), detail, portion=label))

    def lose(self, block: Block) -> list[Block]:
        """Leave a block behind. What remains of it are the stand-ins it holds, if it is a box."""
        for portion in portions_of(block):
            self.lose_portion(portion)
        if isinstance(block, Fence):
            self.lost.append(block.code)
        left: list[Block] = []
        if isinstance(block, Box):
            for child in block.children:
                left += self.stand_in(child) if isinstance(child, Tearline) else self.left_of(child)
        return left

    def left_of(self, block: Block) -> list[Block]:
        """The stand-ins inside a box that is withheld with its container."""
        if not isinstance(block, Box):
            return []
        return [one for child in block.children for one in (self.stand_in(child) if isinstance(child, Tearline) else self.left_of(child))]

    def lose_portion(self, portion: Portion) -> None:
        self.lost.append(words_of(portion.inlines))
        for inline in nested(portion.inlines):
            if isinstance(inline, Link):
                self.lost += [inline.target, inline.title]
        if portion.ordinal:
            self.report("number-gap", portion)

    # --- inlines ------------------------------------------------------------------------------------------

    def portion(self, portion: Portion) -> Portion:
        """A released portion: its inlines as the edition sees them, under the mark a reader is shown."""
        known = self.marked.effective[portion.number].mark
        inner: list[Mark] = []
        inlines = _closed(self.inlines(portion.inlines, known, inner))
        self.marks += [known, *inner]
        mark = portion.mark
        if inner:  # the paragraph's displayed mark rolls up (CAPCO 2016 p182)
            mark = join(self.bulletin.system, [mark or known, *inner])
        if mark is not None:
            self.shown.append(mark)
        self.shown += inner
        return Portion(mark, inlines, ordinal=portion.ordinal)

    def inlines(self, inlines: Iterable[Inline], above: Mark, inner: list[Mark]) -> list[Inline]:
        picked: list[Inline] = []
        for inline in inlines:
            match inline:
                case InlinePortion():
                    picked += self.inline_portion(inline, above, inner)
                case Image():
                    picked += self.image(inline)
                case NoteRef():
                    picked += self.note_ref(inline)
                case Emphasis(children=children):
                    if kept := self.inlines(children, above, inner):
                        picked.append(Emphasis(inline.strong, tuple(kept)))
                case Link(children=children):
                    if kept := self.inlines(children, above, inner):
                        picked += self.link(inline, tuple(kept))
                case _:
                    picked.append(inline)
        return picked

    def inline_portion(self, inline: InlinePortion, above: Mark, inner: list[Mark]) -> list[Inline]:
        whole = join(self.bulletin.system, [above, inline.mark])
        if self.edition.may_see(whole):
            inner.append(inline.mark)
            return [InlinePortion(inline.mark, tuple(self.inlines(inline.children, whole, inner)), None)]
        self.lost.append(words_of(inline.children))
        return list(inline.replacement) if inline.replacement else [Text(_GAP)]

    def image(self, inline: Image) -> list[Inline]:
        """An image, where its own entry may be seen too; its alternative text has a mark of its own."""
        asset = self.assets[inline.file]
        if not self.edition.may_see(self.bound(asset.marking)):
            self.lost.append(inline.alt)
            return [Text(_GAP)]
        if self.edition.sanitized and not is_raster(asset):
            label = f"{self.metadata.id}"
            self.findings.append(finding("asset-withheld", self.bulletin.place(inline.at), portion=label))
            self.lost.append(inline.alt)
            return [Text(_GAP)]
        self.files[inline.file] = None
        self.marks.append(asset.marking)
        alt = self.text(asset.alt) if asset.alt is not None else None
        return [Image(inline.file, alt.words if alt is not None else inline.alt)]

    def link(self, inline: Link, children: tuple[Inline, ...]) -> list[Inline]:
        """A link; one to a file of the bulletin's own follows the rules of assets."""
        asset = self.assets.get(inline.target)
        if asset is not None and (self.edition.sanitized or not self.edition.may_see(self.bound(asset.marking))):
            label = f"{self.metadata.id}"
            self.findings.append(finding("asset-withheld", self.bulletin.place(inline.at), portion=label))
            return list(children)
        if asset is not None:
            self.files[inline.target] = None
        return [Link(inline.target, inline.title, children)]

    def note_ref(self, inline: NoteRef) -> list[Inline]:
        note = self.bulletin.notes[inline.label]
        if not any(self.sees(portion) for portion in portions_of(note)):
            return [Text(_GAP)]
        number = self.numbers.setdefault(inline.label, len(self.numbers) + 1)
        return [NoteRef(str(number))]

    # --- blocks -------------------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[Block]) -> list[Block]:
        """A container's blocks. A withheld heading takes its section with it; a tearline stands in for what went."""
        out: list[Block] = []
        closed = 0  # the rank of the withheld heading whose section this is
        lost_before = False
        for block in blocks:
            if isinstance(block, Tearline):
                out += self.tearline(block, wanted=lost_before)
                lost_before = False
                continue
            if isinstance(block, Heading) and block.rank <= closed:
                closed = 0
            before = len(self.lost)
            if closed:
                self.warn_of_section(block)
                out += self.lose(block)
            else:
                picked = self.pick(block)
                if isinstance(block, Heading) and not picked:
                    closed = block.rank
                out += picked
            lost_before = len(self.lost) > before
        return _joined(out)

    def warn_of_section(self, block: Block) -> None:
        """A portion that the edition could see by its own mark goes with its section: somebody should know."""
        lower = next((portion for portion in portions_of(block) if self.sees(portion)), None)
        if lower is not None:
            self.report("section-withheld", lower)

    def tearline(self, block: Tearline, *, wanted: bool) -> list[Block]:
        if self.edition.sanitized:
            return self.stand_in(block) if wanted else []
        return [Tearline(tuple(self.blocks(block.children)))]

    def stand_in(self, block: Block) -> list[Block]:
        return self.blocks(block.children) if isinstance(block, Tearline) else []

    def pick(self, block: Block) -> list[Block]:
        """What of a block the edition gets: the block itself, less, or nothing."""
        match block:
            case Heading(portion=portion) | Paragraph(portion=portion) | Fence(portion=portion):
                return self.leaf(block, portion)
            case ItemList(items=items):
                kept = tuple(one for item in items for one in self.item(item))
                return [ItemList(block.ordered, block.start, kept)] if kept else []
            case Quote(children=children):
                inside = tuple(self.blocks(children))
                return [Quote(inside)] if inside else []
            case Box():
                return self.box(block)
            case Table():
                return self.table(block)
            case _:
                return [block]

    def leaf(self, block: Heading | Paragraph | Fence, portion: Portion) -> list[Block]:
        if not self.sees(portion):
            return self.lose(block)
        shown = self.portion(portion)
        if not isinstance(block, Paragraph):
            return [replace(block, portion=shown)]
        picked: list[Block] = [Paragraph(shown)] if shown.inlines else []
        for inline in shown.inlines:
            if isinstance(inline, Image):
                picked += self.caption(self.assets[inline.file])
        return picked

    def caption(self, asset: Asset) -> list[Block]:
        """A figure's caption and its source, each under a mark of its own (DoDM 5200.01 V2 encl. 3 sec. 6e(3))."""
        texts = [self.text(text) for text in (asset.caption, asset.source) if text is not None and text.words]
        return [Paragraph(Portion(text.mark, (Text(text.words),))) for text in texts if text is not None]

    def item(self, item: Item) -> list[Item]:
        if not self.sees(item.portion):
            self.lose(ItemList(ordered=False, start=1, items=(item,)))
            return []
        return [Item(self.portion(item.portion), tuple(self.blocks(item.children)))]

    def box(self, box: Box) -> list[Block]:
        if box.title is not None and not self.sees(box.title):
            return self.lose(box)
        title = self.portion(box.title) if box.title is not None else None
        inside = tuple(self.blocks(box.children))
        return [Box(box.opener, box.kind, title, inside)] if inside or title is not None else []

    def table(self, table: Table) -> list[Block]:
        """Withheld cells are blank; withheld rows and columns are gone; a table without rows is gone."""
        rows = [row for row in table.rows if self.sees(row[0])]
        if not self.sees(table.header[0]) or not rows:
            return self.lose(table)
        columns = [column for column, cell in enumerate(table.header) if self.sees(cell)]
        for row in table.rows:
            gone = row if row not in rows else [c for n, c in enumerate(row) if n not in columns]
            for cell in gone:
                self.lose_portion(cell)
        for column, cell in enumerate(table.header):
            if column not in columns:
                self.lose_portion(cell)
        header = tuple(self.portion(table.header[column]) for column in columns)
        align = tuple(table.align[column] for column in columns)
        body = tuple(tuple(self.cell(row[column]) for column in columns) for row in rows)
        return [Table(header, align, body)]

    def cell(self, cell: Portion) -> Portion:
        if self.sees(cell):
            return self.portion(cell)
        self.lose_portion(cell)
        return Portion(None, ())

    def released_notes(self) -> tuple[Note, ...]:
        """The notes that released words refer to, by number; the others stay behind."""
        kept = tuple(
            Note(str(number), tuple(self.blocks(self.bulletin.notes[label].children)))
            for label, number in self.numbers.items()
        )
        for label, note in self.bulletin.notes.items():
            if label not in self.numbers:
                self.lose(note)
        return kept

    # --- front matter ---------------------------------------------------------------------------------------

    def text(self, value: MarkedText, released: MarkedText | None = None) -> Shown | None:
        """A marked text, or the wording given for editions that may not see it."""
        if value.mark is not None and self.edition.may_see(self.bound(value.mark)):
            return self.show(value.mark, value.words)
        self.lost.append(value.words)
        if released is not None and released.mark is not None and self.edition.may_see(released.mark):
            return self.show(released.mark, released.words)
        return None

    def show(self, mark: Mark, words: str) -> Shown:
        self.marks.append(mark)
        self.shown.append(mark)
        return Shown(mark, " ".join(words.split()))

    def texts(self) -> dict[str, Shown]:
        """The marked texts of the front matter, by key."""
        found = {}
        for key in TEXT_KEYS:
            value = getattr(self.metadata, key)
            if value is not None:
                shown = self.text(value, getattr(self.metadata, f"{key}_released"))
                if shown is not None:
                    found[key] = shown
        return found

    def values(self, values: Iterable[MarkedValue]) -> tuple[str, ...]:
        """Values that are unmarked (released with the bulletin) or that the edition may see."""
        kept = []
        for value in values:
            if value.mark is None or self.edition.may_see(value.mark):
                kept.append(value.value)
                self.marks += [value.mark] if value.mark is not None else []
            else:
                self.lost.append(value.value)
        return tuple(kept)

    def visible(self) -> frozenset[str]:
        """Which single values of the front matter (dates, product, priority) the edition may see."""
        found = set()
        for key in (*DATES, "product", "priority", "originator"):
            value = getattr(self.metadata, key)
            if value is not None and self.values([MarkedValue(str(value.value), value.mark, value.place)]):
                found.add(key)
        return frozenset(found)

    def facet(self, facet: str) -> tuple[str, ...]:
        """A facet's values as slugs. One that the vocabulary does not list says nobody knows what: it is withheld."""
        known = []
        for value in getattr(self.metadata, facet):
            listed = self.vocabulary.find(facet, value.value)
            if listed is None and self.edition.sanitized:
                self.lost.append(value.value)
            else:
                known.append(MarkedValue(listed or value.value, value.mark, value.place))
        return tuple(dict.fromkeys(self.values(known)))

    def asides(self) -> tuple[tuple[str, Shown], ...]:
        """For readers of everything: what other editions are told instead, and why the whole is marked higher."""
        if self.edition.sanitized:
            return ()
        texts = [(label, getattr(self.metadata, key)) for key, label in ASIDES.items()]
        shown = [(label, self.text(text)) for label, text in texts if text is not None]
        return tuple((label, text) for label, text in shown if text is not None)

    def revisions(self) -> tuple[tuple[When, Shown], ...]:
        shown = ((self.moment(one.at), self.text(one.change)) for one in self.metadata.revised)
        return tuple((at, change) for at, change in shown if at is not None and change is not None)

    def moment(self, at: MarkedValue[When]) -> When | None:
        """When a revision was made, if the edition may know."""
        return at.value if at.mark is None or self.edition.may_see(at.mark) else None

    def released(self) -> Released | None:
        """The release, or None where no portion of the body is left."""
        blocks = tuple(self.blocks(self.bulletin.blocks))
        notes = self.released_notes()
        texts = self.texts()
        bottom = lowest(self.bulletin.system)
        if self.edition.sanitized:
            self.warn_of_empty_sections(blocks)
        facets = {key: self.facet(key) for key in FACETS}
        visible, revised = self.visible(), self.revisions()
        if self.marked.compilation is not None and self.edition.may_see(self.marked.compilation):
            self.marks.append(self.marked.compilation)
        if not any(not isinstance(block, Rule) for block in blocks):
            return None
        title = texts.get("title") or self.show(bottom, self.metadata.id)
        return Released(
            id=self.metadata.id,
            system=self.bulletin.system,
            title=title,
            blocks=blocks,
            notes=notes,
            texts=texts,
            facets=facets,
            visible=visible,
            revised=revised,
            asides=self.asides(),
            supersedes=self.values(self.metadata.supersedes),
            related=self.values(self.metadata.related),
            assets=tuple(self.files),
            banner=join(self.bulletin.system, self.marks),
            legend=_ascending(self.shown),
            withheld=bool(self.lost),
        )

    def warn_of_empty_sections(self, blocks: Sequence[Block]) -> None:
        """A heading with nothing under it is a hint that something is missing."""
        for place, block in enumerate(blocks):
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            if isinstance(block, Heading) and (after is None or (isinstance(after, Heading) and after.rank <= block.rank)):
                words = words_of(block.portion.inlines)
                source = next((b for b in self.bulletin.blocks if isinstance(b, Heading) and words_of(b.portion.inlines) == words), None)
                if source is not None:
                    self.report("empty-section", source.portion)


def _ascending(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each mark once, in an order in which none comes before one that it withholds less than."""
    unique = sorted(set(marks), key=str)
    return tuple(sorted(unique, key=lambda mark: sum(other <= mark for other in unique)))


def _closed(inlines: Sequence[Inline], *, whole: bool = True) -> tuple[Inline, ...]:
    """Close the gaps that words left: blanks around them become one, neighbouring words one run.

    ``whole`` says that these are all the inlines of a portion, whose ends carry no blanks.
    """
    merged: list[Inline] = []
    for inline in inlines:
        before = merged[-1] if merged else None
        if isinstance(inline, Emphasis | Link | InlinePortion):
            if children := _closed(inline.children, whole=False):
                merged.append(replace(inline, children=children))
        elif isinstance(inline, Text) and isinstance(before, Text):
            merged[-1] = Text(before.words + inline.words)
        else:
            merged.append(inline)
    for place, inline in enumerate(merged):
        if isinstance(inline, Text):
            words = _BLANKS.sub(" ", _GAPS.sub(_closed_gap, inline.words))
            words = words.lstrip(" ") if whole and place == 0 else words
            merged[place] = Text(words.rstrip(" ") if whole and place == len(merged) - 1 else words)
    kept = [one for one in merged if not (isinstance(one, Text) and not one.words)]
    while kept and isinstance(kept[-1], Break):
        kept.pop()
    return tuple(kept)


def _closed_gap(match: re.Match[str]) -> str:
    """One blank where there was one on any side, none before punctuation."""
    after = match.string[match.end() : match.end() + 1]
    return " " if " " in match[0] and (not after or after not in ",.;:!?)\u2019\u201d") else ""


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Neighbouring lists of one kind and neighbouring quotes are one; rules at the edges or doubled are none."""
    out: list[Block] = []
    for block in blocks:
        before = out[-1] if out else None
        if isinstance(block, Rule) and (before is None or isinstance(before, Rule)):
            continue
        if isinstance(block, ItemList) and isinstance(before, ItemList) and before.ordered == block.ordered:
            out[-1] = ItemList(before.ordered, before.start, before.items + block.items)
        elif isinstance(block, Quote) and isinstance(before, Quote):
            out[-1] = Quote(tuple(_joined([*before.children, *block.children])))
        else:
            out.append(block)
    while out and isinstance(out[-1], Rule):
        out.pop()
    return out


def release(marked: Marked, edition: Edition, vocabulary: Vocabulary) -> Decision:
    """Decide what ``edition`` gets of a bulletin, by the effective marks alone.

    Drafts and recalled bulletins are nobody's: they are withheld whole. The words that stay behind are
    returned so that whoever checks the built site knows what to look for; they never leave the full side.
    """
    assembly = _Assembly(marked, edition, vocabulary)
    released = assembly.released()
    lost = tuple(words for words in assembly.lost if words.strip())
    metadata = marked.bulletin.metadata
    if metadata.draft or metadata.recalled is not None:
        everything = tuple(words_of(portion.inlines) for portion in marked.bulletin.portions())
        recalled = metadata.recalled is not None and not metadata.draft and released is not None
        return Decision(None, (*lost, *everything), (), recalled=recalled)
    return Decision(released, lost, tuple(assembly.findings))


def check_stand_ins(marked: Marked, editions: Iterable[Edition]) -> list[Finding]:
    """A stand-in that no sanitized edition may see would never be read by anybody it is for."""
    sanitized = [edition for edition in editions if edition.sanitized]
    found = []
    for block in _tearlines(marked.bulletin.blocks):
        marks = [known.mark for p in portions_of(block) if (known := marked.effective.get(p.number)) is not None]
        if sanitized and not any(all(edition.may_see(mark) for mark in marks) for edition in sanitized):
            found.append(finding("tearline-mark", marked.bulletin.place(block.at), portion=marked.bulletin.metadata.id))
    return found


def _tearlines(blocks: Iterable[Block]) -> Iterable[Tearline]:
    for block in blocks:
        if isinstance(block, Tearline):
            yield block
        elif isinstance(block, Box):
            yield from _tearlines(block.children)
