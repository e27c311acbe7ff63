"""Released trees of every shape that the marking language allows, in words chosen to be misread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

from tearline.bulletin.tree import (
    Block,
    Box,
    Break,
    Code,
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
)
from tearline.emit import Addresses
from tearline.marking import Mark, lowest
from tearline.release import Released, Shown
from tearline.release.tidying import joined, tidied

MARKS: Final = [
    Mark.of("fouo-les", {"U"}),
    Mark.of("fouo-les", {"U", "FOUO"}),
    Mark.of("fouo-les", {"U", "LES", "NF"}),
    Mark.of("fouo-les", {"U", "LES"}, {"USA", "CAN"}),
]
SHREDS: Final = [
    *"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    *(
        "word",
        "two words",
        "a",
        "7ABC123",
        "0",
        "1.",
        "2)",
        "12.",
        "a.",
        "##",
        "---",
        "===",
        "***",
        "___",
        "- x",
        "+ x",
    ),
    *("**", "__", "*x*", "_x_", "a_b", "__a__", "snake_case_word", "a*b*c", "``", "```", "`x`", "~~~", "~~x~~", "^x^"),
    *("[x]", "[ ]", "[sic]", "[^1]", "[^1]:", "[x](y)", "[x]: y", "![x](y)", "![", "](", "*[x]: y", "[TOC]", "[[x]]"),
    *(
        "&amp;",
        "&lt;",
        "&#40;",
        "&#x28;",
        "&copy",
        "&nosuch;",
        "AT&T",
        "<b>",
        "</b>",
        "<div>",
        "<!--",
        "-->",
        "<?",
        "<![CDATA[",
    ),
    *(
        "https://example.org/a_b?c=1&d=2#e",
        "www.example.org",
        "a.b@example.org",
        "<https://example.org>",
        "//x",
        "C:\\x\\",
    ),
    *(
        "{: .c}",
        "{#id}",
        "{{ x }}",
        "{% x %}",
        "==x==",
        "++x++",
        ":smile:",
        ": x",
        "::",
        "$x$",
        "\\(",
        "\\[x\\]",
        "\\*",
    ),
    *(
        "!!! note",
        '??? x "y"',
        '=== "x"',
        "| x |",
        "|---|",
        "x | y",
        "\\|",
        "> x",
        "# x",
        "'",
        '""',
        "\u201cq\u201d",
        "\u2026",
    ),
    *("N\u00fa\u00f1ez", "e\u0301", "\u05e2\u05d1\u05e8\u05d9\u05ea", "\u0639\u0631\u0628", "\U0001f6a8", "\U0001d518"),
    *("\u4e2d\u6587", "a\u00a0b", "\u20ac\u2122", "(c)", "(s)", "and/or"),
]
ADDRESSES: Final = [
    "https://example.org/",
    "https://example.org/a_b_c*d?e=1&amp=2&f#g%20h",
    "https://example.org/(x)/[y]?z=|&#40=1",
    "http://example.org/\u00e9\u4e2d?q='\"<>`",
    "mailto:desk@example.org",
    "tel:+15550100",
    "IB-2026-009",
    "absent",
]
SOMEWHERE: Final = Addresses(lambda target: None if target == "absent" else target, lambda file: f"../assets/{file}")

Draw = Callable[[st.SearchStrategy[Any]], Any]
shreds = st.sampled_from(SHREDS)
letters = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=4)


class _Grower:
    """Grows a tree in reading order, so that notes are numbered as they are met."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.notes = 0

    def some(self, least: int, most: int) -> range:
        return range(self.draw(st.integers(least, most)))

    def chance(self, of: int) -> bool:
        return bool(self.draw(st.integers(1, of)) == of)

    def words(self) -> str:
        parts = [self.draw(shreds if not self.chance(6) else letters) for _ in self.some(1, 4)]
        return "".join(part + self.draw(st.sampled_from(["", " "])) for part in parts).replace("--8<--", "--")

    def inlines(self, depth: int = 2, *, plain: bool = False, breaks: bool = False) -> tuple[Inline, ...]:
        """Inlines as a release holds them; never none."""
        found = tidied([self.inline(depth, plain=plain, breaks=breaks) for _ in self.some(1, 4)])
        return found or (Text("word"),)

    def inline(self, depth: int, *, plain: bool, breaks: bool) -> Inline:
        kind = self.draw(st.integers(0, 11))
        if depth and kind in {5, 6, 7}:
            return Emphasis(kind == 5, self.inlines(depth - 1, plain=plain, breaks=breaks))
        if depth and kind == 8 and not plain:
            children = self.inlines(depth - 1, plain=True)
            return Link(self.draw(st.sampled_from(ADDRESSES)), self.words().strip() if self.chance(2) else "", children)
        if depth and kind == 9 and not plain:
            told = self.inlines(0, plain=True) if self.chance(2) else None
            return InlinePortion(self.draw(st.sampled_from(MARKS[1:])), self.inlines(depth - 1, plain=True), told)
        if kind == 10 and not plain:
            return self.draw(st.sampled_from([Image("a-1.png", self.words().strip()), Image("b.jpg", "")]))
        if kind == 11 and not plain:
            self.notes += 1
            return NoteRef(str(self.notes))
        if kind == 4:
            return Code(self.words().strip() or "x")
        return Break() if kind == 3 and breaks else Text(self.words())

    def portion(self, *, marked: bool = True, breaks: bool = False) -> Portion:
        ordinal = self.draw(st.sampled_from(["", "", "", "6.1", "(a)", "b."])) if marked else ""
        mark = self.draw(st.sampled_from(MARKS)) if marked else None
        return Portion(mark, self.inlines(breaks=breaks), ordinal=ordinal)

    def blocks(self, depth: int, *, top: bool = False, most: int = 3) -> tuple[Block, ...]:
        found = joined(self.block(depth, top=top) for _ in self.some(1, most))
        return tuple(found) or (Paragraph(self.portion()),)

    def block(self, depth: int, *, top: bool = False) -> Block:
        kind = self.draw(st.integers(0, 11 if depth else 4))
        if kind <= 1:
            return Paragraph(self.portion(breaks=True))
        if kind == 2:
            return Heading(self.draw(st.integers(2, 6)), self.portion()) if top else Paragraph(self.portion())
        if kind == 3:
            return Rule()
        if kind == 4:
            language = self.draw(st.sampled_from(["", "text", "python", "c++"]))
            title = Portion(self.draw(st.sampled_from(MARKS)), tidied([Text(self.words())]))
            code = "\n".join(self.draw(st.sampled_from(["", "  ", "\t"])) + self.words() for _ in self.some(1, 3))
            return Fence(language, title, code)
        if kind <= 7:
            start = self.draw(st.sampled_from([1, 1, 0, 3, 99]))
            items = tuple(self.item(depth) for _ in self.some(1, 3))
            return ItemList(ordered := self.chance(2), start if ordered else 1, items)
        if kind == 8:
            return Quote(self.blocks(depth - 1))
        if kind == 9:
            return self.table()
        return Tearline(self.blocks(depth - 1)) if top and self.chance(3) else self.box(depth)

    def item(self, depth: int) -> Item:
        portion = self.portion(marked=not self.chance(3), breaks=True)
        return Item(portion, self.blocks(depth - 1, most=2) if self.chance(2) else ())

    def table(self) -> Table:
        columns = self.draw(st.integers(1, 3))
        align = tuple(self.draw(st.sampled_from(["", "left", "right", "center"])) for _ in range(columns))
        rows = [tuple(self.cell(column) for column in range(columns)) for _ in self.some(2, 4)]
        return Table(rows[0], align, tuple(rows[1:]))

    def cell(self, column: int) -> Portion:
        return Portion(None, ()) if column and self.chance(4) else self.portion(marked=column == 0 or self.chance(2))

    def box(self, depth: int) -> Box:
        opener = self.draw(st.sampled_from(["!!!", "!!!", "???", "???+", "===", "==="]))
        kind = self.draw(st.sampled_from(["note", "warning", "danger inline end"]))
        title = self.portion() if opener != "!!!" or self.chance(2) else None
        inside = self.blocks(depth - 1) if title is None or not self.chance(4) else ()
        return Box(opener, "note" if opener == "===" else kind, title, inside)

    def note(self, label: int) -> Note:
        """A note refers to no other: what its words would refer to is counted on from here and taken back."""
        counted, self.notes = self.notes, 10**6
        blocks = tuple(without_notes(block) for block in self.blocks(1))
        self.notes = counted
        return Note(str(label), blocks)


def without_notes(block: Any) -> Any:
    """A tree in which references to notes are words."""
    if isinstance(block, NoteRef):
        return Text("note")
    if isinstance(block, tuple):
        return tuple(without_notes(one) for one in block)
    if hasattr(block, "__dataclass_fields__") and not isinstance(block, Mark):
        made = type(block)(**{name: without_notes(getattr(block, name)) for name in block.__dataclass_fields__})
        return Portion(made.mark, tidied(made.inlines), 0, made.ordinal) if isinstance(made, Portion) else made
    return block


def release_of(blocks: tuple[Block, ...], notes: tuple[Note, ...] = (), title: str = "A title") -> Released:
    """A release with this body and next to no front matter."""
    bottom = lowest("fouo-les")
    return Released(
        id="IB-2026-001",
        system="fouo-les",
        title=Shown(bottom, title),
        blocks=blocks,
        notes=notes,
        texts={},
        facets={},
        values={},
        value_marks=(),
        revised=(),
        asides=(),
        supersedes=(),
        related=(),
        assets=(),
        banner=bottom,
        legend=(),
        withheld=False,
    )


@st.composite
def releases(draw: Draw) -> Released:
    """Any release: body, notes, title."""
    grower = _Grower(draw)
    blocks = grower.blocks(3, top=True, most=4)
    notes = tuple(grower.note(number + 1) for number in range(grower.notes))
    return release_of(blocks, notes, " ".join(grower.words().split()) or "A title")
