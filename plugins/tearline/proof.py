"""Does the renderer read what was emitted? A page's Markdown is rendered with the site's own extensions, and its
leaves are compared with the leaves of the released tree, one by one: the same words, in the same block, in the
same emphasis, links and notes, under the same mark.

    Released --outline_of--> leaves  =  leaves <--outline_of_html-- HTML <--the site's renderer-- Markdown <--emit-- Released

This proves the emission. It cannot prove that the source was read rightly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

import markdown

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
from tearline.emit import STAND_IN_TITLE, Addresses, seen_from
from tearline.policy import PythonName
from tearline.release import Released

# What MkDocs always loads besides the configured extensions.
BUILT_IN: Final = ("toc", "tables", "fenced_code")
_LEAVES: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "summary", "label", "pre", "hr"})
_BOXES: Final = frozenset({"ul", "ol", "blockquote", "details", "table"})
_VOID: Final = frozenset({"br", "hr", "img", "input"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A run of words in its block: ``where`` names the containers ("ul/li/"), ``words`` holds the inlines as marked-up text."""

    where: str
    words: str


def squeezed(words: str) -> str:
    """White space as HTML shows it."""
    return re.sub(r"\s+", " ", words).strip()


# --- the released tree as leaves ----------------------------------------------------------------------------


class _Outline:
    """Lists the leaves of released blocks, as a right rendering would show them."""

    def __init__(self, addresses: Addresses, plain: frozenset[int]) -> None:
        self.addresses = addresses
        self.plain = plain
        self.leaves: list[Leaf] = []
        self.numbers: list[int] = []
        self.number = -1

    def add(self, where: str, words: str) -> None:
        self.leaves.append(Leaf(where, squeezed(words)))
        self.numbers.append(self.number)

    def portion(self, where: str, portion: Portion) -> None:
        self.number += 1
        lead = f"{portion.ordinal} " if portion.ordinal else ""
        mark = f"{lead}({portion.mark}) " if portion.mark is not None else ""
        self.add(where, mark + self.inlines(portion.inlines))

    def inlines(self, inlines: Iterable[Inline]) -> str:
        return "".join(self.inline(inline) for inline in inlines)

    def inline(self, inline: Inline) -> str:
        match inline:
            case Text(words=words):
                return words
            case Code(words=words):
                return f"<code>{squeezed(words)}</code>"
            case Emphasis(strong=strong, children=children):
                tag = "strong" if strong else "em"
                inner = self.inlines(children)
                return inner if self.number in self.plain else f"<{tag}>{inner}</{tag}>"
            case Link(target=target, title=title, children=children):
                address = seen_from(self.addresses, target)
                inner = self.inlines(children)
                return inner if address is None else f"<a {address} {title}>{inner}</a>"
            case Image(file=file, alt=alt):
                return f"<img {self.addresses.asset(file)} {squeezed(alt)}>"
            case NoteRef(label=label):
                return f"<note {label}>"
            case Break():
                return "<br>"
            case InlinePortion(mark=mark, children=children):
                return f"<portion>({mark}) {self.inlines(children)}</portion>"

    def blocks(self, where: str, blocks: Sequence[Block]) -> None:
        index = 0
        while index < len(blocks):
            tabs = _tabs(blocks, index)
            if tabs:
                self.tabs(where, tabs)
            else:
                self.block(where, blocks[index])
            index += max(len(tabs), 1)

    def tabs(self, where: str, tabs: Sequence[Box]) -> None:
        """A set of tabs shows all its labels first."""
        first = self.number
        inside: list[tuple[int, Box]] = []
        for tab in tabs:  # numbers follow the source, leaves the rendering
            inside.append((self.number + 1, tab))
            self.number += 1 + sum(1 for _ in _leaves_in(tab.children))
        for number, tab in inside:
            self.number = number - 1
            if tab.title is not None:
                self.portion(f"{where}tabs/label", tab.title)
        end = first
        for number, tab in inside:
            self.number = number
            self.blocks(f"{where}tabs/", tab.children)
            end = self.number
        self.number = end

    def block(self, where: str, block: Block) -> None:
        match block:
            case Heading(rank=rank, portion=portion):
                self.portion(f"{where}h{rank}", portion)
            case Paragraph(portion=portion):
                self.portion(f"{where}p", portion)
            case ItemList(ordered=ordered, items=items):
                inner = f"{where}{'ol' if ordered else 'ul'}/"
                for item in items:
                    self.add(f"{inner}li", "")
                    self.portion(f"{inner}p", item.portion)
                    self.blocks(inner, item.children)
            case Quote(children=children):
                self.blocks(f"{where}blockquote/", children)
            case Box():
                self.box(where, block)
            case Tearline(children=children):
                self.number += 1
                self.add(f"{where}details/summary", STAND_IN_TITLE)
                self.blocks(f"{where}details/", children)
            case Table(header=header, rows=rows):
                for tag, row in (("th", header), *(("td", row) for row in rows)):
                    for cell in row:
                        self.portion(f"{where}table/{tag}", cell)
            case Fence(portion=portion, code=code):
                self.number += 1
                said = f"({portion.mark}) {words_of(portion.inlines)}".replace('"', "\u201d")
                self.add(f"{where}code/title", said)
                self.add(f"{where}code/pre", code)
            case Note(label=label, children=children):
                self.add(f"note {label}/li", "")
                self.blocks(f"note {label}/", children)
            case Rule():
                self.add(f"{where}hr", "")

    def box(self, where: str, box: Box) -> None:
        tag = "details/" if box.opener.startswith("?") else "box/"
        if box.title is not None:
            self.portion(f"{where}{tag}{'summary' if tag == 'details/' else 'title'}", box.title)
        else:
            self.number += 1
            self.add(f"{where}{tag}title", box.kind.split()[0].capitalize())
        self.blocks(where + tag, box.children)


def _tabs(blocks: Sequence[Block], index: int) -> list[Box]:
    """The tabs of a set that begins at ``index``."""
    found: list[Box] = []
    for block in blocks[index:]:
        if not isinstance(block, Box) or not block.opener.startswith("="):
            break
        found.append(block)
    return found


def _leaves_in(blocks: Sequence[Block]) -> Iterator[int]:
    """One for every leaf that ``emit`` numbers in these blocks."""
    counter = _Outline(Addresses(lambda _: None, str), frozenset())
    counter.blocks("", blocks)
    yield from range(counter.number + 1)


# --- HTML as leaves -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Element:
    """An element of the rendered page, or one of its pieces of text."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[_Element | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    def elements(self) -> Iterator[_Element]:
        for child in self.children:
            if isinstance(child, _Element):
                yield child


class _Tree(HTMLParser):
    """HTML -> elements. A comment or declaration is kept as an element: none is expected anywhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(_Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.open[-1].children.append(_Element("comment", {}, [data]))


def _inline_words(parts: Iterable[_Element | str]) -> str:
    """Inlines in the notation of ``Leaf.words``."""
    said: list[str] = []
    for part in parts:
        if isinstance(part, str):
            said.append(part)
            continue
        inner = _inline_words(part.children)
        classes = part.classes
        if part.tag in {"em", "strong", "code"}:
            said.append(f"<{part.tag}>{squeezed(inner) if part.tag == 'code' else inner}</{part.tag}>")
        elif "tl-vh" in classes or "headerlink" in classes or "footnote-backref" in classes or part.tag == "input":
            continue
        elif "tl-mark" in classes:
            said.append(inner)
        elif "tl-inline" in classes:
            said.append(f"<portion>{inner}</portion>")
        elif part.tag == "sup":
            said.append(f"<note {inner}>")
        elif part.tag == "a" and "footnote-ref" in classes:
            said.append(inner)
        elif part.tag == "a":
            said.append(f"<a {part.attributes.get('href', '')} {part.attributes.get('title', '')}>{inner}</a>")
        elif part.tag == "img":
            said.append(f"<img {part.attributes.get('src', '')} {squeezed(part.attributes.get('alt', ''))}>")
        elif part.tag == "br":
            said.append("<br>")
        elif part.tag == "span" and not part.attributes.get("class", "").startswith("tl-"):
            said.append(inner)
        else:
            said.append(f"<{part.tag}>{inner}</{part.tag}>" if part.tag != "span" else inner)
    return "".join(said)


class _HtmlOutline:
    """Lists the leaves of rendered HTML."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []

    def add(self, where: str, words: str) -> None:
        self.leaves.append(Leaf(where, squeezed(words)))

    def inside(self, where: str, element: _Element, loose: str = "p") -> None:
        """The leaves inside a container; words that stand bare in it (a tight item's) are a paragraph."""
        bare: list[_Element | str] = []

        def flush() -> None:
            if _inline_words(bare).strip():
                self.add(where + loose, _inline_words(bare))
            bare.clear()

        for child in element.children:
            if isinstance(child, str) or not self.is_block(child):
                bare.append(child)
            else:
                flush()
                self.element(where, child)
        flush()

    def is_block(self, element: _Element) -> bool:
        return element.tag in _LEAVES | _BOXES | {"div", "li", "thead", "tbody", "tr", "comment"}

    def element(self, where: str, element: _Element) -> None:
        classes = element.classes
        if element.tag == "comment":
            self.add(f"{where}comment", "")
        elif classes & {"highlight", "footnote", "tabbed-set"}:
            self.special(where, element)
        elif element.tag == "p" and "admonition-title" in classes:
            self.add(f"{where}title", _inline_words(element.children))
        elif element.tag in _LEAVES:
            self.add(f"{where}{element.tag}", _inline_words(element.children))
        elif element.tag == "div" and "admonition" in classes:
            self.inside(f"{where}box/", element)
        elif element.tag in {"ul", "ol"}:
            for item in element.elements():
                self.add(f"{where}{element.tag}/li", "")
                self.inside(f"{where}{element.tag}/", item)
        elif element.tag in _BOXES:
            self.inside(f"{where}{element.tag}/", element)
        elif element.tag in {"thead", "tbody", "tr"}:
            self.inside(where, element)
        else:
            self.inside(f"{where}{element.tag}?/", element)

    def special(self, where: str, element: _Element) -> None:
        """Code blocks, notes and tabs, whose HTML has more structure than they have."""
        if "highlight" in element.classes:
            titles = [one for one in _all(element) if "filename" in one.classes]
            self.add(f"{where}code/title", _inline_words(titles[0].children) if titles else "")
            for one in (one for one in _all(element) if one.tag == "pre" and "code" not in where):
                self.add(f"{where}code/pre", _text(one))
        elif "footnote" in element.classes:
            items = (one for one in _all(element) if one.tag == "li" and one.attributes.get("id", "").startswith("fn:"))
            for item in items:
                label = item.attributes["id"].removeprefix("fn:")
                self.add(f"note {label}/li", "")
                self.inside(f"note {label}/", item)
        else:
            for one in (one for one in _all(element) if one.tag == "label"):
                self.add(f"{where}tabs/label", _inline_words(one.children))
            for one in element.elements():
                for block in one.elements() if "tabbed-content" in one.classes else ():
                    self.inside(f"{where}tabs/", block)


def _all(element: _Element) -> Iterator[_Element]:
    """The elements inside, in order; those inside an inner set of tabs are that set's own."""
    for child in element.elements():
        yield child
        if "tabbed-content" not in child.classes:
            yield from _all(child)


def _text(element: _Element) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in element.children)


def outline_of_html(page: str) -> list[Leaf]:
    """The leaves of a rendered body."""
    tree = _Tree()
    tree.feed(page)
    tree.close()
    outline = _HtmlOutline()
    outline.inside("", tree.root)
    return outline.leaves


def outline_of(released: Released, addresses: Addresses, plain: frozenset[int]) -> tuple[list[Leaf], list[int]]:
    """The leaves that a right rendering of a release shows, and for each the number ``emit`` gives it."""
    outline = _Outline(addresses, plain)
    title = f"({released.title.mark}) {released.title.words}"
    outline.add("h1", title)
    outline.blocks("", released.blocks)
    for note in released.notes:
        outline.block("", note)
    return outline.leaves, outline.numbers


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found: ``broken`` numbers the leaves that came out differently (-1: not one of ours)."""

    broken: frozenset[int]

    @property
    def holds(self) -> bool:
        """Whether every leaf came out as it went in, and nothing else did."""
        return not self.broken


class Renderer:
    """The site's Markdown, as MkDocs sets it up, for proving one page after the other."""

    def __init__(self, extensions: Mapping[str, Mapping[str, Any]]) -> None:
        names = [name for name in BUILT_IN if name not in extensions]
        configs = {name: _resolved(options) for name, options in extensions.items() if options}
        self._markdown = markdown.Markdown(extensions=[*names, *extensions], extension_configs=configs)

    def render(self, text: str) -> str:
        """One page's Markdown as HTML; nothing is kept from the page before."""
        self._markdown.reset()
        return self._markdown.convert(text)


def _resolved(value: Any) -> Any:
    """Options as Python-Markdown takes them: names of Python objects become the objects."""
    if isinstance(value, PythonName):
        return value.resolve()
    if isinstance(value, Mapping):
        return {key: _resolved(inner) for key, inner in value.items()}
    return [_resolved(inner) for inner in value] if isinstance(value, list | tuple) else value


def prove(
    text: str, released: Released, addresses: Addresses, plain: frozenset[int], render: Callable[[str], str]
) -> Verdict:
    """Compare what ``text`` renders to with what ``released`` says it should."""
    wanted, numbers = outline_of(released, addresses, plain)
    got = outline_of_html(render(text))
    broken = {number for leaf, other, number in zip(wanted, got, numbers, strict=False) if leaf != other}
    if len(wanted) != len(got):
        broken.add(-1)
    return Verdict(frozenset(broken))
