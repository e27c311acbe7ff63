"""Front matter is read strictly, wholly and with places, whatever it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tearline.bulletin.front_matter import (
    FORBIDDEN_CHARACTERS,
    MAX_DEPTH,
    MAX_LENGTH,
    Value,
    kind_of,
    quote_fixes,
    split_front_matter,
)

HIDDEN = "zzsecretzz"


def plain(value: Value) -> Any:
    """The value as YAML's own string-only loader would give it."""
    if isinstance(value.data, Mapping):
        return {key: plain(entry.value) for key, entry in value.data.items()}
    return [plain(item) for item in value.data] if isinstance(value.data, tuple) else value.data


def document(yaml_text: str) -> str:
    return f"---\n{yaml_text}---\n(U) Body\n"


def read(yaml_text: str) -> Any:
    front = split_front_matter(document(yaml_text), "a.md")
    assert front.findings == []
    assert front.root is not None
    return plain(front.root)


def faults(yaml_text: str) -> list[str]:
    """Every finding as `line:column rule`."""
    found = split_front_matter(document(yaml_text), "a.md").findings
    assert HIDDEN not in "".join(map(str, found))
    return [f"{f.place.line}:{f.place.column} {f.rule.name}" for f in found]


def mended(text: str) -> str:
    for start, end, replacement in reversed(quote_fixes(text)):
        text = text[:start] + replacement + text[end:]
    return text


def test_body_begins_behind_the_closing_line() -> None:
    for text in ("---\nid: x\n---\nBody", "--- \nid: x\n...\t\nBody", "---\r\nid: x\r\n---\r\nBody"):
        front = split_front_matter(text, "a.md")
        assert text[front.body_start :] == "Body"
        assert front.root is not None
        assert plain(front.root) == {"id": "x"}
    assert split_front_matter("---\nid: x\n---", "a.md").body_start == 13


@pytest.mark.parametrize(
    "text", ["", "Body", " ---\nid: x\n---\n", "\n---\nid: x\n---\n", "----\nid: x\n----\n", "--- x\n---\n"]
)
def test_document_without_front_matter_is_all_body(text: str) -> None:
    front = split_front_matter(text, "a.md")
    assert (front.root, front.body_start, [f.rule.name for f in front.findings]) == (None, 0, ["no-front-matter"])


def test_unclosed_front_matter_leaves_no_body() -> None:
    text = "---\nid: x\n ---\n(U) Body\n"
    front = split_front_matter(text, "a.md")
    assert (front.root, front.body_start) == (None, len(text))
    assert [f.rule.name for f in front.findings] == ["no-front-matter"]


def test_empty_front_matter_is_a_finding() -> None:
    assert faults("") == faults(" \n\n") == ["1:1 no-front-matter"]


def test_scalars_stay_what_was_typed() -> None:
    text = "a: NO\nb: 12:30\nc: 1.10\nd: yes\ne: 2026-03-12T02:55-05:00\nf: 0o17\ng: 'null'\nh: C-130"
    assert read(text + "\n") == {
        "a": "NO", "b": "12:30", "c": "1.10", "d": "yes", "e": "2026-03-12T02:55-05:00", "f": "0o17", "g": "null", "h": "C-130",
    }  # fmt: skip


def test_texts_may_run_over_lines() -> None:
    assert read("a: (U) one\n  two\n\n  three\nb: |\n  one\n   two\nc: >-\n  one\n  two\nd: 'one\n  two'\n") == {
        "a": "(U) one two\nthree", "b": "one\n two\n", "c": "one two", "d": "one two",
    }  # fmt: skip


def test_lists_and_mappings_in_both_notations() -> None:
    assert read("a:\n- x\n- y\nb: [x, 'y z']\nc:\n  - k: v\n    l: w\nd: {k: v, l: {m: [n]}}\ne: [\n  x\n]\n") == {
        "a": ["x", "y"], "b": ["x", "y z"], "c": [{"k": "v", "l": "w"}], "d": {"k": "v", "l": {"m": ["n"]}}, "e": ["x"],
    }  # fmt: skip


def test_tab_between_words_is_a_blank_and_in_the_indent_a_finding() -> None:
    assert read("a:\tb\t c\t\n") == {"a": "b  c"}
    assert faults("id: x\na:\n \t- b\n\tc: d\n") == ["4:2 front-matter-syntax", "5:1 front-matter-syntax"]


def test_values_know_their_places() -> None:
    front = split_front_matter(document("id: x\nlist:\n  - 'a b'\n  - {k: v}\n"), "a.md")
    assert front.root is not None
    entries = front.root.entries
    assert entries is not None
    assert (entries["list"].line, entries["list"].column) == (3, 1)
    first, second = entries["list"].value.items or ()
    assert (first.line, first.column, second.line, second.column) == (4, 5, 5, 5)
    inner = (second.entries or {})["k"]
    assert (inner.line, inner.column, inner.value.line, inner.value.column) == (5, 6, 5, 9)


@pytest.mark.parametrize(
    "typed",
    [
        "a: one two X",
        "a: one\n  two\n\n   X",
        "a: 'it''s\n  two X'",
        'a: "\\x41 \\"q\\" two \\\n   and X"',
        "a: |\n  one\n   two\n  X",
        "a: >-\r\n  one\r\n  two X",
        "a: one: two X",
        "a: '(U) it's one: X'",
        "a: {marking: U, value: it's, one X}",
    ],
)
def test_each_character_of_a_value_leads_back_to_its_place(typed: str) -> None:
    text = document(typed + "\n")
    front = split_front_matter(text, "a.md")
    assert front.root is not None
    value = (front.root.entries or {})["a"].value
    value = value.entries["value"].value if value.entries else value
    assert value.text is not None
    line, column = value.position(value.text.index("X"))
    assert text.split("\n")[line - 1][column - 1] == "X"


TRAPS = {
    "title: (U) Surge #4\n": "(U) Surge #4",
    "title: (U) Alert: drones\n": "(U) Alert: drones",
    "title: (U) Alert:\n": "(U) Alert:",
    "title: (U) One\n  Alert: two\n": "(U) One Alert: two",
    "title: (U) One #4\r\n  and 'two'\r\n": "(U) One #4 and 'two'",
    "title:\n  (U) Alert: drones\n": "(U) Alert: drones",
    "title: [sic] he said\n": "[sic] he said",
    "title: {x} he said\n": "{x} he said",
    "title: *bold* words\n": "*bold* words",
    "title: **(U)** words\n": "**(U)** words",
    "title: & more\n": "& more",
    "title: ! more\n": "! more",
    "title: %x\n": "%x",
    "title: @x\n": "@x",
    "title: `x` y\n": "`x` y",
    "title: #4 road\n": "#4 road",
    "title: | words\n": "| words",
    "title: > 5 sites\n": "> 5 sites",
    "title: - words\n": "- words",
    "title: ? words\n": "? words",
    "title: : words\n": ": words",
    "title: , words\n": ", words",
    "title: '(U) The Governor's order'\n": "(U) The Governor's order",
    "title: '(U) It''s the Governor's'\n": "(U) It's the Governor's",
    'title: "(U) He said "stop" now"\n': '(U) He said "stop" now',
    'title: "Quoted" words\n': '"Quoted" words',
    "title: '90s' music: loud\n": "'90s' music: loud",
}


@pytest.mark.parametrize("text", TRAPS)
def test_text_that_yaml_would_cut_or_misread_wants_quotes(text: str) -> None:
    found = faults("id: x\n" + text)
    assert len(found) == 1
    assert found[0].endswith(" quote-value")


@pytest.mark.parametrize("text", TRAPS)
def test_fix_puts_quotes_around_the_typed_words(text: str) -> None:
    front = split_front_matter(mended(document(text)), "a.md")
    assert front.findings == []
    assert front.root is not None
    assert plain(front.root) == {"title": TRAPS[text]}
    assert mended(mended(document(text))) == mended(document(text))


def test_trapped_values_are_found_all_at_once_at_any_depth() -> None:
    text = (
        "revised:\n  - at: 2026-03-12\n    change: (U) Updated 03:10 EST: more\n  - at: 2026-03-13\n    change: (U) Site #5\n"
        "related:\n- (U) a: b\nnote: {marking: U//LES, value: one, and two: three #4}\nwho: {value: a, b, marking: U//REL TO USA, CAN}\n"
    )
    assert faults(text) == [
        "4:13 quote-value", "6:13 quote-value", "8:3 quote-value", "9:32 quote-value", "10:14 quote-value", "10:29 quote-value",
    ]  # fmt: skip
    front = split_front_matter(mended(document(text)), "a.md")
    assert front.findings == []
    assert front.root is not None
    assert plain(front.root) == {
        "revised": [
            {"at": "2026-03-12", "change": "(U) Updated 03:10 EST: more"},
            {"at": "2026-03-13", "change": "(U) Site #5"},
        ],
        "related": ["(U) a: b"],
        "note": {"marking": "U//LES", "value": "one, and two: three #4"},
        "who": {"value": "a, b", "marking": "U//REL TO USA, CAN"},
    }


@pytest.mark.parametrize(
    "text",
    [
        'a: (U) 12:30, U.S./Canada, https://example.org/#x, C#, 5 > 4 & 3, [sic], {x}, it\'s, "so", * and !\n',
        "a: [x, y]\nb: {marking: U//LES, value: [x, y]}\nc: {marking: U//LES, value: 'a, b: c #4'}\n",
        "a: {value: [x, {marking: U, value: y}], marking: U}\n",
        "a: '(U) one: two #4'\nb: \"(U) one: two #4\"\nc: |\n  (U) one: two #4\n  'x' y\nd: >\n  - a: b: c\n",
        "a: 'one\n  two: three #4\n  four'\n",
        "a:\n  - 'x'\n  - \"y\"\n  - [z]\n",
        "a: {marking: U, value: x, draft: yes}\n",
    ],
)
def test_nothing_is_quoted_that_yaml_reads_well(text: str) -> None:
    assert faults(text) == []
    assert quote_fixes(document(text)) == []


REFUSED = {
    "# note\nid: x\n": ["2:1 yaml-feature"],
    "id: x # note\n": ["2:7 yaml-feature"],
    "id: 'x' #note\n": ["2:9 yaml-feature"],
    "a: | # note\n  x\n": ["2:6 yaml-feature"],
    "a:\n  # note\n  - x\n": ["3:3 yaml-feature"],
    "a: [x, # note\n  y]\n": ["2:8 yaml-feature"],
    "a: (U) words #4 # note\n": ["2:4 quote-value", "2:17 yaml-feature"],
    "a: &x\n  - b\n": ["2:4 yaml-feature"],
    "a: &x b\n": ["2:4 quote-value", "2:4 yaml-feature"],
    "a: *x\n": ["2:4 yaml-feature"],
    "a: !!str x\n": ["2:4 yaml-feature"],
    "a: !ENV x\n": ["2:4 quote-value", "2:4 yaml-feature"],
    "a: !!python/object/apply:os.system [x]\n": ["2:4 yaml-feature"],
    "&x a: b\n": ["2:1 yaml-feature"],
    "<<: x\n": ["2:1 yaml-feature"],
    "a:\n  <<: x\n": ["3:3 yaml-feature"],
    "%YAML 1.1\nid: x\n": ["2:1 yaml-feature"],
    "--- x\n": ["2:1 front-matter-syntax"],
    "--- {a: b}\n": ["2:1 front-matter-syntax"],
    "a: 1\nb: 2\na: 3\n": ["4:1 duplicate-key"],
    "a: {b: 1, b: 2}\n": ["2:11 duplicate-key"],
    "a:\n": ["2:3 bad-value"],
    "a: null\nb: ~\nc: ''\nd: '  '\n": ["2:4 bad-value", "3:4 bad-value", "4:4 bad-value", "5:4 bad-value"],
    "a: [b, null]\n": ["2:8 bad-value"],
    "a: {b}\n": ["2:6 bad-value"],
    "a:b\n": ["2:1 front-matter-syntax"],
    "words\n": ["2:1 front-matter-syntax"],
    "- a\n": ["2:1 front-matter-syntax"],
    "{a: b}\n": ["2:1 front-matter-syntax"],
    "[a]: b\n": ["2:1 front-matter-syntax"],
    ": b\n": ["2:1 front-matter-syntax"],
    "  a: b\nc: d\n": ["2:3 front-matter-syntax"],
    "a: b\n  c: d\n": ["3:4 front-matter-syntax"],
    'a: "x\nb: c\n': ["2:4 front-matter-syntax"],
    "a: [x\nb: c\n": ["2:4 front-matter-syntax"],
    'a: "\\q"\n': ["2:4 front-matter-syntax"],
    'a: "\\U00110000"\n': ["2:1 front-matter-syntax"],
    'a: "\\u202e"\nb: "\\ud800"\n': ["2:4 forbidden-character", "3:4 forbidden-character"],
    "a: x\x00y\u200b\nb: \ud800\nc: \u2028x\nd: \ufeffx\ne: x\ry\n": [
        "2:5 forbidden-character", "3:4 forbidden-character", "4:4 forbidden-character", "5:4 forbidden-character", "6:5 forbidden-character",
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    assert faults(text) == REFUSED[text]


def test_one_unreadable_entry_does_not_hide_the_others() -> None:
    text = f"id: x\ntitle: '{HIDDEN}\nfoo: [{HIDDEN}\nsummary: (U) a: {HIDDEN}\n{HIDDEN}\nid: {HIDDEN} # {HIDDEN}\n"
    assert faults(text) == [
        "3:8 front-matter-syntax", "4:6 front-matter-syntax", "5:10 quote-value", "6:1 front-matter-syntax", "7:16 yaml-feature", "7:1 duplicate-key",
    ]  # fmt: skip
    front = split_front_matter(document(text), "a.md")
    assert front.root is not None
    entries = front.root.entries
    assert entries is not None
    assert {key: entry.value.broken for key, entry in entries.items()} == {
        "id": False, "title": True, "foo": True, "summary": False,
    }  # fmt: skip


def test_depth_is_limited() -> None:
    def nested(depth: int) -> str:
        return f"a: {'[' * depth}x{']' * depth}\n"

    assert faults(nested(MAX_DEPTH - 1)) == []
    assert faults(nested(MAX_DEPTH)) == [f"2:{4 + MAX_DEPTH - 1} too-deep"]
    assert faults("a:\n" + "".join(f"{' ' * n}- \n" for n in range(1, 40)))[0].endswith("too-deep")


def test_size_is_limited() -> None:
    assert faults(f"a: {'x' * (MAX_LENGTH - 10)}\n") == []
    assert faults(f"a: {'x' * MAX_LENGTH}\n") == ["1:1 too-large"]
    assert "1:1 too-large" in faults("".join(f"k{n}: v\n" for n in range(2000)))
    assert [f.split()[1] for f in faults(f"a: [{'x, ' * 2000}]\n")] == ["too-large", "too-large"]


def test_bulletins_are_told_from_pages_by_their_id() -> None:
    for text, kind in (("id: x\n", "bulletin"), ("title: x\n", "page"), ("id: [\n", "bulletin")):
        front = split_front_matter(document(text), "a.md")
        assert front.root is not None
        assert kind_of(front.root) == kind


HOSTILE = {
    "brackets": "[" * 60_000,
    "brackets-in-a-value": "a: " + "[" * 60_000,
    "braces": "k: " + "{marking: " * 6_000,
    "empty-keys": "a:\n" * 21_000,
    "keys-in-a-line": "a: " * 21_000,
    "dashes": "- " * 32_000,
    "dashes-below": "x:\n " + "- " * 32_000,
    "question-marks": "? " * 32_000,
    "quotes": "'" * 65_000,
    "quotes-on-lines": "k:\n" + " '\n" * 20_000,
    "open-quotes": "k: 'a\n" * 10_000,
    "apostrophes": "k: '" + "x'y" * 20_000 + "'",
    "anchors": "k: " + "&a " * 20_000,
    "aliases": "a: *a\n" * 10_000,
    "tags": "k: " + "!a " * 20_000,
    "hashes": "k: a" + " #" * 30_000,
    "colons": "k: a" + " : " * 20_000,
    "blank-lines": "k:\n" + "\n" * 60_000,
    "blanks": "k: a" + " " * 60_000 + "b",
    "tabs": "\ta\n" * 20_000,
    "zero-widths": "\u200ba" * 30_000,
    "comments": "# a\n" * 16_000,
    "indents": "".join(" " * n + "a:\n" for n in range(340)),
    "flow-heads": "k: {marking: a" + ", value: a" * 6_000 + "}",
    "literal": "k: |\n" + " a\n" * 20_000,
    "escapes": 'k: "' + "\\x41" * 16_000 + '"',
    "long-number": "%YAML 1." + "1" * 6_000,
    "lines-of-megabytes": "a: " + "b" * 5_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_or_read_quickly(name: str) -> None:
    text = document(HOSTILE[name] + "\n")
    start = time.perf_counter()
    split_front_matter(text, "a.md")
    quote_fixes(text)
    assert time.perf_counter() - start < 1


# Properties. The alphabet is what YAML and our reading of it turn upon.

YAMLISH = st.text(st.sampled_from("ab()U/: \n\t\r#'\"[]{},-?&*!|>%@`\\~<=.0x\u00a0\u200b\x85\u2028\ud800"), max_size=80)
KEYS = st.sampled_from(["id", "title", "date", "a b", "'q'", "revised"])
VALUES = st.one_of(
    st.text(st.sampled_from("aU()/: #'\"[]{},-&*!|>"), min_size=1, max_size=12),
    st.sampled_from(
        [
            "(U) a: b",
            "[a, b]",
            "{marking: U, value: a, b}",
            "\n- a: b\n  c: d\n- e",
            "|\n  a: b\n  c",
            "'a\n b'",
            "a\n b",
        ]
    ),
)
LINES = st.lists(st.tuples(KEYS, VALUES), max_size=4, unique_by=lambda row: row[0]).map(
    lambda rows: "".join(f"{key}: {value}\n" for key, value in rows)
)


def of_yaml(text: str) -> Any:
    """What PyYAML's string-only loader makes of the whole at once."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but strings


@given(st.one_of(st.text(), YAMLISH.map(lambda text: f"---\n{text}\n---\n"), LINES.map(document)))
@example("---\nk: '\n---\n")
@example("---")
@example("---\n")
def test_no_input_raises(text: str) -> None:
    front = split_front_matter(text, "a.md")
    assert front.root is not None or front.findings
    assert 0 <= front.body_start <= len(text)
    lines = text.count("\n") + 1
    assert all(1 <= f.place.line <= lines and f.place.column >= 1 for f in front.findings)
    quote_fixes(text)


@given(st.one_of(YAMLISH.map(lambda text: text + "\n"), LINES))
@example("a: b\n\tc\n")
@example("a: '\n  b'\n")
@example("a:\n- b\n")
def test_what_is_accepted_means_what_yaml_means(text: str) -> None:
    whole = document(text)
    front = split_front_matter(whole, "a.md")
    if not front.findings and front.root is not None:
        inside = whole[4:].partition("---\n")[0] if front.body_start == len(whole) - len("(U) Body\n") else None
        if inside == text:
            assert plain(front.root) == of_yaml(text.replace("\t", " "))


@given(st.one_of(YAMLISH.map(lambda text: text + "\n"), LINES))
def test_every_character_of_an_accepted_entry_is_in_a_key_or_a_value(text: str) -> None:
    """Nothing is cut: no comment and no other lost words (letters stand for all)."""
    front = split_front_matter(document(text), "a.md")
    if front.findings or front.root is None or "---" in text or "..." in text or "\\" in text:
        return
    kept = str(plain(front.root))
    assert all(kept.count(letter) >= text.count(letter) for letter in "abU0")


@given(LINES)
def test_after_the_fix_nothing_wants_quotes(text: str) -> None:
    once = mended(document(text))
    assert "quote-value" not in {f.rule.name for f in split_front_matter(once, "a.md").findings}
    assert mended(once) == once


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(lambda words: " ".join(words.split())))
def test_marked_words_are_read_or_refused_but_never_changed(words: str) -> None:
    if FORBIDDEN_CHARACTERS.search(words):
        return
    typed = f"title: (U) {words}x\n"
    front = split_front_matter(document(typed), "a.md")
    assert front.root is not None
    if not front.findings:
        assert plain(front.root) == {"title": f"(U) {words}x"}
    elif {f.rule.name for f in front.findings} == {"quote-value"}:
        again = split_front_matter(mended(document(typed)), "a.md")
        assert again.findings == []
        assert again.root is not None
        assert plain(again.root) == {"title": f"(U) {words}x"}
