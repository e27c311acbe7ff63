"""Marks become chips where readers read, and nowhere else."""

from __future__ import annotations

import html
from typing import Any

import pytest
from markdown import Markdown
from mkdocs.structure.pages import _ExtractTitleTreeprocessor

from tearline.marking import read_mark

EXTENSIONS = [
    "toc",
    "admonition",
    "attr_list",
    "footnotes",
    "tables",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "tearline.chips",
]


def converter(system: str = "fouo-les") -> Markdown:
    """The extensions a staged site uses, with one default system."""
    configs: dict[str, dict[str, Any]] = {
        "tearline.chips": {"system": system},
        "pymdownx.tabbed": {"alternate_style": True},
    }
    return Markdown(extensions=EXTENSIONS, extension_configs=configs)


def render(text: str, system: str = "fouo-les") -> str:
    """One page's HTML."""
    return converter(system).convert(text)


def style(mark: str, system: str = "fouo-les") -> str:
    """The class key of a mark, from the system's data."""
    found = read_mark(mark, system).mark
    assert found is not None
    return found.style


def chip(mark: str, system: str = "fouo-les") -> str:
    """The HTML a mark must come out as where it stands first, written a second time on purpose."""
    found = read_mark(mark, system).mark
    assert found is not None
    return again(mark, system).replace(">", f' title="{html.escape(found.sharing)}">', 1)


def again(mark: str, system: str = "fouo-les") -> str:
    """And from the second time on."""
    found = read_mark(mark, system).mark
    assert found is not None
    return (
        f'<span class="tl-mark tl-mark--{found.style}">'
        f'<span aria-hidden="true">({mark})</span><span class="tl-vh">{found.spoken}. </span></span>'
    )


@pytest.mark.parametrize("mark", ["U", "U//FOUO", "U//LES", "U//LES-NF", "U//SSI", "U//REL TO USA, CAN"])
def test_paragraph_opens_with_a_chip(mark: str) -> None:
    assert render(f"({mark}) Words.") == f'<p class="tl-portion tl-portion--{style(mark)}">{chip(mark)} Words.</p>'


@pytest.mark.parametrize(
    ("system", "mark"), [("cui", "CUI//LEI"), ("cui", "CUI"), ("tlp", "TLP:AMBER+STRICT"), ("tlp", "TLP:RED")]
)
def test_page_in_another_system_has_its_chips(system: str, mark: str) -> None:
    assert chip(mark, system) in render(f"({mark}) Words.", system="fouo-les")


def test_the_first_chip_of_each_mark_says_whom_to_share_with_and_on_every_page_anew() -> None:
    md = converter()
    text = "(U) a (U//LES) b (U) c\n\n(U//LES) d [e](U//SSI)\n"
    for _ in range(2):
        md.reset()
        page = md.convert(text)
        shown = page.replace(' class="tl-portion tl-portion--u"', "").replace(' class="tl-portion tl-portion--les"', "")
        assert shown == (
            f"<p>{chip('U')} a {chip('U//LES')} b {again('U')} c</p>\n"
            f'<p>{again("U//LES")} d <span class="tl-inline tl-inline--ssi">{chip("U//SSI")} e'
            '<span class="tl-vh"> End of marked words. </span></span></p>'
        )


def test_item_cell_quote_and_footnote_have_chips() -> None:
    page = render(
        "- (U) one\n    - (U//FOUO) two\n\n> (U) said\n\n1. (U) three\n\n"
        "| (U) Site | Date |\n|---|---|\n| (U//LES) Ridge | (U) 3 |\n\n(U) Claim.[^1]\n\n[^1]: (U) Note.\n"
    )
    assert f'<li class="tl-portion tl-portion--u">{chip("U")} one' in page
    assert f'<li class="tl-portion tl-portion--fouo">{chip("U//FOUO")} two' in page
    assert f"{again('U')} three" in page
    assert f"{again('U')} said" in page
    assert f'<th class="tl-portion tl-portion--u">{again("U")} Site</th>' in page
    assert f'<td class="tl-portion tl-portion--les">{chip("U//LES")} Ridge</td>' in page
    assert f"{again('U')} Note." in page


def test_titles_of_admonition_details_tab_and_code_block_have_chips() -> None:
    page = render(
        '!!! warning "(U) Act"\n    (U) now\n\n??? tearline "(U) Wording"\n    (U) words\n\n'
        '=== "(U) Tab"\n    (U) in it\n\n```text title="(U//LES) Log & list"\n(U) literal\n```\n'
    )
    assert f'<p class="admonition-title tl-portion tl-portion--u">{chip("U")} Act</p>' in page
    assert f'<summary class="tl-portion tl-portion--u">{again("U")} Wording</summary>' in page
    assert f"{again('U')} Tab</label>" in page
    assert f'<span class="filename tl-portion tl-portion--les">{chip("U//LES")} Log &amp; list</span>' in page
    assert "<code>(U) literal" in page


@pytest.mark.parametrize(
    "text",
    [
        "Write `(U)` first.",
        "Write \\(U) first.",
        "(S) is a letter, so are (c), (A) and (s)ingular.",
        "(u) (U ) (U//FOUO//LES) (U // LES) (LES) are not canonical.",
        "A function f(U) and a stem (U)nit.",
        "![(U) gauge](gauge.png)",
        "[site](http://example.org/(U))",
        "(U//\nLES) wrapped",
    ],
)
def test_words_code_attributes_and_other_spellings_stay_as_they_are(text: str) -> None:
    assert "tl-mark" not in render(text)


@pytest.mark.parametrize("target", ["U//LES", "<U//LES>"])
def test_link_to_a_mark_becomes_an_inline_portion(target: str) -> None:
    assert render(f"(U) The subject, [John **Doe**]({target}), was met.") == (
        f'<p class="tl-portion tl-portion--u">{chip("U")} The subject, <span class="tl-inline tl-inline--les">'
        f'{chip("U//LES")} John <strong>Doe</strong><span class="tl-vh"> End of marked words. </span></span>, was met.</p>'
    )


@pytest.mark.parametrize("target", ["<U//REL TO USA, CAN>", "U//REL%20TO%20USA,%20CAN"])
def test_inline_portion_with_blanks_in_its_mark(target: str) -> None:
    page = render(f"(U) See [words]({target}).")
    assert chip("U//REL TO USA, CAN") in page
    assert "href" not in page


def test_inline_portion_keeps_its_title() -> None:
    page = render('(U) The subject, [John Doe](U//LES "In other editions: a named individual"), was met.')
    assert '<span class="tl-inline tl-inline--les" title="In other editions: a named individual">' in page


@pytest.mark.parametrize("target", ["U//NOFRON", "../2026/ib-2026-009.md", "mailto:desk@example.org", "u//les"])
def test_other_links_stay_links(target: str) -> None:
    assert f'<a href="{target}">words</a>' in render(f"[words]({target})")


def test_heading_id_is_from_the_words_and_unique() -> None:
    md = converter()
    page = md.convert(
        "# (U) Title\n\n## (U//FOUO) Outlook\n\n## (U) Outlook\n\n### 6. (U) Change requests\n\n## Outlook\n"
    )
    ids = [line.split('id="')[1].split('"')[0] for line in page.splitlines() if line.startswith("<h")]
    assert ids == ["title", "outlook", "outlook_1", "6-change-requests", "outlook_2"]


def test_contents_keep_the_mark_and_no_hidden_words() -> None:
    md = converter()
    page = md.convert("[TOC]\n\n## (U//FOUO) Outlook and [names](U//LES)\n")
    assert [token["name"] for token in md.toc_tokens] == ["(U//FOUO) Outlook and names"]  # type: ignore[attr-defined]
    contents = page.split("</div>")[0]
    assert "(U//FOUO) Outlook and names" in contents
    assert "tl-vh" not in contents


def test_heading_that_is_only_a_mark_has_an_id() -> None:
    assert 'id="section"' in render("## (U)\n")


def test_title_that_mkdocs_takes_from_a_heading_has_no_hidden_words() -> None:
    md = converter()
    title = _ExtractTitleTreeprocessor()
    title._register(md)
    md.convert("# (U) Overflights\n")
    assert title.title == "(U) Overflights"


def test_number_before_the_mark_is_part_of_the_opening() -> None:
    assert render("6. x\n\n### 6. (U) Requests").endswith(
        f'<h3 class="tl-portion tl-portion--u" id="6-requests">6. {chip("U")} Requests</h3>'
    )


def test_many_parentheses_cost_linear_time() -> None:
    assert "tl-mark" not in render("(U" * 20_000)
