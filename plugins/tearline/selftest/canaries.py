"""Random words that stand nowhere else: names, numbers and addresses of nobody, one for each withheld place."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_ONSETS: Final = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "dr", "gl", "kr", "pl", "tr")
_VOWELS: Final = ("a", "e", "i", "o", "u", "ai", "ou")
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SYLLABLES: Final = 4


@dataclass(frozen=True, slots=True)
class Canary:
    """What was sown in a withheld place.

    ``published`` is whether an edition that withholds nothing shows it; ``legible`` whether it stands in a text, which
    the verifier reads, or inside a picture, which is drawn anew for every edition.
    """

    place: str
    text: str
    published: bool
    legible: bool = True


class Sower:
    """Makes canaries from a seed. ``taken`` says whether a text stands in the site already, which none may."""

    def __init__(self, seed: int, taken: Callable[[str], bool]) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - has to be repeatable; nothing is kept secret by it
        self.taken = taken
        self.sown: list[Canary] = []
        told = (self._name, self._telephone, self._plate, self._mail, self._case)
        self._kinds: dict[str, tuple[Callable[[], str], ...]] = {
            "any": (self._name, *told),
            "name": (self._name,),
            "word": (self._word,),
        }

    def __call__(self, place: str, kind: str = "any", *, published: bool = True, legible: bool = True) -> str:
        """A new canary for this place: a ``name`` of letters and blanks, one small ``word``, or ``any`` kind at all."""
        known = {one.text.lower() for one in self.sown}
        text = self.draw.choice(self._kinds[kind])()
        while text.lower() in known or self.taken(text):
            text = self.draw.choice(self._kinds[kind])()
        self.sown.append(Canary(place, text, published, legible))
        return text

    def note(self, place: str) -> str:
        """A canary inside a picture, where nobody looks."""
        return self(place, "name", published=False, legible=False)

    def _word(self) -> str:
        return "".join(self.draw.choice(_ONSETS) + self.draw.choice(_VOWELS) for _ in range(_SYLLABLES))

    def _name(self) -> str:
        return f"{self._word().capitalize()} {self._word().capitalize()}"

    def _telephone(self) -> str:
        return f"{self.draw.randrange(201, 990)}-555-01{self.draw.randrange(100):02}"

    def _plate(self) -> str:
        return (
            f"{self.draw.randrange(1, 10)}{''.join(self.draw.choices(_LETTERS, k=3))}{self.draw.randrange(100, 1000)}"
        )

    def _mail(self) -> str:
        return f"{self._word()}@example.org"

    def _case(self) -> str:
        return f"{''.join(self.draw.choices(_LETTERS, k=4))}-26-{self.draw.randrange(10**5):05}"
