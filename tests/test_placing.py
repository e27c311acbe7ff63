"""Files of a tree, written and read in many."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tearline.commit import private_folder
from tearline.placing import Placing, below, content, spread

FILES = {"a.txt": b"one", "b/c.txt": b"", "b/d/e.txt": bytes(3_000_000), "b/d/f.txt": b"four", "ä/ü.md": b"five"}


def test_what_is_put_is_there_and_nothing_else(tmp_path: Path) -> None:
    tree = Placing(tmp_path / "x" / "y")
    for name, data in FILES.items():
        tree.put(name, data)
    root = tmp_path / "x" / "y"
    assert below(root) == sorted(FILES)
    assert {name: content(f"{root}/{name}") for name in FILES} == FILES
    assert {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.*")} == FILES


def test_what_is_put_later_stands(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for data in (b"a long one", b"short"):
        Placing(tmp_path).put("b/a", data)
    assert content(f"{tmp_path}/b/a") == b"short"


def test_a_folder_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = os.mkdir

    def noted(path: str) -> None:
        made.append(path)
        make(path)

    monkeypatch.setattr(os, "mkdir", noted)
    tree = Placing(tmp_path)
    for name in ("b/1", "b/2", "b/c/3", "b/4"):
        tree.put(name, b"")
    assert made == [f"{tmp_path}/b", f"{tmp_path}/b/c"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / "a").symlink_to("elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        Placing(tmp_path).put("a", b"yours")
    assert content(f"{tmp_path}/elsewhere") == b"mine"


def test_a_file_in_the_way_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        Placing(tmp_path).put("b/a", b"one")


def test_a_tree_is_mended(tmp_path: Path) -> None:
    root = tmp_path / "site"
    tree = Placing(root, FILES)
    for name, data in FILES.items():
        tree.put(name, data)
    for name in FILES:
        os.utime(root / name, (1, 1))
    for stray in ("b/x/y/z", "b/stray", "kept/by/others"):
        (root / stray).parent.mkdir(parents=True, exist_ok=True)
        (root / stray).write_bytes(b"stray")
    now = FILES | {"a.txt": b"two", "b/d/f.txt": b"four of them", "new/g.txt": b"six"}
    del now["ä/ü.md"]
    tree = Placing(root, now, ["kept"])
    for name, data in now.items():
        tree.put(name, data)
    assert {name: content(f"{root}/{name}") for name in below(root)} == now | {"kept/by/others": b"stray"}
    assert not (root / "ä").exists()
    assert {name for name in now if (root / name).stat().st_mtime == 1} == {"b/c.txt", "b/d/e.txt"}


def test_a_tree_is_mended_where_files_and_folders_change_places(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_bytes(b"old")
    (tmp_path / "c").write_bytes(b"old")
    now = {"a": b"new", "c/d": b"new"}
    tree = Placing(tmp_path, now)
    for name, data in now.items():
        tree.put(name, data)
    assert {name: content(f"{tmp_path}/{name}") for name in below(tmp_path)} == now


def test_what_is_mended_is_nobody_elses(tmp_path: Path) -> None:
    root, other = tmp_path / "site", tmp_path / "other"
    (root / "folder").mkdir(parents=True)
    other.mkdir()
    for name in ("linked", "inside"):
        (other / name).write_bytes(b"mine")
    (root / "link").symlink_to(other / "linked")
    (root / "second").hardlink_to(other / "linked")
    (root / "deep").symlink_to(other)
    (root / "left").symlink_to(other)
    os.mkfifo(root / "pipe")
    names = ["link", "second", "deep/inside", "pipe"]
    tree = Placing(root, names, ["left"])
    for name in names:
        tree.put(name, b"mine" if name == "second" else b"ours")
    assert {path.name: path.read_bytes() for path in other.iterdir()} == {"linked": b"mine", "inside": b"mine"}
    assert {name: content(f"{root}/{name}") for name in below(root)} == dict.fromkeys(names, b"ours") | {
        "second": b"mine"
    }
    assert not any(path.is_symlink() for path in root.rglob("*"))
    assert (root / "second").stat().st_nlink == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_is_somebody_elses_is_not_kept(tmp_path: Path) -> None:
    names = ["a", "b/c"]
    for _ in range(2):
        tree = Placing(tmp_path, names)
        for name in names:
            tree.put(name, b"same")
        os.chown(tmp_path / "a", 65534, 65534)
        os.chown(tmp_path / "b", 65534, 65534)
    tree = Placing(tmp_path, names)
    for name in names:
        tree.put(name, b"same")
    assert {path.stat().st_uid for path in tmp_path.rglob("*")} == {os.geteuid()}
    assert {name: content(f"{tmp_path}/{name}") for name in below(tmp_path)} == dict.fromkeys(names, b"same")


def test_who_reads_an_old_file_goes_on_reading_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with (tmp_path / "a").open("rb") as reading:
        Placing(tmp_path, ["a"]).put("a", b"new")
        assert reading.read() == b"old"
    assert content(f"{tmp_path}/a") == b"new"


def test_a_write_that_stops_halfway_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    Placing(tmp_path).put("a", b"one and two")
    assert content(f"{tmp_path}/a") == b"one and two"


def test_a_read_that_stops_halfway_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = os.read
    (tmp_path / "a").write_bytes(b"one and two")
    monkeypatch.setattr(os, "read", lambda descriptor, _: read(descriptor, 3))
    assert content(f"{tmp_path}/a") == b"one and two"


def test_each_build_has_rooms_of_its_own(tmp_path: Path) -> None:
    rooms = []
    for _ in range(2):
        with private_folder(tmp_path) as private:
            (private.room("eoc") / "stage").mkdir(parents=True)
            rooms.append(private.room("eoc"))
            assert rooms[-1].parent == private.path
    assert rooms[0].name != rooms[1].name


def test_a_disk_that_cannot_spread_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(fcntl, "ioctl", refuses)
    spread(tmp_path)
    spread(tmp_path / "none")
    Placing(tmp_path / "tree").put("a/b", b"there")
    assert (tmp_path / "tree/a/b").read_bytes() == b"there"
