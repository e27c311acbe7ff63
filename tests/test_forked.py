"""Workers that are forked end with whoever gave them work, and do theirs before."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


_BEGUN: list[int] = []


def begun(_: int) -> list[int]:
    """What a worker has begun with."""
    return _BEGUN


def test_workers_begin_with_what_they_are_told_to() -> None:
    with forked(2, lambda: _BEGUN.append(7)) as pool:
        assert list(pool.map(begun, range(4))) == [[7]] * 4
    assert not _BEGUN
