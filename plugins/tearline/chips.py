r"""Portion marks in rendered pages: a Python-Markdown extension that turns ``(U//LES)`` into a readable chip.

A chip shows the mark to the eye and says it in words to a screen reader::

    <span class="tl-mark tl-mark--les" title="Share with …"><span aria-hidden="true">(U//LES)</span>
    <span class="tl-vh">Unclassified, law enforcement sensitive. </span></span>

Three things become chips, and only when they are spelled canonically (the stage writes nothing else):

* a mark in running text: paragraphs, items, cells, headings, titles of admonitions, details, tabs and code blocks;
* a link whose target is a mark, ``[words](U//LES)``: the inline portion of an edition that sees it;
* never what stands in code, in an attribute, in a comment, or escaped as ``\(U)``.

Order within Python-Markdown (higher runs first) is what makes this work:

======================  ========  ====================================================================
``tearline-heading-ids``     5.5  before ``toc`` (5): the id comes from the words, without the mark
``toc``                        5  names keep "(U) Words" as typed, without the hidden spoken text
``tab_slugs``                  4  so do the ids of tabs
``mkdocs_extract_title``       1  and the title MkDocs takes from a level-one heading
``tearline-chips``           0.5  chips, and inline portions while they are still links
``relpath``                    0  MkDocs resolves the links that are left
======================  ========  ====================================================================
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.extensions.toc import TocTreeprocessor, remove_fnrefs, render_inner_html, strip_tags
from markdown.treeprocessors import Treeprocessor

from tearline.marking import SYSTEMS, read_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown import Markdown

    from tearline.marking import Mark

CANDIDATE: Final = re.compile(r"(?<!\w)\(([A-Z][^()\n]{0,60})\)(?!\w)")
FILENAME: Final = re.compile(r'<span class="filename">([^<]*)</span>')
NUMBER: Final = re.compile(r"\s*(?:\d{1,3}[.)]\s+)?")
HEADING: Final = re.compile(r"h[1-6]")
LITERAL: Final = frozenset({"code", "pre", "kbd", "samp", "script", "style"})
BLOCKS: Final = frozenset(
    {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"summary", "label", "figcaption", "caption", "dt", "dd", "blockquote", "figure"}
)
END_OF_INLINE: Final = " End of marked words. "


@lru_cache(maxsize=2048)
def canonical_mark(text: str, default: str) -> Mark | None:
    """The mark that ``text`` (no parentheses) spells canonically, in ``default`` or else in any known system.

    A page may use another system than the site's; the extension cannot know which, and the systems share no
    canonical spelling with different meaning except ``U``, where the default system's reading is as good.
    """
    for name in (default, *(each for each in SYSTEMS if each != default)):
        reading = read_mark(text, name)
        if reading.mark is not None and reading.canonical and str(reading.mark) == text:
            return reading.mark
    return None


def chip(mark: Mark) -> Element:
    """One chip: the mark for the eye, its words for the ear, whom to share with as a tooltip."""
    outer = Element("span", {"class": f"tl-mark tl-mark--{mark.style}", "title": mark.sharing})
    shown = Element("span", {"aria-hidden": "true"})
    shown.text = f"({mark})"
    outer.append(shown)
    outer.append(_hidden(f"{mark.spoken}. "))
    return outer


def _hidden(words: str) -> Element:
    """Words for screen readers only."""
    span = Element("span", {"class": "tl-vh"})
    span.text = words
    return span


def _pieces(text: str, system: str) -> Iterator[tuple[Mark | None, str]]:
    """Split running text at its marks: ``(None, words before)``, then ``(mark, words after it)`` for each mark."""
    before: Mark | None = None
    start = 0
    for found in CANDIDATE.finditer(text):
        mark = canonical_mark(found[1], system)
        if mark is not None:
            yield before, text[start : found.start()]
            before, start = mark, found.end()
    yield before, text[start:]


def _without_marks(text: str, system: str) -> str:
    """The words of ``text`` with its canonical marks taken out and blanks closed up."""
    return " ".join(" ".join(words for _, words in _pieces(text, system)).split())


def _add_class(element: Element, names: str) -> None:
    """Append class names, keeping those already there."""
    element.set("class", f"{element.get('class', '')} {names}".strip())


class HeadingIds(Treeprocessor):
    """Give a marked heading the id of its words alone: ``## (U//FOUO) Outlook`` is ``#outlook``.

    A mark in an id would change every link when a heading is re-marked. Headings without a mark, and those
    with an id already, are left to ``toc``.
    """

    def __init__(self, md: Markdown, system: str) -> None:
        """Read bare marks in ``system``."""
        super().__init__(md)
        self.system = system

    def run(self, root: Element) -> None:
        """Set ``id`` on marked headings, unique within the page."""
        steps = self.md.treeprocessors
        toc = steps[steps.get_index_for_name("toc")] if "toc" in steps else None
        if not isinstance(toc, TocTreeprocessor):
            return
        used = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
        counts: dict[str, int] = {}
        for heading in root.iter():
            if not HEADING.fullmatch(_name(heading)) or "id" in heading.attrib:
                continue
            name = html.unescape(strip_tags(render_inner_html(remove_fnrefs(heading), self.md)))
            words = _without_marks(name, self.system)
            if words != " ".join(name.split()):
                heading.set("id", _unique(str(toc.slugify(words, toc.sep)) or "section", used, counts))


def _name(element: Element) -> str:
    """The element's name; comments and processing instructions, whose tag is a function, have none."""
    tag: object = element.tag
    return tag if isinstance(tag, str) else ""


def _unique(wanted: str, used: set[str], counts: dict[str, int]) -> str:
    """``wanted``, or ``wanted_1``, ``wanted_2``… when taken; the answer is added to ``used``.

    ``counts`` remembers how far each has come, so that a page of equal headings stays cheap.
    """
    name, count = wanted, counts.get(wanted, 0)
    while name in used:
        count += 1
        name = f"{wanted}_{count}"
    counts[wanted] = count
    used.add(name)
    return name


class Chips(Treeprocessor):
    """Replace canonical marks in text by chips, and links to marks by inline portions."""

    def __init__(self, md: Markdown, system: str) -> None:
        """Read bare marks in ``system``."""
        super().__init__(md)
        self.system = system

    def run(self, root: Element) -> None:
        """Change the tree in place; then the titles of code blocks, which Markdown keeps as finished HTML."""
        for element in list(_running_text(root)):
            self._mark_text(element)
            self._inline_portion(element)
            _classify(element)
        blocks = self.md.htmlStash.rawHtmlBlocks
        blocks[:] = [FILENAME.sub(self._title, each) if isinstance(each, str) else each for each in blocks]

    def _mark_text(self, element: Element) -> None:
        """Turn the marks in an element's own text, and in the text between its children, into chips."""
        children = list(element)
        element[:] = []
        element.text = self._append(element, element.text)
        for child in children:
            element.append(child)
            child.tail = self._append(element, child.tail)

    def _append(self, parent: Element, text: str | None) -> str | None:
        """Append the chips found in ``text`` to ``parent``; return the words before the first of them."""
        if not text or "(" not in text:
            return text
        (_, head), *rest = _pieces(text, self.system)
        for mark, words in rest:
            if mark is not None:
                each = chip(mark)
                each.tail = words
                parent.append(each)
        return head

    def _inline_portion(self, link: Element) -> None:
        """A link to a mark is no link: its words become a span that opens with the mark's chip.

        Its title, the wording that other editions have, stays the title.
        """
        href = link.get("href", "")
        # No mark has a dot, and every address of the site's own has.
        mark = canonical_mark(unquote(href), self.system) if link.tag == "a" and "." not in href else None
        if mark is None:
            return
        link.tag = "span"
        title = link.get("title")
        link.attrib.clear()
        if title:
            link.set("title", title)
        link.set("class", f"tl-inline tl-inline--{mark.style}")
        opening = chip(mark)
        opening.tail = f" {link.text or ''}"
        link.text = None
        link.insert(0, opening)
        link.append(_hidden(END_OF_INLINE))

    def _title(self, found: re.Match[str]) -> str:
        """The title of a code block, as HTML, with its marks as chips."""
        (_, head), *rest = _pieces(found[1], self.system)
        if not rest:
            return found[0]
        first = rest[0][0]
        style = f" tl-portion tl-portion--{first.style}" if first is not None and not head.strip() else ""
        chips = (self.md.serializer(chip(mark)) + words for mark, words in rest if mark is not None)
        return f'<span class="filename{style}">{head}{"".join(chips)}</span>'


def _running_text(root: Element) -> Iterator[Element]:
    """Every element whose text is words: code is literal, and an inserted table of contents keeps its names."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not _name(element) or element.tag in LITERAL or element.get("class") == "toc":
            continue
        yield element
        waiting.extend(element)


def _classify(block: Element) -> None:
    """Name a block after the mark it opens with (a number may come before the mark)."""
    if block.tag not in BLOCKS or not len(block) or not NUMBER.fullmatch(block.text or ""):
        return
    first, _, style = block[0].get("class", "").partition(" tl-mark--")
    if first == "tl-mark" and style:
        _add_class(block, f"tl-portion tl-portion--{style}")


class ChipsExtension(Extension):
    """``tearline.chips: {system: fouo-les}`` in ``markdown_extensions``."""

    def __init__(self, **kwargs: object) -> None:
        """Take ``system`` as an option; any other is Python-Markdown's ``KeyError``."""
        self.config = {"system": ["fouo-les", "Marking system that a bare (U) belongs to"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register both steps around ``toc`` (see the table at the top)."""
        system = str(self.getConfig("system"))
        md.treeprocessors.register(HeadingIds(md, system), "tearline-heading-ids", 5.5)
        md.treeprocessors.register(Chips(md, system), "tearline-chips", 0.5)


def makeExtension(**kwargs: object) -> ChipsExtension:  # noqa: N802 - Python-Markdown's name
    """Entry point for Python-Markdown."""
    return ChipsExtension(**kwargs)
