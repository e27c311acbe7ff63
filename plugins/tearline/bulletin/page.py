"""Pages: unmarked documents in free Markdown, whose own ``marking:`` covers every word of them.

A page may use whatever Markdown the site has, except what reads other files by itself, comments, and marks.
To write *about* marks, a page puts the mark alone in inline code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tearline.bulletin.reading import Reader
from tearline.marking import find_marks

_MENTION = re.compile(r"(?<!`)`(\([^`()\n]{1,60}\)|[A-Z][^`()\n]{0,60})`(?!`)")
_FORBIDDEN = re.compile(
    r"<!--|-8<-|\{%|\{\{|\{#(?!\w[^{}#\n]*\})|<\?|<!\[CDATA|(?i:<script|<iframe|<object|<embed|javascript:|<style|<link|<base|<meta)"
)


def without_mentions(text: str) -> str:
    """The text with every mark that stands alone in inline code blanked out, offsets kept."""
    return _MENTION.sub(lambda match: " " * len(match[0]), text)


def check_page(reader: Reader, start: int) -> None:
    """Report marks outside of inline code, comments, and markup that reads other files or runs programs."""
    body = without_mentions(reader.text[start:])
    for match in _FORBIDDEN.finditer(body):
        reader.report("page-rule", start + match.start(), width=len(match[0]))
    for paragraph, at in _paragraphs(body, start):
        reader.measure(paragraph, at)
        for like in find_marks(paragraph, reader.system):
            reader.report("page-rule", at + like.start, str(like.mark or ""), width=like.end - like.start)


def _paragraphs(text: str, start: int) -> Iterator[tuple[str, int]]:
    """What stands between blank lines, with the offset where it begins; ``start`` is the text's own."""
    lines: list[str] = []
    at = start
    for line in (*text.split("\n"), ""):
        if line and not line.isspace():
            lines.append(line)
            continue
        paragraph = "\n".join(lines)
        if lines:
            yield paragraph, at
        at += len(paragraph) + (1 if lines else 0) + len(line) + 1
        lines = []
