"""The mark that governs each portion, and why."""

from __future__ import annotations

import pytest

from tearline.bulletin.tree import words_of
from tearline.effective import Marked, effective_marks
from test_release import bulletin, read

ROW = "| (U) a | (U//SSI) b |\n|---|---|\n| (U) c | d |\n| (U//LES) e | (U//FOUO) f |"


def settled(body: str, *front: str, every_item: bool = False) -> tuple[Marked, list[str]]:
    marked, found = effective_marks(read(bulletin(body, *front)), every_item=every_item)
    return marked, [f"{one.place.line} {one.rule.name}" for one in found]


def governing(body: str, *front: str) -> dict[str, str]:
    """Each portion's words with its mark and the reasons."""
    marked, _ = settled(body, *front)
    known = {words_of(one.inlines): marked.effective.get(one.number) for one in marked.bulletin.portions()}
    return {words: f"{one.mark} {', '.join(one.why)}" if one is not None else "" for words, one in known.items()}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("(U//LES) a", {"a": "U//LES typed"}),
        ("- (U//LES) a\n    - b\n        - (U) c", {"a": "U//LES typed", "b": "U//LES parent item, container", "c": "U//LES typed, container"}),
        ("- (U) a\n    - (U//LES) b", {"a": "U typed", "b": "U//LES typed, container"}),
        ("(U//LES) a:\n\n- b\n    - c", {"a:": "U//LES typed", "b": "U//LES lead-in", "c": "U//LES parent item, container"}),
        ("(U//LES) a\n- b", {"a": "U//LES typed", "b": "U//LES lead-in"}),
        ("(U//LES) **a**:[^1]\n\n- b\n\n[^1]: (U) n", {"a:": "U//LES typed", "b": "U//LES lead-in", "n": "U typed, container"}),
        ("(U) a\n\n- b", {"a": "U typed", "b": ""}),
        ("- (U) a\n\n    (U//LES) b:\n\n    - c", {"a": "U typed", "b:": "U//LES typed, container", "c": "U//LES parent item, lead-in, container"}),
        ("> (U//LES) a\n>\n> (U) b", {"a": "U//LES typed", "b": "U typed"}),
        ('!!! note "(U//LES) a"\n    (U) b\n\n    !!! note\n        (U) c', {"a": "U//LES typed", "b": "U//LES typed, container", "c": "U//LES typed, container"}),
        ('!!! note "(U//LES) a"\n    (U) b\n\n    !!! tearline\n        (U) c', {"a": "U//LES typed", "b": "U//LES typed, container", "c": "U typed"}),
        (ROW, {
            "a": "U typed", "b": "U//SSI typed, table", "c": "U typed, container", "d": "U//SSI row, column",
            "e": "U//LES typed, container", "f": "U//LES/SSI typed, row, column",
        }),
        ("(U) a[^1]\n\n[^1]: (U//LES) b\n\n    (U) c", {"a": "U typed", "b": "U//LES typed, container", "c": "U//LES typed, container"}),
        ("## (U//LES) a\n\n(U) b", {"a": "U//LES typed", "b": "U typed"}),
    ],
)  # fmt: skip
def test_what_governs_a_portion(body: str, expected: dict[str, str]) -> None:
    assert governing(body) == expected


@pytest.mark.parametrize(
    "body", ["> a", '!!! note "(U) t"\n    a', "- (U) t\n\n    a", "| a | b |\n|---|---|\n| (U) c | d |"]
)
def test_a_portion_that_nothing_marks_is_governed_by_nothing(body: str) -> None:
    """Not even by what contains it: the document is refused, and would be withheld if it were not."""
    assert governing(body).get("a") == ""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("(U) a\n\n- b\n- c", ["8 unmarked-portion", "9 unmarked-portion"]),
        ("- a", ["6 unmarked-portion"]),
        ("(U) a:\n\n- (U) b\n- c", ["9 list-partly-marked"]),
        ("(U) a:\n\n- b\n    - (U) c", ["8 list-partly-marked"]),
        ("- (U) a\n    - b", []),
        ("(U) a:\n\n- b\n    - c", []),
    ],
)
def test_lists_are_marked_or_led_into(body: str, found: list[str]) -> None:
    assert settled(body)[1] == found


def test_policy_can_ask_for_a_mark_on_every_item() -> None:
    assert settled("- (U) a\n    - b\n        - c", every_item=True)[1] == ["7 unmarked-portion", "8 unmarked-portion"]
    assert settled("(U) a:\n\n- b", every_item=True)[1] == ["8 unmarked-portion"]


REASON = 'compilation_reason: "(U//LES) together"'


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ((), []),
        (("marking: U//FOUO",), []),
        (("marking: U",), ["4 marking-too-low"]),
        (("marking: U//LES",), ["4 compilation-reason"]),
        (("marking: U//LES", REASON), []),
        (("marking: U//FOUO", "supersedes: [{marking: U//LES, value: IB-2026-002}]"), ["4 marking-too-low"]),
        (("marking: U//FOUO", "revised:", '  - {at: 2026-01-01, change: "(U//LES) a"}'), ["4 marking-too-low"]),
        (("marking: U//FOUO", "assets:", "  - {file: a.png, marking: U//LES}"), ["4 marking-too-low"]),
        (("marking: U//FOUO", "assets:", '  - {file: a.png, marking: U, alt: "(U//LES) a"}'), ["4 marking-too-low"]),
    ],
)
def test_the_overall_mark_is_the_roll_up_or_higher_for_a_reason(front: tuple[str, ...], found: list[str]) -> None:
    assert settled("(U) a\n\n(U//FOUO) b", *front)[1] == found


def test_an_inline_portion_counts_in_the_roll_up() -> None:
    assert settled("(U) a [b](U//LES) c", "marking: U")[1] == ["4 marking-too-low"]


def test_a_compilation_governs_all_but_stand_ins_and_their_notes() -> None:
    body = "(U) a[^1]\n\n!!! tearline\n    (U) b[^1] c[^2]\n\n[^1]: (U) d\n\n[^2]: (U) e"
    expected = {
        "a": "U//LES typed, compilation",
        "b c": "U typed",
        "d": "U//LES typed, container, compilation",
        "e": "U typed, container",
    }
    assert governing(body, "marking: U//LES", REASON) == expected


def test_an_overall_mark_that_equals_the_roll_up_governs_nothing() -> None:
    assert governing("(U) a\n\n(U//LES) b", "marking: U//LES") == {"a": "U typed", "b": "U//LES typed"}
