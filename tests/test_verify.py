"""The verifier's other checks: sabotage of what builds the site, repetition, links, files, and proof that it is awake."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts import drafts, spelled
from leaks import PAGE, beside, into, picture
from sites import CONFIGURATION, NOON, bulletin, make_site, tearline
from tearline.findings import Finding, report
from tearline.marking import SYSTEMS, find_marks
from tearline.marking.folding import fold as fold_of_marking
from tearline.verify import Question, read_settings, verify
from tearline.verify.folding import fold, words
from tearline.verify.ledger import Origin, make_ledger
from tearline.verify.marks import above
from tearline.verify.portions import BodyReader
from tearline.verify.record import Accepted
from tearline.verify.repetitions import repetitions
from tearline.verify.second import withheld
from tearline.verify.settings import Settings
from tearline.verify.tokens import terms

BODY = """\
(U) Anglers reported strangers at the weir on Monday.

(U//LES) The subject is Marlo Ostrander of 118 Tannery Lane.

| (U) Where | When |
|---|---|
| (U) Weir | Monday |
| (U//LES) Locks | Tuesday |
| (U) Dam | (U//LES) Tuesday |

- (U) Ask for patrols.
- (U//LES) Patrols pass twice.
"""
SOURCES = {"2026/a.md": bulletin("IB-2026-001", BODY), "2026/b.md": bulletin("IB-2026-002", "(U) More.")}
OTHER = CONFIGURATION.replace(
    "audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n"
).replace("full: {", "full: {site_url: https://full.example.org/, ")


def made(root: Path, sources: dict[str, str], configuration: str = CONFIGURATION) -> Path:
    """A site built and staged."""
    make_site(root, sources, configuration)
    for arguments in (["build", "--hold"], ["stage", "--edition", "eoc", "--out", "stage", "--hold"]):
        ran = tearline(*arguments, cwd=root)
        assert ran.code == 0, ran.said
    return root


def check(
    root: Path, site: Path | None = None, *, stage: bool = True, full: bool = True, edition: str = "eoc"
) -> list[Finding]:
    return verify(
        Question(
            site or root / f"site-{edition}",
            read_settings(root / "mkdocs.yml", edition),
            root / "stage" if stage else None,
            root / "site-full" if full else None,
            jobs=1,
            name=(site or root / f"site-{edition}").name,
        )
    ).findings


def codes(found: list[Finding]) -> set[str]:
    return {one.rule.code for one in found}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("verify") / "site", SOURCES, OTHER)


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built / "site-eoc", tmp_path / "site-eoc")


# --- sabotage: each program of the build made to err, and caught -----------------------------------------------

PARSER = """
import tearline.corpus as c
old = c.read_document
c.read_document = lambda *a, **k: old(*[x.replace(b"(U//LES) The subject", b"(U) The subject") if isinstance(x, bytes) else x for x in a], **k)
"""
RELEASE = """
import tearline.release.body as b
from dataclasses import replace
old = b.Body.row
def row(self, row, columns):
    kept = old(self, row, columns)
    return tuple(replace(cell, mark=None) if "Tuesday" in str(cell) and kept else one for cell, one in zip(row, kept))
b.Body.row = row
"""
EMISSION = """
import types
import tearline.stage.drafting as c
old = c.emit
c.emit = lambda *a: (lambda said: said + "\\n" + said.split("\\n\\n")[1] + "\\n")(old(*a))
c.Renderer.prove = lambda *a: types.SimpleNamespace(holds=True, broken=frozenset())
"""
TEMPLATE = """
import tearline.stage.composing as c
import tearline.corpus as d
old, read = c.bulletin_page, d.read_document
raw = []
d.read_document = lambda path, data, *a: (raw.append(data.decode()), read(path, data, *a))[1]
c.bulletin_page = lambda *a: old(*a) | {"raw": next(one for one in raw if "Marlo" in one).split("summary: ")[1][:50]}
"""
NOTHING = "pass"


def sabotaged(root: Path, change: str = NOTHING) -> Path:
    """A site staged by a program with a change that only its process has, and rendered by MkDocs itself, unverified."""
    code = f"import sys\n{change}\nfrom tearline.cli import main\nmain(sys.argv[1:])\n"
    command = [sys.executable, "-c", code, "stage", "--edition", "eoc", "--out", "stage"]
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOON, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(root / "site-eoc")]
    subprocess.run(command, cwd=root / "stage", env=env, check=True)
    return root / "site-eoc"


@pytest.mark.parametrize(
    ("change", "caught"),
    [
        (NOTHING, set()),
        (PARSER, {"TL302", "TL306"}),
        (RELEASE, {"TL306"}),
        (EMISSION, {"TL306"}),
        (TEMPLATE, {"TL301", "TL302"}),
    ],
    ids=["nothing", "parser", "release", "emission", "template"],
)
def test_sabotage_of_the_build_is_caught(tmp_path: Path, change: str, caught: set[str]) -> None:
    root = tmp_path / "site"
    make_site(root, {"2026/a.md": bulletin("IB-2026-001", BODY, 'summary: "(U//LES) Marlo Ostrander is wanted"')})
    page = root / "overrides/partials/tearline/page.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace("</article>", "{{ meta.raw }}</article>"), encoding="utf-8"
    )
    found = check(root, sabotaged(root, change), full=False)
    assert codes(found) == caught, report(found)


# --- repetition -------------------------------------------------------------------------------------------------

REPEATED = {
    "a.md": bulletin(
        "IB-2026-001", "(U) Watch for 7ABC123.\n\n(U//LES) The plate 7ABC-123 is that of Marlo Ostrander."
    ),
    "b.md": bulletin("IB-2026-002", "(U) We thank Sergeant Ostrander.\n\n(U) A bird: the marlo."),
    "c.md": bulletin(
        "IB-2026-003", "(U) Nothing.\n\n(U//LES) Nobody may learn that the second pump was never repaired at all."
    ),
    "d.md": bulletin("IB-2026-004", "(U) We hear that the second pump was never repaired at all."),
}


@pytest.fixture(scope="module")
def repeated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repeated") / "site"
    make_site(root, dict(REPEATED))
    sabotaged(root)
    return root


def test_a_repetition_is_an_error_with_both_places(repeated: Path) -> None:
    found = check(repeated, full=False)
    assert [(str(one.place), one.width, one.rule.code, one.detail, one.portion) for one in found] == [
        ("bulletins/a.md:6:15", 7, "TL304", "also at bulletins/a.md:8:20", "IB-2026-001"),
        ("bulletins/b.md:6:23", 9, "TL304", "also at bulletins/a.md:8:46", "IB-2026-002"),
        ("bulletins/d.md:6:13", 46, "TL304", "also at bulletins/c.md:8:27", "IB-2026-004"),
    ]
    assert found == repetitions(read_settings(repeated / "mkdocs.yml", "eoc"), Accepted())


def test_a_build_with_a_repetition_is_refused(repeated: Path, tmp_path: Path) -> None:
    ran = tearline("build", "--edition", "eoc", "--out", tmp_path / "out", "--show", cwd=repeated)
    assert ran.code == 1
    assert ran.out.count("TL304") == 3
    assert "    (U) Watch for 7ABC123.\n                  ^~~~~~~\n" in ran.out
    assert list((tmp_path / "out").iterdir()) == []


def test_a_check_of_everything_finds_repetitions(repeated: Path, tmp_path: Path) -> None:
    root = shutil.copytree(repeated, tmp_path / "site")
    assert (ran := tearline("check", cwd=root)).code == 1
    assert ran.out.count("TL304") == 3
    assert "strander" not in ran.said
    assert tearline("check", "bulletins/a.md", cwd=root).code == 0
    (root / "approvals").mkdir()
    (root / "approvals/accepted.jsonl").touch()
    ran = tearline("check", "-f", "site/mkdocs.yml", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    wanted = "accepted.jsonl: its key is wanted (--key or TEARLINE_ACCEPT_KEY); repetitions were not looked for"
    assert ran.err.splitlines()[-1] == f"tearline: {wanted}"
    (tmp_path / "key").write_bytes(bytes(range(32)))
    (tmp_path / "key").chmod(0o600)
    assert tearline("check", "-f", "site/mkdocs.yml", cwd=tmp_path, TEARLINE_ACCEPT_KEY="key").code == 1


def repeating(tmp_path: Path, *bodies: str, configuration: str = CONFIGURATION, front: str = "") -> list[str]:
    """Where bulletins with these bodies repeat what is withheld: ``line:column+width``, and the same of the other."""
    sources = {f"{n}.md": bulletin(f"IB-2026-00{n}", body, *filter(None, [front])) for n, body in enumerate(bodies, 1)}
    config = make_site(tmp_path / "site", dict(sources), configuration)
    found = repetitions(read_settings(config, "eoc"), Accepted())
    return [
        f"{one.place.path[10:11]}:{one.place.line}:{one.place.column}+{one.width}"
        f" {one.detail.removeprefix('also at bulletins/').replace('.md', '')}"
        for one in found
    ]


LES = "(U//LES) A scout called Marlo Ostrander drove the truck AB-4711."


@pytest.mark.parametrize(
    ("bodies", "found"),
    [
        ([f"{LES}\n\n(U) The *Ostrander*'s farm."], ["1:8:10+9 1:6:31"]),
        ([f"{LES}\n\n(U) We met\nMarlo  Ostrander twice; Ostrander left."], ["1:9:1+16 1:6:25", "1:9:25+9 1:6:31"]),
        ([f"{LES}\n\n(U) O\u0308strander, Marlo."], ["1:8:5+17 1:6:25"]),
        ([f"{LES}\n\n| (U) A | B |\n|---|---|\n| (U) c | d, AB 4711 |"], ["1:10:14+7 1:6:57"]),
        ([f"{LES}\n\n(U) See [a map](https://example.org/ab-4711)."], ["1:8:37+7 1:6:57"]),
        ([LES, "(U) No.\n\n(U) The truck AB4711."], ["2:8:15+6 1:6:57"]),
        (["| (U) A | B | C |\n|---|---|---|\n| (U) d | (U//LES) by Ostrander | by Ostrander |"], ["1:8:38+9 1:8:23"]),
    ],
)
def test_a_repetition_is_told_to_the_column(tmp_path: Path, bodies: list[str], found: list[str]) -> None:
    assert repeating(tmp_path, *bodies) == found


def test_a_repetition_in_front_matter_is_told_to_the_column(tmp_path: Path) -> None:
    front = 'summary: "(U) Ask Ostrander"\nrevised:\n  - {at: 2026-01-02, change: "(U) x"}\n  - {at: 2026-01-03, change: "(U) Now AB-4711"}'
    assert repeating(tmp_path, LES, front=front) == ["1:4:19+9 1:10:31", "1:7:39+7 1:10:57"]


COMMON = "a dark crew-cab truck with one fog light out went south"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"(U//LES) We saw that {COMMON}.\n\n!!! tearline\n    (U) Watch for {COMMON}.", []),
        (f"(U//LES) The following:\n\n- (U//LES) {COMMON}\n\n- (U) b\n\n!!! tearline\n    (U) Watch for {COMMON}.", []),
        (f"(U//LES) It was {COMMON}, so:\n\n- c\n- b\n\n!!! tearline\n    (U) Watch for {COMMON}.", []),
        (f'!!! note "(U//LES) We saw"\n    (U) It was {COMMON}.\n\n!!! tearline\n    (U) Watch for {COMMON}.', []),
        (
            f'!!! note "(U) We saw"\n    (U//LES) It was {COMMON}.\n\n    !!! tearline\n        (U) Watch for {COMMON}.',
            [],
        ),
        (f'(U) We saw [that {COMMON}](U//LES "{COMMON}") today.', []),
        (
            f"(U//LES) It was {COMMON}.\n\n(U//LES) x\n\n!!! tearline\n    (U) Watch for {COMMON}.",
            ["1:11:19+55 1:6:17"],
        ),
        (f"(U//LES) It was {COMMON}.\n\n(U) It was {COMMON}.", ["1:8:8+59 1:6:13"]),
        (f"{LES}\n\n!!! tearline\n    (U) Look for Marlo Ostrander.", ["1:9:18+15 1:6:25"]),
        ('(U) We met [Ada and Ostrander](U//LES "a man, Ostrander,") there.', ["1:6:47+9 1:6:21"]),
    ],
)
def test_common_words_of_what_a_tearline_stands_for_are_no_repetition(
    tmp_path: Path, body: str, found: list[str]
) -> None:
    assert repeating(tmp_path, body) == found


def test_the_number_of_a_released_bulletin_is_no_repetition(tmp_path: Path) -> None:
    both = "(U) See IB-2026-002 and [here](IB-2026-002).\n\n(U//LES) More than in IB-2026-002, [there](IB-2026-002)."
    assert repeating(tmp_path, both, "(U) Words.") == []
    shutil.rmtree(tmp_path / "site")
    assert repeating(tmp_path, both, "(U//LES) Words.") != []


def test_what_the_configuration_says_is_no_repetition(tmp_path: Path) -> None:
    said = CONFIGURATION.replace("      email:", "      vocabulary: {regions: [Ostrander County]}\n      email:")
    bodies = ("(U//LES) Seen in Ostrander County.", "(U) The county of Ostrander.")
    assert repeating(tmp_path, *bodies, configuration=said) == []
    shutil.rmtree(tmp_path / "site")
    assert repeating(tmp_path, *bodies) != []


def verifying(root: Path, *more: str | Path) -> tuple[int, str]:
    ran = tearline("verify", "site-eoc", "--edition", "eoc", "--bytes-alone", *more, cwd=root)
    return ran.code, ran.said


def test_accept_is_for_one_term_and_one_bulletin_and_keyed(repeated: Path, tmp_path: Path) -> None:
    root = shutil.copytree(repeated, tmp_path / "site")
    key = tmp_path / "key"
    key.write_bytes(bytes(range(64, 96)))
    key.chmod(0o600)
    accept = ("accept", "--reason", "public knowledge", "--name", "R. Desk", "--key", key)
    assert tearline(*accept, "Ostrander", "--bulletin", "IB-2026-002", cwd=root).code == 0
    early = tearline(*accept, "7 ABC-123", "--bulletin", "IB-2026-002", cwd=root)
    assert (early.code, "in advance" in early.said) == (0, True)  # nothing there repeats it
    missing = tearline(*accept, "7 ABC-123", "--bulletin", "IB-2026-999", cwd=root)
    assert (missing.code, missing.said) == (2, "tearline: there is no such bulletin\n")
    record = (root / "approvals/accepted.jsonl").read_text(encoding="utf-8")
    assert "strander" not in record
    assert "ABC" not in record
    code, said = verifying(root, "--key", key)
    assert (code, said.count("TL304")) == (1, 2)  # the plate was accepted for another bulletin
    assert verifying(root)[0] == 2
    assert "its key is wanted" in verifying(root)[1]
    key.write_bytes(b"short")
    assert verifying(root, "--key", key) == (2, "tearline: the key is shorter than 32 bytes\n")
    other = tmp_path / "other"
    other.write_bytes(bytes(range(32, 64)))
    other.chmod(0o600)
    assert verifying(root, "--key", other) == (2, "tearline: accepted.jsonl: it was written with another key\n")
    again = tearline(*accept[:-1], other, "Ostrander", "--bulletin", "IB-2026-002", cwd=root)
    assert (again.code, "another key" in again.said) == (2, True)
    for data, mode, said in ((bytes(64), 0o600, "not random"), (bytes(range(32)), 0o644, "read by others")):
        other.write_bytes(data)
        other.chmod(mode)
        assert said in verifying(root, "--key", other)[1]
    other.write_bytes(bytes(range(32, 64)))
    other.chmod(0o600)
    (root / "approvals/accepted.jsonl").write_text("{}\n", encoding="utf-8")
    assert "approvals" not in verifying(root, "--key", other)[1]
    assert verifying(root, "--key", other)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reason", "we know Ostrander", "--name", "x"], "the reason repeats the term"),
        (["--reason", " ", "--name", "x"], "a term, a bulletin, a reason and a name are wanted"),
        (["--reason", "x"], "Missing option '--name'"),
    ],
)
def test_accept_wants_a_reason_and_a_name(tmp_path: Path, arguments: list[str], said: str) -> None:
    make_site(tmp_path / "site", {})
    (tmp_path / "key").write_bytes(bytes(range(32)))
    (tmp_path / "key").chmod(0o600)
    ran = tearline(
        "accept", "Ostrander", "--bulletin", "IB-2026-002", "--key", tmp_path / "key", *arguments, cwd=tmp_path / "site"
    )
    assert ran.code == 2
    assert said in ran.said


# --- marks, links, files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ("<p>(U//LES) x</p>", "TL301"),
        ("<p>(U//LES-NF)</p>", "TL301"),
        ("<p>(U<b>//</b>LES)</p>", "TL301"),
        ("<p>(U&#47;&#47;LES)</p>", "TL301"),
        ("<p>(U\u2044\u2044LES)</p>", "TL301"),
        ("<p>(\u0405\u0405I)</p>".replace("\u0405\u0405I", "U//\u0405\u0405I"), "TL301"),
        ("<p>LAW ENFORCEMENT SENSITIVE</p>", "TL301"),
        ("<p>UNCLASSIFIED//LES NOFORN</p>", "TL301"),
        ("<p>(CUI//LEI)</p>", "TL301"),
        ("<p>TLP:RED</p>", "TL301"),
        ("<p>(S//NF)</p>", "TL301"),
        ("<p><code>(U//LES)</code></p>", "TL301"),  # a bulletin is no page on which marks may be mentioned
        ('<p title="U//LES">x</p>', "TL301"),
        ("<!-- (U//SSI) -->", "TL301"),
        ('<a href="../nowhere/">x</a>', "TL309"),
        ('<a href="../ib-2026-002/#nowhere">x</a>', "TL309"),
        ('<a href="#nowhere">x</a>', "TL309"),
        ('<img src="../../assets/none.png" alt="">', "TL309"),
        ('<a href="/nowhere/">x</a>', "TL309"),
        ('<script src="https://cdn.example.org/x.js"></script>', "TL310"),
        ('<link rel="stylesheet" href="//cdn.example.org/x.css">', "TL310"),
        ('<link rel="preconnect" href="https://cdn.example.org">', "TL310"),
        ('<img src="http://example.org/x.png" alt="">', "TL310"),
        ('<img srcset="x.png 1x, https://example.org/x.png 2x" alt="">', "TL310"),
        ('<iframe src="https://example.org"></iframe>', "TL310"),
        ("<style>@import 'https://example.org/x.css';</style>", "TL310"),
        ('<p style="background:url(https://example.org/x.png)">x</p>', "TL310"),
        ('<form action="https://example.org"></form>', "TL310"),
        ('<meta http-equiv="refresh" content="0;url=https://example.org/">', "TL310"),
        ('<a href="javascript:alert(1)">x</a>', "TL310"),
        ('<a href="https://git.example.org/a/b/edit/main/x.md">x</a>', "TL311"),
        ('<a href="file:///etc/x">x</a>', "TL311"),
        ('<a href="/home/analyst/x">x</a>', "TL311"),
        ('<a href="https://full.example.org/2026/ib-2026-001/">x</a>', "TL311"),
        ('<a href="//FULL.example.org/">x</a>', "TL311"),
        ("<p>Herons</p>", "TL305"),
    ],
)
def test_what_may_not_stand_in_a_page_is_found(built: Path, site: Path, markup: str, rule: str) -> None:
    into(markup)(site)
    assert rule in codes(check(built, site)), report(check(built, site))


@pytest.mark.parametrize(
    "markup",
    [
        "<p>(S)he, the (C-130), (U.S.), a (U-Haul), and/or, U-turn, TS/hurricane</p>",
        '<a href="https://example.org/a">x</a>',
        '<a href="../ib-2026-002/">x</a>',
        '<a href="mailto:desk@example.org">x</a>',
        '<a href="../../about/../">x</a>',
        '<a href="https://eoc.example.org/2026/ib-2026-002/">x</a>',
    ],
)
def test_what_may_stand_in_a_page_is_neither_mark_nor_link(built: Path, site: Path, markup: str) -> None:
    into(markup)(site)
    assert not codes(check(built, site)) & {"TL301", "TL309", "TL310", "TL311", "TL302"}


def test_a_mark_may_be_mentioned_in_code_on_a_page(tmp_path: Path) -> None:
    page = "---\ntitle: Marks\nmarking: U\n---\n\nSome marks: `(U//LES)`, `TLP:RED`.\n"
    root = made(tmp_path / "site", {**SOURCES, "about/marks.md": page})
    assert report(check(root)) == ""
    into("<p>(U//LES)</p>", "about/marks/index.html")(root / "site-eoc")
    assert codes(check(root)) >= {"TL301"}


LEADING = """\
(U) See [the other](https://eoc.example.org/2026/ib-2026-002/).

(U//LES) See [this](https://full.example.org/2026/ib-2026-001/) and [that](https://eoc.example.org/{}).
"""


@pytest.mark.parametrize(
    ("place", "editions", "code"),
    [
        ("2026/ib-2026-002/", ["full", "eoc"], 0),
        ("2026/ib-2026-002/", ["full"], 0),
        ("", ["full"], 0),
        ("2026/ib-2026-003/", ["full", "eoc"], 1),
        ("2026/ib-2026-003/", ["full"], 1),
    ],
)
def test_a_fuller_edition_may_lead_to_what_a_stricter_one_has(
    tmp_path: Path, place: str, editions: list[str], code: int
) -> None:
    more = {"2026/c.md": bulletin("IB-2026-003", "(U//LES) Nobody else.")}
    sources = {**SOURCES, **more, "2026/a.md": bulletin("IB-2026-001", LEADING.format(place))}
    make_site(tmp_path / "site", sources, OTHER)
    ran = tearline("build", *(f"--edition={one}" for one in editions), cwd=tmp_path / "site")
    assert (ran.code, "TL311" in ran.out) == (code, bool(code)), ran.said


SHARED = OTHER.replace("//eoc.example.org/", "//example.org/eoc/").replace("//full.example.org/", "//example.org/full")


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("https://example.org/eoc/2026/ib-2026-002/", ""),
        ("https://example.org/eoc/2026/ib-2026-009/", "TL309"),
        ("https://example.org/full/2026/ib-2026-001/", "TL311"),
        ("//EXAMPLE.org/full", "TL311"),
        ("https://example.org/fuller/", ""),
        ("https://example.org.example.com/full/", ""),
        ("/full/2026/ib-2026-001/", "TL309"),
    ],
)
def test_editions_may_share_a_host(built: Path, tmp_path: Path, address: str, rule: str) -> None:
    root = shutil.copytree(built, tmp_path / "site")
    (root / "mkdocs.yml").write_text(SHARED, encoding="utf-8")
    for path in (root / "site-eoc").rglob("*.*ml"):
        path.write_text(path.read_text(encoding="utf-8").replace("//eoc.example.org/", "//example.org/eoc/"), "utf-8")
    into(f'<a href="{address}">x</a>')(root / "site-eoc")
    seen = [one for one in check(root, stage=False) if one.place.path == f"site-eoc/{PAGE}"]
    found = codes(seen) & {"TL309", "TL310", "TL311"}
    assert found == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("2026/ib-2026-009/index.html", b"<p>x</p>", "TL307"),
        ("assets/0123456789abcdef0123.png", picture("PNG"), "TL307"),
        (".htaccess", b"x", "TL307"),
        ("x.bin", b"\x00\x01", "TL313"),
        ("x.pdf", b"%PDF-1.4 nonsense", "TL313"),
        ("x.zip", b"PK\x03\x04 nonsense", "TL313"),
        ("x.png", b"GIF89a", "TL313"),
        ("x.jpg", picture("JPEG", comment=b"x"), "TL312"),
        (
            "x.gz",
            gzip.compress(b"x", mtime=0)
            + b"\x1f\x8b\x08\x10"
            + bytes(6)
            + b"note\x00"
            + gzip.compress(b"x", mtime=0)[10:],
            "TL312",
        ),
    ],
)
def test_a_file_that_should_not_be_there_is_found(built: Path, site: Path, name: str, data: bytes, rule: str) -> None:
    beside(name, data)(site)
    assert codes(check(built, site)) >= {rule, "TL307"}
    assert "TL307" in codes(check(built, site, stage=False)) or name.startswith("assets/")


def test_a_link_and_a_missing_page_are_found(built: Path, site: Path) -> None:
    (site / "link").symlink_to("/etc")
    (site / "bulletins/index.html").unlink()
    assert codes(check(built, site)) >= {"TL307", "TL308", "TL309"}


def test_the_full_edition_in_the_place_of_the_other_is_found(built: Path) -> None:
    assert codes(check(built, built / "site-full")) >= {"TL301", "TL302"}


@pytest.mark.parametrize("words", ["Basement", "(Basement)", "[Basement]", "Basement (U) basement", "(U) (basement)"])
def test_a_common_word_that_nothing_released_explains_is_found(built: Path, site: Path, words: str) -> None:
    page = site / PAGE
    page.write_text(page.read_text("utf-8").replace("</article>", f"<p>{words}</p></article>"), encoding="utf-8")
    assert "TL305" in codes(check(built, site))


def test_what_is_handed_on_may_say_the_mark_of_its_page(tmp_path: Path) -> None:
    """The page itself says its marking as a banner alone, where no portion has that mark."""
    front = ("marking: U//LES-NF", 'compilation_reason: "(U//LES) Together they say more."')
    root = made(tmp_path / "site", {"a.md": bulletin("IB-2026-001", "(U) Words.", *front)})
    assert "[U//LES-NF]" in (root / "site-full/messages.json").read_text("utf-8")


def test_by_hand_every_check_is_made_or_said_not_to_be(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "site")
    assert tearline("verify", "site-eoc", "--edition", "eoc", cwd=root).said.endswith(
        "No findings. Every check was made.\n"
    )
    path = root / "site-eoc/index.html"
    path.write_text(path.read_text("utf-8").replace("</article>", "<p>Basement</p></article>"), encoding="utf-8")
    ran = tearline("verify", "site-eoc", "--edition", "eoc", cwd=root)
    assert (ran.code, "TL305" in ran.out) == (1, True)  # a common word: no list of withheld words has it
    alone = tearline("verify", "site-eoc", "--edition", "eoc", "--bytes-alone", cwd=root)
    assert (alone.code, alone.out) == (0, "")
    assert "Not checked, as --bytes-alone asked: where its words come from" in alone.err


def test_what_a_site_lacks_or_a_configuration_has_is_no_reason_to_check_less(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "site")
    (root / "site-eoc/404.html").unlink()
    path = root / "site-eoc/index.html"
    path.write_text(path.read_text("utf-8").replace("</article>", "<p>Basement</p></article>"), encoding="utf-8")
    ran = tearline("verify", "--edition", "eoc", "-f", "mkdocs.yml", "site-eoc", cwd=root)
    assert (ran.code, "TL305" in ran.out) == (1, True)
    config = root / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace("email:", "no_such_key: x\n      email:"), encoding="utf-8")
    ran = tearline("verify", "site-eoc", "--edition", "eoc", cwd=root)
    assert (ran.code, ran.out) == (2, "")
    assert "the configuration is refused" in ran.err


def test_a_page_without_banner_is_found(built: Path, site: Path) -> None:
    page = site / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace('class="tl-bar', 'class="x'), encoding="utf-8")
    assert "TL303" in codes(check(built, site))


def test_the_renderers_log_is_read_like_the_site(built: Path, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("WARNING: Marlo Ostrander is not found among documentation files", encoding="utf-8")
    settings = read_settings(built / "mkdocs.yml", "eoc")
    found = verify(Question(built / "site-eoc", settings, log=tmp_path / "log", jobs=1)).findings
    assert [(str(one.place), one.rule.code) for one in found] == [("renderer.log:1:10", "TL302")]


# --- proof that it is awake -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", ["no site", "no sources", "no bulletins", "no portions", "nothing withheld", "an empty full edition"]
)
def test_a_verifier_that_sees_nothing_says_so(
    built: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shutil.copytree(built, tmp_path / "site")
    sources = root / "bulletins/2026"
    match what:
        case "no site":
            shutil.rmtree(root / "site-eoc")
            (root / "site-eoc").mkdir()
        case "no sources":
            shutil.rmtree(root / "bulletins")
            (root / "bulletins").mkdir()
        case "no bulletins":
            shutil.rmtree(sources)
        case "no portions":
            (sources / "a.md").write_text("---\nid: IB-2026-001\n---\n\nWords.\n", encoding="utf-8")
            (sources / "b.md").unlink()
        case "nothing withheld":
            monkeypatch.setattr(BodyReader, "_judge", lambda *_, **__: False)
            monkeypatch.setattr(BodyReader, "_above", lambda *_: False)
        case _:
            shutil.rmtree(root / "site-full")
            (root / "site-full").mkdir()
    assert "TL314" in codes(check(root, full=what == "an empty full edition"))


@pytest.mark.parametrize(
    "sources",
    [
        {},
        {
            "about/us.md": "---\nmarking: U\n---\n\nWe.\n",
            "about/one-more.md": "---\nmarking: U\n---\n\n# What\n\nIt is.\n",
        },
        {"a.md": bulletin("IB-2026-001", "(U) Words.")},
        {"a.md": bulletin("IB-2026-001", "(U//LES) Words.", title="(U//LES) Title")},
        {"a.md": bulletin("IB-2026-001", "Words.", title="Title")},
        {"a.md": bulletin("IB-2026-001", "(U) Words."), "about/les.md": "---\nmarking: U//LES\n---\n\nOf us.\n"},
    ],
    ids=["nothing", "pages", "released", "withheld", "held", "les page"],
)
def test_a_site_that_has_just_begun_can_be_built(tmp_path: Path, sources: dict[str, str]) -> None:
    made(tmp_path / "site", sources)


def test_a_canary_that_is_not_found_is_a_finding(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.verify.ledger.Ledger.is_in", lambda *_: False)
    assert [one.rule.code for one in check(built)].count("TL314") >= 6


def test_a_site_that_is_wrong_throughout_is_not_blamed_on_the_verifier(built: Path, site: Path) -> None:
    for page in site.rglob("*.html"):
        full = built / "site-full" / page.relative_to(site)
        if full.is_file():
            page.write_bytes(full.read_bytes() * 20)
    found = codes(check(built, site))
    assert "TL301" in found
    assert "TL314" not in found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "--edition", "eoc"], "is not a folder"),
        (["site-eoc", "--edition", "swat"], "it has no such edition"),
        (["site-eoc", "--edition", ""], "it has no such edition"),
        (["site-eoc"], "Missing option '--edition'"),
        (["site-eoc", "--edition", "eoc", "-f", "nowhere.yml"], "No such file"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(built: Path, arguments: list[str], said: str) -> None:
    ran = tearline("verify", *arguments, cwd=built)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


# --- its own reading --------------------------------------------------------------------------------------------


@lru_cache
def eoc() -> Settings:
    """The settings of an edition like any other."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
        return read_settings(Path(folder) / "mkdocs.yml", "eoc")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co")), max_size=60)


def test_its_folding_agrees_with_the_markings() -> None:
    """Wherever the sanitizer's folding sees a plain letter, digit or sign of marks in a character, so does this one."""
    differing = []
    for code in range(0x110000):
        char = chr(code)
        if unicodedata.category(char) in ("Cs", "Cn", "Co", "Cc"):
            continue
        theirs = fold_of_marking(char)[0].lower()
        ours = fold(char)
        if unicodedata.normalize("NFKD", char) != char and theirs.isascii() and theirs.isalnum() and ours != theirs:
            differing.append(f"U+{code:04X}")
    assert differing == []


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(fold(text)) == words(text)


@given(
    st.lists(
        st.sampled_from(["(U//LES)", "(U)", "U//FOUO", "(CUI//LEI)", "TLP:RED", "(S)", "x", "y z", "LES", "//", "("]),
        max_size=6,
    )
)
@settings(max_examples=300, deadline=None)
def test_every_mark_that_the_sanitizer_sees_above_the_ceiling_is_seen_here(pieces: list[str]) -> None:
    text = " ".join(pieces)
    theirs = {
        like.mark
        for name in SYSTEMS
        for like in find_marks(text, name)
        if like.mark is not None and {"LES", "LEI", "RED"} & like.mark.tokens
    }
    assert not theirs or list(above(text, eoc()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("call 555-0167", "555.0167"), ("call 555-0167", "5550167"), ("call 5550167", "555 0167"), ("plate 7ABC123", "7 ABC-123"),
        ("plate 7 ABC-123", "7abc123"), ("Jorun Quillfeather fled", "Quillfeather, Jorun"), ("Jorun Quillfeather fled", "quillfeathers"),
        ("case BWSO-25-00713", "bwso2500713"), ("write to a.b@example.org", "a.b@example.org"), ("source 0-117 said", "source 0117"),
        ("Núñez fled", "nunez"), ("Nunez fled", "Núñez\u2019s"),
    ],
)  # fmt: skip
def test_terms_are_known_in_their_usual_spellings(text: str, said: str) -> None:
    assert make_ledger([(text, Origin("a.md", 1))]).is_in(words(said))


@pytest.mark.parametrize(
    "text",
    [
        "on Tuesday 12 March 2026 at 17:00", "25 minutes and 3,100 homes", "The road was closed", "2nd, 3rd and 40th",
        "by 0230Z or 040230ZAPR26", "on I-405, then US-101", "a C-130 with UN1005", "it cost $1,200.50",
        "at the Sheriff of Ohio on 155 MHz", "a white Toyota", "near the Substation on Creek Road",
    ],
)  # fmt: skip
def test_ordinary_words_and_small_numbers_are_not_distinctive(text: str) -> None:
    assert not [term for term in terms(text) if term.strong]


HELD = """\
(U) First.

!!! warning "(U//LES) Hidone"
    (U) Hidtwo

    !!! tearline
        (U) Shown

??? note "(U//LES) Hidthree"
    (U) Hidfour

    - (U) Hidfive

=== "(U) Shown"
    (U) Shown

=== "(U//LES) Hidsix"
    (U) Hidseven

## (U//LES) Hideight

(U) Hidnine

### (U) Hidten

> (U) Hideleven

## (U) Shown

- (U//LES) Hidtwelve
    - (U) Hidthirteen

(U) Shown.[^1]

[^1]: (U) Shown.
"""


def test_the_second_reading_has_what_titles_headings_and_items_hold(tmp_path: Path) -> None:
    root = made(tmp_path / "site", {"a.md": bulletin("IB-2026-001", HELD)})
    page = (root / "site-full/2026/ib-2026-001/index.html").read_text(encoding="utf-8")
    seen = [each for one in withheld(page, eoc(), "fouo-les") for each in words(one.text)]
    assert " ".join(seen) == (
        "hidone hidtwo hidthree hidfour hidfive hidsix hidseven hideight hidnine hidten hideleven hidtwelve hidthirteen"
    )


# --- no false alarms --------------------------------------------------------------------------------------------


def test_the_sample_raises_no_alarm(sample_sites: Path) -> None:
    assert (sample_sites / "findings.txt").read_text(encoding="utf-8") == ""


@given(st.data())
@settings(max_examples=3, deadline=None)
def test_bulletins_written_at_random_raise_no_alarm(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources = {}
        for number in range(1, 13):
            draft = data.draw(drafts())
            sources[f"2026/{number}.md"] = draft.typed(
                lambda word, at=number: spelled(word) + "abcdefghijklm"[at]
            ).replace("IB-2026-001", f"IB-2026-{number:03}")
        sources["2026/les.md"] = bulletin("IB-2026-099", "(U) Words.\n\n(U//LES) Marlo Ostrander.")
        root = made(Path(folder) / "site", sources)
        assert report(check(root)) == ""


INLINE = """\
(U) Words stand here.

- (U//LES) Marlo [Quillby](U//LES "a man") went to Ostrava.
    - Second Tarnwick line.
    - (U) Third Velmora line.
- (U) Fourth [Ashgrove](U//LES "a place") line.
    - Fifth line in public.

(U//LES) Zephrin [Okonjo](U//SSI "someone"):

- Sixth Brindlow line.

(U) Words that lead in:

- Seventh [old](U) and [Caldmoor](U//SSI) line.
    - Eighth line in public.
"""


def test_the_mark_that_an_inline_portion_gives_its_item_does_not_govern_what_is_nested_in_it(tmp_path: Path) -> None:
    root = made(tmp_path / "site", {"2026/a.md": bulletin("IB-2026-001", INLINE)})
    assert report(check(root)) == ""
