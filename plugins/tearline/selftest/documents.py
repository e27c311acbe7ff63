"""Bulletins, a page and files that hold every kind of withheld place, each with a canary of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from PIL import Image, PngImagePlugin

from tearline.selftest import templates
from tearline.selftest.canaries import Sower
from tearline.selftest.marks import Range

FOLDER: Final = "tearline-self-test"
_BULLETINS: Final = (templates.WITHHELD, templates.DRAFT, templates.RECALLED, templates.REFUSED, templates.COMPILATION)
_SLOT: Final = re.compile(
    r"""\{(?P<place>[a-z][a-z -]*)(?P<which>\#\d)?(?:\|(?P<kind>word|name))?(?P<nobody>!)?\}
        |(?<=[(])(?P<mark>[HL])(?=\)|[ ]")|(?<=marking:[ ])(?P<bare>[HL])\b|(?P<unmarked>(?<=-[ ])U[ ])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a site lets us write: product numbers, marks, and where an unmarked page may be (None: nowhere).

    ``inline``: there may be inline portions; ``unmarked_items``: items may be without a mark.
    """

    numbers: Iterator[str]
    marks: tuple[Range, ...]
    page: str | None
    inline: bool
    unmarked_items: bool


class Writer:
    """Writes the documents. The canaries in them are those that ``sow`` has made."""

    def __init__(self, ground: Ground, sow: Sower) -> None:
        self.ground = ground
        self.sow = sow
        self._high = {each.system: cycle(each.high) for each in ground.marks}
        self._same: dict[str, str] = {}

    def files(self) -> dict[str, bytes]:
        """The files to put below the sources, by path."""
        own = self.ground.marks[0]
        mixed = templates.MIXED + (templates.INLINE if self.ground.inline else "")
        texts = {self._name(): self.bulletin(each, own) for each in (mixed, *_BULLETINS)}
        texts |= {self._name(): self.bulletin(templates.OTHER, other) for other in self.ground.marks[1:]}
        if self.ground.page is not None:
            texts[self.ground.page] = self.filled(templates.PAGE, own)
        texts[f"{FOLDER}/{self.sow('file name of a stray file', 'word', published=False)}.txt"] = self.sow(
            "stray file", published=False
        )
        pictures = [self._same[f"file name of a picture#{number}"] for number in (1, 2, 3)]
        return {name: text.encode() for name, text in texts.items()} | {
            f"{FOLDER}/{pictures[0]}.png": png(self.sow.note("text in a PNG")),
            f"{FOLDER}/{pictures[1]}.jpg": jpeg(self.sow.note("EXIF of a JPEG")),
            f"{FOLDER}/{pictures[2]}.png": png(self.sow.note("text in a withheld PNG")),
        }

    def _name(self) -> str:
        return f"{FOLDER}/{self.sow('file name of a document', 'word', published=False)}.md"

    def bulletin(self, template: str, marks: Range) -> str:
        """A bulletin made from a template."""
        return self.filled(f"---\nid: {next(self.ground.numbers)}\nsystem: {marks.system}\n{template}", marks)

    def filled(self, template: str, marks: Range) -> str:
        """A template with its marks and canaries."""

        def said(slot: re.Match[str]) -> str:
            if slot["place"]:
                return self._canary(slot)
            letter = slot["mark"] or slot["bare"]
            if slot["unmarked"]:
                return "" if self.ground.unmarked_items else f"({next(self._high[marks.system])}) "
            return str(next(self._high[marks.system]) if letter == "H" else marks.low)

        return _SLOT.sub(said, template)

    def _canary(self, slot: re.Match[str]) -> str:
        key = slot["place"] + (slot["which"] or "")
        if slot["which"] and key in self._same:
            return self._same[key]
        made = self.sow(slot["place"], slot["kind"] or "any", published=not slot["nobody"])
        return self._same.setdefault(key, made) if slot["which"] else made


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
