"""Where a page's markup comes from: its elements, attributes, class names, anchors and addresses, and its scripts.

Text and the attributes that are words are ``provenance``'s. Everything else between the signs of a tag has to be what
a template writes, what Markdown writes, what the page's staged source has, or what follows from the page itself: the
anchor of a heading is made of its words, one number comes after the other. Most tags of a site stand on all of its
pages, so that a tag which the site explains is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify import written
from tearline.verify.anchors import Anchors, miscounted
from tearline.verify.authored import Authored
from tearline.verify.decoding import unescaped
from tearline.verify.scripts import Scripts
from tearline.verify.settings import Settings, read_plain, texts_of
from tearline.verify.spans import spans
from tearline.verify.staged import staged
from tearline.verify.targets import Targets
from tearline.verify.templates import ATTRIBUTE, SCRIPT, Vocabulary, drawing, made_of, spaced, squeezed, vocabulary

_TAG = re.compile(r"<[^<>]*>?")  # whatever begins like one
_STRICT = re.compile(
    r"""<(/?)([A-Za-z][\w:-]*)((?:\s+[^\s"'<>/=]+(?:=(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?)*)\s*/?>"""
)
# Attributes that are words, as ``seen`` reads them; where numbers count something, this says what.
_WORDS = re.compile(r"title|alt|aria-label|aria-description|content|placeholder|value|label|summary|data-(?!tabs$|linenos$)[a-z-]+")
_ADDRESSES: Final = frozenset({"href", "src", "action", "xlink:href", "poster", "data"})
_ANCHORS: Final = frozenset(
    {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "aria-owns", "headers", "list"}
)
_STYLE = re.compile(r"^\s*(?:- )?style: ([\w-]+)", re.MULTILINE)
_KEPT: Final = 200_000  # tags that are remembered
_LONG: Final = 4000  # characters of a tag that is worth remembering


@dataclass
class Markup:
    """What explains the markup of a site's pages."""

    stage: Path
    vocabulary: Vocabulary
    targets: Targets
    scripts: Scripts
    packages: tuple[Path, ...] = ()
    styles: frozenset[str] = frozenset()  # of marks
    _known: set[str] = field(default_factory=set)

    def page(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """What nothing explains on one page, each tag and each script by its place."""
        page = _Page(self, name, raw)
        rest, at = [], 0
        for begun, end in spans(raw, SCRIPT, lambda begun: f"</{begun[1]}>"):
            rest.append(raw[at : begun.end()])
            at = end - len(begun[1]) - 3
            if not self.scripts.explains(begun[0], raw[begun.end() : at], page.own):
                yield finding("unexplained-words", _place(raw, begun.start(), shown), "in a script or style sheet")
        tags = set(_TAG.findall("".join([*rest, raw[at:]])))
        for tag in sorted(tags - self._known):
            if not page.explains(tag):
                yield finding("unexplained-words", _place(raw, raw.find(tag), shown), "in its markup")
        for at in miscounted(raw):
            yield finding("unexplained-words", _place(raw, at, shown), "a number that counts nothing")

    def declares(self, tag: str, own: Authored) -> bool:
        """Whether what is no element, such as the type of the document or a comment, is a template's or the page's."""
        return tag in self.vocabulary.declared or (tag.startswith("<!--") and tag.endswith("-->") and tag in own.text)

    def remember(self, tag: str) -> None:
        """Know a tag that every page may have."""
        if len(tag) < _LONG and len(self._known) < _KEPT:
            self._known.add(tag)

    def writes(self, attribute: str, value: str) -> bool:
        """Whether the site's templates or Markdown give an attribute this value, whatever the page."""
        values = self.vocabulary.attributes.get(attribute)
        if values is None and attribute not in written.VALUES:
            return False
        if _WORDS.fullmatch(attribute):
            return True
        if attribute in _ADDRESSES:
            return self.targets.leads(value)
        if value in written.VALUES.get(attribute, ()) or (values is not None and spaced(value) in values.wholes):
            return True
        if attribute == "class":
            return all(map(self._is_class, value.split()))
        return values is not None and self._fills(value, values.holed, self.vocabulary.strings)

    def _is_class(self, token: str) -> bool:
        values = self.vocabulary.attributes["class"]
        if token in values.tokens or token in written.CLASSES or token in self.vocabulary.strings:
            return True
        if token.startswith(written.MARKED):
            return token.partition("--")[2] in self.styles
        return self._fills(token, values.holed_tokens, self.vocabulary.strings | self.styles)

    @staticmethod
    def _fills(value: str, holed: set[tuple[str, ...]], with_: frozenset[str] | set[str]) -> bool:
        """Whether a value is one with holes in it, which are filled with these texts."""
        return any(all(part in with_ for part in made_of(value, pieces)) for pieces in holed)

    def fills(self, attribute: str, value: str, own: Authored) -> bool:
        """Whether a value has holes that are filled with what the page's front matter says."""
        values = self.vocabulary.attributes.get(attribute)
        if values is None:
            return False
        holed = values.holed_tokens | {("",)} if attribute == "class" else values.holed
        return self._fills(value, holed, self.vocabulary.strings | self.styles | own.scalars)

    def draws(self, tag: str, own: Authored) -> bool:
        """Whether a tag is of one of the package's pictures that the page names."""
        if not tag.startswith(("<svg", "<path", "<circle", "<rect", "<g", "<ellipse", "<polygon")):
            return False
        names = {shape for name in own.pictures for shape in _spelled(name)}
        return any(tag.rstrip("/>") in drawing(root, name) for root in self.packages for name in names)


@dataclass
class _Page:
    """One page while its markup is looked at."""

    markup: Markup
    name: str
    raw: str

    @cached_property
    def own(self) -> Authored:
        source = staged(self.markup.stage, self.name)
        return Authored(source.read_text(encoding="utf-8", errors="replace") if source is not None else "")

    @cached_property
    def anchors(self) -> Anchors:
        return Anchors(self.raw, self.own)

    def explains(self, tag: str) -> bool:
        """Whether a tag is explained; what the whole site explains is remembered."""
        read = _STRICT.fullmatch(tag)
        if read is None:
            return self.markup.declares(tag, self.own)
        known = self._has(read[2])
        found = ATTRIBUTE.findall(read[3])
        given = [(name, unescaped("".join(values))) for name, *values in found]
        bare = {name for name, *_, unquoted in found if unquoted}  # no template leaves quotes out
        if known is None or (read[1] and given) or len(dict(given)) < len(given):
            return False
        mine = [(name, value) for name, value in given if name in bare or not self.markup.writes(name, value)]
        if known and not mine:
            self.markup.remember(tag)
        return all(self._gives(name, value, bare=name in bare) for name, value in mine) or self.markup.draws(tag, self.own)

    def _has(self, element: str) -> bool | None:
        """Whether every page may have an element; None where this one may not either."""
        if element in self.markup.vocabulary.elements or element in written.ELEMENTS:
            return True
        return False if element in self.own.elements or (self.own.pictures and element == "path") else None

    def _gives(self, name: str, value: str, *, bare: bool) -> bool:
        """Whether the page's own source, or what else is on it, explains an attribute."""
        if (name, value) in self.own.given or bare:
            return (name, value) in self.own.given
        if name == "class":
            return all(self._is_class(token) for token in value.split())
        if name in _ADDRESSES:
            return self.markup.targets.is_told(value, self.own)
        if name in _ANCHORS:
            return all(one in self.anchors.all for one in value.split())
        if name in {"id", "name"} and self.anchors.explains(name, value, self.markup.vocabulary.attributes):
            return True
        if name in {"start", "data-tabs", "data-linenos"}:
            return self.anchors.counts(name, value)
        return self.markup.fills(name, value, self.own)

    def _is_class(self, token: str) -> bool:
        own = self.own
        if self.markup.writes("class", token) or ("class", token) in own.given or token in own.kinds:
            return True
        if token.startswith(written.LANGUAGE):
            return token.removeprefix(written.LANGUAGE) in own.kinds
        if token.startswith(written.KEY):
            return token.removeprefix(written.KEY) in written.keys() | own.keys
        return (own.has_code and written.is_coloured(token, own.kinds)) or self.markup.fills("class", token, own)


def _spelled(name: str) -> Iterator[str]:
    """A picture's names as the package may keep it: the first signs of a short name may stand for folders."""
    parts = name.split("-")
    for first in range(1, min(len(parts), 4)):
        yield f"{'/'.join(parts[:first])}/{'-'.join(parts[first:])}"


def _place(raw: str, at: int, shown: str) -> Place:
    return Place(shown, raw.count("\n", 0, at) + 1, at - raw.rfind("\n", 0, at))


def markup_of(stage: Path, settings: Settings, packages: Sequence[Path]) -> Markup:
    """What explains the markup of the site that is made of a stage. Raises ``SettingsError`` and ``OSError``."""
    told = frozenset(texts_of(read_plain(stage / "mkdocs.yml")))
    made = vocabulary((settings.theme, stage / "theme"), packages, told)
    strings = frozenset(made.strings)
    root = settings.urls.get(settings.edition, "")
    known = frozenset(map(squeezed, strings))
    return Markup(stage, made, Targets(root, strings), Scripts(made, known), tuple(packages), _styles())


def _styles() -> frozenset[str]:
    """The styles of marks: plain data of the package."""
    folder = files("tearline").joinpath("marking/systems")
    return frozenset(
        name for path in folder.iterdir() if path.name.endswith(".yml") for name in _STYLE.findall(path.read_text("utf-8"))
    )
