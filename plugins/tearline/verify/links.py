"""Where a page leads: links inside the site resolve, nothing is loaded from elsewhere, nothing gives a place away."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tearline.findings import Finding, Place, finding
from tearline.verify.decoding import unescaped
from tearline.verify.settings import Settings

# A tag with what is quoted in it, and its attributes: a browser wants no blank between them.
_TAG = re.compile(r"""<[A-Za-z][^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>?""")
_INNER = re.compile(r"<[A-Za-z][^<>]*")
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""")
_LEADS: Final = frozenset(
    "href xlink:href src srcset imagesrcset action formaction poster data background manifest ping longdesc".split()
)
_REL = re.compile(
    r"<link\b[^<>]*\brel\s*=\s*[\"']?(canonical|alternate|next|prev|license|author|help|search)\b[^<>]*>", re.IGNORECASE
)
_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""", re.IGNORECASE)
_REFRESH = re.compile(r"""http-equiv\s*=\s*["']?refresh["']?[^<>]*url\s*=\s*([^"'>\s]+)""", re.IGNORECASE)
_LOCAL = re.compile(
    r"""=\s*["']?(?:file:|/(?:home|root|Users|tmp|private|mnt|srv|workspace|builds|runner)/[\w.-]|[A-Z]:[\\/]|\\\\[\w.-]+\\)"""
)
_EDIT = re.compile(
    r"https?://[\w.-]+/[\w.-]+/[\w.-]+/(?:-/)?(?:edit|blob|raw|tree|commit)/|class=\"md-source\b|md-content__button"
)
_EDITED: Final = ("/edit/", "/blob/", "/raw/", "/tree/", "/commit/", "md-source", "md-content__button")
_PLAIN: Final = ("mailto:", "tel:", "data:", "#", "about:blank")
_KEPT: Final = 20_000  # tags that are remembered: those that are on many pages come early
_WALKS: Final = frozenset({"a", "area"})


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag leads to, what may be led to in it, and whether following it loads something without being asked."""

    targets: tuple[str, ...]
    ids: tuple[str, ...]
    loads: bool


@dataclass(slots=True)
class Links:
    """What is needed to judge a page's links: the site's files, and what else may be pointed to."""

    site: Path
    files: Collection[str]
    settings: Settings
    others: Mapping[str, Collection[str]] = field(default_factory=dict)  # the pages of other editions, where known
    served: bool = True  # by a server, which makes a folder into its page; else the site is opened from a disk
    crossed: bool = False  # whether what was judged since this was set depends on the anchors of another page
    _at: str = ""
    _ids: dict[str, frozenset[str]] = field(default_factory=dict)
    _tags: dict[str, Tag] = field(default_factory=dict)  # pages of a site have most of their tags in common

    def page(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The findings about one page."""
        self._at = name
        tags = self._read(name, raw)
        wrong: dict[str, list[str]] = {}
        for written, tag in tags.items():
            rules = [self.wrong(name, target, loads=tag.loads) for target in tag.targets]
            if any(rules):
                wrong[written] = [rule for rule in rules if rule is not None]
        for found in _TAG.finditer(raw) if wrong else ():
            yield from (finding(broken, _place(raw, found.start(), shown)) for broken in wrong.get(found[0], ()))
        small = _small(raw)
        for style in _styles(raw, small):
            target = unescaped(style[1])
            folder = not target.strip("./")  # a script's new URL("..", location), which loads nothing
            rule = self.wrong(name, target, loads=True) if self.served or not folder else None
            if rule is not None:
                yield finding(rule, _place(raw, style.start(), shown))
        yield from self._text(raw, small, shown)

    def _read(self, name: str, raw: str) -> dict[str, Tag]:
        """The tags of a page that lead somewhere; its anchors are remembered."""
        found: dict[str, Tag] = {}
        ids: set[str] = set()
        for written in set(_TAG.findall(raw)):
            tag = self._tags.get(written)
            if tag is None:
                tag = _tag(written)
                if len(self._tags) < _KEPT:
                    self._tags[written] = tag
            ids.update(tag.ids)
            if tag.targets:
                found[written] = tag
        self._ids[name] = frozenset(ids)
        return found

    def style(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The findings about a style sheet."""
        for found in _STYLE.finditer(raw):
            rule = self.wrong(name, found[1], loads=True)
            if rule is not None:
                yield finding(rule, _place(raw, found.start(), shown))

    def text(self, raw: str, shown: str) -> Iterator[Finding]:
        """What no file of a site may say, wherever it stands: local paths, repositories, other editions."""
        yield from self._text(raw, _small(raw), shown)

    def _text(self, raw: str, small: bytes, shown: str) -> Iterator[Finding]:
        edited = _EDIT.finditer(raw) if any(sign in raw for sign in _EDITED) else ()
        for found in (*_LOCAL.finditer(raw), *edited):
            yield finding("forbidden-link", _place(raw, found.start(), shown))
        for said in (str(self.settings.root), *self.settings.repositories):
            if len(said) > 1 and said in raw:
                yield finding("forbidden-link", _place(raw, raw.index(said), shown))
        for host in sorted({urlsplit(url).netloc.lower() for url in self.settings.urls.values()} - {""}):
            if host.encode() not in small:
                continue
            for found in re.finditer(
                rf"(?:https?:)?//{re.escape(host)}(?![\w.:-])(/[^\s\"'<>)]*)?", raw, re.IGNORECASE
            ):
                if not self._may_lead_to(host, urlsplit(unescaped(found[1] or "/")).path.rstrip(".,;:!?")):
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
        self.crossed |= name != self._at
        if name not in self._ids:
            self._read(name, (self.site / name).read_text(encoding="utf-8", errors="replace"))
        return anchor in self._ids[name] or anchor.startswith(":~:")


def _files(place: str) -> tuple[str, ...]:
    plain = place.strip("/")
    return ("index.html",) if plain in ("", ".") else (plain, f"{plain}/index.html")


def _root(url: str) -> str:
    """The path of a site, with a slash at its end."""
    return urlsplit(url).path.rstrip("/") + "/"


def _tag(written: str) -> Tag:
    """A tag as it is written, read."""
    name = re.split(r"[\s/>]", written[1:], maxsplit=1)[0].lower()
    targets: list[str] = []
    ids: list[str] = []
    for attribute, value in _ATTRIBUTE.findall(written):
        said = unescaped(value.strip("\"'"))
        if attribute.lower() in _LEADS:
            targets += _targets(attribute.lower(), said.strip())
        elif attribute in ("id", "name"):
            ids.append(said)
    for inner in _INNER.findall(written, 1):  # what one reader takes for a quoted value is a tag to another
        targets += _tag(inner).targets
    told = name == "link" and _REL.match(written) is not None
    return Tag(tuple(targets), tuple(ids), loads=name not in _WALKS and not told)


def _styles(raw: str, small: bytes) -> Iterator[re.Match[str]]:
    """What style sheets and refreshes in a page load. Few pages have any, and looking for the signs is quicker."""
    if b"url(" in small or b"@import" in small:
        yield from _STYLE.finditer(raw)
    if b"http-equiv" in small:
        yield from _REFRESH.finditer(raw)


def _small(raw: str) -> bytes:
    """A text with ASCII in small letters, to look for signs in: much quicker than as a text."""
    return raw.encode("utf-8", "replace").lower()


def _targets(attribute: str, value: str) -> list[str]:
    if attribute.endswith("srcset"):
        return [one.split()[0] for one in value.split(",") if one.split()]
    return value.split() if attribute == "ping" else [value]


def _place(raw: str, at: int, shown: str) -> Place:
    return Place(shown, raw.count("\n", 0, at) + 1, at - raw.rfind("\n", 0, at))
