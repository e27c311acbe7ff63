"""The verifier's reading of built pages, without building any: what stands under which mark, and what explains words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from sites import EOC_SETTINGS as EOC
from tearline.findings import Place, finding
from tearline.verify import second
from tearline.verify import staged as staged_module
from tearline.verify.folding import words
from tearline.verify.inline import inside
from tearline.verify.memory import Memory
from tearline.verify.provenance import Known, Provenance, explained, provenance, staged
from tearline.verify.settings import Settings
from tearline.verify.sources import Document, Source
from tearline.verify.staged import body_texts, front_keys, front_texts
from tearline.verify.units import Unit
from tearline.verify.verdict import Answer


def marked(text: str) -> str:
    """A text of a page with ``{mark}`` as the theme shows marks."""
    chip = '<span class="tl-mark tl-x"><span aria-hidden="true">({})</span> <span class="tl-vh">Aloud</span></span>'
    return (
        text.replace("{LES}", chip.format("U//LES"))
        .replace("{SSI}", chip.format("U//SSI"))
        .replace("{U}", chip.format("U"))
    )


# --- the full edition as a reader sees it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("<p>{U} One <em>two</em>.</p>", []),
        ("<p>{LES} One <em>two</em>.</p>", ["One two."]),
        ("<p>{LES} One <!-- {LES} --> two</p><script>{LES}</script>", ["One | two"]),
        ("<p>{U} One <span class='tl-inline'>{SSI} two</span> three.</p>", ["two"]),
        ("<h2>{LES} One</h2><p>{U} Two</p><h3>{U} Three</h3><h2>{U} Four</h2><p>{U} Five</p>", ["One", "Two", "Three"]),
        ("<h3>{LES} One</h3><h2>{U} Two</h2>", ["One"]),
        ("<h2>{LES} One</h2><h3>{U} Two</h3><p>{U} Three</p>", ["One", "Two", "Three"]),
        ("<table><tr><th>{LES} One</th><th>Two</th></tr></table>", ["One | Two"]),
        ("<h2>{LES} One</h2><div class='footnote'><p>{U} Note</p></div><p>{U} After</p>", ["One"]),
        (
            ("<div class='admonition note'><p class='admonition-title'>{LES} One</p><p>{U} Two</p>"
            "<details class='tearline'><summary>Other</summary><p>{U} Told</p></details></div><p>{U} After</p>"),
            ["One", "Two"],
        ),
        ("<details class='note'><summary>{LES} One</summary><p>{U} Two</p></details><p>{U} x</p>", ["One", "Two"]),
        ("<ul><li>{LES} One<ul><li>{U} Two</li></ul></li><li>{U} Three</li></ul>", ["One", "Two"]),
        ("<table><tr><td>{LES} One</td><td>Two</td></tr><tr><td>{U} x</td><td>{LES} Three</td></tr></table>", ["One | Two", "Three"]),
        (
            ("<div class='tabbed-set'><div class='tabbed-labels'><label>{U} A</label><label>{LES} One</label></div><div class='tabbed-content'>"
            "<div class='tabbed-block'><p>{U} a</p></div><div class='tabbed-block'><p>{U} Two</p></div></div></div>"),
            ["One", "Two"],
        ),
        ("<div class='tl-rail'>{LES} x</div><nav>{LES} y</nav><p>(see) no mark</p><p>no holder</p>", []),
        ("<p>{LES} One<sup id=\"fnref:1\"><a href='#'>1</a></sup> two</p>", ["One two"]),
    ],
)  # fmt: skip
def test_marks_govern_what_a_reader_takes_them_to_govern(body: str, held: list[str]) -> None:
    page = (
        f'<html>{marked("<nav>{LES} menu</nav>")}<article>{marked(body)}<div class="tl-end">{marked("{LES} end")}</div>'
    )
    seen = second.withheld(page, EOC, "fouo-les")
    assert [" ".join(one.text.split()) for one in seen] == held


def test_a_block_with_an_inline_portion_shows_a_roll_up_and_is_not_sure() -> None:
    seen = second.read(
        marked("<article><p>{LES} One <span class='tl-inline'>{SSI} two</span></p><p>{U} x</p></article>")
    )
    assert [(one.mark.tokens, one.sure, one.over) for one in seen] == [
        ({"U", "LES"}, False, []),
        ({"U", "SSI"}, True, []),
        ({"U"}, True, []),
    ]


def test_an_edition_of_everything_has_nothing_withheld_from_it() -> None:
    page = marked("<article><p>{LES} One</p></article>")
    assert second.withheld(page, EOC, "fouo-les")
    assert not second.withheld(
        page, Settings(**{**{key: getattr(EOC, key) for key in EOC.__slots__}, "releases": None}), "cui"
    )


def units(*given: tuple[str, bool]) -> Document:
    """A document of units, each with its words and whether its own mark withholds it."""
    made = (Unit("a.md", line, "text", held, said, own=True, high=held) for line, (said, held) in enumerate(given, 1))
    kept = Document.of(Source("a.md", "IB-2026-001", "2026/ib-2026-001/index.html", tuple(made)))
    return Document.again(Memory().keep("", kept), "")


@pytest.mark.parametrize(
    ("source", "page", "found"),
    [
        ([("One two.", True), ("Three.", False)], "<p>{LES} One two.</p><p>{U} Three.</p>", []),
        ([("One two.", True)], "<p>{U} One two.</p>", ["a.md:1:1 withheld in its source, but not as a reader sees it"]),
        ([("One two.", False)], "<p>{LES} One two.</p>", ["page:1:1 withheld as a reader sees it, but not in its source"]),
        ([("One.", True), ("Two.", True)], "<p>{LES} One.</p>", ["a.md:2:1 withheld in its source, but not as a reader sees it"]),
        ([("One lower two.", True)], "<ul><li>{LES} One lower two.<ul><li>{U} lower</li></ul></li></ul>", []),
        ([("Other.", True)], "<p>{LES} Other.</p><p>{LES} </p><p>{LES} Own <i class='tl-inline'>{SSI} Other.</i></p>", []),
    ],
)  # fmt: skip
def test_where_the_two_readings_disagree_is_said(source: list[tuple[str, bool]], page: str, found: list[str]) -> None:
    seen = second.withheld(marked(f"<article>{page}</article>"), EOC, "fouo-les")
    said = list(second.check(units(*source), seen, "page"))
    assert [f"{one.place} {one.detail}" for one in said] == found
    assert {(one.rule.name, one.portion) for one in said} <= {("readings-disagree", "IB-2026-001")}


# --- where words come from --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("ask for patrols", True),
        ("patrols", False),
        ("monday", True),
        ("12 7", False),
        ("monday ask for", True),
        ("the weir monday", True),
        ("for the weir at", False),
        ("more weir patrols", False),
        ("strange ask for", False),
        ("monday 12", False),
        ("monday monday", True),
    ],
)
def test_a_run_is_explained_whole_or_by_pieces_that_fit(said: str, known: bool) -> None:  # noqa: FBT001
    kind = Known()
    for text in ("Ask for patrols at the weir", "Monday", "more patrols", ""):
        kind.add(text)
    assert explained(tuple(said.split()), [kind]) == known


PAGE = """\
---
title: The weir
tags: [Flood, Mill]
---
# (U) The weir

(U) Anglers reported *strangers*.

(U) Stay (see map) away.

!!! note "(U) Boxed"
    (U) inside

| (U) cell | more |
|---|---|

```text title="(U) Titled"
code here
```

![other text](a.png)
"""


@pytest.fixture
def origin(tmp_path: Path) -> Provenance:
    files = {
        "docs/2026/ib/index.md": PAGE,
        "docs/about.md": "# About *us*\n\nwords\n",
        "docs/named.md": "only words\n",
        "docs/fronted.md": "---\ntags: [a]\n---\n# Fronted page\n",
        "docs/index.md": "Head line\n====\n\nx\n",
        "mkdocs.yml": "site_name: Test Center\nextra: {a: [Green words]}\n",
        "theme/main.html": '<p>Skip to {{ "content" }} now</p>{% if a == \'single\' %}<a title="Tip here">',
        "package/base.html": "<p>From the package</p>",
        "package/main.html": "<p>Main thing</p>",
        "package/404.html": "<p>Nothing there</p>",
        "package/partials/languages/de.html": "<p>fremd</p>",
        "package/partials/languages/en.html": "<p>home</p>",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return provenance(tmp_path, tmp_path / "theme", [tmp_path / "package"])


def test_what_a_site_may_say_anywhere(origin: Provenance) -> None:
    said = {" ".join(words(each)) for each in origin.shared.texts}
    titles = {" ".join(words(each)) for each in origin.titles.texts}
    assert titles >= {"the weir", "about us", "named", "head line", "fronted page"}
    assert not {"the weir", "head line"} & said
    assert said >= {"test center", "green words"}
    assert said >= {"skip to", "content", "now", "single", "tip here", "from the package", "home", "permanent link"}
    assert said >= {"main thing", "nothing there"}
    assert "fremd" not in said


def test_the_staged_source_of_a_page_is_found(origin: Provenance) -> None:
    found = {
        name: staged(origin.stage, name)
        for name in ("index.html", "2026/ib/index.html", "about/index.html", "x/index.html")
    }
    assert [path and path.relative_to(origin.stage).as_posix() for path in found.values()] == [
        "docs/index.md",
        "docs/2026/ib/index.md",
        "docs/about.md",
        None,
    ]


def test_the_texts_of_a_staged_page_are_its_blocks_titles_and_values() -> None:
    said = {" ".join(text.split()) for text in (*front_texts(PAGE), *body_texts(PAGE))}
    assert said >= {
        "The weir",
        "Flood",
        "Mill",
        "Flood Mill",
        "(U) The weir",
        "Boxed",
        "inside",
        "cell",
        "more",
        "Titled",
    }
    assert said >= {"code here", "other text", "Anglers reported *strangers*."}
    assert {"a", "tip", "b"} <= {text.strip() for text in body_texts("# (U) a\n\n??? tip inline\n    b\n")}


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("5 x 5 = 25; a*b*c", "5 x 5 = 25; abc"),
        ("un*frigging*believable", "unfriggingbelievable"),
        ("**Bold**text", "Boldtext"),
        ("*a &amp; b* c", "*a & b* c"),
        ("`a*b*c` and 2 * 3 * 4", "`a*b*c` and 2 * 3 * 4"),
    ],
)
def test_emphasis_of_a_part_of_a_word_leaves_one_word(written: str, seen: str) -> None:
    assert inside(written, lambda _: None).visible == seen


def test_a_name_inside_a_word_is_looked_for_by_itself() -> None:
    assert inside("old*Tollan*s van", lambda _: None).more == ["old Tollan s van"]
    assert inside("[x*Tollan*y](U//LES) z", lambda target: target == "U//LES").withheld == ["xTollany", "x Tollan y"]
    assert inside("**Tollan** came", lambda _: None).more == []


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("H~2~O and x^2^", "H2O and x2"),
        ("Text^1^[^n] more", "Text1  more"),
        ("Rain :material-weather-rainy:{ .lg } today", "Rain    today"),
        ("**Bold**text and **a**b", "Boldtext and ab"),
    ],
)
def test_what_only_pages_write_is_among_their_texts(source: str, shown: str) -> None:
    assert " ".join(shown.split()) in {" ".join(text.split()) for text in body_texts(source)}


@pytest.mark.parametrize(
    "front",
    [
        'title: "A: \\"b\\""\ntearline:\n  kind: "page"\n  marks: [{"mark": "U", "n": 12}, ["a", true, null], []]\n  more: {}',
        "title: plain words\ntags: [a, b]\ntold:\n- x: 1",
        'title: "\\u0041"',
        'odd: "one"two',
    ],
)
def test_front_matter_of_the_quick_form_says_what_yaml_reads_in_it(front: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = f"---\n{front}\n---\nbody\n"
    quick = (sorted(front_keys(source)), front_texts(source)) if "two" not in front else None

    def refused(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("tearline.verify.staged._plain", refused)
    staged_module._told.cache_clear()
    if quick is None:
        with pytest.raises(yaml.YAMLError):
            front_keys(source)
    else:
        assert (sorted(front_keys(source)), front_texts(source)) == quick
    staged_module._told.cache_clear()


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("<p>Anglers reported strangers.</p>", []),
        ("<p>Anglers saw strangers</p>", ["s:1:4 in its text"]),
        ("<p>&#90;orp saw</p>", ["s:1:1 in its text"]),
        ("<p>x</p>\n<b>Odd one here</b>", ["s:1:4 in its text", "s:2:4 in its text"]),
        ("<p title='Titled'>Boxed</p><p>Skip to</p>", []),
        ("<p title='strange words'>Boxed</p>", ["s:1:11 in an attribute"]),
        ("<!-- hidden note -->", ["s:1:6 in a comment"]),
        ("<script>zorp()</script>", ["s:1:1 in a script or style sheet"]),
        ("<script>inside 12</script>", ["s:1:1 in a script or style sheet"]),
        ("<p>Boxed (U) inside</p>", []),
        ("<p>Stay (see map) away.</p>", []),
    ],
)
def test_words_that_nothing_released_are_found_by_their_place(origin: Provenance, raw: str, found: list[str]) -> None:
    for _ in range(2):  # what was seen once is not taken for explained
        assert [f"{one.place} {one.detail}" for one in origin.page("2026/ib/index.html", raw, "s")] == found


def test_a_data_file_says_what_the_site_says(origin: Provenance) -> None:
    assert list(origin.other("weir <b>anglers</b> sitemap about", "s")) == []
    assert [str(one.place) for one in origin.other("weir zorp", "s")] == ["s:1:1"]


# --- the answer -------------------------------------------------------------------------------------------------


def test_an_answer_says_what_was_read_and_whether_it_passed() -> None:
    read = (("b.html", 2, "ff"), ("a.html", 1, "ee"))
    passed = json.loads(Answer([], read).report())
    assert passed["findings"] == []
    assert {key: passed["verdict"][key] for key in ("passed", "files", "bytes")} == {
        "passed": True,
        "files": 2,
        "bytes": 3,
    }
    assert passed["verdict"]["tree"] == json.loads(Answer([], read[::-1]).report())["verdict"]["tree"]
    assert passed["verdict"]["tree"] != json.loads(Answer([], read[:1]).report())["verdict"]["tree"]
    failed = json.loads(Answer([finding("withheld-words", Place("p", 2, 3), "d", portion="x", width=4)], read).report())
    assert not failed["verdict"]["passed"]
    assert failed["findings"] == [
        {"path": "p", "line": 2, "column": 3, "width": 4, "rule": "withheld-words", "detail": "d", "portion": "x"}
    ]
