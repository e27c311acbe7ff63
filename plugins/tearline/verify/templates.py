"""What a site's templates can write: the names of elements and attributes, values, class names, scripts.

    <a class="tl-tag{% if x %} tl-tag--{{ name }}{% endif %}" href="{{ to }}">

Templates are not run, only taken apart: what is written by a program in them is a hole in a value, which something
else has to explain. The fixed pieces around it are known, and so is every string that the program could write.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tearline.verify.decoding import unescaped
from tearline.verify.spans import spans, without

CODE: Final = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
STRING: Final = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
SCRIPT: Final = re.compile(r"<(script|style)\b[^<>]*>")
ATTRIBUTE: Final = re.compile(r"""\s([^\s"'<>/=\0]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'<>=]+)))?""")
_ELEMENT = re.compile(r"<([A-Za-z][\w:-]*)([^<>]*)")
_DECLARED = re.compile(r"<![^<>]*>")
_GIVEN = re.compile(r"""(?<![^\s"'])([a-z][\w:-]*)=(["'])(.*?)(?:\2|\Z)""", re.DOTALL)
_BARE = re.compile(r"\A\s([a-z][a-z-]*)\Z")  # a string of a program that is put into a tag
_PICTURE = re.compile(r"[a-z0-9-]+(?:/[a-z0-9_-]+)+")
_PARTS: Final = ("base.html", "main.html", "404.html")
_HOLE: Final = "\0"
Pieces = tuple[str, ...]


def squeezed(text: str) -> str:
    """A text without its white space, which whoever writes it may change."""
    return "".join(text.split())


def spaced(text: str) -> str:
    """A text with one blank for each run of white space in it."""
    return " ".join(text.split())


def made_of(text: str, pieces: Pieces) -> list[str]:
    """What stands between fixed pieces in a text, each of which may be left out: what something else has to explain."""
    between, at = [], 0
    for piece in pieces:
        found = text.find(piece, at) if piece else -1
        if found >= 0:
            between.append(text[at:found])
            at = found + len(piece)
    return [part for part in (*between, text[at:]) if part]


@dataclass(slots=True)
class Values:
    """What one attribute is given: whole values, values with holes, and the words of them (of classes, for one)."""

    wholes: set[str] = field(default_factory=set)
    holed: set[Pieces] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    holed_tokens: set[Pieces] = field(default_factory=set)

    def add(self, written: str) -> None:
        """One more value; holes are null characters."""
        value = unescaped(written)
        if _HOLE not in value:
            self.wholes.add(spaced(value))
        else:
            self.holed.add(tuple(value.split(_HOLE)))
            self.wholes.add(spaced(value.replace(_HOLE, "")))
        for token in value.split():
            parts = token.split(_HOLE)
            self.tokens.update({*parts, token.replace(_HOLE, "")} - {""})
            if len(parts) > 1 and any(parts):
                self.holed_tokens.add(tuple(parts))


@dataclass(slots=True)
class Vocabulary:
    """All that the templates can write. ``strings`` are those of their programs, ``said`` the texts as they are."""

    elements: set[str] = field(default_factory=set)
    attributes: dict[str, Values] = field(default_factory=dict)
    strings: set[str] = field(default_factory=set)
    scripts: set[Pieces] = field(default_factory=set)  # without white space
    declared: set[str] = field(default_factory=set)

    def template(self, text: str) -> None:
        """What one template can write."""
        code = [found for found in CODE.findall(text) if not found.startswith("{#")]
        strings = {double or single for each in code for double, single in STRING.findall(each)}
        self.strings |= strings
        fixed = CODE.sub(_HOLE, text)
        for begun, end in spans(fixed, SCRIPT, _closing):
            inner = fixed[begun.end() : end - len(_closing(begun))]
            self.scripts.add(tuple(filter(None, squeezed(inner).split(_HOLE))))
        begins = [found[0] for found in SCRIPT.finditer(fixed)]
        for part in (without(fixed, SCRIPT, _closing), *begins, *strings):
            self.markup(part)

    def markup(self, text: str) -> None:
        """The elements, attributes and declarations in a text; an attribute may stand outside of any element."""
        self.declared.update(_DECLARED.findall(text))
        for name, inside in _ELEMENT.findall(text):
            self.elements.add(name)
            for attribute, *values in ATTRIBUTE.findall(inside):
                self.values(attribute).add("".join(values))
        for attribute, _, value in _GIVEN.findall(text):
            self.values(attribute).add(value)
        for attribute in _BARE.findall(text):
            self.values(attribute).add("")

    def values(self, attribute: str) -> Values:
        """What is known of one attribute."""
        return self.attributes.setdefault(attribute, Values())


def vocabulary(themes: Iterable[Path], packages: Iterable[Path], told: Collection[str]) -> Vocabulary:
    """What the templates of a site and of its theme's package can write, ``told`` by these texts of its configuration.

    Of the package only what makes pages is read, and pictures that are named somewhere.
    """
    made = Vocabulary(strings=set(told))
    for path in (path for root in themes if root.is_dir() for path in sorted(root.rglob("*.html"))):
        made.template(path.read_text(encoding="utf-8"))
    for root in packages:
        for path in _templates(root, told):
            made.template(path.read_text(encoding="utf-8"))
        for name in sorted(made.strings):
            if "/" in name and (picture := drawing(root, name)):
                made.markup(picture)
    return made


def drawing(package: Path, name: str) -> str:
    """A picture of the package by its name (``material/weather-night``), as markup; empty where there is none."""
    path = package / ".icons" / f"{name}.svg"
    if not _PICTURE.fullmatch(name) or not path.is_file():
        return ""
    return path.read_text(encoding="utf-8")


def _templates(root: Path, told: Collection[str]) -> Iterator[Path]:
    for path in (*(root / name for name in _PARTS), *sorted((root / "partials").rglob("*.html"))):
        if path.is_file() and ("languages" not in path.parts or path.stem == "en" or path.stem in told):
            yield path


def _closing(begun: re.Match[str]) -> str:
    return f"</{begun[1]}>"
