"""A page's Markdown for one edition: links lead to what is there, pictures are the rebuilt ones, the rest as typed.

A page may use any Markdown the site has, and plain HTML. So its links are changed where their spelling is the usual
one, outside of code, and then the page is rendered: whatever still leads to a file that the edition lacks, to a
source, or loads something from elsewhere, is an error.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote

from tearline.corpus import SitePage
from tearline.findings import Finding, Place, finding
from tearline.records import ELSEWHERE

_LINK: Final = re.compile(
    r"""(?<!\\)(?P<picture>!?)\[(?P<words>(?:[^\[\]\\\n]|\\.|\n(?!\n)){0,2000})\]
        \([ ]*<?(?P<target>[^\s()<>]+)>?(?P<title>[ ]+(?:"[^"\n]*"|'[^'\n]*'))?[ ]*\)
        (?P<attributes>\{:?[ ]?[.#\w][^{}\n]*\})?""",
    re.VERBOSE,
)
_DEFINITION: Final = re.compile(r"^(?P<head>[ ]{0,3}\[[^\]\n^]{1,200}\]:[ \t]*)<?(?P<target>[^\s<>]+)>?", re.MULTILINE)
_FENCE: Final = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_TICKS: Final = re.compile(r"`+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_OUTWARD: Final = frozenset({("a", "href"), ("area", "href")})
_LOADING: Final = frozenset(
    {"action", "background", "cite", "data", "formaction", "href", "longdesc", "manifest", "ping", "poster", "src"}
    | {"srcset", "usemap", "xlink:href"}
)
GONE: Final = ""  # what a link leads to that the edition lacks


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around a page in an edition.

    ``link`` and ``picture`` tell for a target as typed what it is here: an address relative to the page, ``GONE``,
    or None where there is no such thing in any edition; ``staged`` whether there is such a file below docs;
    ``render`` is the site's Markdown.
    """

    link: Callable[[str], str | None]
    picture: Callable[[str], str | None]
    staged: Callable[[str], bool]
    render: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Body:
    """A page's Markdown as staged, and what is wrong with it."""

    text: str
    findings: tuple[Finding, ...]


def page_body(page: SitePage, name: str, around: Surroundings) -> Body:
    """The page as the edition gets it, at the staged file ``name``."""
    source = page.page.body.lstrip("\n")
    wrong: list[tuple[str, str]] = []

    def linked(match: re.Match[str]) -> str:
        target = match["target"]
        if target.startswith("#") or _SCHEME.match(target):
            return match[0]
        here = (around.picture if match["picture"] else around.link)(target)
        if here is None:
            wrong.append(("asset" if match["picture"] else "bad-link", target))
            return match[0]
        if here == GONE:
            return "" if match["picture"] else match["words"]
        more = (match["title"] or "") + ")" + (match["attributes"] or "")
        return f"{match['picture']}[{match['words']}]({here}{more}"

    def defined(match: re.Match[str]) -> str:
        here = around.link(match["target"])
        return f"{match['head']}{here}" if here else match[0]

    text = _outside_code(source, lambda piece: _DEFINITION.sub(defined, _LINK.sub(linked, piece)))
    if not wrong:
        wrong = list(_wrong_in(around.render(text), name, around))
    start = len(page.text) - len(source)
    return Body(text, tuple(_reported(page, start, *each) for each in dict.fromkeys(wrong)))


def _reported(page: SitePage, start: int, rule: str, target: str) -> Finding:
    """A finding where the target is typed first, or at the top of the page where it is spelled otherwise."""
    details = {"page-rule": "it loads, sends or runs something", "bad-link": "the site has no such page"}
    at = page.text.find(target, start) if target else -1
    if at < 0:
        return finding(rule, Place(page.path), details.get(rule, ""))
    place = Place(page.path, page.text.count("\n", 0, at) + 1, at - page.text.rfind("\n", 0, at))
    return finding(rule, place, details.get(rule, ""), width=len(target))


# --- code ------------------------------------------------------------------------------------------------------


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with everything changed that is neither in a fence nor in a code span."""
    out: list[str] = []
    last = 0
    for start, end in _code(text):
        out += [change(text[last:start]), text[start:end]]
        last = end
    return "".join([*out, change(text[last:])])


def _code(text: str) -> Iterator[tuple[int, int]]:
    """The fences and code spans of a text, as half-open spans in order. Linear in its length."""
    at = fenced = 0
    fence = ""
    prose = 0
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence and mark and mark[1].startswith(fence):
            yield fenced, at + len(line)
            fence, prose = "", at + len(line)
        elif not fence and mark and "`" not in line[mark.end() :]:
            yield from _spans(text, prose, at)
            fence, fenced = mark[1], at
        at += len(line)
    if fence:
        yield fenced, at
    else:
        yield from _spans(text, prose, at)


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The code spans in a stretch of prose: a run of backticks and the next run of the same length."""
    runs = [match.span() for match in _TICKS.finditer(text, start, end)]
    later: dict[int, list[int]] = {}
    for number, (first, last) in enumerate(runs):
        later.setdefault(last - first, []).append(number)
    number = 0
    while number < len(runs):
        first, last = runs[number]
        same = later[last - first]
        same.pop(0)
        if same:
            close = same[0]
            yield first, runs[close][1]
            for skipped in range(number + 1, close + 1):
                length = runs[skipped][1] - runs[skipped][0]
                later[length].pop(0)
            number = close
        number += 1


# --- what is rendered --------------------------------------------------------------------------------------------


class _Attributes(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, key, value or "") for key, value in attrs]


def _wrong_in(html: str, name: str, around: Surroundings) -> Iterator[tuple[str, str]]:
    """What of a rendered page leads to nothing here, loads from elsewhere or runs: the rule, and the target."""
    parser = _Attributes()
    parser.feed(html)
    parser.close()
    for tag, key, value in parser.found:
        target = value.strip()
        if key.startswith("on") or (key == "style" and "url(" in target.lower()):
            yield "page-rule", ""
        elif key in _LOADING and not target.startswith("#"):
            yield from _wrong_target(tag, key, target, name, around)


def _wrong_target(tag: str, key: str, target: str, name: str, around: Surroundings) -> Iterator[tuple[str, str]]:
    if (tag, key) not in _OUTWARD and tag != "img":
        yield "page-rule", target
    elif target.lower().startswith(ELSEWHERE):
        if tag == "img":
            yield "page-rule", target
    elif _SCHEME.match(target):
        yield "page-rule", target
    elif not around.staged(_below(name, target)):
        yield ("asset" if tag == "img" else "bad-link"), target


def _below(name: str, target: str) -> str:
    """The path below docs that a target on the staged page ``name`` stands for."""
    path = unquote(target.partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
