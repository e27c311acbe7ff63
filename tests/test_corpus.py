"""All sources together: what one document says about itself, and what two of them may not both say."""

from __future__ import annotations

from pathlib import Path

import pytest

from sites import CONFIGURATION, bulletin, corpus_of, make_site, page, policy_of, rules
from tearline.corpus import read_corpus

ONE = bulletin("IB-2026-001", "(U) Words.")


def said(root: Path, sources: dict[str, str | bytes], configuration: str = CONFIGURATION) -> list[str]:
    return [f"{one.place.path}:{one.rule.name}" for one in corpus_of(root, sources, configuration).findings]


def test_clean_documents_are_kept_and_nothing_is_said(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"2026/a.md": ONE, "about/us.md": page("We.")})
    assert [one.id for one in corpus.bulletins] == ["IB-2026-001"]
    assert [one.name for one in corpus.pages] == ["about/us.md", "index.md"]
    assert (corpus.findings, corpus.refused) == ([], set())


def test_a_document_with_an_error_is_refused(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.md": bulletin("IB-2026-001", "No mark.")})
    assert corpus.bulletins == []
    assert corpus.refused == {"bulletins/a.md"}


@pytest.mark.parametrize("other", ["IB-2026-001"])
def test_two_documents_with_one_id_are_both_refused(tmp_path: Path, other: str) -> None:
    corpus = corpus_of(tmp_path, {"a.md": ONE, "b.md": bulletin(other, "(U) Words.")})
    assert [one.place.path for one in corpus.findings] == ["bulletins/a.md", "bulletins/b.md"]
    assert set(rules(corpus.findings)) == {"duplicate-id"}
    assert corpus.bulletins == []


def test_ids_that_differ_by_case_are_one(tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace(
        'id: "IB-{year}-{number}"', 'id: ["IB-{year}-{number}", "ib-{year}-{number}"]'
    )
    corpus = corpus_of(tmp_path, {"a.md": ONE, "b.md": bulletin("ib-2026-001", "(U) Words.")}, configuration)
    assert set(rules(corpus.findings)) == {"duplicate-id"}


def test_an_unmarked_document_outside_of_the_pages_list_is_refused(tmp_path: Path) -> None:
    assert said(tmp_path, {"elsewhere/x.md": page("Words.")}) == ["bulletins/elsewhere/x.md:page-rule"]


def test_a_bulletin_inside_the_pages_list_is_refused(tmp_path: Path) -> None:
    assert said(tmp_path, {"about/x.md": ONE}) == ["bulletins/about/x.md:page-rule"]


def test_pages_that_want_one_address_are_both_refused(tmp_path: Path) -> None:
    found = said(tmp_path, {"about/a.md": page("A."), "about/A/index.md": page("B.")})
    assert found == ["bulletins/about/A/index.md:path-taken", "bulletins/about/a.md:path-taken"]


def test_two_home_pages_are_refused(tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace("[index.md, about/**]", "[index.md, README.md, about/**]")
    assert set(said(tmp_path, {"README.md": page("Read me.")}, configuration)) == {
        "bulletins/README.md:path-taken",
        "bulletins/index.md:path-taken",
    }


def test_a_page_that_would_stand_in_a_year_or_a_listing_is_refused(tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace("about/**]", "about/**, 2026/**, browse/**]")
    found = said(tmp_path, {"2026/ib-2026-001.md": page("X."), "browse/x.md": page("X.")}, configuration)
    assert found == ["bulletins/2026/ib-2026-001.md:page-rule", "bulletins/browse/x.md:page-rule"]


@pytest.mark.parametrize(
    ("target", "fine"),
    [
        ("IB-2026-002", True),
        ("IB-2026-999", True),  # one that is not there: its words stay
        ("b.md", True),
        ("../2026/b.md", True),
        ("refused.md", True),  # one that cannot be read now must not take others with it
        ("nothing.md", False),
        ("../index.md", False),
        ("../../mkdocs.yml", False),
        ("b.txt", False),
    ],
)
def test_links_lead_to_bulletins(tmp_path: Path, target: str, fine: bool) -> None:  # noqa: FBT001
    sources: dict[str, str | bytes] = {
        "2026/a.md": bulletin("IB-2026-001", f"(U) See [it]({target})."),
        "2026/b.md": bulletin("IB-2026-002", "(U) Words."),
        "2026/refused.md": b"\xff",
    }
    found = [one for one in said(tmp_path, sources) if "refused" not in one]
    assert found == ([] if fine else ["bulletins/2026/a.md:bad-link"])


def test_a_check_of_one_file_lets_links_lead_to_others(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path, {"2026/a.md": bulletin("IB-2026-001", "(U) See [it](b.md).")}))
    assert read_corpus(policy, [policy.sources / "2026" / "a.md"]).findings == []


def test_sources_may_lie_outside_of_the_sites_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    config = make_site(tmp_path / "site", {}, CONFIGURATION.replace("sources: bulletins", f"sources: {outside}"))
    (config.parent / "bulletins").rename(outside)
    (outside / "about").mkdir()
    (outside / "about" / "us.md").write_text(page("We."), encoding="utf-8")
    corpus = read_corpus(policy_of(config))
    assert [one.name for one in corpus.pages] == ["about/us.md", "index.md"]
    assert corpus.findings == []


def test_point_to_point_of_others_is_refused(tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace(
        "agency: Test Center", "agency: Test Center\n      originators: [Other Center]"
    )
    front = "originator: Other Center", "point_to_point: true"
    assert said(tmp_path, {"a.md": bulletin("IB-2026-001", "(U) W.", *front)}, configuration) == [
        "bulletins/a.md:point-to-point"
    ]


def test_what_is_no_plain_file_can_be_held_back(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"a.md": ONE})
    (config.parent / "bulletins" / "link.png").symlink_to("x")
    assert read_corpus(policy_of(config)).refused == {"bulletins/link.png"}


def test_missing_sources_cannot_be_held_back(tmp_path: Path) -> None:
    config = make_site(tmp_path, {})
    (config.parent / "bulletins").rename(tmp_path / "gone")
    corpus = read_corpus(policy_of(config))
    assert "no-sources" in rules(corpus.findings)
    assert corpus.refused == set()


def test_an_asset_that_cannot_be_read_refuses_its_bulletin(tmp_path: Path) -> None:
    source = bulletin("IB-2026-001", "(U) ![x](x.png)", "assets: [{file: x.png, marking: U}]")
    assert said(tmp_path, {"a.md": source, "x.png": b"junk"}) == ["bulletins/a.md:asset"]
    assert said(tmp_path / "clean", {"a.md": ONE, "x.png": b"junk"}) == []
