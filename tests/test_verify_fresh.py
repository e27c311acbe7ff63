"""What is new in a ledger is looked for wherever it may stand: a file is passed over only where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites import EOC_SETTINGS as EOC
from tearline.verify.fresh import Fresh, fresh, numbered
from tearline.verify.gist import gist_of, packed, read_gist, small_of, unpacked, written
from tearline.verify.ledger import Ledger, Origin, make_ledger
from tearline.verify.scan import Scanner
from tearline.verify.shorthand import longhand, shorthand
from tearline.verify.units import Unit

NONE = Origin("none", 1)
WORDS = st.sampled_from(
    [
        "jorun",
        "vossberg",
        "herons",
        "nest",
        "by",
        "the",
        "old",
        "weir",
        "555",
        "0142",
        "5550142",
        "7",
        "abc",
        "12",
        "of",
        "0",
        "14",
    ]
)


def told(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    return ((kind, said, "") for kind, said, _ in ledger.told(NONE))


def sought(ledger: Ledger, before: Ledger | None = None) -> Fresh:
    kept = fresh(told(before or Ledger()), None)[1]
    return fresh(told(ledger), kept)[0]


def ledger(*texts: str) -> Ledger:
    return make_ledger([(text, Origin("a.md", at + 1)) for at, text in enumerate(texts)])


@given(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), st.lists(WORDS, max_size=14))
def test_what_a_ledger_finds_may_always_be_in(text: str, said: list[str]) -> None:
    made = ledger(text, "Call 555-0142, plate 7ABC-12")
    if made.is_in(said):
        assert sought(made).may_be_in(numbered(set(said)))


@pytest.mark.parametrize("said", [["5550142"], ["555", "0142"], ["5", "550", "142", "x"], ["555", "01", "42"]])
def test_a_number_may_be_in_pieces(said: list[str]) -> None:
    assert sought(ledger("Call 555-0142")).may_be_in(numbered(said))


@pytest.mark.parametrize("said", [["555"], ["0142", "55"], ["nest", "by", "the"], []])
def test_what_lacks_a_word_is_passed_over(said: list[str]) -> None:
    assert not sought(ledger("Call 555-0142", "herons nest by the old weir")).may_be_in(numbered(said))


def test_only_what_was_not_there_before_is_new() -> None:
    before, after = ledger("Ask Jorun Vossberg"), ledger("Ask Jorun Vossberg", "herons nest by the weir")
    new = sought(after, before)
    assert not new.may_be_in(numbered(["jorun", "vossberg", "ask"]))
    assert new.may_be_in(numbered(["herons", "nest", "by", "the"]))
    assert not sought(after, after)
    assert not sought(before, after)
    assert not sought(Ledger(), Ledger())


def test_where_nothing_is_known_of_before_everything_is_new() -> None:
    new, kept = fresh(told(ledger("herons nest by the weir")), None)
    assert new
    assert new.may_be_in(numbered([]))
    assert not fresh(told(ledger("herons nest by the weir")), kept)[0]


def test_what_comes_from_the_canary_alone_is_never_new() -> None:
    assert not fresh(told(make_ledger([("Jorun fled", NONE)])), b"")[0]


def test_the_words_of_a_tag_count_in_each_file_that_has_it() -> None:
    scanner = Scanner(ledger("Dunlin"), EOC)
    for name in ("a.html", "b.html"):
        assert scanner.file(name, b'<p title="Jorun, &#86;ossberg">w<b>or</b>d</p>', name) == []
        assert {"jorun", "vossberg", "word", "w", "or", "d", name[0], "html"} <= scanner.said


@pytest.mark.parametrize("order", list(permutations([b"<b>x</b>", b"<p>Jorun</p>"])))
def test_every_file_begins_with_no_words(order: tuple[bytes, ...]) -> None:
    scanner, said = Scanner(ledger("Dunlin"), EOC), {}
    for data in order:
        assert scanner.file("a.html", data, "a.html") == []
        said[data] = "jorun" in scanner.said
    assert said == {b"<b>x</b>": False, b"<p>Jorun</p>": True}


@given(st.lists(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), max_size=3), st.lists(WORDS, max_size=14))
def test_a_ledger_is_the_same_once_it_was_written(texts: list[str], said: list[str]) -> None:
    made = make_ledger([(text, Origin(f"{at}.md", at, secret=at != 1)) for at, text in enumerate(texts)])
    again = longhand(shorthand(made))
    assert again == made
    assert list(again.find(said)) == list(made.find(said))


def test_what_is_entered_is_looked_for_too() -> None:
    made = ledger("herons nest by the old weir")
    made.enter(ledger("Jorun Vossberg, 555-0142"))
    for said in ("herons nest by the", "jorun", "vossberg jorun", "555 0142"):
        assert made.is_in(said.split())


UNITS = (
    Unit("a.md", 3, "paragraph", withheld=True, visible="Ask J\u00f6run Vo\u00dfberg, 555-0142", more=("https://example.org",)),
    Unit("a.md", 9, "cell", withheld=False, visible="herons", notes=("one", "two"), cell=2, before="1."),
    Unit("a.md", 12, "paragraph", withheld=False, visible="\udcff", instead_of=range(9, 12), stray="LES", own=True),
    Unit("a.md", 14, "note", withheld=True, visible="", label="one", high=True, secret=False, instead_of=range(0)),
)  # fmt: skip


def test_units_and_their_gist_are_the_same_once_they_were_packed() -> None:
    assert unpacked(packed(UNITS)) == UNITS
    gist = gist_of(UNITS)
    assert read_gist(written(gist)) == gist
    assert [one.line for one in gist] == [3, 3, 3, 14]
    assert small_of(UNITS) == ["herons"]
