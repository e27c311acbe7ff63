"""Finding marks in text however they hide, leaving ordinary words alone, and reading the start of a block."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hangs import no_hang
from tearline.marking import SYSTEMS, find_marks, fold, join, lowest, open_mark, read_mark
from tearline.marking.folding import bare

NAMES = sorted(SYSTEMS)
PATIENT = settings(deadline=None)  # a busy machine breaks no law
SAMPLES = [
    "(U//LES)",
    "(U//LES-NF)",
    "(U//FOUO)",
    "(CUI//SP-SSI/LEI//NF)",
    "(TLP:AMBER+STRICT)",
    "(LES)",
    "(FOUO)",
    "(CUI)",
]
TWINS: dict[str, list[str]] = {}
for _code in range(0x80, 0x1F200):
    if unicodedata.category(chr(_code)) in {"Lu", "Lo", "So", "Nl", "Sm", "Ps", "Pe", "Po", "Pd"}:
        TWINS.setdefault(fold(chr(_code))[0], []).append(chr(_code))

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2066\u034f\ufe0f\u0301\u0332\u180e\U000e0041\ue000\x00"

HIDDEN = [
    "as (U//LES) here",
    "at the end (U//LES)",
    "over (U//\nLES) lines",
    "over (U\n// LES) lines",
    "over (U//LES-\nNF) lines",
    "bare U//LES here",
    "U/FOUO",
    "u-les",
    "U-LES",
    "(U)",
    "(u)",
    "( U )",
    "word(U)word",
    "here (u) too",
    "U//XX here",
    "(LES)",
    "(les)",
    "(Fouo)",
    "(SSI)",
    "(SBU)",
    "(U LES)",
    "(U, LES)",
    "(U;LES)",
    "(U.LES)",
    "(U|LES)",
    "(U&LES)",
    "(FOUO//LES)",
    "(LES-NF)",
    "(NOFORN)",
    "(REL TO USA, CAN)",
    "(U//XX)",
    "(U//FUOO)",
    "(U/NOFRON)",
    "(U//LES",
    "[U//LES]",
    "CUI//INV",
    "CUI/INV",
    "(CUI)",
    "(cui//inv)",
    "(INV//LEI)",
    "(SP-SSI)",
    "(FED ONLY)",
    "(CONTROLLED//SP-SSI)",
    "CONTROLLED UNCLASSIFIED INFORMATION",
    "TLP:RED",
    "TLP:WHITE",
    "shared tlp: amber here",
    "(TLP AMBER)",
    "LAW ENFORCEMENT SENSITIVE",
    "LAW\nENFORCEMENT\tSENSITIVE",
    "FOR OFFICIAL USE ONLY",
    "SENSITIVE SECURITY INFORMATION",
    "LAW-ENFORCEMENT SENSITIVE",
    "FOROFFICIALUSEONLY",
    "(TOPSECRET)",
    "CUI/FED ONLY",
    "CONTROLLED UNCLASSIFIED INFORMATION/LEI",
    "(law enforcement sensitive)",
    "(this part is for official use only)",
    "UNCLASSIFIED//FOUO",
    "UNCLASSIFIED - FOUO",
    "(UNCLASSIFIED)",
    "(Unclassified)",
    "S//NF",
    "(S//NF)",
    "(s//nf)",
    "TS/SCI",
    "(TS/SI)",
    "(TOP SECRET//SI)",
    "(SECRET)",
    "SECRET//NOFORN",
    "(//NS)",
    "(U//LЕS)",
    "(LЕS)",
    "(ⅬES)",
    "(Ս//LES)",
    "（U∕∕LES）",
    "U⁄FOUO",
    "U⫽LES",
    "U‖LES",
    "(U//ＬＥＳ)",
    "(U//ᒪES)",
    "(ᴜ//ʟᴇꜱ)",
    "(𝐔//𝐋𝐄𝐒)",
    "(𝙻𝙴𝚂)",
    "(ⓁⒺⓈ)",
    "(🅛🅔🅢)",
    "(🇱🇪🇸)",
    "(ᴸᴱˢ)",
    "⒰",
    "(U//L\u0301E\u0332S)",
    "(\u00dc//LES)",
    "(U\u200b//LES)",
    "U\u00ad//LES",
    "(U\u2003//\u00a0LES)",
    "(L\u2060ES)",
    "(L E S)",
    "(SS1)",
    "(SSl)",
    "(F0UO)",
    "&#40;U//LES&#41;",
    "&#x28;LES&#x29;",
    "(U&sol;&sol;LES)",
    "(U&#47&#47LES)",
    "(L&zwnj;ES)",
    "(U\\//LES)",
    "(U\\\\LES)",
    "\\(LES\\)",
    "(**U**//LES)",
    "(_LES_)",
    "(`LES`)",
    "[words](http://a.example.org/(U//LES))",
    "http://a.example.org/%28U//LES%29",
    "http://a.example.org/U//LES",
    "http://a.example.org/u//les",
    "http://a.example.org/U/LES",
    "Straße, u/les",
]

# Contract: words that are not marks, and much of what bulletins are full of.
ORDINARY = """(S) mid-sentence|(C-130)|(c)|(s)ingular|(U.S.)|(U-Haul)|U.S./Canada|http://x|https://u//x?|and/or|U-turn|c/o
(Les)|s/he|B/C|C-4|S-curve|TS/hurricane|(202) 555-0100|(Unit 4)|24/7|w/o|(see U.S. 40)|I/C|(C) 2026 Example County|(R)
colo(u)r|yo(u)|o(u) r|(FO UO)|(u)nder|Tropical Storm (TS) Ann|TS-12|(EOC)|(ICS 209)|(A) one (B) two (C) three|US/Mexico|U/V light|(UV)|(SAR)
C-SAR|(CTI)|(WATER)|(LEI)|(INF)|(CRIT)|(OPSEC)|National Forest (NF)|U of M|(U of M)|U-boat|Type-C/USB-C|AC/DC|(AC/DC)
S/N 12345|(S/N 12)|(s)|TLP|Traffic Light Protocol (TLP)|law enforcement sensitive|Law Enforcement Sensitive|unclassified
for official use only|sensitive but not secret|controlled|(controlled)|(secret)|(Secret)|Secret Service (USSS)|top secret
https://example.org/u/les|a//b|C:\\Users|(USA, CAN)|R/C plane|C-SPAN|S-10|(10-4)|(6/7)|1/2|km/h|(mi/h)|U.S.-Canada
(U.S.-Canada)|I-95/U.S. 1|C/O EOC|(C/O EOC)|vitamin C/E|(see C/E)|S. Fork|(SR-7)|US-40|(phone/fax)|(FEMA)|(HSEC-2)
(e.g., U)|(i.e. C)|(U-shaped)|S-shaped|(DHS)|PRIVATE//PROPERTY|//comment|(les deux)|Les Paul|(Les Paul)|(EMGT)|[sic]
[USA, LIST]|(WATER/WASTEWATER)|OPSEC|CUI|FOUO|LES|SSI|(SSIs)|(LESson)|U/G line|(U/G)|(CAN)|NF-kB|(PHYS-101)|C-clamp
(TSA)|(TSA/DHS)|(NS)|NSA/CSS|(C, D and E)|R-22|(S, M, L, XL)|confidential|(Confidential)|(not for public release)|(NO)
(OK)|(PR)|1(c)|§ 552(b)(7)(C)|5 U.S.C. 552(b)(7)(E)|(b)(6)|(a)(1)(C)|28 CFR 23.20(a)|(RS)|(S. Main St.)|(U.S. 40/I-70)
Unit C/Unit S|Bldg. C – East|Lot C/D|(Lot C/D)|Class C/D fire|C/S 4|type S/T|Route C-1|(R-Ga.)|Sen. Ann Lee (R)|Rep. (R-TX)
(C. Smith)|Hepatitis C/HIV|(Team C/Team D)|R&D|IB-2026-014|(IB-2026-009)|EOC (555-0100)|1,000 ft (305 m)
(approx. 3/4 mi)|5/8"|N/A|(N/A)|(n/a)|P.O. Box|(see https://example.org/a//b)|https://example.org/s//c|mailto:a@example.org
file://s/x|ftp://c/d|s3://u/b|°C/°F|35 °C|(35 °C)|C++|C#|(C++)|vehicle S-class|Model S/X|(Model S/3)|Group U-18|(U-18)
(TS) Maria|(H) high (M) medium (L) low|LEO (law enforcement officer)|(LEO)|LE/EM|LE-EM|(LE/EM)|Law Enforcement (LE)
FBI/JTTF|(RFI)|(SAR/CTR)|(M/V Less)|M/V Les|less|(less)|unless|(TLO)|(AMBER)|AMBER Alert|CODE RED|(RED)|(GREEN/AMBER)
Wal*mart|snake_case|~10|`code`|a\\b|50% off|100%20|AT&T|Q&A|&c.|&amp;|R&amp;D|¿?|naïve café|Straße|№ 5|½ mile|5 µg|…|“quoted”
— dash|10–12 March|2 × 4|✓ done|→ next|• item|東京|Привет, мир|Ελλάδα|שלום|مرحبا|🇺🇸 flag|😀""".replace("\n", "|").split(
    "|"
)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_mark_is_found_however_it_hides(text: str) -> None:
    assert find_marks(text, "fouo-les")
    assert find_marks(f"Words before. {text} and after.", "cui")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_not_marks_nope(text: str) -> None:
    for name in ("fouo-les", "cui", "tlp"):
        assert find_marks(text, name) == []
        assert find_marks(f"Near {text}, and so on.", name) == []


def test_ordinary_words_in_one_text_are_not_marks_nope() -> None:
    assert find_marks(" with ".join(ORDINARY), "fouo-les") == []
    assert find_marks("\n".join(ORDINARY), "fouo-les") == []


def test_a_likeness_says_where_it_is_and_what_it_reads_as() -> None:
    text = "One (U//LES) two U//FOUO, three (CUI) four (S//NF) five (LES\u200b)."
    found = [(text[each.start : each.end], str(each.mark), each.classified) for each in find_marks(text, "fouo-les")]
    assert found == [
        ("(U//LES)", "U//LES", False),
        ("U//FOUO", "U//FOUO", False),
        ("(CUI)", "None", False),
        ("(S//NF)", "None", True),
        ("(LES\u200b)", "U//LES", False),
    ]


def test_a_likeness_never_reads_as_less_than_what_stands_there() -> None:
    for text in ("U//LES NOFORN", "U//LES, NF", "LAW ENFORCEMENT SENSITIVE//NOFORN", "U//FOUO LES"):
        assert [each.mark for each in find_marks(text, "fouo-les")] == [None]
    assert [each.mark for each in find_marks("TLP:AMBER STRICT", "tlp")] == [None]


@PATIENT
@given(
    mark=st.sampled_from(SAMPLES), noise=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(INVISIBLE)), min_size=1)
)
def test_invisible_characters_hide_nothing_and_open_nothing(mark: str, noise: list[tuple[int, str]]) -> None:
    text = mark
    for at, char in noise:
        text = text[: at % (len(text) + 1)] + char + text[at % (len(text) + 1) :]
    assert find_marks(f"Words {text} words", "fouo-les")
    opening = open_mark(f"{text} words", "fouo-les")
    if any(char in text[: text.index(")")] for char in INVISIBLE):
        assert opening is None or opening.reading.mark is None


@PATIENT
@given(mark=st.sampled_from(SAMPLES), data=st.data())
def test_look_alike_letters_hide_nothing_and_open_nothing(mark: str, data: st.DataObject) -> None:
    text = "".join(data.draw(st.sampled_from([each, *TWINS.get(each, [])])) for each in mark)
    assert find_marks(f"Words {text} words", "fouo-les")
    opening = open_mark(f"{text} words", "fouo-les")
    assert text == mark or opening is None or opening.reading.mark is None


@PATIENT
@given(text=st.text() | st.text("(U/LESFO)CI:TP *_\\&#%408;\n\u200bЕ∕", max_size=60), name=st.sampled_from(NAMES))
@example(text="(U\ufdfa)", name="tlp")
def test_likenesses_are_in_order_and_apart(text: str, name: str) -> None:
    last = 0
    for each in find_marks(text, name):
        assert last <= each.start < each.end <= len(text)
        last = each.end


@PATIENT
@given(text=st.text() | st.text("aU &#40;%28\t\n\u00a0\u200b\u0301ﬁ⒰", max_size=60))
def test_folding_keeps_the_way_back(text: str) -> None:
    for folded, index in (fold(text), bare(text)):
        assert len(index) == len(folded) + 1
        assert list(index) == sorted(index)
        assert index[-1] == len(text)
        assert "  " not in folded
        assert all(char not in folded for char in "\u200b\n")


def test_a_likeness_is_all_of_the_mark_and_no_more() -> None:
    for name, text, start, end, mark in (
        ("fouo-les", "Straße: U/LES.", 8, 13, "U//LES"),
        ("fouo-les", "From U/LES-based work", 5, 10, "None"),
        ("fouo-les", "under LAW ENFORCEMENT SENSITIVE.", 6, 31, "U//LES"),
        ("tlp", "as TLP:RED.", 3, 10, "TLP:RED"),
        ("cui", "as CONTROLLED UNCLASSIFIED INFORMATION//LEI.", 3, 43, "CUI//LEI"),
    ):
        assert [(each.start, each.end, str(each.mark)) for each in find_marks(text, name)] == [(start, end, mark)]


def test_folding_by_example() -> None:
    assert fold("(U)\n\n words") == ("(U) words", [0, 1, 2, 3, 6, 7, 8, 9, 10, 11])
    assert fold("Ａ\u200bＢ")[0] == "AB"
    assert list(fold("Ａ\u200bＢ")[1]) == [0, 2, 3]
    assert fold("a&#40;b")[0] == "a(b"
    assert list(fold("a&#40;b")[1]) == [0, 1, 6, 7]
    assert bare("**a**\\(b\\c")[0] == "a(b/c"
    assert bare("b\\c d")[0] == "b/c d"
    assert fold("a%28%29b") == ("a()b", [0, 1, 4, 7, 8])
    assert fold("a&nbsp;b") == ("a b", [0, 1, 7, 8])
    assert fold("a\u00b4\u00b4b") == ("a b", [0, 1, 3, 4])
    assert fold("a\u00b4\u00b4\u00e9b") == ("a eb", [0, 1, 3, 4, 5])
    assert fold("a \u00b4\u00e9b") == ("a eb", [0, 1, 3, 4, 5])
    assert fold("\u0400\u03f9\u03f2")[0] == "ECc"
    assert fold("\U0001f15b\U0001f16a\U0001f18a")[0] == "LMC\U0001f18a"


# --- the start of a block ---


@pytest.mark.parametrize(
    ("text", "mark", "words", "canonical"),
    [
        ("(U) words", "U", "words", True),
        ("(U//LES)   words", "U//LES", "words", True),
        ("(U//LES)\u00a0words", "U//LES", "words", True),
        ("(U//LES)\twords", "U//LES", "words", True),
        ("(U)", "U", "", True),
        ("(U)\nwords", "U", "\nwords", True),
        ("  (U) words", "U", "words", True),
        ("(U)word", "U", "word", False),
        ("(U)Xray", "U", "Xray", False),
        ("(u) words", "U", "words", False),
        ("(les)word", "U//LES", "word", False),
        ("(U)**bold**", "U", "**bold**", False),
        ('(U)"quoted"', "U", '"quoted"', False),
        ("(U)(U//LES) words", "U", "(U//LES) words", False),
        ("(u//les) words", "U//LES", "words", False),
        ("(LES) words", "U//LES", "words", False),
        ("(U // LES) words", "U//LES", "words", False),
        ("**(U)** words", "U", "words", False),
        ("*(U)* words", "U", "words", False),
        ("__(U//LES)__ words", "U//LES", "words", False),
        ("_(U)_ words", "U", "words", False),
        ("***(U)*** words", "U", "words", False),
        ("`(U)` words", "U", "words", False),
        ("(UNCLASSIFIED//FOR OFFICIAL USE ONLY) words", "U//FOUO", "words", False),
    ],
)
def test_a_mark_opens_a_block(text: str, mark: str, words: str, canonical: bool) -> None:  # noqa: FBT001
    opening = open_mark(text, "fouo-les")
    assert opening is not None
    assert (str(opening.reading.mark), text[opening.end :], opening.reading.canonical) == (mark, words, canonical)
    assert text[opening.start] == "("
    assert text[opening.start + 1 :].startswith(opening.text)
    assert opening.reading.detail == ("" if canonical else f"({mark})")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("(S) words", "classified-mark"),
        ("(TS) words", "classified-mark"),
        ("(C) words", "classified-mark"),
        ("(R) words", "classified-mark"),
        ("(S//NF) words", "classified-mark"),
        ("(TS//SCI) words", "classified-mark"),
        ("(C//REL TO USA) words", "classified-mark"),
        ("(//NS) words", "classified-mark"),
        ("**(S)** words", "classified-mark"),
        ("\\(S) words", "classified-mark"),
        ("\u200b(TOP SECRET) words", "classified-mark"),
        ("**(S//NF) words**", "classified-mark"),
        ("(Ѕ//NF) words", "classified-mark"),
        ("(S)\u200bwords", "classified-mark"),
        ("(CUI//LEI) words", "mixed-systems"),
        ("(TLP:RED) words", "mixed-systems"),
        ("(U//NOFRON) words", "unknown-control"),
        ("(U/NOFRON) words", "unknown-control"),
        ("(U NOFRON) words", "unknown-control"),
        ("(U FUOO) words", "unknown-control"),
        ("(U/Xyzzy) words", "unknown-control"),
        ("(U/Xyzzy/Abc) words", "unknown-control"),
        ("(FUOO) words", "unknown-control"),
        ("(U//XYZ) words", "unknown-control"),
        ("(XYZ//ABC) words", "unknown-control"),
        ("(TLP:PINK) words", "unknown-control"),
        ("(U//) words", "malformed-mark"),
        ("(U.) words", "malformed-mark"),
        ("(U): words", "malformed-mark"),
        ("(U)-boat", "malformed-mark"),
        ("(U)\u200bwords", "malformed-mark"),
        ("\u200b(U) words", "malformed-mark"),
        ("\u00a0(U) words", "malformed-mark"),
        ("(U//\nLES) words", "malformed-mark"),
        ("(U//LЕS) words", "malformed-mark"),
        ("(LЕS) words", "malformed-mark"),
        ("（U） words", "malformed-mark"),
        ("⒰ words", "malformed-mark"),
        ("&#40;U) words", "malformed-mark"),
        ("(U&#47;&#47;LES) words", "malformed-mark"),
        ("\\(U) words", "malformed-mark"),
        ("(**U**) words", "malformed-mark"),
        ("**(U) Bold.** words", "malformed-mark"),
        ("**(U)* words", "malformed-mark"),
    ],
)
def test_what_is_shaped_like_a_mark_is_one_even_if_it_cannot_be_read(text: str, problem: str) -> None:
    opening = open_mark(text, "fouo-les")
    assert opening is not None
    assert opening.reading.mark is None
    assert opening.reading.problem == problem
    assert opening.start < opening.end <= len(text)


def test_a_mark_that_cannot_be_read_is_shown_with_its_place_and_what_to_do() -> None:
    for text, start, inner, detail in (
        ("\u200b(U) words", 1, "U", ""),
        ("**(U) Bold.** words", 2, "U", "put the mark before the emphasis"),
        ("*(U) Bold.* words", 1, "U", "put the mark before the emphasis"),
        ("\\(U//LES) words", 1, "U//LES", ""),
        ("(LES): words", 0, "LES", "(U//LES)"),
        ("(U//NOFRON): words", 0, "U//NOFRON", "'NOFRON' (did you mean NOFORN?)"),
    ):
        opening = open_mark(text, "fouo-les")
        assert opening is not None
        assert (opening.start, opening.text, opening.reading.detail) == (start, inner, detail)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        "()",
        "( )",
        "(U",
        "words (U)",
        "(see above) words",
        "(U.S.) words",
        "(U-Haul) words",
        "(C-130) words",
        "(s)ingular",
        "(S)ingular",
        "(u)nder",
        "(c) 2026",
        "(Les) words",
        "(A) words",
        "(B) words",
        "(1) words",
        "(202) 555-0100",
        "(Unit 4) words",
        "(U, V and W) words",
        "(WATER) words",
        "(see https://example.org/a) words",
        "[(U) words](http://example.org)",
        "((U)) words",
        "(words " * 50,
    ],
)
def test_words_open_no_block_nope(text: str) -> None:
    assert open_mark(text, "fouo-les") is None


@PATIENT
@given(text=st.text("(U/LES) *_`\\&#40;\n\u200b\u00a0words", max_size=40), name=st.sampled_from(NAMES))
def test_an_opening_accepts_only_what_is_plainly_there(text: str, name: str) -> None:
    opening = open_mark(text, name)
    if opening is None or opening.reading.mark is None:
        return
    between = text[opening.start : opening.start + len(opening.text) + 2]
    assert between == f"({opening.text})"
    assert "\n" not in between
    assert opening.reading.mark == read_mark(opening.text, name).mark
    assert not find_marks(text[: opening.start], name)
    assert join(name, [opening.reading.mark]) >= lowest(name)


# --- time ---

FLOODS = [
    "(",
    "U/",
    "U//",
    "(U",
    "(U)",
    "&",
    "%28",
    "*",
    "\\",
    "TLP:",
    "S-",
    "( ",
    "((a))",
    "\u200b",
    "е",
    "/",
    "(1) ",
    "U / ",
]


@pytest.mark.parametrize("flood", FLOODS)
def test_time_is_linear(flood: str) -> None:
    text = flood * (2**18 // len(flood))
    find_marks(flood, "fouo-les")
    with no_hang():
        find_marks(text, "fouo-les")
        open_mark(text, "fouo-les")


def test_an_ordinary_bulletin_holds_no_mark() -> None:
    line = "Between 1 and 12 March, operators (four of them) reported overflights near U.S. 40 and/or I-95 – “low”.\n"
    assert find_marks(line * 60, "fouo-les") == []
