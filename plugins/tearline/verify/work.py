"""Work shared out among processes. They are forked, so that what they need is there without being copied."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from tearline.forked import forked

_CHUNK: Final = 16  # items that a process takes at a time
_T = TypeVar("_T")
_R = TypeVar("_R")
_TASK: list[tuple[Callable[[Any], Any], list[Any]]] = []


def _chunk(at: int) -> list[Any]:
    task, given = _TASK[-1]
    return [task(item) for item in given[at : at + _CHUNK]]


def begun(task: Callable[[_T], _R], items: Iterable[_T], jobs: int) -> Callable[[], Iterator[_R]]:
    """Begin ``task(item) for item in items``; calling what is returned gives the results, in order, as they come.

    Results travel between processes; the task and the items do not. With one job the call does all of the work.
    """
    given = list(items)
    if jobs == 1 or len(given) <= jobs * _CHUNK:
        return lambda: map(task, given)
    with _told(task, given):
        gc.freeze()  # looking for garbage in what is there already would have each process copy all of that
        pool = forked(jobs)
        parts = deque(pool.submit(_chunk, at) for at in range(0, len(given), _CHUNK))

    def results() -> Iterator[_R]:
        try:
            while parts:  # what has been read is let go
                yield from parts.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()

    return results


def shared(task: Callable[[_T], _R], items: Iterable[_T], jobs: int) -> Iterator[_R]:
    """``task(item) for item in items``, see ``begun``."""
    return begun(task, items, jobs)()


def apart(task: Callable[[], _R], jobs: int) -> _R:
    """What a task comes to. It is done by a process of its own, with which the memory ends that it took."""
    if jobs == 1:
        return task()
    with _told(lambda _: task(), [None]), forked(1) as pool:
        made: list[_R] = pool.submit(_chunk, 0).result()
    return made[0]


@contextmanager
def _told(task: Callable[[_T], _R], given: list[_T]) -> Iterator[None]:
    """Processes that are forked meanwhile know what there is to do."""
    _TASK.append((task, given))
    try:
        yield
    finally:
        _TASK.pop()
