"""The files of words of an index: every word once and as it was, those that begin alike together, none larger than need be."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from tearline import settled
from tearline.settled import packed, settle, unpacked
from tearline.stretches import MAIN

WORDS = [
    "a",
    "ab",
    "brid",
    "bridg",
    "bridgework",
    "cat",
    "catalog",
    "cats",
    "dog",
    "é",
    "éclair",
    "éclat",
    "the",
    "them",
]


def made(words: list[str], large: str = "") -> dict[str, bytes]:
    """The files that Pagefind might make of words, two in a file; ``large`` is on very many pages."""
    entries: list[Any] = [
        [word, [[1, [at], []]] * (5000 if word == large else 20), []] for at, word in enumerate(words)
    ]
    parts = [entries[at : at + 2] for at in range(0, len(entries), 2)]
    files = {f"index/en_{at}.pf_index": packed(cbor2.dumps([part])) for at, part in enumerate(parts)}
    chunks = [[part[0][0], part[-1][0], f"en_{at}"] for at, part in enumerate(parts)]
    files["pagefind.en_1.pf_meta"] = packed(cbor2.dumps(["1", [], chunks, [], [], ["title"]]))
    return files | {"pagefind-entry.json": b'{"languages":{"en":{"hash":"en_1"}}}'}


def told(files: dict[str, bytes]) -> list[tuple[str, str, list[str]]]:
    """With which letters each file of words begins and ends, and its words."""
    table = next(cbor2.loads(unpacked(data)) for name, data in files.items() if name.endswith(".pf_meta"))
    lists = [(first, last, cbor2.loads(unpacked(files[f"index/{name}.pf_index"]))) for first, last, name in table[2]]
    return [(first, last, [entry[0] for entry in entries]) for first, last, (entries,) in lists]


def test_words_that_begin_alike_are_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "_LEAST", 120)
    files = made(WORDS)
    settle(MAIN, files, {})
    assert told(files) == [
        ("a", "a", ["a"]),
        ("ab", "ab", ["ab"]),
        ("brid", "brid", ["brid", "bridg", "bridgework"]),
        ("cat", "cats", ["cat", "catalog", "cats"]),
        ("dog", "dog", ["dog"]),
        ("é", "é", ["é"]),
        ("écla", "écla", ["éclair", "éclat"]),
        ("the", "them", ["the", "them"]),
    ]


def test_a_short_word_that_fills_a_file_is_by_itself() -> None:
    files = made(WORDS, "the")
    settle(MAIN, files, {})
    assert told(files) == [("a", "écla", WORDS[:-2]), ("the", "the", ["the"]), ("them", "them", ["them"])]


def test_what_is_said_of_words_stays_as_it_was() -> None:
    before, after = made(WORDS), made(WORDS)
    settle(MAIN, after, {})
    one, other = (
        [entry for name, data in sorted(files.items()) if "index/" in name for entry in cbor2.loads(unpacked(data))[0]]
        for files in (before, after)
    )
    assert one == other
    assert len(told(after)) == 1
