"""What is emitted says what was released, in any words, to any renderer the policy allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sites import ROOT
from tearline.bulletin.tree import (
    Block,
    Box,
    Break,
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
    Tearline,
    Text,
)
from tearline.emit import emit, shown
from tearline.policy import extensions, load_policy
from tearline.proof import Renderer, prove
from tearline.release import Released, Shown
from trees import MARKS, SHREDS, SOMEWHERE, release_of, releases

U, FOUO, LES, REL = MARKS
EVERYTHING: Final[Mapping[str, Mapping[str, Any]]] = {
    name: {}
    for name in (
        *("pymdownx.betterem", "pymdownx.caret", "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark"),
        *("pymdownx.tilde", "pymdownx.inlinehilite"),
    )
} | {"pymdownx.arithmatex": {"generic": True}, "toc": {"permalink": True}, "pymdownx.highlight": {"linenums": True}}


def sample_extensions() -> dict[str, dict[str, Any]]:
    policy, found = load_policy(ROOT / "mkdocs.yml", {})
    assert policy is not None, found
    return dict(extensions(policy))


SAMPLE: Final = Renderer(sample_extensions())
# Chips come last, as the stage has it.
LOADED: Final = Renderer({**sample_extensions(), **EVERYTHING} | {"tearline.chips": {"system": "fouo-les"}})


def holds(released: Released, renderer: Renderer = SAMPLE, *, plain_allowed: bool = False) -> bool:
    """Whether the proof holds, as the stage goes about it: at worst some portions go without emphasis."""
    plain: frozenset[int] = frozenset()
    for _ in range(3 if plain_allowed else 1):
        verdict = prove(emit(released, SOMEWHERE, plain), released, SOMEWHERE, plain, renderer.render)
        if verdict.holds:
            return True
        plain |= verdict.broken
    return False


def emitted(*blocks: Block, notes: tuple[Note, ...] = ()) -> str:
    released = release_of(blocks, notes)
    assert holds(released)
    return emit(released, SOMEWHERE).removeprefix("# (U) A title\n\n").rstrip("\n")


def words(text: str, mark: Any = U) -> Portion:
    return Portion(mark, (Text(text),))


def paragraph(text: str) -> Paragraph:
    return Paragraph(words(text))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(releases())
def test_any_release_is_rendered_as_meant(released: Released) -> None:
    assert holds(released, plain_allowed=True)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(releases())
def test_any_release_is_rendered_as_meant_with_every_extension(released: Released) -> None:
    assert holds(released, LOADED, plain_allowed=True)


@pytest.mark.parametrize("renderer", [SAMPLE, LOADED], ids=["sample", "every extension"])
@pytest.mark.parametrize("shred", SHREDS)
def test_any_shred_of_markup_is_words_anywhere(shred: str, renderer: Renderer) -> None:
    said = shred.strip()
    portions = [Portion(U, (Text(text),)) for text in (said, f"a {said} b", f"a{said}{said}b")]
    bare = [Portion(None, portion.inlines) for portion in portions]
    attributes = Portion(U, (Link("https://example.org/", said, (Text("a"),)), Image("a.png", said)))
    broken = Portion(U, (Text("a"), Break(), Text(said), Break(), Text(f"{said} b")))
    blocks: list[Block] = [Heading(2, portion) for portion in portions]
    blocks += [Paragraph(portion) for portion in (*portions, attributes, broken)]
    blocks += [ItemList(ordered, 1, tuple(Item(one, ()) for one in (*bare, broken))) for ordered in (False, True)]
    blocks += [Table(tuple(portions), ("",) * 3, ((portions[0], *bare[1:]), (attributes, *bare[1:])))]
    blocks += [
        Box(opener, "note", portion, (Paragraph(portion),)) for opener in ("!!!", "???", "===") for portion in portions
    ]
    blocks += [
        Quote(tuple(Paragraph(portion) for portion in portions)),
        Fence("text", words(said), f"{said}\n{said} b\n  {said}"),
    ]
    assert holds(release_of(tuple(blocks), title=" ".join(said.split())), renderer, plain_allowed=True)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_escaped_words_are_words(text: str) -> None:
    assert holds(release_of((paragraph(text),)))


@pytest.mark.parametrize(
    ("portion", "line"),
    [
        (Portion(U, (Text("a "), Emphasis(strong=True, children=(Text("b"),)), Text(", c"))), "(U) a **b**, c"),
        (Portion(U, (Emphasis(strong=False, children=(Text("a"),)), Text("b"))), "(U) *a*b"),
        (Portion(U, (Text("a "), Emphasis(strong=False, children=(Text("b"),)))), "(U) a _b_"),
        (Portion(U, (Text("a"), Emphasis(strong=False, children=(Text("b"),)))), "(U) a*b*"),
        (Portion(U, (Link("tel:+1", "", (Emphasis(strong=False, children=(Text("a"),)),)),)), "(U) [_a_](tel:+1)"),
        (
            Portion(LES, (InlinePortion(LES, (Emphasis(strong=False, children=(Text("a"),)),), None),)),
            "(U//LES-NF) [_a_](U//LES-NF)",
        ),
        (
            Portion(U, (Emphasis(strong=False, children=(Text("a "), Emphasis(strong=True, children=(Text("b"),)))),)),
            "(U) _a **b**_",
        ),
        (
            Portion(U, (Emphasis(strong=True, children=(Emphasis(strong=False, children=(Text("a"),)), Text(" b"))),)),
            "(U) **_a_ b**",
        ),
        (Portion(U, (Code("a"), Text(" "), Code("`b"), Text(" "), Code("c``d"))), "(U) `a` `` `b `` `c``d`"),
        (Portion(U, (Code("a b`"),)), "(U) `` a b` ``"),
        (Portion(U, (Emphasis(strong=False, children=(Text("a"),)), Code("b"))), "(U) _a_`b`"),
        (
            Portion(U, (Text("go!"), Link("https://example.org/", "", (Text("a"),)))),
            "(U) go&#33;[a](https://example.org/)",
        ),
        (Portion(U, (Link("absent", "a title", (Text("a"),)),)), "(U) a"),
        (
            Portion(U, (Link("https://e.org/?a=1&b='", 'say "x"', (Text("a"),)),)),
            '(U) [a](https://e.org/?a=1&amp;b=%27 "say &quot;x&quot;")',
        ),
        (Portion(FOUO, (InlinePortion(REL, (Text("a"),), None),)), "(U//FOUO) [a](<U//REL TO USA, CAN//LES>)"),
        (
            Portion(LES, (InlinePortion(LES, (Link("tel:+1", "", (Text("a"),)),), (Text("b"),)),)),
            '(U//LES-NF) [a](U//LES-NF "In other editions&#58; b")',
        ),
        (Portion(U, (Image("a.png", "a [b] & c"),)), "(U) ![a &#91;b&#93; &amp; c](../assets/a.png)"),
        (Portion(U, (Text("a"), Break(), Text("1. b"), Break(), Text("- c"))), "(U) a  \n1&#46; b  \n&#45; c"),
        (Portion(U, (Text("a"),), ordinal="6.1"), "6.1 (U) a"),
        (Portion(U, (Text("Surge #4 [sic] AT&T a_b"),)), "(U) Surge \\#4 &#91;sic&#93; AT&amp;T a_b"),
        (Portion(U, (Text(':a==b say "c" :d'),)), '(U) :a&#61;&#61;b say "c" :d'),
    ],
)
def test_inlines_are_written_plainly(portion: Portion, line: str) -> None:
    assert emitted(Paragraph(portion)) == line


def test_a_note_may_be_the_last_word_and_the_words_after_it_stay() -> None:
    portion = Portion(U, (Text("a"), NoteRef("1"), Text(" b"), NoteRef("1")))
    assert emitted(Paragraph(portion), notes=(Note("1", (paragraph("c"),)),)) == "(U) a[^1] b[^1]\n\n[^1]: (U) c"


def test_an_item_of_two_lines_stays_one_item() -> None:
    broken = Item(Portion(U, (Text("a"), Break(), Text("b"))), ())
    assert emitted(ItemList(ordered=False, start=1, items=(broken,))) == "- (U) a  \n    b"


def test_a_title_without_words_is_its_mark() -> None:
    assert shown(Shown(U, "")) == "(U)"


def test_blocks_are_written_in_one_way() -> None:
    item = Item(words("a"), (ItemList(ordered=True, start=3, items=(Item(words("b"), ()),)),))
    loose = Item(words("c"), (paragraph("d"), Fence("", words("e"), "f\n\n  g")))
    text = emitted(
        Heading(2, words("a")),
        ItemList(ordered=False, start=1, items=(item, item)),
        ItemList(ordered=True, start=9, items=(loose, Item(words("h", None), ()))),
        Quote((paragraph("a"), ItemList(ordered=False, start=1, items=(item,)))),
        Rule(),
        Box("!!!", "note inline end", None, (paragraph("a"),)),
        Box("???+", "tip", words('say "a"'), ()),
        Box("===", "note", words("a"), (paragraph("b"),)),
        Box("===", "note", words("c"), ()),
        Tearline((paragraph("a"),)),
        Table((words("a"), words("b", None)), ("", "right"), ((words("c"), Portion(None, ())),)),
    )
    assert (
        text
        == """\
## (U) a

- (U) a
    3. (U) b
- (U) a
    3. (U) b

9. (U) c

    (U) d

    ```text title="(U) e"
    f

      g
    ```

10. h

> (U) a
>
> - (U) a
>     3. (U) b

---

!!! note inline end
    (U) a

???+ tip "(U) say &quot;a&quot;"

=== "(U) a"
    (U) b

=== "(U) c"

??? tearline "Wording in the EOC edition"
    (U) a

| (U) a | b |
|---|--:|
| (U) c |  |"""
    )


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ((paragraph("b"), paragraph("c")), "[^1]: (U) b\n\n    (U) c"),
        ((ItemList(ordered=False, start=1, items=(Item(words("b"), ()),)),), "[^1]:\n    - (U) b"),
        ((Fence("text", words("b"), "c"),), '[^1]:\n    ```text title="(U) b"\n    c\n    ```'),
        ((Quote((paragraph("b"),)), paragraph("c")), "[^1]:\n    > (U) b\n\n    (U) c"),
    ],
)
def test_notes_stand_at_the_end(note: tuple[Block, ...], text: str) -> None:
    portion = Portion(U, (Text("a"), NoteRef("1"), Text(": b")))
    assert emitted(Paragraph(portion), notes=(Note("1", note),)) == f"(U) a[^1]&#58; b\n\n{text}"


@pytest.mark.parametrize(
    "code",
    [
        "```\n````",
        "~~~",
        "a\tb\n\tc",
        "\n\na\n\n",
        "<b>&amp;</b>",
        "    indented",
        "`",
        "{: .x}",
        "# (x)",
        '"""',
        "\\",
        "",
        "-->",
    ],
)
def test_code_is_to_the_letter(code: str) -> None:
    fence = Fence("text", words('a "b" {c} \\ <d> &amp; `e'), code)
    item = Item(words("a"), (fence,))
    nested = (
        Box("!!!", "note", words("a"), (fence,)),
        ItemList(ordered=False, start=1, items=(item, item)),
        Quote((fence,)),
    )
    assert holds(release_of((fence, *nested)))


def test_many_neighbours() -> None:
    bullets = ItemList(ordered=False, start=1, items=tuple(Item(words(f"a{n}"), ()) for n in range(120)))
    numbers = ItemList(ordered=True, start=95, items=tuple(Item(words(f"b{n}"), (paragraph("c"),)) for n in range(12)))
    tabs = tuple(Box("===", "note", words(f"t{n}"), (bullets if n == 1 else paragraph("x"),)) for n in range(3))
    inner = Box("===", "note", words("outer"), tabs)
    assert holds(
        release_of((bullets, numbers, bullets, *tabs, paragraph("between"), *tabs, inner, numbers, Rule(), tabs[0]))
    )


def test_leaving_out_emphasis_leaves_the_words() -> None:
    inlines = (Emphasis(strong=True, children=(Text("a*"), Code("b`"))), Link("https://example.org/", "", (Text("c"),)))
    fence = Fence("text", words("f"), "c")
    released = release_of((fence, Paragraph(Portion(U, inlines)), Paragraph(Portion(U, inlines))))
    text = emit(released, SOMEWHERE, frozenset({1}))
    assert text.split("\n\n")[2:] == [
        "(U) a\\*b&#96;[c](https://example.org/)",
        "(U) **a\\*`` b` ``**[c](https://example.org/)\n",
    ]
    assert prove(text, released, SOMEWHERE, frozenset({1}), SAMPLE.render).holds
