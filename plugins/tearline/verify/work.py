"""Work shared out among processes. They are forked, so that what they need is there without being copied."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from tearline.forked import forked

_CHUNK: Final = 16  # items that a process takes at a time
_T = TypeVar("_T")
_R = TypeVar("_R")
_TASK: list[tuple[Callable[[Any], Any], list[Any]]] = []


def _chunk(at: int) -> list[Any]:
    task, given = _TASK[-1]
    return [task(item) for item in given[at : at + _CHUNK]]


def begun(task: Callable[[_T], _R], items: Iterable[_T], jobs: int) -> Callable[[], list[_R]]:
    """Begin ``[task(item) for item in items]``; calling what is returned waits for the list.

    Results travel between processes; the task and the items do not. With one job the call does all of the work.
    """
    given = list(items)
    if jobs == 1 or len(given) <= jobs * _CHUNK:
        return lambda: [task(item) for item in given]
    _TASK.append((task, given))
    gc.freeze()  # looking for garbage in what is there already would have each process copy all of that
    try:
        pool = forked(jobs)
        parts = [pool.submit(_chunk, at) for at in range(0, len(given), _CHUNK)]
    finally:
        _TASK.pop()

    def results() -> list[_R]:
        try:
            return [each for part in parts for each in part.result()]
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()

    return results


def shared(task: Callable[[_T], _R], items: Iterable[_T], jobs: int) -> list[_R]:
    """``[task(item) for item in items]``, see ``begun``."""
    return begun(task, items, jobs)()
