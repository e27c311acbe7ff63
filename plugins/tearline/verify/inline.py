"""The inside of a paragraph, naively: the words a reader sees, those only a program sees, inline portions, pictures."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

# Around an inline portion that is shown, and around the wording in the place of one that is not.
MARK, GAP, END = "\x1f", "\x1d", "\x1e"
_APART = re.compile(f"[{MARK}{GAP}][^{END}]*{END}")
_LINK = re.compile(
    r"""(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]
        \(\s*<?(?P<target>[^()"']*?(?:\([^()\s"']*\)[^()"']*?)*)>?(?:\s+(?:"(?P<title>(?:[^"\\]|\\.)*)"|'(?P<other>[^']*)'))?\s*\)""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
_TOUCHED = re.compile(r"\w\*+\w")
_WRITTEN = re.compile(
    r"\\([^\w\s])|(?<!`)(?P<row>`+)(?!`).*?(?<!`)(?P=row)(?!`)|(&#?\w{1,40};)"
    r"|(?<!\*)(?P<signs>\*{1,3})(?=[^\s*])(?P<inner>[^*`\\]*[^\s*`\\])(?P=signs)(?!\*)",
    re.DOTALL,
)


@dataclass(slots=True)
class Inside:
    """What a paragraph holds. ``withheld`` are the words of inline portions that the edition may not see."""

    visible: str = ""
    more: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def inside(text: str, withholds: Callable[[str], bool | None]) -> Inside:
    """Read a paragraph's text; ``withholds`` says of a link's target whether it is a mark above the ceiling."""
    if "[" not in text:
        return Inside(_plain(text), _apart(text))
    seen = Inside()

    def link(found: re.Match[str]) -> str:
        target, title = found["target"].strip(), found["title"] or found["other"] or ""
        if found["image"]:
            seen.images.append((target, _plain(found["text"])))
            seen.more += [_plain(title)] if title else []
            return " "
        hidden = withholds(target)
        if hidden is None:
            seen.more += [_plain(one) for one in (target, title) if one]
            return _LINK.sub(link, found["text"])
        if hidden:
            seen.withheld += [_plain(found["text"]), *_apart(found["text"])]
            return f"{GAP}{title}{END}"
        return f"{MARK}{found['text']}{END}"

    def note(found: re.Match[str]) -> str:
        seen.notes.append(found[1])
        return " "

    source = _REFERENCE.sub(note, _LINK.sub(link, text))
    seen.visible = _plain(source)
    seen.more += _apart(source)
    return seen


def _apart(text: str) -> list[str]:
    """The same with its words parted at emphasis inside them: a name is one, whatever letters touch it."""
    return [_plain(text.replace("*", " "))] if _TOUCHED.search(text) else []


def _plain(text: str) -> str:
    """A text with escapes, entities and emphasis inside words undone, as a reader sees it: in code, there are none."""
    return _WRITTEN.sub(_seen, text) if "\\" in text or "&" in text or "*" in text else text


def _seen(found: re.Match[str]) -> str:
    if found["signs"]:  # emphasis of a part of a word leaves one word
        edges = found.string[max(0, found.start() - 1) : found.start()] + found.string[found.end() : found.end() + 1]
        signs = "" if any(map(str.isalnum, edges)) else found["signs"]
        return f"{signs}{_plain(found['inner'])}{signs}"
    return found[1] or html.unescape(found[3] or "") or found[0]


def without_portions(visible: str) -> str:
    """What stands in a paragraph outside of its inline portions."""
    return _APART.sub(" ", visible)
