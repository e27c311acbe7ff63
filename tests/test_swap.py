"""One tree takes another's place: the old one or the new one is there, whole, or an error says why."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from releases import tree, words
from tearline import swap
from tearline.swap import TargetError, exchange, make_readable


def unsupported(_one: Path, _other: Path) -> bool:
    return False


@pytest.mark.parametrize("at_once", [True, False])
def test_a_tree_takes_its_targets_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:  # noqa: FBT001
    if not at_once:
        monkeypatch.setattr(swap, "_renameat2", unsupported)
    new, target = tree(tmp_path / "private" / "new", "new"), tree(tmp_path / "target", "old")
    exchange(new, target)
    assert (words(target), words(new)) == ("new", "old")
    exchange(tree(tmp_path / "first", "first"), tmp_path / "fresh")
    assert words(tmp_path / "fresh") == "first"


@pytest.mark.parametrize("at_once", [True, False])
def test_what_cannot_be_put_in_place_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_once: bool,  # noqa: FBT001
) -> None:
    if not at_once:
        monkeypatch.setattr(swap, "_renameat2", unsupported)
    (tmp_path / "p").mkdir()
    with pytest.raises(TargetError, match="cannot replace"):
        exchange(tmp_path / "p" / "gone", tree(tmp_path / "c", "old"))
    assert words(tmp_path / "c") == "old"


def test_a_link_or_a_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree(tmp_path / "target", "old"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name in ("link", "file"):
        with pytest.raises(TargetError, match="not a folder"):
            exchange(tree(tmp_path / name[0], "new"), tmp_path / name)
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


@pytest.mark.parametrize("whole", [True, False])
def test_a_tree_is_written_out_at_once_or_file_by_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whole: bool,  # noqa: FBT001 - whether the system can
) -> None:
    made = tree(tmp_path / "site" / "deep", "x").parent
    synced: list[Path] = []
    monkeypatch.setattr(swap, "sync", synced.append)
    if not whole:
        monkeypatch.setattr(swap, "_syncfs", lambda _: False)
    swap.sync_trees([made])
    assert set(synced) == (set() if whole else {made, *made.rglob("*")})
