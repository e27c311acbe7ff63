"""Workers that are forked end with whoever gave them work, and do theirs before."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sites import bulletin, make_site
from tearline.forked import forked

PATIENCE = 3  # seconds

# Two workers that say who they are, and are at work when the process that gave it to them is killed.
KILLED = """
import os, sys, time
from pathlib import Path
from tearline.forked import forked

def waits(seconds):
    Path(sys.argv[1], str(os.getpid())).touch()
    time.sleep(seconds)

with forked(2) as pool:
    list(pool.map(waits, [{seconds}] * 2))
    {then}
"""


def lives(process: int) -> bool:
    """Whether a process is there; one that has ended and is not waited for is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="a parent's death is told by Linux alone")
@pytest.mark.parametrize(
    ("seconds", "then"),
    [(600, "pass"), (0.5, 'Path(sys.argv[1], "idle").touch(); time.sleep(600)')],
    ids=["at work", "without work"],
)
def test_workers_end_with_whoever_is_killed(tmp_path: Path, seconds: float, then: str) -> None:
    code = KILLED.format(seconds=seconds, then=then)
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    late = time.monotonic() + PATIENCE
    there: set[str] = set()
    while len(there) < (2 if then == "pass" else 3) and time.monotonic() < late:
        time.sleep(0.05)
        there = {path.name for path in tmp_path.iterdir()}
    workers = [int(name) for name in there - {"idle"}]
    assert len(workers) == 2
    assert all(map(lives, workers))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while any(map(lives, workers)) and time.monotonic() < late:
        time.sleep(0.05)
    assert not any(map(lives, workers))


# A build whose verifier never comes to an end, since its configuration is a pipe that nobody writes to.
JUDGING = """
import dataclasses, os, sys
from pathlib import Path
from tearline.judging import _started
from tearline.policy import load_policy

folder = Path(sys.argv[1])
policy, _ = load_policy(folder / "mkdocs.yml", {})
os.mkfifo(folder / "pipe")
judging = _started("tearline.verify", ["site", "--edition", "eoc"], folder / "report.json",
                   dataclasses.replace(policy, path=folder / "pipe"), {})
(folder / f"verifier-{judging.process.pid}").touch()
judging.process.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a parent's death is told by Linux alone")
def test_a_verifier_ends_with_the_build_that_is_killed(tmp_path: Path) -> None:
    root = make_site(tmp_path, {"1.md": bulletin("IB-2026-001", "(U) Words.")}).parent
    (root / "site").mkdir()
    build = subprocess.Popen([sys.executable, "-c", JUDGING, str(root)])
    late = time.monotonic() + 10 * PATIENCE
    while not (there := list(root.glob("verifier-*"))) and time.monotonic() < late:
        time.sleep(0.05)
    verifier = int(there[0].name.removeprefix("verifier-"))
    while (
        waits_for(verifier) != "wait_for_partner" and time.monotonic() < late
    ):  # it has begun, and asked to end with us
        time.sleep(0.05)
    assert waits_for(verifier) == "wait_for_partner"
    build.send_signal(signal.SIGKILL)
    build.wait()
    while lives(verifier) and time.monotonic() < late:
        time.sleep(0.05)
    assert not lives(verifier)


def waits_for(process: int) -> str:
    """What a process is waiting for in Linux: for somebody who opens the other end of a pipe, for example."""
    return Path(f"/proc/{process}/wchan").read_text(encoding="ascii")


def test_a_program_that_somebody_else_started_does_not_begin() -> None:
    code = (
        "import os, sys; from tearline.forked import end_with; end_with(os.getppid() + int(sys.argv[1])); print('on')"
    )
    said = [
        subprocess.run([sys.executable, "-c", code, by], capture_output=True, text=True, check=False).stdout
        for by in "01"
    ]
    assert said == ["on\n", ""]


_BEGUN: list[int] = []


def begun(_: int) -> list[int]:
    """What a worker has begun with."""
    return _BEGUN


def test_workers_begin_with_what_they_are_told_to() -> None:
    with forked(2, lambda: _BEGUN.append(7)) as pool:
        assert list(pool.map(begun, range(4))) == [[7]] * 4
    assert not _BEGUN
