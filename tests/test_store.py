"""What was made once is not made again, and nothing in the store is believed."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tearline.store import Shelf, Store, digest_of, shelf

KEY, OTHER = digest_of([b"a"]), digest_of([b"b"])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / ".tearline" / "eoc")
    made.put(KEY, b"content\n\x00more")
    return made


def names(store: Store) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir())


def test_what_was_put_is_got(store: Store) -> None:
    assert store.get(KEY) == b"content\n\x00more"
    assert store.get(OTHER) is None
    store.put(KEY, b"")
    assert store.get(KEY) == b""


def test_it_is_ours_alone(store: Store) -> None:
    for folder in (store.folder, store.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert names(store) == [KEY]


def test_parts_are_kept_apart() -> None:
    assert digest_of([b"ab", b"c"]) != digest_of([b"a", b"bc"])
    assert digest_of([b"a", b""]) != digest_of([b"a"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.write_bytes(path.read_bytes().replace(b"more", b"less")),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"junk"),
        lambda path: (path.unlink(), path.symlink_to("/etc/hostname")),
        lambda path: (path.unlink(), os.mkfifo(path)),
    ],
)
def test_an_entry_that_is_not_as_it_was_is_dropped(store: Store, spoil: object) -> None:
    assert callable(spoil)
    spoil(store.folder / KEY)
    assert store.get(KEY) is None
    assert names(store) == []
    store.put(KEY, b"anew")
    assert store.get(KEY) == b"anew"


def test_an_entry_of_another_key_is_foreign(store: Store) -> None:
    (store.folder / KEY).rename(store.folder / OTHER)
    assert store.get(OTHER) is None


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_folder_that_others_can_get_at_is_not_used(tmp_path: Path, mode: int) -> None:
    (tmp_path / "eoc").mkdir()
    (tmp_path / "eoc").chmod(mode)
    store = Store(tmp_path / "eoc")
    store.put(KEY, b"content")
    assert store.get(KEY) is None
    assert names(store) == []


def test_without_a_folder_nothing_is_stored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "link").symlink_to(tmp_path)
    for folder in (tmp_path / "file" / "eoc", tmp_path / "file", tmp_path / "link"):
        store = Store(folder)
        store.put(KEY, b"content")
        assert store.get(KEY) is None
        store.trim()


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "eoc")
    keys = [digest_of([bytes([number])]) for number in range(6)]
    for age, key in enumerate(keys):
        store.put(key, bytes(1000))
        os.utime(store.folder / key, (age, age))
    store.get(keys[0])
    store.trim(3500)
    assert [key for key in keys if store.get(key) is not None] == [keys[0], keys[4], keys[5]]


def test_what_was_never_finished_goes(store: Store) -> None:
    (store.folder / ".part-old").write_bytes(b"half")
    os.utime(store.folder / ".part-old", (1, 1))
    (store.folder / ".part-new").write_bytes(b"half")
    store.trim()
    assert names(store) == [".part-new", KEY]


def test_many_at_once_do_not_mix(store: Store) -> None:
    def work(number: int) -> bool:
        store.put(KEY, bytes([number]) * 9999)
        got = store.get(KEY)
        return got is not None and len(set(got)) == 1 and len(got) == 9999

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(64)))


# --- a shelf -------------------------------------------------------------------------------------------------------


def shelved(folder: Path, **content: bytes) -> Path:
    with shelf(folder, "things") as made:
        for key, data in content.items():
            made.put(key, data)
    return folder / "things.shelf"


def on_it(folder: Path) -> dict[str, bytes | None]:
    with shelf(folder, "things") as made:
        return {key: made.get(key) for key in ("a", "b")}


def test_a_shelf_holds_what_was_put(tmp_path: Path) -> None:
    path = shelved(tmp_path / "eoc", a=b"one", b=b"")
    assert on_it(tmp_path / "eoc") == {"a": b"one", "b": b""}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with shelf(tmp_path / "eoc", "things") as made:
        assert made.keys() == {"a", "b"}
        made.put("a", b"other")
    assert on_it(tmp_path / "eoc") == {"a": b"other", "b": b""}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET content = x'00' WHERE key = 'a'",
        "UPDATE entry SET content = 'text' WHERE key = 'a'",
        "UPDATE entry SET content = (SELECT content FROM entry WHERE key = 'b'), seal = (SELECT seal FROM entry WHERE key = 'b')",
        "UPDATE entry SET seal = NULL",
        "DELETE FROM entry",
        "DROP TABLE entry",
        "DROP TABLE used",
        "DELETE FROM used",
        "UPDATE used SET times = 'junk'",
        "DROP TABLE opened",
        "PRAGMA user_version = 1",
        "ALTER TABLE entry ADD COLUMN more",
        "INSERT INTO opened VALUES ('junk')",
    ],
)
def test_a_shelf_that_somebody_wrote_to_is_not_believed(tmp_path: Path, change: str) -> None:
    path = shelved(tmp_path / "eoc", a=b"one", b=b"two")
    with sqlite3.connect(path) as base:
        base.execute(change)
    base.close()
    assert on_it(tmp_path / "eoc")["a"] in {None, b"one"}
    shelved(tmp_path / "eoc", a=b"anew")
    assert on_it(tmp_path / "eoc")["a"] == b"anew"


@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_a_shelf_that_others_may_use_goes(tmp_path: Path, mode: int) -> None:
    shelved(tmp_path / "eoc", a=b"one").chmod(mode)
    assert on_it(tmp_path / "eoc")["a"] is None


def test_a_link_is_no_shelf(tmp_path: Path) -> None:
    path = shelved(tmp_path / "eoc", a=b"one")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert on_it(tmp_path / "eoc")["a"] is None
    assert (tmp_path / "elsewhere").exists()


def test_what_nobody_asks_for_leaves_the_shelf(tmp_path: Path) -> None:
    shelved(tmp_path / "eoc", a=b"one", b=b"two")
    for _ in range(9):
        with shelf(tmp_path / "eoc", "things") as made:
            assert made.get("a") == b"one"
    assert on_it(tmp_path / "eoc") == {"a": b"one", "b": None}


def test_a_shelf_that_somebody_else_writes_to_is_left_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.store._PATIENCE", 0)
    path = shelved(tmp_path / "eoc", a=b"one")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    shelved(tmp_path / "eoc", a=b"two")
    other.execute("COMMIT")
    other.close()
    assert on_it(tmp_path / "eoc")["a"] == b"one"


def test_a_shelf_that_cannot_be_there_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    made = Shelf(tmp_path / "file", "things")
    made.put("a", b"one")
    made.close()
    assert made.get("a") is None
    assert made.keys() == set()
