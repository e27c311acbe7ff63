"""Text in a vector picture is read as text; what it says of itself is a finding of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tearline.verify.channels import text
from tearline.verify.channels.contents import Content, Trouble

_EXTRA = re.compile(
    rb"<metadata\b|<!--|<\?xpacket|<script\b|<foreignObject\b|rdf:RDF|sodipodi:|inkscape:", re.IGNORECASE
)


def read(data: bytes) -> Iterator[Content]:
    """All of it as text."""
    yield from text.read(data)
    if _EXTRA.search(data):
        yield Trouble("file-metadata", "an SVG with metadata, comments or scripts")
