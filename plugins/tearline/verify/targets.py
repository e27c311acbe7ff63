"""The addresses that markup may lead to, as they may be written: inside of the site by the plain path and no more.

Whether an address leads to a file and to an anchor is ``links``' to say; here, that nothing else stands in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from tearline.verify.authored import Authored

# Up, then down, then perhaps an anchor: no query, no way about, no name twice.
_UP: Final = r"(?:/|\./|(?:\.\./)*)"
_PLAIN = re.compile(_UP + r"(?:\.\.?|(?:[^/?#;:]+/)*[^/?#;:]*)(#[^#?]*)?")
_BEGUN = re.compile(_UP)
_NO_PAGE = re.compile(r"\.(?!html\Z)[a-z0-9]{2,11}\Z")
_SAFE: Final = "/!$&'()*+,;=:@~"
_MAIL: Final = "mailto:"
_CALL: Final = "tel:"


@dataclass(frozen=True, slots=True)
class Targets:
    """The address of the edition's site, and the texts of its configuration and templates."""

    root: str
    told: frozenset[str]

    def leads(self, value: str) -> bool:
        """Whether an address is a plain one of the site's own, or one that its templates or configuration give."""
        return value in self.told or is_plain(self._inside(value))

    def is_told(self, value: str, own: Authored) -> bool:
        """Whether the page's staged source has an address that leads elsewhere, calls or writes to somebody."""
        if value.startswith(_CALL):
            number = value.removeprefix(_CALL)
            return number in self.told or own.tells(number) or own.says(value)
        plain = value.removeprefix(_MAIL) if "?" not in value else value
        bare = value.partition("://")[2] if value.startswith(("http://www.", "https://www.")) else ""
        return any(own.says(one) for one in (value, plain, unquote(value), bare)) or plain in self.told

    def _inside(self, value: str) -> str:
        """The path of an absolute address of this site's; any other as it is."""
        if self.root and value.startswith(self.root):
            return value.removeprefix(self.root)
        return value


def is_plain(value: str) -> bool:
    """Whether an address is a path without anything that a path does not need."""
    found = _PLAIN.fullmatch(value)
    if found is None:
        return False
    path = value[: found.start(1)] if found[1] is not None else value
    down = path[_BEGUN.match(path).end() :]  # type: ignore[union-attr]  # it may be empty
    parts = down.removesuffix("/").split("/")
    if len(parts) > 1 and any(part in ("", ".", "..") for part in parts):
        return False
    anchored = found[1] is not None and found[1] != "#"
    if anchored and (_NO_PAGE.search(path) or ":~:" in value):
        return False
    return path in (quote(unquote(path), safe=_SAFE), unquote(path))
