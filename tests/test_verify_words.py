"""The verifier's small parts, each by example: what is undone, what is distinctive, what is found and where."""

from __future__ import annotations

import base64
from copy import deepcopy
from pathlib import Path

import cbor2
import pytest

from sites import EOC_SETTINGS as EOC
from tearline.verify import marks
from tearline.verify.channels.contents import Text
from tearline.verify.channels.packed import read_cbor
from tearline.verify.decoding import Tags, hidden_bytes, plain, readings, texts_of
from tearline.verify.folding import fold, words
from tearline.verify.ledger import Ledger, Origin, make_ledger
from tearline.verify.scan import Scanner
from tearline.verify.tokens import is_common, joined_spelling, small_words, terms

HELD = "Jorun Quillfeather of 118 Tannery Lane has plate 7 ABC-123; call 555-0167 when herons nested by the old weir"


@pytest.fixture
def ledger() -> Ledger:
    return make_ledger([(HELD, Origin("a.md", 3)), ("Marlo said", Origin("b.md", 9))])


def base64_of(said: str | bytes) -> str:
    return base64.b64encode(said.encode() if isinstance(said, str) else said).decode()


# --- undoing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"abc", [("", "abc")]),
        (b"\xef\xbb\xbfa", [("", "a")]),
        (b"caf\xe9", [("", "caf\ufffd"), ("as Latin-1", "caf\u00e9")]),
        (b"H\x00i\x00", [("", "H\x00i\x00"), ("as UTF-16", "Hi"), ("without null bytes", "Hi")]),
    ],
)
def test_bytes_are_read_in_every_encoding(data: bytes, said: list[tuple[str, str]]) -> None:
    assert set(texts_of(data)) >= set(said)
    assert {how for how, _ in texts_of(data)} == {how for how, _ in said}


def test_wide_letters_are_read_from_either_end_and_either_start() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        for before in (b"", b"x"):
            assert "Hi" in [text for _, text in texts_of(before + "Hi".encode(encoding))]


@pytest.mark.parametrize(
    ("text", "undone"),
    [
        ("a &amp;amp; b", "a & b"),
        ("\\u004dar\\x6c\\u{6f}\\157 x", "Marloo x"),
        ("\\ud83d\\ude00 y", "\U0001f600 y"),
        ("a%20b%2520c", "a b c"),
        ("\\n a\\tb", "  a b"),
        ("%zz &x", "%zz &x"),
        ("&#x4d;&#97;r", "Mar"),
        ("\\u{110000}z \\u{10ffff}", " z \U0010ffff"),
        ("&amp;lt;", "<"),
        ("\\377 \\101", "\u00ff A"),
        ("%25" * 3, "%%%"),
        ("%" + "25" * 6 + "41", "%41"),
    ],
)
def test_escapes_are_undone_as_often_as_it_takes(text: str, undone: str) -> None:
    assert plain(text) == undone


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ab c", [("", "ab c")]),
        ("<b>ab</b>c", [("", " ab c"), ("inside a tag", "<b>\n</b>"), ("with tags inside words", "abc")]),
        ("a<b>c</b> d\ne <i>f", [("", "a c  d\ne  f"), ("inside a tag", "<b>\n</b>\n<i>"), ("with tags inside words", "ac d")]),
        ("<a title='x &amp; y'>z</a>", [("", " z "), ("inside a tag", "<a title='x & y'>\n</a>")]),
        ("&lt;p x&gt;r&lt;/p&gt;", [("", "<p x>r</p>"), ("escaped", " r "), ("escaped", "r"), ("escaped", "<p x>r</p>")]),
        ("a\u200bb <i>c", [("", "a\u200bb  c"), ("inside a tag", "<i>"), ("with invisible characters", "a b  c")]),
        ("=4D=61r=\nlo", [("", "=4D=61r=\nlo"), ("quoted-printable", "Marlo")]),
        ("a=4Db", [("", "a=4Db")]),
        ('<path d="M1 2L3-4"/>', [("", " "), ("inside a tag", '<path d="M1 | x 2L3 | x 4"/>')]),
        ("\\4d ar\\6co", [("", "\\4d ar\\6co"), ("escaped", "4d ar6co"), ("escaped", "Marlo")]),
    ],
)  # fmt: skip
def test_a_text_is_read_in_every_way_it_may_be_meant(text: str, said: list[tuple[str, str]]) -> None:
    assert list(readings(text, Tags(), styled=True)) == said


def test_tags_that_are_known_are_not_read_again_and_styles_only_where_they_may_be() -> None:
    assert list(readings("<b>x <i>y <b>z", Tags({"<b>"})))[1] == ("inside a tag", "<i>")
    assert list(readings("\\4d ar", Tags())) == [("", "\\4d ar"), ("escaped", "4d ar")]


WRAPPED = base64_of("Marlo Ostrander of 118")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WRAPPED, "Marlo Ostrander of 118"),
        (f"x {WRAPPED.rstrip('=')} word", "Marlo Ostrander of 118"),
        (f"{WRAPPED[:16]}\n{WRAPPED[16:]}", "Marlo Ostrander of 118"),
        (f"{WRAPPED[:16]}%0A{WRAPPED[16:].replace('=', '%3D')}", "Marlo Ostrander of 118"),
        (f"{WRAPPED[:16]}\\n{WRAPPED[16:]}", "Marlo Ostrander of 118"),
        (f"{base64_of('a' * 57)}\n{base64_of('b' * 57)}\n{base64_of('Ostrander')}", "a" * 57 + "b" * 57 + "Ostrander"),
        (base64_of("\u042f\u0434\u0432\u0438\u0433\u0430 \u041a\u043e\u0432\u0430\u043b\u044c"), "\u042f\u0434\u0432\u0438\u0433\u0430 \u041a\u043e\u0432\u0430\u043b\u044c"),
        (base64_of("Ib\u00e1\u00f1ez N\u00fa\u00f1ez"), "Ib\u00e1\u00f1ez N\u00fa\u00f1ez"),
        (base64.urlsafe_b64encode("\u00fb\u00ff\u00fe\u00fe Marlo>>???".encode()).decode(), "\u00fb\u00ff\u00fe\u00fe Marlo>>???"),
    ],
)  # fmt: skip
def test_base64_is_read_to_its_end_in_any_script(text: str, said: str) -> None:
    assert said in [data.decode("utf-8", "replace") for data in hidden_bytes(text)]


def test_no_bytes_are_too_odd_to_be_read() -> None:
    assert [text for _, text in texts_of(b"\x81\xe9")] == ["\ufffd\ufffd", "\ufffd\u00e9"]
    assert list(texts_of(b"\xff\x00a"))[-1] == ("without null bytes", "\ufffda")
    assert plain("%ff x \\ud83d") == "\ufffd x \ufffd"
    cut = list(hidden_bytes(base64_of("Marlo Ostrander of 118").rstrip("=") + "AAA"))
    assert [data.rstrip(b"\x00") for data in cut] == [b"Marlo Ostrander of 118"]
    assert list(hidden_bytes(base64_of("\u042f\u0434\u0432\u0438\u0433\u0430 \u041a\u043e".encode()[:-1])))


def test_base64_holds_files_and_wide_letters_and_not_just_anything() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(128, 160))
    wide = "Marlo Ostrander".encode("utf-16-le")
    assert list(hidden_bytes(f"{base64_of(picture)} , {base64_of(wide)}")) == [picture, wide]
    assert list(hidden_bytes(base64_of(bytes(range(128, 190))))) == []
    assert list(hidden_bytes(base64_of(bytes(range(128, 190)) + b"abc"))) == []
    lines = b"\xff" + "\u042f\u0434\u0432\u0438\n\u0433\u0430 \u041a\u043e".encode()
    assert list(hidden_bytes(base64_of(lines))) == [lines]
    assert list(hidden_bytes("short, notbase64")) == []
    almost = b"Marlo Ostrander o" + bytes([1, 2, 3])
    assert list(hidden_bytes(base64_of(almost))) == [almost]
    assert list(hidden_bytes(base64_of(b"\xff" + bytes([1, 2, 3, 4]) + b"Marlo Ostrander"))) == []


def test_folding_by_example() -> None:
    assert fold("N\u00da\u00d1EZ \u0430\u0412\uff23 \ufb01 \u2460") == "nunez abc fi 1"
    assert fold("a\u200bb\u00adc \u2014 \u3000\u2044 \u2768x\u2769") == "abc -  / (x)"
    assert words("Mill-Street_O\u2019Hara 5") == ["mill", "street", "o", "hara", "5"]


# --- what is distinctive ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "strong", "weak"),
    [
        ("call 555-0167 now", {"555 0167"}, set()),
        ("(410) 555-0167", {"410 555 0167", "555 0167"}, set()),
        ("plate 7 ABC-123 seen", {"7 abc 123", "abc 123"}, {"abc"}),
        ("case BWSO-25-00713", {"00713", "bwso 25 00713"}, {"bwso"}),
        ("V2X-99", {"v2x 99"}, {"v2x"}),
        ("abcd5", set(), {"abcd5"}),
        ("write to a.b@example.org", {"a b example org"}, set()),
        ("see www.herons.example.org/x?y=1", set(), {"herons", "www herons example org x y 1"}),
        ("see herons.example.org", {"herons example org"}, {"herons"}),
        ("in 1987 and 4711 and 4700", set(), {"4711", "4700"}),
        ("12345 people, 1200 more", {"12345"}, {"1200"}),
        ("it cost $1,250,375", set(), {"1 250 375"}),
        ("of 2,005 rounds 1,130 left", set(), {"1 130"}),
        ("on 2026-03-12 at 17:00 by 0230Z", set(), {"0230z"}),
        ("the FBI and NCTC", set(), {"fbi", "nctc"}),
        ("herons nested running foxes", set(), {"herons", "foxes"}),
        ("Monday Jorun", {"jorun"}, set()),
        ("Mill-Street O'Hara", {"o hara"}, {"hara"}),
        ("the Quillfeathers' house", {"quillfeathers"}, set()),
        ("saw Jorun Quillfeather", {"jorun", "quillfeather", "jorun quillfeather", "quillfeather jorun"}, set()),
        ("saw Jorun Q. Quillfeather", {"jorun", "quillfeather", "jorun quillfeather", "quillfeather jorun"}, set()),
        ("saw Jorun A. B. Quillfeather", {"jorun", "quillfeather", "jorun quillfeather", "quillfeather jorun"}, set()),
        ("saw Jorun. Quillfeather fled", {"jorun"}, {"quillfeather", "fled"}),
        ("Suspect Q. Quillfeather sold", {"quillfeather"}, set()),
        ("the man Q.\nQuillfeather sold", {"quillfeather"}, set()),
        ("Q. R. Quillfeather sold", {"quillfeather"}, set()),
        ("Q.R. Quillfeather sold", {"quillfeather"}, set()),
        ("by 5 p.m. Quillfeather sold", set(), {"quillfeather"}),
        ("at Gate Q. Quillfeather sold", set(), {"quillfeather", "gate quillfeather", "quillfeather gate"}),
        ("at dock Q.\nQuillfeather sold", set(), {"dock", "quillfeather"}),
        ("saw Jorun Stone", {"jorun"}, {"jorun stone", "stone jorun"}),
        ("by a12, MAR-12-4711 and 4MAY-77", {"4may 77"}, {"a12", "4may", "4711", "mar 12 4711"}),
        ("Ostrander, Jorun", {"jorun", "ostrander jorun", "jorun ostrander"}, {"ostrander"}),
    ],
)  # fmt: skip
def test_what_nobody_else_would_say_is_strong(text: str, strong: set[str], weak: set[str]) -> None:
    found = terms(text)
    assert {" ".join(term.words) for term in found if term.strong} == strong
    assert {" ".join(term.words) for term in found if not term.strong} == weak


def test_common_words_are_common_in_every_form() -> None:
    for word in ("house", "houses", "running", "stopped", "cities", "hurried", "mondays", "x", "12", "1999", "2026"):
        assert is_common(word), word
    for word in ("quillfeather", "1899", "2126", "12345", "bwso"):
        assert not is_common(word), word


def test_words_in_small_letters_and_spellings_for_records() -> None:
    assert small_words("The weir by Mill/lane a.b x-ray of elk") == {"weir", "elk"}
    assert joined_spelling("555-0167 (U)") == "5550167u"


# --- what is found ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("7 abc 123", {"7 abc 123", "abc 123"}),
        ("7abc123", {"7abc123"}),
        ("7a bc 123", set()),
        ("a 7 abc 1234", set()),
        ("555 01 67", {"555 01 67"}),
        ("118 tannery lane", {"tannery", "tannery lane"}),
        ("quillfeathers", {"quillfeathers"}),
        ("jorunquillfeather", {"jorunquillfeather"}),
        ("heron nested by the", {"heron"}),
        ("herons nested by the", {"herons", "herons nested by the"}),
        ("nested by the old x", {"nested by the old"}),
        ("nested by the", set()),
        ("weir", {"weir"}),
        ("555 01 67 x", {"555 01 67"}),
        ("", set()),
    ],
)
def test_what_was_withheld_is_found_in_words_in_a_row(ledger: Ledger, said: str, found: set[str]) -> None:
    row = said.split()
    assert {" ".join(hit.run) for _, hit in ledger.find(row)} == found
    assert ledger.is_in(row) == bool(found)
    assert all(tuple(row[at : at + len(hit.run)]) == hit.run for at, hit in ledger.find(row))
    assert all({str(origin) for origin in hit.origins} == {"a.md:3"} for _, hit in ledger.find(row))
    assert not [hit.run for _, hit in ledger.find(row) if hit.strong and len(hit.run) == 4]


def test_every_four_words_that_say_something_are_looked_for(ledger: Ledger) -> None:
    said = words(HELD)
    for at in range(len(said) - 3):
        assert tuple(said[at : at + 4]) in {hit.run for _, hit in ledger.find(said[at : at + 4])}
    little = make_ledger([("room 4711 of the house at it; about org of the net; x of y it", Origin("a.md", 3))])
    for empty in ("of the house at", "the house at it", "org of the net", "x of y it"):
        assert not little.is_in(empty.split())


def test_a_short_number_is_no_part_of_another() -> None:
    little = make_ledger([("room 4711", Origin("a.md", 3))])
    for said, found in (
        ("room 4711 x", True),
        ("4711", True),
        ("12 4711 x", False),
        ("x 4711 5", False),
        ("47 11", False),
    ):
        assert little.is_in(said.split()) == found


def test_who_is_written_in_small_letters_somewhere_is_no_name() -> None:
    held = [("saw Jorun fled by Grace Quillfeather", Origin("a.md", 3))]
    strong = [make_ledger(held, ordinary).strong for ordinary in ((), {"jorun"})]
    assert strong == [{"jorun", "quillfeather"}, {"quillfeather"}]
    one, other = ("grace", "quillfeather"), ("quillfeather", "grace")
    ledger = make_ledger(held)
    assert {one, other} <= ledger.runs[2].keys()
    ledger.drop([hit.run for _, hit in ledger.find(one) if hit.run == one])
    assert 2 not in ledger.runs


def test_a_hit_knows_where_it_comes_from(ledger: Ledger) -> None:
    assert [hit.strong for _, hit in ledger.find(["tannery", "lane"]) if len(hit.run) > 1] == [False]
    assert make_ledger([("call 5550167", Origin("a.md", 3))]).is_in(["555", "0167"])
    (hit,) = (hit for _, hit in ledger.find(["so", "marlo"]))
    assert {str(origin) for origin in hit.origins} == {"b.md:9"}
    assert ledger.is_empty_but_for(Origin("a.md", 3)) is False
    assert make_ledger([("Jorun fled", Origin("a.md", 3))]).is_empty_but_for(Origin("a.md", 3))


def test_a_ledger_less_what_was_found_has_the_rest(ledger: Ledger) -> None:
    left = deepcopy(ledger)
    left.drop([hit.run for _, hit in ledger.find(words("jorun 555 0167 herons nested by the"))])
    assert not left.is_in(["jorun"])
    assert not left.is_in(["555", "0167"])
    assert not left.is_in(["5550167"])
    assert not left.is_in(words("by herons nested by the"))
    assert left.is_in(["marlo"])
    assert left.is_in(["7abc123"])
    assert left.entries < ledger.entries


@pytest.mark.parametrize(
    ("name", "shown", "said"),
    [
        ("a/b.html", "a/b.html", False),
        ("x/jorun/i.html", "x/(withheld name)/i.html", True),
        ("7abc/123.html", "(withheld name)", True),
        ("a/Jorun%20x.png", "a/(withheld name)", True),
    ],
)
def test_a_name_that_says_something_is_found_and_not_repeated(
    ledger: Ledger,
    name: str,
    shown: str,
    said: bool,  # noqa: FBT001
) -> None:
    scanner = Scanner(ledger, EOC)
    assert scanner.shown(name) == shown
    found = [(str(one.place), one.detail) for one in scanner.named(name, "shown")]
    assert found == ([("shown:1:1", "in its name, from a.md:3")] if said else [])


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("clean <b>text</b>", []),
        ("<p>x\n by <b>Quill</b>feather</p>", ["1:1 with tags inside words, from a.md:3"]),
        ("<p title='Marlo'>x</p>\n<i>Jorun</i>", ["2:4 from a.md:3", "1:11 inside a tag, from b.md:9"]),
        ("&#77;arlo", ["1:1 from b.md:9"]),
        ("call 555.\n0167", ["1:6 from a.md:3"]),
        ("a\n\nb (U//LES)", ["3:7 "]),
        ("\\u0028U//LES) x", ["1:10 "]),
        ("a <p title='(U//LES)'>", ["1:17 inside a tag"]),
        ("so Jorun Quillfeather fled", ["1:4 from a.md:3"]),
    ],
)
def test_what_is_found_is_told_by_place_and_way(ledger: Ledger, raw: str, found: list[str]) -> None:
    scanner = Scanner(ledger, EOC)
    said = list(scanner.text(Text(raw, markup=True), "p.html", raw, "s"))
    assert {one.place.path for one in said} <= {"s"}
    assert sorted({f"{one.place}"[2:] + f" {one.detail}" for one in said}) == sorted(set(found))


def test_a_file_that_the_theme_brings_is_not_read_and_its_name_is(ledger: Ledger, tmp_path: Path) -> None:
    for folder, name, data in (
        ("trusted", "a.js", b"Marlo"),
        ("themes", "a.bin", b"Marlo"),
        ("themes", "a.html", b"Marlo"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_bytes(data)
    scanner = Scanner(ledger, EOC, trusted=(tmp_path / "trusted",), themes=(tmp_path / "themes",))
    for name, data, found in (
        ("a.js", b"Marlo", []),
        ("a.bin", b"Marlo", []),
        ("a.js", b"Marlo fled", ["TL302 s/f from b.md:9"]),
        ("a.html", b"Marlo", ["TL302 s/f from b.md:9"]),
        ("marlo.js", b"x", ["TL302 s/f in its name, from b.md:9"]),
    ):
        assert [f"{one.rule.code} {one.place.path} {one.detail}" for one in scanner.file(name, data, "s/f")] == found


def test_a_place_is_told_in_the_text_as_it_stands(ledger: Ledger) -> None:
    found = list(Scanner(ledger, EOC).bytes_of("a.html", b"<p>a</p>\n<p>Marlo</p>", "s"))
    assert {str(one.place) for one in found} == {"s:2:4"}


def test_a_mark_may_be_mentioned_on_a_page_that_says_so(ledger: Ledger) -> None:
    scanner = Scanner(ledger, EOC, declared=frozenset({"p.html"}))
    for raw, codes in (("<code>(U//LES)</code>", set()), ("(U//LES) <code>U</code>", {"TL301"}), ("Marlo", {"TL302"})):
        said = scanner.text(Text(raw, markup=True), "p.html", raw, "s")
        assert {one.rule.code for one in said} == codes


def test_no_file_has_more_findings_than_a_reader_wants() -> None:
    many = make_ledger([(f"Jorunq{chr(97 + n)}", Origin("a.md", n + 1)) for n in range(9)])
    raw = " ".join(f"jorunq{chr(97 + n)}" for n in range(9))
    assert len(list(Scanner(many, EOC).text(Text(raw), "p.txt", raw, "s"))) == 4


# --- marks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens", "nations"),
    [
        ("U//LES", {"U", "LES"}, None),
        ("les", {"LES"}, None),
        ("TLP:AMBER+STRICT", {"AMBER+STRICT"}, None),
        ("U//REL TO USA, CAN", {"U"}, {"USA", "CAN"}),
        ("CUI//SP-SSI/LEI", {"CUI", "SP-SSI", "LEI"}, None),
        ("CUI//LEI/SP", {"CUI", "LEI", "SP"}, None),
        ("S//NF", {"S", "NF"}, None),
        ("unclassified//for official use only", {"U", "FOUO"}, None),
        ("LES NF", {"LES", "NF"}, None),
        ("SBU LEI", {"SBU", "LEI"}, None),
        ("FOO//LES", {"FOO", "LES"}, None),
    ],
)
def test_marks_are_read_as_their_words(text: str, tokens: set[str], nations: set[str] | None) -> None:
    mark = marks.read(text)
    assert mark is not None
    assert (mark.tokens, mark.nations) == (tokens, nations)


@pytest.mark.parametrize(
    "text", ["Les", "x", "TLP", "TLP:PINK", "secret", "S", "C", "FOO//BAR", "U and more", "and les", "", "12"]
)
def test_words_are_no_marks(text: str) -> None:
    assert marks.read(text) is None


def test_a_mark_that_opens_a_text_ends_where_its_words_begin() -> None:
    for text, end in (("(U) a", 3), ("**(U//LES)** b", 10), (" ( U ) d", 6), ("(see) c", 0), ("a (U)", 0)):
        assert marks.opening(text)[1] == end


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a (U//LES) b", {"U LES"}),
        ("TLP:RED x", {"RED"}),
        ("see U//LES, then", {"U LES"}),
        ("U/LES and U-SSI", {"U LES", "U SSI"}),
        ("xU//LES", set()),
        ("LAW ENFORCEMENT SENSITIVE", {"LES"}),
        ("NOFORN", set()),
        ("(\u054d//LES)", {"LES"}),
        ("U//FOUO Words follow, (U//FOUO) (TLP:GREEN) (TLP:WHITE)", set()),
        ("(U//REL TO USA, CAN)", set()),
        ("(U//REL TO CAN, GBR)", {"U"}),
        ("(U//REL TO USA)", {"U"}),
        ("Law Enforcement Sensitive", set()),
    ],
)
def test_marks_above_the_ceiling_are_seen(text: str, seen: set[str]) -> None:
    assert {frozenset(mark.tokens) for mark in marks.above(text, EOC)} == {frozenset(each.split()) for each in seen}


def test_a_table_of_an_index_is_read_without_the_words_that_its_files_begin_and_end_with() -> None:
    table: list[object] = ["1.5.2", [["2026/ib-2026-1109", 9]], [["0100", "1109", "en_1"]], [], [], ["title"]]
    told = [each.text for each in read_cbor(cbor2.dumps(table)) if isinstance(each, Text)]
    assert "1109" not in told[0].replace("ib-2026-1109", "")
    assert {"en_1", "title", "1.5.2", "2026/ib-2026-1109"} <= set(told[0].split(" | x | "))
    table[2] = [["0100", "Jorun", "en_1", "Marlo"], "Vance"]
    told = [each.text for each in read_cbor(cbor2.dumps(table)) if isinstance(each, Text)]
    assert {"Jorun", "Marlo", "Vance"} <= set(told[0].split(" | x | "))
