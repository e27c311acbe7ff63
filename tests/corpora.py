"""Whole corpora that release the same to the EOC edition however their withheld places are filled.

A ``Stand`` is what is released: bulletins, pages, pictures. ``sources`` writes it down with one filling: other withheld
words, other names of files, and other documents beside it that nobody gets.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from drafts import LOW, Draft, Slot, Word, drafts, spelled
from fillings import Filling
from places import FRONTS, LES, PLACES, day
from sites import bulletin, page

Draw = Any
Sources = dict[str, str | bytes]
RECALLED: Final = "IB-2026-800"
LIMITS: Final = {"IB-2026-901", "IB-2026-902", "IB-2026-903"}  # numbers of what nobody gets


def sees(mark: str) -> bool:
    """Whether the EOC edition may see a mark."""
    return mark in LOW


@dataclass(frozen=True, slots=True)
class Story:
    """A bulletin: a draft, and which places are added to its front matter and its body."""

    draft: Draft
    fronts: tuple[str, ...]
    places: tuple[str, ...]
    pictures: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """A corpus. With ``notice``, the edition says of every bulletin that something is withheld."""

    stories: tuple[Story, ...]
    notice: bool

    def sources(self, fill: Filling) -> Sources:
        """Every file below the sources."""
        found: Sources = {}
        for number, story in enumerate(self.stories, 1):
            name = f"IB-2026-{number:03}"
            found |= _story(
                story, name, fill, [f"{fill.name(one)}.md" for one in self.names if one != name], notice=self.notice
            )
        found |= _pages(fill)
        found[f"{fill.name(RECALLED)}.md"] = bulletin(
            RECALLED, f"(U) {fill.text()}", "recalled: 2026-10-02", title=f"(U) {fill.words()}"
        )
        return found | unseen(fill)

    @property
    def names(self) -> list[str]:
        """The numbers of the bulletins."""
        return [f"IB-2026-{number:03}" for number in range(1, len(self.stories) + 1)]


def _story(story: Story, name: str, fill: Filling, others: list[str], *, notice: bool) -> Sources:
    def spell(word: Word) -> str:
        if word.shown(sees):
            return spelled(word)
        return fill.word() if word.solid else fill.words()

    def more(slot: Slot) -> str:
        if fill.chance():
            return ""
        if slot.kind == "row":
            return f"| {LES} {fill.words()} |" + f" {fill.words()} |" * slot.cells
        return ("" if slot.kind == "paragraph" else f"{slot.kind} ") + f"{LES} {fill.words()}"

    file = f"{fill.name(name)}.md"
    found: Sources = {}
    front = [FRONTS[one](fill) for one in story.fronts]
    body = ["## (U) kept wrapping", *(PLACES[one](fill) for one in story.places)]
    body += [f"(U) kept [way]({posixpath.relpath(other, posixpath.dirname(file) or '.')})" for other in others]
    if story.pictures:
        listed, shown = _pictures(fill, file, found)
        front.append(listed)
        body.append(shown)
    if notice:
        body.append(f"(U) kept end\n\n{LES} {fill.text()}")
    text = story.draft.typed(spell, more, name, ("\n".join(filter(None, front)), "\n\n".join(filter(None, body))))
    found[file] = text.replace("\n", "\r\n") if fill.chance(5) else text
    return found


def _pictures(fill: Filling, file: str, found: Sources) -> tuple[str, str]:
    """Released pictures with other names and notes in them, and withheld ones, listed and used or not."""
    folder = posixpath.dirname(file)
    kept, hidden, named = (f"{fill.word()}-{number}.png" for number in range(3))
    found[posixpath.join(folder, kept)] = fill.disguised("navy")
    found[posixpath.join(folder, hidden)] = fill.picture()
    found[posixpath.join(folder, named)] = fill.picture()
    listed = [
        "assets:",
        f'  - {{file: {kept}, marking: U, caption: "{LES} {fill.words()}", alt: "(U) kept entry"}}',
        f'  - {{file: {hidden}, marking: U//LES, caption: "(U) {fill.words()}", alt: "(U) {fill.words()}"}}',
        *([f"  - {{file: {named}, marking: U}}"] if fill.chance() else []),
    ]
    shown = [
        f"(U) ![kept alt]({kept})",
        f"(U) kept beside ![{fill.word()}]({hidden})",
        f"{LES} ![{fill.word()}]({hidden}) {fill.text()}",
    ]
    return "\n".join(listed), "\n\n".join(shown)


def _pages(fill: Filling) -> Sources:
    kept, hidden = f"{fill.word()}.png", f"{fill.word()}-1.png"
    listed = [
        "title: Kept",
        "assets:",
        f"  - {{file: {kept}, marking: U}}",
        f'  - {{file: {hidden}, marking: U//LES, caption: "{LES} {fill.words()}"}}',
    ]
    target = fill.draw.choice(("IB-2026-901", "IB-2025-999"))
    links = f"Kept page with [a link](IB-2026-001), [another]({target})."
    body = f"{links}\n\n![kept]({kept})\n\nKept ![{fill.word()}]({hidden}) end."
    return {
        "about/us.md": page(body, *listed),
        f"about/{kept}": fill.disguised("olive"),
        f"about/{hidden}": fill.picture(),
    }


def unseen(fill: Filling, *, all_of_them: bool = False) -> Sources:
    """Documents and files that nobody gets; each filling has others."""
    held = f"{fill.name('held')}.md"
    urgent = (
        "hazards: [flood, uas]",
        "priority: urgent",
        f"date: {day(fill)}",
        "supersedes: [IB-2026-001, IB-2026-002]",
    )
    words, title = f"{LES} {fill.words()}", f"(U) {fill.words()}"
    known: Sources = {
        f"{fill.name('les')}.md": bulletin("IB-2026-901", f"{LES} {fill.text()}", *urgent, title=words),
        f"{fill.name('part')}.md": bulletin("IB-2024-904", f"{LES} {fill.text()}", *urgent, title=title),
        f"{fill.name('draft')}.md": bulletin("IB-2026-902", f"(U) {fill.text()}", "draft: yes", *urgent),
        f"{fill.name('gone')}.md": bulletin("IB-2023-905", f"{LES} {fill.text()}", "recalled: 2026-10-02", title=words),
        f"about/{fill.word()}-les.md": page(f"{fill.text()}", f"title: {fill.word()}", marking="U//LES"),
        f"{fill.name('notes')}.txt": fill.text(),
        f"{fill.name('old')}.md~": fill.text(),
        f"{fill.name('stray')}.png": fill.picture(),
        f".{fill.word()}.md": f"(U) {fill.text()}",
        held: fill.draw.choice((
            bulletin("IB-2026-903", f"{fill.text()}", title=words),
            bulletin("IB-2026-903", f"(U) {fill.text()}", f"{fill.word()}: unknown"),
            b"\xff\xfe" + fill.text().encode(),
            f"---\nid: IB-2026-903\ntitle: {fill.word()}: no\n---\n(U) {fill.text()}\n",
        )),
    }  # fmt: skip
    return {name: text for name, text in known.items() if all_of_them or fill.chance()}


def put(root: Path, sources: Sources, fill: Filling) -> None:
    """Give the files below the sources their own times and permissions."""
    for name in sources:
        path = root / "bulletins" / name
        path.chmod(fill.draw.choice((0o600, 0o644, 0o755)))
        os.utime(path, (fill.draw.randrange(1 << 31),) * 2)


@st.composite
def stands(draw: Draw) -> Stand:
    """Any corpus."""
    return Stand(tuple(_told(draw) for _ in range(draw(st.integers(1, 3)))), draw(st.booleans()))


def _told(draw: Draw) -> Story:
    chosen = st.lists(st.sampled_from(sorted(PLACES)), max_size=4, unique=True).map(tuple)
    fronts = st.lists(st.sampled_from(sorted(FRONTS)), max_size=3, unique=True).map(tuple)
    return Story(draw(drafts()), draw(fronts), draw(chosen), draw(st.booleans()))
