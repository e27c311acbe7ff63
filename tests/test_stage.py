"""A staged tree: what is in it is released, and nothing else changes a byte of it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from sites import CONFIGURATION, NOW, bulletin, every_byte, make_site, page, policy_of, rules, trees_of
from tearline.corpus import read_corpus
from tearline.stage import compose, write

SEEN: dict[str, str | bytes] = {
    "z.md": bulletin("IB-2026-001", "(U) Words.\n\n(U//LES) Withheld.", "hazards: [flood]", "date: 2026-03-12"),
    "y.md": bulletin(
        "IB-2026-010", "(U) See [it](IB-2026-001).", "supersedes: [IB-2026-001]", "related: [IB-2026-077]"
    ),
    "about/us.md": page("See [that](IB-2026-001)."),
}
UNSEEN: dict[str, str | bytes] = {
    "a.md": bulletin("IB-2026-002", "(U//LES) W.", "hazards: [flood, uas]", "priority: urgent", title="(U//LES) T"),
    "x/b.md": bulletin(
        "IB-2025-003", "(U//LES) W.", "supersedes: [IB-2026-010]", "date: 2026-06-01", title="(U//LES) T"
    ),
    "c.md": bulletin("IB-2026-004", "(U) A draft.", "draft: true", "supersedes: [IB-2026-010]"),
    "e.md": bulletin("IB-2026-077", "(U//LES) Recalled.", "recalled: 2026-10-02", title="(U//LES) T"),
    "about/secret.md": page("Words.", marking="U//LES"),
    "secret/notes.txt": "Words.",
}
REFUSED: dict[str, str | bytes] = {
    "f.md": bulletin("IB-2026-005", "No mark.", "hazards: [wildfire]"),
    "g.md": b"\xff\xfe",
}


def staged(root: Path, sources: dict[str, str | bytes], edition: str = "eoc") -> dict[str, bytes]:
    write(trees_of(root, sources)[edition], root / "stage")
    return every_byte(root / "stage")


@pytest.mark.parametrize("name", [*UNSEEN, *REFUSED])
def test_what_is_not_in_an_edition_changes_no_byte_of_it(tmp_path: Path, name: str) -> None:
    more = {name: {**UNSEEN, **REFUSED}[name]}
    assert staged(tmp_path / "with", {**SEEN, **more}) == staged(tmp_path / "without", SEEN)


def test_names_and_order_of_sources_change_no_byte(tmp_path: Path) -> None:
    renamed = {"a.md": SEEN["z.md"], "2026/b.md": SEEN["y.md"], "about/us.md": SEEN["about/us.md"]}
    assert staged(tmp_path / "one", SEEN) == staged(tmp_path / "other", renamed)


def test_more_withheld_words_change_no_byte(tmp_path: Path) -> None:
    more = {**SEEN, "z.md": str(SEEN["z.md"]).replace("Withheld.", "Other.\n\n(U//LES) More.\n\n- (U//LES) Yet more.")}
    assert staged(tmp_path / "one", SEEN) == staged(tmp_path / "other", more)


def test_the_full_edition_does_change(tmp_path: Path) -> None:
    assert staged(tmp_path / "a", {**SEEN, **UNSEEN}, "full") != staged(tmp_path / "b", SEEN, "full")


def test_a_bulletins_page_is_named_by_its_number(tmp_path: Path) -> None:
    names = [name for name in staged(tmp_path, SEEN) if name.startswith("docs/2026") and name.endswith(".md")]
    assert names == ["docs/2026/ib-2026-001.md", "docs/2026/ib-2026-010.md"]


def test_the_configuration_says_nothing_of_policy(tmp_path: Path) -> None:
    text = staged(tmp_path, {**SEEN, **UNSEEN})["mkdocs.yml"].decode()
    for word in ("LES", "releases", "vocabulary", "full", "secret", "sltt"):
        assert word not in text.replace("Test Center, EOC edition", "")


def nav(root: Path, entries: str, sources: dict[str, str | bytes]) -> tuple[object, list[str]]:
    trees = trees_of(root, sources, CONFIGURATION + f"nav: {entries}\n")
    return yaml.safe_load(trees["eoc"].configuration)["nav"], rules(trees["eoc"].findings)


def test_navigation_names_what_the_edition_has(tmp_path: Path) -> None:
    sources = {"about/us.md": page("We."), "about/secret.md": page("X.", marking="U//LES")}
    entries = "[index.md, {About: [about/us.md, {Operation Nightfall: about/secret.md}]}, {Secret: [about/secret.md]}]"
    assert nav(tmp_path, entries, sources) == (["index.md", {"About": ["about/us.md"]}], [])


def test_a_navigation_entry_without_a_page_is_a_finding(tmp_path: Path) -> None:
    assert nav(tmp_path, "[index.md, about/nothing.md]", {})[1] == ["policy-value"]


def test_a_home_page_above_the_edition_is_not_there_and_the_generated_one_is(tmp_path: Path) -> None:
    trees = trees_of(tmp_path, {"index.md": page("Secret welcome.", "title: Secret", marking="U//LES")})
    assert "Secret" not in str(trees["eoc"].files["index.md"])
    assert "Secret welcome." in trees["full"].files["index.md"].body
    assert trees["full"].files["index.md"].told["tearline"]["banner"] == "UNCLASSIFIED//LES"


def test_without_an_index_page_there_is_still_a_home(tmp_path: Path) -> None:
    config = make_site(tmp_path, SEEN)
    (config.parent / "bulletins" / "index.md").unlink()
    policy = policy_of(config)
    tree = compose(read_corpus(policy), policy, NOW)["eoc"]
    assert tree.files["index.md"].told["title"] == "Test Center, EOC edition"


def test_an_index_in_capitals_is_the_home_page(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"INDEX.MD": page("Capital welcome.")}, CONFIGURATION.replace("index.md", "INDEX.MD"))
    (config.parent / "bulletins" / "index.md").unlink()
    policy = policy_of(config)
    tree = compose(read_corpus(policy), policy, NOW)["eoc"]
    assert "Capital welcome." in tree.files["index.md"].body
    assert [name for name in tree.files if name.casefold() == "index.md"] == ["index.md"]


def test_theme_files_are_of_known_types_and_plain(tmp_path: Path) -> None:
    config = make_site(tmp_path, SEEN)
    theme = config.parent / "overrides"
    (theme / "notes.bak").write_text("x", encoding="utf-8")
    (theme / ".hidden").write_text("x", encoding="utf-8")
    (theme / "link.css").symlink_to("/etc/hostname")
    policy = policy_of(config)
    tree = compose(read_corpus(policy), policy, NOW)["eoc"]
    assert rules(tree.findings) == ["theme-file"] * 3
    assert not {"notes.bak", ".hidden", "link.css"} & set(tree.theme)


LAID_OUT = """\
{#- What it is,
    in two lines. -#}
<p>
    {% if a %}
        one {% if b %}x{% endif %}
    {% else %}

        {% set c = {
            "d": "e"} %}{# why #}
        two
    {% endif %}
    {% include "f.html" %}
    {%- for g in h %}
        <b>{{ g }}</b>
    {% endfor %}
    {{ i }}
</p>
"""
LEAN = """\
{#- What it is,
in two lines. -#}
<p>
{% if a %}one {% if b %}x{% endif %}
{% else %}{% set c = {
"d": "e"} %}{# why #}two
{% endif %}{% include "f.html" %}
{%- for g in h %}
<b>{{ g }}</b>
{% endfor %}{{ i }}
</p>
"""


def test_templates_are_staged_without_their_layout_and_all_else_as_it_is(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"a.md": bulletin("IB-2026-001", "(U) W.")})
    spaced = "{% if a %}\n    <pre>\n  b\n    </pre>\n{% endif %}\n"
    given = {
        "a.html": LAID_OUT,
        "b.html": spaced,
        "c.css": "  a {\n\n  }\n",
        "d.html": "{% raw %}\n  {{\n{% endraw %}\n",
    }
    for name, text in given.items():
        (tmp_path / "overrides" / name).write_text(text, encoding="utf-8")
    (tmp_path / "overrides" / "e.html").write_bytes(b"  \xff\n")
    policy = policy_of(config)
    write(compose(read_corpus(policy), policy, NOW)["eoc"], tmp_path / "stage")
    staged = {name: (tmp_path / "stage" / "theme" / name).read_text(encoding="utf-8") for name in given}
    assert staged == given | {"a.html": LEAN}
    assert (tmp_path / "stage" / "theme" / "e.html").read_bytes() == b"\xff\n"


def test_a_document_that_one_edition_cannot_render_is_refused_in_the_tree_of_that_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tearline.stage import drafting

    monkeypatch.setattr(drafting, "proved", lambda *_: None)
    tree = trees_of(tmp_path, SEEN)["eoc"]
    assert set(rules(tree.findings)) == {"emission-mismatch"}
    assert sorted(tree.refused) == ["bulletins/y.md", "bulletins/z.md"]
    assert "2026/ib-2026-001.md" not in tree.files


def test_a_written_tree_is_plain_files(tmp_path: Path) -> None:
    staged(tmp_path, SEEN)
    kinds = {stat.S_IFMT(path.lstat().st_mode) for path in (tmp_path / "stage").rglob("*")}
    assert kinds == {stat.S_IFREG, stat.S_IFDIR}
