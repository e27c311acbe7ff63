"""A PDF beside every bulletin: what is in it, that it is the same twice, and that it is verified."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papers import BODY, CONFIGURED, PDF, in_xmp, needs_pango, on_a_sheet, reader, rewritten, sources
from sites import CONFIGURATION, bulletin, make_site, needed, policy_of, tearline
from tearline import paper
from tearline.findings import report
from tearline.paper.sheet import SheetError, compose, read_page
from tearline.verify import Question, printed, read_settings, verify

PAGE = """<!doctype html><html lang="en"><head><meta name="marking" content="U&amp;X"></head><body>
<section class="tl-bar tl-bar--top tl-bar--green" aria-label="x"> <span class="tl-vh">Page marking: unclassified.</span></section>
<div class="tl-page tl-kind--bulletin"><article class="tl-doc">{}</article></div></body></html>"""
WITHHELD = "Quagmire Lane"


# --- a sheet --------------------------------------------------------------------------------------------------


def composed(article: str, name: str = "2026/ib-2026-001/index.html", url: str = "https://eoc.example.org/") -> str:
    page = read_page(PAGE.format(article), name, url)
    assert page is not None
    return compose(page, lambda name: name.encode())


def test_a_page_that_is_no_bulletin_has_no_sheet() -> None:
    assert read_page(PAGE.replace("bulletin", "listing"), "index.html", "") is None


def test_a_bulletin_without_its_marking_is_refused() -> None:
    with pytest.raises(SheetError, match="no marking"):
        read_page(PAGE.replace('name="marking"', ""), "2026/a/index.html", "")


@pytest.mark.parametrize(
    ("article", "held", "gone"),
    [
        ('<h1><span class="tl-vh">Unclassified. </span>(U) A</h1>', "<title>(U) A</title>", "Unclassified. "),
        ("<details><summary>More</summary><p>Words</p></details>", '<p class="fold-label">More</p>', "details"),
        ("<dl><div><dt>What</dt><dd>This</dd></div></dl>", '<th scope="row">What</th><td>This</td>', "<dl"),
        ("<p onclick='x()' style='color:red' data-x='y'>Words</p>", "<p>Words</p>", "onclick"),
        ("<td style='text-align: right;'>7</td>", '<td class="at-right">7</td>', "style"),
        ("<script>x()</script><p>Words</p>", "<p>Words</p>", "script"),
        ("<link rel='attachment' href='data:,x'><p>Words</p>", "<p>Words</p>", "attachment"),
        ("<a href='https://example.org/plan'>the plan</a>", "(https://example.org/plan)", "zzz"),
        ("<a href='https://example.org/'>example.org</a>", ">example.org</a>", "(https"),
        ("<a href='../ib-2026-002/'>the other</a>", 'href="https://eoc.example.org/2026/ib-2026-002/"', "(https"),
        ("<a href='javascript:x()'>words</a>", "words", "javascript"),
        ("<a href='#gone'>words</a>", "words", "#gone"),
        ("<a href='#there'>words</a><p id='there'>x</p><p id='not'>y</p>", 'id="there"', 'id="not"'),
        ("<h1>A</h1><h4>B</h4>", "<h2>B</h2>", "h4"),
        ("<img alt='A weir' src='../../assets/a.png'>", "data:image/png;base64,YXNzZXRzL2EucG5n", "../"),
        ("<img alt='A weir' src='https://example.org/a.png'>", "A weir", "https://example.org/a"),
        ("<img alt='A weir' src='file:///etc/a.png'>", "A weir", "file:"),
        ("<img alt='A weir' src='../../../../etc/a.png'>", "A weir", "etc"),
        ("<img alt='A weir' src='/etc/a.png'>", "A weir", "etc"),
        ("<img alt='A weir' src='a.svg'>", "A weir", "a.svg"),
        ("<p>x</p>", "Marking: unclassified.", "zzz"),
        ("<dl><div><dt>In effect until</dt><dd>Friday</dd></div></dl>", "for changes after Friday.", "before you"),
    ],
)  # fmt: skip
def test_what_a_sheet_makes_of_a_page(article: str, held: str, gone: str) -> None:
    made = composed(article)
    assert held in made
    assert gone not in made[made.index("<article") :]


def test_tabs_stand_one_after_the_other() -> None:
    made = composed(
        '<div class="tabbed-set"><input type="radio"><div class="tabbed-labels"><label>One</label><label>Two</label></div>'
        '<div class="tabbed-content"><div class="tabbed-block"><p>First</p></div><div class="tabbed-block"><p>Second</p></div>'
        "</div></div>"
    )
    assert re.findall(r">(\w+)</p>", made[made.index("<article") :]) == ["One", "First", "Two", "Second"]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    needs_pango()
    from tearline.paper.drawing import Press

    (tmp_path / "a.css").write_text("p { content: 'Quagmire' }")
    asked = f"<p>Words</p><img src='file://{tmp_path}/a.css'><link rel=attachment href='file:///etc/hostname'>"
    made = Press(b"").print(
        f"<html lang=en><title>x</title><link rel=stylesheet href='file://{tmp_path}/a.css'>{asked}"
    )
    assert b"EmbeddedFile" not in made


# --- whether there are any ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pdf", "lacks", "made", "said"),
    [
        ("false", ["libpango-1.0-0"], False, ""),
        ("auto", [], True, ""),
        ("auto", ["libpango-1.0-0", "fonts-dejavu-core"], False, "apt-get install libpango-1.0-0 fonts-dejavu-core"),
        ("auto", ["tearline[pdf]"], False, "pip install 'tearline[pdf]'"),
        ("true", [], True, ""),
    ],
)
def test_what_is_missing_is_named(  # noqa: PLR0913, PLR0917 - the table's columns
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdf: str, lacks: list[str], made: bool, said: str  # noqa: FBT001
) -> None:  # fmt: skip
    policy = policy_of(make_site(tmp_path / "site", {}, CONFIGURED.replace("pdf: true", f"pdf: {pdf}")))
    monkeypatch.setattr(paper, "missing", lambda: lacks)
    lines: list[str] = []
    assert paper.wanted(policy, lines.append) is made
    assert len(lines) == bool(said)
    assert said in "".join(lines)


def test_where_they_are_wanted_and_cannot_be_made_nothing_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = policy_of(make_site(tmp_path / "site", {}, CONFIGURED))
    monkeypatch.setattr(paper, "missing", lambda: ["libharfbuzz-subset0"])
    with pytest.raises(paper.PaperError, match="apt-get install libharfbuzz-subset0"):
        paper.wanted(policy)


def test_a_site_has_none_unless_it_asks(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", "(U) Words.")}, CONFIGURATION).parent
    assert tearline("build", cwd=root).code == 0
    assert not list(root.rglob("*.pdf"))
    assert "tl-pdf" not in (root / "site-eoc/2026/ib-2026-001/index.html").read_text()


# --- a site with PDFs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_pango()
    root = make_site(tmp_path_factory.mktemp("paper") / "site", sources(), CONFIGURED).parent
    for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage"]):
        ran = tearline(*arguments, cwd=root)
        assert ran.code == 0, ran.said
    return root


TITLES = {
    "Salt & pepper at AT&T; 5 < 6 > 4, <b>not bold</b>": "Straße, İstanbul, Cầu chính, ﬁre, H₂O, ½ mile, № 5, re\u0301sume\u0301.",
    "日本語 in a title, 第3版": "主桥关闭 555-0110, 다리 3번, สะพาน, पुल बंद.",
    "Fire 🔥 and ⚠️ warning": "Мост закрыт; Η γέφυρα έκλεισε; Կամուրջը փակվել է; ხიდი დაიკეტა.",
    "الجسر مغلق": "اتصل بمكتب الطوارئ على الرقم 555-0110 قبل English يوم الاثنين. הגשר נסגר 14:30 EOC.",
}


def test_no_letter_or_sign_of_a_bulletin_refuses_its_pdf(tmp_path: Path) -> None:
    needs_pango()
    texts = enumerate(TITLES.items(), 1)
    files = {f"{n}.md": bulletin(f"IB-2026-{n:03}", f"(U) {said}", title=f"(U) {title}") for n, (title, said) in texts}
    root = make_site(tmp_path / "site", files, CONFIGURED).parent
    ran = tearline("build", "--edition", "eoc", cwd=root)
    assert (ran.code, ran.out) == (0, ""), ran.said
    words = [page.extract_text() for page in reader(root / "site-eoc" / PDF.replace("001", "002")).pages]
    assert "□□□ in a title, □3□" in words[0]
    assert "□ stands for a character that no font here has; the page has it." in words[0]


def test_a_sign_that_a_page_itself_shows_needs_no_explanation() -> None:
    needs_pango()
    from tearline.paper.drawing import Press

    press = Press(b"")
    assert press.spelled("<body>a □ box, “quotes”</body>") == "<body>a □ box, “quotes”</body>"
    assert press.spelled("<body>日\u3000本\u0900</body>").startswith("<body>□ □<p")


def pdfs(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*.pdf"))}


def test_there_is_one_beside_each_bulletin(built: Path) -> None:
    assert list(pdfs(built / "site-eoc")) == [PDF, PDF.replace("001", "003")]
    assert len(pdfs(built / "site-full")) == 3


def test_the_page_leads_to_it(built: Path) -> None:
    page = (built / "site-eoc" / PDF).with_name("index.html").read_text(encoding="utf-8")
    assert 'href="ib-2026-001.pdf"' in page
    assert "tl-pdf" not in (built / "site-eoc/index.html").read_text(encoding="utf-8")


def test_every_sheet_has_marking_exercise_number_and_page(built: Path) -> None:
    sheets = [page.extract_text() for page in reader(built / "site-eoc" / PDF).pages]
    assert len(sheets) > 2
    for place, sheet in enumerate(sheets, 1):
        assert sheet.count("UNCLASSIFIED//FOUO") == 2
        assert "EXERCISE EXERCISE EXERCISE" in sheet
        assert "IB-2026-001" in sheet
        assert f"Page {place} of {len(sheets)}" in sheet
        assert (
            "https://eoc.example.org/2026/ib-2026-001/ for changes after Wed 2 December 2026, 18:00 UTC-05:00."
            in " ".join(sheet.split())
        )


def test_it_says_what_it_is_and_nothing_else_of_itself(built: Path) -> None:
    made = reader(built / "site-eoc" / PDF)
    root: Any = made.trailer["/Root"]
    assert dict(made.metadata) == {
        "/Title": "(U) The weir on the Tamsin",
        "/Subject": "UNCLASSIFIED//FOUO",
    }
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "en", True, True,
    )  # fmt: skip
    told = root["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in told
    assert not re.search(r"Date|Producer|Creator|WeasyPrint|20[0-9]{2}-", told)
    assert [one["/Title"] for one in made.outline if isinstance(one, dict)] == ["(U) The weir on the Tamsin"]
    assert "What we know" in str(made.outline)


def described(made: Any) -> list[str]:
    """What pictures are said to show."""
    found: list[str] = []
    todo = [made.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        one = todo.pop()
        if hasattr(one, "get_object"):
            one = one.get_object()
        if isinstance(one, list):
            todo += one
        elif isinstance(one, dict) and one.get("/Type") != "/OBJR":
            found += [str(one["/Alt"])] if "/Alt" in one else []
            todo.append(one.get("/K"))
    return found


def test_it_is_tagged(built: Path) -> None:
    needed("pdfinfo", package="poppler-utils")
    path = str(built / "site-eoc" / PDF)
    told = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", told)
    tree = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, text=True, check=True).stdout
    for tag in ("H1", "H2", "Table", "THead", "TH", "TD", "L ", "LI", "Figure", "Link"):
        assert re.search(rf"^\s*{tag}", tree, re.MULTILINE), tag
    assert described(reader(built / "site-eoc" / PDF)) == ["The weir in spring"]
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert all(re.search(r"yes yes yes\s+\d+\s+\d+$", line) for line in fonts)
    assert any("Public-Sans" in line for line in fonts)


def test_long_tables_repeat_their_head_and_marks_stay_in_words(built: Path) -> None:
    sheets = [" ".join(page.extract_text().split()) for page in reader(built / "site-eoc" / PDF).pages]
    assert sum("What comes next" in sheet for sheet in sheets) > 1
    assert "(U//FOUO) Second, with a note." in " ".join(sheets)
    assert "the plan (https://example.org/plan)" in " ".join(sheets)


def test_the_same_bytes_elsewhere_with_a_cold_a_warm_and_a_spoilt_store(built: Path, tmp_path: Path) -> None:
    first = {name: pdfs(built / f"site-{name}") for name in ("eoc", "full")}
    root = make_site(tmp_path / "another" / "place", sources(), CONFIGURED).parent
    store = root / ".tearline" / "eoc"
    for spoil in (None, lambda path: path.write_bytes(path.read_bytes()[:-9]), lambda path: path.write_bytes(b"%PDF")):
        for path in store.rglob("*") if spoil is not None else ():
            if path.is_file():
                spoil(path)
        ran = tearline("build", cwd=root)
        assert ran.code == 0, ran.said
        assert {name: pdfs(root / f"site-{name}") for name in ("eoc", "full")} == first


def test_what_did_not_change_is_not_made_anew(built: Path, tmp_path: Path) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    again = ("-m", "tearline.paper", str(site), str(built / "overrides"), str(tmp_path / "store"), "")
    page = (site / PDF).with_name("index.html")
    said = []
    for change in (None, None, ("Anglers", "Boaters")):
        if change:
            page.write_text(page.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
        said.append(
            subprocess.run([sys.executable, *again], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
        )
    assert said == ["2 2\n", "2 0\n", "2 1\n"]


def test_withheld_words_change_nothing(built: Path, tmp_path: Path) -> None:
    body = BODY.replace("Quagmire Lane is where Jorun Quillfeather keeps the boats", "It is somewhere else altogether")
    root = make_site(tmp_path / "site", sources(body), CONFIGURED).parent
    assert tearline("build", cwd=root).code == 0
    assert pdfs(root / "site-eoc") == pdfs(built / "site-eoc")


# --- the verifier ---------------------------------------------------------------------------------------------


def found(root: Path, site: Path) -> list[str]:
    settings = read_settings(root / "mkdocs.yml", "eoc")
    answer = verify(Question(site, settings, root / "stage", root / "site-full", jobs=1, name="site-eoc"))
    assert not re.search("quagmire|quillfeather", report(answer.findings).lower())
    return [f"{one.rule.name} {one.place.path}" for one in answer.findings]


def test_a_site_as_built_is_silent(built: Path) -> None:
    assert found(built, built / "site-eoc") == []
    settings = read_settings(built / "mkdocs.yml", "full")
    others = {"eoc": built / "site-eoc"}
    assert report(verify(Question(built / "site-full", settings, jobs=1, others=others)).findings) == ""


def script(writer: Any) -> None:
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    act = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(act)


MEDDLING: dict[str, tuple[Callable[[Path], object], str]] = {
    "words on a sheet": (on_a_sheet(WITHHELD), "withheld-words"),
    "words in the properties": (rewritten(lambda writer: writer.add_metadata({"/Keywords": WITHHELD})), "withheld-words"),
    "words in XMP": (in_xmp(WITHHELD), "withheld-words"),
    "words in an attachment": (
        rewritten(lambda writer: writer.add_attachment("a.txt", WITHHELD.encode())), "withheld-words",
    ),
    "words in a bookmark": (rewritten(lambda writer: writer.add_outline_item(title=WITHHELD, page_number=0)), "withheld-words"),
    "a time on a sheet": (on_a_sheet("02:47"), "unexplained-words"),
    "a small number on a sheet": (on_a_sheet("93"), "unexplained-words"),
    "a common word on a sheet": (on_a_sheet("boats"), "unexplained-words"),
    "a common word in the properties": (
        rewritten(lambda writer: writer.add_metadata({"/Author": "Lane"})), "unexplained-words",
    ),
    "an attachment": (rewritten(lambda writer: writer.add_attachment("a.txt", b"water")), "unexpected-file"),
    "a script": (rewritten(script), "unexpected-file"),
    "a sheet without its marking": (
        rewritten(lambda writer: writer.add_blank_page(width=612, height=792)), "banner-missing",
    ),
    "another bulletin's": (
        lambda site: shutil.copy(site / PDF.replace("001", "003"), site / PDF), "unexplained-words",
    ),
    "none": (lambda site: (site / PDF).unlink(), "missing-file"),
    "junk": (lambda site: (site / PDF).write_bytes(b"%PDF-1.7 junk"), "unreadable-file"),
}  # fmt: skip


@pytest.fixture
def read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading says by itself what is wrong, where printing the page again would say only that something is."""
    monkeypatch.setattr(printed, "check", lambda *_: printed.Printed({}))


@pytest.mark.usefixtures("read_alone")
@pytest.mark.parametrize("how", MEDDLING)
def test_meddling_with_a_pdf_is_found(built: Path, tmp_path: Path, how: str) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site-eoc")
    meddle, rule = MEDDLING[how]
    meddle(site)
    assert f"{rule} site-eoc/{PDF}" in found(built, site)


TOO_MANY = ["a.pdf", "2026/ib-2026-001/other.pdf", "index.pdf", "2026/ib-2026-009/ib-2026-009.pdf"]


@pytest.mark.usefixtures("read_alone")
@pytest.mark.parametrize("name", TOO_MANY)
def test_a_pdf_too_many_is_found(built: Path, tmp_path: Path, name: str) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site-eoc")
    (site / name).parent.mkdir(exist_ok=True)
    shutil.copy(site / PDF, site / name)
    assert f"unexpected-file site-eoc/{name}" in found(built, site)
