"""A guard against hangs: far above what a slow machine needs, far below what quadratic reading would take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LIMIT: Final = 30  # seconds of processor time; how fast things are is for benchmarks to say


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail where the block takes longer than anything but a hang would."""
    start = time.process_time()
    yield
    assert time.process_time() - start < LIMIT
