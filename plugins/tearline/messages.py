"""Items -> e-mail: a plain and an HTML text for each, beside its page, and an index that a mailer can poll.

Nothing is sent from here. The texts begin and end with the banner and say what a bulletin's reader needs before
opening it; styles are inline, and nothing is loaded from anywhere.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html import escape
from typing import Final

from tearline.items import LIMIT, Item, Items, Line
from tearline.naming import MESSAGES
from tearline.pending import Pending
from tearline.policy import Edition, Policy
from tearline.presentation import banner_of

_WIDTH: Final = 76
_LONGEST: Final = 240  # characters of a word: a line of e-mail has 998 bytes at most
_TITLE: Final = 100  # characters of a title in a subject
# What is not words with one blank between them, none of them too long for a line of e-mail.
_PARTED: Final = re.compile(rf"[^\S ]|\A |  | \Z|\S{{{_LONGEST + 1}}}")
_BAR: Final = "margin:0;padding:6px 10px;border:2px solid #1b1b1b;background:#fff;color:#1b1b1b;font-weight:bold"
_BODY: Final = "margin:0;padding:12px;background:#fff;color:#1b1b1b;font:16px/1.5 Arial,Helvetica,sans-serif"


def messages(items: Items, policy: Policy, edition: Edition) -> Pending[str]:
    """The texts by their place below docs."""
    root = f"{edition.site_url.rstrip('/')}/" if edition.site_url else ""
    texts = Pending[str]()
    texts[MESSAGES] = _index([items.of(name) for name in items.ids[:LIMIT]], policy, edition)
    for name in items.ids:
        texts.later(f"{items.addresses[name]}message.txt", partial(_made, message_text, items, name, root))
        texts.later(f"{items.addresses[name]}message.html", partial(_made, message_html, items, name, root))
    return texts


def _made(text: Callable[[Item, str], str], items: Items, name: str, root: str) -> str:
    return text(items.of(name), root)


def subject(item: Item) -> str:
    """The subject proposed for an item: ``EXERCISE [U//FOUO] URGENT UPDATED IB-2026-014 (U) …``."""
    long = len(item.title) > _TITLE
    title = textwrap.shorten(item.title, _TITLE, placeholder=" …", break_on_hyphens=False) if long else item.title
    exercise = "EXERCISE" if item.exercise else ""
    updated = "UPDATED" if item.revised else ""
    return " ".join(filter(None, [exercise, f"[{item.mark}]", item.alert, updated, item.id, title]))


def message_text(item: Item, root: str) -> str:
    """The plain text, in lines that e-mail can carry."""
    head = [item.exercise, "", item.id, item.title if item.entry is not None else "", ""]
    lines = [f"{one.label}: {_leading(one, root)}" for one in _lines(item, root)]
    said = [*head, *lines, "", *(f"{one.label}: {one.words}" for one in _below(item)), ""]
    body = [line for each in said for line in wrapped(each)]
    return "\n".join(_no_double_blank([item.banner, *body, item.banner])) + "\n"


def message_html(item: Item, root: str) -> str:
    """The same as a small HTML page of its own."""
    heading = item.title if item.entry is not None else f"{item.id}: {item.title}"
    lines = [_paragraph(one, root) for one in (*_lines(item, root), *_below(item))]
    exercise = f'<p style="margin:0;padding:6px 10px"><strong>{escape(item.exercise)}</strong></p>'
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">',
            f'<meta name="marking" content="{escape(item.banner)}">',
            f"<title>{_folded(subject(item))}</title>\n</head>",
            f'<body style="{_BODY}">\n<main>',
            f'<p style="{_BAR}">{escape(item.banner)}</p>',
            *([exercise] if item.exercise else []),
            f'<p style="margin:12px 0 0">{escape(item.id)}</p>',
            f'<h1 style="margin:0 0 12px;font-size:22px;line-height:1.3">{_folded(heading)}</h1>',
            *lines,
            f'<p style="{_BAR}">{escape(item.banner)}</p>',
            "</main>\n</body>\n</html>\n",
        ]
    )


def _index(items: Sequence[Item], policy: Policy, edition: Edition) -> str:
    """What a mailer needs to know: which items there are, when each changed, its subject, its two files."""
    told = {
        "edition": edition.name,
        "marking": banner_of((mark for one in items for mark in one.marks), policy)["banner"],
        "messages": [
            {
                "id": one.id,
                "updated": one.updated,
                "priority": one.priority,
                "state": one.state,
                "subject": subject(one),
                "text": f"{one.address}message.txt",
                "html": f"{one.address}message.html",
            }
            for one in items
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _lines(item: Item, root: str) -> Iterator[Line]:
    """The item's own lines, and the way to its page where the site has an address."""
    yield from item.lines
    if root:
        yield Line("Read it", root + item.address, item.address)


def _below(item: Item) -> Iterator[Line]:
    """With whom it may be shared, and whom to ask."""
    if item.sharing:
        yield Line("Sharing", item.sharing)
    if item.contact:
        yield Line("Contact", item.contact)


def _leading(line: Line, root: str) -> str:
    """A line's words with the address that they lead to."""
    target = f"{root}{line.address}" if line.address is not None and root else ""
    return line.words if target in ("", line.words) else f"{line.words} {target}"


def _paragraph(line: Line, root: str) -> str:
    said = _folded(line.words)
    if line.address is not None and root:
        said = f'<a href="{escape(root + line.address)}" style="color:#005ea2">{said}</a>'
    return f'<p style="margin:0 0 12px"><strong>{escape(line.label)}:</strong> {said}</p>'


def _folded(words: str) -> str:
    """Words for HTML, in lines that e-mail can carry."""
    return escape("\n".join(wrapped(words)))


def wrapped(text: str) -> list[str]:
    """A text in lines between words: what ``textwrap`` makes of it, which takes ten times as long for plain words."""
    if _PARTED.search(text):
        torn = any(len(word) > _LONGEST for word in text.split())
        return textwrap.wrap(text, _WIDTH, break_long_words=torn, break_on_hyphens=False) or [""]
    lines = []
    while len(text) > _WIDTH:
        end = text.rfind(" ", 0, _WIDTH + 1)
        end = end if end > 0 else text.find(" ", _WIDTH)  # a word that is longer than a line stands in one alone
        if end < 0:
            break
        lines.append(text[:end])
        text = text[end + 1 :]
    return [*lines, text]


def _no_double_blank(lines: Iterable[str]) -> Iterator[str]:
    last = ""
    for line in lines:
        if line or last:
            yield line
        last = line
