"""PDF, with all that it may hold, and whether it is what printing the page beside it gives."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ByteStringObject, DictionaryObject, NameObject, StreamObject

from hangs import no_hang
from leaks import PHRASE, pdf, picture
from papers import CONFIGURED, needs_pango
from planted import PLANTS
from sites import ROOT, bulletin, make_site, tearline
from tearline.findings import Finding
from tearline.paper.engine import _libraries
from tearline.paper.maker import Maker, page_of
from tearline.paper.reprint import NONE, digests
from tearline.verify import Question, printed, verify
from tearline.verify.__main__ import _made as checks_made
from tearline.verify.channels.contents import Text, Trouble
from tearline.verify.channels.table import contents
from tearline.verify.ledger import Origin, make_ledger
from tearline.verify.scan import Scanner
from tearline.verify.settings import read_settings
from tearline.verify.verdict import _UNPRINTED, _WITHOUT

PLAIN = "Nothing of note"


def said(name: str, data: bytes) -> dict[str, bool]:
    """How each text in a file was come by, and whether it says the phrase."""
    found: dict[str, bool] = {}
    for each in contents(name, data):
        if isinstance(each, Text):
            found[each.where] = found.get(each.where, False) or PHRASE in each.text
    return found


def troubles(name: str, data: bytes) -> list[str]:
    return [each.detail for each in contents(name, data) if isinstance(each, Trouble)]


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def copied(data: bytes) -> PdfWriter:
    return PdfWriter(clone_from=PdfReader(io.BytesIO(data)))


def xmp(text: str) -> bytes:
    writer = copied(pdf(PLAIN))
    stream = StreamObject()
    stream._data = (
        '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>{text}</dc:description>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream.flate_encode())
    return written(writer)


def object_streams(text: str) -> bytes:
    """A PDF whose properties stand in a packed stream of objects, its table of objects in another."""
    packed = f"1 0 2 {len('<< /Type /Catalog /Pages 2 0 R >> ')} 3 {len('<< /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [] /Count 0 >> ')} "
    body = f"<< /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [] /Count 0 >> << /Title ({text}) >>"
    held = zlib.compress((packed + body).encode())
    out = b"%PDF-1.5\n"
    at = len(out)
    head = b"<< /Type /ObjStm /N 3 /First %d /Filter /FlateDecode /Length %d >>" % (len(packed), len(held))
    out += b"4 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, held)
    table = b"".join(
        struct.pack(">BHB", *row) for row in [(0, 0, 0), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, at, 0), (1, len(out), 0)]
    )
    head = b"<< /Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Info 3 0 R /Length %d >>" % len(table)
    start = len(out)
    return out + b"5 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, table, start)


def properties(text: str) -> bytes:
    """A text as UTF-16 in a property, which no bare stream shows."""
    writer = copied(pdf(PLAIN))
    writer.add_metadata({"/Subject": ByteStringObject(b"\xfe\xff" + text.encode("utf-16-be"))})
    return written(writer)


def outline(text: str) -> bytes:
    writer = copied(pdf(PLAIN))
    writer.add_outline_item(title=text, page_number=0)
    return written(writer)


def note(text: str) -> bytes:
    writer = copied(pdf(PLAIN))
    writer.add_annotation(page_number=0, annotation=FreeText(text=text, rect=(10, 10, 90, 40)))
    return written(writer)


def appearance(text: str) -> bytes:
    """A note that shows words which are not among what it says."""
    writer = copied(pdf(PLAIN))
    form = StreamObject()
    form.set_data(f"BT /F1 12 Tf 5 5 Td [({text[:7]}) -20 ({text[7:]})] TJ ET".encode())
    fonts = writer.pages[0]["/Resources"]
    form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
    form[NameObject("/Resources")] = fonts.get_object()
    held = DictionaryObject({NameObject("/N"): writer._add_object(form.flate_encode())})
    one = writer.add_annotation(page_number=0, annotation=FreeText(text="", rect=(10, 10, 90, 40)))
    one[NameObject("/AP")] = held
    return written(writer)


def meant(text: str) -> bytes:
    """Words that a page does not show, and says for those who listen."""
    said = f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC BT 20 90 Td (x) Tj ET EMC".encode()
    writer = copied(pdf(PLAIN))
    stream = StreamObject()
    stream.set_data(said)
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    return written(writer)


def attachment_without_type(text: str) -> bytes:
    """An attached file that is compressed once more."""
    writer = copied(pdf(PLAIN))
    writer.add_attachment(filename="more.gz", data=gzip.compress(text.encode()))
    return written(writer)


PDFS = {
    "page": (pdf(PHRASE), "on PDF page 1"),
    "page that is not packed": (pdf(PHRASE, packed=False), "in a PDF stream"),
    "properties": (pdf(PHRASE, where="info"), "in the PDF's properties"),
    "properties in UTF-16": (properties(PHRASE), "in the PDF's properties"),
    "XMP": (xmp(PHRASE), "in the PDF's properties"),
    "attachment": (pdf(PHRASE, where="attachment"), "in a PDF attachment"),
    "compressed attachment": (attachment_without_type(PHRASE), "in a PDF attachment in a gzip member"),
    "object stream": (object_streams(PHRASE), "in the PDF's properties"),
    "outline": (outline(PHRASE), "in a PDF object"),
    "note": (note(PHRASE), "in a PDF object"),
    "what a note shows": (appearance(PHRASE), "in a PDF object"),
    "what a page says for those who listen": (meant(PHRASE), "in a PDF object"),
}


@pytest.mark.parametrize("what", PDFS)
def test_what_a_pdf_says_is_read(what: str) -> None:
    data, where = PDFS[what]
    assert said("a.pdf", data)[where]
    assert troubles("a.pdf", data) == []


def test_an_encrypted_pdf_is_a_finding_and_read_where_it_can_be() -> None:
    for password, is_read in (("", True), ("secret", False)):
        writer = copied(pdf(PHRASE))
        writer.encrypt(password, owner_password="owner", algorithm="AES-256")  # noqa: S106 - a test's
        data = written(writer)
        assert troubles("a.pdf", data) == ["an encrypted PDF"]
        assert any(said("a.pdf", data).values()) is is_read


def test_a_broken_pdf_is_a_finding_and_what_is_left_of_it_is_read() -> None:
    whole = pdf(PHRASE)
    for data in (whole[:-120], whole.replace(b"/Pages 2 0 R", b"/Pages 9 0 R"), whole.replace(b"xref", b"xxxx")):
        assert troubles("a.pdf", data) == ["a PDF that cannot be read to its end"]
        assert said("a.pdf", data)["in a PDF stream"]
    chance = random.Random(7)  # noqa: S311 - the same faults in every run
    with no_hang():
        for _ in range(20):
            data = bytearray(whole)
            for _ in range(12):
                data[chance.randrange(8, len(data))] = chance.randrange(256)
            assert list(contents("a.pdf", bytes(data)))


def test_a_pdf_whose_pages_lead_in_a_circle_ends() -> None:
    data = pdf(PHRASE).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")
    with no_hang():
        assert said("a.pdf", data)["in a PDF stream"]
        assert troubles("a.pdf", data) == ["a PDF that cannot be read to its end"]


# --- as the site's own PDFs are made -----------------------------------------------------------------------------

SHEET = """
<html lang="en"><style>
  @page { size: 90mm 60mm; margin: 8mm; @bottom-center { content: "Page " counter(page) " of " counter(pages) } }
  p { hyphens: auto; text-align: justify } h1 { bookmark-level: 1 }
  .set { letter-spacing: 0.3em } .small { font-variant: small-caps }
</style><title>%(title)s</title><h1>Officers affiliated with the flotilla</h1>
<p>The surveillance administrators investigated efficiently and telecommunications responsibilities flourished, with
extraordinary affinities in the northwestern neighbourhoods. %(words)s
<p class="set">%(set)s<p class="small">%(small)s<table><tr><td style="width: 20mm">%(cell)s<td>Another cell</table>
"""
CLEAN = dict.fromkeys(("title", "words", "set", "small", "cell"), "Nothing of note")


@pytest.fixture(scope="module")
def sheet() -> Callable[..., bytes]:
    """A PDF by WeasyPrint, which loads libraries of the system."""
    try:
        from weasyprint import HTML
    except OSError:
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report("needs Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    return lambda **words: HTML(string=SHEET % (CLEAN | words)).write_pdf()


def found(data: bytes, *withheld: str) -> list[Finding]:
    ledger = make_ledger([(text, Origin("x.md", 1)) for text in withheld])
    settings = read_settings(ROOT / "mkdocs.yml", "eoc")
    return list(Scanner(ledger, settings).bytes_of("a.pdf", data, "a.pdf"))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("title", "Dana Quillfeather"),
        ("words", "Dana Quillfeather, the fluffy official, flew off"),  # ligatures
        ("words", "Informants saw Quill&shy;feather&shy;stone&shy;bridge&shy;water&shy;haven&shy;worth near it"),
        ("words", "They said that AVATAR and Tovarich were names of Dana Quillfeather"),  # kerning
        ("set", "Dana Quillfeather"),
        ("small", "Dana Quillfeather"),
        ("cell", "Dana Quillfeather drives a dark truck with one light"),
    ],
)
def test_withheld_words_are_found_however_a_sheet_sets_them(sheet: Callable[..., bytes], place: str, text: str) -> None:
    written = text.replace("&shy;", "")
    assert found(sheet(**{place: text}), written), text
    assert {one.rule.name for one in found(sheet(**{place: text}), written)} == {"withheld-words"}


def test_every_name_is_found_wherever_lines_and_pages_break_it(sheet: Callable[..., bytes]) -> None:
    name = "Quill\u00adfeather\u00adstone\u00adbridge"
    for width in range(0, 60, 3):
        data = sheet(words=f"{'x' * (width % 20)} {'word ' * (width // 3)} {name} went")
        assert found(data, name.replace("\u00ad", "")), width


def test_a_clean_sheet_passes_whatever_numbers_are_withheld(sheet: Callable[..., bytes]) -> None:
    data = sheet()
    names = ["Dana Quillfeather", "Harrow Lane", "7ABC123", "stoat@example.org"]
    assert found(data, *(f"case {number}" for number in range(2100, 10000)), *names) == []


# --- printed again ------------------------------------------------------------------------------------------------

OTHERS = ("another bulletin's", "that of an older page", "nothing", "nothing either")
NUMBERS = {what: number for number, what in enumerate((*PLANTS, *OTHERS), 1)}
URL = "https://eoc.example.org/"
ASSET = ("assets:", '  - {file: weir.png, marking: U, alt: "(U) The weir"}')
LINES = (
    "(U) Words rose at the weir.",
    "(U) ![The weir](weir.png)",
    "(U//LES) The basement, at 02:47, is 93.",
    "(U) Water.",
)
STRAY = "bulletins/bulletins.pdf"


def paper(what: str) -> str:
    return f"2026/ib-2026-{NUMBERS[what]:03}/ib-2026-{NUMBERS[what]:03}.pdf"


def page(what: str) -> str:
    return f"{paper(what).rpartition('/')[0]}/index.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_pango()
    texts: dict[str, str | bytes] = {
        f"{n}.md": bulletin(f"IB-2026-{n:03}", "\n\n".join(LINES), *ASSET) for n in NUMBERS.values()
    }
    root = make_site(
        tmp_path_factory.mktemp("planted") / "site", texts | {"weir.png": picture("PNG")}, CONFIGURED
    ).parent
    ran = tearline("build", "--edition", "eoc", cwd=root)
    assert ran.code == 0, ran.said
    return root


def told(root: Path, site: Path, *, bytes_alone: bool = False) -> tuple[dict[str, list[tuple[str, str]]], str]:
    """What is found about each file of a site, and why PDFs could not be printed again."""
    asked = Question(site, read_settings(root / "mkdocs.yml", "eoc"), jobs=2, bytes_alone=bytes_alone)
    answer = verify(asked)
    found: dict[str, list[tuple[str, str]]] = {}
    for one in answer.findings:
        found.setdefault(one.place.path.removeprefix("site/"), []).append((one.rule.name, one.detail))
    return found, answer.unprinted


@pytest.fixture(scope="module")
def planted(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[tuple[str, str]]]:
    """What is found in a site with something else in each of its PDFs."""
    site = shutil.copytree(built / "site-eoc", tmp_path_factory.mktemp("planted") / "site-eoc")
    for what, plant in PLANTS.items():
        data = (site / paper(what)).read_bytes()
        (site / paper(what)).write_bytes(plant(data))
        assert (site / paper(what)).read_bytes() != data, what
    shutil.copy(site / paper("nothing"), site / paper("another bulletin's"))
    shutil.copy(site / paper("nothing"), site / STRAY)
    older = page_of(site, page("that of an older page"), URL)
    assert older is not None
    changed = older.article.replace("Words rose", "rose Words")
    assert changed != older.article
    object.__setattr__(older, "article", changed)
    (site / paper("that of an older page")).write_bytes(Maker(site, built / "overrides").make(older))
    return told(built, site)[0]


@pytest.mark.parametrize("what", [*PLANTS, *OTHERS[:2]])
def test_whatever_is_planted_in_a_pdf_is_found(planted: Mapping[str, list[tuple[str, str]]], what: str) -> None:
    assert printed._CHANGED in planted[paper(what)]


def test_what_nothing_is_planted_in_is_silent(planted: Mapping[str, list[tuple[str, str]]]) -> None:
    assert set(planted) == {STRAY, *map(paper, [*PLANTS, *OTHERS[:2]])}
    assert printed._STRAY in planted[STRAY]


def test_the_site_as_built_is_silent_and_every_pdf_was_compared(built: Path) -> None:
    assert told(built, built / "site-eoc") == ({}, "")


def test_a_page_that_cannot_be_printed_keeps_no_other_from_it(built: Path) -> None:
    names = ["index.html", "2026/gone/index.html", page("nothing")]
    *lacking, made = digests(Maker(built / "site-eoc", built / "overrides"), names, URL)
    assert (lacking, len(made)) == ([NONE, NONE], 64)


def test_whoever_starts_it_gets_the_same_bytes(built: Path, tmp_path: Path) -> None:
    told = {"FONTCONFIG_FILE": "/nowhere", "SOURCE_DATE_EPOCH": "86400", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    asked = [str(built / "site-eoc"), str(built / "overrides"), URL]
    ran = subprocess.run(
        [sys.executable, "-m", "tearline.paper.reprint", *asked],
        input=f"{page('nothing either')}\0{page('nothing')}\0".encode(),
        stdout=subprocess.PIPE,
        env=told | {"TMPDIR": str(tmp_path)},
        check=True,
        cwd=tmp_path,
    )
    known = of(built, "nothing either", "nothing")
    assert ran.stdout.decode().split() == [known[paper("nothing either")], known[paper("nothing")]]


def test_what_pdfs_depend_on_has_the_libraries_that_lay_out_draw_and_pack() -> None:
    needs_pango()
    told = b" ".join(_libraries())
    assert [
        name for name in (b"libpango", b"libharfbuzz", b"libfreetype", b"libfontconfig", b"libz.") if name not in told
    ] == []


def program(said: str) -> tuple[str, ...]:
    return sys.executable, "-c", f"import sys, time\n{said}"


def test_where_none_can_be_printed_that_is_a_finding_or_is_said(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "_COMMAND", program("print('apt-get install x'); sys.exit(3)"))
    found, lacks = told(built, built / "site-eoc")
    assert found == {"site": [("unreadable-file", f"{_UNPRINTED}: apt-get install x; {_WITHOUT}")]}
    assert told(built, built / "site-eoc", bytes_alone=True) == ({}, lacks) == ({}, "apt-get install x")
    settings = read_settings(built / "mkdocs.yml", "eoc")
    assert checks_made(settings, built, built, lacks, bytes_alone=True) == (
        "Not checked, as --bytes-alone asked: whether PDFs are what printing their pages gives (apt-get install x)."
    )
    assert checks_made(settings, built, built, "", bytes_alone=True) == "Every check was made."


@pytest.mark.parametrize("ends", ["None", "sys.exit(1)", "time.sleep(600)"])
def test_a_program_that_fails_or_hangs_proves_nothing(built: Path, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    """It says something of the first page, and then no more."""
    monkeypatch.setattr(printed, "_COMMAND", program(f"print('0' * 64, flush=True); len(sys.argv) > 1 and {ends}"))
    monkeypatch.setattr(printed, "_START", 3)
    monkeypatch.setattr(printed, "_EACH", 0)
    known = of(built, "nothing", "nothing either")
    made = printed.check(place(built), known, frozenset(), 1)
    assert list(made.wrong.values()) == [printed._CHANGED, printed._FAILED]
    assert made.clean == frozenset()


def place(root: Path, address: str = URL, theme: str = "overrides") -> printed.Site:
    return printed.Site(root / "site-eoc", root / theme, address)


def of(root: Path, *whats: str) -> dict[str, str]:
    """The files that the PDFs of these depend on, by their SHA-256."""
    site = root / "site-eoc"
    pictures = [path.relative_to(site).as_posix() for path in site.glob("assets/*.png")]
    names = [*map(page, whats), *map(paper, whats), *pictures]
    return {name: hashlib.sha256((site / name).read_bytes()).hexdigest() for name in names}


def test_what_was_right_is_not_printed_again_beside_the_very_same_things(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = of(built, "nothing", "nothing either")
    first = printed.check(place(built), known, frozenset(), 1)
    assert (dict(first.wrong), len(first.clean), first.lacks) == ({}, 2, "")
    asked: list[list[str]] = []
    monkeypatch.setattr(printed, "_made", lambda _site, pages, _jobs: asked.append(list(pages)) or ())

    def again(files: Mapping[str, str], site: printed.Site) -> list[str]:
        printed.check(site, files, first.clean, 1)
        return asked[-1]

    both = [page("nothing"), page("nothing either")]
    assert again(known, place(built)) == []
    for name, wanted in ((both[0], both[:1]), (paper("nothing either"), both[1:]), (max(known), both)):
        assert again(known | {name: "0" * 64}, place(built)) == wanted, name
    assert again(known, place(built, "https://example.org/")) == both
    assert again(known, place(built, theme="placeholder")) == both
    monkeypatch.setattr(printed, "_engine", lambda: ("another", ""))
    assert again(known, place(built)) == both
