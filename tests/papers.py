"""A site with PDFs, and ways of meddling with one of them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sites import CONFIGURATION, bulletin

PDF = "2026/ib-2026-001/ib-2026-001.pdf"
CONFIGURED = CONFIGURATION.replace(
    "      editions:\n", "      pdf: true\n      exercise: true\n      editions:\n"
).replace("audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n")
ROWS = "\n".join(
    f"| (U) Gauge {number} | {number} feet | Rising, and the next reading is due within the hour |"
    for number in range(60)
)
BODY = f"""\
(U) Anglers reported strangers at the weir. See [the other one](IB-2026-003) or [the plan](https://example.org/plan).

(U//LES) Quagmire Lane is where Jorun Quillfeather keeps the boats.

## (U) What we know

- (U) First
- (U//FOUO) Second, with a note.[^1]

!!! warning
    (U) Keep away from the water.

=== "(U) Monday"
    (U) Early.

=== "(U) Tuesday"
    (U) Late.

(U) ![The weir](weir.png)

| (U) Where | Level | What comes next |
|---|---:|---|
{ROWS}

[^1]: (U) Said twice.
"""
FRONT = (
    "priority: urgent",
    "in_effect_until: 2026-12-02T18:00:00-05:00",
    'action: "(U//FOUO) Keep one engine on each bank."',
    "assets:",
    '  - {file: weir.png, marking: U, alt: "(U) The weir in spring"}',
)


def needs_pango() -> None:
    """Without the libraries of PDFs a developer's run skips; a CI run fails."""
    from tearline.paper.engine import missing

    if lacks := missing():
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report(f"needs what PDFs are made with: {' '.join(lacks)}")


def sources(body: str = BODY) -> dict[str, str | bytes]:
    from leaks import picture

    return {
        "2026/weir.md": bulletin("IB-2026-001", body, *FRONT, title="(U) The weir on the Tamsin"),
        "2026/weir.png": picture("PNG"),
        "2026/b.md": bulletin("IB-2026-003", "(U//FOUO) A second bulletin.", title="(U) Second"),
        "2026/c.md": bulletin("IB-2026-004", "(U//LES) A third one.", title="(U//LES) Third"),
    }


def reader(path: Path) -> Any:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(path.read_bytes()))


def rewritten(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """The PDF of a site, changed."""

    def meddle(site: Path) -> None:
        from pypdf import PdfWriter

        writer = PdfWriter(clone_from=reader(site / PDF))
        change(writer)
        with (site / PDF).open("wb") as file:
            writer.write(file)

    return meddle


def on_a_sheet(text: str) -> Callable[[Path], None]:
    """Words drawn on the second sheet, over what is there."""

    def change(writer: Any) -> None:
        from pypdf import PageObject
        from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

        over = PageObject.create_blank_page(width=612, height=792)
        font = DictionaryObject(
            {NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in
             {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica"}.items()}
        )  # fmt: skip
        over[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F9"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F9 9 Tf 60 400 Td ({text}) Tj ET".encode())
        over[NameObject("/Contents")] = stream
        writer.pages[1].merge_page(over)

    return rewritten(change)


def in_xmp(text: str) -> Callable[[Path], None]:
    def change(writer: Any) -> None:
        from pypdf.generic import DecodedStreamObject, NameObject

        told = DecodedStreamObject()
        told.set_data(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>{text}</a></x:xmpmeta>".encode())
        told[NameObject("/Type")] = NameObject("/Metadata")
        told[NameObject("/Subtype")] = NameObject("/XML")
        writer.root_object[NameObject("/Metadata")] = writer._add_object(told)

    return rewritten(change)
