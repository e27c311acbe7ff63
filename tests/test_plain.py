"""Plain words are spared a search for markup, and every page is what it would be with one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from sites import ROOT
from tearline.plain import Before
from test_chips import EXTENSIONS, converter

PIECES = st.sampled_from(
    [
        *("(U) ", "(U//LES) ", "word ", "Words, (more) of: them. ", "3 < 4 ", "a & b ", "&amp; ", "&#40;U) ", "\\(U) ", "\\* "),
        *("*em* ", "**strong** ", "_em_ ", "snake_case ", "`code` ", "``a ` b`` ", "[link](a.md) ", "[ref][1] ", "[1] ", "![alt](b.png) "),
        *("<b>html</b> ", "<!-- x --> ", "<a@b.org> ", "<https://a.org/> ", "[x](U//LES) ", "[^1] ", "H^2^O ", "~~gone~~ "),
        *("  \n", "\n", "\n\n", "\n\n- ", "\n\n    - ", "\n\n1. ", "\n\n> ", "\n\n# ", "\n\n## ", "\n\n| a | b |\n|---|---|\n| "),
        *(" | ", "\n\n[^1]: ", "\n\n[1]: a.md\n\n", "\n\n```\n", '\n\n!!! note "(U) T"\n    ', "\n\n    ", "\n: ", "{.c #d}", "é€😀 "),
    ]
)  # fmt: skip


def whole() -> Markdown:
    """The same extensions without the two steps."""
    md = converter()
    md.treeprocessors.deregister("tearline-plain")
    md.treeprocessors.deregister("tearline-plain-end")
    return md


def html(md: Markdown, text: str) -> str:
    return md.reset().convert(text)


SPARING, WHOLE = converter(), whole()


@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_text_comes_out_as_with_the_whole_search(text: str) -> None:
    assert html(SPARING, text) == html(WHOLE, text)


def test_so_do_the_sample_and_what_is_written_about_it() -> None:
    for path in [*ROOT.glob("bulletins/**/*.md"), *ROOT.glob("docs/*.md"), ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8")
        assert html(SPARING, text) == html(WHOLE, text), path.name


def test_words_are_spared_and_markup_is_not() -> None:
    html(SPARING, "Words alone.\n\nWords *and more*.\n")
    step = SPARING.treeprocessors["tearline-plain"]
    assert isinstance(step, Before)
    assert [element.text for element in step.texts if (element.text or "").strip()] == ["Words alone."]


def test_nothing_is_spared_where_a_site_has_patterns_of_its_own() -> None:
    md = Markdown(extensions=[*EXTENSIONS[:-1], "pymdownx.caret", "pymdownx.magiclink", "tearline.chips"])
    page = html(md, "(U) See https://a.org and H^2^O.")
    assert '<a href="https://a.org">https://a.org</a>' in page
    assert "H<sup>2</sup>O" in page
