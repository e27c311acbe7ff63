"""Built from what was kept or from nothing: the same bytes, whatever was changed in between, and whatever was kept."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sites import CONFIGURATION, NOON, NOW, bulletin, every_byte, make_site, page, policy_of, rules, tearline
from tearline import corpus
from tearline.build import How, composed
from tearline.bulletin.document import Reading
from tearline.corpus import read_corpus
from tearline.policy import extensions
from tearline.proof import Renderer
from tearline.records import Record
from tearline.release import Released
from tearline.render.pages import read_context
from tearline.render.working import Here, render_pages
from tearline.stage import Drafting, Tree, compose, write
from tearline.stage.bodies import Body
from tearline.stage.composing import Composer
from tearline.store import shelf

DAY = int(NOON) // 86400 * 86400
SITE = CONFIGURATION.replace("audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n")
BODY = "## (U) What happened\n\n(U) Water rose {n} feet. See [the other](IB-2026-{other:03}).\n\n(U{mark}) Ask {name} first."
PICTURED = "(U) ![A map](map.png) Beside [the first](1.md).\n\n(U//FOUO) And [the third](../2026/3.md)."
KINDS = ("add", "edit", "remark", "delete", "rename", "recall", "policy", "title", "page")
KINDS += ("supersede", "number", "picture", "no picture", "releases", "draft", "facet")
FRONT = {
    "recall": "recalled: 2026-11-01",
    "supersede": "supersedes: [IB-2026-00{}]",
    "draft": "draft: true",
    "facet": "hazards: [flood]",
}
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 5)), min_size=1, max_size=5)


def text_of(number: int, mark: str = "//FOUO", *front: str) -> str:
    """A bulletin that mentions another one and names somebody under a mark."""
    body = BODY.format(n=number, other=number % 4 + 1, mark=mark, name=f"Ottoline Vance{number}")
    return bulletin(f"IB-2026-{number:03}", body, f"related: [IB-2026-{number % 3 + 1:03}]", *front)


def sources() -> dict[str, str | bytes]:
    return {**{f"2026/{number}.md": text_of(number) for number in range(1, 5)}, "about/us.md": page("We.")}


def pictured() -> dict[str, str | bytes]:
    """The same, and a bulletin with a picture that leads to others by their files."""
    front = 'assets: [{file: map.png, marking: U, alt: "(U) A map"}]'
    told = {"2026/5.md": bulletin("IB-2026-005", PICTURED, front), "2026/map.png": picture(8)}
    return {**sources(), **told}


def change(root: Path, kind: str, number: int) -> None:  # noqa: C901, PLR0912 - one branch for each kind of edit
    """One edit of an archive, as an editor would make it, or as somebody who wants it not to be noticed."""
    paths = sorted((root / "bulletins" / "2026").glob("*.md"))
    path = paths[number % len(paths)]
    text = path.read_text(encoding="utf-8")
    if kind == "add":
        fresh = max(int(each.stem.rstrip("x")) for each in paths) + 1
        path.with_name(f"{fresh}.md").write_text(text_of(fresh), encoding="utf-8")
    elif kind == "edit":
        path.write_text(f"{text}\n(U) More of it{number}.\n", encoding="utf-8")
    elif kind == "title":
        path.write_text(text.replace("(U) A title", f"(U) Another title{number}"), encoding="utf-8")
    elif kind == "remark":  # the same size, the same times
        told = path.stat()
        path.write_text(text.replace("(U//FOUO)", "(U//LES) ") if "FOUO" in text else text, encoding="utf-8")
        os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
        assert path.stat().st_mtime_ns == told.st_mtime_ns
        assert path.stat().st_size == told.st_size
    elif kind == "delete":
        if len(paths) > 1:
            path.unlink()
    elif kind == "rename":
        path.rename(path.with_name(f"{path.stem}x.md"))
    elif kind == "policy":
        config = root / "mkdocs.yml"
        config.write_text(
            config.read_text("utf-8").replace("Test Center", f"Test Center {number}", 1), encoding="utf-8"
        )
    elif kind in FRONT:
        path.write_text(text.replace("---\n\n", f"{FRONT[kind].format(number)}\n---\n\n", 1), encoding="utf-8")
    elif kind == "number":
        path.write_text(
            re.sub("^id: .*", f"id: IB-2026-01{number}", text, count=1, flags=re.MULTILINE), encoding="utf-8"
        )
    elif kind == "picture":
        (root / "bulletins/2026/map.png").write_bytes(picture(8 + number))
    elif kind == "no picture":
        (root / "bulletins/2026/map.png").unlink(missing_ok=True)
    elif kind == "releases":
        config = root / "mkdocs.yml"
        config.write_text(config.read_text("utf-8").replace("[U, FOUO]", "[U]", 1), encoding="utf-8")
    elif kind == "page":
        (root / "bulletins" / "about" / "us.md").write_text(page(f"We are {number}."), encoding="utf-8")


def made(root: Path, kept: Path | None) -> dict[str, dict[str, bytes]]:
    """The stage and the pages of each edition; from what is kept, or from nothing."""
    cache = root / ".tearline"
    if kept is None and cache.exists():
        cache.rename(root / ".elsewhere")
    outcome, trees = composed(policy_of(root / "mkdocs.yml"), NOW, How(hold=True))
    if kept is None:
        for each in sorted(cache.rglob("*"), reverse=True):
            each.rmdir() if each.is_dir() else each.unlink()
        cache.rmdir()
        if (root / ".elsewhere").exists():
            (root / ".elsewhere").rename(cache)
    told = {"found": {str(number): str(one).encode() for number, one in enumerate(outcome.findings)}}
    return told | {name: pages_of(tree, None if kept is None else kept / name) for name, tree in trees.items()}


def pages_of(tree: Tree, kept: Path | None) -> dict[str, bytes]:
    """What is kept is a stage too, which is mended."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder) if kept is None else kept / "stage"
        write(tree, stage)
        context = read_context(stage, DAY)
        staged = every_byte(stage / "docs")
        texts = {name: data.decode() for name, data in staged.items() if name.endswith(".md")}
        if kept is None:
            return staged | dict(render_pages(context, sorted(staged), texts, lambda _: Here()))
        with shelf(kept, "pages") as pages:
            return staged | dict(render_pages(context, sorted(staged), texts, lambda _: Here(), pages))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_what_is_kept_never_shows(edits: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = make_site(Path(folder, "site"), pictured(), SITE).parent
        made(root, root / ".tearline")
        for kind, number in edits:
            change(root, kind, number)
        assert made(root, root / ".tearline") == made(root, None)


def picture(width: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 8), "navy").save(out, "PNG")
    return out.getvalue()


def emitted_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The bulletins and editions whose pages a build emits, as ``IB-2026-001 eoc``."""
    seen: set[str] = set()
    draft, again = Drafting.__call__, Composer.emitted

    def drafted(self: Drafting, record: Record, releases: Mapping[str, Released], *more: Any) -> bytes:
        seen.update(f"{record.id} {name}" for name in releases)
        return draft(self, record, releases, *more)

    def emitted(self: Composer, name: str, released: Released) -> Body | None:
        seen.add(f"{name} {self.edition.name}")
        return again(self, name, released)

    with monkeypatch.context() as patched:
        patched.setattr(Drafting, "__call__", drafted)
        patched.setattr(Composer, "emitted", emitted)
        composed(policy_of(root / "mkdocs.yml"), NOW, How(hold=True))
    return seen


@pytest.mark.parametrize(
    ("kind", "number", "anew"),
    [
        ("nothing", 0, ""),
        ("edit", 1, "2"),
        ("title", 1, "2"),  # others tell it in what is around their words
        ("remark", 1, "2"),
        ("page", 1, ""),
        ("rename", 1, "2"),  # its path is in its key
        ("delete", 1, "1"),  # which leads to it
        ("add", 1, "5"),
        ("policy", 1, "1 2 3 4"),
    ],
)
def test_a_page_is_emitted_anew_where_it_has_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, number: int, anew: str
) -> None:
    root = make_site(tmp_path / "site", sources(), SITE).parent
    every = {f"IB-2026-00{each} {name}" for each in range(1, 5) for name in ("eoc", "full")}
    assert emitted_anew(root, monkeypatch) == every
    change(root, kind, number)
    assert emitted_anew(root, monkeypatch) == {
        f"IB-2026-00{each} {name}" for each in anew.split() for name in ("eoc", "full")
    }
    assert emitted_anew(root, monkeypatch) == set()


def test_another_picture_of_the_same_name_has_another_address(tmp_path: Path) -> None:
    front = 'assets: [{file: map.png, marking: U, alt: "(U) A map"}]'
    text = bulletin("IB-2026-007", "(U) ![A map](map.png)", front)
    root = make_site(tmp_path / "site", {"7.md": text, "map.png": picture(8)}, SITE).parent
    first = made(root, root / ".tearline")
    (root / "bulletins/map.png").write_bytes(picture(9))
    second = made(root, root / ".tearline")
    assert second != first
    assert second == made(root, None)


# --- records and drafts --------------------------------------------------------------------------------------------

AHEAD: dict[str, str | bytes] = {
    "1.md": bulletin(
        "IB-2026-001", "(U) See [a](IB-2026-002), [b](x/3.md), [c](IB-2026-004), [d](5.md), [e](IB-2026-009)."
    ),
    "2.md": bulletin("IB-2026-002", "(U//LES) Not in the EOC edition. See [it](1.md)."),
    "x/3.md": bulletin("IB-2026-003", "(U) See [it](../1.md).", "recalled: 2026-10-02"),
    "4.md": bulletin("IB-2026-004", "(U) A draft.", "draft: true"),
    "5.md": bulletin("IB-2026-005", "(U) Words.").replace("id: IB-2026-005", "title_released: (U)\nid: IB-2026-005"),
    "6.md": bulletin("IB-2026-006", "(U) See [it](7.md) and [that](../2.md).").replace("id: I", "id:  I"),
    "7.md": bulletin('"IB-2026-007"', '(U) See [it](6.md).\n\n```text title="(U) x"\nid: IB-2026-006\n```'),
}


def test_a_draft_never_shows(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path / "site", AHEAD, SITE))
    plain = compose(read_corpus(policy), policy, NOW)
    renderer = Renderer(extensions(policy))
    drafted = read_corpus(policy, draft=Drafting(renderer))
    assert drafted.drafts
    made = compose(drafted, policy, NOW, renderer)
    assert {name: (tree.files, tree.texts, tree.findings) for name, tree in made.items()} == {
        name: (tree.files, tree.texts, tree.findings) for name, tree in plain.items()
    }


def test_what_is_drafted_is_not_emitted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_site(tmp_path / "site", pictured(), SITE).parent
    monkeypatch.setattr(Composer, "emitted", None)
    outcome, trees = composed(policy_of(root / "mkdocs.yml"), NOW, How())
    assert not outcome.refused
    assert "2026/ib-2026-005.md" in trees["eoc"].files


def test_what_did_not_change_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_site(tmp_path / "site", pictured(), SITE).parent
    first = made(root, root / ".tearline")
    original = corpus.read_document
    parsed: list[str] = []

    def noted(path: str, data: bytes, system: str) -> Reading:
        parsed.append(path)
        return original(path, data, system)

    monkeypatch.setattr(corpus, "read_document", noted)
    assert made(root, root / ".tearline") == first
    change(root, "title", 1)
    made(root, root / ".tearline")
    pages = ["bulletins/about/us.md", "bulletins/index.md"]
    assert sorted(parsed) == sorted([*pages, *pages, "bulletins/2026/2.md"])


def test_a_source_that_changed_since_it_was_recorded_is_refused(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path / "site", sources(), SITE))
    read = read_corpus(policy)
    change(tmp_path / "site", "remark", 1)
    trees = compose(read, policy, NOW)
    for tree in trees.values():
        assert rules(tree.findings) == ["sources-changed"]
        assert tree.refused == ["bulletins/2026/2.md"]
        assert "2026/ib-2026-002.md" not in tree.files


def test_the_record_of_another_bulletin_is_not_believed(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", sources(), SITE).parent
    first = made(root, root / ".tearline")
    with shelf(root / ".tearline" / "full-side", "records") as records:
        one, other = sorted(records.keys())[:2]
        records.put(one, records.get(other) or b"")
        records.put(other, b"")
    assert made(root, root / ".tearline") == first


# --- through the command, verified ---------------------------------------------------------------------------------


def built(root: Path, out: str) -> dict[str, bytes]:
    ran = tearline("build", "--out", out, cwd=root)
    assert ran.code == 0, ran.said
    return every_byte(root / out)


def spoiled(root: Path, spoil: Callable[[bytes], bytes]) -> None:
    paths = [path for path in (root / ".tearline").rglob("*") if path.is_file()]
    assert {path.name for path in paths} >= {
        "pages.shelf",
        "search.shelf",
        "records.shelf",
        "proofs.shelf",
        "bodies.shelf",
    }
    for path in paths:
        path.write_bytes(spoil(path.read_bytes()))


def test_a_second_build_gives_the_same_bytes_from_what_was_kept(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", sources(), SITE).parent
    first = built(root, "first")
    assert built(root, "second") == first
    for kinds in (("edit", "remark", "delete"), ("add", "recall", "number"), ("supersede", "policy", "title")):
        for kind in kinds:
            change(root, kind, 2)
        kept = built(root, "third")  # in the place of another one, from the trees of the one before that
    (root / ".tearline").rename(tmp_path / "gone")
    assert built(root, "fourth") == kept


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda _: b"",
        lambda _: b"junk" * 999,
        lambda data: data[:4096] + bytes(each ^ 1 for each in data[4096:]),
        lambda data: data.replace(b"Water", b"Vodka").replace(b"a", b"b"),
    ],
    ids=["cut off", "empty", "junk", "changed bits", "changed words"],
)
def test_what_was_spoiled_is_made_again(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    root = make_site(tmp_path / "site", sources(), SITE).parent
    first = built(root, "first")
    spoiled(root, spoil)
    assert built(root, "second") == first
    assert built(root, "third") == first


def test_what_is_newly_withheld_is_looked_for_on_pages_that_did_not_change(tmp_path: Path) -> None:
    told = sources() | {"2026/9.md": bulletin("IB-2026-009", "(U) Ottoline Vance7 runs the ferry at Quagmire Lane.")}
    root = make_site(tmp_path / "site", told, SITE).parent
    built(root, "out")
    path = root / "bulletins/2026/1.md"
    path.write_text(
        f"{path.read_text('utf-8')}\n(U//LES) Quagmire Lane belongs to Ottoline Vance7.\n", encoding="utf-8"
    )
    again = tearline("build", "--out", "out", cwd=root)
    assert again.code == 1, again.said
    assert "bulletins/2026/9.md" in again.out or "site-eoc/2026/ib-2026-009" in again.out


def test_the_full_sides_memory_is_no_editions(tmp_path: Path) -> None:
    root = make_site(
        tmp_path / "site",
        sources() | {"2026/8.md": bulletin("IB-2026-008", "(U) Words.\n\n(U//LES) Ask Ezra Fenwick8.")},
        SITE,
    ).parent
    built(root, "out")
    folders = {path.name for path in (root / ".tearline").iterdir()}
    assert folders == {"eoc", "full", "full-side"}
    assert {oct(path.stat().st_mode & 0o777) for path in (root / ".tearline").iterdir()} == {"0o700"}
    with shelf(root / ".tearline" / "eoc", "pages") as pages:
        assert pages.keys()
        for key in sorted(pages.keys()):
            assert b"Fenwick8" not in (pages.get(key) or b"Fenwick8")
