"""Private folders and finished trees: nobody else reads the first, and the second are there whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tearline import swap
from tearline.swap import TargetError, make_readable, private_folder, publish, sweep


def tree(path: Path, words: str) -> Path:
    path.mkdir(parents=True)
    (path / "index.html").write_text(words, encoding="utf-8")
    return path


def words(path: Path) -> str:
    return (path / "index.html").read_text(encoding="utf-8")


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
        "import os, sys; from pathlib import Path; from tearline.swap import private_folder\n"
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
    left = tmp_path / f"{swap.PREFIX}left"
    left.mkdir()
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
    (tmp_path / f"{swap.PREFIX}link").symlink_to(target)
    (tmp_path / f"{swap.PREFIX}new").mkdir()
    tree(tmp_path / ".tearlin-old", "x")
    age(tmp_path / ".tearlin-old")
    age(target)
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    assert words(target) == "x"


@pytest.mark.parametrize("exchange", [True, False])
def test_a_tree_takes_its_targets_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:  # noqa: FBT001
    if not exchange:
        monkeypatch.setattr(swap, "_renameat2", unsupported)
    new, target = tree(tmp_path / "private" / "new", "new"), tree(tmp_path / "target", "old")
    publish([(new, target)])
    assert (words(target), words(new)) == ("new", "old")
    publish([(tree(tmp_path / "first", "first"), tmp_path / "fresh")])
    assert words(tmp_path / "fresh") == "first"


def unsupported(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, "not here")


@pytest.mark.parametrize("exchange", [True, False])
def test_where_one_cannot_be_published_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:  # noqa: FBT001
    if not exchange:
        monkeypatch.setattr(swap, "_renameat2", unsupported)
    pairs = [
        (tree(tmp_path / "p" / "a", "new"), tree(tmp_path / "a", "old")),
        (tree(tmp_path / "p" / "b", "new"), tmp_path / "b"),
        (tmp_path / "p" / "gone", tree(tmp_path / "c", "old")),
    ]
    with pytest.raises(TargetError, match="cannot replace"):
        publish(pairs)
    assert (words(tmp_path / "a"), words(tmp_path / "c")) == ("old", "old")
    assert not (tmp_path / "b").exists()


def test_a_link_or_a_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree(tmp_path / "target", "old"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name in ("link", "file"):
        with pytest.raises(TargetError, match="not a folder"):
            publish([(tree(tmp_path / name[0], "new"), tmp_path / name)])
    assert words(tmp_path / "target") == "old"


def test_a_published_tree_can_be_read_by_everybody(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        made = tree(tmp_path / "site" / "deep", "x").parent
    finally:
        os.umask(before)
    make_readable(made)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (made, *made.rglob("*"))}
    assert modes == {0o755, 0o644}
