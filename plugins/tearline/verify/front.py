"""The front matter of a bulletin, read naively: each value under its own mark, or under that of what holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from tearline.verify import marks
from tearline.verify.settings import Settings
from tearline.verify.units import Unit

_FRONT: Final = 1 << 16  # characters of front matter
_NESTED: Final = 500  # brackets: the fast loader would crash on very many
_DEEP = re.compile(r"(?:[-?] ){20}|^ {200}", re.MULTILINE)
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXTS: Final = frozenset(
    {"title", "summary", "area", "action", "contact", "change", "caption", "alt", "source", "value"}
)
_HOLDERS: Final = frozenset({"value", "file"})  # keys beside which `marking:` covers the rest
_SUFFIX = re.compile(r"\.\w+$")


def mapping(text: str) -> yaml.MappingNode | None:
    """The front matter as YAML nodes, which know their lines; None where it cannot be read."""
    if len(text) > _FRONT or text.count("[") + text.count("{") > _NESTED or _DEEP.search(text):
        return None
    try:
        node = yaml.compose(text, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return node if isinstance(node, yaml.MappingNode) else None


def scalar(node: yaml.Node | None) -> str:
    """A single value as it is written, or an empty text."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


@dataclass(slots=True)
class FrontReader:
    """Reads one front matter. ``whole``: the bulletin is a compilation that the edition may not see."""

    path: str
    settings: Settings
    system: str
    whole: bool = False

    def is_above(self, text: str) -> bool:
        """Whether a text is a mark that the edition may not see."""
        mark = marks.read(text)
        return mark is not None and not marks.releasable(mark, self.settings, self.system)

    def files(self, node: yaml.Node | None) -> frozenset[str]:
        """The pictures whose own marking lets them be shown."""
        found = set()
        for entry in node.value if isinstance(node, yaml.SequenceNode) else ():
            if isinstance(entry, yaml.MappingNode):
                keys = {str(key.value): scalar(value) for key, value in entry.value}
                if marks.read(keys.get("marking", "")) and not self.is_above(keys["marking"]):
                    found.add(keys.get("file", ""))
        return frozenset(found)

    def units(self, node: yaml.MappingNode, *, above: bool = False) -> list[Unit]:
        """Each value as a unit."""
        keys = {str(key.value): value for key, value in node.value}
        inner = above or (not _HOLDERS.isdisjoint(keys) and self.is_above(scalar(keys.get("marking"))))
        found: list[Unit] = []
        for key, value in node.value:
            for entry in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(entry, yaml.MappingNode):
                    found += self.units(entry, above=inner)
                elif isinstance(entry, yaml.ScalarNode):
                    found += self.value(str(key.value), value.start_mark.line + 2, str(entry.value), above=inner)
        return found

    def value(self, name: str, line: int, text: str, *, above: bool) -> Iterator[Unit]:
        """One value. Names of files are published nowhere; the reason for a compilation is no bulletin's text."""
        mark, end = marks.opening(text)
        if name == "file":
            yield Unit(self.path, line, "name", withheld=True, visible=_SUFFIX.sub("", text), secret=above)
            return
        if name == "marking" and above:  # what covers a withheld value is no word of it
            return
        marked = mark is not None and not marks.releasable(mark, self.settings, self.system)
        if name == "compilation_reason" and not (marked or self.whole):
            return
        compiled = self.whole and mark is not None and not name.endswith("_released")
        kind = name if mark is None or name not in _TEXTS else "meta"
        own = mark is not None or (above and name == "value")  # then `marking:` beside it is its mark
        yield Unit(self.path, line, kind, marked or above or compiled, text[end:], own=own, high=marked)
