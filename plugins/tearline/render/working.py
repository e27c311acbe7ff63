"""Many pages at once: chunks of them, given to whatever executor there is.

An executor is the argument: one that runs here, one that runs processes, one of a cluster. A worker gets what all
pages share and staged text, never a source or a key, and keeps the renderer it made for what it saw last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from tearline.render.pages import Context, Renderer
from tearline.store import Shelf, digest_of

CHUNK: Final = 24  # pages: enough that sending them costs little, few enough that all workers end together

_Each = TypeVar("_Each")
_Made = tuple[str, dict[str, bool], bytes]  # a page's name, what it looked for among the others, its bytes
_kept: dict[tuple[str, int], Renderer] = {}


@dataclass(frozen=True, slots=True)
class Shared:
    """What all pages of an edition share, and the names of all files below docs: the same in every call."""

    context: Context
    names: Sequence[str]


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
    context: Context,
    names: Sequence[str],
    sources: Mapping[str, str],
    executor: Callable[[int], Executor],
    kept: Shelf | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The address in the site and the bytes of each page of ``sources``, in no order.

    ``names`` are all files below docs. Pages that were rendered before are taken from ``kept``, and the others put
    there. ``executor`` is told how many others there are: for none of them a pool is started that they do not need.
    Raises whatever a page raises.
    """
    renderer = ready(context, names)
    todo: dict[str, str] = {}  # and the key of each, which is not empty where it may be kept
    for name in sorted(sources):
        # Pages in the navigation are read with the context, before anybody could note what they look for.
        may = kept is not None and name not in context.pages
        key = digest_of([renderer.shared.encode(), name.encode(), sources[name].encode()]) if may else ""
        page = _known(kept.get(key), renderer) if kept is not None and key else None
        if page is not None:
            yield renderer.address(name), page
        else:
            todo[name] = key
    with executor(len(todo)) as working:
        for name, asked, page in _rendered(Shared(context, names), {name: sources[name] for name in todo}, working):
            if kept is not None and todo[name]:
                kept.put(todo[name], json.dumps(asked).encode() + b"\n" + page)
            yield renderer.address(name), page


def _rendered(shared: Shared, todo: Mapping[str, str], executor: Executor) -> Iterator[_Made]:
    """These pages, rendered by the executor, in no order."""
    waiting = {executor.submit(_render, shared, chunk): [name for name, _ in chunk] for chunk in _chunks(todo.items())}
    try:
        for done in as_completed(list(waiting)):
            made = done.result()
            if [name for name, _, _ in made] != waiting.pop(done):
                raise ValueError("other pages were rendered than were asked for")
            yield from made
    finally:
        for each in waiting:
            each.cancel()


def _known(stored: bytes | None, renderer: Renderer) -> bytes | None:
    """A page that was rendered before, if what it looked for among the other pages is as it was then."""
    if stored is None:
        return None
    told, _, page = stored.partition(b"\n")
    try:
        asked = json.loads(told)
    except ValueError:
        return None
    same = isinstance(asked, dict) and all(renderer.has(name) is there for name, there in asked.items())
    return page if same else None


def ready(context: Context, names: Sequence[str]) -> Renderer:
    """The renderer for a context, made once in each process. A process that is forked later has it already."""
    key = (context.digest, hash(tuple(names)))
    if key not in _kept:
        _kept.clear()
        _kept[key] = Renderer(context, names)
    return _kept[key]


def _render(shared: Shared, pages: Sequence[tuple[str, str]]) -> list[_Made]:
    renderer = ready(shared.context, shared.names)
    made: list[_Made] = []
    for name, source in pages:
        page = renderer.page(name, source)
        made.append((name, renderer.asked, page))
    return made


def _chunks(of: Iterable[_Each]) -> Iterator[list[_Each]]:
    rest = iter(of)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
