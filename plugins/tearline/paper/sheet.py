"""A rendered bulletin page -> the document that is laid out on paper.

Nothing of the page but its article, its marking, its exercise line and its language is looked at, so that this is also
all that a sheet depends on. What a sheet cannot do (open, play, send, be clicked away) is turned into what it can.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

BULLETIN: Final = "tl-kind--bulletin"
MARKED: Final = "Marking"
UNTIL: Final = "In effect until"
IMAGES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
_ARTICLE = re.compile(r'<article\b[^>]*class="tl-doc".*</article>', re.DOTALL)
_LANGUAGE = re.compile(r'<html\b[^>]*\blang="([A-Za-z0-9-]{2,35})"')
_MARKING = re.compile(r'<meta name="marking" content="([^"]+)"')
_BAR = re.compile(
    r'<section class="tl-bar tl-bar--top tl-bar--([a-z0-9-]+)"[^>]*>\s*'
    r'<span class="tl-vh">(?:Page marking:)?([^<]*)</span>'
)
_EXERCISE = re.compile(r'<section class="tl-exercise"[^>]*>\s*<p>([^<]*)</p>')
_IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]*)"')
_ALIGNED = re.compile(r"text-align:\s*(left|center|right)")
# Nothing that acts, and nothing that only finds its way about a screen.
_SCREEN: Final = (
    "script, style, link, meta, template, nav, button, input, select, textarea, iframe, object, embed, audio, video,"
    " svg, [hidden], .tl-vh, .tl-noprint, .tl-toc, .tl-actions, .tl-feedback, .tl-hint, .headerlink, .footnote-backref,"
    " .md-clipboard"
)
_KEPT: Final = frozenset({"class", "id", "href", "src", "alt", "colspan", "rowspan", "scope", "start", "lang", "dir"})
_DIGITS = re.compile(r"[^0-9]")
_BOXES: Final = {True: "\N{BALLOT BOX WITH CHECK}", False: "\N{BALLOT BOX}"}


class SheetError(Exception):
    """A page that cannot be put on paper. One line without a word of the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """All of a rendered page that a sheet is made of. ``address`` is where the page is read, empty where unknown."""

    name: str
    article: str
    marking: str
    style: str
    spoken: str
    exercise: str
    language: str
    address: str

    @property
    def images(self) -> list[str]:
        """The site's own pictures that the article shows, by their paths below the site, each once."""
        found = (self.below(unescape(source)) for source in _IMAGE.findall(self.article))
        return list(dict.fromkeys(name for name in found if name is not None))

    def below(self, source: str) -> str | None:
        """The path below the site that a picture's address leads to; None for any other address, or kind of file."""
        parts = urlsplit(source)
        if parts.scheme or parts.netloc or parts.query or source.startswith("/"):
            return None
        steps: list[str] = []
        for step in (*PurePosixPath(self.name).parent.parts, *PurePosixPath(parts.path).parts):
            if step == ".." and not steps:
                return None
            steps = steps[:-1] if step == ".." else [*steps, step]
        return "/".join(steps) if steps and PurePosixPath(steps[-1]).suffix.lower() in IMAGES else None


def read_page(raw: str, name: str, site_url: str) -> Page | None:
    """The page ``name`` of a site, where it is a bulletin's. Raises ``SheetError`` where its template is another's."""
    if BULLETIN not in raw:
        return None
    article, marking, bar = _ARTICLE.search(raw), _MARKING.search(raw), _BAR.search(raw)
    if article is None or marking is None or bar is None:
        raise SheetError(f"{name}: no article, or no marking, that could be put on paper")
    exercise, language = _EXERCISE.search(raw), _LANGUAGE.search(raw)
    return Page(
        name=name,
        article=article[0],
        marking=unescape(marking[1]),
        style=bar[1],
        spoken=unescape(bar[2]).strip(" ."),
        exercise=unescape(exercise[1]).strip() if exercise else "",
        language=language[1] if language else "en",
        address=urljoin(site_url, name.removesuffix("index.html")) if site_url else "",
    )


def compose(page: Page, picture: Callable[[str], bytes]) -> str:
    """The document to lay out, whole in itself. ``picture`` gives the bytes of one of ``page.images``."""
    soup = BeautifulSoup(page.article, "html.parser")
    number = _text(soup.select_one(".tl-id strong")) or PurePosixPath(page.name).parent.name.upper()
    title, until = _text(_visible(soup.select_one("h1"))), _until(soup)
    for each in soup.select("input[type=checkbox]"):
        if each.find_parent(class_="task-list-control") is not None:
            each.replace_with(_BOXES[each.has_attr("checked")] + " ")
    _open_tabs(soup)
    for each in soup.select(_SCREEN):
        each.decompose()
    for change in (_open_folds, _tabulate, _legend_last, _order):
        change(soup)
    for each in soup.find_all("img"):
        _embed(each, page, picture)
    for each in soup.find_all("a"):
        _link(each, soup, page.address)
    _bare(soup)
    check = page.address or "the site"
    when = f"after {until}" if until else "before you use this copy"
    foot = f"<b>{escape(number)}</b> Check {escape(check)} for changes {escape(when)}."
    return _DOCUMENT.format(
        language=escape(page.language),
        title=escape(title or number),
        subject=escape(page.marking),
        style=escape(page.style),
        marking=escape(page.marking),
        exercise=f'<div class="exercise">· {escape(page.exercise)} ·</div>' if page.exercise else "",
        foot=foot,
        spoken=escape(f"{MARKED}: {page.spoken}."),
        article=str(soup),
    )


_DOCUMENT: Final = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="description" content="{subject}"></head>
<body class="bar--{style}">
<div class="top"><div class="bar">{marking}</div>{exercise}</div>
<div class="bottom"><div class="foot"><div class="note">{foot}</div><div class="count"></div></div>
<div class="bar">{marking}</div></div>
<p class="spoken">{spoken}</p>
{article}
</body></html>
"""


def _text(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ", strip=True).split()) if tag is not None else ""


def _visible(tag: Tag | None) -> Tag | None:
    """A tag without what only a screen reader says."""
    for each in tag.select(".tl-vh, .headerlink") if tag is not None else ():
        each.decompose()
    return tag


def _until(soup: BeautifulSoup) -> str:
    """Until when the bulletin is in effect, as its key facts say it; nothing where it is no longer."""
    if soup.select_one(".tl-state--ended, .tl-state--superseded, .tl-state--recalled") is not None:
        return ""
    for label in soup.find_all("dt"):
        if _text(label) == UNTIL and (value := label.find_next_sibling("dd")) is not None:
            return _text(value)
    return ""


def _open_tabs(soup: BeautifulSoup) -> None:
    """Tabs, one after the other, each under its label."""
    for tabs in soup.select(".tabbed-set"):
        labels = tabs.select(".tabbed-labels > label")
        for label, block in zip(labels, tabs.select(".tabbed-block"), strict=False):
            label.name = "p"
            _class(label, "tab-label")
            block.insert(0, label.extract())
        for rest in tabs.select(".tabbed-labels"):
            rest.decompose()


def _open_folds(soup: BeautifulSoup) -> None:
    for fold in soup.find_all("details"):
        fold.name = "div"
        _class(fold, "fold", *_classes(fold))
    for label in soup.find_all("summary"):
        label.name = "p"
        _class(label, "fold-label")


def _tabulate(soup: BeautifulSoup) -> None:
    """A list of terms in groups becomes a table whose rows have headings: a list of groups has no tags in a PDF."""
    for terms in soup.find_all("dl"):
        groups = terms.find_all("div", recursive=False)
        if not groups or terms.find(["dt", "dd"], recursive=False) is not None:
            continue
        terms.name = "table"
        _class(terms, "terms", *_classes(terms))
        for group in groups:
            group.name = "tr"
            for cell in group.find_all(["dt", "dd"], recursive=False):
                cell.name = "th" if cell.name == "dt" else "td"
                if cell.name == "th":
                    cell["scope"] = "row"


def _legend_last(soup: BeautifulSoup) -> None:
    """What every mark means is looked up, not read first."""
    article = soup.find("article")
    for legend in soup.select(".tl-legend"):
        if isinstance(article, Tag):
            article.append(legend.extract())
    for rail in soup.select(".tl-rail"):
        if not _text(rail):
            rail.decompose()


def _order(soup: BeautifulSoup) -> None:
    """A heading is at most one level below the one before it, which is what readers of tagged PDFs go by."""
    last = 0
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        last = min(int(heading.name[1]), last + 1)
        heading.name = f"h{last}"


def _embed(image: Tag, page: Page, picture: Callable[[str], bytes]) -> None:
    """One of the site's pictures, with its bytes; its words in place of any other."""
    alt = str(image.get("alt") or "").strip()
    name = page.below(str(image.get("src") or ""))
    if name is None:
        image.replace_with(alt)
        return
    kind = IMAGES[PurePosixPath(name).suffix.lower()]
    image["src"] = f"data:{kind};base64,{base64.b64encode(picture(name)).decode()}"
    image["alt"] = alt or "Picture"
    if image.parent is not None:
        _class(image.parent, "picture", *_classes(image.parent))  # its mark stays on the same sheet


def _link(link: Tag, soup: BeautifulSoup, address: str) -> None:
    """A link that leads somewhere from paper too: its address is printed where its words are others."""
    target = str(link.get("href") or "")
    parts = urlsplit(target)
    words = _text(link)
    if target.startswith("#"):
        if soup.find(id=target[1:]) is None or link.find("img"):
            link.unwrap()
    elif parts.scheme in {"http", "https", "mailto", "tel"}:
        shown = parts.path if parts.scheme in {"mailto", "tel"} else target
        bare = re.sub(r"^https?://|/$", "", shown)
        is_said = bare in words or (parts.scheme == "tel" and _DIGITS.sub("", bare) in _DIGITS.sub("", words))
        if bare and not is_said:
            link.append(BeautifulSoup(f' <span class="address">({escape(shown)})</span>', "html.parser"))
    elif not parts.scheme and not parts.netloc and address:
        link["href"] = urljoin(address, target)
    else:
        link.unwrap()


def _bare(soup: BeautifulSoup) -> None:
    """Attributes that a sheet needs, and no others."""
    aimed = {str(link.get("href"))[1:] for link in soup.find_all("a") if str(link.get("href")).startswith("#")}
    for each in soup.select("*"):
        classes = [*_classes(each), *(f"at-{way}" for way in _aligned(each))]
        each.attrs = {
            key: value for key, value in each.attrs.items() if key in _KEPT and (key != "id" or value in aimed)
        }
        if classes:
            _class(each, *classes)


def _classes(tag: Tag) -> list[str]:
    given = tag.get("class") or ""
    return given.split() if isinstance(given, str) else list(given)


def _class(tag: Tag, *names: str) -> None:
    tag["class"] = " ".join(names)


def _aligned(tag: Tag) -> Iterator[str]:
    if tag.name in {"td", "th"}:
        yield from _ALIGNED.findall(str(tag.get("style") or ""))
        if tag.get("align") in {"left", "center", "right"}:
            yield str(tag["align"])
