"""Documents: every finding at once, nothing raised on any bytes, and the checks that need the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import HEAD, outline, read, rules
from tearline.bulletin.document import MAX_BYTES, MAX_LINE, Bulletin, Page, read_document
from tearline.bulletin.front_matter import MAX_LENGTH
from tearline.bulletin.page import check_page
from tearline.bulletin.reading import MAX_PORTION, EnoughError, Positions, Reader

ROOT = Path(__file__).parents[1]
PAGE = "---\ntitle: Marks\nmarking: U\n---\n"


def found(data: bytes) -> list[str]:
    return [one.rule.name for one in read_document("a.md", data, "fouo-les").findings]


def test_every_sample_reads_without_a_finding() -> None:
    for path in sorted((ROOT / "bulletins").rglob("*.md")):
        reading = read_document(path.name, path.read_bytes(), "fouo-les")
        assert reading.document is not None
        assert reading.findings == ()


def test_a_body_is_read_even_if_its_front_matter_is_refused() -> None:
    reading = read_document("a.md", b"---\nid: IB-2026-014\ncolour: red\n---\nwords\n\n(U//LES) x (U)\n", "fouo-les")
    assert reading.document is None
    said = [(one.rule.name, one.portion) for one in reading.findings]
    assert said == [
        ("missing-key", ""),
        ("unknown-key", ""),
        ("unmarked-portion", "IB-2026-014 ¶1"),
        ("misplaced-mark", "IB-2026-014 ¶2"),
    ]


def test_a_refused_front_matter_still_says_which_system_marks_are_read_in() -> None:
    data = b"---\nid: IB-2026-014\nsystem: tlp\ncolour: red\n---\n(TLP:AMBER) words\n"
    assert found(data) == ["missing-key", "unknown-key"]


def test_an_id_that_is_no_product_number_is_not_repeated_in_findings() -> None:
    reading = read_document("a.md", b"---\nid: John Doe\ntitle: (U) x\n---\nwords\n", "fouo-les")
    assert all("John" not in str(one) for one in reading.findings)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["no-front-matter"]),
        (b"(U) words\n", ["no-front-matter"]),
        (b"\xff\xfe", ["not-utf8"]),
        (b"a" * (MAX_BYTES + 1), ["too-large"]),
        (HEAD.encode() + b"(U) " + b"a" * MAX_LINE, ["too-large"]),
        (HEAD.encode(), ["empty-portion"]),
        (HEAD.encode() + b"(U) a\x00b\n", ["forbidden-character"]),
        (HEAD.encode() + b"(U) a\x0cb\n", ["forbidden-character"]),
        (HEAD.encode() + "(U) a\u2028(U//LES) b\n".encode(), ["forbidden-character", "misplaced-mark"]),
        (HEAD.encode() + "(U) a\u0085b\n".encode(), ["forbidden-character"]),
        (HEAD.replace("\n", "\r").encode() + b"(U) a\r", ["forbidden-character"] * 7 + ["no-front-matter"]),
    ],
)
def test_bytes_that_are_no_document(data: bytes, expected: list[str]) -> None:
    assert found(data) == expected


def test_a_mixed_file_of_line_ends_reads_as_one_of_lf() -> None:
    body = "(U) a\r\nb\n\r\n- (U) c\r\n"
    assert rules(body) == []
    document = read(body).document
    assert isinstance(document, Bulletin)
    assert len(document.portions()) == 2


def test_a_portion_is_not_longer_than_a_hundred_thousand_characters() -> None:
    body = "(U) " + "words and words\n" * (MAX_PORTION // 10)
    assert rules(body) == ["too-large"]
    assert rules('```text title="(U) x"\n' + "words and words\n" * (MAX_PORTION // 10) + "```\n") == ["too-large"]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise(tail: bytes) -> None:
    read_document("a.md", tail, "fouo-les")
    read_document("a.md", HEAD.encode() + tail, "fouo-les")
    read_document("a.md", PAGE.encode() + tail, "fouo-les")


# --- inline portions, where the whole portion decides -----------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ("(U) The man [John](U//LES) left", True),
        ("(U) The man [John](U//LES), [Jim](U//LES) left", True),
        ('(U) [John](U//LES "A man") left', True),
        ("(U) [John](U//LES) left", False),
        ("(U) The man was [John](U//LES).", False),
        ('(U) [John](U//LES "A man") and [Jim](U//LES) left', True),
        ("(U) **[John](U//LES)** left", False),
        ("(U) *The* man [John](U//LES) *left*", True),
    ],
)
def test_an_inline_portion_without_a_replacement_stands_between_words(body: str, fits: bool) -> None:  # noqa: FBT001
    assert rules(body) == ([] if fits else ["inline-portion"])


# --- pages ------------------------------------------------------------------------------------------------------


def test_a_page_may_use_any_markdown() -> None:
    body = "# Title\n\nSetext\n======\n\n    code\n\n[a]: https://example.org\n\n<div markdown>\nwords `(U//LES)`\n</div>\n\na --> b\n"
    reading = read_document("a.md", (PAGE + body).encode(), "fouo-les")
    assert isinstance(reading.document, Page)
    assert reading.findings == ()
    assert reading.document.body == body


@pytest.mark.parametrize(
    "body",
    [
        "(U) words",
        "a (U//LES) b",
        "`a (U//LES)`",
        "<!-- a -->",
        "--8<-- 'a'",
        "-8<- a",
        "{{ a }}",
        "{% a %}",
        "<script>",
        "[a](javascript:b)",
    ],
)
def test_a_page_breaks_its_rules(body: str) -> None:
    assert set(found((PAGE + body + "\n").encode())) == {"page-rule"}


def test_a_page_is_checked_even_if_its_front_matter_is_refused() -> None:
    assert found(b"---\ntitle: x\n---\n\nwords\n\n(U//LES) x\n") == ["missing-key", "page-rule"]


def test_marks_on_pages_have_their_place() -> None:
    text = PAGE + "\n\none\ntwo\n   \n\nthree\n(U//LES) four\n"
    reader = Reader(text, Positions.of("a.md", text), "fouo-les")
    check_page(reader, len(PAGE))
    assert [(one.place.line, one.place.column) for one in reader.findings] == [(12, 1)]
    with pytest.raises(EnoughError):
        check_page(Reader("(U) " * 30_000, Positions.of("a.md", ""), "fouo-les"), 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("(U) a\x00b", [("7:6", "forbidden-character", "U+0000", 1)]),
        ('!!! note "(U)"\n    (U) x', [("7:11", "empty-portion", "", 1)]),
        ("(S) one", [("7:1", "classified-mark", "if this is an enumeration, number the list", 4)]),
        ("(SECRET) one", [("7:1", "classified-mark", "", 9)]),
        ("(U) one\n\n(A) two", [("9:1", "unmarked-portion", "if this is an enumeration, number the list", 1)]),
        ("**(U) Summary.** Words", [("7:1", "alias-mark", "(U) **", 6)]),
        ("6.1 (u) a", [("7:5", "alias-mark", "(U)", 4)]),
        ('!!! note "x"\n    (U) y', [("7:11", "unmarked-portion", "", 1)]),
        ("1. (U) a\n\n    b", [("9:5", "unmarked-portion", "", 1)]),
    ],
)
def test_what_is_wrong_is_said_with_place_detail_and_width(
    body: str, expected: list[tuple[str, str, str, int]]
) -> None:
    said = read(body).findings
    assert [(str(one.place), one.rule.name, one.detail, one.width) for one in said] == [
        (f"a.md:{place}", *rest) for place, *rest in expected
    ]


def test_a_front_matter_has_words_and_an_end() -> None:
    empty = read_document("a.md", b"---\n\n---\n(U) a\n", "fouo-les").findings
    assert [(one.rule.name, one.detail) for one in empty] == [("no-front-matter", "it is empty")]
    long = f"---\nid: IB-2026-001\ntitle: (U) T\nsummary: (U) {'x' * MAX_LENGTH}\n---\n(U) a\n"
    assert found(long.encode()) == ["too-large"]


def test_code_may_be_empty_and_tabs_may_indent() -> None:
    assert outline('(U) a\n\n```text title="(U) t"\n```\n\n(U) b') == "(U) a\ncode text (U) t\n\n(U) b"
    assert outline("- (U) a\n  \t- (U) b\n\n   \n(U) c") == "- (U) a\n    - (U) b\n(U) c"
    assert outline("(U) a !b https x:c") == "(U) a !b https x:c"
    assert outline("(U) a\n\u00a0\n(U) b") == "(U) a\n(U) b"
    assert outline("6.1 **(U) Summary.** Words").endswith("#6.1 (U) <strong Summary.> Words")


def test_a_finding_names_the_portion_and_the_document_as_far_as_they_are_known() -> None:
    said = read("(U) a\n\n(U) ![b](none.png)\n\n(U) c").findings
    assert [one.portion for one in said] == ["IB-2026-014 \u00b62"]
    nameless = read_document("a.md", b"---\nid: John Doe\ntitle: (U) x\n---\nwords\n", "fouo-les").findings
    assert "document \u00b61" in [one.portion for one in nameless]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--- x\nb: 1", ("4:1", "front-matter-syntax", "a second document begins", 1)),
        ("<<: {a: 1}", ("4:1", "yaml-feature", "keys cannot be merged", 2)),
        (": x", ("4:1", "front-matter-syntax", "", 1)),
        ("[a]: 1", ("4:1", "front-matter-syntax", "a key is a plain word", 1)),
        ('summary: "(U) a\\x07b"', ("4:10", "forbidden-character", "as an escape", 1)),
        ("revised:\n\t- {at: 2026-01-01, change: (U) a}", ("5:1", "front-matter-syntax", "a tab stands in the indent; use blanks", 1)),
        ("hazards: [&a flood]", ("4:11", "yaml-feature", "", 1)),
        ("summary: !!str (U) x", ("4:10", "yaml-feature", "", 1)),
        ("summary: (U) [a](U//LES) b", ("4:18", "inline-portion", "", 6)),
        ("marking: U//LSE", ("4:10", "unknown-control", "'LSE' (did you mean LES?)", 6)),
        ('area: "(U) x (U//LES) y"', ("4:14", "misplaced-mark", "U//LES", 8)),
        ("contact: ~", ("4:10", "bad-value", "the value is missing", 1)),
        ("colour: 1", ("4:1", "unknown-key", "", 6)),
        (f"summary: (U) {'x' * MAX_LENGTH}", ("1:1", "too-large", f"front matter is limited to {MAX_LENGTH} characters", 1)),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_wrong_in_front_matter_is_said_where_it_stands(line: str, expected: tuple[str, str, str, int]) -> None:
    data = f"---\nid: IB-2026-001\ntitle: (U) T\n{line}\n---\n(U) a\n".encode()
    first, *_ = read_document("a.md", data, "fouo-les").findings
    assert (str(first.place), first.rule.name, first.detail, first.width) == (f"a.md:{expected[0]}", *expected[1:])
