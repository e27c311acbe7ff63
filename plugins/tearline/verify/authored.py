"""What a page's staged source brings into markup: classes, names and attributes of its own, targets, kinds of boxes.

{.tl-wide #early}   <div class="grid">   ```python   !!! danger   [^note]   :material-weather-night:
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from tearline.verify.decoding import unescaped
from tearline.verify.staged import front_keys, front_texts
from tearline.verify.templates import ATTRIBUTE, squeezed

_LIST = re.compile(r"\{:?([^{}\n]*)\}")
_LISTED = re.compile(r"""([#.]?[\w:-]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?""")
_TAG = re.compile(r"<([a-z][\w-]*)([^<>]*)>")
_BOX = re.compile(r"^[ >]*(?:!!!|\?\?\?\+?|///)[ ]*([\w -]+)", re.MULTILINE)
_FENCE = re.compile(
    r"^[ >]*(?:[-*+][ ]+)?(?:`{3,}|~{3,})[ ]*(?:\{[ ]*)?\.?([\w#.+-]*)|`(?:#!|:::)([\w#.+-]+)", re.MULTILINE
)
_FROM = re.compile(r"linenums=\"?([0-9]+)")
_NUMBERED = re.compile(r"^[ >]*(?:[-*+][ ]+)*([0-9]+)[.)][ ]", re.MULTILINE)
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_KEYS = re.compile(r"\+\+([^\n]+?)\+\+")
_GOES_ON = re.compile(r"[\w%/=&-]")
_WORD = re.compile(r"[\w%/&-]")


@dataclass
class Authored:
    """The staged source of one page; empty where there is none."""

    text: str = ""

    @cached_property
    def _told(self) -> frozenset[str]:
        """The keys and the values of its front matter."""
        return front_keys(self.text).union(front_texts(self.text))

    @cached_property
    def _squeezed(self) -> frozenset[str]:
        return frozenset(map(squeezed, self._told))

    def tells(self, value: str) -> bool:
        """Whether its front matter has this as a key or as a value, all of it."""
        return bool(value) and value in self._told

    def tells_squeezed(self, value: str) -> bool:
        """The same for a value without its white space."""
        return bool(value) and value in self._squeezed

    @cached_property
    def given(self) -> frozenset[tuple[str, str]]:
        """Its own attributes: (name, value), a class by itself as ``class``, an anchor as ``id``."""
        found: set[tuple[str, str]] = set()
        for listed in _LIST.findall(self.text):
            for name, *values in _LISTED.findall(listed):
                kind = {".": "class", "#": "id"}.get(name[0])
                value = "".join(values)
                found |= {(kind, name[1:])} if kind else {(name, value), *(("class", one) for one in value.split())}
        for _, inside in _TAG.findall(self.text):
            for name, *values in ATTRIBUTE.findall(inside):
                value = unescaped("".join(values))
                found.add((name, value))
                found.update((name, token) for token in value.split() if name == "class")
        return frozenset(found)

    @cached_property
    def elements(self) -> frozenset[str]:
        """The elements that it writes as they are."""
        return frozenset(name for name, _ in _TAG.findall(self.text))

    def is_kind(self, name: str) -> bool:
        """Whether it has a box of this kind, or code in this language; most boxes are written in one way."""
        return f"\n!!! {name} " in self.text or name in self.kinds

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its boxes, and the languages of its code."""
        boxes = {word for found in _BOX.findall(self.text) for word in found.lower().split()}
        return frozenset(boxes | {name for each in _FENCE.findall(self.text) for name in each if name})

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers that its lists and its lines of code begin with."""
        return frozenset(int(each[:9]) for pattern in (_FROM, _NUMBERED) for each in pattern.findall(self.text))

    def has_note(self, name: str) -> bool:
        """Whether it has a note of this name."""
        return f"[^{name}]" in self.text

    @cached_property
    def pictures(self) -> frozenset[str]:
        """The short names of its pictures."""
        return frozenset(_EMOJI.findall(self.text))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of a keyboard that it shows."""
        return frozenset(key.strip("\"'").lower() for each in _KEYS.findall(self.text) for key in each.split("+"))

    @property
    def has_code(self) -> bool:
        """Whether any code in it may be coloured."""
        return "```" in self.text or "~~~" in self.text or "`#!" in self.text or "`:::" in self.text

    def says(self, address: str) -> bool:
        """Whether it has an address, all of it."""
        at = self.text.find(address) if address else -1
        while at >= 0:
            end = at + len(address)
            if not _WORD.match(self.text[at - 1 : at]) and not _GOES_ON.match(self.text, end):
                return True
            at = self.text.find(address, at + 1)
        return False
