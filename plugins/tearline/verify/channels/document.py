"""PDF: text, properties, outlines and attachments, where the reader for it is installed; else a finding."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from tearline.verify.channels.contents import LARGEST, Content, Inner, Text, Trouble

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)


def read(data: bytes) -> Iterator[Content]:
    """Everything in a PDF that is words. Pixels and fonts in it are not read."""
    yield Text(data.decode("latin-1"), "in the PDF's bytes")
    for stream in _STREAM.finditer(data):
        try:
            yield Text(zlib.decompressobj().decompress(stream[1], LARGEST).decode("latin-1"), "in a PDF stream")
        except zlib.error:
            continue
    try:
        reader = import_module("pypdf").PdfReader(io.BytesIO(data))
    except ImportError:
        yield Trouble("unreadable-file", "a PDF, and `pypdf`, which reads it, is not installed")
        return
    except Exception:  # noqa: BLE001 - whatever a broken file makes of the reader
        yield Trouble("unreadable-file", "a PDF that cannot be opened")
        return
    try:
        yield from _parts(reader)
    except Exception:  # noqa: BLE001 - likewise
        yield Trouble("unreadable-file", "a PDF that cannot be read to its end")


def _parts(reader: Any) -> Iterator[Content]:
    if reader.is_encrypted and not reader.decrypt(""):
        yield Trouble("unreadable-file", "an encrypted PDF")
        return
    for place, page in enumerate(reader.pages, 1):
        yield Text(page.extract_text() or "", f"on PDF page {place}")
        for note in page.get("/Annots") or []:
            inner = note.get_object()
            yield Text(
                "\n".join(str(inner.get(key, "")) for key in ("/Contents", "/T", "/TU", "/V", "/A")), "in a PDF note"
            )
    yield Text("\n".join(str(value) for value in (reader.metadata or {}).values()), "in the PDF's properties")
    if reader.xmp_metadata is not None:
        yield Text(reader.xmp_metadata.stream.get_data().decode("utf-8", "replace"), "in the PDF's properties")
    yield Text("\n".join(str(one) for one in _flat(reader.outline)), "in the PDF's outline")
    for name, files in reader.attachments.items():
        yield Text(name, "in the name of a PDF attachment")
        for data in files:
            yield Inner(data, name, "in a PDF attachment")


def _flat(outline: Any) -> Iterator[Any]:
    for one in outline:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one.get("/Title", "")
