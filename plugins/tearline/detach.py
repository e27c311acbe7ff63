"""Rendered site -> a site that needs no server: pages opened from a disk lead to each other, and can be searched.

On a disk nothing makes a folder into its page, so links name the page. Pagefind cannot run there: what it read of each
page becomes one plain script, for the theme's own search. What only a server has a use for goes.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from tearline.offline import DATA, README, WORDING, Offline
from tearline.presentation import BETWEEN
from tearline.search import fragments

_SERVED: Final = ("404.html", "sitemap.xml", "sitemap.xml.gz")
_TAG: Final = re.compile(r"""<(?:a|area|form|link)\b(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_ADDRESS: Final = re.compile(r'(?<=\s)(href|action)="([^"]*)"', re.IGNORECASE)
_MARKING: Final = re.compile(r'<meta name="marking" content="([^"]*)">')
_WORD: Final = re.compile(r"[^\W_]+")


def detach(site: Path, theme: Path, name: str, offline: Offline, lock: int) -> None:
    """Make a rendered site into the offline copy called ``name``, in place. ``theme`` is the stage's.

    Raises as ``search.index`` does.
    """
    for each in _SERVED:
        (site / each).unlink(missing_ok=True)
    told = fragments(site, lock)
    (site / DATA).write_text(script(told), encoding="utf-8")
    markings: set[str] = set()
    for page in sorted(site.rglob("*.html")):
        raw = page.read_text(encoding="utf-8")
        markings.update(part for one in _MARKING.findall(raw) for part in html.unescape(one).split(BETWEEN))
        page.write_text(linked(raw, page, site), encoding="utf-8")
    wording = (theme / WORDING).read_text(encoding="utf-8")
    (site / README).write_text(offline.readme(wording, name, sorted(markings)), encoding="utf-8")


def script(pages: list[dict[str, Any]]) -> str:
    """The script with what search needs of each page: its words, each once, in the order of the alphabet.

    They say no more than that the page has them, so that whoever verifies the copy can hold them against the page.
    """
    rows = [
        json.dumps(
            {
                "url": each["url"],
                "words": " ".join(sorted(set(_WORD.findall(each["content"].lower())))),
                "meta": each["meta"],
                "filters": each["filters"],
            },
            ensure_ascii=False,
        )
        for each in pages
    ]
    made = ",\n".join(rows).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"window.tearlinePages = [\n{made}\n];\n"


def linked(raw: str, page: Path, site: Path) -> str:
    """A page's HTML in which links to folders name the page of the folder."""

    def address(found: re.Match[str]) -> str:
        old = html.unescape(found[2])
        new = _named(old, page, site)
        return found[0] if new == old else f'{found[1]}="{html.escape(new)}"'

    return "".join(_ADDRESS.sub(address, part) if _TAG.fullmatch(part) else part for part in _parts(raw))


def _parts(raw: str) -> Iterator[str]:
    """The tags with addresses, and what is between them."""
    end = 0
    for found in _TAG.finditer(raw):
        yield raw[end : found.start()]
        yield found[0]
        end = found.end()
    yield raw[end:]


def _named(address: str, page: Path, site: Path) -> str:
    """An address within the site, or any other as it is."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return address
    target = site / posixpath.normpath(posixpath.join(page.parent.relative_to(site).as_posix(), unquote(parts.path)))
    if not (target.is_relative_to(site) and (target / "index.html").is_file()):
        return address
    folder = "" if parts.path in {".", "./"} else f"{parts.path.rstrip('/')}/"
    return urlunsplit(parts._replace(path=f"{folder}index.html"))
