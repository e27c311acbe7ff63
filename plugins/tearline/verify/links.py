"""Where a page leads: links inside the site resolve, nothing is loaded from elsewhere, nothing gives a place away."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tearline.findings import Finding, Place, finding
from tearline.verify.settings import Settings

_LINK = re.compile(
    r"""<([A-Za-z][\w-]*)\b(?:[^<>"']|"[^"]*"|'[^']*')*?\s(?:xlink:)?(href|src|srcset|action|formaction|poster|data|background|manifest|ping|cite)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""",
    re.IGNORECASE,
)
_REL = re.compile(
    r"<link\b[^<>]*\brel\s*=\s*[\"']?(canonical|alternate|next|prev|license|author|help|search)\b[^<>]*>", re.IGNORECASE
)
_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""", re.IGNORECASE)
_REFRESH = re.compile(r"""http-equiv\s*=\s*["']?refresh["']?[^<>]*url\s*=\s*([^"'>\s]+)""", re.IGNORECASE)
_ID = re.compile(r"""\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_LOCAL = re.compile(
    r"""=\s*["']?(?:file:|/(?:home|root|Users|tmp|private|mnt|srv|workspace|builds|runner)/[\w.-]|[A-Z]:[\\/]|\\\\[\w.-]+\\)"""
)
_EDIT = re.compile(
    r"https?://[\w.-]+/[\w.-]+/[\w.-]+/(?:-/)?(?:edit|blob|raw|tree|commit)/|class=\"md-source\b|md-content__button"
)
_PLAIN: Final = ("mailto:", "tel:", "data:", "#", "about:blank")
_WALKS: Final = frozenset({"a", "area"})


@dataclass(slots=True)
class Links:
    """What is needed to judge a page's links: the site's files, and what else may be pointed to."""

    site: Path
    files: Collection[str]
    settings: Settings
    others: Mapping[str, Collection[str]] = field(default_factory=dict)  # the pages of other editions, where known
    served: bool = True  # by a server, which makes a folder into its page; else the site is opened from a disk
    _ids: dict[str, frozenset[str]] = field(default_factory=dict)

    def page(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The findings about one page."""
        self._ids[name] = _ids(raw)
        relations = {found[0] for found in _REL.finditer(raw)}
        for found in _LINK.finditer(raw):
            tag, value = found[1].lower(), html.unescape(found[3].strip("\"'")).strip()
            told = tag == "link" and any(found[0] in one for one in relations)
            for target in _targets(found[2].lower(), value):
                rule = self.wrong(name, target, loads=tag not in _WALKS and not told)
                if rule is not None:
                    yield finding(rule, _place(raw, found.start(), shown))
        for style in (*_STYLE.finditer(raw), *_REFRESH.finditer(raw)):
            target = html.unescape(style[1])
            folder = not target.strip("./")  # a script's new URL("..", location), which loads nothing
            rule = self.wrong(name, target, loads=True) if self.served or not folder else None
            if rule is not None:
                yield finding(rule, _place(raw, style.start(), shown))
        yield from self.text(raw, shown)

    def style(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The findings about a style sheet."""
        for found in _STYLE.finditer(raw):
            rule = self.wrong(name, found[1], loads=True)
            if rule is not None:
                yield finding(rule, _place(raw, found.start(), shown))

    def text(self, raw: str, shown: str) -> Iterator[Finding]:
        """What no file of a site may say, wherever it stands: local paths, repositories, other editions."""
        for found in (*_LOCAL.finditer(raw), *_EDIT.finditer(raw)):
            yield finding("forbidden-link", _place(raw, found.start(), shown))
        for said in (str(self.settings.root), *self.settings.repositories):
            if len(said) > 1 and said in raw:
                yield finding("forbidden-link", _place(raw, raw.index(said), shown))
        for host in sorted({urlsplit(url).netloc.lower() for url in self.settings.urls.values()} - {""}):
            for found in re.finditer(
                rf"(?:https?:)?//{re.escape(host)}(?![\w.:-])(/[^\s\"'<>)]*)?", raw, re.IGNORECASE
            ):
                if not self._may_lead_to(host, urlsplit(html.unescape(found[1] or "/")).path.rstrip(".,;:!?")):
                    yield finding("forbidden-link", _place(raw, found.start(), shown))

    def _may_lead_to(self, host: str, path: str) -> bool:
        """Whether an address is no other edition's, or is that of a page which a stricter edition is known to have."""
        edition, place = self._edition_at(host, path)
        if edition in ("", self.settings.edition):
            return True
        pages = self.others.get(edition, ()) if edition in self.settings.stricter else ()
        return any(name in pages for name in _files(unquote(place)))

    def _edition_at(self, host: str, path: str) -> tuple[str, str]:
        """The edition that an address belongs to, the one with the longest path if several do, and the rest of it."""
        found, longest = "", 0
        for name, url in self.settings.urls.items():
            root = _root(url)
            fits = urlsplit(url).netloc.lower() == host and f"{path}/".startswith(root) and len(root) >= longest
            if fits and not (found == self.settings.edition and len(root) == longest):
                found, longest = name, len(root)
        return found, path[longest:]

    def wrong(self, name: str, target: str, *, loads: bool) -> str | None:
        """The rule that a link breaks, if any."""
        if target.lower().startswith(_PLAIN[:3]) or target in ("#", "about:blank", ""):
            return None
        parts = urlsplit(target.replace("\\", "/"))
        own = urlsplit(self.settings.urls.get(self.settings.edition, ""))
        if parts.scheme or parts.netloc:
            if self._edition_at(parts.netloc.lower(), parts.path or "/")[0] != self.settings.edition or not own.netloc:
                return "external-load" if loads or parts.scheme not in ("http", "https", "") else None
            place = parts.path[len(_root(own.geturl())) :]
        elif parts.path.startswith("/"):
            if not self.served:
                return "broken-link"
            place = parts.path[len(_root(own.geturl())) :] if f"{parts.path}/".startswith(_root(own.geturl())) else ".."
        else:
            place = posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path)) if parts.path else name
            place += "/" if parts.path.endswith("/") else ""
            if not self.served and unquote(place) not in self.files:
                return "broken-link"
        return None if self.resolves(unquote(place), unquote(parts.fragment)) else "broken-link"

    def resolves(self, place: str, anchor: str) -> bool:
        """Whether there is such a file, and in it such an anchor."""
        if place.startswith(".."):
            return False
        name = next((one for one in _files(place) if one in self.files), None)
        if name is None or not anchor or not name.endswith(".html"):
            return name is not None
        if name not in self._ids:
            self._ids[name] = _ids((self.site / name).read_text(encoding="utf-8", errors="replace"))
        return anchor in self._ids[name] or anchor.startswith(":~:")


def _files(place: str) -> tuple[str, ...]:
    plain = place.strip("/")
    return ("index.html",) if plain in ("", ".") else (plain, f"{plain}/index.html")


def _root(url: str) -> str:
    """The path of a site, with a slash at its end."""
    return urlsplit(url).path.rstrip("/") + "/"


def _ids(raw: str) -> frozenset[str]:
    return frozenset(html.unescape(a or b or c) for a, b, c in _ID.findall(raw))


def _targets(attribute: str, value: str) -> list[str]:
    if attribute == "srcset":
        return [one.split()[0] for one in value.split(",") if one.split()]
    return [] if attribute == "cite" else [value]


def _place(raw: str, at: int, shown: str) -> Place:
    return Place(shown, raw.count("\n", 0, at) + 1, at - raw.rfind("\n", 0, at))
