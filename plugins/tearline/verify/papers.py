"""The PDF beside a bulletin's page says what the page says, under the page's marking on every sheet, and no more.

This sees what no list of withheld words can: any word that the page does not have, wherever in the file it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify.channels.document import document
from tearline.verify.decoding import TAG
from tearline.verify.folding import words

# What sheets say by themselves.
_SHEET: Final = "Marking Check the site for changes after before you use this copy Page of Picture"
_LACKING: Final = "stands for a character that no font here has the page has it"
_MARKING = re.compile(r'<meta name="marking" content="([^"]+)"')
_WITHOUT: Final = "with `pdf: false` in mkdocs.yml the site is built without PDFs"
_ITEM = re.compile(r"<li\b")  # whose numbers a list makes
_SHOWN = re.compile(r'\s(?:alt|href)="([^"]*)"')
# A line that is read in both directions comes out in pieces, and nothing keeps them apart where it turns.
_LEFTWARD = re.compile(r"([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+)")
_ASCII = re.compile(r"[0-9a-z]+")
_LONG: Final = 20  # letters of a word that may be cut more than once
BANNERS: Final = 2  # top and foot of every sheet


@dataclass(frozen=True, slots=True)
class Beside:
    """The page that a PDF is beside: its HTML, the name of its folder, where it is read."""

    page: str
    name: str
    address: str


def check(data: bytes, beside: Beside, shown: str) -> Iterator[Finding]:
    """What is wrong with a PDF."""
    page = beside.page
    paper = document(data)
    if paper is None:
        yield finding("unreadable-file", Place(shown), "a PDF that cannot be read to its end")
        return
    marking = _MARKING.search(page)
    banner = words(unescape(marking[1])) if marking else []
    if not banner or any(_count(words(sheet), banner) < BANNERS for sheet in paper.sheets) or not paper.sheets:
        yield finding("banner-missing", Place(shown))
    number = words(beside.name)
    if any(not _count(words(sheet), number) for sheet in paper.sheets):
        yield finding("unexplained-words", Place(shown), f"a sheet without the number of its page; {_WITHOUT}")
    texts = [TAG.sub(" ", page), TAG.sub("", page), *_SHOWN.findall(page), beside.address, _SHEET, _LACKING]
    known = {word for text in texts for word in words(unescape(text))}
    known |= {part for word in known if not word.isascii() for part in _ASCII.findall(word)}  # beside what has no font
    known.update(map(str, range(1, max(len(paper.sheets), len(_ITEM.findall(page))) + 1)))  # of sheets and of items
    for place, sheet in enumerate(paper.sheets, 1):
        if not _is_known(sheet, known):
            yield finding("unexplained-words", Place(shown), f"on PDF page {place}; {_WITHOUT}")
    if not _is_known(paper.told, known):
        yield finding("unexplained-words", Place(shown), f"in the PDF's properties or bookmarks; {_WITHOUT}")
    if paper.acts:
        yield finding("unexpected-file", Place(shown), "a PDF with attachments, forms or scripts")


def _is_known(text: str, known: set[str]) -> bool:
    """Whether all words are known ones, or parts of them where a line was too narrow."""
    lines = [said for said in map(words, text.splitlines()) if said]
    ends = {line[-1] + after[0] for line, after in pairwise(lines)}
    for line, after in pairwise([*lines, []]):
        for place, word in enumerate(line):
            whole = word in known or any(word in one for one in known if len(one) >= _LONG)
            whole = whole or all(part in known for part in _LEFTWARD.split(word) if part)
            cut = place == len(line) - 1 and after and word + after[0] in known
            if not (whole or cut or (place == 0 and any(one.endswith(word) and one in known for one in ends))):
                return False
    return True


def _count(said: list[str], banner: list[str]) -> int:
    return sum(said[at : at + len(banner)] == banner for at in range(len(said)))
