"""What is handed on without its page: entries of feeds, texts for e-mail. Each has to say its page's marking itself."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tearline.findings import Finding, Place, finding
from tearline.verify.decoding import TAG
from tearline.verify.settings import Settings

_MESSAGE = re.compile(r"([0-9]{4}/[^/]+/)message\.(?:txt|html)")
_FEED = re.compile(r"(?:browse/[a-z-]+/[a-z0-9-]+/)?feed\.(?:xml|json)")
_ENTRY = re.compile(r"<entry>(.*?)</entry>", re.DOTALL)
_FIELD = re.compile(r"<(title|summary|content)\b[^<>]*>(.*?)</\1>", re.DOTALL)
_HREF = re.compile(r'<link\b[^<>]*\bhref="([^"]*)"')
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_HEAD = re.compile(r"<head\b.*?</head>", re.DOTALL)
_BLOCK = re.compile(r"</p>|</h1>")
_MARKING = re.compile(r'<meta name="marking" content="([^"]*)"')
_INDEX: Final = "messages.json"
_NAMED = re.compile(rb"[/\"]([0-9]{4}/[A-Za-z0-9._-]{1,200}/)")


@dataclass(frozen=True, slots=True)
class Part:
    """The texts about one bulletin, those that begin (and those that end) with its banner, and its page's address."""

    page: str
    texts: tuple[str, ...]
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def is_handed(name: str) -> bool:
    """Whether a file of a site has parts."""
    return name == _INDEX or bool(_FEED.fullmatch(name)) or is_message(name)


def is_feed(name: str) -> bool:
    """Whether a file has parts that are about several pages."""
    return is_handed(name) and not is_message(name)


def is_message(name: str) -> bool:
    """Whether a file is the text of an e-mail."""
    return bool(_MESSAGE.fullmatch(name))


def page_of(name: str) -> str:
    """The page that the text of an e-mail is about."""
    found = _MESSAGE.fullmatch(name)
    return f"{found[1]}index.html" if found is not None else ""


def named(data: bytes) -> frozenset[str]:
    """The pages that a feed or an index can be about: all whose addresses it names."""
    return frozenset(f"{found.decode()}index.html" for found in _NAMED.findall(data))


def parts(name: str, raw: str, settings: Settings) -> list[Part] | None:
    """The parts of a feed, an index or a message; None where it cannot be taken apart."""
    root = settings.urls.get(settings.edition, "").rstrip("/") + "/"
    message = _MESSAGE.fullmatch(name)
    if message is not None:
        return [_message(f"{message[1]}index.html", raw, is_html=name.endswith(".html"))]
    if name.endswith(".xml"):
        found = [_entry(entry, root) for entry in _ENTRY.findall(raw)]
        return found if len(found) == raw.count("<entry") else None
    try:
        read = json.loads(raw)
        return (
            [_noted(one) for one in read["messages"]] if name == _INDEX else [_item(one, root) for one in read["items"]]
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def check(part: Part, site: Path, shown: str) -> Iterator[Finding]:
    """Whether a part says the marking that its page has, and has a page."""
    path = site / part.page
    if not part.page or ".." in part.page.split("/") or not path.is_file():
        yield finding("broken-link", Place(shown))
        return
    found = _MARKING.search(path.read_text(encoding="utf-8", errors="replace"))
    banner = html.unescape(found[1]) if found is not None else ""
    opens = all(text.startswith(banner) for text in part.opened)
    if not (banner and opens and all(text.endswith(banner) for text in part.closed)):
        yield finding("banner-missing", Place(shown))


def _message(page: str, raw: str, *, is_html: bool) -> Part:
    if not is_html:
        return Part(page, tuple(raw.split("\n\n")), (raw,), (raw.rstrip("\n"),))
    blocks = [text for block in _BLOCK.split(_HEAD.sub("", raw)) if (text := _said(block))]
    title = _TITLE.search(raw)
    return Part(page, (*blocks, html.unescape(title[1]) if title else ""), (" ".join(blocks),), tuple(blocks[-1:]))


def _entry(entry: str, root: str) -> Part:
    fields = {key: html.unescape(value) for key, value in _FIELD.findall(entry)}
    href = _HREF.search(entry)
    return _fed(
        html.unescape(href[1]) if href else "", fields.get("title"), fields.get("summary"), fields.get("content"), root
    )


def _item(item: Mapping[str, Any], root: str) -> Part:
    return _fed(item.get("url", ""), item.get("title"), item.get("summary"), item.get("content_html"), root)


def _fed(url: str, title: str | None, summary: str | None, content: str | None, root: str) -> Part:
    """An entry: its summary and its content begin with the banner, each by itself."""
    blocks = [text for block in _BLOCK.split(content or "") if (text := _said(block))]
    page = f"{url[len(root) :]}index.html" if url.startswith(root) else ""
    return Part(page, (title or "", *(summary or "").split(" · "), *blocks), (summary or "", " ".join(blocks)))


def _noted(told: Mapping[str, Any]) -> Part:
    return Part(f"{told['text'].rpartition('/')[0]}/index.html", (told["subject"],))


def _said(markup: str) -> str:
    return " ".join(html.unescape(TAG.sub("", markup)).split())
