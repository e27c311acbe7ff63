"""Every file of a site, looked at in both ways that there are; what is known to be clean is only read.

First each file is read once, to know its bytes. Then what is not known is inspected, while the ledger is made; then
scanned. Where the ledger has something new, what was clean before is scanned again if that may stand in it.
"""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Final, NamedTuple

from tearline.findings import Finding
from tearline.verify.fresh import Fresh, numbered
from tearline.verify.glances import Glance
from tearline.verify.memory import Memory, key_of
from tearline.verify.pages import File, Inspector, Look, look
from tearline.verify.scan import Scanner
from tearline.verify.work import begun, shared

_QUICK: Final = 1  # how hard zlib tries
_KEY: Final = 32  # bytes


class Sight(NamedTuple):
    """The bytes of a file as they were read first: size, SHA-256, and by what both looks are known again, if by any."""

    size: int
    digest: str
    inspected: str
    scanned: str

    @property
    def clean(self) -> Look:
        """What a look at it came to before."""
        return Look([], self.size, self.digest, clean=True)


@dataclass(slots=True)
class Looking:
    """The files of one site, and the memory of what is known of them."""

    files: Sequence[File]
    inspector: Inspector
    key: Callable[[str, str], str]  # of a file's name and digest: by what its scanning is known again
    memory: Memory
    jobs: int
    sights: list[Sight] = field(default_factory=list)
    moved: bool = False  # whether a file was not the same bytes when it was read again

    def inspecting(self) -> Callable[[], dict[int, Look]]:
        """Read every file, and begin to inspect those that are not known; the call waits for what that came to.

        What is told are the looks that came to anything, by their files' places.
        """
        seen = list(shared(self.inspector.glance, self.files, self.jobs))
        named = zip((file.name for file in self.files), seen, strict=True)
        self.inspector.glances = dict(reversed(list(named)))  # the log comes last, and what is called so goes before it
        self.sights = [self._sight(file, one) for file, one in zip(self.files, seen, strict=True)]
        if self.inspector.provenance is not None:
            self.inspector.provenance.named  # noqa: B018 - made here once, and not in each process
        done = self._new([one.inspected not in self.memory.known for one in self.sights])
        waited = begun(self.inspector.file, (self.files[at] for at in done), self.jobs)
        return lambda: self._all(waited(), done, attrgetter("inspected"), self._clean)

    def _clean(self, sight: Sight) -> Look:
        """What inspecting a known file came to; its clean parts are what was kept of it."""
        kept = self.memory.known[sight.inspected]
        parts = (kept[at : at + _KEY].hex() for at in range(0, len(kept), _KEY))
        return replace(sight.clean, parts=tuple(parts))

    def _sight(self, file: File, seen: Glance) -> Sight:
        name, size, digest = file.name, seen.size, seen.digest
        if not self.inspector.world:
            return Sight(size, digest, "", "")
        page = self.inspector.glances.get(self.inspector.beside(name))  # none where it is a link
        beside = page.digest.encode() if page is not None else b""
        return Sight(size, digest, self.inspector.key(name), key_of([self.key(name, digest).encode(), beside]))

    def scanned(self, scanner: Scanner, fresh: Fresh) -> dict[int, Look]:
        """What scanning came to, likewise."""

        def check(name: str, data: bytes, shown: str) -> list[Finding]:
            return [*scanner.file(name, data, shown), *self.inspector.paper(name, data, shown)]

        def scan(at: int) -> Look:
            one = self.sights[at]
            if one.scanned in self.memory.known and not fresh.may_be_in(self.memory.known[one.scanned]):
                return one.clean
            return look(self.files[at], check, lambda: numbered(scanner.said))

        done = self._new([bool(fresh) or one.scanned not in self.memory.known for one in self.sights])
        return self._all(shared(scan, done, self.jobs), done, attrgetter("scanned"), attrgetter("clean"))

    def _new(self, ask: Iterable[bool]) -> list[int]:
        return [at for at, asked in enumerate(ask) if asked]

    def _all(
        self, new: Iterator[Look], done: Iterable[int], key: Callable[[Sight], str], known: Callable[[Sight], Look]
    ) -> dict[int, Look]:
        """The looks that came to anything, by their files' places: those that are new, at what was ``done``.

        What is to be kept of them, and of what is ``known``, is kept.
        """
        looked = dict.fromkeys(done)
        found: dict[int, Look] = {}
        for at, one in enumerate(self.sights):
            look = next(new) if at in looked else known(one)
            self.memory.keep(key(one) if look.clean else "", look.kept or None)
            for part in look.parts:
                self.memory.keep(part)
            if look.findings or look.digest != one.digest:
                found[at] = look
        self.moved |= any(look.digest != self.sights[at].digest for at, look in found.items())
        for _ in new:
            raise ValueError("more was looked at than was asked for")
        return found

    def look(self, at: int, found: Mapping[int, Look]) -> Look:
        """The look at a file, among those that came to anything."""
        return found.get(at) or self.sights[at].clean


def world_of(base: str, there: Iterable[str], memory: Memory) -> bytes:
    """The world that clean pages are clean in, as a token; ``base`` is the key of what there cannot be more or less of.

    A page that is clean stays so where more is ``there``: titles of pages, files to lead to. Where less is, the world
    is another one, whose token nobody had before.
    """
    now = frozenset(there)
    token, before = json.loads(zlib.decompress(memory.known[base])) if base in memory.known else ("", [""])
    if not token or not now.issuperset(before):
        token = secrets.token_hex(16)
    memory.keep(base, zlib.compress(json.dumps([token, sorted(now)]).encode(), _QUICK))
    return str(token).encode()
