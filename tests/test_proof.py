"""The proof notices any difference between what was released and what a reader would see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tearline.bulletin.tree import (
    Block,
    Box,
    Code,
    Emphasis,
    Fence,
    Heading,
    Image,
    InlinePortion,
    Item,
    ItemList,
    Link,
    Note,
    NoteRef,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Text,
)
from tearline.emit import Addresses, emit
from tearline.proof import prove
from tearline.proof.expected import Expected
from tearline.proof.rendered import events_of
from tearline.release import Released
from test_emit import LES, SAMPLE, U, paragraph, words
from trees import SOMEWHERE, Draw, release_of, releases


def bullets(*items: Item, ordered: bool = False, start: int = 1) -> ItemList:
    return ItemList(ordered, start, items)


def item(text: str, *children: Block) -> Item:
    return Item(words(text), children)


PAGE: Final = release_of(
    (
        Heading(2, words("alpha")),
        Paragraph(
            Portion(
                U,
                (
                    Text("bravo "),
                    Emphasis(strong=True, children=(Text("charlie"),)),
                    Text(" "),
                    Emphasis(strong=False, children=(Text("delta"),)),
                    Text(" "),
                    Code("echo"),
                    Text(" "),
                    Link("https://example.org/", "foxtrot", (Text("golf"),)),
                    Image("a.png", "hotel"),
                    Text(" see"),
                    NoteRef("1"),
                    InlinePortion(LES, (Text("india"),), None),
                ),
            )
        ),
        bullets(item("juliett", bullets(item("kilo")), paragraph("lima")), item("mike")),
        bullets(item("november"), ordered=True, start=3),
        Quote((paragraph("oscar"), paragraph("papa"))),
        Box("!!!", "warning", words("quebec"), (paragraph("romeo"),)),
        Box("???", "note", words("sierra"), (paragraph("tango"),)),
        Box("===", "note", words("uniform"), (paragraph("victor"),)),
        Box("===", "note", words("whiskey"), (paragraph("xray"),)),
        Rule(),
        Table(
            (words("yankee"), words("zulu")),
            ("", "right"),
            ((words("one"), words("two")), (words("three"), words("four"))),
        ),
        Fence("text", words("five"), "six\n  seven"),
    ),
    (Note("1", (paragraph("eight"),)),),
)
TEXT: Final = emit(PAGE, SOMEWHERE)


def verdict(text: str, released: Released = PAGE) -> bool:
    return prove(text, released, SOMEWHERE, frozenset(), SAMPLE.render).holds


def test_the_page_is_right_as_it_is() -> None:
    assert verdict(TEXT)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("(U) oscar\n>\n> ", ""),  # a paragraph is lost
        ("(U) oscar\n>\n> (U) papa", "(U) papa\n>\n> (U) oscar"),  # two change places
        ("> (U) oscar\n>\n> (U) papa", "> (U) oscar\n\n(U) papa"),  # one leaves its container
        ("> (U) oscar\n>\n> (U) papa", "> (U) oscar\n\n<!-- -->\n\n> (U) papa"),  # a comment; two quotes from one
        ("    (U) romeo", "(U) romeo"),
        ("    (U) tango\n\n", "    (U) tango\n\n    (U) tango\n\n"),  # one comes twice
        ("!!! warning", "!!! danger"),
        ("!!! warning", "??? warning"),
        ("??? note", "???+ note"),
        ("    - (U) kilo", "- (U) kilo"),  # a child becomes a sibling
        ("- (U) mike", "    - (U) mike"),
        ("- (U) mike\n\n3. (U) november", "- (U) mike\n- (U) november"),
        ("3. (U) november", "4. (U) november"),
        ("3. (U) november", "- (U) november"),
        ("## (U) alpha", "### (U) alpha"),
        ("## (U) alpha", "(U) alpha"),
        ("## (U) alpha", "## alpha"),  # a mark is lost
        ("(U) lima", "lima"),
        ("(U) lima", "(U//FOUO) lima"),
        ("**charlie**", "_charlie_"),  # emphasis turns
        ("**charlie**", "charlie"),
        ("_delta_", "delta"),
        ("`echo`", "echo"),
        ("`echo`", "`echo` `echo`"),
        ("[golf](https://example.org/", "[golf](https://example.com/"),
        ('"foxtrot"', '"fox"'),
        ('[golf](https://example.org/ "foxtrot")', "golf"),
        ("![hotel]", "![hostel]"),
        ("a.png", "b.png"),
        ("see[^1]", "see"),
        ("](U//LES-NF)", "](U//LES)"),
        ("[india](U//LES-NF)", "india"),
        ("[india](U//LES-NF)", '[india](U//LES-NF "leaked")'),
        ('=== "(U) whiskey"', '???+ note "(U) whiskey"'),
        ('=== "(U) uniform"\n    (U) victor', '=== "(U) uniform"\n    (U) xray'),
        ("---\n\n| ", "| "),
        ("|---|--:|", "|---|---|"),
        ("| (U) one | (U) two |\n", ""),
        ("| (U) one | (U) two |", "| (U) two | (U) one |"),
        ("| (U) one | (U) two |", "| (U) one |  |"),
        ('title="(U) five"', 'title="(U) four"'),
        ("  seven", "seven"),  # white space counts in code
        ("six\n", ""),
        ("[^1]: (U) eight", "[^1]: (U) nine"),
        ("(U) eight", "(U) eight\n\n    (U) nine"),
        ("## (U) alpha", "## (U) alpha {: data-x=leaked}"),  # attributes leak
        ("## (U) alpha", "## (U) alpha {: #leaked}"),
        ("**charlie**", "**charlie**{: .leaked}"),
        ("**charlie**", "**charlie**{: title=leaked}"),
        ("(U) lima", "(U) lima\n    {: .leaked}"),
        ("_delta_", '<i title="leaked">delta</i>'),
        ("_delta_", "<em>delta</em><!-- leaked -->"),
        ("_delta_", "<?leaked?>_delta_"),
        ("bravo ", "bravo *[leaked]: x "),
    ],
)
def test_any_difference_is_noticed(was: str, becomes: str) -> None:
    assert TEXT.count(was) >= 1
    assert not verdict(TEXT.replace(was, becomes, 1))


@pytest.mark.parametrize(
    ("released", "text"),
    [
        (release_of((Paragraph(Portion(U, (Text("<em>x</em>"),))),)), "# (U) A title\n\n(U) <em>x</em>"),
        (release_of((Paragraph(Portion(U, (Text("[^1]"),))),)), "# (U) A title\n\n(U) a[^1]\n\n[^1]: x"),
        (release_of((Paragraph(Portion(U, (Text("a &amp; b"),))),)), "# (U) A title\n\n(U) a &amp; b"),
        (release_of((paragraph("a"), paragraph("b"))), "# (U) A title\n\n(U) a\n(U) b"),
        (release_of((bullets(item("a")), bullets(item("b"), ordered=True))), "# (U) A title\n\n- (U) a\n- (U) b"),
        (
            release_of((paragraph("a"),)),
            "# (U) A title\n\n(U) a\n\n[x]: https://example.org/ 'leaked'\n\n*[a]: leaked\n",
        ),
    ],
)
def test_words_are_never_taken_for_markup(released: Released, text: str) -> None:
    assert verdict(emit(released, SOMEWHERE), released)
    assert not verdict(text, released)


def test_the_verdict_names_the_portions_that_differ() -> None:
    released = release_of((paragraph("a"), paragraph("b"), paragraph("c")))
    text = emit(released, SOMEWHERE)
    given_text = [text.replace("(U) b", "(U) x"), text.replace("(U) b\n\n", ""), text + "\n(U) d\n"]
    broken = [prove(one, released, SOMEWHERE, frozenset(), SAMPLE.render).broken for one in given_text]
    assert broken == [frozenset({1}), frozenset({-1, 1}), frozenset({-1})]


def test_an_unknown_element_is_noticed() -> None:
    released = release_of((paragraph("a"),))
    page = SAMPLE.render(emit(released, SOMEWHERE))
    for odd in (
        "<p></p>",
        "<div>x</div>",
        "<section></section>",
        "<!-- -->",
        "</i>",
        "<img src='x'>",
        "<!DOCTYPE x>",
        "<p hidden>x</p>",
    ):
        assert not prove("", released, SOMEWHERE, frozenset(), lambda _, odd=odd: page + odd).holds  # type: ignore[misc]


def sabotages() -> list[tuple[str, Callable[[list[Block]], list[Block]]]]:
    return [
        ("drop", lambda blocks: blocks[:-1]),
        ("twice", lambda blocks: [*blocks, blocks[-1]]),
        ("turn", lambda blocks: blocks[::-1]),
        ("enclose", lambda blocks: [*blocks[:-1], Quote((blocks[-1],))]),
        ("rank", lambda blocks: [*blocks, Heading(3, words("x"))]),
    ]


@st.composite
def sabotaged(draw: Draw) -> tuple[Released, Released]:
    """A release, and another that differs from it."""
    released = draw(releases())
    _, damage = draw(st.sampled_from(sabotages()))
    blocks = damage(list(released.blocks))
    return released, replace(released, blocks=tuple(blocks))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sabotaged())
def test_what_was_emitted_of_another_tree_is_no_proof_of_this_one(pair: tuple[Released, Released]) -> None:
    one, other = pair
    assume(listed(one) != listed(other))
    assert not prove(emit(other, SOMEWHERE), one, SOMEWHERE, frozenset(), SAMPLE.render).holds


def listed(released: Released) -> list[tuple[str, ...]]:
    expected = Expected(SOMEWHERE, frozenset())
    expected.page(released)
    return expected.events


def test_a_link_to_what_the_edition_lacks_keeps_its_words_only() -> None:
    nowhere = Addresses(lambda _: None, lambda file: file)
    released = release_of((Paragraph(Portion(U, (Link("IB-2026-009", "title", (Text("words"),)),))),))
    page = events_of(SAMPLE.render(emit(released, nowhere)))
    assert list(page) == [("says", "h1", "(U) A title"), ("says", "p", "(U) words")]
