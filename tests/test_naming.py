"""Addresses of pages: plain, apart from each other on any disk, and none that the site makes by itself."""

from __future__ import annotations

import pytest

from tearline.naming import address_key, page_name, page_problem


@pytest.mark.parametrize(
    ("relative", "name"),
    [
        ("index.md", "index.md"),
        ("INDEX.MD", "index.md"),
        ("about/README.markdown", "about/index.md"),
        ("about/Us.MD", "about/Us.md"),
        ("v1.2.md", "v1.2.md"),
    ],
)
def test_a_page_is_staged_under_its_own_name_and_an_index_as_such(relative: str, name: str) -> None:
    assert page_name(relative) == name


@pytest.mark.parametrize("name", ["index.md", "about/us.md", "guides/über uns.md", "about/a.b-c_d.md", "20261/x.md"])
def test_plain_names_make_addresses(name: str) -> None:
    assert page_problem(name) == ""


@pytest.mark.parametrize(
    "name",
    ["a#b.md", "a?b.md", "a%2fb.md", "a:b.md", "a\\b.md", "-a.md", "a/ b.md", "a\n.md", "..md", "a'b.md", "a&b.md"],
)
def test_names_with_characters_of_other_meaning_make_none(name: str) -> None:
    assert "characters" in page_problem(name)


@pytest.mark.parametrize(
    "name", ["browse/x.md", "Browse.md", "bulletins.md", "2026/ib-2026-001.md", "assets/x.md", "404.md", "search.md"]
)
def test_addresses_of_the_sites_own_are_taken(name: str) -> None:
    assert "by itself" in page_problem(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.md", "A.md"), ("a.md", "a/index.md"), ("\u00e4.md", "a\u0308.md"), ("x/stra\u00dfe.md", "x/strasse.md")],
)
def test_what_some_disk_takes_for_one_file_has_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


def test_home_and_a_folder_called_index_are_apart() -> None:
    assert address_key("index.md") != address_key("a/index.md")
