"""Code that is not ours, on a file that is not ours: in a process of its own, with bounds on time and memory."""

from __future__ import annotations

import os
import pickle
import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, TypeVar

SECONDS: Final = 20  # of a processor
PATIENCE: Final = 10 * SECONDS  # on a busy machine
MEMORY: Final = 400 << 20  # bytes beyond what there is already
_T = TypeVar("_T")


def bounded(task: Callable[[], _T]) -> _T | None:
    """What a task returns, which has to be picklable; None where it fails in any way, or takes too much of anything."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(task, there))
    child.start()
    there.close()
    try:
        if not here.poll(PATIENCE):
            return None
        said = here.recv_bytes()
    except (EOFError, OSError):
        return None
    finally:
        here.close()
        child.kill()
        child.join()
    answer: _T = pickle.loads(said)  # noqa: S301 - our own child's
    return answer


def _run(task: Callable[[], object], there: Connection) -> None:
    """The child: it says what the task returns, or ends without a word."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    pages = Path("/proc/self/statm")  # where there is none, memory is bounded by time alone
    if pages.exists():
        used = int(pages.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # a reader's complaints may quote the file
    os.dup2(null, 2)
    try:
        said = pickle.dumps(task())
    except BaseException:  # noqa: BLE001 - whatever a broken file makes of the reader
        os._exit(1)
    there.send_bytes(said)
    os._exit(0)
