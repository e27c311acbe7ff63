"""Ways of putting a common word, a time or a picture into a PDF where no list of withheld words would find it.

Each takes the bytes of a bulletin's PDF and gives others, which readers show as before but for what was planted.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from typing import Any, Final

from leaks import picture

WORD: Final = "basement"
TIME: Final = "02:47"
NUMBER: Final = "93"
Plant = Callable[[bytes], bytes]


def rewritten(change: Callable[[Any], object]) -> Plant:
    """What a change by pypdf makes of a PDF."""

    def plant(data: bytes) -> bytes:
        from pypdf import PdfReader, PdfWriter

        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return plant


def drawn(operators: str) -> Plant:
    """More of the first sheet's own language."""

    def change(writer: Any) -> None:
        from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject

        sheet = writer.pages[0]
        stream = DecodedStreamObject()
        stream.set_data(f"\nq {operators} Q\n".encode())
        held = sheet[NameObject("/Contents")]
        parts = list(held) if isinstance(held, ArrayObject) else [sheet.raw_get("/Contents")]
        sheet[NameObject("/Contents")] = ArrayObject([*parts, writer._add_object(stream)])

    return rewritten(change)


def xmp(writer: Any) -> None:
    told = writer.root_object["/Metadata"].get_object()
    told.set_data(told.get_data().replace(b"</rdf:RDF>", f"<!-- {WORD} --></rdf:RDF>".encode()))


def note(writer: Any) -> None:
    from pypdf.annotations import Text

    writer.add_annotation(page_number=0, annotation=Text(text=TIME, rect=(10, 10, 30, 30)))


def alternative(writer: Any) -> None:
    """Words for listeners about the whole document."""
    from pypdf.generic import NameObject, TextStringObject

    writer.root_object["/StructTreeRoot"].get_object()[NameObject("/Alt")] = TextStringObject(WORD)


def layer(writer: Any) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

    one = writer._add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject(WORD)})
    )
    told = DictionaryObject({NameObject("/OCGs"): ArrayObject([one]), NameObject("/D"): DictionaryObject()})
    writer.root_object[NameObject("/OCProperties")] = told


def labels(writer: Any) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

    label = DictionaryObject({NameObject("/P"): TextStringObject(WORD)})
    told = DictionaryObject({NameObject("/Nums"): ArrayObject([NumberObject(0), label])})
    writer.root_object[NameObject("/PageLabels")] = told


def unreferenced(writer: Any) -> None:
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    writer._add_object(DictionaryObject({NameObject("/Said"): TextStringObject(f"{WORD} {TIME}")}))


def updated(data: bytes) -> bytes:
    """An incremental update: another title, behind the end of the file."""
    table = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    at = len(data) + 1
    more = f"9999 0 obj\n<< /Said ({WORD}) >>\nendobj\n"
    root = re.findall(rb"/Root (\d+ \d+ R)", data)[-1].decode()
    more += f"xref\n9999 1\n{at:010} 00000 n \ntrailer\n<< /Size 10000 /Root {root} /Prev {table} >>\n"
    return data + f"\n{more}startxref\n{at + more.index('xref')}\n%%EOF\n".encode()


def between(data: bytes) -> bytes:
    """Bytes before the table of objects, which no object holds. The end of the file says where the table is."""
    said = f"{NUMBER} {WORD}\n".encode()
    at = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    moved = data[:at] + said + data[at:]
    return re.sub(rb"(startxref\s+)\d+", lambda found: found[1] + str(at + len(said)).encode(), moved)


def pictures(writer: Any) -> list[Any]:
    found = [one.get_object() for one in writer._objects if one is not None]
    return [one for one in found if hasattr(one, "get") and one.get("/Subtype") == "/Image"]


def swapped(writer: Any) -> None:
    """Other pixels in the place of a picture's own."""
    one = pictures(writer)[0]
    size = int(one["/Width"]) * int(one["/Height"]) * 3
    one._data = zlib.compress(bytes(255 - place % 251 for place in range(size)))


def painted(data: bytes) -> bytes:
    """A picture that the page does not show, over the first sheet."""
    from PIL import Image
    from pypdf import PdfReader, PdfWriter

    sheet = io.BytesIO()
    Image.open(io.BytesIO(picture("PNG"))).convert("RGB").save(sheet, "PDF")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.pages[0].merge_page(PdfReader(sheet).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PLANTS: Final[dict[str, Plant]] = {
    "a property": rewritten(lambda writer: writer.add_metadata({"/Sector": WORD})),
    "XMP": rewritten(xmp),
    "a note": rewritten(note),
    "words for listeners in a sheet": drawn(f"/Span << /ActualText ({WORD}) >> BDC EMC"),
    "words for listeners beside the sheets": rewritten(alternative),
    "the name of a layer": rewritten(layer),
    "the labels of sheets": rewritten(labels),
    "a bookmark": rewritten(lambda writer: writer.add_outline_item(title="Words", page_number=0)),  # the page has it
    "an object that nothing leads to": rewritten(unreferenced),
    "an update behind the end": updated,
    "after the end": lambda data: data + f"% {TIME}\n".encode(),
    "between objects": between,
    "an attachment": rewritten(lambda writer: writer.add_attachment("a.txt", b"Words")),
    "text that is not drawn": drawn("BT 3 Tr /F9 9 Tf 60 400 Td (Words) Tj ET"),
    "white text": drawn("BT 1 1 1 rg /F9 9 Tf 60 400 Td (Words) Tj ET"),
    "text in pieces": drawn(f"BT /F9 9 Tf 60 400 Td [({WORD[:3]}) -20 ({WORD[3:]})] TJ ET"),
    "a comment in a sheet": drawn(f"% {WORD}\n"),
    "one more picture": painted,
    "another picture": rewritten(swapped),
}  # fmt: skip
