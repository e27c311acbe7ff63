"""Work shared out among processes. They are forked, so that what they need is there without being copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final, TypeVar

_CHUNK: Final = 16  # items that a process takes at a time
_T = TypeVar("_T")
_R = TypeVar("_R")
_TASK: list[Callable[[Any], Any]] = []


def _chunk(items: list[Any]) -> list[Any]:
    return [_TASK[-1](item) for item in items]


def shared(task: Callable[[_T], _R], items: Iterable[_T], jobs: int) -> list[_R]:
    """``[task(item) for item in items]``. Items and results travel between processes; the task does not."""
    given = list(items)
    chunks = [given[at : at + _CHUNK] for at in range(0, len(given), _CHUNK)]
    _TASK.append(task)
    try:
        if jobs == 1 or len(chunks) <= jobs:
            return [each for chunk in chunks for each in _chunk(chunk)]
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            return [each for results in pool.map(_chunk, chunks) for each in results]
    finally:
        _TASK.pop()
