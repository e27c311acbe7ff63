"""A command run once: how long, how much memory all of its processes had together, and what it said if it failed."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

MEMORY: Final = (
    "peak of the sum of PSS of all processes of the command, asked for every 0.1 s; the largest RSS of one of them "
    "where that is more"
)
_EVERY: Final = 0.1  # seconds
_PROC: Final = Path("/proc")
_LONGEST: Final = 300  # characters of a message


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took. ``failed`` is its message, and nothing else counts then."""

    seconds: float = 0.0
    memory: int = 0  # bytes
    worked: float = 0.0  # seconds of processors, of all processes together
    failed: str = ""
    said: str = ""

    def __add__(self, other: Run) -> Run:
        """One after the other."""
        failed = self.failed or other.failed
        memory, worked = max(self.memory, other.memory), self.worked + other.worked
        return Run(self.seconds + other.seconds, memory, worked, failed)

    def told(self) -> dict[str, object]:
        """As it stands in a file."""
        if self.failed:
            return {"failed": self.failed}
        times = {"seconds": round(self.seconds, 4), "processor_seconds": round(self.worked, 4)}
        return {**times, "peak_memory_bytes": self.memory}


def median(runs: Iterable[Run]) -> Run:
    """The median times and the greatest memory; a failure if there was one."""
    made = list(runs)
    bad = next((run for run in made if run.failed), None)
    took, worked = (
        statistics.median(times) for times in zip(*((run.seconds, run.worked) for run in made), strict=True)
    )
    return bad or Run(took, max(run.memory for run in made), worked)


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    limit: float = 3600,
    then: Callable[[], str] = str,
) -> Run:
    """Run a command in a folder, at most ``limit`` seconds. ``then`` says what is wrong with what it made."""
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [str(each) for each in command],
            cwd=folder,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = _Watch(process.pid)
        late = threading.Timer(limit, lambda: watch.end(limit))
        with watch, _started(late):
            try:
                _, status, used = os.wait4(process.pid, 0)
            except BaseException:  # Ctrl-C reaches us alone: the command has a session of its own
                watch.end(limit)
                raise
            took = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read().decode(errors="replace")
        # What the system says of a child that was never as large as we are is our own size.
        largest = used.ru_maxrss if used.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else 0
        done = Run(took, max(watch.peak, largest * 1024), used.ru_utime + used.ru_stime, said=words)
        if process.returncode:
            last = words.strip().splitlines()[-1:] or ["no message"]
            return replace(done, failed=watch.ended or f"exit {process.returncode}: {last[0][:_LONGEST]}")
        return replace(done, failed=then())


@contextlib.contextmanager
def _started(timer: threading.Timer) -> Iterator[None]:
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Watch:
    """Asks for the memory of a process and of all that come from it while it runs."""

    def __init__(self, first: int) -> None:
        self.peak, self.ended = 0, ""
        self._known = {first}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def end(self, limit: float) -> None:
        """Stop everything."""
        self.ended = f"not done after {limit:g} s"
        for number in self._family():
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_memory, self._family())))

    def _family(self) -> set[int]:
        """All processes that come from the first one, those whose parent has gone included."""
        parents = {}
        for entry in _PROC.iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        found = self._known & parents.keys()
        while more := {child for child, parent in parents.items() if parent in found} - found:
            found |= more
        self._known = found
        return found


def _memory(number: int) -> int:
    """The memory of a process in bytes, what it shares divided among those that share it; 0 of one that has gone."""
    try:
        lines = (_PROC / str(number) / "smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, ValueError):
        return 0


def size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
