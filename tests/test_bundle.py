"""Offline copies: one zip of an edition that opens from a disk, verified and sealed like a site."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from sites import CONFIGURATION, NOON, NOW, ROOT, Ran, bulletin, make_site, page, policy_of, tearline
from tearline.build import How, Made, Outcome
from tearline.bundle import bundle
from tearline.commit import Change, private_folder
from tearline.keys import make_key
from tearline.policy import Edition, Policy
from tearline.swap import TargetError
from tearline.verify import Question, read_settings, verify

SIGNED = CONFIGURATION.replace(
    "      email:",
    "      signing: {key: keys/key, signers: keys/signers}\n      timezone: America/New_York\n      email:",
).replace("audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n")
HIDDEN = "Quagmire Lane is where the sparrow nests"
FRONT = ("date: 2026-11-20", "hazards: [flood]", "action: (U) Move the pumps.", "related: [IB-2026-002]")
SOURCES = {
    "a.md": bulletin(
        "IB-2026-001",
        f"(U) See [the other](IB-2026-002) on Café Road.\n\n(U//LES) {HIDDEN}.",
        *FRONT,
        title="(U) High water",
    ),
    "b.md": bulletin("IB-2026-002", "(U) A bridge is out.", title="(U) A bridge"),
    "about/marks.md": page(
        "# Marks\n\nRead `(U//LES)` as *not for us*, as [in a bulletin](IB-2026-002).\n", "title: Marks"
    ),
}
VOCABULARY = "      vocabulary: {hazards: {flood: Flood}}\n"
NAME = "site-eoc-offline"


def center(root: Path, sources: Mapping[str, str] = SOURCES, configuration: str = SIGNED) -> Path:
    """A site with a key; its folder."""
    make_site(root, sources, configuration.replace("      editions:", f"{VOCABULARY}      editions:"))
    make_key(root / "keys" / "key", root / "keys" / "signers", ["eoc", "full"])
    return root


def bundled(root: Path, *arguments: str | Path, **environment: str) -> Ran:
    return tearline("bundle", "--edition", "eoc", *arguments, cwd=root, **environment)


def unpacked(packed: Path, to: Path) -> Path:
    """The folder that a zip was unpacked into."""
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(to)
    return to


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an offline copy of its EOC edition."""
    root = center(tmp_path_factory.mktemp("center"))
    ran = bundled(root)
    assert ran.code == 0, ran.said
    assert f"/{NAME}.zip" in ran.err
    return root


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The folder that a reader unpacked the copy into."""
    return unpacked(root / f"{NAME}.zip", tmp_path / "stick")


# --- the zip --------------------------------------------------------------------------------------------------------


def test_a_zip_is_one_site_its_manifest_and_a_text_to_read_first(root: Path) -> None:
    with zipfile.ZipFile(root / f"{NAME}.zip") as archive:
        members = archive.infolist()
        assert archive.testzip() is None
        assert archive.comment == b""
    names = [member.filename for member in members]
    assert names[0] == "READ-ME-FIRST.txt"
    assert names[1:] == sorted(names[1:])
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"READ-ME-FIRST.txt", NAME, f"{NAME}.manifest.json", f"{NAME}.manifest.json.sig"}
    assert {f"{NAME}/index.html", f"{NAME}/2026/ib-2026-001/index.html", f"{NAME}/search/index.html"} <= {*names}
    assert not [name for name in names if re.search(r"404|sitemap|pagefind|\.(?:gz|map)$", name)]
    for member in members:
        assert member.date_time == (2026, 11, 23, 7, 0, 0)
        assert (member.extra, member.comment, member.create_system) == (b"", b"", 3)
        assert stat.filemode(member.external_attr >> 16) == "-rw-r--r--"


def test_the_text_to_read_first_says_what_this_is(copy: Path) -> None:
    text = (copy / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    assert text == (copy / NAME / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    for said in (
        "OFFLINE COPY, made on Mon 23 November 2026, 07:00 EST",
        "VALID UNTIL Thu 26 November 2026, 07:00 EST",
        "IN THIS COPY: UNCLASSIFIED\n",
        f"In the folder {NAME} open the file index.html",
        "The site: https://eoc.example.org/",
        "Questions: Liaison desk, 555-0100",
        f"tearline verify {NAME} --edition eoc --manifest --signers signers",
    ):
        assert said in text
    assert "$" not in text
    assert "EXERCISE" not in text


def test_every_page_says_that_it_is_a_copy_and_until_when(copy: Path) -> None:
    pages = sorted((copy / NAME).rglob("*.html"))
    assert len(pages) > 8
    for path in pages:
        raw = path.read_text(encoding="utf-8")
        assert raw.count("data-tl-copy>") == 1
        assert "made on <strong>Mon 23 November 2026, 07:00 EST</strong>" in raw
        assert "valid until <strong>Thu 26 November 2026, 07:00 EST</strong>" in raw
        assert 'data-tl-valid="2026-11-26T12:00:00Z"' in raw
        assert "data-tl-published" not in raw


def test_every_link_names_a_file_that_is_there(copy: Path) -> None:
    site = copy / NAME
    seen = 0
    for path in site.rglob("*.html"):
        for _, value in re.findall(r'\s(href|action|src)="([^"]*)"', path.read_text(encoding="utf-8")):
            parts = urlsplit(unescape(value))
            if not parts.scheme and parts.path:
                seen += 1
                assert not parts.path.startswith("/")
                assert (path.parent / unquote(parts.path)).is_file(), (path, value)
    assert seen > 100
    body = (site / "2026/ib-2026-001/index.html").read_text(encoding="utf-8")
    assert 'href="../ib-2026-002/index.html">the other' in body


def test_the_same_sources_at_the_same_moment_are_the_same_bytes(root: Path, tmp_path: Path) -> None:
    assert bundled(root, "--out", tmp_path / "again.zip").code == 0
    first = (root / f"{NAME}.zip").read_bytes()
    assert (tmp_path / "again.zip").read_bytes() == first
    assert bundled(root, "--out", tmp_path, SOURCE_DATE_EPOCH=str(int(NOON) + 60)).code == 0
    assert (tmp_path / f"{NAME}.zip").read_bytes() != first


def test_what_is_withheld_changes_no_byte_of_the_copy(root: Path, tmp_path: Path) -> None:
    other = SOURCES["a.md"].replace(HIDDEN, "Nobody\n\n(U//LES) was ever at Zwingli Yard")
    secret = bulletin("IB-2026-003", "(U//LES) Only here.", title="(U//LES) Quince")
    center(tmp_path / "b", {**SOURCES, "a.md": other, "c.md": secret})
    shutil.rmtree(tmp_path / "b" / "keys")
    shutil.copytree(root / "keys", tmp_path / "b" / "keys")
    ran = bundled(tmp_path / "b")
    assert ran.code == 0, ran.said
    assert (tmp_path / "b" / f"{NAME}.zip").read_bytes() == (root / f"{NAME}.zip").read_bytes()


def test_the_full_edition_can_be_copied_too(root: Path, tmp_path: Path) -> None:
    ran = tearline("bundle", "--edition", "full", "--valid-for", "1", "--out", tmp_path, cwd=root)
    assert ran.code == 0, ran.said
    folder = unpacked(tmp_path / "site-full-offline.zip", tmp_path)
    assert HIDDEN in (folder / "site-full-offline/2026/ib-2026-001/index.html").read_text(encoding="utf-8")
    assert "VALID UNTIL Mon 23 November 2026, 08:00 EST" in (folder / "READ-ME-FIRST.txt").read_text(encoding="utf-8")


# --- checking a copy --------------------------------------------------------------------------------------------------


def checked(root: Path, copy: Path) -> Ran:
    signers = root / "keys" / "signers"
    return tearline("verify", copy / NAME, "--edition", "eoc", "--manifest", "--signers", signers, cwd=copy)


def test_an_unpacked_copy_is_compared_with_its_manifest(root: Path, copy: Path) -> None:
    ran = checked(root, copy)
    assert ran.code == 0, ran.said
    page = copy / NAME / "2026/ib-2026-002/index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("bridge is out", "bridge is open"), encoding="utf-8")
    ran = checked(root, copy)
    assert ran.code == 1
    assert f"{NAME}/2026/ib-2026-002/index.html" in ran.said


def test_an_unsigned_copy_does_not_say_how_to_check_it(tmp_path: Path) -> None:
    root = center(tmp_path, configuration=SIGNED.replace("      signing: {key: keys/key, signers: keys/signers}\n", ""))
    ran = bundled(root)
    assert ran.code == 0, ran.said
    assert "The manifest is unsigned" in ran.err
    folder = unpacked(root / f"{NAME}.zip", tmp_path / "stick")
    assert "ssh-keygen" not in (folder / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    assert not (folder / f"{NAME}.manifest.json.sig").exists()


# --- what keeps a copy from being made ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--edition", "press"), "unknown edition"),
        ((), "Missing option '--edition'"),
        (("--edition", "eoc", "--valid-for", "0"), "--valid-for"),
        (("--edition", "eoc", "--out", "bulletins"), "overlap"),
        (("--edition", "eoc", "--out", "notes.zip"), "is not an offline copy"),
        (("--edition", "eoc", "--out", "folder.zip"), "is not a plain file"),
        (("--edition", "eoc", "--out", "link.zip"), "is not a plain file"),
    ],
)
def test_wrong_usage_changes_nothing(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    root = center(tmp_path)
    (root / "notes.zip").write_bytes(b"mine")
    (root / "folder.zip").mkdir()
    (root / "link.zip").symlink_to(root / "notes.zip")
    before = sorted(path.name for path in root.iterdir())
    ran = tearline("bundle", *arguments, cwd=root)
    assert (ran.code, said in ran.said) == (2, True), ran.said
    assert sorted(path.name for path in root.iterdir()) == before
    assert (root / "notes.zip").read_bytes() == b"mine"


def test_a_theme_without_the_parts_of_a_copy_is_refused(tmp_path: Path) -> None:
    root = center(tmp_path)
    (root / "overrides/assets/offline/minisearch.js").unlink()
    ran = bundled(root)
    assert ran.code == 2
    assert "overrides/assets/offline/minisearch.js is missing" in ran.said


def test_a_refused_document_leaves_the_old_copy_unless_it_is_held(tmp_path: Path) -> None:
    root = center(tmp_path, {**SOURCES, "c.md": bulletin("IB-2026-003", "No mark.\n\n(U) Kept.")})
    assert bundled(root, "--hold").code == 0
    old_bytes = (root / f"{NAME}.zip").read_bytes()
    ran = bundled(root, SOURCE_DATE_EPOCH=str(int(NOON) + 60))
    assert ran.code == 1
    assert "Nothing was published" in ran.err
    assert (root / f"{NAME}.zip").read_bytes() == old_bytes
    assert not list(root.glob(".tearline-*"))


def test_a_served_site_has_nothing_of_a_copy(root: Path, tmp_path: Path) -> None:
    ran = tearline("build", "--out", tmp_path, cwd=root)
    assert ran.code == 0, ran.said
    for edition in ("eoc", "full"):
        site = tmp_path / f"site-{edition}"
        assert not (site / "assets" / "offline").exists()
        assert not list(site.rglob("*READ*"))
        assert "offline" not in (site / "index.html").read_text(encoding="utf-8").lower()
        assert (site / "pagefind" / "pagefind.js").is_file()


# --- what the verifier sees ---------------------------------------------------------------------------------------------


def verified(root: Path, site: Path, *, offline: bool = True) -> str:
    """What the verifier says of a site."""
    settings = read_settings(root / "mkdocs.yml", "eoc")
    answer = verify(Question(site, settings, jobs=1, name="site", offline=offline))
    return "\n".join(map(str, answer.findings))


def rows(site: Path) -> list[dict[str, object]]:
    raw = (site / "assets/offline/search-data.js").read_text(encoding="utf-8")
    made: list[dict[str, object]] = json.loads(raw.removeprefix("window.tearlinePages = ").removesuffix(";\n"))
    return made


def respelled(site: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    """Change what search finds, in the script's own spelling."""
    told = rows(site)
    change(told)
    made = ",\n".join(json.dumps(each, ensure_ascii=False) for each in told)
    (site / "assets/offline/search-data.js").write_text(f"window.tearlinePages = [\n{made}\n];\n", encoding="utf-8")


def test_search_has_the_words_of_each_page_and_nothing_withheld(root: Path, copy: Path) -> None:
    told = {str(row["url"]): row for row in rows(copy / NAME)}
    assert [*told] == ["/2026/ib-2026-001/", "/2026/ib-2026-002/", "/about/marks/"]
    words = str(told["/2026/ib-2026-001/"]["words"]).split()
    assert words == sorted(set(words))
    assert {"café", "pumps", "flood"} <= {*words}
    assert not {"quagmire", "sparrow", "les"} & {*words}
    assert verified(root, copy / NAME) == ""
    assert "only an offline copy has it" in verified(root, copy / NAME, offline=False)
    ran = tearline("verify", copy / NAME, "--edition", "eoc", "--offline", cwd=root)
    assert ran.code == 0, ran.said


def test_a_link_to_a_folder_is_broken_on_a_disk(root: Path, copy: Path) -> None:
    page = copy / NAME / "index.html"
    raw = page.read_text(encoding="utf-8")
    for target in ("bulletins/", "bulletins", "/bulletins/index.html", "./"):
        page.write_text(raw.replace("</body>", f'<a href="{target}">High water</a></body>'), encoding="utf-8")
        assert "broken-link" in verified(root, copy / NAME), target


WORDS: dict[str, Callable[[list[dict[str, object]]], object]] = {
    "words": lambda told: told[0].update(words=f"{told[0]['words']} quagmire"),
    "common words": lambda told: told[1].update(words=" ".join(sorted([*str(told[1]["words"]).split(), "pumps"]))),
    "order of words": lambda told: told[0].update(words=" ".join(str(told[0]["words"]).split()[::-1])),
    "title": lambda told: told[0].update(meta={**told[0]["meta"], "title": HIDDEN}),  # type: ignore[dict-item]
    "more of a page": lambda told: told[0].update(meta={**told[0]["meta"], "x": "High"}),  # type: ignore[dict-item]
    "filter": lambda told: told[0].update(filters={"hazard": ["quagmire"]}),
    "address": lambda told: told[0].update(url="/2026/quagmire/"),
    "another page": lambda told: told.append({**told[0], "url": "/quagmire/"}),
    "a page twice": lambda told: told.append(told[0]),
    "a page less": lambda told: told.pop(),
    "another key": lambda told: told[0].update(note="High"),
    "a number": lambda told: told[0].update(words=555),
    "no row": lambda told: told.append([]),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("change", WORDS)
def test_words_that_search_should_not_know_are_found(root: Path, copy: Path, change: str) -> None:
    respelled(copy / NAME, WORDS[change])
    said = verified(root, copy / NAME)
    assert "site/assets/offline/search-data.js:" in said
    if change == "title":
        assert "withheld-words" in said
    assert not {"quagmire", "sparrow"} & {*re.findall(r"\w+", said.lower())}


FILES: dict[str, tuple[str, bytes, str]] = {
    "after the data": ("assets/offline/search-data.js", f"// {HIDDEN}\n".encode(), "withheld-words"),
    "code after the data": ("assets/offline/search-data.js", b"alert(1);\n", "unreadable-file"),
    "the text to read first": ("READ-ME-FIRST.txt", HIDDEN.encode(), "withheld-words"),
    "the library": ("assets/offline/minisearch.js", b"\n", "unexpected-file"),
    "our search": ("assets/offline/search.js", f"\n/* {HIDDEN} */".encode(), "withheld-words"),
    "a file of a server": ("404.html", b"x", "unexpected-file"),
    "a sitemap": ("sitemap.xml", b"<x/>", "unexpected-file"),
    "Pagefind": ("pagefind/pagefind.js", b"x", "unexpected-file"),
    "another file": ("assets/offline/more.js", b"x", "unexpected-file"),
}


@pytest.mark.parametrize("where", FILES)
def test_files_that_a_copy_should_not_have_are_found(root: Path, copy: Path, where: str) -> None:
    name, data, rule = FILES[where]
    path = copy / NAME / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((path.read_bytes() if path.exists() else b"") + data)
    said = verified(root, copy / NAME)
    assert re.search(rf"site/{name}(?::\d+:\d+)?: TL\d+ {rule}: ", said)
    assert "sparrow" not in said.lower()


@pytest.mark.parametrize(
    "name",
    ["READ-ME-FIRST.txt", "assets/offline/search-data.js", "assets/offline/minisearch.js", "assets/offline/copy.js"],
)
def test_a_copy_without_one_of_its_parts_is_refused(root: Path, copy: Path, name: str) -> None:
    (copy / NAME / name).unlink()
    assert re.search(rf"site/{name}:1:1: TL\d+ missing-file: ", verified(root, copy / NAME))


def test_minisearch_is_the_released_one() -> None:
    library = (ROOT / "overrides/assets/offline/minisearch.js").read_bytes()
    assert hashlib.sha256(library).hexdigest() == "03c27931eb603af1d3358579e9885eafdb6a2f5fa9929557b3e77d7e99d06d03"


# --- packing ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """A site whose build takes no time: a folder, a manifest, and no signature."""

    @contextmanager
    def quick(policy: Policy, editions: Sequence[Edition], beside: Path, *_: object, **__: object) -> Iterator[Made]:
        with private_folder(beside) as private:
            site = private.path / "site"
            (site / "z").mkdir(parents=True)
            (site / "READ-ME-FIRST.txt").write_bytes(b"first")
            (site / "z" / "a.html").write_bytes(b"page")
            (private.path / "m").write_bytes(b"{}")
            parts = [Change.of(private.path, site, NAME), Change.of(private.path, private.path / "m", f"{NAME}.m")]
            yield Made(Outcome(), private, [*parts, Change(f"{NAME}.m.sig")])

    monkeypatch.setattr("tearline.bundle.made", quick)
    return policy_of(make_site(tmp_path / "x", {}))


def test_a_copy_made_before_there_were_zip_files_is_dated_when_they_began(fake: Policy, tmp_path: Path) -> None:
    began = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    bundle(fake, fake.editions["eoc"], tmp_path, began, dt.timedelta(hours=1), print, How())
    with zipfile.ZipFile(tmp_path / f"{NAME}.zip") as archive:
        names = ["READ-ME-FIRST.txt", f"{NAME}.m", f"{NAME}/READ-ME-FIRST.txt", f"{NAME}/z/a.html"]
        assert archive.namelist() == names
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("step", ["writestr", "replace"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
def test_a_zip_that_cannot_be_written_leaves_the_old_one(
    fake: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: type[BaseException] | BaseException
) -> None:
    def made() -> None:
        bundle(fake, fake.editions["eoc"], tmp_path, NOW, dt.timedelta(hours=1), print, How())

    def failing(*_: object, **__: object) -> None:
        raise fault

    made()
    before = (tmp_path / f"{NAME}.zip").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile if step == "writestr" else Path, step, failing)
        with pytest.raises((TargetError, fault if isinstance(fault, type) else type(fault))):
            made()
    assert (tmp_path / f"{NAME}.zip").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NAME}.zip", "x"]
