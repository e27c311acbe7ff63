"""Work on many documents at once, in processes that are forked from this one.

What a task needs is there without being sent; only results travel, so a task changes nothing of ours. The verifier has
its own (verify/work.py), and so has the renderer, whose workers know no source.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from tearline.forked import forked

_CHUNK: Final = 16  # items that a process takes at a time
_T = TypeVar("_T")
_R = TypeVar("_R")
_TASK: list[Callable[[Any], Any]] = []


Watch = Callable[[int, int], None]


def unwatched(_done: int, _total: int) -> None:
    """Nobody looks on."""


def each(task: Callable[[_T], _R], items: Iterable[_T], watch: Watch = unwatched, at_a_time: int = _CHUNK) -> list[_R]:
    """``[task(item) for item in items]`` on all processors. Raises what a task raises.

    ``watch`` is told how many of how many are done. A process takes so many items ``at_a_time``; where there are not as
    many for two of them, all are sooner done here.

    Whoever has threads (a development server) gets it done here: a fork would copy their locks as they are.
    """
    given = list(items)
    jobs = min(len(os.sched_getaffinity(0)), len(given) // at_a_time)
    if jobs < 2 or threading.active_count() > 1:  # noqa: PLR2004 - alone
        return [task(item) for item in given]
    gc.freeze()  # what is there is neither copied nor looked through by the others
    _TASK.append(task)
    try:
        with forked(jobs) as pool:
            chunks = [given[at : at + at_a_time] for at in range(0, len(given), at_a_time)]
            results: list[_R] = []
            for part in pool.map(_chunk, chunks):
                results += part
                watch(len(results), len(given))
            return results
    finally:
        _TASK.pop()
        gc.unfreeze()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Look for no cycles of garbage: what is made here is kept, and looking through all of it takes a third as long.

    Processes that are forked meanwhile look for theirs.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _chunk(items: list[Any]) -> list[Any]:
    gc.enable()
    return [_TASK[-1](item) for item in items]
