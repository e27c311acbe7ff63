"""Bulletins, a page and files that hold every kind of withheld place, each with a canary of its own.

What begins with "Self-test" is released. The kinds of place are those of the marking language.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from PIL import Image, PngImagePlugin

from tearline.marking import Mark
from tearline.selftest.canaries import Sower
from tearline.selftest.marks import Range

FOLDER: Final = "tearline-self-test"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a site lets us write: product numbers, marks, and where an unmarked page may be (None: nowhere)."""

    numbers: Iterator[str]
    marks: tuple[Range, ...]
    page: str | None
    inline: bool
    unmarked_items: bool


def documents(ground: Ground, sow: Sower) -> Mapping[str, bytes]:
    """The files to put below the sources, by path. Their canaries are those that ``sow`` has made."""
    writer = _Writer(ground, sow)
    return writer.files()


class _Writer:
    """Writes the documents. ``hi`` is another withheld mark each time, so that all of them take their turn."""

    def __init__(self, ground: Ground, sow: Sower) -> None:
        self.ground = ground
        self.sow = sow
        self.own = ground.marks[0]
        self.low = f"({self.own.low})"
        self._high = cycle(self.own.high)

    def mark(self) -> Mark:
        return next(self._high)

    @property
    def hi(self) -> str:
        return f"({self.mark()})"

    def files(self) -> dict[str, bytes]:
        """Every document and what is beside it."""
        found = self.mixed()
        texts = {
            self.named(): self.withheld(),
            self.named(): self.unpublished("draft", "draft: true"),
            self.named(): self.unpublished("recalled bulletin", "recalled: 2020-01-02"),
            self.named(): self.refused(),
            self.named(): self.compilation(),
        }
        for other in self.ground.marks[1:]:
            texts[f"{FOLDER}/{other.system}.md"] = self.other(other)
        if self.ground.page is not None:
            title, words = self.sow.name("title of a withheld page"), self.sow("withheld page")
            texts[self.ground.page] = f"---\ntitle: {title}\nmarking: {self.mark()}\n---\n\n{words}\n"
        found |= {name: text.encode() for name, text in texts.items()}
        found[f"{FOLDER}/{self.sow.word('file name of a stray file')}.txt"] = self.sow(
            "stray file", published=False
        ).encode()
        return found

    def named(self) -> str:
        """A name for a document, which nobody sees."""
        return f"{FOLDER}/{self.sow.word('file name of a document')}.md"

    def front(self, *lines: str, title: str = "") -> str:
        system = [f"system: {self.own.system}"]
        head = [
            f"id: {next(self.ground.numbers)}",
            *system,
            f'title: "{title or f"{self.low} Self-test bulletin"}"',
            *lines,
        ]
        return "\n".join(["---", *head, "---", "", ""])

    # --- one bulletin with nearly everything ----------------------------------------------------------------------

    def mixed(self) -> dict[str, bytes]:
        """A bulletin of which some is released, and its pictures."""
        sow = self.sow
        kept, hidden = (f"{sow.word(place)}.png" for place in ("file name of a picture", "file name of a picture"))
        camera = f"{sow.word('file name of a picture')}.jpg"
        body = "\n\n".join([*self.running(), *self.lists(), *self.tables(), *self.containers(), *self.inlines()])
        pictures = [
            f"{self.low} ![Self-test picture]({kept})",
            f"{self.low} ![Self-test photograph]({camera})",
            f"{self.hi} ![{sow.name('picture text')}]({hidden})",
        ]
        text = self.mixed_front(kept, hidden, camera) + "\n\n".join([body, *pictures, *self.notes()]) + "\n"
        return {
            self.named(): text.encode(),
            f"{FOLDER}/{kept}": png(sow.note("text in a PNG")),
            f"{FOLDER}/{hidden}": png(sow.note("text in a withheld PNG")),
            f"{FOLDER}/{camera}": jpeg(sow.note("EXIF of a JPEG")),
        }

    def mixed_front(self, kept: str, hidden: str, camera: str) -> str:
        sow = self.sow
        texts = [f'{key}: "{self.hi} {sow(key)}"' for key in ("summary", "area", "action", "contact")]
        facets = [
            f"{key}: [{{marking: {self.mark()}, value: {sow.word(key, published=True)}}}]"
            for key in ("hazards", "regions")
        ]
        return self.front(
            *texts,
            f'summary_released: "{self.low} Self-test summary"',
            *facets,
            "revised:",
            f'  - {{at: 2020-01-02, change: "{self.hi} {sow("revision")}"}}',
            "assets:",
            f'  - {{file: {kept}, marking: {self.own.low}, caption: "{self.hi} {sow("caption")}"}}',
            f'  - {{file: {camera}, marking: {self.own.low}, source: "{self.hi} {sow("picture source")}"}}',
            f'  - {{file: {hidden}, marking: {self.mark()}, alt: "{self.low} {sow.name("withheld picture alt")}"}}',
            'title_released: "' + self.low + ' Self-test"',
            title=f"{self.hi} {sow('title')}",
        )

    def running(self) -> list[str]:
        sow = self.sow
        return [
            f"{self.low} Self-test opens.",
            f"{self.hi} {sow('paragraph')}",
            f"{self.hi} {sow('wrapped paragraph')}\nand {sow('second line of a paragraph')}",
            f"{self.hi} {sow('words before a stand-in')}",
            f"!!! tearline\n    {self.low} Self-test stands in.",
            f"<!-- {sow('comment', published=False)} -->",
            f'```text title="{self.hi} {sow("code block title")}"\n{sow("code block")}\n```',
            f"> {self.hi} {sow('quote')}\n>\n> {self.low} Self-test quotes.",
        ]

    def lists(self) -> list[str]:
        sow = self.sow
        low, high = ("", "") if self.ground.unmarked_items else (f"{self.low} ", f"{self.hi} ")
        return [
            f"- {self.low} Self-test item\n    - {self.hi} {sow('nested item')}\n- {self.hi} {sow('item')}\n"
            f"    - {self.low} {sow('low item below a high one')}\n    - {low}{sow('item below a high one')}",
            f"{self.low} Self-test steps follow.",
            f"1. {self.low} Self-test step\n2. {self.hi} {sow('numbered item')}\n\n    {self.low} {sow('second paragraph of an item')}",
            f"{self.hi} {sow('lead-in')}:\n\n- {high}{sow('bullet after a lead-in')}",
            f"{self.low} Self-test tables follow.",
        ]

    def tables(self) -> list[str]:
        sow = self.sow
        return [
            f"| {self.low} Self-test | {self.hi} {sow('column head')} | Self-test third |\n|---|---|---|\n"
            f"| {self.low} Self-test row | {sow('cell of a column')} | {self.hi} {sow('cell')} |\n"
            f"| {self.hi} {sow('row head')} | {sow('cell of both')} | {sow('cell of a row')} |",
            f"| {self.hi} {sow('table head')} |\n|---|\n| {self.low} {sow('cell of a withheld table')} |",
        ]

    def containers(self) -> list[str]:
        sow = self.sow
        return [
            f"## {self.hi} {sow('heading')}",
            f"{self.low} {sow('section paragraph')}",
            f"### {self.low} {sow('heading in a withheld section')}",
            f"## {self.low} Self-test goes on",
            f'!!! warning "{self.hi} {sow("admonition title")}"\n    {self.low} {sow("admonition body")}',
            f'??? note "{self.low} Self-test folded"\n    {self.low} Self-test\n\n    {self.hi} {sow("folded paragraph")}',
            f'=== "{self.hi} {sow("tab title")}"\n    {self.low} {sow("tab body")}\n\n'
            f'=== "{self.low} Self-test tab"\n    {self.hi} {sow("tab paragraph")}',
        ]

    def inlines(self) -> list[str]:
        sow = self.sow
        link = f'[{sow("link words")}](https://example.org/{sow.word("link address", published=True)} "{sow("link title")}")'
        said = [f"{self.hi} See {link}", f"{self.hi} **{sow.name('bold words')}** and `{sow('code')}`"]
        if self.ground.inline:
            replaced = f'[{sow("replaced words")}]({self.mark()} "somebody")'
            said.append(
                f"{self.low} Self-test names [{sow('inline portion')}]({self.mark()}) here, and {replaced} too."
            )
        return said

    def notes(self) -> list[str]:
        sow = self.sow
        one, two = (sow.word("note label") for _ in range(2))
        return [
            f"{self.hi} {sow('words with a note')}[^{one}]",
            f"{self.low} Self-test ends[^{two}] here.",
            f"[^{one}]: {self.low} {sow('note of withheld words')}",
            f"[^{two}]: {self.hi} {sow('note')}",
        ]

    # --- bulletins that the edition lacks -----------------------------------------------------------------------

    def withheld(self) -> str:
        """A bulletin of which nothing is released but a title, which is nothing without a body."""
        front = self.front(title=f"{self.low} {self.sow('title of a withheld bulletin')}")
        return f"{front}{self.hi} {self.sow('withheld bulletin')}\n"

    def unpublished(self, place: str, key: str) -> str:
        """A bulletin whose marks would let it through."""
        front = self.front(key, title=f"{self.low} {self.sow(f'{place} title', published=False)}")
        return f"{front}{self.low} {self.sow(place, published=False)}\n"

    def refused(self) -> str:
        """A document with a mistake in it, which is held back."""
        return f"{self.front()}{self.sow('refused document', published=False)} has no mark.\n"

    def compilation(self) -> str:
        """A bulletin that is marked higher than its parts."""
        mark = self.mark()
        reason = f'compilation_reason: "({mark}) {self.sow("reason of a compilation")}"'
        front = self.front(f"marking: {mark}", reason, title=f"{self.low} Self-test compilation")
        return f"{front}{self.low} {self.sow('paragraph of a compilation')}\n"

    def other(self, of: Range) -> str:
        """A short bulletin in another marking system."""
        high = cycle(of.high)
        head = [f"id: {next(self.ground.numbers)}", f"system: {of.system}", f'title: "({of.low}) Self-test bulletin"']
        head.append(f'contact: "({of.low}) Self-test desk"')
        said = [f"({next(high)}) {self.sow(f'{of.system} paragraph')}" for _ in of.high[:3]]
        return "\n".join(["---", *head, "---", "", f"({of.low}) Nothing but a test.\n", "\n\n".join(said), ""])


def png(note: str) -> bytes:
    """A picture that says something where nobody looks."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", note)
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def jpeg(note: str) -> bytes:
    """A photograph with a description in its EXIF data."""
    tags = Image.Exif()
    tags[0x010E] = note
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "olive").save(out, "JPEG", exif=tags)
    return out.getvalue()
