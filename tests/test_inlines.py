"""Inlines: what each sign becomes, and what any run of signs must keep."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import said
from tearline.bulletin.inlines import MAX_BRACKETS, code_spans, invisible, read_inlines
from tearline.bulletin.reading import Content, Positions, Reader
from tearline.bulletin.tree import Emphasis, Inline, InlinePortion, Link, words_of
from tearline.marking import read_mark

SIGNS = st.text(st.sampled_from("ab 1\n*_`[]()!<>&;\\\"'{}^#|-/:@.UL\u00a0é"), max_size=80)
OWN = read_mark("U", "fouo-les").mark


def inlines(text: str) -> tuple[tuple[Inline, ...], list[str]]:
    reader = Reader(text, Positions.of("a.md", text), "fouo-les")
    nodes = read_inlines(Content.of(text, 0), reader, OWN)
    return nodes, [f"{found.place.column} {found.rule.name}" for found in reader.findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("*a* **b** ***c***", "<em a> <strong b> <em <strong c>>"),
        ("_a_ __b__ a_b_c _a_b", "<em a> <strong b> a_b_c _a_b"),
        ("*a **b** c*", "<em a <strong b> c>"),
        ("*a _b* c_", "<em a _b> c_"),
        ("un*believ*able 2*3*4", "un<em believ>able 2*3*4"),
        ("** a** b **", "** a** b **"),
        ("a\\*b \\a \\", "a*b \\a \\"),
        ("`` a`b `` `c", "<code a`b> `c"),
        ("\\`a` `b\\` c", "`a<code  >b` c"),
        ("a  \nb\\\nc\nd", "a<break>b<break>c d"),
        ("a\\\n", "a"),
        ("&lt;&#x41;&amp;lt;&bogus;&", "<A&lt;&bogus;&"),
        ("![a *b*](gauge.png)", "<image gauge.png a b>"),
        ("it![^a] [^a b]", "it!<note a> [^a b]"),
        ("[a](<https://example.org/a b> 'c')", "<link https://example.org/a b 'c' a>"),
        ("[a](https://example.org?b&amp;c&copy=d)", "<link https://example.org?b&c&copy=d a>"),
        ('[a](https://example.org "b \\"c\\"")', "<link https://example.org 'b \"c\"' a>"),
        ("[a](s) [a](12) [a](es)", "[a](s) [a](12) [a](es)"),
        ("*see https://example.org/_a_*", "<em see https://example.org/_a_>"),
        ("[https://example.org/a_b_](https://example.org)", "<link https://example.org https://example.org/a_b_>"),
    ],
)
def test_inlines_without_findings(text: str, expected: str) -> None:
    nodes, found = inlines(text)
    assert said(nodes) == expected
    assert found == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a (U//LES) b", ["3 misplaced-mark"]),
        ("a (U) b (U)", ["3 repeated-mark"]),
        ("a (S//NF)", ["3 classified-mark"]),
        ("a (U//*LES*) b", ["3 misplaced-mark"]),
        ("a (U//[LES](https://example.org))", ["3 misplaced-mark"]),
        ("a `(U//LES)`", ["4 misplaced-mark"]),
        ("[a](https://example.org/(U//LES))", ["5 misplaced-mark"]),
        ("&#8203;", ["1 forbidden-character"]),
        ("<i>a</i>", ["1 raw-html", "5 raw-html"]),
        ("a {{ b }}", ["3 unsupported-markup"]),
        ("[a](b c)d [e](javascript:f)", ["15 bad-link"]),
        ("[a [b](https://example.org)](https://example.org)", ["1 bad-link"]),
        ("[a](U//LSE)", ["5 unknown-control"]),
        ("[a](fouo)", ["5 alias-mark"]),
        ("![a [b](U//LES)](gauge.png)", ["1 inline-portion"]),
    ],
)
def test_inlines_with_findings(text: str, expected: list[str]) -> None:
    assert inlines(text)[1] == expected


@settings(max_examples=300, deadline=None)
@given(SIGNS)
def test_no_letter_is_lost_or_made(text: str) -> None:
    """Without entities and links, whose signs are no words, letters and digits come out as they went in."""
    plain = text.replace("&", "+").replace("](", "] (").replace("[^", "[ ").replace("<", "+")
    nodes, _ = inlines(plain)
    kept = [char for char in words_of(nodes) if char.isalnum()]
    assert kept == [char for char in plain if char.isalnum()]


@settings(max_examples=300, deadline=None)
@given(SIGNS)
def test_nesting_is_bounded_and_links_hold_no_links(text: str) -> None:
    nodes, _ = inlines(text * 4)
    assert _depth(nodes) <= 2 * MAX_BRACKETS
    assert not _holds_links(nodes, inside=False)


def _depth(nodes: tuple[Inline, ...]) -> int:
    return 1 + max((_depth(getattr(node, "children", ())) for node in nodes), default=0)


def _holds_links(nodes: tuple[Inline, ...], *, inside: bool) -> bool:
    for node in nodes:
        link = isinstance(node, Link | InlinePortion)
        if (link and inside) or (
            isinstance(node, Emphasis | Link | InlinePortion) and _holds_links(node.children, inside=inside or link)
        ):
            return True
    return False


@given(SIGNS)
def test_code_spans_stand_apart_and_close_as_they_open(text: str) -> None:
    last = 0
    for start, end in code_spans(text):
        assert last <= start < end
        ticks = len(text[start:end]) - len(text[start:end].lstrip("`"))
        assert text[end - ticks : end] == "`" * ticks
        last = end


@pytest.mark.parametrize("code", [0, 0x0B, 0x0C, 0x0D, 0x85, 0xAD, 0x200B, 0x202E, 0x2028, 0x2066, 0xFEFF, 0xE0041])
def test_what_hides_words_is_found(code: int) -> None:
    assert invisible(f"a{chr(code)}b") == [1]


@pytest.mark.parametrize("text", ["é ñ ü", "“x” – ‘y’…", "\t\n\u00a0\u2009", "⚠\ufe0f", "漢字", "عربى"])
def test_what_people_type_is_not(text: str) -> None:
    assert invisible(text) == []
