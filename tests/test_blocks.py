"""Blocks: golden trees, ordinary habits in every combination, and nothing ever read twice, lost or looked at too long."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangs import no_hang
from newsroom import CASES, HEAD, Case, cases, marked, outline, read, rules, spoken
from tearline.bulletin.document import MAX_BYTES
from tearline.findings import Severity
from typist import Typist

GOLDEN = [(path.stem, case) for path in sorted(CASES.glob("*.md")) for case in cases(path)]
# Pieces of which hostile documents are made.
PIECES = [
    "(U) ", "(U//LES) ", "(S) ", "- ", "  - ", "    ", "\t", "1. ", "7) ", "> ", "# ", "## ", "|", "| (U) a | b |\n", "|---|---|\n",
    "```", '```text title="(U) t"\n', "```\n", "~~~\n", "!!! ", '!!! note "(U) t"\n', "!!! tearline\n", '=== "(U) t"\n', "<!--", "-->",
    "[^a]: ", "[^a]", "[", "](", "](U//LES)", '](U//LES "x")', ")", "*", "**", "_", "`", "<b>", "&#40;", "\\", "\n", "\n\n", " ", "  ",
    "---\n", "===\n", "\u00a0", "x", "word", "2019. ", "{", "-8<-", ":", "https://a_b_", "LES", "//", "\x0b", "\u2028", "\u200b",
]  # fmt: skip


def test_the_golden_folder_is_not_empty() -> None:
    assert {path.name for path in CASES.glob("*.md")} >= {"marks.md", "nesting.md", "ordinary.md", "structure.md"}
    assert len(GOLDEN) > 100
    assert len(set(GOLDEN)) == len(GOLDEN)


@pytest.mark.parametrize("case", [case for _, case in GOLDEN], ids=[f"{name}: {case.title}" for name, case in GOLDEN])
def test_golden(case: Case) -> None:
    assert outline(case.body) == case.expected


@pytest.mark.parametrize("name", ["marks", "structure"])
def test_every_hostile_case_is_refused_or_says_the_mark_of_every_word(name: str) -> None:
    for case in cases(CASES / f"{name}.md"):
        _, found = marked(read(case.body))
        refused = any(one.severity is Severity.ERROR for one in found)
        assert refused or "?" not in re.findall(r"\((\?)\)", case.expected), case.title


@pytest.mark.parametrize("seed", range(150))
def test_what_people_type_is_read(seed: int) -> None:
    typist = Typist(seed)
    body, tree = typist.document()
    assert outline(body) == "\n".join(tree)


def test_a_byte_order_mark_changes_nothing() -> None:
    body, tree = Typist(1).document()
    assert outline(body, before="\ufeff") == "\n".join(tree)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_every_line_is_read_once_whatever_stands_there(body: str) -> None:
    reading = read(body)
    assert "unread-text" not in {found.rule.name for found in reading.findings}
    marked(reading)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(0, 1 << 30))
def test_no_word_of_an_accepted_document_is_lost(pieces: list[str], seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    body = "(U) begin\n\n" + "".join(
        f"{piece}q{number}q " if draw.random() < 0.5 else piece for number, piece in enumerate(pieces)
    )
    settled, found = marked(read(body))
    if settled is None or any(one.severity is Severity.ERROR for one in found):
        return
    without_comments = re.sub(r"(?s)<!--.*?-->", "", body)
    assert sorted(re.findall(r"q\d+q", without_comments)) == sorted(re.findall(r"q\d+q", spoken(settled.bulletin)))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_what_is_inside_a_withheld_item_stays_inside(inner: str) -> None:
    """Words that are indented under an item carry at least its mark, whatever they are typed as."""
    lines = ["    " + line for line in inner.replace("\x0b", "").replace("\u2028", "").split("\n")]
    settled, found = marked(read("\n".join(["- (U//LES) item", "", *lines])))
    if settled is None or any(one.severity is Severity.ERROR for one in found):
        return
    assert all("LES" in one.mark.tokens for one in settled.effective.values())


HOSTILE = {
    "quotes": "> " * 45_000 + "x", "quotes in lines": "> " * 30 + "(U) x\n", "bullets": "- " * 45_000, "brackets": "(U) " + "[" * 90_000,
    "links": "(U) " + "[a](b) " * 12_000 + "\n", "inline portions": '(U) [a](U//LES "b") ' * 4_000 + "\n\n", "stars": "(U) " + "*a **b " * 12_000,
    "runs": "(U) " + "*" * 90_000, "parentheses": "(" * 90_000 + "\n\n", "backticks": "(U) " + " ".join("`" * n for n in range(1, 400)) + "\n\n",
    "code": "(U) " + "`a` " * 20_000 + "\n\n", "tags": "(U) " + "<a " * 30_000 + "\n\n", "entities": "(U) " + "&amp;" * 18_000 + "\n\n",
    "marks": "(U) " + "(U)" * 30_000 + "\n\n", "other marks": "(U) " + "(U//LES) " * 10_000 + "\n\n", "references": "(U) " + "[^1]" * 20_000 + "\n\n",
    "rows": "|a|\n|-|\n" + "| (U) x |\n" * 9_000, "columns": "|" + "a|" * 45_000 + "\n|" + "-|" * 45_000 + "\n", "headings": "# (U) Tee\n", "fences": "```\n",
    "boxes": "".join("    " * depth + '!!! note "(U) x"\n' for depth in range(400)), "lists": "".join("  " * depth + "- (U) x\n" for depth in range(40)),
    "box blanks": "!!! a" + " " * 80_000 + '"x\n', "row blanks": "|a|\n|-" + " " * 80_000 + "x\n", "heading blanks": "# (U) " + " #" * 45_000 + "x\n",
    "escaped pipes": "|a|\n|-|\n| (U) " + "\\" * 90_000 + "\n",
    "backslashes": "(U) " + "\\" * 90_000 + "\n\n", "comments": "<!-- x\n", "closed comments": "<!-- x -->\n", "lazy lines": "> (U) x\n" + "x\n" * 40_000,
    "notes": "[^a]: (U) x\n\n", "tearlines": "(U//LES) x\n\n!!! tearline\n    (U) x\n\n", "blank lines": "\n", "returns": "\r", "nothing": "\0",
    "paragraphs": "(U) x\n\n", "aliases": "(u) x\n\n", "one paragraph": "(U) " + "words and words\n" * 6_000 + "\n", "tabs": "\t" * 90_000 + "x\n",
    "targets": "(U) [a](b" + " b" * 40_000 + "\n\n", "titles": '(U) [a](b "' + '\\"' * 40_000 + "\n\n", "braces": "(U) " + "{{" * 40_000 + "\n\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_read_without_a_hang(name: str) -> None:
    body = (HOSTILE[name] * (MAX_BYTES // len(HOSTILE[name]) + 1))[: MAX_BYTES - len(HEAD)]
    with no_hang():
        reading = read(body)
    assert len(reading.findings) <= 5_001


def test_a_document_has_at_most_a_hundred_errors_and_one_that_says_so() -> None:
    found = read("x\n\n" * 1_000).findings
    assert len(found) == 101
    assert found[-1].rule.name == "more-findings"


def test_a_manual_of_four_hundred_pages_is_read() -> None:
    page = "## (U) Section\n\n" + "(U) " + "words of a manual " * 4 + "\n" + ("more words of it " * 4 + "\n") * 4 + "\n"
    body = page * 2_300
    assert len(body) > 0.8 * MAX_BYTES
    assert rules(body) == []


def test_the_case_files_are_read_from_disk_as_typed() -> None:
    assert all("\r" not in Path(path).read_text(encoding="utf-8") for path in CASES.glob("*.md"))
