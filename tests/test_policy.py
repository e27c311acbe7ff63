from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs.config import load_config

from hangs import no_hang
from tearline.findings import RULES, Severity, in_order
from tearline.marking import SYSTEMS, Mark, lowest
from tearline.policy import Policy, configuration, configuration_text, extensions, glob_pattern, load_policy, slug
from tearline.policy.allowed import EXTENSIONS, PLUGINS, REFUSED_EXTENSIONS, REFUSED_KEYS, REFUSED_PLUGINS
from tearline.policy.load import MAX_BYTES
from tearline.policy.places import read_yaml

SAMPLE = Path(__file__).parent.parent / "mkdocs.yml"

SHORT = """\
site_name: Example Center
docs_dir: plugins/placeholder
theme: {name: material, custom_dir: overrides, font: false}
plugins:
  - tearline:
      sources: bulletins
      editions:
        eoc: {audience: sltt, releases: {fouo-les: [U, FOUO]}}
        full: {audience: law-enforcement, releases: all}
"""


def loaded(folder: Path, text: str | bytes, **environ: str) -> tuple[Policy | None, list[str]]:
    """The policy in ``text``, and its findings as ``line:column code detail``."""
    path = folder / "mkdocs.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    policy, found = load_policy(path, environ)
    assert found == in_order(found)
    assert all(each.place.path == "mkdocs.yml" for each in found)
    assert (policy is None) == any(each.severity is Severity.ERROR for each in found)
    return policy, [f"{each.place.line}:{each.place.column} {each.rule.code} {each.detail}" for each in found]


def accepted(folder: Path, text: str, **environ: str) -> Policy:
    policy, found = loaded(folder, text, **environ)
    assert found == []
    assert policy is not None
    return policy


def refused(folder: Path, text: str | bytes, **environ: str) -> list[str]:
    policy, found = loaded(folder, text, **environ)
    assert policy is None
    return found


def with_option(line: str) -> str:
    """The short site with one more option of the plugin, at line 7."""
    return SHORT.replace("      editions:\n", f"      {line}\n      editions:\n")


def with_releases(releases: str, audience: str = "sltt") -> str:
    """The short site whose first edition (line 8) lists other tokens."""
    return SHORT.replace("{audience: sltt, releases: {fouo-les: [U, FOUO]}}", f"{{audience: {audience}, {releases}}}")


# --- the sample and the shortest site ---------------------------------------------------------------------------------


def test_the_sample_site_has_no_findings() -> None:
    policy, found = load_policy(SAMPLE, {})
    assert found == []
    assert policy is not None
    assert (policy.edition, list(policy.editions), policy.exercise) == ("eoc", ["eoc", "full"], True)
    assert policy.sources == SAMPLE.parent / "bulletins"
    assert policy.custom_dir == SAMPLE.parent / "overrides"
    assert policy.contact == "(U) EOC liaison desk, 555-0100"
    assert {"halden", "statewide"} <= set(policy.vocabulary.regions)
    assert "Example Regional Fusion Center" in policy.notices["les"]
    assert not any("{agency}" in text for text in policy.notices.values())


def test_a_short_site_has_defaults(tmp_path: Path) -> None:
    policy = accepted(tmp_path, SHORT)
    assert policy.agency == "Example Center"
    assert (policy.system, policy.edition, policy.pages) == ("fouo-les", "eoc", ("index.md",))
    assert (policy.contact, policy.desk_email, policy.exercise) == ("", "", False)
    assert (policy.require_item_marks, policy.inline_portions) == (False, True)
    assert policy.year_of("IB-2026-014") == "2026"
    assert list(policy.vocabulary.products)[:2] == ["alert", "bulletin"]
    assert policy.vocabulary.lifelines["water-systems"] == "Water Systems"
    assert "Example Center" in policy.notices["les"]
    assert policy.editions["eoc"].site_name == "Example Center"
    assert policy.editions["eoc"].sanitized
    assert not policy.editions["full"].sanitized


def test_plugins_may_be_a_mapping(tmp_path: Path) -> None:
    text = SHORT.replace("  - tearline:\n", "  tearline:\n")
    assert accepted(tmp_path, text).edition == "eoc"


# --- which edition ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "environ", "expected"),
    [
        ("edition: full", {}, "full"),
        ("edition: !ENV [TEARLINE_EDITION, eoc]", {}, "eoc"),
        ("edition: !ENV [TEARLINE_EDITION, eoc]", {"TEARLINE_EDITION": "full"}, "full"),
        ("edition: !ENV [FIRST, SECOND, eoc]", {"SECOND": "full"}, "full"),
        ("edition: !ENV TEARLINE_EDITION", {"TEARLINE_EDITION": "full"}, "full"),
    ],
)
def test_the_environment_can_name_the_edition(
    tmp_path: Path, line: str, environ: dict[str, str], expected: str
) -> None:
    assert accepted(tmp_path, with_option(line), **environ).edition == expected


@pytest.mark.parametrize("value", ["", " ", "eocc", "EOC", "null", "true"])
def test_an_empty_or_unknown_edition_is_refused(tmp_path: Path, value: str) -> None:
    found = refused(tmp_path, with_option("edition: !ENV [TEARLINE_EDITION, eoc]"), TEARLINE_EDITION=value)
    assert found
    assert all(each.startswith("7:16 TL202 ") for each in found)


def test_an_unset_variable_without_default_is_refused(tmp_path: Path) -> None:
    found = refused(tmp_path, with_option("edition: !ENV TEARLINE_EDITION"))
    assert found == ["7:16 TL202 `edition`: it wants a text (put it in quotes)"]


def test_env_is_read_for_the_edition_only(tmp_path: Path) -> None:
    found = refused(tmp_path, with_releases("releases: !ENV [LIST, all]"))
    assert "8:41 TL202 !ENV is read for `edition:` and below `signing:` only" in found


def test_several_editions_none_named_and_no_eoc_is_refused(tmp_path: Path) -> None:
    text = SHORT.replace("        eoc:", "        county:")
    assert refused(tmp_path, text) == ["6:7 TL202 `edition` is missing: say which one is built by default"]


def test_a_single_edition_is_the_default(tmp_path: Path) -> None:
    text = SHORT.replace("        eoc:", "        county:").replace(
        "        full: {audience: law-enforcement, releases: all}\n", ""
    )
    assert accepted(tmp_path, text).edition == "county"


def test_an_edition_that_is_named_needs_no_default(tmp_path: Path) -> None:
    text = with_option("edition: county").replace("        eoc:", "        county:")
    assert accepted(tmp_path, text).edition == "county"


@pytest.mark.parametrize("name", ['""', "EOC", "../eoc", "eoc/x", "-eoc", "e" * 41, "é", "eoc.", "eoc--x"])
def test_an_edition_name_has_to_be_a_plain_directory_name(tmp_path: Path, name: str) -> None:
    found = refused(tmp_path, SHORT.replace("        full:", f"        {name}:"))
    assert found == ["9:9 TL202 an edition's name wants lower-case letters, digits and single hyphens"]


def test_no_edition_is_called_as_what_is_kept_of_the_sources(tmp_path: Path) -> None:
    found = refused(tmp_path, SHORT.replace("        full:", "        full-side:"))
    assert found == ["9:9 TL202 what a build keeps of the sources is called so"]


def test_no_edition_is_refused(tmp_path: Path) -> None:
    head = SHORT[: SHORT.index("        eoc:")]
    assert refused(tmp_path, head.replace("editions:", "editions: {}")) == ["7:17 TL202 there is no edition"]
    assert refused(tmp_path, head) == ["7:16 TL202 `editions`: it wants keys with values"]


# --- what an edition releases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        ("releases: {}", "TL202 `releases`: nothing is listed"),
        ("releases: []", "TL202 `releases`: it wants `all`, or tokens by marking system"),
        ("releases: ALL", "TL202 `releases`: it wants `all`, or tokens by marking system"),
        ("releases: ", "TL202 `releases`: it wants `all`, or tokens by marking system"),
        ("releases: {fouo-les: []}", "TL202 `fouo-les`: it wants a list of tokens"),
        ("releases: {fouo-les: all}", "TL202 `fouo-les`: it wants a list of tokens"),
        ("releases: {fuoo-les: [U]}", "TL202 `fuoo-les`: unknown marking system (did you mean fouo-les?)"),
        ("releases: {fouo-les: [U, FUOO]}", "TL202 `FUOO`: unknown token (did you mean FOUO?)"),
        ("releases: {fouo-les: [U, NOFORN]}", "TL202 `NOFORN`: unknown token (did you mean NF?)"),
        ("releases: {fouo-les: [u]}", "TL202 `u`: unknown token (did you mean U?)"),
        ('releases: {tlp: ["TLP:CLEAR"]}', "TL202 `TLP:CLEAR`: unknown token (did you mean CLEAR?)"),
        ("releases: {fouo-les: [U, NO]}", "TL202 a token wants to be a text (put it in quotes)"),
        ("releases: {fouo-les: [U, LES]}", "TL203 LES without FOUO"),
        ("releases: {fouo-les: [FOUO]}", "TL203 FOUO without U"),
        ("releases: {tlp: [CLEAR, AMBER]}", "TL203 AMBER without GREEN"),
        ("releases: {cui: [U, EMGT]}", "TL203 EMGT without CUI"),
    ],
)
def test_what_an_edition_lists_is_known_and_closed(tmp_path: Path, releases: str, expected: str) -> None:
    (found,) = refused(tmp_path, with_releases(releases))
    assert found.startswith("8:")
    assert found.partition(" ")[2] == expected


@pytest.mark.parametrize("token", ["FED ONLY", "FEDCON"])
def test_federal_controls_are_not_for_state_and_local_audiences(tmp_path: Path, token: str) -> None:
    closed = sorted(SYSTEMS["cui"].closure({token}))
    releases = f"releases: {{cui: [{', '.join(closed)}]}}"
    found = refused(tmp_path, with_releases(releases))
    assert f"TL204 {token} for sltt" in [each.partition(" ")[2] for each in found]
    assert accepted(tmp_path, with_releases(releases, "federal")).editions["eoc"].audience == "federal"


def test_nocon_may_be_listed_for_state_and_local_audiences(tmp_path: Path) -> None:
    accepted(tmp_path, with_releases("releases: {cui: [U, CUI, NOCON]}"))


def test_noforn_is_not_for_another_nation(tmp_path: Path) -> None:
    found = refused(tmp_path, with_releases("nation: CAN, releases: {fouo-les: [U, NF]}"))
    assert [each.partition(" ")[2] for each in found] == ["TL204 NF for a nation other than USA"]
    accepted(tmp_path, with_releases("nation: CAN, releases: {fouo-les: [U, FOUO]}"))
    accepted(tmp_path, with_releases("releases: {fouo-les: [U, NF]}"))


def test_an_edition_without_releases_hides_no_fault_of_the_next(tmp_path: Path) -> None:
    text = SHORT.replace("        eoc:", "        a: {audience: sltt}\n        eoc:").replace("FOUO]", "FUOO]")
    assert refused(tmp_path, text) == [
        "8:12 TL202 `releases` is missing",
        "9:56 TL202 `FUOO`: unknown token (did you mean FOUO?)",
    ]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("nation: usa", "8:39 TL202 `nation`: it wants three letters, such as USA"),
        ("site_url: https://example.org/?a=1", "8:41 TL202 `site_url`: it wants an http or https address"),
        ("site_url: 'https://example.org/#a'", "8:41 TL202 `site_url`: it wants an http or https address"),
        ("site_url: https://user@example.org/", "8:41 TL202 `site_url`: it wants an http or https address"),
    ],
)
def test_nation_and_address_of_an_edition_are_plain(tmp_path: Path, option: str, expected: str) -> None:
    assert refused(tmp_path, with_releases(f"{option}, releases: {{fouo-les: [U]}}")) == [expected]


def test_an_edition_may_be_served_without_tls_behind_a_proxy(tmp_path: Path) -> None:
    policy = accepted(tmp_path, with_releases("site_url: 'http://eoc.example.org/', releases: {fouo-les: [U]}"))
    assert policy.editions["eoc"].site_url == "http://eoc.example.org/"


def test_an_edition_sees_what_is_listed_and_nothing_else(tmp_path: Path) -> None:
    editions = accepted(tmp_path, SHORT).editions
    eoc, full = editions["eoc"], editions["full"]
    seen = {
        str(mark): (eoc.may_see(mark), full.may_see(mark))
        for mark in (
            lowest("fouo-les"),
            Mark.of("fouo-les", {"U", "FOUO"}),
            Mark.of("fouo-les", {"U", "LES"}),
            Mark.of("fouo-les", {"U", "NF"}),
            Mark.of("fouo-les", {"U"}, {"USA", "CAN"}),
            lowest("tlp"),
        )
    }
    assert seen == {
        "U": (True, True),
        "U//FOUO": (True, True),
        "U//LES": (False, True),
        "U//NF": (False, True),
        "U//REL TO USA, CAN": (True, True),
        "TLP:CLEAR": (False, True),
    }


def test_rel_to_has_to_name_the_editions_nation(tmp_path: Path) -> None:
    text = with_releases("nation: GBR, releases: {fouo-les: [U, FOUO]}")
    edition = accepted(tmp_path, text).editions["eoc"]
    assert not edition.may_see(Mark.of("fouo-les", {"U"}, {"USA", "CAN"}))
    assert edition.may_see(Mark.of("fouo-les", {"U"}, {"USA", "GBR"}))


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_release_is_monotone(tmp_path: Path, system: str) -> None:
    """An edition that may see a mark may see every lower one."""
    tokens = sorted(SYSTEMS[system].closure([SYSTEMS[system].levels[-1]]))
    edition = accepted(tmp_path, with_releases(f"releases: {{{system}: {tokens}}}")).editions["eoc"]
    marks = [Mark.of(system, {level}) for level in SYSTEMS[system].levels]
    assert all(edition.may_see(lower) for mark in marks if edition.may_see(mark) for lower in marks if lower <= mark)


# --- the options ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sourses: x", ["7:7 TL202 `sourses`: unknown key (did you mean sources?)"]),
        ("enabled: false", ["7:7 TL202 `enabled`: unknown key"]),
        ("search: true", ["7:7 TL202 `search`: unknown key"]),
        ("system: fouo", ["7:15 TL202 `fouo`: unknown marking system (did you mean fouo-les?)"]),
        ("exercise: 1", ["7:17 TL202 `exercise`: it wants true or false"]),
        ("agency: 911", ["7:15 TL202 `agency`: it wants a text (put it in quotes)"]),
        ('agency: ""', ["7:15 TL202 `agency`: it wants one line of text"]),
        ("id: IB", ["7:11 TL202 `id`: it wants a shape such as IB-{year}-{number}"]),
        ('id: "IB-{number}"', ["7:11 TL202 `id`: it wants a shape such as IB-{year}-{number}"]),
        ('id: "IB/{year}/{number}"', ["7:11 TL202 `id`: it wants a shape such as IB-{year}-{number}"]),
        ("id: []", ["7:11 TL202 `id`: it wants at least one shape"]),
        ("pages: [../x.md]", ["7:15 TL202 `pages`: it wants paths or globs below `sources`"]),
        ("pages: [/x.md]", ["7:15 TL202 `pages`: it wants paths or globs below `sources`"]),
        ('pages: ["**"]', ["7:15 TL202 `pages`: this glob would take every document for a page"]),
        ('pages: ["**/*.md"]', ["7:15 TL202 `pages`: this glob would take every document for a page"]),
        ('pages: ["a/**/b/**/c/**"]', ["7:15 TL202 `pages`: it wants paths or globs below `sources`"]),
        ("email: desk", ["7:14 TL202 `email`: it wants one address"]),
        ("notices: {lse: x}", ["7:17 TL202 `lse`: unknown notice (did you mean les?)"]),
        ('notices: {les: ""}', ["7:22 TL202 `les`: it wants a text"]),
        ("vocabulary: {hazard: [x]}", ["7:20 TL202 `hazard`: unknown key (did you mean hazards?)"]),
        ("vocabulary: {hazards: [flood, Flood]}", ["7:37 TL202 `hazards`: this value stands twice"]),
        ("vocabulary: {hazards: [1]}", ["7:30 TL202 `hazards`: a value wants letters or digits, as a text"]),
        ("vocabulary: {hazards: {uas: 1}}", ["7:35 TL202 `uas`: a label wants one line of text"]),
        (
            "vocabulary: {hazards: flood}",
            ["7:29 TL202 `hazards`: it wants a list of values, or values with their labels"],
        ),
    ],
)
def test_a_wrong_option_is_named_at_its_place(tmp_path: Path, line: str, expected: list[str]) -> None:
    found = refused(tmp_path, with_option(line))
    assert found == expected


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ("EOC desk, 555-0100", "TL101"),
        ("(U//FUOO) EOC desk", "TL104"),
        ("(S) EOC desk", "TL105"),
        ("(U)", "TL136"),
        ("(U) EOC desk (U//LES) and more", "TL102"),
        ("(TLP:RED) EOC desk", "TL106"),
    ],
)
def test_the_contact_is_a_portion(tmp_path: Path, contact: str, code: str) -> None:
    (found,) = refused(tmp_path, with_option(f'contact: "{contact}"'))
    assert found.startswith(f"7:16 {code} ")


def test_what_is_wrong_with_a_contact_is_said(tmp_path: Path) -> None:
    for contact, said in (
        ("(U//NOFRON) EOC desk", "TL104 'NOFRON' (did you mean NOFORN?)"),
        ("(U) EOC desk (U//LES) and more", "TL102 `contact`"),
    ):
        assert refused(tmp_path, with_option(f'contact: "{contact}"')) == [f"7:16 {said}"]


def test_where_files_lie_is_told_from_the_folder_of_the_policy(tmp_path: Path) -> None:
    text = f"copyright: Example\n{with_option('signing: {key: keys/key, signers: keys/signers}')}"
    policy = accepted(tmp_path, text)
    assert (policy.root, policy.copyright) == (tmp_path, "Example")
    assert policy.signing is not None
    assert (policy.signing.key, policy.signing.signers) == (tmp_path / "keys/key", tmp_path / "keys/signers")


def test_a_contact_with_an_alias_is_a_warning(tmp_path: Path) -> None:
    policy, found = loaded(tmp_path, with_option('contact: "(U//FOUO//LES) EOC desk"'))
    assert policy is not None
    assert found == ["7:16 TL103 U//LES"]


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    text = """\
site_nam: Example
repo_url: https://example.org/x
plugins:
  - tearline:
      sources: 1
      colour: red
      contact: EOC desk
      editions:
        eoc: {audience: everyone, releases: {fouo-les: [U, LES, FUOO]}}
        full: {}
  - blog
markdown_extensions: [pymdownx.snippets, tocc]
"""
    assert refused(tmp_path, text) == [
        "1:1 TL202 `site_nam`: unknown key (did you mean site_name?)",
        "1:1 TL202 `site_name` is missing",
        "2:1 TL211 `repo_url`: it links to the sources",
        "5:16 TL202 `sources`: it wants a text (put it in quotes)",
        "6:7 TL202 `colour`: unknown key",
        "7:16 TL101 `contact`",
        "9:25 TL202 `audience`: it wants 'sltt', 'law-enforcement', 'federal', 'private-sector' or 'public'",
        "9:60 TL203 LES without FOUO",
        "9:65 TL202 `FUOO`: unknown token (did you mean FOUO?)",
        "10:15 TL202 `releases` is missing",
        "11:5 TL211 plugin `blog`: it writes pages and excerpts of its own",
        "12:23 TL211 extension `pymdownx.snippets`: it reads files by itself",
        "12:42 TL211 extension `tocc`",
    ]


def test_findings_read_like_a_compilers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mkdocs.yml").write_text(with_option("sourses: x"))
    _, found = load_policy(Path("mkdocs.yml"), {})
    assert str(found[0]) == (
        "mkdocs.yml:7:7: TL202 policy-value: The site's configuration has a key or value that is not known: "
        "`sourses`: unknown key (did you mean sources?). Correct or remove it."
    )


# --- vocabulary, ids and pages ----------------------------------------------------------------------------------------


def test_facet_values_match_by_slug_and_by_label(tmp_path: Path) -> None:
    vocabulary = accepted(
        tmp_path,
        with_option("vocabulary: {hazards: {uas: Unmanned aircraft, flood: Flood}, regions: [Pell County, orrin]}"),
    ).vocabulary
    assert vocabulary.find("lifelines", "Water Systems") == "water-systems"
    assert vocabulary.find("hazards", "unmanned aircraft") == "uas"
    assert vocabulary.find("hazards", "drones") is None
    assert vocabulary.find("hazards", "") is None
    assert vocabulary.find("hsec_sins", "HSEC-6") == "hsec-6"
    assert vocabulary.regions == {"pell-county": "Pell County", "orrin": "Orrin"}


def test_products_are_added_to_and_other_facets_replaced(tmp_path: Path) -> None:
    vocabulary = accepted(tmp_path, with_option("vocabulary: {products: [net-call], hazards: [flood]}")).vocabulary
    assert {"alert", "net-call"} <= set(vocabulary.products)
    assert vocabulary.hazards == {"flood": "Flood"}


@pytest.mark.parametrize(
    ("shape", "identifier", "year"),
    [
        ('"IB-{year}-{number}"', "IB-2026-014", "2026"),
        ('"IB-{year}-{number}"', "IB-2026-014 ", None),
        ('"IB-{year}-{number}"', "XIB-2026-014", None),
        ('"IB-{year}-{number}"', "IB-2026-014\n", None),
        ('"IB-{year}-{number}"', "ib-2026-014", None),
        ('"IB-{year}-{number}"', "IB-٢٠٢٦-014", None),
        ('"IB.{year}.{number}"', "IBx2026x1", None),
        ('["IB-{year}-{number}", "LE{number}-{year}"]', "LE7-2025", "2025"),
    ],
)
def test_product_numbers_follow_the_pattern(tmp_path: Path, shape: str, identifier: str, year: str | None) -> None:
    assert accepted(tmp_path, with_option(f"id: {shape}")).year_of(identifier) == year


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("index.md", "index.md", True),
        ("index.md", "a/index.md", False),
        ("about/**", "about/a/b.md", True),
        ("about/**", "about.md", False),
        ("about/**", "aboutx/b.md", False),
        ("about/*.md", "about/a.md", True),
        ("about/*.md", "about/a/b.md", False),
        ("about/**/b.md", "about/b.md", True),
        ("about/**/b.md", "about/x/y/b.md", True),
        ("a?.md", "ab.md", True),
        ("a?.md", "a/.md", False),
        ("a.md", "a.md\n", False),
    ],
)
def test_globs_match_by_parts(glob: str, path: str, *, expected: bool) -> None:
    assert bool(glob_pattern(glob).fullmatch(path)) is expected


def test_pages_are_those_the_policy_lists(tmp_path: Path) -> None:
    policy = accepted(tmp_path, with_option("pages: [index.md, guides/**]"))
    assert [policy.is_page(path) for path in ("index.md", "guides/a.md", "2026/a.md")] == [True, True, False]


@given(st.text())
def test_a_slug_is_its_own_slug(text: str) -> None:
    assert slug("(Water) Systems!") == "water-systems"
    assert slug(slug(text)) == slug(text)


# --- what MkDocs may be told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(REFUSED_KEYS))
def test_keys_of_mkdocs_that_reach_outside_are_refused(tmp_path: Path, key: str) -> None:
    assert refused(tmp_path, f"{key}: x\n{SHORT}") == [f"1:1 TL211 `{key}`: {REFUSED_KEYS[key]}"]


@pytest.mark.parametrize("name", sorted(REFUSED_PLUGINS))
def test_other_plugins_are_refused(tmp_path: Path, name: str) -> None:
    found = refused(tmp_path, SHORT.replace("plugins:\n", f"plugins:\n  - {name}: {{a: b}}\n"))
    assert found == [f"5:5 TL211 plugin `{name}`: {REFUSED_PLUGINS[name]}"]


def test_search_is_accepted_and_not_run(tmp_path: Path) -> None:
    policy = accepted(tmp_path, SHORT + "  - search\n")
    assert policy.plugins == ()
    assert configuration(policy, policy.editions["eoc"], [])["plugins"] == []


@pytest.mark.parametrize(
    "plugins", ["plugins: []", "plugins: [search]", "plugins: 1", "plugins:", "plugins: [[tearline]]", ""]
)
def test_a_site_without_the_plugin_is_refused(tmp_path: Path, plugins: str) -> None:
    assert any("`tearline`" in each for each in refused(tmp_path, f"site_name: x\n{plugins}\n"))


def test_a_plugin_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, SHORT + "  - tearline\n") == ["10:5 TL202 plugin `tearline` stands twice"]


@pytest.mark.parametrize("name", sorted(REFUSED_EXTENSIONS))
def test_other_extensions_are_refused(tmp_path: Path, name: str) -> None:
    found = refused(tmp_path, f"markdown_extensions: [{name}]\n{SHORT}")
    assert found == [f"1:23 TL211 extension `{name}`: {REFUSED_EXTENSIONS[name]}"]


@pytest.mark.parametrize("name", sorted(set(EXTENSIONS) - {"pymdownx.emoji"}))
def test_listed_extensions_are_accepted(tmp_path: Path, name: str) -> None:
    assert name in accepted(tmp_path, f"markdown_extensions: [{name}]\n{SHORT}").markdown_extensions


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("[toc: {slugify: x}]", "TL211 extension `toc`: option `slugify`"),
        ("[pymdownx.magiclink: {repo_url_shorthand: true}]", "TL211 extension `pymdownx.magiclink`: option `repo_url_shorthand`"),
        ("[pymdownx.superfences: {preserve_tabs: true}]", "TL211 extension `pymdownx.superfences`: option `preserve_tabs`"),
        ("[pymdownx.superfences: {custom_fences: 1}]", "TL211 a custom fence other than mermaid's"),
        ("[pymdownx.tabbed: {alternate_style: false}]", "TL211 extension `pymdownx.tabbed`: `alternate_style` has to be true"),
        ("[toc: {permalink: {a: b}}]", "TL202 extension `toc`: `permalink` wants a single value"),
        ("[toc: 1]", "TL202 extension `toc`: its options want keys with values"),
        ("[toc, markdown.extensions.toc]", "TL202 extension `toc` stands twice"),
        ("[[toc]]", "TL211 extension without a readable name"),
        ("toc", "TL211 extension without a readable name"),
        ("[toc: {permalink: !!python/name:os.system }]", "TL211 extension `toc`: this Python name"),
        ("[pymdownx.emoji]", "TL211 extension `pymdownx.emoji`: without the theme's `emoji_index` it links to images elsewhere"),
    ],
)  # fmt: skip
def test_options_of_extensions_are_closed(tmp_path: Path, listed: str, expected: str) -> None:
    found = refused(tmp_path, f"markdown_extensions: {listed}\n{SHORT}")
    assert expected in [each.partition(" ")[2] for each in found]


EMOJI = """\
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
      emoji_generator: !!python/name:material.extensions.emoji.to_svg
  - pymdownx.superfences:
      custom_fences:
        - {name: mermaid, class: mermaid, format: !!python/name:pymdownx.superfences.fence_code_format }
"""


def test_emoji_and_mermaid_are_accepted_with_their_own_files_only(tmp_path: Path) -> None:
    assert refused(tmp_path, EMOJI + SHORT) == [
        "7:9 TL211 mermaid without its script in `extra_javascript:`; the theme would fetch it from elsewhere"
    ]
    policy = accepted(tmp_path, EMOJI + "extra_javascript: [assets/mermaid.min.js]\n" + SHORT)
    index = extensions(policy)["pymdownx.emoji"]["emoji_index"]
    assert index.resolve().__name__ == "twemoji"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("extra_css: [https://example.org/x.css]", "1:13 TL211 `extra_css`: it wants a path below `custom_dir` ending in .css"),
        ("extra_css: [../x.css]", "1:13 TL211 `extra_css`: it wants a path below `custom_dir` ending in .css"),
        ("extra_javascript: [//example.org/x.js]", "1:20 TL211 `extra_javascript`: it wants a path below `custom_dir` ending in .js or .mjs"),
        ("extra: {social: []}", "1:9 TL202 `social`: unknown key"),
        ("extra: {generator: true}", "1:20 TL202 `generator`: it wants false"),
        ("use_directory_urls: false", "1:21 TL202 `use_directory_urls`: it wants true"),
        ("site_url: javascript:x", "1:11 TL202 `site_url`: it wants an http or https address"),
        ("site_url: http://[", "1:11 TL202 `site_url`: it wants an http or https address"),
        ("nav: [https://example.org/]", "1:7 TL202 `nav`: it wants paths of pages below `sources`"),
        ("nav: [{a: [{b: ../x.md}]}]", "1:16 TL202 `nav`: it wants paths of pages below `sources`"),
        ("nav: x", "1:6 TL202 `nav`: it wants a list"),
        ("site_dir: .", "1:11 TL202 `site_dir` and `sources` overlap: MkDocs empties `site_dir`"),
        ("copyright: !!python/name:a.b", "1:12 TL202 a Python name is read for Markdown extensions only"),
        ("site_dir: bulletins/out", "1:11 TL202 `site_dir` and `sources` overlap: MkDocs empties `site_dir`"),
    ],
)  # fmt: skip
def test_keys_of_mkdocs_are_closed(tmp_path: Path, line: str, expected: str) -> None:
    assert refused(tmp_path, f"{line}\n{SHORT}") == [expected]


def test_navigation_and_pictures_of_the_site_are_accepted(tmp_path: Path) -> None:
    nav = "nav: [index.md, {About: about/us.md}, {More: [{Deep: a/b.md}]}]"
    for icon in ("a.svg", "a.png", "a.ico"):
        theme = f"font: false, favicon: assets/{icon}, logo: assets/a.svg, icon: {{logo: material/water}}"
        policy = accepted(tmp_path, f"{nav}\n{SHORT}".replace("font: false", theme))
        assert policy.nav is not None
        assert len(policy.nav) == 3
        assert policy.theme["favicon"] == f"assets/{icon}"


@pytest.mark.parametrize(
    ("theme", "expected"),
    [
        ("{name: mkdocs}", "TL202 `name`: it wants 'material'"),
        ("{name: material, font: {text: Roboto}}", "TL202 `font`: it wants false"),
        ("{name: material, features: [content.action.edit]}", "TL202 `features`: this feature of the theme is not allowed"),
        ("{name: material, logo: https://example.org/x.png}", "TL211 `logo`: it wants a path below `custom_dir` ending in .svg or .png"),
        ("{name: material, favicon: x.jpg}", "TL211 `favicon`: it wants a path below `custom_dir` ending in .svg or .png or .ico"),
        ("{name: material, icon: {logo: ../../x}}", "TL202 `icon`: it wants names of icons"),
        ("{name: material, analytics: x}", "TL202 `analytics`: unknown key"),
    ],
)  # fmt: skip
def test_the_theme_is_closed(tmp_path: Path, theme: str, expected: str) -> None:
    text = SHORT.replace("{name: material, custom_dir: overrides, font: false}", theme)
    (found,) = refused(tmp_path, text)
    assert found.partition(" ")[2].startswith(expected)


@pytest.mark.parametrize("docs_dir", ["bulletins", "bulletins/about", ".", "./x/../bulletins"])
def test_mkdocs_alone_may_not_reach_the_sources(tmp_path: Path, docs_dir: str) -> None:
    found = refused(tmp_path, SHORT.replace("plugins/placeholder", docs_dir))
    assert [each.split()[:2] for each in found] == [["2:11", "TL202"]]


def test_mkdocs_default_docs_dir_may_not_be_the_sources(tmp_path: Path) -> None:
    text = SHORT.replace("docs_dir: plugins/placeholder\n", "").replace("sources: bulletins", "sources: docs")
    assert len(refused(tmp_path, text)) == 1


def test_mkdocs_default_site_dir_may_not_be_the_sources(tmp_path: Path) -> None:
    found = refused(tmp_path, SHORT.replace("sources: bulletins", "sources: site"))
    assert found == ["6:16 TL202 `site_dir` and `sources` overlap: MkDocs empties `site_dir`"]


# --- bad files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "1:1 TL201 it holds no keys"),
        (b"\n# nothing\n", "1:1 TL201 it holds no keys"),
        (b"- a\n", "1:1 TL201 it holds no keys"),
        (b"word", "1:1 TL201 it holds no keys"),
        (b"a: 1\na: 2\n", "2:1 TL201 this key stands twice"),
        (b"a: [1\nb: 2\n", "2:2 TL201 "),
        (b"a: &x 1\nb: *x\n", "1:4 TL201 anchors and aliases are not read"),
        (b"a: &x {b: 1}\n", "1:4 TL201 anchors and aliases are not read"),
        (b"a: 1\nb: *x\n", "2:4 TL201 anchors and aliases are not read"),
        (b"a: 1\n---\nb: 2\n", "2:1 TL201 a second document begins here"),
        (b"<<: {a: 1}\n", "1:1 TL201 merge keys and tags on keys are not read"),
        (b"? [a]\n: 1\n", "1:3 TL201 a key has to be a text"),
        (b"a: !relative $docs_dir\n", "1:4 TL201 this tag is not read"),
        (b"a: !!python/object/apply:os.system [ls]\n", "1:4 TL201 this tag is not read"),
        (b"\xff\xfe\x00", "1:1 TL201 it is not UTF-8 text"),
        (b"a: 1\nb: \xc3\x28\n", "2:1 TL201 it is not UTF-8 text"),
        (b"a: 1\nb: \x00\n", "2:4 TL201 a control character stands here"),
        (b"[" * 100_000, "1:25 TL201 it is nested too deeply"),
        (b"{a: " * 100_000, "1:97 TL201 it is nested too deeply"),
        (b"".join(b" " * i + b"a:\n" for i in range(1000)), "25:25 TL201 it is nested too deeply"),
        (b"#" * (MAX_BYTES + 1), "1:1 TL201 it is larger than 1 MiB"),
    ],
    ids=range(21),
)
def test_a_file_that_is_no_policy_is_a_finding(tmp_path: Path, text: bytes, expected: str) -> None:
    with no_hang():
        found = refused(tmp_path, text)
    assert found[0].startswith(expected)


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    accepted(tmp_path, "\ufeff" + SHORT.replace("\n", "\r\n"))


def test_numbers_with_a_point_are_numbers() -> None:
    document, found = read_yaml("a: 1.5\nb: -0.25\nc: 1.2.3\n", "x.yml")
    assert found == []
    assert document is not None
    assert document.data == {"a": 1.5, "b": -0.25, "c": "1.2.3"}


def test_the_plugin_without_options_is_told_what_it_misses(tmp_path: Path) -> None:
    text = SHORT[: SHORT.index("  - tearline:")] + "  - tearline\n"
    assert any("`editions` is missing" in each for each in refused(tmp_path, text))


def test_a_missing_or_unreadable_file_is_a_finding(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "loop.yml").symlink_to("loop.yml")
    for name in ("none.yml", "pipe.yml", "loop.yml"):
        assert [str(each.place) for each in load_policy(tmp_path / name, {})[1]] == [f"{name}:1:1"]
    said = {
        name: [str(each.detail) for each in load_policy(tmp_path / name, {})[1]]
        for name in ("none.yml", "", "pipe.yml", "loop.yml", "a\0b", "x" * 5000)
    }
    assert said == {
        "none.yml": ["there is no such file"],
        "": ["it is not a plain file"],
        "pipe.yml": ["it is not a plain file"],
        "loop.yml": ["the file cannot be opened"],
        "a\0b": ["the file cannot be opened"],
        "x" * 5000: ["the file cannot be opened"],
    }


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text(alphabet="[]{}:,-&*!?|>'\"%@# \nab1", max_size=200))
def test_no_text_is_a_traceback(text: str) -> None:
    document, found = read_yaml(text, "mkdocs.yml")
    assert (document is None) == bool(found)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.text("ab c1", max_size=4), st.text("ab:#1 \n", max_size=8) | st.integers(-(10**17), 10**17) | st.booleans()
    )
)
def test_values_are_those_of_the_yaml_library(values: dict[str, Any]) -> None:
    document, found = read_yaml(yaml.safe_dump(values or {"a": 1}), "mkdocs.yml")
    assert found == []
    assert document is not None
    assert document.data == (values or {"a": 1})


JUNK = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=4) | st.just([]) | st.just({}) | st.just([[{}]])
)


def _nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (collection, key) below ``value``."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _nodes(inner)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_policy_is_a_traceback(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any value of the sample replaced by anything gives a policy or findings, one or the other."""
    whole = yaml.safe_load(SAMPLE.read_text().replace("!ENV ", ""))
    whole["plugins"][0]["tearline"]["edition"] = "eoc"
    nodes = list(_nodes(whole))
    for _ in range(data.draw(st.integers(1, 3))):
        collection, key = data.draw(st.sampled_from(nodes))
        collection[key] = data.draw(JUNK)
    folder = tmp_path_factory.getbasetemp()
    loaded(folder, yaml.safe_dump(whole, sort_keys=False))


# --- what the renderer is given ---------------------------------------------------------------------------------------


def test_the_generated_configuration_says_nothing_of_policy() -> None:
    policy, _ = load_policy(SAMPLE, {})
    assert policy is not None
    text = configuration_text(configuration(policy, policy.editions["eoc"], ["index.md"], {"exercise": True}))
    for word in ("LES", "LAW ENFORCEMENT", "full", "sources", "bulletins\n", "releases", "spill", "555-"):
        assert word not in text
    assert " ".join(sorted(yaml.safe_load(text))) == (
        "docs_dir extra extra_css extra_javascript markdown_extensions nav not_in_nav plugins site_description "
        "site_dir site_name site_url theme use_directory_urls validation"
    )


def test_mkdocs_takes_the_generated_configuration(tmp_path: Path) -> None:
    policy = accepted(tmp_path, EMOJI + "extra_javascript: [assets/mermaid.min.js]\n" + SHORT)
    stage = tmp_path / "stage"
    (stage / "docs").mkdir(parents=True)
    (stage / "theme").mkdir()
    (stage / "docs" / "index.md").write_text("# Home\n")
    written = configuration(policy, policy.editions["eoc"], [{"Home": "index.md"}])
    (stage / "mkdocs.yml").write_text(configuration_text(written))
    config = load_config(str(stage / "mkdocs.yml"))
    assert config.site_name == "Example Center"
    assert list(config.plugins) == []
    assert config.markdown_extensions[-1] == "tearline.chips"
    assert config.mdx_configs["tearline.chips"] == {"system": "fouo-les"}
    assert config.theme["font"] is False
    assert config.hooks == {}


def test_what_the_marking_language_needs_is_always_there(tmp_path: Path) -> None:
    chosen = extensions(accepted(tmp_path, "markdown_extensions: [toc: {permalink: true}, abbr]\n" + SHORT))
    assert list(chosen) == [
        "admonition",
        "footnotes",
        "sane_lists",
        "tables",
        "toc",
        "pymdownx.details",
        "pymdownx.superfences",
        "pymdownx.tabbed",
        "abbr",
        "tearline.chips",
    ]
    assert chosen["toc"] == {"permalink": True}
    assert chosen["pymdownx.tabbed"] == {"alternate_style": True}


def test_the_tables_do_not_contradict_each_other() -> None:
    assert not PLUGINS.keys() & REFUSED_PLUGINS.keys()
    assert not EXTENSIONS.keys() & REFUSED_EXTENSIONS.keys()
    assert {"policy-syntax", "policy-value", "renderer-extension"} <= RULES.keys()
