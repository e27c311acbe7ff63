"""Every kind of withheld place as a piece of a bulletin: what is released never changes, what is withheld always does.

A place is given a ``Filling`` and says its Markdown. Words that begin with "kept" are released to the EOC edition,
everything that the filling gives is not, nor is how much of it there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from fillings import FACETS, Filling

LES: Final = "(U//LES)"
Place = Callable[[Filling], str]


def paragraphs(fill: Filling) -> str:
    """Any number of withheld paragraphs, notes to oneself and rules between them."""
    kinds = (lambda: f"{LES} {fill.text()}", lambda: f"{LES} {fill.words()}\n{fill.words()}", lambda: comment(fill))
    said = [fill.draw.choice(kinds)() for _ in range(fill.draw.randrange(4))]
    return "\n\n".join(said)


def comment(fill: Filling) -> str:
    """A comment of one line or several."""
    return f"<!-- {fill.words()}{fill.draw.choice((' ', chr(10)))}(U//LES) {fill.words()} -->"


def items(fill: Filling) -> str:
    """Bullets before, between, below and after released ones."""
    more = [f"- {LES} {fill.text()}" + (f"\n    - {fill.word()}" if fill.chance() else "") for _ in range(6)]
    taken = [fill.draw.randrange(3) for _ in range(2)]
    below = "".join(f"\n    - {LES} {fill.text()}" for _ in range(fill.draw.randrange(3)))
    lines = [*more[: taken[0]], f"- (U) kept item{below}", *more[2 : 2 + taken[1]], "- (U) kept other", *more[4:5]]
    return "\n".join(lines)


def numbers(fill: Filling) -> str:
    """Numbered items are numbered anew."""
    lines = ["(U) kept first", *(f"{LES} {fill.text()}" for _ in range(fill.draw.randrange(4))), "(U) kept second"]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def lead_in(fill: Filling) -> str:
    """A withheld sentence that introduces unmarked bullets."""
    bullets = "\n".join(f"- {fill.words()}" for _ in range(fill.draw.randrange(1, 4)))
    return f"{LES} {fill.words()}:\n\n{bullets}\n\n(U) kept after the bullets"


def emptied(fill: Filling) -> str:
    """A released sentence that introduces nothing but withheld bullets."""
    return "(U) kept lead-in:\n\n" + "\n".join(f"- {LES} {fill.text()}" for _ in range(fill.draw.randrange(1, 4)))


def table(fill: Filling) -> str:
    """Withheld cells, rows and columns beside released ones."""
    extra = range(fill.draw.randrange(3))

    def row(first: str, cells: Iterable[str], more: str) -> str:
        return f"| {' | '.join([first, *cells, *(f'{more}{fill.words()}' for _ in extra)])} |"

    def hidden() -> list[str]:
        return [row(f"{LES} {fill.words()}", [fill.words(), fill.words()], "") for _ in range(fill.draw.randrange(3))]

    return "\n".join([
        row("(U) kept head", ["kept column", "kept third"], f"{LES} "),
        "|---|---|:-:|" + "---|" * len(extra),
        *hidden(),
        row("(U) kept row", [f"{LES} {fill.words()}", "kept cell"], ""),
        *hidden(),
        row("(U) kept last", ["kept cell", "kept cell"], f"{LES} "),
        *hidden(),
    ])  # fmt: skip


def tables(fill: Filling) -> str:
    """A table that is withheld, and one of which no row is left."""
    size = range(fill.draw.randrange(1, 4))
    cells = [" | ".join(fill.words() for _ in size) for _ in range(4)]
    rule = "|" + "---|" * len(size)
    first, second = (LES, "(U)"), ("(U)", LES)
    return "\n\n".join(f"| {one} {cells[0]} |\n{rule}\n| {two} {cells[1]} |" for one, two in (first, second))


def section(fill: Filling) -> str:
    """A withheld heading with whatever stands under it."""
    said = [f"## {LES} {fill.words()}", f"(U) {fill.text()}", f"### (U) {fill.words()}"]
    said += [f'```text title="(U) {fill.words()}"\n{fill.text()}\n```', paragraphs(fill)]
    return "\n\n".join([*said[: fill.draw.randrange(1, 6)], "## (U) kept heading", "(U) kept under it"])


def boxes(fill: Filling) -> str:
    """Admonitions, folded ones and tabs: withheld title and body, and a withheld part of a released one."""
    opener = fill.draw.choice(("!!! note", "??? warning", "???+ tip", "==="))
    inside = "\n".join(f"    {line}".rstrip() for line in f"(U) {fill.text()}\n\n{paragraphs(fill)}".split("\n"))
    own = "".join(f"    {LES} {fill.text()}\n\n" for _ in range(fill.draw.randrange(3)))
    return (
        f'{opener} "{LES} {fill.words()}"\n{inside}\n\n'
        f'=== "(U) kept tab"\n    (U) kept words\n\n{own}=== "{LES} {fill.words()}"\n    (U) {fill.text()}\n\n'
        f'=== "(U) kept second tab"\n{own}    (U) kept more\n\n'
        f"!!! danger\n    {LES} {fill.text()}"
    )


def quote(fill: Filling) -> str:
    """Withheld paragraphs of a quote, and a quote that is withheld."""
    more = "".join(f">\n> {LES} {fill.text()}\n" for _ in range(fill.draw.randrange(3)))
    return f"> (U) kept quoted\n{more}>\n> (U) kept again\n\n(U) kept between\n\n> {LES} {fill.text()}"


def notes(fill: Filling) -> str:
    """Notes used by withheld words only, withheld notes, and labels, which nobody sees."""
    one, two, three, four = (f"{fill.word()}{number}" for number in range(4))
    more = f"\n\n    {LES} {fill.text()}" if fill.chance() else ""
    return "\n\n".join([
        f"{LES} {fill.words()}[^{one}]",
        f"(U) kept claim[^{two}] and kept other claim.[^{three}]",
        f"(U) kept third claim.[^{four}]",
        f"[^{four}]: (U) kept fourth note",
        f"[^{one}]: (U) {fill.text()}",
        f"[^{three}]: {LES} {fill.text()}",
        f"[^{two}]: (U) kept second note{more}",
    ])  # fmt: skip


def fences(fill: Filling) -> str:
    """Code blocks."""
    language = fill.draw.choice(("", "text", "python", "yaml"))
    code = "\n".join(fill.text() for _ in range(fill.draw.randrange(1, 4)))
    kept = '```text title="(U) kept title"\nkept = code\n```'
    return f'```{language} title="{LES} {fill.words()}"\n{code}\n```\n\n{kept}'


def inline(fill: Filling) -> str:
    """Portions within a paragraph, replaced and not."""
    said = f'(U) kept subject, [{fill.words()}](U//LES "kept name"), kept verb [{fill.words()}](U//LES) kept end.'
    return f"{said}\n\n- (U) kept **[{fill.words()}](U//LES) kept strong** item"


def stand_in(fill: Filling) -> str:
    """Wording for those who may not see what stands before it."""
    before = fill.draw.choice((f"{LES} {fill.text()}", f"- {LES} {fill.text()}", f"> {LES} {fill.text()}"))
    return f"{before}\n\n!!! tearline\n    (U) kept instead\n\n    - (U) kept item instead"


def rules(fill: Filling) -> str:
    """Rules with something withheld between them."""
    return f"(U) kept above\n\n---\n\n{LES} {fill.text()}\n\n---\n\n{paragraphs(fill)}\n\n---\n\n(U) kept below"


def links(fill: Filling) -> str:
    """Links to bulletins that the edition lacks, for whatever reason."""
    target = fill.draw.choice(("IB-2026-901", "IB-2026-902", "IB-2026-903", "IB-2025-999"))
    return f"(U) kept [link]({target}), kept **[bold link]({target})**."


PLACES: Final[dict[str, Place]] = {
    one.__name__: one
    for one in (
        paragraphs, comment, items, numbers, lead_in, emptied, table, tables, section, boxes, quote, notes, fences,
        inline, stand_in, rules, links,
    )
}  # fmt: skip


def facets(fill: Filling) -> str:
    """Facets with marks of their own, and a reviewer's date."""
    more = ", ".join(f"{{marking: U//LES, value: {fill.draw.choice(FACETS)}}}" for _ in range(fill.draw.randrange(3)))
    return f"hazards: [flood{', ' if more else ''}{more}]\nreview_by: {day(fill)}"


def day(fill: Filling) -> str:
    """Any day."""
    return f"20{fill.draw.randrange(20, 30)}-{fill.draw.randrange(1, 13):02}-{fill.draw.randrange(1, 29):02}"


def values(fill: Filling) -> str:
    """Single values that the edition may not see."""
    priority = fill.draw.choice(("urgent", "priority", "routine"))
    product = fill.draw.choice(("bulletin", "weather", "roll-call"))
    given = [
        f"date: {{marking: U//LES, value: {day(fill)}}}",
        f"in_effect_until: {{marking: U//LES, value: {day(fill)}}}",
        f"information_cutoff: {{marking: U//LES, value: {day(fill)}}}",
        f"priority: {{marking: U//LES, value: {priority}}}",
        f"product: {{marking: U//LES, value: {product}}}",
    ]
    return "\n".join(one for one in given if fill.chance())


def references(fill: Filling) -> str:
    """Other bulletins, named under a mark or not there."""
    absent, hidden = fill.draw.choice(("IB-2026-901", "IB-2025-999")), f"IB-2024-{fill.draw.randrange(100, 999)}"
    return f"supersedes: [{absent}, {{marking: U//LES, value: {hidden}}}]\nrelated: [IB-2026-001, {absent}]"


def texts(fill: Filling) -> str:
    """Texts that only some editions see."""
    return f'action: "{LES} {fill.words()}"\naction_released: "(U) kept action"\ncontact: "{LES} {fill.words()}"'


FRONTS: Final[dict[str, Place]] = {one.__name__: one for one in (facets, values, references, texts)}
