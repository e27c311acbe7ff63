"""Text as the eye sees it: what hides a mark from a program is folded away, and every offset finds its way back.

``fold`` undoes what changes code points and not looks: compatibility forms, accents, look-alike letters, slashes,
hyphens and parentheses, invisible characters, entities and percent escapes, and every run of white space. ``bare``
takes Markdown's own signs away as well. Both are linear.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

Folded = tuple[str, Sequence[int]]

# Letters by what they look like; case is kept, since capitals tell a spelled-out mark from ordinary words.
_LOOKS: Final = {
    "A": "ΑАᎪᗅꓮ𐊠𖽀Ⱥ∀",
    "B": "ΒВᏴᗷꓐ𐊂𐊡Ƀ",
    "C": "СϹᏟᑕꓚ𐊢𐌂ⲤƇ",
    "D": "ᎠᗞᗪꓓĐƊ",
    "E": "ΕЕᎬᗴꓰ𐊆ⴹЄƎƐⲈ∃",
    "F": "ᖴꓝϜ𐊇𐊥ƑꞘ𝈓",
    "G": "ԌᏀᏳꓖƓǤ",
    "H": "ΗНᎻᕼꓧⲎ𐋏Ħ",
    "I": "ΙІӀᏆꓲⲒⵏ׀ǀ𐌉Ɨ",
    "J": "ЈͿᎫᒍꓙɈ",
    "K": "ΚКᏦꓗⲔK𐔘Ƙ",
    "L": "ᏞᒪꓡⳐ𐐛Ꮮ𖼖ŁԼ",
    "M": "ΜМϺᎷᗰꓟⲘ𐊰",
    "N": "ΝꓠⲚИƝ",
    "O": "ΟОՕഠꓳⲞⵔ𐊒𐊫0ØƟѲ",
    "P": "ΡРᏢᑭꓑⲢ𐊕Ƥ",
    "Q": "ԚⵕႭ",
    "R": "ᎡᏒᖇꓣ𐒴ЯƦ",
    "S": "ЅՏᏕᔕꓢ𐊖𐐠ՖꓢƧ",
    "T": "ΤТᎢꓔⲦ𐊗𐊱𐌕ŦƬ",
    "U": "ՍሀᑌꓴԱ𐓎∪⋃𖽂ЦɄƲ",
    "V": "ѴᏙᐯꓦⴸ",
    "W": "ԜᎳᏔꓪѠ",
    "X": "ΧХꓫⲬ᙭𐊐𐊴",
    "Y": "ΥҮУᎩᎽꓬⲨϒ𐊲Ɏ",
    "Z": "ΖᏃꓜ𐋵Ƶ",
    "a": "αаɑ⍺",
    "b": "ЬƅᏏь",
    "c": "сϲᴄⲥ",
    "d": "ԁᏧꓒđɖ",
    "e": "еҽєεҿ",
    "f": "ẝꞙϝƒ",
    "g": "ɡցɢ",
    "h": "һհᏂħ",
    "i": "іιɩıɪӏᎥ⍳ꭵ",
    "j": "јϳ",
    "k": "кκⲕ",
    "l": "ⅼłƖ",
    "m": "м",
    "n": "ոռɳñ",
    "o": "оοօσⲟᴏ",
    "p": "рρⲣϱ",
    "q": "ԛգզ",
    "r": "гᴦⲅꭇꭈ",
    "s": "ѕƽꮪ",
    "t": "тτ",
    "u": "υսʋᴜᥙ",
    "v": "νѵᴠ",
    "w": "ԝաѡᴡ",
    "x": "х×",
    "y": "уүγყ",
    "z": "ᴢ",
    "/": "⁄∕⧸╱⟋㇓丿〳ノ⼃᜵⁁⹊𝈺⧶⟍∖⧵╲⧹",
    "//": "⫽⫻",
    "-": "‐‑‒–—―−⁃﹘ー─➖˗",
    "(": "❨❪⦅⸨﴾⟮⦗❲﹙",
    ")": "❩❫⦆⸩﴿⟯⦘❳﹚",
    ":": "꞉∶ː׃։：︓",
    "+": "✚➕᛭",
    " ": "⠀\u115f\u1160\u3164\uffa0",
}
# Small capitals, which Unicode does not take for forms of A to Z.
_SMALL_CAPITALS: Final = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "ABCDEFGHIJKLMNOPQRSTUVWYZ", strict=True))
# Runs of 26 letters that compatibility leaves alone: negative circled, negative squared, regional indicators.
_ALPHABETS: Final = (0x1F150, 0x1F170, 0x1F1E6)
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_LONGEST: Final = 5  # longer compatibility forms are ligatures of other scripts

_UNIT = re.compile(
    r"""(?P<plain> [^\s&%\x00-\x1f\x7f-\U0010ffff]+ (?:\x20 (?=[!-~]) [^\s&%\x00-\x1f\x7f-\U0010ffff]+)* )
      | (?P<blank> \s+ )
      | (?P<entity> & (?: \#[0-9]{1,7} | \#[xX][0-9a-fA-F]{1,6} | [A-Za-z][A-Za-z0-9]{1,31} ) ;? )
      | (?P<escape> % [2-7][0-9A-Fa-f] )
      | (?P<other> . )""",
    re.VERBOSE | re.DOTALL,
)
_SIGNS = re.compile(r"[*_`~\\]")
_CALM = re.compile(r"[^\x20-\x7e\n]|[&%]|\s\s")


class _Table(dict[str, str]):
    """What each character looks like, worked out when first met; what looks like itself is not kept."""

    def __missing__(self, char: str) -> str:
        seen = _looks(char)
        if seen != char:
            self[char] = seen
        return seen


def _known_looks() -> dict[str, str]:
    looks = {char: seen for seen, chars in _LOOKS.items() for char in chars if not char.isascii()}
    looks |= _SMALL_CAPITALS
    for first in _ALPHABETS:
        looks |= {chr(first + offset): chr(ord("A") + offset) for offset in range(26)}
    return looks


def _looks(char: str) -> str:
    known = _KNOWN.get(char)
    if known is not None:
        return known
    if char.isspace():
        return " "
    forms = unicodedata.normalize("NFKD", char)
    if len(forms) > _LONGEST:
        return char
    kept = (each for each in forms if unicodedata.category(each) not in _INVISIBLE)
    return "".join(" " if each.isspace() else _KNOWN.get(each, each) for each in kept)


_KNOWN: Final = _known_looks()
_TABLE: Final = _Table()


def fold(text: str) -> Folded:
    """The text as it looks, and for each offset in it (its length included) the offset in ``text``.

    White space of any kind and length becomes one blank. A span ``[i, j)`` of the result came from
    ``[map[i], map[j])``, which takes in the invisible characters that follow it.
    """
    if not _CALM.search(text):
        return text.replace("\n", " "), range(len(text) + 1)
    pieces: list[str] = []
    index: list[int] = []
    for unit in _UNIT.finditer(text):
        start, end, kind = unit.start(), unit.end(), unit.lastgroup
        if kind == "plain":
            pieces.append(text[start:end])
            index.extend(range(start, end))
            continue
        piece = _unit(unit.group(), kind)
        if piece[:1] == " " and pieces and pieces[-1][-1] == " ":
            piece = piece[1:]
        if piece:
            pieces.append(piece)
            index.extend([start] * len(piece))
    index.append(len(text))
    return "".join(pieces), index


def _unit(source: str, kind: str | None) -> str:
    """What one unit looks like."""
    if kind == "blank":
        return " "
    if kind == "entity":
        source = html.unescape(source)
    elif kind == "escape":
        source = chr(int(source[1:], 16))
    return "".join(_TABLE[char] for char in source)


def bare(text: str) -> Folded:
    """``fold`` without emphasis, code and escape signs. A backslash before anything else counts as a slash."""
    folded, index = fold(text)
    if not _SIGNS.search(folded):
        return folded, index
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for sign in _SIGNS.finditer(folded):
        at = sign.start()
        pieces.append(folded[last:at])
        kept.extend(index[last:at])
        if sign.group() == "\\" and folded[at + 1 : at + 2].isalnum():
            pieces.append("/")
            kept.append(index[at])
        last = at + 1
    pieces.append(folded[last:])
    kept.extend(index[last:])
    return "".join(pieces), kept
