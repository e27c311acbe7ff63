"""What an edition gets of a bulletin: everything it may see, nothing derived from the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import cycle
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drafts import LOW, Draft, Slot, Word, drafts, spelled
from hangs import no_hang
from tearline.bulletin.document import Bulletin, read_document
from tearline.effective import effective_marks
from tearline.emit import Addresses, emit
from tearline.findings import Severity
from tearline.policy import Edition, Vocabulary
from tearline.release import Decision, Released, check_stand_ins, release

HERE: Final = Addresses(lambda target: target, lambda file: f"../assets/{file}")
TERMS: Final = Vocabulary({}, {"flood": "Flood"}, {}, {}, {})
FULL: Final = Edition("full", "law-enforcement", None)
EOC: Final = Edition("eoc", "sltt", {"fouo-les": frozenset({"U", "FOUO"})})
OPEN: Final = Edition("open", "sltt", {"fouo-les": frozenset({"U"})})
documents = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(source: str) -> Bulletin:
    document = read_document("b.md", source.encode(), "fouo-les").document
    assert isinstance(document, Bulletin)
    return document


def errors(source: str) -> list[str]:
    reading = read_document("b.md", source.encode(), "fouo-les")
    return [f"{found.place} {found.rule.name}" for found in reading.findings if found.severity is Severity.ERROR]


def decide(source: str, edition: Edition = EOC) -> Decision:
    marked, _ = effective_marks(read(source))
    return release(marked, edition, TERMS)


def bulletin(body: str, *front: str, title: str = "(U) T") -> str:
    return "\n".join(["---", "id: IB-2026-001", f'title: "{title}"', *front, "---", "", body, ""])


def given_to(edition: Edition, body: str, *front: str) -> str:
    """The emitted body, without its title; empty where the bulletin is absent."""
    released = decide(bulletin(body, *front), edition).released
    return emit(released, HERE).removeprefix("# (U) T\n").strip("\n") if released is not None else ""


def eoc(body: str, *front: str) -> str:
    return given_to(EOC, body, *front)


def remarks(body: str, *front: str, edition: Edition = EOC) -> list[str]:
    return [f"{one.place.line} {one.rule.name}" for one in decide(bulletin(body, *front), edition).findings]


# --- properties -----------------------------------------------------------------------------------------------


def sees(mark: str) -> bool:
    return mark in LOW


def said(released: Released | None) -> str:
    """Everything there is to know of a release."""
    return "" if released is None else repr(released) + emit(released, HERE)


@documents
@given(drafts())
def test_each_edition_has_the_words_it_may_see_and_no_others(draft: Draft) -> None:
    source = draft.typed()
    assert errors(source) == []
    everything = {spelled(word) for word in draft.words}
    full, sanitized = decide(source, FULL), decide(source)
    assert {word for word in everything if word in said(full.released)} == everything
    got = {word for word in everything if word in said(sanitized.released)}
    assert got == (draft.shown(sees) if sanitized.released is not None else set())
    assert everything - got <= set(re.findall(r"\w+", " ".join(sanitized.withheld_words))) | draft.unwanted(sees)
    assert not got & set(re.findall(r"\w+", " ".join(sanitized.withheld_words)))


@documents
@given(drafts(), st.lists(st.integers(0, 5), min_size=3, max_size=9))
def test_what_is_withheld_changes_nothing(draft: Draft, tape: list[int]) -> None:
    """Non-interference: other withheld words, more of them, in another script, and the release is the same."""
    numbers = cycle(tape)

    def respelled(word: Word) -> str:
        return spelled(word) if word.shown(sees) else "\u03a9\u00e9" * (1 + next(numbers))

    def fill(slot: Slot) -> str:
        if next(numbers) % 2:
            return ""
        if slot.kind == "row":
            return "| (U//LES) \u03a9 |" + " \u03a9 |" * slot.cells
        opening = "" if slot.kind == "paragraph" else f"{slot.kind} "
        return f"{opening}(U//LES) \u03a9 [\u03a9](https://example.org/) `\u03a9`"

    first, second = decide(draft.typed()).released, decide(draft.typed(respelled, fill)).released
    if first is None or second is None:
        assert first is second
    else:
        assert replace(first, withheld=True) == replace(second, withheld=True)


@documents
@given(drafts())
def test_a_stricter_edition_has_less(draft: Draft) -> None:
    strict, loose = decide(draft.typed(), OPEN), decide(draft.typed())
    stand_ins = {spelled(word) for word in draft.words if word.stands_for is not None}
    for word in {spelled(word) for word in draft.words} - stand_ins:
        assert word not in said(strict.released) or word in said(loose.released)


@documents
@given(drafts())
def test_sanitizing_twice_is_sanitizing_once(draft: Draft) -> None:
    released = decide(draft.typed()).released
    if released is None:
        return
    body = emit(released, HERE)
    again = decide(bulletin(body.partition("\n")[2], title=f"({released.title.mark}) {released.title.words}")).released
    assert again is not None
    assert emit(again, HERE) == body


# --- rules, one by one ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        ("(U) The [x](U//LES) was seen.", "(U) The was seen."),
        ("(U) The man [x](U//LES), aged 40, left.", "(U) The man, aged 40, left."),
        ("(U) The man ([x](U//LES)) left.", "(U) The man left."),
        ("(U) The man ([x](U//LES))left.", "(U) The man left."),
        ("(U) The man([x](U//LES)) left.", "(U) The man left."),
        ("(U) a **b** ([x](U//LES)) c", "(U) a **b** c"),
        ("(U) **a** ([x](U//LES)) b", "(U) **a** b"),
        ("(U) **a**([x](U//LES)) b", "(U) **a** b"),
        ("(U) **a** b ([x](U//LES))c", "(U) **a** b c"),
        ("(U) a  b", "(U) a b"),
        ("(U) a ([x](U//LES) b) c", "(U) a (b) c"),
        ("(U) **a** ([x](U//LES)), b", "(U) **a**, b"),
        ("(U) [x](U//LES) a", "(U) a"),
        ("(U) a [x](U//LES)", "(U) a"),
        ("(U) a [x](U//LES)\\\nb", "(U) a  \nb"),
        ("(U) a\\\n[x](U//LES) b", "(U) a  \nb"),
        ("(U) [x](U//LES)\\\na\\\nb", "(U) a  \nb"),
        ("(U) a\\\nb\\\n[x](U//LES)", "(U) a  \nb"),
        ("(U) a\\\nb\\\n[x](U//LES)\\\nc\\\nd", "(U) a  \nb  \nc  \nd"),
        ("(U) a\\\n**[x](U//LES)**\\\nb", "(U) a  \nb"),
        ("(U) a\\\n[x](U//LES)\\\n[y](U//LES)\\\nb c\\\nd", "(U) a  \nb c  \nd"),
        ("(U) z **y** a `b`[x](U//LES)`c` d", "(U) z **y** a `bc` d"),
        ("(U) z `y` **b**[x](U//LES)**c** d", "(U) z `y` **bc** d"),
        ("(U) [x](U//LES) a **b**\\\nc", "(U) a **b**  \nc"),
        ("(U) a  b **c**", "(U) a b **c**"),
        ("(U) a\n\n(U) [x](U//LES), [y](U//LES).", "(U) a"),
        ('(U) a **b [x](U//LES "**c**") d** e', "(U) a **b c d** e"),
        ('(U) a _b [x](U//LES "**c**") d_ e', "(U) a _b **c** d_ e"),
        ('(U) [x](U//FOUO "y") b', "(U//FOUO) [x](U//FOUO) b"),
        ("(U) **[x](U//FOUO)** y", "(U//FOUO) **[x](U//FOUO)** y"),
        ('(U) [a](https://example.org/ "b") c', '(U) [a](https://example.org/ "b") c'),
        ('(U) a\n\n```text title="(U) [x](U//LES)"\nb\n```', '(U) a\n\n```text title="(U)"\nb\n```'),
        ("6.1 (U) a", "6.1 (U) a"),
        (
            '(U) a\n\n```text title="(U) b [c](U//LES) *d* [e](https://example.org/)"\nf\n```',
            '(U) a\n\n```text title="(U) b d e"\nf\n```',
        ),
        ('(U) He said "[x](U//LES)" and left.', "(U) He said and left."),
        ("(U) He said \u201c[x](U//LES)\u201d, then left.", "(U) He said, then left."),
        ("(U) Ridge, [x](U//LES), Mill.", "(U) Ridge, Mill."),
        ("(U) Ridge, [x](U//LES). Mill", "(U) Ridge. Mill"),
        ("(U) pre[x](U//LES)post", "(U) prepost"),
        ("(U) a **b [x](U//LES)** c", "(U) a **b** c"),
        ("(U) a **[x](U//LES) b** c", "(U) a **b** c"),
        ("(U) a **[x](U//LES)** c", "(U) a c"),
        ("(U) a _**[x](U//LES)**_ c", "(U) a c"),
        ("(U) a **b** [x](U//LES) **c** d", "(U) a **b** **c** d"),
        ("(U) a **b**[x](U//LES)**c** d", "(U) a **bc** d"),
        ("(U) a `b`[x](U//LES)`c` d", "(U) a `bc` d"),
        ("(U) a [x](U//LES) [y](U//SSI) b", "(U) a b"),
        ("(U) a\\\n[x](U//LES)\\\nb", "(U) a  \nb"),
        ('(U) The subject, [John **Doe**](U//LES "a *named* man"), left.', "(U) The subject, a _named_ man, left."),
        ('(U) [John](U//LES "A man") left', "(U) A man left"),
        ("(U) [x](U//FOUO) is seen", "(U//FOUO) [x](U//FOUO) is seen"),
        ("(U) a [b](IB-2026-002) c", "(U) a [b](IB-2026-002) c"),
    ],
)
def test_words_that_go_leave_no_trace_between_words(typed: str, released: str) -> None:
    assert eoc(typed) == released


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        ("- (U) a\n- (U//LES) b\n    - (U) c\n- (U) d", "- (U) a\n- (U) d"),
        ("3. (U) a\n4. (U//LES) b\n5. (U) c", "3. (U) a\n4. (U) c"),
        ("1. (U) a\n\n(U//LES) b\n\n1. (U) c", "1. (U) a\n2. (U) c"),
        ("- (U) a\n\n(U//LES) b\n\n1. (U) c", "- (U) a\n\n1. (U) c"),
        ("> (U) a\n\n(U//LES) b\n\n> (U) c", "> (U) a\n>\n> (U) c"),
        ("> - (U) a\n\n(U//LES) b\n\n> - (U) c", "> - (U) a\n> - (U) c"),
        ("(U) a\n\n> (U//LES) b", "(U) a"),
        ("(U//LES) a\n\n---\n\n(U) b\n\n---\n\n(U//LES) c\n\n---\n\n(U) d\n\n---", "(U) b\n\n---\n\n(U) d"),
        ("(U) Lead-in:\n\n- (U//LES) a", "(U) Lead-in:"),
        ("!!! note\n    (U//LES) a\n\n(U) b", "(U) b"),
        ('!!! note "(U) t"\n    (U//LES) a', '!!! note "(U) t"'),
        ("## (U) a\n\n(U//LES) b\n\n## (U) c\n\n(U) d", "## (U) a\n\n## (U) c\n\n(U) d"),
        ("## (U//LES) a\n\n(U) b\n\n### (U) c\n\n(U) d\n\n## (U) e", "## (U) e"),
    ],
)
def test_blocks_that_go_leave_no_trace(typed: str, released: str) -> None:
    assert eoc(typed) == released


HEAD: Final = "| (U) a | b | (U//LES) c |\n|---|:-:|---|\n"


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        (HEAD + "| (U) d | (U//LES) e | f |", "| (U) a | b |\n|---|:-:|\n| (U) d |  |"),
        (HEAD + "| (U//LES) d | e | f |\n| (U) g | h | i |", "| (U) a | b |\n|---|:-:|\n| (U) g | h |"),
        (HEAD + "| (U//LES) d | e | f |", ""),
        (HEAD.replace("(U) a", "(U//LES) a") + "| (U) d | e | f |", ""),
        ("| (U) a |\n|---|\n", ""),
    ],
)
def test_withheld_cells_are_blank_and_withheld_rows_columns_and_tables_gone(typed: str, released: str) -> None:
    assert eoc(typed) == released


def test_a_table_without_rows_stays_where_nothing_is_withheld() -> None:
    assert given_to(FULL, "| (U) a |\n|---|\n") == "| (U) a |\n|---|"


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        ("(U//LES) a\n\n!!! tearline\n    (U) b", "(U) b"),
        ("(U) a\n\n!!! tearline\n    (U) b", "(U) a"),
        ("(U//LES) a\n\n(U) b\n\n!!! tearline\n    (U) c", "(U) b"),
        ("(U//LES) a\n\n---\n\n!!! tearline\n    (U) b", "(U) b"),
        ("(U) a [b](U//LES) c\n\n!!! tearline\n    (U) d", "(U) a c\n\n(U) d"),
        ("(U) a\n\n- (U) b\n- (U//LES) c\n\n!!! tearline\n    - (U) d", "(U) a\n\n- (U) b\n- (U) d"),
        ("(U//LES) a\n\n!!! tearline\n    (U//SSI) b", ""),
        ("## (U//LES) a\n\n(U) b\n\n!!! tearline\n    (U) c", "(U) c"),
        ("## (U//LES) a\n\n!!! tearline\n    (U) c", "(U) c"),
        ('!!! note "(U//LES) a"\n    (U) b\n\n    !!! tearline\n        (U) c', "(U) c"),
        (
            '!!! note "(U//LES) a"\n    !!! note "(U) b"\n        (U) c\n\n        !!! tearline\n            (U) d',
            "(U) d",
        ),
        ('## (U//LES) h\n\n!!! note "(U) a"\n    (U) b\n\n    !!! tearline\n        (U) c', "(U) c"),
        ('!!! note "(U) a"\n    (U//LES) b\n\n    !!! tearline\n        (U) c', '!!! note "(U) a"\n    (U) c'),
        ("(U) a[^1]\n\n!!! tearline\n    (U) b\n\n[^1]: (U//LES) c", "(U) a\n\n(U) b"),
    ],
)
def test_a_stand_in_is_for_what_is_withheld_of_the_block_before(typed: str, released: str) -> None:
    assert eoc(typed) == released


def test_the_full_edition_shows_a_stand_in_folded_and_what_others_read() -> None:
    assert given_to(FULL, "(U//LES) a\n\n!!! tearline\n    (U) b") == (
        '(U//LES) a\n\n??? tearline "Wording in the EOC edition"\n    (U) b'
    )
    assert given_to(FULL, '(U) a [b](U//LES "c") d') == '(U//LES) a [b](U//LES "In other editions&#58; c") d'


COMPILED: Final = ("marking: U//LES", 'compilation_reason: "(U//LES) together"')


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        ("(U) a", ""),
        ("(U) a\n\n!!! tearline\n    (U) b", "(U) b"),
        ("(U) a\n\n!!! tearline\n    (U) b[^1]\n\n[^1]: (U) c", "(U) b[^1]\n\n[^1]: (U) c"),
        ("(U) a[^1]\n\n!!! tearline\n    (U) b[^1]\n\n[^1]: (U) c", "(U) b"),
        ("(U) ![a](a.png)\n\n!!! tearline\n    (U) ![b](a.png)", "(U) ![b](../assets/a.png)\n\n(U) cap"),
    ],
)
def test_a_compilation_governs_everything_but_stand_ins(typed: str, released: str) -> None:
    front = (*COMPILED, 'title_released: "(U) T"', "assets:", '  - {file: a.png, marking: U, caption: "(U) cap"}')
    assert eoc(typed, *front) == released


def test_a_compilation_governs_the_front_matter_too() -> None:
    front = (
        *COMPILED,
        'summary: "(U) s"',
        "hazards: [{marking: U, value: flood}]",
        "date: {marking: U, value: 2026-01-01}",
    )
    released = decide(bulletin("(U) a\n\n!!! tearline\n    (U) b", *front)).released
    assert released is not None
    assert (released.title.words, released.texts, released.values) == ("IB-2026-001", {}, {})
    assert released.facets["hazards"] == ()
    assert str(released.banner) == "U"


def test_an_overall_mark_that_an_edition_may_see_is_its_banner() -> None:
    released = decide(bulletin("(U) a", "marking: U//FOUO", 'compilation_reason: "(U) together"')).released
    assert released is not None
    assert (str(released.banner), [str(mark) for mark in released.legend]) == ("U//FOUO", ["U"])


FIGURES: Final = (
    "assets:",
    '  - {file: a.png, marking: U, alt: "(U) alt", caption: "(U//LES) cap", source: "county"}',
    '  - {file: b.png, marking: U//LES, caption: "(U) cap"}',
    "  - {file: c.pdf, marking: U}",
)


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        ("(U) ![in](a.png)", "(U) ![in; alt](../assets/a.png)\n\n(U) Source: county"),
        ("(U) ![a different ALT](a.png)", "(U) ![a different ALT](../assets/a.png)\n\n(U) Source: county"),
        ("(U) ![Al](a.png)", "(U) ![alt](../assets/a.png)\n\n(U) Source: county"),
        ("(U) a ![x](b.png) b", "(U) a b"),
        ("(U) [a ![x](b.png) b](https://example.org/) c", "(U) [a b](https://example.org/) c"),
        ('```text title="(U) b ![x](a.png) c"\nd\n```', '```text title="(U) b c"\nd\n```'),
        ("(U) ![x](b.png)", ""),
        ("(U) a\n\n- (U) ![x](b.png)\n    - (U) b\n- (U) c", "(U) a\n\n- (U) c"),
        ("(U) a\n\n## (U) ![x](b.png)\n\n(U) b", "(U) a"),
        ('(U) a\n\n!!! note "(U) ![x](b.png)"\n    (U) b\n\n    !!! tearline\n        (U) c', "(U) a\n\n(U) c"),
        ("| (U) ![x](b.png) | a |\n|---|---|\n| (U) b | c |", "| (U) | a |\n|---|---|\n| (U) b | c |"),
        ("(U) see [words](c.pdf) here", "(U) see words here"),
        ("(U) a[^1]\n\n[^1]: (U) ![x](b.png)", "(U) a"),
        ("- (U) ![x](a.png)", "- (U) ![x; alt](../assets/a.png)\n\n    (U) Source: county"),
    ],
)
def test_pictures_need_their_own_entry_too(typed: str, released: str) -> None:
    assert eoc(typed, *FIGURES) == released


def test_a_portion_shows_its_own_mark_under_a_compilation() -> None:
    assert given_to(FULL, "(U) a [b](U//FOUO) c", *COMPILED) == "(U//FOUO) a [b](U//FOUO) c"


def test_every_picture_of_a_portion_has_its_caption() -> None:
    files = ('  - {file: a.png, marking: U, caption: "(U) one"}', '  - {file: b.png, marking: U, caption: "(U) two"}')
    typed = "(U) ![x](a.png) ![y](b.png)"
    shown = "(U) ![x](../assets/a.png) ![y](../assets/b.png)\n\n(U) one\n\n(U) two"
    assert eoc(typed, "assets:", *files) == shown
    found = decide(bulletin("(U) a ![x](c.pdf)", *FIGURES)).findings
    assert [(one.rule.name, str(one.place)) for one in found] == [("asset-withheld", "b.md:10:7")]


def test_what_is_said_of_a_picture_has_marks_of_its_own() -> None:
    front = (
        "assets:",
        '  - {file: a.png, marking: U, alt: "(U) two  words", caption: "(U) cap"}',
        '  - {file: b.png, marking: U, alt: "(U//LES) held"}',
    )
    decision = decide(bulletin('!!! note "(U) ![x](a.png)"\n    (U) c\n\n(U) ![y](b.png)', *front))
    assert decision.released is not None
    assert emit(decision.released, HERE).removeprefix("# (U) T\n\n") == (
        '!!! note "(U) ![x; two words](../assets/a.png)"\n    (U) cap\n\n    (U) c\n\n(U) ![y](../assets/b.png)\n'
    )
    assert decision.withheld_words == ("held",)


def test_a_link_to_a_file_stays_where_the_file_does() -> None:
    link = '(U) see [words](c.pdf "title") here'
    assert given_to(FULL, link, *FIGURES) == link


def test_files_go_with_the_portions_that_use_them_and_their_names_stay_behind() -> None:
    decision = decide(bulletin("(U) ![x](a.png)\n\n(U//LES) ![y](b.png)\n\n(U) [z](c.pdf)", *FIGURES))
    assert decision.released is not None
    assert decision.released.assets == ("a.png",)
    assert {"b.png", "c.pdf", "cap"} <= set(decision.withheld_words)
    assert [(found.rule.name, str(found.place), found.portion) for found in decision.findings] == [
        ("asset-withheld", "b.md:14:5", "IB-2026-001")
    ]


@pytest.mark.parametrize(
    ("typed", "released"),
    [
        (
            "(U//LES) a[^x]\n\n(U) b[^y] c[^x]\n\n[^x]: (U) d\n\n[^y]: (U) e",
            "(U) b[^1] c[^2]\n\n[^1]: (U) e\n\n[^2]: (U) d",
        ),
        ("(U) a[^x] b[^y]\n\n[^x]: (U//LES) c\n\n    (U) d\n\n[^y]: (U) e", "(U) a b[^1]\n\n[^1]: (U) e"),
        ("(U) a[^x]\n\n[^x]:\n    | (U) b |\n    |---|\n    | (U//LES) c |", "(U) a"),
        ("(U//LES) a[^x]\n\n(U) b\n\n[^x]: (U) c", "(U) b"),
        ("(U) b[^x]\n\n[^x]: (U) c\n\n    (U//LES) d", "(U) b[^1]\n\n[^1]: (U) c"),
    ],
)
def test_notes_are_numbered_as_released_words_refer_to_them(typed: str, released: str) -> None:
    assert eoc(typed) == released


def test_the_front_matter_of_an_edition() -> None:
    front = (
        'summary: "(U//LES) hidden"',
        'summary_released: "(U) told"',
        'area: "(U//LES) hidden"',
        "hazards: [flood, Nowhere, {marking: U//LES, value: flood}]",
        "date: {marking: U//FOUO, value: 2026-03-12}",
        "in_effect_until: {marking: U//LES, value: 2026-03-13}",
        "supersedes: [{marking: U//LES, value: IB-2026-002}, IB-2026-003]",
        "revised:",
        '  - {at: 2026-03-12, change: "(U//LES) hidden"}',
        '  - {at: {marking: U//LES, value: 2026-03-13}, change: "(U//FOUO) hidden with its date"}',
        '  - {at: 2026-03-14, change: "(U) shown"}',
    )
    decision = decide(bulletin("(U) a", *front))
    released = decision.released
    assert released is not None
    assert {key: text.words for key, text in released.texts.items()} == {"title": "T", "summary": "told"}
    assert released.facets["hazards"] == ("flood",)
    assert list(released.values) == ["date"]
    assert released.supersedes == ("IB-2026-003",)
    assert [text.words for _, text in released.revised] == ["shown"]
    assert (str(released.banner), [str(mark) for mark in released.legend]) == ("U//FOUO", ["U"])
    assert released.withheld
    assert set(decision.withheld_words) == {
        "hidden",
        "Nowhere",
        "flood",
        "2026-03-13",
        "IB-2026-002",
        "hidden with its date",
    }


def test_each_edition_is_told_what_it_may_see_of_everything() -> None:
    front = (
        "marking: U//LES//SSI",
        'compilation_reason: "(U//LES) together"',
        'summary: "(U//LES) hidden"',
        'summary_released: "(U) told"',
        "hazards: [Flood, Nowhere]",
        "date: {marking: U//FOUO, value: 2026-03-12}",
        "supersedes: [{marking: U//LES, value: IB-2026-002}, IB-2026-003]",
        "related: [{marking: U//SSI, value: IB-2026-004}, IB-2026-005]",
        "revised:",
        '  - {at: 2026-03-12, change: "(U//LES) was  hidden"}',
    )
    body = "(U//SSI) a\n\n(U//LES) [b](U//SBU)\n\n(U//NF) c\n\n!!! tearline\n    (U) x"
    full, less = (decide(bulletin(body, *front), edition).released for edition in (FULL, EOC))
    assert "together" in decide(bulletin(body, *front)).withheld_words
    assert full is not None
    assert less is not None
    assert [(each.id, each.system) for each in (full, less)] == [("IB-2026-001", "fouo-les")] * 2
    assert [(label, text.words) for label, text in full.asides] == [
        ("Summary in other editions", "told"),
        ("Why the whole is marked higher than its parts", "together"),
    ]
    assert [str(mark) for mark in full.legend] == ["U", "U//LES", "U//NF", "U//SBU", "U//SSI", "U//SBU/LES"]
    assert [str(mark) for mark in full.value_marks] == ["U//FOUO", "U//SSI", "U//LES"]
    assert [text.words for _, text in full.revised] == ["was hidden"]
    assert (full.related, full.facets["hazards"]) == (("IB-2026-004", "IB-2026-005"), ("flood", "Nowhere"))
    assert (str(full.banner), full.withheld) == ("U//SBU-NF/LES-NF/SSI", False)
    assert (less.asides, less.revised, less.related) == ((), (), ("IB-2026-005",))
    assert [str(mark) for mark in (*less.legend, *less.value_marks)] == ["U", "U//FOUO"]
    assert less.withheld


@pytest.mark.parametrize(("body", "withheld"), [("(U) a", False), ("(U) a\n\n(U//LES) b", True)])
def test_a_release_knows_whether_anything_was_withheld(body: str, withheld: bool) -> None:  # noqa: FBT001
    released = decide(bulletin(body)).released
    assert released is not None
    assert released.withheld == withheld


def test_a_title_that_may_not_be_seen_is_the_id() -> None:
    released = decide(bulletin("(U) a", title="(U//LES) hidden")).released
    assert released is not None
    assert released.title.words == "IB-2026-001"


@pytest.mark.parametrize("front", ["draft: true", "recalled: 2026-03-12"])
def test_what_is_not_published_counts_as_withheld_whole(front: str) -> None:
    more = ("hazards: [Flood]", "related: [IB-2026-009]", "revised:", '  - {at: 2026-03-12, change: "(U) more"}')
    typed = '(U) a\n\n```text title="(U) t"\ncode\n```'
    decision = decide(bulletin(typed, 'summary: "(U) s"', *more, *FIGURES, front))
    assert decision.released is None
    assert {"a", "t", "code", "s", "T", "Flood", "IB-2026-009", "more"} <= set(decision.withheld_words)
    assert {"a.png", "alt", "cap", "county", "b.png", "c.pdf"} <= set(decision.withheld_words)
    assert decision.recalled == front.startswith("recalled")


def test_a_bulletin_without_released_portions_is_absent_and_withheld_whole() -> None:
    decision = decide(bulletin("(U//LES) a\n\n---", 'summary: "(U) s"'))
    assert (decision.released, decision.recalled, decision.findings) == (None, False, ())
    assert {"a", "s", "T"} <= set(decision.withheld_words)


@pytest.mark.parametrize(
    "body", ["> (U//LES) a", "- (U//LES) a", "!!! note\n    (U//LES) a", "---\n\n(U//LES) a\n\n---"]
)
def test_containers_of_nothing_are_nothing(body: str) -> None:
    assert decide(bulletin(body)).released is None


def test_withheld_words_hold_what_hides_behind_words() -> None:
    typed = '- (U//LES) a [b](https://example.org/c "d") [e](U//SSI "f")\n\n    ```text title="(U) g"\n    h\n    ```\n\n(U) i'
    words = decide(bulletin(typed)).withheld_words
    assert set(words) == {"a b e", "https://example.org/c", "d", "f", "g", "h"}


@pytest.mark.parametrize(
    ("typed", "released", "withheld"),
    [
        (
            '(U) a\n\n```text title="(U) t"\nb\n```\n\n```text title="(U//LES) u"\nc\n```',
            '(U) a\n\n```text title="(U) t"\nb\n```',
            {"u", "c"},
        ),
        ("(U) a\n\n- (U//LES) b\n\n(U) c", "(U) a\n\n(U) c", {"b"}),
        ("(U//LES) a\n\n!!! tearline\n    (U) b\n\n!!! tearline\n    (U) c", "(U) b", {"a"}),
        ("(U) a\n\n## (U//LES) b\n\n(U//LES) c\n\n---\n\n## (U) d\n\n(U) e", "(U) a\n\n## (U) d\n\n(U) e", {"b", "c"}),
        ("(U) a\n\n[^x]: (U) b", "(U) a", {"b"}),
        ("(U) a[^x] b[^x]\n\n[^x]: (U) c", "(U) a[^1] b[^1]\n\n[^1]: (U) c", set()),
        ("(U) a[^x]\n\n[^x]: (U) b[^x] c", "(U) a[^1]\n\n[^1]: (U) b c", set()),
        ("!!! tearline\n    (U) a\n\n(U) b", "(U) b", set()),
        ('(U) a\n\n!!! note "(U//LES) b"\n    ```text title="(U) c"\n    d\n    ```', "(U) a", {"b", "c", "d"}),
        ('(U) a\n\n- (U//LES) b\n\n    > ```text title="(U) c"\n    > d\n    > ```', "(U) a", {"b", "c", "d"}),
        (
            "| (U) a | b |\n|---|---|\n| (U//LES) c | (U) d |\n| (U) e | f |",
            "| (U) a | b |\n|---|---|\n| (U) e | f |",
            {"c", "d"},
        ),
        ("| (U) a | (U//LES) b |\n|---|---|\n| (U) c | (U) d |", "| (U) a |\n|---|\n| (U) c |", {"b", "d"}),
        (
            "(U) a[^x]\n\n(U) b[^x]\n\n!!! tearline\n    (U) c\n\n[^x]: (U//LES) d",
            "(U) a\n\n(U) b\n\n(U) c",
            {"d"},
        ),
        ("| (U) a | b |\n|---|---|\n| (U) c | (U//LES) d |", "| (U) a | b |\n|---|---|\n| (U) c |  |", {"d"}),
        (
            "| (U) a | (U//LES) b | c |\n|---|---|---|\n| (U) d | e | f |",
            "| (U) a | c |\n|---|---|\n| (U) d | f |",
            {"b", "e"},
        ),
    ],
)
def test_what_stays_behind_is_known_and_nothing_else_is_taken_for_it(
    typed: str, released: str, withheld: set[str]
) -> None:
    decision = decide(bulletin(typed))
    assert set(decision.withheld_words) == withheld
    assert eoc(typed) == released


def test_a_reason_that_an_edition_may_see_is_no_withheld_word() -> None:
    assert decide(bulletin("(U) a", "marking: U//FOUO", 'compilation_reason: "(U) b"')).withheld_words == ()


def test_nothing_of_the_source_is_left_in_a_release() -> None:
    released = decide(bulletin("(U//LES) a\n\n(U) b[^qaaa] [c](https://example.org/)\n\n[^qaaa]: (U) d")).released
    assert released is not None
    assert "qaaa" not in repr(released)
    assert not re.search(r"(?:number|at)=[1-9]", repr((released.blocks, released.notes)))


def test_items_under_a_lead_in_inside_an_item_are_its_words() -> None:
    typed = "- (U) a\n\n    (U//LES) b:\n\n    - c\n- (U) d"
    assert errors(bulletin(typed)) == []
    assert eoc(typed) == "- (U) a\n- (U) d"


# --- remarks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("## (U) a\n\n(U//LES) b", ["6 empty-section"]),
        ("## (U) a\n\n## (U) b\n\n(U) c", []),
        ("## (U) a\n\n(U//LES) b\n\n---", ["6 empty-section"]),
        ("## (U//LES) a\n\n(U) b\n\n(U//LES) c", ["6 section-withheld"]),
        ("## (U) a\n\n### (U) b\n\n(U//LES) c", ["8 empty-section"]),
        ("## (U) a\n\n### (U//LES) b\n\n(U//LES) c\n\n## (U) a\n\n(U) d", ["6 empty-section"]),
        ("## (U) a\n\n(U//LES) b\n\n!!! tearline\n    (U) c", []),
        ("## (U//LES) a\n\n(U) b\n\n(U) c\n\n### (U//LES) d\n\n(U) e", ["6 section-withheld"]),
        ("## (U//LES) a\n\n(U//LES) b\n\n!!! tearline\n    (U) c", []),
        ('## (U//LES) a\n\n!!! note "(U//LES) b"\n    (U//LES) c\n\n    !!! tearline\n        (U) d', []),
        ('## (U//LES) a\n\n!!! note "(U//LES) b"\n    (U) c', []),
        ("(a) (U) x\n\n(b) (U//LES) y\n\n(c) (U) z", ["8 number-gap"]),
        ("(a) (U) x\n\n(b) (U//LES) y", []),
        ("(a) (U//LES) x\n\n(b) (U) y", ["6 number-gap"]),
        ("(a) (U) x\n\n(1) (U//LES) y\n\n(c) (U) z", []),
        ("(b) (U) x\n\n(b) (U//LES) y\n\n(b) (U) z", []),
        ("(c) (U) x\n\n(d) (U//LES) y\n\n(a) (U) z", []),
        ("## 1. (U) a\n\n(U) b\n\n### 7. (U//LES) c\n\n(U//LES) d\n\n## 3. (U) e\n\n(U) f", []),
        ("(p) (U) x\n\n(z) (U//LES) y\n\n(q) (U) z", []),
        ("ii. (U) a\n\nx. (U//LES) b\n\niii. (U) c", []),
        ("3.1 (U) a\n\n3.2 (U//LES) b\n\n4.2 (U) c", ["8 number-gap"]),
        ("6.1 (U) a\n\n7.7 (U//LES) b\n\n6.2 (U) c", []),
        ("(a) (U//LES) x\n\n!!! tearline\n    (a) (U) y\n\n(b) (U) z", []),
        ("## 1. (U) x\n\n(U) a\n\n## 2. (U//LES) y\n\n(U//LES) b\n\n## 3. (U) z\n\n(U) c", ["10 number-gap"]),
        ("(a) (U//LES) x\n\n## (U) h\n\n(a) (U) y", []),
        ("3.1.1 (U) a\n\n3.2.1 (U//LES) b\n\n3.3.1 (U) c", ["8 number-gap"]),
        ("i. (U) a\n\nii. (U//LES) b\n\niii. (U) c", ["8 number-gap"]),
        ("iv. (U) a\n\nv. (U) b\n\nvi. (U//LES) c", []),
        ("6.1 (U) a\n\n6.2 (U//LES) b\n\n7.1 (U) c", []),
    ],
)
def test_remarks_are_made_once_and_only_where_true(typed: str, found: list[str]) -> None:
    assert remarks(typed + "\n\n## (U) end\n\n(U) end") == found
    assert remarks(typed, edition=FULL) == []


def test_a_remark_names_its_portion() -> None:
    found = decide(bulletin("(U) a\n\n## (U) b\n\n(U//LES) c")).findings
    assert [(one.rule.name, one.portion) for one in found] == [("empty-section", "IB-2026-001 ¶2")]


def test_a_stand_in_that_nobody_could_read_is_an_error() -> None:
    marked, _ = effective_marks(read(bulletin("(U//LES) a\n\n!!! tearline\n    (U//LES) b")))
    assert [found.rule.name for found in check_stand_ins(marked, [FULL, EOC])] == ["tearline-mark"]
    assert check_stand_ins(marked, [FULL]) == []
    marked, _ = effective_marks(read(bulletin("!!! note\n    (U//LES) a\n\n    !!! tearline\n        (U//LES) b")))
    found = [(one.place.line, one.portion) for one in check_stand_ins(marked, [FULL, EOC])]
    assert found == [(9, "IB-2026-001")]
    marked, _ = effective_marks(read(bulletin("(U//LES) a\n\n!!! tearline\n    (U//FOUO) b")))
    assert check_stand_ins(marked, [FULL, OPEN, EOC]) == []


# --- size -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "\n\n".join("(U) a" if number % 2 else "(U//LES) b" for number in range(9_000)),
        "\n".join("- (U) a" if number % 2 else "- (U//LES) b" for number in range(9_000)),
        "\n\n".join("> (U) a" if number % 2 else "(U//LES) b" for number in range(9_000)),
        "\n\n".join("## (U) a" if number % 2 else "## (U//LES) b" for number in range(9_000)),
        "| (U) a | b |\n|---|---|\n" + "\n".join("| (U) a | (U//LES) b |" for _ in range(3_000)),
        "(U) a " + " ".join("[b](U//LES) c" for _ in range(3_000)),
        "(U) "
        + " ".join("a[^1]" for _ in range(3_000))
        + "\n\n[^1]: (U) b\n\n"
        + "\n\n".join("    (U) c" for _ in range(3_000)),
    ],
)
def test_large_documents_are_released_without_a_hang(body: str) -> None:
    marked, _ = effective_marks(read(bulletin(body)))
    with no_hang():
        assert release(marked, EOC, TERMS).released is not None
