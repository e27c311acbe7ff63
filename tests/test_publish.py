"""Publishing, by what goes wrong: kills, full disks, edits, stale and foreign releases. What is served stays whole."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from releases import NEW, NOW, OLD, PAGE, Bench, codes, shown
from sites import CONFIGURATION, ROOT, bulletin, every_byte, make_site, tearline
from tearline import commit as commits
from tearline import publish as publishing
from tearline import swap
from tearline.commit import Change, commit, private_folder, sweep
from tearline.keys import make_key
from tearline.publish import publish, rollback
from tearline.swap import TargetError, exchange, locked

EARLY = "2026-11-23T10:00:00Z"
LATE = "2026-11-23T11:00:00Z"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench.at(tmp_path / "bench")


@pytest.fixture
def published(bench: Bench) -> Bench:
    """A bench with ``OLD`` in place."""
    came = publish(bench.release("old", OLD, built=EARLY), bench.signers, NOW)
    assert came.findings == []
    return bench


def state(bench: Bench) -> Path:
    return bench.target.with_name(".eoc.tearline")


# --- the ordinary way -----------------------------------------------------------------------------------------


def test_a_release_is_published_and_taken_back_and_put_there_again(published: Bench) -> None:
    new = published.release("new", NEW, built=LATE)
    assert publish(new, published.signers, NOW).findings == []
    assert shown(published.target) == NEW
    for there in (OLD, NEW, OLD):
        assert rollback("eoc", published.target, published.signers, NOW).findings == []
        assert shown(published.target) == there
    assert publish(new, published.signers, NOW).findings == []
    assert shown(published.target) == NEW


def test_what_is_served_can_be_read_by_all_and_what_is_kept_by_us_alone(published: Bench) -> None:
    mask = os.umask(0o077)
    try:
        publish(published.release("new", NEW, built=LATE), published.signers, NOW)
    finally:
        os.umask(mask)
    for path in (published.target, *published.target.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)
    assert state(published).stat().st_mode & 0o777 == 0o700
    assert shown(state(published) / "previous") == OLD
    assert not [path for path in published.target.parent.iterdir() if path.name not in {"eoc", ".eoc.tearline"}]


def test_publishing_the_same_again_keeps_the_way_back(published: Bench) -> None:
    new = published.release("new", NEW, built=LATE)
    for _ in range(3):
        assert publish(new, published.signers, NOW).findings == []
    assert rollback("eoc", published.target, published.signers, NOW).findings == []
    assert shown(published.target) == OLD


def test_an_edited_serving_folder_is_mended_by_publishing_again(published: Bench) -> None:
    new = published.release("new", NEW, built=LATE)
    publish(new, published.signers, NOW)
    (published.target / "index.html").write_text("defaced", encoding="utf-8")
    (published.target / "shell.php").write_text("x", encoding="utf-8")
    assert publish(new, published.signers, NOW).findings == []
    assert shown(published.target) == NEW
    assert rollback("eoc", published.target, published.signers, NOW).findings == []
    assert shown(published.target) == OLD


def test_a_serving_folder_that_was_removed_or_restored_is_filled_again(published: Bench) -> None:
    shutil.rmtree(published.target)
    new = published.release("new", NEW, built=LATE)
    assert publish(new, published.signers, NOW).findings == []
    assert shown(published.target) == NEW
    shutil.copytree(published.target, published.root / "backup")
    shutil.rmtree(published.target)
    (published.root / "backup").rename(published.target)
    newer = published.release("newer", OLD, built="2026-11-23T11:30:00Z")
    assert publish(newer, published.signers, NOW).findings == []
    assert rollback("eoc", published.target, published.signers, NOW).findings == []
    assert shown(published.target) == NEW


# --- what is refused ------------------------------------------------------------------------------------------


def _unsigned(bench: Bench) -> str:
    offer = bench.release("new", NEW, built=LATE)
    offer.manifest.with_name(f"{offer.manifest.name}.sig").unlink()
    return "signature-missing"


def _spoiled_signature(bench: Bench) -> str:
    offer = bench.release("new", NEW, built=LATE)
    offer.manifest.with_name(f"{offer.manifest.name}.sig").write_bytes(b"\xff" * 99)
    return "signature-refused"


def _spoiled_manifest(bench: Bench) -> str:
    offer = bench.release("new", NEW, built=LATE)
    offer.manifest.write_bytes(offer.manifest.read_bytes()[:-9])
    return "manifest-unreadable"


def _no_manifest(bench: Bench) -> str:
    bench.release("new", NEW, built=LATE).manifest.unlink()
    return "manifest-missing"


def _failed(bench: Bench) -> str:
    bench.release("new", NEW, built=LATE, passed=False)
    return "verdict-refused"


def _edited(bench: Bench) -> str:
    (bench.release("new", NEW, built=LATE).site / PAGE).write_text("new wards", encoding="utf-8")
    return "file-changed"


def _added(bench: Bench) -> str:
    (bench.release("new", NEW, built=LATE).site / "more.html").write_text("x", encoding="utf-8")
    return "file-extra"


def _removed(bench: Bench) -> str:
    (bench.release("new", NEW, built=LATE).site / "index.html").unlink()
    return "file-missing"


def _linked(bench: Bench) -> str:
    path = bench.release("new", NEW, built=LATE).site / "index.html"
    path.rename(bench.root / "elsewhere")
    path.symlink_to(bench.root / "elsewhere")
    return "site-file-kind"


def _stale(bench: Bench) -> str:
    bench.release("new", NEW, built="2026-11-22T00:00:00Z")
    return "stale-manifest"


def _of_tomorrow(bench: Bench) -> str:
    bench.release("new", NEW, built="2027-11-22T00:00:00Z")
    return "stale-manifest"


def _full_under_another_name(bench: Bench) -> str:
    full = bench.release("new", NEW, built=LATE, edition="full")
    for path in (full.site, full.manifest, full.manifest.with_name(f"{full.manifest.name}.sig")):
        path.rename(path.with_name(path.name.replace("full", "eoc")))
    return "wrong-edition"


def _stranger(bench: Bench) -> str:
    stranger = Bench.at(bench.root / "stranger")
    offer = stranger.release("new", NEW, built=LATE)
    shutil.copytree(offer.site.parent, bench.root / "new")
    return "signature-refused"


REFUSED = [
    _unsigned,
    _spoiled_signature,
    _spoiled_manifest,
    _no_manifest,
    _failed,
    _edited,
    _added,
    _removed,
    _linked,
    _stale,
    _of_tomorrow,
    _full_under_another_name,
    _stranger,
]


@pytest.mark.parametrize("attack", REFUSED, ids=lambda one: one.__name__.strip("_"))
def test_what_is_not_verified_and_signed_is_refused(published: Bench, attack: Any) -> None:
    wanted = attack(published)
    site = published.root / "new" / "site-eoc"
    offer = publishing.Offer("eoc", site, site.with_name("site-eoc.manifest.json"), published.target)
    assert wanted in codes(publish(offer, published.signers, NOW).findings)
    assert shown(published.target) == OLD
    assert {path.name for path in state(published).iterdir()} & {"incoming", "previous"} == set()


def test_a_folder_takes_its_own_edition_only_whatever_is_signed(published: Bench) -> None:
    full = published.release("full", NEW, built=LATE, edition="full")
    assert "wrong-edition" in codes(publish(full, published.signers, NOW).findings)
    assert "wrong-edition" in codes(rollback("full", published.target, published.signers, NOW).findings)
    assert shown(published.target) == OLD


def test_a_file_swapped_between_the_look_and_the_copy_is_noticed(
    published: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = published.release("new", NEW, built=LATE)
    look = publishing.take_inventory

    def looked(site: Path, name: str) -> Any:
        taken = look(site, name)
        (site / PAGE).write_text("swapped", encoding="utf-8")
        return taken

    monkeypatch.setattr(publishing, "take_inventory", looked)
    assert codes(publish(offer, published.signers, NOW).findings) == ["file-changed"]
    assert shown(published.target) == OLD


def test_a_first_rollback_has_nothing_to_go_back_to(published: Bench) -> None:
    assert codes(rollback("eoc", published.target, published.signers, NOW).findings) == ["no-previous"]


def test_a_rollback_never_crosses_a_recall(published: Bench) -> None:
    recalled = {**NEW, PAGE: "this was recalled"}
    new = published.release("new", recalled, built=LATE, recalled=[PAGE])
    assert publish(new, published.signers, NOW).findings == []
    came = rollback("eoc", published.target, published.signers, NOW)
    assert [(one.rule.name, one.place.path) for one in came.findings] == [("recalled-since", PAGE)]
    assert shown(published.target) == recalled
    later = published.release("later", {**recalled, "more.html": "x"}, built="2026-11-23T11:30:00Z", recalled=[PAGE])
    assert publish(later, published.signers, NOW).findings == []
    assert rollback("eoc", published.target, published.signers, NOW).findings == []
    assert shown(published.target) == recalled


def test_a_kept_release_that_was_edited_is_not_gone_back_to(published: Bench) -> None:
    publish(published.release("new", NEW, built=LATE), published.signers, NOW)
    (state(published) / "previous" / PAGE).write_text("edited", encoding="utf-8")
    assert codes(rollback("eoc", published.target, published.signers, NOW).findings) == ["file-changed"]
    assert shown(published.target) == NEW


def test_a_release_whose_signer_is_trusted_no_more_is_not_gone_back_to(published: Bench) -> None:
    publish(published.release("new", NEW, built=LATE), published.signers, NOW)
    make_key(published.root / "next-key", published.root / "next-signers", ["eoc"])
    (published.root / "next-signers").rename(published.root / "signers")
    assert codes(rollback("eoc", published.target, published.signers, NOW).findings) == ["signature-refused"]


def test_after_a_rollback_an_old_release_is_still_stale(published: Bench) -> None:
    publish(published.release("new", NEW, built=LATE), published.signers, NOW)
    rollback("eoc", published.target, published.signers, NOW)
    between = published.release("between", {"index.html": "x"}, built="2026-11-23T10:30:00Z")
    assert codes(publish(between, published.signers, NOW).findings) == ["stale-manifest"]


# --- targets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "somebody's files", "no parent", "lost record"])
def test_a_target_that_is_not_ours_is_left_alone(bench: Bench, kind: str) -> None:
    offer = bench.release("new", NEW, built=LATE)
    other = bench.root / "www" / "other"
    other.mkdir()
    (other / "photo").write_text("x", encoding="utf-8")
    if kind == "file":
        bench.target.write_text("x", encoding="utf-8")
    elif kind in {"link", "dangling"}:
        bench.target.symlink_to(other if kind == "link" else bench.root / "nowhere")
    elif kind == "no parent":
        shutil.rmtree(bench.root / "www")
    elif kind == "lost record":
        publish(offer, bench.signers, NOW)
        shutil.rmtree(state(bench))
    else:
        other.rename(bench.target)
    with pytest.raises(TargetError) as fault:
        publish(offer, bench.signers, NOW)
    assert "\n" not in str(fault.value)
    if kind == "link":
        assert (other / "photo").exists()
    if kind == "somebody's files":
        assert (bench.target / "photo").exists()


@pytest.mark.parametrize("inside", ["pub", "2026/pub"])
def test_a_site_is_not_published_into_itself(bench: Bench, inside: str) -> None:
    offer = bench.release("new", NEW)
    before = every_byte(offer.site)
    with pytest.raises(TargetError, match="overlap"):
        publish(replace(offer, target=offer.site / inside), bench.signers, NOW)
    with pytest.raises(TargetError, match="overlap"):
        publish(replace(offer, target=offer.site.parent), bench.signers, NOW)
    assert every_byte(offer.site) == before
    assert not list(offer.site.rglob(".*"))


def test_a_refused_first_publish_leaves_nothing_beside_the_target(bench: Bench) -> None:
    offer = bench.release("new", NEW)
    bench.target.mkdir()
    (bench.target / "notes.txt").write_text("somebody's", encoding="utf-8")
    before = sorted(bench.target.parent.iterdir())
    with pytest.raises(TargetError, match="not published here"):
        publish(offer, bench.signers, NOW)
    assert sorted(bench.target.parent.iterdir()) == before


def test_a_record_that_others_could_read_or_that_is_broken_stops_publishing(published: Bench) -> None:
    new = published.release("new", NEW, built=LATE)
    state(published).chmod(0o755)
    with pytest.raises(TargetError, match="nobody else"):
        publish(new, published.signers, NOW)
    state(published).chmod(0o700)
    (state(published) / "pin.json").write_bytes(b'{"edition": "full"')
    with pytest.raises(TargetError, match="cannot be read"):
        publish(new, published.signers, NOW)
    assert shown(published.target) == OLD


def test_a_target_that_cannot_be_written_keeps_what_it_has(published: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> bool:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(swap, "_renameat2", refused)
    with pytest.raises(TargetError, match="Read-only"):
        publish(published.release("new", NEW, built=LATE), published.signers, NOW)
    monkeypatch.undo()
    assert shown(published.target) == OLD
    assert publish(published.release("newer", NEW, built=LATE), published.signers, NOW).findings == []
    assert shown(published.target) == NEW


@pytest.mark.skipif(sys.platform != "linux", reason="uses RLIMIT_FSIZE as a disk that is full")
def test_a_full_disk_leaves_the_old_site_and_the_next_run_is_clean(published: Bench) -> None:
    big = {**NEW, "big.html": "x" * 200_000}
    offer = published.release("new", big, built=LATE)
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "sys.argv[0] = 'tearline'; from tearline.cli import main; main()"
    )
    command = ["publish", str(offer.site), "--edition", "eoc", "--to", str(published.target)]
    signers = ["--signers", str(published.root / "signers")]
    ran = subprocess.run(
        [sys.executable, "-c", program, *command, *signers],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
    )
    assert ran.returncode == 2, ran.stderr
    assert "File too large" in ran.stderr
    assert shown(published.target) == OLD
    assert not (state(published) / "incoming").exists()
    assert publish(offer, published.signers, NOW).findings == []
    assert shown(published.target) == big


def test_every_write_may_find_the_disk_full(published: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = published.release("new", NEW, built=LATE)
    real, left = os.fsync, [0]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    for number in range(200):
        left[0] = number
        try:
            publish(offer, published.signers, NOW)
            break
        except TargetError as fault:
            assert "No space left" in str(fault)  # noqa: PT017 - each failure in turn
        assert shown(published.target) in (OLD, NEW)
    left[0] = 1000
    assert publish(offer, published.signers, NOW).findings == []
    assert shown(published.target) == NEW


# --- two at once ----------------------------------------------------------------------------------------------


def test_two_publishes_at_once_are_one(published: Bench) -> None:
    new = published.release("new", NEW, built=LATE)
    with locked(state(published) / "lock", "x"), pytest.raises(TargetError, match="another publish"):
        publish(new, published.signers, NOW)
    assert publish(new, published.signers, NOW).findings == []


def test_a_lock_goes_with_the_process_that_held_it(tmp_path: Path) -> None:
    program = (
        "import fcntl, os, sys, time; d = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(d, fcntl.LOCK_EX);"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(TargetError), locked(tmp_path, "busy"):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(tmp_path, "busy"):
        pass


# --- kill -9 --------------------------------------------------------------------------------------------------


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder where waiting for the disk takes no time."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    if not os.access(shared, os.W_OK):
        yield tmp_path / "bench"
        return
    folder = shared / f"tearline-test-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o700)
    yield folder / "bench"
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["publish", "rollback", "pair", "commit"])
def test_killed_at_every_step_what_is_served_is_whole_and_the_next_run_recovers(memory: Path, what: str) -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "killed.py"), what, str(memory)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "plugins"), str(ROOT / "tests")])},
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout.split()[0]) > 30


# --- the swap itself ------------------------------------------------------------------------------------------


def trees(root: Path) -> tuple[Path, Path]:
    for name, words in (("new", "new"), ("target", "old")):
        (root / name).mkdir()
        (root / name / "index.html").write_text(words, encoding="utf-8")
    return root / "new", root / "target"


@pytest.mark.parametrize("pair", [False, True])
def test_an_exchange_leaves_each_tree_where_the_other_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, pair: bool
) -> None:
    new, target = trees(tmp_path)
    if pair:
        monkeypatch.setattr(swap, "_renameat2", lambda *_: False)
    exchange(new, target)
    assert shown(target) == {"index.html": "new"}
    assert shown(new) == {"index.html": "old"}
    assert {path.name for path in tmp_path.iterdir()} == {"new", "target"}


def test_readers_never_see_anything_but_one_of_two_whole_trees(memory: Path) -> None:
    memory.mkdir()
    new, target = trees(memory)
    program = (
        "import sys; from pathlib import Path; from tearline.swap import exchange\n"
        "for _ in range(3000): exchange(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    writer = subprocess.Popen([sys.executable, "-c", program, str(new), str(target)], env=environment)
    seen = set()
    while writer.poll() is None:
        seen.add((target / "index.html").read_text(encoding="utf-8"))
    assert writer.returncode == 0
    assert seen <= {"new", "old"}


def test_a_pair_of_renames_that_fails_half_way_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, target = trees(tmp_path)
    monkeypatch.setattr(swap, "_renameat2", lambda *_: False)
    real, calls = Path.rename, []

    def rename(path: Path, to: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, to)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(TargetError, match="Input/output"):
        exchange(new, target)
    assert shown(target) == {"index.html": "old"}
    assert shown(new) == {"index.html": "new"}


@pytest.mark.parametrize("fault", [TargetError("no"), OSError(errno.EIO, "no"), KeyboardInterrupt()])
def test_a_commit_that_fails_half_way_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    for name in ("site-a", "site-b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("old", encoding="utf-8")
        (tmp_path / f"{name}.json").write_text("old", encoding="utf-8")
    real, calls = commits.exchange, []

    def second_fails(new: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise fault
        real(new, target)

    monkeypatch.setattr(commits, "exchange", second_fails)
    before = shown(tmp_path)
    with private_folder(tmp_path) as private:
        folder = private.path
        changes = []
        for name in ("site-a", "site-b"):
            (folder / name).mkdir()
            (folder / name / "x").write_text("new", encoding="utf-8")
            (folder / f"{name}.json").write_text("new", encoding="utf-8")
            changes += [Change.of(folder, folder / each, each) for each in (name, f"{name}.json")]
        with pytest.raises((TargetError, KeyboardInterrupt)):
            commit(folder, changes)
    assert shown(tmp_path) == before


def test_private_folders_of_the_dead_go_and_those_of_the_living_and_of_others_stay(tmp_path: Path) -> None:
    names = ["deadbeef", "living00", "newborn0", "shared00", "backup"]
    for name in names:
        folder = tmp_path / f".tearline-{name}"
        folder.mkdir(mode=0o755 if name == "shared00" else 0o700)
        (folder / "stage").write_text("x", encoding="ascii")
        if name != "newborn0":
            os.utime(folder, (0, 0))
    (tmp_path / ".tearline-alink000").symlink_to(tmp_path / ".tearline-backup")
    with locked(tmp_path / ".tearline-living00", "x"):
        sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        ".tearline-living00",
        ".tearline-newborn0",
        ".tearline-shared00",
        ".tearline-backup",
        ".tearline-alink000",
    }


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"[",
        b"[1]",
        b'{"name": 1}',
        b'[{"name": "../x", "source": "site", "inode": 1, "tree": true}]',
        b'[{"name": "x", "source": "../../y", "inode": 1, "tree": true}]',
        b'[{"name": "x", "source": "gone", "inode": 1, "tree": true}]',
    ],
)
def test_a_journal_that_makes_no_sense_changes_nothing(tmp_path: Path, journal: bytes) -> None:
    beside = tmp_path / "out"
    dead = beside / ".tearline-deadbeef"
    dead.mkdir(parents=True)
    dead.chmod(0o700)
    (dead / "commit.json").write_bytes(journal)
    (tmp_path / "y").mkdir()
    sweep(beside)
    assert list(beside.iterdir()) == []
    assert (tmp_path / "y").exists()


# --- the whole way, on the command line -----------------------------------------------------------------------


def sides(root: Path, sources: dict[str, str]) -> tuple[Path, Path]:
    """A site with a signing key, and a folder with all that the serving side gets."""
    signing = "      signing: {key: !ENV TEARLINE_SIGNING_KEY, signers: signers}\n      email: desk@example.org\n"
    site = make_site(root / "site", sources, CONFIGURATION.replace("      email: desk@example.org\n", signing)).parent
    make_key(site / "key", site / "signers", ["eoc", "full"])
    (root / "deploy" / "www").mkdir(parents=True)
    shutil.copy(site / "signers", root / "deploy")
    return site, root / "deploy"


def carried(site: Path, deploy: Path) -> None:
    """Bring a built site over, with its manifest and signature."""
    shutil.rmtree(deploy / "site-eoc", ignore_errors=True)
    shutil.copytree(site / "site-eoc", deploy / "site-eoc")
    for end in ("", ".sig"):
        shutil.copy(site / f"site-eoc.manifest.json{end}", deploy)


def test_from_sources_to_the_served_folder_and_back(tmp_path: Path) -> None:
    site, deploy = sides(tmp_path, {"2026/a.md": bulletin("IB-2026-001", "(U) First words.")})

    def built_and_carried(words: str, epoch: str) -> None:
        source = bulletin("IB-2026-001", f"(U) {words}")
        (site / "bulletins" / "2026" / "a.md").write_text(source, encoding="utf-8")
        ran = tearline("build", "--edition", "eoc", cwd=site, TEARLINE_SIGNING_KEY="key", SOURCE_DATE_EPOCH=epoch)
        assert ran.code == 0, ran.said
        carried(site, deploy)

    command = ("publish", "--edition", "eoc", "--to", "www/eoc", "--signers", "signers")
    page = deploy / "www" / "eoc" / "2026" / "ib-2026-001" / "index.html"
    built_and_carried("First words.", "1795424400")
    assert tearline(*command, cwd=deploy).code == 0
    built_and_carried("Second words.", "1795428000")
    assert tearline(*command, cwd=deploy).code == 0
    assert "Second words." in page.read_text(encoding="utf-8")
    assert tearline(*command, "--rollback", cwd=deploy).code == 0
    assert "First words." in page.read_text(encoding="utf-8")
    assert tearline("verify", "www/eoc", "--edition", "eoc", "--signers", "signers", "--manifest", cwd=deploy).code == 1
    verify = ("verify", "www/eoc", "--manifest", "site-eoc.manifest.json", "--edition", "eoc", "--signers", "signers")
    assert "TL408" in tearline(*verify, cwd=deploy).out
    assert tearline(*command, cwd=deploy).code == 0
    assert tearline(*verify, cwd=deploy).said == "Every file is as it was verified.\n"


def test_a_document_that_is_held_back_is_never_served(tmp_path: Path) -> None:
    """Without --hold there is nothing to publish; with it, the site without it, and no other."""
    sources = {"a.md": bulletin("IB-2026-001", "(U) Words."), "b.md": bulletin("IB-2026-002", "Quietwater unmarked.")}
    site, deploy = sides(tmp_path, sources)
    publish = ("publish", "--edition", "eoc", "--to", deploy / "www/eoc")
    refused = tearline("build", "--edition", "eoc", cwd=site, TEARLINE_SIGNING_KEY="key")
    unbuilt = tearline(*publish, cwd=site, TEARLINE_SIGNING_KEY="key")
    assert (refused.code, unbuilt.code, (deploy / "www/eoc").exists()) == (1, 1, False)
    ran = tearline("build", "--edition", "eoc", "--hold", cwd=site, TEARLINE_SIGNING_KEY="key")
    assert ran.code == 0, ran.said
    carried(site, deploy)
    command = ("publish", "--edition", "eoc", "--to", "www/eoc", "--signers", "signers")
    done = tearline(*command, cwd=deploy)
    assert done.code == 0, done.said
    assert "Quietwater" not in refused.said + ran.said + done.said
    served = every_byte(deploy / "www/eoc")
    assert not any(b"Quietwater" in data or "ib-2026-002" in name for name, data in served.items())
    page = deploy / "site-eoc/2026/ib-2026-002/index.html"
    page.parent.mkdir()
    page.write_text("<p>Quietwater unmarked.</p>", encoding="utf-8")
    again = tearline(*command, cwd=deploy)
    assert (again.code, "TL4" in again.out, "Quietwater" in again.said) == (1, True, False)
    assert every_byte(deploy / "www/eoc") == served


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["publish", "--edition", "eoc", "--to", "x"], "--signers"),
        (["publish", "--edition", "eoc"], "Missing option '--to'"),
        (["publish", "--edition", "eoc", "--to", "x", "--signers", "none"], "no such file"),
        (["publish", "y", "--edition", "eoc", "--to", "x", "--signers", "signers", "--rollback"], "name no site"),
        (
            ["verify", "x", "--edition", "eoc", "--signers", "signers", "--since", "today", "--manifest"],
            "--since wants a moment",
        ),
        (["keygen", "key", "--signers", "signers", "--edition", "eoc"], "there already"),
        (["keygen", "key2", "--signers", "signers2", "--edition", "*"], "an edition's name"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    make_key(tmp_path / "key", tmp_path / "signers", ["eoc"])
    ran = tearline(*arguments, cwd=tmp_path)
    assert ran.code == 2
    assert said in ran.said
    assert "Traceback" not in ran.said
