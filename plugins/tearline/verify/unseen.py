"""Characters that nobody sees: in a built site they carry nothing but what should not be there.

    invisible marks and tag characters, soft hyphens, directions, fillers, controls - as they are or as entities

What emoji are made of stays: variation selectors of pictures. Joiners have no place, since the sources have none.
"""

from __future__ import annotations

import re
from typing import Final

_CONTROLS: Final = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
_UNSEEN = re.compile(
    "[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ue000-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_NUMBERED = re.compile(r"&#([0-9]{1,7}|[xX][0-9a-fA-F]{1,6})(?![0-9a-fA-F])")
_NAMED = re.compile(
    r"&(?:shy|zwj|zwnj|lrm|rlm|NoBreak|ZeroWidthSpace|Negative(?:Thin|Thick|Medium|VeryThin)Space|af|it|ic"
    r"|ApplyFunction|Invisible(?:Times|Comma));"
)


def unseen(data: bytes, text: str) -> int | None:
    """Where the first such character of a text stands, whose bytes these are; None where there is none."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        return next(at for at, char in enumerate(text) if ord(char) in _CONTROLS)
    begin = 1 if text.startswith("\ufeff") else 0
    found = None if data.isascii() else _UNSEEN.search(text, begin)
    if found is None and b"&" in data:
        found = _NAMED.search(text)
        for each in () if found is not None else set(_NUMBERED.findall(text)):
            code = int(each[1:], 16) if each[0] in "xX" else int(each)
            if code < 0x110000 and (_UNSEEN.match(chr(code)) or (code < 0x20 and code not in (9, 10, 13))):  # noqa: PLR2004
                return text.index(f"&#{each}")
    return found.start() if found is not None else None
