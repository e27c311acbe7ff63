"""Printing that cannot fail: any encoding, a reader that has gone, a terminal or none.

Results go to standard output, remarks and progress to standard error.
"""

from __future__ import annotations

import os
import resource
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from tearline.findings import Finding

_LONGEST: Final = 1 << 22  # bytes of a source that are read to show a line of it
_WIDTH: Final = 160  # characters of a line that are shown


def tell(text: str, *, exact: bool = False) -> None:
    """Print a result as it is. ``exact`` is for programs: UTF-8 whatever the terminal's encoding is."""
    _print(sys.stdout, text, exact=exact)


def say(line: str) -> None:
    """Print a remark, where there is room for it: no remark is worth stopping for."""
    with suppress(OSError):
        _print(sys.stderr, line if line.endswith("\n") else f"{line}\n", exact=False)


def reopen() -> None:
    """Give what is closed of input, output and remarks somewhere to go.

    Else the next file that is opened gets its number, and what we start writes its remarks into that.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - the lowest number that is free
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - to the end
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - likewise


def _print(stream: TextIO | None, text: str, *, exact: bool) -> None:
    if stream is None:  # closed before we began
        return
    encoding = "utf-8" if exact else stream.encoding or "utf-8"
    try:
        stream.flush()
        stream.buffer.write(text.encode(encoding, "backslashreplace"))
        stream.buffer.flush()
    except (BrokenPipeError, ValueError):
        # Whoever read this has gone; what is left goes nowhere, and the exit code still tells how it went.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Steps:
    """What is being done: a line for each step, and how long each took."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float, float]] = []

    def __call__(self, line: str) -> None:
        """Say that a step begins."""
        self.begun.append((line, time.perf_counter(), _worked()))
        say(line)

    def watch(self, done: int, total: int) -> None:
        """Show how much of a step is done, where somebody looks on."""

    def timings(self) -> str:
        """Where the time went: seconds of the clock and of the processors for each step, and their sum."""
        ends = [*self.begun[1:], ("", time.perf_counter(), _worked())]
        rows = [
            (line, at - clock, done - worked)
            for (line, clock, worked), (_, at, done) in zip(self.begun, ends, strict=True)
        ]
        rows.append(("All of it", sum(row[1] for row in rows), sum(row[2] for row in rows)))
        lines = [f"{clock:9.2f} {worked:11.2f}  {line}\n" for line, clock, worked in rows]
        return f"  seconds  processors  step\n{''.join(lines)}"


def _worked() -> float:
    """The seconds of processors that we and those who ended for us have used."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def progress() -> Iterator[Steps]:
    """A way to say what is being done: a line for each step, and on a terminal a bar with what is done and left."""
    if not sys.stderr.isatty():
        yield Steps()
        return
    from rich import progress as bars  # noqa: PLC0415 - only where somebody looks on
    from rich.console import Console  # noqa: PLC0415 - likewise

    console = Console(stderr=True)
    columns = (
        bars.SpinnerColumn(),
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        bars.TimeRemainingColumn(),
    )
    # A bar that moves by itself has a thread, and beside threads nothing can be forked.
    with bars.Progress(*columns, console=console, transient=True, auto_refresh=False) as shown:

        class Shown(Steps):
            def __call__(self, line: str) -> None:
                self.begun.append((line, time.perf_counter(), _worked()))
                for task in shown.task_ids:
                    shown.remove_task(task)
                console.print(line, markup=False, highlight=False)
                shown.add_task(line, total=None)
                shown.refresh()

            def watch(self, done: int, total: int) -> None:
                for task in shown.task_ids:
                    shown.update(task, completed=done, total=total, refresh=True)

        yield Shown()


def plain_path(path: Path) -> str:
    """A path in printable characters."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "?" for char in text)


def caret(found: Finding, root: Path) -> str:
    """The source line of a finding with a caret under the place, for the full side. Nothing where there is none."""
    try:
        text = _source(root / found.place.path).removeprefix("\ufeff")
        line = text.split("\n")[found.place.line - 1].rstrip("\r")
    except (OSError, IndexError, ValueError):
        return ""
    start = max(0, found.place.column - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + _WIDTH])
    lead = " " * (found.place.column - 1 - start)
    return f"    {shown}\n    {lead}^{'~' * (min(found.width, 60) - 1)}\n"


def _source(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError
        return file.read(_LONGEST).decode("utf-8", "replace")
