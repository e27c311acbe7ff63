"""A page's links and pictures in an edition: what is there is led to, what is not loses its link, the rest is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from sites import CONFIGURATION, bulletin, page, rules, trees_of
from tearline.stage import Tree

LES = bulletin("IB-2026-002", "(U//LES) Words.", title="(U//LES) T")
OPEN = bulletin("IB-2026-001", "(U) Words.")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    return out.getvalue()


def trees(root: Path, body: str, *front: str) -> dict[str, Tree]:
    sources = {
        "about/us.md": page(body, *front),
        "about/them.MD": page("They."),
        "about/nightfall.md": page("Words.", marking="U//LES"),
        "2026/open.md": OPEN,
        "2026/les.md": LES,
        "about/map.png": picture(),
        "about/plan.pdf": b"%PDF-1.7",
    }
    configuration = CONFIGURATION + "markdown_extensions: [attr_list, md_in_html, abbr]\n"
    return trees_of(root, sources, configuration)


def body(root: Path, text: str, *front: str, edition: str = "eoc") -> str:
    tree = trees(root, text, *front)[edition]
    assert tree.findings == []
    return tree.files["about/us.md"].body.strip()


@pytest.mark.parametrize(
    ("typed", "staged"),
    [
        ("See [it](IB-2026-001).", "See [it](../2026/ib-2026-001.md)."),
        ("See [it](../2026/open.md#part).", "See [it](../2026/ib-2026-001.md#part)."),
        ("See [it](IB-2026-002) there.", "See it there."),
        ("See [it](../2026/les.md 'T'){.button} there.", "See it there."),
        ("See [it](IB-2026-777).", "See it."),
        ("See [them](them.MD).", "See [them](them.md)."),
        ("See [home](../index.md 'Home').", "See [home](../index.md 'Home')."),
        ("See [night](nightfall.md).", "See night."),
        ("See [all](../bulletins.md) and [browse](../browse/index.md).",) * 2,
        ("See [x](https://example.org/a_(b)) and <https://example.org>.",) * 2,
        ("See [part](#part) and [us](mailto:a@example.org).",) * 2,
        ("Type `[it](IB-2026-001)`, or ``[it](nothing.md)``.",) * 2,
        ("```\n[it](IB-2026-001)\n![x](nothing.png)\n```",) * 2,
        ("See [it][1].\n\n[1]: IB-2026-001", "See [it][1].\n\n[1]: ../2026/ib-2026-001.md"),
        ('<a href="them.md">Them</a>',) * 2,
    ],
)
def test_links_outside_of_code_lead_to_what_the_edition_has(tmp_path: Path, typed: str, staged: str) -> None:
    assert body(tmp_path, typed) == staged


def test_the_full_edition_keeps_its_links(tmp_path: Path) -> None:
    said = body(tmp_path, "[a](IB-2026-002) [b](nightfall.md)", edition="full")
    assert said == "[a](../2026/ib-2026-002.md) [b](nightfall.md)"


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("[x](nothing.md)", "bad-link"),
        ("[x](../2026/notes.txt)", "bad-link"),
        ("[x](../../mkdocs.yml)", "bad-link"),
        ("[x](/about/them/)", "bad-link"),
        ("[x][1]\n\n[1]: nothing.md", "bad-link"),
        ('<a href="../2026/open.md">x</a>', "bad-link"),
        ("![x](map.png)", "asset"),
        ("![x](https://example.org/x.png)", "page-rule"),
        ("[x](file:///etc/passwd)", "page-rule"),
        ("![x](data:image/png;base64,AAAA)", "page-rule"),
        ('<img src="map.png">', "asset"),
        ('<img src="//example.org/x.png">', "page-rule"),
        ('<img srcset="map.png 2x">', "asset"),
        ('<p onclick="x()">x</p>', "page-rule"),
        ('<p style="background: url(x.png)">x</p>', "page-rule"),
        ('<form action="https://example.org"><input></form>', "page-rule"),
        ('<video poster="x.png"></video>', "page-rule"),
        ("x\n{: onclick=x() }", "page-rule"),
    ],
)
def test_a_link_to_nothing_and_what_loads_or_runs_is_refused(tmp_path: Path, typed: str, rule: str) -> None:
    tree = trees(tmp_path, f"Words.\n\n{typed}")["eoc"]
    assert set(rules(tree.findings)) == {rule}
    assert tree.refused == ["bulletins/about/us.md"]


def test_a_finding_names_the_line_of_the_target(tmp_path: Path) -> None:
    (found,) = trees(tmp_path, "Words.\n\nSee [x](nothing.md).")["eoc"].findings
    assert str(found.place) == "bulletins/about/us.md:7:9"


def test_an_html_link_to_what_only_this_edition_lacks_is_refused(tmp_path: Path) -> None:
    found = trees(tmp_path, '<a href="nightfall.md">x</a>')
    assert rules(found["eoc"].findings) == ["bad-link"]
    assert found["full"].findings == []


def test_a_listed_picture_is_rebuilt_and_named_by_its_digest(tmp_path: Path) -> None:
    tree = trees(tmp_path, "![A map](map.png){width=50}", "assets: [{file: map.png, marking: U}]")["eoc"]
    (name,) = tree.assets
    assert tree.files["about/us.md"].body.strip() == f"![A map](../{name}){{width=50}}"
    assert "map" not in name


def test_a_picture_that_the_edition_may_not_see_leaves_nothing(tmp_path: Path) -> None:
    front = "assets: [{file: map.png, marking: U//LES}]"
    found = trees(tmp_path, "Before ![A map](map.png) after.", front)
    assert found["eoc"].files["about/us.md"].body.strip() == "Before  after."
    assert found["eoc"].assets == {}
    assert "](../assets/" in found["full"].files["about/us.md"].body
    assert found["full"].files["about/us.md"].told["tearline"]["banner"] == "UNCLASSIFIED//LES"
    assert found["eoc"].files["about/us.md"].told["tearline"]["banner"] == "UNCLASSIFIED"


def test_a_page_of_backticks_and_brackets_is_read_in_no_time(tmp_path: Path) -> None:
    text = "`" * 3000 + " x\n\n" + "`a ``b " * 3000 + "\n\n" + "[" * 3000 + "\n\n" + "[a](" * 3000
    assert "about/us.md" in trees(tmp_path, text)["eoc"].files
