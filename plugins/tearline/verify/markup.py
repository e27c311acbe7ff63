"""Where a page's markup comes from: its elements, attributes, class names, anchors and addresses, and its scripts.

Text and the attributes that are words are ``provenance``'s. Everything else between the signs of a tag has to be what
a template writes, what Markdown writes, what the page's staged source has, or what follows from the page itself: the
anchor of a heading is made of its words, one number comes after the other. Most tags of a site stand on all of its
pages, so that a tag which the site explains is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from itertools import starmap
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

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

_TAG = re.compile(r"<[^>]*>?")  # whatever begins like one
_STRICT = re.compile(
    r"""<(/?)([A-Za-z][\w:-]*)((?:\s+[^\s"'<>/=]+(?:=(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?)*)\s*/?>"""
)
# Attributes that are words, as ``seen`` reads them; where numbers count something, this says what.
_WORDS = re.compile(
    r"title|alt|aria-label|aria-description|content|placeholder|value|label|summary|data-(?!tabs$|linenos$)[a-z-]+"
)
_ADDRESSES: Final = frozenset({"href", "src", "action", "xlink:href", "poster", "data"})
_ANCHORS: Final = frozenset(
    {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "aria-owns", "headers", "list"}
)
_STYLE = re.compile(r"^\s*(?:- )?style: ([\w-]+)", re.MULTILINE)
_KEPT: Final = 20_000  # tags that are remembered: those that are on many pages come early
_LONG: Final = 4000  # characters of a tag that is worth remembering


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its element, whether every page may have that, and the attributes that the site does not explain.

    Each is its name, its value and whether that stands without quotes.
    """

    element: str
    known: bool
    left: tuple[tuple[str, str, bool], ...]


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
    _read: dict[str, Tag] = field(default_factory=dict)

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

    def read(self, tag: str) -> Tag | None:
        """A tag taken apart; None where it is not written as any program writes one. Most are remembered."""
        if tag in self._read:
            return self._read[tag]
        found = _STRICT.fullmatch(tag)
        made = self._tag(found) if found is not None else None
        if made is not None and len(tag) < _LONG and len(self._read) < _KEPT:
            self._read[tag] = made
            if made.known and not made.left:
                self._known.add(tag)
        return made

    def _tag(self, found: re.Match[str]) -> Tag | None:
        """What a tag leaves to explain; None where it has an attribute twice, or ends an element and has any."""
        given = [(name, unescaped("".join(values)), bool(values[-1])) for name, *values in ATTRIBUTE.findall(found[3])]
        if (found[1] and given) or len({name for name, *_ in given}) < len(given):
            return None
        known = found[2] in self.vocabulary.elements or found[2] in written.ELEMENTS
        left = [each for each in given if each[2] or not self.writes(each[0], each[1])]  # no template leaves quotes out
        return Tag(found[2], known, tuple(left))

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
        return values is not None and _fills(value, values.holed, self.vocabulary.strings.__contains__)

    def _is_class(self, token: str) -> bool:
        values = self.vocabulary.attributes["class"]
        if token in values.tokens or token in written.CLASSES or token in self.vocabulary.strings:
            return True
        if token.startswith(written.MARKED):
            return token.partition("--")[2] in self.styles
        return _fills(token, values.holed_tokens, self._names)

    def _names(self, part: str) -> bool:
        return part in self.vocabulary.strings or part in self.styles

    def fills(self, attribute: str, value: str, own: Authored) -> bool:
        """Whether a value has holes that are filled with what the page's front matter says."""
        values = self.vocabulary.attributes.get(attribute)
        if values is None:
            return False
        holed = values.holed_tokens | {("",)} if attribute == "class" else values.holed
        return _fills(value, holed, lambda part: self._names(part) or own.tells(part))

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
        read = self.markup.read(tag)
        if read is None:
            return self.markup.declares(tag, self.own)
        if not read.known and not self._has(read.element):
            return False
        return all(starmap(self._gives, read.left)) or self.markup.draws(tag, self.own)

    def _has(self, element: str) -> bool:
        """Whether this page may have an element that others may not."""
        return element in self.own.elements or (element == "path" and bool(self.own.pictures))

    def _gives(self, name: str, value: str, bare: bool) -> bool:  # noqa: FBT001 - a part of a tag
        """Whether the page's own source, or what else is on it, explains an attribute."""
        if bare:
            return (name, value) in self.own.given
        if name == "class":
            return all(self._is_class(token) for token in value.split())
        return self._follows(name, value) or (name, value) in self.own.given  # that takes longest to find out

    def _follows(self, name: str, value: str) -> bool:
        """Whether an attribute follows from what else is on the page, or from its front matter."""
        if name in _ADDRESSES:
            return self.markup.targets.is_told(value, self.own)
        if name in _ANCHORS:
            return all(map(self.anchors.has, value.split()))
        if name in {"id", "name"} and self.anchors.explains(name, value, self.markup.vocabulary.attributes):
            return True
        if name in {"start", "data-tabs", "data-linenos"}:
            return self.anchors.counts(name, value)
        return self.markup.fills(name, value, self.own)

    def _is_class(self, token: str) -> bool:
        own = self.own
        if self.markup.writes("class", token) or own.is_kind(token):
            return True
        if token.startswith(written.LANGUAGE):
            return token.removeprefix(written.LANGUAGE) in own.kinds | written.PLAIN
        if token.startswith(written.KEY):
            return token.removeprefix(written.KEY) in written.keys() | own.keys
        coloured = own.has_code and written.is_coloured(token, own.kinds)
        return coloured or ("class", token) in own.given or self.markup.fills("class", token, own)


def _fills(value: str, holed: Iterable[tuple[str, ...]], known: Callable[[str], bool]) -> bool:
    """Whether a value is one with holes in it, which are filled with known texts."""
    return any(all(map(known, made_of(value, pieces))) for pieces in holed)


def _spelled(name: str) -> Iterator[str]:
    """A picture's names as the package may keep it: the first signs of a short name may stand for folders."""
    parts = name.split("-")
    for first in range(1, min(len(parts), 4)):
        yield f"{'/'.join(parts[:first])}/{'-'.join(parts[first:])}"


def _place(raw: str, at: int, shown: str) -> Place:
    return Place(shown, raw.count("\n", 0, at) + 1, at - raw.rfind("\n", 0, at))


def markup_of(stage: Path, settings: Settings, packages: Sequence[Path]) -> Markup:
    """What explains the markup of the site that is made of a stage. Raises ``SettingsError`` and ``OSError``."""
    root = settings.urls.get(settings.edition, "")
    top = f"{urlsplit(root).path.rstrip('/')}/"  # how a page that may be shown anywhere leads there
    told = frozenset((*texts_of(read_plain(stage / "mkdocs.yml")), top, f"{top}."))
    made = vocabulary((settings.theme, stage / "theme"), packages, told)
    strings = frozenset(made.strings)
    known = frozenset(map(squeezed, strings))
    return Markup(stage, made, Targets(root, strings), Scripts(made, known), tuple(packages), _styles())


def _styles() -> frozenset[str]:
    """The styles of marks: plain data of the package."""
    folder = files("tearline").joinpath("marking/systems")
    return frozenset(
        name
        for path in folder.iterdir()
        if path.name.endswith(".yml")
        for name in _STYLE.findall(path.read_text("utf-8"))
    )
