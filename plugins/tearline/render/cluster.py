"""An executor whose workers are those of a Dask cluster: calls -> results, over TLS, or one plain line why not.

A cluster may be slow, wrong, or gone. So everything has a limit in time, what comes back is plain data that says what
it answers, and a worker that is not the same program refuses before it renders anything.
"""

from __future__ import annotations

import io
import logging
import pickle
import re
import ssl
import sys
import threading
import time
import warnings
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from hashlib import sha256
from typing import Any, Final

import dask
from distributed import Client, KilledWorker, Security
from distributed.comm.core import CommClosedError

from tearline.render.schedulers import Cluster, ClusterError
from tearline.render.worker import DONE, OTHER, SHARED, TAG, asked, carried_out, itself
from tearline.render.working import Shared
from tearline.store import ingredients

CONNECT: Final = 15  # seconds until the scheduler has answered
WORKERS: Final = 30  # seconds until there is a worker
STALL: Final = 300  # seconds without any result, while some are waited for
_CLOSE: Final = 5  # seconds
_LOOK: Final = 0.5  # seconds between two looks at how long it has been
_AGAIN: Final = 3  # times that a call is made again when a worker's process failed under it
_DIGEST: Final = 32  # bytes
_MUTED: Final = ("asyncio", "distributed", "tornado")  # the log is for what the renderer says
_SHOWN: Final = re.compile(r"[\w .+'()\[\],:-]{1,120}", re.ASCII)
_LOST: Final[tuple[tuple[tuple[type[BaseException], ...], str], ...]] = (
    ((KilledWorker,), "worker after worker was lost"),
    ((CancelledError, CommClosedError, ConnectionError), "the connection to it was lost"),
    ((TimeoutError, EOFError), "a worker's renderer hangs or dies"),
    ((ImportError, AttributeError), "a worker has no such Tearline"),
)


class ClusterExecutor(Executor):
    """Calls are made at the cluster's workers. What is ``Shared`` is sent to each worker once.

    Making one raises ``ClusterError``, and so does asking for a result that the cluster cannot give; where the call
    itself fails, its traceback comes as ``RuntimeError``. Results are plain data.
    """

    def __init__(self, cluster: Cluster) -> None:
        for name in sorted(logging.root.manager.loggerDict):
            if name.split(".")[0] in _MUTED:
                logging.getLogger(name).disabled = True
        warnings.simplefilter("ignore")
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # a theme with its fonts
        self._client = _connected(cluster)
        self._executor = self._client.get_executor(pure=False, retries=_AGAIN)
        self._sent: dict[int, tuple[Shared, str, Any]] = {}
        self._waiting: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._last = time.monotonic()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Make a call at a worker. One of its arguments is ``Shared``."""
        given = io.BytesIO()
        packing = _Calls(given)
        packing.dump((fn, args, kwargs))
        if packing.shared is None:
            raise TypeError("a call shares nothing with others")
        name, parcel = self._shared(packing.shared)
        call = given.getvalue()
        outer: Future[Any] = Future()
        with self._lock:
            self._last = time.monotonic() if not self._waiting else self._last
            self._waiting.add(outer)
        there = self._executor.submit(carried_out, name, parcel, call)
        there.add_done_callback(lambda done: self._settle(outer, done, asked(name, call)))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - theirs
        """Leave the cluster, which then forgets what it was sent, and gives up what it has not done."""
        self._client.close(timeout=_CLOSE)

    def _shared(self, shared: Shared) -> tuple[str, Any]:
        """The name of a thing that calls share, and what stands for it at the cluster; it is sent when it is new."""
        if id(shared) not in self._sent:
            parcel = b"\0".join(["\n".join(ingredients()).encode(), pickle.dumps(shared, 5)])
            sent = self._client.submit(itself, parcel, pure=False, retries=_AGAIN)
            self._sent[id(shared)] = (shared, sha256(parcel).hexdigest(), sent)
        _, name, sent = self._sent[id(shared)]
        return name, sent

    def _settle(self, outer: Future[Any], done: Future[bytes], wanted: bytes) -> None:
        """Hand on what came back for a call."""
        with self._lock:
            if outer not in self._waiting:
                return
            self._waiting.remove(outer)
            self._last = time.monotonic()
        try:
            outer.set_result(_read(done.result(), wanted))
        except (ClusterError, RuntimeError) as error:
            outer.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - whatever goes wrong there
            outer.set_exception(ClusterError(_why(error)))

    def _watch(self) -> None:
        """Give up where nothing comes any more."""
        while True:
            time.sleep(_LOOK)
            with self._lock:
                if not self._waiting or time.monotonic() - self._last < STALL:
                    continue
                given_up, self._waiting = self._waiting, set()
            for each in given_up:
                each.set_exception(ClusterError(f"nothing came from it for {STALL:.0f} seconds"))


class _Calls(pickle.Pickler):
    """Packs a call without what is shared, which ``shared`` is afterwards."""

    shared: Shared | None = None

    def persistent_id(self, each: Any) -> str | None:
        if not isinstance(each, Shared):
            return None
        self.shared = each
        return SHARED


class _Plain(pickle.Unpickler):
    """Reads texts, numbers, bytes, and lists, tuples and dicts of them. No class, so nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ARG002 - every class is refused
        raise ClusterError("it answered something that is no page")


def _connected(cluster: Cluster) -> Client:
    """A connection to a cluster that has a worker. Raises ``ClusterError``."""
    try:
        security = Security(
            require_encryption=True,
            tls_ca_file=str(cluster.authority),
            tls_client_cert=str(cluster.certificate),
            tls_client_key=str(cluster.key),
            tls_min_version=ssl.TLSVersion.TLSv1_3,
        )
        client = Client(cluster.address, security=security, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError, CommClosedError) as error:
        if any(isinstance(each, ssl.SSLError) for each in _causes(error)):
            raise ClusterError("it and we do not trust each other's certificates") from error
        raise ClusterError("it does not answer, or does not take our certificate") from error
    try:
        client.wait_for_workers(1, timeout=WORKERS)
    except TimeoutError as error:
        raise ClusterError("it has no workers") from error
    return client


def _read(answer: bytes, wanted: bytes) -> Any:
    """What an answer says. Raises ``ClusterError`` where it answers something else."""
    kind, rest = answer[:TAG], answer[TAG:]
    if kind == OTHER:
        raise ClusterError(_difference(rest.decode("ascii", "replace").split("\n")))
    if kind != DONE:
        raise RuntimeError(zlib.decompress(rest).decode("utf-8", "replace"))
    if rest[:_DIGEST] != wanted:
        raise ClusterError("it answered what was not asked")
    return _Plain(io.BytesIO(zlib.decompress(rest[_DIGEST:]))).load()


def _difference(theirs: Iterable[str]) -> str:
    """How a worker differs from us: the first thing that one of the two has and the other has not."""
    there, here = (set(lines) for lines in (theirs, ingredients()))
    for owner, other, told in (("this machine", "a worker", here - there), ("a worker", "this machine", there - here)):
        for line in sorted(told):
            shown = line if _SHOWN.fullmatch(line) else "something unknown"
            return f"{owner} has {shown[:100]}, and {other} has not; both have to be the same program"
    return "a worker has the same things in another order"


def _why(error: BaseException) -> str:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - the log, for whoever asks to see it
    return next((said for kinds, said in _LOST if isinstance(error, kinds)), "it failed in a way that we do not know")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
