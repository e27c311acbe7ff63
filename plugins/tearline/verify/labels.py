"""What a site says by itself, whatever its bulletins say: the texts of templates, of Markdown's library, of feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tearline.verify.seen import attributes, blocks

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
# What the Markdown library says by itself.
_LIBRARY: Final = (
    "Jump back to footnote",
    "in the text",
    "Permanent link",
    "End of marked words",
    "null",
    "true",
    "false",
)
# What feeds and e-mail say beside what the page says.
_HANDED: Final = (
    *("Priority", "State", "Use instead", "What to do", "Where", "Read it", "Sharing", "Contact"),
    *("URGENT", "ENDED", "REPLACED", "RECALLED", "UPDATED", "EXERCISE", "do not use"),
)


def labels(theme: Path, package: Iterable[Path]) -> Iterator[str]:
    """The texts that any page may show, those of the theme's own templates and its package's among them."""
    yield from (*_LIBRARY, *_HANDED)
    for path in (*(sorted(theme.rglob("*.html")) if theme.is_dir() else ()), *packaged(package)):
        yield from _template(path)


def packaged(package: Iterable[Path]) -> Iterator[Path]:
    """The package's own templates, and the words of its language."""
    for root in package:
        pages = (root / name for name in ("base.html", "main.html", "404.html"))
        for path in (*pages, *sorted((root / "partials").rglob("*.html"))):
            if path.is_file() and ("languages" not in path.parts or path.stem == "en"):
                yield path


def _template(path: Path) -> Iterator[str]:
    """The texts of a template: what stands in it, and the strings in its own language."""
    text = path.read_text(encoding="utf-8")
    yield from (double or single for code in _JINJA.findall(text) for double, single in _STRING.findall(code))
    for part in _JINJA.sub("\x00", text).split("\x00"):
        yield from (*blocks(part), *attributes(part))
