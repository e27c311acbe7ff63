"""Where every run of words of a page comes from: its own staged source, the templates, or what the whole site shares.

This sees what no list of withheld words can: a word so common that nobody would look for it, in a place where nothing
released put it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml

from tearline.findings import Finding, Place, finding
from tearline.verify.decoding import TAG, pieces, plain
from tearline.verify.folding import words
from tearline.verify.inline import inside
from tearline.verify.seen import attributes, blocks

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SHORT: Final = 2  # words; so few are only explained as a whole
_FRONT = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title: (.*(?:\n  .*)*)", re.MULTILINE)
_HEADING = re.compile(r"\s*(?:#[ ]*([^#\n].*?)(?:[ ]+#+)?(?:[ ]*\{[^{}\n]*\})?[ ]*$|(\S.*)\n=+[ ]*$)", re.MULTILINE)
_SPLIT = re.compile(r"\n(?=[ ]*(?:[-*+>|#]|[0-9]+[.)] |\[\^|:[ ]|\n|```))|(?<!\\)\||\n\n|[ ]{2,}\n")
_BOX = re.compile(r'^[ >]*(?:!!!|\?\?\?\+?|===[!+]?)[ ]*([\w -]*)(?:"(.*)")?[ ]*$', re.MULTILINE)
_FENCE = re.compile(r"^[ >]*(?:`{3,}|~{3,})[^\n]*?title=\"([^\"\n]*)\"[^\n]*$", re.MULTILINE)
_MARKUP = re.compile(r"^[ ]*(?:[-*+>#]+|[0-9]+[.)](?= )|:(?= )|\[[ xX]\](?= )|```\S*|\[\^[^\]]*\]:)[ ]*")
# Markdown that only pages may use.
_ATTRIBUTES = re.compile(r"\{:?[^{}\n]*\}")
_REFERRED = re.compile(r"!?\[([^\[\]]*)\][ ]?\[[^\[\]]*\]")
_DEFINED = re.compile(r"^[ ]*\[[^\[\]\n]+\]:[ ]*<?([^\s<>]*)>?(?:\s+[\"'(]([^\"'()\n]*)[\"')])?", re.MULTILINE)
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_SCRIPT = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1>", re.DOTALL)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_MARK = re.compile(r"\([^()\n]{1,80}\)")
_STRING_OR_LINE = re.compile(r"[^\n:\[\]{},]+")
# What the Markdown library says by itself.
_LIBRARY: Final = ("Jump back to footnote", "in the text", "Permanent link", "null", "true", "false")
_BACK = re.compile(r"(?<=Jump back to footnote) [0-9]+")
_SITEMAP: Final = (
    "http https www sitemaps org schemas sitemap urlset url loc lastmod xmlns xml version encoding utf 8",
)
Words = tuple[str, ...]


@dataclass(slots=True)
class Known:
    """Texts that may be said: as wholes, as pairs of neighbouring words, and as the words at their ends."""

    wholes: set[Words] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    firsts: set[str] = field(default_factory=set)
    lasts: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)  # as they are written: most are found again so

    def add(self, text: str) -> None:
        """One more text that may be said."""
        written = _spaced(text)
        if written in self.texts:
            return
        self.texts.add(written)
        said = tuple(words(written))
        if said:
            self.wholes.add(said)
            self.pairs.update(pairwise(said))
            self.firsts.add(said[0])
            self.lasts.add(said[-1])
            self.words.update(said)


def explained(said: Words, kinds: Sequence[Known]) -> bool:
    """Whether a run of words is one of these texts, or is made of their pieces."""
    if any(said in one.wholes for one in kinds) or all(word.isdigit() and len(word) <= SHORT for word in said):
        return True
    if len(said) <= SHORT and not all(any((word,) in one.wholes for one in kinds) for word in said):
        return False
    strange, apart = set(said), set(pairwise(said))
    for one in kinds:
        strange, apart = strange - one.words, apart - one.pairs
    return not strange and all(any(a in one.lasts or b in one.firsts for one in kinds) for a, b in apart)


@dataclass
class Provenance:
    """What the whole site shares: templates, titles, the words of the configuration; and the stage for the pages."""

    stage: Path
    shared: Known = field(default_factory=Known)
    scripts: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _explained: set[str] = field(default_factory=set)  # scripts and style sheets

    def page(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The runs of one page's words that nothing explains, each by its place."""
        own = Known()
        source = staged(self.stage, name)
        if source is not None:
            for text in texts_of(source.read_text(encoding="utf-8", errors="replace")):
                own.add(text)
        for kind, run in _runs(raw):
            text = _spaced(run)
            if text in self._seen or text in own.texts:
                continue
            said = tuple(words(text))
            if explained(said, (self.shared,)):
                self._seen.add(text)
            elif not explained(said, (self.shared, own)) and not self._is_cut(run, own):
                yield finding("unexplained-words", _place(raw, said, shown), kind)
        for _, script in _SCRIPT.findall(raw):
            if script not in self._explained:
                strange = set(words(plain(script))) - self.scripts - self.shared.words - own.words
                if any(not word.isdigit() for word in strange):
                    yield finding("unexplained-words", Place(shown), "in a script or style sheet")
                else:
                    self._explained.add(script)

    def _is_cut(self, text: str, own: Known) -> bool:
        """Whether a run is explained when it is cut at its marks."""
        return all(explained(tuple(words(part)), (self.shared, own)) for part in _MARK.split(text))

    def other(self, text: str, shown: str) -> Iterator[Finding]:
        """A file that is no page: every word has to be one of the site's."""
        said = {word for part in pieces(text) for word in words(plain(TAG.sub(" ", part)))}
        strange = {word for word in said if not word.isdigit()} - self.shared.words
        if strange - self.scripts - self.everything:
            yield finding("unexplained-words", Place(shown), "in a data file")

    @cached_property
    def everything(self) -> frozenset[str]:
        """Every word of the stage, its file names included: what an index of the whole site is made of."""
        found = set(words(" ".join(_SITEMAP)))
        for path in sorted((self.stage / "docs").rglob("*")):
            found.update(words(path.relative_to(self.stage).as_posix()))
            if path.suffix == ".md":
                found.update(words(path.read_text(encoding="utf-8", errors="replace")))
        return frozenset(found)


def _runs(raw: str) -> Iterator[tuple[str, str]]:
    for text in blocks(raw):
        yield "in its text", text
    for text in attributes(raw):
        yield "in an attribute", _BACK.sub("", text)
    for text in _COMMENT.findall(raw):
        yield "in a comment", text


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _place(raw: str, said: Words, shown: str) -> Place:
    found = re.search(r"(?:<[^<>]*>|&[#\w]+;|[\W_])*".join(map(re.escape, said[:6])), raw, re.IGNORECASE)
    if found is None:
        return Place(shown)
    return Place(shown, raw.count("\n", 0, found.start()) + 1, found.start() - raw.rfind("\n", 0, found.start()))


def staged(stage: Path, name: str) -> Path | None:
    """The staged source of a page of the site."""
    stem = name.removesuffix("index.html").rstrip("/")
    places = (f"{stem}.md", f"{stem}/index.md".lstrip("/")) if stem else ("index.md",)
    return next((stage / "docs" / one for one in places if (stage / "docs" / one).is_file()), None)


def texts_of(source: str) -> Iterator[str]:
    """The texts of a staged page: values of its front matter, and its blocks without their markup."""
    front = _FRONT.match(source)
    if front is not None:
        yield from _values(yaml.compose(front[1], _Loader))
    body = _FENCE.sub(r"\n\n\1\n\n", _BOX.sub(_opened, source[front.end() :] if front else source))
    for block in _SPLIT.split(body):
        seen = inside(_bare(_bare(block or "")), _is_no_mark)
        if "(" in seen.visible:
            yield _MARK.sub("", seen.visible, count=1)
        yield seen.visible
        yield from seen.more
        yield from (alt for _, alt in seen.images)
        if block and ("&" in block or "\\" in block):
            yield block  # code shows entities and escapes as they are written
        yield from _freer(_bare(_bare(block or "")))


def _freer(block: str) -> Iterator[str]:
    """What pages may write beside: lists of attributes, links by reference, tags."""
    if "{" not in block and "[" not in block and "<" not in block:
        return
    for defined in _DEFINED.finditer(block):
        yield from filter(None, defined.groups())
    plainer = _REFERRED.sub(r"\1", _ATTRIBUTES.sub(" ", block))
    if plainer != block:
        yield inside(plainer, _is_no_mark).visible
    for one in (*_ATTRIBUTES.findall(block), *TAG.findall(plainer)):
        yield from attributes(f" {one}")
    if "<" in plainer:
        yield from blocks(plainer)


def _bare(block: str) -> str:
    """A block without the markup that begins it."""
    found = _MARKUP.match(block)
    return block[found.end() :] if found else block


def _is_no_mark(_target: str) -> None:
    return None


def _opened(found: re.Match[str]) -> str:
    """A box's title as a block of its own; without one it shows its kind."""
    return f"\n\n{found[2] if found[2] is not None else found[1].split(' ')[0]}\n\n"


def _values(node: yaml.Node | None) -> Iterator[str]:
    """The values of front matter as they are written, and the lists of them as one text too."""
    if isinstance(node, yaml.MappingNode):
        for _, inner in node.value:
            yield from _values(inner)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _values(inner)
        if all(isinstance(inner, yaml.ScalarNode) for inner in node.value):
            yield " ".join(inner.value for inner in node.value)
    elif isinstance(node, yaml.ScalarNode):
        yield node.value


def provenance(stage: Path, theme: Path, package: Iterable[Path], texts: Iterable[str]) -> Provenance:
    """What a site may say anywhere. The package's own templates are read for the words of its language."""
    made = Provenance(stage)
    for text in (*texts, *_LIBRARY):
        made.shared.add(text)
    config = stage / "mkdocs.yml"
    if config.is_file():
        for each in _STRING_OR_LINE.findall(config.read_text(encoding="utf-8")):
            made.shared.add(each)
    for path in sorted(theme.rglob("*.html")) if theme.is_dir() else ():
        _template(path, made.shared.add)
    for root in package:
        for path in (
            root / "base.html",
            root / "main.html",
            root / "404.html",
            *sorted((root / "partials").rglob("*.html")),
        ):
            if path.is_file() and ("languages" not in path.parts or path.stem == "en"):
                _template(path, made.shared.add)
                made.scripts.update(words(path.read_text(encoding="utf-8")))
    for path in sorted((stage / "docs").rglob("*.md")):
        made.shared.add(_title(path))
    return made


def _title(path: Path) -> str:
    """What a staged page is called: as it says, else as its first heading does, else as its file is."""
    text = path.read_text(encoding="utf-8", errors="replace")
    front = _FRONT.match(text)
    given = _TITLE.search(front[1]) if front else None
    if given:
        return str(yaml.safe_load(f"title: {given[1]}")["title"])
    heading = _HEADING.match(text[front.end() :] if front else text)
    return inside(heading[1] or heading[2], lambda _: None).visible if heading else path.stem


def _template(path: Path, add: Callable[[str], None]) -> None:
    """The texts of a template: what stands in it, and the strings in its own language."""
    text = path.read_text(encoding="utf-8")
    for code in _JINJA.findall(text):
        for double, single in _STRING.findall(code):
            add(double or single)
    for part in _JINJA.sub("\x00", text).split("\x00"):
        for run in (*blocks(part), *attributes(part)):
            add(run)
