"""Marked bulletins as text, each with what a reader of the contract would expect of it.

A draft is lines of typed pieces. Each ``Word`` knows every mark that governs it, by rules written here a second time
and simply, so that tests need not ask the code under test. The same draft can be typed with other words, and with
more withheld portions at its ``Slot``s.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st

LOW: Final = ("U", "U//FOUO")  # what the EOC edition may see
HIGH: Final = ("U//LES", "U//SSI", "U//LES-NF")

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True, slots=True)
class Word:
    """A word by number: the marks that govern it; for wording written for others, the words it stands for.

    A ``solid`` one stands where no blank can.
    """

    number: int
    marks: tuple[str, ...]
    stands_for: tuple[Word, ...] | None = None
    solid: bool = False

    def shown(self, sees: Callable[[str], bool]) -> bool:
        """Whether an edition that withholds something shows this word."""
        wanted = self.stands_for is None or not all(word.stands_for or word.shown(sees) for word in self.stands_for)
        return wanted and all(map(sees, self.marks))


@dataclass(frozen=True, slots=True)
class Slot:
    """A line at which more can be withheld: a paragraph, an item (a bullet or ``1.``) or a row of so many cells."""

    kind: str
    cells: int = 0


Line = tuple[str | Word | Slot, ...]
Spell = Callable[[Word], str]


def spelled(word: Word, alphabet: str = string.ascii_lowercase, size: int = 4) -> str:
    """A word that is no part of any other and no mark: ``qaaab``."""
    letters, number = "", word.number
    for _ in range(size):
        number, letter = divmod(number, len(alphabet))
        letters = alphabet[letter] + letters
    return "q" + letters


@dataclass(slots=True)
class Draft:
    """A bulletin that can be typed in several ways. ``compilation`` is its overall mark, if that is higher."""

    lines: list[Line] = field(default_factory=list)
    front: list[Line] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    compilation: str = ""

    def typed(
        self,
        spell: Spell = spelled,
        fill: Callable[[Slot], str] | None = None,
        name: str = "IB-2026-001",
        more: tuple[str, str] = ("", ""),
    ) -> str:
        """The source text. ``fill`` gives what stands at a slot, nothing where it is empty; ``more`` ends the front
        matter, and the body."""
        head = ["---", f"id: {name}", *(_typed(line, spell, None) or "" for line in self.front), more[0]]
        body = (_typed(line, spell, fill) for line in self.lines)
        return "\n".join([*filter(None, head), "---", "", *(line for line in body if line is not None), more[1], ""])

    def shown(self, sees: Callable[[str], bool]) -> set[str]:
        """The words that an edition which withholds something shows."""
        return {spelled(word) for word in self.words if word.shown(sees)}

    def unwanted(self, sees: Callable[[str], bool]) -> set[str]:
        """Wordings for others that nobody needs, because what they stand for is shown."""
        return {spelled(word) for word in self.words if word.stands_for is not None and not word.shown(sees)}


def _typed(line: Line, spell: Spell, fill: Callable[[Slot], str] | None) -> str | None:
    said = ""
    for piece in line:
        if isinstance(piece, Slot):
            filled = fill(piece) if fill is not None else ""
            if not filled:
                return None
            said += filled
        else:
            said += piece if isinstance(piece, str) else spell(piece)
    return said.rstrip() if not said.endswith("  ") else said


class _Writer:
    """Writes a draft in reading order; ``above`` is the marks of what contains a block."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.draft = Draft()
        self.notes: list[tuple[str, str, Word]] = []
        self.common: tuple[str, ...] = ()

    def one_of(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def chance(self, of: int) -> bool:
        return bool(self.draw(st.integers(1, of)) == of)

    def mark(self) -> str:
        high = HIGH[:1] if self.draft.compilation else HIGH
        return str(self.one_of(*LOW, *LOW, *high))

    def word(self, *marks: str, stands_for: tuple[Word, ...] | None = None, solid: bool = False) -> Word:
        common = self.common if stands_for is None else ()
        word = Word(len(self.draft.words), (*common, *marks), stands_for, solid)
        self.draft.words.append(word)
        return word

    # --- words of a portion -----------------------------------------------------------------------------------

    def words(self, *marks: str, notes: bool = False, plain: bool = False) -> list[str | Word]:
        """A few words, some of them emphasised, linked, in code or portions of their own."""
        said: list[str | Word] = [self.word(*marks)]
        for _ in range(self.draw(st.integers(0, 3))):
            said += [" ", *self.more(marks, notes=notes, plain=plain)]
        return said if plain else [*said, " ", self.word(*marks)]

    def more(self, marks: tuple[str, ...], *, notes: bool, plain: bool) -> list[str | Word]:
        kind = self.one_of("word", "word", "bold", "italics", "code", "link", "inline", "replaced", "note")
        if kind == "note" and notes and not plain:
            return self.note(marks)
        if kind in {"inline", "replaced"} and not plain:
            mark = self.mark()
            hidden = self.word(*marks, mark)
            told = [' "', self.word(*self.common, *marks, stands_for=(hidden,)), '"'] if kind == "replaced" else []
            return ["[", hidden, f"]({mark}", *told, ")"]
        if kind == "link" and not plain:
            address, title = self.word(*marks, solid=True), self.word(*marks)
            return ["[", self.word(*marks), "](https://example.org/", address, ' "', title, '")']
        around = {"bold": "**", "italics": "_", "code": "`"}.get(kind, "")
        return [around, self.word(*marks), around]

    def note(self, marks: tuple[str, ...]) -> list[str | Word]:
        """A reference to a new note; nothing but these words refers to it."""
        label, mark = f"label{len(self.notes)}", self.mark()
        said = self.word(*marks, mark)
        self.notes.append((label, mark, said))
        return [self.word(*marks), f"[^{label}]"]

    # --- blocks -----------------------------------------------------------------------------------------------

    def blocks(self, above: tuple[str, ...], depth: int, *, top: bool = False, boxed: bool = False) -> Iterator[Line]:
        """Blocks with blank lines between; at top level headings govern what follows, stand-ins may follow a block."""
        sections: list[tuple[int, str]] = []
        for _ in range(self.draw(st.integers(1, 5 if top else 3))):
            yield (Slot("paragraph"),)
            yield ("",)
            if top and self.chance(3):
                rank, mark = self.draw(st.integers(2, 4)), self.mark()
                sections = [one for one in sections if one[0] < rank]
                marks = tuple(one[1] for one in sections)
                yield ("#" * rank + f" ({mark}) ", *self.words(*above, *marks, mark))
                sections.append((rank, mark))
                yield ("",)
            inside = (*above, *(mark for _, mark in sections))
            first = len(self.draft.words)
            block = list(self.block(inside, depth, boxed=top or boxed))
            followed = (top or boxed) and self.chance(4)
            if followed:  # a list or quote before it is no part of it, so nothing withheld there calls for a stand-in
                yield from (("<!-- apart -->",), ("",))
            yield from (line for line in block if not (followed and isinstance(line[-1], Slot)))
            yield ("",)
            if followed:
                stands_for = tuple(self.draft.words[first:])
                yield ("!!! tearline",)
                yield ("    (U) ", self.word("U", stands_for=stands_for), " ", self.word("U", stands_for=stands_for))
                yield ("",)
        yield (Slot("paragraph"),)
        yield ("",)

    def block(self, above: tuple[str, ...], depth: int, *, boxed: bool) -> Iterator[Line]:
        simple = [self.paragraph, self.lead_in, self.fence, self.table, self.items]
        kind = self.draw(st.integers(0, len(simple) + (2 if depth else -1)))
        if kind < len(simple):
            yield from simple[kind](above)
        elif kind == len(simple):
            yield from prefixed("> ", list(self.blocks(above, depth - 1)))
        else:
            mark = self.mark() if kind == len(simple) + 1 else ""
            opener = self.one_of("!!! note", "??? warning", "???+ tip", "===") if mark else "!!! danger"
            marks = (*above, mark) if mark else above
            title = (f' "({mark}) ', *self.words(*marks, plain=True), '"') if mark else ()
            yield (opener, *title)
            yield from prefixed("    ", list(self.blocks(marks, depth - 1, boxed=boxed)))

    def paragraph(self, above: tuple[str, ...]) -> Iterator[Line]:
        mark = self.mark()
        yield (f"({mark}) ", *self.words(*above, mark, notes=True))
        if self.chance(2):
            yield (self.word(*above, mark), " ", self.word(*above, mark))

    def lead_in(self, above: tuple[str, ...]) -> Iterator[Line]:
        mark = self.mark()
        yield (f"({mark}) ", *self.words(*above, mark, plain=True), ":")
        if self.chance(2):
            yield ("",)
        for _ in range(self.draw(st.integers(1, 3))):
            yield ("- ", *self.words(*above, mark))
            if self.chance(2):
                yield ("    - ", self.word(*above, mark))
        yield from (("",), ("<!-- no list after this is part of it -->",))

    def fence(self, above: tuple[str, ...]) -> Iterator[Line]:
        mark = self.mark()
        yield (f'```text title="({mark}) ', self.word(*above, mark), " ", self.word(*above, mark), '"')
        yield (self.word(*above, mark), " = ", self.word(*above, mark))
        yield ("```",)

    def table(self, above: tuple[str, ...]) -> Iterator[Line]:
        columns = [self.one_of("", "", self.mark()) for _ in range(self.draw(st.integers(0, 2)))]
        whole = self.mark()
        rows = [self.mark() for _ in range(self.draw(st.integers(1, 3)))]
        lost = not any(mark in LOW for mark in rows)  # a table without rows is gone
        marks = (*above, whole, *(rows[:1] if lost else []))
        heads = [self.cell((*marks, *([mark] if mark else [])), mark) for mark in columns]
        yield (*(piece for cell in (self.cell(marks, whole), *heads) for piece in ("| ", *cell, " ")), "|")
        yield ("|" + "---|" * (len(columns) + 1),)
        for row in rows:
            cells = [self.cell((*marks, row), row)]
            for column in columns:
                own = self.one_of("", "", self.mark())
                governing = [one for one in (column, own) if one]
                cells.append(self.cell((*marks, row, *governing), own))
            yield (*(piece for cell in cells for piece in ("| ", *cell, " ")), "|")
            if not lost:
                yield (Slot("row", len(columns)),)

    def cell(self, marks: tuple[str, ...], mark: str) -> tuple[str | Word, ...]:
        return (f"({mark}) " if mark else "", self.word(*marks))

    def items(self, above: tuple[str, ...], depth: int = 1) -> Iterator[Line]:
        numbered = self.chance(2)
        for number in range(self.draw(st.integers(1, 3))):
            mark = self.mark()
            marker = f"{number + 1}. " if numbered else "- "
            yield (f"{marker}({mark}) ", *self.words(*above, mark, notes=True))
            kind = self.one_of("none", "none", "list", "unmarked", "paragraph") if depth else "none"
            if kind == "list":
                yield from prefixed("    ", list(self.items((*above, mark), depth - 1)))
            elif kind == "unmarked":
                yield ("    - ", self.word(*above, mark))
            elif kind == "paragraph":
                yield ("",)
                yield from prefixed("    ", list(self.paragraph((*above, mark))))
                yield ("",)
            yield (Slot("1." if numbered else "-"),)

    # --- the whole --------------------------------------------------------------------------------------------

    def document(self) -> Draft:
        if self.chance(4):
            self.draft.compilation = "U//LES-NF"
            self.common = (self.draft.compilation,)
        self.front()
        self.draft.lines += self.blocks((), 2, top=True)
        for label, mark, said in self.notes:
            self.draft.lines += [(f"[^{label}]: ({mark}) ", said), ("",)]
            if self.chance(2):
                more = self.word(*said.marks[len(self.common) :])
                self.draft.lines += [("    (U) ", more), ("",)]
        return self.draft

    def front(self) -> None:
        """Marked texts, and the wordings for those who may not see them."""
        for key in ("title", "summary", "area"):
            mark = self.mark()
            word = self.word(mark)
            self.draft.front.append((f'{key}: "({mark}) ', word, '"'))
            if self.chance(2):
                told = self.word("U", stands_for=(word,))
                self.draft.front.append((f'{key}_released: "(U) ', told, '"'))
        mark = self.mark()
        self.draft.front += [("revised:",), (f'  - {{at: 2026-03-12, change: "({mark}) ', self.word(mark), '"}')]
        if self.draft.compilation:
            self.draft.front.append((f"marking: {self.draft.compilation}",))
            self.draft.front.append((f'compilation_reason: "({HIGH[0]}) ', self.word(HIGH[0]), '"'))


def prefixed(prefix: str, lines: Sequence[Line]) -> Iterator[Line]:
    """Lines inside a container."""
    for line in lines:
        yield (prefix, *line)


@st.composite
def drafts(draw: Draw) -> Draft:
    """Any bulletin."""
    return _Writer(draw).document()
