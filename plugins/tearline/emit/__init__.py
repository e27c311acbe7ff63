"""Released -> canonical Markdown: one blank line between blocks, four-space nesting, lists tight or loose throughout.

What is written here stays inside the marking language (marks open blocks, inline portions are links to marks),
so that a staged tree can be read by people, by Tearline itself and by any renderer. Whether the renderer reads
what was meant is not taken on trust: see ``proof``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tearline.bulletin.tree import (
    Block,
    Box,
    Break,
    Code,
    Emphasis,
    Fence,
    Heading,
    Image,
    Inline,
    InlinePortion,
    Item,
    ItemList,
    Link,
    Note,
    NoteRef,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    Text,
    words_of,
)
from tearline.release import Released, Shown

INDENT: Final = "    "
STAND_IN_TITLE: Final = "Wording in the EOC edition"
# What some renderer extension could give a meaning to: written as entities, or with a backslash, in one pass.
_SPECIAL = re.compile(
    r"(?P<entity>[&<>~^{}$]|==+|\++\+|:(?=[\w+-]+:)|(?<=\w)@(?=\w)|(?<=:)//|(?<=\bwww)\.)"
    r"|(?P<backslash>[\\`*\[\]#|]|(?<![^\W_])_|_(?![^\W_]))"
)
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_STARTS_BLOCK = re.compile(r"(\d{1,9})([.)])(?=\s|$)|[-+=:!?]")
_URL_SAFE: Final = "/:?#@!$&'+,;=%~._-"


def escaped(words: str) -> str:
    """Words as Markdown that renders to exactly these words, wherever inlines may stand."""
    return _SPECIAL.sub(_protected, words)


def _protected(match: re.Match[str]) -> str:
    if match["backslash"]:
        return "\\" + match[0]
    return "".join(_NAMED.get(char, f"&#{ord(char)};") for char in match[0])


def escaped_start(said: str) -> str:
    """Already escaped words that begin a block with no mark before them: no list, rule, title or definition."""
    match = _STARTS_BLOCK.match(said)
    if match is None:
        return said
    if match[1]:
        return f"{match[1]}&#{ord(match[2])};{said[match.end() :]}"
    return f"&#{ord(said[0])};{said[1:]}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are, seen from one page: ``link`` gives a target's address or None, ``asset`` a file's."""

    link: Callable[[str], str | None]
    asset: Callable[[str], str]


def seen_from(addresses: Addresses, target: str) -> str | None:
    """A link's address on this page; None where the edition has nothing at that target."""
    found = addresses.link(target)
    return None if found is None else quote(found, safe=_URL_SAFE)


class _Writer:
    """Writes one page; ``plain`` holds the leaves, by number, whose emphasis is left out."""

    def __init__(self, addresses: Addresses, plain: frozenset[int]) -> None:
        self.addresses = addresses
        self.plain = plain
        self.leaf = -1

    # --- inlines ------------------------------------------------------------------------------------------

    def inlines(self, inlines: Iterable[Inline], indent: str = "") -> str:
        return "".join(self.inline(inline, indent) for inline in inlines)

    def inline(self, inline: Inline, indent: str) -> str:
        match inline:
            case Text(words=words):
                return escaped(words)
            case Code(words=words):
                return _code(words)
            case Emphasis(strong=strong, children=children):
                inner = self.inlines(children, indent)
                star = "" if self.leaf in self.plain else "**" if strong else "*"
                return f"{star}{inner}{star}"
            case Link():
                return self.link(inline, indent)
            case Image(file=file, alt=alt):
                return f"![{_attribute(alt)}]({self.addresses.asset(file)})"
            case NoteRef(label=label):
                return f"[^{label}]"
            case Break():
                return f"  \n{indent}"
            case InlinePortion(mark=mark, children=children):
                target = f"<{mark}>" if " " in str(mark) else str(mark)
                return f"[{self.inlines(children, indent)}]({target})"

    def link(self, link: Link, indent: str) -> str:
        words = self.inlines(link.children, indent)
        address = seen_from(self.addresses, link.target)
        if address is None:
            return words
        title = ' "' + link.title.replace("&", "&amp;").replace('"', "&quot;") + '"' if link.title else ""
        return f"[{words}]({address}{title})"

    def portion(self, portion: Portion, indent: str = "") -> str:
        """Ordinal, mark and words, as one run of lines (more than one only after hard breaks)."""
        self.leaf += 1
        words = self.inlines(portion.inlines, indent)
        lines = words.split(f"  \n{indent}")
        words = f"  \n{indent}".join([lines[0], *(escaped_start(line) for line in lines[1:])])
        if portion.mark is None:
            return escaped_start(words)
        lead = f"{portion.ordinal} " if portion.ordinal else ""
        return f"{lead}({portion.mark}) {words}".rstrip(" ")

    # --- blocks -------------------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        """The lines of a sequence of blocks, one blank line between them."""
        lines: list[str] = []
        for block in blocks:
            lines += [*([""] if lines else []), *self.block(block)]
        return lines

    def block(self, block: Block) -> list[str]:
        match block:
            case Heading(rank=rank, portion=portion):
                return [f"{'#' * rank} {self.portion(portion)}"]
            case Paragraph(portion=portion):
                return self.portion(portion).split("\n")
            case ItemList():
                return self.items(block)
            case Quote(children=children):
                return [f"> {line}".rstrip(" ") if not line.endswith("  ") else f"> {line}" for line in self.blocks(children)]
            case Box():
                return self.box(block)
            case Tearline(children=children):
                self.leaf += 1
                return [f'??? tearline "{STAND_IN_TITLE}"', *_indented(self.blocks(children))]
            case Table():
                return self.table(block)
            case Fence():
                return self.fence(block)
            case Note(label=label, children=children):
                first, *rest = self.blocks(children)
                return [f"[^{label}]: {first}", *_indented(rest)]
            case Rule():
                return ["---"]

    def items(self, block: ItemList) -> list[str]:
        loose = not _tight(block)
        lines: list[str] = []
        for number, item in enumerate(block.items, start=block.start):
            marker = f"{number}. " if block.ordered else "- "
            first, *more = self.portion(item.portion, INDENT).split("\n")
            lines += [*([""] if loose and lines else []), marker + first, *more]
            for child in item.children:
                lines += [*([""] if loose else []), *_indented(self.block(child))]
        return lines

    def box(self, box: Box) -> list[str]:
        title = f' "{_title(self.portion(box.title))}"' if box.title is not None else ""
        if box.title is None:
            self.leaf += 1
        kind = "" if box.opener.startswith("=") else f" {box.kind}"
        return [f"{box.opener}{kind}{title}", *_indented(self.blocks(box.children))]

    def table(self, table: Table) -> list[str]:
        dashes = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}
        rows = [self.row(table.header), "|" + "|".join(dashes[align] for align in table.align) + "|"]
        return rows + [self.row(row) for row in table.rows]

    def row(self, cells: Sequence[Portion]) -> str:
        return "| " + " | ".join(self.portion(cell) for cell in cells) + " |"

    def fence(self, fence: Fence) -> list[str]:
        self.leaf += 1
        said = _plain_words(fence.portion)
        title = said if '"' not in said else said.replace('"', "\u201d")
        runs = [len(run) for run in re.findall(r"`{3,}", fence.code)]
        ticks = "`" * (max(runs, default=2) + 1)
        return [f'{ticks}{fence.language} title="{title}"'.replace("` title", "`text title"), *fence.code.split("\n"), ticks]


def _plain_words(portion: Portion) -> str:
    """A fence's title is plain text: mark and words."""
    return f"({portion.mark}) {words_of(portion.inlines)}".strip()


def _tight(block: ItemList) -> bool:
    """Whether no item holds anything but its words and tight lists."""
    return all(isinstance(child, ItemList) and _tight(child) for item in block.items for child in item.children)


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line if line.strip() else "" for line in lines]


def _code(words: str) -> str:
    runs = {len(run) for run in re.findall(r"`+", words)}
    ticks = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if words[:1] == "`" or words[-1:] == "`" else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def _attribute(words: str) -> str:
    """Words that become an attribute, where entities would stay as they are."""
    return re.sub(r"[\\`*_\[\]]", lambda m: "\\" + m[0], " ".join(words.split()))


def _title(words: str) -> str:
    return words.replace('"', "&quot;")


def emit(released: Released, addresses: Addresses, plain: frozenset[int] = frozenset()) -> str:
    """The body of a bulletin's page: title heading, blocks, notes. Ends with a line end.

    ``plain`` numbers the leaves (portions in reading order, from 0) that go without emphasis.
    """
    writer = _Writer(addresses, plain)
    lines = writer.blocks(released.blocks)
    for note in released.notes:
        lines += ["", *writer.block(note)]
    return "\n".join([f"# {shown(released.title)}", "", *lines]).rstrip("\n") + "\n"


def shown(text: Shown) -> str:
    """A marked text of the front matter as one line of Markdown."""
    return f"({text.mark}) {escaped(text.words)}".rstrip(" ")


__all__ = ["Addresses", "Item", "emit", "escaped", "escaped_start", "seen_from", "shown"]
