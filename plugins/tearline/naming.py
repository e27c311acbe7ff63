"""Addresses on the site: what a page's file name makes of one, and which are taken.

Bulletins have addresses by product number, below a folder for their year. Everything else that is generated has
a fixed place. A page's address is its own path, which is public, so it has to be a plain one.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

HOME: Final = "index.md"
ALL: Final = "bulletins.md"
BROWSE: Final = "browse/index.md"
SEARCH: Final = "search.md"
ASSETS: Final = "assets"
FEED: Final = "feed"  # .xml and .json
MESSAGES: Final = "messages.json"

_RESERVED: Final = frozenset(
    {"assets", "browse", "bulletins", "404", "sitemap", "search", "pagefind", f"{FEED}.xml", f"{FEED}.json", MESSAGES}
)
_YEAR: Final = re.compile(r"[0-9]{4}")
_PART: Final = re.compile(r"\w(?:[\w .-]*\w)?", re.UNICODE)
_INDEXES: Final = frozenset({"index", "readme"})  # what the renderer makes a folder's own page of


def page_name(relative: str) -> str:
    """The staged file below docs of the page at ``relative`` below the sources: ``about/README.MD`` is its index."""
    path = PurePosixPath(relative)
    stem = "index" if path.stem.casefold() in _INDEXES else path.stem
    return str(path.with_name(f"{stem}.md"))


def bulletin_name(year: str, number: str) -> str:
    """A bulletin's staged file comes from its product number: a source's own name never becomes public."""
    return f"{year}/{number.lower()}.md"


def address_key(name: str) -> str:
    """What is the same for two staged pages that some disk or server could take for one: ``a.md``, ``A/index.md``."""
    folded = unicodedata.normalize("NFKC", name).casefold().removesuffix(".md")
    return folded if folded == "index" else folded.removesuffix("/index")


def page_problem(name: str) -> str:
    """Why a page cannot have the address that its name makes; empty where it can."""
    parts = name.removesuffix(".md").split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        return "its path has characters that make no address; use letters, digits, hyphens and full stops"
    first = parts[0].casefold()
    if first in _RESERVED or _YEAR.fullmatch(first):
        return "its address is one that the site makes by itself; rename the file or its folder"
    return ""
