"""Private folders and changes that are made together: nobody else reads the first, and of the second all or none."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from releases import tree, words
from tearline.commit import PREFIX, Change, commit, private_folder, sweep
from tearline.swap import TargetError


def age(path: Path) -> None:
    os.utime(path, (time.time() - 60,) * 2)


def interrupted(beside: Path) -> None:
    with private_folder(beside) as private:
        assert stat.S_IMODE(private.path.stat().st_mode) == 0o700
        tree(private.path / "x", "words")
        raise KeyboardInterrupt


def test_a_private_folder_is_ours_alone_and_goes_whatever_happens(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted(tmp_path / "new" / "out")
    finally:
        os.umask(before)
    assert list((tmp_path / "new" / "out").iterdir()) == []


def test_where_no_folder_can_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(TargetError, match="cannot write below"), private_folder(tmp_path / "file" / "out"):
        pass


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tearline.commit import private_folder\n"
        "with private_folder(Path(sys.argv[1])) as p: (p.path / 'x').write_text('x'); os.kill(os.getpid(), 9)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    (left,) = tmp_path.iterdir()
    age(left)
    with private_folder(tmp_path) as private:
        assert list(tmp_path.iterdir()) == [private.path]


def test_what_somebody_works_in_is_not_swept(tmp_path: Path) -> None:
    with private_folder(tmp_path) as private:
        age(private.path)
        sweep(tmp_path)
        assert private.path.exists()


def test_what_a_renderer_still_writes_to_is_not_swept(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}left0001"
    left.mkdir(mode=0o700)
    lock = os.open(left, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with subprocess.Popen(["sleep", "30"], pass_fds=(lock,)) as child:
        os.close(lock)
        age(left)
        sweep(tmp_path)
        assert left.exists()
        child.kill()
        child.wait()
    sweep(tmp_path)
    assert not left.exists()


def test_links_new_folders_and_other_names_are_not_swept(tmp_path: Path) -> None:
    target = tree(tmp_path / "target", "x")
    (tmp_path / f"{PREFIX}link0001").symlink_to(target)
    (tmp_path / f"{PREFIX}new00001").mkdir()
    tree(tmp_path / ".tearlin-old", "x")
    age(tmp_path / ".tearlin-old")
    age(target)
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    assert words(target) == "x"


def test_where_one_change_cannot_be_made_none_is(tmp_path: Path) -> None:
    tree(tmp_path / "a", "old")
    (tmp_path / "b").write_text("no folder", encoding="utf-8")
    (tmp_path / "c.json").write_text("old", encoding="utf-8")
    with private_folder(tmp_path) as private:
        for name in "ab":
            tree(private.path / name, "new")
        (private.path / "c.json").write_text("new", encoding="utf-8")
        changes = [Change.of(private.path, private.path / name, name) for name in ("a", "b", "c.json")]
        with pytest.raises(TargetError, match="not a folder"):
            commit(private.path, changes)
    assert (words(tmp_path / "a"), (tmp_path / "c.json").read_text(encoding="utf-8")) == ("old", "old")
    assert not list(tmp_path.glob(f"{PREFIX}*"))


def test_folders_and_files_go_together(tmp_path: Path) -> None:
    tree(tmp_path / "a", "old")
    (tmp_path / "a.json.sig").write_text("old", encoding="utf-8")
    with private_folder(tmp_path) as private:
        tree(private.path / "a", "new")
        (private.path / "a.json").write_text("new", encoding="utf-8")
        made = [Change.of(private.path, private.path / name, name) for name in ("a", "a.json")]
        commit(private.path, [*made, Change("a.json.sig")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.json"]
    assert words(tmp_path / "a") == "new"
