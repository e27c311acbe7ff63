"""Ordinary text that a build once refused with "report it as a bug", although nothing in it was withheld."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from leaks import picture
from sites import CONFIGURATION, bulletin, make_site, page, tearline
from tearline.marking import find_marks
from tearline.verify import marks, read_settings
from tearline.verify.settings import Settings

EXTENDED: Final = CONFIGURATION.replace(
    "plugins:",
    "markdown_extensions:\n"
    "  [abbr, attr_list, def_list, md_in_html, pymdownx.highlight, {pymdownx.tasklist: {custom_checkbox: true}}]\n"
    "plugins:",
    1,
)
FENCE: Final = '```text title="(U) Log"\n{}\n```'
# Title and body of bulletins.
BULLETINS: Final = (
    ("(U) Storm watch", "(U) Storm watch"),
    ("(U) Storm watch", "(U) Storm watch\n\n(U) More."),
    ("(U) Storm watch", "(U) Storm watch.\n\n(U//LES) Hidden."),
    ("(U) Storm watch", "- (U) Storm watch\n- (U) x"),
    ("(U) Storm watch", "## (U) Storm watch\n\n(U) x"),
    ("(U) Same", "(U) Same.\n\n(U) Same."),
    ("(U) Same", "(U) Same.\n\n(U//LES) Same.\n\n(U) Same."),
    ("(U) Open", "(U//LES) Open.\n\n(U) Open."),
    ("(U) Glued", "- (U) item two\n    > (U) quote in item"),
    ("(U) Glued", "1. (U) item\n    > (U) quote\n2. (U) x"),
    ("(U) Glued", "(U) words\n> (U) a quote\ngoes on\n\n(U) End."),
    ("(U) Code", FENCE.format("a &amp; b")),
    ("(U) Code", FENCE.format("C:\\users\\%41b %20 and a&#65;b \\u0041bc")),
    ("(U) Code", "(U) `q?a=1&copy=2` and `&lt;` and q?a=1&copy=2 and &lt;b&gt; &copy; it, \\`a&amp;b\\`"),
    ("(U) Words", "(U) NOFORN."),
    ("(U) Words", "(U) The words FOUO, and NOFORN in a sentence?"),
    ("(U) Words", "(U) form S-1 (TS) box, the gene (NF), (controlled), (S) no. (C-130) flew. (c) 2026. (U.S.)"),
)
# The portion's own mark once more, a value under a marking of its own, a picture among words.
BODIES: Final = (
    "(U) Some words (U) more words.",
    "- (U) item (U)\n- (U) other\n\n(U) (U) twice",
    "## (U) Heading (U) twice\n\n| (U) c (U) d | x |\n|---|---|\n| (U) e | f |",
)
GAUGE: Final = ("assets:", '  - {file: g.png, marking: U, alt: "(U) an inline gauge"}')
MORE: Final = (
    ("(U) Words here.", ('area: {marking: U//LES, value: "zorgone of twelve"}',)),
    ("(U) Text with ![an inline gauge](g.png) picture.\n\n- (U) Item with ![an inline gauge](g.png) picture.", GAUGE),
    (
        "(U) Text with ![an inline gauge](g.png) picture.",
        tuple(one.replace("marking: U", "marking: U//LES").replace('"(U)', '"(U//LES)') for one in GAUGE),
    ),
)
CUI: Final = (
    ("(U) A water note", "(CUI) Controlled.\n\n(U) Open."),
    ("(CUI) A water note", "(CUI) Controlled.\n\n(CUI//LEI) Hidden item."),
)
PAGES: Final = (
    "Apple\n:   A fruit\n\nPear\n:   Another",
    "- item\n- [ ] to do\n- [x] done",
    'Line <b>bold</b> and y<span title="tip">x</span>z\n\n<div markdown>\n*some* words\n</div>',
    "<details><summary>More of it</summary>text</details>",
    'para\n{: .cls }\n\n## A heading {: #custom }\n\npara\n{: data-z="quux" }',
    "## A heading {#other}\n\nWords.",
    '[a reference][1]\n\n[1]: https://example.org/ "Its title"\n',
    "*[EOC]: Emergency operations center\n\nThe EOC works.[^1]\n\n[^1]: A note",
)  # fmt: skip


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources = {f"about/p{number}.md": page(body) for number, body in enumerate(PAGES)}
    front = [(title, body, ()) for title, body in BULLETINS] + [(title, body, ("system: cui",)) for title, body in CUI]
    for number, (title, body, more) in enumerate(front, 101):
        sources[f"2026/b{number}.md"] = bulletin(f"IB-2026-{number}", body, *more, title=title)
    return make_site(tmp_path_factory.mktemp("ordinary") / "site", sources, EXTENDED).parent


def test_ordinary_text_is_checked_and_built_without_a_finding(ordinary: Path) -> None:
    checked = tearline("check", cwd=ordinary)
    assert (checked.code, checked.out) == (0, ""), checked.said
    built = tearline("build", cwd=ordinary)
    assert (built.code, built.out) == (0, ""), built.said


def test_what_a_tester_wrote_is_built_with_no_more_than_a_warning(tmp_path: Path) -> None:
    sources: dict[str, str | bytes] = {"2026/g.png": picture("PNG")}
    for number, (body, front) in enumerate([*((body, ()) for body in BODIES), *MORE], 101):
        sources[f"2026/b{number}.md"] = bulletin(f"IB-2026-{number}", body, *front)
    root = make_site(tmp_path / "site", sources).parent
    built = tearline("build", cwd=root)
    assert (built.code, {line.split()[1] for line in built.out.splitlines()}) == (0, {"TL141"}), built.said


def test_what_leads_to_a_bulletin_that_the_edition_lacks_is_no_repetition(tmp_path: Path) -> None:
    marked = "related: [{marking: U//LES, value: IB-2026-104}]"
    sources = {
        "a.md": bulletin("IB-2026-103", "(U) Three trailers.", marked),
        "b.md": bulletin("IB-2026-104", "(U//LES) All of it."),
        "c.md": bulletin("IB-2026-105", "(U) See [the report](IB-2026-104)."),
    }
    ran = tearline("build", cwd=make_site(tmp_path / "site", sources).parent)
    assert (ran.code, ran.out) == (0, ""), ran.said


# --- marks that are none ------------------------------------------------------------------------------------

PIECES: Final = (  # words of marks, and others
    "U C S TS CUI TLP LES FOUO NF NOFORN SBU SSI SP REL TO USA CAN LEI AMBER RED CLEAR SECRET CONFIDENTIAL CONTROLLED "
    "UNCLASSIFIED TOP law enforcement sensitive Les secret controlled box form 17 and a no forn top releasable to"
)
BETWEEN: Final = (" ", " ", "/", "//", " // ", "-", ", ", ": ", ":", " (", ") ", "(", ")", " / ")


def phrases() -> list[str]:
    """Phrases that look like marks more or less, the same in every run."""
    chance = random.Random(7)  # noqa: S311 - no secret
    found = []
    for number in range(4000):
        parts = chance.choices(PIECES.split(), k=chance.randint(1, 4))
        said = "".join(part + chance.choice(BETWEEN) for part in parts).rstrip(" (")
        found.append(f"({said})" if number % 2 else said)
    return found


def test_what_the_verifier_takes_for_a_mark_is_told_by_check_too(tmp_path: Path) -> None:
    """What one reader of marks accepts in a portion, and the other does not, `check` has to refuse with its place."""
    only = CONFIGURATION.replace("[U, FOUO]", "[U]").replace("[U, CUI, EMGT]", "[U]").replace(", GREEN, AMBER", "")
    strict = read_settings(make_site(tmp_path / "none", {}, only), "eoc")
    apart = [said for said in phrases() if _is_seen(f"The {said} was here.", strict)]
    apart = [said for said in apart if not find_marks(f"The {said} was here.", "fouo-les")]
    assert apart  # two readers, written apart
    body = "\n\n".join(f"(U) The {said} was here." for said in apart[:40])
    root = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", body)}, only).parent
    checked = tearline("check", "--format", "text", cwd=root)
    lines = {int(line.split(":")[1]) for line in checked.out.splitlines() if " TL102 " in line or " TL105 " in line}
    wanted = {6 + 2 * place for place in range(len(apart[:40]))}
    assert wanted <= lines, checked.out


def _is_seen(text: str, strict: Settings) -> bool:
    return any(True for _ in marks.above(text, strict))
