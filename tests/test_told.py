"""Staged front matter: what is written is what every reader of YAML reads, and so is what the quick reader reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.utils import meta

from tearline.told import read, written

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["title", "description", "tearline", "id", "kind", "banner_spoken", "truly", "once"])
TOLD = st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=3), min_size=1)


@given(TOLD, st.lists(st.sampled_from(["word", "---", "...", "", "  code", "title: x"])).map("\n".join))
def test_both_readers_read_what_was_written(told: dict[str, Any], body: str) -> None:
    page = written(told, body)
    text = body.lstrip("\n").rstrip() + "\n"
    expected = (text if text.strip() else "", told)
    assert meta.get_data(page) == expected
    assert read(page) in (None, expected)


def test_the_quick_reader_reads_what_pages_say() -> None:
    told = {
        "title": 'Grüße: a "quoted" title, 😀, # not a comment',
        "hide": ["toc"],
        "tearline": {"kind": "page", "rows": [], "search": {}, "marks": [{"mark": "U", "count": 3}], "withheld": True},
    }
    assert written(told, "\n\n(U) Words.\n\n---\n\nMore.\n\n") == (
        '---\ntitle: "Grüße: a \\"quoted\\" title, 😀, # not a comment"\nhide: ["toc"]\ntearline:\n  kind: "page"\n  rows: []\n'
        '  search: {}\n  marks: [{"mark": "U", "count": 3}]\n  withheld: true\n---\n\n(U) Words.\n\n---\n\nMore.\n'
    )
    assert read(written(told, "(U) Words.")) == ("(U) Words.\n", told)


def test_dates_and_the_like_are_no_texts_and_are_not_written_as_some() -> None:
    with pytest.raises(TypeError):
        written({"title": "T", "at": dt.date(2026, 11, 23)}, "")


@pytest.mark.parametrize(
    "front",
    [
        "title: Plain",
        "title: 'Single'",
        "title: 1.5",
        "title: NaN",
        "yes: 1",
        "no: 1",
        "a:\n  b:\n    c: 1",
        "a:",
        "a:\nb: 1",
        "a: 1\n  b: 2",
        "  a: 1",
        "a: [1,\n  2]",
        '"a": 1',
        "A: 1",
        "a-b: 1",
        'a: "\\ud83d\\ude00"',
        'a: "\x85"',
        "a: 1 # said",
        "# said",
        "",
    ],
)
def test_front_matter_of_another_form_is_left_to_others(front: str) -> None:
    assert read(f"---\n{front}\n---\nWords.\n") is None


@pytest.mark.parametrize(
    "page", ["", "Words.", "---\n", "---\ntitle: 1\n", "---\ntitle: 1\n---", "x\n---\ntitle: 1\n---\n"]
)
def test_a_page_without_front_matter_is_left_to_others(page: str) -> None:
    assert read(page) is None
