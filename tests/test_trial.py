"""What is stored for an edition while a site is built stays only where the site has passed."""

from __future__ import annotations

import shutil
import zlib
from pathlib import Path

import pytest

from sites import CONFIGURATION, bulletin, make_site, tearline
from tearline.store import Shelf, Store
from tearline.trial import on_trial
from tearline.verify.memory import Memory, remember, remembered

SOURCES: dict[str, str | bytes] = {
    "2026/1.md": bulletin("IB-2026-001", "(U) Water rose.\n\n(U//LES) Ask Ottoline Vance."),
    "2026/2.md": bulletin("IB-2026-002", "(U) Nothing rose here.", title="(U) Another one"),
}


def put(folder: Path, key: str) -> None:
    shelf = Shelf(folder, "pages")
    shelf.put(key, b"words")
    shelf.close()
    Store(folder).put(f"{key}.pdf", b"sheets")


def there(folder: Path) -> set[str]:
    shelf = Shelf(folder, "pages")
    keys = shelf.keys()
    shelf.close()
    return keys | {path.stem for path in folder.glob("*.pdf")}


@pytest.mark.parametrize("passes", [True, False])
def test_what_was_stored_stays_where_the_build_passed(tmp_path: Path, passes: bool) -> None:  # noqa: FBT001
    put(tmp_path / "eoc", "old")
    with on_trial(tmp_path / "eoc") as passed:
        put(tmp_path / "eoc", "new")
        if passes:
            passed()
    assert there(tmp_path / "eoc") == ({"old", "new"} if passes else {"old"})
    assert not list((tmp_path / "eoc").glob(".trial-*"))


def test_what_goes_is_written_over(tmp_path: Path) -> None:
    put(tmp_path / "eoc", "old")
    with on_trial(tmp_path / "eoc"):
        shelf = Shelf(tmp_path / "eoc", "pages")
        shelf.put("new", bytes(range(256)) * 9)
        shelf.close()
        packed = zlib.compress(bytes(range(256)) * 9, 1)
        assert packed[:99] in (tmp_path / "eoc/pages.shelf").read_bytes()
    assert packed[:99] not in (tmp_path / "eoc/pages.shelf").read_bytes()


def test_what_is_beside_a_shelf_that_stays_is_left_to_sqlite(tmp_path: Path) -> None:
    put(tmp_path / "eoc", "old")
    with on_trial(tmp_path / "eoc"):
        for name in ("pages.shelf-journal", "other.shelf-journal"):
            (tmp_path / "eoc" / name).write_bytes(b"")
    left = {path.name for path in (tmp_path / "eoc").iterdir()}
    assert left == {"pages.shelf", "old.pdf", "pages.shelf-journal"}


def test_an_interrupted_build_keeps_nothing(tmp_path: Path) -> None:
    def build() -> None:
        with on_trial(tmp_path / "eoc"):
            put(tmp_path / "eoc", "new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build()
    assert there(tmp_path / "eoc") == set()


def test_of_a_killed_build_everything_goes(tmp_path: Path) -> None:
    put(tmp_path / "eoc", "old")
    (tmp_path / "eoc/.trial-abcdefgh").touch()
    with on_trial(tmp_path / "eoc") as passed:
        assert there(tmp_path / "eoc") == set()
        passed()
    assert not list((tmp_path / "eoc").glob(".trial-*"))


def test_where_no_mark_can_be_made_a_build_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    put(tmp_path / "eoc", "one")
    monkeypatch.setattr("tearline.trial.tempfile.mkstemp", refuses)
    with on_trial(tmp_path / "eoc"):
        put(tmp_path / "eoc", "other")
    assert there(tmp_path / "eoc") == {"one"}


def test_a_build_that_lives_is_left_alone(tmp_path: Path) -> None:
    with on_trial(tmp_path / "eoc") as first:
        put(tmp_path / "eoc", "one")
        with on_trial(tmp_path / "eoc"):
            assert there(tmp_path / "eoc") == {"one"}
            put(tmp_path / "eoc", "other")
        first()
    assert there(tmp_path / "eoc") == {"one"}


def site(root: Path) -> Path:
    make_site(root, SOURCES, CONFIGURATION)
    assert tearline("build", cwd=root).code == 0
    return root


def stored(root: Path) -> bytes:
    """Everything in the EOC edition's store, unpacked, and the trees that are left over."""
    found = b"".join(path.read_bytes() for path in (root / ".tearline/eoc").rglob("*") if path.is_file())
    for path in (root / ".tearline/eoc").glob("*.shelf"):
        shelf = Shelf(path.parent, path.stem)
        found += path.read_bytes() + b"".join(shelf.get(key) or b"" for key in sorted(shelf.keys()))
        shelf.close()
    return found


def test_a_refused_build_leaves_no_word_in_the_store_of_an_edition(tmp_path: Path) -> None:
    root = site(tmp_path / "site")
    source = root / "bulletins/2026/2.md"
    source.write_text(source.read_text("utf-8").replace("Nothing rose", "Ottoline Vance rose"), encoding="utf-8")
    done = tearline("build", cwd=root)
    assert done.code == 1
    assert "TL304" in done.out
    assert b"Water rose" in stored(root)
    assert b"Ottoline" not in stored(root)


def test_anew_believes_nothing_that_was_kept(tmp_path: Path) -> None:
    root = site(tmp_path / "site")
    path = root / ".tearline/full-side/site-eoc.clean"
    memory = Memory()
    for key, entry in remembered(path).items():
        memory.keep(key, entry and b"ottilone")
    remember(path, memory)
    assert b"ottilone" in remembered(path).values()
    for one in sorted(root.glob(".tearline/*")):
        assert one.is_dir()
    done = tearline("build", "--anew", cwd=root)
    assert done.code == 0
    assert not any(b"ottilone" in entry for entry in remembered(path).values())


def test_a_page_that_cannot_be_read_is_rendered_again(tmp_path: Path) -> None:
    root = site(tmp_path / "site")
    before = (root / "site-eoc/2026/ib-2026-001/index.html").read_bytes()
    shelf = Shelf(root / ".tearline/eoc", "pages")
    for key in sorted(shelf.keys()):
        shelf.put(key, b"junk")
    shelf.close()
    shutil.rmtree(root / "site-eoc")
    assert tearline("build", cwd=root).code == 0
    assert (root / "site-eoc/2026/ib-2026-001/index.html").read_bytes() == before


def test_a_site_that_lost_a_page_is_built_again(tmp_path: Path) -> None:
    root = site(tmp_path / "site")
    (root / "site-eoc/404.html").unlink()
    assert tearline("build", cwd=root).code == 0
    assert (root / "site-eoc/404.html").is_file()


@pytest.mark.parametrize("path", ["/x/", "/eoc-site/a/", "/x"])
def test_a_site_may_have_a_path(tmp_path: Path, path: str) -> None:
    address = f"audience: sltt\n          site_url: https://eoc.example.org{path}\n"
    make_site(tmp_path / "site", SOURCES, CONFIGURATION.replace("audience: sltt\n", address))
    done = tearline("build", cwd=tmp_path / "site")
    assert done.code == 0, done.out
    done = tearline("verify", "site-eoc", "--edition", "eoc", cwd=tmp_path / "site")
    assert done.code == 0


def test_what_a_killed_verification_left_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path / "site")
    left = tmp_path / "tmp/.tearline-abcdefgh"
    (left / "full").mkdir(parents=True, mode=0o700)
    left.chmod(0o700)
    (left / "commit.json").write_text("", encoding="utf-8")  # it has begun, so it is not about to be locked
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    assert tearline("verify", "site-eoc", "--edition", "eoc", cwd=root).code == 0
    assert not list((tmp_path / "tmp").iterdir())
