"""What a build leaves over is mended by the next one, believed by none, and gone with what it was made by."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sites import CONFIGURATION, bulletin, every_byte, make_site, page, policy_of, tearline
from tearline import spare
from tearline.spare import date, lay_by, reclaim

SOURCES: dict[str, str | bytes] = {
    "2026/1.md": bulletin("IB-2026-001", "(U) Water rose at the pier."),
    "2026/2.md": bulletin("IB-2026-002", "(U) The ferry waits.\n\n(U//LES) Ask Ottoline Vance."),
    "about/us.md": page("We."),
}
LONG_AGO = 10**18


def trees(folder: Path, said: str) -> Path:
    for name in ("stage", "site"):
        (folder / name / "a").mkdir(parents=True)
        (folder / name / "a" / "b").write_text(f"{name} {said}", encoding="utf-8")
    return folder


def test_trees_go_and_come_as_they_are(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path / "source", SOURCES))
    room, kept, again = trees(tmp_path / "room", "one"), tmp_path / "cache" / "eoc", tmp_path / "again"
    again.mkdir()
    assert not reclaim(kept, policy, again)
    before = every_byte(room)
    lay_by(room, kept, policy)
    assert list(room.iterdir()) == []
    assert {path.stat().st_mode & 0o777 for path in kept.rglob("*") if (path / "site").exists()} == {0o700}
    assert reclaim(kept, policy, again)
    assert every_byte(again) == before
    assert not reclaim(kept, policy, room)


@pytest.mark.parametrize("what", ["policy", "program"])
def test_trees_of_another_policy_or_program_go(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = policy_of(make_site(tmp_path / "source", SOURCES))
    kept, again = tmp_path / "cache" / "eoc", tmp_path / "again"
    again.mkdir()
    lay_by(trees(tmp_path / "room", "one"), kept, policy)
    if what == "policy":
        policy = replace(policy, digest="another")
    else:
        monkeypatch.setattr(spare, "identity", lambda: "another")
    assert not reclaim(kept, policy, again)
    assert list(again.iterdir()) == []
    assert every_byte(kept) == {}


def test_what_cannot_be_moved_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError(18, "another disk")

    policy = policy_of(make_site(tmp_path / "source", SOURCES))
    room = trees(tmp_path / "room", "one")
    before = every_byte(room)
    monkeypatch.setattr(Path, "rename", refuses)
    lay_by(room, tmp_path / "cache" / "eoc", policy)
    assert every_byte(room) == before


@pytest.mark.parametrize("linked", [".", "..", "../.."])
def test_nothing_is_taken_or_removed_through_a_link(tmp_path: Path, linked: str) -> None:
    policy = policy_of(make_site(tmp_path / "source", SOURCES))
    kept, elsewhere, again = tmp_path / "cache" / "eoc", tmp_path / "elsewhere", tmp_path / "again"
    again.mkdir()
    lay_by(trees(tmp_path / "room", "one"), kept, policy)
    place = next(kept.glob("spare/*")) / linked
    place = Path(os.path.normpath(place))
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    (elsewhere / "other" / "deep").mkdir(parents=True)
    before = {path.relative_to(elsewhere) for path in elsewhere.rglob("*")}
    assert not reclaim(kept, policy, again)
    lay_by(trees(tmp_path / "room2", "two"), kept, policy)
    assert {path.relative_to(elsewhere) for path in elsewhere.rglob("*")} == before
    assert list(again.iterdir()) == []


def test_trees_that_others_may_write_to_are_not_taken(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path / "source", SOURCES))
    kept, again = tmp_path / "cache" / "eoc", tmp_path / "again"
    again.mkdir()
    lay_by(trees(tmp_path / "room", "one"), kept, policy)
    next(kept.glob("spare/*")).chmod(0o777)
    assert not reclaim(kept, policy, again)
    assert list(again.iterdir()) == []


def test_two_builds_at_once_leave_one_over(tmp_path: Path) -> None:
    policy, kept, again = policy_of(make_site(tmp_path / "source", SOURCES)), tmp_path / "eoc", tmp_path / "again"
    again.mkdir()
    for said in ("one", "two"):
        lay_by(trees(tmp_path / said, said), kept, policy)
    assert reclaim(kept, policy, again)
    assert {name: data for name, data in every_byte(again).items() if b"one" not in data} == {}


def test_a_file_has_the_time_of_the_same_one_and_none_that_is_older(tmp_path: Path) -> None:
    site, published = tmp_path / "site", tmp_path / "published"
    told = {"same": (b"a", b"a"), "other": (b"b", b"c"), "longer": (b"dd", b"d"), "in/new": (b"e", None)}
    for name, (now, before) in told.items():
        for root, data, when in ((site, now, LONG_AGO), (published, before, LONG_AGO + 5)):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            if data is not None:
                (root / name).write_bytes(data)
                os.utime(root / name, ns=(when, when))
    (published / "gone").write_bytes(b"")
    (site / "linked").symlink_to(published / "same")
    (published / "linked").symlink_to("same")
    assert date(site, published) == 4
    times = {name: (site / name).stat().st_mtime_ns for name in told}
    assert times["same"] == LONG_AGO + 5
    assert times["in/new"] == LONG_AGO
    assert min(times["other"], times["longer"]) > LONG_AGO + 10**9
    assert (published / "same").stat().st_mtime_ns == LONG_AGO + 5
    assert date(site, published) == 4
    assert date(site, tmp_path / "none") == 5
    future = LONG_AGO * 3
    os.utime(published / "other", ns=(future, future))
    assert date(site, published) == 4
    assert (site / "other").stat().st_mtime_ns == future + 10**9


def test_where_nothing_is_published_no_file_is_touched(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    os.utime(tmp_path / "a", ns=(LONG_AGO, LONG_AGO))
    assert date(tmp_path, tmp_path / "none") == 1
    assert (tmp_path / "a").stat().st_mtime_ns == LONG_AGO


# --- through the command ---------------------------------------------------------------------------------------------


def edit(root: Path, words: str) -> None:
    path = root / "bulletins/2026/2.md"
    path.write_text(f"{path.read_text('utf-8')}\n{words}\n", encoding="utf-8")


def built(root: Path) -> dict[str, int]:
    """When each published file of the EOC edition was written."""
    ran = tearline("build", cwd=root)
    assert ran.code == 0, ran.said
    return {
        path.relative_to(root / "site-eoc").as_posix(): path.stat().st_mtime_ns
        for path in (root / "site-eoc").rglob("*")
        if path.is_file()
    }


def spares(root: Path) -> set[str]:
    return {path.parent.parent.parent.name + "/" + path.name for path in root.glob(".tearline/*/spare/*/*")}


def test_files_that_say_the_same_keep_their_times(tmp_path: Path) -> None:
    make_site(tmp_path, SOURCES, CONFIGURATION)
    first = built(tmp_path)
    times = [first]
    for words in ("(U) It left.", "(U) It came back."):
        edit(tmp_path, words)
        times.append(built(tmp_path))
    assert spares(tmp_path) == {"eoc/stage", "eoc/site", "full/stage", "full/site"}
    changed = "2026/ib-2026-002/index.html"
    assert times[0][changed] < times[1][changed] < times[2][changed]
    same = "2026/ib-2026-001/index.html"
    assert times[0][same] == times[1][same] == times[2][same]


def test_what_is_said_again_is_not_older_than_what_was_said_in_between(tmp_path: Path) -> None:
    make_site(tmp_path, SOURCES, CONFIGURATION)
    path = tmp_path / "bulletins/2026/2.md"
    text = path.read_text("utf-8")
    name = "2026/ib-2026-002/index.html"
    first = built(tmp_path)[name]
    data = (tmp_path / "site-eoc" / name).read_bytes()
    edit(tmp_path, "(U) It left.")
    second = built(tmp_path)[name]
    path.write_text(text, encoding="utf-8")
    third = built(tmp_path)[name]
    assert (tmp_path / "site-eoc" / name).read_bytes() == data
    assert first < second < third


def test_what_is_in_a_spare_tree_is_not_believed(tmp_path: Path) -> None:
    make_site(tmp_path, SOURCES, CONFIGURATION)
    built(tmp_path)
    edit(tmp_path, "(U) It left.")
    built(tmp_path)
    for tree in tmp_path.glob(".tearline/eoc/spare/*/*"):
        for page_of in sorted(tree.rglob("*.html")) + sorted(tree.rglob("*.md")):
            page_of.write_bytes(page_of.read_bytes().replace(b"Water", b"Vodka"))
        (tree / "stray").mkdir()
        (tree / "stray" / "index.html").write_text("Ottoline Vance", encoding="utf-8")
        (tree / "linked.html").symlink_to(tmp_path / "bulletins/2026/2.md")
        (tree / "pagefind").mkdir(exist_ok=True)
        os.mkfifo(tree / "pagefind" / "index.html")
        shutil.copytree(tree / "stray", tree / "pagefind" / "stray")
    edit(tmp_path, "(U) It came back.")
    built(tmp_path)
    kept = every_byte(tmp_path / "site-eoc")
    assert tearline("build", "--anew", cwd=tmp_path).code == 0
    assert every_byte(tmp_path / "site-eoc") == kept
    assert not any(b"Vodka" in data for data in kept.values())


def test_a_build_that_is_refused_leaves_no_tree_over(tmp_path: Path) -> None:
    make_site(tmp_path, SOURCES, CONFIGURATION)
    built(tmp_path)
    edit(tmp_path, "(U) It left.")
    built(tmp_path)
    edit(tmp_path, "(U) Ottoline Vance left.")
    assert tearline("build", cwd=tmp_path).code == 1
    assert not any(name.startswith(("eoc", "full")) for name in spares(tmp_path))
    assert not list(tmp_path.glob(".tearline-*"))
