"""The full edition as a reader sees it: the nearest visible mark governs a text, and so do those of what holds it.

A reading of withheld words that knows nothing of sources, only of what is shown to those who may see all. What it
finds withheld joins the ledger, and has to be what the naive reading of the sources finds withheld under a mark of
its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from tearline.findings import Finding, Place, finding
from tearline.verify import marks
from tearline.verify.decoding import unescaped
from tearline.verify.elements import Element, outermost
from tearline.verify.folding import words
from tearline.verify.inline import without_portions
from tearline.verify.settings import Settings
from tearline.verify.sources import Document

# What the page is about; what stands beside every mark for those who listen; the mark itself.
_ARTICLE = re.compile(r"<article\b")
_ENDS: Final = ('<div class="tl-end"', "</article>")
_BODIES = re.compile(r'<(?:article\b|div class="tl-(?:head|body)[ "])')  # what only wraps the parts of an article
_SPOKEN = re.compile(
    r'<span class="tl-vh">[^<]*</span>|<sup id="fnref.*?</sup>'
    r'|<(nav|svg|section class="tl-(?:handling|card)[^"]*")\b.*?</(?:nav|svg|section)>',
    re.DOTALL,
)
_CHIP = re.compile(r'<span class="tl-mark[^<>]*>\s*<span[^<>]*>(\([^<>]*\))</span>\s*</span>')
_EMPHASIS = re.compile(r"</?(?:strong|em|a|code|br|img|hr|thead|tbody|table|ul|ol)\b[^<>]*>")
_MARK = re.compile(r"\s*\(([^()\n]{1,120})\)\s*")
# What is not the bulletin's own: titles of others (tl-other) are read on their own pages.
_HIDDEN: Final = frozenset(
    {"tl-vh", "tl-rail", "tl-end", "tl-handling", "tl-share", "tl-other", "footnote-ref", "footnote-backref"}
)
_BLOCKS: Final = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "summary", "label", "pre"})
BETWEEN: Final = " | "  # pieces of one mark's words that stand apart
_AT: Final = "data-read"
_OVER: Final = "data-over"  # the marks that govern everything inside
_INNER: Final = frozenset({"td", "th", "summary"})
_RANKS: Final = ("h2", "h3", "h4", "h5", "h6")
_SILENT: Final = frozenset({"script", "style", "nav", "svg", "dt"})


@dataclass(slots=True)
class Seen:
    """Words under one mark. ``sure`` where the mark is the only one of its block: a block with more shows a roll-up.

    ``over`` is what holds it: the title of a box, a heading, the item that it belongs to.
    """

    mark: marks.Mark
    text: str
    sure: bool = True
    over: list[Seen] = field(default_factory=list)


def read(page: str, wanted: Callable[[marks.Mark], bool] = lambda _: True) -> list[Seen]:
    """What stands under each mark of a page, in order; where neither is ``wanted``, mark and words may be left out."""
    kept = needed(outermost(_plainer(_article(page)), _BODIES), wanted)
    soup = BeautifulSoup("".join(one.markup for one in kept), "html.parser")
    for tag in soup.find_all(_is_silent):
        tag.extract()
    found: list[Seen] = []
    for node, mark in _strings(soup):
        if mark is not None:
            _begin(found, node, mark)
        else:
            holder = next((one for one in node.parents if one.has_attr(_AT)), None)
            if holder is not None:
                seen = found[int(str(holder[_AT]))]
                seen.text += f"{BETWEEN}{node}" if seen.text else str(node)
    return found


def needed(elements: list[Element], wanted: Callable[[marks.Mark], bool]) -> list[Element]:
    """The parts of an article that wanted marks stand in or govern, and all that is between elements."""
    kept: list[Element] = []
    under = ""  # the heading with a wanted mark that governs what follows
    for one in elements:
        ends = bool(under) and ((one.name in _RANKS and one.name <= under) or "footnote" in one.tag)
        under = "" if ends else under
        holds = any(_is_wanted(text, wanted) for text in one.strings())
        if holds and (one.name in _INNER or "admonition-title" in one.tag):
            return elements  # a part without its whole: it governs what is around it
        if holds and one.name in _RANKS:
            under = under or one.name
        if not one.name or holds or under or ends:
            kept.append(one)
    return kept


def _is_wanted(text: str, wanted: Callable[[marks.Mark], bool]) -> bool:
    found = _MARK.fullmatch(unescaped(text)) if "(" in text or "&" in text else None
    mark = marks.read(found[1]) if found else None
    return mark is not None and wanted(mark)


def _article(page: str) -> str:
    """The article of a page, up to what closes it; the whole page where there is none."""
    begun = _ARTICLE.search(page)
    ends = [end for end in (page.find(each, begun.end()) for each in _ENDS) if end >= 0] if begun else []
    return page[begun.start() : min(ends)] if begun and ends else page


def _begin(found: list[Seen], node: NavigableString, mark: marks.Mark) -> None:
    """A mark governs the block that it stands in, and the row where it stands in its first cell.

    One inside a block's text governs what encloses it there and is asked about alone; the block's own mark is then a
    roll-up.
    """
    inline = next((one for one in node.parents if "tl-inline" in (one.get("class") or ())), None)
    block = next((one for one in node.parents if one.name in _BLOCKS), None)
    holders = _holders(node) if inline is None else ()
    over = [found[int(each)] for one in holders for each in str(one.get(_OVER, "")).split()]
    found.append(Seen(mark, "", over=over))
    at = str(len(found) - 1)
    if inline is not None:
        inline[_AT] = at
        if block is not None and block.has_attr(_AT):
            found[int(str(block[_AT]))].sure = False
    elif block is not None:
        block[_AT] = at
        for held in _held(block):
            held[_OVER] = f"{held.get(_OVER, '')} {at}"
        row = block.parent if block.name in ("td", "th") else None
        if row is not None and not row.has_attr(_AT):
            row[_AT] = at


def _holders(node: NavigableString) -> Iterator[Tag]:
    """What a text stands in, up to a wording for others: that answers for itself."""
    for one in node.parents:
        if one.name == "details" and "tearline" in _classes(one):
            return
        yield one


def _held(block: Tag) -> Iterator[Tag]:
    """What a block's mark governs beside its own words: a title its box, a heading its section, an item its own."""
    if block.name == "li":
        yield block
    elif block.parent is not None and (block.name == "summary" or "admonition-title" in _classes(block)):
        yield block.parent
    elif block.name == "label":
        labels = block.find_previous_siblings("label")
        tabs = block.find_parent("div", class_="tabbed-set")
        content = tabs.find("div", class_="tabbed-content") if tabs else None
        if isinstance(content, Tag):
            yield from content.find_all("div", class_="tabbed-block", recursive=False)[len(labels) :][:1]
    elif block.name in _RANKS:
        for other in (one for one in block.next_siblings if isinstance(one, Tag)):
            if (other.name in _RANKS and other.name <= block.name) or "footnote" in _classes(other):
                return
            yield other


def _classes(tag: Tag) -> list[str]:
    given = tag.get("class")
    return given if isinstance(given, list) else []


def _plainer(markup: str) -> str:
    """Less for the parser to do, and nothing lost: marks without their trimmings, no emphasis."""
    return _EMPHASIS.sub("", _CHIP.sub(r"<i>\1</i>", _SPOKEN.sub("", markup)))


def _is_silent(tag: Tag) -> bool:
    return not (_SILENT | _HIDDEN).isdisjoint([tag.name, *_classes(tag)])


def _strings(soup: BeautifulSoup) -> Iterator[tuple[NavigableString, marks.Mark | None]]:
    for node in soup.find_all(string=True):
        if isinstance(node, Comment) or not node.strip():
            continue
        found = _MARK.fullmatch(node)
        yield node, marks.read(found[1]) if found else None


def withheld(page: str, settings: Settings, system: str) -> list[Seen]:
    """What a page of the full edition shows under marks that this edition may not see.

    Beside a bulletin's own words it has the site's, under marks of the site's system.
    """
    systems = (system, settings.system)

    def is_above(mark: marks.Mark) -> bool:
        return not any(marks.releasable(mark, settings, each) for each in systems)

    found = read(page, is_above)
    return [one for one in found if is_above(one.mark) or any(over.sure and is_above(over.mark) for over in one.over)]


def check(document: Document, seen: list[Seen], shown: str) -> Iterator[Finding]:
    """Where this reading and the naive one of the source do not agree about words under a mark of their own."""
    units = document.units
    joined = {"".join(words(without_portions(one.visible))) for one in units if one.withheld and one.own}
    whole = ["".join(words(one.visible)) for one in units if one.withheld]
    for one in seen:
        said = "".join(words(one.text))
        known = any(each in said for each in joined if each)
        # Within what is withheld, words may have a lower mark that makes them no unit of their own.
        known = known or (bool(one.over) and any(said in each for each in whole))
        if one.sure and said and not known:
            detail = "withheld as a reader sees it, but not in its source"
            yield finding("readings-disagree", Place(shown), detail, portion=document.number)
    there = ["".join(words(one.text)) for one in seen]
    for unit in units:
        said = "".join(words(without_portions(unit.visible)))
        if unit.high and said and unit.kind not in _UNSEEN and not any(said in each for each in there):
            detail = "withheld in its source, but not as a reader sees it"
            yield finding("readings-disagree", Place(unit.path, unit.line), detail, portion=document.number)


_UNSEEN: Final = frozenset({"inline", "meta", "name", "comment", "document", "compilation_reason", "note", "fence"})
