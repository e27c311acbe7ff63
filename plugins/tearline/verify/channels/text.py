"""Everything that is text: HTML, XML, SVG, JSON, scripts, style sheets, source maps, Markdown, feeds."""

from __future__ import annotations

from collections.abc import Iterator

from tearline.verify.channels.contents import UNPACKED, Content, Inner, Text, TooLargeError
from tearline.verify.decoding import hidden_bytes, texts_of


def read(data: bytes) -> Iterator[Content]:
    """The text in each encoding it may be in, and what base64 in it hides. Raises ``TooLargeError``."""
    if len(data) > UNPACKED:
        raise TooLargeError
    for how, text in texts_of(data):
        yield Text(text, how, markup=True, styled=True)
        if not how:
            for inner in hidden_bytes(text):
                yield Inner(inner, "", "in base64 data")
