"""Many pages at once: chunks of them, given to whatever executor there is.

An executor is the argument: one that runs here, one that runs processes, one of a cluster. A worker gets what all
pages share and staged text, never a source or a key, and keeps the renderer it made for what it saw last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import Final, TypeVar

from tearline.forked import forked
from tearline.render.pages import Context, Renderer
from tearline.store import Shelf, digest_of

CHUNK: Final = 24  # pages: enough that sending them costs little, few enough that all workers end together
AHEAD: Final = 32  # chunks that are asked for at once: of a large site, all of them would fill the memory

_Each = TypeVar("_Each")
_Made = tuple[str, dict[str, bool], bytes]  # a page's name, what it looked for among the others, its bytes
_kept: dict[str, Renderer] = {}
_shared: list[Shared] = []  # with what this process was forked, if it was


@dataclass(frozen=True)
class Shared:
    """What all pages of an edition share, and the names of all files below docs: the same in every call."""

    context: Context
    names: Sequence[str]

    @cached_property
    def key(self) -> str:
        """By what a process knows it again."""
        names = (name.encode("utf-8", "surrogateescape") for name in self.names)
        return digest_of([self.context.digest.encode(), *names])


class Here(Executor):
    """An executor that does what it is given at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN201, D102
        done: Future[object] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is whoever asks for the result who has to deal with it
            done.set_exception(error)
        return done


class Processes(Executor):
    """An executor of processes that are forked when they are given work first, with what that ``Shared``.

    All calls share the same, as their first argument.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: Executor = Here()
        self._given: Shared | None = None

    def submit(self, fn, /, shared, *args):  # type: ignore[no-untyped-def, override]  # noqa: ANN001, ANN002, ANN201, D102
        if self._given is None:
            self._given, self._pool = shared, forked(self._jobs, partial(_shared.append, shared))
        if shared is not self._given:
            raise ValueError("another call shared something else")
        return self._pool.submit(_forked, fn, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: D102, FBT001, FBT002 - theirs
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


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
    shared = Shared(context, names)
    renderer = ready(shared)
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
        for name, asked, page in _rendered(shared, sources, todo, working):
            if kept is not None and todo[name]:
                kept.put(todo[name], json.dumps(asked).encode() + b"\n" + page)
            yield renderer.address(name), page


def _rendered(shared: Shared, sources: Mapping[str, str], todo: Iterable[str], executor: Executor) -> Iterator[_Made]:
    """These pages, rendered by the executor, in no order."""
    waiting: dict[Future[list[_Made]], list[str]] = {}
    chunks = _chunks(todo)
    try:
        while True:
            for chunk in islice(chunks, AHEAD - len(waiting)):
                waiting[executor.submit(_render, shared, [(name, sources[name]) for name in chunk])] = chunk
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                made = one.result()
                if [name for name, _, _ in made] != waiting.pop(one):
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


def ready(shared: Shared) -> Renderer:
    """The renderer for what pages share, made once in each process. A process that is forked later has it already."""
    if shared.key not in _kept:
        _kept.clear()
        _kept[shared.key] = Renderer(shared.context, shared.names)
    return _kept[shared.key]


def _forked(fn: Callable[..., _Each], *args: object) -> _Each:
    """A call in a process that was forked with what is shared."""
    return fn(_shared[-1], *args)


def _render(shared: Shared, pages: Sequence[tuple[str, str]]) -> list[_Made]:
    renderer = ready(shared)
    made: list[_Made] = []
    for name, source in pages:
        page = renderer.page(name, source)
        made.append((name, renderer.asked, page))
    return made


def _chunks(of: Iterable[_Each]) -> Iterator[list[_Each]]:
    rest = iter(of)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
