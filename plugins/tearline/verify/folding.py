"""One spelling for what readers take for the same word. Written a second time on purpose: nothing of the sanitizer's.

``fold`` undoes case, accents, compatibility forms, look-alike letters and invisible characters. ``words`` splits what
is left at everything that is neither letter nor digit: blanks, dashes of any kind, quotes, slashes, underscores.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Letters of other scripts that look like Latin ones, after case and accents are gone; each pair of rows reads across.
_ALIKE = (
    dict(
        zip(
            "авсԁеєгһіїјкӏмпорԛѕтусԝхүьѵαβεηικμνοπρστυχγωϲϳ" + "АВЕЅІЈКМНОРСТУХЅԌԚԜҮѴΑΒΕΖΗΙΚΜΝΟΡΤΥΧϒϹͿЄ",
            "abcdeerhiijklmnopqstycwxybvabenikmvonpotuxywcj" + "abesijkmhopctyxsgqwyvabezhikmnoptyxycje",
            strict=True,
        )
    )
    | {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "ħ": "h",
        "ŧ": "t",
    }
    | dict(zip("иИǝɑɡɩɪʟɳɴᴜʋɛ∃ʙɖɢʜʀʏϝǀ", "nneagiilnnuueebdghryfi", strict=True))
)
# Letters that are symbols: regional indicators, and white ones in circles and squares.
_ALIKE |= {chr(first + at): chr(97 + at) for first in (0x1F1E6, 0x1F150, 0x1F170) for at in range(26)}
# What has no accent to take off, and what a reader sees as a slash or a parenthesis.
_SIGNS: Final = dict.fromkeys("\u2044\u2215\u29f8\u2571\u27cb\uff0f\u2f03\u30ce", "/") | {
    "\u2768": "(", "\u2769": ")", "\u276a": "(", "\u276b": ")", "\u2985": "(", "\u2986": ")", "\u27ee": "(",
    "\u27ef": ")", "\u02d7": "-", "\u2212": "-", "\u2043": "-", "\ua789": ":", "\u2236": ":", "\uff1a": ":",
}  # fmt: skip
_DASHES: Final = frozenset({"Pd"})
_GONE: Final = frozenset({"Mn", "Me", "Cf", "Cs", "Co", "Cn"})
_OTHER = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]+")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


class _Looks(dict[str, str]):
    """What each character outside ASCII folds to, worked out when it is first met."""

    def __missing__(self, char: str) -> str:
        self[char] = seen = _ALIKE.get(char) or "".join(map(_look, unicodedata.normalize("NFKD", char)))
        return seen


def _look(char: str) -> str:
    if char in _SIGNS:
        return _SIGNS[char]
    kind = unicodedata.category(char)
    if kind in _GONE:
        return ""
    if kind in _DASHES:
        return "-"
    if char.isspace() or kind.startswith("Z"):
        return " "
    return _ALIKE.get(char) or "".join(_ALIKE.get(each, each) for each in char.casefold())


_LOOKS: Final = _Looks()


class _Spellings(dict[str, str]):
    """The same with a blank for what is neither letter nor digit: then most texts are plain ASCII, read quickly."""

    def __missing__(self, char: str) -> str:
        self[char] = seen = "".join(one if one.isalnum() else " " for one in _LOOKS[char])
        return seen


_SPELLINGS: Final = _Spellings()
# ASCII in small letters, and a blank for what is neither letter nor digit.
_PLAIN: Final = "".join(chr(each).lower() if chr(each).isalnum() else " " for each in range(128))


def fold(text: str) -> str:
    """A text in small letters, as it looks. Its length may change."""
    if text.isascii():
        return text.lower()
    return _OTHER.sub(lambda found: _LOOKS[found[0]], text).lower()


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    if not text.isascii():
        text = _OTHER.sub(lambda found: _SPELLINGS[found[0]], text)
    return text.translate(_PLAIN).split() if text.isascii() else _WORD.findall(text.lower())


def spaced(text: str) -> str:
    """The text with a blank for each invisible character: the other way in which they may have been meant."""
    return INVISIBLE.sub(" ", text)
