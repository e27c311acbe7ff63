"""Many pages at once: chunks of them, given to whatever executor there is.

An executor is the argument: one that runs here, one that runs processes, one of a cluster. A worker gets the context
and staged text, never a source or a key, and keeps the renderer it made for the context it saw last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from itertools import islice
from typing import Final, TypeVar

from tearline.render.pages import Context, Renderer

CHUNK: Final = 24  # pages: enough that sending them costs little, few enough that all workers end together

_Each = TypeVar("_Each")
_kept: dict[tuple[str, int], Renderer] = {}


class Here(Executor):
    """An executor that does what it is given at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN201, D102
        done: Future[object] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is whoever asks for the result who has to deal with it
            done.set_exception(error)
        return done


def render_pages(
    context: Context, names: Sequence[str], sources: Mapping[str, str], executor: Executor
) -> Iterator[tuple[str, bytes]]:
    """The address in the site and the bytes of each page of ``sources``, in no order.

    ``names`` are all files below docs. Raises whatever a page raises.
    """
    waiting = [executor.submit(_render, context, names, chunk) for chunk in _chunks(sorted(sources.items()))]
    try:
        for done in as_completed(waiting):
            yield from done.result()
    finally:
        for each in waiting:
            each.cancel()


def ready(context: Context, names: Sequence[str]) -> Renderer:
    """The renderer for a context, made once in each process. A process that is forked later has it already."""
    key = (context.digest, hash(tuple(names)))
    if key not in _kept:
        _kept.clear()
        _kept[key] = Renderer(context, names)
    return _kept[key]


def _render(context: Context, names: Sequence[str], pages: Sequence[tuple[str, str]]) -> list[tuple[str, bytes]]:
    renderer = ready(context, names)
    return [(renderer.address(name), renderer.page(name, source)) for name, source in pages]


def _chunks(of: Iterable[_Each]) -> Iterator[list[_Each]]:
    rest = iter(of)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
