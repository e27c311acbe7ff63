"""Finding files: every document once, in order; whatever is no plain file is said; dots are nobody's documents."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sites import bulletin, make_site, policy_of, rules
from tearline.policy import Policy
from tearline.sources import find_sources

DOCUMENT = bulletin("IB-2026-001", "(U) Words.")


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return policy_of(make_site(tmp_path / "site", {"b/a.md": DOCUMENT, "a.MD": DOCUMENT, "c.markdown": DOCUMENT}))


def test_documents_are_found_by_suffix_in_any_case_and_in_order(policy: Policy) -> None:
    found = find_sources(policy)
    assert [one.relative for one in found.sources] == ["a.MD", "b/a.md", "c.markdown", "index.md"]
    assert found.sources[0].shown == "bulletins/a.MD"
    assert found.findings == []


def test_names_that_begin_with_a_dot_and_other_files_are_passed_over(policy: Policy) -> None:
    (policy.sources / ".draft.md").write_text(DOCUMENT, encoding="utf-8")
    (policy.sources / ".git").mkdir()
    (policy.sources / ".git" / "x.md").write_text(DOCUMENT, encoding="utf-8")
    (policy.sources / "notes.txt").write_text("x", encoding="utf-8")
    assert len(find_sources(policy).sources) == 4


def test_links_pipes_and_unreadable_folders_are_findings(policy: Policy) -> None:
    (policy.sources / "link.png").symlink_to("/etc/hostname")
    (policy.sources / "folder").symlink_to("/etc")
    os.mkfifo(policy.sources / "pipe.md")
    (policy.sources / "folder.md").mkdir()
    assert rules(find_sources(policy).findings) == ["not-a-plain-file"] * 3


def test_what_is_named_twice_is_read_once(policy: Policy) -> None:
    path = policy.sources / "b" / "a.md"
    assert len(find_sources(policy, [path, path, policy.sources / "b"]).sources) == 1


def test_a_named_file_that_is_no_document_is_told_apart(policy: Policy) -> None:
    other = policy.root / "mkdocs.yml"
    assert find_sources(policy, [other]).others == [other]


def test_a_file_outside_of_the_sources_is_read_where_it_is(policy: Policy, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text(DOCUMENT, encoding="utf-8")
    (source,) = find_sources(policy, [tmp_path / "elsewhere.md"]).sources
    assert (source.relative, source.shown) == ("elsewhere.md", f"{tmp_path}/elsewhere.md")


def test_odd_names_are_shown_in_printable_characters_and_stay_apart(policy: Policy) -> None:
    for name in (b"a\n.md", b"a\x1b[31m.md", b"a\xff.md", b"a\xfe.md"):
        (policy.sources / os.fsdecode(name)).write_text(DOCUMENT, encoding="utf-8")
    shown = [one.shown for one in find_sources(policy).sources]
    assert {"bulletins/a%0A.md", "bulletins/a%1B[31m.md", "bulletins/a%FF.md", "bulletins/a%FE.md"} < set(shown)


def test_a_file_exchanged_for_a_link_or_pipe_after_it_was_found_is_not_read(policy: Policy) -> None:
    first, second, *_ = find_sources(policy).sources
    first.path.unlink()
    first.path.symlink_to("/etc/hostname")
    second.path.unlink()
    os.mkfifo(second.path)
    assert first.read() is None
    assert second.read() is None
