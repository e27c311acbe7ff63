"""What stands in withheld places: words of any number, length and script, and names for files that nobody sees."""

from __future__ import annotations

import io
import random
from typing import Final

from PIL import Image, PngImagePlugin

SCRIPTS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "水塔門船橋河雨雪火山東西南北",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "กขคงจชซญดตถทนบปผพมยรลวสหอ",
    "0123456789",
)
ODD: Final = ("a_b", "x&y", "5 < 6", "#4", "~20", "2*3", "it's", "C#", "[sic]", "“so”", "$5", "50%", "a\u00a0b")
ANY: Final = (
    "A&amp;B",
    "a | b",
    "**so**",
    "_so_",
    "`a*b`",
    "<",
    ">",
    "* *",
    'a "b" c',
    "\\*",
    "\U0001f6a8",
    "[so](https://example.org/so)",
)
FACETS: Final = ("flood", "wildfire", "cyber", "tornado")


class Filling:
    """Draws what goes into withheld places from a seed. Two of them agree on nothing but the holes."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - no secret
        self.named: dict[str, str] = {}

    def chance(self, of: int = 2) -> bool:
        """True once in so many times."""
        return self.draw.randrange(of) == 0

    def word(self) -> str:
        """One word without anything that has a meaning anywhere; it begins with a letter."""
        script = self.draw.choice(SCRIPTS)
        said = "".join(self.draw.choice(script) for _ in range(self.draw.choice((1, 3, 6, 25))))
        return f"zu{said}" if script[0] == "0" else said

    def words(self) -> str:
        """One to many words, for places in which quotes, bars and backticks would have a meaning."""
        said = [
            self.word() if self.draw.randrange(4) else self.draw.choice(ODD)
            for _ in range(self.draw.choice((0, 1, 4, 15)))
        ]
        return " ".join([self.word(), *said, self.word()])

    def plain(self) -> str:
        """One to many words and nothing but words."""
        return " ".join(self.word() for _ in range(self.draw.choice((1, 2, 5, 12))))

    def text(self) -> str:
        """One to many words with anything among them that a sentence may hold."""
        return f"{self.words()} {self.draw.choice(ANY)} {self.words()}" if self.chance() else self.words()

    def name(self, key: str) -> str:
        """The name of a file, the same each time that it is asked for; ASCII, since links lead to it."""
        if key not in self.named:
            folder = self.draw.choice(("", "2025/", "zulu/deeper/", "B_1/"))
            said = self.draw.choice(("a", "M", "z", "9", "_"))
            self.named[key] = f"{folder}{said}-{self.draw.randrange(10**6)}-{key}"
        return self.named[key]

    def picture(self) -> bytes:
        """A picture that no other filling has."""
        size = self.draw.randrange(1, 30), self.draw.randrange(1, 30)
        return drawn(size, f"#{self.draw.randrange(1 << 24):06x}", self.words())

    def disguised(self, colour: str) -> bytes:
        """A picture whose pixels all fillings agree on, and nothing else of it."""
        return drawn((8, 8), colour, self.words(), level=self.draw.randrange(10)) + self.words().encode()


def drawn(size: tuple[int, int], colour: str, note: str, level: int = 6) -> bytes:
    """A PNG of one colour, which says something where nobody looks."""
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("Comment", note)
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG", pnginfo=notes, compress_level=level)
    return out.getvalue()
