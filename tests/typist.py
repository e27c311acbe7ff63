"""Ordinary bulletins in every combination of typing habits, each with the tree it should become.

A ``Typist`` draws habits from a seed and types marked blocks in them; what it types is plain by
marking-language.md, section 4 ("What people really type is read, not refused").
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

MARKS: Final = ("U", "U//FOUO", "U//LES")  # each withholds more than the one before
# What people type inside of sentences, and what is then said.
ODD: Final = (
    ("[sic]", "[sic]"),
    ("[USA, LIST]", "[USA, LIST]"),
    ("[a][b]", "[a][b]"),
    ("*", "*"),
    ("_", "_"),
    ("<", "<"),
    ("5 < 6", "5 < 6"),
    ("A&B", "A&B"),
    ("a_b_c", "a_b_c"),
    ("2*3*4", "2*3*4"),
    ("$5", "$5"),
    ("~20", "~20"),
    ("C#", "C#"),
    ("#4", "#4"),
    ("(see above)", "(see above)"),
    ("(C-130)", "(C-130)"),
    ("“curly”", "“curly”"),
    ("it's", "it's"),
    ("https://example.org/a_b_(c)?d=1&e=_2_", "https://example.org/a_b_(c)?d=1&e=_2_"),
    ("first_last@example.org", "first_last@example.org"),
    ("x | y", "x | y"),
    ("**bold words**", "<strong bold words>"),
    ("*lean*", "<em lean>"),
    ("`a*b`", "<code a*b>"),
    ("[desk](mailto:a@example.org)", "<link mailto:a@example.org desk>"),
    (r"\*not\*", "*not*"),
    ("&amp;", "&"),
    ("w/o", "w/o"),
    ("[trigraph](s)", "[trigraph](s)"),
)
STARTS: Final = ("2019. Then", "#4 pump", "(see above)", "[sic]", "$5")  # a line may begin so and begin no block


@dataclass
class Typed:
    """Lines as typed, and the tree's lines (see ``newsroom.outline``) that they stand for."""

    lines: list[str] = field(default_factory=list)
    tree: list[str] = field(default_factory=list)


class Typist:
    """One analyst. Everything is drawn from ``seed``."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a test's choice
        self.count = count(1)
        pick = self.rng.choice
        self.newline = pick(["\n", "\n", "\r\n"])
        self.bom = pick(["", "", "\ufeff"])
        self.bullet = pick("-*+•")
        self.after_bullet = pick([" ", " ", "  ", "\t"])
        self.number = pick([".", ")"])
        self.indented = pick(["  ", "   ", "    ", "\t"])
        self.after_mark = pick([" ", " ", "  ", "\t", "\u00a0", " \u00a0", "\n"])
        self.wrap = pick([0, 3, 8])
        self.indent = pick([0, 0, 1, 3, 7])
        self.glued = pick([False, False, True])
        self.blanks = pick([1, 1, 2, 3])
        self.trailing = pick(["", "", " ", "\t"])
        self.closing = pick(["", "", " ##", " #  "])
        self.fence = pick(["```", "````", "~~~"])
        self.dashes = pick(["---", "-", ":--:", " :--- "])

    # --- words --------------------------------------------------------------------------------------------

    def words(self) -> tuple[list[str], str]:
        """Words as typed and as said. The first and the last are plain."""
        odd = [self.rng.choice(ODD) if self.rng.random() < 0.3 else self.word() for _ in range(self.rng.randrange(9))]
        pairs = [self.word(), *odd, self.word()]
        return [typed for typed, _ in pairs], " ".join(said for _, said in pairs)

    def word(self) -> tuple[str, str]:
        word = f"q{next(self.count)}"
        return word, word

    def portion(self, above: int, *, line: bool = False, item: bool = False) -> tuple[list[str], str, int]:
        """A portion's lines, the tree's words with the effective mark, and that mark. ``line``: on one line.

        A number that begins a line of an ``item`` would be the next item.
        """
        own = self.rng.randrange(len(MARKS))
        mark = max(own, above)
        typed, said = self.words()
        gap = " " if line and self.after_mark == "\n" else self.after_mark
        lines = [f"({MARKS[own]}){gap}{typed[0]}".split("\n")[-1]] if gap != "\n" else [f"({MARKS[own]})", typed[0]]
        for index, word in enumerate(typed[1:], start=1):
            if not line and self.wrap and index % self.wrap == 0 and _may_begin(word):
                lines.append(" " * self.indent + word)
            else:
                lines[-1] += f" {word}"
        if not line and self.wrap and self.rng.random() < 0.2:
            start = self.rng.choice(STARTS[item:])
            lines.append(" " * self.indent + start)
            said += f" {start}"
        return lines, f"({MARKS[mark]}) {said}", mark

    # --- blocks -------------------------------------------------------------------------------------------

    def paragraph(self, above: int) -> Typed:
        lines, said, _ = self.portion(above)
        lines[-1] += self.trailing
        return Typed(lines, [said])

    def heading(self, above: int) -> Typed:
        lines, said, _ = self.portion(above, line=True)
        number, shown = self.rng.choice([("", ""), ("6. ", "#6. "), ("2.1 ", "#2.1 "), ("(a) ", "#(a) ")])
        return Typed([f"## {number}{lines[0]}{self.closing}"], [f"h2 {shown}{said}"])

    def items(self, above: int, depth: int = 0) -> Typed:
        made = Typed()
        ordered = self.rng.random() < 0.4
        for number in range(3, 3 + self.rng.randrange(1, 4)):
            sign = f"{number}{self.number}" if ordered else self.bullet
            lines, said, mark = self.portion(above, item=True)
            made.lines += [f"{sign}{self.after_bullet}{lines[0]}", *lines[1:]]
            made.tree.append(f"{f'{number}.' if ordered else '-'} {said}")
            if depth < 2 and self.rng.random() < 0.4:
                made = self.below(made, self.items(mark, depth + 1), self.indented)
            if self.rng.random() < 0.2:
                child = self.rng.choice([self.paragraph, self.fenced, self.table, self.quote, self.box])(mark)
                made = self.below(made, child, self.indented, blank=True)
        return made

    def below(self, made: Typed, child: Typed, indent: str, *, blank: bool = False) -> Typed:
        lines = [f"{indent}{line}" if line.strip() else line for line in child.lines]
        gap = [""] if blank else []
        return Typed([*made.lines, *gap, *lines, *gap], [*made.tree, *(f"    {line}" for line in child.tree)])

    def lead_in(self, above: int) -> Typed:
        """A paragraph that speaks for the unmarked list below it."""
        lines, said, mark = self.portion(above, line=True)
        (one, _), (two, _) = self.word(), self.word()
        gap = [] if self.glued else [""]
        typed = [lines[0] + ":", *gap, f"{self.bullet} {one}", f"{self.indented}{self.bullet} {two}"]
        return Typed(typed, [said + ":", f"- ({MARKS[mark]}) {one}", f"    - ({MARKS[mark]}) {two}"])

    def quote(self, above: int) -> Typed:
        one, two = self.paragraph(above), self.paragraph(above)
        lines = [*(f"> {line}" for line in one.lines), ">", *(f">{line}" for line in two.lines)]
        return Typed(lines, [">", *(f"    {line}" for line in (*one.tree, *two.tree))])

    def fenced(self, above: int) -> Typed:
        lines, said, _ = self.portion(above, line=True)
        lines[0] = lines[0].replace("`a*b`", "ab")  # no backticks behind a fence of them
        code = ["# not a heading", "    - deeper", "| (see above) |"]
        typed = [f'{self.fence}text title="{lines[0]}"', *code, self.fence]
        return Typed(typed, [f"code text {said.replace('<code a*b>', 'ab')}", *(f"    {one}" for one in code)])

    def table(self, above: int) -> Typed:
        cells = [[self.portion(above, line=True) for _ in range(2)] for _ in range(3)]
        whole = cells[0][0][2]
        align = {":--:": "center", " :--- ": "left"}.get(self.dashes, "-")
        made = Typed(tree=[f"table {align} {align}"])
        for number, row in enumerate(cells):
            mark = max(whole, row[0][2])
            column = cells[0][1][2] if number else whole
            marks = (mark, max(mark, column, row[1][2]))
            said = [f"({MARKS[one]}){cell[1].partition(')')[2]}" for one, cell in zip(marks, row, strict=True)]
            typed = [cell[0][0].replace("x | y", r"x \| y") for cell in row]
            made.lines.append(f"| {typed[0]} | {typed[1]} |")
            made.tree.append(f"    {said[0]} | {said[1]}")
            if not number:
                made.lines.append(f"|{self.dashes}|{self.dashes}|")
        return made

    def box(self, above: int) -> Typed:
        lines, said, mark = self.portion(above, line=True)
        opener, kind = self.rng.choice([("!!!", "note"), ("???", "tip"), ("???+", "info"), ("!!!", "info inline end")])
        made = Typed([f'{opener} {kind} "{lines[0]}"'], [f"{opener} {kind} {said}"])
        made = self.below(made, self.paragraph(mark), "    ")
        return self.below(made, self.items(mark, 1), "    ", blank=True)

    def comment(self, _: int) -> Typed:
        return Typed(self.rng.choice([["<!-- (U//LES) note -->"], ["<!--", "## (U) note", "", "- x", "-->"]]))

    def rule(self, _: int) -> Typed:
        return Typed([self.rng.choice(["---", "***", "* * *", "___"])], ["rule"])

    # --- the whole ----------------------------------------------------------------------------------------

    def document(self) -> tuple[str, list[str]]:
        """A body as typed, and its tree."""
        body = Typed()
        kinds: list[Callable[[int], Typed]] = [
            self.paragraph, self.paragraph, self.heading, self.items, self.lead_in,
            self.quote, self.fenced, self.table, self.box, self.comment, self.rule,
        ]  # fmt: skip
        before = None
        for _ in range(self.rng.randrange(2, 10)):
            kind = self.rng.choice(kinds)
            if before in (self.items, self.lead_in) and kind == self.items:
                continue  # two lists in a row are one
            if before is not None and not (self.glued and self.heading in (kind, before)):
                body.lines += [""] * self.blanks
            block = kind(0)
            body.lines += block.lines
            body.tree += block.tree
            before = kind
        return self.newline.join([*body.lines, *self.note(body)]) + self.newline, body.tree

    def note(self, body: Typed) -> list[str]:
        """A note of two paragraphs below the body, and the paragraph that refers to it."""
        label, said = self.word()
        lines, words, mark = self.portion(0)
        more, again, _ = self.portion(mark)
        body.tree += [f"(U) {said}<note {label}>", f"note {label}", f"    {words}", f"    {again}"]
        rest = [f"[^{label}]: {lines[0]}", *lines[1:], "", *(f"    {line}" for line in more)]
        return ["", f"(U) {said}[^{label}]", "", *rest]


def _may_begin(word: str) -> bool:
    """Whether a wrapped line may begin with a word and begin no block."""
    return word[0] not in "*_<~#" and not word.startswith("x |")
