"""Inlines -> Markdown that renders to exactly these words, whatever the words are.

Escaping is generous: what any of the allowed renderer extensions could give a meaning to is written as an entity.
Three shapes that renderers read differently are chosen with care: italics use underscores where nothing touches
them (asterisks would be taken for the bold inside or around), attributes hold entities for all punctuation, and
seams between two inlines are looked at again, because ``!`` before a link and ``:`` after a note mean something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from tearline.bulletin.tree import (
    Break,
    Code,
    Emphasis,
    Image,
    Inline,
    InlinePortion,
    Link,
    NoteRef,
    Text,
    words_of,
)

REPLACED: Final = "In other editions: "  # before the wording that an inline portion has elsewhere
_SPECIAL = re.compile(
    r"(?P<entity>[&<>~^{}$`\[\]]|==+|\++\+|:(?=[\w+-]+:)|@(?=\w)|(?<=:)//|(?<=\bwww)\.)"
    r"|(?P<backslash>[\\*#|]|(?<![^\W_])_|_(?![^\W_]))"
)
_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_STARTS_BLOCK = re.compile(r"(\d{1,9})([.)])(?=\s|$)|[-+=:?]|!(?!\[)")
_NOT_IN_ATTRIBUTES = re.compile(r"[^\w \t.,;%/\u0080-\U0010ffff-]|_")
_URL_SAFE: Final = "/:?#@!$&+,;=%~._-"


def escaped(words: str) -> str:
    """Words as Markdown that renders to exactly these words, wherever inlines may stand."""
    return _SPECIAL.sub(_protected, words)


def _protected(match: re.Match[str]) -> str:
    return "\\" + match[0] if match["backslash"] else _entities(match[0])


def _entities(chars: str) -> str:
    return "".join(_NAMED.get(char, f"&#{ord(char)};") for char in chars)


def escaped_start(said: str) -> str:
    """Already escaped words that begin a line with no mark before them: no list, rule, title or definition."""
    match = _STARTS_BLOCK.match(said)
    if match is None:
        return said
    if match[1]:
        return match[1] + _entities(match[2]) + said[match.end() :]
    return _entities(said[0]) + said[1:]


def attribute(words: str) -> str:
    """Words that become an attribute: no character is left that could end it or be read as markup."""
    return _NOT_IN_ATTRIBUTES.sub(lambda match: _entities(match[0]), " ".join(words.split()))


def code(words: str) -> str:
    """A code span, its fence a run of backticks that the words do not have."""
    runs = {len(run) for run in re.findall(r"`+", words)}
    ticks = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if words[:1] == "`" or words[-1:] == "`" else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are, seen from one page: ``link`` gives a target's address or None, ``asset`` a file's."""

    link: Callable[[str], str | None]
    asset: Callable[[str], str]


def seen_from(addresses: Addresses, target: str) -> str | None:
    """A link's address on this page; None where the edition has nothing at that target."""
    found = addresses.link(target)
    return None if found is None else quote(found, safe=_URL_SAFE)


def replaced(portion: InlinePortion) -> str:
    """What other editions read instead of an inline portion; empty where this edition does not tell."""
    return REPLACED + " ".join(words_of(portion.replacement).split()) if portion.replacement else ""


@dataclass(frozen=True, slots=True)
class Inlines:
    """Writes the inlines of one portion.

    ``newline`` goes into hard breaks, which stand in paragraphs and items only; ``plain`` leaves out emphasis and
    code; in a ``title`` quotes are entities; in a ``portion`` links have no target, since it is written as a link.
    """

    addresses: Addresses
    newline: str = " "
    plain: bool = False
    title: bool = False
    portion: bool = False

    def written(self, inlines: Sequence[Inline], before: str = "", after: str = "") -> str:
        """The inlines in a row, between the characters ``before`` and ``after``."""
        said = ""
        for index, inline in enumerate(inlines):
            follows = _first(inlines[index + 1]) if index + 1 < len(inlines) else after
            piece = self.one(inline, said[-1:] or before, follows)
            if said.endswith("!") and piece.startswith("["):  # not a picture
                said = said[:-1] + _entities("!")
            if piece.startswith(":") and index and isinstance(inlines[index - 1], NoteRef):  # not its definition
                piece = _entities(":") + piece[1:]
            said += piece
        return said

    def one(self, inline: Inline, before: str, after: str) -> str:
        """One inline between two characters."""
        match inline:
            case Text(words=words):
                return self.words(words)
            case Code(words=words):
                return self.words(words) if self.plain else code(words)
            case Emphasis():
                return self.emphasis(inline, before, after)
            case Link():
                return self.link(inline)
            case Image(file=file, alt=alt):
                return f"![{attribute(alt)}]({self.addresses.asset(file)})"
            case NoteRef(label=label):
                return f"[^{label}]"
            case Break():
                return f"  {self.newline}"
            case InlinePortion():
                return self.inline_portion(inline)

    def words(self, words: str) -> str:
        """Plain words."""
        said = escaped(words)
        return said.replace('"', _entities('"')) if self.title else said

    def emphasis(self, inline: Emphasis, before: str, after: str) -> str:
        """Emphasised words. Underscores emphasise only where no letter touches them from outside."""
        if self.plain:
            return self.written(inline.children)
        touched = any(char.isalnum() or char == "_" for char in before + after)
        mark = "**" if inline.strong else "*" if touched else "_"
        return mark + self.written(inline.children, mark[0], mark[0]) + mark

    def link(self, link: Link) -> str:
        """A link, or its words alone where the edition has nothing at its target."""
        address = None if self.portion else seen_from(self.addresses, link.target)
        words = self.written(link.children, "[", "]")
        if address is None:
            return words
        title = f' "{attribute(link.title)}"' if link.title else ""
        return f"[{words}]({address.replace('&', '&amp;')}{title})"

    def inline_portion(self, portion: InlinePortion) -> str:
        """A link to the mark, as in a source; the replacement has its place in the title."""
        mark = str(portion.mark)
        target = f"<{mark}>" if " " in mark else mark
        told = replaced(portion)
        title = f' "{attribute(told)}"' if told else ""
        return f"[{replace(self, portion=True).written(portion.children, '[', ']')}]({target}{title})"


def _first(inline: Inline) -> str:
    """A character that stands for how an inline begins."""
    return inline.words[:1] if isinstance(inline, Text) else "*"
