r"""Portion marks in rendered pages: a Python-Markdown extension that turns ``(U//LES)`` into a readable chip.

A chip shows the mark to the eye and says it in words to a screen reader::

    <span class="tl-mark tl-mark--les" title="Share with …"><span aria-hidden="true">(U//LES)</span>
    <span class="tl-vh">Unclassified, law enforcement sensitive. </span></span>

The first chip of each mark says whom to share with, and no other: a page has a hundred chips and three marks. Script
gives the others their tooltips.

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
from xml.etree.ElementTree import Element, SubElement

from markdown.extensions import Extension
from markdown.extensions.toc import TocTreeprocessor, remove_fnrefs, render_inner_html, strip_tags
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER

from tearline import plain
from tearline.marking import SYSTEMS, read_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown import Markdown

    from tearline.marking import Mark

CANDIDATE: Final = re.compile(r"(?<!\w)\(([A-Z][^()\n]{0,60})\)(?!\w)")
FILENAME: Final = re.compile(r'<span class="filename">([^<]*)</span>')
# Where a chip stands first, after a number or not.
OPENING: Final = re.compile(rf"\s*(?:\d{{1,3}}[.)]\s+)?({HTML_PLACEHOLDER % '[0-9]+'})")
ODD: Final = re.compile(r"[<>&\x02\x03]")  # what text may hold that is not said as it is written
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LITERAL: Final = frozenset({"code", "pre", "kbd", "samp", "script", "style"})
BLOCKS: Final = frozenset(
    {*HEADINGS, "p", "li", "td", "th"}
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


@lru_cache(maxsize=2048)
def chip(mark: Mark, *, told: bool) -> str:
    """One chip as HTML: the mark for the eye, its words for the ear; ``told`` adds whom to share with as a tooltip."""
    title = f' title="{html.escape(mark.sharing)}"' if told else ""
    shown = f'<span aria-hidden="true">({mark})</span>{_hidden(f"{mark.spoken}. ")}'
    return f'<span class="tl-mark tl-mark--{mark.style}"{title}>{shown}</span>'


def _hidden(words: str) -> str:
    """Words for screen readers only, as HTML."""
    return f'<span class="tl-vh">{html.escape(words, quote=False)}</span>'


def _without_marks(text: str, system: str) -> str:
    """The words of ``text`` with its canonical marks taken out and blanks closed up."""
    words = CANDIDATE.sub(lambda found: found[0] if canonical_mark(found[1], system) is None else " ", text)
    return " ".join(words.split())


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
            if heading.tag not in HEADINGS or "id" in heading.attrib:
                continue
            name = self._name_of(heading)
            words = _without_marks(name, self.system)
            if words != " ".join(name.split()):
                heading.set("id", _unique(str(toc.slugify(words, toc.sep)) or "section", used, counts))

    def _name_of(self, heading: Element) -> str:
        """What ``toc`` calls a heading. Words alone are their own name; what holds more is rendered, as there."""
        if not len(heading) and not ODD.search(heading.text or ""):
            return heading.text or ""
        return html.unescape(strip_tags(render_inner_html(remove_fnrefs(heading), self.md)))


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
    """Replace canonical marks in text by chips, and links to marks by inline portions.

    A chip is finished HTML, kept in Markdown's own stash like any other; the tree holds what stands for it.
    """

    def __init__(self, md: Markdown, system: str) -> None:
        """Read bare marks in ``system``."""
        super().__init__(md)
        self.system = system
        self.styles: dict[str, str] = {}  # of this page's marks, by what stands for their chips
        self.again: dict[Mark, str] = {}  # what stands for a mark's chip, from its second one on

    def run(self, root: Element) -> None:
        """Change the tree in place; then the titles of code blocks, which Markdown keeps as finished HTML."""
        self.styles, self.again = {}, {}
        for element in list(_running_text(root)):
            self._inline_portion(element)
            element.text = self._marked(element.text)
            for child in element:
                child.tail = self._marked(child.tail)
            if element.tag in BLOCKS:
                self._classify(element)
        blocks = self.md.htmlStash.rawHtmlBlocks
        for at, block in enumerate(list(blocks)):
            if isinstance(block, str) and "filename" in block:
                blocks[at] = FILENAME.sub(self._title, block)

    def _marked(self, text: str | None) -> str | None:
        """A text with what stands for chips in the place of its marks."""
        return CANDIDATE.sub(self._shown, text) if text and "(" in text else text

    def _shown(self, found: re.Match[str]) -> str:
        mark = canonical_mark(found[1], self.system)
        return found[0] if mark is None else self._chip(mark)

    def _chip(self, mark: Mark) -> str:
        """What stands for the next chip of a mark."""
        if mark in self.again:
            return self.again[mark]
        first, again = (self.md.htmlStash.store(chip(mark, told=told)) for told in (True, False))
        self.again[mark] = again
        self.styles |= {first: mark.style, again: mark.style}
        return first

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
        link.text = f"{self._chip(mark)} {link.text or ''}"
        ending = SubElement(link, "span", {"class": "tl-vh"})
        ending.text = END_OF_INLINE

    def _classify(self, block: Element) -> None:
        """Name a block after the mark it opens with (a number may come before the mark)."""
        style = self._opening(block.text)
        if style:
            block.set("class", f"{block.get('class', '')} tl-portion tl-portion--{style}".strip())

    def _opening(self, text: str | None) -> str:
        """The style of the mark that a text opens with, once its chips are in place; empty without one."""
        found = OPENING.match(text) if text else None
        return self.styles.get(found[1], "") if found else ""

    def _title(self, found: re.Match[str]) -> str:
        """The title of a code block, as HTML, with its marks as chips."""
        shown = self._marked(found[1]) or ""
        style = self._opening(shown)
        more = f" tl-portion tl-portion--{style}" if style else ""
        return f'<span class="filename{more}">{shown}</span>'


def _running_text(root: Element) -> Iterator[Element]:
    """Every element whose text is words: code is literal, and an inserted table of contents keeps its names."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not _name(element) or element.tag in LITERAL or element.get("class") == "toc":
            continue
        yield element
        waiting.extend(reversed(element))


class ChipsExtension(Extension):
    """``tearline.chips: {system: fouo-les}`` in ``markdown_extensions``."""

    def __init__(self, **kwargs: object) -> None:
        """Take ``system`` as an option; any other is Python-Markdown's ``KeyError``."""
        self.config = {"system": ["fouo-les", "Marking system that a bare (U) belongs to"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register both steps around ``toc`` (see the table at the top), and those that spare plain words."""
        plain.register(md)
        system = str(self.getConfig("system"))
        md.treeprocessors.register(HeadingIds(md, system), "tearline-heading-ids", 5.5)
        md.treeprocessors.register(Chips(md, system), "tearline-chips", 0.5)


def makeExtension(**kwargs: object) -> ChipsExtension:  # noqa: N802 - Python-Markdown's name
    """Entry point for Python-Markdown."""
    return ChipsExtension(**kwargs)
