"""A common word in markup, where no list of words can find it, is found; what pages may write is silent."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sites import CONFIGURATION, NOW, bulletin, make_site, page, tearline
from tearline.findings import Finding, report
from tearline.render import start_rendering
from tearline.verify import Question, read_settings, verify
from tearline.verify.handed import is_message
from tearline.verify.links import Links
from tearline.verify.markup import markup_of
from tearline.verify.pages import Inspector
from tearline.verify.provenance import provenance
from tearline.verify.verdict import site_files
from tearline.verify.withholding import packages

EVERYTHING: Final = CONFIGURATION.replace(
    "plugins:",
    """\
markdown_extensions:
  - abbr
  - attr_list
  - def_list
  - md_in_html
  - pymdownx.arithmatex: {generic: true}
  - pymdownx.betterem
  - pymdownx.caret
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
      emoji_generator: !!python/name:material.extensions.emoji.to_svg
  - pymdownx.highlight: {anchor_linenums: true, line_spans: __span, pygments_lang_class: true}
  - pymdownx.inlinehilite
  - pymdownx.keys
  - pymdownx.magiclink
  - pymdownx.mark
  - pymdownx.tabbed: {alternate_style: true, combine_header_slug: true}
  - pymdownx.tasklist: {custom_checkbox: true}
  - pymdownx.tilde
  - toc: {permalink: true, toc_depth: 3}
plugins:""",
    1,
)
SERVED: Final = CONFIGURATION.replace(
    "          audience: sltt", "          site_url: https://eoc.example.org/\n          audience: sltt"
)
ABOUT: Final = """\
# The page {: #own .wide data-level="2" }

[TOC]

## A heading

### A heading

### A heading

## Привет

## Привет

## With a note[^n]

Words :material-account-circle: here ++ctrl+alt+del++ ++"Go"++ H~2~O x^2^ ^^ins^^ ~~del~~ ==mark== `#!python print(1)`.

Math $x^2 < y$ and \\\\(a\\\\).

```python title="A file" linenums="17" hl_lines="1 2"
def f(x: int) -> str:
    return f"{x!r}" if x > 1 else 'no'  # comment
```

```{.yaml .extra linenums="1"}
a: 1
b: [2, "x"]
```

=== "First tab"

    One

=== "Second tab"

    === "Inner"

        x

!!! danger "Beware"
    words

??? question
    words

<div class="grid cards" markdown>

-   __One__

</div>

| left | mid | right |
|:-----|:---:|------:|
| a | b | c |

7. seven
8. eight

- [ ] to do
- [x] done

Term
:   Definition

[call](tel:+13025550100) [mail](mailto:someone@example.org?subject=Hello%20you) <other@example.org>
<https://example.com/a_b?c=d&e=f#g> [ref][r] [frag](#own) [Home](../index.md){ .md-button target=_blank }

[r]: https://example.com/ref "Ref title"

*[EOC]: Emergency operations center

The EOC works[^n] and[^second] again[^n].

[^n]: A note
[^second]: Another

<p align=center class=plain>bare</p>
<a id="raw"></a>

para
{: .cls title="A title" style="color: teal" }
"""
SOURCES: Final[dict[str, str | bytes]] = {
    "about/all.md": page("# About\n\nWords."),
    "2026/a.md": bulletin(
        "IB-2026-001",
        '(U) Words[^1] on Tuesday.\n\n## (U) Outlook\n\n!!! warning "(U) Title"\n    (U) a\n\n(U//LES) Red.\n\n[^1]: (U) Note.',
        title="(U) Weir",
    ),
    "2026/b.md": bulletin("IB-2026-002", "(U) See [the first](IB-2026-001).", title="(U) Second"),
}
BULLETIN: Final = "2026/ib-2026-001/index.html"
PLANTS: Final = """\
<p id="tuesday">
<p id="&#116;uesday">
<p class="tuesday">
<p class="red">
<p class="warning red">
<p class="tl-bar--tuesday">
<p class="tl-mark--tuesday">
<p class="md-tuesday">
<p tuesday>
<p data-tuesday="1">
<p data-tl-tuesday="1">
<p data-tl="tuesday">
<p data-tl='tuesday'>
<p data-tl=tuesday>
<p DATA-TL="tuesday">
<P>
<p class="TL-DOC">
<p style="color:red">
<p style="width:17px">
<p style="text-align: left;color:red">
<input name="tuesday">
<label for="tuesday">
<p aria-describedby="tuesday">
<p aria-label="tuesday">
<p aria-level="17">
<p lang="red">
<p dir="tuesday">
<p role="tuesday">
<p hidden="tuesday">
<p tabindex="17">
<p accesskey="t">
<p itemprop="tuesday">
<p title=tuesday>
<a rel="tuesday" href="./">Home</a>
<link rel="tuesday" href="./">
<input type="tuesday">
<style media="tuesday"></style>
<meta name="tuesday" content="">
<meta name="robots" content="tuesday">
<meta http-equiv="tuesday" content="">
<tuesday>
</tuesday>
</p tuesday>
<x-tuesday>
<h17>
<style>.tuesday{}</style>
<style>p{color:red}</style>
<script>var red</script>
<script>17</script>
<script type="tuesday">x</script>
<script type="application/json">{"a":"tuesday"}</script>
<script type="application/json">{"base":17}</script>
<script type="application/json">{"base":"tuesday","base":".."}</script>
<a href="../ib-2026-002/?tuesday">Home</a>
<a href="?tuesday">Home</a>
<a href="#tuesday">Home</a>
<a href="#:~:text=tuesday">Home</a>
<a href="../../sitemap.xml#tuesday">Home</a>
<a href="../tuesday/../ib-2026-002/">Home</a>
<a href="..//ib-2026-002/">Home</a>
<a href=".././ib-2026-002/">Home</a>
<a href="../%69b-2026-002/">Home</a>
<a href="https://eoc.example.org/?tuesday">Home</a>
<a href="https://eoc.example.org:17/">Home</a>
<a href="https://tuesday@eoc.example.org/">Home</a>
<a href="https://tuesday.example.org/">Home</a>
<a href="mailto:desk@example.org?subject=tuesday">Home</a>
<a href="mailto:tuesday">Home</a>
<a href="tel:17">Home</a>
<a href="tel:5550100;ext=17">Home</a>
<a href="data:,tuesday">Home</a>
<a href="../ib-2026-002/" download="tuesday">Home</a>
<a href="../ib-2026-002/" hreflang="red">Home</a>
<form action="../../search/?q=tuesday">
<base href="https://eoc.example.org/">
<img srcset="../../assets/images/logo.svg 17w" alt="">
<img src="../../assets/images/logo.svg?17" alt="">
<img src="../../assets/images/logo.svg" alt="" width="17">
<svg tuesday>
<svg viewBox="0 0 17 17"></svg>
<svg><path d="M17 17"/></svg>
<template><p id="tuesday"></p></template>
<noscript><p id="tuesday"></p></noscript>
<textarea name="tuesday"></textarea>
<!doctype tuesday>
<!tuesday>
<?tuesday>
<!--tuesday-->
<!--[if tuesday]><![endif]-->
<![CDATA[tuesday]]>
</ tuesday>
< tuesday>
<p class="tl-doc" class="tl-page">
<p/tuesday>
<p tuesday
<p class="tuesday
<ol start="17">
<ol type="i">
<td colspan="17">
<div data-tabs="17:17">
<span data-linenos="17 ">
<p id="fn:tuesday">
<p id="fnref17:1">
<p id="__tabbed_17_1">
<p id="__codelineno-17-1">
<p id="__palette_17">
<input name="__tabbed_17">
<h2 id="tuesday">Home</h2>
<h2 id="home_17">Home</h2>
<code class="language-tuesday">
<div class="admonition danger">
<kbd class="key-tuesday">
<span class="no">
<a class="footnote-ref" href="#fn:1">17</a>
<a class="footnote-backref" href="#fnref:1" title="Jump back to footnote 17 in the text">&#8617;</a>
""".splitlines()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("markup") / "site", SOURCES, SERVED).parent
    for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage"]):
        ran = tearline(*arguments, cwd=root)
        assert (ran.code, ran.out.replace(f"Wrote {root}/stage\n", "")) == (0, ""), ran.said
    return root


@pytest.fixture(scope="module")
def inspector(built: Path) -> Inspector:
    settings, stage = read_settings(built / "mkdocs.yml", "eoc"), built / "stage"
    links = Links(built / "site-eoc", frozenset(site_files(built / "site-eoc")[0]), settings)
    told = provenance(stage, settings.theme, packages())
    return Inspector(links, told, markup=markup_of(stage, settings, packages()))


def looked_at(inspector: Inspector, name: str, raw: str) -> list[Finding]:
    return list(inspector.page(name, raw, "page"))


def test_all_that_pages_may_write_is_explained(tmp_path: Path) -> None:
    """Only the markup is looked at: of what some extensions make of words, ``provenance`` knows less."""
    root = make_site(tmp_path / "site", {**SOURCES, "about/all.md": page(ABOUT)}, EVERYTHING).parent
    assert tearline("stage", "--edition", "eoc", "--out", "stage", cwd=root).code == 0
    lock = os.open(root, os.O_RDONLY)
    try:
        start_rendering(root / "stage", tmp_path / "made", tmp_path / "log", NOW, lock).finish()
    finally:
        os.close(lock)
    raw = (tmp_path / "made/about/all/index.html").read_text(encoding="utf-8")
    for sign in (
        'class="twemoji"', 'class="l l-Scalar', "key-control", "arithmatex", 'id="a-heading_2"', 'id="_2"', "__codelineno-0-18",
        'start="7"', 'data-tabs="', "text-align: center;", 'class="grid cards"', "tel:+13025550100", 'style="color: teal"',
        "align=center", "fnref2:n", 'class="headerlink"', "task-list-indicator", "admonition danger", 'class="hll"', "e=f#g",
    ):  # fmt: skip
        assert sign in raw, sign
    made = markup_of(root / "stage", read_settings(root / "mkdocs.yml", "eoc"), packages())
    pages = {name: path for name, path in site_files(tmp_path / "made")[0].items() if name.endswith(".html")}
    pages = {name: path for name, path in pages.items() if not is_message(name)}
    found = [one for name, path in pages.items() for one in made.page(name, path.read_text(encoding="utf-8"), name)]
    assert found == []


@pytest.mark.parametrize("plant", PLANTS)
def test_a_common_word_in_markup_is_found_and_not_repeated(built: Path, inspector: Inspector, plant: str) -> None:
    raw = (built / "site-eoc" / BULLETIN).read_text(encoding="utf-8")
    assert looked_at(inspector, BULLETIN, raw) == []
    found = looked_at(inspector, BULLETIN, raw.replace("</article>", f"{plant}</article>", 1))
    assert found, plant
    assert "tuesday" not in report(found).lower()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<html lang="en"', '<html lang="red"'),
        ("<!doctype html>", "<!doctype html tuesday>"),
        ('admonition warning"', 'admonition danger"'),
        ('id="outlook"', 'id="outlook_17"'),
        ('id="outlook"', 'id="out"'),
        ('href="#fn:1">1</a>', 'href="#fn:1">17</a>'),
        ('width="36"', 'width="17"'),
        ('@bottom-left { content: "IB-2026-001"; }', '@bottom-left { content: "IB-2026-002"; }'),
        ('"base": "../.."', '"base": "../..", "x": 17'),
        ("tl-bar--u", "tl-bar--red"),
    ],
)  # fmt: skip
def test_a_change_of_markup_that_is_there_is_found(built: Path, inspector: Inspector, old: str, new: str) -> None:
    raw = (built / "site-eoc" / BULLETIN).read_text(encoding="utf-8")
    assert old in raw
    assert looked_at(inspector, BULLETIN, raw.replace(old, new, 1)), new


# --- the lists of pages -----------------------------------------------------------------------------------------


def listed(change: Callable[[str], str]) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    """Change the list, and pack it again as it was."""

    def both(plain: bytes, packed: bytes) -> tuple[bytes, bytes]:
        made = change(plain.decode()).encode()
        return made, packed[:22] + gzip.compress(made)[10:]

    return both


def repacked(change: Callable[[bytes], bytes]) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    return lambda plain, packed: (plain, change(packed))


LISTS: Final[dict[str, tuple[Callable[[bytes, bytes], tuple[bytes, bytes]], set[str]]]] = {
    "as it is": (listed(lambda text: text), set()),
    "another day of one": (listed(lambda text: re.sub(r"2026-11-23", "2026-11-17", text, count=1)), {"sitemap.xml"}),
    "another day of all": (
        listed(lambda text: text.replace("2026-11-23", "2026-11-17")), {"sitemap.xml", "sitemap.xml.gz"}
    ),
    "a page less": (listed(lambda text: re.sub(r"<url>.*?</url>", "", text, count=1, flags=re.DOTALL)), {"sitemap.xml"}),
    "a page twice": (listed(lambda text: re.sub(r"(<url>.*?</url>)", r"\1\1", text, count=1, flags=re.DOTALL)), {"sitemap.xml"}),
    "a page that is none": (listed(lambda text: text.replace("/about/all/", "/about/red/")), {"sitemap.xml"}),
    "a query": (listed(lambda text: text.replace("/about/all/", "/about/all/?17")), {"sitemap.xml"}),
    "another order": (
        listed(lambda text: re.sub(r"(<url>.*?</url>)(\s*)(<url>.*?</url>)", r"\3\2\1", text, count=1, flags=re.DOTALL)),
        {"sitemap.xml"},
    ),
    "an element more": (listed(lambda text: text.replace("</url>", "<priority>0.7</priority></url>", 1)), {"sitemap.xml"}),
    "an attribute": (listed(lambda text: text.replace("<url>", '<url n="17">', 1)), {"sitemap.xml"}),
    "a comment": (listed(lambda text: text.replace("<url>", "<!--17--><url>", 1)), {"sitemap.xml"}),
    "a moment": (repacked(lambda data: data[:4] + b"\x11" + data[5:]), {"sitemap.xml.gz"}),
    "another day of packing": (repacked(lambda data: data[:5] + bytes([data[5] ^ 2]) + data[6:]), {"sitemap.xml.gz"}),
    "a system": (repacked(lambda data: data[:9] + b"\x11" + data[10:]), {"sitemap.xml.gz"}),
    "another name": (repacked(lambda data: data.replace(b"sitemap", b"tuesday", 1)), {"sitemap.xml.gz"}),
    "other bytes": (lambda plain, _: (plain, gzip.compress(plain + b" ", mtime=0)), {"sitemap.xml.gz"}),
}  # fmt: skip


@pytest.mark.parametrize("plant", LISTS)
def test_a_list_of_pages_says_nothing_else(built: Path, tmp_path: Path, plant: str) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    plain, packed = site / "sitemap.xml", site / "sitemap.xml.gz"
    change, wanted = LISTS[plant]
    made = change(plain.read_bytes(), packed.read_bytes())
    plain.write_bytes(made[0])
    packed.write_bytes(made[1])
    settings = read_settings(built / "mkdocs.yml", "eoc")
    found = verify(Question(site, settings, built / "stage", jobs=1, name="site")).findings
    assert {one.place.path.removeprefix("site/") for one in found} == wanted, report(found)
