"""HTML -> the events it shows.

What is not known to come from a released tree is an event too, so that nothing can hide: an unknown element, an
attribute nobody expects, a comment, an id that is not made of its heading's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from markdown.extensions.toc import slugify

from tearline.proof.elements import Element, elements_of
from tearline.proof.events import Event, begin, end, hard_break, marked, says, single, squeezed, verbatim

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {
    *("p", "hr", "pre", "ul", "ol", "li", "blockquote", "details", "summary", "div"),
    *("table", "thead", "tbody", "tr", "th", "td", "#"),
}
_ALIGN: Final = re.compile(r"(?:text-align: )?(left|right|center);?")
_TAB_ID: Final = re.compile(r"__tabbed_\d+(?:_\d+)?")
_NUMBERED: Final = re.compile(r"_\d+$")


# --- inlines ------------------------------------------------------------------------------------------------------


def _words(parts: Iterable[Element | str]) -> str:
    """Inlines in the notation of ``events``."""
    return "".join(part if isinstance(part, str) else _inline(part) for part in parts)


def _inline(part: Element) -> str:
    if part.tag == "br" and not part.strange():
        return hard_break()
    if part.tag in {"em", "strong"}:
        return marked(_words(part.children), part.tag, *part.strange())
    if part.tag == "code":
        return marked(squeezed(part.text()), "code", *part.strange())
    if part.tag == "a":
        return _link(part)
    if part.tag == "img":
        attributes = part.attributes
        return single(
            "img", attributes.get("src", ""), squeezed(attributes.get("alt", "")), *part.strange("src", "alt")
        )
    if part.tag == "span" and not part.classes and part.has("tl-mark"):
        return "".join(child.text() for child in part.elements() if child.attributes.get("aria-hidden") == "true")
    if part.tag == "span" and not part.classes and part.has("tl-inline"):
        shown = [child for child in part.children if isinstance(child, str) or not child.has("tl-vh")]
        return marked(_words(shown), "portion", part.attributes.get("title", ""), *part.strange("title"))
    if part.tag == "sup" and (label := _note_label(part)):
        return single("note", label)
    return marked(_words(part.children), part.tag, *(f"{name}={value}" for name, value in part.attributes.items()))


def _link(part: Element) -> str:
    """A link; what leads back from a note or to a heading itself is the renderer's own."""
    address = part.attributes.get("href", "")
    if part.classes in (["footnote-backref"], ["headerlink"]) and address.startswith("#"):
        return ""
    title = squeezed(part.attributes.get("title", ""))
    return marked(_words(part.children), "a", address, title, *part.strange("href", "title"))


def _note_label(part: Element) -> str:
    """The label of the note that a reference leads to; its number is the same."""
    link = next(part.elements(), None)
    if link is None or link.classes != ["footnote-ref"] or link.strange("href", classes=["footnote-ref"]):
        return ""
    label = link.attributes.get("href", "").rpartition(":")[2]
    return label if label == link.text() and not part.strange("id") else ""


# --- blocks -------------------------------------------------------------------------------------------------------


class _Rendered:
    """Lists the events of a page."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def inside(self, element: Element) -> None:
        """What is in a container; words that stand bare in it (a tight item's) are a paragraph."""
        bare: list[Element | str] = []
        for child in element.children:
            if isinstance(child, str) or child.tag not in _BLOCKS:
                bare.append(child)
            else:
                self.bare(bare)
                self.block(child)
        self.bare(bare)

    def bare(self, parts: list[Element | str]) -> None:
        """Words outside any block, if there are any."""
        words = _words(parts)
        if words.strip():
            self.events.append(says("p", words))
        parts.clear()

    def contained(self, tag: str, element: Element, *details: str) -> None:
        """A container and what is in it."""
        self.events.append(begin(tag, *details))
        self.inside(element)
        self.events.append(end(tag))

    def block(self, element: Element) -> None:
        """One block, by its tag."""
        read = _READERS.get(element.tag)
        if read is not None:
            read(self, element)
        elif element.tag in {"th", "td"}:
            align = _ALIGN.sub(r"\1", element.attributes.get("style", element.attributes.get("align", "")))
            words = _words(element.children)
            self.events.append(says(element.tag, words, align, *element.strange("style", "align")))
        else:
            tag = {"summary": "title"}.get(element.tag, element.tag)
            self.events.append(says(tag, _words(element.children), *element.strange()))

    def paragraph(self, element: Element) -> None:
        """A paragraph or a title. The way back from a note can stand in one of its own, or around a code block."""
        if any(child.tag in _BLOCKS for child in element.elements()):
            self.inside(element)
            return
        title = element.has("admonition-title")
        words = says(
            "title" if title else "p", _words(element.children), *element.strange(classes=["admonition-title"])
        )
        if words[2] or not any(child.has("footnote-backref") for child in element.elements()):
            self.events.append(words)

    def heading(self, element: Element) -> None:
        """A heading. Its id may say nothing but its own words."""
        name = element.attributes.get("id", "")
        own = _letters(slugify(_visible(element), "-"))
        odd = [] if {_letters(name), _letters(_NUMBERED.sub("", name))} & {own, "section"} else [f"id={name}"]
        self.events.append(says(element.tag, _words(element.children), *odd, *element.strange("id")))

    def items(self, element: Element) -> None:
        """A list, where it begins to count."""
        start = element.attributes.get("start", "1")
        self.events.append(begin(element.tag, start, *element.strange("start")))
        self.inside(element)
        self.events.append(end(element.tag))

    def container(self, element: Element) -> None:
        """An item, a quote, a table, a row."""
        self.contained(element.tag, element, *element.strange())

    def details(self, element: Element) -> None:
        """A folding block."""
        kind = " ".join(sorted(element.classes))
        state = "open" if "open" in element.attributes else ""
        self.contained("details", element, kind, state, *element.strange("open", classes=element.classes))

    def division(self, element: Element) -> None:
        """Boxes, tabs, code and notes, whose HTML has more structure than they have."""
        if element.has("admonition"):
            kind = sorted(name for name in element.classes if name != "admonition")
            self.contained("box", element, " ".join(kind), *element.strange(classes=element.classes))
        elif element.has("highlight"):
            self.code(element)
        elif element.has("tabbed-set"):
            self.tabs(element)
        elif element.has("footnote"):
            for item in (one for one in element.all() if one.attributes.get("id", "").startswith("fn:")):
                self.contained("note", item, item.attributes["id"].rpartition(":")[2], *item.strange("id"))
        else:
            self.contained("div", element, *element.strange())

    def code(self, element: Element) -> None:
        """A code block; highlighting and line numbers are the renderer's own."""
        parts = list(element.all())
        titles = [one for one in parts if one.tag == "span" and one.has("filename")]
        codes = [one for one in parts if one.tag == "pre" and not any(inner.has("normal") for inner in one.all())]
        self.events.append(begin("code"))
        self.events += [says("title", _words(one.children)) for one in titles]
        self.events += [("says", "pre", verbatim(_code(one))) for one in codes]
        self.events.append(end("code"))

    def tabs(self, element: Element) -> None:
        """A set of tabs: all labels stand before all contents."""
        labels = [one for part in element.elements() if part.has("tabbed-labels") for one in part.elements()]
        blocks = [one for part in element.elements() if part.has("tabbed-content") for one in part.elements()]
        inputs = [one for one in element.elements() if one.tag == "input"]
        odd = [one.strange("id", "name", "type", "checked") for one in inputs]
        names = [
            one.attributes.get(key, "") for one in (*inputs, *labels) for key in ("id", "for") if key in one.attributes
        ]
        odd += [[name] for name in names if not _TAB_ID.fullmatch(name)]
        self.events.append(begin("tabs", *(text for found in odd for text in found)))
        for label, block in zip_longest(labels, blocks, fillvalue=Element("")):
            self.events += [begin("tab"), says("title", _words(label.children), *label.strange("for"))]
            self.inside(block)
            self.events.append(end("tab"))
        self.events.append(end("tabs"))


_READERS: Final = {
    "p": _Rendered.paragraph,
    "ul": _Rendered.items,
    "ol": _Rendered.items,
    "li": _Rendered.container,
    "blockquote": _Rendered.container,
    "table": _Rendered.container,
    "tr": _Rendered.container,
    "thead": _Rendered.inside,
    "tbody": _Rendered.inside,
    "details": _Rendered.details,
    "div": _Rendered.division,
    **dict.fromkeys(_HEADINGS, _Rendered.heading),
}


def _visible(element: Element) -> str:
    """The words that a heading's id is made of: no marks, no references to notes."""
    said: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            said.append(child)
        elif child.tag != "sup" and not child.has("tl-mark") and not child.has("tl-vh") and not child.has("headerlink"):
            said.append(_visible(child))
    return "".join(said)


def _letters(name: str) -> str:
    return "".join(char for char in name if char.isalnum())


def _code(element: Element) -> str:
    """The code in an element; line numbers are not part of it."""
    parts = (
        child if isinstance(child, str) else "" if child.has("linenos") else _code(child) for child in element.children
    )
    return "".join(parts)


@lru_cache(maxsize=2)  # one page in several editions
def events_of(page: str) -> Sequence[Event]:
    """The events of a rendered body."""
    rendered = _Rendered()
    rendered.inside(elements_of(page))
    return tuple(rendered.events)
