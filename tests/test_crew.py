"""Work in several processes: the same results in the same order, and what goes wrong is told."""

from __future__ import annotations

import os
import threading

import pytest

from tearline.crew import each


def test_results_come_in_order() -> None:
    offset = 7  # what is there needs not to be sent
    assert each(lambda number: number + offset, range(100)) == [number + 7 for number in range(100)]
    assert each(str, []) == []


def test_many_are_shared_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # another test may have left a server's thread
    seen: list[tuple[int, int]] = []
    processes = each(lambda _: os.getpid(), range(200), lambda done, total: seen.append((done, total)))
    assert os.getpid() not in processes
    assert seen[-1] == (200, 200)
    assert seen == sorted(seen)


def test_what_a_task_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    for count in (3, 300):
        with pytest.raises(ZeroDivisionError):
            each(lambda number: 1 // (number - 1), range(count))


def test_beside_other_threads_nothing_is_forked() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert set(each(lambda _: os.getpid(), range(200))) == {os.getpid()}
    finally:
        done.set()
        other.join()
