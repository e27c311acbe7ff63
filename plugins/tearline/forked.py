"""Processes that are started by this one and end with it.

A forked worker waits for work from a pipe that it could write to itself, so that pipe never ends: when whoever gives
out the work is killed, it would wait for ever, with all that it was forked with in its memory. A program that has work
for minutes would do it for nobody.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def forked(jobs: int, begin: Callable[[], object] = lambda: None) -> ProcessPoolExecutor:
    """A pool of that many workers, each of which does ``begin`` first.

    They end when the thread ends that gave the first work to them. On a system that cannot do that they do without.
    """
    return ProcessPoolExecutor(jobs, get_context("fork"), _begin, (os.getpid(), begin))


def end_with(parent: int) -> None:
    """Have this process end with the one that started it, or at once where that has ended already.

    On a system that cannot do that it goes on, as a program does that somebody else has started.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was killed before we asked
        os._exit(1)


def _begin(parent: int, begin: Callable[[], object]) -> None:
    for each in (signal.SIGINT, signal.SIGTERM):  # whoever gave us work tells of what is sent to all
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, signal.SIG_DFL)
    end_with(parent)
    begin()
