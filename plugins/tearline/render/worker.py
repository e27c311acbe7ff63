"""What runs at a worker of a cluster: a process of its own for what an edition's pages share, which is given chunks.

The worker's own process hands bytes on and renders nothing. Pages are made by a process that is started anew (exec,
not fork), as the renderer is where there is no cluster: same arguments, same environment, one rendering, one edition.
It ends when nobody asks it for a while, or with the worker.

    hand -> process   what all pages share: the ingredients it was made with, a zero byte, the pickle
    process -> hand   ``SAME``, or ``OTHER`` and its own ingredients, and then it ends
    hand -> process   a call, pickled, in which what is shared stands by name
    process -> hand   ``DONE``, what was asked for and the result, or ``FAILED`` and the traceback

Each message has its length before it. Nothing is unpickled before both sides know that they are the same program.
"""

from __future__ import annotations

import io
import os
import pickle
import select
import subprocess
import sys
import threading
import traceback
import zlib
from contextlib import suppress
from hashlib import sha256
from typing import IO, Any, Final

from tearline.render import ENVIRONMENT, FLAGS
from tearline.store import ingredients

SAME: Final = b"same"
OTHER: Final = b"othr"
DONE: Final = b"done"
FAILED: Final = b"fail"
TAG: Final = 4  # bytes of each of them
SHARED: Final = "shared"  # its name in a call
_HEAD: Final = 8  # bytes of a length
_LONGEST: Final = 240  # seconds that a chunk may take
_IDLE: Final = 60  # seconds after which a process that nobody asks ends
_COMMAND: Final = (*FLAGS, "-m", "tearline.render.worker")

_hands: dict[str, list[_Hand]] = {}  # those that have nothing to do, by what they know
_LOCK: Final = threading.Lock()


def itself(parcel: bytes) -> bytes:
    """What is given. As a task's result it goes to each worker once, and comes again where a worker was lost."""
    return parcel


def carried_out(name: str, parcel: bytes, call: bytes) -> bytes:
    """What a process that knows ``parcel``, whose digest is ``name``, answers to ``call``.

    Raises ``OSError`` or ``EOFError`` where it hangs or dies: then somebody else may try.
    """
    with _LOCK:
        hand = _hands[name].pop() if _hands.get(name) else None
    if hand is None or not hand.alive:
        hand = _Hand(parcel)
    answer = hand.ask(call)
    if not answer.startswith(OTHER):
        with _LOCK:
            _hands[name] = [each for each in _hands.get(name, []) if each.alive] + [hand]
            for other in [each for each, left in _hands.items() if not any(one.alive for one in left)]:
                del _hands[other]
    return answer


def asked(name: str, call: bytes) -> bytes:
    """What stands in an answer for what was asked."""
    return sha256(name.encode() + call).digest()


class _Hand:
    """A process that renders, from the side of the worker."""

    def __init__(self, parcel: bytes) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no outside words
            [sys.executable, *_COMMAND],
            cwd=os.sep,
            env=ENVIRONMENT,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote what it renders, and a worker's log is nobody's secret
        )
        self._refusal = self._told(parcel)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, call: bytes) -> bytes:
        return self._refusal or self._told(call)

    def _told(self, data: bytes) -> bytes:
        """Its answer to this, nothing where it is ``SAME``. It is ended where none comes."""
        try:
            _send(self._process.stdin, data)
            answer = _receive(self._process.stdout, _LONGEST)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return answer if answer != SAME else b""


def main() -> None:
    """Be the process: its standard input and output are the hand's."""
    calls, answers = open(0, "rb", buffering=0), open(os.dup(1), "wb", buffering=0)  # noqa: PTH123, SIM115 - descriptors
    os.dup2(2, 1)  # whatever prints does not print into an answer
    with suppress(EOFError, TimeoutError, BrokenPipeError):
        parcel = _receive(calls, _IDLE)
        made_with, _, packed = parcel.partition(b"\0")
        ours = "\n".join(ingredients()).encode()
        if made_with != ours:
            _send(answers, OTHER + ours)
            return
        _send(answers, SAME)
        name, shared = sha256(parcel).hexdigest(), pickle.loads(packed)  # noqa: S301 - of the build that asks us
        while True:
            call = _receive(calls, _IDLE)
            _send(answers, _answer(name, shared, call))


def _answer(name: str, shared: Any, call: bytes) -> bytes:
    try:
        function, arguments, named = _Calls(call, shared).load()
        made = function(*arguments, **named)
    except Exception:  # noqa: BLE001 - whoever asked has to deal with it
        return FAILED + zlib.compress(traceback.format_exc().encode("utf-8", "replace"), 1)
    return DONE + asked(name, call) + zlib.compress(pickle.dumps(made, 5), 1)


class _Calls(pickle.Unpickler):
    def __init__(self, call: bytes, shared: Any) -> None:
        super().__init__(io.BytesIO(call))
        self._shared = shared

    def persistent_load(self, _name: Any) -> Any:
        return self._shared


def _send(to: IO[bytes] | None, data: bytes) -> None:
    rest = memoryview(len(data).to_bytes(_HEAD, "big") + data)
    while rest and to is not None:
        rest = rest[to.write(rest) :]


def _receive(of: IO[bytes] | None, limit: float) -> bytes:
    """The next message. Raises ``TimeoutError`` where none begins within so many seconds, ``EOFError`` at the end."""
    if of is None or not select.select([of], [], [], limit)[0]:
        raise TimeoutError
    return _exactly(of, int.from_bytes(_exactly(of, _HEAD), "big"))


def _exactly(of: IO[bytes], size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = of.read(size - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


if __name__ == "__main__":
    main()
